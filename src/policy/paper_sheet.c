#include "policy/paper_sheet.h"

#include <string.h>

#include "base/id.h"
#include "base/random.h"
#include "base/text.h"
#include "policy/house.h"

enum { DIGITS = 31, CHARACTERS = 8, HALF = 4, LINE_MOST = 999 };
static const char alphabet[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

const struct field paper_fields[] = {
    { "paper_no", F_TEXT, .label = "纸质表编号", .section = "补录纸质表", .max = 12,
      .hint = "补录带编号的纸质表时填写表上的编号；不是补录的不填" },
    { "paper_line", F_INT, .label = "纸质表行号", .hint = "该行的序号，每行只能补录一次", .min = 1, .max = LINE_MOST },
    { 0 },
};

bool
paper_has_blank(const struct form *form)
{
    return form_paper_day(form) != NULL && !form->sealed && !form->watched;
}

/* ---- the number ---- */

/* Weights that differ, modulo a prime: one wrong character and two that changed places are always found. */
static char
check_of(const char *seven)
{
    int sum = 0;
    for (int i = 0; i < CHARACTERS - 1; i++)
        sum += (i + 2) * (int)(strchr(alphabet, seven[i]) - alphabet);
    return alphabet[sum % DIGITS];
}

static const char *
written(struct arena *arena, const char *eight)
{
    return arena_format(arena, "%.4s-%s", eight, eight + HALF);
}

const char *
paper_number_make(struct arena *arena)
{
    unsigned char bytes[64];
    char number[CHARACTERS + 1] = "";
    size_t n = 0;
    if (!random_bytes(bytes, sizeof bytes))
        return NULL;
    for (size_t i = 0; i < sizeof bytes && n < CHARACTERS - 1; i++)
        if (bytes[i] < 256 / DIGITS * DIGITS) /* the rest would make some characters likelier */
            number[n++] = alphabet[bytes[i] % DIGITS];
    if (n < CHARACTERS - 1)
        return NULL;
    number[n] = check_of(number);
    return written(arena, number);
}

const char *
paper_number_read(struct arena *arena, const char *text)
{
    char number[CHARACTERS + 1] = "";
    size_t n = 0;
    const char *plain = text_nfkc(arena, text);
    for (const char *at = plain; at != NULL && *at != '\0'; at++) {
        const char upper = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        if (upper == '-' || upper == ' ')
            continue;
        if (n == CHARACTERS || strchr(alphabet, upper) == NULL)
            return NULL;
        number[n++] = upper;
    }
    return n == CHARACTERS && check_of(number) == number[CHARACTERS - 1] ? written(arena, number) : NULL;
}

/* ---- entering ---- */

static enum status
read_line(struct call *call, const char *text, int64_t *line)
{
    const char *plain = text == NULL ? NULL : text_nfkc(call->arena, text);
    *line = 0;
    if (plain == NULL || plain[0] == '\0')
        return call_fault(call, &paper_fields[1], "need", "请填写这条记录在纸质表上的行号");
    return id_parse(plain, line) && *line <= LINE_MOST
               ? OK
               : call_fault(call, &paper_fields[1], "out_of_range", "行号应在1到%d之间", LINE_MOST);
}

static const char *
typed_text(struct call *call, const struct node *typed, const char *name)
{
    const struct node *node = node_get(typed, name);
    return node != NULL && node->type == NODE_INT ? arena_format(call->arena, "%lld", (long long)node->i)
                                                  : node_text_of(typed, name);
}

enum status
paper_read(struct call *call, const struct form *form, const struct node *typed, struct row *row)
{
    const char *text = typed_text(call, typed, paper_fields[0].name);
    if (!paper_has_blank(form) || text == NULL || text[0] == '\0')
        return OK;
    const enum status status = read_line(call, typed_text(call, typed, paper_fields[1].name), &row->paper_line);
    row->paper = paper_number_read(call->arena, text);
    return row->paper != NULL
               ? status
               : call_fault(call, &paper_fields[0], "paper_number", "纸质表编号有误，请对照表上的8位编号核对");
}

/* ---- sheets and lines: line 0 is the sheet itself ---- */

enum status
paper_issue(struct call *call, struct writer *writer, const struct form *form, const char *number, int lines)
{
    const struct me *me = call->me;
    return writer_run(writer,
                      "insert into paper_sheet (office, number, line, form, institution, lines, at, by) "
                      "values (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7)",
                      ARGS(value_int(me->institution != 0 ? id_office(me->institution) : me->office),
                           value_text(number), value_text(form->name),
                           me->institution == 0 ? value_null() : value_int(me->institution), value_int(lines),
                           value_int(call->now_ms), value_int(me->account)),
                      NULL);
}

static enum status
sheet_of(struct call *call, struct reader *reader, int64_t office, const char *number, struct rows *rows)
{
    return reader_rows(
        reader, call->arena,
        "select form, institution, lines from paper_sheet where office = ?1 and number = ?2 and line = 0",
        ARGS(value_int(office), value_text(number)), rows);
}

/* Sheets of other institutions are not there. */
static bool
is_of(const struct rows *rows, int64_t institution)
{
    return rows->n > 0 && (rows_int(rows, 0, 1) == 0 || rows_int(rows, 0, 1) == institution);
}

static enum status
fits(struct call *call, const struct row *row, const struct rows *sheet)
{
    if (!is_of(sheet, row->institution))
        return call_fault(call, &paper_fields[0], "no_such_sheet", "没有打印过这个编号的纸质表，请核对编号");
    if (strcmp(rows_text(sheet, 0, 0), row->form->name) != 0) {
        const struct form *other = house_form(call->house, rows_text(sheet, 0, 0));
        return call_fault(call, &paper_fields[0], "other_form", "这是“%s”的纸质表，请到该台账补录",
                          other == NULL ? "其他台账" : other->title);
    }
    return row->paper_line <= rows_int(sheet, 0, 2)
               ? OK
               : call_fault(call, &paper_fields[1], "no_such_line", "这张纸质表只有%lld行",
                            (long long)rows_int(sheet, 0, 2));
}

static enum status
taken(struct call *call, const struct row *row)
{
    const char *words =
        arena_format(call->arena, "纸质表%s第%lld行已经补录，不能重复登记", row->paper, (long long)row->paper_line);
    call_fault(call, &paper_fields[1], "taken", "%s", words);
    return call_fail(call, CONFLICT, "%s", words);
}

enum status
paper_take(struct call *call, struct writer *writer, const struct row *row)
{
    struct rows sheet, before = { 0 };
    struct reader *reader = writer_reader(writer);
    const struct value office = value_int(row->office), number = value_text(row->paper),
                       line = value_int(row->paper_line);
    enum status status = sheet_of(call, reader, row->office, row->paper, &sheet);
    if (status == OK)
        status = fits(call, row, &sheet);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             "select 1 from paper_sheet where office = ?1 and number = ?2 and line = ?3",
                             ARGS(office, number, line), &before);
    if (status != OK || before.n > 0)
        return status == OK ? taken(call, row) : status;
    status = writer_run(writer,
                        "insert into paper_sheet (office, number, line, form, institution, row, at, by) "
                        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        ARGS(office, number, line, value_text(row->form->name), value_int(row->institution),
                             value_int(row->id), value_int(call->now_ms), value_int(call->me->account)),
                        NULL);
    return status == CONFLICT ? taken(call, row) : status; /* two at once: the key decides */
}

enum status
paper_next(struct call *call, struct reader *reader, const struct form *form, const char *number, int64_t *line)
{
    struct rows sheet, last;
    const int64_t institution = call->me->institution,
                  office = institution != 0 ? id_office(institution) : call->me->office;
    *line = 0;
    enum status status = sheet_of(call, reader, office, number, &sheet);
    if (status != OK || !is_of(&sheet, institution) || strcmp(rows_text(&sheet, 0, 0), form->name) != 0)
        return status;
    status = reader_rows(reader, call->arena, "select max(line) from paper_sheet where office = ?1 and number = ?2",
                         ARGS(value_int(office), value_text(number)), &last);
    if (status == OK && rows_int(&last, 0, 0) < rows_int(&sheet, 0, 2))
        *line = rows_int(&last, 0, 0) + 1;
    return status;
}
