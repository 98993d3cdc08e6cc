/* Out of the house: a webhook (SMS and WeChat gateways) and mail. Bounded in time; nothing but http(s) and smtp(s). */
#ifndef DESK_SEND_H
#define DESK_SEND_H

#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

/* POSTs JSON; the body's HMAC-SM3 under `secret` stands in X-Tuoyu-Signature as hex (secret NULL: no header). OK when
 * the answer is 2xx; BUSY when it may be tried again (no connection, 5xx, 429); INVALID otherwise. *reply: the HTTP
 * status, 0 when nobody answered. */
enum status send_webhook(struct arena *arena, const char *url, const char *secret, const char *json, size_t n,
                         int *reply);

/* POSTs a document with the same signature and gives back what the answer holds, at most `most` bytes, in the arena.
 * INVALID also when the answer is longer or empty. */
enum status send_document(struct arena *arena, const char *url, const char *secret, const char *name, const void *bytes,
                          size_t n, size_t most, char **answer, size_t *answer_n);

struct mail {
    const char *server;                     /* smtp://host:port or smtps://… */
    const char *user, *password;            /* NULL: none */
    const char *from, *to, *subject, *text; /* UTF-8 */
};
/* The password goes over TLS or not at all; without one TLS is used where the server has it. BUSY: it may be tried
 * again; INVALID: this letter is refused for good. *reply: what the server said last, 0 nothing. */
enum status send_mail(struct arena *arena, const struct mail *mail, int *reply);

#endif
