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

/* One part of a number that is split by a field: the measure that splits it and the code. */
struct part {
    const struct measure *split; /* NULL: the whole */
    const char *code;
};

static enum status
rows_behind(struct call *call, struct reader *reader, const struct measure *measure, const struct part *part,
            const char *area, struct row_set *out)
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
    measure_where(&query, call, measure);
    if (part->split != NULL) {
        query_text(&query, " and coalesce(r.");
        query_name(&query, part->split->by);
        query_add(&query, ", '') = ?1", ARGS(value_text(part->code)));
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
put_measure(struct call *call, struct reader *reader, const struct measure *measure, const struct part *split,
            const char *area, struct node *list, int64_t *n)
{
    struct counts counts;
    struct row_set set;
    enum status status = split->split == NULL ? measure_count(call, reader, measure, BY_NOTHING, area, &counts)
                                              : measure_count(call, reader, split->split, BY_SPLIT, area, &counts);
    if (status == OK)
        status = rows_behind(call, reader, measure, split, area, &set);
    if (status != OK)
        return status;
    const unsigned groups = list_groups(measure->form, call->me);
    struct node *part = node_put_map(call->arena, list, NULL);
    *n = counts_of(&counts, split->split == NULL ? "" : split->code);
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

/* by=by_kind&code=nursery: a split of the same rows, asked by the splits' tables. False: there is none such. */
static bool
asked_part(struct call *call, const struct node *input, const struct indicator *indicator, struct part *part)
{
    const char *by = node_text_of(input, "by"), *code = node_text_of(input, "code");
    *part = (struct part){ NULL, code == NULL ? "" : code };
    if (by == NULL || by[0] == '\0')
        return true;
    const struct measure *whole = house_measure(call->house, indicator->numerator);
    part->split = house_measure(call->house, by);
    return part->split != NULL && part->split->by != NULL && indicator->denominator == NULL &&
           part->split->form == whole->form && whole->where != NULL && strcmp(part->split->where, whole->where) == 0;
}

/* "机构类型：托育机构" */
static const char *
part_words(struct call *call, const struct part *part)
{
    const struct field *field = form_field(part->split->form, part->split->by, NULL);
    const char *label = code_label(call->reference, field->code, part->code);
    return arena_format(call->arena, "%s：%s", part->split->label, label == NULL ? "未填" : label);
}

enum status
look_figure(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    const char *id = node_text_of(input, "id"), *area = node_text_of(input, "area");
    const struct indicator *indicator = id == NULL ? NULL : house_indicator(call->house, id);
    const struct division *division = division_of(call->reference, area);
    if (indicator == NULL)
        return NOT_FOUND;
    struct part part;
    if ((division == NULL && area != NULL && area[0] != '\0') || !asked_part(call, input, indicator, &part))
        return NOT_FOUND;
    area = division == NULL ? NULL : division->code;
    const struct office *office = office_of(call->reference, call->me->office);
    const char *place = division != NULL                                ? division->name
                        : call->me->level == L_COUNTY && office != NULL ? office->name
                                                                        : call->house->config.name;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "id", indicator->id);
    node_put_text(call->arena, data, "label",
                  part.split == NULL
                      ? indicator->label
                      : arena_format(call->arena, "%s（%s）", indicator->label, part_words(call, &part)));
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
        put_measure(call, reader, house_measure(call->house, indicator->numerator), &part, area, parts, &numerator);
    if (status == OK && indicator->denominator != NULL)
        status = put_measure(call, reader, measure_of(call, indicator->denominator, area != NULL && strlen(area) == 9),
                             &part, area, parts, &denominator);
    return status == OK ? figure_put(call, reader, indicator, area, numerator, denominator, data) : status;
}
