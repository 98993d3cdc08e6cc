/* 伤害和意外事件 — 管理规范 第二十四条, 伤害预防指南; clause C040. The facts are a record of the day; what has to be
 * reported upwards is a case of its own with its hours, and follow-up is written as long as it takes. The county sees
 * kind, severity and times, never the child. */
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum { MINUTE_MS = 60000 };

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "kind", F_CODE, .label = "种类", .code = "injury_kind", .need = true, .list = true, .filter = true },
    { "severity", F_CODE, .label = "程度", .code = "injury_severity", .need = true, .list = true, .filter = true },
    { "happened_at", F_TIME, .label = "发生时间", .need = true, .list = true },
    { "place", F_CODE, .label = "地点", .code = "injury_place", .need = true, .list = true },
    { "cause", F_LINES, .label = "经过和原因", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 2000, .section = "经过" },
    { "parts", F_CODES, .label = "受伤部位", .code = "body_part", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "first_aid", F_LINES, .label = "现场处置", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 1000 },
    { "told_at", F_TIME, .label = "告知监护人时间", .list = true, .section = "告知和就医" },
    { "hospital", F_TEXT, .label = "送诊医院", .basis = BASIS_DUTY, .group = G_HEALTH, .max = 100 },
    { "sent_at", F_TIME, .label = "送诊时间" },
    { "on_duty", F_REF, .label = "当班人员", .ref = &staff_form },
    { "photo", F_FILE, .label = "现场照片", .basis = BASIS_CONSENT, .group = G_HEALTH, .index = true,
      .hint = "须监护人同意，不拍摄隐私部位" },
    { "photo_gone_on", F_DATE, .label = "照片已按期删除", .computed = true },
    { 0 },
};
static const struct cell cells[] = {
    { "injuries", "伤害", NULL, NULL },
    { "to_report", "须报告的伤害", NULL, "r.severity <> 'minor'" },
    { "serious", "严重伤害", NULL, "r.severity in ('serious', 'death')" },
    { "not_told", "未告知监护人", NULL, "r.told_at is null" },
    { 0 },
};

CHECK(guardian_is_told)
{
    const struct row *row = change->new;
    const int64_t most = standard_int(call, "CFG-TELL-MINUTES", 30);
    const int64_t minutes = (row_int(row, "told_at") - row_int(row, "happened_at")) / MINUTE_MS;
    (void)reader;
    if (!row_has(row, "told_at"))
        finding_add(call, rule, "还没有告知监护人");
    else if (minutes > most)
        finding_add(call, rule,
                    arena_format(call->arena, "事发%lld分钟后才告知监护人，应在%lld分钟内", (long long)minutes,
                                 (long long)most));
    return OK;
}

CHECK(times_follow)
{
    const struct row *row = change->new;
    (void)reader;
    if ((row_has(row, "told_at") && row_int(row, "told_at") < row_int(row, "happened_at")) ||
        (row_has(row, "sent_at") && row_int(row, "sent_at") < row_int(row, "happened_at")))
        finding_add(call, rule, "告知或送诊时间早于发生时间");
    return OK;
}

static const struct rule rules[] = {
    { "INJ-ORDER", BLOCK, .check = times_follow, .standard = "MGT-24", .field = "told_at", .clause = "C040" },
    { "INJ-TELL", WARN, .check = guardian_is_told, .standard = "CFG-TELL-MINUTES", .field = "told_at", .clause = "C040",
      .advice = "立即告知监护人并记录时间" },
    { 0 },
};

/* The standard that gives the hours to report; NULL: a minor injury is not reported. */
static const char *
report_standard(const struct row *incident)
{
    const char *severity = row_text(incident, "severity");
    if (severity == NULL || strcmp(severity, "minor") == 0)
        return NULL;
    if (strcmp(row_text(incident, "kind"), "poisoning") == 0)
        return "INF-R3";
    return strcmp(severity, "death") == 0     ? "CFG-INJ-DEATH"
           : strcmp(severity, "serious") == 0 ? "CFG-INJ-SERIOUS"
                                              : "CFG-INJ-MODERATE";
}

/* Made once, and made stricter when the injury turns out worse. */
static enum status
need_report(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *incident = change->new;
    const char *standard = report_standard(incident);
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(incident->id) };
    struct row_set set;
    if (standard == NULL)
        return OK;
    const int64_t due =
        row_int(incident, "happened_at") + standard_minutes(call, standard, 24 * 60) * (int64_t)MINUTE_MS;
    enum status status =
        rows_by(call, writer_reader(writer), &incident_report_form, incident->office, where, values, 1, &set);
    if (status != OK || (set.n > 0 && row_int(set.rows[0], "due_at") <= due))
        return status;
    struct row *report = set.n > 0 ? set.rows[0] : row_new(call, &incident_report_form);
    if (report == NULL)
        return NO_MEMORY;
    report->institution = incident->institution;
    report->part = incident->id;
    row_set(report, "kind", row_value(incident, "kind"));
    row_set(report, "severity", row_value(incident, "severity"));
    row_set(report, "happened_at", row_value(incident, "happened_at"));
    row_set_int(report, "due_at", due);
    status = set.n > 0 ? row_change(call, writer, report, report->version) : row_create(call, writer, report);
    if (status == OK && strcmp(standard, "CFG-INJ-MODERATE") != 0)
        status = notice_department(call, writer, incident->office, "health", "有一起须立即报告的伤害事件",
                                   arena_format(call->arena, "/incident_report/%lld", (long long)report->id));
    return status;
}

static const struct duty duties[] = {
    CARERS_KEEP("C040"),
    DUTY(HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C040", "卫生健康部门查看，不含姓名和伤情"),
    { 0 },
};
const struct form incident_form = {
    .name = "incident",
    .title = "伤害登记",
    .clause = "C040",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .rules = rules,
    .duties = duties,
    .cells = cells,
    .fill = care_fill_ledger,
    .effect = need_report,
    .keep_years = 3,
    .expected_rows = 500000,
};

/* ---- 事件报告 ---- */
static const struct field report_fields[] = {
    { "kind", F_CODE, .label = "种类", .code = "injury_kind", .computed = true, .list = true },
    { "severity", F_CODE, .label = "程度", .code = "injury_severity", .computed = true, .list = true },
    { "happened_at", F_TIME, .label = "发生时间", .computed = true, .list = true },
    { "due_at", F_TIME, .label = "报告期限", .computed = true, .list = true },
    { "reported_at", F_TIME, .label = "报告时间", .computed = true, .list = true },
    { "reported_to", F_CODES, .label = "已报告", .code = "department" },
    { "how", F_TEXT, .label = "报告方式", .hint = "电话、书面；不写婴幼儿姓名", .max = 100 },
    { "escalated_at", F_TIME, .label = "逾期上报时间", .computed = true },
    { "outcome", F_LINES, .label = "处理结果和整改", .max = 2000 },
    { 0 },
};

CHECK(report_is_in_time)
{
    const struct row *row = change->new;
    const int64_t at = row_has(row, "reported_at") ? row_int(row, "reported_at") : call->now_ms;
    (void)reader;
    if (at > row_int(row, "due_at"))
        finding_add(call, rule, row_has(row, "reported_at") ? "超过期限才报告" : "已过报告期限，还没有报告");
    return OK;
}

static const struct rule report_rules[] = {
    { "INJ-REPORT", WARN, .check = report_is_in_time, .standard = "CFG-INJ-SERIOUS", .clause = "C040",
      .advice = "立即报告县级卫生健康部门" },
    { 0 },
};

static enum status
tell_county(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "reported_at", call->now_ms);
    enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK
               ? notice_department(call, writer, change->new->office, "health", "一起伤害事件已报告",
                                   arena_format(call->arena, "/incident_report/%lld", (long long)change->new->id))
               : status;
}

/* Overdue: the institution and the county are told again, and the level above (C040; no name, nothing about health). */
static enum status
tell_above(struct call *call, struct writer *writer, const struct change *change)
{
    const struct office *office = office_of(call->reference, change->new->office);
    const char *url = arena_format(call->arena, "/incident_report/%lld", (long long)change->new->id);
    row_set_int(change->new, "escalated_at", call->now_ms);
    enum status status = row_update(call, writer, change->new, change->new->version);
    if (status == OK)
        status = notice_institution(call, writer, change->new->institution, "伤害事件已过报告期限，请立即报告", url);
    if (status == OK)
        status = notice_department(call, writer, change->new->office, "health", "一起伤害事件逾期未报告", url);
    if (status == OK && office != NULL && office->parent != 0)
        status = notice_department(call, writer, office->parent, "health", "一起伤害事件逾期未报告", url);
    return status;
}

static const struct field report_input[] = {
    { "reported_to", F_CODES, .label = "已报告", .need = true },
    { "how", F_TEXT, .label = "报告方式", .need = true },
    { 0 },
};
static const struct field outcome_input[] = { { "outcome", F_LINES, .label = "处理结果和整改", .need = true }, { 0 } };
static const struct step report_steps[] = {
    { "report", "报告", ASKED, SUBMITTED, .by = INSTITUTION_KEEPERS, .input = report_input, .effect = tell_county,
      .clause = "C040", .main = true },
    { "close", "结案", SUBMITTED, CLOSED, .by = COUNTY_HEALTH | POST(P_HANDLE), .input = outcome_input,
      .clause = "C040", .main = true },
    { "escalate", "逾期上报", ASKED, 0, .inner = true, .effect = tell_above, .clause = "C040" },
    { 0 },
};
static const struct state_label report_labels[] = {
    { ASKED, "待报告", "bad" },
    { SUBMITTED, "已报告", "warn" },
    { CLOSED, "已结案", "good" },
    { 0 },
};
static const struct procedure report_procedure = {
    .first = ASKED, .live = ASKED | SUBMITTED, .steps = report_steps, .labels = report_labels
};
static const struct duty report_duties[] = {
    DUTY(THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, G_WORK, "C040", "本机构人员查看"),
    DUTY(HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C040", "卫生健康部门处理"),
    { 0 },
};
const struct form incident_report_form = {
    .name = "incident_report",
    .title = "事件报告",
    .clause = "C040",
    .of = OF_INSTITUTION,
    .part_of = &incident_form,
    .fields = report_fields,
    .rules = report_rules,
    .procedure = &report_procedure,
    .duties = report_duties,
    .keep_years = 3,
    .expected_rows = 50000,
};

enum status
incident_minutely(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id from incident_report where office = ?1 and state = 'asked' and escalated_at is null and "
                    "due_at < ?2 order by id limit 200",
                    ARGS(value_int(office), value_int(call->now_ms)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = step_take(call, writer, &incident_report_form, rows_int(&rows, i, 0), 0, "escalate", NULL, NULL);
    return status;
}

/* ---- 伤害随访 ---- */
static const struct field follow_fields[] = {
    { "followed_on", F_DATE, .label = "随访日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "content", F_LINES, .label = "恢复情况", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 1000 },
    { "recovered", F_BOOL, .label = "已痊愈", .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "measures", F_LINES, .label = "防范措施", .max = 1000 },
    { 0 },
};
static const struct duty follow_duties[] = { CARERS_KEEP("C040"), { 0 } };
const struct form incident_follow_form = {
    .name = "incident_follow",
    .title = "伤害随访",
    .clause = "C040",
    .of = OF_INSTITUTION,
    .part_of = &incident_form,
    .fields = follow_fields,
    .duties = follow_duties,
    .keep_years = 3,
    .expected_rows = 500000,
};
