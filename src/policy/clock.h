/* Statutory clocks. Most run in working days: an open clock stores its start, length and pauses; the due day follows
 * from the calendar and is kept beside them for lists; a change of the calendar recomputes it. Where the standard's
 * unit is 小时 or 分钟 the clock runs through nights and holidays to an instant and cannot be paused. Closed clocks
 * stay as they are. */
#ifndef POLICY_CLOCK_H
#define POLICY_CLOCK_H

#include "policy/house.h"

/* Starts a clock of the row; `standard` gives the number and its unit. A running clock of that name is ended first
 * (the clock starts anew). The start day (the next working day when today is none) is not counted. */
enum status clock_start(struct call *call, struct writer *writer, const struct row *row, const char *name,
                        const char *standard, const char *department);
/* The same for what was known at `since` (ms) and is entered only now. */
enum status clock_start_at(struct call *call, struct writer *writer, const struct row *row, const char *name,
                           const char *standard, const char *department, int64_t since);
/* Ends it; notes whether what it waited for, done at `at` (ms), was in time. Nothing happens when none runs. */
enum status clock_stop(struct writer *writer, const struct row *row, const char *name, int64_t at);
/* What stopped it was taken back: the days that were left are left again from today. */
enum status clock_reopen(struct call *call, struct writer *writer, const struct row *row, const char *name);
/* Ends it without an answer: what it waited for is not asked any more, it is neither in time nor late. */
enum status clock_drop(struct call *call, struct writer *writer, const struct row *row, const char *name);
/* Starts one that runs to an instant which no standard gives. */
enum status clock_start_until(struct call *call, struct writer *writer, const struct row *row, const char *name,
                              int64_t due_at, const char *department);
enum status clock_pause(struct call *call, struct writer *writer, const struct row *row, const char *name);
enum status clock_resume(struct call *call, struct writer *writer, const struct row *row, const char *name);
/* Every open clock anew by this calendar; the old and new due day go to the journal. */
enum status clocks_recompute(struct call *call, struct writer *writer, const struct calendar *calendar, int64_t office);

/* The row's clocks as a list of maps {name, label, text, due, overdue, urgent, stopped, in_time}. */
enum status clocks_show(struct call *call, struct reader *reader, const struct row *row, struct node *list);
/* "还剩 3 个工作日，3月10日到期" / "已逾期 2 个工作日" in the arena. */
const char *clock_words(struct call *call, const char *due_iso, bool *overdue, bool *urgent);
/* The same for an instant: "还剩1小时20分" / "已超过35分钟". */
const char *clock_time_words(struct call *call, int64_t due_at, bool *overdue, bool *urgent);
const char *clock_label(const char *name);
/* The same for a text that leaves the page, with the case that it is about: "出具备案回执（某某托育中心）". A form that
 * knows children or facts of health, or is sealed, names nothing. */
const char *clock_case(struct call *call, struct reader *reader, const char *name, const char *form, int64_t row);
/* It runs for the institution: it warns, and no authority is late by it. */
bool clock_waits_for_institution(const char *name);

/* Clocks to an instant that have run out: the institution is told, and the department that waits for it, once. */
enum status clocks_ring(struct call *call, struct writer *writer, int64_t office);

#endif
