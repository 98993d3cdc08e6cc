/* How a place ends, now or on a day ahead. */
#ifndef DOMAIN_LEAVING_H
#define DOMAIN_LEAVING_H

#include "policy/house.h"

/* Effects of a child's steps: see leaving.c. */
effect_fn leave_place, plan_leaving, keep_place, drop_places, carry_place, discard_place;

#endif
