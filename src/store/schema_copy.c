/* Every row of one database into another of either engine. A backup of PostgreSQL is thereby a SQLite file, which a
 * drill can prove on any machine, and an embedded database can move to PostgreSQL. */
#include <string.h>

#include "store/schema_inside.h"

enum { CELLS_MOST = 900, SQL_MOST = 256 << 10, ROWS_MEMORY = 64 << 20 };

struct copying {
    struct store *from, *to;
    const struct table *const *tables;
    size_t n, at;
    struct reader *reader;
    struct writer *writer;
    struct buf *why;
    void (*progress)(void *, int);
    void *state;

    struct buf select, one, many; /* statements of the table at hand */
    struct arena *arena;          /* of the rows that wait */
    struct value *cells;
    size_t columns, rows, room;
    enum status status;
};

static bool
kept_apart(const struct column *column)
{
    return column->type == COLUMN_SEARCH;
}

static void
insert_sql(const struct table *table, size_t columns, size_t rows, struct buf *out)
{
    size_t argument = 1;
    buf_clear(out);
    buf_format(out, "insert into \"%s\" (", table->name);
    const char *comma = "";
    for (const struct column *column = table->columns; column->name != NULL; column++) {
        if (kept_apart(column))
            continue;
        buf_format(out, "%s\"%s\"", comma, column->name);
        comma = ", ";
    }
    buf_text(out, ") values ");
    for (size_t row = 0; row < rows; row++) {
        buf_text(out, row > 0 ? ", (" : "(");
        for (size_t i = 0; i < columns; i++)
            buf_format(out, "%s?%zu", i > 0 ? ", " : "", argument++);
        buf_char(out, ')');
    }
}

static void
table_sql(struct copying *copying, const struct table *table)
{
    copying->columns = 0;
    buf_clear(&copying->select);
    buf_text(&copying->select, "select ");
    for (const struct column *column = table->columns; column->name != NULL; column++) {
        if (kept_apart(column))
            continue;
        buf_format(&copying->select, "%s\"%s\"", copying->columns > 0 ? ", " : "", column->name);
        copying->columns++;
    }
    buf_format(&copying->select, " from \"%s\"", table->name);
    copying->room = copying->columns < CELLS_MOST ? CELLS_MOST / copying->columns : 1;
    insert_sql(table, copying->columns, 1, &copying->one);
    insert_sql(table, copying->columns, copying->room, &copying->many);
}

static void
forget_rows(struct copying *copying)
{
    arena_free(copying->arena);
    copying->arena = arena_new(ROWS_MEMORY);
    copying->rows = 0;
    copying->cells = NULL;
}

static enum status
flush_rows(struct copying *copying)
{
    enum status status = OK;
    if (copying->rows == copying->room)
        status =
            writer_run(copying->writer, copying->many.bytes, copying->cells, copying->rows * copying->columns, NULL);
    else
        for (size_t i = 0; i < copying->rows && status == OK; i++)
            status = writer_run(copying->writer, copying->one.bytes, copying->cells + i * copying->columns,
                                copying->columns, NULL);
    forget_rows(copying);
    return status;
}

static bool
take_row(void *state, const struct value *cells, size_t columns)
{
    struct copying *copying = state;
    if (copying->cells == NULL && copying->arena != NULL)
        copying->cells = arena_array(copying->arena, copying->room * columns, sizeof *copying->cells);
    for (size_t i = 0; i < columns && copying->cells != NULL; i++) {
        struct value *cell = &copying->cells[copying->rows * columns + i];
        *cell = cells[i];
        if (cells[i].type == VALUE_TEXT || cells[i].type == VALUE_BYTES)
            cell->bytes = (const unsigned char *)arena_copy(copying->arena, cells[i].bytes, cells[i].n);
    }
    copying->rows++;
    if (copying->cells == NULL || arena_failed(copying->arena))
        copying->status = NO_MEMORY;
    else if (copying->rows == copying->room)
        copying->status = flush_rows(copying);
    return copying->status == OK;
}

static bool
take_search(void *state, const struct value *cells, size_t columns)
{
    struct copying *copying = state;
    copying->status = writer_run(copying->writer, copying->one.bytes, cells, columns, NULL);
    return copying->status == OK;
}

static enum status
read_all(struct copying *copying, each_row_fn *take)
{
    if (copying->select.failed || copying->one.failed || copying->many.failed)
        return NO_MEMORY;
    copying->status = OK;
    const enum status status = reader_each(copying->reader, copying->select.bytes, NO_ARGS, take, copying);
    return copying->status != OK ? copying->status : status;
}

static enum status
copy_table(struct copying *copying, const struct table *table)
{
    struct rows rows;
    table_sql(copying, table);
    const char *any = arena_format(writer_arena(copying->writer), "select 1 from \"%s\" limit 1", table->name);
    if (any == NULL)
        return NO_MEMORY;
    enum status status =
        reader_rows(writer_reader(copying->writer), writer_arena(copying->writer), any, NO_ARGS, &rows);
    if (status == OK && rows.n > 0) {
        buf_format(copying->why, "目标数据库的表 %s 中已有数据，不覆盖", table->name);
        return CONFLICT;
    }
    if (status == OK)
        status = read_all(copying, take_row);
    if (status == OK)
        status = flush_rows(copying);
    if (status == OK && table_search(table) != NULL) {
        search_copy_sql(store_engine(copying->from), store_engine(copying->to), table, &copying->select, &copying->one);
        status = read_all(copying, take_search);
    }
    if (status != OK && copying->why->n == 0)
        buf_format(copying->why, "表 %s 没有复制完", table->name);
    return status;
}

/* Rows come table by table and not in the order of what refers to what. SQLite asks at the commit; PostgreSQL gets its
 * references back from schema_bring, which asks all rows. */
static enum status
let_references_wait(struct copying *copying)
{
    char name[CONFLICT_NAME];
    if (store_engine(copying->to) == ENGINE_SQLITE)
        return writer_exec(copying->writer, "pragma defer_foreign_keys = on");
    enum status status = OK;
    for (size_t i = 0; i < copying->n && status == OK; i++)
        for (const struct column *column = copying->tables[i]->columns; column->name != NULL && status == OK;
             column++) {
            if (column->references == NULL)
                continue;
            reference_name(copying->tables[i], column, name);
            buf_clear(&copying->one);
            buf_format(&copying->one, "alter table \"%s\" drop constraint \"%s\"", copying->tables[i]->name, name);
            status = copying->one.failed ? NO_MEMORY : writer_exec(copying->writer, copying->one.bytes);
        }
    return status;
}

static enum status
copy_all(struct writer *writer, void *arg)
{
    struct copying *copying = arg;
    copying->writer = writer;
    buf_clear(copying->why);
    forget_rows(copying);
    if (writer_arena(writer) == NULL)
        return NO_MEMORY;
    enum status status = let_references_wait(copying);
    for (size_t i = 0; i < copying->n && status == OK; i++) {
        status = copy_table(copying, copying->tables[i]);
        if (copying->progress != NULL)
            copying->progress(copying->state, (int)(1000 * (i + 1) / copying->n));
    }
    return status;
}

enum status
schema_copy(struct store *from, struct store *to, const struct table *const *tables, size_t n,
            void (*progress)(void *, int), void *state, struct buf *why)
{
    struct copying copying = {
        .from = from, .to = to, .tables = tables, .n = n, .why = why, .progress = progress, .state = state
    };
    struct buf report;
    buf_clear(why);
    buf_init(&report, 64 << 10);
    buf_init(&copying.select, SQL_MOST);
    buf_init(&copying.one, SQL_MOST);
    buf_init(&copying.many, SQL_MOST);
    copying.reader = store_reader(from);
    enum status status = schema_bring(to, tables, n, NULL, 0, &report);
    if (status == OK)
        status = reader_begin(copying.reader);
    if (status == OK)
        status = store_write_plain(to, copy_all, &copying);
    store_reader_done(from, copying.reader);
    if (status == OK)
        status = schema_bring(to, tables, n, NULL, 0, &report);
    if (status != OK && why->n == 0)
        buf_format(why, "%s", report.n > 0 ? report.bytes : status_title(status));
    arena_free(copying.arena);
    buf_free(&copying.select);
    buf_free(&copying.one);
    buf_free(&copying.many);
    buf_free(&report);
    return status;
}
