/* 劳动合同、社会保险 — clauses C120, C149; 劳动合同法 第十条, 社会保险法 第五十八条. What lacks is a finding at the
 * staff row; the county's labour department reads both ledgers. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

enum { MONTHS_BACK = 12 };

#define LINE_DUTIES(clause_)                                                                                           \
    {                                                                                                                  \
        { STAFF_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, clause_, "机构登记", 0, 0 },    \
            { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, clause_, "县级卫生健康部门查看", 0, 0 },                     \
            { DEPT(D_LABOUR), MAY_SEE, &MY_AREA, 0, G_WORK, clause_, "人力资源社会保障部门查看", 0, 0 },               \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/* ---- 劳动合同 ---- */
static const struct field contract_fields[] = {
    { "kind", F_CODE, .label = "合同类型", .code = "employment_kind", .need = true, .list = true,
      .basis = BASIS_CONTRACT },
    { "from_day", F_DATE, .label = "起始日", .need = true, .list = true, .basis = BASIS_CONTRACT },
    { "until", F_DATE, .label = "终止日", .list = true, .basis = BASIS_CONTRACT, .hint = "无固定期限的不填" },
    { "image", F_FILE, .label = "合同扫描件", .basis = BASIS_CONTRACT, .group = G_IDENTITY },
    { "warned_for", F_DATE, .label = "已提醒的到期日", .computed = true, .group = G_INTERNAL },
    { 0 },
};
static const struct form_span contract_spans[] = {
    { "one_contract", "from_day", "until", "part", "与已登记的劳动合同期限重叠" },
    { 0 },
};

static enum status
open_end(struct call *call, struct reader *reader, struct change *change)
{
    (void)call;
    (void)reader;
    if (!row_has(change->new, "until") && row_has(change->new, "from_day"))
        row_set_text(change->new, "until", OPEN_END_DAY);
    return OK;
}

static const struct duty contract_duties[] = LINE_DUTIES("C120");
const struct form staff_contract_form = {
    .name = "staff_contract",
    .title = "劳动合同",
    .clause = "C120",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = contract_fields,
    .spans = contract_spans,
    .duties = contract_duties,
    .fill = open_end,
    .effect = staff_line_written,
    .keep_years = 3,
    .expected_rows = 300000,
};

/* The day from which somebody is employed: as recorded, else as entered here. */
static struct day
employed_since(const struct row *staff)
{
    struct day day;
    return row_day(staff, "hired_on", &day) ? day : day_from_ms(staff->created_at);
}

enum status
contract_gap(struct call *call, struct reader *reader, const struct row *staff, const char **what)
{
    struct rows rows;
    const int64_t months = standard_int(call, "LAB-1", 1);
    *what = NULL;
    if (day_add_months(employed_since(staff), (int)months).n > call->today.n)
        return OK;
    const enum status status = reader_rows(
        reader, call->arena,
        "select (select count(*) from staff_contract c where c.office = s.office and c.part = s.id and c.from_day <= "
        "?3 and c.until >= ?3), (select count(*) from staff_contract c where c.office = s.office and c.part = s.id) "
        "from staff s where s.office = ?1 and s.id = ?2",
        ARGS(value_int(staff->office), value_int(staff->id), value_text(call_today(call))), &rows);
    if (status == OK && rows_int(&rows, 0, 0) == 0)
        *what = rows_int(&rows, 0, 1) == 0
                    ? arena_format(call->arena, "入职超过%lld个月没有书面劳动合同", (long long)months)
                    : "劳动合同已到期，没有续订";
    return status;
}

/* ---- 社会保险 ---- */
static const struct field insurance_fields[] = {
    { "from_day", F_DATE, .label = "缴费起始月", .need = true, .list = true, .basis = BASIS_CONTRACT,
      .hint = "填该月任一天，按整月计" },
    { "until", F_DATE, .label = "缴费截止月", .need = true, .list = true, .basis = BASIS_CONTRACT,
      .hint = "填该月任一天，按整月计" },
    { "kinds", F_CODES, .label = "险种", .code = "insurance_kind", .need = true, .list = true,
      .basis = BASIS_CONTRACT },
    { "proof", F_FILE, .label = "缴费凭证", .basis = BASIS_CONTRACT, .group = G_IDENTITY },
    { 0 },
};
static const struct form_span insurance_spans[] = {
    { "one_payment", "from_day", "until", "part", "这些月份已登记" },
    { 0 },
};

static struct day
month_of(struct day day)
{
    return (struct day){ day.n - day_of_month(day) + 1 };
}

/* Whole months: from the first of one to the last day of the other. */
static enum status
whole_months(struct call *call, struct reader *reader, struct change *change)
{
    struct day from, until;
    char iso[11];
    (void)reader;
    if (!row_day(change->new, "from_day", &from) || !row_day(change->new, "until", &until))
        return OK;
    if (until.n < month_of(from).n)
        return call_fault(call, form_field(&staff_insurance_form, "until", NULL), "order", "截止月早于起始月");
    if (month_of(until).n > call->today.n)
        return call_fault(call, form_field(&staff_insurance_form, "until", NULL), "future_day", "截止月还没有到");
    day_iso(month_of(from), iso);
    row_set_text(change->new, "from_day", arena_text(call->arena, iso));
    day_iso((struct day){ day_add_months(month_of(until), 1).n - 1 }, iso);
    row_set_text(change->new, "until", arena_text(call->arena, iso));
    return OK;
}

static const struct duty insurance_duties[] = LINE_DUTIES("C120");
const struct form staff_insurance_form = {
    .name = "staff_insurance",
    .title = "社会保险缴费",
    .clause = "C120",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = insurance_fields,
    .spans = insurance_spans,
    .duties = insurance_duties,
    .fill = whole_months,
    .effect = staff_line_written,
    .keep_years = 3,
    .expected_rows = 500000,
};

static bool
covered(const struct rows *rows, struct day month)
{
    struct day from, until;
    for (size_t i = 0; i < rows->n; i++)
        if (day_parse(rows_text(rows, i, 0), &from) && day_parse(rows_text(rows, i, 1), &until) && from.n <= month.n &&
            until.n >= month.n)
            return true;
    return false;
}

/* Public institutions pay by their own regime: the plan asks this of those that are run privately. */
static enum status
run_privately(struct call *call, struct reader *reader, const struct row *staff, bool *privately)
{
    struct row *site;
    const enum status status = institution_get(call, reader, staff->institution, &site);
    const char *mode = status == OK ? row_text(site, "operation_mode") : NULL;
    *privately = mode == NULL || strcmp(mode, "public_public") != 0;
    return status;
}

/* The months of the last year, this one excepted, that nobody paid for. */
enum status
insurance_gap(struct call *call, struct reader *reader, const struct row *staff, const char **what)
{
    struct rows rows;
    bool privately;
    *what = NULL;
    enum status status = run_privately(call, reader, staff, &privately);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             "select from_day, until from staff_insurance where office = ?1 and part = ?2 order by id "
                             "desc limit 200",
                             ARGS(value_int(staff->office), value_int(staff->id)), &rows);
    if (status != OK || !privately)
        return status;
    const struct day since = day_add_months(month_of(employed_since(staff)), 1);
    for (int back = MONTHS_BACK; back >= 1; back--) {
        const struct day month = day_add_months(month_of(call->today), -back);
        if (month.n < since.n || covered(&rows, month))
            continue;
        *what = arena_format(call->arena, "%s%d年%d月",
                             *what == NULL ? "社会保险没有缴费记录：" : arena_format(call->arena, "%s、", *what),
                             day_year(month), day_month(month));
    }
    return OK;
}
