/* Posted bodies: urlencoded and multipart forms to a map of names and values, and files. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/node.h"
#include "base/status.h"

struct http_file {
    const char *field, *name; /* the client's file name without any path */
    const char *bytes;
    size_t n;
};

enum { BODY_PARTS_MOST = 500, BODY_FILES_MOST = 20 };

/* "a=1&b=2": a map; a repeated name becomes a list. INVALID: bad escapes, invalid UTF-8, a zero byte, too many. */
enum status body_urlencoded(struct arena *arena, const char *text, size_t n, struct node **out);
/* multipart/form-data with the boundary of the content type. File bytes point into `body`. */
enum status body_multipart(struct arena *arena, const char *content_type, const char *body, size_t n, struct node **out,
                           struct http_file *files, size_t *files_n);

#endif
