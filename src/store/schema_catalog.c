/* What the database has, as one sorted list of names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/schema_inside.h"

struct entry {
    const char *kind, *table, *name, *type;
};

struct catalog {
    struct entry *entries;
    size_t n;
};

/* kind, table, name, type; kinds: c column, o index, constraint or trigger */
static const char lite_columns[] =
    "select 'c', m.name, p.name, lower(p.type) from sqlite_schema m, pragma_table_info(m.name) p"
    " where m.type = 'table' and m.name not like 'sqlite!_%' escape '!'";
static const char lite_objects[] = "select 'o', '', name, type from sqlite_schema where type in ('index', 'trigger')";
static const char lite_references[] =
    "select 'o', '', m.name || '.' || f.\"from\", '' from sqlite_schema m, pragma_foreign_key_list(m.name) f"
    " where m.type = 'table' and f.seq = (select max(g.seq) from pragma_foreign_key_list(m.name) g where g.id = f.id)";
static const char pg_columns[] = "select 'c', c.relname, a.attname, format_type(a.atttypid, null) from pg_class c"
                                 " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
                                 " where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')";
static const char pg_objects[] = "select 'o', '', relname, '' from pg_class"
                                 " where relnamespace = current_schema()::regnamespace and relkind in ('i', 'I')";
static const char pg_references[] = "select 'o', '', conname, contype::text from pg_constraint"
                                    " where connamespace = current_schema()::regnamespace";

static int
compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);
    if (order == 0)
        order = strcmp(x->table, y->table);
    return order != 0 ? order : strcmp(x->name, y->name);
}

enum status
catalog_read(struct reader *reader, struct arena *arena, struct catalog **out)
{
    bool lite = reader_engine(reader) == ENGINE_SQLITE;
    const char *questions[] = { lite ? lite_columns : pg_columns, lite ? lite_objects : pg_objects,
                                lite ? lite_references : pg_references };
    struct rows rows[3];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        enum status status = reader_rows(reader, arena, questions[i], NO_ARGS, &rows[i]);
        if (status != OK)
            return status;
        n += rows[i].n;
    }
    struct catalog *catalog = arena_alloc(arena, sizeof *catalog);
    struct entry *entries = arena_array(arena, n + 1, sizeof *entries);
    if (catalog == NULL || entries == NULL)
        return NO_MEMORY;
    for (int i = 0; i < 3; i++)
        for (size_t row = 0; row < rows[i].n; row++)
            entries[catalog->n++] = (struct entry){ rows_text(&rows[i], row, 0), rows_text(&rows[i], row, 1),
                                                    rows_text(&rows[i], row, 2), rows_text(&rows[i], row, 3) };
    qsort(entries, catalog->n, sizeof *entries, compare);
    catalog->entries = entries;
    *out = catalog;
    return OK;
}

bool
catalog_table(const struct catalog *catalog, const char *table)
{
    struct entry key = { "c", table, "", NULL };
    size_t low = 0, high = catalog->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare(&catalog->entries[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < catalog->n && catalog->entries[low].kind[0] == 'c' && strcmp(catalog->entries[low].table, table) == 0;
}

const char *
catalog_column(const struct catalog *catalog, const char *table, const char *column)
{
    struct entry key = { "c", table, column, NULL };
    const struct entry *entry = bsearch(&key, catalog->entries, catalog->n, sizeof key, compare);
    return entry == NULL ? NULL : entry->type;
}

bool
catalog_object(const struct catalog *catalog, const char *name)
{
    struct entry key = { "o", "", name, NULL };
    return bsearch(&key, catalog->entries, catalog->n, sizeof key, compare) != NULL;
}
