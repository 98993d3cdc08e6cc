/* Working days (行政处罚法 85, 行政许可法 82; 民法典 201–203): Monday to Friday, but for statutory days off and the
 * work days that are moved to weekends, which are rows. A year whose arrangement is not known is counted plainly and
 * said so. */
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include "base/arena.h"
#include "base/day.h"

struct calendar;

struct calendar *calendar_new(struct arena *arena);
/* That day is worked, or is off, other than its weekday says. False: no memory. */
bool calendar_put(struct calendar *calendar, struct day day, bool works);
void calendar_year_known(struct calendar *calendar, int year);
bool calendar_works(const struct calendar *calendar, struct day day);
bool calendar_knows(const struct calendar *calendar, int year);
/* The n-th working day after `from`, which itself is not counted. *unknown (may be NULL): a year on the way is not
 * known. */
struct day calendar_add(const struct calendar *calendar, struct day from, int working_days, bool *unknown);
/* Working days after `from` up to and including `to`; negative when `to` is earlier: the working days past it. */
int calendar_between(const struct calendar *calendar, struct day from, struct day to);

#endif
