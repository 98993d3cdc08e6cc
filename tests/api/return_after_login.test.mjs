// An expired session: after signing in one is back on the page one was on, and only on a page of ours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, demoPassword, newAccount, signIn, start } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), html = { accept: 'text/html' };

describe('back to where one was', () => {
  let server, now = loaded + 60000;
  before(async () => {
    server = await start({ clock: loaded });
    server.clock(now);
  });
  after(() => server?.stop());
  const login = (client, target, word = demoPassword, name = 'inst-sun') =>
    client.send('POST', target, { raw: new URLSearchParams({ name, password: word }).toString(), headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' } });

  test('the page that was asked for, with its query, and after the login there', async () => {
    const client = await signIn(server, 'inst-sun');
    server.clock(now += 45 * 60000);
    const sent = await client.get('/filing/new?stage=2', { headers: html });
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/login?next=%2Ffiling%2Fnew%3Fstage%3D2']);
    const page = await client.get(sent.headers.get('location'), { headers: html });
    assert.match(page.text, /登录已过期，请重新登录/);
    assert.match(page.text, /action="\/login\?next=%2Ffiling%2Fnew%3Fstage%3D2"/);
    const wrong = await login(client, sent.headers.get('location'), 'wrong-password');
    assert.match(wrong.text, /action="\/login\?next=%2Ffiling%2Fnew%3Fstage%3D2"/, 'also after a wrong password');
    const back = await login(client, sent.headers.get('location'));
    assert.deepEqual([back.status, back.headers.get('location')], [303, '/filing/new?stage=2']);
    assert.equal((await client.get('/filing/new?stage=2', { headers: html })).status, 200);
  });

  test('a form that was posted too late leads back to the page of the form', async () => {
    const client = await signIn(server, 'inst-sun');
    server.clock(now += 45 * 60000);
    for (const headers of [{ referer: `${server.url}/filing/new` }, { 'hx-current-url': `${server.url}/filing/new`, 'hx-request': 'true' }]) {
      const sent = await client.send('POST', '/filing', { raw: 'head_name=x', headers: { ...html, ...headers, 'content-type': 'application/x-www-form-urlencoded' } });
      assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/login?next=%2Ffiling%2Fnew']);
    }
    assert.equal((await client.send('POST', '/filing', { raw: 'head_name=x', headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' } })).headers.get('location'), '/login');
    assert.equal((await client.post('/filing', {})).status, 401, 'a program gets its 401');
  });

  test('nowhere else: no other host, no way in or out, nothing odd', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/', '/%2F%2Fevil', '/login?next=/x', '/logout', 'filing', '/a b', '/a"b', `/${'a'.repeat(600)}`]) {
      const client = new Client(server);
      const page = await client.get(`/login?next=${encodeURIComponent(next)}`, { headers: html });
      if (next !== '/%2F%2Fevil') assert.match(page.text, /action="\/login"/, next);
      const back = await login(client, `/login?next=${encodeURIComponent(next)}`);
      assert.equal(back.status, 303);
      assert.ok(back.headers.get('location') === '/' || next === '/%2F%2Fevil', `${next} -> ${back.headers.get('location')}`);
    }
    assert.doesNotMatch((await new Client(server).get('/login?next=/filing', { headers: html })).text, /登录已过期/, 'who never was in is not told so');
  });

  test('a first password on the way loses nothing', async () => {
    const site = (await (await signIn(server, 'inst-sun')).get('/session')).body.data.institution;
    const { password } = await newAccount(server, { login: 'zweiter', name: '试验人', department: 'institution', rank: 'county', works_at: site, posts: ['head'] });
    const client = new Client(server);
    const first = await login(client, '/login?next=%2Froom', password, 'zweiter');
    assert.equal(first.headers.get('location'), '/password?next=%2Froom');
    const page = await client.get(first.headers.get('location'), { headers: html });
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
    assert.match(page.text, /action="\/password\?next=%2Froom"/);
    const done = await client.send('POST', '/password?next=%2Froom', { raw: new URLSearchParams({ csrf, old: password, new: 'Shiyan-2026-ok', again: 'Shiyan-2026-ok' }).toString(), headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(done.headers.get('location'), '/room');
  });

  test('the draft is made by its first autosave, and a later one changes it', async () => {
    const client = await signIn(server, 'inst-star');
    const page = (await client.get('/filing/new', { headers: html })).text;
    assert.match(page, /data-autosave="\/filing"/);
    const made = await client.send('POST', '/filing', { raw: new URLSearchParams({ csrf: client.csrf, key: 'autosave-1', version: '0', stage: '1', next: '2', head_name: '草稿负责人' }).toString(), headers: { accept: 'application/json', 'x-autosave': '1', 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(made.status, 200, made.text);
    const { url, version, id } = made.body.data;
    assert.equal(url, `/filing/${id}`);
    assert.match((await client.get(`${url}/edit?stage=1`, { headers: html })).text, new RegExp(`data-autosave="${url}"[^]*草稿负责人`));
    const again = await client.send('POST', url, { raw: new URLSearchParams({ csrf: client.csrf, key: 'autosave-2', version: String(version), stage: '1', head_name: '草稿负责人二' }).toString(), headers: { accept: 'application/json', 'x-autosave': '1', 'content-type': 'application/x-www-form-urlencoded' } });
    assert.deepEqual([again.status, again.body.data.version], [200, version + 1], again.text);
    assert.equal((await (await signIn(server, 'kt-handle')).get(`${url}.json`)).status, 404, 'a draft is nobody else’s');
  });
});
