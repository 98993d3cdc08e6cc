/* What happens when a site pauses, goes on and ends: guards and effects of its steps. */
#ifndef DOMAIN_INSTITUTION_LIFE_H
#define DOMAIN_INSTITUTION_LIFE_H

#include "policy/engine.h"

/* Who paused it lets it go on: the institution itself, or the county that ordered it. */
guard_fn pause_is_own, pause_is_ordered;
effect_fn site_paused, site_ordered, site_resumed;
/* Closing by the institution: refused while children, staff or a filing in hand remain, with how many. */
effect_fn site_closed;
/* By the county: what is in hand ends with it. */
effect_fn site_cancelled, site_struck;

/* Of a filed site its institution changes what no filing says; the rest needs a change filing. INVALID with faults. */
enum status filed_stands(struct call *call, const struct change *change);
/* Filings handed in or returned end with the site: their clocks count no more. */
enum status filings_lapse(struct call *call, struct writer *writer, const struct row *site);

#endif
