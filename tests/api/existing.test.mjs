// What was there before: institutions filed earlier come in with their dates and start no clock; the national system's
// export is matched and its differences shown; the journal is for the audit administrator.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start, uscc } from '../lib/client.mjs';

for (const engine of engines)
  describe(`what was there before, on ${engine}`, () => {
    let server, county;
    before(async () => { server = await start({ engine }); county = await signIn(server, 'kt-handle'); });
    after(() => server?.stop());
    const old = { uscc: uscc('52', '620802', 9301), name: '平凉早备案托育园', kind: 'nursery', place: '620802002', address: '旧路1号', places: 40, service_forms: ['full_day'], filed_on: '2022-05-06', receipt_number: '崆卫托备〔2022〕3号' };

    test('an institution filed before start-up keeps its day and number, and no clock runs', async () => {
      const { body } = await county.get(`/existing_filing/${await county.make('existing_filing', old)}.json`);
      const site = await county.get(`/institution/${body.data.made}.json`);
      assert.deepEqual([site.body.data.state, site.body.data.filed_on, site.body.data.receipt_number], ['filed', '2022-05-06', '崆卫托备〔2022〕3号']);
      assert.deepEqual(site.body.clocks, []);
      assert.equal((await county.post('/existing_filing', old)).status, 409, 'not twice');
      assert.equal((await county.post('/existing_filing', { ...old, uscc: uscc('52', '620802', 9302), receipt_number: '崆卫托备〔2099〕1号', filed_on: '2099-01-01' })).status, 422);
      assert.ok([403, 404].includes((await (await signIn(server, 'kt-market')).post('/existing_filing', old)).status));
    });

    test('the national list is matched by code and site: here not there, there not here, and what differs', async () => {
      await county.make('national_record', { uscc: old.uscc, name: '平凉早备案托育园（改名）', places: 45, national_number: 'GJ-1', national_on: '2022-06-01' });
      await county.make('national_record', { uscc: uscc('91', '620802', 9303), name: '只在国家系统的托育园', national_number: 'GJ-2' });
      const { here, there, differs } = (await county.get('/national.json')).body.data;
      assert.deepEqual(there.map((one) => one.name), ['只在国家系统的托育园']);
      assert.deepEqual(differs.map((one) => one.note), ['机构名称：本系统“平凉早备案托育园”，国家系统“平凉早备案托育园（改名）”；备案托位：本系统“40”，国家系统“45”']);
      assert.ok(here.some((one) => one.name === '平凉演示小太阳托育中心') && !here.some((one) => one.uscc === old.uscc));
      const other = await signIn(server, 'jc-handle');
      assert.ok(!(await other.get('/national.json')).body.data.here.some((one) => one.name === '平凉演示小太阳托育中心'), 'each county its own');
    });

    test('a filing of today is no legacy filing, nor is another county’s institution; a number counts once', async () => {
      const other = await signIn(server, 'jc-handle'), fresh = { ...old, uscc: uscc('52', '620802', 9305), receipt_number: '崆卫托备〔2022〕5号' };
      const today = await county.post('/existing_filing', { ...fresh, filed_on: new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10) });
      assert.equal(today.status, 422, today.text);
      assert.match(today.text, /启用，这一天起的备案由机构在系统中提交/);
      const start = await signIn(server, 'pl-health'), row = (await start.get('/standard.json?q=CFG-START-DAY')).body.data[0];
      assert.equal((await start.post(`/standard/${row.id}`, { version: row.version, value: '2022-05-01' })).status, 200);
      assert.equal((await county.post('/existing_filing', fresh)).status, 422, 'the city’s own day');
      const now = (await start.get(`/standard/${row.id}.json`)).body.data;
      assert.equal((await start.post(`/standard/${row.id}`, { version: now.version, value: '2023-01-01' })).status, 200);
      assert.equal((await county.post('/existing_filing', { ...fresh, receipt_number: old.receipt_number })).status, 409, 'the number is taken');
      assert.equal((await county.post('/existing_filing', fresh)).status, 200);
      const registered = (await county.get('/institution.json?state=registered')).body.data[0];
      const taken = await other.post('/existing_filing', { uscc: registered.uscc, site: registered.site, name: '拿来', kind: 'nursery', place: '620821100', address: '路1号', places: 500, filed_on: '2021-01-04', receipt_number: '泾卫托备〔2021〕1号' });
      assert.equal(taken.status, 409, taken.text);
      assert.match(taken.text, /在其他县/);
      assert.equal((await county.get(`/institution/${registered.id}.json`)).body.data.state, 'registered');
    });

    test('what was mistyped is mended by the county, on the site too; nobody else mends it', async () => {
      const entry = (await county.get('/existing_filing.json')).body.data.find((one) => one.uscc === old.uscc), city = await signIn(server, 'pl-health');
      assert.equal((await city.post(`/existing_filing/${entry.id}`, { version: entry.version, places: 41 })).status, 403);
      assert.equal((await (await signIn(server, 'jc-handle')).post(`/existing_filing/${entry.id}`, { version: entry.version, places: 41 })).status, 404);
      assert.equal((await county.post(`/existing_filing/${entry.id}`, { version: entry.version, place: '620821100' })).status, 422);
      const mended = await county.post(`/existing_filing/${entry.id}`, { version: entry.version, places: 41, filed_on: '2022-06-07', receipt_number: '崆卫托备〔2022〕33号' });
      assert.equal(mended.status, 200, mended.text);
      const site = (await county.get(`/institution/${entry.made}.json`)).body.data;
      assert.deepEqual([site.places, site.filed_on, site.receipt_number, site.state], [41, '2022-06-07', '崆卫托备〔2022〕33号', 'filed']);
      assert.ok((await county.get(`/existing_filing/${entry.id}/history`)).body.data.entries.some((one) => one.action === '修改'));
    });

    test('a later push gives the institution its legal person', async () => {
      const civil = await signIn(server, 'kt-civil'), site = (await county.get('/institution.json')).body.data.find((one) => one.uscc === old.uscc);
      assert.equal(site.legal_person, null);
      await civil.make('registration', { uscc: old.uscc, name: old.name, registered_on: '2022-04-01', scope: '托育服务（半日制）', place: old.place, address: old.address });
      const { data, findings } = (await county.get(`/institution/${site.id}.json`)).body;
      assert.ok(data.legal_person);
      assert.ok(findings.some((one) => one.rule === 'SEED-C027'), JSON.stringify(findings));
    });

    test('the national list is compared as both are now: imported again, loaded later, changed and ended', async () => {
      const look = async () => (await county.get('/national.json')).body.data;
      const line = { uscc: old.uscc, name: old.name, places: 41, national_number: 'GJ-1', national_on: '2022-06-01' };
      const newest = await county.make('national_record', line);
      assert.ok(!(await look()).differs.some((one) => one.uscc === old.uscc), 'the newest counts');
      assert.equal((await county.get('/national_record.json')).body.data.filter((one) => one.uscc === old.uscc && !one.replaced).length, 1);
      const late = uscc('91', '620802', 9303);
      assert.ok((await look()).there.some((one) => one.uscc === late));
      await county.make('existing_filing', { ...old, uscc: late, name: '只在国家系统的托育园', receipt_number: '崆卫托备〔2022〕9号' });
      const now = await look();
      assert.ok(!now.there.some((one) => one.uscc === late) && !now.here.some((one) => one.uscc === late), 'it is in both');
      const row = (await county.get(`/national_record/${newest}.json`)).body.data;
      assert.equal((await (await signIn(server, 'pl-health')).post(`/national_record/${newest}`, { version: row.version, places: 99 })).status, 403);
      assert.equal((await county.post(`/national_record/${newest}`, { version: row.version, places: 99 })).status, 200);
      assert.ok((await look()).differs.some((one) => one.note.includes('国家系统“99”')));
      assert.equal((await county.post(`/national_record/${newest}`, { version: row.version + 1, ended: true })).status, 200);
      assert.ok(!(await look()).differs.some((one) => one.uscc === old.uscc));
      assert.equal((await county.get(`/institution/${row.match}.json`)).body.data.national_number, null);
    });

    test('the audit administrator reads the journal of every office; nobody else does', async () => {
      const auditor = await signIn(server, 'auditor');
      const rows = (await auditor.get('/journal.json?office=11')).body.data.rows;
      assert.ok(rows.some((one) => one.actor === '演示承办员' && one.form === '国家系统备案记录' && one.action === '新建'));
      assert.ok(rows.length <= 100);
      assert.equal((await auditor.get('/journal.json?office=2')).status, 404, 'an office above is not in reach');
      for (const role of ['kt-handle', 'pl-health', 'sysadmin', 'secadmin', 'inst-sun']) assert.equal((await (await signIn(server, role)).get('/journal.json')).status, 404, role);
    });
  });

describe('work goes on when people move', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  test('many cases are taken at once, and all of an officer go to another by the head', async () => {
    const [county, head, fire] = await Promise.all(['kt-handle', 'kt-sign', 'kt-fire'].map((name) => signIn(server, name)));
    const open = (await county.get('/filing.json?state=submitted')).body.data.map((one) => one.id);
    const other = (await (await signIn(server, 'inst-star')).get('/filing.json')).body.data[0].id;
    const taken = await county.post('/work/claim', { ids: ['1', other, ...open] });
    assert.equal(taken.body.data.taken, open.length, taken.text);
    assert.equal((await county.post('/work/claim', { ids: open })).body.data.taken, 0, 'not twice');
    assert.equal((await county.post('/work/claim', {})).status, 422);
    const { from, to } = (await head.get('/work.json')).body.data.handover;
    const mine = from.find((one) => one.label.startsWith('演示承办员')).code, reviewer = to.find((one) => one.label === '演示审核员').code;
    assert.equal((await county.post('/work/transfer', { from: mine, to: reviewer })).status, 404, 'the head only');
    assert.equal((await head.post('/work/transfer', { from: mine, to: mine })).status, 422);
    const moved = await head.post('/work/transfer', { from: mine, to: reviewer });
    assert.ok(moved.body.data.moved >= open.length, moved.text);
    assert.equal((await county.get(`/filing/${open[0]}.json`)).body.data.handler, reviewer);
    assert.ok((await county.get(`/filing/${open[0]}/history`)).body.data.entries.some((one) => one.action === '移交'));
    assert.ok([403, 404].includes((await fire.post('/work/claim', { ids: open })).status));
  });
});
