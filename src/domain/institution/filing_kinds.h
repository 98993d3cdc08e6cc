/* Which rules are for which kind of institution: the kinds have rule sets of their own. */
#ifndef DOMAIN_INSTITUTION_FILING_KINDS_H
#define DOMAIN_INSTITUTION_FILING_KINDS_H

#include "policy/row.h"
#include "policy/rule.h"

/* 家庭托育点 has a short set of its own; all others share the setting standard. */
bool is_family_site(const struct row *filing);
bool is_no_family_site(const struct row *filing);
bool is_kindergarten_class(const struct row *filing);
bool is_employer_run(const struct row *filing);

check_fn family_site_is_small, family_carers_are_enough, family_name_and_scope, kindergarten_is_two_to_three,
    kindergarten_names_its_supervisor, employer_names_its_seats;

/* of the premises, the reports and the forms of service (filing_premises.c) */
check_fn hygiene_report_passes, reports_pass, lease_is_long_enough, large_rooms_have_two_doors, exits_and_extinguishers,
    residence_is_small, forms_are_registered;

/* The rows of one of the institution's ledgers that its rules look at. */
enum status institution_ledger(struct call *call, struct reader *reader, const struct form *form,
                               const struct change *change, struct row_set *out);
/* Finds each of the row's service forms that the legal person's scope leaves out, where it names any. */
enum status scope_names_forms(struct call *call, struct reader *reader, const struct rule *rule, int64_t legal_person,
                              const struct row *row);

#endif
