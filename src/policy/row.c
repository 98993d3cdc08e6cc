/* Rows in memory: making, copying and reading their cells. */
#include "policy/row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "policy/house.h"

bool
change_takes(const struct change *change, const char *step)
{
    return change->step != NULL && strcmp(change->step->name, step) == 0;
}

struct row *
row_new(struct call *call, const struct form *form)
{
    struct row *row = arena_alloc(call->arena, sizeof *row);
    if (row == NULL)
        return NULL;
    row->form = form;
    row->cells = arena_array(call->arena, (size_t)form_fields(form) + 1, sizeof *row->cells);
    return row->cells == NULL ? NULL : row;
}

struct row *
row_copy(struct call *call, const struct row *row)
{
    struct row *copy = row_new(call, row->form);
    if (copy == NULL)
        return NULL;
    struct value *cells = copy->cells;
    *copy = *row;
    copy->cells = cells;
    memcpy(cells, row->cells, (size_t)form_fields(row->form) * sizeof *cells);
    return copy;
}

const struct procedure *
row_procedure(const struct row *row)
{
    char day[16];
    if (row->created_at == 0)
        return row->form->procedure;
    day_iso(day_from_ms(row->created_at), day);
    return procedure_on(row->form, day);
}

static int
index_of(const struct row *row, const char *name)
{
    int index = -1;
    form_field(row->form, name, &index);
    assert(index >= 0);
    return index;
}

struct value
row_value(const struct row *row, const char *field)
{
    return row->cells[index_of(row, field)];
}

const char *
row_text(const struct row *row, const char *field)
{
    struct value value = row_value(row, field);
    return value.type == VALUE_TEXT ? value.text : NULL;
}

int64_t
row_int(const struct row *row, const char *field)
{
    struct value value = row_value(row, field);
    return value.type == VALUE_INT ? value.i : 0;
}

bool
row_has(const struct row *row, const char *field)
{
    return row_value(row, field).type != VALUE_NULL;
}

bool
row_differs(const struct row *row, const struct row *before, const char *field)
{
    return !value_equal(row_value(row, field), before == NULL ? value_null() : row_value(before, field));
}

bool
row_day(const struct row *row, const char *field, struct day *out)
{
    const char *text = row_text(row, field);
    return text != NULL && day_parse(text, out);
}

bool
row_codes_have(const struct row *row, const char *field, const char *code)
{
    const char *codes = row_text(row, field);
    size_t n = strlen(code);
    for (const char *at = codes; at != NULL && *at != '\0'; at += strcspn(at, "|")) {
        at += strspn(at, "|");
        if (strncmp(at, code, n) == 0 && (at[n] == '|' || at[n] == '\0'))
            return true;
    }
    return false;
}

void
row_set(struct row *row, const char *field, struct value value)
{
    row->cells[index_of(row, field)] = value;
}

void
row_set_text(struct row *row, const char *field, const char *text)
{
    row_set(row, field, value_text(text));
}

void
row_set_int(struct row *row, const char *field, int64_t i)
{
    row_set(row, field, value_int(i));
}

bool
row_set_born(struct call *call, struct row *row, const char *number, const char *born)
{
    struct day day;
    int sex;
    char iso[11];
    const struct value typed = row_value(row, number);
    if (typed.type != VALUE_TEXT || resident_id_check(typed.text, &day, &sex) != CHECK_OK)
        return false;
    day_iso(day, iso);
    row_set_text(row, born, arena_text(call->arena, iso));
    return true;
}
