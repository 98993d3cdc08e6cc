/* Drawings for pages: names and values, drawn late by the browser below the table that says the same. */
#include "domain/institution/looks.h"

struct node *
chart_put(struct call *call, struct node *list, const char *id, const char *label, const char *kind, const char *unit)
{
    struct node *chart = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, chart, "id", id);
    node_put_text(call->arena, chart, "label", label);
    struct node *drawing = node_put_map(call->arena, chart, "drawing");
    node_put_text(call->arena, drawing, "kind", kind);
    node_put_text(call->arena, drawing, "unit", unit);
    node_put_list(call->arena, drawing, "names");
    struct node *series = node_put_map(call->arena, node_put_list(call->arena, drawing, "series"), NULL);
    node_put_text(call->arena, series, "name", label);
    node_put_list(call->arena, series, "values");
    return drawing;
}

void
chart_point(struct call *call, struct node *drawing, const char *name, int64_t value)
{
    struct node *series = ((struct node *)(uintptr_t)node_get(drawing, "series"))->first;
    node_put_text(call->arena, (struct node *)(uintptr_t)node_get(drawing, "names"), NULL, name);
    node_put_int(call->arena, (struct node *)(uintptr_t)node_get(series, "values"), NULL, value);
}
