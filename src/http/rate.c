#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOTS = 4096, WHOLE = 60000 }; /* a use costs WHOLE: the milliseconds of a minute */

struct slot {
    int64_t at, left;
};
struct rate {
    pthread_mutex_t lock;
    struct slot slots[SLOTS];
};

struct rate *
rate_new(void)
{
    struct rate *rate = calloc(1, sizeof *rate);
    if (rate == NULL || pthread_mutex_init(&rate->lock, NULL) != 0) {
        free(rate);
        return NULL;
    }
    return rate;
}

void
rate_free(struct rate *rate)
{
    if (rate == NULL)
        return;
    pthread_mutex_destroy(&rate->lock);
    free(rate);
}

bool
rate_take(struct rate *rate, struct pace pace, const char *address, int64_t now_ms)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *at = address; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    struct slot *slot = &rate->slots[hash % SLOTS];
    pthread_mutex_lock(&rate->lock);
    const int64_t passed = slot->at == 0 || now_ms < slot->at ? 0 : now_ms - slot->at;
    slot->left = slot->at == 0 ? pace.most * WHOLE : slot->left + passed * pace.per_minute;
    if (slot->left > pace.most * WHOLE)
        slot->left = pace.most * WHOLE;
    slot->at = now_ms;
    const bool may = slot->left >= WHOLE;
    if (may)
        slot->left -= WHOLE;
    pthread_mutex_unlock(&rate->lock);
    return may;
}
