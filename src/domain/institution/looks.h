/* The pages of this part that are neither list nor record nor entry. */
#ifndef DOMAIN_INSTITUTION_LOOKS_H
#define DOMAIN_INSTITUTION_LOOKS_H

#include "policy/house.h"

look_fn look_work, look_unfiled, look_register, look_register_one, look_open_data, look_paper_code, look_cockpit;

#endif
