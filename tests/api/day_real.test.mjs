// Every day on which children come stands as a day: one that was planned closed, one of a weekend, one on which the
// program did not run. What has no day is watched by nobody.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { called, engines, postgres, signIn, start, until } from '../lib/client.mjs';
import { pairTablet, Tablet } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const day = 86400000;

for (const engine of engines)
  describe(`days that were on ${engine}`, () => {
    let server, head, care, county, gate, children, tablet, now = begin;
    const faults = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];
    const signAll = async () => { [head, care, gate, county] = await Promise.all(['inst-sun', 'sun-care', 'sun-gate', 'kt-handle'].map((name) => signIn(server, name))); };
    const clock = async (ms) => { server.clock(now = ms); await signAll(); };
    const dayOf = async (iso) => (await head.get(`/care_day.json?day=${iso}`)).body.data[0];
    const countyLine = async (iso) => {
      const { data } = (await county.get(`/care.json?from=${iso}&to=${iso}`)).body;
      const cells = data.rows.find((one) => one.name === '平凉演示小太阳托育中心').cells;
      return Object.fromEntries(data.columns.map((one, i) => [one.label, cells[i].text]));
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      await signAll();
      await until(() => dayOf('2026-11-18'));
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      tablet = await pairTablet(server, head, () => now);
    });
    after(() => server?.stop());

    test('a wrong arrival becomes an absence by its own step, with its reason; a child refused at the door did not come in', async () => {
      const [, , , , , , , , , , wrong, refused, unwritten, empty] = children;
      const row = async (id) => (await head.get(`/attendance/${id}.json`)).body.data;
      const id = await care.make('attendance', { child: wrong.id, arrived_at: '08:01', brought_by: 'guardian' });
      const hollow = await care.post(`/attendance/${id}`, { arrived_at: '', reason: 'sick' });
      assert.equal(hollow.status, 422, hollow.text);
      assert.deepEqual(faults(hollow), ['ATT-ARRIVED']);
      assert.equal((await row(id)).state, 'present');
      assert.equal((await care.post(`/attendance/${id}/not_come`, {})).status, 422, 'why is asked');
      assert.ok([403, 404].includes((await county.post(`/attendance/${id}/not_come`, { reason: 'sick' })).status));
      const spring = await signIn(server, 'inst-spring');
      assert.equal((await spring.post(`/attendance/${id}/not_come`, { reason: 'sick' })).status, 404, 'nor another institution');
      assert.equal((await gate.post(`/attendance/${id}/not_come`, { reason: 'personal' })).status, 200);
      const after = await row(id);
      assert.deepEqual([after.state, after.arrived_at, after.brought_by, after.reason, after.left_at], ['absent', null, null, 'personal', null]);
      assert.equal((await care.post(`/attendance/${id}/not_come`, { reason: 'sick' })).status, 409, 'once');
      assert.equal((await care.post(`/attendance/${id}/arrive`, { arrived_at: '08:03' })).status, 200, 'and comes after all');

      const came = await care.make('attendance', { child: refused.id, arrived_at: '08:02' });
      const door = { round: 'morning', temperature: '38.6', symptoms: ['fever', 'rash'], handling: 'refuse' };
      await care.make('morning_check', { child: refused.id, ...door });
      const turned = await row(came);
      assert.deepEqual([turned.state, turned.arrived_at, turned.reason], ['absent', null, 'sick']);
      assert.ok(turned.traced_at, 'why is known already');
      await care.make('morning_check', { child: unwritten.id, ...door });
      const [stands] = (await head.get(`/attendance.json?day=2026-11-18`)).body.data.filter((one) => one.child === unwritten.id);
      assert.deepEqual([stands.state, stands.reason], ['absent', 'sick']);
      assert.equal((await care.post(`/attendance/${came}/arrive`, { arrived_at: '08:04' })).status, 422, 'not back without a certificate');
      assert.equal((await care.post('/attendance', { child: empty.id, arrived_at: '08:01' })).status, 200);
      const { data } = (await tablet.day()).body, known = (id) => (({ expected, barred }) => [expected, barred])(data.children.find((one) => one.id === id));
      assert.deepEqual([known(refused.id), known(empty.id)], [[true, true], [true, false]], 'the tablet knows who must not come in, not why');
      assert.ok(!/"(isolation|kind|symptoms)"/.test(JSON.stringify(data.children)));
    });

    test('who comes on Mondays only is not expected on a Wednesday: on the page, on the tablet, in the day', async () => {
      const one = children[14], whole = (await head.get(`/child/${one.id}.json`)).body.data;
      const expected = async () => (await head.get('/today.json')).body.data.classes.reduce((sum, group) => sum + group.expected, 0), before = await expected();
      const ended = await head.post(`/contract/${whole.contract[0].id}/end`, { ended_on: '2026-11-17', end_reason: '改为周一' });
      assert.equal(ended.status, 200, ended.text);
      const id = await head.make('contract', { part: one.id, service_form: 'full_day', weekdays: ['1'], from_day: '2026-11-18', to_day: '2027-11-17', prepay: 'none', absence_refund: 'day', meal_by_attendance: '1', refund_rule: '按天结算', dispute: '协商' });
      await head.make('contract_item', { part: id, item: 'care', label: '保育费', per: 'month', amount: '300' });
      const signed = await head.post(`/contract/${id}/sign`, { signed_by: whole.guardian[0].id, signed_on: '2026-11-18' });
      assert.equal(signed.status, 200, signed.text);
      assert.equal(await expected(), before - 1);
      assert.equal((await tablet.day()).body.data.children.find((child) => child.id === one.id).expected, false);
    });

    /* the demo's filing does not say whether the site stands by itself, and a filed one changes by a procedure only */
    const setSql = (sql) =>
      engine === 'sqlite'
        ? execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(server.data, 'tuoyu.db'), sql])
        : execFileSync('psql', [postgres, '-q', '-c', `set search_path to ${server.where[server.where.indexOf('--schema') + 1]}`, '-c', sql]);

    test('a guard who signed out guards nobody while children are inside', async () => {
      setSql(`update filing set independent = 1 where state = 'filed' and institution = ${(await head.get('/session')).body.data.institution}`);
      const guard = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('security'));
      const lacks = async () => (await head.get('/today.json')).body.data.missing.some((one) => /没有保安人员在岗/.test(one.what));
      const stay = await gate.make('staff_attendance', { staff: guard.id, post: 'security' });
      assert.equal(await lacks(), false);
      assert.equal((await gate.post(`/staff_attendance/${stay}/out`, {})).status, 200);
      assert.equal(await lacks(), true);
    });

    test('a room\'s tablet writes of its own children only, the gate of all', async () => {
      const groups = (await head.get('/class_group.json')).body.data, free = children.slice(15);
      const device = await head.make('device', { name: '一班', covers: 'classes', posts: ['care', 'health'] });
      await head.make('device_class', { part: device, class: groups[0].id });
      const room = new Tablet(server, () => now);
      await room.pair((await head.get(`/device/${device}.json`)).body.data.pair_code);
      const own = free.find((one) => one.class === groups[0].id), [foreign, second] = free.filter((one) => one.class !== groups[0].id);
      const came = (box, child) => box.record('attendance', { child: child.id, arrived_at: '08:01' });
      const { results } = await room.sync([came(room, own), came(room, foreign), room.record('morning_check', { child: foreign.id, round: 'morning' })]);
      assert.deepEqual(results.map((one) => one.result), ['row', 'todo', 'todo']);
      assert.equal(results[1].faults[0].code, 'other_class');
      const door = await pairTablet(server, head, () => now, { covers: 'gate', posts: ['logistics'] });
      assert.deepEqual(await door.outcomes([came(door, second)]), ['row']);
      const row = (await head.get('/attendance.json?day=2026-11-18')).body.data.find((one) => one.child === second.id);
      assert.deepEqual(await room.outcomes([room.step('attendance', 'leave', await called(head, second.id), { id: row.id })]), ['todo'], 'nor sends one home');
      assert.ok((await room.day()).body.data.attendance.every((one) => one.child !== second.id), 'nor knows of one');
      const items = (await head.get('/inbox.json')).body.data.items;
      assert.equal((await head.post('/inbox/take', { id: items.find((one) => one.form === 'attendance').id, reason: '并班' })).status, 200, 'the head may');
      for (const item of (await head.get('/inbox.json')).body.data.items) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
    });

    test('on a day that the head closed the day before nobody is checked in, by page or tablet, until the closure is off', async () => {
      const closure = await head.make('closure', { from_day: '2026-11-19', to_day: '2026-11-19', reason: 'weather' });
      await clock(begin + day);
      await until(async () => (await dayOf('2026-11-18')).state === 'unconfirmed');
      assert.equal(await dayOf('2026-11-19'), undefined);
      for (const who of [care, gate, head]) {
        const refused = await who.post('/attendance', { child: children[0].id, arrived_at: '08:01', correction: '人来了' });
        assert.equal(refused.status, 409, refused.text);
        assert.match(refused.text, /2026-11-19停托。要登记请先修改停托安排/);
      }
      assert.equal((await care.post('/morning_check', { child: children[0].id, round: 'morning' })).status, 409);
      const { results } = await tablet.sync([tablet.record('attendance', { child: children[1].id, arrived_at: '08:01' })]);
      assert.equal(results[0].result, 'todo');
      assert.match(results[0].message, /停托/);
      assert.equal((await care.post(`/closure/${closure}`, { from_day: '2026-11-30', to_day: '2026-11-30' })).status, 403, 'not the carer');
      assert.equal((await head.post(`/closure/${closure}`, { from_day: '2026-11-30', to_day: '2026-11-30' })).status, 200);
      assert.equal((await dayOf('2026-11-19')).state, 'open');
      assert.equal((await head.post('/inbox/take', { id: (await head.get('/inbox.json')).body.data.items[0].id, reason: '停托已取消' })).status, 200);
      await care.make('attendance', { child: children[0].id, arrived_at: '08:01' });
      assert.deepEqual((({ 应到, 到园, 日结 }) => [应到, 到园, 日结])(await countyLine('2026-11-19')), ['30', '2', '进行中']);
      await clock(begin + day + 61 * 60000);
      await until(async () => (await head.get('/ratio_event.json?day=2026-11-19')).body.data.length > 0, 'nobody looks after them and nobody says so');
    });

    test('an institution that recorded nothing lacks every child that was expected, after the morning', async () => {
      const star = async () => {
        const { data } = (await county.get('/care.json?from=2026-11-19&to=2026-11-19')).body;
        const of = (name) => { const row = data.rows.find((one) => one.name.includes(name)); return Object.fromEntries(data.columns.map((one, i) => [one.label, row.cells[i]])); };
        return { data, spring: of('春'), sun: of('小太阳') };
      };
      await clock(begin + day + 7 * 3600000); /* 15:05 */
      const { data, spring, sun } = await star();
      assert.deepEqual([spring.到园.value, spring.到园.bad, spring.缺项.bad, spring.缺项.text], [0, true, true, '没有登记']);
      assert.equal(sun.到园.bad, false);
      const lacks = Object.fromEntries(data.unchecked.map((one) => [one.name, one.n]));
      assert.equal(lacks['平凉演示小太阳托育中心'], 30, 'two came unchecked, of the others nothing is known');
      assert.equal(Object.entries(lacks).find(([name]) => name.includes('春'))[1], spring.应到.value);
      await clock(begin + day);
      const early = await star();
      assert.deepEqual([early.spring.到园.bad, early.data.unchecked.find((one) => one.name.includes('小太阳')).n], [false, 2], 'at five past eight they may still come');
    });

    test('a Sunday is told with a reason only, stands as a day that nobody confirmed, and the county sees it', async () => {
      const sunday = { child: children[2].id, day: '2026-11-15', arrived_at: '2026-11-15T08:01' };
      const refused = await care.post('/attendance', sunday);
      assert.equal(refused.status, 409, refused.text);
      assert.match(refused.text, /2026-11-15不开放/);
      assert.equal(await dayOf('2026-11-15'), undefined);
      assert.equal((await countyLine('2026-11-15')).日结, '未开放');
      assert.ok([403, 404].includes((await county.post('/attendance', { ...sunday, correction: '加班' })).status), 'not the county');
      assert.equal((await care.post('/attendance', { ...sunday, correction: '周日加班看护' })).status, 200);
      assert.equal((await dayOf('2026-11-15')).state, 'unconfirmed');
      assert.equal((await countyLine('2026-11-15')).日结, '未确认');
      assert.equal((await head.get('/correction.json')).body.data.filter((one) => one.reason === '周日加班看护').length, 1);
      const cleaned = await care.post('/disinfection', { day: '2026-11-14', object: 'toy', method: 'uv', minutes: 30 });
      assert.notEqual(cleaned.status, 409, 'cleaning on a Saturday is not a day of children');
    });

    test('the server was down for a day: the day stands, its records wait for the head and are not lost', async () => {
      await server.halt();
      server.clock(now = begin + 5 * day); /* Thursday → Monday */
      await server.serve();
      await signAll();
      await until(async () => (await dayOf('2026-11-23'))?.state === 'open');
      assert.deepEqual([(await dayOf('2026-11-20'))?.state, (await dayOf('2026-11-20'))?.expected], ['unconfirmed', 30]);
      assert.deepEqual([await dayOf('2026-11-21'), await dayOf('2026-11-22')], [undefined, undefined], 'the weekend');
      assert.match((await head.get('/notices')).text, /2026-11-20没有确认日结/);
      assert.deepEqual((({ 应到, 日结 }) => [应到, 日结])(await countyLine('2026-11-20')), ['30', '未确认']);
      const friday = begin + 2 * day;
      const { results } = await tablet.sync([tablet.record('attendance', { child: children[3].id, arrived_at: '08:01' }, { at: friday, day: '2026-11-20' })]);
      assert.equal(results[0].result, 'todo');
      assert.match(results[0].message, /已日结/);
      const [item] = (await head.get('/inbox.json')).body.data.items;
      assert.ok([403, 404].includes((await care.post('/inbox/take', { id: item.id, reason: '断网' })).status));
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '当天停电' })).status, 200);
      const row = (await head.get('/attendance.json?day=2026-11-20')).body.data[0];
      assert.equal(row.child, children[3].id);
      assert.equal((await care.post(`/attendance/${row.id}`, { arrived_at: '2026-11-20T08:05' })).status, 409, 'not without a reason');
      assert.equal((await countyLine('2026-11-20')).到园, '1');
    });
  });
