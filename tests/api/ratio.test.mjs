// 照护配比 through the API: who counts as a carer, what silence counts as, and how far it can be kept quiet.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, resident, signIn, start, until } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 2); /* Wednesday 10:00 in Pingliang: no quiet time */
const minute = 60000, today = '2026-11-18';

for (const engine of engines)
  describe(`the ratio on ${engine}`, () => {
    let server, head, care, gate, county, elsewhere, children, mid, small;
    const people = async () => {
      [head, care, gate, county, elsewhere] = await Promise.all(['inst-sun', 'sun-care', 'sun-gate', 'kt-handle', 'jc-handle'].map((name) => signIn(server, name)));
    };
    const at = async (ms) => { server.clock(ms); await people(); };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      [mid, small] = ['托大2班', '托大3班'].map((name) => children.filter((one) => one.class_title === name));
    });
    after(() => server?.stop());
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const seats = async (name) => {
      const line = (await head.get('/today.json')).body.data.classes.find((one) => one.name === name);
      return line.ratio.split(' / ').map(Number);
    };
    let serial = 0;
    const employ = (name, posts, certificate) =>
      head.make('staff', { name, id_number: resident(60 + serial, `19${80 + serial++}0305`), posts, certificate, health_until: '2027-06-01', record_checked: '2026-10-01', hired_on: '2026-09-01' });
    const signs = (staff, group, more = {}) => gate.make('staff_attendance', { staff, post: 'carer', class: group[0].class, ...more });
    const figure = async () => {
      const data = (await county.get(`/care.json?day=${today}`)).body.data, column = data.columns.findIndex((one) => one.label === '配比未记录');
      const line = data.rows.find((one) => one.name === '平凉演示小太阳托育中心'), all = data.figures.find((one) => one.id === 'IND-RATIO');
      return [line.cells[column].value, all.numerator, all.denominator];
    };

    test('quiet times are bounded, each and together; only the head sets them', async () => {
      const window = (from_at, to_at) => head.post('/ratio_quiet', { from_at, to_at });
      for (const [from, to] of [['00:00', '23:59'], ['09:00', '11:01']]) {
        const refused = await window(from, to);
        assert.deepEqual([refused.status, refused.body.errors.map((one) => one.code)[0]], [422, 'RATIO-QUIET'], refused.text);
      }
      for (const client of [care, gate, county]) assert.ok([403, 404].includes((await client.post('/ratio_quiet', { from_at: '07:30', to_at: '08:00' })).status));
      const [morning, noon] = [await window('07:30', '09:00'), await window('12:00', '12:40')];
      assert.deepEqual([morning.status, noon.status], [200, 200]);
      assert.equal((await window('16:30', '18:30')).status, 422, 'a day of 250 minutes');
      assert.equal((await window('16:40', '18:30')).status, 200);
      assert.equal((await head.post(`/ratio_quiet/${noon.body.data.id}`, { to_at: '12:50' })).status, 422, 'nor by a change');
    });

    test('children present and nobody signed in: a shortage after a quarter of an hour, not a ratio kept', async () => {
      for (const one of mid.slice(0, 8)) await care.make('attendance', { child: one.id, arrived_at: '09:30' });
      assert.deepEqual(await seats('托大2班'), [0, 2]);
      await at(begin + minute);
      await until(async () => (await list(head, 'ratio_event')).length === 1, 'the shortage has begun');
      const [unknown, kept, known] = await figure();
      assert.deepEqual([unknown, kept, known], [3, 0, 0], 'nothing is kept that nobody recorded');
      await at(begin + 17 * minute);
      await until(async () => (await list(head, 'ratio_event', '?state=open')).length === 1, 'and it lasts');
      const [event] = await list(head, 'ratio_event');
      assert.deepEqual([event.children, event.carers, event.needed], [8, 0, 2]);
      assert.ok((await list(county, 'ratio_event')).some((one) => one.id === event.id));
      for (const client of [care, gate, elsewhere]) assert.ok(!(await list(client, 'ratio_event'))?.length);
      assert.deepEqual(await figure(), [2, 0, 1]);
    });

    test('a guard, a cook and a lapsed certificate are no carers, whatever they sign in as', async () => {
      for (const [name, posts, certificate] of [['试验保安', ['security'], 'security_guard'], ['试验炊事', ['cook'], 'infant_carer'], ['试验保安兼', ['carer', 'security'], 'security_guard'], ['试验无证', ['carer'], '']])
        await signs(await employ(name, posts, certificate), mid);
      const lapsed = await employ('试验过期', ['carer'], 'infant_carer');
      await head.make('staff_certificate', { part: lapsed, kind: 'infant_carer', number: '试证1', until: '2026-11-17' });
      await signs(lapsed, mid);
      assert.deepEqual(await seats('托大2班'), [0, 2], 'five are there, none of them counts');
      await head.make('staff_certificate', { part: lapsed, kind: 'nursery_teacher', number: '试证2', until: today });
      assert.deepEqual(await seats('托大2班'), [1, 2], 'until the end of the last day');
      await signs(await employ('试验教师', ['carer'], 'teacher'), mid);
      assert.deepEqual(await seats('托大2班'), [2, 2]);
      await at(begin + 19 * minute);
      await until(async () => (await list(head, 'ratio_event'))[0].state === 'ended', 'it is over');
    });

    test('a class-day is kept when a carer was there and it was never short; the others are said to be unrecorded', async () => {
      await care.make('attendance', { child: small[0].id, arrived_at: '10:10' });
      await signs(await employ('试验保育', ['carer'], 'infant_carer'), small);
      await at(begin + 21 * minute);
      await until(async () => (await figure())[1] === 1, 'the second class is kept');
      assert.deepEqual(await figure(), [1, 1, 2], 'one kept of two, one not recorded');
      const [day] = await list(head, 'care_day', `?day=${today}`);
      const { data } = (await county.get(`/care_day/${day.id}.json`)).body;
      assert.deepEqual([data.classes, data.kept_classes, data.short_classes, data.unknown_classes], [3, 1, 1, 1]);
      /* a day is closed when nobody is inside */
      for (const one of await list(care, 'attendance', `?day=${today}&state=present`)) assert.equal((await care.post(`/attendance/${one.id}/leave`, await called(head, one.child))).status, 200);
      for (const one of await list(gate, 'staff_attendance', `?day=${today}&state=present`)) assert.equal((await gate.post(`/staff_attendance/${one.id}/out`, {})).status, 200);
      assert.equal((await head.post(`/care_day/${day.id}/close`, { note: '试验' })).status, 200);
      assert.deepEqual(await figure(), [1, 1, 2], 'closing keeps what was counted');
      for (const client of [care, head]) assert.equal((await client.get('/care.json')).status, 404);
    });
  });
