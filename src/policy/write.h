/* From a request to the committing writer: the wrapper that every write shares. It resets the call, answers a known
 * idempotency key without writing again, runs the function, flushes the journal and notes the key with its result. */
#ifndef POLICY_WRITE_H
#define POLICY_WRITE_H

#include "policy/engine.h"

typedef enum status call_fn(struct call *call, struct writer *writer, void *arg);
typedef void call_done_fn(struct call *call, enum status status, void *arg);

/* Queues it; `done` runs on a writer thread after the commit and must be short. BUSY: not queued, done is not called.
 * Everything pointed to must live until done. `body` identifies the request's content for the idempotency key. */
enum status call_submit(struct call *call, enum lane lane, call_fn *fn, void *arg, const char *body, call_done_fn *done,
                        void *done_arg);
/* The same, waiting. */
enum status call_write(struct call *call, enum lane lane, call_fn *fn, void *arg);

/* Inside a write: runs fn unless `key` was used before, and notes it. For many small writes in one transaction. */
enum status call_once(struct call *call, struct writer *writer, const char *key, call_fn *fn, void *arg, bool *known);

/* The three ordinary writes as functions for the two above. */
struct create_args {
    struct row *row;
};
struct change_args {
    struct row *row;
    int64_t version;
};
struct step_args {
    const struct form *form;
    int64_t id, version;
    const char *step;
    const struct node *input;
};
call_fn write_create, write_change, write_step;

#endif
