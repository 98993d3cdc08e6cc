/* Backups while the program serves. */
#ifndef CLI_BACKUP_TIMER_H
#define CLI_BACKUP_TIMER_H

#include "cli/command.h"

struct backup_timer;

/* Checks the folder and starts the thread. *out NULL and OK: none was asked for. The reason is in `why`. */
enum status backup_timer_start(struct house *house, const struct options *options, struct backup_timer **out,
                               struct buf *why);
/* A running copy is finished, a running command is ended. NULL is fine. */
void backup_timer_stop(struct backup_timer *timer);

#endif
