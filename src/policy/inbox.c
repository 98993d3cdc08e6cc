/* 需处理: what a tablet recorded and the engine did not take. The head sees both values and takes one of them, with a
 * reason; both stay on record. */
#include <string.h>

#include "base/json.h"
#include "policy/attachment.h"
#include "policy/journal.h"
#include "policy/list.h"
#include "policy/show.h"
#include "policy/sync_inside.h"

enum { SHOWN = 100 };

#define INBOX_COLUMNS "id, device, form, at, received_at, who, existing, why, body, state, said_at"

struct item {
    int64_t id, device, at, said_at, received_at, existing;
    const char *form, *who, *why;
    struct record record;
    bool readable;
};

static enum status
item_from(struct call *call, struct reader *reader, const struct rows *rows, size_t i, struct item *item)
{
    struct node *sent = NULL;
    const char *why;
    *item = (struct item){ .id = rows_int(rows, i, 0),
                           .device = rows_int(rows, i, 1),
                           .form = rows_text(rows, i, 2),
                           .at = rows_int(rows, i, 3),
                           .received_at = rows_int(rows, i, 4),
                           .who = rows_text(rows, i, 5),
                           .existing = rows_int(rows, i, 6),
                           .why = rows_text(rows, i, 7),
                           .said_at = rows_int(rows, i, 10) };
    const char *raw = inbox_body(call, reader, id_office(item->id), item->id, rows_value(rows, i, 8));
    if (raw == NULL || json_read(call->arena, raw, strlen(raw), &sent, &why) != OK || sent == NULL)
        return OK;
    item->readable = true;
    const enum status status = record_read(call, sent, &item->record);
    return status == OK && item->said_at != 0 ? record_move(call, &item->record, item->at - item->said_at) : status;
}

/* The step that the record takes, NULL: it takes none. */
static const struct step *
moves(const struct record *record)
{
    return strcmp(record->op, "step") != 0 || record->step == NULL || record->form->procedure == NULL
               ? NULL
               : procedure_step(record->form->procedure, record->step);
}

/* ---- the list ---- */

/* What the tablet says, typed as far as it can be. */
static enum status
said_row(struct call *call, struct reader *reader, struct item *item, struct row **out)
{
    struct node *input;
    struct record *record = &item->record;
    struct row *row = *out = row_new(call, record->form);
    if (row == NULL)
        return NO_MEMORY;
    const enum status status = record_input(call, reader, item->device, record, &input);
    row->institution = call->me->institution;
    row->office = call->me->office;
    if (status != OK && status != INVALID && status != NOT_FOUND)
        return status;
    input_read(call, record->form, NULL, input, row);
    const struct step *step = moves(record);
    if (step != NULL && step->input != NULL) /* what a step asks may be computed otherwise */
        input_read(call, record->form, step->input, input, row);
    call_reset(call); /* its faults were said when it came */
    return OK;
}

/* The cell as a page shows it, under `name`. False: it is empty, or not for me to see. */
static bool
put_words(struct call *call, struct reader *reader, const struct row *row, int field, struct node *line,
          const char *name)
{
    struct node *list = node_list(call->arena);
    const unsigned groups = list_groups(row->form, call->me);
    if (row->cells[field].type == VALUE_NULL || (field_group(&row->form->fields[field]) & groups) == 0)
        return false;
    if (row->form->fields[field].secret)
        return node_put_text(call->arena, line, name, row_plain(call, reader, row, field)) != NULL;
    const struct node *shown = show_words(call, reader, row, field, groups, false, list);
    struct node *value = (struct node *)(uintptr_t)node_get(shown, "value");
    return value != NULL && node_put_node(line, name, value) != NULL;
}

static bool
differ(struct call *call, struct reader *reader, const struct row *said, const struct row *stands, int field)
{
    const char *a = row_plain(call, reader, said, field), *b = row_plain(call, reader, stands, field);
    return a != NULL && (b == NULL || strcmp(a, b) != 0);
}

/* Both values, field by field: what the tablet says and what stands. */
static void
both_values(struct call *call, struct reader *reader, const struct row *said, const struct row *stands,
            struct node *out)
{
    struct node *list = node_put_list(call->arena, out, "values");
    for (int i = 0; said->form->fields[i].name != NULL; i++) {
        struct node *line = node_map(call->arena);
        node_put_text(call->arena, line, "label", said->form->fields[i].label);
        const bool mine = put_words(call, reader, said, i, line, "said");
        const bool theirs = stands != NULL && put_words(call, reader, stands, i, line, "stands");
        node_put_bool(call->arena, line, "differs", mine && stands != NULL && differ(call, reader, said, stands, i));
        if (mine || (theirs && !said->form->fields[i].computed))
            node_put_node(list, NULL, line);
    }
}

static const char *
what_it_does(struct call *call, const struct record *record)
{
    const struct step *step = moves(record);
    return step != NULL                        ? arena_format(call->arena, "%s · %s", record->form->title, step->label)
           : strcmp(record->op, "create") != 0 ? arena_format(call->arena, "%s · 修改", record->form->title)
                                               : record->form->title;
}

static enum status
add_item(struct call *call, struct reader *reader, struct item *item, struct node *list)
{
    struct row *said = NULL, *stands = NULL;
    struct node *why = NULL, *out = node_put_map(call->arena, list, NULL);
    const char *bad;
    enum status status = OK;
    node_put_id(call->arena, out, "id", item->id);
    if (item->at > 0)
        node_put_time(call->arena, out, "at", item->at);
    if (item->said_at > 0)
        node_put_time(call->arena, out, "said_at", item->said_at);
    node_put_time(call->arena, out, "received_at", item->received_at);
    node_put_text(call->arena, out, "who", item->who);
    if (item->why != NULL && json_read(call->arena, item->why, strlen(item->why), &why, &bad) == OK) {
        node_put_text(call->arena, out, "message", node_text_of(why, "message"));
        const struct node *faults = node_get(why, "faults");
        if (faults != NULL)
            node_put_node(out, "faults", (struct node *)(uintptr_t)faults);
    }
    if (!item->readable || item->record.form == NULL) {
        node_put_text(call->arena, out, "title", "无法识别的记录");
        return OK;
    }
    node_put_text(call->arena, out, "title", what_it_does(call, &item->record));
    node_put_text(call->arena, out, "form", item->record.form->name);
    const int64_t other = item->existing != 0 ? item->existing : item->record.target;
    status = said_row(call, reader, item, &said);
    if (status == OK && other != 0 && row_get(call, reader, item->record.form, other, &stands) == OK &&
        stands->institution == call->me->institution)
        node_put_url(call->arena, out, "url",
                     arena_format(call->arena, "/%s/%lld", item->record.form->name, (long long)other));
    if (status == OK)
        both_values(call, reader, said, stands != NULL && stands->institution == call->me->institution ? stands : NULL,
                    out);
    return status;
}

enum status
inbox_list(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select " INBOX_COLUMNS " from inbox where office = ?1 and institution = ?2 and state = 'todo' order by id "
        "limit 100",
        ARGS(value_int(id_office(call->me->institution)), value_int(call->me->institution)), &rows);
    for (size_t i = 0; i < rows.n && i < SHOWN && status == OK; i++) {
        struct item item = { 0 };
        status = item_from(call, reader, &rows, i, &item);
        if (status == OK)
            status = add_item(call, reader, &item, list);
    }
    return status;
}

/* ---- the decision ---- */

static enum status
find_item(struct call *call, struct reader *reader, const struct node *input, struct item *item, const char **reason)
{
    int64_t id;
    struct rows rows;
    const char *text = node_text_of(input, "id");
    *reason = node_text_of(input, "reason");
    if (text == NULL || !id_parse(text, &id))
        return NOT_FOUND;
    enum status status = reader_rows(
        reader, call->arena, "select " INBOX_COLUMNS " from inbox where office = ?1 and id = ?2 and institution = ?3",
        ARGS(value_int(id_office(id)), value_int(id), value_int(call->me->institution)), &rows);
    if (status != OK || rows.n == 0)
        return status == OK ? NOT_FOUND : status;
    if (strcmp(rows_text(&rows, 0, 9), "todo") != 0)
        return call_fail(call, CONFLICT, "这条记录已处理");
    if (*reason == NULL || (*reason)[strspn(*reason, " ")] == '\0')
        return call_fail(call, INVALID, "请写明原因");
    if (strlen(*reason) > 900)
        return call_fail(call, INVALID, "原因最多300个字");
    return item_from(call, reader, &rows, 0, item);
}

static enum status
close_item(struct call *call, struct writer *writer, const struct item *item, const char *state, int64_t row,
           const char *reason)
{
    enum status status = writer_run(
        writer,
        "update inbox set state = ?3, row = ?4, decided_at = ?5, decided_by = ?6, reason = ?7 where office = ?1 and "
        "id = ?2",
        ARGS(value_int(id_office(item->id)), value_int(item->id), value_text(state),
             row == 0 ? value_null() : value_int(row), value_int(call->now_ms), value_int(call->me->account),
             value_text(reason)),
        NULL);
    return status == OK ? journal_act(call, id_office(item->id), "inbox", item->id,
                                      strcmp(state, "taken") == 0 ? "采用平板记录" : "不采用平板记录", NULL)
                        : status;
}

/* The values onto the row that stands; where it stands in another state, that step comes first. */
static enum status
onto_existing(struct call *call, struct writer *writer, struct item *item, const struct node *input)
{
    struct row *stands;
    const struct form *form = item->record.form;
    enum status status = row_get(call, writer_reader(writer), form, item->existing, &stands);
    if (status != OK)
        return call_fail(call, status, "现有的那条记录已不在");
    const struct row *said = item->record.candidate;
    if (form->procedure != NULL && said != NULL && said->state != 0 && said->state != stands->state) {
        const struct state_label *label = procedure_label(form->procedure, stands->state);
        return call_fail(call, CONFLICT, "现有记录为“%s”，请先在该记录上办理相应的步骤，再处理这条记录",
                         label == NULL ? "" : label->label);
    }
    struct row *row = row_copy(call, stands);
    if (row == NULL)
        return NO_MEMORY;
    status = input_read(call, form, NULL, input, row);
    const struct step *step = moves(&item->record);
    if (status == OK && step != NULL && step->input != NULL)
        status = input_read(call, form, step->input, input, row);
    if (status == OK)
        status = record_attach(call, writer, item->device, input, row);
    return status == OK ? row_change(call, writer, row, stands->version) : status;
}

/* What the state of a new row would be: the form's own fill knows. */
static enum status
candidate(struct call *call, struct writer *writer, struct item *item, const struct node *input)
{
    const struct form *form = item->record.form;
    struct row *row = row_new(call, form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = call->me->institution;
    row->office = call->me->office;
    enum status status = input_read(call, form, NULL, input, row);
    struct change change = { .form = form, .new = row };
    if (status == OK && form->fill != NULL)
        status = form->fill(call, writer_reader(writer), &change);
    if (form->procedure != NULL && row->state == 0)
        row->state = form->procedure->first;
    item->record.candidate = row;
    return status;
}

static enum status
take_new(struct call *call, struct writer *writer, struct item *item, struct node *input, int64_t *row)
{
    struct record *record = &item->record;
    char iso[11];
    day_iso(day_from_ms(record->at), iso);
    if (record->form->day && record->day == NULL)
        node_put_text(call->arena, input, "day", arena_text(call->arena, iso));
    if (item->existing != 0) {
        *row = item->existing;
        const enum status status = candidate(call, writer, item, input);
        return status == OK ? onto_existing(call, writer, item, input) : status;
    }
    struct row *new = row_new(call, record->form);
    if (new == NULL)
        return NO_MEMORY;
    new->institution = record->form->part_of == NULL ? call->me->institution : 0;
    new->office = call->me->office;
    new->part = record->part;
    enum status status = input_read(call, record->form, NULL, input, new);
    if (status == OK)
        status = record_attach(call, writer, item->device, input, new);
    if (status == OK)
        status = row_create(call, writer, new);
    *row = new->id;
    return status;
}

/* The step itself where it can still be taken; where somebody took it already, its values. */
static enum status
take_moved(struct call *call, struct writer *writer, struct item *item, const struct node *input, int64_t *row)
{
    struct row *stands;
    const struct record *record = &item->record;
    item->existing = *row = item->existing != 0 ? item->existing : record->target;
    enum status status = row_get(call, writer_reader(writer), record->form, *row, &stands);
    if (status != OK)
        return call_fail(call, status, "没有要修改的那条记录");
    const struct step *step = moves(record);
    if (step != NULL && (step->from & stands->state) != 0)
        return record_take_step(call, writer, item->device, record, *row, 0, input);
    if (step != NULL && step->to != 0 && step->to != stands->state) {
        const struct state_label *label = procedure_label(record->form->procedure, stands->state);
        return call_fail(call, CONFLICT, "现有记录为“%s”，不能%s", label == NULL ? "" : label->label, step->label);
    }
    return onto_existing(call, writer, item, input);
}

/* A photo that no consent covered is not taken over: its record counts without it, and the bytes go. */
static enum status
leave_out(struct call *call, struct writer *writer, struct item *item)
{
    const char *bad;
    struct node *why = NULL;
    enum status status = OK;
    if (item->why == NULL || json_read(call->arena, item->why, strlen(item->why), &why, &bad) != OK)
        return OK;
    const struct node *faults = node_get(why, "faults");
    for (const struct node *fault = faults == NULL ? NULL : faults->first; fault != NULL && status == OK;
         fault = fault->next) {
        struct rows rows;
        const char *name = node_text_of(fault, "field"), *code = node_text_of(fault, "code");
        struct node *said = name == NULL || code == NULL || strcmp(code, "no_consent") != 0
                                ? NULL
                                : (struct node *)(uintptr_t)node_get(item->record.fields, name);
        const char *hash = said == NULL || said->type != NODE_MAP ? NULL : node_text_of(said, "hash");
        if (hash == NULL)
            continue;
        const struct value place[] = { value_int(id_office(item->device)), value_int(item->device), value_text(hash) };
        status = reader_rows(writer_reader(writer), call->arena,
                             "select sm3 from upload where office = ?1 and device = ?2 and hash = ?3 and piece = -1",
                             place, 3, &rows);
        if (status == OK && rows.n > 0 && rows_text(&rows, 0, 0) != NULL)
            status = attachment_forget(call, writer, id_office(item->device), rows_text(&rows, 0, 0), call->now_ms);
        if (status == OK)
            status = writer_run(writer, "delete from upload where office = ?1 and device = ?2 and hash = ?3", place, 3,
                                NULL);
        said->type = NODE_NULL;
    }
    return status;
}

static enum status
take_over(struct call *call, struct writer *writer, struct item *item, int64_t *row)
{
    struct node *input;
    struct record *record = &item->record;
    enum status status = record_input(call, writer_reader(writer), item->device, record, &input);
    if (status == NOT_FOUND)
        return call_fail(call, CONFLICT, "照片还没有传来");
    if (status != OK)
        return status;
    return strcmp(record->op, "create") == 0 ? take_new(call, writer, item, input, row)
                                             : take_moved(call, writer, item, input, row);
}

static void
told(struct call *call, struct node *model, const char *words)
{
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "told", words);
    node_put_url(call->arena, data, "next", "/inbox");
}

enum status
inbox_take(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    struct item item = { 0 };
    int64_t row = 0;
    const char *reason;
    enum status status = find_item(call, writer_reader(writer), input, &item, &reason);
    if (status != OK)
        return status;
    if (!item.readable || item.record.form == NULL || item.record.bad != NULL)
        return call_fail(call, CONFLICT, "这条记录无法识别，不能采用");
    call->correction = reason;
    status = leave_out(call, writer, &item);
    if (status == OK)
        status = take_over(call, writer, &item, &row);
    if (status == OK)
        status = close_item(call, writer, &item, "taken", row, reason);
    if (status == OK)
        told(call, model, "已采用平板记录");
    return status;
}

enum status
inbox_discard(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    struct item item = { 0 };
    const char *reason;
    enum status status = find_item(call, writer_reader(writer), input, &item, &reason);
    if (status == OK && item.readable && item.record.fields != NULL)
        status = leave_out(call, writer, &item);
    if (status == OK)
        status = close_item(call, writer, &item, "discarded", 0, reason);
    if (status == OK)
        told(call, model, "已保留现有记录");
    return status;
}
