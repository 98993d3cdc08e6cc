/* What the ledgers bring to the house, in three parts so that the menu reads well. */
#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"

#define SAFETY_EYES (DEPT(D_FIRE) | DEPT(D_EMERGENCY) | DEPT(D_POLICE) | DEPT(D_TOWN))

static const struct form *const daily_forms[] = {
    &observation_form,
    &outdoor_form,
    &contact_note_form,
    &health_round_form,
    &room_check_form,
    &visitor_form,
    &care_plan_form,
    &care_plan_item_form,
    &growth_note_form,
    &menu_form,
    &menu_dish_form,
    &kitchen_form,
    &purchase_form,
    &food_sample_form,
    &diet_meeting_form,
    &food_form,
    NULL,
};
static const struct look daily_looks[] = {
    { "/care/statistics", "照护统计", "domain/care/statistics",
      THE_INSTITUTION | HEALTH | DEPT(D_MATERNAL) | DEPT(D_CDC), look_statistics, "C050", MENU_PART, false,
      .sheet = true },
    { 0 },
};
const struct module care_ledger_module = {
    .name = "care_ledger",
    .forms = daily_forms,
    .looks = daily_looks,
};

static const struct form *const health_forms[] = {
    &medicine_order_form,  &medicine_given_form, &disinfection_form, &measurement_form,
    &periodic_exam_form,   &weak_child_form,     &weak_visit_form,   &catch_up_form,
    &health_contract_form, &health_talk_form,    &market_check_form, NULL,
};
static const struct look health_looks[] = {
    { "/care/exams", "体检到期", "domain/care/exams", THE_INSTITUTION | HEALTH | DEPT(D_MATERNAL), look_exams, "C042",
      MENU_PART, false },
    { "/care/growth/*", "生长曲线", "domain/care/growth", INSTITUTION_CARERS, look_growth, "C042", MENU_NONE, false },
    { 0 },
};
const struct module care_health_module = {
    .name = "care_health",
    .title = "卫生保健",
    .forms = health_forms,
    .looks = health_looks,
    .daily = care_health_daily,
};

static const struct form *const safety_forms[] = {
    &incident_form,        &incident_report_form,
    &incident_follow_form, &safety_person_form,
    &safety_regime_form,   &safety_equipment_form,
    &exit_way_form,        &fire_check_form,
    &fire_patrol_form,     &emergency_plan_form,
    &emergency_drill_form, &insurance_form,
    &safety_training_form, NULL,
};
static const struct look safety_looks[] = {
    { "/safety", "安全档案", "domain/care/safety", THE_INSTITUTION | HEALTH | SAFETY_EYES, look_safety, "C037",
      MENU_PART, false },
    { 0 },
};
const struct module care_safety_module = {
    .name = "care_safety",
    .title = "安全",
    .forms = safety_forms,
    .looks = safety_looks,
    .daily = care_safety_daily,
    .minutely = incident_minutely,
};
