#include "policy/attachment.h"

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
