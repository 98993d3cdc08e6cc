/* Statements put together from constants, checked names and parameters. Text and parameters live in the arena. */
#include "store/query.h"

#include <stdio.h>
#include <string.h>

#include "store/inside.h"

enum { SQL_MOST = 64 * 1024, SQL_FIRST = 1024, ARGS_FIRST = 16, NAME_MOST = 63 };

void
query_init(struct query *query, struct arena *arena)
{
    *query = (struct query){ .arena = arena };
    query->sql.max = SQL_MOST;
}

/* Twice the room until n more bytes and the closing zero fit. */
static bool
room_for_text(struct query *query, size_t n)
{
    struct buf *sql = &query->sql;
    if (query->bad || n > SQL_MOST - sql->n) {
        query->bad = true;
        return false;
    }
    if (sql->bytes != NULL && sql->n + n < sql->room)
        return true;
    size_t room = sql->room == 0 ? SQL_FIRST : sql->room;
    while (room <= sql->n + n)
        room *= 2;
    char *bytes = arena_alloc(query->arena, room);
    if (bytes == NULL) {
        query->bad = true;
        return false;
    }
    if (sql->bytes != NULL && sql->n > 0)
        memcpy(bytes, sql->bytes, sql->n);
    sql->bytes = bytes;
    sql->room = room;
    return true;
}

static void
add_text(struct query *query, const char *text, size_t n)
{
    if (!room_for_text(query, n))
        return;
    memcpy(query->sql.bytes + query->sql.n, text, n);
    query->sql.n += n;
    query->sql.bytes[query->sql.n] = '\0';
}

static bool
add_arg(struct query *query, struct value value)
{
    if (query->bad || query->n >= QUERY_ARGS) {
        query->bad = true;
        return false;
    }
    if (query->n == query->room) {
        size_t room = query->room == 0 ? ARGS_FIRST : query->room * 2;
        struct value *args = arena_array(query->arena, room, sizeof *args);
        if (args == NULL) {
            query->bad = true;
            return false;
        }
        if (query->n > 0)
            memcpy(args, query->args, query->n * sizeof *args);
        query->args = args;
        query->room = room;
    }
    query->args[query->n++] = value;
    return true;
}

static void
add_number(struct query *query, size_t number)
{
    char text[24], *at = text + sizeof text;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    *--at = '?';
    add_text(query, at, (size_t)(text + sizeof text - at));
}

/* Copies the fragment; every ?N outside quotes becomes ?(N + before). A number that is not 1…n is a mistake. */
static void
add_renumbered(struct query *query, const char *fragment, size_t before, size_t n)
{
    const char *from = fragment, *at = fragment;
    char quote = '\0';
    for (; *at != '\0'; at++) {
        if (quote != '\0' || *at == '\'' || *at == '"') {
            quote = quote == '\0' ? *at : quote == *at ? '\0' : quote;
            continue;
        }
        if (*at != '?')
            continue;
        size_t number = 0, digits = 0;
        while (at[1 + digits] >= '0' && at[1 + digits] <= '9' && digits < 4)
            number = number * 10 + (size_t)(at[1 + digits++] - '0');
        if (number == 0 || number > n) {
            query->bad = true;
            return;
        }
        add_text(query, from, (size_t)(at - from));
        add_number(query, before + number);
        at += digits;
        from = at + 1;
    }
    add_text(query, from, (size_t)(at - from));
}

void
query_add(struct query *query, const char *fragment, const struct value *args, size_t n)
{
    size_t before = query->n;
    for (size_t i = 0; i < n; i++)
        if (!add_arg(query, args[i]))
            return;
    add_renumbered(query, fragment, before, n);
}

void
query_text(struct query *query, const char *fragment)
{
    add_renumbered(query, fragment, query->n, 0);
}

/* By hand: every column of every statement passes here, and strspn makes a table of its letters first. */
static bool
good_name(const char *name, size_t n)
{
    bool good = n > 0 && n <= NAME_MOST && (name[0] < '0' || name[0] > '9');
    for (size_t i = 0; i < n && good; i++)
        good = (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9') || name[i] == '_';
    return good;
}

void
query_name(struct query *query, const char *name)
{
    size_t n = name == NULL ? 0 : strlen(name);
    if (!good_name(name, n)) {
        query->bad = true;
        return;
    }
    /* Quoted, because columns are called by, from, to and order. */
    add_text(query, "\"", 1);
    add_text(query, name, n);
    add_text(query, "\"", 1);
}

void
query_value(struct query *query, struct value value)
{
    if (add_arg(query, value))
        add_number(query, query->n);
}

static bool
usable(const struct query *query)
{
    if (!query->bad && query->sql.bytes != NULL)
        return true;
    store_complain("a statement was put together wrongly", query->sql.bytes != NULL ? query->sql.bytes : "");
    return false;
}

enum status
query_rows(struct reader *reader, struct arena *arena, const struct query *query, struct rows *out)
{
    *out = (struct rows){ 0 };
    return usable(query) ? reader_rows(reader, arena, query->sql.bytes, query->args, query->n, out) : BROKEN;
}

enum status
query_run(struct writer *writer, const struct query *query, int64_t *changed)
{
    if (!usable(query)) {
        writer->failed = BROKEN;
        return BROKEN;
    }
    return writer_run(writer, query->sql.bytes, query->args, query->n, changed);
}
