/* The ledgers on a tablet: a row of this table each. What the app shows of them — labels, choices, limits — is the form
 * itself. A ledger whose form the house does not have, or that this device may not write, is not there. */
#include <string.h>

#include "domain/care/device.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/sync.h"

struct ledger {
    const char *form;
    const char *per;       /* what it is about: "child", "class", "part" (an open row of the head form) or "none" */
    const char *hand;      /* the field that takes whoever typed the PIN, NULL: none */
    const char *fields[9]; /* asked, in this order */
    const char *words[6];  /* of the head form's row, shown for choosing it */
    const char *step;      /* it is this step of a row that waits for it, NULL: a new row */
    const char *opens;     /* the form whose rows may then be part of it */
    const char *second;    /* the step that another person takes with her number, NULL: none */
};
static const struct ledger ledgers[] = {
    { "observation",
      "child",
      "noted_by",
      { "kind", "amount", "at", "ended_at", "result", "symptoms", "handling", "note", "photo" } },
    { "medicine_given",
      "part",
      NULL,
      { "given_at", "dose", "reaction", "note" },
      { "drug", "dose", "hours" },
      .second = "witness" },
    { "medicine_order",
      "part",
      NULL,
      { "quantity", "storage", "signature" },
      { "drug", "dose", "hours", "from_day", "to_day" },
      .step = "sign",
      .opens = "medicine_given" },
    { "outdoor", "class", "led_by", { "from_at", "to_at", "content", "less_reason" } },
    { "disinfection", "class", "done_by", { "object", "method", "mg_per_l", "minutes", "at", "room", "rinsed" } },
    { "room_check", "none", "checked_by", { "room", "temperature", "hazards", "handling", "mended" } },
    { "incident",
      "child",
      "on_duty",
      { "kind", "severity", "happened_at", "place", "parts", "cause", "first_aid", "told_at", "photo" } },
    { "visitor", "none", "meets", { "name", "unit", "purpose", "arrived_at", "left_at", "well" } },
    { "abuse_report", "none", NULL, { "called_110", "kind", "what", "place", "child_words", "reporter_phone" } },
    { 0 },
};

/* Whose hand may be the second: the posts of INSTITUTION_CARERS as a person has them. */
static const char *const carers[] = { "carer", "health", "head" };

/* Code lists that the app's own screens use. */
static const char *const lists[] = { "symptom",     "body_part",      "check_handling",  "home_state", "bringer",
                                     "fetch_check", "absence_reason", "dangerous_thing", "post",       NULL };

static const char *
type_name(enum field_type type)
{
    static const char *const names[] = {
        [F_TEXT] = "text", [F_LINES] = "lines", [F_INT] = "number", [F_DECIMAL] = "number", [F_BOOL] = "bool",
        [F_DATE] = "date", [F_TIME] = "time",   [F_CODE] = "code",  [F_CODES] = "codes",    [F_REF] = "ref",
        [F_FEN] = "text",  [F_AREA] = "text",   [F_FILE] = "photo",
    };
    return names[type];
}

static void
add_codes(struct call *call, struct node *codes, const char *name)
{
    const struct code_list *list = code_list(call->reference, name);
    if (list == NULL || node_get(codes, name) != NULL)
        return;
    struct node *out = node_put_list(call->arena, codes, name);
    for (size_t i = 0; i < list->n; i++) {
        struct node *pair = node_put_list(call->arena, out, NULL);
        node_put_text(call->arena, pair, NULL, list->codes[i].code);
        node_put_text(call->arena, pair, NULL, list->codes[i].label);
    }
}

/* Rooms are the one reference that is chosen by name; the others follow from where one is in the app. */
static enum status
add_rooms(struct call *call, struct reader *reader, struct node *codes)
{
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(call->me->institution) };
    if (node_get(codes, "@room") != NULL)
        return OK;
    struct node *out = node_put_list(call->arena, codes, "@room");
    enum status status = rows_by(call, reader, &room_form, call->me->office, where, values, 1, &set);
    for (size_t i = set.n; i-- > 0 && status == OK;) {
        struct node *pair = node_put_list(call->arena, out, NULL);
        node_put_text(call->arena, pair, NULL, arena_format(call->arena, "%lld", (long long)set.rows[i]->id));
        node_put_text(call->arena, pair, NULL, row_text(set.rows[i], "name"));
    }
    return status;
}

static enum status
add_field(struct call *call, struct reader *reader, const struct field *field, struct node *list, struct node *codes)
{
    struct node *item = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, item, "name", field->name);
    node_put_text(call->arena, item, "label", field->label);
    node_put_text(call->arena, item, "type", type_name(field->type));
    node_put_bool(call->arena, item, "need", field->need);
    node_put_text(call->arena, item, "hint", field->hint);
    node_put_text(call->arena, item, "unit", field->unit);
    node_put_int(call->arena, item, "scale", field->scale);
    node_put_int(call->arena, item, "max", field->max);
    node_put_bool(call->arena, item, "now", field->fill == FILL_NOW);
    if (field->code != NULL) {
        node_put_text(call->arena, item, "code", field->code);
        add_codes(call, codes, field->code);
    }
    if (field->type != F_REF)
        return OK;
    node_put_text(call->arena, item, "code", "@room");
    return add_rooms(call, reader, codes);
}

/* What is open of the head form: the medicines that guardians entrusted; or what waits for the ledger's step. */
static enum status
add_parts(struct call *call, struct reader *reader, const struct ledger *ledger, const struct form *head,
          const char *state, const struct id_list *children, struct node *out)
{
    struct row_set set;
    const char *const where[] = { "institution", "state" };
    const struct value values[] = { value_int(call->me->institution), value_text(state) };
    struct node *list = node_put_list(call->arena, out, "parts");
    enum status status = rows_by(call, reader, head, call->me->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const char *words = NULL;
        const bool of_child = form_field(head, "child", NULL) != NULL;
        if (of_child && !id_list_has(children, row_int(set.rows[i], "child")))
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", set.rows[i]->id);
        if (of_child)
            node_put_id(call->arena, item, "child", row_int(set.rows[i], "child"));
        for (int w = 0; w < 6 && ledger->words[w] != NULL; w++) {
            int index;
            const char *word =
                form_field(head, ledger->words[w], &index) == NULL ? NULL : row_plain(call, reader, set.rows[i], index);
            if (word != NULL && ledger->step != NULL) /* somebody signs it: said in full */
                word = arena_format(call->arena, "%s：%s", head->fields[index].label, word);
            if (word != NULL)
                words = words == NULL
                            ? word
                            : arena_format(call->arena, "%s%s%s", words, ledger->step == NULL ? " · " : "；", word);
        }
        node_put_text(call->arena, item, "words", words);
    }
    return status;
}

/* What a step needs is said by the step. */
static void
need_all(struct call *call, const struct step *step, struct node *fields)
{
    for (struct node *item = fields->first; item != NULL; item = item->next)
        for (const struct field *field = step->input; field != NULL && field->name != NULL; field++)
            if (strcmp(field->name, node_text_of(item, "name")) == 0) {
                struct node *need = (struct node *)(uintptr_t)node_get(item, "need");
                need->i = field->need;
                if (field->type == F_FILE)
                    node_put_bool(call->arena, item, "sign", true);
            }
}

static enum status
add_ledger(struct call *call, struct reader *reader, const struct ledger *ledger, const struct form *form,
           const struct id_list *children, struct node *list, struct node *codes)
{
    struct node *item = node_put_map(call->arena, list, NULL);
    struct node *fields = node_put_list(call->arena, item, "fields");
    enum status status = OK;
    node_put_text(call->arena, item, "form", form->name);
    const struct step *own_step =
        ledger->step == NULL || form->procedure == NULL ? NULL : procedure_step(form->procedure, ledger->step);
    node_put_text(call->arena, item, "title", own_step == NULL ? form->title : own_step->label);
    node_put_text(call->arena, item, "opens", ledger->opens);
    node_put_text(call->arena, item, "step", own_step == NULL ? NULL : own_step->name);
    node_put_text(call->arena, item, "per", ledger->per);
    node_put_text(call->arena, item, "hand", ledger->hand);
    node_put_bool(call->arena, item, "sealed", form->sealed);
    const struct step *second =
        ledger->second == NULL || form->procedure == NULL ? NULL : procedure_step(form->procedure, ledger->second);
    if (second != NULL) {
        struct node *map = node_put_map(call->arena, item, "second");
        node_put_text(call->arena, map, "step", second->name);
        node_put_text(call->arena, map, "label", second->label);
        node_put_text(call->arena, map, "hint", second->consequence);
        struct node *posts = node_put_list(call->arena, map, "posts");
        for (size_t i = 0; i < sizeof carers / sizeof carers[0]; i++)
            node_put_text(call->arena, posts, NULL, carers[i]);
    }
    for (size_t i = 0; i < sizeof ledger->fields / sizeof ledger->fields[0] && ledger->fields[i] != NULL; i++) {
        const struct field *field = form_field(form, ledger->fields[i], NULL);
        const bool asked = own_step == NULL ? field != NULL && !field->computed : field != NULL;
        if (asked && !field->retired && status == OK)
            status = add_field(call, reader, field, fields, codes);
    }
    if (status == OK && own_step != NULL) {
        need_all(call, own_step, fields);
        return add_parts(call, reader, ledger, form, state_code(own_step->from), children, item);
    }
    if (status == OK && strcmp(ledger->per, "part") == 0 && form->part_of != NULL)
        status = add_parts(call, reader, ledger, form->part_of, "open", children, item);
    return status;
}

static const char *const own[] = { "attendance", "morning_check", "staff_attendance", NULL }; /* screens of their own */

bool
tablet_takes(const struct form *form)
{
    for (int i = 0; own[i] != NULL; i++)
        if (strcmp(own[i], form->name) == 0)
            return true;
    for (const struct ledger *ledger = ledgers; ledger->form != NULL; ledger++)
        if (strcmp(ledger->form, form->name) == 0)
            return true;
    return false;
}

enum status
tablet_ledgers(struct call *call, struct reader *reader, const struct id_list *children, struct node *data)
{
    struct node *codes = node_put_map(call->arena, data, "codes"), *list = node_put_list(call->arena, data, "ledgers");
    struct node *may = node_put_map(call->arena, data, "may");
    enum status status = OK;
    for (int i = 0; lists[i] != NULL; i++)
        add_codes(call, codes, lists[i]);
    for (int i = 0; own[i] != NULL; i++) {
        const struct form *form = house_form(call->house, own[i]);
        node_put_bool(call->arena, may, own[i], form != NULL && (duty_may(form, call->me) & MAY_CREATE) != 0);
    }
    for (const struct ledger *ledger = ledgers; ledger->form != NULL && status == OK; ledger++) {
        const struct form *form = house_form(call->house, ledger->form);
        if (form != NULL && (form->day || form->sealed || ledger->step != NULL) &&
            (duty_may(form, call->me) & MAY_CREATE) != 0)
            status = add_ledger(call, reader, ledger, form, children, list, codes);
    }
    return status;
}
