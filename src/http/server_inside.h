/* What the server's own files share. */
#ifndef HTTP_SERVER_INSIDE_H
#define HTTP_SERVER_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/server.h"

enum { BUCKETS = 8, HEADERS_MOST = 24, STREAMS_MOST = 2000, STREAM_BYTES_MOST = 8192 };

/* One connection, for the watchdog. */
struct link {
    struct link *next, *before;
    struct MHD_Connection *connection;
    int fd;
    int64_t since_ms; /* of the present phase */
    int phase;        /* 0 headers, 1 body, 2 answering */
    size_t body_n;    /* bytes so far */
    bool used;        /* has carried a request already */
};

struct http_stream {
    struct http_stream *next;
    struct http_server *server;
    struct MHD_Connection *connection;
    char bytes[STREAM_BYTES_MOST];
    size_t n;
    bool suspended, closed;
};

struct http_server {
    struct http_config config;
    http_handler *handler;
    void *app;
    struct MHD_Daemon *daemon;
    pthread_mutex_t links_lock, streams_lock;
    struct link *links;
    struct http_stream *streams;
    size_t streams_n;
    pthread_t watchdog;
    atomic_bool stopping;
    atomic_int in_flight, connections;
    _Atomic uint64_t by_class[6], bytes_out, buckets[BUCKETS], microseconds, refused;
};

struct exchange {
    struct http_request request;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct link *link;
    struct buf body;
    size_t body_limit;
    const char *header_names[HEADERS_MOST], *header_values[HEADERS_MOST];
    int headers_n;
    struct MHD_Response *response;
    pthread_mutex_t lock;
    int code;
    size_t answer_n;
    int64_t began_us;
    bool handed, later, answered, suspended, counted, queued;
};

/* 0: fine; else the status code to refuse with. *raw is the request target as sent. */
int guard_request(struct MHD_Connection *connection, const char *method, const char *raw);
/* Percent-decodes a path into the arena; NULL when it is not plain. */
char *guard_path(struct arena *arena, const char *raw, size_t n);

void link_phase(struct exchange *exchange, int phase);
void link_progress(struct exchange *exchange, size_t n);
void server_connection(void *app, struct MHD_Connection *connection, void **context,
                       enum MHD_ConnectionNotificationCode code);
void *server_watchdog(void *app);
void streams_close(struct http_server *server);
void streams_heartbeat(struct http_server *server);
int64_t monotonic_us(void);

#endif
