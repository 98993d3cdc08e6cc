/* 定期体检、体弱儿专案、签约医疗机构、补种追踪 — 工作规范 一、四, 国家基本公共卫生服务规范, 疫苗管理法 第四十八条;
 * clauses C042, C046, C050. When an exam is due follows from age and the last exam; it is counted when asked for, never
 * kept. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { PLACES_MOST = 500 };

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* ---- 定期体检 ---- */
static const struct field exam_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "examined_on", F_DATE, .label = "体检日期", .past = true, .need = true, .fill = FILL_TODAY, .list = true },
    { "body", F_REF, .label = "体检机构", .ref = &medical_body_form, .elsewhere = true, .list = true },
    { "months", F_INT, .label = "月龄", .unit = "月", .computed = true, .group = G_HEALTH },
    { "haemoglobin", F_INT, .label = "血红蛋白", .unit = "g/L", .min = 30, .max = 250, .basis = BASIS_DUTY,
      .group = G_HEALTH, .section = "结果" },
    { "hearing", F_CODE, .label = "听力筛查", .code = "screen_result", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "vision", F_CODE, .label = "视力、眼病筛查", .code = "screen_result", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "teeth", F_INT, .label = "龋齿", .unit = "颗", .min = 0, .max = 20, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "conclusion", F_CODE, .label = "体检结论", .code = "exam_result", .need = true, .list = true, .filter = true,
      .basis = BASIS_DUTY, .group = G_HEALTH },
    { "advice", F_LINES, .label = "指导意见", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 1000 },
    { "told_on", F_DATE, .label = "反馈家长日期", .group = G_HEALTH },
    { "paper", F_FILE, .label = "体检表", .basis = BASIS_DUTY, .group = G_HEALTH },
    { 0 },
};
static const struct unique_key exam_uniques[] = { { { "child", "examined_on" }, "这一天的体检已登记" }, { 0 } };

static enum status
fill_exam(struct call *call, struct reader *reader, struct change *change)
{
    struct row *child;
    int months;
    const enum status status = care_fill_months(call, reader, change, "examined_on", &child, &months);
    if (status == OK && child != NULL)
        row_set_int(change->new, "months", months);
    return status;
}

CHECK(blood_is_enough)
{
    const int64_t least = standard_int(call, "HB-LOW", 110), months = row_int(change->new, "months");
    (void)reader;
    if (row_has(change->new, "haemoglobin") && months >= 6 && months < 60 &&
        row_int(change->new, "haemoglobin") < least)
        finding_add(call, rule,
                    arena_format(call->arena, "血红蛋白%lld g/L，低于%lld g/L，请监护人到医疗机构评估",
                                 (long long)row_int(change->new, "haemoglobin"), (long long)least));
    return OK;
}

CHECK(parents_are_told)
{
    (void)reader;
    if (!row_has(change->new, "told_on"))
        finding_add(call, rule, "体检结果还没有反馈家长");
    return OK;
}

static const struct rule exam_rules[] = {
    { "HB-LOW", INFO, .check = blood_is_enough, .field = "haemoglobin", .clause = "C042",
      .advice = "提示，不是诊断；必要时建立体弱儿专案" },
    { "EXAM-TOLD", WARN, .check = parents_are_told, .standard = "HC-PE1", .field = "told_on", .clause = "C042" },
    { 0 },
};
static const struct duty exam_duties[] = { CARERS_KEEP("C042"), { 0 } };
const struct form periodic_exam_form = {
    .name = "periodic_exam",
    .title = "定期体检",
    .clause = "C042",
    .of = OF_INSTITUTION,
    .paper_day = "examined_on",
    .fields = exam_fields,
    .rules = exam_rules,
    .duties = exam_duties,
    .uniques = exam_uniques,
    .fill = fill_exam,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- 体弱儿专案 ---- */
static const struct field weak_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true },
    { "opened_on", F_DATE, .label = "建案日期", .need = true, .fill = FILL_TODAY, .list = true, .index = true },
    { "reasons", F_CODES, .label = "建案原因", .code = "weak_reason", .need = true, .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "plan", F_LINES, .label = "干预和照护措施", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 2000 },
    { "next_on", F_DATE, .label = "下次复查", .list = true, .group = G_HEALTH },
    { "outcome", F_CODE, .label = "转归", .code = "weak_outcome", .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { 0 },
};
static const struct field outcome_input[] = { { "outcome", F_CODE, .label = "转归", .need = true }, { 0 } };
static const struct step weak_steps[] = {
    { "close", "结案", OPEN, ENDED, .by = INSTITUTION_KEEPERS, .input = outcome_input, .clause = "C042", .main = true },
    { 0 },
};
static const struct state_label weak_labels[] = { { OPEN, "管理中", "warn" }, { ENDED, "已结案", "good" }, { 0 } };
static const struct procedure weak_procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = weak_steps, .labels = weak_labels
};
CHECK(review_is_kept)
{
    const char *next = row_text(change->new, "next_on");
    (void)reader;
    if (next == NULL || strcmp(next, call_today(call)) < 0)
        finding_add(call, rule, next == NULL ? "没有安排下次复查" : "复查日期已过，没有复查记录");
    return OK;
}
static const struct rule weak_rules[] = {
    { "WEAK-REVIEW", WARN, .check = review_is_kept, .standard = "HC-PE1", .field = "next_on", .clause = "C042" },
    { 0 },
};
static const struct duty weak_duties[] = { CARERS_KEEP("C042"), { 0 } };
const struct form weak_child_form = {
    .name = "weak_child",
    .title = "体弱儿专案",
    .clause = "C042",
    .of = OF_INSTITUTION,
    .paper_day = "opened_on",
    .fields = weak_fields,
    .rules = weak_rules,
    .procedure = &weak_procedure,
    .duties = weak_duties,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 200000,
};

static const struct field visit_fields[] = {
    { "seen_on", F_DATE, .label = "日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "record", F_LINES, .label = "观察和指导", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 1000 },
    { 0 },
};
static const struct duty visit_duties[] = { CARERS_KEEP("C042"), { 0 } };
const struct form weak_visit_form = {
    .name = "weak_visit",
    .title = "专案随访",
    .clause = "C042",
    .of = OF_INSTITUTION,
    .part_of = &weak_child_form,
    .fields = visit_fields,
    .duties = visit_duties,
    .keep_years = 3,
    .expected_rows = 1000000,
};

/* ---- 签约医疗机构 ---- */
static const struct field contract_fields[] = {
    { "body", F_REF, .label = "医疗卫生机构", .ref = &medical_body_form, .elsewhere = true, .need = true,
      .list = true },
    { "from_day", F_DATE, .label = "签约日期", .need = true, .list = true },
    { "to_day", F_DATE, .label = "到期日", .list = true },
    { "services", F_CODES, .label = "服务内容", .code = "medical_service", .list = true },
    { "doctor", F_TEXT, .label = "联系医生", .basis = BASIS_DUTY, .max = 40 },
    { "paper", F_FILE, .label = "协议" },
    { 0 },
};
static const struct duty contract_duties[] = { HOUSE_KEEPS("C042"),
                                               DUTY(DEPT(D_MATERNAL), MAY_SEE, &MY_AREA, G_WORK, "C047", "妇幼查看"),
                                               { 0 } };
const struct form health_contract_form = {
    .name = "health_contract",
    .title = "签约医疗机构",
    .clause = "C042",
    .of = OF_INSTITUTION,
    .fields = contract_fields,
    .duties = contract_duties,
    .expected_rows = 20000,
};

/* ---- 补种追踪: told, and looked at again by the end of December (查验办法) ---- */
static const struct field catch_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true },
    { "vaccines", F_TEXT, .label = "需补种的疫苗", .need = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 200 },
    { "told_on", F_DATE, .label = "告知监护人日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "due_on", F_DATE, .label = "复查期限", .computed = true, .list = true },
    { "done_on", F_DATE, .label = "补种完成日期", .list = true, .group = G_HEALTH },
    { "clinic", F_TEXT, .label = "接种单位", .group = G_HEALTH, .max = 100 },
    { 0 },
};
static enum status
fill_catch(struct call *call, struct reader *reader, struct change *change)
{
    if (change->old == NULL)
        row_set_text(change->new, "due_on", arena_format(call->arena, "%d-12-31", day_year(call->today)));
    return care_fill_ledger(call, reader, change);
}
CHECK(catch_up_is_checked)
{
    const struct row *row = change->new;
    (void)reader;
    if (row->state == OPEN && row_has(row, "due_on") && strcmp(row_text(row, "due_on"), call_today(call)) < 0)
        finding_add(call, rule, "已过复查期限，没有补种完成的记录");
    return OK;
}
static const struct rule catch_rules[] = {
    { "HC-VC-DEC", WARN, .check = catch_up_is_checked, .field = "done_on", .clause = "C046" },
    { 0 },
};
static const struct field done_input[] = {
    { "done_on", F_DATE, .label = "补种完成日期", .need = true },
    { "clinic", F_TEXT, .label = "接种单位", .need = true },
    { 0 },
};
static const struct step catch_steps[] = {
    { "done", "已补种", OPEN, DONE, .by = INSTITUTION_KEEPERS, .input = done_input, .clause = "C046", .main = true },
    { 0 },
};
static const struct state_label catch_labels[] = { { OPEN, "待补种", "warn" }, { DONE, "已补种", "good" }, { 0 } };
static const struct procedure catch_procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = catch_steps, .labels = catch_labels
};
static const struct duty catch_duties[] = { CARERS_KEEP("C046"), { 0 } };
const struct form catch_up_form = {
    .name = "catch_up",
    .title = "补种追踪",
    .clause = "C046",
    .of = OF_INSTITUTION,
    .fields = catch_fields,
    .rules = catch_rules,
    .procedure = &catch_procedure,
    .duties = catch_duties,
    .fill = fill_catch,
    .keep_years = 3,
    .expected_rows = 500000,
};

/* ---- who is due ---- */

/* Under one at 3, 6, 8 and 12 months; to three every six months; then once a year; never less than the city's floor. */
struct day
exam_due(const struct call *call, struct day born, const struct day *last, struct day entered)
{
    static const int visits[] = { 3, 6, 8, 12 };
    const struct day from = last == NULL ? entered : *last;
    const int months = day_months_between(born, from);
    const int64_t floor = standard_int(call, "HC-PES", 1);
    struct day due;
    if (months < 12 && standard_int(call, "HC-PE0", 4) >= 4) {
        int next = 12;
        for (int i = 3; i >= 0; i--)
            if (visits[i] > months)
                next = visits[i];
        due = day_add_months(born, next);
    } else {
        int64_t times = months < 36 ? standard_int(call, "HC-PE1", 2) : standard_int(call, "HC-PE2", 1);
        times = times < floor ? floor : times;
        due = day_add_months(from, (int)(12 / (times < 1 ? 1 : times > 12 ? 12 : times)));
    }
    return due;
}

/* Judged by what was known when the period began. */
enum status
exams_should(struct call *call, struct reader *reader, int64_t institution, const char *from, const char *to,
             int64_t *done, int64_t *should)
{
    struct rows rows;
    struct day born, entered, last, end;
    *done = *should = 0;
    if (!day_parse(to, &end))
        return INVALID;
    enum status status = reader_rows(
        reader, call->arena,
        "select c.born, c.entered_on, (select max(e.examined_on) from periodic_exam e where e.office = c.office and "
        "e.child = c.id and e.examined_on < ?3), (select max(k.examined_on) from entry_check k where k.office = "
        "c.office and k.part = c.id and k.result = 'pass'), (select count(*) from periodic_exam e where e.office = "
        "c.office and e.child = c.id and e.examined_on >= ?3 and e.examined_on <= ?4) from child c where c.office = ?1 "
        "and c.institution = ?2 and c.entered_on <= ?4 and (c.state = 'enrolled' or c.left_on >= ?3) order by c.id "
        "limit 2000",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(from), value_text(to)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const char *exam = rows_text(&rows, i, 2), *entry = rows_text(&rows, i, 3);
        const char *latest = exam == NULL || (entry != NULL && strcmp(entry, exam) > 0) ? entry : exam;
        const bool examined = rows_int(&rows, i, 4) > 0;
        *done += examined;
        *should += examined;
        if (examined || rows_text(&rows, i, 0) == NULL || !day_parse(rows_text(&rows, i, 0), &born) ||
            !day_parse(rows_text(&rows, i, 1), &entered))
            continue;
        *should += exam_due(call, born, latest != NULL && day_parse(latest, &last) ? &last : NULL, entered).n <= end.n;
    }
    return status;
}

struct tally {
    int64_t children, overdue, examined;
};

/* What the rows say of one child. */
struct due {
    struct day born, due;
    const char *latest;
    bool overdue, blood, hearing;
};

static bool
before(const char *day, const char *limit)
{
    return day == NULL || strcmp(day, limit) < 0;
}

static bool
due_of(const struct call *call, const struct rows *rows, size_t i, const char *year, struct due *out)
{
    struct day entered, last;
    const char *exam = rows_text(rows, i, 4), *entry = rows_text(rows, i, 5);
    out->latest = exam == NULL || (entry != NULL && strcmp(entry, exam) > 0) ? entry : exam;
    if (rows_text(rows, i, 2) == NULL || !day_parse(rows_text(rows, i, 2), &out->born))
        return false;
    if (rows_text(rows, i, 3) == NULL || !day_parse(rows_text(rows, i, 3), &entered))
        entered = call->today;
    out->due = exam_due(call, out->born, out->latest != NULL && day_parse(out->latest, &last) ? &last : NULL, entered);
    out->overdue = out->due.n < call->today.n;
    out->blood = before(rows_text(rows, i, 6), year);
    out->hearing = before(rows_text(rows, i, 7), year);
    return true;
}

static void
put_child(struct call *call, const struct rows *rows, size_t i, const struct due *due, struct node *list)
{
    char iso[11];
    const long long id = (long long)rows_int(rows, i, 0);
    struct node *row = node_put_map(call->arena, list, NULL);
    day_iso(due->due, iso);
    node_put_id(call->arena, row, "id", id);
    node_put_text(call->arena, row, "name", rows_text(rows, i, 1));
    node_put_url(call->arena, row, "url", arena_format(call->arena, "/child/%lld", id));
    node_put_url(call->arena, row, "new_url", arena_format(call->arena, "/periodic_exam/new?child=%lld", id));
    node_put_int(call->arena, row, "months", day_months_between(due->born, call->today));
    node_put_date(call->arena, row, "last", due->latest);
    node_put_date(call->arena, row, "due", arena_text(call->arena, iso));
    node_put_bool(call->arena, row, "overdue", due->overdue);
    node_put_bool(call->arena, row, "blood_due", due->blood);
    node_put_bool(call->arena, row, "hearing_due", due->hearing);
}

/* One line for each child, who is overdue first; list NULL: only counted. */
static enum status
due_children(struct call *call, struct reader *reader, int64_t institution, struct node *list, struct tally *tally)
{
    struct rows rows;
    char year[11];
    day_iso((struct day){ call->today.n - 365 }, year);
    enum status status = reader_rows(
        reader, call->arena,
        "select c.id, c.name, c.born, c.entered_on, (select max(e.examined_on) from periodic_exam e where e.office = "
        "c.office and e.child = c.id), (select max(k.examined_on) from entry_check k where k.office = c.office and "
        "k.part = c.id and k.result = 'pass'), (select max(e.examined_on) from periodic_exam e where e.office = "
        "c.office and e.child = c.id and e.haemoglobin is not null), (select max(e.examined_on) from periodic_exam e "
        "where e.office = c.office and e.child = c.id and e.hearing is not null) from child c where c.office = ?1 and "
        "c.institution = ?2 and c.state = 'enrolled' order by c.sort limit 2000",
        ARGS(value_int(id_office(institution)), value_int(institution)), &rows);
    for (int late = 1; late >= 0 && status == OK; late--)
        for (size_t i = 0; i < rows.n; i++) {
            struct due due;
            if (!due_of(call, &rows, i, year, &due) || due.overdue != (late != 0))
                continue;
            tally->children++;
            tally->overdue += due.overdue;
            tally->examined += !before(due.latest, year);
            if (list != NULL)
                put_child(call, &rows, i, &due, list);
        }
    return status;
}

static void
put_tally(struct call *call, const struct tally *tally, struct node *map)
{
    node_put_int(call->arena, map, "children", tally->children);
    node_put_int(call->arena, map, "overdue", tally->overdue);
    node_put_bool(call->arena, map, "late", tally->overdue > 0);
    node_put_int(call->arena, map, "examined", tally->examined);
    node_put_text(call->arena, map, "rate",
                  tally->children == 0
                      ? "—"
                      : arena_format(call->arena, "%lld%%", (long long)(tally->examined * 100 / tally->children)));
}

/* The county sees how many of each institution, no child. */
static enum status
due_institutions(struct call *call, struct reader *reader, struct node *data)
{
    struct rows places;
    struct tally all = { 0 };
    struct node *list = node_put_list(call->arena, data, "institutions");
    enum status status = care_places(call, reader, NULL, 0, PLACES_MOST, &places);
    for (size_t i = 0; status == OK && i < places.n; i++) {
        struct tally tally = { 0 };
        status = due_children(call, reader, rows_int(&places, i, 0), NULL, &tally);
        if (tally.children == 0)
            continue;
        struct node *row = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, row, "name", rows_text(&places, i, 1));
        node_put_url(call->arena, row, "url",
                     arena_format(call->arena, "/institution/%lld", (long long)rows_int(&places, i, 0)));
        put_tally(call, &tally, row);
        all.children += tally.children;
        all.overdue += tally.overdue;
        all.examined += tally.examined;
    }
    put_tally(call, &all, data);
    return status;
}

enum status
look_exams(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct tally tally = { 0 };
    struct node *data = node_put_map(call->arena, model, "data");
    (void)input;
    if (call->me->department != D_INSTITUTION)
        return due_institutions(call, reader, data);
    if (!who_fits(INSTITUTION_CARERS, call->me))
        return DENIED;
    enum status status =
        due_children(call, reader, call->me->institution, node_put_list(call->arena, data, "rows"), &tally);
    node_put_bool(call->arena, data, "mine", true);
    put_tally(call, &tally, data);
    return status;
}
