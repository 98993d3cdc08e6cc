#include "fault/faults.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int armed_kind = -1, left, fired;
static atomic_bool for_ever;
static sqlite3_mem_methods lite;

/* True: this call is to fail. */
static bool
strikes(enum fault_kind kind)
{
    if (atomic_load(&armed_kind) != (int)kind)
        return false;
    const int now = atomic_fetch_sub(&left, 1) - 1;
    const bool strike = now == 0 || (now < 0 && atomic_load(&for_ever));
    if (strike)
        atomic_store(&fired, 1);
    return strike;
}

void
faults_arm(enum fault_kind kind, int n, bool for_good)
{
    atomic_store(&fired, 0);
    atomic_store(&left, n);
    atomic_store(&for_ever, for_good);
    atomic_store(&armed_kind, (int)kind);
}

bool
faults_disarm(void)
{
    atomic_store(&armed_kind, -1);
    return atomic_load(&fired) != 0;
}

/* ---- our code: the linker sends its calls here ---- */

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t n);
ssize_t __real_write(int file, const void *bytes, size_t n);
int __real_fsync(int file);
int __real_rename(const char *from, const char *to);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t n);
ssize_t __wrap_write(int file, const void *bytes, size_t n);
int __wrap_fsync(int file);
int __wrap_rename(const char *from, const char *to);

void *
__wrap_malloc(size_t n)
{
    return strikes(FAULT_MEMORY) ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
    return strikes(FAULT_MEMORY) ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t n)
{
    return strikes(FAULT_MEMORY) ? NULL : __real_realloc(old, n);
}

/* Half of what was asked for, as on a disk that is nearly full; the next call fails. */
ssize_t
__wrap_write(int file, const void *bytes, size_t n)
{
    if (!strikes(FAULT_WRITE))
        return __real_write(file, bytes, n);
    errno = ENOSPC;
    return -1;
}

int
__wrap_fsync(int file)
{
    if (!strikes(FAULT_WRITE))
        return __real_fsync(file);
    errno = EIO;
    return -1;
}

int
__wrap_rename(const char *from, const char *to)
{
    if (!strikes(FAULT_WRITE))
        return __real_rename(from, to);
    errno = EIO;
    return -1;
}

/* ---- SQLite ---- */

static void *
lite_malloc(int n)
{
    return strikes(FAULT_SQLITE_MEMORY) ? NULL : lite.xMalloc(n);
}

static void *
lite_realloc(void *old, int n)
{
    return strikes(FAULT_SQLITE_MEMORY) ? NULL : lite.xRealloc(old, n);
}

static ssize_t
lite_pwrite(int file, const void *bytes, size_t n, off_t at)
{
    if (!strikes(FAULT_WRITE))
        return pwrite(file, bytes, n, at);
    errno = ENOSPC;
    return -1;
}

static ssize_t
lite_write(int file, const void *bytes, size_t n)
{
    return __wrap_write(file, bytes, n);
}

static int
lite_truncate(int file, off_t n)
{
    if (!strikes(FAULT_WRITE))
        return ftruncate(file, n);
    errno = EIO;
    return -1;
}

static void
replace(sqlite3_vfs *vfs, const char *name, sqlite3_syscall_ptr call)
{
    if (vfs->xSetSystemCall(vfs, name, call) != SQLITE_OK)
        abort();
}

void
faults_install(void)
{
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &lite) != SQLITE_OK)
        abort();
    sqlite3_mem_methods mine = lite;
    mine.xMalloc = lite_malloc;
    mine.xRealloc = lite_realloc;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) != SQLITE_OK)
        abort();
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    replace(vfs, "pwrite", (sqlite3_syscall_ptr)lite_pwrite);
    replace(vfs, "pwrite64", (sqlite3_syscall_ptr)lite_pwrite);
    replace(vfs, "write", (sqlite3_syscall_ptr)lite_write);
    replace(vfs, "ftruncate", (sqlite3_syscall_ptr)lite_truncate);
}
