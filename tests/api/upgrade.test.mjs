// A data folder of a former release, opened by this program: init brings tables and reference data, accounts sign in with
// their passwords, drafts, sealed fields and uploads are as they were, the journal verifies from its first entry. And the
// refusals: a database newer than the program, a table that would lose something.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { engines, pdf, postgres, serving, signIn, tuoyu } from '../lib/client.mjs';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const releases = readdirSync(fixtures).filter((name) => name.startsWith('release-'));
const psql = (...args) => execFileSync('psql', ['-d', postgres, '-v', 'ON_ERROR_STOP=1', '-qAt', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });

/* The folder as it was, and how the program is told to use it. */
const unpack = (release, engine) => {
  const from = path.join(fixtures, release, engine), folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-upgrade-')), data = path.join(folder, 'data');
  const expected = JSON.parse(readFileSync(path.join(from, 'expected.json'), 'utf8'));
  const files = path.join(data, 'files', expected.file.slice(0, 2)), dump = path.join(folder, 'dump.sql'), clock = path.join(folder, 'clock');
  mkdirSync(files, { recursive: true });
  copyFileSync(path.join(from, expected.file), path.join(files, expected.file));
  copyFileSync(path.join(from, 'keys'), `${data}.keys`);
  chmodSync(`${data}.keys`, 0o600);
  writeFileSync(path.join(data, 'demo'), '含演示数据\n');
  writeFileSync(dump, brotliDecompressSync(readFileSync(path.join(from, 'dump.sql.br'))));
  writeFileSync(clock, String(Date.UTC(2026, 10, 20, 1)));
  let where = [];
  const schema = `upgrade_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  if (engine === 'sqlite') execFileSync('sqlite3', [path.join(data, 'tuoyu.db'), `.read ${dump}`]);
  else {
    psql('-c', 'create extension if not exists btree_gist schema public');
    writeFileSync(dump, readFileSync(dump, 'utf8').replaceAll('release_schema', schema));
    psql('-f', dump);
    where = ['--postgres', postgres, '--schema', schema];
  }
  const sql = (text) => (engine === 'sqlite'
    ? execFileSync('sqlite3', [path.join(data, 'tuoyu.db'), text], { encoding: 'utf8' })
    : psql('-c', `set search_path to ${schema}, public`, '-c', text)).trim();
  return { folder, data, expected, sql, options: ['--data', data, '--clock', clock, ...where], done: () => rmSync(folder, { recursive: true, force: true }) };
};

for (const release of releases)
  for (const engine of engines)
    describe(`data of ${release} (${engine})`, () => {
      let old, server;
      before(() => { old = unpack(release, engine); });
      after(async () => {
        await server?.halt();
        old.done();
      });
      const columns = (table) => (engine === 'sqlite' ? old.sql(`select group_concat(name) from pragma_table_info('${table}')`)
        : old.sql(`select string_agg(column_name, ',') from information_schema.columns where table_name = '${table}' and table_schema = current_schema()`));

      test('init makes what is new and changes nothing that was there; a second run has nothing to do', () => {
        const rows = () => old.sql('select count(*) from filing') + old.sql('select count(*) from account') + old.sql('select count(*) from evidence');
        assert.equal(columns('endpoint_off'), '', 'the old folder does not know the newest ledger');
        const edited = old.sql("select count(*) from code_item"), before = rows();
        const made = tuoyu(['init', ...old.options]);
        assert.equal(made.status, 0, made.stderr);
        assert.match(made.stdout, /补充了本版程序新增的参考数据/);
        assert.match(columns('endpoint_off'), /target/);
        assert.ok(Number(old.sql('select count(*) from code_item')) > Number(edited));
        assert.equal(rows(), before);
        const again = tuoyu(['init', ...old.options]);
        assert.match(again.stdout, /未作改动/, again.stderr);
      });

      test('the journal verifies from the first entry of then, heads included', () => {
        const verified = tuoyu(['audit', 'verify', ...old.options]);
        assert.equal(verified.status, 0, verified.stdout + verified.stderr);
        assert.ok(Number(/日志 (\d+) 条/.exec(verified.stdout)[1]) >= old.expected.entries);
        assert.ok(Number(/签名 (\d+) 个/.exec(verified.stdout)[1]) >= old.expected.heads);
      });

      test('accounts sign in with the passwords they had', async () => {
        server = await serving(old.options);
        const keeper = await signIn(server, 'keeper', old.expected.password);
        assert.equal((await keeper.get('/session')).body.data.account, old.expected.account);
        await assert.rejects(signIn(server, 'keeper', 'not the password'));
      });

      test('drafts are there, can be gone on with, and are still nobody else\'s', async () => {
        const head = await signIn(server, 'inst-star'), county = await signIn(server, 'kt-handle');
        const found = (await head.get('/filing.json')).body.data.filter((one) => one.state === 'draft').map((one) => one.id);
        assert.deepEqual(found.sort(), old.expected.drafts.map((one) => one.id).sort());
        const draft = (await head.get(`/filing/${old.expected.filing}.json`)).body.data;
        assert.equal(draft.head_name, '留存负责人');
        assert.equal(draft.capacity, 15);
        assert.equal((await county.get(`/filing/${old.expected.filing}.json`)).status, 404);
        const changed = await head.post(`/filing/${old.expected.filing}`, { version: draft.version, capacity: 20 });
        assert.equal(changed.status, 200, changed.text);
        assert.equal((await head.get(`/filing/${old.expected.filing}.json`)).body.data.capacity, 20);
      });

      test('sealed fields open, and the upload comes back byte for byte', async () => {
        const county = await signIn(server, 'kt-handle'), head = await signIn(server, 'inst-star');
        const open = await county.post(`/staff/${old.expected.staff}/unmask/id_number`, { purpose: '核对身份' });
        assert.equal(open.body.data.value, old.expected.id_number, open.text);
        const file = await head.get(`/evidence/${old.expected.evidence}/file/file`);
        assert.equal(file.status, 200, file.text);
        assert.deepEqual(file.bytes, pdf('release'));
      });
    });

for (const engine of engines)
  describe(`what a program refuses (${engine})`, () => {
    let old;
    before(() => { old = unpack(releases.at(-1), engine); });
    after(() => old.done());
    const refused = (pattern) => {
      for (const command of ['init', 'serve', 'doctor']) {
        const answer = tuoyu([command, ...old.options, ...(command === 'serve' ? ['--port', '0'] : [])]);
        assert.equal(answer.status, 1, command);
        assert.match(answer.stderr, pattern);
      }
    };

    test('a database that a newer program has migrated', () => {
      old.sql("insert into schema_step (id, title) values (9999, 'of a later release')");
      refused(/比程序（第 0 步）新，请使用新版程序/);
      assert.equal(old.sql('select count(*) from schema_step'), '1', 'nothing was touched');
      old.sql('delete from schema_step where id = 9999');
      assert.equal(tuoyu(['init', ...old.options]).status, 0);
    });

    test('a column of another type; what the program no longer knows stays', () => {
      old.sql('alter table phrase add column from_elsewhere text');
      old.sql(engine === 'sqlite' ? "alter table phrase add column kept text default 'kept'" : "alter table phrase add column kept text default 'kept'");
      const more = tuoyu(['init', ...old.options]);
      assert.equal(more.status, 0, more.stderr);
      assert.match(old.sql(engine === 'sqlite' ? "select group_concat(name) from pragma_table_info('phrase')" : "select string_agg(column_name, ',') from information_schema.columns where table_name = 'phrase' and table_schema = current_schema()"), /from_elsewhere,kept/);
      old.sql('alter table phrase rename column title to title_before');
      old.sql('alter table phrase add column title integer');
      refused(/表 phrase 的列 title 类型为 .*需要迁移/);
    });
  });
