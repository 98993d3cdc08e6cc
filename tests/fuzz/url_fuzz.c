/* Paths and query strings; what is escaped comes back. */
#include "base/text.h"
#include "base/url.h"
#include "fuzz/fuzz.h"
#include "http/body.h"
#include "http/server_inside.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    const char *path = guard_path(arena, (const char *)bytes, n);
    if (path != NULL) {
        assert(strlen(path) <= n && utf8_valid(path, strlen(path)));
        assert(strstr(path, "..") == NULL && strstr(path, "//") == NULL);
    }
    const char *text = fuzz_text(arena, bytes, n), *escaped = url_escape(arena, text);
    struct node *map = NULL;
    if (utf8_valid(text, strlen(text))) {
        const char *query = arena_format(arena, "k=%s&k2=%s", escaped, escaped);
        assert(body_urlencoded(arena, query, strlen(query), &map) == OK);
        assert(strcmp(node_text_of(map, "k"), text) == 0 && strcmp(node_text_of(map, "k2"), text) == 0);
    }
    arena_free(arena);
    return 0;
}
