/* Memory that lives as long as one request, one job or one start-up. Everything is freed at once; what must die with
 * it (statements, files, foreign objects) registers a clean-up. An arena has a maximum; past it allocations return
 * NULL and the arena remembers it. Not for sharing between threads. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A new arena that may hold at most `max` bytes. NULL: no memory. */
struct arena *arena_new(size_t max);
/* Runs the clean-ups, last registered first, and frees everything. NULL is ignored. */
void arena_free(struct arena *arena);
/* `size` zeroed bytes, aligned for any type, or NULL when the maximum is met. */
void *arena_alloc(struct arena *arena, size_t size);
/* `n` zeroed elements of `size` bytes; NULL also when n × size overflows. */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* Copies; NULL text gives NULL. */
char *arena_text(struct arena *arena, const char *text);
char *arena_copy(struct arena *arena, const void *bytes, size_t n); /* adds a closing zero byte */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `clean(thing)` will run when the arena is freed. False: no memory, and then `clean(thing)` has run already. */
bool arena_at_end(struct arena *arena, void (*clean)(void *thing), void *thing);
/* True once an allocation failed: what was built since may be incomplete. */
bool arena_failed(const struct arena *arena);
size_t arena_used(const struct arena *arena);

/* For tests: let the n-th allocation from now fail (0: never). */
void arena_fail_at(struct arena *arena, size_t n);

#endif
