/* sqlite_stat1 by declaration: for every index the number of rows and, for each prefix of its columns, the rows that
 * share one value. Without it SQLite takes one office for ten rows and scans it. */
#include <stdio.h>
#include <string.h>

#include "store/schema_inside.h"

enum { DEFAULT_ROWS = 1000000, OFFICES = 8, NARROWS = 30 };

struct stats {
    struct buf text; /* lines "table|index|numbers" */
};

static int64_t
at_least(int64_t n, int64_t least)
{
    return n < least ? least : n;
}

static void
add_index(struct stats *stats, const struct table *table, const char *name, const char *const *columns, size_t n,
          bool unique, const int64_t *rows_per)
{
    int64_t total = table->expected_rows > 0 ? table->expected_rows : DEFAULT_ROWS, rows = total;
    buf_format(&stats->text, "%s|%s|%lld", table->name, name, (long long)total);
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n;
        int64_t guess = at_least(rows / (strcmp(columns[i], "office") == 0 ? OFFICES : NARROWS), 2);
        if ((last && unique) || strcmp(columns[i], "id") == 0)
            guess = 1;
        if (rows_per != NULL && rows_per[i] > 0)
            guess = rows_per[i];
        rows = guess < rows ? guess : rows;
        buf_format(&stats->text, " %lld", (long long)rows);
    }
    buf_char(&stats->text, '\n');
}

static void
add_table(struct stats *stats, const struct table *const *tables, size_t n, const struct table *table)
{
    char name[CONFLICT_NAME + 32];
    bool clustered = table->home == HOME_CLAIM;
    const struct column *first = table_column(table, table->key[0]);
    bool rowid = !clustered && key_columns(table) == 1 && first->type == COLUMN_INT;
    if (!rowid) {
        snprintf(name, sizeof name, clustered ? "%s" : "sqlite_autoindex_%s_1", table->name);
        add_index(stats, table, name, table->key, key_columns(table), true, NULL);
    }
    for (const struct index *index = table->indexes; index != NULL && index->columns[0] != NULL; index++) {
        index_name(table, index, name);
        add_index(stats, table, name, index->columns, index_columns(index), index->unique, index->rows_per);
    }
    if (needs_id_alone(tables, n, table)) {
        index_name(table, &id_alone, name);
        add_index(stats, table, name, id_alone.columns, 1, true, NULL);
    }
    for (const struct span *span = table->spans; span != NULL && span->name != NULL; span++) {
        const char *columns[] = { "office", span->of, span->from };
        span_name(table, span, name);
        memcpy(name + strlen(name), "_idx", 5);
        add_index(stats, table, name, columns, 3, false, (const int64_t[]){ 0, 4, 1 });
    }
}

static enum status
insert_lines(struct writer *writer, const char *text)
{
    enum status status = writer_run(writer, "delete from sqlite_stat1", NO_ARGS, NULL);
    for (const char *line = text; *line != '\0' && status == OK; line += strcspn(line, "\n") + 1) {
        char table[CONFLICT_NAME], index[CONFLICT_NAME + 32], numbers[256];
        if (sscanf(line, "%63[^|]|%95[^|]|%255[^\n]", table, index, numbers) != 3)
            return BROKEN;
        status = writer_run(writer, "insert into sqlite_stat1 (tbl, idx, stat) values (?1, ?2, ?3)",
                            ARGS(value_text(table), value_text(index), value_text(numbers)), NULL);
    }
    return status;
}

static enum status
same_lines(struct writer *writer, const char *text, bool *same)
{
    struct rows rows;
    enum status status = reader_rows(
        writer_reader(writer), writer_arena(writer),
        "select coalesce(group_concat(line, ''), '') from (select tbl || '|' || idx || '|' || stat || char(10)"
        " as line from sqlite_stat1 order by rowid)",
        NO_ARGS, &rows);
    *same = status == OK && rows.n == 1 && strcmp(rows_text(&rows, 0, 0), text) == 0;
    return status;
}

enum status
stat_write(struct writer *writer, const struct table *const *tables, size_t n)
{
    struct stats stats;
    bool same = false;
    buf_init(&stats.text, 4 << 20);
    buf_text(&stats.text, "");
    for (size_t i = 0; i < n; i++)
        add_table(&stats, tables, n, tables[i]);
    enum status status = stats.text.failed ? NO_MEMORY : writer_exec(writer, "analyze sqlite_schema");
    if (status == OK)
        status = same_lines(writer, stats.text.bytes, &same);
    if (status == OK && !same) {
        status = insert_lines(writer, stats.text.bytes);
        /* Other connections read the estimates again only when the schema changes. */
        if (status == OK)
            status = writer_exec(writer, "create table schema_bump (x integer); drop table schema_bump;"
                                         "analyze sqlite_schema");
    }
    buf_free(&stats.text);
    return status;
}
