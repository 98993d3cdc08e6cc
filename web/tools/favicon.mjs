// Makes icons/favicon.ico (32 × 32, a PNG in its ICO frame) from icons/icon.svg; run by hand when the icon changes.
import { readFile, writeFile } from 'node:fs/promises';
import { launch } from '../../tests/browser/lib/chromium.mjs';

const svg = await readFile(new URL('../icons/icon.svg', import.meta.url), 'utf8');
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 32, height: 32 } });
await page.setContent(`<body style="margin:0">${svg.replace('<svg ', '<svg width="32" height="32" style="display:block" ')}`);
const png = await page.screenshot({ omitBackground: true });
await browser.close();

const head = Buffer.alloc(22);
head.writeUInt16LE(1, 2);
head.writeUInt16LE(1, 4);
head[6] = 32;
head[7] = 32;
head.writeUInt16LE(1, 10);
head.writeUInt16LE(32, 12);
head.writeUInt32LE(png.length, 14);
head.writeUInt32LE(22, 18);
await writeFile(new URL('../icons/favicon.ico', import.meta.url), Buffer.concat([head, png]));
