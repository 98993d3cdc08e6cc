/* 接送口令 on a tablet — 管理规范 第三十条; clause C039. The digits are compared here, over the line, and whoever spoke
 * for the child is named with a proof that the leaving carries; the door in front of it (http/device.c) counts the
 * tries. */
#include <string.h>

#include "domain/care/device.h"
#include "domain/child/child.h"
#include "policy/engine.h"

static enum status
child_of_device(struct call *call, struct reader *reader, const struct node *input, struct row **child)
{
    int64_t id;
    bool covers = false;
    const char *text = node_text_of(input, "child");
    if (!call->me->is_device || text == NULL || !id_parse(text, &id))
        return NOT_FOUND;
    enum status status = row_get(call, reader, &child_form, id, child);
    if (status == OK && (*child)->institution == call->me->institution)
        status = device_covers(call, reader, row_int(*child, "class"), &covers);
    return status == OK && !covers ? NOT_FOUND : status;
}

enum status
tablet_code(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    int index;
    struct row *child, *person;
    struct rows rows;
    struct reader *reader = writer_reader(writer);
    const char *code = node_text_of(input, "code"), *day = call_today(call);
    enum status status = child_of_device(call, reader, input, &child);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             "select r.id from pickup_person r where r.office = ?1 and r.part = ?2 and " PICKUP_STANDS
                             " order by r.id limit 100",
                             ARGS(value_int(child->office), value_int(child->id), value_text(day)), &rows);
    form_field(&pickup_person_form, "code", &index);
    for (size_t i = 0; status == OK && i < rows.n && code != NULL; i++) {
        status = row_get(call, reader, &pickup_person_form, rows_int(&rows, i, 0), &person);
        const char *stands = status == OK ? row_plain(call, reader, person, index) : NULL;
        if (stands == NULL || strcmp(stands, code) != 0)
            continue;
        struct node *data = node_put_map(call->arena, model, "data");
        node_put_id(call->arena, data, "person", person->id);
        node_put_text(call->arena, data, "proof", fetch_proof(call, child->id, person->id, day));
        return OK;
    }
    return status == OK ? call_fail(call, INVALID, "没有这个口令") : status;
}
