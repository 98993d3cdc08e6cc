/* The one short path that executes the tables: every create, change and step of every form goes through here — from a
 * page, the API, an import, a job or another hook. */
#ifndef POLICY_ENGINE_H
#define POLICY_ENGINE_H

#include "policy/house.h"

/* Typed row from input (a map of texts, numbers and lists). Every wrong field becomes a fault; absent names leave the
 * cell as it is. Before the queue. */
enum status input_read(struct call *call, const struct form *form, const struct field *only, const struct node *input,
                       struct row *row);
/* Does input write this field, apart from what a step asks? What one does not see one does not write. */
bool input_takes(struct call *call, const struct form *form, const struct field *field, bool fresh);
/* "8:05" or "08:05" as milliseconds of the day. */
bool input_clock(const char *text, int64_t *ms);
/* Gives the empty cells of a new row what their fields fill by themselves: who, when, where. */
void row_fill(struct call *call, struct row *row);
/* Faults for every required field that is empty. */
enum status need_check(struct call *call, const struct form *form, const struct row *row);

/* Inside a transaction. Each checks duty again, runs fill, rules, writes row, claims, journal, findings, clocks. */
enum status row_create(struct call *call, struct writer *writer, struct row *row);
enum status row_change(struct call *call, struct writer *writer, struct row *row, int64_t version);
enum status step_take(struct call *call, struct writer *writer, const struct form *form, int64_t id, int64_t version,
                      const char *step, const struct node *input, struct row **after);
/* Writes a row past rules and hooks, journalled as `action`: what only an act of its own may do. */
enum status row_rewrite(struct call *call, struct writer *writer, const struct row *before, struct row *row,
                        const char *action);

/* The same from outside a transaction, waiting for the commit. For the command line, jobs and tests; what was made is
 * in call->answer_row. */
enum status call_create(struct call *call, const struct form *form, const struct node *input, int64_t institution,
                        int64_t part);
enum status call_step(struct call *call, const struct form *form, int64_t id, const char *step,
                      const struct node *input);

/* May this step be taken now by call->me? change: old, new = the row, step. Decides the button and the act. */
enum status step_may(struct call *call, struct reader *reader, const struct change *change, bool *may);

/* The program itself as an actor, for jobs, sweeps and the command line. */
const struct me *engine_me(struct arena *arena, const struct reference *reference, int64_t office);

/* Runs the form's rules for a row; findings are in call->found afterwards. */
enum status rules_run(struct call *call, struct reader *reader, const struct change *change);
/* True when one of call->found is a formal fault that stops a step. */
bool rules_block(const struct call *call);
/* Brings the stored findings of the row to call->found. */
enum status findings_keep(struct call *call, struct writer *writer, const struct row *row);
/* Nothing is to be mended on the row any more. */
enum status findings_end(struct call *call, struct writer *writer, const struct row *row);
/* Judges a live row as it is now, because time or another row changed what its rules look at. */
enum status row_rejudge(struct call *call, struct writer *writer, struct row *row);
const struct standard *rule_standard(const struct call *call, const struct rule *rule);
enum severity rule_severity(const struct call *call, const struct rule *rule);
const char *severity_code(enum severity severity);

/* The models of the default pages (see page/list.html, record.html, form.html for their shape). */
enum status list_model(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                       struct node *model);
enum status record_model(struct call *call, struct reader *reader, const struct form *form, int64_t id,
                         struct node *model);
/* Adds a table of rows of another form to a record's model: those of `query` that I may see. new_url NULL: none.
 * What was changed after `since` (ms; 0: nothing) is marked. */
enum status record_part(struct call *call, struct reader *reader, const struct form *form, const struct node *query,
                        const char *new_url, int64_t since, struct node *model);
/* Who holds a claim of this kind; 0: nobody. */
enum status claim_holder(struct call *call, struct reader *reader, const char *kind, const char *key, int64_t *id);
/* The row when I may see it, with what I may do and which groups I see; else NOT_FOUND. */
enum status row_seen(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct row **out,
                     unsigned *may, unsigned *groups);
/* Where a standard stands, as people read it: document and article; without a document 本地要求 for a local default,
 * else what the standard says. NULL for NULL, never an id. */
const char *standard_words(struct call *call, const struct standard *standard);
enum status findings_model(struct call *call, struct reader *reader, const struct row *row, struct node *list);
/* `groups`: what one sees of the row, by row_seen; of a new one (row NULL) the duties decide. */
enum status entry_model(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
                        unsigned groups, const struct node *typed, struct node *model);
enum status history_model(struct call *call, struct reader *reader, const struct form *form, int64_t id,
                          struct node *model);

/* Installs the store's hooks: sealing of the journal, recount of cells, waking of listeners. */
void engine_install(struct house *house);

#endif
