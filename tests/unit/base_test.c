/* The ground everything stands on: identifiers, dates, calendar, text, JSON, CSV, seals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* needs the four above */
#include <cmocka.h>

#include "base/calendar.h"
#include "base/check.h"
#include "base/csv.h"
#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/sm.h"
#include "base/text.h"
#include "base/url.h"

static int
begin(void **state)
{
    *state = arena_new(64u << 20);
    return *state == NULL;
}

static int
end(void **state)
{
    arena_free(*state);
    return 0;
}

/* GB 32100-2015 and GB 11643-1999; every single wrong digit is found. */
static void
one_wrong_digit_is_found(void **state)
{
    (void)state;
    const char *uscc = "91620802MA0T00011L", resident[] = "620800198801010071";
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    struct day born;
    int sex, wrong = 0;
    assert_int_equal(uscc_check(uscc), CHECK_OK);
    for (int i = 0; i < 18; i++)
        for (const char *c = alphabet; *c != '\0'; c++) {
            char other[19];
            strcpy(other, uscc);
            if (other[i] == *c)
                continue;
            other[i] = *c;
            assert_int_not_equal(uscc_check(other), CHECK_OK);
            wrong++;
        }
    assert_int_equal(wrong, 18 * 30);
    assert_int_equal(uscc_check("91620802MA0T00011I"), CHECK_CHARACTER);
    assert_int_equal(uscc_check("91620802"), CHECK_LENGTH);
    char valid[19] = "";
    for (char last = '0'; last <= '9' + 1 && valid[0] == '\0'; last++) {
        char try[19];
        memcpy(try, resident, 17);
        try[17] = last > '9' ? 'X' : last;
        try[18] = '\0';
        if (resident_id_check(try, &born, &sex) == CHECK_OK)
            strcpy(valid, try);
    }
    assert_string_not_equal(valid, "");
    assert_int_equal(day_year(born), 1988);
    assert_int_equal(sex, 1);
    for (int i = 0; i < 17; i++)
        for (char c = '0'; c <= '9'; c++) {
            char other[19];
            strcpy(other, valid);
            if (other[i] == c)
                continue;
            other[i] = c;
            assert_int_not_equal(resident_id_check(other, NULL, NULL), CHECK_OK);
        }
}

static void
telephones(void **state)
{
    (void)state;
    static const char *const good[] = { "13912345678", "0933-8000000", "09338000000", "010-12345678" };
    static const char *const bad[] = { "", "1391234567", "23912345678", "8000000a", "139 1234", "139123456789" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(phone_check(good[i]), CHECK_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(phone_check(bad[i]), CHECK_OK);
}

static void
days_are_real_days(void **state)
{
    (void)state;
    struct day day, other;
    char iso[11];
    static const char *const bad[] = { "2026-02-30", "2026-13-01",  "2026-00-10", "26-1-1",
                                       "2026-1-01",  "2026-01-01x", "",           "0000-01-01" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(day_parse(bad[i], &day));
    assert_true(day_parse("2028-02-29", &day));
    day_iso(day, iso);
    assert_string_equal(iso, "2028-02-29");
    assert_true(day_parse("1900-01-01", &day));
    for (int i = 0; i < 80000; i++, day.n++) { /* there and back over two centuries */
        day_iso(day, iso);
        assert_true(day_parse(iso, &other) && other.n == day.n);
    }
    day_parse("2026-01-31", &day);
    day_iso(day_add_months(day, 1), iso);
    assert_string_equal(iso, "2026-02-28");
    day_parse("2024-01-15", &day);
    day_parse("2026-01-14", &other);
    assert_int_equal(day_months_between(day, other), 23);
    /* a day begins at local midnight, which is 16:00 UTC of the day before */
    assert_int_equal(day_from_ms(INT64_C(1767196799999)).n + 1, day_from_ms(INT64_C(1767196800000)).n);
}

/* 民法典 201–203: the first day does not count, the last must be a working day. */
static void
working_days(void **state)
{
    struct calendar *calendar = calendar_new(*state);
    struct day day;
    char iso[11];
    bool unknown = false;
    calendar_year_known(calendar, 2026);
    for (int i = 1; i <= 7; i++) { /* 国庆 */
        char text[11];
        snprintf(text, sizeof text, "2026-10-%02d", i);
        day_parse(text, &day);
        calendar_put(calendar, day, false);
    }
    day_parse("2026-10-10", &day);
    calendar_put(calendar, day, true);
    day_parse("2026-09-29", &day); /* a Tuesday: 30, then 8, 9, 10 (works), 12 */
    day_iso(calendar_add(calendar, day, 5, &unknown), iso);
    assert_string_equal(iso, "2026-10-12");
    assert_false(unknown);
    struct day from = day, to;
    day_parse("2026-10-12", &to);
    assert_int_equal(calendar_between(calendar, from, to), 5);
    day_parse("2026-12-30", &day);
    calendar_add(calendar, day, 10, &unknown);
    assert_true(unknown); /* the next year is not published */
    /* whole law: n working days later lie n working days between, from any start */
    for (int start = 0; start < 200; start++)
        for (int n = 0; n <= 15; n++) {
            const struct day first = { from.n - 250 + start };
            if (!calendar_works(calendar, first))
                continue;
            assert_int_equal(calendar_between(calendar, first, calendar_add(calendar, first, n, &unknown)), n);
        }
}

static void
ids_are_unique_and_know_their_office(void **state)
{
    struct id_source source = { 0 };
    int64_t last = 0, back;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        const int64_t id = id_next(&source, INT64_C(1794700800000) - i % 3, 11 + i % 7);
        assert_int_equal(id_office(id), 11 + i % 7);
        assert_true(i % 7 != 0 || id > last); /* also when the clock goes back */
        last = i % 7 == 0 ? id : last;
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)id);
        assert_true(id_parse(text, &back) && back == id);
    }
    static const char *const bad[] = { "", "0", "-1", "1e5", " 1", "1 ", "99999999999999999999", "01", "0x1" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(id_parse(bad[i], &back));
}

static bool
has_token(const char *tokens, const char *token)
{
    const size_t n = strlen(token);
    for (const char *at = strstr(tokens, token); at != NULL; at = strstr(at + 1, token))
        if ((at == tokens || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

static void
tokens_of_names(void **state)
{
    char *tokens = text_tokens(*state, "平凉小太阳托育中心", true);
    static const char *const there[] = { "平", "平凉", "太阳", "xiaotaiyangtuoyuzhongxin", "xtytyzx", "tuoyuzhongxin" };
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
        assert_true(has_token(tokens, there[i]));
    assert_false(has_token(tokens, "阳平"));
    assert_string_equal(text_query_tokens(*state, "太阳"), "太阳");
    assert_string_equal(text_query_tokens(*state, "阳"), "阳");
    /* C003: the long word and the short one are the same */
    assert_string_equal(text_query_tokens(*state, "小太阳婴幼儿照护服务"), text_query_tokens(*state, "小太阳托育"));
    assert_true(strcmp(text_sort_key(*state, "安"), text_sort_key(*state, "博")) < 0);
    assert_true(strcmp(text_sort_key(*state, "博"), text_sort_key(*state, "张")) < 0);
}

static void
text_is_clean(void **state)
{
    assert_true(utf8_valid("托育", 6));
    static const char *const bad[] = { "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\x89" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(utf8_valid(bad[i], strlen(bad[i])));
    assert_false(text_clean("a\x01"
                            "b",
                            true));
    assert_false(text_clean("a\u202eb", true));
    assert_false(text_clean("a\u200bb", true));
    assert_true(text_clean("一\n二", true));
    assert_false(text_clean("一\n二", false));
    assert_string_equal(text_nfkc(*state, "  ＡＢＣ　１２３  "), "ABC 123");
    assert_string_equal(text_line(*state, " 《标准（试行）》：ＡＢ１，备案； "), "《标准（试行）》：AB1，备案；");
    char *decoded;
    assert_int_equal(text_decode(*state, "\xcd\xd0\xd3\xfd", 4, &decoded), OK); /* GB18030 */
    assert_string_equal(decoded, "托育");
    assert_int_equal(text_decode(*state, "\xff\xff", 2, &decoded), INVALID);
    assert_string_equal(url_escape(*state, "托 &"), "%E6%89%98%20%26");
}

static void
json_is_strict(void **state)
{
    struct node *node;
    const char *why;
    static const char *const bad[] = { "",    "{",         "[1,]",        "{\"a\":1,\"a\":2}",
                                       "01",  "nul",       "\"\\ud800\"", "{\"a\":1} x",
                                       "'a'", "[1e999999]" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_not_equal(json_read(*state, bad[i], strlen(bad[i]), &node, &why), OK);
    char deep[200] = "";
    memset(deep, '[', 40);
    memset(deep + 40, ']', 40);
    assert_int_not_equal(json_read(*state, deep, 80, &node, &why), OK);
    const char *good = "{\"name\":\"甲<&>\",\"n\":9007199254740993,\"list\":[true,null]}";
    assert_int_equal(json_read(*state, good, strlen(good), &node, &why), OK);
    assert_true(node_get(node, "n")->i == INT64_C(9007199254740993));
    struct buf out;
    buf_init(&out, 1000);
    json_write(&out, node);
    assert_string_equal(out.bytes,
                        "{\"name\":\"甲\\u003c\\u0026\\u003e\",\"n\":9007199254740993,\"list\":[true,null]}");
    buf_free(&out);
}

static void
csv_there_and_back(void **state)
{
    struct csv csv;
    struct buf out;
    static const char *const cells[] = { "甲,乙", "\"引\"", "多\n行", "=1+1", "" };
    buf_init(&out, 1000);
    for (int i = 0; i < 5; i++)
        csv_add(&out, i == 0, cells[i]);
    buf_text(&out, "\r\n");
    assert_int_equal(csv_read(*state, out.bytes, 10, &csv), OK);
    assert_int_equal(csv.columns, 5);
    assert_string_equal(csv.cells[0], "甲,乙");
    assert_string_equal(csv.cells[1], "\"引\"");
    assert_string_equal(csv.cells[2], "多\n行");
    assert_string_equal(csv.cells[3], "'=1+1"); /* no spreadsheet takes it for a formula */
    buf_free(&out);
    assert_int_equal(csv_read(*state, "a,b\n\"never ends", 10, &csv), INVALID);
    assert_int_equal(csv_read(*state, "a\n1\n2\n3\n", 2, &csv), TOO_LARGE);
}

/* A sealed cell opens only in its own place, with its own key, unchanged. */
static void
secrets_stay_in_their_place(void **state)
{
    char path[] = "/tmp/tuoyu-keys-XXXXXX";
    struct keys *keys;
    struct subject_key key, other;
    struct buf why;
    uint8_t *cell;
    size_t n;
    char *plain, first[65], second[65];
    close(mkstemp(path));
    unlink(path);
    buf_init(&why, 1000);
    assert_int_equal(keys_create(path, &why), OK);
    assert_int_equal(keys_create(path, &why), CONFLICT); /* never over an old one */
    assert_int_equal(keys_load(path, *state, &keys, &why), OK);
    assert_int_equal(subject_key_make(7, &key), OK);
    assert_int_equal(subject_key_make(8, &other), OK);
    const struct secret_place place = { "staff", "id_number", 11, 7 };
    assert_int_equal(secret_seal(keys, &key, &place, "620800198801010071", *state, &cell, &n), OK);
    assert_int_equal(secret_open(keys, &key, &place, cell, n, *state, &plain), OK);
    assert_string_equal(plain, "620800198801010071");
    const struct secret_place places[] = { { "staff", "phone", 11, 7 },
                                           { "filing", "id_number", 11, 7 },
                                           { "staff", "id_number", 12, 7 },
                                           { "staff", "id_number", 11, 9 } };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(secret_open(keys, &key, &places[i], cell, n, *state, &plain), BROKEN);
    assert_int_equal(secret_open(keys, &other, &place, cell, n, *state, &plain), BROKEN);
    for (size_t i = 0; i < n; i++) {
        cell[i] ^= 1;
        assert_int_not_equal(secret_open(keys, &key, &place, cell, n, *state, &plain), OK);
        cell[i] ^= 1;
    }
    for (size_t cut = 0; cut < n; cut++)
        assert_int_not_equal(secret_open(keys, &key, &place, cell, cut, *state, &plain), OK);
    secret_index(keys, "id_number", "620800198801010071", first);
    secret_index(keys, "phone", "620800198801010071", second);
    assert_string_not_equal(first, second);
    /* a new version seals, the old still opens */
    const char *signing = keys_signing(keys);
    assert_int_equal(keys_rotate(path, &why), OK);
    assert_int_equal(keys_load(path, *state, &keys, &why), OK);
    assert_int_equal(keys_version(keys), 2);
    assert_int_equal(sm2_sign(keys_signing(keys), "head", 4, *state, &plain), OK);
    assert_int_equal(sm2_verify(keys_signing_of(keys, 0), "head", 4, plain), OK); /* signs with the newest */
    assert_int_equal(sm2_verify(keys_signing_of(keys, 1), "head", 4, plain), INVALID);
    assert_string_equal(keys_signing_of(keys, 1), signing); /* and keeps the one of before */
    assert_null(keys_signing_of(keys, 2));
    assert_int_equal(secret_open(keys, &key, &place, cell, n, *state, &plain), OK);
    unlink(path);
    buf_free(&why);
}

static void
ids_go_on_behind_those_of_before_a_restart(void **state)
{
    struct id_source before = { 0 }, after = { 0 };
    const int64_t now = INT64_C(1764000000000), last = id_next(&before, now, 11);
    (void)state;
    id_resume(&after, last);
    assert_true(id_next(&after, now - 5000, 11) > last); /* the clock stepped back */
    const int64_t next = id_next(&after, now - 5000, 11);
    id_resume(&after, last); /* an older one changes nothing */
    assert_true(id_next(&after, now - 5000, 11) > next);
}

/* The first is the example of GB/T 32905, the others are what the openssl program says. */
static void
hashes_are_those_of_other_programs(void **state)
{
    static const char *const expected[] = { "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
                                            "02ea423a4008c75651d6fb896eb18abbc28cfbb1df81878890f1870406eb3977",
                                            "239b7043a985a4eda12dd9afd4d71a90d12ecc26ef8ef5e2e8383eeb4e92c762",
                                            "ac2d5bc9e327e2c0bc16fc7c2cdf9c572b5bd5185c45d5b375c73434f2abb7af" };
    const size_t key_n[] = { 0, 5, 64, 100 }; /* shorter than the block of the hash, as long, longer */
    char key[100], hex[65];
    uint8_t hash[SM3_SIZE];
    (void)state;
    assert_true(sm3("abc", 3, hash));
    hex_text(hash, sizeof hash, hex);
    assert_string_equal(hex, expected[0]);
    memset(key, 'k', sizeof key);
    for (size_t i = 1; i < 4; i++) {
        assert_true(sm3_hmac(i == 1 ? "short" : key, key_n[i], "托育", strlen("托育"), hash));
        hex_text(hash, sizeof hash, hex);
        assert_string_equal(hex, expected[i]);
    }
}

/* What is written in one go and what is too long for that, and the numbers at the ends. */
static void
words_of_any_length_and_number(void **state)
{
    struct buf buf;
    char long_word[700];
    memset(long_word, 'x', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    for (size_t n = 250; n < 260; n++) {
        const char *text = arena_format(*state, "%.*s!", (int)n, long_word);
        assert_int_equal(strlen(text), n + 1);
        assert_int_equal(text[n], '!');
        buf_init(&buf, 1000);
        buf_format(&buf, "%.*s!", (int)n, long_word);
        assert_string_equal(buf.bytes, text);
        buf_format(&buf, "%s", long_word);
        assert_true(buf.n == n + 1 + strlen(long_word) && !buf.failed);
        buf_format(&buf, "%s", long_word); /* more than it may hold */
        assert_true(buf.failed);
        buf_free(&buf);
    }
    buf_init(&buf, 100);
    buf_int(&buf, INT64_MIN);
    buf_char(&buf, ' ');
    buf_int(&buf, 0);
    buf_char(&buf, ' ');
    buf_int(&buf, INT64_MAX);
    assert_string_equal(buf.bytes, "-9223372036854775808 0 9223372036854775807");
    buf_free(&buf);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_wrong_digit_is_found, begin, end),
        cmocka_unit_test_setup_teardown(telephones, begin, end),
        cmocka_unit_test_setup_teardown(days_are_real_days, begin, end),
        cmocka_unit_test_setup_teardown(working_days, begin, end),
        cmocka_unit_test_setup_teardown(ids_are_unique_and_know_their_office, begin, end),
        cmocka_unit_test_setup_teardown(ids_go_on_behind_those_of_before_a_restart, begin, end),
        cmocka_unit_test_setup_teardown(tokens_of_names, begin, end),
        cmocka_unit_test_setup_teardown(text_is_clean, begin, end),
        cmocka_unit_test_setup_teardown(json_is_strict, begin, end),
        cmocka_unit_test_setup_teardown(csv_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(secrets_stay_in_their_place, begin, end),
        cmocka_unit_test_setup_teardown(hashes_are_those_of_other_programs, begin, end),
        cmocka_unit_test_setup_teardown(words_of_any_length_and_number, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
