#include "base/sm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char identity[] = "1234567812345678";

/* Looked up in the library once: asking for it by EVP_sm3 looks it up again, under a lock, for every hash. */
static EVP_MD *sm3_method;

static void
fetch_method(void)
{
    sm3_method = EVP_MD_fetch(NULL, "SM3", NULL);
}

static const EVP_MD *
method(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fetch_method);
    return sm3_method;
}

bool
sm3(const void *bytes, size_t n, uint8_t out[SM3_SIZE])
{
    return method() != NULL && EVP_Digest(bytes, n, out, NULL, method(), NULL) == 1;
}

bool
sm3_begin(struct sm3_state *state)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || method() == NULL || EVP_DigestInit_ex(context, method(), NULL) != 1) {
        EVP_MD_CTX_free(context);
        return false;
    }
    state->context = context;
    return true;
}

void
sm3_add(struct sm3_state *state, const void *bytes, size_t n)
{
    EVP_DigestUpdate(state->context, bytes, n);
}

bool
sm3_end(struct sm3_state *state, uint8_t out[SM3_SIZE])
{
    const bool good = EVP_DigestFinal_ex(state->context, out, NULL) == 1;
    EVP_MD_CTX_free(state->context);
    state->context = NULL;
    return good;
}

enum { HMAC_BLOCK = 64 };

/* The hash of the key's block, each byte changed by `pad`, and the bytes behind it. */
static bool
padded(const uint8_t block[HMAC_BLOCK], uint8_t pad, const void *bytes, size_t n, uint8_t out[SM3_SIZE])
{
    struct sm3_state state;
    uint8_t mixed[HMAC_BLOCK];
    for (int i = 0; i < HMAC_BLOCK; i++)
        mixed[i] = block[i] ^ pad;
    if (!sm3_begin(&state))
        return false;
    sm3_add(&state, mixed, sizeof mixed);
    sm3_add(&state, bytes, n);
    const bool good = sm3_end(&state, out);
    OPENSSL_cleanse(mixed, sizeof mixed);
    return good;
}

/* RFC 2104. The library's own looks up its method for every call, which costs more than the hashing. */
bool
sm3_hmac(const void *key, size_t key_n, const void *bytes, size_t n, uint8_t out[SM3_SIZE])
{
    uint8_t block[HMAC_BLOCK] = { 0 }, inner[SM3_SIZE];
    bool good = true;
    if (key_n > sizeof block)
        good = sm3(key, key_n, block);
    else if (key_n > 0)
        memcpy(block, key, key_n);
    good = good && padded(block, 0x36, bytes, n, inner) && padded(block, 0x5c, inner, sizeof inner, out);
    OPENSSL_cleanse(block, sizeof block);
    return good;
}

bool
sm4_ctr(const uint8_t key[SM4_KEY], const uint8_t iv[SM4_IV], const void *in, size_t n, uint8_t *out)
{
    int done = 0, last = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const bool good = context != NULL && n < INT32_MAX &&
                      EVP_EncryptInit_ex(context, EVP_sm4_ctr(), NULL, key, iv) == 1 &&
                      EVP_EncryptUpdate(context, out, &done, in, (int)n) == 1 &&
                      EVP_EncryptFinal_ex(context, out + done, &last) == 1 && (size_t)(done + last) == n;
    EVP_CIPHER_CTX_free(context);
    return good;
}

void
hex_text(const uint8_t *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
    out[2 * n] = '\0';
}

bool
hex_bytes(const char *text, uint8_t *out, size_t n)
{
    if (strlen(text) != 2 * n)
        return false;
    for (size_t i = 0; i < 2 * n; i++) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
    }
    return true;
}

/* ---- SM2 ---- */

static char *
bio_text(struct arena *arena, BIO *bio)
{
    char *bytes;
    const long n = BIO_get_mem_data(bio, &bytes);
    return n <= 0 ? NULL : arena_copy(arena, bytes, (size_t)n);
}

enum status
sm2_new(struct arena *arena, char **pem)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
    BIO *bio = BIO_new(BIO_s_mem());
    *pem = NULL;
    if (key != NULL && bio != NULL && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        *pem = bio_text(arena, bio);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return *pem == NULL ? BROKEN : OK;
}

static EVP_PKEY *
key_from(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = NULL;
    if (bio == NULL)
        return NULL;
    if (strstr(pem, "PRIVATE") != NULL)
        key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    else
        key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    return key;
}

enum status
sm2_public(const char *pem, struct arena *arena, char **public_pem)
{
    EVP_PKEY *key = key_from(pem);
    BIO *bio = BIO_new(BIO_s_mem());
    *public_pem = NULL;
    if (key != NULL && bio != NULL && PEM_write_bio_PUBKEY(bio, key) == 1)
        *public_pem = bio_text(arena, bio);
    BIO_free(bio);
    EVP_PKEY_free(key);
    return *public_pem == NULL ? BROKEN : OK;
}

/* A digest context with the SM2 identity set; the key context belongs to the caller. */
static EVP_MD_CTX *
with_identity(EVP_PKEY *key, EVP_PKEY_CTX **key_context)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *key_context = EVP_PKEY_CTX_new(key, NULL);
    if (context == NULL || *key_context == NULL ||
        EVP_PKEY_CTX_set1_id(*key_context, identity, sizeof identity - 1) <= 0) {
        EVP_MD_CTX_free(context);
        return NULL;
    }
    EVP_MD_CTX_set_pkey_ctx(context, *key_context);
    return context;
}

enum status
sm2_sign(const char *pem, const void *bytes, size_t n, struct arena *arena, char **signature)
{
    unsigned char der[256];
    size_t der_n = sizeof der;
    EVP_PKEY_CTX *key_context = NULL;
    EVP_PKEY *key = key_from(pem);
    EVP_MD_CTX *context = key == NULL ? NULL : with_identity(key, &key_context);
    *signature = NULL;
    if (context != NULL && EVP_DigestSignInit(context, NULL, EVP_sm3(), NULL, key) == 1 &&
        EVP_DigestSign(context, der, &der_n, bytes, n) == 1 && (*signature = arena_alloc(arena, 2 * der_n + 1)) != NULL)
        hex_text(der, der_n, *signature);
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
    EVP_PKEY_free(key);
    return *signature == NULL ? BROKEN : OK;
}

enum status
sm2_verify(const char *pem, const void *bytes, size_t n, const char *signature)
{
    uint8_t der[256];
    const size_t der_n = strlen(signature) / 2;
    EVP_PKEY_CTX *key_context = NULL;
    if (der_n > sizeof der || !hex_bytes(signature, der, der_n))
        return INVALID;
    EVP_PKEY *key = key_from(pem);
    EVP_MD_CTX *context = key == NULL ? NULL : with_identity(key, &key_context);
    const bool good = context != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sm3(), NULL, key) == 1 &&
                      EVP_DigestVerify(context, der, der_n, bytes, n) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_CTX_free(key_context);
    EVP_PKEY_free(key);
    return good ? OK : key == NULL ? BROKEN : INVALID;
}
