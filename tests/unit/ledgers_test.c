/* What the care ledgers reckon: growth lines, doses, exam dates, the report that nobody made, and how a day is found.
 */
#include "tests/unit/house_fixture.h"

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/staff/staff.h"

static const struct module *const modules[] = { &area_module,  &institution_module, &staff_module,
                                                &child_module, &care_module,        &care_ledger_module,
                                                &loop_module,  &care_health_module, &care_safety_module };

/* Seven lines, one above the other, in every month; a value belongs to the line that it reaches. */
static void
month_has_its_lines(struct call *call, const char *measure, const char *sex, int months)
{
    struct growth_place place;
    int64_t line, before = 0;
    for (int sd = -3; sd <= 3; sd++) {
        assert_true(growth_line(call, measure, sex, months, sd, &line));
        assert_true(line > before + 1);
        before = line;
        if (sd == 0)
            continue;
        assert_true(growth_place(call, measure, sex, months, line, &place));
        assert_int_equal(place.sd, sd > 0 ? sd : sd + 1);
        assert_true(growth_place(call, measure, sex, months, line - 1, &place));
        assert_int_equal(place.sd, sd > 0 ? sd - 1 : sd);
    }
}

static void
values_stand_between_their_lines(struct house_fixture *fixture)
{
    static const char *const measures[] = { "weight", "stature" }, *const sexes[] = { "male", "female" };
    struct call call;
    struct growth_place place;
    int64_t line;
    for (int m = 0; m < 2; m++)
        for (int s = 0; s < 2; s++)
            for (int months = 0; months <= 42; months++) {
                call_begin(fixture, &call, 11);
                month_has_its_lines(&call, measures[m], sexes[s], months);
                call_end(&call);
            }
    call_begin(fixture, &call, 11);
    assert_true(growth_line(&call, "weight", "male", 0, 0, &line));
    assert_int_equal(line, 350);
    assert_false(growth_place(&call, "weight", "male", 43, 1500, &place));
    assert_false(growth_place(&call, "weight", "unknown", 12, 1500, &place));
    call_end(&call);
}

static const char *
next_exam(struct call *call, const char *born, const char *last, const char *entered)
{
    struct day b, l, e;
    char iso[11];
    assert_true(day_parse(born, &b) && day_parse(entered, &e));
    if (last != NULL)
        assert_true(day_parse(last, &l));
    day_iso(exam_due(call, b, last == NULL ? NULL : &l, e), iso);
    return arena_text(call->arena, iso);
}

static void
exams_fall_due_by_age(struct house_fixture *fixture)
{
    struct call call;
    call_begin(fixture, &call, 11);
    assert_string_equal(next_exam(&call, "2026-06-10", "2026-08-01", "2026-09-01"), "2026-09-10");
    assert_string_equal(next_exam(&call, "2026-06-10", "2026-09-10", "2026-09-11"), "2026-12-10");
    assert_string_equal(next_exam(&call, "2026-06-10", "2026-12-20", "2026-12-21"), "2027-02-10");
    assert_string_equal(next_exam(&call, "2026-06-10", "2027-02-10", "2026-12-21"), "2027-06-10");
    assert_string_equal(next_exam(&call, "2025-06-10", "2026-08-31", "2026-09-01"), "2027-02-28");
    assert_string_equal(next_exam(&call, "2023-06-10", "2026-08-31", "2026-09-01"), "2027-08-31");
    assert_string_equal(next_exam(&call, "2025-06-10", NULL, "2026-09-01"), "2027-03-01");
    call_end(&call);
}

static void
doses_are_compared_with_the_table(struct house_fixture *fixture)
{
    struct call call;
    call_begin(fixture, &call, 11);
    assert_null(disinfection_fault(&call, "towel", "chlorine", 250, 20));
    assert_null(disinfection_fault(&call, "towel", "chlorine", 400, 20));
    assert_non_null(disinfection_fault(&call, "towel", "chlorine", 249, 20));
    assert_non_null(disinfection_fault(&call, "towel", "chlorine", 401, 20));
    assert_non_null(disinfection_fault(&call, "towel", "chlorine", 250, 19));
    assert_non_null(disinfection_fault(&call, "towel", "chlorine", 0, 20));
    assert_null(disinfection_fault(&call, "toy", "sun", 0, 360));
    assert_non_null(disinfection_fault(&call, "toy", "sun", 0, 359));
    assert_non_null(disinfection_fault(&call, "thermometer", "sun", 0, 600));
    assert_null(disinfection_fault(&call, "something", "sun", 0, 1));
    call_end(&call);
}

static int64_t
count(struct house_fixture *fixture, const char *sql)
{
    struct call call;
    int64_t n;
    call_begin(fixture, &call, 11);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(care_number(&call, reader, sql, NO_ARGS, &n), OK);
    store_reader_done(fixture->house->store, reader);
    call_end(&call);
    return n;
}

static enum status
minute(struct call *call, struct writer *writer, void *arg)
{
    (void)arg;
    return care_safety_module.minutely(call, writer, 11);
}

static enum status
pass(struct house_fixture *fixture, int64_t hours)
{
    struct call call;
    call_begin(fixture, &call, 11);
    call.now_ms += hours * 3600000;
    const enum status status = call_write(&call, LANE_NORMAL, minute, NULL);
    call_end(&call);
    return status;
}

static int64_t
make(struct house_fixture *fixture, const struct form *form, const struct node *input, struct call *call,
     int64_t institution)
{
    (void)fixture;
    if (call_create(call, form, input, institution, 0) != OK)
        fail_msg("%s: %s", form->name, call->faults == NULL ? call->message : call->faults->message);
    return call->answer_row;
}

static void
a_report_that_nobody_made_goes_up_once(struct house_fixture *fixture)
{
    struct call call;
    call_begin(fixture, &call, 11);
    make(fixture, &registration_form,
         fields_of(&call, "uscc", "91620802MA0T00011L", "name", "试验托育中心", "registered_on", "2026-11-02", "scope",
                   "托育服务（全日制）", "place", "620802001", "address", "试验路1号", NULL),
         &call, 0);
    call_end(&call);
    const int64_t institution = count(fixture, "select id from institution");
    call_begin(fixture, &call, 11);
    const int64_t child =
        make(fixture, &child_form,
             fields_of(&call, "name", "试验幼儿", "sex", "male", "born", "2024-05-01", "id_kind", "none", NULL), &call,
             institution);
    call_end(&call);
    call_begin(fixture, &call, 11);
    make(fixture, &incident_form,
         fields_of(&call, "child", arena_format(call.arena, "%lld", (long long)child), "kind", "fall", "severity",
                   "serious", "happened_at", "00:01", "place", "outdoor", "cause", "跌落", "first_aid", "固定", NULL),
         &call, institution);
    call_end(&call);
    assert_int_equal(count(fixture, "select count(*) from incident_report where state = 'asked'"), 1);
    assert_int_equal(pass(fixture, 24), OK);
    assert_int_equal(count(fixture, "select count(*) from incident_report where escalated_at is not null"), 1);
    assert_int_equal(count(fixture, "select count(*) from notice where office = 3 and text like '%逾期未报告%'"), 1);
    assert_int_equal(pass(fixture, 25), OK);
    assert_int_equal(count(fixture, "select count(*) from notice where office = 3 and text like '%逾期未报告%'"), 1);
    assert_int_equal(count(fixture, "select count(*) from notice where text like '%试验幼儿%'"), 0);
}

/* A day of a class is read by the institution's day, never by walking through what the class ever had. SQLite goes by
 * the estimates of the forms; PostgreSQL counts its own rows. */
static void
a_class_of_a_day_is_found_by_the_day(struct house_fixture *fixture)
{
    struct call call;
    size_t seen = 0;
    call_begin(fixture, &call, 11);
    struct reader *reader = store_reader(fixture->house->store);
    for (size_t i = 0; i < fixture->house->forms_n && !fixture->postgres; i++) {
        struct rows rows;
        const struct form *form = fixture->house->forms[i];
        const struct field *field = form_field(form, "class", NULL);
        if (!form->day || field == NULL || field->type != F_REF)
            continue;
        const char *sql = arena_format(call.arena,
                                       "explain query plan select count(*) from %s where office = ?1 and institution = "
                                       "?2 and day = ?3 and class = ?4",
                                       form->name);
        const struct value args[] = { value_int(11), value_int(1), value_text("2026-11-18"), value_int(2) };
        assert_int_equal(reader_rows(reader, call.arena, sql, args, 4, &rows), OK);
        assert_int_equal(rows.n, 1);
        if (strstr(rows_text(&rows, 0, 3), "institution=? AND day=?") == NULL)
            fail_msg("%s: %s", form->name, rows_text(&rows, 0, 3));
        seen++;
    }
    store_reader_done(fixture->house->store, reader);
    call_end(&call);
    assert_true(fixture->postgres || seen >= 4);
}

static void
all(bool postgres)
{
    struct house_fixture *fixture = house_begin(modules, sizeof modules / sizeof modules[0], postgres);
    values_stand_between_their_lines(fixture);
    exams_fall_due_by_age(fixture);
    doses_are_compared_with_the_table(fixture);
    a_report_that_nobody_made_goes_up_once(fixture);
    a_class_of_a_day_is_found_by_the_day(fixture);
    house_end(fixture);
}

static void
on_sqlite(void **state)
{
    (void)state;
    all(false);
}

static void
on_postgres(void **state)
{
    (void)state;
    if (getenv("TUOYU_TEST_PG") == NULL) {
        printf("SKIPPED: the care ledgers on PostgreSQL: TUOYU_TEST_PG is not set\n");
        skip();
    }
    all(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
