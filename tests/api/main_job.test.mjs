// The main job, from the push of a registration to the sealed receipt and the public register, on both engines: pushed,
// filed, answered, kept true, public. Each step also asks who may not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, newAccount, pdf, resident, signIn, start, uscc } from '../lib/client.mjs';

const documents = ['license', 'premises', 'staff_certificate', 'health_certificate', 'hygiene_report', 'fire_proof', 'food_license',
  'air_test', 'building_safety', 'design_review', 'record_query', 'credit_query', 'site_photo', 'promise'];
const rooms = [
  { name: '活动室', zone: ['dining', 'sleep', 'play'], floor: 1, area_m2: '60', doors: 2 },
  { name: '盥洗室', zone: ['wash'], floor: 1, area_m2: '10', doors: 1 }, { name: '储物间', zone: ['storage'], floor: 1, area_m2: '6', doors: 1 },
];
const staff = [['head', 'teacher'], ['carer', 'infant_carer'], ['carer', 'infant_carer'], ['carer', 'infant_carer'], ['health', 'health_training'],
  ['security', 'security_guard'], ['cook', 'other'], ['fire', 'other']];

for (const engine of engines) {
  describe(`the main job on ${engine}`, () => {
    let server, market, county, reviewer, signer, head, other, nobody;
    const code = uscc('91', '620802', 4242);
    let institution, filing, paper;

    before(async () => {
      server = await start({ engine });
      nobody = new Client(server);
      [market, county, reviewer, signer, other] = await Promise.all(['kt-market', 'kt-handle', 'kt-review', 'kt-sign', 'jc-handle'].map((name) => signIn(server, name)));
    });
    after(() => server?.stop());

    const registration = (more = {}) => ({ uscc: code, name: '平凉试验托育中心', registered_on: '2026-11-16', scope: '托育服务（全日制）',
      place: '620802001', address: '试验路1号', representative: '试验代表人', ...more });

    test('the registration authority pushes; the same push again changes nothing and doubles nothing', async () => {
      const first = await market.get(`/registration/${await market.make('registration', registration())}.json`);
      assert.equal(first.body.data.outcome, '已新建机构');
      assert.equal(first.body.data.authority, 'market');
      institution = first.body.data.made;
      const second = await market.get(`/registration/${await market.make('registration', registration())}.json`);
      assert.equal(second.body.data.outcome, '无变化');
      assert.equal(second.body.data.made, institution);
      const moved = await market.get(`/registration/${await market.make('registration', registration({ address: '试验路2号' }))}.json`);
      assert.equal(moved.body.data.outcome, '已更新');
    });

    test('another site of the same legal person is another institution', async () => {
      const answer = await market.get(`/registration/${await market.make('registration', registration({ site: '02', place: '620802002', name: '平凉试验托育中心二部' }))}.json`);
      assert.equal(answer.body.data.outcome, '已新建机构');
      assert.notEqual(answer.body.data.made, institution);
    });

    test('what is no child care is ignored', async () => {
      const answer = await market.get(`/registration/${await market.make('registration', registration({ uscc: uscc('91', '620802', 4243), scope: '餐饮服务' }))}.json`);
      assert.equal(answer.body.data.outcome, '已忽略：范围不含托育服务');
    });

    test('a wrong code is named, field by field', async () => {
      const answer = await market.post('/registration', registration({ uscc: '91620802MA0T4242X1', registered_on: '2026-02-30', name: '' }));
      assert.equal(answer.status, 422, answer.text);
      assert.deepEqual(answer.body.errors.map((one) => one.field).sort(), ['name', 'registered_on', 'uscc']);
      assert.equal(answer.headers.get('content-type').split(';')[0], 'application/problem+json');
    });

    test('institutions, other departments and strangers push nothing', async () => {
      for (const client of [county, await signIn(server, 'inst-sun'), await signIn(server, 'kt-fire')])
        assert.ok([403, 404].includes((await client.post('/registration', registration())).status));
      assert.equal((await nobody.post('/registration', registration())).status, 401);
    });

    test('the county sees who is registered but has not filed, and for how many working days', async () => {
      const answer = await county.get('/unfiled.json');
      const line = answer.body.data.rows.find((one) => one.id === institution);
      assert.ok(line, 'the new institution is on the list');
      assert.equal(line.uscc, code);
      assert.ok(line.working_days >= 5, `${line.working_days} working days since 2026-11-16`);
      assert.ok(!(await other.get('/unfiled.json')).body.data.rows.some((one) => one.id === institution), 'another county does not see it');
    });

    test('the institution gets an account, and sees its own record only', async () => {
      const { password } = await newAccount(server, { login: `head-${engine}`, name: '试验负责人', department: 'institution', rank: 'county', works_at: institution, posts: ['head'] });
      const first = new Client(server);
      assert.equal((await first.login(`head-${engine}`, password)).body.data.stage, 'password');
      assert.equal((await first.get('/work.json')).status, 403, 'the first password must be changed before anything else');
      const changed = await first.post('/password', { old: password, new: 'Shiyan-2026-ok', again: 'Shiyan-2026-ok' });
      assert.equal(changed.status, 200, changed.text);
      head = await signIn(server, `head-${engine}`, 'Shiyan-2026-ok');
      assert.equal((await head.get('/work.json')).body.data.mine.name, '平凉试验托育中心');
      const others = (await head.get('/institution.json')).body.data.filter((one) => one.id !== institution);
      assert.ok(others.length > 0 && others.every((one) => one.state === 'filed' && one.national_number === undefined), 'of others only what everybody sees');
      for (const ledger of ['staff', 'room', 'evidence', 'filing', 'paper']) assert.deepEqual((await head.get(`/${ledger}.json`)).body.data, [], ledger);
    });

    test('a filing is a draft that can be left and resumed; only formal faults stop its submission', async () => {
      filing = await head.make('filing', { head_name: '试验负责人', capacity: 15 });
      const draft = await head.get(`/filing/${filing}.json`);
      assert.equal(draft.body.data.institution_name, '平凉试验托育中心', 'the register fills what it knows');
      assert.equal(draft.body.data.state, 'draft');
      assert.equal((await county.get(`/filing/${filing}.json`)).status, 404, 'nobody else sees a draft');
      const early = await head.post(`/filing/${filing}/submit`, {});
      assert.equal(early.status, 422);
      assert.ok(early.body.errors.some((one) => one.field === 'head_id' && one.code === 'need'));
    });

    test('findings are seen while typing, with rule, article and what to change', async () => {
      const version = (await head.get(`/filing/${filing}.json`)).body.data.version;
      const answer = await head.post(`/filing/${filing}`, { version, head_id: resident(7), contact_name: '试验联系人', contact_phone: '0933-8000001',
        service_forms: ['full_day'], bands: ['infant', 'toddler_big'], meals: true, kind: 'nursery', premises_kind: 'leased', lease_from: '2026-01-01', lease_to: '2027-01-01',
        building_type: 'independent', building_m2: '200', indoor_m2: '150', outdoor_m2: '40', site_nature: true, site_traffic: true, site_order: true, site_clear: true,
        exits: 2, extinguishers: 4, promise: true });
      assert.equal(answer.status, 200, answer.text);
      const findings = (await head.get(`/filing/${filing}.json`)).body.findings;
      const lease = findings.find((one) => one.rule === 'SET-11'), rooms = findings.filter((one) => one.rule === 'SEED-C089');
      assert.match(lease.message, /租期不足3年/);
      assert.ok(lease.document.includes('托育机构设置标准'), JSON.stringify(lease));
      assert.equal(lease.severity, 'warn');
      assert.equal(rooms.length, 2, 'nursing room and milk room for under-twos');
      assert.equal(findings.find((one) => one.rule === 'REG-8').severity, 'block');
    });

    test('a stale version is refused and nothing is lost', async () => {
      const answer = await head.post(`/filing/${filing}`, { version: 1, capacity: 99 });
      assert.equal(answer.status, 409, answer.text);
      assert.equal(answer.body.code, 'stale');
      assert.equal((await head.get(`/filing/${filing}.json`)).body.data.capacity, 15);
    });

    test('each document is uploaded once; content decides what it is', async () => {
      const lying = await head.upload('evidence', { kind: 'license' }, 'file', Buffer.from('<html>not a pdf</html>'));
      assert.equal(lying.status, 422);
      for (const kind of documents) {
        const answer = await head.upload('evidence', { kind, title: `试验${kind}`, issued_on: '2026-10-01', result: 'pass' }, 'file', pdf(kind));
        assert.equal(answer.status, 200, `${kind}: ${answer.text}`);
      }
      for (const room of rooms) await head.make('room', room);
      await head.make('class_group', { name: '托大一班', band: 'toddler_big', places: 15, carers: 3 });
      for (const [i, [post, certificate]] of staff.entries())
        await head.make('staff', { name: `试验${i}`, id_number: resident(20 + i), posts: [post], certificate, education: 'bachelor', years: 5, trained: true, full_time: true, health_until: '2027-06-01', record_checked: '2026-10-01' });
    });

    test('a finding of substance does not stop: it is submitted with the explanation, and the clocks start', async () => {
      await head.post(`/filing/${filing}`, { explanation: '租约正在续签。' });
      const answer = await head.post(`/filing/${filing}/submit`, {}, { headers: { 'idempotency-key': `submit-${engine}` } });
      assert.equal(answer.status, 200, answer.text);
      const again = await head.post(`/filing/${filing}/submit`, {}, { headers: { 'idempotency-key': `submit-${engine}` } });
      assert.equal(again.status, 200, 'a repeated post gives the first answer');
      assert.equal(again.body.data.replayed, true);
      const seen = await county.get(`/filing/${filing}.json`);
      assert.equal(seen.body.data.state, 'submitted');
      assert.deepEqual(seen.body.clocks.map((one) => [one.name, one.stopped ?? false]).sort(), [['content', false], ['receipt', false]]);
      assert.ok(seen.body.findings.some((one) => one.rule === 'SET-11'), 'the finding travels with it');
      assert.match(seen.body.data.head_id, /^620800\*{8}/, 'the ID number is masked');
      assert.ok(!JSON.stringify(seen.body).includes(resident(7)), 'nor is it anywhere else in the answer');
      assert.ok((await county.get('/work.json')).body.data.queues[0].rows.some((one) => one.id === filing));
    });

    test('who has handed in has done its part: its days stop, the list says how far it is', async () => {
      const clocks = (await county.get(`/institution/${institution}.json`)).body.clocks;
      assert.deepEqual(clocks.map((one) => [one.name, one.stopped, one.in_time]), [['file', true, true]]);
      const line = async (client) => (await client.get('/unfiled.json')).body.data.rows.find((one) => one.id === institution);
      assert.equal((await line(county)).filing, '已提交，待出具回执');
      assert.equal((await line(market)).filing, undefined, 'the registration authority sees no filings');
      assert.ok(!(await county.get('/work.json')).body.data.queues.find((one) => one.title === '已登记未提交备案').rows.some((one) => one.id === institution));
    });

    test('another county and the public see nothing of it', async () => {
      assert.equal((await other.get(`/filing/${filing}.json`)).status, 404);
      assert.equal((await nobody.get(`/filing/${filing}.json`)).status, 401);
      assert.equal((await other.post(`/filing/${filing}/draft_receipt`, {})).status, 404);
      assert.ok([403, 404].includes((await head.post(`/filing/${filing}/draft_receipt`, {})).status));
    });

    test('missing documents are named once; a second return names only what is new with its reason', async () => {
      const back = await county.post(`/filing/${filing}/return`, { missing: ['hygiene_report'], missing_note: '缺少盖章页' });
      assert.equal(back.status, 200, back.text);
      assert.deepEqual((await county.get(`/filing/${filing}.json`)).body.clocks.map((one) => [one.name, one.stopped ?? false]).sort(),
        [['content', true], ['receipt', true], ['supplement', false]], 'the clocks stop; only the institution is waited for');
      assert.equal((await head.post(`/filing/${filing}/submit`, {})).status, 200);
      const second = await county.post(`/filing/${filing}/return`, { missing: ['license'], missing_note: '营业执照不清' });
      assert.equal(second.status, 422);
      assert.equal(second.body.errors[0].code, 'named_once');
      const clocks = (await county.get(`/filing/${filing}.json`)).body.clocks.filter((one) => !one.stopped);
      assert.deepEqual(clocks.map((one) => one.name).sort(), ['content', 'receipt'], 'the clocks run anew with the complete set');
    });

    test('departments are asked beside it, and see only what they were asked', async () => {
      const fire = await signIn(server, 'kt-fire');
      assert.equal((await fire.get(`/filing/${filing}.json`)).status, 404, 'before being asked');
      assert.equal((await county.post(`/filing/${filing}/ask_opinions`, {})).status, 200);
      const seen = await fire.get(`/filing/${filing}.json`);
      assert.equal(seen.status, 200);
      for (const hidden of ['head_id', 'contact_phone', 'contact_name', 'internal_note']) assert.equal(seen.body.data[hidden], undefined, hidden);
      const opinion = (await fire.get('/opinion.json')).body.data.find((one) => one.state === 'asked');
      assert.equal((await (await signIn(server, 'kt-police')).post(`/opinion/${opinion.id}/answer`, { result: 'agree' })).status, 404);
      assert.equal((await fire.post(`/opinion/${opinion.id}/answer`, { result: 'agree', opinion: '无意见' })).status, 200);
    });

    test('the receipt waits for nobody: drafted, reviewed, signed, sealed — and only then it counts', async () => {
      assert.equal((await county.post(`/filing/${filing}/draft_receipt`, {})).status, 200);
      paper = (await county.get('/paper.json')).body.data.find((one) => one.state === 'prepared').id;
      assert.equal((await signer.post(`/paper/${paper}/sign`, {})).status, 403, 'not before the review');
      assert.equal((await county.post(`/paper/${paper}/review`, {})).status, 403, 'the handler does not review');
      assert.equal((await reviewer.post(`/paper/${paper}/review`, {})).status, 200);
      assert.equal((await county.post(`/paper/${paper}/sign`, {})).status, 403, 'the handler does not sign');
      assert.equal((await signer.post(`/paper/${paper}/sign`, {})).status, 200);
      assert.equal((await county.get(`/filing/${filing}.json`)).body.data.state, 'submitted', 'a signed paper is not yet a receipt');
      assert.equal((await head.get(`/paper/${paper}.json`)).status, 404, 'the institution does not see it yet');
      const sealed = await county.upload(`paper/${paper}/seal`, {}, 'scan', pdf('sealed'));
      assert.equal(sealed.status, 200, sealed.text);
      const done = await county.get(`/filing/${filing}.json`);
      assert.equal(done.body.data.state, 'filed');
      const receipt = done.body.clocks.find((one) => one.name === 'receipt' && one.in_time);
      assert.ok(receipt?.stopped, JSON.stringify(done.body.clocks));
      assert.ok(done.body.clocks.some((one) => one.name === 'content' && !one.stopped), 'the second clock runs on');
    });

    test('the institution reads its receipt, and that is noted', async () => {
      assert.equal((await head.post(`/paper/${paper}/read`, {})).status, 200);
      const seen = await head.get(`/paper/${paper}.json`);
      assert.equal(seen.body.data.state, 'delivered');
      assert.ok(seen.body.data.read_at);
      const file = await head.get(`/paper/${paper}/file/scan`);
      assert.equal(file.headers.get('content-type'), 'application/pdf');
      assert.ok(file.bytes.equals(pdf('sealed')));
    });

    test('the receipt prints as an official paper with its text and a code', async () => {
      const printed = await county.get(`/paper/${paper}.pdf`);
      assert.equal(printed.status, 200);
      assert.equal(printed.headers.get('content-type'), 'application/pdf');
      assert.equal(printed.bytes.subarray(0, 5).toString(), '%PDF-');
    });

    test('everybody finds it in the public register: by name, pinyin, initials, county and form', async () => {
      for (const query of ['q=试验托育', 'q=shiyantuoyu', 'q=plsytyzx', 'area=620802', 'service_forms=full_day', 'q=试验路', 'q=试验婴幼儿照护服务中心', 'q=syty'])
        assert.ok((await nobody.get(`/register.json?${encodeURI(query)}`)).body.data.rows.some((one) => one.id === institution), query);
      assert.ok(!(await nobody.get('/register.json?area=620821')).body.data.rows.some((one) => one.id === institution));
      const page = await nobody.get(`/register/${institution}`, { headers: { accept: 'text/html' } });
      assert.match(page.text, /已备案/);
      assert.match(page.text, /备案不是行政许可/);
      assert.doesNotMatch(page.text, /批准|准予|不予备案/);
      const everything = (await nobody.get('/open/institutions.json')).text + (await nobody.get('/register.json')).text + page.text;
      for (const secret of [resident(7), '试验联系人', '试验负责人', '8000001', '试验代表人']) assert.ok(!everything.includes(secret), secret);
    });

    test('the code on the paper tells what the paper is, and nothing else', async () => {
      const code = (await county.get(`/paper/${paper}.json`)).body.data.code;
      const seen = await nobody.get(`/q/${code}.json`);
      assert.equal(seen.status, 200, seen.text);
      assert.equal(seen.body.data.institution, '平凉试验托育中心');
      assert.match(seen.body.data.fingerprint, /^[0-9a-f]{64}$/);
      assert.deepEqual(Object.keys(seen.body.data).filter((key) => !key.endsWith('_label')).sort(), ['fingerprint', 'institution', 'kind', 'number', 'sealed_on', 'site', 'state', 'valid']);
      assert.equal((await nobody.get('/q/AAAAAAAAAAAAAAAAAAAAAA.json')).status, 404);
    });

    test('content that does not meet the standards is told with reasons after the receipt, published, and ended when mended', async () => {
      assert.equal((await county.post(`/filing/${filing}/draft_unfit`, {})).status, 422, 'a reason is needed');
      assert.equal((await county.post(`/filing/${filing}/draft_unfit`, { unfit_reason: '租期不足三年。' })).status, 200);
      const unfit = (await county.get('/paper.json')).body.data.find((one) => one.state === 'prepared').id;
      await reviewer.post(`/paper/${unfit}/review`, {});
      await signer.post(`/paper/${unfit}/sign`, {});
      assert.equal((await nobody.get(`/register/${institution}.json`)).body.data.unfit_since, null);
      assert.equal((await county.upload(`paper/${unfit}/seal`, {}, 'scan', pdf('unfit'))).status, 200);
      const published = await nobody.get(`/register/${institution}.json`);
      assert.equal(published.body.data.unfit_reason, '租期不足三年。');
      assert.equal((await county.get(`/filing/${filing}.json`)).body.data.state, 'filed', 'the receipt stands');
      assert.equal((await county.post(`/filing/${filing}/mended`, {})).status, 200);
      assert.equal((await nobody.get(`/register/${institution}.json`)).body.data.unfit_reason, null);
    });

    test('a closing needs children and staff settled; a cancelled institution leaves the register', async () => {
      assert.equal((await head.post(`/institution/${institution}/close`, {})).status, 422);
      const early = await head.post(`/institution/${institution}/close`, { settled: true });
      assert.equal(early.status, 422, 'a tick is not enough');
      assert.match(early.text, /还有8名在岗工作人员/);
      for (const one of (await head.get('/staff.json')).body.data) assert.equal((await head.post(`/staff/${one.id}/leave`, { left_on: new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10) })).status, 200);
      assert.equal((await head.post(`/institution/${institution}/close`, { settled: true })).status, 200);
      assert.equal((await nobody.get(`/register/${institution}.json`)).status, 404);
      assert.equal((await county.post(`/institution/${institution}/cancel`, {})).status, 200);
    });

    test('what was done stands in the history, and the journal is whole', async () => {
      const history = await county.get(`/filing/${filing}/history`);
      assert.equal(history.status, 200);
      assert.ok(history.body.data.entries.length >= 8);
      assert.ok(!history.text.includes(resident(7)));
    });
  });
}
