/* What the part of children brings to the house. */
#include "domain/child/child.h"

static const struct form *const forms[] = {
    &child_form,        &guardian_form, &pickup_person_form, &class_placement_form, &entry_check_form,
    &medical_body_form, NULL,
};
const struct module child_module = {
    .name = "child",
    .title = "婴幼儿",
    .forms = forms,
};
