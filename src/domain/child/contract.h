/* Contracts, bills and payments of children. */
#ifndef DOMAIN_CONTRACT_H
#define DOMAIN_CONTRACT_H

#include "policy/house.h"

extern const struct form contract_form, contract_item_form, bill_form, bill_line_form, payment_form, bill_run_form;
/* Ends an active contract on a day that has been. */
enum status contract_end(struct call *call, struct writer *writer, int64_t id, const char *day, const char *reason);
/* Ends those whose planned day is over. */
enum status contracts_daily(struct call *call, struct writer *writer, int64_t office);
/* The job that makes some bills of a run and plans the next. */
#define BILL_RUN "bill_run"
extern done_fn bill_run_some;

/* Makes the bill of that month ("2026-11"), or makes it anew; kept: nothing of it has changed. */
enum bill_made { BILL_NONE, BILL_NEW, BILL_RENEWED, BILL_KEPT };
enum status bill_make(struct call *call, struct writer *writer, const struct row *contract, const char *month,
                      enum bill_made *made);
/* Puts what was received against the bills of the contract, month by month, and closes those for which it is enough. */
enum status bills_settle(struct call *call, struct writer *writer, int64_t office, int64_t contract);
/* Paid in advance for days of this month and on no bill yet: goes onto this one. */
enum status payments_claim(struct call *call, struct writer *writer, const struct row *bill);

/* What a month of the contract costs that begins on that day, in fen: items by the month, the day and the hour. */
enum status contract_month_cost(struct call *call, struct reader *reader, const struct row *contract, struct day from,
                                int64_t *cost);
/* How much a payment that is about to be written makes the child's prepayments more than a month's fee, in fen. */
enum status prepaid_over(struct call *call, struct reader *reader, const struct row *contract,
                         const struct row *payment, int64_t *over);
/* What was received for the child, over all its contracts, and neither given back nor billed, in fen. */
enum status prepaid_held(struct call *call, struct reader *reader, const struct row *child, int64_t *fen);
/* What was given back to the family since that payment, in fen. */
enum status prepaid_returned(struct call *call, struct reader *reader, const struct row *payment, int64_t *returned);
/* After a refund: what it made good is no finding any more. */
enum status prepaid_rejudge(struct call *call, struct writer *writer, const struct row *refund);

/* What rules found about fees, for the market regulator and the head. */
extern look_fn look_fees;

#endif
