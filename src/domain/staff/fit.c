/* 能否在岗 — clauses C046, C090, C093. Two days decide, and neither is typed into the row: how long the health
 * certificate lasts and when the records were last queried follow from their lines, so that a corrected line counts at
 * once. Whoever enters a person with these days, by hand or from a sheet, has their first lines written; a day of a
 * query that was only entered is nobody's answer, and counts for CFG-RECORD-ENTERED-DAYS, once for a person. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"

const char *
staff_record_gap(const struct row *staff, struct day on)
{
    struct day checked, until;
    if (!row_day(staff, "record_checked", &checked) || day_months_between(checked, on) >= 12)
        return "一年内没有查询违法犯罪记录";
    if (row_day(staff, "record_until", &until) && until.n < on.n)
        return "违法犯罪记录只有填报的查询日期，没有查询结果";
    return NULL;
}

const char *
staff_unfit(const struct row *staff, struct day on)
{
    struct day until;
    if (staff->state != ACTIVE)
        return "暂停、限制从业或已离职";
    if (row_has(staff, "ill_on"))
        return "因病离岗后没有凭证明返岗";
    if (!row_day(staff, "health_until", &until) || until.n < on.n)
        return "没有有效的健康合格证";
    return staff_record_gap(staff, on);
}

/* What the county was answered outweighs an earlier answer that an institution brought. */
#define CLEAN_SQL                                                                                                      \
    "select max(q.answered_on) from record_query q where q.office = ?1 and q.part = ?2 and q.result = 'none' and not " \
    "exists (select 1 from record_query b where b.office = ?1 and b.part = ?2 and b.result = 'barred' and "            \
    "b.serial is not null and b.answered_on >= q.answered_on)"
static const char latest_sql[] =
    "select (select max(h.until) from staff_health h where h.office = ?1 and h.part = ?2), "
    "(" CLEAN_SQL " and q.organ <> 'entered'), (" CLEAN_SQL " and q.organ = 'entered')";

/* Since when a day that was only entered has served this person, in whichever institution: leaving, or another row,
 * begins nothing anew. */
static enum status
entered_since(struct call *call, struct reader *reader, const struct row *staff, struct day *since)
{
    struct rows rows;
    struct query query;
    const char *hash;
    *since = call->today;
    enum status status = staff_hash(call, reader, staff, &hash);
    if (status != OK || hash == NULL)
        return status;
    query_init(&query, call->arena);
    query_text(&query, "select (select min(q.created_at) from record_query q where q.office = s.office and q.part = "
                       "s.id and q.organ = 'entered') from staff s where ");
    staff_everywhere(call, &query);
    query_add(&query, " and s.id_number_find = ?1", ARGS(value_text(hash)));
    status = query_rows(reader, call->arena, &query, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const struct day first = day_from_ms(rows_int(&rows, i, 0));
        if (rows_int(&rows, i, 0) != 0 && first.n < since->n)
            *since = first;
    }
    return status;
}

/* The days as the lines say; until NULL: an answer stands behind the query. */
struct days {
    const char *health, *checked, *until;
};

static enum status
days_of_lines(struct call *call, struct reader *reader, const struct row *staff, struct days *days)
{
    char iso[11];
    struct rows rows;
    struct day since;
    enum status status =
        reader_rows(reader, call->arena, latest_sql, ARGS(value_int(staff->office), value_int(staff->id)), &rows);
    if (status != OK)
        return status;
    *days = (struct days){ rows_text(&rows, 0, 0), rows_text(&rows, 0, 1), NULL };
    if (days->checked != NULL || rows_text(&rows, 0, 2) == NULL)
        return OK;
    days->checked = rows_text(&rows, 0, 2);
    status = entered_since(call, reader, staff, &since);
    day_iso((struct day){ since.n + (int32_t)standard_int(call, "CFG-RECORD-ENTERED-DAYS", 30) }, iso);
    days->until = arena_text(call->arena, iso);
    return status;
}

static bool
differs(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a != b : strcmp(a, b) != 0;
}

enum status
staff_days(struct call *call, struct writer *writer, int64_t id)
{
    struct row *staff;
    struct days days;
    enum status status = staff_lines_begin(call, writer, id); /* a day without its line is not lost by another line */
    if (status == OK)
        status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status == OK)
        status = days_of_lines(call, writer_reader(writer), staff, &days);
    if (status != OK)
        return status;
    if (!differs(days.health, row_text(staff, "health_until")) &&
        !differs(days.checked, row_text(staff, "record_checked")) &&
        !differs(days.until, row_text(staff, "record_until")))
        return OK;
    row_set_text(staff, "health_until", days.health);
    row_set_text(staff, "record_checked", days.checked);
    row_set_text(staff, "record_until", days.until);
    status = row_change(call, writer, staff, staff->version);
    return status == OK ? roster_refit(call, writer, staff) : status;
}

static enum status
has_line(struct call *call, struct reader *reader, const char *sql, const struct row *staff, bool *has)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena, sql, ARGS(value_int(staff->office), value_int(staff->id)), &rows);
    *has = status == OK && rows.n > 0;
    return status;
}

static struct row *
line_of(struct call *call, const struct form *form, const struct row *staff)
{
    struct row *line = row_new(call, form);
    if (line != NULL) {
        line->institution = staff->institution;
        line->part = staff->id;
    }
    return line;
}

static enum status
begin_health(struct call *call, struct writer *writer, const struct row *staff)
{
    bool has;
    enum status status = has_line(call, writer_reader(writer),
                                  "select 1 from staff_health where office = ?1 and part = ?2 limit 1", staff, &has);
    if (status != OK || has || !row_has(staff, "health_until"))
        return status;
    struct row *line = line_of(call, &staff_health_form, staff);
    if (line == NULL)
        return NO_MEMORY;
    row_set_text(line, "until", row_text(staff, "health_until"));
    return row_create(call, writer, line);
}

static enum status
begin_record(struct call *call, struct writer *writer, const struct row *staff)
{
    bool has;
    enum status status = has_line(
        call, writer_reader(writer),
        "select 1 from record_query where office = ?1 and part = ?2 and result is not null limit 1", staff, &has);
    if (status != OK || has || !row_has(staff, "record_checked"))
        return status;
    struct row *line = line_of(call, &record_query_form, staff);
    if (line == NULL)
        return NO_MEMORY;
    row_set_text(line, "organ", "entered");
    row_set_text(line, "asked_on", row_text(staff, "record_checked"));
    row_set_text(line, "answered_on", row_text(staff, "record_checked"));
    row_set_text(line, "result", "none");
    return row_create(call, writer, line);
}

enum status
staff_lines_begin(struct call *call, struct writer *writer, int64_t id)
{
    struct row *staff;
    enum status status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status == OK)
        status = begin_record(call, writer, staff);
    return status == OK ? begin_health(call, writer, staff) : status;
}

enum status
staff_ill(struct call *call, struct writer *writer, int64_t id, const char *since)
{
    struct row *staff;
    enum status status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status != OK || !differs(since, row_text(staff, "ill_on")))
        return status;
    row_set_text(staff, "ill_on", since);
    status = row_change(call, writer, staff, staff->version);
    return status == OK ? roster_refit(call, writer, staff) : status;
}
