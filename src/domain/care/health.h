/* 传染病防控：the loop that closes by itself — abnormal finding, guardian told, isolation, disinfection, exposed
 * children, clusters, the county's answer, the way back. */
#ifndef DOMAIN_CARE_HEALTH_H
#define DOMAIN_CARE_HEALTH_H

#include "policy/house.h"

extern const struct module loop_module;
extern const struct form isolation_form, disease_case_form, class_watch_form, exposure_form, disinfection_task_form,
    epidemic_report_form, outbreak_alert_form, outbreak_investigation_form, outbreak_guidance_form, case_access_form,
    report_access_form, health_guidance_form, health_inspection_form, staff_illness_form;
extern const struct measure loop_measures[];
extern const struct indicator loop_indicators[];

/* What kind of illness symptoms ("|fever|cough|") or a disease code point to: a code of illness_kind. NULL: nothing
 * that could be passed on; "other": unwell, no suspicion; "listed": a diagnosed disease without numbers of its own,
 * such as 百日咳 or 肺结核 — two of them are the same only when the disease is. */
const char *illness_of_symptoms(const char *symptoms);
const char *illness_of_disease(const char *disease);
bool illness_suspected(const char *kind);
/* Do the signs of that kind point to one infectious disease? Fever, a cough with it, vomiting, a rash or red eyes have
 * many causes: they are watched and counted, and told when a doctor names the disease or a cluster is met. */
bool illness_named(const char *kind);
/* Are two rows with `kind` and `disease` of the same illness? */
bool illness_same(const struct row *one, const struct row *other);
/* Of two kinds that symptoms point to the one that says more; NULL says least. */
const char *illness_more_telling(const char *before, const char *now);

#define CASE_GOES_ON (OPEN | WATCHED | LEFT) /* states of isolation before its end */
/* Who must not come in on the day ?3 without a paper; over isolation. A case of an earlier day goes on also where
 * nobody noted that the child went home. */
#define MUST_NOT_COME "kind <> 'other' and (state = 'left' or (state in ('open', 'watched') and found_on < ?3))"

/* A child was found unwell. */
struct illness {
    int64_t institution, child, at;
    const char *day, *symptoms, *source;
    struct value temperature;
    uint64_t state; /* OPEN isolated, WATCHED, LEFT not taken in or at home */
};
/* The child's case that goes on; *out NULL: none. */
enum status illness_case(struct call *call, struct reader *reader, int64_t child, struct row **out);
/* Opens its case, or adds to the one that is open; the rest of the loop follows from there. */
enum status illness_found(struct call *call, struct writer *writer, const struct illness *illness);

/* Which institution: for those who see many of them (G_INTERNAL), filled by fill_site. */
#define SITE_FIELD                                                                                                     \
    {                                                                                                                  \
        "site", F_REF, .label = "机构", .ref = &institution_form, .computed = true, .list = true, .group = G_INTERNAL  \
    }
fill_fn fill_site;

/* Hooks of other ledgers of the day: an abnormal check, an absence traced to symptoms, a child that leaves. */
effect_fn illness_on_check;
enum status illness_on_absence(struct call *call, struct writer *writer, const struct row *attendance);
enum status illness_on_leaving(struct call *call, struct writer *writer, const struct row *attendance);
/* Rule of attendance: who left under suspicion comes back with a certificate. */
enum status returned_with_certificate(struct call *call, struct reader *reader, const struct rule *rule,
                                      const struct change *change);

/* Health and 疾控 of the county, with the record: neither health nor names, what it is about stands on its page. */
enum status tell_health_and_cdc(struct call *call, struct writer *writer, const struct row *row, const char *text);
/* Counts the case, known since `since` (ms), against the thresholds and carries the institution's alert of its kind.
 * Sets row->alert. */
enum status cluster_count(struct call *call, struct writer *writer, struct row *isolation, int64_t since);
/* Counts an alert's cases anew (one was excluded). */
enum status cluster_recount(struct call *call, struct writer *writer, int64_t alert);

/* The class of the case goes under observation, or longer under it; those who were with the child are listed. */
enum status watch_class(struct call *call, struct writer *writer, const struct row *isolation);
/* The case is none any more, or not of that kind: the observation of its class lasts as the other cases ask, or ends.
 */
enum status watch_recount(struct call *call, struct writer *writer, const struct row *isolation, const char *kind);
/* Ends every observation that the alert began. */
enum status watch_end(struct call *call, struct writer *writer, int64_t institution, int64_t alert);

enum status disinfection_ask(struct call *call, struct writer *writer, const struct row *isolation);
/* That object of the class was disinfected at `at` (ms): closes what was asked before, where the task or the table asks
 * for this object. `record`: how it is named in the task. */
enum status disinfection_done(struct call *call, struct writer *writer, int64_t institution, int64_t class_group,
                              const char *object, int64_t at, const char *record);

/* Asks the institution to tell: kind "suspicion" (疾控 or a medical body) or "event" (the county's health department).
 * Once for a case, once for an alert; asked again it says what is known of the case now. Its hours run from `since`. */
enum status report_ask(struct call *call, struct writer *writer, int64_t institution, const char *kind,
                       int64_t isolation, int64_t alert, int64_t since);

/* What was asked to be told of the case alone waits no longer; who was told already is told that it was none. */
enum status report_withdraw(struct call *call, struct writer *writer, const struct row *isolation);

/* Takes back what rested on the case: it is excluded. */
enum status case_withdraw(struct call *call, struct writer *writer, const struct row *isolation);

/* Rows of `alert` that I may see by name, for a time, because the responsible person approved it. */
extern const struct relation IN_MY_OPEN_CASE;

/* By which approved request I see that case now. */
struct case_leave {
    int64_t until;       /* 0: by none */
    bool tracing;        /* also those who were with it, to be called */
    const char *purpose; /* in words, of the tracing where there is one */
};
enum status case_leave(struct call *call, struct reader *reader, int64_t isolation, struct case_leave *leave);
show_fn case_shown; /* the case for those who see it by such leave */

/* Counts by class and age band of an alert's cases: a list of maps {class, band, band_label, n}. */
enum status alert_counts(struct call *call, struct reader *reader, const struct row *alert, struct node *list);

/* What of the health loop is missing on that day. */
enum status health_missing(struct call *call, struct reader *reader, int64_t institution, const char *day,
                           struct node *list);

enum status loop_daily(struct call *call, struct writer *writer, int64_t office);

look_fn look_today, look_care;

#endif
