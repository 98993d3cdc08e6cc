/* Comma separated values (RFC 4180), reading and writing. Text is UTF-8. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

enum { CSV_COLUMNS = 200 };

/* A table in an arena: row 0 is the header. Missing cells are "". */
struct csv {
    size_t rows, columns;
    const char **cells;
};
/* Bounded by `most_rows` and 200 columns; INVALID for a quote that never ends or too much. */
enum status csv_read(struct arena *arena, const char *text, size_t most_rows, struct csv *out);
/* The cell of a named column; "" when there is no such column. row 1 is the first after the header. */
const char *csv_cell(const struct csv *csv, size_t row, const char *column);

/* One cell and what goes before it. A cell that begins with = + - @ or a control character gets a ' so that no
 * spreadsheet takes it for a formula. */
void csv_add(struct buf *out, bool first, const char *cell);

#endif
