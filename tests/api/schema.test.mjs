// The judge of schema changes: what a program may do to data by itself, and what it must not do without a migration.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, read } from '../../tools/schema.mjs';
import { tuoyu } from '../lib/client.mjs';

const before = `table room office
  key office id
  column office int need
  column id int need
  column name text
  column house int -> house
  index office name
  unique office name
  span lease begins..ends of house
`;
const judge = (change) => differences(read(before), read(change(before))).map((one) => [one.automatic, one.words]);

test('new tables, columns that may be empty, indexes, and keys over new columns come by themselves', () => {
  assert.deepEqual(judge((text) => text), []);
  for (const change of [
    (text) => `${text}table extra office\n  key office id\n  column office int need\n`,
    (text) => text.replace('  index', '  column colour text\n  index'),
    (text) => text.replace('  index office name', '  index office name\n  index office house id'),
    (text) => text.replace('  index office name\n', ''),
    (text) => text.replace('  index', '  column colour text\n  unique office colour\n  index').replace('  span', '  column since date\n  span other since..ends of house\n  span'),
  ]) assert.ok(judge(change).length > 0 && judge(change).every(([automatic]) => automatic), JSON.stringify(judge(change)));
});

test('what drops, narrows or may refuse rows needs a migration, and is named', () => {
  for (const [change, words] of [
    [(text) => text.replace('  column name text\n', ''), /room: gone: column name text/],
    [(text) => text.replace('column name text', 'column name int'), /room: changed: column name text → column name int/],
    [(text) => text.replace('column name text', 'column name text need'), /room: changed/],
    [(text) => text.replace('  index', '  column colour text need\n  index'), /room: new: column colour text need/],
    [(text) => text.replace('column house int -> house', 'column house int -> site'), /room: changed/],
    [(text) => text.replace('unique office name', 'unique office house'), /room: new: unique office house/],
    [(text) => text.replace('  span', '  span twice begins..ends of name\n  span'), /room: new: span twice/],
    [(text) => text.replace('key office id', 'key id'), /room: gone: key office id/],
    [(text) => text.replace('table room office', 'table room reference'), /room office → table room reference/],
    [() => '', /room: the table is gone/],
  ]) {
    const found = judge(change);
    assert.ok(found.some(([automatic, text]) => !automatic && words.test(text)), `${words}: ${JSON.stringify(found)}`);
  }
});

test('the program says its schema the same way twice, in the order of the names', () => {
  const [one, two] = [tuoyu(['schema']).stdout, tuoyu(['schema']).stdout];
  assert.equal(one, two);
  const names = [...read(one).keys()];
  assert.deepEqual(names, [...names].sort());
});
