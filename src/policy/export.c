#include "policy/export.h"

#include <string.h>

#include "policy/journal.h"
#include "policy/show.h"
#include "policy/write.h"

enum { PAGE = 500 };
/* Columns that are no fields: what state the row is in, and until when what is asked of it is due. */
enum { EXPORT_STATE = -1, EXPORT_DUE = -2 };

static bool
has_clocks(const struct procedure *procedure)
{
    for (const struct step *step = procedure->steps; step != NULL && step->name != NULL; step++)
        if (step->stops != NULL || step->starts != NULL)
            return true;
    return false;
}

size_t
export_columns(const struct form *form, const struct me *me, int *fields, const char **labels)
{
    const unsigned groups = list_groups(form, me);
    size_t n = 0;
    for (int i = 0; form->fields[i].name != NULL && n < FORM_FIELDS; i++) {
        const struct field *field = &form->fields[i];
        if ((field_group(field) & groups) == 0 || field->type == F_FILE || field->retired)
            continue;
        labels[n] = field->label;
        fields[n++] = i;
    }
    if (form->procedure != NULL && n + 2 < FORM_FIELDS) {
        labels[n] = "状态";
        fields[n++] = EXPORT_STATE;
        if (has_clocks(form->procedure)) {
            labels[n] = "办理期限";
            fields[n++] = EXPORT_DUE;
        }
    }
    return n;
}

/* The day on which the first of the row's running clocks ends. */
static const struct node *
due_cell(struct call *call, struct reader *reader, const struct row *row, struct node *list)
{
    struct rows rows;
    struct node *map = node_put_map(call->arena, list, NULL);
    if (reader_rows(reader, call->arena,
                    "select min(due) from clock where office = ?1 and row = ?2 and state = 'running'",
                    ARGS(value_int(row->office), value_int(row->id)), &rows) != OK ||
        rows.n == 0 || rows_text(&rows, 0, 0) == NULL)
        return NULL;
    return node_put_date(call->arena, map, "value", rows_text(&rows, 0, 0));
}

static const struct node *
cell_of(struct call *call, struct reader *reader, const struct row *row, int field, struct node *list)
{
    if (field == EXPORT_DUE)
        return due_cell(call, reader, row, list);
    if (field == EXPORT_STATE) {
        const struct state_label *label = procedure_label(row_procedure(row), row->state);
        return node_put_text(call->arena, list, NULL, label == NULL ? state_code(row->state) : label->label);
    }
    const struct node *shown = show_words(call, reader, row, field, row->groups, false, list);
    return shown == NULL ? NULL : node_get(shown, "value");
}

/* One row's cells, in the arena of the page. */
static void
row_cells(struct call *call, struct reader *reader, const struct row *row, const struct export_plan *plan,
          const struct node **cells)
{
    struct node *list = node_list(call->arena);
    for (size_t i = 0; i < plan->n; i++)
        cells[i] = cell_of(call, reader, row, plan->fields[i], list);
}

static struct node *
page_query(struct arena *arena, const struct export_plan *plan, const char *after)
{
    struct node *query = node_map(arena);
    for (const struct node *node = plan->query == NULL ? NULL : plan->query->first; node != NULL; node = node->next)
        if (node->text != NULL && strcmp(node->name, "after") != 0 && strcmp(node->name, "sort") != 0)
            node_put_text(arena, query, node->name, node->text);
    node_put_text(arena, query, "after", after);
    return query;
}

static enum status
put_rows(struct call *page, struct reader *reader, const struct export_plan *plan, const struct row_set *set,
         size_t *rows)
{
    const struct node *cells[FORM_FIELDS];
    enum status status = OK;
    for (size_t i = 0; i < set->n && status == OK; i++) {
        if (plan->most > 0 && *rows == plan->most)
            return TOO_LARGE;
        row_cells(page, reader, set->rows[i], plan, cells);
        status = plan->row(plan->state, page->arena, cells, plan->n);
        *rows += 1;
    }
    return status;
}

enum status
export_rows(struct call *call, const struct export_plan *plan, size_t *rows)
{
    const char *after = NULL;
    enum status status = OK;
    *rows = 0;
    if (plan->form->sealed || (call->me->department != D_ENGINE && (duty_may(plan->form, call->me) & MAY_EXPORT) == 0))
        return DENIED;
    struct reader *reader = store_reader(call->house->store);
    for (bool last = false; status == OK && !last;) {
        struct arena *arena = arena_new(64u << 20);
        struct call page = *call;
        struct row_set set = { 0 };
        page.arena = arena;
        status = arena == NULL
                     ? NO_MEMORY
                     : list_rows(&page, reader, plan->form, page_query(arena, plan, after), MAY_EXPORT, PAGE, &set);
        if (status == OK)
            status = put_rows(&page, reader, plan, &set, rows);
        if (status == OK && set.n > 0)
            after = arena_format(call->arena, "%lld", (long long)set.rows[set.n - 1]->id);
        last = set.n < PAGE;
        arena_free(arena);
    }
    store_reader_done(call->house->store, reader);
    if (status == TOO_LARGE)
        return call_fail(call, TOO_LARGE, "超过 %zu 行，请先筛选，分几次导出", plan->most);
    return status;
}

struct note {
    const struct form *form;
    const char *body;
};

static enum status
write_note(struct call *call, struct writer *writer, void *arg)
{
    const struct note *note = arg;
    (void)writer;
    return journal_act(call, call->me->office, note->form->name, 0, "导出", note->body);
}

enum status
export_note(struct call *call, const struct form *form, size_t rows, const char *kind)
{
    struct note note = { form, arena_format(call->arena, "{\"rows\":%zu,\"kind\":\"%s\"}", rows, kind) };
    return call_write(call, LANE_NORMAL, write_note, &note);
}
