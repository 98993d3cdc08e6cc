// Bad input and faults: over raw sockets, with broken bodies, stopped clocks, killed processes, a full disk. Each gets a
// clear answer, nothing is lost or leaked.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Client, pdf, serving, signIn, start, tuoyu } from '../lib/client.mjs';

/* What comes back on a raw connection until it closes or falls silent. */
const raw = (server, parts, { gap = 0, patience = 3000 } = {}) =>
  new Promise((resolve) => {
    const { port } = new URL(server.url);
    const socket = net.connect(Number(port), '127.0.0.1');
    let text = '', timer;
    const end = (why) => { clearTimeout(timer); socket.destroy(); resolve({ text, why }); };
    const wait = () => { clearTimeout(timer); timer = setTimeout(() => end('silence'), patience); };
    socket.on('connect', async () => {
      wait();
      for (const part of [parts].flat()) {
        if (socket.destroyed) return;
        socket.write(part);
        if (gap) await new Promise((done) => setTimeout(done, gap));
      }
    });
    socket.on('data', (bytes) => { text += bytes; wait(); });
    socket.on('close', () => end('closed'));
    socket.on('error', () => end('reset'));
  });
const code = ({ text }) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);

describe('over a raw socket', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  test('smuggled requests are refused: two lengths, length beside chunks, a chunked trick, two hosts, no host', async () => {
    for (const request of [
      'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
      'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n',
      'POST /login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
      'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello',
      'GET /register HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      'GET /register HTTP/1.1\r\n\r\n',
      'GET /register HTTP/1.1\r\nHost: a b\r\n\r\n',
      'GET /reg\\ister HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n',
    ]) {
      const answer = await raw(server, request, { patience: 1500 });
      assert.ok([400, 501, 0].includes(code(answer)), `${request.split('\r\n')[0]}: ${answer.text.slice(0, 80)}`);
assert.ok([...answer.text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].every((one) => ['400', '501'].includes(one[1])), `nothing but refusals: ${answer.text}`);
      assert.equal(answer.why === 'silence' && answer.text !== '', false, 'and the connection ends');
    }
    assert.equal(code(await raw(server, 'DELETE /register HTTP/1.1\r\nHost: a\r\n\r\n', { patience: 800 })), 405);
  });

  test('a header that never ends, and one that drips, end the connection', async () => {
    const long = await raw(server, ['GET / HTTP/1.1\r\nHost: a\r\nX: ', ...Array.from({ length: 20 }, () => 'a'.repeat(8192))], { patience: 2000 });
    assert.ok([400, 413, 414, 431, 0].includes(code(long)), long.text.slice(0, 60));
    const dripping = Array.from({ length: 60 }, (_, i) => (i === 0 ? 'GET / HTTP/1.1\r\nHost: a\r\nX: ' : 'a'));
    const begin = Date.now(), drip = await raw(server, dripping, { gap: 1000, patience: 30000 });
    assert.notEqual(code(drip), 200);
    assert.ok(Date.now() - begin < 45000, 'a slow header does not hold a connection for ever');
  });

  test('a body larger than allowed is refused before it is read', async () => {
    const answer = await raw(server, 'POST /registration HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n{', { patience: 1500 });
    assert.equal(code(answer), 413);
  });

  test('half an upload leaves nothing behind, and the server goes on', async () => {
    const client = await signIn(server, 'inst-star');
    const before = (await client.get('/evidence.json')).body.data.length;
    const head = `POST /evidence HTTP/1.1\r\nHost: a\r\nCookie: ${client.cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000\r\n\r\n--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nlicense\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-`;
    await raw(server, head, { patience: 600 });
    assert.equal((await client.get('/evidence.json')).body.data.length, before);
  });
});

describe('bad input', () => {
  let server, market;
  before(async () => { server = await start(); market = await signIn(server, 'kt-market'); });
  after(() => server?.stop());
  const json = (body, type = 'application/json') => market.send('POST', '/registration', { raw: body, headers: { 'content-type': type, 'x-csrf-token': market.csrf } });

  test('what is no JSON, nests too deep, repeats names or is no UTF-8 is a problem document', async () => {
    for (const body of ['', '{', '[]', '"x"', 'null', '{"name":"a","name":"b"}', '{"a":'.repeat(5000) + '1' + '}'.repeat(5000), '{"name":NaN}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
      const answer = await json(body);
      assert.ok([400, 422].includes(answer.status), `${String(body).slice(0, 20)}: ${answer.status}`);
      assert.equal(answer.headers.get('content-type').split(';')[0], 'application/problem+json');
    }
    assert.equal((await json('name=x', 'text/plain')).status, 415);
  });

  test('wrong types, control characters, too long: each field by name', async () => {
    const answer = await json(JSON.stringify({ uscc: { a: 1 }, name: 'a\u0007b', registered_on: 7, scope: 'x'.repeat(5000), place: 'nowhere', address: 'a\u202eb' }));
    assert.equal(answer.status, 422, answer.text);
    const faults = Object.fromEntries(answer.body.errors.map((one) => [one.field, one.code]));
    for (const field of ['uscc', 'name', 'registered_on', 'scope', 'place', 'address']) assert.ok(faults[field], `${field}: ${JSON.stringify(faults)}`);
  });

  test('SQL and HTML in every text are kept as they are and shown as text', async () => {
    const nasty = `'); drop table institution; -- <script>alert(1)</script> {{csrf}} \${7*7} %n "><img src=x onerror=alert(1)>`;
    const officer = await signIn(server, 'kt-handle');
    const id = await officer.make('phrase', { title: nasty.slice(0, 38), text: nasty });
    assert.equal((await officer.get(`/phrase/${id}.json`)).body.data.text, nasty);
    for (const target of [`/phrase/${id}`, '/phrase', `/phrase/${id}/edit`, `/phrase/${id}/history`]) {
      const page = await officer.get(target, { headers: { accept: 'text/html' } });
      assert.equal(page.status, 200, target);
      assert.ok(!page.text.includes('<script>alert') && !page.text.includes('<img src=x'), target);
    }
    for (const query of ["q='%20or%201=1--", 'q=%22*%20OR%20x', 'q=(((', 'sort=drop', 'after=x', 'area=%27', 'state=%27%20or', 'institution=abc', 'q=%00', `q=${'长'.repeat(300)}`])
      assert.ok([200, 400, 422].includes((await market.get(`/institution.json?${query}`)).status), query);
    assert.equal((await market.get('/institution.json')).status, 200, 'the table is still there');
  });

  test('a content type that lies, a picture that is none and an empty file are refused by content', async () => {
    const head = await signIn(server, 'inst-star');
    for (const [bytes, name, type] of [[Buffer.from('MZ\x90\x00'), 'a.pdf', 'application/pdf'], [Buffer.from('<svg onload=alert(1)>'), 'a.png', 'image/png'], [Buffer.alloc(0), 'a.pdf', 'application/pdf'], [pdf().subarray(0, 40), 'a.pdf', 'application/pdf']]) {
      const answer = await head.upload('evidence', { kind: 'license' }, 'file', bytes, name, type);
      assert.equal(answer.status, 422, `${name} ${bytes.length}: ${answer.text}`);
    }
  });

  test('ids that are none, paths that climb and names that are not there', async () => {
    for (const target of ['/institution/0', '/institution/99999999999999999999', '/institution/-1', '/institution/1e5', '/filing/abc', '/standards/codes.csv', '/q/', `/q/${'a'.repeat(5000)}`])
      assert.ok([400, 401, 404, 414].includes((await market.get(target)).status), target);
  });

  test('the same key with other content is refused', async () => {
    const officer = await signIn(server, 'kt-handle');
    const headers = { 'idempotency-key': 'one-key' };
    assert.equal((await officer.post('/phrase', { title: '甲', text: '一' }, { headers })).status, 200);
    assert.equal((await officer.post('/phrase', { title: '乙', text: '二' }, { headers })).status, 409);
  });
});

describe('time', () => {
  test('a session ends after thirty idle minutes and twelve hours', async () => {
    const begin = Date.UTC(2026, 10, 18, 1);
    const server = await start({ clock: begin });
    const client = await signIn(server, 'kt-handle');
    server.clock(begin + 29 * 60000);
    assert.equal((await client.get('/work.json')).status, 200);
    server.clock(begin + 29 * 60000 + 31 * 60000);
    assert.equal((await client.get('/work.json')).status, 401);
    const busy = await signIn(server, 'kt-handle');
    let last = 200;
    for (let minute = 60; minute <= 14 * 60 && last === 200; minute += 20) {
      server.clock(begin + minute * 60000);
      last = (await busy.get('/work.json')).status;
      await new Promise((done) => setTimeout(done, 30));
    }
    assert.equal(last, 401, 'even a busy session ends');
    await server.stop();
  });

  test('an account that nobody used for ninety days is disabled; the security administrator enables it again', async () => {
    const begin = Date.UTC(2026, 10, 18, 1);
    const server = await start({ clock: begin });
    server.clock(begin + 60 * 86400000);
    assert.equal((await new Client(server).login('kt-handle')).status, 200);
    server.clock(begin + 95 * 86400000);
    await new Promise((done) => setTimeout(done, 2500));
    assert.equal((await new Client(server).login('kt-fire')).status, 422, 'unused for 95 days');
    assert.equal((await new Client(server).login('kt-handle')).status, 200, 'used 35 days ago');
    const security = await signIn(server, 'secadmin');
    const unused = (await security.get('/account.json')).body.data.find((one) => one.login === 'kt-fire');
    assert.equal(unused.state, 'disabled');
    assert.equal((await security.post(`/account/${unused.id}/enable`, {})).status, 200);
    assert.equal((await new Client(server).login('kt-fire')).status, 200);
    await server.stop();
  });

  test('a receipt that is late shows as overdue and goes up to the city', async () => {
    const begin = Date.UTC(2026, 10, 18, 1);
    const server = await start({ clock: begin });
    server.clock(begin + 30 * 86400000);
    const county = await signIn(server, 'kt-handle');
    await new Promise((done) => setTimeout(done, 2500));
    const queue = (await county.get('/work.json')).body.data.queues[0].rows;
    assert.ok(queue.length > 0 && queue.every((one) => one.clock.overdue), JSON.stringify(queue));
    const city = await signIn(server, 'pl-health');
    assert.ok((await city.get('/notices')).body.data.notices.some((one) => one.text.includes('逾期')), 'the next level is told');
    await server.stop();
  });
});

describe('processes and disks', () => {
  test('a second server on the same data is refused with a message', async () => {
    const server = await start({ demo: false });
    const second = tuoyu(['serve', '--data', server.data, '--port', '0']);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /启动失败/);
    await server.stop();
  });

  test('with demo data every address but loopback is refused; without, no password is a default', async () => {
    const server = await start();
    await server.halt();
    const open = tuoyu(['serve', '--data', server.data, '--address', '0.0.0.0', '--port', '0']);
    assert.equal(open.status, 1);
    assert.match(open.stderr, /演示数据/);
    await server.serve();
    await server.stop();
    const real = await start({ demo: false });
    const passwords = [...real.initLog.matchAll(/首次口令 (\S+)（/g)].map((one) => one[1]);
    assert.equal(new Set(passwords).size, 3);
    assert.equal((await new Client(real).login('kt-handle')).status, 422);
    assert.equal((await new Client(real).login('sysadmin', passwords[0])).body.data.stage, 'password');
    await real.stop();
  });

  test('kill -9 under load loses nothing that was acknowledged', async () => {
    const server = await start();
    const officer = await signIn(server, 'kt-handle');
    const kept = [];
    let going = true;
    const writers = Array.from({ length: 16 }, async (_, w) => {
      for (let i = 0; going; i++) {
        const answer = await officer.post('/phrase', { title: `负载${w}-${i}`, text: '内容' }).catch(() => null);
        if (answer?.status === 200) kept.push(answer.body.data.id);
      }
    });
    await new Promise((done) => setTimeout(done, 1500));
    await server.halt('SIGKILL');
    going = false;
    await Promise.all(writers);
    assert.ok(kept.length > 50, `${kept.length} writes were acknowledged`);
    const verify = tuoyu(['audit', 'verify', '--data', server.data]);
    assert.equal(verify.status, 0, verify.stdout + verify.stderr);
    await server.serve();
    const again = await signIn(server, 'kt-handle');
    const lost = [];
    for (let i = 0; i < kept.length; i += 20)
      for (const [id, answer] of await Promise.all(kept.slice(i, i + 20).map(async (id) => [id, await again.get(`/phrase/${id}.json`)])))
        if (answer.status !== 200) lost.push(id);
    assert.deepEqual(lost, []);
    await server.stop();
  });

  test('SIGTERM finishes what runs and ends with 0', async () => {
    const server = await start();
    const officer = await signIn(server, 'kt-handle');
    const writes = Array.from({ length: 40 }, (_, i) => officer.post('/phrase', { title: `收尾${i}`, text: '内容' }).catch(() => null));
    await new Promise((done) => setTimeout(done, 20));
    assert.equal(await server.halt(), 0);
    const done = (await Promise.all(writes)).filter((one) => one?.status === 200).map((one) => one.body.data.id);
    await server.serve();
    const again = await signIn(server, 'kt-handle');
    for (const id of done) assert.equal((await again.get(`/phrase/${id}.json`)).status, 200);
    await server.stop();
  });

  test('a full disk: reading goes on, writing says so, nothing is torn', { skip: process.getuid() !== 0 && 'needs root to make a small disk' }, async () => {
    const disk = mkdtempSync(path.join(tmpdir(), 'tuoyu-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
    try {
      const data = path.join(disk, 'data'), made = tuoyu(['init', '--data', data, '--demo']);
      assert.equal(made.status, 0, made.stderr);
      const server = await serving(['--data', data]);
      const officer = await signIn(server, 'kt-handle');
      spawnSync('dd', ['if=/dev/zero', `of=${path.join(disk, 'filler')}`, 'bs=1M'], { stdio: 'ignore' });
      let status = 200;
      for (let i = 0; i < 400 && status === 200; i++) status = (await officer.post('/phrase', { title: `满${i}`, text: '内容'.repeat(500) })).status;
      assert.ok([503, 507].includes(status), `writing on a full disk: ${status}`);
      assert.equal((await new Client(server).get('/register.json')).status, 200, 'reading goes on');
      rmSync(path.join(disk, 'filler'));
      await server.halt();
      const verify = tuoyu(['audit', 'verify', '--data', data]);
      assert.equal(verify.status, 0, verify.stdout + verify.stderr);
    } finally {
      spawnSync('umount', ['-l', disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });

  test('a backup is worth nothing without its key, and restores whole with it', async () => {
    const server = await start();
    await server.halt();
    const target = path.join(server.folder, 'backup');
    mkdirSync(target);
    const made = tuoyu(['backup', target, '--data', server.data, '--after', 'test -s "$TUOYU_BACKUP"']);
    assert.equal(made.status, 0, made.stderr);
    const file = made.stdout.trim();
    assert.equal(tuoyu(['restore', file, '--drill', '--keys', `${server.data}.keys`]).status, 0);
    const bytes = readFileSync(file);
    assert.ok(!bytes.includes('演示') && !bytes.includes('SQLite format'), 'nothing is readable in it');
    const cut = path.join(server.folder, 'cut.backup');
    execFileSync('sh', ['-c', `head -c ${bytes.length - 100} "${file}" > "${cut}"`]);
    assert.equal(tuoyu(['restore', cut, '--drill', '--keys', `${server.data}.keys`]).status, 1, 'a cut file is noticed');
    const other = await start({ demo: false });
    assert.equal(tuoyu(['restore', file, '--drill', '--keys', `${other.data}.keys`]).status, 1, 'another key does not open it');
    await other.stop();
    await server.serve();
    await server.stop();
  });
});
