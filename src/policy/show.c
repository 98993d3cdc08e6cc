#include "policy/show.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"

void
show_tone(struct call *call, struct node *map, const char *tone)
{
    static const char *const names[][2] = {
        { "good", "tone_good" }, { "warn", "tone_warn" }, { "bad", "tone_bad" }, { "plain", "tone_plain" }
    };
    for (size_t i = 0; i < 4; i++)
        if (tone != NULL && strcmp(tone, names[i][0]) == 0)
            node_put_bool(call->arena, map, names[i][1], true);
}

void
show_state(struct call *call, const struct row *row, struct node *map, const char *name)
{
    const struct state_label *label =
        row->form->procedure == NULL ? NULL : procedure_label(row_procedure(row), row->state);
    if (label == NULL)
        return;
    struct node *state = node_put_map(call->arena, map, name);
    node_put_text(call->arena, state, "code", state_code(row->state));
    node_put_text(call->arena, state, "label", label->label);
    show_tone(call, state, label->tone);
}

void
show_own(struct call *call, const struct row *row, struct node *map)
{
    node_put_id(call->arena, map, "id", row->id);
    node_put_int(call->arena, map, "office", row->office);
    if (row->institution != 0)
        node_put_id(call->arena, map, "institution", row->institution);
    if (row->part != 0)
        node_put_id(call->arena, map, "part", row->part);
    node_put_text(call->arena, map, "area", row->area);
    if (row->day != NULL)
        node_put_date(call->arena, map, "day", row->day);
    if (row->form->procedure != NULL) {
        const struct state_label *label = procedure_label(row_procedure(row), row->state);
        node_put_code(call->arena, map, "state", state_code(row->state), label == NULL ? NULL : label->label);
    }
    node_put_int(call->arena, map, "version", row->version);
    node_put_time(call->arena, map, "created_at", row->created_at);
    node_put_time(call->arena, map, "changed_at", row->changed_at);
}

const char *
codes_words(struct call *call, const struct field *field, const char *codes)
{
    const char *words = "";
    for (const char *at = codes; at != NULL && *at != '\0';) {
        size_t n = strcspn(at, "|");
        const char *code = arena_copy(call->arena, at, n);
        if (code != NULL && n > 0) {
            const char *label = code_label(call->reference, field->code, code);
            words =
                arena_format(call->arena, "%s%s%s", words, words[0] == '\0' ? "" : "、", label == NULL ? code : label);
        }
        at += n + (at[n] == '|');
    }
    return words;
}

const char *
row_title(struct call *call, const struct row *row, unsigned groups)
{
    int index;
    const struct field *field =
        row->form->title_field == NULL ? NULL : form_field(row->form, row->form->title_field, &index);
    const char *title = field == NULL || field->secret || (field_group(field) & groups) == 0 ? NULL
                        : row->cells[index].type == VALUE_TEXT                               ? row->cells[index].text
                                                                                             : NULL;
    if (title != NULL)
        return title;
    return row->day == NULL ? row->form->title : arena_format(call->arena, "%s %s", row->form->title, row->day);
}

/* May I see the title of this row, by its own duties? */
static bool
title_seen(struct call *call, struct reader *reader, const struct form *form, int64_t id)
{
    struct row *row;
    unsigned may, groups;
    const unsigned group = field_group(form_field(form, form->title_field, NULL));
    if ((group & (G_WORK | G_OPEN)) != 0 || call->me->department == D_ENGINE)
        return true;
    return row_seen(call, reader, form, id, &row, &may, &groups) == OK && (group & groups) != 0;
}

const char *
title_by_id(struct call *call, struct reader *reader, const struct form *form, int64_t id)
{
    struct query query;
    struct rows rows;
    if (form->title_field == NULL || !title_seen(call, reader, form, id))
        return form->title;
    query_init(&query, call->arena);
    query_text(&query, "select r.");
    query_name(&query, form->title_field);
    query_text(&query, " from ");
    query_name(&query, form->name);
    query_add(&query, " r where r.office = ?1 and r.id = ?2",
              ARGS(value_int(form->of == OF_REFERENCE ? 1 : id_office(id)), value_int(id)));
    if (query_rows(reader, call->arena, &query, &rows) != OK || rows.n == 0)
        return NULL;
    return rows_text(&rows, 0, 0);
}

const char *
head_words(struct call *call, struct reader *reader, const struct form *form, int64_t part)
{
    struct row *row;
    unsigned may, groups;
    const struct form *head = form->part_of;
    if (head == NULL || part == 0)
        return NULL;
    const bool seen = !head->watched && !head->sealed && row_seen(call, reader, head, part, &row, &may, &groups) == OK;
    const char *title = seen ? row_title(call, row, groups) : head->title;
    return strcmp(title, head->title) == 0 ? title : arena_format(call->arena, "%s：%s", head->title, title);
}

const char *
time_of_day(struct call *call, int64_t ms)
{
    char text[20];
    time_text(ms, text);
    return arena_copy(call->arena, text + 11, 5);
}

static const char *
masked(struct call *call, struct reader *reader, const struct row *row, int index)
{
    const struct field *field = &row->form->fields[index];
    const char *plain = row_plain(call, reader, row, index);
    if (plain == NULL)
        return "已删除";
    if (field->format == FORMAT_RESIDENT_ID)
        return mask_id_number(call->arena, plain);
    if (field->format == FORMAT_PHONE)
        return mask_phone(call->arena, plain);
    return "******";
}

static void
put_codes(struct call *call, const struct field *field, const char *codes, struct node *map)
{
    struct node *list = node_put_list(call->arena, map, field->name);
    for (const char *at = codes; *at != '\0';) {
        size_t n = strcspn(at, "|");
        const char *code = n == 0 ? NULL : arena_copy(call->arena, at, n);
        if (code != NULL)
            node_put_text(call->arena, list, NULL, code);
        at += n + (at[n] == '|');
    }
}

static const char *
area_words(struct call *call, const char *code)
{
    const char *path = division_path(call->arena, call->reference, code);
    return path == NULL ? code : path;
}

void
show_cell(struct call *call, struct reader *reader, const struct row *row, int index, unsigned groups, struct node *map)
{
    const struct field *field = &row->form->fields[index];
    const struct value cell = row->cells[index];
    struct node *node;
    if ((field_group(field) & groups) == 0)
        return;
    if (cell.type == VALUE_NULL) {
        node_put(call->arena, map, field->name, NODE_NULL);
        return;
    }
    if (field->secret) {
        node = node_put(call->arena, map, field->name, NODE_MASKED);
        if (node != NULL)
            node->text = masked(call, reader, row, index);
        return;
    }
    switch (field->type) {
    case F_INT:
        node_put_int(call->arena, map, field->name, cell.i);
        break;
    case F_DECIMAL:
        node = node_put_int(call->arena, map, field->name, cell.i);
        if (node != NULL) {
            node->type = NODE_DECIMAL;
            node->scale = (uint8_t)field->scale;
        }
        break;
    case F_FEN:
        node = node_put_int(call->arena, map, field->name, cell.i);
        if (node != NULL)
            node->type = NODE_FEN;
        break;
    case F_BOOL:
        node_put_bool(call->arena, map, field->name, cell.i != 0);
        break;
    case F_DATE:
        node_put_date(call->arena, map, field->name, cell.text);
        break;
    case F_TIME:
        node_put_time(call->arena, map, field->name, cell.i);
        break;
    case F_CODE:
        node_put_code(call->arena, map, field->name, cell.text, code_label(call->reference, field->code, cell.text));
        break;
    case F_CODES:
        put_codes(call, field, cell.text, map);
        break;
    case F_AREA:
        node_put_code(call->arena, map, field->name, cell.text, area_words(call, cell.text));
        break;
    case F_REF:
        node_put_id(call->arena, map, field->name, cell.i);
        node_put_text(call->arena, map, arena_format(call->arena, "%s_title", field->name),
                      title_by_id(call, reader, field->ref, cell.i));
        break;
    case F_FILE:
        node_put_id(call->arena, map, field->name, cell.i);
        break;
    case F_TEXT:
    case F_LINES:
        node_put_text(call->arena, map, field->name, cell.text);
        break;
    }
}

static bool
is_image(const char *type)
{
    return type != NULL && strncmp(type, "image/", 6) == 0;
}

/* A file as a link through its row: never by its content's hash. */
static void
words_file(struct call *call, struct reader *reader, const struct row *row, const struct field *field, int64_t id,
           struct node *map)
{
    struct rows rows;
    if (reader_rows(reader, call->arena, "select name, type from file where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(id)), value_int(id)), &rows) != OK ||
        rows.n == 0)
        return;
    node_put_text(call->arena, map, "file_name", rows_text(&rows, 0, 0));
    node_put_bool(call->arena, map, "is_image", is_image(rows_text(&rows, 0, 1)));
    node_put_bool(call->arena, map, "is_pdf", strcmp(rows_text(&rows, 0, 1), "application/pdf") == 0);
    node_put_url(call->arena, map, "file_url",
                 arena_format(call->arena, "/%s/%lld/file/%s", row->form->name, (long long)row->id, field->name));
}

struct node *
show_words(struct call *call, struct reader *reader, const struct row *row, int index, unsigned groups, bool all,
           struct node *list)
{
    const struct field *field = &row->form->fields[index];
    const struct value cell = row->cells[index];
    const bool hidden = (field_group(field) & groups) == 0 || field->retired;
    if (!all && (hidden || cell.type == VALUE_NULL))
        return NULL;
    struct node *map = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, map, "name", field->name);
    node_put_text(call->arena, map, "label", field->label);
    if (hidden) /* an empty cell keeps the columns of a list in line */
        return map;
    node_put_text(call->arena, map, "unit", cell.type == VALUE_NULL ? NULL : field->unit);
    if (cell.type == VALUE_NULL)
        return map;
    struct node *typed = node_map(call->arena);
    show_cell(call, reader, row, index, groups, typed);
    switch (field->secret ? F_TEXT : field->type) {
    case F_CODES:
        node_put_text(call->arena, map, "value", codes_words(call, field, cell.text));
        break;
    case F_BOOL:
        node_put_text(call->arena, map, "value", cell.i != 0 ? "是" : "否");
        break;
    case F_TIME:
        if (row->form->day)
            node_put_text(call->arena, map, "value", time_of_day(call, cell.i));
        else if (typed != NULL && typed->first != NULL)
            node_put_node(map, "value", typed->first);
        break;
    case F_REF:
        if (field->ref->title_field != NULL && !title_seen(call, reader, field->ref, cell.i)) {
            node_put_text(call->arena, map, "value", "（不显示）");
            break; /* nor does a link lead anywhere */
        }
        node_put_text(call->arena, map, "value", title_by_id(call, reader, field->ref, cell.i));
        node_put_url(call->arena, map, "link_url",
                     arena_format(call->arena, "/%s/%lld", field->ref->name, (long long)cell.i));
        break;
    case F_FILE:
        words_file(call, reader, row, field, cell.i, map);
        break;
    default:
        if (typed != NULL && typed->first != NULL)
            node_put_node(map, "value", typed->first);
        break;
    }
    if (field->secret) {
        node_put_bool(call->arena, map, "masked", true);
        node_put_url(call->arena, map, "unmask_url",
                     arena_format(call->arena, "/%s/%lld/unmask/%s", row->form->name, (long long)row->id, field->name));
    }
    return map;
}
