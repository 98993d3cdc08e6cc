// What answers a filing stays true to what was filed: papers, verdicts and clocks when the content is handed in anew, the
// one list of what is missing, delivery, and the county's own settings. Both engines; each test asks who may not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { beside, Client, engines, pdf, signIn, start, until } from '../lib/client.mjs';

const day = 86400000, begin = Date.UTC(2026, 10, 18, 1); /* a Wednesday, 9 o'clock in Pingliang */

for (const engine of engines) {
  describe(`answers to a filing on ${engine}`, () => {
    let server, county, reviewer, signer, park, star, other, now = begin;
    const nobody = () => new Client(server);
    const at = async (ms) => {
      now = ms;
      server.clock(now);
      [county, reviewer, signer, park, star, other] = await Promise.all(['kt-handle', 'kt-review', 'kt-sign', 'inst-park', 'inst-star', 'jc-handle'].map((name) => signIn(server, name)));
    };
    before(async () => {
      server = await start({ engine, clock: begin });
      await at(begin);
    });
    after(() => server?.stop());

    const must = async (sent) => {
      const got = await sent;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    const filingOf = async (head) => (await head.get('/filing.json')).body.data[0].id;
    const seen = async (id) => (await county.get(`/filing/${id}.json`)).body;
    const paperOf = async (filing, kind) => (await county.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.kind === kind);
    const state = async (paper) => (await county.get(`/paper/${paper}.json`)).body.data.state;
    const signed = async (filing, kind, input = {}) => {
      await must(county.post(`/filing/${filing}/draft_${kind}`, input));
      const paper = (await paperOf(filing, kind)).id;
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      await must(signer.post(`/paper/${paper}/sign`, {}));
      return paper;
    };
    const seal = (paper, client = county) => client.upload(`paper/${paper}/seal`, {}, 'scan', pdf('sealed'));
    const change = async (head, filing, fields) => must(head.post(`/filing/${filing}`, { version: (await head.get(`/filing/${filing}.json`)).body.data.version, ...fields }));
    const running = async (filing) => (await seen(filing)).clocks.filter((one) => !one.stopped).map((one) => one.name).sort();

    test('a paper about what was taken back is void: no seal makes it a receipt over other content', async () => {
      const filing = await filingOf(park), paper = await signed(filing, 'receipt');
      for (const stranger of [county, star, other]) assert.ok([403, 404].includes((await stranger.post(`/filing/${filing}/withdraw`, {})).status));
      assert.equal(await state(paper), 'signed', 'nothing is void before');
      const site = (await park.get('/session')).body.data.institution;
      const registered = async () => (await county.get(`/institution/${site}.json`)).body.clocks.map((one) => [one.name, one.stopped ?? false]);
      assert.deepEqual(await registered(), [['file', true]]);
      const { due } = (await county.get(`/institution/${site}.json`)).body.clocks[0];
      await must(park.post(`/filing/${filing}/withdraw`, {}));
      assert.equal(await state(paper), 'void');
      assert.deepEqual(await registered(), [['file', false]], 'taken back, the days to file run on');
      assert.deepEqual([due, (await county.get(`/institution/${site}.json`)).body.clocks[0].due], ['2026-11-23', '2026-11-26'], 'as many as were left when it was handed in');
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => /撤回备案，尚未用印的公文作废/.test(one.text)), 'the county is told');
      await change(park, filing, { capacity: 400, address: '别处1号' });
      await must(park.post(`/filing/${filing}/submit`, {}));
      assert.equal((await seal(paper)).status, 409, 'the old paper cannot be sealed');
      assert.equal((await seen(filing)).data.state, 'submitted');
      const anew = await signed(filing, 'receipt');
      assert.ok([403, 404].includes((await seal(anew, park)).status), 'nor does the institution seal');
      await must(seal(anew));
      assert.equal((await seen(filing)).data.state, 'filed');
    });

    test('a return voids what was drafted as well', async () => {
      const filing = await filingOf(star);
      await must(star.post(`/filing/${filing}/submit`, {}));
      const paper = await signed(filing, 'receipt');
      await must(county.post(`/filing/${filing}/return`, { missing: ['hygiene_report'], missing_note: '缺少盖章页' }));
      assert.equal(await state(paper), 'void');
      await must(star.post(`/filing/${filing}/submit`, {}));
      assert.equal((await seal(paper)).status, 409);
      assert.equal((await seen(filing)).data.state, 'submitted');
    });

    test('what was said of other content is not said of this one: the verdict is open again', async () => {
      const filing = await filingOf(star);
      await must(county.post(`/filing/${filing}/content_fits`, {}));
      assert.deepEqual(await running(filing), ['receipt']);
      await must(star.post(`/filing/${filing}/withdraw`, {}));
      await change(star, filing, { capacity: 28 });
      await must(star.post(`/filing/${filing}/submit`, {}));
      assert.equal((await seen(filing)).data.content, 'pending');
      assert.deepEqual(await running(filing), ['content', 'receipt'], 'both clocks run');
      for (const stranger of [star, other]) assert.ok([403, 404].includes((await stranger.post(`/filing/${filing}/content_fits`, {})).status));
      await must(county.post(`/filing/${filing}/content_fits`, {}));
      assert.deepEqual(await running(filing), ['receipt'], 'and can be stopped');
    });

    test('what a visit finds later leads to the notice, whatever was said before; once mended, again', async () => {
      const filing = await filingOf(star), paper = await signed(filing, 'unfit', { unfit_reason: '一间活动室在地下。' });
      assert.equal((await county.post(`/filing/${filing}/draft_unfit`, { unfit_reason: '再来一份' })).status, 403, 'one is under way');
      await must(seal(paper));
      assert.equal((await seen(filing)).data.content, 'unfit');
      assert.equal((await county.post(`/filing/${filing}/draft_unfit`, { unfit_reason: '再来一份' })).status, 403, 'it is published');
      assert.equal((await seen(filing)).data.state, 'submitted', 'the receipt does not wait for it');
      const published = async () => (await nobody().get('/unfit.json')).body.data.rows.filter((one) => one.name.includes('星星'));
      assert.equal((await nobody().get('/register.json?q=星星')).body.data.rows.length, 0, 'it has no receipt and is in no register');
      assert.deepEqual((await published()).map((one) => [one.unfit_since, one.unfit_reason]), [['2026-11-18', '一间活动室在地下。']]);
      const page = await nobody().get('/unfit', { headers: { accept: 'text/html' } });
      assert.match(page.text, /一间活动室在地下。/);
      assert.match((await nobody().get('/register', { headers: { accept: 'text/html' } })).text, /href="\/unfit"/);
      for (const hidden of ['演示联系人', '8000000', '演示负责人']) assert.ok(!page.text.includes(hidden), hidden);
      await must(star.post(`/filing/${filing}/withdraw`, {}));
      await must(star.post(`/filing/${filing}/submit`, {}));
      const open = (await seen(filing)).data;
      assert.deepEqual([open.content, open.unfit_reason ?? null], ['pending', null]);
      const fits = await county.post(`/filing/${filing}/content_fits`, {});
      assert.deepEqual([fits.status, /已改正/.test(fits.text)], [403, true], 'what is published ends by 已改正');
      assert.equal((await published()).length, 1, 'it stands until then');
      assert.ok([403, 404].includes((await star.post(`/filing/${filing}/mended`, {})).status));
      await must(county.post(`/filing/${filing}/mended`, {}));
      assert.equal((await seen(filing)).data.content, 'mended');
      assert.deepEqual(await running(filing), ['receipt']);
      assert.equal((await published()).length, 0);
      const again = await signed(filing, 'unfit', { unfit_reason: '又发现一间。' });
      await must(seal(again));
      assert.equal((await seen(filing)).data.content, 'unfit');
      await must(county.post(`/filing/${filing}/mended`, {}));
    });

    const back = (filing, missing, more = {}, client = county) => client.post(`/filing/${filing}/return`, { missing, missing_note: '请补正', ...more });
    const refusedOnce = async (sent) => {
      const got = await sent;
      assert.deepEqual([got.status, got.body.errors?.[0]?.code], [422, 'named_once'], got.text);
    };
    const submit = (filing) => must(star.post(`/filing/${filing}/submit`, {}));

    test('a document that has come anew is not named again without a new fact, and each return needs its own', async () => {
      const filing = await filingOf(star);
      await at(now + day / 24);
      assert.equal((await star.upload('evidence', { kind: 'hygiene_report', title: '新报告', issued_on: '2026-11-18', result: 'pass' }, 'file', pdf('new'))).status, 200);
      await refusedOnce(back(filing, ['hygiene_report']));
      for (const stranger of [star, other]) assert.ok([403, 404].includes((await back(filing, ['hygiene_report'], { new_fact: '印章不清' }, stranger)).status));
      await must(back(filing, ['hygiene_report'], { new_fact: '印章不清' }));
      await submit(filing);
      assert.equal((await seen(filing)).data.new_fact ?? null, null, 'the new fact was of that return');
      await refusedOnce(back(filing, ['license', 'fire_proof', 'premises']));
      await must(back(filing, ['hygiene_report']), 'what is as it was may be named again');
      await submit(filing);
    });

    test('what is missing is told on a paper with a number, by the handler alone or by the steps that are set', async () => {
      const filing = await filingOf(star), head = await signIn(server, 'kt-sign');
      await must(back(filing, ['hygiene_report']));
      const paper = await paperOf(filing, 'supplement');
      assert.deepEqual([paper.state, paper.number ?? null], ['prepared', null]);
      assert.match(paper.reason, /卫生评价报告[^]*请补正/);
      for (const stranger of [star, other]) assert.ok([403, 404].includes((await stranger.post(`/paper/${paper.id}/sign`, {})).status));
      await must(county.post(`/paper/${paper.id}/sign`, {}));
      assert.equal((await star.get(`/paper/${paper.id}.json`)).status, 404, 'not before it is sealed');
      await must(seal(paper.id));
      assert.match((await county.get(`/paper/${paper.id}.json`)).body.data.number, /^崆卫托备演示〔2026〕\d+号$/);
      assert.equal((await seen(filing)).data.state, 'returned', 'the filing waits for the documents');
      await must(star.get(`/paper/${paper.id}.json`));
      assert.ok((await star.get('/notices')).body.data.notices.some((one) => /补齐材料告知书已用印/.test(one.text)));
      assert.equal((await star.get(`/paper/${paper.id}.pdf`)).bytes.subarray(0, 5).toString(), '%PDF-');
      beside(server, `update filing set content = 'unfit' where id = ${filing}`);
      await must(county.post(`/paper/${paper.id}/revoke`, { void_reason: '清单有误' }));
      assert.equal((await seen(filing)).data.content, 'unfit', 'what was said of the content does not hang on this paper');
      await submit(filing);
      const setting = (await head.get('/desk_setting.json')).body.data[0];
      await must(head.post(`/desk_setting/${setting.id}`, { version: setting.version, supplement_steps: 3 }));
      await must(back(filing, ['hygiene_report']));
      const next = (await paperOf(filing, 'supplement')).id;
      assert.notEqual(next, paper.id);
      assert.equal((await county.post(`/paper/${next}/sign`, {})).status, 403, 'three steps are set');
      await must(reviewer.post(`/paper/${next}/review`, {}));
      await must(signer.post(`/paper/${next}/sign`, {}));
      await submit(filing);
    });

    test('when the days of the receipt are over, nothing sets the clocks anew: receipt or notice', async () => {
      const filing = await filingOf(star);
      await at(Date.UTC(2026, 10, 25, 1)); /* the fifth working day */
      assert.ok((await seen(filing)).can.includes('return'), 'the last day is one');
      await at(Date.UTC(2026, 11, 4, 1)); /* the twelfth */
      assert.ok(!(await seen(filing)).can.includes('return'));
      const late = await back(filing, ['hygiene_report']);
      assert.deepEqual([late.status, /时限已于2026-11-25到期/.test(late.text)], [403, true], late.text);
      assert.deepEqual(await running(filing), ['content', 'receipt']);
      await must(county.post(`/filing/${filing}/draft_receipt`, {}));
    });

    const receipt = async (filing) => (await county.get(`/paper.json?part=${filing}`)).body.data.find((one) => one.kind === 'receipt' && one.state !== 'void').id;
    const data = async (paper) => (await county.get(`/paper/${paper}.json`)).body.data;
    const deliver = (paper, fields, client = county) => client.post(`/paper/${paper}/deliver`, { delivered_how: 'post', ...fields });

    test('the first download is a first reading, by the institution only', async () => {
      const paper = await receipt(await filingOf(park));
      assert.equal((await county.get(`/paper/${paper}/file/scan`)).status, 200);
      assert.ok([403, 404].includes((await star.get(`/paper/${paper}/file/scan`)).status));
      assert.equal((await data(paper)).read_at ?? null, null, 'nobody of the institution has opened it');
      assert.equal((await park.get(`/paper/${paper}/file/scan`)).status, 200);
      const first = await until(async () => (await data(paper)).read_at, 'the download is noted');
      await at(now + day / 24);
      assert.equal((await park.get(`/paper/${paper}.json`)).status, 200);
      assert.equal((await data(paper)).read_at, first, 'the first one stays');
    });

    test('the print is a first reading too', async () => {
      const filing = await filingOf(star), paper = await receipt(filing);
      await must(reviewer.post(`/paper/${paper}/review`, {}));
      await must(signer.post(`/paper/${paper}/sign`, {}));
      await must(seal(paper));
      assert.equal((await county.get(`/paper/${paper}.pdf`)).status, 200);
      assert.equal((await data(paper)).read_at ?? null, null);
      assert.equal((await star.get(`/paper/${paper}.pdf`)).status, 200);
      await until(async () => (await data(paper)).read_at, 'the print is noted');
    });

    test('a paper is delivered on the day it was: said by the county, today unless said, never ahead or before the seal', async () => {
      const paper = await receipt(await filingOf(star)), sealed = (await data(paper)).sealed_on;
      await at(now + 5 * day);
      for (const [delivered_on, code] of [['2099-01-01', 'future_day'], ['2026-11-01', 'before_seal']]) {
        const got = await deliver(paper, { delivered_on });
        assert.deepEqual([got.status, got.body.errors[0].field, got.body.errors[0].code], [422, 'delivered_on', code], got.text);
      }
      for (const stranger of [star, other]) assert.ok([403, 404].includes((await deliver(paper, {}, stranger)).status));
      await must(deliver(paper, { delivered_on: sealed }));
      assert.deepEqual([(await data(paper)).delivered_on, (await data(paper)).delivered_how], [sealed, 'post']);
      const answered = await receipt(await filingOf(park));
      await must(park.post(`/paper/${answered}/read`, {}));
      const got = await data(answered);
      assert.deepEqual([got.state, got.delivered_on, got.delivered_how], ['delivered', new Date(now + 8 * 3600000).toISOString().slice(0, 10), 'online']);
      await must(star.post(`/paper/${paper}/read`, {}));
      assert.equal((await data(paper)).delivered_on, sealed, 'what the county said stays');
    });

    test('an office has one setting, and its numbers differ', async () => {
      const setting = (await signer.get('/desk_setting.json')).body.data[0];
      const without = await signer.post(`/desk_setting/${setting.id}`, { version: setting.version, number_pattern: '没有号' });
      assert.deepEqual([without.status, without.body.errors[0].field], [422, 'number_pattern'], without.text);
      const second = { number_pattern: '又〔{年}〕{号}号', sign_steps: 1, issuer: '另一个落款' };
      assert.equal((await signer.post('/desk_setting', second)).status, 409);
      assert.ok([403, 404].includes((await county.post('/desk_setting', second)).status));
      assert.equal((await signer.get('/desk_setting.json')).body.data.filter((one) => one.office === setting.office).length, 1);
      await must(signer.post(`/desk_setting/${setting.id}`, { version: setting.version, number_pattern: '崆卫〔{年}〕{号}号' }));
      assert.throws(() => beside(server, `insert into desk_setting (office, id, version, created_at, created_by, changed_at, changed_by, of_office, issuer) select office, id + 1, 1, 0, 0, 0, 0, of_office, '另' from desk_setting where id = ${setting.id}`), /unique|duplicate/i, 'two at the same moment neither');
    });
  });
}
