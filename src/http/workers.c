/* A bounded queue and a few threads for what must not hold up the polling threads. */
#include <pthread.h>
#include <stdlib.h>

#include "http/app.h"

struct task {
    void (*work)(void *);
    void *arg;
};

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct task *tasks;
    size_t first, n, most;
    pthread_t threads[16];
    int threads_n;
    bool stopping;
};

static void *
worker(void *arg)
{
    struct workers *workers = arg;
    pthread_mutex_lock(&workers->lock);
    for (;;) {
        while (workers->n == 0 && !workers->stopping)
            pthread_cond_wait(&workers->more, &workers->lock);
        if (workers->n == 0)
            break;
        const struct task task = workers->tasks[workers->first];
        workers->first = (workers->first + 1) % workers->most;
        workers->n--;
        pthread_mutex_unlock(&workers->lock);
        task.work(task.arg);
        pthread_mutex_lock(&workers->lock);
    }
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

struct workers *
workers_new(int threads, size_t queue_most)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (workers == NULL || (workers->tasks = calloc(queue_most, sizeof *workers->tasks)) == NULL) {
        free(workers);
        return NULL;
    }
    workers->most = queue_most;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->more, NULL);
    for (int i = 0; i < threads && i < 16; i++)
        if (pthread_create(&workers->threads[i], NULL, worker, workers) == 0)
            workers->threads_n++;
    return workers;
}

void
workers_stop(struct workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->more);
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < workers->threads_n; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_cond_destroy(&workers->more);
    pthread_mutex_destroy(&workers->lock);
    free(workers->tasks);
    free(workers);
}

bool
workers_do(struct workers *workers, void (*work)(void *), void *arg)
{
    pthread_mutex_lock(&workers->lock);
    const bool room = workers->n < workers->most && !workers->stopping;
    if (room) {
        workers->tasks[(workers->first + workers->n) % workers->most] = (struct task){ work, arg };
        workers->n++;
        pthread_cond_signal(&workers->more);
    }
    pthread_mutex_unlock(&workers->lock);
    return room;
}
