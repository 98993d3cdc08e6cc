/* One connection to PostgreSQL: opening and re-opening, statements, rows. Transactions are in pg_writer.c. */
#ifndef STORE_PG_H
#define STORE_PG_H

#include <libpq-fe.h>

#include "store/cache.h"
#include "store/store.h"

struct pg {
    PGconn *conn;
    struct cache *cache;
    const char *conninfo, *schema;
    bool writes, durable, in_transaction;
    unsigned next_name;
    char state[6]; /* SQLSTATE of the last failure, "" when the connection itself failed */
    char constraint[64];
    char message[256];
};

enum { PG_CONNINFO_MOST = 2048 };

/* BROKEN and why when the server refuses. conninfo and schema must outlive the connection. The schema is made if
 * missing. */
enum status pg_open(struct pg *pg, const char *conninfo, const char *schema, bool writes, bool durable,
                    struct buf *why);
void pg_close(struct pg *pg);
/* Outside a transaction: opens the connection again if it is lost. BUSY: the server is not there. */
enum status pg_ready(struct pg *pg);
bool pg_lost(const struct pg *pg);
enum status pg_each(struct pg *pg, const char *sql, const struct value *args, size_t n, each_row_fn *each, void *state);
enum status pg_run(struct pg *pg, const char *sql, const struct value *args, size_t n, int64_t *changed);
/* Statements without parameters, not kept. The last one's first cell goes to `first` (may be NULL). */
enum status pg_exec(struct pg *pg, const char *sql, char *first, size_t room);
/* What the last failure's SQLSTATE means. */
enum status pg_status(const char *state);
/* True when the same transaction may succeed if run again. */
bool pg_again(const struct pg *pg);

#endif
