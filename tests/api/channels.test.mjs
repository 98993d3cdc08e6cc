// Notices leave the house: by webhook with a signature, and by mail to a real SMTP conversation. A gateway that fails is
// asked again; what the notice says carries no secret.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start, uscc } from '../lib/client.mjs';

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
      smtp = net.createServer((socket) => {
        let text = '', data = false;
        socket.write('220 test\r\n');
        socket.on('data', (bytes) => {
          for (const line of String(bytes).split('\r\n')) {
            if (data) {
              if (line === '.') { data = false; letters.push(text); socket.write('250 ok\r\n'); } else text += `${line}\n`;
            } else if (/^DATA/i.test(line)) { data = true; text = ''; socket.write('354 go\r\n'); }
            else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
            else if (line) socket.write('250 ok\r\n');
          }
        });
        socket.on('error', () => {});
      }).listen(0, '127.0.0.1');
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
      await admin.make('channel', { kind: 'email', url: `smtp://127.0.0.1:${smtp.address().port}`, sender: 'tuoyu@example.test', home: 11 });
      await push(9102);
      await until(() => letters.length > 0);
      assert.equal(letters.length, 1);
      assert.match(letters[0], /^To: <handler@example.test>$/m);
      const subject = Buffer.from(/=\?UTF-8\?B\?([^?]+)\?=/.exec(letters[0])[1], 'base64').toString();
      assert.match(subject, /平凉渠道托育9102/);
      const text = Buffer.from(letters[0].split('\n\n').slice(1).join('').replace(/\n/g, ''), 'base64').toString();
      assert.equal(text, subject);
    });
  });
