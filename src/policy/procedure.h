/* A procedure says how a row moves: states, steps, who may take a step, which clocks start and stop. */
#ifndef POLICY_PROCEDURE_H
#define POLICY_PROCEDURE_H

#include "policy/form.h"

/* The vocabulary of states, shared by all procedures; a procedure may relabel those it uses. */
enum state_bit {
    S_DRAFT,
    S_SUBMITTED,
    S_RETURNED,
    S_FILED,
    S_UNFIT,
    S_REGISTERED,
    S_RUNNING,
    S_SUSPENDED,
    S_CLOSED,
    S_CANCELLED,
    S_ASKED,
    S_ANSWERED,
    S_OVERDUE,
    S_PREPARED,
    S_REVIEWED,
    S_SIGNED,
    S_SEALED,
    S_DELIVERED,
    S_VOID,
    S_ACTIVE,
    S_DISABLED,
    S_PLANNED,
    S_DONE,
    S_OPEN,
    S_ENROLLED,
    S_LEFT,
    S_PRESENT,
    S_ABSENT,
    S_WATCHED,
    S_CONFIRMED,
    S_UNCONFIRMED,
    S_GIVEN,
    S_REFUSED,
    S_ENDED,
    S_WITHDRAWN,
    S_PAID,
    S_BARRED,
    S_ERASED,
    S_MERGED,
    STATE_COUNT
};
#define STATE(bit) (UINT64_C(1) << (bit))
#define DRAFT STATE(S_DRAFT)
#define SUBMITTED STATE(S_SUBMITTED)
#define RETURNED STATE(S_RETURNED)
#define FILED STATE(S_FILED)
#define UNFIT STATE(S_UNFIT)
#define REGISTERED STATE(S_REGISTERED)
#define RUNNING STATE(S_RUNNING)
#define SUSPENDED STATE(S_SUSPENDED)
#define CLOSED STATE(S_CLOSED)
#define CANCELLED STATE(S_CANCELLED)
#define ASKED STATE(S_ASKED)
#define ANSWERED STATE(S_ANSWERED)
#define PREPARED STATE(S_PREPARED)
#define REVIEWED STATE(S_REVIEWED)
#define SIGNED STATE(S_SIGNED)
#define SEALED STATE(S_SEALED)
#define DELIVERED STATE(S_DELIVERED)
#define VOIDED STATE(S_VOID)
#define ACTIVE STATE(S_ACTIVE)
#define DISABLED STATE(S_DISABLED)
#define PLANNED STATE(S_PLANNED)
#define DONE STATE(S_DONE)
#define OPEN STATE(S_OPEN)
#define ENROLLED STATE(S_ENROLLED)
#define LEFT STATE(S_LEFT)
#define PRESENT STATE(S_PRESENT)
#define ABSENT STATE(S_ABSENT)
#define WATCHED STATE(S_WATCHED)
#define CONFIRMED STATE(S_CONFIRMED)
#define UNCONFIRMED STATE(S_UNCONFIRMED)
#define GIVEN STATE(S_GIVEN)
#define REFUSED STATE(S_REFUSED)
#define ENDED STATE(S_ENDED)
#define WITHDRAWN STATE(S_WITHDRAWN)
#define PAID STATE(S_PAID)
#define BARRED STATE(S_BARRED)
#define ERASED STATE(S_ERASED)
#define MERGED STATE(S_MERGED)
#define ANY_STATE UINT64_MAX

/* The code ("submitted") and the bit of it; 0 for an unknown code. */
const char *state_code(uint64_t state);
uint64_t state_of(const char *code);

/* A list of names; pairs (clock, standard) for .starts. */
#define CLOCKS(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef enum status guard_fn(struct call *call, struct reader *reader, const struct change *change, bool *may);

struct step {
    const char *name;
    const char *label;         /* on the button: a short verb */
    uint64_t from, to;         /* to 0: the state stays */
    uint64_t by;               /* who, see duty.h */
    const char *const *starts; /* CLOCKS("receipt", "REG-9a"): clock and the standard that gives its working days */
    const char *const *stops;  /* CLOCKS("receipt") */
    const char *const *drops;  /* they end without an answer, neither in time nor late */
    const char *done_at;       /* field that says when it was done: the clocks are judged by it; NULL or empty: now */
    const char *const *pauses, *const *resumes;
    const char *need;          /* a field that must be filled for this step, asked by it */
    const struct field *input; /* further fields the step asks: they are fields of the form, named alike */
    bool checks;               /* needs the whole form: required fields and blocking rules are checked */
    guard_fn *guard;           /* may it be taken — decides the button too */
    effect_fn *effect;
    const char *clause;
    bool anew;                 /* leads to what a record may begin with: what it asks is asked at a creation as well */
    const char *consequence;   /* said before it is taken */
    bool main;                 /* the step most often taken from here: first and strong */
    bool inner;                /* taken by the engine or another step only, never by a person directly */
    const char *since, *until; /* effective dates */
};

struct state_label {
    uint64_t state;
    const char *label;
    const char *tone; /* "good", "warn", "bad", "plain" */
};

struct procedure {
    uint64_t first;                   /* state of a new row; DRAFT: it may lack what is required until a step checks */
    uint64_t open;                    /* states in which the ordinary fields may be changed, by those with MAY_CHANGE */
    uint64_t live;                    /* states in which findings are kept up to date */
    const struct step *steps;         /* ends with name NULL */
    const struct state_label *labels; /* ends with label NULL */
    /* A law that changes the way: rows begun on `since` or later go it, earlier ones keep `before`. The form names the
     * newest procedure, also ahead of its day. Both NULL: always. */
    const char *since;
    const struct procedure *before;
};

/* Is the field asked by a later step only? What a step into the first state asks belongs to the creation too. */
bool procedure_asks_later(const struct procedure *procedure, const char *field);
/* The one that rows begun on this day (YYYY-MM-DD) follow; NULL for a form without any. */
const struct procedure *procedure_on(const struct form *form, const char *day);
/* True when one of the form's procedures, old or new, has the step. */
bool procedure_any_step(const struct form *form, const char *name);

const struct step *procedure_step(const struct procedure *procedure, const char *name);
const struct state_label *procedure_label(const struct procedure *procedure, uint64_t state);

#endif
