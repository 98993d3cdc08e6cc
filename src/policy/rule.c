/* Running rules and keeping their findings. A finding is a stored row: since when, until when; what is mended ends,
 * what is new begins, what stays keeps its first date and the institution's explanation. */
#include "policy/rule.h"

#include <string.h>

#include "policy/engine.h"

void
finding_add(struct call *call, const struct rule *rule, const char *message)
{
    struct found *found = arena_alloc(call->arena, sizeof *found);
    if (found == NULL)
        return;
    found->rule = rule;
    found->message = message;
    *call->found_end = found;
    call->found_end = &found->next;
}

const struct standard *
rule_standard(const struct call *call, const struct rule *rule)
{
    return standard_here(call, rule->standard == NULL ? rule->id : rule->standard);
}

/* Numbers that are not verified warn, whatever the rule says. */
enum severity
rule_severity(const struct call *call, const struct rule *rule)
{
    if (rule->severity != BLOCK)
        return rule->severity;
    const struct standard *standard = rule_standard(call, rule);
    return standard == NULL || standard_may_block(standard) ? BLOCK : WARN;
}

enum status
rules_run(struct call *call, struct reader *reader, const struct change *change)
{
    enum status status = OK;
    const char *today = call_today(call), *area = call->area;
    call->area = change->new->area;
    call->found = NULL;
    call->found_end = &call->found;
    for (const struct rule *rule = change->form->rules; rule != NULL && rule->id != NULL && status == OK; rule++)
        if (in_effect(rule->since, rule->until, today) && (rule->when == NULL || rule->when(change->new)))
            status = rule->check(call, reader, rule, change);
    call->area = area;
    return status;
}

const char *
severity_code(enum severity severity)
{
    return severity == BLOCK ? "block" : severity == WARN ? "warn" : "info";
}

bool
rules_block(const struct call *call)
{
    for (const struct found *found = call->found; found != NULL; found = found->next)
        if (rule_severity(call, found->rule) == BLOCK)
            return true;
    return false;
}

static bool
still_found(const struct call *call, const char *rule, const char *message)
{
    for (const struct found *found = call->found; found != NULL; found = found->next)
        if (strcmp(found->rule->id, rule) == 0 && strcmp(found->message, message) == 0)
            return true;
    return false;
}

enum status
findings_end(struct call *call, struct writer *writer, const struct row *row)
{
    return writer_run(writer, "update finding set until = ?3 where office = ?1 and row = ?2 and until is null",
                      ARGS(value_int(row->office), value_int(row->id), value_int(call->now_ms)), NULL);
}

enum status
findings_keep(struct call *call, struct writer *writer, const struct row *row)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id, rule, message from finding where office = ?1 and row = ?2 and until is null",
                    ARGS(value_int(row->office), value_int(row->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        if (!still_found(call, rows_text(&rows, i, 1), rows_text(&rows, i, 2)))
            status = writer_run(writer, "update finding set until = ?3 where office = ?1 and id = ?2",
                                ARGS(value_int(row->office), value_int(rows_int(&rows, i, 0)), value_int(call->now_ms)),
                                NULL);
    for (const struct found *found = call->found; found != NULL && status == OK; found = found->next) {
        bool known = false;
        for (size_t i = 0; i < rows.n && !known; i++)
            known = strcmp(rows_text(&rows, i, 1), found->rule->id) == 0 &&
                    strcmp(rows_text(&rows, i, 2), found->message) == 0;
        if (known)
            continue;
        status = writer_run(
            writer,
            "insert into finding (office, id, institution, form, row, rule, severity, message, since) "
            "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            ARGS(value_int(row->office), value_int(id_next(&call->house->ids, call->now_ms, (int)row->office)),
                 value_int(row->institution), value_text(row->form->name), value_int(row->id),
                 value_text(found->rule->id), value_text(severity_code(rule_severity(call, found->rule))),
                 value_text(found->message), value_int(call->now_ms)),
            NULL);
    }
    return status;
}
