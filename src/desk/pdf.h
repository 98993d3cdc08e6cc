/* Official papers and printed forms as PDF on A4, with Chinese fonts embedded as subsets and a text that can be
 * searched. A small flow layout: what is added comes below what was added before; a page break happens where it must.
 * Errors stick: only pdf_end reports them. */
#ifndef DESK_PDF_H
#define DESK_PDF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/status.h"

struct pdf;

/* `demo`: every page carries 演示 as a watermark. The clock only dates the file. NULL: no memory. The rest of the
 * resources is released by pdf_end, or with the arena. */
struct pdf *pdf_new(struct arena *arena, const char *title, int64_t now_ms, bool demo);
/* The sheets lie across; before anything is put on them. */
void pdf_landscape(struct pdf *pdf);
void pdf_page(struct pdf *pdf);                     /* what follows starts on a new page */
void pdf_title(struct pdf *pdf, const char *text);  /* centred, large */
void pdf_number(struct pdf *pdf, const char *text); /* 文号: centred below the title */
void pdf_heading(struct pdf *pdf, const char *text);
void pdf_left(struct pdf *pdf, const char *text);      /* the addressee: no indent */
void pdf_paragraph(struct pdf *pdf, const char *text); /* first line indented by two characters; lines end with \n */
void pdf_note(struct pdf *pdf, const char *text);      /* small, no indent */
/* Consecutive pairs make one bordered table of two columns. */
void pdf_pair(struct pdf *pdf, const char *label, const char *value);
/* cells: rows × columns, at most 40 columns, as wide as what they hold; the head repeats on each page. */
void pdf_table(struct pdf *pdf, const char *const *heads, size_t columns, const char *const *cells, size_t rows);
/* 落款: right-aligned, with room for a seal. */
void pdf_sign(struct pdf *pdf, const char *organisation, const char *date);
/* A QR code at the left with a line beside it. */
void pdf_qr(struct pdf *pdf, const char *url, const char *caption);
/* Page numbers and the file; BROKEN when anything before failed. */
enum status pdf_end(struct pdf *pdf, struct buf *out);

#endif
