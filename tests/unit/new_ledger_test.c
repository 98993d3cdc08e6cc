/* docs/add-a-ledger.md, carried out: one array of fields and one form make a whole ledger, on both engines. */
#include "tests/unit/house_fixture.h"

#include "policy/list.h"

static const struct field fields[] = {
    { "held_on", F_DATE, .label = "演练日期", .past = true, .need = true, .fill = FILL_TODAY, .list = true },
    { "kind", F_CODE, .label = "演练类型", .code = "drill_kind", .need = true, .list = true, .filter = true },
    { "people", F_INT, .label = "参加人数", .unit = "人", .min = 1, .max = 2000, .list = true },
    { "summary", F_LINES, .label = "演练情况", .need = true },
    { 0 },
};
static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, "C086", "机构记录", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C086", "县级卫生健康部门查看", 0, 0 },
    { 0 },
};
static const struct form drill_form = {
    .name = "drill",
    .title = "消防演练",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .fields = fields,
    .duties = duties,
};
static const struct form *const forms[] = { &drill_form, NULL };
static const struct module drills = { .name = "drill", .forms = forms };
static const struct module *const modules[] = { &area_module, &institution_module, &drills };

static int64_t
an_institution(struct house_fixture *fixture)
{
    struct rows rows;
    struct call call;
    call_begin(fixture, &call, 11);
    const struct node *input =
        fields_of(&call, "uscc", "91620802MA0T00011L", "name", "试验托育中心", "registered_on", "2026-11-02", "scope",
                  "托育服务（全日制）", "place", "620802001", "address", "试验路1号", NULL);
    if (call_create(&call, &registration_form, input, 0, 0) != OK)
        print_message("%s\n", call.faults == NULL ? call.message : call.faults->message);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(reader_rows(reader, call.arena, "select id from institution", NO_ARGS, &rows), OK);
    store_reader_done(fixture->house->store, reader);
    assert_int_equal(rows.n, 1);
    const int64_t id = rows_int(&rows, 0, 0);
    call_end(&call);
    return id;
}

static void
one_array_is_a_ledger(struct house_fixture *fixture)
{
    struct call call;
    struct row_set set;
    const int64_t institution = an_institution(fixture);
    call_begin(fixture, &call, 1);
    const struct node *code = fields_of(&call, "list", "drill_kind", "code", "fire", "label", "火灾疏散", NULL);
    assert_int_equal(call_create(&call, &code_item_form, code, 0, 0), OK);
    call_end(&call);
    assert_int_equal(reference_load(fixture->house), OK);

    call_begin(fixture, &call, 11);
    /* what is wrong is said by field */
    const struct node *wrong = fields_of(&call, "held_on", "2026-02-30", "kind", "storm", "people", "0", NULL);
    assert_int_equal(call_create(&call, &drill_form, wrong, institution, 0), INVALID);
    int faults = 0;
    for (const struct fault *fault = call.faults; fault != NULL; fault = fault->next)
        faults++;
    assert_int_equal(faults, 3);
    call_end(&call);

    call_begin(fixture, &call, 11); /* a drill that has been held is not of tomorrow */
    const struct node *ahead =
        fields_of(&call, "held_on", "2026-11-16", "kind", "fire", "people", "31", "summary", "撤离", NULL);
    assert_int_equal(call_create(&call, &drill_form, ahead, institution, 0), INVALID);
    assert_string_equal(call.faults->code, "future_day");
    call_end(&call);

    call_begin(fixture, &call, 11);
    const struct node *right = fields_of(&call, "kind", "fire", "people", "31", "summary", "三分钟内全部撤离。", NULL);
    assert_int_equal(call_create(&call, &drill_form, right, institution, 0), OK);
    const int64_t id = call.answer_row;

    /* the institution and its county see it, another county does not; the day was filled in */
    struct me officer = { .department = D_HEALTH, .level = L_COUNTY, .office = 11, .offices = { 11 }, .offices_n = 1 };
    struct me stranger = { .department = D_HEALTH, .level = L_COUNTY, .office = 12, .offices = { 12 }, .offices_n = 1 };
    struct reader *reader = store_reader(fixture->house->store);
    call.me = &officer;
    assert_int_equal(list_rows(&call, reader, &drill_form, node_map(call.arena), MAY_SEE, 10, &set), OK);
    assert_int_equal(set.n, 1);
    assert_true(set.rows[0]->id == id);
    assert_string_equal(row_text(set.rows[0], "held_on"), "2026-11-15");
    call.me = &stranger;
    assert_int_equal(list_rows(&call, reader, &drill_form, node_map(call.arena), MAY_SEE, 10, &set), OK);
    assert_int_equal(set.n, 0);
    store_reader_done(fixture->house->store, reader);
    call_end(&call);
}

static void
on_sqlite(void **state)
{
    (void)state;
    struct house_fixture *fixture = house_begin(modules, 3, false);
    one_array_is_a_ledger(fixture);
    house_end(fixture);
}

static void
on_postgres(void **state)
{
    (void)state;
    if (getenv("TUOYU_TEST_PG") == NULL) {
        printf("SKIPPED: a new ledger on PostgreSQL: TUOYU_TEST_PG is not set\n");
        skip();
    }
    struct house_fixture *fixture = house_begin(modules, 3, true);
    one_array_is_a_ledger(fixture);
    house_end(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
