/* A list of blocks, each twice the size of the one before up to 64 KiB; larger requests get a block of their own. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LAST_BLOCK = 65536 };

struct block {
    struct block *next;
    size_t size, used;
    max_align_t bytes[];
};

struct clean {
    struct clean *next;
    void (*run)(void *);
    void *thing;
};

struct arena {
    struct block *block;
    struct clean *cleans;
    size_t max, total, next_size, fail_in;
    bool failed;
};

struct arena *
arena_new(size_t max)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return NULL;
    arena->max = max;
    arena->next_size = FIRST_BLOCK;
    return arena;
}

void
arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    for (struct clean *clean = arena->cleans; clean != NULL; clean = clean->next)
        clean->run(clean->thing);
    struct block *block = arena->block;
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(arena);
}

static bool
add_block(struct arena *arena, size_t size)
{
    size_t room = size > arena->next_size ? size : arena->next_size;
    if (room > arena->max - arena->total)
        room = size;
    if (size > arena->max - arena->total)
        return false;
    struct block *block = malloc(sizeof *block + room);
    if (block == NULL)
        return false;
    block->next = arena->block;
    block->size = room;
    block->used = 0;
    arena->block = block;
    arena->total += room;
    if (arena->next_size < LAST_BLOCK)
        arena->next_size *= 2;
    return true;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    const size_t align = sizeof(max_align_t);
    if (size > SIZE_MAX - align)
        goto fail;
    size = (size + align - 1) / align * align;
    if (arena->fail_in != 0 && --arena->fail_in == 0)
        goto fail;
    if ((arena->block == NULL || size > arena->block->size - arena->block->used) && !add_block(arena, size))
        goto fail;
    char *bytes = (char *)arena->block->bytes + arena->block->used;
    arena->block->used += size;
    return memset(bytes, 0, size);
fail:
    arena->failed = true;
    return NULL;
}

void *
arena_array(struct arena *arena, size_t n, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, total);
}

char *
arena_copy(struct arena *arena, const void *bytes, size_t n)
{
    char *copy = n < SIZE_MAX ? arena_alloc(arena, n + 1) : NULL;
    if (copy != NULL && n > 0)
        memcpy(copy, bytes, n);
    return copy;
}

char *
arena_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_copy(arena, text, strlen(text));
}

/* What is short, as nearly all is, is written once. */
char *
arena_format(struct arena *arena, const char *format, ...)
{
    char brief[256];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < sizeof brief)
        return arena_copy(arena, brief, (size_t)n);
    char *text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}

bool
arena_at_end(struct arena *arena, void (*run)(void *), void *thing)
{
    struct clean *clean = arena_alloc(arena, sizeof *clean);
    if (clean == NULL) {
        run(thing);
        return false;
    }
    *clean = (struct clean){ arena->cleans, run, thing };
    arena->cleans = clean;
    return true;
}

bool
arena_failed(const struct arena *arena)
{
    return arena->failed;
}

size_t
arena_used(const struct arena *arena)
{
    return arena->total;
}

void
arena_fail_at(struct arena *arena, size_t n)
{
    arena->fail_in = n;
}
