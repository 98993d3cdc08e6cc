// Packs templates, built static files and reference data into one C file:
//   node tools/pack.mjs OUTPUT.c SRC_DIR DIST_DIR STANDARDS_DIR
// Templates are named by their path below SRC_DIR without .html; static files are served under their path below
// DIST_DIR; reference data keep the name standards/<file> and are not served (their path has no leading slash).
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const types = {
  '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.ico': 'image/x-icon', '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json', '.html': 'text/html; charset=utf-8', '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8', '.woff2': 'font/woff2',
};

const files = (folder) =>
  !existsSync(folder) ? [] : readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => path.join(one.parentPath ?? one.path, one.name))
    .sort();

// Octal escapes of fixed length: no escape can swallow a following digit. Lines are adjacent literals.
const literal = (bytes) => {
  const lines = [];
  for (let from = 0; from < bytes.length || from === 0; from += 4096) {
    let line = '';
    for (const byte of bytes.subarray(from, from + 4096)) {
      const plain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 && byte !== 63;
      line += plain ? String.fromCharCode(byte) : '\\' + byte.toString(8).padStart(3, '0');
    }
    lines.push(`    "${line}"`);
  }
  return lines.join('\n');
};

const [, , output, source, dist, standards] = process.argv;
if (!standards) {
  console.error('node tools/pack.mjs OUTPUT.c SRC_DIR DIST_DIR STANDARDS_DIR');
  process.exit(2);
}
const parts = ['/* Made by tools/pack.mjs. */', '#include "base/assets.h"', '#include "page/template.h"', ''];

const templates = files(source).filter((one) => one.endsWith('.html'));
const sources = templates.map((file, i) => {
  // leading blanks of lines carry nothing in a page
  const bytes = Buffer.from(readFileSync(file, 'utf8').replace(/^[ \t]+/gm, ''));
  parts.push(`static const char template_${i}[] =\n${literal(bytes)};`);
  return `    { "${path.relative(source, file).replace(/\.html$/, '')}", template_${i}, ${bytes.length} },`;
});

const assets = [];
const add = (name, bytes, served) => {
  const i = assets.length;
  const zipped = served && bytes.length >= 512 && !/\.(png|ico|woff2)$/.test(name) ? gzipSync(bytes, { level: 9 }) : null;
  const gzip = zipped && zipped.length < bytes.length * 0.9 ? zipped : null;
  const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  parts.push(`static const char asset_${i}[] =\n${literal(bytes)};`);
  if (gzip) parts.push(`static const char gzip_${i}[] =\n${literal(gzip)};`);
  const type = types[path.extname(name)] ?? 'application/octet-stream';
  assets.push(`    { "${name}", "${type}", "\\"${etag}\\"", (const unsigned char *)asset_${i}, ${bytes.length}, ` +
    (gzip ? `(const unsigned char *)gzip_${i}, ${gzip.length} },` : 'NULL, 0 },'));
};
for (const file of files(dist)) add('/' + path.relative(dist, file), readFileSync(file), true);
for (const file of files(standards)) add('standards/' + path.relative(standards, file), readFileSync(file), false);
if (existsSync(path.join(standards, 'map.json'))) add('/map.json', readFileSync(path.join(standards, 'map.json')), true);

parts.push(`const struct template_source packed_templates[] = {\n${sources.join('\n')}\n};`);
parts.push(`const size_t packed_templates_n = ${sources.length};`);
parts.push(`const struct asset assets[] = {\n${assets.join('\n')}\n};`);
parts.push(`const size_t assets_n = ${assets.length};`, '');
mkdirSync(path.dirname(output), { recursive: true });
writeFileSync(output, parts.join('\n'));
