/* The turn of the day: every open day of every institution stands as a row, also one that passed while the program did
 * not run, and one that nobody planned but on which children came. What has no row is watched by nothing. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/child/child.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum { MISSED_DAYS = 31, AT_ONCE = 500 };

struct children {
    int64_t enrolled, expected, migrant, classes;
};

/* How many are enrolled, how many are in a class and come that day by their contract, how many came with migrant
 * workers: counted, never asked for admission. */
static enum status
count_children(struct call *call, struct reader *reader, int64_t institution, struct day day, const char *iso,
               struct children *out)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(*), count(*) filter (where " CHILD_EXPECTED
        "), count(*) filter (where c.migrant = 1), count(distinct c.class) from child c where c.office = ?1 and "
        "c.institution = ?2 and c.state = 'enrolled' and (c.entered_on is null or c.entered_on <= ?3)",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(iso),
             value_text(weekday_like(call, day))),
        &rows);
    if (status == OK)
        *out = (struct children){ rows_int(&rows, 0, 0), rows_int(&rows, 0, 1), rows_int(&rows, 0, 2),
                                  rows_int(&rows, 0, 3) };
    return status;
}

/* Nothing is opened where no child is enrolled. */
static enum status
open_day(struct call *call, struct writer *writer, int64_t institution, struct day on)
{
    char iso[11];
    int64_t staff;
    struct children children = { 0 };
    day_iso(on, iso);
    enum status status = count_children(call, writer_reader(writer), institution, on, iso, &children);
    if (status != OK || children.enrolled == 0)
        return status;
    status = roster_expected(call, writer_reader(writer), institution, iso, &staff);
    struct row *day = status == OK ? row_new(call, &care_day_form) : NULL;
    if (day == NULL)
        return status == OK ? NO_MEMORY : status;
    day->institution = institution;
    day->day = arena_text(call->arena, iso);
    row_set_int(day, "expected", children.expected);
    row_set_int(day, "enrolled", children.enrolled);
    row_set_int(day, "migrant", children.migrant);
    row_set_int(day, "staff_expected", staff);
    row_set_int(day, "classes", children.classes);
    row_set_int(day, "short_classes", 0);
    row_set_int(day, "kept_classes", 0);
    row_set_int(day, "unknown_classes", children.classes);
    return row_create(call, writer, day);
}

static enum status
open_planned(struct call *call, struct writer *writer, int64_t institution, struct day on)
{
    char iso[11];
    bool open;
    struct row *day = NULL;
    day_iso(on, iso);
    enum status status = care_is_open(call, writer_reader(writer), institution, on, &open);
    if (status == OK && open)
        status = care_day_of(call, writer_reader(writer), institution, iso, &day);
    return status == OK && open && day == NULL ? open_day(call, writer, institution, on) : status;
}

enum status
care_day_follow(struct call *call, struct writer *writer, int64_t institution)
{
    struct row *day = NULL;
    struct rows rows;
    bool open;
    const char *today = call_today(call);
    enum status status = care_is_open(call, writer_reader(writer), institution, call->today, &open);
    if (status == OK)
        status = care_day_of(call, writer_reader(writer), institution, today, &day);
    if (status != OK || (day == NULL && !open))
        return status;
    if (open && (day == NULL || day->state == VOIDED))
        return day == NULL ? open_day(call, writer, institution, call->today)
                           : step_take(call, writer, &care_day_form, day->id, 0, "resume", NULL, NULL);
    if (open || day->state != OPEN)
        return OK;
    status = reader_rows(writer_reader(writer), call->arena,
                         "select count(*) filter (where state = 'present'), count(*) filter (where state = 'left') "
                         "from attendance where office = ?1 and institution = ?2 and day = ?3",
                         ARGS(value_int(day->office), value_int(institution), value_text(today)), &rows);
    if (status != OK)
        return status;
    if (rows_int(&rows, 0, 0) > 0)
        return call_fault(call, form_field(&closure_form, "from_day", NULL), "present",
                          "还有%lld名婴幼儿在园，不能登记今天停托", (long long)rows_int(&rows, 0, 0));
    /* where children were and went home it was a day, and is closed like one */
    return rows_int(&rows, 0, 1) > 0 ? OK : step_take(call, writer, &care_day_form, day->id, 0, "suspend", NULL, NULL);
}

/* ---- a day on which somebody came all the same ---- */

/* Today the head has a way of saying so: the closure is taken off. What is past can only be told with a reason. */
static enum status
may_be_real(struct call *call, struct reader *reader, int64_t institution, struct day on, const char *iso,
            bool *unplanned)
{
    bool open, suspended;
    enum status status = care_is_open(call, reader, institution, on, &open);
    if (status != OK || open)
        return status;
    *unplanned = true;
    status = care_is_suspended(call, reader, institution, iso, &suspended);
    if (status != OK)
        return status;
    if (suspended && on.n == call->today.n)
        return call_fail(call, CONFLICT, "%s停托。要登记请先修改停托安排。", iso);
    if (call->correction == NULL || call->correction[0] == '\0')
        return call_fail(call, CONFLICT, "%s不开放。确实开放的，请写明原因后登记；以后的请先修改开放时间。", iso);
    return OK;
}

enum status
care_day_was(struct call *call, struct writer *writer, int64_t institution, const char *iso, struct row **day,
             bool *unplanned)
{
    struct day on;
    if (!day_parse(iso, &on))
        return INVALID;
    enum status status = may_be_real(call, writer_reader(writer), institution, on, iso, unplanned);
    if (status != OK)
        return status;
    status = *day == NULL ? open_day(call, writer, institution, on)
                          : step_take(call, writer, &care_day_form, (*day)->id, 0, "resume", NULL, NULL);
    if (status == OK)
        status = care_day_of(call, writer_reader(writer), institution, iso, day);
    if (status != OK || *day == NULL || on.n >= call->today.n)
        return status;
    status = step_take(call, writer, &care_day_form, (*day)->id, 0, "expire", NULL, NULL); /* nobody closed it */
    return status == OK ? care_day_of(call, writer_reader(writer), institution, iso, day) : status;
}

/* ---- once a day ---- */

static enum status
expire_day(struct call *call, struct writer *writer, int64_t id, int64_t institution, const char *day)
{
    enum status status = step_take(call, writer, &care_day_form, id, 0, "expire", NULL, NULL);
    if (status != OK)
        return status;
    return notice_institution(call, writer, institution,
                              arena_format(call->arena, "%s没有确认日结，已自动结束为“未确认”，可补确认", day),
                              arena_format(call->arena, "/care_day/%lld", (long long)id));
}

static enum status
expire_days(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows = { .n = AT_ONCE };
    enum status status = OK;
    while (status == OK && rows.n == AT_ONCE) {
        status = reader_rows(writer_reader(writer), call->arena,
                             "select id, institution, day from care_day where office = ?1 and state = 'open' "
                             "and day < ?2 order by id limit 500",
                             ARGS(value_int(office), value_text(call_today(call))), &rows);
        for (size_t i = 0; i < rows.n && status == OK; i++)
            status = expire_day(call, writer, rows_int(&rows, i, 0), rows_int(&rows, i, 1), rows_text(&rows, i, 2));
    }
    return status;
}

/* Classes that change on this day by a placement made ahead. */
static enum status
carry_classes(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select part from class_placement where office = ?1 and from_day = ?2 order by id "
                                     "limit 500",
                                     ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = carry_class(call, writer, rows_int(&rows, i, 0));
    return status;
}

/* Today, and the days since the last one that passed while the program did not run. */
static enum status
open_missed(struct call *call, struct writer *writer, int64_t institution)
{
    struct rows rows;
    struct day last;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select max(day) from care_day where office = ?1 and institution = ?2 and day <= ?3",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(call_today(call))), &rows);
    if (status != OK)
        return status;
    const char *newest = rows_text(&rows, 0, 0);
    int from = newest != NULL && day_parse(newest, &last) ? last.n + 1 : call->today.n;
    if (from < call->today.n - MISSED_DAYS)
        from = call->today.n - MISSED_DAYS;
    for (int n = from; n <= call->today.n && status == OK; n++)
        status = open_planned(call, writer, institution, (struct day){ n });
    return status;
}

enum status
care_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows = { 0 };
    enum status status = carry_classes(call, writer, office);
    if (status == OK)
        status = reader_rows(writer_reader(writer), call->arena,
                             "select id from institution where office = ?1 and state in ('registered', 'filed') "
                             "order by id limit 5000",
                             ARGS(value_int(office)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = open_missed(call, writer, rows_int(&rows, i, 0));
    return status == OK ? expire_days(call, writer, office) : status;
}
