/* 实时照护配比: present children by age against present qualified carers, minute by minute, on both engines. */
#include "tests/unit/house_fixture.h"

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"
#include "domain/child/child.h"
#include "domain/staff/staff.h"
#include "policy/watch.h"

enum { MINUTE = 60000, HOUR = 60 * MINUTE };

static const struct module *const modules[] = { &area_module,  &institution_module, &staff_module,
                                                &child_module, &care_module,        &loop_module };
enum { MODULES = sizeof modules / sizeof modules[0] };

struct scene {
    struct house_fixture *fixture;
    int64_t institution, class_group, stay;
};

/* Rows as they are after a morning, put in directly: how they come about is the matter of other tests. */
static int64_t
put(struct call *call, struct writer *writer, struct row *row, int64_t institution, uint64_t state)
{
    row->office = 11;
    row->area = "620802001";
    row->institution = institution;
    row->id = id_next(&call->house->ids, call->now_ms, 11);
    row->version = 1;
    row->state = state;
    row->created_at = row->changed_at = call->now_ms;
    if (row->form->day)
        row->day = call_today(call);
    assert_int_equal(row_insert(call, writer, row), OK);
    return row->id;
}

static void
put_child(struct call *call, struct writer *writer, const struct scene *scene, const char *born)
{
    struct row *child = row_new(call, &child_form), *here = row_new(call, &attendance_form);
    row_set_text(child, "name", "试验幼儿");
    row_set_text(child, "born", born);
    row_set_int(child, "class", scene->class_group);
    row_set_int(here, "child", put(call, writer, child, scene->institution, ENROLLED));
    row_set_int(here, "class", scene->class_group);
    row_set_int(here, "arrived_at", call->now_ms);
    put(call, writer, here, scene->institution, PRESENT);
}

static int64_t
put_carer(struct call *call, struct writer *writer, const struct scene *scene, const char *certificate)
{
    struct row *staff = row_new(call, &staff_form), *stay = row_new(call, &staff_attendance_form);
    row_set_text(staff, "name", "试验保育员");
    row_set_text(staff, "posts", "|carer|");
    row_set_text(staff, "certificate", certificate);
    row_set_int(stay, "staff", put(call, writer, staff, scene->institution, 0));
    row_set_int(stay, "class", scene->class_group);
    row_set_int(stay, "in_at", call->now_ms);
    row_set_text(stay, "post", "carer");
    row_set_int(stay, "on_duty", 1);
    return put(call, writer, stay, scene->institution, PRESENT);
}

static enum status
morning(struct call *call, struct writer *writer, void *arg)
{
    struct scene *scene = arg;
    struct row *site = row_new(call, &institution_form), *group = row_new(call, &class_form),
               *day = row_new(call, &care_day_form);
    row_set_text(site, "name", "试验托育中心");
    site->institution = 0;
    scene->institution = put(call, writer, site, 0, FILED);
    row_set_text(group, "name", "托大1班");
    row_set_text(group, "band", "toddler_big");
    scene->class_group = put(call, writer, group, scene->institution, 0);
    row_set_int(day, "classes", 1);
    put(call, writer, day, scene->institution, OPEN);
    for (int i = 0; i < 7; i++)
        put_child(call, writer, scene, "2024-06-01");
    put_child(call, writer, scene, "2026-03-01"); /* 8 months: 7/7 + 1/3 → 2 carers */
    scene->stay = put_carer(call, writer, scene, "infant_carer");
    put_carer(call, writer, scene, NULL); /* not qualified: does not count */
    return OK;
}

static enum status
second_carer(struct call *call, struct writer *writer, void *arg)
{
    const struct scene *scene = arg;
    put_carer(call, writer, scene, "infant_carer");
    return OK;
}

static void
write_now(struct scene *scene, call_fn *fn)
{
    struct call call;
    call_begin(scene->fixture, &call, 11);
    assert_int_equal(call_write(&call, LANE_NORMAL, fn, scene), OK);
    call_end(&call);
}

static void
minute_passes(struct scene *scene, int64_t at)
{
    scene->fixture->now_ms = at;
    assert_int_equal(watch_minute(scene->fixture->house, at), OK);
}

static int64_t
number(struct scene *scene, const char *sql)
{
    struct rows rows;
    struct arena *arena = arena_new(1u << 20);
    struct reader *reader = store_reader(scene->fixture->house->store);
    assert_int_equal(reader_rows(reader, arena, sql, ARGS(value_int(scene->institution)), &rows), OK);
    const int64_t n = rows_int(&rows, 0, 0);
    store_reader_done(scene->fixture->house->store, reader);
    arena_free(arena);
    return n;
}

static void
shortage_is_an_event_when_it_lasts(struct house_fixture *fixture)
{
    struct scene scene = { .fixture = fixture };
    struct call call;
    struct ratio *ratios;
    size_t n;
    const int64_t ten = fixture->now_ms + 26 * HOUR; /* Monday 10:00 */
    fixture->now_ms = ten;
    write_now(&scene, morning);

    call_begin(fixture, &call, 11);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(ratio_now(&call, reader, scene.institution, &ratios, &n), OK);
    store_reader_done(fixture->house->store, reader);
    assert_int_equal(n, 1);
    assert_int_equal(ratios[0].children, 8);
    assert_int_equal(ratios[0].carers, 1);
    assert_int_equal(ratios[0].needed, 2);
    call_end(&call);

    static const char told[] = "select count(*) from notice where institution = ?1";
    minute_passes(&scene, ten);
    minute_passes(&scene, ten + 14 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1 and state = 'watched'"),
                     1);
    assert_int_equal(number(&scene, told), 0);
    minute_passes(&scene, ten + 15 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1 and state = 'open'"), 1);
    assert_int_equal(number(&scene, told), 1);
    assert_int_equal(number(&scene, "select events from cells_ratio_event where institution = ?1"), 1);
    assert_int_equal(number(&scene, "select ratio_kept from cells_care_day where institution = ?1"), 0);
    minute_passes(&scene, ten + 16 * MINUTE);
    assert_int_equal(number(&scene, told), 1);

    static const char up[] = "select count(*) from notice where department = 'health' and cast(?1 as bigint) > 0";
    assert_int_equal(number(&scene, up), 0);
    minute_passes(&scene, ten + 60 * MINUTE);
    assert_int_equal(number(&scene, up), 1);
    write_now(&scene, second_carer);
    minute_passes(&scene, ten + 61 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1 and state = 'ended'"), 1);
    assert_int_equal(number(&scene, "select minutes from cells_ratio_event where institution = ?1"), 61);
    assert_int_equal(number(&scene, up), 1);
}

static enum status
carers_leave(struct call *call, struct writer *writer, void *arg)
{
    const struct scene *scene = arg;
    return writer_run(writer,
                      "update staff_attendance set out_at = ?2, state = 'left' where office = 11 and institution = ?1",
                      ARGS(value_int(scene->institution), value_int(call->now_ms)), NULL);
}

static enum status
nobody_came(struct call *call, struct writer *writer, void *arg)
{
    const struct scene *scene = arg;
    (void)call;
    return writer_run(writer, "delete from staff_attendance where office = 11 and institution = ?1",
                      ARGS(value_int(scene->institution)), NULL);
}

static void
a_change_over_is_quiet(struct house_fixture *fixture)
{
    struct scene scene = { .fixture = fixture };
    const int64_t noon = fixture->now_ms + 28 * HOUR; /* Monday 12:00 */
    fixture->now_ms = noon;
    write_now(&scene, morning);
    write_now(&scene, second_carer);
    write_now(&scene, carers_leave);
    minute_passes(&scene, noon + 5 * MINUTE);
    minute_passes(&scene, noon + 29 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1"), 0);
    minute_passes(&scene, noon + 30 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1"), 1);
    /* back before it lasted: nothing happened */
    write_now(&scene, second_carer);
    write_now(&scene, second_carer);
    minute_passes(&scene, noon + 40 * MINUTE);
    assert_int_equal(number(&scene, "select count(*) from ratio_event where institution = ?1 and state = 'void'"), 1);
    assert_int_equal(number(&scene, "select count(*) from notice where institution = ?1"), 0);
    assert_int_equal(number(&scene, "select events from cells_ratio_event where institution = ?1"), 0);
    assert_int_equal(number(&scene, "select ratio_kept from cells_care_day where institution = ?1"), 1);
    assert_int_equal(number(&scene, "select ratio_known from cells_care_day where institution = ?1"), 1);
}

/* Nobody signed in: a shortage when it lasts, and nothing kept before. */
static void
silence_is_no_care(struct house_fixture *fixture)
{
    struct scene scene = { .fixture = fixture };
    const int64_t ten = fixture->now_ms + 26 * HOUR; /* Monday 10:00 */
    fixture->now_ms = ten;
    write_now(&scene, morning);
    write_now(&scene, nobody_came);
    minute_passes(&scene, ten);
    minute_passes(&scene, ten + 14 * MINUTE);
    assert_int_equal(number(&scene, "select unknown_classes from care_day where institution = ?1"), 1);
    assert_int_equal(number(&scene, "select ratio_known from cells_care_day where institution = ?1"), 0);
    minute_passes(&scene, ten + 15 * MINUTE);
    assert_int_equal(number(&scene, "select carers from ratio_event where institution = ?1 and state = 'open'"), 0);
    assert_int_equal(number(&scene, "select ratio_kept from cells_care_day where institution = ?1"), 0);
    assert_int_equal(number(&scene, "select ratio_known from cells_care_day where institution = ?1"), 1);
    assert_int_equal(number(&scene, "select ratio_unknown from cells_care_day where institution = ?1"), 0);
}

static void
run_on(bool postgres)
{
    if (postgres && getenv("TUOYU_TEST_PG") == NULL) {
        printf("SKIPPED: the ratio on PostgreSQL: TUOYU_TEST_PG is not set\n");
        skip();
    }
    void (*const tests[])(struct house_fixture *) = { shortage_is_an_event_when_it_lasts, a_change_over_is_quiet,
                                                      silence_is_no_care };
    for (size_t i = 0; i < 3; i++) {
        struct house_fixture *fixture = house_begin(modules, MODULES, postgres);
        tests[i](fixture);
        house_end(fixture);
    }
}

static void
on_sqlite(void **state)
{
    (void)state;
    run_on(false);
}

static void
on_postgres(void **state)
{
    (void)state;
    run_on(true);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
