#include "http/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/webcrypto.h"
#include "http/rate.h"
#include "http/replay.h"
#include "policy/engine.h"
#include "policy/switched_off.h"

enum { TOUCH_MS = 60000, AGENT_MOST = 120 };

/* ---- who ---- */

enum status
device_get(struct call *call, struct reader *reader, int64_t id, struct device *out)
{
    struct rows rows;
    *out = (struct device){ 0 };
    enum status status =
        reader_rows(reader, call->arena,
                    "select institution, name, area, state, public_key, paired_at, unpaired_at, seen_at from device "
                    "where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(id)), value_int(id)), &rows);
    const char *state = status == OK ? rows_text(&rows, 0, 3) : NULL, *key = rows_text(&rows, 0, 4);
    if (status != OK)
        return status;
    if (state == NULL || key == NULL || !hex_bytes(key, out->key, sizeof out->key))
        return NOT_FOUND;
    out->sync = (struct sync_device){ id, rows_int(&rows, 0, 0), rows_int(&rows, 0, 5), rows_int(&rows, 0, 6), { 0 } };
    out->name = rows_text(&rows, 0, 1);
    out->area = rows_text(&rows, 0, 2);
    out->paired = strcmp(state, "active") == 0;
    out->seen_at = rows_int(&rows, 0, 7);
    return OK;
}

void
device_me(struct call *call, struct reader *reader, const struct device *device, struct me *me)
{
    struct rows rows;
    const int64_t id = device->sync.id;
    *me = (struct me){ .account = id, .name = device->name, .login = "device", .is_device = true };
    me->department = D_INSTITUTION;
    me->level = L_COUNTY;
    me->institution = device->sync.institution;
    me->office = me->offices[me->offices_n++] = id_office(id);
    if (reader_rows(reader, call->arena, "select posts from device where office = ?1 and id = ?2",
                    ARGS(value_int(me->office), value_int(id)), &rows) == OK)
        me->posts = posts_of(rows_text(&rows, 0, 0)) & (1u << P_CARE | 1u << P_HEALTH | 1u << P_LOGISTICS);
}

/* "METHOD\npath?query\ntime\nnonce\nSHA-256 of the body" after a word that no other signature begins with. */
static const char *
signed_text(struct visit *visit, const char *time, const char *nonce)
{
    const struct http_request *request = visit->request;
    uint8_t hash[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];
    if (!sha256(request->body == NULL ? "" : request->body, request->body_n, hash))
        return NULL;
    hex_text(hash, sizeof hash, hex);
    return arena_format(visit->call.arena, "tuoyu-device-1\n%s\n%s%s%s\n%s\n%s\n%s", request->method, request->path,
                        request->query_raw[0] == '\0' ? "" : "?", request->query_raw, time, nonce, hex);
}

static enum status
refuse(struct visit *visit, const char *code, const char *message)
{
    call_fault(&visit->call, NULL, code, "%s", message);
    visit->call.message = message;
    return SIGNED_OUT;
}

static enum status
check_signature(struct visit *visit, const struct device *device)
{
    size_t n;
    int64_t when;
    struct app *app = visit->app;
    const char *time = http_header(visit->request, "X-Device-Time"),
               *nonce = http_header(visit->request, "X-Device-Nonce"),
               *signature = http_header(visit->request, "X-Device-Signature");
    if (time == NULL || nonce == NULL || signature == NULL || !id_parse(time, &when) || strlen(nonce) > 64)
        return refuse(visit, "signature", "请求没有设备签名");
    const char *text = signed_text(visit, time, nonce);
    const uint8_t *bytes = base64_bytes(visit->call.arena, signature, &n);
    if (text == NULL)
        return NO_MEMORY;
    if (bytes == NULL || n != P256_SIGNATURE || p256_verify(device->key, text, strlen(text), bytes) != OK)
        return refuse(visit, "signature", "设备签名不符");
    if (!replay_timely(app->replays, when, visit->call.now_ms))
        return refuse(visit, "clock", "平板时钟与服务器相差过大，正在校准");
    if (!replay_first(app->replays, text, strlen(text), visit->call.now_ms))
        return refuse(visit, "replay", "重复的请求");
    return OK;
}

static enum status
authenticate(struct visit *visit, const char *said, struct device *device)
{
    int64_t id;
    struct call *call = &visit->call;
    if (!id_parse(said, &id))
        return refuse(visit, "unknown_device", "没有这台设备");
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = device_get(call, reader, id, device);
    if (status == NOT_FOUND)
        status = refuse(visit, "unknown_device", "没有这台设备");
    if (status == OK)
        device_me(call, reader, device, &visit->me);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK)
        status = check_signature(visit, device);
    if (status == OK)
        visit->token_hash = "device"; /* no session has it */
    return status;
}

/* ---- the last contact: nobody waits for it ---- */

struct contact {
    int64_t id, now_ms, offset;
};

static enum status
write_contact(struct writer *writer, void *arg)
{
    const struct contact *contact = arg;
    return writer_run(writer,
                      "update device set seen_at = ?3, clock_ms = ?4 where office = ?1 and id = ?2 and "
                      "(seen_at is null or seen_at < ?5)",
                      ARGS(value_int(id_office(contact->id)), value_int(contact->id), value_int(contact->now_ms),
                           value_int(contact->offset), value_int(contact->now_ms - TOUCH_MS)),
                      NULL);
}

static void
contacted(void *arg, enum status status)
{
    (void)status;
    free(arg);
}

/* How far the device's own clock is off is measured once a minute, so that a busy tablet costs no second commit for
 * each request; the times of its records are corrected by the app. */
static void
note_contact(struct visit *visit, const struct device *device)
{
    int64_t clock;
    const char *said = http_header(visit->request, "X-Device-Clock");
    const int64_t since = visit->call.now_ms - device->seen_at;
    if (since >= 0 && since < TOUCH_MS)
        return;
    struct contact *contact = malloc(sizeof *contact);
    if (contact == NULL)
        return;
    *contact = (struct contact){ device->sync.id, visit->call.now_ms, 0 };
    if (said != NULL && id_parse(said, &clock))
        contact->offset = clock - visit->call.now_ms;
    if (store_submit(visit->app->house->store, LANE_BULK, write_contact, contacted, contact) != OK)
        free(contact);
}

/* ---- what it asks for ---- */

static void
get_day(struct visit *visit)
{
    const char *rest, *known = http_header(visit->request, "If-None-Match");
    const struct look *look = house_look(visit->app->house, visit->request->path, &rest);
    struct node *input = node_map(visit->call.arena), *model = node_map(visit->call.arena);
    if (look == NULL) {
        answer_problem(visit, NOT_FOUND);
        return;
    }
    if (known != NULL)
        node_put_text(visit->call.arena, input, "known", arena_text(visit->call.arena, known));
    struct reader *reader = store_reader(visit->app->house->store);
    const enum status status = look->look(&visit->call, reader, input, model);
    store_reader_done(visit->app->house->store, reader);
    const struct node *data = node_get(model, "data");
    http_add(visit->request, "ETag", node_text_of(data, "stamp"));
    if (status != OK)
        answer_problem(visit, status);
    else if (node_true(node_get(data, "same")))
        http_answer(visit->request, 304, NULL, "", 0);
    else
        answer_model(visit, OK, NULL, NULL, model);
}

struct sync_work {
    struct visit *visit;
    struct device device;
    const struct node *records;
    struct node *results;
};

static void
answer_sync(struct sync_work *work, enum status status, struct node *results)
{
    struct visit *visit = work->visit;
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    node_put_node(data, "results", results);
    node_put_bool(visit->call.arena, data, "wipe", !work->device.paired);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, OK, NULL, NULL, model);
}

static void
do_sync(void *arg)
{
    struct sync_work *work = arg;
    struct node *results = node_list(work->visit->call.arena);
    const enum status status = sync_records(&work->visit->call, &work->device.sync, work->records, results);
    answer_sync(work, status, results);
}

/* A class's checks are in the commit that other tablets share; what needs more than that goes the long way. */
static void
sync_done(void *arg, enum status status, bool whole)
{
    struct sync_work *work = arg;
    if (status != OK || whole)
        answer_sync(work, status, work->results);
    else if (!workers_do(work->visit->app->workers, do_sync, work))
        answer_problem(work->visit, BUSY);
}

static void
post_sync(struct visit *visit, const struct device *device)
{
    struct node *posted = NULL;
    struct sync_work *work = arena_alloc(visit->call.arena, sizeof *work);
    enum status status = work == NULL ? NO_MEMORY
                                      : json_read(visit->call.arena, visit->request->body, visit->request->body_n,
                                                  &posted, &visit->call.message);
    const struct node *records = node_get(posted, "records");
    if (status == OK && (records == NULL || records->type != NODE_LIST))
        status = call_fail(&visit->call, INVALID, "没有记录");
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    *work = (struct sync_work){ visit, *device, records, node_list(visit->call.arena) };
    work->device.sync.clock = sync_clock_read(posted);
    http_later(visit->request);
    if (node_count(records) > SYNC_CHUNK) {
        if (!workers_do(visit->app->workers, do_sync, work))
            answer_problem(visit, BUSY);
        return;
    }
    status = sync_submit(&visit->call, &work->device.sync, records, work->results, sync_done, work);
    if (status != OK)
        answer_problem(visit, status);
}

static void
compare_code(struct visit *visit, const struct device *device)
{
    struct node *posted = NULL;
    enum status status =
        json_read(visit->call.arena, visit->request->body, visit->request->body_n, &posted, &visit->call.message);
    const char *child = status == OK ? node_text_of(posted, "child") : NULL;
    const struct pace tries = { 5, 1 }; /* a code has four digits or more */
    const char *name =
        arena_format(visit->call.arena, "%lld.%.24s", (long long)device->sync.id, child == NULL ? "" : child);
    if (status == OK && !rate_take(visit->app->pick_ups, tries, name, visit->call.now_ms))
        status = call_fail(&visit->call, TOO_MANY, "尝试次数过多，请稍后再试，或核对照片和姓名");
    if (status != OK)
        answer_problem(visit, status);
    else if (!act_post(visit, posted))
        answer_problem(visit, NOT_FOUND);
}

/* The photo of somebody who fetches a child, by the same door as on the desk. */
static bool
get_photo(struct visit *visit)
{
    static const char from[] = "/pickup_person/", to[] = "/file/photo";
    const char *path = visit->request->path;
    const size_t n = strlen(path);
    const struct form *form = house_form(visit->app->house, "pickup_person");
    if (form == NULL || strncmp(path, from, sizeof from - 1) != 0 || n < sizeof to ||
        strcmp(path + n - (sizeof to - 1), to) != 0)
        return false;
    form_get(visit, form, path + sizeof from - 2);
    return true;
}

static void
route(struct visit *visit, const struct device *device)
{
    const char *path = visit->request->path;
    const bool get = visit->request->method[0] != 'P';
    if (!get && strcmp(path, "/sync") == 0) { /* also from one that was unpaired: its records are kept, and flagged */
        post_sync(visit, device);
        return;
    }
    if (!device->paired) {
        refuse(visit, "unpaired", "设备已解除配对");
        answer_problem(visit, DENIED);
    } else if (strncmp(path, "/tablet/file/", 13) == 0) {
        device_file(visit, device, path + 13);
    } else if (get && strcmp(path, "/tablet/day") == 0) {
        get_day(visit);
    } else if (!get && strcmp(path, "/tablet/code") == 0) {
        compare_code(visit, device);
    } else if (!get || !get_photo(visit)) {
        answer_problem(visit, NOT_FOUND);
    }
}

/* ---- pairing ---- */

struct pairing {
    int64_t device;
    const struct form *form;
    struct node *input;
};

/* The code's row in any office: a tablet does not know yet where it belongs. */
static enum status
find_code(struct call *call, struct reader *reader, const char *code, int64_t *device)
{
    char hash[65];
    struct query query;
    struct rows rows;
    secret_index(call->house->keys, "code", code, hash);
    query_init(&query, call->arena);
    query_add(&query, "select id, code_until from device where state = 'prepared' and code_find = ?1 and office in (0",
              ARGS(value_text(hash)));
    for (size_t i = 0; i < call->reference->offices_n && i < 380; i++) {
        query_text(&query, ", ");
        query_value(&query, value_int(call->reference->offices[i].id));
    }
    query_text(&query, ") order by id desc limit 1");
    const enum status status = query_rows(reader, call->arena, &query, &rows);
    if (status != OK)
        return status;
    *device = rows_int(&rows, 0, 0);
    return rows.n == 1 && rows_int(&rows, 0, 1) > call->now_ms ? OK : NOT_FOUND;
}

static enum status
write_pair(struct call *call, struct writer *writer, void *arg)
{
    const struct pairing *pairing = arg;
    return step_take(call, writer, pairing->form, pairing->device, 0, "pair", pairing->input, NULL);
}

static void
answer_pair(struct visit *visit, int64_t id)
{
    uint8_t box[P256_POINT];
    struct rows rows;
    struct arena *arena = visit->call.arena;
    struct node *model = node_map(arena), *data = node_put_map(arena, model, "data");
    struct reader *reader = store_reader(visit->app->house->store);
    const enum status status =
        reader_rows(reader, arena,
                    "select d.name, i.name from device d join institution i on i.office = d.office and "
                    "i.id = d.institution where d.office = ?1 and d.id = ?2",
                    ARGS(value_int(id_office(id)), value_int(id)), &rows);
    store_reader_done(visit->app->house->store, reader);
    if (status != OK || !box_public(visit->app->house->keys, box)) {
        answer_problem(visit, status == OK ? BROKEN : status);
        return;
    }
    node_put_id(arena, data, "id", id);
    node_put_text(arena, data, "name", rows_text(&rows, 0, 0));
    node_put_text(arena, data, "institution", rows_text(&rows, 0, 1));
    node_put_text(arena, data, "box", base64_text(arena, box, sizeof box));
    answer_model(visit, OK, NULL, NULL, model);
}

static enum status
read_pairing(struct visit *visit, struct pairing *pairing, const char **code)
{
    size_t n;
    char *hex = arena_alloc(visit->call.arena, 2 * P256_POINT + 1);
    struct node *posted = NULL;
    enum status status =
        json_read(visit->call.arena, visit->request->body, visit->request->body_n, &posted, &visit->call.message);
    if (status != OK)
        return status;
    *code = node_text_of(posted, "code");
    const char *key = node_text_of(posted, "key"), *agent = node_text_of(posted, "agent");
    const uint8_t *point = key == NULL ? NULL : base64_bytes(visit->call.arena, key, &n);
    if (*code == NULL || strlen(*code) != 8 || strspn(*code, "0123456789") != 8)
        return call_fail(&visit->call, INVALID, "配对码是8位数字");
    if (hex == NULL || point == NULL || n != P256_POINT || !p256_point_valid(point))
        return call_fail(&visit->call, INVALID, "设备密钥有误");
    hex_text(point, P256_POINT, hex);
    pairing->form = house_form(visit->app->house, "device");
    pairing->input = node_map(visit->call.arena);
    node_put_text(visit->call.arena, pairing->input, "public_key", hex);
    if (agent != NULL && strlen(agent) <= AGENT_MOST)
        node_put_text(visit->call.arena, pairing->input, "agent", agent);
    return pairing->form == NULL ? NOT_FOUND : OK;
}

static void
post_pair(struct visit *visit)
{
    /* a code has eight digits and lives a quarter of an hour */
    static const struct pace pairings = { .most = 30, .per_minute = 6 };
    struct pairing pairing = { 0 };
    const char *code = NULL;
    struct call *call = &visit->call;
    enum status status = rate_take(visit->app->pairings, pairings, visit->request->remote, call->now_ms)
                             ? read_pairing(visit, &pairing, &code)
                             : call_fail(call, TOO_MANY, "尝试次数过多，请稍后再试");
    if (status == OK && code != NULL) {
        struct reader *reader = store_reader(visit->app->house->store);
        status = find_code(call, reader, code, &pairing.device);
        store_reader_done(visit->app->house->store, reader);
    }
    if (status == OK) {
        call->me = engine_me(call->arena, visit->reference, id_office(pairing.device));
        status = call->me == NULL ? NO_MEMORY : call_write(call, LANE_URGENT, write_pair, &pairing);
        call->me = &visit->me;
    }
    if (status == NOT_FOUND || status == CONFLICT)
        status = call_fail(call, INVALID, "配对码不对或已过期，请负责人重新生成");
    if (status == OK)
        answer_pair(visit, pairing.device);
    else
        answer_problem(visit, status);
}

/* ---- the way in ---- */

static void
serve_app(struct http_request *request)
{
    const struct asset *page = asset_find("/tablet/index.html");
    if (page == NULL) {
        http_answer(request, 404, "text/plain; charset=utf-8", "", 0);
        return;
    }
    http_add(request, "Cache-Control", "no-cache");
    http_add(request, "ETag", page->etag);
    http_answer_static(request, 200, page->type, page->bytes, page->n);
}

bool
device_handle(struct visit *visit)
{
    struct device device;
    const char *path = visit->request->path, *said = http_header(visit->request, "X-Device");
    const bool get = visit->request->method[0] != 'P';
    if (get && strcmp(path, "/tablet") == 0) {
        http_add(visit->request, "Location", "/tablet/"); /* a service worker rules below its folder only */
        http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
        return true;
    }
    if (get && strcmp(path, "/tablet/") == 0) {
        serve_app(visit->request);
        return true;
    }
    const bool pair = !get && strcmp(path, "/tablet/pair") == 0;
    if (!pair && said == NULL)
        return false;
    visit->json = true;
    me_public(&visit->me, visit->reference);
    http_add(visit->request, "X-Server-Time", arena_format(visit->call.arena, "%lld", (long long)visit->call.now_ms));
    const struct off *off = switched_off(&visit->call, get ? "GET" : "POST", path);
    if (off != NULL) {
        visit->call.message = switched_off_words(&visit->call, off);
        answer_problem(visit, OFF);
        return true;
    }
    if (pair) {
        post_pair(visit);
        return true;
    }
    const enum status status = authenticate(visit, said, &device);
    if (status != OK) {
        answer_problem(visit, status);
        return true;
    }
    note_contact(visit, &device);
    route(visit, &device);
    return true;
}
