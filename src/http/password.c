#include "http/password.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/text.h"
#include "policy/journal.h"
#include "policy/notice.h"

enum { MEMORY = 19 * 1024 * 1024, TIMES = 2, SHORTEST = 10, TOTP_SECONDS = 30 };

const char *
password_fault(const char *password, const char *login)
{
    int kinds[4] = { 0 };
    for (const char *at = password; *at != '\0'; at++) {
        const int kind = *at >= 'a' && *at <= 'z' ? 0 : *at >= 'A' && *at <= 'Z' ? 1 : *at >= '0' && *at <= '9' ? 2 : 3;
        kinds[kind] = 1;
    }
    if (text_length(password) < SHORTEST)
        return "口令至少10位";
    if (strlen(password) > 128)
        return "口令过长";
    if (kinds[0] + kinds[1] + kinds[2] + kinds[3] < 3)
        return "口令应包含大写字母、小写字母、数字、符号中的三种";
    if (login != NULL && login[0] != '\0' && strstr(password, login) != NULL)
        return "口令不能包含登录名";
    return NULL;
}

enum status
password_hash(struct arena *arena, const char *password, char **out)
{
    *out = arena_alloc(arena, crypto_pwhash_STRBYTES);
    if (*out == NULL || sodium_init() < 0)
        return NO_MEMORY;
    return crypto_pwhash_str_alg(*out, password, strlen(password), TIMES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0
               ? OK
               : NO_MEMORY;
}

bool
password_fits(const char *stored, const char *password)
{
    return sodium_init() >= 0 && crypto_pwhash_str_verify(stored, password, strlen(password)) == 0;
}

struct setting {
    int64_t account;
    const char *stored;
    bool must_change;
};

/* Whoever had a password and did not ask for another one should know. */
static enum status
tell_owner(struct call *call, struct writer *writer, int64_t account)
{
    struct rows rows;
    if (account == call->me->account)
        return OK;
    const enum status status =
        reader_rows(writer_reader(writer), call->arena, "select password from credential where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(account)), value_int(account)), &rows);
    return status == OK && rows.n > 0 && rows_text(&rows, 0, 0) != NULL
               ? notice_account(call, writer, account, "您的口令已重新生成；不是您要求的，请告知审计管理员", NULL)
               : status;
}

static enum status
set_password(struct call *call, struct writer *writer, void *arg)
{
    const struct setting *setting = arg;
    enum status status = tell_owner(call, writer, setting->account);
    if (status == OK)
        status = writer_run(
            writer,
            "insert into credential (office, id, password, changed_at, must_change, fails, read_to) "
            "values (?1, ?2, ?3, ?4, ?5, 0, ?6) on conflict (office, id) do update set password = ?3, "
            "changed_at = ?4, must_change = ?5, fails = 0, locked_until = null, seen_at = null",
            ARGS(value_int(id_office(setting->account)), value_int(setting->account), value_text(setting->stored),
                 value_int(call->now_ms), value_int(setting->must_change),
                 value_int(id_make(call->now_ms, 0, 0))), /* notices of before are not news to a new account */
            NULL);
    if (status == OK) /* every session of the account ends */
        status = writer_run(writer, "delete from session where account = ?1", ARGS(value_int(setting->account)), NULL);
    return status == OK ? journal_act(call, id_office(setting->account), "account", setting->account, "设置口令", NULL)
                        : status;
}

enum status
password_set(struct call *call, int64_t account, const char *stored, bool must_change)
{
    struct setting setting = { account, stored, must_change };
    return call_write(call, LANE_URGENT, set_password, &setting);
}

/* A demonstration keeps the password that it prints. */
int64_t
password_since(const struct call *call)
{
    const int64_t days = call->house->config.demo ? 0 : standard_int(call, "CFG-PASSWORD-DAYS", 0);
    return days <= 0 ? 0 : call->now_ms - days * INT64_C(86400000);
}

enum status
totp_new(struct arena *arena, char **secret)
{
    unsigned char bytes[20];
    char *text = NULL;
    size_t n;
    *secret = NULL;
    if (!random_bytes(bytes, sizeof bytes) ||
        oath_base32_encode((const char *)bytes, sizeof bytes, &text, &n) != OATH_OK)
        return BROKEN;
    *secret = arena_copy(arena, text, n);
    free(text);
    return *secret == NULL ? NO_MEMORY : OK;
}

bool
totp_fits(const char *secret, const char *code, int64_t now_ms, int64_t *step)
{
    char *bytes = NULL;
    size_t n;
    int position = 0;
    if (strlen(code) != 6 || oath_base32_decode(secret, strlen(secret), &bytes, &n) != OATH_OK)
        return false;
    const time_t now = (time_t)(now_ms / 1000);
    const int found = oath_totp_validate2(bytes, n, now, TOTP_SECONDS, 0, 1, &position, code);
    free(bytes);
    *step = now / TOTP_SECONDS + position;
    return found >= 0;
}
