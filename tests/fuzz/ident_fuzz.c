/* Identifiers, dates and the calendar: the accepted forms are exact, and days count alike in both directions. */
#include <stdio.h>
#include <strings.h>

#include "base/calendar.h"
#include "base/check.h"
#include "base/id.h"
#include "base/sm.h"
#include "fuzz/fuzz.h"

static void
check_day(struct arena *arena, const char *text)
{
    struct day day;
    char iso[11];
    struct calendar *calendar = calendar_new(arena);
    if (!day_parse(text, &day))
        return;
    day_iso(day, iso);
    assert(strcmp(iso, text) == 0);
    assert(day_from_ms(day_start_ms(day)).n == day.n);
    assert(day_months_between(day, day_add_months(day, 36)) == 36 || day_of_month(day) > 28);
    for (int i = 0; i < 9; i++)
        assert(calendar_put(calendar, (struct day){ day.n + i * 2 }, i % 2 == 0));
    calendar_year_known(calendar, day_year(day));
    for (int n = 0; n <= 30; n += 5) {
        bool unknown = false;
        const struct day due = calendar_add(calendar, day, n, &unknown);
        assert(due.n >= day.n && calendar_between(calendar, day, due) == n);
    }
}

static void
check_numbers(struct arena *arena, const char *text)
{
    struct day born;
    int sex = 0;
    int64_t id;
    char again[32];
    if (uscc_check(text) == CHECK_OK)
        assert(strlen(text) == 18);
    if (resident_id_check(text, &born, &sex) == CHECK_OK) {
        assert(strlen(text) == 18 && (sex == 1 || sex == 2));
        const char *masked = mask_id_number(arena, text);
        assert(memcmp(masked + 6, "********", 8) == 0);
    }
    phone_check(text);
    mask_phone(arena, text);
    mask_id_number(arena, text);
    if (id_parse(text, &id)) {
        snprintf(again, sizeof again, "%lld", (long long)id);
        assert(id > 0 && strcmp(again, text) == 0);
        assert(id_office(id) >= 0 && id_office(id) < 4096);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    uint8_t out[32];
    char hex[65];
    const char *text = fuzz_text(arena, bytes, n);
    check_day(arena, text);
    check_numbers(arena, text);
    if (hex_bytes(text, out, sizeof out)) {
        hex_text(out, sizeof out, hex);
        assert(strlen(text) == 64 && strcasecmp(hex, text) == 0);
    }
    arena_free(arena);
    return 0;
}
