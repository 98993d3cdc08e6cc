/* Back to where one was: whoever is sent to sign in returns to that page afterwards. Only a path of our own is
 * followed; whether the page is for whoever signed in, the page itself decides. */
#include <string.h>

#include "base/url.h"
#include "http/app.h"

enum { NEXT_MOST = 500 };

static bool
is_way_in(const char *path)
{
    static const char *const ways[] = { "/login", "/logout", "/totp", "/password", "/session", "/events" };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const size_t n = strlen(ways[i]);
        if (strncmp(path, ways[i], n) == 0 && strchr("?/", path[n]) != NULL) /* '\0' is found as well */
            return true;
    }
    return false;
}

/* "//host" and "/\host" are other hosts to a browser; whatever is not plain in a path is not ours. */
const char *
next_safe(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=&%+";
    if (path == NULL || path[0] != '/' || path[1] == '/' || path[1] == '\0' || strlen(path) > NEXT_MOST ||
        path[strspn(path, plain)] != '\0' || is_way_in(path))
        return NULL;
    return path;
}

/* "https://host/path?query" -> "/path?query" */
static const char *
path_of(const char *url)
{
    const char *host = url == NULL ? NULL : strstr(url, "://");
    return host == NULL ? NULL : strchr(host + 3, '/');
}

/* The page that was asked for, or the one a form was posted from. */
static const char *
page_of(struct visit *visit)
{
    const struct http_request *request = visit->request;
    if (request->method[0] != 'P')
        return request->query_raw[0] == '\0'
                   ? request->path
                   : arena_format(visit->call.arena, "%s?%s", request->path, request->query_raw);
    const char *page = path_of(http_header(request, "HX-Current-URL"));
    return page != NULL ? page : path_of(http_header(request, "Referer"));
}

const char *
next_on(struct visit *visit, const char *way, const char *next)
{
    return next == NULL ? way : arena_format(visit->call.arena, "%s?next=%s", way, url_escape(visit->call.arena, next));
}

const char *
next_login(struct visit *visit)
{
    return next_on(visit, "/login", next_safe(page_of(visit)));
}

const char *
next_asked(struct visit *visit)
{
    return next_safe(node_text_of(visit->request->query, "next"));
}
