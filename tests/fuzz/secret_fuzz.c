/* Sealed cells, wrapped keys and signatures: no input that was not sealed opens; a sealed one changed anywhere does
 * not. The first byte says where the rest goes. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/secret.h"
#include "fuzz/fuzz.h"

static struct arena *kept; /* what lives as long as the program */
static struct keys *keys;
static struct subject_key subject;
static char *signing;

/* Once; the key file is gone again at once. */
static void
set_up(void)
{
    char folder[] = "/tmp/tuoyu-fuzz-XXXXXX", path[64];
    struct buf why;
    buf_init(&why, 4096);
    kept = arena_new(1 << 20);
    assert(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/keys", folder);
    assert(keys_create(path, &why) == OK && keys_load(path, kept, &keys, &why) == OK);
    assert(subject_key_make(7, &subject) == OK && sm2_new(kept, &signing) == OK);
    unlink(path);
    rmdir(folder);
    buf_free(&why);
}

static void
load_key_file(struct arena *arena, const uint8_t *bytes, size_t n)
{
    char path[] = "/tmp/tuoyu-fuzz-XXXXXX";
    struct buf why;
    struct keys *loaded = NULL;
    const int file = mkstemp(path);
    buf_init(&why, 4096);
    assert(file >= 0 && write(file, bytes, n) == (ssize_t)n);
    close(file);
    assert(keys_load(path, arena, &loaded, &why) == OK ? keys_version(loaded) > 0 : why.n > 0);
    unlink(path);
    buf_free(&why);
}

/* bytes: place of the change (2), mask (1), plain text */
static void
flip(struct arena *arena, const uint8_t *bytes, size_t n)
{
    const struct secret_place place = { "child", "phone", 11, 42 };
    uint8_t *cell;
    size_t cell_n;
    char *plain = NULL;
    if (n < 3)
        return;
    const char *text = fuzz_text(arena, bytes + 3, n - 3);
    assert(secret_seal(keys, &subject, &place, text, arena, &cell, &cell_n) == OK);
    assert(secret_open(keys, &subject, &place, cell, cell_n, arena, &plain) == OK && strcmp(plain, text) == 0);
    cell[(size_t)(bytes[0] << 8 | bytes[1]) % cell_n] ^= bytes[2];
    const enum status changed = secret_open(keys, &subject, &place, cell, cell_n, arena, &plain);
    assert((changed == OK) == (bytes[2] == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (keys == NULL)
        set_up();
    if (n == 0)
        return 0;
    struct arena *arena = arena_new(FUZZ_ARENA);
    const struct secret_place place = { "child", "phone", 11, 42 };
    struct subject_key key;
    char *plain = NULL;
    switch (bytes[0] % 5) {
    case 0:
        assert(secret_open(keys, &subject, &place, bytes + 1, n - 1, arena, &plain) != OK);
        break;
    case 1:
        assert(subject_key_unwrap(keys, 7, bytes + 1, n - 1, &key) != OK);
        break;
    case 2:
        assert(sm2_verify(signing, "text", 4, fuzz_text(arena, bytes + 1, n - 1)) != OK);
        break;
    case 3:
        load_key_file(arena, bytes + 1, n - 1);
        break;
    default:
        flip(arena, bytes + 1, n - 1);
    }
    arena_free(arena);
    return 0;
}
