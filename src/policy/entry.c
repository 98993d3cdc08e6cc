#include "policy/entry.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "policy/list.h"
#include "policy/paper_sheet.h"
#include "policy/show.h"

static const char *
fault_of(const struct call *call, const char *field)
{
    for (const struct fault *fault = call->faults; fault != NULL; fault = fault->next)
        if (fault->field != NULL && strcmp(fault->field, field) == 0)
            return fault->message;
    return NULL;
}

static const char *
scaled(struct call *call, int64_t n, int scale)
{
    int64_t unit = 1;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    const int64_t whole = n / unit, rest = (n < 0 ? -n : n) % unit;
    if (scale == 0)
        return arena_format(call->arena, "%lld", (long long)n);
    return arena_format(call->arena, "%s%lld.%0*lld", n < 0 && whole == 0 ? "-" : "", (long long)whole, scale,
                        (long long)rest);
}

/* "2026-03-05T08:05", as a browser's field for an instant wants it. */
static const char *
minute_of(struct call *call, int64_t ms)
{
    char text[20];
    time_text(ms, text);
    text[10] = 'T';
    return arena_copy(call->arena, text, 16);
}

/* What stands in the field: what was typed, else what is stored. Secrets are never sent back. */
static const char *
value_words(struct call *call, const struct row *row, const struct field *field, const struct node *typed)
{
    int index;
    const struct node *node = typed == NULL || field->secret ? NULL : node_get(typed, field->name);
    if (node != NULL && node->type == NODE_LIST) {
        const char *words = "|";
        for (const struct node *item = node->first; item != NULL; item = item->next)
            words = arena_format(call->arena, "%s%s|", words, item->text == NULL ? "" : item->text);
        return words;
    }
    if (node != NULL)
        return node->text != NULL ? node->text : arena_format(call->arena, "%lld", (long long)node->i);
    if (row == NULL || field->secret || form_field(row->form, field->name, &index) == NULL)
        return NULL;
    const struct value cell = row->cells[index];
    if (cell.type == VALUE_INT && field->type == F_TIME)
        return row->form->day ? time_of_day(call, cell.i) : minute_of(call, cell.i);
    if (cell.type == VALUE_INT)
        return scaled(call, cell.i, field->type == F_FEN ? 2 : field->type == F_DECIMAL ? field->scale : 0);
    return cell.type == VALUE_TEXT ? cell.text : NULL;
}

static bool
has_code(const char *codes, const char *code)
{
    const size_t n = strlen(code);
    for (const char *at = codes; at != NULL && *at != '\0';) {
        at += strspn(at, "|");
        if (strncmp(at, code, n) == 0 && (at[n] == '|' || at[n] == '\0') && n > 0)
            return true;
        at += strcspn(at, "|");
    }
    return false;
}

static void
add_choice(struct call *call, struct node *options, const char *name, const char *code, const char *label,
           const char *value)
{
    struct node *option = node_put_map(call->arena, options, NULL);
    node_put_text(call->arena, option, "name", name);
    node_put_text(call->arena, option, "code", code);
    node_put_text(call->arena, option, "label", label);
    node_put_bool(call->arena, option, "selected", value != NULL && has_code(value, code));
}

static void
code_choices(struct call *call, const struct field *field, const char *value, struct node *options)
{
    char today[11];
    const struct code_list *codes = code_list(call->reference, field->code);
    day_iso(call->today, today);
    for (size_t i = 0; codes != NULL && i < codes->n; i++) {
        const struct code *code = &codes->codes[i];
        const bool current = (code->from == NULL || strcmp(code->from, today) <= 0) &&
                             (code->to == NULL || strcmp(today, code->to) <= 0);
        if (current || (value != NULL && has_code(value, code->code)))
            add_choice(call, options, field->name, code->code, code->label, value);
    }
}

/* Whose lines are asked for: a form beside them, or one that names their head, means those of one head only. */
static const char *
head_of_choices(struct call *call, const struct form *form, const struct row *row, const struct field *field,
                const struct node *typed)
{
    const struct form *head = field->ref->part_of;
    const struct field *named = NULL;
    if (head == NULL)
        return NULL;
    for (const struct field *other = form->fields; other->name != NULL && named == NULL; other++)
        if (other->type == F_REF && other->ref == head)
            named = other;
    if (form->part_of != head && named == NULL)
        return NULL;
    const char *text = node_text_of(typed, form->part_of == head ? "part" : named->name);
    if (text != NULL)
        return text;
    const int64_t id = row == NULL ? 0 : form->part_of == head ? row->part : row_int(row, named->name);
    return id == 0 ? NULL : arena_format(call->arena, "%lld", (long long)id);
}

/* Who looks into a record of an institution from outside chooses among that institution's rows. */
static const char *
institution_of_choices(struct call *call, const struct row *row, const struct field *field)
{
    const bool ours = call->me->institution != 0 || row == NULL || row->institution == 0;
    if (ours || row->form->of != OF_INSTITUTION || field->ref->of != OF_INSTITUTION)
        return NULL;
    return arena_format(call->arena, "%lld", (long long)row->institution);
}

/* The rows one may see of the other form, at most 200, as choices: without those that are over. */
static void
ref_choices(struct call *call, struct reader *reader, const struct row *row, const struct field *field,
            const char *value, const char *head, struct node *options)
{
    struct row_set set;
    struct node *query = node_map(call->arena);
    node_put_text(call->arena, query, "part", head);
    node_put_text(call->arena, query, "institution", institution_of_choices(call, row, field));
    node_put_text(call->arena, query, "sort", "title");
    if (reader == NULL || list_rows(call, reader, field->ref, query, MAY_SEE, 200, &set) != OK)
        return;
    for (size_t i = 0; i < set.n; i++) {
        const char *id = arena_format(call->arena, "%lld", (long long)set.rows[i]->id);
        const char *end = field->ref->ends == NULL ? NULL : row_text(set.rows[i], field->ref->ends);
        if (end != NULL && strcmp(end, call_today(call)) < 0 && (value == NULL || !has_code(value, id)))
            continue;
        add_choice(call, options, field->name, id, row_title(call, set.rows[i], set.rows[i]->groups), value);
    }
}

/* Divisions below my own area: townships and villages with their path. */
static void
area_choices(struct call *call, const char *name, const char *value, struct node *options)
{
    for (size_t i = 0; i < call->reference->divisions_n; i++) {
        const struct division *division = &call->reference->divisions[i];
        if (strcmp(division->level, "town") != 0 && strcmp(division->level, "county") != 0)
            continue;
        bool mine = false;
        for (size_t o = 0; o < call->me->offices_n && !mine; o++)
            mine = call->me->offices[o] == division->office;
        if (mine)
            add_choice(call, options, name, division->code, division_path(call->arena, call->reference, division->code),
                       value);
    }
}

static const char *
kind_of(const struct field *field, bool of_day, bool *number)
{
    *number = false;
    if (field->secret)
        return field->type == F_LINES ? "secret_lines" : "secret";
    switch (field->type) {
    case F_LINES:
        return "lines";
    case F_INT:
    case F_DECIMAL:
        *number = true;
        return "number";
    case F_FEN:
        *number = true;
        return "money";
    case F_DATE:
        return "date";
    case F_TIME:
        return of_day ? "time" : "instant";
    case F_CODE:
        return "choice";
    case F_CODES:
        return "choices";
    case F_BOOL:
        return "yes";
    case F_FILE:
        return "file";
    case F_REF:
        return "ref";
    case F_AREA:
        return "area";
    default:
        return "text";
    }
}

void
entry_field(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
            const struct field *field, bool need, const struct node *typed, struct node *list)
{
    bool number;
    struct node *node = node_put_map(call->arena, list, NULL);
    const char *value = value_words(call, row, field, typed), *kind = kind_of(field, form->day, &number);
    node_put_text(call->arena, node, "name", field->name);
    node_put_text(call->arena, node, "id", arena_format(call->arena, "f-%s", field->name));
    node_put_text(call->arena, node, "label", field->label);
    node_put_text(call->arena, node, "hint", field->hint);
    node_put_text(call->arena, node, "unit", field->type == F_FEN ? "元" : field->unit);
    node_put_text(call->arena, node, "section", field->section);
    node_put_text(call->arena, node, "error", fault_of(call, field->name));
    node_put_bool(call->arena, node, "need", need);
    node_put_bool(call->arena, node, kind, true);
    if (field->type == F_BOOL)
        node_put_bool(call->arena, node, "value",
                      value != NULL && (strcmp(value, "1") == 0 || strstr(value, "|1|") != NULL));
    else
        node_put_text(call->arena, node, "value", value == NULL ? "" : value);
    node_put_text(call->arena, node, "type", field->format == FORMAT_PHONE ? "tel" : "text");
    node_put_text(call->arena, node, "inputmode",
                  field->type == F_INT            ? "numeric"
                  : number                        ? "decimal"
                  : field->format == FORMAT_PHONE ? "tel"
                                                  : "text");
    node_put_int(call->arena, node, "maxlength",
                 field->max != 0 && !number ? field->max
                 : field->type == F_LINES   ? 4000
                                            : 200);
    node_put_text(call->arena, node, "autocomplete", "off");
    node_put_int(call->arena, node, "rows", 4);
    if (field->type == F_FILE) {
        struct node *words = node_list(call->arena);
        int index;
        node_put_text(call->arena, node, "accept", "application/pdf,image/png,image/jpeg");
        if (row != NULL && row->id != 0 && form_field(row->form, field->name, &index) != NULL) {
            const struct node *shown = show_words(call, reader, row, index, G_ALL, false, words);
            node_put_text(call->arena, node, "file_name", node_text_of(shown, "file_name"));
            node_put_url(call->arena, node, "file_url", node_text_of(shown, "file_url"));
        }
    }
    struct node *options = node_put_list(call->arena, node, "options");
    if (field->type == F_CODE || field->type == F_CODES)
        code_choices(call, field, value, options);
    else if (field->type == F_REF)
        ref_choices(call, reader, row, field, value, head_of_choices(call, form, row, field, typed), options);
    else if (field->type == F_AREA)
        area_choices(call, field->name, value, options);
}

/* The day of a new record, today unless typed. */
static void
entry_day(struct call *call, const struct node *typed, struct node *fields)
{
    static const struct field day = { .name = "day", .type = F_DATE, .label = "日期" };
    struct node *values = node_map(call->arena);
    const char *text = node_text_of(typed, "day");
    node_put_text(call->arena, values, "day", text == NULL ? call_today(call) : text);
    static const struct field none[] = { { 0 } };
    static const struct form plain = { .name = "day", .fields = none };
    entry_field(call, NULL, &plain, NULL, &day, true, values, fields);
}

/* Who is not of an institution says for which one the record is: one of those in the own area, not all that everybody
 * may see. */
static void
entry_institution(struct call *call, struct reader *reader, const struct node *typed, struct node *fields)
{
    static const struct field none[] = { { 0 } };
    static const struct form plain = { .name = "institution", .fields = none };
    static const struct field field = { .name = "institution", .type = F_REF, .label = "机构", .ref = &plain };
    const struct form *form = house_form(call->house, "institution");
    const struct office *office = office_of(call->reference, call->me->office);
    struct node *query = node_map(call->arena);
    struct row_set set;
    if (form == NULL)
        return;
    node_put_text(call->arena, query, "sort", "title");
    if (call->me->level == L_COUNTY || call->me->level == L_TOWN)
        node_put_text(call->arena, query, "area", call->me->area != NULL ? call->me->area : office->area);
    if (list_rows(call, reader, form, query, MAY_SEE, 500, &set) != OK)
        return;
    entry_field(call, NULL, &plain, NULL, &field, true, typed, fields);
    struct node *options = (struct node *)(uintptr_t)node_get(fields->last, "options");
    for (size_t i = 0; i < set.n; i++)
        if ((set.rows[i]->groups & G_WORK) != 0)
            add_choice(call, options, field.name, arena_format(call->arena, "%lld", (long long)set.rows[i]->id),
                       row_title(call, set.rows[i], set.rows[i]->groups), node_text_of(typed, "institution"));
}

/* A sheet that was filled by hand: its number, and the next of its lines; asked of those who come with a sheet. */
static enum status
entry_paper(struct call *call, struct reader *reader, const struct form *form, const struct node *typed,
            struct node *view)
{
    struct node *fields = (struct node *)(uintptr_t)node_get(view, "fields");
    static const struct field none[] = { { 0 } };
    static const struct form plain = { .name = "paper", .fields = none };
    const char *text = node_text_of(typed, paper_fields[0].name),
               *line_text = node_text_of(typed, paper_fields[1].name);
    const char *number = text == NULL ? NULL : paper_number_read(call->arena, text);
    struct node *values = node_map(call->arena);
    int64_t line = 0;
    enum status status = OK;
    if (text == NULL) {
        node_put_url(call->arena, view, "paper_url",
                     arena_format(call->arena, "/%s/new?%s=", form->name, paper_fields[0].name));
        return OK;
    }
    if (number != NULL && line_text == NULL)
        status = paper_next(call, reader, form, number, &line);
    if (line != 0)
        line_text = arena_format(call->arena, "%lld", (long long)line);
    node_put_text(call->arena, values, paper_fields[0].name, number == NULL ? text : number);
    if (line_text != NULL)
        node_put_text(call->arena, values, paper_fields[1].name, line_text);
    for (int i = 0; paper_fields[i].name != NULL; i++)
        entry_field(call, NULL, &plain, NULL, &paper_fields[i], false, values, fields);
    return status;
}

static void
entry_errors(struct call *call, struct node *view)
{
    struct node *errors = node_put_list(call->arena, view, "errors");
    for (const struct fault *fault = call->faults; fault != NULL; fault = fault->next) {
        struct node *error = node_put_map(call->arena, errors, NULL);
        node_put_text(call->arena, error, "field", fault->field);
        node_put_text(call->arena, error, "label", fault->label);
        node_put_text(call->arena, error, "message", fault->message);
        node_put_url(call->arena, error, "anchor",
                     arena_format(call->arena, "#f-%s", fault->field == NULL ? "form" : fault->field));
    }
    if (call->faults == NULL && call->message != NULL)
        node_put_text(call->arena, node_put_map(call->arena, errors, NULL), "message", call->message);
}

static bool
has_files(const struct form *form)
{
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (field->type == F_FILE)
            return true;
    return false;
}

/* ---- section by section ---- */

/* What the page asks: of a new record, or of one of which the groups `seen` are. A secret is never shown, so that it
 * may be typed without being seen. */
struct entered {
    bool fresh;
    unsigned seen, typed;
    const struct procedure *way; /* a new record will go it */
};

/* The page of a new record asks what belongs to its beginning: what a later step asks is left to that step, unless the
 * record cannot begin without it. Programs may send it all the same. */
static bool
is_entered(const struct field *field, const struct entered *entered)
{
    const unsigned groups = field->secret ? entered->typed : entered->seen;
    if (field->computed || field->retired || (field->fixed && !entered->fresh) || (field_group(field) & groups) == 0)
        return false;
    return !entered->fresh || field->need || !procedure_asks_later(entered->way, field->name);
}

/* A form entered section by section has the same sections from the first on. */
static struct entered
entered_by(struct call *call, const struct form *form, bool fresh, unsigned groups)
{
    struct entered entered = { .fresh = fresh, .seen = groups };
    if (!form->stages)
        entered.way = procedure_on(form, call_today(call));
    if (fresh)
        entered.seen = list_groups(form, call->me) | duty_shows(form, call->me, MAY_CREATE);
    entered.typed = entered.seen | duty_shows(form, call->me, fresh ? MAY_CREATE : MAY_CHANGE);
    return entered;
}

struct stage {
    int number, of; /* number 0: the whole form at once */
};

/* Sections that have something to enter. */
static struct stage
stage_of(const struct form *form, const struct entered *entered, const struct node *typed)
{
    struct stage stage = { 0, 0 };
    const char *asked = node_text_of(typed, "stage");
    bool begun = false;
    for (const struct field *field = form->fields; form->stages && field->name != NULL; field++) {
        begun = begun || field->section != NULL || field == form->fields;
        if (begun && is_entered(field, entered)) {
            stage.of++;
            begun = false;
        }
    }
    if (stage.of < 2 || (asked != NULL && strcmp(asked, "all") == 0))
        return (struct stage){ 0, 0 };
    stage.number = asked != NULL && asked[0] >= '1' && asked[0] <= '9' && asked[1] == '\0' ? asked[0] - '0' : 1;
    stage.number = stage.number > stage.of ? stage.of : stage.number;
    return stage;
}

/* The way through the sections; a saved row can be entered anywhere, a new one begins at the first. */
static void
stage_links(struct call *call, const struct form *form, const struct entered *entered, long long id,
            const struct stage *stage, struct node *view)
{
    struct node *list = node_put_list(call->arena, view, "steps_nav");
    const char *title = "基本信息";
    bool begun = false;
    int n = 0;
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        begun = begun || field->section != NULL || field == form->fields;
        if (field->section != NULL)
            title = field->section;
        if (!begun || !is_entered(field, entered))
            continue;
        begun = false;
        struct node *link = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, link, "label", title);
        node_put_bool(call->arena, link, "current", ++n == stage->number);
        if (!entered->fresh)
            node_put_url(call->arena, link, "url",
                         arena_format(call->arena, "/%s/%lld/edit?stage=%d", form->name, id, n));
    }
    node_put_int(call->arena, view, "stage", stage->number);
    if (stage->number == stage->of)
        return;
    node_put_int(call->arena, view, "next", stage->number + 1);
    node_put_text(call->arena, view, "submit_label", "保存并继续");
    struct node *leave = node_put_map(call->arena, view, "second");
    node_put_text(call->arena, leave, "name", "then");
    node_put_text(call->arena, leave, "value", "leave");
    node_put_text(call->arena, leave, "label", "保存，以后再填");
}

static void
entry_fields(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
             const struct stage *stage, const struct entered *entered, const struct node *typed, struct node *fields)
{
    const char *section = NULL;
    bool begun = false;
    int n = 0;
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        begun = begun || field->section != NULL || field == form->fields;
        section = field->section != NULL ? field->section : section;
        if (!is_entered(field, entered))
            continue;
        n += begun;
        begun = false;
        if (stage->number == 0 || stage->number == n) {
            struct field shown = *field;
            shown.section = section; /* of its first field that is asked */
            entry_field(call, reader, form, row, &shown, field->need, typed, fields);
        }
        section = NULL;
    }
}

enum status
entry_model(struct call *call, struct reader *reader, const struct form *form, const struct row *row, unsigned groups,
            const struct node *typed, struct node *model)
{
    struct node *view = node_put_map(call->arena, model, "view");
    const bool fresh = row == NULL || row->id == 0;
    const long long id = fresh ? 0 : (long long)row->id;
    const bool sees = (duty_may(form, call->me) & MAY_SEE) != 0; /* or hands it in, and does not look at it again */
    node_put_text(call->arena, view, "title",
                  !fresh ? row_title(call, row, groups)
                  : sees ? arena_format(call->arena, "新建%s", form->title)
                         : form->title);
    node_put_text(call->arena, view, "intro", form->intro);
    node_put_url(call->arena, view, "action_url",
                 fresh ? arena_format(call->arena, "/%s", form->name)
                       : arena_format(call->arena, "/%s/%lld", form->name, id));
    node_put_bool(call->arena, view, "multipart", has_files(form));
    node_put_int(call->arena, view, "version", fresh ? 0 : row->version);
    if (form->stages) /* long, and its rows begin as drafts: what is typed is saved beside */
        node_put_text(call->arena, view, "autosave_url", node_text_of(view, "action_url"));
    if (!form->sealed && !form->watched)
        node_put_bool(call->arena, view, "keep", true);
    const char *key = node_text_of(typed, "key");
    node_put_text(call->arena, view, "key", key == NULL ? random_token(call->arena, 16) : key);
    const char *part = node_text_of(typed, "part"), *institution = node_text_of(typed, "institution");
    int64_t head = fresh ? 0 : row->part;
    if (sees && (head != 0 || (part != NULL && id_parse(part, &head))))
        node_put_text(call->arena, view, "head", head_words(call, reader, form, head));
    node_put_text(call->arena, view, "part", part);
    const bool chooses = fresh && form->of == OF_INSTITUTION && form->part_of == NULL && call->me->institution == 0;
    if (!chooses)
        node_put_text(call->arena, view, "institution", institution);
    entry_errors(call, view);
    struct node *fields = node_put_list(call->arena, view, "fields");
    if (chooses)
        entry_institution(call, reader, typed, fields);
    if (form->day && fresh)
        entry_day(call, typed, fields);
    const struct entered entered = entered_by(call, form, fresh, groups);
    const struct stage stage = stage_of(form, &entered, typed);
    entry_fields(call, reader, form, row, &stage, &entered, typed, fields);
    const enum status status = fresh && paper_has_blank(form) ? entry_paper(call, reader, form, typed, view) : OK;
    if (status != OK)
        return status;
    if (stage.number != 0)
        stage_links(call, form, &entered, id, &stage, view);
    node_put_url(call->arena, view, "cancel_url",
                 !sees   ? "/"
                 : fresh ? arena_format(call->arena, "/%s", form->name)
                         : arena_format(call->arena, "/%s/%lld", form->name, id));
    if (node_get(view, "submit_label") == NULL && !sees)
        node_put_text(call->arena, view, "submit_label", "提交");
    if (node_get(view, "submit_label") == NULL)
        node_put_text(call->arena, view, "submit_label",
                      fresh && form->procedure != NULL && procedure_on(form, call_today(call))->first == DRAFT
                          ? "保存草稿"
                          : "保存");
    return arena_failed(call->arena) ? NO_MEMORY : OK;
}
