/* 照护配比: who is present now, class by class. */
#ifndef DOMAIN_CARE_RATIO_H
#define DOMAIN_CARE_RATIO_H

#include "policy/house.h"

extern const struct form ratio_quiet_form, ratio_event_form;

struct ratio {
    int64_t class_group, children, carers, needed;
    const char *name;
};
/* Classes with children present. */
enum status ratio_now(struct call *call, struct reader *reader, int64_t institution, struct ratio **out, size_t *n);
/* Is it a time of the day at which no shortage begins there? */
enum status ratio_is_quiet(struct call *call, struct reader *reader, int64_t institution, bool *quiet);
/* Counts the classes of a care_day row: short, kept, and not recorded. Sets the fields, writes nothing. */
enum status ratio_classes(struct call *call, struct reader *reader, struct row *day);
enum status ratio_minutely(struct call *call, struct writer *writer, int64_t office);
enum status ratio_daily(struct call *call, struct writer *writer, int64_t office);

#endif
