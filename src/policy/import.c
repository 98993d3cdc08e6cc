#include "policy/import.h"

#include <string.h>

#include "base/text.h"
#include "policy/show.h"
#include "policy/write.h"

/* Rows in one transaction, where others wait for the writer and where nobody does. */
enum { BATCH_BESIDE = 200, BATCH_ALONE = 500 };

struct importing {
    struct call *call;
    const struct form *form;
    const struct csv *sheet;
    const char *fingerprint;
    int fields[CSV_COLUMNS]; /* column -> field, -1: none */
    struct import_report *report;
    size_t header;
};

static void
keep_fault(struct importing *in, struct arena *keep, size_t row, const char *label, const char *message)
{
    struct import_report *report = in->report;
    if (report->faults_n == IMPORT_FAULTS)
        return;
    report->faults[report->faults_n++] =
        (struct import_fault){ row + 1, label == NULL ? "" : arena_text(keep, label), arena_text(keep, message) };
}

static void
keep_faults(struct importing *in, const struct call *call, enum status status, size_t row)
{
    struct arena *keep = in->call->arena;
    for (const struct fault *fault = call->faults; fault != NULL; fault = fault->next)
        keep_fault(in, keep, row, fault->label, fault->message);
    if (call->faults == NULL)
        keep_fault(in, keep, row, NULL, call->message != NULL ? call->message : status_title(status));
}

/* The heading as people write it: without blanks, a star for required ones, or a unit in brackets. */
static bool
heading_fits(struct arena *arena, const struct field *field, const char *heading)
{
    char *plain = heading[0] == '\0' ? NULL : text_nfkc(arena, heading);
    if (plain == NULL)
        return false;
    size_t n = strcspn(plain, "*(");
    while (n > 0 && plain[n - 1] == ' ')
        n--;
    plain[n] = '\0';
    const char *label = text_nfkc(arena, field->label);
    const size_t label_n = label == NULL ? 0 : strcspn(label, "(");
    return strcmp(plain, field->name) == 0 || (label != NULL && label_n == n && strncmp(plain, label, n) == 0);
}

/* The header is the line among the first that names most fields: a title or a note may stand above it. */
static size_t
find_header(const struct importing *in)
{
    size_t best = 0, most = 0;
    for (size_t line = 0; line < in->sheet->rows && line < 6; line++) {
        size_t found = 0;
        for (size_t c = 0; c < in->sheet->columns && c < CSV_COLUMNS; c++)
            for (int f = 0; in->form->fields[f].name != NULL; f++)
                found += heading_fits(in->call->arena, &in->form->fields[f],
                                      in->sheet->cells[line * in->sheet->columns + c]);
        if (found > most) {
            most = found;
            best = line;
        }
    }
    return best;
}

static enum status
find_columns(struct importing *in)
{
    struct buf unknown;
    size_t found = 0;
    buf_init(&unknown, 2000);
    for (size_t c = 0; c < in->sheet->columns && c < CSV_COLUMNS; c++) {
        const char *heading = in->sheet->cells[in->header * in->sheet->columns + c];
        in->fields[c] = -1;
        for (int f = 0; in->form->fields[f].name != NULL && in->fields[c] < 0; f++) {
            const struct field *field = &in->form->fields[f];
            if (!field->computed && !field->retired && field->type != F_FILE &&
                heading_fits(in->call->arena, field, heading))
                in->fields[c] = f;
        }
        found += in->fields[c] >= 0;
        if (in->fields[c] < 0 && heading[0] != '\0') {
            buf_text(&unknown, unknown.n == 0 ? "" : "、");
            buf_text(&unknown, heading);
        }
    }
    if (unknown.n > 0 && !unknown.failed)
        in->report->unknown = arena_copy(in->call->arena, unknown.bytes, unknown.n);
    buf_free(&unknown);
    return found > 0 ? OK : call_fail(in->call, INVALID, "表头中没有“%s”的字段，请使用导出的表头", in->form->title);
}

/* One code or several: by code, or by label as people see it. */
static const char *
codes_text(struct call *call, const struct field *field, const char *cell)
{
    static const char *const marks[] = { "、", "|", ",", "，", ";", "；" };
    const struct code_list *list = code_list(call->reference, field->code);
    struct buf out;
    buf_init(&out, 2000);
    for (const char *at = cell; *at != '\0';) {
        const char *end = at + strlen(at), *next = end;
        for (size_t m = 0; field->type == F_CODES && m < sizeof marks / sizeof marks[0]; m++) {
            const char *mark = strstr(at, marks[m]);
            if (mark != NULL && mark < end) {
                end = mark;
                next = mark + strlen(marks[m]);
            }
        }
        const char *word = text_nfkc(call->arena, arena_copy(call->arena, at, (size_t)(end - at))), *code = word;
        for (size_t i = 0; list != NULL && word != NULL && i < list->n; i++) {
            const char *label = text_nfkc(call->arena, list->codes[i].label);
            if (label != NULL &&
                (strcmp(label, word) == 0 || (strncmp(label, word, strlen(word)) == 0 && label[strlen(word)] == '(')))
                code = list->codes[i].code;
        }
        if (word != NULL && word[0] != '\0') {
            buf_char(&out, '|');
            buf_text(&out, code);
        }
        at = next;
    }
    const char *text =
        out.n == 0 ? "" : arena_copy(call->arena, out.bytes + (field->type == F_CODE), out.n - (field->type == F_CODE));
    buf_free(&out);
    return text;
}

/* A division by its code, its name (when only one in my offices bears it) or the end of its path. */
static const char *
area_text(struct call *call, const char *cell)
{
    const char *found = cell;
    size_t hits = 0;
    if (division_of(call->reference, cell) != NULL)
        return cell;
    for (size_t i = 0; i < call->reference->divisions_n; i++) {
        const struct division *division = &call->reference->divisions[i];
        const char *path = division_path(call->arena, call->reference, division->code);
        const size_t n = path == NULL ? 0 : strlen(path), word = strlen(cell);
        bool mine = false;
        for (size_t o = 0; o < call->me->offices_n; o++)
            mine = mine || call->me->offices[o] == division->office;
        if (mine && word > 0 && n >= word && strcmp(path + n - word, cell) == 0 &&
            strstr(cell, division->name) != NULL) {
            found = division->code;
            hits++;
        }
    }
    return hits == 1 ? found : cell;
}

/* "2026/3/5" and "2026年3月5日" as people and spreadsheets write them. */
static const char *
date_text(struct call *call, const char *cell)
{
    int part[3] = { 0 }, n = 0;
    bool digit = false;
    for (const char *at = cell; *at != '\0'; at++) {
        if (*at >= '0' && *at <= '9') {
            if (!digit && n == 3)
                return cell;
            n += !digit;
            digit = true;
            if (part[n - 1] > 99999)
                return cell;
            part[n - 1] = part[n - 1] * 10 + (*at - '0');
        } else {
            digit = false;
        }
    }
    if (n == 1 && part[0] > 19000101 && part[0] < 21001231)
        return arena_format(call->arena, "%04d-%02d-%02d", part[0] / 10000, part[0] / 100 % 100, part[0] % 100);
    return n == 3 ? arena_format(call->arena, "%04d-%02d-%02d", part[0], part[1], part[2]) : cell;
}

static struct node *
row_input(struct importing *in, struct call *call, size_t line)
{
    struct node *input = node_map(call->arena);
    for (size_t c = 0; c < in->sheet->columns && c < CSV_COLUMNS; c++) {
        if (in->fields[c] < 0)
            continue;
        const struct field *field = &in->form->fields[in->fields[c]];
        const char *cell = in->sheet->cells[line * in->sheet->columns + c];
        if (cell[0] == '\'' && cell[1] != '\0' && strchr("=+-@", cell[1]) != NULL)
            cell++; /* as our own exports protect it */
        if (cell[0] == '\0')
            continue;
        if (field->type == F_CODE || field->type == F_CODES)
            cell = codes_text(call, field, cell);
        else if (field->type == F_AREA)
            cell = area_text(call, cell);
        else if (field->type == F_DATE)
            cell = date_text(call, cell);
        node_put_text(call->arena, input, field->name, cell);
    }
    return input;
}

static enum status
judge_row(struct importing *in, struct call *call, size_t line, struct row **out)
{
    struct row *row = *out = row_new(call, in->form);
    if (row == NULL)
        return NO_MEMORY;
    enum status status = input_read(call, in->form, NULL, row_input(in, call, line), row);
    if ((status == OK || status == INVALID) && form_whole(in->form))
        status = need_check(call, in->form, row);
    return status;
}

/* Judged rows on their way to one transaction. */
struct batch {
    struct importing *in;
    struct call call;
    struct row *rows[BATCH_ALONE];
    size_t lines[BATCH_ALONE], n, known;
    /* a trial: what each row met, and how far it came */
    enum status met[BATCH_ALONE];
    struct fault *faults[BATCH_ALONE];
    const char *messages[BATCH_ALONE];
    size_t from, tried;
};

static enum status
write_batch(struct call *call, struct writer *writer, void *arg)
{
    struct batch *batch = arg;
    enum status status = OK;
    batch->known = 0;
    for (size_t i = 0; i < batch->n && status == OK; i++) {
        struct create_args create = { batch->rows[i] };
        bool known = false;
        status = call_once(
            call, writer,
            arena_format(call->arena, "%.40s:%s:%zu", batch->in->fingerprint, batch->in->form->name, batch->lines[i]),
            write_create, &create, &known);
        batch->known += known;
    }
    return status;
}

static bool
is_ours(enum status status)
{
    return status == NO_MEMORY || status == BUSY || status == FULL || status == BROKEN;
}

/* Where the form can say it beforehand: what this row will do. */
static void
preview(struct importing *in, struct call *call, const struct row *row, size_t line)
{
    struct import_report *report = in->report;
    if (in->form->preview == NULL || report->notes_n == IMPORT_FAULTS)
        return;
    struct reader *reader = store_reader(in->call->house->store);
    const char *words = reader == NULL ? NULL : in->form->preview(call, reader, row);
    store_reader_done(in->call->house->store, reader);
    if (words != NULL)
        report->notes[report->notes_n++] =
            (struct import_fault){ line + 1, arena_text(in->call->arena, row_title(call, row, G_ALL)),
                                   arena_text(in->call->arena, words) };
}

/* ---- the trial: everything is done as if it were meant, and taken back ---- */

/* Rows see those before them, so that what is twice in one sheet is found. Never OK: nothing of it stays. */
static enum status
try_batch(struct call *call, struct writer *writer, void *arg)
{
    struct batch *batch = arg;
    for (batch->tried = batch->from; batch->tried < batch->n;) {
        const size_t i = batch->tried++;
        struct create_args create = { batch->rows[i] };
        bool known = false;
        call_reset(call);
        batch->met[i] = call_once(
            call, writer,
            arena_format(call->arena, "%.40s:%s:%zu", batch->in->fingerprint, batch->in->form->name, batch->lines[i]),
            write_create, &create, &known);
        batch->faults[i] = call->faults;
        batch->messages[i] = call->message;
        if (is_ours(batch->met[i]) || (batch->met[i] == CONFLICT && writer_conflict(writer) != NULL))
            return batch->met[i];
    }
    return INVALID;
}

/* After a refusal by the database the transaction is of no more use: the rest is tried in a new one. */
static enum status
flush_trial(struct batch *batch)
{
    struct importing *in = batch->in;
    enum status status = OK;
    for (batch->from = 0; batch->from < batch->n && !is_ours(status); batch->from = batch->tried)
        status = call_write(&batch->call, LANE_BULK, try_batch, batch);
    for (size_t i = 0; i < batch->n && !is_ours(status); i++) {
        batch->call.faults = batch->faults[i];
        batch->call.message = batch->messages[i];
        if (batch->met[i] == OK) {
            in->report->good++;
            preview(in, &batch->call, batch->rows[i], batch->lines[i]);
        } else {
            keep_faults(in, &batch->call, batch->met[i], batch->lines[i]);
        }
    }
    batch->n = 0;
    return is_ours(status) ? status : OK;
}

/* All together; when one of them is refused, each for itself, so that the good ones are kept. */
static enum status
flush_batch(struct batch *batch)
{
    struct importing *in = batch->in;
    const size_t n = batch->n;
    if (n == 0)
        return OK;
    enum status status = call_write(&batch->call, LANE_BULK, write_batch, batch);
    if (status == OK) {
        in->report->known += batch->known;
        in->report->written += n - batch->known;
        in->report->good += n;
        batch->n = 0;
        return OK;
    }
    struct row *rows[BATCH_ALONE];
    size_t lines[BATCH_ALONE];
    memcpy(rows, batch->rows, sizeof rows);
    memcpy(lines, batch->lines, sizeof lines);
    for (size_t i = 0; i < n && !is_ours(status); i++) {
        batch->rows[0] = rows[i];
        batch->lines[0] = lines[i];
        batch->n = 1;
        status = call_write(&batch->call, LANE_BULK, write_batch, batch);
        if (status == OK) {
            in->report->known += batch->known;
            in->report->written += 1 - batch->known;
            in->report->good++;
        } else if (!is_ours(status)) {
            keep_faults(in, &batch->call, status, lines[i]);
        }
    }
    batch->n = 0;
    return is_ours(status) ? status : OK;
}

static enum status
begin_batch(struct batch *batch)
{
    struct importing *in = batch->in;
    struct arena *arena = arena_new(256u << 20);
    if (arena == NULL)
        return NO_MEMORY;
    call_init(&batch->call, in->call->house, arena, in->call->me, in->call->now_ms);
    batch->call.reference = in->call->reference;
    batch->call.address = in->call->address;
    batch->n = 0;
    return OK;
}

static enum status
one_row(struct batch *batch, size_t line)
{
    struct importing *in = batch->in;
    struct row *row;
    call_reset(&batch->call);
    enum status status = judge_row(in, &batch->call, line, &row);
    if (status == OK) {
        batch->rows[batch->n] = row;
        batch->lines[batch->n++] = line;
    } else if (!is_ours(status)) {
        keep_faults(in, &batch->call, status, line);
    }
    return is_ours(status) ? status : OK;
}

/* What the command line imports into SQLite: no server runs beside it, the folder is locked. */
static size_t
rows_together(const struct call *call)
{
    const bool alone = call->me->department == D_ENGINE && store_engine(call->house->store) == ENGINE_SQLITE;
    return alone ? BATCH_ALONE : BATCH_BESIDE;
}

enum status
import_rows(struct call *call, const struct form *form, const struct csv *sheet, const char *fingerprint, bool write,
            void (*progress)(void *, int), void *state, struct import_report *report)
{
    struct importing in = { .call = call, .form = form, .sheet = sheet, .fingerprint = fingerprint, .report = report };
    *report = (struct import_report){ 0 };
    if (call->me->department != D_ENGINE && (duty_may(form, call->me) & MAY_IMPORT) == 0)
        return DENIED;
    if (sheet->rows < 2)
        return call_fail(call, INVALID, "文件中没有数据行");
    in.header = find_header(&in);
    enum status status = find_columns(&in);
    report->rows = sheet->rows - in.header - 1;
    struct batch *batch = arena_alloc(call->arena, sizeof *batch);
    if (batch == NULL)
        return NO_MEMORY;
    batch->in = &in;
    const size_t together = rows_together(call);
    for (size_t line = in.header + 1; line < sheet->rows && status == OK;) {
        status = begin_batch(batch);
        if (status != OK)
            break;
        for (size_t i = 0; i < together && line < sheet->rows && status == OK; i++, line++)
            status = one_row(batch, line);
        if (status == OK)
            status = write ? flush_batch(batch) : flush_trial(batch);
        arena_free(batch->call.arena);
        if (progress != NULL)
            progress(state, (int)(line * 1000 / sheet->rows));
    }
    if (progress != NULL)
        progress(state, 1000);
    return status;
}
