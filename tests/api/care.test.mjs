// The institution's day through the API: children, classes, attendance, checks, the closing of the day.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, resident, signIn, start, tuoyu, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const day = 86400000, today = '2026-11-18';

for (const engine of engines)
  describe(`the day on ${engine}`, () => {
    let server, head, care, health, gate, county, children, classes;
    before(async () => {
      server = await start({ engine, clock: begin - day });
      await (await signIn(server, 'inst-sun')).make('opening_hours', { weekdays: ['1', '2', '3', '4', '5'], open_at: '06:00', close_at: '08:30', from_day: today });
      server.clock(begin);
      [head, care, health, gate, county] = await Promise.all(['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle'].map((name) => signIn(server, name)));
      await until(async () => (await head.get(`/care_day.json?day=${today}`)).body.data.length === 1);
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      classes = (await head.get('/class_group.json')).body.data;
    });
    after(() => server?.stop());
    const codeOf = async (person) => (await head.post(`/pickup_person/${person.id}/unmask/code`, { purpose: '试验' })).body.data.value;
    const faults = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];

    test('children stand in classes; a carer sees names and health, no ID number; the county sees no child', async () => {
      assert.equal(children.length, 31);
      assert.ok(children.every((one) => one.class_title?.startsWith('托大')));
      const seen = (await care.get(`/child/${children[0].id}.json`)).body.data;
      assert.ok(seen.name && !('id_number' in seen));
      assert.equal((await county.get('/child.json')).status, 404);
      assert.equal((await county.get(`/child/${children[0].id}.json`)).status, 404);
    });

    test('who has no children yet is shown the way, not an empty day', async () => {
      const star = await signIn(server, 'inst-star');
      const { data } = (await star.get('/today.json')).body;
      assert.deepEqual([data.nobody, data.state], [true, undefined]);
      assert.equal((await head.get('/today.json')).body.data.nobody, undefined);
    });

    test('nobody is admitted without papers, above three years, or twice into a class', async () => {
      const late = await head.make('child', { name: '试验大童', sex: 'male', born: '2023-11-01', id_kind: 'resident_id', id_number: resident(901, '20231101') });
      const refused = await head.post(`/child/${late}/admit`, { entered_on: today });
      assert.equal(refused.status, 422);
      assert.deepEqual(faults(refused).sort(), ['AGE-MAX', 'MGT-11a', 'MGT-11a']);
      const small = await head.make('child', { name: '试验幼童', sex: 'female', born: '2024-05-01', id_kind: 'none' });
      assert.equal((await head.post(`/child/${small}/admit`, { entered_on: today })).status, 422, 'no exam yet');
      const body = (await head.get('/medical_body.json')).body.data[0];
      await head.make('entry_check', { part: small, examined_on: '2026-11-10', body: body.id, result: 'pass', vaccination: 'catch_up' });
      assert.equal((await head.post(`/child/${small}/admit`, { entered_on: today })).status, 200);
      const place = (from) => head.post(`/child/${small}/place`, { class: classes[0].id, class_from: from });
      assert.equal((await place('2026-11-18')).status, 200);
      assert.equal((await head.post(`/child/${small}/place`, { class: classes[1].id, class_from: '2026-12-01' })).status, 200);
      const placements = (await head.get(`/child/${small}.json`)).body.data.class_placement;
      assert.deepEqual(placements.map((one) => [one.from_day, one.until]).sort(), [['2026-11-18', '2026-11-30'], ['2026-12-01', '9999-12-31']]);
      assert.equal((await head.post(`/child/${small}/place`, { class: classes[0].id, class_from: '2026-11-25' })).status, 409, 'two at the same time');
      assert.equal((await head.get(`/child/${small}.json`)).body.data.class, classes[0].id, 'moved on the day, not before');
      await head.post(`/child/${small}/leave`, { left_on: today, leave_reason: 'family' });
    });

    test('one row for a child and a day: came, left, back, left; twice is refused', async () => {
      const [child, other] = children;
      const made = await care.post('/attendance', { child: child.id, arrived_at: '08:01', brought_by: 'guardian' });
      assert.equal(made.status, 200, made.text);
      const twice = await gate.post('/attendance', { child: child.id });
      assert.deepEqual([twice.status, twice.body.errors[0].field], [409, 'child']);
      const row = made.body.data.id;
      assert.equal((await care.post(`/attendance/${row}/leave`, { fetch_check: 'photo', fetched_name: '陌生人' })).status, 422, 'a stranger needs a call');
      const grandmother = (await head.get(`/child/${child.id}.json`)).body.data.pickup_person[0];
      const wrong = (await head.get(`/child/${other.id}.json`)).body.data.pickup_person[0];
      assert.equal((await care.post(`/attendance/${row}/leave`, { fetch_check: 'code', fetched_by: wrong.id })).status, 422, 'entrusted for another child');
      server.clock(begin + 60000 * 20);
      const fetch_code = await codeOf(grandmother);
      const left = await gate.post(`/attendance/${row}/leave`, { fetch_check: 'code', fetched_by: grandmother.id, fetch_code });
      assert.equal(left.status, 200, left.text);
      const kept = (await head.get(`/attendance/${row}.json`)).body.data;
      assert.deepEqual([kept.fetched_by, kept.code_checked, kept.fetch_code ?? null], [grandmother.id, true, null], 'compared, and not kept');
      assert.equal((await care.post(`/attendance/${row}/back`, {})).status, 200);
      const back = (await head.get(`/attendance/${row}.json`)).body.data;
      assert.deepEqual([back.left_at, back.fetched_by, back.code_checked], [null, null, null]);
      server.clock(begin);
    });

    test('nobody is handed over without a name: each way of checking names its person, and the code is compared here', async () => {
      const child = children[6], other = children[7];
      const of = async (id) => (await head.get(`/child/${id}.json`)).body.data;
      const { guardian: [parent], pickup_person: [grandmother] } = await of(child.id), { guardian: [stranger] } = await of(other.id);
      const entrust = (more) => head.make('pickup_person', { part: child.id, name: '演示姑姑', relation: 'relative', entrusted_by: parent.id, ...more });
      const tomorrow = await entrust({ from_day: '2026-11-19' }), over = await entrust({ from_day: '2026-11-01', to_day: '2026-11-17' }), plain = await entrust({ from_day: '2026-11-01' });
      const row = await gate.make('attendance', { child: child.id, arrived_at: '08:00' });
      const leave = (fields, by = gate) => by.post(`/attendance/${row}/leave`, fields);
      const code = await codeOf(grandmother), wrong = code === '0000' ? '1111' : '0000';
      for (const [fields, words] of [
        [{ fetch_check: 'code' }, /请选择接走的委托接送人/],
        [{ fetch_check: 'photo' }, /请选择接走的委托接送人/],
        [{ fetch_check: 'call' }, /请填写接走的人姓名/],
        [{ fetch_check: 'call', fetched_name: '路人' }, /请选择电话核实的是哪一位监护人/],
        [{ fetch_check: 'call', fetched_name: '路人', called_guardian: stranger.id }, /电话核实的人不是该婴幼儿的监护人/],
        [{ fetch_check: 'call', fetched_by: grandmother.id }, /请选择电话核实的是哪一位监护人/],
        [{ fetch_check: 'photo', fetched_by: plain }, /此人没有登记照片/],
        [{ fetch_check: 'guardian' }, /请选择是哪一位监护人/],
        [{ fetch_check: 'guardian', fetched_guardian: stranger.id }, /不是该婴幼儿的监护人/],
        [{ fetch_check: 'photo', fetched_by: tomorrow }, /委托还没有开始/],
        [{ fetch_check: 'photo', fetched_by: over }, /委托已到期或已撤回/],
        [{ fetch_check: 'code', fetched_by: grandmother.id }, /接送口令不对，或没有输入/],
        [{ fetch_check: 'code', fetched_by: grandmother.id, fetch_code: wrong }, /接送口令不对，或没有输入/],
        [{ fetch_check: 'code', fetched_by: tomorrow, fetch_code: code }, /接送口令不对，或没有输入/],
      ]) {
        const refused = await leave(fields);
        assert.equal(refused.status, 422, JSON.stringify(fields) + refused.text);
        assert.match(refused.text, words);
      }
      assert.equal((await leave({ fetched_name: '演示舅舅' })).status, 422, 'how it was checked is asked too');
      assert.equal((await head.get(`/attendance/${row}.json`)).body.data.state, 'present', 'the child is still here');
      assert.equal((await leave({ fetch_check: 'guardian', fetched_guardian: parent.id })).status, 200);
      assert.equal((await head.get(`/attendance/${row}.json`)).body.data.fetched_guardian, parent.id);
      assert.equal((await care.post(`/attendance/${row}`, { fetch_check: 'code', fetched_by: grandmother.id })).status, 422, 'nor afterwards by a change');
      assert.equal((await care.post(`/attendance/${row}`, { fetched_guardian: '' })).status, 422);
      assert.equal((await care.post(`/attendance/${row}`, { left_at: '08:04' })).status, 200);
    });

    test('what cannot be is said at its field: future, other day, other institution, impossible temperature', async () => {
      const child = children[1].id;
      const spring = await signIn(server, 'inst-spring'), stranger = (await spring.get('/child.json')).body.data[0].id;
      for (const [fields, code] of [
        [{ child, arrived_at: '23:00' }, 'future_time'],
        [{ child, arrived_at: '2026-11-17T08:00' }, 'other_day'],
        [{ child, day: '2026-11-19' }, 'future_day'],
        [{ child, arrived_at: '25:00' }, 'not_a_time'],
        [{ child: stranger }, 'other_institution'],
      ]) {
        const answer = await care.post('/attendance', fields);
        assert.deepEqual([answer.status, faults(answer)[0]], [422, code], JSON.stringify(fields) + answer.text);
      }
      const hot = await care.post('/morning_check', { child, round: 'morning', temperature: '66' });
      assert.deepEqual([hot.status, hot.body.errors[0].field], [422, 'temperature']);
    });

    test('a check that finds something needs its handling; a fever is seen from the temperature', async () => {
      const child = children[1].id;
      assert.equal((await care.post('/morning_check', { child, round: 'morning', temperature: '37.6' })).status, 422);
      const id = await care.make('morning_check', { child, round: 'morning', temperature: '37.6', handling: 'fetch' });
      const row = (await care.get(`/morning_check/${id}.json`)).body.data;
      assert.deepEqual([row.result, row.symptoms], ['abnormal', ['fever']]);
      await care.make('attendance', { child: children[2].id, reason: 'sick' });
      assert.equal((await care.post('/morning_check', { child: children[2].id, round: 'morning' })).status, 422, 'a check for an absent child');
    });

    test('nobody closes the day while children are inside and the doors are open; the hours are those of the institution', async () => {
      const day = (await head.get(`/care_day.json?day=${today}`)).body.data[0], url = `/care_day/${day.id}`;
      const inside = (await head.get(`/attendance.json?day=${today}&state=present`)).body.data;
      const guard = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('security'));
      await head.make('staff_attendance', { staff: guard.id, post: 'security' });
      const refused = await head.post(`${url}/close`, { note: '忙' });
      assert.equal(refused.status, 403, refused.text);
      assert.match(refused.text, new RegExp(`还有${inside.length}名婴幼儿在园：全部离园后，或08:30关门后再确认日结`));
      const page = await head.get(url, { headers: { accept: 'text/html' } });
      assert.match(page.text, /或08:30关门后再确认日结/);
      assert.ok(!page.text.includes(`${url}/close`), 'no button');
      assert.equal((await head.get('/today.json')).body.data.may_close, false);
      const hours = { weekdays: ['1', '2', '3', '4', '5'], open_at: '06:00', close_at: '08:10', from_day: '2026-11-19' };
      for (const wrong of ['16点', '05:00', '07:59']) assert.equal((await head.post('/opening_hours', { ...hours, close_at: wrong })).status, 422, wrong);
      for (const from_day of [today, '2026-11-01']) assert.deepEqual(faults(await head.post('/opening_hours', { ...hours, from_day })), ['past_day'], 'the hours of today are not made earlier');
      const [stands] = (await head.get('/opening_hours.json')).body.data;
      assert.deepEqual(faults(await head.post(`/opening_hours/${stands.id}`, { close_at: '08:10' })), ['in_force']);
      assert.equal((await care.post('/opening_hours', hours)).status, 403);
      const spring = await signIn(server, 'inst-spring'), [other] = (await spring.get(`/care_day.json?day=${today}`)).body.data;
      await spring.make('attendance', { child: (await spring.get('/child.json?state=enrolled')).body.data[0].id, arrived_at: '08:00' });
      assert.match((await spring.post(`/care_day/${other.id}/close`, { note: '忙' })).text, /或18:00关门后/, 'who said nothing closes at six');
      assert.match((await head.post(`${url}/close`, { note: '忙' })).text, /或08:30关门后/);
      server.clock(begin + 26 * 60000);
      assert.equal((await head.get('/today.json')).body.data.may_close, true, 'after the closing time, with the list and a note');
      assert.match((await head.get(url, { headers: { accept: 'text/html' } })).text, new RegExp(`${url}/close`));
    });

    test('the day is opened by the program and closed by the head; then only corrections, and they keep the old value', async () => {
      const day = (await head.get(`/care_day.json?day=${today}`)).body.data[0];
      assert.deepEqual([day.state, day.expected], ['open', 31]);
      assert.equal((await care.post(`/care_day/${day.id}/close`, {})).status, 403, 'only the head closes');
      assert.equal((await head.post(`/care_day/${day.id}/close`, { note: '试验' })).status, 200);
      const closed = (await county.get(`/care_day/${day.id}.json`)).body.data;
      assert.match(closed.missing_note, /28名婴幼儿没有出勤登记/);
      const row = (await care.get(`/attendance.json?day=${today}`)).body.data.find((one) => one.child === children[2].id);
      assert.equal((await care.post('/attendance', { child: children[4].id })).status, 409);
      assert.equal((await care.post(`/attendance/${row.id}`, { reason: 'personal' })).status, 409);
      assert.equal((await care.post(`/attendance/${row.id}`, { reason: 'personal', correction: '家长来电更正' })).status, 200);
      const kept = (await head.get('/correction.json')).body.data;
      assert.deepEqual([kept.length, kept[0].reason], [1, '家长来电更正']);
      const opened = await head.post(`/correction/${kept[0].id}/unmask/before_text`, { purpose: '核对' });
      assert.match(opened.body.data.value, /缺勤原因：sick/);
    });

    test('the ratio is watched as long as children are inside, also after the head has closed the day', async () => {
      server.clock(begin + 61 * 60000); /* the quiet hours of the arrival are over */
      head = await signIn(server, 'inst-sun');
      const inside = (await head.get(`/attendance.json?day=${today}&state=present`)).body.data;
      assert.equal((await head.get(`/care_day.json?day=${today}`)).body.data[0].state, 'confirmed');
      const events = await until(async () => {
        const { data } = (await head.get(`/ratio_event.json?day=${today}`)).body;
        return data.length > 0 && data;
      }, 'nobody looks after the children and nobody says so');
      assert.deepEqual(new Set(events.map((one) => one.class)), new Set(inside.map((one) => one.class)));
      assert.ok(events.every((one) => one.state === 'watched' && one.carers === 0));
    });

    test('a day that nobody closed ends as 未确认 in the night, the next one opens; weekends do not', async () => {
      server.clock(begin + day);
      head = await signIn(server, 'inst-sun');
      await until(async () => (await head.get('/care_day.json?day=2026-11-19')).body.data.length === 1);
      server.clock(begin + 2 * day);
      head = await signIn(server, 'inst-sun');
      await until(async () => (await head.get('/care_day.json?day=2026-11-20')).body.data.length === 1);
      assert.equal((await head.get('/care_day.json?day=2026-11-19')).body.data[0].state, 'unconfirmed');
      server.clock(begin + 3 * day);
      head = await signIn(server, 'inst-sun');
      await until(async () => (await head.get('/care_day.json?day=2026-11-20')).body.data[0].state === 'unconfirmed');
      assert.equal((await head.get('/care_day.json?day=2026-11-21')).body.data.length, 0, 'a Saturday');
      const [friday] = (await head.get('/care_day.json?day=2026-11-20')).body.data;
      care = await signIn(server, 'sun-care');
      assert.ok([403, 404].includes((await care.post(`/care_day/${friday.id}/late`, { note: '忘记' })).status));
      assert.equal((await head.post(`/care_day/${friday.id}/late`, { note: '忘记' })).status, 200);
      county = await signIn(server, 'kt-handle');
      assert.deepEqual((({ state, late }) => [state, late])((await county.get(`/care_day/${friday.id}.json`)).body.data), ['confirmed', true], 'that it was late stays on it');
      const figures = (await county.get('/care.json?from=2026-11-20&to=2026-11-20')).body.data;
      const [intime, late] = ['IND-CLOSED', 'IND-CLOSED-LATE'].map((id) => figures.figures.find((one) => one.id === id).numerator);
      assert.deepEqual([intime, late], [0, 1], 'counted apart');
      assert.ok(figures.rows.some((row) => row.cells.some((cell) => cell.text === '补确认')));
    });

    test('a closure decided in the morning takes the day out of all counts; not while children are inside, not backwards', async () => {
      const monday = '2026-11-23', now = begin + 5 * day;
      server.clock(now);
      [head, care, county] = await Promise.all(['inst-sun', 'sun-care', 'kt-handle'].map((name) => signIn(server, name)));
      const today_ = async () => (await head.get(`/care_day.json?day=${monday}`)).body.data[0];
      await until(today_);
      const counts = async () => {
        const { data } = (await county.get(`/care.json?from=${monday}&to=${monday}`)).body;
        const line = data.rows.find((one) => one.name === '平凉演示小太阳托育中心'), heads = ['机构', ...data.columns.map((one) => one.label)];
        return line.cells[heads.indexOf('应到') - 1].text;
      };
      assert.equal(await counts(), '31');
      const closure = { from_day: monday, to_day: monday, reason: 'weather', note: '暴雪' };
      assert.equal((await care.post('/closure', closure)).status, 403);
      const back = await head.post('/closure', { ...closure, from_day: '2026-11-20' });
      assert.deepEqual([back.status, faults(back)], [422, ['past_day']]);
      assert.deepEqual(faults(await head.post('/closure', { ...closure, from_day: '2026-11-25' })), ['order']);
      const other = (await signIn(server, 'inst-spring'));
      await until(async () => (await other.get(`/care_day.json?day=${monday}`)).body.data.length === 1);
      const child = (await other.get('/child.json?state=enrolled')).body.data[0].id;
      const row = await other.make('attendance', { child, arrived_at: '08:00' });
      const inside = await other.post('/closure', closure);
      assert.deepEqual([inside.status, faults(inside)], [422, ['present']], inside.text);
      assert.equal((await other.post(`/attendance/${row}/leave`, await called(other, child))).status, 200);
      await other.make('closure', closure);
      assert.equal((await other.get(`/care_day.json?day=${monday}`)).body.data[0].state, 'open', 'a day on which somebody came is closed as one');
      const id = await head.make('closure', closure);
      assert.equal((await today_()).state, 'void');
      assert.notEqual(await counts(), '31');
      const page = (await head.get('/today.json')).body.data;
      assert.deepEqual([page.closed, page.missing], ['今天不开放。', []]);
      assert.equal((await care.post('/attendance', { child: children[9].id, arrived_at: '08:01' })).status, 409);
      const { id: dayId } = await today_();
      assert.equal((await head.post(`/care_day/${dayId}/resume`, {})).status, 403, 'nobody takes it by hand');
      await head.post(`/closure/${id}`, { from_day: '2026-11-24', to_day: '2026-11-24' });
      assert.deepEqual([(await today_()).state, await counts()], ['open', '31'], 'the snow melted');
      await head.make('closure', closure);
      assert.equal((await today_()).state, 'void');
      server.clock(now + 2 * day);
      head = await signIn(server, 'inst-sun');
      await until(async () => (await head.get('/care_day.json?day=2026-11-25')).body.data.length === 1);
      assert.equal((await head.get('/care_day.json?day=2026-11-24')).body.data.length, 0, 'closed that day');
      assert.equal((await today_()).state, 'void', 'and it does not end as 未确认');
    });

    test('cells agree with a full recount', async () => {
      await server.halt();
      const checked = tuoyu(['doctor', '--data', server.data, ...server.where]);
      await server.serve();
      assert.match(checked.stdout + checked.stderr, /统计单元.*一致/);
    });
  });
