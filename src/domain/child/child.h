/* 婴幼儿：children with their families, classes, contracts and consents. */
#ifndef DOMAIN_CHILD_H
#define DOMAIN_CHILD_H

#include "policy/house.h"

extern const struct module child_module;
extern const struct form child_form, guardian_form, pickup_person_form, class_placement_form, entry_check_form,
    medical_body_form, consent_text_form, consent_form, enrolment_form;

#define OPEN_END "9999-12-31" /* the end of what has none */

/* Completed months of the child on that day; -1 when the birth date is not known. */
int child_months(const struct row *child, struct day on);
/* The child of a record that names one in `child`, or whose head it is; it is of the record's institution, else INVALID
 * with a fault at the field. */
enum status child_of(struct call *call, struct reader *reader, const struct row *record, struct row **out);

/* The child's class on that day, 0: none. */
enum status class_on(struct call *call, struct reader *reader, const struct row *child, const char *day,
                     int64_t *class_group);

/* Is one a guardian on that day, and may one take the child home? A former guardian, or one who may not fetch, hands no
 * child on to others either. */
bool guardian_stands(const struct row *guardian, const char *day);
bool guardian_fetches(const struct row *guardian, const char *day);
/* A fault at `field` of a line of a child when it names nobody who is a guardian of the child today. */
enum status guardian_signs(struct call *call, struct reader *reader, const struct row *line, const char *field);

/* Does a guardian's consent of that kind (list consent_kind) stand, and did it on `day`, to a text that was in use
 * then, by one who was a guardian still? What rests on consent asks before it keeps; one that was withdrawn since does
 * not count for the days before either. */
enum status consent_given(struct call *call, struct reader *reader, const struct row *child, const char *kind,
                          const char *day, bool *given);

/* Ids in ascending order. */
struct id_list {
    int64_t *ids;
    size_t n;
};
/* The children of an institution for whom consent_given holds: the answer for each of them in one question. */
enum status consent_children(struct call *call, struct reader *reader, int64_t institution, const char *kind,
                             const char *day, struct id_list *out);

/* Faults at the fields of a record of a child that are kept by a consent of that kind only and are written without one
 * on the record's day (today, where it has none). */
enum status consent_check(struct call *call, struct reader *reader, const struct change *change, const char *kind);

/* A consent of an enrolled child to a text that is out of use, with none to a newer one. */
struct old_consent {
    int64_t child;
    const char *name, *kind, *until; /* until: the last day of the text */
};
/* Those of an institution. */
enum status consents_old(struct call *call, struct reader *reader, int64_t institution, struct old_consent **out,
                         size_t *n);

/* 班型: completed months from … to below, and the standard of its size. NULL: no such band. */
struct band {
    const char *code;
    int from, below;
    const char *size;
    int64_t most;
};
const struct band *band_named(const char *code);
/* The band of an age; NULL: too young, or three already. */
const struct band *band_for(int months);

/* Runs the child's rules anew and keeps what they find: after something else than its row has changed, or time. */
enum status child_judge(struct call *call, struct writer *writer, int64_t id);
/* What time alone finds: three years old, out of its band, away for months. */
enum status ages_daily(struct call *call, struct writer *writer, int64_t office);

/* The pages of entry: what is due, who moves up; and the act that moves them. */
extern look_fn look_due, look_promote;
extern act_fn act_promote;

/* Is a child expected by its contract that day? A contract in force says on which weekdays; without one, every day.
 * ?3 the day, ?4 '%|w|%' of its weekday; over alias c of child. */
#define CHILD_EXPECTED                                                                                                 \
    "exists (select 1 from class_placement p where p.office = c.office and p.part = c.id and p.from_day <= ?3 and "    \
    "p.until >= ?3) and not exists (select 1 from contract k where k.office = c.office and k.part = c.id and "         \
    "k.state = 'active' and k.from_day <= ?3 and k.to_day >= ?3 and (k.weekdays is null or k.weekdays not like ?4))"
/* Is an entrustment in force, given by a guardian who may fetch? ?3 the day; over alias r of pickup_person. */
#define PICKUP_STANDS                                                                                                  \
    "coalesce(r.ended, 0) = 0 and (r.from_day is null or r.from_day <= ?3) and (r.to_day is null or r.to_day >= ?3) "  \
    "and not exists (select 1 from guardian g where g.office = r.office and g.id = r.entrusted_by and "                \
    "(coalesce(g.no_fetch, 0) = 1 or g.ended_on <= ?3))"
/* '%|3|%' of a Wednesday. */
const char *weekday_like(struct call *call, struct day day);

/* The step 编班: ends the class before, begins the one that the step asked for. */
effect_fn place_child;
/* Until when a place of the child lasts: its planned leave, else OPEN_END. */
const char *place_until(const struct row *child);
/* Writes today's class into the child's row. */
enum status carry_class(struct call *call, struct writer *writer, int64_t id);

/* Who may do what in an institution's own ledgers: the head and the health carer keep them, all its people read. */
#define INSTITUTION_KEEPERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH))
#define INSTITUTION_CARERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH) | POST(P_CARE))

#endif
