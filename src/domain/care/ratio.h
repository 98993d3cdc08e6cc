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
enum status ratio_minutely(struct call *call, struct writer *writer, int64_t office);
enum status ratio_daily(struct call *call, struct writer *writer, int64_t office);

#endif
