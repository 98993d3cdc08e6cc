/* 月度账单 — clauses C065, C103. Made after the month from the contract and the attendance: what was agreed, less what
 * the contract gives back for days the child did not come. Nothing is typed. Attendance that is put down later makes
 * the bill anew, paid or not: payments are rows of their own, and the difference is due or carried on (settle.c). */
#include <string.h>

#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/printed.h"

enum { MONTH_DAYS = 31, HALF_HOUR_MS = 30 * 60 * 1000, LINES_MOST = 40 };

/* ---- the month of one contract, in days ---- */

struct month {
    struct day first, last;
    struct day from, to; /* the contract's own days; one that was ended before it began has none */
    int open, expected, attended, refunded, unrecorded;
    int64_t half_hours;
};

struct came {
    bool expected, attended, recorded;
};

static bool
is(const struct row *row, const char *field, const char *code)
{
    const char *text = row_text(row, field);
    return text != NULL && strcmp(text, code) == 0;
}

/* A day counts as given back when the contract says so: each absent day, or all days of a run that is long enough. */
static void
count_refunds(const struct row *contract, const struct came *days, struct month *month)
{
    const int64_t least = is(contract, "absence_refund", "run") ? row_int(contract, "absence_days") : 1;
    int run = 0;
    for (int i = 0; i <= MONTH_DAYS; i++) {
        if (i < MONTH_DAYS && !days[i].expected)
            continue; /* a weekend does not end a run */
        if (i < MONTH_DAYS && !days[i].attended) {
            run++;
            continue;
        }
        if (run > 0 && run >= least && !is(contract, "absence_refund", "none"))
            month->refunded += run;
        run = 0;
    }
}

static bool
read_term(const struct row *contract, struct month *month)
{
    struct day ended;
    if (!row_day(contract, "from_day", &month->from) || !row_day(contract, "to_day", &month->to))
        return false;
    if (row_day(contract, "ended_on", &ended) && ended.n < month->from.n)
        month->to.n = month->from.n - 1;
    return true;
}

static bool
in_term(const struct month *month, struct day day)
{
    return day.n >= month->from.n && day.n <= month->to.n;
}

/* The days on which the institution was open, from its own day records. */
static enum status
read_open_days(struct call *call, struct reader *reader, const struct row *contract, struct month *month,
               struct came *days)
{
    char first[11], last[11];
    struct rows rows;
    struct day day;
    day_iso(month->first, first);
    day_iso(month->last, last);
    enum status status = reader_rows(
        reader, call->arena,
        "select day from care_day where office = ?1 and institution = ?2 and day >= ?3 and day <= ?4 and "
        "state <> 'void'",
        ARGS(value_int(contract->office), value_int(contract->institution), value_text(first), value_text(last)),
        &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        if (!day_parse(rows_text(&rows, i, 0), &day))
            continue;
        const char weekday[] = { (char)('1' + day_weekday(day)), '\0' };
        if (!row_codes_have(contract, "weekdays", weekday))
            continue;
        month->open++;
        days[day.n - month->first.n].expected = in_term(month, day);
        month->expected += in_term(month, day);
    }
    return status;
}

static enum status
read_attendance(struct call *call, struct reader *reader, const struct row *contract, struct month *month,
                struct came *days)
{
    char first[11], last[11];
    struct rows rows;
    struct day day;
    day_iso(month->first, first);
    day_iso(month->last, last);
    enum status status = reader_rows(
        reader, call->arena,
        "select day, state, coalesce(arrived_at, 0), coalesce(left_at, 0) from attendance where office = ?1 and "
        "child = ?2 and day >= ?3 and day <= ?4",
        ARGS(value_int(contract->office), value_int(contract->part), value_text(first), value_text(last)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        if (!day_parse(rows_text(&rows, i, 0), &day))
            continue;
        struct came *came = &days[day.n - month->first.n];
        came->recorded = true;
        if (strcmp(rows_text(&rows, i, 1), "absent") == 0)
            continue;
        came->attended = true;
        const int64_t stayed = rows_int(&rows, i, 3) - rows_int(&rows, i, 2);
        if (stayed > 0 && rows_int(&rows, i, 2) > 0 && in_term(month, day))
            month->half_hours += (stayed + HALF_HOUR_MS - 1) / HALF_HOUR_MS;
    }
    return status;
}

/* Without agreed days (临时托) each day of its term on which the child came is a day of the contract. */
static enum status
read_month(struct call *call, struct reader *reader, const struct row *contract, struct month *month)
{
    struct came days[MONTH_DAYS + 1] = { 0 };
    if (!read_term(contract, month))
        return INVALID;
    enum status status = read_open_days(call, reader, contract, month, days);
    if (status == OK)
        status = read_attendance(call, reader, contract, month, days);
    for (int i = 0; i < MONTH_DAYS; i++) {
        const struct day day = { month->first.n + i };
        if (days[i].attended && !days[i].expected && !row_has(contract, "weekdays") && in_term(month, day)) {
            days[i].expected = true;
            month->expected++;
            month->open++;
        }
        month->attended += days[i].expected && days[i].attended;
        month->unrecorded += days[i].expected && !days[i].recorded;
    }
    count_refunds(contract, days, month);
    return status;
}

/* ---- lines ---- */

struct line {
    const char *item, *label, *per, *note;
    int64_t price, tenths, amount; /* quantity in tenths */
};

/* Half a fen is rounded up. */
static int64_t
share(int64_t amount, int64_t part, int64_t whole)
{
    return whole <= 0 ? 0 : (amount * part * 2 + whole) / (whole * 2);
}

static int
given_back(const struct row *contract, const struct month *month, const char *item)
{
    if (strcmp(item, "meal") == 0 && row_int(contract, "meal_by_attendance") != 0)
        return month->expected - month->attended;
    return strcmp(item, "care") == 0 || strcmp(item, "meal") == 0 ? month->refunded : 0;
}

static size_t
month_lines(struct call *call, const struct month *month, const struct line *base, int back, struct line *out)
{
    size_t n = 0;
    out[n] = *base;
    out[n].tenths = 10;
    out[n].amount = share(base->price, month->expected, month->open);
    if (month->expected < month->open)
        out[n].note = arena_format(call->arena, "本月%d天，按%d天计", month->open, month->expected);
    n++;
    if (back == 0)
        return n;
    out[n] = *base;
    out[n].label = arena_format(call->arena, "%s缺勤退费", base->label);
    out[n].per = "day";
    out[n].price = -share(base->price, 1, month->open);
    out[n].tenths = back * 10;
    out[n].amount = -share(base->price, back, month->open);
    out[n].note = arena_format(call->arena, "缺勤%d天，按本月%d天折算", back, month->open);
    return n + 1;
}

static size_t
item_lines(struct call *call, const struct row *contract, const struct row *item, const struct month *month,
           struct line *out)
{
    struct day from;
    const char *per = row_text(item, "per");
    const struct line base = {
        .item = row_text(item, "item"), .label = row_text(item, "label"), .per = per, .price = row_int(item, "amount")
    };
    const int back = given_back(contract, month, base.item);
    if (strcmp(per, "month") == 0)
        return month_lines(call, month, &base, back, out);
    *out = base;
    if (strcmp(per, "day") == 0)
        out->tenths = (int64_t)(month->expected - back) * 10;
    else if (strcmp(per, "hour") == 0)
        out->tenths = month->half_hours * 5;
    else
        out->tenths =
            row_day(contract, "from_day", &from) && from.n >= month->first.n && from.n <= month->last.n ? 10 : 0;
    out->amount = share(out->price, out->tenths, 10);
    return out->tenths > 0 ? 1 : 0;
}

static enum status
all_lines(struct call *call, struct reader *reader, const struct row *contract, const struct month *month,
          struct line *lines, size_t *n)
{
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(contract->id) };
    enum status status = rows_by(call, reader, &contract_item_form, contract->office, where, values, 1, &set);
    *n = 0;
    for (size_t i = set.n; status == OK && i-- > 0 && *n + 2 <= LINES_MOST;)
        *n += item_lines(call, contract, set.rows[i], month, lines + *n);
    return status;
}

/* ---- the row ---- */

/* Writes a row whose cells are others than before; *wrote becomes true. */
static enum status
write_changed(struct call *call, struct writer *writer, struct row *row, const struct row *before, bool *wrote)
{
    bool changed = row->id == 0;
    for (int i = 0; row->form->fields[i].name != NULL && !changed; i++)
        changed = !value_equal(row->cells[i], before->cells[i]);
    *wrote = *wrote || changed;
    if (!changed)
        return OK;
    return row->id == 0 ? row_create(call, writer, row) : row_change(call, writer, row, row->version);
}

static enum status
put_line(struct call *call, struct writer *writer, const struct row *bill, struct row *row, int seq,
         const struct line *line, bool *wrote)
{
    const struct row *before = row_copy(call, row);
    if (before == NULL)
        return NO_MEMORY;
    row_set_int(row, "seq", seq);
    row_set_text(row, "item", line->item);
    row_set_text(row, "label", line->label);
    row_set_text(row, "per", line->per);
    row_set_int(row, "price", line->price);
    row_set_int(row, "quantity", line->tenths);
    row_set_int(row, "amount", line->amount);
    row_set_text(row, "note", line->note);
    row->institution = bill->institution;
    row->part = bill->id;
    return write_changed(call, writer, row, before, wrote);
}

/* The lines that stand are rewritten in their order; one too many is left with nothing in it. */
static enum status
put_lines(struct call *call, struct writer *writer, const struct row *bill, const struct line *lines, size_t n,
          bool *wrote)
{
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(bill->id) };
    enum status status = rows_by(call, writer_reader(writer), &bill_line_form, bill->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && (i < n || i < set.n); i++) {
        static const struct line nothing = { .label = "（取消）", .item = "other", .per = "once" };
        struct row *row = NULL;
        for (size_t r = 0; r < set.n; r++)
            if (row_int(set.rows[r], "seq") == (int64_t)i + 1)
                row = set.rows[r];
        if (row == NULL)
            row = row_new(call, &bill_line_form);
        status = row == NULL ? NO_MEMORY
                             : put_line(call, writer, bill, row, (int)i + 1, i < n ? &lines[i] : &nothing, wrote);
    }
    return status;
}

static void
set_counts(struct row *bill, const struct month *month, const struct line *lines, size_t n)
{
    int64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += lines[i].amount;
    row_set_int(bill, "expected_days", month->expected);
    row_set_int(bill, "attended_days", month->attended);
    row_set_int(bill, "refunded_days", month->refunded);
    row_set_int(bill, "unrecorded_days", month->unrecorded);
    row_set_int(bill, "total", total);
}

static enum status
bill_of(struct call *call, struct reader *reader, const struct row *contract, const char *month, struct row **out)
{
    struct row_set set;
    const char *const where[] = { "contract", "month" };
    const struct value values[] = { value_int(contract->id), value_text(month) };
    enum status status = rows_by(call, reader, &bill_form, contract->office, where, values, 2, &set);
    *out = status == OK && set.n > 0 ? set.rows[0] : NULL;
    return status;
}

static bool
month_days(const char *text, struct month *month)
{
    char first[11];
    if (strlen(text) != 7)
        return false;
    memcpy(first, text, 7);
    memcpy(first + 7, "-01", 4);
    if (!day_parse(first, &month->first))
        return false;
    month->last.n = day_add_months(month->first, 1).n - 1;
    return true;
}

static enum status
put_bill(struct call *call, struct writer *writer, const struct row *contract, const char *month, struct row *bill,
         const struct row *before, bool *wrote)
{
    if (bill->id == 0) {
        bill->institution = contract->institution;
        bill->part = contract->part;
        row_set_int(bill, "contract", contract->id);
        row_set_text(bill, "month", month);
    }
    return write_changed(call, writer, bill, before, wrote);
}

enum status
bill_make(struct call *call, struct writer *writer, const struct row *contract, const char *text, enum bill_made *made)
{
    struct row *bill;
    struct line lines[LINES_MOST];
    struct month month = { 0 };
    size_t n;
    bool wrote = false;
    *made = BILL_NONE;
    if (!month_days(text, &month))
        return INVALID;
    enum status status = bill_of(call, writer_reader(writer), contract, text, &bill);
    if (status == OK)
        status = read_month(call, writer_reader(writer), contract, &month);
    if (status == OK)
        status = all_lines(call, writer_reader(writer), contract, &month, lines, &n);
    if (status != OK || (bill == NULL && (month.expected == 0 || n == 0)))
        return status;
    if (month.expected == 0)
        n = 0; /* it was ended back beyond what was billed: nothing of that is owed */
    const bool is_new = bill == NULL;
    if (is_new && (bill = row_new(call, &bill_form)) == NULL)
        return NO_MEMORY;
    const struct row *before = row_copy(call, bill);
    if (before == NULL)
        return NO_MEMORY;
    set_counts(bill, &month, lines, n);
    status = put_bill(call, writer, contract, text, bill, before, &wrote);
    if (status == OK)
        status = put_lines(call, writer, bill, lines, n, &wrote);
    *made = is_new ? BILL_NEW : wrote ? BILL_RENEWED : BILL_KEPT;
    if (status == OK)
        status = payments_claim(call, writer, bill);
    return status == OK ? bills_settle(call, writer, contract->office, contract->id) : status;
}

/* ---- 账单 ---- */

static const struct field fields[] = {
    { "month", F_TEXT, .label = "月份", .computed = true, .list = true, .filter = true, .max = 7 },
    { "contract", F_REF, .label = "协议", .ref = &contract_form, .computed = true },
    { "expected_days", F_INT, .label = "应到", .unit = "天", .computed = true, .list = true },
    { "attended_days", F_INT, .label = "实到", .unit = "天", .computed = true, .list = true },
    { "refunded_days", F_INT, .label = "退费天数", .unit = "天", .computed = true },
    { "unrecorded_days", F_INT, .label = "没有出勤登记", .unit = "天", .computed = true,
      .hint = "没有登记的按未到计，请核对；补登记后重新出账" },
    { "total", F_FEN, .label = "应收", .computed = true, .list = true },
    { "paid", F_FEN, .label = "已收", .computed = true, .list = true },
    { "carried", F_FEN, .label = "上期结转", .computed = true, .hint = "前面账单多收的，先抵本期" },
    { "due", F_FEN, .label = "还应收", .computed = true, .list = true },
    { "moved", F_FEN, .label = "结转下期", .computed = true },
    { "credit", F_FEN, .label = "多收（应退还）", .computed = true },
    { 0 },
};
static const struct unique_key uniques[] = { { { "contract", "month" }, "这个月的账单已有" }, { 0 } };
static const struct step steps[] = {
    { "settle", "付清", OPEN, PAID, .inner = true, .clause = "C103" },
    { "reopen", "未付清", PAID, OPEN, .inner = true, .clause = "C103" },
    { 0 },
};
static const struct state_label labels[] = { { OPEN, "未付清", "warn" }, { PAID, "已付清", "good" }, { 0 } };
static const struct procedure procedure = { .first = OPEN, .open = 0, .live = OPEN, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_LOGISTICS), MAY_SEE | MAY_EXPORT, &MY_INSTITUTION, 0,
      G_WORK | G_OPEN | G_CHILD, "C065", "负责人、财会收费", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE, &MY_AREA, 0, G_WORK, "C103", "市场监管部门查看收费，不见姓名", 0, 0 },
    { 0 },
};

/* Its lines, and the payments with a way to add one. */
static enum status
show(struct call *call, struct reader *reader, const struct row *bill, struct node *model)
{
    struct node *query = node_map(call->arena);
    const bool may = (duty_may(&payment_form, call->me) & MAY_CREATE) != 0;
    node_put_text(call->arena, query, "bill", arena_format(call->arena, "%lld", (long long)bill->id));
    return record_part(call, reader, &payment_form, query,
                       may ? arena_format(call->arena, "/payment/new?part=%lld&bill=%lld",
                                          (long long)row_int(bill, "contract"), (long long)bill->id)
                           : NULL,
                       0, model);
}

static enum status
print(struct call *call, struct reader *reader, const struct row *bill, struct node *sheet)
{
    struct row *site, *child;
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(bill->id) };
    enum status status = institution_get(call, reader, bill->institution, &site);
    if (status == OK)
        status = row_get(call, reader, &child_form, bill->part, &child);
    if (status == OK)
        status = rows_by(call, reader, &bill_line_form, bill->office, where, values, 1, &set);
    if (status != OK)
        return status;
    printed_head(call, sheet, "托育服务收费账单", row_text(bill, "month"), NULL);
    printed_pair(call, sheet, "婴幼儿", row_text(child, "name"));
    printed_field(call, reader, sheet, bill, "expected_days");
    printed_field(call, reader, sheet, bill, "attended_days");
    printed_heading(call, sheet, "项目");
    for (size_t i = set.n; i-- > 0;) {
        const int64_t amount = row_int(set.rows[i], "amount"), positive = amount < 0 ? -amount : amount;
        const char *note = row_text(set.rows[i], "note");
        if (row_int(set.rows[i], "quantity") == 0)
            continue;
        printed_pair(call, sheet, row_text(set.rows[i], "label"),
                     arena_format(call->arena, "%s%lld.%02lld 元%s%s%s", amount < 0 ? "-" : "",
                                  (long long)(positive / 100), (long long)(positive % 100), note == NULL ? "" : "（",
                                  note == NULL ? "" : note, note == NULL ? "" : "）"));
    }
    printed_heading(call, sheet, "合计");
    printed_field(call, reader, sheet, bill, "total");
    printed_field(call, reader, sheet, bill, "carried");
    printed_field(call, reader, sheet, bill, "paid");
    printed_field(call, reader, sheet, bill, "due");
    printed_sign(call, sheet, row_text(site, "name"), call_today(call));
    return OK;
}
const struct form bill_form = {
    .name = "bill",
    .title = "月度账单",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = fields,
    .uniques = uniques,
    .procedure = &procedure,
    .duties = duties,
    .show = show,
    .print = print,
    .keep_years = 5,
    .expected_rows = 30000000,
};

static const struct field line_fields[] = {
    { "seq", F_INT, .label = "序号", .computed = true },
    { "item", F_CODE, .label = "收费项目", .code = "fee_item", .computed = true },
    { "label", F_TEXT, .label = "名称", .computed = true, .list = true, .max = 80 },
    { "price", F_FEN, .label = "单价", .computed = true, .list = true },
    { "quantity", F_DECIMAL, .label = "数量", .scale = 1, .computed = true, .list = true },
    { "per", F_CODE, .label = "单位", .code = "fee_per", .computed = true, .list = true },
    { "amount", F_FEN, .label = "金额", .computed = true, .list = true },
    { "note", F_TEXT, .label = "说明", .computed = true, .list = true, .max = 100 },
    { 0 },
};
static const struct unique_key line_uniques[] = { { { "part", "seq" }, "这一行已有" }, { 0 } };
static const struct duty line_duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C065",
      "负责人、财会收费", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE, &MY_AREA, 0, G_WORK, "C103", "市场监管部门查看收费", 0, 0 },
    { 0 },
};
const struct form bill_line_form = {
    .name = "bill_line",
    .title = "账单项目",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .part_of = &bill_form,
    .fields = line_fields,
    .uniques = line_uniques,
    .duties = line_duties,
    .keep_years = 5,
    .silent = true,
    .expected_rows = 90000000,
};
