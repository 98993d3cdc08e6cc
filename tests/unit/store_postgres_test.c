/* What only PostgreSQL has: rival writers, lost connections, and a COMMIT whose answer never came. */
#define _GNU_SOURCE
#include "store_fixture.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "store/inside.h"

static const struct column claim_columns[] = {
    { .name = "kind", .type = COLUMN_TEXT },
    { .name = "key", .type = COLUMN_TEXT },
    { .name = "office", .type = COLUMN_INT },
    { .name = "id", .type = COLUMN_INT },
    { 0 },
};
static const struct table claim = {
    .name = "claim", .home = HOME_CLAIM, .columns = claim_columns, .key = { "kind", "key" }
};
static const struct column item_columns[] = {
    { .name = "office", .type = COLUMN_INT },
    { .name = "id", .type = COLUMN_INT },
    { .name = "n", .type = COLUMN_INT },
    { 0 },
};
static const struct table item = {
    .name = "item", .home = HOME_OFFICE, .columns = item_columns, .key = { "office", "id" }
};
static const struct column day_columns[] = {
    { .name = "office", .type = COLUMN_INT },
    { .name = "id", .type = COLUMN_INT },
    { .name = "day", .type = COLUMN_TEXT },
    { 0 },
};
static const struct index day_indexes[] = { { { "office", "day" }, .unique = true }, { 0 } };
static const struct table day = {
    .name = "day", .home = HOME_OFFICE, .columns = day_columns, .key = { "office", "id" }, .indexes = day_indexes
};
static const struct table *const tables[] = { &claim, &item, &day };

static struct fixture *
begin(void **state)
{
    struct fixture *fixture = *state;
    fixture_bring(fixture, tables, 3);
    assert_int_equal(fixture_run(fixture, "insert into item (office, id, n) values (1, 1, 0), (1, 2, 0)"), OK);
    return fixture;
}

struct job {
    int64_t id, other;
    enum status status;
    atomic_int *left;
    atomic_int *runs;
};

static void
job_done(void *arg, enum status status)
{
    struct job *job = arg;
    job->status = status;
    atomic_fetch_sub(job->left, 1);
}

static void
run_all(struct fixture *fixture, write_fn *write, struct job *jobs, int n, atomic_int *runs)
{
    atomic_int left = n;
    for (int i = 0; i < n; i++) {
        jobs[i].left = &left;
        jobs[i].runs = runs;
        assert_int_equal(store_submit(fixture->store, LANE_NORMAL, write, job_done, &jobs[i]), OK);
    }
    while (atomic_load(&left) > 0)
        usleep(1000);
}

/* As the engine does: look first, so that a second run sees who was faster. */
static enum status
write_claim(struct writer *writer, void *arg)
{
    struct job *job = arg;
    struct rows rows;
    atomic_fetch_add(job->runs, 1);
    enum status status = reader_rows(writer_reader(writer), writer_arena(writer),
                                     "select id from claim where kind = 'login' and key = 'same'", NO_ARGS, &rows);
    if (status != OK)
        return status;
    if (rows.n > 0)
        return STALE;
    usleep(2000);
    return writer_run(writer, "insert into claim (kind, key, office, id) values ('login', 'same', 1, ?1)",
                      ARGS(value_int(job->id)), NULL);
}

static void
one_of_many_rivals_gets_the_claim_and_the_others_see_it(void **state)
{
    struct fixture *fixture = begin(state);
    struct job jobs[16] = { 0 };
    atomic_int runs = 0;
    int good = 0;
    for (int i = 0; i < 16; i++)
        jobs[i].id = i + 1;
    run_all(fixture, write_claim, jobs, 16, &runs);
    for (int i = 0; i < 16; i++) {
        good += jobs[i].status == OK;
        assert_true(jobs[i].status == OK || jobs[i].status == STALE);
    }
    assert_int_equal(good, 1);
    assert_true(atomic_load(&runs) > 16); /* rivals met and ran again */
    assert_int_equal(fixture_int(fixture, "select count(*) from claim"), 1);
}

/* The first record of a day brings the day along; both records stay. */
static enum status
write_of_day(struct writer *writer, void *arg)
{
    struct job *job = arg;
    struct rows rows;
    atomic_fetch_add(job->runs, 1);
    enum status status = reader_rows(writer_reader(writer), writer_arena(writer),
                                     "select id from day where office = 1 and day = '2026-11-18'", NO_ARGS, &rows);
    usleep(2000);
    if (status == OK && rows.n == 0)
        status = writer_run(writer, "insert into day (office, id, day) values (1, ?1, '2026-11-18')",
                            ARGS(value_int(job->id)), NULL);
    return status == OK ? writer_run(writer, "insert into item (office, id, n) values (1, ?1, 0)",
                                     ARGS(value_int(job->id)), NULL)
                        : status;
}

static void
what_two_bring_along_at_once_refuses_neither(void **state)
{
    struct fixture *fixture = begin(state);
    struct job jobs[8] = { 0 };
    atomic_int runs = 0;
    for (int i = 0; i < 8; i++)
        jobs[i].id = i + 10;
    run_all(fixture, write_of_day, jobs, 8, &runs);
    for (int i = 0; i < 8; i++)
        assert_int_equal(jobs[i].status, OK);
    assert_true(atomic_load(&runs) > 8);
    assert_int_equal(fixture_int(fixture, "select count(*) from day"), 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from item where id >= 10"), 8);
}

static enum status
write_both(struct writer *writer, void *arg)
{
    struct job *job = arg;
    static const char sql[] = "update item set n = n + 1 where office = 1 and id = ?1";
    atomic_fetch_add(job->runs, 1);
    enum status status = writer_run(writer, sql, ARGS(value_int(job->id)), NULL);
    usleep(3000);
    return status == OK ? writer_run(writer, sql, ARGS(value_int(job->other)), NULL) : status;
}

static void
deadlocks_are_run_again_and_nothing_is_counted_twice(void **state)
{
    struct fixture *fixture = begin(state);
    struct job jobs[4];
    atomic_int runs = 0;
    for (int i = 0; i < 4; i++)
        jobs[i] = (struct job){ .id = i % 2 + 1, .other = 2 - i % 2 };
    run_all(fixture, write_both, jobs, 4, &runs);
    for (int i = 0; i < 4; i++)
        assert_int_equal(jobs[i].status, OK);
    assert_true(atomic_load(&runs) > 4);
    assert_int_equal(fixture_int(fixture, "select sum(n) from item"), 8);
}

/* Only those of this process: other tests may share the server. */
static void
terminate_connections(void)
{
    char sql[200];
    PGconn *conn = PQconnectdb(fixture_postgres());
    snprintf(sql, sizeof sql,
             "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tuoyu %ld'",
             (long)getpid());
    PGresult *result = PQexec(conn, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    assert_true(PQntuples(result) > 1);
    PQclear(result);
    PQfinish(conn);
    usleep(50000);
}

static void
lost_connections_come_back_by_themselves(void **state)
{
    struct fixture *fixture = begin(state);
    terminate_connections();
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), 2);
    assert_int_equal(fixture_run(fixture, "insert into item (office, id) values (1, 3)"), OK);
    terminate_connections();
    assert_int_equal(fixture_run(fixture, "insert into item (office, id) values (1, 4)"), OK);
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), 4);
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    assert_int_equal(reader_begin(reader), OK);
    terminate_connections();
    /* a snapshot cannot be continued on another connection */
    assert_int_equal(reader_rows(reader, fixture->arena, "select 1", NO_ARGS, &rows), BUSY);
    reader_end(reader);
    assert_int_equal(reader_rows(reader, fixture->arena, "select 1", NO_ARGS, &rows), OK);
    store_reader_done(fixture->store, reader);
}

static enum status
write_while_killed(struct writer *writer, void *arg)
{
    struct job *job = arg;
    int run = atomic_fetch_add(job->runs, 1);
    enum status status = writer_run(writer, "update item set n = n + 1 where office = 1 and id = 1", NO_ARGS, NULL);
    if (status == OK && run == 0)
        status = writer_run(writer, "select pg_terminate_backend(pg_backend_pid())", NO_ARGS, NULL);
    return status;
}

static void
a_connection_lost_inside_a_transaction_is_run_again(void **state)
{
    struct fixture *fixture = begin(state);
    struct job job = { 0 };
    atomic_int runs = 0;
    run_all(fixture, write_while_killed, &job, 1, &runs);
    assert_int_equal(job.status, OK);
    assert_int_equal(atomic_load(&runs), 2);
    assert_int_equal(fixture_int(fixture, "select n from item where id = 1"), 1);
}

static enum status
write_item(struct writer *writer, void *arg)
{
    struct job *job = arg;
    atomic_fetch_add(job->runs, 1);
    return writer_run(writer, "insert into item (office, id) values (1, ?1)", ARGS(value_int(job->id)), NULL);
}

static void
a_commit_that_the_server_aborts_is_busy_and_not_repeated(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "create function die() returns trigger language plpgsql as"
                                          " 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'"),
                     OK);
    assert_int_equal(fixture_run(fixture,
                                 "create constraint trigger die after insert on item deferrable initially deferred"
                                 " for each row execute function die()"),
                     OK);
    struct job job = { .id = 50 };
    atomic_int runs = 0;
    run_all(fixture, write_item, &job, 1, &runs);
    assert_int_equal(job.status, BUSY);
    assert_int_equal(atomic_load(&runs), 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from item where id = 50"), 0);
}

/* ---- a wire that breaks just after COMMIT was sent ---- */

struct wire {
    int listener, port;
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_in net;
    } server;
    socklen_t length;
    atomic_bool armed, cut;
};

struct call {
    struct wire *wire;
    int client;
};

/* Passes bytes until one side ends, or until an armed wire has passed a commit; then the answer is thrown away. */
static void *
pass(void *arg)
{
    struct call *call = arg;
    struct wire *wire = call->wire;
    int server = socket(wire->server.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char bytes[8192];
    struct pollfd ends[2] = { { call->client, POLLIN, 0 }, { server, POLLIN, 0 } };
    bool going = connect(server, &wire->server.any, wire->length) == 0;
    while (going && poll(ends, 2, 10000) > 0) {
        for (int i = 0; i < 2 && going; i++) {
            if (ends[i].revents == 0)
                continue;
            ssize_t n = read(ends[i].fd, bytes, sizeof bytes);
            going = n > 0 && write(ends[1 - i].fd, bytes, (size_t)n) == n;
            if (going && i == 0 && atomic_load(&wire->armed) && memmem(bytes, (size_t)n, "commit", 6) != NULL) {
                atomic_store(&wire->armed, false);
                atomic_store(&wire->cut, true);
                usleep(200000);
                going = false;
            }
        }
    }
    close(server);
    close(call->client);
    free(call);
    return NULL;
}

static void *
listen_for_calls(void *arg)
{
    struct wire *wire = arg;
    int client;
    while ((client = accept4(wire->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        struct call *call = malloc(sizeof *call);
        pthread_t thread;
        *call = (struct call){ wire, client };
        pthread_create(&thread, NULL, pass, call);
        pthread_detach(thread);
    }
    return NULL;
}

static void
find_server(struct wire *wire)
{
    PGconn *conn = PQconnectdb(fixture_postgres());
    const char *host = PQhost(conn);
    if (host[0] == '/') {
        wire->server.local.sun_family = AF_UNIX;
        snprintf(wire->server.local.sun_path, sizeof wire->server.local.sun_path, "%s/.s.PGSQL.%s", host, PQport(conn));
        wire->length = sizeof wire->server.local;
    } else {
        wire->server.net.sin_family = AF_INET;
        wire->server.net.sin_port = htons((uint16_t)atoi(PQport(conn)));
        wire->server.net.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        wire->length = sizeof wire->server.net;
    }
    PQfinish(conn);
}

static void
start_wire(struct wire *wire, pthread_t *thread)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof here;
    find_server(wire);
    wire->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(wire->listener, (struct sockaddr *)&here, sizeof here), 0);
    assert_int_equal(listen(wire->listener, 16), 0);
    assert_int_equal(getsockname(wire->listener, (struct sockaddr *)&here, &length), 0);
    wire->port = ntohs(here.sin_port);
    pthread_create(thread, NULL, listen_for_calls, wire);
}

static void
a_commit_whose_answer_was_lost_is_found_out(void **state)
{
    struct fixture *fixture = begin(state), far = *fixture;
    static struct wire wire;
    pthread_t thread;
    char conninfo[512];
    start_wire(&wire, &thread);
    snprintf(conninfo, sizeof conninfo, "%s host=127.0.0.1 port=%d sslmode=disable gssencmode=disable",
             fixture_postgres(), wire.port);
    struct store_config config = { .postgres = conninfo, .schema = fixture->schema, .readers = 1, .writers = 1 };
    assert_int_equal(store_open(&config, &far.store, &fixture->why), OK);
    struct job job = { .id = 70 };
    atomic_int runs = 0;
    atomic_store(&wire.armed, true);
    run_all(&far, write_item, &job, 1, &runs);
    assert_true(atomic_load(&wire.cut));
    assert_int_equal(job.status, OK);
    assert_int_equal(atomic_load(&runs), 1);
    store_close(far.store);
    shutdown(wire.listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(wire.listener);
    assert_int_equal(fixture_int(fixture, "select count(*) from item where id = 70"), 1);
}

static void
a_missing_server_is_told_in_words(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct buf why;
    buf_init(&why, 4096);
    struct store_config config = { .postgres = "host=127.0.0.1 port=1 connect_timeout=2" };
    assert_int_equal(store_open(&config, &store, &why), BROKEN);
    assert_null(store);
    assert_non_null(strstr(why.bytes, "PostgreSQL"));
    buf_clear(&why);
    config = (struct store_config){ .postgres = fixture_postgres(), .schema = "bad\"; drop" };
    assert_int_equal(store_open(&config, &store, &why), BROKEN);
    buf_free(&why);
}

static void
the_suffix_of_a_shard_is_cut(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "create unique index item_office_n_key_102008 on item (office, n)"),
                     CONFLICT);
    assert_int_equal(fixture_run(fixture, "update item set n = id"), OK);
    assert_int_equal(fixture_run(fixture, "create unique index item_office_n_key_102008 on item (office, n)"), OK);
    struct pg pg;
    assert_int_equal(pg_open(&pg, fixture_postgres(), fixture->schema, true, false, &fixture->why), OK);
    assert_int_equal(pg_run(&pg, "update item set n = 1", NO_ARGS, NULL), CONFLICT);
    assert_string_equal(pg.constraint, "item_office_n_key");
    pg_close(&pg);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_many_rivals_gets_the_claim_and_the_others_see_it),
        cmocka_unit_test(what_two_bring_along_at_once_refuses_neither),
        cmocka_unit_test(deadlocks_are_run_again_and_nothing_is_counted_twice),
        cmocka_unit_test(lost_connections_come_back_by_themselves),
        cmocka_unit_test(a_connection_lost_inside_a_transaction_is_run_again),
        cmocka_unit_test(a_commit_that_the_server_aborts_is_busy_and_not_repeated),
        cmocka_unit_test(a_commit_whose_answer_was_lost_is_found_out),
        cmocka_unit_test(a_missing_server_is_told_in_words),
        cmocka_unit_test(the_suffix_of_a_shard_is_cut),
    };
    if (fixture_postgres() == NULL) {
        printf("SKIPPED: PostgreSQL alone: TUOYU_TEST_PG is not set\n");
        return 0;
    }
    return run_on(ENGINE_POSTGRES, tests, sizeof tests / sizeof tests[0], "PostgreSQL alone");
}
