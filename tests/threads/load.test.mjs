// The server of the thread sanitizer under everything at once: pages, lists, searches, writes, steps, uploads, imports,
// exports, papers, sign-ins, event streams, reference data that change, and an end in the middle. tools/test threads
// builds it; a race ends it with another code and its report.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client, engines, pdf, signIn, start, uscc } from '../lib/client.mjs';

const seconds = Number(process.env.TUOYU_LOAD_SECONDS || 8);

for (const engine of engines)
  describe(`many at once on ${engine}`, () => {
    test('no two threads touch the same without a lock', async () => {
      const server = await start({ engine });
      let asked = 0, going = true, serial = 1;
      const wrong = [];
      const begin = Date.now(), now = () => Date.now() - begin;
      const good = (answer, what) => {
        asked++;
        if (answer.status >= 500 && answer.status !== 503) wrong.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
        return answer;
      };
      const officer = await signIn(server, 'kt-handle'), market = await signIn(server, 'kt-market'), head = await signIn(server, 'inst-star');
      const city = await signIn(server, 'pl-health'), nobody = new Client(server);
      const get = (client, target, options) => client.get(target, options).then((answer) => good(answer, target));
      const post = (client, target, fields) => client.post(target, fields).then((answer) => good(answer, target));
      const page = { headers: { accept: 'text/html' } };
      const filing = (await officer.get('/filing.json')).body.data[0].id, paper = (await officer.get('/paper.json')).body.data[0].id;
      const work = [
        () => get(officer, '/work', page), () => get(officer, '/filing.json'), () => get(officer, `/filing/${filing}`, page), () => get(nobody, '/register.json?q=托育'),
        () => get(nobody, '/register?q=ty', page), () => get(city, '/cockpit.json'), () => get(officer, `/paper/${paper}.pdf`), () => get(market, '/registration.xlsx'),
        () => get(officer, '/notices'), () => get(nobody, '/metrics'), () => get(nobody, '/open/institutions.json'), () => get(officer, `/filing/${filing}/history`),
        () => post(officer, '/phrase', { title: `并发${serial++}`, text: '内容' }),
        () => post(officer, '/phrase', { title: `并发${serial++}`, text: '内容' }),
        () => post(market, '/registration', { uscc: uscc('91', '620802', 1000 + (serial++ % 8000)), name: `平凉并发托育${serial}`, registered_on: '2026-11-02', scope: '托育服务（全日制）', place: '620802001', address: '并发路1号' }),
        () => head.upload('evidence', { kind: 'other', title: `并发${serial}` }, 'file', pdf(String(serial++))).then((answer) => good(answer, 'upload')),
        () => post(city, '/code_item', { list: 'filing_reason', code: `load${serial++}`, label: '并发' }),
        () => post(city, '/calendar_day', { date: `2029-0${serial++ % 9 + 1}-11`, works: false, name: '并发' }),
        () => new Client(server).login('kt-fire').then((answer) => good(answer, 'login')),
        () => get(head, '/evidence', page), () => get(head, '/staff.csv'),
      ];
      const streams = Array.from({ length: 3 }, async () => {
        const stop = new AbortController();
        const stream = await fetch(`${server.url}/events`, { headers: { cookie: officer.cookie }, signal: stop.signal }).catch(() => null);
        if (stream?.body) (async () => { for await (const bytes of stream.body) asked += bytes.length > 0; })().catch(() => {});
        return () => stop.abort();
      });
      const people = Array.from({ length: 10 }, async (_, who) => {
        for (let i = who; going && now() < seconds * 1000; i++) await work[(i * 7 + who) % work.length]().catch((fault) => going && wrong.push(String(fault)));
      });
      await Promise.all(people);
      /* the end comes while much is under way */
      going = false;
      const last = Array.from({ length: 20 }, (_, i) => work[i % work.length]().catch(() => null));
      const end = server.stop().then(() => null, (fault) => fault);
      await Promise.all(last);
      for (const stop of await Promise.all(streams)) stop();
      const fault = await end;
      assert.ok(!/ThreadSanitizer/.test(server.log()), server.log().slice(server.log().indexOf('WARNING: ThreadSanitizer')).slice(0, 6000));
      assert.equal(fault, null, String(fault));
      assert.deepEqual(wrong, []);
      assert.ok(asked > 100, `${asked} answers`);
      console.log(`${engine}: ${asked} answers in ${now()} ms`);
    });
  });
