/* The second factor: a code that changes every 30 seconds (RFC 6238). Its secret lies sealed under a key of its own,
 * which is wrapped by the master key; no code is taken twice. */
#include <string.h>

#include "base/secret.h"
#include "http/app.h"
#include "http/lockout.h"
#include "http/password.h"
#include "policy/journal.h"

enum { WRAP_HEAD = 2 };

static struct secret_place
place_of(int64_t account)
{
    return (struct secret_place){ "credential", "totp", id_office(account), account };
}

/* Length of the wrapped key (2 bytes), the wrapped key, the sealed secret. */
static enum status
seal(struct call *call, int64_t account, const char *secret, struct value *out)
{
    struct subject_key key;
    uint8_t *wrapped, *cell, *whole;
    size_t wrapped_n, cell_n;
    const struct secret_place place = place_of(account);
    enum status status = subject_key_make(account, &key);
    if (status == OK)
        status = subject_key_wrap(call->house->keys, &key, call->arena, &wrapped, &wrapped_n);
    if (status == OK)
        status = secret_seal(call->house->keys, &key, &place, secret, call->arena, &cell, &cell_n);
    if (status != OK)
        return status;
    whole = arena_alloc(call->arena, WRAP_HEAD + wrapped_n + cell_n);
    if (whole == NULL)
        return NO_MEMORY;
    whole[0] = (uint8_t)(wrapped_n >> 8);
    whole[1] = (uint8_t)wrapped_n;
    memcpy(whole + WRAP_HEAD, wrapped, wrapped_n);
    memcpy(whole + WRAP_HEAD + wrapped_n, cell, cell_n);
    *out = value_bytes(whole, WRAP_HEAD + wrapped_n + cell_n);
    return OK;
}

static enum status
unseal(struct call *call, int64_t account, struct value sealed, char **secret)
{
    struct subject_key key;
    const struct secret_place place = place_of(account);
    if (sealed.type != VALUE_BYTES || sealed.n < WRAP_HEAD)
        return NOT_FOUND;
    const size_t wrapped_n = (size_t)sealed.bytes[0] << 8 | sealed.bytes[1];
    if (sealed.n <= WRAP_HEAD + wrapped_n)
        return BROKEN;
    enum status status = subject_key_unwrap(call->house->keys, account, sealed.bytes + WRAP_HEAD, wrapped_n, &key);
    return status == OK ? secret_open(call->house->keys, &key, &place, sealed.bytes + WRAP_HEAD + wrapped_n,
                                      sealed.n - WRAP_HEAD - wrapped_n, call->arena, secret)
                        : status;
}

static void
page(struct visit *visit, enum status status, const char *error, const char *setup)
{
    struct arena *arena = visit->call.arena;
    struct node *model = node_map(arena), *data = node_put_map(arena, model, "data");
    visit->call.message = error;
    if (visit->json && status != OK) {
        answer_problem(visit, status);
        return;
    }
    node_put_url(arena, data, "action_url", next_on(visit, "/totp", next_asked(visit)));
    node_put_text(arena, data, "error", error);
    if (setup != NULL)
        node_put_text(arena, node_put_map(arena, data, "setup"), "secret", setup);
    answer_model(visit, status, "page/totp", "动态验证码", model);
}

struct outcome {
    int64_t account, step;
    bool good;
    struct value sealed; /* null: no new secret */
    const char *token_hash;
};

/* One write: the step is used up, the session becomes a full one (or the secret is kept), or the failure is counted. */
static enum status
note(struct call *call, struct writer *writer, void *arg)
{
    const struct outcome *outcome = arg;
    const struct value office = value_int(id_office(outcome->account)), id = value_int(outcome->account);
    int64_t changed = 1;
    enum status status;
    if (!outcome->good)
        status = lockout_count(call, writer, outcome->account);
    else if (outcome->sealed.type == VALUE_BYTES)
        status = writer_run(writer, "update credential set totp = ?3, totp_step = ?4 where office = ?1 and id = ?2",
                            ARGS(office, id, outcome->sealed, value_int(outcome->step)), &changed);
    else
        status = writer_run(writer,
                            "update credential set totp_step = ?3 where office = ?1 and id = ?2 and "
                            "coalesce(totp_step, 0) < ?3",
                            ARGS(office, id, value_int(outcome->step)), &changed);
    if (status == OK && changed == 0)
        return call_fail(call, INVALID, "验证码已使用过，请等下一个");
    const bool whole = outcome->good && outcome->sealed.type != VALUE_BYTES; /* password and code: signed in */
    if (status == OK && whole)
        status = lockout_clear(call, writer, outcome->account);
    if (status == OK && whole)
        status = writer_run(writer,
                            "update session set stage = case when exists (select 1 from credential where office = ?2 "
                            "and id = ?3 and (must_change = 1 or coalesce(changed_at, 0) < ?4)) then 'password' else "
                            "'full' end where token = ?1",
                            ARGS(value_text(outcome->token_hash), office, id, value_int(password_since(call))), NULL);
    if (status != OK)
        return status;
    return journal_act(call, id_office(outcome->account), "account", outcome->account,
                       !outcome->good                        ? "验证码错误"
                       : outcome->sealed.type == VALUE_BYTES ? "绑定动态验证码"
                                                             : "验证码通过",
                       NULL);
}

static enum status
stored(struct visit *visit, char **secret, bool *locked)
{
    struct rows rows;
    struct call *call = &visit->call;
    const int64_t account = visit->me.account;
    struct reader *reader = store_reader(visit->app->house->store);
    enum status status =
        reader_rows(reader, call->arena, "select totp, locked_until from credential where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(account)), value_int(account)), &rows);
    store_reader_done(visit->app->house->store, reader);
    *secret = NULL;
    if (status != OK || rows.n == 0)
        return status == OK ? NOT_FOUND : status;
    *locked = rows_int(&rows, 0, 1) > call->now_ms;
    status = unseal(call, account, rows_value(&rows, 0, 0), secret);
    return status == NOT_FOUND ? OK : status;
}

void
second_factor_get(struct visit *visit)
{
    char *secret;
    bool locked = false;
    if (strcmp(visit->stage, "full") != 0) {
        page(visit, OK, NULL, NULL);
        return;
    }
    enum status status = stored(visit, &secret, &locked);
    if (status == OK && secret != NULL)
        status = call_fail(&visit->call, CONFLICT, "已绑定动态验证码；更换手机请联系安全管理员解除");
    if (status == OK)
        status = totp_new(visit->call.arena, &secret);
    if (status != OK)
        answer_problem(visit, status);
    else
        page(visit, OK, NULL, secret);
}

void
second_factor_post(struct visit *visit, const struct node *posted)
{
    struct call *call = &visit->call;
    char *secret;
    bool locked = false;
    const char *code = node_text_of(posted, "code"), *typed = node_text_of(posted, "secret");
    struct outcome outcome = { .account = visit->me.account, .token_hash = visit->token_hash };
    const bool setting_up = strcmp(visit->stage, "full") == 0;
    if (!pace_kept(visit, visit->app->codes, "CFG-SIGN-IN-RATE", 100)) {
        page(visit, TOO_MANY, "操作过于频繁，请稍后再试", setting_up ? typed : NULL);
        return;
    }
    enum status status = stored(visit, &secret, &locked);
    if (status == OK && setting_up && (secret != NULL || typed == NULL || strlen(typed) > 64))
        status = secret != NULL ? CONFLICT : INVALID;
    if (status != OK || (!setting_up && secret == NULL)) {
        answer_problem(visit, status == OK ? DENIED : status);
        return;
    }
    if (locked) {
        status = lockout_refuse(call);
        page(visit, status, call->message, NULL);
        return;
    }
    outcome.good = code != NULL && totp_fits(setting_up ? typed : secret, code, call->now_ms, &outcome.step);
    if (!outcome.good && setting_up) {
        page(visit, INVALID, "验证码不正确，请核对手机时间后重试", typed);
        return;
    }
    if (outcome.good && setting_up)
        status = seal(call, outcome.account, typed, &outcome.sealed);
    if (status == OK)
        status = call_write(call, LANE_URGENT, note, &outcome);
    if (status != OK || !outcome.good)
        page(visit, status == TOO_MANY ? TOO_MANY : INVALID, status == OK ? "验证码不正确" : call->message, NULL);
    else if (visit->json)
        answer_model(visit, OK, NULL, NULL, node_map(call->arena));
    else
        answer_redirect(visit, next_asked(visit) == NULL ? home_path(visit) : next_asked(visit),
                        setting_up ? "已绑定动态验证码" : NULL);
}
