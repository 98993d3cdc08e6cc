/* One endpoint can be switched off while the program runs: rows of 停用的功能, read with the reference data and asked
 * at every request. */
#ifndef POLICY_SWITCHED_OFF_H
#define POLICY_SWITCHED_OFF_H

#include "policy/house.h"

/* The row that switches this method and path off today; NULL: it is open. The row that would open it again, the
 * accounts and what the audit administrator reads are never switched off. */
const struct off *switched_off(const struct call *call, const char *method, const char *path);
/* "该功能已停用：原因（预计2026年12月2日恢复）" in the call's arena. */
const char *switched_off_words(const struct call *call, const struct off *off);
/* A ledger or path as people write it ("evidence", "/open/") without the slashes around it. NULL: it names nothing of
 * the program, or what must stay open. */
const char *switched_off_target(const struct call *call, const char *text);

#endif
