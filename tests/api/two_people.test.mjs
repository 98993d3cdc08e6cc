// No administrator alone gives rights: a new account sleeps and a change of rights waits until a second person grants it,
// one of the two being a security administrator; who makes accounts knows no password; what the audit administrator reads
// stays open.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, newAccount, signIn, start } from '../lib/client.mjs';

for (const engine of engines)
  describe(`two people for every right on ${engine}`, () => {
    let server, admin, security, serial = 1;
    before(async () => {
      server = await start({ engine });
      [admin, security] = [await signIn(server, 'sysadmin'), await signIn(server, 'secadmin')];
    });
    after(() => server?.stop());
    const fields = (more = {}) => ({ login: `new-${engine}-${serial++}`, name: '试验新人', department: 'health', rank: 'county', home: 11, posts: ['handle'], ...more });
    const row = async (id, client = admin) => (await client.get(`/account/${id}.json`)).body.data;
    const idOf = async (login) => (await admin.get(`/account.json?q=${login}`)).body.data.find((one) => one.login === login).id;
    const page = async (client, id) => (await client.get(`/account/${id}`, { headers: { accept: 'text/html' } })).text;

    test('a new account sleeps: no password, no sign-in, until the security administrator grants it', async () => {
      const made = fields({ posts: ['handle', 'review', 'sign', 'head'] }), id = await admin.make('account', made);
      assert.equal((await row(id)).state, 'submitted');
      assert.equal((await admin.post(`/account/${id}/grant`, {})).status, 403, 'who made it');
      assert.equal((await admin.post(`/account/${id}/first_password`, {})).status, 403);
      assert.equal((await security.post(`/account/${id}/first_password`, {})).status, 409, 'before it is granted');
      for (const login of ['auditor', 'kt-sign', 'inst-sun', 'pl-health']) {
        const other = await signIn(server, login);
        for (const step of ['grant', 'return']) assert.ok([403, 404].includes((await other.post(`/account/${id}/${step}`, {})).status), `${login} ${step}`);
      }
      assert.equal((await admin.post(`/account/${id}/enable`, {})).status, 403);
      assert.ok(!(await page(admin, id)).includes('/grant"') && (await page(security, id)).includes(`/account/${id}/grant`));
      assert.ok((await security.get('/account.json?asked=1')).body.data.some((one) => one.id === id), 'it stands in the list of what waits');
      assert.ok((await security.get('/work.json')).body.data.counts.find((one) => one.label === '待授权').n >= 1);
      assert.ok((await security.get('/notices')).body.data.notices.some((one) => one.url === `/account/${id}`), 'told');
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 200);
      assert.equal((await admin.post(`/account/${id}/first_password`, {})).status, 403, 'who makes accounts knows no password');
      const { password } = (await security.post(`/account/${id}/first_password`, {})).body.data;
      assert.equal((await new Client(server).login(made.login, password)).body.data.stage, 'password');
    });

    test('one that was not agreed to is mended and granted later', async () => {
      const id = await admin.make('account', fields());
      assert.equal((await security.post(`/account/${id}/return`, {})).status, 200);
      assert.equal((await admin.post(`/account/${id}/grant`, {})).status, 403);
      const before = await row(id);
      assert.equal((await admin.post(`/account/${id}`, { posts: ['review'], version: before.version })).status, 200);
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 200);
      const after = await row(id);
      assert.deepEqual([after.state, after.posts, after.asked ?? null], ['active', ['review'], null]);
    });

    test('more posts, a wider area, other ledgers wait beside what is in force', async () => {
      const id = await idOf('kt-handle'), officer = await signIn(server, 'kt-handle');
      const may = async () => (await officer.get('/work.json')).text.includes('handover');
      assert.equal(await may(), false);
      assert.equal((await admin.post(`/account/${id}`, { posts: ['handle', 'review', 'sign', 'head'] })).status, 200);
      let now = await row(id);
      assert.deepEqual([now.posts, now.asked_posts.length, now.state], [['handle'], 4, 'active'], JSON.stringify(now));
      assert.equal(await may(), false, 'not yet');
      assert.equal((await admin.post(`/account/${id}/grant`, {})).status, 403);
      await admin.post(`/account/${id}`, { email: 'handler@example.test' });
      assert.equal((await row(id)).asked_posts.length, 4, 'another field changes nothing about it');
      assert.equal((await security.post(`/account/${id}/refuse`, {})).status, 200);
      now = await row(id);
      assert.deepEqual([now.posts, now.asked_posts ?? null], [['handle'], null]);
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 403, 'nothing waits');
      await admin.post(`/account/${id}`, { posts: ['handle', 'head'] });
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 200);
      assert.equal(await may(), true, 'granted');
      assert.deepEqual((await row(id)).posts, ['handle', 'head']);
    });

    test('an area that is taken off reaches the whole county: it waits as well, and an empty one is granted as empty', async () => {
      const { id } = await newAccount(server, fields({ department: 'town', rank: 'town', scope_area: '620802001' }));
      assert.equal((await admin.post(`/account/${id}`, { scope_area: '' })).status, 200);
      assert.ok((await row(id)).scope_area, 'still in force');
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 200);
      assert.equal((await row(id)).scope_area ?? null, null);
    });

    test('what the security administrator asks for, the system administrator grants', async () => {
      const id = await idOf('kt-fire');
      assert.equal((await security.post(`/account/${id}`, { posts: ['handle', 'head'] })).status, 200);
      assert.deepEqual((await row(id)).posts, ['handle']);
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 403, 'not alone either');
      assert.equal((await admin.post(`/account/${id}/grant`, {})).status, 200);
      assert.deepEqual((await row(id)).posts, ['handle', 'head']);
      /* nor by way of an account that still sleeps */
      const sleeping = await admin.make('account', fields({ posts: [] }));
      assert.equal((await security.post(`/account/${sleeping}`, { posts: ['sign'] })).status, 200);
      assert.equal((await security.post(`/account/${sleeping}/grant`, {})).status, 403);
      assert.equal((await admin.post(`/account/${sleeping}/grant`, {})).status, 200);
    });

    test('another administrator is made by two as well, and two of one kind are not enough', async () => {
      const own = fields({ department: 'security_admin', rank: 'city', home: 3, posts: [] }), id = await admin.make('account', own);
      assert.equal((await new Client(server).login(own.login, 'Demo-tuoyu-2026')).status, 422);
      assert.equal((await admin.post(`/account/${id}/first_password`, {})).status, 403);
      const second = await newAccount(server, fields({ department: 'system_admin', rank: 'city', home: 3, posts: [], login: `sys-${engine}` }));
      const other = new Client(server), fresh = 'Xitong-2026-zwei';
      await other.login(`sys-${engine}`, second.password);
      await other.post('/password', { old: second.password, new: fresh, again: fresh });
      const colleague = await signIn(server, `sys-${engine}`, fresh);
      assert.equal((await colleague.post(`/account/${id}/grant`, {})).status, 403, 'two system administrators');
      assert.equal((await security.post(`/account/${id}/grant`, {})).status, 200);
    });

    test('whose password is made anew is told so; one\'s own is another\'s to do', async () => {
      const seen = async (login, password) => {
        const fresh = `Xin-${engine}-2026`, first = new Client(server);
        await first.login(login, password);
        assert.equal((await first.post('/password', { old: password, new: fresh, again: fresh })).status, 200);
        return (await (await signIn(server, login, fresh)).get('/notices')).body.data.notices.filter((one) => one.text.includes('口令已重新生成'));
      };
      const { password } = (await security.post(`/account/${await idOf('kt-police')}/first_password`, {})).body.data;
      assert.equal((await seen('kt-police', password)).length, 1);
      for (const contact of [{ phone: '13900000099' }, { email: 'mine@example.com' }])
        assert.equal((await security.post(`/account/${await idOf('kt-police')}`, contact)).status, 422, 'nor is it told to another number');
      const made = fields(), first = await newAccount(server, made);
      assert.equal((await seen(made.login, first.password)).length, 0, 'a first password is no news');
      const own = (await security.get('/session')).body.data.account;
      for (const act of ['first_password', 'second_factor_off', 'unlock']) assert.equal((await security.post(`/account/${own}/${act}`, {})).status, 403, act);
    });

    test('nobody is the program itself, or the public', async () => {
      for (const department of ['engine', 'public']) assert.equal((await admin.post('/account', fields({ department, posts: [] }))).status, 422, department);
    });

    test('accounts, journal and looks are not switched off', async () => {
      for (const target of ['journal', '/journal', 'journal/', 'looks', 'account', `account/1`, 'account/1/grant', 'endpoint_off'])
        assert.equal((await admin.post('/endpoint_off', { target, method: 'any', reason: '试' })).status, 422, target);
      await admin.make('endpoint_off', { target: 'phrase', method: 'any', reason: '试' });
      const auditor = await signIn(server, 'auditor');
      for (const target of ['/journal.json', '/looks.json', '/account.json']) assert.equal((await auditor.get(target)).status, 200, target);
    });
  });
