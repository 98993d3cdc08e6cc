/* The house: every table of the policy, put together at start-up and never changed after. Reference data that people
 * edit while it runs (codes, standards, calendar, divisions) are a snapshot of their own, swapped as a whole. */
#ifndef POLICY_HOUSE_H
#define POLICY_HOUSE_H

#include "base/calendar.h"
#include "base/id.h"
#include "base/keys.h"
#include "base/log.h"
#include "policy/call.h"
#include "policy/procedure.h"
#include "policy/row.h"
#include "policy/rule.h"
#include "store/schema.h"
#include "store/store.h"

enum menu_place { MENU_NONE, MENU_PART, MENU_TOP };

/* A page or API that is not list, record or entry: a custom GET with its declared input and duty. */
typedef enum status look_fn(struct call *call, struct reader *reader, const struct node *input, struct node *model);
struct look {
    const char *path; /* "/work"; a last part "*" takes one more path part, given as input "id" */
    const char *title;
    const char *template; /* NULL: JSON only */
    uint64_t who;         /* 0 never: EVERYBODY for public pages */
    look_fn *look;
    const char *clause;
    int menu;     /* enum menu_place, for those who may */
    bool publish; /* may be cached by browsers for a minute, no session needed */
    bool home;    /* where those who may begin the day; of several the one of the later module */
    bool sheet;   /* its table (data: title, head, columns, rows with cells) also as XLSX */
};

/* A custom POST. The handler runs inside the writer's transaction. `prepare` (may be NULL) runs before the queue. */
typedef enum status act_fn(struct call *call, struct writer *writer, const struct node *input, struct node *model);
struct act {
    const char *path;
    const char *title;
    uint64_t who;
    act_fn *act;
    const char *clause;
};

/* A job: `work` outside any transaction (network allowed), `done` inside one. A work that fails is tried again; one
 * that says in its result why it has `given_up` is put aside at once. */
struct job {
    int64_t office, id;
    const char *kind;
    const struct node *args;
    int tries;
};
typedef enum status work_fn(struct call *call, const struct job *job, struct node *result);
typedef enum status done_fn(struct call *call, struct writer *writer, const struct job *job, const struct node *result);
struct job_kind {
    const char *kind;
    work_fn *work; /* NULL: nothing outside */
    done_fn *done;
};

/* A number over rows. Stored per institution and day (or counted on read), never typed. */
struct measure {
    const char *id;
    const char *label;
    const struct form *form;
    const char *count; /* SQL aggregate over alias r, e.g. "count(*)" or "coalesce(sum(r.places), 0)" */
    const char *where; /* predicate over r, e.g. "r.state = 'filed'"; ?1 in it is today; NULL: all */
    const char *by;    /* field that splits the number ("kind"); NULL */
    const char *cell;  /* column of cells_<form>, summed over the days of a period instead of counting rows; NULL */
};
struct indicator {
    const char *id;
    const char *label;
    const char *unit;
    const char *numerator, *denominator; /* measure ids; denominator NULL: a plain number */
    int64_t factor;                      /* per 1000 people: 1000; percent: 100 */
    const char *target;                  /* standard id of the target, NULL */
    const char *clause;
    const char *formula; /* in words */
};

/* What a module of domain/ brings along. Arrays end with NULL. */
struct module {
    const char *name;
    const char *title; /* heading of its ledgers in the menu; NULL: of the modules before it */
    const struct form *const *forms;
    const struct look *looks;           /* ends with path NULL */
    const struct act *acts;             /* ends with path NULL */
    const struct job_kind *jobs;        /* ends with kind NULL */
    const struct measure *measures;     /* ends with id NULL */
    const struct indicator *indicators; /* ends with id NULL */
    /* what a person whose account was just read holds for others today: adds to posts, lent, lent_by. NULL: nothing */
    enum status (*stand_in)(struct call *call, struct reader *reader, struct me *me);
    /* once a day and office, inside one write; NULL: nothing */
    enum status (*daily)(struct call *call, struct writer *writer, int64_t office);
    /* before a record of a day (`form->day`) is written: may this day of the institution still be changed? A closed one
     * only with call->correction. NULL: always */
    enum status (*day_guard)(struct call *call, struct writer *writer, const struct change *change);
    /* every minute and office, inside one write; what time alone brings about within a day. NULL: nothing */
    enum status (*minutely)(struct call *call, struct writer *writer, int64_t office);
    /* before a record that a tablet made is judged: whose hand it was then (`who`, in words) and whether it may count
     * as it is. INVALID with faults: kept, and a person has to look at it. NULL: always */
    enum status (*record_guard)(struct call *call, struct reader *reader, const struct form *form, int64_t staff,
                                int64_t at_ms, const char **who);
};

enum { HOUSE_MODULES = 32, HOUSE_FORMS = 256 };

struct house_config {
    const char *data; /* data folder */
    const char *name; /* of the place: 平凉市 */
    bool demo;
    const char *public_url; /* https://… as people reach it, for QR codes; NULL: relative */
};

struct house {
    struct arena *arena;
    struct house_config config;
    struct store *store;
    struct keys *keys;
    struct log *log;
    struct id_source ids;
    const struct module *modules[HOUSE_MODULES];
    size_t modules_n;
    const struct form *forms[HOUSE_FORMS];
    size_t forms_n;
    struct reference_box *references;
    const struct table *const *tables; /* NULL: not asked for yet */
    size_t tables_n;
    struct file_store *files; /* of the desk: for jobs that make documents; NULL outside the server */
    struct waker *waker;      /* tells event streams and job runners that something was committed */
};

/* Puts the modules together and checks them: names unique, references known, every form and look has a duty, standards
 * of rules exist … A fault is written to `why` and the program does not start. */
enum status house_build(struct house *house, const struct module *const *modules, size_t n, struct buf *why);
const struct form *house_form(const struct house *house, const char *name);
const struct look *house_look(const struct house *house, const char *path, const char **rest);
const struct act *house_act(const struct house *house, const char *path, const char **rest);
const struct job_kind *house_job(const struct house *house, const char *kind);
const struct measure *house_measure(const struct house *house, const char *id);
const struct indicator *house_indicator(const struct house *house, const char *id);
/* The tables of all forms and of the engine itself, for schema_bring and copies. Made once, in the house's arena: asked
 * for before any thread starts. */
const struct table *const *house_tables(struct house *house, size_t *n);

/* ---- reference data ---- */
struct code {
    const char *code, *label;
    const char *from, *to; /* dates, NULL: always */
};
struct code_list {
    const char *name;
    const struct code *codes;
    size_t n;
};
struct standard {
    const char *id, *layer, *subject, *label, *op, *value, *unit, *severity, *document, *document_no, *article,
        *confidence, *from, *to, *note, *area;
};
struct division {
    const char *code, *name, *level, *parent, *kind;
    int64_t office;
};
struct office {
    int64_t id, parent;
    const char *name, *level, *area;
};
/* A row of 停用的功能 in force: see switched_off.h. */
struct off {
    const char *target, *method, *reason, *since, *until;
};
struct reference {
    struct arena *arena;
    int uses;
    const struct code_list *lists; /* sorted by name */
    size_t lists_n;
    const struct standard *standards; /* sorted by id, then from */
    size_t standards_n;
    const struct division *divisions; /* sorted by code */
    size_t divisions_n;
    const struct office *offices;
    size_t offices_n;
    const struct calendar *calendar;
    const struct off *off;
    size_t off_n;
};
/* Reads everything anew and makes it current. */
enum status reference_load(struct house *house);
/* A write to a reference form has committed: who takes the snapshot next reads it anew. */
void reference_changed(struct house *house);
/* The current snapshot, held until it is dropped. Not to be called on a writer thread: it may read. */
const struct reference *reference_take(struct house *house);
/* The calendar as a transaction sees it, also its own changes. */
enum status reference_calendar(struct reader *reader, struct arena *arena, struct calendar **out);
void reference_drop(struct house *house, const struct reference *reference);

const char *code_label(const struct reference *reference, const char *list, const char *code); /* NULL: unknown */
const struct code_list *code_list(const struct reference *reference, const char *list);
/* The row of `id` in force on `day` in the division `area`: a national number is replaced only by a later national
 * document, a local one only counts when it is stricter (op says which way) and where it holds; one of a county without
 * the county holds nowhere. NULL: none; area NULL: only what holds everywhere. */
const struct standard *standard_at(const struct reference *reference, const char *id, struct day day, const char *area);
const struct standard *standard_on(const struct reference *reference, const char *id, struct day day);
/* Today, where the row lies that is judged, or else where I am. */
const struct standard *standard_here(const struct call *call, const char *id);
/* Its value as a whole number; `otherwise` when there is none. */
int64_t standard_int(const struct call *call, const char *id, int64_t otherwise);
bool standard_may_block(const struct standard *standard);
const struct division *division_of(const struct reference *reference, const char *code);
/* "平凉市崆峒区东关街道" in the arena. */
const char *division_path(struct arena *arena, const struct reference *reference, const char *code);
const struct office *office_of(const struct reference *reference, int64_t id);
/* The office responsible for a division code; 0: none. */
int64_t office_for_area(const struct reference *reference, const char *area);

#endif
