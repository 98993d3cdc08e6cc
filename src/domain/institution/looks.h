/* The pages of this part that are neither list nor record nor entry. */
#ifndef DOMAIN_INSTITUTION_LOOKS_H
#define DOMAIN_INSTITUTION_LOOKS_H

#include "policy/house.h"

look_fn look_work, look_unfiled, look_register, look_register_one, look_open_data, look_authority, look_national,
    look_paper_code, look_cockpit, look_figure, look_national_copy, look_unfit;

act_fn act_transfer, act_claim, act_many;

/* The measure that counts an indicator's part: residents of a township stand in rows of their own. */
const struct measure *measure_of(const struct call *call, const char *id, bool town);
/* The indicator of my whole area (`area` NULL) or of one county or township, as indicator_put. Of residents the whole
 * is known only when every county has entered its own: else 待录入, and how many have not. */
enum status figure_put(struct call *call, struct reader *reader, const struct indicator *indicator, const char *area,
                       int64_t numerator, int64_t denominator, struct node *map);

/* A chart in a list of charts: names and values are added point by point to what is given back. */
struct node *chart_put(struct call *call, struct node *list, const char *id, const char *label, const char *kind,
                       const char *unit);
void chart_point(struct call *call, struct node *drawing, const char *name, int64_t value);

#endif
