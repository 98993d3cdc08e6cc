#include "base/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"

enum { DEPTH = 32 };

void
json_text(struct buf *out, const char *text)
{
    const char *from = text;
    buf_char(out, '"');
    for (const char *at = text;; at++) {
        const unsigned char c = (unsigned char)*at;
        if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&')
            continue;
        buf_add(out, from, (size_t)(at - from));
        from = at + 1;
        if (c == '\0')
            break;
        if (c == '"' || c == '\\') {
            buf_char(out, '\\');
            buf_char(out, (char)c);
        } else if (c == '\n') {
            buf_text(out, "\\n");
        } else {
            buf_format(out, "\\u%04x", c);
        }
    }
    buf_char(out, '"');
}

static void
write_scaled(struct buf *out, int64_t n, int scale)
{
    int64_t unit = 1;
    for (int i = 0; i < scale; i++)
        unit *= 10;
    const int64_t whole = n / unit, rest = n % unit < 0 ? -(n % unit) : n % unit;
    buf_format(out, "\"%s%lld", n < 0 && whole == 0 ? "-" : "", (long long)whole);
    if (scale > 0)
        buf_format(out, ".%0*lld", scale, (long long)rest);
    buf_char(out, '"');
}

static void
write_time(struct buf *out, int64_t ms)
{
    char text[20];
    time_text(ms, text);
    text[10] = 'T';
    buf_format(out, "\"%s+08:00\"", text);
}

static void
write_children(struct buf *out, const struct node *node)
{
    const bool map = node->type == NODE_MAP;
    buf_char(out, map ? '{' : '[');
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        if (child != node->first)
            buf_char(out, ',');
        if (map) {
            json_text(out, child->name == NULL ? "" : child->name);
            buf_char(out, ':');
        }
        json_write(out, child);
        if (map && child->type == NODE_CODE && child->label != NULL) {
            char name[96];
            snprintf(name, sizeof name, "%s_label", child->name);
            buf_char(out, ',');
            json_text(out, name);
            buf_char(out, ':');
            json_text(out, child->label);
        }
    }
    buf_char(out, map ? '}' : ']');
}

void
json_write(struct buf *out, const struct node *node)
{
    switch (node == NULL ? NODE_NULL : node->type) {
    case NODE_NULL:
        buf_text(out, "null");
        break;
    case NODE_BOOL:
        buf_text(out, node->i != 0 ? "true" : "false");
        break;
    case NODE_INT:
        buf_int(out, node->i);
        break;
    case NODE_ID:
        buf_char(out, '"');
        buf_int(out, node->i);
        buf_char(out, '"');
        break;
    case NODE_DECIMAL:
        write_scaled(out, node->i, node->scale);
        break;
    case NODE_FEN:
        write_scaled(out, node->i, 2);
        break;
    case NODE_TIME:
        write_time(out, node->i);
        break;
    case NODE_LIST:
    case NODE_MAP:
        write_children(out, node);
        break;
    default:
        if (node->text == NULL)
            buf_text(out, "null");
        else
            json_text(out, node->text);
        break;
    }
}

/* A recursive parser must not see deep nesting: counted before it runs, outside of strings. */
static bool
too_deep(const char *bytes, size_t n)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (bytes[i] == '\\')
                i++;
            else if (bytes[i] == '"')
                quoted = false;
            continue;
        }
        if (bytes[i] == '"')
            quoted = true;
        else if (bytes[i] == '[' || bytes[i] == '{')
            depth++;
        else if (bytes[i] == ']' || bytes[i] == '}')
            depth--;
        if (depth > DEPTH)
            return true;
    }
    return false;
}

static struct node *
convert(struct arena *arena, const json_t *json, const char *name, struct node *parent)
{
    const char *key;
    json_t *value;
    size_t i;
    switch (json_typeof(json)) {
    case JSON_OBJECT: {
        struct node *map = parent == NULL ? node_map(arena) : node_put_map(arena, parent, name);
        json_object_foreach((json_t *)(uintptr_t)json, key, value) convert(arena, value, arena_text(arena, key), map);
        return map;
    }
    case JSON_ARRAY: {
        struct node *list = parent == NULL ? node_list(arena) : node_put_list(arena, parent, name);
        json_array_foreach(json, i, value) convert(arena, value, NULL, list);
        return list;
    }
    case JSON_STRING:
        return node_put_text(arena, parent, name, arena_copy(arena, json_string_value(json), json_string_length(json)));
    case JSON_INTEGER:
        return node_put_int(arena, parent, name, json_integer_value(json));
    case JSON_REAL:
        return node_put_text(arena, parent, name, arena_format(arena, "%.15g", json_real_value(json)));
    case JSON_NULL:
        return node_put(arena, parent, name, NODE_NULL);
    default:
        return node_put_bool(arena, parent, name, json_is_true(json));
    }
}

enum status
json_read(struct arena *arena, const char *bytes, size_t n, struct node **out, const char **why)
{
    json_error_t error;
    *out = NULL;
    if (too_deep(bytes, n)) {
        *why = "JSON 嵌套过深";
        return INVALID;
    }
    json_t *json = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        *why = arena_format(arena, "JSON 格式有误（第%d行第%d列）", error.line, error.column);
        return INVALID;
    }
    *out = convert(arena, json, NULL, NULL);
    json_decref(json);
    return arena_failed(arena) ? NO_MEMORY : OK;
}
