#define _GNU_SOURCE
#include "desk/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "base/sm.h"

struct file_store {
    char folder[3000];
};

struct file_store *
files_open(const char *folder)
{
    struct file_store *files = calloc(1, sizeof *files);
    if (files == NULL || strlen(folder) >= sizeof files->folder || (mkdir(folder, 0700) != 0 && errno != EEXIST)) {
        free(files);
        return NULL;
    }
    memcpy(files->folder, folder, strlen(folder) + 1);
    return files;
}

void
files_close(struct file_store *files)
{
    free(files);
}

static bool
sync_folder(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static enum status
fault_status(void)
{
    return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? FULL : BROKEN;
}

enum status
files_put(struct file_store *files, const void *bytes, size_t n, char hex[65])
{
    char folder[3100], path[3200], temporary[3300];
    uint8_t hash[SM3_SIZE];
    uint64_t unique;
    if (!sm3(bytes, n, hash) || !random_bytes(&unique, sizeof unique))
        return BROKEN;
    hex_text(hash, sizeof hash, hex);
    snprintf(folder, sizeof folder, "%s/%.2s", files->folder, hex);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fault_status();
    sync_folder(files->folder);
    snprintf(path, sizeof path, "%s/%s", folder, hex);
    if (access(path, F_OK) == 0)
        return sync_folder(folder) ? OK : BROKEN; /* the same content is there already, perhaps only just */
    snprintf(temporary, sizeof temporary, "%s/.%016llx", folder, (unsigned long long)unique);
    const int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fault_status();
    enum status status = OK;
    for (size_t done = 0; done < n && status == OK;) {
        const ssize_t wrote = write(fd, (const char *)bytes + done, n - done);
        if (wrote < 0)
            status = fault_status();
        else
            done += (size_t)wrote;
    }
    if (status == OK && fsync(fd) != 0)
        status = fault_status();
    close(fd);
    if (status == OK && rename(temporary, path) != 0)
        status = fault_status();
    if (status != OK) {
        unlink(temporary);
        return status;
    }
    return sync_folder(folder) ? OK : BROKEN;
}

enum status
files_get(struct file_store *files, const char *hex, size_t most, struct arena *arena, char **bytes, size_t *n)
{
    char path[3200], proof[65];
    uint8_t hash[SM3_SIZE];
    struct stat info;
    if (strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64)
        return NOT_FOUND;
    snprintf(path, sizeof path, "%s/%.2s/%s", files->folder, hex, hex);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return NOT_FOUND;
    enum status status = fstat(fd, &info) != 0 || info.st_size < 0 ? BROKEN
                         : (size_t)info.st_size > most             ? TOO_LARGE
                                                                   : OK;
    *n = status == OK ? (size_t)info.st_size : 0;
    *bytes = status == OK ? arena_alloc(arena, *n + 1) : NULL;
    if (status == OK && *bytes == NULL)
        status = NO_MEMORY;
    for (size_t done = 0; status == OK && done < *n;) {
        const ssize_t got = read(fd, *bytes + done, *n - done);
        if (got <= 0)
            status = BROKEN;
        else
            done += (size_t)got;
    }
    close(fd);
    if (status == OK && sm3(*bytes, *n, hash)) {
        hex_text(hash, sizeof hash, proof);
        status = strcmp(proof, hex) == 0 ? OK : BROKEN;
    }
    return status;
}

enum status
files_remove(struct file_store *files, const char *hex)
{
    char folder[3100], path[3200];
    if (strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64)
        return INVALID;
    snprintf(folder, sizeof folder, "%s/%.2s", files->folder, hex);
    snprintf(path, sizeof path, "%s/%s", folder, hex);
    if (unlink(path) != 0)
        return errno == ENOENT ? OK : BROKEN;
    return sync_folder(folder) ? OK : BROKEN;
}

const char *
file_type(const void *bytes, size_t n, const char **why)
{
    const unsigned char *head = bytes;
    *why = NULL;
    if (n >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "image/png";
    if (n >= 4 && head[0] == 0xff && head[1] == 0xd8 && head[2] == 0xff &&
        memmem(head + n - (n > 64 ? 64 : n), n > 64 ? 64 : n, "\xff\xd9", 2) != NULL)
        return "image/jpeg";
    if (n >= 8 && memcmp(head, "%PDF-", 5) == 0) {
        const size_t tail = n > 2048 ? 2048 : n;
        if (memmem(head + n - tail, tail, "%%EOF", 5) == NULL)
            *why = "PDF 文件不完整，请重新上传";
        else if (memmem(head, n, "/Encrypt", 8) != NULL)
            *why = "PDF 文件已加密，请去除密码后上传";
        else if (memmem(head, n, "/JavaScript", 11) != NULL || memmem(head, n, "/Launch", 7) != NULL)
            *why = "PDF 文件含有脚本，不能上传";
        return *why == NULL ? "application/pdf" : NULL;
    }
    *why = n >= 12 && memcmp(head + 4, "ftyp", 4) == 0 ? "不支持 HEIC 照片，请在手机中改为 JPG 后上传"
                                                       : "只支持 PDF、JPG、PNG 文件（按内容判断）";
    return NULL;
}
