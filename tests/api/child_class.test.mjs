// A class that ends: empty first, then out of places, choices, rules and the day — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/client.mjs';
import { codes, fields, house, list, ok, on, record, today } from '../lib/children.mjs';

for (const engine of engines)
  describe(`classes on ${engine}`, () => {
    let all;
    before(async () => { all = await house(engine); });
    after(() => all?.server.stop());
    const html = async (path) => (await all.head.get(path, { headers: { accept: 'text/html' } })).text;

    test('a class ends when nobody stands in it any more, and is left out from then on', async () => {
      const group = await all.head.make('class_group', { name: '试验停办班', band: 'toddler_big', places: 20, carers: 1 });
      const seats = async () => ok(await all.head.get('/seats.json')).data.class_places;
      const one = await all.admitted(), before_ = await seats();
      ok(await all.place(one, group));
      const end = (ended_on) => all.head.post(`/class_group/${group}`, { ended_on });
      assert.deepEqual(fields(await end(on(1))), [['ended_on', 'in_use']]);
      ok(await all.place(one, all.classes[0].id, on(1)));
      assert.deepEqual(fields(await end(on(-1))), [['ended_on', 'in_use']], 'a child stands in it today');
      assert.equal((await all.county.post(`/class_group/${group}`, { ended_on: today })).status, 403);
      assert.equal((await all.spring.post(`/class_group/${group}`, { ended_on: today })).status, 404);
      ok(await end(today));
      const other = await all.admitted();
      assert.deepEqual(codes(await all.place(other, group)), ['PLACE-ENDED'], 'nobody comes into it');
      assert.equal(await seats(), before_, 'on its last day its places are there');
      assert.match(await html('/today'), /试验停办班/);
      assert.match(await html(`/child/${other.id}`), /试验停办班/, 'and it is offered');
      const grown = await all.admitted({ born: '2025-01-01' });
      ok(await all.place(grown, all.classes[2].id));

      await all.at(1);
      assert.equal(await seats(), before_ - 20);
      assert.doesNotMatch(await html('/today'), /试验停办班/);
      assert.doesNotMatch(await html(`/child/${other.id}`), /试验停办班/);
      assert.doesNotMatch(await html('/child/promote'), /value="${group}"/);
      assert.equal((await record(all.head, 'class_group', group)).name, '试验停办班', 'the row and its history stay');
      ok(await all.head.post(`/class_group/${group}`, { ended_on: '' }));
      assert.equal(await seats(), before_, 'opened again');
      await all.at(0);
    });

    test('a filing counts the classes that go on', async () => {
      const group = await all.spring.make('class_group', { name: '试验旧班', band: 'toddler_big', places: 30, carers: 1 });
      const id = (await list(all.spring, 'filing'))[0].id;
      const words = async () => JSON.stringify((await all.spring.get(`/filing/${id}.json`)).body.findings.map((one) => one.message));
      assert.match(await words(), /试验旧班/);
      ok(await all.spring.post(`/class_group/${group}`, { ended_on: on(-1) }));
      assert.doesNotMatch(await words(), /试验旧班/);
    });
  });
