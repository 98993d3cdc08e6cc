// A tablet whose clock was set wrong: what it wrote is moved by what its clock is off at the next contact, the first
// time is kept, and where the clock was touched in between a person decides.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, signIn, start, tuoyu } from '../lib/client.mjs';
import { pairTablet } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const minute = 60000, hour = 60 * minute, day = 24 * hour, today = '2026-11-18';
const local = (ms) => new Date(ms + 8 * hour).toISOString();
const dateOf = (ms) => local(ms).slice(0, 10), timeOf = (ms) => local(ms).slice(11, 16);

for (const engine of engines)
  describe(`clocks of tablets on ${engine}`, () => {
    let server, head, tablet, children, now = begin, next = 0;
    const clock = async (ms) => {
      server.clock(now = ms);
      head = await signIn(server, 'inst-sun'); /* nobody stays signed in over hours */
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      head = await signIn(server, 'inst-sun');
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      tablet = await pairTablet(server, head, () => now);
    });
    after(() => server?.stop());
    const child = () => children[next++].id;
    /* A page on a tablet: its clock is `off` from the true time, its counter runs with the true time; it believes its
     * clock, as after a night without a network. */
    const page = (off, life = `page${Math.random()}`) => {
      const self = {
        off, born: now - 1000, slept: 0,
        wall: () => now + self.off,
        facts: () => ({ clock: self.wall(), mono: now - self.born - self.slept, life }),
        record: (form, fields, more = {}) => tablet.record(form, fields, { at: self.wall(), day: dateOf(self.wall()), ...self.facts(), ...more }),
        arrive: (id, more) => self.record('attendance', { child: id, arrived_at: timeOf(self.wall()) }, more),
        send: async (records) => (await tablet.send('POST', '/sync', { records, ...self.facts() })).body.data.results,
      };
      return self;
    };
    const row = async (form, id) => (await head.get(`/${form}/${id}.json`)).body.data;
    const items = async () => (await head.get('/inbox.json')).body.data.items;
    const discard = async () => {
      for (const item of await items()) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
    };

    for (const [words, off] of [['three hours ahead', 3 * hour], ['a day behind', -day]])
      test(`${words}: moved by the difference, which the record says; the same batch twice moves nothing twice`, async () => {
        await clock(begin + 5 * minute);
        const box = page(off), came = box.arrive(child()), seen = box.record('morning_check', { child: came.fields.child, round: 'morning', at: timeOf(box.wall()) });
        assert.notEqual(timeOf(box.wall()) + dateOf(box.wall()), timeOf(now) + dateOf(now));
        await clock(now + 20 * minute);
        const left = tablet.step('attendance', 'leave', { left_at: timeOf(box.wall()), ...await called(head, came.fields.child) }, { at: box.wall(), ref: came.key, ...box.facts() });
        await clock(now + 10 * minute);
        const batch = [came, seen, left];
        for (let i = 0; i < 2; i++) assert.deepEqual((await box.send(batch)).map((one) => one.result), ['row', 'row', 'row'], JSON.stringify(await items()));
        const [first, second] = await box.send(batch);
        const stay = await row('attendance', first.id), check = await row('morning_check', second.id);
        assert.deepEqual([stay.day, stay.arrived_at, stay.left_at], [today, '2026-11-18T08:10:00+08:00', '2026-11-18T08:30:00+08:00']);
        assert.deepEqual([check.day, check.at], [today, '2026-11-18T08:10:00+08:00']);
        assert.equal(stay.time_corrected, '时间已按设备时差校正');
        assert.match((await head.get(`/attendance/${first.id}`, { headers: { accept: 'text/html' } })).text, /时间已按设备时差校正/);
        const said = (await head.get(`/attendance/${first.id}/history`)).body.data.entries.map((one) => one.action).filter((one) => /校正/.test(one));
        const shown = `${local(begin + 5 * minute + off).slice(5, 7)}月${Number(local(begin + 5 * minute + off).slice(8, 10))}日${timeOf(begin + 5 * minute + off)}`;
        assert.equal(said.length, 2, 'coming and leaving, once each');
        assert.ok(said.some((one) => one.includes(shown)), `${said} has ${shown}`);
      });

    test('the tablet is told; what is less than the city\'s minutes off stays as it was said', async () => {
      await clock(begin + hour);
      const off = page(-90 * minute), near = page(-4 * minute);
      const [moved] = await off.send([off.arrive(child())]);
      assert.deepEqual([moved.result, moved.message], ['row', '时间已按设备时差校正']);
      const [kept] = await near.send([near.arrive(child())]);
      const stay = await row('attendance', kept.id);
      assert.deepEqual([kept.message ?? null, stay.arrived_at, stay.time_corrected], [null, '2026-11-18T09:01:00+08:00', undefined]);
    });

    test('a clock that was touched in between tells nothing: a person looks', async () => {
      await clock(begin + 2 * hour);
      for (const [words, jump] of [['forward', 3 * hour], ['back', -3 * hour], ['put right by the network', -3 * hour]]) {
        const box = page(words.startsWith('put') ? 3 * hour : 0), came = box.arrive(child());
        await clock(now + 10 * minute);
        box.off += jump;
        const [result] = await box.send([came]);
        assert.deepEqual([result.result, result.faults[0].code], ['todo', 'clock_jumped'], words);
        assert.match(result.message, /时钟被改动/);
      }
      const [item] = await items();
      assert.equal(item.said_at, undefined, 'nothing was moved');
      await discard();
    });

    test('sleep is no jump: the counter stands still, the clock goes on', async () => {
      await clock(begin + 3 * hour);
      const right = page(0), behind = page(-day), a = right.arrive(child()), b = behind.arrive(child());
      await clock(now + 2 * hour);
      for (const box of [right, behind]) box.slept += 2 * hour;
      const [first] = await right.send([a]), [second] = await behind.send([b]);
      for (const one of [first, second]) assert.equal((await row('attendance', one.id)).arrived_at, '2026-11-18T11:05:00+08:00');
      assert.deepEqual([first.message ?? null, second.message], [null, '时间已按设备时差校正']);
      const again = page(-day, 'another'), c = behind.arrive(child());
      assert.equal((await again.send([c]))[0].result, 'row', 'a page begun anew: nothing says that the clock was touched');
    });

    test('what somebody typed is what that somebody read', async () => {
      await clock(begin + 6 * hour); /* 14:05 */
      const box = page(-day), fields = { child: child(), kind: 'fall', severity: 'minor', place: 'outdoor', cause: '跌倒', first_aid: '冷敷', happened_at: '13:50', told_at: timeOf(now) };
      const [result] = await box.send([box.record('incident', fields, { typed: ['happened_at'] })]);
      const made = await row('incident', result.id);
      assert.deepEqual([made.day, made.happened_at, made.told_at], [today, '2026-11-18T13:50:00+08:00', '2026-11-18T14:05:00+08:00']);
    });

    test('one that waits is moved by what was measured when it came, and not again', async () => {
      const box = page(3 * hour), came = box.arrive(child());
      await clock(now + 5 * minute);
      const left = tablet.step('attendance', 'leave', { left_at: timeOf(box.wall()), ...await called(head, came.fields.child) }, { at: box.wall(), ref: came.key, ...box.facts() });
      assert.equal((await box.send([left]))[0].result, 'waiting');
      box.off = 0; /* set right */
      const late = { ...came, at: now, clock: now, mono: 0, life: undefined, fields: { ...came.fields, arrived_at: '14:05' } };
      const results = await box.send([late]);
      assert.deepEqual(results.map((one) => one.result), ['row', 'row']);
      assert.equal((await row('attendance', results[0].id)).left_at, '2026-11-18T14:10:00+08:00');
    });

    test('what a person has to look at shows both times, and is taken with the corrected one', async () => {
      const box = page(3 * hour), id = child();
      assert.equal((await page(0).send([page(0).arrive(id, { fields: { child: id, arrived_at: '08:00' } })]))[0].result, 'row');
      assert.equal((await box.send([box.arrive(id)]))[0].result, 'todo', 'another time of arrival');
      const [item] = await items();
      assert.deepEqual([item.at, item.said_at], [`${local(now).slice(0, 19)}+08:00`, `${local(now + 3 * hour).slice(0, 19)}+08:00`]);
      assert.match((await head.get('/inbox', { headers: { accept: 'text/html' } })).text, /时间已按设备时差校正/);
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '以平板为准' })).status, 200);
      const [stay] = (await head.get(`/attendance.json?day=${today}&child=${id}`)).body.data.filter((one) => one.child === id);
      assert.equal((await row('attendance', stay.id)).arrived_at, `${today}T14:10:00+08:00`);
    });

    test('clocks of nonsense break nothing', async () => {
      for (const wrong of [{ clock: -1 }, { clock: 9e18 }, { clock: '' }, { clock: {} }, { clock: 1, mono: 9e15, life: 'x' }, { clock: 1, mono: -9e15, life: 'x' }]) {
        const record = { ...page(0).arrive(children[0].id), ...wrong };
        for (const around of [wrong, { clock: now }, { clock: 4e14, life: 'x', mono: 1 }]) {
          const answer = await tablet.send('POST', '/sync', { records: [record], ...around });
          assert.equal(answer.status, 200, answer.text);
        }
      }
      await discard();
    });

    test('the journal is whole', async () => {
      await server.halt();
      const verified = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
      await server.serve();
      assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    });
  });
