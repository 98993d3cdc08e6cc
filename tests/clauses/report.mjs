// clause × verb: what the register asks (standards/clauses.csv) and what a passing test proves on every engine.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = spawnSync(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=tap', ...readdirSync(`${root}tests/clauses`).filter((name) => name.endsWith('.test.mjs')).map((name) => `tests/clauses/${name}`)], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
const proved = new Map(), engines = new Set();
let engine = '';
for (const line of run.stdout.split('\n')) {
  const suite = /^# Subtest: clauses on (\w+)/.exec(line);
  if (suite) engines.add(engine = suite[1]);
  const test = /^ +(not )?ok \d+ - (C\d{3} .*)/.exec(line);
  if (!test) continue;
  for (const [, clause, verb] of test[2].split(':')[0].matchAll(/(C\d{3}) ([RCDPM])/g)) {
    const key = `${clause} ${verb}`;
    if (!proved.has(key)) proved.set(key, new Map());
    proved.get(key).set(engine, !test[1] && proved.get(key).get(engine) !== false);
  }
}
const lines = readFileSync(`${root}standards/clauses.csv`, 'utf8').trim().split('\n').slice(1);
let whole = 0, partly = 0;
console.log(`clause  asked  proved on ${[...engines].join(' and ')}`);
for (const line of lines) {
  const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g).map((cell) => cell.replace(/,$/, ''));
  const [clause, verbs] = [cells[0], cells[5]];
  const good = [...verbs].filter((verb) => engines.size > 0 && [...engines].every((one) => proved.get(`${clause} ${verb}`)?.get(one)));
  if (good.length === verbs.length) whole++;
  else if (good.length > 0) partly++;
  console.log(`${clause}    ${verbs.padEnd(6)} ${good.length === verbs.length ? 'proved' : good.length ? `partly: ${good.join('')}` : '–'}`);
}
console.log(`${whole} of ${lines.length} clauses proved, ${partly} partly${engines.has('postgres') ? '' : ' (PostgreSQL did not run)'}`);
process.exit(run.status ?? 1);
