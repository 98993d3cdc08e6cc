/* Connections and the watchdog that ends the slow ones; streams of server-sent events. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "http/server_inside.h"

int64_t
monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* A connection began or ended: kept in a list, so that the watchdog never touches a closed descriptor. */
void
server_connection(void *app, struct MHD_Connection *connection, void **context,
                  enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = app;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct link *link = calloc(1, sizeof *link);
        *context = link;
        if (link == NULL)
            return;
        link->connection = connection;
        link->fd = info == NULL ? -1 : info->connect_fd;
        link->since_ms = monotonic_us() / 1000;
        pthread_mutex_lock(&server->links_lock);
        link->next = server->links;
        if (link->next != NULL)
            link->next->before = link;
        server->links = link;
        pthread_mutex_unlock(&server->links_lock);
        atomic_fetch_add(&server->connections, 1);
        return;
    }
    struct link *link = *context;
    if (link == NULL)
        return;
    pthread_mutex_lock(&server->links_lock);
    if (link->before != NULL)
        link->before->next = link->next;
    else
        server->links = link->next;
    if (link->next != NULL)
        link->next->before = link->before;
    pthread_mutex_unlock(&server->links_lock);
    free(link);
    *context = NULL;
    atomic_fetch_sub(&server->connections, 1);
}

void
link_phase(struct exchange *exchange, int phase)
{
    struct link *link = exchange->link;
    if (link == NULL)
        return;
    pthread_mutex_lock(&exchange->server->links_lock);
    link->phase = phase;
    link->since_ms = monotonic_us() / 1000;
    link->body_n = 0;
    link->used = link->used || phase == 2;
    pthread_mutex_unlock(&exchange->server->links_lock);
}

void
link_progress(struct exchange *exchange, size_t n)
{
    if (exchange->link == NULL)
        return;
    pthread_mutex_lock(&exchange->server->links_lock);
    exchange->link->body_n += n;
    pthread_mutex_unlock(&exchange->server->links_lock);
}

static bool
too_slow(const struct http_server *server, const struct link *link, int64_t now_ms)
{
    const int64_t waited = now_ms - link->since_ms;
    const int64_t header_ms = server->config.header_ms;
    if (link->phase == 0) /* a kept connection may rest before its next headers begin */
        return waited > header_ms + (link->used ? (int64_t)server->config.idle_s * 1000 : 0);
    if (link->phase == 1) /* the time, and a second more for each KB that came */
        return waited > server->config.body_ms + (int64_t)link->body_n;
    return false;
}

void *
server_watchdog(void *app)
{
    struct http_server *server = app;
    const struct timespec pause = { .tv_nsec = 200000000 };
    int64_t beat = monotonic_us();
    while (!atomic_load(&server->stopping)) {
        nanosleep(&pause, NULL);
        const int64_t now_us = monotonic_us();
        pthread_mutex_lock(&server->links_lock);
        for (struct link *link = server->links; link != NULL; link = link->next)
            if (link->fd >= 0 && too_slow(server, link, now_us / 1000))
                shutdown(link->fd, SHUT_RDWR);
        pthread_mutex_unlock(&server->links_lock);
        if (now_us - beat > 25 * 1000000) {
            beat = now_us;
            streams_heartbeat(server);
        }
    }
    return NULL;
}

/* ---- streams ---- */

static ssize_t
stream_read(void *arg, uint64_t position, char *out, size_t most)
{
    struct http_stream *stream = arg;
    struct http_server *server = stream->server;
    (void)position;
    pthread_mutex_lock(&server->streams_lock);
    ssize_t n = 0;
    if (stream->n > 0) {
        n = (ssize_t)(stream->n < most ? stream->n : most);
        memcpy(out, stream->bytes, (size_t)n);
        memmove(stream->bytes, stream->bytes + n, stream->n - (size_t)n);
        stream->n -= (size_t)n;
    } else if (stream->closed) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&server->streams_lock);
    return n;
}

static void
stream_end(void *arg)
{
    struct http_stream *stream = arg, **at;
    struct http_server *server = stream->server;
    pthread_mutex_lock(&server->streams_lock);
    for (at = &server->streams; *at != NULL && *at != stream; at = &(*at)->next)
        ;
    if (*at != NULL) {
        *at = stream->next;
        server->streams_n--;
    }
    pthread_mutex_unlock(&server->streams_lock);
    free(stream);
}

struct http_stream *
http_events(struct http_request *request)
{
    struct exchange *exchange = request->own;
    struct http_server *server = exchange->server;
    struct http_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return NULL;
    stream->server = server;
    stream->connection = exchange->connection;
    pthread_mutex_lock(&server->streams_lock);
    const bool room = server->streams_n < STREAMS_MOST && !atomic_load(&server->stopping);
    if (room) {
        stream->next = server->streams;
        server->streams = stream;
        server->streams_n++;
    }
    pthread_mutex_unlock(&server->streams_lock);
    if (!room) {
        free(stream);
        return NULL;
    }
    exchange->response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, stream_read, stream, stream_end);
    if (exchange->response == NULL) {
        stream_end(stream);
        return NULL;
    }
    http_add(request, "Content-Type", "text/event-stream; charset=utf-8");
    exchange->code = 200;
    exchange->answered = true;
    memcpy(stream->bytes, ": ok\n\n", 6);
    stream->n = 6;
    return stream;
}

/* With the lock held. */
static void
wake(struct http_stream *stream)
{
    if (!stream->suspended)
        return;
    stream->suspended = false;
    MHD_resume_connection(stream->connection);
}

static void
send_all(struct http_server *server, const char *frame)
{
    const size_t n = strlen(frame);
    pthread_mutex_lock(&server->streams_lock);
    for (struct http_stream *stream = server->streams; stream != NULL; stream = stream->next) {
        if (stream->n + n > sizeof stream->bytes)
            stream->closed = true; /* too slow: dropped, the page connects again */
        else {
            memcpy(stream->bytes + stream->n, frame, n);
            stream->n += n;
        }
        wake(stream);
    }
    pthread_mutex_unlock(&server->streams_lock);
}

void
http_broadcast(struct http_server *server, const char *frame)
{
    send_all(server, frame);
}

void
streams_heartbeat(struct http_server *server)
{
    send_all(server, ": still here\n\n");
}

void
streams_close(struct http_server *server)
{
    pthread_mutex_lock(&server->streams_lock);
    for (struct http_stream *stream = server->streams; stream != NULL; stream = stream->next) {
        stream->closed = true;
        wake(stream);
    }
    pthread_mutex_unlock(&server->streams_lock);
}
