/* The routes that every form has without further code: list, record, entry, change, step, history, files, export. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/url.h"
#include "desk/files.h"
#include "http/app.h"
#include "http/export.h"
#include "policy/attachment.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/paper_sheet.h"

enum { FILE_MOST = 20u << 20 };

/* ---- reading ---- */

/* What is seen by special leave is in the journal before it is shown. */
static enum status
note_look(struct visit *visit, const struct form *form, int64_t id, const char *what)
{
    const int64_t office = id == 0 ? visit->me.office : id_office(id);
    const struct relation *by = duty_journals(visit->app->house, form, &visit->me);
    struct call *call = &visit->call;
    enum status status = OK;
    if (by == NULL)
        return OK;
    if (by->why != NULL && id != 0 && call->purpose == NULL) {
        struct reader *reader = store_reader(visit->app->house->store);
        status = by->why(call, reader, id, &call->purpose);
        store_reader_done(visit->app->house->store, reader);
    }
    return status == OK ? journal_look(call, office, form->name, id, what) : status;
}

static void
get_list(struct visit *visit, const struct form *form)
{
    struct node *model = node_map(visit->call.arena);
    struct reader *reader = page_reader(visit);
    enum status status = list_model(&visit->call, reader, form, visit->request->query, model);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK && node_count(node_get(model, "data")) > 0)
        status = note_look(visit, form, 0, "列表");
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, OK, "page/list", form->title, model);
}

static void
get_entry(struct visit *visit, const struct form *form, int64_t id)
{
    struct row *row = NULL;
    unsigned may = 0, groups = 0;
    struct node *model = node_map(visit->call.arena);
    struct reader *reader = page_reader(visit);
    enum status status = OK;
    if (id != 0)
        status = row_seen(&visit->call, reader, form, id, &row, &may, &groups);
    else
        may = duty_may(form, &visit->me);
    if (status == OK && (may & (unsigned)(id != 0 ? MAY_CHANGE : MAY_CREATE)) == 0)
        status = DENIED;
    if (status == OK && id == 0 && form->fill != NULL && form->of == OF_INSTITUTION) { /* shows what is known already */
        row = row_new(&visit->call, form);
        row->institution = visit->me.institution;
        row->office = visit->me.office;
        struct change change = { .form = form, .new = row };
        if (row->institution != 0)
            form->fill(&visit->call, reader, &change);
    }
    if (status == OK)
        status = entry_model(&visit->call, reader, form, row, groups, visit->request->query, model);
    if (status == OK && id != 0)
        status = findings_model(&visit->call, reader, row, node_put_list(visit->call.arena, model, "findings"));
    store_reader_done(visit->app->house->store, reader);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, OK, "page/form", NULL, model);
}

static void
get_record(struct visit *visit, const struct form *form, int64_t id)
{
    struct node *model = node_map(visit->call.arena);
    struct reader *reader = page_reader(visit);
    enum status status = record_model(&visit->call, reader, form, id, model);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK)
        status = note_look(visit, form, id, "查看");
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, OK, form->page == NULL ? "page/record" : form->page, NULL, model);
}

static void
get_history(struct visit *visit, const struct form *form, int64_t id)
{
    struct node *model = node_map(visit->call.arena);
    struct reader *reader = page_reader(visit);
    enum status status = history_model(&visit->call, reader, form, id, model);
    store_reader_done(visit->app->house->store, reader);
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    const struct node *data = node_get(model, "data");
    struct node *entries = (struct node *)(uintptr_t)node_get(data, "entries");
    if (!visit->json && entries != NULL)
        node_put_node(view, "entries", entries);
    answer_model(visit, OK, "page/history", "办理记录", model);
}

static void
get_file(struct visit *visit, const struct form *form, int64_t id, const char *name)
{
    struct row *row;
    struct rows rows;
    unsigned may, groups;
    int index;
    char *bytes = NULL;
    size_t n = 0;
    struct call *call = &visit->call;
    const struct field *field = form_field(form, name, &index);
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status =
        field == NULL || field->type != F_FILE ? NOT_FOUND : row_seen(call, reader, form, id, &row, &may, &groups);
    if (status == OK && ((field_group(field) & groups) == 0 || row->cells[index].type != VALUE_INT))
        status = NOT_FOUND;
    if (status == OK)
        status = reader_rows(reader, call->arena, "select sm3, type from file where office = ?1 and id = ?2",
                             ARGS(value_int(id_office(row->cells[index].i)), value_int(row->cells[index].i)), &rows);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK)
        status = rows.n == 0 ? NOT_FOUND
                             : files_get(visit->app->files, rows_text(&rows, 0, 0), FILE_MOST, call->arena, &bytes, &n);
    if (status == OK && field->basis != BASIS_NONE)
        status = journal_look(call, row->office, form->name, id, name);
    if (status == OK && form->opened != NULL)
        status = form->opened(call, row);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_bytes(visit, 200, rows_text(&rows, 0, 1), bytes, n, NULL);
}

/* Asks what for, before a secret is shown. */
static void
get_unmask(struct visit *visit, const struct form *form, int64_t id, const char *name)
{
    struct call *call = &visit->call;
    const struct field *field = form_field(form, name, NULL);
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    if (field == NULL || !field->secret) {
        answer_problem(visit, NOT_FOUND);
        return;
    }
    node_put_text(call->arena, data, "title", arena_format(call->arena, "查看%s", field->label));
    node_put_url(call->arena, data, "action_url",
                 arena_format(call->arena, "/%s/%lld/unmask/%s", form->name, (long long)id, field->name));
    node_put_url(call->arena, data, "home_url", arena_format(call->arena, "/%s/%lld", form->name, (long long)id));
    answer_model(visit, OK, "page/unmask", field->label, model);
}

/* "123", "123.pdf" or "123/history": the id and what follows. */
static bool
split_id(struct visit *visit, const char *rest, int64_t *id, const char **after)
{
    const size_t n = strspn(rest, "0123456789");
    const char *digits = arena_copy(visit->call.arena, rest, n);
    *after = rest + n;
    return n > 0 && digits != NULL && id_parse(digits, id) && (**after == '\0' || **after == '/' || **after == '.');
}

/* Before a watched form shows rows: what for. The look is in the journal before the answer; one's own rows are free. */
static bool
look_noted(struct visit *visit, const struct form *form, const char *rest)
{
    int64_t id = 0;
    const char *after = "", *purpose = node_text_of(visit->request->query, "purpose");
    struct call *call = &visit->call;
    if (!form->watched || strcmp(rest, "/new") == 0 || strcmp(rest, ".csv") == 0 || strcmp(rest, ".xlsx") == 0 ||
        duty_own_only(form, &visit->me))
        return true; /* nothing is shown, or nothing of others; they are not exported at all */
    if (rest[0] == '/' && !split_id(visit, rest + 1, &id, &after))
        return true; /* leads nowhere */
    if (id != 0) {
        struct row *row;
        unsigned may, groups;
        struct reader *reader = store_reader(visit->app->house->store);
        const enum status status = row_seen(call, reader, form, id, &row, &may, &groups);
        store_reader_done(visit->app->house->store, reader);
        if (status != OK) {
            answer_problem(visit, status);
            return false;
        }
        if (row->created_by == visit->me.account)
            return true;
    }
    visit->json = visit->json || strstr(rest, ".json") != NULL;
    if (purpose != NULL && purpose[0] != '\0') {
        call->purpose = purpose;
        const enum status status =
            journal_look(call, id == 0 ? visit->me.office : id_office(id), form->name, id, id == 0 ? "名单" : "查看");
        if (status != OK)
            answer_problem(visit, status);
        return status == OK;
    }
    if (visit->json) {
        answer_problem(visit, call_fail(call, INVALID, "请填写查看原因"));
        return false;
    }
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", arena_format(call->arena, "查看%s", form->title));
    node_put_url(call->arena, data, "look_url", visit->request->path);
    node_put_url(call->arena, data, "home_url", "/");
    answer_model(visit, OK, "page/unmask", form->title, model);
    return false;
}

void
form_get(struct visit *visit, const struct form *form, const char *rest)
{
    int64_t id;
    const char *after;
    if (duty_may(form, &visit->me) == 0) {
        answer_problem(visit, visit->token_hash == NULL ? SIGNED_OUT : NOT_FOUND);
        return;
    }
    if (!look_noted(visit, form, rest))
        return;
    if (rest[0] == '\0' && !visit->json && (duty_may(form, &visit->me) & MAY_SEE) == 0)
        answer_redirect(visit, arena_format(visit->call.arena, "/%s/new", form->name), NULL); /* handed in, not seen */
    else if (rest[0] == '\0')
        get_list(visit, form);
    else if (strcmp(rest, ".json") == 0) {
        visit->json = true;
        get_list(visit, form);
    } else if (strcmp(rest, ".xlsx") == 0 || strcmp(rest, ".csv") == 0)
        export_list(visit, form, rest + 1);
    else if (strcmp(rest, "/blank.pdf") == 0 || strcmp(rest, "/month.pdf") == 0)
        print_ledger(visit, form, rest[1] == 'b');
    else if (strcmp(rest, "/import") == 0)
        import_get(visit, form);
    else if (strcmp(rest, "/template.csv") == 0 || strcmp(rest, "/template.xlsx") == 0)
        import_template(visit, form, strcmp(rest, "/template.xlsx") == 0);
    else if (strcmp(rest, "/new") == 0)
        get_entry(visit, form, 0);
    else if (rest[0] != '/' || !split_id(visit, rest + 1, &id, &after))
        answer_problem(visit, NOT_FOUND);
    else if (after[0] == '\0')
        get_record(visit, form, id);
    else if (strcmp(after, ".json") == 0) {
        visit->json = true;
        get_record(visit, form, id);
    } else if (strcmp(after, "/edit") == 0)
        get_entry(visit, form, id);
    else if (strcmp(after, ".pdf") == 0)
        print_record(visit, form, id);
    else if (strcmp(after, "/history") == 0)
        get_history(visit, form, id);
    else if (strncmp(after, "/unmask/", 8) == 0)
        get_unmask(visit, form, id, after + 8);
    else if (strncmp(after, "/file/", 6) == 0)
        get_file(visit, form, id, after + 6);
    else
        answer_problem(visit, NOT_FOUND);
}

/* ---- writing ---- */

struct posting {
    struct visit *visit;
    const struct form *form;
    struct node *typed;
    struct row *row; /* create and change: as it was typed */
    int64_t id, version;
    const char *step; /* NULL: create or change */
    struct attachment *uploads;
    size_t uploads_n;
    enum status status;
};

static enum status
write_posting(struct call *call, struct writer *writer, void *arg)
{
    struct posting *posting = arg;
    struct row *row = posting->row == NULL ? NULL : row_copy(call, posting->row);
    struct node *input = node_map(call->arena);
    const int64_t office = posting->id != 0 ? id_office(posting->id) : call->me->office;
    enum status status = OK;
    for (size_t i = 0; i < posting->uploads_n && status == OK; i++) {
        int64_t file;
        status = attachment_write(call, writer, office, &posting->uploads[i], &file);
        if (row != NULL)
            row_set_int(row, posting->uploads[i].field, file);
        node_put_id(call->arena, input, posting->uploads[i].field, file);
    }
    if (status != OK)
        return status;
    if (posting->step == NULL)
        return posting->id == 0 ? row_create(call, writer, row) : row_change(call, writer, row, posting->version);
    for (const struct node *node = posting->typed->first; node != NULL; node = node->next)
        if (node_get(input, node->name) == NULL) {
            struct node *copy = node_put(call->arena, input, node->name, node->type);
            if (copy != NULL) {
                copy->i = node->i;
                copy->text = node->text;
                copy->first = node->first;
                copy->last = node->last;
            }
        }
    return step_take(call, writer, posting->form, posting->id, posting->version, posting->step, input, NULL);
}

/* The form again, with what was typed and what is wrong: needs reads, so it runs on a worker. */
static void
show_faults(void *arg)
{
    struct posting *posting = arg;
    struct visit *visit = posting->visit;
    struct house *house = visit->app->house;
    struct node *model = node_map(visit->call.arena);
    struct row *row = NULL;
    unsigned may, groups = 0;
    struct reader *reader = store_reader(house->store);
    enum status status = OK;
    if (posting->id != 0)
        status = row_seen(&visit->call, reader, posting->form, posting->id, &row, &may, &groups);
    if (status == OK && posting->step == NULL)
        status = entry_model(&visit->call, reader, posting->form, row, groups, posting->typed, model);
    store_reader_done(house->store, reader);
    if (status != OK || posting->step != NULL)
        answer_problem(visit, status == OK ? posting->status : status);
    else
        answer_model(visit, posting->status, "page/form", NULL, model);
}

/* Who has just taken a step on a watched row sees what came of it for that purpose, and is not asked again. */
static const char *
with_purpose(struct call *call, const struct posting *posting, const char *url)
{
    const struct step *step = posting->step == NULL || !posting->form->watched || posting->form->procedure == NULL
                                  ? NULL
                                  : procedure_step(posting->form->procedure, posting->step);
    if (step == NULL)
        return url;
    const char *purpose = url_escape(call->arena, arena_format(call->arena, "办理：%s", step->label));
    return arena_format(call->arena, "%s?purpose=%s", url, purpose);
}

/* Handed in to somebody else: one cannot look at it again. */
static void
tell_received(struct visit *visit, const struct form *form)
{
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    node_put_text(visit->call.arena, data, "title", arena_format(visit->call.arena, "%s已收到", form->title));
    node_put_text(visit->call.arena, data, "detail", form->received);
    node_put_url(visit->call.arena, data, "home_url", "/");
    answer_model(visit, OK, "page/told", form->title, model);
}

/* On a writer thread, after the commit: short. */
static void
posting_done(struct call *call, enum status status, void *arg)
{
    struct posting *posting = arg;
    struct visit *visit = posting->visit;
    posting->status = status;
    if (status != OK)
        attachments_refused(call, posting->uploads, posting->uploads_n);
    if (status != OK && !visit->json && (status == INVALID || status == CONFLICT || status == STALE) &&
        workers_do(visit->app->workers, show_faults, posting))
        return;
    if (status != OK) {
        answer_problem(visit, status);
    } else {
        const struct form *form = call->answer_form == NULL ? posting->form : call->answer_form;
        const int64_t id = call->answer_row == 0 ? posting->id : call->answer_row;
        const char *url = arena_format(call->arena, "/%s/%lld", form->name, (long long)id);
        const char *next = node_text_of(posting->typed, "next"), *then = node_text_of(posting->typed, "then");
        if (!visit->json && posting->step == NULL && next != NULL && next[0] >= '1' && next[0] <= '9' &&
            next[1] == '\0' && (then == NULL || strcmp(then, "leave") != 0)) /* the next section of a long form */
            url = arena_format(call->arena, "%s/edit?stage=%c", url, next[0]);
        if (visit->json) {
            struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
            node_put_id(call->arena, data, "id", id);
            node_put_text(call->arena, data, "form", form->name);
            node_put_url(call->arena, data, "url", url);
            node_put_bool(call->arena, data, "replayed", call->replayed);
            node_put_int(call->arena, data, "version",
                         posting->step == NULL && posting->id == 0 ? 1 : posting->version + 1);
            http_add(visit->request, "Location", url);
            answer_model(visit, OK, NULL, NULL, model);
        } else if (posting->id == 0 && (duty_may(form, &visit->me) & MAY_SEE) == 0) {
            tell_received(visit, form);
        } else {
            http_add(visit->request, "Location", with_purpose(call, posting, url));
            http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
        }
    }
}

static enum status
store_uploads(struct posting *posting, const struct http_file *files, size_t n)
{
    struct visit *visit = posting->visit;
    posting->uploads = arena_array(visit->call.arena, n + 1, sizeof *posting->uploads);
    for (size_t i = 0; i < n; i++) {
        const char *why;
        const struct field *field = form_field(posting->form, files[i].field, NULL);
        struct attachment *upload = &posting->uploads[posting->uploads_n];
        if (field == NULL || field->type != F_FILE ||
            (posting->step == NULL && !input_takes(&visit->call, posting->form, field, posting->id == 0)))
            continue;
        if (files[i].n > FILE_MOST)
            return call_fault(&visit->call, field, "too_large", "文件超过20 MB");
        *upload = (struct attachment){ .field = field->name, .name = files[i].name, .n = files[i].n };
        upload->type = file_type(files[i].bytes, files[i].n, &why);
        if (upload->type == NULL)
            return call_fault(&visit->call, field, "bad_file", "%s", why);
        enum status status = files_put(visit->app->files, files[i].bytes, files[i].n, upload->hex);
        if (status != OK)
            return status;
        posting->uploads_n++;
    }
    return OK;
}

/* Reads what was typed onto the row as it stands; NOT_FOUND and DENIED are judged again inside the transaction. */
static enum status
prepare(struct posting *posting)
{
    struct visit *visit = posting->visit;
    struct call *call = &visit->call;
    unsigned may, groups;
    enum status status = OK;
    if (posting->step != NULL)
        return OK;
    if (posting->id == 0) {
        int64_t id;
        posting->row = row_new(call, posting->form);
        const char *part = node_text_of(posting->typed, "part"),
                   *institution = node_text_of(posting->typed, "institution");
        if (posting->row == NULL)
            return NO_MEMORY;
        if (part != NULL && id_parse(part, &id))
            posting->row->part = id;
        if (institution != NULL && id_parse(institution, &id) && visit->me.department != D_INSTITUTION)
            posting->row->institution = id;
        if ((duty_may(posting->form, &visit->me) & MAY_CREATE) == 0)
            return DENIED;
    } else {
        struct reader *reader = store_reader(visit->app->house->store);
        status = row_seen(call, reader, posting->form, posting->id, &posting->row, &may, &groups);
        store_reader_done(visit->app->house->store, reader);
        if (status == OK && (may & MAY_CHANGE) == 0)
            status = DENIED;
        if (status == OK && posting->version == 0)
            posting->version = posting->row->version;
    }
    if (status == OK)
        status = input_read(call, posting->form, NULL, posting->typed, posting->row);
    if ((status == OK || status == INVALID) && posting->id == 0 &&
        paper_read(call, posting->form, posting->typed, posting->row) != OK)
        status = INVALID;
    /* all that is wrong is said at once: what is missing beside what is malformed */
    if (status == INVALID && form_whole(posting->form)) {
        if (posting->id == 0)
            row_fill(call, posting->row);
        status = need_check(call, posting->form, posting->row);
    }
    return status;
}

static void
post_row(struct visit *visit, const struct form *form, int64_t id, const char *step, struct node *posted,
         const struct http_file *files, size_t files_n)
{
    struct posting *posting = arena_alloc(visit->call.arena, sizeof *posting);
    if (posting == NULL) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    *posting = (struct posting){ .visit = visit, .form = form, .typed = posted, .id = id, .step = step };
    const struct node *version = node_get(posted, "version");
    if (version != NULL && version->type == NODE_INT)
        posting->version = version->i;
    else if (version == NULL || version->text == NULL || version->text[0] == '0' ||
             !id_parse(version->text, &posting->version))
        posting->version = 0;
    visit->call.key = node_text_of(posted, "key");
    if (visit->call.key == NULL)
        visit->call.key = http_header(visit->request, "Idempotency-Key");
    visit->call.key = arena_text(visit->call.arena, visit->call.key);
    visit->call.correction = node_text_of(posted, "correction");
    enum status status = store_uploads(posting, files, files_n);
    if (status == OK)
        status = prepare(posting);
    http_later(visit->request);
    if (status == OK)
        status =
            call_submit(&visit->call, LANE_NORMAL, write_posting, posting, visit->body_hash, posting_done, posting);
    if (status != OK)
        posting_done(&visit->call, status, posting);
}

/* A secret in clear: asks for a purpose, and the look is in the journal before the answer. */
static void
post_unmask(struct visit *visit, const struct form *form, int64_t id, const char *name, const struct node *posted)
{
    struct row *row;
    unsigned may, groups;
    int index;
    struct call *call = &visit->call;
    const struct field *field = form_field(form, name, &index);
    const char *purpose = node_text_of(posted, "purpose"), *plain = NULL;
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status =
        field == NULL || !field->secret ? NOT_FOUND : row_seen(call, reader, form, id, &row, &may, &groups);
    if (status == OK && (field_group(field) & groups) == 0)
        status = NOT_FOUND;
    if (status == OK && (may & MAY_UNMASK) == 0)
        status = DENIED;
    if (status == OK && (purpose == NULL || purpose[0] == '\0'))
        status = call_fail(call, INVALID, "请填写查看原因");
    if (status == OK)
        plain = row_plain(call, reader, row, index);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK) {
        call->purpose = purpose;
        status = journal_look(call, row->office, form->name, id, name);
    }
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", field->label);
    node_put_text(call->arena, data, "value", plain);
    node_put_text(call->arena, data, "detail", plain);
    node_put_url(call->arena, data, "home_url", arena_format(call->arena, "/%s/%lld", form->name, (long long)id));
    answer_model(visit, OK, "page/told", field->label, model);
}

void
form_post(struct visit *visit, const struct form *form, const char *rest, struct node *posted,
          const struct http_file *files, size_t files_n)
{
    int64_t id;
    const char *after;
    if (duty_may(form, &visit->me) == 0)
        answer_problem(visit, visit->token_hash == NULL ? SIGNED_OUT : NOT_FOUND);
    else if (rest[0] == '\0')
        post_row(visit, form, 0, NULL, posted, files, files_n);
    else if (strcmp(rest, "/import") == 0)
        import_post(visit, form, posted, files, files_n);
    else if (rest[0] != '/' || !split_id(visit, rest + 1, &id, &after))
        answer_problem(visit, NOT_FOUND);
    else if (after[0] == '\0')
        post_row(visit, form, id, NULL, posted, files, files_n);
    else if (strncmp(after, "/unmask/", 8) == 0)
        post_unmask(visit, form, id, after + 8, posted);
    else if (procedure_any_step(form, after + 1))
        post_row(visit, form, id, after + 1, posted, files, files_n);
    else if (!account_post(visit, form, id, after + 1))
        answer_problem(visit, NOT_FOUND);
}
