// Prepayments: one month at most over all contracts of a child, whatever it is called; money that is in is put down,
// and market regulation sees what was too much — on both engines.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engines } from '../lib/client.mjs';
import { fields, house, list, ok, on, record, rules, today, until } from '../lib/children.mjs';

for (const engine of engines)
  describe(`money on ${engine}`, () => {
    let all;
    before(async () => { all = await house(engine); });
    after(() => all?.server.stop());

    const pay = async (contract, input) => ok(await all.head.post('/payment', { part: contract, kind: 'fee', method: 'cash', ...input })).data.id;
    const found = (id, client = all.market) => rules(client, 'payment', id);
    const over = async (id) => (await record(all.market, 'payment', id)).over;

    test('a month ahead is fine, the next one a few days early as well; more is found, with how much', async () => {
      const one = await all.admitted(), contract = await all.contract(one);
      const first = await pay(contract, { amount: '900', cover_from: today, cover_to: on(29) });
      assert.deepEqual([await found(first), await over(first)], [[], '0.00']);
      const two = await pay(contract, { amount: '1800', cover_from: today, cover_to: '2027-01-17' });
      assert.deepEqual([await found(two), await over(two)], [['FEE-1'], '1800.00'], 'on top of the month');
      const early = await all.admitted(), other = await all.contract(early);
      assert.deepEqual(await found(await pay(other, { amount: '900', cover_from: on(8), cover_to: '2026-12-25' })), [], 'for a month that begins in eight days');
      const third = await all.admitted(), far = await all.contract(third);
      const ahead = await pay(far, { amount: '900', cover_from: '2027-03-01', cover_to: '2027-03-31' });
      assert.deepEqual([await found(ahead), await over(ahead)], [['FEE-1'], '900.00'], 'a month, but far ahead');
    });

    test('a card for days that began yesterday counts, and two for the same days count twice', async () => {
      const one = await all.admitted(), contract = await all.contract(one, { from_day: on(-1) });
      const card = { kind: 'card', amount: '9000', cover_from: on(-1), cover_to: on(28) };
      const first = await pay(contract, card), second = await pay(contract, card);
      assert.deepEqual([await found(first), await found(second)], [['FEE-1'], ['FEE-1']]);
      assert.deepEqual([await over(first), await over(second)], ['7800.00', '16500.00'], 'a day of thirty is used up');
    });

    test('all contracts of a child count together', async () => {
      const one = await all.admitted();
      const months = [[today, '2026-12-17'], ['2026-12-18', '2027-01-17'], ['2027-01-18', '2027-02-17']];
      const paid = [];
      for (const [from_day, to_day] of months) {
        const contract = await all.contract(one, { from_day, to_day });
        paid.push(await pay(contract, { amount: '900', cover_from: from_day, cover_to: to_day }));
      }
      assert.deepEqual(await Promise.all(paid.map((id) => over(id))), ['0.00', '900.00', '1800.00']);
      assert.deepEqual(await Promise.all(paid.map((id) => found(id))), [[], ['FEE-1'], ['FEE-1']]);
      const backdated = await pay((await list(all.head, 'contract', `?part=${one.id}`))[0].id, { amount: '900', received_on: on(-3), cover_from: today, cover_to: '2026-12-17' });
      assert.deepEqual(await over(backdated), '2700.00', 'put down later with an earlier date: counted all the same');
    });

    test('without a fee by the month the days of a month are priced', async () => {
      const one = await all.admitted(), contract = await all.contract(one, {}, [{ item: 'care', label: '日托费', per: 'day', amount: '80' }]);
      const deposit = await pay(contract, { kind: 'deposit', amount: '50000' });
      assert.deepEqual([await found(deposit), await over(deposit)], [['FEE-1'], '48240.00'], '22 days of 80');
      const hours = await all.admitted(), hourly = await all.contract(hours, { service_form: 'hourly', weekdays: ['1'], hour_from: '09:00', hour_to: '11:30' }, [{ item: 'care', label: '计时费', per: 'hour', amount: '10' }]);
      assert.equal(await over(await pay(hourly, { kind: 'deposit', amount: '130' })), '10.00', 'four Mondays of three hours');
    });

    test('too much on a bill is a prepayment; what was given back ends the finding; the regulator has a list without names', async () => {
      const one = await all.admitted();
      ok(await all.place(one));
      const contract = await all.contract(one);
      await all.at(1);
      await until(async () => (await list(all.head, 'care_day', `?day=${on(1)}`)).length === 1, 'no day');
      await all.at(14);
      await until(async () => (await list(all.head, 'care_day', `?day=${on(14)}`)).length === 1, 'no day');
      const run = ok(await all.head.post('/bill_run', { month: '2026-11' })).data.id;
      await until(async () => (await record(all.head, 'bill_run', run)).state === 'done', 'the run does not end');
      const bill = (await list(all.head, 'bill', `?part=${one.id}`))[0];
      const month = await pay(contract, { bill: bill.id, amount: '900' });
      assert.deepEqual(await found(month), [], `a month's fee on a bill of ${bill.total} is no advance`);
      const much = await pay(contract, { bill: bill.id, amount: '13500' });
      assert.deepEqual([await found(much, all.head), await over(much)], [['FEE-1'], '12600.00'], 'the institution sees it too');

      const fees = async (client) => ok(await client.get('/fees.json')).data;
      const mine = async () => (await fees(all.market)).findings.filter((row) => row.url === `/payment/${much}`);
      const number = (await record(all.market, 'payment', much)).number;
      assert.deepEqual((await mine()).map((row) => [row.rule, row.message]), [['FEE-1', `收据${number}：预收费、押金超过1个月的费用12600.00元`]]);
      assert.doesNotMatch(JSON.stringify(await fees(all.market)), /试验/);
      assert.equal((await all.county.get('/fees.json')).status, 404, 'health has no duty here');
      assert.equal((await all.health.get(`/payment/${much}.json`)).status, 404);
      assert.equal((await all.spring.get(`/payment/${much}.json`)).status, 404);
      assert.deepEqual(fields(await all.head.post('/payment', { part: contract, kind: 'fee', method: 'cash', amount: '1', over: '0', received_on: on(30), cover_from: on(30), cover_to: on(31) })), [['received_on', 'future_day']]);

      await pay(contract, { kind: 'refund', bill: bill.id, amount: '12599' });
      assert.equal((await mine()).length, 1, 'not all of it');
      await pay(contract, { kind: 'refund', bill: bill.id, amount: '1' });
      assert.deepEqual([await mine(), await found(much)], [[], []]);
      await all.at(0);
    });

    const opened = async (days) => { await all.at(days); await until(async () => (await list(all.head, 'care_day', `?day=${on(days)}`)).length === 1, 'no day'); };
    const run = async (month) => {
      const id = ok(await all.head.post('/bill_run', { month })).data.id;
      return until(async () => { const row = await record(all.head, 'bill_run', id); return row.state === 'done' && row; }, 'the run does not end');
    };
    const bill = async (one, month) => { const row = (await list(all.head, 'bill', `?part=${one.id}`)).find((each) => each.month === month); return record(all.head, 'bill', row.id); };
    const sums = async (one, month) => { const row = await bill(one, month); return [row.state, row.total, row.paid, row.carried, row.due, row.moved, row.credit]; };
    const came = async (one, month) => {
      for (const day of (await list(all.head, 'care_day', `?from=${month}-01&to=${month}-31`)).map((row) => row.day).sort())
        await all.care.post('/attendance', { child: one.id, day, arrived_at: '08:00', correction: '补录' });
    };

    test('days that nobody put down settle nothing; put down later the bill is made anew, paid or not', async () => {
      const [late, ahead] = [await all.admitted(), await all.admitted()];
      const contracts = [];
      for (const one of [late, ahead]) {
        ok(await all.place(one));
        contracts.push(await all.contract(one));
      }
      await pay(contracts[1], { amount: '900', cover_from: today, cover_to: on(29) });
      await opened(1);
      await opened(14);
      const first = await run('2026-11'), others = first.made + first.renewed + first.kept - 2;
      assert.ok((await bill(late, '2026-11')).unrecorded_days > 0);
      assert.deepEqual(await sums(late, '2026-11'), ['open', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00'], 'not settled');
      assert.deepEqual(await sums(ahead, '2026-11'), ['paid', '0.00', '900.00', '0.00', '0.00', '0.00', '900.00']);
      for (const one of [late, ahead]) await came(one, '2026-11');
      const second = await run('2026-11');
      assert.deepEqual([second.made, second.renewed, second.kept], [0, 2, others]);
      assert.deepEqual(await sums(late, '2026-11'), ['open', '900.00', '0.00', '0.00', '900.00', '0.00', '0.00']);
      assert.deepEqual(await sums(ahead, '2026-11'), ['paid', '900.00', '900.00', '0.00', '0.00', '0.00', '0.00']);
      assert.equal((await all.care.post('/bill_run', { month: '2026-11' })).status, 404);
      await pay(contracts[0], { bill: (await bill(late, '2026-11')).id, amount: '900' });
      assert.equal((await bill(late, '2026-11')).state, 'paid');
      const third = await run('2026-11');
      assert.deepEqual([third.renewed, third.kept], [0, others + 2], 'nothing has changed');
      await all.at(0);
    });

    test('what a bill has too much counts for the next one of the contract; what was given back does not', async () => {
      const one = await all.admitted();
      ok(await all.place(one));
      const contract = await all.contract(one, { from_day: on(1), to_day: '2027-01-17' });
      await pay(contract, { amount: '900', cover_from: on(1), cover_to: '2026-12-18' });
      await opened(1);
      await opened(14);
      await came(one, '2026-11');
      await run('2026-11');
      const [, total] = await sums(one, '2026-11');
      assert.ok(Number(total) > 0 && Number(total) < 900, total);
      const more = (900 - Number(total)).toFixed(2);
      assert.deepEqual(await sums(one, '2026-11'), ['paid', total, '900.00', '0.00', '0.00', '0.00', more]);
      await opened(44);
      await came(one, '2026-12');
      await run('2026-12');
      assert.deepEqual(await sums(one, '2026-11'), ['paid', total, '900.00', '0.00', '0.00', more, '0.00']);
      assert.deepEqual(await sums(one, '2026-12'), ['open', '900.00', '0.00', more, total, '0.00', '0.00']);
      await pay(contract, { bill: (await bill(one, '2026-12')).id, amount: total });
      assert.equal((await bill(one, '2026-12')).state, 'paid');
      await pay(contract, { kind: 'refund', amount: more });
      assert.deepEqual(await sums(one, '2026-12'), ['open', '900.00', total, '0.00', more, '0.00', '0.00'], 'given back without naming a bill');
      const other = (await list(all.head, 'bill')).find((row) => row.part !== one.id && row.month === '2026-12');
      assert.ok(other === undefined || other.carried === '0.00' || other.contract !== contract);
      await all.at(0);
    });

    test('a contract that was ended back beyond what was billed owes nothing for it', async () => {
      const casual = { service_form: 'temporary', weekdays: [] }, hours = [{ item: 'care', label: '计时费', per: 'day', amount: '80' }];
      const [back, never, once, goes] = [await all.admitted(), await all.admitted(), await all.admitted(), await all.admitted()];
      const contracts = [];
      for (const one of [back, never, once, goes]) {
        ok(await all.place(one));
        contracts.push(await (one === once ? all.contract(one, casual, hours) : all.contract(one)));
      }
      await opened(1);
      await opened(14);
      for (const one of [back, never, once, goes]) await came(one, '2026-11');
      await run('2026-11');
      await opened(44);
      for (const one of [back, never, once, goes]) await came(one, '2026-12');
      const december = await run('2026-12');
      const due = async (one, month) => (await bill(one, month)).due;
      assert.deepEqual([await due(back, '2026-12'), await due(goes, '2026-12')], ['900.00', '900.00']);
      assert.ok(Number(await due(never, '2026-11')) > 0 && Number(await due(once, '2026-12')) > 0);
      await pay(contracts[0], { bill: (await bill(back, '2026-12')).id, amount: '900' });
      const end = (i, ended_on, client = all.head) => client.post(`/contract/${contracts[i]}/end`, { ended_on, end_reason: '试验' });
      assert.equal((await end(0, '2026-11-30', all.care)).status, 404);
      ok(await end(0, '2026-11-30'));
      ok(await end(1, on(-1)));
      ok(await end(2, '2026-11-30'));
      assert.equal((await all.spring.post('/bill_run', { month: '2026-12' })).status, 200);
      assert.equal(await due(never, '2026-12'), '900.00', 'another institution makes its own');
      const again = await run('2026-12');
      assert.deepEqual([again.total, again.renewed, again.kept], [december.total, 3, december.made + december.renewed + december.kept - 3]);
      await run('2026-11');
      assert.deepEqual(await sums(back, '2026-12'), ['paid', '0.00', '900.00', '0.00', '0.00', '0.00', '900.00'], 'to be given back');
      assert.ok(Number((await bill(back, '2026-11')).total) > 0, 'what was before the end stays owed');
      assert.ok(Number((await bill(once, '2026-11')).total) > 0);
      for (const [one, month] of [[never, '2026-11'], [never, '2026-12'], [once, '2026-12']])
        assert.deepEqual(await sums(one, month), ['paid', '0.00', '0.00', '0.00', '0.00', '0.00', '0.00']);
      assert.equal(await due(goes, '2026-12'), '900.00');
      await all.at(0);
    });

    test('nobody gives back what was not received', async () => {
      const one = await all.admitted(), contract = await all.contract(one);
      const refund = (amount, client = all.head) => client.post('/payment', { part: contract, kind: 'refund', method: 'cash', amount });
      assert.deepEqual(fields(await refund('99999')), [['amount', 'FEE-BACK']]);
      await pay(contract, { kind: 'deposit', amount: '300' });
      assert.deepEqual(fields(await refund('300.01')), [['amount', 'FEE-BACK']]);
      assert.ok([403, 404].includes((await refund('1', all.market)).status));
      const stranger = await refund('99999', all.spring);
      assert.equal(stranger.status, 403);
      assert.doesNotMatch(stranger.text, /300/, 'nor learns what was received');
      ok(await refund('200'));
      assert.deepEqual(fields(await refund('100.01')), [['amount', 'FEE-BACK']], 'what was given back counts');
      ok(await refund('100'));
    });

    test('a contract by the day is measured by what its days cost', async () => {
      const one = await all.admitted(), items = [{ item: 'care', label: '日托费', per: 'day', amount: '80' }];
      await all.contract(one, { deposit: '50', to_day: '2026-12-17' }, items); /* signed */
      const id = await all.head.make('contract', { part: one.id, service_form: 'full_day', weekdays: ['1', '2'], from_day: '2026-12-18', to_day: '2027-03-17', prepay: 'none', deposit: '5000', absence_refund: 'day', refund_rule: '按天', dispute: '协商' });
      await all.head.make('contract_item', { part: id, ...items[0] });
      assert.deepEqual(fields(await all.head.post(`/contract/${id}/sign`, { signed_by: one.guardian, signed_on: today })).map(([, code]) => code), ['FEE-1']);
    });
  });
