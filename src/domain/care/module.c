/* What the part of daily care brings to the house. */
#include "domain/care/care.h"

static const struct form *const forms[] = {
    &care_day_form, &attendance_form, &morning_check_form, &closure_form, &opening_hours_form, &correction_form, NULL,
};
const struct module care_module = {
    .name = "care",
    .title = "每日照护",
    .forms = forms,
    .daily = care_daily,
    .day_guard = care_day_guard,
};
