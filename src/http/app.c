/* The way of a request: assets and health first, then the session, then the route. */
#include <stdio.h>
#include <string.h>

#include "base/assets.h"
#include "base/json.h"
#include "base/sm.h"
#include "http/app.h"
#include "http/device.h"
#include "http/export.h"
#include "http/openapi.h"
#include "http/rate.h"
#include "policy/engine.h"
#include "policy/notice.h"
#include "policy/switched_off.h"

bool
pace_kept(struct visit *visit, struct rate *rate, const char *standard, int64_t otherwise)
{
    const int64_t stated = standard_int(&visit->call, standard, otherwise), most = stated < 1 ? otherwise : stated;
    const bool kept = rate_take(rate, (struct pace){ most, most }, visit->request->remote, visit->call.now_ms);
    if (!kept)
        http_add(visit->request, "Retry-After", "30");
    return kept;
}

/* ---- what needs no session ---- */

static bool
serve_asset(struct http_request *request)
{
    for (size_t i = 0; i < assets_n; i++) {
        if (strcmp(assets[i].path, request->path) != 0)
            continue;
        const char *known = http_header(request, "If-None-Match"), *accept = http_header(request, "Accept-Encoding");
        http_add(request, "Cache-Control", "public, max-age=3600");
        http_add(request, "ETag", assets[i].etag);
        http_add(request, "Vary", "Accept-Encoding");
        if (known != NULL && strcmp(known, assets[i].etag) == 0) {
            http_answer_static(request, 304, NULL, "", 0);
        } else if (assets[i].gzip_n > 0 && accept != NULL && strstr(accept, "gzip") != NULL) {
            http_add(request, "Content-Encoding", "gzip");
            http_answer_static(request, 200, assets[i].type, assets[i].gzip, assets[i].gzip_n);
        } else {
            http_answer_static(request, 200, assets[i].type, assets[i].bytes, assets[i].n);
        }
        return true;
    }
    return false;
}

static void
health(struct http_request *request, struct app *app)
{
    struct store_figures figures;
    store_figures(app->house->store, &figures);
    const char *text = figures.stopped_writing ? "{\"status\":\"read_only\"}" : "{\"status\":\"ok\"}";
    http_answer(request, figures.stopped_writing ? 503 : 200, "application/json", text, strlen(text));
}

static void
metrics(struct http_request *request, struct app *app)
{
    struct store_figures figures;
    struct buf buf;
    buf_init(&buf, 1 << 20);
    store_figures(app->house->store, &figures);
    http_metrics(app->server, &buf);
    buf_format(&buf, "# TYPE tuoyu_store_requests_total counter\ntuoyu_store_requests_total %llu\n",
               (unsigned long long)figures.requests);
    buf_format(&buf, "# TYPE tuoyu_store_batches_total counter\ntuoyu_store_batches_total %llu\n",
               (unsigned long long)figures.batches);
    buf_format(&buf, "# TYPE tuoyu_store_queue gauge\ntuoyu_store_queue %zu\n", figures.queued);
    buf_format(&buf, "# TYPE tuoyu_store_stopped gauge\ntuoyu_store_stopped %d\n", figures.stopped_writing);
    http_answer(request, 200, "text/plain; version=0.0.4", buf.bytes, buf.n);
    buf_free(&buf);
}

/* ---- pages that modules declare ---- */

struct reader *
page_reader(struct visit *visit)
{
    struct reader *reader = store_reader(visit->app->house->store);
    reader_together(reader);
    return reader;
}

/* A client uses the ledgers that its account names, and public pages; nothing else. */
static bool
in_scope(const struct visit *visit, const char *name)
{
    if (!visit->by_key)
        return true;
    const char *scopes = visit->me.scopes == NULL ? "" : visit->me.scopes;
    const size_t n = strlen(name);
    for (const char *at = strstr(scopes, name); at != NULL; at = strstr(at + 1, name))
        if ((at == scopes || at[-1] == '|') && (at[n] == '|' || at[n] == '\0'))
            return true;
    return false;
}

static void
show_look(struct visit *visit, const struct look *look, const char *rest, bool csv, bool xlsx)
{
    if (!who_fits(look->who, &visit->me) || (visit->by_key && !look->publish && !in_scope(visit, look->path + 1))) {
        answer_problem(visit, visit->token_hash == NULL ? SIGNED_OUT : NOT_FOUND);
        return;
    }
    struct node *input = node_map(visit->call.arena), *model = node_map(visit->call.arena);
    for (const struct node *node = visit->request->query->first; node != NULL; node = node->next)
        if (node->text != NULL)
            node_put_text(visit->call.arena, input, node->name, node->text);
    if (rest != NULL) {
        const size_t n = strcspn(rest, ".");
        if (strcmp(rest + n, ".json") == 0)
            visit->json = true;
        node_put_text(visit->call.arena, input, "id", arena_copy(visit->call.arena, rest, n));
    }
    struct reader *reader = page_reader(visit);
    enum status status = look->look(&visit->call, reader, input, model);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK && look->publish && visit->token_hash == NULL)
        http_add(visit->request, "Cache-Control", "public, max-age=60");
    if (status != OK)
        answer_problem(visit, status);
    else if (csv)
        answer_csv(visit, node_get(model, "data"), "open-data.csv");
    else if (xlsx)
        answer_sheet(visit, node_get(model, "data"), arena_format(visit->call.arena, "%s.xlsx", look->title));
    else
        answer_model(visit, OK, look->template, look->title, model);
}

static void
notices(struct visit *visit)
{
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    struct reader *reader = store_reader(visit->app->house->store);
    node_put_text(visit->call.arena, data, "title", "消息");
    enum status status = notices_show(&visit->call, reader, node_put_list(visit->call.arena, data, "notices"));
    store_reader_done(visit->app->house->store, reader);
    if (status != OK)
        answer_problem(visit, status);
    else
        answer_model(visit, OK, "page/notices", "消息", model);
}

void
route_get(struct visit *visit)
{
    const char *path = visit->request->path, *rest;
    if (sign_in_get(visit))
        return;
    if (strcmp(path, "/") == 0) {
        http_add(visit->request, "Location", visit->token_hash == NULL ? "/register" : home_path(visit));
        http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
        return;
    }
    if (strcmp(path, "/events") == 0 && visit->token_hash != NULL) {
        if (http_events(visit->request) == NULL)
            answer_problem(visit, BUSY);
        return;
    }
    if (strcmp(path, "/notices") == 0) {
        if (visit->token_hash == NULL)
            answer_problem(visit, SIGNED_OUT);
        else
            notices(visit);
        return;
    }
    if (strcmp(path, "/openapi.json") == 0) {
        struct buf out;
        buf_init(&out, 32u << 20);
        const struct node *model = openapi_model(visit->call.arena, visit->app->house);
        if (model != NULL)
            json_write(&out, model);
        if (model == NULL || out.failed)
            answer_problem(visit, NO_MEMORY);
        else
            answer_bytes(visit, 200, "application/json; charset=utf-8", out.bytes, out.n, NULL);
        buf_free(&out);
        return;
    }
    const size_t n = strlen(path);
    const bool json_suffix = n > 5 && strcmp(path + n - 5, ".json") == 0;
    const bool csv_suffix = n > 4 && strcmp(path + n - 4, ".csv") == 0;
    const bool xlsx_suffix = n > 5 && strcmp(path + n - 5, ".xlsx") == 0;
    const char *plain =
        json_suffix || csv_suffix || xlsx_suffix ? arena_copy(visit->call.arena, path, n - (csv_suffix ? 4 : 5)) : path;
    const struct look *look = house_look(visit->app->house, plain, &rest);
    if (look != NULL && (!csv_suffix || look->template == NULL) && (!xlsx_suffix || look->sheet)) {
        visit->json = visit->json || json_suffix;
        show_look(visit, look, rest, csv_suffix, xlsx_suffix);
        return;
    }
    const size_t name = strcspn(path + 1, "/.");
    const struct form *form = house_form(visit->app->house, arena_copy(visit->call.arena, path + 1, name));
    if (form == NULL || !in_scope(visit, form->name))
        answer_problem(visit, NOT_FOUND);
    else
        form_get(visit, form, path + 1 + name);
}

/* ---- posting ---- */

static enum status
read_posted(struct visit *visit, struct node **posted, struct http_file *files, size_t *files_n)
{
    const struct http_request *request = visit->request;
    const char *type = request->content_type == NULL ? "" : request->content_type, *why = NULL;
    *files_n = 0;
    if (strncasecmp(type, "application/json", 16) == 0) {
        enum status status = json_read(visit->call.arena, request->body, request->body_n, posted, &why);
        if (status == OK && (*posted == NULL || (*posted)->type != NODE_MAP))
            return call_fail(&visit->call, INVALID, "请提交一个 JSON 对象");
        visit->call.message = why;
        return status;
    }
    if (strncasecmp(type, "multipart/form-data", 19) == 0) {
        enum status status =
            body_multipart(visit->call.arena, type, request->body, request->body_n, posted, files, files_n);
        if (status != OK)
            visit->call.message = "上传的内容不完整，请重试";
        return status;
    }
    if (strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0 || request->body_n == 0)
        return body_urlencoded(visit->call.arena, request->body, request->body_n, posted);
    return BAD_TYPE;
}

/* A browser says where a form was posted from: only our own pages may post. */
static bool
same_origin(const struct http_request *request)
{
    const char *origin = http_header(request, "Origin"), *host = http_header(request, "Host");
    const char *site = http_header(request, "Sec-Fetch-Site");
    if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return false;
    if (origin == NULL)
        return true;
    const char *at = strstr(origin, "://");
    return at != NULL && host != NULL && strcmp(at + 3, host) == 0;
}

static const char *
body_hash(struct visit *visit)
{
    uint8_t hash[SM3_SIZE];
    char *hex = arena_alloc(visit->call.arena, 65);
    if (hex == NULL || !sm3(visit->request->body, visit->request->body_n, hash))
        return NULL;
    hex_text(hash, sizeof hash, hex);
    return hex;
}

/* What somebody without an account may hand in: a form that is everybody's to begin. No session travels with it that
 * another site could use; no files, and not often. */
static void
hand_in(struct visit *visit, struct node *posted)
{
    const struct form *form = house_form(visit->app->house, visit->request->path + 1);
    if (form == NULL || (duty_may(form, &visit->me) & MAY_CREATE) == 0) {
        answer_problem(visit, SIGNED_OUT);
    } else if (!pace_kept(visit, visit->app->handed_in, "CFG-HAND-IN-RATE", 10)) {
        answer_problem(visit, TOO_MANY);
    } else {
        visit->body_hash = body_hash(visit);
        form_post(visit, form, "", posted, NULL, 0);
    }
}

void
route_post(struct visit *visit)
{
    struct http_file files[BODY_FILES_MOST];
    size_t files_n;
    struct node *posted = NULL;
    const char *path = visit->request->path;
    enum status status = same_origin(visit->request) ? read_posted(visit, &posted, files, &files_n) : DENIED;
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    if (sign_in_post(visit, posted))
        return;
    if (visit->token_hash == NULL) {
        hand_in(visit, posted);
        return;
    }
    if (!csrf_fits(visit, posted)) {
        visit->call.message = "页面已过期，请刷新后重试";
        answer_problem(visit, DENIED);
        return;
    }
    if (strcmp(path, "/notices") == 0) {
        status = call_write(&visit->call, LANE_NORMAL, notices_read, NULL);
        if (status == OK)
            answer_redirect(visit, "/notices", NULL);
        else
            answer_problem(visit, status);
        return;
    }
    if (device_import(visit, files, files_n) || act_post(visit, posted))
        return;
    const size_t name = strcspn(path + 1, "/.");
    const struct form *form = house_form(visit->app->house, arena_copy(visit->call.arena, path + 1, name));
    visit->body_hash = body_hash(visit);
    if (form == NULL || !in_scope(visit, form->name))
        answer_problem(visit, NOT_FOUND);
    else
        form_post(visit, form, path + 1 + name, posted, files, files_n);
}

/* ---- the handler ---- */

static bool
wants_json(const struct http_request *request)
{
    const char *accept = http_header(request, "Accept");
    if (accept != NULL && strstr(accept, "application/json") != NULL)
        return true;
    return request->content_type != NULL && strncasecmp(request->content_type, "application/json", 16) == 0;
}

/* The snapshot of reference data stays until the request's arena is gone. */
struct held {
    struct house *house;
    const struct reference *reference;
};

static void
let_go(void *arg)
{
    const struct held *held = arg;
    reference_drop(held->house, held->reference);
}

static bool
hold_reference(struct visit *visit)
{
    struct held *held = arena_alloc(visit->call.arena, sizeof *held);
    if (held == NULL)
        return false;
    *held = (struct held){ visit->app->house, reference_take(visit->app->house) };
    visit->reference = visit->call.reference = held->reference;
    return arena_at_end(visit->call.arena, let_go, held);
}

/* What somebody who is half signed in may ask for: the next step of signing in, and leaving. */
static bool
half_way(const struct visit *visit)
{
    const char *path = visit->request->path;
    return strcmp(path, strcmp(visit->stage, "totp") == 0 ? "/totp" : "/password") == 0 ||
           strcmp(path, "/logout") == 0 || strcmp(path, "/session") == 0;
}

void
app_handle(struct http_request *request, void *arg)
{
    struct app *app = arg;
    const bool get = request->method[0] != 'P';
    if (get && serve_asset(request))
        return;
    if (get && strcmp(request->path, "/healthz") == 0) {
        health(request, app);
        return;
    }
    if (get && strcmp(request->path, "/metrics") == 0) {
        metrics(request, app);
        return;
    }
    struct visit *visit = arena_alloc(request->arena, sizeof *visit);
    if (visit == NULL) {
        http_answer(request, 503, "text/plain", "", 0);
        return;
    }
    visit->app = app;
    visit->request = request;
    visit->stage = "";
    call_init(&visit->call, app->house, request->arena, &visit->me, app->now());
    visit->call.address = request->remote;
    if (!hold_reference(visit)) {
        http_answer(request, 503, "text/plain", "", 0);
        return;
    }
    visit->json = wants_json(request);
    visit->fragment = http_header(request, "HX-Request") != NULL;
    if (device_handle(visit))
        return;
    struct reader *reader = store_reader(app->house->store);
    enum status status = session_read(visit, reader);
    store_reader_done(app->house->store, reader);
    const struct off *off = switched_off(&visit->call, get ? "GET" : "POST", request->path);
    const bool half = visit->token_hash != NULL && strcmp(visit->stage, "full") != 0;
    if (visit->token_hash == NULL && !pace_kept(visit, app->strangers, "CFG-PUBLIC-RATE", 1200)) {
        answer_problem(visit, TOO_MANY);
    } else if (status != OK) {
        answer_problem(visit, status);
    } else if (off != NULL) {
        visit->call.message = switched_off_words(&visit->call, off);
        answer_problem(visit, OFF);
    } else if (half && !half_way(visit)) {
        http_add(request, "Location", strcmp(visit->stage, "totp") == 0 ? "/totp" : "/password");
        if (visit->json) {
            visit->call.message = strcmp(visit->stage, "totp") == 0 ? "请先输入动态验证码" : "请先设置新口令";
            answer_problem(visit, DENIED);
        } else {
            http_answer(request, 303, "text/plain; charset=utf-8", "", 0);
        }
    } else if (get) {
        route_get(visit);
    } else {
        route_post(visit);
    }
}
