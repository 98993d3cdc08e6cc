// What people do with accounts, sessions, notices and lists, and what the operator's commands say — on both engines.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Client, engines, signIn, start, tuoyu } from '../lib/client.mjs';

for (const engine of engines)
  describe(`accounts and commands on ${engine}`, () => {
    let server;
    const now = Date.UTC(2026, 10, 18, 1);
    before(async () => { server = await start({ engine, clock: now }); });
    after(() => server?.stop());
    const command = (...words) => tuoyu([...words, '--data', server.data, ...server.where]);

    test('signing out ends the session', async () => {
      const officer = await signIn(server, 'kt-handle');
      assert.equal((await officer.get('/work.json')).status, 200);
      assert.ok([200, 303].includes((await officer.post('/logout', {})).status));
      assert.equal((await officer.get('/work.json')).status, 401);
    });

    test('five wrong passwords lock the account for a while, whoever knows the right one', async () => {
      for (let i = 0; i < 5; i++) assert.equal((await new Client(server).login('kt-police', `falsch-${i}`)).status, 422);
      assert.notEqual((await new Client(server).login('kt-police')).status, 200);
      assert.ok((await (await signIn(server, 'sysadmin')).get('/work.json')).body.data.counts.find((one) => one.label === '锁定中').n >= 1);
      server.clock(now + 20 * 60000);
      assert.equal((await new Client(server).login('kt-police')).status, 200);
    });

    test('what a page says after a form is said once', async () => {
      const officer = await signIn(server, 'kt-handle');
      const filing = (await officer.get('/filing.json?state=submitted')).body.data[0].id;
      const form = new URLSearchParams({ ids: filing, csrf: officer.csrf });
      const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await officer.send('POST', '/work/claim', { raw: form.toString(), headers });
      assert.equal(answer.status, 303, answer.text.slice(0, 300));
      const page = () => officer.get(answer.headers.get('location'), { headers: { accept: 'text/html' } });
      assert.equal(((await page()).text.match(/data-kind="good" role="status"/g) ?? []).length, 1);
      let again = 1;
      for (const end = Date.now() + 5000; Date.now() < end && again; await new Promise((done) => setTimeout(done, 50))) again = ((await page()).text.match(/data-kind="good" role="status"/g) ?? []).length;
      assert.equal(again, 0);
    });

    test('notices are unread until they are read', async () => {
      const officer = await signIn(server, 'kt-handle');
      const unread = async () => (await officer.get('/notices')).body.data.notices.filter((one) => one.unread).length;
      for (let i = 0; i < 50 && (await unread()) === 0; i++) await new Promise((done) => setTimeout(done, 100));
      assert.ok((await unread()) > 0, 'the demo has deadlines to remind of');
      assert.equal((await officer.post('/notices', {})).status, 303);
      assert.equal(await unread(), 0);
    });

    test('a list is turned page by page, by time and by title, without loss or repetition', async () => {
      const officer = await signIn(server, 'kt-handle');
      for (let i = 0; i < 60; i++) await officer.make('phrase', { title: `页${String(i).padStart(2, '0')}`, text: '内容' });
      for (const sort of ['', 'title']) {
        const seen = [];
        for (let after = ''; after !== undefined;) {
          const page = await officer.get(`/phrase.json?sort=${sort}&after=${encodeURIComponent(after)}`);
          assert.equal(page.status, 200, page.text);
          seen.push(...page.body.data.map((one) => one.id));
          after = page.body.next;
          assert.ok(seen.length < 1000);
        }
        assert.equal(new Set(seen).size, seen.length, `nothing twice ${sort}`);
        assert.ok(seen.length >= 60);
      }
    });

    test('a day off that is added moves the deadlines that run, and the journal says so', async () => {
      const officer = await signIn(server, 'kt-handle'), city = await signIn(server, 'pl-health');
      const due = async () => (await officer.get('/work.json')).body.data.queues.find((one) => one.title === '待出具回执').rows[0].clock.due;
      const before = await due();
      const answer = await city.post('/calendar_day', { date: '2026-11-19', works: false, name: '试验放假' });
      assert.equal(answer.status, 200, answer.text);
      let after = before;
      for (let i = 0; i < 80 && after === before; i++) {
        await new Promise((done) => setTimeout(done, 100));
        after = await due();
      }
      assert.notEqual(after, before);
      assert.deepEqual([before, after], ['2026-11-23', '2026-11-24']);
    });

    test('each desk has its own work: colleagues for the head, opinions for the asked, accounts for the administrator', async () => {
      const head = await signIn(server, 'kt-sign'), handler = await signIn(server, 'kt-handle'), fire = await signIn(server, 'kt-fire');
      const filing = (await handler.get('/filing.json?state=submitted')).body.data[0].id;
      const asked = async () => (await fire.get('/work.json')).body.data.counts.find((one) => one.label === '待反馈意见').n;
      const before = await asked();
      assert.equal((await handler.post(`/filing/${filing}/ask_opinions`, {})).status, 200);
      assert.equal(await asked(), before + 1);
      const head_work = await head.get('/work.json');
      assert.equal(head_work.status, 200);
      assert.ok(head_work.text.includes('演示审核员'), 'work can be handed over to a colleague');
    });

    test('the commands: accounts are listed, added, get a new password; doctor and audit find nothing', async () => {
      await server.halt();
      const list = command('user', 'list');
      assert.equal(list.status, 0, list.stderr);
      assert.match(list.stdout, /kt-handle/);
      const added = command('user', 'add', 'command-one', '试验命令', 'health', 'county', '11', 'handle');
      assert.equal(added.status, 0, added.stdout + added.stderr);
      const reset = command('user', 'password', 'command-one');
      assert.equal(reset.status, 0, reset.stderr);
      assert.equal(command('user', 'password', 'nobody-at-all').status, 1);
      copyFileSync(`${server.data}.keys`, `${server.folder}/copy.keys`);
      const doctor = command('doctor', `${server.folder}/copy.keys`);
      assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
      assert.match(doctor.stdout, /0 项异常/);
      const verify = command('audit', 'verify');
      assert.equal(verify.status, 0, verify.stdout + verify.stderr);
      const simulated = command('simulate', '2026-11-12', '2026-11-13');
      assert.equal(simulated.status, 0, simulated.stdout + simulated.stderr);
      await server.serve();
      const password = /首次口令：(\S+)（/.exec(reset.stdout)?.[1];
      assert.ok(password, reset.stdout);
      server.clock(now + 60 * 60000); /* sign-ins of one address are limited */
      const first = await new Client(server).login('command-one', password);
      assert.equal(first.body.data?.stage, 'password', first.text);
      const head = await signIn(server, 'inst-sun');
      const days = async (query) => [...new Set((await head.get(`/attendance.json?${query}`)).body.data.map((one) => one.day))].sort();
      assert.deepEqual(await days('from=2026-11-12&to=2026-11-13'), ['2026-11-12', '2026-11-13'], 'the days that were simulated');
      assert.deepEqual(await days('from=2026-11-13'), ['2026-11-13']);
      assert.deepEqual(await days('to=2026-11-12'), ['2026-11-12']);
    });
  });
