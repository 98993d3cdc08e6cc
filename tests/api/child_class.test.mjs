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

    test('a child without a class takes a place of the whole, on its days', async () => {
      const seats = async () => ok(await all.head.get('/seats.json')).data;
      const small = await all.head.make('class_group', { name: '数位班', band: 'toddler_big', places: 40, carers: 3 });
      const before = await seats(), one = await all.admitted(), after = await seats();
      assert.ok(before.free > 0);
      assert.deepEqual([after.enrolled, after.unplaced, after.free], [before.enrolled + 1, before.unplaced + 1, before.free - 1]);
      ok(await all.place(one, small));
      const placed = await seats();
      assert.deepEqual([placed.unplaced, placed.free], [before.unplaced, before.free - 1], 'placed it takes one all the same');
      const half = await all.admitted();
      await all.contract(half, { service_form: 'half_day', half: 'morning', weekdays: ['1'] });
      const then = await seats(), big = (data) => data.bands.find((band) => band.band === 'toddler_big').days;
      assert.deepEqual(big(placed).map((day, i) => [day.morning - big(then)[i].morning, day.afternoon - big(then)[i].afternoon]).slice(1), [[0, 0], [0, 0], [0, 0], [0, 0]], 'only Mondays');
      for (const each of [one, half]) ok(await all.step(each, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('a class that is full is told: its own places, the standard, and on the day from which', async () => {
      const small = await all.head.make('class_group', { name: '小额班', band: 'toddler_big', places: 2, carers: 1 });
      const findings = async (one) => {
        const [row] = (await list(all.head, 'class_placement', `?part=${one.id}`)).filter((each) => each.class === small);
        return ok(await all.head.get(`/class_placement/${row.id}.json`)).findings.map((each) => [each.rule, each.message]);
      };
      const put = async (from = today) => { const one = await all.admitted(); ok(await all.place(one, small, from)); return one; };
      const some = [await put(), await put(on(10))];
      assert.deepEqual(await findings(some[1]), []);
      const ahead = await put(on(10));
      assert.deepEqual(await findings(ahead), [['PLACE-FULL', '“小额班”托位2个，已编入3名婴幼儿']], 'counted on its first day');
      const now = await put();
      assert.deepEqual(await findings(now), [], 'two today');
      some.push(ahead, now);
      while (some.length < 20) some.push(await put(on(10)));
      const last = await put(on(10));
      assert.deepEqual((await findings(last)).sort(), [['PLACE-FULL', '“小额班”托位2个，已编入21名婴幼儿'], ['PLACE-SIZE', '“小额班”已有21名婴幼儿，不超过20人']]);
      for (const each of [...some, last]) ok(await all.step(each, 'leave', { left_on: today, leave_reason: 'family' }));
    });
  });
