/* 备案内容不符合告知 — 办法 第九条; clause C033. What a county has told a site that its content does not meet stands in
 * the open until it is mended, whether the site has a receipt or not: the register knows only those that have one. */
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"

enum { SITES_MOST = 500 };

static void
put_unfit(struct call *call, const struct rows *rows, size_t i, struct node *list)
{
    struct node *line = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, line, "name", rows_text(rows, i, 0));
    node_put_text(call->arena, line, "place", division_path(call->arena, call->reference, rows_text(rows, i, 1)));
    node_put_text(call->arena, line, "address", rows_text(rows, i, 2));
    node_put_date(call->arena, line, "unfit_since", rows_text(rows, i, 3));
    node_put_text(call->arena, line, "unfit_reason", rows_text(rows, i, 4));
}

enum status
look_unfit(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    enum status status = OK;
    (void)input;
    struct node *data = node_put_map(call->arena, model, "data"), *list = node_put_list(call->arena, data, "rows");
    for (size_t o = 0; o < call->reference->offices_n && status == OK; o++) {
        struct rows rows;
        status = reader_rows(
            reader, call->arena,
            "select name, place, address, unfit_since, unfit_reason from institution "
            "where office = ?1 and unfit_since >= ?2 and state in ('registered', 'filed', 'suspended') order by "
            "unfit_since desc, id desc limit ?3",
            ARGS(value_int(call->reference->offices[o].id), value_text("1900-01-01"), value_int(SITES_MOST)), &rows);
        for (size_t i = 0; status == OK && i < rows.n; i++)
            put_unfit(call, &rows, i, list);
    }
    if (list->first == NULL)
        node_put_text(call->arena, data, "empty", "目前没有公布的不符合情形");
    return status;
}
