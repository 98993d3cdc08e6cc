// Real Chromium for the browser tests: contexts for a desk, a phone on a slow line, and a person without scripts.
import { createRequire } from 'node:module';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import process from 'node:process';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');

const shots = fileURLToPath(new URL('../shots', import.meta.url));
const executablePath = process.env.CHROMIUM || '/usr/bin/chromium';
const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN'];

const env = { ...process.env, LANGUAGE: 'zh_CN' }; /* the browser's own words: file and date boxes */
export const launch = () => chromium.launch({ executablePath, args, env, headless: true });

const common = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };
export const desk = (browser, more = {}) => browser.newContext({ ...common, viewport: { width: 1280, height: 800 }, ...more });
export const phone = (browser, more = {}) =>
  browser.newContext({ ...common, viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, ...more });
export const withoutScripts = (browser, more = {}) => desk(browser, { javaScriptEnabled: false, ...more });

/* What a page logs as wrong, also what the content security policy stops; empty when all is well. */
export const listen = (page) => {
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return faults;
};

/* 360 × 740, a processor six times slower, 400 kbit/s with 400 ms to the server and back; nothing in the cache. */
export const slowPhone = async (browser) => {
  const context = await phone(browser);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  const line = { offline: false, latency: 400, downloadThroughput: 50000, uploadThroughput: 50000 };
  await cdp.send('Network.emulateNetworkConditions', line);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  let bytes = 0;
  cdp.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  return { context, page, bytes: () => bytes };
};

/* Opens url; milliseconds until `selector` stands visible on the page, and until everything has come; and the bytes. */
export const measure = async (slow, url, selector) => {
  const begin = Date.now();
  const coming = slow.page.goto(url, { waitUntil: 'load' });
  await slow.page.waitForSelector(selector, { state: 'visible' });
  const painted = await slow.page.evaluate(() => {
    const entry = performance.getEntriesByName('first-contentful-paint')[0];
    return entry ? entry.startTime : null;
  });
  const seen = Date.now() - begin;
  await coming;
  return { seen, painted, loaded: Date.now() - begin, bytes: slow.bytes() };
};

export const shoot = async (page, name) => {
  const file = path.join(shots, `${name}.png`);
  await mkdir(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file, fullPage: true });
  return file;
};
