#include "desk/printout.h"

#include <string.h>

#include "desk/pdf.h"

static void
draw(struct pdf *pdf, const struct node *item, bool first)
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
    for (const struct node *item = body == NULL ? NULL : body->first; item != NULL; item = item->next)
        draw(pdf, item, item == body->first);
    return pdf_end(pdf, out);
}
