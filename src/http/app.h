/* From bytes to the policy and back: which route, who asks, which representation. One handler, one model, several
 * representations: a page and the API cannot disagree. */
#ifndef HTTP_APP_H
#define HTTP_APP_H

#include "http/body.h"
#include "http/server.h"
#include "page/template.h"
#include "policy/house.h"
#include "policy/write.h"

struct rate;
struct replay;
struct workers;
struct file_store;

struct app {
    struct house *house;
    struct http_server *server;
    const struct templates *templates;
    struct workers *workers;
    struct rate *sign_ins;  /* of one address: each costs a slow hash */
    struct rate *codes;     /* of one address: each is a guess at a code or at a password */
    struct rate *pairings;  /* of one address: each is a guess at a pairing code */
    struct rate *pick_ups;  /* of one device and child: each may be a guess at a pick-up code */
    struct rate *handed_in; /* of one address: what it hands in without a session */
    struct rate *strangers; /* of one address: what it asks for without a session */
    struct replay *replays;
    struct file_store *files;
    struct log *access_log;
    bool secure;          /* cookies only over TLS */
    const char *develop;  /* folder of the templates, read anew for each page; NULL: packed */
    int64_t (*now)(void); /* the clock of the server; tests set it */
};

/* One signed-in (or anonymous) visit. */
struct visit {
    struct app *app;
    struct http_request *request;
    struct call call;
    struct me me;
    const struct reference *reference;
    const char *token_hash; /* of the session, NULL: nobody is signed in */
    const char *csrf;
    const char *stage; /* "full", "password" (must be changed first), "totp" */
    const char *flash;
    bool by_key;           /* an API client, not a browser */
    bool json;             /* the client wants JSON */
    bool fragment;         /* htmx asks */
    const char *body_hash; /* of what was posted, for the idempotency key */
};

/* The server's handler. */
void app_handle(struct http_request *request, void *app);

/* ---- answering (answer.c) ---- */
void answer_model(struct visit *visit, enum status status, const char *template, const char *title, struct node *model);
void answer_problem(struct visit *visit, enum status status);
void answer_redirect(struct visit *visit, const char *url, const char *flash);
void answer_bytes(struct visit *visit, int code, const char *type, const void *bytes, size_t n, const char *file_name);
void answer_cookie(struct visit *visit, const char *name, const char *value, int64_t seconds);

/* May this address do it once more now? The standard says how often in a minute; as many may come at once. */
bool pace_kept(struct visit *visit, struct rate *rate, const char *standard, int64_t otherwise);

/* A reader for a page, which asks many questions; give it back with store_reader_done. */
struct reader *page_reader(struct visit *visit);

/* ---- sessions (session.c) ---- */
/* Fills visit->me, csrf, stage from the cookie; the public when there is none. */
enum status session_read(struct visit *visit, struct reader *reader);
void me_public(struct me *me, const struct reference *reference);
/* SIGNED_OUT: the account is not there, disabled, or its post has ended. */
enum status me_from_account(struct call *call, struct reader *reader, int64_t account, struct me *me);
enum status session_begin(struct visit *visit, int64_t account, const char *stage, const char *token);
enum status session_end(struct visit *visit);
bool csrf_fits(const struct visit *visit, const struct node *posted);
/* Said on the next page, once. */
enum status session_flash(struct visit *visit, const char *text);
void session_flash_shown(struct visit *visit);

/* ---- back to where one was (next.c) ---- */
/* The path when it is a page of our own that one may be sent to; else NULL. */
const char *next_safe(const char *path);
/* "/login?next=…" for a request that needs a session. */
const char *next_login(struct visit *visit);
/* The page to return to as the query says; a way in with it. */
const char *next_asked(struct visit *visit);
const char *next_on(struct visit *visit, const char *way, const char *next);

/* ---- the second factor (second_factor.c): /totp ---- */
void second_factor_get(struct visit *visit);
void second_factor_post(struct visit *visit, const struct node *posted);

/* ---- routes ---- */
void route_get(struct visit *visit);
void route_post(struct visit *visit);
bool sign_in_get(struct visit *visit); /* true: it was mine */
bool sign_in_post(struct visit *visit, const struct node *posted);
void form_get(struct visit *visit, const struct form *form, const char *rest);
void form_post(struct visit *visit, const struct form *form, const char *rest, struct node *posted,
               const struct http_file *files, size_t files_n);

/* acts.c: what a module does by a POST of its own. True: it was mine. */
bool act_post(struct visit *visit, const struct node *posted);
/* accounts.c: first password, second factor off. True: it was mine. */
bool account_post(struct visit *visit, const struct form *form, int64_t id, const char *what);

/* Work that takes long (password hashes, PDF, exports) runs on a small pool of its own. */
struct workers *workers_new(int threads, size_t queue_most);
void workers_stop(struct workers *workers);
bool workers_do(struct workers *workers, void (*work)(void *arg), void *arg); /* false: full */

/* Puts `menu` into the frame of a page. */
void menu_put(struct visit *visit, struct node *frame);
/* Where the person begins: the first page that says so and is for them. */
const char *home_path(const struct visit *visit);

#endif
