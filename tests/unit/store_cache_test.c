/* The parts of the store that need no database: kept statements, cells, and statements put together. */
#include "store_fixture.h"

#include "store/cache.h"
#include "store/inside.h"
#include "store/query.h"

static void
count_drop(void *owner, void *statement)
{
    (void)statement;
    ++*(int *)owner;
}

static void
least_recently_used_statement_goes_first(void **state)
{
    (void)state;
    int dropped = 0, a = 1, b = 2, c = 3;
    struct cache *cache = cache_new(2, count_drop, &dropped);
    assert_true(cache_put(cache, "select a", &a));
    assert_true(cache_put(cache, "select b", &b));
    assert_ptr_equal(cache_find(cache, "select a"), &a);
    assert_true(cache_put(cache, "select c", &c));
    assert_int_equal(dropped, 1);
    assert_null(cache_find(cache, "select b"));
    assert_ptr_equal(cache_find(cache, "select a"), &a);
    assert_ptr_equal(cache_find(cache, "select c"), &c);
    cache_free(cache);
    assert_int_equal(dropped, 3);
}

static void
many_statements_stay_within_the_bound(void **state)
{
    (void)state;
    int dropped = 0, thing = 0;
    char sql[32];
    struct cache *cache = cache_new(256, count_drop, &dropped);
    for (int i = 0; i < 2000; i++) {
        snprintf(sql, sizeof sql, "select %d", i);
        assert_null(cache_find(cache, sql));
        assert_true(cache_put(cache, sql, &thing));
    }
    assert_int_equal(cache_count(cache), 256);
    assert_int_equal(dropped, 2000 - 256);
    assert_non_null(cache_find(cache, "select 1999"));
    assert_null(cache_find(cache, "select 1743"));
    cache_clear(cache);
    assert_int_equal(cache_count(cache), 0);
    cache_free(cache);
}

static void
fragments_are_renumbered_outside_quotes(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct query query;
    query_init(&query, arena);
    query_text(&query, "select * from ");
    query_name(&query, "child");
    query_add(&query, " where office = ?1", ARGS(value_int(11)));
    query_add(&query, " and (a = ?2 or b = ?1 or c = '?1' or b = ?1)", ARGS(value_text("x"), value_int(7)));
    query_text(&query, " and d = ");
    query_value(&query, value_null());
    assert_false(query.bad);
    assert_string_equal(query.sql.bytes,
                        "select * from \"child\" where office = ?1 and (a = ?3 or b = ?2 or c = '?1' or "
                        "b = ?2) and d = ?4");
    assert_int_equal(query.n, 4);
    assert_int_equal(query.args[2].i, 7);
    arena_free(arena);
}

static void
bad_names_and_numbers_spoil_the_query(void **state)
{
    (void)state;
    static const char *const names[] = { "", "A", "a b", "a\"", "1a", "a;drop", "a-b", "表" };
    struct arena *arena = arena_new(1 << 20);
    struct query query;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        query_init(&query, arena);
        query_name(&query, names[i]);
        assert_true(query.bad);
    }
    query_init(&query, arena);
    query_name(&query, NULL);
    assert_true(query.bad);
    query_init(&query, arena);
    query_add(&query, "a = ?2", ARGS(value_int(1)));
    assert_true(query.bad);
    query_init(&query, arena);
    query_text(&query, "a = ?1");
    assert_true(query.bad);
    query_init(&query, arena);
    for (int i = 0; i <= QUERY_ARGS; i++)
        query_value(&query, value_int(i));
    assert_true(query.bad);
    arena_free(arena);
}

static void
a_query_is_at_most_64_kib_and_survives_without_memory(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20), *small = arena_new(4096);
    struct query query;
    query_init(&query, arena);
    for (int i = 0; i < 10000; i++)
        query_text(&query, "1 = 1 and ");
    assert_true(query.bad);
    query_init(&query, small);
    for (int i = 0; i < 1000; i++)
        query_text(&query, "1 = 1 and ");
    assert_true(query.bad);
    arena_free(arena);
    arena_free(small);
}

static void
long_constraint_names_are_cut_alike_and_stay_different(void **state)
{
    (void)state;
    char a[CONFLICT_NAME], b[CONFLICT_NAME];
    const char *one[] = { "office", "institution_registration", "certificate_number" };
    const char *two[] = { "office", "institution_registration", "certificate_member" };
    constraint_name(a, "child", (const char *[]){ "office", "name" }, 2, "key");
    assert_string_equal(a, "child_office_name_key");
    constraint_name(a, "institution_change", one, 3, "key");
    constraint_name(b, "institution_change", two, 3, "key");
    assert_true(strlen(a) <= 52);
    assert_string_not_equal(a, b);
    assert_string_equal(a + strlen(a) - 4, "_key");
}

static void
values_compare_by_type_and_content(void **state)
{
    (void)state;
    assert_true(value_equal(value_null(), value_text(NULL)));
    assert_true(value_equal(value_text("一"), value_text("一")));
    assert_false(value_equal(value_text("1"), value_int(1)));
    assert_false(value_equal(value_text("a"), value_bytes("a", 1)));
    assert_false(value_equal(value_bytes("ab", 2), value_bytes("a", 1)));
    struct rows none = { 0 };
    assert_int_equal(rows_value(&none, 0, 0).type, VALUE_NULL);
    assert_null(rows_text(&none, 3, 3));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_recently_used_statement_goes_first),
        cmocka_unit_test(many_statements_stay_within_the_bound),
        cmocka_unit_test(fragments_are_renumbered_outside_quotes),
        cmocka_unit_test(bad_names_and_numbers_spoil_the_query),
        cmocka_unit_test(a_query_is_at_most_64_kib_and_survives_without_memory),
        cmocka_unit_test(long_constraint_names_are_cut_alike_and_stay_different),
        cmocka_unit_test(values_compare_by_type_and_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
