/* One record of a tablet: read, judged by the engine, compared with what stands. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/sm.h"
#include "base/webcrypto.h"
#include "policy/attachment.h"
#include "policy/sync_inside.h"

enum { MINUTE_MS = 60000, AHEAD_MS = 2 * MINUTE_MS, SAME_MS = 15 * MINUTE_MS, FORM_DAYS = 180, KEY_MOST = 64 };

const struct form *
sync_form(const struct house *house, const char *name)
{
    /* the ledgers of a day, reports that must not wait for a desk, and steps of what a desk began */
    const struct form *form = name == NULL ? NULL : house_form(house, name);
    return form != NULL && form->of == OF_INSTITUTION && (form->day || form->sealed || form->procedure != NULL) ? form
                                                                                                                : NULL;
}

/* ---- reading ---- */

static const char *
record_text(struct call *call, const struct node *node)
{
    struct buf buf;
    buf_init(&buf, RECORD_BYTES * 2);
    json_write(&buf, node);
    const char *text = buf.failed ? NULL : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

static int64_t
number_of(const struct node *map, const char *name)
{
    int64_t id = 0;
    const struct node *node = node_get(map, name);
    if (node != NULL && node->type == NODE_INT)
        return node->i;
    return node != NULL && node->text != NULL && id_parse(node->text, &id) ? id : 0;
}

/* Milliseconds with which one can calculate; 0: none, or nonsense. */
static int64_t
instant_of(const struct node *map, const char *name)
{
    const int64_t ms = number_of(map, name);
    return ms > 0 && ms < INSTANT_MOST ? ms : 0;
}

struct sync_clock
sync_clock_read(const struct node *posted)
{
    struct sync_clock clock = { .wall = instant_of(posted, "clock"), .mono = instant_of(posted, "mono") };
    clock.life = node_text_of(posted, "life");
    clock.known = clock.wall > 0;
    return clock;
}

static bool
key_good(const char *key)
{
    const size_t n = key == NULL ? 0 : strlen(key);
    return n >= 8 && n <= KEY_MOST &&
           strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == n;
}

/* A record that only the server may read comes as a box; what it says is inside. */
static const struct node *
unbox(struct call *call, const struct node *sent, struct record *record)
{
    size_t box_n, plain_n;
    char *plain;
    struct node *inner = NULL;
    const char *why, *text = node_text_of(sent, "box");
    record->hidden = true;
    const uint8_t *box = base64_bytes(call->arena, text, &box_n);
    if (box == NULL || box_open(call->house->keys, box, box_n, call->arena, &plain, &plain_n) != OK ||
        json_read(call->arena, plain, plain_n, &inner, &why) != OK || inner == NULL || inner->type != NODE_MAP) {
        record->bad = "密封的记录无法打开";
        return node_map(call->arena);
    }
    return inner;
}

static void
read_parts(struct call *call, const struct node *said, struct record *record)
{
    record->op = node_text_of(said, "op");
    record->step = node_text_of(said, "step");
    record->ref = node_text_of(said, "ref");
    record->day = node_text_of(said, "day");
    record->version = node_text_of(said, "v");
    record->at = number_of(said, "at");
    record->staff = number_of(said, "staff");
    record->part = number_of(said, "part");
    record->target = number_of(said, "id");
    record->base = number_of(said, "base");
    record->fields = node_get(said, "fields");
    record->clock = instant_of(said, "clock");
    record->mono = instant_of(said, "mono");
    record->life = node_text_of(said, "life");
    record->typed = node_get(said, "typed");
    record->form = sync_form(call->house, node_text_of(said, "form"));
    if (record->op == NULL)
        record->op = "create";
    if (record->fields == NULL)
        record->fields = node_map(call->arena);
    record->said_at = record->at;
    record->said_day = record->day;
    record->said_fields = record->fields;
    if (record->bad != NULL)
        return;
    const bool creates = strcmp(record->op, "create") == 0;
    if (record->form == NULL || (!record->form->day && !record->form->sealed && strcmp(record->op, "step") != 0)) {
        record->form = NULL;
        record->bad = "没有这种台账，或不能在平板上登记";
    }
    if (record->bad != NULL)
        return;
    if (record->fields == NULL || record->fields->type != NODE_MAP)
        record->bad = "记录的内容不完整";
    else if (!creates && strcmp(record->op, "change") != 0 && (strcmp(record->op, "step") != 0 || record->step == NULL))
        record->bad = "记录的操作无法识别";
    else if (!creates && record->ref == NULL && record->target == 0)
        record->bad = "没有说明是哪一条记录";
    else if (record->at <= 0)
        record->bad = "没有登记时间";
}

enum status
record_read(struct call *call, const struct node *sent, struct record *record)
{
    uint8_t digest[SM3_SIZE];
    *record = (struct record){ 0 };
    record->raw = record_text(call, sent);
    if (record->raw == NULL && !arena_failed(call->arena)) { /* far too long: its beginning would prove nothing */
        record->raw = "{}";
        record->bad = "记录过大";
    }
    if (record->raw == NULL || !sm3(record->raw, strlen(record->raw), digest))
        return NO_MEMORY;
    hex_text(digest, sizeof digest, record->digest);
    const bool map = sent->type == NODE_MAP;
    record->key = map ? node_text_of(sent, "key") : NULL;
    record->n = map ? number_of(sent, "n") : 0;
    if (!key_good(record->key)) {
        record->key = arena_format(call->arena, "none-%.40s", record->digest);
        record->bad = "记录没有编号";
    }
    if (strlen(record->raw) > RECORD_BYTES)
        record->bad = "记录过大";
    if (!map)
        record->bad = "记录的格式有误";
    read_parts(call, map && node_text_of(sent, "box") != NULL ? unbox(call, sent, record) : sent, record);
    return record->key == NULL ? NO_MEMORY : OK;
}

/* ---- may it count at all ---- */

static enum status
fault(struct call *call, const char *code, const char *message)
{
    return call_fault(call, NULL, code, "%s", message);
}

static enum status
check_time(struct call *call, const struct sync_device *device, const struct record *record)
{
    struct day made, day = day_from_ms(record->at);
    const int64_t back = standard_int(call, "CFG-BACKDATE-DAYS", 7);
    if (device->unpaired_at != 0)
        return fault(call, "unpaired", "设备已解除配对，请核对后处理");
    if (record->at > call->now_ms + AHEAD_MS)
        return fault(call, "future_time", "登记时间晚于现在，请核对平板的时钟");
    if (record->day != NULL && (!day_parse(record->day, &day) || day.n > day_from_ms(record->at).n))
        return fault(call, "wrong_day", "登记的日期不对");
    if (call->today.n - (day.n < day_from_ms(record->at).n ? day.n : day_from_ms(record->at).n) > back)
        return call_fault(call, NULL, "too_old", "已超过%lld天的补录期限", (long long)back);
    if (record->at < device->paired_at - AHEAD_MS)
        return fault(call, "before_pairing", "登记时间早于设备配对，请核对平板的时钟");
    if (record->version == NULL || !day_parse(record->version, &made) || call->today.n - made.n > FORM_DAYS)
        return fault(call, "old_form", "平板上的表单超过180天未更新，请核对后处理");
    return OK;
}

static enum status
check_hand(struct call *call, struct reader *reader, struct record *record)
{
    enum status status = OK;
    for (size_t i = 0; i < call->house->modules_n && status == OK; i++)
        if (call->house->modules[i]->record_guard != NULL)
            status = call->house->modules[i]->record_guard(call, reader, record->form, record->staff, record->at,
                                                           &record->who);
    return status;
}

/* Names that the form does not know are said, so that nothing that was typed is lost in silence. */
static enum status
check_names(struct call *call, const struct record *record)
{
    for (const struct node *node = record->fields->first; node != NULL; node = node->next) {
        const struct field *field = form_field(record->form, node->name, NULL);
        if (node->type == NODE_NULL || (node->text != NULL && node->text[0] == '\0'))
            continue;
        if (field == NULL || field->retired)
            call_fault(call, field, "unknown_field", "“%s”已不在此表中", field == NULL ? node->name : field->label);
    }
    return call->faults == NULL ? OK : INVALID;
}

/* ---- its content ---- */

static enum status
resolve_file(struct call *call, struct reader *reader, int64_t device, struct record *record, const struct field *field,
             const struct node *said, struct node *input)
{
    struct rows rows;
    const char *hash = said->type == NODE_MAP ? node_text_of(said, "hash") : NULL;
    if (hash == NULL || strlen(hash) != 64)
        return call_fault(call, field, "bad_file", "照片的说明不完整");
    if (number_of(said, "size") > PHOTO_BYTES)
        return call_fault(call, field, "too_large", "照片超过%d MB，没有上传", PHOTO_BYTES >> 20);
    enum status status =
        reader_rows(reader, call->arena,
                    "select sm3, type, size from upload where office = ?1 and device = ?2 and hash = ?3 and piece = -1",
                    ARGS(value_int(id_office(device)), value_int(device), value_text(hash)), &rows);
    if (status != OK)
        return status;
    if (rows.n == 0) {
        record->outcome = OUTCOME_WAITING;
        record->message = "等待照片上传";
        return NOT_FOUND;
    }
    if (rows_text(&rows, 0, 0) == NULL)
        return call_fault(call, field, "bad_file", "照片的格式无法识别");
    /* which upload it is; the row of `file` is made when the record is written */
    struct node *node = node_put_text(call->arena, input, field->name, hash);
    return node == NULL ? NO_MEMORY : OK;
}

enum status
record_input(struct call *call, struct reader *reader, int64_t device, struct record *record, struct node **out)
{
    struct node *input = *out = node_map(call->arena);
    enum status status = OK;
    for (const struct node *node = record->fields->first; node != NULL && status == OK; node = node->next) {
        const struct field *field = form_field(record->form, node->name, NULL);
        if (field != NULL && field->type == F_FILE && node->type != NODE_NULL) {
            status = resolve_file(call, reader, device, record, field, node, input);
            continue;
        }
        struct node *copy = node_put(call->arena, input, node->name, node->type);
        if (copy == NULL)
            return NO_MEMORY;
        copy->i = node->i;
        copy->text = node->text;
        copy->first = node->first;
        copy->last = node->last;
    }
    if (status == OK && record->day != NULL)
        node_put_text(call->arena, input, "day", record->day);
    return status;
}

/* What the form fills in with "now" was then, not now. */
static void
fill_then(struct call *call, const struct record *record, struct node *input)
{
    char iso[11];
    for (const struct field *field = record->form->fields; field->name != NULL; field++)
        if (field->type == F_TIME && field->fill == FILL_NOW && node_get(input, field->name) == NULL)
            node_put_text(call->arena, input, field->name, arena_format(call->arena, "%lld", (long long)record->at));
    if (record->form->day && record->day == NULL) {
        day_iso(day_from_ms(record->at), iso);
        node_put_text(call->arena, input, "day", arena_text(call->arena, iso));
    }
}

/* What was uploaded under the field's hash becomes a file of the office; *file 0: nothing was named, or it is not
 * there.
 */
static enum status
attach_one(struct call *call, struct writer *writer, int64_t device, const struct field *field,
           const struct node *input, int64_t *file)
{
    struct rows rows;
    const int64_t office = id_office(device);
    const char *hash = field->type == F_FILE ? node_text_of(input, field->name) : NULL;
    *file = 0;
    if (hash == NULL)
        return OK;
    const enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select sm3, type, size from upload where office = ?1 and device = ?2 and hash = ?3 and piece = -1",
                    ARGS(value_int(office), value_int(device), value_text(hash)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    struct attachment attachment = { .field = field->name, .name = field->label, .type = rows_text(&rows, 0, 1) };
    strncpy(attachment.hex, rows_text(&rows, 0, 0), sizeof attachment.hex - 1);
    attachment.n = (size_t)rows_int(&rows, 0, 2);
    return attachment_write(call, writer, office, &attachment, file);
}

enum status
record_attach(struct call *call, struct writer *writer, int64_t device, const struct node *input, struct row *row)
{
    enum status status = OK;
    for (int i = 0; row->form->fields[i].name != NULL && status == OK; i++) {
        int64_t file;
        status = attach_one(call, writer, device, &row->form->fields[i], input, &file);
        if (status == OK && file != 0)
            row->cells[i] = value_int(file);
    }
    return status;
}

enum status
record_take_step(struct call *call, struct writer *writer, int64_t device, const struct record *record, int64_t row,
                 int64_t base, const struct node *input)
{
    struct node *whole = node_map(call->arena);
    enum status status = OK;
    for (const struct node *node = input->first; node != NULL && status == OK; node = node->next) {
        int64_t file = 0;
        const struct field *field = form_field(record->form, node->name, NULL);
        if (field != NULL)
            status = attach_one(call, writer, device, field, input, &file);
        struct node *copy = node_put(call->arena, whole, node->name, file != 0 ? NODE_ID : node->type);
        if (copy == NULL)
            return NO_MEMORY;
        copy->i = file != 0 ? file : node->i;
        copy->text = file != 0 ? NULL : node->text;
        copy->first = node->first;
        copy->last = node->last;
    }
    return status == OK ? step_take(call, writer, record->form, row, base, record->step, whole, NULL) : status;
}

/* ---- writing ---- */

/* What stands in its place already is found before anything is written: a whole class that two tablets recorded does
 * not cost a rollback for each child. */
static enum status
stands_already(struct call *call, struct reader *reader, struct record *record)
{
    bool same;
    struct row *row = row_copy(call, record->candidate);
    struct change change = { .form = record->form, .new = row };
    if (row == NULL)
        return NO_MEMORY;
    if (record->form->uniques == NULL)
        return OK;
    if (record->form->fill != NULL && record->form->fill(call, reader, &change) != OK)
        return INVALID; /* its faults are in the call */
    if (row->state == 0 && record->form->procedure != NULL)
        row->state = record->form->procedure->first;
    record->candidate = row;
    const enum status status = record_existing(call, reader, record, &record->existing, &same);
    if (status != OK || record->existing == 0)
        return status;
    record->outcome = same ? OUTCOME_DUPLICATE : OUTCOME_TODO;
    record->message = same ? "已由他人登记" : "已有另一条记录，内容不同";
    return OK;
}

static enum status
new_record(struct call *call, struct writer *writer, int64_t device, struct record *record, struct node *input)
{
    struct row *row = record->candidate = row_new(call, record->form);
    if (row == NULL)
        return NO_MEMORY;
    if ((duty_may(record->form, call->me) & MAY_CREATE) == 0)
        return call_fail(call, DENIED, "此设备没有登记“%s”的职责", record->form->title);
    fill_then(call, record, input);
    row->institution = record->form->part_of == NULL ? call->me->institution : 0; /* a line's is that of its head */
    row->office = call->me->office;
    row->part = record->part;
    enum status status = input_read(call, record->form, NULL, input, row);
    if ((status == OK || status == INVALID) && form_whole(record->form)) { /* all that is wrong is said at once */
        row_fill(call, row);
        if (need_check(call, record->form, row) != OK)
            status = INVALID;
    }
    if (status == OK)
        status = stands_already(call, writer_reader(writer), record);
    if (status != OK || record->outcome != OUTCOME_NONE)
        return status;
    status = record_attach(call, writer, device, input, row);
    if (status == OK)
        status = row_create(call, writer, row);
    record->row = row->id;
    return status;
}

static enum status
change_record(struct call *call, struct writer *writer, int64_t device, struct record *record, const struct node *input)
{
    struct row *row;
    enum status status = row_get(call, writer_reader(writer), record->form, record->target, &row);
    if (status != OK)
        return call_fail(call, status, "没有要修改的那条记录");
    record->candidate = row = row_copy(call, row);
    if (row == NULL)
        return NO_MEMORY;
    status = input_read(call, record->form, NULL, input, row);
    if (status == OK)
        status = record_attach(call, writer, device, input, row);
    if (status == OK)
        status = row_change(call, writer, row, record->base == 0 ? row->version : record->base);
    record->row = record->target;
    return status;
}

/* The row that an earlier record of this device became. */
static enum status
find_target(struct call *call, struct reader *reader, const struct sync_device *device, struct record *record)
{
    struct rows rows;
    if (record->ref == NULL)
        return OK;
    enum status status =
        reader_rows(reader, call->arena,
                    "select state, row, existing, form from inbox where office = ?1 and device = ?2 "
                    "and key = ?3",
                    ARGS(value_int(id_office(device->id)), value_int(device->id), value_text(record->ref)), &rows);
    const char *state = status == OK ? rows_text(&rows, 0, 0) : NULL, *form = rows_text(&rows, 0, 3);
    if (status != OK)
        return status;
    if (state == NULL || strcmp(state, "waiting") == 0) {
        record->outcome = OUTCOME_WAITING;
        record->message = "等待前一条记录";
        return NOT_FOUND;
    }
    if (form == NULL || strcmp(form, record->form->name) != 0)
        return fault(call, "wrong_ref", "所指的前一条记录不是同一种台账");
    record->target = rows_int(&rows, 0, 1) != 0 ? rows_int(&rows, 0, 1) : rows_int(&rows, 0, 2);
    if (strcmp(state, "todo") == 0 || strcmp(state, "discarded") == 0 || record->target == 0)
        return fault(call, "ref_todo", "前一条记录还需要处理");
    return OK;
}

static enum status
write_record(struct call *call, struct writer *writer, const struct sync_device *device, struct record *record)
{
    struct node *input;
    enum status status = record_input(call, writer_reader(writer), device->id, record, &input);
    if (status == OK)
        status = find_target(call, writer_reader(writer), device, record);
    if (status != OK)
        return status;
    if (strcmp(record->op, "create") == 0)
        return new_record(call, writer, device->id, record, input);
    if (strcmp(record->op, "change") == 0)
        return change_record(call, writer, device->id, record, input);
    status = record_take_step(call, writer, device->id, record, record->target, record->base, input);
    record->row = record->target;
    return status;
}

enum status
record_judge(struct call *call, struct writer *writer, const struct sync_device *device, struct record *record)
{
    const struct me *device_me = call->me;
    struct me me = *device_me;
    if (record->bad != NULL)
        return fault(call, "unreadable", record->bad);
    enum status status = record_settle_time(call, device, record);
    if (status == OK)
        status = check_time(call, device, record);
    if (status == OK)
        status = check_hand(call, writer_reader(writer), record);
    if (status == OK)
        status = check_names(call, record);
    if (status != OK)
        return status;
    /* the journal says whose hand it was on which device */
    me.hand = record->staff;
    me.hand_at = record->at;
    if (record->who != NULL)
        me.name = arena_format(call->arena, "%s · %s", device_me->name, record->who);
    call->me = &me;
    status = write_record(call, writer, device, record);
    call->me = device_me;
    if (status == NOT_FOUND && record->outcome == OUTCOME_WAITING)
        return OK;
    if (status != OK || record->outcome != OUTCOME_NONE)
        return status;
    record->outcome = OUTCOME_ROW;
    if (record->moved == 0)
        return OK;
    record->message = "时间已按设备时差校正";
    return record_note_move(call, record);
}

/* ---- what stands already ---- */

/* The same in all that was said; two clocks may differ by a quarter of an hour. */
static bool
says_the_same(struct call *call, struct reader *reader, const struct row *said, const struct row *stands)
{
    if (said->state != stands->state)
        return false;
    for (int i = 0; said->form->fields[i].name != NULL; i++) {
        const struct field *field = &said->form->fields[i];
        if (said->cells[i].type == VALUE_NULL || field->computed)
            continue;
        if (field->type == F_TIME) {
            if (stands->cells[i].type != VALUE_INT || llabs(said->cells[i].i - stands->cells[i].i) > SAME_MS)
                return false;
            continue;
        }
        const char *a = row_plain(call, reader, said, i), *b = row_plain(call, reader, stands, i);
        if (a == NULL || b == NULL || strcmp(a, b) != 0)
            return false;
    }
    return true;
}

static struct value
key_value(const struct row *row, const char *name)
{
    if (strcmp(name, "day") == 0)
        return value_text(row->day);
    return strcmp(name, "institution") == 0 ? value_int(row->institution)
           : strcmp(name, "part") == 0      ? value_int(row->part)
                                            : row_value(row, name);
}

enum status
record_existing(struct call *call, struct reader *reader, const struct record *record, int64_t *existing, bool *same)
{
    const struct row *row = record->candidate;
    enum status status = OK;
    *existing = record->target;
    *same = false;
    if (row == NULL || row->version > 1 || record->target != 0)
        return OK;
    for (const struct unique_key *unique = record->form->uniques;
         unique != NULL && unique->fields[0] != NULL && status == OK && *existing == 0; unique++) {
        struct value values[4];
        struct row_set set;
        size_t n = 0;
        for (; n < 4 && unique->fields[n] != NULL; n++)
            values[n] = key_value(row, unique->fields[n]);
        status = rows_by(call, reader, record->form, row->office, unique->fields, values, n, &set);
        if (status == OK && set.n > 0) {
            *existing = set.rows[0]->id;
            *same = says_the_same(call, reader, row, set.rows[0]);
        }
    }
    return status;
}
