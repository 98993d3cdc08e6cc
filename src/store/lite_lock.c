/* One server per folder. The lock belongs to the open file, not to the process, so that a second store in the same
 * process is refused as well; it vanishes with its process however that ends. */
#define _GNU_SOURCE
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
say_who(int file, struct buf *why)
{
    char text[32] = "";
    ssize_t n = pread(file, text, sizeof text - 1, 0);
    text[n > 0 ? strspn(text, "0123456789") : 0] = '\0';
    buf_format(why, "数据目录正由另一个服务使用（进程号 %s），请先停止它", text[0] != '\0' ? text : "未知");
}

static void
write_pid(int file)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* The number only helps people; without it the lock holds all the same. */
    if (ftruncate(file, 0) != 0 || pwrite(file, text, (size_t)n, 0) != n)
        store_complain("cannot note the process id", "tuoyu.lock");
}

int
folder_lock(const char *folder, struct buf *why)
{
    char path[4096];
    if ((mkdir(folder, 0700) != 0 && errno != EEXIST) ||
        snprintf(path, sizeof path, "%s/tuoyu.lock", folder) >= (int)sizeof path) {
        buf_format(why, "无法使用数据目录 %s：%s", folder, strerror(errno));
        return -1;
    }
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) {
        buf_format(why, "无法使用数据目录 %s：%s", folder, strerror(errno));
        return -1;
    }
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (fcntl(file, F_OFD_SETLK, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES)
            say_who(file, why);
        else
            buf_format(why, "无法锁定数据目录 %s：%s", folder, strerror(errno));
        close(file);
        return -1;
    }
    write_pid(file);
    return file;
}

void
folder_unlock(int lock)
{
    if (lock >= 0)
        close(lock);
}
