// What is kept of a child no longer than its ground lasts: discarded drafts, merged rows, consent, pick-up people — on
// both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/client.mjs';
import { codes, fields, house, list, ok, on, record, today, until } from '../lib/children.mjs';

for (const engine of engines)
  describe(`forgetting on ${engine}`, () => {
    let all, data;
    before(async () => {
      all = await house(engine);
      data = (await list(all.head, 'consent_text')).find((one) => one.kind === 'data').id;
    });
    after(() => all?.server.stop());
    const consent = (one, text = data) => all.head.make('consent', { part: one.id, how: 'screen', text, given_by: one.guardian });

    test('who never entered is discarded and then erased whole; a mistake is taken back in time', async () => {
      const one = await all.child({ allergies: '花生' }), back = await all.child(), was = await all.admitted();
      assert.equal((await all.step(was, 'discard')).status, 409, 'who is in is not discarded');
      assert.equal((await all.care.post(`/child/${one.id}/discard`, {})).status, 403);
      assert.equal((await all.spring.post(`/child/${one.id}/discard`, {})).status, 404);
      for (const each of [one, back]) ok(await all.step(each, 'discard'));
      assert.equal((await record(all.head, 'child', one.id)).discarded_on, today);
      assert.equal((await all.step(one, 'admit', { entered_on: today })).status, 409);
      ok(await all.step(back, 'restore'));
      await all.at(29);
      assert.equal((await record(all.head, 'child', one.id)).state, 'ended');
      await all.at(32);
      await until(async () => (await record(all.head, 'child', one.id)).state === 'erased', 'not erased');
      const gone = await record(all.head, 'child', one.id);
      for (const field of ['name', 'born', 'sex', 'id_number', 'allergies']) assert.equal(gone[field] ?? null, null, field);
      assert.equal(gone.guardian[0].name ?? null, null);
      assert.equal(gone.entry_check[0].examined_on ?? null, null);
      assert.equal((await all.head.post(`/guardian/${one.guardian}/unmask/phone`, { purpose: '核对' })).body.data?.value ?? null, null, 'the key is gone');
      assert.equal((await record(all.head, 'child', back.id)).state, 'draft');
      await all.at(0);
    });

    test('consent data ask for a consent to a text in use, and go when the child leaves', async () => {
      const one = await all.admitted(), other = await all.child();
      const tell = (each, work_unit) => all.head.post(`/guardian/${each.guardian}`, { work_unit });
      assert.deepEqual(fields(await tell(one, '试验单位')), [['work_unit', 'no_consent']]);
      assert.deepEqual(fields(await all.head.post('/guardian', { part: other.id, name: '试验父亲', relation: 'father', phone: '13900000002', work_unit: '试验单位' })), [['work_unit', 'no_consent']], 'nor at the first writing');
      await consent(one);
      assert.deepEqual(fields(await tell(other, '试验单位')), [['work_unit', 'no_consent']], "another child's consent");
      ok(await tell(one, '试验单位'));
      ok(await all.head.post(`/guardian/${one.guardian}`, { name: '试验改名' }));
      assert.equal((await record(all.head, 'guardian', one.guardian)).work_unit, '试验单位');
      ok(await all.step(one, 'leave', { left_on: today, leave_reason: 'family' }));
      const left = await record(all.head, 'guardian', one.guardian);
      assert.deepEqual([left.work_unit ?? null, left.name], [null, '试验改名'], 'what the contract needs stays for its years');
    });

    test('a new edition asks anew: the former one ends, what it covered is not added to, the families are listed', async () => {
      const photo = await all.head.make('consent_text', { kind: 'data', edition: '试验-1', stored: '单位', purpose: '联系', how_long: '在托期间' });
      const one = await all.admitted(), fresh = await all.admitted();
      for (const each of [one, fresh]) await consent(each, photo);
      const dues = async (client = all.health) => ok(await client.get('/child/due.json')).data.dues.filter((row) => row.rule === 'CONSENT').map((row) => [row.url, row.due_on]);
      assert.deepEqual(await dues(), []);
      await all.at(1);
      const next = await all.head.make('consent_text', { kind: 'data', edition: '试验-2', stored: '单位', purpose: '联系', how_long: '在托期间' });
      assert.equal((await record(all.head, 'consent_text', photo)).until_day, today, 'until the day before');
      assert.equal((await record(all.head, 'consent_text', data)).until_day ?? null, null, "the authority's own stays");
      await consent(fresh, next);
      assert.deepEqual(await dues(), [[`/child/${one.id}`, today]]);
      assert.match((await all.health.get('/child/due', { headers: { accept: 'text/html' } })).text, /同意已失效（文本换版或监护终止）/);
      assert.equal((await all.gate.get('/child/due.json')).status, 404);
      assert.deepEqual(fields(await all.head.post(`/guardian/${one.guardian}`, { work_unit: '新单位' })), [['work_unit', 'no_consent']]);
      ok(await all.head.post(`/guardian/${fresh.guardian}`, { work_unit: '新单位' }));
      assert.deepEqual(codes(await all.head.post('/consent', { part: one.id, how: 'screen', text: photo, given_by: one.guardian })), ['not_in_use']);
      await consent(one, next);
      assert.deepEqual(await dues(), []);
      await all.at(0);
    });

    test('who withdraws means every edition; only another guardian\'s consent to a text in use keeps what it covers, and the record says so', async () => {
      const text = (edition) => all.head.make('consent_text', { kind: 'data', edition, stored: '单位', purpose: '联系', how_long: '在托期间' });
      const former = await text('撤回-1'), one = await all.child(), other = await all.child();
      const father = await all.head.make('guardian', { part: one.id, name: '试验父亲', relation: 'father', phone: '13900000004' });
      const give = (text, given_by) => all.head.make('consent', { part: one.id, how: 'screen', text, given_by });
      const mothers = [await give(former, one.guardian)], fathers = [await give(former, father)], others = await consent(other, former);
      await all.at(1);
      const next = await text('撤回-2');
      mothers.push(await give(next, one.guardian));
      fathers.push(await give(next, father));
      ok(await all.head.post(`/guardian/${one.guardian}`, { work_unit: '试验单位' }));
      const withdraw = (id, client = all.head) => client.post(`/consent/${id}/withdraw`, {});
      const state = (id) => record(all.head, 'consent', id);
      assert.equal((await withdraw(mothers[1], all.care)).status, 403);
      assert.equal((await withdraw(mothers[1], all.spring)).status, 404);
      assert.ok([403, 409].includes((await all.head.post(`/consent/${mothers[1]}/end_too`, {})).status), 'nobody takes the inner step');
      ok(await withdraw(mothers[1]));
      assert.deepEqual(await Promise.all(mothers.map(async (id) => (await state(id)).state)), ['withdrawn', 'withdrawn']);
      assert.equal((await state(mothers[0])).withdrawn_on, on(1));
      const kept = await state(mothers[1]);
      assert.deepEqual([kept.forgotten, kept.kept_why], [0, '另一名监护人（父亲）的同意仍然有效；该监护人也撤回后删除']);
      assert.equal((await record(all.head, 'guardian', one.guardian)).work_unit, '试验单位');
      assert.equal((await state(others)).state, 'given', "another child's stands");
      ok(await withdraw(fathers[1]));
      const last = await state(fathers[1]);
      assert.deepEqual([last.forgotten, last.kept_why ?? null], [1, null]);
      assert.equal((await record(all.head, 'guardian', one.guardian)).work_unit ?? null, null);
      await all.at(0);
    });

    test('an edition that is over keeps nothing for the other guardian', async () => {
      const text = (edition) => all.head.make('consent_text', { kind: 'data', edition, stored: '单位', purpose: '联系', how_long: '在托期间' });
      await all.at(2);
      const former = await text('期满-1'), one = await all.child();
      const father = await all.head.make('guardian', { part: one.id, name: '试验父亲', relation: 'father', phone: '13900000004' });
      await all.head.make('consent', { part: one.id, how: 'screen', text: former, given_by: father });
      await all.at(3);
      const mine = await consent(one, await text('期满-2'));
      ok(await all.head.post(`/guardian/${one.guardian}`, { work_unit: '试验单位' }));
      ok(await all.head.post(`/consent/${mine}/withdraw`, {}));
      assert.equal((await record(all.head, 'consent', mine)).forgotten, 1);
      assert.equal((await record(all.head, 'guardian', one.guardian)).work_unit ?? null, null);
      await all.at(0);
    });

    test('a consent is given on a day that has been, and not before its text was there', async () => {
      const one = await all.child(), text = await record(all.head, 'consent_text', data);
      const give = (given_on) => all.head.post('/consent', { part: one.id, how: 'screen', text: data, given_by: one.guardian, given_on });
      for (const [day, code] of [['2035-01-01', 'future_day'], [on(1), 'future_day'], ['2001-01-01', 'before_text']])
        assert.deepEqual(fields(await give(day)), [['given_on', code]], day);
      ok(await give(text.from_day));
    });

    test('pick-up people whose charge had ended are forgotten when the child leaves; the others have their years', async () => {
      const one = await all.admitted();
      const person = (more) => all.head.make('pickup_person', { part: one.id, name: '试验接送', relation: 'grandmother', phone: '13900000003', code: '1234', from_day: today, entrusted_by: one.guardian, ...more });
      const stands = await person({}), ended = await person({ ended: '1' }), over = await person({ from_day: on(-20), to_day: on(-1) });
      ok(await all.step(one, 'leave', { left_on: today, leave_reason: 'family' }));
      const names = await Promise.all([stands, ended, over].map(async (id) => (await record(all.head, 'pickup_person', id)).name ?? null));
      assert.deepEqual(names, ['试验接送', null, null]);
      const open = async (id) => (await all.head.post(`/pickup_person/${id}/unmask/phone`, { purpose: '核对' })).body.data?.value ?? null;
      assert.deepEqual([await open(stands), await open(ended)], ['13900000003', null]);
    });

    test('what stayed with a merged row goes with the kept one', async () => {
      const born = '2024-09-09', name = '试验并入';
      const keep = await all.admitted({ born, name, id_kind: 'none', id_number: '', sex: 'male' }), drop = await all.admitted({ born, name, id_kind: 'none', id_number: '', sex: 'male' });
      for (const each of [keep, drop]) await all.care.make('attendance', { child: each.id, reason: 'sick', correction: '补录', traced_note: '试验备注' });
      assert.ok(ok(await all.head.post('/child/merge', { keep: keep.id, drop: drop.id })).data.left >= 1);
      const stayed = (await list(all.head, 'attendance', `?child=${drop.id}`))[0];
      assert.ok(stayed, 'the second record of the day stays with the merged row');
      const note = async () => (await all.head.post(`/attendance/${stayed.id}/unmask/traced_note`, { purpose: '核对' })).body.data?.value ?? null;
      assert.equal(await note(), '试验备注');
      ok(await all.step(keep, 'leave', { left_on: today, leave_reason: 'family' }));
      await all.at(1096 - 30);
      await until(async () => (await list(all.head, 'erasure')).some((row) => row.child === keep.id), 'no list');
      await all.at(1098);
      await until(async () => (await record(all.head, 'child', keep.id)).state === 'erased', 'not erased');
      assert.deepEqual([await note(), (await record(all.head, 'attendance', stayed.id)).reason], [null, 'sick'], 'the words go, the number stays');
      await all.at(0);
    });

    test('the page for the family says the true term of each field by its ground', async () => {
      const one = await all.child();
      const page = ok(await all.head.get(`/privacy/${one.id}.json`)).data;
      const kept = (form, name) => page.forms.find((row) => row.form === form).fields.find((row) => row.name === name).kept;
      assert.equal(kept('guardian', 'work_unit'), '撤回同意时删除，最迟离托时删除');
      assert.equal(kept('guardian', 'phone'), '离托后保存3年，到期删除');
      assert.equal(kept('pickup_person', 'photo'), '撤回同意时删除，最迟离托时删除');
      assert.equal(kept('pickup_person', 'phone'), '委托已结束的，离托时删除；其余离托后保存3年，到期删除');
      assert.match(kept('attendance', 'symptoms'), /只留不含姓名的统计数/);
      const html = (await all.head.get(`/privacy/${one.id}`, { headers: { accept: 'text/html' } })).text;
      assert.match(html, /记多久/);
      assert.equal((await all.gate.get(`/privacy/${one.id}.json`)).status, 404);
    });
  });
