/* Prepared statements of one connection, found by their text. When full, the one that was not used for longest goes. */
#ifndef STORE_CACHE_H
#define STORE_CACHE_H

#include <stdbool.h>
#include <stddef.h>

struct cache;
typedef void cache_drop_fn(void *owner, void *statement);

/* At most `most` statements; `drop(owner, statement)` ends one. NULL: no memory. */
struct cache *cache_new(size_t most, cache_drop_fn *drop, void *owner);
void cache_free(struct cache *cache);
void cache_clear(struct cache *cache);
/* The statement of this text, now the most recently used; NULL when unknown. */
void *cache_find(struct cache *cache, const char *sql);
/* Keeps it (the text is copied). False: no memory, and the statement has been dropped. */
bool cache_put(struct cache *cache, const char *sql, void *statement);
size_t cache_count(const struct cache *cache);

#endif
