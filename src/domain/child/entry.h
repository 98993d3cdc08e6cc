/* The days of a place and the identity of a child. */
#ifndef DOMAIN_ENTRY_H
#define DOMAIN_ENTRY_H

#include "policy/house.h"

/* Before every write of a child. */
fill_fn child_fill;
/* Faults at id_number, born and sex of `form`, where the number (plain) is wrong or says something else. */
void identity_check(struct call *call, const struct form *form, const struct row *row, const char *number);
/* Was the entry put down longer after its day than is usual? */
bool entry_is_late(const struct call *call, const struct row *child);
/* Who was to come enters, who was to go leaves. */
enum status plans_daily(struct call *call, struct writer *writer, int64_t office);

#endif
