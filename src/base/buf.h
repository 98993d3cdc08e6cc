/* A growing buffer of bytes with a mandatory maximum. Past the maximum (or without memory) it stops growing and
 * remembers: check `failed` once at the end. The bytes always end in an uncounted zero byte. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *bytes;
    size_t n, room, max;
    bool failed;
};

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory, forgets bytes and failure */
void buf_add(struct buf *buf, const void *bytes, size_t n);
void buf_text(struct buf *buf, const char *text);
/* Here, because most of what is added to an answer is one mark between its words. */
static inline void
buf_char(struct buf *buf, char c)
{
    if (buf->failed || buf->bytes == NULL || buf->n + 1 >= buf->room || buf->n >= buf->max) {
        buf_add(buf, &c, 1);
        return;
    }
    buf->bytes[buf->n++] = c;
    buf->bytes[buf->n] = '\0';
}
void buf_int(struct buf *buf, int64_t i);
void buf_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
