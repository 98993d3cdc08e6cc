// Who may touch what is registered and filed: only the authority that registered an institution is followed, and what was
// filed stands until a filing changes it. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, pdf, resident, signIn, start, until } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000;

for (const engine of engines)
  describe(`what is registered and filed, on ${engine}`, () => {
    let server, market, civil, county, other, city, sun, community, nobody;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const mine = async (client) => (await client.get('/session')).body.data.institution;
    const told = async (client, words) => (await client.get('/notices')).body.data.notices.some((one) => one.text.includes(words));
    const push = async (client, site, more = {}) => record(client, 'registration', await client.make('registration', { uscc: site.uscc, site: site.site, name: site.name,
      registered_on: site.registered_on, scope: '托育服务（全日制）', place: site.place, address: site.address, ...more }));
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(begin);
      [market, civil, county, other, city, sun, community] = await Promise.all(['kt-market', 'kt-civil', 'kt-handle', 'jc-handle', 'pl-health', 'inst-sun', 'inst-community'].map((name) => signIn(server, name)));
      nobody = new Client(server);
    });
    after(() => server?.stop());

    test('only the authority that registered an institution is followed; the county hears of the other', async () => {
      const id = await mine(community), site = await record(county, 'institution', id), legal = await record(county, 'legal_person', site.legal_person);
      assert.equal(site.authority, 'civil');
      for (const more of [{ address: '别处1号' }, { status: 'cancelled' }, { site: '02', name: '另一处' }]) {
        const answer = await push(market, site, { representative: '别人', ...more });
        assert.match(answer.outcome, /未受理：该(机构|法人)由民政部门登记/);
        assert.equal(answer.made, null);
      }
      assert.deepEqual(await record(county, 'institution', id), site);
      assert.deepEqual(await record(county, 'legal_person', site.legal_person), legal);
      assert.ok(await told(county, '其他登记机关的推送未受理'));
      assert.equal((await push(civil, site)).made, id, 'its own is');
    });

    test('a push that says registered ends what cancelled said', async () => {
      const id = await mine(sun), site = await record(county, 'institution', id);
      await push(market, site, { status: 'cancelled' });
      assert.equal((await record(county, 'institution', id)).register_cancelled, true);
      await push(market, site);
      assert.equal((await record(county, 'institution', id)).register_cancelled, null);
      assert.ok(await told(county, '登记恢复在册') && await told(sun, '登记机关已恢复登记'));
    });

    test('what was filed is changed by a filing only; telephone and introduction are the institution’s own', async () => {
      const id = await mine(sun), site = await record(sun, 'institution', id);
      const answer = await sun.post(`/institution/${id}`, { version: site.version, name: '改名托育园', places: 600, address: '别处1号', kind: 'employer', service_forms: ['hourly'] });
      assert.equal(answer.status, 422);
      assert.deepEqual(answer.body.errors.map((one) => one.field).sort(), ['address', 'kind', 'name', 'places', 'service_forms']);
      assert.match(answer.text, /备案托位已备案，变更请办理变更备案/);
      assert.equal((await nobody.get(`/register/${id}.json`)).body.data.places, site.places);
      await must(sun.post(`/institution/${id}`, { version: site.version, name: site.name, places: site.places, public_phone: '0933-8200001', introduction: '早七点半开门' }));
      const star = await signIn(server, 'inst-star'), own = await mine(star);
      await must(star.post(`/institution/${own}`, { version: (await record(star, 'institution', own)).version, places: 28 }));
    });

    test('a pause says until when, and the day is asked for; the public sees why, and no free seats', async () => {
      const id = await mine(sun);
      for (const resume_on of ['2020-01-01', '2026-11-18']) {
        const answer = await sun.post(`/institution/${id}/suspend`, { pause_reason: '检修', resume_on });
        assert.deepEqual([answer.status, answer.body.errors[0].field], [422, 'resume_on']);
      }
      assert.ok((await nobody.get(`/register/${id}.json`)).body.data.seats);
      await must(sun.post(`/institution/${id}/suspend`, { pause_reason: '锅炉检修', resume_on: '2026-11-20' }));
      const seen = (await nobody.get(`/register/${id}.json`)).body.data;
      assert.deepEqual([seen.seats, seen.pause_reason, seen.resume_on], [undefined, '锅炉检修', '2026-11-20']);
      const page = (await nobody.get(`/register/${id}`, { headers: { accept: 'text/html' } })).text;
      assert.ok(page.includes('锅炉检修') && page.includes('2026年11月20日') && !page.includes('可托余量'));
      const changed = await sun.post(`/institution/${id}`, { version: (await record(sun, 'institution', id)).version, resume_on: '2030-01-01' });
      assert.equal(changed.status, 422, 'the day is of the step');
      const clock = (await record(county, 'institution', id), (await county.get(`/institution/${id}.json`)).body.clocks.find((one) => one.name === 'resume'));
      assert.equal(clock.overdue, false);
      await must(sun.post(`/institution/${id}/resume`, {}));
      assert.equal((await nobody.get(`/register/${id}.json`)).body.data.pause_reason, null);
      assert.equal((await county.get(`/institution/${id}.json`)).body.clocks.find((one) => one.name === 'resume').text, '不再计时');
    });

    test('one filing of a site is in hand at a time', async () => {
      const park = await signIn(server, 'inst-park'), site = await mine(park), first = (await park.get('/filing.json?state=submitted')).body.data[0].id;
      const draft = await park.make('filing', {}), { version, ...copy } = await record(park, 'filing', first);
      for (const name of ['head_id', 'contact_phone', 'representative_id', 'reason', 'in_hand', 'content']) delete copy[name];
      await must(park.post(`/filing/${draft}`, { ...copy, version: (await record(park, 'filing', draft)).version, head_id: resident(77), contact_phone: '13900000077' }));
      const second = await park.post(`/filing/${draft}/submit`, {});
      assert.equal(second.status, 409, second.text);
      assert.match(second.text, /已有一件备案在办/);
      await must(park.post(`/filing/${first}/withdraw`, {}));
      assert.equal((await record(park, 'filing', first)).in_hand, null);
      await must(park.post(`/filing/${draft}/submit`, {}));
      assert.equal((await record(county, 'filing', draft)).in_hand, site);
      assert.equal((await park.post(`/filing/${first}/submit`, {})).status, 409);
    });

    test('a change filing answered during a pause leaves the pause as it is', async () => {
      const [reviewer, signer] = await Promise.all(['kt-review', 'kt-sign'].map((name) => signIn(server, name)));
      const spring = await signIn(server, 'inst-spring'), site = await mine(spring), old = (await spring.get('/filing.json?state=filed')).body.data[0].id;
      await must(spring.post(`/institution/${site}/suspend`, { pause_reason: '暑期检修', resume_on: '2026-12-30' }));
      const draft = await spring.make('filing', {}), { version, ...copy } = await record(spring, 'filing', old);
      for (const name of ['head_id', 'contact_phone', 'representative_id', 'reason', 'in_hand', 'content']) delete copy[name];
      await must(spring.post(`/filing/${draft}`, { ...copy, capacity: 22, version: (await record(spring, 'filing', draft)).version, head_id: resident(78), contact_phone: '13900000078' }));
      await must(spring.post(`/filing/${draft}/submit`, {}));
      await must(county.post(`/filing/${draft}/draft_receipt`, {}));
      const paper = (await county.get(`/paper.json?part=${draft}`)).body.data.find((one) => one.state === 'prepared').id;
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      await must(signer.post(`/paper/${paper}/sign`, {}));
      const sealed = await county.upload(`paper/${paper}/seal`, {}, 'scan', pdf(), '盖章件.pdf');
      assert.equal(sealed.status, 200, sealed.text);
      const now = await record(county, 'institution', site);
      assert.deepEqual([now.state, now.places, now.pause_reason], ['suspended', 22, '暑期检修']);
    });

    test('a sealed paper that was wrong is voided with a reason: the code says so, and a right one takes its place', async () => {
      const [spring, reviewer, signer] = await Promise.all(['inst-spring', 'kt-review', 'kt-sign'].map((name) => signIn(server, name)));
      const site = await mine(spring), number = (await record(county, 'institution', site)).receipt_number;
      const paper = (await county.get('/paper.json')).body.data.find((one) => one.number === number), filing = (await record(county, 'paper', paper.id)).part;
      const { code } = await record(county, 'paper', paper.id), scanned = async () => (await nobody.get(`/q/${code}.json`)).body.data;
      assert.deepEqual([(await scanned()).valid, (await scanned()).site.label], ['本公文有效', '暂停服务']);
      for (const who of [spring, other, market]) assert.ok([403, 404].includes((await who.post(`/paper/${paper.id}/revoke`, { void_reason: '试' })).status));
      assert.equal((await county.post(`/paper/${paper.id}/revoke`, {})).status, 422);
      await must(county.post(`/paper/${paper.id}/revoke`, { void_reason: '扫描件上传有误' }));
      assert.deepEqual([(await scanned()).valid, (await scanned()).state.label], [null, '已作废']);
      assert.ok((await nobody.get(`/q/${code}`, { headers: { accept: 'text/html' } })).text.includes('本公文已作废'));
      assert.ok(await told(spring, `${number}已作废：扫描件上传有误`));
      const open = (await county.get(`/filing/${filing}.json`)).body;
      assert.deepEqual([open.data.state, open.data.receipt_number, (await record(county, 'institution', site)).receipt_number], ['submitted', null, null]);
      assert.ok(open.clocks.some((one) => one.name === 'receipt' && !one.stopped), 'it waits again');
      assert.equal((await nobody.get(`/register/${site}.json`)).status, 200);
      await must(county.post(`/filing/${filing}/draft_receipt`, {}));
      const right = (await county.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.state === 'prepared').id;
      await must(reviewer.post(`/paper/${right}/review`, {}));
      await must(signer.post(`/paper/${right}/sign`, {}));
      await must(county.upload(`paper/${right}/seal`, {}, 'scan', pdf(), '盖章件.pdf'));
      const now = await record(county, 'institution', site);
      assert.deepEqual([now.receipt_number, now.state], [(await record(county, 'paper', right)).number, 'suspended']);
      assert.notEqual(now.receipt_number, number);
    });

    test('a voided notice of unfit content is no longer published', async () => {
      const id = await mine(community), paper = (await county.get('/paper.json?kind=unfit')).body.data.find((one) => one.institution === id);
      assert.ok((await nobody.get(`/register/${id}.json`)).body.data.unfit_since);
      await must(county.post(`/paper/${paper.id}/revoke`, { void_reason: '事实有误' }));
      assert.equal((await nobody.get(`/register/${id}.json`)).body.data.unfit_since, null);
      assert.equal((await record(county, 'filing', (await record(county, 'paper', paper.id)).part)).content, 'pending');
    });

    test('the county orders a pause, and only the county ends it', async () => {
      const id = await mine(sun);
      for (const who of [sun, other, market, city]) assert.equal((await who.post(`/institution/${id}/order_pause`, { pause_reason: '试' })).status, 403);
      assert.equal((await county.post(`/institution/${id}/order_pause`, {})).status, 422, 'not without a reason');
      await must(county.post(`/institution/${id}/order_pause`, { pause_reason: '消防通道堵塞', resume_on: '2026-12-01' }));
      assert.ok(await told(sun, '责令暂停服务：消防通道堵塞'));
      assert.ok(!(await record(sun, 'institution', id)).can?.includes('resume'));
      assert.equal((await sun.post(`/institution/${id}/resume`, {})).status, 403);
      const seen = (await nobody.get(`/register/${id}.json`)).body.data;
      assert.deepEqual([seen.pause_ordered, seen.pause_reason, seen.resume_on], [true, '消防通道堵塞', '2026-12-01']);
      assert.equal((await sun.post(`/institution/${id}/lift_pause`, {})).status, 403);
      await must(county.post(`/institution/${id}/lift_pause`, {}));
      assert.equal((await record(county, 'institution', id)).state, 'filed');
      assert.ok(await told(sun, '责令暂停已解除'));
    });

    test('nobody closes over children, staff and a filing in hand: how many is said', async () => {
      const id = await mine(sun), park = await signIn(server, 'inst-park'), there = await mine(park);
      const answer = await sun.post(`/institution/${id}/close`, { settled: true });
      assert.equal(answer.status, 422, answer.text);
      assert.match(answer.text, /还有\d+名在托婴幼儿、\d+名在岗工作人员，请先/);
      assert.equal((await record(county, 'institution', id)).state, 'filed');
      assert.match((await park.post(`/institution/${there}/close`, { settled: true })).text, /1件已提交的备案/);
    });

    test('an institution that ran away is cancelled by the county, with its reason; what is in hand ends with it', async () => {
      const dandelion = await signIn(server, 'inst-dandelion'), id = await mine(sun), registered = await mine(dandelion);
      for (const who of [sun, other, market, city]) assert.equal((await who.post(`/institution/${id}/strike`, { cancel_reason: '试' })).status, 403);
      assert.equal((await county.post(`/institution/${id}/strike`, {})).status, 422);
      const receipt = (await sun.get('/paper.json')).body.data.find((one) => one.kind === 'receipt').id, { code } = await record(county, 'paper', receipt);
      assert.equal((await nobody.get(`/q/${code}.json`)).body.data.valid, '本公文有效');
      await must(county.post(`/institution/${id}/strike`, { cancel_reason: '人去楼空，多次联系无人应答' }));
      const site = await record(county, 'institution', id);
      assert.deepEqual([site.state, site.cancelled_on, site.closed_on], ['cancelled', '2026-11-18', '2026-11-18']);
      assert.equal((await nobody.get(`/register/${id}.json`)).status, 404);
      assert.ok(await told(sun, '已依职权注销备案：人去楼空'));
      assert.ok(await told(county, '尚有'));
      const scanned = (await nobody.get(`/q/${code}.json`)).body.data;
      assert.deepEqual([scanned.valid, scanned.site.label], [null, '已注销']);
      assert.match(scanned.ended, /备案已注销/);

      const returned = (await county.get('/filing.json?state=returned')).body.data.find((one) => one.institution === registered);
      const asked = async () => (await county.get(`/paper.json?part=${returned.id}`)).body.data.map((one) => one.state);
      assert.deepEqual(await asked(), ['prepared'], 'what is missing waits for its signature');
      await must(county.post(`/institution/${registered}/cancel`, {}));
      assert.deepEqual(await asked(), ['void']);
      const { body } = await county.get(`/filing/${returned.id}.json`);
      assert.equal(body.data.state, 'ended');
      assert.ok(body.clocks.every((one) => one.stopped), 'nor is anything waited for');
      assert.ok(!(await county.get('/work.json')).text.includes(`/filing/${returned.id}`));
      assert.ok((await county.get(`/institution/${registered}.json`)).body.clocks.every((one) => one.stopped), 'no clock runs for what is gone');
    });

    test('when the day of a pause is over, both are told', async () => {
      server.clock(Date.UTC(2026, 11, 31, 2));
      const [spring, officer] = await Promise.all(['inst-spring', 'kt-handle'].map((name) => signIn(server, name)));
      await until(async () => (await told(spring, '预计恢复服务（')) && (await told(officer, '预计恢复服务（')), 'nobody was told');
      assert.equal((await record(officer, 'institution', await mine(spring))).state, 'suspended');
    });
  });
