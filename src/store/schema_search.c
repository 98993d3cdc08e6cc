/* Search in Chinese and pinyin: the tokens are made elsewhere, here they are only kept and asked. Both engines answer
 * alike because neither splits a token further. */
#include <stdio.h>
#include <string.h>

#include "store/query.h"
#include "store/schema_inside.h"

enum { TOKENS_MOST = 200 };

/* "[a-z_][a-z0-9_]*" is what query_name accepts. */
static enum status
put_lite(struct writer *writer, const char *table, int64_t id, const char *tokens)
{
    struct query query;
    query_init(&query, writer_arena(writer));
    char search[CONFLICT_NAME + 8];
    snprintf(search, sizeof search, "%s_search", table);
    query_text(&query, "delete from ");
    query_name(&query, search);
    query_add(&query, " where rowid = ?1", ARGS(value_int(id)));
    enum status status = query_run(writer, &query, NULL);
    if (status != OK || tokens == NULL || tokens[0] == '\0')
        return status;
    query_init(&query, writer_arena(writer));
    query_text(&query, "insert into ");
    query_name(&query, search);
    query_add(&query, " (rowid, tokens) values (?1, ?2)", ARGS(value_int(id), value_text(tokens)));
    return query_run(writer, &query, NULL);
}

enum status
schema_search_put(struct writer *writer, const char *table, int64_t office, int64_t id, const char *tokens)
{
    if (writer_arena(writer) == NULL)
        return NO_MEMORY;
    if (reader_engine(writer_reader(writer)) == ENGINE_SQLITE)
        return put_lite(writer, table, id, tokens);
    struct query query;
    query_init(&query, writer_arena(writer));
    query_text(&query, "update ");
    query_name(&query, table);
    query_add(&query,
              " set search = array_to_tsvector(array_remove(string_to_array(coalesce(cast(?3 as text), ''), ' '), ''))"
              " where office = ?1 and id = ?2",
              ARGS(value_int(office), value_int(id), value_text(tokens)));
    return query_run(writer, &query, NULL);
}

void
search_copy_sql(enum engine from, enum engine to, const struct table *table, struct buf *select, struct buf *insert)
{
    const char *t = table->name;
    buf_clear(select);
    buf_clear(insert);
    if (from == ENGINE_SQLITE)
        buf_format(select, "select t.office, t.id, s.tokens from \"%s_search\" s join \"%s\" t on t.id = s.rowid", t,
                   t);
    else
        buf_format(select,
                   "select office, id, array_to_string(tsvector_to_array(search), ' ') from \"%s\" where search is not "
                   "null",
                   t);
    if (to == ENGINE_SQLITE)
        buf_format(insert, "insert into \"%s_search\" (rowid, tokens) select ?2, ?3 where ?1 > 0", t);
    else
        buf_format(
            insert,
            "update \"%s\" set search = array_to_tsvector(string_to_array(?3, ' ')) where office = ?1 and id = ?2", t);
}

/* Each token in quotes of the engine, quotes inside doubled; joined by `and`. */
static char *
quoted(struct arena *arena, const char *tokens, char quote, const char *and)
{
    char *out = arena_alloc(arena, strlen(tokens) * 6 + 8), *to = out;
    if (out == NULL)
        return NULL;
    int n = 0;
    for (const char *at = tokens + strspn(tokens, " "); *at != '\0' && n < TOKENS_MOST; at += strspn(at, " "), n++) {
        if (n > 0) {
            memcpy(to, and, strlen(and));
            to += strlen(and);
        }
        const bool beginning = (unsigned char)*at < 0x80; /* letters and digits: the beginning of a token is enough */
        *to++ = quote;
        for (; *at != '\0' && *at != ' '; at++) {
            if (*at == quote || (*at == '\\' && quote == '\''))
                *to++ = *at;
            *to++ = *at;
        }
        *to++ = quote;
        if (beginning && quote == '\'')
            *to++ = ':';
        if (beginning)
            *to++ = '*';
    }
    return n == 0 ? NULL : out;
}

void
schema_search(struct query *query, enum engine engine, const char *table, const char *alias, const char *tokens)
{
    if (tokens == NULL || tokens[strspn(tokens, " ")] == '\0')
        return;
    bool lite = engine == ENGINE_SQLITE;
    const char *match = quoted(query->arena, tokens, lite ? '"' : '\'', lite ? " AND " : " & ");
    if (match == NULL) {
        query->bad = true;
        return;
    }
    query_text(query, " and ");
    query_name(query, alias);
    if (!lite) {
        query_add(query, ".search @@ cast(?1 as tsquery)", ARGS(value_text(match)));
        return;
    }
    char search[CONFLICT_NAME + 8];
    snprintf(search, sizeof search, "%s_search", table);
    query_text(query, ".id in (select rowid from ");
    query_name(query, search);
    query_text(query, " where ");
    query_name(query, search);
    /* a word that nearly every row has must not cost a walk over all of them: the newest matches are enough */
    query_add(query, " match ?1 order by rowid desc limit 5000)", ARGS(value_text(match)));
}
