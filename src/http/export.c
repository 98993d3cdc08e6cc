#include "http/export.h"

#include <string.h>

#include "base/csv.h"
#include "desk/sheet.h"
#include "desk/table_out.h"
#include "policy/export.h"

enum { EXPORT_ROWS = 20000, EXPORT_BYTES = 64u << 20 };

void
answer_csv(struct visit *visit, const struct node *list, const char *name)
{
    struct buf out;
    buf_init(&out, EXPORT_BYTES);
    buf_text(&out, "\xef\xbb\xbf");
    const struct node *head = list == NULL ? NULL : list->first;
    for (const struct node *row = head; row != NULL; row = row->next) {
        if (row == head) {
            for (const struct node *cell = row->first; cell != NULL; cell = cell->next)
                csv_add(&out, cell == row->first, cell->name);
            buf_text(&out, "\r\n");
        }
        /* in the order of the first row, whatever another leaves out */
        for (const struct node *column = head->first; column != NULL; column = column->next) {
            const struct node *cell = node_get(row, column->name);
            csv_add(&out, column == head->first,
                    cell != NULL && (cell->type == NODE_MAP || cell->type == NODE_LIST)
                        ? ""
                        : cell_words(visit->call.arena, cell));
        }
        buf_text(&out, "\r\n");
    }
    if (out.failed)
        answer_problem(visit, TOO_LARGE);
    else
        answer_bytes(visit, 200, "text/csv; charset=utf-8", out.bytes, out.n, name);
    buf_free(&out);
}

void
answer_sheet(struct visit *visit, const struct node *data, const char *name)
{
    struct buf out;
    const struct node *columns = node_get(data, "columns"), *rows = node_get(data, "rows");
    const char *head = node_text_of(data, "head"); /* else the first column is the name's */
    const size_t n = node_count(columns) + (head != NULL);
    const char **labels = arena_array(visit->call.arena, n, sizeof *labels);
    const struct node **cells = arena_array(visit->call.arena, n, sizeof *cells);
    size_t at = 0;
    if (columns == NULL || rows == NULL || n == 0) {
        answer_problem(visit, NOT_FOUND);
        return;
    }
    if (labels == NULL || cells == NULL) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    if (head != NULL)
        labels[at++] = head;
    for (const struct node *column = columns->first; column != NULL; column = column->next)
        labels[at++] = node_text_of(column, "label");
    struct sheet *sheet = sheet_new(node_text_of(data, "title"), node_text_of(data, "note"), labels, n);
    for (const struct node *row = rows->first; row != NULL && sheet != NULL; row = row->next) {
        const struct node *list = node_get(row, "cells"), *cell = list == NULL ? NULL : list->first;
        cells[0] = node_get(row, "name");
        for (size_t i = 1; i < n; i++, cell = cell == NULL ? NULL : cell->next)
            cells[i] = cell == NULL                      ? NULL
                       : node_get(cell, "value") != NULL ? node_get(cell, "value")
                                                         : node_get(cell, "text");
        sheet_row(sheet, cells, n);
    }
    buf_init(&out, EXPORT_BYTES);
    const enum status status = sheet == NULL ? NO_MEMORY : sheet_end(sheet, &out);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_bytes(visit, 200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", out.bytes, out.n,
                     name);
    buf_free(&out);
}

struct export_work {
    struct visit *visit;
    const struct form *form;
    const char *kind;
    struct table_out *table;
};

static enum status
put_row(void *state, struct arena *arena, const struct node *const *cells, size_t n)
{
    const struct export_work *work = state;
    table_out_row(work->table, arena, cells, n);
    return OK;
}

static void
do_export(void *arg)
{
    struct export_work *work = arg;
    struct visit *visit = work->visit;
    const struct form *form = work->form;
    int fields[FORM_FIELDS];
    const char *labels[FORM_FIELDS];
    char now[20];
    struct buf out;
    size_t rows = 0;
    const size_t n = export_columns(form, &visit->me, fields, labels);
    const bool xlsx = strcmp(work->kind, "xlsx") == 0;
    buf_init(&out, EXPORT_BYTES);
    time_text(visit->call.now_ms, now);
    work->table =
        table_out_new(xlsx, form->title, arena_format(visit->call.arena, "导出时间 %s，导出人 %s", now, visit->me.name),
                      labels, n, &out);
    const struct export_plan plan = {
        form, visit->request->query, fields, n, EXPORT_ROWS, put_row, work,
    };
    enum status status = work->table == NULL ? NO_MEMORY : export_rows(&visit->call, &plan, &rows);
    if (work->table != NULL) {
        const enum status ended = table_out_end(work->table);
        status = status == OK ? ended : status;
    }
    if (status == OK)
        status = export_note(&visit->call, form, rows, work->kind);
    if (status != OK || out.failed)
        answer_problem(visit, status == OK ? TOO_LARGE : status);
    else
        answer_bytes(visit, 200,
                     xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                          : "text/csv; charset=utf-8",
                     out.bytes, out.n, arena_format(visit->call.arena, "%s.%s", form->name, work->kind));
    buf_free(&out);
}

void
export_list(struct visit *visit, const struct form *form, const char *kind)
{
    struct export_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if ((duty_may(form, &visit->me) & MAY_EXPORT) == 0 || form->sealed || form->watched) {
        answer_problem(visit, DENIED);
        return;
    }
    *work = (struct export_work){ visit, form, kind, NULL };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_export, work))
        answer_problem(visit, BUSY);
}
