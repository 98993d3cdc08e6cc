/* The guard: what the HTTP library's lenient parser lets through and we do not. */
#include <string.h>

#include "base/text.h"
#include "http/server_inside.h"

struct seen {
    int hosts, lengths, encodings;
    bool bad;
};

static bool
is_token(const char *name)
{
    if (*name == '\0')
        return false;
    for (; *name != '\0'; name++)
        if ((unsigned char)*name <= 0x20 || (unsigned char)*name >= 0x7f ||
            strchr("()<>@,;:\\\"/[]?={}", *name) != NULL)
            return false;
    return true;
}

static enum MHD_Result
look_at(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
    struct seen *seen = arg;
    (void)kind;
    if (name_n != strlen(name) || !is_token(name))
        seen->bad = true;
    for (size_t i = 0; value != NULL && i < value_n; i++)
        if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f)
            seen->bad = true;
    seen->hosts += strcasecmp(name, "host") == 0;
    seen->lengths += strcasecmp(name, "content-length") == 0;
    seen->encodings += strcasecmp(name, "transfer-encoding") == 0;
    if (strcasecmp(name, "host") == 0)
        for (size_t i = 0; value != NULL && i < value_n; i++)
            if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]", value[i]) == NULL)
                seen->bad = true;
    if (strcasecmp(name, "content-length") == 0)
        for (size_t i = 0; value != NULL && i < value_n; i++)
            if (value[i] < '0' || value[i] > '9')
                seen->bad = true;
    return MHD_YES;
}

int
guard_request(struct MHD_Connection *connection, const char *method, const char *raw)
{
    struct seen seen = { 0 };
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && strcmp(method, "POST") != 0)
        return 405;
    if (raw == NULL || raw[0] != '/')
        return 400;
    for (const char *at = raw; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || *at == '\\' || *at == '#')
            return 400;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look_at, &seen);
    if (seen.bad || seen.hosts != 1 || seen.lengths > 1 || (seen.encodings > 0 && seen.lengths > 0) ||
        seen.encodings > 1)
        return 400;
    return 0;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

char *
guard_path(struct arena *arena, const char *raw, size_t n)
{
    char *path = arena_alloc(arena, n + 1), *out = path;
    for (size_t i = 0; path != NULL && i < n; i++) {
        char c = raw[i];
        if (c == '%') {
            if (i + 2 >= n || hex_digit(raw[i + 1]) < 0 || hex_digit(raw[i + 2]) < 0)
                return NULL;
            c = (char)(hex_digit(raw[i + 1]) << 4 | hex_digit(raw[i + 2]));
            i += 2;
            if (c == '/' || c == '\\' || (unsigned char)c < 0x20 || c == 0x7f)
                return NULL;
        }
        *out++ = c;
    }
    if (path == NULL || !utf8_valid(path, (size_t)(out - path)) || strstr(path, "..") != NULL ||
        strstr(path, "//") != NULL)
        return NULL;
    return path;
}
