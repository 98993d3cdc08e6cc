/* One model, several representations: JSON for programs, a page for people, a problem document when it went wrong. */
#include <stdio.h>
#include <string.h>

#include "base/assets.h"
#include "base/json.h"
#include "http/app.h"
#include "policy/list.h"
#include "policy/notice.h"
#include "policy/switched_off.h"

enum { PAGE_MOST = 16u << 20 };

void
answer_bytes(struct visit *visit, int code, const char *type, const void *bytes, size_t n, const char *file_name)
{
    if (file_name != NULL)
        http_add(visit->request, "Content-Disposition",
                 arena_format(visit->call.arena, "attachment; filename=\"%s\"", file_name));
    http_answer(visit->request, code, type, bytes, n);
}

static void
answer_json(struct visit *visit, int code, const char *type, const struct node *node)
{
    struct buf buf;
    buf_init(&buf, PAGE_MOST);
    json_write(&buf, node);
    if (buf.failed)
        http_answer(visit->request, 503, "application/problem+json", "{\"status\":503,\"code\":\"no_memory\"}", 35);
    else
        http_answer(visit->request, code, type, buf.bytes, buf.n);
    buf_free(&buf);
}

/* ---- the frame around a page ---- */

static void
person(struct visit *visit, struct node *frame)
{
    struct arena *arena = visit->call.arena;
    struct node *user = node_put_map(arena, frame, "user");
    const struct office *office = visit->reference == NULL ? NULL : office_of(visit->reference, visit->me.office);
    node_put_text(arena, user, "account", arena_format(arena, "%lld", (long long)visit->me.account));
    node_put_text(arena, user, "name", visit->me.name);
    node_put_text(arena, user, "department", department_label(visit->me.department));
    node_put_text(arena, user, "area", office == NULL ? NULL : office->name);
    node_put_url(arena, user, "home_url", "/");
    node_put_url(arena, frame, "logout_url", "/logout");
    node_put_url(arena, frame, "notices_url", "/notices");
    struct reader *reader = store_reader(visit->app->house->store);
    int64_t unread = 0;
    if (reader != NULL && notices_unread(&visit->call, reader, &unread) == OK && unread > 0)
        node_put_int(arena, frame, "notices_count", unread);
    store_reader_done(visit->app->house->store, reader);
    menu_put(visit, frame);
}

static struct node *
frame_of(struct visit *visit, const char *title)
{
    struct arena *arena = visit->call.arena;
    struct node *frame = node_map(arena);
    node_put_text(arena, frame, "title", title);
    node_put_url(arena, frame, "css_url", "/app.css");
    node_put_url(arena, frame, "js_url", "/app.js");
    node_put_url(arena, frame, "htmx_url", "/htmx.js");
    node_put_url(arena, frame, "charts_url", "/charts.js");
    node_put_text(arena, frame, "csrf", visit->csrf);
    node_put_time(arena, frame, "now", visit->call.now_ms);
    if (visit->app->house->config.demo)
        node_put_bool(arena, frame, "demo", true);
    if (visit->flash != NULL) {
        struct node *flash = node_put_map(arena, frame, "flash");
        node_put_text(arena, flash, "text", visit->flash);
        node_put_text(arena, flash, "kind", "good");
        session_flash_shown(visit);
    }
    if (visit->token_hash != NULL && strcmp(visit->stage, "full") == 0)
        person(visit, frame);
    return frame;
}

/* The page's model has the view where the API has the data. */
static struct node *
page_model(struct visit *visit, struct node *model)
{
    struct node *page = node_map(visit->call.arena);
    const struct node *view = node_get(model, "view");
    for (struct node *child = model == NULL ? NULL : model->first, *next; child != NULL; child = next) {
        next = child->next;
        if (view != NULL && strcmp(child->name, "data") == 0)
            continue;
        node_put_node(page, child == view ? "data" : child->name, child);
    }
    return page;
}

/* The API's answer has no view. */
static struct node *
api_model(struct visit *visit, struct node *model)
{
    struct node *api = node_map(visit->call.arena);
    for (struct node *child = model == NULL ? NULL : model->first, *next; child != NULL; child = next) {
        next = child->next;
        if (strcmp(child->name, "view") != 0)
            node_put_node(api, child->name, child);
    }
    return api;
}

static void
answer_page(struct visit *visit, int code, const char *template, const char *title, struct node *model)
{
    struct buf buf;
    buf_init(&buf, PAGE_MOST);
    struct node *frame = frame_of(visit, title);
    if (templates_render(visit->app->templates, template, page_model(visit, model), frame, &buf) != OK)
        http_answer(visit->request, 500, "text/plain; charset=utf-8", "页面生成失败", strlen("页面生成失败"));
    else
        http_answer(visit->request, code, "text/html; charset=utf-8", buf.bytes, buf.n);
    buf_free(&buf);
}

void
answer_model(struct visit *visit, enum status status, const char *template, const char *title, struct node *model)
{
    const int code = status_http(status);
    if (arena_failed(visit->call.arena)) {
        answer_problem(visit, NO_MEMORY);
        return;
    }
    if (visit->json || template == NULL) {
        answer_json(visit, code, "application/json; charset=utf-8", api_model(visit, model));
        return;
    }
    if (title == NULL)
        title = node_text_of(node_get(model, "view"), "title");
    if (title == NULL)
        title = node_text_of(node_get(model, "data"), "title");
    answer_page(visit, code, template, title == NULL ? "托育" : title, model);
}

/* RFC 9457. */
static struct node *
problem(struct visit *visit, enum status status)
{
    struct arena *arena = visit->call.arena;
    struct node *node = node_map(arena);
    node_put_text(arena, node, "type", "about:blank");
    node_put_text(arena, node, "title", status_title(status));
    node_put_int(arena, node, "status", status_http(status));
    node_put_text(arena, node, "code", status_code(status));
    if (visit->call.message != NULL)
        node_put_text(arena, node, "detail", visit->call.message);
    struct node *errors = visit->call.faults == NULL ? NULL : node_put_list(arena, node, "errors");
    for (const struct fault *fault = visit->call.faults; fault != NULL; fault = fault->next) {
        struct node *error = node_put_map(arena, errors, NULL);
        node_put_text(arena, error, "field", fault->field);
        node_put_text(arena, error, "label", fault->label);
        node_put_text(arena, error, "code", fault->code);
        node_put_text(arena, error, "message", fault->message);
    }
    return node;
}

void
answer_problem(struct visit *visit, enum status status)
{
    if (status == SIGNED_OUT && !visit->json) {
        http_add(visit->request, "Location", next_login(visit));
        http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
        return;
    }
    if (status == OFF)
        http_add(visit->request, "Retry-After", "3600");
    if (status == BUSY || status == FULL)
        http_add(visit->request, "Retry-After", status == BUSY ? "2" : "30");
    if (visit->json) {
        answer_json(visit, status_http(status), "application/problem+json; charset=utf-8", problem(visit, status));
        return;
    }
    struct arena *arena = visit->call.arena;
    struct node *model = node_map(arena), *data = node_put_map(arena, model, "data");
    node_put_text(arena, data, "title", status_title(status));
    node_put_int(arena, data, "status", status_http(status));
    node_put_text(arena, data, "code", status_code(status));
    const struct fault *fault = visit->call.faults;
    node_put_text(arena, data, "detail",
                  visit->call.message != NULL ? visit->call.message
                  : fault == NULL             ? NULL
                                              : fault->message);
    node_put_url(arena, data, "home_url", "/");
    answer_page(visit, status_http(status), "page/error", status_title(status), model);
}

void
answer_redirect(struct visit *visit, const char *url, const char *flash)
{
    if (flash != NULL)
        session_flash(visit, flash);
    http_add(visit->request, "Location", url);
    http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
}

void
answer_cookie(struct visit *visit, const char *name, const char *value, int64_t seconds)
{
    http_add(visit->request, "Set-Cookie",
             arena_format(visit->call.arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s", name, value,
                          (long long)seconds, visit->app->secure ? "; Secure" : ""));
}
