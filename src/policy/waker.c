#include "policy/waker.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct waker {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t count;
};

struct waker *
waker_new(void)
{
    struct waker *waker = calloc(1, sizeof *waker);
    pthread_condattr_t attributes;
    if (waker == NULL || pthread_mutex_init(&waker->lock, NULL) != 0) {
        free(waker);
        return NULL;
    }
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&waker->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return waker;
}

void
waker_free(struct waker *waker)
{
    if (waker == NULL)
        return;
    pthread_cond_destroy(&waker->changed);
    pthread_mutex_destroy(&waker->lock);
    free(waker);
}

void
waker_wake(struct waker *waker)
{
    if (waker == NULL)
        return;
    pthread_mutex_lock(&waker->lock);
    waker->count++;
    pthread_cond_broadcast(&waker->changed);
    pthread_mutex_unlock(&waker->lock);
}

uint64_t
waker_wait(struct waker *waker, uint64_t seen, int timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&waker->lock);
    while (waker->count == seen && pthread_cond_timedwait(&waker->changed, &waker->lock, &until) == 0)
        ;
    const uint64_t count = waker->count;
    pthread_mutex_unlock(&waker->lock);
    return count;
}
