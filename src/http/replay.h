/* Signed requests that were seen: within the window in which a signature counts, none counts twice. What was signed
 * before this process started does not count at all, so that nothing needs to be remembered across a restart. */
#ifndef HTTP_REPLAY_H
#define HTTP_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLAY_WINDOW_MS = 5 * 60000 };

struct replay;

struct replay *replay_new(int64_t now_ms); /* NULL: no memory */
void replay_free(struct replay *replay);
/* Is the time near enough to now, and after the start? */
bool replay_timely(const struct replay *replay, int64_t signed_ms, int64_t now_ms);
/* True the first time that these bytes come; false: again, or too many at once. */
bool replay_first(struct replay *replay, const void *bytes, size_t n, int64_t now_ms);

#endif
