#include "policy/ledger_paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/journal.h"
#include "policy/list.h"
#include "policy/printed.h"
#include "policy/show.h"

enum { LINES_MOST = 60, LINES = 20, COPIES_MOST = 20, ROWS_MOST = 2000, COLUMNS_MOST = 14 };

static const char *
institution_name(struct call *call, struct reader *reader, int64_t id)
{
    struct rows rows;
    if (id == 0 || reader_rows(reader, call->arena, "select name from institution where office = ?1 and id = ?2",
                               ARGS(value_int(id_office(id)), value_int(id)), &rows) != OK)
        return NULL;
    return rows_text(&rows, 0, 0);
}

static int64_t
class_asked(const struct node *query)
{
    int64_t id = 0;
    const char *text = node_text_of(query, "class");
    return text != NULL && id_parse(text, &id) ? id : 0;
}

/* "2026-11" and its first and last day. */
static bool
month_asked(struct call *call, const struct node *query, const char **month, char first[11], char last[11])
{
    struct day day;
    const char *text = node_text_of(query, "month");
    *month = text == NULL || text[0] == '\0' ? arena_copy(call->arena, call_today(call), 7) : text;
    if (strlen(*month) != 7 || !day_parse(arena_format(call->arena, "%s-01", *month), &day))
        return false;
    day_iso(day, first);
    day_iso((struct day){ day_add_months(day, 1).n - 1 }, last);
    return true;
}

/* The columns of the paper: what the list shows and the register is for, else every field that is written by hand; no
 * files. What is kept sealed stands in a month for those who may open it one by one. */
static size_t
columns(const struct form *form, unsigned groups, bool blank, bool opens, int *fields)
{
    size_t n = 0;
    for (int i = 0; form->fields[i].name != NULL && n < COLUMNS_MOST; i++) {
        const struct field *field = &form->fields[i];
        const bool wanted =
            blank ? !field->computed
                  : field->list || field->register_paper || field->type == F_TEXT || field->type == F_LINES;
        if (!blank && form->paper_day != NULL && strcmp(form->paper_day, field->name) == 0)
            continue; /* it stands first in every line */
        if ((field_group(field) & groups) != 0 && !field->retired && field->type != F_FILE && wanted &&
            (blank || !field->secret || (opens && field->register_paper)))
            fields[n++] = i;
    }
    return n;
}

static bool
shows_secrets(const struct form *form, const int *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (form->fields[fields[i]].secret)
            return true;
    return false;
}

static const char *
field_label(const struct field *field, struct call *call)
{
    const char *label = field->paper != NULL ? field->paper : field->label;
    return field->unit == NULL ? label : arena_format(call->arena, "%s（%s）", label, field->unit);
}

/* ---- a month ---- */

/* A secret is among the columns only for those who may open it. */
static const char *
cell_words(struct call *call, struct reader *reader, const struct row *row, int index)
{
    const struct field *field = &row->form->fields[index];
    if ((field_group(field) & row->groups) == 0)
        return "";
    const char *plain = field->secret ? row_plain(call, reader, row, index) : NULL;
    return field->secret ? (plain == NULL ? "" : plain) : printed_words(call, reader, row, index);
}

static void
month_lines(struct call *call, struct reader *reader, const struct row_set *set, const int *fields, size_t n,
            struct node *table)
{
    for (size_t r = set->n; r-- > 0;) { /* oldest first, as a book is written */
        const char *cells[COLUMNS_MOST + 3];
        size_t c = 0;
        const struct row *row = set->rows[r];
        const char *day = row->form->day ? row->day : row_text(row, row->form->paper_day);
        cells[c++] = day == NULL ? "" : day + 5;
        for (size_t i = 0; i < n; i++)
            cells[c++] = cell_words(call, reader, row, fields[i]);
        if (set->rows[r]->form->procedure != NULL)
            cells[c++] = procedure_label(set->rows[r]->form->procedure, set->rows[r]->state)->label;
        cells[c] = NULL;
        printed_line(call, table, cells);
    }
}

enum status
ledger_month(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
             struct node *sheet)
{
    struct row_set set;
    int fields[COLUMNS_MOST];
    char first[11], last[11];
    const char *month, *heads[COLUMNS_MOST + 3];
    size_t c = 0;
    const int64_t class_group = class_asked(query);
    if (!month_asked(call, query, &month, first, last))
        return call_fail(call, INVALID, "请填写月份，如 2026-11");
    printed_landscape(call, sheet);
    if (form->month != NULL)
        return form->month(call, reader, month, class_group, sheet);
    struct node *asked = node_map(call->arena);
    node_put_text(call->arena, asked, "from", arena_text(call->arena, first));
    node_put_text(call->arena, asked, "to", arena_text(call->arena, last));
    if (class_group != 0)
        node_put_text(call->arena, asked, "class", node_text_of(query, "class"));
    enum status status = list_rows(call, reader, form, asked, MAY_EXPORT, ROWS_MOST, &set);
    if (status != OK)
        return status;
    const bool opens = (duty_may(form, call->me) & MAY_UNMASK) != 0;
    const size_t n = columns(form, list_groups(form, call->me), false, opens, fields);
    if (shows_secrets(form, fields, n))
        status = journal_look(call, call->me->office, form->name, 0,
                              arena_format(call->arena, "打印%s的%s，含保密内容", month, form->title));
    if (status != OK)
        return status;
    heads[c++] = "日期";
    for (size_t i = 0; i < n; i++)
        heads[c++] = field_label(&form->fields[fields[i]], call);
    if (form->procedure != NULL)
        heads[c++] = "状态";
    heads[c] = NULL;
    const char *name = institution_name(call, reader, call->me->institution);
    printed_head(call, sheet, form->title,
                 arena_format(call->arena, "%s　%.4s年%d月　共%zu条", name == NULL ? "" : name, month,
                              (int)strtol(month + 5, NULL, 10), set.n),
                 NULL);
    month_lines(call, reader, &set, fields, n, printed_table(call, sheet, heads));
    if (set.n == ROWS_MOST)
        printed_paragraph(call, sheet, "记录较多，本表只印最近2000条，其余请按班级打印。");
    return OK;
}

/* ---- blank sheets ---- */

static const char *
codes_line(struct call *call, const struct field *field)
{
    const struct code_list *list = code_list(call->reference, field->code);
    const char *words = arena_format(call->arena, "%s：", field->label);
    for (size_t i = 0; list != NULL && i < list->n; i++)
        words =
            arena_format(call->arena, "%s%zu %s%s", words, i + 1, list->codes[i].label, i + 1 < list->n ? "　" : "");
    return words;
}

/* The children of a class, when the ledger names one and I may see them. */
static enum status
names_of(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
         struct row_set *set)
{
    const struct field *child = form_field(form, "child", NULL);
    struct node *asked = node_map(call->arena);
    *set = (struct row_set){ 0 };
    if (child == NULL || class_asked(query) == 0)
        return OK;
    node_put_text(call->arena, asked, "class", node_text_of(query, "class"));
    node_put_text(call->arena, asked, "state", "enrolled");
    node_put_text(call->arena, asked, "sort", "title");
    return list_rows(call, reader, child->ref, asked, MAY_SEE, LINES_MOST, set);
}

static int
lines_asked(const struct node *query, size_t names)
{
    const char *text = node_text_of(query, "n");
    long n = text == NULL ? LINES : strtol(text, NULL, 10);
    n = n < 1 ? 1 : n > LINES_MOST ? LINES_MOST : n;
    return (size_t)n < names ? (int)names : (int)n;
}

static void
blank_lines(struct call *call, const struct form *form, const int *fields, size_t n, int lines,
            const struct row_set *names, struct node *table)
{
    for (int line = 0; line < lines; line++) {
        const char *cells[COLUMNS_MOST + 2];
        size_t c = 0;
        cells[c++] = arena_format(call->arena, "%d", line + 1);
        for (size_t i = 0; i < n; i++) {
            const bool name = strcmp(form->fields[fields[i]].name, "child") == 0 && (size_t)line < names->n;
            cells[c++] = name ? row_title(call, names->rows[line], names->rows[line]->groups) : "";
        }
        cells[c] = NULL;
        printed_line(call, table, cells);
    }
}

int
ledger_copies(const struct node *query)
{
    const char *text = node_text_of(query, "copies");
    const long n = text == NULL ? 1 : strtol(text, NULL, 10);
    return n < 1 ? 1 : n > COPIES_MOST ? COPIES_MOST : (int)n;
}

/* The QR code leads to the entry form, which knows the number and the day already. */
static void
blank_code(struct call *call, const struct form *form, const char *number, const char *day, struct node *sheet)
{
    const char *root = call->house->config.public_url;
    printed_code(
        call, sheet,
        arena_format(call->arena, "%s/%s/new?paper_no=%s%s%s", root == NULL ? "" : root, form->name, number,
                     day == NULL ? "" : arena_format(call->arena, "&%s=", form_paper_day(form)),
                     day == NULL ? "" : day),
        arena_format(call->arena,
                     "编号 %s。没有网络时手工填写，有网络后扫码或在“新建”中补录，填写编号和行号，每行只能补录一次；"
                     "填代号即可，没有的项目不填。请勿复印本表，每份编号不同。",
                     number));
}

enum status
ledger_blank(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
             const char *number, int *lines, struct node *sheet)
{
    struct day day;
    int fields[COLUMNS_MOST];
    const char *heads[COLUMNS_MOST + 2], *text = node_text_of(query, "day");
    size_t c = 0;
    struct row_set names;
    const bool dated = text != NULL && day_parse(text, &day);
    const size_t n = columns(form, list_groups(form, call->me), true, false, fields);
    const char *place = institution_name(call, reader, call->me->institution);
    enum status status = names_of(call, reader, form, query, &names);
    if (status != OK)
        return status;
    heads[c++] = "序号";
    for (size_t i = 0; i < n; i++)
        heads[c++] = field_label(&form->fields[fields[i]], call);
    heads[c] = NULL;
    printed_landscape(call, sheet);
    printed_head(call, sheet, form->title,
                 arena_format(call->arena, "编号：%s　　机构：%s　　日期：%s　　填表人：＿＿＿＿　　审核人：＿＿＿＿",
                              number, place == NULL ? "＿＿＿＿＿＿＿＿" : place,
                              dated ? date_words(call, text) : "＿＿＿＿年＿＿月＿＿日"),
                 NULL);
    *lines = lines_asked(query, names.n);
    blank_lines(call, form, fields, n, *lines, &names, printed_table(call, sheet, heads));
    for (size_t i = 0; i < n; i++)
        if (form->fields[fields[i]].code != NULL)
            printed_note(call, sheet, codes_line(call, &form->fields[fields[i]]));
    blank_code(call, form, number, dated ? text : NULL, sheet);
    return OK;
}
