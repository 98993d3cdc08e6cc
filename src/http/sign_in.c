/* Signing in and out: password, second factor, forced change of the first password, lock after repeated failures. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "http/app.h"
#include "http/lockout.h"
#include "http/password.h"
#include "http/rate.h"
#include "policy/journal.h"

struct credential {
    int64_t account, locked_until;
    const char *password;
    bool totp, must_change;
};

static enum status
credential_of(struct call *call, struct reader *reader, const char *login, struct credential *out)
{
    struct rows rows;
    *out = (struct credential){ 0 };
    enum status status =
        reader_rows(reader, call->arena, "select office, id from claim where kind = 'login' and key = ?1",
                    ARGS(value_text(login)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    out->account = rows_int(&rows, 0, 1);
    status = reader_rows(reader, call->arena,
                         "select password, locked_until, must_change, case when totp is null then 0 else 1 end, "
                         "changed_at from credential where office = ?1 "
                         "and id = ?2",
                         ARGS(rows_value(&rows, 0, 0), value_int(out->account)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    out->password = rows_text(&rows, 0, 0);
    out->locked_until = rows_int(&rows, 0, 1);
    out->must_change = rows_int(&rows, 0, 2) != 0 || rows_int(&rows, 0, 4) < password_since(call);
    out->totp = rows_int(&rows, 0, 3) != 0;
    return OK;
}

struct outcome {
    int64_t account;
    bool good, half; /* half: a code is asked next, and the count of failures is its to clear */
    const char *failure;
};

static enum status
note_outcome(struct call *call, struct writer *writer, void *arg)
{
    const struct outcome *outcome = arg;
    const int64_t office = id_office(outcome->account);
    enum status status = !outcome->good  ? lockout_count(call, writer, outcome->account)
                         : outcome->half ? OK
                                         : lockout_clear(call, writer, outcome->account);
    if (status == OK)
        status =
            journal_act(call, office, "account", outcome->account, outcome->good ? "登录" : outcome->failure, NULL);
    return status;
}

/* A stand-in so that an unknown login takes as long as a wrong password. */
static const char nobody[] =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$wvVE5xPYvQHKbCLYcdPrcuVOJhMCxWAxuHWqJvfGGKE";

/* What may be handed in without an account. */
static void
put_open_forms(struct visit *visit, struct node *list)
{
    struct me stranger;
    const struct house *house = visit->app->house;
    me_public(&stranger, visit->reference);
    for (size_t i = 0; i < house->forms_n; i++) {
        if ((duty_may(house->forms[i], &stranger) & MAY_CREATE) == 0)
            continue;
        struct node *one = node_put_map(visit->call.arena, list, NULL);
        node_put_text(visit->call.arena, one, "label", house->forms[i]->title);
        node_put_text(visit->call.arena, one, "intro", house->forms[i]->intro);
        node_put_url(visit->call.arena, one, "url", arena_format(visit->call.arena, "/%s/new", house->forms[i]->name));
    }
}

static void
login_page(struct visit *visit, enum status status, const char *error, const char *name)
{
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    visit->call.message = error;
    if (visit->json && status != OK) {
        answer_problem(visit, status);
        return;
    }
    node_put_url(visit->call.arena, data, "action_url", next_on(visit, "/login", next_asked(visit)));
    node_put_text(visit->call.arena, data, "error", error);
    /* the cookie is there and its session is not: one was signed in */
    if (error == NULL && visit->token_hash == NULL && next_asked(visit) != NULL &&
        http_cookie(visit->request, "tuoyu") != NULL)
        node_put_text(visit->call.arena, data, "expired", "登录已过期，请重新登录");
    node_put_text(visit->call.arena, data, "name", name);
    put_open_forms(visit, node_put_list(visit->call.arena, data, "open_forms"));
    answer_model(visit, status, "page/login", "登录", model);
}

static void
begin_session(struct visit *visit, int64_t account, const char *stage, const char *next)
{
    const char *token = random_token(visit->call.arena, 32);
    if (token == NULL || session_begin(visit, account, stage, token) != OK) {
        answer_problem(visit, BUSY);
        return;
    }
    answer_cookie(visit, "tuoyu", token, 12 * 3600);
    if (visit->json) {
        struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
        node_put_text(visit->call.arena, data, "stage", stage);
        node_put_text(visit->call.arena, data, "account", arena_format(visit->call.arena, "%lld", (long long)account));
        answer_model(visit, OK, NULL, NULL, model);
        return;
    }
    answer_redirect(visit, next, NULL);
}

struct login_work {
    struct visit *visit;
    const char *login, *password;
};

static void
finish_login(struct login_work *work)
{
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    struct credential credential;
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = credential_of(call, reader, work->login, &credential);
    store_reader_done(visit->app->house->store, reader);
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    const bool locked = credential.locked_until > call->now_ms;
    const bool fits = password_fits(credential.password == NULL ? nobody : credential.password, work->password);
    if (locked) {
        status = lockout_refuse(call);
        login_page(visit, status, call->message, work->login);
        return;
    }
    if (credential.account != 0 && credential.password != NULL) {
        struct outcome outcome = { credential.account, fits, credential.totp, "登录失败" };
        const struct me *me = call->me;
        struct me someone = { .department = D_PUBLIC, .name = work->login, .account = credential.account };
        call->me = &someone;
        status = call_write(call, LANE_URGENT, note_outcome, &outcome);
        call->me = me;
    }
    if (status == TOO_MANY) {
        login_page(visit, status, call->message, work->login);
        return;
    }
    if (status != OK) { /* a failure that is not counted would be a try for free */
        answer_problem(visit, status);
        return;
    }
    struct me me;
    reader = store_reader(visit->app->house->store);
    status = fits && credential.account != 0 ? me_from_account(call, reader, credential.account, &me) : SIGNED_OUT;
    store_reader_done(visit->app->house->store, reader);
    if (status != OK) {
        login_page(visit, INVALID, "登录名或口令不正确", work->login);
        return;
    }
    const char *next = next_asked(visit);
    if (credential.totp)
        begin_session(visit, credential.account, "totp", next_on(visit, "/totp", next));
    else if (credential.must_change)
        begin_session(visit, credential.account, "password", next_on(visit, "/password", next));
    else
        begin_session(visit, credential.account, "full", next == NULL ? "/" : next);
}

static void
login_later(void *arg)
{
    finish_login(arg);
}

static void
login_post(struct visit *visit, const struct node *posted)
{
    struct login_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (!pace_kept(visit, visit->app->sign_ins, "CFG-SIGN-IN-RATE", 100)) {
        login_page(visit, TOO_MANY, "登录过于频繁，请稍后再试", NULL);
        return;
    }
    const char *login = node_text_of(posted, "login"), *password = node_text_of(posted, "password");
    if (login == NULL)
        login = node_text_of(posted, "name");
    if (login == NULL || login[0] == '\0' || password == NULL || strlen(password) > 200 || strlen(login) > 100) {
        login_page(visit, INVALID, "请填写登录名和口令", login);
        return;
    }
    *work = (struct login_work){ visit, login, password };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, login_later, work))
        answer_problem(visit, BUSY);
}

/* ---- the first password ---- */

static void
password_page(struct visit *visit, enum status status, const char *error)
{
    struct node *model = node_map(visit->call.arena), *data = node_put_map(visit->call.arena, model, "data");
    visit->call.message = error;
    if (visit->json && status != OK) {
        answer_problem(visit, status);
        return;
    }
    node_put_url(visit->call.arena, data, "action_url", next_on(visit, "/password", next_asked(visit)));
    node_put_text(visit->call.arena, data, "error", error);
    node_put_text(visit->call.arena, data, "intro", "首次登录、口令被重置或到期后，请先设置新口令。");
    answer_model(visit, status, "page/password", "设置新口令", model);
}

struct password_work {
    struct visit *visit;
    const char *old, *new;
};

static void
finish_password(struct password_work *work)
{
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    struct credential credential;
    char *stored;
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status = credential_of(call, reader, visit->me.login, &credential);
    store_reader_done(visit->app->house->store, reader);
    if (status == OK && credential.locked_until > call->now_ms)
        status = lockout_refuse(call);
    if (status == OK && (credential.password == NULL || !password_fits(credential.password, work->old))) {
        struct outcome outcome = { .account = visit->me.account, .failure = "原口令不正确" };
        status = call_write(call, LANE_URGENT, note_outcome, &outcome);
        if (status == OK)
            password_page(visit, INVALID, "原口令不正确");
        else
            answer_problem(visit, status);
        return;
    }
    if (status == TOO_MANY) {
        password_page(visit, status, call->message);
        return;
    }
    if (status == OK && strcmp(work->old, work->new) == 0) {
        password_page(visit, INVALID, "新口令不能与原口令相同");
        return;
    }
    if (status == OK)
        status = password_hash(call->arena, work->new, &stored);
    if (status == OK)
        status = password_set(call, visit->me.account, stored, false);
    if (status != OK)
        answer_problem(visit, status);
    else
        begin_session(visit, visit->me.account, "full", next_asked(visit) == NULL ? "/" : next_asked(visit));
}

static void
password_later(void *arg)
{
    finish_password(arg);
}

static void
password_post(struct visit *visit, const struct node *posted)
{
    const char *old = node_text_of(posted, "old"), *new = node_text_of(posted, "new"),
               *again = node_text_of(posted, "again");
    if (!pace_kept(visit, visit->app->codes, "CFG-SIGN-IN-RATE", 100)) {
        password_page(visit, TOO_MANY, "操作过于频繁，请稍后再试");
        return;
    }
    const char *fault = new == NULL ? "请填写新口令" : password_fault(new, visit->me.login);
    if (fault == NULL && again != NULL && strcmp(new, again) != 0)
        fault = "两次填写的新口令不一致";
    if (fault != NULL || old == NULL) {
        password_page(visit, INVALID, fault == NULL ? "请填写原口令" : fault);
        return;
    }
    struct password_work *work = arena_alloc(visit->call.arena, sizeof *work);
    *work = (struct password_work){ visit, old, new };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, password_later, work))
        answer_problem(visit, BUSY);
}

/* For programs: who is signed in, and the token that a POST must carry. */
static void
session_page(struct visit *visit)
{
    struct arena *arena = visit->call.arena;
    struct node *model = node_map(arena), *data = node_put_map(arena, model, "data");
    visit->json = true;
    if (visit->token_hash == NULL) {
        answer_problem(visit, SIGNED_OUT);
        return;
    }
    node_put_text(arena, data, "csrf", visit->csrf);
    node_put_text(arena, data, "stage", visit->stage);
    node_put_id(arena, data, "account", visit->me.account);
    node_put_text(arena, data, "login", visit->me.login);
    node_put_text(arena, data, "name", visit->me.name);
    node_put_text(arena, data, "department", department_code(visit->me.department));
    node_put_text(arena, data, "level", level_code(visit->me.level));
    if (visit->me.institution != 0)
        node_put_id(arena, data, "institution", visit->me.institution);
    answer_model(visit, OK, NULL, NULL, model);
}

bool
sign_in_get(struct visit *visit)
{
    const char *path = visit->request->path;
    if (strcmp(path, "/login") == 0)
        login_page(visit, OK, NULL, NULL);
    else if (strcmp(path, "/password") == 0 && visit->token_hash != NULL)
        password_page(visit, OK, NULL);
    else if (strcmp(path, "/totp") == 0 && visit->token_hash != NULL)
        second_factor_get(visit);
    else if (strcmp(path, "/session") == 0)
        session_page(visit);
    else
        return false;
    return true;
}

bool
sign_in_post(struct visit *visit, const struct node *posted)
{
    const char *path = visit->request->path;
    if (strcmp(path, "/login") == 0) {
        login_post(visit, posted);
    } else if (visit->token_hash == NULL) {
        return false;
    } else if (!csrf_fits(visit, posted)) {
        return false;
    } else if (strcmp(path, "/logout") == 0) {
        session_end(visit);
        answer_cookie(visit, "tuoyu", "", 0);
        http_add(visit->request, "Location", "/login");
        http_answer(visit->request, 303, "text/plain; charset=utf-8", "", 0);
    } else if (strcmp(path, "/password") == 0) {
        password_post(visit, posted);
    } else if (strcmp(path, "/totp") == 0) {
        second_factor_post(visit, posted);
    } else {
        return false;
    }
    return true;
}
