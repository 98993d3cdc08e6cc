/* What the schema files know of each other. */
#ifndef STORE_SCHEMA_INSIDE_H
#define STORE_SCHEMA_INSIDE_H

#include "store/inside.h"
#include "store/schema.h"

enum { INDEX_COLUMNS = 6, KEY_COLUMNS = 4 };

size_t index_columns(const struct index *index);
size_t key_columns(const struct table *table);
const struct column *table_column(const struct table *table, const char *name);
const struct column *table_search(const struct table *table);
const struct table *find_table(const struct table *const *tables, size_t n, const char *name);
/* True: the foreign key is (office, column) -> (office, id). */
bool reference_with_office(const struct table *target);
/* The unique index on id alone that a table without office gets when others refer to it and its key is another one. */
extern const struct index id_alone;
bool needs_id_alone(const struct table *const *tables, size_t n, const struct table *table);
void index_name(const struct table *table, const struct index *index, char out[CONFLICT_NAME]);
void span_name(const struct table *table, const struct span *span, char out[CONFLICT_NAME]);
void reference_name(const struct table *table, const struct column *column, char out[CONFLICT_NAME]);

/* Complaints about the tables themselves go to `report`; false when there are any. */
bool tables_good(const struct table *const *tables, size_t n, struct buf *report);

/* Statements, each ending in ";\n". */
void sql_table(enum engine engine, const struct table *const *tables, size_t n, const struct table *table,
               struct buf *out);
void sql_column(enum engine engine, const struct table *table, const struct column *column, struct buf *out);
void sql_index(const struct table *table, const struct index *index, struct buf *out);
/* The clause "constraint … foreign key … references …". */
void sql_reference(const struct table *table, const struct column *column, const struct table *target, struct buf *out);
void sql_span(enum engine engine, const struct table *table, const struct span *span, struct buf *out);
void sql_search(enum engine engine, const struct table *table, struct buf *out);
/* Statements that read the search tokens of a table (office, id, tokens) and write one row's (?1, ?2, ?3). */
void search_copy_sql(enum engine from, enum engine to, const struct table *table, struct buf *select,
                     struct buf *insert);
const char *sql_type(enum engine engine, enum column_type type);

/* What the database has: names of tables, columns with their types, indexes, constraints and triggers. */
struct catalog;
enum status catalog_read(struct reader *reader, struct arena *arena, struct catalog **out);
bool catalog_table(const struct catalog *catalog, const char *table);
/* Its type as the engine writes it, or NULL. */
const char *catalog_column(const struct catalog *catalog, const char *table, const char *column);
/* An index, a constraint or a trigger of that name. */
bool catalog_object(const struct catalog *catalog, const char *name);

/* Estimates for SQLite's planner in place of ANALYZE, which would judge by whatever little the tables hold today. */
enum status stat_write(struct writer *writer, const struct table *const *tables, size_t n);

#endif
