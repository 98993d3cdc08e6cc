// The officer's desk and the kinds of institution: deputies, many cases at once, one to three steps to a paper, the
// county's numbers; each kind with its own rules; what the authority's register changes is noticed; a move into another
// county. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, newAccount, pdf, resident, signIn, start, uscc } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000; /* a Wednesday; the demo is older than the test */

for (const engine of engines)
  describe(`desk, kinds and register on ${engine}`, () => {
    let server, market, county, reviewer, signer, head, star, sun, nobody;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const mine = async (client) => (await client.get('/session')).body.data.institution;
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(begin);
      [market, county, reviewer, signer, star, sun] = await Promise.all(['kt-market', 'kt-handle', 'kt-review', 'kt-sign', 'inst-star', 'inst-sun'].map((name) => signIn(server, name)));
      nobody = new Client(server);
      head = signer; /* signs and leads */
    });
    after(() => server?.stop());

    const accounts = async () => Object.fromEntries((await (await signIn(server, 'sysadmin')).get('/account.json')).body.data.map((one) => [one.login, one.id]));
    const handed = async () => (await county.get('/filing.json?state=submitted')).body.data[0];

    test('a deputy sees and takes the cases of a colleague on leave, in those days only', async () => {
      const people = await accounts(), filing = await handed();
      assert.ok((await county.get('/account.json')).body.data.every((one) => one.login === undefined && one.name), 'colleagues are names, no logins');
      await must(county.post(`/filing/${filing.id}/claim`, {}));
      assert.equal((await reviewer.post(`/filing/${filing.id}/stand_in`, {})).status, 403, 'nobody named the reviewer');
      const wrong = await county.post('/deputy', { stand_in: people['kt-handle'], from_on: '2026-11-18', to_on: '2026-11-20' });
      assert.deepEqual([wrong.status, wrong.body.errors[0].code], [422, 'DEP-WHO']);
      const backwards = await county.post('/deputy', { stand_in: people['kt-review'], from_on: '2026-11-20', to_on: '2026-11-18' });
      assert.equal(backwards.status, 422);
      const id = await county.make('deputy', { stand_in: people['kt-review'], from_on: '2026-11-19', to_on: '2026-11-20' });
      assert.equal((await reviewer.post(`/filing/${filing.id}/stand_in`, {})).status, 403, 'the leave has not begun');
      assert.equal((await record(county, 'deputy', id)).officer, people['kt-handle'], 'an officer names a deputy for nobody else');
      assert.equal((await county.post('/deputy', { stand_in: people['kt-sign'], from_on: '2026-11-20', to_on: '2026-11-25' })).status, 409, 'one deputy at a time');
      await must(county.post(`/deputy/${id}`, { version: 1, from_on: '2026-11-18' }));
      const work = (await reviewer.get('/work.json')).body.data;
      assert.deepEqual(work.stand_ins.map((one) => one.name), ['演示承办员']);
      assert.ok(work.queues[0].rows.find((one) => one.id === filing.id).stand_in_url);
      assert.ok((await reviewer.get('/notices')).body.data.notices.some((one) => one.text.includes('由您代理演示承办员的工作')));
      await must(reviewer.post(`/filing/${filing.id}/stand_in`, {}));
      assert.equal((await record(county, 'filing', filing.id)).handler, people['kt-review']);
      assert.ok((await county.get(`/filing/${filing.id}/history`)).body.data.entries.some((one) => one.action === '代为承办'));
      await must(reviewer.post(`/filing/${filing.id}/release`, {}));
    });

    test('the head names a deputy for somebody who is already away', async () => {
      const people = await accounts();
      const id = await head.make('deputy', { officer: people['kt-review'], stand_in: people['kt-handle'], from_on: '2026-11-18', to_on: '2026-11-18' });
      assert.equal((await record(head, 'deputy', id)).officer, people['kt-review']);
      assert.equal((await market.get('/deputy.json')).status, 404, 'no other department has such a list');
    });

    test('many cases at once: each is judged like a single one', async () => {
      const filing = await handed(), site = await mine(sun);
      const filed = (await county.get('/filing.json?state=filed')).body.data.find((one) => one.institution === site);
      assert.equal((await county.post('/work/many', { step: 'claim' })).status, 422, 'nothing chosen');
      assert.equal((await county.post('/work/many', { step: 'mended', ids: [filing.id] })).status, 422, 'nothing that needs a judgement');
      const done = await must(county.post('/work/many', { step: 'claim', ids: [filing.id, filed.id, '999'] }));
      assert.equal(done.body.data.taken + done.body.data.left, 3);
      assert.ok(done.body.data.taken >= 1 && done.body.data.left >= 1, done.text);
      assert.match(done.body.data.told, /当前不能这样办理/);
      await must(county.post('/work/many', { step: 'ask_opinions', ids: [filing.id] }));
      assert.equal((await county.get(`/opinion.json?part=${filing.id}`)).body.data.length, 4);
      assert.equal((await star.post('/work/many', { step: 'claim', ids: [filing.id] })).status, 404);
    });

    test('the list of cases goes out as XLSX', async () => {
      const sheet = await county.get('/filing.xlsx?state=submitted');
      assert.equal(sheet.status, 200);
      assert.equal(sheet.bytes.subarray(0, 2).toString(), 'PK');
    });

    test('the steps of a paper and its number follow the county’s settings: one, two, three', async () => {
      const setting = (await head.get('/desk_setting.json')).body.data[0], filing = await handed();
      const version = async () => (await record(head, 'desk_setting', setting.id)).version;
      const set = async (fields) => must(head.post(`/desk_setting/${setting.id}`, { version: await version(), ...fields }));
      const draft = async () => {
        await must(county.post(`/filing/${filing.id}/draft_receipt`, {}));
        return (await county.get(`/paper.json?part=${filing.id}`)).body.data.find((one) => one.state === 'prepared').id;
      };
      assert.equal((await county.post(`/desk_setting/${setting.id}`, { version: await version(), sign_steps: 1 })).status, 403, 'the head sets it');
      await set({ sign_steps: 1, number_pattern: '崆托备字[{年}]第{号}号' });
      let paper = await draft();
      assert.equal((await reviewer.post(`/paper/${paper}/review`, {})).status, 403, 'no review is asked');
      await must(county.post(`/paper/${paper}/sign`, {}));
      assert.match((await record(county, 'paper', paper)).number, /^崆托备字\[2026\]第\d+号$/);
      await must(county.post(`/paper/${paper}/void`, {}));
      await set({ sign_steps: 2 });
      paper = await draft();
      assert.equal((await county.post(`/paper/${paper}/sign`, {})).status, 403, 'of two steps the signer takes the second');
      await must(signer.post(`/paper/${paper}/sign`, {}));
      await must(county.post(`/paper/${paper}/void`, {}));
      await set({ sign_steps: 3 });
      paper = await draft();
      assert.equal((await signer.post(`/paper/${paper}/sign`, {})).status, 403);
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      await must(signer.post(`/paper/${paper}/sign`, {}));
      const first = await record(county, 'paper', paper);
      assert.ok(first.serial > 1, 'numbers run on, a void one is not given again');
      await must(county.upload(`paper/${paper}/seal`, {}, 'scan', pdf('sealed')));
      await must(county.post(`/paper/${paper}/deliver`, { delivered_how: 'online' }));
      const park = await signIn(server, 'inst-park');
      await must(park.post(`/paper/${paper}/read`, {}));
      const kept = await record(county, 'paper', paper);
      assert.deepEqual([kept.delivered_on, kept.delivered_how, kept.state], ['2026-11-18', 'online', 'delivered']);
      assert.ok(kept.read_at, 'the first reading');
    });

    test('each kind has its own rules: family sites a short set, kindergartens both supervisors, employers their seats', async () => {
      const filing = (await star.get('/filing.json?state=draft')).body.data[0].id;
      const rules = async (fields) => {
        await must(star.post(`/filing/${filing}`, fields));
        return new Set((await star.get(`/filing/${filing}.json`)).body.findings.map((one) => one.rule));
      };
      const big = await rules({ kind: 'nursery', exits: 1, capacity: 31, premises_kind: 'leased', lease_from: '2026-01-01', lease_to: '2027-01-01' });
      for (const rule of ['FIRE-EXITS', 'FIL-CAPACITY', 'SET-11']) assert.ok(big.has(rule), rule);
      for (const rule of ['FAM-3', 'FAM-LEASE', 'FAM-NAME', 'SEED-C060', 'SEED-C064']) assert.ok(!big.has(rule), rule);
      const family = await rules({ kind: 'family_site', capacity: 30 });
      for (const rule of ['FAM-5', 'FAM-3', 'FAM-LEASE', 'FAM-NAME']) assert.ok(family.has(rule), `${rule}: ${[...family]}`);
      for (const rule of ['FIRE-EXITS', 'FIL-CAPACITY', 'SET-11', 'SET-13', 'SET-18-POSTS']) assert.ok(!family.has(rule), rule);
      const small = await rules({ capacity: 5, lease_to: '2029-01-01' });
      for (const rule of ['FAM-5', 'FAM-3', 'FAM-LEASE']) assert.ok(!small.has(rule), rule);
      assert.ok((await rules({ kind: 'kindergarten_class', bands: ['infant'] })).has('SEED-C064'));
      assert.ok((await rules({ kind: 'kindergarten_class' })).has('SEED-C063'));
      const named = await rules({ education_supervisor: '试验区教育局', bands: ['toddler_big'] });
      assert.ok(!named.has('SEED-C064') && !named.has('SEED-C063'));
      assert.ok((await rules({ kind: 'employer', capacity: 30 })).has('SEED-C060'));
      assert.ok((await rules({ own_places: 20, public_places: 5 })).has('SEED-C060'), '20 and 5 are not 30');
      assert.ok(!(await rules({ own_places: 20, public_places: 10 })).has('SEED-C060'));
      for (const kind of ['community', 'service_centre']) assert.ok(!(await rules({ kind })).has('SEED-C060'), kind);
      await rules({ kind: 'kindergarten_class', exits: 2, extinguishers: 9 });
    });

    test('the education department is asked about a kindergarten class, and about nothing else', async () => {
      const filing = (await star.get('/filing.json?state=draft')).body.data[0].id;
      const { password } = await newAccount(server, { login: `edu-${engine}`, name: '试验教育员', department: 'education', rank: 'county', home: 11, posts: ['handle'] });
      const first = new Client(server);
      await first.login(`edu-${engine}`, password);
      await first.post('/password', { old: password, new: 'Jiaoyu-2026-ok', again: 'Jiaoyu-2026-ok' });
      const education = await signIn(server, `edu-${engine}`, 'Jiaoyu-2026-ok');
      await must(star.post(`/filing/${filing}/submit`, {}));
      assert.equal((await education.get(`/filing/${filing}.json`)).status, 404);
      await must(county.post(`/filing/${filing}/ask_opinions`, {}));
      assert.equal((await record(education, 'filing', filing)).education_supervisor, '试验区教育局');
      const asked = (await education.get('/opinion.json?state=asked')).body.data;
      assert.equal(asked.length, 1, 'one kindergarten class, not the employer’s site');
      await must(education.post(`/opinion/${asked[0].id}/answer`, { result: 'agree' }));
      assert.equal((await record(county, 'opinion', asked[0].id)).state, 'answered');
    });

    test('of a filed site the register’s change is noticed, with what differs, until the change is filed', async () => {
      const site = await mine(sun), before = await record(county, 'institution', site);
      const push = async (more, client = market) => record(client, 'registration', await client.make('registration', { uscc: before.uscc, name: before.name, registered_on: before.registered_on,
        scope: '托育服务（全日制、半日制）；3岁以下婴幼儿照护服务', place: before.place, address: before.address, ...more }));
      assert.equal((await push({})).outcome, '无变化');
      assert.match((await push({ address: '新址路9号', name: '平凉演示小太阳托育园' })).outcome, /已告知机构和县级/);
      const noted = await record(county, 'institution', site);
      assert.equal(noted.address, before.address, 'what is filed stands until the change is filed');
      assert.equal(noted.register_change, `名称：${before.name} → 平凉演示小太阳托育园\n地址：${before.address} → 新址路9号`);
      assert.equal((await nobody.get(`/register/${site}.json`)).body.data.register_change, undefined);
      assert.ok((await sun.get('/notices')).body.data.notices.some((one) => one.text.includes('登记信息有变')));
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => one.text.includes('登记信息有变')));
      assert.equal((await sun.get('/work.json')).body.data.mine.register_change, noted.register_change);
      assert.equal((await push({ address: '新址路9号', name: '平凉演示小太阳托育园' })).outcome, '无变化', 'said once');
      assert.match((await push({ scope: '餐饮服务', address: '新址路9号', name: '平凉演示小太阳托育园' })).outcome, /已告知/);
      assert.match((await record(county, 'institution', site)).register_change, /不再含托育服务：餐饮服务/);
      await push({ address: '新址路9号', name: '平凉演示小太阳托育园' });

      const filing = await sun.make('filing', { head_name: '演示负责人' });
      const draft = await record(sun, 'filing', filing);
      assert.deepEqual([draft.address, draft.institution_name, draft.reason], ['新址路9号', '平凉演示小太阳托育园', 'relocate']);
      await must(sun.post(`/filing/${filing}`, { address: before.address }));
      assert.equal((await record(sun, 'filing', filing)).reason, 'change');
    });

    test('a cancelled registration is told to both, once', async () => {
      const site = (await county.get('/institution.json?state=registered')).body.data[0];
      const push = async () => record(market, 'registration', await market.make('registration', { uscc: site.uscc, site: site.site, name: site.name, registered_on: site.registered_on, scope: '托育服务', place: site.place, address: site.address, status: 'cancelled' }));
      assert.match((await push()).outcome, /登记已注销/);
      assert.equal((await record(county, 'institution', site.id)).register_cancelled, true);
      assert.equal((await push()).outcome, '无变化');
      const unknown = await record(market, 'registration', await market.make('registration', { uscc: uscc('91', '620802', 4711), name: '平凉无此托育', registered_on: '2026-11-02', scope: '托育服务', place: '620802001', address: '路1号', status: 'cancelled' }));
      assert.equal(unknown.outcome, '已忽略：登记已注销');
    });

    test('a site that moves into another county closes here and opens there, and knows where it was', async () => {
      const { password } = await newAccount(server, { login: `jcm-${engine}`, name: '试验泾川登记员', department: 'market', rank: 'county', home: 12, posts: ['push'] });
      const first = new Client(server);
      await first.login(`jcm-${engine}`, password);
      await first.post('/password', { old: password, new: 'Jingchuan-2026', again: 'Jingchuan-2026' });
      const there = await signIn(server, `jcm-${engine}`, 'Jingchuan-2026'), jingchuan = await signIn(server, 'jc-handle');
      const site = await mine(sun), before = await record(county, 'institution', site);
      const push = async (client = there) => record(client, 'registration', await client.make('registration', { uscc: before.uscc, name: before.name, registered_on: before.registered_on, scope: '托育服务（全日制）', place: '620821100', address: '泾川路1号' }));
      const told = await push();
      assert.match(told.outcome, /已告知两地.*待崆峒区确认迁出/);
      const noted = await record(county, 'institution', site);
      assert.deepEqual([told.made, noted.state, noted.address], [null, 'filed', before.address], 'a push takes nothing away');
      assert.match(noted.register_change, /所在乡镇.*崆峒区.* → .*泾川县/);
      assert.equal((await nobody.get(`/register/${site}.json`)).status, 200);
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => one.text.includes('登记显示迁往泾川县')));
      assert.ok((await jingchuan.get('/notices')).body.data.notices.some((one) => one.text.includes('登记显示迁入')));
      for (const who of [jingchuan, sun, there, market]) assert.equal((await who.post(`/institution/${site}/moved`, {})).status, 403);

      assert.match((await record(market, 'registration', await market.make('registration', { uscc: before.uscc, name: before.name, registered_on: before.registered_on, scope: '托育服务（全日制、半日制）；3岁以下婴幼儿照护服务', place: before.place, address: before.address }))).outcome, /仍在本地/);
      assert.equal((await record(county, 'institution', site)).register_change, null, 'the own register has spoken');
      assert.equal((await county.post(`/institution/${site}/moved`, {})).status, 403, 'nothing to confirm any more');

      const draft = await sun.make('filing', {}), { version, ...copy } = await record(sun, 'filing', (await sun.get('/filing.json?state=filed')).body.data[0].id);
      for (const name of ['head_id', 'contact_phone', 'representative_id', 'reason', 'in_hand', 'content']) delete copy[name];
      await must(sun.post(`/filing/${draft}`, { ...copy, capacity: 22, version: (await record(sun, 'filing', draft)).version, head_id: resident(78), contact_phone: '13900000078' }));
      await must(sun.post(`/filing/${draft}/submit`, {}));
      const pushedAgain = (await push()).id;
      await must(county.post(`/institution/${site}/moved`, {}));
      const pushed = await record(there, 'registration', pushedAgain);
      const old = await record(county, 'institution', site), fresh = await record(jingchuan, 'institution', pushed.made);
      assert.deepEqual([old.state, old.closed_on, old.moved_to], ['closed', '2026-11-18', pushed.made]);
      assert.deepEqual([fresh.state, fresh.was, fresh.uscc, fresh.office], ['registered', site, before.uscc, 12]);
      const ended = (await county.get(`/filing/${draft}.json`)).body;
      assert.ok(ended.data.state === 'ended' && ended.clocks.every((one) => one.stopped), 'what was in hand ends with it');
      assert.equal((await nobody.get(`/register/${site}.json`)).status, 404);
      assert.ok((await jingchuan.get('/unfiled.json')).body.data.rows.some((one) => one.id === pushed.made));
      const again = await push();
      assert.deepEqual([again.outcome, again.made], ['无变化', pushed.made]);
      await must(county.post(`/institution/${site}/cancel`, {}));
    });
  });
