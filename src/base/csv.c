#include "base/csv.h"

#include <string.h>

/* One cell from *at; *last says whether it ended the line. NULL: a quote never ends, or no memory. */
static const char *
read_cell(struct arena *arena, const char **at, bool *last)
{
    const char *from = *at;
    char *cell;
    if (*from == '"') {
        size_t n = 0;
        for (from++; !(from[n] == '"' && from[n + 1] != '"'); n += from[n] == '"' ? 2 : 1)
            if (from[n] == '\0')
                return NULL;
        cell = arena_alloc(arena, n + 1);
        char *out = cell;
        for (size_t i = 0; cell != NULL && i < n; i++) {
            *out++ = from[i];
            i += from[i] == '"';
        }
        *at = from + n + 1;
    } else {
        const size_t n = strcspn(from, ",\r\n");
        cell = arena_copy(arena, from, n);
        *at = from + n;
    }
    *last = **at != ',';
    if (**at == '\r')
        (*at)++;
    if (**at == ',' || **at == '\n')
        (*at)++;
    return cell;
}

enum status
csv_read(struct arena *arena, const char *text, size_t most_rows, struct csv *out)
{
    const char *line[CSV_COLUMNS];
    size_t room = 0;
    *out = (struct csv){ 0 };
    for (const char *at = text; *at != '\0';) {
        size_t n = 0;
        bool last = false;
        while (!last) {
            if (n == CSV_COLUMNS || (line[n++] = read_cell(arena, &at, &last)) == NULL)
                return arena_failed(arena) ? NO_MEMORY : INVALID;
        }
        if (n == 1 && line[0][0] == '\0')
            continue; /* an empty line */
        if (out->rows == 0)
            out->columns = n;
        if (out->rows >= most_rows + 1)
            return TOO_LARGE;
        if (out->rows == room) {
            const size_t next = room == 0 ? 64 : room * 2;
            const char **cells = arena_array(arena, next * out->columns, sizeof *cells);
            if (cells == NULL)
                return NO_MEMORY;
            if (room > 0)
                memcpy(cells, out->cells, room * out->columns * sizeof *cells);
            out->cells = cells;
            room = next;
        }
        for (size_t i = 0; i < out->columns; i++)
            out->cells[out->rows * out->columns + i] = i < n ? line[i] : "";
        out->rows++;
    }
    return OK;
}

const char *
csv_cell(const struct csv *csv, size_t row, const char *column)
{
    for (size_t i = 0; i < csv->columns && row < csv->rows; i++)
        if (strcmp(csv->cells[i], column) == 0)
            return csv->cells[row * csv->columns + i];
    return "";
}

void
csv_add(struct buf *out, bool first, const char *cell)
{
    if (!first)
        buf_char(out, ',');
    const bool formula = cell[0] != '\0' && strchr("=+-@\t\r", cell[0]) != NULL;
    if (!formula && strpbrk(cell, ",\"\r\n") == NULL) {
        buf_text(out, cell);
        return;
    }
    buf_char(out, '"');
    if (formula)
        buf_char(out, '\'');
    for (; *cell != '\0'; cell++) {
        if (*cell == '"')
            buf_char(out, '"');
        buf_char(out, *cell);
    }
    buf_char(out, '"');
}
