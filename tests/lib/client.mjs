// The program under test over HTTP: a server on a fresh folder (or PostgreSQL schema) and signed-in clients.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const binary = process.env.TUOYU || path.join(root, 'build/test/tuoyu');
export const demoPassword = 'Demo-tuoyu-2026';
export const postgres = process.env.TUOYU_TEST_PG;
/* Suites of the main job run once for each of these. */
export const engines = postgres ? ['sqlite', 'postgres'] : ['sqlite'];

let number = 0;
export const tuoyu = (args, options = {}) => spawnSync(binary, args, { encoding: 'utf8', timeout: 120000, ...options });

/* A fresh folder. Within one run of the suites (TUOYU_INIT_CACHE) the same fresh folder is made once and copied. */
const initialise = (args, data, name) => {
  const kept = name && process.env.TUOYU_INIT_CACHE && path.join(process.env.TUOYU_INIT_CACHE, name);
  if (kept && existsSync(`${kept}/log`)) {
    cpSync(`${kept}/data`, data, { recursive: true });
    cpSync(`${kept}/data.keys`, `${data}.keys`);
    return { stdout: readFileSync(`${kept}/log`, 'utf8') };
  }
  const init = tuoyu(args);
  if (init.status !== 0) throw new Error(`init: ${init.stdout}${init.stderr}`);
  if (kept) {
    const made = `${kept}.${process.pid}`;
    cpSync(data, `${made}/data`, { recursive: true });
    cpSync(`${data}.keys`, `${made}/data.keys`);
    writeFileSync(`${made}/log`, init.stdout);
    try { renameSync(made, kept); } catch { rmSync(made, { recursive: true, force: true }); /* another was quicker */ }
  }
  return init;
};

/* A program that serves what the arguments say, on a port it takes itself and tells (one found before could be gone by
 * then): {url, child, log(), halt(signal) -> exit code}. */
export const serving = async (args) => {
  const child = spawn(binary, ['serve', ...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '', url;
  child.stdout.on('data', (bytes) => (log += bytes));
  child.stderr.on('data', (bytes) => (log += bytes));
  const ended = once(child, 'close');
  for (const end = Date.now() + 60000; !(url = /服务已启动：(\S+)/.exec(log)?.[1]);) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`serve: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url, child, log: () => log,
    halt: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 20000);
      const [code] = await ended;
      clearTimeout(timer);
      return code;
    },
  };
};

/* {url, data, log(), clock(ms), halt(signal), serve(), stop()} */
export const start = async ({ engine = 'sqlite', demo = true, clock = null, args = [] } = {}) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-api-')), data = path.join(folder, 'data');
  const where = engine === 'postgres' ? ['--postgres', postgres, '--schema', `api_${process.pid}_${number++}`] : [];
  const clockFile = path.join(folder, 'clock');
  if (clock) writeFileSync(clockFile, String(clock));
  const time = clock ? ['--clock', clockFile] : [];
  const init = initialise(['init', '--data', data, ...where, ...time, ...(demo ? ['--demo'] : [])], data, engine === 'sqlite' && `${demo ? 'demo' : 'empty'}-${clock}`);
  const runs = [], now = () => runs.at(-1), log = () => runs.map((run) => run.log()).join('');
  const serve = async () => { runs.push(await serving(['--data', data, ...where, ...time, ...args])); };
  const halt = (signal) => now().halt(signal);
  await serve();
  return {
    get url() { return now().url; },
    get pid() { return now().child.pid; },
    data, folder, where,
    initLog: init.stdout,
    log,
    /* at once: a server that read half of it would live on another day */
    clock: (ms) => { writeFileSync(`${clockFile}.new`, String(ms)); renameSync(`${clockFile}.new`, clockFile); },
    halt, serve,
    stop: async () => {
      const code = await halt();
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${log().slice(-4000)}`);
      /* a statement that the database does not understand is a fault of ours, also where the answer hid it */
      const wrong = log().split('\n').filter((line) => /^store: .*: \s*(select|insert|update|delete|with)\b/.test(line) && !/terminating connection|server closed|no space|disk/i.test(line));
      if (wrong.length) throw new Error(`statements that failed:\n${[...new Set(wrong)].join('\n')}`);
    },
  };
};

/* Beside the program: what none of its doors would write. */
export const beside = (server, sql) => {
  const [, connection, , schema] = server.where;
  const run = connection ? spawnSync('psql', [connection, '-AtqX', '-v', 'ON_ERROR_STOP=1', '-c', `set search_path = ${schema}`, '-c', sql], { encoding: 'utf8' })
    : spawnSync('sqlite3', ['-cmd', '.timeout 5000', path.join(server.data, 'tuoyu.db'), sql], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${sql}: ${run.stderr}`);
  return run.stdout.trim();
};

/* What comes by itself in a while: gives what `met` gave, or fails with the words. */
export const until = async (met, what = 'it did not come') => {
  for (const end = Date.now() + 16000; ;) {
    const got = await met();
    if (got) return got;
    if (Date.now() > end) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/* One client: keeps its cookie and CSRF token. Every answer is {status, headers, body (JSON or text)}. */
export class Client {
  constructor(server) {
    this.server = server;
    this.cookie = '';
    this.csrf = '';
  }
  async send(method, target, { json, form, headers = {}, raw } = {}) {
    const all = { accept: 'application/json', ...headers };
    let body = raw;
    if (this.cookie) all.cookie = this.cookie;
    if (json !== undefined) {
      all['content-type'] = 'application/json';
      if (this.csrf) all['x-csrf-token'] = this.csrf;
      body = JSON.stringify(json);
    } else if (form !== undefined) {
      if (this.csrf && form instanceof FormData && !form.has('csrf')) form.append('csrf', this.csrf);
      body = form;
    }
    const answer = await fetch(this.server.url + target, { method, headers: all, body, redirect: 'manual' });
    const set = answer.headers.getSetCookie().find((one) => one.startsWith('tuoyu='));
    if (set) this.cookie = set.split(';')[0];
    const type = answer.headers.get('content-type') || '';
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString('utf8');
    return { status: answer.status, headers: answer.headers, bytes, text, body: type.includes('json') && text ? JSON.parse(text) : text };
  }
  get(target, options) { return this.send('GET', target, options); }
  post(target, json = {}, options = {}) { return this.send('POST', target, { json, ...options }); }
  async login(name, password = demoPassword) {
    const answer = await this.post('/login', { login: name, password });
    if (answer.status === 200) await this.token();
    return answer;
  }
  /* The CSRF token stands in every page's forms, and for programs in the answer to /session. */
  async token() {
    const answer = await this.get('/session');
    this.csrf = answer.body.data.csrf;
    return answer;
  }
  /* Posts and expects 200; gives the new id. */
  async make(form, fields, options) {
    const answer = await this.post(`/${form}`, fields, options);
    if (answer.status !== 200) throw new Error(`${form}: ${answer.status} ${answer.text}`);
    return answer.body.data.id;
  }
  async upload(form, fields, field, bytes, name = '材料.pdf', type = 'application/pdf') {
    const body = new FormData();
    for (const [key, value] of Object.entries(fields)) body.append(key, value);
    body.append(field, new Blob([bytes], { type }), name);
    return this.send('POST', `/${form}`, { form: body });
  }
}

export const signIn = async (server, name, password) => {
  const client = new Client(server);
  const answer = await client.login(name, password);
  if (answer.status !== 200) throw new Error(`sign in ${name}: ${answer.status} ${answer.text}`);
  return client;
};

/* A new account as it comes about: the system administrator makes it, the security administrator grants it and hands out
   the first password: {id, password}. */
export const newAccount = async (server, fields) => {
  const admin = await signIn(server, 'sysadmin'), security = await signIn(server, 'secadmin');
  const id = await admin.make('account', fields);
  const answers = [await security.post(`/account/${id}/grant`, {}), await security.post(`/account/${id}/first_password`, {})];
  for (const answer of answers) if (answer.status !== 200) throw new Error(`${fields.login}: ${answer.status} ${answer.text}`);
  return { id, password: answers[1].body.data.password };
};

/* Sets a number of the city's own, as its health commission does on the page. */
export const setStandard = async (server, id, value) => {
  const city = await signIn(server, 'pl-health');
  const [one] = (await city.get(`/standard.json?q=${id}`)).body.data;
  const answer = await city.post(`/standard/${one.id}`, { version: one.version, value: String(value) });
  if (answer.status !== 200) throw new Error(`${id}: ${answer.status} ${answer.text}`);
};

/* The smallest whole PDF. */
export const pdf = (words = 'tuoyu') => Buffer.from(`%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
% ${words}
trailer<</Root 1 0 R>>
%%EOF
`);

/* A 统一社会信用代码 whose check digits fit. */
export const uscc = (prefix, area, serial) => {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  let code = `${prefix}${area.slice(0, 6)}MA0T${String(serial).padStart(4, '0')}`;
  const at = (c) => (c >= 'A' ? c.charCodeAt(0) - 55 : Number(c));
  const inner = [3, 7, 9, 10, 5, 8, 4, 2].reduce((sum, w, i) => sum + w * at(code[8 + i]), 0);
  const digit = 11 - (inner % 11);
  code += digit === 10 ? 'X' : digit === 11 ? '0' : String(digit);
  const outer = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28].reduce((sum, w, i) => sum + w * alphabet.indexOf(code[i]), 0);
  return code + alphabet[(31 - (outer % 31)) % 31];
};

/* A 公民身份号码 of nobody: 620800 is a city, no resident has it. */
export const resident = (serial, born = '19880101') => {
  const digits = `620800${born}${String(serial).padStart(3, '0')}`;
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((all, w, i) => all + w * Number(digits[i]), 0);
  return digits + '10X98765432'[sum % 11];
};

/* A zip of entries {name, data (deflated), size, crc}, without a library. */
export const zip = (entries) => {
  const parts = [], heads = [];
  let at = 0;
  for (const { name, data, size, crc } of entries) {
    const file = Buffer.from(name), head = Buffer.alloc(30), end = Buffer.alloc(46);
    head.writeUInt32LE(0x04034b50, 0); head.writeUInt16LE(20, 4); head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc, 14); head.writeUInt32LE(data.length, 18); head.writeUInt32LE(size, 22); head.writeUInt16LE(file.length, 26);
    end.writeUInt32LE(0x02014b50, 0); end.writeUInt16LE(20, 4); end.writeUInt16LE(20, 6); end.writeUInt16LE(8, 10);
    end.writeUInt32LE(crc, 16); end.writeUInt32LE(data.length, 20); end.writeUInt32LE(size, 24); end.writeUInt16LE(file.length, 28); end.writeUInt32LE(at, 42);
    parts.push(head, file, data);
    heads.push(end, file);
    at += head.length + file.length + data.length;
  }
  const directory = Buffer.concat(heads), tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0); tail.writeUInt16LE(entries.length, 8); tail.writeUInt16LE(entries.length, 10);
  tail.writeUInt32LE(directory.length, 12); tail.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, tail]);
};

export const crc32 = (bytes) => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};

/* What a leaving with somebody who is not registered says: who, and which guardian said so on the telephone. */
export const called = async (head, child, fetched_name = '演示家长') => ({ fetch_check: 'call', fetched_name, called_guardian: (await head.get(`/child/${child}.json`)).body.data.guardian[0].id });
