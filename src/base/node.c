#include "base/node.h"

#include <string.h>

struct node *
node_map(struct arena *arena)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    if (node != NULL)
        node->type = NODE_MAP;
    return node;
}

struct node *
node_list(struct arena *arena)
{
    struct node *node = arena_alloc(arena, sizeof *node);
    if (node != NULL)
        node->type = NODE_LIST;
    return node;
}

struct node *
node_put_node(struct node *parent, const char *name, struct node *child)
{
    if (parent == NULL || child == NULL)
        return NULL;
    child->name = name;
    child->next = NULL;
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
    return child;
}

struct node *
node_put(struct arena *arena, struct node *parent, const char *name, enum node_type type)
{
    struct node *child = arena_alloc(arena, sizeof *child);
    if (child == NULL)
        return NULL;
    child->type = type;
    return node_put_node(parent, name, child);
}

struct node *
node_put_map(struct arena *arena, struct node *parent, const char *name)
{
    return node_put(arena, parent, name, NODE_MAP);
}

struct node *
node_put_list(struct arena *arena, struct node *parent, const char *name)
{
    return node_put(arena, parent, name, NODE_LIST);
}

static struct node *
put_number(struct arena *arena, struct node *parent, const char *name, enum node_type type, int64_t i)
{
    struct node *child = node_put(arena, parent, name, type);
    if (child != NULL)
        child->i = i;
    return child;
}

static struct node *
put_string(struct arena *arena, struct node *parent, const char *name, enum node_type type, const char *text)
{
    struct node *child = node_put(arena, parent, name, text == NULL ? NODE_NULL : type);
    if (child != NULL)
        child->text = text;
    return child;
}

struct node *
node_put_int(struct arena *arena, struct node *parent, const char *name, int64_t i)
{
    return put_number(arena, parent, name, NODE_INT, i);
}

struct node *
node_put_id(struct arena *arena, struct node *parent, const char *name, int64_t id)
{
    return put_number(arena, parent, name, NODE_ID, id);
}

struct node *
node_put_bool(struct arena *arena, struct node *parent, const char *name, bool yes)
{
    return put_number(arena, parent, name, NODE_BOOL, yes);
}

struct node *
node_put_time(struct arena *arena, struct node *parent, const char *name, int64_t ms)
{
    return put_number(arena, parent, name, NODE_TIME, ms);
}

struct node *
node_put_text(struct arena *arena, struct node *parent, const char *name, const char *text)
{
    return put_string(arena, parent, name, NODE_TEXT, text);
}

struct node *
node_put_date(struct arena *arena, struct node *parent, const char *name, const char *iso)
{
    return put_string(arena, parent, name, NODE_DATE, iso);
}

struct node *
node_put_url(struct arena *arena, struct node *parent, const char *name, const char *url)
{
    return put_string(arena, parent, name, NODE_URL, url);
}

struct node *
node_put_code(struct arena *arena, struct node *parent, const char *name, const char *code, const char *label)
{
    struct node *child = put_string(arena, parent, name, NODE_CODE, code);
    if (child != NULL)
        child->label = label != NULL ? label : code;
    return child;
}

const struct node *
node_get(const struct node *map, const char *name)
{
    if (map == NULL || map->type != NODE_MAP)
        return NULL;
    for (const struct node *child = map->first; child != NULL; child = child->next)
        if (child->name != NULL && strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

const char *
node_text_of(const struct node *map, const char *name)
{
    const struct node *child = node_get(map, name);
    return child == NULL ? NULL : child->text;
}

size_t
node_count(const struct node *list)
{
    size_t n = 0;
    for (const struct node *child = list == NULL ? NULL : list->first; child != NULL; child = child->next)
        n++;
    return n;
}

bool
node_true(const struct node *node)
{
    if (node == NULL)
        return false;
    switch (node->type) {
    case NODE_NULL:
        return false;
    case NODE_BOOL:
        return node->i != 0;
    case NODE_LIST:
        return node->first != NULL;
    case NODE_TEXT:
    case NODE_DATE:
    case NODE_CODE:
    case NODE_MASKED:
    case NODE_URL:
        return node->text != NULL && node->text[0] != '\0';
    default:
        return true;
    }
}

void
node_last_first(struct node *list)
{
    struct node *last = list->last, *before = list->first;
    if (before == last)
        return;
    while (before->next != last)
        before = before->next;
    before->next = NULL;
    last->next = list->first;
    list->first = last;
    list->last = before;
}
