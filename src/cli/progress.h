/* Progress of long work on standard error, only where a person looks at a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct progress {
    const char *label;
    bool shown; /* stderr is a terminal */
    int last;   /* per cent that stands there */
};

struct progress progress_begin(const char *label);
/* The form that stores and imports call: `state` is a struct progress. */
void progress_show(void *state, int thousandths);
/* Work whose end is not known: how many so far. */
void progress_count(struct progress *progress, size_t n, const char *unit);
void progress_end(struct progress *progress);

#endif
