// Whose turn a paper is, who may draft one, what is new in a case that came back, what is handed over and exported. On
// both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start, until } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000, day = 86400000; /* a Wednesday */

for (const engine of engines)
  describe(`papers and cases on the desk on ${engine}`, () => {
    let server, now = begin, county, reviewer, signer, other, park, people, filing, name;
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    const again = async () => {
      [county, reviewer, signer, other, park] = await Promise.all(['kt-handle', 'kt-review', 'kt-sign', 'jc-handle', 'inst-park'].map((name) => signIn(server, name)));
    };
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const work = async (client) => (await client.get('/work.json')).body.data;
    const waits = async (client, title) => (await work(client)).queues.find((one) => one.title === title)?.rows.map((one) => one.id) ?? [];
    const told = async (client, words) => (await client.get('/notices')).body.data.notices.filter((one) => words.test(one.text) && one.text.includes(name));
    const draft = async (client = county) => {
      await must(client.post(`/filing/${filing}/draft_receipt`, {}));
      return (await county.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.state === 'prepared').id;
    };
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(now);
      await again();
      people = Object.fromEntries((await (await signIn(server, 'sysadmin')).get('/account.json')).body.data.map((one) => [one.login, one.id]));
      filing = (await county.get('/filing.json?state=submitted')).body.data.find((one) => !one.handler).id;
      name = (await record(county, 'filing', filing)).institution_name;
    });
    after(() => server?.stop());

    test('only whose case it is drafts its paper: the handler, the deputy, or anybody while it is nobody’s', async () => {
      await must(county.post(`/filing/${filing}/claim`, {}));
      assert.equal((await reviewer.post(`/filing/${filing}/draft_receipt`, {})).status, 403);
      assert.equal((await reviewer.post(`/filing/${filing}/draft_unfit`, { unfit_reason: '试验' })).status, 403);
      assert.ok(!(await reviewer.get(`/filing/${filing}.json`)).body.can.includes('draft_receipt'), 'nor is there a button');
      assert.ok((await county.get(`/filing/${filing}.json`)).body.can.includes('draft_receipt'));
      assert.equal((await other.post(`/filing/${filing}/draft_receipt`, {})).status, 404);
    });

    test('a paper waits in the queue of whoever has its next step, and they are told', async () => {
      const papers = async () => (await work(county)).counts.find((one) => one.label === '待办公文')?.n ?? 0, waiting = await papers();
      const paper = await draft();
      assert.deepEqual(await waits(reviewer, '待我审核的公文'), [paper]);
      for (const client of [county, signer]) assert.ok(!(await work(client)).queues.some((one) => one.title.startsWith('待我')), 'nobody else is waited for');
      assert.ok((await work(reviewer)).queues[0].rows[0].clock.due, 'with the day on which the case is due');
      assert.equal((await told(reviewer, /备案回执：.*待审核签发/)).length, 1);
      assert.equal((await told(signer, /待审核签发|待签发/)).length, 0);
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      assert.deepEqual([await waits(reviewer, '待我审核的公文'), await waits(signer, '待我签发的公文')], [[], [paper]]);
      assert.equal((await told(signer, /备案回执：.*已审核，待签发/)).length, 1);
      await must(signer.post(`/paper/${paper}/sign`, {}));
      assert.deepEqual([await waits(signer, '待我签发的公文'), await waits(county, '待用印的公文')], [[], [paper]]);
      assert.equal((await told(county, /备案回执：.*已签发，待用印/)).length, 1);
      assert.deepEqual(await waits(other, '待用印的公文'), [], 'no other county’s');
      assert.equal(await papers(), waiting + 1);
      await must(county.post(`/paper/${paper}/void`, {}));
      assert.deepEqual(await waits(county, '待用印的公文'), []);
    });

    test('a paper sent back is told to the officer who has the case', async () => {
      const paper = await draft();
      await must(reviewer.post(`/paper/${paper}/back`, {}));
      assert.equal((await told(county, /备案回执：.*退回重拟/)).length, 1);
    });

    test('a deputy holds the posts of whoever is away, in those days only, under both names', async () => {
      const paper = await draft();
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      assert.equal((await reviewer.post(`/paper/${paper}/sign`, {})).status, 403, 'the reviewer does not sign');
      assert.deepEqual(await waits(reviewer, '待我签发的公文'), []);
      const leave = await signer.make('deputy', { stand_in: people['kt-review'], from_on: '2026-11-19', to_on: '2026-11-20' });
      assert.equal((await reviewer.post(`/paper/${paper}/sign`, {})).status, 403, 'the leave has not begun');
      server.clock(now += day);
      await again();
      assert.deepEqual(await waits(reviewer, '待我签发的公文'), [paper]);
      assert.equal((await county.post(`/paper/${paper}/sign`, {})).status, 403, 'who is no deputy still does not sign');
      assert.equal((await reviewer.post(`/deputy/${leave}`, { version: 1, to_on: '2027-11-20' })).status, 403, 'a deputy does not lengthen the own time');
      const passed = await reviewer.make('deputy', { officer: people['kt-sign'], stand_in: people['kt-handle'], from_on: '2026-12-01', to_on: '2026-12-02' });
      assert.equal((await record(reviewer, 'deputy', passed)).officer, people['kt-review'], 'nor lends on what was lent');
      await must(reviewer.post(`/paper/${paper}/sign`, {}));
      assert.match((await record(county, 'paper', paper)).signed_by, /^演示审核员（代理演示\S+）$/);
      const entry = (await county.get(`/paper/${paper}/history`)).body.data.entries.find((one) => one.action === '签发');
      assert.match(entry.actor, /^演示审核员（代理演示\S+）$/);
      assert.equal((await county.get(`/paper/${paper}/history`)).body.data.entries.find((one) => one.action === '审核通过').actor, '演示审核员', 'in the own post the own name');
      await must(county.post(`/paper/${paper}/void`, {}));
      server.clock(now += 2 * day);
      await again();
      const next = await draft();
      await must(reviewer.post(`/paper/${next}/review`, {}));
      assert.equal((await reviewer.post(`/paper/${next}/sign`, {})).status, 403, 'the leave is over');
      await must(county.post(`/paper/${next}/void`, {}));
    });

    test('the deputy of the handler drafts for the handler, and the history says so', async () => {
      const leave = await county.make('deputy', { stand_in: people['kt-review'], from_on: '2026-11-21', to_on: '2026-11-21' });
      const paper = await draft(reviewer);
      assert.equal((await record(county, 'filing', filing)).handler, people['kt-handle'], 'it stays the handler’s case');
      assert.equal((await record(county, 'paper', paper)).drafted_by, '演示审核员（代理演示承办员）');
      await must(county.post(`/paper/${paper}/void`, {}));
      assert.ok(leave);
    });

    test('a returned case waits for the institution with a clock of its own', async () => {
      await must(county.post(`/filing/${filing}/return`, { missing: ['license'], missing_note: '营业执照不清' }));
      const queue = (await work(county)).queues.find((one) => one.title === '待机构补正');
      const line = queue.rows.find((one) => one.id === filing);
      assert.deepEqual([line.task, line.claim_url, line.release_url], ['补正材料', undefined, undefined]);
      const clock = (await county.get(`/filing/${filing}.json`)).body.clocks.find((one) => one.name === 'supplement');
      assert.equal(clock.due, '2026-12-07');
      assert.ok((await park.get(`/filing/${filing}.json`)).body.clocks.some((one) => one.name === 'supplement' && !one.stopped), 'the institution sees it');
    });

    test('what came with the answer is marked: a new document, a room, and nothing that stayed', async () => {
      server.clock(now += 60000);
      const old = (await park.get('/evidence.json')).body.data.find((one) => one.kind === 'license');
      const room = (await park.get('/room.json')).body.data[0];
      assert.ok(old && room);
      await must(park.post(`/room/${room.id}`, { version: room.version, name: `${room.name}（改）` }));
      const sent = await park.upload('evidence', { kind: 'license', title: '新执照', issued_on: '2026-11-01', result: 'pass' }, 'file', pdf('new licence'));
      assert.equal(sent.status, 200, sent.text);
      await must(park.post(`/filing/${filing}/submit`, {}));
      const view = (await county.get(`/filing/${filing}`, { headers: { accept: 'text/html' } })).text;
      const rows = view.match(/<tr class="changed">.*?<\/tr>/gs) ?? [], documents = view.match(/<div class="job changed">.*?<\/div>/gs) ?? [];
      assert.equal(documents.length, 1, 'one document is new');
      assert.match(documents[0], /有改动/);
      assert.equal(rows.length, 1, 'one row of the ledgers is new');
      assert.match(rows[0], /（改）/);
      assert.ok((await county.get(`/filing/${filing}.json`)).body.clocks.find((one) => one.name === 'supplement').stopped);
    });

    test('the export says state, due day and handler; the list is filtered by handler', async () => {
      await must(county.get('/filing.csv'));
      const lines = (await county.get('/filing.csv?state=submitted')).text.split('\r\n'), head = lines[0].split(',');
      for (const column of ['承办人', '状态', '办理期限']) assert.ok(head.includes(column), column);
      const due = (await county.get(`/filing/${filing}.json`)).body.clocks.find((one) => one.name === 'receipt' && !one.stopped).due;
      assert.ok(lines.some((line) => line.includes('演示承办员') && line.includes('待出具回执') && line.endsWith(due)), lines.join('\n'));
      const mine = (await county.get(`/filing.json?handler=${people['kt-handle']}`)).body.data;
      assert.ok(mine.length > 0 && mine.every((one) => one.handler === people['kt-handle']));
      const page = (await county.get('/filing', { headers: { accept: 'text/html' } })).text;
      assert.match(page, /name="handler"[^]*演示审核员/);
      assert.doesNotMatch(/name="handler"[^]*?<\/select>/.exec(page)[0], /消防/, 'only colleagues have cases');
    });

    test('a handover moves what is open, and leaves what was closed with whoever closed it', async () => {
      const all = (await county.get(`/filing.json?handler=${people['kt-handle']}`)).body.data;
      const still = (one) => one.state !== 'filed' || ['pending', 'unfit'].includes(one.content);
      const open = all.filter(still).length, closed = all.find((one) => !still(one));
      assert.ok(open > 0 && closed, 'the demo has both');
      const done = await must(signer.post('/work/transfer', { from: people['kt-handle'], to: people['kt-review'] }));
      assert.equal(done.body.data.moved, open);
      assert.equal((await record(county, 'filing', closed.id)).handler, people['kt-handle']);
      assert.equal((await record(county, 'filing', filing)).handler, people['kt-review']);
      assert.equal((await county.post('/work/transfer', { from: people['kt-handle'], to: people['kt-review'] })).status, 404, 'the head does it');
    });

    test('a colleague who is no deputy returns a case in the own name; what is taken back waits for nobody', async () => {
      await must(county.post(`/filing/${filing}/return`, { missing: ['license'], missing_note: '营业执照不清', new_fact: '重新提交的看不清' }));
      const paper = (await county.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.kind === 'supplement' && one.state === 'prepared');
      assert.equal((await record(county, 'paper', paper.id)).drafted_by, '演示承办员', 'the case is the reviewer’s now, and nobody is away');
      assert.ok((await waits(county, '待机构补正')).includes(filing));
      await must(park.post(`/filing/${filing}/withdraw`, {}));
      assert.ok(!(await waits(county, '待机构补正')).includes(filing));
      assert.ok((await park.get(`/filing/${filing}.json`)).body.clocks.every((one) => one.stopped), 'no clock runs for a draft');
      await must(park.post(`/filing/${filing}/submit`, {}));
    });

    test('who lets it run out is told, the county sees it, and above nobody is late', async () => {
      await must(county.post(`/filing/${filing}/return`, { missing: ['license'], missing_note: '营业执照不清', new_fact: '重新提交的仍看不清' }));
      server.clock(now += 30 * day);
      await again();
      await until(async () => (await park.get('/notices')).body.data.notices.some((one) => /^补正材料.*：/.test(one.text)), 'the institution is not told');
      await until(async () => (await county.get('/notices')).body.data.notices.some((one) => /补正材料.*已逾期/.test(one.text)), 'the county is not told');
      assert.ok((await work(county)).queues.find((one) => one.title === '待机构补正').rows.find((one) => one.id === filing).clock.overdue);
      const city = await signIn(server, 'pl-health');
      assert.ok(!(await work(city)).queues.some((queue) => queue.rows.some((one) => one.task === '补正材料')));
      assert.ok(!(await city.get('/notices')).body.data.notices.some((one) => /补正材料/.test(one.text)));
    });
  });
