/* The online copy and the health check of a SQLite database. Both work beside the running writer. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/inside.h"

enum { PAGES_A_STEP = 256, COMPLAINTS_MOST = 100, PATIENCE = 2000 };

/* Copies page by page over a reading connection of its own: one snapshot, so that writers do not make it start anew. */
static int
copy_pages(sqlite3 *from, sqlite3 *to, void (*progress)(void *, int), void *state)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return sqlite3_errcode(to);
    int code, waits = 0;
    do {
        code = sqlite3_backup_step(backup, PAGES_A_STEP);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
            if (++waits > PATIENCE)
                break;
            sqlite3_sleep(5);
            code = SQLITE_OK;
        }
        int pages = sqlite3_backup_pagecount(backup);
        if (progress != NULL && pages > 0)
            progress(state, (int)(1000LL * (pages - sqlite3_backup_remaining(backup)) / pages));
    } while (code == SQLITE_OK);
    int end = sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? end : code;
}

static enum status
flush_file(const char *file)
{
    int descriptor = open(file, O_RDWR | O_CLOEXEC);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good ? OK : FULL;
}

static int
copy_to(struct lite *from, const char *file, void (*progress)(void *, int), void *state, bool *sound)
{
    sqlite3 *to = NULL;
    int code = sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (code == SQLITE_OK)
        code = lite_exec(from, "begin");
    if (code == SQLITE_OK)
        code = lite_exec(from, "select 1 from sqlite_schema limit 1");
    if (code == SQLITE_OK)
        code = copy_pages(from->db, to, progress, state);
    sqlite3_stmt *check = NULL;
    if (code == SQLITE_OK)
        code = sqlite3_exec(to, "pragma journal_mode = delete", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(to, "pragma quick_check(1)", -1, &check, NULL);
    if (code == SQLITE_OK && sqlite3_step(check) == SQLITE_ROW)
        *sound = strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    sqlite3_close_v2(to);
    return code;
}

enum status
store_backup(struct store *store, const char *file, void (*progress)(void *, int), void *state, struct buf *why)
{
    if (store->engine != ENGINE_SQLITE) {
        buf_text(why, "只有本机数据库可以这样复制");
        return NOT_FOUND;
    }
    if (access(file, F_OK) == 0) {
        buf_format(why, "备份文件 %s 已存在，不会覆盖", file);
        return CONFLICT;
    }
    if (!lite_make_file(file, true)) {
        buf_format(why, "无法建立备份文件 %s：%s", file, strerror(errno));
        return BROKEN;
    }
    struct lite from;
    enum status status = lite_open(&from, store->file, false, true, why);
    if (status != OK) {
        unlink(file);
        return status;
    }
    bool sound = false;
    int code = copy_to(&from, file, progress, state, &sound);
    lite_close(&from);
    status = lite_status(code);
    if (status == OK)
        status = sound ? flush_file(file) : BROKEN;
    if (status != OK) {
        buf_format(why, "备份没有完成：%s", code != SQLITE_OK ? sqlite3_errstr(code) : "副本未通过检查");
        unlink(file);
    }
    return status;
}

struct complaints {
    struct buf *why;
    int n;
};

static bool
complain_page(void *state, const struct value *cells, size_t columns)
{
    struct complaints *complaints = state;
    if (columns == 1 && cells[0].type == VALUE_TEXT && strcmp(cells[0].text, "ok") != 0) {
        buf_format(complaints->why, "%s\n", cells[0].text);
        complaints->n++;
    }
    return complaints->n < COMPLAINTS_MOST;
}

static bool
complain_reference(void *state, const struct value *cells, size_t columns)
{
    struct complaints *complaints = state;
    if (columns >= 3)
        buf_format(complaints->why, "表 %s 第 %lld 行引用的 %s 不存在\n", cells[0].text,
                   cells[1].type == VALUE_INT ? (long long)cells[1].i : -1, cells[2].text);
    complaints->n++;
    return complaints->n < COMPLAINTS_MOST;
}

enum status
store_check(struct store *store, struct buf *why)
{
    if (store->engine != ENGINE_SQLITE)
        return OK;
    struct lite lite;
    enum status status = lite_open(&lite, store->file, false, true, why);
    if (status != OK)
        return status;
    struct complaints complaints = { .why = why };
    status = lite_each(&lite, "pragma integrity_check", NO_ARGS, complain_page, &complaints);
    if (status == OK)
        status = lite_each(&lite, "pragma foreign_key_check", NO_ARGS, complain_reference, &complaints);
    lite_close(&lite);
    if (status != OK)
        buf_text(why, "检查没有完成\n");
    return status == OK && complaints.n > 0 ? BROKEN : status;
}
