// Refuses what Chromium 87 does not know: in the built style sheet by a list of later selectors, rules, properties and
// values; in the scripts by a list of later interfaces (their syntax is lowered by the build). `node tools/check_targets.mjs
// [DIST]`; says each place, exits 1 when there is one.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import process from 'node:process';
import * as esbuild from 'esbuild';
import postcss from 'postcss';

const dist = process.argv[2] || fileURLToPath(new URL('../dist', import.meta.url));
const faults = [];

const laterRules = /^(layer|container|property-rule|scope|starting-style|view-transition|position-try|counter-style)$/;
const laterSelectors = [/:(has|is|where)\(/, /:not\([^()]*,/, /::file-selector-button/, /:(modal|user-valid|user-invalid|popover-open|open|autofill)\b/, /&/, /::(target-text|highlight|spelling-error|grammar-error)/, /:nth-child\([^)]* of /];
const laterProperties = /^(aspect-ratio|accent-color|translate|rotate|scale|border-(start|end)-(start|end)-radius|text-wrap.*|container.*|offset-.*|mask(-.*)?|print-color-adjust|forced-color-adjust|scrollbar-(gutter|width|color)|hyphenate-.*|font-palette|color-adjust|animation-timeline|view-.*|anchor-.*|field-sizing|overflow-clip-margin|contain-intrinsic-.*|inset-area|zoom-.*|object-view-box|math-.*)$/;
const laterValues = [/\b(oklch|oklab|lch|lab|hwb|color|color-mix|light-dark)\(/, /\d(dvh|svh|lvh|dvw|svw|lvw|cqw|cqh|cqi|lh|rlh|cap|ic)\b/, /\b(round|mod|rem|sin|cos|tan|abs|sign|pow|sqrt)\(/, /\bclip\s*$/, /\bfit-content\(/];
const laterMedia = /[<>]=?|\b(update|scripting|prefers-contrast|inverted-colors|dynamic-range)\b/;

const sheet = (name) => {
  const root = postcss.parse(readFileSync(path.join(dist, name), 'utf8'));
  root.walkAtRules((rule) => {
    if (laterRules.test(rule.name)) faults.push(`${name}: @${rule.name}`);
    if (rule.name === 'media' && laterMedia.test(rule.params)) faults.push(`${name}: @media ${rule.params}`);
    if (rule.name === 'import') faults.push(`${name}: @import`);
  });
  root.walkRules((rule) => {
    if (rule.parent.type === 'rule') faults.push(`${name}: nested ${rule.selector}`);
    for (const later of laterSelectors) if (later.test(rule.selector)) faults.push(`${name}: ${rule.selector}`);
  });
  root.walkDecls((decl) => {
    const where = `${name}: ${decl.parent.selector} { ${decl.prop}: ${decl.value} }`;
    const bare = laterProperties.test(decl.prop);
    const prefixed = decl.parent.nodes.some((one) => one.prop === `-webkit-${decl.prop}`);
    if (bare && !prefixed) faults.push(where);
    if (decl.prop === 'overflow' && /clip/.test(decl.value)) faults.push(where);
    for (const later of laterValues) if (!/^overflow|text-overflow|clip/.test(decl.prop) && later.test(decl.value)) faults.push(where);
  });
};

/* The interface, and since which Chromium. Names that a library guards itself are not listed: moveBefore, view transitions. */
const interfaces = [
  [/\bObject\.hasOwn\b/, 93], [/\bstructuredClone\(/, 98], [/\brandomUUID\b/, 92], [/\bAbortSignal\.(timeout|any)\b/, 103],
  [/\.(findLast|findLastIndex)\(/, 97], [/\.(toSorted|toReversed|toSpliced)\(/, 110], [/\b(Object|Map)\.groupBy\b/, 117],
  [/\bPromise\.withResolvers\b/, 119], [/\bArray\.fromAsync\b/, 121], [/\.hasIndices\b/, 90], [/\bAggregateError\b.*cause/, 93],
  [/\bnew\s+Error\([^()]*\{cause:/, 93], [/\bscheduler\.(postTask|yield)\b/, 94], [/\.checkVisibility\(/, 105], [/\bURL\.canParse\b/, 120],
  [/\.(showPopover|togglePopover|hidePopover)\(/, 114], [/\breportError\(/, 95], [/\bIntl\.(Segmenter|DurationFormat)\b/, 87.5],
];

const script = async (name) => {
  const text = readFileSync(path.join(dist, name), 'utf8');
  for (const [later, since] of interfaces) if (later.test(text)) faults.push(`${name}: ${later} since ${since}`);
  if (/\beval\(|\bnew Function\(/.test(text) && name.endsWith('app.js')) faults.push(`${name}: eval`);
  const printed = async (target) => (await esbuild.transform(text, { target, legalComments: 'none' })).code;
  if ((await printed('chrome87')) !== (await printed('esnext'))) faults.push(`${name}: syntax later than Chromium 87`);
};

if (!existsSync(path.join(dist, 'app.css'))) {
  console.log('dist is not built: npm run build');
  process.exit(1);
}
for (const name of ['app.css', 'tablet/app.css']) sheet(name);
for (const name of ['app.js', 'htmx.js', 'charts.js', 'tablet/app.js', 'tablet/sw.js']) await script(name);
for (const one of faults) console.log(one.slice(0, 200));
console.log(faults.length ? `${faults.length} later than Chromium 87` : 'nothing later than Chromium 87');
process.exitCode = faults.length ? 1 : 0;
