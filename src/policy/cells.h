/* Cells: what a day of an institution counts. One wide row per form, institution and day, recounted from the rows by
 * the cells' own predicates in the transaction that wrote one of them; figures over any time read cells, so that their
 * cost does not grow with history. Only sums and counts are kept, rates are made from them when they are asked. */
#ifndef POLICY_CELLS_H
#define POLICY_CELLS_H

#include "policy/house.h"

/* Notes that the row's day must be counted anew (and the day it had before). */
enum status cells_touch(struct call *call, const struct change *change);
/* Counts every noted day, once. The last thing of a write function. */
enum status cells_recount(struct call *call, struct writer *writer);

/* Compares every cell of an office with a full count of the rows: how many differ, and the first one in words. */
enum status cells_check(struct call *call, struct reader *reader, int64_t office, int64_t *wrong, const char **first);

/* The name of the table of a form's cells. */
const char *cells_table(struct arena *arena, const struct form *form);

#endif
