/* A rule says what is checked, how hard, from which document and article, since when. The number it compares with is a
 * row of standards. A rule whose number is not verified warns, whatever is written here. */
#ifndef POLICY_RULE_H
#define POLICY_RULE_H

#include "policy/form.h"

enum severity {
    INFO,
    WARN,  /* a finding of substance: travels with the row, never stops it */
    BLOCK, /* a formal fault: stops the step that checks */
};

typedef enum status check_fn(struct call *call, struct reader *reader, const struct rule *rule,
                             const struct change *change);

struct rule {
    const char *id;
    enum severity severity;
    check_fn *check;
    bool (*when)(const struct row *row); /* NULL: every row; else only rows for which it is true */
    const char *standard;                /* row of standards giving document, article, value; NULL: id itself */
    const char *field;                   /* where a finding points to */
    const char *advice;                  /* what to change */
    const char *clause;
    const struct form *const *on; /* other forms whose writes can change the answer; ends with NULL */
    const char *since, *until;
};

/* Called by a check: the subject breaks the rule. `message` is Chinese, whole sentence, says the values. */
void finding_add(struct call *call, const struct rule *rule, const char *message);

#endif
