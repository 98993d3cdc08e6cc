/* The program's own log: one JSON object a line. Never personal data. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

struct log;
enum log_level { LOG_NOTE, LOG_WARNING, LOG_FAULT };

struct log *log_open(int fd); /* does not own fd; NULL: no memory */
void log_free(struct log *log);
/* Further arguments: pairs of key and value (const char *), ended by NULL. `log` NULL is ignored. */
void log_line(struct log *log, int64_t now_ms, enum log_level level, const char *event, ...) __attribute__((sentinel));

#endif
