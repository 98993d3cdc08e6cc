/* The one door to the database. SQLite (embedded) and PostgreSQL stand behind the same calls; nothing outside this
 * folder knows which. What always holds:
 *   - a `struct reader *` cannot write; a `struct writer *` exists only inside a transaction;
 *   - SQL is a constant text with ?1, ?2 … (PostgreSQL gets $1, $2 …) or is put together by query.h; values are always
 *     parameters;
 *   - an acknowledged write is durable (SQLite: WAL, synchronous=FULL; many requests share one commit);
 *   - one bad request never hurts its neighbours in the same commit. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

enum engine { ENGINE_SQLITE, ENGINE_POSTGRES };

enum value_type { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BYTES };

/* One cell. Text is UTF-8, zero-terminated, n bytes. Dates are text YYYY-MM-DD on both engines. */
struct value {
    enum value_type type;
    size_t n;
    union {
        int64_t i;
        const char *text;
        const unsigned char *bytes;
    };
};

struct value value_null(void);
struct value value_int(int64_t i);
struct value value_text(const char *text); /* NULL becomes null */
struct value value_bytes(const void *bytes, size_t n);
bool value_equal(struct value a, struct value b);

/* A whole answer, in the arena of the question. */
struct rows {
    size_t n, columns;
    const struct value *cells;
};
/* Cell at row, column; null when out of range. */
struct value rows_value(const struct rows *rows, size_t row, size_t column);
int64_t rows_int(const struct rows *rows, size_t row, size_t column);      /* 0 for null; text digits are read */
const char *rows_text(const struct rows *rows, size_t row, size_t column); /* NULL for null or a number */

/* Arguments: ARGS(value_int(1), value_text("a")) gives the two parameters `const struct value *, size_t`. */
#define ARGS(...)                                                                                                      \
    (const struct value[]){ __VA_ARGS__ }, sizeof((const struct value[]){ __VA_ARGS__ }) / sizeof(struct value)
#define NO_ARGS NULL, 0

struct store;
struct reader;
struct writer;

struct store_config {
    const char *folder;   /* SQLite: folder/tuoyu.db */
    const char *postgres; /* conninfo: not NULL chooses PostgreSQL */
    const char *schema;   /* PostgreSQL schema (search_path), NULL: public; tests use one each */
    int readers;          /* connections for reading, default 4 */
    int writers;          /* PostgreSQL: connections that write, default 4; SQLite always has exactly one */
    bool durable;         /* default true; false only for throw-away test data */
};

/* Opens or creates the database and starts the writer thread(s). A second server on the same SQLite folder gets
 * CONFLICT with a message in `why`. A damaged file or refused connection: BROKEN and why (Chinese, for the operator).
 */
enum status store_open(const struct store_config *config, struct store **out, struct buf *why);
/* Finishes queued writes, checkpoints, closes. */
void store_close(struct store *store);
enum engine store_engine(const struct store *store);

/* Reading: borrow a connection (waits while all are lent), give it back. One snapshot per borrow is NOT promised;
 * reader_begin/end wrap several reads into one snapshot where a page needs it (hold it short: <= 30 s). */
struct reader *store_reader(struct store *store);
void store_reader_done(struct store *store, struct reader *reader);
enum status reader_begin(struct reader *reader);
void reader_end(struct reader *reader);
/* For several small questions: on SQLite those until the reader is given back share one transaction, from the first on,
 * and its lock is taken once. On PostgreSQL, where that would cost two more round trips, nothing. */
void reader_together(struct reader *reader);

/* Runs one select; at most `most` rows of 0 = 100,000 (more is INVALID: a query must bound itself). Statements are
 * prepared once per connection (found by their text) and kept. BROKEN on an SQL error, which is logged with the text.
 * As many args as the statement has parameters. BUSY: the server is not there or a lock did not come. */
enum status reader_rows(struct reader *reader, struct arena *arena, const char *sql, const struct value *args, size_t n,
                        struct rows *out);
/* The same, row by row without keeping them; `each` returns false to stop. For exports and reports. Cells live until
 * `each` returns; it must not ask the same reader or writer (BROKEN). */
typedef bool each_row_fn(void *state, const struct value *cells, size_t columns);
enum status reader_each(struct reader *reader, const char *sql, const struct value *args, size_t n, each_row_fn *each,
                        void *state);
enum engine reader_engine(const struct reader *reader);

/* Inside a transaction. The reader sees the transaction's own writes. */
struct reader *writer_reader(struct writer *writer);
/* insert, update or delete. *changed (may be NULL) = rows changed.
 * CONFLICT: a unique key, a span or a reference forbids it; writer_conflict tells which constraint (its name without
 * a shard suffix, as the schema generator made it: "<table>_pkey", "<table>_<columns>_key", "<table>_<span>_span",
 * "<table>_<column>_fkey"; "<table>_fkey" where SQLite does not let the column be found).
 * After CONFLICT the writer's transaction must be given up: return CONFLICT from the write function. */
enum status writer_run(struct writer *writer, const char *sql, const struct value *args, size_t n, int64_t *changed);
const char *writer_conflict(const struct writer *writer);
/* Private memory of the write function's run, empty at each run; for dirty sets and the like. Freed with the run. */
struct arena *writer_arena(struct writer *writer);
/* One pointer that lives as long as the batch (SQLite: many requests; PostgreSQL: one): see store_at_commit. */
void **writer_batch(struct writer *writer);

/* A write function does everything of one request inside its own savepoint (SQLite) or transaction (PostgreSQL). It may
 * be run again from the start (lost serialisation, batch failure), so it must reset what it fills, act only on the
 * database, and bound its work. Anything but OK rolls its work back and is reported as is. After the first failed
 * statement every further one fails alike, and OK from a function that ignored a failure becomes that failure.
 * PostgreSQL, connection lost during COMMIT: the outcome is asked from the server (pg_xact_status) after reconnecting.
 * Committed: OK. Aborted: BUSY, nothing was written. Not to be learned: BROKEN and figures.unknown is raised; then only
 * the idempotency row tells, so the request may be sent again with the same key, never without one. */
typedef enum status write_fn(struct writer *writer, void *arg);
/* Called on a writer thread after the commit is durable (or after failure), exactly once; must be short. */
typedef void written_fn(void *arg, enum status status);

enum lane { LANE_URGENT, LANE_NORMAL, LANE_BULK };

/* Queues a write; returns at once. BUSY: the queue is full and `done` will not be called. */
enum status store_submit(struct store *store, enum lane lane, write_fn *write, written_fn *done, void *arg);
/* The same, waiting for the end. For the command line, jobs and tests. */
enum status store_write(struct store *store, enum lane lane, write_fn *write, void *arg);

/* Hooks that the policy engine registers once after open, before the first write.
 * at_savepoint_end: after each successful write function, still inside its savepoint/transaction (PostgreSQL: recount
 *   of cells goes here); not OK fails that request.
 * at_commit: once before COMMIT of a batch (SQLite: recount dirty cells, seal the journal; not called on PostgreSQL).
 *   The batch pointer of writer_batch is NULL at the start of each batch; its memory is the hook's own (it frees it in
 *   `batch_done`, called after commit or rollback with what the pointer holds, if it is not NULL). A failing at_commit
 * makes every request of the batch run again alone. */
struct store_hooks {
    enum status (*at_savepoint_end)(struct writer *writer, void *app);
    enum status (*at_commit)(struct writer *writer, void *app);
    void (*batch_done)(void *batch, void *app);
    void *app;
};
void store_set_hooks(struct store *store, const struct store_hooks *hooks);

/* Figures for /metrics and doctor. */
struct store_figures {
    uint64_t batches, requests, retried_alone, conflicts, busy;
    size_t queued;
    bool stopped_writing; /* disk full or I/O error on COMMIT: readers stay, writes answer FULL */
    uint64_t wal_bytes;   /* SQLite: size of the write-ahead log */
    bool wal_alarm;       /* it has passed 256 MB: some reader holds a snapshot for too long */
    uint64_t unknown;     /* PostgreSQL: commits whose outcome could not be learned */
};
void store_figures(struct store *store, struct store_figures *out);

/* Online copy of the whole database into a new file (SQLite backup API; steps yield to writers) — PostgreSQL: NOT_FOUND
 * (schema_copy is the way there). `progress` (may be NULL) gets 0..1000. */
enum status store_backup(struct store *store, const char *file, void (*progress)(void *, int), void *state,
                         struct buf *why);
/* PRAGMA integrity_check and foreign_key_check (SQLite); a list of complaints in `why`. */
enum status store_check(struct store *store, struct buf *why);

#endif
