/* A stored upload becomes a row of `file`, in the same transaction as the row that names it. */
#ifndef POLICY_ATTACHMENT_H
#define POLICY_ATTACHMENT_H

#include "policy/house.h"

struct attachment {
    const char *field, *name, *type;
    char hex[65]; /* SM3 of the bytes: their name in the file store */
    size_t n;
};

/* *id: what the F_FILE cell keeps. */
enum status attachment_write(struct call *call, struct writer *writer, int64_t office,
                             const struct attachment *attachment, int64_t *id);

/* The stored bytes go when no row names them at `at_ms` (a job: another request may just be bringing the same). */
#define FORGET_FILE "forget_file"
enum status attachment_forget(struct call *call, struct writer *writer, int64_t office, const char *sm3, int64_t at_ms);
/* What was stored for a write that was refused: forgotten an hour later. Nobody waits, nothing is said when it fails.
 */
void attachments_refused(const struct call *call, const struct attachment *attachments, size_t n);

#endif
