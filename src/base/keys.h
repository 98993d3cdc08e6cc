/* The key file: everything secret of an installation, kept outside the data folder, mode 0600. Master keys have
 * versions: new cells use the newest, old cells stay readable. Losing this file is the one loss that no backup of the
 * data mends. */
#ifndef BASE_KEYS_H
#define BASE_KEYS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/sm.h"
#include "base/status.h"

enum { KEY_VERSIONS = 16 };

struct master_key {
    int version;
    uint8_t sm4[SM4_KEY], hmac[32];
};
struct keys;

/* Makes a new key file; never overwrites (CONFLICT). */
enum status keys_create(const char *path, struct buf *why);
/* NOT_FOUND: missing; DENIED: group or others may read it; BROKEN: torn or changed. The reason is in `why` (Chinese).
 */
enum status keys_load(const char *path, struct arena *arena, struct keys **out, struct buf *why);
/* Adds a master key version and a signing key, atomically: new cells and heads use them, old ones stay readable and
 * provable. CONFLICT: there are KEY_VERSIONS already. */
enum status keys_rotate(const char *path, struct buf *why);

int keys_version(const struct keys *keys);                                  /* newest */
const struct master_key *keys_master(const struct keys *keys, int version); /* 0: newest; NULL: unknown */
const uint8_t *keys_index(const struct keys *keys);                         /* 32 bytes */
const uint8_t *keys_cookie(const struct keys *keys);                        /* 32 bytes */
const char *keys_signing(const struct keys *keys);                          /* SM2 private key, PEM: the newest */
const char *keys_signing_of(const struct keys *keys, int i);                /* 0: newest, then older ones; NULL: none */
const char *keys_fingerprint(const struct keys *keys);                      /* 16 hex digits, no secret */

#endif
