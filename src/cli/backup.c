/* backup: by command, or by the clock of a serving program (backup_timer.c). What was made stands in the journal, where
 * doctor reads its age. */
#define _GNU_SOURCE /* environ, strptime */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "cli/backup_file.h"
#include "cli/command.h"
#include "policy/journal.h"
#include "policy/write.h"
#include "store/schema.h"

enum { NAMES_MOST = 4096, STAMP = 17 };
static const char front[] = "tuoyu-", back[] = ".backup"; /* tuoyu-20260301T010203Z.backup */

/* ---- names ---- */

static void
stamp_of(int64_t ms, char out[STAMP])
{
    const time_t at = (time_t)(ms / 1000);
    struct tm parts;
    gmtime_r(&at, &parts);
    strftime(out, STAMP, "%Y%m%dT%H%M%SZ", &parts);
}

static bool
is_backup(const char *name)
{
    return strlen(name) == sizeof front - 1 + STAMP - 1 + sizeof back - 1 &&
           strncmp(name, front, sizeof front - 1) == 0 && strcmp(name + sizeof front - 1 + STAMP - 1, back) == 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the backups there, oldest first; each and the list are freed by the caller. */
static size_t
list_backups(const char *folder, char ***out)
{
    size_t n = 0;
    struct dirent *entry;
    DIR *dir = opendir(folder);
    *out = calloc(NAMES_MOST, sizeof **out);
    while (dir != NULL && *out != NULL && n < NAMES_MOST && (entry = readdir(dir)) != NULL)
        if (is_backup(entry->d_name) && ((*out)[n] = strdup(entry->d_name)) != NULL)
            n++;
    if (dir != NULL)
        closedir(dir);
    if (n > 0)
        qsort(*out, n, sizeof **out, by_name);
    return n;
}

static void
free_names(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

int
backup_thin(const char *folder, int keep)
{
    char **names, path[BACKUP_PATH];
    int removed = 0;
    const size_t n = list_backups(folder, &names);
    for (size_t i = 0; i + (size_t)keep < n; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        removed += unlink(path) == 0;
    }
    free_names(names, n);
    return removed;
}

int64_t
backup_newest(const char *folder)
{
    char **names;
    struct tm parts = { 0 };
    int64_t at = 0;
    const size_t n = list_backups(folder, &names);
    if (n > 0 && strptime(names[n - 1] + sizeof front - 1, "%Y%m%dT%H%M%SZ", &parts) != NULL)
        at = (int64_t)timegm(&parts) * 1000;
    free_names(names, n);
    return at;
}

/* ---- making one ---- */

static enum status
write_note(struct call *call, struct writer *writer, void *arg)
{
    (void)writer;
    return journal_act(call, 1, "backup", 0, "备份", arg);
}

static enum status
note(struct house *house, const struct backup_made *made)
{
    struct call call;
    const char *name = strrchr(made->path, '/');
    if (!call_open(&call, house, 1))
        return NO_MEMORY;
    char *body =
        arena_format(call.arena, "{\"file\":\"%s\",\"bytes\":%lld,\"keys\":\"%s\"}",
                     name == NULL ? made->path : name + 1, (long long)made->bytes, keys_fingerprint(house->keys));
    const enum status status = body == NULL ? NO_MEMORY : call_write(&call, LANE_NORMAL, write_note, body);
    call_close(&call);
    return status;
}

/* The copy is a SQLite file also where PostgreSQL serves: it restores on any machine, and into either engine. */
static enum status
copy_database(struct house *house, const char *folder, const char *file, struct progress *progress, struct buf *why)
{
    if (store_engine(house->store) == ENGINE_SQLITE)
        return store_backup(house->store, file, progress_show, progress, why);
    size_t n;
    struct store *copy;
    const struct table *const *tables = house_tables(house, &n);
    const struct store_config config = { .folder = folder, .readers = 1 };
    enum status status = tables == NULL ? NO_MEMORY : store_open(&config, &copy, why);
    if (status != OK)
        return status;
    status = schema_copy(house->store, copy, tables, n, progress_show, progress, why);
    store_close(copy);
    return status;
}

/* One at a time in a data folder: on PostgreSQL the command runs beside a server that has a clock of its own, and both
 * copy to the same place. The lock ends with its program, however that ends. */
static enum status
lock_data(const char *data, int *lock, struct buf *why)
{
    *lock = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) == 0)
        return OK;
    const int fault = errno;
    if (*lock >= 0)
        close(*lock);
    if (fault == EWOULDBLOCK) {
        buf_text(why, "另一个备份正在进行");
        return CONFLICT;
    }
    buf_format(why, "无法锁定数据目录 %s：%s", data, strerror(fault));
    return FULL;
}

/* The copy is made, packed and removed. */
static enum status
copy_and_write(struct house *house, const char *path, struct progress *progress, struct buf *why)
{
    char folder[BACKUP_PATH], copy[BACKUP_PATH + 16];
    if (snprintf(folder, sizeof folder, "%s/.copy", house->config.data) >= (int)sizeof folder)
        return INVALID;
    snprintf(copy, sizeof copy, "%s/tuoyu.db", folder);
    folder_remove(folder); /* of a program that was killed while it copied */
    enum status status = mkdir(folder, 0700) == 0 ? OK : FULL;
    if (status == OK)
        status = copy_database(house, folder, copy, progress, why);
    progress_end(progress);
    if (status == OK)
        status = backup_write(house->keys, house->config.data, copy, path, progress, why);
    progress_end(progress);
    folder_remove(folder);
    return status;
}

enum status
backup_make(struct house *house, const char *folder, struct progress *progress, struct backup_made *made,
            struct buf *why)
{
    char stamp[STAMP];
    struct stat info;
    int lock;
    stamp_of(clock_now(), stamp);
    if (snprintf(made->path, sizeof made->path, "%s/%s%s%s", folder, front, stamp, back) >= (int)sizeof made->path)
        return INVALID;
    enum status status = lock_data(house->config.data, &lock, why);
    if (status != OK)
        return status;
    if (access(made->path, F_OK) == 0) {
        buf_format(why, "备份文件已存在：%s", made->path);
        status = CONFLICT;
    } else {
        status = copy_and_write(house, made->path, progress, why);
    }
    close(lock);
    made->bytes = status == OK && stat(made->path, &info) == 0 ? (int64_t)info.st_size : 0;
    if (status == OK && (status = note(house, made)) != OK)
        buf_format(why, "备份已写出，但不能记入操作日志：%s", status_title(status));
    return status;
}

/* ---- the command that takes it elsewhere ---- */

static char **
environment_with(char *mine)
{
    size_t n = 0, kept = 0;
    while (environ[n] != NULL)
        n++;
    char **all = calloc(n + 2, sizeof *all);
    for (size_t i = 0; all != NULL && i < n; i++)
        if (strncmp(environ[i], "TUOYU_BACKUP=", 13) != 0)
            all[kept++] = environ[i];
    if (all != NULL)
        all[kept] = mine;
    return all;
}

/* In a group of its own, so that what it started ends with it, and with the signals that the server keeps blocked. */
static int
spawn_shell(pid_t *child, const char *command, char **environment)
{
    posix_spawnattr_t attributes;
    sigset_t none;
    char *const words[] = { (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL };
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    const int fault = posix_spawn(child, "/bin/sh", NULL, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    return fault;
}

bool
backup_after(const char *command, const char *path, const atomic_bool *stop)
{
    char mine[BACKUP_PATH + 16];
    const struct timespec pause = { .tv_nsec = 50000000 };
    pid_t child;
    int state = -1;
    snprintf(mine, sizeof mine, "TUOYU_BACKUP=%s", path);
    char **environment = environment_with(mine);
    const bool started = environment != NULL && spawn_shell(&child, command, environment) == 0;
    while (started && waitpid(child, &state, WNOHANG) == 0) {
        if (stop != NULL && atomic_load(stop)) {
            kill(-child, SIGTERM);
            waitpid(child, &state, 0);
            state = -1;
            break;
        }
        nanosleep(&pause, NULL);
    }
    free(environment);
    return started && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static const struct help help = {
    .usage = "tuoyu backup 目标目录 [--after 命令] [选项]",
    .about = "写出一个加密的备份文件（数据库和上传的文件，不含密钥文件），并记入操作日志。\n"
             "没有密钥文件的备份打不开：请另行备份密钥文件，并用 tuoyu doctor 密钥备份文件 核对。\n"
             "使用本机数据库的，服务运行时请用 tuoyu serve --backup 定时备份。PostgreSQL 上的备份是同一时刻的快照，"
             "与本机数据库的备份格式相同，可恢复到任一种数据库。",
    .more = "  --after 命令       写出后执行，如复制到异地；文件路径在环境变量 TUOYU_BACKUP 中\n"
            "例：tuoyu backup /backup --after 'scp \"$TUOYU_BACKUP\" far:/backup/'",
};

int
command_backup(int argc, char **argv)
{
    struct options options;
    struct backup_made made;
    struct buf why;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 1)
        return help_show(&help, &options);
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    buf_init(&why, 64 * 1024);
    struct progress progress = progress_begin("备份");
    bool good = backup_make(house, options.words[0], &progress, &made, &why) == OK;
    house_close(house);
    if (!good)
        fprintf(stderr, "备份失败：%s\n", why.n > 0 ? why.bytes : options.words[0]);
    else
        printf("%s\n", made.path);
    if (good && options.after != NULL && !backup_after(options.after, made.path, NULL)) {
        fprintf(stderr, "备份已写出，但后续命令失败：%s\n", options.after);
        good = false;
    }
    buf_free(&why);
    return good ? 0 : 1;
}
