/* 月度出账: the bills of all children of an institution for a month that is over, a few contracts at a time, with how
 * far it has come. Run again it makes anew what has changed since, and leaves the rest alone. */
#include <string.h>

#include "domain/child/contract.h"
#include "policy/engine.h"
#include "policy/job.h"

enum { CONTRACTS_AT_ONCE = 25 };

static const struct field fields[] = {
    { "month", F_TEXT, .label = "月份", .need = true, .fixed = true, .list = true, .max = 7, .hint = "如 2026-10" },
    { "total", F_INT, .label = "协议", .unit = "份", .computed = true, .list = true },
    { "done", F_INT, .label = "已处理", .unit = "份", .computed = true, .list = true },
    { "made", F_INT, .label = "新出账单", .unit = "份", .computed = true, .list = true },
    { "renewed", F_INT, .label = "重新计算", .unit = "份", .computed = true },
    { "kept", F_INT, .label = "没有变化", .unit = "份", .computed = true },
    { 0 },
};

/* One that was ended before it began is of no month; what was billed already is made anew in any case, also when the
 * contract has been ended back since. ?5 the month itself. */
#define CONTRACTS_OF_MONTH                                                                                             \
    "from contract where office = ?1 and institution = ?2 and state in ('active', 'ended') and "                       \
    "((from_day <= ?3 and to_day >= ?4 and (ended_on is null or ended_on >= from_day)) or exists (select 1 from "      \
    "bill b where b.office = contract.office and b.contract = contract.id and b.month = ?5))"

static bool
month_span(const char *month, char first[11], char last[11])
{
    struct day day;
    if (month == NULL || strlen(month) != 7)
        return false;
    memcpy(first, month, 7);
    memcpy(first + 7, "-01", 4);
    if (!day_parse(first, &day))
        return false;
    day_iso((struct day){ day_add_months(day, 1).n - 1 }, last);
    return true;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    char first[11], last[11];
    struct rows rows;
    struct row *row = change->new;
    const struct field *field = form_field(row->form, "month", NULL);
    if (change->old != NULL || (row->id == 0 && !row_has(row, "month") && call->depth == 0))
        return OK; /* an empty entry page */
    if (!month_span(row_text(row, "month"), first, last))
        return call_fault(call, field, "not_a_month", "请填写月份，如 2026-10");
    if (strcmp(last, call_today(call)) >= 0)
        return call_fault(call, field, "not_over", "这个月还没有结束，月底后再出账");
    enum status status = reader_rows(reader, call->arena, "select count(*) " CONTRACTS_OF_MONTH,
                                     ARGS(value_int(row->office), value_int(row->institution), value_text(last),
                                          value_text(first), row_value(row, "month")),
                                     &rows);
    row_set_int(row, "total", status == OK ? rows_int(&rows, 0, 0) : 0);
    row_set_int(row, "done", 0);
    row_set_int(row, "made", 0);
    row_set_int(row, "renewed", 0);
    row_set_int(row, "kept", 0);
    return status;
}

static enum status
plan(struct call *call, struct writer *writer, const struct row *run, int64_t after)
{
    struct node *args = node_map(call->arena);
    node_put_text(call->arena, args, "run", arena_format(call->arena, "%lld", (long long)run->id));
    node_put_text(call->arena, args, "after", arena_format(call->arena, "%lld", (long long)after));
    return job_plan(call, writer, run->office, BILL_RUN, call->now_ms, args);
}

static enum status
begin(struct call *call, struct writer *writer, const struct change *change)
{
    return change->old == NULL ? plan(call, writer, change->new, 0) : OK;
}

static void
count(struct row *run, enum bill_made made)
{
    static const char *const names[] = { NULL, "made", "renewed", "kept" };
    row_set_int(run, "done", row_int(run, "done") + 1);
    if (names[made] != NULL)
        row_set_int(run, names[made], row_int(run, names[made]) + 1);
}

static enum status
some_bills(struct call *call, struct writer *writer, struct row *run, int64_t *after, bool *more)
{
    char first[11], last[11];
    struct rows rows;
    if (!month_span(row_text(run, "month"), first, last))
        return BROKEN;
    enum status status = reader_rows(
        writer_reader(writer), call->arena, "select id " CONTRACTS_OF_MONTH " and id > ?6 order by id limit ?7",
        ARGS(value_int(run->office), value_int(run->institution), value_text(last), value_text(first),
             row_value(run, "month"), value_int(*after), value_int(CONTRACTS_AT_ONCE)),
        &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct row *contract;
        enum bill_made made = BILL_NONE;
        *after = rows_int(&rows, i, 0);
        status = row_get(call, writer_reader(writer), &contract_form, *after, &contract);
        if (status == OK)
            status = bill_make(call, writer, contract, row_text(run, "month"), &made);
        if (status == OK)
            count(run, made);
    }
    *more = status == OK && rows.n == CONTRACTS_AT_ONCE;
    return status;
}

enum status
bill_run_some(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    int64_t id, after = 0;
    struct row *run;
    bool more;
    (void)result;
    const char *text = node_text_of(job->args, "run"), *from = node_text_of(job->args, "after");
    if (text == NULL || !id_parse(text, &id))
        return INVALID;
    if (from != NULL && strcmp(from, "0") != 0 && !id_parse(from, &after))
        return INVALID;
    enum status status = row_get(call, writer_reader(writer), &bill_run_form, id, &run);
    if (status == OK)
        status = some_bills(call, writer, run, &after, &more);
    if (status == OK)
        status = row_change(call, writer, run, run->version);
    if (status != OK)
        return status;
    return more ? plan(call, writer, run, after) : step_take(call, writer, &bill_run_form, id, 0, "finish", NULL, NULL);
}

static enum status
show(struct call *call, struct reader *reader, const struct row *run, struct node *model)
{
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *link = node_put_map(call->arena, node_put_list(call->arena, view, "links"), NULL);
    (void)reader;
    node_put_text(call->arena, link, "label", "查看账单");
    node_put_url(call->arena, link, "url", arena_format(call->arena, "/bill?month=%s", row_text(run, "month")));
    return OK;
}

static const struct step steps[] = { { "finish", "完成", OPEN, DONE, .inner = true, .clause = "C065" }, { 0 } };
static const struct state_label labels[] = { { OPEN, "正在出账", "warn" }, { DONE, "已完成", "good" }, { 0 } };
static const struct procedure procedure = { .first = OPEN, .open = 0, .live = 0, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_LOGISTICS), MAY_SEE | MAY_CREATE, &MY_INSTITUTION, 0, G_WORK, "C065",
      "负责人、财会出账", 0, 0 },
    { 0 },
};
const struct form bill_run_form = {
    .name = "bill_run",
    .title = "月度出账",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = begin,
    .show = show,
    .title_field = "month",
    .intro = "按协议和出勤为全部婴幼儿出账；补登记出勤后可重复出账：金额重新计算，收款不变，差额列为还应收或结转下期。",
    .keep_years = 5,
    .expected_rows = 500000,
};
