/* Tables as data. The policy engine makes one `struct table` from each form; the engine's own tables are declared the
 * same way. From it come create statements for both engines, constraint names, indexes with their sqlite_stat1 rows,
 * span constraints, the check of an existing database, and the committed schema.lock. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/store.h"

/* Where rows live (rule of homes): OFFICE and CLAIM are distributed on a cluster, REFERENCE is copied everywhere. */
enum home { HOME_OFFICE, HOME_CLAIM, HOME_REFERENCE, HOME_LOCAL };

enum column_type {
    COLUMN_INT,    /* integer / bigint */
    COLUMN_TEXT,   /* text */
    COLUMN_DATE,   /* checked text / date (read and written as text YYYY-MM-DD on both) */
    COLUMN_BYTES,  /* blob / bytea */
    COLUMN_SEARCH, /* search tokens: an FTS5 table <table>_search keyed by id / a tsvector column with a GIN index. The
                      column is always called "search"; written by schema_search_put, asked by schema_search, and never
                      named in a statement (on SQLite it is no column of the table). At most one; the table has office
                      and id */
};

struct column {
    const char *name;
    enum column_type type;
    bool need;              /* NOT NULL: only keys and versions */
    const char *references; /* table name: foreign key (office, column) -> (office, id), or (column) -> (id) when the
                               target is not OFFICE (its id is then unique by itself); never deferred */
    const char *was;        /* former name, renamed by a numbered migration */
};

/* Up to 6 column names, NULL ends. `rows_per` = estimated rows for one value of each prefix (for sqlite_stat1), 0 =
 * a default; `total` likewise. `where`: NULL or a constant predicate (partial index; both engines). */
struct index {
    const char *columns[6];
    bool unique;
    const char *where;
    int64_t rows_per[6];
};

/* Date ranges [from, to] of rows with equal `of` (and office) may not overlap; open end is 9999-12-31. Rows with a null
 * `from` are left alone. */
struct span {
    const char *name, *from, *to, *of;
    const char *where; /* NULL or constant predicate such as "gone = 0" */
};

struct table {
    const char *name;
    enum home home;
    const struct column *columns; /* ends with name NULL */
    const char *key[4];           /* primary key; OFFICE: {"office", "id"} */
    const struct index *indexes;  /* ends with columns[0] NULL; may be NULL */
    const struct span *spans;     /* ends with name NULL; may be NULL */
    int64_t expected_rows;        /* for sqlite_stat1 */
};

/* Brings the database to these tables: new tables, nullable columns and indexes are made automatically; numbered
 * migrations run first, each in one transaction, recorded in table schema_step (a new database starts with all of them
 * recorded and none run). Dropping and narrowing never happen. sqlite_stat1 is rewritten. Runs without the hooks of
 * store_set_hooks. `report` (cleared first) says in Chinese what was done or why not:
 *   INVALID   the tables themselves are wrong: names, keys, references, a unique key without office
 *   CONFLICT  the database is newer than the program, differs in a way that needs a migration, or holds rows that a new
 *             key or span forbids; nothing is changed then. */
struct migration {
    int number;
    const char *title;
    enum status (*run)(struct writer *writer);
};
enum status schema_bring(struct store *store, const struct table *const *tables, size_t n,
                         const struct migration *migrations, size_t migrations_n, struct buf *report);
/* Brings `to` to these tables and copies every row of `from` into it, as one snapshot and in one transaction; either
 * engine on either side. `progress` (may be NULL) gets 0..1000. CONFLICT and why: rows are there already. */
enum status schema_copy(struct store *from, struct store *to, const struct table *const *tables, size_t n,
                        void (*progress)(void *, int), void *state, struct buf *why);
/* The schema as canonical text, for schema.lock. */
void schema_text(const struct table *const *tables, size_t n, struct buf *out);
/* The create statements of one engine, for docs and tests. */
void schema_sql(enum engine engine, const struct table *const *tables, size_t n, struct buf *out);

/* Sets the search tokens (space separated, as text_tokens makes them) of one row, in the transaction that wrote it and
 * after it; NULL or "" removes them. */
enum status schema_search_put(struct writer *writer, const char *table, int64_t office, int64_t id, const char *tokens);
/* Search predicate for tokens made by text_query_tokens: appends " and …" for rows of `alias` of which every token
 * matches. No tokens (NULL or blank): appends nothing. A table name that is none makes the query bad. */
struct query;
void schema_search(struct query *query, enum engine engine, const char *table, const char *alias, const char *tokens);

#endif
