// schema.lock is the schema of the last release. This shows what the tables of the forms have become since, and judges it
// by the rules of migration: a new table, a column that may be empty and a new index come by themselves; everything else
// would lose or refuse data and needs a numbered migration. Last line "N passed, N failed".
//   node tools/schema.mjs check PROGRAM     compares
//   node tools/schema.mjs release PROGRAM   writes schema.lock anew, at a release
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const lock = fileURLToPath(new URL('../schema.lock', import.meta.url));

/* {table: {head, lines: [what stands in it]}} */
export const read = (text) => {
  const tables = new Map();
  let current;
  for (const line of text.split('\n').filter(Boolean)) {
    if (line.startsWith('table ')) tables.set(line.split(' ')[1], (current = { head: line, lines: [] }));
    else current.lines.push(line.trim());
  }
  return tables;
};

const column = (line) => /^column (\S+) /.exec(line)?.[1];

/* What a table has that it had not, and the other way round: [{words, by itself?}] */
const compare = (name, before, now) => {
  const found = [], say = (words, automatic) => found.push({ words: `${name}: ${words}`, automatic });
  if (before.head !== now.head) say(`${before.head} → ${now.head}`, false);
  const columns = (table) => new Map(table.lines.filter(column).map((line) => [column(line), line]));
  const [was, is] = [columns(before), columns(now)];
  for (const [key, line] of was) {
    if (!is.has(key)) say(`gone: ${line} (retire the field instead: its data stay)`, false);
    else if (is.get(key) !== line) say(`changed: ${line} → ${is.get(key)}`, false);
  }
  for (const [key, line] of is) if (!was.has(key)) say(`new: ${line}`, !/^column \S+ \S+ need/.test(line));
  /* a key or span over a column that nobody has filled refuses no row */
  const fresh = (words) => words.some((word) => is.has(word) && !was.has(word));
  const harmless = (line) => line.startsWith('index') || (line.startsWith('unique') && fresh(line.split(' where ')[0].split(' '))) ||
    (line.startsWith('span') && fresh([line.split(' ')[2].split('..')[0]]));
  const rest = (table) => table.lines.filter((line) => !column(line));
  for (const line of rest(before)) if (!rest(now).includes(line)) say(`gone: ${line}`, line.startsWith('index'));
  for (const line of rest(now)) if (!rest(before).includes(line)) say(`new: ${line}`, harmless(line));
  return found;
};

export const differences = (before, now) => {
  const found = [];
  for (const [name, table] of before)
    if (now.has(name)) found.push(...compare(name, table, now.get(name)));
    else found.push({ words: `${name}: the table is gone (its data would stay, but nobody would find them)`, automatic: false });
  for (const name of now.keys()) if (!before.has(name)) found.push({ words: `${name}: new table`, automatic: true });
  return found;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, program] = process.argv;
  const text = execFileSync(program, ['schema'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (what === 'release') writeFileSync(lock, text);
  else {
    const now = read(text), found = differences(read(readFileSync(lock, 'utf8')), now);
    for (const { words, automatic } of found) console.log(`${automatic ? 'by itself' : 'NEEDS A MIGRATION'}  ${words}`);
    const failed = found.filter((one) => !one.automatic).length;
    console.log(`${now.size} passed, ${failed} failed`);
    process.exitCode = failed ? 1 : 0;
  }
}
