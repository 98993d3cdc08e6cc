#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){ .max = max };
}

void
buf_free(struct buf *buf)
{
    free(buf->bytes);
    *buf = (struct buf){ .max = buf->max };
}

void
buf_clear(struct buf *buf)
{
    buf->n = 0;
    buf->failed = false;
    if (buf->bytes != NULL)
        buf->bytes[0] = '\0';
}

/* Makes room for n more bytes and the closing zero. */
static bool
reserve(struct buf *buf, size_t n)
{
    if (buf->failed || n > buf->max - buf->n) {
        buf->failed = true;
        return false;
    }
    if (buf->bytes != NULL && buf->n + n < buf->room)
        return true;
    size_t room = buf->room == 0 ? 256 : buf->room;
    while (room <= buf->n + n)
        room *= 2;
    char *bytes = realloc(buf->bytes, room);
    if (bytes == NULL) {
        buf->failed = true;
        return false;
    }
    buf->bytes = bytes;
    buf->room = room;
    return true;
}

void
buf_add(struct buf *buf, const void *bytes, size_t n)
{
    if (!reserve(buf, n))
        return;
    if (n > 0)
        memcpy(buf->bytes + buf->n, bytes, n);
    buf->n += n;
    buf->bytes[buf->n] = '\0';
}

void
buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void
buf_char(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void
buf_int(struct buf *buf, int64_t i)
{
    char digits[24];
    buf_add(buf, digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)i));
}

void
buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !reserve(buf, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(buf->bytes + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}
