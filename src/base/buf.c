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
buf_int(struct buf *buf, int64_t i)
{
    char digits[24], *at = digits + sizeof digits;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do
        *--at = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (i < 0)
        *--at = '-';
    buf_add(buf, at, (size_t)(digits + sizeof digits - at));
}

void
buf_format(struct buf *buf, const char *format, ...)
{
    char brief[256];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof brief)
        buf_add(buf, brief, (size_t)n);
    if (n < 0 || (size_t)n < sizeof brief || !reserve(buf, (size_t)n))
        return;
    va_start(args, format);
    vsnprintf(buf->bytes + buf->n, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}
