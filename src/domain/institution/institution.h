/* 托育机构：登记、备案、变更、场所、公文、公开 — the institution's file and the main job. */
#ifndef DOMAIN_INSTITUTION_H
#define DOMAIN_INSTITUTION_H

#include "policy/house.h"

extern const struct module institution_module;
extern const struct form legal_person_form, institution_form, registration_form, filing_form, evidence_form, room_form,
    class_form, opinion_form, visit_form, paper_form, disclosure_form, existing_filing_form, national_record_form,
    regime_form, phrase_form, desk_setting_form, deputy_form, annual_report_form, record_claim_form;
extern const struct rule filing_rules[];
extern const struct measure institution_measures[];
extern const struct indicator institution_indicators[];

/* The paper as it is printed: 回执 with 基本条件告知书, 补正告知书, 不符合告知书. */
enum status paper_print(struct call *call, struct reader *reader, const struct row *paper, struct node *sheet);

/* How many steps make a paper of this kind at the office, 1–3. */
enum status paper_steps(struct call *call, struct reader *reader, int64_t office, const char *kind, int64_t *steps);
/* Tells whoever has the next step of the paper, and their deputies of today. */
enum status paper_tell(struct call *call, struct writer *writer, const struct row *paper);

/* 备案书 and 承诺书 for signature. */
enum status filing_print(struct call *call, struct reader *reader, const struct row *filing, struct node *sheet);
/* The case page of a filing: documents, ledgers, what changed since the last return. */
enum status filing_show(struct call *call, struct reader *reader, const struct row *filing, struct node *model);

/* Am I the deputy of this account today? And of whom I am, today: at most `most` accounts. */
enum status deputy_for(struct call *call, struct reader *reader, int64_t account, bool *yes);
enum status deputy_of(struct call *call, struct reader *reader, int64_t *accounts, size_t most, size_t *n);
/* Adds the posts that are held today for colleagues on leave. */
enum status deputy_posts(struct call *call, struct reader *reader, struct me *me);

/* Who may be asked for an opinion on a filing. */
#define ASKED_DEPARTMENTS (DEPT(D_FIRE) | DEPT(D_POLICE) | DEPT(D_HOUSING) | DEPT(D_MARKET) | DEPT(D_EDUCATION))
/* Relations that only this part knows. */
extern const struct relation MY_DEPARTMENT; /* rows that name my department, in my area */

/* Once a day: the words by which institutions are found. */
enum status register_daily(struct call *call, struct writer *writer, int64_t office);

/* Looks for what belongs to a person in a text for everybody; NULL: nothing was found. Never repeats it. */
enum status personal_words(struct call *call, struct reader *reader, const struct row *site, const char *text,
                           const char **what);

/* The site that lives under the row's `uscc` and `site` (none: 01); 0: there is none. */
enum status site_by_code(struct call *call, struct reader *reader, const struct row *row, int64_t *id);
/* The institution's row of a filing, room …; NOT_FOUND. */
enum status institution_get(struct call *call, struct reader *reader, int64_t id, struct row **out);
/* The newest push of this site by its authority; *out NULL when it came in otherwise. */
enum status register_of(struct call *call, struct reader *reader, int64_t institution, struct row **out);
/* The newest evidence of a kind that has not ended; *out NULL when there is none. */
enum status evidence_of(struct call *call, struct reader *reader, int64_t institution, const char *kind,
                        struct row **out);
/* Was the class over before that day? */
bool class_ended(const struct row *group, const char *day);
/* True when the text holds one of the accepted scope phrases. */
bool scope_accepts(const struct reference *reference, const char *scope);

#endif
