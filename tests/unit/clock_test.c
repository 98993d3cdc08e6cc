/* What no procedure of today does and the engine can: clocks that pause, and claims that move with their row. */
#include "unit/house_fixture.h"

#include "policy/clock.h"

static const struct module *const modules[] = { &area_module, &institution_module };

enum { COUNTY = 11 };

static int64_t
an_institution(struct house_fixture *fixture)
{
    struct rows rows;
    struct call call;
    call_begin(fixture, &call, COUNTY);
    const struct node *input =
        fields_of(&call, "uscc", "91620802MA0T00011L", "name", "试验托育中心", "registered_on", "2026-11-02", "scope",
                  "托育服务（全日制）", "place", "620802001", "address", "试验路1号", NULL);
    assert_int_equal(call_create(&call, &registration_form, input, 0, 0), OK);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(reader_rows(reader, call.arena, "select id from institution", NO_ARGS, &rows), OK);
    store_reader_done(fixture->house->store, reader);
    const int64_t id = rows_int(&rows, 0, 0);
    call_end(&call);
    return id;
}

struct turning {
    int64_t institution;
    bool pause;
};

static enum status
turn(struct call *call, struct writer *writer, void *arg)
{
    const struct turning *turning = arg;
    struct row *row;
    assert_int_equal(row_get(call, writer_reader(writer), &institution_form, turning->institution, &row), OK);
    return turning->pause ? clock_pause(call, writer, row, "file") : clock_resume(call, writer, row, "file");
}

static void
turn_on(struct house_fixture *fixture, int64_t institution, bool pause, const char *state, const char *due)
{
    struct call call;
    struct rows rows;
    struct turning turning = { institution, pause };
    call_begin(fixture, &call, COUNTY);
    assert_int_equal(call_write(&call, LANE_NORMAL, turn, &turning), OK);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(reader_rows(reader, call.arena, "select state, due from clock where office = ?1 and row = ?2",
                                 ARGS(value_int(COUNTY), value_int(institution)), &rows),
                     OK);
    store_reader_done(fixture->house->store, reader);
    assert_int_equal(rows.n, 1);
    assert_string_equal(rows_text(&rows, 0, 0), state);
    assert_string_equal(rows_text(&rows, 0, 1), due);
    call_end(&call);
}

/* Paused on Wednesday with eight working days left, resumed a week later: the same eight are left. */
static void
a_paused_clock_keeps_what_was_left(struct house_fixture *fixture)
{
    fixture->now_ms = INT64_C(1794787200000); /* Monday 2026-11-16 08:00 */
    const int64_t institution = an_institution(fixture), day = 24 * 3600 * 1000;
    fixture->now_ms += 2 * day;
    turn_on(fixture, institution, true, "paused", "2026-11-30");
    fixture->now_ms += 7 * day;
    turn_on(fixture, institution, false, "running", "2026-12-07");
}

struct renaming {
    int64_t account;
    const char *login;
};

static enum status
rename_account(struct call *call, struct writer *writer, void *arg)
{
    const struct renaming *renaming = arg;
    struct row *row;
    assert_int_equal(row_get(call, writer_reader(writer), &account_form, renaming->account, &row), OK);
    row_set_text(row, "login", renaming->login);
    return row_change(call, writer, row, row->version);
}

static enum status
make_account(struct house_fixture *fixture, const char *login, int64_t *id)
{
    struct call call;
    call_begin(fixture, &call, COUNTY);
    const struct node *input =
        fields_of(&call, "login", login, "name", "试验", "department", "health", "rank", "county", "home", "11", NULL);
    const enum status status = call_create(&call, &account_form, input, 0, 0);
    *id = call.answer_row;
    call_end(&call);
    return status;
}

static void
a_claim_moves_with_its_row(struct house_fixture *fixture)
{
    int64_t first, second;
    struct call call;
    assert_int_equal(make_account(fixture, "one", &first), OK);
    assert_int_equal(make_account(fixture, "one", &second), CONFLICT);
    struct renaming renaming = { first, "two" };
    call_begin(fixture, &call, COUNTY);
    assert_int_equal(call_write(&call, LANE_NORMAL, rename_account, &renaming), OK);
    call_end(&call);
    assert_int_equal(make_account(fixture, "two", &second), CONFLICT);
    assert_int_equal(make_account(fixture, "one", &second), OK);
}

static void
both(bool postgres)
{
    struct house_fixture *fixture = house_begin(modules, 2, postgres);
    a_paused_clock_keeps_what_was_left(fixture);
    a_claim_moves_with_its_row(fixture);
    house_end(fixture);
}

static void
on_sqlite(void **state)
{
    (void)state;
    both(false);
}

static void
on_postgres(void **state)
{
    (void)state;
    if (getenv("TUOYU_TEST_PG") == NULL) {
        printf("SKIPPED: clocks on PostgreSQL: TUOYU_TEST_PG is not set\n");
        skip();
    }
    both(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
