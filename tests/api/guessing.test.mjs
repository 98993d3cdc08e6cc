// Whoever guesses — passwords, codes, the old password — is stopped, and nobody else with them: the lock counts over all
// sessions, ends by itself, by the security administrator, or by the standards; one address has a pace of its own.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Client, engines, setStandard, signIn, start } from '../lib/client.mjs';

const code = (secret, time) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest(), at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
};
const wrongOf = (right) => String((Number(right) + 1) % 1000000).padStart(6, '0');
const minute = 60000;

for (const engine of engines)
  describe(`guessing on ${engine}`, () => {
    let server, now = Date.UTC(2026, 10, 18, 1);
    before(async () => { server = await start({ engine, clock: now, args: ['--proxy', '127.0.0.1'] }); });
    after(() => server?.stop());
    const later = (ms) => server.clock(now += ms);
    const from = (address) => ({ headers: { 'x-forwarded-for': address } });
    const wrong = (login) => new Client(server).login(login, 'wrong-Password-1');
    const accountOf = async (admin, login) => (await admin.get(`/account.json?q=${login}`)).body.data.find((one) => one.login === login).id;

    test('wrong codes add up over sign-ins: the right password does not wipe them out', async () => {
      const officer = await signIn(server, 'kt-housing');
      const { secret } = (await officer.get('/totp')).body.data.setup;
      assert.equal((await officer.post('/totp', { secret, code: code(secret, now) })).status, 200);
      later(minute);
      const answers = [];
      for (let round = 0; round < 4; round++) {
        const guesser = new Client(server), answer = await guesser.login('kt-housing');
        if (answer.status !== 200) { answers.push(answer.status); break; }
        for (let i = 0; i < 4; i++) answers.push((await guesser.post('/totp', { code: wrongOf(code(secret, now)) })).status);
      }
      assert.deepEqual(answers, [422, 422, 422, 422, 422, 429, 429, 429, 429], 'five guesses, whatever the rounds');
      const right = new Client(server), locked = await right.login('kt-housing');
      assert.equal(locked.status, 429);
      assert.match(locked.body.detail, /锁定，最长15分钟/, 'it says why and for how long');
      later(16 * minute);
      assert.equal((await right.login('kt-housing')).body.data?.stage, 'totp');
      assert.equal((await right.post('/totp', { code: wrongOf(code(secret, now)) })).status, 422);
      assert.equal((await right.post('/totp', { code: code(secret, now) })).status, 200, 'one wrong code after the lock is the first again');
      later(minute);
      const again = new Client(server);
      await again.login('kt-housing');
      for (let i = 0; i < 4; i++) assert.equal((await again.post('/totp', { code: wrongOf(code(secret, now)) })).status, 422);
      assert.equal((await again.post('/totp', { code: code(secret, now) })).status, 200, 'a good code has cleared the count');
    });

    test('guesses that come at once count one by one, and the right one among the late ones is not taken', async () => {
      const officer = await signIn(server, 'kt-market');
      const { secret } = (await officer.get('/totp')).body.data.setup;
      await officer.post('/totp', { secret, code: code(secret, now) });
      later(minute);
      const guesser = new Client(server);
      await guesser.login('kt-market');
      const wrong = await Promise.all(Array.from({ length: 12 }, () => guesser.post('/totp', { code: wrongOf(code(secret, now)) })));
      assert.ok(wrong.every((one) => one.status !== 200));
      assert.equal((await guesser.post('/totp', { code: code(secret, now) })).status, 429);
    });

    test('the old password is not guessed from an open session', async () => {
      const thief = await signIn(server, 'kt-civil');
      const guess = (old) => thief.post('/password', { old, new: 'Xinkouling-2026', again: 'Xinkouling-2026' });
      for (let i = 0; i < 5; i++) assert.equal((await guess(`Falsch-${i}-2026`)).status, 422);
      assert.equal((await guess('Demo-tuoyu-2026')).status, 429, 'also the right one now');
      assert.equal((await new Client(server).login('kt-civil', 'Xinkouling-2026')).status, 429);
      later(16 * minute);
      assert.equal((await new Client(server).login('kt-civil')).body.data?.stage, 'full', 'it was not changed');
    });

    test('a lock that has run out begins anew: one typo does not lock again', async () => {
      for (let i = 0; i < 5; i++) assert.equal((await wrong('kt-fire')).status, 422);
      assert.equal((await new Client(server).login('kt-fire')).status, 429);
      later(16 * minute);
      assert.equal((await wrong('kt-fire')).status, 422);
      assert.equal((await new Client(server).login('kt-fire')).status, 200);
    });

    test('the security administrator unlocks; nobody else does, and nobody the own account', async () => {
      const security = await signIn(server, 'secadmin'), admin = await signIn(server, 'sysadmin');
      const id = await accountOf(admin, 'kt-police'), own = await accountOf(admin, 'secadmin');
      const offered = async () => (await security.get(`/account/${id}`, { headers: { accept: 'text/html' } })).text.includes(`/account/${id}/unlock`);
      assert.equal(await offered(), false, 'nothing to unlock');
      for (let i = 0; i < 5; i++) await wrong('kt-police');
      assert.equal(await offered(), true);
      for (const login of ['sysadmin', 'auditor', 'kt-sign', 'inst-sun']) {
        const other = await signIn(server, login);
        assert.ok([403, 404].includes((await other.post(`/account/${id}/unlock`, {})).status), login);
      }
      assert.equal((await new Client(server).login('kt-police')).status, 429);
      assert.equal((await security.post(`/account/${own}/unlock`, {})).status, 403);
      assert.equal((await security.post(`/account/${id}/unlock`, {})).status, 200);
      assert.equal((await new Client(server).login('kt-police')).status, 200);
      const auditor = await signIn(server, 'auditor');
      assert.ok((await auditor.get(`/account/${id}/history`)).text.includes('解锁'), 'it stands in the history');
    });

    test('how many failures lock and for how long are the standards', async () => {
      await setStandard(server, 'CFG-LOCK-MINUTES', 40);
      await setStandard(server, 'CFG-LOCK-FAILS', 3);
      for (let i = 0; i < 3; i++) assert.equal((await wrong('kt-cdc')).status, 422);
      assert.equal((await new Client(server).login('kt-cdc')).status, 429);
      later(30 * minute);
      assert.equal((await new Client(server).login('kt-cdc')).status, 429, 'still');
      later(11 * minute);
      assert.equal((await new Client(server).login('kt-cdc')).status, 200);
    });

    test('one address asks public pages at its pace; others, and who is signed in, go on', async () => {
      await setStandard(server, 'CFG-PUBLIC-RATE', 30);
      const officer = await signIn(server, 'kt-handle'), stranger = new Client(server);
      const answers = [];
      for (let i = 0; i < 40; i++) answers.push(await stranger.get('/register.json?q=托育', from('198.51.100.7')));
      assert.deepEqual(answers.map((one) => one.status), [...Array(30).fill(200), ...Array(10).fill(429)]);
      assert.ok(Number(answers.at(-1).headers.get('retry-after')) > 0);
      assert.equal((await stranger.get('/register.json?q=托育', from('198.51.100.8'))).status, 200, 'another address');
      assert.equal((await officer.get('/register.json?q=托育', from('198.51.100.7'))).status, 200, 'with a session');
      assert.equal((await stranger.get('/healthz', from('198.51.100.7'))).status, 200);
      later(20000);
      assert.equal((await stranger.get('/register.json?q=托育', from('198.51.100.7'))).status, 200, 'a third of a minute later');
      await setStandard(server, 'CFG-PUBLIC-RATE', 1200);
    });

    test('codes and password changes of one address have their pace as well', async () => {
      await setStandard(server, 'CFG-SIGN-IN-RATE', 10);
      const officer = await signIn(server, 'kt-review');
      const change = () => officer.post('/password', { old: 'Demo-tuoyu-2026', new: 'kurz', again: 'kurz' }, from('198.51.100.9'));
      const answers = [];
      for (let i = 0; i < 12; i++) answers.push((await change()).status);
      assert.deepEqual(answers, [...Array(10).fill(422), 429, 429]);
      assert.equal((await officer.post('/totp', { secret: 'AAAA', code: '000000' }, from('198.51.100.9'))).status, 429);
      assert.equal((await officer.get('/work.json', from('198.51.100.9'))).status, 200, 'the work goes on');
    });
  });

for (const engine of engines)
  test(`a password that is too old is replaced at the next sign-in, on ${engine}`, async () => {
    const now = Date.UTC(2026, 7, 3, 1), server = await start({ engine, demo: false, clock: now });
    try {
      const first = /secadmin，首次口令 (\S+?)（/.exec(server.initLog)[1], fresh = 'Xinkouling-2026';
      const person = await signIn(server, 'secadmin', first);
      assert.equal((await person.post('/password', { old: first, new: fresh, again: fresh })).status, 200);
      server.clock(now + 89 * 86400000);
      assert.equal((await new Client(server).login('secadmin', fresh)).body.data?.stage, 'full');
      server.clock(now + 91 * 86400000);
      const late = new Client(server);
      assert.equal((await late.login('secadmin', fresh)).body.data?.stage, 'password');
      assert.equal((await late.get('/account.json')).status, 403, 'nothing before that');
      assert.equal((await late.post('/password', { old: fresh, new: 'Xinkouling-2027', again: 'Xinkouling-2027' })).status, 200);
      assert.equal((await new Client(server).login('secadmin', 'Xinkouling-2027')).body.data?.stage, 'full');
    } finally {
      await server.stop();
    }
  });
