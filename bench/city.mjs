// A county large enough to be measured: institutions of four classes of twenty children with a tablet each, copied inside
// the database from those of the demo, so that making it takes seconds. Ids count up from fixed places of the id's clock.
import { sql } from './lib.mjs';

export const classChildren = 20, siteClasses = 4;
const office = 11n, place = { institution: 1000000n, class_group: 2000000n, child: 3000000n, class_placement: 4000000n, device: 5000000n };
/* The id of the copy `n`; and the same said in SQL, of an expression that counts. */
export const idOf = (table, n) => String((place[table] + BigInt(n) << 22n) | (office << 10n));
export const idSql = (table, n) => `(((${place[table]} + (${n})) << 22) | ${office << 10n})`;

const columns = (database, table) => sql(database, `select name from pragma_table_info('${table}');`).split('\n');
/* `copies` times the first row that fits; `i` counts them in the values of `changes`. */
const copyRow = (database, table, where, copies, changes) => {
  const names = columns(database, table);
  const values = names.map((name) => changes[name] ?? (name === 'id' ? idSql(table, 'i') : `t."${name}"`));
  return `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')})
    select ${values.join(', ')} from n, (select * from ${table} where ${where} order by id limit 1) t;\n`;
};

/* What a copied row says besides its own columns (claims, search words) stays out: nothing that is measured reads it. */
export const growCounty = (database, { sites, children = true, device = null }) => {
  const classes = sites * siteClasses, all = classes * classChildren;
  const count = (n, text) => `create temp table n as with recursive c(i) as (select 0 union all select i + 1 from c where i + 1 < ${n}) select i from c;\n${text}drop table n;\n`;
  const site = (n) => idSql('institution', n);
  const demo = `office = ${office} and institution = (select min(institution) from child where office = ${office})`;
  let text = 'begin;\n' + count(sites, copyRow(database, 'institution', `office = ${office} and state = 'filed'`, sites, { institution: site('i'), name: "'平凉测量托育园' || i" }));
  text += count(classes, copyRow(database, 'class_group', demo, classes, { institution: site(`i / ${siteClasses}`), room: 'null' }));
  if (children) {
    const home = site(`i / ${siteClasses * classChildren}`), group = idSql('class_group', `i / ${classChildren}`);
    text += count(all, copyRow(database, 'child', `${demo} and state = 'enrolled'`, all, { institution: home, class: group, id_number: 'null', id_number_find: 'null', was: 'null' })
      + copyRow(database, 'class_placement', demo, all, { institution: home, part: idSql('child', 'i'), class: group }));
  }
  if (device) text += count(classes, copyRow(database, 'device', `id = ${device}`, classes, { institution: site(`i / ${siteClasses}`) }));
  sql(database, `${text}commit;`);
  return { sites, classes, children: all };
};
