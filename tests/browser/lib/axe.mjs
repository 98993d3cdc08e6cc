// Accessibility: axe-core in the page, WCAG 2.1 A and AA with best practices. Works under the content security policy,
// because the script is evaluated by the debugger and not by the page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

/* One line for each violation: "rule: what (where)". Empty: none. */
export const violations = async (page) => {
  await page.evaluate(source);
  const found = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  return found.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target.join(' ')).slice(0, 5).join('; ')})`);
};

/* Things to press lower than 44 px, links in running text excepted; and text below 16 px except the
 * count on the bell and what screen readers alone see. */
export const tooSmall = (page) =>
  page.evaluate(() => {
    const faults = [];
    const seen = (one) => one.getClientRects().length > 0 && !one.closest('.sr-only, .skip');
    const name = (one) => `${one.tagName.toLowerCase()}.${one.className} ${(one.textContent || '').trim().slice(0, 20)}`;
    for (const one of document.querySelectorAll('button, summary.btn, a.btn, input:not([type=hidden]), select, textarea, nav a, .tool')) {
      if (!seen(one)) continue;
      const target = one.closest('label.pick') || one;
      const box = target.getBoundingClientRect();
      if (box.height < 43.5) faults.push(`${name(one)}: ${Math.round(box.width)}×${Math.round(box.height)}`);
    }
    for (const one of document.querySelectorAll('body *')) {
      const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (own && seen(one) && !one.closest('.bell-n') && parseFloat(getComputedStyle(one).fontSize) < 15.9) faults.push(`${name(one)}: small text`);
    }
    if (document.documentElement.scrollWidth > window.innerWidth) faults.push(`wider than the screen: ${document.documentElement.scrollWidth}`);
    return faults;
  });
