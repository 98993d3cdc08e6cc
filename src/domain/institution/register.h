/* What a pushed registration does to the site it names. */
#ifndef DOMAIN_INSTITUTION_REGISTER_H
#define DOMAIN_INSTITUTION_REGISTER_H

#include "policy/engine.h"

/* `site` NULL: it is new and made; else it is known and follows the register. `before`: the legal person as it was,
 * NULL when new. *made is the site that the push is of, 0 while another county has to confirm a move; the outcome is a
 * short text for the authority. */
enum status site_follow(struct call *call, struct writer *writer, const struct row *from, int64_t legal,
                        const struct row *before, struct row *site, int64_t *made, const char **outcome);

/* The push names a site or legal person (`known`) that this authority has not registered: nothing follows, the county
 * of what is known is told. */
enum status site_refuse(struct call *call, struct writer *writer, const struct row *from, const struct row *known,
                        const char **outcome);

/* Effect of the step by which the old county confirms a move: closed here, open there. */
enum status site_move_out(struct call *call, struct writer *writer, const struct change *change);

#endif
