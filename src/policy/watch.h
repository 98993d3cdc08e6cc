/* What time does without anybody writing: the turn of the day, reminders, escalation, sealing. */
#ifndef POLICY_WATCH_H
#define POLICY_WATCH_H

#include "policy/house.h"

/* Once a day per office: reminders for clocks that end soon, escalation of overdue ones to the next level, signed
 * heads. */
enum status watch_day(struct house *house, int64_t now_ms);
/* Once a minute per office: clocks to an instant that ran out, and what modules watch within the day. */
enum status watch_minute(struct house *house, int64_t now_ms);
/* PostgreSQL: numbers and chains the committed entries. SQLite: nothing to do. */
enum status watch_seal(struct house *house, int64_t now_ms);

#endif
