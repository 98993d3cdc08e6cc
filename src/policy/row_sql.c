/* Rows to and from the database. Each form's table begins with the same own columns; the form's fields follow. Secret
 * cells are sealed on the way in and stay sealed on the way out until row_plain opens one. */
#include "policy/row.h"

#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "policy/house.h"
#include "policy/journal.h"

enum { OWN_COLUMNS = 12 };

void
row_select(struct query *query, const struct form *form)
{
    query_text(query, "select r.id, r.office, r.institution, r.area, r.part, r.day, r.state, r.version, r.created_at, "
                      "r.created_by, r.changed_at, r.changed_by");
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        query_text(query, ", r.");
        query_name(query, field->name);
    }
}

struct row *
row_from(struct call *call, const struct form *form, const struct rows *rows, size_t line)
{
    struct row *row = row_new(call, form);
    if (row == NULL)
        return NULL;
    row->id = rows_int(rows, line, 0);
    row->office = rows_int(rows, line, 1);
    row->institution = rows_int(rows, line, 2);
    row->area = rows_text(rows, line, 3);
    row->part = rows_int(rows, line, 4);
    row->day = rows_text(rows, line, 5);
    row->state = state_of(rows_text(rows, line, 6));
    row->version = rows_int(rows, line, 7);
    row->created_at = rows_int(rows, line, 8);
    row->created_by = rows_int(rows, line, 9);
    row->changed_at = rows_int(rows, line, 10);
    row->changed_by = rows_int(rows, line, 11);
    if (row->state == 0 && form->procedure != NULL) /* written before its form had a procedure */
        row->state = row_procedure(row)->first;
    int n = form_fields(form);
    for (int i = 0; i < n; i++)
        row->cells[i] = rows_value(rows, line, OWN_COLUMNS + (size_t)i);
    return row;
}

enum status
row_get(struct call *call, struct reader *reader, const struct form *form, int64_t id, struct row **out)
{
    *out = NULL;
    struct query query;
    query_init(&query, call->arena);
    row_select(&query, form);
    query_text(&query, " from ");
    query_name(&query, form->name);
    query_add(&query, " r where r.office = ?1 and r.id = ?2", ARGS(value_int(id_office(id)), value_int(id)));
    struct rows rows;
    enum status status = query_rows(reader, call->arena, &query, &rows);
    if (status != OK)
        return status;
    if (rows.n == 0)
        return NOT_FOUND;
    *out = row_from(call, form, &rows, 0);
    return *out == NULL ? NO_MEMORY : OK;
}

enum status
rows_by(struct call *call, struct reader *reader, const struct form *form, int64_t office, const char *const *where,
        const struct value *values, size_t n, struct row_set *out)
{
    *out = (struct row_set){ 0 };
    struct query query;
    query_init(&query, call->arena);
    row_select(&query, form);
    query_text(&query, " from ");
    query_name(&query, form->name);
    query_add(&query, " r where r.office = ?1", ARGS(value_int(office)));
    for (size_t i = 0; i < n; i++) {
        query_text(&query, " and r.");
        query_name(&query, where[i]);
        query_text(&query, " = ");
        query_value(&query, values[i]);
    }
    query_text(&query, " order by r.id desc limit 500");
    struct rows rows;
    enum status status = query_rows(reader, call->arena, &query, &rows);
    if (status != OK)
        return status;
    out->rows = arena_array(call->arena, rows.n + 1, sizeof(struct row *));
    if (out->rows == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        out->rows[i] = row_from(call, form, &rows, i);
        if (out->rows[i] == NULL)
            return NO_MEMORY;
    }
    out->n = rows.n;
    return OK;
}

/* ---- secret cells ---- */

/* The data key of a row's secrets; made on first use when a writer is given. NOT_FOUND: none, or erased. */
static enum status
subject_key_for(struct call *call, struct reader *reader, struct writer *writer, const struct row *row,
                struct subject_key *key)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena, "select wrapped from subject_key where office = ?1 and id = ?2",
                    ARGS(value_int(row->office), value_int(row->id)), &rows);
    if (status != OK)
        return status;
    if (rows.n == 1) {
        struct value wrapped = rows_value(&rows, 0, 0);
        if (wrapped.type != VALUE_BYTES || wrapped.n == 0)
            return NOT_FOUND;
        return subject_key_unwrap(call->house->keys, row->id, wrapped.bytes, wrapped.n, key);
    }
    if (writer == NULL)
        return NOT_FOUND;
    uint8_t *wrapped = NULL;
    size_t n = 0;
    status = subject_key_make(row->id, key);
    if (status == OK)
        status = subject_key_wrap(call->house->keys, key, call->arena, &wrapped, &n);
    if (status != OK)
        return status;
    return writer_run(writer, "insert into subject_key (office, id, wrapped) values (?1, ?2, ?3)",
                      ARGS(value_int(row->office), value_int(row->id), value_bytes(wrapped, n)), NULL);
}

static struct secret_place
place_of(const struct row *row, int field)
{
    return (struct secret_place){ row->form->name, row->form->fields[field].name, row->office, row->id };
}

const char *
row_plain(struct call *call, struct reader *reader, const struct row *row, int index)
{
    const struct value cell = row->cells[index];
    if (cell.type == VALUE_TEXT)
        return cell.text;
    if (cell.type == VALUE_INT)
        return arena_format(call->arena, "%lld", (long long)cell.i);
    if (cell.type != VALUE_BYTES)
        return NULL;
    struct subject_key key;
    char *plain = NULL;
    if (subject_key_for(call, reader, NULL, row, &key) != OK)
        return NULL;
    const struct secret_place place = place_of(row, index);
    if (secret_open(call->house->keys, &key, &place, cell.bytes, cell.n, call->arena, &plain) != OK)
        return NULL;
    return plain;
}

/* Seals the secret cells that were typed in; gives the cell as the database keeps it. */
static enum status
stored_cell(struct call *call, struct writer *writer, const struct row *row, int index, struct value *out)
{
    *out = row->cells[index];
    if (!row->form->fields[index].secret || out->type != VALUE_TEXT)
        return OK;
    struct subject_key key;
    uint8_t *cell = NULL;
    size_t n = 0;
    const struct secret_place place = place_of(row, index);
    enum status status = subject_key_for(call, writer_reader(writer), writer, row, &key);
    if (status == OK)
        status = secret_seal(call->house->keys, &key, &place, out->text, call->arena, &cell, &n);
    if (status == OK)
        *out = value_bytes(cell, n);
    return status;
}

/* The keyed hash by which a secret is found, null when there is none or when it was not typed in this time. */
static struct value
find_cell(struct call *call, const struct row *row, int index)
{
    const struct value cell = row->cells[index];
    char hash[65];
    if (cell.type != VALUE_TEXT || cell.n == 0)
        return value_null();
    secret_index(call->house->keys, row->form->fields[index].name, cell.text, hash);
    return value_text(arena_text(call->arena, hash));
}

/* ---- writing ---- */

static bool
searched(const struct form *form)
{
    for (const struct field *field = form->fields; field->name != NULL && !form->sealed; field++)
        if (field->find && !field->secret)
            return true;
    return false;
}

/* What people type to find a cell: its text; of a code the label, of a division all its names, of a registered number
 * also its beginnings. */
static void
add_search_words(struct call *call, const struct field *field, const char *cell, struct buf *text)
{
    enum { SHORTEST = 4 };
    const char *words = field->type == F_CODE   ? code_label(call->reference, field->code, cell)
                        : field->type == F_AREA ? division_path(call->arena, call->reference, cell)
                                                : NULL;
    buf_text(text, words == NULL ? cell : words);
    buf_char(text, ' ');
    for (size_t n = SHORTEST; field->format == FORMAT_USCC && n < strlen(cell); n++) {
        const char *beginning = arena_copy(call->arena, cell, n);
        if (beginning == NULL)
            return; /* the arena has failed, and so does the write */
        buf_text(text, beginning);
        buf_char(text, ' ');
    }
}

enum status
row_index(struct call *call, struct writer *writer, const struct row *row)
{
    if (!searched(row->form))
        return OK;
    struct buf text;
    buf_init(&text, 4096);
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        const struct field *field = &row->form->fields[i];
        if (field->find && !field->secret && row->cells[i].type == VALUE_TEXT)
            add_search_words(call, field, row->cells[i].text, &text);
    }
    const char *tokens = text.n == 0 ? "" : text_tokens(call->arena, text.bytes, true);
    buf_free(&text);
    if (tokens == NULL)
        return NO_MEMORY;
    return schema_search_put(writer, row->form->name, row->office, row->id, tokens);
}

static struct value
int_or_null(int64_t i)
{
    return i == 0 ? value_null() : value_int(i);
}

static struct value
sort_key(struct call *call, const struct row *row)
{
    const char *title = row->form->title_field == NULL ? NULL : row_text(row, row->form->title_field);
    return value_text(title == NULL ? NULL : text_sort_key(call->arena, title));
}

enum status
row_insert(struct call *call, struct writer *writer, const struct row *row)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "insert into ");
    query_name(&query, row->form->name);
    query_text(&query,
               " (id, office, institution, area, part, day, state, version, created_at, created_by, changed_at, "
               "changed_by, sort");
    for (const struct field *field = row->form->fields; field->name != NULL; field++) {
        query_text(&query, ", ");
        query_name(&query, field->name);
        if (field->secret && field->find) {
            query_text(&query, ", ");
            query_name(&query, arena_format(call->arena, "%s_find", field->name));
        }
    }
    query_add(&query, ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13",
              ARGS(value_int(row->id), value_int(row->office), int_or_null(row->institution), value_text(row->area),
                   int_or_null(row->part), value_text(row->day), value_text(state_code(row->state)),
                   value_int(row->version), value_int(row->created_at), value_int(row->created_by),
                   value_int(row->changed_at), value_int(row->changed_by), sort_key(call, row)));
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        struct value cell;
        enum status status = stored_cell(call, writer, row, i, &cell);
        if (status != OK)
            return status;
        query_text(&query, ", ");
        query_value(&query, cell);
        if (row->form->fields[i].secret && row->form->fields[i].find) {
            query_text(&query, ", ");
            query_value(&query, find_cell(call, row, i));
        }
    }
    query_text(&query, ")");
    enum status status = query_run(writer, &query, NULL);
    return status == OK ? row_index(call, writer, row) : status;
}

enum status
row_update(struct call *call, struct writer *writer, const struct row *row, int64_t old_version)
{
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "update ");
    query_name(&query, row->form->name);
    query_add(&query, " set area = ?1, day = ?2, state = ?3, version = ?4, changed_at = ?5, changed_by = ?6, sort = ?7",
              ARGS(value_text(row->area), value_text(row->day), value_text(state_code(row->state)),
                   value_int(row->version), value_int(row->changed_at), value_int(row->changed_by),
                   sort_key(call, row)));
    for (int i = 0; row->form->fields[i].name != NULL; i++) {
        const struct field *field = &row->form->fields[i];
        struct value cell;
        enum status status = stored_cell(call, writer, row, i, &cell);
        if (status != OK)
            return status;
        query_text(&query, ", ");
        query_name(&query, field->name);
        query_text(&query, " = ");
        query_value(&query, cell);
        if (field->secret && field->find && row->cells[i].type != VALUE_BYTES) {
            query_text(&query, ", ");
            query_name(&query, arena_format(call->arena, "%s_find", field->name));
            query_text(&query, " = ");
            query_value(&query, find_cell(call, row, i));
        }
    }
    query_add(&query, " where office = ?1 and id = ?2 and version = ?3",
              ARGS(value_int(row->office), value_int(row->id), value_int(old_version)));
    int64_t changed = 0;
    enum status status = query_run(writer, &query, &changed);
    if (status == OK && changed == 0)
        return STALE;
    return status == OK ? row_index(call, writer, row) : status;
}
