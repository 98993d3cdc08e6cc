/* From what a person typed (a posted form or JSON) to typed cells. Every wrong field is reported at once, by name. */
#include "policy/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "policy/list.h"

static const char *
node_as_text(struct call *call, const struct node *node)
{
    if (node == NULL || node->type == NODE_NULL)
        return NULL;
    if (node->type == NODE_INT || node->type == NODE_BOOL || node->type == NODE_ID)
        return arena_format(call->arena, "%lld", (long long)node->i);
    return node->text;
}

/* Digits with an optional sign and at most `scale` decimals, as an integer scaled by 10^scale. */
static bool
read_number(const char *text, int scale, int64_t *out)
{
    bool minus = *text == '-';
    const char *at = text + (minus || *text == '+');
    int64_t n = 0;
    int decimals = -1;
    bool digits = false;
    for (; *at != '\0'; at++) {
        if (*at == '.' && decimals < 0 && scale > 0) {
            decimals = 0;
            continue;
        }
        if (*at < '0' || *at > '9' || decimals >= scale)
            return false;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *at - '0', &n))
            return false;
        digits = true;
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < scale; i++)
        if (__builtin_mul_overflow(n, 10, &n))
            return false;
    *out = minus ? -n : n;
    return digits;
}

static enum status
number_cell(struct call *call, const struct field *field, const char *text, int scale, struct value *out)
{
    int64_t n;
    char *plain = text_nfkc(call->arena, text);
    if (plain == NULL || !read_number(plain, scale, &n))
        return call_fault(call, field, "not_a_number", scale > 0 ? "请填写数字，最多%d位小数" : "请填写整数", scale);
    if ((field->min != 0 || field->max != 0) && (n < field->min || (field->max != 0 && n > field->max))) {
        int64_t unit = 1;
        for (int i = 0; i < scale; i++)
            unit *= 10;
        return call_fault(call, field, "out_of_range", "应在%lld到%lld%s之间", (long long)(field->min / unit),
                          (long long)(field->max / unit), field->unit == NULL ? "" : field->unit);
    }
    *out = value_int(n);
    return OK;
}

static enum status
format_fault(struct call *call, const struct field *field, const char *text)
{
    switch (field->format) {
    case FORMAT_USCC:
        switch (uscc_check(text)) {
        case CHECK_OK:
            return OK;
        case CHECK_LENGTH:
            return call_fault(call, field, "uscc_length", "统一社会信用代码应为18位");
        case CHECK_CHARACTER:
            return call_fault(call, field, "uscc_character", "统一社会信用代码含有不允许的字符（不使用I、O、S、V、Z）");
        default:
            return call_fault(call, field, "uscc_check", "统一社会信用代码校验不通过，请核对证照");
        }
    case FORMAT_RESIDENT_ID: {
        struct day born;
        int sex;
        if (resident_id_check(text, &born, &sex) != CHECK_OK)
            return call_fault(call, field, "resident_id", "公民身份号码有误，请核对");
        return OK;
    }
    case FORMAT_PHONE:
        if (phone_check(text) != CHECK_OK)
            return call_fault(call, field, "phone", "电话号码有误：请填写11位手机号或带区号的座机号");
        return OK;
    case FORMAT_ANY:
        break;
    }
    return OK;
}

static enum status
text_cell(struct call *call, const struct field *field, const char *text, struct value *out)
{
    const bool lines = field->type == F_LINES;
    const size_t most = field->max != 0 ? (size_t)field->max : lines ? 4000 : 200;
    if (!utf8_valid(text, strlen(text)))
        return call_fault(call, field, "not_utf8", "含有无法识别的字符");
    if (!text_clean(text, lines))
        return call_fault(call, field, "control_character", "含有不允许的控制字符");
    char *clean = lines                         ? arena_text(call->arena, text)
                  : field->format == FORMAT_ANY ? text_line(call->arena, text)
                                                : text_nfkc(call->arena, text);
    if (clean == NULL)
        return NO_MEMORY;
    if (text_length(clean) > most)
        return call_fault(call, field, "too_long", "最多%zu个字", most);
    if (clean[0] == '\0') {
        *out = value_null();
        return OK;
    }
    if (field->format == FORMAT_USCC || field->format == FORMAT_RESIDENT_ID)
        for (char *at = clean; *at != '\0'; at++)
            if (*at >= 'a' && *at <= 'z')
                *at = (char)(*at - 'a' + 'A');
    *out = value_text(clean);
    return format_fault(call, field, clean);
}

static enum status
date_cell(struct call *call, const struct field *field, const char *text, struct value *out)
{
    struct day day;
    if (!day_parse(text, &day))
        return call_fault(call, field, "not_a_date", "请填写真实的日期，如 2026-03-05");
    if (field->past && day.n > call->today.n)
        return call_fault(call, field, "future_day", "日期还没有到");
    *out = value_text(arena_text(call->arena, text));
    return OK;
}

static bool
code_known(struct call *call, const struct field *field, const char *code, size_t n)
{
    const char *copy = arena_copy(call->arena, code, n);
    return copy != NULL && code_label(call->reference, field->code, copy) != NULL;
}

/* One or several codes: text "a", text "a|b", or a list of texts. */
static enum status
codes_cell(struct call *call, const struct field *field, const struct node *node, struct value *out)
{
    struct buf buf;
    buf_init(&buf, 4000);
    enum status status = OK;
    const struct node *item = node->type == NODE_LIST ? node->first : node;
    for (; item != NULL && status == OK; item = node->type == NODE_LIST ? item->next : NULL) {
        const char *at = node_as_text(call, item);
        while (at != NULL && *at != '\0' && status == OK) {
            size_t n = strcspn(at, "|");
            if (n > 0 && !code_known(call, field, at, n))
                status = call_fault(call, field, "unknown_code", "请从列表中选择");
            if (n > 0) {
                buf_char(&buf, '|');
                buf_add(&buf, at, n);
            }
            at += n + (at[n] == '|');
        }
    }
    if (buf.n > 0)
        buf_char(&buf, '|');
    *out = buf.n == 0 ? value_null() : value_text(arena_copy(call->arena, buf.bytes, buf.n));
    if (buf.failed && status == OK)
        status = call_fault(call, field, "too_long", "选择过多");
    buf_free(&buf);
    return status;
}

static enum status
id_cell(struct call *call, const struct field *field, const char *text, struct value *out)
{
    int64_t id;
    if (!id_parse(text, &id))
        return call_fault(call, field, "not_an_id", "请从列表中选择");
    *out = value_int(id);
    return OK;
}

/* "8:05" or "08:05" and nothing behind it, as milliseconds of the day. */
bool
input_clock(const char *text, int64_t *ms)
{
    static const char digits[] = "0123456789";
    const size_t hours = strspn(text, digits);
    if (hours < 1 || hours > 2 || text[hours] != ':' || strspn(text + hours + 1, digits) != 2 ||
        text[hours + 3] != '\0')
        return false;
    const long hour = strtol(text, NULL, 10), minute = strtol(text + hours + 1, NULL, 10);
    *ms = (int64_t)(hour * 60 + minute) * 60000;
    return hour < 24 && minute < 60;
}

/* An instant: milliseconds UTC, "HH:MM" of the row's day (else of today), or "YYYY-MM-DDTHH:MM". In the records of a
 * day it lies on that day and not ahead of now (two minutes are allowed to clocks). */
static enum status
time_cell(struct call *call, const struct field *field, const struct row *row, const char *text, struct value *out)
{
    enum { AHEAD_MS = 2 * 60 * 1000, DAY_MS = 24 * 60 * 60 * 1000 };
    struct day day = call->today;
    int64_t ms = 0;
    char iso[11] = "";
    if (row->day != NULL)
        day_parse(row->day, &day);
    const char *mark = strchr(text, 'T');
    if (mark != NULL && mark - text == 10) {
        memcpy(iso, text, 10);
        iso[10] = '\0';
    }
    if (input_clock(text, &ms) || (iso[0] != '\0' && day_parse(iso, &day) && input_clock(mark + 1, &ms)))
        ms += day_start_ms(day);
    else if (!read_number(text, 0, &ms))
        return call_fault(call, field, "not_a_time", "请填写时间，如 08:05");
    if (row->form->day && row->day != NULL) {
        day_parse(row->day, &day);
        if (ms < day_start_ms(day) || ms >= day_start_ms(day) + DAY_MS)
            return call_fault(call, field, "other_day", "时间不在%s这一天", row->day);
    }
    if (row->form->day && ms > call->now_ms + AHEAD_MS)
        return call_fault(call, field, "future_time", "时间还没有到，请核对");
    *out = value_int(ms);
    return OK;
}

/* The day of a record: real, and not ahead. */
static void
read_day(struct call *call, const struct node *input, struct row *row)
{
    struct day day;
    const struct field label = { .name = "day", .label = "日期" };
    const char *text = node_text_of(input, "day");
    if (!row->form->day || row->version != 0)
        return;
    if (text == NULL || text[0] == '\0')
        row->day = call_today(call);
    else if (!day_parse(text, &day))
        call_fault(call, &label, "not_a_date", "请填写真实的日期，如 2026-03-05");
    else if (day.n > call->today.n)
        call_fault(call, &label, "future_day", "日期还没有到");
    else
        row->day = arena_text(call->arena, text);
}

static bool
truth(const char *text)
{
    return strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0 || strcmp(text, "yes") == 0 ||
           strcmp(text, "是") == 0;
}

static enum status
cell_read(struct call *call, const struct field *field, const struct row *row, const struct node *node,
          struct value *out)
{
    *out = value_null();
    if (field->type == F_CODES)
        return codes_cell(call, field, node, out);
    if (node->type == NODE_LIST)
        node = node->last; /* a hidden 0 stands before each check box */
    const char *text = node_as_text(call, node);
    if (text == NULL && node != NULL && node->type == NODE_MAP)
        return call_fault(call, field, "wrong_type", "类型不对");
    if (text == NULL || text[strspn(text, " ")] == '\0')
        return OK;
    switch (field->type) {
    case F_TEXT:
    case F_LINES:
        return text_cell(call, field, text, out);
    case F_INT:
        return number_cell(call, field, text, 0, out);
    case F_DECIMAL:
        return number_cell(call, field, text, field->scale, out);
    case F_FEN:
        return number_cell(call, field, text, 2, out);
    case F_TIME:
        return time_cell(call, field, row, text, out);
    case F_BOOL:
        *out = value_int(truth(text));
        return OK;
    case F_DATE:
        return date_cell(call, field, text, out);
    case F_CODE:
        if (!code_known(call, field, text, strlen(text)))
            return call_fault(call, field, "unknown_code", "请从列表中选择");
        *out = value_text(arena_text(call->arena, text));
        return OK;
    case F_AREA:
        if (division_of(call->reference, text) == NULL)
            return call_fault(call, field, "unknown_area", "没有这个行政区划");
        *out = value_text(arena_text(call->arena, text));
        return OK;
    case F_REF:
    case F_FILE:
        return id_cell(call, field, text, out);
    case F_CODES:
        break;
    }
    return OK;
}

static bool
among(const struct field *field, const struct field *only)
{
    if (only == NULL)
        return true;
    for (; only->name != NULL; only++)
        if (strcmp(only->name, field->name) == 0)
            return true;
    return false;
}

bool
input_takes(struct call *call, const struct form *form, const struct field *field, bool fresh)
{
    const unsigned groups = list_groups(form, call->me) | duty_shows(form, call->me, MAY_CREATE | MAY_CHANGE);
    return !field->computed && !field->retired && (!field->fixed || fresh) && (field_group(field) & groups) != 0;
}

enum status
input_read(struct call *call, const struct form *form, const struct field *only, const struct node *input,
           struct row *row)
{
    const bool fresh = row->version == 0;
    if (only == NULL)
        read_day(call, input, row);
    for (int i = 0; form->fields[i].name != NULL; i++) {
        const struct field *field = &form->fields[i];
        const struct node *node = node_get(input, field->name);
        if (node == NULL || field->retired || !among(field, only))
            continue;
        if (only == NULL && !input_takes(call, form, field, fresh)) /* what a step asks may be any */
            continue;
        /* a file's id comes from our own upload code, never from what somebody typed */
        if (field->type == F_FILE && node->type != NODE_ID)
            continue;
        struct value value;
        enum status status = cell_read(call, field, row, node, &value);
        if (status != OK && status != INVALID)
            return status;
        /* A secret left empty in a form keeps what is stored: its plain text is never sent to be edited. */
        if (field->secret && value.type == VALUE_NULL && !fresh)
            continue;
        if (status == OK)
            row->cells[i] = value;
    }
    if (arena_failed(call->arena))
        return NO_MEMORY; /* what could not be read is not wrong */
    return call->faults == NULL ? OK : INVALID;
}

enum status
need_check(struct call *call, const struct form *form, const struct row *row)
{
    for (int i = 0; form->fields[i].name != NULL; i++) {
        const struct field *field = &form->fields[i];
        if (!field->need || field->retired)
            continue;
        if (row->cells[i].type == VALUE_NULL)
            call_fault(call, field, "need", "请填写%s", field->label);
    }
    return call->faults == NULL ? OK : INVALID;
}
