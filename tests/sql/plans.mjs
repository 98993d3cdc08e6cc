// How each engine would run a statement, and what in that is not allowed: walking through a big table, or through all
// rows of an office. Both engines are asked on a database that the program itself made.
import { execFileSync } from 'node:child_process';

export const alias = /\b(?:from|join|update|into)\s+"?([a-z_]+)"?(?:\s+(?:as\s+)?([a-z_]+)\b)?/gi;
const words = new Set(['where', 'set', 'on', 'order', 'limit', 'group', 'values', 'as', 'join', 'left', 'inner', 'cross', 'union', 'default', 'do', 'using', 'having']);

/* alias -> table, as far as a statement of ours says it */
const tables = (sql) => {
  const names = new Map();
  for (const [, table, name] of sql.matchAll(alias)) {
    names.set(table, table);
    if (name && !words.has(name.toLowerCase())) names.set(name, table);
  }
  return names;
};
const data = /^\s*(select|insert|update|delete|with|replace)\b/i;
/* Tables of the database's own, and the few statements about the database itself, are nobody's ledger. */
const own = /\b(sqlite_[a-z0-9_]+|pg_[a-z_]+|information_schema)\b|^\s*(begin|commit|rollback|savepoint|release|pragma|analyze)/i;
export const explainable = (sql) => data.test(sql) && !own.test(sql);
/* Up to a limit, in the order of a key: reads no more than it gives. */
const bounded = (sql) => /\blimit\b/i.test(sql);

export const sqliteFaults = (file, statements) => {
  const script = ['.bail off', ...statements.flatMap((sql, i) => [`.print @${i}`, `explain query plan ${sql};`])].join('\n');
  const out = execFileSync('sqlite3', [file], { input: script, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'] });
  const rows = new Map(execFileSync('sqlite3', [file, "select tbl || '|' || max(cast(stat as integer)) from sqlite_stat1 group by tbl"], { encoding: 'utf8' })
    .trim().split('\n').map((line) => line.split('|')).map(([name, n]) => [name, Number(n)]));
  const plans = out.split(/^@/m).slice(1).map((part) => part.split('\n').slice(1).filter((line) => line.trim() && !line.startsWith('QUERY PLAN')));
  const faults = [];
  for (const [i, plan] of plans.entries()) {
    const sql = statements[i], names = tables(sql), sorts = plan.some((line) => line.includes('USE TEMP B-TREE FOR ORDER BY'));
    if (plan.length === 0 && !/^\s*insert/i.test(sql)) faults.push({ sql, why: 'no plan: the statement does not compile', plan });
    for (const line of plan) {
      const [, how, name] = /(SCAN|SEARCH) (\w+)/.exec(line) ?? [];
      const table = names.get(name), size = rows.get(table);
      if (!how || size === undefined || size <= small) continue; /* a subquery, a constant row, a virtual table, a small table */
      const index = /USING (?:COVERING )?(?:INDEX|PRIMARY KEY|INTEGER PRIMARY KEY)[^(]*\(([^)]*)\)/.exec(line);
      if (bounded(sql) && !sorts && !sql.includes('group by')) continue;
      if (how === 'SCAN') faults.push({ sql, why: `walks through ${table}`, plan });
      else if (index && index[1].trim() === 'office=?') faults.push({ sql, why: `searches ${table} by office alone`, plan });
    }
  }
  return { faults, seen: plans.length };
};
export const small = 6000;

/* PostgreSQL chooses by the rows that are there: each big table gets some thousand, spread like real ones. */
export const fillPostgres = (psql, rows = 4000) => {
  const columns = psql(`select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce((select max(array_position(i.indkey::int2[], a.attnum)) from pg_index i where i.indrelid = c.oid and i.indisunique), -1)
    from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`)
    .trim().split('\n').map((line) => line.split('|'));
  const byTable = new Map();
  for (const [table, name, type, key] of columns) byTable.set(table, [...(byTable.get(table) ?? []), { name, type, key: Number(key) >= 0 }]);
  const value = ({ name, type, key }) => {
    if (name === 'office') return '(g % 8) + 1';
    if (type === 'bigint') return key || name === 'id' ? 'g + 1000000000' : name === 'institution' ? '(g / 8) % 50 + 1' : '(g / 8) % 40 + 1';
    if (type === 'date') return key ? "date '2020-01-01' + g" : "date '2020-01-01' + g % 300";
    if (type === 'bytea') return "decode(md5(g::text), 'hex')";
    if (type === 'tsvector') return "array_to_tsvector(array['w' || g % 200, 'v' || g % 60])";
    return key ? "'k' || g" : "'v' || (g / 8) % 20";
  };
  const fill = ['set session_replication_role = replica;'];
  for (const [table, list] of byTable)
    fill.push(`delete from "${table}"; insert into "${table}" (${list.map((one) => `"${one.name}"`).join(', ')}) select ${list.map(value).join(', ')} from generate_series(1, ${rows}) g;`);
  psql(`${fill.join('\n')}\nanalyze;`);
};

/* Asked is whether there is a way by an index. On a few thousand rows joins by merge and hash look cheap where on millions
   they are not, so they are off; and what is done by sorting few or by walking in order depends on the numbers, so a
   statement is at fault only when it is with sorting allowed and without. */
export const postgresFaults = (psql, statements, big) => {
  const sorted = faultsOf(psql, statements, big, 'on'), suspects = sorted.faults.map((one) => one.sql);
  const both = new Set(faultsOf(psql, [...new Set(suspects)], big, 'off').faults.map((one) => one.sql));
  return { faults: sorted.faults.filter((one) => both.has(one.sql)), seen: sorted.seen };
};
const faultsOf = (psql, statements, big, sort) => {
  const dollars = (sql) => sql.replace(/'[^']*'|"[^"]*"|\?(\d+)/g, (all, n) => (n ? `$${n}` : all));
  const count = (sql) => Math.max(0, ...[...dollars(sql).matchAll(/\$(\d+)/g)].map((one) => Number(one[1])));
  const script = [`set enable_seqscan = off; set enable_mergejoin = off; set enable_hashjoin = off; set enable_sort = ${sort}; set plan_cache_mode = force_generic_plan; set jit = off;`,
    ...statements.flatMap((sql, i) => [`\\echo @${i}`, `prepare s${i} as ${dollars(sql)};`, `explain (costs off) execute s${i}${count(sql) ? `(${Array(count(sql)).fill('null').join(', ')})` : ''};`])].join('\n');
  const plans = psql(script).split(/^@/m).slice(1).map((part) => part.split('\n').slice(1).filter((line) => line.trim()));
  const faults = [];
  for (const [i, plan] of plans.entries()) {
    const sql = statements[i];
    if (plan.length === 0) faults.push({ sql, why: 'no plan: the statement does not compile', plan });
    const sorts = plan.some((line) => /^\s*(->)?\s*Sort\b/.test(line));
    for (const [at, line] of plan.entries()) {
      const [, how, table] = /(Seq Scan|Index Scan|Index Only Scan|Bitmap Heap Scan).* on "?(\w+)"?/.exec(line) ?? [];
      if (!how || !big.has(table)) continue;
      const depth = line.search(/\S/), below = [];
      for (let next = at + 1; next < plan.length && plan[next].search(/\S/) > depth; next++) below.push(plan[next]);
      const conditions = below.filter((one) => /(Index Cond|Recheck Cond):/.test(one)).map((one) => one.replace(/^.*?Cond: /, ''));
      if (bounded(sql) && !sorts && !sql.includes('group by')) continue;
      if (how === 'Seq Scan' || conditions.length === 0) faults.push({ sql, why: `walks through ${table}`, plan });
      else if (conditions.every((one) => !one.includes(' AND ') && /^\(+"?office"? = (\$\d+|ANY \(.*\))\)+$/.test(one))) faults.push({ sql, why: `searches ${table} by office alone`, plan });
    }
  }
  return { faults, seen: plans.length };
};
