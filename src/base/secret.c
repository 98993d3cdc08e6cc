#include "base/secret.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"

enum { VERSION = 1, HEAD = 1 + 8 + SM4_IV, LONGEST = 64 * 1024 };

static void
put_id(uint8_t *out, int64_t id)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
}

/* head ‖ sealed ‖ tag, the tag over the context and everything before it. */
static bool
tag_of(const uint8_t *hmac_key, const char *context, const uint8_t *bytes, size_t n, struct arena *arena,
       uint8_t tag[SM3_SIZE])
{
    const size_t context_n = strlen(context) + 1;
    uint8_t *all = arena_alloc(arena, context_n + n);
    if (all == NULL)
        return false;
    memcpy(all, context, context_n);
    memcpy(all + context_n, bytes, n);
    return sm3_hmac(hmac_key, 32, all, context_n + n, tag);
}

static enum status
seal(const uint8_t *sm4_key, const uint8_t *hmac_key, int version, int64_t id, const char *context, const void *plain,
     size_t n, struct arena *arena, uint8_t **out, size_t *out_n)
{
    if (n > LONGEST)
        return TOO_LARGE;
    uint8_t *cell = arena_alloc(arena, HEAD + n + SM3_SIZE);
    if (cell == NULL)
        return NO_MEMORY;
    cell[0] = (uint8_t)version;
    put_id(cell + 1, id);
    if (!random_bytes(cell + 9, SM4_IV) || !sm4_ctr(sm4_key, cell + 9, plain, n, cell + HEAD) ||
        !tag_of(hmac_key, context, cell, HEAD + n, arena, cell + HEAD + n))
        return BROKEN;
    *out = cell;
    *out_n = HEAD + n + SM3_SIZE;
    return OK;
}

static enum status
unseal(const uint8_t *sm4_key, const uint8_t *hmac_key, const char *context, const uint8_t *cell, size_t n,
       struct arena *arena, uint8_t **plain, size_t *plain_n)
{
    uint8_t tag[SM3_SIZE];
    if (n < HEAD + SM3_SIZE || !tag_of(hmac_key, context, cell, n - SM3_SIZE, arena, tag) ||
        CRYPTO_memcmp(tag, cell + n - SM3_SIZE, SM3_SIZE) != 0)
        return BROKEN;
    *plain_n = n - HEAD - SM3_SIZE;
    *plain = arena_alloc(arena, *plain_n + 1);
    if (*plain == NULL)
        return NO_MEMORY;
    return sm4_ctr(sm4_key, cell + 9, cell + HEAD, *plain_n, *plain) ? OK : BROKEN;
}

enum status
subject_key_make(int64_t id, struct subject_key *key)
{
    key->id = id;
    return random_bytes(key->sm4, sizeof key->sm4) && random_bytes(key->hmac, sizeof key->hmac) ? OK : BROKEN;
}

enum status
subject_key_wrap(const struct keys *keys, const struct subject_key *key, struct arena *arena, uint8_t **wrapped,
                 size_t *n)
{
    uint8_t bytes[SM4_KEY + 32];
    const struct master_key *master = keys_master(keys, 0);
    memcpy(bytes, key->sm4, SM4_KEY);
    memcpy(bytes + SM4_KEY, key->hmac, 32);
    return seal(master->sm4, master->hmac, master->version, key->id, "subject", bytes, sizeof bytes, arena, wrapped, n);
}

enum status
subject_key_unwrap(const struct keys *keys, int64_t id, const uint8_t *wrapped, size_t n, struct subject_key *key)
{
    uint8_t expected[8], *plain;
    size_t plain_n;
    put_id(expected, id);
    const struct master_key *master = n < HEAD ? NULL : keys_master(keys, wrapped[0]);
    if (master == NULL || memcmp(wrapped + 1, expected, 8) != 0)
        return BROKEN;
    struct arena *arena = arena_new(8192);
    enum status status =
        arena == NULL ? NO_MEMORY : unseal(master->sm4, master->hmac, "subject", wrapped, n, arena, &plain, &plain_n);
    if (status == OK && plain_n != SM4_KEY + 32)
        status = BROKEN;
    if (status == OK) {
        key->id = id;
        memcpy(key->sm4, plain, SM4_KEY);
        memcpy(key->hmac, plain + SM4_KEY, 32);
        OPENSSL_cleanse(plain, plain_n);
    }
    arena_free(arena);
    return status;
}

static const char *
context_of(struct arena *arena, const struct secret_place *place)
{
    return arena_format(arena, "%s\n%s\n%lld\n%lld", place->form, place->field, (long long)place->office,
                        (long long)place->id);
}

enum status
secret_seal(const struct keys *keys, const struct subject_key *key, const struct secret_place *place, const char *plain,
            struct arena *arena, uint8_t **cell, size_t *n)
{
    const char *context = context_of(arena, place);
    (void)keys;
    return context == NULL ? NO_MEMORY
                           : seal(key->sm4, key->hmac, VERSION, key->id, context, plain, strlen(plain), arena, cell, n);
}

enum status
secret_open(const struct keys *keys, const struct subject_key *key, const struct secret_place *place,
            const uint8_t *cell, size_t n, struct arena *arena, char **plain)
{
    const char *context = context_of(arena, place);
    uint8_t *bytes;
    size_t bytes_n;
    (void)keys;
    *plain = NULL;
    if (context == NULL)
        return NO_MEMORY;
    if (n < HEAD || cell[0] != VERSION)
        return BROKEN;
    enum status status = unseal(key->sm4, key->hmac, context, cell, n, arena, &bytes, &bytes_n);
    if (status == OK)
        *plain = (char *)bytes;
    return status;
}

void
secret_index(const struct keys *keys, const char *kind, const char *plain, char out[65])
{
    uint8_t hash[SM3_SIZE] = { 0 };
    char text[512];
    const int n = snprintf(text, sizeof text, "%s\n%s", kind, plain);
    if (n > 0 && (size_t)n < sizeof text)
        sm3_hmac(keys_index(keys), 32, text, (size_t)n, hash);
    else if (sm3(plain, strlen(plain), hash)) /* long texts: the hash of their hash */
        sm3_hmac(keys_index(keys), 32, hash, sizeof hash, hash);
    hex_text(hash, sizeof hash, out);
}
