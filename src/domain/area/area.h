/* 区划、单位、人员：divisions, offices, reference data and the accounts of people. */
#ifndef DOMAIN_AREA_H
#define DOMAIN_AREA_H

#include "policy/house.h"

extern const struct module area_module;
extern const struct form office_form, division_form, code_item_form, standard_form, calendar_day_form,
    calendar_year_form, functional_area_form, policy_document_form, account_form, channel_form, population_form,
    endpoint_off_form;

/* Every day: accounts that nobody used for CFG-UNUSED-DAYS are disabled; the security administrator can enable them. */
enum status accounts_daily(struct call *call, struct writer *writer, int64_t office);
/* Disables an account of that institution and ends its sessions; *version: how the row stands then, 0: it is no account
 * of the institution, or it was not active. Waking enables it again when nobody has touched it since. */
enum status account_sleep(struct call *call, struct writer *writer, int64_t account, int64_t institution,
                          int64_t *version);
enum status account_wake(struct call *call, struct writer *writer, int64_t account, int64_t version);
look_fn look_journal, look_looks;
done_fn notice_spread; /* job "send_notice": {text, account | institution | department} */
work_fn notice_send;   /* job "send_one": {text, account, channel} */

/* Reads the reference tables (standards/, packed into the program) into an empty database. */
enum status area_load(struct call *call, void (*progress)(void *, int), void *state);

/* Adds the codes and standards of this release that the database lacks. Quick when there is none. */
enum status area_top_up(struct call *call);

#endif
