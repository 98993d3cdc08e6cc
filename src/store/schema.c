/* Bringing a database to the tables of the program. Everything automatic happens in one transaction; what needs
 * judgement is refused with words. */
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/schema_inside.h"

enum { SQL_MOST = 16 << 20 };

static const struct column step_columns[] = { { .name = "id", .type = COLUMN_INT },
                                              { .name = "title", .type = COLUMN_TEXT },
                                              { 0 } };
static const struct table step_table = { "schema_step", HOME_REFERENCE, step_columns, { "id" }, .expected_rows = 100 };

struct bring {
    struct store *store;
    enum engine engine;
    const struct table *const *tables;
    size_t n;
    const struct migration *migrations;
    size_t migrations_n, at;
    struct buf *report;
    struct catalog *catalog;
    struct buf sql;
};

static enum status
run_sql(struct bring *bring, struct writer *writer)
{
    enum status status = bring->sql.failed ? NO_MEMORY : writer_exec(writer, bring->sql.bytes);
    buf_clear(&bring->sql);
    return status;
}

/* The catalog again, after statements that changed it. */
static enum status
look(struct bring *bring, struct writer *writer)
{
    return catalog_read(writer_reader(writer), writer_arena(writer), &bring->catalog);
}

static enum status
wrong_rows(struct bring *bring, const char *name, enum status status)
{
    if (status == CONFLICT)
        buf_format(bring->report, "现有数据违反新约束 %s，请先更正\n", name);
    return status;
}

static enum status
same_type(struct bring *bring, const struct table *table, const struct column *column, const char *type)
{
    if (strcmp(type, sql_type(bring->engine, column->type)) == 0)
        return OK;
    buf_format(bring->report, "表 %s 的列 %s 类型为 %s，与程序不一致，需要迁移\n", table->name, column->name, type);
    return CONFLICT;
}

static enum status
add_column(struct bring *bring, struct writer *writer, const struct table *table, const struct column *column)
{
    if (column->need) {
        buf_format(bring->report, "表 %s 缺少必填列 %s，需要迁移\n", table->name, column->name);
        return CONFLICT;
    }
    buf_format(&bring->sql, "alter table \"%s\" add column ", table->name);
    sql_column(bring->engine, table, column, &bring->sql);
    enum status status = run_sql(bring, writer);
    if (status == OK)
        buf_format(bring->report, "表 %s 增加列 %s\n", table->name, column->name);
    return status;
}

static enum status
bring_columns(struct bring *bring, struct writer *writer, const struct table *table)
{
    enum status status = OK;
    for (const struct column *column = table->columns; column->name != NULL && status == OK; column++) {
        bool apart = column->type == COLUMN_SEARCH && bring->engine == ENGINE_SQLITE;
        const char *type = apart ? NULL : catalog_column(bring->catalog, table->name, column->name);
        if (type != NULL)
            status = same_type(bring, table, column, type);
        else if (!apart)
            status = add_column(bring, writer, table, column);
    }
    return status;
}

static enum status
bring_tables(struct bring *bring, struct writer *writer)
{
    enum status status = OK;
    for (size_t i = 0; i < bring->n && status == OK; i++) {
        const struct table *table = bring->tables[i];
        if (catalog_table(bring->catalog, table->name)) {
            status = bring_columns(bring, writer, table);
            continue;
        }
        sql_table(bring->engine, bring->tables, bring->n, table, &bring->sql);
        status = run_sql(bring, writer);
        if (status == OK)
            buf_format(bring->report, "新建表 %s\n", table->name);
    }
    return status;
}

static enum status
bring_index(struct bring *bring, struct writer *writer, const struct table *table, const struct index *index)
{
    char name[CONFLICT_NAME];
    index_name(table, index, name);
    if (catalog_object(bring->catalog, name))
        return OK;
    sql_index(table, index, &bring->sql);
    return wrong_rows(bring, name, run_sql(bring, writer));
}

static enum status
bring_indexes(struct bring *bring, struct writer *writer, const struct table *table)
{
    char name[CONFLICT_NAME + 16];
    enum status status = OK;
    for (const struct index *index = table->indexes; index != NULL && index->columns[0] != NULL && status == OK;
         index++)
        status = bring_index(bring, writer, table, index);
    if (status == OK && needs_id_alone(bring->tables, bring->n, table))
        status = bring_index(bring, writer, table, &id_alone);
    snprintf(name, sizeof name, bring->engine == ENGINE_SQLITE ? "%s_search" : "%s_search_idx", table->name);
    bool there = catalog_object(bring->catalog, name) || catalog_table(bring->catalog, name);
    if (status == OK && table_search(table) != NULL && !there) {
        sql_search(bring->engine, table, &bring->sql);
        status = run_sql(bring, writer);
    }
    return status;
}

/* SQLite's trigger judges only writes to come, so rows that are there already are asked here. */
static enum status
rows_in_span(struct writer *writer, const struct table *table, const struct span *span, bool *overlap)
{
    struct buf sql;
    struct rows rows;
    const char *where = span->where == NULL ? "1 = 1" : span->where;
    buf_init(&sql, 8192);
    buf_format(
        &sql,
        "select 1 from (select rowid as n, * from \"%s\" where %s) a, (select rowid as n, * from \"%s\" where %s) b",
        table->name, where, table->name, where);
    buf_format(&sql, " where a.\"office\" = b.\"office\" and a.\"%s\" = b.\"%s\" and a.n < b.n", span->of, span->of);
    buf_format(&sql,
               " and a.\"%s\" <= coalesce(b.\"%s\", '9999-12-31') and b.\"%s\" <= coalesce(a.\"%s\", '9999-12-31')"
               " limit 1",
               span->from, span->to, span->from, span->to);
    enum status status =
        sql.failed ? NO_MEMORY : reader_rows(writer_reader(writer), writer_arena(writer), sql.bytes, NO_ARGS, &rows);
    buf_free(&sql);
    *overlap = status == OK && rows.n > 0;
    return status;
}

static enum status
bring_spans(struct bring *bring, struct writer *writer, const struct table *table)
{
    char name[CONFLICT_NAME], object[CONFLICT_NAME + 16];
    enum status status = OK;
    for (const struct span *span = table->spans; span != NULL && span->name != NULL && status == OK; span++) {
        bool lite = bring->engine == ENGINE_SQLITE, overlap = false;
        span_name(table, span, name);
        snprintf(object, sizeof object, lite ? "%s_insert" : "%s", name);
        if (catalog_object(bring->catalog, object))
            continue;
        if (lite)
            status = rows_in_span(writer, table, span, &overlap);
        sql_span(bring->engine, table, span, &bring->sql);
        if (status == OK)
            status = overlap ? CONFLICT : run_sql(bring, writer);
        wrong_rows(bring, name, status);
    }
    return status;
}

/* SQLite cannot add a foreign key; for a column that has just been made and is null everywhere it is enough to write it
 * into the table's own text, as SQLite's documentation allows. */
static enum status
lite_add_reference(struct writer *writer, const struct table *table, const struct column *column,
                   const struct table *target)
{
    sqlite3 *db = writer->reader.lite->db;
    static const char tail[] = ") strict";
    struct buf clause;
    buf_init(&clause, 1024);
    sql_reference(table, column, target, &clause);
    int64_t changed = 0;
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    enum status status = writer_exec(writer, "pragma writable_schema = on");
    if (status == OK)
        status =
            writer_run(writer,
                       "update sqlite_schema set sql = substr(sql, 1, length(sql) - length(?1)) || ', ' || ?2 || ?1"
                       " where type = 'table' and name = ?3 and substr(sql, -length(?1)) = ?1",
                       ARGS(value_text(tail), value_text(clause.bytes), value_text(table->name)), &changed);
    if (status == OK && changed != 1)
        status = CONFLICT;
    if (status == OK)
        status = writer_exec(writer, "pragma writable_schema = reset");
    sqlite3_exec(db, "pragma writable_schema = off", NULL, NULL, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    buf_free(&clause);
    return status;
}

static enum status
add_reference(struct bring *bring, struct writer *writer, const struct table *table, const struct column *column)
{
    char name[CONFLICT_NAME], object[2 * CONFLICT_NAME];
    const struct table *target = find_table(bring->tables, bring->n, column->references);
    reference_name(table, column, name);
    snprintf(object, sizeof object, "%s.%s", table->name, column->name);
    if (catalog_object(bring->catalog, bring->engine == ENGINE_SQLITE ? object : name))
        return OK;
    enum status status;
    if (bring->engine == ENGINE_SQLITE) {
        status = lite_add_reference(writer, table, column, target);
    } else {
        buf_format(&bring->sql, "alter table \"%s\" add ", table->name);
        sql_reference(table, column, target, &bring->sql);
        status = run_sql(bring, writer);
    }
    return wrong_rows(bring, name, status);
}

static enum status
bring_references(struct bring *bring, struct writer *writer, const struct table *table)
{
    enum status status = OK;
    for (const struct column *column = table->columns; column->name != NULL && status == OK; column++)
        if (column->references != NULL)
            status = add_reference(bring, writer, table, column);
    return status;
}

/* Kept so that a violated foreign key can be named. */
static enum status
register_references(struct bring *bring)
{
    size_t n = 0;
    for (size_t i = 0; i < bring->n; i++)
        for (const struct column *column = bring->tables[i]->columns; column->name != NULL; column++)
            n += column->references != NULL;
    struct reference *references = calloc(n + 1, sizeof *references);
    if (references == NULL)
        return NO_MEMORY;
    free(bring->store->references);
    bring->store->references = references;
    bring->store->references_n = n;
    for (size_t i = 0; i < bring->n; i++) {
        for (const struct column *column = bring->tables[i]->columns; column->name != NULL; column++) {
            if (column->references == NULL)
                continue;
            const struct table *target = find_table(bring->tables, bring->n, column->references);
            snprintf(references->table, CONFLICT_NAME, "%s", bring->tables[i]->name);
            snprintf(references->column, CONFLICT_NAME, "%s", column->name);
            snprintf(references->target, CONFLICT_NAME, "%s", target->name);
            references->with_office = reference_with_office(target);
            references++;
        }
    }
    return OK;
}

/* Two processes may start at the same moment: the second waits and then finds everything there. */
static enum status
lock_schema(struct bring *bring, struct writer *writer)
{
    if (bring->engine == ENGINE_SQLITE)
        return OK;
    return writer_exec(writer, "select pg_advisory_xact_lock(hashtext('tuoyu ' || current_schema()))");
}

static bool
any_spans(const struct bring *bring)
{
    for (size_t i = 0; i < bring->n; i++)
        if (bring->tables[i]->spans != NULL && bring->tables[i]->spans[0].name != NULL)
            return true;
    return false;
}

/* Spans need it. It belongs to the whole database, so that processes of other schemas may be making it as well. */
static enum status
bring_extension(struct bring *bring, struct writer *writer)
{
    struct rows rows = { 0 };
    if (bring->engine == ENGINE_SQLITE || !any_spans(bring))
        return OK;
    enum status status = writer_exec(writer, "select pg_advisory_xact_lock(hashtext('tuoyu btree_gist'))");
    if (status == OK)
        status = reader_rows(writer_reader(writer), writer_arena(writer),
                             "select 1 from pg_extension where extname = 'btree_gist'", NO_ARGS, &rows);
    if (status != OK || rows.n > 0)
        return status;
    status = writer_exec(writer, "create extension btree_gist schema public");
    if (status != OK)
        buf_text(bring->report, "无法安装 PostgreSQL 扩展 btree_gist，请由数据库管理员安装\n");
    return status;
}

static enum status
bring_all(struct writer *writer, void *arg)
{
    struct bring *bring = arg;
    buf_clear(bring->report);
    buf_clear(&bring->sql);
    enum status status = lock_schema(bring, writer);
    if (status == OK)
        status = look(bring, writer);
    if (status == OK)
        status = bring_tables(bring, writer);
    if (status == OK)
        status = bring_extension(bring, writer);
    if (status == OK)
        status = look(bring, writer);
    for (size_t i = 0; i < bring->n && status == OK; i++)
        status = bring_indexes(bring, writer, bring->tables[i]);
    for (size_t i = 0; i < bring->n && status == OK; i++) {
        status = bring_references(bring, writer, bring->tables[i]);
        if (status == OK)
            status = bring_spans(bring, writer, bring->tables[i]);
    }
    if (status == OK && bring->engine == ENGINE_SQLITE)
        status = stat_write(writer, bring->tables, bring->n);
    return status == OK ? register_references(bring) : status;
}

/* ---- numbered migrations ---- */

static enum status
record_step(struct writer *writer, const struct migration *migration)
{
    return writer_run(writer, "insert into schema_step (id, title) values (?1, ?2)",
                      ARGS(value_int(migration->number), value_text(migration->title)), NULL);
}

/* Makes schema_step, and tells how far this database has come: all the way when it is new. */
static enum status
begin_steps(struct writer *writer, void *arg)
{
    struct bring *bring = arg;
    const struct table *step = &step_table;
    struct rows rows;
    bool fresh = true;
    buf_clear(bring->report);
    buf_clear(&bring->sql);
    enum status status = lock_schema(bring, writer);
    if (status == OK)
        status = look(bring, writer);
    for (size_t i = 0; i < bring->n && status == OK; i++)
        fresh &= !catalog_table(bring->catalog, bring->tables[i]->name);
    if (status == OK && !catalog_table(bring->catalog, step->name)) {
        sql_table(bring->engine, &step, 1, step, &bring->sql);
        status = run_sql(bring, writer);
        for (size_t i = 0; i < bring->migrations_n && fresh && status == OK; i++)
            status = record_step(writer, &bring->migrations[i]);
    }
    if (status == OK)
        status = reader_rows(writer_reader(writer), writer_arena(writer),
                             "select coalesce(max(id), 0) from schema_step", NO_ARGS, &rows);
    if (status != OK)
        return status;
    int64_t there = rows_int(&rows, 0, 0), known = 0;
    for (size_t i = 0; i < bring->migrations_n; i++)
        known = bring->migrations[i].number > known ? bring->migrations[i].number : known;
    if (there > known) {
        buf_format(bring->report, "数据库的结构（第 %lld 步）比程序（第 %lld 步）新，请使用新版程序\n",
                   (long long)there, (long long)known);
        return CONFLICT;
    }
    return OK;
}

static enum status
take_step(struct writer *writer, void *arg)
{
    struct bring *bring = arg;
    const struct migration *migration = &bring->migrations[bring->at];
    struct rows rows = { 0 };
    buf_clear(bring->report);
    enum status status = lock_schema(bring, writer);
    if (status == OK)
        status = reader_rows(writer_reader(writer), writer_arena(writer), "select 1 from schema_step where id = ?1",
                             ARGS(value_int(migration->number)), &rows);
    if (status != OK || rows.n > 0)
        return status;
    status = migration->run(writer);
    if (status == OK)
        status = record_step(writer, migration);
    if (status != OK)
        buf_format(bring->report, "第 %d 步迁移（%s）没有完成\n", migration->number, migration->title);
    return status;
}

static bool
steps_good(const struct migration *migrations, size_t n, struct buf *report)
{
    for (size_t i = 0; i < n; i++) {
        if (migrations[i].number > (i == 0 ? 0 : migrations[i - 1].number))
            continue;
        buf_format(report, "第 %d 步迁移的编号须为正数且递增\n", migrations[i].number);
        return false;
    }
    return true;
}

enum status
schema_bring(struct store *store, const struct table *const *tables, size_t n, const struct migration *migrations,
             size_t migrations_n, struct buf *report)
{
    buf_clear(report);
    if (!tables_good(tables, n, report) || !steps_good(migrations, migrations_n, report))
        return INVALID;
    struct bring bring = { .store = store,
                           .engine = store_engine(store),
                           .tables = tables,
                           .n = n,
                           .migrations = migrations,
                           .migrations_n = migrations_n,
                           .report = report };
    buf_init(&bring.sql, SQL_MOST);
    enum status status = store_write_plain(store, begin_steps, &bring);
    for (bring.at = 0; bring.at < migrations_n && status == OK; bring.at++)
        status = store_write_plain(store, take_step, &bring);
    if (status == OK)
        status = store_write_plain(store, bring_all, &bring);
    if (status != OK && report->n == 0)
        buf_format(report, "无法更新数据库结构：%s\n", status_title(status));
    buf_free(&bring.sql);
    return status;
}
