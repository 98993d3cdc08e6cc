/* Secret cells: version ‖ key id ‖ IV ‖ SM4-CTR ‖ HMAC-SM3 over form, field, office, id and all before (OpenSSL 3.0 has
 * no SM4-GCM). A cell opens only in its own place. Each subject has its own data keys, wrapped by the master key:
 * erasing them erases everything sealed with them, wherever a copy may be. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/keys.h"

struct subject_key {
    int64_t id;
    uint8_t sm4[SM4_KEY], hmac[32];
};
struct secret_place {
    const char *form, *field;
    int64_t office, id;
};

enum status subject_key_make(int64_t id, struct subject_key *key);
enum status subject_key_wrap(const struct keys *keys, const struct subject_key *key, struct arena *arena,
                             uint8_t **wrapped, size_t *n);
enum status subject_key_unwrap(const struct keys *keys, int64_t id, const uint8_t *wrapped, size_t n,
                               struct subject_key *key);

enum status secret_seal(const struct keys *keys, const struct subject_key *key, const struct secret_place *place,
                        const char *plain, struct arena *arena, uint8_t **cell, size_t *n);
/* BROKEN: tampered with, moved to another place, or another key. */
enum status secret_open(const struct keys *keys, const struct subject_key *key, const struct secret_place *place,
                        const uint8_t *cell, size_t n, struct arena *arena, char **plain);

/* The keyed hash by which a secret is found: the same plain text gives the same hex, and nothing else tells. */
void secret_index(const struct keys *keys, const char *kind, const char *plain, char out[65]);

#endif
