#include "policy/form.h"

#include <string.h>

#include "policy/procedure.h"

const struct field *
form_field(const struct form *form, const char *name, int *index)
{
    for (int i = 0; form->fields[i].name != NULL; i++) {
        if (strcmp(form->fields[i].name, name) == 0) {
            if (index != NULL)
                *index = i;
            return &form->fields[i];
        }
    }
    return NULL;
}

int
form_fields(const struct form *form)
{
    int n = 0;
    while (form->fields[n].name != NULL)
        n++;
    return n;
}

unsigned
field_group(const struct field *field)
{
    return field->group == 0 ? G_WORK : field->group;
}

bool
in_effect(const char *since, const char *until, const char *day)
{
    return (since == NULL || strcmp(since, day) <= 0) && (until == NULL || strcmp(day, until) <= 0);
}

const char *
form_paper_day(const struct form *form)
{
    return form->day ? "day" : form->paper_day;
}

bool
form_whole(const struct form *form)
{
    return form->procedure == NULL || form->procedure->first != DRAFT;
}
