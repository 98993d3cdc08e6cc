// Who may touch what is registered and filed: only the authority that registered an institution is followed, and what was
// filed stands until a filing changes it. On both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, engines, signIn, start, uscc } from '../lib/client.mjs';

const loaded = Date.UTC(2026, 10, 18, 1), begin = loaded + 60000;

for (const engine of engines)
  describe(`what is registered and filed, on ${engine}`, () => {
    let server, market, civil, county, other, city, sun, community, nobody;
    const record = async (client, form, id) => (await client.get(`/${form}/${id}.json`)).body.data;
    const mine = async (client) => (await client.get('/session')).body.data.institution;
    const told = async (client, words) => (await client.get('/notices')).body.data.notices.some((one) => one.text.includes(words));
    const push = async (client, site, more = {}) => record(client, 'registration', await client.make('registration', { uscc: site.uscc, site: site.site, name: site.name,
      registered_on: site.registered_on, scope: '托育服务（全日制）', place: site.place, address: site.address, ...more }));
    const must = async (answer) => {
      const got = await answer;
      assert.equal(got.status, 200, got.text);
      return got;
    };
    before(async () => {
      server = await start({ engine, clock: loaded });
      server.clock(begin);
      [market, civil, county, other, city, sun, community] = await Promise.all(['kt-market', 'kt-civil', 'kt-handle', 'jc-handle', 'pl-health', 'inst-sun', 'inst-community'].map((name) => signIn(server, name)));
      nobody = new Client(server);
    });
    after(() => server?.stop());

    test('only the authority that registered an institution is followed; the county hears of the other', async () => {
      const id = await mine(community), site = await record(county, 'institution', id), legal = await record(county, 'legal_person', site.legal_person);
      assert.equal(site.authority, 'civil');
      for (const more of [{ address: '别处1号' }, { status: 'cancelled' }, { site: '02', name: '另一处' }]) {
        const answer = await push(market, site, { representative: '别人', ...more });
        assert.match(answer.outcome, /未受理：该(机构|法人)由民政部门登记/);
        assert.equal(answer.made, null);
      }
      assert.deepEqual(await record(county, 'institution', id), site);
      assert.deepEqual(await record(county, 'legal_person', site.legal_person), legal);
      assert.ok(await told(county, '其他登记机关的推送未受理'));
      assert.equal((await push(civil, site)).made, id, 'its own is');
    });

    test('a push that says registered ends what cancelled said', async () => {
      const id = await mine(sun), site = await record(county, 'institution', id);
      await push(market, site, { status: 'cancelled' });
      assert.equal((await record(county, 'institution', id)).register_cancelled, true);
      await push(market, site);
      assert.equal((await record(county, 'institution', id)).register_cancelled, null);
      assert.ok(await told(county, '登记恢复在册') && await told(sun, '登记机关已恢复登记'));
    });
  });
