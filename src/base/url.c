#include "base/url.h"

#include <string.h>

char *
url_escape(struct arena *arena, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = text == NULL ? NULL : arena_alloc(arena, 3 * strlen(text) + 1), *at = out;
    for (const unsigned char *c = (const unsigned char *)text; at != NULL && *c != '\0'; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
            strchr("-._~", *c) != NULL) {
            *at++ = (char)*c;
            continue;
        }
        *at++ = '%';
        *at++ = hex[*c >> 4];
        *at++ = hex[*c & 15];
    }
    return out;
}
