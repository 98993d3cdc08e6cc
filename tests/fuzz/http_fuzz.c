/* Bytes on a connection: the HTTP library, the guard before us, query strings and cookies. What reaches the handler
 * must be plain. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/server.h"

static int port;

static void
handle(struct http_request *request, void *app)
{
    (void)app;
    assert(request->path[0] == '/' && utf8_valid(request->path, strlen(request->path)));
    assert(strstr(request->path, "..") == NULL && strstr(request->path, "//") == NULL);
    assert(strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0 ||
           strcmp(request->method, "POST") == 0);
    const char *host = http_header(request, "Host"), *cookie = http_cookie(request, "tuoyu");
    assert(host != NULL && strpbrk(host, " \t\r\n/\\@") == NULL);
    assert(cookie == NULL || strchr(cookie, ';') == NULL);
    for (const struct node *node = request->query->first; node != NULL; node = node->next)
        assert(node->name != NULL && utf8_valid(node->name, strlen(node->name)));
    http_answer(request, 200, "text/plain", "ok", 2);
}

static int64_t
wall(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000;
}

static void
set_up(void)
{
    static struct http_server *server;
    struct buf why;
    buf_init(&why, 4096);
    const struct http_config config = { .address = "127.0.0.1",
                                        .listen_fd = -1,
                                        .threads = 1,
                                        .body_most = 64 * 1024,
                                        .connections_most = 400,
                                        .per_address_most = 400,
                                        .now = wall };
    assert(http_serve(&config, handle, NULL, &server, &why) == OK);
    port = http_port(server);
    buf_free(&why);
}

/* What was sent is answered or the connection closed; who sends half a request waits in vain and goes. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (port == 0)
        set_up();
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons((uint16_t)port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct timeval patience = { .tv_usec = 20000 };
    const struct linger at_once = { 1, 0 };
    char answer[4096];
    int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
    assert(socket_fd >= 0);
    setsockopt(socket_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (connect(socket_fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        if (n > 0 && send(socket_fd, bytes, n, MSG_NOSIGNAL) >= 0)
            shutdown(socket_fd, SHUT_WR);
        while (recv(socket_fd, answer, sizeof answer, 0) > 0)
            continue;
    }
    close(socket_fd);
    return 0;
}
