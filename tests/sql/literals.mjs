// The SQL in the sources: every string that a statement is made of, to be found again in what was run.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const calls = /\b(query_add|query_text|reader_rows|reader_each|writer_run|writer_exec)\s*\($/;
const looks = /^\s*(select|insert into|update \w+ set|delete from|with \w+ as)\b|\b(where|and|or|order by|group by|limit|exists|from|join|on conflict)\b.*(\?\d|\br\.|\boffice\b|\bselect\b)/;

/* "…" "…" runs of one file, with their line and what stands before them. */
const strings = (text) => {
  const found = [];
  const token = /\/\*[^]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\])'|"(?:\\.|[^"\\])*"(?:[\s\\]*"(?:\\.|[^"\\])*")*/g;
  for (const match of text.matchAll(token)) {
    if (match[0][0] !== '"') continue;
    const before = text.slice(Math.max(0, match.index - 300), match.index);
    if (/#\s*include\s*$/.test(before)) continue;
    const value = [...match[0].matchAll(/"((?:\\.|[^"\\])*)"/g)].map((one) => one[1]).join('');
    found.push({ line: text.slice(0, match.index).split('\n').length, value: value.replaceAll('\\"', '"').replaceAll('\\n', ' '), before });
  }
  return found;
};

/* A literal is SQL when it looks like it, or is what a call of the store is given as its text. */
const isSql = ({ value, before }) => {
  if (/[^\x20-\x7e]/.test(value) || !/[a-z]/.test(value)) return false;
  const open = before.lastIndexOf('('), call = /\b(query_add|query_text)\s*\(\s*&?[\w.>-]+,\s*$/.test(before);
  return call || looks.test(value) || (open >= 0 && calls.test(before.slice(0, open + 1)) && /^\s*(select|insert|update|delete)\b/.test(value));
};

export const squeeze = (sql) => sql.replace(/\s+/g, ' ').trim();
/* Numbers of parameters are given when a statement is put together; %s and the like stand for a name or a fragment. */
const pattern = (value) => new RegExp(squeeze(value).replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\?\d+/g, '\\?\\d+').replace(/%(lld|[sdu])/g, '.*?'));

export const literals = (root) =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src/*.c', 'src/*.h'], { cwd: root, encoding: 'utf8' }).trim().split('\n')
    .filter((file) => !file.startsWith('src/store/'))
    .flatMap((file) => strings(readFileSync(path.join(root, file), 'utf8')).filter(isSql).map(({ line, value }) => ({ file, line, value, pattern: pattern(value) })));
