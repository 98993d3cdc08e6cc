/* Chinese and Latin text: validity, normal form, search tokens, sort keys, decoding of files. The tokens are made here
 * and nowhere else: both databases index and ask exactly these, so that they agree. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

bool utf8_valid(const char *bytes, size_t n); /* RFC 3629, and no zero byte */
/* No control characters (C0, C1), no bidirectional overrides, no zero-width characters; newline and tab when `lines`.
 */
bool text_clean(const char *text, bool lines);
/* NFKC, ends trimmed, inner runs of white space as one space. NULL: invalid or no memory. */
char *text_nfkc(struct arena *arena, const char *text);
/* The same for what people read: Chinese punctuation stays as it was written. */
char *text_line(struct arena *arena, const char *text);
size_t text_length(const char *text); /* in characters */

/* Space separated and without repetition: single CJK characters, CJK bigrams, runs of letters and digits in lower case;
 * with `names` also pinyin (whole, syllables, initials) of each CJK run. */
char *text_tokens(struct arena *arena, const char *text, bool names);
/* What a typed query needs: bigrams for two and more CJK characters, the character for one, runs of letters and digits.
 */
char *text_query_tokens(struct arena *arena, const char *text);
/* Sorts Chinese by pinyin under plain byte order. */
char *text_sort_key(struct arena *arena, const char *text);

/* A file's bytes as UTF-8 text: byte order mark, UTF-8, else GB18030; INVALID when it is none of them. */
enum status text_decode(struct arena *arena, const char *bytes, size_t n, char **out);

/* Pinyin without tone of a CJK character (U+4E00–U+9FFF), or NULL. The table is generated at build time. */
const char *pinyin_of(unsigned codepoint);

#endif
