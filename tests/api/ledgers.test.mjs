// The care ledgers through the API: who may, what is refused, what is found, what is missing of a day, what is printed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { called, Client, engines, pdf, resident, signIn, start, tuoyu, until } from '../lib/client.mjs';
import { pairTablet, sha256 } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 3, 30); /* Wednesday 11:30 in Pingliang */
const hour = 3600000, today = '2026-11-18';

for (const engine of engines)
  describe(`care ledgers on ${engine}`, () => {
    let server, head, care, health, gate, county, market, maternal, now, children, classes, stranger;
    const people = async () => {
      [head, care, health, gate, county, market, maternal] = await Promise.all(
        ['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-market', 'kt-maternal'].map((name) => signIn(server, name)));
    };
    const clock = async (ms) => { server.clock(now = ms); await people(); };
    before(async () => {
      server = await start({ engine, clock: begin - hour });
      server.clock(now = begin); /* ids carry the time: not the one of the first filling */
      await people();
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      classes = (await head.get('/class_group.json')).body.data;
      stranger = (await (await signIn(server, 'inst-spring')).get('/child.json')).body.data[0].id;
      await until(async () => (await head.get(`/care_day.json?day=${today}`)).body.data.length === 1);
      for (const child of children.slice(0, 4)) await care.make('attendance', { child: child.id, arrived_at: '08:00' });
    });
    after(() => server?.stop());
    const rules = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.findings.map((one) => one.rule);
    const codes = (answer) => answer.body.errors.map((one) => one.code);
    const close = async () => {
      const day = (await head.get(`/care_day.json?day=${today}`)).body.data[0];
      return day;
    };

    test('an observation that is abnormal needs its handling; another institution, an absent child are refused', async () => {
      const child = children[0].id;
      const bad = await care.post('/observation', { child, kind: 'sleep', at: '10:00', ended_at: '09:00', result: 'abnormal' });
      assert.deepEqual([bad.status, codes(bad).sort()], [422, ['OBS-HANDLED', 'OBS-ORDER']]);
      assert.deepEqual(codes(await care.post('/observation', { child: stranger, kind: 'meal', result: 'normal' })), ['other_institution']);
      await care.make('attendance', { child: children[5].id, reason: 'personal' });
      assert.equal((await care.post('/observation', { child: children[5].id, kind: 'meal', result: 'normal' })).status, 422);
      const id = await care.make('observation', { child, kind: 'sleep', at: '09:00', ended_at: '10:20', result: 'abnormal', symptoms: ['vomit'], handling: 'watch', note: '睡中惊醒' });
      const [found] = (await care.get('/isolation.json')).body.data;
      assert.deepEqual([found.child, found.source, found.state], [child, 'day', 'watched'], 'a case like one found in the morning');
      const row = (await care.get(`/observation/${id}.json`)).body.data;
      assert.deepEqual([row.class, row.note], [children[0].class, '******']);
      const milk = await care.make('observation', { child, kind: 'milk', result: 'normal' });
      assert.deepEqual(await rules(care, 'observation', milk), ['OBS-AMOUNT']);
      for (const other of [county, market, gate]) assert.equal((await other.get('/observation.json')).status, 404);
      assert.equal((await county.get(`/observation/${id}.json`)).status, 404);
    });

    test('no dose without an entrustment in force, never more than entrusted, two different people sign', async () => {
      const child = children[0].id;
      const [guardian] = (await head.get(`/child/${child}.json`)).body.data.guardian;
      const [wrong] = (await head.get(`/child/${children[1].id}.json`)).body.data.guardian;
      const fields = { child, guardian: guardian.id, drug: '小儿氨酚黄那敏颗粒', reason: '感冒', dose: '1/2袋', route: 'oral', times_a_day: '1', hours: '11:30 餐后', from_day: today, to_day: '2026-11-20' };
      const unsigned = await care.make('medicine_order', fields);
      assert.deepEqual(codes(await care.post('/medicine_given', { part: unsigned, dose: '1/2袋' })), ['HC-MED'], 'not handed over');
      const refused = await care.post(`/medicine_order/${unsigned}/receive`, { quantity: '3袋', storage: 'room' });
      assert.deepEqual([refused.status, refused.body.errors.map((one) => one.field)], [422, ['signed_paper']]);
      const wrongly = await care.upload('medicine_order', { ...fields, guardian: wrong.id, expires_on: '2026-11-19' }, 'signed_paper', pdf('委托书'));
      assert.deepEqual([wrongly.status, codes(wrongly).sort()], [422, ['MED-EXPIRED', 'MED-GUARDIAN']]);
      assert.equal((await care.upload('medicine_order', {}, 'signed_paper', pdf('委托书'))).status, 422, 'an empty one is none');
      const made = await care.upload('medicine_order', { ...fields, expires_on: '2027-05-01' }, 'signed_paper', pdf('委托书'));
      assert.equal(made.status, 200, made.text);
      const order = made.body.data.id;
      for (const change of [{ guardian: wrong.id }, { expires_on: '2026-11-19' }])
        assert.equal((await care.post(`/medicine_order/${order}`, change)).status, 422, 'nor is it made wrong afterwards');
      assert.equal((await gate.post(`/medicine_order/${order}/receive`, { quantity: '3袋', storage: 'room' })).status, 404, 'the gate takes no medicine');
      assert.equal((await care.post(`/medicine_order/${order}/receive`, { quantity: '3袋', storage: 'room' })).status, 200);
      assert.deepEqual(await rules(care, 'medicine_order', order), ['MED-IMAGE']);
      const dose = await care.make('medicine_given', { part: order, given_at: '11:28', dose: '1/2袋' });
      assert.deepEqual(codes(await care.post('/medicine_given', { part: order, dose: '1/2袋' })), ['HC-MED'], 'once a day');
      const own = await care.post(`/medicine_given/${dose}/witness`, {});
      assert.deepEqual([own.status, own.body.detail], [403, '核对人须是喂药人以外的另一人']);
      assert.equal((await health.post(`/medicine_given/${dose}/witness`, {})).status, 200);
      const row = (await care.get(`/medicine_given/${dose}.json`)).body.data;
      assert.deepEqual([row.given_by, row.witnessed_by, row.state], ['演示保育员', '演示保健员', 'given']);
      const seen = (await market.get(`/medicine_given/${dose}.json`)).body.data;
      assert.equal(seen.witnessed_by, '演示保健员');
      assert.ok(!('child' in seen) && !('drug' in seen) && !('dose' in seen), 'the market regulator sees signatures, no child and no medicine');
      assert.equal((await market.get(`/medicine_order/${order}.json`)).status, 404);
      assert.equal((await county.get('/medicine_given.json')).status, 404);
      const paper = await care.get(`/medicine_order/${order}.pdf`);
      assert.deepEqual([paper.status, paper.bytes.subarray(0, 5).toString()], [200, '%PDF-']);
    });

    test('on the tablet two people sign, each with her own number, also before it comes in; one person never twice', async () => {
      const child = children[3].id, tablet = await pairTablet(server, head, () => now);
      const make = (name, serial) => head.make('staff', { name, id_number: resident(serial), posts: ['carer'], certificate: 'infant_carer', health_until: '2027-06-01', record_checked: '2026-10-01', hired_on: '2026-11-10' });
      const [first, second] = [await make('试验张三', 881), await make('试验张三丰', 882)]; /* one name within the other */
      const guard = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('security')).id;
      const [guardian] = (await head.get(`/child/${child}.json`)).body.data.guardian, stamp = (await tablet.day()).headers.get('etag');
      const made = await care.upload('medicine_order', { child, guardian: guardian.id, drug: '试验糖浆', reason: '咳嗽', dose: '5毫升', route: 'oral', times_a_day: '2', hours: '11:30', from_day: today, to_day: today, expires_on: '2027-01-01' }, 'signed_paper', pdf('平板委托'));
      assert.equal((await care.post(`/medicine_order/${made.body.data.id}/receive`, { quantity: '1瓶', storage: 'room' })).status, 200, made.text);
      assert.equal((await tablet.day(stamp)).status, 200, 'a medicine that was handed over is news');
      const { second: asked } = (await tablet.day()).body.data.ledgers.find((one) => one.form === 'medicine_given');
      assert.deepEqual([asked.step, asked.label], ['witness', '核对签字']);
      const dose = () => tablet.record('medicine_given', { dose: '5毫升' }, { part: made.body.data.id, staff: first, at: now - 60000 });
      const sign = (one, staff) => tablet.step('medicine_given', 'witness', {}, { ref: one.key, staff, at: now - 30000 });
      const given = dose();
      const { results } = await tablet.sync([given, sign(given, first), sign(given, undefined), sign(given, guard)]);
      assert.deepEqual(results.map((one) => [one.result, one.message ?? null]), [['row', null], ['todo', '核对人须是喂药人以外的另一人'], ['todo', '核对人须输入自己的平板口令'], ['todo', '核对人须是保育人员、保健人员或负责人']]);
      const row = async () => (await health.get(`/medicine_given/${results[0].id}.json`)).body.data;
      assert.equal((await row()).state, 'prepared');
      assert.deepEqual(await tablet.outcomes([sign(given, second)]), ['row']);
      const signed = await row();
      assert.match(signed.given_by, /试验张三$/);
      assert.match(signed.witnessed_by, /试验张三丰$/);
      assert.deepEqual([signed.state, signed.given_at, signed.witnessed_at], ['given', `${today}T11:29:00+08:00`, `${today}T11:29:30+08:00`]);
      const late = dose(), before = sign(late, second);
      assert.deepEqual(await tablet.outcomes([before]), ['waiting'], 'the second hand came first');
      assert.deepEqual((await tablet.sync([late])).results.map((one) => one.result), ['row', 'row']);
      for (const item of (await head.get('/inbox.json')).body.data.items) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
    });

    test('a guardian without paper signs on the tablet when the medicine is handed over; without either nobody takes it', async () => {
      const child = children[4].id, tablet = await pairTablet(server, head, () => now), hand = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('carer')).id;
      const [guardian] = (await head.get(`/child/${child}.json`)).body.data.guardian;
      const order = await care.make('medicine_order', { child, guardian: guardian.id, drug: '试验滴剂', reason: '过敏', dose: '2滴', route: 'oral', times_a_day: '1', hours: '11:30', from_day: today, to_day: today, expires_on: '2027-01-01' });
      assert.deepEqual(codes(await care.post(`/medicine_order/${order}/receive`, { quantity: '1瓶', storage: 'room' })), ['MED-SIGNED']);
      assert.ok(!(await care.get(`/medicine_order/${order}.json`)).body.can.includes('sign'), 'a desk has no finger');
      assert.equal((await care.post(`/medicine_order/${order}/sign`, { quantity: '1瓶', storage: 'room' })).status, 403);
      const asked = (await tablet.day()).body.data.ledgers.find((one) => one.step === 'sign');
      assert.equal(asked.parts.find((one) => one.id === order).words, `药品名称：试验滴剂；每次用量：2滴；用药时间：11:30；委托起始日：${today}；委托截止日：${today}`);
      assert.ok(asked.fields.find((one) => one.name === 'signature').sign);
      const bytes = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64'), hash = await sha256(bytes);
      const sign = (fields) => tablet.step('medicine_order', 'sign', { quantity: '1瓶', storage: 'room', ...fields }, { id: order, staff: hand, at: now - 60000 });
      const signed = sign({ signature: { hash, size: bytes.length } }), dose = tablet.record('medicine_given', { dose: '2滴', given_at: '11:30' }, { part: order, staff: hand });
      assert.deepEqual(await tablet.outcomes([sign({})]), ['todo'], 'no name under it');
      assert.deepEqual(await tablet.outcomes([signed]), ['waiting'], 'the signature has not come yet');
      assert.equal((await tablet.send('POST', `/tablet/file/${hash}?size=${bytes.length}&at=0`, bytes)).body.data.whole, true);
      assert.deepEqual(await tablet.outcomes([signed, dose]), ['row', 'row']);
      const row = (await care.get(`/medicine_order/${order}.json`)).body.data;
      assert.deepEqual([row.state, row.received_at, row.quantity], ['open', `${today}T11:29:00+08:00`, '1瓶']);
      assert.deepEqual((await care.get(`/medicine_order/${order}/file/signature`)).bytes, bytes);
      assert.deepEqual(await tablet.outcomes([tablet.record('medicine_order', { child, drug: '私带' })]), ['todo'], 'an entrustment begins at the desk');
      const [given] = (await health.get(`/medicine_given.json?day=${today}&part=${order}`)).body.data.filter((one) => one.dose === '2滴');
      assert.equal((await health.post(`/medicine_given/${given.id}/witness`, {})).status, 200);
      for (const item of (await head.get('/inbox.json')).body.data.items) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
    });

    test('disinfection is compared with the table of the standards, and only warns', async () => {
      const weak = await care.make('disinfection', { object: 'towel', method: 'chlorine', mg_per_l: '200', minutes: '10' });
      const row = (await care.get(`/disinfection/${weak}.json`)).body;
      assert.deepEqual([row.data.meets, row.findings.map((one) => [one.rule, one.severity, one.message])], [false, [['HC-DIS', 'warn', '有效氯浓度200 mg/L，不少于250 mg/L']]]);
      const none = await care.make('disinfection', { object: 'thermometer', method: 'boil', minutes: '20' });
      assert.deepEqual(await rules(care, 'disinfection', none), ['HC-DIS']);
      const sun = await care.make('disinfection', { object: 'toy', method: 'sun', minutes: '359' });
      assert.deepEqual((await care.get(`/disinfection/${sun}.json`)).body.findings[0].message, '作用359分钟，不少于360分钟');
      const good = await care.make('disinfection', { object: 'towel', method: 'chlorine', mg_per_l: '250', minutes: '20' });
      assert.deepEqual(await rules(care, 'disinfection', good), []);
      assert.equal((await county.get(`/disinfection/${good}.json`)).status, 200);
      assert.equal((await county.post('/disinfection', { object: 'toy', method: 'sun', minutes: '400' })).status, 403);
    });

    test('the city asks more than the table and the rule follows', async () => {
      const admin = await signIn(server, 'pl-health');
      const own = await admin.make('standard', { standard: 'DIS-BOIL', layer: '市', label: '煮沸消毒不少于', op: '>=', value: '20', unit: '分钟' });
      const id = await care.make('disinfection', { object: 'tableware', method: 'boil', minutes: '15' });
      assert.deepEqual(await rules(care, 'disinfection', id), ['HC-DIS']);
      assert.equal((await admin.post(`/standard/${own}/retire`, {})).status, 200);
    });

    test('a menu tells missing food groups, salt for infants, and allergies without a name', async () => {
      const allergic = children.find((one) => one.class === classes[0].id) ?? children[0];
      await head.post(`/child/${allergic.id}`, { allergies: '对虾仁过敏' });
      const menu = await head.make('menu', { week_of: '2026-11-27' });
      assert.equal((await head.get(`/menu/${menu}.json`)).body.data.week_of, '2026-11-23', 'the Monday of that week');
      assert.equal((await head.post('/menu', { week_of: '2026-11-25' })).status, 409);
      await gate.make('menu_dish', { part: menu, weekday: '1', meal: 'lunch', dish: '虾仁粥', groups: ['grain', 'meat'], ingredients: '大米30g、虾仁20克', for_infants: '1', salt: '1' });
      const found = (await head.get(`/menu/${menu}.json`)).body.findings;
      assert.deepEqual(found.map((one) => one.rule).sort(), ['FEED-GROUPS', 'FEED-SALT', 'MENU-ALLERGY']);
      const told = found.find((one) => one.rule === 'MENU-ALLERGY').message;
      assert.match(told, /虾仁.*1名婴幼儿登记过敏/);
      assert.ok(!children.some((one) => told.includes(one.name)), 'a finding names no child');
      await head.make('menu_dish', { part: menu, weekday: '1', meal: 'lunch', dish: '蒸蛋和南瓜', groups: ['egg', 'orange_veg'], ingredients: '鸡蛋50g、南瓜50g' });
      assert.ok(!(await rules(head, 'menu', menu)).includes('FEED-GROUPS'));
      assert.equal((await head.get(`/menu/${menu}.json`)).body.data.energy, undefined, 'no food table, no energy');
      const city = await signIn(server, 'pl-health');
      assert.equal((await county.post('/food', { name: '大米', kcal: '346' })).status, 403, 'the city keeps the table');
      for (const [name, kcal] of [['大米', 346], ['虾仁', 48], ['鸡蛋', 144], ['南瓜', 23]]) await city.make('food', { name, kcal });
      await head.make('menu_dish', { part: menu, weekday: '1', meal: 'afternoon_snack', dish: '鸡蛋羹', groups: ['egg'], ingredients: '鸡蛋50g' });
      const energy = (await head.get(`/menu/${menu}.json`)).body.data.energy;
      /* lunch: 30×3.46 + 20×0.48 + 50×1.44 + 50×0.23 = 103 + 9 + 72 + 11; snack: 72 */
      assert.deepEqual(energy.map((one) => [one.meal, one.kcal, one.percent]), [['lunch', 195, 73], ['afternoon_snack', 72, 27]]);
      assert.equal((await head.post(`/menu/${menu}/publish`, {})).status, 200);
      assert.equal((await head.get(`/menu/${menu}.pdf`)).status, 200);
    });

    test('what the kitchen lacks: licence, cooks, meetings; expired food is refused; samples are kept 48 hours', async () => {
      const [kitchen] = (await head.get('/kitchen.json')).body.data;
      assert.deepEqual(await rules(head, 'kitchen', kitchen.id), ['HC-DIET-DAYS']);
      await head.make('diet_meeting', { held_on: '2026-11-10', people: '6', parents: '2', content: '讨论食谱', decision: '增加鱼类' });
      assert.deepEqual(await rules(head, 'kitchen', kitchen.id), []);
      const cook = (await head.get('/staff.json')).body.data.find((one) => one.posts.includes('cook'));
      const [certificate] = (await head.get(`/staff/${cook.id}.json`)).body.data.staff_health;
      assert.equal((await head.post(`/staff_health/${certificate.id}`, { until: '2026-11-01' })).status, 200);
      await head.post(`/kitchen/${kitchen.id}`, { license_scope: '预包装食品销售' });
      assert.deepEqual((await rules(head, 'kitchen', kitchen.id)).sort(), ['FOOD-COOK-HEALTH', 'FOOD-LICENSE']);
      assert.equal((await market.get(`/kitchen/${kitchen.id}.json`)).body.findings.length, 2, 'the market regulator sees them');
      const bad = await gate.post('/food_purchase', { product: '酸奶', quantity: '20杯', supplier: '演示超市', expires_on: '2026-11-17' });
      assert.deepEqual(codes(bad), ['FOOD-EXPIRED']);
      const bought = await gate.make('food_purchase', { product: '酸奶', quantity: '20杯', supplier: '演示超市', expires_on: '2026-11-30' });
      assert.deepEqual(await rules(gate, 'food_purchase', bought), ['FOOD-PAPERS']);
      const sample = await gate.make('food_sample', { meal: 'lunch', dish: '番茄牛肉面', grams: '100' });
      assert.deepEqual(await rules(gate, 'food_sample', sample), ['HC-SAMP-G']);
      assert.equal((await gate.get(`/food_sample/${sample}.json`)).body.data.keep_until, '2026-11-20T11:30:00+08:00');
      assert.equal((await gate.post(`/food_sample/${sample}/destroy`, {})).status, 403);
    });

    test('an injury is told, reported, and closed by the county; no name leaves the house', async () => {
      const child = children[2].id;
      const fields = { child, kind: 'fall', severity: 'serious', happened_at: '09:00', place: 'outdoor', cause: '从滑梯跌落', first_aid: '固定前臂', told_at: '10:00' };
      assert.deepEqual(codes(await care.post('/incident', { ...fields, told_at: '08:00' })), ['INJ-ORDER']);
      const id = await care.make('incident', fields);
      assert.deepEqual((await care.get(`/incident/${id}.json`)).body.findings.map((one) => one.message), ['事发60分钟后才告知监护人，应在30分钟内']);
      const [report] = (await care.get(`/incident/${id}.json`)).body.data.incident_report;
      assert.equal(report.due_at, `${today}T11:00:00+08:00`);
      const minor = await care.make('incident', { ...fields, severity: 'minor', told_at: '09:10' });
      assert.equal((await care.get(`/incident/${minor}.json`)).body.data.incident_report.length, 0, 'a scratch is not reported');
      const above = (await county.get(`/incident/${id}.json`)).body.data;
      assert.equal(above.severity, 'serious');
      assert.ok(!('child' in above) && !('cause' in above) && !('hospital' in above));
      const told = (await county.get('/notices')).body.data.notices.map((one) => one.text);
      assert.ok(told.includes('有一起须立即报告的伤害事件'), told.join());
      assert.ok(!children.some((one) => told.join().includes(one.name)));
      assert.deepEqual(await rules(head, 'incident_report', report.id), ['INJ-REPORT'], 'half past eleven is past eleven');
      assert.equal((await care.post(`/incident_report/${report.id}/report`, { reported_to: ['health'], how: '电话' })).status, 403, 'the head or the health carer reports');
      assert.equal((await county.post(`/incident_report/${report.id}/close`, { outcome: '已核实' })).status, 409, 'not before it is reported');
      assert.equal((await health.post(`/incident_report/${report.id}/report`, { reported_to: ['health'], how: '电话' })).status, 200);
      assert.equal((await county.post(`/incident_report/${report.id}/close`, { outcome: '已核实，更换滑梯垫' })).status, 200);
      await care.make('incident_follow', { part: id, content: '恢复良好', recovered: '1' });
      assert.equal((await county.get('/incident_follow.json')).status, 404);
    });

    test('what turns out worse after it was reported is reported again; a poisoning always; a fire has no child', async () => {
      const said = async (id) => (await care.get(`/incident/${id}.json`)).body.data.incident_report[0];
      const fields = { child: children[3].id, kind: 'fall', severity: 'moderate', happened_at: '08:10', place: 'outdoor', cause: '跌落', first_aid: '固定', told_at: '08:20' };
      const id = await care.make('incident', fields), first = await said(id);
      assert.equal((await health.post(`/incident_report/${first.id}/report`, { reported_to: ['health'], how: '电话' })).status, 200);
      const { reported_at } = (await county.get(`/incident_report/${first.id}.json`)).body.data;
      const change = (more) => care.post(`/incident/${id}`, more);
      await change({ hospital: '县医院' });
      assert.equal((await said(id)).state, 'submitted', 'no worse');
      assert.equal((await health.post(`/incident_report/${first.id}/again`, {})).status, 403, 'nobody takes it by hand');
      assert.equal((await change({ severity: 'death' })).status, 200);
      const again = (await county.get(`/incident_report/${first.id}.json`)).body.data;
      assert.deepEqual([again.state, again.severity, again.first_reported_at, again.reported_at, again.how], ['asked', 'death', reported_at, null, null]);
      assert.equal(new Date(again.due_at).getTime(), now + hour, 'an hour from when it is known');
      assert.ok((await head.get('/notices')).text.includes('加重，须重新报告'));
      assert.equal((await care.post(`/incident_report/${first.id}/report`, { reported_to: ['health'], how: '电话' })).status, 403);
      assert.equal((await head.post(`/incident_report/${first.id}/report`, {})).status, 422, 'to whom and how is said anew');
      assert.equal((await head.post(`/incident_report/${first.id}/report`, { reported_to: ['health'], how: '电话' })).status, 200);
      const poison = await care.make('incident', { ...fields, kind: 'poisoning', severity: 'minor' });
      assert.equal((await said(poison)).due_at, `${today}T10:10:00+08:00`, 'two hours, however light it looks');
      const grave = await care.make('incident', { ...fields, kind: 'poisoning', severity: 'death' });
      assert.equal((await said(grave)).due_at, `${today}T09:10:00+08:00`, 'the shorter time');
      const event = { kind: 'fire', severity: 'moderate', happened_at: '08:10', place: 'class', cause: '插座起火', first_aid: '断电、疏散' };
      assert.deepEqual(codes(await care.post('/incident', event)), ['INJ-WHO']);
      const fire = await care.make('incident', { ...event, people: '0' });
      assert.deepEqual([await rules(care, 'incident', fire), (await said(fire)).state], [[], 'asked'], 'nobody to tell, and it is reported');
      const many = await care.make('incident', { ...event, people: '6' });
      assert.deepEqual(await rules(care, 'incident', many), ['INJ-TELL']);
      assert.equal((await county.get(`/incident/${many}.json`)).body.data.people, 6);
      assert.equal((await gate.post('/incident', { ...event, people: '0' })).status, 404);
    });

    test('growth is placed between the lines of WS/T 423, month by month, as a hint', async () => {
      const lines = readFileSync(new URL('../../standards/growth_wst423.csv', import.meta.url), 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
      const child = (await head.get(`/child/${children[3].id}.json`)).body.data;
      const born = new Date(`${child.born}T00:00:00Z`), on = new Date(`${today}T00:00:00Z`);
      let months = (on.getUTCFullYear() - born.getUTCFullYear()) * 12 + on.getUTCMonth() - born.getUTCMonth();
      if (on.getUTCDate() < born.getUTCDate()) months--;
      const table = lines.filter(([name]) => name === `weight_${child.sex === 'male' ? 'boy' : 'girl'}`);
      const low = table.filter(([, month]) => Number(month) <= months).at(-1), high = table.find(([, month]) => Number(month) >= months);
      const share = low === high ? 0 : (months - low[1]) / (high[1] - low[1]);
      const minus2 = Math.floor((Number(low[3]) + (high[3] - low[3]) * share) * 100 + 1e-6);
      const weigh = async (hundredths, stature = '92.0') => {
        const [old] = (await health.get(`/measurement.json?child=${child.id}`)).body.data.filter((one) => one.measured_on === today);
        const weight = (hundredths / 100).toFixed(2);
        const id = old?.id ?? (await health.make('measurement', { child: child.id, measured_on: today, weight, stature }));
        if (old) assert.equal((await health.post(`/measurement/${id}`, { weight, stature })).status, 200);
        return (await health.get(`/measurement/${id}.json`)).body;
      };
      const under = await weigh(minus2 - 1), at = await weigh(minus2 + 1);
      assert.deepEqual([under.data.months, under.data.weight_level, under.data.signs], [months, 'low', ['underweight']]);
      assert.deepEqual(under.findings.map((one) => [one.rule, one.severity]), [['GRO-LOW', 'info']]);
      assert.deepEqual([at.data.weight_level, at.data.signs ?? null], ['lower', null]);
      assert.equal(at.findings.length, 0);
      await weigh(minus2 - 1);
      await health.make('weak_child', { child: child.id, reasons: ['underweight'], plan: '增加奶类，每月复测', next_on: '2026-12-18' });
      assert.equal((await weigh(minus2 - 1)).findings.length, 0, 'a file is open');
      const curve = (await health.get(`/care/growth/${child.id}.json`)).body.data;
      assert.equal(curve.charts[0].drawing.series[3].values[months], (minus2 - 1) * 10, 'grams');
      assert.equal((await county.get(`/care/growth/${child.id}.json`)).status, 404);
      assert.equal((await (await signIn(server, 'inst-spring')).get(`/care/growth/${child.id}.json`)).status, 404);
    });

    test('exams fall due by age; the county sees how many, never who', async () => {
      const mine = (await health.get('/care/exams.json')).body.data;
      assert.equal(mine.children, 31);
      assert.equal(mine.overdue, 0, 'entry exams were a month and a half ago');
      const one = mine.rows[0];
      assert.equal(one.due, '2027-04-02', 'six months after the entry exam of 2 October');
      const exam = await health.make('periodic_exam', { child: one.id, examined_on: today, haemoglobin: '105', conclusion: 'follow', hearing: 'pass' });
      assert.deepEqual((await rules(health, 'periodic_exam', exam)).sort(), ['EXAM-TOLD', 'HB-LOW']);
      const after = (await health.get('/care/exams.json')).body.data.rows.find((row) => row.id === one.id);
      assert.deepEqual([after.due, after.hearing_due, after.blood_due], ['2027-05-18', false, false]);
      const above = await county.get('/care/exams.json');
      assert.ok(above.body.data.institutions.some((row) => row.children === 31));
      assert.ok(!children.some((child) => above.text.includes(child.name)));
      assert.equal((await gate.get('/care/exams.json')).status, 403);
    });

    test('the market regulator writes what it saw of food and medicine, the institution answers, the next look closes it', async () => {
      const institution = (await head.get('/session')).body.data.institution;
      const fields = { institution, topics: ['medicine_store', 'sample'], visitors: '钱、孙', found: '药柜未上锁', result: 'order' };
      const id = await market.make('market_check', fields);
      assert.equal((await head.get(`/market_check/${id}.json`)).status, 404, 'a draft');
      assert.deepEqual(codes(await market.post(`/market_check/${id}/send`, {})), ['MARKET-ADVICE', 'MARKET-ADVICE']);
      await market.post(`/market_check/${id}`, { advice: '药柜上锁', due_on: '2026-11-25' });
      assert.equal((await market.post(`/market_check/${id}/send`, {})).status, 200);
      assert.equal((await head.get(`/market_check/${id}.json`)).body.data.advice, '药柜上锁');
      assert.equal((await maternal.get(`/market_check/${id}.json`)).status, 404, 'not its business');
      assert.equal((await market.post(`/market_check/${id}/close`, { review: '看过' })).status, 403, 'not answered');
      assert.equal((await care.post(`/market_check/${id}/answer`, { answer: '已改' })).status, 403);
      assert.equal((await head.post(`/market_check/${id}/answer`, { answer: '已上锁' })).status, 200);
      assert.equal((await market.post(`/market_check/${id}/close`, { review: '复查合格' })).status, 200);
      assert.equal((await county.get(`/market_check/${id}.json`)).body.data.state, 'closed');
      assert.equal((await head.post('/market_check', fields)).status, 403);
      const page = await market.get('/market_check/new', { headers: { accept: 'text/html' } });
      assert.match(page.text, /name="institution"[\s\S]*小太阳/);
      assert.ok(!page.text.includes('泾川演示托育中心'), 'institutions of the own county only');
    });

    test('the safety file says what is missing, and who is not its business does not see it', async () => {
      const file = async () => (await head.get('/safety.json')).body.data;
      const line = (data, rule, code) => data.sections.flatMap((one) => one.lines).find((one) => one.rule === rule && one.code === code);
      const first = await file();
      assert.equal(line(first, 'MGT-31', 'fire').text, '没有记录');
      assert.equal(line(first, 'FIRE-DRILL', 'fire').good, true);
      assert.equal(line(first, 'SAFE-EQUIP', 'extinguisher').good, true);
      const plan = await head.upload('emergency_plan', { kind: 'fire', version_no: '1', reviewed_on: '2026-10-01' }, 'paper', pdf('预案'));
      assert.equal(plan.status, 200, plan.text);
      const regime = await head.upload('safety_regime', { kind: 'fire', version_no: '1', issued_on: '2025-10-01', review_on: '2026-10-01' }, 'paper', pdf('制度'));
      assert.deepEqual(await rules(head, 'safety_regime', regime.body.data.id), ['SAFE-REVIEW']);
      const second = await file();
      const exit = (name, clear) => head.make('exit_way', { name, width_cm: '120', clear, sign: '1', light: '1' });
      await exit('正门', '1');
      assert.equal(line(await file(), 'SAFE-EXIT', '').good, true);
      const back = await exit('后门', '0');
      assert.deepEqual((({ good, text, state }) => [good, text, state.label])(line(await file(), 'SAFE-EXIT', '')), [false, '有出口或通道不畅通', '不符合'], 'one clear exit does not hide a blocked one');
      await head.post(`/exit_way/${back}`, { clear: '1' });
      const [watch] = (await head.get('/staff.json')).body.data;
      const letter = (more) => head.upload('safety_person', { role: 'fire', staff: watch.id, signed_on: today, ...more }, 'letter', pdf('责任书'));
      const fireman = line(await file(), 'SAFE-PERSON', 'fire').good;
      assert.equal((await letter({})).status, 200);
      assert.equal(line(await file(), 'SAFE-PERSON', 'fire').good, fireman, 'nobody is a fire person without training');
      assert.equal((await letter({ trained_on: '2026-10-01' })).status, 200);
      assert.equal(line(await file(), 'SAFE-PERSON', 'fire').good, true);
      assert.equal(line(second, 'MGT-31', 'fire').good, true);
      assert.deepEqual([line(second, 'SAFE-REGIME', 'fire').good, line(second, 'SAFE-REGIME', 'fire').text], [false, '已于2026-10-01到期']);
      assert.equal(second.missing, first.missing - 1);
      const staff = (await head.get('/staff.json')).body.data[0].id;
      const check = await gate.make('fire_check', { checked_on: today, items: ['exit', 'extinguisher'], checker: staff, problems: '走廊堆物' });
      assert.deepEqual(await rules(gate, 'fire_check', check), ['FIRE-MEND']);
      assert.equal((await gate.post(`/fire_check/${check}/sign`, {})).status, 403);
      assert.equal(line(await file(), 'FIRE-CHECK', '').good, false, 'not signed by the head');
      assert.equal((await head.post(`/fire_check/${check}/sign`, {})).status, 200);
      assert.equal(line(await file(), 'FIRE-CHECK', '').good, true);
      const equipment = await head.make('safety_equipment', { kind: 'extinguisher', spot: '厨房', pieces: '1', condition: 'fault', expires_on: '2026-01-01', checked_on: today });
      assert.deepEqual(await rules(head, 'safety_equipment', equipment), ['SAFE-EQUIP', 'SAFE-EQUIP']);
      assert.equal((await file()).faults, 1);
      const fire = await signIn(server, 'kt-fire');
      const all = (await fire.get('/safety.json')).body.data.institutions;
      const institution = (await head.get('/session')).body.data.institution;
      assert.equal(all.find((one) => one.id === institution).missing, (await file()).missing);
      assert.equal((await fire.get(`/safety.json?institution=${institution}`)).body.data.sections.length, 9);
      assert.equal((await (await signIn(server, 'jc-handle')).get(`/safety.json?institution=${institution}`)).body.data?.sections, undefined, 'another county');
      assert.equal((await market.get('/safety.json')).status, 404);
      assert.equal((await new Client(server).get('/safety.json')).status, 401);
      assert.equal((await care.post('/safety_equipment', { kind: 'camera', spot: '门口', pieces: '1', condition: 'normal' })).status, 403);
    });

    test('who is here at noon is checked again, everybody is observed: the day says who was not', async () => {
      const lacks = async (by, words) => {
        const one = (await by.get('/today.json')).body.data.missing.find((line) => words.test(line.what));
        return one && [one.rule, one.n];
      };
      const noon = /没有午检/, seen = /没有全日健康观察/, hours = (n) => clock(Date.UTC(2026, 10, 18, n - 8));
      await hours(12 - 1 / 60);
      const came = (await care.get(`/attendance.json?day=${today}`)).body.data.filter((one) => one.state !== 'absent');
      const checked = (await care.get(`/morning_check.json?day=${today}&round=noon`)).body.data.map((one) => one.child);
      const open = came.filter((one) => one.state === 'present' && !checked.includes(one.child));
      assert.ok(open.length >= 3);
      assert.equal(await lacks(health, noon), undefined, 'nothing is missing of a noon to come');
      const before = await lacks(health, seen);
      assert.equal(before[0], 'HC-WD');
      assert.equal((await care.post(`/attendance/${open[0].id}/leave`, await called(head, open[0].child))).status, 200);
      await hours(12.1);
      assert.deepEqual(await lacks(health, noon), ['MGT-24', open.length - 1], 'who went home before is not asked');
      assert.equal((await gate.post('/morning_check', { child: open[1].child, round: 'noon' })).status, 404, 'the gate sees nothing of health');
      await care.make('morning_check', { child: open[1].child, round: 'noon', temperature: '36.5' });
      assert.deepEqual(await lacks(health, noon), ['MGT-24', open.length - 2]);
      const observations = (await care.get(`/observation.json?day=${today}`)).body.data.map((one) => one.child);
      const unseen = came.filter((one) => !observations.includes(one.child));
      assert.equal(before[1], unseen.length);
      await care.make('observation', { child: unseen[0].child, kind: 'meal', amount: '9', result: 'normal' });
      await care.make('observation', { child: unseen[0].child, kind: 'spirit', result: 'normal' });
      assert.deepEqual(await lacks(health, seen), unseen.length === 1 ? undefined : ['HC-WD', unseen.length - 1]);
    });

    test('a disinfection counts when it reaches the table, and for the class that it names', async () => {
      const lacks = async () => (await health.get('/today.json')).body.data.missing.find((line) => line.rule === 'HC-DIS').what;
      const came = (await care.get(`/attendance.json?day=${today}`)).body.data.filter((one) => one.state !== 'absent');
      const [first] = [...new Set(came.map((one) => one.class))];
      const other = await care.make('attendance', { child: children.find((one) => one.class !== first).id, arrived_at: '11:00' });
      const here = (await care.get(`/attendance.json?day=${today}`)).body.data.filter((one) => one.state !== 'absent');
      const n = new Set(here.map((one) => one.class)).size;
      assert.ok(n >= 2 && other);
      const wash = (more) => care.make('disinfection', { object: 'surface', method: 'chlorine', mg_per_l: '250', minutes: '30', ...more });
      const surface = (count) => new RegExp(`水龙头（${count}个班级）`);
      assert.match(await lacks(), surface(n));
      await wash({ class: first, mg_per_l: '10', minutes: '1' });
      assert.match(await lacks(), surface(n), 'a minute with clear water');
      await wash({});
      assert.match(await lacks(), surface(n), 'of no class');
      const weak = await wash({ class: first, minutes: '5' });
      assert.equal((await care.post(`/disinfection/${weak}`, { minutes: '30' })).status, 200);
      assert.match(await lacks(), surface(n - 1));
      for (const id of new Set(here.map((one) => one.class))) if (id !== first) await wash({ class: id });
      assert.doesNotMatch(await lacks(), /水龙头/);
      const tableware = /餐具/;
      await care.make('disinfection', { object: 'tableware', method: 'boil', minutes: '1' });
      assert.match(await lacks(), tableware);
      await care.make('disinfection', { object: 'tableware', method: 'boil', minutes: '30' });
      assert.doesNotMatch(await lacks(), tableware, 'one kitchen for all');
    });

    test('what the ledgers miss stands before the day is closed, rule by rule', async () => {
      const seen = async () => {
        const day = await close();
        for (const row of (await care.get(`/attendance.json?day=${today}&state=present`)).body.data)
          assert.equal((await care.post(`/attendance/${row.id}/leave`, await called(head, row.child))).status, 200);
        assert.equal((await head.post(`/care_day/${day.id}/close`, { note: '试验' })).status, 200);
        return (await head.get(`/care_day/${day.id}.json`)).body.data.missing_note;
      };
      await care.make('outdoor', { class: children[0].class, from_at: '09:00', to_at: '10:59' });
      const came = (await care.get(`/attendance.json?day=${today}`)).body.data.filter((one) => one.state !== 'absent');
      for (const id of new Set(came.map((one) => one.class))) {
        await health.make('health_round', { class: id, at: '09:00' });
        if (id !== children[0].class) await care.make('outdoor', { class: id, less_reason: 'rain' });
      }
      await care.make('disinfection', { object: 'air', method: 'ventilate', minutes: '15', at: '08:00' });
      await gate.make('fire_patrol', { items: ['exit'], at: '08:30' });
      const note = await seen();
      assert.match(note, /1个班级户外活动不足2小时，也没有写明原因/);
      assert.match(note, /个班级保健巡视不足2次/);
      assert.match(note, /没有达到要求的消毒记录或次数不够：空气、毛巾（\d个班级）、抹布、玩具、图书（\d个班级）、便盆、坐便器（\d个班级）/);
      assert.match(note, /\d个菜品没有留样/);
      assert.match(note, /没有房间和设施检查记录/);
      assert.match(note, /防火巡查1次，不少于2次/);
      assert.ok(!/喂药/.test(note), note);
      assert.equal((await care.post('/observation', { child: children[0].id, kind: 'meal', result: 'normal' })).status, 409, 'the day is closed');
      assert.equal((await care.post('/observation', { child: children[0].id, kind: 'meal', result: 'normal', correction: '补录午餐' })).status, 200);
    });

    test('a month prints as a table, blanks with a code; only those who may', async () => {
      const paper = async (client, target) => {
        const answer = await client.get(target);
        return [answer.status, answer.bytes.subarray(0, 5).toString(), /MediaBox \[ ?0 0 841/.test(answer.bytes.toString('latin1'))];
      };
      for (const form of ['attendance', 'observation', 'disinfection', 'medicine_given', 'fire_patrol', 'morning_check', 'incident'])
        assert.deepEqual(await paper(head, `/${form}/month.pdf?month=2026-11`), [200, '%PDF-', true], form);
      assert.deepEqual(await paper(care, `/morning_check/blank.pdf?n=20&day=${today}&class=${classes[0].id}`), [200, '%PDF-', true]);
      const words = async (client, form) => spawnSync('pdftotext', ['-raw', '-', '-'], { input: (await client.get(`/${form}/month.pdf?month=2026-11`)).bytes, encoding: 'utf8' }).stdout.replace(/\s/g, '');
      const hurt = (await head.get('/incident.json?from=2026-11-01&to=2026-11-30')).body.data.find((one) => one.child);
      const cause = (await head.post(`/incident/${hurt.id}/unmask/cause`, { purpose: '核对' })).body.data.value;
      const register = await words(head, 'incident');
      for (const word of ['经过和原因', '现场处置', '当班人员', cause.slice(0, 4)]) assert.ok(register.includes(word), word);
      for (const word of ['体温', '异常表现', '检查人']) assert.ok((await words(head, 'morning_check')).includes(word), word);
      for (const word of ['症状', '体温', '就医结果', '证明日期']) assert.ok((await words(head, 'isolation')).includes(word), word);
      assert.ok(!(await words(county, 'incident')).includes('经过和原因'), 'what is sealed is for those who may open it');
      const auditor = await signIn(server, 'auditor');
      assert.ok((await auditor.get('/looks.json?office=11')).body.data.rows.some((one) => /打印2026-11的.*含保密内容/.test(JSON.stringify(one))), 'and is journalled');
      assert.equal((await head.get('/observation/month.pdf?month=2026-13')).status, 422);
      assert.equal((await county.get('/observation/month.pdf')).status, 404);
      assert.equal((await county.get('/disinfection/month.pdf')).status, 200);
      assert.equal((await county.get('/disinfection/blank.pdf')).status, 403);
      assert.equal((await head.get('/kitchen/blank.pdf')).status, 404, 'no ledger of a day');
    });

    test('statistics show numerator and denominator, agree from institution to county, and go to a sheet', async () => {
      const mine = (await head.get('/care/statistics.json?month=2026-11')).body.data.figures;
      const figure = (list, id) => list.find((one) => one.id === id);
      assert.deepEqual([figure(mine, 'STAT-ATTEND').numerator, figure(mine, 'STAT-ATTEND').denominator, figure(mine, 'STAT-ATTEND').text], [5, 31, '16.1%']);
      assert.deepEqual([figure(mine, 'STAT-INJURY').numerator, figure(mine, 'STAT-INJURY').denominator, figure(mine, 'STAT-INJURY').text], [5 + 6, '31.0', '354.8‰'], 'five children, and an event with six');
      assert.deepEqual([figure(mine, 'STAT-ANAEMIA').numerator, figure(mine, 'STAT-ANAEMIA').denominator], [1, 1]);
      assert.equal(figure(mine, 'STAT-MEDICINE').text, '100.0%');
      assert.equal(figure(mine, 'STAT-TRACED').text, '—');
      assert.equal(figure(mine, 'STAT-GUIDE').numerator, 0);
      const above = await county.get('/care/statistics.json?month=2026-11');
      assert.equal(figure(above.body.data.figures, 'STAT-INJURY').numerator, 5 + 6);
      assert.ok(figure(above.body.data.figures, 'STAT-ATTEND').denominator > 31, 'two institutions of the county had children');
      assert.ok(!children.some((one) => above.text.includes(one.name)));
      assert.equal((await head.get('/care/statistics.json?year=2025')).body.data.figures.every((one) => one.numerator === 0), true);
      assert.equal((await care.get('/care/statistics.json')).status, 403);
      const sheet = await head.get('/care/statistics.xlsx?month=2026-11');
      assert.deepEqual([sheet.status, sheet.bytes.subarray(0, 2).toString()], [200, 'PK']);
      assert.match(unzipped(sheet.bytes), /出勤率/);
    });

    test('time alone: papers expire, an entrustment ends, a sample may go after 48 hours, an infant is due at six months', async () => {
      const born = '2026-06-10', body = (await head.get('/medical_body.json')).body.data[0].id;
      const infant = await head.make('child', { name: '试验婴儿', sex: 'male', born, id_kind: 'none' });
      await head.make('entry_check', { part: infant, examined_on: '2026-11-12', body, result: 'pass', vaccination: 'complete' });
      assert.equal((await head.post(`/child/${infant}/admit`, { entered_on: today })).status, 200);
      const regime = (await head.upload('safety_regime', { kind: 'gate', version_no: '1', issued_on: today, review_on: '2026-11-19' }, 'paper', pdf('制度'))).body.data.id;
      assert.deepEqual(await rules(head, 'safety_regime', regime), []);
      const [license] = (await head.get('/evidence.json?kind=food_license')).body.data, [kitchen] = (await head.get('/kitchen.json')).body.data;
      await head.post(`/kitchen/${kitchen.id}`, { license_scope: '热食类食品制售' });
      await head.post(`/evidence/${license.id}`, { expires_on: '2026-11-19' });
      assert.ok(!(await rules(head, 'kitchen', kitchen.id)).includes('FOOD-LICENSE'));
      await clock(now + 48 * hour);
      await until(async () => (await rules(head, 'safety_regime', regime)).includes('SAFE-REVIEW'));
      await until(async () => (await rules(head, 'kitchen', kitchen.id)).includes('FOOD-LICENSE'));
      const sample = (await gate.get('/food_sample.json')).body.data[0].id;
      assert.equal((await gate.post(`/food_sample/${sample}/destroy`, {})).status, 200);
      await clock(now + 24 * hour);
      await until(async () => (await care.get('/medicine_order.json?state=open')).body.data.length === 0);
      const row = async () => (await health.get('/care/exams.json')).body.data.rows.find((one) => one.id === infant);
      assert.deepEqual([(await row()).due, (await row()).overdue], ['2026-12-10', false]);
      await clock(Date.UTC(2026, 11, 11, 2));
      assert.equal((await row()).overdue, true);
      assert.equal((await health.get('/care/exams.json')).body.data.overdue, 1);
    });

    test('cells agree with a full recount', async () => {
      await server.halt();
      const checked = tuoyu(['doctor', '--data', server.data, ...server.where]);
      await server.serve();
      assert.match(checked.stdout + checked.stderr, /统计单元.*一致/);
    });
  });

/* The texts of a small zip, entry by entry. */
const unzipped = (bytes) => {
  let text = '';
  for (let at = 0; (at = bytes.indexOf('PK\x03\x04', at, 'latin1')) >= 0; at += 4) {
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    try { text += inflateRawSync(bytes.subarray(from)).toString(); } catch { /* stored, or not whole */ }
  }
  return text;
};
