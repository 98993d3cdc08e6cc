/* JSON in: what is accepted is written and read again as the same text. */
#include "base/json.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    struct node *node = NULL, *again = NULL;
    const char *why = NULL;
    struct buf first, second;
    buf_init(&first, 8 << 20);
    buf_init(&second, 8 << 20);
    if (json_read(arena, (const char *)bytes, n, &node, &why) == OK) {
        json_write(&first, node);
        assert(!first.failed && utf8_valid(first.bytes, first.n));
        assert(memchr(first.bytes, '<', first.n) == NULL);
        assert(json_read(arena, first.bytes, first.n, &again, &why) == OK);
        json_write(&second, again);
        assert(first.n == second.n && memcmp(first.bytes, second.bytes, first.n) == 0);
    } else {
        assert(why != NULL);
    }
    buf_free(&first);
    buf_free(&second);
    arena_free(arena);
    return 0;
}
