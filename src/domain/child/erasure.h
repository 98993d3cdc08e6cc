/* The list of children whose years are over, and the day's work on it. */
#ifndef DOMAIN_ERASURE_H
#define DOMAIN_ERASURE_H

#include "policy/house.h"

extern const struct form erasure_form;
enum status erasures_daily(struct call *call, struct writer *writer, int64_t office);

#endif
