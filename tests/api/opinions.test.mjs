// What a department sees of the filing it is asked about, until it has answered; answers corrected and asked anew; a visit
// planned and done with its clock. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, signIn, start } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000, day = 86400000; /* a Wednesday */

for (const engine of engines)
  describe(`opinions and visits on ${engine}`, () => {
    let server, now = begin, county, fire, police, other, reviewer, filing, site;
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    const rows = async (client, form) => (await client.get(`/${form}.json`)).body.data ?? [];
    const opinionOf = async (client) => (await rows(client, 'opinion')).find((one) => one.part === filing);
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(now);
      [county, fire, police, other, reviewer] = await Promise.all(['kt-handle', 'kt-fire', 'kt-police', 'jc-handle', 'kt-review'].map((name) => signIn(server, name)));
      const row = (await county.get('/filing.json?state=submitted')).body.data[0];
      filing = row.id;
      site = row.institution;
    });
    after(() => server?.stop());

    test('documents of its own kinds and the rooms, of that institution only, and only while it is asked', async () => {
      const papers = await rows(county, 'evidence'), rooms = await rows(county, 'room');
      const proof = papers.find((one) => one.institution === site && one.kind === 'fire_proof'), room = rooms.find((one) => one.institution === site);
      const staff = papers.find((one) => one.institution === site && one.kind === 'health_certificate'), elsewhere = papers.find((one) => one.institution !== site && one.kind === 'fire_proof');
      const sees = async (client) => Promise.all([`/evidence/${proof.id}.json`, `/evidence/${proof.id}/file/file`, `/room/${room.id}.json`].map(async (path) => (await client.get(path)).status));
      assert.deepEqual(await sees(fire), [404, 404, 404], 'not asked yet');
      assert.ok(!(await rows(fire, 'evidence')).some((one) => one.institution === site));
      await must(county.post(`/filing/${filing}/ask_opinions`, {}));
      assert.deepEqual(await sees(fire), [200, 200, 200]);
      for (const id of [staff.id, elsewhere.id]) assert.equal((await fire.get(`/evidence/${id}.json`)).status, 404, 'another kind, another institution');
      assert.equal((await police.get(`/evidence/${proof.id}.json`)).status, 404, 'the fire proof is not for the police');
      assert.match((await fire.get(`/filing/${filing}`, { headers: { accept: 'text/html' } })).text, new RegExp(`/evidence/${proof.id}/file/file`), 'on the case page');
      assert.ok([403, 404].includes((await fire.post(`/evidence/${proof.id}`, { version: proof.version, title: 'x' })).status), 'seen, not changed');
      await must(fire.post(`/opinion/${(await opinionOf(fire)).id}/answer`, { result: 'object', opinion: '疏散门数量不足' }));
      assert.deepEqual(await sees(fire), [404, 404, 404], 'answered: no longer');
    });

    test('an answer is corrected by the department itself, and the first one stays in the history', async () => {
      const { id } = await opinionOf(fire);
      for (const client of [police, county, other]) assert.ok([403, 404].includes((await client.post(`/opinion/${id}/correct`, { result: 'agree' })).status));
      await must(fire.post(`/opinion/${id}/correct`, { result: 'object', opinion: '疏散门少一个' }));
      const row = (await county.get(`/opinion/${id}.json`)).body.data;
      assert.deepEqual([row.state, row.opinion], ['answered', '疏散门少一个']);
      assert.ok((await county.get(`/opinion/${id}/history`)).text.includes('疏散门数量不足'));
      assert.ok((await rows(county, 'opinion')).length > 0 && (await county.get('/notices')).body.data.notices.some((one) => /已更正意见/.test(one.text)));
    });

    test('after mending the department is asked anew, with reason and clock', async () => {
      const { id } = await opinionOf(fire);
      for (const client of [fire, police, other]) assert.ok([403, 404].includes((await client.post(`/opinion/${id}/again`, { again_reason: 'x' })).status));
      assert.equal((await county.post(`/opinion/${id}/again`, {})).status, 422, 'why');
      server.clock(now += day);
      [county, fire] = await Promise.all(['kt-handle', 'kt-fire'].map((name) => signIn(server, name)));
      await must(county.post(`/opinion/${id}/again`, { again_reason: '机构已增设疏散门' }));
      const seen = (await fire.get(`/opinion/${id}.json`)).body;
      assert.deepEqual([seen.data.state, seen.data.result, seen.data.answered_on, seen.data.again_reason], ['asked', null, null, '机构已增设疏散门']);
      assert.equal(seen.clocks.find((one) => !one.stopped).due, '2026-12-03', 'ten working days from the 19th');
      assert.ok((await fire.get('/work.json')).body.data.queues[0].rows.some((one) => one.id === id));
      const proof = (await rows(county, 'evidence')).find((one) => one.institution === site && one.kind === 'fire_proof');
      assert.equal((await fire.get(`/evidence/${proof.id}.json`)).status, 200, 'and sees again');
      assert.equal((await county.post(`/opinion/${id}/answer`, { result: 'agree' })).status, 403, 'the county does not answer for it');
      await must(fire.post(`/opinion/${id}/answer`, { result: 'agree' }));
      assert.equal((await county.get(`/opinion/${id}.json`)).body.data.result, 'agree');
    });

    test('a visit is planned, then done: its clock runs in between, and no visit lies ahead', async () => {
      const visit = (fields, client = county) => client.post('/site_visit', { part: filing, visitors: '试验甲、试验乙', ...fields });
      other = await signIn(server, 'jc-handle');
      for (const client of [fire, other]) assert.ok([403, 404].includes((await visit({ planned_on: '2026-11-20' }, client)).status));
      assert.equal((await visit({ visited_on: '2026-11-25', result: 'agree' })).status, 422, 'it has not been');
      assert.equal((await visit({})).status, 422, 'neither planned nor done');
      assert.equal((await visit({ visited_on: '2026-11-19' })).status, 422, 'done without a result');
      assert.equal((await visit({ planned_on: '2026-11-25', result: 'agree' })).status, 422, 'a result without a visit');
      const { id } = (await must(visit({ planned_on: '2026-11-25' }))).body.data;
      const clocks = async () => (await county.get(`/site_visit/${id}.json`)).body.clocks;
      assert.deepEqual((await clocks()).map((one) => [one.name, one.due]), [['visit', '2026-12-03']]);
      const queue = async () => (await reviewer.get('/work.json')).body.data.queues.find((one) => one.title === '待现场核查').rows.map((one) => one.id);
      reviewer = await signIn(server, 'kt-review');
      assert.deepEqual(await queue(), [id]);
      await must(county.post(`/site_visit/${id}`, { version: 1, visited_on: '2026-11-19', result: 'agree' }));
      assert.deepEqual((await clocks()).map((one) => [one.name, one.stopped, one.in_time]), [['visit', true, true]]);
      assert.deepEqual(await queue(), []);
      assert.equal((await county.post(`/site_visit/${id}`, { version: 2, visited_on: null, result: null })).status, 422, 'done stays done');
      const at_once = (await must(visit({ visited_on: '2026-11-18', result: 'agree' }))).body.data.id;
      assert.deepEqual((await county.get(`/site_visit/${at_once}.json`)).body.clocks ?? [], [], 'noted afterwards: no clock');
      const late = (await must(visit({ planned_on: '2026-11-26' }))).body.data.id;
      server.clock(Date.UTC(2026, 11, 15, 1));
      county = await signIn(server, 'kt-handle');
      await must(county.post(`/site_visit/${late}`, { version: 1, visited_on: '2026-11-26', result: 'agree' }));
      assert.deepEqual((await county.get(`/site_visit/${late}.json`)).body.clocks.map((one) => [one.stopped, one.in_time]), [[true, true]], 'entered late, done in time');
    });
  });
