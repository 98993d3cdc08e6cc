/* A connection to PostgreSQL. Statements are prepared once and found by their text; parameters go as text whose type
 * the server infers (bytes go binary); answers come as text and become cells by their column's type. */
#include "store/pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/trace.h"

enum { STATEMENTS = 256, ARGS_MOST = 1000 };
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_NUMERIC = 1700 };

struct statement {
    char name[16];
};

static void
quiet(void *pg, const char *message)
{
    (void)pg;
    (void)message;
}

static void
drop_statement(void *owner, void *thing)
{
    struct pg *pg = owner;
    struct statement *statement = thing;
    /* In a failed transaction this does nothing and the server keeps a few bytes until the connection ends. */
    if (pg->conn != NULL && PQstatus(pg->conn) == CONNECTION_OK && PQtransactionStatus(pg->conn) != PQTRANS_ACTIVE) {
        char sql[40];
        snprintf(sql, sizeof sql, "deallocate %s", statement->name);
        PQclear(PQexec(pg->conn, sql));
    }
    free(statement);
}

bool
pg_lost(const struct pg *pg)
{
    return pg->conn == NULL || PQstatus(pg->conn) != CONNECTION_OK;
}

enum status
pg_status(const char *state)
{
    if (strcmp(state, "23505") == 0 || strcmp(state, "23503") == 0 || strcmp(state, "23P01") == 0 ||
        strcmp(state, "23001") == 0)
        return CONFLICT;
    if (strcmp(state, "53100") == 0 || strcmp(state, "25006") == 0)
        return FULL;
    if (strcmp(state, "53200") == 0)
        return NO_MEMORY;
    if (strcmp(state, "54000") == 0)
        return TOO_LARGE;
    /* lost serialisation, lock not available, too many connections, shutting down, connection failure */
    if (state[0] == '\0' || strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0 ||
        strncmp(state, "53", 2) == 0 || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)
        return strcmp(state, "08P01") == 0 ? BROKEN : BUSY; /* a wrong number of parameters is our own fault */
    return BROKEN;
}

bool
pg_again(const struct pg *pg)
{
    static const char *const states[] = { "40001", "40P01", "0A000", "26000" };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(pg->state, states[i]) == 0)
            return true;
    return strcmp(pg->state, "23505") == 0; /* taken by another transaction meanwhile: the next run sees it */
}

/* Citus appends the number of the shard: claim_pkey_102008. */
static void
cut_shard(char *name)
{
    char *end = name + strlen(name);
    char *at = end;
    while (at > name && at[-1] >= '0' && at[-1] <= '9')
        at--;
    if (at != end && at > name + 1 && at[-1] == '_')
        at[-1] = '\0';
}

/* A span that ends before it begins violates its span like one that overlaps. */
static void
fold_order(struct pg *pg)
{
    char *order = strstr(pg->constraint, "_span_order");
    if (order == NULL || strcmp(pg->state, "23514") != 0)
        return;
    order[strlen("_span")] = '\0';
    memcpy(pg->state, "23P01", sizeof "23P01");
}

static void
copy_text(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from != NULL ? from : "");
}

static enum status
note(struct pg *pg, const PGresult *result)
{
    copy_text(pg->state, sizeof pg->state, PQresultErrorField(result, PG_DIAG_SQLSTATE));
    copy_text(pg->constraint, sizeof pg->constraint, PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    cut_shard(pg->constraint);
    fold_order(pg);
    if (pg->state[0] == '\0' && !pg_lost(pg))
        copy_text(pg->state, sizeof pg->state, "XX000");
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    /* Data errors (class 22, 23) quote the value; that must not reach a log. */
    if (strncmp(pg->state, "22", 2) == 0 || strncmp(pg->state, "23", 2) == 0)
        snprintf(pg->message, sizeof pg->message, "SQLSTATE %s %s", pg->state, pg->constraint);
    else
        copy_text(pg->message, sizeof pg->message, primary != NULL ? primary : PQerrorMessage(pg->conn));
    return pg_status(pg->state);
}

enum status
pg_exec(struct pg *pg, const char *sql, char *first, size_t room)
{
    PGresult *result = PQexec(pg->conn, sql);
    ExecStatusType what = PQresultStatus(result);
    enum status status = OK;
    if (what != PGRES_COMMAND_OK && what != PGRES_TUPLES_OK && what != PGRES_EMPTY_QUERY)
        status = note(pg, result);
    else if (first != NULL)
        copy_text(first, room, PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return status;
}

static enum status
greet(struct pg *pg)
{
    PQsetNoticeProcessor(pg->conn, quiet, NULL);
    if (PQsetClientEncoding(pg->conn, "UTF8") != 0)
        return BROKEN;
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set bytea_output = 'hex'; set search_path = \"%s\", public;"
        " set application_name = 'tuoyu %ld'; set lock_timeout = '10s'; set synchronous_commit = %s;"
        " set default_transaction_read_only = %s; set plan_cache_mode = 'auto'",
        pg->schema, (long)getpid(), pg->durable ? "on" : "off", pg->writes ? "off" : "on");
    return pg_exec(pg, sql, NULL, 0);
}

static enum status
make_schema(struct pg *pg, struct buf *why)
{
    char sql[160], encoding[32] = "";
    snprintf(sql, sizeof sql, "select 1 from pg_namespace where nspname = '%s'", pg->schema);
    enum status status = pg_exec(pg, "show server_encoding", encoding, sizeof encoding);
    if (status == OK && strcmp(encoding, "UTF8") != 0) {
        buf_format(why, "PostgreSQL 数据库的编码必须是 UTF8，现为 %s", encoding);
        return BROKEN;
    }
    char there[4] = "";
    if (status == OK)
        status = pg_exec(pg, sql, there, sizeof there);
    if (status == OK && there[0] == '\0' && pg->writes) {
        snprintf(sql, sizeof sql, "create schema if not exists \"%s\"", pg->schema);
        status = pg_exec(pg, sql, NULL, 0);
        if (status == CONFLICT) /* another process made it at the same moment */
            status = OK;
    }
    if (status != OK)
        buf_format(why, "无法准备 PostgreSQL 模式 %s：%s", pg->schema, pg->message);
    return status == OK ? OK : BROKEN;
}

static bool
schema_name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= 63 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

enum status
pg_open(struct pg *pg, const char *conninfo, const char *schema, bool writes, bool durable, struct buf *why)
{
    *pg = (struct pg){ .conninfo = conninfo, .schema = schema, .writes = writes, .durable = durable };
    if (!schema_name_good(schema)) {
        buf_format(why, "PostgreSQL 模式名只能含小写字母、数字和下划线");
        return BROKEN;
    }
    pg->conn = PQconnectdb(conninfo);
    pg->cache = cache_new(STATEMENTS, drop_statement, pg);
    if (pg->cache == NULL || pg_lost(pg)) {
        buf_format(why, "无法连接 PostgreSQL：%s", pg->conn != NULL ? PQerrorMessage(pg->conn) : "内存不足");
        pg_close(pg);
        return BROKEN;
    }
    enum status status = greet(pg);
    if (status != OK)
        buf_format(why, "无法连接 PostgreSQL：%s", pg->message);
    else
        status = make_schema(pg, why);
    if (status != OK)
        pg_close(pg);
    return status == OK ? OK : BROKEN;
}

void
pg_close(struct pg *pg)
{
    PGconn *conn = pg->conn;
    pg->conn = NULL; /* the statements end with the connection */
    cache_free(pg->cache);
    PQfinish(conn);
    *pg = (struct pg){ 0 };
}

enum status
pg_ready(struct pg *pg)
{
    if (!pg_lost(pg))
        return OK;
    cache_clear(pg->cache);
    pg->in_transaction = false;
    PQreset(pg->conn);
    if (pg_lost(pg) || greet(pg) != OK) {
        pg->state[0] = '\0';
        store_complain("PostgreSQL is not reachable", "connect");
        return BUSY;
    }
    return OK;
}

/* ?1 → $1 outside quotes and comments. */
static char *
dollars(const char *sql)
{
    char *out = strdup(sql), quote = '\0';
    if (out == NULL)
        return NULL;
    for (char *at = out; *at != '\0'; at++) {
        if (quote == '\n') {
            quote = *at == '\n' ? '\0' : quote;
        } else if (quote != '\0') {
            quote = *at == quote ? '\0' : quote;
        } else if (*at == '\'' || *at == '"') {
            quote = *at;
        } else if (at[0] == '-' && at[1] == '-') {
            quote = '\n';
        } else if (at[0] == '?' && at[1] >= '1' && at[1] <= '9') {
            *at = '$';
        }
    }
    return out;
}

static struct statement *
prepare(struct pg *pg, const char *sql)
{
    struct statement *statement = cache_find(pg->cache, sql);
    if (statement != NULL)
        return statement;
    char *text = dollars(sql);
    statement = calloc(1, sizeof *statement);
    if (text == NULL || statement == NULL) {
        free(text);
        free(statement);
        snprintf(pg->state, sizeof pg->state, "53200");
        return NULL;
    }
    store_trace(ENGINE_POSTGRES, sql); /* also what the server will refuse */
    snprintf(statement->name, sizeof statement->name, "s%u", pg->next_name++);
    PGresult *result = PQprepare(pg->conn, statement->name, text, 0, NULL);
    free(text);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good) {
        note(pg, result);
        free(statement);
        statement = NULL;
    }
    PQclear(result);
    return statement != NULL && cache_put(pg->cache, sql, statement) ? statement : NULL;
}

struct sent {
    const char *values[ARGS_MOST];
    int lengths[ARGS_MOST], formats[ARGS_MOST];
    char digits[][24];
};

static struct sent *
pack(const struct value *args, size_t n)
{
    struct sent *sent = n <= ARGS_MOST ? malloc(sizeof *sent + n * sizeof sent->digits[0]) : NULL;
    if (sent == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        sent->formats[i] = args[i].type == VALUE_BYTES;
        sent->lengths[i] = (int)args[i].n;
        sent->values[i] = args[i].type == VALUE_NULL ? NULL : args[i].text;
        if (args[i].type == VALUE_BYTES && args[i].n == 0)
            sent->values[i] = "";
        if (args[i].type == VALUE_INT) {
            snprintf(sent->digits[i], sizeof sent->digits[i], "%lld", (long long)args[i].i);
            sent->values[i] = sent->digits[i];
        }
    }
    return sent;
}

/* Prepares and sends; the results are still to be read. */
static enum status
send_query(struct pg *pg, const char *sql, const struct value *args, size_t n)
{
    pg->state[0] = pg->constraint[0] = pg->message[0] = '\0';
    struct statement *statement = prepare(pg, sql);
    if (statement == NULL)
        return pg_status(pg->state);
    struct sent *sent = pack(args, n);
    if (sent == NULL)
        return NO_MEMORY;
    int sending = PQsendQueryPrepared(pg->conn, statement->name, (int)n, sent->values, sent->lengths, sent->formats, 0);
    free(sent);
    if (sending == 1)
        return OK;
    copy_text(pg->message, sizeof pg->message, PQerrorMessage(pg->conn));
    return BUSY;
}

static void
drain(struct pg *pg)
{
    PGresult *result;
    while ((result = PQgetResult(pg->conn)) != NULL)
        PQclear(result);
}

/* Inside a transaction the rest is read to its end, since a cancelled statement would take the transaction with it. */
static void
stop_rows(struct pg *pg)
{
    if (pg->in_transaction) {
        drain(pg);
        return;
    }
    char why[256];
    PGcancel *cancel = PQgetCancel(pg->conn);
    if (cancel != NULL)
        PQcancel(cancel, why, sizeof why);
    PQfreeCancel(cancel);
    drain(pg);
    /* A cancel that arrives late hits this one instead of the next question. */
    PQclear(PQexec(pg->conn, "select 1"));
}

static int
hex(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The text of a bytea is \x and digits; decoded in place, for the result is ours until it is cleared. */
static struct value
bytes_cell(char *text, int n)
{
    size_t bytes = n >= 2 ? (size_t)(n - 2) / 2 : 0;
    for (size_t i = 0; i < bytes; i++)
        text[i] = (char)(hex(text[2 + 2 * i]) * 16 + hex(text[3 + 2 * i]));
    return value_bytes(text, bytes);
}

static bool
whole_number(const char *text, int n)
{
    return n < 19 && strspn(text, "-0123456789") == (size_t)n;
}

static struct value
cell(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return value_null();
    char *text = PQgetvalue(result, row, column);
    int n = PQgetlength(result, row, column);
    switch (PQftype(result, column)) {
    case OID_BOOL:
        return value_int(text[0] == 't');
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
        return value_int(strtoll(text, NULL, 10));
    case OID_NUMERIC: /* sums of bigint are numeric */
        if (whole_number(text, n))
            return value_int(strtoll(text, NULL, 10));
        break;
    case OID_BYTEA:
        return bytes_cell(text, n);
    }
    return (struct value){ VALUE_TEXT, .n = (size_t)n, .text = text };
}

static bool
give_row(const PGresult *result, each_row_fn *each, void *state)
{
    struct value few[64], *cells = few;
    int columns = PQnfields(result);
    if (columns > 64 && (cells = calloc((size_t)columns, sizeof *cells)) == NULL)
        return false;
    for (int i = 0; i < columns; i++)
        cells[i] = cell(result, 0, i);
    bool more = each(state, cells, (size_t)columns);
    if (cells != few)
        free(cells);
    return more;
}

static enum status
each_once(struct pg *pg, const char *sql, const struct value *args, size_t n, each_row_fn *each, void *state,
          bool *began)
{
    enum status status = send_query(pg, sql, args, n);
    if (status != OK)
        return status;
    PQsetSingleRowMode(pg->conn);
    PGresult *result;
    while ((result = PQgetResult(pg->conn)) != NULL) {
        ExecStatusType what = PQresultStatus(result);
        bool more = true;
        if (what == PGRES_SINGLE_TUPLE) {
            *began = true;
            more = give_row(result, each, state);
        } else if (what != PGRES_TUPLES_OK && what != PGRES_COMMAND_OK) {
            status = note(pg, result);
        }
        PQclear(result);
        if (!more) {
            stop_rows(pg);
            break;
        }
    }
    return status;
}

/* Outside a transaction, a question that failed before its first row because the connection or the plan had gone stale
 * is asked once more. */
static bool
stale(struct pg *pg, enum status status)
{
    if (status == OK || pg->in_transaction)
        return false;
    if (pg_lost(pg))
        return pg_ready(pg) == OK;
    if (strcmp(pg->state, "0A000") != 0 && strcmp(pg->state, "26000") != 0)
        return false;
    cache_clear(pg->cache);
    return true;
}

enum status
pg_each(struct pg *pg, const char *sql, const struct value *args, size_t n, each_row_fn *each, void *state)
{
    bool began = false;
    if (!pg->in_transaction && pg_ready(pg) != OK)
        return BUSY;
    enum status status = each_once(pg, sql, args, n, each, state, &began);
    if (!began && stale(pg, status))
        status = each_once(pg, sql, args, n, each, state, &began);
    return status;
}

enum status
pg_run(struct pg *pg, const char *sql, const struct value *args, size_t n, int64_t *changed)
{
    if (changed != NULL)
        *changed = 0;
    enum status status = send_query(pg, sql, args, n);
    if (status != OK)
        return status;
    PGresult *result = PQgetResult(pg->conn);
    ExecStatusType what = PQresultStatus(result);
    if (what != PGRES_COMMAND_OK && what != PGRES_TUPLES_OK)
        status = note(pg, result);
    else if (changed != NULL)
        *changed = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    drain(pg);
    return status;
}
