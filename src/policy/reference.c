/* The snapshot of reference data: code lists, standards, divisions, offices, the working-day calendar. Read whole,
 * swapped whole; a request keeps the one it began with. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "policy/house.h"
#include "policy/reference_box.h"

static const char *
words(struct arena *arena, const struct rows *rows, size_t line, size_t column)
{
    return arena_text(arena, rows_text(rows, line, column));
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const struct code_list *)a)->name, ((const struct code_list *)b)->name);
}

static enum status
load_codes(struct reader *reader, struct arena *scratch, struct reference *reference)
{
    struct rows rows;
    enum status status = reader_rows(reader, scratch,
                                     "select list, code, label, valid_from, valid_to from code_item "
                                     "order by list, sequence, code",
                                     NO_ARGS, &rows);
    if (status != OK)
        return status;
    struct code *codes = arena_array(reference->arena, rows.n + 1, sizeof *codes);
    struct code_list *lists = arena_array(reference->arena, rows.n + 1, sizeof *lists);
    if (codes == NULL || lists == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        const char *list = rows_text(&rows, i, 0);
        codes[i] = (struct code){ words(reference->arena, &rows, i, 1), words(reference->arena, &rows, i, 2),
                                  words(reference->arena, &rows, i, 3), words(reference->arena, &rows, i, 4) };
        if (reference->lists_n == 0 || strcmp(lists[reference->lists_n - 1].name, list) != 0)
            lists[reference->lists_n++] = (struct code_list){ arena_text(reference->arena, list), &codes[i], 0 };
        lists[reference->lists_n - 1].n++;
    }
    /* every cell of a list that is a code looks here; a database may sort by its own language */
    qsort(lists, reference->lists_n, sizeof *lists, by_name);
    reference->lists = lists;
    return OK;
}

static int
by_id(const void *a, const void *b)
{
    const struct standard *one = a, *other = b;
    const int order = strcmp(one->id == NULL ? "" : one->id, other->id == NULL ? "" : other->id);
    if (order != 0)
        return order;
    return strcmp(one->from == NULL ? "" : one->from, other->from == NULL ? "" : other->from);
}

static enum status
load_standards(struct reader *reader, struct arena *scratch, struct reference *reference)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, scratch,
                    "select standard, layer, subject, label, op, value, unit, severity, document, "
                    "document_no, article, confidence, effective_from, effective_to, note, place from standard "
                    "where state = 'active' order by standard, effective_from",
                    NO_ARGS, &rows);
    if (status != OK)
        return status;
    struct standard *standards = arena_array(reference->arena, rows.n + 1, sizeof *standards);
    if (standards == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        const char **cells = (const char **)&standards[i];
        for (size_t column = 0; column < sizeof *standards / sizeof(char *); column++)
            cells[column] = words(reference->arena, &rows, i, column);
    }
    /* standard_on looks here for every rule of every record: it must find its own without walking through all, and the
     * engines do not agree where a row without a date stands */
    qsort(standards, rows.n, sizeof *standards, by_id);
    reference->standards = standards;
    reference->standards_n = rows.n;
    return OK;
}

static enum status
load_divisions(struct reader *reader, struct arena *scratch, struct reference *reference)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, scratch, "select code, name, rank, parent, kind, home from division order by code", NO_ARGS, &rows);
    if (status != OK)
        return status;
    struct division *divisions = arena_array(reference->arena, rows.n + 1, sizeof *divisions);
    if (divisions == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++)
        divisions[i] = (struct division){
            words(reference->arena, &rows, i, 0), words(reference->arena, &rows, i, 1),
            words(reference->arena, &rows, i, 2), words(reference->arena, &rows, i, 3),
            words(reference->arena, &rows, i, 4), rows_int(&rows, i, 5),
        };
    reference->divisions = divisions;
    reference->divisions_n = rows.n;
    status = reader_rows(reader, scratch, "select number, parent, name, rank, code from office order by number",
                         NO_ARGS, &rows);
    struct office *offices = arena_array(reference->arena, rows.n + 1, sizeof *offices);
    if (status != OK || offices == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < rows.n; i++)
        offices[i] =
            (struct office){ rows_int(&rows, i, 0), rows_int(&rows, i, 1), words(reference->arena, &rows, i, 2),
                             words(reference->arena, &rows, i, 3), words(reference->arena, &rows, i, 4) };
    reference->offices = offices;
    reference->offices_n = rows.n;
    return OK;
}

static enum status
load_calendar(struct reader *reader, struct arena *scratch, struct arena *arena, struct calendar **out)
{
    struct rows rows;
    struct day day;
    struct calendar *calendar = calendar_new(arena);
    if (calendar == NULL)
        return NO_MEMORY;
    enum status status = reader_rows(reader, scratch, "select date, works from calendar_day", NO_ARGS, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        if (day_parse(rows_text(&rows, i, 0), &day) && !calendar_put(calendar, day, rows_int(&rows, i, 1) != 0))
            return NO_MEMORY;
    if (status == OK)
        status = reader_rows(reader, scratch, "select year from calendar_year", NO_ARGS, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        calendar_year_known(calendar, (int)rows_int(&rows, i, 0));
    *out = calendar;
    return status;
}

static enum status
load_off(struct reader *reader, struct arena *scratch, struct reference *reference)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, scratch,
                    "select target, method, reason, since, until from endpoint_off where state = 'active' and "
                    "target is not null order by id",
                    NO_ARGS, &rows);
    struct off *off = status == OK ? arena_array(reference->arena, rows.n + 1, sizeof *off) : NULL;
    if (off == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < rows.n; i++)
        off[i] = (struct off){ words(reference->arena, &rows, i, 0), words(reference->arena, &rows, i, 1),
                               words(reference->arena, &rows, i, 2), words(reference->arena, &rows, i, 3),
                               words(reference->arena, &rows, i, 4) };
    reference->off = off;
    reference->off_n = rows.n;
    return OK;
}

enum status
reference_calendar(struct reader *reader, struct arena *arena, struct calendar **out)
{
    return load_calendar(reader, arena, arena, out);
}

static enum status
load(struct house *house)
{
    struct arena *arena = arena_new(64u << 20), *scratch = arena_new(64u << 20);
    struct reference *reference = arena == NULL ? NULL : arena_alloc(arena, sizeof *reference);
    struct calendar *calendar = NULL;
    struct reader *reader = store_reader(house->store);
    enum status status = reference == NULL || scratch == NULL || reader == NULL ? NO_MEMORY : OK;
    if (status == OK) {
        reference->arena = arena;
        reference->uses = 1;
        status = load_codes(reader, scratch, reference);
    }
    if (status == OK)
        status = load_standards(reader, scratch, reference);
    if (status == OK)
        status = load_divisions(reader, scratch, reference);
    if (status == OK)
        status = load_calendar(reader, scratch, arena, &calendar);
    if (status == OK)
        status = load_off(reader, scratch, reference);
    if (status == OK && arena_failed(arena))
        status = NO_MEMORY;
    if (status == OK)
        reference->calendar = calendar;
    store_reader_done(house->store, reader);
    arena_free(scratch);
    if (status != OK) {
        arena_free(arena);
        return status;
    }
    pthread_mutex_lock(&house->references->lock);
    struct reference *old = house->references->current;
    house->references->current = reference;
    pthread_mutex_unlock(&house->references->lock);
    reference_drop(house, old);
    return OK;
}

/* `always`, or what somebody else is reading just now is waited for: who comes after a change sees it. */
static enum status
load_newest(struct house *house, bool always)
{
    enum status status = OK;
    struct reference_box *box = house->references;
    pthread_mutex_lock(&box->loading);
    const unsigned long long wanted = atomic_load(&box->wanted);
    if (always || atomic_load(&box->loaded) != wanted)
        status = load(house);
    if (status == OK)
        atomic_store(&box->loaded, wanted);
    pthread_mutex_unlock(&box->loading);
    return status;
}

enum status
reference_load(struct house *house)
{
    return load_newest(house, true);
}

void
reference_changed(struct house *house)
{
    if (house->references != NULL)
        atomic_fetch_add(&house->references->wanted, 1);
}

const struct reference *
reference_take(struct house *house)
{
    /* what cannot be read now is tried again by the next */
    if (atomic_load(&house->references->loaded) != atomic_load(&house->references->wanted))
        load_newest(house, false);
    pthread_mutex_lock(&house->references->lock);
    struct reference *reference = house->references->current;
    if (reference != NULL)
        reference->uses++;
    pthread_mutex_unlock(&house->references->lock);
    return reference;
}

void
reference_drop(struct house *house, const struct reference *reference)
{
    if (reference == NULL)
        return;
    pthread_mutex_lock(&house->references->lock);
    const bool last = --((struct reference *)(uintptr_t)reference)->uses == 0;
    pthread_mutex_unlock(&house->references->lock);
    if (last)
        arena_free(reference->arena);
}

bool
reference_box_make(struct house *house)
{
    house->references = calloc(1, sizeof *house->references);
    return house->references != NULL && pthread_mutex_init(&house->references->lock, NULL) == 0 &&
           pthread_mutex_init(&house->references->loading, NULL) == 0;
}

void
reference_box_free(struct house *house)
{
    if (house->references == NULL)
        return;
    reference_drop(house, house->references->current);
    pthread_mutex_destroy(&house->references->lock);
    pthread_mutex_destroy(&house->references->loading);
    free(house->references);
    house->references = NULL;
}

/* ---- look-ups ---- */

const struct code_list *
code_list(const struct reference *reference, const char *list)
{
    const struct code_list key = { .name = list };
    return reference->lists_n == 0 ? NULL : bsearch(&key, reference->lists, reference->lists_n, sizeof key, by_name);
}

const char *
code_label(const struct reference *reference, const char *list, const char *code)
{
    const struct code_list *codes = list == NULL || code == NULL ? NULL : code_list(reference, list);
    for (size_t i = 0; codes != NULL && i < codes->n; i++)
        if (strcmp(codes->codes[i].code, code) == 0)
            return codes->codes[i].label;
    return NULL;
}

static bool
in_force(const char *from, const char *to, const char *iso)
{
    return (from == NULL || strcmp(from, iso) <= 0) && (to == NULL || strcmp(iso, to) <= 0);
}

static bool
stricter(const struct standard *local, const struct standard *national)
{
    if (local->value == NULL || national->value == NULL || local->op == NULL)
        return national->value == NULL;
    const double a = strtod(local->value, NULL), b = strtod(national->value, NULL);
    return local->op[0] == '<' ? a < b : local->op[0] == '>' ? a > b : false;
}

static bool
is_layer(const struct standard *standard, const char *layer)
{
    return standard->layer != NULL && strcmp(standard->layer, layer) == 0;
}

/* Those of one id. */
static const struct standard *
standards_of(const struct reference *reference, const char *id, size_t *n)
{
    size_t low = 0, high = reference->standards_n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(reference->standards[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (*n = 0; low + *n < reference->standards_n && strcmp(reference->standards[low + *n].id, id) == 0;)
        (*n)++;
    return reference->standards + low;
}

/* A division and those it lies in. */
static bool
holds_at(const struct reference *reference, const struct standard *standard, const char *area)
{
    if (standard->area == NULL || standard->area[0] == '\0')
        return !is_layer(standard, "县");
    for (const struct division *at = division_of(reference, area); at != NULL; at = division_of(reference, at->parent))
        if (strcmp(at->code, standard->area) == 0)
            return true;
    return false;
}

const struct standard *
standard_at(const struct reference *reference, const char *id, struct day day, const char *area)
{
    char iso[11];
    size_t n;
    const struct standard *national = NULL, *best = NULL, *standards = standards_of(reference, id, &n);
    day_iso(day, iso);
    for (size_t i = 0; i < n; i++)
        if (is_layer(&standards[i], "国家") && in_force(standards[i].from, standards[i].to, iso))
            national = &standards[i]; /* the later one wins: they are in order of effective date */
    best = national;
    for (size_t i = 0; i < 2 * n; i++) { /* a county is measured against what holds above it */
        const struct standard *standard = &standards[i % n];
        const bool county = is_layer(standard, "县");
        if (!in_force(standard->from, standard->to, iso) || is_layer(standard, "国家") || county != (i >= n) ||
            !holds_at(reference, standard, area))
            continue;
        if (best == NULL || (national == NULL && !county && !is_layer(standard, "默认")) || is_layer(best, "默认") ||
            stricter(standard, best))
            best = standard;
    }
    return best;
}

const struct standard *
standard_on(const struct reference *reference, const char *id, struct day day)
{
    return standard_at(reference, id, day, NULL);
}

const struct standard *
standard_here(const struct call *call, const char *id)
{
    const struct office *office = call->me == NULL ? NULL : office_of(call->reference, call->me->office);
    const char *mine = call->me != NULL && call->me->area != NULL ? call->me->area
                       : office == NULL                           ? NULL
                                                                  : office->area;
    return standard_at(call->reference, id, call->today, call->area != NULL ? call->area : mine);
}

int64_t
standard_int(const struct call *call, const char *id, int64_t otherwise)
{
    const struct standard *standard = standard_here(call, id);
    if (standard == NULL || standard->value == NULL || standard->value[0] == '\0')
        return otherwise;
    return strtoll(standard->value, NULL, 10);
}

bool
standard_may_block(const struct standard *standard)
{
    static const char *const sure[] = { "P", "S", "S2", "K+", NULL };
    for (int i = 0; standard != NULL && standard->confidence != NULL && sure[i] != NULL; i++)
        if (strcmp(standard->confidence, sure[i]) == 0)
            return true;
    return false;
}

const struct division *
division_of(const struct reference *reference, const char *code)
{
    size_t low = 0, high = code == NULL ? 0 : reference->divisions_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(code, reference->divisions[middle].code);
        if (order == 0)
            return &reference->divisions[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *
division_path(struct arena *arena, const struct reference *reference, const char *code)
{
    const struct division *division = division_of(reference, code);
    if (division == NULL)
        return NULL;
    const struct division *parent = division_of(reference, division->parent);
    if (parent == NULL || strcmp(parent->level, "province") == 0)
        return division->name;
    return arena_format(arena, "%s%s", division_path(arena, reference, parent->code), division->name);
}

const struct office *
office_of(const struct reference *reference, int64_t id)
{
    for (size_t i = 0; i < reference->offices_n; i++)
        if (reference->offices[i].id == id)
            return &reference->offices[i];
    return NULL;
}

int64_t
office_for_area(const struct reference *reference, const char *area)
{
    const struct division *division = division_of(reference, area);
    return division == NULL ? 0 : division->office;
}
