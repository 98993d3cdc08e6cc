#include "policy/clock.h"

#include <stdlib.h>
#include <string.h>

#include "policy/journal.h"
#include "policy/notice.h"
#include "policy/show.h"

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

static const struct {
    const char *name, *label;
    bool of_institution; /* it runs for the institution: it warns, and no authority is late by it */
} labels[] = {
    { "receipt", "出具备案回执" },
    { "content", "备案内容审查" },
    { "opinion", "部门意见" },
    { "visit", "现场核查" },
    { "file", "登记后备案", true },
    { "push", "登记信息推送" },
    { "claim", "核实机构认领申请" },
    { "mend", "整改" },
    { "supplement", "补正材料", true },
    { "guardian_told", "告知监护人" },
    { "epidemic_tell", "告知疾控或医疗机构" },
    { "resume", "预计恢复服务" },
    { "event_report", "向县级卫生健康部门报告" },
    { "ban_case", "从业限制比对办理" },
};

const char *
clock_label(const char *name)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i].name, name) == 0)
            return labels[i].label;
    return name;
}

bool
clock_waits_for_institution(const char *name)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i].name, name) == 0)
            return labels[i].of_institution;
    return false;
}

/* Working days are counted from here: that day, or the next working day. */
static struct day
first_day(const struct call *call, struct day day)
{
    for (int i = 0; i < 60 && !calendar_works(call->reference->calendar, day); i++)
        day.n++;
    return day;
}

/* How long one unit of the standard is, for clocks to an instant; 0: working days. */
static int64_t
unit_ms(const struct standard *number)
{
    const char *unit = number->unit == NULL ? "" : number->unit;
    return strcmp(unit, "小时") == 0 ? HOUR_MS : strcmp(unit, "分钟") == 0 ? MINUTE_MS : 0;
}

/* The one that runs ends without an answer: `replaced` by another, or `dropped`. */
static enum status
end_running(struct call *call, struct writer *writer, const struct row *row, const char *name, const char *state)
{
    return writer_run(writer,
                      "update clock set state = ?5, stopped = ?4 where office = ?1 and row = ?2 and name = ?3 "
                      "and state in ('running', 'paused')",
                      ARGS(value_int(row->office), value_int(row->id), value_text(name), value_text(call_today(call)),
                           value_text(state)),
                      NULL);
}

/* `due_at` 0: working days. */
static enum status
insert_clock(struct call *call, struct writer *writer, const struct row *row, const char *name, const char *standard,
             const char *department, const char *started, int64_t days, const char *due, int64_t due_at)
{
    return writer_run(
        writer,
        "insert into clock (office, id, institution, area, form, row, name, standard, started, days, due, "
        "state, reminded, escalated, department, due_at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'running', 0, 0, ?12, ?13)",
        ARGS(value_int(row->office), value_int(id_next(&call->house->ids, call->now_ms, (int)row->office)),
             value_int(row->institution), value_text(row->area), value_text(row->form->name), value_int(row->id),
             value_text(name), value_text(standard), value_text(started), value_int(days), value_text(due),
             value_text(department), due_at != 0 ? value_int(due_at) : value_null()),
        NULL);
}

enum status
clock_start(struct call *call, struct writer *writer, const struct row *row, const char *name, const char *standard,
            const char *department)
{
    return clock_start_at(call, writer, row, name, standard, department, call->now_ms);
}

enum status
clock_start_at(struct call *call, struct writer *writer, const struct row *row, const char *name, const char *standard,
               const char *department, int64_t since)
{
    char started[11], due[11];
    bool unknown = false;
    const struct standard *number = standard_at(call->reference, standard, call->today, row->area);
    const int64_t days = number == NULL || number->value == NULL ? 0 : strtoll(number->value, NULL, 10);
    if (days <= 0)
        return OK; /* no number in force: no clock */
    const int64_t unit = unit_ms(number), due_at = since + days * unit;
    enum status status = end_running(call, writer, row, name, "replaced");
    if (status != OK)
        return status;
    const struct day from = unit != 0 ? day_from_ms(since) : first_day(call, day_from_ms(since));
    day_iso(from, started);
    day_iso(unit != 0 ? day_from_ms(due_at) : calendar_add(call->reference->calendar, from, (int)days, &unknown), due);
    return insert_clock(call, writer, row, name, standard, department, started, days, due, unit != 0 ? due_at : 0);
}

enum status
clock_start_until(struct call *call, struct writer *writer, const struct row *row, const char *name, int64_t due_at,
                  const char *department)
{
    char due[11];
    enum status status = end_running(call, writer, row, name, "replaced");
    day_iso(day_from_ms(due_at), due);
    return status == OK ? insert_clock(call, writer, row, name, NULL, department, call_today(call), 0, due, due_at)
                        : status;
}

enum status
clock_drop(struct call *call, struct writer *writer, const struct row *row, const char *name)
{
    return end_running(call, writer, row, name, "dropped");
}

enum status
clock_stop(struct writer *writer, const struct row *row, const char *name, int64_t at)
{
    char day[11];
    day_iso(day_from_ms(at), day);
    return writer_run(
        writer,
        "update clock set state = 'stopped', stopped = ?4, in_time = case when due_at is null and due >= ?4 then 1 "
        "when due_at >= ?5 then 1 else 0 end "
        "where office = ?1 and row = ?2 and name = ?3 and state in ('running', 'paused')",
        ARGS(value_int(row->office), value_int(row->id), value_text(name), value_text(day), value_int(at)), NULL);
}

enum status
clock_pause(struct call *call, struct writer *writer, const struct row *row, const char *name)
{
    char today[11];
    day_iso(call->today, today);
    return writer_run(writer,
                      "update clock set state = 'paused', paused = ?4 where office = ?1 and row = ?2 and name = ?3 and "
                      "state = 'running' and due_at is null",
                      ARGS(value_int(row->office), value_int(row->id), value_text(name), value_text(today)), NULL);
}

/* What was left when the newest in that state came to rest is left again from today. */
static enum status
run_on(struct call *call, struct writer *writer, const struct row *row, const char *name, const char *state)
{
    struct rows rows;
    struct day rested, due;
    char iso[11];
    bool unknown;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select id, coalesce(paused, stopped), due from clock where office = ?1 and row = ?2 and name = ?3 and "
        "state = ?4 order by id desc limit 1",
        ARGS(value_int(row->office), value_int(row->id), value_text(name), value_text(state)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    if (!day_parse(rows_text(&rows, 0, 1), &rested) || !day_parse(rows_text(&rows, 0, 2), &due))
        return BROKEN;
    const int left = calendar_between(call->reference->calendar, rested, due);
    day_iso(calendar_add(call->reference->calendar, call->today, left > 0 ? left : 0, &unknown), iso);
    return writer_run(writer,
                      "update clock set state = 'running', paused = null, stopped = null, in_time = null, due = ?3 "
                      "where office = ?1 and id = ?2",
                      ARGS(value_int(row->office), value_int(rows_int(&rows, 0, 0)), value_text(iso)), NULL);
}

enum status
clock_resume(struct call *call, struct writer *writer, const struct row *row, const char *name)
{
    return run_on(call, writer, row, name, "paused");
}

enum status
clock_reopen(struct call *call, struct writer *writer, const struct row *row, const char *name)
{
    return run_on(call, writer, row, name, "stopped");
}

enum status
clocks_recompute(struct call *call, struct writer *writer, const struct calendar *calendar, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select id, started, days, due, form, row from clock where office = ?1 and "
                                     "state = 'running' and due_at is null order by id limit 5000",
                                     ARGS(value_int(office)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct day started;
        char iso[11];
        bool unknown;
        if (!day_parse(rows_text(&rows, i, 1), &started))
            return BROKEN;
        day_iso(calendar_add(calendar, started, (int)rows_int(&rows, i, 2), &unknown), iso);
        if (strcmp(iso, rows_text(&rows, i, 3)) == 0)
            continue;
        status = writer_run(writer, "update clock set due = ?3 where office = ?1 and id = ?2",
                            ARGS(value_int(office), value_int(rows_int(&rows, i, 0)), value_text(iso)), NULL);
        if (status == OK)
            status = journal_act(
                call, office, arena_text(call->arena, rows_text(&rows, i, 4)), rows_int(&rows, i, 5),
                "clock_recomputed",
                arena_format(call->arena, "{\"f\":{\"due\":[\"%s\",\"%s\"]}}", rows_text(&rows, i, 3), iso));
    }
    return status;
}

const char *
clock_words(struct call *call, const char *due_iso, bool *overdue, bool *urgent)
{
    struct day due;
    *overdue = *urgent = false;
    if (due_iso == NULL || !day_parse(due_iso, &due))
        return NULL;
    const int left = calendar_between(call->reference->calendar, call->today, due);
    const char *warning = calendar_knows(call->reference->calendar, day_year(due)) ? "" : "（该年节假日安排尚未公布）";
    *overdue = call->today.n > due.n;
    *urgent = !*overdue && left <= 2;
    if (*overdue)
        return arena_format(call->arena, "已逾期%d个工作日，应于%d月%d日前办结%s", left < 0 ? -left : 0, day_month(due),
                            day_of_month(due), warning);
    if (left == 0)
        return arena_format(call->arena, "今天到期%s", warning);
    return arena_format(call->arena, "还剩%d个工作日，%d月%d日到期%s", left, day_month(due), day_of_month(due),
                        warning);
}

const char *
clock_time_words(struct call *call, int64_t due_at, bool *overdue, bool *urgent)
{
    const int64_t left = due_at - call->now_ms, minutes = (left < 0 ? -left : left) / MINUTE_MS;
    const char *length = minutes < 60        ? arena_format(call->arena, "%lld分钟", (long long)minutes)
                         : minutes < 24 * 60 ? arena_format(call->arena, "%lld小时%lld分", (long long)(minutes / 60),
                                                            (long long)(minutes % 60))
                                             : arena_format(call->arena, "%lld天", (long long)(minutes / (24 * 60)));
    *overdue = left < 0;
    *urgent = !*overdue && left <= HOUR_MS;
    return arena_format(call->arena, "%s%s", *overdue ? "已超过" : "还剩", length);
}

static bool
may_be_named(const struct form *form)
{
    const struct field *title = form->title_field == NULL ? NULL : form_field(form, form->title_field, NULL);
    if (title == NULL || title->secret || title->basis != BASIS_NONE || form->sealed || form->watched ||
        (field_group(title) & (G_WORK | G_OPEN)) == 0)
        return false;
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if ((field_group(field) & (G_CHILD | G_HEALTH)) != 0)
            return false;
    return true;
}

const char *
clock_case(struct call *call, struct reader *reader, const char *name, const char *form_name, int64_t row)
{
    const struct form *form = house_form(call->house, form_name);
    const char *title = form == NULL || !may_be_named(form) ? NULL : title_by_id(call, reader, form, row);
    return title == NULL ? clock_label(name) : arena_format(call->arena, "%s（%s）", clock_label(name), title);
}

enum status
clocks_ring(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id, form, row, name, institution, department from clock where "
                    "office = ?1 and state = 'running' and due <= ?2 and due_at < ?3 and "
                    "escalated = 0 order by id limit 200",
                    ARGS(value_int(office), value_text(call_today(call)), value_int(call->now_ms)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        const char *text = arena_format(call->arena, "%s：已超过规定时间",
                                        clock_case(call, writer_reader(writer), rows_text(&rows, i, 3),
                                                   rows_text(&rows, i, 1), rows_int(&rows, i, 2)));
        const char *url =
            arena_format(call->arena, "/%s/%lld", rows_text(&rows, i, 1), (long long)rows_int(&rows, i, 2));
        if (rows_int(&rows, i, 4) != 0)
            status = notice_institution(call, writer, rows_int(&rows, i, 4), text, url);
        if (status == OK && rows_text(&rows, i, 5) != NULL)
            status = notice_department(call, writer, office, rows_text(&rows, i, 5), text, url);
        if (status == OK)
            status = writer_run(writer, "update clock set escalated = 1 where office = ?1 and id = ?2",
                                ARGS(value_int(office), rows_value(&rows, i, 0)), NULL);
    }
    return status;
}

enum status
clocks_show(struct call *call, struct reader *reader, const struct row *row, struct node *list)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena,
                    "select name, due, state, stopped, in_time, due_at from clock where office = ?1 and row = ?2 "
                    "and state <> 'replaced' order by id",
                    ARGS(value_int(row->office), value_int(row->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *clock = node_put_map(call->arena, list, NULL);
        const char *state = rows_text(&rows, i, 2);
        bool overdue = false, urgent = false;
        node_put_text(call->arena, clock, "name", rows_text(&rows, i, 0));
        node_put_text(call->arena, clock, "label", clock_label(rows_text(&rows, i, 0)));
        node_put_date(call->arena, clock, "due", rows_text(&rows, i, 1));
        if (strcmp(state, "dropped") == 0) {
            node_put_bool(call->arena, clock, "stopped", true);
            node_put_text(call->arena, clock, "text", "不再计时");
            continue;
        }
        if (strcmp(state, "stopped") == 0) {
            const bool in_time = rows_int(&rows, i, 4) != 0;
            node_put_bool(call->arena, clock, "stopped", true);
            node_put_bool(call->arena, clock, "in_time", in_time);
            node_put_text(call->arena, clock, "text", in_time ? "已按期办结" : "已办结（逾期）");
            node_put_bool(call->arena, clock, "late", !in_time);
            continue;
        }
        const int64_t due_at = rows_int(&rows, i, 5);
        const char *words = due_at != 0 ? clock_time_words(call, due_at, &overdue, &urgent)
                                        : clock_words(call, rows_text(&rows, i, 1), &overdue, &urgent);
        node_put_text(call->arena, clock, "text", strcmp(state, "paused") == 0 ? "已中止计时" : words);
        node_put_bool(call->arena, clock, "overdue", overdue);
        node_put_bool(call->arena, clock, "urgent", urgent);
    }
    return status;
}
