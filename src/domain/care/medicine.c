/* 带药委托、喂药记录 — 工作规范 四 (HC-MED); clauses C104, C162. A guardian entrusts in writing, the medicine is handed
 * over and taken in, each dose carries two signatures: who gave it and who stood by. Never without entrustment. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/device.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/printed.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* ---- 带药委托 ---- */
static const struct field order_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "guardian", F_REF, .label = "委托的监护人", .ref = &guardian_form, .need = true, .group = G_CHILD },
    { "drug", F_TEXT, .label = "药品名称", .need = true, .list = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 100, .section = "药品" },
    { "reason", F_TEXT, .label = "服药原因", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 200 },
    { "dose", F_TEXT, .label = "每次用量", .need = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 60 },
    { "route", F_CODE, .label = "用法", .code = "medicine_route", .need = true, .group = G_HEALTH },
    { "times_a_day", F_INT, .label = "在园每日次数", .unit = "次", .need = true, .min = 1, .max = 6,
      .group = G_HEALTH },
    { "hours", F_TEXT, .label = "用药时间", .need = true, .group = G_HEALTH, .hint = "如 11:30 餐后", .max = 60 },
    { "from_day", F_DATE, .label = "委托起始日", .need = true, .fill = FILL_TODAY, .list = true },
    { "to_day", F_DATE, .label = "委托截止日", .need = true, .list = true },
    { "expires_on", F_DATE, .label = "药品有效期至", .group = G_HEALTH },
    { "prescribed", F_BOOL, .label = "有医生处方", .group = G_HEALTH },
    { "image", F_FILE, .label = "药品和处方照片", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "signed_paper", F_FILE, .label = "监护人签字的委托书", .basis = BASIS_DUTY, .group = G_HEALTH,
      .section = "委托和交接", .hint = "没有纸质委托书的，监护人交药时在平板上签字" },
    { "signature", F_FILE, .label = "监护人在平板上的签字", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "quantity", F_TEXT, .label = "交来数量", .group = G_HEALTH, .max = 60 },
    { "storage", F_CODE, .label = "存放", .code = "medicine_storage" },
    { "received_by", F_TEXT, .label = "收药人", .computed = true, .list = true },
    { "received_at", F_TIME, .label = "收药时间", .computed = true },
    { "ended_note", F_TEXT, .label = "结束说明", .group = G_HEALTH, .max = 200, .hint = "剩余药品交还监护人等" },
    { 0 },
};

CHECK(entrusted_days_fit)
{
    const char *from = row_text(change->new, "from_day"), *to = row_text(change->new, "to_day");
    (void)reader;
    if (from != NULL && to != NULL && strcmp(to, from) < 0)
        finding_add(call, rule, "委托截止日早于起始日");
    return OK;
}

CHECK(medicine_is_not_expired)
{
    const char *expires = row_text(change->new, "expires_on"), *to = row_text(change->new, "to_day");
    (void)reader;
    if (expires != NULL && to != NULL && strcmp(expires, to) < 0)
        finding_add(call, rule, "药品在委托期内过期，不能收");
    return OK;
}

CHECK(guardian_is_of_child)
{
    struct row *guardian;
    const int64_t id = row_int(change->new, "guardian");
    if (id != 0 && row_get(call, reader, &guardian_form, id, &guardian) == OK &&
        guardian->part != row_int(change->new, "child"))
        finding_add(call, rule, "委托人不是该婴幼儿登记的监护人");
    return OK;
}

/* Asked for when it is handed over: until then the guardian may still sign. */
CHECK(entrustment_is_signed)
{
    (void)reader;
    if (change->new->state != ASKED && !row_has(change->new, "signed_paper") && !row_has(change->new, "signature"))
        finding_add(call, rule, "没有监护人签字的委托书，监护人也没有在平板上签字");
    return OK;
}

CHECK(medicine_is_shown)
{
    (void)reader;
    if (!row_has(change->new, "image"))
        finding_add(call, rule, "没有药品和处方照片");
    return OK;
}

static const struct rule order_rules[] = {
    { "MED-DAYS", BLOCK, .check = entrusted_days_fit, .standard = "HC-MED", .field = "to_day", .clause = "C162" },
    { "MED-EXPIRED", BLOCK, .check = medicine_is_not_expired, .standard = "HC-MED", .field = "expires_on",
      .clause = "C162", .advice = "退还监护人，不代为保管" },
    { "MED-GUARDIAN", BLOCK, .check = guardian_is_of_child, .standard = "HC-MED", .field = "guardian",
      .clause = "C162" },
    { "MED-SIGNED", BLOCK, .check = entrustment_is_signed, .standard = "HC-MED", .field = "signed_paper",
      .clause = "C162", .advice = "上传委托书，或交药时请监护人在平板上签字" },
    { "MED-IMAGE", WARN, .check = medicine_is_shown, .standard = "HC-MED", .field = "image", .clause = "C162",
      .advice = "收药时拍下药品名称、有效期和处方" },
    { 0 },
};

static enum status
note_receipt(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "received_by", call->me->name);
    row_set_int(change->new, "received_at", call->me->hand_at != 0 ? call->me->hand_at : call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

static const struct field receive_input[] = {
    { "quantity", F_TEXT, .label = "交来数量", .need = true },
    { "storage", F_CODE, .label = "存放", .need = true },
    { 0 },
};
/* On the tablet the guardian signs what was entrusted and handed over; at the desk the paper is there. */
static const struct field sign_input[] = {
    { "quantity", F_TEXT, .label = "交来数量", .need = true },
    { "storage", F_CODE, .label = "存放", .need = true },
    { "signature", F_FILE, .label = "监护人签字", .need = true },
    { 0 },
};
static enum status
is_on_tablet(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    *may = call->me->is_device;
    return *may ? device_may_write(call, reader, change->old) : OK;
}

static const struct field end_input[] = { { "ended_note", F_TEXT, .label = "结束说明", .need = true }, { 0 } };
static const struct step order_steps[] = {
    { "receive", "交接收药", ASKED, OPEN, .by = INSTITUTION_CARERS, .input = receive_input, .effect = note_receipt,
      .checks = true, .clause = "C162", .main = true,
      .consequence = "签字收药后，只能按委托书喂服；没有监护人签字的委托书不能收药。" },
    { "sign", "监护人签字交接", ASKED, OPEN, .by = INSTITUTION_CARERS, .input = sign_input, .guard = is_on_tablet,
      .effect = note_receipt, .checks = true, .clause = "C162" },
    { "finish", "结束委托", OPEN, ENDED, .by = INSTITUTION_CARERS, .input = end_input, .clause = "C162" },
    { "withdraw", "监护人撤回", ASKED | OPEN, WITHDRAWN, .by = INSTITUTION_CARERS, .input = end_input,
      .clause = "C162" },
    { "expire", "到期结束", ASKED | OPEN, ENDED, .inner = true, .clause = "C162" },
    { 0 },
};
static const struct state_label order_labels[] = {
    { ASKED, "待交接", "warn" },
    { OPEN, "委托中", "good" },
    { ENDED, "已结束", "plain" },
    { WITHDRAWN, "已撤回", "plain" },
    { 0 },
};
static const struct procedure order_procedure = {
    .first = ASKED, .open = ASKED, .live = ASKED | OPEN, .steps = order_steps, .labels = order_labels
};
static const struct duty order_duties[] = { CARERS_KEEP("C162"), { 0 } };
/* 在园服药登记: the entrustment and all doses given by it, as the paper has them. */
static enum status
print_order(struct call *call, struct reader *reader, const struct row *order, struct node *sheet)
{
    static const char *const heads[] = { "日期", "时间", "用量", "喂药人", "核对人", "用药后情况", NULL };
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(order->id) };
    struct row_set set;
    unsigned may, groups;
    enum status status = duty_on(call, reader, order->form, order, &may, &groups);
    if (status == OK)
        status = rows_by(call, reader, &medicine_given_form, order->office, where, values, 1, &set);
    if (status != OK)
        return status;
    printed_row(call, reader, sheet, order, groups);
    printed_heading(call, sheet, "喂药登记");
    struct node *table = printed_table(call, sheet, heads);
    for (size_t i = set.n; i-- > 0;) {
        const struct row *dose = set.rows[i];
        const char *reaction = row_text(dose, "reaction"), *witness = row_text(dose, "witnessed_by");
        printed_line(call, table,
                     (const char *const[]){
                         dose->day, printed_time(call, row_int(dose, "given_at")), row_text(dose, "dose"),
                         row_text(dose, "given_by"), witness == NULL ? "" : witness,
                         reaction == NULL ? "" : code_label(call->reference, "medicine_reaction", reaction), NULL });
    }
    return OK;
}

const struct form medicine_order_form = {
    .name = "medicine_order",
    .title = "带药委托",
    .clause = "C162",
    .intro = "监护人书面委托并签字，当面交接；不收没有委托书、没有标签或已过期的药品。",
    .of = OF_INSTITUTION,
    .paper_day = "from_day",
    .fields = order_fields,
    .rules = order_rules,
    .procedure = &order_procedure,
    .duties = order_duties,
    .fill = care_fill_ledger,
    .print = print_order,
    .keep_years = 3,
    .expected_rows = 2000000,
};

/* ---- 喂药记录: one dose ---- */
static const struct field given_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .computed = true, .list = true, .basis = BASIS_DUTY,
      .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "given_at", F_TIME, .label = "喂药时间", .fill = FILL_NOW, .list = true },
    { "drug", F_TEXT, .label = "药品名称", .computed = true, .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "dose", F_TEXT, .label = "实际用量", .need = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 60 },
    { "reaction", F_CODE, .label = "用药后情况", .code = "medicine_reaction", .group = G_HEALTH },
    { "note", F_TEXT, .label = "说明", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 200 },
    { "given_by", F_TEXT, .label = "喂药人（签字）", .computed = true, .list = true },
    { "giver", F_INT, .label = "喂药人账号", .computed = true, .group = G_INTERNAL },
    { "witnessed_by", F_TEXT, .label = "核对人（签字）", .computed = true, .list = true },
    { "witness", F_INT, .label = "核对人账号", .computed = true, .group = G_INTERNAL },
    { "witnessed_at", F_TIME, .label = "核对时间", .computed = true },
    { 0 },
};
static const struct cell given_cells[] = {
    { "given", "喂药", NULL, NULL },
    { "two_signed", "双人签字", NULL, "r.state = 'given'" },
    { "reactions", "用药后不适", NULL, "r.reaction is not null and r.reaction <> 'none'" },
    { 0 },
};

/* Without an entrustment in force a dose is not written down as if it were in order: it is refused. */
static enum status
dose_is_entrusted(struct call *call, struct reader *reader, const struct row *row, const struct row *order)
{
    int64_t doses;
    const char *day = row->day == NULL ? call_today(call) : row->day;
    if (order->state != OPEN)
        return call_fault(call, NULL, "HC-MED", "没有已交接的监护人书面委托，不能喂药");
    if (strcmp(day, row_text(order, "from_day")) < 0 || strcmp(day, row_text(order, "to_day")) > 0)
        return call_fault(call, NULL, "HC-MED", "这一天不在委托期内（%s至%s）", row_text(order, "from_day"),
                          row_text(order, "to_day"));
    enum status status =
        care_number(call, reader, "select count(*) from medicine_given where office = ?1 and part = ?2 and day = ?3",
                    ARGS(value_int(order->office), value_int(order->id), value_text(day)), &doses);
    if (status == OK && doses >= row_int(order, "times_a_day"))
        return call_fault(call, NULL, "HC-MED", "委托每日%lld次，当天已喂%lld次",
                          (long long)row_int(order, "times_a_day"), (long long)doses);
    return status;
}

/* Who signs: on a tablet whoever typed the number, else the account. */
static int64_t
signer(const struct me *me)
{
    return me->hand != 0 ? me->hand : me->account;
}

static enum status
fill_given(struct call *call, struct reader *reader, struct change *change)
{
    struct row *order, *row = change->new;
    if (change->old != NULL || row->part == 0)
        return OK;
    enum status status = row_get(call, reader, &medicine_order_form, row->part, &order);
    if (status == OK)
        status = dose_is_entrusted(call, reader, row, order);
    if (status != OK)
        return status;
    row_set(row, "child", row_value(order, "child"));
    row_set(row, "drug", row_value(order, "drug"));
    row_set_text(row, "given_by", call->me->name);
    row_set_int(row, "giver", signer(call->me));
    return care_fill_class(call, reader, change);
}

/* The same person may give on the tablet and sit at the desk: then the names say so. Two who typed their numbers are
 * known for who they are, whatever they are called. */
static enum status
is_another(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct row *first, *second;
    const int64_t gave = row_int(change->old, "giver");
    const char *giver = row_text(change->old, "given_by"), *me = call->me->name;
    if (call->me->is_device && call->me->hand == 0) {
        *may = false;
        call->message = "核对人须输入自己的平板口令";
        return OK;
    }
    if (call->me->hand != 0 && row_get(call, reader, &staff_form, call->me->hand, &second) == OK &&
        !row_codes_have(second, "posts", "carer") && !row_codes_have(second, "posts", "health") &&
        !row_codes_have(second, "posts", "head")) {
        *may = false;
        call->message = "核对人须是保育人员、保健人员或负责人";
        return OK;
    }
    const bool both_typed = call->me->hand != 0 && row_get(call, reader, &staff_form, gave, &first) == OK;
    *may = signer(call->me) != gave &&
           (both_typed || giver == NULL || me == NULL || (strstr(giver, me) == NULL && strstr(me, giver) == NULL));
    if (!*may)
        call->message = "核对人须是喂药人以外的另一人";
    return OK;
}

static enum status
note_witness(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "witnessed_by", call->me->name);
    row_set_int(change->new, "witness", signer(call->me));
    row_set_int(change->new, "witnessed_at", call->me->hand_at != 0 ? call->me->hand_at : call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

static const struct step given_steps[] = {
    { "witness", "核对签字", PREPARED, GIVEN, .by = INSTITUTION_CARERS, .guard = is_another, .effect = note_witness,
      .checks = true, .clause = "C162", .main = true, .consequence = "确认药名、姓名、用量、时间与委托书一致。" },
    { 0 },
};
static const struct state_label given_labels[] = {
    { PREPARED, "待核对签字", "warn" },
    { GIVEN, "双人已签", "good" },
    { 0 },
};
static const struct procedure given_procedure = {
    .first = PREPARED, .open = PREPARED, .live = PREPARED | GIVEN, .steps = given_steps, .labels = given_labels
};
/* The market regulator checks that doses are signed for, not who is ill. */
static const struct duty given_duties[] = {
    CARERS_KEEP("C162"),
    DUTY(DEPT(D_MARKET), MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C162", "市场监管部门核对用药记录，不含姓名和药名"),
    { 0 },
};

const struct form medicine_given_form = {
    .name = "medicine_given",
    .title = "喂药记录",
    .clause = "C162",
    .of = OF_INSTITUTION,
    .day = true,
    .part_of = &medicine_order_form,
    .fields = given_fields,
    .procedure = &given_procedure,
    .duties = given_duties,
    .cells = given_cells,
    .fill = fill_given,
    .keep_years = 3,
    .expected_rows = 10000000,
};
