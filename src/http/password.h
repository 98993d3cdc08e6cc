/* Passwords and second factors. Hashing (argon2id) is slow by design: only on worker threads, never inside a write. */
#ifndef HTTP_PASSWORD_H
#define HTTP_PASSWORD_H

#include "policy/write.h"

/* NULL when it is good enough (at least 10 characters of three kinds, not the login), else what is wrong. */
const char *password_fault(const char *password, const char *login);
/* The stored form; OK or NO_MEMORY. */
enum status password_hash(struct arena *arena, const char *password, char **out);
bool password_fits(const char *stored, const char *password);
/* Sets the account's password; `must_change`: a first password that has to be replaced. */
enum status password_set(struct call *call, int64_t account, const char *stored, bool must_change);

/* Passwords set before this instant have to be replaced at the next sign-in; 0: none. */
int64_t password_since(const struct call *call);

/* A new TOTP secret (base32) and the check of a typed code at a time; the step used is given back so that none is used
 * twice. */
enum status totp_new(struct arena *arena, char **secret);
bool totp_fits(const char *secret, const char *code, int64_t now_ms, int64_t *step);

#endif
