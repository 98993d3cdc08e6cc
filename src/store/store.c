/* Opening and closing, and the way of a write into the queue and back. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/inside.h"

enum { DEFAULT_READERS = 4, DEFAULT_WRITERS = 4, CONNECTIONS_MOST = 64 };

void
store_complain(const char *what, const char *sql)
{
    fprintf(stderr, "store: %s: %s\n", what, sql);
}

int64_t
store_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum engine
store_engine(const struct store *store)
{
    return store->engine;
}

static int
between(int n, int otherwise)
{
    return n <= 0 ? otherwise : n > CONNECTIONS_MOST ? CONNECTIONS_MOST : n;
}

static void
put_reader(struct store *store, int i, struct lite *lite, struct pg *pg)
{
    store->readers[i] = (struct reader){ .store = store, .lite = lite, .pg = pg, .next = store->idle };
    store->idle = &store->readers[i];
}

static enum status
open_sqlite(struct store *store, const struct store_config *config, struct buf *why)
{
    if (snprintf(store->file, sizeof store->file, "%s/tuoyu.db", config->folder) >= (int)sizeof store->file) {
        buf_text(why, "数据目录的路径太长");
        return INVALID;
    }
    store->lock = folder_lock(config->folder, why);
    if (store->lock < 0)
        return CONFLICT;
    enum status status = lite_open(&store->lite_writer, store->file, true, store->durable, why);
    store->lite_readers = calloc((size_t)store->readers_n, sizeof *store->lite_readers);
    if (status == OK && store->lite_readers == NULL)
        status = NO_MEMORY;
    for (int i = 0; i < store->readers_n && status == OK; i++) {
        status = lite_open(&store->lite_readers[i], store->file, false, store->durable, why);
        put_reader(store, i, &store->lite_readers[i], NULL);
    }
    return status;
}

static enum status
open_postgres(struct store *store, const struct store_config *config, struct buf *why)
{
    store->conninfo = config->postgres == NULL ? NULL : strdup(config->postgres);
    store->schema = strdup(config->schema == NULL ? "public" : config->schema);
    store->pg_writers = calloc((size_t)store->threads_n, sizeof *store->pg_writers);
    store->pg_readers = calloc((size_t)store->readers_n, sizeof *store->pg_readers);
    if (store->conninfo == NULL || store->schema == NULL || store->pg_writers == NULL || store->pg_readers == NULL)
        return NO_MEMORY;
    enum status status = OK;
    for (int i = 0; i < store->threads_n && status == OK; i++)
        status = pg_open(&store->pg_writers[i], store->conninfo, store->schema, true, store->durable, why);
    for (int i = 0; i < store->readers_n && status == OK; i++) {
        status = pg_open(&store->pg_readers[i], store->conninfo, store->schema, false, store->durable, why);
        put_reader(store, i, NULL, &store->pg_readers[i]);
    }
    return status;
}

static void
free_store(struct store *store)
{
    for (int i = 0; i < store->readers_n; i++) {
        if (store->lite_readers != NULL)
            lite_close(&store->lite_readers[i]);
        if (store->pg_readers != NULL)
            pg_close(&store->pg_readers[i]);
    }
    if (store->engine == ENGINE_SQLITE)
        lite_close(&store->lite_writer);
    for (int i = 0; i < store->threads_n && store->pg_writers != NULL; i++)
        pg_close(&store->pg_writers[i]);
    folder_unlock(store->lock);
    queue_free(store->queue);
    pthread_mutex_destroy(&store->reader_lock);
    pthread_cond_destroy(&store->reader_back);
    pthread_mutex_destroy(&store->figure_lock);
    free(store->references);
    free(store->lite_readers);
    free(store->pg_readers);
    free(store->pg_writers);
    free(store->readers);
    free(store->threads);
    free(store->conninfo);
    free(store->schema);
    free(store);
}

static struct store *
new_store(const struct store_config *config)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    store->engine = config->postgres != NULL ? ENGINE_POSTGRES : ENGINE_SQLITE;
    store->durable = config->durable;
    store->lock = -1;
    store->readers_n = between(config->readers, DEFAULT_READERS);
    store->threads_n = store->engine == ENGINE_SQLITE ? 1 : between(config->writers, DEFAULT_WRITERS);
    pthread_mutex_init(&store->reader_lock, NULL);
    pthread_cond_init(&store->reader_back, NULL);
    pthread_mutex_init(&store->figure_lock, NULL);
    store->queue = queue_new();
    store->readers = calloc((size_t)store->readers_n, sizeof *store->readers);
    store->threads = calloc((size_t)store->threads_n, sizeof *store->threads);
    if (store->queue == NULL || store->readers == NULL || store->threads == NULL) {
        free_store(store);
        return NULL;
    }
    return store;
}

/* Lets what is queued finish, then waits for the first `n` threads. */
static void
end_threads(struct store *store, int n)
{
    queue_close(store->queue);
    for (int i = 0; i < n; i++)
        pthread_join(store->threads[i], NULL);
}

/* SQLite counts its memory under one lock for the whole process: nobody here asks for that figure. Before the first
 * connection, as it wants; afterwards it refuses, and keeps counting. */
static void
set_up_sqlite(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum status
store_open(const struct store_config *config, struct store **out, struct buf *why)
{
    *out = NULL;
    if (config->postgres == NULL && config->folder == NULL)
        return INVALID;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_sqlite);
    struct store *store = new_store(config);
    if (store == NULL)
        return NO_MEMORY;
    enum status status =
        store->engine == ENGINE_SQLITE ? open_sqlite(store, config, why) : open_postgres(store, config, why);
    for (int i = 0; i < store->threads_n && status == OK; i++) {
        void *(*run)(void *) = store->engine == ENGINE_SQLITE ? lite_writer_main : pg_writer_main;
        if (pthread_create(&store->threads[i], NULL, run, store) == 0)
            continue;
        end_threads(store, i);
        status = NO_MEMORY;
    }
    if (status != OK) {
        free_store(store);
        return status;
    }
    *out = store;
    return OK;
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    end_threads(store, store->threads_n);
    free_store(store);
}

void
store_set_hooks(struct store *store, const struct store_hooks *hooks)
{
    store->hooks = *hooks;
}

void
request_done(struct request *request)
{
    request->done(request->arg, request->status);
    free(request);
}

static enum status
submit(struct store *store, enum lane lane, write_fn *write, written_fn *done, void *arg, bool plain)
{
    struct request *request = malloc(sizeof *request);
    if (request == NULL)
        return BUSY;
    *request = (struct request){ .write = write, .done = done, .arg = arg, .plain = plain };
    if (queue_put(store->queue, lane, request))
        return OK;
    free(request);
    pthread_mutex_lock(&store->figure_lock);
    store->figures.busy++;
    pthread_mutex_unlock(&store->figure_lock);
    return BUSY;
}

enum status
store_submit(struct store *store, enum lane lane, write_fn *write, written_fn *done, void *arg)
{
    return submit(store, lane, write, done, arg, false);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t end;
    write_fn *write;
    void *arg;
    enum status status;
    bool ended;
};

static enum status
waiter_write(struct writer *writer, void *arg)
{
    struct waiter *waiter = arg;
    return waiter->write(writer, waiter->arg);
}

static void
waiter_done(void *arg, enum status status)
{
    struct waiter *waiter = arg;
    pthread_mutex_lock(&waiter->lock);
    waiter->status = status;
    waiter->ended = true;
    pthread_cond_signal(&waiter->end);
    pthread_mutex_unlock(&waiter->lock);
}

static enum status
write_and_wait(struct store *store, enum lane lane, write_fn *write, void *arg, bool plain)
{
    struct waiter waiter = { .write = write, .arg = arg };
    pthread_mutex_init(&waiter.lock, NULL);
    pthread_cond_init(&waiter.end, NULL);
    enum status status = submit(store, lane, waiter_write, waiter_done, &waiter, plain);
    if (status == OK) {
        pthread_mutex_lock(&waiter.lock);
        while (!waiter.ended)
            pthread_cond_wait(&waiter.end, &waiter.lock);
        pthread_mutex_unlock(&waiter.lock);
        status = waiter.status;
    }
    pthread_cond_destroy(&waiter.end);
    pthread_mutex_destroy(&waiter.lock);
    return status;
}

enum status
store_write(struct store *store, enum lane lane, write_fn *write, void *arg)
{
    return write_and_wait(store, lane, write, arg, false);
}

enum status
store_write_plain(struct store *store, write_fn *write, void *arg)
{
    return write_and_wait(store, LANE_NORMAL, write, arg, true);
}

void
store_figures(struct store *store, struct store_figures *out)
{
    pthread_mutex_lock(&store->figure_lock);
    *out = store->figures;
    pthread_mutex_unlock(&store->figure_lock);
    out->queued = queue_count(store->queue);
}
