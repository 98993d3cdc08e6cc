/* Opening the house: keys, store, tables, reference data — and closing it in the other order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "domain/area/area.h"
#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/reference_box.h"
#include "policy/waker.h"

static const struct module *const modules[] = { &area_module,  &institution_module, &staff_module,
                                                &child_module, &care_module,        &care_ledger_module,
                                                &loop_module,  &care_health_module, &care_safety_module };

static const char *clock_file; /* set once at start-up */

void
clock_set(const char *file)
{
    clock_file = file;
}

int64_t
clock_now(void)
{
    enum { MOST_TRIES = 200 };
    const struct timespec pause = { .tv_nsec = 1000000 };
    struct timespec now;
    /* whoever sets it empties it first: the real hour would be another day */
    for (int i = 0; clock_file != NULL && i < MOST_TRIES; i++) {
        char text[32] = "";
        FILE *file = fopen(clock_file, "re");
        const bool read = file != NULL && fgets(text, sizeof text, file) != NULL;
        if (file != NULL)
            fclose(file);
        if (read)
            return strtoll(text, NULL, 10);
        nanosleep(&pause, NULL);
    }
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
exists(struct arena *arena, const char *folder, const char *name)
{
    const char *path = arena_format(arena, "%s/%s", folder, name);
    return path != NULL && access(path, F_OK) == 0;
}

/* Every write has a journal entry whose id is the newest of its transaction: ids go on behind them. */
static enum status
resume_ids(struct house *house)
{
    struct call call;
    struct rows rows;
    enum status status = OK;
    if (!call_open(&call, house, 1))
        return NO_MEMORY;
    struct reader *reader = store_reader(house->store);
    for (size_t i = 0; call.reference != NULL && i < call.reference->offices_n && status == OK; i++) {
        status = reader_rows(reader, call.arena, "select max(id) from journal where office = ?1",
                             ARGS(value_int(call.reference->offices[i].id)), &rows);
        if (status == OK && rows_int(&rows, 0, 0) > 0)
            id_resume(&house->ids, rows_int(&rows, 0, 0));
    }
    store_reader_done(house->store, reader);
    call_close(&call);
    return status;
}

/* A new release brings its codes and standards along. */
static enum status
top_up(struct house *house)
{
    struct call call;
    if (!call_open(&call, house, 1))
        return NO_MEMORY;
    const enum status status = area_top_up(&call);
    if (status != OK)
        call_complain(&call, status);
    call_close(&call);
    return status;
}

static enum status
open_all(struct house *house, const struct options *options, bool fresh, struct buf *why)
{
    size_t tables_n;
    if (mkdir(options->data, 0700) != 0 && access(options->data, W_OK) != 0) {
        buf_format(why, "无法使用数据目录：%s", options->data);
        return BROKEN;
    }
    house->config.data = options->data;
    house->config.name = "平凉市";
    house->config.demo = exists(house->arena, options->data, "demo");
    enum status status = house_build(house, modules, sizeof modules / sizeof modules[0], why);
    if (status == OK)
        status = keys_load(options_keys(house->arena, options), house->arena, &house->keys, why);
    /* a new folder is worth nothing until it is whole: init syncs it once, at its end */
    const struct store_config config = { .folder = options->data,
                                         .postgres = options->postgres,
                                         .schema = options->schema,
                                         .readers = options->threads + 6,
                                         .durable = !fresh || options->postgres != NULL ||
                                                    exists(house->arena, options->data, "tuoyu.db") };
    if (status == OK)
        status = store_open(&config, &house->store, why);
    if (status != OK)
        return status;
    const struct table *const *tables = house_tables(house, &tables_n);
    status = tables == NULL ? NO_MEMORY : schema_bring(house->store, tables, tables_n, NULL, 0, why);
    if (status == OK)
        status = reference_box_make(house) ? reference_load(house) : NO_MEMORY;
    house->waker = waker_new();
    engine_install(house);
    if (status == OK && !fresh)
        status = resume_ids(house);
    return status == OK && !fresh ? top_up(house) : status;
}

struct house *
house_open(const struct options *options, bool fresh)
{
    struct buf why;
    struct arena *arena = arena_new(256u << 20);
    struct house *house = arena == NULL ? NULL : arena_alloc(arena, sizeof *house);
    buf_init(&why, 64 * 1024);
    if (house == NULL) {
        arena_free(arena);
        return NULL;
    }
    house->arena = arena;
    const enum status status = open_all(house, options, fresh, &why);
    if (status != OK) {
        fprintf(stderr, "启动失败：%s\n", why.n == 0 ? status_title(status) : why.bytes);
        buf_free(&why);
        house_close(house);
        return NULL;
    }
    buf_free(&why);
    return house;
}

struct house *
house_tables_only(void)
{
    struct buf why;
    struct arena *arena = arena_new(64u << 20);
    struct house *house = arena == NULL ? NULL : arena_alloc(arena, sizeof *house);
    if (house == NULL) {
        arena_free(arena);
        return NULL;
    }
    buf_init(&why, 64 * 1024);
    house->arena = arena;
    house->config.name = "平凉市";
    if (house_build(house, modules, sizeof modules / sizeof modules[0], &why) != OK) {
        fprintf(stderr, "启动失败：%s\n", why.bytes);
        arena_free(arena);
        house = NULL;
    }
    buf_free(&why);
    return house;
}

void
house_close(struct house *house)
{
    if (house == NULL)
        return;
    if (house->store != NULL)
        store_close(house->store);
    reference_box_free(house);
    waker_free(house->waker);
    arena_free(house->arena);
}

bool
call_open(struct call *call, struct house *house, int64_t office)
{
    struct arena *arena = arena_new(256u << 20);
    if (arena == NULL)
        return false;
    const struct reference *reference = reference_take(house);
    call_init(call, house, arena, engine_me(arena, reference, office), clock_now());
    call->reference = reference;
    return true;
}

void
call_close(struct call *call)
{
    reference_drop(call->house, call->reference);
    arena_free(call->arena);
}

int
call_complain(const struct call *call, enum status status)
{
    fprintf(stderr, "%s\n", call->message != NULL ? call->message : status_title(status));
    for (const struct fault *fault = call->faults; fault != NULL; fault = fault->next)
        fprintf(stderr, "  %s：%s\n", fault->label == NULL ? "" : fault->label, fault->message);
    return 1;
}
