// One ill child's way through the API: back only with a paper, what a doctor or a mistake takes back, times as they were.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, signIn, start, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 30); /* Wednesday 08:30 in Pingliang */
const minute = 60000, hour = 60 * minute, day = 24 * hour, today = '2026-11-18', next = '2026-11-19';

for (const engine of engines)
  describe(`an ill child on ${engine}`, () => {
    let server, head, care, health, gate, county, cdc, first, second, third;
    const people = async () => {
      [head, care, health, gate, county, cdc] = await Promise.all(['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-cdc'].map((name) => signIn(server, name)));
    };
    const at = async (ms) => { server.clock(ms); await people(); };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
      const children = (await health.get('/child.json?state=enrolled&sort=title')).body.data;
      [first, second, third] = ['托大1班', '托大2班', '托大3班'].map((name) => children.filter((one) => one.class_title === name));
    });
    after(() => server?.stop());
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const data = async (client, form, id) => (await record(client, form, id)).data;
    const codes = (answer) => answer.body.errors?.map((one) => one.code) ?? [];
    const step = async (client, form, id, name, input = {}, status = 200) => {
      const answer = await client.post(`/${form}/${id}/${name}`, input);
      assert.equal(answer.status, status, `${form} ${name}: ${answer.text}`);
      return answer;
    };
    const isolationOf = async (child) => (await list(health, 'isolation', `?child=${child.id}`))[0];
    const check = async (child, symptoms, more = {}) => {
      const id = await care.make('morning_check', { child: child.id, round: 'morning', symptoms, handling: 'isolate', ...more });
      return { check: id, id: (await isolationOf(child)).id };
    };
    const told = (id, more = {}) => step(health, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone', ...more });
    const result = (id, disease, more = {}) => step(health, 'isolation', id, 'result', { outcome: 'confirmed', disease, body_name: '县医院', result_on: today, ...more });
    const infected = async () => (await head.get('/care/statistics.json?month=2026-11')).body.data.figures.find((one) => one.id === 'STAT-INFECT').numerator;

    test('a diagnosis that is taken back: register, figure, report and observation go with it, the class is open again', async () => {
      const [child, other] = second, group = child.class, mate = first[8];
      const { id } = await check(child, ['hand_rash']);
      const was = await infected();
      await result(id, 'NID-C-010');
      assert.equal(await infected(), was + 1);
      const [watch] = await list(health, 'class_watch', `?class=${group}`), report = (await list(health, 'epidemic_report')).find((one) => one.isolation === id);
      assert.deepEqual([watch.state, report.state], ['watched', 'open']);
      const place = () => head.post(`/child/${mate.id}/place`, { class: group, class_from: next });
      assert.deepEqual(codes(await place()), ['HC-ISO']);
      await step(health, 'isolation', id, 'clear', { body_name: '市医院', result_on: today });
      const kept = (await list(health, 'disease_case')).find((one) => one.isolation === id);
      assert.deepEqual([kept.withdrawn_on, kept.outcome], [today, 'confirmed'], 'the line stays and says since when it counts no longer');
      assert.equal(await infected(), was);
      const waiting = await record(health, 'epidemic_report', report.id);
      assert.deepEqual([waiting.data.state, waiting.data.withdrawn_on, waiting.can.includes('tell')], ['withdrawn', today, false]);
      assert.deepEqual(waiting.clocks.map((one) => [one.stopped, one.in_time, one.late]), [[true, undefined, undefined]], 'neither in time nor late');
      assert.equal((await data(health, 'class_watch', watch.id)).state, 'ended');
      assert.equal((await place()).status, 200);
      assert.equal(await isolationOf(other), undefined);
    });

    test('the observation stays for another case of the class; who was told hears that one was none', async () => {
      const [, one, two] = second, group = one.class;
      const a = (await check(one, ['hand_rash'])).id, b = (await check(two, ['hand_rash'])).id;
      await result(a, 'NID-C-010');
      await result(b, 'NID-C-010');
      const [watch] = await list(health, 'class_watch', `?class=${group}&state=watched`);
      const report = (await list(health, 'epidemic_report')).find((each) => each.isolation === a);
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'cdc', told_name: '县疾控中心张某', told_how: 'phone' });
      await step(health, 'isolation', a, 'clear', { body_name: '市医院', result_on: today });
      const seen = await data(health, 'class_watch', watch.id);
      assert.deepEqual([seen.state, seen.isolation], ['watched', b]);
      const after = await data(cdc, 'epidemic_report', report.id);
      assert.deepEqual([after.state, after.withdrawn_on], ['done', today]);
      const notices = (await cdc.get('/notices')).body.data.notices.filter((each) => each.url === `/epidemic_report/${report.id}`);
      assert.deepEqual(notices.map((each) => each.text), ['一件已告知的病例已排除，请查看']);
      /* the county's cdc ends it with its reason; nobody else does */
      for (const client of [head, health, care, gate, county, await signIn(server, 'jc-handle')])
        assert.ok([403, 404].includes((await client.post(`/class_watch/${watch.id}/end`, { end_note: 'x' })).status));
      for (const client of [head, county]) assert.ok(!(await record(client, 'class_watch', watch.id)).can.includes('end'));
      assert.ok((await record(cdc, 'class_watch', watch.id)).can.includes('end'));
      assert.deepEqual(codes(await step(cdc, 'class_watch', watch.id, 'end', {}, 422)), ['need']);
      await step(cdc, 'class_watch', watch.id, 'end', { end_note: '病例已居家，班级已终末消毒' });
      assert.deepEqual([(await data(head, 'class_watch', watch.id)).state, (await data(head, 'class_watch', watch.id)).end_note], ['ended', '病例已居家，班级已终末消毒']);
      await step(health, 'isolation', b, 'clear', { body_name: '市医院', result_on: today });
    });

    test('a diagnosis corrected to another disease: the observation of the first ends, who was told hears of it', async () => {
      const child = third[0], { id } = await check(child, ['hand_rash']);
      await result(id, 'NID-C-010');
      const report = (await list(health, 'epidemic_report')).find((one) => one.isolation === id);
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'cdc', told_name: '县疾控中心张某', told_how: 'phone' });
      await result(id, 'LOC-VARI');
      const watches = await list(health, 'class_watch', `?class=${child.class}`);
      assert.deepEqual(watches.map((one) => [one.kind, one.state]).sort(), [['hfmd', 'ended'], ['varicella', 'watched']]);
      assert.deepEqual((await list(health, 'disease_case')).filter((one) => one.isolation === id).map((one) => one.disease), ['LOC-VARI']);
      const notices = (await cdc.get('/notices')).body.data.notices.filter((one) => one.url === `/epidemic_report/${report.id}`);
      assert.deepEqual(notices.map((one) => one.text), ['一件已告知的病例诊断有更正，请查看']);
      await result(id, 'LOC-VARI');
      assert.equal((await cdc.get('/notices')).body.data.notices.filter((one) => one.url === `/epidemic_report/${report.id}`).length, 1, 'the same again is no news');
      await step(health, 'isolation', id, 'clear', { body_name: '市医院', result_on: today });
    });

    test('a check of the wrong child: its correction leads to the step, the case ends and is counted no longer', async () => {
      const [, , , one, two, wrong] = second;
      const cases = [];
      for (const child of [one, two]) cases.push((await check(child, ['vomit'])).id);
      const mistaken = await check(wrong, ['vomit', 'fever'], { temperature: '38.2' });
      const alert = (await list(county, 'outbreak_alert', '?kind=diarrhoea'))[0];
      assert.equal(alert.cases, 3);
      assert.equal((await care.post(`/morning_check/${mistaken.check}`, { symptoms: [], temperature: '36.5', handling: '' })).status, 200);
      const hints = (await head.get('/notices')).body.data.notices.filter((each) => each.url === `/isolation/${mistaken.id}`);
      assert.equal(hints.length, 1);
      assert.ok(/登记有误/.test(hints[0].text) && !hints[0].text.includes(wrong.name));
      const reason = { mistake_note: '点错了婴幼儿' };
      for (const client of [care, gate, county, cdc, await signIn(server, 'inst-spring')])
        assert.ok([403, 404].includes((await client.post(`/isolation/${mistaken.id}/mistake`, reason)).status));
      await step(health, 'isolation', mistaken.id, 'mistake', {}, 422);
      await told(mistaken.id);
      assert.deepEqual(codes(await step(health, 'isolation', mistaken.id, 'mistake', reason, 422)), ['ISO-MISTAKE'], 'the guardian was told of it');
      await at(begin + 5 * minute);
      assert.deepEqual(codes(await step(health, 'isolation', mistaken.id, 'mistake', { ...reason, mistake_told_at: '09:30' }, 422)), ['ISO-ORDER'], 'not yet');
      await step(health, 'isolation', mistaken.id, 'mistake', { ...reason, mistake_told_at: '08:34' });
      const ended = await record(health, 'isolation', mistaken.id);
      assert.deepEqual([ended.data.state, ended.data.excluded], ['ended', true]);
      assert.equal((await data(county, 'outbreak_alert', alert.id)).cases, 2);
      assert.equal((await care.post('/attendance', { child: wrong.id, arrived_at: '08:30' })).status, 200);
      /* not told yet: nobody has to be told, and no clock goes on */
      await step(head, 'isolation', cases[0], 'mistake', reason);
      assert.deepEqual((await record(head, 'isolation', cases[0])).clocks.map((one) => [one.stopped, one.in_time, one.late]), [[true, undefined, undefined]]);
      /* after a doctor's word it is no mistake of the desk */
      await result(cases[1], 'LOC-NORO');
      assert.match((await step(head, 'isolation', cases[1], 'mistake', reason, 403)).text, /由医疗机构排除/);
      await at(begin);
    });

    test('told in time and entered later is in time, told late and entered at once is late; never before it was found', async () => {
      await at(begin + 155 * minute); /* 11:05 */
      const reports = async (id) => (await list(health, 'epidemic_report')).find((one) => one.isolation === id);
      const clock = async (form, id) => (await record(health, form, id)).clocks[0];
      const early = (await check(third[1], ['hand_rash'], { at: '08:10' })).id, late = (await check(third[2], ['mouth_sore'], { at: '08:10' })).id;
      assert.match((await clock('isolation', early)).text, /^已超过2小时/, 'thirty minutes from when it was found');
      await told(early, { told_at: '08:20' });
      await told(late, { told_at: '10:50' });
      assert.deepEqual([(await clock('isolation', early)).in_time, (await clock('isolation', late)).in_time], [true, false]);
      const [one, two] = [await reports(early), await reports(late)], cdc_ = { told_body: 'cdc', told_name: '县疾控中心张某', told_how: 'phone' };
      assert.equal(one.since_at, `${today}T08:10:00+08:00`);
      for (const client of [care, gate, county, cdc]) assert.ok([403, 404].includes((await client.post(`/epidemic_report/${one.id}/tell`, cdc_)).status));
      assert.deepEqual(codes(await step(health, 'epidemic_report', one.id, 'tell', { ...cdc_, told_at: '08:00' }, 422)), ['bad_time']);
      await step(health, 'epidemic_report', one.id, 'tell', { ...cdc_, told_at: '08:40' });
      await step(health, 'epidemic_report', two.id, 'tell', { ...cdc_, told_at: '10:50' });
      assert.deepEqual([(await clock('epidemic_report', one.id)).in_time, (await clock('epidemic_report', two.id)).in_time], [true, false]);
      /* the sign that names a disease came at noon: its hours run from there */
      const grows = third[3], first_ = (await check(grows, ['fever'], { at: '08:10' })).id;
      assert.equal(await reports(first_), undefined);
      await care.make('morning_check', { child: grows.id, round: 'noon', symptoms: ['swollen_cheek'], handling: 'isolate', at: '10:45' });
      assert.equal((await clock('epidemic_report', (await reports(first_)).id)).text, '还剩1小时40分');
      await at(begin);
    });

    test('what a step writes is not written by editing: the clock goes on until the guardian was told by name', async () => {
      const { id } = await check(first[9], ['fever']);
      const typed = { told_at: '08:30', told_whom: '演示家长', told_how: 'phone', fetched_at: '08:30', fetched_name: '某人' };
      assert.equal((await health.post(`/isolation/${id}`, typed)).status, 200);
      const seen = await record(health, 'isolation', id);
      assert.deepEqual(Object.keys(typed).map((name) => seen.data[name]), [null, null, null, null, null]);
      assert.ok(seen.can.includes('tell') && !seen.clocks[0].stopped);
      const made = await data(health, 'isolation', await health.make('isolation', { child: first[10].id, symptoms: ['cough'], ...typed }));
      assert.deepEqual([made.told_at, made.fetched_at], [null, null]);
      await told(id);
      const after = await record(health, 'isolation', id);
      assert.deepEqual([after.data.told_by, after.clocks[0].in_time], ['演示保健员', true]);
    });

    test('fetched from isolation is fetched from the house: who took the child is named in both records', async () => {
      const [a, b, c] = second.slice(6, 9), rows = {}, cases = {};
      for (const one of [a, b, c]) {
        rows[one.id] = await care.make('attendance', { child: one.id, arrived_at: '08:00' });
        cases[one.id] = (await check(one, ['fever'])).id;
      }
      for (const client of [gate, county]) assert.ok([403, 404].includes((await client.post(`/isolation/${cases[a.id]}/fetch`, { fetch_check: 'call', fetched_name: '演示姑姑' })).status));
      const silent = await step(care, 'isolation', cases[a.id], 'fetch', {}, 422);
      assert.deepEqual(silent.body.errors.map((one) => one.field), ['fetch_check']);
      assert.deepEqual(codes(await step(care, 'isolation', cases[a.id], 'fetch', { fetch_check: 'photo', fetched_name: '陌生人' }, 422)), ['MGT-30']);
      assert.deepEqual([(await data(health, 'isolation', cases[a.id])).state, (await data(care, 'attendance', rows[a.id])).state], ['open', 'present'], 'neither moved');
      await at(begin + 20 * minute);
      await step(care, 'isolation', cases[a.id], 'fetch', { ...await called(care, a.id, '演示姑姑'), fetched_at: '08:45' });
      const left = await data(care, 'attendance', rows[a.id]), gone = await data(care, 'isolation', cases[a.id]);
      assert.deepEqual([left.state, left.fetch_check, left.fetched_name, left.left_at], ['left', 'call', '演示姑姑', gone.fetched_at]);
      assert.deepEqual([gone.state, gone.fetch_check, gone.fetched_name], ['left', 'call', '演示姑姑']);
      /* an entrusted adult by code: compared, and kept nowhere */
      const [guardian] = await list(head, 'guardian', `?part=${b.id}`);
      const aunt = await head.make('pickup_person', { part: b.id, name: '演示姨母', relation: 'other', code: '246810', from_day: today, entrusted_by: guardian.id });
      const by = { fetch_check: 'code', fetched_by: aunt };
      assert.deepEqual(codes(await step(care, 'isolation', cases[b.id], 'fetch', { ...by, fetch_code: '111111' }, 422)), ['MGT-30']);
      await step(care, 'isolation', cases[b.id], 'fetch', { ...by, fetch_code: '246810' });
      const coded = await data(care, 'attendance', rows[b.id]), kept = await head.get(`/isolation/${cases[b.id]}.json`);
      assert.deepEqual([coded.state, coded.fetched_by, coded.code_checked, kept.body.data.fetched_by, kept.body.data.fetch_code ?? null], ['left', aunt, true, aunt, null]);
      assert.ok(!(await head.get(`/isolation/${cases[b.id]}/history.json`)).text.includes('246810'));
      /* the other way round the case says the same */
      await step(gate, 'attendance', rows[c.id], 'leave', { ...await called(care, c.id, '演示姑父'), left_at: '08:40' });
      const other = await data(care, 'isolation', cases[c.id]);
      assert.deepEqual([other.state, other.fetched_name, other.fetched_at], ['left', '演示姑父', (await data(care, 'attendance', rows[c.id])).left_at]);
      await at(begin);
    });

    test('a disinfection before the second case does not answer for it', async () => {
      const [one, two] = second.slice(9, 11), group = one.class;
      const wash = (time) => care.make('disinfection', { class: group, object: 'surface', method: 'chlorine', mg_per_l: '250', minutes: '30', at: time });
      const tasks = async () => (await list(care, 'disinfection_task', `?class=${group}`)).filter((each) => each.state === 'open');
      for (const each of await tasks()) await step(care, 'disinfection_task', each.id, 'done', { record: '试验' });
      await at(begin + 4 * hour); /* 12:30 */
      await check(one, ['vomit'], { at: '08:35' });
      const [task] = await tasks();
      await check(two, ['vomit'], { at: '12:05' });
      await wash('09:00');
      assert.deepEqual((await tasks()).map((each) => each.id), [task.id]);
      assert.deepEqual(codes(await step(care, 'disinfection_task', task.id, 'done', { record: '试验', done_at: '09:00' }, 422)), ['bad_time']);
      for (const client of [gate, county]) assert.ok([403, 404].includes((await client.post(`/disinfection_task/${task.id}/done`, { record: 'x' })).status));
      await wash('12:20');
      const done = await data(care, 'disinfection_task', task.id);
      assert.deepEqual([done.state, done.done_at], ['done', `${today}T12:20:00+08:00`]);
      await at(begin);
    });

    test('nobody noted that the child went home: the next morning it comes back with a paper only', async () => {
      const [sores, fever, pale] = first;
      const cases = [];
      for (const [child, symptoms] of [[sores, ['mouth_sore']], [fever, ['fever']], [pale, ['low_spirit']]]) {
        await care.make('attendance', { child: child.id, arrived_at: '08:00' });
        cases.push((await check(child, symptoms)).id);
      }
      await at(begin + day);
      await until(async () => (await list(head, 'care_day', `?day=${today}`))[0].state === 'unconfirmed', 'the day closes itself');
      assert.equal((await data(health, 'isolation', cases[0])).state, 'open');
      for (const [i, child] of [sores, fever].entries()) {
        const back = { child: child.id, arrived_at: '08:20' };
        for (const client of [care, gate, head]) {
          const refused = await client.post('/attendance', back);
          assert.deepEqual([refused.status, codes(refused)], [422, ['HC-18-RET']]);
          assert.match(refused.text, /返托证明或排除结果/);
        }
        await step(health, 'isolation', cases[i], 'clear', { body_name: '县医院', result_on: next });
        assert.equal((await care.post('/attendance', back)).status, 200, 'excluded: free');
      }
      assert.equal((await care.post('/attendance', { child: pale.id, arrived_at: '08:20' })).status, 200, 'no suspicion: free');
      await at(begin);
    });

    test('entered the day after: a result of yesterday was known when that day ended; a closed day is corrected with a reason', async () => {
      const child = first[5];
      const row = await care.make('attendance', { child: child.id, arrived_at: '08:00', day: today }, { headers: {} }).catch(() => null);
      assert.equal(row, null, 'the day is closed');
      await at(begin + day);
      const id = await health.make('isolation', { child: child.id, symptoms: ['hand_rash'], found_at: `${today}T09:00` });
      const other = await health.make('isolation', { child: first[6].id, symptoms: ['cough'], found_at: `${today}T09:00` });
      await result(other, 'NID-B-018');
      const [report] = (await list(health, 'epidemic_report')).filter((one) => one.isolation === other);
      assert.equal(report.since_at, `${today}T23:59:59+08:00`);
      assert.equal((await record(health, 'epidemic_report', report.id)).clocks[0].text, '已超过6小时30分');
      await step(health, 'epidemic_report', report.id, 'tell', { told_body: 'cdc', told_name: '县疾控中心张某', told_how: 'phone', told_at: `${today}T16:00` });
      assert.equal((await record(health, 'epidemic_report', report.id)).clocks[0].in_time, true);
      const still = first[0], [came] = await list(care, 'attendance', `?child=${still.id}&day=${today}`);
      const sick = await health.make('isolation', { child: still.id, symptoms: ['fever'], found_at: `${today}T15:00` });
      const words = { ...await called(care, still.id, '演示姑姑'), fetched_at: `${today}T16:40` };
      assert.equal(came.state, 'present');
      assert.match((await step(health, 'isolation', sick, 'fetch', words, 409)).text, /已日结/);
      await step(health, 'isolation', sick, 'fetch', { ...words, correction: '当天漏记离园' });
      assert.equal((await data(care, 'attendance', came.id)).state, 'left');
      assert.ok((await list(head, 'correction')).some((one) => one.reason === '当天漏记离园' && one.record === came.id));
      assert.ok(id);
      await at(begin);
    });
  });
