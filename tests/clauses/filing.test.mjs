// Clause by clause, as far as registration and filing go: each title begins with the clause and the verbs that it proves
// (R record, C check, D deadline, P publish or push, M measure). `make clauses` reads the titles.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { beside, Client, engines, newAccount, pdf, resident, signIn, start, uscc } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 1); /* a Wednesday */
const day = 86400000;

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, market, county, head, city, nobody, filing, institution;
    before(async () => {
      server = await start({ engine, clock: begin });
      [market, county, head, city] = await Promise.all(['kt-market', 'kt-handle', 'inst-star', 'pl-health'].map((name) => signIn(server, name)));
      nobody = new Client(server);
      filing = (await head.get('/filing.json')).body.data[0].id;
      institution = (await head.get('/session')).body.data.institution;
    });
    after(() => server?.stop());

    const prove = (title, run) => test(title, run);
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const findings = async () => (await head.get(`/filing/${filing}.json`)).body.findings;
    const rules = async () => new Set((await findings()).map((one) => one.rule));
    const set = async (fields) => {
      const answer = await head.post(`/filing/${filing}`, fields);
      assert.equal(answer.status, 200, answer.text);
    };
    /* The rule speaks when the filing says `wrong`, and is silent when it says `right`. */
    const speaks = async (rule, wrong, right) => {
      await set(wrong);
      assert.ok((await rules()).has(rule), `${rule} speaks on ${JSON.stringify(wrong)}: ${[...(await rules())]}`);
      await set(right);
      assert.ok(!(await rules()).has(rule), `${rule} is silent on ${JSON.stringify(right)}`);
    };
    let serial = 8000;
    const push = async (more = {}, client = market) => {
      const prefix = client === market ? '91' : more.prefix;
      const fields = { uscc: uscc(prefix, '620802', serial++), name: `平凉条款托育${serial}`, registered_on: '2026-11-10', scope: '托育服务（全日制）', place: '620802001', address: '条款路1号', ...more };
      delete fields.prefix;
      const answer = await client.post('/registration', fields);
      assert.equal(answer.status, 200, answer.text);
      return (await client.get(`/registration/${answer.body.data.id}.json`)).body;
    };

    prove('C001 R: city, seven counties, the park without a code, townships, villages, departments on three levels', async () => {
      const offices = (await city.get('/office.json')).body.data;
      assert.deepEqual(['平凉市', '崆峒区', '泾川县', '灵台县', '崇信县', '庄浪县', '静宁县', '华亭市'].filter((name) => !offices.some((one) => one.name === name)), []);
      assert.ok((await city.get(`/division.json?q=${encodeURI('平凉工业园区')}`)).body.data.some((one) => one.code === 'FA6208001'));
      assert.equal((await city.get('/functional_area.json')).body.data[0].member, '620802');
      assert.ok((await city.get(`/division.json?q=${encodeURI('解放中路社区')}`)).body.data.length > 0);
    });

    prove('C003 C: 托育机构 and 婴幼儿照护服务机构 are found by each other', async () => {
      const sun = (await nobody.get(`/register.json?q=${encodeURI('小太阳婴幼儿照护服务中心')}`)).body.data.rows;
      assert.deepEqual(sun.map((one) => one.name), ['平凉演示小太阳托育中心']);
    });

    prove('C022 C, C026 C: what is no care of infants is not taken over; the scope must name it', async () => {
      assert.equal((await push({ scope: '餐饮服务；家政服务' })).data.outcome, '已忽略：范围不含托育服务');
      assert.equal((await push({ scope: '3岁以下婴幼儿照护服务' })).data.outcome, '已新建机构');
    });

    prove('C023 R, C023 C: non-profits at 编制 or 民政, codes 12 and 52', async () => {
      const civil = await signIn(server, 'kt-civil'), staffing = await signIn(server, 'kt-staffing');
      const right = await push({ prefix: '52' }, civil);
      assert.deepEqual([right.data.authority, right.data.nature, right.findings.length], ['civil', 'nonprofit', 0]);
      assert.equal((await push({ prefix: '12' }, staffing)).data.authority, 'staffing');
      const wrong = await push({ prefix: '91' }, civil);
      assert.ok(wrong.findings.some((one) => one.rule === 'REG-4-PREFIX'));
    });

    prove('C024 R, C024 C: for profit at the market regulator, code 91', async () => {
      const made = await push();
      assert.deepEqual([made.data.authority, made.data.nature], ['market', 'profit']);
      assert.ok((await push({ nature: 'nonprofit' })).findings.some((one) => one.rule === 'REG-4-NATURE'));
    });

    prove('C025 C: the authority is of the county or above it', async () => {
      const far = await push({ uscc: uscc('91', '620821', 8801) });
      const site = far.data.made;
      const { password } = await newAccount(server, { login: `far-${engine}`, name: '试验', department: 'institution', rank: 'county', works_at: site, posts: ['head'] });
      const person = new Client(server);
      await person.login(`far-${engine}`, password);
      await person.post('/password', { old: password, new: 'Yuanfang-2026', again: 'Yuanfang-2026' });
      const there = await signIn(server, `far-${engine}`, 'Yuanfang-2026');
      const id = await there.make('filing', { head_name: '试验' });
      const found = async () => (await there.get(`/filing/${id}.json`)).body.findings.filter((one) => ['FIL-COUNTY', 'FIL-CODE-AREA'].includes(one.rule)).map((one) => [one.rule, one.severity]);
      assert.deepEqual(await found(), [['FIL-CODE-AREA', 'warn']], 'the digits say where to look, they do not stop');
      assert.ok(!(await rules()).has('FIL-COUNTY') && !(await rules()).has('FIL-CODE-AREA'));
      const admin = await signIn(server, 'sysadmin'), stranger = (await admin.get('/account.json?q=jc-handle')).body.data[0];
      const city = (await admin.get('/account.json?q=pl-health')).body.data[0];
      const again = async (writer) => {
        beside(server, `update registration set created_by = ${writer} where made = ${site}`);
        await there.post(`/filing/${id}`, { version: (await there.get(`/filing/${id}.json`)).body.data.version, capacity: 20 });
        return (await found()).filter(([rule]) => rule === 'FIL-COUNTY');
      };
      assert.deepEqual(await again(stranger.id), [['FIL-COUNTY', 'block']], 'registered by another county');
      assert.deepEqual(await again(city.id), [], 'or above it');
    });

    prove('C027 R, C027 C: the scope names a form; the forms served are among those registered', async () => {
      assert.ok((await push({ scope: '托育服务' })).findings.some((one) => one.rule === 'REG-5-FORM'));
      const version = (await record(head, 'institution', institution)).version;
      await head.post(`/institution/${institution}`, { version, service_forms: ['hourly'] });
      assert.ok((await head.get(`/institution/${institution}.json`)).body.findings.some((one) => one.rule === 'SEED-C027'));
    });

    prove('C028 R: each authority has a page with its regime, its register and its pushes', async () => {
      await market.make('register_regime', { title: '试验登记制度', issued: '2026-01-10' });
      const page = (await market.get('/authority.json')).body.data;
      assert.deepEqual(page.regimes.map((one) => one.title), ['试验登记制度']);
      assert.ok(page.counts.find((one) => one.label === '在册法人').n > 3);
      assert.equal((await signIn(server, 'kt-civil').then((civil) => civil.get('/authority.json'))).body.data.regimes.length, 0, "another authority's regime is its own");
    });

    prove('C029 R, C029 C, C029 P: disclosure items with dates; missing and stale ones are named; all is public', async () => {
      const sun = await signIn(server, 'inst-sun');
      const site = (await sun.get('/session')).body.data.institution;
      const missing = async () => (await sun.get(`/institution/${site}.json`)).body.findings.filter((one) => one.rule === 'MGT-15').map((one) => one.message);
      const before = await missing();
      assert.ok(before.includes('未公示：膳食营养') && !before.includes('未公示：收费项目和标准'), before.join());
      await sun.make('disclosure', { item: 'diet', content: '每周食谱', published_on: '2026-11-18' });
      assert.ok(!(await missing()).includes('未公示：膳食营养'));
      await sun.make('disclosure', { item: 'health', content: '旧内容', published_on: '2025-01-01' });
      assert.ok((await missing()).includes('公示内容已过期：卫生保健'));
      assert.ok((await nobody.get(`/register/${site}.json`)).body.data.disclosures.some((one) => one.content === '每周食谱'));
    });

    prove('C031 R: the life of an institution in states, with its dated history', async () => {
      const sun = await signIn(server, 'inst-sun'), site = (await sun.get('/session')).body.data.institution;
      await sun.post(`/institution/${site}/suspend`, { pause_reason: '检修', resume_on: '2027-01-05' });
      assert.equal((await record(county, 'institution', site)).state, 'suspended');
      await sun.post(`/institution/${site}/resume`, {});
      const history = (await county.get(`/institution/${site}/history`)).body.data.entries.map((one) => one.action);
      for (const action of ['新建', '备案', '暂停服务', '恢复服务']) assert.ok(history.includes(action), action);
      assert.ok(Math.abs(Date.parse('2026-11-18T09:00:00+08:00') - begin) < day);
    });

    prove('C032 R, C032 C, C032 D: a filing of its own, checked, within the days after registration', async () => {
      const made = await push({ registered_on: '2026-11-18' });
      const clock = (await county.get(`/institution/${made.data.made}.json`)).body.clocks.find((one) => one.name === 'file');
      assert.equal(clock.due, '2026-12-02', 'ten working days from 18 November');
      await set({ head_name: '' });
      const early = await head.post(`/filing/${filing}/submit`, {});
      assert.deepEqual([early.status, early.body.errors[0].field], [422, 'head_name'], 'an incomplete filing is not taken');
      await set({ head_name: '演示负责人' });
      assert.equal((await record(head, 'filing', filing)).state, 'draft');
    });

    prove('C034 R, C034 D, C034 P: pushes are recorded with their delay; who has not filed is listed', async () => {
      const made = await push({ registered_on: '2026-11-02' });
      assert.equal(made.data.delay, 12, 'working days from 2 to 18 November');
      assert.ok((await market.get('/authority.json')).body.data.late.some((one) => one.name === made.data.name));
      const line = (await county.get('/unfiled.json')).body.data.rows.find((one) => one.id === made.data.made);
      assert.equal(line.working_days, 12);
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => one.text.includes(made.data.name)));
    });

    prove('C035 C: every finding says rule, document and how surely it is known; unverified numbers only warn', async () => {
      await set({ bands: ['mixed'] });
      await head.make('class_group', { name: '混合一班', band: 'mixed', places: 18, carers: 1 });
      const ratio = (await findings()).find((one) => one.rule === 'SET-20d');
      assert.deepEqual([ratio.severity, ratio.confidence], ['warn', 'U']);
      assert.match(ratio.confidence_label, /未经核实/);
      const lease = (await city.get('/standard.json?q=SET-11')).body.data[0];
      assert.deepEqual([lease.value, lease.document], ['3', '托育机构设置标准（试行）']);
    });

    prove('C057 R, C057 M, C058 R, C058 M, C059 R, C060 R, C061 R, C061 P, C064 R: mode, zone, operator, welfare, partners, open seats, joined kindergarten', async () => {
      const fields = { operation_mode: 'public_private', operator_type: 'enterprise', industrial_zone: true, welfare: true, partner_units: '甲厂\n乙厂', places: 30, public_places: 12, with_kindergarten: true };
      const version = (await record(head, 'institution', institution)).version;
      const answer = await head.post(`/institution/${institution}`, { version, ...fields });
      assert.equal(answer.status, 200, answer.text);
      const kept = await record(county, 'institution', institution);
      for (const [name, value] of Object.entries(fields)) assert.deepEqual(kept[name], value, name);
      const sun = await signIn(server, 'inst-sun'), site = (await sun.get('/session')).body.data.institution;
      const cockpit = async () => (await county.get('/cockpit.json')).body.data;
      const zone = (data) => data.figures.find((one) => one.id === 'IND-ZONE').value;
      const before = zone(await cockpit());
      await sun.post(`/institution/${site}`, { version: (await record(sun, 'institution', site)).version, industrial_zone: true, public_places: 20, operation_mode: 'public_private' });
      assert.equal(zone(await cockpit()), before + 1);
      assert.ok((await cockpit()).splits.find((one) => one.title === '运营方式').rows.some((one) => one.label === '公办民营' && one.n === 1));
      assert.equal((await nobody.get(`/register/${site}.json`)).body.data.public_places, 20);
    });

    prove('C062 R, C062 M: kindergarten classes are a kind of their own, and their places are counted', async () => {
      const cockpit = (await county.get('/cockpit.json')).body.data;
      assert.equal(cockpit.splits.find((one) => one.title === '机构类型').rows.find((one) => one.label === '幼儿园托班').n, 1);
      assert.equal(cockpit.figures.find((one) => one.id === 'IND-PLACES').value, 95);
    });

    prove('C080 R, C081 R, C081 C: the site list with its photo; what is not confirmed is named', async () => {
      await speaks('SET-12', { site_clear: false }, { site_nature: true, site_traffic: true, site_order: true, site_clear: true });
      assert.ok((await head.get('/evidence.json')).body.data.some((one) => one.kind === 'site_photo'));
    });

    prove('C082 R: the kind of building is recorded', async () => {
      await set({ building_type: 'ground_shops' });
      assert.equal((await record(head, 'filing', filing)).building_type, 'ground_shops');
    });

    prove('C083 C: class sizes, lease and capacity by the setting standard', async () => {
      await head.make('class_group', { name: '大班', band: 'toddler_big', places: 24, carers: 4 });
      assert.ok((await rules()).has('SET-19c'));
      await speaks('SET-11', { premises_kind: 'leased', lease_from: '2026-01-01', lease_to: '2028-01-01' }, { premises_kind: 'leased', lease_from: '2026-01-01', lease_to: '2028-12-31' });
      await speaks('FIL-CAPACITY', { capacity: 1 }, { capacity: (await head.get('/class_group.json')).body.data.reduce((sum, one) => sum + one.places, 0) });
      await speaks('FAM-5', { kind: 'family_site' }, { kind: 'nursery' });
    });

    prove('C084 R, C084 C, C085 R, C085 C: building papers, floors, indoor air', async () => {
      const basement = await head.make('room', { name: '地下室', zone: ['play'], floor: -1, area_m2: '40', doors: 1 });
      assert.ok((await findings()).some((one) => one.rule === 'BLD-5' && one.message.includes('地下室')));
      await head.post(`/room/${basement}`, { floor: 2 });
      assert.ok(!(await rules()).has('BLD-5'));
      const air = (await head.get('/evidence.json')).body.data.find((one) => one.kind === 'air_test');
      await head.post(`/evidence/${air.id}`, { replaced: true });
      assert.ok((await findings()).some((one) => one.rule === 'FIL-BUILDING' && one.message.includes('室内空气')));
      assert.equal((await head.upload('evidence', { kind: 'air_test', result: 'pass' }, 'file', pdf())).status, 200);
      assert.ok(!(await rules()).has('FIL-BUILDING'));
    });

    prove('C086 R, C087 R, C087 C: exits, extinguishers, doors, a fire person', async () => {
      await speaks('FIRE-EXITS', { exits: 1 }, { exits: 2, extinguishers: 9 });
      const fire = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('fire'));
      await head.post(`/staff/${fire.id}`, { posts: ['health'] });
      assert.ok((await rules()).has('MGT-31-FIRE'));
      await head.post(`/staff/${fire.id}`, { posts: ['health', 'fire'] });
      assert.ok(!(await rules()).has('MGT-31-FIRE'));
    });

    prove('C088 R, C088 C, C089 C: rooms by zone; nursing and milk rooms when under-twos are taken', async () => {
      assert.ok(!(await rules()).has('SET-13'));
      const wash = (await head.get('/room.json')).body.data.find((one) => one.zone.includes('wash'));
      await head.post(`/room/${wash.id}`, { zone: ['other'] });
      assert.ok((await findings()).some((one) => one.rule === 'SET-13' && one.message.includes('盥洗区')));
      await head.post(`/room/${wash.id}`, { zone: ['wash'] });
      await set({ bands: ['infant'] });
      assert.equal((await findings()).filter((one) => one.rule === 'SEED-C089').length, 2);
      await head.make('room', { name: '母婴室', zone: ['nursing', 'milk'], floor: 1, area_m2: '8', doors: 1 });
      assert.ok(!(await rules()).has('SEED-C089'));
    });

    prove('C090 R, C090 C, C091 C, C094 C: posts, ratios, certificates and the qualification of the head', async () => {
      const staff = (await head.get('/staff.json')).body.data, guard = staff.find((one) => one.posts.includes('security')), boss = staff.find((one) => one.posts.includes('head'));
      await head.post(`/staff/${guard.id}`, { certificate: 'other' });
      assert.ok((await rules()).has('SET-18-CERT'));
      await head.post(`/staff/${guard.id}`, { posts: ['other'] });
      const posts = async () => (await findings()).filter((one) => ['SET-18-POSTS', 'SET-22'].includes(one.rule)).map((one) => one.message).join();
      await set({ independent: false });
      assert.ok(!(await posts()).includes('保安'), 'a guard is asked of independent sites only');
      await set({ independent: true });
      assert.ok((await posts()).includes('保安'));
      const carers = staff.filter((one) => one.posts.includes('health'));
      for (const one of carers) await head.post(`/staff/${one.id}`, { posts: ['other'] });
      assert.ok((await findings()).some((one) => one.rule === 'SET-18-POSTS' && one.message.includes('保健')));
      for (const one of carers) await head.post(`/staff/${one.id}`, { posts: one.posts });
      await head.post(`/staff/${boss.id}`, { years: 1 });
      assert.ok((await rules()).has('SET-18a'));
      assert.ok((await rules()).has('SET-20d'), 'one carer for eighteen in a mixed class');
    });

    prove('C092 R: capacity and credit of the legal representative and the staff', async () => {
      assert.equal((await head.post('/staff', { name: '试验少年', id_number: resident(77, '20120101'), posts: ['carer'] })).status, 422, 'nobody under eighteen');
      const credit = (await head.get('/evidence.json')).body.data.find((one) => one.kind === 'credit_query');
      await head.post(`/evidence/${credit.id}`, { replaced: true });
      assert.ok((await rules()).has('FIL-CREDIT'));
    });

    prove('C093 R, C093 C, C093 D: the record query of each person, anew every year', async () => {
      const name = '查询过期', part = await head.make('staff', { name, id_number: resident(641), posts: ['other'], record_checked: '2025-11-17' });
      assert.ok((await findings()).some((one) => one.rule === 'LAW-4' && one.message.includes(name)), 'older than a year');
      await head.post(`/staff/${part}`, { record_checked: '2026-11-17' });
      assert.ok((await findings()).some((one) => one.rule === 'LAW-4' && one.message.includes(name)), 'a typed day is no query');
      assert.equal((await head.upload('record_query', { part, organ: 'police', result: 'none', answered_on: '2026-11-17', number: '查1' }, 'proof', pdf('查询'))).status, 200);
      assert.ok(!(await findings()).some((one) => one.rule === 'LAW-4' && one.message.includes(name)));
      await head.post(`/staff/${part}/leave`, { left_on: '2026-11-18' });
    });

    prove('C033 P, C131 R: the county receives and answers, what does not meet the standards is public', async () => {
      assert.ok((await county.get('/work.json')).body.data.queues.length >= 3);
      const register = (await nobody.get('/register.json')).body.data.rows;
      assert.equal(register.find((one) => one.name === '平凉演示社区托育站').unfit_reason, '现场核查发现一间活动室疏散门不足2个（演示）。');
    });

    prove('C134 R, C135 R: the system itself; papers print with a code that leads back', async () => {
      assert.equal((await nobody.get('/healthz')).body.status, 'ok');
      const paper = (await county.get('/paper.json')).body.data.find((one) => one.kind === 'receipt');
      assert.equal((await county.get(`/paper/${paper.id}.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-');
      const { code } = await record(county, 'paper', paper.id);
      assert.equal((await nobody.get(`/q/${code}.json`)).status, 200);
      assert.equal((await head.get(`/filing/${filing}.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-', 'a blank or filled form can go on paper');
    });

    prove('C144 R, C160 R: 民政 and 市场监管 keep their registers and see when yearly reports are due', async () => {
      const civil = await signIn(server, 'kt-civil');
      assert.deepEqual((await civil.get('/authority.json')).body.data.reports.map((one) => one.due), ['2027-03-31', '2027-05-31']);
      assert.deepEqual((await market.get('/authority.json')).body.data.reports.map((one) => one.due), ['2027-06-30']);
      assert.ok((await civil.get('/legal_person.json')).body.data.every((one) => one.authority === 'civil'));
    });
  });
