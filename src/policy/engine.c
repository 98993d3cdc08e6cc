/* Creates, changes and steps: the one path of every write. */
#include "policy/engine.h"

#include <string.h>

#include "base/sm.h"
#include "policy/cells.h"
#include "policy/clock.h"
#include "policy/journal.h"
#include "policy/paper_sheet.h"
#include "policy/reference_box.h"
#include "policy/waker.h"

enum { MOST_DEPTH = 8 };

static bool
is_engine(const struct call *call)
{
    return call->me->department == D_ENGINE;
}

static enum status
too_deep(struct call *call)
{
    return call_fail(call, BROKEN, "写入嵌套过深");
}

/* ---- claims ---- */

/* The values joined, NULL when one is missing: then nothing is claimed yet. */
static const char *
claim_text(struct call *call, const struct row *row, const struct claim_key *claim)
{
    const char *text = NULL;
    for (int i = 0; i < 4 && claim->fields[i] != NULL; i++) {
        struct value value = row_value(row, claim->fields[i]);
        if (value.type == VALUE_NULL)
            return NULL;
        const char *part = value.type == VALUE_INT ? arena_format(call->arena, "%lld", (long long)value.i) : value.text;
        text = text == NULL ? part : arena_format(call->arena, "%s|%s", text, part);
    }
    return text;
}

enum status
claim_holder(struct call *call, struct reader *reader, const char *kind, const char *key, int64_t *id)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena, "select id from claim where kind = ?1 and key = ?2",
                                     ARGS(value_text(kind), value_text(key)), &rows);
    *id = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

static enum status
claim_take(struct call *call, struct writer *writer, const struct row *row, const struct claim_key *claim,
           const char *text)
{
    int64_t holder;
    enum status status = claim_holder(call, writer_reader(writer), claim->kind, text, &holder);
    if (status == OK && holder != 0) {
        call_fault(call, form_field(row->form, claim->fields[0], NULL), "taken", "%s", claim->label);
        return call_fail(call, CONFLICT, "%s", claim->label);
    }
    if (status == OK)
        status = writer_run(writer, "insert into claim (kind, key, office, id) values (?1, ?2, ?3, ?4)",
                            ARGS(value_text(claim->kind), value_text(text), value_int(row->office), value_int(row->id)),
                            NULL);
    return status;
}

static enum status
claims_move(struct call *call, struct writer *writer, const struct row *old, const struct row *new)
{
    enum status status = OK;
    for (const struct claim_key *claim = new->form->claims; claim != NULL && claim->kind != NULL &&status == OK;
         claim++) {
        const char *before = old == NULL ? NULL : claim_text(call, old, claim), *after = claim_text(call, new, claim);
        if (before != NULL && after != NULL && strcmp(before, after) == 0)
            continue;
        if (before != NULL)
            status = writer_run(writer, "delete from claim where kind = ?1 and key = ?2 and id = ?3",
                                ARGS(value_text(claim->kind), value_text(before), value_int(new->id)), NULL);
        if (after != NULL && status == OK)
            status = claim_take(call, writer, new, claim, after);
    }
    return status;
}

/* Names the field for a unique key, span or reference that the database refused. */
static enum status
explain_conflict(struct call *call, struct writer *writer, const struct form *form)
{
    const char *name = writer_conflict(writer);
    for (const struct unique_key *unique = form->uniques; name != NULL && unique != NULL && unique->fields[0] != NULL;
         unique++)
        if (strstr(name, unique->fields[0]) != NULL) {
            call_fault(call, form_field(form, unique->fields[0], NULL), "taken", "%s", unique->label);
            return call_fail(call, CONFLICT, "%s", unique->label);
        }
    for (const struct form_span *span = form->spans; name != NULL && span != NULL && span->name != NULL; span++)
        if (strstr(name, span->name) != NULL) {
            call_fault(call, form_field(form, span->from, NULL), "overlap", "%s", span->label);
            return call_fail(call, CONFLICT, "%s", span->label);
        }
    for (const struct field *field = form->fields; name != NULL && field->name != NULL; field++)
        if (field->type == F_REF && strstr(name, field->name) != NULL)
            return call_fault(call, field, "no_such_row", "所选的%s不存在或不属于本辖区", field->label);
    return call_fail(call, CONFLICT, "与已有记录冲突");
}

/* ---- filling ---- */

void
row_fill(struct call *call, struct row *row)
{
    char today[11];
    day_iso(call->today, today);
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        if (row->cells[i].type != VALUE_NULL)
            continue;
        switch (row->form->fields[i].fill) {
        case FILL_ME:
            row->cells[i] =
                row->form->fields[i].type == F_REF ? value_int(call->me->account) : value_text(call->me->name);
            break;
        case FILL_TODAY:
            row->cells[i] = value_text(arena_text(call->arena, today));
            break;
        case FILL_NOW:
            row->cells[i] = value_int(call->now_ms);
            break;
        case FILL_AREA:
            row->cells[i] = value_text(row->area);
            break;
        case FILL_NONE:
            break;
        }
    }
    if (row->form->day && row->day == NULL)
        row->day = arena_text(call->arena, today);
}

/* Office and area follow the institution, the head of a line, or the person who writes. */
static enum status
settle_home(struct call *call, struct reader *reader, struct row *row)
{
    const struct form *form = row->form;
    struct rows rows;
    enum status status = OK;
    if (form->of == OF_REFERENCE) {
        row->office = 1;
        return OK;
    }
    if (form->part_of != NULL && row->part != 0 && row->institution == 0) {
        struct row *head;
        status = row_get(call, reader, form->part_of, row->part, &head);
        if (status != OK)
            return call_fail(call, status, "没有这条主记录");
        row->institution = head->institution;
    }
    if (form->of == OF_INSTITUTION && row->institution == 0)
        row->institution = call->me->institution;
    if (form->of == OF_INSTITUTION) {
        if (row->institution == 0)
            return call_fail(call, INVALID, "请先选择机构");
        row->office = id_office(row->institution);
        status = reader_rows(reader, call->arena, "select area from institution where office = ?1 and id = ?2",
                             ARGS(value_int(row->office), value_int(row->institution)), &rows);
        if (status == OK && rows.n == 0)
            return call_fail(call, NOT_FOUND, "没有这家机构");
        if (status == OK)
            row->area = rows_text(&rows, 0, 0);
        return status;
    }
    if (row->office == 0)
        row->office = call->me->office;
    if (row->area == NULL) {
        const struct office *office = office_of(call->reference, row->office);
        row->area = call->me->area != NULL ? call->me->area : office == NULL ? NULL : office->area;
    }
    return OK;
}

/* ---- rules of other rows that this write may have changed ---- */

static bool
live(const struct row *row)
{
    const struct procedure *procedure = row_procedure(row);
    return procedure == NULL || (procedure->live & row->state) != 0;
}

enum status
row_rejudge(struct call *call, struct writer *writer, struct row *row)
{
    struct found *found = call->found, **end = call->found_end;
    const struct change change = { .form = row->form, .old = row, .new = row };
    enum status status = OK;
    if (live(row)) {
        status = rules_run(call, writer_reader(writer), &change);
        if (status == OK)
            status = findings_keep(call, writer, row);
    }
    call->found = found;
    call->found_end = end;
    return status;
}

static enum status
recheck(struct call *call, struct writer *writer, const struct form *form, const struct row *written)
{
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(written->institution) };
    enum status status = rows_by(call, writer_reader(writer), form, written->office, where, values, 1, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        status = row_rejudge(call, writer, set.rows[i]);
    return status;
}

static bool
depends_on(const struct form *form, const struct form *written)
{
    for (const struct rule *rule = form->rules; rule != NULL && rule->id != NULL; rule++)
        for (size_t i = 0; rule->on != NULL && rule->on[i] != NULL; i++)
            if (rule->on[i] == written)
                return true;
    return false;
}

static enum status
recheck_dependents(struct call *call, struct writer *writer, const struct row *row)
{
    enum status status = OK;
    if (row->institution == 0)
        return OK;
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (call->house->forms[i] != row->form && depends_on(call->house->forms[i], row->form))
            status = recheck(call, writer, call->house->forms[i], row);
    return status;
}

/* Runs the row's rules and stores what they find; a formal fault stops a row without procedure at once. */
static enum status
judge(struct call *call, struct writer *writer, const struct change *change, bool stops)
{
    if (change->form->rules == NULL)
        return OK;
    enum status status = rules_run(call, writer_reader(writer), change);
    if (status == OK && stops && rules_block(call)) {
        for (const struct found *found = call->found; found != NULL; found = found->next)
            if (rule_severity(call, found->rule) == BLOCK)
                call_fault(call, found->rule->field == NULL ? NULL : form_field(change->form, found->rule->field, NULL),
                           found->rule->id, "%s", found->message);
        return INVALID;
    }
    return status == OK && live(change->new) ? findings_keep(call, writer, change->new) : status;
}

/* After the row is in: its effect, the journal, and what depends on it. */
static enum status
finish(struct call *call, struct writer *writer, struct change *change, const char *action)
{
    enum status status = OK;
    if (change->step != NULL && change->step->effect != NULL)
        status = change->step->effect(call, writer, change);
    else if (change->form->effect != NULL)
        status = change->form->effect(call, writer, change);
    if (status == OK)
        status = journal_note(call, change, action);
    if (status == OK)
        status = cells_touch(call, change);
    if (status == OK)
        status = recheck_dependents(call, writer, change->new);
    call->references |= change->form->of == OF_REFERENCE;
    if (status == OK && call->depth == 1) {
        call->answer_form = change->form;
        call->answer_row = change->new->id;
    }
    return status;
}

/* A day that is closed is changed by a correction only; what the program itself writes is not asked. */
static enum status
day_open(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = OK;
    if (!change->form->day || change->new->institution == 0 || is_engine(call) || call->depth > 1)
        return OK;
    for (size_t i = 0; i < call->house->modules_n && status == OK; i++)
        if (call->house->modules[i]->day_guard != NULL)
            status = call->house->modules[i]->day_guard(call, writer, change);
    return status;
}

/* What the own posts do not allow is done, and journalled, as deputy. */
static enum status
note_deputy(struct call *call, struct writer *writer, const struct row *row, enum may action)
{
    unsigned may, groups;
    const struct me *me = call->me, alone = me_alone(me);
    call->me = &alone;
    const enum status status = duty_on(call, writer_reader(writer), row->form, row, &may, &groups);
    call->me = me;
    if (status == OK && (may & (unsigned)action) == 0)
        call_stand_in(call, me->lent_by);
    return status;
}

static enum status
may_on(struct call *call, struct writer *writer, const struct row *row, enum may action)
{
    unsigned may, groups;
    if (is_engine(call) || call->depth > 1)
        return OK;
    enum status status = duty_on(call, writer_reader(writer), row->form, row, &may, &groups);
    if (status != OK)
        return status;
    if ((may & (unsigned)action) != 0)
        return call->me->lent == 0 ? OK : note_deputy(call, writer, row, action);
    return (may & MAY_SEE) != 0 ? DENIED : NOT_FOUND;
}

static enum status
create(struct call *call, struct writer *writer, struct row *row)
{
    const struct form *form = row->form;
    struct change change = { .form = form, .new = row };
    enum status status = settle_home(call, writer_reader(writer), row);
    if (!in_effect(form->since, form->until, call_today(call)))
        return call_fail(call, CONFLICT, "“%s”现在不在施行期内", form->title);
    if (status == OK && form->fill != NULL)
        status = form->fill(call, writer_reader(writer), &change);
    if (status != OK)
        return status;
    if (row->office <= 0)
        return call_fail(call, INVALID, "无法确定管辖单位");
    row->id = id_next(&call->house->ids, call->now_ms, (int)row->office);
    if (form->of == OF_ITSELF)
        row->institution = row->id;
    row_fill(call, row);
    row->version = 1;
    row->created_at = row->changed_at = call->now_ms;
    if (row->state == 0 && form->procedure != NULL)
        row->state = row_procedure(row)->first;
    row->created_by = row->changed_by = call->me->account;
    if (form_whole(form))
        status = need_check(call, form, row);
    if (status == OK)
        status = day_open(call, writer, &change);
    if (status == OK)
        status = claims_move(call, writer, NULL, row);
    if (status == OK && row->paper != NULL)
        status = paper_take(call, writer, row);
    if (status == OK)
        status = row_insert(call, writer, row);
    if (status == CONFLICT && call->message == NULL)
        status = explain_conflict(call, writer, form);
    if (status == OK) {
        status = may_on(call, writer, row, MAY_CREATE);
        status = status == NOT_FOUND ? DENIED : status;
    }
    if (status == OK)
        status = judge(call, writer, &change, form_whole(form));
    if (status == OK)
        status = finish(call, writer, &change, "create");
    return status;
}

static enum status
change_row(struct call *call, struct writer *writer, struct row *row, int64_t version)
{
    const struct form *form = row->form;
    struct row *old;
    enum status status = row_get(call, writer_reader(writer), form, row->id, &old);
    if (status == OK)
        status = may_on(call, writer, old, MAY_CHANGE);
    if (status != OK)
        return status;
    if (old->version != version)
        return STALE;
    if (call->depth == 1 && !is_engine(call) && form->procedure != NULL && (row_procedure(old)->open & old->state) == 0)
        return call_fail(call, CONFLICT, "当前状态下不能修改");
    struct change change = { .form = form, .old = old, .new = row };
    row->version = version + 1;
    row->changed_at = call->now_ms;
    row->changed_by = call->me->account;
    if (form->fill != NULL)
        status = form->fill(call, writer_reader(writer), &change);
    if (status == OK && form_whole(form))
        status = need_check(call, form, row);
    if (status == OK)
        status = day_open(call, writer, &change);
    if (status == OK)
        status = claims_move(call, writer, old, row);
    if (status == OK)
        status = row_update(call, writer, row, version);
    if (status == CONFLICT && call->message == NULL)
        status = explain_conflict(call, writer, form);
    if (status == OK) /* nobody can change a row out of the own reach */
        status = may_on(call, writer, row, MAY_SEE);
    if (status == OK)
        status = judge(call, writer, &change, form_whole(form));
    if (status == OK)
        status = finish(call, writer, &change, "change");
    return status;
}

/* ---- steps ---- */

enum status
step_may(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const struct step *step = change->step;
    *may = (step->from & change->old->state) != 0 && in_effect(step->since, step->until, call_today(call)) &&
           (is_engine(call) || (!step->inner && who_fits(step->by, call->me)));
    if (*may && step->guard != NULL)
        return step->guard(call, reader, change, may);
    return OK;
}

/* The same question about the own posts alone: a step that only the lent ones open is taken as deputy. */
static enum status
step_deputy(struct call *call, struct reader *reader, const struct change *change)
{
    bool may = false;
    const struct me *me = call->me, alone = me_alone(me);
    call->me = &alone;
    const enum status status = step_may(call, reader, change, &may);
    call->me = me;
    if (status == OK && !may)
        call_stand_in(call, me->lent_by);
    return status;
}

static enum status
run_clocks(struct call *call, struct writer *writer, const struct step *step, const struct row *row)
{
    enum status status = OK;
    const int64_t at =
        step->done_at != NULL && row_has(row, step->done_at) ? row_int(row, step->done_at) : call->now_ms;
    for (size_t i = 0; step->stops != NULL && step->stops[i] != NULL && status == OK; i++)
        status = clock_stop(writer, row, step->stops[i], at);
    for (size_t i = 0; step->drops != NULL && step->drops[i] != NULL && status == OK; i++)
        status = clock_drop(call, writer, row, step->drops[i]);
    for (size_t i = 0; step->pauses != NULL && step->pauses[i] != NULL && status == OK; i++)
        status = clock_pause(call, writer, row, step->pauses[i]);
    for (size_t i = 0; step->resumes != NULL && step->resumes[i] != NULL && status == OK; i++)
        status = clock_resume(call, writer, row, step->resumes[i]);
    for (size_t i = 0; step->starts != NULL && step->starts[i] != NULL && status == OK; i += 2)
        status = clock_start(call, writer, row, step->starts[i], step->starts[i + 1], NULL);
    return status;
}

static enum status
step_input(struct call *call, const struct step *step, const struct node *input, struct row *row)
{
    enum status status = OK;
    if (input != NULL && step->input != NULL)
        status = input_read(call, row->form, step->input, input, row);
    if (step->need != NULL && status == OK) {
        int index;
        const struct field *field = form_field(row->form, step->need, &index);
        const struct field only[] = { *field, { 0 } };
        const struct value before = row->cells[index];
        if (input != NULL && node_get(input, field->name) != NULL)
            status = input_read(call, row->form, only, input, row);
        if (status == OK && (row->cells[index].type == VALUE_NULL ||
                             (input == NULL && value_equal(before, row->cells[index]) && before.type == VALUE_NULL)))
            status = call_fault(call, field, "need", "请填写%s", field->label);
    }
    for (const struct field *asked = step->input; asked != NULL && asked->name != NULL && status == OK; asked++)
        if (asked->need && (row_value(row, asked->name).type == VALUE_NULL ||
                            (asked->type == F_BOOL && row_int(row, asked->name) == 0)))
            status = call_fault(call, form_field(row->form, asked->name, NULL), "need", "请填写%s", asked->label);
    return status;
}

static enum status
step_allowed(struct call *call, struct writer *writer, struct change *change)
{
    bool may = false;
    const struct step *step = change->step;
    enum status status = may_on(call, writer, change->old, BY_DUTY);
    if (status != OK)
        return status;
    if (call->depth == 1 && !is_engine(call) && !who_fits(step->by, call->me))
        return DENIED;
    if ((step->from & change->old->state) == 0) {
        const struct state_label *label = procedure_label(row_procedure(change->old), change->old->state);
        return call_fail(call, CONFLICT, "当前状态为“%s”，不能%s", label == NULL ? "" : label->label, step->label);
    }
    if (call->depth > 1)
        return OK;
    status = step_may(call, writer_reader(writer), change, &may);
    if (status == OK && !may)
        return call->message == NULL ? call_fail(call, DENIED, "现在还不能%s", step->label) : DENIED;
    if (status == OK && call->me->lent != 0)
        status = step_deputy(call, writer_reader(writer), change);
    return status;
}

static enum status
take(struct call *call, struct writer *writer, const struct form *form, int64_t id, int64_t version, const char *name,
     const struct node *input, struct row **after)
{
    struct row *old, *row;
    enum status status = form->procedure == NULL ? NOT_FOUND : row_get(call, writer_reader(writer), form, id, &old);
    if (status != OK)
        return status;
    const struct step *step = procedure_step(row_procedure(old), name);
    if (step == NULL)
        return NOT_FOUND;
    row = row_copy(call, old);
    if (row == NULL)
        return NO_MEMORY;
    struct change change = { .form = form, .old = old, .new = row, .step = step, .extra = input };
    status = step_allowed(call, writer, &change);
    if (status == OK && version != 0 && version != old->version)
        return STALE;
    if (status == OK)
        status = step_input(call, step, input, row);
    if (status != OK)
        return status;
    row->state = step->to == 0 ? old->state : step->to;
    row->version = old->version + 1;
    row->changed_at = call->now_ms;
    row->changed_by = call->me->account;
    if (form->fill != NULL)
        status = form->fill(call, writer_reader(writer), &change);
    if (status == OK && step->checks)
        status = need_check(call, form, row);
    if (status == OK)
        status = day_open(call, writer, &change);
    if (status == OK)
        status = claims_move(call, writer, old, row);
    if (status == OK)
        status = row_update(call, writer, row, old->version);
    if (status == CONFLICT && call->message == NULL)
        status = explain_conflict(call, writer, form);
    if (status == OK)
        status = judge(call, writer, &change, step->checks);
    if (status == OK)
        status = run_clocks(call, writer, step, row);
    if (status == OK)
        status = finish(call, writer, &change, name);
    if (status == OK && after != NULL)
        *after = row;
    return status;
}

enum status
row_rewrite(struct call *call, struct writer *writer, const struct row *before, struct row *row, const char *action)
{
    const struct change change = { .form = row->form, .old = before, .new = row };
    row->version = before->version + 1;
    row->changed_at = call->now_ms;
    row->changed_by = call->me->account;
    const enum status status = row_update(call, writer, row, before->version);
    return status == OK ? journal_note(call, &change, action) : status;
}

/* ---- the doors: whatever happens inside, one comes out at the depth one went in ---- */

enum status
row_create(struct call *call, struct writer *writer, struct row *row)
{
    const enum status status = ++call->depth > MOST_DEPTH ? too_deep(call) : create(call, writer, row);
    call->depth--;
    return status;
}

enum status
row_change(struct call *call, struct writer *writer, struct row *row, int64_t version)
{
    const enum status status = ++call->depth > MOST_DEPTH ? too_deep(call) : change_row(call, writer, row, version);
    call->depth--;
    return status;
}

enum status
step_take(struct call *call, struct writer *writer, const struct form *form, int64_t id, int64_t version,
          const char *name, const struct node *input, struct row **after)
{
    const enum status status =
        ++call->depth > MOST_DEPTH ? too_deep(call) : take(call, writer, form, id, version, name, input, after);
    call->depth--;
    return status;
}

const struct me *
engine_me(struct arena *arena, const struct reference *reference, int64_t office)
{
    struct me *me = arena_alloc(arena, sizeof *me);
    if (me == NULL)
        return NULL;
    me->department = D_ENGINE;
    me->name = "系统";
    me->login = "engine";
    me->office = office;
    for (size_t i = 0; reference != NULL && i < reference->offices_n && me->offices_n < 128; i++)
        me->offices[me->offices_n++] = reference->offices[i].id;
    return me;
}

/* ---- hooks of the store ---- */

static enum status
at_commit(struct writer *writer, void *app)
{
    (void)app;
    return journal_at_commit(writer);
}

static void
batch_done(void *batch, void *app)
{
    struct house *house = app;
    journal_batch_done(batch);
    waker_wake(house->waker);
}

void
engine_install(struct house *house)
{
    const struct store_hooks hooks = { .at_commit = at_commit, .batch_done = batch_done, .app = house };
    store_set_hooks(house->store, &hooks);
}
