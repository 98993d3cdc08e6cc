/* The batch: chunks of 200 records in one transaction. When one of them is refused, those before it are written, it is
 * kept for a person, and the rest goes on: at most one more transaction for each bad record. */
#include "policy/sync.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "policy/notice.h"
#include "policy/sync_inside.h"

enum { CHUNK_BYTES = 128 << 20, REVIVALS = 20 };

static const char *const outcome_words[] = { "todo", "row", "duplicate", "waiting", "todo" };

/* ---- the raw text at rest ---- */

static struct secret_place
place_of(int64_t office, int64_t id)
{
    return (struct secret_place){ "inbox", "body", office, id };
}

static enum status
seal_body(struct call *call, struct writer *writer, int64_t office, int64_t id, const char *text, struct value *out)
{
    struct subject_key key;
    uint8_t *wrapped, *cell;
    size_t wrapped_n, n;
    const struct secret_place place = place_of(office, id);
    enum status status = subject_key_make(id, &key);
    if (status == OK)
        status = subject_key_wrap(call->house->keys, &key, call->arena, &wrapped, &wrapped_n);
    if (status == OK)
        status = secret_seal(call->house->keys, &key, &place, text, call->arena, &cell, &n);
    if (status == OK)
        status = writer_run(writer,
                            "insert into subject_key (office, id, wrapped) values (?1, ?2, ?3) "
                            "on conflict (office, id) do update set wrapped = ?3",
                            ARGS(value_int(office), value_int(id), value_bytes(wrapped, wrapped_n)), NULL);
    if (status == OK)
        *out = value_bytes(cell, n);
    return status;
}

const char *
inbox_body(struct call *call, struct reader *reader, int64_t office, int64_t id, struct value sealed)
{
    struct rows rows;
    struct subject_key key;
    char *plain = NULL;
    const struct secret_place place = place_of(office, id);
    if (sealed.type != VALUE_BYTES ||
        reader_rows(reader, call->arena, "select wrapped from subject_key where office = ?1 and id = ?2",
                    ARGS(value_int(office), value_int(id)), &rows) != OK ||
        rows.n == 0)
        return NULL;
    const struct value wrapped = rows_value(&rows, 0, 0);
    if (wrapped.type != VALUE_BYTES ||
        subject_key_unwrap(call->house->keys, id, wrapped.bytes, wrapped.n, &key) != OK ||
        secret_open(call->house->keys, &key, &place, sealed.bytes, sealed.n, call->arena, &plain) != OK)
        return NULL;
    return plain;
}

/* ---- the inbox's row of a record ---- */

static const char *
why_text(struct call *call, const struct record *record)
{
    struct buf buf;
    struct node *why = node_map(call->arena);
    node_put_text(call->arena, why, "message", record->message);
    if (record->faults != NULL)
        node_put_node(why, "faults", record->faults);
    buf_init(&buf, 64 * 1024);
    json_write(&buf, why);
    const char *text = buf.failed ? "{}" : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

/* What the server knew before: kept outcomes are given again, waiting ones are judged again. */
static enum status
find_known(struct call *call, struct reader *reader, const struct sync_device *device, struct record *record)
{
    struct rows rows;
    const int64_t office = id_office(device->id);
    enum status status = reader_rows(reader, call->arena,
                                     "select id, state, row, existing, digest, why, at, said_at from inbox where "
                                     "office = ?1 and device = ?2 and key = ?3",
                                     ARGS(value_int(office), value_int(device->id), value_text(record->key)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    const char *state = rows_text(&rows, 0, 1), *digest = rows_text(&rows, 0, 4);
    if (digest != NULL && strcmp(digest, record->digest) != 0) { /* kept beside the other, under a name of its own */
        record->key = arena_format(call->arena, "%.48s.%.12s", record->key, record->digest);
        record->bad = "同一编号已用于其他内容";
        return strlen(record->key) > 62 ? OK : find_known(call, reader, device, record);
    }
    record->inbox = rows_int(&rows, 0, 0);
    record->moved = rows_int(&rows, 0, 7) == 0 ? 0 : rows_int(&rows, 0, 6) - rows_int(&rows, 0, 7);
    if (strcmp(state, "waiting") == 0)
        return OK;
    record->known = true;
    record->row = rows_int(&rows, 0, 2);
    record->existing = rows_int(&rows, 0, 3);
    record->outcome = strcmp(state, "todo") == 0        ? OUTCOME_TODO
                      : strcmp(state, "duplicate") == 0 ? OUTCOME_DUPLICATE
                                                        : OUTCOME_ROW;
    const char *text = rows_text(&rows, 0, 5), *why;
    struct node *said = NULL;
    if (text != NULL && json_read(call->arena, text, strlen(text), &said, &why) == OK) {
        record->message = node_text_of(said, "message");
        record->faults = (struct node *)(uintptr_t)node_get(said, "faults");
    }
    return OK;
}

/* Most records become a row at once: then this is the only statement that keeps them. */
static enum status
keep_new(struct writer *writer, const struct call *call, const struct sync_device *device, const struct record *record,
         const struct value *outcome)
{
    return writer_run(
        writer,
        "insert into inbox (office, id, institution, device, key, digest, form, at, received_at, staff, state, row, "
        "existing, follows, why, body, who, said_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
        "?14, ?15, ?16, ?17, ?18)",
        ARGS(value_int(id_office(device->id)), value_int(record->inbox),
             record->hidden ? value_null() : value_int(device->institution), value_int(device->id),
             value_text(record->key), value_text(record->digest),
             value_text(record->hidden || record->form == NULL ? NULL : record->form->name), value_int(record->at),
             value_int(call->now_ms), record->staff == 0 || record->hidden ? value_null() : value_int(record->staff),
             outcome[0], outcome[1], outcome[2], outcome[3], outcome[4], outcome[5], outcome[6],
             record->moved == 0 ? value_null() : value_int(record->said_at)),
        NULL);
}

static enum status
keep(struct call *call, struct writer *writer, const struct sync_device *device, struct record *record)
{
    const int64_t office = id_office(device->id);
    const bool fresh = record->inbox == 0, row = record->outcome == OUTCOME_ROW;
    struct value body = value_null();
    enum status status = OK;
    if (fresh)
        record->inbox = id_next(&call->house->ids, call->now_ms, (int)office);
    if (!row)
        status = seal_body(call, writer, office, record->inbox, record->raw, &body);
    if (status != OK)
        return status;
    const struct value outcome[] = { /* state, row, existing, follows, why, body, who */
                                     value_text(outcome_words[record->outcome]),
                                     record->row == 0 || !row ? value_null() : value_int(record->row),
                                     record->existing == 0 ? value_null() : value_int(record->existing),
                                     value_text(record->outcome == OUTCOME_WAITING ? record->ref : NULL),
                                     value_text(row ? NULL : why_text(call, record)),
                                     body,
                                     value_text(record->hidden ? NULL : record->who)
    };
    if (fresh)
        return keep_new(writer, call, device, record, outcome);
    return writer_run(
        writer,
        "update inbox set state = ?3, row = ?4, existing = ?5, follows = ?6, why = ?7, body = ?8, who = ?9 where "
        "office = ?1 and id = ?2",
        ARGS(value_int(office), value_int(record->inbox), outcome[0], outcome[1], outcome[2], outcome[3], outcome[4],
             outcome[5], outcome[6]),
        NULL);
}

/* The head is told once, not for each record. */
static enum status
tell_head(struct call *call, struct writer *writer, const struct sync_device *device, const struct record *record)
{
    struct rows rows;
    if (record->hidden)
        return notice_department(call, writer, id_office(device->id), "health",
                                 "一条受保护的报告没有自动办结，请联系系统管理员核对", NULL);
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id from inbox where office = ?1 and institution = ?2 and state = 'todo' "
                                     "order by id limit 2",
                                     ARGS(value_int(id_office(device->id)), value_int(device->institution)), &rows);
    if (status != OK || rows.n > 1)
        return status;
    return notice_institution(call, writer, device->institution, "平板上传的记录有需要处理的", "/inbox");
}

/* ---- chunks ---- */

struct chunk {
    const struct sync_device *device;
    struct call call;
    struct record *records;
    size_t from, to, at;
    struct record *todo; /* after those: kept for a person */
};

static void
forget(struct record *record)
{
    record->outcome = OUTCOME_NONE;
    record->known = false;
    record->inbox = record->row = record->existing = record->moved = 0;
    record->at = record->said_at;
    record->day = record->said_day;
    record->fields = record->said_fields;
    record->candidate = NULL;
    record->message = NULL;
    record->faults = NULL;
}

/* The faults of one record do not count for the next; what was noted for the journal and the cells stays. */
static void
fresh(struct call *call)
{
    call->faults = NULL;
    call->faults_end = &call->faults;
    call->found = NULL;
    call->found_end = &call->found;
    call->message = NULL;
    call->answer_form = NULL;
    call->answer_row = 0;
}

static enum status
take(struct call *call, struct writer *writer, const struct sync_device *device, struct record *record)
{
    fresh(call);
    forget(record);
    enum status status = find_known(call, writer_reader(writer), device, record);
    if (status != OK || record->known)
        return status;
    status = record_judge(call, writer, device, record);
    if (status == OK)
        status = keep(call, writer, device, record);
    return status == OK && record->outcome == OUTCOME_TODO ? tell_head(call, writer, device, record) : status;
}

static enum status
write_chunk(struct call *call, struct writer *writer, void *arg)
{
    struct chunk *chunk = arg;
    enum status status = OK;
    for (chunk->at = chunk->from; chunk->at < chunk->to && status == OK; chunk->at += status == OK)
        status = take(call, writer, chunk->device, &chunk->records[chunk->at]);
    if (status != OK || chunk->todo == NULL)
        return status;
    struct record said = *chunk->todo; /* somebody else's request may have kept it meanwhile */
    status = find_known(call, writer_reader(writer), chunk->device, &said);
    if (status != OK || said.known) {
        *chunk->todo = said;
        return status;
    }
    chunk->todo->inbox = said.inbox;
    chunk->todo->key = said.key;
    status = keep(call, writer, chunk->device, chunk->todo);
    if (status == OK && chunk->todo->outcome == OUTCOME_TODO)
        status = tell_head(call, writer, chunk->device, chunk->todo);
    return status;
}

static bool
is_ours(enum status status)
{
    return status == NO_MEMORY || status == BUSY || status == FULL;
}

/* Why it was refused, in words that outlive the next run. */
static void
note_why(struct call *call, struct record *record, enum status refused)
{
    struct node *faults = node_list(call->arena);
    for (const struct fault *one = call->faults; one != NULL; one = one->next) {
        struct node *item = node_put_map(call->arena, faults, NULL);
        node_put_text(call->arena, item, "field", one->field);
        node_put_text(call->arena, item, "label", one->label);
        node_put_text(call->arena, item, "code", one->code);
        node_put_text(call->arena, item, "message", one->message);
    }
    record->message = call->message != NULL  ? call->message
                      : call->faults != NULL ? call->faults->message
                      : refused == STALE     ? "这条记录已被他人修改"
                                             : status_title(refused);
    record->faults = faults->first == NULL ? NULL : faults;
    record->outcome = OUTCOME_TODO;
    record->row = record->existing = 0;
}

/* What stands in its place; when that says the same, nobody needs to look. */
static enum status
compare(struct call *call, struct record *record)
{
    bool same = false;
    if (record->form == NULL)
        return OK;
    struct reader *reader = store_reader(call->house->store);
    const enum status status = record_existing(call, reader, record, &record->existing, &same);
    store_reader_done(call->house->store, reader);
    if (same) {
        record->outcome = OUTCOME_DUPLICATE;
        record->message = "已由他人登记";
        record->faults = NULL;
    }
    return status;
}

static enum status
write_part(struct chunk *chunk, size_t to, struct record *todo, enum lane lane)
{
    chunk->to = to;
    chunk->todo = todo;
    return call_write(&chunk->call, lane, write_chunk, chunk);
}

/* The refused one: those before it are written, so that what stands is what it collided with; then it is kept. */
static enum status
set_aside(struct chunk *chunk, size_t bad, enum status refused, enum lane lane)
{
    struct record *record = &chunk->records[bad];
    note_why(&chunk->call, record, refused);
    const struct record why = *record;
    enum status status = bad == chunk->from ? OK : write_part(chunk, bad, NULL, lane);
    if (status != OK)
        return status;
    chunk->from = bad;
    *record = why;
    if (refused == CONFLICT || refused == STALE)
        status = compare(&chunk->call, record);
    if (status == OK)
        status = write_part(chunk, bad, record, lane);
    chunk->from = status == OK ? bad + 1 : bad;
    return status;
}

static enum status
run_chunk(struct chunk *chunk, size_t n, enum lane lane)
{
    chunk->from = 0;
    for (size_t tries = 0; chunk->from < n && tries < 2 * n + 2; tries++) {
        enum status status = write_part(chunk, n, NULL, lane);
        if (status == OK)
            return OK;
        if (is_ours(status) || chunk->at >= n)
            return status;
        status = set_aside(chunk, chunk->at, status, lane);
        if (status != OK && status != CONFLICT && status != STALE) /* not even kept: the tablet has it still */
            return status;
    }
    return chunk->from < n ? BUSY : OK;
}

static void
add_result(struct call *call, const struct record *record, struct node *results)
{
    struct node *item = node_put_map(call->arena, results, NULL);
    node_put_text(call->arena, item, "key", arena_text(call->arena, record->key));
    node_put_int(call->arena, item, "n", record->n);
    node_put_text(call->arena, item, "result", outcome_words[record->outcome]);
    node_put_bool(call->arena, item, "replayed", record->known);
    if (record->hidden)
        return; /* nothing on the device tells what it was */
    const int64_t id = record->row != 0 ? record->row : record->existing;
    if (id != 0)
        node_put_id(call->arena, item, "id", id);
    node_put_text(call->arena, item, "message", arena_text(call->arena, record->message));
    struct node *faults = node_put_list(call->arena, item, "faults");
    for (const struct node *one = record->faults == NULL ? NULL : record->faults->first; one != NULL; one = one->next) {
        struct node *copy = node_put_map(call->arena, faults, NULL);
        static const char *const names[] = { "field", "label", "code", "message" };
        for (size_t i = 0; i < 4; i++)
            node_put_text(call->arena, copy, names[i], arena_text(call->arena, node_text_of(one, names[i])));
    }
}

static enum status
open_chunk(struct chunk *chunk, struct call *call, const struct sync_device *device)
{
    struct arena *arena = arena_new(CHUNK_BYTES);
    *chunk = (struct chunk){ .device = device };
    if (arena == NULL)
        return NO_MEMORY;
    call_init(&chunk->call, call->house, arena, call->me, call->now_ms);
    chunk->call.reference = call->reference;
    chunk->call.address = call->address;
    chunk->records = arena_array(arena, SYNC_CHUNK, sizeof *chunk->records);
    return chunk->records == NULL ? NO_MEMORY : OK;
}

/* ---- the whole batch ---- */

static int64_t
place_in_queue(const struct node *record)
{
    const struct node *n = node_get(record, "n");
    return n != NULL && n->type == NODE_INT ? n->i : 0;
}

static int
by_number(const void *a, const void *b)
{
    const int64_t x = place_in_queue(*(const struct node *const *)a),
                  y = place_in_queue(*(const struct node *const *)b);
    return x < y ? -1 : x > y;
}

/* Records that waited for one that has come by now. */
static enum status
revive(struct call *call, const struct sync_device *device, struct node *results, bool *some)
{
    struct chunk chunk;
    struct rows rows;
    size_t n = 0;
    const int64_t office = id_office(device->id);
    enum status status = open_chunk(&chunk, call, device);
    if (status != OK)
        return status;
    struct reader *reader = store_reader(call->house->store);
    status = reader_rows(reader, chunk.call.arena,
                         "select w.id, w.body from inbox w join inbox p on p.office = w.office and p.device = w.device "
                         "and p.key = w.follows where w.office = ?1 and w.device = ?2 and w.state = 'waiting' and "
                         "p.state <> 'waiting' order by w.id limit 200",
                         ARGS(value_int(office), value_int(device->id)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct node *sent = NULL;
        const char *why,
            *text = inbox_body(&chunk.call, reader, office, rows_int(&rows, i, 0), rows_value(&rows, i, 1));
        if (text != NULL && json_read(chunk.call.arena, text, strlen(text), &sent, &why) == OK)
            status = record_read(&chunk.call, sent, &chunk.records[n++]);
    }
    store_reader_done(call->house->store, reader);
    if (status == OK && n > 0)
        status = run_chunk(&chunk, n, LANE_NORMAL);
    *some = false;
    for (size_t i = 0; i < n && status == OK; i++) {
        *some = *some || chunk.records[i].outcome != OUTCOME_WAITING;
        add_result(call, &chunk.records[i], results);
    }
    arena_free(chunk.call.arena);
    return status;
}

/* In their order, at most SYNC_RECORDS. */
static enum status
sort_records(struct call *call, const struct node *records, const struct node ***out, size_t *n)
{
    const size_t all = node_count(records);
    const struct node **order = *out = arena_array(call->arena, all + 1, sizeof *order);
    *n = 0;
    if (all > SYNC_RECORDS)
        return TOO_LARGE;
    if (order == NULL)
        return NO_MEMORY;
    for (const struct node *one = records->first; one != NULL; one = one->next)
        order[(*n)++] = one;
    qsort(order, *n, sizeof *order, by_number);
    return OK;
}

/* ---- without waiting ---- */

struct quick {
    struct chunk chunk;
    struct call *call;
    struct node *results;
    bool more; /* records that waited can be judged now */
    sync_done_fn *done;
    void *arg;
};

static enum status
write_quick(struct call *call, struct writer *writer, void *arg)
{
    struct quick *quick = arg;
    struct rows rows = { 0 };
    const int64_t device = quick->chunk.device->id;
    enum status status = write_chunk(call, writer, &quick->chunk);
    if (status == OK)
        status = reader_rows(writer_reader(writer), call->arena,
                             "select w.id from inbox w join inbox p on p.office = w.office and p.device = w.device "
                             "and p.key = w.follows where w.office = ?1 and w.device = ?2 and w.state = 'waiting' and "
                             "p.state <> 'waiting' limit 1",
                             ARGS(value_int(id_office(device)), value_int(device)), &rows);
    quick->more = status == OK && rows.n > 0;
    return status;
}

static void
quick_done(struct call *call, enum status status, void *arg)
{
    struct quick *quick = arg;
    (void)call;
    const bool whole = status == OK && !quick->more;
    for (size_t i = 0; i < quick->chunk.to && whole; i++)
        add_result(quick->call, &quick->chunk.records[i], quick->results);
    quick->done(quick->arg, is_ours(status) ? status : OK, whole);
}

static void
free_arena(void *arena)
{
    arena_free(arena);
}

enum status
sync_submit(struct call *call, const struct sync_device *device, const struct node *records, struct node *results,
            sync_done_fn *done, void *arg)
{
    size_t n;
    const struct node **order;
    struct quick *quick = arena_alloc(call->arena, sizeof *quick);
    enum status status = quick == NULL ? NO_MEMORY : sort_records(call, records, &order, &n);
    if (status != OK || n > SYNC_CHUNK)
        return status == OK ? TOO_LARGE : status;
    status = open_chunk(&quick->chunk, call, device);
    if (quick->chunk.call.arena == NULL || !arena_at_end(call->arena, free_arena, quick->chunk.call.arena))
        return NO_MEMORY;
    for (size_t i = 0; i < n && status == OK; i++)
        status = record_read(&quick->chunk.call, order[i], &quick->chunk.records[i]);
    if (status != OK)
        return status;
    quick->chunk.to = n;
    quick->call = call;
    quick->results = results;
    quick->done = done;
    quick->arg = arg;
    return call_submit(&quick->chunk.call, LANE_NORMAL, write_quick, quick, NULL, quick_done, quick);
}

/* ---- waiting for the end ---- */

enum status
sync_records(struct call *call, const struct sync_device *device, const struct node *records, struct node *results)
{
    size_t n;
    const struct node **order;
    enum status status = sort_records(call, records, &order, &n);
    for (size_t from = 0; from < n && status == OK; from += SYNC_CHUNK) {
        struct chunk chunk;
        const size_t count = n - from < SYNC_CHUNK ? n - from : SYNC_CHUNK;
        status = open_chunk(&chunk, call, device);
        for (size_t i = 0; i < count && status == OK; i++)
            status = record_read(&chunk.call, order[from + i], &chunk.records[i]);
        if (status == OK)
            status = run_chunk(&chunk, count, n > SYNC_CHUNK ? LANE_BULK : LANE_NORMAL);
        for (size_t i = 0; i < count && status == OK; i++)
            add_result(call, &chunk.records[i], results);
        arena_free(chunk.call.arena);
    }
    bool some = true;
    for (int i = 0; i < REVIVALS && some && status == OK; i++)
        status = revive(call, device, results, &some);
    return status;
}
