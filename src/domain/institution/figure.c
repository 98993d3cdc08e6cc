/* One figure opened: its formula, the two numbers it is made of, and the rows behind each — clauses C005, C136. The
 * rows are those that the measure itself counts, by its own predicate, as far as my duty lets me see them. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/list.h"
#include "policy/measure.h"
#include "policy/show.h"

enum { ROWS_MOST = 200 };

/* A figure is of my offices, whatever else everybody may see. */
static void
mine_only(struct query *query, const struct call *call)
{
    query_text(query, " and r.office in (0");
    for (size_t i = 0; i < call->me->offices_n; i++) {
        query_text(query, ", ");
        query_value(query, value_int(call->me->offices[i]));
    }
    query_text(query, ")");
    if (call->me->area != NULL)
        query_add(query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(call->me->area), value_text(call->me->area_to)));
}

static enum status
rows_behind(struct call *call, struct reader *reader, const struct measure *measure, const char *area,
            struct row_set *out)
{
    struct query query;
    struct rows rows;
    *out = (struct row_set){ 0 };
    query_init(&query, call->arena);
    row_select(&query, measure->form);
    duty_groups(&query, measure->form, call->me, MAY_SEE);
    query_text(&query, " from ");
    query_name(&query, measure->form->name);
    query_text(&query, " r where 1 = 1");
    if (!duty_where(&query, measure->form, call->me, MAY_SEE))
        return OK;
    mine_only(&query, call);
    if (area != NULL)
        query_add(&query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(area), value_text(arena_format(call->arena, "%s~", area))));
    if (measure->where != NULL) {
        query_text(&query, " and ");
        query_text(&query, measure->where);
    }
    query_add(&query, " order by r.id desc limit ?1", ARGS(value_int(ROWS_MOST + 1)));
    enum status status = query_rows(reader, call->arena, &query, &rows);
    if (status != OK)
        return status;
    out->rows = arena_array(call->arena, rows.n + 1, sizeof *out->rows);
    for (size_t i = 0; out->rows != NULL && i < rows.n; i++) {
        struct row *row = row_from(call, measure->form, &rows, i);
        if (row == NULL)
            return NO_MEMORY;
        row->groups = (unsigned)rows_int(&rows, i, rows.columns - 1);
        out->rows[out->n++] = row;
    }
    return out->rows == NULL ? NO_MEMORY : OK;
}

static void
put_columns(struct call *call, const struct form *form, unsigned groups, struct node *part)
{
    const struct field *title = form->title_field == NULL ? NULL : form_field(form, form->title_field, NULL);
    struct node *columns = node_put_list(call->arena, part, "columns");
    node_put_text(call->arena, part, "title_label", title == NULL ? form->title : title->label);
    for (int f = 0; form->fields[f].name != NULL; f++)
        if (list_column(form, f, groups))
            node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", form->fields[f].label);
}

static void
put_row(struct call *call, struct reader *reader, const struct row *row, unsigned groups, struct node *rows)
{
    struct node *line = node_put_map(call->arena, rows, NULL);
    node_put_id(call->arena, line, "id", row->id);
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/%s/%lld", row->form->name, (long long)row->id));
    node_put_text(call->arena, line, "title", row_title(call, row, row->groups));
    struct node *cells = node_put_list(call->arena, line, "cells");
    for (int f = 0; row->form->fields[f].name != NULL; f++)
        if (list_column(row->form, f, groups))
            show_words(call, reader, row, f, row->groups, true, cells);
}

/* One of the two numbers: what it counts, how many, and the rows. */
static enum status
put_measure(struct call *call, struct reader *reader, const struct measure *measure, const char *area,
            struct node *list, int64_t *n)
{
    struct counts counts;
    struct row_set set;
    enum status status = measure_count(call, reader, measure, BY_NOTHING, area, &counts);
    if (status == OK)
        status = rows_behind(call, reader, measure, area, &set);
    if (status != OK)
        return status;
    const unsigned groups = list_groups(measure->form, call->me);
    struct node *part = node_put_map(call->arena, list, NULL);
    *n = counts_of(&counts, "");
    node_put_text(call->arena, part, "label", measure->label);
    node_put_int(call->arena, part, "n", *n);
    put_columns(call, measure->form, groups, part);
    struct node *rows = node_put_list(call->arena, part, "rows");
    for (size_t i = 0; i < set.n && i < ROWS_MOST; i++)
        put_row(call, reader, set.rows[i], groups, rows);
    if (set.n == 0)
        node_put_text(call->arena, part, "empty",
                      measure->form->name[0] == 'p' ? "还没有录入常住人口，指标显示“待录入”" : "没有记录");
    if (set.n > ROWS_MOST)
        node_put_text(call->arena, part, "more", arena_format(call->arena, "只列出最近的%d条", ROWS_MOST));
    return OK;
}

enum status
look_figure(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    const char *id = node_text_of(input, "id"), *area = node_text_of(input, "area");
    const struct indicator *indicator = id == NULL ? NULL : house_indicator(call->house, id);
    const struct division *division = division_of(call->reference, area);
    if (indicator == NULL)
        return NOT_FOUND;
    if (division == NULL && area != NULL && area[0] != '\0')
        return NOT_FOUND;
    area = division == NULL ? NULL : division->code;
    const struct office *office = office_of(call->reference, call->me->office);
    const char *place = division != NULL                                ? division->name
                        : call->me->level == L_COUNTY && office != NULL ? office->name
                                                                        : call->house->config.name;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "id", indicator->id);
    node_put_text(call->arena, data, "label", indicator->label);
    node_put_text(call->arena, data, "unit", indicator->unit);
    node_put_text(call->arena, data, "formula", indicator->formula);
    node_put_text(call->arena, data, "clause", indicator->clause);
    node_put_text(call->arena, data, "place", place);
    node_put_url(call->arena, data, "up_url",
                 area == NULL ? "/cockpit" : arena_format(call->arena, "/cockpit?area=%.6s", area));
    const struct standard *target =
        indicator->target == NULL ? NULL : standard_on(call->reference, indicator->target, call->today);
    if (target != NULL && target->value != NULL)
        node_put_text(call->arena, data, "target",
                      arena_format(call->arena, "%s %s（%s）", target->value, target->unit == NULL ? "" : target->unit,
                                   target->document == NULL ? "" : target->document));
    struct node *parts = node_put_list(call->arena, data, "parts");
    int64_t numerator = 0, denominator = 0;
    enum status status =
        put_measure(call, reader, house_measure(call->house, indicator->numerator), area, parts, &numerator);
    if (status == OK && indicator->denominator != NULL)
        status =
            put_measure(call, reader, house_measure(call->house, indicator->denominator), area, parts, &denominator);
    indicator_put(call, indicator, numerator, denominator, data);
    return status;
}
