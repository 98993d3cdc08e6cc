/* A record as PDF: its official paper where the form has one, else its fields. */
#include <string.h>

#include "desk/pdf.h"
#include "http/export.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/printed.h"

static void
draw(struct pdf *pdf, const struct node *item, bool first)
{
    const char *kind = node_text_of(item, "kind"), *text = node_text_of(item, "text");
    if (strcmp(kind, "head") == 0) {
        if (!first)
            pdf_page(pdf);
        pdf_title(pdf, node_text_of(item, "title"));
        if (node_text_of(item, "number") != NULL)
            pdf_number(pdf, node_text_of(item, "number"));
        if (node_text_of(item, "addressee") != NULL)
            pdf_left(pdf, node_text_of(item, "addressee"));
    } else if (strcmp(kind, "paragraph") == 0) {
        pdf_paragraph(pdf, text);
    } else if (strcmp(kind, "heading") == 0) {
        pdf_heading(pdf, text);
    } else if (strcmp(kind, "pair") == 0) {
        pdf_pair(pdf, node_text_of(item, "label"), text);
    } else if (strcmp(kind, "sign") == 0) {
        pdf_sign(pdf, text, node_text_of(item, "date"));
    } else if (strcmp(kind, "code") == 0) {
        pdf_qr(pdf, text, node_text_of(item, "caption"));
    }
}

struct print_work {
    struct visit *visit;
    const struct form *form;
    int64_t id;
};

static void
do_print(void *arg)
{
    const struct print_work *work = arg;
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    struct row *row;
    struct buf out;
    unsigned may, groups;
    struct node *sheet = node_map(call->arena);
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = row_seen(call, reader, work->form, work->id, &row, &may, &groups);
    if (status == OK && work->form->print != NULL)
        status = work->form->print(call, reader, row, sheet);
    else if (status == OK)
        printed_row(call, reader, sheet, row, groups);
    store_reader_done(visit->app->house->store, reader);
    buf_init(&out, 32u << 20);
    if (status == OK) {
        struct pdf *pdf =
            pdf_new(call->arena, node_text_of(sheet, "title"), call->now_ms, visit->app->house->config.demo);
        const struct node *body = node_get(sheet, "body");
        for (const struct node *item = body == NULL ? NULL : body->first; item != NULL; item = item->next)
            draw(pdf, item, item == body->first);
        status = pdf_end(pdf, &out);
    }
    if (status == OK)
        status = journal_look(call, id_office(work->id), work->form->name, work->id, "打印");
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_bytes(visit, 200, "application/pdf", out.bytes, out.n, NULL);
    buf_free(&out);
}

void
print_record(struct visit *visit, const struct form *form, int64_t id)
{
    struct print_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (work == NULL) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    *work = (struct print_work){ visit, form, id };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_print, work))
        answer_problem(visit, BUSY);
}
