// The electronic seal beside print–stamp–scan: a signed paper goes to the county's service with a signature and comes back
// sealed; a service that is away is asked again, one that refuses is told to the officer, who uploads a scan. Both engines.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start } from '../lib/client.mjs';

const until = async (done, patience = 15000) => {
  for (const end = Date.now() + patience; Date.now() < end;) {
    if (await done()) return true;
    await new Promise((next) => setTimeout(next, 100));
  }
  return false;
};
const loaded = Date.UTC(2026, 10, 18, 1), minute = 60000;

for (const engine of engines)
  describe(`electronic seal on ${engine}`, () => {
    let server, county, reviewer, signer, service, now = loaded + minute;
    const asked = [];
    let answer = () => ({ code: 200, body: pdf('sealed by service') });
    const must = async (sent) => {
      const got = await sent;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    const paperOf = async (id) => (await county.get(`/paper/${id}.json`)).body.data;
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(now);
      [county, reviewer, signer] = await Promise.all(['kt-handle', 'kt-review', 'kt-sign'].map((name) => signIn(server, name)));
      service = http.createServer((request, reply) => {
        const parts = [];
        request.on('data', (bytes) => parts.push(bytes));
        request.on('end', async () => {
          asked.push({ bytes: Buffer.concat(parts), signature: request.headers['x-tuoyu-signature'], paper: request.headers['x-tuoyu-paper'], type: request.headers['content-type'] });
          const { code, body } = await answer();
          reply.writeHead(code, { 'content-type': 'application/pdf' }).end(body);
        });
      }).listen(0, '127.0.0.1');
      await once(service, 'listening');
      const setting = (await signer.get('/desk_setting.json')).body.data[0];
      await must(signer.post(`/desk_setting/${setting.id}`, { version: setting.version, seal_url: `http://127.0.0.1:${service.address().port}/seal`, seal_secret: 'seal-secret', sign_steps: 2 }));
      assert.ok(!(await signer.get(`/desk_setting/${setting.id}.json`)).text.includes('seal-secret'), 'the secret is masked');
    });
    after(async () => {
      service?.close();
      await server?.stop();
    });
    const filing = async () => (await county.get('/filing.json?state=submitted')).body.data[0].id;
    const signed = async () => {
      const id = await filing();
      await must(county.post(`/filing/${id}/draft_receipt`, {}));
      const paper = (await county.get(`/paper.json?part=${id}`)).body.data.find((one) => one.state === 'prepared').id;
      await must(signer.post(`/paper/${paper}/sign`, {}));
      return paper;
    };

    test('a service that refuses: the officer is told, may ask again or upload a scan', async () => {
      answer = () => ({ code: 400, body: 'no' });
      const paper = await signed();
      assert.ok(await until(async () => (await paperOf(paper)).seal_note), 'told');
      const kept = await paperOf(paper);
      assert.match(kept.seal_note, /未受理，请打印、盖章后上传扫描件/);
      assert.equal(kept.state, 'signed', 'it is not in force');
      assert.ok((await county.get('/notices')).body.data.notices.some((one) => one.text.includes('未能加盖电子印章')));
      answer = () => ({ code: 200, body: Buffer.from('<html>no paper</html>') });
      await must(county.post(`/paper/${paper}/ask_seal`, {}));
      assert.ok(await until(async () => /不是PDF/.test((await paperOf(paper)).seal_note ?? '')), 'what is no PDF is no sealed paper');
      assert.equal((await paperOf(paper)).state, 'signed');
      await must(county.post(`/paper/${paper}/void`, {}));
    });

    test('what comes back sealed after the institution took its filing back counts for nothing', async () => {
      let release;
      const held = new Promise((next) => (release = next)), before = asked.length;
      answer = async () => (await held, { code: 200, body: pdf('sealed by service') });
      const id = await filing(), paper = await signed(), park = await signIn(server, 'inst-park');
      assert.ok(await until(() => asked.length > before), 'asked');
      await must(park.post(`/filing/${id}/withdraw`, {}));
      release();
      await new Promise((next) => setTimeout(next, 1500));
      assert.equal((await paperOf(paper)).state, 'void');
      assert.equal((await park.get(`/filing/${id}.json`)).body.data.state, 'draft');
      await must(park.post(`/filing/${id}/submit`, {}));
    });

    test('the sealed paper comes back: the receipt is out and the clock stops, without a hand', async () => {
      const before = asked.length;
      let first = true;
      answer = () => {
        const reply = first ? { code: 503, body: '' } : { code: 200, body: pdf('sealed by service') };
        first = false;
        return reply;
      };
      const id = await filing(), paper = await signed();
      assert.ok(await until(() => asked.length > before), 'asked');
      assert.equal((await paperOf(paper)).state, 'signed');
      now += 10 * minute;
      server.clock(now); /* the next try is due */
      assert.ok(await until(async () => (await paperOf(paper)).state === 'sealed'), 'sealed after a second try');
      const call = asked.at(-1);
      assert.equal(call.bytes.subarray(0, 5).toString(), '%PDF-');
      assert.match(call.signature, /^[0-9a-f]{64}$/);
      assert.deepEqual([call.paper, call.type], [paper, 'application/pdf']);
      const file = await county.get(`/paper/${paper}/file/scan`);
      assert.ok(file.bytes.equals(pdf('sealed by service')));
      const done = await county.get(`/filing/${id}.json`);
      assert.equal(done.body.data.state, 'filed');
      assert.ok(done.body.clocks.find((one) => one.name === 'receipt' && one.stopped));
      const park = await signIn(server, 'inst-park');
      assert.ok((await park.get('/notices')).body.data.notices.some((one) => one.text.includes('备案回执已出具')));
    });
  });
