// 机构认领 on both engines: whoever runs a registered site asks without an account; the county looks, a security
// administrator grants; nothing of the register is told to whoever asks, and nobody's desk is filled.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, signIn, start, uscc } from '../lib/client.mjs';

for (const engine of engines)
  describe(`a site is claimed on ${engine}`, () => {
    let server, county, market, security, nobody, institution, claim;
    const code = uscc('91', '620802', 6161);
    const asked = (more = {}) => ({ uscc: code, representative: '试验代表人', name: '试验申请人', position: '园长', phone: '13900001234', ...more });
    before(async () => {
      server = await start({ engine });
      [county, market, security] = await Promise.all(['kt-handle', 'kt-market', 'secadmin'].map((name) => signIn(server, name)));
      nobody = new Client(server);
      const id = await market.make('registration', { uscc: code, name: '平凉认领试验托育中心', registered_on: '2026-11-16', scope: '托育服务（全日制）', place: '620802001', address: '试验路9号', representative: '试验代表人' });
      institution = (await market.get(`/registration/${id}.json`)).body.data.made;
    });
    after(() => server?.stop());
    const row = async (client, id) => (await client.get(`/record_claim/${id}.json`)).body.data;

    test('the page is everybody\'s; what is wrong is said field by field, and what was typed stays', async () => {
      const page = await nobody.get('/record_claim/new', { headers: { accept: 'text/html' } });
      assert.equal(page.status, 200);
      for (const label of ['统一社会信用代码', '申请人手机']) assert.ok(page.text.includes(label), label);
      for (const later of ['登录名', '与登记信息核对', '核实方式']) assert.ok(!page.text.includes(later), later);
      assert.ok((await nobody.get('/login', { headers: { accept: 'text/html' } })).text.includes('/record_claim/new'), 'found where one signs in');
      const answer = await nobody.post('/record_claim', asked({ uscc: '91620802MA0T4242X1', phone: '12', name: '' }));
      assert.equal(answer.status, 422);
      assert.deepEqual(answer.body.errors.map((one) => one.field).sort(), ['name', 'phone', 'uscc']);
      const typed = await nobody.send('POST', '/record_claim', { raw: new URLSearchParams(asked({ name: '' })).toString(), headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' } });
      assert.ok(typed.status === 422 && typed.text.includes('园长') && typed.text.includes('请填写申请人姓名'), typed.text.slice(0, 300));
      const unknown = await nobody.post('/record_claim', asked({ uscc: uscc('91', '620802', 6162) }));
      assert.ok(unknown.status === 422 && unknown.body.errors[0].code === 'unknown', unknown.text);
    });

    test('what was handed in is told once; whoever asked cannot look at it, nor anybody else but the county', async () => {
      const answer = await nobody.send('POST', '/record_claim', { raw: new URLSearchParams({ ...asked(), key: `claim-${engine}`, login: 'mine', how: 'call', state: 'done' }).toString(), headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' } });
      assert.ok(answer.status === 200 && answer.text.includes('机构认领申请已收到'), answer.text.slice(0, 400));
      assert.ok(!answer.text.includes('认领试验') && !answer.text.includes('一致'), 'nothing of the register');
      claim = (await county.get('/record_claim.json')).body.data.find((one) => one.uscc === code).id;
      assert.equal((await nobody.get(`/record_claim/${claim}.json`)).status, 404);
      assert.deepEqual((await nobody.get('/record_claim.json')).body.data ?? [], []);
      const again = await nobody.get('/record_claim', { headers: { accept: 'text/html' } });
      assert.deepEqual([again.status, again.headers.get('location')], [303, '/record_claim/new'], 'the address of the answer leads somewhere');
      for (const login of ['kt-market', 'inst-sun', 'jc-handle', 'sysadmin', 'secadmin']) {
        const other = await signIn(server, login);
        assert.ok([403, 404].includes((await other.get(`/record_claim/${claim}.json`)).status), login);
        for (const step of ['verify', 'refuse']) assert.ok([403, 404].includes((await other.post(`/record_claim/${claim}/${step}`, { how: 'counter', login: 'x', refused: 'x' })).status), `${login} ${step}`);
      }
      assert.equal((await nobody.post(`/record_claim/${claim}/verify`, { how: 'counter', login: 'x' })).status, 401, 'no step without an account');
    });

    test('the county sees it at its desk, compared with the register, the telephone masked', async () => {
      const now = await row(county, claim);
      assert.equal(now.compared, '法定代表人（负责人）姓名与登记信息一致\n该机构尚无账号');
      assert.deepEqual([now.state, now.login, now.how], ['submitted', null, null], 'whoever asks does not fill in what the county finds');
      assert.ok(now.institution_name === '平凉认领试验托育中心' && !JSON.stringify(now).includes('13900001234'));
      assert.ok((await county.get('/work.json')).text.includes(`/record_claim/${claim}`));
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => one.url === `/record_claim/${claim}`));
    });

    test('verified, it makes an account that sleeps until the security administrator grants it', async () => {
      const bare = await county.post(`/record_claim/${claim}/verify`, { how: 'counter' });
      assert.ok(bare.status === 422 && bare.body.errors[0].field === 'login', bare.text);
      const taken = await county.post(`/record_claim/${claim}/verify`, { how: 'counter', login: 'inst-sun' });
      assert.equal(taken.status, 409, taken.text);
      assert.equal((await row(county, claim)).state, 'submitted', 'nothing of it stayed');
      const login = `claimed-${engine}`;
      assert.equal((await county.post(`/record_claim/${claim}/verify`, { how: 'counter', login })).status, 200);
      const account = (await row(county, claim)).account;
      assert.ok((await security.get('/notices')).body.data.notices.some((one) => one.url === `/account/${account}`), 'the security administrator is told, also from another office');
      assert.equal((await security.post(`/account/${account}/first_password`, {})).status, 409, 'not before it is granted');
      assert.ok([403, 404].includes((await county.post(`/account/${account}/grant`, {})).status), 'who asked for it');
      const asking = await security.get(`/account/${account}.json`);
      assert.deepEqual([asking.body.data.posts, asking.body.data.works_at, asking.body.data.state], [['head'], institution, 'submitted']);
      const phone = await security.post(`/account/${account}/unmask/phone`, { purpose: '告知首次口令' });
      assert.equal(phone.body.data.value, '13900001234');
      assert.equal((await security.post(`/account/${account}/grant`, {})).status, 200);
      const { password } = (await security.post(`/account/${account}/first_password`, {})).body.data;
      const first = new Client(server);
      assert.equal((await first.login(login, password)).body.data.stage, 'password');
      assert.equal((await first.post('/password', { old: password, new: 'Shiyan-2026-ok', again: 'Shiyan-2026-ok' })).status, 200);
      const head = await signIn(server, login, 'Shiyan-2026-ok');
      assert.equal((await head.get('/work.json')).body.data.mine.name, '平凉认领试验托育中心');
    });

    test('what has changed since it was handed in is seen before an account is made', async () => {
      const other = uscc('91', '620802', 6163);
      const id = await market.make('registration', { uscc: other, name: '平凉认领二号托育中心', registered_on: '2026-11-16', scope: '托育服务（全日制）', place: '620802001', address: '试验路10号', representative: '试验代表人' });
      const site = (await market.get(`/registration/${id}.json`)).body.data.made;
      for (const name of ['甲', '乙', '丙']) assert.equal((await nobody.post('/record_claim', asked({ uscc: other, name: `试验${name}` }))).status, 200);
      const waiting = (await county.get('/record_claim.json?state=submitted')).body.data.filter((one) => one.uscc === other).map((one) => one.id);
      const page = async (claim_) => (await county.get(`/record_claim/${claim_}`, { headers: { accept: 'text/html' } })).text;
      assert.ok(!(await page(waiting[1])).includes('现在的情况'));
      assert.equal((await county.post(`/record_claim/${waiting[0]}/verify`, { how: 'counter', login: `two-${engine}` })).status, 200);
      assert.ok((await page(waiting[1])).includes('该机构已有1个账号'), 'the other one says so at once');
      assert.equal((await county.post(`/institution/${site}/cancel`, {})).status, 200);
      assert.equal((await county.post(`/record_claim/${waiting[1]}/verify`, { how: 'counter', login: `three-${engine}` })).status, 409, 'no head for a site that is gone');
      assert.ok((await page(waiting[1])).includes('已终止、迁出或注销'));
      for (const one of waiting.slice(1)) assert.equal((await county.post(`/record_claim/${one}/refuse`, { refused: '登记已注销' })).status, 200);
    });

    test('a second one is told of the account that is there, and can be refused with the reason', async () => {
      assert.equal((await nobody.post('/record_claim', asked({ representative: '另外一人' }))).status, 200);
      const [second] = (await county.get('/record_claim.json?state=submitted')).body.data;
      assert.equal((await row(county, second.id)).compared, '法定代表人（负责人）姓名与登记信息不一致\n该机构已有1个账号，请先向其负责人核实');
      assert.equal((await county.post(`/record_claim/${second.id}/refuse`, {})).status, 422);
      assert.equal((await county.post(`/record_claim/${second.id}/refuse`, { refused: '不是该机构人员' })).status, 200);
      assert.equal((await row(county, second.id)).state, 'refused');
    });

    test('nobody fills a desk: an address has its pace, and twenty at most wait for one site', async () => {
      const post = async (n) => {
        const statuses = [];
        for (let i = 0; i < n; i++) statuses.push((await nobody.post('/record_claim', asked({ name: `试验${i}` }))).status);
        return statuses;
      };
      assert.equal((await post(12)).at(-1), 429);
      const city = await signIn(server, 'pl-health'), row_ = (await city.get('/standard.json?q=CFG-HAND-IN-RATE')).body.data[0];
      assert.equal((await city.post(`/standard/${row_.id}`, { version: row_.version, value: '6000' })).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal((await post(25)).at(-1), 409);
      assert.equal((await county.get('/record_claim.json?state=submitted')).body.data.filter((one) => one.uscc === code).length, 20);
    });

    test('strangers hand in nothing else, and not from another site\'s page', async () => {
      assert.equal((await nobody.post('/registration', {})).status, 401);
      assert.equal((await nobody.post('/account', {})).status, 401);
      assert.equal((await nobody.post('/record_claim', asked(), { headers: { origin: 'http://elsewhere.example' } })).status, 403);
    });
  });
