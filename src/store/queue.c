/* Linked lanes under one lock. Waiting threads are woken one for each request. */
#include "store/queue.h"

#include <pthread.h>
#include <stdlib.h>

enum { LANES = LANE_BULK + 1 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t come;
    struct request *first[LANES], **end[LANES];
    size_t n, bulk;
    bool closed;
};

struct queue *
queue_new(void)
{
    struct queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->come, NULL);
    for (int lane = 0; lane < LANES; lane++)
        queue->end[lane] = &queue->first[lane];
    return queue;
}

void
queue_free(struct queue *queue)
{
    if (queue == NULL)
        return;
    pthread_cond_destroy(&queue->come);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool
queue_put(struct queue *queue, enum lane lane, struct request *request)
{
    request->next = NULL;
    request->bulk = lane == LANE_BULK;
    pthread_mutex_lock(&queue->lock);
    bool room = !queue->closed && queue->n < QUEUE_MOST && (!request->bulk || queue->bulk < QUEUE_BULK_MOST);
    if (room) {
        *queue->end[lane] = request;
        queue->end[lane] = &request->next;
        queue->n++;
        queue->bulk += request->bulk;
        pthread_cond_signal(&queue->come);
    }
    pthread_mutex_unlock(&queue->lock);
    return room;
}

static struct request *
take(struct queue *queue, int lane)
{
    struct request *request = queue->first[lane];
    queue->first[lane] = request->next;
    if (queue->first[lane] == NULL)
        queue->end[lane] = &queue->first[lane];
    request->next = NULL;
    queue->n--;
    queue->bulk -= request->bulk;
    return request;
}

struct request *
queue_wait(struct queue *queue)
{
    struct request *request = NULL;
    pthread_mutex_lock(&queue->lock);
    while (queue->n == 0 && !queue->closed)
        pthread_cond_wait(&queue->come, &queue->lock);
    for (int lane = 0; lane < LANES && request == NULL; lane++)
        if (queue->first[lane] != NULL)
            request = take(queue, lane);
    pthread_mutex_unlock(&queue->lock);
    return request;
}

struct request *
queue_more(struct queue *queue)
{
    struct request *request = NULL;
    pthread_mutex_lock(&queue->lock);
    for (int lane = 0; lane < LANE_BULK && request == NULL; lane++) {
        if (queue->first[lane] == NULL)
            continue;
        if (queue->first[lane]->plain)
            break;
        request = take(queue, lane);
    }
    pthread_mutex_unlock(&queue->lock);
    return request;
}

void
queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->come);
    pthread_mutex_unlock(&queue->lock);
}

size_t
queue_count(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t n = queue->n;
    pthread_mutex_unlock(&queue->lock);
    return n;
}
