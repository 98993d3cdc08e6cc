#define _GNU_SOURCE
#include "http/body.h"

#include <string.h>

#include "base/text.h"

/* A repeated name turns its value into a list. */
static enum status
add_value(struct arena *arena, struct node *map, const char *name, const char *value)
{
    struct node *known = (struct node *)(uintptr_t)node_get(map, name);
    if (known == NULL)
        return node_put_text(arena, map, name, value) == NULL ? NO_MEMORY : OK;
    if (known->type != NODE_LIST) {
        const char *first = known->text;
        known->type = NODE_LIST;
        known->text = NULL;
        node_put_text(arena, known, NULL, first);
    }
    return node_put_text(arena, known, NULL, value) == NULL ? NO_MEMORY : OK;
}

static int
digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static char *
unescape(struct arena *arena, const char *text, size_t n)
{
    char *out = arena_alloc(arena, n + 1), *at = out;
    for (size_t i = 0; out != NULL && i < n; i++) {
        if (text[i] == '+') {
            *at++ = ' ';
        } else if (text[i] == '%') {
            if (i + 2 >= n || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
                return NULL;
            *at++ = (char)(digit(text[i + 1]) << 4 | digit(text[i + 2]));
            i += 2;
        } else {
            *at++ = text[i];
        }
    }
    return out == NULL || !utf8_valid(out, (size_t)(at - out)) ? NULL : out;
}

enum status
body_urlencoded(struct arena *arena, const char *text, size_t n, struct node **out)
{
    const char *end = text + n;
    size_t parts = 0;
    *out = node_map(arena);
    for (const char *at = text; *out != NULL && at < end;) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        stop = stop == NULL ? end : stop;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        if (stop > at) {
            const char *name_end = equals == NULL ? stop : equals;
            const char *name = unescape(arena, at, (size_t)(name_end - at));
            const char *value = equals == NULL ? "" : unescape(arena, equals + 1, (size_t)(stop - equals - 1));
            if (name == NULL || value == NULL || ++parts > BODY_PARTS_MOST)
                return arena_failed(arena) ? NO_MEMORY : INVALID;
            if (add_value(arena, *out, name, value) != OK)
                return NO_MEMORY;
        }
        at = stop + 1;
    }
    return *out == NULL ? NO_MEMORY : OK;
}

/* The value of `name="…"` in a Content-Disposition line. */
static const char *
parameter(struct arena *arena, const char *line, size_t n, const char *name)
{
    const size_t name_n = strlen(name);
    for (size_t i = 0; i + name_n + 2 < n; i++) {
        if ((i == 0 || line[i - 1] == ' ' || line[i - 1] == ';') && strncasecmp(line + i, name, name_n) == 0 &&
            line[i + name_n] == '=' && line[i + name_n + 1] == '"') {
            const char *from = line + i + name_n + 2;
            const char *to = memchr(from, '"', (size_t)(line + n - from));
            return to == NULL ? NULL : arena_copy(arena, from, (size_t)(to - from));
        }
    }
    return NULL;
}

static const char *
base_name(const char *name)
{
    for (const char *at = name; *at != '\0'; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    return name;
}

static enum status
add_part(struct arena *arena, const char *head, size_t head_n, const char *content, size_t content_n, struct node *map,
         struct http_file *files, size_t *files_n)
{
    const char *name = parameter(arena, head, head_n, "name"), *file = parameter(arena, head, head_n, "filename");
    if (name == NULL || !utf8_valid(name, strlen(name)))
        return INVALID;
    if (file != NULL) {
        if (file[0] == '\0' && content_n == 0)
            return OK; /* a file field left empty */
        if (*files_n == BODY_FILES_MOST || !utf8_valid(file, strlen(file)) || !text_clean(file, false))
            return INVALID;
        files[(*files_n)++] = (struct http_file){ name, base_name(file), content, content_n };
        return OK;
    }
    const char *value = arena_copy(arena, content, content_n);
    if (value == NULL || !utf8_valid(value, content_n))
        return arena_failed(arena) ? NO_MEMORY : INVALID;
    return add_value(arena, map, name, value);
}

enum status
body_multipart(struct arena *arena, const char *content_type, const char *body, size_t n, struct node **out,
               struct http_file *files, size_t *files_n)
{
    char mark[80];
    const char *boundary = strstr(content_type, "boundary=");
    size_t parts = 0;
    *files_n = 0;
    *out = node_map(arena);
    if (boundary == NULL || *out == NULL)
        return INVALID;
    boundary += 9;
    const bool quoted = *boundary == '"';
    boundary += quoted;
    const size_t boundary_n = strcspn(boundary, quoted ? "\"" : "; ");
    if (boundary_n == 0 || boundary_n > 70)
        return INVALID;
    memcpy(mark, "\r\n--", 4);
    memcpy(mark + 4, boundary, boundary_n);
    const size_t mark_n = boundary_n + 4;
    if (n < mark_n - 2 || memcmp(body, mark + 2, mark_n - 2) != 0)
        return INVALID;
    const char *at = body + mark_n - 2, *end = body + n;
    while (end - at >= 2 && memcmp(at, "\r\n", 2) == 0) {
        at += 2;
        const char *head_end = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
        const char *next = head_end == NULL ? NULL : memmem(head_end + 2, (size_t)(end - head_end - 2), mark, mark_n);
        if (next == NULL || ++parts > BODY_PARTS_MOST)
            return INVALID;
        const char *content = head_end + 4;
        const size_t content_n = next > content ? (size_t)(next - content) : 0;
        enum status status = add_part(arena, at, (size_t)(head_end - at), content, content_n, *out, files, files_n);
        if (status != OK)
            return status;
        at = next + mark_n;
    }
    return end - at >= 2 && memcmp(at, "--", 2) == 0 ? OK : INVALID;
}
