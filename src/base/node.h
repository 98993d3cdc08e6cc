/* The model: a small tree in an arena that every answer is made of. The same tree becomes JSON (json.h), a page
 * (page/template.h) or a sheet; so page and API cannot disagree. Types say what a value is, each representation
 * decides how it looks: a date is 2026-03-05 in JSON and 2026年3月5日 on a page. Children keep their order. */
#ifndef BASE_NODE_H
#define BASE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum node_type {
    NODE_NULL,
    NODE_BOOL,
    NODE_INT,
    NODE_DECIMAL, /* int with `scale` digits behind the point */
    NODE_FEN,     /* money in fen: "12.50" in JSON, ¥12.50 on a page */
    NODE_ID,      /* 63-bit id: always a string in JSON */
    NODE_TEXT,
    NODE_DATE,   /* text YYYY-MM-DD */
    NODE_TIME,   /* instant, milliseconds UTC; pages show Asia/Shanghai */
    NODE_CODE,   /* text = the code, label = what people read; JSON: code, and "<name>_label" beside it */
    NODE_MASKED, /* text that is already masked (138****1234) */
    NODE_URL,    /* a URL of ours, made by our code: the only type allowed in href/src/action */
    NODE_LIST,
    NODE_MAP,
};

struct node {
    enum node_type type;
    uint8_t scale;
    const char *name; /* in a map */
    int64_t i;        /* BOOL, INT, DECIMAL, FEN, ID, TIME */
    const char *text; /* TEXT, DATE, CODE, MASKED, URL */
    const char *label;
    struct node *first, *last, *next;
};

struct node *node_map(struct arena *arena);
struct node *node_list(struct arena *arena);

/* Add a named child to a map, or (name NULL) an element to a list. Texts are not copied: they must live as long as the
 * arena. NULL text becomes NODE_NULL. They return the child, or NULL without memory (the arena remembers). */
struct node *node_put(struct arena *arena, struct node *parent, const char *name, enum node_type type);
struct node *node_put_node(struct node *parent, const char *name, struct node *child);
struct node *node_put_map(struct arena *arena, struct node *parent, const char *name);
struct node *node_put_list(struct arena *arena, struct node *parent, const char *name);
struct node *node_put_int(struct arena *arena, struct node *parent, const char *name, int64_t i);
struct node *node_put_id(struct arena *arena, struct node *parent, const char *name, int64_t id);
struct node *node_put_bool(struct arena *arena, struct node *parent, const char *name, bool yes);
struct node *node_put_text(struct arena *arena, struct node *parent, const char *name, const char *text);
struct node *node_put_date(struct arena *arena, struct node *parent, const char *name, const char *iso);
struct node *node_put_time(struct arena *arena, struct node *parent, const char *name, int64_t ms);
struct node *node_put_code(struct arena *arena, struct node *parent, const char *name, const char *code,
                           const char *label);
struct node *node_put_url(struct arena *arena, struct node *parent, const char *name, const char *url);

/* The newest child becomes the first. */
void node_last_first(struct node *list);

/* The child of that name, or NULL (also for NULL or a node that is no map). */
const struct node *node_get(const struct node *map, const char *name);
/* Its text (TEXT, DATE, CODE, MASKED, URL), or NULL. */
const char *node_text_of(const struct node *map, const char *name);
size_t node_count(const struct node *list);
/* Mustache truth: null, false, "", 0-element list are false; numbers are true even when 0. */
bool node_true(const struct node *node);

#endif
