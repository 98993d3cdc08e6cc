#include "domain/child/forget.h"

#include <string.h>

#include "desk/files.h"
#include "policy/cells.h"
#include "policy/engine.h"
#include "policy/journal.h"

enum { PAGE = 200 };

bool
is_personal(const struct field *field)
{
    const unsigned person = G_CHILD | G_CONTACT | G_IDENTITY | G_HEALTH;
    return field->type != F_REF && (field->basis != BASIS_NONE || field->secret || (field_group(field) & person) != 0);
}

const char *
child_column(const struct form *form)
{
    if (form == &child_form)
        return NULL;
    if (form->part_of == &child_form)
        return "part";
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (field->type == F_REF && field->ref == &child_form)
            return field->name;
    return NULL;
}

/* Pictures have consents of their own; what is written down is covered by the general one. */
bool
consent_covers(const char *kind, const struct form *form, const struct field *field)
{
    const bool medicine = strncmp(form->name, "medicine", strlen("medicine")) == 0;
    if (field->basis != BASIS_CONSENT)
        return false;
    if (strcmp(kind, "data") == 0)
        return field->type != F_FILE;
    if (strcmp(kind, "photo") == 0)
        return field->type == F_FILE && !medicine;
    return strcmp(kind, "medicine_image") == 0 && field->type == F_FILE && medicine;
}

bool
is_number(const struct form *form, const struct field *field)
{
    switch (field->type) {
    case F_CODE:
    case F_CODES:
    case F_INT:
    case F_DECIMAL:
    case F_BOOL:
    case F_TIME:
        return form->day && !field->secret;
    default:
        return false;
    }
}

/* ---- files ---- */

static enum status
forget_file(struct call *call, struct writer *writer, int64_t id)
{
    struct rows rows;
    const struct value place[] = { value_int(id_office(id)), value_int(id) };
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select sm3 from file where office = ?1 and id = ?2", place, 2, &rows);
    if (status != OK || rows.n == 0)
        return status;
    status = writer_run(writer, "delete from file where office = ?1 and id = ?2", place, 2, NULL);
    return status == OK ? attachment_forget(call, writer, id_office(id), rows_text(&rows, 0, 0), call->now_ms) : status;
}

/* The same bytes may serve another row: of any office, since a file is known by its content. */
static enum status
still_named(struct call *call, struct reader *reader, const char *sm3, bool *named)
{
    enum status status = OK;
    *named = false;
    for (size_t i = 0; i < call->reference->offices_n && status == OK && !*named; i++) {
        struct rows rows;
        status = reader_rows(reader, call->arena, "select id from file where office = ?1 and sm3 = ?2 limit 1",
                             ARGS(value_int(call->reference->offices[i].id), value_text(sm3)), &rows);
        *named = status == OK && rows.n > 0;
    }
    return status;
}

enum status
forget_file_work(struct call *call, const struct job *job, struct node *result)
{
    bool named = true;
    const char *sm3 = node_text_of(job->args, "sm3");
    struct reader *reader = store_reader(call->house->store);
    enum status status = sm3 == NULL ? INVALID : still_named(call, reader, sm3, &named);
    store_reader_done(call->house->store, reader);
    node_put_bool(call->arena, result, "kept", named);
    if (status != OK || named)
        return status;
    struct file_store *files = files_open(arena_format(call->arena, "%s/files", call->house->config.data));
    status = files == NULL ? BROKEN : files_remove(files, sm3);
    files_close(files);
    return status;
}

/* ---- one row ---- */

static enum status
drop_key(struct writer *writer, const struct row *row)
{
    return writer_run(writer, "delete from subject_key where office = ?1 and id = ?2",
                      ARGS(value_int(row->office), value_int(row->id)), NULL);
}

/* A secret that goes takes its key along; the other secrets of the row are opened and get a new one. */
static enum status
change_key(struct call *call, struct writer *writer, struct row *row)
{
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        if (!row->form->fields[i].secret || row->cells[i].type != VALUE_BYTES)
            continue;
        const char *plain = row_plain(call, writer_reader(writer), row, i);
        if (plain == NULL)
            return call_fail(call, BROKEN, "%s无法解密，不能重新加密", row->form->fields[i].label);
        row->cells[i] = value_text(plain);
    }
    return drop_key(writer, row);
}

/* Which fields go, and what the journal says of it. */
struct what {
    const char *kind; /* of consent; NULL: all that is personal */
    const char *words;
    const char *mark; /* a date of the row that tells when, NULL: none */
};

static bool
covers(const struct what *what, const struct form *form, const struct field *field)
{
    if (what->kind != NULL)
        return consent_covers(what->kind, form, field);
    return (is_personal(field) || field->type == F_FILE) && !is_number(form, field);
}

static enum status
forget_in_row(struct call *call, struct writer *writer, struct row *row, const struct what *what, int64_t *n)
{
    struct row *old = row_copy(call, row);
    bool changed = false, secret = false;
    enum status status = old == NULL ? NO_MEMORY : OK;
    for (int i = 0; row->form->fields[i].name != NULL && status == OK; i++) {
        const struct field *field = &row->form->fields[i];
        if (row->cells[i].type == VALUE_NULL || !covers(what, row->form, field))
            continue;
        if (field->type == F_FILE)
            status = forget_file(call, writer, row->cells[i].i);
        row->cells[i] = value_null();
        changed = true;
        secret = secret || field->secret;
    }
    if (status != OK || !changed)
        return status;
    if (what->mark != NULL)
        row_set_text(row, what->mark, call_today(call));
    struct change change = { .form = row->form, .old = old, .new = row };
    if (secret)
        status = change_key(call, writer, row);
    if (status == OK)
        status = row_rewrite(call, writer, old, row, what->words);
    if (status == OK)
        status = cells_touch(call, &change);
    ++*n;
    return status;
}

enum status
forget_photos(struct call *call, struct writer *writer, struct row *row)
{
    int64_t n = 0;
    const struct what what = { "photo", "照片已按期删除",
                               form_field(row->form, PHOTO_GONE, NULL) == NULL ? NULL : PHOTO_GONE };
    return forget_in_row(call, writer, row, &what, &n);
}

/* ---- what a consent covered ---- */

static bool
form_consented(const struct form *form, const char *kind)
{
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (consent_covers(kind, form, field))
            return true;
    return false;
}

/* The ids of the rows that name the child, a page at a time. */
static enum status
page_of(struct call *call, struct reader *reader, const struct form *form, const char *column, const struct row *child,
        int64_t after, struct rows *rows)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "select id from ");
    query_name(&query, form->name);
    query_add(&query, " where office = ?1 and id > ?2 and ", ARGS(value_int(child->office), value_int(after)));
    query_name(&query, column);
    query_add(&query, " = ?1 order by id limit ?2", ARGS(value_int(child->id), value_int(PAGE)));
    return query_rows(reader, call->arena, &query, rows);
}

/* The ids of those of its rows that keep something under this consent: most keep nothing. */
static enum status
covered_page(struct call *call, struct reader *reader, const struct form *form, const struct row *child,
             const char *kind, int64_t after, struct rows *rows)
{
    struct query query;
    const char * or = " and (";
    query_init(&query, call->arena);
    query_text(&query, "select id from ");
    query_name(&query, form->name);
    query_add(&query, " where office = ?1 and id > ?2 and ", ARGS(value_int(child->office), value_int(after)));
    query_name(&query, child_column(form));
    query_add(&query, " = ?1", ARGS(value_int(child->id)));
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        if (!consent_covers(kind, form, field))
            continue;
        query_text(&query, or);
        query_name(&query, field->name);
        query_text(&query, " is not null");
        or = " or ";
    }
    query_add(&query, ") order by id limit ?1", ARGS(value_int(PAGE)));
    return query_rows(reader, call->arena, &query, rows);
}

static enum status
forget_in_form(struct call *call, struct writer *writer, const struct form *form, const struct row *child,
               const struct what *what, int64_t *n)
{
    struct rows rows = { .n = PAGE };
    int64_t after = 0;
    enum status status = OK;
    while (rows.n == PAGE && status == OK) {
        status = covered_page(call, writer_reader(writer), form, child, what->kind, after, &rows);
        for (size_t i = 0; status == OK && i < rows.n; i++) {
            struct row *row;
            after = rows_int(&rows, i, 0);
            status = row_get(call, writer_reader(writer), form, after, &row);
            if (status == OK)
                status = forget_in_row(call, writer, row, what, n);
        }
    }
    return status;
}

static enum status
forget_kind(struct call *call, struct writer *writer, struct row *child, const struct what *what, int64_t *n)
{
    enum status status = forget_in_row(call, writer, child, what, n);
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++) {
        const struct form *form = call->house->forms[i];
        if (child_column(form) != NULL && form_consented(form, what->kind))
            status = forget_in_form(call, writer, form, child, what, n);
    }
    return status;
}

enum status
forget_consented(struct call *call, struct writer *writer, struct row *child, const char *kind, int64_t *n)
{
    *n = 0;
    return forget_kind(call, writer, child, &(struct what){ kind, "撤回同意后删除", NULL }, n);
}

/* Who fetches the child no longer. */
static enum status
forget_pickups(struct call *call, struct writer *writer, const struct row *child, int64_t *n)
{
    static const struct what what = { NULL, "离托后删除", NULL };
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(child->id) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &pickup_person_form, child->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *to = row_text(set.rows[i], "to_day");
        if (row_int(set.rows[i], "ended") != 0 || (to != NULL && strcmp(to, call_today(call)) < 0))
            status = forget_in_row(call, writer, set.rows[i], &what, n);
    }
    return status;
}

enum status
forget_at_leaving(struct call *call, struct writer *writer, int64_t id)
{
    const struct code_list *kinds = code_list(call->reference, "consent_kind");
    struct row *child;
    int64_t n = 0;
    enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    for (size_t i = 0; status == OK && kinds != NULL && i < kinds->n; i++)
        status = forget_kind(call, writer, child, &(struct what){ kinds->codes[i].code, "离托后删除", NULL }, &n);
    return status == OK ? forget_pickups(call, writer, child, &n) : status;
}

/* ---- the end of the years ---- */

static enum status
forget_files_of(struct call *call, struct writer *writer, const struct form *form, const char *column,
                const struct row *child)
{
    enum status status = OK;
    for (const struct field *field = form->fields; field->name != NULL && status == OK; field++) {
        struct query query;
        struct rows rows;
        if (field->type != F_FILE)
            continue;
        query_init(&query, call->arena);
        query_text(&query, "select ");
        query_name(&query, field->name);
        query_text(&query, " from ");
        query_name(&query, form->name);
        query_text(&query, " where ");
        query_name(&query, field->name);
        query_text(&query, " is not null and ");
        query_name(&query, column);
        query_add(&query, " = ?1 and office = ?2", ARGS(value_int(child->id), value_int(child->office)));
        status = query_rows(writer_reader(writer), call->arena, &query, &rows);
        for (size_t i = 0; status == OK && i < rows.n; i++)
            status = forget_file(call, writer, rows_int(&rows, i, 0));
    }
    return status;
}

/* "update <form> set <personal> = null …": all rows of the child at once, since a child leaves thousands behind. */
static enum status
empty_rows(struct call *call, struct writer *writer, const struct form *form, const char *column,
           const struct row *child, int64_t *n)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "update ");
    query_name(&query, form->name);
    query_add(&query, " set sort = null, version = version + 1, changed_at = ?1, changed_by = ?2",
              ARGS(value_int(call->now_ms), value_int(call->me->account)));
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        if ((!is_personal(field) && field->type != F_FILE) || is_number(form, field))
            continue;
        query_text(&query, ", ");
        query_name(&query, field->name);
        query_text(&query, " = null");
        if (field->secret && field->find) {
            query_text(&query, ", ");
            query_name(&query, arena_format(call->arena, "%s_find", field->name));
            query_text(&query, " = null");
        }
    }
    query_text(&query, " where ");
    query_name(&query, column);
    query_add(&query, " = ?1 and office = ?2", ARGS(value_int(child->id), value_int(child->office)));
    return query_run(writer, &query, n);
}

static enum status
drop_keys(struct call *call, struct writer *writer, const struct form *form, const char *column,
          const struct row *child)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "delete from subject_key where office = ");
    query_value(&query, value_int(child->office));
    query_text(&query, " and id in (select id from ");
    query_name(&query, form->name);
    query_text(&query, " where ");
    query_name(&query, column);
    query_add(&query, " = ?1 and office = ?2)", ARGS(value_int(child->id), value_int(child->office)));
    return query_run(writer, &query, NULL);
}

/* Words by which rows are found. */
static enum status
drop_words(struct call *call, struct writer *writer, const struct form *form, const char *column,
           const struct row *child)
{
    struct rows rows = { .n = PAGE };
    int64_t after = 0;
    enum status status = OK;
    bool searched = false;
    for (const struct field *field = form->fields; field->name != NULL; field++)
        searched = searched || (field->find && !field->secret && !form->sealed);
    while (searched && rows.n == PAGE && status == OK) {
        status = page_of(call, writer_reader(writer), form, column, child, after, &rows);
        for (size_t i = 0; status == OK && i < rows.n; i++) {
            after = rows_int(&rows, i, 0);
            status = schema_search_put(writer, form->name, child->office, after, "");
        }
    }
    return status;
}

bool
form_forgets(const struct form *form, int years)
{
    bool person = false;
    if (form->keep_years != years || (form != &child_form && child_column(form) == NULL))
        return false;
    for (const struct field *field = form->fields; field->name != NULL; field++)
        person = person || is_personal(field) || field->type == F_FILE;
    return person;
}

static enum status
forget_records(struct call *call, struct writer *writer, const struct form *form, const struct row *child, int64_t *n)
{
    const char *column = child_column(form);
    int64_t rows = 0;
    enum status status = forget_files_of(call, writer, form, column, child);
    if (status == OK)
        status = drop_keys(call, writer, form, column, child);
    if (status == OK)
        status = drop_words(call, writer, form, column, child);
    if (status == OK)
        status = empty_rows(call, writer, form, column, child, &rows);
    if (status == OK && rows > 0)
        status = journal_act(call, child->office, form->name, child->id, "到期删除",
                             arena_format(call->arena, "{\"rows\":%lld}", (long long)rows));
    *n += rows;
    return status;
}

static enum status
forget_head(struct call *call, struct writer *writer, struct row *child)
{
    struct row *old = row_copy(call, child);
    if (old == NULL)
        return NO_MEMORY;
    for (int i = 0; child_form.fields[i].name != NULL; i++)
        if (is_personal(&child_form.fields[i]))
            child->cells[i] = value_null();
    child->state = ERASED;
    const enum status status = drop_key(writer, child);
    return status == OK ? row_rewrite(call, writer, old, child, "到期删除") : status;
}

static enum status forget_merged(struct call *call, struct writer *writer, const struct row *child, int years,
                                 int64_t *n);

static enum status
forget_all_records(struct call *call, struct writer *writer, const struct row *child, int years, int64_t *n)
{
    enum status status = OK;
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (call->house->forms[i] != &child_form && form_forgets(call->house->forms[i], years))
            status = forget_records(call, writer, call->house->forms[i], child, n);
    return status == OK ? forget_merged(call, writer, child, years, n) : status;
}

/* What stayed with a row that was merged into the child goes with it, and so does its key: its former values are in
 * the journal till then. */
static enum status
forget_merged(struct call *call, struct writer *writer, const struct row *child, int years, int64_t *n)
{
    const char *const where[] = { "was" };
    const struct value values[] = { value_int(child->id) };
    struct row_set set;
    enum status status = rows_by(call, writer_reader(writer), &child_form, child->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        status = forget_all_records(call, writer, set.rows[i], years, n);
        if (status == OK && form_forgets(&child_form, years))
            status = drop_key(writer, set.rows[i]);
    }
    return status;
}

enum status
forget_child(struct call *call, struct writer *writer, struct row *child, int years, int64_t *n)
{
    *n = 0;
    const enum status status = forget_all_records(call, writer, child, years, n);
    if (status != OK || !form_forgets(&child_form, years))
        return status;
    ++*n;
    return forget_head(call, writer, child);
}
