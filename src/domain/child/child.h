/* 婴幼儿：children with their families, classes, contracts and consents. */
#ifndef DOMAIN_CHILD_H
#define DOMAIN_CHILD_H

#include "policy/house.h"

extern const struct module child_module;
extern const struct form child_form, guardian_form, pickup_person_form, class_placement_form, entry_check_form,
    medical_body_form;

#define OPEN_END "9999-12-31" /* the end of what has none */

/* Completed months of the child on that day; -1 when the birth date is not known. */
int child_months(const struct row *child, struct day on);
/* The child of a record that names one in `child`, or whose head it is; it is of the record's institution, else INVALID
 * with a fault at the field. */
enum status child_of(struct call *call, struct reader *reader, const struct row *record, struct row **out);

/* The child's class on that day, 0: none. */
enum status class_on(struct call *call, struct reader *reader, const struct row *child, const char *day,
                     int64_t *class_group);

/* The step 编班: ends the class before, begins the one that the step asked for. */
effect_fn place_child;
/* Writes today's class into the child's row. */
enum status carry_class(struct call *call, struct writer *writer, int64_t id);

/* Who may do what in an institution's own ledgers: the head and the health carer keep them, all its people read. */
#define INSTITUTION_KEEPERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH))
#define INSTITUTION_CARERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH) | POST(P_CARE))

#endif
