/* The pages of the part of staff that are no list, record or entry. */
#ifndef DOMAIN_STAFF_LOOKS_H
#define DOMAIN_STAFF_LOOKS_H

#include "policy/house.h"

look_fn look_staff_due, look_abuse;

#endif
