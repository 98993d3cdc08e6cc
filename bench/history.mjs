// (g): the institution's page of today and the county's page of the day after a quarter, two and a half and ten years of
// history: what they cost must not grow with it.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { signIn } from '../tests/lib/client.mjs';
import { growCounty } from './city.mjs';
import { inFolder, run, say, serve, sql, timed, wrk } from './lib.mjs';

const begin = Date.UTC(2026, 10, 18, 2, 0); /* a Wednesday, 10:00 in Pingliang; the measurement does not depend on today */
const today = '2026-11-18', sites = 250, rounds = Number(process.env.ROUNDS ?? 5);
const lengths = [['0.25', '2026-08-20'], ['2.5', '2024-05-20'], ['10', '2016-11-20']];
const pages = [['inst-sun', '/today.json', "the institution's today"], ['kt-handle', '/care.json', "the county's day"]];

/* The simulated institution's days, for each of the county's others: what the county's page reads. */
const spread = (database) => {
  const cells = sql(database, "select name from sqlite_master where type = 'table' and name like 'cells\\_%' escape '\\';").split('\n');
  const text = cells.map((table) => {
    const names = sql(database, `select name from pragma_table_info('${table}');`).split('\n');
    const of = names.map((name) => (name === 'institution' ? 'i.id' : `t."${name}"`));
    return `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) select ${of.join(', ')} from ${table} t, institution i
      where t.institution = (select min(institution) from child) and i.name like '平凉测量托育园%' order by t.day, i.id;`; /* as they are written in life */
  });
  sql(database, `begin;\n${text.join('\n')}\ncommit;`);
};

/* {p50, p99} of each page, from one server that runs for it alone */
const measure = async (data, clock, taken) => {
  const server = await serve(data, ['--clock', clock]);
  for (const [login, page] of pages) {
    const client = await signIn(server, login), headers = [`Cookie: ${client.cookie}`, 'Accept: application/json'];
    wrk(server.url + page, { connections: 2, time: 1, headers });
    const answer = wrk(server.url + page, { connections: 2, time: 3, headers });
    if (answer.bad) throw new Error(`${page}: ${answer.bad} answers failed`);
    taken[page].push(answer);
  }
  await server.stop();
};
const middle = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/* Days are lived forwards, so each length has a folder of its own. */
const live = (years, from, clock) => {
  const data = inFolder(`history-${years}`), database = path.join(data, 'tuoyu.db');
  run('tuoyu', ['init', '--data', data, '--demo', '--clock', clock]);
  const took = timed(() => run('tuoyu', ['simulate', from, today, '--data', data, '--clock', clock]));
  growCounty(database, { sites, children: false });
  spread(database);
  const [rows, days] = sql(database, 'select (select count(*) from attendance) + (select count(*) from morning_check), (select count(*) from cells_care_day);').split('|');
  say(`    ${years} years: ${rows} records of two institutions lived in ${took.toFixed(0)} s, figures of ${days} days of ${sites + 2}`);
  return data;
};

/* In turns, so that a noisy minute of the machine meets all lengths. */
export const history = async () => {
  const clock = inFolder('clock');
  writeFileSync(clock, String(begin));
  const all = lengths.map(([years, from]) => ({ years, data: live(years, from, clock), taken: Object.fromEntries(pages.map(([, page]) => [page, []])) }));
  for (let round = 0; round < rounds; round++) for (const { data, taken } of all) await measure(data, clock, taken);
  for (const [, page, name] of pages) {
    const of = all.map(({ years, taken }) => ({ years, ...Object.fromEntries(['p50', 'p99', 'rate'].map((figure) => [figure, middle(taken[page].map((one) => one[figure]))])) }));
    for (const one of of) say(`    ${name}, ${one.years.padStart(4)} years: p50 ${one.p50.toFixed(2)} p99 ${one.p99.toFixed(1)} ms, ${Math.round(one.rate)} a second`);
    const short = of[0], long = of.at(-1);
    say(`${`(g) ${name}, 10 years to 0.25`.padEnd(46)} p50 ${(long.p50 / short.p50).toFixed(2)} p99 ${(long.p99 / short.p99).toFixed(2)}  (target ≤ 1.3; median of ${rounds} turns)`);
  }
};
