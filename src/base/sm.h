/* Commercial cryptography (GB/T 32905 SM3, GB/T 32907 SM4, GB/T 32918 SM2) by OpenSSL 3. */
#ifndef BASE_SM_H
#define BASE_SM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum { SM3_SIZE = 32, SM4_KEY = 16, SM4_IV = 16 };

bool sm3(const void *bytes, size_t n, uint8_t out[SM3_SIZE]);
struct sm3_state {
    void *context;
};
bool sm3_begin(struct sm3_state *state);
void sm3_add(struct sm3_state *state, const void *bytes, size_t n);
bool sm3_end(struct sm3_state *state, uint8_t out[SM3_SIZE]); /* also frees the state */

bool sm3_hmac(const void *key, size_t key_n, const void *bytes, size_t n, uint8_t out[SM3_SIZE]);
/* Counter mode: the same call seals and opens. */
bool sm4_ctr(const uint8_t key[SM4_KEY], const uint8_t iv[SM4_IV], const void *in, size_t n, uint8_t *out);

/* A new private key as PEM text. */
enum status sm2_new(struct arena *arena, char **pem);
/* Signature over SM3 with the default identity 1234567812345678, hex of the DER form. */
enum status sm2_sign(const char *pem, const void *bytes, size_t n, struct arena *arena, char **signature);
/* OK: the signature is of this key and text; INVALID: it is not. The PEM may be private or public. */
enum status sm2_verify(const char *pem, const void *bytes, size_t n, const char *signature);
/* The public key of a private one, as PEM. */
enum status sm2_public(const char *pem, struct arena *arena, char **public_pem);

/* Lower-case hex; out has 2n + 1 bytes. */
void hex_text(const uint8_t *bytes, size_t n, char *out);
/* The bytes of a hex text of exactly 2n digits. */
bool hex_bytes(const char *text, uint8_t *out, size_t n);

#endif
