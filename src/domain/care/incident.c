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
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .fixed = true, .list = true, .basis = BASIS_DUTY,
      .group = G_CHILD, .hint = "火灾、燃气、外人闯入或多名婴幼儿受影响的，不选，填写受影响的人数" },
    { "people", F_INT, .label = "受影响的婴幼儿", .unit = "人", .min = 0, .max = 2000, .list = true,
      .hint = "没有选择婴幼儿时填写；没有人受影响填0" },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "kind", F_CODE, .label = "种类", .code = "injury_kind", .need = true, .list = true, .filter = true },
    { "severity", F_CODE, .label = "程度", .code = "injury_severity", .need = true, .list = true, .filter = true },
    { "happened_at", F_TIME, .label = "发生时间", .need = true, .list = true },
    { "place", F_CODE, .label = "地点", .code = "injury_place", .need = true, .list = true },
    { "cause", F_LINES, .label = "经过和原因", .register_paper = true, .need = true, .secret = true,
      .basis = BASIS_DUTY, .group = G_HEALTH, .max = 2000, .section = "经过" },
    { "parts", F_CODES, .label = "受伤部位", .register_paper = true, .code = "body_part", .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "first_aid", F_LINES, .label = "现场处置", .register_paper = true, .need = true, .secret = true,
      .basis = BASIS_DUTY, .group = G_HEALTH, .max = 1000 },
    { "told_at", F_TIME, .label = "告知监护人时间", .list = true, .section = "告知和就医" },
    { "hospital", F_TEXT, .label = "送诊医院", .basis = BASIS_DUTY, .group = G_HEALTH, .max = 100 },
    { "sent_at", F_TIME, .label = "送诊时间" },
    { "on_duty", F_REF, .label = "当班人员", .register_paper = true, .ref = &staff_form },
    { "photo", F_FILE, .label = "现场照片", .basis = BASIS_CONSENT, .group = G_HEALTH, .index = true,
      .hint = "须监护人同意，不拍摄隐私部位" },
    { "photo_gone_on", F_DATE, .label = "照片已按期删除", .computed = true },
    { 0 },
};
static const struct cell cells[] = {
    { "injuries", "伤害", "coalesce(nullif(r.people, 0), 1)", "(r.child is not null or r.people > 0)" },
    { "to_report", "须报告的伤害", NULL, "r.severity <> 'minor'" },
    { "serious", "严重伤害", NULL, "r.severity in ('serious', 'death')" },
    { "not_told", "未告知监护人", NULL, "r.told_at is null and (r.child is not null or r.people > 0)" },
    { 0 },
};

CHECK(guardian_is_told)
{
    const struct row *row = change->new;
    const int64_t most = standard_int(call, "CFG-TELL-MINUTES", 30);
    const int64_t minutes = (row_int(row, "told_at") - row_int(row, "happened_at")) / MINUTE_MS;
    (void)reader;
    if (row_int(row, "child") == 0 && row_int(row, "people") == 0)
        return OK; /* a fire in an empty house: there is nobody to tell */
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

CHECK(somebody_is_named)
{
    (void)reader;
    if (row_int(change->new, "child") == 0 && !row_has(change->new, "people"))
        finding_add(call, rule, "请选择婴幼儿，或填写受影响的人数");
    return OK;
}

static const struct rule rules[] = {
    { "INJ-WHO", BLOCK, .check = somebody_is_named, .standard = "MGT-24", .field = "child", .clause = "C040" },
    { "INJ-ORDER", BLOCK, .check = times_follow, .standard = "MGT-24", .field = "told_at", .clause = "C040" },
    { "INJ-TELL", WARN, .check = guardian_is_told, .standard = "CFG-TELL-MINUTES", .field = "told_at", .clause = "C040",
      .advice = "立即告知监护人并记录时间" },
    { 0 },
};

static int
rank_of(const char *severity)
{
    static const char *const ranks[] = { "moderate", "serious", "death" };
    for (int i = 0; severity != NULL && i < 3; i++)
        if (strcmp(ranks[i], severity) == 0)
            return i + 1;
    return 0;
}

/* Minutes within which an event (an incident, or what its report said) is reported; 0: it is not. A poisoning is always
 * reported; where it is also grave the shorter time counts. */
static int64_t
minutes_to_report(const struct call *call, const struct row *event)
{
    static const char *const standards[] = { NULL, "CFG-INJ-MODERATE", "CFG-INJ-SERIOUS", "CFG-INJ-DEATH" };
    const char *kind = row_text(event, "kind"), *standard = standards[rank_of(row_text(event, "severity"))];
    const int64_t grave = standard == NULL ? 0 : standard_minutes(call, standard, 24 * 60);
    const int64_t poison = kind != NULL && strcmp(kind, "poisoning") == 0 ? standard_minutes(call, "INF-R3", 120) : 0;
    return poison != 0 && (grave == 0 || poison < grave) ? poison : grave;
}

static bool
is_urgent(const struct row *event)
{
    return rank_of(row_text(event, "severity")) > 1 || strcmp(row_text(event, "kind"), "poisoning") == 0;
}

static void
carry(const struct row *incident, struct row *report, int64_t due)
{
    report->institution = incident->institution;
    report->part = incident->id;
    row_set(report, "kind", row_value(incident, "kind"));
    row_set(report, "severity", row_value(incident, "severity"));
    row_set(report, "happened_at", row_value(incident, "happened_at"));
    row_set_int(report, "due_at", due);
}

static enum status
report_of(struct call *call, struct reader *reader, const struct row *incident, struct row **out)
{
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(incident->id) };
    struct row_set set;
    enum status status = rows_by(call, reader, &incident_report_form, incident->office, where, values, 1, &set);
    *out = status == OK && set.n > 0 ? set.rows[0] : NULL;
    return status;
}

static enum status
tell_urgent(struct call *call, struct writer *writer, const struct row *report)
{
    return is_urgent(report)
               ? notice_department(call, writer, report->office, "health", "有一起须立即报告的伤害事件",
                                   arena_format(call->arena, "/incident_report/%lld", (long long)report->id))
               : OK;
}

/* Made once, made stricter while it waits, and asked again when what was reported turned out worse. */
static enum status
need_report(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *incident = change->new;
    const int64_t minutes = minutes_to_report(call, incident);
    const int64_t due = row_int(incident, "happened_at") + minutes * MINUTE_MS;
    struct row *report;
    if (minutes == 0)
        return OK;
    enum status status = report_of(call, writer_reader(writer), incident, &report);
    if (status != OK)
        return status;
    const bool made = report == NULL;
    if (!made && report->state != ASKED) {
        const bool worse = rank_of(row_text(incident, "severity")) > rank_of(row_text(report, "severity")) ||
                           minutes < minutes_to_report(call, report);
        return worse ? step_take(call, writer, &incident_report_form, report->id, 0, "again", NULL, NULL) : OK;
    }
    if (!made && row_int(report, "due_at") <= due)
        return OK;
    if (made && (report = row_new(call, &incident_report_form)) == NULL)
        return NO_MEMORY;
    carry(incident, report, due);
    status = made ? row_create(call, writer, report) : row_change(call, writer, report, report->version);
    return status == OK ? tell_urgent(call, writer, report) : status;
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
    { "first_reported_at", F_TIME, .label = "首次报告时间", .computed = true },
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

/* The hours run from the moment at which the house knew that it is worse; when it was first reported stays. */
static enum status
ask_again(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const anew[] = { "reported_at", "reported_to", "how", "escalated_at", NULL };
    struct row *incident, *report = change->new;
    enum status status = row_get(call, writer_reader(writer), &incident_form, report->part, &incident);
    if (status != OK)
        return status;
    if (!row_has(report, "first_reported_at"))
        row_set(report, "first_reported_at", row_value(report, "reported_at"));
    for (int i = 0; anew[i] != NULL; i++)
        row_set(report, anew[i], value_null());
    carry(incident, report, call->now_ms + minutes_to_report(call, incident) * MINUTE_MS);
    status = row_update(call, writer, report, report->version);
    if (status == OK)
        status = notice_institution(call, writer, report->institution, "一起已报告的伤害事件加重，须重新报告",
                                    arena_format(call->arena, "/incident_report/%lld", (long long)report->id));
    return status == OK ? tell_urgent(call, writer, report) : status;
}

static const struct field report_input[] = {
    { "first_reported_at", F_TIME, .label = "首次报告时间", .computed = true },
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
    { "again", "加重，重新报告", SUBMITTED | CLOSED, ASKED, .inner = true, .effect = ask_again, .clause = "C040" },
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
