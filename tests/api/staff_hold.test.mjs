// What stands against a person follows the person: a bar or a suspension is not washed off by leaving, moving, another
// number or another case that ends — and who may not lift it, answer for the county, or keep a login meanwhile.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, engines, newAccount, pdf, postgres, resident, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const day = 86400000, today = '2026-11-18', review = '2026-12-18';
const why = `purpose=${encodeURIComponent('核查从业限制')}`;

for (const engine of engines)
  describe(`who may not work, on ${engine}`, () => {
    let server, head, care, spring, county, sign, stranger, city, police, admin;
    const again = async () => {
      [head, care, spring, county, sign, stranger, city, police, admin] = await Promise.all(
        ['inst-sun', 'sun-care', 'inst-spring', 'kt-handle', 'kt-sign', 'jc-handle', 'pl-health', 'kt-police', 'sysadmin'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin - 300000 });
      server.clock(begin);
      await again();
    });
    after(() => server?.stop());
    const faults = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];
    const row = async (client, id) => (await client.get(`/staff/${id}.json`)).body.data;
    const state = async (client, id) => (await row(client, id)).state;
    const notices = async (client) => (await client.get('/notices')).body.data.notices;
    let serial = 700;
    const person = (more = {}) => ({ name: '试验职工', id_number: resident(serial++), posts: ['carer'], certificate: 'infant_carer', hired_on: '2026-11-10', ...more });
    const hire = (client, more) => client.make('staff', person(more));
    const ok = async (asked) => {
      const answer = await asked;
      assert.equal(answer.status, 200, answer.text);
      return answer;
    };
    const refused = async (asked) => assert.equal((await asked).status, 403);
    const banned = async (fields, step = 'effect') => {
      const ban = await county.make('ban', { name: '试验职工', kind: 'decision', legal_basis: '人口与计划生育法第四十一条', decision_no: '崆卫罚〔2026〕7号', issuer: '崆峒区卫生健康局', effective_on: '2026-11-01', served_on: '2026-11-02', remedy: '60日内行政复议', scope: 'life', reason: '试验事由', ...fields });
      await ok(sign.post(`/ban/${ban}/${step}`, {}));
      return ban;
    };
    const lift = async (ban) => {
      await ok(county.post(`/ban/${ban}/withdraw`, { withdrawn_on: today, withdrawn_why: '复议决定撤销' }));
      await ok(sign.post(`/ban/${ban}/confirm_withdrawal`, {}));
    };
    const matchOf = async (fits) => (await sign.get(`/ban_match.json?${why}`)).body.data.find(fits);
    /* The county asks for everybody who is due; what it is answered about `id`. */
    const answered = async (id, result, number) => {
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      await ok(sign.post(`/record_batch/${batch}/approve`, {}));
      const [query] = (await county.get(`/staff/${id}.json`)).body.data.record_query;
      await ok(county.post('/record_answer', { serial: query.serial, result, number, answered_on: '2026-11-17' }));
    };
    /* As a release before this one may have left it. */
    const change = (sql) =>
      engine === 'sqlite'
        ? execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(server.data, 'tuoyu.db'), sql])
        : execFileSync('psql', [postgres, '-q', '-c', `set search_path to ${server.where[server.where.indexOf('--schema') + 1]}`, '-c', sql]);
    const account = async (login, posts = []) => {
      const site = (await row(head, (await head.get('/staff.json')).body.data[0].id)).institution ?? (await admin.get('/account.json?q=sun-care')).body.data[0].works_at;
      const { id, password } = await newAccount(server, { login: `${login}-${engine}`, name: login, department: 'institution', works_at: site, posts });
      const fresh = new Client(server);
      await fresh.login(`${login}-${engine}`, password);
      await ok(fresh.post('/password', { old: password, new: 'Renyuan-2026-ok', again: 'Renyuan-2026-ok' }));
      return { id, client: await signIn(server, `${login}-${engine}`, 'Renyuan-2026-ok') };
    };

    test('a bar by the record query outlives leaving, and stands at the next institution; its end frees both', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number });
      await answered(id, 'barred', '公查1号');
      assert.equal(await state(head, id), 'barred');
      await ok(head.post(`/staff/${id}/leave`, { left_on: today }));
      const back = await head.post(`/staff/${id}/return`, { hired_on: today });
      assert.deepEqual([back.status, back.body.detail], [403, '请联系县级卫生健康部门']);
      assert.equal(await state(head, id), 'left');
      const there = await hire(spring, { id_number: number });
      assert.equal(await state(spring, there), 'barred');
      const anew = await hire(head, { id_number: number });
      assert.equal(await state(head, anew), 'barred', 'nor as a new row of the same institution');
      assert.ok((await notices(county)).some((one) => one.text.includes('在另一机构登记')));
      assert.ok(!('held_by' in (await row(spring, there))) && (await row(county, there)).held_by, 'the institution learns no cause');
      const match = await matchOf((one) => one.staff === id);
      await ok(sign.post(`/ban_match/${match.id}/dismiss`, { outcome: '核对后不是同一人' }));
      assert.deepEqual([await state(spring, there), await state(head, anew)], ['active', 'active']);
      await ok(head.post(`/staff/${anew}/leave`, { left_on: today }));
      await ok(head.post(`/staff/${anew}/return`, { hired_on: today }));
      await answered(anew, 'barred', '公查1之2号');
      assert.equal(await state(head, anew), 'barred', 'a new answer is a new fact');
    });

    test('a suspension by order follows to the next institution and back, until the police end it', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number });
      const beside = await hire(spring, { id_number: number });
      const report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      await ok(police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: review }));
      assert.deepEqual([await state(head, id), await state(spring, beside)], ['suspended', 'suspended'], 'wherever the person works');
      await ok(head.post(`/staff/${id}/leave`, { left_on: today }));
      await refused(head.post(`/staff/${id}/return`, { hired_on: today }));
      await refused(spring.post(`/staff/${beside}/resume`, {}));
      await refused(county.post(`/staff/${beside}/resume`, {}), 'it is not this row that was ordered');
      const star = await signIn(server, 'inst-star'), third = await hire(star, { id_number: number });
      assert.equal(await state(star, third), 'suspended', 'at hiring');
      const seen = JSON.stringify([await row(head, id), await row(star, third)]) + (await star.get(`/staff/${third}/history`)).text;
      assert.ok(!/强制报告|abuse|elsewhere/.test(seen), 'nobody of an institution reads a report out of it');
      for (const client of [head, county]) await refused(client.post(`/staff/${id}/end_order`, {}));
      await ok(police.post(`/abuse_report/${report}/end_measure`, {}));
      assert.deepEqual([await state(spring, beside), await state(star, third)], ['active', 'active']);
      await ok(head.post(`/staff/${id}/return`, { hired_on: today }));
      assert.equal(await state(head, id), 'active');
    });

    test('the head cannot come before the police, nor put back whom a pending case holds', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number });
      await ok(head.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      const ban = await banned({ id_number: number }, 'hold');
      await refused(head.post(`/staff/${id}/resume`, {}));
      assert.equal(faults(await head.post(`/staff/${id}`, { id_number: resident(serial++) }))[0], 'held', 'nor as another person');
      await lift(ban);
      assert.equal(await state(head, id), 'suspended', "the head's own measure is not the ban's");
      await ok(head.post(`/staff/${id}/resume`, {}));
      await ok(head.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      const report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      await ok(police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: review }));
      for (const client of [head, county]) await refused(client.post(`/staff/${id}/resume`, {}));
      await ok(police.post(`/abuse_report/${report}/end_measure`, {}));
      assert.equal(await state(head, id), 'suspended', "the head's own measure is not the police's");
      await refused(county.post(`/staff/${id}/resume`, {}));
      await ok(head.post(`/staff/${id}/resume`, {}));
      assert.equal(await state(head, id), 'active');
    });

    test('each ends only what it ordered: the county not the police, the police not the county; the days of each are kept', async () => {
      const id = await hire(head), later = '2027-05-01';
      const held = async () => { const { held_by, suspended_on = null, review_on = null, office_review = null, abuse_review = null } = await row(county, id); return [held_by ?? null, suspended_on, review_on, office_review, abuse_review]; };
      await ok(county.post(`/staff/${id}/suspend`, { suspended_on: '2026-11-16', review_on: later }));
      assert.deepEqual(await held(), [['office'], '2026-11-16', later, later, null], 'the head did nothing');
      const report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      const order = { measure_on: today, measure_review: review };
      await ok(police.post(`/abuse_report/${report}/suspend`, order));
      assert.deepEqual(await held(), [['office', 'abuse'], '2026-11-16', review, later, review]);
      await refused(police.post(`/abuse_report/${report}/suspend`, order));
      assert.deepEqual(faults(await care.post(`/abuse_report/${report}`, { staff: await hire(head) })), ['held'], 'the report goes on to name whom it holds');
      await refused(county.post(`/staff/${id}/resume`, {}));
      await refused(county.post(`/abuse_report/${report}/end_measure`, {}));
      await ok(county.post(`/staff/${id}/end_order`, {}));
      assert.deepEqual([await state(head, id), ...(await held())], ['suspended', ['abuse'], today, review, null, review]);
      await refused(county.post(`/staff/${id}/end_order`, {}));
      /* a second report about the same person is a measure of its own */
      const second = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      await ok(county.post(`/abuse_report/${second}/suspend`, { measure_on: today, measure_review: '2026-12-01' }));
      assert.equal((await row(head, id)).review_on, '2026-12-01', 'the first review of those that stand');
      await ok(county.post(`/abuse_report/${second}/end_measure`, {}));
      assert.deepEqual([await state(head, id), (await row(head, id)).review_on], ['suspended', review]);
      const told = async (client) => (await notices(client)).filter((one) => one.url === `/abuse_report/${report}` && one.text.includes('暂停接触措施已结束')).length;
      await ok(police.post(`/abuse_report/${report}/end_measure`, {}));
      assert.deepEqual([await state(head, id), ...(await held())], ['active', null, null, null, null, null]);
      assert.deepEqual([await told(police), await told(county), await told(head)], [1, 1, 0]);
      await ok(police.post(`/abuse_report/${report}/suspend`, order), 'again upon the same report');
      for (const client of [head, spring]) assert.equal((await client.post(`/abuse_report/${report}/end_measure`, {})).status, 404);
      await ok(police.post(`/abuse_report/${report}/close`, { outcome: '已核查' }));
      assert.deepEqual([await state(head, id), await told(police), await told(county)], ['active', 2, 2]);
    });

    test('a report that names nobody leads to a measure: the police choose among the names and posts of that institution', async () => {
      const id = await hire(head, { name: '择一甲', phone: '13993301234' }), other = await hire(spring, { name: '择一乙' });
      const open = (await police.get(`/abuse_report.json?${why}&state=open`)).body.data;
      for (const one of open) await ok(police.post(`/abuse_report/${one.id}/close`, { outcome: '已核查' }));
      assert.deepEqual([(await police.get('/staff.json')).body.data, (await police.get(`/staff/${id}.json`)).status], [[], 404], 'no report, nobody');
      const report = await care.make('abuse_report', {});
      const page = (await police.get(`/abuse_report/${report}?${why}`, { headers: { accept: 'text/html' } })).text;
      assert.ok(page.includes('择一甲') && !page.includes('择一乙'), 'those of the institution');
      const seen = (await ok(police.get(`/staff/${id}.json`))).body.data;
      assert.deepEqual([seen.name, seen.posts, ['phone', 'id_number', 'certificate', 'health_until', 'hired_on', 'suspended_on', 'held_by'].filter((one) => one in seen)], ['择一甲', ['carer'], []]);
      assert.equal((await police.get(`/staff/${other}.json`)).status, 404);
      for (const name of ['kt-civil', 'kt-market', 'jc-handle']) assert.equal((await (await signIn(server, name)).get(`/staff/${id}.json`)).status, 404, name);
      const order = { measure_on: today, measure_review: review };
      assert.deepEqual(faults(await police.post(`/abuse_report/${report}/suspend`, order)), ['need']);
      assert.deepEqual(faults(await police.post(`/abuse_report/${report}/suspend`, { ...order, staff: other })), ['other_institution']);
      await refused((await signIn(server, 'kt-civil')).post(`/abuse_report/${report}/suspend`, { ...order, staff: id }));
      await refused(care.post(`/abuse_report/${report}/suspend`, { ...order, staff: id }));
      await ok(police.post(`/abuse_report/${report}/suspend`, { ...order, staff: id }));
      assert.equal(await state(head, id), 'suspended');
      await ok(police.post(`/abuse_report/${report}/close`, { outcome: '已核查' }));
      assert.equal((await police.get(`/staff/${id}.json`)).status, 404, 'when the report is closed that is over');
    });

    test('days of measures, of leaving and of coming back are days that can be', async () => {
      const id = await hire(head), report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      for (const [measure_on, measure_review, code] of [['2026-11-19', review, 'future_day'], [today, '2099-01-01', 'too_late']])
        assert.deepEqual(faults(await police.post(`/abuse_report/${report}/suspend`, { measure_on, measure_review })), [code]);
      for (const client of [head, county])
        for (const [suspended_on, review_on, code] of [['2026-11-19', review, 'future_day'], [today, '2099-01-01', 'too_late'], ['2026-11-01', '2026-11-10', 'order']])
          assert.deepEqual(faults(await client.post(`/staff/${id}/suspend`, { suspended_on, review_on })), [code]);
      await ok(county.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      assert.deepEqual(faults(await county.post(`/staff/${id}/prolong`, { review_on: '2099-01-01' })), ['too_late']);
      await ok(county.post(`/staff/${id}/resume`, {}));
      for (const [left_on, code] of [['2031-01-01', 'future_day'], ['1990-01-01', 'order'], ['2026-11-09', 'order']]) assert.deepEqual(faults(await head.post(`/staff/${id}/leave`, { left_on })), [code], left_on);
      assert.equal(await state(head, id), 'active');
      await ok(head.post(`/staff/${id}/leave`, { left_on: '2026-11-17' }));
      for (const [hired_on, code] of [['2035-01-01', 'future_day'], ['2026-11-16', 'order']]) assert.deepEqual(faults(await head.post(`/staff/${id}/return`, { hired_on })), [code], hired_on);
      await ok(head.post(`/staff/${id}/return`, { hired_on: today }));
      assert.deepEqual(faults(await head.post('/staff', person({ hired_on: '2035-01-01' }))), ['too_late'], 'nor is anybody entered years ahead');
    });

    test('a ban that ends releases only what it held itself', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number });
      await ok(county.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      await lift(await banned({ id_number: number }));
      assert.deepEqual([await state(head, id), (await row(head, id)).review_on], ['suspended', review], 'the order of the county stands');
      await ok(county.post(`/staff/${id}/resume`, {}));
      /* two bans name alike people of one birth date; a person confirms one of them */
      const born = resident(serial++, '19770303'), [one, other] = [resident(serial++, '19770303'), resident(serial++, '19770303')];
      const alike = await hire(head, { name: '李试同', id_number: born });
      const bans = [await banned({ name: '李试同', id_number: one }), await banned({ name: '李试桐', id_number: other })];
      const match = await matchOf((each) => each.ban === bans[0] && each.staff === alike);
      await ok(sign.post(`/ban_match/${match.id}/confirm`, { outcome: '证件更换前后为同一人' }));
      assert.equal(await state(head, alike), 'barred');
      await lift(bans[1]);
      assert.equal(await state(head, alike), 'barred', 'another case is confirmed');
      assert.equal(await state(spring, await hire(spring, { name: '李试同', id_number: born })), 'barred', 'a confirmed match is about the person');
      await lift(bans[0]);
      assert.equal(await state(head, alike), 'active');
    });

    test('the county alone answers what the county asked, and its answer overrides', async () => {
      const id = await hire(head);
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      await ok(sign.post(`/record_batch/${batch}/approve`, {}));
      const [query] = (await head.get(`/staff/${id}.json`)).body.data.record_query;
      const own = await head.upload(`record_query/${query.id}`, { result: 'none', answered_on: '2026-11-17', number: '自报' }, 'proof', pdf('自报'));
      assert.deepEqual([own.status, faults(own)], [422, ['not_ours']]);
      assert.equal((await head.get(`/record_query/${query.id}.json`)).body.data.state, 'asked');
      assert.equal((await row(head, id)).record_checked ?? null, null);
      await ok(head.upload('record_query', { part: id, organ: 'police', result: 'barred', answered_on: '2026-11-16', number: '自报2' }, 'proof', pdf('自报')));
      assert.equal(await state(head, id), 'barred');
      await ok(county.post('/record_answer', { serial: query.serial, result: 'none', number: '公查2号', answered_on: '2026-11-17' }));
      assert.deepEqual([await state(head, id), (await row(head, id)).record_checked], ['active', '2026-11-17']);
      const worse = await hire(head);
      await answered(worse, 'barred', '公查3号');
      await ok(head.upload('record_query', { part: worse, organ: 'police', result: 'none', answered_on: '2026-11-18', number: '自报3' }, 'proof', pdf('自报')));
      assert.equal(await state(head, worse), 'barred');
    });

    test('a wrong answer is put right by a second person, with a reason; what it was stays in the history and the person follows', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number }), there = await hire(spring, { id_number: number });
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      await ok(sign.post(`/record_batch/${batch}/approve`, {}));
      const [{ serial: asked }] = (await row(county, id)).record_query;
      const answer = await county.make('record_answer', { serial: asked, result: 'none', number: '公查9号', answered_on: '2026-11-17' });
      assert.deepEqual(faults(await county.post('/record_answer', { serial: asked, result: 'barred', number: '公查9号', answered_on: '2026-11-17' })), ['taken']);
      const right = { result: 'barred', number: '公查9号', answered_on: '2026-11-17', corrected_why: '名单第3、4行对调' };
      const correct = (client, fields = right) => client.post(`/record_answer/${answer}/correct`, fields);
      await refused(correct(county), 'who wrote it');
      for (const client of [head, stranger, police]) assert.equal((await correct(client)).status, 404);
      assert.deepEqual(faults(await correct(sign, { ...right, corrected_why: '' })), ['need']);
      assert.deepEqual(faults(await correct(sign, { ...right, result: 'none' })), ['same']);
      assert.deepEqual(faults(await correct(sign, { ...right, answered_on: '2026-11-19' })), ['future_day']);
      assert.deepEqual([await state(head, id), await state(spring, there)], ['active', 'active']);
      await ok(correct(sign));
      assert.deepEqual([await state(head, id), await state(spring, there), (await row(head, id)).record_checked ?? null], ['barred', 'barred', null]);
      const [latest] = (await sign.get(`/record_answer/${answer}/history`)).body.data.entries;
      assert.deepEqual([latest.action, latest.actor, latest.changes.map((one) => [one.name, one.old, one.new])], ['更正结果', '演示签发人', [['result', '无', '不得从业'], ['corrected_why', '（空）', '名单第3、4行对调']]]);
      await refused(correct(sign, { ...right, result: 'none' }), 'nor the second person alone back again');
      /* and the other way round: whom the county had confirmed on the strength of it is free again */
      const match = await matchOf((one) => one.staff === id && one.state === 'open');
      await ok(sign.post(`/ban_match/${match.id}/confirm`, { outcome: '已核' }));
      await ok(correct(await signIn(server, 'kt-review'), { ...right, result: 'none', corrected_why: '原结果无误' }));
      assert.deepEqual([await state(head, id), await state(spring, there), (await row(head, id)).record_checked], ['active', 'active', '2026-11-17']);
    });

    test('who was asked about and not answered is asked again after the days of the city; the old number points to the new one', async () => {
      const id = await hire(head), asks = async () => (await row(county, id)).record_query.filter((one) => one.serial);
      const batch = async () => sign.post(`/record_batch/${await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' })}/approve`, {});
      await ok(batch());
      const [{ serial: first }] = await asks();
      await hire(head);
      server.clock(begin + 20 * day);
      await again();
      await ok(batch());
      assert.equal((await asks()).length, 1, 'the answer may still come');
      server.clock(begin + 31 * day);
      await again();
      await ok(batch());
      const lines = await asks(), fresh = lines.find((one) => one.serial !== first);
      assert.deepEqual([lines.length, lines.find((one) => one.serial === first).state, fresh.state], [2, 'ended', 'asked']);
      const answer = (one) => county.post('/record_answer', { serial: one, result: 'barred', number: '公查10号', answered_on: '2026-11-30' });
      const late = await answer(first);
      assert.deepEqual(faults(late), ['asked_again']);
      assert.ok(late.text.includes(fresh.serial), late.text);
      await ok(answer(fresh.serial));
      assert.equal(await state(head, id), 'barred');
      server.clock(begin);
      await again();
    });

    test('a life ban is lifted by two people of the office that entered it or of the city; another county sees nothing of it', async () => {
      const number = resident(serial++), id = await hire(head, { id_number: number });
      const ban = await banned({ id_number: number });
      const seen = (client) => client.get(`/ban.json?${why}`).then((answer) => answer.body.data.some((one) => one.id === ban));
      assert.deepEqual([await seen(sign), await seen(city), await seen(stranger)], [true, true, false]);
      assert.equal((await stranger.get(`/ban/${ban}.json?${why}`)).status, 404);
      for (const step of ['withdraw', 'confirm_withdrawal', 'keep', 'appeal']) assert.equal((await stranger.post(`/ban/${ban}/${step}`, { withdrawn_on: today, withdrawn_why: '试' })).status, 404, step);
      await refused(sign.post(`/ban/${ban}/confirm_withdrawal`, {}));
      assert.deepEqual(faults(await sign.post(`/ban/${ban}/withdraw`, { withdrawn_on: '2026-11-19', withdrawn_why: '试' })), ['future_day']);
      await ok(sign.post(`/ban/${ban}/withdraw`, { withdrawn_on: today, withdrawn_why: '复议决定撤销' }));
      await refused(sign.post(`/ban/${ban}/confirm_withdrawal`, {}));
      await refused(county.post(`/ban/${ban}/confirm_withdrawal`, {}));
      assert.equal(await state(head, id), 'barred', 'it holds until another person confirms');
      await ok(sign.post(`/ban/${ban}/keep`, {}));
      await refused(city.post(`/ban/${ban}/confirm_withdrawal`, {}));
      await ok(sign.post(`/ban/${ban}/withdraw`, { withdrawn_on: today, withdrawn_why: '再审改判' }));
      await ok(city.post(`/ban/${ban}/confirm_withdrawal`, {}));
      assert.equal(await state(head, id), 'active');
      for (const client of [head, county, sign]) assert.ok((await notices(client)).some((one) => /从业限制.*已撤销/.test(one.text) && !one.text.includes('试验职工')));
      assert.ok(!(await notices(stranger)).some((one) => one.text.includes('已撤销')));
    });

    test('a county with a case of its own sees whom a ban names, not why, and does not decide it', async () => {
      const born = '19760606', ban = await banned({ name: '王试泾', id_number: resident(serial++, born) });
      const site = (await stranger.get('/institution.json')).body.data.find((one) => one.place?.startsWith('620821') || one.area?.startsWith('620821'))?.id;
      assert.ok(site, 'an institution of the other county');
      const login = `jc-inst-${engine}`;
      const { password } = await newAccount(server, { login, name: '泾川负责人', department: 'institution', works_at: site, posts: ['head'] });
      const fresh = new Client(server);
      await fresh.login(login, password);
      await ok(fresh.post('/password', { old: password, new: 'Renyuan-2026-ok', again: 'Renyuan-2026-ok' }));
      await hire(await signIn(server, login, 'Renyuan-2026-ok'), { name: '王试泾', id_number: resident(serial++, born) });
      const seen = (await ok(stranger.get(`/ban/${ban}.json?${why}`))).body.data;
      assert.deepEqual([seen.name, 'reason' in seen], ['王试泾', false]);
      await refused(stranger.post(`/ban/${ban}/withdraw`, { withdrawn_on: today, withdrawn_why: '试' }));
      await refused(stranger.post(`/ban/${ban}/unmask/id_number`, { purpose: '试' }));
    });

    test('a banned head of a standing filing is a finding and a case with its time; the county orders another one by a day and is urged; the own login learns nothing', async () => {
      const filing = (await head.get('/filing.json')).body.data.find((one) => one.state === 'filed');
      const number = (await ok(county.post(`/filing/${filing.id}/unmask/head_id`, { purpose: '核对' }))).body.data.value;
      const { client: own } = await account('own-head', ['head']);
      const ban = await banned({ name: 'own-head', id_number: number }), match = await matchOf((one) => one.ban === ban && one.filing === filing.id);
      const finding = async () => (await head.get(`/filing/${filing.id}.json`)).body.findings.some((one) => one.rule === 'FIL-HEAD-BAN');
      assert.equal(await finding(), true, 'without a write of the filing');
      const seen = async () => (await ok(sign.get(`/ban_match/${match.id}.json?${why}`))).body;
      const clock = async () => (await seen()).clocks.find((one) => one.name === 'ban_case');
      assert.deepEqual([(await clock()).due, (await clock()).stopped ?? false], ['2026-11-25', false]);
      const told = async (client, words) => (await notices(client)).filter((one) => one.text.includes(words)).length;
      assert.deepEqual([await told(head, '不得在本机构从业') > 0, await told(own, '不得在本机构从业')], [true, 0]);
      const order = (client, replace_by) => client.post(`/ban_match/${match.id}/order_replacement`, { replace_by });
      for (const client of [head, own, county, stranger, police]) assert.equal((await order(client, '2026-11-20')).status, 404);
      for (const step of ['confirm', 'dismiss']) await refused(sign.post(`/ban_match/${match.id}/${step}`, { outcome: '试' }));
      assert.equal((await sign.post(`/ban_match/${match.id}/replaced`, { outcome: '试', replaced_on: today })).status, 409, 'nothing was ordered');
      for (const [by, code] of [[today, 'order'], ['2099-01-01', 'too_late'], ['', 'need']]) assert.deepEqual(faults(await order(sign, by)), [code]);
      await ok(order(sign, '2026-11-20'));
      assert.deepEqual([(await seen()).data.state, (await clock()).stopped], ['confirmed', true]);
      await refused(order(sign, '2026-11-23'), 'not before the day');
      assert.deepEqual([await told(head, '责令在11月20日前更换'), await told(own, '责令在'), await told(spring, '责令在')], [1, 0, 0]);
      const urged = async () => (await notices(sign)).filter((one) => one.url === `/ban_match/${match.id}` && one.text.includes('期限已过')).length;
      assert.equal(await urged(), 0);
      server.clock(begin + 32 * day);
      await again();
      for (let i = 0; i < 80 && (await urged()) === 0; i++) await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await urged(), 1);
      const replaced = (replaced_on) => sign.post(`/ban_match/${match.id}/replaced`, { replaced_on, outcome: '已更换负责人' });
      assert.deepEqual(faults(await replaced('2027-01-01')), ['future_day']);
      await ok(replaced('2026-12-20'));
      await refused(order(sign, '2026-12-30'));
      server.clock(begin);
      await again();
      await lift(ban);
      assert.equal(await finding(), false, 'when the ban ends the finding does');
    });

    test('who may not work has no login from that moment; it comes back only if it was this that took it', async () => {
      const { id: login, client } = await account('carer-held');
      const id = await hire(head, { account: login });
      await ok(client.get('/staff.json'));
      await ok(head.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      assert.equal((await client.get('/staff.json')).status, 401, 'the session is over');
      await assert.rejects(signIn(server, `carer-held-${engine}`, 'Renyuan-2026-ok'));
      assert.deepEqual(faults(await head.post(`/staff/${id}`, { account: '' })), ['held']);
      await ok(head.post(`/staff/${id}/resume`, {}));
      await signIn(server, `carer-held-${engine}`, 'Renyuan-2026-ok');
      await ok(head.post(`/staff/${id}/leave`, { left_on: today }));
      await assert.rejects(signIn(server, `carer-held-${engine}`, 'Renyuan-2026-ok'));
      const security = await signIn(server, 'secadmin');
      await ok(security.post(`/account/${login}/enable`, {}));
      await ok(security.post(`/account/${login}/disable`, {}));
      await ok(head.post(`/staff/${id}/return`, { hired_on: today }));
      await assert.rejects(signIn(server, `carer-held-${engine}`, 'Renyuan-2026-ok'), undefined, 'an administrator has taken it since');
      const officer = (await admin.get('/account.json?q=kt-handle')).body.data.find((one) => one.login === 'kt-handle').id;
      assert.deepEqual(faults(await head.post('/staff', person({ account: officer }))), ['other_institution'], "nobody else's login");
    });

    test('a login belongs to one person; logins of nobody are listed; who is ordered off without a login is told to county and system administrator', async () => {
      const { id: login } = await account('one-login');
      const mine = async (client) => (await client.get('/staff_due.json')).body.data.accounts?.some((one) => one.name === 'one-login');
      assert.equal(await mine(head), true, 'nobody is known to use it');
      const id = await hire(head, { account: login }), bare = await hire(head);
      assert.equal(await mine(head), false);
      assert.deepEqual(faults(await head.post('/staff', person({ account: login }))), ['taken']);
      assert.deepEqual(faults(await head.post(`/staff/${bare}`, { account: login })), ['taken']);
      const twice = await account('two-logins');
      const both = await Promise.all([0, 1].map(async () => (await head.post('/staff', person({ account: twice.id }))).status));
      assert.deepEqual(both.sort(), [200, 422], 'nor two at the same moment');
      await ok(head.post(`/staff/${id}/leave`, { left_on: today }));
      assert.deepEqual(faults(await head.post(`/staff/${bare}`, { account: login })), ['taken'], 'also of somebody who left');
      await ok(head.post(`/staff/${id}/return`, { hired_on: today }));
      const about = async (client, one) => (await notices(client)).filter((each) => each.text.includes('没有登记登录账号') && (one === undefined || each.url === `/staff/${one}`)).length;
      const others = () => Promise.all([admin, head, spring, police].map((client) => about(client))), before = await others();
      await ok(head.post(`/staff/${bare}/suspend`, { suspended_on: today, review_on: review }));
      await ok(county.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: review }));
      assert.deepEqual([await others(), await about(county, bare), await about(county, id)], [before, 0, 0], "a head's own, or one with a login");
      await ok(county.post(`/staff/${bare}/suspend`, { suspended_on: today, review_on: review }));
      const reported = await hire(head), report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: reported });
      await ok(police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: review }));
      await ok(police.post(`/abuse_report/${report}/prolong`, { measure_review: '2026-12-20' }));
      const number = resident(serial++), barred = await hire(head, { id_number: number });
      await banned({ id_number: number });
      for (const one of [bare, reported, barred]) assert.equal(await about(county, one), 1, 'the county, the police, a ban; not again when it is prolonged');
      assert.deepEqual(await others(), [before[0] + 3, 0, 0, 0]);
      for (const account of ['', login]) assert.deepEqual(faults(await head.post(`/staff/${account ? bare : id}`, { account })), ['held'], 'the head neither empties nor fills it then');
    });

    test('what a reporter adds later is told and to be read anew, also after the end; the telephone is for those who act', async () => {
      const report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', reporter_phone: '13993301234' });
      const told = async (client) => (await notices(client)).filter((one) => one.url === `/abuse_report/${report}`).map((one) => one.text);
      await ok(police.post(`/abuse_report/${report}/confirm`, {}));
      const id = await hire(head);
      await ok(care.post(`/abuse_report/${report}`, { what: '补充：看到一次（试验）', staff: id }));
      const civil = await signIn(server, 'kt-civil');
      for (const client of [police, county, civil]) assert.deepEqual((await told(client)).sort(), ['强制报告有补充，请立即查看并确认收到', '收到未成年人保护强制报告，请立即查看并确认收到'].sort());
      const seen = async () => (await ok(police.get(`/abuse_report/${report}.json?${why}`))).body.data;
      assert.equal((await seen()).police_at, null, 'nobody has read the new words');
      assert.notEqual((await seen()).reporter_phone, '13993301234', 'sealed and masked');
      assert.equal((await ok(police.post(`/abuse_report/${report}/unmask/reporter_phone`, { purpose: '回电核实' }))).body.data.value, '13993301234');
      for (const client of [head, spring]) assert.deepEqual([(await client.get(`/abuse_report/${report}.json`)).status, await told(client)], [404, []]);
      await refused(county.post(`/abuse_report/${report}`, { what: '改写' }));
      for (const measure_review of [today, '2026-11-01'])
        assert.deepEqual(faults(await police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review })), ['order']);
      assert.deepEqual(faults(await head.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: today })), ['order']);
      await ok(police.post(`/abuse_report/${report}/confirm`, {}));
      await ok(police.post(`/abuse_report/${report}/close`, { outcome: '已核查' }));
      await ok(care.post(`/abuse_report/${report}`, { what: '补充：又看到一次（试验）' }));
      assert.deepEqual([(await seen()).state, (await seen()).police_at], ['open', null]);
      assert.ok((await told(county)).some((one) => one.includes('重新办理')));
      /* unread for the minutes, it is urged: once, about the last words */
      server.clock(begin + 31 * 60000);
      await again();
      const urged = async () => (await told(police)).filter((one) => one.includes('仍无部门确认收到')).length;
      for (let i = 0; i < 80 && (await urged()) === 0; i++) await new Promise((resolve) => setTimeout(resolve, 200));
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(await urged(), 1);
      server.clock(begin);
      await again();
    });

    test('a measure whose review has come is told to county health and police each day, until the county decides', async () => {
      const id = await hire(head), report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id });
      await ok(police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: '2026-11-20' }));
      const told = async (client) => (await notices(client)).filter((one) => one.url === `/abuse_report/${report}` && one.text.includes('复查')).length;
      const at = async (days, n) => {
        server.clock(begin + days * day);
        await again();
        for (let i = 0; i < 60 && (await told(police)) < n; i++) await new Promise((resolve) => setTimeout(resolve, 200));
        assert.deepEqual([await told(police), await told(county), await told(head)], [n, n, 0], `${days} days on`);
      };
      assert.equal(await told(police), 0);
      await at(2, 1);
      await at(3, 2);
      for (const client of [head, county]) await refused(client.post(`/staff/${id}/prolong`, { review_on: review }));
      assert.deepEqual(faults(await county.post(`/abuse_report/${report}/prolong`, { measure_review: '2026-11-20' })), ['order']);
      await ok(county.post(`/abuse_report/${report}/prolong`, { measure_review: review }));
      assert.deepEqual([await state(head, id), (await row(head, id)).review_on], ['suspended', review]);
      server.clock(begin + 4 * day);
      await again();
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(await told(police), 2, 'not before the next review');
      server.clock(begin);
      await again();
    });

    test("the review of the county's own suspension is told to the county, of a head's to the head", async () => {
      const [id, own] = [await hire(head), await hire(head)];
      await ok(county.post(`/staff/${id}/suspend`, { suspended_on: today, review_on: '2026-11-23' }));
      await ok(head.post(`/staff/${own}/suspend`, { suspended_on: today, review_on: '2026-11-23' }));
      const told = async (client, one) => (await notices(client)).filter((each) => each.url === `/staff/${one}` && each.text.includes('复查')).length;
      server.clock(begin + 5 * day);
      await again();
      for (let i = 0; i < 80 && ((await told(county, id)) === 0 || (await told(head, own)) === 0); i++) await new Promise((resolve) => setTimeout(resolve, 200));
      assert.deepEqual([await told(county, id), await told(county, own), await told(head, own), await told(head, id), await told(police, id)], [1, 0, 1, 0, 0]);
      await refused(county.post(`/staff/${own}/prolong`, { review_on: review }));
      await ok(head.post(`/staff/${own}/prolong`, { review_on: review }));
      await ok(county.post(`/staff/${id}/resume`, {}));
      server.clock(begin);
      await again();
    });

    test('by night a row that was entered past all this is found', async () => {
      const number = resident(serial++), left = await hire(head, { id_number: number });
      await ok(county.post(`/staff/${left}/suspend`, { suspended_on: today, review_on: review }));
      const there = await hire(spring, { id_number: number });
      assert.equal(await state(spring, there), 'suspended');
      await ok(county.post(`/staff/${left}/resume`, {}));
      assert.equal(await state(spring, there), 'active');
      change(`update staff set held_by = '|office|', ordered = 1 where id = ${left}`);
      server.clock(begin + 6 * day);
      await again();
      for (let i = 0; i < 80 && (await state(spring, there)) !== 'suspended'; i++) await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(await state(spring, there), 'suspended');
      server.clock(begin);
    });
  });
