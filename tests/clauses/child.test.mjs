// Clause by clause, children and what is agreed about them: each title begins with the clause and the verbs it proves.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { engines, resident, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5), today = '2026-11-18';
const source = path.join(fileURLToPath(new URL('../..', import.meta.url)), 'src');
const sources = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? sources(path.join(folder, one.name)) : one.name.endsWith('.c') ? [path.join(folder, one.name)] : []));

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, spring, county, market, body, group;
    before(async () => {
      server = await start({ engine, clock: begin });
      [head, spring, county, market] = await Promise.all(['inst-sun', 'inst-spring', 'kt-handle', 'kt-market'].map((name) => signIn(server, name)));
      body = (await head.get('/medical_body.json')).body.data[0].id;
      group = (await head.get('/class_group.json')).body.data[0].id;
    });
    after(() => server?.stop());

    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const rules = (answer) => (answer.status === 422 ? answer.body.errors.map((one) => one.code).sort() : [String(answer.status)]);
    let serial = 500;
    const child = async (client, born, more = {}) => client.make('child', { name: `条款${serial}`, sex: serial % 2 ? 'male' : 'female', born, id_kind: 'resident_id', id_number: resident(serial++ % 1000, born.replaceAll('-', '')), ...more });
    const exam = (client, id, more = {}) => client.make('entry_check', { part: id, examined_on: '2026-11-10', body, result: 'pass', vaccination: 'complete', ...more });
    const admit = (client, id, entered_on = today, more = {}) => client.post(`/child/${id}/admit`, { entered_on, ...more });
    const contract = async (more = {}, item = {}) => {
      const id = await child(head, '2024-06-06');
      const guardian = await head.make('guardian', { part: id, name: '条款家长', relation: 'father', phone: '13911112222' });
      const made = await head.make('contract', { part: id, service_form: 'full_day', weekdays: ['1', '2', '3', '4', '5'], from_day: today, to_day: '2027-06-30', prepay: 'none', absence_refund: 'day', refund_rule: '按天', dispute: '协商', ...more });
      await head.make('contract_item', { part: made, item: 'care', label: '保育费', per: 'month', amount: '1000', ...item });
      return { child: id, id: made, sign: () => head.post(`/contract/${made}/sign`, { signed_by: guardian, signed_on: today }) };
    };

    test('C022 C: nobody is admitted at or above thirty-six months', async () => {
      for (const [born, expected] of [['2023-11-18', ['AGE-MAX']], ['2023-11-19', ['200']]]) {
        const id = await child(head, born);
        await exam(head, id);
        assert.deepEqual(rules(await admit(head, id)), expected, born);
      }
    });

    test('C035 C: every rule of a child names a document or says that its number is local', async () => {
      const id = await child(head, '2024-01-01');
      await admit(head, id);
      const findings = (await record(head, 'child', id)).findings;
      assert.deepEqual(findings.filter((one) => one.rule === 'MGT-11a').map((one) => [one.document, one.article]), Array(2).fill(['托育机构管理规范（试行）', '第11条']));
    });

    test('C041 R, C041 C: the list of designated bodies; no admission without a pass from one of them on its day', async () => {
      assert.ok((await list(head, 'medical_body')).length > 0);
      const fresh = await county.make('medical_body', { name: '条款新指定医院', kind: 'hospital', services: ['entry_exam'], since_day: '2026-11-15' });
      const other = await county.make('medical_body', { name: '条款接种点', kind: 'hospital', services: ['vaccination'] });
      for (const [more, expected] of [
        [{ result: 'fail' }, ['MGT-11a']],
        [{ body: fresh }, ['MGT-11a']], /* designated only after the exam */
        [{ body: other }, ['MGT-11a']], /* designated for other work */
        [{ vaccination: 'missing' }, ['MGT-11a']],
        [{ body: fresh, examined_on: '2026-11-16' }, ['200']],
        [{ examined_on: '2026-05-01' }, ['200']], /* how long it holds is a local number: warns */
      ]) {
        const id = await child(head, '2024-02-02');
        await exam(head, id, more);
        assert.deepEqual(rules(await admit(head, id)), expected, JSON.stringify(more));
        if (more.examined_on === '2026-05-01') assert.deepEqual((await record(head, 'child', id)).findings.map((one) => [one.rule, one.severity]), [['HC-EV', 'warn']]);
      }
    });

    test('C046 C: the vaccination check is due within thirty days, catch-up is looked at again by 31 December', async () => {
      const id = await child(head, '2024-03-03');
      await exam(head, id, { vaccination: 'catch_up', vaccination_on: '2026-11-10' });
      await admit(head, id);
      const health = await signIn(server, 'sun-health');
      const due = (await health.get('/child/due.json')).body.data.dues.filter((one) => one.url.endsWith(id));
      assert.deepEqual(due.map((one) => [one.rule, one.due_on]), [['HC-VC-DEC', '2026-12-31']]);
    });

    test('C063 C: a kindergarten class takes children from two to three', async () => {
      for (const [born, expected] of [['2024-11-19', ['AGE-KG']], ['2024-11-18', ['200']]]) {
        const id = await child(spring, born);
        await exam(spring, id);
        assert.deepEqual(rules(await admit(spring, id)), expected, born);
      }
    });

    test('C064 R: a child of three goes over to kindergarten, and the transfer is kept', async () => {
      const id = await child(head, '2024-04-04');
      await exam(head, id);
      await admit(head, id);
      assert.equal((await head.post(`/child/${id}/leave`, { left_on: today, leave_reason: 'kindergarten' })).status, 200);
      assert.equal((await record(head, 'child', id)).data.leave_reason, 'kindergarten');
    });

    test('C065 R, C065 C: whole day, half day, by the hour, now and then; places and expectation follow', async () => {
      const before = (await head.get('/seats.json')).body.data;
      const made = await contract({ service_form: 'hourly', hour_from: '13:00', hour_to: '17:00', weekdays: ['2'] }, { per: 'hour', amount: '20' });
      await exam(head, made.child);
      await admit(head, made.child);
      await head.post(`/child/${made.child}/place`, { class: group, class_from: today });
      assert.deepEqual(rules(await made.sign()), ['200']);
      const after = (await head.get('/seats.json')).body.data;
      const free = (data) => data.bands.map((band) => band.days.map((day) => [day.morning, day.afternoon]));
      const differ = free(before).flatMap((band, b) => band.flatMap((day, d) => day.map((n, h) => n - free(after)[b][d][h] !== 0 && [d, h]).filter(Boolean)));
      assert.deepEqual(differ, [[1, 1]], 'a Tuesday afternoon and nothing else');
      const half = await contract({ service_form: 'half_day', half: '' });
      assert.deepEqual(rules(await half.sign()), ['CONTRACT-COUNT']);
      const now = await contract({ service_form: 'temporary', weekdays: [] }, { per: 'day', amount: '80' });
      assert.deepEqual(rules(await now.sign()), ['200']);
    });

    test('C079 R, C079 C, C079 M: where a family comes from is recorded and counted, and no rule can refuse by it', async () => {
      const origins = [undefined, 'local', 'city', 'other'].flatMap((household) => [undefined, '0', '1'].map((migrant) => ({ household, migrant })));
      /* every blocking rule of a child is run: unborn, three years old, without papers, away for months, too young for kindergarten */
      const cases = [
        [head, { born: '2026-11-30' }, {}], [head, { born: '2023-01-01' }, {}], [head, { born: '2024-05-05' }, null],
        [head, { born: '2024-05-05' }, {}], [spring, { born: '2025-06-06' }, {}],
      ];
      const seen = new Set();
      for (const [client, { born }, papers] of cases) {
        const answers = new Set();
        for (const origin of origins) {
          const id = await child(client, born, JSON.parse(JSON.stringify(origin)));
          if (papers) await exam(client, id, papers);
          const answer = rules(await admit(client, id));
          answers.add(answer.join());
          answer.forEach((one) => seen.add(one));
        }
        assert.equal(answers.size, 1, `${born}: ${[...answers].join(' / ')}`);
      }
      const away = new Set();
      for (const origin of origins) {
        const id = await child(head, '2025-01-01', JSON.parse(JSON.stringify(origin)));
        await exam(head, id);
        assert.deepEqual(rules(await admit(head, id, '2026-07-01', { entry_reason: '补录' })), ['200']);
        await head.post(`/child/${id}/leave`, { left_on: '2026-07-31', leave_reason: 'family' });
        await head.make('entry_check', { part: id, examined_on: '2026-07-20', body, result: 'pass' });
        const left = await child(head, '2025-01-02', JSON.parse(JSON.stringify(origin)));
        await exam(head, left, { examined_on: '2026-06-20' });
        await admit(head, left, '2026-07-01', { entry_reason: '补录' });
        await head.post(`/child/${left}/leave`, { left_on: '2026-07-31', leave_reason: 'family' });
        const answer = rules(await admit(head, left));
        away.add(answer.join());
        answer.forEach((one) => seen.add(one));
      }
      assert.equal(away.size, 1, [...away].join(' / '));
      const text = readFileSync(path.join(source, 'domain/child/child.c'), 'utf8');
      const blocking = [...text.matchAll(/\{ "([A-Z0-9a-z-]+)", BLOCK/g)].map((one) => one[1]);
      assert.ok(blocking.length >= 5);
      assert.deepEqual(blocking.filter((one) => !seen.has(one)), [], 'a blocking rule that this test does not run');
      /* and no code reads the two fields but what counts, copies and describes them */
      const readers = sources(source).filter((file) => /"(household|migrant)"|\bc\.(household|migrant)\b/.test(readFileSync(file, 'utf8'))).map((file) => path.relative(source, file)).sort();
      assert.deepEqual(readers, ['cli/demo_care.c', 'domain/care/day.c', 'domain/care/day_turn.c', 'domain/child/child.c', 'domain/child/enrolment.c']);
      const uses = text.split('\n').filter((one) => /"(household|migrant)"/.test(one)).map((one) => one.trim());
      assert.ok(uses.length === 2 && uses.every((one) => /^\{ "(household|migrant)", F_/.test(one)), uses.join(' | ')); /* only where the fields are declared */

      const day = (await list(head, 'care_day', `?day=${today}`))[0];
      const seenByCounty = (await record(county, 'care_day', day.id)).data;
      assert.equal(seenByCounty.migrant, 6, 'of thirty-one, counted without names');
    });

    test('C102 R, C102 C: what is outside care is a finding for institution and market regulator; three years old and still there too', async () => {
      const made = await contract({}, { item: 'lesson', label: '早教课程' });
      const item = (await record(head, 'contract', made.id)).data.contract_item[0].id;
      for (const client of [head, market]) assert.deepEqual((await record(client, 'contract_item', item)).findings.map((one) => [one.rule, one.article]), [['SEED-C102', '三(六)3']]);
      const figures = (await list(market, 'contract_item', '?item=lesson')).map((one) => one.id);
      assert.deepEqual(figures, [item], 'and finds it in its list');
      const grown = await child(head, '2023-11-01');
      await exam(head, grown);
      assert.deepEqual(rules(await admit(head, grown, '2026-10-01')), ['need'], 'so long after the day a reason is asked');
      assert.deepEqual(rules(await admit(head, grown, '2026-10-01', { entry_reason: '登记遗漏' })), ['200']);
      assert.deepEqual((await record(head, 'child', grown)).findings.map((one) => one.rule).sort(), ['AGE-OUT', 'ENTRY-LATE']);
      assert.equal((await market.get('/child.json')).status, 404);
    });

    test('C103 C, C103 M: one calendar month in advance at most, also as card, package, deposit or in parts', async () => {
      for (const [more, expected] of [
        [{ prepay: 'month', prepay_months: '1' }, '200'], [{ prepay: 'month', prepay_months: '1.1' }, 'FEE-1'], [{ prepay: 'card', prepay_months: '6' }, 'FEE-1'],
        [{ prepay: 'package', prepay_months: '12' }, 'FEE-1'], [{ prepay: 'none', deposit: '1000.01' }, 'FEE-1'], [{ prepay: 'none', deposit: '1000' }, '200'],
      ])
        assert.deepEqual(rules(await (await contract(more)).sign()), [expected], JSON.stringify(more));
      const made = await contract();
      await made.sign();
      const pay = (cover_from, cover_to, amount = '500') => head.post('/payment', { part: made.id, kind: 'fee', method: 'cash', amount, cover_from, cover_to });
      /* money that is in is put down, with what is wrong about it */
      const found = async (answer) => (assert.equal(answer.status, 200, answer.text), (await record(market, 'payment', answer.body.data.id)).findings.map((one) => one.rule));
      assert.deepEqual(await found(await pay('2026-11-18', '2026-12-18')), ['FEE-1'], 'one day more than a month');
      assert.deepEqual(await found(await pay('2026-11-18', '2026-12-17')), []);
      assert.deepEqual(await found(await pay('2026-12-18', '2026-12-31')), ['FEE-1'], 'in parts');
      const draft = (await list(market, 'contract', '?state=draft'));
      const violations = [];
      for (const one of draft) if ((await record(market, 'contract', one.id)).findings.some((found) => found.rule === 'FEE-1')) violations.push(one.id);
      assert.equal(violations.length, 4, 'market regulation sees them without a name');
      const figures = (await market.get('/fees.json')).body.data.figures;
      assert.deepEqual(figures.map((one) => [one.rule, one.n]), [['FEE-1', 2], ['FEE-1', 4], ['SEED-C102', 1]], 'and counts them: payments, contracts, items');
    });
  });
