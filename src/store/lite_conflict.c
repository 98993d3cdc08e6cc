/* SQLite's words for a violated constraint, made into the names that PostgreSQL reports for the same schema. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/inside.h"

enum { NAME_ROOM = 52, COLUMNS_MOST = 8 };

static unsigned
short_hash(const char *text)
{
    unsigned hash = 2166136261u;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        hash = (hash ^ *c) * 16777619u;
    return hash & 0xfffffff;
}

void
constraint_name(char out[CONFLICT_NAME], const char *table, const char *const *columns, size_t n, const char *suffix)
{
    char all[512];
    int at = snprintf(all, sizeof all, "%s", table);
    for (size_t i = 0; i < n && at < (int)sizeof all; i++)
        at += snprintf(all + at, sizeof all - (size_t)at, "_%s", columns[i]);
    if (at + 1 + (int)strlen(suffix) <= NAME_ROOM) {
        snprintf(out, CONFLICT_NAME, "%.*s_%s", at, all, suffix);
        return;
    }
    /* Room is left for the number of a shard behind it. */
    snprintf(out, CONFLICT_NAME, "%.36s_h%07x_%s", all, short_hash(all), suffix);
}

/* "UNIQUE constraint failed: t.a, t.b" */
static void
name_of_key(const char *message, const char *suffix, char out[CONFLICT_NAME])
{
    char table[CONFLICT_NAME] = "", columns[COLUMNS_MOST][CONFLICT_NAME];
    const char *names[COLUMNS_MOST], *at = strstr(message, "failed: ");
    size_t n = 0;
    at = at == NULL ? "" : at + strlen("failed: ");
    for (int used = 0; n < COLUMNS_MOST && sscanf(at, "%63[^.].%63[^,]%n", table, columns[n], &used) == 2; used = 0) {
        names[n] = columns[n];
        n++;
        at += used;
        at += strspn(at, ", ");
    }
    bool primary = strcmp(suffix, "pkey") == 0;
    constraint_name(out, table, names, primary ? 0 : n, suffix);
}

/* The word after `before` in the statement, which is lower case by our style: "insert into t", "update t". */
static bool
word_after(const char *sql, const char *before, char out[CONFLICT_NAME])
{
    const char *at = strstr(sql, before);
    if (at == NULL)
        return false;
    at += strlen(before);
    at += strspn(at, " \n\"");
    size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || n >= CONFLICT_NAME)
        return false;
    memcpy(out, at, n);
    out[n] = '\0';
    return true;
}

static bool
is_name(const char *at, size_t n, const char *name)
{
    while (n > 0 && (isspace((unsigned char)*at) || *at == '"'))
        at++, n--;
    while (n > 0 && (isspace((unsigned char)at[n - 1]) || at[n - 1] == '"'))
        n--;
    return strlen(name) == n && memcmp(at, name, n) == 0;
}

/* The parameter number in a piece that is nothing but ?N; 0 otherwise. */
static size_t
parameter(const char *at)
{
    at += strspn(at, " \n");
    return *at == '?' ? strtoul(at + 1, NULL, 10) : 0;
}

/* Past the comma that ends this item, whatever brackets it holds. */
static const char *
next_item(const char *at)
{
    int depth = 0;
    for (; *at != '\0' && (depth > 0 || (*at != ',' && *at != ')')); at++)
        depth += *at == '(' ? 1 : *at == ')' ? -1 : 0;
    return *at == ',' ? at + 1 : at;
}

/* insert into t (a, b, …) values (?1, ?2, …): the parameter that fills the column. */
static size_t
inserted(const char *sql, const char *column)
{
    const char *names = strchr(sql, '('), *values = strstr(sql, "values");
    if (names == NULL || values == NULL || (values = strchr(values, '(')) == NULL)
        return 0;
    for (names++, values++; *names != '\0' && *values != '\0';) {
        size_t n = strcspn(names, ",)");
        if (is_name(names, n, column))
            return parameter(values);
        if (names[n] != ',')
            return 0;
        names += n + 1;
        values = next_item(values);
    }
    return 0;
}

/* update t set a = ?1 … where office = ?2: the parameter that stands with the column. */
static size_t
compared(const char *sql, const char *column)
{
    size_t n = strlen(column);
    for (const char *at = sql; (at = strstr(at, column)) != NULL; at += n) {
        bool starts = at > sql && !isalnum((unsigned char)at[-1]) && at[-1] != '_';
        const char *after = at + n + strspn(at + n, "\" ");
        if (starts && *after == '=' && parameter(after + 1) != 0)
            return parameter(after + 1);
    }
    return 0;
}

static bool
got_row(void *state, const struct value *cells, size_t columns)
{
    (void)cells, (void)columns;
    *(bool *)state = true;
    return false;
}

/* Does the row exist that this statement refers to? True also when that cannot be told. */
static bool
target_exists(struct lite *lite, const struct reference *reference, const char *sql, const struct value *args, size_t n)
{
    bool inserts = strstr(sql, "insert ") != NULL;
    size_t id = inserts ? inserted(sql, reference->column) : compared(sql, reference->column);
    size_t office = inserts ? inserted(sql, "office") : compared(sql, "office");
    if (id == 0 || id > n || args[id - 1].type == VALUE_NULL)
        return true;
    if (reference->with_office && (office == 0 || office > n))
        return true;
    char question[256];
    bool there = false;
    enum status status;
    if (reference->with_office) {
        snprintf(question, sizeof question, "select 1 from \"%s\" where office = ?1 and id = ?2", reference->target);
        status = lite_each(lite, question, ARGS(args[office - 1], args[id - 1]), got_row, &there);
    } else {
        snprintf(question, sizeof question, "select 1 from \"%s\" where id = ?1", reference->target);
        status = lite_each(lite, question, ARGS(args[id - 1]), got_row, &there);
    }
    return status != OK || there;
}

static void
name_reference(const struct reference *reference, char out[CONFLICT_NAME])
{
    const char *column = reference->column;
    constraint_name(out, reference->table, &column, 1, "fkey");
}

static void
name_of_reference(struct store *store, struct lite *lite, const char *sql, const struct value *args, size_t n,
                  char out[CONFLICT_NAME])
{
    char table[CONFLICT_NAME];
    bool removes = word_after(sql, "delete from", table);
    if (!removes && !word_after(sql, "into ", table) && !word_after(sql, "update ", table))
        return;
    const struct reference *only = NULL;
    size_t found = 0;
    for (size_t i = 0; i < store->references_n; i++) {
        const struct reference *reference = &store->references[i];
        if (strcmp(removes ? reference->target : reference->table, table) != 0)
            continue;
        if (!removes && !target_exists(lite, reference, sql, args, n)) {
            name_reference(reference, out);
            return;
        }
        only = reference;
        found++;
    }
    if (found == 1)
        name_reference(only, out);
    else
        constraint_name(out, table, NULL, 0, "fkey");
}

void
lite_conflict(struct store *store, struct lite *lite, const char *sql, const struct value *args, size_t n,
              char out[CONFLICT_NAME])
{
    char message[sizeof lite->message];
    memcpy(message, lite->message, sizeof message);
    out[0] = '\0';
    switch (lite->code) {
    case SQLITE_CONSTRAINT_UNIQUE:
        name_of_key(message, "key", out);
        break;
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        name_of_key(message, "pkey", out);
        break;
    case SQLITE_CONSTRAINT_TRIGGER: /* the trigger's message is the name */
        snprintf(out, CONFLICT_NAME, "%.63s", message);
        break;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        name_of_reference(store, lite, sql, args, n, out);
        break;
    }
}
