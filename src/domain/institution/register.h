/* What a pushed registration does to the site it names. */
#ifndef DOMAIN_INSTITUTION_REGISTER_H
#define DOMAIN_INSTITUTION_REGISTER_H

#include "policy/engine.h"

/* *made 0: the site is new and made; else it is known and follows the register. `before`: the legal person as it was,
 * NULL when new. The outcome is a short text for the authority. */
enum status site_follow(struct call *call, struct writer *writer, const struct row *from, int64_t legal,
                        const struct row *before, int64_t *made, const char **outcome);

#endif
