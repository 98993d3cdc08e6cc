// Who a child is: its number says what its cells say, and the two rows of one child are found — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, resident } from '../lib/client.mjs';
import { codes, fields, house, ok, on, record, today } from '../lib/children.mjs';

for (const engine of engines)
  describe(`identity on ${engine}`, () => {
    let all;
    before(async () => { all = await house(engine); });
    after(() => all?.server.stop());
    const born = '2024-06-06', number = resident(921, '20240606'); /* 921: a boy */
    const made = { name: '试验身份', sex: 'male', born, id_kind: 'resident_id', id_number: number };
    const create = (more) => all.head.post('/child', { ...made, ...more });

    test("a resident's number is checked by its digit, birth date and sex; each fault stands at its field", async () => {
      const wrong = number.slice(0, 17) + (number[17] === '1' ? '2' : '1');
      assert.deepEqual(fields(await create({ id_number: wrong })), [['id_number', 'resident_id']]);
      assert.deepEqual(fields(await create({ id_number: '12345' })), [['id_number', 'resident_id']]);
      assert.deepEqual(fields(await create({ born: '2024-06-07' })), [['born', 'id_born']]);
      assert.deepEqual(fields(await create({ sex: 'female' })), [['sex', 'id_sex']]);
      assert.deepEqual(fields(await create({ sex: 'female', born: '2024-06-07' })), [['born', 'id_born'], ['sex', 'id_sex']]);
      assert.deepEqual(fields(await create({ id_kind: 'none' })), [['id_number', 'no_kind']]);
      const said = (await create({ born: '2024-06-07' })).body.errors[0].message;
      assert.match(said, /^出生日期与证件号码不一致/);
      const id = ok(await create({})).data.id;
      for (const [change, fault] of [[{ born: '2024-06-07' }, ['born', 'id_born']], [{ sex: 'female' }, ['sex', 'id_sex']], [{ id_number: resident(920, '20240606') }, ['sex', 'id_sex']]])
        assert.deepEqual(fields(await all.head.post(`/child/${id}`, change)), [fault], `changed: ${JSON.stringify(change)}`);
      ok(await all.head.post(`/child/${id}`, { name: '试验改名' }));
      assert.equal((await all.care.post(`/child/${id}`, { sex: 'female' })).status, 403);
    });

    test('a birth certificate has its own numbers; nobody enters without a number unless there is none', async () => {
      const certificate = await all.child({ born, id_kind: 'birth_certificate', id_number: 'P620012345' });
      ok(await all.step(certificate, 'admit', { entered_on: today }));
      const missing = await all.child({ born, id_number: '' });
      assert.deepEqual(fields(await all.step(missing, 'admit', { entered_on: today })), [['id_number', 'need']]);
      assert.deepEqual(fields(await all.step(missing, 'plan_entry', { entered_on: on(3) })), [['id_number', 'need']]);
      const none = await all.child({ born, id_kind: 'none', id_number: '' });
      ok(await all.step(none, 'admit', { entered_on: today }));
    });

    test('the common double is proposed: a birth certificate first, the number of a resident later', async () => {
      const day = '2024-08-08', name = '试验双份';
      const first = await all.admitted({ born: day, name, sex: 'male', id_kind: 'birth_certificate', id_number: 'P620054321' });
      const second = await all.child({ born: day, name, sex: 'male', id_number: resident(923, '20240808') });
      const namesake = await all.child({ born: day, name: '试验同名', sex: 'male', id_number: resident(925, '20240808') });
      const other = await all.child({ born: day, name: '试验同名', sex: 'male', id_number: resident(927, '20240808') });
      const pairs = async () => ok(await all.head.get('/child/doubles.json')).data.pairs.map((one) => [one.first.id, one.second.id]);
      assert.deepEqual(await pairs(), [[first.id, second.id]], 'two residents of one name and birth date are two children');
      assert.equal((await all.care.get('/child/doubles.json')).status, 404);
      void namesake;
      void other;

      const columns = (await all.head.get('/enrolment/template.csv')).text.replace('\ufeff', '').trim().split(',');
      const cells = { '姓名': name, '性别': '男', '出生日期': day, '证件类型': '居民身份证（户口簿）', '证件号码': resident(929, '20240808'), '监护人姓名': '家长', '与婴幼儿关系': '母亲', '监护人手机': '13800000001', '班级名称': all.classes[0].name, '入托日期': today, '入托体检日期': '2026-11-02', '体检机构名称': '演示县妇幼保健院', '预防接种查验': '按程序完成接种', '服务形式': '全日托', '约定入托日': '周一', '协议起始日': today, '协议截止日': '2027-11-17', '每月保育费': '900' };
      const line = (more) => columns.map((column) => ({ ...cells, ...more })[column.replace('*', '')] ?? '').map((text) => `"${text}"`).join(',');
      const judge = async (more) => ok(await all.head.upload('enrolment/import', {}, 'sheet', Buffer.from(`${columns.join(',')}\r\n${line(more)}\r\n`), '名册.csv', 'text/csv')).data.report;
      assert.deepEqual((await judge({})).faults.map((one) => one.label), ['姓名'], 'a line of the roster');
      assert.deepEqual((await judge({ '姓名': '试验名册', '性别': '女' })).faults.map((one) => one.label), ['性别']);
      assert.deepEqual((await judge({ '姓名': '试验名册', '证件号码': '' })).faults.map((one) => one.label), ['证件号码']);

      assert.equal((await all.head.post('/child/merge', { keep: second.id, drop: first.id })).status, 409, 'who is enrolled is kept');
      const merged = await all.head.post('/child/merge', { keep: first.id, drop: second.id });
      ok(merged);
      assert.equal((await record(all.head, 'child', first.id)).id_kind, 'resident_id', 'with the number of the resident');
      const gone = await record(all.head, 'child', second.id);
      assert.equal(gone.state, 'merged');
      for (const field of ['name', 'born', 'sex', 'id_number', 'id_kind']) assert.equal(gone[field] ?? null, null, `${field} stands in the kept row only`);
      assert.deepEqual(codes(merged), []);
      const history = ok(await all.head.get(`/child/${second.id}/history`)).data.entries;
      assert.ok(history.some((entry) => entry.action === '合并'), 'the journal keeps what it was');
    });
  });
