/* Names that come from tables, and the check that the tables make sense before a database sees them. */
#include <stdio.h>
#include <string.h>

#include "store/schema_inside.h"

enum { NAME_MOST = 40 };

size_t
index_columns(const struct index *index)
{
    size_t n = 0;
    while (n < INDEX_COLUMNS && index->columns[n] != NULL)
        n++;
    return n;
}

size_t
key_columns(const struct table *table)
{
    size_t n = 0;
    while (n < KEY_COLUMNS && table->key[n] != NULL)
        n++;
    return n;
}

const struct column *
table_column(const struct table *table, const char *name)
{
    for (const struct column *column = table->columns; column->name != NULL; column++)
        if (strcmp(column->name, name) == 0)
            return column;
    return NULL;
}

const struct column *
table_search(const struct table *table)
{
    for (const struct column *column = table->columns; column->name != NULL; column++)
        if (column->type == COLUMN_SEARCH)
            return column;
    return NULL;
}

const struct table *
find_table(const struct table *const *tables, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(tables[i]->name, name) == 0)
            return tables[i];
    return NULL;
}

bool
reference_with_office(const struct table *target)
{
    return target->home == HOME_OFFICE;
}

const struct index id_alone = { .columns = { "id" }, .unique = true };

bool
needs_id_alone(const struct table *const *tables, size_t n, const struct table *table)
{
    if (reference_with_office(table) || (key_columns(table) == 1 && strcmp(table->key[0], "id") == 0))
        return false;
    for (size_t i = 0; i < n; i++)
        for (const struct column *column = tables[i]->columns; column->name != NULL; column++)
            if (column->references != NULL && strcmp(column->references, table->name) == 0)
                return true;
    return false;
}

void
index_name(const struct table *table, const struct index *index, char out[CONFLICT_NAME])
{
    constraint_name(out, table->name, index->columns, index_columns(index), index->unique ? "key" : "idx");
}

void
span_name(const struct table *table, const struct span *span, char out[CONFLICT_NAME])
{
    constraint_name(out, table->name, &span->name, 1, "span");
}

void
reference_name(const struct table *table, const struct column *column, char out[CONFLICT_NAME])
{
    constraint_name(out, table->name, &column->name, 1, "fkey");
}

static bool
name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= NAME_MOST && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n &&
           (name[0] < '0' || name[0] > '9');
}

static void
check_columns(const struct table *const *tables, size_t n, const struct table *table, struct buf *report)
{
    int searches = 0;
    for (const struct column *column = table->columns; column->name != NULL; column++) {
        if (!name_good(column->name))
            buf_format(report, "表 %s：列名 %s 不合规\n", table->name, column->name);
        if (table_column(table, column->name) != column)
            buf_format(report, "表 %s：列 %s 重复\n", table->name, column->name);
        bool search = column->type == COLUMN_SEARCH;
        searches += search;
        if (search != (strcmp(column->name, "search") == 0) || searches > 1 ||
            (search && (table_column(table, "office") == NULL || table_column(table, "id") == NULL)))
            buf_format(report, "表 %s：检索列须名为 search，至多一个，且表须有 office 和 id\n", table->name);
        if (column->references == NULL)
            continue;
        const struct table *target = find_table(tables, n, column->references);
        if (target == NULL || table_column(target, "id") == NULL)
            buf_format(report, "表 %s：列 %s 引用的表 %s 不存在\n", table->name, column->name, column->references);
        else if (reference_with_office(target) && table_column(table, "office") == NULL)
            buf_format(report, "表 %s：列 %s 引用 %s，但没有 office 列\n", table->name, column->name, target->name);
    }
}

static void
check_key(const struct table *table, struct buf *report)
{
    if (key_columns(table) == 0)
        buf_format(report, "表 %s：没有主键\n", table->name);
    for (size_t i = 0; i < key_columns(table); i++) {
        const struct column *column = table_column(table, table->key[i]);
        if (column == NULL || column->type == COLUMN_SEARCH)
            buf_format(report, "表 %s：主键列 %s 不存在\n", table->name, table->key[i]);
    }
    if (table->home == HOME_OFFICE && (table->key[0] == NULL || strcmp(table->key[0], "office") != 0))
        buf_format(report, "表 %s：主键须以 office 开头\n", table->name);
}

static void
check_indexes(const struct table *table, struct buf *report)
{
    char name[CONFLICT_NAME], other[CONFLICT_NAME];
    for (const struct index *index = table->indexes; index != NULL && index->columns[0] != NULL; index++) {
        bool office = false;
        for (size_t i = 0; i < index_columns(index); i++) {
            office |= strcmp(index->columns[i], "office") == 0;
            const struct column *column = table_column(table, index->columns[i]);
            if (column == NULL || column->type == COLUMN_SEARCH)
                buf_format(report, "表 %s：索引列 %s 不存在\n", table->name, index->columns[i]);
        }
        if (index->unique && table->home == HOME_OFFICE && !office)
            buf_format(report, "表 %s：唯一索引须含 office 列\n", table->name);
        index_name(table, index, name);
        for (const struct index *before = table->indexes; before != index; before++) {
            index_name(table, before, other);
            if (strcmp(name, other) == 0)
                buf_format(report, "表 %s：索引 %s 重复\n", table->name, name);
        }
    }
}

static void
check_spans(const struct table *table, struct buf *report)
{
    for (const struct span *span = table->spans; span != NULL && span->name != NULL; span++) {
        const struct column *from = table_column(table, span->from), *to = table_column(table, span->to);
        if (!name_good(span->name) || from == NULL || to == NULL || from->type != COLUMN_DATE ||
            to->type != COLUMN_DATE || table_column(table, span->of) == NULL)
            buf_format(report, "表 %s：期间 %s 的列不存在或不是日期\n", table->name, span->name);
        if (table->home != HOME_OFFICE)
            buf_format(report, "表 %s：期间 %s 只能用于按 office 存放的表\n", table->name, span->name);
    }
}

bool
tables_good(const struct table *const *tables, size_t n, struct buf *report)
{
    for (size_t i = 0; i < n; i++) {
        const struct table *table = tables[i];
        if (!name_good(table->name) || strncmp(table->name, "schema_", 7) == 0 ||
            strncmp(table->name, "sqlite_", 7) == 0)
            buf_format(report, "表名 %s 不合规\n", table->name);
        if (find_table(tables, i, table->name) != NULL)
            buf_format(report, "表 %s 重复\n", table->name);
        check_columns(tables, n, table, report);
        check_key(table, report);
        check_indexes(table, report);
        check_spans(table, report);
    }
    return report->n == 0 && !report->failed;
}
