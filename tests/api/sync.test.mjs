// Tablets: pairing, signed requests, what they may read, and the sync of records made without a network.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { called, engines, resident, signIn, start, tuoyu } from '../lib/client.mjs';
import { pairTablet, sha256, Tablet } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 5); /* Wednesday 08:05 in Pingliang */
const minute = 60000, hour = 60 * minute, today = '2026-11-18';
/* the smallest PNG: one grey point */
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');

for (const engine of engines)
  describe(`tablets on ${engine}`, () => {
    let server, head, care, county, spring, tablet, children, staff, now = begin;
    const clock = (ms) => server.clock(now = ms);
    before(async () => {
      server = await start({ engine, clock: begin - 24 * hour });
      await (await signIn(server, 'inst-sun')).make('opening_hours', { weekdays: ['3'], open_at: '06:00', close_at: '08:10', from_day: today });
      server.clock(begin);
      [head, care, county, spring] = await Promise.all(['inst-sun', 'sun-care', 'kt-handle', 'inst-spring'].map((name) => signIn(server, name)));
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      staff = (await head.get('/staff.json')).body.data;
      tablet = await pairTablet(server, head, () => now);
    });
    after(() => server?.stop());
    const check = (i, more) => tablet.record('morning_check', { child: children[i].id, round: 'morning', ...more });
    const arrive = (i, more) => tablet.record('attendance', { child: children[i].id, arrived_at: '08:01', ...more });
    const rows = async (form, query = '') => (await head.get(`/${form}.json?day=${today}${query}`)).body.data;
    const inbox = async () => (await head.get('/inbox.json')).body.data.items;

    test('only the head makes a device; its code counts once and for a quarter of an hour', async () => {
      assert.equal((await care.post('/device', { name: '私设', covers: 'all', posts: ['care'] })).status, 404);
      assert.equal((await county.get('/device.json')).status, 404);
      const id = await head.make('device', { name: '门口平板', covers: 'gate', posts: ['logistics'] });
      const { pair_code: code } = (await head.get(`/device/${id}.json`)).body.data;
      assert.match(code, /^\d{8}$/);
      const stranger = new Tablet(server, () => now);
      assert.equal((await stranger.pair('00000000')).status, 422);
      clock(begin + 16 * minute);
      assert.equal((await stranger.pair(code)).status, 422, 'too late');
      assert.equal((await head.post(`/device/${id}/code`, {})).status, 200);
      const fresh = (await head.get(`/device/${id}.json`)).body.data.pair_code;
      assert.equal((await stranger.pair(fresh)).status, 200);
      const second = new Tablet(server, () => now);
      assert.equal((await second.pair(fresh)).status, 422, 'used up');
      const row = (await head.get(`/device/${id}.json`)).body.data;
      assert.deepEqual([row.state, row.pair_code, 'public_key' in row, 'code' in row], ['active', undefined, false, false]);
      clock(begin);
    });

    test('a key that is no key is refused, and so is what another key signed', async () => {
      const id = await head.make('device', { name: '坏平板', covers: 'all', posts: ['care'] });
      const { pair_code: code } = (await head.get(`/device/${id}.json`)).body.data;
      for (const key of ['', 'AAAA', Buffer.alloc(65, 4).toString('base64url'), 'x'.repeat(87)])
        assert.equal((await new Tablet(server, () => now).plain('POST', '/tablet/pair', { code, key })).status, 422, key);
      const other = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
      const codes = async (more, path = '/tablet/day') => {
        const answer = await tablet.send('GET', path, '', more);
        return [answer.status, answer.body.errors?.[0].code];
      };
      assert.deepEqual(await codes({ key: other.privateKey }), [401, 'signature']);
      assert.deepEqual(await codes({ path: '/tablet/other' }), [401, 'signature']);
      assert.deepEqual(await codes({ time: now - 6 * minute }), [401, 'clock']);
      assert.deepEqual(await codes({ time: now + 6 * minute }), [401, 'clock']);
      assert.deepEqual(await codes({ headers: { 'x-device': '123' } }), [401, 'unknown_device']);
      assert.deepEqual(await codes({ headers: { 'x-device-signature': '!' } }), [401, 'signature']);
      const tampered = await tablet.send('POST', '/sync', { records: [] }, { body: Buffer.from('{"records":[1]}') });
      assert.equal(tampered.status, 401, 'the body is signed too');
      const nonce = webcrypto.randomUUID();
      assert.equal((await tablet.send('GET', '/tablet/day', '', { nonce })).status, 200);
      assert.deepEqual(await codes({ nonce }), [401, 'replay']);
      const answer = await tablet.send('GET', '/tablet/day', '', { time: now - 6 * minute });
      assert.equal(answer.headers.get('x-server-time'), String(now), 'by which the tablet sets itself');
    });

    test('a device has its few routes and no others; an account has none of them', async () => {
      for (const path of ['/child.json', '/staff.json', '/session', '/work', '/device.json', `/child/${children[0].id}.json`])
        assert.equal((await tablet.send('GET', path)).status, 404, path);
      assert.equal((await tablet.send('POST', '/attendance', { child: children[0].id })).status, 404);
      assert.equal((await care.get('/tablet/day')).status, 404);
      assert.equal((await care.post('/sync', { records: [] })).status, 404);
    });

    test('it sees what its classes need today, and only that', async () => {
      const classes = (await head.get('/class_group.json')).body.data;
      const device = await head.make('device', { name: '一班平板', covers: 'classes', posts: ['care'] });
      await head.make('device_class', { part: device, class: classes[0].id });
      const foreign = (await spring.get('/class_group.json')).body.data[0];
      assert.equal((await head.post('/device_class', { part: device, class: foreign.id })).status, 422);
      const one = new Tablet(server, () => now);
      await one.pair((await head.get(`/device/${device}.json`)).body.data.pair_code);
      const day = (await one.day()).body.data;
      const mine = children.filter((child) => child.class === classes[0].id);
      assert.ok(mine.length > 0 && mine.length < children.length);
      assert.deepEqual(day.children.map((child) => child.id).sort(), mine.map((child) => child.id).sort());
      assert.deepEqual(day.classes.map((group) => group.id), [classes[0].id]);
      assert.deepEqual(Object.keys(day.children[0]).sort(), ['allergies', 'barred', 'class', 'diet', 'expected', 'id', 'name', 'photos']);
      const ids = new Set(mine.map((child) => child.id));
      for (const part of ['pickups', 'guardians', 'attendance']) assert.ok(day[part].every((one) => ids.has(one.child)), `${part} of its classes only`);
      assert.ok(day.pickups.length > 0 && day.guardians.length > 0);
      assert.ok(day.ledgers.every((one) => (one.parts ?? []).every((part) => ids.has(part.child))), 'the medicine too');
      assert.ok(day.pickups.every((one) => one.code === true || one.code === false), 'no code, and nothing to find one from');
      assert.deepEqual(Object.keys(day.pickups[0]).sort(), ['child', 'code', 'id', 'name', 'photo', 'relation']);
      assert.ok(!/139\d{8}|620800/.test(JSON.stringify(day)), 'no telephone, no ID number');
      assert.ok(!('checks' in (await (await pairTablet(server, head, () => now, { covers: 'gate', posts: ['logistics'] })).day()).body.data), 'the gate sees nothing of health');
    });

    test('a poll that finds nothing new costs a line; what changed comes', async () => {
      const first = await tablet.day(), stamp = first.headers.get('etag');
      assert.equal((await tablet.day(stamp)).status, 304);
      await tablet.sync([arrive(30)]);
      const then = await tablet.day(stamp);
      assert.equal(then.status, 200);
      assert.ok(then.body.data.attendance.some((row) => row.child === children[30].id && row.state === 'present'));
    });

    test('records become rows, with the time and the hand that made them; twice and out of order is the same', async () => {
      clock(begin + 10 * minute);
      const a = arrive(0, { received_by: staff[0].id }), b = check(0, { temperature: '36.5' });
      a.staff = staff[0].id;
      const leave = tablet.step('attendance', 'leave', { ...await called(head, children[0].id), left_at: '08:12' }, { ref: a.key });
      assert.deepEqual(await tablet.outcomes([leave]), ['waiting'], 'its beginning has not come');
      assert.deepEqual(await tablet.outcomes([b, a]), ['row', 'row']);
      const { results } = await tablet.sync([leave, b, a]);
      assert.deepEqual(results.map((one) => [one.result, one.replayed]), [['row', true], ['row', true], ['row', true]]);
      const row = (await rows('attendance')).find((one) => one.child === children[0].id);
      assert.equal(row.state, 'left');
      const whole = (await head.get(`/attendance/${row.id}.json`)).body.data;
      assert.equal(whole.arrived_at, '2026-11-18T08:01:00+08:00');
      const history = (await head.get(`/attendance/${row.id}/history`)).text;
      assert.ok(history.includes(`试验平板 · ${staff[0].name}`), history);
      assert.equal((await rows('morning_check')).filter((one) => one.child === children[0].id).length, 1);
      clock(begin);
    });

    test('a code said at a tablet is compared by the server, a few times; the leaving carries a proof for that child, person and day', async () => {
      const { data } = (await tablet.day()).body, mine = data.pickups.find((one) => one.child === children[27].id);
      const guardian = data.guardians.find((one) => one.child === children[27].id);
      assert.deepEqual(Object.keys(guardian).sort(), ['child', 'id', 'name', 'relation']);
      const code = (await head.post(`/pickup_person/${mine.id}/unmask/code`, { purpose: '试验' })).body.data.value;
      const ask = (child, digits, by = tablet) => by.send('POST', '/tablet/code', { child, code: digits });
      const good = (await ask(children[27].id, code)).body.data;
      assert.equal(good.person, mine.id);
      assert.equal((await ask(children[27].id, `${code}0`)).status, 422);
      const room = await head.make('device', { name: '别班平板', covers: 'classes', posts: ['care'] });
      await head.make('device_class', { part: room, class: (await head.get('/class_group.json')).body.data.find((one) => one.id !== children[27].class).id });
      const away = new Tablet(server, () => now);
      await away.pair((await head.get(`/device/${room}.json`)).body.data.pair_code);
      assert.equal((await ask(children[27].id, code, away)).status, 404, 'a child of another room');
      assert.equal((await care.post('/tablet/code', { child: children[27].id, code })).status, 404, 'no account');
      const came = arrive(27);
      await tablet.outcomes([came]);
      const leave = (fetch_code) => tablet.step('attendance', 'leave', { fetch_check: 'code', fetched_by: mine.id, fetch_code, left_at: '08:02' }, { ref: came.key });
      const other = data.pickups.find((one) => one.child === children[26].id);
      const others = (await head.post(`/pickup_person/${other.id}/unmask/code`, { purpose: '试验' })).body.data.value;
      const tries = [undefined, '0'.repeat(64), (await ask(children[26].id, others)).body.data.proof];
      assert.deepEqual(await tablet.outcomes(tries.map(leave)), tries.map(() => 'todo'));
      assert.ok(!JSON.stringify(leave(good.proof)).includes(`"${code}"`));
      assert.deepEqual(await tablet.outcomes([leave(good.proof)]), ['row']);
      const row = (await rows('attendance')).find((one) => one.child === children[27].id);
      assert.deepEqual([row.state, (await head.get(`/attendance/${row.id}.json`)).body.data.code_checked], ['left', true]);
      for (const item of await inbox()) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
      let last;
      for (let i = 0; i < 6; i++) last = await ask(children[25].id, String(1000 + i));
      assert.equal(last.status, 429, 'guessing ends');
    });

    test('one bad record does not hold up the others, and none is dropped', async () => {
      const stranger = (await spring.get('/child.json')).body.data[0].id;
      const records = [
        check(1), check(2, { temperature: '66' }), check(3), tablet.record('morning_check', { child: stranger, round: 'morning' }),
        tablet.record('child', { name: '越权' }), tablet.record('nothing', {}), check(4, { height: 3 }), check(5, { temperature: '38.5' }),
        tablet.record('morning_check', { round: 'morning' }), tablet.record('attendance', { child: children[6].id, arrived_at: '23:00' }),
        { ...check(7), at: now + 10 * minute }, { ...check(8), at: now - 9 * 24 * hour }, { ...check(9), v: '2026-04-01' }, { ...check(10), v: undefined },
        { ...check(11), key: 'short' }, { ...check(12), op: 'delete' }, { ...check(12), at: now - hour }, { ...check(12), day: '2026-11-19' }, { ...check(12), day: '2026-11-08' }, { ...check(12), day: 'x' }, 17, null, 'x', [], { ...check(13), fields: [] }, check(14),
      ];
      const { results } = await tablet.sync(records);
      assert.equal(results.length, records.length);
      assert.deepEqual(results.map((one) => one.result).filter((one) => one === 'row').length, 3, JSON.stringify(results.filter((one) => one.result === 'row')));
      assert.ok(results.every((one) => one.result === 'row' || (one.result === 'todo' && one.message)), JSON.stringify(results));
      const said = Object.fromEntries(results.map((one) => [one.n, one]));
      assert.equal(said[records[1].n].faults[0].field, 'temperature');
      assert.equal(said[records[3].n].faults[0].code, 'other_institution');
      assert.match(said[records[4].n].message, /不能在平板上登记/);
      assert.equal(said[records[6].n].faults[0].code, 'unknown_field');
      assert.match(said[records[7].n].message, /处理方式/);
      assert.deepEqual([10, 11, 12, 13].map((i) => said[records[i].n].faults[0].code), ['future_time', 'too_old', 'old_form', 'old_form']);
      assert.equal((await inbox()).length, records.length - 3);
      const again = await tablet.sync(records);
      assert.deepEqual(again.results.map((one) => [one.key, one.result]).sort(), results.map((one) => [one.key, one.result]).sort());
      assert.equal((await inbox()).length, records.length - 3, 'kept once');
      for (const item of await inbox()) assert.equal((await head.post('/inbox/discard', { id: item.id, reason: '试验' })).status, 200);
    });

    test('the same key with other content is kept beside the first', async () => {
      const first = check(15), other = { ...check(16), key: first.key };
      assert.deepEqual((await tablet.sync([first])).results.map((one) => one.result), ['row']);
      for (let i = 0; i < 2; i++) {
        const { results } = await tablet.sync([other]);
        assert.deepEqual(results.map((one) => one.result), ['todo']);
        assert.match(results[0].message, /同一编号/);
      }
      const [item, ...more] = await inbox();
      assert.equal(more.length, 0);
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '确有其事' })).status, 200, 'a person decides');
      assert.equal((await rows('morning_check')).filter((one) => one.child === children[16].id).length, 1);
    });

    test('two tablets, one child: the same is a duplicate, a difference shows both values and the head takes one', async () => {
      const other = await pairTablet(server, head, () => now, { name: '二号平板' });
      const arrival = (time, more) => ({ child: children[17].id, arrived_at: time, brought_by: 'guardian', ...more });
      assert.deepEqual(await tablet.outcomes([tablet.record('attendance', arrival('08:00'))]), ['row']);
      assert.deepEqual(await other.outcomes([other.record('attendance', arrival('08:04'))]), ['duplicate'], 'two clocks of one arrival');
      const differs = other.record('attendance', arrival('07:30'));
      assert.deepEqual(await other.outcomes([differs]), ['todo']);
      const [item] = await inbox();
      const value = item.values.find((one) => one.label === '入园时间');
      assert.deepEqual([value.said, value.stands, value.differs].map(String), ['07:30', '08:00', 'true']);
      assert.equal((await care.get('/inbox.json')).status, 404, 'only the head');
      assert.equal((await care.post('/inbox/take', { id: item.id, reason: '我来' })).status, 404);
      assert.equal((await spring.post('/inbox/take', { id: item.id, reason: '别家' })).status, 404);
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: ' ' })).status, 422, 'a reason');
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '以门口登记为准' })).status, 200);
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '再来' })).status, 409);
      const row = (await rows('attendance')).find((one) => one.child === children[17].id);
      assert.equal((await head.get(`/attendance/${row.id}.json`)).body.data.arrived_at, '2026-11-18T07:30:00+08:00');
      const phoned = await called(head, row.child), leave = (box, more) => box.step('attendance', 'leave', { ...phoned, ...more }, { id: row.id });
      assert.deepEqual(await tablet.outcomes([leave(tablet)]), ['row']);
      assert.deepEqual(await other.outcomes([leave(other)]), ['todo'], 'left already');
      const [second] = await inbox();
      assert.equal((await head.post('/inbox/discard', { id: second.id, reason: '已离园' })).status, 200);
    });

    test('a stale state is refused with what stands', async () => {
      await tablet.sync([arrive(18)]);
      const row = (await tablet.day()).body.data.attendance.find((one) => one.child === children[18].id);
      await care.post(`/attendance/${row.id}`, { brought_by: 'other' });
      const change = tablet.record('attendance', { brought_by: 'guardian' }, { op: 'change', id: row.id, base: row.version });
      assert.deepEqual(await tablet.outcomes([change]), ['todo']);
      const [item] = await inbox();
      assert.match(item.message, /已被他人修改/);
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '家长说明' })).status, 200);
    });

    test('who works with the tablet is known by the number; its check comes to the tablet, the number does not', async () => {
      assert.equal((await head.post('/staff_pin', { part: staff[0].id, pin: '12' })).status, 422);
      await head.make('staff_pin', { part: staff[0].id, pin: '246810' });
      let person;
      for (let i = 0; i < 50 && !person?.pin; i++) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        person = (await tablet.day()).body.data.staff.find((one) => one.id === staff[0].id);
      }
      const { device } = (await tablet.day()).body.data;
      const key = await webcrypto.subtle.importKey('raw', Buffer.from('246810'), 'PBKDF2', false, ['deriveBits']);
      const slow = Buffer.from(await webcrypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: Buffer.from(staff[0].id), iterations: device.pin_rounds }, key, 256)).toString('hex');
      const mac = await webcrypto.subtle.importKey('raw', Buffer.from(device.salt), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      assert.equal(person.pin, Buffer.from(await webcrypto.subtle.sign('HMAC', mac, Buffer.from(slow))).toString('hex'));
      assert.ok(device.pin_rounds >= 100000);
      assert.ok(!JSON.stringify((await tablet.day()).body.data).includes('246810'));
      const nobody = { ...check(19), staff: (await spring.get('/staff.json')).body.data[0].id };
      assert.deepEqual(await tablet.outcomes([nobody]), ['todo'], 'not one of ours');
      const [item] = await inbox();
      await head.post('/inbox/discard', { id: item.id, reason: '试验' });
    });

    test('a person who was banned since: what that person recorded is kept and flagged, and the name is no more on the tablet', async () => {
      const number = resident(771), sign = await signIn(server, 'kt-sign');
      const id = await head.make('staff', { name: '试验禁业', id_number: number, posts: ['carer'], certificate: 'infant_carer', health_until: '2027-06-01', record_checked: '2026-10-01', hired_on: '2026-11-10' });
      const before = { ...check(19, { round: 'noon' }), staff: id };
      assert.ok((await tablet.day()).body.data.staff.some((one) => one.id === id));
      const ban = await county.make('ban', { name: '试验禁业', id_number: number, kind: 'decision', reason: '试验', scope: 'life', legal_basis: '试验依据', decision_no: '试1号', issuer: '试验机关', effective_on: '2026-11-12', served_on: '2026-11-10', remedy: '试验救济' });
      assert.equal((await sign.post(`/ban/${ban}/effect`, {})).status, 200);
      assert.equal((await head.get(`/staff/${id}.json`)).body.data.state, 'barred');
      const { results } = await tablet.sync([before]);
      assert.deepEqual([results[0].result, results[0].faults[0].code], ['todo', 'staff_barred']);
      assert.ok(!(await tablet.day()).body.data.staff.some((one) => one.id === id));
      const [item] = await inbox();
      assert.equal(item.who, '试验禁业');
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '另一人在场确认' })).status, 200);
    });

    test('the gate writes comings and goings, no checks', async () => {
      const gate = await pairTablet(server, head, () => now, { covers: 'gate', posts: ['logistics'] });
      const came = gate.record('attendance', { child: children[20].id, arrived_at: '08:00' });
      const [first, second] = await gate.outcomes([came, gate.record('morning_check', { child: children[20].id, round: 'morning' })]);
      assert.deepEqual([first, second], ['row', 'todo']);
      const [item] = await inbox();
      await head.post('/inbox/discard', { id: item.id, reason: '试验' });
    });

    test('a photo comes in pieces, its record waits for it; what is no photo or too large is said', async () => {
      const hash = await sha256(png), half = 40;
      const text = (await head.get('/consent_text.json')).body.data.find((one) => one.kind === 'photo').id;
      for (const i of [21, 22, 24]) await head.make('consent', { part: children[i].id, how: 'screen', text, given_by: (await head.get(`/child/${children[i].id}.json`)).body.data.guardian[0].id });
      const post = (bytes, at, name = hash, size = png.length) => tablet.send('POST', `/tablet/file/${name}?size=${size}&at=${at}`, bytes);
      const record = check(21, { temperature: '38.0', handling: 'fetch', photo: { hash, size: png.length } });
      assert.deepEqual(await tablet.outcomes([record]), ['waiting']);
      assert.equal((await post(png.subarray(0, half), 0)).body.data.have, half);
      assert.equal((await post(png.subarray(0, half), 0)).body.data.have, half, 'a piece that came before');
      assert.equal((await tablet.send('GET', `/tablet/file/${hash}?size=${png.length}`)).body.data.have, half);
      assert.equal((await post(png.subarray(half), half)).body.data.whole, true);
      assert.deepEqual(await tablet.outcomes([record]), ['row']);
      const row = (await rows('morning_check')).find((one) => one.child === children[21].id);
      assert.deepEqual((await head.get(`/morning_check/${row.id}/file/photo`)).bytes, png);
      const large = check(22, { photo: { hash: 'a'.repeat(64), size: 50 << 20 } });
      assert.equal((await tablet.send('POST', `/tablet/file/${'a'.repeat(64)}?size=${50 << 20}&at=0`, Buffer.alloc(9))).status, 413);
      const [refused, good] = [large, check(23)];
      assert.deepEqual(await tablet.outcomes([refused, good]), ['todo', 'row']);
      const lie = 'b'.repeat(64);
      assert.equal((await post(png, 0, lie)).status, 422, 'not what its hash says');
      const words = Buffer.from('not a photo at all'), textHash = await sha256(words);
      assert.equal((await post(words, 0, textHash, words.length)).status, 200);
      assert.deepEqual(await tablet.outcomes([check(24, { photo: { hash: textHash, size: words.length } })]), ['todo']);
      for (const item of await inbox()) await head.post('/inbox/discard', { id: item.id, reason: '试验' });
    });

    test('ten thousand at once; the head is told once', async () => {
      const many = [];
      for (let i = 0; i < 10000; i++) many.push(tablet.record('morning_check', { child: children[25 + (i % 3)].id, round: i % 2 ? 'noon' : 'morning' }));
      const began = Date.now();
      const { results } = await tablet.sync(many);
      assert.equal(results.length, many.length);
      const count = (what) => results.filter((one) => one.result === what).length;
      assert.deepEqual([count('row'), count('duplicate')], [6, many.length - 6]);
      console.log(`# ${many.length} records at once, all but six of them duplicates: ${Date.now() - began} ms`);
      assert.equal((await tablet.send('POST', '/sync', { records: Array(10001).fill(0) })).status, 413);
    });

    test('an encrypted file of unsent records is read by the head of the same institution only', async () => {
      const file = await tablet.file([check(28), arrive(28)]);
      assert.ok(!file.includes(children[28].id));
      const upload = async (client, text) => {
        const body = new FormData();
        body.append('file', new Blob([text]), 'records.tuoyu');
        return client.send('POST', '/inbox/import', { form: body });
      };
      assert.equal((await upload(care, file)).status, 404);
      assert.equal((await upload(spring, file)).status, 403);
      assert.equal((await upload(head, file.replace(/("box":".{100})(.)/, (_, before, one) => before + (one === 'A' ? 'B' : 'A')))).status, 422, 'changed on the way');
      assert.equal((await upload(head, '{}')).status, 422);
      const read = await upload(head, file);
      assert.deepEqual(read.body.data.results.map((one) => one.result), ['row', 'row']);
      assert.deepEqual((await upload(head, file)).body.data.results.map((one) => one.replayed), [true, true]);
      const other = await pairTablet(server, head, () => now, { name: '冒充' });
      const forged = await other.file([check(29)]);
      const opened = JSON.parse(forged);
      assert.equal((await upload(head, JSON.stringify({ box: await tablet.seal(JSON.stringify({ device: tablet.id, body: '{"records":[]}', signature: opened.box.slice(0, 86) })) }))).status, 422, 'the device did not sign it');
    });

    test('what is sealed to the server is judged like any other; nobody of the institution sees it wait', async () => {
      const good = check(26 - 13, { round: 'noon' }), bad = check(13, { round: 'noon', temperature: '99' });
      const sealed = async (record) => ({ key: record.key, n: record.n, box: await tablet.seal(JSON.stringify(record)) });
      const { results } = await tablet.sync([await sealed(good), await sealed(bad), { key: 'broken-box-1', n: 1, box: 'AAAA' }]);
      const by = Object.fromEntries(results.map((one) => [one.key, one]));
      assert.deepEqual([good.key, bad.key, 'broken-box-1'].map((key) => by[key].result), ['row', 'todo', 'todo']);
      assert.ok(results.every((one) => !('id' in one) && !('message' in one) && !('faults' in one)), JSON.stringify(results));
      assert.equal((await rows('morning_check')).filter((one) => one.child === children[13].id && one.round === 'noon').length, 1);
      assert.equal((await inbox()).length, 0);
      assert.match((await county.get('/notices.json')).text + (await county.get('/notices')).text, /受保护的报告/);
    });

    test('a closed day takes no record by itself; the head takes it over as a correction that keeps the old value', async () => {
      clock(begin + 12 * minute);
      const row = (await rows('attendance')).find((one) => one.child === children[18].id);
      const day = (await head.get(`/care_day.json?day=${today}`)).body.data[0];
      assert.equal((await head.post(`/care_day/${day.id}/close`, { note: '试验' })).status, 200);
      const late = tablet.record('attendance', { child: children[29].id, arrived_at: '08:02' });
      const leave = tablet.step('attendance', 'leave', { ...await called(head, row.child), left_at: '08:11' }, { id: row.id });
      assert.deepEqual(await tablet.outcomes([late, leave]), ['todo', 'todo']);
      for (const item of await inbox()) assert.equal((await head.post('/inbox/take', { id: item.id, reason: '平板晚到' })).status, 200, JSON.stringify(item));
      const after = await rows('attendance');
      assert.equal(after.find((one) => one.child === children[29].id).state, 'present');
      assert.equal(after.find((one) => one.child === children[18].id).state, 'left');
      assert.deepEqual((await head.get('/correction.json')).body.data.map((one) => one.reason), ['平板晚到', '平板晚到']);
    });

    test('unpaired at once: its records are kept and flagged, it is told to wipe, nothing else answers', async () => {
      const lost = await pairTablet(server, head, () => now, { name: '丢失的平板' });
      const record = lost.record('attendance', { child: children[22].id, arrived_at: '08:03' });
      assert.equal((await care.post(`/device/${lost.id}/unpair`, {})).status, 404);
      assert.equal((await head.post(`/device/${lost.id}/unpair`, {})).status, 200);
      const answer = await lost.day();
      assert.deepEqual([answer.status, answer.body.errors[0].code], [403, 'unpaired']);
      const { results, wipe } = await lost.sync([record]);
      assert.deepEqual([results[0].result, results[0].faults[0].code, wipe], ['todo', 'unpaired', true]);
      assert.match((await inbox())[0].message, /解除配对/);
    });

    test('restart: what was signed before does not count again, what was sent is still known', async () => {
      const record = check(28);
      await server.halt();
      clock(now + minute);
      await server.serve();
      const old = await tablet.send('GET', '/tablet/day', '', { time: now - minute });
      assert.equal(old.body.errors[0].code, 'clock');
      head = await signIn(server, 'inst-sun');
      assert.deepEqual(await tablet.outcomes([record]), await tablet.outcomes([record]));
    });

    test('malformed batches never break anything', async (t) => {
      t.after(async () => (await fetch(`${server.url}/healthz`).catch(() => null)) || console.log(server.log().slice(-6000)));
      let seed = 7;
      const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
      const values = [null, true, -1, 1e15, '', '\u0000', '\ud800', 'x'.repeat(70000), [], {}, [[[]]], { a: { b: 1 } }, "'; drop table inbox; --", '2026-02-30', '25:99', '9'.repeat(30)];
      const value = () => values[random(values.length)];
      const names = ['key', 'n', 'form', 'op', 'step', 'id', 'ref', 'at', 'staff', 'v', 'day', 'fields', 'box', 'base', 'part', 'clock', 'mono', 'life', 'typed'];
      for (let i = 0; i < 12; i++) {
        const records = [];
        for (let k = 0; k < 25; k++) {
          const record = random(2) ? check(28) : tablet.step('attendance', ['leave', 'back', 'none', 'trace'][random(4)], { child: value() }, { id: children[0].id });
          for (let m = random(4); m >= 0; m--) record[names[random(names.length)]] = value();
          if (record.fields && typeof record.fields === 'object') record.fields[['child', 'round', 'symptoms', 'photo', 'temperature'][random(5)]] = value();
          records.push(record);
        }
        const answer = await tablet.send('POST', '/sync', { records, clock: random(2) ? now : value(), mono: value(), life: value() });
        assert.ok([200, 422].includes(answer.status), `${answer.status} ${answer.text.slice(0, 300)}`);
        if (answer.status === 200) assert.ok(answer.body.data.results.every((one) => ['row', 'todo', 'waiting', 'duplicate'].includes(one.result)));
      }
      for (const body of ['', '{', '[]', '{"records":{}}', '{"records":null}', 'null', '\xff', `{"records":${'['.repeat(100)}${']'.repeat(100)}}`])
        assert.equal((await tablet.send('POST', '/sync', Buffer.from(body, 'latin1'))).status, 422, body.slice(0, 20));
      assert.equal((await tablet.day()).status, 200);
    });

    test('guesses at codes are few', async () => {
      const guesser = new Tablet(server, () => now);
      let last;
      for (let i = 0; i < 40; i++) last = await guesser.pair(String(10000000 + i));
      assert.equal(last.status, 429);
    });

    test('cells and journal are whole', async () => {
      await server.halt();
      const checked = tuoyu(['doctor', '--data', server.data, ...server.where]);
      const verified = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
      await server.serve();
      assert.match(checked.stdout + checked.stderr, /统计单元.*一致/);
      assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    });
  });
