/* 到期事项: what of the staff's papers has ended or ends soon, counted when it is read. */
#include <string.h>

#include "domain/staff/looks.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/printed.h"

/* Everything that carries a day of its own, for one institution; of what was renewed the last. */
static const char due_sql[] =
    "select s.id, s.name, d.what, d.until from ("
    "select part, 'certificate' as what, max(until) as until from staff_certificate where office = ?1 and institution "
    "= "
    "?2 group by part, kind having max(until) <= ?3 and count(*) = count(until) union all "
    "select part, 'contract', max(until) from staff_contract where office = ?1 and institution = ?2 group by part "
    "having max(until) <= ?3 union all "
    "select id, 'health', health_until from staff where office = ?1 and institution = ?2 and health_until <= ?3 "
    "union all "
    "select id, 'review', review_on from staff where office = ?1 and institution = ?2 and review_on <= ?3 union all "
    "select id, 'entered', record_until from staff where office = ?1 and institution = ?2 and record_until <= ?3 "
    "union all "
    "select id, 'record', record_checked from staff where office = ?1 and institution = ?2 and record_until is null "
    "and "
    "record_checked <= ?4) d "
    "join staff s on s.office = ?1 and s.id = d.part where s.state in " AT_WORK_SQL " order by d.until, s.id limit 500";

static const char *
what_words(const char *what)
{
    static const char *const words[][2] = { { "certificate", "资格证书" },
                                            { "contract", "劳动合同" },
                                            { "health", "健康合格证" },
                                            { "review", "暂停接触复查" },
                                            { "entered", "违法犯罪记录查询（只有填报日期）" },
                                            { "record", "违法犯罪记录查询" } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], what) == 0)
            return words[i][1];
    return what;
}

/* A query is due a year after the last. */
static const char *
due_day(struct call *call, const char *what, const char *until)
{
    struct day day;
    char iso[11];
    if (strcmp(what, "record") != 0 || !day_parse(until, &day))
        return until;
    day_iso(day_add_months(day, 12), iso);
    return arena_text(call->arena, iso);
}

/* Logins of the institution that no member of staff is known to use: who may not work might. */
static enum status
put_accounts(struct call *call, struct reader *reader, struct node *data)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select a.name from account a where a.office = ?1 and a.works_at = ?2 and a.state = 'active' and "
        "coalesce(a.client, 0) = 0 and not exists (select 1 from staff s where s.office = a.office and s.account = "
        "a.id) order by a.id limit 200",
        ARGS(value_int(call->me->office), value_int(call->me->institution)), &rows);
    node_put_bool(call->arena, data, "unnamed", status == OK && rows.n > 0);
    struct node *list = node_put_list(call->arena, data, "accounts");
    for (size_t i = 0; status == OK && i < rows.n; i++)
        node_put_text(call->arena, node_put_map(call->arena, list, NULL), "name", rows_text(&rows, i, 0));
    return status;
}

enum status
look_staff_due(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    char soon[11], asked[11];
    struct node *data = node_put_map(call->arena, model, "data");
    const int64_t days = standard_int(call, "CFG-DOC-EXPIRY-WARN-DAYS", 30);
    const struct day limit = { call->today.n + (int32_t)days };
    (void)input;
    day_iso(limit, soon);
    day_iso(day_add_months(limit, -12), asked);
    enum status status = reader_rows(
        reader, call->arena, due_sql,
        ARGS(value_int(call->me->office), value_int(call->me->institution), value_text(soon), value_text(asked)),
        &rows);
    node_put_int(call->arena, data, "days", days);
    node_put_int(call->arena, data, "count", status == OK ? (int64_t)rows.n : 0);
    node_put_text(call->arena, data, "empty", rows.n == 0 ? "没有到期事项" : NULL);
    struct node *list = node_put_list(call->arena, data, "rows");
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *row = node_put_map(call->arena, list, NULL);
        const char *until = due_day(call, rows_text(&rows, i, 2), rows_text(&rows, i, 3));
        node_put_id(call->arena, row, "staff", rows_int(&rows, i, 0));
        node_put_text(call->arena, row, "name", rows_text(&rows, i, 1));
        node_put_text(call->arena, row, "what", what_words(rows_text(&rows, i, 2)));
        node_put_text(call->arena, row, "until", until);
        node_put_text(call->arena, row, "until_words", date_words(call, until));
        node_put_bool(call->arena, row, "over", strcmp(until, call_today(call)) < 0);
        node_put_url(call->arena, row, "url",
                     arena_format(call->arena, "/staff/%lld", (long long)rows_int(&rows, i, 0)));
    }
    return status == OK ? put_accounts(call, reader, data) : status;
}
