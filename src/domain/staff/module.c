/* What the part of staff brings to the house. */
#include "domain/staff/looks.h"
#include "domain/staff/staff.h"

static const struct form *const forms[] = {
    &staff_form,
    &staff_certificate_form,
    &staff_health_form,
    &staff_contract_form,
    &staff_insurance_form,
    &staff_training_form,
    &roster_form,
    &staff_attendance_form,
    &staff_pin_form,
    &record_batch_form,
    &record_query_form,
    &record_answer_form,
    &ban_form,
    &ban_match_form,
    &abuse_report_form,
    &abuse_contact_form,
    NULL,
};
static const struct job_kind jobs[] = {
    { "record_archive", record_archive_work, record_archive_done },
    { "abuse_escalate", NULL, abuse_escalate },
    { "staff_sweep", NULL, staff_sweep },
    { "tablet_pin", pin_hash_work, pin_hash_done },
    { 0 },
};
static const struct look looks[] = {
    { "/staff_due", "人员到期事项", "domain/staff/staff_due", STAFF_KEEPERS, look_staff_due, "C054", MENU_PART, false },
    { "/abuse", "强制报告", "domain/staff/abuse", THE_INSTITUTION | DEPT(D_FAMILY), look_abuse, "C055", MENU_PART,
      false },
    { 0 },
};
static const struct act acts[] = {
    { "/staff_pin_check", "核对口令", THE_INSTITUTION, act_pin, "C090" },
    { 0 },
};
const struct module staff_module = {
    .name = "staff",
    .title = "人员",
    .forms = forms,
    .looks = looks,
    .acts = acts,
    .jobs = jobs,
    .daily = staff_daily,
};
