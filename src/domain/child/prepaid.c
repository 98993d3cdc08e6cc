/* 预收费 — clause C103: what an institution has taken from a family and not yet given care for is one month's fee at
 * most, over all contracts of the child and whatever it is called: card, package, deposit, too much on a bill. Money
 * that was taken is put down all the same; how much of it was too much is kept with the payment, and stays a finding
 * until it was given back. */
#include <string.h>

#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "policy/engine.h"

enum { HOURS = 8, WEEK = 7, HOUR_MS = 3600000 };

struct paid {
    bool refund, deposit;
    int64_t amount, bill;
    struct day received, from, to;
    bool days; /* says which days it is for */
};

struct purse {
    const struct row *contract;
    struct paid *paid;
    size_t n;
    struct row_set bills;
};

static bool
is(const char *text, const char *code)
{
    return text != NULL && strcmp(text, code) == 0;
}

static struct paid
paid_of(const char *kind, int64_t amount, int64_t bill, const char *received, const char *from, const char *to)
{
    struct paid paid = { .refund = is(kind, "refund"), .deposit = is(kind, "deposit"), .amount = amount, .bill = bill };
    if (received != NULL)
        day_parse(received, &paid.received);
    paid.days = from != NULL && to != NULL && day_parse(from, &paid.from) && day_parse(to, &paid.to);
    return paid;
}

/* Adds the payments of one contract. */
static enum status
add_paid(struct call *call, struct reader *reader, const struct row *contract, struct purse *purse)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena,
                                     "select kind, amount, coalesce(bill, 0), received_on, cover_from, cover_to from "
                                     "payment where office = ?1 and part = ?2 order by id",
                                     ARGS(value_int(contract->office), value_int(contract->id)), &rows);
    if (status != OK)
        return status;
    struct paid *all = arena_array(call->arena, purse->n + rows.n + 1, sizeof *all);
    if (all == NULL)
        return NO_MEMORY;
    if (purse->n > 0)
        memcpy(all, purse->paid, purse->n * sizeof *all);
    purse->paid = all;
    for (size_t i = 0; i < rows.n; i++)
        purse->paid[purse->n++] = paid_of(rows_text(&rows, i, 0), rows_int(&rows, i, 1), rows_int(&rows, i, 2),
                                          rows_text(&rows, i, 3), rows_text(&rows, i, 4), rows_text(&rows, i, 5));
    return OK;
}

/* All payments of the child, the new one last: a child has few contracts, an office has payments without number. */
static enum status
read_paid(struct call *call, struct reader *reader, const struct row *payment, struct purse *purse)
{
    struct row_set contracts;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(purse->contract->part) };
    enum status status = rows_by(call, reader, &contract_form, purse->contract->office, where, values, 1, &contracts);
    for (size_t i = 0; status == OK && i < contracts.n; i++)
        status = add_paid(call, reader, contracts.rows[i], purse);
    if (status != OK)
        return status;
    purse->paid[purse->n++] = /* there is room for one more */
        paid_of(row_text(payment, "kind"), row_int(payment, "amount"), row_int(payment, "bill"),
                row_text(payment, "received_on"), row_text(payment, "cover_from"), row_text(payment, "cover_to"));
    return OK;
}

/* ---- what a month costs ---- */

/* Days of the contract in the month that begins on that day; without agreed days those of the working week. */
static int
days_of_month(const struct row *contract, struct day from)
{
    int days = 0;
    const struct day end = day_add_months(from, 1);
    for (struct day day = from; day.n < end.n; day.n++) {
        const char weekday[] = { (char)('1' + day_weekday(day)), '\0' };
        days +=
            row_has(contract, "weekdays") ? row_codes_have(contract, "weekdays", weekday) : day_weekday(day) < WEEK - 2;
    }
    return days;
}

static int64_t
hours_of_day(const struct row *contract)
{
    int64_t begin, end;
    const char *from = row_text(contract, "hour_from"), *to = row_text(contract, "hour_to");
    if (from == NULL || to == NULL || !input_clock(from, &begin) || !input_clock(to, &end))
        return HOURS;
    return (end - begin + HOUR_MS - 1) / HOUR_MS;
}

enum status
contract_month_cost(struct call *call, struct reader *reader, const struct row *contract, struct day from,
                    int64_t *cost)
{
    struct row_set items;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(contract->id) };
    const int64_t days = days_of_month(contract, from);
    enum status status = rows_by(call, reader, &contract_item_form, contract->office, where, values, 1, &items);
    *cost = 0;
    for (size_t i = 0; status == OK && i < items.n; i++) {
        const char *per = row_text(items.rows[i], "per");
        const int64_t amount = row_int(items.rows[i], "amount");
        *cost += is(per, "month")  ? amount
                 : is(per, "day")  ? amount * days
                 : is(per, "hour") ? amount * days * hours_of_day(contract)
                                   : 0;
    }
    return status;
}

/* The dearest of the contracts of that month, and of the one that is paid for. */
static enum status
month_fee(struct call *call, struct reader *reader, const struct purse *purse, struct day from, int64_t *fee)
{
    char first[11], last[11];
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(purse->contract->part) };
    day_iso(from, first);
    day_iso(day_add_months(from, 1), last);
    enum status status = rows_by(call, reader, &contract_form, purse->contract->office, where, values, 1, &set);
    *fee = 0;
    for (size_t i = 0; status == OK && i < set.n; i++) {
        int64_t cost;
        const struct row *contract = set.rows[i];
        const bool in_force = contract->state != DRAFT && strcmp(row_text(contract, "from_day"), last) < 0 &&
                              strcmp(row_text(contract, "to_day"), first) >= 0;
        if (!in_force && contract->id != purse->contract->id)
            continue;
        status = contract_month_cost(call, reader, contract, from, &cost);
        *fee = cost > *fee ? cost : *fee;
    }
    return status;
}

/* ---- what is held on a day ---- */

static int64_t
share(int64_t amount, int64_t part, int64_t whole)
{
    return whole <= 0 ? 0 : amount * part / whole;
}

/* Of a payment for days, what is for those from `day` on. */
static int64_t
from_day_on(const struct paid *paid, struct day day)
{
    if (!paid->days)
        return paid->amount;
    const int64_t whole = paid->to.n - paid->from.n + 1, left = paid->to.n - day.n + 1;
    return left <= 0 ? 0 : share(paid->amount, left < whole ? left : whole, whole);
}

/* Paid less billed. A month's fee on the bill of a month is no advance when days of absence make that bill smaller. */
static int64_t
beyond_bills(const struct purse *purse, struct day day, int64_t fee)
{
    int64_t all = 0;
    for (size_t b = 0; b < purse->bills.n; b++) {
        const int64_t total = row_int(purse->bills.rows[b], "total"), least = total > fee ? total : fee;
        int64_t paid = 0;
        for (size_t i = 0; i < purse->n; i++)
            if (purse->paid[i].bill == purse->bills.rows[b]->id && purse->paid[i].received.n <= day.n)
                paid += purse->paid[i].refund ? -purse->paid[i].amount : purse->paid[i].amount;
        all += paid < total ? paid - total : paid < least ? 0 : paid - least;
    }
    return all < 0 ? 0 : all;
}

static enum status
held(struct call *call, struct reader *reader, const struct purse *purse, struct day day, int64_t *over)
{
    int64_t fee, all;
    enum status status = month_fee(call, reader, purse, day, &fee);
    all = status == OK ? beyond_bills(purse, day, fee) : 0;
    for (size_t i = 0; i < purse->n; i++) {
        const struct paid *paid = &purse->paid[i];
        if (paid->bill != 0 || paid->received.n > day.n)
            continue;
        all += paid->refund ? -paid->amount : paid->deposit ? paid->amount : from_day_on(paid, day);
    }
    all -= fee * standard_int(call, "FEE-1", 1);
    *over = all > *over ? all : *over;
    return status;
}

/* What is for days after the month that begins with the receipt, or a few days later where the days begin later. */
static int64_t
too_far_ahead(const struct call *call, const struct paid *paid)
{
    const int32_t ahead = paid->received.n + (int32_t)standard_int(call, "CFG-FEE-AHEAD-DAYS", 10);
    struct day begin = paid->received;
    if (paid->refund || !paid->days)
        return 0;
    if (paid->from.n > begin.n)
        begin.n = paid->from.n < ahead ? paid->from.n : ahead;
    const struct day end = day_add_months(begin, (int)standard_int(call, "FEE-1", 1));
    return from_day_on(paid, end);
}

/* Receipts may be put down in any order: counted on the day of this one, and on the day of the latest. */
enum status
prepaid_over(struct call *call, struct reader *reader, const struct row *contract, const struct row *payment,
             int64_t *over)
{
    struct purse purse = { .contract = contract };
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(contract->part) };
    *over = 0;
    enum status status = rows_by(call, reader, &bill_form, contract->office, where, values, 1, &purse.bills);
    if (status == OK)
        status = read_paid(call, reader, payment, &purse);
    if (status != OK)
        return status;
    const struct paid *mine = &purse.paid[purse.n - 1];
    struct day latest = mine->received;
    for (size_t i = 0; i < purse.n; i++)
        latest = purse.paid[i].received.n > latest.n ? purse.paid[i].received : latest;
    if (mine->refund)
        return OK;
    *over = too_far_ahead(call, mine);
    status = held(call, reader, &purse, mine->received, over);
    if (status == OK && latest.n > mine->received.n)
        status = held(call, reader, &purse, latest, over);
    return status;
}

/* ---- giving back ---- */

enum status
prepaid_held(struct call *call, struct reader *reader, const struct row *child, int64_t *fen)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select coalesce((select sum((select sum(case when p.kind = 'refund' then -p.amount else p.amount end) from "
        "payment p where p.office = k.office and p.part = k.id)) from contract k where k.office = ?1 and k.part = ?2), "
        "0), "
        "coalesce((select sum(b.total) from bill b where b.office = ?1 and b.part = ?2), 0)",
        ARGS(value_int(child->office), value_int(child->id)), &rows);
    *fen = status == OK ? rows_int(&rows, 0, 0) - rows_int(&rows, 0, 1) : 0;
    return status;
}

enum status
prepaid_returned(struct call *call, struct reader *reader, const struct row *payment, int64_t *returned)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select coalesce(sum(p.amount), 0) from contract o join contract k on k.office = o.office and k.part = o.part "
        "join payment p on p.office = k.office and p.part = k.id where o.office = ?1 and o.id = ?2 and p.id > ?3 and "
        "p.kind = 'refund'",
        ARGS(value_int(payment->office), value_int(payment->part), value_int(payment->id)), &rows);
    *returned = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

enum status
prepaid_rejudge(struct call *call, struct writer *writer, const struct row *refund)
{
    struct rows rows;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select p.id from contract o join contract k on k.office = o.office and k.part = o.part join payment p on "
        "p.office = k.office and p.part = k.id where o.office = ?1 and o.id = ?2 and p.over > 0 order by p.id",
        ARGS(value_int(refund->office), value_int(refund->part)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct row *payment;
        status = row_get(call, writer_reader(writer), &payment_form, rows_int(&rows, i, 0), &payment);
        if (status == OK)
            status = row_rejudge(call, writer, payment);
    }
    return status;
}
