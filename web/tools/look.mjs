// Opens every sample page in Chromium, on a desk and on a phone, and says what axe, the console, the target sizes and
// html-validate find wrong. Pictures: tests/browser/shots/gallery/. `npm run look [page…]`
import process from 'node:process';
import { HtmlValidate } from 'html-validate';
import { launch, desk, phone, listen, shoot, slowPhone, measure } from '../../tests/browser/lib/chromium.mjs';
import { violations, tooSmall } from '../../tests/browser/lib/axe.mjs';
import { render } from './mustache.mjs';
import { serve } from './preview.mjs';
import { pages } from './samples.mjs';

const wanted = process.argv.slice(2).filter((one) => pages[one]);
const names = wanted.length ? wanted : Object.keys(pages);
const html = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: { 'no-trailing-whitespace': 'off', 'doctype-style': 'off', 'long-title': 'off', 'void-style': 'off', 'no-inline-style': 'error' },
});

let faults = 0;
const say = (where, list) => {
  faults += list.length;
  for (const one of list) console.log(`${where}: ${one}`);
};

const { server, url } = await serve();
const browser = await launch();
try {
  for (const name of names) {
    const { template, model, frame } = pages[name];
    const report = await html.validateString(render(template, model, frame));
    say(`${name} html`, report.results.flatMap((one) => one.messages.map((it) => `${it.ruleId}: ${it.message} (line ${it.line})`)));
    for (const [kind, open] of [['desk', desk], ['phone', phone]]) {
      const context = await open(browser);
      const page = await context.newPage();
      const console_ = listen(page);
      await page.goto(`${url}/${name}`, { waitUntil: 'load' });
      await page.waitForTimeout(150);
      await shoot(page, `gallery/${name}-${kind}`);
      say(`${name} ${kind} small`, await tooSmall(page));
      await page.evaluate(() => document.querySelectorAll('main details').forEach((one) => (one.open = true)));
      say(`${name} ${kind} axe`, await violations(page));
      say(`${name} ${kind} console`, console_);
      await context.close();
    }
  }
  for (const name of wanted.length ? [] : ['list', 'work', 'form']) {
    const slow = await slowPhone(browser);
    const it = await measure(slow, `${url}/${name}`, 'h1');
    console.log(`${name} on a slow phone: seen ${it.seen} ms, all ${it.loaded} ms, ${it.bytes} bytes`);
    if (it.seen > 2000 || it.bytes > 61440) say(name, ['slower than 2 s or larger than 60 KB']);
    await slow.context.close();
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
console.log(faults ? `${faults} faults` : 'no fault');
process.exitCode = faults ? 1 : 0;
