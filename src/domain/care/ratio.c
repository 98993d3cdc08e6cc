/* 实时照护配比 — 设置标准 第二十条; clauses C083, C090. Present children by age against present qualified carers, class
 * by class, each minute while the day is open. A shortage that lasts is an event: the head is told, the county only
 * when it goes on or comes back. Arrival, nap change-over and departure are quiet. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum { MINUTE_MS = 60000, MOST_INSTITUTIONS = 2000 };

/* ---- who is there now ---- */

static const char *
born_after(struct call *call, int months)
{
    char iso[11];
    day_iso(day_add_months(call->today, -months), iso);
    return arena_text(call->arena, iso);
}

/* Σ children / children per carer, over the ages, rounded up once. */
static int64_t
needed(const struct call *call, const char *band, const int64_t children[3])
{
    const bool mixed = band != NULL && strcmp(band, "mixed") == 0;
    const int64_t young = standard_int(call, "SET-20a", 3), middle = standard_int(call, "SET-20b", 5),
                  big = mixed ? standard_int(call, "SET-20d", 5) : standard_int(call, "SET-20c", 7);
    if (young <= 0 || middle <= 0 || big <= 0)
        return 0;
    const int64_t parts = children[0] * middle * big + children[1] * young * big + children[2] * young * middle;
    const int64_t whole = young * middle * big;
    return (parts + whole - 1) / whole;
}

/* Of (class, staff, certificate, further certificate) rows those of one person: does one of them allow a carer? */
static bool
qualifies(const struct call *call, const struct rows *rows, size_t from, size_t to)
{
    bool allowed = false;
    for (size_t i = from; i < to; i++)
        for (size_t column = 2; column < 4; column++) {
            const char *kind = rows_text(rows, i, column);
            allowed =
                allowed || (kind != NULL && post_allows_one(call, "carer", arena_format(call->arena, "|%s|", kind)));
        }
    return allowed;
}

static void
count_carer(struct ratio *ratios, size_t n, int64_t class_group)
{
    for (size_t i = 0; i < n; i++)
        if (ratios[i].class_group == class_group)
            ratios[i].carers++;
}

/* Who is in a class now as a carer, on duty, holds that post, and a certificate for it that is not over. */
static enum status
count_carers(struct call *call, struct reader *reader, int64_t institution, struct ratio *ratios, size_t n)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select s.class, s.staff, " MAIN_CERTIFICATE_SQL ", f.kind "
        "from staff_attendance s join staff t on t.office = s.office and t.id = s.staff "
        "left join staff_certificate f on f.office = t.office and f.part = t.id and (f.until is null or f.until >= ?3) "
        "where s.office = ?1 and s.institution = ?2 and s.day = ?3 and s.class is not null and s.state = 'present' and "
        "s.on_duty = 1 and s.post = 'carer' and t.posts like '%|carer|%' order by s.class, s.staff limit 2000",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(call_today(call))), &rows);
    for (size_t i = 0, next; status == OK && i < rows.n; i = next) {
        for (next = i + 1; next < rows.n && rows_int(&rows, next, 0) == rows_int(&rows, i, 0) &&
                           rows_int(&rows, next, 1) == rows_int(&rows, i, 1);)
            next++;
        if (qualifies(call, &rows, i, next))
            count_carer(ratios, n, rows_int(&rows, i, 0));
    }
    return status;
}

enum status
ratio_now(struct call *call, struct reader *reader, int64_t institution, struct ratio **out, size_t *n)
{
    struct rows rows;
    *out = NULL;
    *n = 0;
    const struct value args[] = { value_int(id_office(institution)), value_int(institution),
                                  value_text(call_today(call)), value_text(born_after(call, 12)),
                                  value_text(born_after(call, 24)) };
    enum status status =
        reader_rows(reader, call->arena,
                    "select a.class, g.name, g.band, count(*) filter (where c.born > ?4), "
                    "count(*) filter (where c.born <= ?4 and c.born > ?5), count(*) filter (where c.born <= ?5) "
                    "from attendance a join child c on c.office = a.office and c.id = a.child "
                    "join class_group g on g.office = a.office and g.id = a.class "
                    "where a.office = ?1 and a.institution = ?2 and a.day = ?3 and a.state = 'present' "
                    "group by a.class, g.name, g.band order by g.name limit 100",
                    args, 5, &rows);
    if (status != OK)
        return status;
    *out = arena_array(call->arena, rows.n + 1, sizeof **out);
    if (*out == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        struct ratio *ratio = &(*out)[(*n)++];
        const int64_t ages[3] = { rows_int(&rows, i, 3), rows_int(&rows, i, 4), rows_int(&rows, i, 5) };
        *ratio = (struct ratio){ .class_group = rows_int(&rows, i, 0),
                                 .name = rows_text(&rows, i, 1),
                                 .children = ages[0] + ages[1] + ages[2],
                                 .needed = needed(call, rows_text(&rows, i, 2), ages) };
    }
    return count_carers(call, reader, institution, *out, *n);
}

/* ---- 配比不足 ---- */

static const struct field fields[] = {
    SITE_FIELD,
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "since_at", F_TIME, .label = "开始", .computed = true, .list = true },
    { "until_at", F_TIME, .label = "结束", .computed = true, .list = true },
    { "children", F_INT, .label = "在园", .unit = "人", .computed = true, .list = true },
    { "carers", F_INT, .label = "在岗保育人员", .unit = "人", .computed = true, .list = true },
    { "needed", F_INT, .label = "至少需要", .unit = "人", .computed = true, .list = true },
    { "told_at", F_TIME, .label = "提醒负责人时间", .computed = true },
    { "up_at", F_TIME, .label = "报县级时间", .computed = true },
    { 0 },
};
static const struct cell cells[] = {
    { "events", "配比不足", NULL, "r.told_at is not null" },
    { "minutes", "配比不足分钟", "(r.until_at - r.since_at) / 60000",
      "r.told_at is not null and r.until_at is not null" },
    { 0 },
};

static enum status
note_over(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "until_at", call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

/* A class-day is short once, however often; it is kept when a carer was there and it was never short. Of the others
 * nothing is known. */
enum status
ratio_classes(struct call *call, struct reader *reader, struct row *day)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(distinct e.class), (select count(distinct s.class) from staff_attendance s where s.office = ?1 "
        "and s.institution = ?2 and s.day = ?3 and s.post = 'carer' and s.on_duty = 1 and exists (select 1 from child "
        "c where c.office = s.office and c.class = s.class and c.state = 'enrolled') and not exists (select 1 from "
        "ratio_event x where x.office = s.office and x.institution = s.institution and x.day = s.day and "
        "x.class = s.class and x.told_at is not null)) from ratio_event e where e.office = ?1 and e.institution = ?2 "
        "and e.day = ?3 and e.told_at is not null",
        ARGS(value_int(day->office), value_int(day->institution), value_text(day->day)), &rows);
    if (status != OK)
        return status;
    const int64_t classes = row_int(day, "classes"), known = rows_int(&rows, 0, 0) + rows_int(&rows, 0, 1);
    row_set_int(day, "short_classes", rows_int(&rows, 0, 0));
    row_set_int(day, "kept_classes", rows_int(&rows, 0, 1));
    row_set_int(day, "unknown_classes", classes > known ? classes - known : 0);
    return OK;
}

static enum status
count_class_days(struct call *call, struct writer *writer, int64_t institution)
{
    struct row *day, *now;
    enum status status = care_day_of(call, writer_reader(writer), institution, call_today(call), &day);
    if (status != OK || day == NULL || day->state != OPEN)
        return status;
    now = row_copy(call, day);
    if (now == NULL)
        return NO_MEMORY;
    status = ratio_classes(call, writer_reader(writer), now);
    static const char *const fields_[] = { "short_classes", "kept_classes", "unknown_classes" };
    bool differs = false;
    for (size_t i = 0; i < sizeof fields_ / sizeof fields_[0]; i++)
        differs = differs || row_differs(now, day, fields_[i]);
    return status == OK && differs ? row_change(call, writer, now, day->version) : status;
}

static enum status
tell_county(struct call *call, struct writer *writer, struct row *event)
{
    if (row_has(event, "up_at"))
        return OK;
    row_set_int(event, "up_at", call->now_ms);
    return notice_department(call, writer, event->office, "health", "一家机构照护人员不足持续或反复出现",
                             arena_format(call->arena, "/ratio_event/%lld", (long long)event->id));
}

static enum status
recurs(struct call *call, struct reader *reader, const struct row *event, bool *out)
{
    struct rows rows;
    char from[11];
    day_iso((struct day){ call->today.n - 6 }, from);
    enum status status =
        reader_rows(reader, call->arena,
                    "select count(*) from ratio_event where office = ?1 and institution = ?2 and day >= ?3 and "
                    "told_at is not null",
                    ARGS(value_int(event->office), value_int(event->institution), value_text(from)), &rows);
    *out = status == OK && rows_int(&rows, 0, 0) >= standard_int(call, "CFG-RATIO-RECURS", 3);
    return status;
}

static enum status
note_lasting(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    bool again = false;
    row_set_int(row, "told_at", call->now_ms);
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "一个班级照护人员不足，请立即调配",
                                    arena_format(call->arena, "/ratio_event/%lld", (long long)row->id));
    if (status == OK)
        status = count_class_days(call, writer, row->institution);
    if (status == OK)
        status = recurs(call, writer_reader(writer), row, &again);
    if (status == OK && again)
        status = tell_county(call, writer, row);
    return status == OK && again ? row_update(call, writer, row, row->version) : status;
}

static const struct step steps[] = {
    { "lasts", "持续不足", WATCHED, OPEN, .inner = true, .effect = note_lasting, .clause = "C083" },
    { "passed", "已恢复", WATCHED, VOIDED, .inner = true, .effect = note_over, .clause = "C083" },
    { "over", "已恢复", OPEN, ENDED, .inner = true, .effect = note_over, .clause = "C083" },
    { 0 },
};
static const struct state_label labels[] = {
    { WATCHED, "刚出现", "plain" },
    { OPEN, "不足", "bad" },
    { ENDED, "已恢复", "plain" },
    { VOIDED, "短时，已恢复", "plain" },
    { 0 },
};
static const struct procedure procedure = { .first = WATCHED, .live = OPEN, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C083", "机构查看", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, OPEN | ENDED, G_WORK | G_INTERNAL, "C083", "卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form ratio_event_form = {
    .name = "ratio_event",
    .title = "配比不足",
    .clause = "C083",
    .intro = "到园婴幼儿按月龄所需的保育人员多于在岗的，持续超过规定时间即记录。",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .cells = cells,
    .procedure = &procedure,
    .fill = fill_site,
    .duties = duties,
    .keep_years = 3,
    .expected_rows = 1000000,
};

/* ---- each minute ---- */

static enum status
begin(struct call *call, struct writer *writer, int64_t institution, const struct ratio *ratio)
{
    struct row *row = row_new(call, &ratio_event_form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = institution;
    row_set_int(row, "class", ratio->class_group);
    row_set_int(row, "since_at", call->now_ms);
    row_set_int(row, "children", ratio->children);
    row_set_int(row, "carers", ratio->carers);
    row_set_int(row, "needed", ratio->needed);
    return row_create(call, writer, row);
}

/* The worst moment stands in the row. */
static enum status
go_on(struct call *call, struct writer *writer, struct row *row, const struct ratio *ratio)
{
    const int64_t since = call->now_ms - row_int(row, "since_at");
    const bool worse = ratio->needed - ratio->carers > row_int(row, "needed") - row_int(row, "carers");
    const bool long_now =
        row->state == OPEN && !row_has(row, "up_at") && since >= standard_int(call, "CFG-RATIO-LASTS", 60) * MINUTE_MS;
    enum status status = OK;
    if (worse) {
        row_set_int(row, "children", ratio->children);
        row_set_int(row, "carers", ratio->carers);
        row_set_int(row, "needed", ratio->needed);
    }
    if (long_now)
        status = tell_county(call, writer, row);
    if (status == OK && (worse || long_now))
        status = row_change(call, writer, row, row->version);
    if (status == OK && row->state == WATCHED && since >= standard_int(call, "CFG-RATIO-MINUTES", 15) * MINUTE_MS)
        status = step_take(call, writer, &ratio_event_form, row->id, 0, "lasts", NULL, NULL);
    return status;
}

static enum status
stop(struct call *call, struct writer *writer, const struct row *row)
{
    return step_take(call, writer, &ratio_event_form, row->id, 0, row->state == OPEN ? "over" : "passed", NULL, NULL);
}

static enum status
active_events(struct call *call, struct reader *reader, int64_t institution, struct row_set *set)
{
    const char *const where[] = { "institution", "day" };
    const struct value values[] = { value_int(institution), value_text(call_today(call)) };
    enum status status = rows_by(call, reader, &ratio_event_form, id_office(institution), where, values, 2, set);
    size_t n = 0;
    for (size_t i = 0; status == OK && i < set->n; i++)
        if ((set->rows[i]->state & (WATCHED | OPEN)) != 0)
            set->rows[n++] = set->rows[i];
    set->n = n;
    return status;
}

static enum status
watch_institution(struct call *call, struct writer *writer, int64_t institution)
{
    struct ratio *ratios;
    struct row_set active = { 0 };
    size_t n = 0;
    bool quiet = false;
    enum status status = ratio_now(call, writer_reader(writer), institution, &ratios, &n);
    if (status == OK)
        status = active_events(call, writer_reader(writer), institution, &active);
    if (status == OK)
        status = ratio_is_quiet(call, writer_reader(writer), institution, &quiet);
    for (size_t i = 0; status == OK && i < active.n; i++) {
        const struct ratio *now = NULL;
        for (size_t r = 0; r < n; r++)
            if (ratios[r].class_group == row_int(active.rows[i], "class") && ratios[r].carers < ratios[r].needed)
                now = &ratios[r];
        const bool ends = now == NULL || (quiet && active.rows[i]->state == WATCHED);
        status = ends ? stop(call, writer, active.rows[i]) : go_on(call, writer, active.rows[i], now);
    }
    for (size_t r = 0; status == OK && !quiet && r < n; r++) {
        bool known = ratios[r].carers >= ratios[r].needed;
        for (size_t i = 0; i < active.n; i++)
            known = known || row_int(active.rows[i], "class") == ratios[r].class_group;
        if (!known)
            status = begin(call, writer, institution, &ratios[r]);
    }
    return status == OK ? count_class_days(call, writer, institution) : status;
}

/* Children without anybody signed in are a shortage like any other: silence is not care. Also where the head has closed
 * the day and children are still there: the closing ends the registers, not the care. */
enum status
ratio_minutely(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select d.institution from care_day d where d.office = ?1 and d.state in "
                    "('open', 'confirmed') and d.day = ?2 and exists (select 1 from attendance a where "
                    "a.office = d.office and a.institution = d.institution and a.day = d.day and "
                    "a.state in ('present', 'left')) order by d.id limit 2000",
                    ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && i < MOST_INSTITUTIONS && status == OK; i++)
        status = watch_institution(call, writer, rows_int(&rows, i, 0));
    return status;
}

/* What was open when its day ended. */
enum status
ratio_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id from ratio_event where office = ?1 and state in ('watched', 'open') "
                                     "and day < ?2 order by id limit 500",
                                     ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *row;
        status = row_get(call, writer_reader(writer), &ratio_event_form, rows_int(&rows, i, 0), &row);
        if (status == OK)
            status = stop(call, writer, row);
    }
    return status;
}
