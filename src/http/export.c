#include "http/export.h"

#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "desk/sheet.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/list.h"
#include "policy/show.h"

enum { EXPORT_PAGE = 500, EXPORT_ROWS = 20000, EXPORT_BYTES = 64u << 20 };

/* The columns of an export: every field I may see but files. */
static size_t
export_columns(const struct form *form, unsigned groups, int *fields)
{
    size_t n = 0;
    for (int i = 0; form->fields[i].name != NULL && n < FORM_FIELDS; i++)
        if ((field_group(&form->fields[i]) & groups) != 0 && form->fields[i].type != F_FILE && !form->fields[i].retired)
            fields[n++] = i;
    return n;
}

static const char *
words_of(struct arena *arena, const struct node *node)
{
    char time[20];
    if (node == NULL)
        return "";
    switch (node->type) {
    case NODE_BOOL:
        return node->i != 0 ? "是" : "否";
    case NODE_INT:
    case NODE_ID:
        return arena_format(arena, "%lld", (long long)node->i);
    case NODE_FEN:
        return arena_format(arena, "%lld.%02lld", (long long)(node->i / 100), (long long)(node->i % 100));
    case NODE_DECIMAL: {
        int64_t unit = 1;
        for (int i = 0; i < node->scale; i++)
            unit *= 10;
        return arena_format(arena, "%lld.%0*lld", (long long)(node->i / unit), node->scale,
                            (long long)(node->i % unit));
    }
    case NODE_TIME:
        time_text(node->i, time);
        return arena_text(arena, time);
    case NODE_CODE:
        return node->label;
    default:
        return node->text == NULL ? "" : node->text;
    }
}

/* One row's cells in words or typed nodes, in the arena of the page. */
static void
row_cells(struct call *call, struct reader *reader, const struct row *row, const int *fields, size_t n,
          const struct node **cells)
{
    struct node *list = node_list(call->arena);
    for (size_t i = 0; i < n; i++) {
        const struct node *shown = show_words(call, reader, row, fields[i], row->groups, false, list);
        cells[i] = shown == NULL ? NULL : node_get(shown, "value");
    }
}

struct target {
    struct sheet *sheet; /* NULL: CSV */
    struct buf *csv;
};

static enum status
export_pages(struct visit *visit, const struct form *form, struct reader *reader, const int *fields, size_t n,
             const struct target *target, size_t *rows)
{
    const char *after = NULL;
    for (;;) {
        struct arena *arena = arena_new(64u << 20);
        struct call page = visit->call;
        struct row_set set;
        page.arena = arena;
        struct node *query = node_map(arena);
        for (const struct node *node = visit->request->query->first; node != NULL; node = node->next)
            if (node->text != NULL && strcmp(node->name, "after") != 0 && strcmp(node->name, "sort") != 0)
                node_put_text(arena, query, node->name, node->text);
        node_put_text(arena, query, "after", after);
        enum status status = list_rows(&page, reader, form, query, MAY_EXPORT, EXPORT_PAGE, &set);
        for (size_t i = 0; status == OK && i < set.n; i++) {
            const struct node *cells[FORM_FIELDS];
            row_cells(&page, reader, set.rows[i], fields, n, cells);
            if (target->sheet != NULL) {
                sheet_row(target->sheet, cells, n);
                continue;
            }
            for (size_t c = 0; c < n; c++)
                csv_add(target->csv, c == 0, words_of(arena, cells[c]));
            buf_text(target->csv, "\r\n");
        }
        *rows += set.n;
        if (status == OK && set.n > 0)
            after = arena_format(visit->call.arena, "%lld", (long long)set.rows[set.n - 1]->id);
        const bool last = set.n < EXPORT_PAGE || *rows >= EXPORT_ROWS;
        arena_free(arena);
        if (status != OK || last)
            return status;
    }
}

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
                        : words_of(visit->call.arena, cell));
        }
        buf_text(&out, "\r\n");
    }
    if (out.failed)
        answer_problem(visit, TOO_LARGE);
    else
        answer_bytes(visit, 200, "text/csv; charset=utf-8", out.bytes, out.n, name);
    buf_free(&out);
}

struct export_note {
    int64_t office;
    const char *form, *body;
};

static enum status
note_export(struct call *call, struct writer *writer, void *arg)
{
    const struct export_note *note = arg;
    (void)writer;
    return journal_act(call, note->office, note->form, 0, "导出", note->body);
}

struct export_work {
    struct visit *visit;
    const struct form *form;
    const char *kind;
};

static void
do_export(void *arg)
{
    const struct export_work *work = arg;
    struct visit *visit = work->visit;
    const struct form *form = work->form;
    int fields[FORM_FIELDS];
    const char *labels[FORM_FIELDS];
    char now[20];
    struct buf out;
    size_t rows = 0;
    const size_t n = export_columns(form, list_groups(form, &visit->me), fields);
    const bool xlsx = strcmp(work->kind, "xlsx") == 0;
    buf_init(&out, EXPORT_BYTES);
    for (size_t i = 0; i < n; i++)
        labels[i] = form->fields[fields[i]].label;
    time_text(visit->call.now_ms, now);
    struct target target = { .csv = &out };
    if (xlsx)
        target.sheet = sheet_new(
            form->title, arena_format(visit->call.arena, "导出时间 %s，导出人 %s", now, visit->me.name), labels, n);
    if (!xlsx) {
        buf_text(&out, "\xef\xbb\xbf");
        for (size_t i = 0; i < n; i++)
            csv_add(&out, i == 0, labels[i]);
        buf_text(&out, "\r\n");
    }
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status =
        xlsx && target.sheet == NULL ? NO_MEMORY : export_pages(visit, form, reader, fields, n, &target, &rows);
    store_reader_done(visit->app->house->store, reader);
    if (target.sheet != NULL) {
        const enum status ended = sheet_end(target.sheet, &out);
        status = status == OK ? ended : status;
    }
    struct export_note note = { visit->me.office, form->name,
                                arena_format(visit->call.arena, "{\"rows\":%zu,\"kind\":\"%s\"}", rows, work->kind) };
    if (status == OK) /* an export waits for its entry in the journal */
        status = call_write(&visit->call, LANE_NORMAL, note_export, &note);
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
    if ((duty_may(form, &visit->me) & MAY_EXPORT) == 0 || form->sealed) {
        answer_problem(visit, DENIED);
        return;
    }
    *work = (struct export_work){ visit, form, kind };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_export, work))
        answer_problem(visit, BUSY);
}
