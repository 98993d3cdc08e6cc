/* Jobs: planned inside the transaction that needs them, done later outside any transaction, their result written in
 * another. At least once: a job that dies with its process runs again when its lease ends. */
#ifndef POLICY_JOB_H
#define POLICY_JOB_H

#include "policy/write.h"

enum status job_plan(struct call *call, struct writer *writer, int64_t office, const char *kind, int64_t at_ms,
                     const struct node *args);

/* Runs every job that is due at `now_ms`, at most `most`; *ran = how many. One thread at a time. */
enum status jobs_run(struct house *house, int64_t now_ms, int most, int *ran);

#endif
