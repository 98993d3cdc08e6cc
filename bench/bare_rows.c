/* What a batch of a tablet is measured against: the statements of a file, run once for each row with the row's number
 * as ?1, ROWS of them in a savepoint, BATCH savepoints in a commit, nothing else — no HTTP, no rules, no signatures.
 * Usage: bare_rows DATABASE FILE REQUESTS ROWS BATCH */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { STATEMENTS_MOST = 8, FILE_BYTES = 64 * 1024 };

static void
must(sqlite3 *db, int code)
{
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
        return;
    fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    exit(1);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql, const char **rest)
{
    sqlite3_stmt *statement = NULL;
    must(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, rest));
    return statement;
}

static void
step(sqlite3 *db, sqlite3_stmt *statement)
{
    must(db, sqlite3_step(statement));
    must(db, sqlite3_reset(statement));
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int
read_statements(sqlite3 *db, const char *path, sqlite3_stmt **out)
{
    static char text[FILE_BYTES];
    FILE *file = fopen(path, "r");
    int n = 0;
    if (file == NULL || fread(text, 1, sizeof text - 1, file) == 0)
        exit(1);
    fclose(file);
    for (const char *at = text; at[strspn(at, " \n;")] != '\0' && n < STATEMENTS_MOST; n++)
        out[n] = prepare(db, at, &at);
    return n;
}

int
main(int n, char **args)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *rows[STATEMENTS_MOST];
    if (n != 6)
        return 2;
    const long requests = strtol(args[3], NULL, 10), each = strtol(args[4], NULL, 10),
               batch = strtol(args[5], NULL, 10);
    must(NULL, sqlite3_open(args[1], &db));
    must(db, sqlite3_exec(db,
                          "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;"
                          "pragma cache_size = -16000; pragma wal_autocheckpoint = 2000;",
                          NULL, NULL, NULL));
    const int rows_n = read_statements(db, args[2], rows);
    sqlite3_stmt *begin = prepare(db, "begin immediate", NULL), *commit = prepare(db, "commit", NULL);
    sqlite3_stmt *savepoint = prepare(db, "savepoint r", NULL), *release = prepare(db, "release r", NULL);
    const double start = seconds();
    for (long i = 0; i < requests; i++) {
        if (i % batch == 0)
            step(db, begin);
        step(db, savepoint);
        for (long row = i * each; row < (i + 1) * each; row++)
            for (int s = 0; s < rows_n; s++) {
                must(db, sqlite3_bind_int64(rows[s], 1, row));
                step(db, rows[s]);
            }
        step(db, release);
        if (i % batch == batch - 1 || i == requests - 1)
            step(db, commit);
    }
    printf("bare: %.0f rows/s\n", (double)(requests * each) / (seconds() - start));
    for (int s = 0; s < rows_n; s++)
        sqlite3_finalize(rows[s]);
    sqlite3_finalize(begin), sqlite3_finalize(commit), sqlite3_finalize(savepoint), sqlite3_finalize(release);
    sqlite3_close(db);
    return 0;
}
