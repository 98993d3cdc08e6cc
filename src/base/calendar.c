#include "base/calendar.h"

#include <string.h>

enum { FIRST_YEAR = 1990, LAST_YEAR = 2110, DAYS = (LAST_YEAR - FIRST_YEAR) * 366 };

/* One byte a day: 0 by weekday, 1 worked, 2 off. */
struct calendar {
    int32_t first;
    unsigned char days[DAYS];
    bool known[LAST_YEAR - FIRST_YEAR];
};

struct calendar *
calendar_new(struct arena *arena)
{
    struct day first;
    struct calendar *calendar = arena_alloc(arena, sizeof *calendar);
    if (calendar != NULL && day_parse("1990-01-01", &first))
        calendar->first = first.n;
    return calendar;
}

static bool
inside(const struct calendar *calendar, struct day day)
{
    return day.n >= calendar->first && day.n < calendar->first + DAYS;
}

bool
calendar_put(struct calendar *calendar, struct day day, bool works)
{
    if (inside(calendar, day))
        calendar->days[day.n - calendar->first] = works ? 1 : 2;
    return true;
}

void
calendar_year_known(struct calendar *calendar, int year)
{
    if (year >= FIRST_YEAR && year < LAST_YEAR)
        calendar->known[year - FIRST_YEAR] = true;
}

bool
calendar_works(const struct calendar *calendar, struct day day)
{
    const int set = inside(calendar, day) ? calendar->days[day.n - calendar->first] : 0;
    return set == 1 || (set == 0 && day_weekday(day) < 5);
}

bool
calendar_knows(const struct calendar *calendar, int year)
{
    return year >= FIRST_YEAR && year < LAST_YEAR && calendar->known[year - FIRST_YEAR];
}

struct day
calendar_add(const struct calendar *calendar, struct day from, int working_days, bool *unknown)
{
    struct day day = from;
    bool missing = !calendar_knows(calendar, day_year(day));
    while (working_days > 0) {
        day.n++;
        missing = missing || !calendar_knows(calendar, day_year(day));
        if (calendar_works(calendar, day))
            working_days--;
    }
    if (unknown != NULL)
        *unknown = missing;
    return day;
}

int
calendar_between(const struct calendar *calendar, struct day from, struct day to)
{
    const int sign = from.n <= to.n ? 1 : -1;
    const struct day low = sign > 0 ? from : to, high = sign > 0 ? to : from;
    int n = 0;
    for (struct day day = { low.n + 1 }; day.n <= high.n; day.n++)
        n += calendar_works(calendar, day);
    return sign * n;
}
