/* One connection to SQLite: opening, statements, rows. The rules of transactions are in lite_writer.c. */
#ifndef STORE_LITE_H
#define STORE_LITE_H

#include <sqlite3.h>

#include "store/cache.h"
#include "store/store.h"

enum { LITE_APPLICATION = 0x74756f79 }; /* "tuoy" in the header of our files */

struct lite {
    sqlite3 *db;
    struct cache *cache;
    int code; /* extended code and message of the last failure */
    char message[256];
};

/* BROKEN and why: no database of ours, damaged, or not to be opened. */
enum status lite_open(struct lite *lite, const char *file, bool writes, bool durable, struct buf *why);
/* Makes an empty file that only its owner may read, whatever the umask; `fresh`: it must not be there yet. To be called
 * before this process opens the database: closing a descriptor drops the process's locks on that file. */
bool lite_make_file(const char *file, bool fresh);
void lite_close(struct lite *lite);
enum status lite_each(struct lite *lite, const char *sql, const struct value *args, size_t n, each_row_fn *each,
                      void *state);
enum status lite_run(struct lite *lite, const char *sql, const struct value *args, size_t n, int64_t *changed);
/* Statements without parameters, not kept; the extended result code. */
int lite_exec(struct lite *lite, const char *sql);
/* A kept statement without parameters: begin, commit and the like; the extended result code. */
int lite_step(struct lite *lite, const char *sql);
enum status lite_status(int code);
/* True for codes after which the disk must not be trusted with another write just now. */
bool lite_full(int code);

#endif
