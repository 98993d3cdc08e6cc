/* Cells and answers: small pure helpers that every user of the store needs. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

struct value
value_null(void)
{
    return (struct value){ .type = VALUE_NULL };
}

struct value
value_int(int64_t i)
{
    return (struct value){ .type = VALUE_INT, .i = i };
}

struct value
value_text(const char *text)
{
    if (text == NULL)
        return value_null();
    return (struct value){ .type = VALUE_TEXT, .n = strlen(text), .text = text };
}

struct value
value_bytes(const void *bytes, size_t n)
{
    if (bytes == NULL)
        return value_null();
    return (struct value){ .type = VALUE_BYTES, .n = n, .bytes = bytes };
}

bool
value_equal(struct value a, struct value b)
{
    if (a.type != b.type)
        return false;
    if (a.type == VALUE_NULL)
        return true;
    if (a.type == VALUE_INT)
        return a.i == b.i;
    return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

struct value
rows_value(const struct rows *rows, size_t row, size_t column)
{
    if (row >= rows->n || column >= rows->columns)
        return value_null();
    return rows->cells[row * rows->columns + column];
}

int64_t
rows_int(const struct rows *rows, size_t row, size_t column)
{
    struct value value = rows_value(rows, row, column);
    if (value.type == VALUE_INT)
        return value.i;
    return value.type == VALUE_TEXT ? strtoll(value.text, NULL, 10) : 0;
}

const char *
rows_text(const struct rows *rows, size_t row, size_t column)
{
    struct value value = rows_value(rows, row, column);
    return value.type == VALUE_TEXT ? value.text : NULL;
}
