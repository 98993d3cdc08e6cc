// Sheets of the tablet that ask more than a tap: a photo with consent, a second hand under a medicine, and what a wrong
// clock does to what is written down.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { crc32, pdf, signIn, start } from '../lib/client.mjs';
import { launch } from './lib/chromium.mjs';
import { Room } from './lib/people.mjs';
import { proxy } from './lib/proxy.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5), hour = 3600000, today = '2026-11-18'; /* Wednesday 08:05 in Pingliang */
const pins = ['2468', '1357', '8642'];
/* a grey picture of 96 × 64 points */
const chunk = (name, data) => {
  const body = Buffer.concat([Buffer.from(name), data]), out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};
const size = Buffer.from([0, 0, 0, 96, 0, 0, 0, 64, 8, 0, 0, 0, 0]);
const picture = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', size), chunk('IDAT', deflateSync(Buffer.alloc(64 * 97).map((_, i) => (i % 97 === 0 ? 0 : i)))), chunk('IEND', Buffer.alloc(0))]);

describe('the sheets of the tablet', () => {
  let server, browser, line, head, children, staff, classes, n = 0;
  before(async () => {
    server = await start({ clock: begin });
    line = await proxy(() => server.url);
    browser = await launch();
    head = await signIn(server, 'inst-sun');
    classes = (await head.get('/class_group.json?sort=title')).body.data;
    children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
    const all = (await head.get('/staff.json')).body.data, cares = (one) => /carer|health|head/.test(one.posts);
    staff = [...all.filter(cares), ...all.filter((one) => !cares(one))]; /* three carers, then the others */
    assert.ok(staff.filter(cares).length >= 3, 'carers enough');
    for (const [i, pin] of pins.entries()) await head.make('staff_pin', { part: staff[i].id, pin });
    await head.make('staff_pin', { part: staff.at(-1).id, pin: '9753' });
  });
  after(async () => {
    await browser?.close();
    await line?.stop();
    await server?.stop();
  });
  const of = (group) => children.filter((one) => one.class === group.id);
  const guardian = async (child) => (await head.get(`/child/${child}.json`)).body.data.guardian[0].id;
  const rows = async (form) => (await head.get(`/${form}.json?day=${today}`)).body.data;
  const open = async (group) => {
    const id = await head.make('device', { name: `${group.name}平板${++n}`, covers: 'classes', posts: ['care', 'health'] });
    await head.make('device_class', { part: id, class: group.id });
    const room = await Room.open(browser, line.url, (await head.get(`/device/${id}.json`)).body.data.pair_code);
    await room.person(staff[0].id, pins[0]);
    return room;
  };
  /* On a phone and on a tablet. */
  const look = async (room, name) => {
    await room.look(name, 'tablet');
    await room.page.setViewportSize({ width: 800, height: 1280 });
    await room.look(`${name}-wide`, 'tablet');
    await room.page.setViewportSize({ width: 360, height: 740 });
  };
  const arrive = async ({ page }, child) => {
    await page.click(`[data-child="${child.id}"]`);
    await page.waitForSelector(`[data-child="${child.id}"][data-state=present]`);
  };
  const type = async (page, pin) => {
    for (const key of pin) await page.click(`dialog .key:text-is("${key}")`);
  };

  test('a camera only for children whose guardian consented; what is asked for is taken back once it is done', async () => {
    const text = (await head.get('/consent_text.json')).body.data.find((one) => one.kind === 'photo').id, [yes, no] = of(classes[0]);
    await head.make('consent', { part: yes.id, how: 'screen', text, given_by: await guardian(yes.id) });
    const room = await open(classes[0]), { page } = room;
    await room.children('到园晨检');
    for (const child of [yes, no]) {
      await arrive(room, child);
      await page.click(`[data-child="${child.id}"]`);
      await page.click('dialog summary');
      for (const what of ['[data-act=camera]', 'input[type=file]']) assert.equal(await page.locator(`dialog ${what}`).count(), child === yes ? 1 : 0, child.name);
      if (child === no) await look(room, '12-no-camera');
      await page.click('dialog button:text-is("关闭")');
    }
    await page.click(`[data-child="${yes.id}"]`);
    const asked = async () => {
      await page.click('[data-act=save-check]');
      await page.waitForSelector('dialog .said:has-text("有异常，请选择处理")');
    };
    await page.click('dialog [data-code=rash]');
    await asked();
    await look(room, '12-remind');
    await page.click('dialog [data-code=watch]');
    assert.equal(await page.textContent('dialog .said'), '', 'it goes with the choice');
    await page.click('dialog [data-code=watch]');
    await asked();
    await page.click('dialog [data-code=rash]');
    assert.equal(await page.textContent('dialog .said'), '', 'and with what was seen');
    for (const code of ['rash', 'watch']) await page.click(`dialog [data-code=${code}]`);
    await page.click('dialog summary');
    await page.waitForSelector('dialog .hint:text-is("不拍摄隐私部位")');
    await page.setInputFiles('#photo', { name: 'a.png', mimeType: 'image/png', buffer: picture });
    await page.waitForSelector('dialog img');
    await page.locator('dialog [data-act=camera]').scrollIntoViewIfNeeded();
    await look(room, '12-camera');
    line.line.state = 'cut';
    await page.click('[data-act=save-check]');
    await page.waitForSelector('dialog', { state: 'detached' });
    line.line.state = 'open';
    await room.upload();
    const [check] = (await rows('morning_check')).filter((one) => one.child === yes.id);
    const photo = await head.get(`/morning_check/${check.id}/file/photo`);
    assert.deepEqual([photo.status, photo.bytes.subarray(0, 3).toString('hex')], [200, 'ffd8ff'], 'made anew: without what the camera wrote into it');
    await room.screen('ledgers');
    await page.click('[data-ledger=observation]');
    await page.click(`dialog .tile:has-text("${yes.name}")`);
    await page.waitForSelector('dialog [data-act=camera]');
    for (const code of ['meal', 'normal']) await page.click(`dialog [data-code=${code}]`);
    await page.setInputFiles('#f-photo', { name: 'a.png', mimeType: 'image/png', buffer: picture });
    await page.click('[data-act=save-ledger]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await room.upload();
    const [observation] = (await rows('observation')).filter((one) => one.child === yes.id);
    assert.equal((await head.get(`/observation/${observation.id}/file/photo`)).status, 200);
    await room.context.close();
  });

  test('a medicine without a network: given by one, checked by another with her own number, at once or later', async () => {
    const [child] = of(classes[1]);
    const order = await head.upload('medicine_order', { child: child.id, guardian: await guardian(child.id), drug: '试验糖浆', reason: '咳嗽', dose: '5毫升', route: 'oral', times_a_day: '2', hours: '11:30', from_day: today, to_day: today, expires_on: '2027-01-01' }, 'signed_paper', pdf('委托书'));
    assert.equal((await head.post(`/medicine_order/${order.body.data.id}/receive`, { quantity: '1瓶', storage: 'room' })).status, 200);
    const room = await open(classes[1]), { page } = room;
    line.line.state = 'cut';
    const give = async () => {
      await room.screen('ledgers');
      await page.click('[data-ledger=medicine_given]');
      await page.click(`dialog .tile:has-text("${child.name}")`);
      await page.fill('#f-dose', '5毫升');
      await page.click('[data-act=save-ledger]');
      await page.waitForSelector(`dialog [data-second="${staff[1].id}"]`);
    };
    await give();
    assert.equal(await page.locator('dialog [data-second]').count(), 2, 'carers only');
    assert.equal(await page.locator(`dialog [data-second="${staff[0].id}"]`).count(), 0, 'not the one who gave it');
    assert.match(await page.textContent('dialog'), /委托：试验糖浆 · 5毫升 · 11:30.*实际用量：5毫升/s);
    await look(room, '13-second');
    await page.click(`dialog [data-second="${staff[1].id}"]`);
    await type(page, pins[0]);
    await page.click('dialog .key:text-is("确定")');
    await page.waitForSelector('.said:has-text("口令不对")');
    await type(page, pins[1]);
    await page.waitForSelector('dialog', { state: 'detached' });
    await give();
    await page.click('dialog [data-act=later]');
    await page.waitForSelector('[data-unsigned]');
    await look(room, '13-later');
    await room.person(staff[2].id, pins[2]); /* another takes over, and signs in: of the shift is who is there */
    await room.screen('today');
    await page.click('[data-act=in]');
    await page.waitForSelector('[data-act=out]');
    await room.screen('ledgers');
    await page.click('[data-unsigned]');
    assert.deepEqual(await page.locator('dialog [data-second]').evaluateAll((all) => all.map((one) => one.dataset.second)), [staff[2].id]);
    await page.click('dialog [data-second]');
    await type(page, pins[2]);
    await page.waitForSelector('[data-unsigned]', { state: 'detached' });
    line.line.state = 'open';
    assert.equal(await room.upload(), 5);
    const signed = await Promise.all((await rows('medicine_given')).map(async (one) => (await head.get(`/medicine_given/${one.id}.json`)).body.data));
    assert.deepEqual(signed.map((one) => one.state), ['given', 'given']);
    assert.ok(signed.every((one) => one.given_by.endsWith(staff[0].name)));
    assert.deepEqual(signed.map((one) => one.witnessed_by.split(' · ').at(-1)).sort(), [staff[1].name, staff[2].name].sort());
    await room.context.close();
  });

  test('a guardian signs with a finger, without a network; the medicine can be given at once', async () => {
    const child = of(classes[1])[1];
    const order = await head.make('medicine_order', { child: child.id, guardian: await guardian(child.id), drug: '试验滴剂', reason: '过敏', dose: '2滴', route: 'oral', times_a_day: '1', hours: '11:30', from_day: today, to_day: today, expires_on: '2027-01-01' });
    const room = await open(classes[1]), { page } = room;
    line.line.state = 'cut';
    await room.screen('ledgers');
    await page.click('[data-ledger=medicine_order]');
    await page.click(`dialog .tile:has-text("${child.name}")`);
    for (const words of ['药品名称：试验滴剂', '每次用量：2滴']) await page.waitForSelector(`dialog p:text-is("${words}")`);
    await page.fill('#f-quantity', '1瓶');
    await page.click('dialog [data-code=room]');
    await page.click('[data-act=save-ledger]');
    await page.waitForSelector('.said:has-text("请监护人签字")');
    const write = async () => {
      await page.locator('.sign').scrollIntoViewIfNeeded();
      const box = await page.locator('.sign').boundingBox();
      await page.mouse.move(box.x + 30, box.y + 30);
      await page.mouse.down();
      for (const [x, y] of [[90, 60], [40, 80], [140, 40], [170, 90], [220, 50]]) await page.mouse.move(box.x + x, box.y + y, { steps: 4 });
      await page.mouse.up();
    };
    await write();
    await page.click('[data-act=clear-sign]');
    await page.click('[data-act=save-ledger]');
    await page.waitForSelector('.said:has-text("请监护人签字")');
    await write();
    assert.equal(await page.textContent('dialog .said'), '', 'the reminder goes with the name');
    await look(room, '15-sign');
    await page.click('[data-act=save-ledger]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.click('[data-ledger=medicine_order]');
    assert.equal(await page.locator(`dialog .tile:has-text("${child.name}")`).count(), 0, 'it is signed');
    await page.click('dialog button:text-is("关闭")');
    await room.ledger('medicine_given', (one) => one.fill('#f-dose', '2滴'), child.name, (one) => one.click('dialog [data-act=later]'));
    line.line.state = 'open';
    assert.equal(await room.upload(), 2);
    const row = (await head.get(`/medicine_order/${order}.json`)).body.data, file = await head.get(`/medicine_order/${order}/file/signature`);
    assert.equal(row.state, 'open');
    assert.deepEqual([file.status, file.bytes.subarray(1, 4).toString()], [200, 'PNG']);
    assert.ok((await rows('medicine_given')).some((one) => one.child === child.id));
    await room.context.close();
  });

  test('a clock set wrong without a network is put right by its difference; touched in between, the head decides', async () => {
    const room = await open(classes[2]), { page } = room, [ahead, behind, between] = of(classes[2]);
    const turn = (ms) => room.pass(ms);
    const arrived = async (child) => {
      const [row] = (await rows('attendance')).filter((one) => one.child === child.id);
      return row && (await head.get(`/attendance/${row.id}.json`)).body.data;
    };
    for (const [child, off] of [[ahead, 3 * hour], [behind, -24 * hour]]) {
      line.line.state = 'cut';
      await turn(off);
      await page.reload(); /* the tablet was off; nobody signs again: what it shows is what it believes */
      await page.waitForSelector('body[data-ready]');
      if (await page.locator('dialog').count()) await room.person(staff[0].id, pins[0]);
      await room.children('到园晨检');
      await arrive(room, child);
      line.line.state = 'open';
      await room.upload();
      const row = await arrived(child);
      assert.deepEqual([row?.day, row?.arrived_at, row?.time_corrected], [today, '2026-11-18T08:05:00+08:00', '时间已按设备时差校正'], `${off / hour} hours`);
      assert.match(await page.textContent('.list'), /时间已按设备时差校正/);
    }
    await look(room, '14-corrected');
    line.line.state = 'cut';
    await room.children('到园晨检');
    await arrive(room, between);
    await turn(3 * hour);
    line.line.state = 'open';
    await room.screen('more');
    await page.click('[data-act=send]');
    await page.waitForSelector('.list [data-state=todo]:has-text("时钟被改动")');
    await look(room, '14-touched');
    const [item] = (await head.get('/inbox.json')).body.data.items;
    assert.match(item.message, /时钟被改动/);
    assert.equal(await arrived(between), undefined);
    await room.context.close();
  });

  test('who must not come in is not taken along; each tap is undone for its minute; a wrong arrival is mended', async () => {
    const group = classes[2], stood = (await rows('attendance')).map((one) => one.child);
    const ill = of(group).find((one) => !stood.includes(one.id)), [abnormal, wrong] = of(group).filter((one) => one !== ill);
    await head.make('attendance', { child: ill.id, arrived_at: '08:00' });
    await head.make('morning_check', { child: ill.id, round: 'morning', symptoms: ['rash'], handling: 'isolate' });
    const [row] = (await rows('attendance')).filter((one) => one.child === ill.id);
    assert.equal((await head.post(`/attendance/${row.id}/leave`, { fetch_check: 'guardian', fetched_guardian: await guardian(ill.id) })).status, 200);
    server.clock(begin + 24 * 3600000); /* the next morning it still waits for its certificate */
    head = await signIn(server, 'inst-sun');
    const room = await open(group), { page } = room;
    await room.upload();
    await room.children('到园晨检');
    await page.waitForSelector(`[data-child="${ill.id}"][data-due=no]:has-text("须返托证明")`);
    await look(room, '12-due');
    line.line.state = 'cut';
    await page.click('[data-act=arrived]');
    await room.is(abnormal.id, 'present');
    assert.equal(await page.locator(`[data-child="${ill.id}"][data-state=none]`).count(), 1, 'all others have come, not this one');
    await page.click(`[data-child="${ill.id}"]`);
    assert.equal(await page.locator('dialog button:text-is("已到")').count(), 0);
    await page.click('dialog button:text-is("关闭")');
    await page.click(`[data-child="${abnormal.id}"]`);
    for (const code of ['cough', 'watch']) await page.click(`dialog [data-code=${code}]`);
    await page.click('[data-act=save-check]');
    await page.waitForSelector(`[data-child="${abnormal.id}"][data-check=abnormal]`);
    await page.click('[data-act=undo]');
    await page.waitForSelector(`[data-child="${abnormal.id}"][data-check=""][data-state=present]`);
    await page.click('[data-act=undo]');
    await room.is(abnormal.id, 'none');
    await page.click(`[data-child="${wrong.id}"]`);
    await room.is(wrong.id, 'present');
    await page.click(`[data-child="${wrong.id}"]`);
    await page.click('[data-act=not-come]');
    await page.click('dialog button:text-is("事假")');
    await room.is(wrong.id, 'absent');
    line.line.state = 'open';
    await room.upload();
    const mended = (await head.get('/attendance.json?day=2026-11-19')).body.data.find((one) => one.child === wrong.id);
    assert.deepEqual([mended.state, mended.arrived_at, mended.reason], ['absent', null, 'personal']);
    await room.context.close();
  });
});
