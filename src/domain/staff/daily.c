/* What time does to staff: what ends soon is told once, the ban list is compared each night, and findings that only the
 * calendar changes are judged anew, a chunk of people at a time. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/job.h"
#include "policy/notice.h"

enum { CHUNK = 100 };

/* Each ledger whose lines end: those that end within the days and were not told for that end. */
static const struct {
    const char *due, *tell;
} ledgers[] = {
    { "select l.id, l.institution, l.part from staff_certificate l join staff s on s.office = l.office and s.id = "
      "l.part "
      "where l.office = ?1 and l.until >= ?2 and l.until <= ?3 and (l.warned_for is null or l.warned_for <> l.until) "
      "and s.state = 'active' and not exists (select 1 from staff_certificate n where n.office = l.office and n.part = "
      "l.part and n.kind = l.kind and (n.until is null or n.until > l.until)) order by l.institution, l.id limit 500",
      "update staff_certificate set warned_for = until where office = ?1 and id = ?2" },
    { "select l.id, l.institution, l.part from staff_health l join staff s on s.office = l.office and s.id = l.part "
      "where l.office = ?1 and l.until >= ?2 and l.until <= ?3 and (l.warned_for is null or l.warned_for <> l.until) "
      "and s.state = 'active' and s.health_until = l.until order by l.institution, l.id limit 500",
      "update staff_health set warned_for = until where office = ?1 and id = ?2" },
    { "select l.id, l.institution, l.part from staff_contract l join staff s on s.office = l.office and s.id = l.part "
      "where l.office = ?1 and l.until >= ?2 and l.until <= ?3 and (l.warned_for is null or l.warned_for <> l.until) "
      "and s.state = 'active' order by l.institution, l.id limit 500",
      "update staff_contract set warned_for = until where office = ?1 and id = ?2" },
};
static const char *const told[] = { "资格证书将在%lld天内到期：%lld项", "健康合格证将在%lld天内到期：%lld人",
                                    "劳动合同将在%lld天内到期：%lld份" };

/* One notice for each institution, however many end. */
static enum status
warn_ledger(struct call *call, struct writer *writer, int64_t office, size_t ledger)
{
    struct rows rows;
    char until[11];
    const int64_t days = standard_int(call, "CFG-DOC-EXPIRY-WARN-DAYS", 30);
    day_iso((struct day){ call->today.n + (int32_t)days }, until);
    enum status status = reader_rows(writer_reader(writer), call->arena, ledgers[ledger].due,
                                     ARGS(value_int(office), value_text(call_today(call)), value_text(until)), &rows);
    int64_t n = 0;
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        n++;
        status = writer_run(writer, ledgers[ledger].tell, ARGS(value_int(office), rows_value(&rows, i, 0)), NULL);
        if (status != OK || (i + 1 < rows.n && rows_int(&rows, i + 1, 1) == rows_int(&rows, i, 1)))
            continue;
        status = notice_heads(call, writer, rows_int(&rows, i, 1),
                              arena_format(call->arena, told[ledger], (long long)days, (long long)n), "/staff_due");
        n = 0;
    }
    return status;
}

static enum status
plan_sweep(struct call *call, struct writer *writer, int64_t office, int64_t after)
{
    struct node *args = node_map(call->arena);
    node_put_text(call->arena, args, "after", arena_format(call->arena, "%lld", (long long)after));
    return job_plan(call, writer, office, "staff_sweep", call->now_ms, args);
}

enum status
staff_sweep(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    struct rows rows;
    int64_t after = 0;
    (void)result;
    const char *text = node_text_of(job->args, "after");
    if (text != NULL && !id_parse(text, &after))
        after = 0;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id from staff where office = ?1 and id > ?2 and state in " AT_WORK_SQL
                                     " order by id limit 100",
                                     ARGS(value_int(job->office), value_int(after)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        status = staff_settle(call, writer, rows_int(&rows, i, 0));
        if (status == OK) /* days that an earlier release kept without a line, or without their end */
            status = staff_days(call, writer, rows_int(&rows, i, 0));
        if (status == OK)
            status = staff_recheck(call, writer, rows_int(&rows, i, 0));
    }
    return status == OK && rows.n == CHUNK ? plan_sweep(call, writer, job->office, rows_int(&rows, CHUNK - 1, 0))
                                           : status;
}

enum status
staff_daily(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = OK;
    for (size_t i = 0; i < sizeof ledgers / sizeof ledgers[0] && status == OK; i++)
        status = warn_ledger(call, writer, office, i);
    if (status == OK)
        status = ban_night(call, writer, office);
    if (status == OK)
        status = manager_orders_due(call, writer, office);
    if (status == OK)
        status = measure_reviews(call, writer, office);
    return status == OK ? plan_sweep(call, writer, office, 0) : status;
}
