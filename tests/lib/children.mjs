// Children of the demo institution for API tests: one server, its people, and what it takes to admit a child.
import assert from 'node:assert/strict';
import { resident, signIn, start } from './client.mjs';

export const begin = Date.UTC(2026, 10, 18, 0, 5), dayMs = 86400000, today = '2026-11-18'; /* Wednesday 08:05 in Pingliang */
export const iso = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);
export const on = (days) => iso(begin + days * dayMs);
export const until = async (met, what = 'it did not come') => {
  for (let i = 0; i < 100; i++) {
    const got = await met();
    if (got) return got;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
};
export const codes = (answer) => answer.body.errors?.map((one) => one.code) ?? [];
export const fields = (answer) => answer.body.errors?.map((one) => [one.field, one.code]) ?? [];
export const ok = (answer) => (assert.equal(answer.status, 200, answer.text), answer.body);
export const record = async (client, form, id) => ok(await client.get(`/${form}/${id}.json`)).data;
export const list = async (client, form, query = '') => ok(await client.get(`/${form}.json${query}`)).data;
export const rules = async (client, form, id) => ok(await client.get(`/${form}/${id}.json`)).findings.map((one) => one.rule).sort();

const logins = { head: 'inst-sun', health: 'sun-health', care: 'sun-care', gate: 'sun-gate', county: 'kt-handle', market: 'kt-market', city: 'pl-health', spring: 'inst-spring' };

/* The server with its people as clients; `at` moves the clock and signs everybody in anew. */
export const house = async (engine) => {
  const server = await start({ engine, clock: begin });
  let now = begin;
  const all = { server };
  const everybody = async () => {
    await Promise.all(Object.entries(logins).map(async ([name, login]) => { all[name] = await signIn(server, login); }));
  };
  await everybody();
  /* accounts that nobody uses for 90 days are disabled: longer ways are gone in steps */
  all.at = async (days) => {
    const ms = begin + days * dayMs;
    do {
      now = ms > now ? Math.min(ms, now + 80 * dayMs) : ms;
      server.clock(now);
      await everybody();
    } while (now !== ms);
  };
  all.body = (await list(all.head, 'medical_body'))[0].id;
  all.classes = (await list(all.head, 'class_group')).sort((a, b) => (a.name < b.name ? -1 : 1));
  let serial = 700;
  /* a child with guardian and papers, not yet admitted */
  all.child = async ({ born = '2024-05-01', client = all.head, ...more } = {}) => {
    serial++;
    const id = await client.make('child', { name: `试验${serial}`, sex: serial % 2 ? 'male' : 'female', born, id_kind: 'resident_id', id_number: resident(serial, born.replaceAll('-', '')), ...more });
    const guardian = await client.make('guardian', { part: id, name: '试验家长', relation: 'mother', phone: '13900000000' });
    await client.make('entry_check', { part: id, examined_on: '2026-11-10', body: all.body, result: 'pass', vaccination: 'complete' });
    return { id, guardian };
  };
  all.admitted = async (more = {}, entered_on = today) => {
    const one = await all.child(more);
    ok(await all.head.post(`/child/${one.id}/admit`, { entered_on }));
    return one;
  };
  all.step = (one, step, input = {}) => all.head.post(`/child/${one.id}/${step}`, input);
  all.place = (one, class_ = all.classes[0].id, from = today) => all.step(one, 'place', { class: class_, class_from: from });
  all.contract = async (one, more = {}, items = [{ item: 'care', label: '保育费', per: 'month', amount: '900' }]) => {
    const id = await all.head.make('contract', { part: one.id, service_form: 'full_day', weekdays: ['1', '2', '3', '4', '5'], from_day: today, to_day: '2027-11-17', prepay: 'none', absence_refund: 'day', refund_rule: '按天结算', dispute: '协商', ...more });
    for (const item of items) await all.head.make('contract_item', { part: id, ...item });
    ok(await all.head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today }));
    return id;
  };
  return all;
};
