/* Tells whoever waits (job runners, event streams) that something was committed. It carries no data: look again. */
#ifndef POLICY_WAKER_H
#define POLICY_WAKER_H

#include <stdint.h>

struct waker;

struct waker *waker_new(void);
void waker_free(struct waker *waker);
void waker_wake(struct waker *waker); /* NULL is ignored */
/* Waits until the count differs from `seen` or the time is over; returns the count. */
uint64_t waker_wait(struct waker *waker, uint64_t seen, int timeout_ms);

#endif
