#include "policy/cells.h"

#include <stdlib.h>
#include <string.h>

struct dirty {
    struct dirty *next;
    const struct form *form;
    int64_t office, institution;
    const char *day, *area;
};

const char *
cells_table(struct arena *arena, const struct form *form)
{
    return arena_format(arena, "cells_%s", form->name);
}

static enum status
note(struct call *call, const struct row *row)
{
    for (const struct dirty *dirty = call->dirty; dirty != NULL; dirty = dirty->next)
        if (dirty->form == row->form && dirty->institution == row->institution && strcmp(dirty->day, row->day) == 0)
            return OK;
    struct dirty *dirty = arena_alloc(call->arena, sizeof *dirty);
    if (dirty == NULL)
        return NO_MEMORY;
    *dirty = (struct dirty){ call->dirty, row->form, row->office, row->institution, row->day, row->area };
    call->dirty = dirty;
    return OK;
}

enum status
cells_touch(struct call *call, const struct change *change)
{
    enum status status = OK;
    if (change->form->cells == NULL || change->new->institution == 0 || change->new->day == NULL)
        return OK;
    if (change->old != NULL && change->old->day != NULL)
        status = note(call, change->old);
    return status == OK ? note(call, change->new) : status;
}

/* "count(*) filter (where …), coalesce(sum(…) filter (where …), 0), …" */
static void
add_counts(struct query *query, const struct form *form)
{
    for (const struct cell *cell = form->cells; cell->name != NULL; cell++) {
        query_text(query, cell == form->cells ? " " : ", ");
        if (cell->sum == NULL) {
            query_text(query, "count(*)");
        } else {
            query_text(query, "coalesce(sum(");
            query_text(query, cell->sum);
            query_text(query, ")");
        }
        if (cell->where != NULL) {
            query_text(query, " filter (where ");
            query_text(query, cell->where);
            query_text(query, ")");
        }
        if (cell->sum != NULL)
            query_text(query, ", 0)");
    }
}

static void
add_names(struct query *query, const struct form *form)
{
    for (const struct cell *cell = form->cells; cell->name != NULL; cell++) {
        query_text(query, ", ");
        query_name(query, cell->name);
    }
}

/* The row is made when it is not there, then locked, then counted in a later statement: two transactions that touch the
 * same day count one after the other, each seeing the other's rows. */
static enum status
lock_cell(struct call *call, struct writer *writer, const struct dirty *dirty, const char *table)
{
    struct query query;
    struct rows rows;
    query_init(&query, call->arena);
    query_text(&query, "insert into ");
    query_name(&query, table);
    query_add(
        &query, " (office, institution, day, area) values (?1, ?2, ?3, ?4) on conflict do nothing",
        ARGS(value_int(dirty->office), value_int(dirty->institution), value_text(dirty->day), value_text(dirty->area)));
    enum status status = query_run(writer, &query, NULL);
    if (status != OK || reader_engine(writer_reader(writer)) == ENGINE_SQLITE)
        return status;
    query_init(&query, call->arena);
    query_text(&query, "select office from ");
    query_name(&query, table);
    query_add(&query, " where office = ?1 and institution = ?2 and day = ?3 for update",
              ARGS(value_int(dirty->office), value_int(dirty->institution), value_text(dirty->day)));
    return query_rows(writer_reader(writer), call->arena, &query, &rows);
}

static enum status
count_day(struct call *call, struct reader *reader, const struct dirty *dirty, struct rows *rows)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "select");
    add_counts(&query, dirty->form);
    query_text(&query, " from ");
    query_name(&query, dirty->form->name);
    query_add(&query, " r where r.office = ?1 and r.institution = ?2 and r.day = ?3",
              ARGS(value_int(dirty->office), value_int(dirty->institution), value_text(dirty->day)));
    return query_rows(reader, call->arena, &query, rows);
}

static enum status
recount(struct call *call, struct writer *writer, const struct dirty *dirty)
{
    struct query query;
    struct rows rows;
    const char *table = cells_table(call->arena, dirty->form);
    enum status status = lock_cell(call, writer, dirty, table);
    if (status == OK)
        status = count_day(call, writer_reader(writer), dirty, &rows);
    if (status != OK)
        return status;
    query_init(&query, call->arena);
    query_text(&query, "update ");
    query_name(&query, table);
    query_text(&query, " set ");
    for (size_t i = 0; dirty->form->cells[i].name != NULL; i++) {
        query_text(&query, i == 0 ? "" : ", ");
        query_name(&query, dirty->form->cells[i].name);
        query_text(&query, " = ");
        query_value(&query, value_int(rows_int(&rows, 0, i)));
    }
    query_add(&query, " where office = ?1 and institution = ?2 and day = ?3",
              ARGS(value_int(dirty->office), value_int(dirty->institution), value_text(dirty->day)));
    return query_run(writer, &query, NULL);
}

/* One order for everybody, so that two transactions never wait for each other. */
static int
by_key(const void *left, const void *right)
{
    const struct dirty *a = *(const struct dirty *const *)left, *b = *(const struct dirty *const *)right;
    const int form = strcmp(a->form->name, b->form->name);
    if (form != 0)
        return form;
    if (a->institution != b->institution)
        return a->institution < b->institution ? -1 : 1;
    return strcmp(a->day, b->day);
}

enum status
cells_recount(struct call *call, struct writer *writer)
{
    size_t n = 0;
    enum status status = OK;
    for (const struct dirty *dirty = call->dirty; dirty != NULL; dirty = dirty->next)
        n++;
    if (n == 0)
        return OK;
    const struct dirty **all = arena_array(call->arena, n, sizeof(struct dirty *));
    if (all == NULL)
        return NO_MEMORY;
    n = 0;
    for (const struct dirty *dirty = call->dirty; dirty != NULL; dirty = dirty->next)
        all[n++] = dirty;
    qsort(all, n, sizeof(struct dirty *), by_key);
    for (size_t i = 0; i < n && status == OK; i++)
        status = recount(call, writer, all[i]);
    call->dirty = NULL;
    return status;
}

static enum status
check_form(struct call *call, struct reader *reader, const struct form *form, int64_t office, int64_t *wrong,
           const char **first)
{
    struct query query;
    struct rows cells, counted;
    query_init(&query, call->arena);
    query_text(&query, "select institution, day");
    add_names(&query, form);
    query_text(&query, " from ");
    query_name(&query, cells_table(call->arena, form));
    query_add(&query, " where office = ?1 order by institution, day", ARGS(value_int(office)));
    enum status status = query_rows(reader, call->arena, &query, &cells);
    for (size_t i = 0; i < cells.n && status == OK; i++) {
        const struct dirty day = { NULL, form, office, rows_int(&cells, i, 0), rows_text(&cells, i, 1), NULL };
        bool same = true;
        status = count_day(call, reader, &day, &counted);
        for (size_t c = 0; form->cells[c].name != NULL && status == OK; c++)
            same = same && rows_int(&cells, i, c + 2) == rows_int(&counted, 0, c);
        if (same)
            continue;
        if ((*wrong)++ == 0)
            *first = arena_format(call->arena, "%s %lld %s", form->title, (long long)day.institution, day.day);
    }
    return status;
}

enum status
cells_check(struct call *call, struct reader *reader, int64_t office, int64_t *wrong, const char **first)
{
    enum status status = OK;
    *wrong = 0;
    *first = NULL;
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (call->house->forms[i]->cells != NULL)
            status = check_form(call, reader, call->house->forms[i], office, wrong, first);
    return status;
}
