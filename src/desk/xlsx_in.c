#include "desk/xlsx_in.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/day.h"

/* 1970-01-01 as sheets count days. */
enum { SHEET_EPOCH = 25569 };
enum { PART_MOST = 64u << 20, STRINGS_MOST = 400000, STYLES_MOST = 4096 };

struct book {
    struct arena *arena;
    zip_t *zip;
    const char **strings;
    size_t strings_n;
    bool dates[STYLES_MOST]; /* cell format -> shows a date */
    size_t styles_n;
    const char *why;
    struct csv *out;
    size_t most_rows, room;
};

bool
xlsx_is(const char *bytes, size_t n)
{
    return n > 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

static enum status
refuse(struct book *book, const char *why)
{
    book->why = why;
    return INVALID;
}

/* A part, at most PART_MOST bytes; *bytes NULL: it is not there. */
static enum status
part(struct book *book, const char *name, char **bytes, size_t *n)
{
    zip_stat_t info;
    *bytes = NULL;
    if (zip_stat(book->zip, name, 0, &info) != 0)
        return OK;
    if ((info.valid & ZIP_STAT_SIZE) == 0 || info.size > PART_MOST)
        return refuse(book, "表格展开后过大");
    zip_file_t *file = zip_fopen(book->zip, name, 0);
    char *room = file == NULL ? NULL : malloc(info.size + 1);
    zip_int64_t got = 0, more = 0;
    while (room != NULL && (zip_uint64_t)got < info.size &&
           (more = zip_fread(file, room + got, info.size - (zip_uint64_t)got)) > 0)
        got += more;
    if (file != NULL)
        zip_fclose(file);
    if (room == NULL || (zip_uint64_t)got != info.size) {
        free(room);
        return refuse(book, "表格文件不完整");
    }
    room[got] = '\0';
    *bytes = room;
    *n = (size_t)got;
    return OK;
}

static xmlTextReaderPtr
reader_of(const char *bytes, size_t n)
{
    /* no entities, no network, no huge nodes */
    return xmlReaderForMemory(bytes, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static bool
is(xmlTextReaderPtr xml, const char *name)
{
    const xmlChar *local = xmlTextReaderConstLocalName(xml);
    return local != NULL && strcmp((const char *)local, name) == 0;
}

static char *
attribute(struct book *book, xmlTextReaderPtr xml, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(xml, (const xmlChar *)name);
    char *copy = value == NULL ? NULL : arena_text(book->arena, (const char *)value);
    xmlFree(value);
    return copy;
}

/* The text of all <t> below the current element. */
static char *
texts(struct book *book, xmlTextReaderPtr xml, const char *until)
{
    struct buf buf;
    bool inside = false;
    buf_init(&buf, 1u << 20);
    buf_text(&buf, "");
    if (xmlTextReaderIsEmptyElement(xml))
        return arena_text(book->arena, "");
    while (xmlTextReaderRead(xml) == 1) {
        const int type = xmlTextReaderNodeType(xml);
        if (type == XML_READER_TYPE_END_ELEMENT && is(xml, until))
            break;
        if (is(xml, "t") && type != XML_READER_TYPE_TEXT)
            inside = type == XML_READER_TYPE_ELEMENT && !xmlTextReaderIsEmptyElement(xml);
        else if (inside && (type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
                            type == XML_READER_TYPE_WHITESPACE || type == XML_READER_TYPE_CDATA))
            buf_text(&buf, (const char *)xmlTextReaderConstValue(xml));
    }
    char *text = buf.failed ? NULL : arena_copy(book->arena, buf.bytes == NULL ? "" : buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

static enum status
read_strings(struct book *book)
{
    char *bytes;
    size_t n, room = 0;
    enum status status = part(book, "xl/sharedStrings.xml", &bytes, &n);
    if (status != OK || bytes == NULL)
        return status;
    xmlTextReaderPtr xml = reader_of(bytes, n);
    while (status == OK && xml != NULL && xmlTextReaderRead(xml) == 1) {
        if (xmlTextReaderNodeType(xml) == XML_READER_TYPE_DOCUMENT_TYPE)
            status = refuse(book, "表格含有不允许的声明");
        if (xmlTextReaderNodeType(xml) != XML_READER_TYPE_ELEMENT || !is(xml, "si"))
            continue;
        if (book->strings_n == STRINGS_MOST) {
            status = refuse(book, "表格中的文字过多");
        } else if (book->strings_n == room) {
            room = room == 0 ? 256 : room * 2;
            const char **strings = arena_array(book->arena, room, sizeof *strings);
            if (strings != NULL && book->strings_n > 0)
                memcpy(strings, book->strings, book->strings_n * sizeof *strings);
            book->strings = strings;
        }
        const char *text = status == OK ? texts(book, xml, "si") : NULL;
        if (status == OK && (book->strings == NULL || text == NULL))
            status = NO_MEMORY;
        if (status == OK)
            book->strings[book->strings_n++] = text;
    }
    xmlFreeTextReader(xml);
    free(bytes);
    return status;
}

/* Built-in date formats are 14–22; a custom one is a date when it names year and day. */
static enum status
read_styles(struct book *book)
{
    char *bytes;
    size_t n;
    bool custom[STYLES_MOST] = { 0 }, cells = false;
    enum status status = part(book, "xl/styles.xml", &bytes, &n);
    if (status != OK || bytes == NULL)
        return status;
    xmlTextReaderPtr xml = reader_of(bytes, n);
    while (xml != NULL && xmlTextReaderRead(xml) == 1) {
        const bool begins = xmlTextReaderNodeType(xml) == XML_READER_TYPE_ELEMENT;
        if (is(xml, "cellXfs"))
            cells = begins;
        if (!begins)
            continue;
        if (is(xml, "numFmt")) {
            const char *id = attribute(book, xml, "numFmtId"), *code = attribute(book, xml, "formatCode");
            const long number = id == NULL ? -1 : strtol(id, NULL, 10);
            if (code != NULL && number >= 0 && number < STYLES_MOST)
                custom[number] = strpbrk(code, "yY") != NULL && strpbrk(code, "dD") != NULL;
        } else if (cells && is(xml, "xf") && book->styles_n < STYLES_MOST) {
            const char *id = attribute(book, xml, "numFmtId");
            const long number = id == NULL ? 0 : strtol(id, NULL, 10);
            book->dates[book->styles_n++] =
                (number >= 14 && number <= 22) || (number >= 0 && number < STYLES_MOST && custom[number]);
        }
    }
    xmlFreeTextReader(xml);
    free(bytes);
    return OK;
}

/* "BC12" -> 54; -1: no reference. */
static int
column_of(const char *reference)
{
    int column = 0;
    if (reference == NULL || reference[0] < 'A' || reference[0] > 'Z')
        return -1;
    for (; *reference >= 'A' && *reference <= 'Z' && column < 100000; reference++)
        column = column * 26 + (*reference - 'A' + 1);
    return column - 1;
}

static const char *
number_text(struct book *book, const char *raw, const char *style)
{
    char *end;
    const double number = strtod(raw, &end);
    const long format = style == NULL ? 0 : strtol(style, NULL, 10);
    if (*end != '\0' || !isfinite(number))
        return raw;
    if (format >= 0 && (size_t)format < book->styles_n && book->dates[format] && number > 0 && number < 100000) {
        char iso[11];
        day_iso((struct day){ (int)number - SHEET_EPOCH }, iso);
        return arena_text(book->arena, iso);
    }
    if (fabs(number) < 1e15 && number == floor(number))
        return arena_format(book->arena, "%.0f", number);
    return arena_format(book->arena, "%.10g", number);
}

static const char *
cell_text(struct book *book, xmlTextReaderPtr xml)
{
    const char *type = attribute(book, xml, "t"), *style = attribute(book, xml, "s");
    char *value = NULL;
    bool inside = false;
    if (xmlTextReaderIsEmptyElement(xml))
        return "";
    if (type != NULL && strcmp(type, "inlineStr") == 0)
        return texts(book, xml, "c");
    while (xmlTextReaderRead(xml) == 1) {
        const int node = xmlTextReaderNodeType(xml);
        if (node == XML_READER_TYPE_END_ELEMENT && is(xml, "c"))
            break;
        if (is(xml, "v"))
            inside = node == XML_READER_TYPE_ELEMENT;
        else if (inside && node == XML_READER_TYPE_TEXT)
            value = arena_text(book->arena, (const char *)xmlTextReaderConstValue(xml));
    }
    if (value == NULL)
        return "";
    if (type != NULL && strcmp(type, "s") == 0) {
        const size_t index = strtoul(value, NULL, 10);
        return index < book->strings_n ? book->strings[index] : "";
    }
    if (type != NULL && strcmp(type, "b") == 0)
        return value[0] == '1' ? "是" : "否";
    return type != NULL && (strcmp(type, "str") == 0 || strcmp(type, "e") == 0) ? value
                                                                                : number_text(book, value, style);
}

static enum status
add_line(struct book *book, const char *const *line, size_t n)
{
    struct csv *out = book->out;
    if (n == 0)
        return OK;
    if (out->rows > book->most_rows)
        return refuse(book, "行数过多");
    if (out->rows == book->room || n > out->columns) { /* a title above the header is narrower than the table */
        const size_t next = out->rows < book->room ? book->room : book->room == 0 ? 64 : book->room * 2;
        const size_t columns = n > out->columns ? n : out->columns;
        const char **cells = arena_array(book->arena, next * columns, sizeof *cells);
        if (cells == NULL)
            return NO_MEMORY;
        for (size_t r = 0; r < out->rows; r++)
            for (size_t c = 0; c < columns; c++)
                cells[r * columns + c] = c < out->columns ? out->cells[r * out->columns + c] : "";
        out->cells = cells;
        out->columns = columns;
        book->room = next;
    }
    for (size_t c = 0; c < out->columns; c++)
        out->cells[out->rows * out->columns + c] = c < n && line[c] != NULL ? line[c] : "";
    out->rows++;
    return OK;
}

static enum status
read_sheet(struct book *book)
{
    char *bytes;
    size_t n, used = 0;
    const char *line[CSV_COLUMNS] = { 0 };
    bool filled = false;
    enum status status = part(book, "xl/worksheets/sheet1.xml", &bytes, &n);
    if (status == OK && bytes == NULL)
        return refuse(book, "不是 XLSX 表格");
    xmlTextReaderPtr xml = status == OK ? reader_of(bytes, n) : NULL;
    int read = 0;
    while (status == OK && xml != NULL && (read = xmlTextReaderRead(xml)) == 1) {
        const int type = xmlTextReaderNodeType(xml);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE)
            status = refuse(book, "表格含有不允许的声明");
        if (type == XML_READER_TYPE_ELEMENT && is(xml, "row")) {
            memset(line, 0, sizeof line);
            used = 0;
            filled = false;
        } else if (type == XML_READER_TYPE_ELEMENT && is(xml, "c")) {
            const char *reference = attribute(book, xml, "r");
            const int column = reference == NULL ? (int)used : column_of(reference);
            if (column < 0 || column >= CSV_COLUMNS)
                status = refuse(book, "列数过多");
            else if ((line[column] = cell_text(book, xml)) == NULL)
                status = NO_MEMORY;
            else {
                used = (size_t)column + 1 > used ? (size_t)column + 1 : used;
                filled = filled || line[column][0] != '\0';
            }
        } else if (type == XML_READER_TYPE_END_ELEMENT && is(xml, "row") && filled) {
            status = add_line(book, line, used);
        }
    }
    if (status == OK && (xml == NULL || read < 0))
        status = refuse(book, "表格文件有误");
    xmlFreeTextReader(xml);
    free(bytes);
    return status;
}

enum status
xlsx_read(struct arena *arena, const char *bytes, size_t n, size_t most_rows, struct csv *out, const char **why)
{
    zip_error_t error;
    struct book *book = arena_alloc(arena, sizeof *book);
    *out = (struct csv){ 0 };
    *why = "不是 XLSX 表格";
    if (book == NULL)
        return NO_MEMORY;
    *book = (struct book){ .arena = arena, .out = out, .most_rows = most_rows };
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &error);
    book->zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (book->zip == NULL) {
        if (source != NULL)
            zip_source_free(source);
        return INVALID;
    }
    enum status status = read_strings(book);
    if (status == OK)
        status = read_styles(book);
    if (status == OK)
        status = read_sheet(book);
    zip_discard(book->zip);
    if (book->why != NULL)
        *why = book->why;
    return status == OK && arena_failed(arena) ? NO_MEMORY : status;
}
