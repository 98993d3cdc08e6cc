/* 开放时间 and 停托 — clause C065: on a closed day there is no finding and no alarm. */
#include <string.h>

#include "base/calendar.h"
#include "domain/care/care.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { HOUR_MS = 3600000 };

static const struct field hours_fields[] = {
    { "weekdays", F_CODES, .label = "开放日", .code = "weekday", .need = true, .list = true, .group = G_OPEN },
    { "open_at", F_TEXT, .label = "开放时间", .need = true, .list = true, .max = 5, .hint = "如 07:30",
      .group = G_OPEN },
    { "close_at", F_TEXT, .label = "关门时间", .need = true, .list = true, .max = 5, .hint = "如 18:00",
      .group = G_OPEN },
    { "from_day", F_DATE, .label = "起始日", .need = true, .list = true, .group = G_OPEN, .hint = "明天或以后" },
    { 0 },
};
#define KEPT_BY_THE_HEAD(clause_)                                                                                      \
    { THE_INSTITUTION | POST(P_HEAD),                                                                                  \
      MAY_SEE | MAY_CREATE | MAY_CHANGE,                                                                               \
      &MY_INSTITUTION,                                                                                                 \
      0,                                                                                                               \
      G_ALL,                                                                                                           \
      clause_,                                                                                                         \
      "负责人安排",                                                                                                    \
      0,                                                                                                               \
      0 },                                                                                                             \
        { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_OPEN, clause_, "本机构人员查看", 0, 0 },            \
    {                                                                                                                  \
        HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, clause_, "卫生健康部门查看", 0, 0                               \
    }

static enum status
hours_are_real(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    int64_t from, to;
    (void)reader;
    if (!input_clock(row_text(change->new, "open_at"), &from) || !input_clock(row_text(change->new, "close_at"), &to) ||
        from >= to)
        finding_add(call, rule, "请填写如 07:30 的时间，开放早于关门");
    else if (to - from < standard_int(call, "CFG-OPEN-LEAST", 2) * HOUR_MS)
        finding_add(
            call, rule,
            arena_format(call->arena, "一天至少开放%lld小时", (long long)standard_int(call, "CFG-OPEN-LEAST", 2)));
    return OK;
}

/* The hours of today and before stand: by them the day is closed and the ratio watched. */
static enum status
hours_are_ahead(struct call *call, struct reader *reader, struct change *change)
{
    const char *from = row_text(change->new, "from_day"), *today = call_today(call);
    (void)reader;
    if (change->old != NULL && strcmp(row_text(change->old, "from_day"), today) <= 0)
        return call_fault(call, form_field(&opening_hours_form, "from_day", NULL), "in_force",
                          "已经生效的开放时间不能改，请新建一条，从明天或以后起");
    if (from != NULL && strcmp(from, today) <= 0)
        return call_fault(call, form_field(&opening_hours_form, "from_day", NULL), "past_day",
                          "开放时间从明天或以后起生效");
    return OK;
}
static const struct rule hours_rules[] = {
    { "OPEN-HOURS", BLOCK, .check = hours_are_real, .standard = "MGT-24", .field = "close_at", .clause = "C065" },
    { 0 },
};
static const struct duty hours_duties[] = { KEPT_BY_THE_HEAD("C065"), { 0 } };
const struct form opening_hours_form = {
    .name = "opening_hours",
    .title = "开放时间",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .fields = hours_fields,
    .rules = hours_rules,
    .fill = hours_are_ahead,
    .duties = hours_duties,
    .intro = "未设置的，按法定工作日开放。",
    .expected_rows = 20000,
};

static const struct field closure_fields[] = {
    { "from_day", F_DATE, .label = "停托起始日", .need = true, .list = true, .group = G_OPEN },
    { "to_day", F_DATE, .label = "停托截止日", .need = true, .list = true, .group = G_OPEN },
    { "reason", F_CODE, .label = "原因", .code = "closure_reason", .need = true, .list = true, .group = G_OPEN },
    { "note", F_TEXT, .label = "说明", .group = G_OPEN },
    { 0 },
};
static const struct form_span closure_spans[] = {
    { "one_closure", "from_day", "to_day", "institution", "与已登记的停托日期重叠" },
    { 0 },
};
/* What was is not rewritten: a closure begins today at the earliest and ends yesterday at the earliest. */
static enum status
closure_is_ahead(struct call *call, struct reader *reader, struct change *change)
{
    char yesterday[11];
    const struct row *row = change->new, *old = change->old;
    const char *from = row_text(row, "from_day"), *to = row_text(row, "to_day"), *today = call_today(call);
    (void)reader;
    if (from == NULL || to == NULL)
        return OK; /* that is said at the field */
    day_iso((struct day){ call->today.n - 1 }, yesterday);
    if ((old == NULL || strcmp(from, row_text(old, "from_day")) != 0) && strcmp(from, today) < 0)
        return call_fault(call, form_field(row->form, "from_day", NULL), "past_day", "停托从今天或以后开始");
    if (strcmp(to, from) < 0)
        return call_fault(call, form_field(row->form, "to_day", NULL), "order", "截止日早于起始日");
    if (old != NULL && strcmp(to, row_text(old, "to_day")) != 0 && strcmp(to, yesterday) < 0)
        return call_fault(call, form_field(row->form, "to_day", NULL), "past_day", "已经过去的停托日不能改");
    return OK;
}

/* Decided in the morning: the day that the program opened at midnight follows. */
static enum status
carry_today(struct call *call, struct writer *writer, const struct change *change)
{
    return care_day_follow(call, writer, change->new->institution);
}

static const struct duty closure_duties[] = { KEPT_BY_THE_HEAD("C065"), { 0 } };
const struct form closure_form = {
    .name = "closure",
    .title = "停托安排",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .fields = closure_fields,
    .spans = closure_spans,
    .fill = closure_is_ahead,
    .effect = carry_today,
    .duties = closure_duties,
    .expected_rows = 50000,
};

enum status
care_is_suspended(struct call *call, struct reader *reader, int64_t institution, const char *day, bool *suspended)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena,
                    "select 1 from closure where office = ?1 and institution = ?2 and from_day <= ?3 and to_day >= ?3 "
                    "limit 1",
                    ARGS(value_int(id_office(institution)), value_int(institution), value_text(day)), &rows);
    *suspended = status == OK && rows.n > 0;
    return status;
}

enum status
care_is_open(struct call *call, struct reader *reader, int64_t institution, struct day day, bool *open)
{
    static const char *const names[] = { "1", "2", "3", "4", "5", "6", "7" };
    struct rows rows;
    char iso[11];
    bool suspended;
    const int64_t office = id_office(institution);
    day_iso(day, iso);
    *open = false;
    enum status status = care_is_suspended(call, reader, institution, iso, &suspended);
    if (status != OK || suspended)
        return status;
    status = reader_rows(reader, call->arena,
                         "select weekdays from opening_hours where office = ?1 and institution = ?2 and "
                         "from_day <= ?3 order by from_day desc, id desc limit 1",
                         ARGS(value_int(office), value_int(institution), value_text(iso)), &rows);
    const bool workday = calendar_works(call->reference->calendar, day);
    const char *weekdays = status == OK ? rows_text(&rows, 0, 0) : NULL;
    if (weekdays == NULL) {
        *open = workday;
        return status;
    }
    /* a weekday that the State Council took off is off; a Saturday made a working day is open where Mondays are */
    const bool weekend = day_weekday(day) >= 5;
    const char *mine = arena_format(call->arena, "|%s|", names[workday && weekend ? 0 : day_weekday(day)]);
    *open = strstr(weekdays, mine) != NULL && (workday || weekend);
    return OK;
}

enum status
care_closes_at(struct call *call, struct reader *reader, int64_t institution, const char *day, int64_t *ms)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena,
                    "select close_at from opening_hours where office = ?1 and institution = ?2 and "
                    "from_day <= ?3 order by from_day desc, id desc limit 1",
                    ARGS(value_int(id_office(institution)), value_int(institution), value_text(day)), &rows);
    const char *text = status == OK ? rows_text(&rows, 0, 0) : NULL;
    if (text == NULL || !input_clock(text, ms))
        *ms = standard_int(call, "CFG-CLOSE-HOUR", 18) * HOUR_MS;
    return status;
}
