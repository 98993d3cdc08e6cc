#include "base/text.h"

#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"

enum { MOST_TOKENS_BYTES = 16 * 1024 };

bool
utf8_valid(const char *bytes, size_t n)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
    utf8proc_ssize_t left = (utf8proc_ssize_t)n;
    while (left > 0) {
        utf8proc_int32_t c;
        const utf8proc_ssize_t used = utf8proc_iterate(at, left, &c);
        if (used <= 0 || c == 0)
            return false;
        at += used;
        left -= used;
    }
    return true;
}

/* The next character; 0 at the end or at an invalid byte. */
static utf8proc_int32_t
next_character(const char **at)
{
    utf8proc_int32_t c;
    const utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)*at, -1, &c);
    if (used <= 0 || c <= 0)
        return 0;
    *at += used;
    return c;
}

bool
text_clean(const char *text, bool lines)
{
    for (const char *at = text; *at != '\0';) {
        const utf8proc_int32_t c = next_character(&at);
        if (c == 0 || c == 0x7f || (c >= 0x80 && c < 0xa0))
            return false;
        if (c < 0x20 && !(lines && (c == '\n' || c == '\t' || c == '\r')))
            return false;
        if ((c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
            return false;
    }
    return true;
}

static char *
trim(char *text)
{
    char *out = text;
    bool space = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
            space = out > text;
            continue;
        }
        if (space)
            *out++ = ' ';
        space = false;
        *out++ = *at;
    }
    *out = '\0';
    return text;
}

static char *
map_text(struct arena *arena, const char *text, utf8proc_option_t options)
{
    utf8proc_uint8_t *mapped = NULL;
    const utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &mapped, options | UTF8PROC_NULLTERM | UTF8PROC_STABLE);
    char *copy = n < 0 ? NULL : arena_copy(arena, mapped, (size_t)n);
    free(mapped);
    return copy;
}

static bool
plain_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

char *
text_nfkc(struct arena *arena, const char *text)
{
    char *mapped =
        plain_ascii(text) ? arena_text(arena, text) : map_text(arena, text, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    return mapped == NULL ? NULL : trim(mapped);
}

/* ！（），：；？～… */
static bool
is_chinese_punctuation(utf8proc_int32_t c)
{
    return c == 0xff01 || c == 0xff08 || c == 0xff09 || c == 0xff0c || c == 0xff1a || c == 0xff1b || c == 0xff1f ||
           c == 0xff5e || c == 0x2026;
}

char *
text_line(struct arena *arena, const char *text)
{
    struct buf out;
    bool good = true;
    if (plain_ascii(text))
        return text_nfkc(arena, text);
    buf_init(&out, 18 * strlen(text) + 64); /* no character becomes more than eighteen */
    for (const char *from = text, *at = text; good;) {
        const char *mark = at;
        const utf8proc_int32_t c = next_character(&at);
        if (c != 0 && !is_chinese_punctuation(c))
            continue;
        const char *between = arena_copy(arena, from, (size_t)(mark - from));
        const char *part = between == NULL ? NULL : map_text(arena, between, UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
        good = part != NULL;
        if (good)
            buf_text(&out, part);
        buf_add(&out, mark, (size_t)(at - mark));
        from = at;
        if (c == 0)
            break;
    }
    char *line = good && !out.failed ? arena_copy(arena, out.bytes, out.n) : NULL;
    buf_free(&out);
    return line == NULL ? NULL : trim(line);
}

size_t
text_length(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* ---- tokens ---- */

static bool
is_cjk(utf8proc_int32_t c)
{
    return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

static bool
is_word(utf8proc_int32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static void
add_token(struct buf *out, const char *token, size_t n)
{
    if (n == 0 || n > 64)
        return;
    for (const char *at = out->bytes; at != NULL && *at != '\0';) { /* without repetition */
        const size_t word = strcspn(at, " ");
        if (word == n && memcmp(at, token, n) == 0)
            return;
        at += word + (at[word] == ' ');
    }
    if (out->n + n + 1 > MOST_TOKENS_BYTES)
        return;
    if (out->n > 0)
        buf_char(out, ' ');
    buf_add(out, token, n);
}

static void
add_pinyin(struct buf *out, const char *from, const char *to)
{
    char whole[64], initials[32];
    size_t whole_n = 0, initials_n = 0, starts[32];
    for (const char *at = from; at < to;) {
        const utf8proc_int32_t c = next_character(&at);
        const char *syllable = pinyin_of((unsigned)c);
        if (syllable == NULL)
            continue;
        const size_t n = strlen(syllable);
        add_token(out, syllable, n);
        if (initials_n == sizeof initials || whole_n + n >= sizeof whole)
            continue;
        memcpy(whole + whole_n, syllable, n);
        starts[initials_n] = whole_n;
        whole_n += n;
        initials[initials_n++] = syllable[0];
    }
    /* pinyin and initials from each syllable on: queries ask for beginnings, so the middle of a name is found too */
    for (size_t start = 0; start + 2 <= initials_n; start++) {
        add_token(out, whole + starts[start], whole_n - starts[start]);
        add_token(out, initials + start, initials_n - start);
    }
}

static void
add_run(struct buf *out, const char *from, const char *to, bool names, bool query)
{
    const char *before = NULL;
    size_t n = 0;
    for (const char *at = from; at < to; n++) {
        const char *start = at;
        next_character(&at);
        if (!query)
            add_token(out, start, (size_t)(at - start));
        if (before != NULL)
            add_token(out, before, (size_t)(at - before));
        before = start;
    }
    if (query && n == 1)
        add_token(out, from, (size_t)(to - from));
    if (names)
        add_pinyin(out, from, to);
}

/* 照护服务包含托育服务，下同 (seed, 前言; clause C003): the long word and the short one are found by each other. */
static void
same_word(char *text)
{
    static const char longer[] = "婴幼儿照护服务", shorter[] = "托育";
    const size_t longer_n = sizeof longer - 1, shorter_n = sizeof shorter - 1;
    for (char *at = strstr(text, longer); at != NULL; at = strstr(at, longer)) {
        memcpy(at, shorter, shorter_n);
        memmove(at + shorter_n, at + longer_n, strlen(at + longer_n) + 1);
    }
}

static char *
tokens(struct arena *arena, const char *text, bool names, bool query)
{
    struct buf out;
    char *lower = map_text(arena, text, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
    if (lower == NULL)
        return NULL;
    same_word(lower);
    buf_init(&out, MOST_TOKENS_BYTES + 128);
    buf_text(&out, "");
    for (const char *at = lower; *at != '\0';) {
        const char *start = at, *end;
        utf8proc_int32_t c = next_character(&at);
        if (c == 0)
            break;
        const bool cjk = is_cjk(c);
        if (!cjk && !is_word(c))
            continue;
        for (end = at; *at != '\0'; end = at) {
            c = next_character(&at);
            if (c == 0 || (cjk ? !is_cjk(c) : !is_word(c))) {
                at = end;
                break;
            }
        }
        if (cjk)
            add_run(&out, start, end, names, query);
        else
            add_token(&out, start, (size_t)(end - start));
    }
    char *result = out.failed ? NULL : arena_copy(arena, out.bytes == NULL ? "" : out.bytes, out.n);
    buf_free(&out);
    return result;
}

char *
text_tokens(struct arena *arena, const char *text, bool names)
{
    return tokens(arena, text, names, false);
}

char *
text_query_tokens(struct arena *arena, const char *text)
{
    return tokens(arena, text, false, true);
}

char *
text_sort_key(struct arena *arena, const char *text)
{
    struct buf out;
    char *lower = map_text(arena, text, UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
    if (lower == NULL)
        return NULL;
    buf_init(&out, 512);
    for (const char *at = lower; *at != '\0' && out.n < 400;) {
        const char *start = at;
        const utf8proc_int32_t c = next_character(&at);
        const char *syllable = pinyin_of((unsigned)c);
        if (c == 0)
            break;
        if (syllable != NULL)
            buf_text(&out, syllable);
        buf_add(&out, start, (size_t)(at - start)); /* equal readings stand apart by character */
    }
    char *key = out.failed ? NULL : arena_copy(arena, out.bytes == NULL ? "" : out.bytes, out.n);
    buf_free(&out);
    return key;
}

enum status
text_decode(struct arena *arena, const char *bytes, size_t n, char **out)
{
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    *out = NULL;
    if (utf8_valid(bytes, n)) {
        *out = arena_copy(arena, bytes, n);
        return *out == NULL ? NO_MEMORY : OK;
    }
    iconv_t convert = iconv_open("UTF-8", "GB18030");
    if (convert == (iconv_t)-1 || n > SIZE_MAX / 4)
        return BROKEN;
    const size_t room = n * 2 + 16;
    char *text = arena_alloc(arena, room), *to = text;
    char *from = (char *)(uintptr_t)bytes;
    size_t from_n = n, to_n = room - 1;
    const bool good = text != NULL && iconv(convert, &from, &from_n, &to, &to_n) != (size_t)-1 && from_n == 0;
    iconv_close(convert);
    if (text == NULL)
        return NO_MEMORY;
    if (!good || memchr(text, 0, (size_t)(to - text)) != NULL)
        return INVALID;
    *out = text;
    return OK;
}
