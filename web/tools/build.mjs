// Builds web/dist: one style sheet, the page script, htmx, the charts, icons, and the map's outlines when they exist.
// Nothing is fetched; the same sources give the same bytes.
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import path from 'node:path';
import process from 'node:process';
import autoprefixer from 'autoprefixer';
import * as esbuild from 'esbuild';
import postcss from 'postcss';
import tailwind from 'tailwindcss';
import config, { theme } from '../tailwind.config.mjs';
import { lower } from './lower.mjs';

const web = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(web, 'dist');
const target = 'chrome87';
const most = { 'app.css': 20480, 'app.js': 8192, 'htmx.js': 20480 }; /* gzip bytes; charts.js loads late */

/* The style sheet with its parts in place of their imports. */
const whole = async (from) => {
  const text = await readFile(from, 'utf8');
  const names = [...text.matchAll(/@import '(.+?)';/g)];
  const parts = await Promise.all(names.map((one) => readFile(path.join(path.dirname(from), one[1]), 'utf8')));
  return names.reduce((all, one, i) => all.replace(one[0], () => parts[i]), text);
};

const styles = async () => {
  const from = path.join(web, 'styles/app.css');
  const content = { ...config.content, files: config.content.files.map((one) => path.join(web, one)) };
  const plugins = [tailwind({ ...config, content }), lower(theme),
    autoprefixer({ overrideBrowserslist: ['chrome 87'], add: true })];
  const built = await postcss(plugins).process(await whole(from), { from });
  const small = await esbuild.transform(built.css, { loader: 'css', minify: true, target });
  await writeFile(path.join(dist, 'app.css'), small.code);
};

const scripts = async () => {
  const entryPoints = { app: 'src/app.ts', charts: 'src/charts.ts' };
  await esbuild.build({
    absWorkingDir: web, entryPoints, outdir: 'dist', bundle: true, minify: true, format: 'iife', target,
    legalComments: 'none', charset: 'utf8', logLevel: 'warning', define: { 'process.env.NODE_ENV': '"production"' },
  });
};

/* htmx as its makers minified it, with any newer syntax lowered. Its settings stand in every page's head. */
const htmx = async () => {
  const source = await readFile(path.join(web, 'node_modules/htmx.org/dist/htmx.min.js'), 'utf8');
  const lowered = await esbuild.transform(source, { target, minify: true, legalComments: 'none' });
  await writeFile(path.join(dist, 'htmx.js'), lowered.code);
};

const copies = async () => {
  for (const name of ['icon.svg', 'favicon.ico', 'manifest.webmanifest'])
    await copyFile(path.join(web, 'icons', name), path.join(dist, name));
  const map = path.join(web, '../standards/map.json');
  if (await stat(map).catch(() => null)) await copyFile(map, path.join(dist, 'map.json'));
};

/* The tablet's app: its script, its styles, its page, and the worker that keeps them for the time without a network. The
 * worker's name is the hash of all, so that a changed file is a new build. */
const tablet = async () => {
  const from = path.join(web, 'tablet'), to = path.join(dist, 'tablet');
  const common = { absWorkingDir: web, bundle: true, minify: true, target, legalComments: 'none', charset: 'utf8', logLevel: 'warning' };
  await mkdir(to, { recursive: true });
  await esbuild.build({ ...common, entryPoints: ['tablet/app.ts'], outfile: 'dist/tablet/app.js', format: 'iife' });
  const css = await esbuild.transform(await readFile(path.join(from, 'app.css'), 'utf8'), { loader: 'css', minify: true, target });
  await writeFile(path.join(to, 'app.css'), css.code);
  for (const name of ['index.html', 'manifest.webmanifest']) await copyFile(path.join(from, name), path.join(to, name));
  const names = ['app.js', 'app.css', 'index.html', 'manifest.webmanifest'], all = createHash('sha256');
  for (const name of names) all.update(await readFile(path.join(to, name)));
  const files = ['/tablet/', '/icon.svg', ...names.filter((name) => name !== 'index.html').map((name) => `/tablet/${name}`)];
  const define = { BUILD: JSON.stringify(all.digest('hex').slice(0, 12)), FILES: JSON.stringify(files) };
  await esbuild.build({ ...common, entryPoints: ['tablet/sw.ts'], outfile: 'dist/tablet/sw.js', format: 'iife', define });
};
const tabletMost = 61440; /* gzip bytes, all of it */

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([styles(), scripts(), htmx(), copies(), tablet()]);

for (const name of ['app.css', 'app.js', 'htmx.js', 'charts.js']) {
  const bytes = await readFile(path.join(dist, name));
  const small = gzipSync(bytes, { level: 9 }).length;
  const over = small > (most[name] ?? Infinity);
  console.log(`${name.padEnd(10)} ${bytes.length} bytes, ${small} gzip${over ? `: above ${most[name]}` : ''}`);
  if (over) process.exitCode = 1;
}

let tabletBytes = 0;
for (const name of ['app.js', 'app.css', 'index.html', 'sw.js', 'manifest.webmanifest'])
  tabletBytes += gzipSync(await readFile(path.join(dist, 'tablet', name)), { level: 9 }).length;
console.log(`tablet     ${tabletBytes} gzip${tabletBytes > tabletMost ? `: above ${tabletMost}` : ''}`);
if (tabletBytes > tabletMost) process.exitCode = 1;
