// (g): the institution's page of today and the county's page of the day after a quarter, two and a half and ten years of
// history: what they cost must not grow with it.
import path from 'node:path';
import { signIn } from '../tests/lib/client.mjs';
import { growCounty } from './city.mjs';
import { failed, inFolder, run, say, serve, sql, wrk } from './lib.mjs';
import { writeFileSync } from 'node:fs';

const begin = Date.UTC(2026, 10, 18, 2, 0); /* a Wednesday, 10:00 in Pingliang; the measurement does not depend on today */
const today = '2026-11-18', sites = 250;
const stretches = [['0.25', '2026-08-20', today], ['2.5', '2024-05-20', '2026-08-19'], ['10', '2016-11-20', '2024-05-19']];
const pages = [['inst-sun', '/today.json', "the institution's today"], ['kt-handle', '/care.json', "the county's day"]];

/* The simulated institution's days, for each of the county's others: what the county's page reads. */
const spread = (database, from, to) => {
  const cells = sql(database, "select name from sqlite_master where type = 'table' and name like 'cells\\_%' escape '\\';").split('\n');
  const text = cells.map((table) => {
    const names = sql(database, `select name from pragma_table_info('${table}');`).split('\n');
    const of = names.map((name) => (name === 'institution' ? 'i.id' : `t."${name}"`));
    return `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) select ${of.join(', ')} from ${table} t, institution i
      where t.institution = (select min(institution) from child) and t.day between '${from}' and '${to}' and i.name like '平凉测量托育园%';`;
  });
  sql(database, `begin;\n${text.join('\n')}\ncommit;`);
};

const measure = async (data, clock, results, years) => {
  const server = await serve(data, ['--clock', clock]);
  for (const [login, page, name] of pages) {
    const client = await signIn(server, login);
    const headers = [`Cookie: ${client.cookie}`, 'Accept: application/json'];
    wrk(server.url + page, { connections: 4, time: 1, headers });
    const answer = wrk(server.url + page, { connections: 4, time: 4, headers });
    results.push({ page, years, ...answer });
    say(`(g) ${years.padStart(4)} years, ${name.padEnd(24)}        p50 ${answer.p50} p99 ${answer.p99} ms, ${Math.round(answer.rate)} a second${failed(answer)}`);
  }
  await server.stop();
};

export const history = async () => {
  const data = inFolder('history'), database = path.join(data, 'tuoyu.db'), clock = inFolder('clock'), results = [];
  writeFileSync(clock, String(begin));
  run('tuoyu', ['init', '--data', data, '--demo', '--clock', clock]);
  growCounty(database, { sites, children: false });
  for (const [years, from, to] of stretches) {
    run('tuoyu', ['simulate', from, to, '--data', data, '--clock', clock]);
    spread(database, from, to);
    await measure(data, clock, results, years);
  }
  const rows = sql(database, 'select (select count(*) from attendance) + (select count(*) from morning_check), (select count(*) from cells_care_day);').split('|');
  say(`    ${rows[0]} rows of two institutions, ${rows[1]} days of ${sites + 2}`);
  for (const [, page, name] of pages) {
    const [short, , long] = results.filter((one) => one.page === page);
    say(`(g) 10 years to 0.25, ${name.padEnd(24)}        p50 ${(long.p50 / short.p50).toFixed(2)} p99 ${(long.p99 / short.p99).toFixed(2)}  (target ≤ 1.3)`);
  }
};
