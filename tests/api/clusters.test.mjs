// Suspicion and clusters through the API: diseases without numbers of their own, shared meals, cases entered late.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, pdf, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 0, 30); /* Wednesday 08:30 in Pingliang */
const today = '2026-11-18', next = '2026-11-19';

for (const engine of engines)
  describe(`clusters on ${engine}`, () => {
    let server, care, health, gate, county, cdc, first, second, third;
    const people = async () => {
      [care, health, gate, county, cdc] = await Promise.all(['sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-cdc'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      await people();
      const children = (await health.get('/child.json?state=enrolled&sort=title')).body.data;
      [first, second, third] = ['托大1班', '托大2班', '托大3班'].map((name) => children.filter((one) => one.class_title === name));
    });
    after(() => server?.stop());
    const list = async (client, form, query = '') => (await client.get(`/${form}.json${query}`)).body.data;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body;
    const step = async (client, form, id, name, input = {}, status = 200) => {
      const answer = await client.post(`/${form}/${id}/${name}`, input);
      assert.equal(answer.status, status, `${form} ${name}: ${answer.text}`);
      return answer;
    };
    const found = (child, symptoms, day = today) => health.make('isolation', { child: child.id, symptoms, found_at: `${day}T08:20` });
    const diagnosed = (id, disease, on = today) => step(health, 'isolation', id, 'result', { outcome: 'confirmed', disease, body_name: '县医院', result_on: on });
    const home = async (id) => {
      await step(health, 'isolation', id, 'tell', { told_whom: '演示家长', told_how: 'phone' });
      await step(health, 'isolation', id, 'fetch', await called(health, (await record(health, 'isolation', id)).data.child));
    };
    const alertOf = async (kind) => (await list(county, 'outbreak_alert', `?kind=${kind}`))[0];

    test('signs that name a disease start the two hours at once, before any doctor; a fever does not', async () => {
      const sores = await found(third[0], ['mouth_sore']), fever = await found(third[1], ['fever']);
      const reports = await list(health, 'epidemic_report');
      assert.deepEqual(reports.map((one) => [one.kind, one.isolation, one.state]), [['suspicion', sores, 'open']]);
      const [clock] = (await record(health, 'epidemic_report', reports[0].id)).clocks;
      assert.deepEqual([clock.name, clock.text], ['epidemic_tell', '还剩1小时50分'], 'from when it was found, ten minutes ago');
      for (const client of [care, gate]) assert.equal((await client.get(`/epidemic_report/${reports[0].id}.json`)).status, 404);
      assert.equal((await health.post(`/isolation/${fever}`, { symptoms: ['fever', 'swollen_cheek'] })).status, 200);
      assert.deepEqual((await list(health, 'epidemic_report')).map((one) => one.isolation).sort(), [sores, fever].sort(), 'the sign came later');
      await diagnosed(sores, 'NID-C-010');
      assert.equal((await list(health, 'epidemic_report')).length, 2, 'once for a case');
    });

    test('百日咳 has no threshold: the class is watched, its children are listed, nobody returns without a certificate', async () => {
      for (const one of first.slice(0, 4)) await care.make('attendance', { child: one.id, arrived_at: '08:00' });
      const cough = await found(first[0], ['cough']);
      assert.equal((await list(health, 'class_watch')).filter((one) => one.class === first[0].class).length, 0, 'a cough alone is no suspicion');
      await diagnosed(cough, 'NID-B-018');
      assert.deepEqual((await record(health, 'isolation', cough)).data.kind, 'listed');
      const [watch] = (await list(health, 'class_watch')).filter((one) => one.class === first[0].class);
      assert.deepEqual([watch.state, watch.kind, watch.until_day], ['watched', 'listed', '2026-11-25']);
      const exposed = async () => (await record(health, 'class_watch', watch.id)).data.exposure.map((one) => `${one.child} ${one.last_day}`).sort();
      assert.deepEqual(await exposed(), first.slice(1, 4).map((one) => `${one.id} ${today}`).sort());
      assert.ok((await list(health, 'disinfection_task', '?state=open')).some((one) => one.class === first[0].class));
      await home(cough);
      server.clock(begin + 86400000);
      await people();
      const back = await care.post('/attendance', { child: first[0].id, arrived_at: '08:20' });
      assert.deepEqual([back.status, back.body.errors[0].code], [422, 'HC-18-RET']);
      /* a second case: the observation is longer, and who came since is on the list */
      for (const one of [...first.slice(2, 4), first[4]]) await care.make('attendance', { child: one.id, arrived_at: '08:00' });
      await diagnosed(await found(first[1], ['cough'], next), 'NID-B-018', next);
      assert.equal((await record(health, 'class_watch', watch.id)).data.until_day, '2026-11-26');
      assert.deepEqual(await exposed(), [`${first[1].id} ${today}`, ...first.slice(2, 5).map((one) => `${one.id} ${next}`)].sort());
      for (const client of [county, cdc]) assert.ok(!('exposure' in (await record(client, 'class_watch', watch.id)).data), 'the county sees no child');
      server.clock(begin);
      await people();
    });

    test('two diseases without a threshold are not one cluster', async () => {
      await diagnosed(await found(first[2], ['cough']), 'NID-B-015');
      assert.equal(await alertOf('listed'), undefined, 'two of 百日咳, one of 肺结核');
      await diagnosed(await found(first[5], ['cough']), 'NID-B-015');
      await diagnosed(await found(first[6], ['cough']), 'NID-B-015');
      const alert = await alertOf('listed');
      assert.deepEqual([alert.rule, alert.cases, (await record(cdc, 'outbreak_alert', alert.id)).data.disease], ['INF-SC-1D', 3, 'NID-B-015']);
    });

    test('a shared meal: vomiting over the classes is counted over the institution, within a day and within three', async () => {
      const days = [[first[7], '2026-11-16'], [second[0], '2026-11-16'], [first[8], '2026-11-17'], [second[1], '2026-11-17']];
      for (const [child, day] of days) await found(child, ['vomit'], day);
      assert.equal(await alertOf('diarrhoea'), undefined, 'four of three days');
      await found(third[2], ['diarrhoea']);
      const alert = await alertOf('diarrhoea');
      assert.deepEqual([alert.level, alert.rule, alert.cases, (await record(county, 'outbreak_alert', alert.id)).data.classes], ['B', 'INF-SC-3D', 5, 3]);
      for (const child of [first[9], first[10], second[2]]) await found(child, ['vomit']);
      assert.equal((await alertOf('diarrhoea')).rule, 'INF-SC-3D', 'four on one day');
      await found(second[3], ['vomit']);
      const grown = await alertOf('diarrhoea');
      assert.deepEqual([grown.id, grown.level, grown.rule, grown.cases], [alert.id, 'B', 'INF-FOOD', 9]);
    });

    test('a case entered late is counted with those found after it', async () => {
      for (const child of [second[4], second[5], first[11]]) await found(child, ['swollen_cheek']); /* with the one of above: four */
      assert.equal(await alertOf('mumps'), undefined);
      await found(second[8], ['swollen_cheek'], '2026-11-11');
      assert.equal(await alertOf('mumps'), undefined, 'a week before: another window');
      await found(second[9], ['swollen_cheek'], '2026-11-12');
      const alert = await alertOf('mumps');
      /* five within a week; the one of the day before them is near to the late one and belongs to it */
      assert.deepEqual([alert.rule, alert.cases, alert.first_day, alert.last_day], ['INF-MUMPS-B', 6, '2026-11-11', today]);
    });

    test('a child that falls ill twice is one case', async () => {
      const [twice, other, more] = [second[10], second[11], second[7]];
      const again = await found(twice, ['red_eye']);
      await home(again);
      const certified = await health.upload(`isolation/${again}/certify`, { certificate_by: '县医院', certificate_on: today }, 'certificate', pdf('返托证明'));
      assert.equal(certified.status, 200, certified.text);
      await found(twice, ['red_eye']);
      await found(other, ['red_eye']);
      assert.equal(await alertOf('ahc'), undefined, 'three rows, two children');
      await found(more, ['red_eye']);
      const alert = await alertOf('ahc'), { counts } = (await record(cdc, 'outbreak_alert', alert.id)).data;
      assert.deepEqual([alert.cases, counts.reduce((sum, one) => sum + one.n, 0)], [3, 3]);
    });

    test('a case after the end of an alert: the new one counts the rows that met its threshold, the ended one keeps its own', async () => {
      await found(third[3], ['hand_rash']);
      const ended = await alertOf('hfmd');
      assert.deepEqual([ended.rule, ended.cases], ['INF-HFMD-CLASS', 2]);
      await step(cdc, 'outbreak_alert', ended.id, 'close', { result: 'scattered', result_note: '散发' });
      await found(third[2], ['hand_rash']);
      const sum = async (id) => (await record(cdc, 'outbreak_alert', id)).data.counts.reduce((n, one) => n + one.n, 0);
      const [again] = await list(county, 'outbreak_alert', '?kind=hfmd&state=open');
      assert.notEqual(again.id, ended.id);
      assert.match((await record(cdc, 'outbreak_alert', again.id)).data.rule_words, /2例/);
      assert.deepEqual([again.cases, await sum(again.id)], [3, 3]);
      assert.deepEqual([(await record(cdc, 'outbreak_alert', ended.id)).data.cases, await sum(ended.id)], [2, 2]);
      assert.equal((await list(health, 'isolation', `?alert=${again.id}`)).length, 3);
      assert.deepEqual((await list(health, 'class_watch', `?class=${third[3].class}`)).filter((one) => one.kind === 'hfmd').map((one) => one.state).sort(), ['ended', 'watched']);
      for (const client of [care, gate]) assert.equal((await client.get(`/outbreak_alert/${again.id}.json`)).status, 404);
    });
  });
