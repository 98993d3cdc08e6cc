// Two records of one child become one: what stays, what it takes over, what a person chooses — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, resident } from '../lib/client.mjs';
import { fields, house, list, ok, on, record, today } from '../lib/children.mjs';

for (const engine of engines)
  describe(`merging on ${engine}`, () => {
    let all;
    before(async () => { all = await house(engine); });
    after(() => all?.server.stop());
    const merge = (keep, drop, more = {}, client = all.head) => client.post('/child/merge', { keep: keep.id, drop: drop.id, ...more });
    const none = { id_kind: 'none', id_number: '' };
    const open = async (one, field) => (await all.head.post(`/child/${one.id}/unmask/${field}`, { purpose: '核对' })).body.data?.value ?? null;
    const pair = async (one, other) => ok(await all.head.get('/child/doubles.json')).data.pairs.find((row) => [one.id, other.id].includes(row.first.id) && [one.id, other.id].includes(row.second.id));
    const born = '2024-05-01';

    test('the place stays: who is enrolled is kept, with class, contract and allergy', async () => {
      const draft = await all.child({ ...none, name: '试验并一', sex: 'male' }), here = await all.child({ name: '试验并一', sex: 'male', born, id_number: resident(901, '20240501'), allergies: '花生严重过敏' });
      ok(await all.step(here, 'admit', { entered_on: today }));
      ok(await all.place(here));
      const contract = await all.contract(here);
      assert.equal((await merge(draft, here)).status, 409);
      assert.deepEqual([(await record(all.head, 'child', here.id)).state, (await record(all.head, 'contract', contract)).part], ['enrolled', here.id], 'nothing moved');
      const offered = await pair(draft, here);
      assert.deepEqual([offered.keep_first, offered.keep_second], [offered.first.id === here.id, offered.second.id === here.id]);
      assert.equal((await merge(here, draft, {}, all.health)).status, 404);
      ok(await merge(here, draft));
      const kept = await record(all.head, 'child', here.id);
      assert.deepEqual([kept.state, kept.class, kept.entered_on, await open(here, 'allergies')], ['enrolled', all.classes[0].id, today, '花生严重过敏']);
      ok(await all.step(here, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('what the kept record lacks it takes from the other: allergy, number, household; the menu still warns', async () => {
      const number = resident(903, '20240501');
      const bare = await all.admitted({ ...none, name: '试验并二', sex: 'male' }), told = await all.child({ name: '试验并二', sex: 'male', born, id_number: number, allergies: '花生', diet: '牛肉', household: 'local', habits: '午睡抱毛巾' });
      ok(await all.place(bare));
      ok(await merge(bare, told));
      const kept = await record(all.head, 'child', bare.id);
      assert.deepEqual([kept.id_kind, kept.household, kept.habits, kept.state], ['resident_id', 'local', '午睡抱毛巾', 'enrolled']);
      assert.deepEqual([await open(bare, 'allergies'), await open(bare, 'diet'), await open(bare, 'id_number')], ['花生', '牛肉', number]);
      assert.equal((await open(told, 'allergies')), null, 'the person stands in one record');
      const double = await all.head.make('child', { name: '另一个名字', sex: 'male', born, id_kind: 'resident_id', id_number: number });
      assert.ok(await pair(bare, { id: double }), 'found by the number it took');
      ok(await merge(bare, { id: double }));
      const history = ok(await all.head.get(`/child/${bare.id}/history`)).data.entries.map((one) => one.action);
      assert.ok(history.filter((action) => action === '合并').length >= 2, history.join());
      ok(await all.step(bare, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('two different allergies are a person\'s choice; nothing is merged before', async () => {
      const two = async (name) => [await all.child({ ...none, name, sex: 'male', allergies: '花生' }), await all.child({ ...none, name, sex: 'male', allergies: '鸡蛋' })];
      for (const [name, choice, says] of [['试验并三', 'keep', '花生'], ['试验并四', 'drop', '鸡蛋'], ['试验并五', 'both', '花生\n鸡蛋']]) {
        const [keep, drop] = await two(name);
        assert.deepEqual((await pair(keep, drop)).choices, [{ name: 'allergies', label: '过敏史' }]);
        assert.deepEqual(fields(await merge(keep, drop)), [['allergies', 'choose']]);
        assert.deepEqual(fields(await merge(keep, drop, { allergies: 'maybe' })), [['allergies', 'unknown_code']]);
        assert.equal((await record(all.head, 'child', drop.id)).state, 'draft');
        assert.match((await all.head.get('/child/doubles', { headers: { accept: 'text/html' } })).text, /过敏史不同，以哪条为准/);
        ok(await merge(keep, drop, { allergies: choice }));
        assert.equal(await open(keep, 'allergies'), says);
      }
    });

    test('only what is proposed is merged: no strangers, nothing discarded', async () => {
      const one = await all.child(), other = await all.child({ born: '2024-06-01' });
      assert.equal((await merge(one, other)).status, 409);
      const [here, gone] = [await all.admitted({ ...none, name: '试验并六', sex: 'male' }), await all.child({ ...none, name: '试验并六', sex: 'male' })];
      ok(await all.step(gone, 'discard'));
      assert.equal((await merge(gone, here)).status, 409);
      assert.equal((await merge(here, gone)).status, 409);
      assert.equal((await record(all.head, 'child', here.id)).state, 'enrolled');
      assert.equal((await merge(here, { id: (await list(all.spring, 'child'))[0].id })).status, 404);
      ok(await all.step(here, 'leave', { left_on: today, leave_reason: 'family' }));
    });

    test('who was here before and comes again keeps its former leave', async () => {
      const was = await all.admitted({ ...none, name: '试验并七', sex: 'male' }), coming = await all.child({ ...none, name: '试验并七', sex: 'male' });
      ok(await all.step(was, 'leave', { left_on: today, leave_reason: 'family' }));
      ok(await all.step(coming, 'plan_entry', { entered_on: on(5) }));
      assert.equal((await merge(was, coming)).status, 409);
      ok(await merge(coming, was));
      const kept = await record(all.head, 'child', coming.id);
      assert.deepEqual([kept.state, kept.left_on, kept.entered_on], ['planned', today, on(5)]);
    });

    test('of two that have left the later leave stays: what is forgotten counts from it', async () => {
      const none_ = { ...none, name: '试验并八', sex: 'male' };
      const early = await all.admitted(none_);
      ok(await all.step(early, 'leave', { left_on: today, leave_reason: 'family' }));
      await all.at(2);
      const late = await all.admitted(none_, on(1));
      ok(await all.step(late, 'leave', { left_on: on(2), leave_reason: 'family' }));
      const offered = await pair(early, late);
      assert.deepEqual([offered.keep_first, offered.keep_second], [offered.first.id === late.id, offered.second.id === late.id]);
      const refused = await merge(early, late);
      assert.equal(refused.status, 409, refused.text);
      assert.match(refused.text, /离托较晚的那一条/);
      assert.equal((await record(all.head, 'child', late.id)).state, 'left', 'nothing moved');
      assert.equal((await merge(late, early, {}, all.spring)).status, 404);
      assert.equal((await merge(late, early, {}, all.health)).status, 404);
      ok(await merge(late, early));
      const history = ok(await all.head.get(`/child/${late.id}/history`)).data.entries.filter((one) => one.action === '合并');
      assert.equal(history.length, 1, 'it lacked nothing: where it came from, and no change');
      assert.deepEqual([(await record(all.head, 'child', late.id)).left_on, (await record(all.head, 'child', early.id)).state], [on(2), 'merged']);
      await all.at(0);
    });
  });
