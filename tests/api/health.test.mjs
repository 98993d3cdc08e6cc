// The health loop through the API: an abnormal check and what follows from it, the way back, clusters, the county's side.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, pdf, signIn, start, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 30); /* Wednesday 08:30 in Pingliang */
const minute = 60000, day = 86400000, today = '2026-11-18';

for (const engine of engines)
  describe(`the health loop on ${engine}`, () => {
    let server, head, care, health, gate, county, chief, cdc, children, classes;
    const people = async () => {
      [head, care, health, gate, county, chief, cdc] = await Promise.all(
        ['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-sign', 'kt-cdc'].map((name) => signIn(server, name)));
    };
    const at = async (ms) => { server.clock(ms); await people(); };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
      classes = (await head.get('/class_group.json')).body.data;
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
    });
    after(() => server?.stop());
    const of = (name) => children.filter((one) => one.class_title === name);
    const codes = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const check = (child, symptoms, handling = 'isolate', more = {}) =>
      care.make('morning_check', { child: child.id, round: 'morning', symptoms, handling, ...more });
    const isolationOf = async (child) => (await list(health, 'isolation', `?child=${child.id}`))[0];
    const certify = (id, fields) => health.upload(`isolation/${id}/certify`, { certificate_by: '县医院', ...fields }, 'certificate', pdf('返托证明'));
    const step = async (client, form, id, name, input = {}, status = 200) => {
      const answer = await client.post(`/${form}/${id}/${name}`, input);
      assert.equal(answer.status, status, `${form} ${name}: ${answer.text}`);
      return answer;
    };

    test('an abnormal check opens a case, starts the clock for the guardian and asks for disinfection', async () => {
      const [child] = of('托大1班');
      await care.make('attendance', { child: child.id, arrived_at: '08:10' });
      await check(child, ['fever', 'cough']);
      const found = await isolationOf(child), { clocks, data } = await record(health, 'isolation', found.id);
      assert.deepEqual([data.state, data.kind, data.class, data.found_on, data.source], ['open', 'flu', child.class, today, 'check']);
      assert.deepEqual(clocks.map((one) => [one.name, one.text, one.overdue]), [['guardian_told', '还剩30分钟', false]]);
      assert.deepEqual((await list(health, 'disinfection_task', '?state=open')).map((one) => one.class), [child.class]);
      assert.equal((await gate.get(`/isolation/${found.id}.json`)).status, 404, 'the gate sees no health');
      assert.equal((await list(county, 'isolation')).length, 0);
      assert.equal((await county.get(`/isolation/${found.id}.json`)).status, 404);
      const denied = await health.post(`/isolation/${found.id}/well`, { back_note: '退热' });
      assert.equal(denied.status, 403, 'not before the guardian knows');
      assert.match(denied.text, /请先告知监护人/);
    });

    test('a clock in minutes rings within the day, once', async () => {
      const notices = async () => (await head.get('/notices')).body.data.notices.filter((one) => /告知监护人：已超过规定时间/.test(one.text)).length;
      await at(begin + 31 * minute);
      await until(async () => (await notices()) === 1);
      await at(begin + 33 * minute);
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(await notices(), 1);
      const found = await isolationOf(of('托大1班')[0]);
      assert.equal((await record(health, 'isolation', found.id)).clocks[0].text, '已超过3分钟');
      await step(care, 'isolation', found.id, 'tell', { told_whom: '演示家长', told_how: 'phone', told_at: '08:00' }, 422);
      await step(care, 'isolation', found.id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
      const told = await record(health, 'isolation', found.id);
      assert.deepEqual([told.data.told_by, told.clocks[0].in_time], ['演示保育员', false]);
      await at(begin);
    });

    test('who left under suspicion does not come back the same day', async () => {
      const [child] = of('托大1班'), row = (await list(care, 'attendance', `?child=${child.id}`))[0];
      await at(begin + 34 * minute);
      await step(care, 'attendance', row.id, 'leave', await called(head, child.id));
      assert.equal((await isolationOf(child)).state, 'left');
      assert.deepEqual(codes(await step(care, 'attendance', row.id, 'back', {}, 422)), ['HC-18-RET']);
      await at(begin);
    });

    test('an injury is no illness; who is only unwell is watched and done with when leaving', async () => {
      const [, hurt, pale] = of('托大1班');
      await check(hurt, ['injury'], 'watch');
      assert.equal(await isolationOf(hurt), undefined);
      const row = await care.make('attendance', { child: pale.id, arrived_at: '08:10' });
      await check(pale, ['low_spirit'], 'watch');
      assert.deepEqual([(await isolationOf(pale)).state, (await isolationOf(pale)).kind], ['watched', 'other']);
      await step(gate, 'attendance', row, 'leave', await called(head, pale.id));
      assert.equal((await isolationOf(pale)).state, 'ended');
    });

    test('a later finding joins the open case', async () => {
      const child = of('托大1班')[3];
      await care.make('attendance', { child: child.id, arrived_at: '08:10' });
      await check(child, ['runny_nose'], 'watch');
      await care.make('morning_check', { child: child.id, round: 'noon', temperature: '38.5', symptoms: ['cough'], handling: 'isolate' });
      const cases = await list(health, 'isolation', `?child=${child.id}`);
      assert.deepEqual(cases.map((one) => [one.state, one.kind, one.temperature, one.symptoms]), [['open', 'flu', '38.5', ['runny_nose', 'fever', 'cough']]]);
    });

    test("the doctor's result: register, report within hours, observation, exposed children, no moves", async () => {
      const [child, ...mates] = of('托大2班');
      for (const one of [child, ...mates.slice(0, 4)]) await care.make('attendance', { child: one.id, arrived_at: '08:00' });
      await check(child, ['hand_rash'], 'fetch');
      const { id } = await isolationOf(child);
      await step(health, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
      await step(health, 'isolation', id, 'fetch', await called(health, child.id));
      const missing = await health.post(`/isolation/${id}/result`, { outcome: 'confirmed', body_name: '县医院', result_on: today });
      assert.deepEqual([missing.status, missing.body.errors[0].field], [422, 'disease']);
      await step(health, 'isolation', id, 'result', { outcome: 'confirmed', disease: 'NID-C-010', body_name: '县医院', result_on: today, onset_on: '2026-11-17' });
      const [kept] = await list(health, 'disease_case');
      assert.deepEqual([kept.disease, kept.child, kept.day], ['NID-C-010', child.id, today]);
      const [report] = await list(health, 'epidemic_report', '?state=open'), clock = (await record(health, 'epidemic_report', report.id)).clocks[0];
      assert.deepEqual([report.kind, report.isolation, clock.name, clock.text], ['suspicion', id, 'epidemic_tell', '还剩2小时0分']);
      const [watch] = await list(health, 'class_watch'), exposed = (await record(health, 'class_watch', watch.id)).data.exposure;
      assert.deepEqual([watch.state, watch.until_day, watch.class], ['watched', '2026-12-02', child.class]);
      assert.deepEqual(exposed.map((one) => one.child).sort(), mates.slice(0, 4).map((one) => one.id).sort());
      const other = of('托大1班')[5];
      const refused = await head.post(`/child/${other.id}/place`, { class: child.class, class_from: '2026-11-19' });
      assert.deepEqual([refused.status, codes(refused)], [422, ['HC-ISO']]);
      const out = await head.post(`/child/${mates[0].id}/place`, { class: other.class, class_from: '2026-11-19' });
      assert.deepEqual([out.status, codes(out)], [422, ['HC-ISO']]);
      const seen = (await record(county, 'class_watch', watch.id)).data;
      assert.ok(seen.state === 'watched' && !('exposure' in seen), 'the county sees the class, no child');
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'health', told_name: '县卫健局', told_how: 'phone' }, 422);
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'cdc', told_name: '县疾控中心张某', told_how: 'phone' });
      await step(health, 'epidemic_report', report.id, 'network', { network_body: '县医院', network_at: '08:30' });
      assert.equal((await record(health, 'epidemic_report', report.id)).clocks[0].in_time, true);
      assert.equal((await record(health, 'isolation', id)).data.kind, 'hfmd');
    });

    test('a second case in the class raises the alert; the county sees counts by class and age, the cdc too, nobody a name', async () => {
      assert.equal((await list(county, 'outbreak_alert')).length, 0);
      const [first, second] = of('托大2班');
      await check(second, ['mouth_sore'], 'isolate');
      const [alert] = await list(county, 'outbreak_alert'), seen = await county.get(`/outbreak_alert/${alert.id}.json`);
      assert.deepEqual([alert.kind, alert.level, alert.rule, alert.cases, alert.class, alert.state], ['hfmd', 'B', 'INF-HFMD-CLASS', 2, first.class, 'open']);
      const counts = seen.body.data.counts;
      assert.deepEqual(counts.map((one) => [one.class, one.band, one.n]), [['托大2班', '2', 2]]);
      for (const one of [first, second]) assert.ok(!seen.text.includes(one.id) && !seen.text.includes(one.name));
      assert.equal((await record(cdc, 'outbreak_alert', alert.id)).data.cases, 2);
      const notices = (await cdc.get('/notices')).body.data.notices;
      assert.ok(notices.some((one) => one.url === `/outbreak_alert/${alert.id}` && !/手足口/.test(one.text)));
      for (const client of [gate, care]) assert.equal((await client.get(`/outbreak_alert/${alert.id}.json`)).status, 404);
      const elsewhere = await signIn(server, 'jc-handle');
      assert.equal((await elsewhere.get(`/outbreak_alert/${alert.id}.json`)).status, 404);
      assert.deepEqual((await list(health, 'isolation', `?alert=${alert.id}`)).length, 2);
    });

    test('cases of one sign make the same-class rule; an excluded case is counted no longer', async () => {
      const sick = of('托大3班').slice(0, 3);
      assert.ok(sick.length === 3);
      for (const one of sick) await check(one, ['vomit'], 'isolate');
      const alert = (await list(county, 'outbreak_alert', '?kind=diarrhoea'))[0];
      assert.deepEqual([alert.rule, alert.cases], ['INF-SC-1D', 3]);
      const { id } = await isolationOf(sick[0]);
      await step(health, 'isolation', id, 'clear', { body_name: '县医院', result_on: today });
      assert.equal((await record(county, 'outbreak_alert', alert.id)).data.cases, 2);
      assert.equal((await list(health, 'isolation', `?child=${sick[0].id}`))[0].state, 'ended');
      assert.equal((await care.post('/attendance', { child: sick[0].id, arrived_at: '08:30' })).status, 200, 'excluded: may come');
    });

    test("a suspicion ends by a doctor's word only: the institution cannot end it, nor bring a count down", async () => {
      const sick = of('托大3班').slice(1, 3), alert = (await list(county, 'outbreak_alert', '?kind=diarrhoea'))[0];
      const count = async () => (await record(county, 'outbreak_alert', alert.id)).data.cases;
      for (const one of sick) {
        const { id } = await isolationOf(one);
        await step(health, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
        const ended = await step(health, 'isolation', id, 'well', { back_note: '无异常' }, 403);
        assert.match(ended.text, /须由医疗机构排除/);
        for (const client of [care, gate, county]) assert.notEqual((await client.post(`/isolation/${id}/well`, { back_note: 'x' })).status, 200);
        assert.equal((await health.post(`/isolation/${id}/settle`, {})).status, 403, 'a step of the program');
        /* other words about the signs, or a disease typed without its doctor, take nothing back */
        assert.equal((await health.post(`/isolation/${id}`, { symptoms: ['low_spirit'], outcome: 'confirmed', disease: 'NID-B-004', certificate_on: today })).status, 200);
        const { data } = await record(health, 'isolation', id);
        assert.deepEqual([data.kind, data.alert, data.outcome, data.disease, data.certificate_on], ['diarrhoea', alert.id, null, null, null]);
        const old = await step(health, 'isolation', id, 'clear', { body_name: '县医院', result_on: '2026-01-05' }, 422);
        assert.deepEqual(codes(old), ['ISO-PAPER']);
      }
      assert.equal(await count(), 2);
      assert.match((await health.get(`/isolation/${(await isolationOf(sick[0])).id}`, { headers: { accept: 'text/html' } })).text, /登记返托证明/);
      assert.doesNotMatch((await health.get(`/isolation/${(await isolationOf(sick[0])).id}`, { headers: { accept: 'text/html' } })).text, /观察后回班/);
    });

    test('who was only unwell goes back to the class by the word of the house, and is no excluded case', async () => {
      const child = of('托大1班')[4];
      await check(child, ['low_spirit'], 'watch');
      const { id } = await isolationOf(child);
      await step(health, 'isolation', id, 'well', { back_note: '精神好' }, 403);
      await step(health, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
      await step(health, 'isolation', id, 'well', { back_note: '精神好' });
      const { data } = await record(health, 'isolation', id);
      assert.ok(data.state === 'ended' && !data.excluded);
    });

    test('level A starts the two hours to the county health department', async () => {
      const [child] = of('托大3班').slice(3);
      await check(child, ['fever'], 'fetch');
      const { id } = await isolationOf(child);
      assert.equal((await list(health, 'epidemic_report', '?kind=event')).length, 0);
      const ill = of('托大1班').slice(6, 10).concat(of('托大2班').slice(6, 9));
      for (const [i, one] of [child, ...ill].entries()) {
        if (i > 0) await check(one, ['jaundice'], 'fetch');
        const mine = i === 0 ? id : (await isolationOf(one)).id;
        await step(health, 'isolation', mine, 'result', { outcome: 'confirmed', disease: 'NID-B-004', body_name: '县医院', result_on: today });
        if (i === 3) assert.equal((await list(health, 'epidemic_report', '?kind=event')).length, 0, 'four cases are no event yet');
        if (i === 4) break;
      }
      const [event] = await list(health, 'epidemic_report', '?kind=event');
      const alert = (await list(county, 'outbreak_alert', '?kind=hepatitis'))[0];
      assert.deepEqual([alert.level, alert.rule, alert.cases, event.alert], ['A', 'INF-HEPA-A', 5, alert.id]);
      assert.equal((await record(health, 'epidemic_report', event.id)).clocks[0].name, 'event_report');
      await step(health, 'epidemic_report', event.id, 'tell', { told_body: 'cdc', told_name: '疾控', told_how: 'phone' }, 422);
      await step(health, 'epidemic_report', event.id, 'tell', { told_body: 'health', told_name: '县卫健局', told_how: 'phone' });
    });

    test('a name only inside an open case: purpose, approval by another person, for a time, each look journalled', async () => {
      const [alert] = await list(cdc, 'outbreak_alert', '?kind=hfmd'), [sick] = of('托大2班'), { id } = await isolationOf(sick);
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404);
      assert.equal((await cdc.post('/case_access', { part: alert.id, hours: 2, reason: '流调' })).status, 422, 'a purpose is needed');
      const access = await cdc.make('case_access', { part: alert.id, purpose: 'investigation', reason: '流行病学调查需要联系家长', hours: 2 });
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404, 'asked is not approved');
      await step(cdc, 'case_access', access, 'approve', {}, 403);
      await step(county, 'case_access', access, 'approve', {}, 404);
      const own = await chief.make('case_access', { part: alert.id, purpose: 'tracing', reason: '本人申请', hours: 1 });
      await step(chief, 'case_access', own, 'approve', {}, 403);
      for (const client of [head, health, care]) assert.equal((await client.post('/case_access', { part: alert.id, purpose: 'tracing', reason: 'x', hours: 1 })).status, 404);
      await step(chief, 'case_access', access, 'approve', { decision_note: '同意' });
      const seen = (await cdc.get(`/isolation/${id}.json`)).body.data;
      assert.equal(seen.child_name, sick.name);
      assert.ok(seen.child_name_until, 'and until when it may be seen');
      assert.deepEqual([seen.symptoms, seen.onset_on, seen.disease, seen.body_name], [['hand_rash'], '2026-11-17', 'NID-C-010', '县医院'], 'what an investigation asks');
      for (const hidden of ['kind', 'temperature', 'told_whom', 'certificate_by', 'exposed', 'guardian_name', 'guardian_phone']) assert.ok(!(hidden in seen), hidden);
      assert.equal((await county.get(`/isolation/${id}.json`)).status, 404, 'not the one who asked');
      assert.equal((await chief.get(`/isolation/${id}.json`)).status, 404, 'approving is not seeing');
      assert.equal((await cdc.get(`/child/${sick.id}.json`)).status, 404, 'the name, not the file');
      const other = await isolationOf(of('托大3班')[1]);
      assert.equal((await cdc.get(`/isolation/${other.id}.json`)).status, 404, 'a case of another alert');
      const auditor = await signIn(server, 'auditor');
      const looks = (await auditor.get('/looks.json?office=11')).body.data.rows.filter((one) => one.row === id);
      assert.deepEqual(looks.map((one) => [one.actor, one.form, one.what, one.purpose]), [['演示疾控员', '病儿隔离', '查看', '流行病学调查：流行病学调查需要联系家长']]);
      const page = await cdc.get(`/isolation/${id}`, { headers: { accept: 'text/html' } });
      assert.ok(page.text.indexOf('可查看至') > 0 && page.text.indexOf('可查看至') < page.text.indexOf('发现日期'), 'the name and its end stand first');
      await at(begin + 2 * 3600000 + 1000);
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404, 'the time is over');
      await at(begin);
      await step(cdc, 'case_access', access, 'end');
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404);
    });

    test('one case without a cluster: the county reads what illness, which class and age; a name is asked for from its report', async () => {
      const sick = of('托大3班')[3], auditor = await signIn(server, 'auditor'), elsewhere = await signIn(server, 'jc-handle');
      const id = (await isolationOf(sick))?.id ?? await health.make('isolation', { child: sick.id, symptoms: ['cough'] });
      await step(health, 'isolation', id, 'result', { outcome: 'confirmed', disease: 'NID-B-018', body_name: '县医院', result_on: today });
      assert.equal((await record(health, 'isolation', id)).data.alert, null, 'no cluster');
      const report = (await list(cdc, 'epidemic_report')).find((one) => one.isolation === id);
      assert.deepEqual([report.illness, report.disease_label, report.class_title, report.band], ['listed', '百日咳', '托大3班', '2']);
      for (const client of [county, cdc]) {
        const seen = await client.get(`/epidemic_report/${report.id}.json`);
        assert.ok(seen.status === 200 && !seen.text.includes(sick.name) && !seen.text.includes(sick.id));
        assert.equal((await client.get(`/isolation/${id}.json`)).status, 404, 'not without approval');
      }
      for (const client of [care, gate, elsewhere]) assert.equal((await client.get(`/epidemic_report/${report.id}.json`)).status, 404);
      const asked = { part: report.id, purpose: 'tracing', reason: '需要联系家长', hours: 1 };
      for (const client of [health, head, elsewhere]) assert.equal((await client.post('/report_access', asked)).status, 404, 'who may not see the report');
      assert.equal((await cdc.post('/report_access', { ...asked, purpose: '' })).status, 422, 'a purpose is needed');
      const access = await cdc.make('report_access', asked);
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404, 'asked is not approved');
      await step(cdc, 'report_access', access, 'approve', {}, 403);
      await step(chief, 'report_access', access, 'approve', { decision_note: '同意' });
      const seen = (await cdc.get(`/isolation/${id}.json`)).body.data;
      assert.ok(seen.child_name === sick.name && seen.child_name_until && !('temperature' in seen));
      const mates = (await list(care, 'class_watch', `?class=${sick.class}&kind=listed`))[0], phoneOf = async (child) => (await head.get(`/guardian.json?part=${child}`)).body.data[0];
      const exposed = (await record(care, 'class_watch', mates.id)).data.exposure;
      assert.ok(exposed.length > 0);
      assert.deepEqual(seen.exposed.map((one) => one.name).sort(), exposed.map((one) => children.find((each) => each.id === one.child).name).sort());
      for (const one of [...seen.exposed, { guardian: seen.guardian_name, phone: seen.guardian_phone }]) assert.ok(/^1\d{10}$/.test(one.phone) && one.guardian, JSON.stringify(one));
      assert.equal(seen.exposed[0].guardian, (await phoneOf(children.find((each) => each.name === seen.exposed[0].name).id)).name);
      for (const client of [county, chief]) assert.equal((await client.get(`/isolation/${id}.json`)).status, 404, 'not who did not ask');
      const other = (await isolationOf(of('托大2班')[0])).id;
      assert.equal((await cdc.get(`/isolation/${other}.json`)).status, 404, 'this case and no other');
      const looks = (await auditor.get('/looks.json?office=11')).body.data.rows.filter((one) => one.row === id);
      assert.deepEqual(looks.map((one) => [one.what, one.purpose]), [['查看', '密切接触者追踪：需要联系家长']]);
      const calls = (await auditor.get('/looks.json?office=11')).body.data.rows.filter((one) => one.what === '查看联系电话');
      assert.deepEqual(calls.map((one) => [one.row, one.actor, one.purpose]).sort(), exposed.map((one) => [one.id, '演示疾控员', '密切接触者追踪：需要联系家长']).sort(), 'each of them is a look');
      for (const client of [county, chief, cdc, elsewhere]) assert.equal((await client.get(`/exposure/${exposed[0].id}.json`)).status, 404, 'only there');
      assert.match((await cdc.get(`/report_access/${access}`, { headers: { accept: 'text/html' } })).text, new RegExp(`/isolation/${id}`));
      await at(begin + 3600000 + 1000);
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404, 'the time is over');
      await at(begin);
      const cluster = (await list(cdc, 'epidemic_report')).find((one) => one.alert && !one.isolation);
      assert.equal((await cdc.post('/report_access', { ...asked, part: cluster.id })).status, 409, 'of a cluster it is asked from the alert');
      await step(health, 'isolation', id, 'clear', { body_name: '县医院', result_on: today });
      assert.equal((await cdc.get(`/isolation/${id}.json`)).status, 404, 'the case is over');
      assert.equal((await cdc.post('/report_access', asked)).status, 409);
    });

    test('the cdc receives, investigates, guides with a receipt, and closes; the observation ends with it', async () => {
      const [alert] = await list(cdc, 'outbreak_alert', '?kind=hfmd');
      await step(cdc, 'outbreak_alert', alert.id, 'receive');
      await step(county, 'outbreak_alert', alert.id, 'close', { result: 'confirmed', result_note: 'x' }, 403);
      await step(health, 'outbreak_alert', alert.id, 'close', { result: 'confirmed', result_note: 'x' }, 403);
      await cdc.make('outbreak_investigation', { part: alert.id, investigators: '演示疾控员', findings: '两例在同一班级。', samples: 2 });
      const guidance = await cdc.make('outbreak_guidance', { part: alert.id, guidance: '每日对托大2班玩具和桌面消毒两次。' });
      assert.equal((await record(cdc, 'outbreak_guidance', guidance)).data.state, 'asked');
      await step(health, 'outbreak_guidance', guidance, 'read');
      assert.equal((await record(cdc, 'outbreak_guidance', guidance)).data.read_by, '演示保健员');
      assert.equal((await list(health, 'class_watch', '?state=watched')).filter((one) => one.alert === alert.id).length, 1);
      await step(cdc, 'outbreak_alert', alert.id, 'close', { result: 'confirmed', result_note: '连续观察无新发病例' });
      assert.equal((await list(health, 'class_watch', '?state=watched')).filter((one) => one.alert === alert.id).length, 0);
      assert.equal((await cdc.post('/case_access', { part: alert.id, purpose: 'tracing', reason: 'x', hours: 1 })).status, 409);
      const third = of('托大2班')[5];
      await check(third, ['hand_rash'], 'isolate');
      const again = (await list(cdc, 'outbreak_alert', '?kind=hfmd&state=open'))[0];
      assert.ok(again && again.id !== alert.id, 'a new case after the end is a new alert');
    });

    test('what was asked after a case is answered by surfaces, toys or air of that class, done well and afterwards', async () => {
      const group = classes.find((one) => one.name === '托大3班').id;
      const open = async () => (await list(care, 'disinfection_task', `?class=${group}`)).filter((one) => one.state === 'open').length;
      const wash = (more) => care.make('disinfection', { class: group, object: 'surface', method: 'chlorine', mg_per_l: '250', minutes: '30', ...more });
      for (const one of await list(care, 'disinfection_task', `?state=open&class=${group}`)) await step(care, 'disinfection_task', one.id, 'done', { record: '试验' });
      assert.equal((await gate.post('/disinfection_task', { class: group, why: '呕吐' })).status, 403);
      await care.make('disinfection_task', { class: group, why: '呕吐' });
      await wash({ object: 'towel', minutes: '20' });
      await wash({ object: 'tableware', method: 'boil', minutes: '30', mg_per_l: '' });
      await wash({ at: '00:10' });
      await wash({ class: classes.find((one) => one.id !== group).id });
      const weak = await wash({ minutes: '1' });
      assert.equal(await open(), 1, 'another object, before it was asked, another class, too short');
      assert.equal((await care.post(`/disinfection/${weak}`, { minutes: '30' })).status, 200);
      assert.equal(await open(), 0);
      await care.make('disinfection_task', { class: group, why: '便盆污染', objects: ['potty'] });
      await wash({});
      assert.equal(await open(), 1, 'the task names its object');
      await wash({ object: 'potty', mg_per_l: '500' });
      assert.equal(await open(), 0);
    });

    test('disinfection closes the task of the class; what is missing stands in the closing of the day', async () => {
      const [task] = await list(care, 'disinfection_task', '?state=open');
      assert.equal((await gate.post(`/disinfection_task/${task.id}/done`, { record: 'x' })).status, 403);
      const [day] = await list(head, 'care_day', `?day=${today}`);
      await step(care, 'disinfection_task', task.id, 'done', { record: '含氯消毒液500 mg/L，30分钟' });
      for (const row of await list(care, 'attendance', `?day=${today}&state=present`))
        await step(care, 'attendance', row.id, 'leave', await called(head, row.child));
      await step(head, 'care_day', day.id, 'close', { note: '试验' });
      const note = (await record(head, 'care_day', day.id)).data.missing_note;
      assert.match(note, /没有登记告知监护人/);
      assert.match(note, /疫情告知没有登记/);
    });

    test('the county page counts the day by institution, the city by county; the sheet says the same; who may not see it', async () => {
      const city = await signIn(server, 'pl-health');
      const care_ = (await county.get(`/care.json?day=${today}`)).body.data;
      const heads = ['机构', ...care_.columns.map((one) => one.label)], line = care_.rows.find((one) => one.name === '平凉演示小太阳托育中心');
      const at_ = (row, label) => row.cells[heads.indexOf(label) - 1];
      const rows = await list(care, 'attendance', `?day=${today}`), came = rows.filter((one) => one.state !== 'absent').length;
      const checks = (await list(care, 'morning_check', `?day=${today}&round=morning`)).length;
      assert.deepEqual(['应到', '到园', '晨检', '日结'].map((one) => at_(line, one).text), ['31', String(came), String(checks), '已确认']);
      assert.equal(at_(line, '新发病例').value, 1 + 4, 'one of five was excluded later');
      assert.equal(at_(line, '晨检完成率').numerator, checks);
      assert.ok(at_(line, '预警').value >= 3 && care_.alerts.length === at_(line, '预警').value);
      assert.ok(care_.rows.some((one) => at_(one, '日结').text === '进行中'), 'silence counts as an open day');
      const roll = (await city.get(`/care.json?day=${today}`)).body.data, ours = roll.rows.find((one) => one.key === '620802');
      assert.equal(at_(ours, '到园').value, care_.rows.reduce((sum, one) => sum + at_(one, '到园').value, 0));
      assert.equal(roll.rows.length, 7);
      assert.equal((await city.get(`/care.json?day=${today}&area=620802`)).body.data.rows.length, care_.rows.length);
      const incidence = care_.figures.find((one) => one.id === 'IND-INCIDENCE');
      assert.deepEqual([incidence.numerator, incidence.denominator], [5, care_.rows.reduce((sum, one) => sum + at_(one, '应到').value, 0)]);
      const file = await county.get(`/care.xlsx?day=${today}`);
      assert.deepEqual([file.status, file.bytes.subarray(0, 2).toString()], [200, 'PK']);
      for (const child of children) assert.ok(!JSON.stringify(care_).includes(child.name));
      const elsewhere = (await (await signIn(server, 'jc-handle')).get(`/care.json?day=${today}`)).body.data;
      assert.ok(!elsewhere.rows.some((one) => one.name.includes('小太阳')));
      assert.equal((await county.get('/care.json?from=2026-11-19&to=2026-11-01')).status, 422);
      for (const client of [head, care, await signIn(server, 'kt-market')]) assert.equal((await client.get('/care.json')).status, 404);
    });

    test("the institution's today: urgent first, classes, what lacks; only for those who keep it", async () => {
      const data = (await health.get('/today.json')).body.data;
      assert.ok(data.urgent.some((one) => /^告知监护人：演示幼儿/.test(one.text) && /还剩/.test(one.when)));
      assert.ok(data.urgent.some((one) => /^聚集性预警进行中：呕吐腹泻，2例$/.test(one.text)));
      assert.ok(data.urgent.some((one) => /待返托证明/.test(one.text)));
      const mid = data.classes.find((one) => one.name === '托大2班');
      assert.deepEqual([mid.expected, mid.came, mid.checked, mid.unchecked], [12, 5, 3, true]);
      assert.ok(data.missing.some((one) => one.rule === 'HC-ABS' && /没有出勤登记/.test(one.what)));
      assert.equal((await head.get('/today')).status, 200);
      assert.equal((await care.get('/today.json')).status, 200, 'who cares for the children sees their day');
      for (const client of [gate, county]) assert.equal((await client.get('/today.json')).status, 404);
    });

    test('who left under suspicion comes back only with a certificate; unverified days only warn', async () => {
      const [child] = of('托大1班'), { id } = await isolationOf(child);
      await at(begin + day);
      const next = { child: child.id, arrived_at: '08:20' };
      const blocked = await care.post('/attendance', next);
      assert.deepEqual([blocked.status, codes(blocked)], [422, ['HC-18-RET']]);
      const absent = await care.make('attendance', { child: child.id, reason: 'sick' });
      assert.deepEqual(codes(await step(care, 'attendance', absent, 'arrive', {}, 422)), ['HC-18-RET']);
      await step(care, 'isolation', id, 'certify', { certificate_by: '县医院', certificate_on: '2026-11-19' }, 403);
      assert.deepEqual(codes(await step(health, 'isolation', id, 'certify', { certificate_by: '县医院', certificate_on: '2026-11-19' }, 422)), ['need'], 'the paper itself');
      for (const [day_, code] of [['2026-11-20', 'ISO-ORDER'], ['2026-11-17', 'ISO-PAPER'], ['2026-01-05', 'ISO-PAPER']]) {
        const refused = await certify(id, { certificate_on: day_ });
        assert.deepEqual([refused.status, codes(refused)], [422, [code]], day_);
      }
      assert.equal((await certify(id, { certificate_on: '2026-11-19', well_on: '2026-11-18' })).status, 200);
      const done = await record(health, 'isolation', id);
      assert.deepEqual([done.data.state, done.findings.map((one) => [one.rule, one.severity])], ['ended', [['INF-RET-FLU', 'warn']]]);
      await step(care, 'attendance', absent, 'arrive', {});
      await at(begin);
    });

    test('an observation ends by time when no alert holds it', async () => {
      const before = (await list(health, 'class_watch', '?state=watched')).length;
      assert.ok(before > 0);
      await at(begin + 60 * day);
      await until(async () => (await list(health, 'class_watch', '?state=watched')).every((one) => one.alert));
    });
  });
