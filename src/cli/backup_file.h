/* The whole house in one encrypted file: database and uploads, never the keys. The key comes from the key file: one is
 * worth nothing without the other. */
#ifndef CLI_BACKUP_FILE_H
#define CLI_BACKUP_FILE_H

#include <stdatomic.h>

#include "cli/progress.h"
#include "policy/house.h"

/* Writes the database copy `copy` and the uploads of `data` to `path`, which appears only when it is whole and on disk.
 * The reason is in `why`. */
enum status backup_write(const struct keys *keys, const char *data, const char *copy, const char *path,
                         struct progress *progress, struct buf *why);
/* Removes a folder with what is in it; nothing happens where there is none. */
void folder_remove(const char *folder);
/* Reads a backup into an empty folder. NULL: done; else why not (Chinese). */
const char *backup_read(const struct keys *keys, const char *path, const char *folder, struct progress *progress,
                        int *entries);

/* ---- making one, by command or by the clock (backup.c) ---- */
enum { BACKUP_PATH = 4096 };
struct backup_made {
    char path[BACKUP_PATH];
    int64_t bytes;
};
/* Copies the database beside its writers, writes the file into `folder`, notes it in the journal. */
enum status backup_make(struct house *house, const char *folder, struct progress *progress, struct backup_made *made,
                        struct buf *why);
/* Keeps the `keep` newest backups of a folder. Returns how many were removed. */
int backup_thin(const char *folder, int keep);
/* The newest backup of a folder as its time (ms UTC, by its name); 0: none. */
int64_t backup_newest(const char *folder);
/* Runs a shell command with TUOYU_BACKUP = path; `stop` (may be NULL) ends it early. True: it ended with 0. */
bool backup_after(const char *command, const char *path, const atomic_bool *stop);

#endif
