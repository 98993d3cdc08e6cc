/* An account is locked for a while after too many failures in a row: of the password, of the second factor's code, of
 * the old password. The numbers are CFG-LOCK-FAILS and CFG-LOCK-MINUTES. */
#ifndef HTTP_LOCKOUT_H
#define HTTP_LOCKOUT_H

#include "policy/write.h"

/* Inside a write: one more failure. A lock that has run out counts no more: the next failure is the first again. */
enum status lockout_count(struct call *call, struct writer *writer, int64_t account);
/* Inside a write: whoever has proved everything begins at none. TOO_MANY: locked meanwhile, by others' guesses. */
enum status lockout_clear(struct call *call, struct writer *writer, int64_t account);
/* TOO_MANY with the words that say for how long. */
enum status lockout_refuse(struct call *call);

#endif
