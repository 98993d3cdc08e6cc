/* Putting the tables of all modules together, checked before anything is served. */
#include "policy/house.h"

#include <string.h>

static void
complain(struct buf *why, const char *what, const char *name, const char *more)
{
    buf_format(why, "%s: %s %s\n", name, what, more == NULL ? "" : more);
}

static void
check_fields(const struct form *form, struct buf *why)
{
    static const char *const own[] = { "id",   "office",     "institution", "area",       "part",
                                       "day",  "state",      "version",     "created_at", "created_by",
                                       "sort", "changed_at", "changed_by",  "search",     NULL };
    if (form_fields(form) > FORM_FIELDS)
        complain(why, "too many fields", form->name, NULL);
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        for (int i = 0; own[i] != NULL; i++)
            if (strcmp(own[i], field->name) == 0)
                complain(why, "field has the name of an own column:", form->name, field->name);
        if (field->label == NULL)
            complain(why, "field without a label:", form->name, field->name);
        if ((field->type == F_CODE || field->type == F_CODES) && field->code == NULL)
            complain(why, "code field without a list:", form->name, field->name);
        if (field->type == F_REF && field->ref == NULL)
            complain(why, "reference to nothing:", form->name, field->name);
        if (field->secret && field->basis == BASIS_NONE)
            complain(why, "secret field without a legal basis:", form->name, field->name);
        for (const struct field *other = form->fields; other != field; other++)
            if (strcmp(other->name, field->name) == 0)
                complain(why, "field twice:", form->name, field->name);
    }
}

static void
check_procedure(const struct form *form, const struct procedure *procedure, struct buf *why)
{
    if ((procedure->since == NULL) != (procedure->before == NULL))
        complain(why, "a later procedure names its day and the one before it:", form->name, procedure->since);
    for (const struct step *step = procedure->steps; step != NULL && step->name != NULL; step++) {
        if (step->by == 0 && !step->inner)
            complain(why, "step that nobody may take:", form->name, step->name);
        if (step->need != NULL && form_field(form, step->need, NULL) == NULL)
            complain(why, "step needs an unknown field:", form->name, step->need);
    }
}

static void
check_form(const struct form *form, struct buf *why)
{
    if (form->title == NULL)
        complain(why, "form without a title", form->name, NULL);
    if (form->duties == NULL)
        complain(why, "form without a duty", form->name, NULL);
    if (form->title_field != NULL && form_field(form, form->title_field, NULL) == NULL)
        complain(why, "unknown title field", form->name, form->title_field);
    int paper;
    if (form->paper_day != NULL &&
        (form->day || form_field(form, form->paper_day, &paper) == NULL || form->fields[paper].type != F_DATE))
        complain(why, "paper of a day that is no date of the form:", form->name, form->paper_day);
    check_fields(form, why);
    for (const struct rule *rule = form->rules; rule != NULL && rule->id != NULL; rule++) {
        if (rule->check == NULL)
            complain(why, "rule without a check:", form->name, rule->id);
        if (rule->field != NULL && form_field(form, rule->field, NULL) == NULL)
            complain(why, "rule points to an unknown field:", form->name, rule->field);
    }
    for (const struct procedure *procedure = form->procedure; procedure != NULL; procedure = procedure->before)
        check_procedure(form, procedure, why);
}

static bool
add_forms(struct house *house, const struct module *module, struct buf *why)
{
    for (size_t i = 0; module->forms != NULL && module->forms[i] != NULL; i++) {
        const struct form *form = module->forms[i];
        if (house->forms_n == HOUSE_FORMS)
            return false;
        if (house_form(house, form->name) != NULL)
            complain(why, "form twice", form->name, NULL);
        house->forms[house->forms_n++] = form;
        check_form(form, why);
    }
    return true;
}

static void
check_module(const struct house *house, const struct module *module, struct buf *why)
{
    for (const struct look *look = module->looks; look != NULL && look->path != NULL; look++)
        if (look->who == 0)
            complain(why, "page without a duty", look->path, NULL);
    for (const struct act *act = module->acts; act != NULL && act->path != NULL; act++)
        if (act->who == 0)
            complain(why, "act without a duty", act->path, NULL);
    for (const struct indicator *indicator = module->indicators; indicator != NULL && indicator->id != NULL;
         indicator++)
        if (house_measure(house, indicator->numerator) == NULL ||
            (indicator->denominator != NULL && house_measure(house, indicator->denominator) == NULL))
            complain(why, "indicator over an unknown measure", indicator->id, NULL);
}

enum status
house_build(struct house *house, const struct module *const *modules, size_t n, struct buf *why)
{
    for (size_t i = 0; i < n; i++) {
        if (house->modules_n == HOUSE_MODULES || !add_forms(house, modules[i], why))
            return BROKEN;
        house->modules[house->modules_n++] = modules[i];
    }
    for (size_t i = 0; i < n; i++)
        check_module(house, modules[i], why);
    return why->n == 0 ? OK : BROKEN;
}

const struct form *
house_form(const struct house *house, const char *name)
{
    for (size_t i = 0; i < house->forms_n; i++)
        if (strcmp(house->forms[i]->name, name) == 0)
            return house->forms[i];
    return NULL;
}

/* A pattern ending in "*" takes one more part, handed out as `rest`. */
static bool
path_fits(const char *pattern, const char *path, const char **rest)
{
    size_t n = strlen(pattern);
    *rest = NULL;
    if (n == 0 || pattern[n - 1] != '*')
        return strcmp(pattern, path) == 0;
    if (strncmp(pattern, path, n - 1) != 0 || path[n - 1] == '\0' || strchr(path + n - 1, '/') != NULL)
        return false;
    *rest = path + n - 1;
    return true;
}

const struct look *
house_look(const struct house *house, const char *path, const char **rest)
{
    for (size_t i = 0; i < house->modules_n; i++)
        for (const struct look *look = house->modules[i]->looks; look != NULL && look->path != NULL; look++)
            if (path_fits(look->path, path, rest))
                return look;
    return NULL;
}

const struct act *
house_act(const struct house *house, const char *path, const char **rest)
{
    for (size_t i = 0; i < house->modules_n; i++)
        for (const struct act *act = house->modules[i]->acts; act != NULL && act->path != NULL; act++)
            if (path_fits(act->path, path, rest))
                return act;
    return NULL;
}

const struct job_kind *
house_job(const struct house *house, const char *kind)
{
    for (size_t i = 0; i < house->modules_n; i++)
        for (const struct job_kind *job = house->modules[i]->jobs; job != NULL && job->kind != NULL; job++)
            if (strcmp(job->kind, kind) == 0)
                return job;
    return NULL;
}

const struct measure *
house_measure(const struct house *house, const char *id)
{
    for (size_t i = 0; i < house->modules_n; i++)
        for (const struct measure *measure = house->modules[i]->measures; measure != NULL && measure->id != NULL;
             measure++)
            if (strcmp(measure->id, id) == 0)
                return measure;
    return NULL;
}

const struct indicator *
house_indicator(const struct house *house, const char *id)
{
    for (size_t i = 0; i < house->modules_n; i++)
        for (const struct indicator *indicator = house->modules[i]->indicators;
             indicator != NULL && indicator->id != NULL; indicator++)
            if (strcmp(indicator->id, id) == 0)
                return indicator;
    return NULL;
}
