#include "base/random.h"

#include <sys/random.h>

bool
random_bytes(void *out, size_t n)
{
    for (size_t done = 0; done < n;) {
        const ssize_t got = getrandom((char *)out + done, n - done, 0);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

char *
random_token(struct arena *arena, size_t n)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char *bytes = arena_alloc(arena, n + 3);
    char *text = arena_alloc(arena, (n + 2) / 3 * 4 + 1), *at = text;
    if (bytes == NULL || text == NULL || !random_bytes(bytes, n))
        return NULL;
    for (size_t i = 0; i < n; i += 3) {
        const unsigned group = (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];
        for (size_t k = 0; k < 4 && i + k <= n; k++)
            *at++ = letters[group >> (18 - 6 * k) & 63];
    }
    *at = '\0';
    return text;
}
