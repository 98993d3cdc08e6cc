// 备案书 and 承诺书: printed for signature, and the signed page is one of the documents a filing needs. On both engines.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000;

for (const engine of engines)
  describe(`the signed promise on ${engine}`, () => {
    let server, star, county, fire, other, filing;
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(begin);
      [star, county, fire, other] = await Promise.all(['inst-star', 'kt-handle', 'kt-fire', 'jc-handle'].map((name) => signIn(server, name)));
      filing = (await star.get('/filing.json?state=draft')).body.data[0].id;
    });
    after(() => server?.stop());
    const findings = async () => (await star.get(`/filing/${filing}.json`)).body.findings.filter((one) => one.rule === 'REG-8-PROMISE');
    const printed = async (client) => {
      const answer = await client.get(`/filing/${filing}.pdf`);
      assert.equal(answer.status, 200, answer.text.slice(0, 200));
      writeFileSync(`${server.folder}/filing.pdf`, answer.bytes);
      return execFileSync('pdftotext', ['-layout', `${server.folder}/filing.pdf`, '-'], { encoding: 'utf8' });
    };

    test('without the signed page the filing is not handed in; with it nothing is said', async () => {
      for (const one of (await star.get('/evidence.json')).body.data.filter((row) => row.kind === 'promise'))
        assert.equal((await star.post(`/evidence/${one.id}`, { version: one.version, replaced: true })).status, 200);
      const [finding] = await findings();
      assert.deepEqual([finding.severity, finding.message], ['block', '缺少材料：备案承诺书签章页']);
      assert.match(finding.document, /登记和备案办法/);
      const refused = await star.post(`/filing/${filing}/submit`, {});
      assert.equal(refused.status, 422);
      assert.ok(refused.body.errors.some((one) => one.code === 'REG-8-PROMISE'), refused.text);
      assert.equal((await star.upload('evidence', { kind: 'promise', title: '承诺书', result: 'pass' }, 'file', pdf('signed'))).status, 200);
      assert.deepEqual(await findings(), []);
    });

    test('a family site has its own short list', async () => {
      for (const one of (await star.get('/evidence.json')).body.data.filter((row) => row.kind === 'promise' && !row.replaced))
        assert.equal((await star.post(`/evidence/${one.id}`, { version: one.version, replaced: true })).status, 200);
      assert.equal((await findings()).length, 1);
      assert.equal((await star.post(`/filing/${filing}`, { kind: 'family_site' })).status, 200);
      assert.deepEqual(await findings(), []);
      assert.equal((await star.post(`/filing/${filing}`, { kind: 'nursery' })).status, 200);
      assert.equal((await star.upload('evidence', { kind: 'promise', title: '承诺书', result: 'pass' }, 'file', pdf('signed'))).status, 200);
    });

    test('both print filled in, with the row for signature; who may not see the contact does not get it on paper', async () => {
      const row = (await star.get(`/filing/${filing}.json`)).body.data, words = await printed(star);
      for (const part of ['托育机构备案书', '托育机构备案承诺书', '签字', '备案单位（盖章）', row.institution_name, row.uscc, '对不实的内容承担法律责任'])
        assert.ok(words.replace(/\s+/g, '').includes(part.replace(/\s+/g, '')), part);
      assert.ok(words.includes('联系人'));
      for (const client of [county, fire, other]) assert.equal((await client.get(`/filing/${filing}.pdf`)).status, 404, 'a draft is nobody else’s');
      assert.equal((await star.post(`/filing/${filing}/submit`, {})).status, 200);
      assert.equal((await county.post(`/filing/${filing}/ask_opinions`, {})).status, 200);
      assert.doesNotMatch(await printed(fire), /联系人|身份号码：|联系方式 /);
      assert.match(await printed(county), /联系人/);
    });
  });
