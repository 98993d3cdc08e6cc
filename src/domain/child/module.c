/* What the part of children brings to the house. */
#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/child/doubles.h"
#include "domain/child/entry.h"
#include "domain/child/erasure.h"
#include "domain/child/forget.h"
#include "domain/child/merge.h"
#include "domain/child/privacy.h"
#include "domain/child/seats.h"

static const struct form *const forms[] = {
    &child_form,
    &enrolment_form,
    &guardian_form,
    &pickup_person_form,
    &class_placement_form,
    &entry_check_form,
    &consent_form,
    &contract_form,
    &contract_item_form,
    &bill_form,
    &bill_line_form,
    &payment_form,
    &bill_run_form,
    &consent_text_form,
    &erasure_form,
    &medical_body_form,
    NULL,
};

static const struct look looks[] = {
    { "/child/due", "入托待办", "domain/child/due", INSTITUTION_CARERS, look_due, "C046", MENU_PART, false },
    { "/child/promote", "升班名单", "domain/child/promote", INSTITUTION_KEEPERS, look_promote, "C022", MENU_PART,
      false },
    { "/child/doubles", "可能重复的婴幼儿", "domain/child/doubles", THE_INSTITUTION | POST(P_HEAD), look_doubles,
      "C041", MENU_PART, false },
    { "/privacy/*", "个人信息清单", "domain/child/privacy", INSTITUTION_CARERS, look_privacy, "C041", MENU_NONE,
      false },
    { "/fees", "收费监管", "domain/child/fees", DEPT(D_MARKET), look_fees, "C103", MENU_PART, false },
    { "/seats", "可托余量", "domain/child/seats", THE_INSTITUTION, look_seats, "C065", MENU_PART, false },
    { "/seats/check", "申报与实证对照", "domain/child/claimed", HEALTH, look_claimed, "C065", MENU_PART, false,
      .sheet = true },
    { 0 },
};
static const struct act acts[] = {
    { "/child/promote", "升班", INSTITUTION_KEEPERS, act_promote, "C022" },
    { "/child/merge", "合并重复记录", THE_INSTITUTION | POST(P_HEAD), act_merge, "C041" },
    { 0 },
};

static const struct job_kind jobs[] = {
    { FORGET_FILE, forget_file_work, NULL },
    { BILL_RUN, NULL, bill_run_some },
    { 0 },
};

static enum status
daily(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = plans_daily(call, writer, office);
    if (status == OK)
        status = contracts_daily(call, writer, office);
    if (status == OK)
        status = ages_daily(call, writer, office);
    return status == OK ? erasures_daily(call, writer, office) : status;
}

const struct module child_module = {
    .name = "child",
    .title = "婴幼儿",
    .forms = forms,
    .looks = looks,
    .acts = acts,
    .jobs = jobs,
    .daily = daily,
};
