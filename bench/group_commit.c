/* The bare program that the store is measured against: one row and one journal entry per request, each request in its
 * own savepoint, 64 requests per commit, nothing else. Usage: group_commit FOLDER [REQUESTS] */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench/group_commit.h"

enum { BATCH = 64 };

static void
must(sqlite3 *db, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    must(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void
step(sqlite3 *db, sqlite3_stmt *statement)
{
    must(db, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static sqlite3 *
open_new(const char *folder)
{
    char path[4096];
    sqlite3 *db = NULL;
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/bare.db", folder);
    unlink(path);
    must(NULL, sqlite3_open(path, &db));
    must(db, sqlite3_exec(db,
                          "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;"
                          "pragma cache_size = -16000; pragma wal_autocheckpoint = 2000;" BENCH_TABLES,
                          NULL, NULL, NULL));
    return db;
}

int
main(int n, char **args)
{
    if (n < 2)
        return 2;
    long requests = n > 2 ? strtol(args[2], NULL, 10) : 200000;
    sqlite3 *db = open_new(args[1]);
    sqlite3_stmt *begin = prepare(db, "begin immediate"), *commit = prepare(db, "commit");
    sqlite3_stmt *savepoint = prepare(db, "savepoint r"), *release = prepare(db, "release r");
    sqlite3_stmt *row = prepare(db, BENCH_ROW), *entry = prepare(db, BENCH_ENTRY);
    double start = seconds();
    for (long i = 0; i < requests; i++) {
        if (i % BATCH == 0)
            step(db, begin);
        step(db, savepoint);
        sqlite3_bind_int64(row, 1, 11);
        sqlite3_bind_int64(row, 2, i);
        sqlite3_bind_text(row, 3, BENCH_TEXT, -1, SQLITE_STATIC);
        step(db, row);
        sqlite3_bind_int64(entry, 1, 11);
        sqlite3_bind_int64(entry, 2, i);
        sqlite3_bind_text(entry, 3, BENCH_TEXT, -1, SQLITE_STATIC);
        step(db, entry);
        step(db, release);
        if (i % BATCH == BATCH - 1 || i == requests - 1)
            step(db, commit);
    }
    printf("bare: %.0f requests/s\n", (double)requests / (seconds() - start));
    sqlite3_stmt *all[] = { begin, commit, savepoint, release, row, entry };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(db);
    return 0;
}
