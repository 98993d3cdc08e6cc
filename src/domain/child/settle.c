/* What was received, put against the bills of a contract in the order of their months: what one bill has too much
 * counts for the next one, so that money for 18 January to 17 February serves both. Counted anew from the payments each
 * time. */
#include <stdlib.h>
#include <string.h>

#include "domain/child/contract.h"
#include "policy/engine.h"

/* Of each bill what was received on it less what was given back. */
struct received {
    struct rows rows; /* bill, fen */
    int64_t back;     /* given back without naming a bill, beyond deposits and what is on no bill yet */
};

static enum status
read_received(struct call *call, struct reader *reader, int64_t office, int64_t contract, struct received *received)
{
    enum status status = reader_rows(
        reader, call->arena,
        "select coalesce(bill, 0), sum(case when kind = 'refund' then -amount else amount end) from payment where "
        "office = ?1 and part = ?2 group by coalesce(bill, 0)",
        ARGS(value_int(office), value_int(contract)), &received->rows);
    received->back = 0;
    for (size_t i = 0; status == OK && i < received->rows.n; i++)
        if (rows_int(&received->rows, i, 0) == 0 && rows_int(&received->rows, i, 1) < 0)
            received->back = -rows_int(&received->rows, i, 1);
    return status;
}

static int64_t
received_on(const struct received *received, int64_t bill)
{
    for (size_t i = 0; i < received->rows.n; i++)
        if (rows_int(&received->rows, i, 0) == bill)
            return rows_int(&received->rows, i, 1);
    return 0;
}

static int
by_month(const void *a, const void *b)
{
    const struct row *one = *(struct row *const *)a, *other = *(struct row *const *)b;
    return strcmp(row_text(one, "month"), row_text(other, "month"));
}

static bool
put_fen(struct row *bill, const char *field, int64_t fen)
{
    if (row_has(bill, field) && row_int(bill, field) == fen)
        return false;
    row_set_int(bill, field, fen);
    return true;
}

/* A bill of days that nobody has put down, on which nothing was paid, is not settled, whatever its sum. */
static bool
is_settled(const struct row *bill, int64_t have)
{
    return have >= row_int(bill, "total") && (have > 0 || row_int(bill, "unrecorded_days") == 0);
}

/* `*carry`: in, what the bills before leave; out, what this one leaves to the next. */
static enum status
settle_one(struct call *call, struct writer *writer, struct row *bill, int64_t paid, bool last, int64_t *back,
           int64_t *carry)
{
    const int64_t have = paid + *carry, total = row_int(bill, "total");
    int64_t more = have > total ? have - total : 0;
    const int64_t less = more < *back ? more : *back;
    *back -= less;
    more -= less;
    bool changed = put_fen(bill, "paid", paid);
    changed = put_fen(bill, "carried", *carry) || changed;
    changed = put_fen(bill, "due", have < total ? total - have : 0) || changed;
    changed = put_fen(bill, "moved", last ? 0 : more) || changed;
    changed = put_fen(bill, "credit", last ? more : 0) || changed;
    const bool settled = is_settled(bill, have), was = bill->state == PAID;
    *carry = more;
    enum status status = changed ? row_change(call, writer, bill, bill->version) : OK;
    if (status == OK && settled != was)
        status = step_take(call, writer, &bill_form, bill->id, 0, settled ? "settle" : "reopen", NULL, NULL);
    return status;
}

enum status
bills_settle(struct call *call, struct writer *writer, int64_t office, int64_t contract)
{
    struct row_set bills;
    struct received received;
    int64_t carry = 0;
    const char *const where[] = { "contract" };
    const struct value values[] = { value_int(contract) };
    enum status status = rows_by(call, writer_reader(writer), &bill_form, office, where, values, 1, &bills);
    if (status == OK)
        status = read_received(call, writer_reader(writer), office, contract, &received);
    if (status == OK && bills.n > 1)
        qsort(bills.rows, bills.n, sizeof *bills.rows, by_month);
    for (size_t i = 0; status == OK && i < bills.n; i++)
        status = settle_one(call, writer, bills.rows[i], received_on(&received, bills.rows[i]->id), i + 1 == bills.n,
                            &received.back, &carry);
    return status;
}
