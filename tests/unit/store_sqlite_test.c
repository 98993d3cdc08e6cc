/* What only SQLite has: the shared commit, the lock on the folder, full disks, killed processes, copies. */
#include "store_fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/inside.h"

static const struct column row_columns[] = {
    { .name = "office", .type = COLUMN_INT, .need = true },
    { .name = "id", .type = COLUMN_INT, .need = true },
    { .name = "text", .type = COLUMN_TEXT },
    { 0 },
};
static const struct table row_table = {
    .name = "item", .home = HOME_OFFICE, .columns = row_columns, .key = { "office", "id" }
};
static const struct table *const tables[] = { &row_table };
static const char insert_row[] = "insert into item (office, id, text) values (1, ?1, ?2)";

struct job {
    int64_t id;
    const char *text;
    enum status status;
    int runs;
    atomic_int *left;
};

static struct fixture *
begin(void **state)
{
    struct fixture *fixture = *state;
    fixture_bring(fixture, tables, 1);
    return fixture;
}

static enum status
write_row(struct writer *writer, void *arg)
{
    struct job *job = arg;
    job->runs++;
    return writer_run(writer, insert_row, ARGS(value_int(job->id), value_text(job->text)), NULL);
}

static void
job_done(void *arg, enum status status)
{
    struct job *job = arg;
    job->status = status;
    atomic_fetch_sub(job->left, 1);
}

static enum status
write_slowly(struct writer *writer, void *arg)
{
    (void)writer, (void)arg;
    usleep(30000); /* the others gather in the queue meanwhile, and the batch ends after 10 ms */
    return OK;
}

/* Submits the jobs so that they share one batch, and waits. */
static void
run_together(struct fixture *fixture, struct job *jobs, int n)
{
    atomic_int left = n + 1;
    struct job first = { .left = &left };
    assert_int_equal(store_submit(fixture->store, LANE_URGENT, write_slowly, job_done, &first), OK);
    usleep(5000);
    for (int i = 0; i < n; i++) {
        jobs[i].left = &left;
        assert_int_equal(store_submit(fixture->store, LANE_NORMAL, write_row, job_done, &jobs[i]), OK);
    }
    while (atomic_load(&left) > 0)
        usleep(1000);
}

static void
a_failing_neighbour_does_not_hurt_the_batch(void **state)
{
    struct fixture *fixture = begin(state);
    struct store_figures before, after;
    store_figures(fixture->store, &before);
    struct job jobs[20];
    for (int i = 0; i < 20; i++)
        jobs[i] = (struct job){ .id = i == 7 ? 3 : i, .text = "x" };
    run_together(fixture, jobs, 20);
    store_figures(fixture->store, &after);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(jobs[i].status, i == 7 ? CONFLICT : OK);
        assert_int_equal(jobs[i].runs, 1);
    }
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), 19);
    assert_int_equal(after.batches - before.batches, 2);
    assert_int_equal(after.retried_alone, before.retried_alone);
}

static void
a_request_that_ends_the_transaction_makes_all_run_again_alone(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "create trigger boom before insert on item when new.text = 'boom'"
                                          " begin select raise(rollback, 'boom'); end"),
                     OK);
    struct job jobs[10];
    for (int i = 0; i < 10; i++)
        jobs[i] = (struct job){ .id = i, .text = i == 5 ? "boom" : "x" };
    run_together(fixture, jobs, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(jobs[i].status, i == 5 ? CONFLICT : OK);
    assert_int_equal(jobs[0].runs, 2);
    assert_int_equal(jobs[5].runs, 2);
    assert_int_equal(jobs[9].runs, 1); /* was still in the queue */
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), 9);
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_int_equal(figures.retried_alone, 6);
}

static void
a_deferred_reference_fails_only_its_own_request(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "create table late (id integer primary key,"
                                          " of integer references late (id) deferrable initially deferred)"),
                     OK);
    assert_int_equal(fixture_run(fixture, "create trigger lost after insert on item when new.text = 'late'"
                                          " begin insert into late values (new.id, 99); end"),
                     OK);
    struct job jobs[10];
    for (int i = 0; i < 10; i++)
        jobs[i] = (struct job){ .id = i, .text = i == 5 ? "late" : "x" };
    run_together(fixture, jobs, 10);
    for (int i = 0; i < 10; i++)
        assert_int_equal(jobs[i].status, i == 5 ? CONFLICT : OK);
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), 9);
}

static void
order_within_the_lane_is_kept_and_urgent_goes_first(void **state)
{
    struct fixture *fixture = begin(state);
    atomic_int left = 4;
    struct job slow = { .left = &left }, bulk = { .id = 1, .text = "x", .left = &left };
    struct job normal = { .id = 1, .text = "x", .left = &left }, urgent = { .id = 1, .text = "x", .left = &left };
    assert_int_equal(store_submit(fixture->store, LANE_URGENT, write_slowly, job_done, &slow), OK);
    usleep(5000);
    assert_int_equal(store_submit(fixture->store, LANE_BULK, write_row, job_done, &bulk), OK);
    assert_int_equal(store_submit(fixture->store, LANE_NORMAL, write_row, job_done, &normal), OK);
    assert_int_equal(store_submit(fixture->store, LANE_URGENT, write_row, job_done, &urgent), OK);
    while (atomic_load(&left) > 0)
        usleep(1000);
    assert_int_equal(urgent.status, OK);
    assert_int_equal(normal.status, CONFLICT);
    assert_int_equal(bulk.status, CONFLICT);
}

static void
a_second_server_is_refused_and_told_the_process(void **state)
{
    struct fixture *fixture = begin(state);
    struct fixture second = *fixture;
    char pid[24];
    assert_int_equal(fixture_try_open(&second), CONFLICT);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    assert_non_null(strstr(second.why.bytes, pid));
    fixture->why = second.why;
    pid_t child = fork();
    if (child == 0) {
        struct buf why;
        buf_init(&why, 1000);
        _exit(folder_lock(fixture->folder, &why) < 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* In a child process: writes rows one after the other and tells each acknowledged id through the pipe until killed. */
static void
write_until_killed(struct fixture *fixture, int pipe_end)
{
    struct store_config config = { .folder = fixture->folder, .durable = true };
    struct buf why;
    struct store *store;
    buf_init(&why, 1000);
    if (store_open(&config, &store, &why) != OK)
        _exit(1);
    for (int64_t id = 1;; id++) {
        struct job job = { .id = id, .text = "acknowledged" };
        if (store_write(store, LANE_NORMAL, write_row, &job) != OK || write(pipe_end, &id, sizeof id) != sizeof id)
            _exit(2);
    }
}

static void
a_killed_process_loses_nothing_it_acknowledged(void **state)
{
    struct fixture *fixture = begin(state);
    store_close(fixture->store);
    fixture->store = NULL;
    for (int round = 0; round < 3; round++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0)
            write_until_killed(fixture, ends[1]);
        close(ends[1]);
        int64_t id = 0, last = 0;
        while (last < 40 * (round + 1) && read(ends[0], &id, sizeof id) == sizeof id)
            last = id;
        kill(child, SIGKILL);
        while (read(ends[0], &id, sizeof id) == sizeof id)
            last = id;
        close(ends[0]);
        waitpid(child, NULL, 0);
        assert_true(last >= 40);
        fixture_open(fixture);
        int64_t there = fixture_int(fixture, "select count(*) from item");
        assert_true(there == last || there == last + 1); /* one may be written and not yet told */
        assert_int_equal(fixture_int(fixture, "select max(id) from item"), there);
        assert_int_equal(store_check(fixture->store, &fixture->why), OK);
        assert_int_equal(fixture_run(fixture, "delete from item"), OK);
        store_close(fixture->store);
        fixture->store = NULL;
    }
    fixture_open(fixture);
}

static void
a_full_disk_stops_writing_and_heals(void **state)
{
    struct fixture *fixture = begin(state);
    static char big[200000];
    memset(big, 'x', sizeof big - 1);
    struct job job = { .id = 1, .text = "small" };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &job), OK);
    struct rlimit before, limit;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    limit = before;
    limit.rlim_cur = 400000;
    setrlimit(RLIMIT_FSIZE, &limit);
    enum status status = OK;
    for (job.id = 2, job.text = big; job.id < 50 && status == OK; job.id++)
        status = store_write(fixture->store, LANE_NORMAL, write_row, &job);
    int64_t written = job.id - 2;
    assert_int_equal(status, FULL);
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_true(figures.stopped_writing);
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), written);
    struct job next = { .id = 1000, .text = "small" };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &next), FULL);
    assert_int_equal(next.runs, 0);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &next), FULL);
    usleep(3100000);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &next), OK);
    store_figures(fixture->store, &figures);
    assert_false(figures.stopped_writing);
    assert_int_equal(fixture_int(fixture, "select count(*) from item"), written + 1);
    assert_int_equal(store_check(fixture->store, &fixture->why), OK);
}

static void
put_file(const char *folder, const char *bytes, size_t n)
{
    char path[160];
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/tuoyu.db", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void
garbage_torn_and_foreign_files_are_refused(void **state)
{
    struct fixture *fixture = begin(state);
    for (int i = 0; i < 200; i++) {
        struct job job = { .id = i,
                           .text = "some text that fills pages of the file, some text that fills pages of the file" };
        assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &job), OK);
    }
    store_close(fixture->store);
    fixture->store = NULL;
    char path[160];
    struct stat info;
    snprintf(path, sizeof path, "%s/tuoyu.db", fixture->folder);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    char *bytes = malloc((size_t)info.st_size);
    FILE *file = fopen(path, "rb");
    assert_int_equal(fread(bytes, 1, (size_t)info.st_size, file), info.st_size);
    fclose(file);

    put_file(fixture->folder, "this is no database, whatever its name may say", 46);
    assert_int_equal(fixture_try_open(fixture), BROKEN);
    assert_true(fixture->why.n > 0);
    put_file(fixture->folder, bytes, (size_t)info.st_size / 2);
    assert_int_equal(fixture_try_open(fixture), BROKEN);
    memset(bytes + 8192, 0xa5, 4096);
    put_file(fixture->folder, bytes, (size_t)info.st_size);
    assert_int_equal(fixture_try_open(fixture), BROKEN);
    free(bytes);

    unlink(path);
    sqlite3 *foreign;
    assert_int_equal(sqlite3_open(path, &foreign), SQLITE_OK);
    assert_int_equal(sqlite3_exec(foreign, "create table other (x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(foreign);
    assert_int_equal(fixture_try_open(fixture), BROKEN);
    assert_non_null(strstr(fixture->why.bytes, "不是本系统"));
    unlink(path);
    assert_int_equal(fixture_try_open(fixture), OK); /* a refusal leaves no lock behind */
}

static void
note_progress(void *state, int thousandths)
{
    *(int *)state = thousandths;
}

static void *
write_meanwhile(void *arg)
{
    struct fixture *fixture = arg;
    for (int i = 0; i < 200; i++) {
        struct job job = { .id = 100000 + i, .text = "later" };
        store_write(fixture->store, LANE_NORMAL, write_row, &job);
    }
    return NULL;
}

static void
a_copy_is_whole_while_writing_goes_on(void **state)
{
    struct fixture *fixture = begin(state);
    char path[160];
    int progress = 0;
    for (int i = 0; i < 500; i++) {
        struct job job = { .id = i, .text = "row" };
        assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &job), OK);
    }
    snprintf(path, sizeof path, "%s/copy.db", fixture->folder);
    pthread_t thread;
    pthread_create(&thread, NULL, write_meanwhile, fixture);
    assert_int_equal(store_backup(fixture->store, path, note_progress, &progress, &fixture->why), OK);
    pthread_join(thread, NULL);
    assert_int_equal(progress, 1000);
    sqlite3 *copy;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open(path, &copy), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(copy, "select count(*) from item where id < 500", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(statement, 0), 500);
    sqlite3_finalize(statement);
    sqlite3_close(copy);
    assert_int_equal(store_backup(fixture->store, path, NULL, NULL, &fixture->why), CONFLICT);
    assert_int_equal(store_backup(fixture->store, "/nowhere/copy.db", NULL, NULL, &fixture->why), BROKEN);
    /* the copy can be served */
    store_close(fixture->store);
    fixture->store = NULL;
    char original[160];
    snprintf(original, sizeof original, "%s/tuoyu.db", fixture->folder);
    assert_int_equal(rename(path, original), 0);
    fixture_open(fixture);
    fixture_bring(fixture, tables, 1);
    assert_true(fixture_int(fixture, "select count(*) from item") >= 500);
}

static void
a_missing_parent_is_found_by_the_check(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(
        fixture_run(fixture, "create table part (id integer primary key, of integer references part (id))"), OK);
    assert_int_equal(store_check(fixture->store, &fixture->why), OK);
    sqlite3 *careless;
    char path[160];
    snprintf(path, sizeof path, "%s/tuoyu.db", fixture->folder);
    assert_int_equal(sqlite3_open(path, &careless), SQLITE_OK);
    assert_int_equal(sqlite3_exec(careless, "insert into part values (1, 99)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(careless);
    buf_clear(&fixture->why);
    assert_int_equal(store_check(fixture->store, &fixture->why), BROKEN);
    assert_non_null(strstr(fixture->why.bytes, "part"));
}

static void
the_log_is_emptied_and_never_grows_without_bound(void **state)
{
    struct fixture *fixture = begin(state);
    static char big[50000];
    memset(big, 'x', sizeof big - 1);
    for (int i = 0; i < 1000; i++) {
        struct job job = { .id = i, .text = big };
        assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_row, &job), OK);
    }
    struct store_figures figures;
    store_figures(fixture->store, &figures);
    assert_true(figures.wal_bytes < 12 << 20);
    assert_false(figures.wal_alarm);
    store_close(fixture->store);
    fixture->store = NULL;
    char path[160];
    struct stat info;
    snprintf(path, sizeof path, "%s/tuoyu.db-wal", fixture->folder);
    assert_true(stat(path, &info) != 0 || info.st_size == 0);
    fixture_open(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_neighbour_does_not_hurt_the_batch),
        cmocka_unit_test(a_request_that_ends_the_transaction_makes_all_run_again_alone),
        cmocka_unit_test(a_deferred_reference_fails_only_its_own_request),
        cmocka_unit_test(order_within_the_lane_is_kept_and_urgent_goes_first),
        cmocka_unit_test(a_second_server_is_refused_and_told_the_process),
        cmocka_unit_test(a_killed_process_loses_nothing_it_acknowledged),
        cmocka_unit_test(a_full_disk_stops_writing_and_heals),
        cmocka_unit_test(garbage_torn_and_foreign_files_are_refused),
        cmocka_unit_test(a_copy_is_whole_while_writing_goes_on),
        cmocka_unit_test(a_missing_parent_is_found_by_the_check),
        cmocka_unit_test(the_log_is_emptied_and_never_grows_without_bound),
    };
    return run_on(ENGINE_SQLITE, tests, sizeof tests / sizeof tests[0], "the committing writer");
}
