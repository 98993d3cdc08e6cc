/* A table on its way out, as CSV or XLSX: the page's export and the command line write the same file. */
#ifndef DESK_TABLE_OUT_H
#define DESK_TABLE_OUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

enum { TABLE_XLSX_ROWS = 200000 }; /* more than this does not go into one sheet */

struct table_out;

/* `title` and `note` stand above the columns of a sheet. Bytes go to `out`, those of CSV at once, so that a caller may
 * empty it between two rows. NULL: no memory. */
struct table_out *table_out_new(bool xlsx, const char *title, const char *note, const char *const *labels, size_t n,
                                struct buf *out);
/* One row of typed nodes (NULL: empty); `scratch` holds its words until the next one. */
void table_out_row(struct table_out *table, struct arena *scratch, const struct node *const *cells, size_t n);
/* Ends it; the table is gone afterwards. */
enum status table_out_end(struct table_out *table);

/* A node as a person reads it in a cell. Never NULL. */
const char *cell_words(struct arena *arena, const struct node *node);

#endif
