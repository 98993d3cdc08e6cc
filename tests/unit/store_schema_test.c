/* Tables as data become the same tables on both engines: keys, references, spans, search, growth, refusals. */
#include "store_fixture.h"

#include "store/inside.h"
#include "store/query.h"

static const struct column child_columns[] = {
    { .name = "office", .type = COLUMN_INT, .need = true },
    { .name = "id", .type = COLUMN_INT, .need = true },
    { .name = "version", .type = COLUMN_INT, .need = true },
    { .name = "institution", .type = COLUMN_INT },
    { .name = "name", .type = COLUMN_TEXT },
    { .name = "born", .type = COLUMN_DATE },
    { .name = "state", .type = COLUMN_TEXT },
    { .name = "search", .type = COLUMN_SEARCH },
    { 0 },
};
static const struct index child_indexes[] = {
    { .columns = { "office", "institution", "state", "id" } },
    { .columns = { "office", "born", "id" }, .where = "state = 'in'" },
    { .unique = false },
};
static const struct table child = {
    .name = "child",
    .home = HOME_OFFICE,
    .columns = child_columns,
    .key = { "office", "id" },
    .indexes = child_indexes,
    .expected_rows = 2000000,
};

static const struct column contract_columns[] = {
    { .name = "office", .type = COLUMN_INT, .need = true },
    { .name = "id", .type = COLUMN_INT, .need = true },
    { .name = "child", .type = COLUMN_INT, .references = "child" },
    { .name = "from", .type = COLUMN_DATE },
    { .name = "to", .type = COLUMN_DATE },
    { .name = "gone", .type = COLUMN_INT },
    { 0 },
};
static const struct span contract_spans[] = {
    { .name = "once", .from = "from", .to = "to", .of = "child", .where = "gone = 0" },
    { 0 },
};
static const struct table contract = {
    .name = "contract",
    .home = HOME_OFFICE,
    .columns = contract_columns,
    .key = { "office", "id" },
    .spans = contract_spans,
};
static const struct table *const tables[] = { &contract, &child };

static struct fixture *
begin(void **state)
{
    struct fixture *fixture = *state;
    fixture_bring(fixture, tables, 2);
    assert_int_equal(
        fixture_run(fixture, "insert into child (office, id, version) values (11, 1, 1), (11, 2, 1), (12, 1, 1)"), OK);
    return fixture;
}

struct contract {
    int64_t office, id, child, gone;
    const char *from, *to;
    char conflict[CONFLICT_NAME];
};

static enum status
write_contract(struct writer *writer, void *arg)
{
    struct contract *row = arg;
    enum status status = writer_run(
        writer, "insert into contract (office, id, child, \"from\", \"to\", gone) values (?1, ?2, ?3, ?4, ?5, ?6)",
        ARGS(value_int(row->office), value_int(row->id), value_int(row->child), value_text(row->from),
             value_text(row->to), value_int(row->gone)),
        NULL);
    snprintf(row->conflict, sizeof row->conflict, "%s", writer_conflict(writer));
    return status;
}

static enum status
put(struct fixture *fixture, int64_t office, int64_t id, int64_t child_id, int64_t gone, const char *from,
    const char *to)
{
    struct contract row = { office, id, child_id, gone, from, to, "" };
    enum status status = store_write(fixture->store, LANE_NORMAL, write_contract, &row);
    if (status == CONFLICT)
        assert_string_equal(row.conflict, "contract_once_span");
    return status;
}

static void
spans_of_one_child_do_not_overlap(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(put(fixture, 11, 1, 1, 0, "2026-01-01", "2026-06-30"), OK);
    assert_int_equal(put(fixture, 11, 2, 1, 0, "2026-06-30", "2026-12-31"), CONFLICT);
    assert_int_equal(put(fixture, 11, 3, 1, 0, "2025-06-30", "2026-01-01"), CONFLICT);
    assert_int_equal(put(fixture, 11, 4, 1, 0, "2026-02-01", "2026-03-01"), CONFLICT);
    assert_int_equal(put(fixture, 11, 5, 1, 0, "2025-01-01", NULL), CONFLICT);
    assert_int_equal(put(fixture, 11, 6, 1, 0, "2026-07-01", "9999-12-31"), OK);
    assert_int_equal(put(fixture, 11, 7, 1, 0, "2099-07-01", NULL), CONFLICT);
    assert_int_equal(put(fixture, 11, 8, 2, 0, "2026-02-01", NULL), OK);
    assert_int_equal(put(fixture, 12, 8, 1, 0, "2026-02-01", NULL), OK);
    assert_int_equal(put(fixture, 11, 9, 1, 1, "2026-02-01", "2026-03-01"), OK);
    assert_int_equal(put(fixture, 11, 10, 1, 0, NULL, NULL), OK);
    assert_int_equal(put(fixture, 11, 11, 1, 0, "2020-02-02", "2020-02-01"), CONFLICT);
    assert_int_equal(fixture_int(fixture, "select count(*) from contract"), 6);
}

static void
a_change_may_not_make_spans_overlap_but_may_keep_its_own(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(put(fixture, 11, 1, 1, 0, "2026-01-01", "2026-06-30"), OK);
    assert_int_equal(put(fixture, 11, 2, 1, 0, "2026-07-01", NULL), OK);
    assert_int_equal(put(fixture, 11, 3, 1, 1, "2026-02-01", NULL), OK);
    assert_int_equal(fixture_run(fixture, "update contract set \"to\" = '2026-05-31' where office = 11 and id = 1"),
                     OK);
    assert_int_equal(fixture_run(fixture, "update contract set \"to\" = '2026-07-01' where office = 11 and id = 1"),
                     CONFLICT);
    assert_int_equal(fixture_run(fixture, "update contract set gone = 0 where office = 11 and id = 3"), CONFLICT);
    assert_int_equal(fixture_run(fixture, "update contract set gone = 1 where office = 11 and id = 2"), OK);
}

static void
bringing_twice_changes_nothing(void **state)
{
    struct fixture *fixture = begin(state);
    assert_non_null(strstr(fixture->why.bytes, "新建表 child"));
    fixture_bring(fixture, tables, 2);
    assert_int_equal(fixture->why.n, 0);
    store_close(fixture->store);
    fixture_open(fixture);
    fixture_bring(fixture, tables, 2);
    assert_int_equal(fixture->why.n, 0);
    assert_int_equal(put(fixture, 11, 1, 1, 0, "2026-01-01", "2026-06-30"), OK);
    assert_int_equal(put(fixture, 11, 2, 1, 0, "2026-01-01", "2026-06-30"), CONFLICT);
}

static const struct column grown_columns[] = {
    { .name = "office", .type = COLUMN_INT, .need = true },
    { .name = "id", .type = COLUMN_INT, .need = true },
    { .name = "sibling", .type = COLUMN_INT, .references = "child" },
    { .name = "child", .type = COLUMN_INT, .references = "child" },
    { .name = "from", .type = COLUMN_DATE },
    { .name = "paid", .type = COLUMN_DATE },
    { .name = "to", .type = COLUMN_DATE },
    { .name = "gone", .type = COLUMN_INT },
    { .name = "number", .type = COLUMN_TEXT },
    { 0 },
};
static const struct index grown_indexes[] = { { .columns = { "office", "number" }, .unique = true },
                                              { .unique = false } };
static const struct table grown = {
    .name = "contract",
    .home = HOME_OFFICE,
    .columns = grown_columns,
    .key = { "office", "id" },
    .indexes = grown_indexes,
    .spans = contract_spans,
};

struct sibling {
    int64_t sibling;
    char conflict[CONFLICT_NAME];
};

static enum status
write_sibling(struct writer *writer, void *arg)
{
    struct sibling *row = arg;
    enum status status = writer_run(writer, "update contract set sibling = ?1 where office = ?2 and id = ?3",
                                    ARGS(value_int(row->sibling), value_int(11), value_int(1)), NULL);
    snprintf(row->conflict, sizeof row->conflict, "%s", writer_conflict(writer));
    return status;
}

static void
new_columns_indexes_and_references_are_added(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(put(fixture, 11, 1, 1, 0, "2026-01-01", "2026-06-30"), OK);
    const struct table *const more[] = { &grown, &child };
    fixture_bring(fixture, more, 2);
    assert_non_null(strstr(fixture->why.bytes, "表 contract 增加列 sibling"));
    struct sibling row = { 99, "" };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_sibling, &row), CONFLICT);
    assert_string_equal(row.conflict, "contract_sibling_fkey");
    row.sibling = 2;
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_sibling, &row), OK);
    assert_int_equal(fixture_run(fixture, "update contract set number = 'n', paid = '2026-02-30'"), BROKEN);
    assert_int_equal(fixture_run(fixture, "update contract set number = 'n', paid = '2026-02-28'"), OK);
    assert_int_equal(fixture_run(fixture, "insert into contract (office, id, number) values (11, 2, 'n')"), CONFLICT);
    fixture_bring(fixture, more, 2);
    assert_int_equal(fixture->why.n, 0);
    store_close(fixture->store);
    fixture_open(fixture);
    fixture_bring(fixture, more, 2);
    assert_int_equal(fixture->why.n, 0);
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_sibling, &(struct sibling){ 98, "" }), CONFLICT);
    assert_int_equal(store_check(fixture->store, &fixture->why), OK);
}

static void
rows_that_forbid_a_new_key_are_reported_and_nothing_changes(void **state)
{
    struct fixture *fixture = begin(state);
    static const struct index names[] = { { .columns = { "office", "version" }, .unique = true }, { .unique = false } };
    struct table strict = child;
    strict.indexes = names;
    struct table extra = {
        .name = "extra", .home = HOME_OFFICE, .columns = contract_columns, .key = { "office", "id" }
    };
    const struct table *const more[] = { &extra, &strict };
    assert_int_equal(schema_bring(fixture->store, more, 2, NULL, 0, &fixture->why), CONFLICT);
    assert_non_null(strstr(fixture->why.bytes, "child_office_version_key"));
    struct reader *reader = store_reader(fixture->store);
    struct rows rows;
    assert_int_equal(reader_rows(reader, fixture->arena, "select 1 from extra", NO_ARGS, &rows), BROKEN);
    store_reader_done(fixture->store, reader);
}

static void
rows_that_forbid_a_new_span_are_reported(void **state)
{
    struct fixture *fixture = *state;
    struct table loose = contract;
    loose.spans = NULL;
    const struct table *const before[] = { &loose, &child };
    fixture_bring(fixture, before, 2);
    assert_int_equal(fixture_run(fixture, "insert into child (office, id, version) values (11, 1, 1)"), OK);
    assert_int_equal(fixture_run(fixture, "insert into contract (office, id, child, \"from\", gone) values"
                                          " (11, 1, 1, '2026-01-01', 0), (11, 2, 1, '2027-01-01', 0)"),
                     OK);
    assert_int_equal(schema_bring(fixture->store, tables, 2, NULL, 0, &fixture->why), CONFLICT);
    assert_non_null(strstr(fixture->why.bytes, "contract_once_span"));
    assert_int_equal(fixture_run(fixture, "update contract set gone = 1 where id = 2"), OK);
    fixture_bring(fixture, tables, 2);
}

static void
changes_of_type_and_new_required_columns_need_a_migration(void **state)
{
    struct fixture *fixture = begin(state);
    struct column columns[9];
    struct table changed = child;
    memcpy(columns, child_columns, sizeof columns);
    changed.columns = columns;
    columns[4].type = COLUMN_INT;
    const struct table *const one[] = { &changed };
    assert_int_equal(schema_bring(fixture->store, one, 1, NULL, 0, &fixture->why), CONFLICT);
    columns[4] = (struct column){ .name = "fresh", .type = COLUMN_INT, .need = true };
    assert_int_equal(schema_bring(fixture->store, one, 1, NULL, 0, &fixture->why), CONFLICT);
}

static void
tables_that_make_no_sense_are_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct index no_office[] = { { .columns = { "name" }, .unique = true }, { .unique = false } };
    static const struct index no_column[] = { { .columns = { "office", "nothing" } }, { .unique = false } };
    static const struct index twice[] = { { .columns = { "office", "name" } },
                                          { .columns = { "office", "name" } },
                                          { .unique = false } };
    struct table wrong[8];
    for (int i = 0; i < 8; i++)
        wrong[i] = child;
    wrong[0].indexes = no_office;
    wrong[1].indexes = no_column;
    wrong[2].indexes = twice;
    wrong[3].name = "Child";
    wrong[4].name = "schema_step";
    wrong[5].key[0] = "id", wrong[5].key[1] = NULL;
    wrong[6].key[1] = "nothing";
    wrong[7] = contract; /* its reference is missing */
    for (int i = 0; i < 8; i++) {
        const struct table *const one[] = { &wrong[i] };
        assert_int_equal(schema_bring(fixture->store, one, 1, NULL, 0, &fixture->why), INVALID);
        assert_true(fixture->why.n > 0);
    }
    const struct table *const same[] = { &child, &child };
    assert_int_equal(schema_bring(fixture->store, same, 2, NULL, 0, &fixture->why), INVALID);
}

static int steps_run;

static enum status
step_rename(struct writer *writer)
{
    steps_run++;
    return writer_run(writer, "alter table child rename column state to phase", NO_ARGS, NULL);
}

static enum status
step_fails(struct writer *writer)
{
    writer_run(writer, "update child set name = 'half'", NO_ARGS, NULL);
    return writer_run(writer, "select * from nothing", NO_ARGS, NULL);
}

static void
migrations_run_once_in_order_and_a_newer_database_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct table plain = child;
    plain.indexes = NULL;
    const struct table *const old[] = { &plain };
    static const struct migration none[] = { { 1, "第一步", step_fails } };
    steps_run = 0;
    assert_int_equal(schema_bring(fixture->store, old, 1, none, 1, &fixture->why), OK); /* new: recorded, not run */
    assert_int_equal(fixture_run(fixture, "insert into child (office, id, version, name) values (11, 1, 1, 'whole')"),
                     OK);
    struct column columns[9];
    memcpy(columns, child_columns, sizeof columns);
    columns[6].name = "phase";
    plain.columns = columns;
    static const struct migration bad[] = { { 1, "第一步", step_fails },
                                            { 2, "改名", step_rename },
                                            { 3, "坏", step_fails } };
    assert_int_equal(schema_bring(fixture->store, old, 1, bad, 3, &fixture->why), BROKEN);
    assert_non_null(strstr(fixture->why.bytes, "第 3 步"));
    assert_int_equal(steps_run, 1);
    assert_int_equal(fixture_int(fixture, "select count(*) from child where name = 'whole'"), 1);
    assert_int_equal(fixture_int(fixture, "select max(id) from schema_step"), 2);
    assert_int_equal(schema_bring(fixture->store, old, 1, bad, 2, &fixture->why), OK);
    assert_int_equal(steps_run, 1);
    assert_int_equal(schema_bring(fixture->store, old, 1, bad, 1, &fixture->why), CONFLICT);
    assert_non_null(strstr(fixture->why.bytes, "新版程序"));
}

struct tokens {
    int64_t id;
    const char *tokens;
};

static enum status
write_tokens(struct writer *writer, void *arg)
{
    struct tokens *row = arg;
    return schema_search_put(writer, "child", 11, row->id, row->tokens);
}

static void
expect_found(struct fixture *fixture, const char *tokens, const char *ids)
{
    struct query query;
    struct rows rows;
    struct buf found;
    struct reader *reader = store_reader(fixture->store);
    buf_init(&found, 1000);
    buf_text(&found, "");
    query_init(&query, fixture->arena);
    query_add(&query, "select r.id from child r where r.office = ?1", ARGS(value_int(11)));
    schema_search(&query, fixture->engine, "child", "r", tokens);
    query_text(&query, " order by r.id");
    assert_int_equal(query_rows(reader, fixture->arena, &query, &rows), OK);
    store_reader_done(fixture->store, reader);
    for (size_t i = 0; i < rows.n; i++)
        buf_format(&found, "%d ", (int)rows_int(&rows, i, 0));
    if (strcmp(found.bytes, ids) != 0)
        print_error("%s: %s\n", tokens, found.bytes);
    assert_string_equal(found.bytes, ids);
    buf_free(&found);
}

static void
search_finds_two_characters_one_character_and_pinyin(void **state)
{
    struct fixture *fixture = begin(state);
    assert_int_equal(fixture_run(fixture, "insert into child (office, id, version) values (11, 3, 1), (11, 4, 1)"), OK);
    struct tokens rows[] = {
        { 1, "托 育 园 托育 育园 tuoyuyuan tuo yu yuan tyy" },
        { 2, "育 托 苗 育托 托苗 yutuomiao yu tuo miao ytm 2026" },
        { 3, "𠮷 祥 𠮷祥 jixiang jx" },
        { 4, "it's \"a\" o'b\\c & | ! ( ) : * -x" },
    };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_tokens, &rows[i]), OK);
    expect_found(fixture, "托育", "1 ");
    expect_found(fixture, "育托", "2 ");
    expect_found(fixture, "托", "1 2 ");
    expect_found(fixture, "托 育", "1 2 ");
    expect_found(fixture, "托育 tyy", "1 ");
    expect_found(fixture, "托育 ytm", "");
    expect_found(fixture, "yu", "1 2 ");
    expect_found(fixture, "yuyuan", "");
    expect_found(fixture, "2026", "2 ");
    expect_found(fixture, "202", "2 "); /* letters and digits: the beginning is enough */
    expect_found(fixture, "026", "");
    expect_found(fixture, "𠮷", "3 ");
    expect_found(fixture, "𠮷祥", "3 ");
    expect_found(fixture, NULL, "1 2 3 4 ");
    expect_found(fixture, "  ", "1 2 3 4 ");
    expect_found(fixture, "and", "");
    expect_found(fixture, "x OR y", "");
    struct tokens changed = { 1, "育 儿 育儿" };
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_tokens, &changed), OK);
    expect_found(fixture, "托", "2 ");
    expect_found(fixture, "育儿", "1 ");
    changed.tokens = NULL;
    assert_int_equal(store_write(fixture->store, LANE_NORMAL, write_tokens, &changed), OK);
    expect_found(fixture, "育儿", "");
    /* quotes and operators in a query are only characters */
    static const char *const odd[] = { "it's", "\"a\"", "o'b\\c",         "*",        "a* b'", "'",
                                       "\\",   "\"",    "托育\" OR \"育", "x':* | 'y" };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct query query;
        struct rows found;
        struct reader *reader = store_reader(fixture->store);
        query_init(&query, fixture->arena);
        query_text(&query, "select r.id from child r where r.office = 11");
        schema_search(&query, fixture->engine, "child", "r", odd[i]);
        assert_int_equal(query_rows(reader, fixture->arena, &query, &found), OK);
        assert_true(found.n <= 1);
        store_reader_done(fixture->store, reader);
    }
}

static bool
plan_line(void *state, const struct value *cells, size_t columns)
{
    buf_format(state, "%s\n", cells[columns - 1].text);
    return true;
}

static void
lists_use_the_long_index_and_not_the_office_alone(void **state)
{
    struct fixture *fixture = begin(state);
    if (fixture->engine != ENGINE_SQLITE)
        return;
    static const struct {
        const char *sql, *index;
    } plans[] = {
        { "explain query plan select * from child where office = ?1 and institution = ?2 and state = ?3 order by id",
          "child_office_institution_state_id_idx (office=? AND institution=? AND state=?)" },
        { "explain query plan select * from child where office = ?1 and institution = ?2 and id > ?3",
          "child_office_institution_state_id_idx (office=? AND institution=?)" },
        { "explain query plan select * from child where office = ?1 and state = 'in' and born >= ?2 and born < ?3",
          "child_office_born_id_idx (office=? AND born>? AND born<?)" },
        { "explain query plan select * from contract where office = ?1 and child = ?2 and \"from\" <= ?3",
          "contract_once_span_idx (office=? AND child=? AND from<?)" },
    };
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
            struct reader *reader = store_reader(fixture->store);
            struct buf plan;
            buf_init(&plan, 4096);
            assert_int_equal(
                reader_each(reader, plans[i].sql, ARGS(value_int(1), value_int(2), value_int(3)), plan_line, &plan),
                OK);
            if (strstr(plan.bytes, plans[i].index) == NULL)
                print_error("%s", plan.bytes);
            assert_non_null(strstr(plan.bytes, plans[i].index));
            buf_free(&plan);
            store_reader_done(fixture->store, reader);
        }
        store_close(fixture->store);
        fixture_open(fixture);
    }
}

static void
a_reserved_word_is_a_name_like_any_other(void **state)
{
    struct fixture *fixture = *state;
    static const struct column columns[] = {
        { .name = "office", .type = COLUMN_INT }, { .name = "id", .type = COLUMN_INT },
        { .name = "by", .type = COLUMN_TEXT },    { .name = "order", .type = COLUMN_INT },
        { .name = "user", .type = COLUMN_TEXT },  { 0 },
    };
    static const struct index indexes[] = { { .columns = { "office", "by", "order" } }, { .unique = false } };
    const struct table table = {
        .name = "group", .home = HOME_OFFICE, .columns = columns, .key = { "office", "id" }, .indexes = indexes
    };
    const struct table *const one[] = { &table };
    fixture_bring(fixture, one, 1);
    assert_int_equal(
        fixture_run(fixture,
                    "insert into \"group\" (office, id, \"by\", \"order\", \"user\") values (1, 1, 'a', 2, 'b')"),
        OK);
}

static void
a_reference_table_is_referred_to_by_id_alone(void **state)
{
    struct fixture *fixture = *state;
    static const struct column columns[] = { { .name = "office", .type = COLUMN_INT },
                                             { .name = "id", .type = COLUMN_INT },
                                             { 0 } };
    static const struct column user_columns[] = { { .name = "office", .type = COLUMN_INT },
                                                  { .name = "id", .type = COLUMN_INT },
                                                  { .name = "standard", .type = COLUMN_INT, .references = "standard" },
                                                  { 0 } };
    const struct table standard = {
        .name = "standard", .home = HOME_REFERENCE, .columns = columns, .key = { "office", "id" }
    };
    const struct table user = {
        .name = "finding", .home = HOME_OFFICE, .columns = user_columns, .key = { "office", "id" }
    };
    const struct table *const both[] = { &user, &standard };
    fixture_bring(fixture, both, 2);
    fixture_bring(fixture, both, 2);
    assert_int_equal(fixture->why.n, 0);
    assert_int_equal(fixture_run(fixture, "insert into standard (office, id) values (1, 7)"), OK);
    assert_int_equal(fixture_run(fixture, "insert into standard (office, id) values (2, 7)"), CONFLICT);
    assert_int_equal(fixture_run(fixture, "insert into finding (office, id, standard) values (11, 1, 7)"), OK);
    assert_int_equal(fixture_run(fixture, "insert into finding (office, id, standard) values (11, 2, 8)"), CONFLICT);
}

static void
the_schema_as_text_does_not_depend_on_the_order_of_tables(void **state)
{
    (void)state;
    struct buf a, b, sql;
    const struct table *const turned[] = { &child, &contract };
    buf_init(&a, 1 << 20);
    buf_init(&b, 1 << 20);
    buf_init(&sql, 1 << 20);
    schema_text(tables, 2, &a);
    schema_text(turned, 2, &b);
    assert_string_equal(a.bytes, b.bytes);
    assert_non_null(strstr(a.bytes, "  column child int -> child\n"));
    assert_non_null(strstr(a.bytes, "  span once from..to of child where gone = 0\n"));
    schema_sql(ENGINE_POSTGRES, tables, 2, &sql);
    assert_non_null(strstr(sql.bytes, "exclude using gist"));
    buf_free(&a);
    buf_free(&b);
    buf_free(&sql);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_of_one_child_do_not_overlap),
        cmocka_unit_test(a_change_may_not_make_spans_overlap_but_may_keep_its_own),
        cmocka_unit_test(bringing_twice_changes_nothing),
        cmocka_unit_test(new_columns_indexes_and_references_are_added),
        cmocka_unit_test(rows_that_forbid_a_new_key_are_reported_and_nothing_changes),
        cmocka_unit_test(rows_that_forbid_a_new_span_are_reported),
        cmocka_unit_test(changes_of_type_and_new_required_columns_need_a_migration),
        cmocka_unit_test(tables_that_make_no_sense_are_refused),
        cmocka_unit_test(migrations_run_once_in_order_and_a_newer_database_is_refused),
        cmocka_unit_test(search_finds_two_characters_one_character_and_pinyin),
        cmocka_unit_test(lists_use_the_long_index_and_not_the_office_alone),
        cmocka_unit_test(a_reserved_word_is_a_name_like_any_other),
        cmocka_unit_test(a_reference_table_is_referred_to_by_id_alone),
        cmocka_unit_test(the_schema_as_text_does_not_depend_on_the_order_of_tables),
    };
    return run_on_both(tests, sizeof tests / sizeof tests[0], "schema");
}
