#include "base/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"

enum { MOST_BYTES = 64 * 1024 };

struct keys {
    struct master_key masters[KEY_VERSIONS];
    int n;
    uint8_t index[32], cookie[32];
    const char *signings[KEY_VERSIONS]; /* newest first */
    int signings_n;
    char fingerprint[17];
};

static void
add_secret(struct buf *text, const char *name, const uint8_t *bytes, size_t n)
{
    char hex[2 * 64 + 1];
    hex_text(bytes, n, hex);
    buf_format(text, "%s %s\n", name, hex);
}

static bool
add_master(struct buf *text, int version)
{
    uint8_t bytes[SM4_KEY + 32];
    char name[24];
    if (!random_bytes(bytes, sizeof bytes))
        return false;
    snprintf(name, sizeof name, "master.%d", version);
    add_secret(text, name, bytes, sizeof bytes);
    return true;
}

/* The last line proves the others. */
static void
add_sum(struct buf *text)
{
    uint8_t sum[SM3_SIZE];
    sm3(text->bytes, text->n, sum);
    add_secret(text, "sum", sum, sizeof sum);
}

/* What is sealed under a key that a power cut takes away is lost: the name must be on disk as well. */
static bool
folder_synced(const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder] = '\0';
    const int fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static enum status
write_whole(const char *path, const struct buf *text, bool fresh, struct buf *why)
{
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary)
        return INVALID;
    if (fresh && access(path, F_OK) == 0) {
        buf_format(why, "密钥文件已存在，不会覆盖：%s", path);
        return CONFLICT;
    }
    const int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool good = fd >= 0 && write(fd, text->bytes, text->n) == (ssize_t)text->n && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!good || rename(temporary, path) != 0 || !folder_synced(path)) {
        buf_format(why, "密钥文件写入失败：%s（%s）", path, strerror(errno));
        return BROKEN;
    }
    return OK;
}

enum status
keys_create(const char *path, struct buf *why)
{
    struct buf text;
    uint8_t bytes[32];
    char *pem;
    struct arena *arena = arena_new(1 << 20);
    buf_init(&text, MOST_BYTES);
    buf_text(&text, "tuoyu-keys 1\n");
    enum status status = arena != NULL && add_master(&text, 1) && random_bytes(bytes, sizeof bytes) ? OK : BROKEN;
    add_secret(&text, "index", bytes, sizeof bytes);
    if (status == OK && !random_bytes(bytes, sizeof bytes))
        status = BROKEN;
    add_secret(&text, "cookie", bytes, sizeof bytes);
    if (status == OK)
        status = sm2_new(arena, &pem);
    if (status == OK) {
        buf_text(&text, pem);
        add_sum(&text);
        status = write_whole(path, &text, true, why);
    }
    arena_free(arena);
    buf_free(&text);
    return status;
}

static enum status
read_whole(const char *path, struct buf *text, struct buf *why)
{
    struct stat info;
    char bytes[4096];
    ssize_t n;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        buf_format(why, "没有密钥文件：%s", path);
        return NOT_FOUND;
    }
    if (fstat(fd, &info) != 0 || (info.st_mode & 077) != 0) {
        buf_format(why, "密钥文件的权限过宽，应为 0600：%s", path);
        close(fd);
        return DENIED;
    }
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        buf_add(text, bytes, (size_t)n);
    close(fd);
    return text->failed || n < 0 ? BROKEN : OK;
}

static bool
sum_fits(const struct buf *text, size_t *body)
{
    uint8_t sum[SM3_SIZE], stored[SM3_SIZE];
    char hex[2 * SM3_SIZE + 1];
    const char *line = text->n > 70 ? text->bytes + text->n - 69 : NULL; /* "sum " + 64 digits + newline */
    if (line == NULL || strncmp(line, "sum ", 4) != 0)
        return false;
    memcpy(hex, line + 4, 64);
    hex[64] = '\0';
    *body = (size_t)(line - text->bytes);
    return hex_bytes(hex, stored, sizeof stored) && sm3(text->bytes, *body, sum) &&
           memcmp(sum, stored, sizeof sum) == 0;
}

static bool
read_line(struct keys *keys, const char *line, size_t n)
{
    char hex[2 * 64 + 1];
    const char *space = memchr(line, ' ', n);
    if (space == NULL || n - (size_t)(space - line) - 1 >= sizeof hex)
        return false;
    const size_t hex_n = n - (size_t)(space - line) - 1;
    memcpy(hex, space + 1, hex_n);
    hex[hex_n] = '\0';
    if (strncmp(line, "index ", 6) == 0)
        return hex_bytes(hex, keys->index, sizeof keys->index);
    if (strncmp(line, "cookie ", 7) == 0)
        return hex_bytes(hex, keys->cookie, sizeof keys->cookie);
    if (strncmp(line, "master.", 7) == 0 && keys->n < KEY_VERSIONS) {
        uint8_t bytes[SM4_KEY + 32];
        struct master_key *master = &keys->masters[keys->n++];
        master->version = (int)strtol(line + 7, NULL, 10);
        if (!hex_bytes(hex, bytes, sizeof bytes))
            return false;
        memcpy(master->sm4, bytes, SM4_KEY);
        memcpy(master->hmac, bytes + SM4_KEY, 32);
        return true;
    }
    return strncmp(line, "tuoyu-keys ", 11) == 0;
}

/* One PEM block after the other. */
static bool
split_signings(struct arena *arena, const char *pem, size_t n, struct keys *keys)
{
    static const char begin[] = "-----BEGIN";
    const char *end = pem + n;
    while (pem < end && keys->signings_n < KEY_VERSIONS) {
        const char *next = strstr(pem + 1, begin);
        const char *stop = next == NULL || next > end ? end : next;
        const char *copy = arena_copy(arena, pem, (size_t)(stop - pem));
        if (copy == NULL)
            return false;
        keys->signings[keys->signings_n++] = copy;
        pem = stop;
    }
    return pem == end;
}

static bool
parse(struct arena *arena, const struct buf *text, size_t body, struct keys *keys)
{
    const char *pem = strstr(text->bytes, "-----BEGIN");
    if (pem == NULL || (size_t)(pem - text->bytes) >= body)
        return false;
    for (const char *line = text->bytes; line < pem;) {
        const size_t n = strcspn(line, "\n");
        if (!read_line(keys, line, n))
            return false;
        line += n + 1;
    }
    if (!split_signings(arena, pem, body - (size_t)(pem - text->bytes), keys))
        return false;
    uint8_t sum[SM3_SIZE];
    sm3(text->bytes, body, sum);
    hex_text(sum, 8, keys->fingerprint);
    return keys->n > 0;
}

enum status
keys_load(const char *path, struct arena *arena, struct keys **out, struct buf *why)
{
    struct buf text;
    size_t body;
    struct keys *keys = arena_alloc(arena, sizeof *keys);
    buf_init(&text, MOST_BYTES);
    enum status status = keys == NULL ? NO_MEMORY : read_whole(path, &text, why);
    if (status == OK && (!sum_fits(&text, &body) || !parse(arena, &text, body, keys))) {
        buf_format(why, "密钥文件不完整或被改动，请从备份恢复：%s", path);
        status = BROKEN;
    }
    buf_free(&text);
    *out = keys;
    return status;
}

/* The file again with a new master key before the others and a new signing key before the others. */
static bool
add_versions(struct buf *next, const struct buf *text, size_t body, int version, const char *pem)
{
    const size_t head = strcspn(text->bytes, "\n") + 1;
    const char *old = strstr(text->bytes, "-----BEGIN");
    const size_t secrets = (size_t)(old - text->bytes);
    buf_add(next, text->bytes, head);
    if (!add_master(next, version))
        return false;
    buf_add(next, text->bytes + head, secrets - head);
    buf_text(next, pem);
    buf_add(next, old, body - secrets);
    add_sum(next);
    return !next->failed;
}

enum status
keys_rotate(const char *path, struct buf *why)
{
    struct buf text, next;
    size_t body;
    char *pem;
    struct keys *keys;
    struct arena *arena = arena_new(1 << 20);
    buf_init(&text, MOST_BYTES);
    buf_init(&next, MOST_BYTES);
    enum status status = arena == NULL ? NO_MEMORY : keys_load(path, arena, &keys, why);
    if (status == OK)
        status = read_whole(path, &text, why);
    if (status == OK && (keys->n == KEY_VERSIONS || keys->signings_n == KEY_VERSIONS)) {
        buf_text(why, "密钥版本已满");
        status = CONFLICT;
    }
    if (status == OK)
        status = sm2_new(arena, &pem);
    if (status == OK && sum_fits(&text, &body) && add_versions(&next, &text, body, keys_version(keys) + 1, pem))
        status = write_whole(path, &next, false, why);
    else if (status == OK)
        status = BROKEN;
    buf_free(&text);
    buf_free(&next);
    arena_free(arena);
    return status;
}

int
keys_version(const struct keys *keys)
{
    int newest = 0;
    for (int i = 0; i < keys->n; i++)
        if (keys->masters[i].version > newest)
            newest = keys->masters[i].version;
    return newest;
}

const struct master_key *
keys_master(const struct keys *keys, int version)
{
    if (version == 0)
        version = keys_version(keys);
    for (int i = 0; i < keys->n; i++)
        if (keys->masters[i].version == version)
            return &keys->masters[i];
    return NULL;
}

const uint8_t *
keys_index(const struct keys *keys)
{
    return keys->index;
}

const uint8_t *
keys_cookie(const struct keys *keys)
{
    return keys->cookie;
}

const char *
keys_signing(const struct keys *keys)
{
    return keys->signings[0];
}

const char *
keys_signing_of(const struct keys *keys, int i)
{
    return i < keys->signings_n ? keys->signings[i] : NULL;
}

const char *
keys_fingerprint(const struct keys *keys)
{
    return keys->fingerprint;
}
