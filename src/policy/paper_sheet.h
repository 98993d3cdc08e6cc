/* Blank sheets that were printed: each copy bears a number of its own, and each of its lines is entered once. The
 * number is asked when a sheet is entered later; records that never stood on a numbered sheet have none. */
#ifndef POLICY_PAPER_SHEET_H
#define POLICY_PAPER_SHEET_H

#include "policy/row.h"

/* Seven random characters and one to check them by, "K7QD-3M2X": no 0, 1, I, L or O. */
const char *paper_number_make(struct arena *arena);
/* As people type it (small letters, blanks, no dash) to the written form; NULL: the check character does not fit. */
const char *paper_number_read(struct arena *arena, const char *text);

/* Is this a ledger that is printed blank? */
bool paper_has_blank(const struct form *form);

/* What the entry form asks: "paper_no" and "paper_line"; ends with name NULL. */
extern const struct field paper_fields[];

/* Number and line from what was typed onto a new row; nothing typed: the row stands on no sheet. */
enum status paper_read(struct call *call, const struct form *form, const struct node *typed, struct row *row);

/* A copy with that many lines was printed. */
enum status paper_issue(struct call *call, struct writer *writer, const struct form *form, const char *number,
                        int lines);
/* The row is what that line says; INVALID for a sheet that is not this ledger's, CONFLICT when the line was entered. */
enum status paper_take(struct call *call, struct writer *writer, const struct row *row);
/* The line after the last that was entered; 0: none is left, or no such sheet. */
enum status paper_next(struct call *call, struct reader *reader, const struct form *form, const char *number,
                       int64_t *line);

#endif
