// (a)–(d): public reads, durable writes, import, memory and time to ready, over a register of 100,000 institutions.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client, uscc } from '../tests/lib/client.mjs';
import { bareRead, bin, failed, folder, inFolder, ratio, run, say, seconds, serve, sql, timed, wrk } from './lib.mjs';

const rows = Number(process.env.ROWS ?? 100000);

/* What one write of ours says to the database — the row, its journal entry, the key of an imported one — with nothing
 * around it: run by bare_rows on a copy of the database, so that the indexes are the same and as deep. ?1 counts. */
const rowId = '((2000000000 + ?1 << 22) | 11264)';
const ledgerRow = (title, sort) => `insert into phrase (id, office, institution, area, part, day, state, version, created_at, created_by, changed_at, changed_by, sort, title, text)
  values (${rowId}, 11, null, '620802', null, null, null, 1, 1795000000000, 7, 1795000000000, 7, ${sort}, ${title}, '测量用的一行，内容与其他行相同。');\n`;
const journalEntry = `insert into journal (office, id, seq, at, actor, actor_name, form, row, institution, action, version, body, address, hash)
  values (11, ${rowId} + 1, 100000000 + ?1, 1795000000000, 7, '县级经办', 'phrase', ${rowId}, 0, 'create', 1, '{"f":{"title":[null,"测量"],"text":[null,"测量用的一行，内容与其他行相同。"]}}',
  '127.0.0.1', 'f074dac09bce03328a46b565960e7bed4621c1d259b945a96e63b7555493893' || (?1 % 10));\n`;
const importKey = `insert into idempotency (office, actor, key, body, at, form, row) values (11, 7, 'f074dac09bce03328a46b565960e7bed46212aa4:phrase:' || ?1, null, 1795000000000, 'phrase', ${rowId});\n`;
const sameStatements = (database, text, requests, each, batch) => {
  const copy = inFolder('same.db'), file = inFolder('same.sql');
  copyFileSync(database, copy);
  writeFileSync(file, text);
  return Number(/bare: (\d+)/.exec(run('bare_rows', [copy, file, String(requests), String(each), String(batch)]))[1]);
};

const imports = (data, database) => {
  const codes = inFolder('codes.csv'), plain = inFolder('plain.db');
  writeFileSync(codes, ['title,text', ...Array.from({ length: rows }, (_, i) => `名称${i},常用语的内容${i}`)].join('\n') + '\n');
  const theirs = timed(() => execFileSync('sqlite3', [plain, '-cmd', 'pragma journal_mode=wal', '-cmd', 'create table t (title text, text text)', `.import --csv --skip 1 ${codes} t`]));
  const same = rows / sameStatements(database, ledgerRow("'名称' || ?1", "'ming cheng' || ?1") + journalEntry + importKey, rows / 500, 500, 1);
  const mine = timed(() => run('tuoyu', ['import', 'phrase', codes, '--data', data]));
  say(`(c) import of ${rows} rows                         ${(mine / theirs).toFixed(1)}× sqlite3 .import  (target ≤ 3; ${mine.toFixed(1)} s to ${theirs.toFixed(2)} s)`);
  say(`    against the same rows, journal and keys, 500 a commit ${(mine / same).toFixed(1)}×  (${same.toFixed(1)} s)`);
};

const register = (data, database) => {
  const sites = inFolder('sites.csv');
  writeFileSync(sites, ['uscc,name,registered_on,scope,place,address', ...Array.from({ length: Math.min(rows, 99999) }, (_, i) =>
    `${uscc('91', String(620000 + Math.floor(i / 9999)), i % 9999)},平凉测量托育${i}号,2026-11-02,托育服务（全日制）,${['620802001', '620802002', '620821100', '620826100', '620881100'][i % 5]},测量路${i}号`)].join('\n') + '\n');
  const filled = timed(() => spawnSync(bin('tuoyu'), ['import', 'registration', sites, '--data', data], { stdio: 'ignore' }));
  const made = Number(sql(database, 'select count(*) from institution;'));
  say(`    a register of ${made} institutions, each with legal person, clock, notice and journal: ${filled.toFixed(0)} s, ${Math.round(made / filled)} a second`);
  /* one address measures: what it may ask for without a session is not what is measured */
  sql(database, "update standard set value = '100000000' where standard = 'CFG-PUBLIC-RATE';");
  sql(database, "update institution set state = 'filed', service_forms = '|full_day|', places = 30, filed_on = '2026-11-10' where state = 'registered';");
};

const reads = async (server, database) => {
  const id = sql(database, "select id from institution where state = 'filed' order by id desc limit 1 offset min(5000, (select count(*) / 2 from institution));");
  const office = (BigInt(id) >> 10n) & 4095n;
  /* several runs in turn, of each the best: how 32 connections fall upon two threads differs from run to run, on both */
  const bare = async (text, target, name, goal) => {
    const other = await bareRead(database, text), time = Math.max(2, Math.round(seconds / 3));
    let best = { rate: 0 }, ours = { rate: 0 };
    for (let i = 0; i < 3; i++) {
      const [one, mine] = [wrk(other.url, { time }), wrk(server.url + target, { time })];
      best = one.rate > best.rate ? one : best;
      ours = mine.rate > ours.rate ? mine : ours;
    }
    await other.stop();
    ratio(name, ours.rate, best.rate, goal, `, p99 ${ours.p99} to ${best.p99} ms${failed(ours)}`);
  };
  await bare(`select * from institution where office = ${office} and id = ${id}`, `/register/${id}.json`, '(a) a public institution', '≥ 0.7');
  await bare("select * from institution r where r.state in ('filed', 'suspended') and r.area >= '620802' and r.area < '620803' order by r.id desc limit 51",
    '/register.json?area=620802', '(a) the register of one county', '≥ 0.6');
  await bare("select * from institution r where r.state in ('filed', 'suspended') and r.id in (select rowid from institution_search where institution_search match '\"测量\" AND \"量托\"' order by rowid desc limit 5000) order by r.id desc limit 51",
    `/register.json?q=${encodeURIComponent('测量托')}`, '(a) the register by name', '≥ 0.6');
};

const writes = async (server, database) => {
  const commits = Number(/bare: (\d+)/.exec(run('group_commit', [inFolder('bare.db'), '200000']))[1]);
  const stored = Number(/store: (\d+)/.exec(run('store_bench', [folder, '200000']))[1]);
  ratio('(b) the store alone, row and entry', stored, commits, '–');
  /* the toy tables have one index each; a ledger and the journal have four, and a group commit of those is what an
   * HTTP write does at best */
  const same = sameStatements(database, ledgerRow("'测量'", "'ce liang'") + journalEntry, 100000, 1, 64);
  const client = new Client(server), script = inFolder('post.lua');
  await client.login('kt-handle');
  writeFileSync(script, `wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.headers["Cookie"] = "${client.cookie}"
wrk.headers["X-CSRF-Token"] = "${client.csrf}"
wrk.body = '{"title":"测量","text":"测量用的一行，内容与其他行相同。"}'
`);
  const posted = wrk(`${server.url}/phrase`, { connections: 64, script });
  ratio('(b) durable writes over HTTP, 64 clients', posted.rate, same, '≥ 0.5', `, p99 ${posted.p99} ms${failed(posted)}`);
  ratio('    the same against the toy tables', posted.rate, commits, '–');
};

export const backbone = async () => {
  const data = inFolder('register'), database = path.join(data, 'tuoyu.db');
  run('tuoyu', ['init', '--data', data, '--demo']);
  imports(data, database);
  register(data, database);
  const server = await serve(data);
  say(`(d) ready after ${server.ms} ms, ${server.rss().toFixed(0)} MB  (targets 200 ms, 64 MB)`);
  await reads(server, database);
  await writes(server, database);
  say(`    memory after it all: ${server.rss().toFixed(0)} MB`);
  await server.stop();
};
