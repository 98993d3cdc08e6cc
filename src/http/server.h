/* The HTTP server: guarded bytes in, requests out to one handler, answers back — from the polling thread itself or
 * later from any thread. Only server*.c know the HTTP library.
 *
 * Guard: exactly one Host, at most one Content-Length and never beside Transfer-Encoding, token header names, no
 * control bytes, a plain path; else 400 and the connection ends. Watchdog: headers within 8 s, the body within 10 s and
 * then by progress of 1 KB/s. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

struct http_server;
struct http_stream;

/* Lives until it is answered; everything in its arena. */
struct http_request {
    struct arena *arena;
    const char *method;       /* GET, HEAD, POST */
    const char *path;         /* decoded; begins with /, no "..", no control bytes */
    const char *query_raw;    /* "" when there is none */
    const struct node *query; /* decoded names and values, a repeated name is a list */
    const char *content_type; /* NULL: none */
    const char *body;
    size_t body_n;
    const char *remote; /* client address as text */
    int64_t now_ms;
    void *own; /* the server's */
};

struct http_config {
    const char *address; /* "127.0.0.1" */
    int port;            /* 0: any free one */
    int listen_fd;       /* >= 0: an inherited listening socket is used instead */
    int threads;         /* polling threads, default 2 */
    size_t body_most;    /* default 1 MB; see body_limit */
    size_t (*body_limit)(void *app, const char *method, const char *path); /* NULL: body_most everywhere */
    int header_ms, body_ms, idle_s;                                        /* 0: 8000, 10000, 30 */
    int connections_most, per_address_most;
    const char *proxy;                     /* address of the proxy whose X-Forwarded-For is believed, NULL: none */
    const char *certificate, *private_key; /* PEM texts: own TLS; NULL: none */
    bool behind_tls;                       /* TLS in front: Strict-Transport-Security */
    int64_t (*now)(void);                  /* milliseconds UTC */
    void (*access)(void *app, const struct http_request *request, int code, size_t bytes, int64_t microseconds);
};

typedef void http_handler(struct http_request *request, void *app);

/* Starts serving. CONFLICT: the address is taken; the reason is in `why`. */
enum status http_serve(const struct http_config *config, http_handler *handler, void *app, struct http_server **out,
                       struct buf *why);
int http_port(const struct http_server *server);
/* No new connections; running requests get their answers (at most 20 s); then everything ends. */
void http_stop(struct http_server *server);
/* Prometheus text. */
void http_metrics(struct http_server *server, struct buf *out);

const char *http_header(const struct http_request *request, const char *name);
const char *http_cookie(const struct http_request *request, const char *name); /* in the request's arena; NULL: none */

/* Adds a header to the answer; before http_answer. Values with control bytes are dropped. */
void http_add(struct http_request *request, const char *name, const char *value);
/* The handler will answer after it returned, from any thread. */
void http_later(struct http_request *request);
/* Answers, exactly once; the bytes are copied (http_answer) or must live as long as the program (http_answer_static).
 * The request and its arena are gone afterwards (http_later) or at the handler's return. */
void http_answer(struct http_request *request, int code, const char *type, const void *bytes, size_t n);
void http_answer_static(struct http_request *request, int code, const char *type, const void *bytes, size_t n);

/* Turns the request into a stream of server-sent events. NULL: too many streams. */
struct http_stream *http_events(struct http_request *request);
/* Sends one frame to every open stream; a reader who is too slow is dropped. */
void http_broadcast(struct http_server *server, const char *frame);

#endif
