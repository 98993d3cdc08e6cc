/* Pages from HTML files and a model: the core of Mustache, with values escaped by where they stand.
 *
 *   {{name}} {{a.b}} {{.}}    a value of the current map; names do not climb, a missing one prints nothing
 *   {{@name}}                 a value of the frame (user, menu, csrf …)
 *   {{#x}} … {{/x}} {{^x}}    sections: a list runs once for each element, a map becomes the current one, anything else
 *                             true runs once; {{#-first}} {{#-last}} {{-index}} inside a list
 *   {{> page/head}} {{! … }}  partials (at most 16 deep), comments
 *   {{json name}}             in <script type="application/json"> only
 *
 * Tags stand in text, between attributes (sections) and in double-quoted values. href, src, action and hx-… take a
 * node of type URL, or a literal beginning "/", "?" or "#" with escaped values behind it. Everything else — scripts,
 * styles, comments, on… attributes, unquoted values — is refused when the templates are compiled, with file and line.
 */
#ifndef PAGE_TEMPLATE_H
#define PAGE_TEMPLATE_H

#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

struct template_source {
    const char *name; /* path below src without .html: "page/list" */
    const char *text;
    size_t n;
};

/* The packed ones, made by tools/pack.mjs. */
extern const struct template_source packed_templates[];
extern const size_t packed_templates_n;

struct templates;

/* Compiles all; texts must live as long as the arena. NULL: `errors` says file:line: why, one line each. */
struct templates *templates_load(struct arena *arena, const struct template_source *sources, size_t n,
                                 struct buf *errors);
/* For development: every render reads the folder anew; a mistake in a file is shown as the page. */
struct templates *templates_from_folders(struct arena *arena, const char *folder);
/* Writes the page. NOT_FOUND: no such template; NO_MEMORY: the buffer's maximum; BROKEN: partials too deep. */
enum status templates_render(const struct templates *templates, const char *name, const struct node *model,
                             const struct node *frame, struct buf *out);
bool templates_have(const struct templates *templates, const char *name);

#endif
