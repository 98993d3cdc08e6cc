/* 暂停、恢复、终止、注销 — clause C031. A pause says until when, and somebody is told when that day is over. A
 * site ends in order: children and staff first, then what is in hand; where nobody is left to do it the county does. */
#include "domain/institution/life.h"

#include <string.h>

#include "domain/institution/filing_papers.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/clock.h"
#include "policy/notice.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static const char *
site_url(struct call *call, const struct row *site)
{
    return arena_format(call->arena, "/institution/%lld", (long long)site->id);
}

static enum status
tell_county(struct call *call, struct writer *writer, const struct change *change)
{
    return notice_department(call, writer, change->new->office, "health",
                             arena_format(call->arena, "%s：%s", row_text(change->new, "name"), change->step->label),
                             site_url(call, change->new));
}

/* ---- what was filed ---- */

enum status
filed_stands(struct call *call, const struct change *change)
{
    static const char *const filed[] = { "name", "kind", "address", "service_forms", "places", NULL };
    static const char *const asked[] = { "pause_reason", "resume_on", "settled", NULL };
    enum status status = OK;
    if (change->old == NULL || change->step != NULL || call->depth > 1 || call->me->department != D_INSTITUTION)
        return OK;
    const bool stands = (change->old->state & (FILED | SUSPENDED)) != 0;
    for (int i = 0; stands && filed[i] != NULL; i++)
        if (row_differs(change->new, change->old, filed[i])) {
            const struct field *field = form_field(change->form, filed[i], NULL);
            status = call_fault(call, field, "filed", "%s已备案，变更请办理变更备案", field->label);
        }
    for (int i = 0; asked[i] != NULL; i++)
        if (row_differs(change->new, change->old, asked[i])) {
            const struct field *field = form_field(change->form, asked[i], NULL);
            status = call_fault(call, field, "of_a_step", "%s在办理暂停、终止时填写", field->label);
        }
    return status;
}

/* ---- pauses ---- */

enum status
pause_is_own(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "pause_ordered") == 0;
    return OK;
}

enum status
pause_is_ordered(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "pause_ordered") != 0;
    return OK;
}

/* The day on which it means to go on is ahead; a clock runs to its end. */
static enum status
wait_for(struct call *call, struct writer *writer, const struct change *change)
{
    struct day day;
    if (!row_day(change->new, "resume_on", &day))
        return OK;
    if (day.n <= call->today.n)
        return call_fault(call, form_field(change->form, "resume_on", NULL), "past", "预计恢复日期须晚于今天");
    return clock_start_until(call, writer, change->new, "resume", day_start_ms(day) + DAY_MS, "health");
}

enum status
site_paused(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = wait_for(call, writer, change);
    return status == OK ? tell_county(call, writer, change) : status;
}

enum status
site_ordered(struct call *call, struct writer *writer, const struct change *change)
{
    if (change->extra == NULL || node_text_of(change->extra, "resume_on") == NULL)
        row_set(change->new, "resume_on", value_null()); /* the day of an own pause before it counts no more */
    enum status status = wait_for(call, writer, change);
    row_set_int(change->new, "pause_ordered", 1);
    if (status == OK)
        status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? notice_institution(call, writer, change->new->id,
                                             arena_format(call->arena, "县级卫生健康部门责令暂停服务：%s",
                                                          row_text(change->new, "pause_reason")),
                                             site_url(call, change->new))
                        : status;
}

enum status
site_resumed(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const over[] = { "pause_reason", "resume_on", "pause_ordered", NULL };
    for (int i = 0; over[i] != NULL; i++)
        row_set(change->new, over[i], value_null());
    enum status status = row_update(call, writer, change->new, change->new->version);
    if (status == OK && row_int(change->old, "pause_ordered") != 0)
        return notice_institution(call, writer, change->new->id, "责令暂停已解除，可以恢复服务",
                                  site_url(call, change->new));
    return status == OK ? tell_county(call, writer, change) : status;
}

/* ---- ends ---- */

static enum status
still_there(struct call *call, struct reader *reader, const struct row *site, const char **words)
{
    static const char *const what[] = { "名在托婴幼儿", "名在岗工作人员", "件已提交的备案" };
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena,
                    "select (select count(*) from child c where c.office = ?1 and c.institution = ?2 and "
                    "c.state = 'enrolled'), (select count(*) from staff s where s.office = ?1 and s.institution = ?2 "
                    "and s.state in " AT_WORK_SQL "), (select count(*) from filing f where f.office = ?1 and "
                    "f.institution = ?2 and f.state in ('submitted', 'returned'))",
                    ARGS(value_int(site->office), value_int(site->id)), &rows);
    *words = NULL;
    for (size_t i = 0; status == OK && i < sizeof what / sizeof what[0]; i++)
        if (rows_int(&rows, 0, i) > 0)
            *words = arena_format(call->arena, "%s%s%lld%s", *words == NULL ? "" : *words, *words == NULL ? "" : "、",
                                  (long long)rows_int(&rows, 0, i), what[i]);
    return status;
}

enum status
site_closed(struct call *call, struct writer *writer, const struct change *change)
{
    const char *words;
    enum status status = still_there(call, writer_reader(writer), change->new, &words);
    if (status == OK && words != NULL)
        return call_fault(call, form_field(change->form, "settled", NULL), "not_settled",
                          "还有%s，请先办理离托、离职，撤回备案", words);
    row_set_text(change->new, "closed_on", call_today(call));
    if (status == OK)
        status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? tell_county(call, writer, change) : status;
}

enum status
filings_lapse(struct call *call, struct writer *writer, const struct row *site)
{
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(site->id) };
    enum status status = rows_by(call, writer_reader(writer), &filing_form, site->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        struct row *filing = set.rows[i];
        if ((filing->state & (SUBMITTED | RETURNED)) != 0)
            status = step_take(call, writer, &filing_form, filing->id, 0, "lapse", NULL, NULL);
        else if (filing->state == FILED) /* its content is judged no more */
            status = clock_drop(call, writer, filing, "content");
        if (status == OK && filing->state != DRAFT)
            status = papers_void(call, writer, filing);
    }
    return status;
}

enum status
site_cancelled(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "cancelled_on", call_today(call));
    const enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? filings_lapse(call, writer, change->new) : status;
}

/* The institution does nothing any more, or is not there: what remains of it is told, not waited for. */
enum status
site_struck(struct call *call, struct writer *writer, const struct change *change)
{
    const char *words = NULL;
    if (!row_has(change->new, "closed_on"))
        row_set_text(change->new, "closed_on", call_today(call));
    enum status status = site_cancelled(call, writer, change);
    if (status == OK) /* the filings have ended with it */
        status = still_there(call, writer_reader(writer), change->new, &words);
    if (status == OK)
        status = notice_institution(
            call, writer, change->new->id,
            arena_format(call->arena, "县级卫生健康部门已依职权注销备案：%s", row_text(change->new, "cancel_reason")),
            site_url(call, change->new));
    if (status == OK && words != NULL)
        status = notice_department(
            call, writer, change->new->office, "health",
            arena_format(call->arena, "%s已注销，尚有%s，请安排妥善安置", row_text(change->new, "name"), words),
            site_url(call, change->new));
    return status;
}
