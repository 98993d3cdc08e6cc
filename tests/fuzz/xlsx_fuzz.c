/* Spreadsheets in. The first byte says what the rest is: 'z' a whole file; 's' the XML of a sheet, 't' of the shared
 * texts, 'y' of the styles, 'w' of the workbook — each put into an otherwise good file, so that the fuzzer does not
 * spend its time on zip. */
#include <zlib.h>

#include "base/text.h"
#include "desk/xlsx_in.h"
#include "fuzz/fuzz.h"

enum { ROWS_MOST = 500 };

struct part {
    const char *name;
    const char *text;
    size_t n;
};

static void
put(struct buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(out, (char)(value >> (8 * i) & 0xff));
}

static void
put_head(struct buf *out, const struct part *part, bool central, uint32_t at)
{
    const uint32_t crc = (uint32_t)crc32(0, (const Bytef *)part->text, (uInt)part->n);
    put(out, central ? 0x02014b50 : 0x04034b50, 4);
    if (central)
        put(out, 20, 2);
    put(out, 20, 2);
    put(out, 0, 4); /* flags; method: stored */
    put(out, 0, 2);
    put(out, 0x21, 2);
    put(out, crc, 4);
    put(out, (uint32_t)part->n, 4);
    put(out, (uint32_t)part->n, 4);
    put(out, (uint32_t)strlen(part->name), 2);
    put(out, 0, 2);
    if (central) {
        put(out, 0, 6);
        put(out, 0, 2);
        put(out, 0, 2);
        put(out, at, 4);
    }
    buf_text(out, part->name);
}

static void
zip(struct buf *out, const struct part *parts, size_t n)
{
    uint32_t at[8];
    for (size_t i = 0; i < n; i++) {
        at[i] = (uint32_t)out->n;
        put_head(out, &parts[i], false, 0);
        buf_add(out, parts[i].text, parts[i].n);
    }
    const uint32_t directory = (uint32_t)out->n;
    for (size_t i = 0; i < n; i++)
        put_head(out, &parts[i], true, at[i]);
    const uint32_t size = (uint32_t)out->n - directory;
    put(out, 0x06054b50, 4);
    put(out, 0, 4);
    put(out, (uint32_t)n, 2);
    put(out, (uint32_t)n, 2);
    put(out, size, 4);
    put(out, directory, 4);
    put(out, 0, 2);
}

static const char workbook[] =
    "<workbook><workbookPr date1904=\"0\"/><sheets><sheet name=\"a\" sheetId=\"1\"/></sheets></workbook>";
static const char texts[] = "<sst><si><t>name</t></si><si><r><t>a</t></r><r><t>b</t></r></si></sst>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>"
    "<xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
static const char sheet[] =
    "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
    "t=\"inlineStr\"><is><t>x</t></is></c></row>"
    "<row r=\"2\"><c r=\"A2\" s=\"1\"><v>45000</v></c><c r=\"B2\" t=\"s\"><v>1</v></c></row></sheetData></worksheet>";

static void
check(struct arena *arena, const char *bytes, size_t n)
{
    struct csv csv;
    const char *why = NULL;
    if (xlsx_read(arena, bytes, n, ROWS_MOST, &csv, &why) != OK) {
        assert(why != NULL || arena_failed(arena));
        return;
    }
    assert(csv.rows <= ROWS_MOST && csv.columns <= CSV_COLUMNS);
    for (size_t i = 0; i < csv.rows * csv.columns; i++)
        assert(csv.cells[i] != NULL && utf8_valid(csv.cells[i], strlen(csv.cells[i])));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0)
        return 0;
    struct arena *arena = arena_new(64 << 20);
    struct part parts[] = {
        { "xl/workbook.xml", workbook, sizeof workbook - 1 },
        { "xl/sharedStrings.xml", texts, sizeof texts - 1 },
        { "xl/styles.xml", styles, sizeof styles - 1 },
        { "xl/worksheets/sheet1.xml", sheet, sizeof sheet - 1 },
    };
    static const char kinds[] = "wtys";
    const char *kind = memchr(kinds, bytes[0], sizeof kinds - 1);
    if (kind == NULL) {
        check(arena, (const char *)bytes + 1, n - 1);
    } else {
        struct buf file;
        buf_init(&file, 32 << 20);
        parts[kind - kinds].text = (const char *)bytes + 1;
        parts[kind - kinds].n = n - 1;
        zip(&file, parts, sizeof parts / sizeof parts[0]);
        check(arena, file.bytes, file.n);
        buf_free(&file);
    }
    arena_free(arena);
    return 0;
}
