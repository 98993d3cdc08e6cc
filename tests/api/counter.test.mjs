// A filing brought on paper to the counter: the county enters it, both clocks run from the day it was brought, and it says
// who entered it. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, resident, signIn, start, uscc } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000; /* a Wednesday */
const documents = ['license', 'premises', 'staff_certificate', 'health_certificate', 'hygiene_report', 'fire_proof', 'promise'];

for (const engine of engines)
  describe(`filings brought to the counter on ${engine}`, () => {
    let server, county, other, market, fire, city, sun, institution, filing;
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(begin);
      [county, other, market, fire, city, sun] = await Promise.all(['kt-handle', 'jc-handle', 'kt-market', 'kt-fire', 'pl-health', 'inst-sun'].map((name) => signIn(server, name)));
      const pushed = await market.make('registration', { uscc: uscc('91', '620802', 4801), name: '平凉柜台托育园', registered_on: '2026-11-02', scope: '托育服务（全日制）', place: '620802001', address: '柜台路1号' });
      institution = (await record(market, 'registration', pushed)).made;
    });
    after(() => server?.stop());

    test('the county of the institution enters it, and nobody else', async () => {
      for (const client of [other, market, fire, city]) assert.ok([403, 404].includes((await client.post('/filing', { institution, head_name: '甲' })).status));
      filing = await county.make('filing', { institution, head_name: '柜台负责人', capacity: 15 });
      const row = await record(county, 'filing', filing);
      assert.deepEqual([row.state, row.counter, row.entered_by, row.institution, row.institution_name], ['draft', true, '演示承办员', institution, '平凉柜台托育园']);
      for (const client of [other, city, fire, sun]) assert.equal((await client.get(`/filing/${filing}.json`)).status, 404);
      await must(county.post(`/filing/${filing}`, { version: row.version, contact_name: '柜台联系人', contact_phone: '0933-8000002' }));
      assert.equal((await county.post(`/filing/${filing}/submit`, {})).status, 403, 'nor does the county submit in the institution’s place');
      assert.equal((await other.post('/filing', { institution, head_name: '乙' })).status, 403, 'another county’s institution');
    });

    test('a draft that an institution made itself stays its own', async () => {
      const own = (await (await signIn(server, 'inst-star')).get('/filing.json?state=draft')).body.data[0].id;
      assert.equal((await county.get(`/filing/${own}.json`)).status, 404);
      assert.equal((await county.post(`/filing/${own}`, { version: 1, head_name: '丙' })).status, 404);
      assert.equal((await county.upload(`filing/${own}/submit_counter`, { arrived_on: '2026-11-12' }, 'counter_scan', pdf('x'))).status, 404);
    });

    test('it arrived when it was brought: never in the future, with its scan, both clocks from that working day', async () => {
      const send = (arrived_on) => county.upload(`filing/${filing}/submit_counter`, { arrived_on, csrf: county.csrf }, 'counter_scan', pdf('paper'));
      assert.equal((await send('2026-11-19')).status, 422, 'tomorrow');
      const bare = await county.post(`/filing/${filing}/submit_counter`, { arrived_on: '2026-11-12' });
      assert.deepEqual([bare.status, bare.body.errors[0].field], [422, 'counter_scan']);
      await must(send('2026-11-14')); /* a Saturday: counted from Monday the 16th */
      const seen = await county.get(`/filing/${filing}.json`);
      assert.deepEqual([seen.body.data.state, seen.body.data.arrived_on], ['submitted', '2026-11-14']);
      assert.deepEqual(Object.fromEntries(seen.body.clocks.map((one) => [one.name, one.due])), { receipt: '2026-11-23', content: '2026-12-07' });
      assert.ok((await county.get('/work.json')).body.data.queues.some((queue) => queue.title === '待出具回执' && queue.rows.some((one) => one.id === filing)));
      assert.equal((await county.get(`/filing/${filing}/file/counter_scan`)).status, 200);
      assert.equal((await record(city, 'filing', filing)).counter, true);
      assert.ok((await county.get(`/filing/${filing}/history`)).body.data.entries.some((one) => one.action === '窗口收件' && one.actor === '演示承办员'));
      assert.match((await county.get(`/filing/${filing}`, { headers: { accept: 'text/html' } })).text, /窗口代录/);
    });

    test('what is missing is no bar to arrival, but to the receipt; it is returned or scanned in', async () => {
      const early = await county.post(`/filing/${filing}/draft_receipt`, {});
      assert.equal(early.status, 422, early.text);
      await must(county.post(`/filing/${filing}/return`, { missing: ['license'], missing_note: '缺执照' }));
      const { version } = await record(county, 'filing', filing);
      await must(county.post(`/filing/${filing}`, { version, head_id: resident(8), service_forms: ['full_day'], bands: ['toddler_big'], kind: 'nursery', premises_kind: 'own',
        building_m2: '200', indoor_m2: '150', nature: 'profit', promise: true }));
      const again = (arrived_on) => county.upload(`filing/${filing}/submit_counter`, { arrived_on }, 'counter_scan', pdf('paper 2'));
      assert.equal((await again('2026-11-13')).status, 422, 'the answer did not come before the first');
      await must(again('2026-11-18'));
      assert.match((await county.post(`/filing/${filing}/draft_receipt`, {})).body.detail, /材料还不齐/);
      const paper = (kind) => county.upload('evidence', { institution, kind, title: `窗口${kind}`, result: 'pass' }, 'file', pdf(kind));
      for (const kind of documents) assert.equal((await paper(kind)).status, 200, kind);
      const sunSite = (await sun.get('/session')).body.data.institution;
      assert.equal((await county.upload('evidence', { institution: sunSite, kind: 'license', title: 'x' }, 'file', pdf('no'))).status, 403, 'nobody brought paper for that one');
      const blocking = (await county.get(`/filing/${filing}.json`)).body.findings.filter((one) => one.severity === 'block');
      assert.deepEqual(blocking, []);
      await must(county.post(`/filing/${filing}/draft_receipt`, {}));
    });
  });
