// Builds web/dist: one style sheet, the page script, htmx, the charts, icons, and the map's outlines when they exist.
// Nothing is fetched; the same sources give the same bytes.
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
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

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([styles(), scripts(), htmx(), copies()]);

for (const name of ['app.css', 'app.js', 'htmx.js', 'charts.js']) {
  const bytes = await readFile(path.join(dist, name));
  const small = gzipSync(bytes, { level: 9 }).length;
  const over = small > (most[name] ?? Infinity);
  console.log(`${name.padEnd(10)} ${bytes.length} bytes, ${small} gzip${over ? `: above ${most[name]}` : ''}`);
  if (over) process.exitCode = 1;
}
