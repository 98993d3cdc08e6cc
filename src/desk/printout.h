/* A printed sheet (see policy/printed.h for its shape) drawn as PDF. */
#ifndef DESK_PRINTOUT_H
#define DESK_PRINTOUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/node.h"
#include "base/status.h"

enum status printout_pdf(struct arena *arena, const struct node *sheet, int64_t now_ms, bool demo, struct buf *out);

#endif
