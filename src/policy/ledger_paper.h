/* The ledgers of a day on paper: a month of them as a table, and blank sheets to be filled by hand where there is no
 * device and entered later, by the QR code or in one go from a sheet. */
#ifndef POLICY_LEDGER_PAPER_H
#define POLICY_LEDGER_PAPER_H

#include "policy/engine.h"

/* ?month=YYYY-MM (today's when not said) & class: the rows I may export, of my institution. INVALID for no month. */
enum status ledger_month(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                         struct node *sheet);
/* How many copies of a blank sheet are asked: ?copies=1…20. */
int ledger_copies(const struct node *query);
/* ?n=1…60 lines & day & class: with a class, the names of its children stand in the first lines. One copy, which bears
 * that number (paper_sheet.h); *lines: how many it has. */
enum status ledger_blank(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                         const char *number, int *lines, struct node *sheet);

#endif
