#include "base/day.h"

#include <stdio.h>

enum { MS_PER_DAY = 86400000, SHANGHAI_MS = 8 * 3600000 };

/* Days since 1970-01-01 of a civil date; March is the first month of the shifted year, so leap days come last. */
static int32_t
days_from_civil(int year, int month, int dom)
{
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dom - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
civil(struct day day, int *year, int *month, int *dom)
{
    const int z = day.n + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    const int y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = of_era - (365 * y + y / 4 - y / 100), shifted = (5 * of_year + 2) / 153;
    *dom = of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = y + era * 400 + (*month <= 2);
}

static int
month_days(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

bool
day_parse(const char *iso, struct day *out)
{
    int part[3] = { 0, 0, 0 }, i = 0;
    static const int lengths[] = { 4, 2, 2 };
    for (int p = 0; p < 3; p++) {
        for (int digit = 0; digit < lengths[p]; digit++, i++) {
            if (iso[i] < '0' || iso[i] > '9')
                return false;
            part[p] = part[p] * 10 + (iso[i] - '0');
        }
        if (p < 2 && iso[i++] != '-')
            return false;
    }
    if (iso[i] != '\0' || part[0] < 1900 || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
        part[2] > month_days(part[0], part[1]))
        return false;
    out->n = days_from_civil(part[0], part[1], part[2]);
    return true;
}

void
day_iso(struct day day, char out[11])
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    if (year < 0 || year > 9999)
        year = 9999;
    snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)dom % 100);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

struct day
day_from_ms(int64_t ms)
{
    return (struct day){ (int32_t)floor_div(ms + SHANGHAI_MS, MS_PER_DAY) };
}

int64_t
day_start_ms(struct day day)
{
    return (int64_t)day.n * MS_PER_DAY - SHANGHAI_MS;
}

int
day_year(struct day day)
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    return year;
}

int
day_month(struct day day)
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    return month;
}

int
day_of_month(struct day day)
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    return dom;
}

int
day_weekday(struct day day)
{
    const int weekday = (day.n + 3) % 7; /* 1970-01-01 was a Thursday */
    return weekday < 0 ? weekday + 7 : weekday;
}

int
day_months_between(struct day from, struct day to)
{
    int y1, m1, d1, y2, m2, d2;
    if (to.n < from.n)
        return 0;
    civil(from, &y1, &m1, &d1);
    civil(to, &y2, &m2, &d2);
    const int last = month_days(y2, m2), wanted = d1 > last ? last : d1;
    return (y2 - y1) * 12 + (m2 - m1) - (d2 < wanted);
}

struct day
day_add_months(struct day day, int months)
{
    int year, month, dom;
    civil(day, &year, &month, &dom);
    const int64_t all = (int64_t)year * 12 + (month - 1) + months;
    const int y = (int)floor_div(all, 12), m = (int)(all - (int64_t)y * 12) + 1;
    return (struct day){ days_from_civil(y, m, dom > month_days(y, m) ? month_days(y, m) : dom) };
}

void
time_text(int64_t ms, char out[20])
{
    const struct day day = day_from_ms(ms);
    const unsigned second = (unsigned)((ms - day_start_ms(day)) / 1000);
    day_iso(day, out);
    snprintf(out + 10, 10, " %02u:%02u:%02u", second / 3600 % 24, second / 60 % 60, second % 60);
}
