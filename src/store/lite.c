/* A connection to SQLite. Readers are query_only and wait for locks; the one writer never has a rival. */
#include "store/lite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/inside.h"
#include "store/trace.h"

enum { STATEMENTS = 256, READER_PATIENCE_MS = 5000, WRITER_PATIENCE_MS = 2000, CHECK_UP_TO = 32 << 20 };

static void
drop_statement(void *owner, void *statement)
{
    (void)owner;
    sqlite3_finalize(statement);
}

static int
note(struct lite *lite, int code)
{
    lite->code = code;
    snprintf(lite->message, sizeof lite->message, "%s", lite->db != NULL ? sqlite3_errmsg(lite->db) : "no memory");
    return code;
}

enum status
lite_status(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_TRIGGER:
        return CONFLICT;
    }
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return BUSY;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
        return FULL;
    case SQLITE_NOMEM:
        return NO_MEMORY;
    case SQLITE_TOOBIG:
        return TOO_LARGE;
    default:
        return BROKEN;
    }
}

bool
lite_full(int code)
{
    return lite_status(code) == FULL;
}

int
lite_exec(struct lite *lite, const char *sql)
{
    int code = sqlite3_exec(lite->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        note(lite, sqlite3_extended_errcode(lite->db));
    return code == SQLITE_OK ? SQLITE_OK : lite->code;
}

/* The kept statement of this text, ready for new parameters; NULL: lite->code says why. */
static sqlite3_stmt *
prepare(struct lite *lite, const char *sql)
{
    sqlite3_stmt *statement = cache_find(lite->cache, sql);
    if (statement != NULL)
        return statement;
    const char *rest = "";
    int code = sqlite3_prepare_v3(lite->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK) {
        note(lite, sqlite3_extended_errcode(lite->db));
        return NULL;
    }
    if (statement == NULL || rest[strspn(rest, " \n\t;")] != '\0') {
        sqlite3_finalize(statement);
        lite->code = SQLITE_MISUSE;
        snprintf(lite->message, sizeof lite->message, "not exactly one statement");
        return NULL;
    }
    store_trace(ENGINE_SQLITE, sql);
    if (!cache_put(lite->cache, sql, statement)) {
        lite->code = SQLITE_NOMEM;
        return NULL;
    }
    return statement;
}

static int
bind(sqlite3_stmt *statement, const struct value *args, size_t n)
{
    if ((size_t)sqlite3_bind_parameter_count(statement) != n)
        return SQLITE_RANGE;
    for (size_t i = 0; i < n; i++) {
        int at = (int)i + 1, code = SQLITE_OK;
        switch (args[i].type) {
        case VALUE_NULL:
            code = sqlite3_bind_null(statement, at);
            break;
        case VALUE_INT:
            code = sqlite3_bind_int64(statement, at, args[i].i);
            break;
        case VALUE_TEXT:
            code = sqlite3_bind_text64(statement, at, args[i].text, args[i].n, SQLITE_STATIC, SQLITE_UTF8);
            break;
        case VALUE_BYTES:
            code = sqlite3_bind_blob64(statement, at, args[i].n == 0 ? "" : (const char *)args[i].bytes, args[i].n,
                                       SQLITE_STATIC);
            break;
        }
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

/* Leaves no parameter of the caller behind, and no read transaction open. */
static int
finish(struct lite *lite, sqlite3_stmt *statement, int code)
{
    if (code != SQLITE_DONE && code != SQLITE_ROW && code != SQLITE_OK) {
        /* the first two are ours too: the connection may know nothing of them and say that all is well */
        bool ours = code == SQLITE_RANGE || code == SQLITE_NOMEM;
        int extended = ours ? code : sqlite3_extended_errcode(lite->db);
        note(lite, extended);
        code = extended;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

static struct value
cell(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        return value_null();
    case SQLITE_INTEGER:
        return value_int(sqlite3_column_int64(statement, column));
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_column_blob(statement, column);
        return value_bytes(bytes == NULL ? "" : bytes, (size_t)sqlite3_column_bytes(statement, column));
    }
    default: {
        const char *text = (const char *)sqlite3_column_text(statement, column);
        return (struct value){ VALUE_TEXT, .n = (size_t)sqlite3_column_bytes(statement, column), .text = text };
    }
    }
}

static int
walk(struct lite *lite, sqlite3_stmt *statement, each_row_fn *each, void *state)
{
    struct value few[32], *cells = few;
    int code = sqlite3_step(statement);
    /* Asked after the first step, which may have prepared the statement anew for a changed schema. */
    int columns = sqlite3_column_count(statement);
    if (columns > 32 && (cells = sqlite3_malloc64((sqlite3_uint64)columns * sizeof *cells)) == NULL)
        return SQLITE_NOMEM;
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        for (int i = 0; i < columns; i++)
            cells[i] = cell(statement, i);
        if (sqlite3_errcode(lite->db) == SQLITE_NOMEM) {
            code = SQLITE_NOMEM;
            break;
        }
        if (!each(state, cells, (size_t)columns))
            break;
    }
    if (cells != few)
        sqlite3_free(cells);
    return code;
}

enum status
lite_each(struct lite *lite, const char *sql, const struct value *args, size_t n, each_row_fn *each, void *state)
{
    sqlite3_stmt *statement = prepare(lite, sql);
    if (statement == NULL)
        return lite_status(lite->code);
    if (!sqlite3_stmt_readonly(statement)) {
        snprintf(lite->message, sizeof lite->message, "a reader must not write");
        return BROKEN;
    }
    int code = bind(statement, args, n);
    if (code == SQLITE_OK)
        code = walk(lite, statement, each, state);
    return lite_status(finish(lite, statement, code));
}

enum status
lite_run(struct lite *lite, const char *sql, const struct value *args, size_t n, int64_t *changed)
{
    sqlite3_stmt *statement = prepare(lite, sql);
    if (statement == NULL)
        return lite_status(lite->code);
    int code = bind(statement, args, n);
    if (code == SQLITE_OK)
        while ((code = sqlite3_step(statement)) == SQLITE_ROW)
            continue;
    if (changed != NULL)
        *changed = code == SQLITE_DONE ? sqlite3_changes64(lite->db) : 0;
    return lite_status(finish(lite, statement, code));
}

int
lite_step(struct lite *lite, const char *sql)
{
    sqlite3_stmt *statement = prepare(lite, sql);
    if (statement == NULL)
        return lite->code;
    int code = finish(lite, statement, sqlite3_step(statement));
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static bool
first_int(void *state, const struct value *cells, size_t columns)
{
    *(int64_t *)state = columns > 0 ? cells[0].i : 0;
    return false;
}

static bool
first_ok(void *state, const struct value *cells, size_t columns)
{
    *(bool *)state = columns > 0 && cells[0].type == VALUE_TEXT && strcmp(cells[0].text, "ok") == 0;
    return false;
}

/* Ours, new, or foreign? Small files are also checked page by page; large ones by `doctor`. */
static enum status
look_at_file(struct lite *lite, const char *file, bool writes, struct buf *why)
{
    int64_t application = 0, tables = 0;
    enum status status = lite_each(lite, "pragma application_id", NO_ARGS, first_int, &application);
    if (status == OK)
        status = lite_each(lite, "select count(*) from sqlite_schema", NO_ARGS, first_int, &tables);
    if (status != OK) {
        buf_format(why, "数据库文件 %s 已损坏或不是数据库：%s", file, lite->message);
        return BROKEN;
    }
    if (application != LITE_APPLICATION && (application != 0 || tables > 0)) {
        buf_format(why, "%s 不是本系统的数据库", file);
        return BROKEN;
    }
    struct stat info;
    bool sound = true;
    if (writes && stat(file, &info) == 0 && info.st_size <= CHECK_UP_TO)
        status = lite_each(lite, "pragma quick_check(1)", NO_ARGS, first_ok, &sound);
    if (status != OK || !sound) {
        buf_format(why, "数据库文件 %s 已损坏，请从备份恢复", file);
        return BROKEN;
    }
    return OK;
}

static int
set_up(struct lite *lite, bool writes, bool durable)
{
    sqlite3_extended_result_codes(lite->db, 1);
    sqlite3_db_config(lite->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(lite->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(lite->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(lite->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_busy_timeout(lite->db, writes ? WRITER_PATIENCE_MS : READER_PATIENCE_MS);
    int code = lite_exec(lite, "pragma foreign_keys = on; pragma temp_store = memory; pragma cell_size_check = on;"
                               "pragma cache_size = -16000");
    if (code != SQLITE_OK)
        return code;
    if (!writes)
        return lite_exec(lite, "pragma query_only = on");
    /* The writer checkpoints by itself, after its answers have gone out. */
    code = lite_exec(lite, "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;"
                           "pragma journal_size_limit = 67108864; pragma application_id = 1953853305");
    if (code == SQLITE_OK)
        code = lite_exec(lite, durable ? "pragma synchronous = full" : "pragma synchronous = off");
    return code;
}

bool
lite_make_file(const char *file, bool fresh)
{
    int descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | (fresh ? O_EXCL : 0), 0600);
    if (descriptor >= 0)
        close(descriptor);
    return descriptor >= 0;
}

enum status
lite_open(struct lite *lite, const char *file, bool writes, bool durable, struct buf *why)
{
    *lite = (struct lite){ 0 };
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_CREATE : 0);
    if (writes)
        lite_make_file(file, false); /* what cannot be made, SQLite will complain about */
    int code = sqlite3_open_v2(file, &lite->db, flags, NULL);
    lite->cache = cache_new(STATEMENTS, drop_statement, NULL);
    if (code != SQLITE_OK || lite->cache == NULL) {
        note(lite, code);
        buf_format(why, "无法打开数据库文件 %s：%s", file, lite->message);
        lite_close(lite);
        return BROKEN;
    }
    enum status status = look_at_file(lite, file, writes, why);
    if (status == OK && set_up(lite, writes, durable) != SQLITE_OK) {
        buf_format(why, "无法准备数据库文件 %s：%s", file, lite->message);
        status = BROKEN;
    }
    if (status != OK)
        lite_close(lite);
    return status;
}

void
lite_close(struct lite *lite)
{
    cache_free(lite->cache);
    sqlite3_close_v2(lite->db);
    *lite = (struct lite){ 0 };
}
