/* Sessions: a random token in a cookie, its SM3 in the database. Who a person is comes from the account's row at every
 * request, so that leaving a post, a disabled account or a changed right counts at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sm.h"
#include "http/app.h"

/* The office and all below it. */
static void
set_offices(struct me *me, const struct reference *reference)
{
    me->offices_n = 0;
    me->offices[me->offices_n++] = me->office;
    for (size_t seen = 0; seen < me->offices_n; seen++)
        for (size_t i = 0; i < reference->offices_n && me->offices_n < 128; i++)
            if (reference->offices[i].parent == me->offices[seen])
                me->offices[me->offices_n++] = reference->offices[i].id;
    if (me->level == L_COUNTY || me->level == L_TOWN || me->department == D_INSTITUTION)
        me->offices_n = 1;
}

void
me_public(struct me *me, const struct reference *reference)
{
    *me = (struct me){ .department = D_PUBLIC, .level = L_NATION, .name = "公众", .login = "" };
    for (size_t i = 0; i < reference->offices_n && i < 128; i++)
        me->offices[me->offices_n++] = reference->offices[i].id;
    me->office = me->offices_n > 0 ? me->offices[0] : 1;
}

enum status
me_from_account(struct call *call, struct reader *reader, int64_t account, struct me *me)
{
    struct rows rows;
    char today[11];
    const int64_t office = id_office(account);
    enum status status =
        reader_rows(reader, call->arena,
                    "select name, login, department, rank, posts, works_at, scope_area, state, ends, client, scopes "
                    "from account where office = ?1 and id = ?2",
                    ARGS(value_int(office), value_int(account)), &rows);
    day_iso(call->today, today);
    if (status != OK)
        return status;
    if (rows.n == 0 || rows_text(&rows, 0, 7) == NULL || strcmp(rows_text(&rows, 0, 7), "active") != 0)
        return SIGNED_OUT;
    const char *ends = rows_text(&rows, 0, 8), *scope = rows_text(&rows, 0, 6);
    if (ends != NULL && strcmp(ends, today) <= 0)
        return SIGNED_OUT; /* the post ended: from that day on */
    *me = (struct me){ .account = account, .office = office, .now_ms = call->now_ms };
    me->name = rows_text(&rows, 0, 0);
    me->login = rows_text(&rows, 0, 1);
    me->level = L_COUNTY;
    if (!department_of(rows_text(&rows, 0, 2), &me->department) || !is_of_person(me->department))
        return SIGNED_OUT;
    level_of(rows_text(&rows, 0, 3), &me->level);
    me->posts = posts_of(rows_text(&rows, 0, 4));
    me->institution = rows_int(&rows, 0, 5);
    me->is_client = rows_int(&rows, 0, 9) != 0;
    me->scopes = rows_text(&rows, 0, 10);
    if (scope != NULL) {
        me->area = scope;
        me->area_to = arena_format(call->arena, "%s~", scope);
    }
    set_offices(me, call->reference);
    for (size_t i = 0; i < call->house->modules_n && status == OK; i++)
        if (call->house->modules[i]->stand_in != NULL)
            status = call->house->modules[i]->stand_in(call, reader, me);
    return status;
}

static void
hash_token(const char *token, char out[65])
{
    uint8_t hash[SM3_SIZE];
    sm3(token, strlen(token), hash);
    hex_text(hash, sizeof hash, out);
}

/* Takes as long whatever differs. */
static bool
same_bytes(const char *a, const char *b, size_t n)
{
    unsigned char differs = 0;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

/* The CSRF token is the session token under the cookie key: nothing to store. */
static const char *
csrf_of(struct visit *visit, const char *token)
{
    uint8_t tag[SM3_SIZE];
    char *hex = arena_alloc(visit->call.arena, 65);
    if (hex == NULL || !sm3_hmac(keys_cookie(visit->app->house->keys), 32, token, strlen(token), tag))
        return NULL;
    hex_text(tag, 16, hex);
    return hex;
}

/* Seen at most once a minute, and nobody waits for it. */
enum { TOUCH_MS = 60000 };
struct touching {
    char hash[65];
    int64_t now_ms;
};

static enum status
write_touch(struct writer *writer, void *arg)
{
    const struct touching *touching = arg;
    return writer_run(writer, "update session set seen = ?2 where token = ?1 and seen < ?2",
                      ARGS(value_text(touching->hash), value_int(touching->now_ms)), NULL);
}

static void
touched(void *arg, enum status status)
{
    (void)status;
    free(arg);
}

static void
touch(struct store *store, const char *hash, int64_t now_ms)
{
    struct touching *touching = malloc(sizeof *touching);
    if (touching == NULL)
        return;
    memcpy(touching->hash, hash, sizeof touching->hash);
    touching->now_ms = now_ms;
    if (store_submit(store, LANE_BULK, write_touch, touched, touching) != OK)
        free(touching);
}

/* "Authorization: Bearer ACCOUNT.SECRET" of a department's system: the SM3 of the secret is kept. */
static enum status
key_read(struct visit *visit, struct reader *reader, const char *bearer)
{
    char hash[65];
    struct rows rows;
    int64_t account;
    struct me me;
    struct call *call = &visit->call;
    const char *dot = strchr(bearer, '.');
    const char *digits = dot == NULL ? NULL : arena_copy(call->arena, bearer, (size_t)(dot - bearer));
    if (digits == NULL || !id_parse(digits, &account) || strlen(dot + 1) > 100)
        return SIGNED_OUT;
    enum status status =
        reader_rows(reader, call->arena, "select api_key from credential where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(account)), value_int(account)), &rows);
    if (status != OK)
        return status;
    hash_token(dot + 1, hash);
    const char *kept = rows.n == 0 ? NULL : rows_text(&rows, 0, 0);
    if (kept == NULL || strlen(kept) != 64 || !same_bytes(kept, hash, 64))
        return SIGNED_OUT;
    status = me_from_account(call, reader, account, &me);
    if (status == OK && !me.is_client)
        status = SIGNED_OUT;
    if (status != OK)
        return status;
    visit->me = me;
    visit->by_key = true;
    visit->json = true;
    visit->token_hash = "key"; /* no session has it */
    visit->stage = "full";
    return OK;
}

enum status
session_read(struct visit *visit, struct reader *reader)
{
    char hash[65];
    struct rows rows;
    struct call *call = &visit->call;
    me_public(&visit->me, visit->reference);
    const char *bearer = http_header(visit->request, "Authorization");
    if (bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0)
        return key_read(visit, reader, bearer + 7);
    const char *token = http_cookie(visit->request, "tuoyu");
    if (token == NULL || strlen(token) < 20 || strlen(token) > 100)
        return OK;
    hash_token(token, hash);
    reader_together(reader);
    enum status status =
        reader_rows(reader, call->arena, "select account, stage, seen, flash, since from session where token = ?1",
                    ARGS(value_text(hash)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    const int64_t idle_ms = standard_int(call, "CFG-SESSION-MINUTES", 30) * 60000;
    if (call->now_ms - rows_int(&rows, 0, 2) > idle_ms || call->now_ms - rows_int(&rows, 0, 4) > INT64_C(12) * 3600000)
        return OK;
    struct me me;
    status = me_from_account(call, reader, rows_int(&rows, 0, 0), &me);
    if (status == SIGNED_OUT)
        return OK;
    if (status != OK)
        return status;
    visit->me = me;
    visit->token_hash = arena_text(call->arena, hash);
    visit->stage = rows_text(&rows, 0, 1);
    visit->flash = rows_text(&rows, 0, 3);
    visit->csrf = csrf_of(visit, token);
    if (call->now_ms - rows_int(&rows, 0, 2) > TOUCH_MS)
        touch(visit->app->house->store, hash, call->now_ms);
    return OK;
}

bool
csrf_fits(const struct visit *visit, const struct node *posted)
{
    if (visit->by_key) /* no browser sends such a header by itself */
        return true;
    const char *sent = node_text_of(posted, "csrf");
    if (sent == NULL)
        sent = http_header(visit->request, "X-CSRF-Token");
    return visit->csrf != NULL && sent != NULL && strcmp(sent, visit->csrf) == 0;
}

/* ---- writes to the session's own row ---- */

struct session_note {
    const char *token, *text;
    int64_t now_ms;
};

static enum status
note_flash(struct writer *writer, void *arg)
{
    const struct session_note *note = arg;
    return writer_run(
        writer, "update session set flash = ?2, seen = case when ?3 > seen then ?3 else seen end where token = ?1",
        ARGS(value_text(note->token), value_text(note->text), value_int(note->now_ms)), NULL);
}

enum status
session_flash(struct visit *visit, const char *text)
{
    struct session_note note = { visit->token_hash, text, visit->call.now_ms };
    return visit->token_hash == NULL ? OK : store_write(visit->app->house->store, LANE_URGENT, note_flash, &note);
}

static enum status
write_flash_shown(struct writer *writer, void *arg)
{
    const struct touching *shown = arg;
    return writer_run(writer, "update session set flash = null where token = ?1", ARGS(value_text(shown->hash)), NULL);
}

/* The page that shows it does not wait for this. */
void
session_flash_shown(struct visit *visit)
{
    struct touching *shown =
        visit->token_hash == NULL || strlen(visit->token_hash) != 64 ? NULL : malloc(sizeof *shown);
    if (shown == NULL)
        return;
    memcpy(shown->hash, visit->token_hash, sizeof shown->hash);
    if (store_submit(visit->app->house->store, LANE_URGENT, write_flash_shown, touched, shown) != OK)
        free(shown);
}

struct session_start {
    char hash[65];
    int64_t account, now_ms;
    const char *address, *stage;
};

static enum status
insert_session(struct writer *writer, void *arg)
{
    const struct session_start *start = arg;
    return writer_run(writer,
                      "insert into session (token, office, account, since, seen, address, stage) "
                      "values (?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                      ARGS(value_text(start->hash), value_int(id_office(start->account)), value_int(start->account),
                           value_int(start->now_ms), value_text(start->address), value_text(start->stage)),
                      NULL);
}

enum status
session_begin(struct visit *visit, int64_t account, const char *stage, const char *token)
{
    struct session_start start = {
        .account = account, .now_ms = visit->call.now_ms, .address = visit->request->remote, .stage = stage
    };
    hash_token(token, start.hash);
    return store_write(visit->app->house->store, LANE_URGENT, insert_session, &start);
}

static enum status
delete_session(struct writer *writer, void *arg)
{
    return writer_run(writer, "delete from session where token = ?1", ARGS(value_text(arg)), NULL);
}

enum status
session_end(struct visit *visit)
{
    return visit->token_hash == NULL ? OK
                                     : store_write(visit->app->house->store, LANE_URGENT, delete_session,
                                                   (void *)(uintptr_t)visit->token_hash);
}
