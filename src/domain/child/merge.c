/* 合并重复记录 — clause C041. One record stays, with its place, and takes over what it lacks; the other one is emptied
 * and says where it went. Records that name the child follow. */
#include "domain/child/merge.h"

#include <string.h>

#include "base/text.h"
#include "domain/child/doubles.h"
#include "domain/child/entry.h"
#include "domain/child/forget.h"
#include "policy/engine.h"
#include "policy/journal.h"

/* ---- what stays ---- */

const char *const merge_chosen[] = { "allergies", "diet", "history", NULL };

static int
rank(const struct row *child)
{
    return child->state == ENROLLED ? 3 : child->state == PLANNED ? 2 : child->state == LEFT ? 1 : 0;
}

/* Of two that have left, the later leave stays: the years after which a child is forgotten count from it. */
bool
merge_keeps(const struct row *keep, const struct row *drop)
{
    const bool left = keep->state == LEFT && drop->state == LEFT;
    if (left && row_has(keep, "left_on") && row_has(drop, "left_on"))
        return strcmp(row_text(keep, "left_on"), row_text(drop, "left_on")) >= 0;
    return rank(keep) >= rank(drop);
}

static const char *
plain(struct call *call, struct reader *reader, const struct row *row, const char *field)
{
    int index;
    form_field(row->form, field, &index);
    return row_has(row, field) ? row_plain(call, reader, row, index) : NULL;
}

bool
merge_differs(struct call *call, struct reader *reader, const struct row *one, const struct row *other,
              const char *field)
{
    const char *a = plain(call, reader, one, field), *b = plain(call, reader, other, field);
    return a != NULL && b != NULL && strcmp(a, b) != 0;
}

/* A choice for one field; without one nothing is merged, since a wrong guess could hurt a child. */
static enum status
choose(struct call *call, struct reader *reader, const struct node *input, struct row *keep, const struct row *drop,
       const char *name)
{
    const struct field *field = form_field(&child_form, name, NULL);
    const char *choice = node_text_of(input, name);
    if (!merge_differs(call, reader, keep, drop, name))
        return OK;
    const char *mine = plain(call, reader, keep, name), *theirs = plain(call, reader, drop, name);
    if (choice == NULL || choice[0] == '\0')
        return call_fault(call, field, "choose", "两条记录的%s不同，请先打开核对，再选择以哪条为准", field->label);
    if (strcmp(choice, "keep") == 0)
        return OK;
    if (strcmp(choice, "drop") != 0 && strcmp(choice, "both") != 0)
        return call_fault(call, field, "unknown_code", "请从列表中选择");
    const char *text = strcmp(choice, "drop") == 0 ? theirs : arena_format(call->arena, "%s\n%s", mine, theirs);
    if (text_length(text) > (size_t)field->max)
        return call_fault(call, field, "too_long", "两条合在一起超过%lld个字，请先在保留的记录中写明",
                          (long long)field->max);
    row_set_text(keep, name, text);
    return OK;
}

/* The number of a resident is worth more than that of a birth certificate, and any number more than none; its kind
 * comes with it. */
static enum status
take_number(struct call *call, struct reader *reader, struct row *keep, const struct row *drop)
{
    const char *kind = row_text(drop, "id_kind"), *mine = row_text(keep, "id_kind");
    const bool better =
        kind != NULL && strcmp(kind, "resident_id") == 0 && (mine == NULL || strcmp(mine, "resident_id") != 0);
    if (!row_has(drop, "id_number") || (row_has(keep, "id_number") && !better))
        return OK;
    const char *number = plain(call, reader, drop, "id_number");
    if (number == NULL)
        return call_fail(call, BROKEN, "证件号码无法解密");
    row_set(keep, "id_kind", row_value(drop, "id_kind"));
    row_set_text(keep, "id_number", number);
    struct fault **const before = call->faults_end;
    identity_check(call, &child_form, keep, number);
    return call->faults_end == before ? OK : INVALID;
}

/* Plans and ends of the record that goes are its own; the class follows from the placements. */
static bool
stays_behind(const char *name)
{
    static const char *const names[] = { "class", "leaves_on", "was", "discarded_on", "id_kind", "id_number", NULL };
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum status
take_cells(struct call *call, struct reader *reader, struct row *keep, const struct row *drop)
{
    for (int i = 0; child_form.fields[i].name != NULL; i++) {
        const struct field *field = &child_form.fields[i];
        if (stays_behind(field->name) || keep->cells[i].type != VALUE_NULL || drop->cells[i].type == VALUE_NULL)
            continue;
        if (!field->secret) {
            keep->cells[i] = drop->cells[i];
            continue;
        }
        const char *text = row_plain(call, reader, drop, i); /* sealed for the other row */
        if (text == NULL)
            return call_fail(call, BROKEN, "%s无法解密，不能合并", field->label);
        keep->cells[i] = value_text(text);
    }
    return OK;
}

static bool
cells_differ(const struct row *row, const struct row *before)
{
    for (int i = 0; row->form->fields[i].name != NULL; i++)
        if (!value_equal(row->cells[i], before->cells[i]))
            return true;
    return false;
}

/* Before anything moves; the row is written in every state, as only this act may. */
static enum status
fill_kept(struct call *call, struct writer *writer, const struct node *input, struct row *keep, const struct row *drop)
{
    struct row *before = row_copy(call, keep);
    struct reader *reader = writer_reader(writer);
    enum status status = before == NULL ? NO_MEMORY : OK;
    for (size_t i = 0; status == OK && merge_chosen[i] != NULL; i++)
        status = choose(call, reader, input, keep, drop, merge_chosen[i]);
    if (status == OK)
        status = take_number(call, reader, keep, drop);
    if (status == OK)
        status = take_cells(call, reader, keep, drop);
    if (status != OK || !cells_differ(keep, before))
        return status;
    return row_rewrite(call, writer, before, keep, "合并");
}

/* ---- merging ---- */

struct merge {
    const struct row *keep, *drop;
    int64_t moved, left;
};

static bool
has_column(const char *const *fields, size_t n, const char *column)
{
    for (size_t i = 0; i < n && fields[i] != NULL; i++)
        if (strcmp(fields[i], column) == 0)
            return true;
    return false;
}

/* What the kept child has already under the same key, or in the same days, stays with the merged one. */
static void
but_not_twice(struct query *query, const struct form *form, const char *column, const struct merge *merge)
{
    for (const struct unique_key *key = form->uniques; key != NULL && key->fields[0] != NULL; key++) {
        if (!has_column(key->fields, 4, column))
            continue;
        query_text(query, " and not exists (select 1 from ");
        query_name(query, form->name);
        query_add(query, " o where o.office = ?1 and o.", ARGS(value_int(merge->keep->office)));
        query_name(query, column);
        query_add(query, " = ?1", ARGS(value_int(merge->keep->id)));
        for (size_t i = 0; i < 4 && key->fields[i] != NULL; i++) {
            if (strcmp(key->fields[i], column) == 0)
                continue;
            query_text(query, " and o.");
            query_name(query, key->fields[i]);
            query_text(query, " = ");
            query_name(query, form->name);
            query_text(query, ".");
            query_name(query, key->fields[i]);
        }
        query_text(query, ")");
    }
    for (const struct form_span *span = form->spans; span != NULL && span->name != NULL; span++) {
        if (strcmp(span->of, column) != 0)
            continue;
        query_text(query, " and not exists (select 1 from ");
        query_name(query, form->name);
        query_add(query, " o where o.office = ?1 and o.", ARGS(value_int(merge->keep->office)));
        query_name(query, column);
        query_add(query, " = ?1 and o.", ARGS(value_int(merge->keep->id)));
        query_name(query, span->from);
        query_text(query, " <= ");
        query_name(query, form->name);
        query_text(query, ".");
        query_name(query, span->to);
        query_text(query, " and o.");
        query_name(query, span->to);
        query_text(query, " >= ");
        query_name(query, form->name);
        query_text(query, ".");
        query_name(query, span->from);
        query_text(query, ")");
    }
}

static enum status
count_left(struct call *call, struct reader *reader, const struct form *form, const char *column,
           const struct row *drop, int64_t *n)
{
    struct query query;
    struct rows rows;
    query_init(&query, call->arena);
    query_text(&query, "select count(*) from ");
    query_name(&query, form->name);
    query_add(&query, " where office = ?1 and ", ARGS(value_int(drop->office)));
    query_name(&query, column);
    query_add(&query, " = ?1", ARGS(value_int(drop->id)));
    enum status status = query_rows(reader, call->arena, &query, &rows);
    *n += status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

static enum status
move_records(struct call *call, struct writer *writer, const struct form *form, struct merge *merge)
{
    struct query query;
    int64_t moved = 0;
    const char *column = child_column(form);
    query_init(&query, call->arena);
    query_text(&query, "update ");
    query_name(&query, form->name);
    query_text(&query, " set ");
    query_name(&query, column);
    query_add(&query, " = ?1, version = version + 1, changed_at = ?2, changed_by = ?3 where office = ?4 and ",
              ARGS(value_int(merge->keep->id), value_int(call->now_ms), value_int(call->me->account),
                   value_int(merge->drop->office)));
    query_name(&query, column);
    query_add(&query, " = ?1", ARGS(value_int(merge->drop->id)));
    but_not_twice(&query, form, column, merge);
    enum status status = query_run(writer, &query, &moved);
    if (status == OK && moved > 0)
        status = journal_act(call, merge->keep->office, form->name, merge->keep->id, "并入",
                             arena_format(call->arena, "{\"from\":\"%lld\",\"rows\":%lld}", (long long)merge->drop->id,
                                          (long long)moved));
    merge->moved += moved;
    return status == OK ? count_left(call, writer_reader(writer), form, column, merge->drop, &merge->left) : status;
}

static enum status
read_child(struct call *call, struct reader *reader, const struct node *input, const char *name, struct row **out)
{
    int64_t id;
    const char *text = node_text_of(input, name);
    if (text == NULL || !id_parse(text, &id)) {
        call_fail(call, INVALID, "请选择要保留的记录");
        return INVALID;
    }
    enum status status = row_get(call, reader, &child_form, id, out);
    if (status == OK && (*out)->institution != call->me->institution)
        return NOT_FOUND;
    if (status == OK && ((*out)->state & (MERGED | ERASED)) != 0) {
        call_fail(call, CONFLICT, "这条记录已合并");
        return CONFLICT;
    }
    return status;
}

/* The merged row says where it went, the kept one what it was. The person stands in the kept row only; what the merged
 * one said is in the journal until both are forgotten. */
static enum status
close_merged(struct call *call, struct writer *writer, struct row *keep, struct row *drop)
{
    struct row *before = row_copy(call, drop);
    if (before == NULL)
        return NO_MEMORY;
    for (int i = 0; child_form.fields[i].name != NULL; i++)
        if (is_personal(&child_form.fields[i]))
            drop->cells[i] = value_null();
    row_set_int(drop, "was", keep->id);
    drop->state = MERGED;
    enum status status = row_rewrite(call, writer, before, drop, "合并");
    if (status == OK)
        status = journal_act(call, keep->office, child_form.name, keep->id, "合并",
                             arena_format(call->arena, "{\"from\":\"%lld\"}", (long long)drop->id));
    return status;
}

static enum status
may_merge(struct call *call, struct reader *reader, const struct row *keep, const struct row *drop)
{
    bool are;
    if (keep->id == drop->id)
        return call_fail(call, INVALID, "两条记录相同");
    enum status status = are_doubles(call, reader, keep, drop, &are);
    if (status == OK && !are)
        return call_fail(call, CONFLICT, "只能合并系统列出的可能重复的记录");
    if (status == OK && !merge_keeps(keep, drop))
        return call_fail(call, CONFLICT, "请保留在托、预定入托、曾经入托或离托较晚的那一条");
    return status;
}

enum status
act_merge(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    struct row *keep, *drop;
    enum status status = read_child(call, writer_reader(writer), input, "keep", &keep);
    if (status == OK)
        status = read_child(call, writer_reader(writer), input, "drop", &drop);
    if (status != OK)
        return status;
    status = may_merge(call, writer_reader(writer), keep, drop);
    if (status == OK)
        status = fill_kept(call, writer, input, keep, drop);
    struct merge merge = { keep, drop, 0, 0 };
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (child_column(call->house->forms[i]) != NULL)
            status = move_records(call, writer, call->house->forms[i], &merge);
    if (status == OK)
        status = close_merged(call, writer, keep, drop);
    if (status == OK)
        status = carry_class(call, writer, keep->id);
    if (status == OK)
        status = child_judge(call, writer, keep->id);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_int(call->arena, data, "moved", merge.moved);
    node_put_int(call->arena, data, "left", merge.left);
    node_put_text(call->arena, data, "next", arena_format(call->arena, "/child/%lld", (long long)keep->id));
    node_put_text(call->arena, data, "told",
                  merge.left == 0
                      ? arena_format(call->arena, "已合并，%lld条记录归入本记录", (long long)merge.moved)
                      : arena_format(call->arena,
                                     "已合并，%lld条记录归入本记录；%lld条与本记录重复，仍保留在被合并的记录下",
                                     (long long)merge.moved, (long long)merge.left));
    return status;
}
