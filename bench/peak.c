/* Posts requests that were made and signed beforehand, over many connections at once, each sending its next one when
 * its answer is there. The file holds requests as a 32-bit length (little endian) and its bytes; request n belongs to
 * connection n mod CONNECTIONS. With a RATE, request n is due n / RATE seconds after the start and its time counts from
 * then, so that waiting for a busy server is part of it. Prints one line of JSON.
 * Usage: peak PORT FILE CONNECTIONS [RATE] — loopback only. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 4096, ANSWER_BYTES = 256 * 1024, PATIENCE_S = 120 };

struct request {
    const char *bytes;
    size_t n;
};
struct connection {
    int fd;
    size_t next, at, sent; /* next request to send; the one on its way and how much of it is out */
    bool busy, writing;
    double due;
    size_t answer_n;
    char *answer;
};
struct run {
    int epoll;
    struct request *requests;
    size_t requests_n, connections_n, done, good, rows, refused;
    struct connection *connections;
    double *took, rate, start;
};

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
fail(const char *what)
{
    fprintf(stderr, "peak: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void
read_requests(struct run *run, const char *path)
{
    struct stat about;
    const int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &about) != 0)
        fail(path);
    const size_t n = (size_t)about.st_size;
    const char *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (bytes == MAP_FAILED)
        fail(path);
    close(fd);
    for (size_t at = 0; at + 4 <= n; run->requests_n++) {
        uint32_t length;
        memcpy(&length, bytes + at, 4);
        if (run->requests_n % 1024 == 0)
            run->requests = realloc(run->requests, (run->requests_n + 1024) * sizeof *run->requests);
        if (run->requests == NULL || length > n - at - 4)
            fail("requests");
        run->requests[run->requests_n] = (struct request){ bytes + at + 4, length };
        at += 4 + length;
    }
}

static void
watch(struct run *run, struct connection *connection, bool writing, int how)
{
    struct epoll_event event = { .events = EPOLLIN | (writing ? EPOLLOUT : 0u), .data.ptr = connection };
    connection->writing = writing;
    if (epoll_ctl(run->epoll, how, connection->fd, &event) != 0)
        fail("epoll");
}

static void
open_connection(struct run *run, struct connection *connection, int port, size_t number)
{
    const int one = 1;
    struct sockaddr_in from = { .sin_family = AF_INET }; /* not all tablets behind one address */
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)number % 8);
    *connection = (struct connection){ .fd = socket(AF_INET, SOCK_STREAM, 0), .next = number };
    connection->answer = malloc(ANSWER_BYTES);
    if (connection->answer == NULL || connection->fd < 0 ||
        bind(connection->fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(connection->fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(run, connection, false, EPOLL_CTL_ADD);
}

static void
send_on(struct run *run, struct connection *connection)
{
    const struct request *request = &run->requests[connection->at];
    while (connection->sent < request->n) {
        const ssize_t n =
            send(connection->fd, request->bytes + connection->sent, request->n - connection->sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            fail("send");
        if (n < 0)
            break;
        connection->sent += (size_t)n;
    }
    if (connection->writing != (connection->sent < request->n))
        watch(run, connection, connection->sent < request->n, EPOLL_CTL_MOD);
}

static double
due(const struct run *run, size_t request)
{
    return run->rate > 0 ? run->start + (double)request / run->rate : 0;
}

static void
begin_next(struct run *run, struct connection *connection, double now)
{
    if (connection->busy || connection->next >= run->requests_n || due(run, connection->next) > now)
        return;
    connection->at = connection->next;
    connection->next += run->connections_n;
    connection->due = run->rate > 0 ? due(run, connection->at) : now;
    connection->sent = connection->answer_n = 0;
    connection->busy = true;
    send_on(run, connection);
}

static size_t
count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word))
        n++;
    return n;
}

/* Is the answer whole? Ours always says its length. */
static bool
is_whole(const struct connection *connection)
{
    const char *end = strstr(connection->answer, "\r\n\r\n");
    const char *length = end == NULL ? NULL : strcasestr(connection->answer, "\r\nContent-Length:");
    return length != NULL && length < end &&
           connection->answer_n >= (size_t)(end + 4 - connection->answer) + strtoul(length + 17, NULL, 10);
}

static void
receive(struct run *run, struct connection *connection)
{
    const ssize_t n =
        recv(connection->fd, connection->answer + connection->answer_n, ANSWER_BYTES - 1 - connection->answer_n, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0 || !connection->busy)
        fail("the server ended a connection");
    connection->answer_n += (size_t)n;
    connection->answer[connection->answer_n] = '\0';
    if (!is_whole(connection))
        return;
    const bool good = strncmp(connection->answer, "HTTP/1.1 200", 12) == 0;
    if ((!good || strstr(connection->answer, "\"result\":\"row\"") == NULL) && run->refused++ == 0)
        fprintf(stderr, "peak: %.1200s\n", connection->answer);
    run->took[run->done++] = seconds() - connection->due;
    run->good += good;
    run->rows += count_of(connection->answer, "\"result\":\"row\"");
    connection->busy = false;
    begin_next(run, connection, seconds());
}

static void
post_all(struct run *run)
{
    struct epoll_event events[256];
    size_t begun = 0;
    run->start = seconds();
    for (size_t i = 0; run->rate <= 0 && i < run->connections_n; i++)
        begin_next(run, &run->connections[i], run->start);
    while (run->done < run->requests_n && seconds() - run->start < PATIENCE_S) {
        const int n = epoll_wait(run->epoll, events, 256, 1);
        for (int i = 0; i < n; i++) {
            struct connection *connection = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) != 0)
                send_on(run, connection);
            if ((events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
                receive(run, connection);
        }
        const double now = seconds();
        while (run->rate > 0 && begun < run->requests_n && due(run, begun) <= now)
            begin_next(run, &run->connections[begun++ % run->connections_n], now);
    }
}

static int
by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int
main(int n, char **args)
{
    struct run run = { 0 };
    if (n < 4)
        return 2;
    run.connections_n = strtoul(args[3], NULL, 10);
    run.rate = n > 4 ? strtod(args[4], NULL) : 0;
    if (run.connections_n == 0 || run.connections_n > CONNECTIONS_MOST)
        return 2;
    read_requests(&run, args[2]);
    run.epoll = epoll_create1(0);
    run.took = calloc(run.requests_n + 1, sizeof *run.took);
    run.connections = calloc(run.connections_n, sizeof *run.connections);
    if (run.took == NULL || run.connections == NULL)
        return 1;
    for (size_t i = 0; i < run.connections_n; i++)
        open_connection(&run, &run.connections[i], atoi(args[1]), i);
    post_all(&run);
    const double time_taken = seconds() - run.start;
    qsort(run.took, run.done, sizeof *run.took, by_size);
    printf("{\"requests\":%zu,\"good\":%zu,\"rows\":%zu,\"seconds\":%.3f,\"p50\":%.2f,\"p99\":%.2f,\"longest\":%.2f}\n",
           run.done, run.good, run.rows, time_taken, run.took[run.done / 2] * 1e3, run.took[run.done * 99 / 100] * 1e3,
           run.done == 0 ? 0 : run.took[run.done - 1] * 1e3);
    return run.done == run.requests_n ? 0 : 1;
}
