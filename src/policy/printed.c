#include "policy/printed.h"

#include <string.h>

#include "policy/show.h"

static struct node *
body(struct call *call, struct node *sheet, const char *kind)
{
    struct node *list = (struct node *)(uintptr_t)node_get(sheet, "body");
    if (list == NULL)
        list = node_put_list(call->arena, sheet, "body");
    struct node *item = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, item, "kind", kind);
    return item;
}

void
printed_head(struct call *call, struct node *sheet, const char *title, const char *number, const char *addressee)
{
    struct node *head = body(call, sheet, "head");
    node_put_text(call->arena, head, "title", title);
    node_put_text(call->arena, head, "number", number);
    node_put_text(call->arena, head, "addressee", addressee);
    if (node_get(sheet, "title") == NULL)
        node_put_text(call->arena, sheet, "title", title);
}

void
printed_paragraph(struct call *call, struct node *sheet, const char *text)
{
    node_put_text(call->arena, body(call, sheet, "paragraph"), "text", text);
}

void
printed_note(struct call *call, struct node *sheet, const char *text)
{
    node_put_text(call->arena, body(call, sheet, "note"), "text", text);
}

void
printed_heading(struct call *call, struct node *sheet, const char *text)
{
    node_put_text(call->arena, body(call, sheet, "heading"), "text", text);
}

void
printed_pair(struct call *call, struct node *sheet, const char *label, const char *value)
{
    struct node *pair = body(call, sheet, "pair");
    node_put_text(call->arena, pair, "label", label);
    node_put_text(call->arena, pair, "text", value == NULL ? "" : value);
}

const char *
date_words(struct call *call, const char *iso)
{
    struct day day;
    if (iso == NULL || !day_parse(iso, &day))
        return "    年  月  日";
    return arena_format(call->arena, "%d年%d月%d日", day_year(day), day_month(day), day_of_month(day));
}

void
printed_sign(struct call *call, struct node *sheet, const char *organisation, const char *date_iso)
{
    struct node *sign = body(call, sheet, "sign");
    node_put_text(call->arena, sign, "text", organisation);
    node_put_text(call->arena, sign, "date", date_words(call, date_iso));
}

void
printed_code(struct call *call, struct node *sheet, const char *url, const char *caption)
{
    struct node *code = body(call, sheet, "code");
    node_put_text(call->arena, code, "text", url);
    node_put_text(call->arena, code, "caption", caption);
}

void
printed_landscape(struct call *call, struct node *sheet)
{
    node_put_bool(call->arena, sheet, "landscape", true);
}

static void
put_cells(struct call *call, struct node *list, const char *const *cells)
{
    for (int i = 0; cells[i] != NULL; i++)
        node_put_text(call->arena, list, NULL, cells[i]);
}

struct node *
printed_table(struct call *call, struct node *sheet, const char *const *heads)
{
    struct node *table = body(call, sheet, "table");
    put_cells(call, node_put_list(call->arena, table, "heads"), heads);
    return node_put_list(call->arena, table, "lines");
}

void
printed_line(struct call *call, struct node *table, const char *const *cells)
{
    put_cells(call, node_put_list(call->arena, table, NULL), cells);
}

const char *
printed_time(struct call *call, int64_t ms)
{
    return ms == 0 ? "" : time_of_day(call, ms);
}

static const char *
scaled_words(struct call *call, const struct node *value, int scale)
{
    int64_t unit = 1;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    const int64_t size = value->i < 0 ? -value->i : value->i;
    return arena_format(call->arena, "%s%lld.%0*lld", value->i < 0 ? "-" : "", (long long)(size / unit), scale,
                        (long long)(size % unit));
}

static const char *
value_words(struct call *call, const struct node *value)
{
    char time[20];
    if (value == NULL)
        return NULL;
    switch (value->type) {
    case NODE_DATE:
        return value->text == NULL ? NULL : date_words(call, value->text);
    case NODE_BOOL:
        return value->i != 0 ? "是" : "否";
    case NODE_INT:
        return arena_format(call->arena, "%lld", (long long)value->i);
    case NODE_DECIMAL:
    case NODE_FEN:
        return scaled_words(call, value, value->type == NODE_FEN ? 2 : value->scale);
    case NODE_TIME:
        time_text(value->i, time);
        return arena_text(call->arena, time);
    case NODE_CODE:
        return value->label;
    default:
        return value->text;
    }
}

const char *
printed_words(struct call *call, struct reader *reader, const struct row *row, int index)
{
    const struct node *shown = show_words(call, reader, row, index, G_ALL, true, node_list(call->arena));
    const char *text = shown == NULL ? NULL : value_words(call, node_get(shown, "value"));
    return text == NULL ? "" : text;
}

void
printed_field(struct call *call, struct reader *reader, struct node *sheet, const struct row *row, const char *name)
{
    int index;
    const struct field *field = form_field(row->form, name, &index);
    const char *text = printed_words(call, reader, row, index);
    if (text[0] != '\0' && field->unit != NULL)
        text = arena_format(call->arena, "%s %s", text, field->unit);
    printed_pair(call, sheet, field->paper != NULL ? field->paper : field->label, text[0] == '\0' ? NULL : text);
}

void
printed_row(struct call *call, struct reader *reader, struct node *sheet, const struct row *row, unsigned groups)
{
    printed_head(call, sheet, row->form->title, row_title(call, row, groups), NULL);
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        const struct field *field = &row->form->fields[i];
        if (field->section != NULL)
            printed_heading(call, sheet, field->section);
        if ((field_group(field) & groups) != 0 && !field->retired && field->type != F_FILE)
            printed_field(call, reader, sheet, row, field->name);
    }
}
