// The power goes at any moment: during an import, and while documents are uploaded and a case moves. What was
// acknowledged is there, what is there is whole, the doctor and the audit find nothing, and the same file again completes
// what was begun.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pdf, signIn, start, tuoyu, uscc } from '../lib/client.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const columns = '统一社会信用代码*,机构名称*,登记日期*,业务（经营）范围*,所在乡镇（街道）*,住所（详细地址）*';
const sheet = (first, n) =>
  Buffer.from([columns, ...Array.from({ length: n }, (_, i) => `${uscc('91', '620802', first + i)},平凉断电托育${first + i},2026-10-08,托育服务（全日制）,崆峒区东关街道,断电路${i}号`)].join('\n'));

const isWhole = (server) => {
  copyFileSync(`${server.data}.keys`, `${server.folder}/copy.keys`);
  const doctor = tuoyu(['doctor', `${server.folder}/copy.keys`, '--data', server.data]);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
  assert.match(doctor.stdout, /0 项异常/);
  const verify = tuoyu(['audit', 'verify', '--data', server.data]);
  assert.equal(verify.status, 0, verify.stdout + verify.stderr);
};
const all = async (client, form, more = '') => {
  const rows = [];
  for (let after = ''; after !== undefined;) {
    const page = await client.get(`/${form}.json?after=${after}${more}`);
    assert.equal(page.status, 200, page.text);
    rows.push(...page.body.data);
    after = page.body.next;
  }
  return rows;
};

describe('kill -9', () => {
  test('during an import: whole rows or none, and the same file completes it', async () => {
    const server = await start(), rows = 500;
    let cut = 0;
    try {
      /* before anything is written; as soon as the first rows are there; somewhat later */
      for (const [round, seen, more] of [[0, false, 150], [1, true, 0], [2, true, 200]]) {
        const market = await signIn(server, 'kt-market'), first = 1000 + round * 1000;
        const judged = await market.upload('registration/import', {}, 'sheet', sheet(first, rows), '登记.csv', 'text/csv');
        assert.equal(judged.body.data.report.good, rows, judged.text.slice(0, 300));
        const writing = market.post('/registration/import', { known_file: judged.body.data.report.file, write: '1' }).catch(() => null);
        while (seen && (await market.get('/registration.json')).body.data[0].name < `平凉断电托育${first}`) await pause(20);
        await pause(more + Math.random() * 50);
        await server.halt('SIGKILL');
        await writing;
        isWhole(server);
        await server.serve();
        const again = await signIn(server, 'kt-market');
        const mine = async (form) => (await all(again, form)).filter((one) => one.name?.startsWith('平凉断电') && Number(/\d+$/.exec(one.name)[0]) >= first).length;
        const there = await mine('registration');
        assert.equal(await mine('institution'), there, 'each registration with its institution');
        cut += there > 0 && there < rows;
        const rest = await again.upload('registration/import', {}, 'sheet', sheet(first, rows), '登记.csv', 'text/csv');
        const done = await again.post('/registration/import', { known_file: rest.body.data.report.file, write: '1' });
        assert.deepEqual([done.body.data.report.written, done.body.data.report.known], [rows - there, there]);
        assert.equal(await mine('registration'), rows);
      }
      assert.ok(cut > 0, 'at least once the power went in the middle');
    } finally {
      await server.stop();
    }
  });

  test('while documents come in and a case moves: every row has its file, every acknowledged step its entry', async () => {
    const server = await start();
    try {
      for (const after of [60, 200, 450]) {
        const head = await signIn(server, 'inst-star');
        const kept = [];
        let going = true;
        const uploads = Array.from({ length: 6 }, async (_, w) => {
          for (let i = 0; going; i++) {
            const words = `${after}-${w}-${i} ${'x'.repeat(20000)}`;
            const answer = await head.upload('evidence', { kind: 'other', title: `断电${after}-${w}-${i}` }, 'file', pdf(words)).catch(() => null);
            if (answer?.status === 200) kept.push([answer.body.data.id, words]);
          }
        });
        await pause(after + Math.random() * 100);
        await server.halt('SIGKILL');
        going = false;
        await Promise.all(uploads);
        isWhole(server);
        await server.serve();
        const again = await signIn(server, 'inst-star');
        for (const [id, words] of kept) {
          const file = await again.get(`/evidence/${id}/file/file`);
          assert.equal(file.status, 200, id);
          assert.ok(file.bytes.equals(pdf(words)));
        }
        for (const { id } of (await all(again, 'evidence')).filter((one) => one.title?.startsWith('断电')))
          assert.equal((await again.get(`/evidence/${id}/file/file`)).status, 200, 'a row that is there has its file');
      }
    } finally {
      await server.stop();
    }
  });
});
