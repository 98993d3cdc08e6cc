// Clause by clause, what is asked of the people who work in an institution: guards, certificates, training, insurance,
// the life ban, the protected report. Titles as in filing.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, resident, signIn, start, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 */
const today = '2026-11-18';
const why = `purpose=${encodeURIComponent('办理从业限制')}`;

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, care, county, sign, police;
    const again = async () => {
      [head, care, county, sign, police] = await Promise.all(['inst-sun', 'sun-care', 'kt-handle', 'kt-sign', 'kt-police'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin - 300000 });
      server.clock(begin);
      await again();
    });
    after(() => server?.stop());
    let serial = 600;
    const hire = (more = {}) => head.make('staff', { name: '条款职工', id_number: resident(serial++), posts: ['carer'], health_until: '2027-06-01', record_checked: '2026-10-01', ...more });
    const found = async (id, rule) => (await head.get(`/staff/${id}.json`)).body.findings.filter((one) => one.rule === rule).map((one) => one.message);

    test('C039 R, C039 C: guards with their certificate; a day without one on duty is said where the site stands alone', async () => {
      const guard = await hire({ posts: ['security'] });
      assert.equal((await found(guard, 'SET-18-POST')).length, 1);
      await head.make('staff_certificate', { part: guard, kind: 'security_guard', number: '保0001', issuer: '平凉市公安局' });
      assert.equal((await found(guard, 'SET-18-POST')).length, 0);
      const missing = async () => {
        const id = (await head.get(`/care_day.json?day=${today}`)).body.data[0].id;
        return (await head.get(`/care_day/${id}.json`)).body.data;
      };
      await until(async () => (await head.get(`/care_day.json?day=${today}`)).body.data.length === 1);
      const before = await missing();
      assert.equal(before.state, 'open');
      const stay = await head.make('staff_attendance', { staff: guard, post: 'security' });
      assert.equal((await head.get(`/staff_attendance/${stay}.json`)).body.data.on_duty, true);
      await head.post(`/care_day/${before.id}/close`, { note: '试验' });
      assert.ok(!(await missing()).missing_note.includes('没有保安人员在岗'), 'a guard was there');
      const spring = await signIn(server, 'inst-spring');
      const other = (await spring.get(`/care_day.json?day=${today}`)).body.data[0].id;
      await spring.post(`/care_day/${other}/close`, { note: '试验' });
      const filing = (await spring.get('/filing.json')).body.data.find((one) => one.state === 'filed');
      const alone = (await spring.get(`/filing/${filing.id}.json`)).body.data.independent;
      assert.equal((await spring.get(`/care_day/${other}.json`)).body.data.missing_note.includes('没有保安人员在岗'), alone === true);
    });

    test('C054 R, C054 C: certificates with kind, level, number, issuer and end; which post allows which is data', async () => {
      const id = await hire({ posts: ['nutrition'] });
      assert.match((await found(id, 'SET-18-POST'))[0], /营养员/);
      const line = await head.make('staff_certificate', { part: id, kind: 'nutritionist', level: '3', number: '营01', issuer: '人社部门', issued_on: '2024-01-01', until: '2027-01-01' });
      const kept = (await county.get(`/staff_certificate/${line}.json`)).body.data;
      assert.deepEqual([kept.kind, kept.level, kept.number, kept.issuer, kept.until], ['nutritionist', '3', '营01', '人社部门', '2027-01-01']);
      assert.equal((await found(id, 'SET-18-POST')).length, 0);
      const city = await signIn(server, 'pl-health');
      await city.make('code_item', { list: 'post_certificate', code: 'finance.other', label: '财会人员：其他' });
      /* the city asks one for this post from now on */
      await until(async () => (await found(await hire({ posts: ['finance'] }), 'SET-18-POST')).length === 1);
    });

    test('C055 R, C055 D: a report reaches four departments at once; unread it is urged after the minutes; a suspension has its review', async () => {
      const id = await hire();
      const report = await care.make('abuse_report', { kind: 'hit', called_110: 'yes', staff: id, what: '试验' });
      const told = async (client) => (await client.get('/notices')).body.data.notices.filter((one) => one.url === `/abuse_report/${report}`);
      for (const client of [police, county, await signIn(server, 'kt-civil')]) assert.equal((await told(client)).length, 1);
      assert.equal((await head.get(`/abuse_report/${report}.json`)).status, 404);
      server.clock(begin + 29 * 60000);
      await again();
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal((await told(police)).length, 1, 'not before the minutes are over');
      server.clock(begin + 31 * 60000);
      await until(async () => (await told(police)).length === 2);
      assert.equal((await police.post(`/abuse_report/${report}/confirm`, {})).status, 200);
      assert.equal((await police.post(`/abuse_report/${report}/suspend`, { measure_on: today, measure_review: '2026-12-18' })).status, 200);
      const person = (await head.get(`/staff/${id}.json`)).body.data;
      assert.deepEqual([person.state, person.suspended_on, person.review_on], ['suspended', today, '2026-12-18']);
    });

    test('C056 R, C056 C: person, basis, decision, scope life; every hire and every roster is compared; hidden from all but few', async () => {
      const number = resident(serial++), id = await hire({ id_number: number });
      const ban = await county.make('ban', { name: '条款职工', id_number: number, kind: 'decision', legal_basis: '人口与计划生育法第四十一条', decision_no: '崆卫罚〔2026〕9号', issuer: '崆峒区卫生健康局', effective_on: '2026-11-01', served_on: '2026-11-02', remedy: '行政复议、行政诉讼', scope: 'life' });
      assert.equal((await sign.post(`/ban/${ban}/effect`, {})).status, 200);
      assert.equal((await head.get(`/staff/${id}.json`)).body.data.state, 'barred');
      assert.equal((await head.post('/roster', { staff: id, post: 'carer', start_at: '08:00', end_at: '12:00' })).status, 422);
      const jingchuan = await signIn(server, 'jc-handle');
      assert.equal((await jingchuan.get(`/ban_match.json?${why}`)).body.data.length, 0, "another county's case is not there");
      assert.equal((await sign.get(`/ban_match.json?${why}`)).body.data.filter((one) => one.staff === id).length, 1);
      assert.equal((await police.get(`/ban.json?${why}`)).status, 404);
      const auditor = await signIn(server, 'auditor');
      const looks = (await auditor.get('/looks.json?office=11')).body.data.rows;
      assert.ok(looks.some((one) => one.form === '禁入比对' && one.purpose === '办理从业限制' && one.actor === '演示签发人'), 'each look with its purpose');
      assert.equal((await sign.get('/looks.json')).status, 404);
    });

    test('C115 R, C115 D: training by topic and hours; a year without law, ethics or safety is said', async () => {
      const id = await hire();
      assert.equal((await found(id, 'MGT-34'))[0], '近12个月没有培训：法治、职业道德、安全');
      for (const topic of ['law', 'ethics', 'safety']) await head.make('staff_training', { part: id, topic, hours: '2.5', held_on: topic === 'law' ? '2025-11-18' : '2026-05-01', organiser: '市卫生健康委' });
      assert.equal((await found(id, 'MGT-34')).length, 0);
      assert.equal((await county.get(`/staff/${id}.json`)).body.data.staff_training.length, 3);
      server.clock(begin + 2 * 86400000);
      await again();
      await until(async () => (await found(id, 'MGT-34'))[0] === '近12个月没有培训：法治');
      server.clock(begin + 31 * 60000);
      await again();
    });

    test('C120 R, C120 C: insurance months of each employee; the months that lack are named; the labour department reads', async () => {
      const id = await hire({ hired_on: '2026-08-10' });
      await head.make('staff_insurance', { part: id, from_day: '2026-09-01', until: '2026-09-30', kinds: ['pension', 'medical', 'injury'] });
      assert.deepEqual(await found(id, 'LAB-2'), ['社会保险没有缴费记录：2026年10月']);
      await head.make('staff_insurance', { part: id, from_day: '2026-10-01', until: '2026-10-31', kinds: ['pension'] });
      assert.equal((await found(id, 'LAB-2')).length, 0);
      assert.equal((await head.post('/staff_insurance', { part: id, from_day: '2026-10-15', until: '2026-10-20', kinds: ['pension'] })).status, 409, 'a month once');
      assert.equal((await head.post('/staff_insurance', { part: id, from_day: '2027-01-01', until: '2027-01-31', kinds: ['pension'] })).status, 422, 'no month ahead');
      assert.equal((await care.get('/staff_insurance.json')).status, 404);
    });
  });
