/* Lists: the rows a person may see, filtered, searched, sorted, in keyset pages — for pages, the API and exports. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/url.h"
#include "policy/list.h"
#include "policy/paper_sheet.h"
#include "policy/show.h"

enum { PAGE = 50, COUNT_LIMIT = 1000 };

static const char *
asked(const struct node *query, const char *name)
{
    const char *text = node_text_of(query, name);
    return text == NULL || text[0] == '\0' ? NULL : text;
}

static void
add_filters(struct call *call, struct query *query, const struct form *form, const struct node *input)
{
    const unsigned groups = list_groups(form, call->me);
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        const char *value = asked(input, field->name);
        if (value == NULL || !(field->filter || field->index || field->type == F_REF) || field->secret ||
            (field_group(field) & groups) == 0) /* what is not shown is not asked for either */
            continue;
        query_text(query, " and r.");
        query_name(query, field->name);
        if (field->type == F_CODES)
            query_add(query, " like ?1", ARGS(value_text(arena_format(query->arena, "%%|%s|%%", value))));
        else if (field->type == F_AREA)
            query_add(query, " like ?1", ARGS(value_text(arena_format(query->arena, "%s%%", value))));
        else if (field->type == F_TEXT || field->type == F_CODE || field->type == F_DATE)
            query_add(query, " = ?1", ARGS(value_text(value)));
        else
            query_add(query, " = ?1", ARGS(value_int(strtoll(value, NULL, 10))));
    }
    const char *state = asked(input, "state");
    if (state != NULL && form->procedure != NULL)
        query_add(query, " and r.state = ?1", ARGS(value_text(state)));
    static const char *const days[][2] = { { "day", " = ?1" }, { "from", " >= ?1" }, { "to", " <= ?1" } };
    const char *column = form_paper_day(form);
    for (size_t i = 0; column != NULL && i < 3; i++) {
        struct day day;
        const char *text = asked(input, days[i][0]);
        if (text == NULL || !day_parse(text, &day))
            continue;
        query_text(query, " and r.");
        query_name(query, column);
        query_add(query, days[i][1], ARGS(value_text(text)));
    }
    const char *area = asked(input, "area");
    if (area != NULL)
        query_add(query, " and r.area >= ?1 and r.area < ?2",
                  ARGS(value_text(area), value_text(arena_format(query->arena, "%s~", area))));
    /* the office leads every index: a county's division, or an id, names it */
    const int64_t office = area != NULL && strlen(area) >= 6 ? office_for_area(call->reference, area) : 0;
    if (office != 0)
        query_add(query, " and r.office = ?1", ARGS(value_int(office)));
    const char *own[] = { "institution", "part" };
    for (int i = 0; i < 2; i++) {
        int64_t id;
        const char *text = asked(input, own[i]);
        if (text == NULL || !id_parse(text, &id))
            continue;
        query_text(query, " and r.");
        query_name(query, own[i]);
        query_add(query, " = ?1 and r.office = ?2", ARGS(value_int(id), value_int(id_office(id))));
    }
}

static bool
form_searches(const struct form *form)
{
    for (const struct field *field = form->fields; field->name != NULL && !form->sealed; field++)
        if (field->find && !field->secret)
            return true;
    return false;
}

/* from … where …: everything but order and page. False: nothing can be seen. */
static bool
add_where(struct call *call, struct query *query, enum engine engine, const struct form *form, const struct node *input,
          enum may action)
{
    query_text(query, " from ");
    query_name(query, form->name);
    query_text(query, " r where 1 = 1");
    if (!duty_where(query, form, call->me, action))
        return false;
    add_filters(call, query, form, input);
    const char *words = asked(input, "q");
    if (words != NULL && form_searches(form)) {
        const char *tokens = text_query_tokens(call->arena, words);
        if (tokens != NULL && tokens[0] != '\0')
            schema_search(query, engine, form->name, "r", tokens);
    }
    return true;
}

static bool
by_title(const struct form *form, const struct node *input)
{
    const char *sort = asked(input, "sort");
    return form->title_field != NULL && sort != NULL && strcmp(sort, "title") == 0;
}

/* The cursor is the last row's id, or "<sort key>~<id>". */
static void
add_page(struct query *query, const struct form *form, const struct node *input, int limit)
{
    const char *after = asked(input, "after");
    int64_t id;
    if (by_title(form, input)) {
        const char *mark = after == NULL ? NULL : strrchr(after, '~');
        if (mark != NULL && id_parse(mark + 1, &id))
            query_add(query, " and (r.sort > ?1 or (r.sort = ?1 and r.id > ?2))",
                      ARGS(value_text(arena_copy(query->arena, after, (size_t)(mark - after))), value_int(id)));
        query_add(query, " order by r.sort, r.id limit ?1", ARGS(value_int(limit)));
        return;
    }
    if (after != NULL && id_parse(after, &id))
        query_add(query, " and r.id < ?1", ARGS(value_int(id)));
    query_add(query, " order by r.id desc limit ?1", ARGS(value_int(limit)));
}

enum status
list_rows(struct call *call, struct reader *reader, const struct form *form, const struct node *input, enum may action,
          int limit, struct row_set *out)
{
    struct query query;
    struct rows rows;
    *out = (struct row_set){ 0 };
    query_init(&query, call->arena);
    row_select(&query, form);
    duty_groups(&query, form, call->me, action);
    if (!add_where(call, &query, reader_engine(reader), form, input, action))
        return OK;
    add_page(&query, form, input, limit);
    enum status status = query_rows(reader, call->arena, &query, &rows);
    if (status != OK)
        return status;
    out->rows = arena_array(call->arena, rows.n + 1, sizeof(struct row *));
    for (size_t i = 0; out->rows != NULL && i < rows.n; i++) {
        struct row *row = row_from(call, form, &rows, i);
        if (row == NULL)
            return NO_MEMORY;
        row->groups = (unsigned)rows_int(&rows, i, rows.columns - 1);
        out->rows[out->n++] = row;
    }
    return out->rows == NULL ? NO_MEMORY : OK;
}

static enum status
count_rows(struct call *call, struct reader *reader, const struct form *form, const struct node *input, int64_t *n)
{
    struct query query;
    struct rows rows;
    *n = 0;
    query_init(&query, call->arena);
    query_text(&query, "select count(*) from (select 1 as one");
    if (!add_where(call, &query, reader_engine(reader), form, input, MAY_SEE))
        return OK;
    query_add(&query, " limit ?1) counted", ARGS(value_int(COUNT_LIMIT + 1)));
    enum status status = query_rows(reader, call->arena, &query, &rows);
    *n = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

unsigned
list_groups(const struct form *form, const struct me *me)
{
    return me->department == D_ENGINE ? (unsigned)G_ALL : duty_shows(form, me, MAY_SEE);
}

/* ---- the model ---- */

static bool
has_list_fields(const struct form *form)
{
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (field->list)
            return true;
    return false;
}

bool
list_column(const struct form *form, int index, unsigned groups)
{
    const struct field *field = &form->fields[index];
    return (field_group(field) & groups) != 0 && !field->retired && field->type != F_FILE && field->type != F_LINES &&
           (form->title_field == NULL || strcmp(form->title_field, field->name) != 0) &&
           (has_list_fields(form) ? field->list : index < 6);
}

static void
list_columns(struct call *call, const struct form *form, unsigned groups, struct node *view)
{
    struct node *columns = node_put_list(call->arena, view, "columns");
    const struct field *title = form->title_field == NULL ? NULL : form_field(form, form->title_field, NULL);
    node_put_text(call->arena, view, "title_label", title == NULL ? form->title : title->label);
    for (int i = 0; form->fields[i].name != NULL; i++) {
        if (!list_column(form, i, groups))
            continue;
        struct node *column = node_put_map(call->arena, columns, NULL);
        const enum field_type type = form->fields[i].type;
        node_put_text(call->arena, column, "label", form->fields[i].label);
        node_put_bool(call->arena, column, "number", type == F_INT || type == F_DECIMAL || type == F_FEN);
    }
    if (form->procedure != NULL)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", "状态");
}

static void
list_line(struct call *call, struct reader *reader, const struct row *row, unsigned groups, struct node *data,
          struct node *lines)
{
    const struct form *form = row->form;
    struct node *map = node_put_map(call->arena, data, NULL), *line = node_put_map(call->arena, lines, NULL);
    show_own(call, row, map);
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/%s/%lld", form->name, (long long)row->id));
    node_put_text(call->arena, line, "title", row_title(call, row, row->groups));
    struct node *cells = node_put_list(call->arena, line, "cells");
    for (int i = 0; form->fields[i].name != NULL; i++) {
        show_cell(call, reader, row, i, row->groups, map);
        if (!list_column(form, i, groups))
            continue;
        struct node *cell = show_words(call, reader, row, i, row->groups, true, cells);
        const enum field_type type = form->fields[i].type;
        node_put_bool(call->arena, cell, "number", type == F_INT || type == F_DECIMAL || type == F_FEN);
    }
    if (form->procedure != NULL) {
        struct node *cell = node_put_map(call->arena, cells, NULL);
        node_put_text(call->arena, cell, "label", "状态");
        show_state(call, row, cell, "badge");
    }
}

static void
add_option(struct call *call, struct node *options, const char *code, const char *label, const char *chosen)
{
    struct node *option = node_put_map(call->arena, options, NULL);
    node_put_text(call->arena, option, "code", code);
    node_put_text(call->arena, option, "label", label);
    node_put_bool(call->arena, option, "selected", chosen != NULL && strcmp(chosen, code) == 0);
}

static struct node *
add_filter(struct call *call, struct node *filters, const char *name, const char *label)
{
    struct node *filter = node_put_map(call->arena, filters, NULL);
    node_put_text(call->arena, filter, "name", name);
    node_put_text(call->arena, filter, "label", label);
    return node_put_list(call->arena, filter, "options");
}

static void
state_filter(struct call *call, const struct form *form, const struct node *input, struct node *filters)
{
    uint64_t states = 0;
    for (const struct procedure *procedure = form->procedure; procedure != NULL; procedure = procedure->before) {
        states |= procedure->first;
        for (const struct step *step = procedure->steps; step != NULL && step->name != NULL; step++)
            states |= step->to;
    }
    if (states == 0)
        return;
    struct node *options = add_filter(call, filters, "state", "状态");
    for (int i = 0; i < STATE_COUNT; i++)
        if ((states & STATE(i)) != 0)
            add_option(call, options, state_code(STATE(i)), procedure_label(form->procedure, STATE(i))->label,
                       asked(input, "state"));
}

static void
area_filter(struct call *call, const struct node *input, struct node *filters)
{
    if (call->me->offices_n < 2)
        return;
    struct node *options = add_filter(call, filters, "area", "地区");
    for (size_t i = 0; i < call->me->offices_n; i++) {
        const struct office *office = office_of(call->reference, call->me->offices[i]);
        if (office != NULL && office->area != NULL && strcmp(office->level, "county") == 0)
            add_option(call, options, office->area, office->name, asked(input, "area"));
    }
}

/* Rows to choose from; of accounts those of my own department: it is theirs whom a record here names. */
static void
ref_filter(struct call *call, struct reader *reader, const struct field *field, const struct node *input,
           struct node *filters)
{
    struct row_set set;
    struct node *query = node_map(call->arena);
    node_put_text(call->arena, query, "sort", "title");
    if (form_field(field->ref, "department", NULL) != NULL)
        node_put_text(call->arena, query, "department", department_code(call->me->department));
    if (field->ref->of == OF_INSTITUTION && call->me->institution == 0)
        return; /* of all institutions together they are no choice */
    if (list_groups(field->ref, call->me) == 0 ||
        list_rows(call, reader, field->ref, query, MAY_SEE, 200, &set) != OK || set.n == 0)
        return;
    struct node *options = add_filter(call, filters, field->name, field->label);
    for (size_t i = 0; i < set.n; i++)
        add_option(call, options, arena_format(call->arena, "%lld", (long long)set.rows[i]->id),
                   row_title(call, set.rows[i], set.rows[i]->groups), asked(input, field->name));
}

static void
list_filters(struct call *call, struct reader *reader, const struct form *form, const struct node *input,
             unsigned groups, struct node *view)
{
    struct node *filters = node_put_list(call->arena, view, "filters");
    state_filter(call, form, input, filters);
    area_filter(call, input, filters);
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        if (!field->filter || (field_group(field) & groups) == 0)
            continue;
        if (field->type == F_REF)
            ref_filter(call, reader, field, input, filters);
        const struct code_list *codes = field->code == NULL ? NULL : code_list(call->reference, field->code);
        struct node *options =
            codes == NULL && field->type != F_BOOL ? NULL : add_filter(call, filters, field->name, field->label);
        for (size_t i = 0; codes != NULL && i < codes->n; i++)
            add_option(call, options, codes->codes[i].code, codes->codes[i].label, asked(input, field->name));
        if (field->type == F_BOOL) {
            add_option(call, options, "1", "是", asked(input, field->name));
            add_option(call, options, "0", "否", asked(input, field->name));
        }
    }
}

/* The query as it was asked, with one name set anew: for links of pages and exports. */
static const char *
query_with(struct call *call, const struct node *input, const char *name, const char *value)
{
    struct buf buf;
    buf_init(&buf, 4096);
    for (const struct node *node = input == NULL ? NULL : input->first; node != NULL; node = node->next) {
        if (node->text == NULL || node->text[0] == '\0' || strcmp(node->name, name) == 0)
            continue;
        buf_char(&buf, buf.n == 0 ? '?' : '&');
        buf_text(&buf, url_escape(call->arena, node->name));
        buf_char(&buf, '=');
        buf_text(&buf, url_escape(call->arena, node->text));
    }
    if (value != NULL)
        buf_format(&buf, "%c%s=%s", buf.n == 0 ? '?' : '&', name, url_escape(call->arena, value));
    const char *text = buf.n == 0 ? "" : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

static void
add_paper(struct call *call, struct node *exports, const char *label, const char *url)
{
    struct node *export = node_put_map(call->arena, exports, NULL);
    node_put_text(call->arena, export, "label", label);
    node_put_url(call->arena, export, "url", url);
}

/* The ledger of a day on paper: the month that is looked at, and blank. */
static void
paper_links(struct call *call, const struct form *form, const struct node *input, unsigned may, struct node *exports)
{
    struct day day;
    const char *text = asked(input, "day"), *class_group = asked(input, "class");
    int64_t id;
    if (!paper_has_blank(form))
        return;
    const char *shown = text != NULL && day_parse(text, &day) ? text : call_today(call);
    const char *more =
        class_group != NULL && id_parse(class_group, &id) ? arena_format(call->arena, "&class=%s", class_group) : "";
    if ((may & MAY_EXPORT) != 0)
        add_paper(call, exports, "打印本月台账",
                  arena_format(call->arena, "/%s/month.pdf?month=%.7s%s", form->name, shown, more));
    if ((may & MAY_CREATE) != 0)
        add_paper(call, exports, "打印空白表", arena_format(call->arena, "/%s/blank.pdf?n=20%s", form->name, more));
}

static void
list_links(struct call *call, const struct form *form, const struct node *input, struct node *view, struct node *can)
{
    const unsigned may = duty_may(form, call->me);
    node_put_url(call->arena, view, "list_url", arena_format(call->arena, "/%s", form->name));
    if ((may & MAY_CREATE) != 0 && in_effect(form->since, form->until, call_today(call))) {
        node_put_url(call->arena, view, "new_url",
                     arena_format(call->arena, "/%s/new%s", form->name, query_with(call, input, "after", NULL)));
        node_put_text(call->arena, can, NULL, "create");
    }
    if ((may & MAY_IMPORT) != 0) {
        node_put_url(call->arena, view, "import_url", arena_format(call->arena, "/%s/import", form->name));
        node_put_text(call->arena, can, NULL, "import");
    }
    if ((may & (MAY_EXPORT | MAY_CREATE)) == 0 || form->sealed)
        return;
    struct node *exports = node_put_list(call->arena, view, "exports");
    paper_links(call, form, input, may, exports);
    if ((may & MAY_EXPORT) == 0)
        return;
    static const char *const kinds[][2] = { { "xlsx", "导出 Excel" }, { "csv", "导出 CSV" } };
    for (int i = 0; i < 2; i++) {
        struct node *export = node_put_map(call->arena, exports, NULL);
        node_put_text(call->arena, export, "label", kinds[i][1]);
        node_put_url(
            call->arena, export, "url",
            arena_format(call->arena, "/%s.%s%s", form->name, kinds[i][0], query_with(call, input, "after", NULL)));
    }
    node_put_text(call->arena, can, NULL, "export");
}

enum status
list_model(struct call *call, struct reader *reader, const struct form *form, const struct node *input,
           struct node *model)
{
    struct row_set set;
    int64_t n = 0;
    const unsigned groups = list_groups(form, call->me);
    if (groups == 0)
        return NOT_FOUND;
    enum status status = list_rows(call, reader, form, input, MAY_SEE, PAGE + 1, &set);
    if (status == OK)
        status = count_rows(call, reader, form, input, &n);
    if (status != OK)
        return status;
    struct node *data = node_put_list(call->arena, model, "data"), *can = node_put_list(call->arena, model, "can");
    struct node *view = node_put_map(call->arena, model, "view");
    node_put_text(call->arena, view, "title", form->title);
    node_put_text(call->arena, view, "intro", form->intro);
    if (form_searches(form))
        node_put_text(call->arena, node_put_map(call->arena, view, "search"), "value",
                      asked(input, "q") == NULL ? "" : asked(input, "q"));
    if (form->day)
        node_put_text(call->arena, node_put_map(call->arena, view, "by_day"), "value",
                      asked(input, "day") == NULL ? "" : asked(input, "day"));
    list_links(call, form, input, view, can);
    list_filters(call, reader, form, input, groups, view);
    list_columns(call, form, groups, view);
    struct node *lines = node_put_list(call->arena, view, "rows");
    for (size_t i = 0; i < set.n && i < PAGE; i++)
        list_line(call, reader, set.rows[i], groups, data, lines);
    node_put_text(call->arena, view, "count_text",
                  n > COUNT_LIMIT ? "共 1000 条以上" : arena_format(call->arena, "共 %lld 条", (long long)n));
    if (set.n == 0)
        node_put_text(call->arena, view, "empty", asked(input, "q") == NULL ? "暂无记录" : "没有找到符合条件的记录");
    if (set.n > PAGE) {
        const struct row *last = set.rows[PAGE - 1];
        const char *title = form->title_field == NULL ? NULL : row_text(last, form->title_field);
        const char *after = arena_format(call->arena, "%lld", (long long)last->id);
        if (by_title(form, input))
            after = arena_format(call->arena, "%s~%s", title == NULL ? "" : text_sort_key(call->arena, title), after);
        node_put_text(call->arena, model, "next", after);
        node_put_url(call->arena, view, "next_url",
                     arena_format(call->arena, "/%s%s", form->name, query_with(call, input, "after", after)));
    }
    return OK;
}
