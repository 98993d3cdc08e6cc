#include "desk/send.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/sm.h"

enum { CONNECT_SECONDS = 5, WHOLE_SECONDS = 15 };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static CURL *
handle(const char *url, const char *protocols)
{
    pthread_once(&once, begin);
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return NULL;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_SECONDS);
    return curl;
}

static size_t
ignore(char *bytes, size_t size, size_t n, void *arg)
{
    (void)bytes;
    (void)arg;
    return size * n;
}

struct post {
    const char *url, *secret, *type, *name; /* name NULL: no header */
    const void *bytes;
    size_t n;
    struct buf *answer; /* NULL: not wanted */
    int *reply;         /* the HTTP status; NULL: not wanted */
};

static size_t
keep(char *bytes, size_t size, size_t n, void *arg)
{
    struct buf *answer = arg;
    buf_add(answer, bytes, size * n);
    return answer->failed ? 0 : size * n;
}

static struct curl_slist *
headers_of(struct arena *arena, const struct post *post)
{
    uint8_t tag[SM3_SIZE];
    char hex[65];
    struct curl_slist *headers = curl_slist_append(NULL, arena_format(arena, "Content-Type: %s", post->type));
    if (post->name != NULL)
        headers = curl_slist_append(headers, arena_format(arena, "X-Tuoyu-Paper: %s", post->name));
    if (post->secret != NULL && sm3_hmac(post->secret, strlen(post->secret), post->bytes, post->n, tag)) {
        hex_text(tag, sizeof tag, hex);
        headers = curl_slist_append(headers, arena_format(arena, "X-Tuoyu-Signature: %s", hex));
    }
    return headers;
}

static enum status
send_post(struct arena *arena, const struct post *post)
{
    long code = 0;
    CURL *curl = handle(post->url, "http,https");
    if (curl == NULL)
        return NO_MEMORY;
    struct curl_slist *headers = headers_of(arena, post);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->bytes);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)post->n);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, post->answer == NULL ? ignore : keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, post->answer);
    const CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (post->reply != NULL)
        *post->reply = (int)code;
    if (post->answer != NULL && post->answer->failed)
        return INVALID;
    if (result == CURLE_OK && code >= 200 && code < 300)
        return OK;
    return result != CURLE_OK || code >= 500 || code == 429 ? BUSY : INVALID;
}

enum status
send_webhook(struct arena *arena, const char *url, const char *secret, const char *json, size_t n, int *reply)
{
    const struct post post = { url, secret, "application/json", NULL, json, n, NULL, reply };
    *reply = 0;
    return send_post(arena, &post);
}

enum status
send_document(struct arena *arena, const char *url, const char *secret, const char *name, const void *bytes, size_t n,
              size_t most, char **answer, size_t *answer_n)
{
    struct buf buf;
    buf_init(&buf, most);
    const struct post post = { url, secret, "application/pdf", name, bytes, n, &buf, NULL };
    enum status status = send_post(arena, &post);
    if (status == OK && buf.n == 0)
        status = INVALID;
    *answer_n = buf.n;
    *answer = status == OK ? arena_copy(arena, buf.bytes, buf.n) : NULL;
    buf_free(&buf);
    return status == OK && *answer == NULL ? NO_MEMORY : status;
}

/* ---- mail ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Lines of 76 digits. */
static void
add_base64(struct buf *out, const char *text, bool lines)
{
    const unsigned char *at = (const unsigned char *)text;
    const size_t n = strlen(text);
    for (size_t i = 0; i < n; i += 3) {
        const unsigned word =
            (unsigned)at[i] << 16 | (i + 1 < n ? (unsigned)at[i + 1] << 8 : 0) | (i + 2 < n ? at[i + 2] : 0);
        buf_char(out, base64_digits[word >> 18]);
        buf_char(out, base64_digits[word >> 12 & 63]);
        buf_char(out, i + 1 < n ? base64_digits[word >> 6 & 63] : '=');
        buf_char(out, i + 2 < n ? base64_digits[word & 63] : '=');
        if (lines && i % 57 == 54)
            buf_text(out, "\r\n");
    }
}

/* An address goes into a header: nothing that could begin another one. */
static bool
is_address(const char *text)
{
    return text != NULL && strlen(text) < 200 && strchr(text, '@') != NULL && strpbrk(text, "\r\n<>,; ") == NULL;
}

struct reading {
    const char *bytes;
    size_t n, at;
};

static size_t
give(char *to, size_t size, size_t n, void *arg)
{
    struct reading *reading = arg;
    const size_t left = reading->n - reading->at, part = left < size * n ? left : size * n;
    memcpy(to, reading->bytes + reading->at, part);
    reading->at += part;
    return part;
}

/* 550 … 559: about this letter — no such mailbox, not accepted, too long; others are about the server or the way to it.
 */
static bool
refused_for_good(long reply)
{
    return reply >= 550 && reply <= 559;
}

/* Who may read along may also take the server's offer of TLS away: so a password insists on TLS and on the server's
 * name, and a letter without one takes what TLS there is, also of a relay that signed its own certificate. */
static void
protect(CURL *curl, const struct mail *mail)
{
    const bool secret = mail->user != NULL || mail->password != NULL;
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(secret ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (!secret && strncmp(mail->server, "smtps:", 6) != 0) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

enum status
send_mail(struct arena *arena, const struct mail *mail, int *reply)
{
    struct buf text;
    long code = 0;
    *reply = 0;
    if (!is_address(mail->from) || !is_address(mail->to))
        return INVALID;
    buf_init(&text, 1u << 20);
    buf_format(&text, "From: <%s>\r\nTo: <%s>\r\nSubject: =?UTF-8?B?", mail->from, mail->to);
    add_base64(&text, mail->subject, false);
    buf_text(&text, "?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n");
    add_base64(&text, mail->text, true);
    buf_text(&text, "\r\n");
    CURL *curl = text.failed ? NULL : handle(mail->server, "smtp,smtps");
    if (curl == NULL) {
        buf_free(&text);
        return NO_MEMORY;
    }
    struct reading reading = { text.bytes, text.n, 0 };
    struct curl_slist *to = curl_slist_append(NULL, arena_format(arena, "<%s>", mail->to));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_format(arena, "<%s>", mail->from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
    if (mail->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password == NULL ? "" : mail->password);
    }
    protect(curl, mail);
    const CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(curl);
    curl_slist_free_all(to);
    buf_free(&text);
    *reply = (int)code;
    return result == CURLE_OK ? OK : refused_for_good(code) ? INVALID : BUSY;
}
