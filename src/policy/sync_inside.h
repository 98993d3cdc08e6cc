/* What sync.c, sync_judge.c and inbox.c share. */
#ifndef POLICY_SYNC_INSIDE_H
#define POLICY_SYNC_INSIDE_H

#include "policy/journal.h"
#include "policy/sync.h"

#define INSTANT_MOST (INT64_C(1) << 50) /* ms: no clock says so much */

enum outcome { OUTCOME_NONE, OUTCOME_ROW, OUTCOME_DUPLICATE, OUTCOME_WAITING, OUTCOME_TODO };

struct record {
    const char *raw; /* as it came, as text */
    char digest[65]; /* of raw */
    const char *key; /* never NULL: one is made from the digest when it came without */
    const char *bad; /* why it cannot be read, NULL: it can */
    bool hidden;     /* came sealed to the server: nobody of the institution sees it */
    const struct form *form;
    const char *op, *step, *ref, *day, *version;
    int64_t n, at, staff, part, target, base; /* base: version of the row that the tablet saw, 0: none */
    const struct node *fields;
    int64_t said_at; /* at, day and fields as they came; those above are moved by `moved` */
    const char *said_day;
    const struct node *said_fields;
    int64_t moved;            /* ms, by which the device's clock was off; 0: not */
    int64_t clock, mono;      /* its clock and its page's counter when the record was made, 0: not told */
    const char *life;         /* of that page */
    const struct node *typed; /* names of times that somebody typed, NULL: none */
    struct row *candidate;    /* what it would be, as far as it was read */

    enum outcome outcome;
    bool known;    /* its key was here before */
    int64_t inbox; /* its row, 0: none yet */
    int64_t row, existing;
    const char *who;     /* whose hand, in words */
    const char *message; /* why a person has to look, or what it waits for */
    struct node *faults; /* list of {field, label, message}, NULL: none */
};

/* From what came to a record; never fails but for memory: what cannot be read is said in `bad`. */
enum status record_read(struct call *call, const struct node *sent, struct record *record);
/* Moves its times by `ms`, from what was said; 0: as they came. */
enum status record_move(struct call *call, struct record *record, int64_t ms);
/* Corrects its times by what the device's clock is off, or a fault where that cannot be told (sync_clock.c). */
enum status record_settle_time(struct call *call, const struct sync_device *device, struct record *record);
/* Says so in the row's history. */
enum status record_note_move(struct call *call, const struct record *record);
/* The record as a write of call->me; its outcome, or a status with faults in the call. */
enum status record_judge(struct call *call, struct writer *writer, const struct sync_device *device,
                         struct record *record);
/* Its fields as the engine reads them, files resolved; NOT_FOUND with OUTCOME_WAITING: a photo has not come yet. */
enum status record_input(struct call *call, struct reader *reader, int64_t device, struct record *record,
                         struct node **out);
/* The photos that `input` names become files of the row. */
enum status record_attach(struct call *call, struct writer *writer, int64_t device, const struct node *input,
                          struct row *row);
/* The record's step on `row`, with the files that it brings. */
enum status record_take_step(struct call *call, struct writer *writer, int64_t device, const struct record *record,
                             int64_t row, int64_t base, const struct node *input);
/* The row that stands where the candidate would stand (by a unique key), 0: none; `same`: it says the same. */
enum status record_existing(struct call *call, struct reader *reader, const struct record *record, int64_t *existing,
                            bool *same);
/* The raw text that an inbox row keeps; NULL: none, or it cannot be opened. */
const char *inbox_body(struct call *call, struct reader *reader, int64_t office, int64_t id, struct value sealed);
/* Its form when a tablet may write it. */
const struct form *sync_form(const struct house *house, const char *name);

#endif
