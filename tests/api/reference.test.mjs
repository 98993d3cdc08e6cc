// A new release brings codes and numbers of the law that an older data folder lacks; what the city changed stays.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start } from '../lib/client.mjs';

describe('reference data of a newer release', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  test('what is missing comes with the next start, once; what the city wrote stays', async () => {
    const city = await signIn(server, 'pl-health');
    const own = (await city.get('/standard.json?q=CFG-REMIND-DAYS')).body.data[0];
    assert.equal((await city.post(`/standard/${own.id}`, { version: own.version, value: '4' })).status, 200);
    await server.halt();
    const sql = (text) => spawnSync('sqlite3', [path.join(server.data, 'tuoyu.db'), text], { encoding: 'utf8' }).stdout.trim();
    const before = sql('select count(*) from code_item');
    sql("delete from code_item where list = 'weekday'; delete from standard where standard = 'AGE-MAX'");
    assert.notEqual(sql('select count(*) from code_item'), before);
    await server.serve();
    assert.equal(sql('select count(*) from code_item'), before);
    assert.equal(sql("select count(*) from standard where standard = 'AGE-MAX'"), '1');
    await server.halt();
    await server.serve();
    assert.equal(sql('select count(*) from code_item'), before, 'nothing twice');
    assert.equal(sql("select value from standard where standard = 'CFG-REMIND-DAYS'"), '4');
  });
});

const begin = Date.UTC(2026, 10, 18, 1);

for (const engine of engines)
  describe(`the numbers of the law on ${engine}`, () => {
    let server, city, head, officer, jingchuan, star;
    const people = async () => {
      [city, head, officer, jingchuan, star] = await Promise.all(['pl-health', 'kt-sign', 'kt-handle', 'jc-handle', 'inst-star'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
    });
    after(() => server?.stop());

    const national = async (id) => (await city.get(`/standard.json?standard=${id}`)).body.data.find((one) => one.standard === id && one.layer === '国家' && one.state === 'active');
    const local = (layer, more = {}) => ({ standard: 'SET-11', layer, label: '租赁场地的租期不少于', op: '>=', value: '6', unit: '年', ...more });
    const errors = (answer) => [answer.status, ...(answer.body.errors ?? []).map((one) => one.field)];
    /* what the rule of the lease says of a filing in 崆峒 with four years */
    const lease = async (from = '2026-01-01', to = '2029-12-31') => {
      const filing = (await star.get('/filing.json')).body.data[0].id, { version } = (await star.get(`/filing/${filing}.json`)).body.data;
      const answer = await star.post(`/filing/${filing}`, { version, premises_kind: 'leased', lease_from: from, lease_to: to });
      assert.equal(answer.status, 200, answer.text);
      return (await star.get(`/filing/${filing}.json`)).body.findings.filter((one) => one.rule === 'SET-11').map((one) => one.message);
    };

    test('a national number is not changed in place: another one comes as a row with its document, from its day on', async () => {
      const row = await national('SET-19a');
      for (const [field, value] of [['value', '30'], ['op', '>='], ['unit', '个']])
        assert.deepEqual(errors(await city.post(`/standard/${row.id}`, { version: row.version, [field]: value })), [422, field]);
      assert.deepEqual([(await national('SET-19a')).value, (await national('SET-19a')).op], ['10', '<=']);
      assert.equal((await city.post(`/standard/${row.id}`, { version: row.version, note: '已对照原文' })).status, 200, 'what is said about it may be');
      const next = { standard: 'SET-19a', layer: '国家', label: '每班人数不超过', op: '<=', value: '12', unit: '人' };
      assert.deepEqual(errors(await city.post('/standard', next)), [422, 'document', 'effective_from']);
      assert.deepEqual(errors(await city.post('/standard', { ...next, document: '试验文件', effective_from: '2019-10-08' })), [422, 'effective_from']);
      assert.equal((await city.post(`/standard/${row.id}/retire`, {})).status, 403, 'nothing has taken its place');
      for (const stranger of [officer, star]) assert.ok([403, 404].includes((await stranger.post('/standard', { ...next, document: '试验文件', effective_from: '2026-12-01' })).status));
      assert.deepEqual(errors(await head.post('/standard', { ...next, document: '试验文件', effective_from: '2026-12-01' })), [422, 'layer']);
      assert.equal((await city.post('/standard', { ...next, document: '试验文件', effective_from: '2026-12-01' })).status, 200);
      assert.equal((await city.post(`/standard/${row.id}/retire`, {})).status, 200);
    });

    test('a county asks more for itself and for nobody else', async () => {
      assert.deepEqual(await lease(), []);
      assert.deepEqual(errors(await city.post('/standard', local('县'))), [422, 'place'], 'which county');
      assert.equal((await city.post('/standard', local('县', { place: '620822' }))).status, 200);
      assert.deepEqual(await lease(), [], '灵台 asks nothing of 崆峒');
      assert.deepEqual(errors(await head.post('/standard', local('县', { place: '620822' }))), [422, 'place']);
      assert.deepEqual(errors(await head.post('/standard', local('市'))), [422, 'layer']);
      assert.equal((await officer.post('/standard', local('县'))).status, 403, 'the head writes it');
      const made = await head.post('/standard', local('县', { value: '5' }));
      assert.equal(made.status, 200, made.text);
      const row = (await head.get(`/standard/${made.body.data.id}.json`)).body.data;
      assert.equal(row.place, '620802');
      assert.deepEqual(await lease(), ['租期不足5年']);
      assert.ok([403, 404].includes((await jingchuan.post(`/standard/${row.id}`, { version: row.version, value: '1' })).status));
      const laxer = await head.post(`/standard/${row.id}`, { version: row.version, value: '2' });
      assert.equal(laxer.status, 200, laxer.text);
      assert.deepEqual(await lease(), [], 'less than the nation asks does not count');
      assert.deepEqual(await lease('2026-01-01', '2027-12-31'), ['租期不足3年']);
    });

    test('who comes after a change sees it, also while somebody else is reading it anew', async () => {
      for (let i = 0; i < 20; i++) {
        assert.equal((await city.post('/code_item', { list: 'premises_kind', code: `own${i}`, label: `试验场所${i}`, sequence: 90 + i })).status, 200);
        const pages = await Promise.all(Array.from({ length: 8 }, () => star.get('/filing/new?stage=all', { headers: { accept: 'text/html' } })));
        assert.ok(pages.every((one) => one.text.includes(`试验场所${i}`)), `change ${i}`);
      }
    });

    test('a clock runs by the number of its place', async () => {
      assert.equal((await head.post('/standard', { standard: 'REG-9a', layer: '县', label: '出具备案回执', op: '<=', value: '3', unit: '个工作日' })).status, 200);
      const filing = (await star.get('/filing.json')).body.data[0].id;
      assert.equal((await star.post(`/filing/${filing}/submit`, {})).status, 200);
      assert.equal((await officer.get(`/filing/${filing}.json`)).body.clocks.find((one) => one.name === 'receipt').due, '2026-11-23');
    });
  });
