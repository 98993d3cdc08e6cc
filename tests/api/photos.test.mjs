// Photos of children: only with a guardian's consent, at the desk and from a tablet; gone when it is withdrawn and when
// their time is over.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start, tuoyu } from '../lib/client.mjs';
import { pairTablet, sha256 } from '../lib/tablet.mjs';

const begin = Date.UTC(2026, 10, 18, 1, 5); /* Wednesday 09:05 in Pingliang */
const dayMs = 86400000, hour = 3600000, today = '2026-11-18';
const point = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
/* every photo is another one: a file is known by its content */
const picture = (words) => Buffer.concat([point, Buffer.from(words)]);
const until = async (met, what) => {
  for (let i = 0; i < 100; i++) {
    if (await met()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
};

for (const engine of engines)
  describe(`photos on ${engine}`, () => {
    let server, head, care, health, county, tablet, children, text, now;
    const people = async () => ([head, care, health, county] = await Promise.all(['inst-sun', 'sun-care', 'sun-health', 'kt-handle'].map((name) => signIn(server, name))));
    const at = async (ms) => {
      server.clock(now = ms);
      await people();
    };
    before(async () => {
      server = await start({ engine, clock: begin - hour });
      server.clock(now = begin);
      await people();
      children = (await head.get('/child.json?state=enrolled&sort=title')).body.data;
      text = (await head.get('/consent_text.json')).body.data.find((one) => one.kind === 'photo').id;
      tablet = await pairTablet(server, head, () => now);
      for (const child of children.slice(0, 12)) await care.make('attendance', { child: child.id, arrived_at: '08:00' });
    });
    after(() => server?.stop());
    const stored = (bytes) => {
      const hex = createHash('sm3').update(bytes).digest('hex');
      return existsSync(path.join(server.data, 'files', hex.slice(0, 2), hex));
    };
    const guardian = async (child) => (await head.get(`/child/${child}.json`)).body.data.guardian[0].id;
    const consent = async (child, more = {}) => head.make('consent', { part: child, how: 'screen', text, given_by: await guardian(child), ...more });
    const add = (form, fields, bytes) => care.upload(form, fields, 'photo', bytes, '照片.png', 'image/png');
    const faults = (answer) => (answer.body.errors ?? []).map((one) => [one.field, one.code]);
    const row = async (form, id) => (await head.get(`/${form}/${id}.json`)).body.data;
    const forms = (child) => [
      ['morning_check', { child, round: 'morning', at: '08:10', symptoms: 'rash', handling: 'watch' }],
      ['observation', { child, kind: 'mood', at: '08:30', result: 'normal' }],
      ['incident', { child, kind: 'fall', severity: 'moderate', happened_at: '08:40', told_at: '08:45', place: 'outdoor', cause: '跌倒', first_aid: '冷敷' }],
    ];
    const send = async (bytes) => {
      const hash = await sha256(bytes);
      assert.equal((await tablet.send('POST', `/tablet/file/${hash}?size=${bytes.length}&at=0`, bytes)).body.data.whole, true);
      return { hash, size: bytes.length };
    };

    test('at the desk: refused at the photo without consent, taken with it; the record without a photo is always taken', async () => {
      const [one, other] = children;
      for (const [form, fields] of forms(one.id)) {
        const refused = await add(form, fields, picture(`${form} 无同意`));
        assert.deepEqual([refused.status, faults(refused)], [422, [['photo', 'no_consent']]], form);
        assert.match(refused.body.errors[0].message, /监护人没有同意/);
      }
      await consent(one.id);
      for (const [form, fields] of forms(one.id)) {
        const made = await add(form, fields, picture(`${form} 同意`));
        assert.equal(made.status, 200, made.text);
        assert.deepEqual((await head.get(`/${form}/${made.body.data.id}/file/photo`)).bytes, picture(`${form} 同意`));
      }
      for (const [form, fields] of forms(other.id)) {
        const id = await care.make(form, fields);
        const later = await care.send('POST', `/${form}/${id}`, { form: Object.entries({ version: '1' }).reduce((body, [key, value]) => (body.append(key, value), body.append('photo', new Blob([picture(form)], { type: 'image/png' }), 'a.png'), body), new FormData()) });
        assert.deepEqual([later.status, faults(later)], [422, [['photo', 'no_consent']]], `${form}: added afterwards`);
      }
    });

    test('a consent counts from its day on', async () => {
      const child = children[2].id, fields = { child, kind: 'mood', at: '08:30', result: 'normal' };
      const ahead = await head.post('/consent', { part: child, how: 'screen', text, given_by: await guardian(child), given_on: '2026-11-19' });
      assert.deepEqual(faults(ahead), [['given_on', 'future_day']]);
      assert.deepEqual(faults(await add('observation', fields, picture('明天'))), [['photo', 'no_consent']]);
      assert.ok(!(await tablet.day()).body.data.children.find((one) => one.id === child).photos);
      await consent(child, { given_on: today });
      assert.deepEqual(faults(await add('observation', { ...fields, day: '2026-11-17', at: '08:30' }, picture('昨天'))), [['photo', 'no_consent']]);
      assert.equal((await add('observation', fields, picture('今天'))).status, 200);
    });

    test('what was refused at the desk does not stay in the store', async () => {
      const refused = picture('observation 无同意');
      assert.ok(stored(refused), 'it is forgotten by a job');
      await at(begin + 2 * hour);
      await until(() => !stored(refused), 'the bytes stay');
      assert.ok(stored(picture('observation 同意')));
    });

    test('the tablet is told whom it may photograph, and hears of a consent at its next look', async () => {
      const child = children[3].id;
      let first, stamp;
      await until(async () => { /* the minute's own work may stand between two looks */
        first = await tablet.day();
        stamp = first.headers.get('etag');
        return (await tablet.day(stamp)).status === 304;
      }, 'a day that does not change');
      const may = (answer) => answer.body.data.children.filter((one) => one.photos).map((one) => one.id).sort();
      assert.deepEqual(may(first), [children[0].id, children[2].id].sort());
      const id = await consent(child);
      const second = await tablet.day(stamp);
      assert.deepEqual([second.status, may(second).includes(child)], [200, true]);
      assert.ok(!/consent|given_by|同意/.test(JSON.stringify(second.body.data.children)), 'a flag, nothing else');
      assert.equal((await head.post(`/consent/${id}/withdraw`, {})).status, 200);
      assert.ok(!may(await tablet.day(second.headers.get('etag'))).includes(child));
      const gate = await pairTablet(server, head, () => now, { covers: 'gate', posts: ['logistics'] });
      assert.ok((await gate.day()).body.data.children.every((one) => !('photos' in one)));
    });

    test('from a tablet: kept for the head, who takes the record without the photo; the photo goes', async () => {
      const bytes = picture('平板'), record = tablet.record('morning_check', { child: children[4].id, round: 'morning', symptoms: ['rash'], handling: 'watch', photo: await send(bytes) });
      const { results } = await tablet.sync([record]);
      assert.deepEqual([results[0].result, results[0].faults.map((one) => [one.field, one.code])], ['todo', [['photo', 'no_consent']]]);
      assert.ok(stored(bytes));
      const [item] = (await head.get('/inbox.json')).body.data.items;
      assert.equal((await head.post('/inbox/take', { id: item.id, reason: '检查属实，照片不留' })).status, 200);
      const [taken] = (await head.get(`/morning_check.json?day=${today}&child=${children[4].id}`)).body.data.filter((one) => one.child === children[4].id);
      assert.deepEqual([taken.result, taken.photo ?? null], ['abnormal', null]);
      await until(() => !stored(bytes), 'the bytes stay');
      const second = picture('不采用'), refused = tablet.record('observation', { child: children[4].id, kind: 'mood', result: 'normal', photo: await send(second) });
      assert.deepEqual(await tablet.outcomes([refused]), ['todo']);
      const [waiting] = (await head.get('/inbox.json')).body.data.items;
      assert.equal((await head.post('/inbox/discard', { id: waiting.id, reason: '重复' })).status, 200);
      await until(() => !stored(second), 'the bytes stay');
      await consent(children[5].id);
      const good = tablet.record('observation', { child: children[5].id, kind: 'mood', result: 'normal', photo: await send(picture('有同意')) });
      assert.deepEqual(await tablet.outcomes([good]), ['row']);
    });

    test('a withdrawn consent takes the photos along, and nothing that a rule asks for', async () => {
      const child = children[6].id, id = await consent(child), given_by = await guardian(child);
      const made = [];
      for (const [form, fields] of forms(child)) made.push([form, (await add(form, fields, picture(`${form} 撤回`))).body.data.id]);
      const order = await care.upload('medicine_order', { child, guardian: given_by, drug: '试验药', reason: '试验', dose: '1', route: 'oral', times_a_day: '1', hours: '11:30', from_day: today, to_day: today }, 'signed_paper', pdf('委托书 撤回'));
      assert.equal(order.status, 200, order.text);
      assert.equal((await head.post(`/consent/${id}/withdraw`, {})).status, 200);
      for (const [form, each] of made) {
        assert.equal((await row(form, each)).photo ?? null, null, form);
        assert.equal((await head.get(`/${form}/${each}/file/photo`)).status, 404);
        await until(() => !stored(picture(`${form} 撤回`)), form);
      }
      assert.equal((await head.get(`/medicine_order/${order.body.data.id}/file/signed_paper`)).status, 200);
      assert.deepEqual(faults(await add('observation', { child, kind: 'mood', result: 'normal' }, picture('撤回后'))), [['photo', 'no_consent']]);
    });

    test('after the city\'s days photos are deleted and the row says so; what an open case needs waits for its end', async () => {
      const [check] = (await head.get(`/morning_check.json?day=${today}&child=${children[0].id}`)).body.data.filter((one) => one.child === children[0].id);
      const [observation] = (await head.get(`/observation.json?day=${today}`)).body.data.filter((one) => one.child === children[2].id);
      const [incident] = (await head.get(`/incident.json?day=${today}`)).body.data.filter((one) => one.child === children[0].id);
      const [ill] = (await head.get('/isolation.json')).body.data.filter((one) => one.child === children[0].id);
      assert.notEqual(ill.state, 'ended', 'the rash is still watched');
      await at(begin + 29 * dayMs);
      await until(async () => (await head.get('/care_day.json?day=2026-12-17')).body.data.length === 1, 'the day opens');
      assert.ok((await row('observation', observation.id)).photo, 'not before its time');
      await at(begin + 31 * dayMs);
      await until(async () => (await row('observation', observation.id)).photo_gone_on, 'it is not deleted');
      const after = await row('observation', observation.id);
      assert.deepEqual([after.photo ?? null, after.photo_gone_on, after.kind], [null, '2026-12-19', 'mood']);
      const page = (await head.get(`/observation/${observation.id}`, { headers: { accept: 'text/html' } })).text;
      assert.match(page, /照片已按期删除/);
      const history = (await head.get(`/observation/${observation.id}/history`)).body.data.entries;
      assert.equal(history[0].action, '照片已按期删除');
      await until(() => !stored(picture('今天')), 'the bytes stay');
      assert.ok((await row('morning_check', check.id)).photo && (await row('incident', incident.id)).photo, 'the illness and the report are still open');
      const [report] = (await row('incident', incident.id)).incident_report;
      assert.equal((await health.post(`/incident_report/${report.id}/report`, { reported_to: ['health'], how: '电话' })).status, 200);
      assert.equal((await county.post(`/incident_report/${report.id}/close`, { outcome: '已核实' })).status, 200);
      await at(begin + 32 * dayMs);
      await until(async () => (await row('incident', incident.id)).photo_gone_on, 'the case has ended');
    });

    test('an edition that is over: the tablet is told what the server will say', async () => {
      const may = async () => (await tablet.day()).body.data.children.filter((one) => one.photos).length;
      assert.ok((await may()) > 0, 'those who consented');
      const ended = await county.post(`/consent_text/${text}`, { until_day: '2026-12-01', version: (await county.get(`/consent_text/${text}.json`)).body.data.version });
      assert.equal(ended.status, 200, ended.text);
      assert.equal(await may(), 0);
      const refused = await add('observation', { child: children[0].id, kind: 'mood', result: 'normal' }, picture('版本已停用'));
      assert.deepEqual([refused.status, faults(refused)], [422, [['photo', 'no_consent']]]);
    });

    test('the journal is whole', async () => {
      await server.halt();
      const checked = tuoyu(['doctor', '--data', server.data, ...server.where]);
      const verified = tuoyu(['audit', 'verify', '--data', server.data, ...server.where]);
      await server.serve();
      assert.match(checked.stdout + checked.stderr, /统计单元.*一致/);
      assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    });
  });
