#include "domain/child/doubles.h"

#include <string.h>

#include "base/keys.h"
#include "base/secret.h"
#include "domain/child/child.h"
#include "domain/child/merge.h"
#include "policy/engine.h"

/* Twins have one birth date and two names; two children of one name and birth date have two numbers of one kind. The
 * number of a birth certificate first and a resident's later are one child's. */
#define DOUBLES                                                                                                        \
    "from child a join child b on b.office = a.office and b.institution = a.institution and b.id > a.id and "          \
    "(a.id_number_find = b.id_number_find or (a.name = b.name and a.born = b.born and "                                \
    "(a.id_number_find is null or b.id_number_find is null or a.id_kind <> b.id_kind))) "                              \
    "where a.office = ?1 and a.institution = ?2 and a.state not in ('merged', 'erased', 'ended') and "                 \
    "b.state not in ('merged', 'erased', 'ended')"
static const char pairs[] =
    "select a.id, b.id, a.name, b.name, a.born, b.born, a.state, b.state, "
    "case when a.id_number_find = b.id_number_find then 1 else 0 end " DOUBLES " order by a.id, b.id limit 100";

enum status
are_doubles(struct call *call, struct reader *reader, const struct row *one, const struct row *other, bool *are)
{
    struct rows rows;
    const int64_t first = one->id < other->id ? one->id : other->id, second = one->id < other->id ? other->id : one->id;
    enum status status = reader_rows(
        reader, call->arena, "select a.id " DOUBLES " and a.id = ?3 and b.id = ?4",
        ARGS(value_int(one->office), value_int(one->institution), value_int(first), value_int(second)), &rows);
    *are = status == OK && rows.n > 0;
    return status;
}

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

/* Which of the two may stay, and what a person has to choose between. */
static enum status
put_choice(struct call *call, struct reader *reader, struct node *pair, int64_t one, int64_t other)
{
    struct row *first, *second;
    struct node *list = node_put_list(call->arena, pair, "choices");
    enum status status = row_get(call, reader, &child_form, one, &first);
    if (status == OK)
        status = row_get(call, reader, &child_form, other, &second);
    if (status != OK)
        return status;
    node_put_bool(call->arena, pair, "keep_first", merge_keeps(first, second));
    node_put_bool(call->arena, pair, "keep_second", merge_keeps(second, first));
    for (size_t i = 0; merge_chosen[i] != NULL; i++) {
        if (!merge_differs(call, reader, first, second, merge_chosen[i]))
            continue;
        struct node *choice = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, choice, "name", merge_chosen[i]);
        node_put_text(call->arena, choice, "label", form_field(&child_form, merge_chosen[i], NULL)->label);
    }
    return OK;
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
        status = put_choice(call, reader, pair, rows_int(&rows, i, 0), rows_int(&rows, i, 1));
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
