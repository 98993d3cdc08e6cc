/* Backup files. The first byte: 'f' — the rest is a file; else the rest is what stands inside a well sealed file, which
 * nobody but the holder of the key could write, and which must not leave its folder all the same. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "cli/backup_file.c"

#include <ftw.h>

#include "fuzz/fuzz.h"

static struct arena *kept; /* what lives as long as the program */
static struct keys *keys;
static char base[64];

static void
set_up(void)
{
    char path[96];
    struct buf why;
    buf_init(&why, 4096);
    snprintf(base, sizeof base, "/tmp/tuoyu-fuzz-XXXXXX");
    kept = arena_new(1 << 20);
    assert(mkdtemp(base) != NULL);
    snprintf(path, sizeof path, "%s/keys", base);
    assert(keys_create(path, &why) == OK && keys_load(path, kept, &keys, &why) == OK);
    unlink(path);
    rmdir(base);
    buf_free(&why);
}

static void
write_file(const char *path, bool plain, const uint8_t *bytes, size_t n)
{
    unsigned char key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    const unsigned char version = (unsigned char)keys_version(keys);
    struct stream *out = calloc(1, sizeof *out);
    assert(out != NULL && (out->file = fopen(path, "we")) != NULL && backup_key(keys, version, key));
    if (plain) {
        crypto_secretstream_xchacha20poly1305_init_push(&out->state, header, key);
        fwrite(magic, 1, 8, out->file);
        fwrite(&version, 1, 1, out->file);
        fwrite(header, 1, sizeof header, out->file);
        put_bytes(out, bytes, n);
        flush(out, true);
    } else {
        fwrite(bytes, 1, n, out->file);
    }
    fclose(out->file);
    free(out);
}

/* Nothing but the folder and the file stand in the base: nothing climbed out. */
static void
nothing_beside(void)
{
    DIR *dir = opendir(base);
    const struct dirent *entry;
    assert(dir != NULL);
    while ((entry = readdir(dir)) != NULL)
        assert(entry->d_name[0] == '.' || strcmp(entry->d_name, "in") == 0 || strcmp(entry->d_name, "file") == 0);
    closedir(dir);
}

static int
gone(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char file[80], folder[80];
    int entries = 0;
    if (keys == NULL)
        set_up();
    if (n == 0)
        return 0;
    assert(mkdir(base, 0700) == 0); /* what the last one left is gone */
    snprintf(file, sizeof file, "%s/file", base);
    snprintf(folder, sizeof folder, "%s/in", base);
    assert(mkdir(folder, 0700) == 0);
    write_file(file, bytes[0] != 'f', bytes + 1, n - 1);
    const char *why = backup_read(keys, file, folder, NULL, &entries);
    assert(entries >= 0 && (why == NULL || why[0] != '\0'));
    nothing_beside();
    nftw(base, gone, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
