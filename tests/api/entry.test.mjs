// The default entry pages: what they ask at the beginning of a record, and how — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start, until } from '../lib/client.mjs';

for (const engine of engines)
  describe(`entry pages on ${engine}`, () => {
    let server, head;
    before(async () => {
      server = await start({ engine, clock: Date.UTC(2026, 10, 18, 1) });
      head = await signIn(server, 'inst-sun');
    });
    after(() => server?.stop());
    const html = async (target) => {
      const answer = await head.get(target, { headers: { accept: 'text/html' } });
      assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 300)}`);
      return answer.text;
    };
    const asked = async (target) => new Set([...(await html(target)).matchAll(/id="f-(\w+)"/g)].map((one) => one[1]));

    test('a new record is asked what belongs to its beginning; later steps ask the rest, programs may send it at once, what a step alone writes nobody', async () => {
      const isolation = await asked('/isolation/new');
      for (const name of ['child', 'found_at', 'symptoms', 'temperature', 'room', 'carer']) assert.ok(isolation.has(name), name);
      for (const name of ['told_whom', 'told_how', 'told_at', 'told_by', 'fetched_at', 'outcome', 'disease', 'certificate_on', 'back_note']) assert.ok(!isolation.has(name), name);
      assert.ok(!(await html('/isolation/new')).includes('就医结果'), 'no title over nothing');
      const child = (await head.get('/child.json?state=enrolled')).body.data[0].id;
      const id = await head.make('isolation', { child, symptoms: ['cough'], well_on: '2026-11-10', told_whom: '演示家长', told_how: 'phone' });
      const { well_on, told_whom } = (await head.get(`/isolation/${id}.json`)).body.data, edit = await asked(`/isolation/${id}/edit`);
      assert.deepEqual([well_on, told_whom], ['2026-11-10', null]);
      assert.ok(edit.has('well_on') && !edit.has('told_whom'), 'the record shows all that editing may change');
    });

    test('what a step into the first state or to a further record asks is asked at the beginning too', async () => {
      const attendance = await asked('/attendance/new');
      for (const name of ['child', 'arrived_at', 'brought_by', 'received_by', 'reason']) assert.ok(attendance.has(name), name);
      for (const name of ['left_at', 'fetched_by', 'fetch_check', 'traced_note']) assert.ok(!attendance.has(name), name);
      const stay = await asked('/staff_attendance/new');
      for (const name of ['staff', 'class', 'room']) assert.ok(stay.has(name), name);
      assert.ok(!stay.has('out_at'));
    });

    test('a line says whose it is to those who see whose; a PIN is typed and never shown; what is wrong with no field has no empty name', async () => {
      const [one] = (await head.get('/staff.json')).body.data.filter((row) => row.posts.includes('carer')), star = await signIn(server, 'inst-star');
      assert.ok((await html(`/staff_pin/new?part=${one.id}`)).includes(`工作人员：${one.name}`));
      const elsewhere = await star.get(`/staff_pin/new?part=${one.id}`, { headers: { accept: 'text/html' } });
      assert.ok(elsewhere.status === 200 && !elsewhere.text.includes(one.name), 'not by way of a number');
      const typed = () => head.send('POST', '/staff_pin', { raw: new URLSearchParams({ part: one.id, pin: '2580', csrf: head.csrf }).toString(), headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' } });
      const made = await typed();
      assert.equal(made.status, 303, made.text);
      const record = await html(made.headers.get('location'));
      assert.ok(record.includes(`工作人员：${one.name}`) && !record.includes('2580'));
      assert.ok((await asked(`${made.headers.get('location')}/edit`)).has('pin'), 'and can be typed anew');
      const twice = await typed();
      assert.equal(twice.status, 409, twice.text);
      assert.match(twice.text, /<li>已设置口令，请直接修改<\/li>/);
    });

    test('several lines of a secret are entered in a box of several lines, which no draft keeps', async () => {
      assert.match(await html('/growth_note/new'), /<textarea[^>]*id="f-seen"[^>]*data-secret[^>]*>/);
    });

    test('a basis is said in words, never by the id of a standard', async () => {
      const today = await until(async () => (await head.get('/care_day.json')).body.data[0], 'the program opens the day');
      const page = await html(`/care_day/${today.id}`);
      assert.match(page, /工作规范/, 'the day lacks the checks of the morning');
      assert.doesNotMatch(page, /\b(HC|MGT|SET|INF|CFG)-[A-Z0-9]/);
    });
  });
