#include "policy/write.h"

#include <string.h>

#include "base/sm.h"
#include "policy/cells.h"
#include "policy/journal.h"

struct request {
    struct call *call;
    call_fn *fn;
    void *arg;
    const char *body;
    call_done_fn *done;
    void *done_arg;
};

/* A known key: the same content leads to the first answer, other content is refused. */
static enum status
known_key(struct call *call, struct writer *writer, const char *body, bool *known)
{
    struct rows rows;
    *known = false;
    if (call->key == NULL)
        return OK;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select body, form, row from idempotency where office = ?1 and actor = ?2 and key = ?3",
                    ARGS(value_int(call->me->office), value_int(call->me->account), value_text(call->key)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    const char *before = rows_text(&rows, 0, 0), *form = rows_text(&rows, 0, 1);
    if (before != NULL && body != NULL && strcmp(before, body) != 0)
        return call_fail(call, CONFLICT, "同一提交编号已用于其他内容，请刷新页面后重试");
    *known = true;
    call->replayed = true;
    call->answer_form = form == NULL ? NULL : house_form(call->house, form);
    call->answer_row = rows_int(&rows, 0, 2);
    return OK;
}

static enum status
note_key(struct call *call, struct writer *writer, const char *body)
{
    if (call->key == NULL)
        return OK;
    return writer_run(
        writer, "insert into idempotency (office, actor, key, body, at, form, row) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        ARGS(value_int(call->me->office), value_int(call->me->account), value_text(call->key), value_text(body),
             value_int(call->now_ms), value_text(call->answer_form == NULL ? NULL : call->answer_form->name),
             value_int(call->answer_row)),
        NULL);
}

enum status
call_once(struct call *call, struct writer *writer, const char *key, call_fn *fn, void *arg, bool *known)
{
    const char *outer = call->key;
    call->key = key;
    call->answer_form = NULL;
    call->answer_row = 0;
    enum status status = known_key(call, writer, NULL, known);
    if (status == OK && !*known)
        status = fn(call, writer, arg);
    if (status == OK && !*known)
        status = note_key(call, writer, NULL);
    call->key = outer;
    call->replayed = false;
    return status;
}

static enum status
request_run(struct writer *writer, void *arg)
{
    struct request *request = arg;
    struct call *call = request->call;
    bool known = false;
    call_reset(call);
    enum status status = known_key(call, writer, request->body, &known);
    if (status != OK || known)
        return status;
    status = request->fn(call, writer, request->arg);
    if (status == OK)
        status = note_key(call, writer, request->body);
    if (status == OK)
        status = cells_recount(call, writer);
    if (status == OK)
        status = journal_flush(call, writer);
    if (status == OK && arena_failed(call->arena))
        status = NO_MEMORY;
    return status;
}

/* After the commit, before the answer: who edits a standard or the calendar sees it hold at once. */
static void
refresh(struct call *call, enum status status)
{
    if (status == OK && call->reference_changed)
        reference_load(call->house);
}

static void
request_done(void *arg, enum status status)
{
    struct request *request = arg;
    refresh(request->call, status);
    request->done(request->call, status, request->done_arg);
}

enum status
call_submit(struct call *call, enum lane lane, call_fn *fn, void *arg, const char *body, call_done_fn *done,
            void *done_arg)
{
    struct request *request = arena_alloc(call->arena, sizeof *request);
    if (request == NULL)
        return NO_MEMORY;
    *request = (struct request){ call, fn, arg, body, done, done_arg };
    return store_submit(call->house->store, lane, request_run, request_done, request);
}

enum status
call_write(struct call *call, enum lane lane, call_fn *fn, void *arg)
{
    struct request request = { .call = call, .fn = fn, .arg = arg };
    const enum status status = store_write(call->house->store, lane, request_run, &request);
    refresh(call, status);
    return status;
}

/* A write function may run twice: the row it fills is a copy, the prepared one stays as it was typed. */
enum status
write_create(struct call *call, struct writer *writer, void *arg)
{
    const struct create_args *create = arg;
    struct row *row = row_copy(call, create->row);
    return row == NULL ? NO_MEMORY : row_create(call, writer, row);
}

enum status
write_change(struct call *call, struct writer *writer, void *arg)
{
    const struct change_args *change = arg;
    struct row *row = row_copy(call, change->row);
    return row == NULL ? NO_MEMORY : row_change(call, writer, row, change->version);
}

enum status
write_step(struct call *call, struct writer *writer, void *arg)
{
    const struct step_args *step = arg;
    return step_take(call, writer, step->form, step->id, step->version, step->step, step->input, NULL);
}

enum status
call_create(struct call *call, const struct form *form, const struct node *input, int64_t institution, int64_t part)
{
    struct create_args create = { row_new(call, form) };
    if (create.row == NULL)
        return NO_MEMORY;
    create.row->institution = institution;
    create.row->part = part;
    enum status status = input_read(call, form, NULL, input, create.row);
    return status == OK ? call_write(call, LANE_NORMAL, write_create, &create) : status;
}

enum status
call_step(struct call *call, const struct form *form, int64_t id, const char *step, const struct node *input)
{
    struct step_args args = { .form = form, .id = id, .step = step, .input = input };
    return call_write(call, LANE_NORMAL, write_step, &args);
}
