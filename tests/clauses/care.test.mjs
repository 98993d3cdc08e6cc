// Clause by clause: the checks of each day (每日晨检). Titles begin with the clause and the verbs that they prove.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { called, engines, signIn, start } from '../lib/client.mjs';

const begin = Date.UTC(2026, 10, 18, 1), today = '2026-11-18';

for (const engine of engines)
  describe(`clauses on ${engine}`, () => {
    let server, head, care, county, children, day;
    before(async () => {
      server = await start({ engine, clock: begin });
      [head, care, county] = await Promise.all(['inst-sun', 'sun-care', 'kt-handle'].map((name) => signIn(server, name)));
      for (let i = 0; i < 60 && !day; i++) {
        day = (await head.get(`/care_day.json?day=${today}`)).body.data[0];
        if (!day) await new Promise((resolve) => setTimeout(resolve, 200));
      }
      children = (await care.get('/child.json?state=enrolled&sort=title')).body.data;
    });
    after(() => server?.stop());

    const home = async () => {
      for (const row of (await care.get(`/attendance.json?day=${today}&state=present`)).body.data)
        assert.equal((await care.post(`/attendance/${row.id}/leave`, await called(care, row.child, '演示姑姑'))).status, 200);
    };

    test('C043 C: the day is not closed while somebody came and was not checked, unless the head says why', async () => {
      for (const child of children.slice(0, 3)) await care.make('attendance', { child: child.id, arrived_at: '07:50' });
      for (const child of children.slice(0, 2)) await care.make('morning_check', { child: child.id, round: 'morning', temperature: '36.5' });
      await home();
      const refused = await head.post(`/care_day/${day.id}/close`, {});
      assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'unchecked'], refused.text);
      assert.match(refused.body.errors[0].message, /1名到园婴幼儿没有晨检/);
      assert.equal((await head.get(`/care_day/${day.id}.json`)).body.data.state, 'open');
    });

    test('C043 M: checked of those who came, at once, for institution and county; silence counts in the attendance', async () => {
      const figure = async (label) => (await county.get(`/care.json?from=${today}&to=${today}`)).body.data.figures.find((one) => one.label === label);
      assert.equal((await figure('晨检完成率')).value, '66.67');
      await care.make('morning_check', { child: children[2].id, round: 'morning', temperature: '36.4' });
      assert.equal((await figure('晨检完成率')).value, '100.00');
      const came = await figure('出勤率');
      assert.ok(Number(came.value) < 10, `three of all who are expected in the county: ${came.value}`);
      assert.equal((await head.post(`/care_day/${day.id}/close`, {})).status, 200);
    });
  });
