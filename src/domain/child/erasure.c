/* 到期删除 — 个人信息保护法 第四十七条; C041. A month before the years of a child's records are over, the child stands
 * on a list that the head sees; then it is forgotten, unless the head holds it back with a reason. */
#include "domain/child/erasure.h"

#include <string.h>

#include "domain/child/forget.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum { AT_ONCE = 100, YEARS_MOST = 30, DAY_MS = 86400000 };

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .computed = true, .list = true },
    { "left_on", F_DATE, .label = "离托日期", .computed = true, .list = true },
    { "years", F_INT, .label = "保存年限", .unit = "年", .computed = true },
    { "due_on", F_DATE, .label = "到期日期", .computed = true, .list = true },
    { "hold_reason", F_TEXT, .label = "暂缓原因", .max = 200, .list = true, .hint = "如正在处理的纠纷、事故调查" },
    { "rows", F_INT, .label = "已清除的记录", .unit = "条", .computed = true, .list = true },
    { "done_on", F_DATE, .label = "删除日期", .computed = true, .list = true },
    { 0 },
};
static const struct unique_key uniques[] = { { { "child", "due_on" }, "已在清单中" }, { 0 } };
static const struct step steps[] = {
    { "hold", "暂缓删除", PLANNED, SUSPENDED, .by = THE_INSTITUTION | POST(P_HEAD), .need = "hold_reason",
      .clause = "C041", .consequence = "暂缓期间继续保存；原因消除后请恢复。" },
    { "release", "恢复删除", SUSPENDED, PLANNED, .by = THE_INSTITUTION | POST(P_HEAD), .clause = "C041", .main = true },
    { "erase", "删除", PLANNED, DONE, .inner = true, .clause = "C041" },
    { "drop", "取消", PLANNED, CANCELLED, .inner = true, .clause = "C041" },
    { 0 },
};
static const struct state_label labels[] = {
    { PLANNED, "待删除", "warn" },
    { SUSPENDED, "暂缓", "warn" },
    { DONE, "已删除", "plain" },
    { CANCELLED, "不再需要", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = PLANNED, .open = 0, .live = PLANNED, .steps = steps, .labels = labels
};
static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C041", "机构核对到期清单",
      0, 0 },
    { 0 },
};
const struct form erasure_form = {
    .name = "erasure",
    .title = "到期删除清单",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .fields = fields,
    .uniques = uniques,
    .procedure = &procedure,
    .duties = duties,
    .intro = "离托满保存年限的婴幼儿个人信息将自动删除，删除后不能恢复；法定统计数字保留。",
    .expected_rows = 2000000,
};

static int32_t
notice_days(const struct call *call)
{
    return (int32_t)standard_int(call, "CFG-ERASE-NOTICE-DAYS", 30);
}

/* The end of the years, but never before the head has had the notice for its days: a date that was typed wrong takes
 * nothing away overnight. Lines of one child that fall on one day are spread over days of their own. */
static enum status
due_day(struct call *call, struct reader *reader, const struct row *child, struct day left, int years, char due[11])
{
    struct day day = day_add_months(left, 12 * years);
    const struct day soonest = { call->today.n + notice_days(call) };
    day = day.n < soonest.n ? soonest : day;
    for (int i = 0; i <= YEARS_MOST; i++, day.n++) {
        struct rows rows;
        day_iso(day, due);
        enum status status =
            reader_rows(reader, call->arena, "select 1 from erasure where office = ?1 and child = ?2 and due_on = ?3",
                        ARGS(value_int(child->office), value_int(child->id), value_text(due)), &rows);
        if (status != OK || rows.n == 0)
            return status;
    }
    return OK;
}

static enum status
put_on_list(struct call *call, struct writer *writer, const struct row *child, struct day left, int years)
{
    char due[11];
    struct row *row = row_new(call, &erasure_form);
    if (row == NULL)
        return NO_MEMORY;
    enum status status = due_day(call, writer_reader(writer), child, left, years, due);
    if (status != OK)
        return status;
    row->institution = child->institution;
    row_set_int(row, "child", child->id);
    row_set_text(row, "left_on", row_text(child, "left_on"));
    row_set_int(row, "years", years);
    row_set_text(row, "due_on", arena_text(call->arena, due));
    status = row_create(call, writer, row);
    if (status != OK)
        return status;
    return notice_institution(call, writer, child->institution,
                              arena_format(call->arena, "一名已离托婴幼儿的个人信息将于%s后删除，请核对清单", due),
                              arena_format(call->arena, "/erasure/%lld", (long long)row->id));
}

/* Left so long ago that the end of the years comes within the days of notice, and not on the list yet. */
static enum status
fill_list(struct call *call, struct writer *writer, int64_t office, int years)
{
    char before[11];
    struct rows rows;
    const struct day horizon = { call->today.n + notice_days(call) };
    day_iso(day_add_months(horizon, -12 * years), before);
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select c.id from child c where c.office = ?1 and c.state in ('left', 'erased') and c.left_on <= ?2 and not "
        "exists (select 1 from erasure e where e.office = c.office and e.child = c.id and e.left_on = c.left_on and "
        "e.years = ?3) order by c.id limit ?4",
        ARGS(value_int(office), value_text(before), value_int(years), value_int(AT_ONCE)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct row *child;
        struct day left;
        status = row_get(call, writer_reader(writer), &child_form, rows_int(&rows, i, 0), &child);
        if (status == OK && row_day(child, "left_on", &left))
            status = put_on_list(call, writer, child, left, years);
    }
    return status;
}

/* Each length of keeping has its own line: what is kept longest is forgotten last. */
static enum status
fill_lists(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = OK;
    for (int years = 1; years <= YEARS_MOST && status == OK; years++) {
        bool any = false;
        for (size_t i = 0; i < call->house->forms_n && !any; i++)
            any = form_forgets(call->house->forms[i], years);
        if (any)
            status = fill_list(call, writer, office, years);
    }
    return status;
}

/* Who came back meanwhile is not forgotten. */
static enum status
erase_one(struct call *call, struct writer *writer, int64_t id)
{
    struct row *row, *child;
    int64_t n = 0;
    enum status status = row_get(call, writer_reader(writer), &erasure_form, id, &row);
    if (status == OK)
        status = row_get(call, writer_reader(writer), &child_form, row_int(row, "child"), &child);
    if (status != OK)
        return status;
    const char *when = row_text(child, "left_on");
    if ((child->state & (LEFT | ERASED)) == 0 || when == NULL || strcmp(when, row_text(row, "left_on")) != 0)
        return step_take(call, writer, &erasure_form, id, 0, "drop", NULL, NULL);
    status = forget_child(call, writer, child, (int)row_int(row, "years"), &n);
    row_set_int(row, "rows", n);
    row_set_text(row, "done_on", call_today(call));
    if (status == OK)
        status = row_change(call, writer, row, row->version);
    return status == OK ? step_take(call, writer, &erasure_form, id, 0, "erase", NULL, NULL) : status;
}

/* Never admitted and discarded: nothing of it is a ledger, all of it goes. */
static enum status
erase_discarded(struct call *call, struct writer *writer, int64_t id)
{
    struct row *child;
    int64_t n;
    enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    for (int years = 0; years <= YEARS_MOST && status == OK; years++)
        status = forget_child(call, writer, child, years, &n);
    return status;
}

static enum status
discarded_daily(struct call *call, struct writer *writer, int64_t office)
{
    char before[11];
    struct rows rows;
    day_iso((struct day){ call->today.n - (int32_t)standard_int(call, "CFG-DISCARD-DAYS", 30) }, before);
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id from child where office = ?1 and discarded_on < ?2 and state = 'ended' "
                                     "order by id limit ?3",
                                     ARGS(value_int(office), value_text(before), value_int(AT_ONCE)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = erase_discarded(call, writer, rows_int(&rows, i, 0));
    return status;
}

enum status
erasures_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    const int64_t told = call->now_ms - (int64_t)notice_days(call) * DAY_MS;
    enum status status = fill_lists(call, writer, office);
    if (status == OK)
        status = reader_rows(writer_reader(writer), call->arena,
                             "select id from erasure where office = ?1 and state = 'planned' and due_on < ?2 and "
                             "created_at <= ?3 order by id limit ?4",
                             ARGS(value_int(office), value_text(call_today(call)), value_int(told), value_int(AT_ONCE)),
                             &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = erase_one(call, writer, rows_int(&rows, i, 0));
    return status == OK ? discarded_daily(call, writer, office) : status;
}
