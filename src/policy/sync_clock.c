/* When a record was really made. A tablet whose clock was set wrong writes wrong times; at the next contact its clock
 * is beside the server's, and what was written by the same clock is moved by the difference. What its clock did in
 * between tells the page's own counter, which nobody can set: a clock that went back, or one that may have gone forward
 * by what it is off now (the counter stands still while a tablet sleeps, so this looks the same), tells nothing about
 * then. */
#include <stdlib.h>
#include <string.h>

#include "policy/engine.h"
#include "policy/sync_inside.h"

enum { MINUTE_MS = 60000 };

/* The clock's movement since the record was made, beside the page's counter; 0: none, or the page was begun anew. */
static int64_t
drift_since(const struct sync_clock *clock, const struct record *record)
{
    if (clock->life == NULL || record->life == NULL || strcmp(clock->life, record->life) != 0)
        return 0;
    return clock->wall - record->clock - (clock->mono - record->mono);
}

/* Times that the tablet filled in; what somebody typed over them is what that somebody read elsewhere. */
static bool
typed_by_hand(const struct record *record, const char *name)
{
    const struct node *list = record->typed;
    for (const struct node *one = list == NULL || list->type != NODE_LIST ? NULL : list->first; one != NULL;
         one = one->next)
        if (one->text != NULL && strcmp(one->text, name) == 0)
            return true;
    return false;
}

static struct node *
moved_fields(struct call *call, const struct record *record, struct day said_day, int64_t ms)
{
    struct node *fields = node_map(call->arena);
    for (const struct node *node = record->said_fields->first; node != NULL; node = node->next) {
        int64_t clock;
        const struct field *field = form_field(record->form, node->name, NULL);
        if (field != NULL && field->type == F_TIME && node->text != NULL && input_clock(node->text, &clock) &&
            !typed_by_hand(record, node->name)) {
            const int64_t then = day_start_ms(said_day) + clock + ms + MINUTE_MS / 2; /* minutes were said */
            node_put_text(call->arena, fields, node->name,
                          arena_format(call->arena, "%lld", (long long)(then - then % MINUTE_MS)));
            continue;
        }
        struct node *copy = node_put(call->arena, fields, node->name, node->type);
        if (copy == NULL)
            return NULL;
        copy->i = node->i;
        copy->text = node->text;
        copy->first = node->first;
        copy->last = node->last;
    }
    return fields;
}

enum status
record_move(struct call *call, struct record *record, int64_t ms)
{
    char iso[11];
    const struct day made = day_from_ms(record->said_at);
    struct day day = made;
    record->at = record->said_at;
    record->day = record->said_day;
    record->fields = record->said_fields;
    if (ms == 0 || record->bad != NULL)
        return OK;
    if (record->said_day != NULL && !day_parse(record->said_day, &day))
        return OK; /* that is said later */
    record->at = record->said_at + ms;
    if (record->said_day != NULL) {
        day_iso((struct day){ day.n + day_from_ms(record->at).n - made.n }, iso);
        record->day = arena_text(call->arena, iso);
    }
    record->fields = moved_fields(call, record, day, ms);
    return record->fields == NULL || arena_failed(call->arena) ? NO_MEMORY : OK;
}

enum status
record_settle_time(struct call *call, const struct sync_device *device, struct record *record)
{
    const struct sync_clock *clock = &device->clock;
    const int64_t limit = standard_int(call, "CFG-CLOCK-MINUTES", 5) * MINUTE_MS;
    if (record->inbox != 0) /* it was measured when it came */
        return record_move(call, record, record->moved);
    record->moved = 0;
    if (!clock->known || record->clock == 0 || record->said_at > INSTANT_MOST)
        return OK;
    const int64_t drift = drift_since(clock, record);
    const int64_t off = record->clock + (call->now_ms - clock->wall) - record->said_at;
    if (drift < -limit || (off < -limit && drift >= -off - limit))
        return call_fault(call, NULL, "clock_jumped", "登记之后平板的时钟被改动，登记时间无法确定，请核对后处理");
    if (llabs(off) <= limit)
        return OK;
    record->moved = off;
    return record_move(call, record, off);
}

enum status
record_note_move(struct call *call, const struct record *record)
{
    const struct day day = day_from_ms(record->said_at);
    const int64_t minute = (record->said_at - day_start_ms(day)) / MINUTE_MS;
    return journal_act(call, id_office(record->row), record->form->name, record->row,
                       arena_format(call->arena, "时间已按设备时差校正（平板记为%d月%d日%02d:%02d）", day_month(day),
                                    day_of_month(day), (int)(minute / 60), (int)(minute % 60)),
                       NULL);
}
