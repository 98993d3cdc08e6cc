// What the authorities and the city look at: yearly reports due and received, disclosure items, figures that open to their
// formula and rows, the national system's copy page, words of the public pages, the first reading of a paper. Both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, pdf, signIn, start } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1);

for (const engine of engines)
  describe(`counted and looked at on ${engine}`, () => {
    let server, market, civil, county, city, head, sun, nobody;
    const must = async (sent) => {
      const got = await sent;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(loaded + 60000);
      [market, civil, county, city, head, sun] = await Promise.all(['kt-market', 'kt-civil', 'kt-handle', 'pl-health', 'kt-sign', 'inst-sun'].map((name) => signIn(server, name)));
      nobody = new Client(server);
    });
    after(() => server?.stop());

    test('yearly reports: who owes one, who is late, and marked as received once', async () => {
      const push = { uscc: '91620802MA0T0001XX' };
      assert.equal((await market.post('/registration', push)).status, 422);
      const before = (await market.get('/authority.json')).body.data;
      assert.deepEqual([before.reports[0].due, before.reports[0].year], ['2027-06-30', 2026]);
      assert.deepEqual([before.past[0].due, before.past[0].year, before.past[0].overdue], ['2026-06-30', 2025, true]);
      assert.deepEqual(before.past[0].missing, [], 'nobody was registered before 2026');
      const missing = before.reports[0].missing;
      assert.ok(missing.length > 3 && before.reports[0].owing === missing.length);
      await must(market.post('/annual_report', { legal_person: missing[0].id, kind: 'enterprise', year: 2026 }));
      const twice = await market.post('/annual_report', { legal_person: missing[0].id, kind: 'enterprise', year: 2026 });
      assert.equal(twice.status, 409, twice.text);
      const after = (await market.get('/authority.json')).body.data.reports[0];
      assert.deepEqual([after.received, after.missing.length], [1, missing.length - 1]);
      assert.deepEqual((await civil.get('/authority.json')).body.data.reports.map((one) => [one.due, one.received]), [['2027-03-31', 0], ['2027-05-31', 0]], 'the other authority has its own');
      assert.equal((await county.post('/annual_report', { legal_person: missing[0].id, kind: 'enterprise', year: 2025 })).status, 403);
    });

    test('institutions whose disclosure items are missing or stale stand on the authority’s page', async () => {
      const lines = async () => (await market.get('/authority.json')).body.data.disclosures;
      const line = (await lines()).find((one) => one.name === '平凉演示小太阳托育中心');
      assert.ok(line.n >= 2, 'care, diet, health and security are missing');
      await sun.make('disclosure', { item: 'diet', content: '每周食谱' });
      assert.equal((await lines()).find((one) => one.name === '平凉演示小太阳托育中心').n, line.n - 1);
      assert.ok((await lines()).every((one) => !one.name.includes('幼儿园')), 'of the own register only');
    });

    test('each figure opens to its formula and exactly the rows it counts', async () => {
      const cockpit = (await city.get('/cockpit.json')).body.data;
      for (const figure of cockpit.figures) {
        const opened = (await must(city.get(figure.rows_url.replace('?', '.json?').replace(/^([^.?]*)$/, '$1.json')))).body.data;
        assert.equal(opened.text, figure.text, figure.label);
        assert.equal(opened.formula, figure.formula);
        assert.equal(opened.parts.length, figure.denominator === undefined ? 1 : 2, figure.label);
      }
      const filed = (await city.get('/figure/IND-FILED.json')).body.data.parts[0];
      assert.equal(filed.rows.length, filed.n);
      const places = (await city.get('/figure/IND-PLACES.json')).body.data.parts[0];
      let sum = 0;
      for (const row of places.rows) sum += (await city.get(`/institution/${row.id}.json`)).body.data.places;
      assert.equal(sum, places.n, 'the sum of the rows is the figure');
      const one = (await city.get('/figure/IND-FILED.json?area=620821')).body.data.parts[0];
      assert.ok(one.rows.length === one.n && one.n < filed.n, 'a county alone');
      assert.equal((await city.get('/figure/NO-SUCH.json')).status, 404);
      assert.equal((await county.get('/figure/IND-FILED.json')).body.data.parts[0].rows.length, (await county.get('/cockpit.json')).body.data.figures[0].value, 'a county sees its own');
    });

    test('places per thousand residents say 待录入 until the population is entered', async () => {
      const figure = async () => (await county.get('/figure/IND-PER-1000.json?area=620802')).body.data;
      const empty = await figure();
      assert.deepEqual([empty.text, empty.value, empty.parts[1].empty], ['待录入', null, '还没有录入常住人口，指标显示“待录入”']);
      await must(county.post('/population', { place: '620802', year: 2025, residents: 500000, source: '试验统计公报' }));
      const full = await figure();
      assert.equal(full.text, `${((full.numerator * 1000) / 500000).toFixed(2)}`);
      assert.equal(full.parts[1].rows.length, 1);
    });

    test('of several counties they are known when each has entered its own; townships have theirs', async () => {
      const whole = async () => (await city.get('/figure/IND-PER-1000.json')).body.data;
      assert.deepEqual([(await whole()).text, (await whole()).value], ['待录入（6县未录入）', null], 'one county is not the city');
      assert.equal((await city.get('/cockpit.json')).body.data.figures.find((one) => one.id === 'IND-PER-1000').text, '待录入（6县未录入）');
      for (const place of ['620821', '620822', '620823', '620825', '620826', '620881']) await must(city.post('/population', { place, year: 2025, residents: 100000, source: '试验统计公报' }));
      const full = await whole();
      assert.deepEqual([full.denominator, full.text], [1100000, ((full.numerator * 1000) / 1100000).toFixed(2)]);
      const cell = async () => (await county.get('/cockpit.json?area=620802')).body.data.rows.find((one) => one.code === '620802001').cells.find((one) => one.label === '每千人口托位数');
      assert.equal((await cell()).text, '待录入');
      await must(county.post('/population', { place: '620802001', year: 2025, residents: 20000, source: '试验统计公报' }));
      const town = await cell();
      assert.equal(town.text, ((town.numerator * 1000) / 20000).toFixed(2));
      assert.equal((await county.get(town.rows_url.replace('?', '.json?'))).body.data.text, town.text);
      assert.equal((await whole()).denominator, 1100000, 'a township is part of its county');
    });

    test('each line of a split opens to exactly its rows', async () => {
      for (const url of ['/cockpit.json', '/cockpit.json?area=620802'])
        for (const split of (await city.get(url)).body.data.splits)
          for (const row of split.rows) {
            const opened = (await must(city.get(row.rows_url.replace('?', '.json?')))).body.data;
            assert.deepEqual([opened.parts[0].n, opened.parts[0].rows.length], [row.n, row.n], `${split.title} ${row.label}`);
            assert.ok(opened.label.includes(row.label), opened.label);
          }
      assert.equal((await city.get('/figure/IND-FILED.json?by=receipts_due&code=x')).status, 404);
    });

    test('the copy page has the filing field by field, in order, with what is masked still masked', async () => {
      const filing = (await county.get('/filing.json?state=filed')).body.data[0];
      const copy = (await must(county.get(`/national_copy/${filing.id}.json`))).body.data;
      assert.deepEqual(copy.lines.slice(0, 3).map((one) => one.label), ['机构名称', '登记号（统一社会信用代码）', '登记机关']);
      assert.equal(copy.lines[0].value, filing.institution_name);
      assert.match(copy.lines.find((one) => one.label === '负责人公民身份号码').value, /^620800\*+/);
      const page = await county.get(`/national_copy/${filing.id}`, { headers: { accept: 'text/html' } });
      assert.ok(page.text.includes(`data-copy="${filing.institution_name}"`));
      assert.ok(page.text.includes('填回编号和日期'));
      assert.equal((await sun.get(`/national_copy/${filing.id}.json`)).status, 404);
      assert.equal((await signIn(server, 'jc-handle').then((other) => other.get(`/national_copy/${filing.id}.json`))).status, 404);
    });

    test('a national list is judged before it is written: what differs is shown, line by line', async () => {
      const site = (await sun.get('/institution.json')).body.data.find((one) => one.name === '平凉演示小太阳托育中心');
      const other = (await city.get('/institution.json?area=620821')).body.data.find((one) => one.state === 'filed');
      const sheet = `统一社会信用代码,机构名称,地址,托位,国家系统备案编号\n${site.uscc},${site.name},演示路1号,50,GJ-9\n${other.uscc},${other.name},,,GJ-8\n91620802MA0T9909XX,坏码托育,,,GJ-7\n`;
      const judged = await county.upload('national_record/import', {}, 'sheet', Buffer.from(sheet), '国家系统.csv', 'text/csv');
      assert.equal(judged.status, 200, judged.text);
      const { report } = judged.body.data;
      assert.deepEqual([report.good, report.bad], [2, 1]);
      assert.deepEqual(report.notes.map((one) => [one.row, one.message]), [[2, '备案托位：本系统“45”，国家系统“50”'], [3, '该机构在其他县（市、区）备案']]);
      assert.equal((await county.get(`/institution/${site.id}.json`)).body.data.national_number, null, 'nothing is written yet');
      await must(county.post('/national_record/import', { known_file: report.file, write: '1' }));
      assert.equal((await county.get(`/institution/${site.id}.json`)).body.data.national_number, 'GJ-9');
      assert.ok((await county.get('/national.json')).body.data.differs.some((one) => one.note.includes('国家系统“50”')));
      const there = await signIn(server, 'jc-handle');
      assert.equal((await there.get(`/institution/${other.id}.json`)).body.data.national_number, null, 'no county writes into another');
    });

    test('the words of public pages are set by the city, and by a county for its institutions', async () => {
      const site = (await sun.get('/session')).body.data.institution;
      assert.match((await nobody.get('/register.json')).body.data.words, /备案不是行政许可/);
      const row = (await city.get('/standard.json?q=CFG-FILING-WORDS')).body.data[0];
      await must(city.post(`/standard/${row.id}`, { version: row.version, note: '备案不是行政许可。请家长实地察看。' }));
      assert.equal((await nobody.get('/register.json')).body.data.words, '备案不是行政许可。请家长实地察看。');
      const setting = (await head.get('/desk_setting.json')).body.data[0];
      await must(head.post(`/desk_setting/${setting.id}`, { version: setting.version, disclaimer: '备案不是行政许可（崆峒区）。' }));
      assert.equal((await nobody.get(`/register/${site}.json`)).body.data.words, '备案不是行政许可（崆峒区）。');
      const page = await nobody.get(`/register/${site}`, { headers: { accept: 'text/html' } });
      assert.ok(page.text.includes('备案不是行政许可（崆峒区）。'));
    });

    test('the map’s approval number stands under the public map once it is entered', async () => {
      const page = async () => (await nobody.get('/register', { headers: { accept: 'text/html' } })).text;
      assert.ok(!(await page()).includes('审图号'));
      const row = (await city.get('/standard.json?q=CFG-MAP-APPROVAL')).body.data[0];
      await must(city.post(`/standard/${row.id}`, { version: row.version, document_no: '甘S（2026）001号' }));
      assert.ok((await page()).includes('审图号：甘S（2026）001号'));
    });

    test('a day off that the city enters moves the open clocks, at once', async () => {
      const filing = (await county.get('/filing.json?state=submitted')).body.data[0].id;
      const due = async () => (await county.get(`/filing/${filing}.json`)).body.clocks.find((one) => one.name === 'content').due;
      const before = await due();
      await must(city.post('/calendar_day', { date: '2026-11-20', works: false, name: '试验放假' }));
      for (let i = 0; i < 100 && (await due()) === before; i++) await new Promise((next) => setTimeout(next, 50));
      assert.ok((await due()) > before, `${await due()} after ${before}`);
    });

    test('the first reading of a paper by its institution is recorded, once', async () => {
      const paper = (await sun.get('/paper.json')).body.data[0].id;
      const read = async () => (await county.get(`/paper/${paper}.json`)).body.data.read_at;
      assert.equal(await read(), null);
      await must(sun.get(`/paper/${paper}.json`));
      for (let i = 0; i < 50 && (await read()) === null; i++) await new Promise((next) => setTimeout(next, 50));
      const first = await read();
      assert.ok(first);
      server.clock(loaded + 120000);
      await must(sun.get(`/paper/${paper}.json`));
      assert.equal(await read(), first);
    });

    test('open data are CSV and JSON with the same institutions and no person', async () => {
      const json = (await nobody.get('/open/institutions.json')).body.data, csv = await nobody.get('/open/institutions.csv');
      assert.equal(csv.status, 200, csv.text);
      assert.match(csv.headers.get('content-type'), /csv/);
      for (const one of json) assert.ok(csv.text.includes(one.name), one.name);
      assert.doesNotMatch(csv.text + JSON.stringify(json), /演示负责人|演示联系人|620800\d{11}/);
    });

    test('a receipt is in time when the last round was answered in time: withdrawn ones are no answers, overdue ones count', async () => {
      const park = await signIn(server, 'inst-park'), filing = (await park.get('/filing.json?state=submitted')).body.data[0].id;
      const counted = async (client) => (await client.get('/figure/IND-IN-TIME.json?area=620802')).body.data.parts.map((part) => part.rows.some((one) => one.id === filing));
      await must(park.post(`/filing/${filing}/withdraw`, {}));
      assert.deepEqual(await counted(county), [false, false], 'withdrawn is not answered');
      assert.ok((await park.get(`/filing/${filing}.json`)).body.clocks.some((one) => one.name === 'receipt' && one.text === '不再计时'));
      await must(park.post(`/filing/${filing}/submit`, {}));
      assert.deepEqual(await counted(county), [false, false], 'not due yet');
      server.clock(loaded + 42 * 24 * 3600000);
      const [handler, reviewer, signer] = await Promise.all(['kt-handle', 'kt-review', 'kt-sign'].map((name) => signIn(server, name)));
      assert.deepEqual(await counted(handler), [false, true], 'overdue and unanswered counts');
      await must(handler.post(`/filing/${filing}/draft_receipt`, {}));
      const paper = (await handler.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.state === 'prepared').id;
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      await must(signer.post(`/paper/${paper}/sign`, {}));
      await must(handler.upload(`paper/${paper}/seal`, {}, 'scan', pdf(), '盖章件.pdf'));
      assert.deepEqual(await counted(handler), [false, true], 'sealed late stays late');
    });
  });

for (const engine of engines)
  test(`what is overdue stands on the city’s desk, county by county, on ${engine}; who has not filed is not the county’s delay`, async () => {
    const server = await start({ engine, clock: loaded });
    try {
      const work = async (login) => (await (await signIn(server, login)).get('/work.json')).body.data;
      server.clock(Date.UTC(2026, 10, 20, 1));
      const late = (await work('kt-handle')).queues.find((one) => one.title === '已登记未提交备案').rows;
      assert.ok(late.some((one) => one.clock.overdue), 'an institution is late');
      assert.ok((await work('pl-health')).queues.every((one) => one.title !== '崆峒区：已逾期'));
      server.clock(Date.UTC(2026, 11, 1, 1));
      const after = await work('pl-health'), kongtong = after.queues.find((one) => one.title === '崆峒区：已逾期');
      assert.ok(kongtong.rows.length > 0 && kongtong.rows.every((one) => one.clock.overdue));
      assert.ok(kongtong.rows.every((one) => !one.claim_url && !one.pick && one.task !== '登记后备案'), 'and nothing to take');
      assert.ok(!after.queues.some((one) => one.rows.length === 0), 'a county without overdue work is not listed');
      assert.equal(after.counts.find((one) => one.label === '已逾期').n, after.queues.reduce((sum, one) => sum + one.rows.length, 0));
    } finally {
      await server.stop();
    }
  });
