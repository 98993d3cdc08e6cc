// What everybody reads and finds: disclosures that are true today and name nobody, institutions by division, kind and code,
// and what is kept of a push that is none of ours. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, resident, signIn, start, uscc } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1);

for (const engine of engines)
  describe(`what everybody reads, on ${engine}`, () => {
    let server, market, county, sun, nobody, site;
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(loaded + 60000);
      [market, county, sun] = await Promise.all(['kt-market', 'kt-handle', 'inst-sun'].map((name) => signIn(server, name)));
      nobody = new Client(server);
      site = (await sun.get('/session')).body.data.institution;
    });
    after(() => server?.stop());
    const find = async (q) => (await nobody.get(`/register.json?q=${encodeURIComponent(q)}`)).body.data;

    test('a disclosure is of today or before, and ends after it begins', async () => {
      for (const [more, field] of [[{ published_on: '2030-01-01' }, 'published_on'], [{ published_on: '2026-11-01', expires_on: '2026-10-31' }, 'expires_on']]) {
        const answer = await sun.post('/disclosure', { item: 'fees', content: '每月2000元', ...more });
        assert.deepEqual([answer.status, answer.body.errors?.[0]?.field], [422, field], answer.text);
      }
      assert.ok([403, 404].includes((await county.post('/disclosure', { item: 'fees', content: '每月1元' })).status));
    });

    test('the public reads the newest of each item that has not expired', async () => {
      const fees = async () => (await nobody.get(`/register/${site}.json`)).body.data.disclosures.filter((one) => one.item === 'fees').map((one) => one.content);
      await sun.make('disclosure', { item: 'fees', content: '每月2100元', published_on: '2026-11-18' });
      await sun.make('disclosure', { item: 'fees', content: '每月1800元', published_on: '2026-10-10' });
      assert.deepEqual(await fees(), ['每月2100元']);
      await sun.make('disclosure', { item: 'fees', content: '开业优惠每月900元', published_on: '2026-11-17', expires_on: '2026-11-17' });
      assert.deepEqual(await fees(), ['每月2100元'], 'what expired is not read');
      await sun.make('disclosure', { item: 'fees', content: '每月2300元', published_on: '2026-11-18' });
      assert.deepEqual(await fees(), ['每月2300元']);
    });

    test('telephones, numbers and names of people are found before everybody reads them, and not repeated', async () => {
      const said = async (content) => {
        const { findings } = (await sun.get(`/disclosure/${await sun.make('disclosure', { item: 'care', content })}.json`)).body;
        return findings.filter((one) => one.rule === 'DIS-PERSON').map((one) => one.message);
      };
      assert.deepEqual(await said('联系园长 13800138000'), ['公示内容中有手机号码，会向社会公开']);
      assert.deepEqual(await said(`负责人${resident(5)}`), ['公示内容中有身份证号码，会向社会公开']);
      assert.deepEqual(await said('由演示保健员负责'), ['公示内容中有工作人员姓名，会向社会公开']);
      assert.deepEqual(await said('咨询电话 0933-8200001，编号202611180001，每天8小时'), []);
      const { version } = (await sun.get(`/institution/${site}.json`)).body.data;
      assert.equal((await sun.post(`/institution/${site}`, { version, introduction: '电话：13800138000' })).status, 200);
      assert.ok((await sun.get(`/institution/${site}.json`)).body.findings.some((one) => one.rule === 'DIS-INTRO' && !one.message.includes('138')));
    });

    test('institutions are found by their division, their kind and the beginning of their code', async () => {
      const names = async (q) => (await find(q)).rows.map((one) => one.name);
      const all = (await nobody.get('/register.json')).body.data.rows.length, code = (await sun.get(`/institution/${site}.json`)).body.data.uscc;
      const town = (await nobody.get(`/register/${site}.json`)).body.data.place_words.match(/崆峒区(.+)/)[1];
      for (const q of [town, town.slice(0, 2), '崆峒', '崆峒区', code.slice(0, 8), code, `${town} 小太阳`]) assert.ok((await names(q)).includes('平凉演示小太阳托育中心'), q);
      assert.deepEqual(await names('泾川'), ['泾川演示托育中心']);
      assert.deepEqual((await names('托育综合服务中心')).includes('平凉演示小太阳托育中心'), false);
      assert.ok((await names('幼儿园托班')).includes('庄浪演示幼儿园托班'));
      for (const q of ['托育机构', '婴幼儿照护服务机构', '托育']) assert.equal((await names(q)).length, all, q);
      const inside = (await county.get(`/institution.json?q=${encodeURIComponent(town)}`)).body.data;
      assert.ok(inside.some((one) => one.id === site), 'the officers’ list too');
    });

    test('where nothing is found the counties stand as a way on', async () => {
      const { rows, counties, empty } = await find('火星基地');
      assert.deepEqual([rows.length, counties.length], [0, 7]);
      assert.match(empty, /县/);
      assert.ok((await nobody.get('/register?q=%E7%81%AB%E6%98%9F', { headers: { accept: 'text/html' } })).text.includes('/register?area=620821'));
    });

    test('of a push that is none of ours no person is kept', async () => {
      const id = await market.make('registration', { uscc: uscc('91', '620802', 4811), name: '平凉火锅店', registered_on: '2026-11-02', scope: '餐饮服务', place: '620802001', address: '路1号', representative: '火锅店主', representative_id: resident(66) });
      const row = (await market.get(`/registration/${id}.json`)).body.data;
      assert.equal(row.outcome, '已忽略：范围不含托育服务');
      assert.deepEqual([row.representative, row.representative_id, row.scope], [null, null, null]);
      assert.ok(row.uscc);
      const ours = await market.make('registration', { uscc: uscc('91', '620802', 4812), name: '平凉试验托育', registered_on: '2026-11-02', scope: '托育服务', place: '620802001', address: '路1号', representative: '园长' });
      assert.equal((await market.get(`/registration/${ours}.json`)).body.data.representative, '园长');
    });
  });
