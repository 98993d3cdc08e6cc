/* Create statements of both engines. Names are always quoted, since columns are called by, from, to and order. */
#include <string.h>

#include "store/schema_inside.h"

const char *
sql_type(enum engine engine, enum column_type type)
{
    bool lite = engine == ENGINE_SQLITE;
    switch (type) {
    case COLUMN_INT:
        return lite ? "integer" : "bigint";
    case COLUMN_DATE:
        return lite ? "text" : "date";
    case COLUMN_BYTES:
        return lite ? "blob" : "bytea";
    case COLUMN_SEARCH:
        return "tsvector";
    case COLUMN_TEXT:
        break;
    }
    return "text";
}

void
sql_column(enum engine engine, const struct table *table, const struct column *column, struct buf *out)
{
    buf_format(out, "\"%s\" %s", column->name, sql_type(engine, column->type));
    /* Order and keys must not depend on where the database was made. */
    if (engine == ENGINE_POSTGRES && column->type == COLUMN_TEXT)
        buf_text(out, " collate \"C\"");
    bool key = false;
    for (size_t i = 0; i < key_columns(table); i++)
        key |= strcmp(table->key[i], column->name) == 0;
    if (column->need || key)
        buf_text(out, " not null");
    if (engine == ENGINE_SQLITE && column->type == COLUMN_DATE)
        buf_format(out, " check (\"%s\" is null or (length(\"%s\") = 10 and date(\"%s\", '+0 days') is \"%s\"))",
                   column->name, column->name, column->name, column->name);
}

static void
names(const char *const *columns, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++)
        buf_format(out, "%s\"%s\"", i > 0 ? ", " : "", columns[i]);
}

void
sql_reference(const struct table *table, const struct column *column, const struct table *target, struct buf *out)
{
    char name[CONFLICT_NAME];
    reference_name(table, column, name);
    if (reference_with_office(target))
        buf_format(out, "constraint \"%s\" foreign key (\"office\", \"%s\") references \"%s\" (\"office\", \"id\")",
                   name, column->name, target->name);
    else
        buf_format(out, "constraint \"%s\" foreign key (\"%s\") references \"%s\" (\"id\")", name, column->name,
                   target->name);
}

void
sql_table(enum engine engine, const struct table *const *tables, size_t n, const struct table *table, struct buf *out)
{
    char key[CONFLICT_NAME];
    bool lite = engine == ENGINE_SQLITE;
    constraint_name(key, table->name, NULL, 0, "pkey");
    buf_format(out, "create table \"%s\" (\n", table->name);
    for (const struct column *column = table->columns; column->name != NULL; column++) {
        if (lite && column->type == COLUMN_SEARCH)
            continue;
        buf_text(out, "    ");
        sql_column(engine, table, column, out);
        buf_text(out, ",\n");
    }
    buf_format(out, "    constraint \"%s\" primary key (", key);
    names(table->key, key_columns(table), out);
    buf_char(out, ')');
    /* PostgreSQL gets its references when all tables are there. */
    for (const struct column *column = table->columns; lite && column->name != NULL; column++) {
        if (column->references == NULL)
            continue;
        buf_text(out, ",\n    ");
        sql_reference(table, column, find_table(tables, n, column->references), out);
    }
    buf_text(out, "\n)");
    if (lite)
        buf_text(out, table->home == HOME_CLAIM ? " without rowid, strict" : " strict");
    buf_text(out, ";\n");
}

void
sql_index(const struct table *table, const struct index *index, struct buf *out)
{
    char name[CONFLICT_NAME];
    index_name(table, index, name);
    buf_format(out, "create %sindex \"%s\" on \"%s\" (", index->unique ? "unique " : "", name, table->name);
    names(index->columns, index_columns(index), out);
    buf_char(out, ')');
    if (index->where != NULL)
        buf_format(out, " where %s", index->where);
    buf_text(out, ";\n");
}

void
sql_search(enum engine engine, const struct table *table, struct buf *out)
{
    if (engine == ENGINE_SQLITE)
        buf_format(
            out, "create virtual table \"%s_search\" using fts5(tokens, tokenize = 'unicode61 remove_diacritics 0');\n",
            table->name);
    else
        buf_format(out, "create index \"%s_search_idx\" on \"%s\" using gin (\"search\");\n", table->name, table->name);
}

/* After the write, because then the row itself can be asked whether `where` holds for it. */
static void
lite_trigger(const struct table *table, const struct span *span, const char *event, struct buf *out)
{
    char name[CONFLICT_NAME];
    span_name(table, span, name);
    const char *where = span->where == NULL ? "1 = 1" : span->where, *t = table->name;
    buf_format(out, "create trigger \"%s_%s\" after %s on \"%s\" when new.\"%s\" is not null\nbegin\n", name, event,
               event, t, span->from);
    buf_format(out,
               "    select raise(abort, '%s')\n"
               "    where exists (select 1 from (select rowid as n, * from \"%s\" where %s) o where o.n = new.rowid)\n"
               "      and (coalesce(new.\"%s\", '9999-12-31') < new.\"%s\"\n"
               "           or exists (select 1 from (select rowid as n, * from \"%s\" where %s) o\n",
               name, t, where, span->to, span->from, t, where);
    buf_format(
        out,
        "                      where o.\"office\" = new.\"office\" and o.\"%s\" = new.\"%s\" and o.n <> new.rowid\n"
        "                        and o.\"%s\" <= coalesce(new.\"%s\", '9999-12-31')\n"
        "                        and coalesce(o.\"%s\", '9999-12-31') >= new.\"%s\"));\nend;\n",
        span->of, span->of, span->from, span->to, span->to, span->from);
}

static void
pg_span(const struct table *table, const struct span *span, struct buf *out)
{
    char name[CONFLICT_NAME];
    span_name(table, span, name);
    const char *where = span->where == NULL ? "true" : span->where;
    buf_format(out,
               "alter table \"%s\" add constraint \"%s_order\" check (\"%s\" is null or not (%s) or\n"
               "    coalesce(\"%s\", date '9999-12-31') >= \"%s\");\n",
               table->name, name, span->from, where, span->to, span->from);
    buf_format(
        out,
        "alter table \"%s\" add constraint \"%s\" exclude using gist (\"office\" with =, \"%s\" with =,\n"
        "    daterange(\"%s\", coalesce(\"%s\", date '9999-12-31'), '[]') with &&) where (\"%s\" is not null and "
        "(%s));\n",
        table->name, name, span->of, span->from, span->to, span->from, where);
}

void
sql_span(enum engine engine, const struct table *table, const struct span *span, struct buf *out)
{
    if (engine == ENGINE_POSTGRES) {
        pg_span(table, span, out);
        return;
    }
    char name[CONFLICT_NAME];
    span_name(table, span, name);
    buf_format(out, "create index \"%s_idx\" on \"%s\" (\"office\", \"%s\", \"%s\");\n", name, table->name, span->of,
               span->from);
    lite_trigger(table, span, "insert", out);
    lite_trigger(table, span, "update", out);
}
