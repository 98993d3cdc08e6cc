// The program as a service: the socket of a supervisor, a proxy in front, the Debian package.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, binary, setStandard, start, tuoyu } from '../lib/client.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/* A shell that holds the socket on descriptor 3 and starts the program again when it ends, as systemd does. */
const supervise = async (address, args) => {
  const listener = net.createServer();
  await new Promise((done) => listener.listen(0, address, done));
  const { port } = listener.address();
  const run = 'while :; do sh -c \'echo "pid $$"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"\' "$@"; echo "ended $?"; [ -e "$STOP" ] && exit; done';
  const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-socket-')), stop = path.join(folder, 'stop');
  const shell = spawn('sh', ['-c', run, 'sh', binary, ...args], { stdio: ['ignore', 'pipe', 'pipe', listener._handle.fd], env: { ...process.env, STOP: stop } });
  await new Promise((done) => listener.close(done)); /* from here the shell alone holds it */
  let log = '';
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (bytes) => { log += bytes; });
  const pids = () => [...log.matchAll(/^pid (\d+)$/gm)].map((one) => Number(one[1]));
  return { url: `http://127.0.0.1:${port}`, pids, log: () => log,
    end: async () => {
      const gone = new Promise((done) => shell.once('exit', done));
      execFileSync('touch', [stop]);
      if (shell.exitCode === null) { try { process.kill(pids().at(-1), 'SIGTERM'); } catch { /* it has ended */ } await gone; }
      rmSync(folder, { recursive: true, force: true });
    } };
};

describe('an inherited socket', () => {
  test('a restart refuses nobody: requests of that time wait and are answered', async () => {
    const house = await start();
    await setStandard(house, 'CFG-PUBLIC-RATE', 100000000); /* eight clients of one address, as quick as they can */
    await house.halt();
    const service = await supervise('127.0.0.1', ['serve', '--data', house.data, '--port', '1']);
    assert.equal((await fetch(`${service.url}/register.json`)).status, 200, 'the first waits for the start');
    let going = true;
    const answers = [];
    const clients = Array.from({ length: 8 }, async () => {
      while (going) {
        const answer = await fetch(`${service.url}/register.json`, { headers: { connection: 'close' } }).catch((fault) => ({ status: fault.cause?.code ?? String(fault) }));
        if (answer.text) await answer.text();
        answers.push(answer.status);
      }
    });
    for (let restart = 1; restart <= 2; restart++) {
      await wait(500);
      process.kill(service.pids().at(-1), 'SIGTERM');
      for (let i = 0; i < 100 && service.pids().length <= restart; i++) await wait(50);
      await wait(1500);
    }
    going = false;
    await Promise.all(clients);
    assert.ok(answers.length > 100, `${answers.length} answers`);
    assert.deepEqual([...new Set(answers)], [200]);
    assert.equal(service.pids().length, 3);
    await service.end();
    assert.deepEqual([...service.log().matchAll(/^ended (\d+)$/gm)].map((one) => one[1]), ['0', '0', '0']);
    await house.serve();
    await house.stop();
  });

  test('with demo data a socket that others can reach is refused, whatever --address says', async () => {
    const house = await start();
    await house.halt();
    const service = await supervise('0.0.0.0', ['serve', '--data', house.data, '--address', '127.0.0.1']);
    for (let i = 0; i < 100 && !service.log().includes('ended'); i++) await wait(50);
    await service.end();
    assert.match(service.log(), /演示数据/);
    assert.match(service.log(), /^ended 1$/m);
    await house.serve();
    await house.stop();
  });
});

test('behind the named proxy the visitor is who the proxy says, and cookies go over TLS only; without it neither', async () => {
  for (const [args, address, secure] of [[['--proxy', '127.0.0.1'], '203.0.113.9', true], [['--proxy', '127.0.0.2'], '127.0.0.1', true], [[], '127.0.0.1', false]]) {
    const server = await start({ demo: true, args });
    const answer = await new Client(server).post('/login', { login: 'kt-handle', password: 'Demo-tuoyu-2026' }, { headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' } });
    assert.equal(answer.status, 200);
    assert.equal(/; Secure/.test(answer.headers.get('set-cookie')), secure, args.join(' '));
    assert.equal(answer.headers.has('strict-transport-security'), secure);
    const told = () => server.log().split('\n').find((one) => one.startsWith('{') && one.includes('"path":"/login"') && one.endsWith('}'));
    for (let i = 0; i < 50 && !told(); i++) await wait(50); /* the line comes after the answer */
    const line = told();
    assert.equal(JSON.parse(line).address, address, args.join(' '));
    await server.stop();
  }
});

const nginx = '/usr/sbin/nginx'; /* not a package that the tests install: it would begin to serve by itself */
test('the nginx configuration holds; a flood from one address ends there, sooner where passwords are tried', { skip: !existsSync(nginx) && 'no nginx here' }, async () => {
  const server = await start({ args: ['--proxy', '127.0.0.1'] }), folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-nginx-'));
  const listener = net.createServer();
  await new Promise((done) => listener.listen(0, '127.0.0.1', done));
  const { port } = listener.address();
  await new Promise((done) => listener.close(done));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=tuoyu', '-keyout', `${folder}/key.pem`, '-out', `${folder}/fullchain.pem`], { stdio: 'ignore' });
  const site = readFileSync(path.join(root, 'deploy/nginx.conf'), 'utf8').replaceAll('/etc/ssl/tuoyu', folder).replace('127.0.0.1:8080', new URL(server.url).host)
    .replace(/^ *listen (80|\[::\]:\d+.*);$/gm, '').replace('listen 443', `listen 127.0.0.1:${port}`).replace(/server \{\s+server_name[^}]*return 308[^}]*\}/, '');
  writeFileSync(`${folder}/nginx.conf`, `daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; client_body_temp_path ${folder}/1; proxy_temp_path ${folder}/2; fastcgi_temp_path ${folder}/3; uwsgi_temp_path ${folder}/4; scgi_temp_path ${folder}/5;\n${site}\n}`);
  const front = spawn(nginx, ['-p', folder, '-c', `${folder}/nginx.conf`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  front.stderr.on('data', (bytes) => { said += bytes; });
  const ended = new Promise((done) => front.once('exit', done));
  const ask = (target) => new Promise((done) => {
    const request = https.get({ host: '127.0.0.1', port, path: target, rejectUnauthorized: false, headers: { host: 'tuoyu.example.gov.cn' } }, (answer) => { answer.resume(); answer.on('end', () => done(answer.statusCode)); });
    request.on('error', () => done(0));
  });
  const many = async (n, target) => {
    const answers = [];
    await Promise.all(Array.from({ length: 20 }, async () => { while (answers.length < n) { answers.push(0); answers[answers.length - 1] = await ask(target); } }));
    return answers;
  };
  for (let i = 0; i < 100 && (await ask('/healthz')) !== 200; i++) await wait(50);
  assert.equal(await ask('/healthz'), 200, said);
  const tried = await many(160, '/login');
  assert.ok(tried.slice(0, 60).every((one) => one === 200), 'an office signs in');
  assert.ok(tried.includes(429), 'a machine that guesses does not go on');
  front.kill('SIGQUIT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

test('the Debian package holds the program, its units and papers, and what is unpacked from it runs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-deb-'));
  const made = execFileSync(path.join(root, 'deploy/deb'), [binary, folder], { encoding: 'utf8' });
  const file = path.join(folder, /tuoyu_\S+?\.deb/.exec(made)[0].split('/').at(-1).replace(/'$/, ''));
  const listed = execFileSync('dpkg-deb', ['-c', file], { encoding: 'utf8' });
  for (const name of ['usr/bin/tuoyu', 'lib/systemd/system/tuoyu.service', 'lib/systemd/system/tuoyu.socket', 'etc/default/tuoyu', 'usr/share/doc/tuoyu/examples/nginx.conf', 'usr/share/doc/tuoyu/copyright'])
    assert.ok(listed.includes(`./${name}\n`), name);
  assert.ok(listed.split('\n').filter(Boolean).every((line) => line.includes(' root/root ')), 'owned by root');
  const control = execFileSync('dpkg-deb', ['-f', file], { encoding: 'utf8' });
  for (const name of ['libsqlite3-0', 'libpq5', 'libmicrohttpd12', 'libssl3', 'libsodium23', 'fonts-noto-cjk']) assert.match(control, new RegExp(`^Depends: .*\\b${name}\\b`, 'm'));
  const unpacked = path.join(folder, 'root');
  execFileSync('dpkg-deb', ['-x', file, unpacked]);
  assert.equal(statSync(path.join(unpacked, 'usr/bin/tuoyu')).mode & 0o777, 0o755);
  assert.match(execFileSync(path.join(unpacked, 'usr/bin/tuoyu'), ['--help'], { encoding: 'utf8' }), /用法：tuoyu/);
  const data = path.join(folder, 'data');
  assert.equal(execFileSync(path.join(unpacked, 'usr/bin/tuoyu'), ['init', '--data', data], { encoding: 'utf8' }).match(/首次口令/g).length, 3, 'it carries its reference data');
  /* what the unit starts, the program understands */
  const unit = readFileSync(path.join(unpacked, 'lib/systemd/system/tuoyu.service'), 'utf8'), options = readFileSync(path.join(unpacked, 'etc/default/tuoyu'), 'utf8');
  const known = tuoyu(['serve', '--help']).stdout;
  for (const [option] of `${unit}${options}`.matchAll(/ (--[a-z-]+)(?= )/g)) assert.ok(known.includes(option.trim()), option);
  assert.ok(existsSync(data));
  rmSync(folder, { recursive: true, force: true });
});
