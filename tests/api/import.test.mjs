// Sheets in and out: what is exported can be imported; good rows are kept when others are wrong; the same file twice
// writes nothing twice; files that lie or swell are refused.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { crc32, signIn, start, uscc, zip } from '../lib/client.mjs';

const head = '统一社会信用代码*,机构名称*,登记日期*,业务（经营）范围*,所在乡镇（街道）*,住所（详细地址）*,多余的列';
const line = (serial, more = {}) => Object.values({ uscc: uscc('91', '620802', serial), name: `平凉导入托育${serial}`, on: '2026/10/8', scope: '托育服务（全日制）', place: '崆峒区东关街道', address: '导入路1号', extra: 'x', ...more }).join(',');

describe('import', () => {
  let server, market;
  before(async () => { server = await start(); market = await signIn(server, 'kt-market'); });
  after(() => server?.stop());
  const upload = (client, form, bytes, name, fields = {}) => client.upload(`${form}/import`, fields, 'sheet', bytes, name, 'application/octet-stream');

  test('a CSV is judged first: row, field and fault are named, nothing is written', async () => {
    const before = (await market.get('/registration.json')).body.data.length;
    const csv = [head, line(7001), line(7002, { uscc: '91620802MA0T7002XX' }), line(7003, { on: '2026年13月1日' }), line(7004)].join('\n');
    const answer = await upload(market, 'registration', Buffer.from(csv), '登记.csv');
    assert.equal(answer.status, 200, answer.text);
    const { report } = answer.body.data;
    assert.deepEqual([report.rows, report.good, report.bad, report.unknown], [4, 2, 2, '多余的列']);
    assert.deepEqual(report.faults.map((one) => [one.row, one.label]), [[3, '统一社会信用代码'], [4, '登记日期']]);
    assert.equal((await market.get('/registration.json')).body.data.length, before);

    const written = await market.post('/registration/import', { known_file: report.file, write: '1' });
    assert.deepEqual([written.body.data.report.written, written.body.data.report.known], [2, 0]);
    const again = await market.post('/registration/import', { known_file: report.file, write: '1' });
    assert.deepEqual([again.body.data.report.written, again.body.data.report.known], [0, 2], 'the same file writes nothing twice');
    const made = (await market.get('/registration.json')).body.data.filter((one) => one.name.startsWith('平凉导入'));
    assert.equal(made.length, 2);
    assert.deepEqual([...new Set(made.map((one) => one.place))], ['620802001'], 'the division was found by its name');
  });

  test('a file of an old office program (GB18030) is read, and so is one with a byte order mark', async () => {
    const pairs = new Map(), decoder = new TextDecoder('gb18030');
    for (let high = 0x81; high <= 0xfe; high++)
      for (let low = 0x40; low <= 0xfe; low++) if (low !== 0x7f) pairs.set(decoder.decode(Buffer.from([high, low])), Buffer.from([high, low]));
    const text = [head, line(7010)].join('\n');
    const old = Buffer.concat([...text].map((c) => (c < '\x80' ? Buffer.from(c) : pairs.get(c))));
    for (const [bytes, name] of [[old, '旧.csv'], [Buffer.from(`\ufeff${text}`), '带标记.csv']]) {
      const { report } = (await upload(market, 'registration', bytes, name)).body.data;
      assert.deepEqual([report.good, report.unknown], [1, '多余的列'], name);
    }
  });

  test('what is exported as XLSX can be imported again', async () => {
    const exported = await market.get('/registration.xlsx');
    assert.equal(exported.status, 200);
    const answer = await upload(market, 'registration', exported.bytes, '登记.xlsx');
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.body.data.report.rows >= 7);
    assert.equal(answer.body.data.report.bad, 0, JSON.stringify(answer.body.data.report.faults));
    const dates = async () => [...new Set((await market.get('/registration.json')).body.data.map((one) => `${one.uscc} ${one.registered_on}`))].sort();
    const before = await dates();
    await market.post('/registration/import', { known_file: answer.body.data.report.file, write: '1' });
    assert.deepEqual(await dates(), before, 'dates come back as they were');
  });

  test('an institution imports its own staff; the county may not', async () => {
    const head = await signIn(server, 'inst-star'), county = await signIn(server, 'kt-handle');
    const template = await head.get('/staff/template.csv');
    assert.match(template.text, /公民身份号码\*/);
    const { resident } = await import('../lib/client.mjs');
    const sheet = `姓名*,公民身份号码*,岗位*,专职,健康合格证有效期至\n导入甲,${resident(501)},保育人员、消防人员,是,2027-03-01\n导入乙,${resident(502)},炊事人员,否,2027.3.1\n导入丙,${resident(503)},飞行员,是,\n`;
    const judged = await upload(head, 'staff', Buffer.from(sheet), '人员.csv');
    assert.deepEqual([judged.body.data.report.good, judged.body.data.report.bad], [2, 1], judged.text);
    assert.equal(judged.body.data.report.faults[0].label, '岗位');
    await head.post('/staff/import', { known_file: judged.body.data.report.file, write: '1' });
    const person = (await head.get(`/staff.json?q=${encodeURIComponent('导入甲')}`)).body.data[0];
    assert.deepEqual(person.posts, ['carer', 'fire']);
    assert.equal((await upload(county, 'staff', Buffer.from(sheet), '人员.csv')).status, 403);
  });

  test('a zip that swells, a file that is no sheet, an entity and an empty file are refused with a reason', async () => {
    const bomb = zip([{ name: 'xl/worksheets/sheet1.xml', data: deflateRawSync(Buffer.alloc(80 << 20, 32)), size: 80 << 20, crc: crc32(Buffer.alloc(80 << 20, 32)) }]);
    assert.ok(bomb.length < 200000);
    const xml = Buffer.from('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>');
    const entity = zip([{ name: 'xl/worksheets/sheet1.xml', data: deflateRawSync(xml), size: xml.length, crc: crc32(xml) }]);
    for (const [bytes, name] of [[bomb, '炸弹.xlsx'], [entity, '实体.xlsx'], [Buffer.from('PK\x03\x04 not really'), '坏.xlsx'], [Buffer.from([0xff, 0xfe, 0x00, 0xd8]), '坏.csv'], [Buffer.from('甲,乙\n1,2\n'), '别的表.csv']]) {
      const answer = await upload(market, 'registration', bytes, name);
      assert.equal(answer.status, 422, `${name}: ${answer.text}`);
      assert.ok(answer.body.detail.length > 4, name);
    }
    assert.equal((await market.post('/registration/import', {})).status, 422);
  });
});
