#include "http/replay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Two sets of hashes: the one being filled and the one before it. Both together cover the window on either side. */
enum { SLOTS = 1 << 17, MOST = SLOTS / 4 * 3 };

struct set {
    int64_t since;
    size_t n;
    uint64_t hashes[SLOTS];
};
struct replay {
    pthread_mutex_t lock;
    int64_t started;
    struct set sets[2];
    int current;
};

struct replay *
replay_new(int64_t now_ms)
{
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL || pthread_mutex_init(&replay->lock, NULL) != 0) {
        free(replay);
        return NULL;
    }
    replay->started = now_ms;
    replay->sets[0].since = now_ms;
    return replay;
}

void
replay_free(struct replay *replay)
{
    if (replay == NULL)
        return;
    pthread_mutex_destroy(&replay->lock);
    free(replay);
}

bool
replay_timely(const struct replay *replay, int64_t signed_ms, int64_t now_ms)
{
    return signed_ms >= replay->started && signed_ms >= now_ms - REPLAY_WINDOW_MS &&
           signed_ms <= now_ms + REPLAY_WINDOW_MS;
}

/* A signature is 64 random-looking bytes: FNV-1a of them is even enough. */
static uint64_t
hash_of(const void *bytes, size_t n)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ ((const uint8_t *)bytes)[i]) * UINT64_C(1099511628211);
    return hash == 0 ? 1 : hash;
}

static uint64_t *
slot_of(struct set *set, uint64_t hash)
{
    size_t at = (size_t)hash & (SLOTS - 1);
    while (set->hashes[at] != 0 && set->hashes[at] != hash)
        at = (at + 1) & (SLOTS - 1);
    return &set->hashes[at];
}

/* A set older than both sides of the window together holds nothing that could still count. */
static void
turn(struct replay *replay, int64_t now_ms)
{
    if (now_ms - replay->sets[replay->current].since <= 2 * REPLAY_WINDOW_MS)
        return;
    replay->current = !replay->current;
    memset(&replay->sets[replay->current], 0, sizeof replay->sets[0]);
    replay->sets[replay->current].since = now_ms;
}

bool
replay_first(struct replay *replay, const void *bytes, size_t n, int64_t now_ms)
{
    const uint64_t hash = hash_of(bytes, n);
    pthread_mutex_lock(&replay->lock);
    turn(replay, now_ms);
    struct set *current = &replay->sets[replay->current];
    uint64_t *slot = slot_of(current, hash);
    const bool first = *slot == 0 && *slot_of(&replay->sets[!replay->current], hash) == 0 && current->n < MOST;
    if (first) {
        *slot = hash;
        current->n++;
    }
    pthread_mutex_unlock(&replay->lock);
    return first;
}
