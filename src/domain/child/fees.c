/* 收费监管 — clauses C102, C103: what rules found about prepayments and fee items, for the market regulator of the
 * county and the head of the institution. Institutions and fees only; no child is named. */
#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "store/query.h"

enum { FINDINGS_MOST = 200 };

static void
put_figure(struct call *call, struct node *list, const char *label, const char *rule, size_t n)
{
    struct node *figure = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, figure, "label", label);
    node_put_text(call->arena, figure, "rule", rule);
    node_put_int(call->arena, figure, "n", (int64_t)n);
}

/* Rows of the form that I may see and that have an open finding of the rule. */
static enum status
put_findings(struct call *call, struct reader *reader, const struct form *form, const char *rule, const char *what,
             struct node *list, struct node *figures)
{
    struct query query;
    struct rows rows;
    query_init(&query, call->arena);
    query_text(&query, "select r.id, i.name, f.message, f.since from finding f join ");
    query_name(&query, form->name);
    query_add(&query,
              " r on r.office = f.office and r.id = f.row and f.rule = ?1 and f.until is null "
              "join institution i on i.office = r.office and i.id = r.institution where 1 = 1",
              ARGS(value_text(rule)));
    if (!duty_where(&query, form, call->me, MAY_SEE))
        return OK;
    query_add(&query, " order by f.row desc limit ?1", ARGS(value_int(FINDINGS_MOST)));
    enum status status = query_rows(reader, call->arena, &query, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, item, "institution", rows_text(&rows, i, 1));
        node_put_text(call->arena, item, "what", what);
        node_put_text(call->arena, item, "rule", rule);
        node_put_text(call->arena, item, "message", rows_text(&rows, i, 2));
        node_put_time(call->arena, item, "since", rows_int(&rows, i, 3));
        node_put_url(call->arena, item, "url",
                     arena_format(call->arena, "/%s/%lld", form->name, (long long)rows_int(&rows, i, 0)));
    }
    if (status == OK)
        put_figure(call, figures, what, rule, rows.n);
    return status;
}

enum status
look_fees(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct node *data = node_put_map(call->arena, model, "data"), *list = node_put_list(call->arena, data, "findings");
    struct node *figures = node_put_list(call->arena, data, "figures");
    (void)input;
    enum status status = put_findings(call, reader, &payment_form, "FEE-1", "已收的预收费超过一个月", list, figures);
    if (status == OK)
        status = put_findings(call, reader, &contract_form, "FEE-1", "约定的预收费超过一个月", list, figures);
    return status == OK
               ? put_findings(call, reader, &contract_item_form, "SEED-C102", "收费项目超出范围", list, figures)
               : status;
}
