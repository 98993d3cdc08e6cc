// The style sheet must hold for Chromium 87: what lowering does, and that the check refuses what is later.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import postcss from 'postcss';
import { lower } from '../tools/lower.mjs';

const run = async (css) => (await postcss([lower({ primary: '#102030' })]).process(css, { from: undefined })).css.replace(/\s+/g, ' ').trim();

test('colours become rgb', async () => {
  assert.equal(await run('a{color:var(--fallback-p,oklch(var(--p)/0.5))}'), 'a{color:rgb(16 32 48 / 0.5)}');
  assert.equal(await run('a{color:oklch(var(--btn-color, var(--p)))}'), 'a{color:#102030}');
  await assert.rejects(run('a{color:oklch(var(--nobody))}'), /unknown colour/);
});

test('is and where are written out, a type goes to the front', async () => {
  assert.equal(await run('.a:is(.b,.c) .d:where(input){top:0}'), '.a.b input.d,.a.c input.d{top:0}');
});

test('not with a list becomes several', async () => {
  assert.equal(await run('.a:not(.b,.c){top:0}'), '.a:not(.b):not(.c){top:0}');
});

test('selectors with has and blocks for later browsers go', async () => {
  assert.equal(await run('.a:has(.b){top:0}.c{top:1px}'), '.c{top:1px}');
  assert.equal(await run('@supports (color: color-mix(in oklab, black, black)){.a{top:0}}.c{top:1px}'), '.c{top:1px}');
});

const check = (files) => {
  const dist = mkdtempSync(path.join(tmpdir(), 'tuoyu-dist-'));
  mkdirSync(path.join(dist, 'tablet'));
  for (const [name, text] of Object.entries({ 'app.css': '', 'app.js': '', 'htmx.js': '', 'charts.js': '', 'tablet/app.css': '', 'tablet/app.js': '', 'tablet/sw.js': '', ...files }))
    writeFileSync(path.join(dist, name), text);
  const tool = fileURLToPath(new URL('../tools/check_targets.mjs', import.meta.url));
  const { status } = spawnSync(process.execPath, [tool, dist]);
  rmSync(dist, { recursive: true });
  return status;
};

test('the check lets what Chromium 87 knows pass', () => {
  assert.equal(check({ 'app.css': 'a:not(.b){inset:0;gap:1px;color:rgb(1 2 3 / .5)}', 'app.js': 'a.b??=1' }), 0);
});

for (const [what, files] of Object.entries({
  'a layer': { 'app.css': '@layer x{a{top:0}}' },
  'has': { 'app.css': 'a:has(b){top:0}' },
  'nesting': { 'app.css': 'a{& b{top:0}}' },
  'aspect-ratio': { 'app.css': 'a{aspect-ratio:1}' },
  'oklch': { 'app.css': 'a{color:oklch(1 0 0)}' },
  'dynamic heights': { 'app.css': 'a{height:100dvh}' },
  'a range in media': { 'app.css': '@media (width>=40em){a{top:0}}' },
  'a static block': { 'app.js': 'class A{static{f()}}' },
  'an interface in the tablet\'s app': { 'tablet/app.js': 'crypto.randomUUID()' },
  'has in the tablet\'s styles': { 'tablet/app.css': 'a:has(b){top:0}' },
  'hasOwn': { 'charts.js': 'Object.hasOwn(a,"b")' },
}))
  test(`the check refuses ${what}`, () => assert.equal(check(files), 1));
