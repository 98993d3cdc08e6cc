// Every statement that the program prepared while its tests ran (TUOYU_SQL_LOG) is explained on its engine: none walks
// through a big table or an office. And the other way: every piece of SQL in the sources was run, on both engines.
// tools/test sql runs what fills the log first.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { postgres, tuoyu } from '../lib/client.mjs';
import { literals, squeeze } from './literals.mjs';
import { explainable, fillPostgres, postgresFaults, small, sqliteFaults } from './plans.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reviewed = JSON.parse(readFileSync(new URL('reviewed.json', import.meta.url)));
const read = (file) => (file && existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []).map((line) => line.split('\t'));
/* What the program ran, and what unit tests ran on tables of the program. */
const program = read(process.env.TUOYU_SQL_LOG), units = read(process.env.TUOYU_SQL_LOG_UNIT);
const ran = (engine, lines) => [...new Set(lines.filter(([one]) => one === engine).map(([, sql]) => squeeze(sql)))];
const known = (list, text, engine) => list.some((one) => (!one.engine || one.engine === engine) && new RegExp(one.matches).test(squeeze(text)));

describe('every statement', () => {
  let folder, lite, psql;
  const schema = `plans_${process.pid}`;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tuoyu-plans-'));
    lite = path.join(folder, 'data/tuoyu.db');
    assert.equal(tuoyu(['init', '--data', path.join(folder, 'data')]).status, 0);
    assert.equal(tuoyu(['init', '--data', path.join(folder, 'pg'), '--postgres', postgres, '--schema', schema]).status, 0);
    psql = (sql) => execFileSync('psql', [postgres, '-AtqX'], { input: `set search_path = ${schema};\n${sql}`, encoding: 'utf8', maxBuffer: 1 << 28 });
    fillPostgres(psql);
  });
  after(() => {
    psql?.(`drop schema ${schema} cascade`);
    rmSync(folder, { recursive: true, force: true });
  });
  const tell = (faults) => faults.filter(({ sql }) => !known(reviewed.plans, sql)).map(({ sql, why, plan }) => `${why}\n  ${sql}\n    ${plan.join('\n    ')}`);

  test('SQLite finds its rows by a key or an index', () => {
    const statements = ran('sqlite', program).filter(explainable);
    assert.ok(statements.length > 300, `${statements.length} statements in ${process.env.TUOYU_SQL_LOG}`);
    const { faults, seen } = sqliteFaults(lite, statements);
    assert.equal(seen, statements.length);
    assert.deepEqual(tell(faults), []);
  });

  test('PostgreSQL finds its rows by a key or an index', () => {
    const statements = ran('postgres', program).filter(explainable);
    assert.ok(statements.length > 200, `${statements.length} statements`);
    const big = new Set(execFileSync('sqlite3', [lite, `select tbl from sqlite_stat1 group by tbl having max(cast(stat as integer)) > ${small}`], { encoding: 'utf8' }).trim().split('\n'));
    const { faults, seen } = postgresFaults(psql, statements, big);
    assert.equal(seen, statements.length);
    assert.deepEqual(tell(faults), []);
  });

  test('a statement that walks, one by office alone and one that does not compile are found', () => {
    const bad = ["select id from filing where capacity = ?1", 'select id from staff where office = ?1 and years = ?2', 'select nothing from filing where office = ?1 and id = ?2'];
    const good = 'select state from filing where office = ?1 and id = ?2';
    assert.deepEqual(sqliteFaults(lite, [...bad.slice(0, 2), good]).faults.map((one) => one.why), ['walks through filing', 'searches staff by office alone']);
    assert.deepEqual(postgresFaults(psql, [...bad, good], new Set(['filing', 'staff'])).faults.map((one) => one.why),
      ['walks through filing', 'searches staff by office alone', 'no plan: the statement does not compile']);
  });

  for (const engine of ['sqlite', 'postgres'])
    test(`every piece of SQL in the sources ran on ${engine}`, () => {
      const all = literals(root), statements = ran(engine, [...program, ...units]);
      assert.ok(all.length > 150, `${all.length} pieces`);
      const missing = all.filter((one) => !statements.some((sql) => one.pattern.test(sql)) && !known(reviewed.literals, one.value, engine));
      assert.deepEqual(missing.map((one) => `${one.file}:${one.line} ${one.value}`), []);
    });
});
