/* Writing and reading, the same on both engines. */
#include "store_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "store/inside.h"

static const struct column thing_columns[] = {
    { .name = "office", .type = COLUMN_INT, .need = true },
    { .name = "id", .type = COLUMN_INT, .need = true },
    { .name = "name", .type = COLUMN_TEXT },
    { .name = "day", .type = COLUMN_DATE },
    { .name = "secret", .type = COLUMN_BYTES },
    { .name = "parent", .type = COLUMN_INT, .references = "thing" },
    { .name = "kind", .type = COLUMN_INT, .references = "kind" },
    { 0 },
};
static const struct index thing_indexes[] = { { .columns = { "office", "name" }, .unique = true },
                                              { .unique = false } };
static const struct table thing = {
    .name = "thing",
    .home = HOME_OFFICE,
    .columns = thing_columns,
    .key = { "office", "id" },
    .indexes = thing_indexes,
};
static const struct column kind_columns[] = { { .name = "id", .type = COLUMN_INT }, { 0 } };
static const struct table kind = { .name = "kind", .home = HOME_REFERENCE, .columns = kind_columns, .key = { "id" } };
static const struct column claim_columns[] = {
    { .name = "kind", .type = COLUMN_TEXT },
    { .name = "key", .type = COLUMN_TEXT },
    { .name = "office", .type = COLUMN_INT },
    { .name = "id", .type = COLUMN_INT },
    { 0 },
};
static const struct table claim = {
    .name = "claim",
    .home = HOME_CLAIM,
    .columns = claim_columns,
    .key = { "kind", "key" },
};
static const struct table *const tables[] = { &thing, &kind, &claim };

static const char insert_thing[] = "insert into thing (office, id, name) values (?1, ?2, ?3)";

static struct fixture *
begin(void **state)
{
    struct fixture *fixture = *state;
    fixture_bring(fixture, tables, 3);
    return fixture;
}

static enum status
write_all_types(struct writer *writer, void *arg)
{
    (void)arg;
    unsigned char bytes[] = { 0, 255, '\\', 0, 'x' };
    int64_t changed = 0;
    enum status status =
        writer_run(writer, "insert into thing (office, id, name, day, secret) values (?1, ?2, ?3, ?4, ?5)",
                   ARGS(value_int(11), value_int(INT64_MAX), value_text("它's 托育 \"?1\""), value_text("2026-03-05"),
                        value_bytes(bytes, sizeof bytes)),
                   &changed);
    assert_int_equal(changed, 1);
    return status;
}

static void
cells_come_back_as_they_went(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_all_types, NULL), OK);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    assert_int_equal(
        reader_rows(reader, fixture->arena,
                    "select id, name, day, secret, parent, '?1', (select sum(office) from thing), count(*) over ()"
                    " from thing where office = ?1",
                    ARGS(value_int(11)), &rows),
        OK);
    store_reader_done(fixture->store, reader);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.columns, 8);
    assert_int_equal(rows_int(&rows, 0, 0), INT64_MAX);
    assert_string_equal(rows_text(&rows, 0, 1), "它's 托育 \"?1\"");
    assert_string_equal(rows_text(&rows, 0, 2), "2026-03-05");
    struct value secret = rows_value(&rows, 0, 3);
    assert_int_equal(secret.type, VALUE_BYTES);
    assert_int_equal(secret.n, 5);
    assert_memory_equal(secret.bytes, "\0\377\\\0x", 5);
    assert_int_equal(rows_value(&rows, 0, 4).type, VALUE_NULL);
    assert_string_equal(rows_text(&rows, 0, 5), "?1");
    assert_int_equal(rows_value(&rows, 0, 6).type, VALUE_INT);
    assert_int_equal(rows_int(&rows, 0, 6), 11);
    assert_int_equal(rows_value(&rows, 0, 7).type, VALUE_INT);
}

static enum status
write_wrong_date(struct writer *writer, void *arg)
{
    return writer_run(writer, "insert into thing (office, id, day) values (1, 1, ?1)", ARGS(value_text(arg)), NULL);
}

static void
dates_that_do_not_exist_are_refused(void **state)
{
    struct fixture *fixture = begin(state);
    static const char *const wrong[] = { "2026-02-30", "2026-13-01", "gestern", "" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_wrong_date, (void *)(uintptr_t)wrong[i]),
                         BROKEN);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 0);
}

struct insert {
    int64_t office, id, parent, kind;
    const char *name;
    char conflict[CONFLICT_NAME];
    enum status answer;
    int runs;
    bool ignore;
};

static enum status
write_insert(struct writer *writer, void *arg)
{
    struct insert *insert = arg;
    insert->runs++;
    enum status status =
        writer_run(writer, "insert into thing (office, id, name, parent, kind) values (?1, ?2, ?3, ?4, ?5)",
                   ARGS(value_int(insert->office), value_int(insert->id), value_text(insert->name),
                        insert->parent == 0 ? value_null() : value_int(insert->parent),
                        insert->kind == 0 ? value_null() : value_int(insert->kind)),
                   NULL);
    snprintf(insert->conflict, sizeof insert->conflict, "%s", writer_conflict(writer));
    if (insert->ignore)
        return OK;
    return status == OK ? insert->answer : status;
}

static void
expect_conflict(struct fixture *fixture, struct insert insert, const char *name)
{
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), CONFLICT);
    assert_string_equal(insert.conflict, name);
}

static void
conflicts_tell_the_constraint(void **state)
{
    struct fixture *fixture = begin(state);
    struct insert first = { 11, 1, 0, 0, "甲", .answer = OK };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &first), OK);
    expect_conflict(fixture, (struct insert){ 11, 1, 0, 0, "乙", .answer = OK }, "thing_pkey");
    expect_conflict(fixture, (struct insert){ 11, 2, 0, 0, "甲", .answer = OK }, "thing_office_name_key");
    expect_conflict(fixture, (struct insert){ 11, 2, 99, 0, "丙", .answer = OK }, "thing_parent_fkey");
    expect_conflict(fixture, (struct insert){ 12, 2, 1, 0, "丙", .answer = OK }, "thing_parent_fkey");
    expect_conflict(fixture, (struct insert){ 11, 2, 1, 5, "丙", .answer = OK }, "thing_kind_fkey");
    struct insert same_name_elsewhere = { 12, 1, 0, 0, "甲", .answer = OK };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &same_name_elsewhere), OK);
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_int_equal(figures.conflicts, 5);
}

static enum status
write_claims(struct writer *writer, void *arg)
{
    struct insert *insert = arg;
    insert->runs++;
    enum status status = writer_run(writer, "insert into claim (kind, key, office, id) values ('login', ?1, 1, 2)",
                                    ARGS(value_text(insert->name)), NULL);
    snprintf(insert->conflict, sizeof insert->conflict, "%s", writer_conflict(writer));
    return status;
}

static void
a_taken_claim_is_a_conflict(void **state)
{
    struct fixture *fixture = begin(state);
    struct insert insert = { .name = "a" };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_claims, &insert), OK);
    insert.runs = 0;
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_claims, &insert), CONFLICT);
    assert_string_equal(insert.conflict, "claim_pkey");
    assert_int_equal(insert.runs, fixture->engine == ENGINE_SQLITE ? 1 : 2);
}

static void
a_refused_request_leaves_nothing(void **state)
{
    struct fixture *fixture = begin(state);
    struct insert insert = { 11, 1, 0, 0, "甲", .answer = DENIED };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), DENIED);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 0);
}

static void
an_ignored_failure_is_not_committed(void **state)
{
    struct fixture *fixture = begin(state);
    struct insert first = { 11, 1, 0, 0, "甲", .answer = OK };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &first), OK);
    struct insert second = { 11, 2, 0, 0, "甲", .ignore = true };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &second), CONFLICT);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 1);
}

static enum status
write_reads_itself(struct writer *writer, void *arg)
{
    struct rows rows;
    int64_t changed;
    enum status status = writer_run(writer, insert_thing, ARGS(value_int(1), value_int(1), value_text("a")), NULL);
    if (status == OK)
        status = writer_run(writer, "update thing set name = 'b' where office = ?1", ARGS(value_int(1)), &changed);
    assert_int_equal(changed, 1);
    if (status == OK)
        status = reader_rows(writer_reader(writer), writer_arena(writer), "select name from thing", NO_ARGS, &rows);
    assert_string_equal(rows_text(&rows, 0, 0), "b");
    *(int *)arg += 1;
    return status;
}

static void
a_transaction_sees_its_own_writes(void **state)
{
    struct fixture *fixture = begin(state);
    int runs = 0;
    assert_int_equal(store_write(fixture->store, LANE_URGENT, write_reads_itself, &runs), OK);
    assert_int_equal(runs, 1);
}

static bool
count_row(void *state, const struct value *cells, size_t columns)
{
    assert_int_equal(columns, 1);
    assert_int_equal(cells[0].type, VALUE_INT);
    return ++*(int *)state < 10;
}

static const char numbers[] =
    "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100001) select i from n";

static void
an_unbounded_answer_is_refused_and_the_reader_goes_on(void **state)
{
    struct fixture *fixture = *state;
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    int seen = 0;
    assert_int_equal(reader_rows(reader, fixture->arena, numbers, NO_ARGS, &rows), INVALID);
    assert_int_equal(rows.n, 0);
    assert_int_equal(reader_each(reader, numbers, NO_ARGS, count_row, &seen), OK);
    assert_int_equal(seen, 10);
    assert_int_equal(reader_begin(reader), OK);
    seen = 0;
    assert_int_equal(reader_each(reader, numbers, NO_ARGS, count_row, &seen), OK);
    assert_int_equal(seen, 10);
    assert_int_equal(reader_rows(reader, fixture->arena, "select 7", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), 7);
    store_reader_done(fixture->store, reader);
}

static void
bad_questions_are_broken_and_do_not_stick(void **state)
{
    struct fixture *fixture = begin(state);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    static const char *const bad[] = { "selec 1", "select * from nothing", "select 1; select 2", "",
                                       "select name from thing "
                                       "where office = ?1" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(reader_rows(reader, fixture->arena, bad[i], NO_ARGS, &rows), BROKEN);
    assert_int_equal(
        reader_rows(reader, fixture->arena, "insert into thing (office, id) values (1, 1)", NO_ARGS, &rows), BROKEN);
    struct arena *small = arena_new(600);
    assert_int_equal(reader_rows(reader, small, "select 'a' union all select 'b' union all select 'c'", NO_ARGS, &rows),
                     OK);
    arena_free(small);
    small = arena_new(200);
    assert_int_equal(reader_rows(reader, small, "select 'a' union all select 'b' union all select 'c'", NO_ARGS, &rows),
                     NO_MEMORY);
    arena_free(small);
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), 0);
    store_reader_done(fixture->store, reader);
}

static bool
ask_again(void *state, const struct value *cells, size_t columns)
{
    (void)cells, (void)columns;
    struct rows rows;
    struct arena *arena = arena_new(4096);
    assert_int_equal(reader_rows(state, arena, "select 1", NO_ARGS, &rows), BROKEN);
    arena_free(arena);
    return false;
}

static void
a_row_function_must_not_ask_its_own_reader(void **state)
{
    struct fixture *fixture = *state;
    struct reader *reader = store_reader(fixture->store);
    assert_int_equal(reader_each(reader, "select 1", NO_ARGS, ask_again, reader), OK);
    store_reader_done(fixture->store, reader);
}

static void
a_snapshot_does_not_see_later_writes(void **state)
{
    struct fixture *fixture = begin(state);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    struct insert insert = { 11, 1, 0, 0, "甲", .answer = OK };
    assert_int_equal(reader_begin(reader), OK);
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), OK);
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), 0);
    reader_end(reader);
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), 1);
    store_reader_done(fixture->store, reader);
}

/* What is asked together ends with the loan: the next one who borrows the connection sees what was written since. */
static void
questions_together_share_one_lock_until_the_reader_is_back(void **state)
{
    struct fixture *fixture = begin(state);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    struct insert insert = { 11, 1, 0, 0, "甲", .answer = OK };
    reader_together(reader);
    reader_together(reader); /* said twice is said once */
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), OK);
    assert_int_equal(reader_rows(reader, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), store_engine(fixture->store) == ENGINE_SQLITE ? 0 : 1);
    store_reader_done(fixture->store, reader);
    struct reader *again = store_reader(fixture->store);
    assert_ptr_equal(again, reader);
    assert_int_equal(reader_rows(again, fixture->arena, "select count(*) from thing", NO_ARGS, &rows), OK);
    assert_int_equal(rows_int(&rows, 0, 0), 1);
    store_reader_done(fixture->store, again);
}

static void
more_statements_than_are_kept_still_work(void **state)
{
    struct fixture *fixture = *state;
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    char sql[64];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 600; i++) {
            snprintf(sql, sizeof sql, "select %d, cast(?1 as text)", i);
            assert_int_equal(reader_rows(reader, fixture->arena, sql, ARGS(value_text("x")), &rows), OK);
            assert_int_equal(rows_int(&rows, 0, 0), i);
        }
    }
    store_reader_done(fixture->store, reader);
}

static enum status
write_after_failure(struct writer *writer, void *arg)
{
    struct rows rows;
    (void)arg;
    assert_int_equal(writer_run(writer, insert_thing, ARGS(value_int(1), value_int(1), value_null()), NULL), OK);
    assert_int_equal(writer_run(writer, insert_thing, ARGS(value_int(1), value_int(1), value_null()), NULL), CONFLICT);
    assert_int_equal(reader_rows(writer_reader(writer), writer_arena(writer), "select 1", NO_ARGS, &rows), CONFLICT);
    assert_int_equal(writer_run(writer, insert_thing, ARGS(value_int(1), value_int(2), value_null()), NULL), CONFLICT);
    assert_string_equal(writer_conflict(writer), "thing_pkey");
    return OK;
}

static void
after_a_failure_nothing_more_is_done(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_after_failure, NULL), CONFLICT);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 0);
}

static void
kept_statements_survive_a_change_of_the_schema(void **state)
{
    struct fixture *fixture = begin(state);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    assert_int_equal(fixture_run(fixture, "insert into kind (id) values (1)"), OK);
    assert_int_equal(reader_rows(reader, fixture->arena, "select * from kind", NO_ARGS, &rows), OK);
    assert_int_equal(rows.columns, 1);
    assert_int_equal(fixture_run(fixture, "alter table kind add column extra text"), OK);
    assert_int_equal(reader_rows(reader, fixture->arena, "select * from kind", NO_ARGS, &rows), OK);
    assert_int_equal(rows.columns, 2);
    store_reader_done(fixture->store, reader);
}

struct crowd {
    struct store *store;
    atomic_int done, good, each_once[10240];
    int thread;
};

struct ticket {
    struct crowd *crowd;
    int number;
};

static enum status
write_ticket(struct writer *writer, void *arg)
{
    struct ticket *ticket = arg;
    if (ticket->number % 100 == 99) /* a failing neighbour: its key is taken */
        return writer_run(writer, insert_thing, ARGS(value_int(1), value_int(-1), value_null()), NULL);
    return writer_run(writer, insert_thing, ARGS(value_int(1), value_int(ticket->number), value_null()), NULL);
}

static void
ticket_done(void *arg, enum status status)
{
    struct ticket *ticket = arg;
    struct crowd *crowd = ticket->crowd;
    atomic_fetch_add(&crowd->each_once[ticket->number], 1);
    atomic_fetch_add(&crowd->good, status == (ticket->number % 100 == 99 ? CONFLICT : OK));
    atomic_fetch_add(&crowd->done, 1);
    free(ticket);
}

static void *
submit_many(void *arg)
{
    struct crowd *crowd = arg;
    int per_thread = 1250, thread = __atomic_fetch_add(&crowd->thread, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < per_thread; i++) {
        struct ticket *ticket = malloc(sizeof *ticket);
        *ticket = (struct ticket){ crowd, thread * per_thread + i };
        enum lane lane = i % 50 == 7 ? LANE_BULK : i % 10 == 3 ? LANE_URGENT : LANE_NORMAL;
        while (store_submit(crowd->store, lane, write_ticket, ticket_done, ticket) == BUSY)
            usleep(1000);
    }
    return NULL;
}

static void
ten_thousand_requests_from_eight_threads_end_exactly_once(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "insert into thing (office, id) values (1, -1)"), OK);
    struct crowd *crowd = calloc(1, sizeof *crowd);
    pthread_t threads[8];
    crowd->store = fixture->store;
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, submit_many, crowd);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    while (atomic_load(&crowd->done) < 10000)
        usleep(1000);
    assert_int_equal(atomic_load(&crowd->good), 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(atomic_load(&crowd->each_once[i]), 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 9901);
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_int_equal(figures.conflicts, 100);
    if (fixture->engine == ENGINE_SQLITE)
        assert_true(figures.batches * 2 < figures.requests); /* commits are shared */
    free(crowd);
}

struct hook_log {
    int savepoints, commits, batches, batch_size;
    enum status at_savepoint, at_commit;
};

static enum status
hook_savepoint(struct writer *writer, void *app)
{
    struct hook_log *log = app;
    log->savepoints++;
    void **batch = writer_batch(writer);
    if (*batch == NULL)
        *batch = calloc(1, sizeof(int));
    ++*(int *)*batch;
    return log->at_savepoint;
}

static enum status
hook_commit(struct writer *writer, void *app)
{
    struct hook_log *log = app;
    log->commits++;
    if (log->at_commit != OK)
        return log->at_commit;
    return writer_run(writer, "update thing set name = 'sealed' where office = ?1", ARGS(value_int(11)), NULL);
}

static void
hook_done(void *batch, void *app)
{
    struct hook_log *log = app;
    log->batches++;
    log->batch_size = *(int *)batch;
    free(batch);
}

static void
hooks_run_around_every_request(void **state)
{
    struct fixture *fixture = begin(state);
    struct hook_log log = { 0 };
    struct store_hooks hooks = { hook_savepoint, hook_commit, hook_done, &log };
    store_set_hooks(fixture->store, &hooks);
    struct insert insert = { 11, 1, 0, 0, "甲", .answer = OK };
    bool lite = fixture->engine == ENGINE_SQLITE;
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), OK);
    assert_int_equal(log.savepoints, 1);
    assert_int_equal(log.commits, lite ? 1 : 0);
    assert_int_equal(log.batches, 1);
    assert_int_equal(log.batch_size, 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing where name = 'sealed'"), lite ? 1 : 0);
    log.at_savepoint = DENIED;
    insert.id = 2;
    insert.name = "乙";
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), DENIED);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), 1);
    log.at_savepoint = OK;
    log.at_commit = BROKEN;
    insert.id = 3;
    insert.runs = 0;
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_insert, &insert), lite ? BROKEN : OK);
    assert_int_equal(insert.runs, lite ? 2 : 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from thing"), lite ? 1 : 2);
    store_set_hooks(fixture->store, &(struct store_hooks){ 0 });
}

static enum status
write_nothing(struct writer *writer, void *arg)
{
    (void)writer;
    usleep(100000);
    atomic_fetch_add((atomic_int *)arg, 1);
    return OK;
}

static enum status
write_quickly(struct writer *writer, void *arg)
{
    (void)writer, (void)arg;
    return OK;
}

static void
count_done(void *arg, enum status status)
{
    (void)status;
    atomic_fetch_add((atomic_int *)arg + 1, 1);
}

static void
a_full_queue_says_busy_and_closing_serves_the_rest(void **state)
{
    struct fixture *fixture = begin(state);
    atomic_int counts[2] = { 0, 0 };
    int taken = 0;
    for (int i = 0; i < 8; i++)
        taken += store_submit(fixture->store, LANE_NORMAL, write_nothing, count_done, counts) == OK;
    enum status status = OK;
    for (int i = 0; i < QUEUE_MOST + 1 && status == OK; i++) {
        status = store_submit(fixture->store, LANE_NORMAL, write_quickly, count_done, counts);
        taken += status == OK;
    }
    assert_int_equal(status, BUSY);
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_true(figures.busy >= 1);
    if (fixture->engine == ENGINE_POSTGRES) /* thousands of slow transactions add nothing to this test */
        for (int i = 0; i < 2000 && atomic_load(&counts[1]) < taken; i++)
            usleep(10000);
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(atomic_load(&counts[1]), taken);
    fixture_open(fixture);
}

/* Notes that nobody waits for pile up while tablets write; people still get in. */
static void
bulk_never_takes_the_room_of_people(void **state)
{
    struct fixture *fixture = begin(state);
    atomic_int counts[2] = { 0, 0 };
    int taken = 0, bulk = 0;
    for (int i = 0; i < 8; i++)
        taken += store_submit(fixture->store, LANE_NORMAL, write_nothing, count_done, counts) == OK;
    enum status status = OK;
    for (int i = 0; i < QUEUE_MOST + 1 && status == OK; i++) {
        status = store_submit(fixture->store, LANE_BULK, write_quickly, count_done, counts);
        bulk += status == OK;
    }
    assert_int_equal(status, BUSY);
    assert_int_equal(bulk, QUEUE_BULK_MOST);
    assert_int_equal(store_submit(fixture->store, LANE_NORMAL, write_quickly, count_done, counts), OK);
    assert_int_equal(store_submit(fixture->store, LANE_URGENT, write_quickly, count_done, counts), OK);
    taken += bulk + 2;
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(atomic_load(&counts[1]), taken);
    fixture_open(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_come_back_as_they_went),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(conflicts_tell_the_constraint),
        cmocka_unit_test(a_taken_claim_is_a_conflict),
        cmocka_unit_test(a_refused_request_leaves_nothing),
        cmocka_unit_test(an_ignored_failure_is_not_committed),
        cmocka_unit_test(a_transaction_sees_its_own_writes),
        cmocka_unit_test(an_unbounded_answer_is_refused_and_the_reader_goes_on),
        cmocka_unit_test(bad_questions_are_broken_and_do_not_stick),
        cmocka_unit_test(a_row_function_must_not_ask_its_own_reader),
        cmocka_unit_test(a_snapshot_does_not_see_later_writes),
        cmocka_unit_test(questions_together_share_one_lock_until_the_reader_is_back),
        cmocka_unit_test(more_statements_than_are_kept_still_work),
        cmocka_unit_test(after_a_failure_nothing_more_is_done),
        cmocka_unit_test(kept_statements_survive_a_change_of_the_schema),
        cmocka_unit_test(ten_thousand_requests_from_eight_threads_end_exactly_once),
        cmocka_unit_test(hooks_run_around_every_request),
        cmocka_unit_test(a_full_queue_says_busy_and_closing_serves_the_rest),
        cmocka_unit_test(bulk_never_takes_the_room_of_people),
    };
    return run_on_both(tests, sizeof tests / sizeof tests[0], "store writes");
}
