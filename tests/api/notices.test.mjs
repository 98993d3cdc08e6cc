// A notice says which case it is about, as far as it may leave the page, and each person reads it for oneself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start, until, uscc } from '../lib/client.mjs';

for (const engine of engines)
  describe(`notices on ${engine}`, () => {
    let server;
    const now = Date.UTC(2026, 10, 18, 1);
    before(async () => { server = await start({ engine, clock: now }); });
    after(() => server?.stop());
    const of = async (client) => (await client.get('/notices')).body.data.notices;
    const unread = async (client) => (await of(client)).filter((one) => one.unread).length;

    test('a reminder and what is told above name the institution of the case', async () => {
      const handler = await signIn(server, 'kt-handle'), filing = (await handler.get('/filing.json?state=submitted')).body.data[0];
      assert.ok(filing.institution_name.length > 4, 'there is a name');
      server.clock(now + 12 * 86400000);
      const officer = await signIn(server, 'kt-handle'), city = await signIn(server, 'pl-health');
      const about = async (client, words) => (await of(client)).find((one) => one.url === `/filing/${filing.id}` && words.test(one.text))?.text;
      assert.match(await until(() => about(officer, /出具备案回执/)), new RegExp(`^出具备案回执（${filing.institution_name}）：(还剩|已逾期|今天)`));
      assert.equal(await until(() => about(city, /出具备案回执.*已逾期/)), `崆峒区：出具备案回执（${filing.institution_name}）已逾期`);
    });

    test('one officer reads; a colleague reads for oneself', async () => {
      const [handler, reviewer] = [await signIn(server, 'kt-handle'), await signIn(server, 'kt-review')];
      const before = await unread(reviewer);
      assert.ok(before > 0 && (await unread(handler)) > 0, 'there is something to read');
      assert.equal((await handler.post('/notices', {})).status, 303);
      assert.equal(await unread(handler), 0);
      assert.equal(await unread(reviewer), before, 'nothing is read for a colleague');
      assert.equal((await reviewer.get('/notices')).body.data.notices.length, (await of(handler)).length);
      const fresh = await signIn(server, 'kt-handle');
      assert.equal(await unread(fresh), 0, 'also at the next sign-in');
      await reviewer.post('/notices', {});
      assert.equal(await unread(reviewer), 0);
      /* what comes later is unread for both again */
      const market = await signIn(server, 'kt-market');
      await market.make('registration', { uscc: uscc('91', '620802', 9301), name: '平凉消息托育', registered_on: '2026-11-16', scope: '托育服务（全日制）', place: '620802001', address: '消息路1号' });
      assert.deepEqual([await unread(handler), await unread(reviewer)], [1, 1]);
    });

    test('a notice about a sick child names no child and no institution', async () => {
      const care = await signIn(server, 'sun-care');
      const child = (await care.get('/child.json?state=enrolled')).body.data[0];
      const at = new Date(now + 12 * 86400000 + 8 * 3600000).toISOString().slice(0, 10);
      const arrived = await care.post('/attendance', { child: child.id, day: at, arrived_at: '08:10' });
      assert.equal(arrived.status, 200, arrived.text);
      await care.make('morning_check', { child: child.id, round: 'morning', symptoms: ['fever', 'cough'], handling: 'isolate' });
      server.clock(now + 12 * 86400000 + 45 * 60000);
      const later = await signIn(server, 'inst-sun');
      const told = await until(async () => (await of(later)).find((one) => one.url.startsWith('/isolation/') && one.text.includes('已超过规定时间')), 'the guardian was not told in time');
      assert.ok(!told.text.includes('（') && !told.text.includes(child.name), told.text);
      const carer = await signIn(server, 'sun-care'), waits = await unread(carer);
      await later.post('/notices', {});
      assert.deepEqual([await unread(later), await unread(carer)], [0, waits], 'in an institution each reads as well');
      assert.ok(waits > 0);
      const all = [...(await of(later)), ...(await of(await signIn(server, 'kt-handle')))];
      assert.ok(all.every((one) => !one.text.includes(child.name)));
    });
  });
