/* What the files of this folder know of each other. Nothing outside includes it. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/lite.h"
#include "store/pg.h"
#include "store/queue.h"
#include "store/store.h"

enum { CONFLICT_NAME = 64, ROWS_MOST = 100000 };

/* A foreign key, kept by schema_bring: SQLite does not say which one was violated. */
struct reference {
    char table[CONFLICT_NAME], column[CONFLICT_NAME], target[CONFLICT_NAME];
    bool with_office; /* (office, column) -> (office, id), otherwise (column) -> (id) */
};

struct reader {
    struct store *store;
    struct lite *lite; /* exactly one of these two is set */
    struct pg *pg;
    bool streaming; /* rows are on their way: the connection cannot take another question */
    bool snapshot;
    struct reader *next;
    struct writer *writer; /* set when these reads belong to a transaction that writes */
};

struct writer {
    struct reader reader;
    struct arena *arena;
    void *batch;
    enum status failed; /* first failure of SQL in this run: the run is then rolled back whatever it returns */
    bool full, again;   /* disk full; PostgreSQL lost a serialisation or the like and the run should be repeated */
    char conflict[CONFLICT_NAME];
};

struct store {
    enum engine engine;
    bool durable;
    char file[4096];         /* SQLite */
    char *conninfo, *schema; /* PostgreSQL */
    int lock;                /* descriptor of the lock file, -1: none */
    struct queue *queue;
    struct store_hooks hooks;

    pthread_mutex_t reader_lock;
    pthread_cond_t reader_back;
    struct reader *readers, *idle;
    struct lite *lite_readers;
    struct pg *pg_readers;
    int readers_n;

    pthread_mutex_t figure_lock;
    struct store_figures figures;
    int64_t try_again; /* monotonic ms: when a stopped writer may probe the disk */

    pthread_t *threads;
    int threads_n;
    struct lite lite_writer;
    struct pg *pg_writers;
    atomic_int next_pg_writer;

    struct reference *references; /* SQLite: touched by the writer thread only */
    size_t references_n;
};

/* SQL errors go to standard error with the statement's text and never with values. */
void store_complain(const char *what, const char *sql);
int64_t store_ticks(void); /* monotonic milliseconds, for patience only */

/* Threads that write. */
void *lite_writer_main(void *store);
void *pg_writer_main(void *store);
/* One run of one request on its writer: forgets what an earlier run left, calls the write function and the hook, and
 * turns a swallowed SQL failure into that failure. */
enum status run_request(struct store *store, struct writer *writer, const struct request *request);
void writer_forget(struct writer *writer);
void batch_end(struct store *store, struct writer *writer);
void request_done(struct request *request);

/* Like store_write, but alone in its transaction and without hooks. */
enum status store_write_plain(struct store *store, write_fn *write, void *arg);
/* One or more statements without parameters, not kept. */
enum status writer_exec(struct writer *writer, const char *sql);

/* The name of the constraint that the last failed statement of `lite` violated. */
void lite_conflict(struct store *store, struct lite *lite, const char *sql, const struct value *args, size_t n,
                   char out[CONFLICT_NAME]);
/* Puts `<table>_<columns…>_<suffix>` together; names too long for PostgreSQL are cut and get a hash. */
void constraint_name(char out[CONFLICT_NAME], const char *table, const char *const *columns, size_t n,
                     const char *suffix);

/* The lock against a second server: a descriptor, or -1 and why. */
int folder_lock(const char *folder, struct buf *why);
void folder_unlock(int lock);

#endif
