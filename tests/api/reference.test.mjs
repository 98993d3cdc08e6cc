// A new release brings codes and numbers of the law that an older data folder lacks; what the city changed stays.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signIn, start } from '../lib/client.mjs';

describe('reference data of a newer release', () => {
  let server;
  before(async () => { server = await start(); });
  after(() => server?.stop());

  test('what is missing comes with the next start, once; what the city wrote stays', async () => {
    const city = await signIn(server, 'pl-health');
    const own = (await city.get('/standard.json?q=CFG-REMIND-DAYS')).body.data[0];
    assert.equal((await city.post(`/standard/${own.id}`, { version: own.version, value: '4' })).status, 200);
    await server.halt();
    const sql = (text) => spawnSync('sqlite3', [path.join(server.data, 'tuoyu.db'), text], { encoding: 'utf8' }).stdout.trim();
    const before = sql('select count(*) from code_item');
    sql("delete from code_item where list = 'weekday'; delete from standard where standard = 'AGE-MAX'");
    assert.notEqual(sql('select count(*) from code_item'), before);
    await server.serve();
    assert.equal(sql('select count(*) from code_item'), before);
    assert.equal(sql("select count(*) from standard where standard = 'AGE-MAX'"), '1');
    await server.halt();
    await server.serve();
    assert.equal(sql('select count(*) from code_item'), before, 'nothing twice');
    assert.equal(sql("select value from standard where standard = 'CFG-REMIND-DAYS'"), '4');
  });
});
