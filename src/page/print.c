/* A value where people or programs read it. Element content gets the Chinese form, an attribute the machine's form;
 * both are escaped, always. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "page/template_ops.h"

static void
escape(struct buf *out, const char *text)
{
    const char *from = text;
    for (const char *at = text;; at++) {
        const char *as = *at == '&'    ? "&amp;"
                         : *at == '<'  ? "&lt;"
                         : *at == '>'  ? "&gt;"
                         : *at == '"'  ? "&quot;"
                         : *at == '\'' ? "&#39;"
                                       : NULL;
        if (as == NULL && *at != '\0')
            continue;
        buf_add(out, from, (size_t)(at - from));
        if (as == NULL)
            return;
        buf_text(out, as);
        from = at + 1;
    }
}

static void
percent(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-_.~", c) != NULL)
            buf_char(out, (char)c);
        else
            buf_format(out, "%%%02X", c);
    }
}

static void
decimal(struct buf *out, int64_t i, unsigned scale)
{
    char digits[32];
    const bool minus = i < 0;
    const uint64_t size = minus ? (uint64_t)0 - (uint64_t)i : (uint64_t)i;
    const int n = snprintf(digits, sizeof digits, "%0*" PRIu64, (int)scale + 1, size);
    if (minus)
        buf_char(out, '-');
    buf_add(out, digits, (size_t)n - scale);
    if (scale > 0) {
        buf_char(out, '.');
        buf_text(out, digits + n - scale);
    }
}

static void
date(struct buf *out, const char *iso, bool text)
{
    struct day day;
    if (text && strcmp(iso, "9999-12-31") == 0) /* the open end of a span */
        buf_text(out, "长期");
    else if (text && day_parse(iso, &day))
        buf_format(out, "%d年%d月%d日", day_year(day), day_month(day), day_of_month(day));
    else
        escape(out, iso);
}

/* Asia/Shanghai has had no summer time since 1991: eight hours, always. */
static void
instant(struct buf *out, int64_t ms, bool text)
{
    char iso[16];
    day_iso(day_from_ms(ms), iso);
    const int64_t minutes = (ms + 8 * 3600000LL) / 60000 % 1440;
    date(out, iso, text);
    buf_format(out, text ? " %02d:%02d" : "T%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
    if (!text)
        buf_text(out, "+08:00");
}

static void
number(struct buf *out, const struct node *node, bool text)
{
    switch (node->type) {
    case NODE_BOOL:
        buf_text(out, text ? (node->i != 0 ? "是" : "否") : (node->i != 0 ? "1" : "0"));
        break;
    case NODE_DECIMAL:
        decimal(out, node->i, node->scale);
        break;
    case NODE_FEN:
        if (text)
            buf_text(out, "¥");
        decimal(out, node->i, 2);
        break;
    case NODE_TIME:
        instant(out, node->i, text);
        break;
    default:
        buf_int(out, node->i);
    }
}

static bool
is_text(enum node_type type)
{
    return type == NODE_TEXT || type == NODE_DATE || type == NODE_CODE || type == NODE_MASKED || type == NODE_URL;
}

void
print_value(struct buf *out, const struct node *node, enum place place)
{
    if (node == NULL || node->type == NODE_NULL || node->type == NODE_LIST || node->type == NODE_MAP)
        return;
    if (!is_text(node->type)) {
        if (place != PLACE_URL)
            number(out, node, place == PLACE_TEXT);
    } else if (node->text == NULL) {
        return;
    } else if (place == PLACE_URL) {
        if (node->type == NODE_URL)
            escape(out, node->text);
    } else if (place == PLACE_PART) {
        percent(out, node->text);
    } else if (node->type == NODE_DATE) {
        date(out, node->text, place == PLACE_TEXT);
    } else if (node->type == NODE_CODE && place == PLACE_TEXT && node->label != NULL) {
        escape(out, node->label);
    } else {
        escape(out, node->text);
    }
}
