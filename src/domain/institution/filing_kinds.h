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

#endif
