#include "policy/watch.h"

#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/notice.h"

static enum status
remind(struct call *call, struct writer *writer, int64_t office)
{
    char soon[11];
    struct rows rows;
    const int days = (int)standard_int(call, "CFG-REMIND-DAYS", 2);
    day_iso(calendar_add(call->reference->calendar, call->today, days, NULL), soon);
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select id, form, row, name, due, coalesce(department, 'health'), institution from clock where "
        "office = ?1 and state = 'running' and due <= ?2 and reminded = 0 and due_at is null order by id limit 500",
        ARGS(value_int(office), value_text(soon)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        bool overdue, urgent;
        const char *words = clock_words(call, rows_text(&rows, i, 4), &overdue, &urgent);
        const char *text = arena_format(call->arena, "%s：%s",
                                        clock_case(call, writer_reader(writer), rows_text(&rows, i, 3),
                                                   rows_text(&rows, i, 1), rows_int(&rows, i, 2)),
                                        words);
        const char *url =
            arena_format(call->arena, "/%s/%lld", rows_text(&rows, i, 1), (long long)rows_int(&rows, i, 2));
        status = clock_waits_for_institution(rows_text(&rows, i, 3))
                     ? notice_institution(call, writer, rows_int(&rows, i, 6), text, url)
                     : notice_department(call, writer, office, rows_text(&rows, i, 5), text, url);
        if (status == OK)
            status = writer_run(writer, "update clock set reminded = 1 where office = ?1 and id = ?2",
                                ARGS(value_int(office), rows_value(&rows, i, 0)), NULL);
    }
    return status;
}

/* An overdue clock is told to the next level above, once; one that waits for the institution to the office itself. */
static enum status
escalate(struct call *call, struct writer *writer, int64_t office)
{
    char today[11];
    struct rows rows;
    const struct office *here = office_of(call->reference, office);
    day_iso(call->today, today);
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select id, form, row, name, due, coalesce(department, 'health') from clock where "
        "office = ?1 and state = 'running' and due < ?2 and escalated = 0 and due_at is null order by id limit 500",
        ARGS(value_int(office), value_text(today)), &rows);
    for (size_t i = 0; i < rows.n && status == OK && here != NULL && here->parent != 0; i++) {
        const bool here_only = clock_waits_for_institution(rows_text(&rows, i, 3));
        status = notice_department(
            call, writer, here_only ? office : here->parent, rows_text(&rows, i, 5),
            arena_format(call->arena, "%s：%s已逾期", here->name,
                         clock_case(call, writer_reader(writer), rows_text(&rows, i, 3), rows_text(&rows, i, 1),
                                    rows_int(&rows, i, 2))),
            arena_format(call->arena, "/%s/%lld", rows_text(&rows, i, 1), (long long)rows_int(&rows, i, 2)));
        if (status == OK)
            status = writer_run(writer, "update clock set escalated = 1 where office = ?1 and id = ?2",
                                ARGS(value_int(office), rows_value(&rows, i, 0)), NULL);
    }
    return status;
}

static enum status
turn(struct call *call, struct writer *writer, void *arg)
{
    const int64_t office = *(const int64_t *)arg;
    enum status status = remind(call, writer, office);
    if (status == OK)
        status = escalate(call, writer, office);
    for (size_t i = 0; i < call->house->modules_n && status == OK; i++)
        if (call->house->modules[i]->daily != NULL)
            status = call->house->modules[i]->daily(call, writer, office);
    return status;
}

/* What may come about within a day, bounded by each part itself. */
static enum status
minute(struct call *call, struct writer *writer, void *arg)
{
    const int64_t office = *(const int64_t *)arg;
    enum status status = clocks_ring(call, writer, office);
    for (size_t i = 0; i < call->house->modules_n && status == OK; i++)
        if (call->house->modules[i]->minutely != NULL)
            status = call->house->modules[i]->minutely(call, writer, office);
    return status;
}

static enum status
sign(struct call *call, struct writer *writer, void *arg)
{
    (void)arg;
    return journal_sign_heads(call, writer);
}

static enum status
for_each_office(struct house *house, int64_t now_ms, call_fn *fn)
{
    const struct reference *reference = reference_take(house);
    enum status status = OK;
    for (size_t i = 0; reference != NULL && i < reference->offices_n && status == OK; i++) {
        int64_t office = reference->offices[i].id;
        struct call call;
        struct arena *arena = arena_new(64u << 20);
        if (arena == NULL)
            return NO_MEMORY;
        call_init(&call, house, arena, engine_me(arena, reference, office), now_ms);
        call.reference = reference;
        status = call_write(&call, LANE_BULK, fn, &office);
        arena_free(arena);
    }
    reference_drop(house, reference);
    return status;
}

static enum status
sign_all(struct house *house, int64_t now_ms)
{
    struct call call;
    struct arena *arena = arena_new(16u << 20);
    const struct reference *reference = reference_take(house);
    if (arena == NULL)
        return NO_MEMORY;
    call_init(&call, house, arena, engine_me(arena, reference, 1), now_ms);
    call.reference = reference;
    const enum status status = call_write(&call, LANE_BULK, sign, NULL);
    reference_drop(house, reference);
    arena_free(arena);
    return status;
}

enum status
watch_day(struct house *house, int64_t now_ms)
{
    const enum status status = for_each_office(house, now_ms, turn);
    return status == OK ? sign_all(house, now_ms) : status;
}

enum status
watch_minute(struct house *house, int64_t now_ms)
{
    return for_each_office(house, now_ms, minute);
}

static enum status
seal(struct call *call, struct writer *writer, void *arg)
{
    int sealed = 0;
    return journal_seal(call, writer, *(const int64_t *)arg, 1000, &sealed);
}

enum status
watch_seal(struct house *house, int64_t now_ms)
{
    return store_engine(house->store) == ENGINE_SQLITE ? OK : for_each_office(house, now_ms, seal);
}
