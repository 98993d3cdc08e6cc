// What the rules of a filing find and what they leave alone, by the values typed and the numbers of the standards.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines, pdf, signIn, start } from '../lib/client.mjs';

for (const engine of engines)
  describe(`rules of a filing on ${engine}`, () => {
    let server, star, city, filing;
    before(async () => {
      server = await start({ engine, clock: Date.UTC(2026, 10, 18, 1) });
      [star, city] = await Promise.all(['inst-star', 'pl-health'].map((name) => signIn(server, name)));
      filing = (await star.get('/filing.json')).body.data[0].id;
    });
    after(() => server?.stop());

    /* what these rules say once the fields are so */
    const found = async (rule, fields) => {
      const { version } = (await star.get(`/filing/${filing}.json`)).body.data, answer = await star.post(`/filing/${filing}`, { version, ...fields });
      assert.equal(answer.status, 200, answer.text);
      return (await star.get(`/filing/${filing}.json`)).body.findings.filter((one) => one.rule === rule).map((one) => one.message).sort();
    };

    test('a lease that has ended is no lease, however long it was', async () => {
      assert.deepEqual(await found('SET-11', { premises_kind: 'leased', lease_from: '2015-01-01', lease_to: '2021-12-31' }), ['租期已于2021-12-31到期']);
      assert.deepEqual(await found('SET-11', { lease_from: '2024-01-01', lease_to: '2026-11-18' }), ['租期不足3年'], 'its last day is one of it');
      assert.deepEqual(await found('SET-11', { lease_from: '2024-01-01', lease_to: '2027-12-31' }), []);
    });

    test('a form of service that the scope leaves out is found in the filing', async () => {
      assert.deepEqual(await found('FIL-FORMS', { service_forms: ['full_day', 'hourly'] }), ['提供计时制服务，但登记范围未注明']);
      assert.deepEqual(await found('FIL-FORMS', { service_forms: ['full_day', 'half_day'] }), []);
    });

    test('a site in a dwelling is found', async () => {
      assert.match((await found('BLD-RESIDENCE', { building_type: 'residence' }))[0], /场所在住宅内：应有独立的疏散楼梯和安全出口，不超过3个班（现有2个）/);
      assert.deepEqual(await found('BLD-RESIDENCE', { building_type: 'independent' }), []);
    });

    test('each started part of the area has its extinguisher; exits and parts are numbers of the standards', async () => {
      assert.deepEqual(await found('FIRE-EXITS', { indoor_m2: '199', extinguishers: 3 }), ['灭火器少于4具']);
      assert.deepEqual(await found('FIRE-EXITS', { extinguishers: 4 }), []);
      assert.deepEqual(await found('FIRE-EXITS', { indoor_m2: '200' }), []);
      assert.deepEqual(await found('FIRE-EXITS', { indoor_m2: '200.01' }), ['灭火器少于5具']);
      const own = [await city.make('standard', { standard: 'FIRE-EQUIPMENT-M2', layer: '市', label: '每具灭火器配备的面积不超过', op: '<=', value: '40', unit: '㎡' }),
        await city.make('standard', { standard: 'FIRE-EXITS', layer: '市', label: '安全出口不少于', op: '>=', value: '3', unit: '个' })];
      assert.deepEqual(await found('FIRE-EXITS', { indoor_m2: '200', exits: 2 }), ['安全出口少于3个', '灭火器少于5具']);
      for (const id of own) assert.equal((await city.post(`/standard/${id}/retire`, {})).status, 200);
      assert.deepEqual(await found('FIRE-EXITS', { exits: 1 }), ['安全出口少于2个']);
      await found('FIRE-EXITS', { exits: 2 });
    });

    test('a report that says no is found; a newer one ends it', async () => {
      assert.deepEqual(await found('FIL-RESULT', {}), []);
      const put = (result) => star.upload('evidence', { kind: 'air_test', title: '室内空气', issued_on: '2026-11-01', result }, 'file', pdf(result));
      const bad = await put('fail');
      assert.equal(bad.status, 200, bad.text);
      assert.deepEqual(await found('FIL-RESULT', {}), ['室内空气质量检测报告的结论为“不合格”']);
      assert.equal((await put('pass')).status, 200);
      const { id } = bad.body.data;
      assert.equal((await star.post(`/evidence/${id}`, { version: 1, replaced: true })).status, 200);
      assert.deepEqual(await found('FIL-RESULT', {}), []);
    });

    test('a guard is asked of those that stand alone, and of no others', async () => {
      for (const one of (await star.get('/staff.json')).body.data.filter((person) => person.posts.includes('security')))
        assert.equal((await star.post(`/staff/${one.id}`, { version: one.version, posts: ['cook'] })).status, 200);
      assert.deepEqual(await found('SET-18-POSTS', { independent: false }), []);
      assert.deepEqual(await found('SET-22', {}), []);
      assert.deepEqual(await found('SET-22', { independent: true }), ['独立设置的托育机构至少有1名保安人员在岗']);
      assert.deepEqual(await found('SET-18-POSTS', {}), []);
    });
  });
