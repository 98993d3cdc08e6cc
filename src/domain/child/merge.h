/* Merging two records of one child by a person. */
#ifndef DOMAIN_MERGE_H
#define DOMAIN_MERGE_H

#include "policy/house.h"

/* {keep, drop, and of each of merge_chosen that differs: "keep", "drop" or "both"} */
extern act_fn act_merge;

/* What is to be warned of: nobody but a person says which of two is true. Ends with NULL. */
extern const char *const merge_chosen[];
/* Do both say something, and not the same? */
bool merge_differs(struct call *call, struct reader *reader, const struct row *one, const struct row *other,
                   const char *field);
/* May `keep` be the one that stays? The place must not be lost: who is here, is to come, or was here stays. */
bool merge_keeps(const struct row *keep, const struct row *drop);

#endif
