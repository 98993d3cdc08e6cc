#include "store/trace.h"

#include "store/inside.h"

#ifdef TUOYU_TRACE

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* One write to a file opened for appending: lines of several processes do not mix. */
void
store_trace(enum engine engine, const char *sql)
{
    const char *path = getenv("TUOYU_SQL_LOG");
    int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    struct buf line;
    buf_init(&line, 1 << 20);
    buf_text(&line, engine == ENGINE_SQLITE ? "sqlite\t" : "postgres\t");
    for (const char *at = sql; *at != '\0'; at++)
        buf_char(&line, *at == '\n' ? ' ' : *at);
    buf_char(&line, '\n');
    if (!line.failed && write(file, line.bytes, line.n) != (ssize_t)line.n)
        store_complain("the statement log cannot be written", path);
    buf_free(&line);
    close(file);
}

#endif
