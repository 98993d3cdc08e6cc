/* 排班、在岗 — 设置标准 第二十至二十二条; clauses C039, C056, C090. A roster is planned for a span of days; a stay is a
 * fact of the day: somebody in a post from then to then, several posts without another account, one open stay at a
 * time. Who is not fit for duty (fit.c) may be recorded, but is not on duty, and the stay says why. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* Who is suspended, barred or gone is put on no roster and on no duty. */
static enum status
must_work(struct call *call, const struct row *record, const struct row *staff)
{
    const struct field *field = form_field(record->form, "staff", NULL);
    if (staff == NULL || staff->state == ACTIVE)
        return OK;
    return call_fault(call, field, "not_at_work",
                      staff->state == BARRED ? "此人不得在本机构从业，请联系县级卫生健康部门"
                                             : "此人已离职或暂停接触婴幼儿，不能排班、上岗");
}

/* ---- 排班 ---- */

static const struct field roster_fields[] = {
    { "staff", F_REF, .label = "工作人员", .ref = &staff_form, .need = true, .fixed = true, .list = true },
    { "post", F_CODE, .label = "岗位", .code = "post", .need = true, .list = true, .filter = true },
    { "class", F_REF, .label = "班级", .ref = &class_form, .list = true, .filter = true },
    { "from_day", F_DATE, .label = "起始日", .need = true, .fill = FILL_TODAY, .list = true },
    { "until", F_DATE, .label = "截止日", .list = true, .hint = "不填为长期" },
    { "weekdays", F_CODES, .label = "星期", .code = "weekday", .list = true, .hint = "不填为周一至周五" },
    { "start_at", F_TEXT, .label = "上班时间", .need = true, .list = true, .max = 5, .hint = "如 07:30" },
    { "end_at", F_TEXT, .label = "下班时间", .need = true, .list = true, .max = 5, .hint = "如 18:00" },
    { 0 },
};

static bool
is_time(const char *text)
{
    return text == NULL || (strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5 &&
                            strcmp(text, "23:59") <= 0 && text[3] <= '5' && text[1] != ':' && text[4] != ':');
}

static enum status
roster_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *staff, *row = change->new;
    const char *start = row_text(row, "start_at"), *end = row_text(row, "end_at");
    if (!row_has(row, "until"))
        row_set_text(row, "until", OPEN_END_DAY);
    if (!row_has(row, "weekdays"))
        row_set_text(row, "weekdays", "|1|2|3|4|5|");
    if (!is_time(start) || !is_time(end))
        return call_fault(call, form_field(&roster_form, is_time(start) ? "end_at" : "start_at", NULL), "not_a_time",
                          "请填写时间，如 07:30");
    if (start != NULL && end != NULL && strcmp(start, end) >= 0)
        return call_fault(call, form_field(&roster_form, "end_at", NULL), "order", "下班时间应晚于上班时间");
    if (row_has(row, "from_day") && strcmp(row_text(row, "until"), row_text(row, "from_day")) < 0)
        return call_fault(call, form_field(&roster_form, "until", NULL), "order", "截止日早于起始日");
    if (row->state != 0 && row->state != ACTIVE)
        return OK;
    const enum status status = staff_of(call, reader, row, &staff);
    return status == OK ? must_work(call, row, staff) : status;
}

CHECK(class_is_ours)
{
    struct row *group;
    if (row_int(change->new, "class") != 0 &&
        row_get(call, reader, &class_form, row_int(change->new, "class"), &group) == OK &&
        group->institution != change->new->institution)
        finding_add(call, rule, "不是本机构的班级");
    return OK;
}

CHECK(post_is_held)
{
    struct row *staff;
    const char *post = row_text(change->new, "post");
    if (post != NULL && row_get(call, reader, &staff_form, row_int(change->new, "staff"), &staff) == OK &&
        !row_codes_have(staff, "posts", post))
        finding_add(call, rule,
                    arena_format(call->arena, "此人未登记%s岗位", code_label(call->reference, "post", post)));
    return OK;
}

CHECK(health_certificate_lasts)
{
    struct row *staff;
    struct day until;
    if (row_get(call, reader, &staff_form, row_int(change->new, "staff"), &staff) == OK &&
        (!row_day(staff, "health_until", &until) || until.n < call->today.n))
        finding_add(call, rule, "没有有效的健康合格证，不得上岗");
    return OK;
}

/* What is taken off the roster is not judged. */
static bool
is_planned(const struct row *row)
{
    return row->state == ACTIVE;
}

/* 未成年人保护法 第六十二条: nobody is put among children whom nobody asked about within the year. */
CHECK(record_is_asked)
{
    struct row *staff;
    if (row_get(call, reader, &staff_form, row_int(change->new, "staff"), &staff) != OK)
        return OK;
    const char *gap = staff_record_gap(staff, call->today);
    if (gap != NULL)
        finding_add(call, rule, arena_format(call->arena, "%s，不能排班", gap));
    return OK;
}

static const struct rule roster_rules[] = {
    { "LAW-4", BLOCK, .check = record_is_asked, .when = is_planned, .field = "staff", .clause = "C093",
      .advice = "先向公安机关或检察机关查询" },
    { "ROSTER-OURS", BLOCK, .check = class_is_ours, .standard = "SET-19e", .field = "class", .clause = "C090" },
    { "ROSTER-POST", WARN, .check = post_is_held, .standard = "SET-18c", .field = "post", .clause = "C091" },
    { "HC-14", WARN, .check = health_certificate_lasts, .field = "staff", .clause = "C090",
      .advice = "体检合格后再上岗" },
    { 0 },
};

/* Each roster is a moment to compare. */
static enum status
roster_written(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    if (change->new->state != ACTIVE)
        return OK;
    const enum status status = staff_of(call, writer_reader(writer), change->new, &staff);
    return status == OK && staff != NULL ? ban_seek(call, writer, staff, "roster") : status;
}

static const struct step roster_steps[] = {
    { "cancel", "取消排班", ACTIVE, CANCELLED, .by = THE_INSTITUTION | POST(P_HEAD), .clause = "C090" },
    { "strike", "撤下排班", ACTIVE, CANCELLED, .inner = true, .clause = "C056" },
    { 0 },
};
static const struct state_label roster_labels[] = {
    { ACTIVE, "有效", "good" },
    { CANCELLED, "已取消", "plain" },
    { 0 },
};
static const struct procedure roster_procedure = {
    .first = ACTIVE, .open = ACTIVE, .live = ACTIVE, .steps = roster_steps, .labels = roster_labels
};
static const struct duty roster_duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_IMPORT | MAY_EXPORT, &MY_INSTITUTION, 0,
      G_ALL, "C090", "负责人排班", 0, 0 },
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C090", "本机构人员查看", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C090", "县级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form roster_form = {
    .name = "roster",
    .title = "排班",
    .clause = "C090",
    .of = OF_INSTITUTION,
    .fields = roster_fields,
    .rules = roster_rules,
    .procedure = &roster_procedure,
    .duties = roster_duties,
    .fill = roster_fill,
    .effect = roster_written,
    .keep_years = 3,
    .expected_rows = 1000000,
};

enum status
roster_expected(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *n)
{
    struct rows rows;
    struct day on;
    *n = 0;
    if (!day_parse(day, &on))
        return OK;
    const enum status status = reader_rows(
        reader, call->arena,
        "select count(distinct r.staff) from roster r join staff s on s.office = r.office and s.id = r.staff where "
        "r.office = ?1 and r.institution = ?2 and r.state = 'active' and r.from_day <= ?3 and r.until >= ?3 and "
        "r.weekdays like ?4 and s.state = 'active'",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(day),
             value_text(arena_format(call->arena, "%%|%d|%%", day_weekday(on) + 1))),
        &rows);
    if (status == OK)
        *n = rows_int(&rows, 0, 0);
    return status;
}

/* ---- 在岗 ---- */

static const struct field stay_fields[] = {
    { "staff", F_REF, .label = "工作人员", .ref = &staff_form, .need = true, .fixed = true, .list = true },
    { "post", F_CODE, .label = "岗位", .code = "post", .need = true, .list = true, .filter = true, .fixed = true },
    { "class", F_REF, .label = "班级", .ref = &class_form, .list = true, .filter = true },
    { "room", F_REF, .label = "房间", .ref = &room_form, .list = true },
    { "in_at", F_TIME, .label = "签到时间", .list = true },
    { "out_at", F_TIME, .label = "签退时间", .list = true },
    { "on_duty", F_BOOL, .label = "计入在岗", .computed = true, .list = true },
    { "unfit_why", F_TEXT, .label = "不计入在岗的原因", .computed = true, .list = true, .max = 100 },
    { "open_stay", F_INT, .label = "未签退", .computed = true, .group = G_INTERNAL },
    { 0 },
};
/* Empty when signed out: then the day may hold many. In another post at once: the stay before is ended, see below. */
static const struct unique_key stay_uniques[] = {
    { { "staff", "day", "post", "open_stay" }, "此人在这个岗位还没有签退" }, { 0 }
};
static const struct cell stay_cells[] = {
    { "stays", "签到", NULL, NULL },
    { "inside", "在岗", NULL, "r.state = 'present' and r.on_duty = 1" },
    { "carers", "在岗保育人员", NULL, "r.state = 'present' and r.on_duty = 1 and r.post = 'carer'" },
    { "guards", "保安人员到岗", NULL, "r.on_duty = 1 and r.post = 'security'" },
    { "unfit", "不应上岗", NULL, "r.on_duty = 0" },
    { 0 },
};

/* Who signs in without saying where is where today's roster says; without a class nobody counts for any class. */
static enum status
rostered_class(struct call *call, struct reader *reader, struct row *row)
{
    struct rows rows;
    struct day on;
    if (row_has(row, "class") || !row_has(row, "post") || row->day == NULL || !day_parse(row->day, &on))
        return OK;
    const enum status status = reader_rows(
        reader, call->arena,
        "select class from roster where office = ?1 and staff = ?2 and post = ?3 and state = 'active' and class is not "
        "null and from_day <= ?4 and until >= ?4 and weekdays like ?5 order by from_day desc, id desc limit 1",
        ARGS(value_int(id_office(row_int(row, "staff"))), value_int(row_int(row, "staff")),
             value_text(row_text(row, "post")), value_text(row->day),
             value_text(arena_format(call->arena, "%%|%d|%%", day_weekday(on) + 1))),
        &rows);
    if (status == OK && rows.n > 0)
        row_set_int(row, "class", rows_int(&rows, 0, 0));
    return status;
}

static void
set_fit(struct row *stay, const struct row *staff)
{
    const char *why = staff_unfit(staff, day_from_ms(row_int(stay, "in_at")));
    row_set_int(stay, "on_duty", why == NULL);
    row_set_text(stay, "unfit_why", why);
}

static enum status
stay_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *staff, *row = change->new;
    if (change->old != NULL || row_int(row, "staff") == 0)
        return OK;
    enum status status = staff_of(call, reader, row, &staff);
    if (status == OK)
        status = must_work(call, row, staff);
    if (status != OK || staff == NULL)
        return status;
    status = rostered_class(call, reader, row);
    if (!row_has(row, "in_at"))
        row_set_int(row, "in_at", call->now_ms);
    set_fit(row, staff);
    row_set_int(row, "open_stay", 1);
    if (row_has(row, "out_at")) {
        row->state = LEFT;
        row_set(row, "open_stay", value_null());
    }
    return status;
}

CHECK(out_after_in)
{
    (void)reader;
    if (row_has(change->new, "out_at") && row_int(change->new, "out_at") < row_int(change->new, "in_at"))
        finding_add(call, rule, "签退时间早于签到时间");
    return OK;
}

static const struct rule stay_rules[] = {
    { "STAY-ORDER", BLOCK, .check = out_after_in, .standard = "SET-18c", .field = "out_at", .clause = "C090" },
    { "STAY-OURS", BLOCK, .check = class_is_ours, .standard = "SET-19e", .field = "class", .clause = "C090" },
    { "ROSTER-POST", WARN, .check = post_is_held, .standard = "SET-18c", .field = "post", .clause = "C091" },
    { "HC-14", WARN, .check = health_certificate_lasts, .field = "staff", .clause = "C090",
      .advice = "体检合格后再上岗" },
    { 0 },
};

static enum status
signed_out(struct call *call, struct writer *writer, const struct change *change)
{
    row_set(change->new, "open_stay", value_null());
    if (!row_has(change->new, "out_at"))
        row_set_int(change->new, "out_at", call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

/* From one post to the next without signing out in between: the stay before ends when this one begins. */
static enum status
stay_written(struct call *call, struct writer *writer, const struct change *change)
{
    struct row_set set;
    const struct row *row = change->new;
    if (change->old != NULL || row->state != PRESENT)
        return OK;
    const char *const where[] = { "staff", "open_stay" };
    const struct value values[] = { row_value(row, "staff"), value_int(1) };
    enum status status =
        rows_by(call, writer_reader(writer), &staff_attendance_form, row->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        struct row *before = set.rows[i];
        if (before->id == row->id || strcmp(before->day, row->day) != 0)
            continue;
        row_set_int(before, "out_at", row_int(row, "in_at"));
        row_set(before, "open_stay", value_null());
        before->state = LEFT;
        status = row_change(call, writer, before, before->version);
    }
    return status;
}

static const struct field move_input[] = {
    { "class", F_REF, .label = "班级" },
    { "room", F_REF, .label = "房间" },
    { 0 },
};
static const struct field out_input[] = { { "out_at", F_TIME, .label = "签退时间" }, { 0 } };

/* A move keeps the stay before as it was and begins a new one, in the same post, where the step says. */
static enum status
moved(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const same[] = { "staff", "post", "class", "room", NULL };
    struct row *next = row_new(call, &staff_attendance_form);
    if (next == NULL)
        return NO_MEMORY;
    next->institution = change->new->institution;
    next->day = change->new->day;
    for (int i = 0; same[i] != NULL; i++)
        row_set(next, same[i], row_value(change->new, same[i]));
    row_set(change->new, "class", row_value(change->old, "class"));
    row_set(change->new, "room", row_value(change->old, "room"));
    enum status status = signed_out(call, writer, change);
    return status == OK ? row_create(call, writer, next) : status;
}

static const struct step stay_steps[] = {
    { "out", "签退", PRESENT, LEFT, .by = THE_INSTITUTION, .input = out_input, .effect = signed_out, .checks = true,
      .clause = "C090", .main = true },
    { "move", "换班级", PRESENT, LEFT, .by = THE_INSTITUTION, .input = move_input, .effect = moved, .anew = true,
      .clause = "C090" },
    { 0 },
};
static const struct state_label stay_labels[] = {
    { PRESENT, "在岗", "good" },
    { LEFT, "已签退", "plain" },
    { 0 },
};
static const struct procedure stay_procedure = {
    .first = PRESENT,
    .open = PRESENT | LEFT,
    .live = PRESENT | LEFT,
    .steps = stay_steps,
    .labels = stay_labels,
};
static const struct duty stay_duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE, &MY_INSTITUTION, 0, G_WORK, "C090", "机构签到签退", 0, 0 },
    { STAFF_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT, &MY_INSTITUTION, 0, G_WORK, "C090", "负责人更正",
      0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C090", "县级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form staff_attendance_form = {
    .name = "staff_attendance",
    .title = "人员在岗",
    .clause = "C090",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = stay_fields,
    .rules = stay_rules,
    .procedure = &stay_procedure,
    .duties = stay_duties,
    .uniques = stay_uniques,
    .cells = stay_cells,
    .fill = stay_fill,
    .effect = stay_written,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- off the roster, off duty ---- */

enum status
roster_refit(struct call *call, struct writer *writer, const struct row *staff)
{
    struct row_set set;
    const char *const where[] = { "staff", "open_stay" };
    const struct value values[] = { value_int(staff->id), value_int(1) };
    enum status status =
        rows_by(call, writer_reader(writer), &staff_attendance_form, staff->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        set_fit(set.rows[i], staff);
        status = row_change(call, writer, set.rows[i], set.rows[i]->version);
    }
    return status;
}

enum status
roster_strike(struct call *call, struct writer *writer, const struct row *staff)
{
    struct row_set set;
    const char *const where[] = { "staff", "state" };
    const struct value values[] = { value_int(staff->id), value_text("active") };
    enum status status = rows_by(call, writer_reader(writer), &roster_form, staff->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        if (strcmp(row_text(set.rows[i], "until"), call_today(call)) >= 0)
            status = step_take(call, writer, &roster_form, set.rows[i]->id, 0, "strike", NULL, NULL);
    return status == OK ? roster_refit(call, writer, staff) : status;
}

enum status
roster_unfit(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *n,
             const char **why)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select count(distinct staff), min(unfit_why) from staff_attendance where office = ?1 and institution = ?2 and "
        "day = ?3 and state = 'present' and on_duty = 0",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(day)), &rows);
    *n = status == OK ? rows_int(&rows, 0, 0) : 0;
    *why = *n > 0 ? rows_text(&rows, 0, 1) : NULL;
    return status;
}

enum status
roster_missing(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *absent,
               int64_t *guards)
{
    struct rows rows;
    struct day on;
    const int64_t least = standard_int(call, "SET-22", 1);
    *absent = *guards = 0;
    if (!day_parse(day, &on))
        return OK;
    const enum status status = reader_rows(
        reader, call->arena,
        "select (select count(distinct r.staff) from roster r join staff s on s.office = r.office and s.id = r.staff "
        "where r.office = ?1 and r.institution = ?2 and r.state = 'active' and r.from_day <= ?3 and r.until >= ?3 and "
        "r.weekdays like ?4 and s.state = 'active' and not exists (select 1 from staff_attendance a where a.office = "
        "r.office and a.institution = r.institution and a.day = ?3 and a.staff = r.staff)), "
        "(select count(*) from filing f where f.office = ?1 and f.institution = ?2 and f.state = 'filed' and "
        "f.independent = 1), "
        "(select count(distinct a.staff) from staff_attendance a where a.office = ?1 and a.institution = ?2 and "
        "a.day = ?3 and a.post = 'security' and a.on_duty = 1 and (a.state = 'present' or ?3 <> ?5 or not exists "
        "(select 1 from attendance t where t.office = ?1 and t.institution = ?2 and t.day = ?3 and t.state = "
        "'present')))", /* while children are inside, whoever signed out guards nobody */
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(day),
             value_text(arena_format(call->arena, "%%|%d|%%", day_weekday(on) + 1)), value_text(call_today(call))),
        &rows);
    if (status != OK)
        return status;
    *absent = rows_int(&rows, 0, 0);
    if (rows_int(&rows, 0, 1) > 0 && rows_int(&rows, 0, 2) < least)
        *guards = least - rows_int(&rows, 0, 2);
    return OK;
}
