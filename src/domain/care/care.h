/* 每日照护：attendance, checks, health, meals, safety — the institution's day. */
#ifndef DOMAIN_CARE_H
#define DOMAIN_CARE_H

#include "policy/house.h"

extern const struct module care_module;
extern const struct form care_day_form, closure_form, opening_hours_form, correction_form, attendance_form,
    morning_check_form;
extern const struct measure care_measures[];
extern const struct indicator care_indicators[];

/* Is the institution open that day, by its weekly hours, closures and the calendar of working days? */
enum status care_is_open(struct call *call, struct reader *reader, int64_t institution, struct day day, bool *open);
/* Does a closure of its head cover that day? */
enum status care_is_suspended(struct call *call, struct reader *reader, int64_t institution, const char *day,
                              bool *suspended);
/* When it closes on that day, in milliseconds of the day: by its opening hours, else by the standards. */
enum status care_closes_at(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *ms);
/* Brings today of the institution in line with its closures: opened, or out of all counts. INVALID with a fault while
 * children are inside on a day that is to be closed. */
enum status care_day_follow(struct call *call, struct writer *writer, int64_t institution);
/* May the head close this day now? Not while children are inside before the closing time; *why then says so. */
enum status care_day_may_close(struct call *call, struct reader *reader, const struct row *day, bool *may,
                               const char **why);
/* The institution's row of that day; *out NULL when the day was not opened yet. */
enum status care_day_of(struct call *call, struct reader *reader, int64_t institution, const char *day,
                        struct row **out);
/* A day that stands as closed, or not at all, on which somebody came: opened, and ended as 未确认 when it is past.
 * CONFLICT where it was not open by plan and no reason is given; *unplanned then. *day NULL: nobody is enrolled. */
enum status care_day_was(struct call *call, struct writer *writer, int64_t institution, const char *iso,
                         struct row **day, bool *unplanned);
/* day_guard of the module: a closed day is changed by a correction only, and the old value is kept. */
enum status care_day_guard(struct call *call, struct writer *writer, const struct change *change);
/* Opens today, and what was missed since the last day, for every institution of the office that takes children; ends
 * what was left open. */
enum status care_daily(struct call *call, struct writer *writer, int64_t office);

/* Fills `class` of a record from the child it names, and refuses the child of another institution. */
fill_fn care_fill_class;

/* A child that the morning check refused did not come in: absent, whether its arrival was written down or not. */
enum status attendance_refused(struct call *call, struct writer *writer, const struct row *check);

/* Who fetched a child (fetch.c): the code is compared and forgotten, the rule asks for a person, coming back forgets.
 */
fill_fn fetch_check_code;
check_fn fetched_by_the_entrusted;
void fetch_forget(struct row *attendance);
/* An ill child is fetched: where its attendance of that day still says present, it leaves by the same words (`asked`:
 * what the step was given). */
enum status fetch_leave(struct call *call, struct writer *writer, const struct row *isolation,
                        const struct node *asked);
/* Who fetched, from the attendance, as the case asks it. */
struct node *fetch_words(struct call *call, const struct row *attendance);

/* What is missing of an institution's day, as a list of maps {rule, what, n, url}: shown before closing and kept when
 * the day closes by itself. */
enum status care_missing(struct call *call, struct reader *reader, int64_t institution, const char *day,
                         struct node *list);

#endif
