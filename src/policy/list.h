/* Lists of a form: the rows behind list pages, the API and exports. */
#ifndef POLICY_LIST_H
#define POLICY_LIST_H

#include "policy/engine.h"

/* The rows I may `action`, by the query's filters (field names, q, state, area, institution, part), sort, after. */
enum status list_rows(struct call *call, struct reader *reader, const struct form *form, const struct node *input,
                      enum may action, int limit, struct row_set *out);
/* The field groups I may see in lists of this form. */
unsigned list_groups(const struct form *form, const struct me *me);
/* Is the field a column of the default list? */
bool list_column(const struct form *form, int index, unsigned groups);

#endif
