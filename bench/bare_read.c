/* What reads are measured against: a bare libmicrohttpd program that runs one statement and answers with its cells.
 * Usage: bare_read DATABASE SQL PORT */
#include <microhttpd.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bare {
    const char *path, *sql;
};

static _Thread_local sqlite3 *database;
static _Thread_local sqlite3_stmt *statement;

static enum MHD_Result
answer(void *arg, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
       const char *data, size_t *n, void **state)
{
    const struct bare *bare = arg;
    (void)url, (void)method, (void)version, (void)data, (void)n;
    if (*state == NULL) {
        *state = (void *)bare;
        return MHD_YES;
    }
    if (database == NULL && (sqlite3_open_v2(bare->path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
                             sqlite3_prepare_v2(database, bare->sql, -1, &statement, NULL) != SQLITE_OK))
        return MHD_NO;
    static _Thread_local char text[1 << 20];
    size_t length = 0;
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const size_t bytes = (size_t)sqlite3_column_bytes(statement, i);
            const void *cell = sqlite3_column_text(statement, i);
            if (cell != NULL && length + bytes < sizeof text) {
                memcpy(text + length, cell, bytes);
                length += bytes;
            }
        }
    sqlite3_reset(statement);
    struct MHD_Response *response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_COPY);
    const enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

int
main(int argc, char **argv)
{
    int signal_number;
    sigset_t signals;
    if (argc != 4)
        return 2;
    struct bare bare = { argv[1], argv[2] };
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)atoi(argv[3]), NULL, NULL,
                                                 answer, &bare, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
    if (daemon == NULL)
        return 1;
    puts("ready");
    fflush(stdout);
    sigwait(&signals, &signal_number);
    MHD_stop_daemon(daemon);
    return 0;
}
