// Several processes on one PostgreSQL: they draw ids from the same milliseconds and lose nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { postgres, serving, signIn, start, tuoyu } from '../lib/client.mjs';

describe('two processes', { skip: !postgres && 'TUOYU_TEST_PG is not set' }, () => {
  let server, other;
  before(async () => {
    server = await start({ engine: 'postgres' });
    other = await serving(['--data', server.data, ...server.where]);
  });
  after(async () => {
    await other.halt();
    await server.stop();
  });

  test('what both write at once is all there, each under an id of its own', async () => {
    const people = await Promise.all([signIn(server, 'kt-handle'), signIn(other, 'kt-handle')]);
    const ids = [], refused = [];
    const writes = Array.from({ length: 240 }, (_, i) => i);
    const work = async (n) => {
      for (let i = writes.pop(); i !== undefined; i = writes.pop()) {
        const answer = await people[n % 2].post('/phrase', { title: `同时${i}`, text: '两个进程同时写' });
        if (answer.status === 200) ids.push(answer.body.data.id);
        else refused.push(answer.text);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, n) => work(n)));
    assert.deepEqual(refused, []);
    assert.equal(new Set(ids).size, 240);
    const found = [];
    for (let next = ''; next !== undefined;) {
      const page = await people[0].get(`/phrase.json?after=${next}`);
      found.push(...page.body.data.filter((one) => one.title.startsWith('同时')));
      next = page.body.next;
    }
    assert.equal(found.length, 240);
    const verified = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  });
});
