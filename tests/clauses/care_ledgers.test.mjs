// Clause by clause, what the care ledgers prove; see filing.test.mjs for how titles are read.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 2); /* Wednesday 10:00 in Pingliang */
const today = '2026-11-18';

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, care, health, gate, county, market, maternal, institution, children, staff;
    before(async () => {
      server = await start({ engine, clock: begin - 3600000 });
      server.clock(begin);
      [head, care, health, gate, county, market, maternal] = await Promise.all(
        ['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-market', 'kt-maternal'].map((name) => signIn(server, name)));
      institution = (await head.get('/session')).body.data.institution;
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      staff = (await head.get('/staff.json')).body.data;
      for (let i = 0; i < 50 && (await head.get(`/care_day.json?day=${today}`)).body.data.length === 0; i++) await new Promise((next) => setTimeout(next, 200)); /* the program opens the day */
      for (const child of children.slice(0, 3)) await care.make('attendance', { child: child.id, arrived_at: '08:00' });
    });
    after(() => server?.stop());

    const prove = (title, run) => test(title, run);
    const row = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const rules = async (client, form, id) => (await row(client, form, id)).findings.map((one) => one.rule);
    const file = async () => (await head.get('/safety.json')).body.data;
    const line = async (rule, code = '') => (await file()).sections.flatMap((one) => one.lines).find((one) => one.rule === rule && one.code === code);
    const figure = async (client, id) => (await client.get('/care/statistics.json?month=2026-11')).body.data.figures.find((one) => one.id === id);
    const upload = async (form, fields, field) => {
      const answer = await head.upload(form, fields, field, pdf());
      assert.equal(answer.status, 200, answer.text);
      return answer.body.data.id;
    };

    prove('C036 R: the person responsible for safety, with a signed letter and its date', async () => {
      assert.equal((await line('SAFE-PERSON', 'responsible')).good, false);
      const fields = { role: 'responsible', staff: staff[0].id, signed_on: '2026-01-05', until_day: '2026-12-31' };
      assert.equal((await head.post('/safety_person', fields)).status, 422, 'no letter');
      const id = await upload('safety_person', fields, 'letter');
      assert.equal((await row(county, 'safety_person', id)).data.signed_on, '2026-01-05');
      assert.equal((await line('SAFE-PERSON', 'responsible')).good, true);
    });

    prove('C037 R, C037 C: regimes by type with version and review date; missing and overdue ones are named', async () => {
      assert.deepEqual((await line('SAFE-REGIME', 'disinfection')).text, '没有记录');
      await upload('safety_regime', { kind: 'disinfection', version_no: '2', issued_on: '2026-01-01', review_on: '2027-01-01' }, 'paper');
      assert.equal((await line('SAFE-REGIME', 'disinfection')).good, true);
      const old = await upload('safety_regime', { kind: 'isolation', version_no: '1', issued_on: '2025-01-01', review_on: '2026-01-01' }, 'paper');
      assert.deepEqual(await rules(head, 'safety_regime', old), ['SAFE-REVIEW']);
      assert.equal((await line('SAFE-REGIME', 'isolation')).good, false);
    });

    prove('C038 R, C038 D: equipment with checks, expiry and faults; what is past its day is said', async () => {
      const id = await head.make('safety_equipment', { kind: 'camera', spot: '大门', pieces: '2', condition: 'normal', expires_on: '2026-11-30', checked_on: '2026-10-19' });
      assert.deepEqual(await rules(head, 'safety_equipment', id), []);
      await head.post(`/safety_equipment/${id}`, { expires_on: '2026-11-17', condition: 'fault', checked_on: '2026-10-01' });
      assert.deepEqual((await rules(county, 'safety_equipment', id)).sort(), ['QA-EQUIP', 'SAFE-EQUIP', 'SAFE-EQUIP']);
      const room = (await head.get('/room.json')).body.data[0].id;
      const bad = await gate.post('/room_check', { room, hazards: ['socket'] });
      assert.deepEqual([bad.status, bad.body.errors[0].field], [422, 'handling']);
      await gate.make('room_check', { room, hazards: ['socket'], handling: '断电并报修' });
    });

    prove('C040 R, C040 D, C040 M: injuries with cause, first aid and when the guardian was told; hours to report; rate', async () => {
      const fields = { child: children[0].id, kind: 'burn', severity: 'serious', happened_at: '08:30', place: 'dining', cause: '热汤溅出', first_aid: '冷水冲洗', told_at: '08:35' };
      const id = await care.make('incident', fields);
      const [report] = (await row(care, 'incident', id)).data.incident_report;
      assert.equal(report.due_at, `${today}T10:30:00+08:00`, 'two hours');
      const poison = await care.make('incident', { ...fields, kind: 'poisoning', severity: 'moderate' });
      assert.equal((await row(care, 'incident', poison)).data.incident_report[0].due_at, `${today}T10:30:00+08:00`, 'INF-R3');
      const injury = await figure(head, 'STAT-INJURY');
      assert.deepEqual([injury.numerator, injury.denominator, injury.text], [2, '31.0', '64.5‰']);
    });

    prove('C042 D, C042 M: when the next exam is due by age, at least once a year; exam rate', async () => {
      const before = (await health.get('/care/exams.json')).body.data.rows[0];
      assert.equal(before.due, '2027-04-02');
      await health.make('periodic_exam', { child: before.id, examined_on: today, conclusion: 'healthy', told_on: today });
      const after = (await health.get('/care/exams.json')).body.data.rows.find((one) => one.id === before.id);
      assert.equal(after.due, '2027-05-18');
      const exam = await figure(head, 'STAT-EXAM');
      assert.deepEqual([exam.numerator, exam.denominator, exam.text], [1, 1, '100.0%'], 'nobody else falls due in November');
      const april = (await head.get('/care/statistics.json?month=2027-04')).body.data.figures.find((one) => one.id === 'STAT-EXAM');
      const due = (await health.get('/care/exams.json')).body.data.rows.filter((one) => one.due <= '2027-04-30').length;
      assert.ok(due > 1 && due < 31);
      assert.deepEqual([april.numerator, april.denominator], [0, due]);
    });

    prove('C044 R, C044 C: disinfection by object, method, concentration and time, compared with the table; what the day lacks', async () => {
      const id = await care.make('disinfection', { object: 'potty', method: 'chlorine', mg_per_l: '300', minutes: '30' });
      assert.deepEqual(await rules(care, 'disinfection', id), ['HC-DIS']);
      assert.equal((await figure(county, 'STAT-DISINFECT')).text, '0.0%');
    });

    prove('C047 M: guidance of 妇幼保健 and 疾控 is counted by institution', async () => {
      await maternal.make('health_guidance', { institution, kind: 'guidance', visitors: '李医生', topics: '早期发展', advice: '照护计划补充语言领域' });
      assert.equal((await figure(county, 'STAT-GUIDE')).numerator, 1);
      const plan = await care.make('care_plan', { class: children[0].class, band: '25_36', from_day: '2026-11-01', to_day: '2026-11-30', theme: '秋天' });
      assert.deepEqual(await rules(maternal, 'care_plan', plan), ['CUR-AREAS']);
    });

    prove('C050 M: fever, anaemia and low weight are counted by institution and month, up to the county', async () => {
      await care.make('morning_check', { child: children[0].id, round: 'morning', temperature: '38.0', handling: 'fetch' });
      const fever = await figure(head, 'STAT-FEVER');
      assert.deepEqual([fever.numerator, fever.denominator], [1, 1]);
      const [, second, third] = children, rate = async (id, by = head) => { const one = await figure(by, id); return [one.numerator, String(one.denominator)]; };
      await health.make('periodic_exam', { child: second.id, examined_on: today, conclusion: 'follow', teeth: '2', vision: 'refer', hearing: 'pass', told_on: today });
      await health.make('periodic_exam', { child: third.id, examined_on: today, conclusion: 'healthy', teeth: '0', vision: 'pass', hearing: 'not_done', told_on: today });
      assert.deepEqual([await rate('STAT-CARIES'), await rate('STAT-VISION'), await rate('STAT-HEARING')], [[1, '2'], [1, '2'], [0, '1']]);
      const cases = [];
      for (const reasons of [['wasted', 'anaemia'], ['obese']]) cases.push(await health.make('weak_child', { child: second.id, reasons, plan: '营养干预', opened_on: today, next_on: '2026-12-18' }));
      assert.equal((await health.post(`/weak_child/${cases[0]}/close`, { outcome: 'cured' })).status, 200);
      assert.equal((await rate('STAT-WASTED'))[0], 1);
      assert.equal((await rate('STAT-OBESE'))[0], 1);
      assert.deepEqual(await rate('STAT-CURED'), [1, '2']);
      const ill = await health.make('isolation', { child: third.id, symptoms: ['hand_rash', 'fever'], temperature: '38.2' });
      assert.equal((await health.post(`/isolation/${ill}/tell`, { told_whom: '演示家长', told_how: 'phone' })).status, 200);
      assert.equal((await rate('STAT-INFECT'))[0], 0, 'a suspicion is no case');
      assert.equal((await health.post(`/isolation/${ill}/result`, { outcome: 'confirmed', disease: 'NID-C-010', body_name: '县医院', result_on: today })).status, 200);
      assert.deepEqual(await rate('STAT-INFECT'), [1, '31.0']);
      assert.deepEqual([(await rate('STAT-INFECT', county))[0], (await rate('STAT-CARIES', county))[0]], [1, 1]);
      const gate_ = await gate.get('/care/statistics.json?month=2026-11');
      assert.equal(gate_.status, 403, 'not for the gate');
      const above = await figure(county, 'STAT-LOW');
      assert.ok(above.denominator >= 6 && above.numerator >= 1);
    });

    prove('C086 R, C086 D: exits, fire equipment, a signed check each month, six plans and drills; what is due again', async () => {
      const id = await gate.make('fire_check', { checked_on: '2026-11-17', items: ['exit', 'extinguisher'], checker: staff[0].id });
      await head.post(`/fire_check/${id}/sign`, {});
      assert.deepEqual([(await line('FIRE-CHECK')).good, (await line('FIRE-CHECK')).text], [true, '最近2026-11-17，2026-12-18前再做']);
      const exit = await head.make('exit_way', { name: '北门', width_cm: '120', clear: '0', sign: '1', light: '1' });
      assert.deepEqual(await rules(head, 'exit_way', exit), ['SAFE-EXIT']);
      assert.equal((await file()).sections.find((one) => one.title === '应急预案').lines.length, 6);
    });

    prove('C087 R, C087 C: a fire person, full or part time; the file says when there is none', async () => {
      assert.deepEqual([(await line('SAFE-PERSON', 'fire')).good, (await line('SAFE-PERSON', 'fire')).text], [false, '没有记录']);
      await upload('safety_person', { role: 'fire', staff: staff[0].id, signed_on: '2026-02-01', full_time: '0', trained_on: '2026-02-01' }, 'letter');
      assert.equal((await line('SAFE-PERSON', 'fire')).good, true);
    });

    prove('C104 R, C104 C: licence and its scope, purchases, menu, samples of 125 g for 48 hours, health of the cooks', async () => {
      const [kitchen] = (await head.get('/kitchen.json')).body.data;
      assert.deepEqual(await rules(market, 'kitchen', kitchen.id), ['HC-DIET-DAYS']);
      const [license] = (await head.get('/evidence.json?kind=food_license')).body.data;
      await head.post(`/evidence/${license.id}`, { expires_on: '2026-11-01' });
      assert.deepEqual((await rules(market, 'kitchen', kitchen.id)).sort(), ['FOOD-LICENSE', 'HC-DIET-DAYS']);
      const sample = await gate.make('food_sample', { meal: 'lunch', dish: '清炒油菜', grams: '120' });
      assert.deepEqual(await rules(market, 'food_sample', sample), ['HC-SAMP-G']);
    });

    prove('C115 R, C115 D: training by topic with hours; what must be refreshed', async () => {
      await head.make('safety_training', { topic: 'law', held_on: '2025-10-01', hours: '4', people: '8', content: '未成年人保护法' });
      assert.deepEqual([(await line('CFG-TRAIN-DAYS', 'law')).good, (await line('CFG-TRAIN-DAYS', 'law')).text], [false, '最近2025-10-01，应在2026-10-01前再做']);
      await head.make('safety_training', { topic: 'law', held_on: '2026-11-01', hours: '4', people: '8', content: '未成年人保护法' });
      assert.equal((await line('CFG-TRAIN-DAYS', 'law')).good, true);
    });

    prove('C135 R: the ledgers of a day as blank sheets with a code, entered later for that day, and the month on paper', async () => {
      const blank = await care.get(`/morning_check/blank.pdf?n=20&day=${today}&class=${children[0].class}`);
      assert.deepEqual([blank.status, blank.headers.get('content-type')], [200, 'application/pdf']);
      const entry = await care.get(`/observation/new?day=${today}`, { headers: { accept: 'text/html' } });
      assert.match(entry.text, new RegExp(`name="day"[^>]*value="${today}"`));
      assert.equal((await head.get('/attendance/month.pdf?month=2026-11')).status, 200);
    });

    prove('C162 R: 市场监管 checks medicine taken in, stored and given; sees signatures, not who is ill', async () => {
      const [guardian] = (await head.get(`/child/${children[1].id}.json`)).body.data.guardian;
      const made = await care.upload('medicine_order', { child: children[1].id, guardian: guardian.id, drug: '布洛芬', reason: '发热', dose: '2ml', route: 'oral', times_a_day: '1', hours: '10:00', from_day: today, to_day: today }, 'signed_paper', pdf());
      assert.equal((await care.post(`/medicine_order/${made.body.data.id}/receive`, { quantity: '1瓶', storage: 'room' })).status, 200);
      const dose = await care.make('medicine_given', { part: made.body.data.id, dose: '2ml', given_at: '09:50' });
      await health.post(`/medicine_given/${dose}/witness`, {});
      const seen = await market.get(`/medicine_given/${dose}.json`);
      assert.equal(seen.body.data.state, 'given');
      assert.ok(!seen.text.includes('布洛芬') && !seen.text.includes(children[1].name) && !seen.text.includes(children[1].id));
      const id = await market.make('market_check', { institution, topics: ['medicine_in', 'medicine_store', 'medicine_log'], visitors: '钱', found: '药柜未上锁', result: 'order', advice: '上锁', due_on: '2026-11-20' });
      assert.equal((await market.post(`/market_check/${id}/send`, {})).status, 200);
    });
  });
