// Simulated days: an ill child goes the whole way as in life, and time goes forward only — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start, tuoyu } from '../lib/client.mjs';

for (const engine of engines)
  describe(`simulated days on ${engine}`, () => {
    let server;
    const now = Date.UTC(2026, 10, 18, 1);
    before(async () => {
      server = await start({ engine, clock: now });
      await server.halt();
    });
    after(() => server?.stop());
    const while_serving = async (look) => {
      await server.serve();
      try { await look(); } finally { await server.halt(); }
    };
    const simulate = (from, to) => tuoyu(['simulate', from, to, '--data', server.data, ...server.where]);
    const all = async (person, form, query) => {
      const rows = [];
      for (let next = ''; next !== undefined;) {
        const page = await person.get(`/${form}.json?${query}&after=${encodeURIComponent(next)}`);
        assert.equal(page.status, 200, page.text);
        rows.push(...page.body.data);
        next = page.body.next;
      }
      return rows;
    };

    test('an ill child is told, fetched, seen by the doctor and back; no clock is left running', async () => {
      const done = simulate('2026-09-01', '2026-11-13');
      assert.equal(done.status, 0, done.stdout + done.stderr);
      let cases = 0, diagnosed = 0, away = 0;
      await while_serving(async () => {
        const head = await signIn(server, 'inst-sun');
        for (const { id } of await all(head, 'isolation', 'sort=new')) {
          const answer = await head.get(`/isolation/${id}.json`), one = answer.body.data;
          cases++;
          assert.equal(one.state, 'ended', answer.text);
          assert.ok(one.found_at < one.told_at, 'the guardian is told after the finding');
          if (one.source === 'absence') continue;
          assert.deepEqual(answer.body.clocks?.map((clock) => [clock.stopped, clock.in_time]) ?? [], [[true, true]], answer.text);
          if (one.kind !== 'other') assert.ok(one.fetched_at > one.told_at && (one.result_on || one.certificate_on), answer.text);
          if (!one.outcome) continue;
          diagnosed++;
          assert.ok(one.certificate_on > one.result_on, 'back with a certificate');
          const days = await all(head, 'attendance', `child=${one.child}&from=${one.found_on}&to=${one.certificate_on}`);
          const between = days.filter((day) => day.day > one.found_on && day.day < one.certificate_on);
          away += between.length;
          assert.deepEqual([...new Set(between.map((day) => `${day.state} ${day.reason}`))], ['absent sick']);
          assert.equal(days.find((day) => day.day === one.certificate_on)?.reason ?? null, null, 'from that day on the child may come');
        }
        assert.equal((await all(head, 'disinfection_task', 'state=open')).length, 0);
        assert.equal((await all(head, 'epidemic_report', 'state=open')).length, 0);
      });
      assert.ok(cases >= 5 && diagnosed >= 1 && away >= 1, `${cases} cases, ${diagnosed} diagnosed, ${away} days away`);
      const verified = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
      assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    });

    test('days before recorded ones are refused at once; recorded days are left alone; later ones go on', async () => {
      const earlier = simulate('2026-08-27', '2026-08-28');
      assert.equal(earlier.status, 1, earlier.stdout);
      assert.match(earlier.stderr, /演示.*在2026-11-13已有出勤记录，不能再模拟此前的2026-08-27/);
      assert.equal(simulate('2026-08-27', '2026-11-16').status, 1, 'also when it reaches beyond them');
      const again = simulate('2026-09-01', '2026-11-13');
      assert.equal(again.status, 0, again.stderr);
      assert.match(again.stdout, /，0条记录/);
      const later = simulate('2026-11-11', '2026-11-17');
      assert.equal(later.status, 0, later.stderr);
      assert.doesNotMatch(later.stdout, /，0条记录/);
      await while_serving(async () => {
        const head = await signIn(server, 'inst-sun');
        assert.equal((await all(head, 'attendance', 'to=2026-08-31')).length, 0, 'nothing of the refused days was written');
      });
    });
  });
