/* Lists out as XLSX and CSV, records out as PDF, rows in from CSV. */
#ifndef HTTP_EXPORT_H
#define HTTP_EXPORT_H

#include "http/app.h"

void export_list(struct visit *visit, const struct form *form, const char *kind);
void print_record(struct visit *visit, const struct form *form, int64_t id); /* print.c */

#endif
