/* A record as PDF: its official paper where the form has one, else its fields. */
#include "desk/printout.h"
#include "http/export.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/printed.h"

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
    if (status == OK)
        status = printout_pdf(call->arena, sheet, call->now_ms, visit->app->house->config.demo, &out);
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
