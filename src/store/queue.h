/* The waiting line before the writers: three lanes, one bound for all of them together. Urgent goes before normal;
 * bulk is served only when both are empty, so it has a bound of its own: what waits there never takes the room of
 * people. Safe for any number of threads. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "store/store.h"

enum { QUEUE_MOST = 4096, QUEUE_BULK_MOST = 1024 };

struct request {
    struct request *next;
    write_fn *write;
    written_fn *done;
    void *arg;
    enum status status;
    bool plain; /* work on the schema: runs in a transaction of its own, without the hooks of the application */
    bool bulk;
};

struct queue;
struct queue *queue_new(void);
void queue_free(struct queue *queue);
/* Takes the request over. False: full (for its lane) or closed, and the request stays the caller's. */
bool queue_put(struct queue *queue, enum lane lane, struct request *request);
/* The next request, waiting for one; NULL: closed and empty. */
struct request *queue_wait(struct queue *queue);
/* The next urgent or normal request that may join a group commit, or NULL at once. */
struct request *queue_more(struct queue *queue);
/* No more requests are let in; those inside will still be served. */
void queue_close(struct queue *queue);
size_t queue_count(struct queue *queue);

#endif
