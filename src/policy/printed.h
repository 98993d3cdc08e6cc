/* A printed sheet as a model, filled by a form's print hook and drawn elsewhere: title, number, addressee, the body in
 * order, the sign-off, a code to check it by. */
#ifndef POLICY_PRINTED_H
#define POLICY_PRINTED_H

#include "policy/engine.h"

void printed_head(struct call *call, struct node *sheet, const char *title, const char *number, const char *addressee);
void printed_paragraph(struct call *call, struct node *sheet, const char *text);
/* Small print: keys of a table, remarks. */
void printed_note(struct call *call, struct node *sheet, const char *text);
void printed_heading(struct call *call, struct node *sheet, const char *text);
void printed_pair(struct call *call, struct node *sheet, const char *label, const char *value);
void printed_sign(struct call *call, struct node *sheet, const char *organisation, const char *date_iso);
void printed_code(struct call *call, struct node *sheet, const char *url, const char *caption);
/* The whole sheet lies across: for tables with many columns. */
void printed_landscape(struct call *call, struct node *sheet);
/* A table below what is there; heads and cells end with NULL. A NULL in the middle cannot be: empty is "". */
struct node *printed_table(struct call *call, struct node *sheet, const char *const *heads);
void printed_line(struct call *call, struct node *table, const char *const *cells);
/* One field of a row as a pair, in words; empty ones too. */
void printed_field(struct call *call, struct reader *reader, struct node *sheet, const struct row *row,
                   const char *field);
/* The default: every field of the row that `groups` shows, section by section. */
void printed_row(struct call *call, struct reader *reader, struct node *sheet, const struct row *row, unsigned groups);
/* The same in words, "" when it is empty. */
const char *printed_words(struct call *call, struct reader *reader, const struct row *row, int index);
/* "08:05", "" for 0 */
const char *printed_time(struct call *call, int64_t ms);
/* 2026年3月5日 */
const char *date_words(struct call *call, const char *iso);

#endif
