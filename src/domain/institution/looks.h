/* The pages of this part that are neither list nor record nor entry. */
#ifndef DOMAIN_INSTITUTION_LOOKS_H
#define DOMAIN_INSTITUTION_LOOKS_H

#include "policy/house.h"

look_fn look_work, look_unfiled, look_register, look_register_one, look_open_data, look_authority, look_national,
    look_paper_code, look_cockpit, look_figure, look_national_copy;

act_fn act_transfer, act_claim, act_many;

/* A chart in a list of charts: names and values are added point by point to what is given back. */
struct node *chart_put(struct call *call, struct node *list, const char *id, const char *label, const char *kind,
                       const char *unit);
void chart_point(struct call *call, struct node *drawing, const char *name, int64_t value);

#endif
