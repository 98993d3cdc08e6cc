/* Uploaded files, content-addressed by SM3 in a folder: files/ab/<hex>. A file is there, whole and durable, before
 * the row that names it commits. Access is only through that row's duty, never by hash. */
#ifndef DESK_FILES_H
#define DESK_FILES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

struct file_store;

/* `folder` is made when missing. NULL: it cannot be used. */
struct file_store *files_open(const char *folder);
void files_close(struct file_store *files);
/* Stores the bytes; hex gets the 64 digits of their SM3. FULL: no space. */
enum status files_put(struct file_store *files, const void *bytes, size_t n, char hex[65]);
/* Reads it back, at most `most` bytes; BROKEN when the content does not fit its name. */
enum status files_get(struct file_store *files, const char *hex, size_t most, struct arena *arena, char **bytes,
                      size_t *n);
/* Takes it away for ever; nothing there is fine. Only for what no row names any more. */
enum status files_remove(struct file_store *files, const char *hex);

/* What a file is by its content: "application/pdf", "image/png", "image/jpeg", or NULL and why (Chinese). */
const char *file_type(const void *bytes, size_t n, const char **why);

#endif
