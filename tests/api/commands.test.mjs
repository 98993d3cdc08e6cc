// The command line as an operator meets it: help that explains, exit codes that scripts can trust, export.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, binary, engines, signIn, start, tuoyu } from '../lib/client.mjs';

const commands = ['init', 'serve', 'user', 'import', 'export', 'backup', 'restore', 'keys', 'audit', 'doctor', 'schema', 'simulate', 'openapi'];

describe('help and exit codes', () => {
  let folder, data;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-cli-'));
    data = path.join(folder, 'data');
    assert.equal(tuoyu(['init', '--data', data, '--demo']).status, 0);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('without a command, or with one that is none: the list of commands and 2', () => {
    for (const args of [[], ['nothing']]) {
      const answer = tuoyu(args);
      assert.equal(answer.status, 2);
      for (const name of commands) assert.match(answer.stderr, new RegExp(`^  ${name} `, 'm'));
    }
    for (const word of ['--help', '-h', 'help']) assert.equal(tuoyu([word]).status, 0);
  });

  for (const name of commands)
    test(`${name}: --help says how to use it, what it does and its exit codes; an unknown option is 2`, () => {
      const asked = tuoyu([name, '--help']);
      assert.equal(asked.status, 0);
      assert.equal(asked.stderr, '');
      assert.match(asked.stdout, new RegExp(`^用法：tuoyu ${name}`));
      assert.match(asked.stdout, /退出码：0 完成；1 未完成，原因见标准错误；2 用法不对/);
      assert.ok(asked.stdout.length > 90, 'more than a line');
      const unknown = tuoyu([name, '--no-such-option']);
      assert.equal(unknown.status, 2);
      assert.match(unknown.stderr, /不认识的选项：--no-such-option/);
      assert.equal(tuoyu([name, '--data']).status, 2, 'a value is missing');
      const many = tuoyu([name, ...Array.from({ length: 40 }, () => 'x')]);
      assert.equal(many.status, 2, 'too many words');
    });

  test('wrong use is 2 and prints the help on standard error', () => {
    for (const args of [['user'], ['user', 'add', 'a'], ['user', 'remove', 'a'], ['import', 'filing'], ['export'], ['export', 'filing', 'x.pdf'],
      ['export', 'filing', 'secret=1', '--data', data], ['export', 'no_such_ledger', '--data', data], ['import', 'no_such_ledger', binary, '--data', data], ['backup'], ['restore'], ['keys'],
      ['keys', 'delete'], ['audit'], ['doctor', 'a', 'b'], ['schema', 'oracle'], ['openapi', 'x'], ['simulate', '2026-11-18'], ['simulate', '2026-11-18', '2026-11-01'], ['init', 'x'], ['serve', 'x'],
      ['serve', '--port', 'http'], ['serve', '--port', '70000'], ['serve', '--threads', '0'], ['serve', '--backup-every', '0']]) {
      const answer = tuoyu(args);
      assert.equal(answer.status, 2, `${args.join(' ')}: ${answer.stdout}${answer.stderr}`);
      assert.equal(answer.stdout, '', args.join(' '));
      assert.notEqual(answer.stderr, '', args.join(' '));
    }
  });

  test('what cannot be done is 1 with its reason', () => {
    const broken = path.join(folder, 'broken.keys');
    writeFileSync(broken, 'tuoyu-keys 1\n', { mode: 0o600 });
    const nowhere = path.join(folder, 'nowhere');
    for (const [args, why] of [
      [['init', '--data', data, '--keys', broken], /密钥文件不完整/],
      [['serve', '--data', data, '--keys', nowhere], /没有密钥文件/],
      [['serve', '--data', data, '--port', '0', '--backup', nowhere], /不能写入备份目录/],
      [['user', 'password', 'nobody', '--data', data], /没有这个账号/],
      [['import', 'filing', nowhere, '--data', data], /不能读取文件/],
      [['export', 'filing', path.join(nowhere, 'a.csv'), '--data', data], /不能写入文件/],
      [['backup', nowhere, '--data', data], /备份失败/],
      [['restore', broken, '--drill', '--keys', `${data}.keys`], /不是本系统的备份文件/],
      [['restore', broken, '--data', data], /已存在的目录不覆盖/],
      [['keys', 'list', '--keys', broken], /密钥文件不完整/],
      [['keys', 'rotate', '--keys', nowhere], /没有密钥文件/],
      [['audit', 'verify', '--data', data, '--keys', broken], /密钥文件不完整/],
      [['simulate', '2026-11-16', '2026-11-17', '--data', path.join(folder, 'empty')], /没有密钥文件/],
      [['doctor', broken, '--data', data], null],
      [['doctor', '--data', data, '--keys', nowhere], /没有密钥文件/],
    ]) {
      const answer = tuoyu(args);
      assert.equal(answer.status, 1, `${args.join(' ')}: ${answer.stdout}${answer.stderr}`);
      if (why) assert.match(answer.stderr, why, args.join(' '));
    }
    const target = path.join(folder, 'target');
    mkdirSync(target);
    const after = tuoyu(['backup', target, '--data', data, '--after', 'exit 3']);
    assert.equal(after.status, 1);
    assert.match(after.stderr, /后续命令失败/);
    assert.equal(readdirSync(target).length, 1, 'the backup itself is there');
  });

  test('what works is 0', () => {
    for (const args of [['init'], ['user', 'list'], ['keys', 'list'], ['audit', 'verify'], ['doctor', `${data}.keys`], ['export', 'office']])
      assert.equal(tuoyu([...args, '--data', data]).status, 0, args.join(' '));
    assert.match(tuoyu(['schema']).stdout, /^table account office\n {2}key office id\n/m);
    assert.match(tuoyu(['schema', 'postgres']).stdout, /create table "account"/);
    assert.ok(JSON.parse(tuoyu(['openapi']).stdout).paths['/filing']);
  });

  test('long work shows its progress on a terminal and nothing elsewhere', () => {
    const shown = (args) => execFileSync('script', ['-qec', [binary, ...args].join(' '), '/dev/null'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const fresh = path.join(folder, 'fresh'), target = path.join(folder, 'shown');
    mkdirSync(target);
    assert.match(shown(['init', '--data', fresh]), /装入参考数据 \[#+ *\] +\d+%/);
    assert.match(shown(['backup', target, '--data', data]), /备份 \[#{30}\] 100%/);
    const file = path.join(target, readdirSync(target)[0]);
    assert.match(shown(['restore', file, '--drill', '--keys', `${data}.keys`]), /恢复 \[#{30}\] 100%/);
    assert.match(shown(['export', 'division', path.join(folder, 'shown.csv'), '--data', data]), /导出 1000 行/);
    assert.match(shown(['import', 'division', path.join(folder, 'shown.csv'), '--drill', '--data', data, '|| true']), /核对 \[#+ *\] +\d+%/);
    const quiet = tuoyu(['backup', target, '--data', data, '--after', 'true']);
    assert.equal(quiet.stderr, '');
  });
});

for (const engine of engines)
  describe(`export (${engine})`, () => {
    let server, page;
    before(async () => {
      server = await start({ engine });
      page = (await (await signIn(server, 'pl-health')).get('/institution.csv')).text;
      await server.halt();
    });
    after(async () => { await server.serve(); await server.stop(); });
    const run = (...args) => tuoyu(['export', ...args, '--data', server.data, ...server.where]);

    test('gives the rows that the page gives, with a mark for spreadsheets', () => {
      const { status, stdout, stderr } = run('institution');
      assert.equal(status, 0, stderr);
      const lines = (text) => text.trim().split('\r\n');
      assert.ok(stdout.startsWith('\ufeff'));
      for (const line of lines(page).slice(1, 3)) {
        const name = line.split(',').find((cell) => cell.includes('演示'));
        assert.ok(name && stdout.includes(name), name);
      }
      assert.equal(lines(stdout).length, lines(page).length);
    });

    test('what is secret stays masked, and files of others cannot be overwritten or read', () => {
      const file = path.join(server.folder, 'accounts.csv');
      assert.equal(run('account', file).status, 0);
      const text = readFileSync(file, 'utf8');
      assert.match(text, /手机/);
      assert.doesNotMatch(text, /1[3-9]\d{9}/, 'no telephone in clear');
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const again = run('account', file);
      assert.equal(again.status, 1);
      assert.match(again.stderr, /不会覆盖/);
      assert.deepEqual(readdirSync(server.folder).filter((name) => name.endsWith('.part')), []);
    });

    test('filters as the list does; XLSX by its name; each export is in the journal', async () => {
      const all = run('division').stdout.trim().split('\r\n').length, county = run('filing', 'state=filed').stdout.trim().split('\r\n').length;
      assert.ok(all > 1500, `${all} divisions: more than one page`);
      assert.ok(county >= 1 && county < run('filing').stdout.trim().split('\r\n').length);
      const sheet = path.join(server.folder, 'office.xlsx');
      const made = run('office', sheet);
      assert.equal(made.status, 0, made.stderr);
      assert.match(made.stdout, /已导出 \d+ 行/);
      assert.equal(readFileSync(sheet).subarray(0, 2).toString(), 'PK');
      await server.serve();
      const journal = (await (await signIn(server, 'auditor')).get('/journal.json')).body.data.rows;
      const own = journal.filter((one) => one.action === '导出' && one.actor === '系统');
      assert.ok(own.some((one) => one.form === '管辖单位') && own.some((one) => one.form === '账号'), JSON.stringify(own));
      await server.halt();
      assert.equal(existsSync(sheet), true);
    });
  });
