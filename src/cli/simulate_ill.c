/* An ill child of the simulation: told, isolated, fetched, seen by the doctor, back with an exclusion or a certificate
 * — by the steps that people take, at their minute, so that the clocks of the case end in time. What was left by an
 * earlier run or by hand is carried on from its state. */
#include <stdio.h>
#include <string.h>

#include "cli/demo.h"
#include "cli/simulate.h"
#include "domain/care/health.h"

enum { MORNING = 7 * 60 + 5, DOCTOR_DAYS = 3, CERTIFICATE_DAYS = 6, DIAGNOSED_BEFORE_END = 14 };
static const char hospital[] = "演示县妇幼保健院";

static enum status
take_with(struct call *call, struct writer *writer, const struct life *life, const struct form *form, int64_t id,
          const char *step, int minute, const struct node *input)
{
    const int64_t now = call->now_ms;
    call->now_ms = life_at(life, minute);
    const enum status status = step_take(call, writer, form, id, 0, step, input, NULL);
    call->now_ms = now;
    return status;
}

static enum status
take(struct call *call, struct writer *writer, const struct life *life, const struct form *form, int64_t id,
     const char *step, int minute, const char *const (*pairs)[2])
{
    return take_with(call, writer, life, form, id, step, minute, pairs == NULL ? NULL : demo_fields(call, pairs));
}

static enum status
tell(struct call *call, struct writer *writer, const struct life *life, const struct row *row, int minute)
{
    return row_has(row, "told_at") ? OK
                                   : take(call, writer, life, &isolation_form, row->id, "tell", minute,
                                          PAIRS({ "told_whom", "演示家长" }, { "told_how", "phone" }));
}

/* What must be told to 疾控 or to the county is told at once. */
static enum status
tell_reports(struct call *call, struct writer *writer, const struct life *life, int minute)
{
    const char *const where[] = { "institution", "state" };
    const struct value values[] = { value_int(life->site->id), value_text(state_code(OPEN)) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &epidemic_report_form, id_office(life->site->id), where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const bool event = strcmp(row_text(set.rows[i], "kind"), "event") == 0;
        status = take(call, writer, life, &epidemic_report_form, set.rows[i]->id, "tell", minute,
                      PAIRS({ "told_body", event ? "health" : "cdc" },
                            { "told_name", event ? "演示县卫生健康局" : "演示县疾控中心" }, { "told_how", "phone" }));
    }
    return status;
}

/* What the doctor can find behind the signs; NULL: nothing that is passed on. */
static const char *
disease_behind(const struct row *row)
{
    const char *kind = row_text(row, "kind");
    if (kind == NULL)
        return NULL;
    return strcmp(kind, "flu") == 0 || strcmp(kind, "fever") == 0 ? "NID-C-001"
           : strcmp(kind, "rash") == 0                            ? "LOC-VARI"
                                                                  : NULL;
}

static enum status
excluded(struct call *call, struct writer *writer, const struct life *life, const struct row *row, int minute)
{
    return take(call, writer, life, &isolation_form, row->id, "clear", minute,
                PAIRS({ "body_name", hospital }, { "result_on", call_today(call) }));
}

static enum status
diagnosed(struct call *call, struct writer *writer, const struct life *life, const struct row *row)
{
    enum status status =
        take(call, writer, life, &isolation_form, row->id, "result", MORNING,
             PAIRS({ "outcome", "confirmed" }, { "disease", disease_behind(row) }, { "body_name", hospital },
                   { "result_on", call_today(call) }, { "onset_on", row_text(row, "found_on") }));
    return status == OK ? tell_reports(call, writer, life, MORNING + 10) : status;
}

/* The demo data brought a document that certifies nothing; each certificate is that. */
static enum status
demo_paper(struct call *call, struct writer *writer, int64_t office, int64_t *file)
{
    struct rows rows;
    struct attachment paper = { .field = "certificate" };
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select sm3, name, type, size from file where office = ?1 order by id limit 1",
                                     ARGS(value_int(office)), &rows);
    if (status != OK || rows.n == 0)
        return status == OK ? call_fail(call, NOT_FOUND, "演示数据没有可作证明的材料") : status;
    snprintf(paper.hex, sizeof paper.hex, "%s", rows_text(&rows, 0, 0));
    paper.name = rows_text(&rows, 0, 1);
    paper.type = rows_text(&rows, 0, 2);
    paper.n = (size_t)rows_int(&rows, 0, 3);
    return attachment_write(call, writer, office, &paper, file);
}

static enum status
certified(struct call *call, struct writer *writer, const struct life *life, const struct row *row, int minute)
{
    char well[11];
    int64_t file = 0;
    day_iso((struct day){ life->day.n - 1 }, well);
    const char *found = row_text(row, "found_on");
    const enum status status = demo_paper(call, writer, row->office, &file);
    if (status != OK)
        return status;
    struct node *input = demo_fields(call, PAIRS({ "certificate_by", hospital }, { "certificate_on", call_today(call) },
                                                 { "well_on", strcmp(well, found) < 0 ? found : well }));
    node_put_id(call->arena, input, "certificate", file);
    return take_with(call, writer, life, &isolation_form, row->id, "certify", minute, input);
}

/* Still in the house by its record, though the day is over. */
static enum status
home_at_last(struct call *call, struct writer *writer, const struct life *life, const struct row *row, int minute)
{
    const enum status status = tell(call, writer, life, row, minute);
    const char *step = illness_suspected(row_text(row, "kind")) ? "fetch" : "settle";
    return status == OK ? take(call, writer, life, &isolation_form, row->id, step, minute, NULL) : status;
}

enum status
ill_before(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, bool *away)
{
    struct row *row;
    struct day found;
    *away = false;
    enum status status = illness_case(call, writer_reader(writer), kid->id, &row);
    if (status != OK || row == NULL || !row_day(row, "found_on", &found))
        return status;
    const int days = life->day.n - found.n;
    if (row->state != LEFT && !illness_suspected(row_text(row, "kind")))
        return home_at_last(call, writer, life, row, MORNING);
    if (row->state != LEFT)
        status = home_at_last(call, writer, life, row, MORNING);
    if (status != OK)
        return status;
    if (row_has(row, "outcome")) {
        *away = days < CERTIFICATE_DAYS;
        return *away ? OK : certified(call, writer, life, row, MORNING);
    }
    *away = days < DOCTOR_DAYS && dice_roll(&life->dice, 100) < 40;
    if (*away)
        return OK;
    *away = disease_behind(row) != NULL && life->last.n - life->day.n > DIAGNOSED_BEFORE_END &&
            dice_roll(&life->dice, 4) == 0;
    return *away ? diagnosed(call, writer, life, row) : excluded(call, writer, life, row, MORNING);
}

enum status
ill_today(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, int minute, int left)
{
    struct row *row;
    enum status status = illness_case(call, writer_reader(writer), kid->id, &row);
    if (status != OK || row == NULL)
        return status;
    const bool suspected = illness_suspected(row_text(row, "kind"));
    status = tell(call, writer, life, row, minute + 10);
    if (status == OK)
        status = tell_reports(call, writer, life, minute + 15);
    if (status == OK && suspected && kid->class_group != 0)
        status = disinfection_done(call, writer, life->site->id, kid->class_group, "surface",
                                   life_at(life, minute + 20), "模拟：班级环境和用品已消毒");
    return status == OK ? take(call, writer, life, &isolation_form, row->id, suspected ? "fetch" : "settle", left, NULL)
                        : status;
}

static enum status
is_over(struct call *call, struct reader *reader, const struct row *alert, bool *over)
{
    const char *const where[] = { "alert" };
    const struct value values[] = { value_int(alert->id) };
    struct row_set set;
    const enum status status = rows_by(call, reader, &isolation_form, alert->office, where, values, 1, &set);
    *over = status == OK;
    for (size_t i = 0; i < set.n; i++)
        *over = *over && (set.rows[i]->state & CASE_GOES_ON) == 0;
    return status;
}

enum status
ill_evening(struct call *call, struct writer *writer, struct life *life)
{
    const char *const where[] = { "institution", "state" };
    const struct value values[] = { value_int(life->site->id), value_text(state_code(OPEN)) };
    struct row_set set;
    bool over;
    enum status status =
        rows_by(call, writer_reader(writer), &outbreak_alert_form, id_office(life->site->id), where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const struct row *alert = set.rows[i];
        if (!row_has(alert, "received_at"))
            status = take(call, writer, life, &outbreak_alert_form, alert->id, "receive", 18 * 60, NULL);
        if (status == OK)
            status = is_over(call, writer_reader(writer), alert, &over);
        if (status == OK && over)
            status = take(call, writer, life, &outbreak_alert_form, alert->id, "close", 18 * 60,
                          PAIRS({ "result", "scattered" }, { "result_note", "模拟：病例均已返托或排除" }));
    }
    return status;
}

enum status
ill_settle(struct call *call, struct writer *writer, struct life *life, const struct kid *kid)
{
    struct row *row;
    enum status status = illness_case(call, writer_reader(writer), kid->id, &row);
    if (status != OK || row == NULL)
        return status;
    if (row->state != LEFT && !illness_suspected(row_text(row, "kind")))
        return home_at_last(call, writer, life, row, 18 * 60);
    if (row->state != LEFT)
        status = home_at_last(call, writer, life, row, 18 * 60);
    if (status != OK)
        return status;
    return row_has(row, "outcome") ? certified(call, writer, life, row, 18 * 60)
                                   : excluded(call, writer, life, row, 18 * 60);
}
