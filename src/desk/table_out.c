#include "desk/table_out.h"

#include <stdlib.h>

#include "base/csv.h"
#include "base/day.h"
#include "desk/sheet.h"

struct table_out {
    struct sheet *sheet; /* NULL: CSV */
    struct buf *out;
};

const char *
cell_words(struct arena *arena, const struct node *node)
{
    char time[20];
    const char *words = NULL;
    switch (node == NULL ? NODE_NULL : node->type) {
    case NODE_NULL:
        break;
    case NODE_BOOL:
        return node->i != 0 ? "是" : "否";
    case NODE_INT:
    case NODE_ID:
        words = arena_format(arena, "%lld", (long long)node->i);
        break;
    case NODE_FEN:
        words = arena_format(arena, "%lld.%02lld", (long long)(node->i / 100), (long long)(node->i % 100));
        break;
    case NODE_DECIMAL: {
        int64_t unit = 1;
        for (int i = 0; i < node->scale; i++)
            unit *= 10;
        words =
            arena_format(arena, "%lld.%0*lld", (long long)(node->i / unit), node->scale, (long long)(node->i % unit));
        break;
    }
    case NODE_TIME:
        time_text(node->i, time);
        words = arena_text(arena, time);
        break;
    case NODE_CODE:
        words = node->label;
        break;
    default:
        words = node->text;
        break;
    }
    return words == NULL ? "" : words;
}

struct table_out *
table_out_new(bool xlsx, const char *title, const char *note, const char *const *labels, size_t n, struct buf *out)
{
    struct table_out *table = calloc(1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->out = out;
    if (xlsx) {
        table->sheet = sheet_new(title, note, labels, n);
        if (table->sheet == NULL) {
            free(table);
            return NULL;
        }
        return table;
    }
    buf_text(out, "\xef\xbb\xbf"); /* spreadsheets take it for UTF-8 by this mark */
    for (size_t i = 0; i < n; i++)
        csv_add(out, i == 0, labels[i]);
    buf_text(out, "\r\n");
    return table;
}

void
table_out_row(struct table_out *table, struct arena *scratch, const struct node *const *cells, size_t n)
{
    if (table->sheet != NULL) {
        sheet_row(table->sheet, cells, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        csv_add(table->out, i == 0, cell_words(scratch, cells[i]));
    buf_text(table->out, "\r\n");
}

enum status
table_out_end(struct table_out *table)
{
    const enum status status = table->sheet == NULL ? OK : sheet_end(table->sheet, table->out);
    const bool failed = table->out->failed;
    free(table);
    return status == OK && failed ? NO_MEMORY : status;
}
