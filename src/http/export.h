/* Lists out as XLSX and CSV, records out as PDF, rows in from CSV. */
#ifndef HTTP_EXPORT_H
#define HTTP_EXPORT_H

#include "http/app.h"

void export_list(struct visit *visit, const struct form *form, const char *kind);
/* Importing sheets (import.c): the page, the header to fill, and the file itself. */
void import_get(struct visit *visit, const struct form *form);
void import_template(struct visit *visit, const struct form *form, bool xlsx);
void import_post(struct visit *visit, const struct form *form, const struct node *posted, const struct http_file *files,
                 size_t files_n);
/* A list of maps as CSV: the names of the first are the columns. */
void answer_csv(struct visit *visit, const struct node *list, const char *name);
/* A look's table as XLSX: data {title, head, columns [{label}], rows [{name, cells [{value | text}]}]}. */
void answer_sheet(struct visit *visit, const struct node *data, const char *name);
/* print.c: blank, or the rows of a month */
void print_ledger(struct visit *visit, const struct form *form, bool blank);
void print_record(struct visit *visit, const struct form *form, int64_t id); /* print.c */

#endif
