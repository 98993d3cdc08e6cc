// The same random writes on SQLite and on PostgreSQL: every answer, list, order, search and figure must be the same.
// TUOYU_SEED repeats a run.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, postgres, resident, signIn, start, uscc } from '../lib/client.mjs';

const seed = Number(process.env.TUOYU_SEED || Math.floor(Math.random() * 2 ** 31)), steps = 160;
let state = seed;
const random = (n) => {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % n;
};
const pick = (list) => list[random(list.length)];
const words = ['阳光', '阳春', '小太阳', '重庆路', '长乐', '曾家', '行知', '乐天', '单家集', '龘龘', '童心', '心童', 'Happy', 'ABC', '３号', 'ｆｕｌｌ', '绿岛', '女童', '吕梁', 'o\'Neil', '100%', 'a_b', '平凉', '凉平', '𠮷祥'];
const name = () => `${pick(words)}${pick(words)}${pick(['托育中心', '托育', '中心', ''])}`;

/* What may differ: when and under which number it was made. */
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).filter(([key]) => !/^(id|url|at|created_at|changed_at|created_by|changed_by|key|file|institution|legal_person|part|made|row|code|by|handler)$|_url$|_id$|_at$/.test(key)).map(([key, inner]) => [key, plain(inner)]));
  return typeof value === 'string' ? value.replace(/\b\d{18}\b/g, '#') : value;
};

describe(`two engines, one behaviour (TUOYU_SEED=${seed})`, { skip: !postgres && 'TUOYU_TEST_PG is not set' }, () => {
  const servers = [], people = [];
  before(async () => {
    const clock = Date.UTC(2026, 10, 18, 1);
    for (const engine of ['sqlite', 'postgres']) {
      const server = await start({ engine, clock });
      servers.push(server);
      const clients = { nobody: new Client(server) };
      for (const login of ['kt-handle', 'kt-market', 'kt-civil', 'pl-health', 'inst-star', 'jc-handle', 'sysadmin']) clients[login] = await signIn(server, login);
      people.push(clients);
    }
  });
  after(async () => { for (const server of servers) await server.stop(); });

  /* The same question to both; what is wrong is told with the question. */
  const both = async (who, ask, what) => {
    const [lite, pg] = await Promise.all(people.map((clients) => ask(clients[who], clients)));
    assert.equal(lite.status, pg.status, `${what}: ${lite.text.slice(0, 300)} | ${pg.text.slice(0, 300)}`);
    assert.deepEqual(plain(lite.body), plain(pg.body), what);
    return [lite, pg];
  };
  const made = { phrase: [], room: [], staff: [] };
  const create = async (who, form, fields) => {
    const answers = await both(who, (client) => client.post(`/${form}`, fields), `${who} ${form} ${JSON.stringify(fields)}`);
    if (answers[0].status === 200 && made[form]) made[form].push(answers.map((one) => one.body.data.id));
  };
  const change = async (who, form, fields) => {
    if (made[form].length === 0) return;
    const ids = pick(made[form]);
    await both(who, (client, clients) => client.post(`/${form}/${ids[people.indexOf(clients)]}`, fields), `${form} ${JSON.stringify(fields)}`);
  };
  const writes = [
    () => create(pick(['kt-market', 'kt-civil']), 'registration', { uscc: uscc(pick(['91', '52', '12']), '620802', random(60)), name: name(), registered_on: pick(['2026-11-02', '2026-02-29', '2025-12-31']), scope: pick(['托育服务（全日制）', '餐饮', '婴幼儿照护']), place: pick(['620802001', '620802', '620821', '999999']), address: `${name()}${random(99)}号` }),
    () => create('kt-handle', 'phrase', { title: name(), text: pick([name(), '', 'x'.repeat(3000)]) }),
    () => create('inst-star', 'room', { name: name(), zone: [pick(['play', 'sleep', 'nowhere'])], floor: pick([1, 2, -1, 'x']), area_m2: pick(['12.5', '0', 'abc', '20.123']) }),
    () => create('inst-star', 'staff', { name: name(), id_number: pick([resident(random(900)), '62080019880101000X']), posts: [pick(['head', 'carer', 'none'])], education: pick(['bachelor', 'none']), years: random(40), full_time: random(2) === 1, health_until: pick(['2027-06-01', '2027-6-1', '']) }),
    () => create(pick(['pl-health', 'kt-handle']), 'population', { place: pick(['620802', '620821', '620802001']), year: 2020 + random(6), residents: pick([100000, 0, 523456]), source: '统计' }),
    () => change('kt-handle', 'phrase', { title: name() }),
    () => change('inst-star', 'room', { name: name(), version: pick([undefined, 1]) }),
    () => change('inst-star', 'staff', { name: name(), left_on: pick(['', '2026-11-01']) }),
    () => create('sysadmin', 'account', { login: `person-${random(20)}`, name: name(), department: pick(['health', 'fire', 'nobody']), rank: 'county', home: 11, posts: ['handle'] }),
  ];

  test(`${steps} random writes get the same answers`, async () => {
    for (let i = 0; i < steps; i++) await pick(writes)();
  });

  const lists = [['kt-market', 'registration'], ['kt-handle', 'institution'], ['pl-health', 'institution'], ['kt-handle', 'phrase'], ['kt-handle', 'staff'], ['inst-star', 'room'], ['pl-health', 'population'], ['kt-handle', 'legal_person'], ['sysadmin', 'account'], ['nobody', 'institution'], ['jc-handle', 'institution']];
  test('lists hold the same rows, and sorted by name in the same order', async () => {
    for (const [who, form] of lists)
      for (const query of ['', '?sort=title', '?area=620802', '?area=620821&sort=title']) {
        const answers = await both(who, async (client) => {
          const answer = await client.get(`/${form}.json${query}`);
          /* within one millisecond two offices may number differently: without an order of names compare as sets;
           * what has no name has none */
          if (!query.includes('sort') || form === 'population') answer.body.data = answer.body.data.map((row) => JSON.stringify(plain(row))).sort();
          return { ...answer, body: { data: answer.body.data, count: answer.body.view?.count_text } };
        }, `${who} ${form}${query}`);
        assert.equal(answers[0].status, 200);
        assert.ok(query !== '' || answers[0].body.data.length > 0, `${who} ${form} is empty`);
      }
  });

  test('searches find the same: two characters, one, pinyin, initials, letters, marks', async () => {
    const asked = [...words, '阳', '心', 'yangguang', 'yg', 'xty', 'cl', 'zl', 'chongqing', 'zhongqing', 'lv', 'lü', 'nv', 'hap', 'abc', 'full', '3', '托育 阳光', '%', '_', "'", '"', '\\', '(', '*', 'a b', '中心托', '阳光阳'];
    let found = 0;
    for (const q of asked)
      for (const target of ['/register.json', '/phrase.json', '/institution.json', '/registration.json']) {
        const who = target.startsWith('/register.') ? 'nobody' : target.startsWith('/registration') ? 'kt-market' : 'kt-handle';
        const [lite] = await both(who, async (client) => {
          const answer = await client.get(`${target}?q=${encodeURIComponent(q)}`), rows = answer.body.data?.rows ?? answer.body.data;
          return { ...answer, body: Array.isArray(rows) ? rows.map((row) => row.name ?? row.title).sort() : answer.body };
        }, `${target} ${q}`);
        found += Array.isArray(lite.body) ? lite.body.length : 0;
      }
    assert.ok(found > 100, `${found} rows found`);
  });

  test('figures, the public register and its open data are the same', async () => {
    await both('kt-handle', (client) => client.get('/cockpit.json'), 'cockpit of the county');
    await both('pl-health', (client) => client.get('/cockpit.json'), 'cockpit of the city');
    for (const target of ['/open/institutions.json', '/register.json?sort=title'])
      await both('nobody', async (client) => {
        const answer = await client.get(target), rows = answer.body.data.rows ?? answer.body.data;
        return { ...answer, body: rows.map((row) => JSON.stringify(plain(row))).sort() };
      }, target);
  });
});
