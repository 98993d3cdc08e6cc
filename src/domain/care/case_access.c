/* 病例查看审批 — clauses C048, C157; 个人信息保护法 第三十四条. A name is seen only inside an open case, with a
 * purpose, for a time, when the responsible person of the county's health department has approved it; each look is
 * journalled. It is asked from a cluster for its cases, or from a report for the one case that was told. */
#include <string.h>

#include "domain/care/health.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

/* The requests by which I may see the case now: why, and until when; the longest first. */
static enum status
approvals(struct call *call, struct reader *reader, int64_t isolation, struct rows *rows)
{
    return reader_rows(
        reader, call->arena,
        "select a.purpose, a.reason, a.until_at from isolation r join case_access a on a.office = r.office and "
        "a.part = r.alert where r.office = ?1 and r.id = ?2 and a.created_by = ?3 and a.state = 'given' and "
        "a.until_at > ?4 union all "
        "select a.purpose, a.reason, a.until_at from report_access a where a.office = ?1 and "
        "a.isolation = ?2 and a.created_by = ?3 and a.state = 'given' and "
        "a.until_at > ?4 order by 3 desc limit 50",
        ARGS(value_int(id_office(isolation)), value_int(isolation), value_int(call->me->account),
             value_int(call->now_ms)),
        rows);
}

enum status
case_leave(struct call *call, struct reader *reader, int64_t isolation, struct case_leave *leave)
{
    struct rows rows;
    const enum status status = approvals(call, reader, isolation, &rows);
    size_t by = 0;
    *leave = (struct case_leave){ 0 };
    if (status != OK || rows.n == 0)
        return status;
    for (size_t i = 0; i < rows.n && !leave->tracing; i++)
        if (strcmp(rows_text(&rows, i, 0), "tracing") == 0) {
            leave->tracing = true;
            by = i;
        }
    leave->until = rows_int(&rows, 0, 2);
    leave->purpose =
        arena_format(call->arena, "%s：%s", code_label(call->reference, "access_purpose", rows_text(&rows, by, 0)),
                     rows_text(&rows, by, 1));
    return OK;
}

/* What the look was approved for stands in the list of looks. */
static enum status
approved_for(struct call *call, struct reader *reader, int64_t isolation, const char **purpose)
{
    struct case_leave leave;
    const enum status status = case_leave(call, reader, isolation, &leave);
    if (status == OK && leave.until != 0)
        *purpose = leave.purpose;
    return status;
}

const struct relation IN_MY_OPEN_CASE = {
    .name = "in_my_open_case",
    .sql = "r.office = ?1 and exists (select 1 from case_access a join outbreak_alert o on o.office = a.office and "
           "o.id = a.part where a.office = r.office and a.part = r.alert and a.created_by = ?2 and a.state = 'given' "
           "and a.until_at > ?3 and o.state = 'open' union all select 1 from report_access a where "
           "a.office = r.office and a.isolation = r.id and "
           "a.created_by = ?2 and a.state = 'given' and a.until_at > ?3 and r.state <> 'ended')",
    .args = { ME_OFFICE, ME_ACCOUNT, ME_NOW },
    .journal = true,
    .why = approved_for,
};

static const struct field fields[] = {
    { "purpose", F_CODE, .label = "目的", .code = "access_purpose", .need = true, .list = true, .fixed = true },
    { "reason", F_LINES, .label = "为什么需要姓名", .need = true, .max = 1000, .fixed = true },
    { "hours", F_INT, .label = "查看时间", .unit = "小时", .need = true, .min = 1, .max = 720, .list = true,
      .fixed = true },
    { "isolation", F_REF, .label = "病例", .ref = &isolation_form, .computed = true }, /* of a report: the one case */
    { "asked_by", F_TEXT, .label = "申请人", .fill = FILL_ME, .computed = true, .list = true, .max = 40 },
    { "decided_by", F_TEXT, .label = "审批人", .computed = true, .list = true, .max = 40, .section = "审批" },
    { "decided_at", F_TIME, .label = "审批时间", .computed = true },
    { "decision_note", F_TEXT, .label = "审批意见", .max = 300 },
    { "until_at", F_TIME, .label = "可查看至", .computed = true, .list = true },
    { 0 },
};

/* Does what it is asked from still go on: the alert, or the one case of the report? */
static enum status
goes_on(struct call *call, struct reader *reader, const struct row *head, bool *out)
{
    struct row *isolation;
    *out = head->state == OPEN;
    if (head->form == &outbreak_alert_form)
        return OK;
    *out = false;
    if (row_int(head, "isolation") == 0)
        return call_fail(call, CONFLICT, "这件告知是聚集性预警的，请在预警中申请查看病例");
    enum status status = row_get(call, reader, &isolation_form, row_int(head, "isolation"), &isolation);
    *out = status == OK && (isolation->state & CASE_GOES_ON) != 0;
    return status;
}

/* Who does not see the alert or the report cannot ask from it. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *head;
    unsigned may, groups;
    bool goes = false;
    if (change->old != NULL)
        return OK;
    if (change->new->part == 0)
        return OK; /* the page of an empty form */
    enum status status = row_seen(call, reader, change->form->part_of, change->new->part, &head, &may, &groups);
    if (status == OK)
        status = goes_on(call, reader, head, &goes);
    if (status == OK && !goes)
        return call_fail(call, CONFLICT, "%s已结束，不能再申请查看病例",
                         head->form == &outbreak_alert_form ? "预警" : "这一病例");
    if (status == OK && head->form == &epidemic_report_form)
        row_set(change->new, "isolation", row_value(head, "isolation"));
    row_set_text(change->new, "asked_by", call->me->name);
    return status;
}

static enum status
within_the_longest(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const int64_t most = standard_int(call, "CFG-ACCESS-HOURS", 72);
    (void)reader;
    if (row_int(change->new, "hours") > most)
        finding_add(call, rule, arena_format(call->arena, "查看时间一般不超过%lld小时", (long long)most));
    return OK;
}

static const char *
url_of(struct call *call, const struct row *row)
{
    return arena_format(call->arena, "/%s/%lld", row->form->name, (long long)row->id);
}

static enum status
asked(struct call *call, struct writer *writer, const struct change *change)
{
    if (change->old != NULL || change->step != NULL)
        return OK;
    return notice_department(call, writer, change->new->office, "health", "有一件病例查看申请待负责人审批",
                             url_of(call, change->new));
}

/* Nobody approves the own request, and only while the case is open. */
static enum status
may_decide(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct row *head;
    enum status status = row_get(call, reader, change->form->part_of, change->old->part, &head);
    if (status == OK)
        status = goes_on(call, reader, head, may);
    *may = status == OK && *may && change->old->created_by != call->me->account;
    if (status == OK && change->old->created_by == call->me->account)
        call_fail(call, DENIED, "不能审批自己的申请");
    return status;
}

static enum status
decided(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    row_set_text(row, "decided_by", call->me->name);
    row_set_int(row, "decided_at", call->now_ms);
    if (row->state == GIVEN)
        row_set_int(row, "until_at", call->now_ms + row_int(row, "hours") * 3600000);
    enum status status = row_update(call, writer, row, row->version);
    return status == OK
               ? notice_account(call, writer, row->created_by,
                                row->state == GIVEN ? "病例查看申请已同意" : "病例查看申请未获同意", url_of(call, row))
               : status;
}

static enum status
is_mine(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = change->old->created_by == call->me->account;
    return OK;
}

static const struct field decision_input[] = { { "decision_note", F_TEXT, .label = "审批意见" }, { 0 } };
static const struct step steps[] = {
    { "approve", "同意", ASKED, GIVEN, .by = COUNTY_HEALTH | POST(P_HEAD), .input = decision_input, .guard = may_decide,
      .effect = decided, .clause = "C157", .main = true,
      .consequence = "申请人在期限内可查看本预警（本病例）的姓名，每次查看都有记录。" },
    { "refuse", "不同意", ASKED, REFUSED, .by = COUNTY_HEALTH | POST(P_HEAD), .need = "decision_note",
      .guard = may_decide, .effect = decided, .clause = "C157" },
    { "end", "用完结束", GIVEN, ENDED, .by = DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY), .guard = is_mine,
      .clause = "C157" },
    { 0 },
};
static const struct state_label labels[] = {
    { ASKED, "待审批", "warn" },
    { GIVEN, "已同意", "good" },
    { 0 },
};
static const struct procedure procedure = { .first = ASKED, .live = ASKED | GIVEN, .steps = steps, .labels = labels };
static const struct rule rules[] = {
    { "ACCESS-HOURS", WARN, .check = within_the_longest, .standard = "CFG-ACCESS-HOURS", .field = "hours",
      .clause = "C157" },
    { 0 },
};

/* To whom it was approved: the cases, each with its class and day; the name stands on the case's own page. */
static enum status
show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    struct node *query = node_map(call->arena);
    if (row->state != GIVEN || row->created_by != call->me->account)
        return OK;
    const bool one = row->form == &report_access_form;
    node_put_text(call->arena, query, one ? "id" : "alert",
                  arena_format(call->arena, "%lld", (long long)(one ? row_int(row, "isolation") : row->part)));
    return record_part(call, reader, &isolation_form, query, NULL, 0, model);
}

static const struct duty duties[] = {
    { DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY), MAY_SEE | MAY_CREATE, &MINE, 0, G_WORK, "C048",
      "因处置疫情申请查看病例", 0, 0 },
    { COUNTY_HEALTH | POST(P_HEAD), MAY_SEE, &MY_AREA, 0, G_WORK, "C157", "县级卫生健康部门负责人审批", 0, 0 },
    { DEPT(D_AUDIT_ADMIN), MAY_SEE, &ANYWHERE, 0, G_WORK, "C157", "审计查看", 0, 0 },
    { 0 },
};
const struct form case_access_form = {
    .name = "case_access",
    .title = "病例查看申请",
    .clause = "C157",
    .intro = "只为处置本预警查看病例姓名，须经县级卫生健康部门负责人同意，到期失效，每次查看都有记录。",
    .of = OF_INSTITUTION,
    .part_of = &outbreak_alert_form,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = asked,
    .show = show,
    .expected_rows = 50000,
};

const struct form report_access_form = {
    .name = "report_access",
    .title = "单个病例查看申请",
    .clause = "C157",
    .intro = "只为处置告知的这一病例查看姓名，须经县级卫生健康部门负责人同意，到期失效，每次查看都有记录。",
    .of = OF_INSTITUTION,
    .part_of = &epidemic_report_form,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = asked,
    .show = show,
    .expected_rows = 50000,
};
