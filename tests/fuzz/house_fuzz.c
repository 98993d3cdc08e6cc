/* What a person types, on a whole house: 'q' and a byte — query parameters of a list of that form; 'j' and a byte — a
 * JSON body for it; 'c' — rows of a file for the standards. No input is our fault: never BROKEN, never an SQL error. */
#include "unit/house_fixture.h"

#include "base/csv.h"
#include "base/json.h"
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/body.h"
#include "policy/list.h"

static struct house_fixture *fixture;

static const struct form *
form_by(uint8_t byte)
{
    return fixture->house->forms[byte % fixture->house->forms_n];
}

static void
ask_list(struct call *call, const struct form *form, const char *text, size_t n)
{
    struct node *query;
    struct me city = *call->me;
    if (body_urlencoded(call->arena, text, n, &query) != OK)
        return;
    city.department = D_HEALTH;
    city.level = L_CITY;
    call->me = &city;
    struct reader *reader = store_reader(fixture->house->store);
    const enum status status = list_model(call, reader, form, query, node_map(call->arena));
    store_reader_done(fixture->house->store, reader);
    assert(status == OK || status == NOT_FOUND || status == INVALID || status == DENIED || arena_failed(call->arena));
}

static void
type_in(struct call *call, const struct form *form, const struct node *input)
{
    struct row *row = row_new(call, form);
    assert(row != NULL);
    const enum status status = input_read(call, form, NULL, input, row);
    assert(status == OK || status == INVALID || arena_failed(call->arena));
    assert(status != INVALID || call->faults != NULL);
}

static void
load_rows(struct call *call, const char *text, size_t n)
{
    struct csv csv;
    char *plain;
    if (text_decode(call->arena, text, n, &plain) != OK || csv_read(call->arena, plain, 200, &csv) != OK)
        return;
    for (size_t row = 1; row < csv.rows; row++) {
        struct node *input = node_map(call->arena);
        for (const struct field *field = standard_form.fields; field->name != NULL; field++)
            node_put_text(call->arena, input, field->name, csv_cell(&csv, row, field->name));
        call_reset(call);
        type_in(call, &standard_form, input);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct module *const modules[] = { &area_module, &institution_module };
    struct call call;
    struct node *input = NULL;
    const char *why;
    if (fixture == NULL)
        fixture = house_begin(modules, 2, false);
    if (n < 2 || n > 20000)
        return 0;
    call_begin(fixture, &call, 11);
    const char *rest = (const char *)bytes + 2;
    if (bytes[0] == 'q')
        ask_list(&call, form_by(bytes[1]), rest, n - 2);
    else if (bytes[0] == 'j' && json_read(call.arena, rest, n - 2, &input, &why) == OK && input->type == NODE_MAP)
        type_in(&call, form_by(bytes[1]), input);
    else if (bytes[0] == 'c')
        load_rows(&call, rest, n - 2);
    call_end(&call);
    return 0;
}
