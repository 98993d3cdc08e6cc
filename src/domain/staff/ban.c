/* 终身禁入 — 人口与计划生育法 第四十一条, seed 三(二)5; clause C056. A ban rests on an effective decision or judgment
 * with its number, the day it was served and the remedy told; one person enters it, another makes it effective; one
 * asks for its withdrawal, another confirms it, both of the office that entered it or of the city. A case that is
 * pending is a suspension. Appeal and withdrawal leave the history. Almost nobody sees the list, and each look is in
 * the journal with its purpose. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

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
    { "withdrawn_on", F_DATE, .label = "撤销日期", .past = true, .computed = true, .basis = BASIS_DUTY },
    { "withdrawn_why", F_TEXT, .label = "撤销依据", .computed = true, .basis = BASIS_DUTY, .max = 200 },
    { "withdrawal_by", F_INT, .label = "提出撤销的账号", .computed = true, .group = G_INTERNAL },
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

/* Decided where it was entered, or by the city; another county sees at most what its own case is about. */
static bool
is_ours(const struct call *call, const struct row *ban)
{
    return call->me->level == L_CITY || id_office(ban->created_by) == call->me->office;
}

static enum status
here(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = is_ours(call, change->old);
    return OK;
}

static enum status
by_a_second_person(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = is_ours(call, change->old) && change->old->created_by != call->me->account;
    if (!*may && is_ours(call, change->old))
        call_fail(call, DENIED, "须由录入人以外的人复核");
    return OK;
}

static enum status
not_asked_yet(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = is_ours(call, change->old) && !row_has(change->old, "withdrawal_by");
    return OK;
}

static enum status
asked(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = is_ours(call, change->old) && row_has(change->old, "withdrawal_by");
    return OK;
}

static enum status
asked_by_another(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const enum status status = asked(call, reader, change, may);
    if (*may && row_int(change->old, "withdrawal_by") == call->me->account) {
        *may = false;
        call_fail(call, DENIED, "须由提出人以外的人复核");
    }
    return status;
}

static enum status
spread(struct call *call, struct writer *writer, const struct change *change)
{
    return ban_spread(call, writer, change->new);
}

/* It holds until another person confirms. */
static enum status
withdrawal_asked(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "withdrawal_by", call->me->account);
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
withdrawal_refused(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const cells[] = { "withdrawn_on", "withdrawn_why", "withdrawal_by" };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        row_set(change->new, cells[i], value_null());
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
withdrawn(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = ban_lift(call, writer, change->new);
    return status == OK ? notice_department(call, writer, id_office(change->new->created_by), "health",
                                            "一项从业限制决定已撤销，受限制的人员已按现状处理",
                                            arena_format(call->arena, "/ban/%lld", (long long)change->new->id))
                        : status;
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
    { "appeal", "登记申诉", ACTIVE | SUSPENDED, 0, .by = DECIDERS, .guard = here, .input = appeal_input,
      .clause = "C056" },
    { "discard", "作废", DRAFT, STATE(S_WITHDRAWN), .by = DECIDERS, .guard = here, .clause = "C056" },
    { "withdraw", "提出撤销", ACTIVE | SUSPENDED, 0, .by = DECIDERS | ENTERERS, .guard = not_asked_yet,
      .input = withdraw_input, .effect = withdrawal_asked, .clause = "C056",
      .consequence = "须由另一人复核；复核以前限制继续有效。" },
    { "confirm_withdrawal", "复核撤销", ACTIVE | SUSPENDED, STATE(S_WITHDRAWN), .by = DECIDERS,
      .guard = asked_by_another, .effect = withdrawn, .clause = "C056",
      .consequence = "仅因此受限制的人员即行解除，告知机构负责人和有关县区；记录保留。" },
    { "keep", "不予撤销", ACTIVE | SUSPENDED, 0, .by = DECIDERS, .guard = asked, .effect = withdrawal_refused,
      .clause = "C056" },
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
static const struct relation ENTERED_HERE = {
    .name = "entered_here",
    .sql = "exists (select 1 from account a where a.office = ?1 and a.id = r.created_by)",
    .args = { ME_OFFICE },
};
/* A county that has to judge a case sees whom the ban names. */
static const struct relation MATCHED_HERE = {
    .name = "matched_here",
    .sql = "exists (select 1 from ban_match m where m.office = ?1 and m.ban = r.id)",
    .args = { ME_OFFICE },
};
#define COUNTY_DECIDERS (DEPT(D_HEALTH) | LEVEL(L_COUNTY) | POST(P_SIGN) | POST(P_HEAD))
#define CITY_DECIDERS (DEPT(D_HEALTH) | LEVEL(L_CITY) | POST(P_SIGN) | POST(P_HEAD))
static const struct duty duties[] = {
    { ENTERERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &ENTERED_BY_ME, 0, G_ALL, "C056", "录入人查看自己录入的", 0, 0 },
    { COUNTY_DECIDERS, MAY_SEE | MAY_CREATE | MAY_UNMASK, &ENTERED_HERE, 0, G_ALL, "C056",
      "县级卫生健康部门负责人复核本县录入的", 0, 0 },
    { COUNTY_DECIDERS, MAY_SEE, &MATCHED_HERE, 0, G_ALL & ~G_INTERNAL, "C056", "县级卫生健康部门负责人核对本县的比对",
      0, 0 },
    { CITY_DECIDERS, MAY_SEE | MAY_CREATE | MAY_UNMASK, &ANYWHERE, 0, G_ALL, "C056", "市级卫生健康部门负责人复核", 0,
      0 },
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
