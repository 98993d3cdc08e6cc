/* 操作日志 — C131, GB/T 22239 8.1.4.3: who did what when; read by the audit administrator, and by nobody who could
 * change it. */
#include <string.h>

#include "domain/area/area.h"
#include "policy/engine.h"

enum { PAGE = 100, EVERYBODYS = 1 };

static const char *
action_words(const struct form *form, const char *action)
{
    const struct step *step = form == NULL || form->procedure == NULL ? NULL : procedure_step(form->procedure, action);
    return step != NULL                    ? step->label
           : strcmp(action, "create") == 0 ? "新建"
           : strcmp(action, "change") == 0 ? "修改"
                                           : action;
}

/* The offices I answer for, and the one that keeps what belongs to everybody: reference data, switches, backups. */
static bool
may_read(const struct call *call, int64_t office)
{
    for (size_t i = 0; i < call->me->offices_n; i++)
        if (call->me->offices[i] == office)
            return true;
    return office == EVERYBODYS && call->me->level == L_CITY;
}

/* Who looked at what by name, and what for. */
static enum status
list_looks(struct call *call, struct reader *reader, int64_t office, int64_t before, const char *actor,
           struct rows *rows)
{
    return reader_rows(reader, call->arena,
                       "select id, at, actor_name, form, row, what, purpose from look_journal where office = ?1 and "
                       "id < ?2 and (cast(?3 as text) is null or actor_name = ?3) order by id desc limit ?4",
                       ARGS(value_int(office), value_int(before), value_text(actor), value_int(PAGE + 1)), rows);
}

static enum status
list_acts(struct call *call, struct reader *reader, int64_t office, int64_t before, const char *actor,
          struct rows *rows)
{
    return reader_rows(reader, call->arena,
                       "select id, at, actor_name, form, row, action, seq from journal where office = ?1 and "
                       "id < ?2 and (cast(?3 as text) is null or actor_name = ?3) order by id desc limit ?4",
                       ARGS(value_int(office), value_int(before), value_text(actor), value_int(PAGE + 1)), rows);
}

enum status
look_journal(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    int64_t before = INT64_MAX;
    const char *after = node_text_of(input, "after"), *actor = node_text_of(input, "actor");
    const char *office = node_text_of(input, "office");
    int64_t of = call->me->office;
    if (after != NULL && !id_parse(after, &before))
        before = INT64_MAX;
    if (office != NULL && !id_parse(office, &of))
        of = call->me->office;
    if (!may_read(call, of))
        return NOT_FOUND;
    struct node *data = node_put_map(call->arena, model, "data"), *list = node_put_list(call->arena, data, "rows");
    const char *kind = node_text_of(input, "kind");
    const bool looks = kind != NULL && strcmp(kind, "looks") == 0;
    enum status status =
        looks ? list_looks(call, reader, of, before, actor, &rows) : list_acts(call, reader, of, before, actor, &rows);
    node_put_bool(call->arena, data, "looks", looks);
    for (size_t i = 0; status == OK && i < rows.n && i < PAGE; i++) {
        const char *name = rows_text(&rows, i, 3);
        const struct form *form = name == NULL ? NULL : house_form(call->house, name);
        struct node *line = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, line, "id", rows_int(&rows, i, 0));
        node_put_time(call->arena, line, "at", rows_int(&rows, i, 1));
        node_put_text(call->arena, line, "actor", rows_text(&rows, i, 2));
        const bool backup = name != NULL && strcmp(name, "backup") == 0; /* no ledger: the program's own */
        node_put_text(call->arena, line, "form", form != NULL ? form->title : backup ? "数据备份" : name);
        node_put_id(call->arena, line, "row", rows_int(&rows, i, 4));
        node_put_text(call->arena, line, "action", action_words(form, rows_text(&rows, i, 5)));
        node_put_bool(call->arena, line, "looks", looks);
        if (looks)
            node_put_text(call->arena, line, "purpose", rows_text(&rows, i, 6));
        else
            node_put_int(call->arena, line, "seq", rows_int(&rows, i, 6));
    }
    struct node *offices = node_put_list(call->arena, data, "offices");
    for (size_t i = 0; i < call->reference->offices_n; i++)
        if (may_read(call, call->reference->offices[i].id)) {
            struct node *option = node_put_map(call->arena, offices, NULL);
            node_put_text(call->arena, option, "code",
                          arena_format(call->arena, "%lld", (long long)call->reference->offices[i].id));
            node_put_text(call->arena, option, "label",
                          call->reference->offices[i].id == EVERYBODYS ? "参考数据和系统"
                                                                       : call->reference->offices[i].name);
            node_put_bool(call->arena, option, "selected", call->reference->offices[i].id == of);
        }
    if (actor != NULL)
        node_put_text(call->arena, data, "actor", actor);
    if (status == OK && rows.n > PAGE)
        node_put_url(call->arena, data, "next_url",
                     arena_format(call->arena, "/journal?%soffice=%lld&after=%lld", looks ? "kind=looks&" : "",
                                  (long long)of, (long long)rows_int(&rows, PAGE - 1, 0)));
    return status;
}
