// (e), (f): batches of tablets, signed by the device and durable, against a bare program that writes the same rows and
// journal entries on this disk. The requests are made and signed first; build/bench/peak posts them.
import { randomUUID } from 'node:crypto';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { signIn } from '../tests/lib/client.mjs';
import { pairTablet } from '../tests/lib/tablet.mjs';
import { classChildren, growCounty, idOf, idSql } from './city.mjs';
import { inFolder, ratio, run, runBeside, say, serve } from './lib.mjs';

const tablets = Number(process.env.TABLETS ?? 1000), day = 86400000;
/* The clock of the measurements, an afternoon each: a day that is over takes no records any more, so that each of them
 * has a day of its own. */
let now = Date.UTC(2026, 10, 23, 8); /* a Monday, 16 o'clock in Pingliang */
const clockFile = () => inFolder('clock');
const setClock = () => { writeFileSync(`${clockFile()}.new`, String(now)); renameSync(`${clockFile()}.new`, clockFile()); };
const nextDay = async () => {
  now += day;
  setClock();
  await new Promise((done) => setTimeout(done, 8000)); /* the program opens the days of all sites */
};
const today = () => new Date(now + 8 * 3600000).toISOString().slice(0, 10);
const child = (tablet, i) => idOf('child', tablet * classChildren + i);
const record = (form, fields) => ({ key: `k${randomUUID()}`, n: 1, form, op: 'create', at: now, v: today(), day: today(), fields });
const checkOf = (id, round) => record('morning_check', { child: id, round, at: round === 'noon' ? '14:35' : '08:05', temperature: '36.5' });
const arrivalOf = (id) => record('attendance', { child: id, arrived_at: '07:58', brought_by: 'guardian' });

/* One signed request as bytes, with its length before it. Every copied device has the key of the paired one. */
const signed = async (tablet, port, number, records) => {
  records.forEach((one, i) => (one.n = i + 1));
  const body = Buffer.from(JSON.stringify({ records })), time = String(now), nonce = randomUUID();
  const head = ['POST /sync HTTP/1.1', `Host: 127.0.0.1:${port}`, 'Accept: application/json', 'Content-Type: application/json', `Content-Length: ${body.length}`,
    `X-Device: ${idOf('device', number)}`, `X-Device-Time: ${time}`, `X-Device-Nonce: ${nonce}`, `X-Device-Clock: ${time}`,
    `X-Device-Signature: ${await tablet.signature('POST', '/sync', body, time, nonce)}`, '', ''].join('\r\n');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(head) + body.length);
  return Buffer.concat([length, Buffer.from(head), body]);
};
const post = async (server, tablet, batches, connections, rate = 0) => {
  const file = inFolder('requests');
  writeFileSync(file, Buffer.concat(await Promise.all(batches.map(({ number, records }) => signed(tablet, server.port, number, records)))));
  const expected = batches.reduce((all, { records }) => all + records.length, 0);
  const done = JSON.parse(await runBeside('peak', [String(server.port), file, String(connections), String(rate)]));
  if (done.good !== batches.length || done.rows !== expected) throw new Error(`of ${expected} records ${done.rows} became rows; ${done.good} of ${batches.length} answers were good`);
  return { ...done, rate: done.rows / done.seconds };
};

/* ---- the same rows without us ---- */

const journal = (form, row, serial = form === 'attendance' ? 0 : 1) => `insert into journal (office, id, seq, at, actor, actor_name, form, row, institution, action, version, body, address, hash)
  values (11, ${row} + ${serial}, 100000000 + 2 * ?1 + ${serial}, 1795000000000, 7, '试验平板', '${form}', ${row}, ${idSql('institution', '?1 % 250')}, 'create', 1,
  '{"f":{"class":[null,"913254984236149839"],"round":[null,"morning"],"at":[null,"1787617620000"],"result":[null,"normal"]},"d":{"child":"9a3e7f5eafdbbcc36a6c2d3643ecdd05e88f42d1770727d029b0102b65acc479","temperature":"b7c47dba2ddbdaf85993d7ca16a9543fac8747f78386fcaa1482edc3d44dd835"}}',
  '127.0.0.1', 'f074dac09bce03328a46b565960e7bed4621c1d259b945a96e63b7555493893' || (?1 % 10));`;
const row = (form, county, names, values) => {
  const at = `((2000000000 + ?1 << 22) | 11264)`, nth = `(?1 % ${county.children})`;
  return `insert into ${form} (office, id, institution, area, day, state, version, created_at, created_by, changed_at, changed_by, child, class, ${names})
  values (11, ${at}, ${idSql('institution', `${nth} / 80`)}, '620802001', date('2020-01-01', '+' || (?1 / ${county.children}) || ' days'), null, 1, 1795000000000, 7, 1795000000000, 7,
  ${idSql('child', nth)}, ${idSql('class_group', `${nth} / 20`)}, ${values});\n${journal(form, at)}\n`;
};
/* rows/s of the bare program on a copy of the database, so that its indexes are as deep */
const bareRows = (database, county, forms, requests, each, batch) => {
  const copy = inFolder('bare-rows.db'), file = inFolder('rows.sql');
  copyFileSync(database, copy);
  const texts = { attendance: () => row('attendance', county, 'arrived_at, brought_by', "1795000000000, 'guardian'"),
    morning_check: () => row('morning_check', county, 'round, at, temperature, result', "'morning', 1795000000000, 365, 'normal'") };
  writeFileSync(file, forms.map((form) => texts[form]()).join(''));
  return forms.length * Number(/bare: (\d+)/.exec(run('bare_rows', [copy, file, String(requests), String(each), String(batch)]))[1]);
};

/* ---- the measurements ---- */

const line = (name, mine, theirs, done) =>
  ratio(name, mine, theirs, '–', ` rows, ${Math.round(done.requests / done.seconds)} requests/s, p50 ${done.p50.toFixed(0)} p99 ${done.p99.toFixed(0)} longest ${done.longest.toFixed(0)} ms`);

const wholeClass = async (server, tablet, county, bare) => {
  const batch = (number, round) => ({ number, records: Array.from({ length: classChildren }, (_, i) => checkOf(child(number, i), round)) });
  const some = (n, round) => Array.from({ length: n }, (_, number) => batch(number, round));
  const alone = await post(server, tablet, some(Math.min(200, county.classes), 'noon'), 1);
  line('(e) a class of 20 checks, 1 client', alone.rate, bare.one, alone);
  await nextDay();
  const done = await post(server, tablet, [...some(county.classes, 'noon'), ...some(county.classes, 'morning')], 64);
  line('(e) a class of 20 checks, 64 clients', done.rate, bare.many, done);
};

/* Children come in fours; each one's arrival and check are on their way together. */
const morningPeak = async (server, tablet, county, bare) => {
  const four = () => Array.from({ length: classChildren / 4 }, (_, part) => Array.from({ length: county.classes }, (_, number) => ({
    number, records: Array.from({ length: 4 }, (_, i) => child(number, part * 4 + i)).flatMap((id) => [arrivalOf(id), checkOf(id, 'morning')]),
  }))).flat();
  await nextDay();
  const flood = await post(server, tablet, four(), county.classes);
  line(`(f) morning peak, ${county.classes} tablets at once`, flood.rate, bare, flood);
  await nextDay();
  const paced = await post(server, tablet, four(), county.classes, flood.requests / flood.seconds / 2);
  line('(f) the same at half that pace', paced.rate, bare, paced);
  say(`    ${county.children} children in 30 minutes need ${(2 * county.children / 1800).toFixed(0)} rows/s: ${(flood.rate * 1800 / 2 / county.children).toFixed(0)} times that is there`);
};

export const tabletPeak = async () => {
  const data = inFolder('tablets'), database = path.join(data, 'tuoyu.db');
  setClock();
  const clock = ['--clock', clockFile()];
  run('tuoyu', ['init', '--data', data, '--demo', ...clock]);
  let server = await serve(data, clock);
  const head = await signIn(server, 'inst-sun'), tablet = await pairTablet(server, head, () => now);
  await server.stop();
  const county = growCounty(database, { sites: Math.ceil(tablets / 4), device: tablet.id });
  const bare = { one: bareRows(database, county, ['morning_check'], 200, classChildren, 1), many: bareRows(database, county, ['morning_check'], 2000, classChildren, 64),
    peak: bareRows(database, county, ['attendance', 'morning_check'], 5000, 4, 64) };
  server = await serve(data, clock);
  await nextDay();
  await wholeClass(server, tablet, county, bare);
  await morningPeak(server, tablet, county, bare.peak);
  const peak = server.rss();
  await new Promise((done) => setTimeout(done, 65000)); /* what is idle goes back to the system once a minute */
  say(`    memory after it all: ${peak.toFixed(0)} MB, a minute later ${server.rss().toFixed(0)} MB`);
  if (server.rss() > 100) throw new Error('the memory of the peak was not given back');
  await server.stop();
};
