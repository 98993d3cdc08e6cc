// A backup of either database restores into either: what was written is all there, sealed cells open, the search finds,
// the journal verifies, and what was made for show stays marked as such.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { binary, Client, engines, pdf, postgres, resident, serving, signIn, start, tuoyu, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 1);
/* A program that says a word when it has what it holds; it lets go at the end of its input. */
const holding = async (command, args, input = '') => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.write(input);
  assert.match(String((await once(child.stdout, 'data'))[0]), /held/);
  return async () => { child.stdin.end(); await ended; };
};
const clockArgs = (server) => ['--clock', path.join(server.folder, 'clock')];

for (const engine of engines)
  describe(`a backup of ${engine}`, () => {
    let server, folder, file, person, paper, exported;
    const ledgers = ['institution', 'staff', 'child', 'filing', 'registration', 'class_group', 'attendance'];
    const csv = (ledger, where) => {
      const answer = tuoyu(['export', ledger, ...where]);
      assert.equal(answer.status, 0, `${ledger}: ${answer.stderr}`);
      return answer.stdout.split('\n').sort();
    };

    before(async () => {
      server = await start({ engine, clock: begin });
      folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-backup-'));
      const head = await signIn(server, 'inst-sun');
      person = await head.make('staff', { name: '备份试验', id_number: resident(77), posts: ['carer'], certificate: 'infant_carer', hired_on: '2026-11-10' });
      const made = await head.upload('evidence', { kind: 'lease', title: '场地租赁合同' }, 'file', pdf('backup'));
      assert.equal(made.status, 200, made.text);
      paper = made.body.data.id;
      if (engine === 'sqlite') await server.halt(); /* beside a serving program the timer makes it, and only PostgreSQL is shared */
      const answer = tuoyu(['backup', folder, '--data', server.data, ...server.where, ...clockArgs(server)]);
      assert.equal(answer.status, 0, answer.stderr);
      file = answer.stdout.trim();
      if (engine === 'postgres') await server.halt();
      exported = Object.fromEntries(ledgers.map((one) => [one, csv(one, ['--data', server.data, ...server.where])]));
      assert.ok(exported.staff.some((line) => line.includes('备份试验')));
    });
    after(async () => {
      await server.serve();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test('leaves nothing behind, and a drill proves it where no database serves', () => {
      assert.ok(!existsSync(path.join(server.data, '.copy')));
      const answer = tuoyu(['restore', file, '--drill', '--keys', `${server.data}.keys`, ...server.where]);
      assert.equal(answer.status, 0, answer.stderr);
      assert.match(answer.stdout, /操作日志完整/);
    });

    test('waits for nobody and disturbs nobody: one at a time in a data folder', async () => {
      const copy = path.join(server.data, '.copy', 'tuoyu.db'), second = path.join(folder, 'second');
      const make = () => tuoyu(['backup', second, '--data', server.data, ...server.where, ...clockArgs(server)]);
      mkdirSync(second);
      mkdirSync(path.dirname(copy));
      writeFileSync(copy, 'half of it');
      const release = await holding('flock', [server.data, 'sh', '-c', 'echo held; cat']);
      try {
        const refused = make();
        assert.equal(refused.status, 1, refused.stdout);
        assert.match(refused.stderr, /另一个备份正在进行/);
        assert.equal(readFileSync(copy, 'utf8'), 'half of it');
        assert.deepEqual(readdirSync(second), []);
      } finally {
        await release();
      }
      assert.equal(make().status, 0, 'what a killed one left is in nobody\'s way');
      assert.ok(!existsSync(path.dirname(copy)));
      const again = make();
      assert.match(again.stderr, /备份文件已存在/);
    });

    for (const target of engines)
      test(`restores into ${target}`, async () => {
        const data = path.join(folder, `to-${target}`), where = target === 'postgres' ? ['--postgres', postgres, '--schema', `back_${process.pid}_${engine}`] : [];
        const all = ['--data', data, '--keys', `${server.data}.keys`, ...where];
        const answer = tuoyu(['restore', file, ...all]);
        assert.equal(answer.status, 0, answer.stderr);
        assert.equal(existsSync(path.join(data, 'tuoyu.db')), target === 'sqlite');
        for (const ledger of ledgers) assert.deepEqual(csv(ledger, all), exported[ledger], ledger);
        const verified = tuoyu(['audit', 'verify', ...all]);
        assert.equal(verified.status, 0, verified.stdout + verified.stderr);
        const cells = tuoyu(['doctor', ...all]).stdout;
        assert.match(cells, /好 +统计单元/);
        assert.match(cells, /好 +上传的文件/);
        const open = tuoyu(['serve', ...all, '--address', '0.0.0.0', '--port', '0']);
        assert.equal(open.status, 1, 'demonstration data stay on this machine');
        assert.match(open.stderr, /演示数据/);

        const served = await serving([...all, ...clockArgs(server)]);
        try {
          const head = await signIn(served, 'inst-sun');
          assert.equal((await head.post(`/staff/${person}/unmask/id_number`, { purpose: '核对身份' })).body.data.value, resident(77));
          assert.deepEqual((await head.get(`/evidence/${paper}/file/file`)).bytes, pdf('backup'));
          const found = async (q) => (await new Client(served).get(`/register.json?q=${q}`)).body.data.rows.length;
          assert.ok(await found('yanshi') > 0 && await found('演示') > 0 && await found('zhaobudao') === 0, 'the search finds');
          assert.notEqual((await head.post('/staff', { name: '又一人', id_number: resident(77), posts: ['carer'] })).status, 200, 'unique keys hold');
          await head.make('staff', { name: '恢复以后', id_number: resident(78), posts: ['carer'] });
        } finally {
          assert.equal(await served.halt(), 0);
        }

        if (target === 'sqlite') return;
        const again = path.join(folder, 'again'), refused = tuoyu(['restore', file, '--data', again, '--keys', `${server.data}.keys`, ...where]);
        assert.equal(refused.status, 1);
        assert.match(refused.stderr, /已有数据，不覆盖/);
        assert.ok(!existsSync(again));
        assert.ok(csv('staff', all).some((line) => line.includes('恢复以后')), 'and what stood there stands');
      });
  });

describe('backups while PostgreSQL serves', { skip: !postgres && 'TUOYU_TEST_PG is not set' }, () => {
  test('come by the clock beside the writers, each of one moment', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-backup-'));
    const server = await start({ engine: 'postgres', args: ['--backup', folder, '--backup-every', '1'] });
    const officer = await signIn(server, 'kt-handle');
    let writing = true;
    const write = (async () => {
      for (let i = 0; writing; i++) await officer.make('phrase', { title: `同时${i}`, text: '备份时写入' });
    })();
    await until(() => readdirSync(folder).some((name) => name.endsWith('.backup')), 'no backup came');
    writing = false;
    await write;
    const [name] = readdirSync(folder).filter((one) => one.endsWith('.backup'));
    const answer = tuoyu(['restore', path.join(folder, name), '--drill', '--keys', `${server.data}.keys`]);
    assert.equal(answer.status, 0, answer.stderr);
    await until(() => server.log().includes('"outcome":"written"'));
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the command beside a slow one is refused, and the slow one is whole', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-backup-'));
    const server = await start({ engine: 'postgres' });
    const make = ['backup', folder, '--data', server.data, ...server.where], schema = server.where[3];
    const release = await holding('psql', [postgres, '-AtqX'], `begin; lock table ${schema}.child in access exclusive mode; select 'held';\n`);
    const slow = spawn(binary, make, { stdio: ['ignore', 'ignore', 'pipe'] }), ended = once(slow, 'close');
    let complaint = '';
    slow.stderr.on('data', (bytes) => (complaint += bytes));
    try {
      await until(() => existsSync(path.join(server.data, '.copy', 'tuoyu.db')), 'the first does not begin');
      const refused = tuoyu(make, { timeout: 20000 });
      assert.equal(refused.status, 1, refused.stdout);
      assert.match(refused.stderr, /另一个备份正在进行/);
    } finally {
      await release();
    }
    assert.equal((await ended)[0], 0, complaint);
    const made = readdirSync(folder);
    assert.equal(made.length, 1);
    const answer = tuoyu(['restore', path.join(folder, made[0]), '--drill', '--keys', `${server.data}.keys`]);
    assert.equal(answer.status, 0, answer.stderr);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
