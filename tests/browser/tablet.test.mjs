// The tablet in real Chromium: paired, without a network, killed, full, upgraded, two of them; and fifteen children at
// five past eight on a slow one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { signIn, start } from '../lib/client.mjs';
import { tooSmall, violations } from './lib/axe.mjs';
import { desk, launch, listen, phone, shoot } from './lib/chromium.mjs';
import { portrait } from './lib/people.mjs';
import { proxy } from './lib/proxy.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5), hour = 3600000, today = '2026-11-18'; /* Wednesday 08:05 in Pingliang */
/* a cut line, a refused request and what axe leaves behind are said in the console */
const expected = /Failed to load resource|ERR_|net::|sha256-47DEQpj8HBSa/;

describe('the tablet in the browser', () => {
  let server, browser, line, head, classes, children, staff, now = begin;
  const clock = (ms) => server.clock(now = ms);
  before(async () => {
    server = await start({ clock: begin });
    line = await proxy(() => server.url);
    browser = await launch();
    head = await signIn(server, 'inst-sun');
    classes = (await head.get('/class_group.json?sort=title')).body.data;
    children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
    classes.sort((a, b) => size(b) - size(a));
    staff = (await head.get('/staff.json')).body.data;
    await head.make('staff_pin', { part: staff[0].id, pin: '2468' });
  });
  after(async () => {
    await browser?.close();
    await line?.stop();
    await server?.stop();
  });
  const size = (group) => children.filter((one) => one.class === group.id).length;
  const of = (group) => children.filter((one) => one.class === group.id);
  const rows = async (form, query = `?day=${today}`) => (await head.get(`/${form}.json${query}`)).body.data;

  const makeDevice = async (group, fields = {}) => {
    const id = await head.make('device', { name: group ? `${group.name}平板` : '全园平板', covers: group ? 'classes' : 'all', posts: ['care', 'health'], ...fields });
    if (group) await head.make('device_class', { part: id, class: group.id });
    return { id, code: (await head.get(`/device/${id}.json`)).body.data.pair_code };
  };
  /* A context of its own is a tablet of its own. */
  const openTablet = async (group, fields) => {
    const { id, code } = await makeDevice(group, fields);
    const context = await phone(browser, { baseURL: line.url });
    const page = await context.newPage(), faults = listen(page);
    await page.goto('/tablet');
    await page.waitForSelector('body[data-ready]');
    await page.fill('#code', code);
    await page.click('button[type=submit]');
    await page.waitForSelector('nav');
    return { id, context, page, faults, close: () => context.close() };
  };
  const signOn = async (page) => {
    await page.click(`dialog [data-staff="${staff[0].id}"]`);
    for (const key of '2468') await page.click(`.key:text-is("${key}")`);
    await page.waitForSelector('dialog', { state: 'detached' });
  };
  const upload = async (page) => {
    await page.click('[data-screen=more]');
    await page.click('[data-act=send]');
  };
  const states = (page) => page.evaluate(async () => {
    const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
    const items = await new Promise((resolve) => (base.transaction('queue').objectStore('queue').getAll().onsuccess = (event) => resolve(event.target.result)));
    base.close();
    return items.map((one) => one.state);
  });
  const until = async (met, what) => {
    for (let i = 0; i < 100; i++) {
      if (await met()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    assert.fail(`it did not come: ${what}`);
  };
  const allSent = (page, n) => until(async () => {
    const found = await states(page);
    return found.length >= n && found.every((one) => one === 'sent' || one === 'todo');
  }, `${n} records sent`);
  const look = async ({ page, faults }, name) => {
    await page.waitForTimeout(100);
    await shoot(page, `tablet/${name}`);
    assert.deepEqual(await violations(page), [], `axe: ${name}`);
    assert.deepEqual(await tooSmall(page), [], `too small: ${name}`);
    assert.deepEqual(faults.filter((one) => !expected.test(one)), [], `console: ${name}`);
  };

  test('all of the app is small', () => {
    const built = readFileSync(new URL('../../web/dist/tablet/app.js', import.meta.url));
    assert.ok(built.length < 200000, `${built.length} bytes before compression; the build refuses more than 60 KB after it`);
  });

  test('pairing: a wrong code is said, the right one shows the class; its pages are reachable for everybody', async () => {
    const { code } = await makeDevice(null);
    const context = await phone(browser, { baseURL: line.url }), page = await context.newPage(), tablet = { page, faults: listen(page) };
    await page.goto('/tablet/');
    await page.waitForSelector('body[data-ready]');
    await look(tablet, '1-pair');
    await page.fill('#code', '1234 5678');
    await page.click('button[type=submit]');
    await page.waitForSelector('.said:has-text("配对码不对")');
    await page.fill('#code', `${code.slice(0, 4)} ${code.slice(4)}`);
    await page.click('button[type=submit]');
    await page.waitForSelector('dialog [data-staff]');
    await look(tablet, '2-who');
    await page.click(`dialog [data-staff="${staff[0].id}"]`);
    await page.click('.key:text-is("1")');
    for (const key of ['2', '3', '4', '确定']) await page.click(`.key:text-is("${key}")`);
    await page.waitForSelector('.said:has-text("口令不对")');
    await look(tablet, '3-pin');
    for (const key of '2468') await page.click(`.key:text-is("${key}")`);
    await page.waitForSelector(`[data-act=person]:has-text("${staff[0].name}")`);
    assert.equal(await page.locator('[data-class]').count(), classes.length);
    await look(tablet, '4-today');
    await page.click(`[data-class="${classes[1].id}"]`);
    assert.equal(await page.locator('[data-child]').count(), size(classes[1]));
    await look(tablet, '5-children');
    for (const screen of ['ledgers', 'more']) {
      await page.click(`[data-screen=${screen}]`);
      await look(tablet, `6-${screen}`);
    }
    const exported = await page.evaluate(async () => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const pairing = await new Promise((resolve) => (base.transaction('meta').objectStore('meta').get('pairing').onsuccess = (event) => resolve(event.target.result)));
      base.close();
      return crypto.subtle.exportKey('pkcs8', pairing.keys.privateKey).then(() => 'exported', (fault) => fault.name);
    });
    assert.equal(exported, 'InvalidAccessError', 'the key cannot leave the device');
    await context.close();
  });

  test('fifteen children at five past eight, slow and without a network: at most 25 taps', async () => {
    const tablet = await openTablet(classes[0]), { page } = tablet, mine = of(classes[0]);
    assert.equal(mine.length, 15);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    line.line.state = 'cut';
    const cdp = await tablet.context.newCDPSession(page);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    await page.reload();
    await page.waitForSelector('dialog [data-staff]');
    await page.evaluate(() => {
      window.taps = 0;
      addEventListener('click', () => (window.taps += 1), true);
    });
    const began = Date.now();
    await signOn(page);
    let slowest = 0;
    for (const child of mine) {
      const tapped = Date.now();
      await page.click(`[data-child="${child.id}"]`);
      await page.waitForSelector(`[data-child="${child.id}"][data-state=present]`);
      slowest = Math.max(slowest, Date.now() - tapped);
    }
    const ill = mine[4];
    await page.click(`[data-child="${ill.id}"]`);
    await page.click('dialog [data-code=cough]');
    await page.click('dialog [data-code=watch]');
    await look(tablet, '7-exception');
    await page.click('[data-act=save-check]');
    await page.waitForSelector(`[data-child="${ill.id}"][data-check=abnormal]`);
    await page.click('[data-act=normal]');
    await page.waitForFunction(() => document.querySelectorAll('[data-check=normal]').length === 14);
    const taps = await page.evaluate(() => window.taps);
    console.log(`# 15 children: ${taps} taps, ${Date.now() - began} ms with the processor six times slower, slowest tap ${slowest} ms`);
    assert.ok(taps <= 25, `${taps} taps`);
    assert.ok(slowest < 2000, `${slowest} ms`);
    await look(tablet, '8-offline');
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    assert.equal((await rows('attendance')).length, 0, 'nothing has arrived');
    line.line.state = 'open';
    await upload(page);
    await allSent(page, 30);
    assert.equal((await rows('attendance')).filter((one) => one.class === classes[0].id).length, 15);
    const checks = (await rows('morning_check')).filter((one) => one.class === classes[0].id);
    assert.deepEqual([checks.length, checks.filter((one) => one.result === 'abnormal').length], [15, 1]);
    await tablet.close();
  });

  test('undo for a minute; an absence; who fetches a child: code, photo, a stranger after a call only', async () => {
    const mine = of(classes[1]);
    await portrait(head, mine[2].id);
    const tablet = await openTablet(classes[1]), { page } = tablet;
    await signOn(page);
    await page.click(`[data-child="${mine[0].id}"]`);
    await page.waitForSelector(`[data-child="${mine[0].id}"][data-state=present]`);
    await page.click('[data-act=undo]');
    await page.waitForSelector(`[data-child="${mine[0].id}"][data-state=none]`);
    assert.deepEqual(await states(page), []);
    await page.click('button:text-is("登记缺勤")');
    await page.click(`[data-child="${mine[1].id}"]`);
    await page.click('dialog button:text-is("事假")');
    await page.waitForSelector(`[data-child="${mine[1].id}"][data-state=absent]`);
    await page.click('[data-act=arrived]');
    await page.waitForFunction(() => document.querySelectorAll('[data-state=present]').length === 11);
    await page.click('.chip:text-is("离园")');
    const { pickup_person: [grandmother] } = (await head.get(`/child/${mine[0].id}.json`)).body.data;
    const code = (await head.post(`/pickup_person/${grandmother.id}/unmask/code`, { purpose: '试验' })).body.data.value;
    await page.click(`[data-child="${mine[0].id}"]`);
    await look(tablet, '9-leave');
    await page.click('dialog button:text-is("接送口令")');
    line.line.state = 'cut'; /* no code is on the tablet: without a line it cannot be compared */
    for (const key of [...code, '确定']) await page.click(`.key:text-is("${key}")`);
    await page.waitForSelector('dialog .said:has-text("没有网络，不能核对口令")');
    line.line.state = 'open';
    for (const key of [...code, '确定']) await page.click(`.key:text-is("${key}")`);
    await page.waitForSelector(`[data-child="${mine[0].id}"][data-state=left]`);
    await page.click(`[data-child="${mine[2].id}"]`);
    line.line.state = 'cut'; /* the portrait came with the day */
    await page.click('dialog [data-pickup]');
    await page.waitForFunction(() => document.querySelector('dialog img')?.naturalWidth > 0);
    await page.click('dialog button:text-is("是本人，交接")');
    await page.waitForSelector(`[data-child="${mine[2].id}"][data-state=left]`);
    await page.click(`[data-child="${mine[3].id}"]`);
    await page.click('dialog button:text-is("未登记的人")');
    await page.fill('#who', '演示邻居');
    await page.click('dialog button:text-is("交接")');
    await page.waitForSelector('.said:has-text("先电话核实")');
    await look(tablet, '10-stranger');
    line.line.state = 'open';
    await page.click('dialog .chip');
    await page.click('dialog button:text-is("交接")');
    await page.waitForSelector(`[data-child="${mine[3].id}"][data-state=left]`);
    await upload(page);
    await allSent(page, 15);
    assert.ok((await states(page)).every((one) => one === 'sent'));
    const left = (await rows('attendance')).filter((one) => one.class === classes[1].id && one.state === 'left');
    const how = await Promise.all(left.map(async (one) => (await head.get(`/attendance/${one.id}.json`)).body.data.fetch_check));
    assert.deepEqual(how.sort(), ['call', 'code', 'photo']);
    await look(tablet, '11-sent');
    await tablet.close();
  });

  test('the one who typed the number signs in and out; also when the line is cut in between', async () => {
    const tablet = await openTablet(null), { page } = tablet;
    await signOn(page);
    await page.click('[data-screen=today]');
    await page.click('[data-act=in]');
    await page.waitForSelector('[data-act=out]');
    line.line.state = 'cut';
    await look(tablet, '11-stay');
    await page.click('[data-act=out]');
    await page.waitForSelector('[data-act=in]');
    line.line.state = 'open';
    await upload(page);
    await allSent(page, 2);
    assert.deepEqual(await states(page), ['sent', 'sent']);
    const [stay] = await rows('staff_attendance');
    assert.deepEqual([stay.staff, stay.state], [staff[0].id, 'left']);
    await page.click('[data-screen=today]');
    await page.waitForSelector('[data-act=in]');
    await tablet.close();
  });

  test('a lost answer, a stranger\'s sign-in page, a killed tab: nothing is dropped, nothing is doubled', async () => {
    const tablet = await openTablet(classes[2]), mine = of(classes[2]);
    let { page } = tablet;
    await signOn(page);
    line.line.state = 'lose';
    await page.click(`[data-child="${mine[0].id}"]`);
    await page.waitForSelector(`[data-child="${mine[0].id}"][data-state=present]`);
    await upload(page);
    await page.waitForFunction(() => document.querySelector('[data-online]').dataset.online === 'no');
    assert.equal(line.line.lost, 1);
    assert.deepEqual(await states(page), ['new'], 'the server has it, the tablet does not know');
    line.line.state = 'page';
    await page.click('[data-act=send]');
    await page.waitForTimeout(300);
    assert.deepEqual(await states(page), ['new']);
    await page.click('[data-screen=children]');
    await page.click(`[data-child="${mine[1].id}"]`);
    await page.waitForSelector(`[data-child="${mine[1].id}"][data-state=present]`);
    const cdp = await tablet.context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    await Promise.race([cdp.send('Page.crash').catch(() => undefined), crashed]);
    await crashed;
    line.line.state = 'cut';
    page = await tablet.context.newPage();
    await page.goto('/tablet/');
    await page.waitForSelector(`[data-child="${mine[1].id}"][data-state=present]`);
    line.line.state = 'open';
    await upload(page);
    await allSent(page, 2);
    const there = (await rows('attendance')).filter((one) => one.class === classes[2].id);
    assert.equal(there.length, 2);
    assert.deepEqual(await states(page), ['sent', 'sent']);
    await tablet.close();
  });

  test('a full disk: it is said, the record lives in memory, and goes out when there is a line', async () => {
    const tablet = await openTablet(classes[2]), { page } = tablet, mine = of(classes[2]);
    await signOn(page);
    line.line.state = 'cut';
    /* what a full disk answers */
    await page.evaluate(() => {
      IDBObjectStore.prototype.realAdd = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function () { throw new DOMException('full', 'QuotaExceededError'); };
    });
    await page.click(`[data-child="${mine[2].id}"]`);
    await page.waitForSelector(`[data-child="${mine[2].id}"][data-state=present]`);
    await page.waitForSelector('.said:has-text("平板存储已满")');
    await look(tablet, '12-full');
    line.line.state = 'open';
    await upload(page);
    await page.waitForFunction(() => !document.body.textContent.includes('平板存储已满'));
    assert.ok((await rows('attendance')).some((one) => one.child === mine[2].id));
    await tablet.close();
  });

  test('an upgrade keeps what the version before wrote down, and a new build takes over by itself', async () => {
    const context = await phone(browser, { baseURL: line.url }), page = await context.newPage();
    await page.goto('/tablet/manifest.webmanifest');
    await page.evaluate(async (child) => {
      const base = await new Promise((resolve) => {
        const opening = indexedDB.open('tuoyu', 1);
        opening.onupgradeneeded = () => {
          opening.result.createObjectStore('meta');
          const queue = opening.result.createObjectStore('queue', { keyPath: 'n', autoIncrement: true });
          queue.createIndex('state', 'state');
          queue.createIndex('key', 'key', { unique: true });
        };
        opening.onsuccess = () => resolve(opening.result);
      });
      const tx = base.transaction('queue', 'readwrite');
      tx.objectStore('queue').add({ key: 'old-record-1', state: 'new', made: Date.now(), held: 0, words: '旧版本的记录', record: { key: 'old-record-1', form: 'morning_check', op: 'create', at: 0, v: '2026-11-18', fields: { child, round: 'noon' } } });
      await new Promise((resolve) => (tx.oncomplete = resolve));
      base.close();
    }, of(classes[2])[0].id);
    const { code } = await makeDevice(classes[2]);
    await page.goto('/tablet/');
    await page.waitForSelector('body[data-ready]');
    assert.deepEqual(await states(page), ['new']);
    await page.fill('#code', code);
    await page.click('button[type=submit]');
    await page.waitForSelector('nav');
    await allSent(page, 1);
    assert.deepEqual(await states(page), ['todo'], 'without its time it is the head who decides');
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    line.line.build = 'feedfeedfeed';
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
    await until(() => page.evaluate(async () => (await caches.keys()).join() === 'tuoyu-feedfeedfeed'), 'the newer build');
    line.line.build = null;
    line.line.state = 'cut';
    await page.reload();
    await page.waitForSelector('nav');
    assert.deepEqual(await states(page), ['todo']);
    line.line.state = 'open';
    await context.close();
  });

  test('two tablets, one child: both values come to the head, who takes one', async () => {
    const group = classes[2], child = of(group)[3];
    const [one, two] = [await openTablet(group, { name: '甲平板' }), await openTablet(group, { name: '乙平板' })];
    for (const tablet of [one, two]) await signOn(tablet.page);
    line.line.state = 'cut';
    for (const [tablet, heat] of [[one, '37.8'], [two, '38.6']]) {
      const { page } = tablet;
      await page.click(`[data-child="${child.id}"]`);
      await page.waitForSelector(`[data-child="${child.id}"][data-state=present]`);
      await page.click(`[data-child="${child.id}"]`);
      await page.fill('#temperature', heat);
      await page.click('[data-act=save-check]');
      await page.waitForSelector('.said:has-text("请选择处理")');
      await page.click('dialog [data-code=fetch]');
      await page.click('[data-act=save-check]');
      await page.waitForSelector(`[data-child="${child.id}"][data-check=abnormal]`);
    }
    line.line.state = 'open';
    for (const { page } of [one, two]) {
      await upload(page);
      await allSent(page, 2);
    }
    assert.deepEqual((await states(two.page)).sort(), ['sent', 'todo']);
    await two.page.waitForSelector('[data-state=todo]');
    await look(two, '13-conflict');
    const context = await desk(browser), page = await context.newPage(), faults = listen(page);
    await page.goto(`${server.url}/login`);
    await page.fill('input[name=name]', 'inst-sun');
    await page.fill('input[name=password]', 'Demo-tuoyu-2026');
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
    await page.goto(`${server.url}/inbox`);
    const card = page.locator('section.card', { hasText: '38.6' });
    assert.match(await card.textContent(), /37\.8/);
    await shoot(page, 'tablet/14-inbox');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults.filter((fault) => !expected.test(fault)), []);
    await page.setViewportSize({ width: 360, height: 740 });
    await shoot(page, 'tablet/14-inbox-narrow');
    assert.deepEqual(await tooSmall(page), []);
    await page.setViewportSize({ width: 1280, height: 800 });
    await card.locator('input[name=reason]').fill('复测值');
    await Promise.all([page.waitForNavigation().catch(() => undefined), card.locator('button:has-text("采用平板记录")').click()]);
    await page.waitForSelector('text=已采用平板记录');
    const row = (await rows('morning_check')).find((one_) => one_.child === child.id);
    assert.equal((await head.get(`/morning_check/${row.id}.json`)).body.data.temperature, '38.6');
    await context.close();
    await one.close();
    await two.close();
  });

  test('the server is down for a day: the records wait, come the next morning, and are not lost', async () => {
    const tablet = await openTablet(classes[0]), { page } = tablet, mine = of(classes[0]);
    await signOn(page);
    await server.halt();
    await page.click('.chip:text-is("离园")');
    for (const child of mine.slice(0, 3)) {
      await page.click(`[data-child="${child.id}"]`);
      await page.click('dialog [data-guardian]');
      await page.waitForSelector(`[data-child="${child.id}"][data-state=left]`);
    }
    const [download] = await Promise.all([page.waitForEvent('download'), (async () => {
      await page.click('[data-screen=more]');
      await page.click('[data-act=file]');
    })()]);
    const file = readFileSync(await download.path());
    assert.match(download.suggestedFilename(), /\.tuoyu$/);
    assert.ok(!file.includes(mine[0].id) && !file.includes('attendance'), 'nobody reads it on the way');
    clock(begin + 24 * hour);
    await server.serve();
    head = await signIn(server, 'inst-sun');
    await page.click('[data-act=send]');
    await allSent(page, 3);
    const body = new FormData();
    body.append('file', new Blob([file]), 'records.tuoyu');
    const read = await head.send('POST', '/inbox/import', { form: body });
    assert.equal(read.status, 200, read.text);
    assert.ok(read.body.data.results.every((one) => one.replayed), 'the file brings the same, once');
    const left = (await rows('attendance')).filter((one) => mine.slice(0, 3).some((child) => child.id === one.child) && one.state === 'left').length;
    const waiting = (await head.get('/inbox.json')).body.data.items.filter((one) => one.form === 'attendance').length;
    assert.equal(left + waiting, 3, `${left} rows, ${waiting} for the head`);
    await tablet.close();
  });

  test('48 hours without contact: the names are gone, the records are not; in the night nobody stays signed on', async () => {
    const tablet = await openTablet(classes[1]), { page } = tablet, child = of(classes[1])[4];
    await signOn(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    line.line.state = 'cut';
    await page.click('.chip:text-is("到园晨检")');
    await page.click(`[data-child="${child.id}"]`);
    await page.waitForSelector(`[data-child="${child.id}"][data-state=present]`);
    /* the tablet's clock stays, its last contact moves into the past */
    const age = (ms) => page.evaluate(async (back) => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const store = base.transaction('meta', 'readwrite').objectStore('meta');
      const contact = await new Promise((resolve) => (store.get('contact').onsuccess = (event) => resolve(event.target.result)));
      await new Promise((resolve) => (store.put({ ...contact, at: contact.at - back }, 'contact').onsuccess = resolve));
      base.close();
    }, ms);
    await age(47 * hour);
    await page.reload();
    await page.waitForSelector(`[data-child="${child.id}"]`);
    await age(2 * hour);
    await page.reload();
    await page.waitForSelector('.empty:has-text("没有当日名单")');
    assert.equal(await page.locator('[data-child]').count(), 0);
    assert.deepEqual((await states(page)).filter((one) => one === 'new'), ['new']);
    const kept = await page.evaluate(async () => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const keys = await new Promise((resolve) => (base.transaction('meta').objectStore('meta').getAllKeys().onsuccess = (event) => resolve(event.target.result)));
      base.close();
      return keys;
    });
    assert.deepEqual(kept.sort(), ['contact', 'pairing'], 'neither names nor who was signed on');
    line.line.state = 'open';
    await upload(page);
    await allSent(page, 1);
    await page.click('[data-screen=children]');
    await page.waitForSelector(`[data-child="${child.id}"]`);
    await tablet.close();
  });

  test('unpaired: the tablet is empty at its next contact', async () => {
    const tablet = await openTablet(classes[1]), { page } = tablet;
    await signOn(page);
    await head.post(`/device/${tablet.id}/unpair`, {});
    await upload(page);
    await page.waitForSelector('#code');
    assert.match(await page.textContent('body'), /已解除配对，本机数据已清除/);
    const left = await page.evaluate(async () => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const counts = await Promise.all(['meta', 'queue', 'files'].map((name) => new Promise((resolve) => (base.transaction(name).objectStore(name).count().onsuccess = (event) => resolve(event.target.result)))));
      base.close();
      return counts;
    });
    assert.deepEqual(left, [0, 0, 0]);
    await tablet.close();
  });
});
