/* What a write function may do, on either engine, and the running of one. */
#include <stdio.h>
#include <string.h>

#include "store/inside.h"

enum { RUN_MEMORY = 64 << 20 };

struct reader *
writer_reader(struct writer *writer)
{
    return &writer->reader;
}

const char *
writer_conflict(const struct writer *writer)
{
    return writer->conflict;
}

struct arena *
writer_arena(struct writer *writer)
{
    if (writer->arena == NULL)
        writer->arena = arena_new(RUN_MEMORY);
    return writer->arena;
}

void **
writer_batch(struct writer *writer)
{
    return &writer->batch;
}

static void
note_failure(struct writer *writer, enum status status, const char *sql, const struct value *args, size_t n)
{
    struct lite *lite = writer->reader.lite;
    struct pg *pg = writer->reader.pg;
    if (writer->failed == OK)
        writer->failed = status;
    if (lite != NULL)
        writer->full |= lite_full(lite->code);
    else
        writer->again |= pg_again(pg);
    if (status == CONFLICT && lite != NULL)
        lite_conflict(writer->reader.store, lite, sql, args, n, writer->conflict);
    else if (status == CONFLICT)
        snprintf(writer->conflict, sizeof writer->conflict, "%s", pg->constraint);
    else if (status != BUSY)
        store_complain(lite != NULL ? lite->message : pg->message, sql);
}

enum status
writer_run(struct writer *writer, const char *sql, const struct value *args, size_t n, int64_t *changed)
{
    struct reader *reader = &writer->reader;
    if (changed != NULL)
        *changed = 0;
    if (writer->failed != OK) /* PostgreSQL would refuse it, so SQLite does not take it either */
        return writer->failed;
    if (reader->streaming) {
        store_complain("a row function wrote on its own connection", sql);
        writer->failed = BROKEN;
        return BROKEN;
    }
    enum status status = reader->lite != NULL ? lite_run(reader->lite, sql, args, n, changed)
                                              : pg_run(reader->pg, sql, args, n, changed);
    if (status != OK)
        note_failure(writer, status, sql, args, n);
    return status;
}

enum status
writer_exec(struct writer *writer, const char *sql)
{
    struct reader *reader = &writer->reader;
    enum status status =
        reader->lite != NULL ? lite_status(lite_exec(reader->lite, sql)) : pg_exec(reader->pg, sql, NULL, 0);
    if (status != OK)
        note_failure(writer, status, sql, NO_ARGS);
    return status;
}

void
writer_forget(struct writer *writer)
{
    arena_free(writer->arena);
    writer->arena = NULL;
    writer->failed = OK;
    writer->full = writer->again = false;
    writer->conflict[0] = '\0';
}

enum status
run_request(struct store *store, struct writer *writer, const struct request *request)
{
    writer_forget(writer);
    enum status status = request->write(writer, request->arg);
    if (status == OK && writer->failed == OK && !request->plain && store->hooks.at_savepoint_end != NULL)
        status = store->hooks.at_savepoint_end(writer, store->hooks.app);
    if (status == OK)
        status = writer->failed;
    return status;
}

void
batch_end(struct store *store, struct writer *writer)
{
    if (writer->batch != NULL && store->hooks.batch_done != NULL)
        store->hooks.batch_done(writer->batch, store->hooks.app);
    writer->batch = NULL;
}
