#include "desk/sheet.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/day.h"

enum { HEAD_ROW = 2, MOST_ROWS = 200000 };

struct sheet {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *date, *time, *money, *head;
    char path[64]; /* the library writes files, not memory */
    lxw_row_t row;
};

struct sheet *
sheet_new(const char *title, const char *note, const char *const *columns, size_t n)
{
    struct sheet *sheet = calloc(1, sizeof *sheet);
    if (sheet == NULL)
        return NULL;
    strcpy(sheet->path, "/tmp/tuoyu-sheet-XXXXXX");
    const int file = mkstemp(sheet->path);
    if (file >= 0)
        close(file);
    sheet->book = file < 0 ? NULL : workbook_new(sheet->path);
    sheet->sheet = sheet->book == NULL ? NULL : workbook_add_worksheet(sheet->book, NULL);
    if (sheet->sheet == NULL) {
        unlink(sheet->path);
        free(sheet);
        return NULL;
    }
    lxw_format *bold = workbook_add_format(sheet->book);
    format_set_bold(bold);
    format_set_font_size(bold, 14);
    sheet->head = workbook_add_format(sheet->book);
    format_set_bold(sheet->head);
    format_set_bg_color(sheet->head, 0xE8EEF6);
    format_set_border(sheet->head, LXW_BORDER_THIN);
    sheet->date = workbook_add_format(sheet->book);
    format_set_num_format(sheet->date, "yyyy-mm-dd");
    sheet->time = workbook_add_format(sheet->book);
    format_set_num_format(sheet->time, "yyyy-mm-dd hh:mm");
    sheet->money = workbook_add_format(sheet->book);
    format_set_num_format(sheet->money, "0.00");
    worksheet_write_string(sheet->sheet, 0, 0, title, bold);
    worksheet_write_string(sheet->sheet, 1, 0, note, NULL);
    for (size_t i = 0; i < n; i++) {
        worksheet_write_string(sheet->sheet, HEAD_ROW, (lxw_col_t)i, columns[i], sheet->head);
        worksheet_set_column(sheet->sheet, (lxw_col_t)i, (lxw_col_t)i, 18, NULL);
    }
    worksheet_freeze_panes(sheet->sheet, HEAD_ROW + 1, 0);
    sheet->row = HEAD_ROW + 1;
    return sheet;
}

static void
write_date(struct sheet *sheet, lxw_col_t column, const char *iso)
{
    struct day day;
    if (!day_parse(iso, &day)) {
        worksheet_write_string(sheet->sheet, sheet->row, column, iso, NULL);
        return;
    }
    lxw_datetime date = { .year = day_year(day), .month = day_month(day), .day = day_of_month(day) };
    worksheet_write_datetime(sheet->sheet, sheet->row, column, &date, sheet->date);
}

static void
write_time(struct sheet *sheet, lxw_col_t column, int64_t ms)
{
    const struct day day = day_from_ms(ms);
    const int64_t minutes = (ms - day_start_ms(day)) / 60000;
    lxw_datetime time = { .year = day_year(day),
                          .month = day_month(day),
                          .day = day_of_month(day),
                          .hour = (int)(minutes / 60),
                          .min = (int)(minutes % 60) };
    worksheet_write_datetime(sheet->sheet, sheet->row, column, &time, sheet->time);
}

static void
write_number(struct sheet *sheet, lxw_col_t column, int64_t n, int scale, lxw_format *format)
{
    double value = (double)n;
    for (int i = 0; i < scale; i++)
        value /= 10;
    worksheet_write_number(sheet->sheet, sheet->row, column, value, format);
}

void
sheet_row(struct sheet *sheet, const struct node *const *cells, size_t n)
{
    char id[24];
    for (size_t i = 0; i < n && sheet->row < MOST_ROWS; i++) {
        const struct node *cell = cells[i];
        const lxw_col_t column = (lxw_col_t)i;
        switch (cell == NULL ? NODE_NULL : cell->type) {
        case NODE_INT:
            write_number(sheet, column, cell->i, 0, NULL);
            break;
        case NODE_DECIMAL:
            write_number(sheet, column, cell->i, cell->scale, NULL);
            break;
        case NODE_FEN:
            write_number(sheet, column, cell->i, 2, sheet->money);
            break;
        case NODE_BOOL:
            worksheet_write_string(sheet->sheet, sheet->row, column, cell->i != 0 ? "是" : "否", NULL);
            break;
        case NODE_DATE:
            write_date(sheet, column, cell->text);
            break;
        case NODE_TIME:
            write_time(sheet, column, cell->i);
            break;
        case NODE_ID:
            snprintf(id, sizeof id, "%lld", (long long)cell->i);
            worksheet_write_string(sheet->sheet, sheet->row, column, id, NULL);
            break;
        case NODE_CODE:
            worksheet_write_string(sheet->sheet, sheet->row, column, cell->label, NULL);
            break;
        case NODE_NULL:
        case NODE_LIST:
        case NODE_MAP:
            break;
        default:
            if (cell->text != NULL)
                worksheet_write_string(sheet->sheet, sheet->row, column, cell->text, NULL);
            break;
        }
    }
    sheet->row++;
}

enum status
sheet_end(struct sheet *sheet, struct buf *out)
{
    char chunk[65536];
    size_t n;
    /* the library dates its files with gmtime, which all threads share */
    static pthread_mutex_t closing = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&closing);
    enum status status = workbook_close(sheet->book) == LXW_NO_ERROR ? OK : BROKEN;
    pthread_mutex_unlock(&closing);
    FILE *file = status == OK ? fopen(sheet->path, "re") : NULL;
    while (file != NULL && (n = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(out, chunk, n);
    if (file == NULL || ferror(file))
        status = BROKEN;
    if (file != NULL)
        fclose(file);
    unlink(sheet->path);
    free(sheet);
    return status == OK && out->failed ? NO_MEMORY : status;
}
