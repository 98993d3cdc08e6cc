// Asks the running program who may do what: every route of the description and every act × every role × rows of one's
// own, of a neighbour in the same county, of another county. The answers are lines of a table; the reviewed one is
// matrix.csv. `node tests/api/matrix.mjs` writes it anew: read the difference before you commit it.
//   list     s sees  c gets the form for a new one  x exports  i imports
//   row      r reads  e gets the form to change it  w may write it  h its history  p prints
//   step     t may take it, in the right state     look, act: s, t
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, signIn, start } from '../lib/client.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const roles = ['public', 'inst-sun', 'sun-care', 'sun-health', 'sun-gate', 'kt-handle', 'kt-sign', 'jc-handle', 'pl-health', 'kt-market', 'kt-civil', 'kt-staffing', 'kt-fire', 'kt-police', 'sysadmin', 'secadmin', 'auditor'];
export const file = fileURLToPath(new URL('matrix.csv', import.meta.url));
const no = new Set([401, 403, 404]), allowed = new Set([200, 303, 409, 422]);

/* A version that no row has: what is allowed ends as stale, and nothing is written. */
const stale = { version: 999999999 };
const jingchuan = 12;
const officeOf = (id) => Number((BigInt(id) >> 10n) & 4095n);

const actsOf = (folder) =>
  readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.c'))
    .flatMap((name) => [...readFileSync(path.join(folder, name), 'utf8').matchAll(/\{ "(\/[a-z_/]+)", "[^"]+",[^{}]*?\bact_\w+/g)].map((one) => one[1])).sort();

export const matrix = async (server) => {
  const clients = new Map();
  for (const role of roles) clients.set(role, role === 'public' ? new Client(server) : await signIn(server, role));
  const { paths } = (await clients.get('public').get('/openapi.json')).body;
  const routes = Object.keys(paths).sort(), forms = routes.filter((one) => /^\/\w+\.json$/.test(one) && routes.includes(one.replace('.json', ''))).map((one) => one.slice(1, -5));
  const lines = [];
  const decide = (answer, target) => {
    if (allowed.has(answer.status)) return true;
    if (no.has(answer.status)) return false;
    throw new Error(`${target}: ${answer.status} ${answer.text.slice(0, 200)}`);
  };
  const letters = async (client, asked) => {
    let cell = '';
    for (const [letter, method, target, body] of asked) cell += decide(method === 'GET' ? await client.get(target) : await client.post(target, body), target) ? letter : '';
    return cell || '.';
  };
  const line = async (name, asked) => lines.push([name, ...(await Promise.all(roles.map((role) => letters(clients.get(role), asked))))].join(','));

  const sun = (await clients.get('inst-sun').get('/session')).body.data.institution;
  for (const form of forms) {
    await line(`${form}`, [['s', 'GET', `/${form}.json`], ['c', 'GET', `/${form}/new`], ['x', 'GET', `/${form}.csv`], ['i', 'GET', `/${form}/import`]]);
    const rows = new Map();
    for (const client of clients.values()) for (const row of (await client.get(`/${form}.json`)).body?.data ?? []) rows.set(row.id, row);
    const all = [...rows.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    const owner = (row) => (form === 'institution' ? row.id : row.institution);
    const rank = (row) => (officeOf(row.id) === jingchuan ? 0 : officeOf(row.id)); /* jc-handle's own rows, where there are some */
    const whose = {
      own: all.find((row) => officeOf(row.id) === officeOf(sun) && (owner(row) === undefined || owner(row) === null || owner(row) === sun)),
      neighbour: all.find((row) => officeOf(row.id) === officeOf(sun) && owner(row) && owner(row) !== sun),
      /* ids of two offices made in one millisecond stand in no order: the office decides first */
      elsewhere: all.filter((row) => officeOf(row.id) !== officeOf(sun)).sort((a, b) => rank(a) - rank(b))[0],
    };
    for (const [which, row] of Object.entries(whose)) {
      if (!row) continue;
      const at = `/${form}/${row.id}`;
      await line(`${form} ${which}`, [['r', 'GET', `${at}.json`], ['e', 'GET', `${at}/edit`], ['w', 'POST', at, stale], ['h', 'GET', `${at}/history`], ['p', 'GET', `${at}.pdf`]]);
      for (const route of routes.filter((one) => one.startsWith(`/${form}/{id}/`))) await line(`${form} ${which} ${route.split('/').pop()}`, [['t', 'POST', route.replace('{id}', row.id), stale]]);
    }
  }
  for (const route of routes.filter((one) => !forms.some((form) => one === `/${form}` || one === `/${form}.json` || one.startsWith(`/${form}/{`))))
    await line(route, [['s', 'GET', route.replace('{id}', sun)]]);
  for (const act of actsOf(path.join(root, 'src/domain'))) await line(act, [['t', 'POST', act, {}]]);
  return `${['what', ...roles].join(',')}\n${lines.join('\n')}\n`;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await start();
  writeFileSync(file, await matrix(server));
  await server.stop();
}
