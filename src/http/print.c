/* On paper: a record as its official paper where the form has one, else its fields; a day ledger by the month, and
 * blank to be filled by hand. */
#include "desk/printout.h"
#include "http/export.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/ledger_paper.h"
#include "policy/paper_sheet.h"
#include "policy/printed.h"

struct print_work {
    struct visit *visit;
    const struct form *form;
    int64_t id;
    bool blank; /* id 0: a blank sheet, else a month */
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
    if (status == OK && work->form->opened != NULL)
        status = work->form->opened(call, row);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_bytes(visit, 200, "application/pdf", out.bytes, out.n, NULL);
    buf_free(&out);
}

struct print_note {
    int64_t office;
    const char *form, *body;
};

static enum status
note_print(struct call *call, struct writer *writer, void *arg)
{
    const struct print_note *note = arg;
    (void)writer;
    return journal_act(call, note->office, note->form, 0, "打印", note->body);
}

/* The copies of a blank sheet: each is known by its number before it leaves the house. */
struct blanks {
    const struct form *form;
    const char **numbers;
    int *lines, n;
};

static enum status
note_blanks(struct call *call, struct writer *writer, void *arg)
{
    const struct blanks *blanks = arg;
    enum status status = OK;
    for (int i = 0; i < blanks->n && status == OK; i++)
        status = paper_issue(call, writer, blanks->form, blanks->numbers[i], blanks->lines[i]);
    return status;
}

static enum status
draw_blanks(struct call *call, struct reader *reader, const struct node *query, struct blanks *blanks,
            struct node *sheet)
{
    const int n = ledger_copies(query);
    enum status status = OK;
    blanks->numbers = arena_array(call->arena, (size_t)n, sizeof *blanks->numbers);
    blanks->lines = arena_array(call->arena, (size_t)n, sizeof *blanks->lines);
    if (blanks->numbers == NULL || blanks->lines == NULL)
        return NO_MEMORY;
    for (blanks->n = 0; blanks->n < n && status == OK; blanks->n++) {
        const char *number = blanks->numbers[blanks->n] = paper_number_make(call->arena);
        status = number == NULL
                     ? NO_MEMORY
                     : ledger_blank(call, reader, blanks->form, query, number, &blanks->lines[blanks->n], sheet);
    }
    return status;
}

/* A month of rows is as much as an export: it waits for its entry in the journal. */
static void
do_print_ledger(void *arg)
{
    const struct print_work *work = arg;
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    struct buf out;
    struct node *sheet = node_map(call->arena);
    struct blanks blanks = { .form = work->form };
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = work->blank ? draw_blanks(call, reader, visit->request->query, &blanks, sheet)
                                     : ledger_month(call, reader, work->form, visit->request->query, sheet);
    store_reader_done(visit->app->house->store, reader);
    buf_init(&out, 32u << 20);
    if (status == OK)
        status = printout_pdf(call->arena, sheet, call->now_ms, visit->app->house->config.demo, &out);
    struct print_note note = { visit->me.office, work->form->name, "{\"kind\":\"month\"}" };
    if (status == OK && !work->blank)
        status = call_write(call, LANE_NORMAL, note_print, &note);
    else if (status == OK)
        status = call_write(call, LANE_NORMAL, note_blanks, &blanks);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_bytes(visit, 200, "application/pdf", out.bytes, out.n, NULL);
    buf_free(&out);
}

void
print_ledger(struct visit *visit, const struct form *form, bool blank)
{
    struct print_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (!paper_has_blank(form) || (duty_may(form, &visit->me) & (blank ? MAY_CREATE : MAY_EXPORT)) == 0) {
        answer_problem(visit, form_paper_day(form) != NULL ? DENIED : NOT_FOUND);
        return;
    }
    if (work == NULL) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    *work = (struct print_work){ visit, form, 0, blank };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_print_ledger, work))
        answer_problem(visit, BUSY);
}

void
print_record(struct visit *visit, const struct form *form, int64_t id)
{
    struct print_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (work == NULL) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    *work = (struct print_work){ visit, form, id, false };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_print, work))
        answer_problem(visit, BUSY);
}
