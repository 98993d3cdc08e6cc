/* The threads that write to PostgreSQL: one transaction per request, READ COMMITTED. Lost serialisations and deadlocks
 * are run again with growing random pauses, at most five times, and so is a row whose id another process drew too;
 * anything else that another transaction took first is run again once, so that the write function sees it. A COMMIT
 * whose answer was lost is never repeated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/inside.h"

enum { RETRIES_MOST = 5, PAUSE_MS = 4, ASK_MOST = 20, ASK_PAUSE_MS = 250 };

struct desk {
    struct store *store;
    struct pg *pg;
    struct writer writer;
    unsigned seed;
};

static void
pause_ms(long ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static void
roll_back(struct desk *desk)
{
    if (!pg_lost(desk->pg))
        pg_exec(desk->pg, "rollback", NULL, 0);
    desk->pg->in_transaction = false;
    batch_end(desk->store, &desk->writer);
}

/* What became of a COMMIT whose answer was lost. The server may still be ending that transaction. */
static enum status
learn_outcome(struct desk *desk, const char *transaction)
{
    char sql[96], outcome[24] = "";
    snprintf(sql, sizeof sql, "select pg_xact_status('%s'::xid8)", transaction);
    for (int i = 0; i < ASK_MOST; i++) {
        if (pg_ready(desk->pg) == OK && pg_exec(desk->pg, sql, outcome, sizeof outcome) == OK) {
            if (strcmp(outcome, "committed") == 0)
                return OK;
            /* On Citus a shard may have committed although the coordinator aborted: not even this is sure there. */
            char citus[4] = "";
            if (strcmp(outcome, "aborted") == 0 &&
                pg_exec(desk->pg, "select 1 from pg_extension where extname = 'citus'", citus, sizeof citus) == OK)
                return citus[0] == '\0' ? BUSY : BROKEN;
        }
        pause_ms(ASK_PAUSE_MS);
    }
    return BROKEN;
}

static enum status
commit(struct desk *desk, const char *transaction)
{
    struct pg *pg = desk->pg;
    enum status status = pg_exec(pg, "commit", NULL, 0);
    pg->in_transaction = false;
    if (status != OK && pg_lost(pg)) {
        status = learn_outcome(desk, transaction);
        if (status == BROKEN) {
            store_complain("the outcome of a commit is not known", transaction);
            pthread_mutex_lock(&desk->store->figure_lock);
            desk->store->figures.unknown++;
            pthread_mutex_unlock(&desk->store->figure_lock);
        }
    } else if (status != OK) {
        desk->writer.again |= pg_again(pg);
    }
    batch_end(desk->store, &desk->writer);
    return status;
}

/* One attempt. `again` in the writer tells whether another may do better. */
static enum status
run_once(struct desk *desk, struct request *request)
{
    struct pg *pg = desk->pg;
    char transaction[32] = "";
    writer_forget(&desk->writer);
    enum status status = pg_ready(pg);
    if (status != OK)
        return status;
    /* The number of the transaction costs no round trip here and answers an unknown COMMIT. */
    status = pg_exec(pg, "begin; select pg_current_xact_id()", transaction, sizeof transaction);
    if (status != OK) {
        desk->writer.again = pg_lost(pg);
        roll_back(desk);
        return status;
    }
    pg->in_transaction = true;
    status = run_request(desk->store, &desk->writer, request);
    if (status == OK)
        return commit(desk, transaction);
    if (pg_lost(pg))
        desk->writer.again = true;
    roll_back(desk);
    return status;
}

/* A claim, or the day that the first record of a day brings along: the next run sees it, and goes on or says so itself.
 * Not the id of a row: several processes draw ids from the same milliseconds and know nothing of each other's counters;
 * the key is what decides, and each run draws the next id. So no process needs a range of its own, which would have to
 * be leased, fenced and taken from the ten bits of the counter. */
static bool
is_enough_once(const struct desk *desk, enum status status)
{
    const char *name = desk->writer.conflict;
    const size_t n = strlen(name), end = strlen("_pkey");
    const bool key = n > end && strcmp(name + n - end, "_pkey") == 0;
    return status == CONFLICT && (!key || strcmp(name, "claim_pkey") == 0);
}

static void
run_with_retries(struct desk *desk, struct request *request)
{
    bool ran_again = false;
    for (int attempt = 0;; attempt++) {
        request->status = run_once(desk, request);
        if (request->status == OK || !desk->writer.again || attempt == RETRIES_MOST)
            break;
        if (is_enough_once(desk, request->status)) {
            if (ran_again)
                break;
            ran_again = true;
        }
        if (strcmp(desk->pg->state, "0A000") == 0 || strcmp(desk->pg->state, "26000") == 0)
            cache_clear(desk->pg->cache);
        pause_ms(1 + rand_r(&desk->seed) % (PAUSE_MS << attempt));
        pthread_mutex_lock(&desk->store->figure_lock);
        desk->store->figures.retried_alone++;
        pthread_mutex_unlock(&desk->store->figure_lock);
    }
}

static void
note_figures(struct desk *desk, enum status status)
{
    struct store_figures *figures = &desk->store->figures;
    pthread_mutex_lock(&desk->store->figure_lock);
    figures->batches++;
    figures->requests++;
    figures->conflicts += status == CONFLICT;
    if (status == FULL)
        figures->stopped_writing = true;
    else if (status == OK)
        figures->stopped_writing = false;
    pthread_mutex_unlock(&desk->store->figure_lock);
}

void *
pg_writer_main(void *arg)
{
    struct store *store = arg;
    int number = atomic_fetch_add(&store->next_pg_writer, 1);
    struct desk desk = { .store = store, .pg = &store->pg_writers[number], .seed = (unsigned)number + 1 };
    desk.seed += (unsigned)store_ticks();
    desk.writer.reader = (struct reader){ .store = store, .pg = desk.pg, .writer = &desk.writer };
    struct request *request;
    while ((request = queue_wait(store->queue)) != NULL) {
        run_with_retries(&desk, request);
        writer_forget(&desk.writer);
        note_figures(&desk, request->status);
        request_done(request);
    }
    return NULL;
}
