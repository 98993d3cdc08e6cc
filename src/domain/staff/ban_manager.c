/* 受限制的负责人、法定代表人 — clause C056; 人口与计划生育法 第四十一条. A manager has no row of staff that could be
 * barred: the standing filing gets its finding (filing_rules.c), the county orders another manager by a day, and from
 * that day on it is told each day until it says that there is one. Whom the ban names learns nothing through the own
 * login. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

/* A login that a staff row with the number of a ban names, or that bears the name on this one, is the person's own. */
enum status
manager_notice(struct call *call, struct writer *writer, int64_t institution, const struct row *ban, const char *text,
               size_t *told)
{
    struct rows rows;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select a.id from account a where a.office = ?1 and a.works_at = ?2 and a.posts like '%|head|%' and "
        "a.state = 'active' and a.name <> ?3 and not exists (select 1 from staff s join ban b on b.office = 1 and "
        "b.id_number_find = s.id_number_find and b.state in ('active', 'suspended') where s.office = a.office and "
        "s.account = a.id) order by a.id limit 20",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(row_text(ban, "name"))), &rows);
    *told = status == OK ? rows.n : 0;
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = notice_account(call, writer, rows_int(&rows, i, 0), text, "/filing");
    return status;
}

static enum status
notice_of(struct call *call, struct writer *writer, const struct row *match, const char *text, size_t *told)
{
    struct row *ban;
    const enum status status = row_get(call, writer_reader(writer), &ban_form, row_int(match, "ban"), &ban);
    return status == OK ? manager_notice(call, writer, match->institution, ban, text, told) : status;
}

enum status
manager_confirmed(struct call *call, struct writer *writer, const struct row *match)
{
    size_t told;
    return notice_of(call, writer, match, told_barred, &told);
}

/* ---- another one by a day ---- */

/* Of the same number, or confirmed by a person; anew when the day has passed without one. */
enum status
manager_may_be_ordered(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const struct row *match = change->old;
    const char *by = row_text(match, "replace_by");
    (void)reader;
    *may = row_int(match, "staff") == 0 && row_has(match, "ban") && !row_has(match, "replaced_on") &&
           (match->state == CONFIRMED || strcmp(row_text(match, "kind"), "exact") == 0) &&
           (by == NULL || strcmp(by, call_today(call)) <= 0);
    return OK;
}

enum status
manager_is_ordered(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_has(change->old, "replace_by") && !row_has(change->old, "replaced_on");
    return OK;
}

enum status
manager_ordered(struct call *call, struct writer *writer, const struct change *change)
{
    struct day by;
    size_t told = 0;
    const struct field *field = form_field(&ban_match_form, "replace_by", NULL);
    const int64_t most = standard_int(call, "CFG-BAN-REPLACE-DAYS", 30);
    if (!row_day(change->new, "replace_by", &by) || by.n <= call->today.n)
        return call_fault(call, field, "order", "期限应晚于今天");
    if (by.n > call->today.n + (int32_t)most)
        return call_fault(call, field, "too_late", "期限应在%lld天以内", (long long)most);
    const char *text =
        arena_format(call->arena, "主管部门责令在%d月%d日前更换负责人（法定代表人）", day_month(by), day_of_month(by));
    const enum status status = notice_of(call, writer, change->new, text, &told);
    if (status != OK || told > 0)
        return status;
    return notice_department(call, writer, change->new->office, "health",
                             "责令更换负责人：机构没有其他负责人账号可以告知，请书面送达",
                             arena_format(call->arena, "/ban_match/%lld", (long long)change->new->id));
}

enum status
manager_orders_due(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id from ban_match where office = ?1 and replace_by < ?2 and replaced_on "
                                     "is null and state = 'confirmed' "
                                     "order by replace_by, id limit 200",
                                     ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status =
            notice_department(call, writer, office, "health", "责令更换负责人（法定代表人）的期限已过，请核实并办理",
                              arena_format(call->arena, "/ban_match/%lld", (long long)rows_int(&rows, i, 0)));
    return status;
}
