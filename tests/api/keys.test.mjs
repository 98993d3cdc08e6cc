// Keys have versions: what was sealed or signed before a rotation stays readable and provable, what comes after uses the
// new version; backups go on, by command and while serving; doctor knows how old they are and whose key opens them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engines, postgres, resident, signIn, start, tuoyu } from '../lib/client.mjs';

const hour = 3600000, day = 24 * hour;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const until = async (what, patience = 15000) => {
  for (const end = Date.now() + patience; ; await wait(100)) {
    const seen = await what();
    if (seen || Date.now() > end) return seen;
  }
};
const copyKeys = (from, to) => { copyFileSync(from, to); chmodSync(to, 0o600); };
const person = (serial) => ({ name: `轮换${serial}`, id_number: resident(serial), posts: ['carer'], certificate: 'infant_carer', education: 'bachelor', years: 5,
  trained: true, full_time: true, health_until: '2027-06-01', record_checked: '2026-10-01' });

for (const engine of engines)
  describe(`rotation of the keys (${engine})`, () => {
    const begin = Date.UTC(2026, 10, 18, 1);
    let server, first, second;
    const keys = (...args) => tuoyu(['keys', ...args, '--data', server.data]);
    const verify = (file) => tuoyu(['audit', 'verify', '--data', server.data, ...server.where, ...(file ? ['--keys', file] : [])]);
    const versions = () => {
      const sql = "select distinct substr(hex(wrapped), 1, 2) from subject_key order by 1";
      if (engine === 'sqlite') return execFileSync('sqlite3', ['-readonly', path.join(server.data, 'tuoyu.db'), sql], { encoding: 'utf8' }).trim().split('\n');
      const schema = server.where[server.where.indexOf('--schema') + 1];
      return execFileSync('psql', [postgres, '-At', '-c', `select distinct left(encode(wrapped, 'hex'), 2) from ${schema}.subject_key order by 1`], { encoding: 'utf8' }).trim().split('\n');
    };
    const opens = async (id, serial) => {
      const answer = await (await signIn(server, 'kt-handle')).post(`/staff/${id}/unmask/id_number`, { purpose: '核对身份' });
      assert.equal(answer.body.data.value, resident(serial));
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      first = await (await signIn(server, 'inst-star')).make('staff', person(901));
      server.clock(begin + day); /* a day ends: its heads are signed with the first key */
      await wait(2500);
      await server.halt();
    });
    after(() => server?.stop());

    test('a version and a signing key are added; the old ones stay in the list', () => {
      copyKeys(`${server.data}.keys`, path.join(server.folder, 'before.keys'));
      assert.deepEqual(versions(), ['01']);
      const made = keys('rotate');
      assert.equal(made.status, 0, made.stderr);
      assert.match(made.stdout, /主密钥版本 2.*重新备份密钥文件/);
      const { stdout } = keys('list');
      assert.match(stdout, /版本 2（在用）\n主密钥 {4}版本 1\n/);
      const prints = [...stdout.matchAll(/公钥指纹 ([0-9a-f]{16})(（在用）)?/g)];
      assert.equal(prints.length, 2);
      assert.notEqual(prints[0][1], prints[1][1]);
      assert.deepEqual(prints.map((one) => Boolean(one[2])), [true, false]);
      assert.doesNotMatch(stdout, /PRIVATE|[0-9a-f]{32}/, 'no key is shown');
    });

    test('what was sealed before opens, what is new uses the new version, searching by number finds both', async () => {
      server.clock(begin + day + 60000); /* two lives of one server in the same millisecond would give the same ids */
      await server.serve();
      await opens(first, 901);
      second = await (await signIn(server, 'inst-star')).make('staff', person(902));
      await opens(second, 902);
      server.clock(begin + 2 * day);
      await wait(2500);
      await server.halt();
      assert.deepEqual(versions(), ['01', '02']);
    });

    test('heads signed by both keys verify; with the old key file alone the new ones do not', () => {
      const whole = verify();
      assert.equal(whole.status, 0, whole.stdout + whole.stderr);
      assert.ok(Number(/签名 (\d+) 个/.exec(whole.stdout)[1]) >= 2, whole.stdout);
      const old = verify(path.join(server.folder, 'before.keys'));
      assert.equal(old.status, 1);
      assert.match(old.stdout, /签名与日志不符/);
    });

    test('after sixteen versions there is no room, and the file stays as it was', async () => {
      const many = path.join(server.folder, 'many.keys');
      copyKeys(`${server.data}.keys`, many);
      for (let version = 3; version <= 16; version++) assert.equal(tuoyu(['keys', 'rotate', '--keys', many]).status, 0, `${version}`);
      const bytes = readFileSync(many), full = tuoyu(['keys', 'rotate', '--keys', many]);
      assert.equal(full.status, 1);
      assert.match(full.stderr, /已满/);
      assert.deepEqual(readFileSync(many), bytes);
      await server.serve();
    });
  });

describe('backup and keys', () => {
  let server, target;
  before(async () => {
    server = await start();
    target = path.join(server.folder, 'backup');
    mkdirSync(target);
    await server.halt();
  });
  after(async () => { await server.serve(); await server.stop(); });
  const doctor = (...args) => tuoyu(['doctor', ...args, '--data', server.data]);
  const line = (text, what) => text.split('\n').filter((one) => one.includes(what)).join('\n');

  test('doctor: nothing is complete until the data were backed up and the key backup was opened', () => {
    const none = doctor();
    assert.match(line(none.stdout, '密钥备份'), /^注意.*没有核对过/);
    assert.match(line(none.stdout, '数据备份'), /^注意.*还没有备份过/);
    assert.equal(tuoyu(['backup', target, '--data', server.data]).status, 0);
    const half = doctor();
    assert.match(line(half.stdout, '数据备份'), /^注意.*不到 1 小时前；没有核对过的密钥备份，备份不完整/);
    const copy = path.join(server.folder, 'copy.keys');
    copyKeys(`${server.data}.keys`, copy);
    const whole = doctor(copy);
    assert.equal(whole.status, 0, whole.stdout);
    assert.match(line(whole.stdout, '密钥备份'), /^好 .*一致/);
    assert.match(line(whole.stdout, '数据备份'), /^好 .*不到 1 小时前/);
    assert.match(line(doctor().stdout, '密钥备份'), /^好 .*核对过/, 'it is remembered');
  });

  test('doctor: a torn or a foreign key backup is bad', async () => {
    const torn = path.join(server.folder, 'torn.keys'), other = await start({ demo: false });
    writeFileSync(torn, readFileSync(`${server.data}.keys`).subarray(0, 300), { mode: 0o600 });
    for (const file of [torn, `${other.data}.keys`]) {
      const answer = doctor(file);
      assert.equal(answer.status, 1, file);
      assert.match(line(answer.stdout, '密钥备份'), /^坏 /);
      assert.match(line(answer.stdout, '数据备份'), /^注意/);
    }
    await other.stop();
  });

  test('after a rotation the old key backup is no longer enough, the next backup needs the new one', () => {
    const before = path.join(server.folder, 'copy.keys'), old = path.join(target, readdirSync(target)[0]);
    assert.equal(tuoyu(['keys', 'rotate', '--data', server.data]).status, 0);
    assert.match(line(doctor().stdout, '密钥备份'), /^注意.*轮换后还没有核对过/);
    assert.equal(doctor(before).status, 1);
    const made = tuoyu(['backup', target, '--data', server.data]);
    assert.equal(made.status, 0, made.stderr);
    const drill = (file, keys) => tuoyu(['restore', file, '--drill', '--keys', keys]);
    assert.equal(drill(made.stdout.trim(), before).status, 1);
    assert.match(drill(made.stdout.trim(), before).stderr, /没有这个备份所用的密钥/);
    for (const file of [made.stdout.trim(), old]) assert.equal(drill(file, `${server.data}.keys`).status, 0, file);
    assert.equal(drill(old, before).status, 0, 'what was made before opens with the key of then');
  });

  test('a restored folder serves with the rotated keys', async () => {
    const file = path.join(target, readdirSync(target).sort().at(-1)), restored = path.join(server.folder, 'restored');
    const answer = tuoyu(['restore', file, '--data', restored, '--keys', `${server.data}.keys`]);
    assert.equal(answer.status, 0, answer.stderr);
    assert.match(answer.stdout, /数据库完整；操作日志完整/);
    const list = (data) => tuoyu(['export', 'staff', '--data', data, '--keys', `${server.data}.keys`]).stdout;
    assert.equal(list(restored), list(server.data));
    assert.deepEqual(readdirSync(server.data).filter((name) => name.startsWith('.')), [], 'no copy is left behind');
  });
});

describe('backups while serving', () => {
  const begin = Date.UTC(2026, 10, 18, 1);
  let server, target, log;
  before(async () => {
    target = mkdtempSync(path.join(tmpdir(), 'tuoyu-backup-'));
    log = path.join(target, 'log');
    server = await start({ clock: begin, args: ['--backup', target, '--backup-every', '6', '--backup-keep', '2', '--backup-after', `test -s "$TUOYU_BACKUP" && basename "$TUOYU_BACKUP" >> ${log}`] });
  });
  after(async () => { await server?.stop(); rmSync(target, { recursive: true, force: true }); });
  const made = () => readdirSync(target).filter((name) => name.endsWith('.backup')).sort();
  const told = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);

  test('the first comes at once, the next after the interval; the newest are kept and the command gets each', async () => {
    assert.ok(await until(() => told().length === 1));
    assert.deepEqual(made(), ['tuoyu-20261118T010000Z.backup']);
    server.clock(begin + 5 * hour);
    await wait(800);
    assert.equal(made().length, 1, 'not before its time');
    for (const hours of [6, 12, 18]) {
      server.clock(begin + hours * hour);
      assert.ok(await until(() => told().includes(`tuoyu-20261118T${String(1 + hours).padStart(2, '0')}0000Z.backup`)), `${hours}: ${server.log().slice(-500)}`);
    }
    assert.ok(await until(() => made().length === 2));
    assert.deepEqual(made(), ['tuoyu-20261118T130000Z.backup', 'tuoyu-20261118T190000Z.backup']);
    assert.equal(told().length, 4);
    const lines = server.log().split('\n').filter((one) => one.includes('"event":"backup"')).map((one) => JSON.parse(one));
    assert.deepEqual(lines.map((one) => one.outcome), ['written', 'written', 'written', 'written']);
  });

  test('it restores whole, writes of the same time go on, and the journal has it', async () => {
    server.clock(begin + 24 * hour - 60000);
    const officer = await signIn(server, 'kt-handle');
    let going = true, wrote = 0;
    const load = (async () => { for (let i = 0; going; i++) if ((await officer.post('/phrase', { title: `备份时${i}`, text: '内容' })).status === 200) wrote++; })();
    await wait(200);
    server.clock(begin + 24 * hour);
    assert.ok(await until(() => told().includes('tuoyu-20261119T010000Z.backup')));
    going = false;
    await load;
    assert.ok(wrote > 0);
    const answer = tuoyu(['restore', path.join(target, 'tuoyu-20261119T010000Z.backup'), '--drill', '--keys', `${server.data}.keys`]);
    assert.equal(answer.status, 0, answer.stderr);
    /* all its pages: under a simulated clock the rows of the first filling have later ids than the first backup */
    const auditor = await signIn(server, 'auditor'), journal = [];
    for (let page = '/journal?office=1'; page;) {
      const { data } = (await auditor.get(page)).body;
      journal.push(...data.rows);
      page = data.next_url;
    }
    assert.equal(journal.filter((one) => one.form === '数据备份' && one.action === '备份').length, 5);
  });

  test('a backup that cannot be written is a fault in the log and in doctor; the service goes on', async () => {
    const lost = `${target}.away`;
    execFileSync('mv', [target, lost]);
    server.clock(begin + 31 * hour);
    assert.ok(await until(() => server.log().includes('"outcome":"failed"')));
    assert.equal((await (await signIn(server, 'kt-handle')).get('/work.json')).status, 200);
    execFileSync('mv', [lost, target]);
    await server.halt();
    const doctor = tuoyu(['doctor', '--data', server.data, '--clock', path.join(server.folder, 'clock')]);
    assert.equal(doctor.status, 1);
    assert.match(doctor.stdout, /坏 .*数据备份.*失败/);
    await server.serve();
    assert.ok(await until(() => made().includes('tuoyu-20261119T080000Z.backup')), 'and after the next start it is made up for');
  });

  test('a command that hangs does not keep the server from stopping', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-hang-'));
    const other = await start({ demo: false, args: ['--backup', folder, '--backup-after', `touch ${folder}/started; sleep 300`] });
    assert.ok(await until(() => existsSync(path.join(folder, 'started'))));
    const stopped = Date.now();
    assert.equal(await other.halt(), 0);
    assert.ok(Date.now() - stopped < 8000, `${Date.now() - stopped} ms`);
    await other.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
