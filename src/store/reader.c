/* Reading: lending connections, and answers copied into the asker's arena. */
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

struct reader *
store_reader(struct store *store)
{
    pthread_mutex_lock(&store->reader_lock);
    while (store->idle == NULL)
        pthread_cond_wait(&store->reader_back, &store->reader_lock);
    struct reader *reader = store->idle;
    store->idle = reader->next;
    pthread_mutex_unlock(&store->reader_lock);
    reader->next = NULL;
    return reader;
}

void
store_reader_done(struct store *store, struct reader *reader)
{
    if (reader == NULL)
        return;
    reader_end(reader);
    pthread_mutex_lock(&store->reader_lock);
    reader->next = store->idle;
    store->idle = reader;
    pthread_cond_signal(&store->reader_back);
    pthread_mutex_unlock(&store->reader_lock);
}

enum engine
reader_engine(const struct reader *reader)
{
    return reader->lite != NULL ? ENGINE_SQLITE : ENGINE_POSTGRES;
}

static bool
no_row(void *state, const struct value *cells, size_t columns)
{
    (void)state, (void)cells, (void)columns;
    return true;
}

enum status
reader_begin(struct reader *reader)
{
    if (reader->writer != NULL || reader->snapshot)
        return OK;
    enum status status;
    if (reader->lite != NULL) {
        status = lite_status(lite_step(reader->lite, "begin"));
        /* SQLite takes its snapshot at the first look. */
        if (status == OK)
            status = lite_each(reader->lite, "select 1 from sqlite_schema limit 1", NO_ARGS, no_row, NULL);
    } else {
        status = pg_ready(reader->pg);
        if (status == OK)
            status = pg_exec(reader->pg, "begin isolation level repeatable read read only", NULL, 0);
        reader->pg->in_transaction = status == OK;
    }
    reader->snapshot = true;
    if (status != OK)
        reader_end(reader);
    return status;
}

void
reader_together(struct reader *reader)
{
    if (reader->lite == NULL || reader->writer != NULL || reader->snapshot)
        return;
    lite_step(reader->lite, "begin"); /* should it fail, each question stands for itself, as ever */
    reader->snapshot = true;
}

void
reader_end(struct reader *reader)
{
    if (reader->writer != NULL || !reader->snapshot)
        return;
    reader->snapshot = false;
    if (reader->lite != NULL) {
        if (!sqlite3_get_autocommit(reader->lite->db))
            lite_step(reader->lite, "rollback");
        return;
    }
    if (!pg_lost(reader->pg))
        pg_exec(reader->pg, "rollback", NULL, 0);
    reader->pg->in_transaction = false;
}

enum status
reader_each(struct reader *reader, const char *sql, const struct value *args, size_t n, each_row_fn *each, void *state)
{
    if (reader->streaming) {
        store_complain("a row function asked its own reader", sql);
        return BROKEN;
    }
    /* PostgreSQL answers nothing more in a failed transaction, so neither does SQLite. */
    if (reader->writer != NULL && reader->writer->failed != OK)
        return reader->writer->failed;
    reader->streaming = true;
    enum status status = reader->lite != NULL ? lite_each(reader->lite, sql, args, n, each, state)
                                              : pg_each(reader->pg, sql, args, n, each, state);
    reader->streaming = false;
    if (status == OK)
        return OK;
    if (status == FULL)
        status = BROKEN; /* a question that cannot be answered, or that wanted to write, is no full disk */
    if (reader->writer != NULL && reader->writer->failed == OK) {
        reader->writer->failed = status;
        reader->writer->again |= reader->pg != NULL && pg_again(reader->pg);
    }
    if (status == BROKEN)
        store_complain(reader->lite != NULL ? reader->lite->message : reader->pg->message, sql);
    return status;
}

struct keep {
    struct arena *arena;
    struct value *cells;
    size_t n, columns, room;
    enum status status;
};

static bool
keep_cell(struct arena *arena, struct value from, struct value *to)
{
    *to = from;
    if (from.type != VALUE_TEXT && from.type != VALUE_BYTES)
        return true;
    to->text = arena_copy(arena, from.bytes, from.n);
    return to->text != NULL;
}

static bool
more_room(struct keep *keep)
{
    size_t room = keep->room == 0 ? 16 : keep->room * 2;
    struct value *cells = arena_array(keep->arena, room * keep->columns, sizeof *cells);
    if (cells == NULL)
        return false;
    if (keep->n > 0)
        memcpy(cells, keep->cells, keep->n * keep->columns * sizeof *cells);
    keep->cells = cells;
    keep->room = room;
    return true;
}

static bool
keep_row(void *state, const struct value *cells, size_t columns)
{
    struct keep *keep = state;
    keep->columns = columns;
    if (keep->n == ROWS_MOST) {
        keep->status = INVALID;
        return false;
    }
    if (keep->n == keep->room && !more_room(keep)) {
        keep->status = NO_MEMORY;
        return false;
    }
    for (size_t i = 0; i < columns; i++) {
        if (!keep_cell(keep->arena, cells[i], &keep->cells[keep->n * columns + i])) {
            keep->status = NO_MEMORY;
            return false;
        }
    }
    keep->n++;
    return true;
}

enum status
reader_rows(struct reader *reader, struct arena *arena, const char *sql, const struct value *args, size_t n,
            struct rows *out)
{
    *out = (struct rows){ 0 };
    struct keep keep = { .arena = arena };
    enum status status = reader_each(reader, sql, args, n, keep_row, &keep);
    if (status != OK)
        return status;
    if (keep.status == INVALID)
        store_complain("a question without bounds", sql);
    if (keep.status != OK)
        return keep.status;
    *out = (struct rows){ keep.n, keep.columns, keep.cells };
    return OK;
}
