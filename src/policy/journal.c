/* Entries, the chain, and its proof. The hash of an entry covers the hash before it and every column of the entry. */
#include "policy/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/sm.h"

#define RUNNING_HEAD "1970-01-01"

static const char *
cell_words(struct call *call, struct value value)
{
    if (value.type == VALUE_INT)
        return arena_format(call->arena, "%lld", (long long)value.i);
    return value.type == VALUE_TEXT ? value.text : NULL;
}

static const char *
hex(struct arena *arena, const unsigned char *bytes, size_t n)
{
    char *text = arena_alloc(arena, 2 * n + 1);
    if (text != NULL)
        hex_text(bytes, n, text);
    return text;
}

/* One changed field. Ordinary: old and new in words. Personal: a keyed digest of the new value, and the old value
 * sealed as it was stored (secret) or a digest (personal but not secret). */
static void
note_field(struct call *call, const struct field *field, struct value old, struct value new, struct node *plain,
           struct node *digests, struct node *sealed)
{
    if (field->basis == BASIS_NONE && !field->secret) {
        struct node *pair = node_put_list(call->arena, plain, field->name);
        node_put_text(call->arena, pair, NULL, cell_words(call, old));
        node_put_text(call->arena, pair, NULL, cell_words(call, new));
        return;
    }
    char digest[65] = "";
    const char *words = cell_words(call, new);
    if (words != NULL)
        secret_index(call->house->keys, field->name, words, digest);
    node_put_text(call->arena, digests, field->name, arena_text(call->arena, digest));
    if (old.type == VALUE_BYTES)
        node_put_text(call->arena, sealed, field->name, hex(call->arena, old.bytes, old.n));
}

static struct entry *
add_entry(struct call *call)
{
    struct entry *entry = arena_alloc(call->arena, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->actor_name = call_hand(call);
    *call->entries_end = entry;
    call->entries_end = &entry->next;
    return entry;
}

static const char *
node_words(struct call *call, const struct node *node)
{
    struct buf buf;
    buf_init(&buf, 256 * 1024);
    json_write(&buf, node);
    const char *text = buf.failed ? NULL : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

enum status
journal_note(struct call *call, const struct change *change, const char *action)
{
    struct node *body = node_map(call->arena), *plain = node_map(call->arena), *digests = node_map(call->arena),
                *sealed = node_map(call->arena);
    const struct row *old = change->old, *new = change->new;
    if (body == NULL || plain == NULL || digests == NULL || sealed == NULL)
        return NO_MEMORY;
    for (int i = 0; change->form->fields[i].name != NULL; i++) {
        const struct value before = old == NULL ? value_null() : old->cells[i];
        if (!value_equal(before, new->cells[i]))
            note_field(call, &change->form->fields[i], before, new->cells[i], plain, digests, sealed);
    }
    if (old != NULL && old->state != new->state) {
        struct node *pair = node_put_list(call->arena, plain, "state");
        node_put_text(call->arena, pair, NULL, state_code(old->state));
        node_put_text(call->arena, pair, NULL, state_code(new->state));
    }
    if (plain->first != NULL)
        node_put_node(body, "f", plain);
    if (digests->first != NULL)
        node_put_node(body, "d", digests);
    if (sealed->first != NULL)
        node_put_node(body, "s", sealed);
    struct entry *entry = add_entry(call);
    if (entry == NULL)
        return NO_MEMORY;
    entry->office = new->office;
    entry->row = new->id;
    entry->institution = new->institution;
    entry->version = new->version;
    entry->form = change->form->name;
    entry->action = action;
    entry->body = node_words(call, body);
    return entry->body == NULL ? NO_MEMORY : OK;
}

enum status
journal_act(struct call *call, int64_t office, const char *form, int64_t row, const char *action, const char *body)
{
    struct entry *entry = add_entry(call);
    if (entry == NULL)
        return NO_MEMORY;
    entry->office = office;
    entry->form = form;
    entry->row = row;
    entry->action = action;
    entry->body = body == NULL ? "{}" : body;
    return OK;
}

/* ---- the chain ---- */

struct link {
    int64_t office, id, seq, at, actor, row, institution, version;
    const char *actor_name, *form, *action, *body, *address, *before;
};

static void
add_part(struct sm3_state *state, const char *text)
{
    sm3_add(state, text == NULL ? "-" : text, text == NULL ? 1 : strlen(text));
    sm3_add(state, "\n", 1);
}

static void
add_number(struct sm3_state *state, int64_t n)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", (long long)n);
    add_part(state, digits);
}

static bool
link_hash(const struct link *link, char out[65])
{
    struct sm3_state state;
    uint8_t digest[32];
    if (!sm3_begin(&state))
        return false;
    add_part(&state, link->before);
    add_number(&state, link->office);
    add_number(&state, link->seq);
    add_number(&state, link->id);
    add_number(&state, link->at);
    add_number(&state, link->actor);
    add_part(&state, link->actor_name);
    add_part(&state, link->form);
    add_number(&state, link->row);
    add_number(&state, link->institution);
    add_part(&state, link->action);
    add_number(&state, link->version);
    add_part(&state, link->body);
    add_part(&state, link->address);
    if (!sm3_end(&state, digest))
        return false;
    hex_text(digest, sizeof digest, out);
    return true;
}

static const char first_link[] = "tuoyu";

/* Heads of the offices touched in one batch of the SQLite writer; written once before its commit. */
struct head {
    struct head *next;
    int64_t office, seq;
    char hash[65];
    bool stored, changed;
};

static enum status
head_read(struct call *call, struct reader *reader, int64_t office, struct head *head)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena, "select seq, hash from journal_head where office = ?1 and day = ?2",
                    ARGS(value_int(office), value_text(RUNNING_HEAD)), &rows);
    *head = (struct head){ .office = office };
    snprintf(head->hash, sizeof head->hash, "%s", first_link);
    if (status == OK && rows.n == 1) {
        head->stored = true;
        head->seq = rows_int(&rows, 0, 0);
        snprintf(head->hash, sizeof head->hash, "%s", rows_text(&rows, 0, 1));
    }
    return status;
}

static enum status
head_write(struct writer *writer, const struct head *head)
{
    return writer_run(
        writer,
        head->stored ? "update journal_head set seq = ?3, hash = ?4 where office = ?1 and day = ?2"
                     : "insert into journal_head (office, day, seq, hash) values (?1, ?2, ?3, ?4)",
        ARGS(value_int(head->office), value_text(RUNNING_HEAD), value_int(head->seq), value_text(head->hash)), NULL);
}

static struct head *
batch_head(struct call *call, struct writer *writer, int64_t office, enum status *status)
{
    struct head **first = (struct head **)writer_batch(writer);
    for (struct head *head = *first; head != NULL; head = head->next)
        if (head->office == office)
            return head;
    struct head *head = calloc(1, sizeof *head);
    *status = head == NULL ? NO_MEMORY : head_read(call, writer_reader(writer), office, head);
    if (*status != OK) {
        free(head);
        return NULL;
    }
    head->next = *first;
    *first = head;
    return head;
}

static enum status
entry_insert(struct call *call, struct writer *writer, const struct link *link, const char *hash)
{
    (void)call;
    return writer_run(
        writer,
        "insert into journal (office, id, seq, at, actor, actor_name, form, row, institution, action, "
        "version, body, address, hash) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        ARGS(value_int(link->office), value_int(link->id), link->seq == 0 ? value_null() : value_int(link->seq),
             value_int(link->at), value_int(link->actor), value_text(link->actor_name), value_text(link->form),
             value_int(link->row), value_int(link->institution), value_text(link->action), value_int(link->version),
             value_text(link->body), value_text(link->address), value_text(hash)),
        NULL);
}

static struct link
link_of(struct call *call, const struct entry *entry)
{
    return (struct link){
        .office = entry->office,
        .id = id_next(&call->house->ids, call->now_ms, (int)entry->office),
        .at = call->now_ms,
        .actor = call->me->account,
        .actor_name = entry->actor_name,
        .form = entry->form,
        .row = entry->row,
        .institution = entry->institution,
        .action = entry->action,
        .version = entry->version,
        .body = entry->body,
        .address = call->address,
    };
}

/* The batch's head moves only when every entry of the request is in: a request that fails leaves it as it was. */
enum status
journal_flush(struct call *call, struct writer *writer)
{
    const bool chained = reader_engine(writer_reader(writer)) == ENGINE_SQLITE;
    enum status status = OK;
    struct head *moved[8];
    struct head next[8];
    size_t n = 0;
    for (const struct entry *entry = call->entries; entry != NULL && status == OK; entry = entry->next) {
        struct link link = link_of(call, entry);
        if (!chained) {
            status = entry_insert(call, writer, &link, NULL);
            continue;
        }
        struct head *head = batch_head(call, writer, entry->office, &status);
        if (head == NULL)
            return status;
        size_t i = 0;
        while (i < n && moved[i] != head)
            i++;
        if (i == n) {
            if (n == sizeof moved / sizeof moved[0])
                return call_fail(call, BROKEN, "一次写入涉及的管辖单位过多");
            moved[n] = head;
            next[n++] = *head;
        }
        link.seq = next[i].seq + 1;
        link.before = next[i].hash;
        char hash[65];
        if (!link_hash(&link, hash))
            return BROKEN;
        status = entry_insert(call, writer, &link, hash);
        next[i].seq = link.seq;
        memcpy(next[i].hash, hash, sizeof hash);
    }
    for (size_t i = 0; status == OK && i < n; i++) {
        moved[i]->seq = next[i].seq;
        memcpy(moved[i]->hash, next[i].hash, sizeof next[i].hash);
        moved[i]->changed = true;
    }
    call->entries = NULL;
    call->entries_end = &call->entries;
    return status;
}

enum status
journal_at_commit(struct writer *writer)
{
    enum status status = OK;
    for (struct head *head = *writer_batch(writer); head != NULL && status == OK; head = head->next) {
        if (!head->changed)
            continue;
        status = head_write(writer, head);
        head->stored = true;
    }
    return status;
}

void
journal_batch_done(void *batch)
{
    struct head *head = batch;
    while (head != NULL) {
        struct head *next = head->next;
        free(head);
        head = next;
    }
}

#define LINK_COLUMNS "id, seq, at, actor, actor_name, form, row, institution, action, version, body, address, hash"

static struct link
link_from(const struct rows *rows, size_t i, int64_t office)
{
    return (struct link){
        .office = office,
        .id = rows_int(rows, i, 0),
        .seq = rows_int(rows, i, 1),
        .at = rows_int(rows, i, 2),
        .actor = rows_int(rows, i, 3),
        .actor_name = rows_text(rows, i, 4),
        .form = rows_text(rows, i, 5),
        .row = rows_int(rows, i, 6),
        .institution = rows_int(rows, i, 7),
        .action = rows_text(rows, i, 8),
        .version = rows_int(rows, i, 9),
        .body = rows_text(rows, i, 10),
        .address = rows_text(rows, i, 11),
    };
}

enum status
journal_seal(struct call *call, struct writer *writer, int64_t office, int most, int *sealed)
{
    struct rows rows;
    struct head head;
    *sealed = 0;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select " LINK_COLUMNS " from journal where office = ?1 and seq is null "
                                     "order by id limit ?2",
                                     ARGS(value_int(office), value_int(most)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    status = head_read(call, writer_reader(writer), office, &head);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct link link = link_from(&rows, i, office);
        char hash[65];
        link.seq = ++head.seq;
        link.before = arena_text(call->arena, head.hash);
        if (link.before == NULL || !link_hash(&link, hash))
            return BROKEN;
        memcpy(head.hash, hash, sizeof hash);
        status = writer_run(writer, "update journal set seq = ?3, hash = ?4 where office = ?1 and id = ?2",
                            ARGS(value_int(office), value_int(link.id), value_int(link.seq), value_text(hash)), NULL);
    }
    *sealed = (int)rows.n;
    return status == OK ? head_write(writer, &head) : status;
}

static enum status
sign_head(struct call *call, struct writer *writer, int64_t office, int64_t seq, const char *hash, const char *day)
{
    char *signature = NULL;
    char *words = arena_format(call->arena, "%lld %s %lld %s", (long long)office, day, (long long)seq, hash);
    if (words == NULL || sm2_sign(keys_signing(call->house->keys), words, strlen(words), call->arena, &signature) != OK)
        return BROKEN;
    return writer_run(writer,
                      "insert into journal_head (office, day, seq, hash, signature, key_version, at) "
                      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict do nothing",
                      ARGS(value_int(office), value_text(day), value_int(seq), value_text(hash), value_text(signature),
                           value_int(keys_version(call->house->keys)), value_int(call->now_ms)),
                      NULL);
}

enum status
journal_sign_heads(struct call *call, struct writer *writer)
{
    char day[11];
    day_iso((struct day){ call->today.n - 1 }, day);
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select h.office, h.seq, h.hash from journal_head h where h.day = ?1 and not exists "
                    "(select 1 from journal_head s where s.office = h.office and s.day = ?2)",
                    ARGS(value_text(RUNNING_HEAD), value_text(day)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = sign_head(call, writer, rows_int(&rows, i, 0), rows_int(&rows, i, 1), rows_text(&rows, i, 2), day);
    return status;
}

/* ---- the proof ---- */

/* A head keeps the signature of its day: any signing key of this house, also one that was rotated since. */
static bool
signed_by_us(const struct keys *keys, const char *words, const char *signature)
{
    const char *pem;
    for (int i = 0; words != NULL && (pem = keys_signing_of(keys, i)) != NULL; i++)
        if (sm2_verify(pem, words, strlen(words), signature) == OK)
            return true;
    return false;
}

static enum status
verify_heads(struct call *call, struct reader *reader, int64_t office, int64_t seq, const char *hash,
             struct verdict *verdict)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena,
                                     "select day, hash, signature from journal_head "
                                     "where office = ?1 and seq = ?2 and signature is not null",
                                     ARGS(value_int(office), value_int(seq)), &rows);
    for (size_t i = 0; status == OK && i < rows.n && verdict->good; i++) {
        const char *words = arena_format(call->arena, "%lld %s %lld %s", (long long)office, rows_text(&rows, i, 0),
                                         (long long)seq, hash);
        verdict->heads++;
        if (strcmp(rows_text(&rows, i, 1), hash) != 0 ||
            !signed_by_us(call->house->keys, words, rows_text(&rows, i, 2))) {
            verdict->good = false;
            verdict->bad_office = office;
            verdict->bad_seq = seq;
            verdict->text = "链头签名与日志不符";
        }
    }
    return status;
}

static void
verdict_bad(struct verdict *verdict, int64_t office, int64_t seq, const char *text)
{
    verdict->good = false;
    verdict->bad_office = office;
    verdict->bad_seq = seq;
    verdict->text = text;
}

static enum status
verify_office(struct call *call, struct reader *reader, int64_t office, struct verdict *verdict)
{
    char before[65];
    int64_t seq = 0;
    snprintf(before, sizeof before, "%s", first_link);
    for (;;) {
        struct arena *page = arena_new(64u << 20);
        struct rows rows;
        enum status status = page == NULL ? NO_MEMORY
                                          : reader_rows(reader, page,
                                                        "select " LINK_COLUMNS " from journal where office = ?1 and "
                                                        "seq > ?2 order by seq limit 1000",
                                                        ARGS(value_int(office), value_int(seq)), &rows);
        for (size_t i = 0; status == OK && i < rows.n && verdict->good; i++) {
            struct link link = link_from(&rows, i, office);
            char hash[65] = "";
            link.before = before;
            if (link.seq != seq + 1)
                verdict_bad(verdict, office, seq + 1, "缺少日志条目");
            else if (!link_hash(&link, hash) || rows_text(&rows, i, 12) == NULL ||
                     strcmp(hash, rows_text(&rows, i, 12)) != 0)
                verdict_bad(verdict, office, link.seq, "日志条目被改动");
            seq = link.seq;
            verdict->entries++;
            memcpy(before, hash, sizeof before);
            if (verdict->good)
                status = verify_heads(call, reader, office, seq, hash, verdict);
        }
        const bool last = status != OK || rows.n < 1000 || !verdict->good;
        arena_free(page);
        if (last && (status != OK || !verdict->good))
            return status;
        if (last)
            break;
    }
    struct head head;
    enum status status = head_read(call, reader, office, &head);
    if (status == OK && (head.seq != seq || strcmp(head.hash, before) != 0))
        verdict_bad(verdict, office, seq + 1, "链头与最后一条日志不符，末尾条目可能被删除");
    return status;
}

enum status
journal_verify(struct call *call, struct reader *reader, struct verdict *verdict)
{
    struct rows rows;
    *verdict = (struct verdict){ .good = true };
    enum status status = reader_rows(
        reader, call->arena, "select office, count(*) from journal group by office order by office", NO_ARGS, &rows);
    for (size_t i = 0; status == OK && verdict->good && i < rows.n; i++) {
        verdict->offices++;
        status = verify_office(call, reader, rows_int(&rows, i, 0), verdict);
    }
    struct rows tail;
    if (status == OK)
        status = reader_rows(reader, call->arena, "select count(*) from journal where seq is null", NO_ARGS, &tail);
    if (status == OK)
        verdict->unsealed = rows_int(&tail, 0, 0);
    return status;
}

struct look_note {
    struct call *call;
    int64_t office, row;
    const char *form, *what;
};

static enum status
look_write(struct writer *writer, void *arg)
{
    const struct look_note *look = arg;
    struct call *call = look->call;
    return writer_run(
        writer,
        "insert into look_journal (office, id, at, actor, actor_name, form, row, what, purpose, address) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        ARGS(value_int(look->office), value_int(id_next(&call->house->ids, call->now_ms, (int)look->office)),
             value_int(call->now_ms), value_int(call->me->account), value_text(call->me->name), value_text(look->form),
             value_int(look->row), value_text(look->what), value_text(call->purpose), value_text(call->address)),
        NULL);
}

enum status
journal_look(struct call *call, int64_t office, const char *form, int64_t row, const char *what)
{
    struct look_note look = { call, office, row, form, what };
    return store_write(call->house->store, LANE_NORMAL, look_write, &look);
}
