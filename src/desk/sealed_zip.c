#include "desk/sealed_zip.h"

#include <zip.h>

static bool
add_sealed(zip_t *zip, const char *name, const void *bytes, size_t n, const char *password)
{
    zip_source_t *content = zip_source_buffer(zip, bytes, n, 0);
    if (content == NULL)
        return false;
    const zip_int64_t index = zip_file_add(zip, name, content, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(content);
        return false;
    }
    return zip_file_set_encryption(zip, (zip_uint64_t)index, ZIP_EM_AES_256, password) == 0;
}

static enum status
read_all(zip_source_t *source, struct buf *out)
{
    char chunk[16384];
    zip_int64_t n = 0;
    if (zip_source_open(source) != 0)
        return BROKEN;
    while ((n = zip_source_read(source, chunk, sizeof chunk)) > 0)
        buf_add(out, chunk, (size_t)n);
    zip_source_close(source);
    return n < 0 ? BROKEN : out->failed ? NO_MEMORY : OK;
}

enum status
sealed_zip(const char *name, const void *bytes, size_t n, const char *password, struct buf *out)
{
    zip_error_t error;
    enum status status = BROKEN;
    zip_error_init(&error);
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = memory == NULL ? NULL : zip_open_from_source(memory, ZIP_TRUNCATE, &error);
    if (zip == NULL) {
        zip_source_free(memory);
        goto done;
    }
    zip_source_keep(memory); /* closing the archive gives it up, its bytes are read afterwards */
    if (!add_sealed(zip, name, bytes, n, password))
        zip_discard(zip);
    else if (zip_close(zip) == 0)
        status = read_all(memory, out);
    else
        zip_discard(zip);
    zip_source_free(memory);
done:
    zip_error_fini(&error);
    return status;
}
