/* The backup file. Format: "TUOYUBK1", version of the master key (1 byte), header of libsodium's secretstream, then
 * chunks (length as 4 bytes, sealed bytes); inside them one entry after the other: a line "NAME SIZE\n" and the bytes.
 * The last chunk carries the final tag, so that a cut file is noticed. */
#include "cli/backup_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536, CIPHER = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES, NAME_MOST = 300 };
static const char magic[] = "TUOYUBK1";

struct stream {
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char plain[CHUNK], sealed[CIPHER];
    size_t n, at; /* bytes in plain; reading: how far they are used */
    bool ended, failed;
    struct progress *progress;
    int64_t done, total;
};

static bool
backup_key(const struct keys *keys, int version, unsigned char out[32])
{
    const struct master_key *master = keys_master(keys, version);
    static const char purpose[] = "tuoyu backup";
    return master != NULL && sodium_init() >= 0 &&
           sm3_hmac(master->hmac, sizeof master->hmac, purpose, sizeof purpose - 1, out);
}

/* ---- writing ---- */

static void
flush(struct stream *out, bool last)
{
    unsigned long long n;
    const unsigned char tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    crypto_secretstream_xchacha20poly1305_push(&out->state, out->sealed, &n, out->plain, out->n, NULL, 0, tag);
    const unsigned char length[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                      (unsigned char)n };
    if (fwrite(length, 1, 4, out->file) != 4 || fwrite(out->sealed, 1, n, out->file) != n)
        out->failed = true;
    out->n = 0;
}

static void
show(struct stream *stream, size_t n)
{
    stream->done += (int64_t)n;
    if (stream->progress != NULL && stream->total > 0)
        progress_show(stream->progress,
                      (int)(stream->done >= stream->total ? 1000 : 1000 * stream->done / stream->total));
}

static void
put_bytes(struct stream *out, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    while (n > 0 && !out->failed) {
        const size_t part = CHUNK - out->n < n ? CHUNK - out->n : n;
        memcpy(out->plain + out->n, at, part);
        out->n += part;
        at += part;
        n -= part;
        if (out->n == CHUNK)
            flush(out, false);
    }
}

/* A file that shrinks while it is read fails the backup; one that grows is cut at the size that was announced. */
static void
put_file(struct stream *out, const char *path, const char *name)
{
    struct stat info;
    char line[NAME_MOST + 40];
    unsigned char bytes[16384];
    FILE *file = fopen(path, "re");
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        out->failed = true;
        if (file != NULL)
            fclose(file);
        return;
    }
    snprintf(line, sizeof line, "%s %lld\n", name, (long long)info.st_size);
    put_bytes(out, line, strlen(line));
    for (int64_t left = info.st_size; left > 0 && !out->failed;) {
        const size_t want = left < (int64_t)sizeof bytes ? (size_t)left : sizeof bytes, n = fread(bytes, 1, want, file);
        if (n == 0)
            out->failed = true;
        put_bytes(out, bytes, n);
        show(out, n);
        left -= (int64_t)n;
    }
    fclose(file);
}

static void
put_folder(struct stream *out, const char *folder, const char *name, int depth)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && depth < 8 && (entry = readdir(dir)) != NULL) {
        char path[4096], below[NAME_MOST];
        struct stat info;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(below, sizeof below, "%s/%s", name, entry->d_name);
        if (stat(path, &info) != 0)
            continue;
        if (S_ISDIR(info.st_mode))
            put_folder(out, path, below, depth + 1);
        else if (S_ISREG(info.st_mode))
            put_file(out, path, below);
    }
    if (dir != NULL)
        closedir(dir);
}

/* Bytes below a folder, for the progress. */
static int64_t
folder_bytes(const char *folder, int depth)
{
    int64_t sum = 0;
    struct dirent *entry;
    DIR *dir = opendir(folder);
    while (dir != NULL && depth < 8 && (entry = readdir(dir)) != NULL) {
        char path[4096];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && stat(path, &info) == 0)
            sum += S_ISDIR(info.st_mode) ? folder_bytes(path, depth + 1) : (int64_t)info.st_size;
    }
    if (dir != NULL)
        closedir(dir);
    return sum;
}

static bool
begin(struct stream *out, const struct keys *keys)
{
    unsigned char key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    const unsigned char version = (unsigned char)keys_version(keys);
    bool good = backup_key(keys, version, key);
    if (good) {
        crypto_secretstream_xchacha20poly1305_init_push(&out->state, header, key);
        good = fwrite(magic, 1, 8, out->file) == 8 && fwrite(&version, 1, 1, out->file) == 1 &&
               fwrite(header, 1, sizeof header, out->file) == sizeof header;
    }
    sodium_memzero(key, sizeof key);
    return good;
}

/* The name is on disk only when its folder is. */
static bool
settle(const char *part, const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    if (rename(part, path) != 0)
        return false;
    const int fd = open(slash == NULL ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

enum status
backup_write(const struct keys *keys, const char *data, const char *copy, const char *path, struct progress *progress,
             struct buf *why)
{
    char files[4096], demo[4096], part[4096 + 8];
    struct stat info;
    struct stream *out = calloc(1, sizeof *out);
    if (out == NULL)
        return NO_MEMORY;
    snprintf(files, sizeof files, "%s/files", data);
    snprintf(demo, sizeof demo, "%s/demo", data); /* what was made for show stays marked as such */
    snprintf(part, sizeof part, "%s.part", path);
    out->progress = progress;
    out->total = (stat(copy, &info) == 0 ? (int64_t)info.st_size : 0) + folder_bytes(files, 0);
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    out->file = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = out->file != NULL && begin(out, keys);
    if (good) {
        put_file(out, copy, "tuoyu.db");
        if (access(demo, F_OK) == 0)
            put_file(out, demo, "demo");
        put_folder(out, files, "files", 0);
        flush(out, true);
        good = !out->failed && fflush(out->file) == 0 && fsync(fileno(out->file)) == 0;
    }
    const int fault = errno;
    if (out->file != NULL && fclose(out->file) != 0)
        good = false;
    good = good && settle(part, path);
    if (!good) {
        unlink(part);
        buf_format(why, "不能写出备份文件 %s：%s", path, strerror(fault));
    }
    free(out);
    return good ? OK : FULL;
}

/* ---- reading ---- */

static bool
next_chunk(struct stream *in)
{
    unsigned char length[4], tag;
    unsigned long long plain;
    if (in->ended || fread(length, 1, 4, in->file) != 4)
        return false;
    const size_t n = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
    if (n > CIPHER || n < crypto_secretstream_xchacha20poly1305_ABYTES || fread(in->sealed, 1, n, in->file) != n ||
        crypto_secretstream_xchacha20poly1305_pull(&in->state, in->plain, &plain, &tag, in->sealed, n, NULL, 0) != 0)
        return false;
    show(in, n + 4);
    in->n = (size_t)plain;
    in->at = 0;
    in->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return true;
}

static bool
more(struct stream *in)
{
    while (in->at == in->n)
        if (in->ended || !next_chunk(in)) {
            in->failed = !in->ended;
            return false;
        }
    return true;
}

static const char hex_digits[] = "0123456789abcdef";

static bool
name_is_safe(const char *name)
{
    /* files/ab/<hex>: what the file store makes, and nothing that climbs, hides or nests */
    const char *slash = strncmp(name, "files/", 6) == 0 ? strrchr(name + 6, '/') : NULL;
    return strcmp(name, "tuoyu.db") == 0 || strcmp(name, "demo") == 0 ||
           (slash != NULL && slash == name + 8 && strspn(name + 6, hex_digits) == 2 && slash[1] != '\0' &&
            strspn(slash + 1, hex_digits) == strlen(slash + 1));
}

static bool
make_folders(char *path)
{
    for (char *at = path + 1; *at != '\0'; at++)
        if (*at == '/') {
            *at = '\0';
            mkdir(path, 0700);
            *at = '/';
        }
    return true;
}

/* One entry; false at the end or when something does not fit (in->failed). */
static bool
read_entry(struct stream *in, const char *folder)
{
    char line[NAME_MOST + 40], path[4096], *space;
    size_t n = 0;
    while (more(in) && in->plain[in->at] != '\n' && n + 1 < sizeof line)
        line[n++] = (char)in->plain[in->at++];
    if (n == 0)
        return false;
    in->at++;
    line[n] = '\0';
    space = strrchr(line, ' ');
    if (space == NULL)
        return !(in->failed = true);
    *space = '\0';
    int64_t left = strtoll(space + 1, NULL, 10);
    snprintf(path, sizeof path, "%s/%s", folder, line);
    if (!name_is_safe(line) || left < 0 || !make_folders(path))
        return !(in->failed = true);
    FILE *file = fopen(path, "wxe");
    while (file != NULL && left > 0 && more(in)) {
        const size_t part = (int64_t)(in->n - in->at) < left ? in->n - in->at : (size_t)left;
        if (fwrite(in->plain + in->at, 1, part, file) != part)
            break;
        in->at += part;
        left -= (int64_t)part;
    }
    if (file == NULL || fclose(file) != 0 || left != 0)
        in->failed = true;
    return !in->failed;
}

static void
remove_all(const char *folder, int depth)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && depth < 8 && (entry = readdir(dir)) != NULL) {
        char path[4096];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0)
            remove_all(path, depth + 1);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

void
folder_remove(const char *folder)
{
    remove_all(folder, 0);
}

const char *
backup_read(const struct keys *keys, const char *path, const char *folder, struct progress *progress, int *entries)
{
    unsigned char key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES], version;
    char start[8];
    struct stream *in = calloc(1, sizeof *in);
    const char *why = NULL;
    if (in == NULL)
        return "内存不足";
    struct stat info;
    in->file = fopen(path, "re");
    in->progress = progress;
    in->total = in->file != NULL && fstat(fileno(in->file), &info) == 0 ? (int64_t)info.st_size : 0;
    if (in->file == NULL)
        why = "不能打开备份文件";
    else if (fread(start, 1, 8, in->file) != 8 || memcmp(start, magic, 8) != 0 ||
             fread(&version, 1, 1, in->file) != 1 || fread(header, 1, sizeof header, in->file) != sizeof header)
        why = "不是本系统的备份文件";
    else if (!backup_key(keys, version, key) ||
             crypto_secretstream_xchacha20poly1305_init_pull(&in->state, header, key) != 0)
        why = "密钥文件中没有这个备份所用的密钥";
    *entries = 0;
    in->done = 9 + (int64_t)sizeof header;
    while (why == NULL && read_entry(in, folder))
        (*entries)++;
    if (why == NULL && (in->failed || !in->ended))
        why = "备份文件不完整、被改动，或密钥不符";
    if (in->file != NULL)
        fclose(in->file);
    sodium_memzero(key, sizeof key);
    free(in);
    return why;
}
