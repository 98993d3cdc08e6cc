// The days of a child's place: entry and leave now, late and ahead; what a wrong date may not do — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/client.mjs';
import { codes, fields, house, list, ok, on, record, rules, today, until } from '../lib/children.mjs';

for (const engine of engines)
  describe(`places on ${engine}`, () => {
    let all;
    before(async () => { all = await house(engine); });
    after(() => all?.server.stop());
    const leave = (one, left_on = today) => all.step(one, 'leave', { left_on, leave_reason: 'family' });

    test('nobody leaves before entering or after today; a slip of the year is refused at the field', async () => {
      const one = await all.admitted();
      assert.deepEqual(fields(await leave(one, '2016-11-18')), [['left_on', 'order']]);
      assert.deepEqual(fields(await leave(one, on(-1))), [['left_on', 'order']]);
      assert.deepEqual(fields(await leave(one, on(1))), [['left_on', 'future_day']]);
      assert.deepEqual(fields(await all.step(one, 'plan_leave', { leaves_on: '2062-11-18', leave_reason: 'family' })), [['leaves_on', 'far_day']]);
      assert.deepEqual(fields(await all.step(one, 'plan_leave', { leaves_on: on(-1), leave_reason: 'family' })), [['leaves_on', 'past_day']]);
      assert.equal((await record(all.head, 'child', one.id)).state, 'enrolled');
      for (const step of ['leave', 'plan_leave', 'plan_entry', 'discard']) {
        assert.equal((await all.care.post(`/child/${one.id}/${step}`, { left_on: today, leaves_on: on(3), entered_on: on(3), leave_reason: 'family' })).status, 403, `${step}: a carer`);
        assert.equal((await all.spring.post(`/child/${one.id}/${step}`, { left_on: today, leaves_on: on(3), entered_on: on(3), leave_reason: 'family' })).status, 404, `${step}: another institution`);
      }
      ok(await leave(one));
    });

    test('papers of entry are of days that have been; a class begins with the entry, not in another century', async () => {
      const one = await all.child();
      const check = (input) => all.head.post('/entry_check', { part: one.id, body: all.body, result: 'pass', vaccination: 'complete', ...input });
      assert.deepEqual(fields(await check({ examined_on: '2027-11-01' })), [['examined_on', 'future_day']]);
      assert.deepEqual(fields(await check({ examined_on: today, vaccination_on: on(1) })), [['vaccination_on', 'future_day']]);
      assert.equal((await all.care.post('/entry_check', { part: one.id, examined_on: today })).status, 403);
      ok(await check({ examined_on: today, vaccination_on: today }));
      ok(await all.step(one, 'admit', { entered_on: today }));
      const place = (from) => all.place(one, all.classes[0].id, from);
      for (const [from, code] of [['1999-01-01', 'order'], [on(-1), 'order'], [on(400), 'far_day']])
        assert.deepEqual(fields(await place(from)), [['class_from', code]], from);
      ok(await place(today));
      ok(await all.step(one, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('nobody enters before birth or before the day has come; entry long ago needs a reason and is seen at the county', async () => {
      const late = async () => ok(await all.county.get('/seats/check.json')).data.late;
      const one = await all.child({ born: '2023-12-01' });
      assert.deepEqual(fields(await all.step(one, 'admit', { entered_on: '2023-11-30' })).slice(0, 1), [['entry_reason', 'need']]);
      assert.ok(fields(await all.step(one, 'admit', { entered_on: '2023-11-30', entry_reason: '补' })).some(([field, code]) => field === 'entered_on' && code === 'order'));
      assert.deepEqual(fields(await all.step(one, 'admit', { entered_on: on(1) })), [['entered_on', 'future_day']]);
      assert.deepEqual(fields(await all.step(one, 'admit', { entered_on: on(-31) })), [['entry_reason', 'need']]);
      assert.deepEqual(await late(), []);
      ok(await all.step(one, 'admit', { entered_on: on(-31), entry_reason: '登记遗漏' }));
      assert.deepEqual(await rules(all.head, 'child', one.id), ['ENTRY-LATE']);
      assert.deepEqual((await late()).map((row) => [row.rule, row.message]), [['ENTRY-LATE', `入托日期${on(-31)}，31天后才登记`]]);
      assert.doesNotMatch(JSON.stringify(ok(await all.county.get('/seats/check.json'))), /试验|登记遗漏/, 'counts and dates only');
      assert.ok(ok(await all.county.get('/seats/check.json')).data.rows.some((row) => row.cells.some((cell) => cell.label === '补录入托' && cell.value === 1)));
      assert.match((await all.county.get('/seats/check', { headers: { accept: 'text/html' } })).text, /补录的入托/);
      assert.equal((await all.market.get('/seats/check.json')).status, 404);

      const grown = await all.child({ born: '2023-01-01' }); /* three by now: no date helps without being seen */
      assert.deepEqual(codes(await all.step(grown, 'admit', { entered_on: '2022-06-01', entry_reason: '早已入托' })), ['order']);
      const moved = await all.admitted();
      const change = (fields_) => all.head.post(`/child/${moved.id}`, fields_);
      assert.deepEqual(fields(await change({ entered_on: on(2) })), [['entered_on', 'future_day']]);
      assert.deepEqual(fields(await change({ entered_on: '2026-01-05' })), [['entry_reason', 'need']], 'nor by a change afterwards');
      ok(await change({ entered_on: '2026-01-05', entry_reason: '日期填错' }));
      assert.deepEqual(await rules(all.head, 'child', moved.id), ['ENTRY-LATE']);
      ok(await leave(one));
      ok(await leave(moved));
    });

    test('an entry ahead stays planned until its day; places and attendance follow', async () => {
      const seats = async () => ok(await all.head.get('/seats.json')).data.enrolled;
      const before = await seats(), one = await all.child(), other = await all.child();
      assert.deepEqual(fields(await all.step(one, 'plan_entry', { entered_on: today })), [['entered_on', 'past_day']]);
      const grows = await all.child({ born: '2023-11-20' });
      assert.deepEqual(codes(await all.step(grows, 'plan_entry', { entered_on: on(3) })), ['AGE-MAX'], 'three on the day itself');
      ok(await all.step(one, 'plan_entry', { entered_on: on(2) }));
      assert.deepEqual(fields(await all.place(one)), [['class_from', 'order']], 'no class before the place');
      ok(await all.place(one, all.classes[0].id, on(2)));
      ok(await all.step(other, 'plan_entry', { entered_on: on(2) }));
      ok(await all.place(other, all.classes[0].id, on(2)));
      assert.equal((await all.health.post(`/child/${one.id}/enter`, {})).status, 403, 'the day does that');
      const planned = await record(all.head, 'child', one.id);
      assert.deepEqual([planned.state, planned.class ?? null, await seats()], ['planned', null, before]);
      assert.equal((await all.care.post('/attendance', { child: one.id, arrived_at: '08:00' })).status, 422, 'not here yet');
      ok(await all.step(other, 'cancel_entry'));
      assert.equal((await record(all.head, 'child', other.id)).state, 'draft');
      assert.equal((await all.step(one, 'cancel_return')).status, 403, 'never was here');
      await all.at(2);
      await until(async () => (await record(all.head, 'child', one.id)).state === 'enrolled', 'did not enter');
      const entered = await record(all.head, 'child', one.id);
      assert.deepEqual([entered.class, entered.entered_on, await seats()], [all.classes[0].id, on(2), before + 1]);
      assert.equal((await record(all.head, 'child', other.id)).state, 'draft');
      ok(await all.care.post('/attendance', { child: one.id, arrived_at: '08:00' }));
      await all.at(0);
    });

    test('a leave ahead keeps the place until its last day, then the daily run takes it; it can be moved and given up', async () => {
      const one = await all.admitted(), stays = await all.admitted();
      for (const each of [one, stays]) {
        ok(await all.place(each));
        await all.contract(each);
        ok(await all.step(each, 'plan_leave', { leaves_on: on(5), leave_reason: 'family' }));
      }
      const placements = async (id) => (await record(all.head, 'child', id)).class_placement.map((row) => row.until);
      assert.deepEqual(await placements(one.id), [on(5)]);
      const now = await record(all.head, 'child', one.id);
      assert.deepEqual([now.state, now.class, now.leaves_on, now.contract[0].state], ['enrolled', all.classes[0].id, on(5), 'active']);
      ok(await all.step(one, 'plan_leave', { leaves_on: on(2), leave_reason: 'transfer' }));
      assert.deepEqual(await placements(one.id), [on(2)]);
      assert.equal((await all.place(one, all.classes[1].id, on(3))).status, 422, 'a class after the last day');
      ok(await all.step(stays, 'keep_place'));
      assert.deepEqual(await placements(stays.id), ['9999-12-31']);
      assert.equal((await all.step(stays, 'keep_place')).status, 403, 'nothing planned any more');
      await all.at(2);
      ok(await all.care.post('/attendance', { child: one.id, arrived_at: '08:00' }));
      assert.equal((await record(all.head, 'child', one.id)).state, 'enrolled', 'the last day is a day in care');
      await all.at(3);
      await until(async () => (await record(all.head, 'child', one.id)).state === 'left', 'did not leave');
      const gone = await record(all.head, 'child', one.id);
      assert.deepEqual([gone.left_on, gone.leave_reason, gone.class ?? null, gone.contract[0].state, gone.contract[0].to_day], [on(2), 'transfer', null, 'ended', on(2)]);
      assert.equal((await record(all.head, 'child', stays.id)).state, 'enrolled');
      await all.at(0);
      ok(await leave(stays));
    });

    test('an end of a contract ahead is planned: till then its days count, the day after it is ended', async () => {
      const one = await all.admitted({ born: '2024-06-01' });
      ok(await all.place(one));
      const id = await all.contract(one, { weekdays: ['1'] }), contract = () => record(all.head, 'contract', id);
      const week = async () => ok(await all.head.get('/seats.json')).data.bands;
      const before = await week();
      const end = (step, input, client = all.head) => client.post(`/contract/${id}/${step}`, { end_reason: '搬家', ...input });
      assert.deepEqual(fields(await end('end', { ended_on: on(42) })), [['ended_on', 'future_day']]);
      for (const [day, code] of [[today, 'past_day'], [on(400), 'order']])
        assert.deepEqual(fields(await end('plan_end', { ends_on: day })), [['ends_on', code]], day);
      assert.equal((await end('plan_end', { ends_on: on(12) }, all.health)).status, 403);
      assert.equal((await end('plan_end', { ends_on: on(12) }, all.market)).status, 403);
      assert.equal((await end('plan_end', { ends_on: on(12) }, all.spring)).status, 404);
      ok(await end('plan_end', { ends_on: on(12) }));
      const planned = await contract();
      assert.deepEqual([planned.state, planned.ends_on, planned.to_day, planned.ended_on ?? null], ['active', on(12), on(12), null]);
      assert.deepEqual(await week(), before, 'a child of Mondays takes no other day');
      await all.contract(one, { from_day: on(13), to_day: on(60) }); /* the next one may begin */
      await all.at(12);
      assert.equal((await contract()).state, 'active', 'its last day');
      await all.at(13);
      await until(async () => (await contract()).state === 'ended', 'not ended');
      const ended = await contract();
      assert.deepEqual([ended.ended_on, ended.end_reason, ended.to_day], [on(12), '搬家', on(12)]);
      await all.at(0);
      ok(await all.step(one, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('a registration that is discarded ends its contracts, and not while money of the family is held', async () => {
      const one = await all.child(), id = await all.contract(one);
      const pay = (kind, amount) => all.head.post('/payment', { part: id, kind, method: 'cash', amount });
      ok(await pay('deposit', '500'));
      const refused = await all.step(one, 'discard');
      assert.equal(refused.status, 409);
      assert.match(refused.text, /500\.00元没有退还/);
      assert.equal((await all.care.post(`/child/${one.id}/discard`, {})).status, 403);
      assert.deepEqual([(await record(all.head, 'child', one.id)).state, (await record(all.head, 'contract', id)).state], ['draft', 'active']);
      ok(await pay('refund', '499.99'));
      assert.equal((await all.step(one, 'discard')).status, 409, 'not all of it');
      ok(await pay('refund', '0.01'));
      ok(await all.step(one, 'discard'));
      const contract = await record(all.head, 'contract', id);
      assert.deepEqual([contract.state, contract.ended_on, contract.end_reason], ['ended', today, '登记作废']);
    });

    test('nothing is erased before the head had the notice for its days, whatever date was typed', async () => {
      /* entered years ago, put down today: the end of the years is long past when the child leaves */
      const one = await all.child({ born: '2020-01-15', id_kind: 'none', id_number: '' });
      ok(await all.step(one, 'admit', { entered_on: '2021-03-01', entry_reason: '补录旧档' }));
      ok(await leave(one, '2022-06-30'));
      await all.at(1);
      const lines = await until(async () => { const rows = (await list(all.head, 'erasure')).filter((row) => row.child === one.id); return rows.length > 0 && rows; }, 'no list');
      assert.ok(lines.every((row) => row.due_on >= on(31) && row.state === 'planned'), JSON.stringify(lines));
      assert.equal(new Set(lines.map((row) => row.due_on)).size, lines.length, 'each length of keeping has its line');
      assert.match((await all.head.get('/notices')).text, new RegExp(`将于${on(31)}后删除`));
      await all.at(30);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      assert.equal((await record(all.head, 'child', one.id)).state, 'left', 'still there');
      await all.at(33);
      await until(async () => (await record(all.head, 'child', one.id)).state === 'erased', 'not forgotten');
      await all.at(0);
    });
  });
