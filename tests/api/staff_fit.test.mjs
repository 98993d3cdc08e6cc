// Fit for duty is what the lines say, not what was typed into the row: certificates, queries and illnesses decide, a line
// that is corrected counts at once, and who does not count as on duty reads why.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, resident, signIn, start, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const today = '2026-11-18';

for (const engine of engines)
  describe(`fit for duty on ${engine}`, () => {
    let server, head, care, health, gate, spring, county;
    before(async () => {
      server = await start({ engine, clock: begin - 300000 });
      server.clock(begin);
      [head, care, health, gate, spring, county] = await Promise.all(['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'inst-spring', 'kt-handle'].map((name) => signIn(server, name)));
    });
    after(() => server?.stop());
    const faults = (answer) => answer.body.errors?.map((one) => one.code ?? one.field) ?? [];
    const row = async (id) => (await head.get(`/staff/${id}.json`)).body.data;
    const days = async (id) => [(await row(id)).health_until ?? null, (await row(id)).record_checked ?? null];
    let serial = 800;
    const hire = (more = {}) => head.make('staff', { name: '试验职工', id_number: resident(serial++), posts: ['carer'], certificate: 'infant_carer', hired_on: '2026-11-10', ...more });
    const ok = async (asked) => {
      const answer = await asked;
      assert.equal(answer.status, 200, answer.text);
      return answer;
    };
    const query = (part, answered_on, client = head) => client.upload('record_query', { part, organ: 'police', result: 'none', answered_on, number: '查' }, 'proof', pdf('查询'));
    const signedIn = async (staff, post = 'carer') => {
      const id = await gate.make('staff_attendance', { staff, post });
      const { on_duty, unfit_why } = (await head.get(`/staff_attendance/${id}.json`)).body.data;
      return { id, on_duty, why: unfit_why ?? null };
    };

    test('a day that comes with a new person is a line; later only lines move it, also down', async () => {
      const id = await hire({ health_until: '2027-06-01', record_checked: '2026-10-01' });
      const [certificate] = (await row(id)).staff_health, [asked] = (await row(id)).record_query;
      assert.deepEqual([certificate.until, asked.answered_on, asked.result, asked.organ], ['2027-06-01', '2026-10-01', 'none', 'entered']);
      await ok(head.post(`/staff/${id}`, { health_until: '2029-01-01', record_checked: today, name: '改名甲' }));
      assert.deepEqual([(await row(id)).name, ...(await days(id))], ['改名甲', '2027-06-01', '2026-10-01'], 'typed days do nothing');
      await ok(health.post(`/staff_health/${certificate.id}`, { until: '2026-12-01' }));
      assert.deepEqual(await days(id), ['2026-12-01', '2026-10-01'], 'a corrected line lowers it');
      await health.make('staff_health', { part: id, examined_on: '2026-11-16', until: '2027-11-15' });
      await ok(query(id, '2026-11-17'));
      assert.deepEqual(await days(id), ['2027-11-15', '2026-11-17']);
      assert.equal((await care.post('/staff_health', { part: id, until: '2027-11-15' })).status, 404);
      assert.equal((await query(id, today, spring)).status, 403);
      assert.ok(!(await head.get('/record_query/new?part=' + id, { headers: { accept: 'text/html' } })).text.includes('人员登记时填报'), 'nobody picks that organ');
    });

    test('days that cannot be are refused at the field', async () => {
      const person = { name: '日期', id_number: resident(serial++), posts: ['other'] }, id = await hire();
      for (const [fields, code] of [[{ record_checked: '2026-11-19' }, 'future_day'], [{ credit_checked: '2026-11-19' }, 'future_day'], [{ health_until: '2027-11-19' }, 'too_late']])
        assert.deepEqual(faults(await head.post('/staff', { ...person, ...fields })), [code], JSON.stringify(fields));
      assert.deepEqual(faults(await head.post(`/staff/${id}`, { credit_checked: '2026-11-19' })), ['future_day']);
      for (const [fields, code] of [
        [{ examined_on: '2026-11-19', until: '2027-11-01' }, 'future_day'],
        [{ examined_on: '2026-11-01', until: '2027-11-02' }, 'too_late'],
        [{ examined_on: '2026-11-01', until: '2026-10-01' }, 'order'],
        [{ until: '2027-11-19' }, 'too_late'],
      ])
        assert.deepEqual(faults(await head.post('/staff_health', { part: id, ...fields })), [code], JSON.stringify(fields));
      assert.deepEqual(faults(await head.post('/staff_training', { part: id, topic: 'law', hours: '2', held_on: '2026-11-19' })), ['future_day']);
      assert.deepEqual(faults(await query(id, '2026-11-19')), ['future_day']);
      assert.deepEqual(await days(id), [null, null]);
    });

    test('who was not asked about within the year may be entered, is put on no roster and does not count as on duty', async () => {
      const id = await hire({ health_until: '2027-06-01', record_checked: '2025-11-17' });
      const roster = { staff: id, post: 'carer', start_at: '08:00', end_at: '12:00' };
      assert.deepEqual(faults(await head.post('/roster', roster)), ['LAW-4']);
      const stay = await signedIn(id);
      assert.deepEqual([stay.on_duty, stay.why], [false, '一年内没有查询违法犯罪记录']);
      const page = (await head.get(`/staff_attendance?day=${today}`, { headers: { accept: 'text/html' } })).text;
      assert.ok(page.includes('不计入在岗的原因') && page.includes('一年内没有查询违法犯罪记录'), 'the list of the day says it');
      /* the day is opened by the program within the minute */
      await until(async () => (await head.get('/today.json')).text.includes('1名签到人员不计入在岗：一年内没有查询违法犯罪记录'), 'the page of today says it');
      await ok(query(id, '2026-11-17'));
      const after = (await head.get(`/staff_attendance/${stay.id}.json`)).body.data;
      assert.deepEqual([after.on_duty, after.unfit_why ?? null], [true, null], 'counts from then on, without signing in again');
      await head.make('roster', roster);
      const bare = await signedIn(await hire({ record_checked: '2026-10-01' }));
      assert.deepEqual([bare.on_duty, bare.why], [false, '没有有效的健康合格证']);
    });

    test('who is ill is off duty until the certificate of the return is there', async () => {
      const id = await hire({ health_until: '2027-06-01', record_checked: '2026-10-01' });
      const stay = await signedIn(id);
      assert.equal(stay.on_duty, true);
      const ill = await health.make('staff_illness', { staff: id, symptoms: ['fever'], off_on: '2026-11-17' });
      const seen = (await head.get(`/staff_attendance/${stay.id}.json`)).body.data;
      assert.deepEqual([seen.on_duty, seen.unfit_why], [false, '因病离岗后没有凭证明返岗']);
      const again = await signedIn(id, 'other');
      assert.equal(again.on_duty, false, 'nor by signing in anew');
      const back = { certificate_by: '平凉市人民医院', back_on: today };
      assert.equal((await health.post(`/staff_illness/${ill}/back`, back)).status, 422, 'the certificate itself');
      assert.equal((await care.post(`/staff_illness/${ill}/back`, back)).status, 404);
      const upload = (fields) => health.upload(`staff_illness/${ill}/back`, fields, 'certificate', pdf('返岗证明'));
      assert.deepEqual(faults(await upload({ ...back, back_on: '2026-11-19' })), ['future_day']);
      assert.deepEqual(faults(await upload({ ...back, back_on: '2026-11-16' })), ['order']);
      await ok(upload(back));
      assert.equal((await head.get(`/staff_attendance/${again.id}.json`)).body.data.on_duty, true);
      assert.ok(!('ill_on' in (await row(id))));
    });

    test('a query of which only the day was entered counts for the days of the city, once for a person, and is asked', async () => {
      const typed = { health_until: '2027-06-01', record_checked: '2026-10-01' }, number = resident(serial++);
      const id = await hire({ ...typed, id_number: number }), proved = await hire(typed);
      await ok(query(proved, '2026-11-17'));
      const gaps = async (client, one) => (await client.get(`/staff/${one}.json`)).body.findings.filter((each) => each.rule === 'LAW-4').map((each) => each.message);
      assert.deepEqual([(await row(id)).record_until, (await row(proved)).record_until ?? null], ['2026-12-18', null]);
      assert.deepEqual([await gaps(head, id), await gaps(head, proved)], [['违法犯罪记录查询日期只是填报，12月18日前应取得查询结果'], []]);
      assert.ok((await head.get('/staff_due.json')).body.data.rows.some((one) => one.staff === id && one.what.includes('只有填报日期') && one.until === '2026-12-18'));
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      await ok((await signIn(server, 'kt-sign')).post(`/record_batch/${batch}/approve`, {}));
      const asked = async (one) => (await county.get(`/staff/${one}.json`)).body.data.record_query.filter((each) => each.serial).length;
      assert.deepEqual([await asked(id), await asked(proved)], [1, 0], 'asked as if nobody had ever asked');
      /* another row, another institution: the days have begun */
      await ok(head.post(`/staff/${id}/leave`, { left_on: today }));
      server.clock(begin + 29 * 86400000);
      [head, spring, gate] = await Promise.all(['inst-sun', 'inst-spring', 'sun-gate'].map((name) => signIn(server, name)));
      const anew = await hire({ ...typed, id_number: number });
      assert.equal((await row(anew)).record_until, '2026-12-18');
      assert.equal((await signedIn(anew)).on_duty, true, 'within the days');
      const there = await spring.make('staff', { name: '试验职工', id_number: number, posts: ['carer'], hired_on: '2026-11-10', ...typed });
      assert.equal((await spring.get(`/staff/${there}.json`)).body.data.record_until, '2026-12-18');
      server.clock(begin + 31 * 86400000);
      [head, spring, gate, county] = await Promise.all(['inst-sun', 'inst-spring', 'sun-gate', 'kt-handle'].map((name) => signIn(server, name)));
      const stay = await signedIn(anew);
      assert.deepEqual([stay.on_duty, stay.why], [false, '违法犯罪记录只有填报的查询日期，没有查询结果']);
      assert.deepEqual(faults(await head.post('/roster', { staff: anew, post: 'carer', start_at: '08:00', end_at: '12:00' })), ['LAW-4']);
      await head.make('roster', { staff: proved, post: 'carer', start_at: '08:00', end_at: '12:00' });
      for (const client of [head, spring]) assert.notEqual((await client.post(`/staff/${anew}`, { record_until: '2030-01-01' })).status, 500);
      assert.equal((await row(anew)).record_until, '2026-12-18', 'nobody types it');
      await ok(query(anew, '2026-12-18'));
      assert.equal((await head.get(`/staff_attendance/${stay.id}.json`)).body.data.on_duty, true, 'with an answer it counts');
      server.clock(begin);
      [head, care, health, gate, spring, county] = await Promise.all(['inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'inst-spring', 'kt-handle'].map((name) => signIn(server, name)));
    });

    test('a sheet that brings the days writes the lines', async () => {
      const number = resident(serial++);
      const text = `姓名,公民身份号码,岗位,健康合格证有效期至,违法犯罪记录查询日期\n导入甲,${number},保育人员,2027-05-01,2026-10-01\n导入乙,${resident(serial++)},保育人员,2029-05-01,2026-10-01\n`;
      const judged = await head.upload('staff/import', {}, 'sheet', Buffer.from(text), '表.csv', 'application/octet-stream');
      assert.deepEqual([judged.body.data.report.good, judged.body.data.report.faults.length], [1, 1], judged.text);
      await ok(head.post('/staff/import', { known_file: judged.body.data.report.file, write: '1' }));
      const one = (await head.get(`/staff.json?q=${encodeURIComponent('导入甲')}`)).body.data[0];
      assert.deepEqual([(await row(one.id)).staff_health.length, (await row(one.id)).record_query.length, ...(await days(one.id))], [1, 1, '2027-05-01', '2026-10-01']);
      assert.equal((await county.get(`/staff/${one.id}.json`)).body.data.staff_health.length, 1, 'the county sees on what it rests');
      const batch = await county.make('record_batch', { organ: 'police', password: 'Chaxun-2026-long' });
      await ok((await signIn(server, 'kt-sign')).post(`/record_batch/${batch}/approve`, {}));
      assert.ok((await county.get(`/staff/${one.id}.json`)).body.data.record_query.some((each) => each.serial), 'a day in a sheet is no answer');
    });
  });
