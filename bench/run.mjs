// Measures, in one run and as ratios: reads against a bare HTTP program with the same statement, durable writes against a
// bare group commit on this disk, an import against sqlite3 .import, memory and time to ready. Needs build/bench.
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, uscc } from '../tests/lib/client.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)), bin = (name) => path.join(root, 'build/bench', name);
/* on the disk of the project, not on a memory disk: what is measured is durable */
const folder = mkdtempSync(path.join(root, 'build/bench-data-')), data = path.join(folder, 'data');
const rows = Number(process.env.ROWS ?? 100000), seconds = Number(process.env.SECONDS ?? 8);
const say = (line) => console.log(line);
const run = (name, args, options = {}) => {
  const made = spawnSync(bin(name), args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
  if (made.status !== 0) throw new Error(`${name} ${args[0]}: ${made.stdout}${made.stderr}`.slice(0, 2000));
  return made.stdout;
};
const timed = (work) => { const begin = process.hrtime.bigint(); work(); return Number(process.hrtime.bigint() - begin) / 1e9; };
const sql = (database, text) => execFileSync('sqlite3', [database, text], { encoding: 'utf8' }).trim();
const freePort = async () => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
};
const children = [];
const start = async (file, args, port, ready) => {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  children.push(child);
  const begin = Date.now();
  while (!(await fetch(`http://127.0.0.1:${port}${ready}`).catch(() => null))) {
    if (child.exitCode !== null || Date.now() - begin > 20000) throw new Error(`${file} did not start`);
    await new Promise((done) => setTimeout(done, 2));
  }
  return { child, ms: Date.now() - begin };
};
const wrk = (url, { connections = 32, script } = {}) => {
  const out = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...(script ? ['-s', script] : []), url], { encoding: 'utf8' });
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out);
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), p99: /99%\s+(\S+)/.exec(out)?.[1], bad: bad ? Number(bad[1]) : 0 };
};
const ratio = (name, mine, theirs, target, note = '') => {
  const value = mine / theirs;
  say(`${name.padEnd(46)} ${value.toFixed(2)}  (target ${target}; ${Math.round(mine)} to ${Math.round(theirs)} a second${note})`);
};

try {
  run('tuoyu', ['init', '--data', data, '--demo']);

  /* (c) */
  const codes = path.join(folder, 'codes.csv');
  writeFileSync(codes, ['title,text', ...Array.from({ length: rows }, (_, i) => `名称${i},常用语的内容${i}`)].join('\n') + '\n');
  const plain = path.join(folder, 'plain.db');
  const theirs = timed(() => execFileSync('sqlite3', [plain, '-cmd', 'pragma journal_mode=wal', '-cmd', 'create table t (title text, text text)', `.import --csv --skip 1 ${codes} t`]));
  const mine = timed(() => run('tuoyu', ['import', 'phrase', codes, '--data', data]));
  say(`(c) import of ${rows} rows                         ${(mine / theirs).toFixed(1)}× sqlite3 .import  (target ≤ 3; ${mine.toFixed(1)} s to ${theirs.toFixed(2)} s)`);
  const sites = path.join(folder, 'sites.csv');
  writeFileSync(sites, ['uscc,name,registered_on,scope,place,address', ...Array.from({ length: Math.min(rows, 99999) }, (_, i) =>
    `${uscc('91', String(620000 + Math.floor(i / 9999)), i % 9999)},平凉测量托育${i}号,2026-11-02,托育服务（全日制）,${['620802001', '620802002', '620821100', '620826100', '620881100'][i % 5]},测量路${i}号`)].join('\n') + '\n');
  const filled = timed(() => spawnSync(bin('tuoyu'), ['import', 'registration', sites, '--data', data], { stdio: 'ignore' }));
  const database = path.join(data, 'tuoyu.db');
  const made = Number(sql(database, "select count(*) from institution"));
  say(`    a register of ${made} institutions, each with legal person, clock, notice and journal: ${filled.toFixed(0)} s, ${Math.round(made / filled)} a second`);
  sql(database, "update institution set state = 'filed', service_forms = '|full_day|', places = 30, filed_on = '2026-11-10' where state = 'registered'; analyze");

  /* (d) */
  const port = await freePort();
  const server = await start(bin('tuoyu'), ['serve', '--data', data, '--port', String(port)], port, '/healthz');
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
  say(`(d) ready after ${server.ms} ms, ${rss().toFixed(0)} MB  (targets 200 ms, 64 MB)`);

  /* (a) */
  const url = `http://127.0.0.1:${port}`;
  const id = sql(database, "select id from institution where state = 'filed' order by id desc limit 1 offset 5000");
  const office = (BigInt(id) >> 10n) & 4095n;
  const bare = async (text, target, name, goal) => {
    const other = await freePort(), child = await start(bin('bare_read'), [database, text, String(other)], other, '/');
    const best = wrk(`http://127.0.0.1:${other}/`), ours = wrk(url + target);
    child.child.kill('SIGTERM');
    ratio(name, ours.rate, best.rate, goal, `, p99 ${ours.p99} to ${best.p99}${ours.bad ? `, ${ours.bad} FAILED` : ''}`);
  };
  await bare(`select * from institution where office = ${office} and id = ${id}`, `/register/${id}.json`, '(a) a public institution', '≥ 0.7');
  await bare("select * from institution r where r.state in ('filed', 'suspended') and r.area >= '620802' and r.area < '620803' order by r.id desc limit 51",
    '/register.json?area=620802', '(a) the register of one county', '≥ 0.6');
  await bare("select * from institution r where r.state in ('filed', 'suspended') and r.id in (select rowid from institution_search where institution_search match '\"测量\" AND \"量托\"' order by rowid desc limit 5000) order by r.id desc limit 51",
    `/register.json?q=${encodeURIComponent('测量托')}`, '(a) the register by name', '≥ 0.6');

  /* (b) */
  const commits = Number(/bare: (\d+)/.exec(execFileSync(bin('group_commit'), [path.join(folder, 'bare.db'), '200000'], { encoding: 'utf8' }))[1]);
  const stored = Number(/store: (\d+)/.exec(execFileSync(bin('store_bench'), [path.join(folder), '200000'], { encoding: 'utf8' }))[1]);
  ratio('(b) the store alone, row and entry', stored, commits, '–');
  const client = new Client({ url });
  await client.login('kt-handle');
  const script = path.join(folder, 'post.lua');
  writeFileSync(script, `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Cookie"] = "${client.cookie}"
wrk.headers["X-CSRF-Token"] = "${client.csrf}"
wrk.body = '{"title":"测量","text":"测量用的一行，内容与其他行相同。"}'
`);
  const writes = wrk(`${url}/phrase`, { connections: 64, script });
  ratio('(b) durable writes over HTTP, 64 clients', writes.rate, commits, '≥ 0.5', `, p99 ${writes.p99}${writes.bad ? `, ${writes.bad} FAILED` : ''}`);
  say(`    memory after it all: ${rss().toFixed(0)} MB`);
} finally {
  for (const child of children) child.kill('SIGTERM');
  await new Promise((done) => setTimeout(done, 500));
  rmSync(folder, { recursive: true, force: true });
}
