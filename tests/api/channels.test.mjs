// Notices leave the house: by webhook with a signature, and by mail to a real SMTP conversation. A gateway that fails is
// asked again; what the notice says carries no secret.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { engines, newAccount, postgres, signIn, start, uscc } from '../lib/client.mjs';

/* A real SMTP conversation. `refuse(address)`: what is said to a recipient, undefined: 250. `tls` {key, cert}: STARTTLS is
   offered. A letter: {to, text, secure}; everything that was said stands in `said`. */
const mailServer = (got, { refuse = () => undefined, tls: secrets, said = [] } = {}) => net.createServer((plain) => {
  let text = '', to = '', data = false, secure = false;
  const talk = (socket) => {
    socket.on('data', (bytes) => {
      for (const line of String(bytes).split('\r\n')) {
        if (line) said.push(line);
        if (data) {
          if (line === '.') { data = false; got(text, { to, secure }); socket.write('250 ok\r\n'); } else text += `${line}\n`;
        } else if (/^EHLO/i.test(line)) socket.write(secrets && !secure ? '250-test\r\n250 STARTTLS\r\n' : '250-test\r\n250 AUTH PLAIN LOGIN\r\n');
        else if (/^STARTTLS/i.test(line)) {
          socket.write('220 go\r\n');
          socket.removeAllListeners('data');
          secure = true;
          talk(new tls.TLSSocket(socket, { isServer: true, ...secrets }));
        } else if (/^RCPT/i.test(line)) { to = /<([^>]*)>/.exec(line)[1]; socket.write(`${refuse(to) ?? '250 ok'}\r\n`); }
        else if (/^DATA/i.test(line)) { data = true; text = ''; socket.write('354 go\r\n'); }
        else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else if (line) socket.write('250 ok\r\n');
      }
    });
    socket.on('error', () => {});
  };
  plain.write('220 test\r\n');
  talk(plain);
});

const until = async (done, patience = 12000) => {
  for (const end = Date.now() + patience; !done() && Date.now() < end;) await new Promise((next) => setTimeout(next, 100));
};

for (const engine of engines)
  describe(`channels on ${engine}`, () => {
    let server, admin, market, gateway, smtp;
    const posts = [], letters = [], now = Date.UTC(2026, 10, 18, 1);
    before(async () => {
      server = await start({ engine, clock: now });
      gateway = http.createServer((request, answer) => {
        let body = '';
        request.on('data', (bytes) => (body += bytes));
        request.on('end', () => {
            const post = { body: JSON.parse(body), signature: request.headers['x-tuoyu-signature'] };
            /* reminders of the demo's own deadlines may come beside it */
            const mine = post.body.text.includes('平凉渠道托育');
            if (mine) posts.push(post);
            answer.writeHead(mine && posts.length === 1 ? 503 : 200).end();
          });
      }).listen(0, '127.0.0.1');
      smtp = mailServer((letter) => letters.push(letter)).listen(0, '127.0.0.1');
      await Promise.all([once(gateway, 'listening'), once(smtp, 'listening')]);
      [admin, market] = [await signIn(server, 'sysadmin'), await signIn(server, 'kt-market')];
      const people = (await admin.get('/account.json')).body.data;
      const officer = people.find((one) => one.login === 'kt-handle');
      assert.equal((await admin.post(`/account/${officer.id}`, { phone: '13900000001', email: 'handler@example.test' })).status, 200);
    });
    after(async () => { gateway?.close(); smtp?.close(); await server?.stop(); });
    const push = (serial) => market.make('registration', { uscc: uscc('91', '620802', serial), name: `平凉渠道托育${serial}`, registered_on: '2026-11-16', scope: '托育服务（全日制）', place: '620802001', address: '渠道路1号' });

    test('a webhook gets recipients, text and signature; one that fails is asked again', async () => {
      const fields = { kind: 'sms', url: `http://127.0.0.1:${gateway.address().port}/sms`, secret: 'gateway-secret', home: 11 };
      const id = await admin.make('channel', fields);
      assert.ok(!(await admin.get(`/channel/${id}.json`)).text.includes('gateway-secret'), 'the secret is masked');
      await push(9101);
      await until(() => posts.length === 1);
      assert.equal(posts.length, 1);
      server.clock(now + 10 * 60000);
      await until(() => posts.length >= 2);
      assert.ok(posts.length >= 2, 'asked again after 503');
      assert.deepEqual(posts[0].body, posts[1].body);
      assert.deepEqual(posts[1].body.to, ['13900000001']);
      assert.match(posts[1].body.text, /新登记机构：平凉渠道托育9101/);
      assert.match(posts[1].signature, /^[0-9a-f]{64}$/);
      await admin.post(`/channel/${id}/disable`, {});
    });

    test('mail goes out by SMTP with a Chinese subject', async () => {
      const id = await admin.make('channel', { kind: 'email', url: `smtp://127.0.0.1:${smtp.address().port}`, sender: 'tuoyu@example.test', home: 11 });
      await push(9102);
      await until(() => letters.length > 0);
      assert.equal(letters.length, 1);
      assert.match(letters[0], /^To: <handler@example.test>$/m);
      const subject = Buffer.from(/=\?UTF-8\?B\?([^?]+)\?=/.exec(letters[0])[1], 'base64').toString();
      assert.match(subject, /平凉渠道托育9102/);
      const text = Buffer.from(letters[0].split('\n\n').slice(1).join('').replace(/\n/g, ''), 'base64').toString();
      assert.equal(text, subject);
      await admin.post(`/channel/${id}/disable`, {});
    });

    /* every job is done, given up or waits: nothing is under way */
    const failed = () => {
      const sql = "select result from job where kind = 'send_one' and state = 'failed'";
      return engine === 'sqlite'
        ? execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(server.data, 'tuoyu.db'), sql], { encoding: 'utf8' }).trim()
        : execFileSync('psql', [postgres, '-qtA', '-c', `set search_path to ${server.where[server.where.indexOf('--schema') + 1]}`, '-c', sql], { encoding: 'utf8' }).trim();
    };
    const mailTo = async (login, email) => {
      const one = (await admin.get(`/account.json?q=${login}`)).body.data.find((each) => each.login === login);
      assert.equal((await admin.post(`/account/${one.id}`, { email })).status, 200);
    };

    test('a mailbox that is gone, and one that says later, hold up nobody and nobody gets a letter twice', async () => {
      const got = [], late = [];
      const server2 = mailServer((text, letter) => got.push(letter.to), { refuse: (to) => (to.startsWith('gone') ? '550 no such user' : to.startsWith('later') ? (late.push(to), '451 try later') : undefined) }).listen(0, '127.0.0.1');
      await once(server2, 'listening');
      await mailTo('kt-handle', 'first@example.test');
      await mailTo('kt-review', 'gone@example.test');
      await mailTo('kt-sign', 'last@example.test');
      await newAccount(server, { login: `later-${engine}`, name: '试验稍后', department: 'health', rank: 'county', home: 11, posts: ['handle'], email: 'later@example.test' });
      await mailTo('kt-market', 'market@example.test'); /* of another department: not asked */
      /* one that nobody answers stands before the one that works */
      const dead = await admin.make('channel', { kind: 'email', url: 'smtp://127.0.0.1:1', sender: 'tuoyu@example.test', home: 11 });
      const id = await admin.make('channel', { kind: 'email', url: `smtp://127.0.0.1:${server2.address().port}`, sender: 'tuoyu@example.test', home: 11 });
      await push(9103);
      await until(() => got.includes('last@example.test') && got.includes('first@example.test'));
      assert.ok(got.includes('last@example.test'), `the one behind it: ${got}`);
      for (let hour = 1; hour <= 4; hour++) {
        server.clock(now + hour * 40 * 60000);
        await new Promise((done) => setTimeout(done, 1500));
      }
      const of = (who) => got.filter((to) => to.startsWith(who)).length;
      assert.deepEqual([of('first'), of('last'), of('gone'), of('market')], [1, 1, 0, 0], got.join());
      assert.ok(late.length >= 2, 'later is asked again');
      assert.match(failed(), /不接受（550）/, 'given up, with a note');
      for (const one of [dead, id]) await (await signIn(server, 'sysadmin')).post(`/channel/${one}/disable`, {});
      server2.close();
    });

    test('a password never goes in clear; what needs none takes TLS where it is', async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-mail-')), said = [], got = [];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=mail', '-keyout', `${folder}/key`, '-out', `${folder}/cert`], { stdio: 'ignore' });
      const bare = mailServer(() => got.push('bare'), { said }).listen(0, '127.0.0.1');
      const safe = mailServer((text, letter) => got.push(letter.secure ? 'safe' : 'clear'), { tls: { key: readFileSync(`${folder}/key`), cert: readFileSync(`${folder}/cert`) } }).listen(0, '127.0.0.1');
      await Promise.all([once(bare, 'listening'), once(safe, 'listening')]);
      [admin, market] = [await signIn(server, 'sysadmin'), await signIn(server, 'kt-market')];
      await admin.make('channel', { kind: 'email', url: `smtp://127.0.0.1:${bare.address().port}`, sender: 'tuoyu@example.test', user: 'tuoyu', secret: 'Geheim-2026', home: 11 });
      await admin.make('channel', { kind: 'email', url: `smtp://127.0.0.1:${safe.address().port}`, sender: 'tuoyu@example.test', home: 11 });
      await push(9104);
      await until(() => got.includes('safe') && said.length > 0);
      assert.ok(got.includes('safe') && !got.includes('clear'), got.join());
      assert.ok(said.some((line) => /^EHLO/i.test(line)), 'it was asked');
      assert.ok(!got.includes('bare') && !said.some((line) => /AUTH|Geheim|^MAIL/i.test(line)), said.join(' | '));
      bare.close(); safe.close();
      rmSync(folder, { recursive: true, force: true });
    });
  });
