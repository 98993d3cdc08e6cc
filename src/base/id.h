/* Ids: 41 bits of milliseconds since 2020 | 12 bits office | 10 bits counter. The office is read from the id, so a link
 * leads to one shard; ids grow with time. In every text form an id is a decimal string. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

int64_t id_make(int64_t now_ms, int office, unsigned counter);
int id_office(int64_t id);
int64_t id_time_ms(int64_t id);
/* Decimal, positive, no sign and no leading zero. */
bool id_parse(const char *text, int64_t *out);

/* Gives each id once in a process (what another process drew too is refused by the key, and drawn anew: store/pg.c), in
 * growing order of (time, counter), also when the clock steps back or more than 1,024 are asked
 * in one millisecond (then it runs ahead). Safe between threads; zero-initialised is ready. */
struct id_source {
    _Atomic int64_t last; /* ms << 10 | counter */
};
/* After a restart: ids go on behind `id`, also when the clock has stepped back meanwhile. */
void id_resume(struct id_source *source, int64_t id);
int64_t id_next(struct id_source *source, int64_t now_ms, int office);

#endif
