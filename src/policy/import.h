/* Rows of a sheet (CSV or XLSX) into a form: columns are found by label or name, codes and divisions by label or code.
 * Each row is judged and written by the same path as a typed one; good rows are kept when others are wrong. Writing the
 * same file again writes nothing twice: each row carries the file's fingerprint and its number as idempotency key. */
#ifndef POLICY_IMPORT_H
#define POLICY_IMPORT_H

#include "base/csv.h"
#include "policy/engine.h"

enum { IMPORT_FAULTS = 200 };

struct import_fault {
    size_t row; /* as the sheet counts: the header is row 1 */
    const char *label, *message;
};
struct import_report {
    size_t rows, good, written, known; /* known: written by an earlier run of this file */
    size_t faults_n;                   /* kept: at most IMPORT_FAULTS */
    struct import_fault faults[IMPORT_FAULTS];
    size_t notes_n; /* of an import that only judges: what writing a row will say, at most IMPORT_FAULTS */
    struct import_fault notes[IMPORT_FAULTS];
    const char *unknown; /* columns that are no field, joined by 、; NULL: none */
};

/* `write` false: a trial; each row is written as if it were meant and taken back, so that every rule has spoken.
 * `fingerprint` identifies the file. `progress` may be NULL. DENIED: I may not import this form; INVALID: no column
 * fits. */
enum status import_rows(struct call *call, const struct form *form, const struct csv *sheet, const char *fingerprint,
                        bool write, void (*progress)(void *, int), void *state, struct import_report *report);

#endif
