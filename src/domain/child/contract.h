/* Contracts, bills and payments of children. */
#ifndef DOMAIN_CONTRACT_H
#define DOMAIN_CONTRACT_H

#include "policy/house.h"

extern const struct form contract_form, contract_item_form, bill_form, bill_line_form, payment_form, bill_run_form;
/* The job that makes some bills of a run and plans the next. */
#define BILL_RUN "bill_run"
extern done_fn bill_run_some;

/* Makes or renews the bill of that month ("2026-11"); what was paid in part or whole stays as it is. */
enum bill_made { BILL_NONE, BILL_NEW, BILL_RENEWED, BILL_KEPT };
enum status bill_make(struct call *call, struct writer *writer, const struct row *contract, const char *month,
                      enum bill_made *made);
/* Sums what was paid on the bill, and closes it when that is enough. */
enum status bill_settle(struct call *call, struct writer *writer, int64_t bill);
/* Paid in advance for days of this month and on no bill yet: goes onto this one. */
enum status payments_claim(struct call *call, struct writer *writer, const struct row *bill);

/* How much a payment that is about to be written makes the child's prepayments more than a month's fee, in fen. */
enum status prepaid_over(struct call *call, struct reader *reader, const struct row *contract,
                         const struct row *payment, int64_t *over);
/* What was given back to the family since that payment, in fen. */
enum status prepaid_returned(struct call *call, struct reader *reader, const struct row *payment, int64_t *returned);
/* After a refund: what it made good is no finding any more. */
enum status prepaid_rejudge(struct call *call, struct writer *writer, const struct row *refund);

/* What rules found about fees, for the market regulator and the head. */
extern look_fn look_fees;

#endif
