#include "policy/job.h"

#include <string.h>

#include "base/json.h"

enum { LEASE_MS = 60000, MOST_TRIES = 12 };

enum status
job_plan(struct call *call, struct writer *writer, int64_t office, const char *kind, int64_t at_ms,
         const struct node *args)
{
    struct buf buf;
    buf_init(&buf, 64 * 1024);
    if (args != NULL)
        json_write(&buf, args);
    const char *text = args == NULL ? "{}" : buf.failed ? NULL : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    if (text == NULL)
        return NO_MEMORY;
    return writer_run(
        writer, "insert into job (office, id, kind, at, args, state, tries) values (?1, ?2, ?3, ?4, ?5, 'waiting', 0)",
        ARGS(value_int(office), value_int(id_next(&call->house->ids, call->now_ms, (int)office)), value_text(kind),
             value_int(at_ms), value_text(text)),
        NULL);
}

struct running {
    struct job job;
    const struct job_kind *kind;
    struct node *result;
    bool taken;
    enum status worked;
    const char *why; /* what the work said when it failed; NULL: nothing */
};

static enum status
lease(struct call *call, struct writer *writer, void *arg)
{
    struct running *running = arg;
    int64_t changed = 0;
    enum status status =
        writer_run(writer,
                   "update job set lease = ?3, tries = tries + 1, state = 'running' where office = ?1 and "
                   "id = ?2 and (state = 'waiting' or (state = 'running' and lease < ?4))",
                   ARGS(value_int(running->job.office), value_int(running->job.id), value_int(call->now_ms + LEASE_MS),
                        value_int(call->now_ms)),
                   &changed);
    running->taken = changed == 1;
    return status;
}

/* Back-off doubles from one minute to about a day, then the job is put aside for a person. */
static int64_t
next_try(int64_t now_ms, int tries)
{
    return now_ms + (INT64_C(60000) << (tries < 10 ? tries : 10));
}

static enum status
settle(struct call *call, struct writer *writer, void *arg)
{
    struct running *running = arg;
    const struct job *job = &running->job;
    const char *given_up = running->worked == OK ? node_text_of(running->result, "given_up") : NULL;
    if (given_up != NULL)
        return writer_run(writer,
                          "update job set state = 'failed', lease = null, result = ?3 where office = ?1 and id = ?2",
                          ARGS(value_int(job->office), value_int(job->id), value_text(given_up)), NULL);
    if (running->worked == OK && running->kind->done != NULL) {
        enum status status = running->kind->done(call, writer, job, running->result);
        if (status != OK)
            return status;
    }
    if (running->worked == OK)
        return writer_run(writer, "update job set state = 'done', lease = null where office = ?1 and id = ?2",
                          ARGS(value_int(job->office), value_int(job->id)), NULL);
    const bool last = job->tries + 1 >= MOST_TRIES;
    return writer_run(writer,
                      "update job set state = ?3, at = ?4, lease = null, result = ?5 where office = ?1 and id = ?2",
                      ARGS(value_int(job->office), value_int(job->id), value_text(last ? "failed" : "waiting"),
                           value_int(next_try(call->now_ms, job->tries)),
                           value_text(running->why == NULL ? status_code(running->worked) : running->why)),
                      NULL);
}

static enum status
run_one(struct house *house, int64_t now_ms, int64_t office, int64_t id, const char *kind, const char *args, int tries)
{
    struct arena *arena = arena_new(64u << 20);
    struct call call;
    const struct reference *reference = reference_take(house);
    struct node *input = NULL;
    const char *why;
    if (arena == NULL)
        return NO_MEMORY;
    call_init(&call, house, arena, engine_me(arena, reference, office), now_ms);
    call.reference = reference;
    struct running running = { .job = { office, id, kind, NULL, tries },
                               .kind = house_job(house, kind),
                               .result = node_map(arena),
                               .worked = BROKEN };
    enum status status = call_write(&call, LANE_BULK, lease, &running);
    if (status == OK && running.taken) {
        if (running.kind == NULL)
            call.message = "没有这种任务";
        else if (json_read(arena, args, strlen(args), &input, &why) == OK) {
            running.job.args = input;
            running.worked = running.kind->work == NULL ? OK : running.kind->work(&call, &running.job, running.result);
        }
        running.why = call.message; /* a write begins without one */
        status = call_write(&call, LANE_BULK, settle, &running);
        if (status != OK && running.worked == OK) { /* its result could not be written: try again later */
            running.worked = status;
            running.why = call.message;
            status = call_write(&call, LANE_BULK, settle, &running);
        }
    }
    reference_drop(house, reference);
    arena_free(arena);
    return status;
}

enum status
jobs_run(struct house *house, int64_t now_ms, int most, int *ran)
{
    struct arena *arena = arena_new(16u << 20);
    struct rows rows, offices;
    *ran = 0;
    struct reader *reader = arena == NULL ? NULL : store_reader(house->store);
    enum status status =
        reader == NULL ? NO_MEMORY : reader_rows(reader, arena, "select number from office", NO_ARGS, &offices);
    for (size_t o = 0; status == OK && o < offices.n && *ran < most; o++) {
        status = reader_rows(
            reader, arena,
            "select office, id, kind, args, tries from job where office = ?1 and "
            "(state = 'waiting' or (state = 'running' and lease < ?2)) and at <= ?2 order by at, id limit 50",
            ARGS(rows_value(&offices, o, 0), value_int(now_ms)), &rows);
        for (size_t i = 0; status == OK && i < rows.n && *ran < most; i++, (*ran)++)
            status = run_one(house, now_ms, rows_int(&rows, i, 0), rows_int(&rows, i, 1), rows_text(&rows, i, 2),
                             rows_text(&rows, i, 3), (int)rows_int(&rows, i, 4));
    }
    store_reader_done(house->store, reader);
    arena_free(arena);
    return status;
}
