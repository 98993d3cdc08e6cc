// Children's contracts, bills, places, consent, doubles, ages, forgetting and the sheet of sixty — on both engines.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, crc32, engines, resident, signIn, start, tuoyu, until, zip } from '../lib/client.mjs';
import { deflateRawSync } from 'node:zlib';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const dayMs = 86400000, today = '2026-11-18';
const iso = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/* A sheet as people's programs write it: strings in the cells. */
const xlsx = (rows) => {
  const letter = (i) => (i < 26 ? '' : String.fromCharCode(64 + Math.floor(i / 26))) + String.fromCharCode(65 + (i % 26));
  const text = (value) => String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const cells = rows.map((row, r) => `<row r="${r + 1}">${row.map((value, c) => `<c r="${letter(c)}${r + 1}" t="inlineStr"><is><t>${text(value)}</t></is></c>`).join('')}</row>`).join('');
  const parts = {
    '[Content_Types].xml': '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    '_rels/.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    'xl/workbook.xml': '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${cells}</sheetData></worksheet>`,
  };
  return zip(Object.entries(parts).map(([name, content]) => {
    const bytes = Buffer.from(content);
    return { name, data: deflateRawSync(bytes), size: bytes.length, crc: crc32(bytes) };
  }));
};

for (const engine of engines)
  describe(`children on ${engine}`, () => {
    let server, head, health, care, gate, county, market, city, spring, body, classes;
    const names = ['inst-sun', 'sun-health', 'sun-care', 'sun-gate', 'kt-handle', 'kt-market', 'pl-health', 'inst-spring'];
    const everybody = async () => {
      [head, health, care, gate, county, market, city, spring] = await Promise.all(names.map((name) => signIn(server, name)));
    };
    let now = begin;
    /* accounts that nobody uses for 90 days are disabled: longer ways are gone in steps */
    const at = async (ms) => {
      while (now < ms) {
        now = Math.min(ms, now + 80 * dayMs);
        server.clock(now);
        await everybody();
      }
      if (now > ms) {
        server.clock(now = ms);
        await everybody();
      }
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      await everybody();
      body = (await head.get('/medical_body.json')).body.data[0].id;
      classes = (await head.get('/class_group.json')).body.data.sort((a, b) => (a.name < b.name ? -1 : 1));
    });
    after(() => server?.stop());
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const codes = (answer) => answer.body.errors?.map((one) => one.code) ?? [];
    const ok = (answer) => (assert.equal(answer.status, 200, answer.text), answer.body);

    let serial = 300;
    const child = async ({ born = '2024-05-01', more = {}, entered = today, class_ = 0, exam = {} } = {}) => {
      const id = await head.make('child', { name: `试验${serial}`, sex: serial % 2 ? 'male' : 'female', born, id_kind: 'resident_id', id_number: resident(serial++, born.replaceAll('-', '')), ...more });
      const guardian = await head.make('guardian', { part: id, name: '试验家长', relation: 'mother', phone: '13900000000' });
      await head.make('entry_check', { part: id, examined_on: '2026-11-10', body, result: 'pass', vaccination: 'complete', ...exam });
      if (entered) {
        ok(await head.post(`/child/${id}/admit`, { entered_on: entered }));
        ok(await head.post(`/child/${id}/place`, { class: classes[class_].id, class_from: entered }));
      }
      return { id, guardian };
    };
    const contract = async (one, more = {}, items = [{ item: 'care', label: '保育费', per: 'month', amount: '1200' }, { item: 'meal', label: '伙食费', per: 'month', amount: '330' }], sign = true) => {
      const id = await head.make('contract', { part: one.id, service_form: 'full_day', weekdays: ['1', '2', '3', '4', '5'], from_day: today, to_day: '2027-11-17', prepay: 'none', absence_refund: 'day', meal_by_attendance: '1', refund_rule: '按天结算', dispute: '协商', ...more });
      for (const item of items) await head.make('contract_item', { part: id, ...item });
      if (sign) ok(await head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today }));
      return id;
    };
    const leave = (one) => head.post(`/child/${one.id}/leave`, { left_on: today, leave_reason: 'family' });

    test('a contract asks one month in advance at most, whatever it is called; who may not, may not', async () => {
      const one = await child();
      const id = await contract(one, { prepay: 'month', prepay_months: '3' }, undefined, false);
      const refused = await head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today });
      assert.deepEqual([refused.status, codes(refused)], [422, ['FEE-1']]);
      assert.equal((await market.get(`/contract/${id}.json`)).body.findings[0].rule, 'FEE-1', 'market regulation sees it');
      assert.equal('signed_by' in (await record(market, 'contract', id)), false);
      assert.equal((await market.get(`/child/${one.id}.json`)).status, 404);
      assert.equal((await county.get('/contract.json')).status, 404, 'health has no duty here');
      for (const [more, code] of [
        [{ prepay: 'card', prepay_months: '' }, 'FEE-1'], /* a card without an end */
        [{ prepay: 'package', prepay_months: '1.5' }, 'FEE-1'],
        [{ prepay: 'month', prepay_months: '1', deposit: '100' }, 'FEE-1'], /* a deposit on top of the month */
        [{ prepay: 'none', prepay_months: '', deposit: '2000' }, 'FEE-1'],
        [{ deposit: '0', weekdays: [] }, 'CONTRACT-COUNT'],
      ]) {
        ok(await head.post(`/contract/${id}`, more));
        assert.deepEqual(codes(await head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today })), [code], JSON.stringify(more));
      }
      ok(await head.post(`/contract/${id}`, { weekdays: ['1', '3', '5'], prepay: 'month', prepay_months: '1' }));
      assert.equal((await care.post(`/contract/${id}/sign`, {})).status, 404, 'a carer sees no contract');
      assert.equal((await gate.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today })).status, 403);
      const other = (await list(spring, 'child'))[0];
      assert.equal((await head.post('/contract', { part: other.id, service_form: 'full_day', from_day: today, to_day: today })).status, 403, 'a child of another institution');
      const stranger = (await list(head, 'guardian')).find((row) => row.part !== one.id).id;
      assert.deepEqual(codes(await head.post(`/contract/${id}/sign`, { signed_by: stranger, signed_on: today })), ['not_a_guardian']);
      ok(await head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today }));
      assert.equal((await head.post('/contract_item', { part: id, item: 'care', label: '加价', per: 'month', amount: '9' })).status, 409, 'a signed contract does not change');
      assert.equal((await head.post('/contract', { part: one.id, service_form: 'full_day', from_day: '2027-01-01', to_day: '2027-02-01' })).status, 409, 'two contracts at one time');
      await leave(one);
    });

    test('an item outside care is a finding for the institution and the market regulator', async () => {
      const one = await child();
      const id = await contract(one, {}, [{ item: 'lesson', label: '体能课', per: 'month', amount: '300' }, { item: 'other', label: '英语启蒙', per: 'month', amount: '200' }, { item: 'bedding', label: '被褥', per: 'once', amount: '80' }], false);
      const items = (await record(head, 'contract', id)).contract_item;
      const rules = async (client, item) => (await client.get(`/contract_item/${item.id}.json`)).body.findings.map((one) => one.rule);
      for (const client of [head, market]) {
        const found = {};
        for (const item of items) found[item.label] = await rules(client, item);
        assert.deepEqual(found, { 体能课: ['SEED-C102'], 英语启蒙: ['SEED-C102'], 被褥: [] });
      }
      const fees = async (client) => ok(await client.get('/fees.json')).data.findings;
      const seen = await fees(market);
      assert.deepEqual(seen.filter((row) => items.some((item) => row.url.endsWith(item.id))).map((row) => row.rule), ['SEED-C102', 'SEED-C102']);
      assert.doesNotMatch(JSON.stringify(seen), /试验/);
      assert.equal((await county.get('/fees.json')).status, 404);
      await leave(one);
    });

    test('payments ahead are measured together; a receipt has a number and its amount in words', async () => {
      const one = await child(), id = await contract(one);
      const pay = (fields) => head.post('/payment', { part: id, kind: 'fee', method: 'cash', ...fields });
      assert.deepEqual(codes(await pay({ amount: '1530' })), ['need'], 'for which days?');
      const found = async (answer) => (await market.get(`/payment/${ok(answer).data.id}.json`)).body.findings.map((row) => row.rule);
      const first = ok(await pay({ amount: '1530', cover_from: today, cover_to: '2026-12-17' })).data.id;
      assert.deepEqual((await head.get(`/payment/${first}.json`)).body.findings, [], 'a month is a month');
      assert.deepEqual(await found(await pay({ amount: '1530', cover_from: '2026-12-18', cover_to: '2027-01-17' })), ['FEE-1'], 'in two parts');
      assert.deepEqual(await found(await pay({ amount: '100', kind: 'deposit' })), ['FEE-1'], 'a deposit on top');
      assert.deepEqual(await found(await pay({ amount: '100', kind: 'card', cover_from: '2026-11-20', cover_to: '2026-12-10' })), ['FEE-1'], 'a card on top');
      assert.deepEqual(await found(await pay({ amount: '1530', cover_from: today, cover_to: '2027-01-17' })), ['FEE-1'], 'two months at once');
      const paid = await record(head, 'payment', first);
      assert.deepEqual([paid.number, paid.amount_words], ['SJ20261118-001', '壹仟伍佰叁拾元整']);
      const receipt = await head.get(`/payment/${first}.pdf`);
      assert.deepEqual([receipt.status, receipt.bytes.subarray(0, 5).toString()], [200, '%PDF-']);
      assert.equal((await head.post(`/payment/${first}`, { amount: '1' })).status, 403, 'what was received stays');
      assert.equal((await market.get(`/payment/${first}.json`)).body.data.amount, '1530.00');
      assert.equal((await health.get(`/payment/${first}.json`)).status, 404);
      ok(await leave(one));
      const ended = await record(head, 'contract', id);
      assert.deepEqual([ended.state, ended.to_day], ['ended', today], 'who leaves ends the contract');
    });

    test('the day expects whom the contracts say; places are free by band, weekday and half-day', async () => {
      const places = async () => (await head.get('/seats.json')).body.data;
      const before = await places();
      const big = (data) => data.bands.find((one) => one.band === 'toddler_big');
      const one = await child({ born: '2024-06-01' });
      await contract(one, { service_form: 'half_day', half: 'morning', weekdays: ['1', '3'] });
      const after = await places();
      assert.equal(after.enrolled, before.enrolled + 1);
      const taken = big(before).days.map((day, i) => [day.morning - big(after).days[i].morning, day.afternoon - big(after).days[i].afternoon]);
      assert.deepEqual(taken, [[1, 0], [0, 0], [1, 0], [0, 0], [0, 0]]);
      const site = (await head.get('/session')).body.data.institution;
      const open = (await new Client(server).get(`/register/${site}.json`)).body.data.seats;
      assert.deepEqual([open.free, open.bands], [after.free, after.bands], 'the register says the same');
      assert.doesNotMatch(JSON.stringify(open), /试验|演示幼儿\d/);
      await at(begin + dayMs); /* Thursday: the half-day child is not expected */
      const thursday = (await until(async () => { const rows = await list(head, 'care_day', '?day=2026-11-19'); return rows.length && rows; }))[0];
      assert.deepEqual([thursday.expected, thursday.enrolled], [31, 32]);
      ok(await leave(one));
      await at(begin);
    });

    test('claimed beside proved: counts only, as a page and as a sheet; for health authorities', async () => {
      const answer = ok(await county.get('/seats/check.json')).data;
      const sun = answer.rows.find((one) => one.name.includes('小太阳'));
      const cell = (label) => sun.cells.find((one) => one.label === label).value;
      assert.equal(cell('在托'), 31);
      assert.ok(answer.rows.every((one) => !/华亭|静宁/.test(one.name)), 'the own county only');
      assert.ok(ok(await city.get('/seats/check.json')).data.rows.some((one) => /华亭/.test(one.name)), 'a city sees its counties');
      assert.equal(cell('备案托位'), 45);
      assert.doesNotMatch(JSON.stringify(answer), /演示幼儿\d/);
      const sheet = await county.get('/seats/check.xlsx');
      assert.deepEqual([sheet.status, sheet.bytes.subarray(0, 2).toString()], [200, 'PK']);
      assert.equal((await head.get('/seats/check.json')).status, 404);
      assert.equal((await market.get('/seats/check.json')).status, 404);
    });

    test('consent: a version, a guardian, withdrawn; what rests on it goes, ledgers stay', async () => {
      const texts = await list(head, 'consent_text');
      const photo = texts.find((one) => one.kind === 'photo').id, data = texts.find((one) => one.kind === 'data').id;
      const one = await child(), other = await child();
      const give = (fields) => head.post('/consent', { part: one.id, how: 'screen', ...fields });
      assert.deepEqual(codes(await give({ text: photo })), ['need']);
      assert.deepEqual(codes(await give({ text: photo, given_by: other.guardian })), ['not_a_guardian']);
      assert.deepEqual(codes(await give({ text: photo, given_by: one.guardian, how: 'paper' })), ['need'], 'paper means a scan');
      const consent = ok(await give({ text: photo, given_by: one.guardian })).data.id;
      const written = ok(await give({ text: data, given_by: one.guardian })).data.id;
      ok(await head.post(`/guardian/${one.guardian}`, { work_unit: '试验单位' }));
      const picked = await head.upload('pickup_person', { part: one.id, name: '试验奶奶', relation: 'grandmother', code: '1234', from_day: today, entrusted_by: one.guardian }, 'photo', Buffer.concat([png, Buffer.from(String(serial))]), '奶奶.png', 'image/png');
      const person = ok(picked).data.id;
      assert.equal((await head.get(`/pickup_person/${person}/file/photo`)).status, 200);
      assert.equal((await care.post(`/consent/${consent}/withdraw`, {})).status, 403);
      ok(await head.post(`/consent/${consent}/withdraw`, {}));
      const after = await record(head, 'pickup_person', person);
      assert.deepEqual([after.photo ?? null, after.name], [null, '试验奶奶']);
      assert.equal((await head.get(`/pickup_person/${person}/file/photo`)).status, 404);
      assert.equal((await record(head, 'guardian', one.guardian)).work_unit, '试验单位', 'another consent covers it');
      ok(await head.post(`/consent/${written}/withdraw`, {}));
      const guardian = await record(head, 'guardian', one.guardian);
      assert.deepEqual([guardian.work_unit ?? null, guardian.name], [null, '试验家长']);
      assert.equal(ok(await head.post(`/guardian/${one.guardian}/unmask/phone`, { purpose: '核对' })).data.value, '13900000000', 'what the law orders stays');
      assert.equal((await record(head, 'child', one.id)).entry_check.length, 1);
      assert.equal((await head.post(`/consent/${consent}/withdraw`, {})).status, 409);
      await leave(one);
      await leave(other);
    });

    test('the photo itself is gone from the store', async () => {
      const texts = await list(head, 'consent_text');
      const one = await child(), bytes = Buffer.concat([png, Buffer.from(`x${serial}`)]);
      const consent = await head.make('consent', { part: one.id, how: 'screen', text: texts.find((row) => row.kind === 'photo').id, given_by: one.guardian });
      const person = ok(await head.upload('pickup_person', { part: one.id, name: '试验爷爷', relation: 'grandfather', from_day: today, entrusted_by: one.guardian }, 'photo', bytes, '爷爷.png', 'image/png')).data.id;
      const { createHash } = await import('node:crypto');
      const hex = createHash('sm3').update(bytes).digest('hex'), file = path.join(server.data, 'files', hex.slice(0, 2), hex);
      assert.ok(existsSync(file), file);
      ok(await head.post(`/consent/${consent}/withdraw`, {}));
      await until(async () => !existsSync(file), 'the bytes stay');
      assert.equal((await record(head, 'pickup_person', person)).name, '试验爷爷');
      await leave(one);
    });

    test('the page for the family says of each field why it is kept and how long', async () => {
      const one = await child({ entered: null });
      const page = ok(await head.get(`/privacy/${one.id}.json`)).data;
      const field = (form, name) => page.forms.find((row) => row.form === form)?.fields.find((row) => row.name === name);
      assert.equal(field('child', 'id_number').basis, 'duty');
      assert.equal(field('child', 'allergies').basis, 'contract');
      assert.equal(field('guardian', 'work_unit').basis, 'consent');
      assert.equal(field('morning_check', 'photo').basis, 'consent', 'forms of other parts stand there too');
      assert.match(page.forms.find((row) => row.form === 'child').kept, /3年/);
      const html = (await head.get(`/privacy/${one.id}`, { headers: { accept: 'text/html' } })).text;
      assert.match(html, /凭什么/);
      assert.equal((await county.get(`/privacy/${one.id}.json`)).status, 404);
      assert.equal((await spring.get(`/privacy/${one.id}.json`)).status, 404);
    });

    test('likely doubles are proposed and merged by the head; twins are not; the history stays', async () => {
      const born = '2024-07-07';
      const [first, second] = [await child({ born, more: { name: '试验重复', sex: serial % 2 ? 'female' : 'male', id_kind: 'none', id_number: '' } }), await child({ born, more: { name: '试验重复' }, class_: 1 })];
      const twin = await child({ born, more: { name: '试验重复妹' }, entered: null });
      const pairs = async () => ok(await head.get('/child/doubles.json')).data.pairs.map((one) => [one.first.id, one.second.id]);
      assert.deepEqual(await pairs(), [[first.id, second.id]]);
      assert.equal((await health.post('/child/merge', { keep: first.id, drop: second.id })).status, 404, 'not the health carer');
      const stranger = (await list(spring, 'child'))[0].id;
      assert.equal((await head.post('/child/merge', { keep: first.id, drop: stranger })).status, 404);
      const came = await care.make('attendance', { child: second.id, correction: '补录' });
      const merged = ok(await head.post('/child/merge', { keep: first.id, drop: second.id })).data;
      assert.ok(merged.moved >= 3 && merged.left === 1, JSON.stringify(merged)); /* two places at one time: one stays behind */
      const kept = await record(head, 'child', first.id), gone = await record(head, 'child', second.id);
      assert.deepEqual([gone.state, gone.was], ['merged', first.id]);
      assert.equal(kept.guardian.length, 2);
      assert.equal((await record(care, 'attendance', came)).child, first.id);
      assert.deepEqual(await pairs(), []);
      const history = ok(await head.get(`/child/${first.id}/history`)).data.entries.map((one) => one.action);
      assert.ok(history.includes('合并') && history.includes('并入'), history.join());
      assert.equal((await head.post('/child/merge', { keep: first.id, drop: second.id })).status, 409);
      ok(await leave(first));
      void twin;
    });

    test('dues and ages: vaccination, second looks, months away, out of the band; moved up together', async () => {
      const late = await child({ exam: { vaccination: 'catch_up', vaccination_on: '2026-11-10' } });
      const grown = [];
      const small = await head.make('class_group', { name: '试验托小班', band: 'toddler_small', places: 10, carers: 2 });
      for (let i = 0; i < 2; i++) {
        const one = await child({ born: `2024-11-0${i + 1}`, entered: null });
        ok(await head.post(`/child/${one.id}/admit`, { entered_on: today }));
        ok(await head.post(`/child/${one.id}/place`, { class: small, class_from: today }));
        grown.push(one);
      }
      const dues = async (client = health) => ok(await client.get('/child/due.json')).data.dues;
      const of = (all, one) => all.filter((row) => row.url.endsWith(one.id)).map((row) => [row.rule, row.due_on]);
      assert.deepEqual(of(await dues(), late), [['HC-VC-DEC', '2026-12-31']]);
      assert.deepEqual(of(await dues(), grown[0]), [['BAND-OUT', '2026-12-31']]);
      assert.equal((await gate.get('/child/due.json')).status, 404);
      const list0 = ok(await head.get('/child/promote.json')).data.children;
      assert.deepEqual(grown.map((one) => list0.find((row) => row.id === one.id)?.band), ['toddler_big', 'toddler_big']);
      assert.equal((await care.post('/child/promote', { ids: [grown[0].id], class: classes[0].id, from_day: today })).status, 404);

      await at(begin + 62 * dayMs); /* 2027-01-19: past the days of grace */
      const rules = async (one) => (await head.get(`/child/${one.id}.json`)).body.findings.map((row) => row.rule);
      await until(async () => (await rules(grown[0])).includes('BAND-OUT'), 'no finding of the band');
      const moved = ok(await head.post('/child/promote', { ids: grown.map((one) => one.id), class: classes[0].id, from_day: iso(begin + 62 * dayMs) })).data;
      assert.equal(moved.moved, 2);
      for (const one of grown) assert.equal((await record(head, 'child', one.id)).class, classes[0].id);
      assert.ok(!(await rules(grown[0])).includes('BAND-OUT'));
      assert.equal((await head.post('/child/promote', { ids: [grown[0].id], class: (await list(spring, 'class_group'))[0].id, from_day: iso(begin + 63 * dayMs) })).status, 422, 'a class of another institution');
      await at(begin);
      for (const one of [late, ...grown]) await leave(one);
    });

    test('three months away and three years old are found by time alone; back after an exam', async () => {
      const one = await child({ born: '2024-02-20' });
      ok(await care.post('/attendance', { child: one.id, arrived_at: '08:00', correction: '补录' }));
      await at(begin + 95 * dayMs); /* 2027-02-21 */
      const rules = async () => (await head.get(`/child/${one.id}.json`)).body.findings.map((row) => row.rule);
      await until(async () => { const all = await rules(); return all.includes('AGE-OUT') && all.includes('MGT-11b'); }, 'no finding of time');
      assert.ok(ok(await health.get('/child/due.json')).data.dues.some((row) => row.url.endsWith(one.id) && row.rule === 'MGT-11b'));
      await health.make('entry_check', { part: one.id, examined_on: '2027-02-21', body, result: 'pass', vaccination: 'complete' });
      assert.deepEqual(await rules(), ['AGE-OUT']);
      await at(begin);
      ok(await leave(one));
    });

    test('a month is billed from contract and attendance; run again it leaves alone what was paid', async () => {
      await at(Date.UTC(2026, 10, 30, 0, 5)); /* Monday 30 November */
      const run = async (month) => {
        const made = await head.post('/bill_run', { month });
        if (made.status !== 200) return made;
        return until(async () => { const row = await record(head, 'bill_run', made.body.data.id); return row.state === 'done' && row; }, 'the run does not end');
      };
      assert.deepEqual(codes(await run('2026-11')), ['not_over']);
      assert.deepEqual(codes(await run('Nov')), ['not_a_month']);
      assert.equal((await health.post('/bill_run', { month: '2026-10' })).status, 404);
      await at(Date.UTC(2026, 11, 1, 0, 5));
      await until(async () => (await list(head, 'care_day', '?day=2026-12-01')).length === 1);
      /* the program did not run on all days of November: those it opened are the days of the month */
      const days = (await list(head, 'care_day', '?from=2026-11-01&to=2026-11-30')).map((one) => one.day).sort();
      assert.ok(days.length >= 2, days.join());
      const children = (await list(head, 'child', '?state=enrolled&sort=title'));
      const [present, absent] = [children[1], children[2]];
      for (const day of days) {
        await care.post('/attendance', { child: present.id, day, arrived_at: '08:00', correction: '补录' });
        await care.post('/attendance', { child: absent.id, day, reason: 'personal', correction: '补录' });
      }
      const done = await run('2026-11');
      assert.deepEqual([done.done, done.made, done.kept], [done.total, done.total, 0]);
      assert.ok(done.made >= 31);
      const bill = async (one) => (await list(gate, 'bill', `?part=${one.id}`))[0];
      const [full, none] = [await bill(present), await bill(absent)];
      assert.deepEqual([full.total, full.attended_days, none.attended_days], [full.expected_days === days.length ? '1530.00' : full.total, days.length, 0]);
      assert.equal(none.total, '0.00', 'the contract gives absent days back, meals by attendance');
      assert.equal(none.state, 'paid', 'nothing to pay');
      const lines = (await record(head, 'bill', none.id)).bill_line.map((row) => [row.label, row.amount]).sort();
      assert.deepEqual(lines, [['伙食费', '330.00'], ['伙食费缺勤退费', '-330.00'], ['保育费', '1200.00'], ['保育费缺勤退费', '-1200.00']].sort());
      const pay = (amount) => gate.post('/payment', { part: full.contract, bill: full.id, kind: 'fee', method: 'code', amount });
      ok(await pay('1000'));
      assert.deepEqual([(await bill(present)).state, (await bill(present)).paid], ['open', '1000.00']);
      const again = await run('2026-11');
      assert.deepEqual([again.made, again.kept], [0, again.total - again.renewed]);
      assert.ok(again.kept >= 2);
      assert.equal((await bill(present)).total, '1530.00');
      ok(await pay('530'));
      assert.equal((await bill(present)).state, 'paid');
      ok(await gate.post('/payment', { part: full.contract, bill: full.id, kind: 'refund', method: 'cash', amount: '30' }));
      assert.equal((await bill(present)).state, 'open', 'given back: open again');
      assert.equal((await head.get(`/bill/${full.id}.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-');
      assert.equal((await care.get('/bill.json')).status, 404);
      assert.equal((await list(market, 'bill')).length, done.made);
      assert.doesNotMatch((await market.get('/bill.json')).text, /演示幼儿|试验\d/);
      await at(begin);
    });

    test('sixty children come in by one sheet; a broken one says row and field, and the good ones stay', async () => {
      const template = await head.get('/enrolment/template.xlsx');
      assert.deepEqual([template.status, template.bytes.subarray(0, 2).toString()], [200, 'PK']);
      const columns = (await head.get('/enrolment/template.csv')).text.replace('\ufeff', '').trim().split(',');
      const row = (n, more = {}) => {
        const born = `2024-0${1 + (n % 9)}-1${n % 10}`;
        const cells = { '姓名': `名册幼儿${n}`, '性别': n % 2 ? '男' : '女', '出生日期': born, '证件类型': '居民身份证（户口簿）', '证件号码': resident(n % 1000, born.replaceAll('-', '')), '户籍': '市外', '进城务工人员随迁': '是', '监护人姓名': `家长${n}`, '与婴幼儿关系': '母亲', '监护人手机': `138${String(n).padStart(8, '0')}`, '班级名称': '名册托大班', '入托日期': today, '入托体检日期': '2026-11-02', '体检机构名称': '演示县妇幼保健院', '预防接种查验': '按程序完成接种', '服务形式': '全日托', '约定入托日': '周一、周二、周三、周四、周五', '协议起始日': today, '协议截止日': '2027-11-17', '每月保育费': '1200', '每月伙食费': '300', ...more };
        return columns.map((name) => cells[name.replace('*', '')] ?? '');
      };
      await head.make('class_group', { name: '名册托大班', band: 'toddler_big', places: 20, carers: 3 });
      const upload = (rows, name) => head.upload('enrolment/import', {}, 'sheet', xlsx([columns, ...rows]), name, 'application/octet-stream');
      const before = (await list(head, 'child')).length;

      const broken = [row(1), row(2, { '班级名称': '没有的班' }), row(3, { '出生日期': '2023-01-01', '证件号码': '' }), row(1), row(5, { '监护人手机': '12' }), row(6, { '体检机构名称': '街边诊所' }), row(7, { '入托体检日期': '' }), row(8, { '入托体检日期': '2028-02-01' })];
      const report = ok(await upload(broken, '坏.xlsx')).data.report;
      assert.deepEqual([report.good, report.bad], [1, 7]);
      assert.deepEqual(report.faults.map((one) => [one.row, one.label]).sort(), [[3, '班级名称'], [4, '出生日期'], [5, '姓名'], [6, '监护人手机'], [7, '体检机构名称'], [8, '入托体检日期'], [9, '入托体检日期']]);
      assert.match(report.faults.find((one) => one.row === 5).message, /重复/);
      assert.equal((await list(head, 'child')).length, before, 'judged only');

      const sixty = Array.from({ length: 60 }, (_, i) => row(100 + i));
      const began = Date.now();
      const judged = ok(await upload(sixty, '名册.xlsx')).data.report;
      assert.deepEqual([judged.good, judged.bad], [60, 0], JSON.stringify(judged.faults));
      const written = ok(await head.post('/enrolment/import', { known_file: judged.file, write: '1' })).data.report;
      assert.deepEqual([written.written, written.known, written.faults], [60, 0, []]);
      assert.ok(Date.now() - began < 120000);
      const again = ok(await head.post('/enrolment/import', { known_file: judged.file, write: '1' })).data.report;
      assert.deepEqual([again.written, again.known], [0, 60]);
      const one = (await list(head, 'child', `?q=${encodeURI('名册幼儿159')}`))[0], whole = await record(head, 'child', one.id);
      assert.deepEqual([whole.state, whole.class_title, whole.guardian.length, whole.contract[0].state, whole.contract[0].month_fee], ['enrolled', '名册托大班', 1, 'active', '1500.00']);
      const line = (await list(head, 'enrolment')).find((entry) => entry.child === one.id);
      assert.ok(!('name' in line) || line.name === null, 'the line keeps no person');
      assert.equal((await upload(sixty.slice(0, 1), '再来.xlsx')).body.data.report.bad, 1, 'a double of who is there');
      assert.equal((await care.get('/enrolment/import')).status, 404);
    });

    test('what no rule keeps is forgotten three years after leaving, with a list before; the journal still verifies', async () => {
      const one = await child({ more: { name: '试验离别', allergies: '花生' } }), held = await child({ more: { name: '试验暂缓' } }), back = await child({ more: { name: '试验返回' } });
      await care.make('attendance', { child: one.id, reason: 'sick', symptoms: ['fever'], correction: '补录' });
      for (const each of [one, held, back]) ok(await leave(each));
      const left = begin;
      await at(left + (3 * 365 - 29) * dayMs); /* the list, thirty days ahead */
      const lines = await until(async () => { const rows = (await list(head, 'erasure')).filter((row) => [one.id, held.id, back.id].includes(row.child)); return rows.length === 3 && rows; }, 'no list');
      assert.ok(lines.every((row) => row.state === 'planned' && row.due_on === '2029-11-18'));
      const notices = (await head.get('/notices')).text;
      assert.match(notices, /将于2029-11-18后删除/);
      assert.doesNotMatch(notices, /试验离别/);
      assert.equal((await health.post(`/erasure/${lines[0].id}/hold`, { hold_reason: '纠纷' })).status, 403);
      ok(await head.post(`/erasure/${lines.find((row) => row.child === held.id).id}/hold`, { hold_reason: '正在处理的纠纷' }));
      assert.equal((await record(head, 'child', one.id)).name, '试验离别', 'nothing is gone before the day');

      await at(left + (3 * 365 + 3) * dayMs);
      await until(async () => (await record(head, 'child', one.id)).state === 'erased', 'not forgotten');
      const gone = await record(head, 'child', one.id);
      for (const field of ['name', 'born', 'sex', 'id_number', 'allergies', 'household']) assert.equal(gone[field] ?? null, null, field);
      assert.equal(gone.guardian[0].name ?? null, null);
      assert.equal((await head.post(`/guardian/${one.guardian}/unmask/phone`, { purpose: '核对' })).body.data?.value ?? null, null, 'the key is destroyed');
      assert.equal((await list(head, 'child', `?q=${encodeURI('试验离别')}`)).length, 0);
      assert.equal((await record(head, 'child', held.id)).name, '试验暂缓');
      const kept = (await list(head, 'attendance', `?child=${one.id}`))[0];
      assert.equal(kept.reason, 'sick', 'the number stays for statistics');
      await server.halt();
      const verdict = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
      assert.equal(verdict.status, 0, verdict.stdout + verdict.stderr);
      const doctor = tuoyu(['doctor', '--data', server.data, ...server.where]);
      assert.match(doctor.stdout + doctor.stderr, /统计单元.*一致/);
      await server.serve();
    });
  });
