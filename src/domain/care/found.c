/* From the day's other ledgers to a case of isolation: abnormal checks, traced absences, leaving, coming back — clauses
 * C045, C046. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

enum status
illness_case(struct call *call, struct reader *reader, int64_t child, struct row **out)
{
    const char *const where[] = { "child" };
    const struct value values[] = { value_int(child) };
    struct row_set set;
    enum status status = rows_by(call, reader, &isolation_form, id_office(child), where, values, 1, &set);
    *out = NULL;
    for (size_t i = 0; status == OK && i < set.n && *out == NULL; i++)
        if ((set.rows[i]->state & CASE_GOES_ON) != 0)
            *out = set.rows[i];
    return status;
}

/* "|a|b|" and "|b|c|" → "|a|b|c|" */
static const char *
both(struct call *call, const struct row *row, const char *more)
{
    const char *all = row_text(row, "symptoms");
    for (const char *at = more; at != NULL && *at != '\0';) {
        const size_t n = strcspn(at, "|");
        const char *code = arena_copy(call->arena, at, n);
        if (n > 0 && code != NULL && !row_codes_have(row, "symptoms", code))
            all = arena_format(call->arena, "%s%s|", all == NULL ? "|" : all, code);
        at += n + (at[n] == '|');
    }
    return all;
}

static enum status
add_to(struct call *call, struct writer *writer, struct row *row, const struct illness *illness)
{
    const char *all = both(call, row, illness->symptoms), *before = row_text(row, "symptoms");
    enum status status = OK;
    const uint64_t state = row->state;
    const int64_t id = row->id;
    if (before == NULL || strcmp(all, before) != 0) {
        row_set_text(row, "symptoms", all);
        if (illness->temperature.type == VALUE_INT)
            row_set(row, "temperature", illness->temperature);
        row_set_int(row, "worse_at", illness->at);
        status = row_change(call, writer, row, row->version);
    }
    if (status == OK && state == WATCHED && illness->state == OPEN)
        status = step_take(call, writer, &isolation_form, id, 0, "isolate", NULL, NULL);
    return status;
}

enum status
illness_found(struct call *call, struct writer *writer, const struct illness *illness)
{
    struct row *row;
    const char *kind = illness_of_symptoms(illness->symptoms);
    if (kind == NULL || (illness->state == LEFT && !illness_suspected(kind)))
        return OK; /* nothing to pass on, and the child is with its family */
    enum status status = illness_case(call, writer_reader(writer), illness->child, &row);
    if (status != OK)
        return status;
    if (row != NULL)
        return add_to(call, writer, row, illness);
    row = row_new(call, &isolation_form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = illness->institution;
    row->state = illness->state;
    row_set_int(row, "child", illness->child);
    row_set_int(row, "found_at", illness->at);
    row_set_text(row, "found_on", illness->day);
    row_set_text(row, "source", illness->source);
    row_set_text(row, "symptoms", illness->symptoms);
    row_set(row, "temperature", illness->temperature);
    return row_create(call, writer, row);
}

/* A check that was corrected to normal leaves its case to the keepers: they end it as entered by mistake. */
static enum status
ask_to_take_back(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row;
    const char *was = change->old == NULL ? NULL : row_text(change->old, "result");
    if (was == NULL || strcmp(was, "abnormal") != 0)
        return OK;
    enum status status = illness_case(call, writer_reader(writer), row_int(change->new, "child"), &row);
    if (status != OK || row == NULL || row_has(row, "outcome") || strcmp(row_text(row, "source"), "check") != 0 ||
        strcmp(row_text(row, "found_on"), change->new->day) != 0)
        return status;
    return notice_institution(call, writer, change->new->institution,
                              "一条异常检查已更正为正常，请核对隔离记录；登记错了的，登记“登记有误”",
                              arena_format(call->arena, "/isolation/%lld", (long long)row->id));
}

enum status
illness_on_check(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *check = change->new;
    const char *handling = row_text(check, "handling");
    if (strcmp(row_text(check, "result"), "abnormal") != 0)
        return ask_to_take_back(call, writer, change);
    if (handling == NULL)
        return OK;
    const struct illness illness = {
        .institution = check->institution,
        .child = row_int(check, "child"),
        .at = row_int(check, "at"),
        .day = check->day,
        .symptoms = row_text(check, "symptoms"),
        .source = "check",
        .temperature = row_value(check, "temperature"),
        .state = strcmp(handling, "watch") == 0    ? WATCHED
                 : strcmp(handling, "refuse") == 0 ? LEFT
                                                   : OPEN,
    };
    return illness_found(call, writer, &illness);
}

enum status
illness_on_absence(struct call *call, struct writer *writer, const struct row *attendance)
{
    const struct illness illness = {
        .institution = attendance->institution,
        .child = row_int(attendance, "child"),
        .at = call->now_ms,
        .day = attendance->day,
        .symptoms = row_text(attendance, "symptoms"),
        .source = "absence",
        .state = LEFT,
    };
    return illness_found(call, writer, &illness);
}

/* Who is suspected waits for the doctor; who was only unwell is done when the day ends. */
enum status
illness_on_leaving(struct call *call, struct writer *writer, const struct row *attendance)
{
    struct row *row;
    enum status status = illness_case(call, writer_reader(writer), row_int(attendance, "child"), &row);
    if (status != OK || row == NULL || (row->state & (OPEN | WATCHED)) == 0)
        return status;
    if (row_int(attendance, "left_at") / 60000 < row_int(row, "found_at") / 60000)
        return OK; /* it was found after that leaving */
    return illness_suspected(row_text(row, "kind"))
               ? step_take(call, writer, &isolation_form, row->id, 0, "fetch", fetch_words(call, attendance), NULL)
               : step_take(call, writer, &isolation_form, row->id, 0, "settle", NULL, NULL);
}

enum status
returned_with_certificate(struct call *call, struct reader *reader, const struct rule *rule,
                          const struct change *change)
{
    const struct row *row = change->new;
    struct rows rows;
    if (row->state != PRESENT || (change->old != NULL && change->step == NULL))
        return OK;
    enum status status = reader_rows(
        reader, call->arena, "select 1 from isolation where office = ?1 and child = ?2 and " MUST_NOT_COME " limit 1",
        ARGS(value_int(row->office), value_int(row_int(row, "child")), value_text(row->day)), &rows);
    if (status == OK && rows.n > 0)
        finding_add(call, rule, "该婴幼儿须先登记返托证明或排除结果，才能登记到园");
    return status;
}
