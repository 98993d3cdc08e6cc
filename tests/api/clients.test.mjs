// A department's own system pushes with a key: one account, its ledgers, nothing else; never a password, never a session.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, signIn, start, uscc } from '../lib/client.mjs';

class Program extends Client {
  constructor(server, key) { super(server); this.key = key; }
  send(method, target, options = {}) { return super.send(method, target, { ...options, headers: { ...options.headers, authorization: `Bearer ${this.key}` } }); }
}

for (const engine of engines)
  describe(`API clients on ${engine}`, () => {
    let server, admin, security, account, key;
    before(async () => {
      server = await start({ engine });
      admin = await signIn(server, 'sysadmin');
      account = await admin.make('account', { login: 'market-system', name: '试验登记系统', department: 'market', rank: 'county', home: 11, posts: ['push'], client: true, scopes: 'registration|institution' });
      assert.equal((await admin.post(`/account/${account}/api_key`, {})).status, 409, 'no key before it is granted');
      security = await signIn(server, 'secadmin');
      assert.equal((await security.post(`/account/${account}/grant`, {})).status, 200);
      const made = await admin.post(`/account/${account}/api_key`, {});
      assert.equal(made.status, 200, made.text);
      key = made.body.data.key;
    });
    after(() => server?.stop());
    const registration = (serial) => ({ uscc: uscc('91', '620802', serial), name: `平凉接口托育${serial}`, registered_on: '2026-11-16', scope: '托育服务（全日制）', place: '620802001', address: '接口路1号' });

    test('it pushes without session and token, and its name stands in the journal', async () => {
      const program = new Program(server, key);
      const id = await program.make('registration', registration(9001));
      assert.equal((await program.get(`/registration/${id}.json`)).body.data.outcome, '已新建机构');
      const again = await program.post('/registration', registration(9001), { headers: { 'idempotency-key': 'push-1' } });
      const repeated = await program.post('/registration', registration(9001), { headers: { 'idempotency-key': 'push-1' } });
      assert.equal(repeated.body.data.id, again.body.data.id);
      const history = await (await signIn(server, 'kt-market')).get(`/registration/${id}/history`);
      assert.equal(history.body.data.entries.at(-1).actor, '试验登记系统');
    });

    test('only the ledgers of its scope are there', async () => {
      const program = new Program(server, key);
      for (const target of ['/filing.json', '/legal_person.json', '/opinion.json', '/phrase.json', '/work.json', '/cockpit.json', '/authority.json']) assert.equal((await program.get(target)).status, 404, target);
      assert.equal((await program.post('/phrase', { title: '甲', text: '乙' })).status, 404);
      assert.equal((await program.get('/institution.json')).status, 200);
      assert.equal((await program.get('/register.json')).status, 200);
    });

    test('a wrong key, a part of it, another account, and a person have no such access', async () => {
      const [id, secret] = key.split('.');
      for (const wrong of ['', '.', `${id}.`, `${id}.${secret.slice(1)}`, `${id}.${secret}x`, `${BigInt(id) + 1n}.${secret}`, `1.${secret}`, `${id}.${'a'.repeat(5000)}`])
        assert.ok([400, 401, 431].includes((await new Program(server, wrong).get('/registration.json')).status), wrong.slice(0, 40));
      const person = (await admin.get('/account.json')).body.data.find((one) => one.login === 'kt-market').id;
      assert.equal((await admin.post(`/account/${person}/api_key`, {})).status, 409);
      assert.equal((await security.post(`/account/${account}/first_password`, {})).status, 409, 'a client has no password');
    });

    test('a new key ends the old one; a disabled account ends all', async () => {
      assert.equal((await admin.post(`/account/${account}/api_key`, {})).status, 403, 'not by who made the account');
      const fresh = (await security.post(`/account/${account}/api_key`, {})).body.data.key;
      assert.equal((await new Program(server, key).get('/registration.json')).status, 401);
      assert.equal((await new Program(server, fresh).get('/registration.json')).status, 200);
      await security.post(`/account/${account}/disable`, {});
      assert.equal((await new Program(server, fresh).get('/registration.json')).status, 401);
    });

    test('a second factor: bound with a code, asked at each sign-in, taken off by the security administrator only', async () => {
      const { createHmac } = await import('node:crypto');
      const code = (secret, time) => {
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
        const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
        const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
        const counter = Buffer.alloc(8);
        counter.writeBigUInt64BE(BigInt(Math.floor(time / 30000)));
        const mac = createHmac('sha1', bytes).update(counter).digest(), at = mac[19] & 15;
        return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
      };
      const officer = await signIn(server, 'kt-housing');
      const { secret } = (await officer.get('/totp')).body.data.setup;
      assert.equal((await officer.post('/totp', { secret, code: '000000' })).status, 422);
      const now = Date.now();
      assert.equal((await officer.post('/totp', { secret, code: code(secret, now) })).status, 200);
      const half = new Client(server);
      assert.equal((await half.login('kt-housing')).body.data.stage, 'totp');
      assert.equal((await half.get('/opinion.json')).status, 403);
      assert.equal((await half.post('/password', { old: 'Demo-tuoyu-2026', new: 'Xinkouling-2026', again: 'Xinkouling-2026' })).status, 403, 'no way round by the password page');
      assert.equal((await half.post('/totp', { code: code(secret, now) })).status, 422, 'a used code is not taken again');
      assert.equal((await half.post('/totp', { code: code(secret, now + 30000) })).status, 200);
      assert.equal((await half.get('/opinion.json')).status, 200);
      const id = (await admin.get('/account.json')).body.data.find((one) => one.login === 'kt-housing').id;
      assert.equal((await admin.post(`/account/${id}/second_factor_off`, {})).status, 403);
      assert.equal((await (await signIn(server, 'secadmin')).post(`/account/${id}/second_factor_off`, {})).status, 200);
      assert.equal((await new Client(server).login('kt-housing')).body.data.stage, 'full');
    });
  });
