/* From forms to tables, and the engine's own tables. Each form's table has the same own columns first; the engine's
 * tables are the few that no form can be: claims, the journal, clocks, findings, jobs, notices, files, sessions. */
#include "policy/cells.h"

#include <string.h>

static const struct column claim_columns[] = {
    { "kind", COLUMN_TEXT, .need = true },
    { "key", COLUMN_TEXT, .need = true },
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { 0 },
};
static const struct table claim = {
    .name = "claim",
    .home = HOME_CLAIM,
    .columns = claim_columns,
    .key = { "kind", "key" },
    .expected_rows = 1000000,
};

static const struct column idempotency_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "actor", COLUMN_INT, .need = true },
    { "key", COLUMN_TEXT, .need = true },
    { "body", COLUMN_TEXT },
    { "at", COLUMN_INT },
    { "form", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "location", COLUMN_TEXT },
    { 0 },
};
static const struct index idempotency_indexes[] = {
    { .columns = { "office", "at" }, .rows_per = { 100000, 1 } },
    { 0 },
};
static const struct table idempotency = {
    .name = "idempotency",
    .home = HOME_OFFICE,
    .columns = idempotency_columns,
    .key = { "office", "actor", "key" },
    .indexes = idempotency_indexes,
    .expected_rows = 10000000,
};

static const struct column journal_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "seq", COLUMN_INT },
    { "at", COLUMN_INT },
    { "actor", COLUMN_INT },
    { "actor_name", COLUMN_TEXT },
    { "form", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "institution", COLUMN_INT },
    { "action", COLUMN_TEXT },
    { "version", COLUMN_INT },
    { "body", COLUMN_TEXT },
    { "address", COLUMN_TEXT },
    { "hash", COLUMN_TEXT },
    { 0 },
};
static const struct index journal_indexes[] = {
    { .columns = { "office", "seq" }, .unique = true, .rows_per = { 1000000, 1 } },
    { .columns = { "office", "row", "id" }, .rows_per = { 1000000, 6, 1 } },
    { .columns = { "office", "at" }, .rows_per = { 1000000, 1 } },
    { 0 },
};
static const struct table journal = {
    .name = "journal",
    .home = HOME_OFFICE,
    .columns = journal_columns,
    .key = { "office", "id" },
    .indexes = journal_indexes,
    .expected_rows = 10000000,
};

static const struct column journal_head_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "day", COLUMN_DATE, .need = true },
    { "seq", COLUMN_INT },
    { "hash", COLUMN_TEXT },
    { "signature", COLUMN_TEXT },
    { "key_version", COLUMN_INT },
    { "at", COLUMN_INT },
    { 0 },
};
static const struct index journal_head_indexes[] = {
    { .columns = { "office", "seq" }, .rows_per = { 3000, 1 } },
    { 0 },
};
/* day 1970-01-01: the running head; other days: the signed heads. */
static const struct table journal_head = {
    .name = "journal_head",
    .home = HOME_OFFICE,
    .columns = journal_head_columns,
    .key = { "office", "day" },
    .indexes = journal_head_indexes,
    .expected_rows = 100000,
};

static const struct column look_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "at", COLUMN_INT },
    { "actor", COLUMN_INT },
    { "actor_name", COLUMN_TEXT },
    { "form", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "what", COLUMN_TEXT },
    { "purpose", COLUMN_TEXT },
    { "address", COLUMN_TEXT },
    { 0 },
};
static const struct index look_indexes[] = {
    { .columns = { "office", "row", "id" }, .rows_per = { 1000000, 10, 1 } },
    { 0 },
};
static const struct table look_journal = {
    .name = "look_journal",
    .home = HOME_OFFICE,
    .columns = look_columns,
    .key = { "office", "id" },
    .indexes = look_indexes,
    .expected_rows = 10000000,
};

static const struct column clock_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "institution", COLUMN_INT },
    { "area", COLUMN_TEXT },
    { "form", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "name", COLUMN_TEXT },
    { "standard", COLUMN_TEXT },
    { "started", COLUMN_DATE },
    { "days", COLUMN_INT },
    { "due", COLUMN_DATE },
    { "state", COLUMN_TEXT },
    { "stopped", COLUMN_DATE },
    { "paused", COLUMN_DATE },
    { "in_time", COLUMN_INT },
    { "reminded", COLUMN_INT },
    { "escalated", COLUMN_INT },
    { "department", COLUMN_TEXT },
    { "due_at", COLUMN_INT },
    { 0 },
};
static const struct index clock_indexes[] = {
    { .columns = { "office", "row", "name" }, .rows_per = { 20000, 3, 1 } },
    { .columns = { "office", "state", "due", "id" }, .rows_per = { 20000, 500, 4, 1 } },
    { 0 },
};
static const struct table clock_table = {
    .name = "clock",
    .home = HOME_OFFICE,
    .columns = clock_columns,
    .key = { "office", "id" },
    .indexes = clock_indexes,
    .expected_rows = 1000000,
};

static const struct column finding_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "institution", COLUMN_INT },
    { "form", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "rule", COLUMN_TEXT },
    { "severity", COLUMN_TEXT },
    { "message", COLUMN_TEXT },
    { "since", COLUMN_INT },
    { "until", COLUMN_INT },
    { "explanation", COLUMN_TEXT },
    { 0 },
};
static const struct index finding_indexes[] = {
    { .columns = { "office", "row", "rule" }, .rows_per = { 50000, 8, 1 } },
    { .columns = { "office", "rule", "row" }, .rows_per = { 50000, 200, 2 } },
    { 0 },
};
static const struct table finding = {
    .name = "finding",
    .home = HOME_OFFICE,
    .columns = finding_columns,
    .key = { "office", "id" },
    .indexes = finding_indexes,
    .expected_rows = 2000000,
};

static const struct column job_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "kind", COLUMN_TEXT },
    { "at", COLUMN_INT },
    { "args", COLUMN_TEXT },
    { "state", COLUMN_TEXT },
    { "tries", COLUMN_INT },
    { "lease", COLUMN_INT },
    { "result", COLUMN_TEXT },
    { 0 },
};
static const struct index job_indexes[] = {
    { .columns = { "office", "state", "at", "id" }, .rows_per = { 100000, 50, 2, 1 } },
    { 0 },
};
static const struct table job_table = {
    .name = "job",
    .home = HOME_OFFICE,
    .columns = job_columns,
    .key = { "office", "id" },
    .indexes = job_indexes,
    .expected_rows = 1000000,
};

static const struct column notice_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "account", COLUMN_INT },
    { "institution", COLUMN_INT },
    { "department", COLUMN_TEXT },
    { "level", COLUMN_TEXT },
    { "text", COLUMN_TEXT },
    { "url", COLUMN_TEXT },
    { "at", COLUMN_INT },
    { "read_at", COLUMN_INT },
    { "read_by", COLUMN_INT },
    { 0 },
};
static const struct index notice_indexes[] = {
    { .columns = { "office", "institution", "id" }, .rows_per = { 100000, 50, 1 } },
    { .columns = { "office", "department", "id" }, .rows_per = { 100000, 5000, 1 } },
    { .columns = { "office", "account", "id" }, .rows_per = { 100000, 50, 1 } },
    { 0 },
};
static const struct table notice = {
    .name = "notice",
    .home = HOME_OFFICE,
    .columns = notice_columns,
    .key = { "office", "id" },
    .indexes = notice_indexes,
    .expected_rows = 1000000,
};

static const struct column file_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "sm3", COLUMN_TEXT },
    { "name", COLUMN_TEXT },
    { "type", COLUMN_TEXT },
    { "size", COLUMN_INT },
    { "created_at", COLUMN_INT },
    { "created_by", COLUMN_INT },
    { 0 },
};
static const struct index file_indexes[] = {
    { .columns = { "office", "sm3" }, .rows_per = { 100000, 1 } },
    { 0 },
};
static const struct table file_table = {
    .name = "file",
    .home = HOME_OFFICE,
    .columns = file_columns,
    .key = { "office", "id" },
    .indexes = file_indexes,
    .expected_rows = 1000000,
};

static const struct column subject_key_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "wrapped", COLUMN_BYTES },
    { 0 },
};
static const struct table subject_key = {
    .name = "subject_key",
    .home = HOME_OFFICE,
    .columns = subject_key_columns,
    .key = { "office", "id" },
    .expected_rows = 1000000,
};

static const struct column credential_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "password", COLUMN_TEXT },
    { "changed_at", COLUMN_INT },
    { "must_change", COLUMN_INT },
    { "totp", COLUMN_BYTES },
    { "totp_step", COLUMN_INT },
    { "fails", COLUMN_INT },
    { "locked_until", COLUMN_INT },
    { "seen_at", COLUMN_INT },
    { "api_key", COLUMN_TEXT },
    { "read_to", COLUMN_INT }, /* the newest notice that this account has read */
    { 0 },
};
static const struct index credential_indexes[] = {
    { .columns = { "locked_until" }, .rows_per = { 2 } },
    { 0 },
};
static const struct table credential = {
    .name = "credential",
    .home = HOME_OFFICE,
    .columns = credential_columns,
    .key = { "office", "id" },
    .indexes = credential_indexes,
    .expected_rows = 100000,
};

static const struct column session_columns[] = {
    { "token", COLUMN_TEXT, .need = true },
    { "office", COLUMN_INT },
    { "account", COLUMN_INT },
    { "csrf", COLUMN_TEXT },
    { "since", COLUMN_INT },
    { "seen", COLUMN_INT },
    { "address", COLUMN_TEXT },
    { "stage", COLUMN_TEXT },
    { "flash", COLUMN_TEXT },
    { 0 },
};
static const struct index session_indexes[] = {
    { .columns = { "account" }, .rows_per = { 2 } },
    { 0 },
};
static const struct table session = {
    .name = "session",
    .home = HOME_LOCAL,
    .columns = session_columns,
    .key = { "token" },
    .indexes = session_indexes,
    .expected_rows = 10000,
};

/* What tablets sent: each record is here whatever became of it. `body` is its sealed text, kept while a person may have
 * to look at it. `follows`: the key of the record it waits for. `said_at`: the time that the tablet gave, where `at` is
 * corrected by what its clock was off. */
static const struct column inbox_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "institution", COLUMN_INT },
    { "device", COLUMN_INT, .need = true },
    { "key", COLUMN_TEXT, .need = true },
    { "digest", COLUMN_TEXT },
    { "form", COLUMN_TEXT },
    { "at", COLUMN_INT },
    { "received_at", COLUMN_INT },
    { "staff", COLUMN_INT },
    { "who", COLUMN_TEXT },
    { "state", COLUMN_TEXT },
    { "row", COLUMN_INT },
    { "existing", COLUMN_INT },
    { "follows", COLUMN_TEXT },
    { "why", COLUMN_TEXT },
    { "body", COLUMN_BYTES },
    { "decided_at", COLUMN_INT },
    { "decided_by", COLUMN_INT },
    { "reason", COLUMN_TEXT },
    { "said_at", COLUMN_INT },
    { 0 },
};
static const struct index inbox_indexes[] = {
    { .columns = { "office", "device", "key" }, .unique = true, .rows_per = { 500000, 20000, 1 } },
    { .columns = { "office", "institution", "state", "id" }, .rows_per = { 500000, 50000, 500, 1 } },
    { .columns = { "office", "device", "state", "id" }, .rows_per = { 500000, 20000, 20, 1 } },
    { .columns = { "office", "row" }, .where = "said_at is not null", .rows_per = { 1000, 1 } },
    { 0 },
};
static const struct table inbox = {
    .name = "inbox",
    .home = HOME_OFFICE,
    .columns = inbox_columns,
    .key = { "office", "id" },
    .indexes = inbox_indexes,
    .expected_rows = 10000000,
};

/* A file that comes from a tablet in pieces; the pieces go when it is whole. */
static const struct column upload_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "device", COLUMN_INT, .need = true },
    { "hash", COLUMN_TEXT, .need = true },
    { "piece", COLUMN_INT, .need = true },
    { "bytes", COLUMN_BYTES },
    { "size", COLUMN_INT },
    { "sm3", COLUMN_TEXT },
    { "type", COLUMN_TEXT },
    { "at", COLUMN_INT },
    { 0 },
};
static const struct index upload_indexes[] = {
    { .columns = { "office", "at" }, .rows_per = { 1000, 1 } },
    { 0 },
};
static const struct table upload = {
    .name = "upload",
    .home = HOME_OFFICE,
    .columns = upload_columns,
    .key = { "office", "device", "hash", "piece" },
    .indexes = upload_indexes,
    .expected_rows = 10000,
};

static const struct column paper_sheet_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "number", COLUMN_TEXT, .need = true },
    { "line", COLUMN_INT, .need = true }, /* 0: the sheet as it was printed; others: lines that were entered */
    { "form", COLUMN_TEXT },
    { "institution", COLUMN_INT },
    { "lines", COLUMN_INT },
    { "row", COLUMN_INT },
    { "at", COLUMN_INT },
    { "by", COLUMN_INT },
    { 0 },
};
static const struct table paper_sheet = {
    .name = "paper_sheet",
    .home = HOME_OFFICE,
    .columns = paper_sheet_columns,
    .key = { "office", "number", "line" },
    .expected_rows = 1000000,
};

static const struct table *const engine_tables[] = {
    &claim,  &idempotency, &journal,     &journal_head, &look_journal, &clock_table, &finding, &job_table,
    &notice, &file_table,  &subject_key, &credential,   &session,      &inbox,       &upload,  &paper_sheet,
};

/* ---- forms ---- */

static enum column_type
column_type(const struct field *field)
{
    if (field->secret)
        return COLUMN_BYTES;
    switch (field->type) {
    case F_INT:
    case F_DECIMAL:
    case F_FEN:
    case F_BOOL:
    case F_TIME:
    case F_REF:
    case F_FILE:
        return COLUMN_INT;
    case F_DATE:
        return COLUMN_DATE;
    default:
        return COLUMN_TEXT;
    }
}

static const struct column own_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "id", COLUMN_INT, .need = true },
    { "institution", COLUMN_INT },
    { "area", COLUMN_TEXT },
    { "part", COLUMN_INT },
    { "day", COLUMN_DATE },
    { "state", COLUMN_TEXT },
    { "version", COLUMN_INT, .need = true },
    { "created_at", COLUMN_INT, .need = true },
    { "created_by", COLUMN_INT, .need = true },
    { "changed_at", COLUMN_INT, .need = true },
    { "changed_by", COLUMN_INT, .need = true },
    { "sort", COLUMN_TEXT },
};
enum { OWN = sizeof own_columns / sizeof own_columns[0], LISTED_OVER_OFFICES = 10000 };

static const struct column *
form_columns(struct arena *arena, const struct form *form)
{
    int n = form_fields(form);
    struct column *columns = arena_array(arena, (size_t)(2 * n + OWN + 2), sizeof *columns);
    if (columns == NULL)
        return NULL;
    memcpy(columns, own_columns, sizeof own_columns);
    if (form->part_of != NULL)
        columns[4].references = form->part_of->name;
    struct column *column = columns + OWN;
    bool search = false;
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        column->name = field->name;
        column->type = column_type(field);
        if (field->type == F_REF && !field->elsewhere && field->ref != NULL)
            column->references = field->ref->name;
        column++;
        if (field->secret && field->find)
            *column++ = (struct column){ .name = arena_format(arena, "%s_find", field->name), .type = COLUMN_TEXT };
        search = search || (field->find && !field->secret && !form->sealed);
    }
    if (search)
        *column++ = (struct column){ .name = "search", .type = COLUMN_SEARCH };
    return columns;
}

static const struct index *
form_indexes(struct arena *arena, const struct form *form)
{
    struct index *indexes = arena_array(arena, (size_t)form_fields(form) + 16, sizeof *indexes);
    if (indexes == NULL)
        return NULL;
    const int64_t total = form->expected_rows == 0 ? 10000 : form->expected_rows, office = total / 8 + 1;
    /* What a class, a person or an institution has of a ledger of days is its whole history, never fewer than a day. */
    const int64_t of_site = form->day ? office / 50 + 1 : 40, of_row = form->day ? 1000 : 10;
    size_t n = 0;
    /* A list over several offices walks in its own order until the page is full, instead of sorting all rows. */
    if (total >= LISTED_OVER_OFFICES && form->of != OF_REFERENCE)
        indexes[n++] = (struct index){ .columns = { "id" }, .rows_per = { 1 } };
    if (total >= LISTED_OVER_OFFICES && form->of != OF_REFERENCE && form->title_field != NULL)
        indexes[n++] = (struct index){ .columns = { "sort", "id" }, .rows_per = { 2, 1 } };
    if (form->of == OF_INSTITUTION || form->of == OF_ITSELF)
        indexes[n++] =
            (struct index){ .columns = { "office", "institution", "id" }, .rows_per = { office, of_site, 1 } };
    if (form->part_of != NULL)
        indexes[n++] = (struct index){ .columns = { "office", "part", "id" }, .rows_per = { office, 8, 1 } };
    if (form->day)
        indexes[n++] = (struct index){ .columns = { "office", "institution", "day", "id" },
                                       .rows_per = { office, office / 50 + 1, 20, 1 } };
    if (form->procedure != NULL)
        indexes[n++] =
            (struct index){ .columns = { "office", "state", "id" }, .rows_per = { office, office / 4 + 1, 1 } };
    if (form->title_field != NULL)
        indexes[n++] = (struct index){ .columns = { "office", "sort", "id" }, .rows_per = { office, 2, 1 } };
    for (const struct field *field = form->fields; field->name != NULL; field++) {
        if (field->secret && field->find)
            indexes[n++] = (struct index){ .columns = { "office", arena_format(arena, "%s_find", field->name) },
                                           .rows_per = { office, 1 } };
        else if (field->index && field->type == F_FILE) /* few rows have one */
            indexes[n++] = (struct index){ .columns = { "office", field->name, "id" },
                                           .where = arena_format(arena, "\"%s\" is not null", field->name),
                                           .rows_per = { 1000, 1, 1 } };
        else if (field->index || (field->type == F_REF && !field->elsewhere))
            indexes[n++] = (struct index){ .columns = { "office", field->name, "id" },
                                           .rows_per = { office, field->type == F_REF ? of_row : 20, 1 } };
    }
    for (const struct unique_key *unique = form->uniques; unique != NULL && unique->fields[0] != NULL && n < 90;
         unique++) {
        struct index *index = &indexes[n++];
        *index = (struct index){ .columns = { "office" }, .unique = true, .rows_per = { office, 1, 1, 1, 1 } };
        for (int i = 0; i < 4 && unique->fields[i] != NULL; i++)
            index->columns[i + 1] = unique->fields[i];
    }
    return indexes;
}

static const struct span *
form_spans(struct arena *arena, const struct form *form)
{
    size_t n = 0;
    while (form->spans != NULL && form->spans[n].name != NULL)
        n++;
    struct span *spans = n == 0 ? NULL : arena_array(arena, n + 1, sizeof *spans);
    for (size_t i = 0; spans != NULL && i < n; i++)
        spans[i] =
            (struct span){ form->spans[i].name, form->spans[i].from, form->spans[i].to, form->spans[i].of, NULL };
    return spans;
}

static const struct column cell_columns[] = {
    { "office", COLUMN_INT, .need = true },
    { "institution", COLUMN_INT, .need = true },
    { "day", COLUMN_DATE, .need = true },
    { "area", COLUMN_TEXT },
};
enum { CELL_OWN = sizeof cell_columns / sizeof cell_columns[0] };
static const struct index cell_indexes[] = {
    { .columns = { "office", "day", "institution" }, .rows_per = { 500000, 150, 1 } },
    { 0 },
};

/* The cells of a day form: one wide row for each institution and day. */
static const struct table *
table_of_cells(struct arena *arena, const struct form *form)
{
    size_t n = 0;
    while (form->cells[n].name != NULL)
        n++;
    struct column *columns = arena_array(arena, CELL_OWN + n + 1, sizeof *columns);
    struct table *table = arena_alloc(arena, sizeof *table);
    if (columns == NULL || table == NULL)
        return NULL;
    memcpy(columns, cell_columns, sizeof cell_columns);
    for (size_t i = 0; i < n; i++)
        columns[CELL_OWN + i] = (struct column){ .name = form->cells[i].name, .type = COLUMN_INT };
    *table = (struct table){
        .name = cells_table(arena, form),
        .home = HOME_OFFICE,
        .columns = columns,
        .key = { "office", "institution", "day" },
        .indexes = cell_indexes,
        .expected_rows = 4000000,
    };
    return table;
}

static const struct table *const *
make_tables(struct house *house, size_t *n)
{
    const size_t engine_n = sizeof engine_tables / sizeof engine_tables[0];
    const struct table **tables = arena_array(house->arena, engine_n + 2 * house->forms_n + 1, sizeof *tables);
    *n = 0;
    if (tables == NULL)
        return NULL;
    for (size_t i = 0; i < engine_n; i++)
        tables[(*n)++] = engine_tables[i];
    for (size_t i = 0; i < house->forms_n; i++) {
        const struct form *form = house->forms[i];
        struct table *table = arena_alloc(house->arena, sizeof *table);
        if (table == NULL)
            return NULL;
        *table = (struct table){
            .name = form->name,
            .home = form->of == OF_REFERENCE ? HOME_REFERENCE : HOME_OFFICE,
            .columns = form_columns(house->arena, form),
            .key = { "office", "id" },
            .indexes = form_indexes(house->arena, form),
            .spans = form_spans(house->arena, form),
            .expected_rows = form->expected_rows == 0 ? 10000 : form->expected_rows,
        };
        tables[(*n)++] = table;
        if (form->cells == NULL)
            continue;
        tables[*n] = table_of_cells(house->arena, form);
        if (tables[(*n)++] == NULL)
            return NULL;
    }
    return tables;
}

const struct table *const *
house_tables(struct house *house, size_t *n)
{
    if (house->tables == NULL)
        house->tables = make_tables(house, &house->tables_n);
    *n = house->tables_n;
    return house->tables;
}
