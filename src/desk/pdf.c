#include "desk/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/day.h"

/* A4 in points; margins as official papers have them. */
static const double SHORT = 595.28, LONG = 841.89;
static const double CELL = 4, PAIR_CELL = 2.5, LABEL = 154, NARROW_CELL = 2;
static const char SERIF[] = "Noto Serif CJK SC", SANS[] = "Noto Sans CJK SC";
enum { PAGES_MOST = 200, COLUMNS_MOST = 40, MANY_COLUMNS = 14 };

struct pdf {
    struct arena *arena;
    cairo_surface_t *file;
    cairo_t *cairo;
    cairo_surface_t *pages[PAGES_MOST]; /* recorded: the footer says how many there are */
    int pages_n;
    struct buf out;
    double wide, tall, left, right, top, bottom; /* of a page */
    double y;
    double beside; /* where the signature began, while nothing follows it: the code stands to its left; 0: elsewhere */
    bool pairs;    /* the table of pairs is open: what follows keeps away from it */
    bool demo, failed, ended;
};

static double
width(const struct pdf *pdf)
{
    return pdf->wide - pdf->left - pdf->right;
}

static cairo_status_t
add_bytes(void *arg, const unsigned char *bytes, unsigned n)
{
    buf_add(arg, bytes, n);
    return CAIRO_STATUS_SUCCESS;
}

static void
new_page(struct pdf *pdf)
{
    const cairo_rectangle_t whole = { 0, 0, pdf->wide, pdf->tall };
    if (pdf->cairo != NULL)
        cairo_destroy(pdf->cairo);
    pdf->cairo = NULL;
    pdf->y = pdf->top;
    if (pdf->pages_n == PAGES_MOST) {
        pdf->failed = true;
        return;
    }
    cairo_surface_t *page = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &whole);
    pdf->pages[pdf->pages_n++] = page;
    pdf->cairo = cairo_create(page);
}

static void
release(void *thing)
{
    struct pdf *pdf = thing;
    if (pdf->ended)
        return;
    pdf->ended = true;
    if (pdf->cairo != NULL)
        cairo_destroy(pdf->cairo);
    for (int i = 0; i < pdf->pages_n; i++)
        cairo_surface_destroy(pdf->pages[i]);
    cairo_surface_destroy(pdf->file);
    buf_free(&pdf->out);
}

struct pdf *
pdf_new(struct arena *arena, const char *title, int64_t now_ms, bool demo)
{
    char date[32];
    struct pdf *pdf = arena_alloc(arena, sizeof *pdf);
    if (pdf == NULL)
        return NULL;
    pdf->arena = arena;
    pdf->demo = demo;
    pdf->wide = SHORT;
    pdf->tall = LONG;
    pdf->left = 79;
    pdf->right = 74;
    pdf->top = 68;
    pdf->bottom = 56;
    buf_init(&pdf->out, 64u << 20);
    pdf->file = cairo_pdf_surface_create_for_stream(add_bytes, &pdf->out, SHORT, LONG);
    const time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
    cairo_pdf_surface_set_metadata(pdf->file, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(pdf->file, CAIRO_PDF_METADATA_CREATE_DATE, date);
    if (!arena_at_end(arena, release, pdf)) {
        release(pdf);
        return NULL;
    }
    new_page(pdf);
    return pdf;
}

static PangoLayout *
layout(struct pdf *pdf, const char *font, double size, bool bold, double room, const char *text)
{
    PangoLayout *made = pango_cairo_create_layout(pdf->cairo);
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family(description, font);
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    pango_font_description_set_weight(description, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(made, description);
    pango_font_description_free(description);
    pango_layout_set_width(made, (int)(room * PANGO_SCALE));
    pango_layout_set_wrap(made, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(made, text == NULL ? "" : text, -1);
    return made;
}

static double
height(PangoLayout *text)
{
    int w, h;
    pango_layout_get_size(text, &w, &h);
    return (double)h / PANGO_SCALE;
}

static void
room_for(struct pdf *pdf, double needed)
{
    if (pdf->y + needed > pdf->tall - pdf->bottom && pdf->y > pdf->top)
        new_page(pdf);
}

static void
put(struct pdf *pdf, PangoLayout *text, double x, double y)
{
    cairo_move_to(pdf->cairo, x, y);
    pango_cairo_show_layout(pdf->cairo, text);
}

/* Line by line, so that a long text goes over pages. */
static void
flow(struct pdf *pdf, PangoLayout *text, double spacing)
{
    const int lines = pango_layout_get_line_count(text);
    PangoLayoutIter *iter = pango_layout_get_iter(text);
    for (int i = 0; i < lines && !pdf->failed; i++) {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(iter, NULL, &box);
        const double tall = (double)box.height / PANGO_SCALE + spacing;
        room_for(pdf, tall);
        if (pdf->failed)
            break;
        cairo_move_to(pdf->cairo, pdf->left + (double)box.x / PANGO_SCALE,
                      pdf->y + (double)(pango_layout_iter_get_baseline(iter) - box.y) / PANGO_SCALE);
        pango_cairo_show_layout_line(pdf->cairo, pango_layout_iter_get_line_readonly(iter));
        pdf->y += tall;
        pango_layout_iter_next_line(iter);
    }
    pango_layout_iter_free(iter);
}

static void
text_block(struct pdf *pdf, const char *text, const char *font, double size, bool bold, PangoAlignment align,
           double indent, double spacing, double after)
{
    if (pdf == NULL || pdf->failed)
        return;
    if (pdf->pairs)
        pdf->y += 8;
    pdf->pairs = false;
    pdf->beside = 0;
    PangoLayout *made = layout(pdf, font, size, bold, width(pdf), text);
    pango_layout_set_alignment(made, align);
    pango_layout_set_indent(made, (int)(indent * PANGO_SCALE));
    flow(pdf, made, spacing);
    g_object_unref(made);
    pdf->y += after;
}

void
pdf_landscape(struct pdf *pdf)
{
    if (pdf == NULL || pdf->failed || pdf->wide > pdf->tall)
        return;
    pdf->wide = LONG;
    pdf->tall = SHORT;
    pdf->left = pdf->right = 42;
    pdf->top = 48;
    pdf->bottom = 52;
    cairo_pdf_surface_set_size(pdf->file, LONG, SHORT);
    cairo_surface_destroy(pdf->pages[0]);
    pdf->pages_n = 0;
    new_page(pdf);
}

void
pdf_page(struct pdf *pdf)
{
    if (pdf != NULL && !pdf->failed && pdf->y > pdf->top)
        new_page(pdf);
}

void
pdf_title(struct pdf *pdf, const char *text)
{
    text_block(pdf, text, SERIF, 22, true, PANGO_ALIGN_CENTER, 0, 4, 8);
}

void
pdf_number(struct pdf *pdf, const char *text)
{
    text_block(pdf, text, SERIF, 13, false, PANGO_ALIGN_CENTER, 0, 2, 16);
}

void
pdf_heading(struct pdf *pdf, const char *text)
{
    if (pdf == NULL || pdf->failed)
        return;
    room_for(pdf, 60); /* not alone at the foot of a page */
    pdf->y += 4;
    text_block(pdf, text, SANS, 14, true, PANGO_ALIGN_LEFT, 0, 2, 6);
}

void
pdf_left(struct pdf *pdf, const char *text)
{
    text_block(pdf, text, SERIF, 14, false, PANGO_ALIGN_LEFT, 0, 6, 4);
}

void
pdf_paragraph(struct pdf *pdf, const char *text)
{
    text_block(pdf, text, SERIF, 14, false, PANGO_ALIGN_LEFT, 28, 6, 4);
}

void
pdf_note(struct pdf *pdf, const char *text)
{
    text_block(pdf, text, SANS, 9, false, PANGO_ALIGN_LEFT, 0, 2, 1);
}

static void
box(struct pdf *pdf, double x, double w, double h, bool shaded)
{
    if (shaded) {
        cairo_set_source_rgb(pdf->cairo, 0.95, 0.95, 0.95);
        cairo_rectangle(pdf->cairo, x, pdf->y, w, h);
        cairo_fill(pdf->cairo);
    }
    cairo_set_source_rgb(pdf->cairo, 0.2, 0.2, 0.2);
    cairo_set_line_width(pdf->cairo, 0.6);
    cairo_rectangle(pdf->cairo, x, pdf->y, w, h);
    cairo_stroke(pdf->cairo);
    cairo_set_source_rgb(pdf->cairo, 0, 0, 0);
}

struct grid {
    double widths[COLUMNS_MOST];
    size_t n;
    double size, cell; /* of the letters, of the space round them */
};

/* How tall a line of a table is, at most a page. */
static double
row_height(struct pdf *pdf, const char *const *cells, const struct grid *grid, bool head)
{
    double tall = 0;
    const double most = pdf->tall - pdf->top - pdf->bottom;
    for (size_t i = 0; i < grid->n; i++) {
        PangoLayout *text = layout(pdf, SERIF, grid->size, head, grid->widths[i] - 2 * grid->cell, cells[i]);
        if (height(text) > tall)
            tall = height(text);
        g_object_unref(text);
    }
    tall += 2 * grid->cell;
    return tall < most ? tall : most;
}

/* One line of a table. A cell taller than a page is cut: cells hold at most 4,000 characters. */
static void
table_row(struct pdf *pdf, const char *const *cells, const struct grid *grid, bool head, bool first_shaded)
{
    PangoLayout *texts[COLUMNS_MOST];
    double tall = 0, x = pdf->left;
    for (size_t i = 0; i < grid->n; i++) {
        texts[i] = layout(pdf, SERIF, grid->size, head || (first_shaded && i == 0), grid->widths[i] - 2 * grid->cell,
                          cells[i]);
        if (height(texts[i]) > tall)
            tall = height(texts[i]);
    }
    tall += 2 * grid->cell;
    if (tall > pdf->tall - pdf->top - pdf->bottom)
        tall = pdf->tall - pdf->top - pdf->bottom;
    room_for(pdf, tall);
    for (size_t i = 0; i < grid->n && !pdf->failed; i++) {
        box(pdf, x, grid->widths[i], tall, head || (first_shaded && i == 0));
        cairo_save(pdf->cairo);
        cairo_rectangle(pdf->cairo, x, pdf->y, grid->widths[i], tall);
        cairo_clip(pdf->cairo);
        put(pdf, texts[i], x + grid->cell, pdf->y + grid->cell);
        cairo_restore(pdf->cairo);
        x += grid->widths[i];
    }
    for (size_t i = 0; i < grid->n; i++)
        g_object_unref(texts[i]);
    pdf->y += tall;
}

void
pdf_pair(struct pdf *pdf, const char *label, const char *value)
{
    if (pdf == NULL || pdf->failed)
        return;
    const struct grid grid = { .widths = { LABEL, width(pdf) - LABEL }, .n = 2, .size = 11, .cell = PAIR_CELL };
    pdf->pairs = true;
    table_row(pdf, (const char *const[]){ label, value }, &grid, false, true);
}

/* How many letters wide a text wants to be: its longest word up to a bound, so that long texts wrap. */
static double
wanted(const char *text)
{
    enum { LETTERS_MOST = 12 };
    double n = 0;
    for (const unsigned char *at = (const unsigned char *)(text == NULL ? "" : text); *at != '\0'; at++)
        n += (*at & 0xc0) == 0x80 ? 0 : *at < 0x80 ? 0.55 : 1;
    return n > LETTERS_MOST ? LETTERS_MOST : n;
}

static void
share_width(const struct pdf *pdf, const char *const *heads, const char *const *cells, size_t rows, struct grid *grid)
{
    double all = 0;
    for (size_t i = 0; i < grid->n; i++) {
        double most = wanted(heads[i]);
        for (size_t r = 0; r < rows; r++)
            most = wanted(cells[r * grid->n + i]) > most ? wanted(cells[r * grid->n + i]) : most;
        grid->widths[i] = (most < 1 ? 1 : most) * grid->size + 2 * grid->cell + 2;
        all += grid->widths[i];
    }
    for (size_t i = 0; i < grid->n; i++)
        grid->widths[i] *= width(pdf) / all;
}

void
pdf_table(struct pdf *pdf, const char *const *heads, size_t columns, const char *const *cells, size_t rows)
{
    if (pdf == NULL || pdf->failed || columns == 0 || columns > COLUMNS_MOST)
        return;
    struct grid grid = { .n = columns, .size = 10.5, .cell = CELL };
    if (columns > MANY_COLUMNS) {
        grid.size = 8.5;
        grid.cell = NARROW_CELL;
    }
    share_width(pdf, heads, cells, rows, &grid);
    pdf->y += 4;
    if (rows > 0) /* no heads without a row below them */
        room_for(pdf, row_height(pdf, heads, &grid, true) + row_height(pdf, cells, &grid, false));
    if (pdf->failed)
        return;
    table_row(pdf, heads, &grid, true, false);
    for (size_t r = 0; r < rows && !pdf->failed; r++) {
        const int page = pdf->pages_n;
        room_for(pdf, row_height(pdf, &cells[r * columns], &grid, false));
        if (pdf->pages_n != page && !pdf->failed)
            table_row(pdf, heads, &grid, true, false);
        if (!pdf->failed)
            table_row(pdf, &cells[r * columns], &grid, false, false);
    }
    pdf->y += 8;
}

/* Does the text leave no half of the line free? */
static bool
is_wide(struct pdf *pdf, const char *text)
{
    if (pdf->failed)
        return true;
    int w, h;
    PangoLayout *made = layout(pdf, SERIF, 14, false, width(pdf), text);
    pango_layout_get_size(made, &w, &h);
    g_object_unref(made);
    return (double)w / PANGO_SCALE > width(pdf) / 2;
}

void
pdf_sign(struct pdf *pdf, const char *organisation, const char *date)
{
    if (pdf == NULL || pdf->failed)
        return;
    room_for(pdf, 82); /* the space below is not needed at the foot */
    const double began = pdf->y + 4;
    const int page = pdf->pages_n;
    pdf->y += 24;
    text_block(pdf, organisation, SERIF, 14, false, PANGO_ALIGN_RIGHT, 0, 6, 4);
    text_block(pdf, date, SERIF, 14, false, PANGO_ALIGN_RIGHT, 0, 6, 10);
    if (pdf->pages_n == page && !is_wide(pdf, organisation))
        pdf->beside = began;
}

void
pdf_qr(struct pdf *pdf, const char *url, const char *caption)
{
    if (pdf == NULL || pdf->failed)
        return;
    QRcode *code = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_M);
    if (code == NULL) {
        pdf->failed = true;
        return;
    }
    const double size = 84, unit = size / (code->width + 8);
    const bool beside = pdf->beside != 0;
    const double below = pdf->y, room = (beside ? width(pdf) / 2 : width(pdf)) - size - 10;
    if (beside)
        pdf->y = pdf->beside;
    else
        room_for(pdf, size + 10);
    if (!pdf->failed) {
        for (int y = 0; y < code->width; y++)
            for (int x = 0; x < code->width; x++)
                if ((code->data[y * code->width + x] & 1) != 0)
                    cairo_rectangle(pdf->cairo, pdf->left + (x + 4) * unit, pdf->y + (y + 4) * unit, unit, unit);
        cairo_fill(pdf->cairo);
        PangoLayout *text = layout(pdf, SANS, 10, false, room, caption);
        put(pdf, text, pdf->left + size + 8, pdf->y + size / 2 - height(text) / 2);
        g_object_unref(text);
        pdf->y += size + 10;
        if (pdf->y < below)
            pdf->y = below;
    }
    QRcode_free(code);
}

static void
watermark(const struct pdf *pdf, cairo_t *cairo)
{
    cairo_save(cairo);
    cairo_set_source_rgba(cairo, 0.75, 0.1, 0.1, 0.13);
    cairo_translate(cairo, pdf->wide / 2, pdf->tall / 2);
    cairo_rotate(cairo, -0.6);
    PangoLayout *text = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC Bold");
    pango_font_description_set_absolute_size(font, 150.0 * PANGO_SCALE);
    pango_layout_set_font_description(text, font);
    pango_font_description_free(font);
    pango_layout_set_text(text, "演示", -1);
    int w, h;
    pango_layout_get_size(text, &w, &h);
    cairo_move_to(cairo, -(double)w / PANGO_SCALE / 2, -(double)h / PANGO_SCALE / 2);
    pango_cairo_show_layout(cairo, text);
    g_object_unref(text);
    cairo_restore(cairo);
}

static void
footer(const struct pdf *pdf, cairo_t *cairo, int page, int pages)
{
    char words[64];
    snprintf(words, sizeof words, "第 %d 页 共 %d 页", page, pages);
    PangoLayout *text = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("Noto Sans CJK SC");
    pango_font_description_set_absolute_size(font, 9.0 * PANGO_SCALE);
    pango_layout_set_font_description(text, font);
    pango_font_description_free(font);
    pango_layout_set_text(text, words, -1);
    int w, h;
    pango_layout_get_size(text, &w, &h);
    cairo_move_to(cairo, (pdf->wide - (double)w / PANGO_SCALE) / 2, pdf->tall - pdf->bottom + 28);
    pango_cairo_show_layout(cairo, text);
    g_object_unref(text);
}

enum status
pdf_end(struct pdf *pdf, struct buf *out)
{
    if (pdf == NULL)
        return NO_MEMORY;
    cairo_t *cairo = cairo_create(pdf->file);
    for (int i = 0; i < pdf->pages_n; i++) {
        if (pdf->demo)
            watermark(pdf, cairo);
        cairo_set_source_surface(cairo, pdf->pages[i], 0, 0);
        cairo_paint(cairo);
        cairo_set_source_rgb(cairo, 0, 0, 0);
        footer(pdf, cairo, i + 1, pdf->pages_n);
        cairo_show_page(cairo);
    }
    const bool good = cairo_status(cairo) == CAIRO_STATUS_SUCCESS && !pdf->failed;
    cairo_destroy(cairo);
    cairo_surface_finish(pdf->file);
    const bool written = good && cairo_surface_status(pdf->file) == CAIRO_STATUS_SUCCESS && !pdf->out.failed;
    if (written)
        buf_add(out, pdf->out.bytes, pdf->out.n);
    release(pdf);
    return written && !out->failed ? OK : BROKEN;
}
