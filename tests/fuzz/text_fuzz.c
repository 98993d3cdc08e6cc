/* Search text: everything that is made of valid text is valid text, and a text is found by itself. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "fuzz/fuzz.h"

static bool
has_token(const char *tokens, const char *token, size_t n)
{
    for (const char *at = tokens; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (length == n && memcmp(at, token, n) == 0)
            return true;
        at += length;
    }
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(64 << 20);
    char *decoded = NULL;
    if (text_decode(arena, (const char *)bytes, n, &decoded) == OK)
        assert(utf8_valid(decoded, strlen(decoded)));
    const char *text = fuzz_text(arena, bytes, n);
    const bool valid = utf8_valid(text, strlen(text));
    text_clean(text, true);
    if (!valid)
        assert(text_nfkc(arena, text) == NULL);
    const char *nfkc = valid && strlen(text) < 4000 ? text_nfkc(arena, text) : NULL;
    if (nfkc != NULL) {
        const char *tokens = text_tokens(arena, text, true), *asked = text_query_tokens(arena, text);
        assert(utf8_valid(nfkc, strlen(nfkc)) && strcmp(text_nfkc(arena, nfkc), nfkc) == 0);
        assert(tokens != NULL && asked != NULL && utf8_valid(tokens, strlen(tokens)));
        for (const char *at = asked; *at != '\0'; at += strspn(at, " ")) {
            const size_t length = strcspn(at, " ");
            assert(length == 0 || has_token(tokens, at, length));
            at += length;
        }
        assert(text_sort_key(arena, text) != NULL && text_length(text) <= strlen(text));
    }
    arena_free(arena);
    return 0;
}
