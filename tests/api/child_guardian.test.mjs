// Who may take a child home when families change, and whose picture is kept — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/client.mjs';
import { begin, fields, house, list, ok, on, record, today } from '../lib/children.mjs';
import { pairTablet } from '../lib/tablet.mjs';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

for (const engine of engines)
  describe(`guardians on ${engine}`, () => {
    let all, tablet;
    before(async () => {
      all = await house(engine);
      tablet = await pairTablet(all.server, all.head, () => begin);
    });
    after(() => all?.server.stop());
    const family = async () => {
      const one = await all.admitted();
      ok(await all.place(one));
      one.father = await all.head.make('guardian', { part: one.id, name: '试验父亲', relation: 'father', phone: '13900000004' });
      one.friend = await all.head.make('pickup_person', { part: one.id, name: '试验友人', relation: 'other', code: '1234', entrusted_by: one.father });
      return one;
    };
    const listed = async (one) => {
      const day = (await tablet.day()).body.data;
      return [...day.guardians, ...day.pickups].filter((row) => row.child === one.id).map((row) => row.id).sort();
    };
    const end = (id, input, client = all.head) => client.post(`/guardian/${id}`, input);
    const leave = (row, input) => all.gate.post(`/attendance/${row}/leave`, input);

    test('who may not fetch is off the lists, at the desk and for a leaving that was queued before', async () => {
      const one = await family(), other = await family();
      assert.deepEqual(await listed(one), [one.guardian, one.father, one.friend].sort());
      const rows = [], queued = [];
      for (const each of [one, other]) {
        const came = tablet.record('attendance', { child: each.id, arrived_at: '08:01' });
        assert.deepEqual(await tablet.outcomes([came]), ['row']);
        rows.push((await list(all.head, 'attendance', `?child=${each.id}`))[0].id);
        queued.push(tablet.step('attendance', 'leave', { fetch_check: 'guardian', fetched_guardian: each.father, left_at: '08:04' }, { ref: came.key }));
      }
      assert.deepEqual(fields(await end(one.father, { no_fetch: '1' })), [['end_reason', 'need']]);
      assert.equal((await end(one.father, { no_fetch: '1', end_reason: '判决' }, all.care)).status, 403);
      assert.equal((await end(one.father, { no_fetch: '1', end_reason: '判决' }, all.spring)).status, 404);
      ok(await end(one.father, { no_fetch: '1', end_reason: '法院判决' }));
      assert.equal((await record(all.gate, 'guardian', one.father)).end_reason, undefined, 'the gate sees that, not why');
      assert.deepEqual(await listed(one), [one.guardian]);
      const more = { part: one.id, name: '试验同事', relation: 'other', code: '4321', entrusted_by: one.father };
      const entrusted = await all.head.post('/pickup_person', more);
      assert.deepEqual(fields(entrusted), [['entrusted_by', 'no_fetch']]);
      assert.match(entrusted.text, /不能委托他人接送/);
      const hers = await all.head.make('pickup_person', { ...more, entrusted_by: one.guardian });
      assert.deepEqual(fields(await all.head.post(`/pickup_person/${hers}`, { entrusted_by: one.father })), [['entrusted_by', 'no_fetch']]);
      assert.equal((await all.care.post('/pickup_person', { ...more, entrusted_by: one.guardian })).status, 403);
      ok(await all.head.post(`/pickup_person/${hers}`, { ended: '1' }));
      ok(await all.head.post(`/pickup_person/${one.friend}`, { name: '试验老友' })); /* what stands may be mended */
      assert.deepEqual(await tablet.outcomes(queued), ['todo', 'row'], 'kept for the head; the other father fetches his child');
      for (const [input, words] of [
        [{ fetch_check: 'guardian', fetched_guardian: one.father }, /不得接走婴幼儿，请勿交接/],
        [{ fetch_check: 'code', fetched_by: one.friend, fetch_code: '1234' }, /委托不再有效/],
      ]) {
        const refused = await leave(rows[0], input);
        assert.equal(refused.status, 422, refused.text);
        assert.match(refused.text, words);
      }
      assert.equal((await record(all.head, 'attendance', rows[0])).state, 'present');
      ok(await leave(rows[0], { fetch_check: 'guardian', fetched_guardian: one.guardian }));
      ok(await end(one.father, { no_fetch: '0', end_reason: '' }));
      assert.deepEqual(await listed(one), [one.guardian, one.father, one.friend].sort(), 'taken back');
      ok(await all.head.post('/pickup_person', more));
    });

    test('who is no guardian any more fetches nobody and signs nothing', async () => {
      const one = await family(), contract = await all.contract(one);
      const text = (await list(all.head, 'consent_text')).find((row) => row.kind === 'data').id;
      const consent = (given_by) => all.head.post('/consent', { part: one.id, how: 'screen', text, given_by });
      const fathers = ok(await consent(one.father)).data.id;
      assert.deepEqual(fields(await end(one.father, { ended_on: on(1), end_reason: '撤销监护人资格' })), [['ended_on', 'future_day']]);
      ok(await end(one.father, { ended_on: today, end_reason: '撤销监护人资格' }));
      assert.deepEqual(await listed(one), [one.guardian]);
      assert.deepEqual(fields(await consent(one.father)), [['given_by', 'guardian_ended']]);
      assert.deepEqual(fields(await all.head.post('/pickup_person', { part: one.id, name: '试验他人', relation: 'other', entrusted_by: one.father })), [['entrusted_by', 'guardian_ended']]);
      assert.deepEqual(fields(await all.head.post('/contract', { part: one.id, service_form: 'full_day', weekdays: ['1'], from_day: '2027-11-18', to_day: '2027-12-17', prepay: 'none', absence_refund: 'day', signed_by: one.father })), [['signed_by', 'guardian_ended']]);
      ok(await all.head.post(`/contract/${contract}/end`, { ended_on: today, end_reason: '试验' }));
      const unit = () => all.head.post(`/guardian/${one.guardian}`, { work_unit: '试验单位' });
      assert.deepEqual(fields(await unit()), [['work_unit', 'no_consent']], 'his consent lets nothing in');
      const mine = ok(await consent(one.guardian)).data.id;
      ok(await unit());
      ok(await all.head.post(`/consent/${mine}/withdraw`, {}));
      assert.equal((await record(all.head, 'guardian', one.guardian)).work_unit ?? null, null, 'his consent keeps nothing');
      assert.equal((await record(all.head, 'consent', fathers)).state, 'given');
      assert.deepEqual(fields(await unit()), [['work_unit', 'no_consent']], 'nor lets it in again');
      assert.deepEqual(fields(await all.head.post('/pickup_person', { part: one.id, name: '试验他人', relation: 'other', entrusted_by: (await family()).guardian })), [['entrusted_by', 'not_a_guardian']]);
    });

    test('the tablet lists a child for pictures while a guardian who consented is one', async () => {
      const one = await family();
      const text = (await list(all.head, 'consent_text')).find((row) => row.kind === 'photo').id;
      const give = (given_by) => all.head.make('consent', { part: one.id, how: 'screen', text, given_by });
      const photos = async () => (await tablet.day()).body.data.children.find((row) => row.id === one.id).photos;
      const picture = (n) => all.head.upload(`pickup_person/${one.friend}`, {}, 'photo', Buffer.concat([png, Buffer.from(`former ${n}`)]), '友人.png', 'image/png');
      assert.equal(await photos(), false);
      await give(one.father);
      assert.equal(await photos(), true);
      ok(await picture(1));
      ok(await end(one.father, { ended_on: today, end_reason: '撤销监护人资格' }));
      assert.equal(await photos(), false, 'he is none any more');
      const asked = async () => (await all.head.get('/child/due.json')).text.includes(one.id);
      assert.equal(await asked(), true, 'the family is asked anew');
      assert.deepEqual(fields(await picture(2)), [['photo', 'no_consent']]);
      await give(one.guardian);
      assert.deepEqual([await photos(), await asked()], [true, false]);
    });

    test('the picture of who fetches asks for the consent to pictures', async () => {
      const one = await family(), more = { part: one.id, name: '试验奶奶', relation: 'grandmother', code: '1234', entrusted_by: one.guardian };
      const photo = (to, input, n) => all.head.upload(to, input, 'photo', Buffer.concat([png, Buffer.from(String(n))]), '奶奶.png', 'image/png');
      const refused = await photo('pickup_person', more, 1);
      assert.deepEqual(fields(refused), [['photo', 'no_consent']]);
      assert.match(refused.text, /监护人没有同意拍摄、保存照片，不能附照片；可凭接送口令核对/);
      assert.equal((await list(all.head, 'pickup_person', `?part=${one.id}`)).length, 1, 'nobody was put down');
      const person = await all.head.make('pickup_person', more);
      assert.deepEqual(fields(await photo(`pickup_person/${person}`, {}, 2)), [['photo', 'no_consent']]);
      const texts = await list(all.head, 'consent_text');
      const give = (kind) => all.head.make('consent', { part: one.id, how: 'screen', text: texts.find((row) => row.kind === kind).id, given_by: one.guardian });
      await give('data');
      assert.deepEqual(fields(await photo(`pickup_person/${person}`, {}, 3)), [['photo', 'no_consent']], 'another consent');
      await give('photo');
      ok(await photo(`pickup_person/${person}`, {}, 4));
      assert.equal((await all.head.get(`/pickup_person/${person}/file/photo`)).status, 200);
      ok(await all.head.post(`/pickup_person/${person}`, { name: '试验外婆' }));
    });
  });
