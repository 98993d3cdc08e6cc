// Clause by clause, the health loop: sick children, infectious disease, and those who guide and supervise.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, pdf, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 1); /* Wednesday 09:00 in Pingliang */
const hour = 3600000, day = 86400000, today = '2026-11-18';

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, care, health, county, chief, cdc, maternal, inspection, city, children, institution;
    const people = async () => {
      [head, care, health, county, chief, cdc, maternal, inspection, city] = await Promise.all(
        ['inst-sun', 'sun-care', 'sun-health', 'kt-handle', 'kt-sign', 'kt-cdc', 'kt-maternal', 'kt-inspection', 'pl-health'].map((name) => signIn(server, name)));
    };
    const at = async (ms) => { server.clock(ms); await people(); };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
      institution = (await head.get('/session')).body.data.institution;
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data.filter((one) => one.class_title === '托大1班');
    });
    after(() => server?.stop());
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const step = async (client, form, id, name, input = {}, status = 200) =>
      assert.equal((await client.post(`/${form}/${id}/${name}`, input)).status, status, `${form} ${name}`);
    const check = (child, symptoms) => care.make('morning_check', { child: child.id, round: 'morning', symptoms, handling: 'fetch' });
    const caseOf = async (child) => (await list(health, 'isolation', `?child=${child.id}`))[0];

    test('C045 R: start, place, guardian told, fetched, result and certificate of a sick child stand in one record', async () => {
      const [child] = children;
      await care.make('attendance', { child: child.id, arrived_at: '08:30' });
      await check(child, ['fever', 'cough']);
      const room = (await list(health, 'room')).find((one) => one.zone?.includes('isolation')), { id } = await caseOf(child);
      assert.equal((await health.post(`/isolation/${id}`, { room: room.id })).status, 200);
      await step(care, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
      await step(care, 'isolation', id, 'fetch', await called(care, child.id));
      await step(health, 'isolation', id, 'result', { outcome: 'confirmed', disease: 'NID-C-001', body_name: '县医院', result_on: today, onset_on: today });
      const row = (await record(health, 'isolation', id)).data;
      for (const field of ['found_at', 'room', 'told_at', 'told_by', 'fetched_at', 'fetched_name', 'disease', 'result_on']) assert.ok(row[field], field);
    });

    test('C045 C: the return is blocked until the certificate is recorded', async () => {
      const [child] = children, { id } = await caseOf(child);
      await at(begin + day);
      const blocked = await care.post('/attendance', { child: child.id, arrived_at: '08:30' });
      assert.deepEqual([blocked.status, blocked.body.errors[0].code], [422, 'HC-18-RET']);
      await step(health, 'isolation', id, 'certify', { certificate_by: '县医院', certificate_on: '2026-11-19' }, 422);
      const certified = await health.upload(`isolation/${id}/certify`, { certificate_by: '县医院', certificate_on: '2026-11-19' }, 'certificate', pdf('返托证明'));
      assert.equal(certified.status, 200, certified.text);
      assert.equal((await care.post('/attendance', { child: child.id, arrived_at: '08:30' })).status, 200);
    });

    test('C046 R: disease register, traced absence', async () => {
      const [kept] = await list(health, 'disease_case');
      assert.deepEqual([kept.disease, kept.outcome], ['NID-C-001', 'confirmed']);
      const absent = await care.make('attendance', { child: children[1].id, reason: 'sick' });
      await step(care, 'attendance', absent, 'trace', { traced_note: '在县医院就诊', symptoms: ['hand_rash'] });
      assert.deepEqual([(await caseOf(children[1])).source, (await caseOf(children[1])).state], ['absence', 'left']);
    });

    test('C046 C, C048 R: two of a class make an alert that the 疾控 receives, investigates and guides', async () => {
      await check(children[2], ['mouth_sore']);
      const [alert] = await list(cdc, 'outbreak_alert', '?kind=hfmd');
      assert.deepEqual([alert.rule, alert.cases], ['INF-HFMD-CLASS', 2]);
      await step(cdc, 'outbreak_alert', alert.id, 'receive');
      await cdc.make('outbreak_investigation', { part: alert.id, investigators: '演示疾控员', findings: '同班两例' });
      const guidance = await cdc.make('outbreak_guidance', { part: alert.id, guidance: '玩具每日消毒' });
      await step(health, 'outbreak_guidance', guidance, 'read');
      const whole = (await record(cdc, 'outbreak_alert', alert.id)).data;
      assert.ok(whole.received_at && whole.outbreak_investigation.length === 1 && whole.outbreak_guidance[0].read_at);
    });

    test('C046 D: the 疾控 or a medical body is told within hours; what is late is told to the county', async () => {
      const [report] = await list(health, 'epidemic_report', '?state=open');
      const { clocks } = await record(health, 'epidemic_report', report.id);
      assert.equal(clocks[0].name, 'epidemic_tell');
      const late = Number(new Date(report.created_at)) + 2 * hour + 60000;
      await at(late);
      for (let i = 0; i < 50; i++) {
        if ((await county.get('/notices')).body.data.notices.some((one) => one.url === `/epidemic_report/${report.id}`)) break;
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.ok(i < 49, 'the county is told');
      }
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'cdc', told_name: '县疾控', told_how: 'phone' });
      assert.equal((await record(health, 'epidemic_report', report.id)).clocks[0].in_time, false);
    });

    test('C047 R, C157 R: guidance of the 妇幼保健, with advice, answer and follow-up', async () => {
      const id = await maternal.make('health_guidance', { institution, kind: 'guidance', visitors: '演示妇幼保健员', topics: '晨午检', findings: '登记不全', advice: '逐项登记' });
      assert.equal((await inspection.get(`/health_guidance/${id}.json`)).status, 404);
      await step(health, 'health_guidance', id, 'read');
      await step(health, 'health_guidance', id, 'mend', { mended: '已补全', mended_on: '2026-11-19' });
      await step(health, 'health_guidance', id, 'check', { checked_on: '2026-11-19', checked_note: '合格' }, 403);
      await step(maternal, 'health_guidance', id, 'check', { checked_on: '2026-11-19', checked_note: '合格' });
      assert.equal((await record(city, 'health_guidance', id)).data.state, 'done');
    });

    test('C049 R: inspection of the 卫生监督, orders with number and date, penalties', async () => {
      const visit = { institution, visitors: '监督员甲、乙', items: '消毒隔离', result: 'order' };
      assert.equal((await inspection.post('/health_inspection', visit)).status, 422);
      const id = await inspection.make('health_inspection', { ...visit, order_no: '崆卫监〔2026〕1号', mend_by: '2026-12-01' });
      assert.equal((await maternal.post('/health_inspection', visit)).status, 404);
      await step(health, 'health_inspection', id, 'mend', { mended: '已改正', mended_on: '2026-11-19' });
      await step(inspection, 'health_inspection', id, 'again', { checked_note: '仍缺记录' });
      assert.equal((await record(county, 'health_inspection', id)).data.state, 'asked');
    });

    test('C047 M: visits of each institution are counted', async () => {
      const data = (await county.get('/care.json?from=2026-11-01&to=2026-11-30')).body.data, column = data.columns.findIndex((one) => one.label === '指导检查');
      const visits = Object.fromEntries(data.rows.map((one) => [one.name, one.cells[column].value]));
      assert.deepEqual([visits['平凉演示小太阳托育中心'], visits['平凉演示春苗幼儿园托班']], [2, 0]);
    });

    test('C050 M: incidence by institution and county over a month', async () => {
      const period = 'from=2026-11-01&to=2026-11-30';
      const mine = (await county.get(`/care.json?${period}`)).body.data, all = (await city.get(`/care.json?${period}`)).body.data;
      const figure = (data) => data.figures.find((one) => one.id === 'IND-INCIDENCE');
      assert.equal(figure(mine).numerator, 1);
      assert.ok(figure(mine).denominator >= 31 && figure(all).denominator >= figure(mine).denominator);
      assert.equal(figure(mine).value, ((1000 / figure(mine).denominator)).toFixed(2));
    });
  });
