/* A table as XLSX: real dates and numbers, everything else text (never a formula). */
#ifndef DESK_SHEET_H
#define DESK_SHEET_H

#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

struct sheet;

/* `columns` column titles; `note` stands below the title. NULL: no memory. */
struct sheet *sheet_new(const char *title, const char *note, const char *const *columns, size_t n);
/* One row of typed nodes (NULL: empty), in the order of the columns. */
void sheet_row(struct sheet *sheet, const struct node *const *cells, size_t n);
/* Ends it; the file's bytes go to `out`. The sheet is gone afterwards. */
enum status sheet_end(struct sheet *sheet, struct buf *out);

#endif
