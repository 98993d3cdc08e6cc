/* Rows out of a ledger: the fields and rows that a person (or the program itself) may export, page by page, each cell
 * as a typed node, what is secret masked. Pages, the API and the command line export through here. */
#ifndef POLICY_EXPORT_H
#define POLICY_EXPORT_H

#include "policy/list.h"

/* The columns: every field that I may see but files, then the state and the day something is due. `fields` (FORM_FIELDS
 * long) gets indexes into form->fields (or what cell_of knows), `labels` their titles. Returns how many. */
size_t export_columns(const struct form *form, const struct me *me, int *fields, const char **labels);

/* Gets each row; cells and arena live until it returns. Not OK ends the export with that status. */
typedef enum status export_row_fn(void *state, struct arena *arena, const struct node *const *cells, size_t n);

struct export_plan {
    const struct form *form;
    const struct node *query; /* filters as a list page takes them */
    const int *fields;
    size_t n;
    size_t most; /* rows; 0: no limit */
    export_row_fn *row;
    void *state;
};
/* DENIED: not mine to export, or sealed. TOO_LARGE with a message: more rows than `most`. *rows = how many went out. */
enum status export_rows(struct call *call, const struct export_plan *plan, size_t *rows);
/* An export counts only with its entry in the journal: after the rows, before they are handed over. */
enum status export_note(struct call *call, const struct form *form, size_t rows, const char *kind);

#endif
