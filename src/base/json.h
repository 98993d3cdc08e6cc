/* The model to JSON, and strict JSON to a model. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

/* Compact; `<`, `>` and `&` are \u escapes so that the text may stand in a script element. Ids, decimals and money are
 * strings; instants are ISO 8601 with +08:00; a code is followed by "<name>_label". NULL writes null. */
void json_write(struct buf *out, const struct node *node);
/* One quoted string. */
void json_text(struct buf *out, const char *text);

/* Strict RFC 8259: no duplicate names, no trailing text, valid UTF-8, at most 32 deep. Whole numbers become NODE_INT,
 * others NODE_TEXT with their literal text kept as jansson gives it. INVALID and *why (Chinese) otherwise. */
enum status json_read(struct arena *arena, const char *bytes, size_t n, struct node **out, const char **why);

#endif
