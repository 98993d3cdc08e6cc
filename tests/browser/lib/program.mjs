// Starts the program under test on a fresh folder of demonstration data and a free port of 127.0.0.1; stops what it
// started, by its process id.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const binary = process.env.TUOYU || path.join(root, 'build/test/tuoyu');
export const built = () => existsSync(binary);

const freePort = async () => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
};

const answers = async (url, child, patience) => {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    if (child.exitCode !== null) return false;
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => null);
    if (answer) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
};

/* {url, data, log(), stop()}; throws with the program's own words when it does not come up. */
export const start = async ({ demo = true, args = [], patience = 20000 } = {}) => {
  const data = mkdtempSync(path.join(tmpdir(), 'tuoyu-browser-'));
  const init = spawnSync(binary, ['init', '--data', data, ...(demo ? ['--demo'] : [])], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (init.status !== 0) {
    rmSync(data, { recursive: true, force: true });
    throw new Error(`tuoyu init: ${init.error || init.stderr || init.stdout}`);
  }
  const port = await freePort();
  const child = spawn(binary, ['serve', '--data', data, '--port', String(port), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = init.stdout;
  child.stdout.on('data', (bytes) => (log += bytes));
  child.stderr.on('data', (bytes) => (log += bytes));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(data, { recursive: true, force: true });
  };
  if (!(await answers(url, child, patience))) {
    await stop();
    throw new Error(`tuoyu serve did not answer:\n${log}`);
  }
  return { url, data, log: () => log, stop };
};

/* Logs in by the page itself, as a person would. */
export const login = async (page, url, name, password) => {
  await page.goto(`${url}/login`);
  await page.fill('input[name=name]', name);
  await page.fill('input[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
};
