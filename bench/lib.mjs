// What the measurements share: the programs of build/bench, a folder on the disk of the project, one line a ratio.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
export const bin = (name) => path.join(root, 'build/bench', name);
/* on the disk of the project, not on a memory disk: what is measured is durable */
export const folder = mkdtempSync(path.join(root, 'build/bench-data-'));
export const inFolder = (name) => path.join(folder, name);
export const seconds = Number(process.env.SECONDS ?? 8);
export const say = (line) => console.log(line);
export const run = (name, args, options = {}) => {
  const made = spawnSync(bin(name), args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
  if (made.status !== 0) throw new Error(`${name} ${args[0]}: ${made.stdout}${made.stderr}`.slice(0, 2000));
  return made.stdout;
};
/* `run` without blocking this process, which may be the other side of what runs. */
export const runBeside = async (name, args) => {
  const child = spawn(bin(name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '', wrong = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (wrong += bytes));
  const [code] = await once(child, 'close');
  if (code !== 0 || wrong) throw new Error(`${name}: ${said}${wrong}`.slice(0, 2000));
  return said;
};
export const timed = (work) => { const begin = process.hrtime.bigint(); work(); return Number(process.hrtime.bigint() - begin) / 1e9; };
export const sql = (database, text) => execFileSync('sqlite3', [database], { encoding: 'utf8', input: `.bail on\n${text}`, maxBuffer: 64 << 20 }).trim();

export const freePort = async () => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
};
const children = new Set();
const startProgram = async (file, args, port, ready) => {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  children.add(child);
  const begin = Date.now();
  while (!(await fetch(`http://127.0.0.1:${port}${ready}`).catch(() => null))) {
    if (child.exitCode !== null || Date.now() - begin > 20000) throw new Error(`${file} did not start`);
    await new Promise((done) => setTimeout(done, 2));
  }
  return { child, ms: Date.now() - begin };
};
const stopProgram = async (child) => {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
};

/* {url, port, ms to ready, rss() in MB, stop()} */
export const serve = async (data, more = []) => {
  const port = await freePort();
  const { child, ms } = await startProgram(bin('tuoyu'), ['serve', '--data', data, '--port', String(port), ...more], port, '/healthz');
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
  return { url: `http://127.0.0.1:${port}`, port, ms, rss, pid: child.pid, stop: () => stopProgram(child) };
};
export const bareRead = async (database, text) => {
  const port = await freePort();
  const { child } = await startProgram(bin('bare_read'), [database, text, String(port)], port, '/');
  return { url: `http://127.0.0.1:${port}/`, stop: () => stopProgram(child) };
};
export const cleanUp = async () => {
  for (const child of children) await stopProgram(child);
  rmSync(folder, { recursive: true, force: true });
};

const ms = (text) => { /* wrk's "1.23ms", "456.00us", "1.02s" */
  const [, number, unit] = /([\d.]+)(us|ms|s|m)/.exec(text) ?? [];
  return Number(number) * { us: 1e-3, ms: 1, s: 1e3, m: 6e4 }[unit];
};
/* {rate, p50, p99 (ms), bad: answers that were not 2xx} */
export const wrk = (url, { connections = 32, script, time = seconds, headers = [] } = {}) => {
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${time}s`, '--latency', ...headers.flatMap((one) => ['-H', one]),
    ...(script ? ['-s', script] : []), url], { encoding: 'utf8' });
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out), lost = /Socket errors: .*/.exec(out);
  if (lost) throw new Error(`${url}: ${lost[0]}`);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), p50: ms(/^ +50% +(\S+)/m.exec(out)?.[1]), p99: ms(/^ +99% +(\S+)/m.exec(out)?.[1]), bad: bad ? Number(bad[1]) : 0 };
};
export const failed = (answer) => (answer.bad ? `, ${answer.bad} FAILED` : '');
export const ratio = (name, mine, theirs, target, note = '') => {
  say(`${name.padEnd(46)} ${(mine / theirs).toFixed(2)}  (target ${target}; ${Math.round(mine)} to ${Math.round(theirs)} a second${note})`);
};
