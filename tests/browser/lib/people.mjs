// People at their desks: one browser context each, who sign in again when time has ended their session; and the tablets
// of an institution, whose own clocks go on with the server's.
import assert from 'node:assert/strict';
import { demoPassword } from '../../lib/client.mjs';
import { tooSmall, violations } from './axe.mjs';
import { desk, listen, phone, shoot } from './chromium.mjs';

/* A cut line, a form with faults, a row that may not be seen; and what axe leaves behind for the policy to report. */
const expected = /Failed to load resource|ERR_|net::|sha256-47DEQpj8HBSa/;
const clean = (faults, name) => assert.deepEqual(faults.filter((one) => !expected.test(one)), [], `console: ${name}`);

class Visit {
  constructor(server, login, page) {
    Object.assign(this, { server, login, page, faults: listen(page) });
  }
  async go(target) {
    await this.page.goto(this.server.url + target);
    if (!this.page.url().includes('/login')) return this.words();
    await this.page.fill('input[name=name]', this.login);
    await this.page.fill('input[name=password]', demoPassword);
    await Promise.all([this.page.waitForNavigation(), this.page.click('main button[type=submit]')]);
    await this.page.goto(this.server.url + target);
    return this.words();
  }
  words() {
    return this.page.innerText('#main');
  }
  async look(name) {
    await this.page.waitForTimeout(100);
    await shoot(this.page, `day/${name}`);
    assert.deepEqual(await violations(this.page), [], `axe: ${name}`);
    clean(this.faults, name);
  }
  /* Presses a button that posts, and waits for the page that answers. */
  async send(button = 'main form.card button[type=submit]') {
    await this.page.evaluate(() => document.getElementById('main').setAttribute('data-before', ''));
    await this.page.click(button);
    await this.page.waitForSelector('#main:not([data-before])');
    await this.page.waitForLoadState('networkidle');
    return this.words();
  }
  async step(name, fill = async () => {}) {
    await this.page.click(`#step-${name} > summary`);
    await fill(this.page, `#step-${name}`);
    return this.send(`#step-${name} button[type=submit]`);
  }
  /* A value for each named box, select, or list of check boxes. */
  async fill(values, within = 'main form.card') {
    for (const [name, value] of Object.entries(values)) {
      const box = this.page.locator(`${within} [name="${name}"]:not([type=hidden])`);
      if (Array.isArray(value)) for (const code of value) await this.page.check(`${within} [name="${name}"][value="${code}"]`);
      else if ((await box.evaluate((one) => one.tagName)) === 'SELECT') await box.selectOption(value);
      else await box.fill(value);
    }
  }
}

/* `as(login)`: the visit of that person, the same each time. */
export const visitors = (server, browser) => {
  const visits = new Map();
  return async (login) => {
    if (!visits.has(login)) visits.set(login, new Visit(server, login, await (await desk(browser)).newPage()));
    return visits.get(login);
  };
};

/* ---- tablets ---- */

/* Time that has passed for everybody, also where no line says so. */
const passing = () => {
  const real = Date.now.bind(Date);
  Date.now = () => real() + Number(localStorage.getItem('passed') || 0);
};

export class Room {
  static async open(browser, url, code) {
    const context = await phone(browser, { baseURL: url });
    await context.addInitScript(passing);
    const page = await context.newPage(), room = Object.assign(new Room(), { context, page, faults: listen(page) });
    await page.goto('/tablet/');
    await page.waitForSelector('body[data-ready]');
    await page.fill('#code', code);
    await page.click('button[type=submit]');
    await page.waitForSelector('dialog [data-staff]');
    return room;
  }
  pass(ms) {
    return this.page.evaluate((more) => localStorage.setItem('passed', Number(localStorage.getItem('passed') || 0) + more), ms);
  }
  async person(staff, pin) {
    if (!(await this.page.locator('dialog').count())) await this.page.click('[data-act=person]');
    await this.page.click(`dialog [data-staff="${staff}"]`);
    for (const key of pin) await this.page.click(`dialog .key:text-is("${key}")`);
    await this.page.waitForSelector('dialog', { state: 'detached' });
  }
  async signIn(staff, pin, post) {
    await this.person(staff, pin);
    await this.screen('today');
    await this.page.click(`[data-act=in]${post ? `[data-post=${post}]` : ''}`);
    await this.page.waitForSelector('[data-act=out]');
  }
  screen(name) {
    return this.page.click(`nav [data-screen=${name}]`);
  }
  async children(mode, group) {
    await this.screen('children');
    if (group) await this.page.click(`.chip:text-is("${group}")`);
    await this.page.click(`.chip:text-is("${mode}")`);
  }
  async ledger(form, fill, tile, then) {
    await this.screen('ledgers');
    await this.page.click(`[data-ledger="${form}"]`);
    if (tile) await this.page.click(`dialog .tile:has-text("${tile}")`);
    await fill(this.page);
    await this.page.click('[data-act=save-ledger]');
    if (then) await then(this.page);
    await this.page.waitForSelector('dialog', { state: 'detached' });
  }
  async is(child, state) {
    await this.page.waitForSelector(`[data-child="${child}"][data-state=${state}]`);
  }
  states() {
    return this.page.evaluate(async () => {
      const base = await new Promise((resolve) => (indexedDB.open('tuoyu').onsuccess = (event) => resolve(event.target.result)));
      const items = await new Promise((resolve) => (base.transaction('queue').objectStore('queue').getAll().onsuccess = (event) => resolve(event.target.result)));
      base.close();
      return items.map((one) => one.state);
    });
  }
  /* Sends all and asks for the day; every record has ended as a row. */
  async upload() {
    await this.screen('more');
    await this.page.click('[data-act=send]');
    await this.page.waitForSelector('[data-act=send][aria-busy=false]');
    const states = await this.states(), said = await this.page.locator('.list [data-state=todo]').allTextContents();
    assert.deepEqual([states.filter((one) => one !== 'sent').length, said], [0, []], 'every record of the tablet became a row');
    return states.length;
  }
  async look(name, folder = 'day') {
    await this.page.waitForTimeout(100);
    await shoot(this.page, `${folder}/${name}`);
    assert.deepEqual(await violations(this.page), [], `axe: ${name}`);
    assert.deepEqual(await tooSmall(this.page), [], `too small: ${name}`);
    clean(this.faults, name);
  }
}

const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
/* The child's entrusted person has a portrait from now on, to which a guardian has consented. */
export const portrait = async (head, child) => {
  const { guardian: [guardian], pickup_person: [person] } = (await head.get(`/child/${child}.json`)).body.data;
  const text = (await head.get('/consent_text.json')).body.data.find((one) => one.kind === 'photo').id;
  await head.make('consent', { part: child, how: 'screen', text, given_by: guardian.id });
  const form = new FormData();
  form.append('version', String((await head.get(`/pickup_person/${person.id}.json`)).body.data.version));
  form.append('photo', new Blob([dot], { type: 'image/png' }), 'a.png');
  const answer = await head.send('POST', `/pickup_person/${person.id}`, { form });
  if (![200, 303].includes(answer.status)) throw new Error(`portrait: ${answer.status} ${answer.text}`);
};
