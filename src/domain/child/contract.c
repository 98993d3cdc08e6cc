/* 托育服务协议 — 管理规范 第十条; clauses C065, C102, C103. Which days a child comes, what is paid for, what is paid
 * back. What may be asked in advance is one calendar month at most, whatever it is called: card, package, deposit. */
#include "domain/child/contract.h"

#include <string.h>

#include "domain/child/child.h"
#include "policy/engine.h"

enum { TENTHS = 10, AT_ONCE = 200 };

static const struct field fields[] = {
    { "service_form", F_CODE, .label = "服务形式", .code = "service_form", .need = true, .list = true, .filter = true },
    { "weekdays", F_CODES, .label = "约定入托日", .code = "weekday", .hint = "临时托可不填；应到人数按此计算" },
    { "half", F_CODE, .label = "半日托时段", .code = "half_day" },
    { "hour_from", F_TEXT, .label = "每日开始时间", .max = 5, .hint = "如 08:00" },
    { "hour_to", F_TEXT, .label = "每日结束时间", .max = 5, .hint = "如 17:30" },
    { "from_day", F_DATE, .label = "协议起始日", .need = true, .list = true },
    { "to_day", F_DATE, .label = "协议截止日", .need = true, .list = true },
    { "prepay", F_CODE, .label = "预收方式", .code = "prepay_kind", .need = true, .section = "收费" },
    { "prepay_months", F_DECIMAL, .label = "一次预收覆盖", .unit = "个月", .scale = 1, .min = 1, .max = 3600,
      .hint = "计次卡、套餐填有效期；预收费不得超过1个月" },
    { "deposit", F_FEN, .label = "押金、保证金", .min = 0, .max = 10000000, .hint = "计入预收费" },
    { "month_fee", F_FEN, .label = "每月费用合计", .computed = true, .list = true },
    { "absence_refund", F_CODE, .label = "缺勤退费", .code = "absence_refund", .need = true, .section = "缺勤与退费" },
    { "absence_days", F_INT, .label = "连续缺勤满", .unit = "天", .min = 1, .max = 60,
      .hint = "“连续缺勤满若干天起退”时填写" },
    { "meal_by_attendance", F_BOOL, .label = "伙食费按实际出勤计" },
    { "refund_rule", F_LINES, .label = "中途离托的退费办法", .max = 1000 },
    { "dispute", F_LINES, .label = "双方责任与争议处理", .max = 2000 },
    { "signed_by", F_REF, .label = "签订的监护人", .ref = &guardian_form, .group = G_CHILD, .section = "签订" },
    { "signed_on", F_DATE, .label = "签订日期" },
    { "scan", F_FILE, .label = "协议扫描件", .basis = BASIS_CONTRACT, .group = G_CHILD },
    { "ends_on", F_DATE, .label = "预定终止日期", .computed = true, .index = true },
    { "ended_on", F_DATE, .label = "终止日期", .computed = true },
    { "end_reason", F_TEXT, .label = "终止原因", .computed = true, .max = 200 },
    { 0 },
};
static const struct form_span spans[] = {
    { "one_contract", "from_day", "to_day", "part", "与该婴幼儿的另一份协议日期重叠" },
    { 0 },
};

static bool
is(const struct row *row, const char *field, const char *code)
{
    const char *text = row_text(row, field);
    return text != NULL && strcmp(text, code) == 0;
}

static bool
is_clock(const char *text)
{
    return strlen(text) == 5 && strspn(text, "0123456789") == 2 && text[2] == ':' &&
           strspn(text + 3, "0123456789") == 2 && strncmp(text, "24", 2) < 0 && text[3] < '6';
}

static enum status
hours_are_hours(struct call *call, const struct row *row)
{
    static const char *const names[] = { "hour_from", "hour_to" };
    for (size_t i = 0; i < 2; i++) {
        const char *text = row_text(row, names[i]);
        if (text != NULL && !is_clock(text))
            return call_fault(call, form_field(row->form, names[i], NULL), "not_a_time", "请填写时间，如 08:00");
    }
    const char *from = row_text(row, "hour_from"), *to = row_text(row, "hour_to");
    return from != NULL && to != NULL && strcmp(from, to) >= 0
               ? call_fault(call, form_field(row->form, "hour_to", NULL), "order", "结束时间应晚于开始时间")
               : OK;
}

/* An end ahead is planned: until its day the contract says who is expected and what is paid. */
static enum status
check_end(struct call *call, const struct change *change)
{
    struct day day, from, to;
    const struct row *row = change->new;
    const bool plans = change_takes(change, "plan_end");
    const struct field *field = form_field(row->form, plans ? "ends_on" : "ended_on", NULL);
    if ((!plans && !change_takes(change, "end")) || !row_day(row, field->name, &day) ||
        !row_day(row, "from_day", &from) || !row_day(row, "to_day", &to))
        return OK;
    if (!plans && day.n > call->today.n)
        return call_fault(call, field, "future_day", "终止日期还没有到，请用“预定终止”");
    if (plans && day.n <= call->today.n)
        return call_fault(call, field, "past_day", "预定的终止日期应晚于今天；已到日期的请用“终止”");
    if (plans && (day.n < from.n || day.n > to.n))
        return call_fault(call, field, "order", "预定的终止日期不在协议起止日期之内");
    return OK;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const char *from = row_text(row, "from_day"), *to = row_text(row, "to_day");
    if (from != NULL && to != NULL && strcmp(from, to) > 0)
        return call_fault(call, form_field(row->form, "to_day", NULL), "order", "截止日早于起始日");
    enum status status = hours_are_hours(call, row);
    if (status == OK)
        status = check_end(call, change);
    if (status != OK || !row_has(row, "signed_by") || !row_differs(row, change->old, "signed_by"))
        return status;
    return guardian_signs(call, reader, row, "signed_by");
}

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

static const char *
months_words(struct call *call, int64_t tenths)
{
    return tenths % TENTHS == 0
               ? arena_format(call->arena, "%lld", (long long)(tenths / TENTHS))
               : arena_format(call->arena, "%lld.%lld", (long long)(tenths / TENTHS), (long long)(tenths % TENTHS));
}

/* In time, and in money: a deposit beside the month's fee is more than a month. */
CHECK(prepays_a_month_at_most)
{
    const struct row *row = change->new;
    const int64_t most = standard_int(call, "FEE-1", 1), months = row_int(row, "prepay_months");
    const int64_t deposit = row_int(row, "deposit");
    const bool prepaid = row_has(row, "prepay") && !is(row, "prepay", "none");
    struct day from = call->today;
    int64_t fee;
    row_day(row, "from_day", &from);
    const enum status status = contract_month_cost(call, reader, row, from, &fee);
    if (status != OK)
        return status;
    if (prepaid && months == 0)
        finding_add(call, rule, "预收费、计次卡、套餐须写明一次覆盖几个月");
    if (prepaid && months > most * TENTHS)
        finding_add(call, rule,
                    arena_format(call->arena, "一次预收%s个月，预收费不得超过%lld个月", months_words(call, months),
                                 (long long)most));
    const int64_t advance = deposit + (prepaid ? fee * months / TENTHS : 0);
    if (deposit > 0 && advance > fee * most)
        finding_add(call, rule,
                    arena_format(call->arena, "押金、保证金计入预收费，合计%lld.%02lld元，超过%lld个月的费用",
                                 (long long)(advance / 100), (long long)(advance % 100), (long long)most));
    return OK;
}

CHECK(says_what_must_be_said)
{
    const struct row *row = change->new;
    (void)reader;
    if (!row_has(row, "refund_rule"))
        finding_add(call, rule, "未写明中途离托的退费办法");
    if (!row_has(row, "dispute"))
        finding_add(call, rule, "未写明双方责任与争议处理");
    return OK;
}

/* What the bill and the day are counted from. */
CHECK(can_be_counted)
{
    const struct row *row = change->new;
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena, "select count(*) from contract_item where office = ?1 and part = ?2",
                    ARGS(value_int(row->office), value_int(row->id)), &rows);
    if (status == OK && rows_int(&rows, 0, 0) == 0)
        finding_add(call, rule, "没有收费项目");
    if (!row_has(row, "weekdays") && !is(row, "service_form", "temporary"))
        finding_add(call, rule, "没有约定入托日");
    if (is(row, "service_form", "half_day") && !row_has(row, "half"))
        finding_add(call, rule, "半日托未写明上午或下午");
    if (is(row, "absence_refund", "run") && !row_has(row, "absence_days"))
        finding_add(call, rule, "未写明连续缺勤满几天起退");
    return status;
}

static const struct rule rules[] = {
    { "FEE-1", BLOCK, .check = prepays_a_month_at_most, .field = "prepay_months", .clause = "C103",
      .advice = "缩短预收期间，或减少押金" },
    { "MGT-10", WARN, .check = says_what_must_be_said, .field = "refund_rule", .clause = "C035",
      .advice = "按示范文本补充" },
    { "CONTRACT-COUNT", BLOCK, .check = can_be_counted, .standard = "MGT-10", .field = "weekdays", .clause = "C065",
      .advice = "补充后再签订" },
    { 0 },
};

/* ---- the life of a contract ---- */

static enum status
end_early(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    const char *ended = row_text(row, "ended_on"), *from = row_text(row, "from_day");
    if (strcmp(ended, row_text(row, "to_day")) < 0)
        row_set_text(row, "to_day", strcmp(ended, from) < 0 ? from : ended);
    return row_update(call, writer, row, row->version);
}

/* The last day that is agreed moves at once, so that the next contract can begin after it. */
static enum status
plan_end(struct call *call, struct writer *writer, const struct change *change)
{
    row_set(change->new, "to_day", row_value(change->new, "ends_on"));
    return row_update(call, writer, change->new, change->new->version);
}

enum status
contract_end(struct call *call, struct writer *writer, int64_t id, const char *day, const char *reason)
{
    struct node *input = node_map(call->arena);
    node_put_text(call->arena, input, "ended_on", day);
    node_put_text(call->arena, input, "end_reason", reason);
    return step_take(call, writer, &contract_form, id, 0, "end", input, NULL);
}

/* Planned ends whose last day is over. */
enum status
contracts_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id, ends_on, end_reason from contract where office = ?1 and ends_on < ?2 and "
                    "state = 'active' order by id limit ?3",
                    ARGS(value_int(office), value_text(call_today(call)), value_int(AT_ONCE)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = contract_end(call, writer, rows_int(&rows, i, 0), rows_text(&rows, i, 1), rows_text(&rows, i, 2));
    return status;
}

static const struct field sign_input[] = {
    { "signed_by", F_REF, .label = "签订的监护人", .need = true },
    { "signed_on", F_DATE, .label = "签订日期", .need = true },
    { 0 },
};
static const struct field end_input[] = {
    { "ended_on", F_DATE, .label = "终止日期", .need = true },
    { "end_reason", F_TEXT, .label = "终止原因", .need = true },
    { 0 },
};
static const struct field plan_end_input[] = {
    { "ends_on", F_DATE, .label = "预定终止日期", .need = true },
    { "end_reason", F_TEXT, .label = "终止原因", .need = true },
    { 0 },
};
static const struct step steps[] = {
    { "sign", "签订", DRAFT, ACTIVE, .by = THE_INSTITUTION | POST(P_HEAD), .input = sign_input, .checks = true,
      .clause = "C103", .main = true, .consequence = "签订后内容和收费项目不能更改；要更改请终止后另签。" },
    { "end", "终止", ACTIVE, ENDED, .by = THE_INSTITUTION | POST(P_HEAD), .input = end_input, .effect = end_early,
      .clause = "C103", .consequence = "终止日之后不再计入应到、占用托位和收费。" },
    { "plan_end", "预定终止", ACTIVE, 0, .by = THE_INSTITUTION | POST(P_HEAD), .input = plan_end_input,
      .effect = plan_end, .clause = "C103",
      .consequence = "协议截止日提前到该日，到该日为止照常计入应到和收费，次日自动终止；不能恢复，要继续请另签。" },
    { 0 },
};
static const struct state_label labels[] = {
    { DRAFT, "未签订", "warn" },
    { ACTIVE, "有效", "good" },
    { ENDED, "已终止", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = DRAFT, .open = DRAFT, .live = DRAFT | ACTIVE, .steps = steps, .labels = labels
};
static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT, &MY_INSTITUTION, 0, G_ALL, "C065",
      "负责人签订协议", 0, 0 },
    { THE_INSTITUTION | POST(P_LOGISTICS) | POST(P_HEALTH), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C065",
      "本机构人员查看", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK, "C103", "市场监管部门查看收费，不见姓名", 0, 0 },
    { 0 },
};
const struct form contract_form = {
    .name = "contract",
    .title = "托育服务协议",
    .clause = "C065",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = fields,
    .spans = spans,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .keep_years = 3,
    .expected_rows = 4000000,
};

/* ---- 收费项目 ---- */

static const struct field item_fields[] = {
    { "item", F_CODE, .label = "收费项目", .code = "fee_item", .need = true, .list = true, .filter = true },
    { "label", F_TEXT, .label = "协议中的名称", .need = true, .list = true, .max = 60 },
    { "amount", F_FEN, .label = "金额", .need = true, .min = 0, .max = 10000000, .list = true },
    { "per", F_CODE, .label = "计费单位", .code = "fee_per", .need = true, .list = true },
    { 0 },
};

static enum status
head_of(struct call *call, struct reader *reader, const struct row *item, struct row **contract)
{
    return row_get(call, reader, &contract_form, item->part, contract);
}

static enum status
item_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *contract;
    if (change->new->part == 0)
        return OK;
    enum status status = head_of(call, reader, change->new, &contract);
    if (status == OK && contract->state != DRAFT)
        return call_fail(call, CONFLICT, "协议已签订，收费项目不能更改；要更改请终止后另签");
    return status;
}

/* The head carries the sum, so that its rules see every item. */
static enum status
carry_sum(struct call *call, struct writer *writer, const struct change *change)
{
    struct rows rows;
    struct row *contract;
    enum status status = head_of(call, writer_reader(writer), change->new, &contract);
    if (status == OK)
        status = reader_rows(writer_reader(writer), call->arena,
                             "select coalesce(sum(amount), 0) from contract_item where office = ?1 and part = ?2 and "
                             "per = 'month'",
                             ARGS(value_int(contract->office), value_int(contract->id)), &rows);
    if (status != OK)
        return status;
    row_set_int(contract, "month_fee", rows_int(&rows, 0, 0));
    return row_change(call, writer, contract, contract->version);
}

/* 不得超出“3岁以下婴幼儿照护服务”范围经营: by the kind of item, and by what it is called. */
CHECK(stays_in_scope)
{
    static const char *const words[] = { "课",     "培训", "兴趣班",   "特长", "英语", "拼音", "识字",
                                         "珠心算", "学前", "幼小衔接", "教材", "商品", "代购", NULL };
    static const char *const kinds[] = { "lesson", "goods", "agency", NULL };
    const char *label = row_text(change->new, "label");
    (void)reader;
    for (int i = 0; kinds[i] != NULL; i++)
        if (is(change->new, "item", kinds[i])) {
            finding_add(call, rule,
                        arena_format(call->arena, "“%s”不属于照护服务的收费项目",
                                     code_label(call->reference, "fee_item", kinds[i])));
            return OK;
        }
    for (int i = 0; words[i] != NULL && label != NULL; i++)
        if (strstr(label, words[i]) != NULL) {
            finding_add(call, rule, arena_format(call->arena, "“%s”可能超出照护服务范围，请核对", label));
            return OK;
        }
    return OK;
}

static const struct rule item_rules[] = {
    { "SEED-C102", WARN, .check = stays_in_scope, .field = "item", .clause = "C102",
      .advice = "取消该项目，或由有相应资质的机构另行提供" },
    { 0 },
};
static const struct duty item_duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, "C102",
      "负责人约定收费", 0, 0 },
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C102", "财会查看", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK, "C102", "市场监管部门查看收费项目", 0, 0 },
    { 0 },
};
const struct form contract_item_form = {
    .name = "contract_item",
    .title = "收费项目",
    .clause = "C102",
    .of = OF_INSTITUTION,
    .part_of = &contract_form,
    .fields = item_fields,
    .rules = item_rules,
    .duties = item_duties,
    .title_field = "label",
    .fill = item_fill,
    .effect = carry_sum,
    .keep_years = 3,
    .expected_rows = 12000000,
};
