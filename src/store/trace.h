/* What is asked of the database, for the tests that look at each statement's plan. Only a build with sanitizers knows
 * TUOYU_SQL_LOG=FILE: one line "engine, tab, statement" for each statement that a connection prepares. */
#ifndef STORE_TRACE_H
#define STORE_TRACE_H

#include "store/store.h"

#ifdef TUOYU_TRACE
void store_trace(enum engine engine, const char *sql);
#else
static inline void
store_trace(enum engine engine, const char *sql)
{
    (void)engine, (void)sql;
}
#endif

#endif
