/* The seal of a paper by the county's electronic seal service. */
#ifndef DOMAIN_INSTITUTION_SEAL_H
#define DOMAIN_INSTITUTION_SEAL_H

#include "policy/engine.h"

/* Has the county such a service? */
enum status seal_is_electronic(struct call *call, struct reader *reader, int64_t office, bool *yes);
/* Plans the job that has this signed paper sealed; nothing when the county has no service. */
enum status seal_ask(struct call *call, struct writer *writer, const struct row *paper);

/* job "seal_paper": {paper} */
work_fn seal_work;
done_fn seal_done;

#endif
