/* Photos in pieces: a line that breaks after each few hundred kilobytes still brings them in. */
#include <string.h>

#include "base/webcrypto.h"
#include "policy/sync.h"

enum status
sync_file_state(struct call *call, struct reader *reader, int64_t device, struct sync_file *file)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena,
                    "select coalesce(sum(case when piece >= 0 then size else 0 end), 0), "
                    "coalesce(max(case when piece = -1 then 1 else 0 end), 0) from upload where office = ?1 and "
                    "device = ?2 and hash = ?3",
                    ARGS(value_int(id_office(device)), value_int(device), value_text(file->hash)), &rows);
    file->whole = status == OK && rows_int(&rows, 0, 1) != 0;
    file->have = file->whole ? file->size : status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

struct piece {
    int64_t device;
    const struct sync_file *file;
    const void *bytes;
    size_t n;
    const char *sm3, *type;
};

/* A piece that came twice is written once: its place is part of the key. */
static enum status
write_piece(struct call *call, struct writer *writer, void *arg)
{
    const struct piece *piece = arg;
    return writer_run(writer,
                      "insert into upload (office, device, hash, piece, bytes, size, at) values "
                      "(?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (office, device, hash, piece) do nothing",
                      ARGS(value_int(id_office(piece->device)), value_int(piece->device), value_text(piece->file->hash),
                           value_int(piece->file->have), value_bytes(piece->bytes, piece->n),
                           value_int((int64_t)piece->n), value_int(call->now_ms)),
                      NULL);
}

enum status
sync_file_piece(struct call *call, int64_t device, const struct sync_file *file, const void *bytes, size_t n)
{
    struct piece piece = { .device = device, .file = file, .bytes = bytes, .n = n };
    return call_write(call, LANE_BULK, write_piece, &piece);
}

enum status
sync_file_bytes(struct call *call, struct reader *reader, int64_t device, const struct sync_file *file, char **bytes)
{
    struct rows rows;
    uint8_t hash[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];
    size_t at = 0;
    char *all = *bytes = arena_alloc(call->arena, (size_t)file->size + 1);
    if (all == NULL)
        return NO_MEMORY;
    enum status status =
        reader_rows(reader, call->arena,
                    "select piece, bytes from upload where office = ?1 and device = ?2 and hash = ?3 "
                    "and piece >= 0 order by piece",
                    ARGS(value_int(id_office(device)), value_int(device), value_text(file->hash)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        const struct value piece = rows_value(&rows, i, 1);
        if (rows_int(&rows, i, 0) != (int64_t)at || piece.type != VALUE_BYTES || at + piece.n > (size_t)file->size)
            return INVALID;
        memcpy(all + at, piece.bytes, piece.n);
        at += piece.n;
    }
    if (status != OK)
        return status;
    if (at != (size_t)file->size || !sha256(all, at, hash))
        return INVALID;
    hex_text(hash, sizeof hash, hex);
    return strcmp(hex, file->hash) == 0 ? OK : INVALID;
}

static enum status
write_done(struct call *call, struct writer *writer, void *arg)
{
    const struct piece *piece = arg;
    const struct value office = value_int(id_office(piece->device)), device = value_int(piece->device),
                       hash = value_text(piece->file->hash);
    enum status status = writer_run(writer, "delete from upload where office = ?1 and device = ?2 and hash = ?3",
                                    ARGS(office, device, hash), NULL);
    if (status == OK && piece->type != NULL)
        status = writer_run(writer,
                            "insert into upload (office, device, hash, piece, size, sm3, type, at) values "
                            "(?1, ?2, ?3, -1, ?4, ?5, ?6, ?7)",
                            ARGS(office, device, hash, value_int(piece->file->size), value_text(piece->sm3),
                                 value_text(piece->type), value_int(call->now_ms)),
                            NULL);
    return status;
}

enum status
sync_file_done(struct call *call, int64_t device, const struct sync_file *file, const char *sm3, const char *type)
{
    struct piece piece = { .device = device, .file = file, .sm3 = sm3, .type = type };
    return call_write(call, LANE_BULK, write_done, &piece);
}
