/* The schema as text: canonical for schema.lock, and as create statements for documents and tests. */
#include <stdlib.h>
#include <string.h>

#include "store/schema_inside.h"

static const char *const homes[] = { "office", "claim", "reference", "local" };
static const char *const types[] = { "int", "text", "date", "bytes", "search" };

static int
by_name(const void *a, const void *b)
{
    const struct table *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static void
list(const char *const *names, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        buf_format(out, " %s", names[i]);
}

static void
table_text(const struct table *table, struct buf *out)
{
    buf_format(out, "table %s %s\n  key", table->name, homes[table->home]);
    list(table->key, key_columns(table), out);
    buf_char(out, '\n');
    for (const struct column *column = table->columns; column->name != NULL; column++) {
        buf_format(out, "  column %s %s%s", column->name, types[column->type], column->need ? " need" : "");
        if (column->references != NULL)
            buf_format(out, " -> %s", column->references);
        buf_char(out, '\n');
    }
    for (const struct index *index = table->indexes; index != NULL && index->columns[0] != NULL; index++) {
        buf_text(out, index->unique ? "  unique" : "  index");
        list(index->columns, index_columns(index), out);
        if (index->where != NULL)
            buf_format(out, " where %s", index->where);
        buf_char(out, '\n');
    }
    for (const struct span *span = table->spans; span != NULL && span->name != NULL; span++) {
        buf_format(out, "  span %s %s..%s of %s", span->name, span->from, span->to, span->of);
        if (span->where != NULL)
            buf_format(out, " where %s", span->where);
        buf_char(out, '\n');
    }
}

void
schema_text(const struct table *const *tables, size_t n, struct buf *out)
{
    const struct table **sorted = malloc((n + 1) * sizeof(struct table *));
    if (sorted == NULL) {
        out->failed = true;
        return;
    }
    if (n > 0)
        memcpy(sorted, tables, n * sizeof(struct table *));
    qsort(sorted, n, sizeof(struct table *), by_name);
    for (size_t i = 0; i < n; i++)
        table_text(sorted[i], out);
    free(sorted);
}

void
schema_sql(enum engine engine, const struct table *const *tables, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        sql_table(engine, tables, n, tables[i], out);
    for (size_t i = 0; i < n; i++) {
        const struct table *table = tables[i];
        for (const struct index *index = table->indexes; index != NULL && index->columns[0] != NULL; index++)
            sql_index(table, index, out);
        if (needs_id_alone(tables, n, table))
            sql_index(table, &id_alone, out);
        if (table_search(table) != NULL)
            sql_search(engine, table, out);
    }
    for (size_t i = 0; i < n; i++) {
        const struct table *table = tables[i];
        for (const struct column *column = table->columns; engine == ENGINE_POSTGRES && column->name != NULL;
             column++) {
            if (column->references == NULL)
                continue;
            buf_format(out, "alter table \"%s\" add ", table->name);
            sql_reference(table, column, find_table(tables, n, column->references), out);
            buf_text(out, ";\n");
        }
        for (const struct span *span = table->spans; span != NULL && span->name != NULL; span++)
            sql_span(engine, table, span, out);
    }
}
