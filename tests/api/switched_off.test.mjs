// One endpoint is switched off while everything else runs: at once, with its reason, by the system administrator alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, serving, signIn, start } from '../lib/client.mjs';

const today = '2026-11-18', now = Date.UTC(2026, 10, 18, 1);

for (const engine of engines)
  describe(`an endpoint switched off (${engine})`, () => {
    let server, admin, officer;
    before(async () => {
      server = await start({ engine, clock: now });
      admin = await signIn(server, 'sysadmin');
      officer = await signIn(server, 'kt-handle');
    });
    after(() => server?.stop());
    const off = (fields) => admin.make('endpoint_off', { method: 'any', reason: '数据核对', since: today, ...fields });
    const restore = async (id) => assert.equal((await admin.post(`/endpoint_off/${id}/restore`, {})).status, 200);

    test('the next request gets 503 with the reason; the rest goes on; taken back it answers again', async () => {
      assert.equal((await officer.get('/phrase.json')).status, 200);
      const id = await off({ target: '/phrase/', until: '2026-11-20' });
      const answer = await officer.get('/phrase.json');
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get('content-type').split(';')[0], 'application/problem+json');
      assert.equal(answer.body.code, 'switched_off');
      assert.match(answer.body.detail, /已停用：数据核对（预计2026年11月21日恢复）/);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      for (const path of ['/phrase', '/phrase.csv', '/phrase/new', '/phrase/1.json']) assert.equal((await officer.get(path)).status, 503, path);
      assert.equal((await officer.post('/phrase', { title: '甲', text: '乙' })).status, 503);
      assert.equal((await officer.get('/filing.json')).status, 200, 'others go on');
      const page = await officer.get('/work', { headers: { accept: 'text/html' } });
      assert.match(page.text, /常用语[^<]*（已停用）/, 'the menu says so');
      const words = await officer.get('/phrase', { headers: { accept: 'text/html' } });
      assert.match(words.text, /数据核对/);
      await restore(id);
      assert.equal((await officer.get('/phrase.json')).status, 200);
    });

    test('writing alone can be switched off, a public page too, and a path below a ledger', async () => {
      const write = await off({ target: 'phrase', method: 'post' });
      assert.equal((await officer.get('/phrase.json')).status, 200);
      assert.equal((await officer.post('/phrase', { title: '甲', text: '乙' })).status, 503);
      const open = await off({ target: 'open/institutions' }), imports = await off({ target: 'existing_filing/import' });
      assert.equal((await new Client(server).get('/open/institutions.json')).status, 503);
      assert.equal((await new Client(server).get('/register.json')).status, 200);
      assert.equal((await officer.get('/existing_filing/import')).status, 503);
      assert.equal((await officer.get('/existing_filing.json')).status, 200);
      for (const id of [write, open, imports]) await restore(id);
    });

    test('it holds from its first to its last day', async () => {
      const id = await off({ target: 'phrase', since: '2026-11-19', until: '2026-11-20' });
      const seen = [];
      for (const day of [18, 19, 20, 21]) {
        server.clock(Date.UTC(2026, 10, day, 1));
        seen.push((await (await signIn(server, 'kt-handle')).get('/phrase.json')).status);
      }
      assert.deepEqual(seen, [200, 503, 503, 200]);
      server.clock(now);
      await restore(id);
    });

    test('nobody but the system administrator may; a wrong name and the switch itself are refused', async () => {
      for (const who of ['kt-handle', 'pl-health', 'secadmin', 'auditor', 'inst-star']) {
        const client = await signIn(server, who);
        assert.ok([403, 404].includes((await client.post('/endpoint_off', { target: 'phrase', method: 'any', reason: '试', since: today })).status), who);
        assert.equal((await client.get('/endpoint_off.json')).status, who === 'auditor' ? 200 : 404, who);
      }
      assert.equal((await new Client(server).post('/endpoint_off', { target: 'phrase' })).status, 401);
      for (const target of ['no_such_ledger', '/', 'endpoint_off', 'login', '../etc']) {
        const answer = await admin.post('/endpoint_off', { target, method: 'any', reason: '试', since: today });
        assert.equal(answer.status, 422, target);
        assert.equal(answer.body.errors[0].field, 'target');
      }
      assert.equal((await admin.post('/endpoint_off', { target: 'phrase', method: 'any', reason: '试', since: today, until: '2026-11-01' })).status, 422);
      assert.equal((await officer.get('/phrase.json')).status, 200, 'nothing of this was switched');
      const journal = (await (await signIn(server, 'auditor')).get('/journal.json?office=1')).body.data.rows;
      assert.ok(JSON.stringify(journal).includes('停用的功能'), 'the journal has it');
    });

    if (engine === 'postgres')
      test('another process on the same database follows within seconds', async () => {
        const second = await serving(['--data', server.data, ...server.where, '--clock', `${server.folder}/clock`]), other = new Client(second);
        const until = async (status) => { for (let i = 0; i < 100 && (await other.get('/register.json').catch(() => ({}))).status !== status; i++) await new Promise((done) => setTimeout(done, 100)); };
        await until(200);
        const id = await off({ target: 'register' });
        await until(503);
        assert.equal((await other.get('/register.json')).body.code, 'switched_off');
        await restore(id);
        await until(200);
        assert.equal((await other.get('/register.json')).status, 200);
        assert.equal(await second.halt(), 0);
      });

    test('it survives a restart', async () => {
      const id = await off({ target: 'phrase' });
      await server.halt();
      await server.serve();
      assert.equal((await officer.get('/phrase.json')).status, 503);
      await restore(id);
    });
  });

describe('reference data', () => {
  test('a code that the city edits is in force with the next request', async () => {
    const server = await start();
    const city = await signIn(server, 'pl-health'), market = await signIn(server, 'kt-market');
    const page = async () => (await market.get('/phrase/new', { headers: { accept: 'text/html' } })).text;
    const before = (await city.get('/code_item.json?list=evidence_kind')).body.data;
    assert.ok(before.length > 0);
    await city.make('code_item', { list: 'evidence_kind', code: 'extra_kind', label: '新增材料种类' });
    const head = await signIn(server, 'inst-star');
    assert.match((await head.get('/evidence/new', { headers: { accept: 'text/html' } })).text, /新增材料种类/);
    assert.ok(await page());
    await server.stop();
  });

  test('a standard that the city has retired does not come back with the next start', async () => {
    const server = await start();
    const city = await signIn(server, 'pl-health');
    const rows = async (client) => (await client.get('/standard.json?q=CFG-REMIND-DAYS')).body.data.map((one) => one.state);
    const [own] = (await city.get('/standard.json?q=CFG-REMIND-DAYS')).body.data;
    assert.equal((await city.post(`/standard/${own.id}/retire`, {})).status, 200);
    await server.halt();
    await server.serve();
    assert.deepEqual(await rows(city), ['disabled']);
    await server.stop();
  });
});
