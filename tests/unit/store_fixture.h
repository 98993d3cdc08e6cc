/* A store for tests on either engine. The same test functions run on both: each file calls run_on_both. PostgreSQL is
 * used when TUOYU_TEST_PG holds a conninfo; otherwise a line says that those tests did not run. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/schema.h"
#include "store/store.h"

struct fixture {
    enum engine engine;
    struct store *store;
    struct arena *arena;
    struct buf why;
    char folder[64], schema[64];
};

static const char *
fixture_postgres(void)
{
    return getenv("TUOYU_TEST_PG");
}

static inline enum status
fixture_try_open(struct fixture *fixture)
{
    bool pg = fixture->engine == ENGINE_POSTGRES;
    struct store_config config = { .folder = fixture->folder,
                                   .postgres = pg ? fixture_postgres() : NULL,
                                   .schema = fixture->schema,
                                   .durable = false };
    buf_clear(&fixture->why);
    return store_open(&config, &fixture->store, &fixture->why);
}

static inline void
fixture_open(struct fixture *fixture)
{
    enum status status = fixture_try_open(fixture);
    if (status != OK)
        print_error("%s\n", fixture->why.bytes);
    assert_int_equal(status, OK);
}

static inline struct fixture *
fixture_new(enum engine engine)
{
    static int number;
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    fixture->engine = engine;
    fixture->arena = arena_new(64 << 20);
    buf_init(&fixture->why, 1 << 20);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/tuoyu_test_%d_%d", (int)getpid(), number);
    snprintf(fixture->schema, sizeof fixture->schema, "test_%d_%d", (int)getpid(), number++);
    fixture_open(fixture);
    return fixture;
}

struct fixture_ddl {
    const char *sql;
};

static inline enum status
fixture_ddl_write(struct writer *writer, void *arg)
{
    return writer_run(writer, ((struct fixture_ddl *)arg)->sql, NO_ARGS, NULL);
}

/* One statement in a transaction of its own. */
static inline enum status
fixture_run(struct fixture *fixture, const char *sql)
{
    struct fixture_ddl ddl = { sql };
    return store_write(fixture->store, LANE_NORMAL, fixture_ddl_write, &ddl);
}

static inline int64_t
fixture_int(struct fixture *fixture, const char *sql)
{
    struct rows rows;
    struct reader *reader = store_reader(fixture->store);
    assert_int_equal(reader_rows(reader, fixture->arena, sql, NO_ARGS, &rows), OK);
    store_reader_done(fixture->store, reader);
    assert_true(rows.n > 0);
    return rows_int(&rows, 0, 0);
}

static inline void
fixture_bring(struct fixture *fixture, const struct table *const *tables, size_t n)
{
    enum status status = schema_bring(fixture->store, tables, n, NULL, 0, &fixture->why);
    if (status != OK)
        print_error("%s\n", fixture->why.bytes);
    assert_int_equal(status, OK);
}

static inline void
fixture_free(struct fixture *fixture)
{
    char text[160];
    if (fixture->engine == ENGINE_POSTGRES && fixture->store != NULL) {
        snprintf(text, sizeof text, "drop schema %s cascade", fixture->schema);
        assert_int_equal(fixture_run(fixture, text), OK);
    }
    store_close(fixture->store);
    static const char *const files[] = { "tuoyu.db", "tuoyu.db-wal", "tuoyu.db-shm", "tuoyu.lock", "copy.db" };
    for (size_t i = 0; fixture->engine == ENGINE_SQLITE && i < sizeof files / sizeof files[0]; i++) {
        snprintf(text, sizeof text, "%s/%s", fixture->folder, files[i]);
        unlink(text);
    }
    rmdir(fixture->folder);
    arena_free(fixture->arena);
    buf_free(&fixture->why);
    free(fixture);
}

static inline int
setup_sqlite(void **state)
{
    *state = fixture_new(ENGINE_SQLITE);
    return 0;
}

static inline int
setup_postgres(void **state)
{
    *state = fixture_new(ENGINE_POSTGRES);
    return 0;
}

static inline int
teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

static inline int
run_on(enum engine engine, const struct CMUnitTest *tests, size_t n, const char *title)
{
    struct CMUnitTest all[64];
    char name[96];
    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++) {
        all[i] = tests[i];
        all[i].setup_func = engine == ENGINE_SQLITE ? setup_sqlite : setup_postgres;
        all[i].teardown_func = teardown;
    }
    snprintf(name, sizeof name, "%s on %s", title, engine == ENGINE_SQLITE ? "SQLite" : "PostgreSQL");
    return _cmocka_run_group_tests(name, all, n, NULL, NULL);
}

static inline int
run_on_both(const struct CMUnitTest *tests, size_t n, const char *title)
{
    int failed = run_on(ENGINE_SQLITE, tests, n, title);
    if (fixture_postgres() == NULL)
        printf("SKIPPED: %s on PostgreSQL: TUOYU_TEST_PG is not set\n", title);
    else
        failed += run_on(ENGINE_POSTGRES, tests, n, title);
    return failed;
}

#endif
