/* Likely doubles among the children of an institution. */
#ifndef DOMAIN_DOUBLES_H
#define DOMAIN_DOUBLES_H

#include "policy/house.h"

extern look_fn look_doubles;

/* Is the pair one of those that are proposed? Nobody else is merged. */
enum status are_doubles(struct call *call, struct reader *reader, const struct row *one, const struct row *other,
                        bool *are);
/* The id of another child of the institution with the same ID number, or the same name and birth date and no number of
 * the same kind that differs; 0: none. */
enum status double_of(struct call *call, struct reader *reader, int64_t institution, const char *name, const char *born,
                      const char *id_kind, const char *id_number, int64_t *id);

#endif
