// Clause by clause, what tablets prove: the check of each child on each day, also without a network.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start } from '../lib/client.mjs';
import { pairTablet } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5), today = '2026-11-18'; /* Wednesday 08:05 in Pingliang */

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, children, tablet, now = begin;
    before(async () => {
      server = await start({ engine, clock: begin });
      head = await signIn(server, 'inst-sun');
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      tablet = await pairTablet(server, head, () => now);
    });
    after(() => server?.stop());

    test('C043 R: a class\'s checks made without a network are rows of the day and hour at which they were made', async () => {
      const made = children.slice(1, 15).map((child) => tablet.record('morning_check', { child: child.id, round: 'morning' }));
      server.clock(now = begin + 3 * 3600000);
      head = await signIn(server, 'inst-sun');
      assert.ok((await tablet.outcomes(made)).every((one) => one === 'row'));
      const rows = (await head.get(`/morning_check.json?day=${today}`)).body.data;
      assert.equal(rows.length, 14);
      assert.equal((await head.get(`/morning_check/${rows[0].id}.json`)).body.data.at, '2026-11-18T08:05:00+08:00', 'when it happened, not when it came');
    });
  });
