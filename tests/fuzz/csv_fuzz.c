/* Files of people: bytes of some encoding to text to a table; and the way back, where only formulas change. */
#include "base/csv.h"
#include "base/text.h"
#include "fuzz/fuzz.h"

enum { ROWS_MOST = 2000 };

static void
write_table(const struct csv *csv, struct buf *out)
{
    for (size_t row = 0; row < csv->rows; row++) {
        for (size_t column = 0; column < csv->columns; column++)
            csv_add(out, column == 0, csv->cells[row * csv->columns + column]);
        buf_text(out, "\r\n");
    }
}

static void
same_table(struct arena *arena, const struct csv *csv, const struct buf *text)
{
    struct csv again;
    assert(csv_read(arena, text->bytes, ROWS_MOST, &again) == OK);
    for (size_t row = 0; row < again.rows && again.rows == csv->rows; row++)
        for (size_t column = 0; column < again.columns; column++) {
            const char *old = csv->cells[row * csv->columns + column];
            const char *new = again.cells[row * again.columns + column];
            if (strcmp(old, new) != 0) /* a formula was made harmless */
                assert(new[0] == '\'' && strcmp(old, new + 1) == 0);
            assert(new[0] == '\0' || strchr("=+-@\t\r", new[0]) == NULL);
        }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena *arena = arena_new(FUZZ_ARENA);
    struct csv csv;
    struct buf out;
    char *text = NULL;
    buf_init(&out, 8 << 20);
    if (text_decode(arena, (const char *)bytes, n, &text) == OK) {
        assert(utf8_valid(text, strlen(text)));
        if (csv_read(arena, text, ROWS_MOST, &csv) == OK && csv.rows > 0) {
            assert(csv.rows <= ROWS_MOST && csv.columns > 0 && csv.columns <= CSV_COLUMNS);
            csv_cell(&csv, 1, "name");
            write_table(&csv, &out);
            if (!out.failed)
                same_table(arena, &csv, &out);
        }
    }
    buf_free(&out);
    arena_free(arena);
    return 0;
}
