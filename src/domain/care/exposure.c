/* 班级医学观察、密切接触者、消毒任务 — 工作规范 六; clauses C044, C045, C046. A class under observation takes nobody in
 * and gives nobody to another class (HC-ISO, checked where children are placed). */
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum { MINUTE_MS = 60000 };

static const struct field fields[] = {
    SITE_FIELD,
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "kind", F_CODE, .label = "疑似类别", .code = "illness_kind", .computed = true, .list = true },
    { "from_day", F_DATE, .label = "开始日期", .computed = true, .list = true },
    { "until_day", F_DATE, .label = "观察至", .computed = true, .list = true },
    { "isolation", F_REF, .label = "病例", .ref = &isolation_form, .computed = true },
    { "alert", F_REF, .label = "聚集性预警", .ref = &outbreak_alert_form, .computed = true },
    { "ended_on", F_DATE, .label = "结束日期", .computed = true },
    { "end_note", F_LINES, .label = "解除原因", .hint = "不写婴幼儿和家长的姓名", .max = 500 },
    { 0 },
};

static enum status
note_end(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "ended_on", call_today(call));
    enum status status = row_update(call, writer, change->new, change->new->version);
    if (status == OK)
        status = notice_institution(call, writer, change->new->institution, "一个班级的医学观察已结束",
                                    arena_format(call->arena, "/class_watch/%lld", (long long)change->new->id));
    return status;
}

static const struct step steps[] = {
    { "expire", "观察期满", WATCHED, ENDED, .inner = true, .effect = note_end, .clause = "C046" },
    { "release", "预警结束，解除观察", WATCHED, ENDED, .inner = true, .effect = note_end, .clause = "C048" },
    { "lift", "病例已排除，解除观察", WATCHED, ENDED, .inner = true, .effect = note_end, .clause = "C046" },
    { "end", "解除观察", WATCHED, ENDED, .by = DEPT(D_CDC) | LEVEL(L_COUNTY), .need = "end_note", .effect = note_end,
      .clause = "C048", .consequence = "解除后该班级可以收托、转班。" },
    { 0 },
};
static const struct procedure procedure = { .first = WATCHED, .live = WATCHED, .steps = steps };

static const struct duty duties[] = {
    { INSTITUTION_CARERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_CHILD, "C046", "机构查看班级观察", 0, 0 },
    { DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY), MAY_SEE, &MY_AREA, 0, G_WORK | G_INTERNAL, "C048",
      "县级查看班级观察", 0, 0 },
    { 0 },
};
const struct form class_watch_form = {
    .name = "class_watch",
    .title = "班级医学观察",
    .clause = "C046",
    .intro = "观察期内不收新入托婴幼儿，不转班。",
    .of = OF_INSTITUTION,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill_site,
    .keep_years = 3,
    .expected_rows = 200000,
};

/* ---- 密切接触者 ---- */

static const struct field exposure_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .computed = true, .list = true, .basis = BASIS_DUTY,
      .group = G_CHILD },
    { "last_day", F_DATE, .label = "最后同班日期", .computed = true, .list = true },
    { "note", F_TEXT, .label = "观察情况", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 200 },
    { 0 },
};
static const struct duty exposure_duties[] = {
    { INSTITUTION_CARERS, MAY_SEE | MAY_CHANGE | MAY_UNMASK, &MY_INSTITUTION, 0, G_WORK | G_CHILD | G_HEALTH, "C046",
      "机构观察密切接触者", 0, 0 },
    { 0 },
};
const struct form exposure_form = {
    .name = "exposure",
    .title = "密切接触者",
    .clause = "C046",
    .of = OF_INSTITUTION,
    .part_of = &class_watch_form,
    .fields = exposure_fields,
    .duties = exposure_duties,
    .keep_years = 3,
    .expected_rows = 4000000,
};

/* One of the class who was there shortly before the case was found: a new line, or a later day on the line there is. */
static enum status
expose(struct call *call, struct writer *writer, const struct row *watch, const struct rows *rows, size_t i)
{
    struct row *line;
    if (rows_value(rows, i, 2).type == VALUE_NULL) {
        line = row_new(call, &exposure_form);
        if (line == NULL)
            return NO_MEMORY;
        line->institution = watch->institution;
        line->part = watch->id;
        row_set(line, "child", rows_value(rows, i, 0));
        row_set(line, "last_day", rows_value(rows, i, 1));
        return row_create(call, writer, line);
    }
    enum status status = row_get(call, writer_reader(writer), &exposure_form, rows_int(rows, i, 2), &line);
    if (status != OK || strcmp(row_text(line, "last_day"), rows_text(rows, i, 1)) >= 0)
        return status;
    row_set(line, "last_day", rows_value(rows, i, 1));
    return row_change(call, writer, line, line->version);
}

/* Each case of the observation brings those who were with it; who is ill with the same is a case, not exposed. */
static enum status
list_exposed(struct call *call, struct writer *writer, const struct row *watch, const struct row *isolation)
{
    struct rows rows;
    struct day found;
    char from[11];
    if (!row_day(isolation, "found_on", &found))
        return OK;
    day_iso((struct day){ found.n - (int)standard_int(call, "CFG-EXPOSED-DAYS", 3) }, from);
    const struct value args[] = { value_int(watch->office),
                                  value_int(watch->institution),
                                  value_text(from),
                                  value_text(row_text(isolation, "found_on")),
                                  value_int(row_int(watch, "class")),
                                  value_int(row_int(isolation, "child")),
                                  value_int(watch->id),
                                  value_text(row_text(watch, "kind")) };
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select a.child, max(a.day), min(e.id) from attendance a left join exposure e on e.office = a.office and "
        "e.part = ?7 and e.child = a.child where a.office = ?1 and a.institution = ?2 and a.day >= ?3 and a.day <= ?4 "
        "and a.class = ?5 and a.state in ('present', 'left') and a.child <> ?6 and not exists (select 1 from isolation "
        "i where i.office = a.office and i.child = a.child and i.kind = ?8 and i.state <> 'ended') "
        "group by a.child order by a.child limit 100",
        args, sizeof args / sizeof args[0], &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = expose(call, writer, watch, &rows, i);
    return status;
}

/* Days of observation after the last case of that kind. */
static int64_t
watch_days(const struct call *call, const char *kind)
{
    const char *standard = strcmp(kind, "hfmd") == 0        ? "INF-OBS-HFMD"
                           : strcmp(kind, "varicella") == 0 ? "INF-OBS-VARI"
                                                            : "CFG-OBS-DAYS";
    return standard_int(call, standard, 7);
}

static enum status
watch_of(struct call *call, struct reader *reader, const struct row *isolation, const char *kind, struct row **out)
{
    const char *const where[] = { "class", "kind", "state" };
    const struct value values[] = { row_value(isolation, "class"), value_text(kind), value_text(state_code(WATCHED)) };
    struct row_set set;
    enum status status = rows_by(call, reader, &class_watch_form, isolation->office, where, values, 3, &set);
    *out = status == OK && set.n > 0 ? set.rows[0] : NULL;
    return status;
}

static enum status
watch_longer(struct call *call, struct writer *writer, struct row *watch, const struct row *isolation,
             const char *until)
{
    const bool later = strcmp(row_text(watch, "until_day"), until) < 0;
    const bool alert = row_int(watch, "alert") == 0 && row_int(isolation, "alert") != 0;
    if (later)
        row_set_text(watch, "until_day", until);
    if (alert)
        row_set(watch, "alert", row_value(isolation, "alert"));
    const enum status status = later || alert ? row_change(call, writer, watch, watch->version) : OK;
    return status == OK ? list_exposed(call, writer, watch, isolation) : status;
}

enum status
watch_class(struct call *call, struct writer *writer, const struct row *isolation)
{
    struct row *watch;
    struct day found;
    char until[11];
    const char *kind = row_text(isolation, "kind");
    if (row_int(isolation, "class") == 0 || !illness_suspected(kind) || !row_day(isolation, "found_on", &found))
        return OK;
    day_iso((struct day){ found.n + (int)watch_days(call, kind) }, until);
    if (strcmp(until, call_today(call)) < 0)
        return OK; /* entered late: the time is over */
    enum status status = watch_of(call, writer_reader(writer), isolation, kind, &watch);
    if (status != OK)
        return status;
    if (watch != NULL)
        return watch_longer(call, writer, watch, isolation, arena_text(call->arena, until));
    watch = row_new(call, &class_watch_form);
    if (watch == NULL)
        return NO_MEMORY;
    watch->institution = isolation->institution;
    row_set(watch, "class", row_value(isolation, "class"));
    row_set_text(watch, "kind", kind);
    row_set_text(watch, "from_day", row_text(isolation, "found_on"));
    row_set_text(watch, "until_day", arena_text(call->arena, until));
    row_set_int(watch, "isolation", isolation->id);
    row_set(watch, "alert", row_value(isolation, "alert"));
    status = row_create(call, writer, watch);
    return status == OK ? list_exposed(call, writer, watch, isolation) : status;
}

/* The last case that holds the observation: its own days run, or its alert is open. */
static enum status
last_case(struct call *call, struct reader *reader, const struct row *watch, struct rows *rows)
{
    char from[11];
    const char *kind = row_text(watch, "kind");
    day_iso((struct day){ call->today.n - (int)watch_days(call, kind) }, from);
    return reader_rows(reader, call->arena,
                       "select id, found_on from isolation where office = ?1 and institution = ?2 and class = ?3 and "
                       "kind = ?4 and coalesce(excluded, 0) = 0 and (found_on >= ?5 or alert = ?6) "
                       "order by found_on desc, id desc limit 1",
                       ARGS(value_int(watch->office), value_int(watch->institution), row_value(watch, "class"),
                            value_text(kind), value_text(from), value_int(row_int(watch, "alert"))),
                       rows);
}

enum status
watch_recount(struct call *call, struct writer *writer, const struct row *isolation, const char *kind)
{
    struct row *watch = NULL;
    struct rows rows;
    struct day last;
    char until[11];
    if (row_int(isolation, "class") == 0 || !illness_suspected(kind))
        return OK;
    enum status status = watch_of(call, writer_reader(writer), isolation, kind, &watch);
    if (status == OK && watch != NULL)
        status = last_case(call, writer_reader(writer), watch, &rows);
    if (status != OK || watch == NULL)
        return status;
    if (rows.n == 0 || !day_parse(rows_text(&rows, 0, 1), &last))
        return step_take(call, writer, &class_watch_form, watch->id, 0, "lift", NULL, NULL);
    day_iso((struct day){ last.n + (int)watch_days(call, kind) }, until);
    row_set(watch, "isolation", rows_value(&rows, 0, 0));
    row_set_text(watch, "until_day", arena_text(call->arena, until));
    return row_change(call, writer, watch, watch->version);
}

enum status
watch_end(struct call *call, struct writer *writer, int64_t institution, int64_t alert)
{
    const char *const where[] = { "alert", "state" };
    const struct value values[] = { value_int(alert), value_text(state_code(WATCHED)) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &class_watch_form, id_office(institution), where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        status = step_take(call, writer, &class_watch_form, set.rows[i]->id, 0, "release", NULL, NULL);
    return status;
}

/* An observation that an open alert began goes on until the alert is closed. */
static enum status
expire_watches(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select w.id from class_watch w where w.office = ?1 and w.state = 'watched' and "
                                     "w.until_day < ?2 and not exists (select 1 from outbreak_alert o where "
                                     "o.office = w.office and o.id = w.alert and o.state = 'open') "
                                     "order by w.id limit 500",
                                     ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = step_take(call, writer, &class_watch_form, rows_int(&rows, i, 0), 0, "expire", NULL, NULL);
    return status;
}

/* ---- 消毒任务 ---- */

static const struct field task_fields[] = {
    SITE_FIELD,
    { "class", F_REF, .label = "班级", .ref = &class_form, .list = true, .filter = true, .need = true },
    { "due_on", F_DATE, .label = "要求日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "why", F_TEXT, .label = "原因", .need = true, .list = true },
    { "objects", F_CODES, .label = "消毒对象", .code = "disinfect_object",
      .hint = "不选的，餐桌等物体表面、玩具或空气消毒后完成" },
    { "asked_at", F_TIME, .label = "提出时间", .computed = true },
    { "done_at", F_TIME, .label = "完成时间", .list = true },
    { "done_by", F_TEXT, .label = "完成人", .computed = true, .max = 40 },
    { "record", F_TEXT, .label = "消毒记录" },
    { 0 },
};

static enum status
fill_task(struct call *call, struct reader *reader, struct change *change)
{
    if (change->old == NULL && !row_has(change->new, "asked_at"))
        row_set_int(change->new, "asked_at", call->now_ms);
    return fill_site(call, reader, change);
}

/* A task of former times has no asking time but its making. */
static int64_t
asked_at(const struct row *task)
{
    return row_has(task, "asked_at") ? row_int(task, "asked_at") : task->created_at;
}

static enum status
note_done(struct call *call, struct writer *writer, const struct change *change)
{
    if (!row_has(change->new, "done_at"))
        row_set_int(change->new, "done_at", call->now_ms);
    row_set_text(change->new, "done_by", call->me->name);
    if (row_int(change->new, "done_at") / MINUTE_MS < asked_at(change->new) / MINUTE_MS ||
        row_int(change->new, "done_at") > call->now_ms + 2 * MINUTE_MS)
        return call_fault(call, form_field(change->form, "done_at", NULL), "bad_time",
                          "完成时间早于提出时间或晚于现在");
    return row_update(call, writer, change->new, change->new->version);
}

static const struct field done_input[] = {
    { "record", F_TEXT, .label = "消毒记录", .need = true },
    { "done_at", F_TIME, .label = "完成时间" },
    { 0 },
};
static const struct step task_steps[] = {
    { "done", "消毒完成", OPEN, DONE, .by = INSTITUTION_CARERS, .input = done_input, .effect = note_done,
      .clause = "C044", .main = true },
    { 0 },
};
static const struct state_label task_labels[] = { { OPEN, "待消毒", "warn" }, { DONE, "已消毒", "good" }, { 0 } };
static const struct procedure task_procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = task_steps, .labels = task_labels
};
static const struct duty task_duties[] = {
    { INSTITUTION_CARERS, MAY_SEE | MAY_CREATE, &MY_INSTITUTION, 0, G_WORK, "C044", "机构消毒", 0, 0 },
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C044", "后勤人员查看", 0, 0 },
    { DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY), MAY_SEE, &MY_AREA, 0, G_WORK | G_INTERNAL, "C044",
      "县级查看消毒落实", 0, 0 },
    { 0 },
};
const struct form disinfection_task_form = {
    .name = "disinfection_task",
    .title = "消毒任务",
    .clause = "C044",
    .of = OF_INSTITUTION,
    .fields = task_fields,
    .procedure = &task_procedure,
    .fill = fill_task,
    .duties = task_duties,
    .keep_years = 3,
    .expected_rows = 1000000,
};

static enum status
tasks_of(struct call *call, struct reader *reader, int64_t institution, int64_t class_group, struct row_set *set)
{
    const char *const where[] = { "class", "state" };
    const struct value values[] = { value_int(class_group), value_text(state_code(OPEN)) };
    return rows_by(call, reader, &disinfection_task_form, id_office(institution), where, values, 2, set);
}

/* What was done before a later case does not answer it. */
static enum status
ask_later(struct call *call, struct writer *writer, struct row *task, const struct row *isolation)
{
    if (row_int(task, "asked_at") >= row_int(isolation, "found_at"))
        return OK;
    row_set(task, "asked_at", row_value(isolation, "found_at"));
    return row_change(call, writer, task, task->version);
}

/* One task at a time for a class. */
enum status
disinfection_ask(struct call *call, struct writer *writer, const struct row *isolation)
{
    struct row_set set;
    if (row_int(isolation, "class") == 0)
        return OK;
    enum status status =
        tasks_of(call, writer_reader(writer), isolation->institution, row_int(isolation, "class"), &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        status = ask_later(call, writer, set.rows[i], isolation);
    if (status != OK || set.n > 0)
        return status;
    struct row *task = row_new(call, &disinfection_task_form);
    if (task == NULL)
        return NO_MEMORY;
    task->institution = isolation->institution;
    row_set(task, "class", row_value(isolation, "class"));
    row_set(task, "asked_at", row_value(isolation, "found_at")); /* a record of before does not answer it */
    row_set_text(task, "why", "班内有婴幼儿出现异常，对班级环境和用品消毒");
    return row_create(call, writer, task);
}

/* Times are typed to the minute. */
static bool
answers(struct call *call, const struct row *task, const char *object, int64_t at)
{
    if (at / MINUTE_MS < asked_at(task) / MINUTE_MS)
        return false;
    return row_has(task, "objects") ? row_codes_have(task, "objects", object) : disinfection_after_case(call, object);
}

enum status
disinfection_done(struct call *call, struct writer *writer, int64_t institution, int64_t class_group,
                  const char *object, int64_t at, const char *record)
{
    struct row_set set;
    struct node *input = node_map(call->arena);
    enum status status = tasks_of(call, writer_reader(writer), institution, class_group, &set);
    node_put_text(call->arena, input, "record", record);
    node_put_int(call->arena, input, "done_at", at);
    for (size_t i = 0; i < set.n && status == OK; i++)
        if (answers(call, set.rows[i], object, at))
            status = step_take(call, writer, &disinfection_task_form, set.rows[i]->id, 0, "done", input, NULL);
    return status;
}

enum status
loop_daily(struct call *call, struct writer *writer, int64_t office)
{
    const enum status status = expire_watches(call, writer, office);
    return status == OK ? ratio_daily(call, writer, office) : status;
}
