/* What the steps of a filing do with its papers: drafting them, and voiding them when the content is handed in anew. */
#ifndef DOMAIN_FILING_PAPERS_H
#define DOMAIN_FILING_PAPERS_H

#include "policy/house.h"

/* Counts how often the content could be changed since it was first handed in: it can while the filing is returned or
 * withdrawn, and then only. */
int64_t filing_round(const struct row *filing);
/* Is the paper about the content as it is handed in now? */
enum status paper_stands(struct call *call, struct reader *reader, const struct row *paper, bool *yes);

/* Papers that are not sealed are about content that is no more. */
enum status papers_void(struct call *call, struct writer *writer, const struct row *filing);

/* 一次性告知: a later return names what is still open of the last one; anything else needs its new fact. A fault. */
enum status named_once(struct call *call, struct reader *reader, const struct change *change);

guard_fn receipt_not_overdue; /* documents are sent back within the days that the receipt has, not after them */
guard_fn receipt_not_drafted; /* no receipt is under way */
guard_fn unfit_not_drafted;   /* nothing unfit is published of this filing, nor under way */
effect_fn draft_receipt, draft_unfit;
enum status draft_supplement(struct call *call, struct writer *writer, const struct change *change, const char *words);

#endif
