#include "base/webcrypto.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <string.h>

enum { IV = 12, TAG = 16, HEAD = 1 + P256_POINT + IV, VERSION = 1 };

bool
sha256(const void *bytes, size_t n, uint8_t out[SHA256_SIZE])
{
    return EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL) == 1;
}

bool
sha256_hmac(const void *key, size_t key_n, const void *bytes, size_t n, uint8_t out[SHA256_SIZE])
{
    return HMAC(EVP_sha256(), key, (int)key_n, bytes, n, out, NULL) != NULL;
}

bool
slow_hash(const char *secret, const char *salt, int rounds, uint8_t out[SHA256_SIZE])
{
    return PKCS5_PBKDF2_HMAC(secret, (int)strlen(secret), (const unsigned char *)salt, (int)strlen(salt), rounds,
                             EVP_sha256(), SHA256_SIZE, out) == 1;
}

/* ---- P-256 ---- */

/* The public key of a point; NULL: it is not on the curve. */
static EVP_PKEY *
key_of_point(const uint8_t point[P256_POINT])
{
    EVP_PKEY *key = NULL;
    char group[] = "P-256";
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point, P256_POINT),
        OSSL_PARAM_construct_end(),
    };
    if (context != NULL && point[0] == 4 && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

bool
p256_point_valid(const uint8_t point[P256_POINT])
{
    EVP_PKEY *key = key_of_point(point);
    EVP_PKEY_CTX *context = key == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    const bool valid = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return valid;
}

/* WebCrypto gives r ‖ s, OpenSSL wants the DER form. */
static int
signature_der(const uint8_t signature[P256_SIGNATURE], unsigned char **der)
{
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL), *s = BN_bin2bn(signature + 32, 32, NULL);
    if (pair == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        return -1;
    }
    const int n = i2d_ECDSA_SIG(pair, der);
    ECDSA_SIG_free(pair);
    return n;
}

enum status
p256_verify(const uint8_t point[P256_POINT], const void *bytes, size_t n, const uint8_t signature[P256_SIGNATURE])
{
    unsigned char *der = NULL;
    EVP_PKEY *key = key_of_point(point);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const int der_n = signature_der(signature, &der);
    const bool good = key != NULL && context != NULL && der_n > 0 &&
                      EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                      EVP_DigestVerify(context, der, (size_t)der_n, bytes, n) == 1;
    OPENSSL_free(der);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return good ? OK : INVALID;
}

/* ---- the server's key ---- */

/* 1 ≤ d < n from 64 bytes of the index key's HMAC: the bias of the reduction is far below notice. */
static BIGNUM *
own_scalar(const struct keys *keys, const EC_GROUP *group)
{
    static const char *const names[] = { "tablet box 1", "tablet box 2" };
    uint8_t wide[2 * SHA256_SIZE];
    BIGNUM *scalar = NULL, *most = BN_dup(EC_GROUP_get0_order(group)), *large = NULL;
    BN_CTX *context = BN_CTX_new();
    bool good = most != NULL && context != NULL;
    for (size_t i = 0; i < 2; i++)
        good = good && sha256_hmac(keys_index(keys), 32, names[i], strlen(names[i]), wide + i * SHA256_SIZE);
    if (good && (large = BN_bin2bn(wide, sizeof wide, NULL)) != NULL && (scalar = BN_new()) != NULL)
        good = BN_sub_word(most, 1) == 1 && BN_mod(scalar, large, most, context) == 1 && BN_add_word(scalar, 1) == 1;
    if (!good) {
        BN_free(scalar);
        scalar = NULL;
    }
    BN_clear_free(large);
    BN_free(most);
    BN_CTX_free(context);
    return scalar;
}

/* The private key as OpenSSL's key, and its public point. */
static EVP_PKEY *
own_key(const struct keys *keys, uint8_t point[P256_POINT])
{
    EVP_PKEY *key = NULL;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *scalar = group == NULL ? NULL : own_scalar(keys, group);
    EC_POINT *public = group == NULL ? NULL : EC_POINT_new(group);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    const bool made =
        scalar != NULL && public != NULL && build != NULL && context != NULL &&
        EC_POINT_mul(group, public, scalar, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, public, POINT_CONVERSION_UNCOMPRESSED, point, P256_POINT, NULL) == P256_POINT &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, P256_POINT) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(build)) != NULL && EVP_PKEY_fromdata_init(context) == 1;
    if (!made || EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) != 1)
        key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    EC_POINT_free(public);
    BN_clear_free(scalar);
    EC_GROUP_free(group);
    return key;
}

bool
box_public(const struct keys *keys, uint8_t point[P256_POINT])
{
    EVP_PKEY *key = own_key(keys, point);
    EVP_PKEY_free(key);
    return key != NULL;
}

/* The key of a box: SHA-256(shared X ‖ ephemeral point ‖ own point). */
static bool
box_key(const struct keys *keys, const uint8_t ephemeral[P256_POINT], uint8_t out[SHA256_SIZE])
{
    uint8_t material[32 + 2 * P256_POINT];
    size_t n = 32;
    EVP_PKEY *own = own_key(keys, material + 32 + P256_POINT), *theirs = key_of_point(ephemeral);
    EVP_PKEY_CTX *context = own == NULL ? NULL : EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    const bool good = context != NULL && theirs != NULL && EVP_PKEY_derive_init(context) == 1 &&
                      EVP_PKEY_derive_set_peer(context, theirs) == 1 && EVP_PKEY_derive(context, material, &n) == 1 &&
                      n == 32;
    memcpy(material + 32, ephemeral, P256_POINT);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(own);
    return good && sha256(material, sizeof material, out);
}

enum status
box_open(const struct keys *keys, const uint8_t *box, size_t n, struct arena *arena, char **plain, size_t *plain_n)
{
    uint8_t key[SHA256_SIZE];
    int done = 0, last = 0;
    *plain = NULL;
    if (n < HEAD + TAG || n > INT32_MAX || box[0] != VERSION || !box_key(keys, box + 1, key))
        return INVALID;
    const size_t text_n = n - HEAD - TAG;
    char *out = arena_alloc(arena, text_n + 1);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (out == NULL || context == NULL) {
        EVP_CIPHER_CTX_free(context);
        return NO_MEMORY;
    }
    const bool good =
        EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, box + 1 + P256_POINT) == 1 &&
        EVP_DecryptUpdate(context, (unsigned char *)out, &done, box + HEAD, (int)text_n) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(uintptr_t)(box + n - TAG)) == 1 &&
        EVP_DecryptFinal_ex(context, (unsigned char *)out + done, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    if (!good)
        return INVALID;
    *plain = out;
    *plain_n = text_n;
    return OK;
}

/* ---- base64url ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *
base64_text(struct arena *arena, const uint8_t *bytes, size_t n)
{
    char *text = arena_alloc(arena, (n + 2) / 3 * 4 + 1), *at = text;
    for (size_t i = 0; text != NULL && i < n; i += 3) {
        const unsigned group = (unsigned)bytes[i] << 16 | (i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0) |
                               (i + 2 < n ? (unsigned)bytes[i + 2] : 0);
        for (size_t k = 0; k < 4 && i + k <= n; k++)
            *at++ = letters[group >> (18 - 6 * k) & 63];
    }
    return text;
}

uint8_t *
base64_bytes(struct arena *arena, const char *text, size_t *n)
{
    const size_t text_n = strlen(text);
    uint8_t *bytes = text_n % 4 == 1 ? NULL : arena_alloc(arena, text_n / 4 * 3 + 3);
    unsigned group = 0;
    *n = 0;
    for (size_t i = 0; bytes != NULL && i < text_n; i++) {
        const char *at = strchr(letters, text[i]);
        if (at == NULL)
            return NULL;
        group = group << 6 | (unsigned)(at - letters);
        if (i % 4 > 0) /* 12 bits give one byte, 18 two, 24 three */
            bytes[(*n)++] = (uint8_t)(group >> (6 - 2 * (i % 4)));
        if (i % 4 == 3)
            group = 0;
    }
    return bytes;
}
