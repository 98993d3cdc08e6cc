/* A whole house on a fresh folder or schema, with the city's reference data, for tests of the policy. */
#ifndef TESTS_UNIT_HOUSE_FIXTURE_H
#define TESTS_UNIT_HOUSE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* needs the four above */
#include <cmocka.h>

#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/reference_box.h"
#include "policy/waker.h"
#include "policy/write.h"

struct house_fixture {
    char folder[64], schema[64], keys[96];
    struct house *house;
    bool postgres;
    int64_t now_ms;
};

static inline void
call_begin(struct house_fixture *fixture, struct call *call, int64_t office)
{
    struct arena *arena = arena_new(128u << 20);
    assert_non_null(arena);
    const struct reference *reference = reference_take(fixture->house);
    call_init(call, fixture->house, arena, engine_me(arena, reference, office), fixture->now_ms);
    call->reference = reference;
}

static inline void
call_end(struct call *call)
{
    reference_drop(call->house, call->reference);
    arena_free(call->arena);
}

static inline struct house_fixture *
house_begin(const struct module *const *modules, size_t n, bool postgres)
{
    static int number;
    size_t tables_n;
    struct buf why;
    struct call call;
    struct house_fixture *fixture = calloc(1, sizeof *fixture);
    struct arena *arena = arena_new(256u << 20);
    assert_true(fixture != NULL && arena != NULL);
    strcpy(fixture->folder, "/tmp/tuoyu-house-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->schema, sizeof fixture->schema, "house_%d_%d", (int)getpid(), number++);
    snprintf(fixture->keys, sizeof fixture->keys, "%s.keys", fixture->folder);
    fixture->postgres = postgres;
    fixture->now_ms = INT64_C(1794700800000); /* 2026-11-15 08:00 */
    buf_init(&why, 64 * 1024);
    struct house *house = fixture->house = arena_alloc(arena, sizeof *house);
    house->arena = arena;
    house->config.data = fixture->folder;
    house->config.name = "平凉市";
    enum status status = house_build(house, modules, n, &why);
    if (status == OK)
        status = keys_create(fixture->keys, &why);
    if (status == OK)
        status = keys_load(fixture->keys, arena, &house->keys, &why);
    const struct store_config config = { .folder = fixture->folder,
                                         .postgres = postgres ? getenv("TUOYU_TEST_PG") : NULL,
                                         .schema = fixture->schema,
                                         .readers = 4 };
    if (status == OK)
        status = store_open(&config, &house->store, &why);
    const struct table *const *tables = house_tables(house, &tables_n);
    if (status == OK)
        status = schema_bring(house->store, tables, tables_n, NULL, 0, &why);
    if (status == OK)
        status = reference_box_make(house) ? reference_load(house) : NO_MEMORY;
    house->waker = waker_new();
    engine_install(house);
    if (status != OK)
        print_message("%s\n", why.n == 0 ? status_title(status) : why.bytes);
    assert_int_equal(status, OK);
    buf_free(&why);
    call_begin(fixture, &call, 1);
    status = area_load(&call, NULL, NULL);
    if (status != OK)
        print_message("%s\n", call.message);
    assert_int_equal(status, OK);
    call_end(&call);
    return fixture;
}

static inline void
house_end(struct house_fixture *fixture)
{
    char command[256];
    struct house *house = fixture->house;
    store_close(house->store);
    reference_box_free(house);
    waker_free(house->waker);
    arena_free(house->arena);
    snprintf(command, sizeof command, "rm -rf %s %s", fixture->folder, fixture->keys);
    assert_int_equal(system(command), 0);
    free(fixture);
}

/* A map of text pairs, ended by NULL. */
static inline struct node *
fields_of(struct call *call, const char *name, ...)
{
    va_list args;
    struct node *map = node_map(call->arena);
    va_start(args, name);
    for (; name != NULL; name = va_arg(args, const char *))
        node_put_text(call->arena, map, name, va_arg(args, const char *));
    va_end(args);
    return map;
}

#endif
