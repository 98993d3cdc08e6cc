/* The first sheet of an XLSX as a table of texts. Bounded: a file that unpacks to more than it may is refused before it
 * is unpacked further (zip bombs), and so are external entities, too many rows and columns. */
#ifndef DESK_XLSX_IN_H
#define DESK_XLSX_IN_H

#include "base/csv.h"

/* True when the bytes are a zip file, as an XLSX is. */
bool xlsx_is(const char *bytes, size_t n);
/* Dates become YYYY-MM-DD, whole numbers lose their point. INVALID and *why (Chinese). */
enum status xlsx_read(struct arena *arena, const char *bytes, size_t n, size_t most_rows, struct csv *out,
                      const char **why);

#endif
