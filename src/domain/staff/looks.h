/* The pages and acts of the part of staff that are no list, record, entry or step. */
#ifndef DOMAIN_STAFF_LOOKS_H
#define DOMAIN_STAFF_LOOKS_H

#include "policy/house.h"

look_fn look_staff_due, look_abuse;
act_fn act_pin; /* {staff, pin} → {answer: right, wrong, locked, none} */

#endif
