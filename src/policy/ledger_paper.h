/* The ledgers of a day on paper: a month of them as a table, and blank sheets to be filled by hand where there is no
 * device and entered later, by the QR code or in one go from a sheet. */
#ifndef POLICY_LEDGER_PAPER_H
#define POLICY_LEDGER_PAPER_H

#include "policy/engine.h"

/* ?month=YYYY-MM (today's when not said) & class: the rows I may export, of my institution. INVALID for no month. */
enum status ledger_month(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                         struct node *sheet);
/* ?n=1…60 lines & day & class: with a class, the names of its children stand in the first lines. */
enum status ledger_blank(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                         struct node *sheet);

#endif
