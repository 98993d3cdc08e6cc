/* The one set of outcomes that every function of tuoyu returns. What went wrong in words (field, code, Chinese
 * message) is kept beside it, in the request's faults (fault.h); a status alone never carries text. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

enum status {
    OK = 0,
    INVALID,    /* the input is wrong: 400/422, the faults say where */
    SIGNED_OUT, /* nobody is signed in: 401 */
    DENIED,     /* known, visible, but not allowed: 403 */
    NOT_FOUND,  /* not there, or not to be seen: 404 */
    STALE,      /* the row changed since it was read: 409 */
    CONFLICT,   /* unique key, span or state forbids it: 409 */
    TOO_LARGE,  /* 413 */
    BAD_TYPE,   /* 415 */
    TOO_MANY,   /* rate limit: 429 */
    OFF,        /* an administrator has switched it off: 503 */
    BUSY,       /* queue full, try again: 503 */
    FULL,       /* disk full or read only: 503, writing has stopped */
    NO_MEMORY,  /* an arena or a buffer met its maximum: 503 */
    BROKEN,     /* a fault of ours or of the machine: 500 */
};

/* The HTTP status code that stands for it. */
int status_http(enum status status);
/* A stable lower-case code for programs, e.g. "stale". */
const char *status_code(enum status status);
/* The Chinese title for people. */
const char *status_title(enum status status);

#endif
