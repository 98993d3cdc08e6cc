/* The server's half of what browsers offer as WebCrypto: P-256 signatures of tablets, boxes sealed to the server, and
 * the hashes by which a tablet checks a typed number without a network. */
#ifndef BASE_WEBCRYPTO_H
#define BASE_WEBCRYPTO_H

#include "base/keys.h"

enum { P256_POINT = 65, P256_SIGNATURE = 64, SHA256_SIZE = 32 };

bool sha256(const void *bytes, size_t n, uint8_t out[SHA256_SIZE]);
bool sha256_hmac(const void *key, size_t key_n, const void *bytes, size_t n, uint8_t out[SHA256_SIZE]);
/* PBKDF2 with HMAC-SHA256: slow by `rounds`; never inside a write. */
bool slow_hash(const char *secret, const char *salt, int rounds, uint8_t out[SHA256_SIZE]);

/* An uncompressed point that lies on the curve. */
bool p256_point_valid(const uint8_t point[P256_POINT]);
/* OK: the signature (r ‖ s, over SHA-256) is of this key and text; INVALID: it is not. */
enum status p256_verify(const uint8_t point[P256_POINT], const void *bytes, size_t n,
                        const uint8_t signature[P256_SIGNATURE]);

/* The server's own key, to which tablets seal what only the server may read. It follows from the index key, so that
 * it is backed up with the key file and needs no other home. */
bool box_public(const struct keys *keys, uint8_t point[P256_POINT]);
/* A box is: 1 ‖ ephemeral point (65) ‖ IV (12) ‖ AES-256-GCM text ‖ tag (16); the key is SHA-256(shared X ‖ ephemeral
 * point ‖ server point). INVALID: torn, changed, or sealed to another key. */
enum status box_open(const struct keys *keys, const uint8_t *box, size_t n, struct arena *arena, char **plain,
                     size_t *plain_n);

/* base64url without padding. NULL: invalid or no memory. */
char *base64_text(struct arena *arena, const uint8_t *bytes, size_t n);
uint8_t *base64_bytes(struct arena *arena, const char *text, size_t *n);

#endif
