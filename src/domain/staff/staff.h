/* 人员：who works in an institution, what they must have, who may not work there, who is on duty. */
#ifndef DOMAIN_STAFF_H
#define DOMAIN_STAFF_H

#include "policy/house.h"
#include "store/query.h"

extern const struct module staff_module;
extern const struct form staff_form, staff_certificate_form, staff_health_form, staff_contract_form,
    staff_insurance_form, staff_training_form, record_query_form, record_batch_form, record_answer_form, ban_form,
    ban_match_form, roster_form, staff_attendance_form, abuse_report_form, abuse_contact_form, staff_pin_form;

/* Who keeps the files of an institution's staff: the head and the health carer. */
#define STAFF_KEEPERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH))
#define AT_WORK_SQL "('active', 'suspended')"
#define OPEN_END_DAY "9999-12-31"

/* Of a line of staff, or of a record that names somebody in `staff`: the staff row, of the record's own institution;
 * else INVALID with a fault at the field. *out NULL: not named. */
enum status staff_of(struct call *call, struct reader *reader, const struct row *record, struct row **out);
/* The keyed hash of a number as the find column of that field keeps it. */
const char *id_hash(struct call *call, const char *field, const char *number);
/* What the head of an institution is told, never why. */
extern const char told_barred[];
/* The ID number of a staff row; NULL when it was erased. */
const char *staff_id_number(struct call *call, struct reader *reader, const struct row *staff);
/* Runs the rules of one staff row anew, after a line of it was written or time went on. */
enum status staff_recheck(struct call *call, struct writer *writer, int64_t id);
/* The heads of an institution, one notice each. */
enum status notice_heads(struct call *call, struct writer *writer, int64_t institution, const char *text,
                         const char *url);
/* What time does to staff: warnings before something ends, the ban list, findings anew. */
enum status staff_daily(struct call *call, struct writer *writer, int64_t office);
done_fn staff_sweep; /* a chunk of the office's staff, then the next */

/* Does one of the certificates ("|a|b|") stand in the city's code list post_certificate for that post? A post that the
 * list does not name asks for none. */
bool post_allows_one(const struct call *call, const char *post, const char *certificates);
/* The main certificate of staff row t on the day ?3. It has no end of its own: where a line of its kind is over, it is
 * over, and a newer line counts by itself. */
#define MAIN_CERTIFICATE_SQL                                                                                           \
    "case when exists (select 1 from staff_certificate x where x.office = t.office and x.part = t.id and "             \
    "x.kind = t.certificate and x.until < ?3) then null else t.certificate end"
/* All valid certificates of the staff row, the main one and the lines, as codes "|a|b|". */
enum status staff_certificates(struct call *call, struct reader *reader, const struct row *staff, const char **codes);
/* A certificate of a check-up on that day may last until then: CFG-HEALTH-MONTHS; else INVALID at the field. */
enum status staff_health_lasts(struct call *call, const struct field *field, struct day examined, struct day until);
/* A certificate line etc. tells its head. */
effect_fn staff_line_written;
/* The check of social insurance and contracts, see employment.c. */
enum status contract_gap(struct call *call, struct reader *reader, const struct row *staff, const char **what);
enum status insurance_gap(struct call *call, struct reader *reader, const struct row *staff, const char **what);

/* ---- 暂停、限制：what stands against a person (hold.c) ---- */

/* Of one person over all offices, by the identity hash. */
struct against {
    bool banned;    /* a ban in force, or a confirmed match with one */
    bool pending;   /* a case without an end */
    bool recorded;  /* a query answered with "may not be employed" and not dismissed */
    bool elsewhere; /* suspended by order in another row, also in one left since */
};
enum status staff_against(struct call *call, struct reader *reader, const struct row *staff, struct against *against);
bool against_any(const struct against *against);
/* The hash of the ID number as the row keeps it; NULL when it was erased. */
enum status staff_hash(struct call *call, struct reader *reader, const struct row *staff, const char **hash);
/* Appends "s.office in (…)": every office. */
void staff_everywhere(struct call *call, struct query *query);
/* Does a measure of that cause (head, office, abuse) stand on this row; by order of the authorities? */
bool staff_measure(const struct row *staff, const char *cause);
bool staff_ordered(const struct row *staff);
/* The day on which that measure is to be reviewed; NULL: it does not stand. */
const char *staff_measure_review(const struct row *staff, const char *cause);
/* Does another measure stand on this row as well? */
bool staff_held_besides(const struct row *staff, const char *cause);
/* In memory: the row is written by who calls. `old`: as it was before the step, `from` NULL: since when it stands. */
void staff_measure_begin(struct call *call, const struct row *old, struct row *staff, const char *cause,
                         const char *from, const char *review);
/* That cause only: what others ordered goes on, with their days. */
void staff_measure_end(struct call *call, const struct row *old, struct row *staff, const char *cause);
/* A review lies after the measure's first day and today, within CFG-REVIEW-DAYS; else INVALID at the field. */
enum status staff_review_fits(struct call *call, const struct field *field, const char *from, const char *review);
/* Brings the row to the state that follows from its causes; whom it hits is told. Nothing for who left. */
enum status staff_settle(struct call *call, struct writer *writer, int64_t id);
/* The other rows of the same person. */
enum status staff_settle_person(struct call *call, struct writer *writer, const struct row *staff);
/* This row and the others. */
enum status staff_settle_all(struct call *call, struct writer *writer, const struct row *staff);
/* Suspends or restores the login that the row names, as its state says; the row is written by who calls. */
enum status staff_login_follows(struct call *call, struct writer *writer, struct row *staff);
/* Whoever is ordered off and names no login may still have one: county health and the system administrators are told.
 */
enum status staff_tell_no_login(struct call *call, struct writer *writer, const struct row *staff);
/* A measure ordered upon a report, on any row of a person, for protection; and its end. */
enum status staff_order(struct call *call, struct writer *writer, const struct row *staff, const char *from,
                        const char *review);
enum status staff_order_end(struct call *call, struct writer *writer, const struct row *staff);

/* ---- 终身禁入 ---- */

/* Is somebody with this ID number banned (or suspended while a case is pending)? */
enum status ban_holds(struct call *call, struct reader *reader, const char *id_number, bool *holds);
/* Compares one staff row with the list; acts on what is found. `found_by`: code of ban_found_by. */
enum status ban_seek(struct call *call, struct writer *writer, const struct row *staff, const char *found_by);
/* Compares one ban with everybody in the city: staff, heads of filings, legal representatives. */
enum status ban_spread(struct call *call, struct writer *writer, const struct row *ban);
/* Compares everybody of an office with the list, by night. */
enum status ban_night(struct call *call, struct writer *writer, int64_t office);
/* Ends its cases, frees whom nothing else holds, and tells the heads and counties. */
enum status ban_lift(struct call *call, struct writer *writer, const struct row *ban);
/* A query of records was answered with "may not be employed". */
enum status ban_by_record(struct call *call, struct writer *writer, const struct row *staff);

/* Heads of filings and legal representatives whom a ban names (ban_manager.c). */
guard_fn manager_may_be_ordered, manager_is_ordered;
effect_fn manager_ordered;
/* Tells the heads. */
enum status manager_confirmed(struct call *call, struct writer *writer, const struct row *match);
/* The heads of an institution but whom the ban names; *told: how many. */
enum status manager_notice(struct call *call, struct writer *writer, int64_t institution, const struct row *ban,
                           const char *text, size_t *told);
/* Tells county health of orders whose day has passed, each day. */
enum status manager_orders_due(struct call *call, struct writer *writer, int64_t office);

/* ---- 能否在岗 (fit.c) ---- */

/* Why somebody does not count as on duty on that day, in words for colleagues; NULL: counts. */
const char *staff_unfit(const struct row *staff, struct day on);
/* What lacks on that day of the yearly query of records; NULL: nothing. */
const char *staff_record_gap(const struct row *staff, struct day on);
/* The days of certificate and query from their lines anew, after one was written. */
enum status staff_days(struct call *call, struct writer *writer, int64_t id);
/* Writes the first lines of a person who was entered with these days and has none. */
enum status staff_lines_begin(struct call *call, struct writer *writer, int64_t id);
/* Off work by illness since that day; NULL: back. */
enum status staff_ill(struct call *call, struct writer *writer, int64_t id, const char *since);

/* ---- 排班、在岗 ---- */

/* Judges anew whether somebody who is signed in counts as on duty. */
enum status roster_refit(struct call *call, struct writer *writer, const struct row *staff);
/* Who is signed in and does not count: how many, and the first reason. */
enum status roster_unfit(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *n,
                         const char **why);

/* Takes somebody off every roster from today on, and off duty now. */
enum status roster_strike(struct call *call, struct writer *writer, const struct row *staff);
/* How many people the roster expects on that day. */
enum status roster_expected(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *n);
/* Expected but not checked in; guards that lack where the institution is independently sited. */
enum status roster_missing(struct call *call, struct reader *reader, int64_t institution, const char *day,
                           int64_t *absent, int64_t *guards);

/* ---- 口令 ---- */
enum { PIN_ROUNDS = 120000 }; /* PBKDF2 of the PIN, salted with the staff row's id */
work_fn pin_hash_work;
done_fn pin_hash_done;
enum pin_answer { PIN_RIGHT, PIN_WRONG, PIN_LOCKED, PIN_NONE };
/* Asks for the staff member's PIN on a paired device; wrong ones are counted, five lock it for a quarter of an hour. */
enum status pin_check(struct call *call, struct writer *writer, int64_t staff, const char *pin,
                      enum pin_answer *answer);

/* ---- 违法犯罪记录查询 ---- */
work_fn record_archive_work;
done_fn record_archive_done;

/* ---- 强制报告、暂停措施 (abuse.c, measures.c) ---- */
done_fn abuse_escalate;
/* The steps of a report that decide about the person it names. */
guard_fn measure_may_begin, measure_may_go_on, measure_may_end, measure_may_close;
effect_fn measure_begun, measure_prolonged, measure_ended, measure_closed;
/* Does what the report ordered still stand? */
enum status measure_stands(struct call *call, struct reader *reader, const struct row *report, bool *stands);
/* Tells whoever ordered a measure, each day from its review on until they decide. */
enum status measure_reviews(struct call *call, struct writer *writer, int64_t office);

#endif
