/* 账号安全: a first password for a new account, or for one that forgot it; the second factor taken off when a phone is
 * lost. All by the security administrator: who makes accounts knows no password of them. The first key of a
 * department's system comes from the system administrator, who sets it up; a later one does not. */
#include <string.h>

#include "base/random.h"
#include "base/sm.h"
#include "http/app.h"
#include "http/password.h"
#include "policy/journal.h"
#include "policy/notice.h"

enum doing { FIRST_PASSWORD, SECOND_FACTOR_OFF, UNLOCK, API_KEY, DOINGS };
static const struct {
    const char *path, *done; /* done: said afterwards */
} doings[DOINGS] = {
    [FIRST_PASSWORD] = { "first_password", "首次口令" },
    [SECOND_FACTOR_OFF] = { "second_factor_off", "已解除动态验证码" },
    [UNLOCK] = { "unlock", "已解锁" },
    [API_KEY] = { "api_key", "接口密钥" },
};

struct account_work {
    struct visit *visit;
    const struct form *form;
    int64_t account;
    enum doing doing;
    char hash[65];
};

static enum status
allowed(const struct account_work *work)
{
    struct row *row;
    struct rows rows;
    unsigned may, groups;
    struct call *call = &work->visit->call;
    struct reader *reader = store_reader(work->visit->app->house->store);
    enum status status = row_seen(call, reader, work->form, work->account, &row, &may, &groups);
    if (status == OK)
        status = reader_rows(reader, call->arena, "select api_key from credential where office = ?1 and id = ?2",
                             ARGS(value_int(id_office(work->account)), value_int(work->account)), &rows);
    store_reader_done(work->visit->app->house->store, reader);
    if (status != OK)
        return status;
    const bool fresh = rows.n == 0 || rows_text(&rows, 0, 0) == NULL;
    const enum department department = call->me->department;
    const bool security = department == D_SECURITY_ADMIN, key = work->doing == API_KEY;
    const bool system = department == D_SYSTEM_ADMIN && key;
    if ((may & MAY_CHANGE) == 0 || (!security && !system))
        return DENIED;
    if (key != (row_int(row, "client") != 0))
        return call_fail(call, CONFLICT, key ? "只有系统接口账号才有接口密钥" : "系统接口账号没有口令");
    if (system && !fresh)
        return call_fail(call, DENIED, "已有接口密钥：更换密钥由安全管理员办理");
    if (row->state != ACTIVE)
        return call_fail(call, CONFLICT, "账号还没有授权，或已停用");
    if (work->account == call->me->account)
        return call_fail(call, DENIED, "本人的账号由另一名安全管理员办理");
    return OK;
}

static enum status
take_off(struct call *call, struct writer *writer, void *arg)
{
    const struct account_work *work = arg;
    enum status status =
        writer_run(writer, "update credential set totp = null, totp_step = null where office = ?1 and id = ?2",
                   ARGS(value_int(id_office(work->account)), value_int(work->account)), NULL);
    if (status == OK)
        status = writer_run(writer, "delete from session where account = ?1", ARGS(value_int(work->account)), NULL);
    if (status == OK)
        status = notice_account(call, writer, work->account,
                                "您的动态验证码已解除，请重新绑定；不是您要求的，请告知审计管理员", NULL);
    return status == OK ? journal_act(call, id_office(work->account), "account", work->account, "解除动态验证码", NULL)
                        : status;
}

static enum status
unlock(struct call *call, struct writer *writer, void *arg)
{
    const struct account_work *work = arg;
    const enum status status =
        writer_run(writer, "update credential set fails = 0, locked_until = null where office = ?1 and id = ?2",
                   ARGS(value_int(id_office(work->account)), value_int(work->account)), NULL);
    return status == OK ? journal_act(call, id_office(work->account), "account", work->account, "解锁", NULL) : status;
}

static enum status
keep_key(struct call *call, struct writer *writer, void *arg)
{
    const struct account_work *work = arg;
    const struct value office = value_int(id_office(work->account)), id = value_int(work->account);
    enum status status =
        writer_run(writer,
                   "insert into credential (office, id, changed_at, must_change, fails, api_key) values "
                   "(?1, ?2, ?3, 0, 0, ?4) on conflict (office, id) do update set api_key = ?4",
                   ARGS(office, id, value_int(call->now_ms), value_text(work->hash)), NULL);
    return status == OK ? journal_act(call, id_office(work->account), "account", work->account, "生成接口密钥", NULL)
                        : status;
}

/* A new key ends the old one. */
static void
make_key(struct account_work *work)
{
    uint8_t hash[SM3_SIZE];
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    const char *secret = random_token(call->arena, 32);
    enum status status = secret != NULL && sm3(secret, strlen(secret), hash) ? OK : NO_MEMORY;
    if (status == OK) {
        hex_text(hash, sizeof hash, work->hash);
        status = call_write(call, LANE_NORMAL, keep_key, work);
    }
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    const char *key = arena_format(call->arena, "%lld.%s", (long long)work->account, secret);
    node_put_text(call->arena, data, "title", "接口密钥");
    node_put_text(call->arena, data, "key", key);
    node_put_text(
        call->arena, data, "detail",
        arena_format(call->arena, "Authorization: Bearer %s\n此页关闭后不再显示；重新生成后旧密钥立即失效。", key));
    node_put_url(call->arena, data, "home_url", arena_format(call->arena, "/account/%lld", (long long)work->account));
    answer_model(visit, OK, "page/told", NULL, model);
}

static void
do_account(void *arg)
{
    struct account_work *work = arg;
    struct visit *visit = work->visit;
    struct call *call = &visit->call;
    char *stored;
    const char *password = arena_format(call->arena, "Ty-%s", random_token(call->arena, 9));
    enum status status = allowed(work);
    if (status == OK && work->doing == API_KEY) {
        make_key(work);
        return;
    }
    if (status == OK && work->doing != FIRST_PASSWORD) {
        status = call_write(call, LANE_NORMAL, work->doing == UNLOCK ? unlock : take_off, work);
    } else if (status == OK) {
        status = password_hash(call->arena, password, &stored);
        if (status == OK)
            status = password_set(call, work->account, stored, true);
    }
    if (status != OK) {
        answer_problem(visit, status);
        return;
    }
    struct node *model = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", doings[work->doing].done);
    if (work->doing == FIRST_PASSWORD) {
        node_put_text(call->arena, data, "password", password);
        node_put_text(call->arena, data, "detail",
                      arena_format(call->arena,
                                   "首次口令：%s\n请当面或电话告知本人，登录后须立即更改。此页关闭后不再显示。",
                                   password));
    }
    node_put_url(call->arena, data, "home_url", arena_format(call->arena, "/account/%lld", (long long)work->account));
    answer_model(visit, OK, "page/told", NULL, model);
}

bool
account_post(struct visit *visit, const struct form *form, int64_t id, const char *what)
{
    enum doing doing = 0;
    while (doing < DOINGS && strcmp(what, doings[doing].path) != 0)
        doing++;
    if (strcmp(form->name, "account") != 0 || doing == DOINGS)
        return false;
    struct account_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (work == NULL) {
        answer_problem(visit, NO_MEMORY);
        return true;
    }
    *work = (struct account_work){ .visit = visit, .form = form, .account = id, .doing = doing };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_account, work))
        answer_problem(visit, BUSY);
    return true;
}
