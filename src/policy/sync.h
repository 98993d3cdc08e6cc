/* Records that tablets made, perhaps hours ago, without a network and out of order. Each one is kept raw in `inbox`
 * before it counts, under a key that its device gives it once; what becomes of it is one of
 *   row        it is a row now (or moved one)
 *   duplicate  somebody recorded the same already; nothing was written
 *   waiting    an earlier record or a photo has not come yet: it is judged again when that has
 *   todo       需处理: the institution's head looks at it, with the reason and both values
 * and never "dropped". The same batch twice, or in another order, ends the same. The engine's own path judges: forms,
 * duties, rules; what is asked besides is in module.record_guard. */
#ifndef POLICY_SYNC_H
#define POLICY_SYNC_H

#include "policy/write.h"

enum {
    SYNC_CHUNK = 200,
    SYNC_RECORDS = 10000,
    RECORD_BYTES = 64 * 1024,
    PIECE_BYTES = 512 * 1024,
    PHOTO_BYTES = 8 << 20
};

/* The device's clock at this contact, as it was sent. `mono` counts in the page since it was begun (`life`). */
struct sync_clock {
    bool known;
    int64_t wall, mono; /* ms */
    const char *life;
};

struct sync_device {
    int64_t id, institution;
    int64_t paired_at, unpaired_at; /* ms; unpaired_at 0: still paired */
    struct sync_clock clock;
};
/* From {clock, mono, life} beside the records. */
struct sync_clock sync_clock_read(const struct node *posted);

/* Judges a list of records {key, n, form, op, …}; for each one a map {key, result, id, message, faults} is added to
 * `results`. Good ones are kept when others are not. Anything but OK: nothing is known about the rest, send again. */
enum status sync_records(struct call *call, const struct sync_device *device, const struct node *records,
                         struct node *results);

/* The same for at most SYNC_CHUNK records without waiting, so that many tablets share one commit. `done` runs on a
 * writer thread, must be short, and says when the answer is not whole: sync_records then has it, from the start. BUSY:
 * not queued. `device` and `records` live until then. */
typedef void sync_done_fn(void *arg, enum status status, bool whole);
enum status sync_submit(struct call *call, const struct sync_device *device, const struct node *records,
                        struct node *results, sync_done_fn *done, void *arg);

/* A photo comes in pieces under the SHA-256 of its bytes. */
struct sync_file {
    const char *hash; /* 64 hex digits */
    int64_t size;
    int64_t have; /* bytes that are here */
    bool whole;
};
enum status sync_file_state(struct call *call, struct reader *reader, int64_t device, struct sync_file *file);
/* One piece at `file->have`. */
enum status sync_file_piece(struct call *call, int64_t device, const struct sync_file *file, const void *bytes,
                            size_t n);
/* All pieces together; INVALID: they are not what the hash says. */
enum status sync_file_bytes(struct call *call, struct reader *reader, int64_t device, const struct sync_file *file,
                            char **bytes);
/* The pieces go, and the file is known by its hash. sm3 NULL: refused for good; type NULL too: to be sent again. */
enum status sync_file_done(struct call *call, int64_t device, const struct sync_file *file, const char *sm3,
                           const char *type);

/* ---- what needs a person (inbox.c) ---- */
/* The institution's records that wait for its head, oldest first, each with what the tablet says and what stands. */
enum status inbox_list(struct call *call, struct reader *reader, struct node *list);
/* Take over {id, reason}: the tablet's values count, as a correction where the day is closed or a row stands already.
 */
enum status inbox_take(struct call *call, struct writer *writer, const struct node *input, struct node *model);
/* Set aside {id, reason}: what stands stays; the record is kept. */
enum status inbox_discard(struct call *call, struct writer *writer, const struct node *input, struct node *model);

#endif
