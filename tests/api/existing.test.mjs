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
      assert.equal((await county.post('/existing_filing', { ...old, uscc: uscc('52', '620802', 9302), filed_on: '2099-01-01' })).status, 422);
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
