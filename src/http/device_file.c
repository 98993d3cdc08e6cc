/* Photos of a tablet in pieces, and the encrypted files that it saves when no line comes back. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/webcrypto.h"
#include "desk/files.h"
#include "http/device.h"

/* ---- pieces ---- */

static int64_t
query_number(const struct visit *visit, const char *name)
{
    int64_t n;
    const char *text = node_text_of(visit->request->query, name);
    return text == NULL ? -1 : strcmp(text, "0") == 0 ? 0 : id_parse(text, &n) ? n : -1;
}

static void
answer_file(struct visit *visit, const struct sync_file *file)
{
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    node_put_int(visit->call.arena, data, "have", file->have);
    node_put_bool(visit->call.arena, data, "whole", file->whole);
    answer_model(visit, OK, NULL, NULL, model);
}

/* The last piece is here: what is it, and is it what its hash says? */
static enum status
finish_file(struct visit *visit, int64_t device, struct sync_file *file)
{
    char hex[65], *bytes;
    const char *why;
    struct call *call = &visit->call;
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = sync_file_bytes(call, reader, device, file, &bytes);
    store_reader_done(visit->app->house->store, reader);
    if (status == INVALID) {
        sync_file_done(call, device, file, NULL, NULL);
        return call_fail(call, INVALID, "照片传输有误，请重新上传");
    }
    if (status != OK)
        return status;
    const char *type = file_type(bytes, (size_t)file->size, &why);
    if (type == NULL || strncmp(type, "image/", 6) != 0) { /* its record will say so, and a person decides */
        status = sync_file_done(call, device, file, NULL, "refused");
    } else {
        status = files_put(visit->app->files, bytes, (size_t)file->size, hex);
        if (status == OK)
            status = sync_file_done(call, device, file, hex, type);
    }
    file->whole = status == OK;
    return status;
}

struct piece_work {
    struct visit *visit;
    int64_t device;
    struct sync_file file;
};

static void
do_piece(void *arg)
{
    struct piece_work *work = arg;
    struct visit *visit = work->visit;
    const struct http_request *request = visit->request;
    const int64_t at = query_number(visit, "at");
    enum status status = OK;
    if (!work->file.whole && at == work->file.have && (int64_t)request->body_n <= work->file.size - at) {
        status = sync_file_piece(&visit->call, work->device, &work->file, request->body, request->body_n);
        work->file.have += status == OK ? (int64_t)request->body_n : 0;
    }
    if (status == OK && !work->file.whole && work->file.have == work->file.size)
        status = finish_file(visit, work->device, &work->file);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_file(visit, &work->file);
}

void
device_file(struct visit *visit, const struct device *device, const char *hash)
{
    struct piece_work *work = arena_alloc(visit->call.arena, sizeof *work);
    const bool get = visit->request->method[0] != 'P';
    enum status status = OK;
    if (work == NULL)
        status = NO_MEMORY;
    else if (strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64)
        status = NOT_FOUND;
    else if (query_number(visit, "size") <= 0 || (!get && visit->request->body_n == 0))
        status = call_fail(&visit->call, INVALID, "没有说明照片的大小");
    else if (query_number(visit, "size") > PHOTO_BYTES || visit->request->body_n > PIECE_BYTES)
        status = call_fail(&visit->call, TOO_LARGE, "照片超过%d MB", PHOTO_BYTES >> 20);
    if (status == OK) {
        *work = (struct piece_work){ visit, device->sync.id, { .hash = hash, .size = query_number(visit, "size") } };
        struct reader *reader = store_reader(visit->app->house->store);
        status = sync_file_state(&visit->call, reader, device->sync.id, &work->file);
        store_reader_done(visit->app->house->store, reader);
    }
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    if (get) {
        answer_file(visit, &work->file);
        return;
    }
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_piece, work))
        answer_problem(visit, BUSY);
}

/* ---- the encrypted file ---- */

struct import_work {
    struct visit *visit;
    struct device device;
    const struct node *records;
};

static enum status
bad_file(struct call *call)
{
    return call_fail(call, INVALID, "不是平板保存的记录文件，或文件已损坏");
}

/* {"box"}: opens to {device, body, signature}; the body is the device's list of records, signed with its key. */
static enum status
open_file(struct call *call, struct reader *reader, const struct http_file *file, struct import_work *work)
{
    char *plain;
    size_t box_n, plain_n, signature_n;
    int64_t id;
    const char *why;
    struct node *outer = NULL, *inner = NULL, *list = NULL;
    const char *text =
        json_read(call->arena, file->bytes, file->n, &outer, &why) == OK ? node_text_of(outer, "box") : NULL;
    const uint8_t *box = text == NULL ? NULL : base64_bytes(call->arena, text, &box_n);
    if (box == NULL || box_open(call->house->keys, box, box_n, call->arena, &plain, &plain_n) != OK ||
        json_read(call->arena, plain, plain_n, &inner, &why) != OK)
        return bad_file(call);
    const char *device = node_text_of(inner, "device"), *body = node_text_of(inner, "body"),
               *said = node_text_of(inner, "signature");
    if (device == NULL || body == NULL || said == NULL || !id_parse(device, &id) ||
        device_get(call, reader, id, &work->device) != OK)
        return bad_file(call);
    if (work->device.sync.institution != call->me->institution)
        return call_fail(call, DENIED, "这份文件不是本机构设备保存的");
    const uint8_t *signature = base64_bytes(call->arena, said, &signature_n);
    if (signature == NULL || signature_n != P256_SIGNATURE ||
        p256_verify(work->device.key, body, strlen(body), signature) != OK ||
        json_read(call->arena, body, strlen(body), &list, &why) != OK)
        return bad_file(call);
    work->records = node_get(list, "records");
    return work->records != NULL && work->records->type == NODE_LIST ? OK : bad_file(call);
}

static void
do_import(void *arg)
{
    struct import_work *work = arg;
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    const struct me *head = call->me;
    struct me me;
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    struct node *results = node_put_list(call->arena, data, "results");
    struct reader *reader = store_reader(visit->app->house->store);
    device_me(call, reader, &work->device, &me);
    store_reader_done(visit->app->house->store, reader);
    call->me = &me;
    const enum status status = sync_records(call, &work->device.sync, work->records, results);
    call->me = head;
    int64_t todo = 0, all = 0;
    for (const struct node *one = results->first; one != NULL; one = one->next, all++)
        todo += strcmp(node_text_of(one, "result"), "todo") == 0;
    if (status != OK)
        answer_problem(visit, status);
    else if (visit->json)
        answer_model(visit, OK, NULL, NULL, model);
    else
        answer_redirect(
            visit, "/inbox",
            arena_format(call->arena, "已读入%lld条记录，其中%lld条需要处理", (long long)all, (long long)todo));
}

bool
device_import(struct visit *visit, const struct http_file *files, size_t files_n)
{
    if (strcmp(visit->request->path, "/inbox/import") != 0)
        return false;
    struct import_work *work = arena_alloc(visit->call.arena, sizeof *work);
    enum status status = work == NULL ? NO_MEMORY : OK;
    if (status == OK && !who_fits(THE_INSTITUTION | POST(P_HEAD), &visit->me))
        status = NOT_FOUND;
    else if (status == OK && files_n == 0)
        status = call_fail(&visit->call, INVALID, "请选择文件");
    if (status == OK) {
        *work = (struct import_work){ .visit = visit };
        struct reader *reader = store_reader(visit->app->house->store);
        status = open_file(&visit->call, reader, &files[0], work);
        store_reader_done(visit->app->house->store, reader);
    }
    if (status != OK) {
        answer_problem(visit, status);
        return true;
    }
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_import, work))
        answer_problem(visit, BUSY);
    return true;
}
