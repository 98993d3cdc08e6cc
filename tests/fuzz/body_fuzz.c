/* Posted bodies. An input is its content type, a newline, and the body. */
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/body.h"

static void
check_values(const struct node *map)
{
    for (const struct node *node = map->first; node != NULL; node = node->next) {
        assert(node->name != NULL && utf8_valid(node->name, strlen(node->name)));
        if (node->type == NODE_LIST)
            for (const struct node *item = node->first; item != NULL; item = item->next)
                assert(item->text != NULL && utf8_valid(item->text, strlen(item->text)));
        else
            assert(node->text != NULL && utf8_valid(node->text, strlen(node->text)));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    struct node *map = NULL;
    struct http_file files[BODY_FILES_MOST];
    size_t files_n = 0;
    const uint8_t *line = n == 0 ? NULL : memchr(bytes, '\n', n);
    const size_t type_n = line == NULL ? 0 : (size_t)(line - bytes), body_at = line == NULL ? 0 : type_n + 1;
    const char *type = fuzz_text(arena, bytes, type_n), *body = (const char *)bytes + body_at;
    const size_t body_n = n - body_at;
    if (strstr(type, "multipart/") == NULL) {
        if (body_urlencoded(arena, body, body_n, &map) == OK)
            check_values(map);
    } else if (body_multipart(arena, type, body, body_n, &map, files, &files_n) == OK) {
        check_values(map);
        assert(files_n <= BODY_FILES_MOST);
        for (size_t i = 0; i < files_n; i++) {
            assert(files[i].bytes >= body && files[i].n <= body_n);
            assert(files[i].bytes + files[i].n <= body + body_n);
            assert(strpbrk(files[i].name, "/\\") == NULL && text_clean(files[i].name, false));
        }
    }
    arena_free(arena);
    return 0;
}
