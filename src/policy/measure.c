#include "policy/measure.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cells.h"

static void
add_offices(struct query *query, const struct call *call)
{
    query_text(query, " r.office in (");
    for (size_t i = 0; i < call->me->offices_n; i++) {
        if (i > 0)
            query_text(query, ", ");
        query_value(query, value_int(call->me->offices[i]));
    }
    query_text(query, call->me->offices_n == 0 ? "0)" : ")");
    if (call->me->area != NULL)
        query_add(query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(call->me->area), value_text(call->me->area_to)));
}

static const char *
key_sql(enum grouping by)
{
    return by == BY_COUNTY        ? "substr(r.area, 1, 6)"
           : by == BY_TOWN        ? "substr(r.area, 1, 9)"
           : by == BY_INSTITUTION ? "cast(r.institution as text)"
                                  : "''";
}

static int
by_key(const void *a, const void *b)
{
    return strcmp(((const struct count *)a)->key, ((const struct count *)b)->key);
}

/* Column `column` of the rows, by the key in their first; sorted for counts_of, whatever the database's own order is.
 */
static enum status
take_counts(struct call *call, const struct rows *rows, size_t column, struct counts *out)
{
    *out = (struct counts){ arena_array(call->arena, rows->n + 1, sizeof *out->counts), 0 };
    if (out->counts == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows->n; i++)
        out->counts[out->n++] =
            (struct count){ rows_text(rows, i, 0) == NULL ? "" : rows_text(rows, i, 0), rows_int(rows, i, column) };
    qsort(out->counts, out->n, sizeof *out->counts, by_key);
    return OK;
}

void
measure_where(struct query *query, const struct call *call, const struct measure *measure)
{
    if (measure->where == NULL)
        return;
    query_text(query, " and ");
    if (strstr(measure->where, "?1") != NULL)
        query_add(query, measure->where, ARGS(value_text(call_today(call))));
    else
        query_text(query, measure->where);
}

enum status
measure_count(struct call *call, struct reader *reader, const struct measure *measure, enum grouping by,
              const char *area, struct counts *out)
{
    struct query query;
    *out = (struct counts){ 0 };
    query_init(&query, call->arena);
    query_text(&query, "select ");
    if (by == BY_SPLIT && measure->by != NULL) {
        query_text(&query, "coalesce(r.");
        query_name(&query, measure->by);
        query_text(&query, ", '')");
    } else {
        query_text(&query, key_sql(by));
    }
    query_text(&query, " as k, ");
    query_text(&query, measure->count);
    query_text(&query, " as n from ");
    query_name(&query, measure->form->name);
    query_text(&query, " r where");
    add_offices(&query, call);
    if (area != NULL)
        query_add(&query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(area), value_text(arena_format(call->arena, "%s~", area))));
    measure_where(&query, call, measure);
    query_text(&query, " group by 1 order by 1");
    struct rows rows;
    const enum status status = query_rows(reader, call->arena, &query, &rows);
    return status == OK ? take_counts(call, &rows, 1, out) : status;
}

/* Measures of one form: they stand in one row of cells, so they are summed in one walk. */
static enum status
sum_of_form(struct call *call, struct reader *reader, const struct measure *measures, size_t n, enum grouping by,
            const char *area, const char *from, const char *to, struct counts *out)
{
    struct query query;
    struct rows rows;
    query_init(&query, call->arena);
    query_text(&query, "select ");
    query_text(&query, key_sql(by));
    query_text(&query, " as k");
    for (size_t i = 0; i < n; i++) {
        query_text(&query, ", cast(coalesce(sum(r.");
        query_name(&query, measures[i].cell);
        query_text(&query, "), 0) as bigint)");
    }
    query_text(&query, " from ");
    query_name(&query, cells_table(call->arena, measures->form));
    query_text(&query, " r where");
    add_offices(&query, call);
    query_add(&query, " and r.day >= ?1 and r.day <= ?2", ARGS(value_text(from), value_text(to)));
    if (area != NULL)
        query_add(&query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(area), value_text(arena_format(call->arena, "%s~", area))));
    query_text(&query, " group by 1 order by 1");
    enum status status = query_rows(reader, call->arena, &query, &rows);
    for (size_t i = 0; i < n && status == OK; i++)
        status = take_counts(call, &rows, i + 1, &out[i]);
    return status;
}

enum status
measure_sums(struct call *call, struct reader *reader, const struct measure *measures, size_t n, enum grouping by,
             const char *area, const char *from, const char *to, struct counts *out)
{
    enum status status = OK;
    memset(out, 0, n * sizeof *out);
    for (size_t i = 0, next; i < n && status == OK; i = next) {
        for (next = i + 1; next < n && measures[next].form == measures[i].form;)
            next++;
        status = sum_of_form(call, reader, measures + i, next - i, by, area, from, to, out + i);
    }
    return status;
}

int64_t
counts_of(const struct counts *counts, const char *key)
{
    const struct count asked = { key, 0 };
    const struct count *found =
        counts->n == 0 ? NULL : bsearch(&asked, counts->counts, counts->n, sizeof asked, by_key);
    return found == NULL ? 0 : found->n;
}

void
indicator_put(struct call *call, const struct indicator *indicator, int64_t numerator, int64_t denominator,
              struct node *map)
{
    node_put_int(call->arena, map, "numerator", numerator);
    if (indicator->denominator == NULL) {
        node_put_int(call->arena, map, "value", numerator);
        node_put_text(call->arena, map, "text", arena_format(call->arena, "%lld", (long long)numerator));
        return;
    }
    node_put_int(call->arena, map, "denominator", denominator);
    if (denominator == 0) {
        const bool people = strcmp(indicator->denominator, "residents") == 0;
        node_put(call->arena, map, "value", NODE_NULL);
        node_put_text(call->arena, map, "text", people ? "待录入" : "—");
        node_put_bool(call->arena, map, "missing", true);
        return;
    }
    /* two decimals, rounded half up */
    const int64_t scaled = (numerator * indicator->factor * 100 + denominator / 2) / denominator;
    struct node *value = node_put_int(call->arena, map, "value", scaled);
    if (value != NULL) {
        value->type = NODE_DECIMAL;
        value->scale = 2;
    }
    node_put_text(call->arena, map, "text",
                  arena_format(call->arena, "%lld.%02lld%s", (long long)(scaled / 100), (long long)(scaled % 100),
                               strcmp(indicator->unit, "%") == 0 ? "%" : ""));
}
