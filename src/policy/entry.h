/* Entry forms: what a person fills in, with what was typed kept and every fault at its field. */
#ifndef POLICY_ENTRY_H
#define POLICY_ENTRY_H

#include "policy/engine.h"

/* One field for an entry form or a step of `form`, added to `list`. `row`: NULL for a new one. `typed`: what was posted
 * and refused, or NULL. */
void entry_field(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
                 const struct field *field, bool need, const struct node *typed, struct node *list);

#endif
