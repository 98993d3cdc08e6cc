/* A chained hash table whose entries are also in a ring, most recently used first. */
#include "store/cache.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 512 };

struct entry {
    struct entry *next, *newer, *older;
    uint64_t hash;
    void *statement;
    char sql[];
};

struct cache {
    struct entry *buckets[BUCKETS], *newest, *oldest;
    size_t n, most;
    cache_drop_fn *drop;
    void *owner;
};

/* Eight bytes at a time: a record asks some thirty times, each time with half a page of SQL. */
static uint64_t
hash_of(const char *sql)
{
    uint64_t hash = 14695981039346656037u, word;
    size_t n = strlen(sql);
    for (; n >= sizeof word; n -= sizeof word, sql += sizeof word) {
        memcpy(&word, sql, sizeof word);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, sql, n);
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

struct cache *
cache_new(size_t most, cache_drop_fn *drop, void *owner)
{
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        return NULL;
    cache->most = most;
    cache->drop = drop;
    cache->owner = owner;
    return cache;
}

static void
unlink_age(struct cache *cache, struct entry *entry)
{
    *(entry->newer != NULL ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older != NULL ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void
make_newest(struct cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    if (cache->newest != NULL)
        cache->newest->newer = entry;
    else
        cache->oldest = entry;
    cache->newest = entry;
}

static void
remove_oldest(struct cache *cache)
{
    struct entry *entry = cache->oldest, **link = &cache->buckets[entry->hash % BUCKETS];
    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
    unlink_age(cache, entry);
    cache->n--;
    cache->drop(cache->owner, entry->statement);
    free(entry);
}

void
cache_clear(struct cache *cache)
{
    while (cache->oldest != NULL)
        remove_oldest(cache);
}

void
cache_free(struct cache *cache)
{
    if (cache == NULL)
        return;
    cache_clear(cache);
    free(cache);
}

void *
cache_find(struct cache *cache, const char *sql)
{
    uint64_t hash = hash_of(sql);
    for (struct entry *entry = cache->buckets[hash % BUCKETS]; entry != NULL; entry = entry->next) {
        if (entry->hash != hash || strcmp(entry->sql, sql) != 0)
            continue;
        if (entry != cache->newest) {
            unlink_age(cache, entry);
            make_newest(cache, entry);
        }
        return entry->statement;
    }
    return NULL;
}

bool
cache_put(struct cache *cache, const char *sql, void *statement)
{
    size_t n = strlen(sql) + 1;
    struct entry *entry = malloc(sizeof *entry + n);
    if (entry == NULL) {
        cache->drop(cache->owner, statement);
        return false;
    }
    if (cache->n >= cache->most)
        remove_oldest(cache);
    memcpy(entry->sql, sql, n);
    entry->hash = hash_of(sql);
    entry->statement = statement;
    entry->next = cache->buckets[entry->hash % BUCKETS];
    cache->buckets[entry->hash % BUCKETS] = entry;
    make_newest(cache, entry);
    cache->n++;
    return true;
}

size_t
cache_count(const struct cache *cache)
{
    return cache->n;
}
