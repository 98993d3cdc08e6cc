/* How often one address may do what costs much: a bucket for each, filled steadily, emptied by use. Addresses that
 * share a slot share a bucket: the table never grows. */
#ifndef HTTP_RATE_H
#define HTTP_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate;

/* `most` at once, then `per_minute`. */
struct pace {
    int64_t most, per_minute;
};

/* NULL: no memory. */
struct rate *rate_new(void);
void rate_free(struct rate *rate);
/* False: too often. */
bool rate_take(struct rate *rate, struct pace pace, const char *address, int64_t now_ms);

#endif
