/* A row of a form in memory. Cells stand in the order of the form's fields; their type follows the field: text kinds
 * (text, lines, code, codes, date, area) are text, all others int. Secret cells hold the plain text when typed in and
 * the sealed bytes when read; row_plain opens them. */
#ifndef POLICY_ROW_H
#define POLICY_ROW_H

#include "policy/call.h"
#include "policy/form.h"
#include "store/store.h"

struct row {
    const struct form *form;
    int64_t id, office, institution, part; /* 0: none */
    const char *area;                      /* division code */
    const char *day;                       /* form->day */
    uint64_t state;                        /* one bit, 0 without a procedure */
    int64_t version;
    int64_t created_at, created_by, changed_at, changed_by;
    struct value *cells;
    const char *paper;  /* of a new row: the printed sheet it was written on, NULL: none (paper_sheet.h) */
    int64_t paper_line; /* and its line there */
    unsigned groups;    /* field groups that the reader of a list sees of this row; 0 outside lists */
};

/* What happens to a row: a create (old NULL), a change, or a step. */
struct change {
    const struct form *form;
    const struct row *old;
    struct row *new;
    const struct step *step;  /* NULL: create or change */
    const struct node *extra; /* what the step asked beside the form's fields, NULL */
};

/* Is it this step? */
bool change_takes(const struct change *change, const char *step);

struct row *row_new(struct call *call, const struct form *form);
struct row *row_copy(struct call *call, const struct row *row);
/* The procedure the row began under and keeps; NULL: its form has none. */
const struct procedure *row_procedure(const struct row *row);

/* Cell access by field name; a wrong name stops the program in tests (assert). */
struct value row_value(const struct row *row, const char *field);
const char *row_text(const struct row *row, const char *field); /* NULL: empty */
int64_t row_int(const struct row *row, const char *field);      /* 0: empty */
bool row_has(const struct row *row, const char *field);
/* Is the cell another one than it was? `before` NULL: there was none. */
bool row_differs(const struct row *row, const struct row *before, const char *field);
bool row_day(const struct row *row, const char *field, struct day *out);
bool row_codes_have(const struct row *row, const char *field, const char *code);
void row_set(struct row *row, const char *field, struct value value);
void row_set_text(struct row *row, const char *field, const char *text);
void row_set_int(struct row *row, const char *field, int64_t i);
/* The birth date that stands in a resident ID number typed into `number`; false: none was typed, or a wrong one. */
bool row_set_born(struct call *call, struct row *row, const char *number, const char *born);
/* The plain text of a secret cell (or of any cell as text), in the call's arena; NULL when empty or erased. */
const char *row_plain(struct call *call, struct reader *reader, const struct row *row, int field);

/* Reads. No duty is asked: these are for the engine and hooks. NOT_FOUND when there is none. */
enum status row_get(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct row **out);
/* All rows with where[i] = value (names of fields or of own columns: institution, part, state, office), newest first,
 * at most 500. */
struct row_set {
    size_t n;
    struct row **rows;
};
enum status rows_by(struct call *call, struct reader *reader, const struct form *form, int64_t office,
                    const char *const *where, const struct value *values, size_t n, struct row_set *out);
/* The select list of a form over alias r, and the row from one line of its answer. */
void row_select(struct query *query, const struct form *form);
struct row *row_from(struct call *call, const struct form *form, const struct rows *rows, size_t line);
/* Makes the words anew by which the row is found: every write does, and what renames a division or a code. */
enum status row_index(struct call *call, struct writer *writer, const struct row *row);
/* Write without rules and journal: engine.c only. */
enum status row_insert(struct call *call, struct writer *writer, const struct row *row);
enum status row_update(struct call *call, struct writer *writer, const struct row *row, int64_t old_version);

#endif
