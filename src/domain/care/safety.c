/* 安全档案 — 管理规范 第三十一条, 消防安全指南, WS/T 821 9.3–9.7; clauses C036–C038, C086–C087, C115. Who answers, by
 * which rules, with what equipment, who checked when, what was practised, and whether it is insured. */
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)
#define SAFETY_KEEPERS (THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH) | POST(P_LOGISTICS))
#define SAFETY_READERS (DEPT(D_FIRE) | DEPT(D_EMERGENCY) | DEPT(D_POLICE) | DEPT(D_TOWN))
#define SAFETY_DUTIES(clause_)                                                                                         \
    DUTY(SAFETY_KEEPERS, MAY_KEEP, &MY_INSTITUTION, G_WORK | G_OPEN, clause_, "机构建立安全档案"),                     \
        DUTY(THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, G_WORK | G_OPEN, clause_, "本机构人员查看"),                   \
        DUTY(HEALTH | SAFETY_READERS, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK | G_OPEN, clause_,                        \
             "卫生健康、消防、应急、公安和乡镇查看")

/* ---- 安全责任人 ---- */
static const struct field person_fields[] = {
    { "role", F_CODE, .label = "职责", .code = "safety_role", .need = true, .list = true, .filter = true },
    { "staff", F_REF, .label = "人员", .ref = &staff_form, .need = true, .list = true },
    { "letter", F_FILE, .label = "签字的责任书", .need = true },
    { "signed_on", F_DATE, .label = "签字日期", .need = true, .list = true },
    { "until_day", F_DATE, .label = "有效期至", .list = true },
    { "full_time", F_BOOL, .label = "专职", .list = true },
    { "trained_on", F_DATE, .label = "最近培训日期", .list = true },
    { 0 },
};
static const struct duty person_duties[] = { SAFETY_DUTIES("C036"), { 0 } };
const struct form safety_person_form = {
    .name = "safety_person",
    .title = "安全责任人",
    .clause = "C036",
    .of = OF_INSTITUTION,
    .fields = person_fields,
    .duties = person_duties,
    .fill = care_fill_ledger,
    .expected_rows = 50000,
};

/* ---- 安全管理制度 ---- */
static const struct field regime_fields[] = {
    { "kind", F_CODE, .label = "制度", .code = "safety_regime_kind", .need = true, .list = true, .filter = true },
    { "version_no", F_TEXT, .label = "版本", .need = true, .list = true, .max = 20 },
    { "issued_on", F_DATE, .label = "发布日期", .need = true, .list = true },
    { "review_on", F_DATE, .label = "下次评审日期", .need = true, .list = true },
    { "paper", F_FILE, .label = "制度文本", .need = true },
    { "ended", F_BOOL, .label = "已由新版本替换", .list = true },
    { 0 },
};
CHECK(regime_is_reviewed)
{
    const char *review = row_text(change->new, "review_on");
    (void)reader;
    if (row_int(change->new, "ended") == 0 && review != NULL && strcmp(review, call_today(call)) < 0)
        finding_add(call, rule, arena_format(call->arena, "应在%s前评审", review));
    return OK;
}
static const struct rule regime_rules[] = {
    { "SAFE-REVIEW", WARN, .check = regime_is_reviewed, .standard = "MGT-27", .field = "review_on", .clause = "C037",
      .advice = "评审后登记新版本" },
    { 0 },
};
static const struct duty regime_duties[] = { SAFETY_DUTIES("C037"), { 0 } };
const struct form safety_regime_form = {
    .name = "safety_regime",
    .title = "安全管理制度",
    .clause = "C037",
    .of = OF_INSTITUTION,
    .fields = regime_fields,
    .rules = regime_rules,
    .duties = regime_duties,
    .expected_rows = 200000,
};

/* ---- 安全设施和器材 ---- */
static const struct field equipment_fields[] = {
    { "kind", F_CODE, .label = "设施、器材", .code = "safety_equipment_kind", .need = true, .list = true,
      .filter = true },
    { "spot", F_TEXT, .label = "位置", .need = true, .list = true, .max = 60 },
    { "pieces", F_INT, .label = "数量", .need = true, .min = 1, .max = 1000, .list = true },
    { "model", F_TEXT, .label = "型号规格", .max = 60 },
    { "expires_on", F_DATE, .label = "有效期或下次检测", .list = true },
    { "condition", F_CODE, .label = "状况", .code = "equipment_condition", .need = true, .list = true, .filter = true },
    { "fault", F_TEXT, .label = "故障情况", .max = 200 },
    { "fault_on", F_DATE, .label = "发现故障日期" },
    { "mended_on", F_DATE, .label = "修复日期" },
    { "checked_on", F_DATE, .label = "最近检查日期", .list = true },
    { 0 },
};
CHECK(equipment_works)
{
    const struct row *row = change->new;
    const char *until = row_text(row, "expires_on"), *condition = row_text(row, "condition");
    (void)reader;
    if (condition != NULL && strcmp(condition, "scrapped") == 0)
        return OK;
    if (until != NULL && strcmp(until, call_today(call)) < 0)
        finding_add(call, rule, arena_format(call->arena, "已于%s到期", until));
    if (condition != NULL && strcmp(condition, "fault") == 0)
        finding_add(call, rule, "故障未修复");
    return OK;
}
CHECK(equipment_is_checked)
{
    struct day last;
    const int64_t months = standard_int(call, "QA-EQUIP", 1);
    const char *condition = row_text(change->new, "condition");
    (void)reader;
    if (condition != NULL && strcmp(condition, "scrapped") == 0)
        return OK;
    if (!row_day(change->new, "checked_on", &last) || day_add_months(last, (int)months).n < call->today.n)
        finding_add(call, rule, arena_format(call->arena, "超过%lld个月没有检查", (long long)months));
    return OK;
}
static const struct rule equipment_rules[] = {
    { "SAFE-EQUIP", WARN, .check = equipment_works, .standard = "QA-EQUIP", .field = "expires_on", .clause = "C038",
      .advice = "更换、检测或修复后更新记录" },
    { "QA-EQUIP", WARN, .check = equipment_is_checked, .field = "checked_on", .clause = "C038" },
    { 0 },
};
static const struct duty equipment_duties[] = { SAFETY_DUTIES("C038"), { 0 } };
const struct form safety_equipment_form = {
    .name = "safety_equipment",
    .title = "安全设施器材",
    .clause = "C038",
    .of = OF_INSTITUTION,
    .fields = equipment_fields,
    .rules = equipment_rules,
    .duties = equipment_duties,
    .expected_rows = 500000,
};

/* ---- 安全出口和疏散通道 ---- */
static const struct field exit_fields[] = {
    { "name", F_TEXT, .label = "出口或通道", .need = true, .list = true, .max = 40 },
    { "width_cm", F_INT, .label = "净宽", .unit = "厘米", .need = true, .min = 40, .max = 1000, .list = true },
    { "clear", F_BOOL, .label = "畅通", .list = true },
    { "sign", F_BOOL, .label = "疏散指示标志", .list = true },
    { "light", F_BOOL, .label = "应急照明", .list = true },
    { "map_photo", F_FILE, .label = "疏散示意图" },
    { 0 },
};
CHECK(exit_is_usable)
{
    (void)reader;
    if (row_int(change->new, "clear") == 0)
        finding_add(call, rule, "出口或通道不畅通");
    if (row_int(change->new, "sign") == 0 || row_int(change->new, "light") == 0)
        finding_add(call, rule, "缺少疏散指示标志或应急照明");
    return OK;
}
static const struct rule exit_rules[] = {
    { "SAFE-EXIT", WARN, .check = exit_is_usable, .standard = "FIRE-CHECK", .field = "clear", .clause = "C086" },
    { 0 },
};
static const struct duty exit_duties[] = { SAFETY_DUTIES("C086"), { 0 } };
const struct form exit_way_form = {
    .name = "exit_way",
    .title = "疏散通道",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .fields = exit_fields,
    .rules = exit_rules,
    .duties = exit_duties,
    .title_field = "name",
    .expected_rows = 100000,
};

/* ---- 每月防火检查 ---- */
static const struct field check_fields[] = {
    { "checked_on", F_DATE, .label = "检查日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "items", F_CODES, .label = "检查内容", .code = "fire_item", .need = true, .list = true },
    { "problems", F_LINES, .label = "发现的隐患", .max = 2000, .hint = "没有隐患的不填" },
    { "measures", F_LINES, .label = "整改措施", .max = 2000 },
    { "mended_on", F_DATE, .label = "整改完成日期", .list = true },
    { "checker", F_REF, .label = "检查人", .ref = &staff_form, .need = true, .list = true },
    { "signed_by", F_TEXT, .label = "负责人签字", .computed = true, .list = true },
    { 0 },
};
CHECK(hazards_are_mended)
{
    (void)reader;
    if (row_has(change->new, "problems") && !row_has(change->new, "mended_on"))
        finding_add(call, rule, "隐患还没有整改完成");
    return OK;
}
static enum status
note_signature(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "signed_by", call->me->name);
    return row_update(call, writer, change->new, change->new->version);
}
static const struct rule check_rules[] = {
    { "FIRE-MEND", WARN, .check = hazards_are_mended, .standard = "FIRE-CHECK", .field = "mended_on", .clause = "C086",
      .advice = "能当场改正的当场改正，不能的报告负责人限期整改" },
    { 0 },
};
static const struct step check_steps[] = {
    { "sign", "负责人签字", OPEN, SIGNED, .by = THE_INSTITUTION | POST(P_HEAD), .effect = note_signature,
      .checks = true, .clause = "C086", .main = true },
    { 0 },
};
static const struct state_label check_labels[] = { { OPEN, "待签字", "warn" }, { SIGNED, "已签字", "good" }, { 0 } };
static const struct procedure check_procedure = {
    .first = OPEN, .open = OPEN | SIGNED, .live = OPEN | SIGNED, .steps = check_steps, .labels = check_labels
};
static const struct duty check_duties[] = { SAFETY_DUTIES("C086"), { 0 } };
const struct form fire_check_form = {
    .name = "fire_check",
    .title = "防火检查",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .paper_day = "checked_on",
    .fields = check_fields,
    .rules = check_rules,
    .procedure = &check_procedure,
    .duties = check_duties,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 500000,
};

/* ---- 每日防火巡查 ---- */
static const struct field patrol_fields[] = {
    { "at", F_TIME, .label = "时间", .fill = FILL_NOW, .list = true },
    { "items", F_CODES, .label = "巡查内容", .code = "fire_item", .need = true, .list = true },
    { "problem", F_TEXT, .label = "发现的问题", .list = true, .max = 200 },
    { "handled", F_TEXT, .label = "处理", .max = 200 },
    { "walker", F_REF, .label = "巡查人", .ref = &staff_form, .list = true },
    { 0 },
};
static const struct cell patrol_cells[] = {
    { "patrols", "防火巡查", NULL, NULL },
    { "with_problem", "发现问题", NULL, "r.problem is not null" },
    { 0 },
};
CHECK(problem_is_handled)
{
    (void)reader;
    if (row_has(change->new, "problem") && !row_has(change->new, "handled"))
        finding_add(call, rule, "发现问题的，请填写处理");
    return OK;
}
static const struct rule patrol_rules[] = {
    { "FIRE-HANDLED", BLOCK, .check = problem_is_handled, .standard = "FIRE-PATROL", .field = "handled",
      .clause = "C086" },
    { 0 },
};
static const struct duty patrol_duties[] = {
    DUTY(THE_INSTITUTION, MAY_KEEP, &MY_INSTITUTION, G_WORK, "C086", "机构人员巡查"),
    DUTY(HEALTH | SAFETY_READERS, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C086", "主管部门查看"),
    { 0 },
};
const struct form fire_patrol_form = {
    .name = "fire_patrol",
    .title = "防火巡查",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = patrol_fields,
    .rules = patrol_rules,
    .duties = patrol_duties,
    .cells = patrol_cells,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- 应急预案、应急演练 ---- */
static const struct field plan_fields[] = {
    { "kind", F_CODE, .label = "预案", .code = "emergency_kind", .need = true, .list = true, .filter = true },
    { "version_no", F_TEXT, .label = "版本", .need = true, .list = true, .max = 20 },
    { "reviewed_on", F_DATE, .label = "最近修订日期", .need = true, .list = true },
    { "lead", F_REF, .label = "负责人", .ref = &staff_form, .list = true },
    { "paper", F_FILE, .label = "预案文本", .need = true },
    { "ended", F_BOOL, .label = "已由新版本替换", .list = true },
    { 0 },
};
static const struct duty plan_duties[] = { SAFETY_DUTIES("C086"), { 0 } };
const struct form emergency_plan_form = {
    .name = "emergency_plan",
    .title = "应急预案",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .fields = plan_fields,
    .duties = plan_duties,
    .fill = care_fill_ledger,
    .expected_rows = 200000,
};

static const struct field drill_fields[] = {
    { "kind", F_CODE, .label = "演练", .code = "emergency_kind", .need = true, .list = true, .filter = true },
    { "held_on", F_DATE, .label = "演练日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "people", F_INT, .label = "参加人数", .unit = "人", .need = true, .min = 1, .max = 2000, .list = true },
    { "minutes", F_INT, .label = "用时", .unit = "分钟", .min = 1, .max = 600, .list = true },
    { "summary", F_LINES, .label = "演练过程", .need = true, .max = 2000 },
    { "problems", F_LINES, .label = "问题和改进", .need = true, .max = 2000 },
    { "photo", F_FILE, .label = "照片" },
    { 0 },
};
static const struct duty drill_duties[] = { SAFETY_DUTIES("C086"), { 0 } };
const struct form emergency_drill_form = {
    .name = "emergency_drill",
    .title = "应急演练",
    .clause = "C086",
    .of = OF_INSTITUTION,
    .paper_day = "held_on",
    .fields = drill_fields,
    .duties = drill_duties,
    .keep_years = 3,
    .expected_rows = 200000,
};

/* ---- 责任保险 ---- */
static const struct field insurance_fields[] = {
    { "insurer", F_TEXT, .label = "保险公司", .need = true, .list = true, .max = 60 },
    { "policy_no", F_TEXT, .label = "保单号", .need = true, .list = true, .max = 60 },
    { "from_day", F_DATE, .label = "起保日", .need = true, .list = true },
    { "to_day", F_DATE, .label = "到期日", .need = true, .list = true },
    { "each_fen", F_FEN, .label = "每人责任限额", .min = 0, .max = 100000000000 },
    { "insured", F_INT, .label = "承保人数", .unit = "人", .min = 1, .max = 5000, .list = true },
    { "paper", F_FILE, .label = "保单", .need = true },
    { 0 },
};
static const struct duty insurance_duties[] = { SAFETY_DUTIES("C036"), { 0 } };
const struct form insurance_form = {
    .name = "liability_insurance",
    .title = "责任保险",
    .clause = "C036",
    .of = OF_INSTITUTION,
    .fields = insurance_fields,
    .duties = insurance_duties,
    .expected_rows = 50000,
};

/* ---- 安全和法治培训 (C115) ---- */
static const struct field training_fields[] = {
    { "topic", F_CODE, .label = "内容", .code = "safety_topic", .need = true, .list = true, .filter = true },
    { "held_on", F_DATE, .label = "培训日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "hours", F_DECIMAL, .label = "学时", .scale = 1, .need = true, .min = 5, .max = 1000, .list = true },
    { "people", F_INT, .label = "参加人数", .unit = "人", .need = true, .min = 1, .max = 2000, .list = true },
    { "trainer", F_TEXT, .label = "培训人或单位", .list = true, .max = 60 },
    { "content", F_LINES, .label = "内容要点", .need = true, .max = 2000 },
    { "paper", F_FILE, .label = "签到表" },
    { 0 },
};
static const struct duty training_duties[] = { SAFETY_DUTIES("C115"), { 0 } };
const struct form safety_training_form = {
    .name = "safety_training",
    .title = "安全和法治培训",
    .clause = "C115",
    .of = OF_INSTITUTION,
    .fields = training_fields,
    .duties = training_duties,
    .keep_years = 3,
    .expected_rows = 200000,
};
