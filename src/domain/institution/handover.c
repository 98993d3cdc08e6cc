/* 工作移交与批量承办 — C131: all open work of an officer who moves goes to another; many cases are taken at once. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/desk.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/journal.h"

enum { CASES_MOST = 200 };

/* An officer of my own department and office. */
static enum status
colleague(struct call *call, struct reader *reader, const struct node *input, const char *name, int64_t *id)
{
    struct row *account;
    enum department department;
    const char *text = node_text_of(input, name);
    if (text == NULL || !id_parse(text, id) || row_get(call, reader, &account_form, *id, &account) != OK ||
        account->office != call->me->office || !department_of(row_text(account, "department"), &department) ||
        department != call->me->department)
        return call_fail(call, INVALID, "请选择本单位的工作人员");
    return strcmp(name, "to") == 0 && account->state != ACTIVE ? call_fail(call, INVALID, "接收人的账号已停用") : OK;
}

static enum status
move_case(struct call *call, struct writer *writer, int64_t id, int64_t to)
{
    struct row *filing;
    enum status status = row_get(call, writer_reader(writer), &filing_form, id, &filing);
    struct row *before = status == OK ? row_copy(call, filing) : NULL;
    if (before == NULL)
        return status == OK ? NO_MEMORY : status;
    row_set_int(filing, "handler", to);
    return row_rewrite(call, writer, before, filing, "移交");
}

/* Some of the open cases: what moved is not found again. */
static enum status
move_some(struct call *call, struct writer *writer, int64_t from, int64_t to, size_t *moved)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select f.id from filing f where f.office = ?1 and f.handler = ?2 and " CASE_OPEN
                                     " order by f.id limit 200",
                                     ARGS(value_int(call->me->office), value_int(from)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = move_case(call, writer, rows_int(&rows, i, 0), to);
    *moved = status == OK ? rows.n : 0;
    return status;
}

enum status
act_transfer(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    int64_t from = 0, to = 0;
    struct reader *reader = writer_reader(writer);
    enum status status = colleague(call, reader, input, "from", &from);
    if (status == OK)
        status = colleague(call, reader, input, "to", &to);
    if (status == OK && from == to)
        status = call_fail(call, INVALID, "移交人和接收人相同");
    if (status != OK)
        return status;
    int64_t n = 0;
    for (size_t moved = 1; status == OK && moved > 0; n += (int64_t)moved)
        status = move_some(call, writer, from, to, &moved);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_int(call->arena, data, "moved", n);
    node_put_text(call->arena, data, "told", arena_format(call->arena, "已移交%lld件", (long long)n));
    return status;
}

/* What may be done to many cases with one press: nothing that needs a judgement of each. */
static const struct {
    const char *step, *done;
} many[] = {
    { "claim", "已承办" },
    { "stand_in", "已代为承办" },
    { "release", "已放回" },
    { "ask_opinions", "已征求部门意见" },
};

/* Each case is judged like a single one; those that cannot go this way stay as they are and are counted. */
static enum status
take_many(struct call *call, struct writer *writer, const struct node *input, size_t which, struct node *model)
{
    const struct node *ids = node_get(input, "ids");
    int64_t taken = 0, n = 0;
    for (const struct node *node = ids == NULL              ? NULL
                                   : ids->type == NODE_LIST ? ids->first
                                                            : ids;
         node != NULL; node = ids->type == NODE_LIST ? node->next : NULL) {
        int64_t id;
        if (node->text == NULL || !id_parse(node->text, &id))
            continue;
        if (++n > CASES_MOST)
            return call_fail(call, INVALID, "一次最多%d件", CASES_MOST);
        const enum status status = step_take(call, writer, &filing_form, id, 0, many[which].step, NULL, NULL);
        call->message = NULL;
        if (status == OK)
            taken++;
        else if (status != DENIED && status != CONFLICT && status != NOT_FOUND)
            return status;
    }
    struct node *data = node_put_map(call->arena, model, "data");
    const char *told = arena_format(call->arena, "%s%lld件", many[which].done, (long long)taken);
    node_put_int(call->arena, data, "taken", taken);
    node_put_int(call->arena, data, "left", n - taken);
    node_put_text(
        call->arena, data, "told",
        n == taken ? told : arena_format(call->arena, "%s，另有%lld件当前不能这样办理", told, (long long)(n - taken)));
    return n == 0 ? call_fail(call, INVALID, "请先选择案件") : OK;
}

/* Those that nobody has; what somebody took meanwhile stays with them. */
enum status
act_claim(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    return take_many(call, writer, input, 0, model);
}

enum status
act_many(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    const char *step = node_text_of(input, "step");
    for (size_t i = 0; step != NULL && i < sizeof many / sizeof many[0]; i++)
        if (strcmp(step, many[i].step) == 0)
            return take_many(call, writer, input, i, model);
    return call_fail(call, INVALID, "请选择要办理的事项");
}
