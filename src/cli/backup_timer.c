/* Scheduled backups: the first at once when the newest one is older than the interval, then one each interval; a failed
 * one is tried again after a quarter of an hour. The clock is the house's, so that a test can turn it. */
#include "cli/backup_timer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/backup_file.h"
#include "policy/journal.h"
#include "policy/write.h"

enum { TRY_AGAIN = 15 * 60 * 1000 };

struct backup_timer {
    struct house *house;
    const char *folder, *after;
    int64_t every_ms, next;
    int keep;
    atomic_bool stopping;
    pthread_t thread;
};

static enum status
write_failure(struct call *call, struct writer *writer, void *arg)
{
    (void)writer;
    return journal_act(call, 1, "backup", 0, "备份失败", arg);
}

/* The reason holds paths, so it goes to the log of the machine and not into the journal. */
static void
note_failure(struct backup_timer *timer, const char *what, const char *why)
{
    struct call call;
    log_line(timer->house->log, clock_now(), LOG_FAULT, "backup", "outcome", what, "why", why, NULL);
    if (!call_open(&call, timer->house, 1))
        return;
    char *body = arena_format(call.arena, "{\"outcome\":\"%s\"}", what);
    if (body != NULL)
        call_write(&call, LANE_NORMAL, write_failure, body);
    call_close(&call);
}

static void
back_up(struct backup_timer *timer)
{
    struct backup_made made;
    struct buf why;
    char bytes[24], removed[24];
    struct progress quiet = { .label = "" };
    buf_init(&why, 16 * 1024);
    timer->next = clock_now() + timer->every_ms;
    const enum status status = backup_make(timer->house, timer->folder, &quiet, &made, &why);
    if (status != OK)
        timer->next = clock_now() + (timer->every_ms < TRY_AGAIN ? timer->every_ms : TRY_AGAIN);
    if (status == CONFLICT) { /* somebody is making one just now */
        log_line(timer->house->log, clock_now(), LOG_NOTE, "backup", "outcome", "not_now", "why", why.bytes, NULL);
    } else if (status != OK) {
        note_failure(timer, "failed", why.n > 0 ? why.bytes : status_title(status));
    } else {
        snprintf(bytes, sizeof bytes, "%lld", (long long)made.bytes);
        if (timer->after != NULL && !backup_after(timer->after, made.path, &timer->stopping))
            note_failure(timer, "command_failed", timer->after);
        snprintf(removed, sizeof removed, "%d", backup_thin(timer->folder, timer->keep));
        log_line(timer->house->log, clock_now(), LOG_NOTE, "backup", "outcome", "written", "file", made.path, "bytes",
                 bytes, "removed", removed, NULL);
    }
    buf_free(&why);
}

static void *
work(void *arg)
{
    struct backup_timer *timer = arg;
    const struct timespec pause = { .tv_nsec = 200000000 };
    while (!atomic_load(&timer->stopping)) {
        if (clock_now() >= timer->next)
            back_up(timer);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

enum status
backup_timer_start(struct house *house, const struct options *options, struct backup_timer **out, struct buf *why)
{
    struct stat info;
    *out = NULL;
    if (options->backup == NULL)
        return OK;
    if (stat(options->backup, &info) != 0 || !S_ISDIR(info.st_mode) || access(options->backup, W_OK) != 0) {
        buf_format(why, "不能写入备份目录：%s", options->backup);
        return BROKEN;
    }
    struct backup_timer *timer = calloc(1, sizeof *timer);
    if (timer == NULL)
        return NO_MEMORY;
    timer->house = house;
    timer->folder = options->backup;
    timer->after = options->backup_after;
    timer->keep = options->backup_keep;
    timer->every_ms = (int64_t)options->backup_every * 3600000;
    timer->next = backup_newest(timer->folder) + timer->every_ms;
    if (pthread_create(&timer->thread, NULL, work, timer) != 0) {
        free(timer);
        return BROKEN;
    }
    *out = timer;
    return OK;
}

void
backup_timer_stop(struct backup_timer *timer)
{
    if (timer == NULL)
        return;
    atomic_store(&timer->stopping, true);
    pthread_join(timer->thread, NULL);
    free(timer);
}
