// Staff through the API: one identity over the city, what somebody must have, the ban list, rosters and duty, protected
// reports, PINs — and who may not see any of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, newAccount, pdf, resident, signIn, start, tuoyu, until, uscc } from '../lib/client.mjs';
import { unzip } from '../lib/unzip.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const day = 86400000, today = '2026-11-18';
const why = `purpose=${encodeURIComponent('核查从业限制')}`;

for (const engine of engines)
  describe(`staff on ${engine}`, () => {
    let server, head, care, health, gate, spring, county, sign, city, police, admin;
    const again = async () => {
      [head, care, health, gate, spring, county, sign, city, police, admin] = await Promise.all(
        ['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'inst-spring', 'kt-handle', 'kt-sign', 'pl-health', 'kt-police', 'sysadmin'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin - 300000 });
      server.clock(begin); /* ids of the demo data lie before */
      await again();
    });
    after(() => server?.stop());
    const faults = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];
    const record = async (client, form, id, query = '') => (await client.get(`/${form}/${id}.json${query}`)).body;
    const rules = async (client, id) => (await record(client, 'staff', id)).findings.map((one) => one.rule);
    const notices = async (client) => (await client.get('/notices')).body.data.notices;
    let serial = 300;
    const person = (more = {}) => ({ name: '试验职工', id_number: resident(serial++), posts: ['carer'], certificate: 'infant_carer', health_until: '2027-06-01', record_checked: '2026-10-01', hired_on: '2026-11-10', ...more });
    const account = async (login, fields) => {
      const { id, password } = await newAccount(server, { login: `${login}-${engine}`, name: login, rank: 'county', ...fields });
      const fresh = new Client(server);
      await fresh.login(`${login}-${engine}`, password);
      await fresh.post('/password', { old: password, new: 'Renyuan-2026-ok', again: 'Renyuan-2026-ok' });
      return Object.assign(await signIn(server, `${login}-${engine}`, 'Renyuan-2026-ok'), { id });
    };

    test('required fields and age are formal at once; one person is one row of an institution', async () => {
      const young = await head.post('/staff', person({ id_number: resident(301, '20100101') }));
      assert.deepEqual([young.status, faults(young)], [422, ['MGT-33-AGE']], young.text);
      assert.deepEqual(faults(await head.post('/staff', { name: '缺项' })).sort(), ['need', 'need']);
      const number = resident(399);
      const id = await head.make('staff', person({ id_number: number }));
      assert.deepEqual(faults(await head.post('/staff', person({ id_number: number }))), ['taken']);
      assert.equal((await head.post(`/staff/${id}`, { name: '' })).status, 422, 'a change cannot take away what is required');
      assert.equal((await record(head, 'staff', id)).data.state, 'active');
    });

    test('a carer sees names and posts, neither numbers nor telephones, and writes nothing', async () => {
      const [one] = (await care.get('/staff.json')).body.data;
      const seen = (await record(care, 'staff', one.id)).data;
      assert.ok(seen.name && !('id_number' in seen) && !('phone' in seen) && !('born' in seen));
      assert.equal((await care.post('/staff', person())).status, 403);
      assert.equal((await care.post(`/staff/${one.id}/leave`, { left_on: today })).status, 403);
      for (const line of ['staff_certificate', 'staff_contract', 'staff_insurance', 'record_query']) assert.equal((await care.get(`/${line}.json`)).status, 404, line);
      assert.equal((await spring.get(`/staff/${one.id}.json`)).status, 404);
      assert.equal((await spring.post('/staff_certificate', { part: one.id, kind: 'teacher', number: '1' })).status, 403);
    });

    test('two places at once: a finding at both rows and a notice to the county, no name to the other', async () => {
      const number = resident(398);
      const here = await head.make('staff', person({ name: '两处甲', id_number: number }));
      assert.ok(!(await rules(head, here)).includes('CFG-STAFF-TWICE'));
      const there = await spring.make('staff', person({ name: '两处甲', id_number: number }));
      for (const [client, id] of [[head, here], [spring, there]]) {
        const found = (await record(client, 'staff', id)).findings.find((one) => one.rule === 'CFG-STAFF-TWICE');
        assert.equal(found.message, '此人同时在另外1家托育机构登记为工作人员');
      }
      assert.ok((await notices(county)).some((one) => one.text.includes('同时在两家托育机构') && !one.text.includes('两处甲')));
      assert.equal((await spring.post(`/staff/${there}/leave`, { left_on: today })).status, 200);
      assert.ok(!(await rules(head, here)).includes('CFG-STAFF-TWICE'), 'it ends when one of the two ends');
    });

    test('papers: certificates by post, health, contract, insurance months, training are findings until they are there', async () => {
      const id = await head.make('staff', person({ name: '缺证', certificate: '', health_until: '', record_checked: '', hired_on: '2026-07-20', posts: ['carer', 'fire'] }));
      assert.deepEqual((await rules(head, id)).sort(), ['HC-14', 'LAB-1', 'LAB-2', 'LAW-4', 'MGT-33-CREDIT', 'MGT-34', 'SET-18-POST']);
      const message = async (rule) => (await record(head, 'staff', id)).findings.find((one) => one.rule === rule)?.message;
      await head.make('staff_certificate', { part: id, kind: 'teacher', number: 'J1', until: '2026-01-01' });
      assert.ok(await message('SET-18-POST'), 'an ended certificate does not serve');
      await head.make('staff_certificate', { part: id, kind: 'nursery_teacher', level: '4', number: 'B1' });
      assert.equal(await message('SET-18-POST'), undefined);
      await health.make('staff_health', { part: id, until: '2027-11-01', examined_on: '2026-11-02' });
      assert.equal((await record(head, 'staff', id)).data.health_until, '2027-11-01');
      await head.make('staff_contract', { part: id, kind: 'fixed', from_day: '2026-07-20', until: '2029-07-19' });
      assert.equal((await head.post('/staff_contract', { part: id, kind: 'open', from_day: '2028-01-01' })).status, 409, 'one contract at a time');
      assert.match(await message('LAB-2'), /2026年8月、2026年9月、2026年10月/);
      await head.make('staff_insurance', { part: id, from_day: '2026-08-05', until: '2026-09-02', kinds: ['pension', 'medical'] });
      assert.match(await message('LAB-2'), /：2026年10月$/);
      await head.make('staff_insurance', { part: id, from_day: '2026-10-01', until: '2026-10-01', kinds: ['pension'] });
      for (const topic of ['law', 'ethics', 'safety']) await head.make('staff_training', { part: id, topic, hours: '4', held_on: '2026-10-10' });
      assert.equal(await message('MGT-34'), '近12个月没有培训：消防');
      await head.make('staff_training', { part: id, topic: 'fire', hours: '8', held_on: '2026-10-11' });
      const noProof = await head.post('/record_query', { part: id, organ: 'police', result: 'none', answered_on: '2026-11-01' });
      assert.deepEqual([noProof.status, faults(noProof)], [422, ['need']]);
      assert.equal((await head.upload('record_query', { part: id, organ: 'police', result: 'none', answered_on: '2026-11-01', number: '查1' }, 'proof', pdf('查询'))).status, 200);
      assert.equal((await record(head, 'staff', id)).data.record_checked, '2026-11-01');
      assert.deepEqual(await rules(head, id), ['MGT-33-CREDIT']);
    });

    test('a main certificate is over where its line is over; a renewed one is due no more', async () => {
      const id = await head.make('staff', person({ name: '续证甲', certificate: 'infant_carer' })), post = async () => (await rules(head, id)).includes('SET-18-POST');
      assert.equal(await post(), false);
      const due = async () => (await head.get('/staff_due.json')).body.data.rows.filter((one) => one.staff === id && one.what === '资格证书').map((one) => one.until);
      await head.make('staff_certificate', { part: id, kind: 'infant_carer', number: 'J1', until: '2024-06-30' });
      assert.deepEqual([await post(), await due()], [true, ['2024-06-30']]);
      await head.make('staff_certificate', { part: id, kind: 'infant_carer', number: 'J2', until: '2026-12-15' });
      assert.deepEqual([await post(), await due()], [false, ['2026-12-15']]);
      const other = await head.make('staff_certificate', { part: id, kind: 'teacher', number: 'J3', until: '2024-06-30' });
      assert.deepEqual([await post(), await due()], [false, ['2024-06-30', '2026-12-15']], 'each kind by itself');
      assert.equal((await care.post(`/staff_certificate/${other}`, { until: '2030-06-30' })).status, 404);
      await head.make('staff_certificate', { part: id, kind: 'teacher', number: 'J4' });
      await head.make('staff_certificate', { part: id, kind: 'infant_carer', number: 'J5', until: '2030-06-30' });
      assert.deepEqual(await due(), [], 'a line without an end, or with a later one');
    });

    test('a list of queries leaves only by a second person, encrypted; only a result comes back, with dry run', async () => {
      const due = await head.make('staff', person({ name: '应查甲', record_checked: '2025-11-30' }));
      const bad = await head.make('staff', person({ name: '应查乙', record_checked: '2025-10-30' }));
      assert.equal((await head.post('/record_batch', { organ: 'police', password: 'Chaxun-2026-long' })).status, 404);
      assert.deepEqual(faults(await county.post('/record_batch', { organ: 'police', password: 'short' })), ['too_short']);
      const own = await sign.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      assert.equal((await sign.post(`/record_batch/${own}/approve`, {})).status, 403, 'not by oneself');
      await sign.post(`/record_batch/${own}/discard`, {});
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      assert.equal((await county.post(`/record_batch/${batch}/approve`, {})).status, 403);
      assert.equal((await sign.post(`/record_batch/${batch}/approve`, {})).status, 200);
      await until(async () => (await record(county, 'record_batch', batch)).data.archive);
      const file = await county.get(`/record_batch/${batch}/file/archive`);
      assert.equal(file.status, 200);
      assert.ok(!file.bytes.includes(Buffer.from('xl/worksheets')), 'nothing in clear');
      assert.throws(() => unzip(file.bytes, 'wrong-password'), /wrong password/);
      const rows = strings(file.bytes, 'Chaxun-2026-long');
      assert.ok(rows.includes('应查甲') && /620800\d{11}[\dX]/.test(rows));
      assert.ok(!('archive' in (await record(police, 'record_batch', batch)).data), 'the police gets the file by hand, not here');
      const serials = {};
      for (const [name, id] of [['甲', due], ['乙', bad]]) serials[name] = (await record(county, 'staff', id)).data.record_query[0].serial;
      const csv = `编号,结果,文号,日期\n${serials.甲},无,公查1号,2026-11-17\n${serials.乙},不得从业,公查2号,2026-11-17\nX-1,无,公查3号,2026-11-17\n`;
      const judged = await upload(county, 'record_answer', csv);
      assert.deepEqual([judged.body.data.report.good, (await county.get('/record_answer.json')).body.data.length], [2, 0], "a dry run finds the number that is nobody's, and writes nothing");
      const written = await county.post('/record_answer/import', { known_file: judged.body.data.report.file, write: '1' });
      assert.deepEqual([written.body.data.report.written, written.body.data.report.faults.length], [2, 1], written.text);
      assert.equal((await record(head, 'staff', due)).data.record_checked, '2026-11-17');
      assert.equal((await record(head, 'staff', bad)).data.state, 'barred');
    });

    test('a life ban needs two people and a decision; it bars at once, tells no reason, opens a case', async () => {
      const number = resident(397), id = await head.make('staff', person({ name: '被禁甲', id_number: number }));
      await head.make('roster', { staff: id, post: 'carer', from_day: '2026-11-16', start_at: '07:30', end_at: '17:30' });
      const stay = await gate.make('staff_attendance', { staff: id, post: 'carer' });
      const alike = await spring.make('staff', person({ name: '被禁乙', id_number: resident(396, '19880101') }));
      assert.equal((await county.get('/ban.json')).status, 200, 'who enters sees the own');
      assert.equal((await sign.get('/ban.json')).status, 422, 'a look needs its purpose');
      for (const client of [head, care, police, gate]) assert.equal((await client.get(`/ban.json?${why}`)).status, 404);
      const fields = { name: '被禁甲', id_number: number, kind: 'decision', reason: '虐待婴幼儿（试验）', scope: 'life' };
      const ban = await county.make('ban', fields);
      assert.equal((await county.post(`/ban/${ban}/effect`, {})).status, 403, 'not by who entered it');
      const lacking = await sign.post(`/ban/${ban}/effect`, {});
      assert.equal(lacking.status, 422);
      assert.ok(lacking.body.errors.some((one) => one.field === 'decision_no') && lacking.body.errors.some((one) => one.field === 'remedy'), lacking.text);
      assert.equal((await record(head, 'staff', id)).data.state, 'active', 'not yet');
      await county.post(`/ban/${ban}`, { legal_basis: '人口与计划生育法第四十一条', decision_no: '崆卫罚〔2026〕1号', issuer: '崆峒区卫生健康局', effective_on: '2026-11-20', served_on: '2026-11-10', remedy: '60日内行政复议' });
      assert.deepEqual(faults(await sign.post(`/ban/${ban}/effect`, {})), ['BAN-EFFECTIVE'], 'a decision that is not in effect yet');
      assert.equal((await sign.post(`/ban/${ban}/hold`, {})).status, 200);
      assert.equal((await record(head, 'staff', id)).data.state, 'suspended', 'pending is a suspension');
      await county.post(`/ban/${ban}`, { effective_on: '2026-11-12' });
      assert.equal((await sign.post(`/ban/${ban}/effect`, {})).status, 200);
      const barred = await record(head, 'staff', id);
      assert.equal(barred.data.state, 'barred');
      assert.ok(!JSON.stringify(barred).includes('虐待') && !(await head.get(`/staff/${id}/history`)).text.includes('虐待'));
      assert.equal((await head.get(`/roster.json?staff=${id}`)).body.data.find((one) => one.staff === id).state, 'cancelled');
      assert.equal((await record(head, 'staff_attendance', stay)).data.on_duty, false);
      assert.deepEqual(faults(await head.post('/roster', { staff: id, post: 'carer', start_at: '08:00', end_at: '12:00' })), ['not_at_work']);
      assert.deepEqual(faults(await gate.post('/staff_attendance', { staff: id, post: 'cook' })), ['not_at_work']);
      const told = (await notices(head)).filter((one) => one.text.includes('不得在本机构从业'));
      assert.ok(told.length > 0 && told.every((one) => !one.text.includes('被禁甲')));
      assert.ok(!(await notices(care)).some((one) => one.text.includes('不得在本机构从业')), 'the head alone is told');
      const cases = (await sign.get(`/ban_match.json?${why}`)).body.data;
      assert.deepEqual(cases.filter((one) => one.ban === ban).map((one) => [one.kind, one.staff === id]).sort(), [['exact', true], ['similar', false]]);
      assert.equal((await record(spring, 'staff', alike)).data.state, 'active', 'a like name waits for a person');
      const similar = cases.find((one) => one.kind === 'similar' && one.ban === ban).id;
      assert.equal((await sign.post(`/ban_match/${cases.find((one) => one.kind === 'exact' && one.ban === ban).id}/dismiss`, { outcome: '试' })).status, 403, 'the same number is the same person');
      assert.equal((await sign.post(`/ban_match/${similar}/dismiss`, { outcome: '经核对证件不是同一人' })).status, 200);
      assert.equal((await head.get(`/ban_match.json?${why}`)).status, 404);
      assert.equal((await county.get(`/ban_match.json?${why}`)).status, 404, 'an officer without that post');
      assert.equal((await sign.get(`/ban/${ban}.json?${why}`)).status, 200);
      assert.equal((await sign.get(`/ban.csv?${why}`)).status, 403, 'no export');
      const hired = await spring.post('/staff', person({ name: '被禁甲', id_number: number }));
      assert.equal((await record(spring, 'staff', hired.body.data.id)).data.state, 'barred', 'at hiring');
      assert.equal((await sign.post(`/ban/${ban}/appeal`, { appeal_on: today, appeal_note: '申请复议' })).status, 200);
      assert.equal((await sign.post(`/ban/${ban}/withdraw`, { withdrawn_on: today, withdrawn_why: '复议决定撤销' })).status, 200);
      assert.equal((await city.post(`/ban/${ban}/confirm_withdrawal`, {})).status, 200);
      assert.equal((await record(head, 'staff', id)).data.state, 'active');
      assert.equal((await record(spring, 'staff', hired.body.data.id)).data.state, 'active');
      const history = (await sign.get(`/ban/${ban}/history?${why}`)).text;
      for (const word of ['登记申诉', '提出撤销', '复核撤销', '复核并生效']) assert.ok(history.includes(word), word);
    });

    test('heads of filings and legal representatives are compared too; a banned head stops the filing', async () => {
      const star = await signIn(server, 'inst-star'), filing = (await star.get('/filing.json')).body.data[0];
      const number = resident(395);
      assert.equal((await star.post(`/filing/${filing.id}`, { head_name: '负责甲', head_id: number })).status, 200);
      const legal = (await county.get('/legal_person.json')).body.data.find((one) => one.representative);
      const fields = { kind: 'judgment', legal_basis: '刑法第三十七条之一', decision_no: '（2026）甘刑初1号', issuer: '崆峒区人民法院', effective_on: '2026-11-01', served_on: '2026-11-02', remedy: '上诉期已满', scope: 'life' };
      for (const more of [{ name: '负责甲', id_number: number }, { name: legal.representative, id_number: resident(394) }]) {
        const ban = await county.make('ban', { ...fields, ...more });
        const effect = await sign.post(`/ban/${ban}/effect`, {});
        assert.equal(effect.status, 200, effect.text);
      }
      const cases = (await sign.get(`/ban_match.json?${why}`)).body.data;
      assert.ok(cases.some((one) => one.kind === 'exact' && one.filing === filing.id));
      assert.ok(cases.some((one) => one.kind === 'name' && one.legal_name === legal.representative));
      await star.post(`/filing/${filing.id}`, { head_name: '负责甲甲' });
      const found = (await record(star, 'filing', filing.id)).findings.find((one) => one.rule === 'FIL-HEAD-BAN');
      assert.equal(found.message, '负责人不得在本机构从业，请联系县级卫生健康部门');
      assert.ok((await notices(star)).some((one) => one.text.includes('不得在本机构从业')));
    });

    test('a representative is known by number where one was given: the same number stops the filing, a like name with the same birth date waits for a person', async () => {
      const star = await signIn(server, 'inst-star'), market = await signIn(server, 'kt-market'), filing = (await star.get('/filing.json')).body.data[0];
      const fields = { kind: 'judgment', legal_basis: '刑法第三十七条之一', decision_no: '（2026）甘刑初3号', issuer: '崆峒区人民法院', effective_on: '2026-11-01', served_on: '2026-11-02', remedy: '上诉期已满', scope: 'life' };
      const ban = async (more) => {
        const id = await county.make('ban', { ...fields, ...more });
        assert.equal((await sign.post(`/ban/${id}/effect`, {})).status, 200);
        return (await sign.get(`/ban_match.json?${why}`)).body.data.filter((one) => one.ban === id).map((one) => [one.kind, one.filing, one.legal_name]);
      };
      assert.equal((await star.post(`/filing/${filing.id}`, { representative_id: resident(381) })).status, 200);
      const push = { name: '平凉有号托育', representative: '代表丁', representative_id: resident(382), registered_on: '2026-11-10', scope: '托育服务（全日制）', place: '620802001', address: '有号路1号' };
      await market.make('registration', { ...push, uscc: uscc('91', '620802', 9311) });
      const [legal] = (await county.get('/legal_person.json?sort=new')).body.data.filter((one) => one.representative === '代表丁');
      const shown = await county.get(`/legal_person/${legal.id}.json`);
      assert.ok(!shown.text.includes(resident(382)), 'masked');
      assert.deepEqual(await ban({ name: '钱大明', id_number: resident(381) }), [['exact', filing.id, '钱大明']]);
      assert.deepEqual(await ban({ name: '改名丁', id_number: resident(382) }), [['exact', null, '代表丁']], 'by number, whatever the name');
      assert.deepEqual(await ban({ name: '代表定', id_number: resident(383) }), [['similar', null, '代表丁']], 'the same sound and birth date');
      assert.deepEqual(await ban({ name: '代表丁', id_number: resident(384, '19700102') }), [], 'the same name with another number is another person');
      await star.post(`/filing/${filing.id}`, { explanation: '说明' });
      const { findings } = await record(star, 'filing', filing.id);
      assert.equal(findings.find((one) => one.rule === 'FIL-REP-BAN')?.message, '法定代表人不得从业，请联系县级卫生健康部门');
      assert.ok(!JSON.stringify(findings).includes('刑法'), 'never the reason');
      /* who follows in the register without a number is not taken for the one before */
      await market.make('registration', { ...push, uscc: uscc('91', '620802', 9311), representative: '代表戊', representative_id: null });
      assert.deepEqual(await ban({ name: '代表戊', id_number: resident(385) }), [['name', null, '代表戊']]);
    });

    test('the roster expects; who checks in twice is refused, who changes posts is moved; an ended health certificate is not on duty', async () => {
      const id = await head.make('staff', person({ name: '在岗甲', posts: ['carer', 'cook'] }));
      const ill = await head.make('staff', person({ name: '过期乙', health_until: '2026-11-01' }));
      assert.deepEqual(faults(await head.post('/roster', { staff: id, post: 'carer', start_at: '18:00', end_at: '07:30' })), ['order']);
      assert.deepEqual(faults(await head.post('/roster', { staff: id, post: 'carer', start_at: '7点', end_at: '17:30' })), ['not_a_time']);
      assert.equal((await care.post('/roster', { staff: id, post: 'carer', start_at: '07:30', end_at: '17:30' })).status, 403);
      const stranger = (await spring.get('/staff.json')).body.data[0].id;
      assert.deepEqual(faults(await gate.post('/staff_attendance', { staff: stranger, post: 'carer' })), ['other_institution']);
      const first = await gate.make('staff_attendance', { staff: id, post: 'carer', in_at: '07:40' });
      assert.equal((await gate.post('/staff_attendance', { staff: id, post: 'carer' })).status, 409);
      const second = await gate.make('staff_attendance', { staff: id, post: 'cook', in_at: '08:00' });
      assert.deepEqual((await record(head, 'staff_attendance', first)).data.state, 'left');
      assert.equal((await gate.post(`/staff_attendance/${second}/out`, { out_at: '07:50' })).status, 422);
      assert.equal((await gate.post(`/staff_attendance/${second}/out`, {})).status, 200);
      await gate.make('staff_attendance', { staff: id, post: 'cook' });
      const off = await gate.make('staff_attendance', { staff: ill, post: 'carer' });
      const seen = await record(head, 'staff_attendance', off);
      assert.deepEqual([seen.data.on_duty, seen.findings.map((one) => one.rule)], [false, ['HC-14']]);
      for (const [fields, code] of [[{ in_at: '23:00' }, 'future_time'], [{ day: '2026-11-19' }, 'future_day']])
        assert.equal(faults(await gate.post('/staff_attendance', { staff: id, post: 'carer', ...fields }))[0], code);
    });

    test('who signs in without saying where is in the class of the roster, in that post, on that weekday', async () => {
      const [group, other] = (await head.get('/class_group.json')).body.data;
      const id = await head.make('staff', person({ name: '班里甲', posts: ['carer', 'cook'] }));
      await head.make('roster', { staff: id, post: 'carer', class: other.id, weekdays: ['1', '2'], start_at: '07:30', end_at: '17:30' });
      await head.make('roster', { staff: id, post: 'carer', class: group.id, weekdays: ['3'], start_at: '07:30', end_at: '17:30' });
      const classOf = async (fields) => (await record(head, 'staff_attendance', await gate.make('staff_attendance', { staff: id, ...fields }))).data.class;
      assert.equal(await classOf({ post: 'carer', in_at: '07:40' }), group.id, 'a Wednesday');
      assert.equal(await classOf({ post: 'cook', in_at: '07:50' }), null, 'not rostered as a cook');
      assert.equal(await classOf({ post: 'carer', class: other.id, in_at: '08:00' }), other.id, 'what is said holds');
    });

    test('the head puts off: suspension is a measure with a date of review, and others of the institution cannot', async () => {
      const id = await head.make('staff', person({ name: '暂停甲' }));
      assert.equal((await care.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: '2026-12-01' })).status, 403);
      assert.equal((await head.post(`/staff/${id}/suspend`, { suspended_on: today })).status, 422, 'a date of review');
      assert.equal((await head.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: '2026-12-01' })).status, 200);
      const due = (await head.get('/staff_due.json')).body.data.rows;
      assert.ok(due.some((one) => one.staff === id && one.what === '暂停接触复查'));
      assert.equal((await head.post(`/staff/${id}/resume`, {})).status, 200);
      assert.equal((await county.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: '2026-12-01' })).status, 200);
      assert.equal((await head.post(`/staff/${id}/resume`, {})).status, 403, 'what the county ordered only the county ends');
      assert.equal((await county.post(`/staff/${id}/resume`, {})).status, 200);
    });

    test('a protected report: four departments at once, nobody else of the institution; unread it goes down the telephone list', async () => {
      const culprit = await head.make('staff', person({ name: '涉事甲' }));
      const duty = await account('duty', { department: 'police', home: 11, posts: ['handle'] });
      const education = await account('edu', { department: 'education', home: 11, posts: ['handle'] });
      const contact = (await county.get('/abuse_contact.json')).body.data[0].id;
      await county.post(`/abuse_contact/${contact}`, { account: duty.id });
      const page = await care.get('/abuse', { headers: { accept: 'text/html' } });
      assert.ok(page.text.indexOf('tel:110') > 0 && page.text.indexOf('tel:110') < page.text.indexOf('立即报告'), '110 comes first');
      const report = await care.make('abuse_report', {});
      assert.equal((await care.post(`/abuse_report/${report}`, { what: '看到打骂（试验）', kind: 'hit', called_110: 'yes', staff: culprit })).status, 200);
      assert.equal((await care.get('/abuse_report.json')).body.data.length, 1);
      for (const client of [head, health, gate, spring]) {
        assert.equal((await client.get('/abuse_report.json')).body.data.length, 0);
        assert.equal((await client.get(`/abuse_report/${report}.json`)).status, 404);
        assert.ok(!(await notices(client)).some((one) => one.text.includes('强制报告')));
      }
      const civil = await signIn(server, 'kt-civil');
      for (const client of [police, civil, education, county])
        assert.ok((await notices(client)).some((one) => one.text.includes('强制报告') && !one.text.includes('涉事')));
      const market = await signIn(server, 'kt-market');
      assert.equal((await market.get(`/abuse_report/${report}.json?${why}`)).status, 404);
      assert.equal((await police.get(`/abuse_report/${report}.json`)).status, 422, 'a look needs its purpose');
      server.clock(begin + 31 * 60000);
      await again();
      const late = await signIn(server, `duty-${engine}`, 'Renyuan-2026-ok');
      await until(async () => (await notices(late)).some((one) => one.text.includes('仍无部门确认收到')));
      assert.equal((await police.get(`/abuse_report/${report}.json?${why}`)).body.data.escalated, 1);
      assert.equal((await police.post(`/abuse_report/${report}/confirm`, {})).status, 200);
      assert.equal((await police.post(`/abuse_report/${report}/confirm`, {})).status, 403, 'once');
      assert.equal((await head.post(`/abuse_report/${report}/confirm`, {})).status, 404);
      assert.equal((await police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: '2026-12-18' })).status, 200);
      const row = await record(head, 'staff', culprit);
      assert.deepEqual([row.data.state, row.data.review_on, JSON.stringify(row).includes('强制报告')], ['suspended', '2026-12-18', false]);
      assert.ok(!(await head.get(`/staff/${culprit}/history`)).text.includes('打骂'));
      assert.equal((await health.get(`/abuse_report.json?q=${encodeURIComponent('打骂')}`)).body.data.length, 0);
      server.clock(begin);
      await again();
    });

    test('a PIN is kept as a hash of its person, is not weak, and only the head or the person sets it', async () => {
      const [one, two] = (await head.get('/staff.json?state=active')).body.data;
      const pin = (fields, client = head) => client.post('/staff_pin', { part: one.id, ...fields });
      assert.deepEqual(faults(await pin({ pin: '1234' })), ['weak']);
      assert.deepEqual(faults(await pin({ pin: '12a4' })), ['not_a_pin']);
      assert.equal((await pin({ pin: '2580' }, care)).status, 403);
      const made = await pin({ pin: '2580' });
      assert.equal(made.status, 200, made.text);
      const seen = await head.get(`/staff_pin/${made.body.data.id}.json`);
      assert.ok(!('pin' in seen.body.data) && seen.body.data.set_on === today);
      assert.equal((await head.post(`/staff_pin/${made.body.data.id}/unmask/pin`, { purpose: '试' })).status, 404);
      assert.equal((await pin({ pin: '3690' })).status, 409, 'one PIN for a person');
      const say = async (word, client = gate) => (await client.post('/staff_pin_check', { staff: one.id, pin: word })).body.data?.answer;
      assert.deepEqual([await say('2580'), await say('1111'), await say('2580')], ['right', 'wrong', 'right']);
      assert.equal((await spring.post('/staff_pin_check', { staff: one.id, pin: '2580' })).status, 404);
      assert.equal((await gate.post('/staff_pin_check', { staff: two.id, pin: '2580' })).body.data.answer, 'none');
      for (let i = 0; i < 5; i++) assert.equal(await say('1111'), 'wrong');
      assert.equal(await say('2580'), 'locked', 'five wrong ones lock, also for the right one');
      server.clock(begin + 16 * 60000);
      assert.equal(await say('2580'), 'right');
      server.clock(begin);
      const mine = (await admin.get('/account.json?q=sun-care')).body.data.find((each) => each.login === 'sun-care').id;
      await head.post(`/staff/${two.id}`, { account: mine });
      assert.equal((await care.post('/staff_pin', { part: two.id, pin: '7410' })).status, 200, 'the own one');
    });

    test('time: what ends soon is told once, findings come with the day, the ban list is compared each night', async () => {
      const id = await head.make('staff', person({ name: '到期甲', health_until: '' }));
      await head.make('staff_health', { part: id, until: '2026-12-10' });
      await head.make('staff_certificate', { part: id, kind: 'teacher', number: 'J9', until: '2026-12-11' });
      await head.make('staff_contract', { part: id, kind: 'fixed', from_day: '2025-12-12', until: '2026-12-12' });
      const ban = await county.make('ban', { name: '夜间代表', id_number: resident(393), kind: 'judgment', legal_basis: '刑法第三十七条之一', decision_no: '（2026）甘刑初2号', issuer: '崆峒区人民法院', effective_on: '2026-11-01', served_on: '2026-11-02', remedy: '上诉期已满', scope: 'life' });
      assert.equal((await sign.post(`/ban/${ban}/effect`, {})).status, 200);
      const market = await signIn(server, 'kt-market');
      await market.make('registration', { uscc: uscc('91', '620802', 9301), name: '平凉夜间托育', representative: '夜间代表', registered_on: '2026-11-10', scope: '托育服务（全日制）', place: '620802001', address: '夜间路1号' });
      const cases = async () => (await sign.get(`/ban_match.json?${why}`)).body.data.filter((one) => one.ban === ban);
      assert.equal((await cases()).length, 0, 'the register is compared by night');
      server.clock(begin + day);
      await again();
      await until(async () => (await notices(head)).some((one) => one.text.includes('健康合格证将在30天内到期')));
      for (const words of ['资格证书将在30天内到期', '劳动合同将在30天内到期']) assert.ok((await notices(head)).some((one) => one.text.includes(words)), words);
      assert.ok((await notices(head)).some((one) => one.text === '资格证书将在30天内到期：1项'), 'what was renewed is not warned of');
      const due = (await head.get('/staff_due.json')).body.data.rows.filter((one) => one.staff === id);
      assert.deepEqual(due.map((one) => one.until), ['2026-12-10', '2026-12-11', '2026-12-12', '2026-12-18'], 'the last: a query of which only the day was entered');
      await until(async () => (await cases())[0]?.found_by === 'night');
      const told = async () => (await notices(head)).filter((one) => one.text.includes('健康合格证将在30天内到期')).length;
      const once = await told();
      server.clock(begin + 24 * day);
      await again();
      await until(async () => (await rules(head, id)).includes('HC-14'));
      assert.equal(await told(), once, 'not told again for the same end');
      assert.equal((await care.get('/staff_due.json')).status, 404);
    });

    test('a sheet of fifteen people comes in at once, with the new fields', async () => {
      const lines = Array.from({ length: 15 }, (_, i) => `批量${i},${resident(500 + i)},保育人员,2026-10-01,育婴员（师）,2027-05-01,2026-10-01`);
      const judged = await upload(head, 'staff', `姓名,公民身份号码,岗位,入职日期,资格证书,健康合格证有效期至,违法犯罪记录查询日期\n${lines.join('\n')}\n`);
      assert.equal(judged.body.data.report.good, 15, judged.text);
      const written = await head.post('/staff/import', { known_file: judged.body.data.report.file, write: '1' });
      assert.equal(written.body.data.report.written, 15, written.text);
      const lacking = await upload(head, 'staff', `姓名,岗位\n缺号,保育人员\n`);
      assert.equal(lacking.body.data.report.good, 0, 'the dry run says what is required');
    });

    test('cells agree with a full recount', async () => {
      await server.halt();
      const checked = tuoyu(['doctor', '--data', server.data, ...server.where]);
      await server.serve();
      assert.match(checked.stdout + checked.stderr, /统计单元.*一致/);
    });
  });

const upload = (client, form, text) => client.upload(`${form}/import`, {}, 'sheet', Buffer.from(text), '表.csv', 'application/octet-stream');

/* The strings of the sheet inside the encrypted archive. */
const strings = (archive, password) => {
  const [inner] = Object.values(unzip(archive, password));
  return unzip(inner)['xl/sharedStrings.xml'].toString();
};
