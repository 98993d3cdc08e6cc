#include "policy/attachment.h"

#include "policy/job.h"

enum status
attachment_write(struct call *call, struct writer *writer, int64_t office, const struct attachment *attachment,
                 int64_t *id)
{
    *id = id_next(&call->house->ids, call->now_ms, (int)office);
    return writer_run(writer,
                      "insert into file (office, id, sm3, name, type, size, created_at, created_by) "
                      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      ARGS(value_int(office), value_int(*id), value_text(attachment->hex), value_text(attachment->name),
                           value_text(attachment->type), value_int((int64_t)attachment->n), value_int(call->now_ms),
                           value_int(call->me->account)),
                      NULL);
}

enum status
attachment_forget(struct call *call, struct writer *writer, int64_t office, const char *sm3, int64_t at_ms)
{
    struct node *args = node_map(call->arena);
    node_put_text(call->arena, args, "sm3", sm3);
    return job_plan(call, writer, office, FORGET_FILE, at_ms, args);
}

/* ---- refused ---- */

enum { LATER_MS = 60 * 60 * 1000, REFUSED_BYTES = 4 << 20 };

struct refused {
    struct call call;
    struct me me;
    const char **names;
    size_t n;
};

static enum status
forget_refused(struct call *call, struct writer *writer, void *arg)
{
    const struct refused *refused = arg;
    enum status status = OK;
    for (size_t i = 0; i < refused->n && status == OK; i++)
        status = attachment_forget(call, writer, call->me->office, refused->names[i], call->now_ms + LATER_MS);
    return status;
}

static void
refused_done(struct call *call, enum status status, void *arg)
{
    (void)arg;
    (void)status;
    arena_free(call->arena);
}

void
attachments_refused(const struct call *call, const struct attachment *attachments, size_t n)
{
    struct arena *arena = n == 0 || call->me->office == 0 ? NULL : arena_new(REFUSED_BYTES);
    struct refused *refused = arena == NULL ? NULL : arena_alloc(arena, sizeof *refused);
    if (refused == NULL) {
        arena_free(arena);
        return;
    }
    call_init(&refused->call, call->house, arena, NULL, call->now_ms);
    refused->me = (struct me){ .department = D_ENGINE, .office = call->me->office };
    refused->call.me = &refused->me;
    refused->names = arena_array(arena, n, sizeof *refused->names);
    for (; refused->names != NULL && refused->n < n; refused->n++)
        refused->names[refused->n] = arena_text(arena, attachments[refused->n].hex);
    if (arena_failed(arena) ||
        call_submit(&refused->call, LANE_BULK, forget_refused, refused, NULL, refused_done, refused) != OK)
        refused_done(&refused->call, NO_MEMORY, refused);
}
