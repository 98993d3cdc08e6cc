/* One harness a file: libFuzzer calls it with inputs that it makes up (make fuzz), replay.c with the committed corpus
 * (tools/test fuzz). Sanitizers find what must not happen in memory; assert says what must hold besides. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* The name is libFuzzer's. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { FUZZ_ARENA = 16 << 20 };

/* The input as a zero-terminated text that ends at its first zero byte. */
static inline char *
fuzz_text(struct arena *arena, const uint8_t *bytes, size_t n)
{
    char *text = arena_copy(arena, bytes, n);
    assert(text != NULL);
    return text;
}

#endif
