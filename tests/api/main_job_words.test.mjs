// Filing is not a licence: no text of the program says otherwise. Comments may name laws; texts of the law quoted in the
// reference data stay as the law says them; everything that a person can read is looked at here.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src/*.c', 'src/*.h', 'src/*.html', 'web/src/*.ts', 'standards/codes.csv', 'docs/使用手册/*'], { cwd: root, encoding: 'utf8' })
  .split('\n').filter(Boolean).map((name) => JSON.parse(name.startsWith('"') ? name.replace(/\\(\d{3})/g, (_, octal) => `\\u00${parseInt(octal, 8).toString(16)}`) : `"${name}"`))
  .map((name) => (/[\u0080-\u00ff]/.test(name) ? Buffer.from(name, 'latin1').toString() : name));
/* What says that it is none, and the licence of the kitchen. */
const allowed = /不是行政许可|备案不是许可|食品经营许可证/g;
const forbidden = /批准|许可|准予|不予备案/;

test('templates, catalogue and guides say of no filing that it is permitted or refused', () => {
  assert.ok(files.length > 100 && files.some((name) => name.endsWith('.html')), `${files.length} files`);
  const found = [];
  for (const name of files) {
    const text = readFileSync(`${root}/${name}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')); /* comments are not read by people at their work */
    for (const [i, line] of text.split('\n').entries()) if (forbidden.test(line.replace(allowed, ''))) found.push(`${name}:${i + 1}: ${line.trim()}`);
  }
  assert.deepEqual(found, []);
});

test('the test itself sees a forbidden word', () => {
  assert.ok(forbidden.test('备案已批准'.replace(allowed, '')));
  assert.ok(!forbidden.test('备案不是行政许可，供餐的另交食品经营许可证'.replace(allowed, '')));
});
