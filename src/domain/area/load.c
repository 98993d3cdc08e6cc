/* First filling of the reference tables from standards/, which is packed into the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/csv.h"
#include "domain/area/area.h"
#include "policy/engine.h"
#include "policy/write.h"

/* Which file fills which form: file column -> field. */
struct column_of {
    const char *column, *field;
};
struct file_of {
    const char *path;
    const struct form *form;
    const struct column_of *columns;
};

static const struct column_of office_columns[] = { { "id", "number" },     { "name", "name" }, { "level", "rank" },
                                                   { "parent", "parent" }, { "area", "code" }, { 0 } };
static const struct column_of division_columns[] = {
    { "code", "code" },   { "name", "name" },           { "level", "rank" },        { "parent", "parent" },
    { "office", "home" }, { "from", "valid_from" },     { "to", "valid_to" },       { "successor", "successor" },
    { "kind", "kind" },   { "longitude", "longitude" }, { "latitude", "latitude" }, { 0 },
};
static const struct column_of code_columns[] = { { "list", "list" },       { "code", "code" },
                                                 { "label", "label" },     { "sort", "sequence" },
                                                 { "from", "valid_from" }, { "to", "valid_to" },
                                                 { "note", "remark" },     { 0 } };
static const struct column_of standard_columns[] = {
    { "id", "standard" },
    { "layer", "layer" },
    { "subject", "subject" },
    { "label", "label" },
    { "op", "op" },
    { "value", "value" },
    { "unit", "unit" },
    { "severity", "severity" },
    { "document", "document" },
    { "document_no", "document_no" },
    { "article", "article" },
    { "confidence", "confidence" },
    { "effective_from", "effective_from" },
    { "effective_to", "effective_to" },
    { "note", "note" },
    { 0 },
};
static const struct column_of document_columns[] = {
    { "title", "title" },
    { "alias", "alias" },
    { "number", "number" },
    { "issuer", "issuer" },
    { "layer", "layer" },
    { "issued", "issued" },
    { "effective_from", "effective_from" },
    { "effective_to", "effective_to" },
    { "superseded_by", "superseded_by" },
    { "confidence", "confidence" },
    { "note", "note" },
    { 0 },
};
static const struct column_of calendar_columns[] = {
    { "day", "date" }, { "works", "works" }, { "name", "name" }, { 0 }
};
static const struct column_of year_columns[] = { { "year", "year" }, { "note", "remark" }, { 0 } };
static const struct column_of functional_columns[] = { { "code", "code" },       { "member", "member" },
                                                       { "from", "valid_from" }, { "to", "valid_to" },
                                                       { "note", "remark" },     { 0 } };
static const struct column_of phrase_columns[] = {
    { "list", "list" }, { "code", "code" }, { "label", "label" }, { "sort", "sequence" }, { 0 }
};

static const struct file_of first_files[] = {
    { "standards/offices.csv", &office_form, office_columns },
    { "standards/divisions.csv", &division_form, division_columns },
    { "standards/codes.csv", &code_item_form, code_columns },
    { "standards/scope_phrases.csv", &code_item_form, phrase_columns },
    { "standards/documents.csv", &policy_document_form, document_columns },
    { "standards/calendar.csv", &calendar_day_form, calendar_columns },
    { "standards/calendar_years.csv", &calendar_year_form, year_columns },
    { 0 },
};
/* Need divisions and codes to be known. */
static const struct file_of second_files[] = {
    { "standards/standards.csv", &standard_form, standard_columns },
    { "standards/functional_areas.csv", &functional_area_form, functional_columns },
    { 0 },
};

struct chunk {
    const struct file_of *file;
    const struct csv *csv;
    size_t from, to;
};

/* The line of a file as a row; the first fault is told with file and line. */
static enum status
write_line(struct call *call, struct writer *writer, const struct file_of *file, const struct csv *csv, size_t i)
{
    struct node *input = node_map(call->arena);
    struct row *row = row_new(call, file->form);
    if (input == NULL || row == NULL)
        return NO_MEMORY;
    for (const struct column_of *column = file->columns; column->column != NULL; column++) {
        const char *cell = csv_cell(csv, i, column->column);
        if (cell[0] != '\0')
            node_put_text(call->arena, input, column->field, cell);
    }
    enum status status = input_read(call, file->form, NULL, input, row);
    if (status == OK)
        status = row_create(call, writer, row);
    if (status != OK && call->message == NULL)
        call_fail(call, status, "%s 第%zu行：%s%s", file->path, i + 1,
                  call->faults == NULL || call->faults->label == NULL ? "" : call->faults->label,
                  call->faults == NULL ? status_title(status) : call->faults->message);
    return status;
}

static enum status
write_rows(struct call *call, struct writer *writer, void *arg)
{
    const struct chunk *chunk = arg;
    enum status status = OK;
    for (size_t i = chunk->from; i < chunk->to && status == OK; i++)
        status = write_line(call, writer, chunk->file, chunk->csv, i);
    return status;
}

enum { CHUNK = 200 };

static enum status
read_file(struct call *call, const struct file_of *file, struct csv *csv)
{
    const struct asset *asset = asset_find(file->path);
    if (asset == NULL)
        return call_fail(call, BROKEN, "程序中缺少 %s", file->path);
    const char *text = arena_copy(call->arena, asset->bytes, asset->n);
    return text == NULL ? NO_MEMORY : csv_read(call->arena, text, 100000, csv);
}

static enum status
load_file(struct call *call, const struct file_of *file)
{
    struct csv csv = { 0 };
    enum status status = read_file(call, file, &csv);
    for (size_t from = 1; status == OK && from < csv.rows; from += CHUNK) {
        struct chunk chunk = { file, &csv, from, from + CHUNK < csv.rows ? from + CHUNK : csv.rows };
        status = call_write(call, LANE_BULK, write_rows, &chunk);
    }
    return status;
}

/* Lists that the program itself knows: departments, levels, posts of the desk. */
static enum status
write_own_codes(struct call *call, struct writer *writer, void *arg)
{
    enum status status = OK;
    static const char *const level_labels[] = { "国家", "省", "市", "县", "乡" };
    (void)arg;
    for (int list = 0; list < 3 && status == OK; list++) { /* what is there already stays as the city keeps it */
        const int n = list == 0 ? DEPARTMENT_COUNT : list == 1 ? L_TOWN + 1 : P_LOGISTICS + 1;
        for (int i = 0; i < n && status == OK; i++) {
            const char *name = list == 0 ? "department" : list == 1 ? "level" : "desk_post";
            const char *code = list == 0   ? department_code((enum department)i)
                               : list == 1 ? level_code((enum level)i)
                                           : post_code((enum post)i);
            struct row *row = row_new(call, &code_item_form);
            if (row == NULL)
                return NO_MEMORY;
            if (code_label(call->reference, name, code) != NULL)
                continue;
            row_set_text(row, "list", name);
            row_set_text(row, "code", code);
            row_set_text(row, "label",
                         list == 0   ? department_label((enum department)i)
                         : list == 1 ? level_labels[i]
                                     : post_label((enum post)i));
            row_set_int(row, "sequence", i);
            status = row_create(call, writer, row);
        }
    }
    return status;
}

/* The list of offices, so that people choose a name and not a number. */
static enum status
write_office_codes(struct call *call, struct writer *writer, void *arg)
{
    struct rows rows;
    (void)arg;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select number, name from office where rank in ('city', 'county') order by number", NO_ARGS, &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *row = row_new(call, &code_item_form);
        if (row == NULL)
            return NO_MEMORY;
        row_set_text(row, "list", "office");
        row_set_text(row, "code", arena_format(call->arena, "%lld", (long long)rows_int(&rows, i, 0)));
        row_set_text(row, "label", rows_text(&rows, i, 1));
        row_set_int(row, "sequence", (int64_t)i + 1);
        status = row_create(call, writer, row);
    }
    return status;
}

static enum status
load_files(struct call *call, const struct file_of *files, void (*progress)(void *, int), void *state)
{
    enum status status = OK;
    for (int i = 0; files[i].path != NULL && status == OK; i++) {
        status = load_file(call, &files[i]);
        if (progress != NULL)
            progress(state, (i + 1) * 100);
    }
    return status;
}

/* Makes the snapshot anew and goes on with it. */
static enum status
look_again(struct call *call)
{
    const enum status status = reference_load(call->house);
    if (status != OK)
        return status;
    reference_drop(call->house, call->reference);
    call->reference = reference_take(call->house);
    return OK;
}

enum status
area_load(struct call *call, void (*progress)(void *, int), void *state)
{
    enum status status = call_write(call, LANE_BULK, write_own_codes, NULL);
    if (status == OK)
        status = load_files(call, first_files, progress, state);
    if (status == OK)
        status = call_write(call, LANE_BULK, write_office_codes, NULL);
    if (status == OK)
        status = look_again(call);
    if (status == OK)
        status = load_files(call, second_files, NULL, NULL);
    return status == OK ? look_again(call) : status;
}

/* ---- a new release brings new codes and numbers of the law; what is there stays as the city keeps it ---- */

/* Also those that the city has retired: they are no part of the snapshot, and must not come back. */
static bool
standard_there(const struct rows *rows, const struct csv *csv, size_t i)
{
    static const char *const columns[] = { "id", "layer", "effective_from" };
    for (size_t k = 0; k < rows->n; k++) {
        bool same = true;
        for (size_t c = 0; c < 3 && same; c++) {
            const char *cell = rows_text(rows, k, c);
            same = strcmp(cell == NULL ? "" : cell, csv_cell(csv, i, columns[c])) == 0;
        }
        if (same)
            return true;
    }
    return false;
}

/* Codes first: the standards are checked against them. */
static enum status
write_new(struct call *call, struct writer *writer, void *arg)
{
    const bool codes = arg == first_files;
    const struct form *form = codes ? &code_item_form : &standard_form;
    struct rows standards = { 0 };
    enum status status = codes
                             ? write_own_codes(call, writer, NULL)
                             : reader_rows(writer_reader(writer), call->arena,
                                           "select standard, layer, effective_from from standard", NO_ARGS, &standards);
    for (const struct file_of *file = arg; file->path != NULL && status == OK; file++) {
        struct csv csv = { 0 };
        if (file->form != form)
            continue;
        status = read_file(call, file, &csv);
        for (size_t i = 1; i < csv.rows && status == OK; i++)
            if (codes ? code_label(call->reference, csv_cell(&csv, i, "list"), csv_cell(&csv, i, "code")) == NULL
                      : !standard_there(&standards, &csv, i))
                status = write_line(call, writer, file, &csv, i);
    }
    return status;
}

enum status
area_top_up(struct call *call)
{
    const struct file_of *const files[] = { first_files, second_files };
    enum status status = OK;
    if (call->reference->standards_n == 0)
        return OK;
    for (int i = 0; i < 2 && status == OK; i++) {
        status = call_write(call, LANE_BULK, write_new, (void *)(uintptr_t)files[i]);
        if (status == OK && call->answer_row != 0)
            status = look_again(call);
    }
    return status;
}
