// Every ledger that the server offers a tablet, filled in on its screen as a carer would, without a network, and then
// found as a row. The ledgers and what they ask come from the forms: a new one is tested here without a new line.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pdf, signIn, start } from '../lib/client.mjs';
import { pairTablet } from '../lib/tablet.mjs';
import { tooSmall, violations } from './lib/axe.mjs';
import { launch, listen, phone, shoot } from './lib/chromium.mjs';
import { proxy } from './lib/proxy.mjs';

const begin = Date.UTC(2026, 10, 18, 2, 5), today = '2026-11-18'; /* 10:05 in Pingliang */
/* what a carer would write where the form needs something particular */
const values = { from_at: '08:40', to_at: '09:50', happened_at: '09:30', ended_at: '10:04', at: '10:00', mg_per_l: '250', minutes: '30', amount: '8', temperature: '22.0', in_at: '08:00', phone: '13900000001' };
const codes = { result: 'normal', severity: 'minor' };
/* only where the choice before it makes sense */
const leaveOut = ['symptoms', 'handling', 'less_reason', 'hazards', 'left_at', 'reaction', 'mended', 'photo'];

describe('the ledgers on the tablet', () => {
  let server, browser, line, head, page, context, faults, ledgers = [];
  before(async () => {
    server = await start({ clock: begin });
    line = await proxy(() => server.url);
    browser = await launch();
    head = await signIn(server, 'inst-sun');
    const children = (await head.get('/child.json?state=enrolled')).body.data;
    const guardian = (await head.get(`/child/${children[0].id}.json`)).body.data.guardian[0].id;
    const order = await head.upload('medicine_order', { child: children[0].id, guardian, drug: '试验糖浆', reason: '咳嗽', dose: '5毫升', route: 'oral', times_a_day: '1', hours: '11:30', from_day: today, to_day: today, expires_on: '2027-01-01' }, 'signed_paper', pdf('委托书'));
    assert.equal(order.status, 200, order.text);
    assert.equal((await head.post(`/medicine_order/${order.body.data.id}/receive`, { quantity: '1瓶', storage: 'room' })).status, 200);
    const tablet = await pairTablet(server, head, () => begin, { name: '查表平板' });
    ledgers = (await tablet.day()).body.data.ledgers;
    await tablet.sync(children.map((child) => tablet.record('attendance', { child: child.id, arrived_at: '08:00' })));
    const id = await head.make('device', { name: '全园平板', covers: 'all', posts: ['care', 'health', 'logistics'] });
    context = await phone(browser, { baseURL: line.url });
    page = await context.newPage();
    faults = listen(page);
    await page.goto('/tablet/');
    await page.waitForSelector('body[data-ready]');
    await page.fill('#code', (await head.get(`/device/${id}.json`)).body.data.pair_code);
    await page.click('button[type=submit]');
    await page.waitForSelector('nav');
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    await line?.stop();
    await server?.stop();
  });

  const fill = async (field) => {
    if (leaveOut.includes(field.name)) return;
    const box = page.locator(`dialog [role=group][aria-label^="${field.label}"] button`);
    if (field.code) await (codes[field.name] ? page.locator(`dialog [data-code="${codes[field.name]}"]`) : box).first().click();
    else if (field.type === 'bool') await page.check(`#f-${field.name}`);
    else await page.fill(`#f-${field.name}`, values[field.name] ?? (field.type === 'number' ? '1' : '试验内容'));
  };

  test('each one offered is a tile', async () => {
    await page.click('[data-screen=ledgers]');
    assert.ok(ledgers.length >= 7, 'observation, medicine, outdoor, disinfection, rooms, injuries, visitors');
    const shown = await page.locator('[data-ledger]').evaluateAll((all) => all.map((one) => one.dataset.ledger));
    assert.deepEqual(shown, ledgers.filter((one) => !one.sealed).map((one) => one.form));
  });

  test('each one is filled in without a network and becomes a row', async () => {
    line.line.state = 'cut';
    const done = [];
    for (const ledger of ledgers.filter((one) => !one.sealed && !one.step)) { /* a step has nothing to wait for here */
      await page.click('[data-screen=ledgers]');
      await page.click(`[data-ledger="${ledger.form}"]`);
      if (ledger.per !== 'none') await page.locator('dialog .tile').first().click();
      for (const field of ledger.fields) await fill(field);
      assert.equal(await page.locator('dialog [data-act=camera]').count(), 0, 'no camera for whom no guardian consented');
      await shoot(page, `tablet/ledger-${ledger.form}`);
      assert.deepEqual(await violations(page), [], ledger.form);
      assert.deepEqual(await tooSmall(page), [], ledger.form);
      await page.click('[data-act=save-ledger]');
      await page.waitForSelector('dialog', { state: 'detached', timeout: 3000 });
      done.push(ledger);
    }
    line.line.state = 'open';
    await page.click('[data-screen=more]');
    await page.click('[data-act=send]');
    await page.waitForFunction((n) => document.querySelectorAll('.list li').length === n && document.querySelectorAll('.list [data-state=new]').length === 0, done.length);
    assert.deepEqual(await page.locator('.list [data-state=todo]').allTextContents(), []);
    for (const ledger of done) assert.equal((await head.get(`/${ledger.form}.json?day=${today}`)).body.data.length, 1, ledger.form);
    assert.deepEqual(faults.filter((one) => !/Failed to load|ERR_|sha256-47DEQ/.test(one)), []);
  });

  test('a report of abuse: 110 first; nothing of it can be read on the tablet, and it arrives', async () => {
    const ledger = ledgers.find((one) => one.sealed);
    line.line.state = 'cut';
    await page.click('[data-screen=more]');
    await page.click('[data-act=abuse]');
    assert.equal(await page.locator('dialog a.call').first().getAttribute('href'), 'tel:110');
    for (const field of ledger.fields) await (field.code ? page.locator(`dialog [role=group][aria-label^="${field.label}"] button`).first().click() : page.fill(`#f-${field.name}`, '只有收件部门能看'));
    await shoot(page, 'tablet/report');
    assert.deepEqual(await violations(page), []);
    await page.click('[data-act=report]');
    await page.waitForSelector('dialog', { state: 'detached' });
    const kept = await page.evaluate(async () => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const all = await new Promise((resolve) => (base.transaction('queue').objectStore('queue').getAll().onsuccess = (event) => resolve(event.target.result)));
      base.close();
      return JSON.stringify(all.filter((one) => one.box));
    });
    assert.ok(kept.length > 10 && !kept.includes('只有收件') && !kept.includes(ledger.form));
    assert.ok(!(await page.textContent('body')).includes(ledger.title + ' ·'));
    line.line.state = 'open';
    await page.click('[data-act=send]');
    await page.waitForFunction(() => document.body.textContent.includes('未上传 0'));
    const police = await signIn(server, 'kt-police');
    assert.equal((await police.get(`/${ledger.form}.json?purpose=${encodeURIComponent('接报核对')}`)).body.data.length, 1);
    assert.equal((await head.get(`/${ledger.form}.json`)).body.data.length, 0, 'not even the head');
  });
});
