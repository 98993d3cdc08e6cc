/* What the ledgers of this part share: rows that a record names belong to its institution, the child is there. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/photos.h"
#include "domain/child/child.h"
#include "policy/engine.h"

enum { RECHECK_DAYS = 31 }; /* what a server that stood still for a month catches up with */

/* A reference within the institution must not leave it: the database only knows that it is of the same office. */
static enum status
refs_are_ours(struct call *call, struct reader *reader, const struct change *change)
{
    enum status status = OK;
    for (int i = 0; change->form->fields[i].name != NULL && status == OK; i++) {
        const struct field *field = &change->form->fields[i];
        const struct value cell = change->new->cells[i];
        struct row *named;
        if (field->type != F_REF || field->elsewhere || field->ref->of != OF_INSTITUTION || cell.type != VALUE_INT ||
            (change->old != NULL && value_equal(change->old->cells[i], cell)))
            continue;
        status = row_get(call, reader, field->ref, cell.i, &named);
        if (status == NOT_FOUND || (status == OK && named->institution != change->new->institution))
            status = call_fault(call, field, "other_institution", "不是本机构的%s", field->ref->title);
    }
    return status;
}

enum status
care_fill_ledger(struct call *call, struct reader *reader, struct change *change)
{
    const struct field *group = form_field(change->form, "class", NULL);
    enum status status = refs_are_ours(call, reader, change);
    if (status == OK && group != NULL && group->computed && form_field(change->form, "child", NULL) != NULL)
        status = care_fill_class(call, reader, change);
    return status == OK ? photo_consented(call, reader, change) : status;
}

enum status
care_fill_months(struct call *call, struct reader *reader, struct change *change, const char *day_field,
                 struct row **child, int *months)
{
    struct day on;
    *child = NULL;
    enum status status = care_fill_ledger(call, reader, change);
    if (status == OK)
        status = child_of(call, reader, change->new, child);
    if (status != OK || *child == NULL)
        return status;
    if (!row_day(change->new, day_field, &on))
        on = call->today;
    *months = child_months(*child, on);
    return OK;
}

enum status
care_child_is_here(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct rows rows;
    struct row *child;
    if (change->old != NULL || child_of(call, reader, change->new, &child) != OK || child == NULL)
        return OK;
    if (child->state != ENROLLED)
        finding_add(call, rule, "该婴幼儿不在托");
    enum status status =
        reader_rows(reader, call->arena, "select state from attendance where office = ?1 and child = ?2 and day = ?3",
                    ARGS(value_int(change->new->office), value_int(child->id), value_text(change->new->day)), &rows);
    if (status == OK && rows.n == 1 && strcmp(rows_text(&rows, 0, 0), "absent") == 0)
        finding_add(call, rule, "该婴幼儿当天登记为缺勤，请先登记到园");
    return status;
}

enum status
care_recheck(struct call *call, struct writer *writer, const struct form *form, int64_t office, const char *sql)
{
    struct rows rows;
    char month[11];
    day_iso((struct day){ call->today.n - RECHECK_DAYS }, month);
    enum status status = reader_rows(
        writer_reader(writer), call->arena, sql,
        ARGS(value_int(office), value_text(arena_text(call->arena, month)), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *row;
        status = row_get(call, writer_reader(writer), form, rows_int(&rows, i, 0), &row);
        if (status == OK)
            status = row_rejudge(call, writer, row);
    }
    call->found_end = &call->found;
    return status;
}

enum status
care_places(struct call *call, struct reader *reader, const char *area, int64_t after, int limit, struct rows *out)
{
    struct query query;
    const struct me *me = call->me;
    query_init(&query, call->arena);
    query_text(&query, "select r.id, r.name from institution r where r.state in ('registered', 'filed', 'suspended') "
                       "and r.office in (0");
    for (size_t i = 0; i < me->offices_n; i++) {
        query_text(&query, ", ");
        query_value(&query, value_int(me->offices[i]));
    }
    query_add(&query, ") and r.id > ?1", ARGS(value_int(after)));
    if (me->area != NULL)
        query_add(&query, " and r.area >= ?1 and r.area < ?2", ARGS(value_text(me->area), value_text(me->area_to)));
    if (area != NULL && area[0] != '\0')
        query_add(&query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(area), value_text(arena_format(call->arena, "%s~", area))));
    query_add(&query, " order by r.id limit ?1", ARGS(value_int(limit)));
    return query_rows(reader, call->arena, &query, out);
}

enum status
care_number(struct call *call, struct reader *reader, const char *sql, const struct value *args, size_t n, int64_t *out)
{
    struct rows rows;
    const enum status status = reader_rows(reader, call->arena, sql, args, n, &rows);
    *out = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

int64_t
standard_minutes(const struct call *call, const char *id, int64_t otherwise)
{
    const struct standard *standard = standard_here(call, id);
    if (standard == NULL || standard->value == NULL || standard->value[0] == '\0')
        return otherwise;
    const char *unit = standard->unit == NULL ? "" : standard->unit;
    const int64_t each = strcmp(unit, "小时") == 0 ? 60 : strcmp(unit, "天") == 0 ? 24 * 60 : 1;
    return (int64_t)(strtod(standard->value, NULL) * (double)each);
}

void
care_missing_add(struct call *call, struct node *list, const char *rule, const char *what, int64_t n, const char *url)
{
    if (n <= 0)
        return;
    struct node *item = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, item, "rule", rule);
    node_put_text(call->arena, item, "what", what);
    node_put_int(call->arena, item, "n", n);
    node_put_url(call->arena, item, "url", url);
}
