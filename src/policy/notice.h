/* Notices: short texts in the page for an account, an institution or a department of an office, and through the
 * outgoing channel where one is configured. They never carry names of children or anything about health. */
#ifndef POLICY_NOTICE_H
#define POLICY_NOTICE_H

#include "policy/write.h"

enum status notice_institution(struct call *call, struct writer *writer, int64_t institution, const char *text,
                               const char *url);
enum status notice_department(struct call *call, struct writer *writer, int64_t office, const char *department,
                              const char *text, const char *url);
enum status notice_account(struct call *call, struct writer *writer, int64_t account, const char *text,
                           const char *url);

/* My notices, newest first, at most 50, and how many are unread. */
enum status notices_show(struct call *call, struct reader *reader, struct node *list);
enum status notices_unread(struct call *call, struct reader *reader, int64_t *n);
call_fn notices_read; /* marks all of mine as read, by me: colleagues have them still */

#endif
