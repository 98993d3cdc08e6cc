#include "desk/printout.h"

#include <string.h>

#include "desk/pdf.h"

/* The cells of a printed table, row by row. */
static void
draw_table(struct arena *arena, struct pdf *pdf, const struct node *item)
{
    const struct node *heads = node_get(item, "heads"), *lines = node_get(item, "lines");
    const size_t columns = node_count(heads), rows = node_count(lines);
    const char **head = arena_array(arena, columns + 1, sizeof *head);
    const char **cells = arena_array(arena, columns * rows + 1, sizeof *cells);
    size_t n = 0, r = 0;
    if (head == NULL || cells == NULL)
        return;
    for (const struct node *cell = heads->first; cell != NULL; cell = cell->next)
        head[n++] = cell->text;
    for (const struct node *line = lines->first; line != NULL; line = line->next, r++) {
        size_t c = 0;
        for (const struct node *cell = line->first; cell != NULL && c < columns; cell = cell->next)
            cells[r * columns + c++] = cell->text == NULL ? "" : cell->text;
        while (c < columns)
            cells[r * columns + c++] = "";
    }
    pdf_table(pdf, head, columns, cells, rows);
}

static void
draw(struct arena *arena, struct pdf *pdf, const struct node *item, bool first)
{
    const char *kind = node_text_of(item, "kind"), *text = node_text_of(item, "text");
    if (strcmp(kind, "head") == 0) {
        if (!first)
            pdf_page(pdf);
        pdf_title(pdf, node_text_of(item, "title"));
        if (node_text_of(item, "number") != NULL)
            pdf_number(pdf, node_text_of(item, "number"));
        if (node_text_of(item, "addressee") != NULL)
            pdf_left(pdf, node_text_of(item, "addressee"));
    } else if (strcmp(kind, "paragraph") == 0) {
        pdf_paragraph(pdf, text);
    } else if (strcmp(kind, "note") == 0) {
        pdf_note(pdf, text);
    } else if (strcmp(kind, "table") == 0) {
        draw_table(arena, pdf, item);
    } else if (strcmp(kind, "heading") == 0) {
        pdf_heading(pdf, text);
    } else if (strcmp(kind, "pair") == 0) {
        pdf_pair(pdf, node_text_of(item, "label"), text);
    } else if (strcmp(kind, "sign") == 0) {
        pdf_sign(pdf, text, node_text_of(item, "date"));
    } else if (strcmp(kind, "code") == 0) {
        pdf_qr(pdf, text, node_text_of(item, "caption"));
    }
}

enum status
printout_pdf(struct arena *arena, const struct node *sheet, int64_t now_ms, bool demo, struct buf *out)
{
    struct pdf *pdf = pdf_new(arena, node_text_of(sheet, "title"), now_ms, demo);
    const struct node *body = node_get(sheet, "body");
    if (node_get(sheet, "landscape") != NULL)
        pdf_landscape(pdf);
    for (const struct node *item = body == NULL ? NULL : body->first; item != NULL; item = item->next)
        draw(arena, pdf, item, item == body->first);
    return pdf_end(pdf, out);
}
