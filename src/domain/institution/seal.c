/* 电子印章 — clause C033. A signed paper goes to the county's seal service as PDF and comes back sealed: then it is in
 * force, as with a scan of the printed and stamped paper. When the service refuses or stays away, the officer is told
 * and uploads a scan instead; whichever comes first counts. */
#include <string.h>

#include "desk/files.h"
#include "desk/printout.h"
#include "desk/send.h"
#include "domain/institution/filing_papers.h"
#include "domain/institution/institution.h"
#include "domain/institution/seal.h"
#include "policy/attachment.h"
#include "policy/job.h"
#include "policy/notice.h"

enum { SEALED_MOST = 20 << 20, TRIES = 3 };

static enum status
service_of(struct call *call, struct reader *reader, int64_t office, struct row **setting, bool *there)
{
    struct row_set set;
    enum status status = rows_by(call, reader, &desk_setting_form, office, NULL, NULL, 0, &set);
    *there = status == OK && set.n > 0 && row_has(set.rows[set.n - 1], "seal_url");
    *setting = *there ? set.rows[set.n - 1] : NULL;
    return status;
}

enum status
seal_is_electronic(struct call *call, struct reader *reader, int64_t office, bool *yes)
{
    struct row *setting;
    return service_of(call, reader, office, &setting, yes);
}

enum status
seal_ask(struct call *call, struct writer *writer, const struct row *paper)
{
    bool there;
    enum status status = seal_is_electronic(call, writer_reader(writer), paper->office, &there);
    if (status != OK || !there)
        return status;
    struct node *args = node_map(call->arena);
    node_put_text(call->arena, args, "paper", arena_format(call->arena, "%lld", (long long)paper->id));
    return job_plan(call, writer, paper->office, "seal_paper", call->now_ms, args);
}

static bool
paper_of(const struct job *job, int64_t *id)
{
    const char *text = node_text_of(job->args, "paper");
    return text != NULL && id_parse(text, id);
}

/* The paper as it is printed, in the arena. */
static enum status
draw(struct call *call, struct reader *reader, const struct row *paper, struct buf *out)
{
    struct node *sheet = node_map(call->arena);
    enum status status = paper_print(call, reader, paper, sheet);
    return status == OK ? printout_pdf(call->arena, sheet, call->now_ms, call->house->config.demo, out) : status;
}

static void
came_back(struct call *call, const char *bytes, size_t n, struct node *result)
{
    char hex[65];
    const char *why, *type = file_type(bytes, n, &why);
    if (type == NULL || strcmp(type, "application/pdf") != 0) {
        node_put_text(call->arena, result, "note", "电子印章服务返回的不是PDF文件");
    } else if (call->house->files == NULL || files_put(call->house->files, bytes, n, hex) != OK) {
        node_put_text(call->arena, result, "note", "盖章件无法保存");
    } else {
        node_put_text(call->arena, result, "sm3", arena_text(call->arena, hex));
        node_put_int(call->arena, result, "size", (int64_t)n);
    }
}

/* Outside any transaction. BUSY is tried again; after the last try a person is told. */
enum status
seal_work(struct call *call, const struct job *job, struct node *result)
{
    struct row *paper = NULL, *setting = NULL;
    struct buf pdf;
    int64_t id;
    bool there = false;
    char *bytes;
    size_t n;
    const char *secret = NULL;
    struct reader *reader = store_reader(call->house->store);
    enum status status = paper_of(job, &id) ? row_get(call, reader, &paper_form, id, &paper) : NOT_FOUND;
    buf_init(&pdf, SEALED_MOST);
    if (status == OK)
        status = service_of(call, reader, paper->office, &setting, &there);
    if (status == OK && there && paper->state == SIGNED) {
        int index;
        form_field(&desk_setting_form, "seal_secret", &index);
        secret = row_plain(call, reader, setting, index);
        status = draw(call, reader, paper, &pdf);
    }
    store_reader_done(call->house->store, reader);
    if (status == OK && there && paper->state == SIGNED) {
        status =
            send_document(call->arena, row_text(setting, "seal_url"), secret,
                          arena_format(call->arena, "%lld", (long long)id), pdf.bytes, pdf.n, SEALED_MOST, &bytes, &n);
        if (status == OK)
            came_back(call, bytes, n, result);
        else if (status == INVALID)
            node_put_text(call->arena, result, "note", "电子印章服务未受理");
        else if (job->tries + 1 >= TRIES)
            node_put_text(call->arena, result, "note", "电子印章服务暂时不可用");
    }
    buf_free(&pdf);
    return node_get(result, "note") != NULL ? OK : status;
}

static enum status
tell(struct call *call, struct writer *writer, struct row *paper, const char *note)
{
    row_set_text(paper, "seal_note", arena_format(call->arena, "%s，请打印、盖章后上传扫描件", note));
    enum status status = row_change(call, writer, paper, paper->version);
    if (status == OK)
        status = notice_department(
            call, writer, paper->office, "health",
            arena_format(call->arena, "%s未能加盖电子印章，请打印盖章后上传", row_text(paper, "number")),
            arena_format(call->arena, "/paper/%lld", (long long)paper->id));
    return status;
}

enum status
seal_done(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    struct row *paper;
    int64_t id, file;
    const char *sm3 = node_text_of(result, "sm3"), *note = node_text_of(result, "note");
    const struct node *size = node_get(result, "size");
    enum status status = paper_of(job, &id) ? row_get(call, writer_reader(writer), &paper_form, id, &paper) : NOT_FOUND;
    if (status != OK || paper->state != SIGNED) /* sealed by hand or void meanwhile */
        return status == NOT_FOUND ? OK : status;
    if (note != NULL)
        return tell(call, writer, paper, note);
    bool stands = false;
    status = paper_stands(call, writer_reader(writer), paper, &stands);
    if (status == OK && !stands) /* nobody looked at what the filing says now */
        return step_take(call, writer, &paper_form, id, 0, "void", NULL, NULL);
    if (status != OK || sm3 == NULL || strlen(sm3) != 64)
        return status;
    struct attachment attachment = { .field = "scan", .type = "application/pdf", .n = (size_t)size->i };
    attachment.name = arena_format(call->arena, "%s.pdf", row_text(paper, "number"));
    memcpy(attachment.hex, sm3, sizeof attachment.hex);
    status = attachment_write(call, writer, paper->office, &attachment, &file);
    struct node *input = node_map(call->arena);
    node_put_id(call->arena, input, "scan", file);
    return status == OK ? step_take(call, writer, &paper_form, id, 0, "seal", input, NULL) : status;
}
