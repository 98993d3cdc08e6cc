/* The same work as group_commit.c, through the store: 64 requests are always on their way, each sent again when its
 * answer comes. Usage: store_bench FOLDER [REQUESTS [POSTGRES-CONNINFO]] */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/group_commit.h"
#include "store/schema.h"
#include "store/store.h"

enum { SUBMITTERS = 64 };

static const struct column columns[] = {
    { .name = "office", .type = COLUMN_INT },
    { .name = "id", .type = COLUMN_INT },
    { .name = "text", .type = COLUMN_TEXT },
    { 0 },
};
static const struct table item = { .name = "item", .home = HOME_OFFICE, .columns = columns, .key = { "office", "id" } };
static const struct table entry = {
    .name = "entry", .home = HOME_OFFICE, .columns = columns, .key = { "office", "id" }
};
static const struct table *const tables[] = { &item, &entry };

struct run {
    struct store *store;
    int64_t first, requests;
    atomic_llong next, done, failed;
};

struct submitter {
    struct run *run;
    int64_t id;
};

static enum status
write_both(struct writer *writer, void *arg)
{
    struct submitter *submitter = arg;
    int64_t id = submitter->run->first + submitter->id;
    enum status status =
        writer_run(writer, BENCH_ROW, ARGS(value_int(11), value_int(id), value_text(BENCH_TEXT)), NULL);
    if (status == OK)
        status = writer_run(writer, BENCH_ENTRY, ARGS(value_int(11), value_int(id), value_text(BENCH_TEXT)), NULL);
    return status;
}

static void
send_next(void *arg, enum status status)
{
    struct submitter *submitter = arg;
    struct run *run = submitter->run;
    if (status != OK)
        atomic_fetch_add(&run->failed, 1);
    submitter->id = atomic_fetch_add(&run->next, 1);
    if (submitter->id < run->requests)
        store_submit(run->store, LANE_NORMAL, write_both, send_next, submitter);
    atomic_fetch_add(&run->done, 1);
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
main(int n, char **args)
{
    if (n < 2)
        return 2;
    struct run run = { .requests = n > 2 ? strtol(args[2], NULL, 10) : 200000 };
    struct store_config config = {
        .folder = args[1], .postgres = n > 3 ? args[3] : NULL, .durable = true, .writers = 8
    };
    struct buf why;
    buf_init(&why, 1 << 20);
    if (store_open(&config, &run.store, &why) != OK || schema_bring(run.store, tables, 2, NULL, 0, &why) != OK) {
        fprintf(stderr, "%s\n", why.bytes);
        return 1;
    }
    run.first = (int64_t)time(NULL) << 24; /* new ids in every run */
    struct submitter submitters[SUBMITTERS];
    double start = seconds();
    atomic_store(&run.next, SUBMITTERS);
    for (int i = 0; i < SUBMITTERS; i++) {
        submitters[i] = (struct submitter){ &run, i };
        store_submit(run.store, LANE_NORMAL, write_both, send_next, &submitters[i]);
    }
    while (atomic_load(&run.done) < run.requests)
        usleep(1000);
    double time_taken = seconds() - start;
    struct store_figures figures;
    store_figures(run.store, &figures);
    printf("store: %.0f requests/s, %.1f requests a commit, %lld failed\n", (double)run.requests / time_taken,
           (double)figures.requests / (double)figures.batches, (long long)run.failed);
    store_close(run.store);
    buf_free(&why);
    return run.failed != 0;
}
