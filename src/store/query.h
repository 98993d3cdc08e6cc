/* Putting one SQL statement together from constants, checked names and parameters — the only way to do it. Fragments
 * are string constants of the program; names must match [a-z_][a-z0-9_]*; values become ?N. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/store.h"

enum { QUERY_ARGS = 400 };

struct query {
    struct buf sql; /* at most 64 KiB; its bytes belong to the arena: no buf_ function may touch it */
    struct value *args;
    size_t n, room;
    struct arena *arena;
    bool bad; /* a name was refused, too many arguments or too long: query_rows and query_run give BROKEN */
};

void query_init(struct query *query, struct arena *arena);
/* A constant fragment with its own parameters numbered from ?1 inside it: they are renumbered behind those already
 * there: query_add(&q, " and r.office = ?1", ARGS(value_int(11))). */
void query_add(struct query *query, const char *fragment, const struct value *args, size_t n);
void query_text(struct query *query, const char *fragment); /* a fragment without parameters */
void query_name(struct query *query, const char *name);     /* a checked identifier */
void query_value(struct query *query, struct value value);  /* appends ?N */

enum status query_rows(struct reader *reader, struct arena *arena, const struct query *query, struct rows *out);
enum status query_run(struct writer *writer, const struct query *query, int64_t *changed);

#endif
