/* One file in a zip archive that a password opens (AES-256, as common archive programs read it). */
#ifndef DESK_SEALED_ZIP_H
#define DESK_SEALED_ZIP_H

#include "base/buf.h"
#include "base/status.h"

/* `name` inside the archive is UTF-8. BROKEN: the library cannot encrypt. */
enum status sealed_zip(const char *name, const void *bytes, size_t n, const char *password, struct buf *out);

#endif
