/* Compiles a set of templates once and renders them. Rendering allocates nothing but the output. */
#include "page/template.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "page/template_ops.h"

enum { DEPTH_MOST = 16, FILE_MOST = 1 << 20, FOLDER_MOST = 16u << 20 };

struct templates {
    struct compiled *list;
    size_t n;
    const char *folder; /* development: read on every render */
};

static struct compiled *
find(const struct templates *templates, const char *name)
{
    for (size_t i = 0; i < templates->n; i++)
        if (strcmp(templates->list[i].name, name) == 0)
            return &templates->list[i];
    return NULL;
}

static bool
link_partials(const struct templates *templates, struct compiled *compiled, struct buf *errors)
{
    bool good = true;
    for (size_t i = 0; i < compiled->ops_n; i++) {
        struct op *op = &compiled->ops[i];
        if (op->kind != OP_PARTIAL)
            continue;
        op->partial = find(templates, op->text);
        if (op->partial == NULL) {
            buf_format(errors, "%s.html:%d: 没有模板 %s\n", compiled->name, op->line, op->text);
            good = false;
        }
    }
    return good;
}

struct templates *
templates_load(struct arena *arena, const struct template_source *sources, size_t n, struct buf *errors)
{
    struct templates *templates = arena_alloc(arena, sizeof *templates);
    if (templates == NULL || (templates->list = arena_array(arena, n, sizeof *templates->list)) == NULL) {
        buf_text(errors, "内存不足\n");
        return NULL;
    }
    bool good = true;
    for (templates->n = 0; templates->n < n; templates->n++)
        good &= template_parse(arena, &sources[templates->n], &templates->list[templates->n], errors);
    for (size_t i = 0; i < n; i++)
        good &= link_partials(templates, &templates->list[i], errors);
    return good ? templates : NULL;
}

/* ---- rendering ---- */

struct scope {
    const struct node *it;
    size_t index; /* 1-based in a list, 0: none */
    bool last;
};

struct render {
    const struct node *frame;
    struct buf *out;
    bool too_deep;
};

static const struct node *
look_up(const struct render *render, const struct name *name, const struct scope *scope)
{
    if (name->self)
        return scope->it;
    const struct node *at = name->frame ? render->frame : scope->it;
    for (size_t i = 0; i < name->parts_n && at != NULL; i++)
        at = node_get(at, name->parts[i]);
    return at;
}

static bool
holds(const struct render *render, const struct name *name, const struct scope *scope)
{
    switch (name->special) {
    case 'f':
        return scope->index == 1;
    case 'l':
        return scope->last;
    case 'i':
        return scope->index > 0;
    default:
        return node_true(look_up(render, name, scope));
    }
}

static void render_ops(struct render *render, const struct compiled *compiled, size_t from, size_t to,
                       const struct scope *scope, int depth);

static void
render_section(struct render *render, const struct compiled *compiled, size_t at, const struct scope *scope, int depth)
{
    const struct op *op = &compiled->ops[at];
    const struct node *node = op->name.special != 0 ? NULL : look_up(render, &op->name, scope);
    struct scope inner = *scope;
    if (node != NULL && node->type == NODE_LIST) {
        inner.index = 0;
        for (const struct node *element = node->first; element != NULL; element = element->next) {
            inner = (struct scope){ element, inner.index + 1, element->next == NULL };
            render_ops(render, compiled, at + 1, op->end, &inner, depth);
        }
        return;
    }
    if (node != NULL && node->type == NODE_MAP)
        inner = (struct scope){ .it = node };
    render_ops(render, compiled, at + 1, op->end, &inner, depth);
}

static void
render_value(struct render *render, const struct op *op, const struct scope *scope)
{
    if (op->name.special == 'i')
        buf_int(render->out, (int64_t)scope->index);
    else if (op->name.special == 0)
        print_value(render->out, look_up(render, &op->name, scope), op->place);
}

static void
render_ops(struct render *render, const struct compiled *compiled, size_t from, size_t to, const struct scope *scope,
           int depth)
{
    for (size_t i = from; i < to; i++) {
        const struct op *op = &compiled->ops[i];
        switch (op->kind) {
        case OP_TEXT:
            buf_add(render->out, op->text, op->n);
            break;
        case OP_VALUE:
            render_value(render, op, scope);
            break;
        case OP_JSON:
            json_write(render->out, look_up(render, &op->name, scope));
            break;
        case OP_PARTIAL:
            if (depth == DEPTH_MOST)
                render->too_deep = true;
            else
                render_ops(render, op->partial, 0, op->partial->ops_n, scope, depth + 1);
            break;
        case OP_SECTION:
            if (holds(render, &op->name, scope))
                render_section(render, compiled, i, scope, depth);
            i = op->end - 1;
            break;
        case OP_INVERTED:
            if (!holds(render, &op->name, scope))
                render_ops(render, compiled, i + 1, op->end, scope, depth);
            i = op->end - 1;
            break;
        }
        if (render->too_deep || render->out->failed)
            return;
    }
}

static enum status
render_now(const struct templates *templates, const char *name, const struct node *model, const struct node *frame,
           struct buf *out)
{
    const struct compiled *compiled = find(templates, name);
    if (compiled == NULL)
        return NOT_FOUND;
    struct render render = { .frame = frame, .out = out };
    const struct scope scope = { .it = model };
    render_ops(&render, compiled, 0, compiled->ops_n, &scope, 0);
    return render.too_deep ? BROKEN : out->failed ? NO_MEMORY : OK;
}

/* ---- development: from the folder ---- */

struct gather {
    struct arena *arena;
    struct template_source *sources;
    size_t n, room, root_n;
};

static char *
read_whole(struct arena *arena, const char *path, size_t *n)
{
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : arena_alloc(arena, FILE_MOST);
    *n = text == NULL ? 0 : fread(text, 1, FILE_MOST - 1, file);
    if (file != NULL)
        fclose(file);
    return text;
}

static void
gather_file(struct gather *gather, const char *path)
{
    const size_t n = strlen(path);
    if (n < 6 || strcmp(path + n - 5, ".html") != 0 || gather->n == gather->room)
        return;
    struct template_source *source = &gather->sources[gather->n];
    source->name = arena_copy(gather->arena, path + gather->root_n, n - 5 - gather->root_n);
    source->text = read_whole(gather->arena, path, &source->n);
    gather->n += source->text != NULL && source->name != NULL;
}

static struct templates *
load_folder(struct arena *arena, const char *folder, struct buf *errors)
{
    struct gather gather = { .arena = arena, .room = 400, .root_n = strlen(folder) + 1 };
    char *const roots[] = { arena_text(arena, folder), NULL };
    gather.sources = arena_array(arena, gather.room, sizeof *gather.sources);
    FTS *walk = gather.sources == NULL ? NULL : fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; walk != NULL && (entry = fts_read(walk)) != NULL;)
        if (entry->fts_info == FTS_F)
            gather_file(&gather, entry->fts_path);
    if (walk != NULL)
        fts_close(walk);
    return templates_load(arena, gather.sources, gather.n, errors);
}

struct templates *
templates_from_folders(struct arena *arena, const char *folder)
{
    struct templates *templates = arena_alloc(arena, sizeof *templates);
    if (templates != NULL)
        templates->folder = folder;
    return templates;
}

static enum status
render_folder(const char *folder, const char *name, const struct node *model, const struct node *frame, struct buf *out)
{
    struct arena *arena = arena_new((size_t)512 << 20);
    struct buf errors;
    buf_init(&errors, FOLDER_MOST);
    const struct templates *templates = arena == NULL ? NULL : load_folder(arena, folder, &errors);
    enum status status = OK;
    if (templates != NULL)
        status = render_now(templates, name, model, frame, out);
    else {
        const struct node text = { .type = NODE_TEXT, .text = errors.n > 0 ? errors.bytes : "内存不足" };
        buf_text(out, "<!doctype html><meta charset=\"utf-8\"><title>模板有误</title><pre>");
        print_value(out, &text, PLACE_TEXT);
        buf_text(out, "</pre>");
    }
    buf_free(&errors);
    arena_free(arena);
    return status;
}

bool
templates_have(const struct templates *templates, const char *name)
{
    return templates->folder != NULL || find(templates, name) != NULL;
}

enum status
templates_render(const struct templates *templates, const char *name, const struct node *model,
                 const struct node *frame, struct buf *out)
{
    if (templates->folder != NULL)
        return render_folder(templates->folder, name, model, frame, out);
    return render_now(templates, name, model, frame, out);
}
