/* libmicrohttpd behind http/server.h: polling threads, suspend and resume, quiesce. */
#include "http/server_inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "http/body.h"

enum { ARENA_MOST = 256u << 20, HEADER_BYTES = 16 * 1024, COMPRESS_FROM = 1024 };

/* ---- the answer ---- */

void
http_add(struct http_request *request, const char *name, const char *value)
{
    struct exchange *exchange = request->own;
    if (exchange->headers_n == HEADERS_MOST || value == NULL || value[strcspn(value, "\r\n")] != '\0')
        return;
    exchange->header_names[exchange->headers_n] = arena_text(request->arena, name);
    exchange->header_values[exchange->headers_n++] = arena_text(request->arena, value);
}

static bool
accepts_gzip(struct exchange *exchange)
{
    const char *accept = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Accept-Encoding");
    return accept != NULL && strstr(accept, "gzip") != NULL;
}

static bool
compressible(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strncmp(type, "application/json", 16) == 0 ||
           strncmp(type, "application/problem", 19) == 0 || strncmp(type, "application/javascript", 22) == 0;
}

/* gzip of the bytes in malloc'd memory; NULL when it does not pay. */
static void *
squeeze(const void *bytes, size_t n, size_t *out_n)
{
    z_stream stream = { 0 };
    if (deflateInit2(&stream, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    const uLong bound = deflateBound(&stream, (uLong)n);
    unsigned char *out = malloc(bound);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)n;
    stream.next_out = out;
    stream.avail_out = (unsigned)bound;
    const bool good = out != NULL && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *out_n = stream.total_out;
    deflateEnd(&stream);
    if (good)
        return out;
    free(out);
    return NULL;
}

static void
set_answer(struct exchange *exchange, int code, const char *type, const void *bytes, size_t n, bool persistent)
{
    size_t packed_n = 0;
    void *packed = NULL;
    if (!persistent && n >= COMPRESS_FROM && type != NULL && compressible(type) && n < (64u << 20) &&
        accepts_gzip(exchange))
        packed = squeeze(bytes, n, &packed_n);
    if (packed != NULL)
        exchange->response = MHD_create_response_from_buffer(packed_n, packed, MHD_RESPMEM_MUST_FREE);
    else
        exchange->response = MHD_create_response_from_buffer(
            n, (void *)(uintptr_t)bytes, persistent ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_COPY);
    if (packed != NULL)
        http_add(&exchange->request, "Content-Encoding", "gzip");
    if (type != NULL)
        http_add(&exchange->request, "Content-Type", type);
    exchange->answer_n = packed != NULL ? packed_n : n;
    exchange->code = code;
}

static void
finish_answer(struct exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
    exchange->answered = true;
    const bool resume = exchange->suspended;
    pthread_mutex_unlock(&exchange->lock);
    if (resume)
        MHD_resume_connection(exchange->connection);
}

void
http_answer(struct http_request *request, int code, const char *type, const void *bytes, size_t n)
{
    set_answer(request->own, code, type, bytes, n, false);
    finish_answer(request->own);
}

void
http_answer_static(struct http_request *request, int code, const char *type, const void *bytes, size_t n)
{
    set_answer(request->own, code, type, bytes, n, true);
    finish_answer(request->own);
}

void
http_later(struct http_request *request)
{
    ((struct exchange *)request->own)->later = true;
}

static const char *const safe_headers[][2] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
      "connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; "
      "manifest-src 'self'; worker-src 'self'; object-src 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "SAMEORIGIN" },
    { "Referrer-Policy", "same-origin" },
    { "Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

static enum MHD_Result
queue_answer(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    bool cached = false;
    if (exchange->response == NULL)
        return MHD_NO;
    for (int i = 0; i < exchange->headers_n; i++) {
        cached = cached || strcasecmp(exchange->header_names[i], "Cache-Control") == 0;
        MHD_add_response_header(exchange->response, exchange->header_names[i], exchange->header_values[i]);
    }
    for (size_t i = 0; i < sizeof safe_headers / sizeof safe_headers[0]; i++)
        MHD_add_response_header(exchange->response, safe_headers[i][0], safe_headers[i][1]);
    if (!cached)
        MHD_add_response_header(exchange->response, "Cache-Control", "no-store");
    if (server->config.behind_tls || server->config.certificate != NULL)
        MHD_add_response_header(exchange->response, "Strict-Transport-Security", "max-age=31536000");
    if (atomic_load(&server->stopping))
        MHD_add_response_header(exchange->response, "Connection", "close");
    const enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)exchange->code, exchange->response);
    MHD_destroy_response(exchange->response);
    exchange->response = NULL;
    exchange->queued = true;
    return result;
}

/* ---- the request ---- */

const char *
http_header(const struct http_request *request, const char *name)
{
    const struct exchange *exchange = request->own;
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

const char *
http_cookie(const struct http_request *request, const char *name)
{
    const char *cookies = http_header(request, "Cookie");
    const size_t n = strlen(name);
    for (const char *at = cookies; at != NULL && *at != '\0';) {
        at += strspn(at, "; ");
        const size_t part = strcspn(at, ";");
        if (part > n && strncmp(at, name, n) == 0 && at[n] == '=')
            return arena_copy(request->arena, at + n + 1, part - n - 1);
        at += part;
    }
    return NULL;
}

static const char *
remote_of(struct exchange *exchange)
{
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    if (address != NULL && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, sizeof text);
    else if (address != NULL && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text, sizeof text);
    const char *proxy = exchange->server->config.proxy;
    const char *forwarded = http_header(&exchange->request, "X-Forwarded-For");
    if (proxy != NULL && forwarded != NULL && strcmp(proxy, text) == 0) {
        const char *last = strrchr(forwarded, ',');
        last = last == NULL ? forwarded : last + 1;
        return arena_text(exchange->request.arena, last + strspn(last, " "));
    }
    return arena_text(exchange->request.arena, text);
}

static bool
fill_request(struct exchange *exchange, const char *method, const char *raw)
{
    struct http_request *request = &exchange->request;
    const size_t n = strcspn(raw, "?");
    request->method = arena_text(request->arena, method);
    request->path = guard_path(request->arena, raw, n);
    request->query_raw = arena_text(request->arena, raw[n] == '?' ? raw + n + 1 : "");
    request->content_type = arena_text(request->arena, http_header(request, "Content-Type"));
    request->remote = remote_of(exchange);
    request->now_ms = exchange->server->config.now();
    struct node *query = NULL;
    if (request->path == NULL || request->query_raw == NULL ||
        body_urlencoded(request->arena, request->query_raw, strlen(request->query_raw), &query) != OK)
        return false;
    request->query = query;
    return true;
}

static enum MHD_Result
refuse(struct exchange *exchange, int code)
{
    char text[200];
    const int n = snprintf(text, sizeof text,
                           "{\"type\":\"about:blank\",\"status\":%d,\"code\":\"refused\",\"title\":\"%s\"}", code,
                           code == 405   ? "不支持的请求方法"
                           : code == 413 ? "提交的内容过大"
                           : code == 503 ? "系统繁忙，请稍后再试"
                                         : "请求格式有误");
    exchange->headers_n = 0;
    set_answer(exchange, code, "application/problem+json", text, (size_t)n, false);
    http_add(&exchange->request, "Connection", "close");
    if (code == 405)
        http_add(&exchange->request, "Allow", "GET, HEAD, POST");
    exchange->handed = exchange->answered = true;
    atomic_fetch_add(&exchange->server->refused, 1);
    return queue_answer(exchange);
}

static enum MHD_Result
begin(struct exchange *exchange, const char *method)
{
    struct http_server *server = exchange->server;
    const char *raw = exchange->request.query_raw; /* set by the URI callback */
    const int code = guard_request(exchange->connection, method, raw);
    if (code != 0)
        return refuse(exchange, code);
    if (!fill_request(exchange, method, raw))
        return refuse(exchange, 400);
    const char *length = http_header(&exchange->request, "Content-Length");
    exchange->body_limit = server->config.body_limit == NULL
                               ? server->config.body_most
                               : server->config.body_limit(server->app, method, exchange->request.path);
    if (length != NULL && (strlen(length) > 12 || strtoull(length, NULL, 10) > exchange->body_limit))
        return refuse(exchange, 413);
    buf_init(&exchange->body, exchange->body_limit);
    link_phase(exchange, 1);
    return MHD_YES;
}

static enum MHD_Result
hand_over(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->handed = true;
    exchange->request.body = exchange->body.n == 0 ? "" : exchange->body.bytes;
    exchange->request.body_n = exchange->body.n;
    link_phase(exchange, 2);
    exchange->counted = true;
    atomic_fetch_add(&server->in_flight, 1);
    server->handler(&exchange->request, server->app);
    pthread_mutex_lock(&exchange->lock);
    const bool answered = exchange->answered;
    if (!answered && exchange->later) {
        exchange->suspended = true;
        MHD_suspend_connection(exchange->connection);
    }
    pthread_mutex_unlock(&exchange->lock);
    return answered ? queue_answer(exchange) : exchange->later ? MHD_YES : MHD_NO;
}

static enum MHD_Result
on_request(void *app, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
           const char *upload, size_t *upload_n, void **context)
{
    struct exchange *exchange = *context;
    (void)app;
    (void)url;
    (void)version;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->queued)
        return MHD_YES;
    if (exchange->connection == NULL) {
        exchange->connection = connection;
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        exchange->link = info == NULL ? NULL : info->socket_context;
        return begin(exchange, method);
    }
    if (*upload_n > 0) {
        buf_add(&exchange->body, upload, *upload_n);
        link_progress(exchange, *upload_n);
        *upload_n = 0;
        if (exchange->body.failed) { /* a chunked body without a length: no answer may be queued while it comes */
            atomic_fetch_add(&exchange->server->refused, 1);
            return MHD_NO;
        }
        return MHD_YES;
    }
    if (!exchange->handed)
        return hand_over(exchange);
    pthread_mutex_lock(&exchange->lock);
    exchange->suspended = false;
    const bool answered = exchange->answered;
    pthread_mutex_unlock(&exchange->lock);
    return answered ? queue_answer(exchange) : MHD_YES;
}

/* The raw request target, before the library touches it; the exchange begins here. */
static void *
on_target(void *app, const char *raw, struct MHD_Connection *connection)
{
    struct http_server *server = app;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    (void)connection;
    if (exchange == NULL || (exchange->request.arena = arena_new(ARENA_MOST)) == NULL) {
        free(exchange);
        return NULL;
    }
    exchange->server = server;
    exchange->request.own = exchange;
    exchange->request.query_raw = arena_text(exchange->request.arena, raw);
    exchange->began_us = monotonic_us();
    pthread_mutex_init(&exchange->lock, NULL);
    return exchange;
}

static const int bucket_us[BUCKETS] = { 1000, 5000, 10000, 50000, 100000, 500000, 1000000, 5000000 };

static void
on_completed(void *app, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode reason)
{
    struct http_server *server = app;
    struct exchange *exchange = *context;
    (void)connection;
    (void)reason;
    if (exchange == NULL)
        return;
    const int64_t took = monotonic_us() - exchange->began_us;
    atomic_fetch_add(&server->by_class[exchange->code / 100 % 6], 1);
    atomic_fetch_add(&server->bytes_out, exchange->answer_n);
    atomic_fetch_add(&server->microseconds, (uint64_t)took);
    for (int i = 0; i < BUCKETS; i++)
        if (took <= bucket_us[i])
            atomic_fetch_add(&server->buckets[i], 1);
    if (server->config.access != NULL && exchange->handed && exchange->request.path != NULL)
        server->config.access(server->app, &exchange->request, exchange->code, exchange->answer_n, took);
    if (exchange->counted)
        atomic_fetch_sub(&server->in_flight, 1);
    link_phase(exchange, 0);
    buf_free(&exchange->body);
    arena_free(exchange->request.arena);
    pthread_mutex_destroy(&exchange->lock);
    free(exchange);
    *context = NULL;
}

/* Paths are decoded by the guard, not by the library. */
static size_t
leave_escaped(void *app, struct MHD_Connection *connection, char *text)
{
    (void)app;
    (void)connection;
    return strlen(text);
}

static void
quiet(void *app, const char *format, va_list args)
{
    (void)app;
    (void)format;
    (void)args;
}

static void
set_defaults(struct http_config *config)
{
    config->threads = config->threads > 0 ? config->threads : 2;
    config->body_most = config->body_most > 0 ? config->body_most : 1u << 20;
    config->header_ms = config->header_ms > 0 ? config->header_ms : 8000;
    config->body_ms = config->body_ms > 0 ? config->body_ms : 10000;
    config->idle_s = config->idle_s > 0 ? config->idle_s : 30;
    config->connections_most = config->connections_most > 0 ? config->connections_most : 4000;
    config->per_address_most = config->per_address_most > 0 ? config->per_address_most : 1000;
}

/* Our own socket, so that a taken address is said plainly and port 0 works. */
static int
listen_on(const struct http_config *config, struct buf *why)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)config->port) };
    const int yes = 1;
    if (config->listen_fd > 0)
        return config->listen_fd;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, config->address, &address.sin_addr) != 1) {
        buf_format(why, "监听地址有误：%s", config->address);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0) {
        buf_format(why, "无法监听 %s:%d（%s）", config->address, config->port, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

enum status
http_serve(const struct http_config *config, http_handler *handler, void *app, struct http_server **out,
           struct buf *why)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NO_MEMORY;
    server->config = *config;
    set_defaults(&server->config);
    server->handler = handler;
    server->app = app;
    pthread_mutex_init(&server->links_lock, NULL);
    pthread_mutex_init(&server->streams_lock, NULL);
    const int fd = listen_on(&server->config, why);
    if (fd < 0) {
        free(server);
        return CONFLICT;
    }
    const struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)server->config.certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)server->config.private_key },
        { MHD_OPTION_END, 0, NULL },
    };
    const bool own_tls = server->config.certificate != NULL;
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG |
                           (own_tls ? MHD_USE_TLS : 0);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)(server->config.threads > 1 ? server->config.threads : 0),
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)server->config.connections_most, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)server->config.per_address_most, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->config.idle_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(HEADER_BYTES * 2), MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, server_connection, server, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_ARRAY, own_tls ? tls : tls + 2, MHD_OPTION_END);
    if (server->daemon == NULL || pthread_create(&server->watchdog, NULL, server_watchdog, server) != 0) {
        buf_text(why, "HTTP 服务启动失败");
        if (server->daemon != NULL)
            MHD_stop_daemon(server->daemon);
        free(server);
        return BROKEN;
    }
    *out = server;
    return OK;
}

int
http_port(const struct http_server *server)
{
    struct sockaddr_in address;
    socklen_t n = sizeof address;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    if (info == NULL || getsockname(info->listen_fd, (struct sockaddr *)&address, &n) != 0)
        return 0;
    return ntohs(address.sin_port);
}

void
http_stop(struct http_server *server)
{
    const struct timespec pause = { .tv_nsec = 10000000 };
    const int listener = (int)MHD_quiesce_daemon(server->daemon);
    streams_close(server);
    for (int i = 0; i < 2000 && atomic_load(&server->in_flight) > 0; i++) {
        nanosleep(&pause, NULL);
        if (i % 100 == 0)
            streams_close(server);
    }
    atomic_store(&server->stopping, true);
    streams_close(server);
    pthread_join(server->watchdog, NULL);
    MHD_stop_daemon(server->daemon);
    if (listener >= 0)
        close(listener);
    pthread_mutex_destroy(&server->links_lock);
    pthread_mutex_destroy(&server->streams_lock);
    free(server);
}

void
http_metrics(struct http_server *server, struct buf *out)
{
    buf_text(out, "# TYPE tuoyu_http_requests_total counter\n");
    for (int i = 2; i < 6; i++)
        buf_format(out, "tuoyu_http_requests_total{class=\"%dxx\"} %llu\n", i,
                   (unsigned long long)atomic_load(&server->by_class[i]));
    buf_text(out, "# TYPE tuoyu_http_refused_total counter\n");
    buf_format(out, "tuoyu_http_refused_total %llu\n", (unsigned long long)atomic_load(&server->refused));
    buf_text(out, "# TYPE tuoyu_http_in_flight gauge\n");
    buf_format(out, "tuoyu_http_in_flight %d\n", atomic_load(&server->in_flight));
    buf_text(out, "# TYPE tuoyu_http_connections gauge\n");
    buf_format(out, "tuoyu_http_connections %d\n", atomic_load(&server->connections));
    buf_text(out, "# TYPE tuoyu_http_sent_bytes_total counter\n");
    buf_format(out, "tuoyu_http_sent_bytes_total %llu\n", (unsigned long long)atomic_load(&server->bytes_out));
    buf_text(out, "# TYPE tuoyu_http_seconds histogram\n");
    uint64_t all = 0;
    for (int i = 2; i < 6; i++)
        all += atomic_load(&server->by_class[i]);
    for (int i = 0; i < BUCKETS; i++)
        buf_format(out, "tuoyu_http_seconds_bucket{le=\"%g\"} %llu\n", bucket_us[i] / 1e6,
                   (unsigned long long)atomic_load(&server->buckets[i]));
    buf_format(out, "tuoyu_http_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)all);
    buf_format(out, "tuoyu_http_seconds_sum %g\n", (double)atomic_load(&server->microseconds) / 1e6);
    buf_format(out, "tuoyu_http_seconds_count %llu\n", (unsigned long long)all);
}
