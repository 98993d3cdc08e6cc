/* 终身禁入 — 人口与计划生育法 第四十一条, seed 三(二)5; clause C056. A ban rests on an effective decision or judgment
 * with its number, the day it was served and the remedy told; one person enters it, another makes it effective. A case
 * that is pending is a suspension. Appeal and withdrawal leave the history. Almost nobody sees the list, and each look
 * is in the journal with its purpose. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .basis = BASIS_DUTY, .max = 40 },
    { "id_number", F_TEXT, .label = "公民身份号码", .need = true, .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18 },
    { "born", F_DATE, .label = "出生日期", .computed = true, .basis = BASIS_DUTY, .index = true },
    { "kind", F_CODE, .label = "依据类型", .code = "ban_kind", .need = true, .list = true, .filter = true,
      .basis = BASIS_DUTY, .section = "依据" },
    { "legal_basis", F_TEXT, .label = "法律依据", .need = true, .basis = BASIS_DUTY, .max = 200,
      .hint = "如：人口与计划生育法第四十一条" },
    { "decision_no", F_TEXT, .label = "决定书（判决书）文号", .need = true, .basis = BASIS_DUTY, .max = 80 },
    { "issuer", F_TEXT, .label = "作出机关", .need = true, .basis = BASIS_DUTY, .max = 100 },
    { "effective_on", F_DATE, .label = "生效日期", .need = true, .list = true, .basis = BASIS_DUTY,
      .hint = "未生效的决定不是禁入，可先作“案件未决”" },
    { "served_on", F_DATE, .label = "送达日期", .need = true, .basis = BASIS_DUTY },
    { "remedy", F_TEXT, .label = "已告知的救济途径", .need = true, .basis = BASIS_DUTY, .max = 200 },
    { "scope", F_CODE, .label = "期限", .code = "ban_scope", .need = true, .basis = BASIS_DUTY },
    { "reason", F_LINES, .label = "事由", .secret = true, .basis = BASIS_DUTY, .group = G_INTERNAL, .max = 1000 },
    { "appeal_on", F_DATE, .label = "申诉日期", .computed = true, .section = "申诉与撤销", .basis = BASIS_DUTY },
    { "appeal_note", F_LINES, .label = "申诉情况", .computed = true, .basis = BASIS_DUTY, .max = 1000 },
    { "withdrawn_on", F_DATE, .label = "撤销日期", .computed = true, .basis = BASIS_DUTY },
    { "withdrawn_why", F_TEXT, .label = "撤销依据", .computed = true, .basis = BASIS_DUTY, .max = 200 },
    { 0 },
};

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    row_set_born(call, change->new, "id_number", "born");
    return OK;
}

static enum status
is_in_force(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const char *today = call_today(call), *effective = row_text(change->new, "effective_on"),
               *served = row_text(change->new, "served_on");
    (void)reader;
    if (change->new->state != ACTIVE)
        return OK;
    if (effective != NULL && strcmp(effective, today) > 0)
        finding_add(call, rule, "决定尚未生效");
    if (served != NULL && strcmp(served, today) > 0)
        finding_add(call, rule, "送达日期晚于今天");
    return OK;
}

static const struct rule rules[] = {
    { "BAN-EFFECTIVE", BLOCK, .check = is_in_force, .standard = "LAW-3", .field = "effective_on", .clause = "C056" },
    { 0 },
};

static enum status
by_a_second_person(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = change->old->created_by != call->me->account;
    if (!*may)
        call_fail(call, DENIED, "须由录入人以外的人复核");
    return OK;
}

static enum status
spread(struct call *call, struct writer *writer, const struct change *change)
{
    return ban_spread(call, writer, change->new);
}

static enum status
withdrawn(struct call *call, struct writer *writer, const struct change *change)
{
    return ban_lift(call, writer, change->new);
}

static const struct field appeal_input[] = {
    { "appeal_on", F_DATE, .label = "申诉日期", .need = true },
    { "appeal_note", F_LINES, .label = "申诉情况", .need = true },
    { 0 },
};
static const struct field withdraw_input[] = {
    { "withdrawn_on", F_DATE, .label = "撤销日期", .need = true },
    { "withdrawn_why", F_TEXT, .label = "撤销依据", .need = true },
    { 0 },
};
#define DECIDERS (DEPT(D_HEALTH) | LEVEL(L_COUNTY) | LEVEL(L_CITY) | POST(P_SIGN) | POST(P_HEAD))
#define ENTERERS (DEPT(D_HEALTH) | LEVEL(L_COUNTY) | LEVEL(L_CITY) | POST(P_HANDLE))
static const struct step steps[] = {
    { "hold", "案件未决，暂停从业", DRAFT, SUSPENDED, .by = DECIDERS, .guard = by_a_second_person, .effect = spread,
      .clause = "C056", .consequence = "在岗的立即暂停接触婴幼儿；不是禁入，结案后撤销或生效。" },
    { "effect", "复核并生效", DRAFT | SUSPENDED, ACTIVE, .by = DECIDERS, .guard = by_a_second_person, .effect = spread,
      .checks = true, .clause = "C056", .main = true,
      .consequence = "与全市从业人员、负责人比对；身份号码相同的立即限制从业。" },
    { "appeal", "登记申诉", ACTIVE | SUSPENDED, 0, .by = DECIDERS, .input = appeal_input, .clause = "C056" },
    { "withdraw", "撤销", DRAFT | ACTIVE | SUSPENDED, STATE(S_WITHDRAWN), .by = DECIDERS, .input = withdraw_input,
      .effect = withdrawn, .clause = "C056", .consequence = "因此受限制的人员即行解除；记录保留。" },
    { 0 },
};
static const struct state_label labels[] = {
    { DRAFT, "待复核", "warn" },
    { SUSPENDED, "案件未决", "warn" },
    { ACTIVE, "生效", "bad" },
    { STATE(S_WITHDRAWN), "已撤销", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = DRAFT, .open = DRAFT | SUSPENDED, .live = ACTIVE, .steps = steps, .labels = labels
};
static const struct relation ENTERED_BY_ME = {
    .name = "entered_by_me", .sql = "r.created_by = ?1", .args = { ME_ACCOUNT }, .own = true
};
static const struct duty duties[] = {
    { ENTERERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &ENTERED_BY_ME, 0, G_ALL, "C056", "录入人查看自己录入的", 0, 0 },
    { DECIDERS, MAY_SEE | MAY_CREATE | MAY_UNMASK, &ANYWHERE, 0, G_ALL, "C056", "卫生健康部门负责人复核", 0, 0 },
    { 0 },
};
const struct form ban_form = {
    .name = "ban",
    .title = "终身禁入名单",
    .clause = "C056",
    .of = OF_REFERENCE,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "name",
    .fill = fill,
    .sealed = true,
    .watched = true,
    .intro = "依据生效的决定或判决登记。机构只得知“不得在本机构从业”，不得知事由。",
    .expected_rows = 500,
};
