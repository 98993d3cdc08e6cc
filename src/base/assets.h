/* Files packed into the program at build time: styles, scripts, icons (served under their path) and the reference data
 * of standards/ (read by init). Made by tools/pack.mjs. */
#ifndef BASE_ASSETS_H
#define BASE_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path; /* "/app.css", or "standards/codes.csv" for what is not served */
    const char *type;
    const char *etag; /* with its quotes */
    const unsigned char *bytes;
    size_t n;
    const unsigned char *gzip; /* NULL: not worth it */
    size_t gzip_n;
};

extern const struct asset assets[];
extern const size_t assets_n;

/* NULL: there is none of that path. */
const struct asset *asset_find(const char *path);

#endif
