/* Civil days and local time. A day is a number since 1970-01-01 in the proleptic Gregorian calendar; all clocks of the
 * system show Asia/Shanghai (UTC+8, no summer time). Nothing here reads the clock of the machine. */
#ifndef BASE_DAY_H
#define BASE_DAY_H

#include <stdbool.h>
#include <stdint.h>

struct day {
    int32_t n;
};

/* Strict YYYY-MM-DD of a real date, years 1900 to 9999. */
bool day_parse(const char *iso, struct day *out);
void day_iso(struct day day, char out[11]);
struct day day_from_ms(int64_t ms);   /* the local day of an instant */
int64_t day_start_ms(struct day day); /* its local midnight */
int day_year(struct day day);
int day_month(struct day day);
int day_of_month(struct day day);
int day_weekday(struct day day); /* 0 = Monday */
/* Completed months from `from` to `to` (0 when `to` is earlier): who is born on the 31st completes a month on the last
 * day of a shorter one. */
int day_months_between(struct day from, struct day to);
struct day day_add_months(struct day day, int months); /* the last day of the month when the day does not exist */
/* "2026-03-05 14:30:00" local time. */
void time_text(int64_t ms, char out[20]);

#endif
