/* A form says what is recorded. One `static const struct form` is a whole ledger: from it come the table, validation,
 * the API, permission checks, the journal, import and export, the printed paper, the OpenAPI description and the
 * default pages. Everything here is data; behaviour is in the tables it points to (rules, procedure, duties) and, where
 * the law says what no table can, in the few hooks. */
#ifndef POLICY_FORM_H
#define POLICY_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/node.h"
#include "base/status.h"

struct call;
struct change;
struct duty;
struct form;
struct job;
struct procedure;
struct reader;
struct row;
struct rule;
struct step;
struct writer;

enum field_type {
    F_TEXT,  /* one line, NFKC, no control characters */
    F_LINES, /* several lines */
    F_INT,
    F_DECIMAL, /* integer with .scale digits behind the point */
    F_FEN,     /* money, typed as yuan */
    F_BOOL,
    F_DATE,
    F_TIME,  /* instant, ms UTC */
    F_CODE,  /* one code of the list .code */
    F_CODES, /* several codes, kept as "|a|b|" */
    F_REF,   /* id of a row of .ref; same office, enforced by the database unless .elsewhere */
    F_AREA,  /* division code */
    F_FILE,  /* id of an uploaded file */
};

/* Why a personal field may be kept (PIPL 13, 29): every personal field names one. */
enum basis { BASIS_NONE, BASIS_DUTY, BASIS_CONTRACT, BASIS_CONSENT };

/* Field groups: what a duty lets one see. G_WORK is the default of a field. */
enum group {
    G_WORK = 1 << 0,     /* the ordinary content of the record */
    G_OPEN = 1 << 1,     /* may be shown to everybody */
    G_CONTACT = 1 << 2,  /* private telephones, addresses, names of contact persons */
    G_IDENTITY = 1 << 3, /* ID numbers and their images */
    G_INTERNAL = 1 << 4, /* the authority's own notes */
    G_HEALTH = 1 << 5,   /* facts of health: allergies, symptoms, results */
    G_CHILD = 1 << 6,    /* names of children and of their families */
    G_ALL = 0xff,
};

enum fill { FILL_NONE, FILL_ME, FILL_TODAY, FILL_NOW, FILL_AREA };
enum format { FORMAT_ANY, FORMAT_USCC, FORMAT_RESIDENT_ID, FORMAT_PHONE };

struct field {
    const char *name;
    enum field_type type;
    const char *label;
    const char *hint; /* one line below the label */
    bool need;        /* checked when the row is submitted (or at once without a procedure); drafts may lack it */
    bool secret;      /* encrypted at rest, masked at output */
    enum basis basis; /* not BASIS_NONE: personal */
    unsigned group;   /* 0 = G_WORK */
    int64_t min, max; /* of the stored number; text: most characters in max (0 = 200; F_LINES 4000) */
    int scale;        /* F_DECIMAL */
    const char *unit;
    const char *code;       /* F_CODE, F_CODES: name of the list */
    const struct form *ref; /* F_REF */
    bool elsewhere;         /* F_REF: the row may live in another office: checked in the transaction, no foreign key */
    enum format format;
    enum fill fill;
    bool computed;       /* written by hooks only, never by input */
    bool fixed;          /* cannot be changed after creation */
    bool past;           /* F_DATE: has happened, so that it is not after today */
    bool list;           /* a column of the default list */
    bool find;           /* searched by words (text, label of a code, names of a division) — also by pinyin */
    bool filter;         /* offered as a filter of the list (codes, bool, area) */
    bool index;          /* gets an index (office, field, id); of a file: only of the rows that have one */
    const char *section; /* starts a new section with this title */
    bool register_paper; /* a column of the month on paper, in the list or not; a secret: for those who may unmask */
    const char *paper;   /* label on the official paper when it differs */
    bool retired;        /* hidden; data stay and are exported */
};

/* Who a row belongs to. */
enum of {
    OF_OFFICE,      /* the authority responsible for the row */
    OF_INSTITUTION, /* an institution: the column `institution` is set, office and area follow it */
    OF_ITSELF,      /* the row is itself an institution: its column `institution` is its own id */
    OF_REFERENCE,   /* everybody, rarely written (codes, standards, calendar) */
};

/* Unique over the whole system: a row in `claim` under this kind with the values joined by "|". */
struct claim_key {
    const char *kind;
    const char *fields[4];
    const char *label; /* said when it is taken */
};

struct unique_key {
    const char *fields[4];
    const char *label;
};

struct form_span {
    const char *name, *from, *to, *of;
    const char *label;
};

/* What a day of an institution counts of this form's rows (`day` forms only). All of a form stand in one wide row of
 * `cells_<form>` per institution and day, recounted by one scan in the transaction that wrote a row. */
struct cell {
    const char *name; /* column */
    const char *label;
    const char *sum;   /* a number over r that is summed, such as "r.minutes"; NULL: rows are counted */
    const char *where; /* constant predicate over r, NULL: all */
};

typedef enum status fill_fn(struct call *call, struct reader *reader, struct change *change);
typedef enum status effect_fn(struct call *call, struct writer *writer, const struct change *change);
typedef const char *preview_fn(struct call *call, struct reader *reader, const struct row *row);
typedef enum status show_fn(struct call *call, struct reader *reader, const struct row *row, struct node *model);
/* Somebody was shown the record, its print or one of its files. */
typedef enum status opened_fn(struct call *call, const struct row *row);
/* The paper of a month (YYYY-MM) of my institution: printed.h; `class_group` 0: all. */
typedef enum status month_fn(struct call *call, struct reader *reader, const char *month, int64_t class_group,
                             struct node *sheet);

struct form {
    const char *name;  /* table, route and API name */
    const char *title; /* the official Chinese name */
    const char *clause;
    const char *intro;    /* one sentence above list and entry form */
    const char *received; /* said to whoever has handed it in and cannot look at it again */
    enum of of;
    bool day;                   /* belongs to a day: has `day` (date), counted by day */
    const char *paper_day;      /* of a form that is not of a day: the date by which its months are printed */
    const struct field *fields; /* ends with name NULL */
    const struct rule *rules;
    const struct procedure *procedure;
    const struct duty *duties;
    const struct form *part_of; /* lines of another form: column `part` */
    const struct claim_key *claims;
    const struct unique_key *uniques;
    const struct form_span *spans;
    const struct cell *cells;  /* of a day form; ends with name NULL */
    const char *title_field;   /* names a row in lists and links; NULL: the title and the date */
    const char *ends;          /* date after which a row is no choice for others any more; NULL: none */
    const char *order;         /* default sort field; NULL: newest first */
    int keep_years;            /* 0: for ever */
    bool sealed;               /* no full text, no notices, no cells below the office, no generic export */
    bool watched;              /* each look at others' rows needs a purpose and is in the journal before it is shown */
    const char *since, *until; /* effective dates of the form itself, NULL: always */
    int64_t expected_rows;     /* for the planner */
    fill_fn *fill;             /* computed fields and defaults, before the checks */
    effect_fn *effect;         /* after the row, same transaction */
    preview_fn *preview;       /* of an import that only judges: what writing the row will say; NULL: nothing to say */
    show_fn *show;             /* adds to the model of a record */
    opened_fn *opened;         /* notes that it was opened; NULL: nobody asks */
    show_fn *print;            /* its official paper, see printed.h; NULL: printed from the fields */
    month_fn *month;           /* the paper of a month of a day form; NULL: its rows as lines */
    const char *page;          /* template of the record page, NULL: page/record */
    bool stages; /* long: entered section by section, each saved as it is left; ?stage=all shows it whole */
    bool silent; /* no menu entry and no page of its own (engine's inner ledgers) */
};

enum { FORM_FIELDS = 96 };

/* The column whose days make the months of its paper; NULL: it is not a ledger on paper. */
const char *form_paper_day(const struct form *form);
/* Rows have no drafts: what is required must be there and formal rules must hold at every write. */
bool form_whole(const struct form *form);
const struct field *form_field(const struct form *form, const char *name, int *index);
int form_fields(const struct form *form);
unsigned field_group(const struct field *field);
/* From `since` until `until`, both days included; NULL: no bound. `day` as YYYY-MM-DD. */
bool in_effect(const char *since, const char *until, const char *day);

#endif
