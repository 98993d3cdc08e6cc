/* 暂停接触婴幼儿的措施与复查 — clause C055. What a report orders about a person stands until the police, or whoever
 * ordered it, ends it, or the report is closed; several reports may order about one person, and the last of them frees.
 * Whoever ordered a measure is told of its review each day until they decide. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum status
measure_stands(struct call *call, struct reader *reader, const struct row *report, bool *stands)
{
    struct row *staff;
    *stands = false;
    if (!row_has(report, "staff") || !row_has(report, "measure_on") || row_has(report, "measure_ended"))
        return OK;
    const enum status status = row_get(call, reader, &staff_form, row_int(report, "staff"), &staff);
    *stands = status == OK && staff_measure(staff, "abuse");
    return status == NOT_FOUND ? OK : status;
}

enum status
measure_may_begin(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const enum status status = measure_stands(call, reader, change->old, may);
    *may = !*may;
    return status;
}

enum status
measure_may_go_on(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    return measure_stands(call, reader, change->old, may);
}

/* The police any, others what they ordered themselves. */
enum status
measure_may_end(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const char *by = row_text(change->old, "measure_by");
    const enum status status = measure_stands(call, reader, change->old, may);
    *may = *may &&
           (call->me->department == D_POLICE || (by != NULL && strcmp(by, department_code(call->me->department)) == 0));
    return status;
}

/* Closing the report ends its measure: whoever may not end it does not close. */
enum status
measure_may_close(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    bool stands;
    const enum status status = measure_stands(call, reader, change->old, &stands);
    *may = true;
    return status == OK && stands ? measure_may_end(call, reader, change, may) : status;
}

/* What all reports about the person order together: from the first day on, to be reviewed at the first review. A report
 * whose measure was ended on the staff row, before reports kept that, no longer counts. */
static enum status
apply(struct call *call, struct writer *writer, const struct row *report, struct row **staff)
{
    struct rows rows;
    enum status status = row_get(call, writer_reader(writer), &staff_form, row_int(report, "staff"), staff);
    if (status != OK)
        return status;
    const bool stands = staff_measure(*staff, "abuse");
    status = reader_rows(
        writer_reader(writer), call->arena,
        "select min(measure_on), min(measure_review) from abuse_report where office = ?1 and "
        "staff = ?2 and (id = ?3 or ?4 = 1) and measure_on is not null and measure_ended is null",
        ARGS(value_int(report->office), value_int((*staff)->id), value_int(report->id), value_int(stands)), &rows);
    if (status != OK)
        return status;
    if (rows_text(&rows, 0, 0) != NULL)
        return staff_order(call, writer, *staff, rows_text(&rows, 0, 0), rows_text(&rows, 0, 1));
    return stands ? staff_order_end(call, writer, *staff) : OK;
}

static const struct field *
review_field(void)
{
    return form_field(&abuse_report_form, "measure_review", NULL);
}

enum status
measure_begun(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    struct row *report = change->new;
    enum status status =
        staff_review_fits(call, review_field(), row_text(report, "measure_on"), row_text(report, "measure_review"));
    row_set_text(report, "measure_by", department_code(call->me->department));
    row_set_text(report, "measure_ended", NULL);
    if (status == OK)
        status = row_update(call, writer, report, report->version);
    if (status == OK)
        status = apply(call, writer, report, &staff);
    return status == OK ? notice_heads(call, writer, staff->institution,
                                       "有人员暂停接触婴幼儿（保护措施，不是认定），请调整排班",
                                       arena_format(call->arena, "/staff/%lld", (long long)staff->id))
                        : status;
}

enum status
measure_prolonged(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    const enum status status =
        staff_review_fits(call, review_field(), call_today(call), row_text(change->new, "measure_review"));
    return status == OK ? apply(call, writer, change->new, &staff) : status;
}

/* Police and health, whoever of them did not do it. */
static enum status
tell_both(struct call *call, struct writer *writer, int64_t office, int64_t report, const char *text)
{
    static const char *const told[] = { "health", "police" };
    enum status status = OK;
    for (size_t i = 0; i < sizeof told / sizeof told[0] && status == OK; i++)
        status = notice_department(call, writer, office, told[i], text,
                                   arena_format(call->arena, "/abuse_report/%lld", (long long)report));
    return status;
}

enum status
measure_ended(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    struct row *report = change->new;
    row_set_text(report, "measure_ended", call_today(call));
    enum status status = row_update(call, writer, report, report->version);
    if (status == OK)
        status = apply(call, writer, report, &staff);
    return status == OK
               ? tell_both(call, writer, report->office, report->id, "一份强制报告的暂停接触措施已结束，请知悉")
               : status;
}

enum status
measure_closed(struct call *call, struct writer *writer, const struct change *change)
{
    bool stands;
    const enum status status = measure_stands(call, writer_reader(writer), change->old, &stands);
    return status == OK && stands ? measure_ended(call, writer, change) : status;
}

/* ---- reviews ---- */

static const char told_review[] = "暂停接触婴幼儿的措施到了复查日期，请复查并决定";

/* Where the report is: what it ordered is decided there. */
static enum status
urge_reports(struct call *call, struct writer *writer, const struct row *staff)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id from abuse_report where office = ?1 and staff = ?2 and measure_on is not null and "
                    "measure_ended is null and measure_review <= ?3 order by id limit 20",
                    ARGS(value_int(staff->office), value_int(staff->id), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = tell_both(call, writer, staff->office, rows_int(&rows, i, 0), told_review);
    return status;
}

static bool
is_due(struct call *call, const struct row *staff, const char *cause)
{
    const char *review = staff_measure_review(staff, cause);
    return review != NULL && strcmp(review, call_today(call)) <= 0;
}

static enum status
urge(struct call *call, struct writer *writer, const struct row *staff)
{
    enum status status = OK;
    const char *url = arena_format(call->arena, "/staff/%lld", (long long)staff->id);
    if (is_due(call, staff, "abuse"))
        status = urge_reports(call, writer, staff);
    if (status == OK && is_due(call, staff, "office"))
        status = notice_department(call, writer, staff->office, "health", told_review, url);
    if (status == OK && is_due(call, staff, "head") && staff->state == SUSPENDED)
        status = notice_heads(call, writer, staff->institution, told_review, url);
    return status;
}

enum status
measure_reviews(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id from staff where office = ?1 and review_on <= ?2 order by review_on, id limit 500",
                    ARGS(value_int(office), value_text(call_today(call))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *staff;
        status = row_get(call, writer_reader(writer), &staff_form, rows_int(&rows, i, 0), &staff);
        if (status == OK)
            status = urge(call, writer, staff);
    }
    return status;
}
