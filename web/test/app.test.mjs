// The page script in real Chromium on the sample pages, under the program's content security policy; and what remains
// without scripts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { desk, launch, listen, phone, withoutScripts } from '../../tests/browser/lib/chromium.mjs';
import { serve } from '../tools/preview.mjs';

let server;
let url;
let browser;

before(async () => {
  ({ server, url } = await serve());
  browser = await launch();
});
after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

const open = async (name, kind = desk, more = {}) => {
  const context = await kind(browser, more);
  const page = await context.newPage();
  const faults = listen(page);
  await page.goto(`${url}/${name}`, { waitUntil: 'load' });
  return { page, faults, close: () => context.close() };
};
const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);

test('j and k walk the rows, / goes to the search', async () => {
  const { page, close } = await open('list');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  assert.match(await focused(page), /2号/);
  await page.keyboard.press('k');
  assert.match(await focused(page), /1号/);
  await page.keyboard.press('/');
  assert.equal(await focused(page), 'find-q');
  await page.keyboard.type('jj?');
  assert.equal(await page.inputValue('#find-q'), 'jj?');
  await close();
});

test('g and a key go to home, ? explains the keys and Escape ends it', async () => {
  const { page, close } = await open('list');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await page.waitForURL('**/work');
  await close();
});

test('a link changes the main part only, moves the focus to the heading and the title with it', async () => {
  const { page, faults, close } = await open('list');
  await page.evaluate(() => (window.stays = true));
  await page.click('#menu a[href="/work"]');
  await page.waitForFunction(() => document.title.startsWith('待办'));
  assert.equal(await page.evaluate(() => window.stays), true);
  assert.match(await focused(page), /件待办/);
  assert.deepEqual(faults, []);
  await page.goBack();
  await page.waitForFunction(() => document.title.startsWith('机构'));
  await close();
});

test('a form refused with 422 shows its errors and focuses the summary', async () => {
  const { page, close } = await open('record');
  await page.click('#step-receipt summary');
  await page.click('#step-receipt button[type=submit]');
  await page.waitForSelector('.summary');
  await page.waitForFunction(() => document.activeElement.matches('.summary'));
  await page.click('.summary a');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-uscc');
  await close();
});

test('a draft is posted with its header, without the secret, and takes the new version', async () => {
  const context = await desk(browser);
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(`${url}/form`, { waitUntil: 'load' });
  await page.fill('#f-name', '演示托育园（改）');
  await page.fill('#f-identity', 'secret');
  const posted = page.waitForRequest((request) => request.method() === 'POST');
  await page.clock.runFor(16000);
  const request = await posted;
  assert.equal(request.headers()['x-autosave'], '1');
  const body = new URLSearchParams(request.postData());
  assert.equal(body.get('name'), '演示托育园（改）');
  assert.equal(body.get('csrf'), 'demo');
  assert.match(body.get('key'), /^k-[0-9a-z]+$/);
  assert.equal(body.has('identity'), false);
  await page.waitForSelector('text=草稿已于');
  assert.equal(await page.inputValue('form[data-autosave] input[name=version]'), '4');
  await context.close();
});

test('leaving with unsent changes asks, and no keeps the page', async () => {
  const { page, close } = await open('form');
  await page.fill('#f-name', '改');
  let asked = '';
  page.on('dialog', (dialog) => {
    asked = dialog.message();
    dialog.dismiss();
  });
  await page.click('#menu a[href="/work"]');
  await page.waitForTimeout(300);
  assert.match(asked, /还没有提交/);
  assert.equal(await page.inputValue('#f-name'), '改');
  await close();
});

test('a form without changes is left without a question', async () => {
  const { page, close } = await open('form');
  page.on('dialog', () => assert.fail('asked'));
  await page.click('#menu a[href="/work"]');
  await page.waitForFunction(() => document.title.startsWith('待办'));
  await close();
});

test('a press that asks first is sent only after yes', async () => {
  const { page, close } = await open('work');
  await page.evaluate(() => (document.querySelector('main form').dataset.confirm = '确定认领吗？'));
  let posts = 0;
  page.on('request', (request) => (posts += request.method() === 'POST'));
  await page.click('main form button');
  await page.click('dialog >> text=取消');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(posts, 0);
  await page.click('main form button');
  await page.click('dialog >> text=确定 >> nth=-1');
  await page.waitForSelector('.summary');
  assert.equal(posts, 1);
  await close();
});

test('a file of the wrong kind is named before it travels', async () => {
  const { page, close } = await open('form');
  await page.setInputFiles('#f-licence', { name: 'a.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('x') });
  await page.waitForSelector('text=文件类型不对');
  await page.setInputFiles('#f-licence', { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  await page.waitForSelector('text=a.pdf，1 KB');
  await close();
});

test('a filter is applied when it is chosen', async () => {
  const { page, close } = await open('list');
  await page.selectOption('#find-kind', 'n');
  await page.waitForURL('**/institution?*kind=n*');
  await close();
});

test('the secret of the second factor can be copied', async () => {
  const { page, close } = await open('totp', desk, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.click('[data-copy]');
  await page.waitForSelector('text=已复制');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'DEMO DEMO DEMO DEMO');
  await close();
});

test('a chart is drawn after the page, under the policy', async () => {
  const { page, faults, close } = await open('chart');
  await page.waitForSelector('[data-chart] svg');
  assert.deepEqual(faults, []);
  await close();
});

test('an event makes the bell look again, and only the bell', async () => {
  const { page, close } = await open('list');
  await page.evaluate(() => document.querySelector('.bell-n').remove());
  await page.waitForSelector('.bell-n');
  assert.equal(await page.textContent('h1'), '机构');
  await close();
});

test('a press twice sends once', async () => {
  const { page, close } = await open('work');
  let posts = 0;
  page.on('request', (request) => (posts += request.method() === 'POST'));
  await page.evaluate(() => {
    const button = document.querySelector('main form button');
    button.click();
    button.click();
  });
  await page.waitForSelector('.summary');
  assert.equal(posts, 1);
  await close();
});

test('the menu of a phone opens and closes, with scripts and without', async () => {
  for (const more of [{}, { javaScriptEnabled: false }]) {
    const { page, close } = await open('list', phone, more);
    assert.equal(await page.isVisible('#menu'), false);
    await page.click('.to-menu');
    assert.equal(await page.isVisible('#menu'), true);
    await page.click('.shut');
    assert.equal(await page.isVisible('#menu'), false);
    await close();
  }
});

test('without scripts steps open, forms are sent and nothing needs a script', async () => {
  const { page, close } = await open('record', withoutScripts);
  assert.equal(await page.isVisible('[data-help]'), false);
  await page.click('#step-return summary');
  await page.fill('#step-return-missing', '请补交消防证明');
  await page.click('#step-return button[type=submit]');
  await page.waitForSelector('.summary');
  await close();
});
