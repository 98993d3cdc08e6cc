/* 病儿隔离 — 管理规范 第二十四、二十七条, 托儿所幼儿园卫生保健管理办法 第十六、十八条; clauses C045, C046. One row: one
 * child's episode from what was found to the way back. Names and facts of health stay in the institution; the county
 * sees a case by name only inside an approved open case. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/printed.h"

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "found_on", F_DATE, .label = "发现日期", .computed = true, .list = true, .index = true },
    { "found_at", F_TIME, .label = "发现时间", .fill = FILL_NOW },
    { "source", F_CODE, .label = "发现途径", .code = "illness_source", .computed = true },
    { "months", F_INT, .label = "月龄", .unit = "月", .computed = true },
    { "symptoms", F_CODES, .label = "症状", .register_paper = true, .code = "symptom", .need = true,
      .basis = BASIS_DUTY, .group = G_HEALTH },
    { "temperature", F_DECIMAL, .label = "体温", .register_paper = true, .unit = "℃", .scale = 1, .min = 340,
      .max = 430, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "kind", F_CODE, .label = "疑似类别", .code = "illness_kind", .computed = true, .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "worse_at", F_TIME, .label = "症状增加时间", .computed = true },
    { "room", F_REF, .label = "隔离（观察）室", .ref = &room_form },
    { "carer", F_REF, .label = "照看人", .ref = &staff_form },
    { "told_whom", F_TEXT, .label = "告知的监护人", .computed = true, .basis = BASIS_DUTY, .group = G_CHILD, .max = 40,
      .section = "告知监护人" },
    { "told_how", F_CODE, .label = "告知方式", .code = "told_how", .computed = true },
    { "told_at", F_TIME, .label = "告知时间", .computed = true, .list = true },
    { "told_by", F_TEXT, .label = "告知人", .computed = true, .max = 40 },
    { "fetched_at", F_TIME, .label = "接回时间", .computed = true, .section = "监护人接回" },
    { "fetch_check", F_CODE, .label = "核对方式", .code = "fetch_check", .computed = true,
      .hint = "婴幼儿还在园的，须核对接走的人" },
    { "fetched_guardian", F_REF, .label = "接走的监护人", .ref = &guardian_form, .computed = true, .group = G_CHILD },
    { "fetched_by", F_REF, .label = "接走的人", .ref = &pickup_person_form, .computed = true, .group = G_CHILD },
    { "fetched_name", F_TEXT, .label = "接走的人（未登记的）", .computed = true, .basis = BASIS_DUTY, .group = G_CHILD,
      .max = 40, .hint = "未登记的人须先电话核实监护人" },
    { "called_guardian", F_REF, .label = "电话核实的监护人", .ref = &guardian_form, .computed = true,
      .group = G_CHILD },
    { "called_at", F_TIME, .label = "电话核实时间", .computed = true },
    { "fetch_code", F_TEXT, .label = "接送口令", .computed = true, .secret = true, .basis = BASIS_CONTRACT,
      .group = G_CONTACT, .max = 64, .hint = "核对方式选“接送口令”时输入；核对后不保留" },
    { "outcome", F_CODE, .label = "就医结果", .register_paper = true, .code = "illness_outcome", .computed = true,
      .basis = BASIS_DUTY, .group = G_HEALTH, .section = "就医结果" },
    { "disease", F_CODE, .label = "病种", .code = "disease", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "body_name", F_TEXT, .label = "医疗机构", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 80 },
    { "result_on", F_DATE, .label = "就医日期", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "onset_on", F_DATE, .label = "发病日期", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "certificate_by", F_TEXT, .label = "证明出具单位", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 80, .section = "返托" },
    { "certificate_on", F_DATE, .label = "证明日期", .register_paper = true, .computed = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "well_on", F_DATE, .label = "症状消失日期", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "certificate", F_FILE, .label = "证明", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "back_note", F_TEXT, .label = "说明", .register_paper = true, .secret = true, .basis = BASIS_DUTY,
      .group = G_HEALTH, .max = 200 },
    { "excluded", F_BOOL, .label = "已排除传染病", .computed = true, .group = G_HEALTH },
    { "mistake_note", F_TEXT, .label = "登记有误的原因", .computed = true, .secret = true, .basis = BASIS_DUTY,
      .group = G_HEALTH, .max = 200, .section = "登记有误" },
    { "mistake_told_at", F_TIME, .label = "更正告知监护人时间", .computed = true,
      .hint = "已告知监护人的，须更正告知" },
    { "alert", F_REF, .label = "聚集性预警", .ref = &outbreak_alert_form, .computed = true },
    { "former_alert", F_REF, .label = "先前已结束的预警", .ref = &outbreak_alert_form, .computed = true },
    { 0 },
};

static enum status
fill_found(struct call *call, struct reader *reader, struct row *row)
{
    struct row *child;
    struct day found;
    char iso[11];
    int64_t class_group = 0;
    if (!row_has(row, "found_at"))
        row_set_int(row, "found_at", call->now_ms);
    found = day_from_ms(row_int(row, "found_at"));
    day_iso(found, iso);
    if (!row_has(row, "found_on"))
        row_set_text(row, "found_on", arena_text(call->arena, iso));
    if (!row_has(row, "source"))
        row_set_text(row, "source", "day");
    enum status status = child_of(call, reader, row, &child);
    if (status != OK || child == NULL)
        return status;
    row_set_int(row, "months", child_months(child, found));
    status = class_on(call, reader, child, row_text(row, "found_on"), &class_group);
    if (status == OK && class_group != 0)
        row_set_int(row, "class", class_group);
    return status;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const char *kind = row_has(row, "outcome") ? illness_of_disease(row_text(row, "disease"))
                                               : illness_of_symptoms(row_text(row, "symptoms"));
    /* what was suspected once only a doctor takes away, not another word about the symptoms */
    if (change->old != NULL && !row_has(row, "outcome"))
        kind = illness_more_telling(row_text(change->old, "kind"), kind);
    row_set_text(row, "kind", kind);
    row_set(row, "fetch_code", value_null()); /* the leaving compares it; nothing keeps it */
    return change->old == NULL ? fill_found(call, reader, row) : OK;
}

/* ---- rules ---- */

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

CHECK(times_are_in_order)
{
    const struct row *row = change->new;
    static const char *const later[][2] = { { "told_at", "告知时间" },
                                            { "fetched_at", "接回时间" },
                                            { "mistake_told_at", "更正告知时间" } };
    (void)reader;
    if (row_int(row, "found_at") > call->now_ms + 120000)
        finding_add(call, rule, "发现时间还没有到");
    for (size_t i = 0; i < 3; i++)
        if (row_has(row, later[i][0]) && (row_int(row, later[i][0]) / 60000 < row_int(row, "found_at") / 60000 ||
                                          row_int(row, later[i][0]) > call->now_ms + 120000))
            finding_add(call, rule, arena_format(call->arena, "%s早于发现时间或晚于现在", later[i][1]));
    static const char *const dates[][2] = { { "result_on", "就医日期" },
                                            { "onset_on", "发病日期" },
                                            { "well_on", "症状消失日期" },
                                            { "certificate_on", "证明日期" } };
    for (size_t i = 0; i < 4; i++)
        if (row_has(row, dates[i][0]) && strcmp(row_text(row, dates[i][0]), call_today(call)) > 0)
            finding_add(call, rule, arena_format(call->arena, "%s晚于今天", dates[i][1]));
    return OK;
}

static int
days_since(const struct row *row, const char *from)
{
    struct day begin, back;
    return row_day(row, from, &begin) && row_day(row, "certificate_on", &back) ? back.n - begin.n : -1;
}

/* Days until the return are hints where the number is not verified: the doctor's certificate decides. */
CHECK(returns_after_days)
{
    static const struct {
        const char *standard, *kind, *from, *words;
        int hours;
    } waits[] = {
        { "INF-RET-HFMD", "hfmd", "onset_on", "自发病起", 24 },
        { "INF-RET-SCARLET", "scarlet", "result_on", "治疗开始后", 24 },
        { "INF-RET-MUMPS", "mumps", "onset_on", "自肿胀起", 24 },
        { "INF-RET-NORO", "diarrhoea", "well_on", "症状消失后", 1 },
        { "INF-RET-FLU", "flu", "well_on", "退热后", 1 },
    };
    const char *kind = row_text(change->new, "kind");
    (void)reader;
    for (size_t i = 0; kind != NULL && i < sizeof waits / sizeof waits[0]; i++) {
        const int64_t hours = standard_int(call, waits[i].standard, 0) * waits[i].hours;
        const int days = days_since(change->new, waits[i].from);
        if (strcmp(rule->standard, waits[i].standard) == 0 && strcmp(kind, waits[i].kind) == 0 && days >= 0 &&
            days * 24 < hours)
            finding_add(call, rule,
                        arena_format(call->arena, "返托证明距%s只有%d天，一般不少于%lld天", waits[i].words, days,
                                     (long long)((hours + 23) / 24)));
    }
    return OK;
}

/* "2026-11-18" before "2026-11-19"; a day that is not there is before nothing. */
static bool
is_before(const struct row *row, const char *one, const char *other)
{
    return row_has(row, one) && row_has(row, other) && strcmp(row_text(row, one), row_text(row, other)) < 0;
}

/* A paper from before the illness says nothing about it. Where the family told of an illness at home, the doctor may
 * have seen the child before the institution knew. */
CHECK(paper_is_of_this_illness)
{
    const struct row *row = change->new;
    const bool home = row_has(row, "source") && strcmp(row_text(row, "source"), "absence") == 0;
    const bool clears = change_takes(change, "clear");
    (void)reader;
    if (is_before(row, "certificate_on", "found_on"))
        finding_add(call, rule, "证明日期早于发现日期，不是这次患病的返托证明");
    if (is_before(row, "certificate_on", "result_on"))
        finding_add(call, rule, "证明日期早于就医日期，不是这次患病的返托证明");
    if (clears && !home && is_before(row, "result_on", "found_on"))
        finding_add(call, rule, "就医日期早于发现日期，不能据此排除");
    return OK;
}

/* Who was told of an illness that was none hears so. */
CHECK(mistake_is_told)
{
    const struct row *row = change->new;
    (void)reader;
    if (row_has(row, "mistake_note") && row_has(row, "told_at") &&
        row_int(row, "mistake_told_at") < row_int(row, "told_at"))
        finding_add(call, rule, "监护人已被告知异常，请更正告知，并登记更正告知的时间");
    return OK;
}

CHECK(disease_is_named)
{
    (void)reader;
    if (row_has(change->new, "outcome") && !row_has(change->new, "disease"))
        finding_add(call, rule, "请选择病种");
    return OK;
}

#define RETURN_RULE(id_)                                                                                               \
    {                                                                                                                  \
        id_, WARN, .check = returns_after_days, .standard = id_, .field = "certificate_on", .clause = "C045",          \
                   .advice = "以医疗机构证明为准"                                                             \
    }
static const struct rule rules[] = {
    { "ISO-ORDER", BLOCK, .check = times_are_in_order, .standard = "MGT-24", .field = "told_at", .clause = "C045" },
    { "ISO-DISEASE", BLOCK, .check = disease_is_named, .standard = "HC-16", .field = "disease", .clause = "C046" },
    { "ISO-PAPER", BLOCK, .check = paper_is_of_this_illness, .standard = "HC-16", .field = "certificate_on",
      .clause = "C045" },
    { "ISO-MISTAKE", BLOCK, .check = mistake_is_told, .standard = "MGT-24", .field = "mistake_told_at",
      .clause = "C045" },
    RETURN_RULE("INF-RET-HFMD"),
    RETURN_RULE("INF-RET-SCARLET"),
    RETURN_RULE("INF-RET-MUMPS"),
    RETURN_RULE("INF-RET-NORO"),
    RETURN_RULE("INF-RET-FLU"),
    { 0 },
};

/* ---- the steps ---- */

static enum status
keep(struct call *call, struct writer *writer, const struct change *change)
{
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
note_told(struct call *call, struct writer *writer, const struct change *change)
{
    if (!row_has(change->new, "told_at"))
        row_set_int(change->new, "told_at", call->now_ms);
    row_set_text(change->new, "told_by", call->me->name);
    return keep(call, writer, change);
}

static enum status
note_fetched(struct call *call, struct writer *writer, const struct change *change)
{
    if (!row_has(change->new, "fetched_at"))
        row_set_int(change->new, "fetched_at", call->now_ms);
    const enum status status = keep(call, writer, change);
    return status == OK ? fetch_leave(call, writer, change->new, change->extra) : status;
}

static enum status
exclude(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "excluded", 1);
    const enum status status = keep(call, writer, change);
    return status == OK ? case_withdraw(call, writer, change->new) : status;
}

/* 儿童传染病登记: one row for a case, kept up when the result changes. */
static enum status
register_disease(struct call *call, struct writer *writer, const struct row *isolation)
{
    static const char *const same[] = { "child",    "class",     "months",    "disease", "outcome",
                                        "onset_on", "result_on", "body_name", NULL };
    const char *const where[] = { "isolation" };
    const struct value values[] = { value_int(isolation->id) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &disease_case_form, isolation->office, where, values, 1, &set);
    if (status != OK)
        return status;
    struct row *row = set.n > 0 ? set.rows[0] : row_new(call, &disease_case_form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = isolation->institution;
    row->day = row_text(isolation, "result_on");
    row_set_int(row, "isolation", isolation->id);
    for (int i = 0; same[i] != NULL; i++)
        row_set(row, same[i], row_value(isolation, same[i]));
    return set.n > 0 ? row_change(call, writer, row, row->version) : row_create(call, writer, row);
}

/* A result has a day and no hour: on its day it is known when it is entered, later it was known when the day ended. */
static int64_t
result_known(const struct call *call, const struct row *row)
{
    struct day day;
    if (!row_day(row, "result_on", &day) || day.n >= call->today.n)
        return call->now_ms;
    const int64_t ended = day_start_ms((struct day){ day.n + 1 }) - 1, found = row_int(row, "found_at");
    return ended < found ? found : ended;
}

static enum status
note_result(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    const int64_t since = result_known(call, row);
    row_set_int(row, "excluded", 0);
    enum status status = register_disease(call, writer, row);
    if (status == OK && !illness_suspected(row_text(change->old, "kind")))
        status = disinfection_ask(call, writer, row);
    if (status == OK)
        status = report_ask(call, writer, row->institution, "suspicion", row->id, 0, since);
    if (status == OK)
        status = cluster_count(call, writer, row, since);
    if (status == OK)
        status = watch_class(call, writer, row);
    if (status == OK && row_differs(row, change->old, "kind"))
        status = watch_recount(call, writer, row, row_text(change->old, "kind"));
    return status == OK ? keep(call, writer, change) : status;
}

static enum status
not_told_yet(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = !row_has(change->old, "told_at");
    return OK;
}

/* Nobody goes back to the class before the guardian knows. */
static enum status
guardian_is_told(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = row_has(change->old, "told_at");
    if (!*may)
        call_fail(call, DENIED, "请先告知监护人");
    return OK;
}

/* The institution suspects, it does not diagnose: what it suspected, or an alert counts, ends by a doctor's word. */
static bool
needs_a_doctor(const struct row *row)
{
    return illness_suspected(row_text(row, "kind")) || row_int(row, "alert") != 0;
}

static enum status
nothing_suspected(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = !needs_a_doctor(change->old);
    return OK;
}

static enum status
was_only_unwell(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    enum status status = guardian_is_told(call, reader, change, may);
    if (status == OK && *may && needs_a_doctor(change->old)) {
        *may = false;
        call_fail(call, DENIED, "疑似传染病须由医疗机构排除或出具返托证明，机构不能自行结束");
    }
    return status;
}

static enum status
no_result_yet(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = !row_has(change->old, "outcome");
    if (!*may)
        call_fail(call, DENIED, "已有就医结果，由医疗机构排除后结束");
    return OK;
}

static const struct field isolate_input[] = {
    { "room", F_REF, .label = "隔离（观察）室" },
    { "carer", F_REF, .label = "照看人" },
    { 0 },
};
static const struct field told_input[] = {
    { "told_whom", F_TEXT, .label = "告知的监护人", .need = true },
    { "told_how", F_CODE, .label = "告知方式", .need = true },
    { "told_at", F_TIME, .label = "告知时间" },
    { 0 },
};
static const struct field fetched_input[] = {
    { "fetched_at", F_TIME, .label = "接回时间" },
    { "fetch_check", F_CODE, .label = "核对方式" },
    { "fetched_guardian", F_REF, .label = "接走的监护人" },
    { "fetched_by", F_REF, .label = "接走的人" },
    { "fetch_code", F_TEXT, .label = "接送口令" },
    { "fetched_name", F_TEXT, .label = "接走的人" },
    { "called_guardian", F_REF, .label = "电话核实的监护人" },
    { "called_at", F_TIME, .label = "电话核实时间" },
    { 0 },
};
static const struct field well_input[] = { { "back_note", F_TEXT, .label = "说明", .need = true }, { 0 } };
static const struct field result_input[] = {
    { "outcome", F_CODE, .label = "就医结果", .need = true },
    { "disease", F_CODE, .label = "病种", .need = true },
    { "body_name", F_TEXT, .label = "医疗机构", .need = true },
    { "result_on", F_DATE, .label = "就医日期", .need = true },
    { "onset_on", F_DATE, .label = "发病日期" },
    { 0 },
};
static const struct field cleared_input[] = {
    { "body_name", F_TEXT, .label = "医疗机构", .need = true },
    { "result_on", F_DATE, .label = "就医日期", .need = true },
    { "back_note", F_TEXT, .label = "说明" },
    { 0 },
};
static const struct field mistake_input[] = {
    { "mistake_note", F_TEXT, .label = "登记有误的原因", .need = true },
    { "mistake_told_at", F_TIME, .label = "更正告知监护人时间" },
    { 0 },
};
static const struct field certified_input[] = {
    { "certificate_by", F_TEXT, .label = "证明出具单位", .need = true },
    { "certificate_on", F_DATE, .label = "证明日期", .need = true },
    { "well_on", F_DATE, .label = "症状消失日期" },
    { "certificate", F_FILE, .label = "证明", .need = true },
    { 0 },
};
static const struct step steps[] = {
    { "tell", "告知监护人", CASE_GOES_ON, 0, .by = INSTITUTION_CARERS, .input = told_input, .guard = not_told_yet,
      .effect = note_told, .stops = CLOCKS("guardian_told"), .done_at = "told_at", .checks = true, .clause = "C045",
      .main = true },
    { "isolate", "送隔离室", WATCHED, OPEN, .by = INSTITUTION_CARERS, .input = isolate_input, .clause = "C045" },
    { "fetch", "监护人接回", OPEN | WATCHED, LEFT, .by = INSTITUTION_CARERS, .input = fetched_input,
      .effect = note_fetched, .checks = true, .clause = "C045",
      .consequence = "婴幼儿还在园的，同时登记离园。疑似传染病的，登记返托证明或排除结果后才能再登记到园。" },
    { "well", "观察后回班", OPEN | WATCHED, ENDED, .by = INSTITUTION_KEEPERS, .input = well_input,
      .guard = was_only_unwell, .clause = "C045" },
    { "result", "登记就医结果", CASE_GOES_ON, 0, .by = INSTITUTION_KEEPERS, .input = result_input,
      .effect = note_result, .checks = true, .clause = "C046",
      .consequence = "登记后按病种开始班级医学观察，并提示告知疾控或医疗机构。" },
    { "clear", "排除传染病", CASE_GOES_ON, ENDED, .by = INSTITUTION_KEEPERS, .input = cleared_input, .effect = exclude,
      .checks = true, .clause = "C045" },
    { "certify", "登记返托证明", CASE_GOES_ON, ENDED, .by = INSTITUTION_KEEPERS, .input = certified_input,
      .checks = true, .clause = "C045", .consequence = "登记后可以返托。" },
    /* the wrong child: nobody has to be told of it any more, and who was told has heard that it was a mistake */
    { "mistake", "登记有误", CASE_GOES_ON, ENDED, .by = INSTITUTION_KEEPERS, .input = mistake_input,
      .guard = no_result_yet, .effect = exclude, .drops = CLOCKS("guardian_told"), .checks = true, .clause = "C045",
      .consequence = "登记错了婴幼儿或没有异常的，由此结束，不再计入病例；已告知监护人的，须更正告知。" },
    { "settle", "离园时未见加重", OPEN | WATCHED, ENDED, .inner = true, .guard = nothing_suspected, .clause = "C045" },
    { 0 },
};
static const struct state_label labels[] = {
    { OPEN, "隔离中", "bad" },
    { WATCHED, "观察中", "warn" },
    { LEFT, "已离园，待返托证明", "warn" },
    { ENDED, "已结束", "good" },
    { 0 },
};
static const struct procedure procedure = {
    .first = OPEN,
    .open = CASE_GOES_ON,
    .live = CASE_GOES_ON | ENDED,
    .steps = steps,
    .labels = labels,
};

/* ---- what follows from a case ---- */

/* Signs that name a disease are told at once, without waiting for the doctor; each case is counted. */
static enum status
suspected(struct call *call, struct writer *writer, struct row *row, int64_t since)
{
    enum status status = OK;
    if (illness_named(row_text(row, "kind")))
        status = report_ask(call, writer, row->institution, "suspicion", row->id, 0, since);
    return status == OK ? cluster_count(call, writer, row, since) : status;
}

static enum status
begun(struct call *call, struct writer *writer, struct row *row)
{
    enum status status = OK;
    if (strcmp(row_text(row, "source"), "absence") != 0)
        status = clock_start_at(call, writer, row, "guardian_told", "CFG-TELL-MINUTES", NULL, row_int(row, "found_at"));
    if (status == OK && illness_suspected(row_text(row, "kind")))
        status = disinfection_ask(call, writer, row);
    return status == OK ? suspected(call, writer, row, row_int(row, "found_at")) : status;
}

static enum status
effect(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    if (change->step != NULL)
        return OK;
    const char *before = change->old == NULL ? NULL : row_text(change->old, "kind"), *now = row_text(row, "kind");
    enum status status = OK;
    if (change->old == NULL)
        status = begun(call, writer, row);
    else if (now != NULL && (before == NULL || strcmp(before, now) != 0))
        status = suspected(call, writer, row,
                           row_differs(row, change->old, "worse_at") ? row_int(row, "worse_at") : call->now_ms);
    else
        return OK;
    return status == OK ? keep(call, writer, change) : status;
}

static const struct duty duties[] = {
    { INSTITUTION_CARERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_UNMASK, &MY_INSTITUTION, 0,
      G_WORK | G_OPEN | G_CHILD | G_HEALTH, "C045", "机构登记病儿隔离", 0, 0 },
    { DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY), MAY_SEE, &IN_MY_OPEN_CASE, 0, G_WORK | G_OPEN, "C048",
      "经同意查看疫情病例", 0, 0 },
    { 0 },
};
const struct form isolation_form = {
    .name = "isolation",
    .title = "病儿隔离",
    .clause = "C045",
    .of = OF_INSTITUTION,
    .paper_day = "found_on",
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = effect,
    .show = case_shown,
    .keep_years = 3,
    .expected_rows = 3000000,
};
