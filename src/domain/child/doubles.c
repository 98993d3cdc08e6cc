#include "domain/child/doubles.h"

#include <string.h>

#include "base/keys.h"
#include "base/secret.h"
#include "domain/child/forget.h"
#include "policy/engine.h"
#include "policy/journal.h"

/* Twins have one birth date and two names; two children of one name and birth date have two numbers of one kind. The
 * number of a birth certificate first and a resident's later are one child's. */
static const char pairs[] =
    "select a.id, b.id, a.name, b.name, a.born, b.born, a.state, b.state, "
    "case when a.id_number_find = b.id_number_find then 1 else 0 end "
    "from child a join child b on b.office = a.office and b.institution = a.institution and b.id > a.id and "
    "(a.id_number_find = b.id_number_find or (a.name = b.name and a.born = b.born and "
    "(a.id_number_find is null or b.id_number_find is null or a.id_kind <> b.id_kind))) "
    "where a.office = ?1 and a.institution = ?2 and a.state not in ('merged', 'erased', 'ended') and "
    "b.state not in ('merged', 'erased', 'ended') order by a.id, b.id limit 100";

static void
put_child(struct call *call, struct node *pair, const char *which, const struct rows *rows, size_t i, size_t at)
{
    struct node *child = node_put_map(call->arena, pair, which);
    const long long id = (long long)rows_int(rows, i, at);
    const struct state_label *state = procedure_label(child_form.procedure, state_of(rows_text(rows, i, at + 6)));
    node_put_id(call->arena, child, "id", id);
    node_put_text(call->arena, child, "name", rows_text(rows, i, at + 2));
    node_put_date(call->arena, child, "born", rows_text(rows, i, at + 4));
    node_put_text(call->arena, child, "state", state == NULL ? "" : state->label);
    node_put_url(call->arena, child, "url", arena_format(call->arena, "/child/%lld", id));
}

enum status
look_doubles(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    (void)input;
    if (call->me->institution == 0)
        return NOT_FOUND;
    enum status status =
        reader_rows(reader, call->arena, pairs,
                    ARGS(value_int(id_office(call->me->institution)), value_int(call->me->institution)), &rows);
    struct node *data = node_put_map(call->arena, model, "data");
    struct node *list = node_put_list(call->arena, data, "pairs");
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *pair = node_put_map(call->arena, list, NULL);
        put_child(call, pair, "first", &rows, i, 0);
        put_child(call, pair, "second", &rows, i, 1);
        node_put_text(call->arena, pair, "why", rows_int(&rows, i, 8) != 0 ? "证件号码相同" : "姓名和出生日期相同");
    }
    return status;
}

enum status
double_of(struct call *call, struct reader *reader, int64_t institution, const char *name, const char *born,
          const char *id_kind, const char *id_number, int64_t *id)
{
    struct rows rows;
    char hash[65] = "";
    if (id_number != NULL)
        secret_index(call->house->keys, "id_number", id_number, hash);
    enum status status = reader_rows(
        reader, call->arena,
        "select id from child where office = ?1 and institution = ?2 and state not in ('merged', 'erased', "
        "'ended') and (id_number_find = ?3 or (name = ?4 and born = ?5 and (id_number_find is null or ?3 = '' or "
        "id_kind <> ?6))) order by id limit 1",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(hash), value_text(name),
             value_text(born), value_text(id_kind)),
        &rows);
    *id = status == OK && rows.n > 0 ? rows_int(&rows, 0, 0) : 0;
    return status;
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
    if (text == NULL || !id_parse(text, &id))
        return call_fail(call, INVALID, "请选择要保留的记录");
    enum status status = row_get(call, reader, &child_form, id, out);
    if (status == OK && (*out)->institution != call->me->institution)
        return NOT_FOUND;
    if (status == OK && ((*out)->state & (MERGED | ERASED)) != 0)
        return call_fail(call, CONFLICT, "这条记录已合并");
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
    struct change change = { .form = &child_form, .old = before, .new = drop };
    for (int i = 0; child_form.fields[i].name != NULL; i++)
        if (is_personal(&child_form.fields[i]))
            drop->cells[i] = value_null();
    row_set_int(drop, "was", keep->id);
    drop->state = MERGED;
    drop->version++;
    drop->changed_at = call->now_ms;
    drop->changed_by = call->me->account;
    enum status status = row_update(call, writer, drop, before->version);
    if (status == OK)
        status = journal_note(call, &change, "合并");
    if (status == OK)
        status = journal_act(call, keep->office, child_form.name, keep->id, "合并",
                             arena_format(call->arena, "{\"from\":\"%lld\"}", (long long)drop->id));
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
    if (keep->id == drop->id)
        return call_fail(call, INVALID, "两条记录相同");
    struct merge merge = { keep, drop, 0, 0 };
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (child_column(call->house->forms[i]) != NULL)
            status = move_records(call, writer, call->house->forms[i], &merge);
    if (status == OK)
        status = close_merged(call, writer, keep, drop);
    if (status == OK)
        status = carry_class(call, writer, keep->id);
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
