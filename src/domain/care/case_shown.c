/* A case as the county sees it inside an approved open case — clauses C048, C157: the name, what makes it a case, and
 * until when; for the tracing of contacts also who was with it, with one telephone each. Nothing else of the child. */
#include <string.h>

#include "domain/care/health.h"
#include "domain/child/child.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/printed.h"
#include "policy/show.h"

static void
say(struct call *call, struct node *list, const char *label, const char *value)
{
    struct node *field = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, field, "label", label);
    node_put_text(call->arena, field, "value", value);
}

/* What an investigation asks of a case; its other facts of health stay in the institution. */
static void
put_facts(struct call *call, struct reader *reader, const struct row *row, struct node *data, struct node *list)
{
    static const char *const facts[] = { "symptoms", "onset_on", "outcome", "disease", "body_name", "result_on", NULL };
    for (int i = 0, index; facts[i] != NULL; i++) {
        form_field(row->form, facts[i], &index);
        show_cell(call, reader, row, index, G_HEALTH, data);
        if (row_has(row, facts[i]))
            show_words(call, reader, row, index, G_HEALTH, false, list);
    }
}

/* The one to call first: name and telephone; both NULL where no guardian is on record. */
static enum status
first_guardian(struct call *call, struct reader *reader, int64_t child, const char **name, const char **phone)
{
    struct rows rows;
    struct row *guardian;
    int index;
    *name = *phone = NULL;
    enum status status =
        reader_rows(reader, call->arena,
                    "select g.id from guardian g where g.office = ?1 and g.part = ?2 "
                    "and (g.ended_on is null or g.ended_on > ?3) order by coalesce(g.first, 0) desc, g.id limit 1",
                    ARGS(value_int(id_office(child)), value_int(child), value_text(call_today(call))), &rows);
    if (status == OK && rows.n > 0)
        status = row_get(call, reader, &guardian_form, rows_int(&rows, 0, 0), &guardian);
    if (status != OK || rows.n == 0)
        return status;
    form_field(&guardian_form, "phone", &index);
    *name = row_text(guardian, "name");
    *phone = row_plain(call, reader, guardian, index);
    return OK;
}

/* Those who were listed with the case: the observation of its class that its day lies in. */
static enum status
exposed_of(struct call *call, struct reader *reader, const struct row *row, struct rows *rows)
{
    return reader_rows(reader, call->arena,
                       "select e.id, e.child, e.last_day from class_watch w join exposure e on e.office = w.office and "
                       "e.part = w.id where w.office = ?1 and w.class = ?2 and w.kind = ?3 and w.from_day <= ?4 and "
                       "w.until_day >= ?4 order by e.id limit 200",
                       ARGS(value_int(row->office), value_int(row_int(row, "class")), value_text(row_text(row, "kind")),
                            value_text(row_text(row, "found_on"))),
                       rows);
}

static const char *const heads[] = { "姓名", "最后同班日期", "联系人", "电话" };

static enum status
put_exposed(struct call *call, struct reader *reader, int64_t child, const char *last_day, struct node *line,
            struct node *cells)
{
    struct row *row;
    const char *guardian, *phone;
    enum status status = row_get(call, reader, &child_form, child, &row);
    if (status == OK)
        status = first_guardian(call, reader, child, &guardian, &phone);
    if (status != OK)
        return status;
    const char *const values[] = { row_text(row, "name"), date_words(call, last_day), guardian, phone };
    node_put_text(call->arena, line, "name", values[0]);
    node_put_date(call->arena, line, "last_day", last_day);
    node_put_text(call->arena, line, "guardian", guardian);
    node_put_text(call->arena, line, "phone", phone);
    for (int i = 0; i < 4; i++)
        say(call, cells, heads[i], values[i]);
    return OK;
}

/* Each of them is looked at: its own line in the list of looks, with what it was approved for. */
static enum status
trace(struct call *call, struct reader *reader, const struct row *row, const char *purpose, struct node *data,
      struct node *view)
{
    struct rows rows;
    struct node *parts = (struct node *)(uintptr_t)node_get(view, "parts");
    if (parts == NULL)
        parts = node_put_list(call->arena, view, "parts");
    struct node *part = node_put_map(call->arena, parts, NULL), *list = node_put_list(call->arena, data, "exposed");
    enum status status = exposed_of(call, reader, row, &rows);
    node_put_text(call->arena, part, "title", "密切接触者");
    node_put_text(call->arena, part, "empty", "没有登记");
    struct node *columns = node_put_list(call->arena, part, "columns"),
                *lines = node_put_list(call->arena, part, "rows");
    for (int i = 0; i < 4; i++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", heads[i]);
    const char *before = call->purpose;
    call->purpose = purpose;
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *line = node_put_map(call->arena, list, NULL), *shown = node_put_map(call->arena, lines, NULL);
        status = put_exposed(call, reader, rows_int(&rows, i, 1), rows_text(&rows, i, 2), line,
                             node_put_list(call->arena, shown, "cells"));
        if (status == OK)
            status = journal_look(call, row->office, exposure_form.name, rows_int(&rows, i, 0), "查看联系电话");
    }
    call->purpose = before;
    return status;
}

enum status
case_shown(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    struct row *child;
    struct case_leave leave;
    const char *guardian, *phone;
    char day[11];
    if (call->me->department == D_INSTITUTION || call->me->department == D_ENGINE)
        return OK;
    enum status status = row_get(call, reader, &child_form, row_int(row, "child"), &child);
    if (status == OK)
        status = case_leave(call, reader, row->id, &leave);
    if (status != OK)
        return status;
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data");
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *sections = (struct node *)(uintptr_t)node_get(view, "sections");
    struct node *section = node_put_map(call->arena, sections, NULL);
    node_put_text(call->arena, data, "child_name", row_text(child, "name"));
    node_put_text(call->arena, section, "title", "经同意查看");
    struct node *list = node_put_list(call->arena, section, "fields");
    say(call, list, "姓名", row_text(child, "name"));
    if (leave.until != 0) {
        day_iso(day_from_ms(leave.until), day);
        node_put_time(call->arena, data, "child_name_until", leave.until);
        say(call, list, "可查看至",
            arena_format(call->arena, "%s %s", date_words(call, day), time_of_day(call, leave.until)));
        put_facts(call, reader, row, data, list);
    }
    if (leave.tracing) {
        status = first_guardian(call, reader, child->id, &guardian, &phone);
        node_put_text(call->arena, data, "guardian_name", guardian);
        node_put_text(call->arena, data, "guardian_phone", phone);
        say(call, list, "监护人", guardian);
        say(call, list, "电话", phone);
    }
    node_last_first(sections);
    return status == OK && leave.tracing ? trace(call, reader, row, leave.purpose, data, view) : status;
}
