// Who may do what, in both directions: a table written down here beside the duties of the forms, each cell asked of the
// running server; then rows: what belongs to another county or another institution is not there, whatever is asked of it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Client, newAccount, signIn, start } from '../lib/client.mjs';
import { file, matrix, roles } from './matrix.mjs';

describe('permissions', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  test('who may do what is what was reviewed: every route, every role, own rows and others', async () => {
    const lines = (text) => new Map(text.trim().split('\n').map((line) => [line.split(',')[0], line]));
    const [reviewed, found] = [lines(readFileSync(file, 'utf8')), lines(await matrix(server))];
    const differs = [...new Set([...reviewed.keys(), ...found.keys()])].filter((name) => reviewed.get(name) !== found.get(name))
      .map((name) => `${name}\n  reviewed: ${reviewed.get(name) ?? 'no line'}\n  found:    ${found.get(name) ?? 'no such route'}`);
    assert.deepEqual(differs, [], `columns: ${roles.join(' ')}`);
  });

  test('no post of a form that one may not write to writes anything', async () => {
    const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split(','));
    const forms = lines.filter(([name]) => /^\w+$/.test(name));
    for (const [i, role] of roles.entries()) {
      assert.equal(head[i + 1], role);
      const client = role === 'public' ? new Client(server) : await signIn(server, role);
      for (const [form, ...cells] of forms)
        if (!cells[i].includes('c')) {
          const answer = await client.post(`/${form}`, { name: '试', title: '试' });
          assert.ok([401, 403, 404].includes(answer.status), `${role} ${form}: ${answer.status} ${answer.text}`);
        }
    }
  });

  test('what everybody sees of an institution lets nobody act on it, nor see who did', async () => {
    const [ours, county, other] = [await signIn(server, 'inst-sun'), await signIn(server, 'kt-handle'), await signIn(server, 'jc-handle')];
    const mine = (await ours.get('/session')).body.data.institution;
    const strange = (await county.get('/institution.json')).body.data.filter((one) => one.state === 'filed' && one.id !== mine);
    assert.ok(strange.length > 2);
    for (const { id, office } of strange) {
      for (const step of ['suspend', 'resume', 'close', 'cancel'])
        assert.ok([403, 404].includes((await ours.post(`/institution/${id}/${step}`, { settled: true, pause_reason: '试', resume_on: '2027-01-01' })).status), step);
      if (office === 11) assert.ok([403, 404].includes((await other.post(`/institution/${id}/cancel`, {})).status));
      assert.deepEqual((await ours.get(`/institution/${id}.json`)).body.can, []);
      for (const client of [new Client(server), ours]) assert.ok([401, 404].includes((await client.get(`/institution/${id}/history`)).status));
    }
    assert.ok((await ours.get(`/institution/${mine}.json`)).body.can.includes('suspend'), 'and one still acts on the own one');
  });

  test("another county's rows are not there: not read, listed, changed, moved, printed, nor their files or history", async () => {
    const [ours, other] = [await signIn(server, 'kt-handle'), await signIn(server, 'jc-handle')];
    for (const form of ['filing', 'registration', 'legal_person', 'evidence', 'room', 'class_group', 'staff', 'paper']) {
      const rows = (await ours.get(`/${form}.json`)).body.data;
      assert.ok(rows.length > 0, form);
      const theirs = new Set((await other.get(`/${form}.json`)).body.data.map((one) => one.id));
      for (const { id } of rows.slice(0, 3)) {
        assert.ok(!theirs.has(id), `${form} in the list`);
        for (const target of [`/${form}/${id}.json`, `/${form}/${id}/history`, `/${form}/${id}/edit`, `/${form}/${id}.pdf`, `/${form}/${id}/file/file`, `/${form}/${id}/file/scan`])
          assert.equal((await other.get(target)).status, 404, target);
        for (const target of [`/${form}/${id}`, `/${form}/${id}/claim`, `/${form}/${id}/draft_receipt`, `/${form}/${id}/sign`, `/${form}/${id}/unmask/id_number`])
          assert.ok([403, 404].includes((await other.post(target, { purpose: '试' })).status), target);
      }
    }
  });

  test("another institution's rows are not there, and nothing can be made in its name", async () => {
    const [ours, other, county] = [await signIn(server, 'inst-sun'), await signIn(server, 'inst-star'), await signIn(server, 'kt-handle')];
    const mine = (await ours.get('/session')).body.data.institution;
    for (const form of ['filing', 'evidence', 'room', 'class_group', 'staff', 'paper'])
      for (const { id } of (await ours.get(`/${form}.json`)).body.data.slice(0, 2)) {
        assert.equal((await other.get(`/${form}/${id}.json`)).status, 404, form);
        assert.equal((await other.post(`/${form}/${id}`, { name: '改' })).status, 404, form);
      }
    const answer = await other.post('/room', { institution: mine, name: '冒名', zone: ['play'], floor: 1, area_m2: '5' });
    assert.equal(answer.status, 200);
    const made = await county.get(`/room/${answer.body.data.id}.json`);
    assert.notEqual(made.body.data.institution, mine, 'it is the own institution, whatever was sent');
    const filing = (await ours.get('/filing.json')).body.data[0].id;
    assert.ok([403, 404, 422].includes((await other.post('/opinion', { part: filing, department: 'fire' })).status));
  });

  test('a file is reached through its own row only, never by another', async () => {
    const [ours, other] = [await signIn(server, 'inst-sun'), await signIn(server, 'inst-star')];
    const evidence = (await ours.get('/evidence.json')).body.data[0];
    const record = await ours.get(`/evidence/${evidence.id}.json`);
    assert.ok(record.body.data.file, 'the row names its file');
    const stolen = await other.post('/evidence', { kind: 'license', file: record.body.data.file });
    assert.equal(stolen.status, 422, 'a file id that somebody types is no upload');
  });

  test('an officer sees ID numbers and telephones masked; opening one needs a purpose and is noted', async () => {
    const county = await signIn(server, 'kt-handle');
    const person = (await county.get('/staff.json')).body.data[0];
    assert.match(person.id_number, /^620800\*{8}\d{3}[\dX]$/);
    assert.equal((await county.post(`/staff/${person.id}/unmask/id_number`, {})).status, 422);
    const open = await county.post(`/staff/${person.id}/unmask/id_number`, { purpose: '核对身份' });
    assert.match(open.body.data.value, /^620800\d{11}[\dX]$/);
    assert.ok([403, 404].includes((await (await signIn(server, 'pl-health')).post(`/staff/${person.id}/unmask/id_number`, { purpose: '试' })).status), 'the city has no such duty');
  });

  test('a post without the token of the session, or from another site, is refused', async () => {
    const client = await signIn(server, 'inst-sun');
    const token = client.csrf;
    client.csrf = '';
    assert.equal((await client.post('/room', { name: '无令牌' })).status, 403);
    client.csrf = token;
    assert.equal((await client.post('/room', { name: '外站' }, { headers: { origin: 'http://evil.example' } })).status, 403);
  });

  test('leaving the post ends the account the same day; a disabled account cannot sign in', async () => {
    const admin = await signIn(server, 'sysadmin'), security = await signIn(server, 'secadmin');
    const { id: account, password } = await newAccount(server, { login: 'leaver', name: '试验离岗', department: 'health', rank: 'county', home: 11, posts: ['handle'] });
    const person = new Client(server);
    await person.login('leaver', password);
    await person.post('/password', { old: password, new: 'Ligang-2026-ok', again: 'Ligang-2026-ok' });
    const signed = await signIn(server, 'leaver', 'Ligang-2026-ok');
    assert.equal((await signed.get('/work.json')).status, 200);
    const today = new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10);
    assert.equal((await admin.post(`/account/${account}`, { ends: today })).status, 200);
    assert.equal((await signed.get('/work.json')).status, 401, 'the open session ends too');
    await admin.post(`/account/${account}`, { ends: '' });
    assert.equal((await admin.post(`/account/${account}/first_password`, {})).status, 403, 'the system administrator hands out no password');
    assert.equal((await security.post(`/account/${account}/disable`, {})).status, 200);
    assert.equal((await new Client(server).login('leaver', 'Ligang-2026-ok')).status, 422);
  });

  test('five wrong passwords lock an account for fifteen minutes', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await new Client(server).login('kt-police', 'wrong-Password-1')).status, 422);
    assert.equal((await new Client(server).login('kt-police')).status, 429);
  });

  test('an address that signs in all the time has to wait; others do not, and who is signed in goes on', async () => {
    const signed = await signIn(server, 'kt-handle');
    let answer;
    for (let i = 0; i < 150; i++) {
      answer = await new Client(server).login(`nobody-${i}`, 'wrong-Password-1');
      if (answer.status === 429) break;
    }
    assert.equal(answer.status, 429);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.equal((await signed.get('/work.json')).status, 200);
  });
});
