/* 照片 — 个人信息保护法 第十九、三十一条; clauses C041, C043. No photo of a child without the guardian's consent, and
 * none for longer than the city's days. The row stays and says when its photo went. */
#include "domain/care/photos.h"

#include <string.h>

#include "domain/child/child.h"
#include "domain/child/forget.h"
#include "policy/job.h"

enum { AT_ONCE = 100, DAY_MS = 24 * 60 * 60 * 1000 };

/* The photo of a form, NULL: none, or not of a child. */
static const struct field *
photo_of(const struct form *form)
{
    const char *column = child_column(form);
    if (column == NULL || strcmp(column, "part") == 0)
        return NULL;
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (consent_covers("photo", form, field))
            return field;
    return NULL;
}

/* ---- only with consent ---- */

enum status
photo_consented(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const struct field *photo = photo_of(change->form);
    if (photo == NULL || !row_has(row, photo->name) || !row_differs(row, change->old, photo->name))
        return OK;
    const enum status status = consent_check(call, reader, change, "photo");
    if (status == OK && form_field(change->form, PHOTO_GONE, NULL) != NULL)
        row_set(row, PHOTO_GONE, value_null()); /* another one instead of that which went */
    return status;
}

/* ---- for a time ---- */

/* While a case goes on, what shows it stays: the illness of that day, the injury that was reported. */
struct held {
    const char *form, *unless; /* over alias r */
};
#define ILL                                                                                                            \
    " and not exists (select 1 from isolation i where i.office = r.office and i.child = r.child and i.found_on = "     \
    "r.day "                                                                                                           \
    "and i.state <> 'ended')"
static const struct held held[] = {
    { "morning_check", ILL },
    { "observation", ILL },
    { "incident", " and not exists (select 1 from incident_report i where i.office = r.office and i.part = r.id and "
                  "i.state <> 'closed')" },
    { NULL, "" },
};

static const char *
unless(const struct form *form)
{
    size_t i = 0;
    while (held[i].form != NULL && strcmp(held[i].form, form->name) != 0)
        i++;
    return held[i].unless;
}

/* The id of a file tells when it came: what is below this id is older than the days. */
static enum status
due_in(struct call *call, struct reader *reader, const struct form *form, int64_t office, int64_t below,
       struct rows *rows)
{
    struct query query;
    const struct field *photo = photo_of(form);
    query_init(&query, call->arena);
    query_text(&query, "select r.id from ");
    query_name(&query, form->name);
    query_add(&query, " r where r.office = ?1 and r.", ARGS(value_int(office)));
    query_name(&query, photo->name);
    query_text(&query, " > 0 and r.");
    query_name(&query, photo->name);
    query_add(&query, " < ?1", ARGS(value_int(below)));
    query_text(&query, unless(form));
    query_text(&query, " order by r.");
    query_name(&query, photo->name);
    query_add(&query, " limit ?1", ARGS(value_int(AT_ONCE)));
    return query_rows(reader, call->arena, &query, rows);
}

static enum status
delete_due(struct call *call, struct writer *writer, int64_t office, bool *more)
{
    const int64_t days = standard_int(call, "CFG-PHOTO-DAYS", 30);
    const int64_t below = id_make(call->now_ms - days * DAY_MS, 0, 0);
    enum status status = OK;
    *more = false;
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++) {
        struct rows rows = { 0 };
        const struct form *form = call->house->forms[i];
        if (photo_of(form) != NULL)
            status = due_in(call, writer_reader(writer), form, office, below, &rows);
        for (size_t k = 0; k < rows.n && status == OK; k++) {
            struct row *row;
            status = row_get(call, writer_reader(writer), form, rows_int(&rows, k, 0), &row);
            if (status == OK)
                status = forget_photos(call, writer, row);
        }
        *more = *more || rows.n == AT_ONCE;
    }
    return status;
}

enum status
photos_daily(struct call *call, struct writer *writer, int64_t office)
{
    bool more;
    const enum status status = delete_due(call, writer, office, &more);
    return status == OK && more ? job_plan(call, writer, office, PHOTOS_DUE, call->now_ms, node_map(call->arena))
                                : status;
}

enum status
photos_some(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    (void)result;
    return photos_daily(call, writer, job->office);
}
