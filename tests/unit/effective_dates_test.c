/* A law brings a new way on a day: what begins from then on goes it, what began before keeps its own; a form and a rule
 * hold for their days only. A small house of one ledger, on both engines. */
#include "tests/unit/house_fixture.h"

/* 2026-11-15 is the fixture's day; the law of this test comes into force on the 20th. */
#define LAW_DAY "2026-11-20"
enum { DAY_MS = 86400000 };

static const struct field fields[] = {
    { "title", F_TEXT, .label = "事项", .need = true, .list = true },
    { 0 },
};
static enum status
always_speaks(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    (void)change;
    finding_add(call, rule, rule->id);
    return OK;
}
static bool
is_marked(const struct row *row)
{
    return row_text(row, "title") != NULL && strcmp(row_text(row, "title"), "marked") == 0;
}
static const struct rule rules[] = {
    { "OLD-LAW", WARN, .check = always_speaks, .until = "2026-11-19" },
    { "NEW-LAW", WARN, .check = always_speaks, .since = LAW_DAY },
    { "MARKED", WARN, .check = always_speaks, .when = is_marked },
    { 0 },
};
static const struct step filing_steps[] = {
    { "submit", "提交", DRAFT, SUBMITTED, .by = THE_INSTITUTION },
    { "receipt", "出具回执", SUBMITTED, FILED, .by = COUNTY_HEALTH },
    { 0 },
};
static const struct state_label filing_labels[] = { { SUBMITTED, "待出具回执", "warn" }, { 0 } };
static const struct procedure filing = {
    .first = DRAFT, .open = DRAFT, .live = ANY_STATE, .steps = filing_steps, .labels = filing_labels
};
static const struct step licence_steps[] = {
    { "ask", "申请", ASKED, SUBMITTED, .by = THE_INSTITUTION },
    { "decide", "作出决定", SUBMITTED, ANSWERED, .by = COUNTY_HEALTH },
    { 0 },
};
static const struct state_label licence_labels[] = { { SUBMITTED, "待作出决定", "warn" }, { 0 } };
static const struct procedure licence = { .first = ASKED,
                                          .open = ASKED,
                                          .live = ANY_STATE,
                                          .steps = licence_steps,
                                          .labels = licence_labels,
                                          .since = LAW_DAY,
                                          .before = &filing };
static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, "C032", "试验", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C032", "试验", 0, 0 },
    { DEPT(D_EMERGENCY), MAY_SEE, &MY_AREA, 0, G_ALL, "C158", "到新法为止", NULL, "2026-11-19" },
    { DEPT(D_FIRE), MAY_SEE, &MY_AREA, 0, G_ALL, "C158", "新法起", LAW_DAY, NULL },
    { 0 },
};
static const struct form matter_form = {
    .name = "matter",
    .title = "试验事项",
    .clause = "C032",
    .of = OF_OFFICE,
    .fields = fields,
    .rules = rules,
    .procedure = &licence,
    .duties = duties,
    .title_field = "title",
};
static const struct form late_form = {
    .name = "late_matter",
    .title = "新法事项",
    .clause = "C032",
    .of = OF_OFFICE,
    .fields = fields,
    .duties = duties,
    .title_field = "title",
    .since = LAW_DAY,
};
static const struct form *const forms[] = { &matter_form, &late_form, NULL };
static const struct module matters = { .name = "matter", .forms = forms };
static const struct module *const modules[] = { &area_module, &institution_module, &matters };

static enum status
make(struct house_fixture *fixture, const struct form *form, const char *title, int64_t *id)
{
    struct call call;
    call_begin(fixture, &call, 11);
    const enum status status = call_create(&call, form, fields_of(&call, "title", title, NULL), 0, 0);
    *id = call.answer_row;
    call_end(&call);
    return status;
}

static enum status
take(struct house_fixture *fixture, int64_t id, const char *step)
{
    struct call call;
    call_begin(fixture, &call, 11);
    const enum status status = call_step(&call, &matter_form, id, step, NULL);
    call_end(&call);
    return status;
}

/* The record's model: its state in words, the steps that are offered, and the rules that speak. */
static void
says(struct house_fixture *fixture, int64_t id, const char *state, const char *step, const char *rule)
{
    struct call call;
    call_begin(fixture, &call, 11);
    struct me officer = { .department = D_HEALTH, .level = L_COUNTY, .office = 11, .offices = { 11 }, .offices_n = 1 };
    struct node *model = node_map(call.arena);
    struct reader *reader = store_reader(fixture->house->store);
    call.me = &officer;
    assert_int_equal(record_model(&call, reader, &matter_form, id, model), OK);
    store_reader_done(fixture->house->store, reader);
    assert_string_equal(node_text_of(node_get(node_get(model, "view"), "state"), "label"), state);
    const struct node *offered = node_get(node_get(model, "view"), "steps")->first;
    if (step == NULL)
        assert_null(offered);
    else
        assert_string_equal(node_text_of(offered, "name"), step);
    const struct node *finding = node_get(model, "findings")->first;
    assert_string_equal(node_text_of(finding, "rule"), rule);
    assert_null(finding->next);
    call_end(&call);
}

static void
old_rows_keep_their_way(struct house_fixture *fixture)
{
    int64_t old, fresh, marked, late;
    assert_int_equal(make(fixture, &matter_form, "before the law", &old), OK);
    says(fixture, old, "草稿", NULL, "OLD-LAW");
    assert_int_equal(take(fixture, old, "ask"), NOT_FOUND);
    assert_int_equal(take(fixture, old, "submit"), OK);
    assert_int_equal(make(fixture, &late_form, "too early", &late), CONFLICT);

    fixture->now_ms += 5 * (int64_t)DAY_MS; /* the day of the law */
    says(fixture, old, "待出具回执", "receipt", "OLD-LAW");
    assert_int_equal(make(fixture, &matter_form, "under the law", &fresh), OK);
    says(fixture, fresh, "待办理", NULL, "NEW-LAW");
    assert_int_equal(take(fixture, fresh, "submit"), NOT_FOUND);
    assert_int_equal(take(fixture, fresh, "ask"), OK);
    says(fixture, fresh, "待作出决定", "decide", "NEW-LAW");
    assert_int_equal(take(fixture, old, "decide"), NOT_FOUND);
    assert_int_equal(take(fixture, old, "receipt"), OK); /* the old case ends in the old way */
    says(fixture, old, "已备案", NULL, "NEW-LAW");
    assert_int_equal(make(fixture, &late_form, "in time", &late), OK);

    /* a rule with a condition is asked of its rows only */
    struct call call;
    struct rows rows;
    assert_int_equal(make(fixture, &matter_form, "marked", &marked), OK);
    call_begin(fixture, &call, 11);
    struct reader *reader = store_reader(fixture->house->store);
    assert_int_equal(reader_rows(reader, call.arena, "select row from finding where office = 11 and rule = 'MARKED'",
                                 NO_ARGS, &rows),
                     OK);
    store_reader_done(fixture->house->store, reader);
    assert_int_equal(rows.n, 1);
    assert_true(rows_int(&rows, 0, 0) == marked);
    call_end(&call);
}

/* The work goes from one department to the other on the day of the law. */
static void
duties_hold_on_their_days(struct house_fixture *fixture)
{
    static const struct {
        enum department department;
        int days;
        unsigned may;
    } asked[] = { { D_EMERGENCY, 4, MAY_SEE }, { D_EMERGENCY, 5, 0 }, { D_FIRE, 4, 0 }, { D_FIRE, 5, MAY_SEE } };
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const struct me me = { .department = asked[i].department,
                               .level = L_COUNTY,
                               .now_ms = fixture->now_ms + asked[i].days * (int64_t)DAY_MS };
        assert_int_equal(duty_may(&matter_form, &me), asked[i].may);
    }
}

static void
on_sqlite(void **state)
{
    (void)state;
    struct house_fixture *fixture = house_begin(modules, 3, false);
    duties_hold_on_their_days(fixture);
    old_rows_keep_their_way(fixture);
    house_end(fixture);
}

static void
on_postgres(void **state)
{
    (void)state;
    if (getenv("TUOYU_TEST_PG") == NULL) {
        printf("SKIPPED: effective dates on PostgreSQL: TUOYU_TEST_PG is not set\n");
        skip();
    }
    struct house_fixture *fixture = house_begin(modules, 3, true);
    old_rows_keep_their_way(fixture);
    house_end(fixture);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_sqlite), cmocka_unit_test(on_postgres) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
