// One whole day of an institution with three classes, from half past seven to the night, by those who live it: the head,
// carers on two tablets, the health carer, the county. A fever becomes a cluster, a ban hits a carer at noon, the line is
// gone for an afternoon. Each station is checked by axe and photographed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pdf, resident, signIn, start } from '../lib/client.mjs';
import { launch } from './lib/chromium.mjs';
import { portrait, Room, visitors } from './lib/people.mjs';
import { proxy } from './lib/proxy.mjs';

const today = '2026-11-18', pin = '2468'; /* a Wednesday */
const time = (text, day = 18) => Date.UTC(2026, 10, day, Number(text.slice(0, 2)) - 8, Number(text.slice(3)));
const secret = '在原单位体罚幼儿（试验）', decision = '崆卫罚〔2026〕7号';
const why = `purpose=${encodeURIComponent('核查从业限制')}`;

describe('a day of an institution', () => {
  let server, browser, line, as, now = time('07:30');
  let classes, children, staff, room, gate, dayOfCounty;
  const api = (login) => signIn(server, login);
  const list = async (login, form, query = '') => (await (await api(login)).get(`/${form}.json${query}`)).body.data;
  const record = async (login, form, id) => (await (await api(login)).get(`/${form}/${id}.json`)).body;
  const of = (name) => children.filter((one) => one.class_title === name);
  const person = (name) => staff.find((one) => one.name === `演示${name}`).id;
  const told = async (login, words) => (await (await api(login)).get('/notices')).body.data.notices.filter((one) => words.test(one.text));
  /* The same time for the server and the tablets. */
  const at = async (text) => {
    const passed = time(text) - now;
    server.clock(now = time(text));
    for (const one of [room, gate]) await one?.pass(passed);
  };
  const until = async (met, what) => {
    for (let i = 0; i < 100; i++) {
      const answer = await met();
      if (answer) return answer;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return assert.fail(`it did not come: ${what}`);
  };

  /* Seven carers, each in a class by the roster but the one in reserve; everybody has a number for the tablets. */
  const prepare = async () => {
    const head = await api('inst-sun');
    for (const [i, name] of ['丙', '丁', '戊', '己', '庚'].entries())
      await head.make('staff', { name: `演示保育员${name}`, id_number: resident(80 + i, `198${i}0305`), posts: ['carer'], certificate: 'infant_carer', health_until: '2027-06-01', record_checked: '2026-10-01', hired_on: '2026-09-01' });
    classes = (await head.get('/class_group.json?sort=title')).body.data;
    children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
    staff = (await head.get('/staff.json')).body.data;
    const group = (n) => classes.find((one) => one.name === `托大${n}班`).id;
    const rostered = (await head.get('/roster.json')).body.data;
    for (const [name, n] of [['甲', 1], ['乙', 1], ['丙', 1], ['丁', 2], ['戊', 2], ['己', 3]]) {
      const mine = rostered.find((one) => one.staff === person(`保育员${name}`));
      const answer = await head.post(mine ? `/roster/${mine.id}` : '/roster', { ...(mine ? {} : { staff: person(`保育员${name}`), post: 'carer', start_at: '07:30', end_at: '18:00' }), class: group(n) });
      assert.equal(answer.status, 200, answer.text);
    }
    for (const one of staff) await head.make('staff_pin', { part: one.id, pin });
  };
  before(async () => {
    server = await start({ clock: now });
    line = await proxy(() => server.url);
    browser = await launch();
    as = visitors(server, browser);
    await prepare();
  });
  after(async () => {
    await browser?.close();
    await line?.stop();
    await server?.stop();
  });

  test('07:35 the head opens the day: who is expected, what is missing still', async () => {
    await at('07:35');
    await until(async () => (await list('inst-sun', 'care_day', `?day=${today}`)).length === 1, 'the day is open');
    const head = await as('inst-sun'), words = await head.go('/today');
    assert.match(words, /进行中/);
    for (const [name, n] of [['托大1班', 15], ['托大2班', 12], ['托大3班', 4]]) assert.match(words, new RegExp(`${name}\\s+${n}\\s+0\\s+0`));
    assert.match(words, /31名婴幼儿没有出勤登记/);
    assert.match(words, /10名排班人员没有签到/);
    await head.look('01-today');
  });

  test('07:40 two tablets are paired, one for a class, one for the gate', async () => {
    await at('07:40');
    const head = await as('inst-sun');
    const code = async (name, covers) => {
      await head.go('/device/new');
      await head.fill({ name, covers, posts: ['care', 'health'] });
      await head.send();
      if (covers === 'classes') {
        const device = head.page.url();
        await head.page.click('section:has(h2:text("班级")) a:text-is("添加")');
        await head.page.waitForSelector('[name=class]');
        await head.fill({ class: classes.find((one) => one.name === '托大1班').id });
        await head.send();
        await head.go(new URL(device).pathname);
        await head.look('02-device');
      }
      const id = head.page.url().match(/device\/(\d+)/)[1];
      return (await record('inst-sun', 'device', id)).data.pair_code;
    };
    room = await Room.open(browser, line.url, await code('托大1班平板', 'classes'));
    gate = await Room.open(browser, line.url, await code('门口平板', 'all'));
    await room.look('02-tablet-who');
  });

  test('07:50 those on duty sign in, each counted in the class of the tablet or of the roster', async () => {
    await at('07:50');
    for (const name of ['甲', '乙', '丙']) await room.signIn(person(`保育员${name}`), pin);
    for (const name of ['保育员丁', '保育员戊', '保育员己', '保安员']) await gate.signIn(person(name), pin);
    await gate.signIn(person('保健员'), pin, 'health');
    await room.upload();
    await gate.upload();
    const stays = await list('inst-sun', 'staff_attendance', `?day=${today}&sort=staff`);
    const carers = Object.fromEntries(classes.map((one) => [one.name, stays.filter((stay) => stay.class === one.id && stay.post === 'carer').length]));
    assert.deepEqual(carers, { 托大1班: 3, 托大2班: 2, 托大3班: 1 });
    await gate.screen('today');
    await gate.look('03-tablet-in');
  });

  test('08:05 arrivals and the morning check by exception: one has a fever and sores in the mouth', async () => {
    await at('08:05');
    const [ill] = of('托大1班');
    await room.children('到园晨检');
    await room.page.click('[data-act=arrived]');
    await room.is(ill.id, 'present');
    await room.page.click(`[data-child="${ill.id}"]`);
    await room.page.click('dialog [data-code=fever]');
    await room.page.click('dialog [data-code=mouth_sore]');
    await room.page.fill('#temperature', '38.4');
    await room.page.click('[data-act=save-check]');
    await room.page.waitForSelector('.said:has-text("请选择处理")');
    await room.page.click('dialog [data-code=isolate]');
    await room.look('04-tablet-exception');
    await room.page.click('[data-act=save-check]');
    await room.page.waitForSelector(`[data-child="${ill.id}"][data-check=abnormal]`);
    await room.page.click('[data-act=normal]');
    await room.look('04-tablet-checked');
    for (const [name, away] of [['托大2班', of('托大2班')[11]], ['托大3班', null]]) {
      await gate.children('到园晨检', name);
      if (away) {
        await gate.page.click('button:text-is("登记缺勤")');
        await gate.page.click(`[data-child="${away.id}"]`);
        await gate.page.click('dialog button:text-is("事假")');
        await gate.is(away.id, 'absent');
      }
      await gate.page.click('[data-act=arrived]');
      await gate.is(of(name)[0].id, 'present');
      await gate.page.click('[data-act=normal]');
      await gate.page.waitForSelector(`[data-child="${of(name)[0].id}"][data-check=normal]`);
    }
    await room.upload();
    await gate.upload();
    const head = await as('inst-sun'), words = await head.go('/today');
    for (const [name, expected, came, absent, ratio] of [['托大1班', 15, 15, 0, '3 / 3'], ['托大2班', 12, 11, 1, '2 / 2'], ['托大3班', 4, 4, 0, '1 / 1']])
      assert.match(words, new RegExp(`${name}\\s+${expected}\\s+${came}\\s+${came}\\s+${came}\\s+${absent}\\s+${ratio}`));
    assert.match(words, new RegExp(`告知监护人：${ill.name}\\s+还剩`));
    assert.match(words, /托大1班待消毒/);
    assert.doesNotMatch(words, /没有晨检|没有出勤/);
    await head.look('04-today');
  });

  test('08:20 the fever: guardian told, isolated with a carer, the class disinfected', async () => {
    await at('08:20');
    const [ill] = of('托大1班'), health = await as('sun-health');
    await health.go('/today');
    await health.page.click(`a[data-row]:has-text("告知监护人：${ill.name}")`);
    await health.page.waitForURL(/isolation\/\d+$/);
    assert.match(await health.words(), /隔离中[^]*还剩15分钟/);
    await health.look('05-isolation');
    const id = health.page.url().split('/').pop();
    await health.step('tell', (page, box) => health.fill({ told_whom: '演示家长', told_how: 'phone' }, box));
    await health.go(`/isolation/${id}/edit`);
    await health.fill({ room: { label: '保健观察室' }, carer: { label: '演示保健员' } });
    const words = await health.send();
    assert.match(words, /按时|08:20/);
    assert.match(words, /保健观察室/);
    await health.look('05-isolation-told');
    const { data, clocks } = await record('sun-health', 'isolation', id);
    assert.deepEqual([data.kind, data.temperature, data.told_by, clocks[0].in_time], ['hfmd', '38.4', '演示保健员', true]);
    await room.ledger('disinfection', async (page) => {
      for (const code of ['surface', 'chlorine']) await page.click(`dialog [data-code=${code}]`);
      await page.fill('#f-mg_per_l', '250');
      await page.fill('#f-minutes', '30');
      await room.look('05-tablet-disinfection');
    });
    await room.upload();
    assert.deepEqual((await list('sun-health', 'disinfection_task')).map((one) => one.state), ['done']);
    await at('08:25');
    await room.children('离园');
    await room.page.click(`[data-child="${ill.id}"]`);
    await room.page.click('dialog [data-guardian]');
    await room.is(ill.id, 'left');
    await room.upload();
    assert.match(await health.go(`/isolation/${id}`), /已离园，待返托证明/);
  });

  test('09:40 two more of the class, one seen on the tablet, one at the desk: the cluster is raised, and told', async () => {
    await at('09:40');
    const [, second, third] = of('托大1班');
    await room.ledger('observation', async (page) => {
      for (const code of ['spirit', 'abnormal', 'mouth_sore', 'isolate']) await page.click(`dialog [data-code=${code}]`);
    }, second.name);
    await room.upload();
    await until(async () => (await list('sun-health', 'outbreak_alert')).length === 1, 'two of a class are a cluster');
    const health = await as('sun-health');
    await health.go('/isolation/new');
    await health.fill({ child: third.id, symptoms: ['hand_rash', 'fever'], temperature: '37.9' });
    await health.look('06-isolation-new');
    await health.send();
    const [alert] = await list('sun-health', 'outbreak_alert');
    assert.deepEqual([alert.kind, alert.level, alert.rule, alert.cases, alert.state], ['hfmd', 'B', 'INF-HFMD-CLASS', 3, 'open']);
    for (const one of [second, third]) {
      const [found] = await list('sun-health', 'isolation', `?child=${one.id}`);
      await health.go(`/isolation/${found.id}`);
      await health.step('tell', (page, box) => health.fill({ told_whom: '演示家长', told_how: 'phone' }, box));
    }
    const words = await health.go('/today');
    assert.match(words, /聚集性预警进行中：手足口病样，3例/);
    assert.match(words, /托大1班\s+15\s+15\s+14[^]*至/);
    await health.look('06-today');
    await health.page.click('a[data-row]:has-text("告知疾控")');
    await health.page.waitForURL(/epidemic_report\/\d+$/);
    await health.step('tell', (page, box) => health.fill({ told_body: 'cdc', told_name: '县疾控中心值班', told_how: 'phone' }, box));
    assert.match(await health.words(), /已告知/);
    await health.look('06-report');
    await health.go(`/outbreak_alert/${alert.id}`);
    await health.look('06-alert');
    for (const login of ['kt-handle', 'kt-cdc']) assert.equal((await told(login, /聚集性预警/)).length, 1, login);
    await room.children('离园');
    for (const one of [second, third]) {
      await room.page.click(`[data-child="${one.id}"]`);
      await room.page.click('dialog [data-guardian]');
      await room.is(one.id, 'left');
    }
    await room.upload();
    for (const one of [second, third]) assert.equal((await list('sun-health', 'isolation', `?child=${one.id}`))[0].state, 'left');
  });

  test('12:05 the county bars a carer, by two people: off the roster at once, no reason in the institution', async () => {
    await at('12:05');
    const handler = await as('kt-handle'), signer = await as('kt-sign'), head = await as('inst-sun');
    await handler.go('/ban/new');
    await handler.fill({ name: '演示保育员戊', id_number: resident(82, '19820305'), kind: 'decision', legal_basis: '人口与计划生育法第四十一条', decision_no: decision, issuer: '崆峒区卫生健康局', effective_on: '2026-11-12', served_on: '2026-11-10', remedy: '60日内行政复议', scope: 'life', reason: secret });
    await handler.look('07-ban-new');
    assert.match(await handler.send(), /待复核/);
    const ban = handler.page.url().match(/ban\/(\d+)/)[1];
    assert.equal(await handler.page.locator('#step-effect').count(), 0, 'not by who entered it');
    assert.equal((await record('inst-sun', 'staff', person('保育员戊'))).data.state, 'active', 'not yet');
    await signer.go(`/ban/${ban}`);
    await signer.look('07-ban-purpose');
    await signer.fill({ purpose: '复核禁入决定' }, 'main form');
    await signer.page.click('main form button[type=submit]');
    await signer.page.waitForSelector('#step-effect');
    await signer.look('07-ban');
    assert.match(await signer.step('effect'), /生效/);
    assert.match(await signer.go(`/ban_match?${why}`), /演示保育员戊/);
    await signer.look('07-ban-match');

    assert.match(await head.go('/notices'), /有人员不得在本机构从业，请联系县级卫生健康部门/);
    await head.look('07-notices');
    await head.page.click('a[data-row]:has-text("不得在本机构从业")');
    await head.page.waitForURL(/staff\/\d+$/);
    assert.equal(head.page.url().split('/').pop(), person('保育员戊'));
    assert.match(await head.words(), /不得从业|禁止从业|不得在本机构从业/);
    await head.look('07-staff-barred');
    const rosters = await list('inst-sun', 'roster', `?staff=${person('保育员戊')}`);
    assert.deepEqual(rosters.filter((one) => one.staff === person('保育员戊')).map((one) => one.state), ['cancelled']);
    for (const page of [`/staff/${person('保育员戊')}`, `/staff/${person('保育员戊')}/history`, '/notices', '/today', '/work', '/roster', '/staff', '/staff_due']) {
      const client = await api('inst-sun');
      const text = (await client.get(page, { headers: { accept: 'text/html' } })).text;
      assert.ok(!text.includes(secret) && !text.includes(decision) && !text.includes('体罚'), page);
    }
    assert.equal((await (await api('inst-sun')).get(`/ban/${ban}.json?${why}`)).status, 404);
  });

  test('12:49 the ratio is short since half past twelve: the head is told after a quarter of an hour, and calls in the reserve', async () => {
    const head = await as('inst-sun');
    await at('12:33');
    const [event] = await until(async () => {
      const found = await list('inst-sun', 'ratio_event');
      return found.length && found;
    }, 'a shortage begins when the quiet hours are over');
    assert.deepEqual([event.state, event.children, event.carers, event.needed], ['watched', 11, 1, 2]);
    assert.equal((await told('inst-sun', /照护人员不足/)).length, 0, 'not yet');
    await at('12:49');
    await until(async () => (await told('inst-sun', /照护人员不足/)).length === 1, 'the head is told');
    assert.match(await head.go('/today'), /托大2班\s+12\s+11\s+11\s+11\s+1\s+1 \/ 2/);
    assert.match(await head.words(), /先办这些[^]*托大2班照护人员不足，请立即调配[^]*各班/);
    await head.look('08-today-short');
    await head.go(`/ratio_event/${event.id}`);
    await head.look('08-ratio');
    await head.go('/roster/new');
    await head.fill({ staff: person('保育员庚'), post: 'carer', class: classes.find((one) => one.name === '托大2班').id, start_at: '12:50', end_at: '18:00' });
    await head.send();
    await at('12:56');
    await gate.signIn(person('保育员庚'), pin);
    await gate.upload();
    await at('12:58');
    await until(async () => (await record('inst-sun', 'ratio_event', event.id)).data.state === 'ended', 'it is over');
  });

  test('13:05 medicine by two hands, a meal on the tablet, the samples of the kitchen', async () => {
    await at('13:05');
    const child = of('托大1班')[4], care = await as('sun-care'), health = await as('sun-health');
    const client = await api('sun-care'), [guardian] = (await record('inst-sun', 'child', child.id)).data.guardian;
    const order = await client.upload('medicine_order', { child: child.id, guardian: guardian.id, drug: '试验糖浆', reason: '咳嗽', dose: '5毫升', route: 'oral', times_a_day: '1', hours: '13:00 餐后', from_day: today, to_day: today, expires_on: '2027-01-01' }, 'signed_paper', pdf('委托书'));
    await care.go(`/medicine_order/${order.body.data.id}`);
    await care.step('receive', (page, box) => care.fill({ quantity: '1瓶', storage: 'room' }, box));
    await care.look('09-medicine-order');
    await room.upload();
    await room.ledger('medicine_given', async (page) => {
      await page.fill('#f-dose', '5毫升');
      await page.click('dialog [data-code=none]');
    }, child.name, (page) => page.click('dialog [data-act=later]'));
    await room.ledger('observation', async (page) => {
      for (const code of ['meal', 'normal']) await page.click(`dialog [data-code=${code}]`);
      await page.fill('#f-amount', '9');
    }, child.name);
    await room.upload();
    const [given] = await list('sun-health', 'medicine_given', `?day=${today}`);
    assert.equal(given.state, 'prepared', 'one signature is not enough');
    await health.go(`/medicine_given/${given.id}`);
    await health.step('witness');
    await health.look('09-medicine-given');
    assert.deepEqual((await list('sun-health', 'medicine_given', `?day=${today}`)).map((one) => [one.state, one.witnessed_by]), [['given', '演示保健员']]);
    const kitchen = await api('sun-health');
    for (const dish of ['番茄牛肉面', '清炒油菜']) await kitchen.make('food_sample', { meal: 'lunch', dish, grams: '130' });
    const seen = await list('inst-sun', 'observation', `?day=${today}&child=${child.id}`);
    assert.deepEqual(seen.filter((one) => one.child === child.id).map((one) => [one.kind, one.result]), [['meal', 'normal']]);
  });

  test('14:00 to 16:20 the line is gone: what is written down then keeps its own time, and arrives', async () => {
    await at('14:00');
    line.line.state = 'cut';
    const group = classes.find((one) => one.name === '托大1班'), before = (await room.states()).length;
    await at('14:40');
    await room.children('午检');
    await room.page.click('[data-act=normal]');
    await room.page.waitForSelector(`[data-child="${of('托大1班')[5].id}"][data-check=normal]`);
    await at('15:30');
    await room.ledger('outdoor', async (page) => {
      await page.fill('#f-from_at', '14:45');
      await page.fill('#f-to_at', '15:25');
      await page.fill('#f-content', '滑梯和沙池');
    });
    await room.ledger('observation', async (page) => {
      for (const code of ['water', 'normal']) await page.click(`dialog [data-code=${code}]`);
      await page.fill('#f-amount', '120');
    }, of('托大1班')[5].name);
    await room.page.reload();
    await room.page.waitForSelector('body[data-ready] nav');
    await room.screen('more');
    assert.match(await room.page.innerText('h2'), /未上传 14/);
    await room.look('10-tablet-offline');
    const noon = async () => (await list('sun-health', 'morning_check', `?day=${today}&round=noon`)).filter((one) => one.class === group.id);
    assert.equal((await noon()).length, 0, 'nothing has arrived');
    await at('16:20');
    line.line.state = 'open';
    assert.equal(await room.upload() - before, 14);
    await room.look('10-tablet-sent');
    const checks = await noon(), [out] = await list('sun-health', 'outdoor', `?day=${today}`);
    assert.equal(checks.length, 12);
    const written = checks.map((one) => new Date(one.at).getTime());
    assert.ok(written.every((one) => one >= time('14:40') && one < time('14:45')), `the time of the check, not of its arrival: ${checks[0].at}`);
    assert.deepEqual([out.class, out.minutes], [group.id, 40]);
  });

  test('16:45 going home: by code, by photo and name, a stranger only after a call', async () => {
    await at('16:45');
    const mine = of('托大2班'), [byCode, byPhoto, byCall] = mine, head = await api('inst-sun');
    const [grandmother] = (await head.get(`/child/${byCode.id}.json`)).body.data.pickup_person;
    const code = (await head.post(`/pickup_person/${grandmother.id}/unmask/code`, { purpose: '告诉奶奶' })).body.data.value;
    await portrait(head, byPhoto.id);
    await gate.upload();
    await gate.children('离园', '托大2班');
    await gate.page.click(`[data-child="${byCode.id}"]`);
    await gate.page.click('dialog button:text-is("接送口令")');
    for (const key of [...code, '确定']) await gate.page.click(`.key:text-is("${key}")`);
    await gate.is(byCode.id, 'left');
    await gate.page.click(`[data-child="${byPhoto.id}"]`);
    await gate.page.click('dialog [data-pickup]');
    await gate.look('11-tablet-photo');
    await gate.page.click('dialog button:text-is("是本人，交接")');
    await gate.is(byPhoto.id, 'left');
    await gate.page.click(`[data-child="${byCall.id}"]`);
    await gate.page.click('dialog button:text-is("未登记的人")');
    await gate.page.fill('#who', '演示邻居');
    await gate.page.click('dialog button:text-is("交接")');
    await gate.page.waitForSelector('.said:has-text("先电话核实")');
    assert.equal(await gate.page.locator(`[data-child="${byCall.id}"][data-state=present]`).count(), 1, 'nobody leaves before the call');
    await gate.look('11-tablet-stranger');
    await gate.page.click('dialog .chip');
    await gate.page.click('dialog button:text-is("交接")');
    await gate.is(byCall.id, 'left');
    const bring = async (tablet, group) => {
      for (const one of group) {
        await tablet.page.click(`[data-child="${one.id}"]`);
        await tablet.page.click('dialog [data-guardian]');
        await tablet.is(one.id, 'left');
      }
    };
    await bring(gate, mine.slice(3, 11));
    await gate.children('离园', '托大3班');
    await bring(gate, of('托大3班').slice(1));
    await room.children('离园');
    await bring(room, of('托大1班').slice(3));
    await gate.upload();
    await room.upload();
    await room.screen('children');
    await room.look('11-tablet-home');
    const rows = await list('inst-sun', 'attendance', `?day=${today}`);
    assert.deepEqual(['left', 'absent', 'present'].map((state) => rows.filter((one) => one.state === state).length), [29, 1, 1]);
    const how = await Promise.all([byCode, byPhoto, byCall].map(async (one) => (await head.get(`/attendance/${rows.find((row) => row.child === one.id).id}.json`)).body.data));
    assert.deepEqual(how.map((one) => one.fetch_check), ['code', 'photo', 'call']);
    assert.equal(how[2].fetched_name, '演示邻居');
  });

  test('18:20 the head closes the day, with what is missing written down', async () => {
    await at('18:20');
    const head = await as('inst-sun');
    const before = await head.go('/today');
    assert.match(before, /1名婴幼儿没有离园登记/);
    assert.match(before, /1个菜品没有留样/);
    await head.look('12-today-evening');
    await head.page.click('a:text-is("去日结")');
    await head.page.waitForURL(/care_day\/\d+$/);
    assert.match(await head.words(), /现在还缺[^]*1名婴幼儿没有离园登记/);
    await head.page.click('#step-close > summary');
    await head.look('12-close');
    assert.equal(await head.page.innerText('#step-close button[type=submit]'), '确认日结');
    await head.fill({ note: '一名幼儿由姑姑接走，补登记。' }, '#step-close');
    const words = await head.send('#step-close button[type=submit]');
    assert.match(words, /已确认/);
    assert.match(words, /1名婴幼儿没有离园登记/);
    assert.match(words, /1个菜品没有留样/);
    assert.doesNotMatch(words, /喂药/, 'both hands signed');
    await head.look('12-closed');
    assert.equal((await (await api('sun-care')).post('/attendance', { child: of('托大2班')[11].id })).status, 409, 'a closed day takes corrections only');
    for (const [target, name] of [['/safety', 'safety'], [`/child/${of('托大1班')[4].id}`, 'child'], ['/seats', 'seats']]) {
      await head.go(target);
      await head.look(`13-${name}`);
    }
  });

  test('19:00 the county sees counts, what is missing, the cluster by class and age', async () => {
    await at('19:00');
    const county = await as('kt-handle'), words = await county.go('/care');
    assert.match(words, /1\s*进行中的预警/);
    assert.match(words, /小太阳托育中心：手足口病样，3例/);
    await county.look('14-care');
    const data = (await (await api('kt-handle')).get(`/care.json?day=${today}`)).body.data;
    const mine = data.rows.find((one) => one.name === '平凉演示小太阳托育中心'), heads = ['机构', ...data.columns.map((one) => one.label)];
    const cell = (label) => mine.cells[heads.indexOf(label) - 1].text;
    assert.deepEqual(['应到', '到园', '晨检', '预警', '日结'].map(cell), ['31', '30', '30', '1', '已确认']);
    await county.page.click('a[data-row]:has-text("小太阳托育中心：手足口病样")');
    await county.page.waitForURL(/outbreak_alert\/\d+$/);
    const seen = await county.words();
    assert.match(seen, /托大1班\s+\S*24[^\n]*\s+3/);
    await county.look('14-alert');
    dayOfCounty = await list('kt-handle', 'care_day', `?day=${today}`);
    const day = dayOfCounty.find((one) => one.state === 'confirmed');
    assert.match(await county.go(`/care_day/${day.id}`), /1名婴幼儿没有离园登记/);
    await county.look('14-day');
  });

  test('19:10 whatever the county opens, no child has a name', async () => {
    await at('19:10');
    const client = await api('kt-handle'), names = /演示幼儿\d|演示家长|演示奶奶/;
    const [site] = (await client.get(`/institution.json?q=${encodeURIComponent('小太阳')}`)).body.data, [alert] = await list('kt-handle', 'outbreak_alert');
    const queue = ['/work', `/care?day=${today}`, `/institution/${site.id}`, `/outbreak_alert/${alert.id}`, ...dayOfCounty.map((one) => `/care_day/${one.id}`)];
    const seen = new Set(queue), shapes = new Map(), wrong = [];
    /* pages of one kind that differ in a number or a filter are alike: some of each; files are not read by their bytes */
    const isNew = (target) => {
      const shape = target.replace(/\d{6,}/g, 'N').replace(/=[^&]*/g, '=');
      if (seen.has(target) || /^\/(static|tablet|logout|login)|\.(css|js|svg|png|ico|webmanifest|pdf|xlsx|csv)(\?|$)|\/file\//.test(target)) return false;
      shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
      seen.add(target);
      return shapes.get(shape) <= 4;
    };
    for (let i = 0; i < queue.length; i++) {
      const page = await client.get(queue[i], { headers: { accept: 'text/html' } });
      const data = await client.get(queue[i]);
      if (names.test(page.text) || names.test(data.text)) wrong.push(queue[i]);
      for (const [, link] of page.text.matchAll(/href="(\/[^"#]*)"/g)) if (isNew(link.replaceAll('&amp;', '&'))) queue.push(link.replaceAll('&amp;', '&'));
    }
    console.log(`# the county opened ${queue.length} pages of ${shapes.size} kinds`);
    assert.deepEqual(wrong, []);
    for (const needed of [/^\/isolation|^\/class_watch/, /^\/staff\/\d+$/, /^\/ratio_event/, /^\/epidemic_report/, /^\/attendance|^\/health_inspection/]) assert.ok(queue.some((one) => needed.test(one)), `${needed} was not opened`);
    for (const one of [of('托大1班')[0], of('托大2班')[0]]) assert.equal((await client.get(`/child/${one.id}.json`)).status, 404);
  });

  test('19:20 one name, inside the open case: for a purpose, approved by another, for a time, and in the list of looks', async () => {
    await at('19:20');
    const county = await as('kt-handle'), chief = await as('kt-sign'), [ill, ...others] = of('托大1班');
    const [alert] = await list('kt-handle', 'outbreak_alert', '?state=open'), [found] = await list('sun-health', 'isolation', `?child=${ill.id}`);
    await county.go(`/outbreak_alert/${alert.id}`);
    await county.page.click('section:has(h2:text("病例查看申请")) a:text-is("添加")');
    await county.page.waitForSelector('[name=reason]');
    await county.fill({ purpose: 'investigation', reason: '需要了解首例发病情况', hours: '2' });
    await county.look('15-access-new');
    await county.send();
    const [access] = await list('kt-handle', 'case_access');
    assert.equal((await (await api('kt-handle')).get(`/isolation/${found.id}.json`)).status, 404, 'asked is not approved');
    await chief.go(`/case_access/${access.id}`);
    await chief.look('15-access-approve');
    assert.match(await chief.step('approve', (page, box) => chief.fill({ decision_note: '同意，限本预警' }, box)), /已同意/);
    await county.go(`/case_access/${access.id}`);
    await county.look('15-access');
    const words = await county.go(`/isolation/${found.id}`);
    assert.ok(words.includes(ill.name));
    assert.ok(others.every((one) => !words.includes(one.name)), 'one name');
    assert.match(words, /症状[^]*口腔/, 'what makes it a case');
    assert.doesNotMatch(words, /38\.4|演示家长/, 'nothing else of its health, nobody of its family');
    await county.look('15-name');
    assert.equal((await (await api('kt-sign')).get(`/isolation/${found.id}.json`)).status, 404, 'approving is not seeing');
    const auditor = await as('auditor');
    const looks = await auditor.go('/looks?office=11');
    assert.match(looks, new RegExp(`演示承办员\\s+病儿隔离\\s+查看\\s+流行病学调查：需要了解首例发病情况\\s+${found.id}`));
    await auditor.look('15-looks');
    await at('21:21');
    assert.equal((await (await api('kt-handle')).get(`/isolation/${found.id}.json`)).status, 404, 'the time is over');
  });

  test('after midnight the next day is open, and this one stays as it was confirmed', async () => {
    server.clock(now = time('00:10', 19));
    await until(async () => (await list('inst-sun', 'care_day', '?day=2026-11-19')).length === 1, 'the next day');
    const [day] = await list('inst-sun', 'care_day', `?day=${today}`);
    assert.equal(day.state, 'confirmed');
    const head = await as('inst-sun'), words = await head.go('/today');
    assert.match(words, /2026年11月19日/);
    assert.match(words, /演示幼儿\d+待返托证明/);
    await head.look('16-next-day');
  });
});
