// Blank sheets of the ledgers of a day: each copy has its number, each of its lines is entered once — on both engines.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start } from '../lib/client.mjs';

const now = Date.UTC(2026, 10, 18, 1), today = '2026-11-18';

for (const engine of engines)
  describe(`paper sheets on ${engine}`, () => {
    let server, head, child;
    before(async () => {
      server = await start({ engine, clock: now });
      head = await signIn(server, 'inst-sun');
      child = (await head.get('/child.json?state=enrolled')).body.data[0].id;
    });
    after(() => server?.stop());
    const print = async (form, query = '') => {
      const pdf = await head.get(`/${form}/blank.pdf?day=${today}${query}`);
      assert.equal(pdf.status, 200, pdf.text);
      writeFileSync(`${server.folder}/blank.pdf`, pdf.bytes);
      const text = execFileSync('pdftotext', ['-layout', `${server.folder}/blank.pdf`, '-'], { encoding: 'utf8' });
      return [...new Set(text.match(/[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}/g))];
    };
    const faults = (answer) => (answer.body.errors ?? []).map((one) => one.field);

    test('each copy bears a number of its own, with a character that checks it', async () => {
      const [first, ...more] = await print('observation', '&n=5&copies=3');
      assert.equal(more.length, 2);
      assert.equal(new Set([first, ...more, ...await print('observation', '&n=5')]).size, 4);
      const next = { 2: '3' }[first[0]] ?? '2';
      const wrong = await head.post('/observation', { child, paper_no: next + first.slice(1), paper_line: '1' });
      assert.equal(wrong.status, 422);
      assert.ok(faults(wrong).includes('paper_no'), wrong.text);
    });

    test('a line is entered once; the page of the code knows the number and the next line', async () => {
      const [number] = await print('attendance', '&n=3');
      const enter = (fields) => head.post('/attendance', { child, day: today, arrived_at: '08:00', ...fields });
      const missing = await enter({ paper_no: number });
      assert.deepEqual([missing.status, faults(missing)], [422, ['paper_line']], missing.text);
      assert.deepEqual(faults(await enter({ paper_no: number, paper_line: '4' })), ['paper_line'], 'it has three lines');
      assert.equal((await enter({ paper_no: number.toLowerCase().replace('-', ' '), paper_line: 1 })).status, 200, 'as people write it');
      const [other] = (await head.get('/child.json?state=enrolled')).body.data.filter((one) => one.id !== child);
      const again = await enter({ child: other.id, paper_no: number, paper_line: '1' });
      assert.equal(again.status, 409, again.text);
      assert.match(again.text, /第1行已经补录，不能重复登记/);
      assert.equal((await head.get(`/attendance.json?child=${other.id}`)).body.data.length, 0, 'nothing of the refused was written');
      const plain = (await head.get('/attendance/new', { headers: { accept: 'text/html' } })).text;
      assert.doesNotMatch(plain, /name="paper_no"/, 'who has no sheet is not asked for it');
      assert.match((await head.get(plain.match(/href="(\/attendance\/new\?paper_no=)"/)[1], { headers: { accept: 'text/html' } })).text, /name="paper_no"/);
      const page = await head.get(`/attendance/new?paper_no=${number}&day=${today}`, { headers: { accept: 'text/html' } });
      assert.match(page.text, new RegExp(`name="paper_no"[^>]*value="${number}"`));
      assert.match(page.text, /name="paper_line"[^>]*value="2"/);
      assert.equal((await enter({ child: other.id, paper_no: number, paper_line: '2' })).status, 200);
    });

    test('a sheet belongs to its ledger and its institution; records without a sheet stay possible', async () => {
      const [number] = await print('observation', '&n=5');
      const elsewhere = await head.post('/attendance', { child, paper_no: number, paper_line: '1' });
      assert.equal(elsewhere.status, 422, elsewhere.text);
      assert.match(elsewhere.text, /请到该台账补录/);
      const others = await signIn(server, 'inst-spring');
      const [theirs] = (await others.get('/child.json?state=enrolled')).body.data;
      const foreign = await others.post('/observation', { child: theirs.id, kind: 'meal', result: 'normal', paper_no: number, paper_line: '1' });
      assert.ok(foreign.status === 422 && /没有打印过这个编号/.test(foreign.text), foreign.text);
      const [third] = (await head.get('/child.json?state=enrolled')).body.data.slice(5);
      assert.equal((await head.post('/attendance', { child: third.id, arrived_at: '08:10' })).status, 200);
    });

    test('ledgers that are not of a day have their months and blank sheets too, by the date that they name', async () => {
      const words = async (client, target) => {
        const pdf = await client.get(target);
        assert.equal(pdf.status, 200, `${target}: ${pdf.text.slice(0, 200)}`);
        writeFileSync(`${server.folder}/month.pdf`, pdf.bytes);
        return execFileSync('pdftotext', ['-layout', `${server.folder}/month.pdf`, '-'], { encoding: 'utf8' });
      };
      const county = await signIn(server, 'kt-handle');
      for (const form of ['isolation', 'food_sample', 'diet_meeting', 'health_talk', 'periodic_exam', 'measurement', 'weak_child', 'staff_illness', 'medicine_order', 'fire_check', 'emergency_drill']) {
        assert.match(await words(head, `/${form}/month.pdf?month=2026-11`), /2026年11月\s*共\d+条/, form);
        assert.equal((await print(form, '&n=2')).length, 1, form);
        assert.match((await head.get(`/${form}`, { headers: { accept: 'text/html' } })).text, new RegExp(`/${form}/blank.pdf`));
        assert.ok([403, 404].includes((await county.get(`/${form}/blank.pdf`)).status), form);
      }
      for (const [checked_on, problems] of [['2026-10-30', '十月的问题'], ['2026-11-17', '本月的问题']])
        await head.make('fire_check', { checked_on, items: ['exit'], problems, checker: (await head.get('/staff.json')).body.data[0].id });
      const october = await words(head, '/fire_check/month.pdf?month=2026-10');
      assert.match(october, /10-30/);
      assert.ok(october.includes('十月的问题') && !october.includes('本月的问题'), october);
      assert.equal((await head.get('/fire_check.json?from=2026-11-01&to=2026-11-30')).body.data.length, 1);
      const [number] = await print('emergency_drill', '&n=2');
      const fields = { held_on: '2026-11-17', kind: 'fire', people: '30', summary: '疏散', problems: '无', paper_no: number, paper_line: '1' };
      const entered = await head.post('/emergency_drill', fields);
      assert.equal(entered.status, 200, entered.text);
      assert.equal((await head.post('/emergency_drill', fields)).status, 409, 'each line once');
      assert.equal((await head.get('/guardian/month.pdf')).status, 404, 'no ledger of days');
    });

    test('the same line sent twice at once is entered once', async () => {
      const [number] = await print('attendance', '&n=20');
      const children = (await head.get('/child.json?state=enrolled')).body.data.slice(6, 14);
      const answers = await Promise.all(children.map((one) => head.post('/attendance', { child: one.id, arrived_at: '08:20', paper_no: number, paper_line: '7' })));
      assert.deepEqual(answers.map((one) => one.status).sort(), [200, ...Array(children.length - 1).fill(409)]);
    });
  });
