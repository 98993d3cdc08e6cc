/* 强制报告 — 未成年人保护法 第十一条, seed 三(二)5; clause C055. One tap by anybody of an institution or a family:
 * police, civil affairs, education and health of the county are told at once, the page puts 110 first. Nobody else of
 * the institution sees it, its head neither. When no department confirms reading within the minutes of the city, the
 * county's telephone list is next. What the reporter adds later is told and to be read anew, also after the end.
 * Suspending somebody from contact is a measure, not guilt; its review is urged until somebody decides. */
#include <string.h>

#include "base/random.h"
#include "domain/area/area.h"
#include "domain/staff/looks.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/job.h"
#include "policy/notice.h"

static const char *const recipients[] = { "police", "civil", "education", "health", NULL };

static const struct field fields[] = {
    { "kind", F_CODE, .label = "情形", .code = "abuse_kind", .list = true, .basis = BASIS_DUTY },
    { "called_110", F_CODE, .label = "是否已拨打110", .code = "called", .list = true, .basis = BASIS_DUTY,
      .hint = "正在发生或有人受伤的，先拨打110、120" },
    { "what", F_LINES, .label = "看到、听到的情况", .secret = true, .basis = BASIS_DUTY, .group = G_INTERNAL,
      .max = 4000, .hint = "可以先报告，稍后补充" },
    { "happened_at", F_TIME, .label = "发生时间", .basis = BASIS_DUTY },
    { "place", F_TEXT, .label = "发生地点", .basis = BASIS_DUTY, .max = 100 },
    { "staff", F_REF, .label = "涉及的工作人员", .ref = &staff_form, .basis = BASIS_DUTY, .elsewhere = true,
      .index = true },
    { "child_words", F_TEXT, .label = "涉及的婴幼儿", .secret = true, .basis = BASIS_DUTY, .group = G_CHILD,
      .max = 100 },
    { "photo", F_FILE, .label = "照片或材料", .basis = BASIS_DUTY, .group = G_INTERNAL },
    { "reporter_phone", F_TEXT, .label = "您的联系电话", .secret = true, .basis = BASIS_CONSENT, .group = G_CONTACT,
      .max = 100,
      .hint = "可以不填；只供办理部门回电，本机构看不到" }, /* no report is held up by how a number is written */
    { "told", F_INT, .label = "送达", .unit = "次", .computed = true },
    { "police_at", F_TIME, .label = "公安确认收到", .computed = true, .list = true, .section = "收到情况" },
    { "civil_at", F_TIME, .label = "民政确认收到", .computed = true, .list = true },
    { "education_at", F_TIME, .label = "教育确认收到", .computed = true, .list = true },
    { "health_at", F_TIME, .label = "卫生健康确认收到", .computed = true, .list = true },
    { "escalated", F_INT, .label = "已按电话名单催告", .unit = "次", .computed = true },
    { "measure_on", F_DATE, .label = "暂停接触起始日", .past = true, .computed = true, .section = "处理" },
    { "measure_review", F_DATE, .label = "复查日期", .computed = true },
    { "measure_by", F_CODE, .label = "决定部门", .code = "department", .computed = true },
    { "measure_ended", F_DATE, .label = "暂停结束日", .computed = true },
    { "outcome", F_LINES, .label = "处理结果", .computed = true, .basis = BASIS_DUTY, .group = G_INTERNAL,
      .max = 2000 },
    { 0 },
};

static bool
by_reporter(const struct call *call)
{
    return call->me->department == D_INSTITUTION || call->me->department == D_FAMILY;
}

/* Each word of the reporter is news: nobody has read it yet, and an ended report is open again. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *staff;
    bool stands = false;
    enum status status = OK;
    static const char *const read[] = { "police_at", "civil_at", "education_at", "health_at", "escalated" };
    if (change->step == NULL && by_reporter(call)) {
        for (size_t i = 0; change->old != NULL && i < sizeof read / sizeof read[0]; i++)
            row_set(change->new, read[i], value_null());
        row_set_int(change->new, "told", row_int(change->new, "told") + 1);
        if (change->old != NULL)
            change->new->state = OPEN;
    }
    if (change->step == NULL && change->old != NULL && row_differs(change->new, change->old, "staff"))
        status = measure_stands(call, reader, change->old, &stands);
    if (stands)
        return call_fault(call, form_field(&abuse_report_form, "staff", NULL), "held",
                          "已对此人采取措施，不能改为他人；涉及其他人的，请另行报告");
    return status != OK || change->new->institution == 0 ? status : staff_of(call, reader, change->new, &staff);
}

/* ---- telling ---- */

static enum status
tell(struct call *call, struct writer *writer, const struct row *report, int64_t office, const char *text)
{
    enum status status = OK;
    const char *url = arena_format(call->arena, "/abuse_report/%lld", (long long)report->id);
    for (int i = 0; recipients[i] != NULL && status == OK; i++)
        status = notice_department(call, writer, office, recipients[i], text, url);
    return status;
}

static enum status
plan_escalation(struct call *call, struct writer *writer, const struct row *report)
{
    struct node *args = node_map(call->arena);
    const int64_t minutes = standard_int(call, "CFG-ABUSE-MINUTES", 30);
    node_put_text(call->arena, args, "report", arena_format(call->arena, "%lld", (long long)report->id));
    node_put_text(call->arena, args, "told", arena_format(call->arena, "%lld", (long long)row_int(report, "told")));
    return job_plan(call, writer, report->office, "abuse_escalate", call->now_ms + minutes * 60000, args);
}

static enum status
reported(struct call *call, struct writer *writer, const struct change *change)
{
    const char *text = change->old == NULL ? "收到未成年人保护强制报告，请立即查看并确认收到"
                       : change->old->state == CLOSED ? "已办结的强制报告有补充，重新办理，请立即查看并确认收到"
                                                      : "强制报告有补充，请立即查看并确认收到";
    if (change->old != NULL && !by_reporter(call))
        return OK;
    const enum status status = tell(call, writer, change->new, change->new->office, text);
    return status == OK ? plan_escalation(call, writer, change->new) : status;
}

static bool
confirmed_by_any(const struct row *report)
{
    return row_has(report, "police_at") || row_has(report, "civil_at") || row_has(report, "education_at") ||
           row_has(report, "health_at");
}

/* Is this urging about the last that was told? What was told before it has its own end. */
static bool
about_the_last(struct call *call, const struct job *job, const struct row *report)
{
    const char *told = node_text_of(job->args, "told");
    return told == NULL || !row_has(report, "told") ||
           strcmp(told, arena_format(call->arena, "%lld", (long long)row_int(report, "told"))) == 0;
}

/* Nobody confirmed: the next of the county's telephone list, then the city, again and again until somebody does. */
enum status
abuse_escalate(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    int64_t id;
    struct row *report;
    struct rows people;
    const char *text = node_text_of(job->args, "report");
    (void)result;
    enum status status = text == NULL || !id_parse(text, &id)
                             ? BROKEN
                             : row_get(call, writer_reader(writer), &abuse_report_form, id, &report);
    if (status != OK || report->state != OPEN || confirmed_by_any(report) || !about_the_last(call, job, report))
        return status;
    const int64_t round = row_int(report, "escalated");
    status = reader_rows(
        writer_reader(writer), call->arena,
        "select account from abuse_contact where office = ?1 and account is not null and coalesce(ended, 0) = 0 "
        "order by turn, id limit 20",
        ARGS(value_int(report->office)), &people);
    const char *const told = "强制报告仍无部门确认收到，请立即电话联系公安、卫生健康值班人员";
    if (status == OK && (size_t)round < people.n)
        status = notice_account(call, writer, rows_int(&people, (size_t)round, 0), told,
                                arena_format(call->arena, "/abuse_report/%lld", (long long)id));
    const struct office *here = office_of(call->reference, report->office);
    if (status == OK && (size_t)round >= people.n && here != NULL && here->parent != 0)
        status = tell(call, writer, report, here->parent, told);
    if (status == OK)
        status = tell(call, writer, report, report->office, told);
    row_set_int(report, "escalated", round + 1);
    if (status == OK)
        status = row_change(call, writer, report, report->version);
    return status == OK ? plan_escalation(call, writer, report) : status;
}

/* ---- the departments ---- */

static const char *
my_column(const struct call *call)
{
    for (int i = 0; recipients[i] != NULL; i++)
        if (strcmp(recipients[i], department_code(call->me->department)) == 0)
            return arena_format(call->arena, "%s_at", recipients[i]);
    return NULL;
}

static enum status
not_confirmed_by_us(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const char *column = my_column(call);
    (void)reader;
    *may = column != NULL && !row_has(change->old, column);
    return OK;
}

static enum status
confirm(struct call *call, struct writer *writer, const struct change *change)
{
    const char *column = my_column(call);
    if (column == NULL)
        return DENIED;
    row_set_int(change->new, column, call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

static const struct field suspend_input[] = {
    { "staff", F_REF, .label = "涉及的工作人员", .need = true },
    { "measure_on", F_DATE, .label = "暂停起始日", .need = true },
    { "measure_review", F_DATE, .label = "复查日期", .need = true },
    { 0 },
};
static const struct field prolong_input[] = { { "measure_review", F_DATE, .label = "下次复查日期", .need = true },
                                              { 0 } };
static const struct field close_input[] = { { "outcome", F_LINES, .label = "处理结果", .need = true }, { 0 } };
#define RECIPIENTS                                                                                                     \
    (DEPT(D_POLICE) | DEPT(D_CIVIL) | DEPT(D_EDUCATION) | DEPT(D_HEALTH) | LEVEL(L_COUNTY) | LEVEL(L_CITY))
#define DECIDERS (DEPT(D_POLICE) | DEPT(D_HEALTH) | LEVEL(L_COUNTY))
#define REPORTERS (THE_INSTITUTION | DEPT(D_FAMILY))
static const struct step steps[] = {
    { "confirm", "确认收到", OPEN, 0, .by = RECIPIENTS, .guard = not_confirmed_by_us, .effect = confirm,
      .clause = "C055", .main = true },
    { "suspend", "暂停该人员接触婴幼儿", OPEN, 0, .by = DECIDERS, .guard = measure_may_begin, .input = suspend_input,
      .effect = measure_begun, .clause = "C055",
      .consequence = "这是保护措施，不是对事实的认定；机构只得知暂停，不得知报告。" },
    { "prolong", "复查后继续暂停", OPEN | CLOSED, 0, .by = DECIDERS, .guard = measure_may_go_on, .input = prolong_input,
      .effect = measure_prolonged, .clause = "C055" },
    { "end_measure", "结束暂停措施", OPEN | CLOSED, 0, .by = DECIDERS, .guard = measure_may_end,
      .effect = measure_ended, .clause = "C055",
      .consequence = "只结束本报告的暂停；公安和卫生健康部门同时得知。机构、主管部门另行决定的不受影响。" },
    { "close", "办结", OPEN, CLOSED, .by = DECIDERS, .guard = measure_may_close, .input = close_input,
      .effect = measure_closed, .clause = "C055",
      .consequence = "本报告的暂停措施随之结束，公安和卫生健康部门同时得知。" },
    { 0 },
};
static const struct state_label labels[] = { { OPEN, "办理中", "bad" }, { CLOSED, "已办结", "plain" }, { 0 } };
static const struct procedure procedure = {
    .first = OPEN, .open = OPEN | CLOSED, .live = OPEN, .steps = steps, .labels = labels
};
static const struct duty duties[] = {
    { REPORTERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MINE, 0, G_ALL, "C055", "报告人查看、补充自己的报告", 0, 0 },
    { RECIPIENTS, MAY_SEE | MAY_UNMASK, &MY_AREA, 0, G_ALL, "C055", "公安、民政、教育、卫生健康部门办理", 0, 0 },
    { 0 },
};
const struct form abuse_report_form = {
    .name = "abuse_report",
    .title = "强制报告记录",
    .clause = "C055",
    .of = OF_INSTITUTION,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = reported,
    .sealed = true,
    .watched = true,
    .intro = "正在发生危险或有人受伤，请先拨打110、120。报告只有您和公安、民政、教育、卫生健康部门能看到。",
    .expected_rows = 5000,
};

/* ---- the county's telephone list ---- */

static const struct field contact_fields[] = {
    { "turn", F_INT, .label = "顺序", .need = true, .min = 1, .max = 99, .list = true },
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .basis = BASIS_DUTY, .max = 40 },
    { "duty_of", F_CODE, .label = "部门", .code = "department", .need = true, .list = true },
    { "phone", F_TEXT, .label = "值班电话", .need = true, .list = true, .format = FORMAT_PHONE, .basis = BASIS_DUTY,
      .max = 20 },
    { "account", F_REF, .label = "系统账号", .ref = &account_form, .elsewhere = true,
      .hint = "填写后，催告同时发到此人的站内通知和短信" },
    { "ended", F_BOOL, .label = "已停用" },
    { 0 },
};
static const struct duty contact_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C055", "县级卫生健康部门维护", 0, 0 },
    { RECIPIENTS, MAY_SEE, &MY_AREA, 0, G_WORK, "C055", "各部门查看", 0, 0 },
    { 0 },
};
const struct form abuse_contact_form = {
    .name = "abuse_contact",
    .title = "强制报告值班电话",
    .clause = "C055",
    .of = OF_OFFICE,
    .fields = contact_fields,
    .duties = contact_duties,
    .title_field = "name",
    .intro = "强制报告超过规定分钟没有部门确认收到时，按顺序催告。",
    .expected_rows = 200,
};

/* ---- the page of the one tap ---- */

static void
put_phone(struct call *call, struct node *list, const char *name, const char *phone)
{
    struct node *map = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, map, "name", name);
    node_put_text(call->arena, map, "phone", phone);
    node_put_url(call->arena, map, "call_url", arena_format(call->arena, "tel:%s", phone));
}

enum status
look_abuse(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    struct node *data = node_put_map(call->arena, model, "data");
    (void)input;
    const enum status status = reader_rows(reader, call->arena,
                                           "select name, phone from abuse_contact where office = ?1 and "
                                           "coalesce(ended, 0) = 0 order by turn, id limit 10",
                                           ARGS(value_int(call->me->office)), &rows);
    node_put_url(call->arena, data, "emergency_url", "tel:110");
    node_put_url(call->arena, data, "action_url", "/abuse_report");
    node_put_url(call->arena, data, "more_url", "/abuse_report/new");
    node_put_url(call->arena, data, "mine_url", "/abuse_report");
    node_put_text(call->arena, data, "key", random_token(call->arena, 16));
    struct node *phones = node_put_list(call->arena, data, "phones");
    for (size_t i = 0; status == OK && i < rows.n; i++)
        put_phone(call, phones, rows_text(&rows, i, 0), rows_text(&rows, i, 1));
    return status;
}
