/* What the officer needs beside the form itself: the documents, the ledgers that the rules looked at, and what the
 * institution changed since the filing was returned. */
#include <string.h>

#include "base/json.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/list.h"

static struct node *
child(struct node *map, const char *name)
{
    return (struct node *)(uintptr_t)node_get(map, name);
}

/* When the case was handed in for the time before the last return: what is younger is new to the officer. 0: it was
 * never returned. */
static enum status
submitted_before(struct call *call, struct reader *reader, const struct row *filing, int64_t *at)
{
    struct rows rows;
    *at = 0;
    if (row_int(filing, "returns") == 0)
        return OK;
    enum status status =
        reader_rows(reader, call->arena,
                    "select max(at) from journal where office = ?1 and row = ?2 and action like 'submit%' and id < "
                    "(select max(id) from journal where office = ?1 and row = ?2 and action = 'return')",
                    ARGS(value_int(filing->office), value_int(filing->id)), &rows);
    if (status == OK && rows.n > 0)
        *at = rows_int(&rows, 0, 0);
    return status;
}

static void
put_document(struct call *call, const struct row *row, const struct rows *files, int64_t since, struct node *list)
{
    struct day until;
    struct node *document = node_put_map(call->arena, list, NULL);
    if (since != 0 && row->changed_at > since)
        node_put_bool(call->arena, document, "changed", true);
    node_put_text(call->arena, document, "label", code_label(call->reference, "evidence_kind", row_text(row, "kind")));
    node_put_url(call->arena, document, "file_url",
                 arena_format(call->arena, "/evidence/%lld/file/file", (long long)row->id));
    for (size_t i = 0; i < files->n; i++)
        if (rows_int(files, i, 0) == row_int(row, "file")) {
            const char *type = rows_text(files, i, 2);
            node_put_text(call->arena, document, "file_name", rows_text(files, i, 1));
            node_put_bool(call->arena, document, "is_image", type != NULL && strncmp(type, "image/", 6) == 0);
        }
    if (row_day(row, "expires_on", &until)) {
        node_put_date(call->arena, document, "expires", row_text(row, "expires_on"));
        node_put_bool(call->arena, document, "expired", until.n < call->today.n);
    }
}

static enum status
documents(struct call *call, struct reader *reader, const struct row *filing, int64_t since, struct node *model)
{
    struct row_set set;
    struct rows files;
    if (list_groups(&evidence_form, call->me) == 0)
        return OK;
    struct node *query = node_map(call->arena), *list = node_put_list(call->arena, child(model, "view"), "documents");
    node_put_text(call->arena, query, "institution", arena_format(call->arena, "%lld", (long long)filing->institution));
    enum status status = list_rows(call, reader, &evidence_form, query, MAY_SEE, 200, &set);
    if (status == OK)
        status = reader_rows(
            reader, call->arena,
            "select f.id, f.name, f.type from file f join evidence e on e.office = f.office and e.file = f.id "
            "where e.office = ?1 and e.institution = ?2 limit 500",
            ARGS(value_int(filing->office), value_int(filing->institution)), &files);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (row_int(set.rows[i], "replaced") == 0)
            put_document(call, set.rows[i], &files, since, list);
    return status;
}

static void
mark(struct call *call, struct node *view, const char *name)
{
    struct node *sections = child(view, "sections");
    for (struct node *section = sections == NULL ? NULL : sections->first; section != NULL; section = section->next)
        for (struct node *field = child(section, "fields")->first; field != NULL; field = field->next)
            if (strcmp(node_text_of(field, "name"), name) == 0 && node_get(field, "changed") == NULL)
                node_put_bool(call->arena, field, "changed", true);
}

/* Journal entries after the last return name the fields that were changed. */
static enum status
changes(struct call *call, struct reader *reader, const struct row *filing, struct node *model)
{
    struct rows rows;
    struct node *view = child(model, "view");
    if (row_int(filing, "returns") == 0)
        return OK;
    node_put_text(call->arena, view, "previous_note", row_text(filing, "missing_note"));
    enum status status =
        reader_rows(reader, call->arena,
                    "select body from journal where office = ?1 and row = ?2 and action = 'change' and id > (select "
                    "max(id) from journal where office = ?1 and row = ?2 and action = 'return') order by id limit 200",
                    ARGS(value_int(filing->office), value_int(filing->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *body;
        const char *why, *text = rows_text(&rows, i, 0);
        if (text == NULL || json_read(call->arena, text, strlen(text), &body, &why) != OK)
            continue;
        static const char *const parts[] = { "f", "d" };
        for (int p = 0; p < 2; p++) {
            const struct node *part = node_get(body, parts[p]);
            for (const struct node *field = part == NULL ? NULL : part->first; field != NULL; field = field->next)
                mark(call, view, field->name);
        }
    }
    return status;
}

/* 常用语: my own phrases beside every box of lines that a step asks. */
static enum status
phrases(struct call *call, struct reader *reader, struct node *model)
{
    struct row_set set;
    const struct node *steps = node_get(child(model, "view"), "steps");
    if (list_groups(&phrase_form, call->me) == 0 || steps == NULL)
        return OK;
    enum status status = list_rows(call, reader, &phrase_form, node_map(call->arena), MAY_SEE, 50, &set);
    for (const struct node *step = steps->first; status == OK && set.n > 0 && step != NULL; step = step->next)
        for (struct node *field = child((struct node *)(uintptr_t)step, "fields")->first; field != NULL;
             field = field->next) {
            if (node_get(field, "lines") == NULL)
                continue;
            struct node *list = node_put_list(call->arena, field, "phrases");
            for (size_t i = 0; i < set.n; i++) {
                struct node *phrase = node_put_map(call->arena, list, NULL);
                node_put_text(call->arena, phrase, "title", row_text(set.rows[i], "title"));
                node_put_text(call->arena, phrase, "text", row_text(set.rows[i], "text"));
                node_put_text(call->arena, phrase, "into", node_text_of(field, "id"));
            }
        }
    return status;
}

/* One of the ledgers that the rules looked at, what is younger than `since` marked. */
static enum status
ledger(struct call *call, struct reader *reader, const struct row *filing, const struct form *form, int64_t since,
       struct node *model)
{
    struct node *query = node_map(call->arena);
    node_put_text(call->arena, query, "institution", arena_format(call->arena, "%lld", (long long)filing->institution));
    return record_part(call, reader, form, query, NULL, since, model);
}

enum status
filing_show(struct call *call, struct reader *reader, const struct row *filing, struct node *model)
{
    static const struct form *const ledgers[] = { &room_form, &class_form, &staff_form };
    int64_t since;
    enum status status = submitted_before(call, reader, filing, &since);
    if (status == OK)
        status = documents(call, reader, filing, since, model);
    if (call->me->department == D_HEALTH && call->me->level == L_COUNTY)
        node_put_url(call->arena, child(model, "view"), "national_url",
                     arena_format(call->arena, "/national_copy/%lld", (long long)filing->id));
    if (status == OK)
        status = phrases(call, reader, model);
    if (status == OK)
        status = changes(call, reader, filing, model);
    for (size_t i = 0; status == OK && i < sizeof ledgers / sizeof ledgers[0]; i++)
        status = ledger(call, reader, filing, ledgers[i], since, model);
    return status;
}
