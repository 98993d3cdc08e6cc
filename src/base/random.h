/* Randomness from the operating system. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

bool random_bytes(void *out, size_t n);
/* n random bytes as base64url text without padding; NULL when there is neither memory nor randomness. */
char *random_token(struct arena *arena, size_t n);

#endif
