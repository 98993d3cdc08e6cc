/* The one thread that writes to SQLite. Many requests share a commit, each in its own savepoint; the answers go out
 * after the commit is on the disk. If a request takes the whole transaction with it, or the commit fails, each request
 * of the batch runs again alone, in order. When the disk is full or failing, writing stops; after some seconds the next
 * request tries the disk again. */
#include <string.h>

#include "store/inside.h"

enum {
    BATCH_MOST = 64,
    BATCH_MS = 10,
    TRY_AGAIN_MS = 3000,
    CHECKPOINT_PAGES = 2000, /* 8 MB: then pages move from the WAL into the file */
    RESTART_PAGES = 16000,   /* 64 MB: then also try to begin the WAL anew */
    WAL_ALARM_BYTES = 256 << 20,
};

struct desk {
    struct store *store;
    struct lite *lite;
    struct writer writer;
    struct request *batch[BATCH_MOST];
    size_t n;
    int pages, checkpointed; /* pages in the WAL now and at the last checkpoint */
};

static int
wal_grew(void *desk, sqlite3 *db, const char *name, int pages)
{
    (void)db, (void)name;
    ((struct desk *)desk)->pages = pages;
    return SQLITE_OK;
}

static bool
in_transaction(const struct desk *desk)
{
    return !sqlite3_get_autocommit(desk->lite->db);
}

static void
roll_back(struct desk *desk)
{
    if (in_transaction(desk))
        lite_step(desk->lite, "rollback");
    batch_end(desk->store, &desk->writer);
}

/* Runs one request inside its savepoint. False: the transaction is gone. */
static bool
run_in_savepoint(struct desk *desk, struct request *request)
{
    struct lite *lite = desk->lite;
    int code = lite_step(lite, "savepoint request");
    if (code != SQLITE_OK) {
        request->status = lite_status(code);
        desk->writer.full |= lite_full(code);
        return false;
    }
    request->status = run_request(desk->store, &desk->writer, request);
    if (!in_transaction(desk)) {
        if (request->status == OK)
            request->status = BROKEN;
        return false;
    }
    if (request->status != OK && lite_step(lite, "rollback to request") != SQLITE_OK)
        return false;
    return lite_step(lite, "release request") == SQLITE_OK;
}

/* The hook before COMMIT and COMMIT itself. */
static enum status
commit(struct desk *desk, bool plain, bool *full)
{
    struct store *store = desk->store;
    *full = false;
    writer_forget(&desk->writer);
    if (!plain && store->hooks.at_commit != NULL) {
        enum status status = store->hooks.at_commit(&desk->writer, store->hooks.app);
        if (status == OK)
            status = desk->writer.failed;
        *full = desk->writer.full;
        if (status != OK || !in_transaction(desk)) {
            roll_back(desk);
            return status == OK ? BROKEN : status;
        }
    }
    int code = lite_step(desk->lite, "commit");
    if (code == SQLITE_OK) {
        batch_end(store, &desk->writer);
        return OK;
    }
    store_complain(desk->lite->message, "commit");
    *full = lite_full(code);
    roll_back(desk);
    return lite_status(code);
}

static void
stop_writing(struct store *store)
{
    pthread_mutex_lock(&store->figure_lock);
    store->figures.stopped_writing = true;
    store->try_again = store_ticks() + TRY_AGAIN_MS;
    pthread_mutex_unlock(&store->figure_lock);
}

static void
run_alone(struct desk *desk, struct request *request)
{
    bool full = false;
    int code = lite_step(desk->lite, "begin immediate");
    if (code != SQLITE_OK) {
        request->status = lite_status(code);
        full = lite_full(code);
    } else if (!run_in_savepoint(desk, request)) {
        if (request->status == OK)
            request->status = BROKEN;
        full = desk->writer.full;
        roll_back(desk);
    } else if (request->status != OK) {
        full = desk->writer.full;
        roll_back(desk);
    } else {
        request->status = commit(desk, request->plain, &full);
    }
    if (full) {
        request->status = FULL;
        stop_writing(desk->store);
    }
}

static bool
stopped(struct store *store)
{
    pthread_mutex_lock(&store->figure_lock);
    bool yes = store->figures.stopped_writing && store_ticks() < store->try_again;
    pthread_mutex_unlock(&store->figure_lock);
    return yes;
}

static void
run_each_alone(struct desk *desk)
{
    for (size_t i = 0; i < desk->n; i++) {
        if (stopped(desk->store))
            desk->batch[i]->status = FULL;
        else
            run_alone(desk, desk->batch[i]);
    }
    pthread_mutex_lock(&desk->store->figure_lock);
    desk->store->figures.retried_alone += desk->n;
    pthread_mutex_unlock(&desk->store->figure_lock);
}

/* Takes requests as they come until the batch is full or 10 ms are over. False: the transaction was lost. */
static bool
run_together(struct desk *desk)
{
    int64_t end = store_ticks() + BATCH_MS;
    bool alone = desk->batch[0]->bulk || desk->batch[0]->plain;
    for (size_t at = 0;; at++) {
        if (!run_in_savepoint(desk, desk->batch[at]))
            return false;
        if (desk->writer.full)
            return false;
        if (alone || desk->n == BATCH_MOST || store_ticks() >= end)
            return true;
        struct request *more = queue_more(desk->store->queue);
        if (more == NULL)
            return true;
        desk->batch[desk->n++] = more;
    }
}

static void
run_batch(struct desk *desk)
{
    struct store *store = desk->store;
    bool full = false;
    if (stopped(store)) {
        desk->batch[0]->status = FULL;
        return;
    }
    int code = lite_step(desk->lite, "begin immediate");
    if (code != SQLITE_OK) {
        desk->batch[0]->status = lite_status(code);
        if (lite_full(code))
            stop_writing(store);
        return;
    }
    if (!run_together(desk)) {
        roll_back(desk);
        run_each_alone(desk);
        return;
    }
    enum status status = commit(desk, desk->batch[0]->plain, &full);
    if (full) {
        stop_writing(store);
        for (size_t i = 0; i < desk->n; i++)
            desk->batch[i]->status = FULL;
    } else if (status != OK) {
        run_each_alone(desk);
    }
}

static void
note_figures(struct desk *desk)
{
    struct store_figures *figures = &desk->store->figures;
    bool good = false;
    pthread_mutex_lock(&desk->store->figure_lock);
    figures->batches++;
    figures->requests += desk->n;
    for (size_t i = 0; i < desk->n; i++) {
        figures->conflicts += desk->batch[i]->status == CONFLICT;
        good |= desk->batch[i]->status == OK;
    }
    if (good)
        figures->stopped_writing = false;
    figures->wal_bytes = (uint64_t)desk->pages * 4096;
    figures->wal_alarm = figures->wal_bytes >= WAL_ALARM_BYTES;
    pthread_mutex_unlock(&desk->store->figure_lock);
}

/* After the answers have gone out: a checkpoint that waits for nobody. */
static void
checkpoint(struct desk *desk)
{
    if (desk->pages < desk->checkpointed)
        desk->checkpointed = 0;
    if (desk->pages - desk->checkpointed < CHECKPOINT_PAGES)
        return;
    int mode = desk->pages >= RESTART_PAGES ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    sqlite3_busy_timeout(desk->lite->db, 0);
    sqlite3_wal_checkpoint_v2(desk->lite->db, NULL, mode, NULL, NULL);
    sqlite3_busy_timeout(desk->lite->db, 2000);
    desk->checkpointed = desk->pages;
}

void *
lite_writer_main(void *arg)
{
    struct store *store = arg;
    struct desk desk = { .store = store, .lite = &store->lite_writer };
    desk.writer.reader = (struct reader){ .store = store, .lite = desk.lite, .writer = &desk.writer };
    sqlite3_wal_hook(desk.lite->db, wal_grew, &desk);
    while ((desk.batch[0] = queue_wait(store->queue)) != NULL) {
        desk.n = 1;
        run_batch(&desk);
        writer_forget(&desk.writer);
        note_figures(&desk);
        for (size_t i = 0; i < desk.n; i++)
            request_done(desk.batch[i]);
        checkpoint(&desk);
    }
    sqlite3_wal_hook(desk.lite->db, NULL, NULL);
    sqlite3_wal_checkpoint_v2(desk.lite->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return NULL;
}
