// The arrows of the design: which folder may include which, who may know which library, how long a file may be.
// Last line "N passed, N failed".
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const may = {
  base: ['base'],
  store: ['base', 'store'],
  desk: ['base', 'desk'],
  page: ['base', 'page'],
  policy: ['base', 'store', 'policy'],
  'domain/area': ['base', 'store', 'desk', 'policy', 'domain/area', 'domain/institution'],
  'domain/institution': ['base', 'store', 'desk', 'policy', 'domain/area', 'domain/institution', 'domain/staff', 'domain/child'],
  'domain/staff': ['base', 'store', 'desk', 'policy', 'domain/area', 'domain/institution', 'domain/staff'],
  'domain/child': ['base', 'store', 'desk', 'policy', 'domain/area', 'domain/institution', 'domain/staff', 'domain/child'],
  'domain/care': ['base', 'store', 'desk', 'policy', 'domain/area', 'domain/institution', 'domain/staff', 'domain/child', 'domain/care'],
  http: ['base', 'store', 'desk', 'page', 'policy', 'http'],
  cli: ['base', 'store', 'desk', 'page', 'policy', 'domain/area', 'domain/institution', 'domain/staff', 'domain/child', 'domain/care', 'http', 'cli'],
};
const libraries = [
  [/^microhttpd\.h$/, /^src\/http\/server/],
  [/^(sqlite3|libpq-fe)\.h$/, /^src\/store\//],
  [/^(jansson)\.h$/, /^src\/base\//],
  [/^(openssl\/.*)$/, /^src\/base\//],
  [/^(cairo.*|pango.*|qrencode|xlsxwriter|zip|libxml.*|curl.*|magic)\.h$/, /^src\/desk\//],
];
const longest = 800;
const part = (file) => {
  const parts = file.split('/');
  return parts[1] === 'domain' ? `domain/${parts[2]}` : parts[1];
};

let passed = 0, failed = 0;
for (const file of execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src/*.c', 'src/*.h'], { encoding: 'utf8' }).trim().split('\n')) {
  const text = readFileSync(file, 'utf8'), mine = part(file), wrong = [];
  if (text.split('\n').length > longest) wrong.push(`longer than ${longest} lines`);
  for (const [, quote, name] of text.matchAll(/^#include ([<"])([^>"]+)[>"]/gm)) {
    if (quote === '"' && name.includes('/') && mine !== 'main.c') {
      const target = part(`src/${name}`);
      if (may[mine] && !may[mine].includes(target)) wrong.push(`includes ${name}`);
    }
    for (const [library, home] of libraries) if (quote === '<' && library.test(name) && !home.test(file)) wrong.push(`includes <${name}>`);
  }
  for (const why of wrong) console.log(`${file}: ${why}`);
  wrong.length ? failed++ : passed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
