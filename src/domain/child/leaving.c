/* The end of a place: classes and contracts end with it, and what only served it is forgotten. A leave planned ahead
 * ends the classes on its day and leaves the rest until then. */
#include "domain/child/leaving.h"

#include <string.h>

#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/child/forget.h"
#include "policy/engine.h"

static enum status
placements(struct call *call, struct reader *reader, const struct row *child, struct row_set *set)
{
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(child->id) };
    return rows_by(call, reader, &class_placement_form, child->office, where, values, 1, set);
}

static enum status
end_on(struct call *call, struct writer *writer, struct row *placement, const char *until)
{
    row_set_text(placement, "until", until);
    return row_change(call, writer, placement, placement->version);
}

/* Nobody stands in a class after that day. A placement that was to begin later is left with its first day only: rows
 * of a child stay. */
static enum status
end_placements(struct call *call, struct writer *writer, const struct row *child, const char *last)
{
    struct row_set set;
    enum status status = placements(call, writer_reader(writer), child, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *from = row_text(set.rows[i], "from_day");
        if (strcmp(row_text(set.rows[i], "until"), last) <= 0)
            continue;
        row_set_text(set.rows[i], "why", "leave");
        status = end_on(call, writer, set.rows[i], strcmp(from, last) > 0 ? from : last);
    }
    return status;
}

/* The contract ends with the place: nothing is expected or billed after that day. */
static enum status
end_contracts(struct call *call, struct writer *writer, const struct row *child, const char *day, const char *reason)
{
    const char *const where[] = { "part", "state" };
    const struct value values[] = { value_int(child->id), value_text("active") };
    struct row_set set;
    enum status status = rows_by(call, writer_reader(writer), &contract_form, child->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        status = contract_end(call, writer, set.rows[i]->id, day, reason);
    return status;
}

enum status
leave_place(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *child = change->new;
    enum status status = end_placements(call, writer, child, row_text(child, "left_on"));
    if (status == OK)
        status = end_contracts(call, writer, child, row_text(child, "left_on"), "离托");
    if (status == OK)
        status = forget_at_leaving(call, writer, child->id);
    return status == OK ? carry_class(call, writer, child->id) : status;
}

/* A day that was planned before is moved: the class that ended with it goes on until the new one. */
enum status
plan_leaving(struct call *call, struct writer *writer, const struct change *change)
{
    struct row_set set;
    const char *last = row_text(change->new, "leaves_on"), *was = place_until(change->old);
    enum status status = placements(call, writer_reader(writer), change->new, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (strcmp(row_text(set.rows[i], "until"), was) == 0 && strcmp(row_text(set.rows[i], "from_day"), last) <= 0)
            status = end_on(call, writer, set.rows[i], last);
    return status == OK ? end_placements(call, writer, change->new, last) : status;
}

enum status
keep_place(struct call *call, struct writer *writer, const struct change *change)
{
    struct row_set set;
    const char *was = row_text(change->old, "leaves_on");
    enum status status = placements(call, writer_reader(writer), change->new, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (strcmp(row_text(set.rows[i], "until"), was) == 0)
            status = end_on(call, writer, set.rows[i], OPEN_END);
    return status;
}

/* The classes that the planned entry had ahead. */
enum status
drop_places(struct call *call, struct writer *writer, const struct change *change)
{
    return end_placements(call, writer, change->new, call_today(call));
}

enum status
carry_place(struct call *call, struct writer *writer, const struct change *change)
{
    return carry_class(call, writer, change->new->id);
}

/* A family's money is given back before its record goes. */
enum status
discard_place(struct call *call, struct writer *writer, const struct change *change)
{
    int64_t held;
    enum status status = prepaid_held(call, writer_reader(writer), change->new, &held);
    if (status == OK && held > 0)
        return call_fail(call, CONFLICT, "还有收到的%lld.%02lld元没有退还，登记退费后再作废", (long long)(held / 100),
                         (long long)(held % 100));
    return status == OK ? end_contracts(call, writer, change->new, call_today(call), "登记作废") : status;
}
