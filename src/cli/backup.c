/* backup and restore: the whole house in one encrypted file. The key comes from the key file, which is not in the
 * backup: one is worth nothing without the other. Format: "TUOYUBK1", version of the master key (1 byte), header of
 * libsodium's secretstream, then chunks (length as 4 bytes, sealed bytes); inside them one entry after the other: a
 * line "NAME SIZE\n" and the bytes. The last chunk carries the final tag, so that a cut file is noticed. */
#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/day.h"
#include "cli/command.h"
#include "policy/journal.h"

enum { CHUNK = 65536, CIPHER = CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES, NAME_MOST = 300 };
static const char magic[] = "TUOYUBK1";

struct stream {
    FILE *file;
    crypto_secretstream_xchacha20poly1305_state state;
    unsigned char plain[CHUNK], sealed[CIPHER];
    size_t n, at; /* bytes in plain; reading: how far they are used */
    bool ended, failed;
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

static void
copy_progress(void *state, int thousandths)
{
    (void)state;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r复制数据库 %3d%%", thousandths / 10);
}

static bool
write_backup(struct house *house, const char *path, const char *copy)
{
    unsigned char key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES], version;
    char folder[4096];
    struct stream *out = calloc(1, sizeof *out);
    if (out == NULL)
        return false;
    version = (unsigned char)keys_version(house->keys);
    out->file = fopen(path, "wxe");
    bool good = out->file != NULL && backup_key(house->keys, version, key);
    if (good) {
        crypto_secretstream_xchacha20poly1305_init_push(&out->state, header, key);
        good = fwrite(magic, 1, 8, out->file) == 8 && fwrite(&version, 1, 1, out->file) == 1 &&
               fwrite(header, 1, sizeof header, out->file) == sizeof header;
        snprintf(folder, sizeof folder, "%s/files", house->config.data);
        put_file(out, copy, "tuoyu.db");
        put_folder(out, folder, "files", 0);
        flush(out, true);
        good = good && !out->failed && fflush(out->file) == 0 && fsync(fileno(out->file)) == 0;
    }
    if (out->file != NULL && fclose(out->file) != 0)
        good = false;
    sodium_memzero(key, sizeof key);
    free(out);
    return good;
}

int
command_backup(int argc, char **argv)
{
    struct options options;
    char path[4096], copy[4096], stamp[32];
    struct buf why;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 1) {
        puts("用法：tuoyu backup 目标目录 [--data 目录] [--after 命令]\n"
             "写出一个加密的备份文件（数据库和上传的文件，不含密钥文件）；--after 随后执行命令（如异地复制），\n"
             "备份文件的路径在环境变量 TUOYU_BACKUP 中。使用 PostgreSQL 时请用 pg_dump 备份数据库。");
        return options.help ? 0 : 2;
    }
    if (options.postgres != NULL) {
        fputs("PostgreSQL 数据库请用 pg_dump 备份，并另行复制数据目录中的 files\n", stderr);
        return 1;
    }
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    const time_t now = (time_t)(clock_now() / 1000);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &parts);
    snprintf(path, sizeof path, "%s/tuoyu-%s.backup", options.words[0], stamp);
    snprintf(copy, sizeof copy, "%s/.copy-%s.db", options.data, stamp);
    buf_init(&why, 64 * 1024);
    bool good = store_backup(house->store, copy, copy_progress, NULL, &why) == OK;
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    good = good && write_backup(house, path, copy);
    unlink(copy);
    house_close(house);
    if (good) {
        printf("%s\n", path);
        if (options.after != NULL) {
            setenv("TUOYU_BACKUP", path, 1);
            good = system(options.after) == 0;
            if (!good)
                fprintf(stderr, "备份已写出，但后续命令失败：%s\n", options.after);
        }
    } else {
        fprintf(stderr, "备份失败：%s\n", why.n > 0 ? why.bytes : path);
    }
    buf_free(&why);
    return good ? 0 : 1;
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
    return strcmp(name, "tuoyu.db") == 0 || (slash != NULL && slash == name + 8 && strspn(name + 6, hex_digits) == 2 &&
                                             slash[1] != '\0' && strspn(slash + 1, hex_digits) == strlen(slash + 1));
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

static const char *
read_backup(const struct keys *keys, const char *path, const char *folder, int *entries)
{
    unsigned char key[32], header[crypto_secretstream_xchacha20poly1305_HEADERBYTES], version;
    char start[8];
    struct stream *in = calloc(1, sizeof *in);
    const char *why = NULL;
    if (in == NULL)
        return "内存不足";
    in->file = fopen(path, "re");
    if (in->file == NULL)
        why = "不能打开备份文件";
    else if (fread(start, 1, 8, in->file) != 8 || memcmp(start, magic, 8) != 0 ||
             fread(&version, 1, 1, in->file) != 1 || fread(header, 1, sizeof header, in->file) != sizeof header)
        why = "不是本系统的备份文件";
    else if (!backup_key(keys, version, key) ||
             crypto_secretstream_xchacha20poly1305_init_pull(&in->state, header, key) != 0)
        why = "密钥文件中没有这个备份所用的密钥";
    *entries = 0;
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

/* Opens what was restored as a server would, and proves database and journal. */
static bool
prove(const struct options *options, const char *folder)
{
    struct options restored = *options;
    struct call call;
    struct buf why;
    struct verdict verdict = { 0 };
    restored.data = folder;
    struct house *house = house_open(&restored, false);
    if (house == NULL)
        return false;
    buf_init(&why, 64 * 1024);
    bool good = store_check(house->store, &why) == OK;
    if (!good)
        fprintf(stderr, "%s\n", why.n > 0 ? why.bytes : "数据库检查未通过");
    if (good && call_open(&call, house, 1)) {
        struct reader *reader = store_reader(house->store);
        good = journal_verify(&call, reader, &verdict) == OK && verdict.good;
        store_reader_done(house->store, reader);
        printf("数据库完整；操作日志%s，%lld 条\n", good ? "完整" : "有断点", (long long)verdict.entries);
        call_close(&call);
    }
    buf_free(&why);
    house_close(house);
    return good;
}

int
command_restore(int argc, char **argv)
{
    struct options options;
    struct buf why;
    char keys_path[4096], folder[4096] = "/tmp/tuoyu-drill-XXXXXX";
    struct keys *keys;
    int entries = 0;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 1) {
        puts("用法：tuoyu restore 备份文件 --data 新目录 --keys 密钥文件\n"
             "      tuoyu restore 备份文件 --drill --keys 密钥文件\n"
             "恢复到一个还不存在的目录；--drill 恢复到临时目录，核验后删除。");
        return options.help ? 0 : 2;
    }
    snprintf(keys_path, sizeof keys_path, "%s%s", options.keys != NULL ? options.keys : options.data,
             options.keys != NULL ? "" : ".keys");
    if (options.keys == NULL)
        options.keys = keys_path;
    if (!options.drill)
        snprintf(folder, sizeof folder, "%s", options.data);
    if (options.drill ? mkdtemp(folder) == NULL : mkdir(folder, 0700) != 0) {
        fprintf(stderr, "不能建立目录（已存在的目录不覆盖）：%s\n", folder);
        return 1;
    }
    struct arena *arena = arena_new(1u << 20);
    buf_init(&why, 4096);
    const char *fault = keys_load(options.keys, arena, &keys, &why) != OK
                            ? why.bytes
                            : read_backup(keys, options.words[0], folder, &entries);
    if (fault != NULL)
        fprintf(stderr, "恢复失败：%s\n", fault);
    else
        printf("已恢复 %d 个文件到 %s\n", entries, folder);
    const bool good = fault == NULL && prove(&options, folder);
    if (options.drill || fault != NULL)
        remove_all(folder, 0);
    buf_free(&why);
    arena_free(arena);
    return good ? 0 : 1;
}
