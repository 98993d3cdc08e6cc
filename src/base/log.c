#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/day.h"
#include "base/json.h"

struct log {
    pthread_mutex_t lock;
    int fd;
};

struct log *
log_open(int fd)
{
    struct log *log = calloc(1, sizeof *log);
    if (log == NULL || pthread_mutex_init(&log->lock, NULL) != 0) {
        free(log);
        return NULL;
    }
    log->fd = fd;
    return log;
}

void
log_free(struct log *log)
{
    if (log == NULL)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}

static void
pair(struct buf *line, const char *key, const char *value)
{
    buf_char(line, line->n == 0 ? '{' : ',');
    json_text(line, key);
    buf_char(line, ':');
    json_text(line, value == NULL ? "" : value);
}

void
log_line(struct log *log, int64_t now_ms, enum log_level level, const char *event, ...)
{
    static const char *const levels[] = { "note", "warning", "fault" };
    struct buf line;
    char at[20];
    va_list args;
    if (log == NULL)
        return;
    buf_init(&line, 16384);
    time_text(now_ms, at);
    pair(&line, "at", at);
    pair(&line, "level", levels[level]);
    pair(&line, "event", event);
    va_start(args, event);
    for (const char *key = va_arg(args, const char *); key != NULL; key = va_arg(args, const char *))
        pair(&line, key, va_arg(args, const char *));
    va_end(args);
    buf_text(&line, "}\n");
    pthread_mutex_lock(&log->lock);
    if (!line.failed && write(log->fd, line.bytes, line.n) < 0)
        log->fd = -1; /* a log that cannot be written must not stop the service */
    pthread_mutex_unlock(&log->lock);
    buf_free(&line);
}
