/* Importing a sheet: the file is judged first and shown, then written when the person says so. */
#include <stdio.h>
#include <string.h>

#include "base/sm.h"
#include "base/text.h"
#include "desk/files.h"
#include "desk/table_out.h"
#include "desk/xlsx_in.h"
#include "http/export.h"
#include "policy/import.h"
#include "policy/journal.h"

enum { IMPORT_ROWS = 20000, IMPORT_BYTES = 20u << 20 };

static void
page(struct visit *visit, const struct form *form, enum status status, struct node *data)
{
    struct arena *arena = visit->call.arena;
    struct node *model = node_map(arena);
    node_put_text(arena, data, "title", arena_format(arena, "导入%s", form->title));
    node_put_url(arena, data, "action_url", arena_format(arena, "/%s/import", form->name));
    node_put_url(arena, data, "list_url", arena_format(arena, "/%s", form->name));
    node_put_url(arena, data, "template_url", arena_format(arena, "/%s/template.xlsx", form->name));
    node_put_node(model, "data", data);
    if (visit->json && status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, status, "page/import", NULL, model);
}

void
import_get(struct visit *visit, const struct form *form)
{
    if ((duty_may(form, &visit->me) & MAY_IMPORT) == 0)
        answer_problem(visit, NOT_FOUND);
    else
        page(visit, form, OK, node_map(visit->call.arena));
}

/* The header that an import understands, as a sheet or as CSV. */
void
import_template(struct visit *visit, const struct form *form, bool xlsx)
{
    struct buf out;
    const char *labels[FORM_FIELDS];
    size_t n = 0;
    if ((duty_may(form, &visit->me) & MAY_IMPORT) == 0) {
        answer_problem(visit, NOT_FOUND);
        return;
    }
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (!field->computed && !field->retired && field->type != F_FILE && field->type != F_REF)
            labels[n++] = arena_format(visit->call.arena, "%s%s", field->label, field->need ? "*" : "");
    buf_init(&out, 1024 * 1024);
    struct table_out *table =
        table_out_new(xlsx, form->title, "带 * 的必填；代码可填中文名称，日期如 2026-03-05", labels, n, &out);
    const enum status status = table == NULL ? NO_MEMORY : table_out_end(table);
    if (status != OK || out.failed)
        answer_problem(visit, status == OK ? TOO_LARGE : status);
    else
        answer_bytes(visit, 200,
                     xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                          : "text/csv; charset=utf-8",
                     out.bytes, out.n, xlsx ? "template.xlsx" : "template.csv");
    buf_free(&out);
}

struct import_work {
    struct visit *visit;
    const struct form *form;
    const char *hex; /* of a file judged before; NULL: a new upload */
    const struct http_file *file;
    bool write;
};

static enum status
read_sheet(struct call *call, const char *bytes, size_t n, struct csv *sheet)
{
    const char *why = "文件不是 CSV 或 XLSX 表格";
    char *text;
    if (xlsx_is(bytes, n)) {
        const enum status status = xlsx_read(call->arena, bytes, n, IMPORT_ROWS, sheet, &why);
        return status == INVALID ? call_fail(call, INVALID, "%s", why) : status;
    }
    enum status status = text_decode(call->arena, bytes, n, &text);
    if (status == OK)
        status = csv_read(call->arena, text, IMPORT_ROWS, sheet);
    return status == INVALID ? call_fail(call, INVALID, "%s", why) : status;
}

static void
show_report(struct visit *visit, const struct import_work *work, const struct import_report *report, const char *hex)
{
    struct arena *arena = visit->call.arena;
    struct node *data = node_map(arena), *made = node_put_map(arena, data, "report");
    node_put_int(arena, made, "rows", (int64_t)report->rows);
    node_put_int(arena, made, "good", (int64_t)report->good);
    node_put_int(arena, made, "bad", (int64_t)(report->rows - report->good));
    if (work->write) {
        node_put_int(arena, made, "written", (int64_t)report->written);
        node_put_int(arena, made, "known", (int64_t)report->known);
        node_put_bool(arena, made, "done", true);
    } else if (report->good > 0) {
        node_put_text(arena, made, "file", hex);
        node_put_url(arena, made, "confirm_url", arena_format(arena, "/%s/import", work->form->name));
    }
    node_put_text(arena, made, "unknown", report->unknown);
    struct node *notes = node_put_list(arena, made, "notes");
    for (size_t i = 0; i < report->notes_n; i++) {
        struct node *note = node_put_map(arena, notes, NULL);
        node_put_int(arena, note, "row", (int64_t)report->notes[i].row);
        node_put_text(arena, note, "label", report->notes[i].label);
        node_put_text(arena, note, "message", report->notes[i].message);
    }
    struct node *faults = node_put_list(arena, made, "faults");
    for (size_t i = 0; i < report->faults_n; i++) {
        struct node *fault = node_put_map(arena, faults, NULL);
        node_put_int(arena, fault, "row", (int64_t)report->faults[i].row);
        node_put_text(arena, fault, "label", report->faults[i].label);
        node_put_text(arena, fault, "message", report->faults[i].message);
    }
    page(visit, work->form, OK, data);
}

static enum status
note_import(struct call *call, struct writer *writer, void *arg)
{
    const struct form *form = arg;
    (void)writer;
    return journal_act(call, call->me->office, form->name, 0, "导入", NULL);
}

static void
do_import(void *arg)
{
    const struct import_work *work = arg;
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    struct csv sheet;
    struct import_report *report = arena_alloc(call->arena, sizeof *report);
    char hex[65];
    char *bytes = NULL;
    size_t n = 0;
    enum status status = report == NULL ? NO_MEMORY : OK;
    if (status == OK && work->hex != NULL) {
        snprintf(hex, sizeof hex, "%s", work->hex);
        status = files_get(visit->app->files, hex, IMPORT_BYTES, call->arena, &bytes, &n);
    } else if (status == OK) {
        bytes = (char *)(uintptr_t)work->file->bytes;
        n = work->file->n;
        status = files_put(visit->app->files, bytes, n, hex);
    }
    if (status == OK)
        status = read_sheet(call, bytes, n, &sheet);
    if (status == OK)
        status = import_rows(call, work->form, &sheet, hex, work->write, NULL, NULL, report);
    if (status == OK && work->write)
        status = call_write(call, LANE_NORMAL, note_import, (void *)(uintptr_t)work->form);
    if (status == OK) {
        show_report(visit, work, report, hex);
        return;
    }
    struct node *data = node_map(call->arena);
    node_put_text(call->arena, data, "error", call->message != NULL ? call->message : status_title(status));
    page(visit, work->form, status, data);
}

void
import_post(struct visit *visit, const struct form *form, const struct node *posted, const struct http_file *files,
            size_t files_n)
{
    struct import_work *work = arena_alloc(visit->call.arena, sizeof *work);
    const char *hex = node_text_of(posted, "known_file"), *write = node_text_of(posted, "write");
    if (work == NULL || (duty_may(form, &visit->me) & MAY_IMPORT) == 0) {
        answer_problem(visit, work == NULL ? NO_MEMORY : DENIED);
        return;
    }
    *work = (struct import_work){ .visit = visit, .form = form, .write = write != NULL && strcmp(write, "1") == 0 };
    for (size_t i = 0; i < files_n; i++)
        if (strcmp(files[i].field, "sheet") == 0 && files[i].n > 0)
            work->file = &files[i];
    if (hex != NULL && strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64)
        work->hex = hex;
    if (work->file == NULL && work->hex == NULL) {
        struct node *data = node_map(visit->call.arena);
        visit->call.message = "请选择要导入的文件";
        node_put_text(visit->call.arena, data, "error", visit->call.message);
        page(visit, form, INVALID, data);
        return;
    }
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_import, work))
        answer_problem(visit, BUSY);
}
