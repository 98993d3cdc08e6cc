/* The journal: what was written, by whom, when; append-only, one SM3 chain per office. An entry is noted during the
 * write and put down with its number and hash at the end of the request's own work, so that a request that fails leaves
 * no gap. */
#ifndef POLICY_JOURNAL_H
#define POLICY_JOURNAL_H

#include "policy/house.h"

struct entry {
    struct entry *next;
    int64_t office, row, institution, version;
    const char *form, *action;
    const char *actor_name; /* whose hand it was: a tablet has several */
    const char *body;       /* JSON: {"f":{field:[old,new]},"d":{field:digest},"s":{field:sealed old value}} */
};

/* Notes the change for the journal; the body holds old and new of ordinary fields, digests of personal ones. */
enum status journal_note(struct call *call, const struct change *change, const char *action);
/* Any other act worth an entry (sign-in, export, unmasking), with a body of our own making. */
enum status journal_act(struct call *call, int64_t office, const char *form, int64_t row, const char *action,
                        const char *body);
/* Writes the noted entries with numbers and hashes. Last thing in every write function. */
enum status journal_flush(struct call *call, struct writer *writer);
/* A look at personal data; waits for nobody: written by its own small write. */
enum status journal_look(struct call *call, int64_t office, const char *form, int64_t row, const char *what);

/* The SQLite batch's part: writes the heads that moved; frees what the batch pointer holds. */
enum status journal_at_commit(struct writer *writer);
void journal_batch_done(void *batch);

/* PostgreSQL: numbers and chains committed entries of one office, at most `most`; *sealed = how many. */
enum status journal_seal(struct call *call, struct writer *writer, int64_t office, int most, int *sealed);
/* Signs the head of each office for the day before today. */
enum status journal_sign_heads(struct call *call, struct writer *writer);
/* Walks the chain of every office; false and a text that names the first bad entry. */
struct verdict {
    bool good;
    int64_t entries, offices, heads, unsealed, bad_office, bad_seq;
    const char *text;
};
enum status journal_verify(struct call *call, struct reader *reader, struct verdict *verdict);

#endif
