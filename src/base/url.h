/* Percent-escaping for query strings and path parts. */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"

/* Everything but A–Z a–z 0–9 - . _ ~ becomes %XX. NULL text gives NULL. */
char *url_escape(struct arena *arena, const char *text);

#endif
