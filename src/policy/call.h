/* One request (or job, or command) on its way through: who, when, in what memory, and what was found wrong. The clock
 * comes in here and is read nowhere else. */
#ifndef POLICY_CALL_H
#define POLICY_CALL_H

#include "base/arena.h"
#include "base/day.h"
#include "base/node.h"
#include "base/status.h"
#include "policy/duty.h"

struct dirty;
struct entry;
struct house;
struct reference;

/* One wrong field. */
struct fault {
    struct fault *next;
    const char *field; /* NULL: the whole */
    const char *label;
    const char *code;    /* stable: "need", "too_long", "not_a_date", … */
    const char *message; /* Chinese, one sentence */
};

/* A finding of a rule, before it is stored. */
struct found {
    struct found *next;
    const struct rule *rule;
    const char *message;
};

struct call {
    struct arena *arena;
    struct house *house;
    const struct reference *reference;
    const struct me *me;
    int64_t now_ms;
    struct day today;
    const char *key;        /* idempotency key, NULL: none */
    const char *purpose;    /* why masked data are opened, NULL: not asked */
    const char *correction; /* why a closed day is changed, NULL: not asked */
    const char *address;    /* of the client, for the journal */
    const char *as; /* "甲（代理乙）" of what only a deputy may do, for the journal; NULL: in the own name */
    struct fault *faults, **faults_end;
    struct found *found, **found_end;
    struct entry *entries, **entries_end; /* journal entries of this run, written at its end (journal.c) */
    struct dirty *dirty;                  /* cells to recount (cells.c) */
    const struct form *answer_form;       /* what the write made or moved: where the answer leads */
    int64_t answer_row;
    const char *area;    /* where the row lies that is judged, NULL: where I am (standard_here) */
    bool references;     /* a row of a reference form was written: the snapshot is out of date after the commit */
    bool replayed;       /* the idempotency key was known: nothing was written again */
    const char *message; /* what to tell the person when the status is not OK, NULL: the status's title */
    int depth;           /* of writes within writes: <= 8 */
};

void call_init(struct call *call, struct house *house, struct arena *arena, const struct me *me, int64_t now_ms);
/* Today as YYYY-MM-DD, in the call's arena. */
const char *call_today(const struct call *call);
/* Forgets faults, findings and message: before a write function runs again. */
void call_reset(struct call *call);
/* From here on the journal names the person as deputy of `whom`; the name under which the person acts. */
void call_stand_in(struct call *call, const char *whom);
const char *call_hand(const struct call *call);
/* Notes a fault; `format` gives the Chinese message. Returns INVALID, so that a check may end with it. */
enum status call_fault(struct call *call, const struct field *field, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Notes the message and returns the status. */
enum status call_fail(struct call *call, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
