/* 配比免提醒时段 — clause C083. Arrival, nap change-over and departure are short by nature: within these windows no
 * shortage begins. They are bounded, each and together, so that the ratio cannot be switched off by them. */
#include "domain/care/ratio.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { MINUTE_MS = 60000 };

static const struct field quiet_fields[] = {
    { "from_at", F_TEXT, .label = "开始", .need = true, .list = true, .max = 5, .hint = "如 07:30" },
    { "to_at", F_TEXT, .label = "结束", .need = true, .list = true, .max = 5, .hint = "如 09:00" },
    { "why", F_TEXT, .label = "用途", .list = true, .max = 40, .hint = "入园、午睡交接、离园" },
    { 0 },
};

/* Milliseconds of the day; false: no times, or not one after the other. */
static bool
window_times(const char *from, const char *to, int64_t *begin, int64_t *end)
{
    return from != NULL && to != NULL && input_clock(from, begin) && input_clock(to, end) && *begin < *end;
}

/* In minutes. */
static int64_t
length_of(const struct row *window)
{
    int64_t begin, end;
    return window_times(row_text(window, "from_at"), row_text(window, "to_at"), &begin, &end)
               ? (end - begin) / MINUTE_MS
               : 0;
}

static bool
is_within(const char *from, const char *to, int64_t time)
{
    int64_t begin, end;
    return window_times(from, to, &begin, &end) && begin <= time && time < end;
}

static int64_t
longest_window(const struct call *call)
{
    return standard_int(call, "CFG-QUIET-WINDOW", 120);
}

static int64_t
longest_day(const struct call *call)
{
    return standard_int(call, "CFG-QUIET-DAY", 240);
}

static enum status
windows_of(struct call *call, struct reader *reader, int64_t institution, struct row_set *set)
{
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(institution) };
    return rows_by(call, reader, &ratio_quiet_form, id_office(institution), where, values, 1, set);
}

static enum status
window_is_real(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct row_set set;
    int64_t begin, end;
    if (!window_times(row_text(change->new, "from_at"), row_text(change->new, "to_at"), &begin, &end)) {
        finding_add(call, rule, "请填写如 07:30 的时间，开始早于结束");
        return OK;
    }
    int64_t all = length_of(change->new);
    if (all > longest_window(call))
        finding_add(call, rule,
                    arena_format(call->arena, "一个时段%lld分钟，不得超过%lld分钟", (long long)all,
                                 (long long)longest_window(call)));
    const enum status status = windows_of(call, reader, change->new->institution, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        all += set.rows[i]->id == change->new->id ? 0 : length_of(set.rows[i]);
    if (status == OK && all > longest_day(call))
        finding_add(call, rule,
                    arena_format(call->arena, "免提醒时段一天合计%lld分钟，不得超过%lld分钟", (long long)all,
                                 (long long)longest_day(call)));
    return status;
}
static const struct rule quiet_rules[] = {
    { "RATIO-QUIET", BLOCK, .check = window_is_real, .standard = "SET-20a", .field = "from_at", .clause = "C083" },
    { 0 },
};
static const struct duty quiet_duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK, "C083",
      "负责人设置", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C083", "县级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form ratio_quiet_form = {
    .name = "ratio_quiet",
    .title = "配比免提醒时段",
    .clause = "C083",
    .intro = "未设置的，入园7:30—9:00、午睡交接12:00—12:30、离园16:30—18:30不提醒。",
    .of = OF_INSTITUTION,
    .fields = quiet_fields,
    .rules = quiet_rules,
    .duties = quiet_duties,
    .expected_rows = 50000,
};

/* Windows beyond the bounds, set when there were none, are as if not set. */
static bool
within_bounds(const struct call *call, const struct row_set *set)
{
    int64_t all = 0;
    bool within = set->n > 0;
    for (size_t i = 0; i < set->n; i++) {
        within = within && length_of(set->rows[i]) <= longest_window(call);
        all += length_of(set->rows[i]);
    }
    return within && all <= longest_day(call);
}

enum status
ratio_is_quiet(struct call *call, struct reader *reader, int64_t institution, bool *quiet)
{
    static const char *const usual[][2] = { { "07:30", "09:00" }, { "12:00", "12:30" }, { "16:30", "18:30" } };
    const int64_t time = call->now_ms - day_start_ms(call->today);
    struct row_set set;
    *quiet = false;
    const enum status status = windows_of(call, reader, institution, &set);
    if (status != OK)
        return status;
    const bool own = within_bounds(call, &set);
    for (size_t i = 0; own && i < set.n; i++)
        *quiet = *quiet || is_within(row_text(set.rows[i], "from_at"), row_text(set.rows[i], "to_at"), time);
    for (size_t i = 0; !own && i < sizeof usual / sizeof usual[0]; i++)
        *quiet = *quiet || is_within(usual[i][0], usual[i][1], time);
    return OK;
}
