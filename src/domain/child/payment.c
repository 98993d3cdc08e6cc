/* 收款 — clause C103. Append-only: what was received stays, what is given back is a row of its own. What was taken
 * ahead beyond a month is measured in prepaid.c; it is put down with its finding, since the money is in. */
#include <stdio.h>
#include <string.h>

#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/printed.h"

static const struct field fields[] = {
    { "kind", F_CODE, .label = "类别", .code = "payment_kind", .need = true, .fixed = true, .list = true },
    { "amount", F_FEN, .label = "金额", .need = true, .fixed = true, .min = 1, .max = 100000000, .list = true },
    { "bill", F_REF, .label = "账单", .ref = &bill_form, .hint = "预收的不填，月底自动归入账单" },
    { "cover_from", F_DATE, .label = "费用所属起始日", .fixed = true, .list = true },
    { "cover_to", F_DATE, .label = "费用所属截止日", .fixed = true, .list = true },
    { "received_on", F_DATE, .label = "收款日期", .past = true, .need = true, .fill = FILL_TODAY, .fixed = true },
    { "method", F_CODE, .label = "方式", .code = "pay_method", .need = true, .fixed = true },
    { "number", F_TEXT, .label = "收据编号", .computed = true, .list = true, .max = 20 },
    { "note", F_TEXT, .label = "说明", .fixed = true, .max = 200 },
    { "over", F_FEN, .label = "超出1个月的预收", .computed = true, .list = true },
    { 0 },
};
static const struct unique_key uniques[] = { { { "institution", "number" }, "收据编号重复，请重试" }, { 0 } };

static bool
is(const struct row *row, const char *field, const char *code)
{
    const char *text = row_text(row, field);
    return text != NULL && strcmp(text, code) == 0;
}

static enum status
next_number(struct call *call, struct reader *reader, struct row *row)
{
    struct rows rows;
    const char *day = call_today(call);
    const char *prefix = arena_format(call->arena, "SJ%.4s%.2s%.2s-", day, day + 5, day + 8);
    enum status status = reader_rows(
        reader, call->arena,
        "select count(*) from payment where office = ?1 and institution = ?2 and number >= ?3 and number < ?4",
        ARGS(value_int(row->office), value_int(row->institution), value_text(prefix),
             value_text(arena_format(call->arena, "%s~", prefix))),
        &rows);
    if (status == OK)
        row_set_text(row, "number",
                     arena_format(call->arena, "%s%03lld", prefix, (long long)rows_int(&rows, 0, 0) + 1));
    return status;
}

static enum status
bill_fits(struct call *call, struct reader *reader, const struct row *row)
{
    struct row *bill;
    if (!row_has(row, "bill"))
        return OK;
    enum status status = row_get(call, reader, &bill_form, row_int(row, "bill"), &bill);
    if (status == NOT_FOUND || (status == OK && row_int(bill, "contract") != row->part))
        return call_fault(call, form_field(row->form, "bill", NULL), "other_contract", "不是这份协议的账单");
    return status;
}

/* What is paid in advance says for which days. */
static enum status
cover_is_said(struct call *call, const struct row *row)
{
    const char *from = row_text(row, "cover_from"), *to = row_text(row, "cover_to");
    const bool advance = !row_has(row, "bill") && !is(row, "kind", "deposit") && !is(row, "kind", "refund");
    if (advance && row_has(row, "kind") && (from == NULL || to == NULL))
        return call_fault(call, form_field(row->form, from == NULL ? "cover_from" : "cover_to", NULL), "need",
                          "预收的请写明费用所属日期");
    if (from != NULL && to != NULL && strcmp(from, to) > 0)
        return call_fault(call, form_field(row->form, "cover_to", NULL), "order", "截止日早于起始日");
    return OK;
}

static enum status
may_be_taken(struct call *call, struct reader *reader, const struct row *contract, struct row *row)
{
    if (contract->state == DRAFT)
        return call_fail(call, CONFLICT, "协议还没有签订，不能收款");
    if (!row_has(row, "received_on"))
        row_set_text(row, "received_on", call_today(call));
    enum status status = bill_fits(call, reader, row);
    if (status == OK)
        status = cover_is_said(call, row);
    return status == OK ? next_number(call, reader, row) : status;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *contract;
    int64_t over;
    if (change->old != NULL || change->new->part == 0)
        return OK;
    enum status status = row_get(call, reader, &contract_form, change->new->part, &contract);
    if (status == OK)
        status = may_be_taken(call, reader, contract, change->new);
    if (status == OK)
        status = prepaid_over(call, reader, contract, change->new, &over);
    if (status == OK)
        row_set_int(change->new, "over", over);
    return status;
}

/* ---- one month at most ---- */

static enum status
prepays_a_month_at_most(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const int64_t over = row_int(change->new, "over");
    int64_t returned;
    if (over <= 0)
        return OK;
    enum status status = prepaid_returned(call, reader, change->new, &returned);
    if (status == OK && over > returned)
        finding_add(call, rule,
                    arena_format(call->arena, "收据%s：预收费、押金超过%lld个月的费用%lld.%02lld元",
                                 row_text(change->new, "number"), (long long)standard_int(call, "FEE-1", 1),
                                 (long long)(over / 100), (long long)(over % 100)));
    return status;
}

/* Nobody gives back what was not received; what was given back already counts. The row is in the sum. */
static enum status
gives_back_what_was_received(struct call *call, struct reader *reader, const struct rule *rule,
                             const struct change *change)
{
    struct rows rows;
    const struct row *row = change->new;
    if (change->old != NULL || !is(row, "kind", "refund"))
        return OK;
    enum status status = reader_rows(
        reader, call->arena,
        "select coalesce(sum(case when kind = 'refund' then -amount else amount end), 0) from payment where "
        "office = ?1 and part = ?2",
        ARGS(value_int(row->office), value_int(row->part)), &rows);
    const int64_t after = status == OK ? rows_int(&rows, 0, 0) : 0, left = after + row_int(row, "amount");
    if (after < 0)
        finding_add(call, rule,
                    arena_format(call->arena, "这份协议收到未退的只有%lld.%02lld元，不能退更多",
                                 (long long)(left / 100), (long long)(left % 100)));
    return status;
}

static const struct rule rules[] = {
    { "FEE-BACK", BLOCK, .check = gives_back_what_was_received, .standard = "MGT-10", .field = "amount",
      .clause = "C103", .advice = "在收款的那份协议下登记退费" },
    { "FEE-1", WARN, .check = prepays_a_month_at_most, .field = "amount", .clause = "C103",
      .advice = "退回超出部分；卡、套餐、押金和分次收取的同样计入" },
    { 0 },
};

/* A payment changes only by going to its bill, and who makes that bill settles all of the contract once. */
static enum status
settle(struct call *call, struct writer *writer, const struct change *change)
{
    if (change->old != NULL)
        return OK;
    enum status status = bills_settle(call, writer, change->new->office, change->new->part);
    return status == OK && is(change->new, "kind", "refund") ? prepaid_rejudge(call, writer, change->new) : status;
}

enum status
payments_claim(struct call *call, struct writer *writer, const struct row *bill)
{
    struct row_set set;
    struct day first, from;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(row_int(bill, "contract")) };
    if (!day_parse(arena_format(call->arena, "%s-01", row_text(bill, "month")), &first))
        return BROKEN;
    enum status status = rows_by(call, writer_reader(writer), &payment_form, bill->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        if (row_has(set.rows[i], "bill") || is(set.rows[i], "kind", "deposit") || is(set.rows[i], "kind", "refund") ||
            !row_day(set.rows[i], "cover_from", &from) || from.n >= day_add_months(first, 1).n)
            continue;
        row_set_int(set.rows[i], "bill", bill->id);
        status = row_change(call, writer, set.rows[i], set.rows[i]->version);
    }
    return status;
}

/* ---- 收据 ---- */

/* 金额大写. */
static const char *
capital(struct call *call, int64_t fen)
{
    static const char *const digits[] = { "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" };
    static const char *const units[] = { "", "拾", "佰", "仟", "万", "拾", "佰", "仟", "亿" };
    char number[24];
    const char *words = "";
    bool zero = false, group = false;
    snprintf(number, sizeof number, "%lld", (long long)(fen / 100));
    const size_t n = strlen(number);
    for (size_t i = 0; i < n && fen >= 100 && n <= 9; i++) {
        const size_t place = n - 1 - i;
        const int digit = number[i] - '0';
        if (digit != 0) {
            words = arena_format(call->arena, "%s%s%s%s", words, zero ? "零" : "", digits[digit], units[place]);
            group = true;
        } else if (place == 4 && group) {
            words = arena_format(call->arena, "%s万", words);
        }
        group = place == 8 || place == 4 ? false : group;
        zero = digit == 0;
    }
    const int jiao = (int)(fen / 10 % 10), rest = (int)(fen % 10);
    if (fen >= 100)
        words = arena_format(call->arena, "%s元", words);
    if (jiao == 0 && rest == 0)
        return arena_format(call->arena, "%s整", words);
    if (jiao != 0 || fen >= 100)
        words = arena_format(call->arena, "%s%s%s", words, digits[jiao], jiao != 0 ? "角" : "");
    return rest == 0 ? arena_format(call->arena, "%s整", words)
                     : arena_format(call->arena, "%s%s分", words, digits[rest]);
}

static enum status
print(struct call *call, struct reader *reader, const struct row *row, struct node *sheet)
{
    struct row *site, *contract, *child;
    enum status status = institution_get(call, reader, row->institution, &site);
    if (status == OK)
        status = row_get(call, reader, &contract_form, row->part, &contract);
    if (status == OK)
        status = row_get(call, reader, &child_form, contract->part, &child);
    if (status != OK)
        return status;
    printed_head(call, sheet, is(row, "kind", "refund") ? "退费凭证" : "收款收据", row_text(row, "number"), NULL);
    printed_pair(call, sheet, "婴幼儿", row_text(child, "name"));
    printed_field(call, reader, sheet, row, "kind");
    printed_field(call, reader, sheet, row, "amount");
    printed_pair(call, sheet, "金额大写", capital(call, row_int(row, "amount")));
    printed_field(call, reader, sheet, row, "cover_from");
    printed_field(call, reader, sheet, row, "cover_to");
    printed_field(call, reader, sheet, row, "method");
    printed_field(call, reader, sheet, row, "note");
    printed_paragraph(call, sheet, "本收据不是税务发票。如需发票，请向收款单位索取。");
    printed_sign(call, sheet, row_text(site, "name"), row_text(row, "received_on"));
    return OK;
}

static enum status
show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data");
    (void)reader;
    node_put_text(call->arena, data, "amount_words", capital(call, row_int(row, "amount")));
    return OK;
}

static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_LOGISTICS), MAY_SEE | MAY_CREATE | MAY_EXPORT, &MY_INSTITUTION, 0, G_WORK,
      "C103", "负责人、财会收款", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK, "C103", "市场监管部门查看预收费", 0, 0 },
    { 0 },
};
const struct form payment_form = {
    .name = "payment",
    .title = "收款",
    .clause = "C103",
    .of = OF_INSTITUTION,
    .part_of = &contract_form,
    .fields = fields,
    .uniques = uniques,
    .rules = rules,
    .duties = duties,
    .title_field = "number",
    .fill = fill,
    .effect = settle,
    .show = show,
    .print = print,
    .keep_years = 5,
    .expected_rows = 30000000,
};
