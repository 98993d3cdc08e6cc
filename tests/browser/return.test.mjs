// Three evenings on a phone: the session runs out while a long form is being filled, and what was typed is still there.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signIn, start } from '../lib/client.mjs';
import { tooSmall, violations } from './lib/axe.mjs';
import { launch, listen, phone, shoot, withoutScripts } from './lib/chromium.mjs';

const password = 'Demo-tuoyu-2026', loaded = Date.UTC(2026, 10, 18, 1), late = 45 * 60000;

describe('a long form and an expired session', () => {
  let server, browser, now = loaded + 60000;
  before(async () => {
    server = await start({ clock: loaded });
    server.clock(now);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  const enter = async (page, login) => {
    await page.fill('input[name=name]', login);
    await page.fill('input[name=password]', password);
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
  };
  const open = async (kind = phone) => {
    const context = await kind(browser), page = await context.newPage(), faults = listen(page);
    await page.goto(`${server.url}/login`);
    await enter(page, 'inst-sun');
    return { context, page, faults };
  };
  const drafts = async () => (await (await signIn(server, 'inst-sun')).get('/filing.json?state=draft')).body.data.length;

  test('away for 45 minutes: back at the form with what was typed, without the secrets', async () => {
    const { context, page } = await open(), before_ = await drafts();
    await page.goto(`${server.url}/filing/new`);
    await page.fill('input[name=head_name]', '晚间负责人');
    await page.fill('input[name=head_id]', '620800198801010073');
    await page.waitForFunction(() => Object.keys(sessionStorage).some((key) => key.startsWith('kept:')));
    assert.ok(!(await page.evaluate(() => JSON.stringify(sessionStorage))).includes('620800198801010073'), 'no secret is kept');
    server.clock(now += late);
    await page.click('.form-foot button[type=submit]');
    await page.waitForSelector('input[name=password]');
    await page.waitForSelector('text=登录已过期，请重新登录，已填内容保留');
    await shoot(page, 'return/expired-360');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await tooSmall(page), []);
    await enter(page, 'inst-sun');
    assert.equal(new URL(page.url()).pathname, '/filing/new');
    assert.equal(await page.inputValue('input[name=head_name]'), '晚间负责人');
    assert.equal(await page.inputValue('input[name=head_id]'), '');
    await page.waitForSelector('[data-restored]');
    await shoot(page, 'return/restored-360');
    assert.deepEqual(await violations(page), []);
    await page.click('.form-foot button[type=submit]');
    await page.waitForURL(/stage=2/);
    assert.equal(await drafts(), before_ + 1, 'one draft');
    await page.waitForFunction(() => !JSON.stringify(sessionStorage).includes('晚间负责人')); // what was sent is kept no longer
    await context.close();
  });

  test('an autosave that finds the session gone says so; the draft made by the first one is the one that is sent', async () => {
    const { context, page } = await open(), before_ = await drafts();
    await page.goto(`${server.url}/filing/new`);
    await page.fill('input[name=head_name]', '自动保存');
    await page.waitForSelector('text=草稿已于', { timeout: 25000 });
    await page.waitForURL(/\/filing\/\d+\/edit\?stage=1/);
    server.clock(now += late);
    await page.fill('input[name=head_name]', '自动保存二');
    await page.waitForSelector('text=登录已过期，请重新登录，已填内容保留', { timeout: 25000 });
    await page.click('.form-foot button[type=submit]');
    await page.waitForSelector('input[name=password]');
    await enter(page, 'inst-sun');
    assert.match(page.url(), /\/filing\/\d+\/edit\?stage=1/);
    assert.equal(await page.inputValue('input[name=head_name]'), '自动保存二');
    await page.click('.form-foot button[type=submit]');
    await page.waitForURL(/stage=2/);
    assert.equal(await drafts(), before_ + 1, 'no second draft');
    await context.close();
  });

  test('another account in the same tab sees nothing of it, and signing out wipes it', async () => {
    const { context, page } = await open();
    await page.goto(`${server.url}/filing/new`);
    await page.fill('input[name=head_name]', '别人的字');
    await page.waitForFunction(() => Object.keys(sessionStorage).some((key) => key.startsWith('kept:')));
    server.clock(now += late);
    page.on('dialog', (dialog) => dialog.accept());
    await page.goto(`${server.url}/room`);
    await page.waitForSelector('input[name=password]');
    await enter(page, 'inst-star');
    await page.goto(`${server.url}/filing/new`);
    assert.notEqual(await page.inputValue('input[name=head_name]'), '别人的字');
    assert.ok(!(await page.evaluate(() => JSON.stringify(sessionStorage))).includes('别人的字'));
    await page.fill('input[name=head_name]', '退出前');
    await page.waitForFunction(() => JSON.stringify(sessionStorage).includes('退出前'));
    await page.evaluate(() => document.querySelector('details.me').setAttribute('open', ''));
    await Promise.all([page.waitForNavigation(), page.click('.me-box button')]);
    assert.ok(!(await page.evaluate(() => JSON.stringify(sessionStorage))).includes('退出前'));
    await context.close();
  });

  test('without scripts one is back at the form', async () => {
    const { context, page } = await open(withoutScripts);
    await page.goto(`${server.url}/filing/new`);
    await page.fill('input[name=head_name]', '无脚本');
    server.clock(now += late);
    await Promise.all([page.waitForNavigation(), page.click('.form-foot button[type=submit]')]);
    await page.waitForSelector('text=登录已过期，请重新登录');
    await enter(page, 'inst-sun');
    assert.equal(new URL(page.url()).pathname, '/filing/new');
    await context.close();
  });
});
