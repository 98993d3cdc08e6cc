/* 全日观察、户外活动、房间和设施检查、来访登记、保健巡视 — 管理规范 第十八、二十二、二十四条, 工作规范 四; clauses
 * C038, C043, C050. Rows of a day. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

enum { MINUTE_MS = 60000 };

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* ---- 全日健康观察 ---- */
static const struct field observation_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "kind", F_CODE, .label = "内容", .code = "observation_kind", .need = true, .list = true, .filter = true },
    { "at", F_TIME, .label = "时间", .fill = FILL_NOW, .list = true },
    { "ended_at", F_TIME, .label = "结束时间", .hint = "睡眠、活动填写" },
    { "amount", F_INT, .label = "数量", .min = 0, .max = 2000, .list = true, .hint = "奶、水填毫升，进餐填吃了几成" },
    { "result", F_CODE, .label = "情况", .code = "check_result", .need = true, .list = true, .filter = true,
      .basis = BASIS_DUTY, .group = G_HEALTH },
    { "note", F_TEXT, .label = "说明", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 200 },
    { "symptoms", F_CODES, .label = "症状", .code = "symptom", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "handling", F_CODE, .label = "处理", .code = "check_handling", .group = G_HEALTH },
    { "told_at", F_TIME, .label = "告知监护人时间" },
    { "photo", F_FILE, .label = "照片", .basis = BASIS_CONSENT, .group = G_HEALTH, .index = true,
      .hint = "须监护人同意，不拍摄隐私部位" },
    { "photo_gone_on", F_DATE, .label = "照片已按期删除", .computed = true },
    { "noted_by", F_REF, .label = "记录人", .ref = &staff_form },
    { 0 },
};
static const struct cell observation_cells[] = {
    { "observed", "全日观察", NULL, NULL },
    { "meals", "进餐", NULL, "r.kind = 'meal'" },
    { "sleeps", "睡眠", NULL, "r.kind = 'sleep'" },
    { "sleep_minutes", "睡眠分钟", "(r.ended_at - r.at) / 60000", "r.kind = 'sleep' and r.ended_at is not null" },
    { "milk_ml", "喝奶毫升", "r.amount", "r.kind = 'milk' and r.amount is not null" },
    { "abnormal", "观察异常", NULL, "r.result = 'abnormal'" },
    { 0 },
};

CHECK(observed_in_order)
{
    (void)reader;
    if (row_has(change->new, "ended_at") && row_int(change->new, "ended_at") < row_int(change->new, "at"))
        finding_add(call, rule, "结束时间早于开始时间");
    return OK;
}

CHECK(abnormal_is_handled)
{
    const char *result = row_text(change->new, "result");
    (void)reader;
    if (result != NULL && strcmp(result, "abnormal") == 0 && !row_has(change->new, "handling"))
        finding_add(call, rule, "情况异常，请选择处理方式");
    return OK;
}

CHECK(amount_is_measured)
{
    const char *kind = row_text(change->new, "kind");
    (void)reader;
    if (kind != NULL && (strcmp(kind, "milk") == 0 || strcmp(kind, "water") == 0) && !row_has(change->new, "amount"))
        finding_add(call, rule, "没有填写毫升数");
    return OK;
}

static const struct rule observation_rules[] = {
    { "OBS-HERE", BLOCK, .check = care_child_is_here, .standard = "HC-WD", .field = "child", .clause = "C043" },
    { "OBS-ORDER", BLOCK, .check = observed_in_order, .standard = "HC-WD", .field = "ended_at", .clause = "C043" },
    { "OBS-HANDLED", BLOCK, .check = abnormal_is_handled, .standard = "HC-WD", .field = "handling", .clause = "C043",
      .advice = "告知监护人，隔离观察或由监护人接回就医" },
    { "OBS-AMOUNT", WARN, .check = amount_is_measured, .standard = "HC-WD", .field = "amount", .clause = "C043" },
    { 0 },
};
/* A child found unwell during the day is a case like one found in the morning. */
static enum status
pass_on(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    const char *handling = row_text(row, "handling");
    if (strcmp(row_text(row, "result"), "abnormal") != 0 || !row_has(row, "symptoms") || handling == NULL)
        return OK;
    const struct illness illness = {
        .institution = row->institution,
        .child = row_int(row, "child"),
        .at = row_int(row, "at"),
        .day = row->day,
        .symptoms = row_text(row, "symptoms"),
        .source = "day",
        .temperature = value_null(),
        .state = strcmp(handling, "watch") == 0    ? WATCHED
                 : strcmp(handling, "refuse") == 0 ? LEFT
                                                   : OPEN,
    };
    return illness_found(call, writer, &illness);
}

static const struct duty observation_duties[] = { CARERS_KEEP("C043"), { 0 } };
const struct form observation_form = {
    .name = "observation",
    .title = "全日健康观察",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = observation_fields,
    .rules = observation_rules,
    .duties = observation_duties,
    .cells = observation_cells,
    .fill = care_fill_ledger,
    .effect = pass_on,
    .keep_years = 3,
    .expected_rows = 100000000,
};

/* ---- 户外活动 (第十八条: two hours a day) ---- */
static const struct field outdoor_fields[] = {
    { "class", F_REF, .label = "班级", .ref = &class_form, .need = true, .list = true, .filter = true },
    { "from_at", F_TIME, .label = "开始时间", .list = true },
    { "to_at", F_TIME, .label = "结束时间", .list = true },
    { "minutes", F_INT, .label = "分钟", .unit = "分钟", .computed = true, .list = true },
    { "content", F_TEXT, .label = "活动内容", .list = true },
    { "less_reason", F_CODE, .label = "未达2小时的原因", .code = "outdoor_reason", .list = true },
    { "led_by", F_REF, .label = "带班人员", .ref = &staff_form },
    { 0 },
};
static const struct cell outdoor_cells[] = {
    { "sessions", "户外活动次数", NULL, "r.minutes > 0" },
    { "minutes", "户外活动分钟", "r.minutes", "r.minutes is not null" },
    { 0 },
};

static enum status
fill_outdoor(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const int64_t from = row_int(row, "from_at"), to = row_int(row, "to_at");
    row_set_int(row, "minutes", from != 0 && to > from ? (to - from) / MINUTE_MS : 0);
    return care_fill_ledger(call, reader, change);
}

CHECK(outdoor_says_something)
{
    const struct row *row = change->new;
    (void)reader;
    if (row_has(row, "from_at") != row_has(row, "to_at"))
        finding_add(call, rule, "请填写开始和结束时间");
    else if (row_has(row, "from_at") && row_int(row, "to_at") <= row_int(row, "from_at"))
        finding_add(call, rule, "结束时间不晚于开始时间");
    else if (!row_has(row, "from_at") && !row_has(row, "less_reason"))
        finding_add(call, rule, "没有户外活动的，请选择原因");
    return OK;
}

static const struct rule outdoor_rules[] = {
    { "OUT-TIMES", BLOCK, .check = outdoor_says_something, .standard = "MGT-18", .field = "to_at", .clause = "C043" },
    { 0 },
};
static const struct duty outdoor_duties[] = {
    DUTY(INSTITUTION_CARERS, MAY_KEEP, &MY_INSTITUTION, G_WORK, "C043", "机构照护人员记录"),
    DUTY(HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C043", "卫生健康部门查看"),
    { 0 },
};
const struct form outdoor_form = {
    .name = "outdoor",
    .title = "户外活动",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = outdoor_fields,
    .rules = outdoor_rules,
    .duties = outdoor_duties,
    .cells = outdoor_cells,
    .fill = fill_outdoor,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- 房间和设施检查 ---- */
static const struct field room_check_fields[] = {
    { "room", F_REF, .label = "房间", .ref = &room_form, .need = true, .list = true },
    { "at", F_TIME, .label = "时间", .fill = FILL_NOW, .list = true },
    { "temperature", F_DECIMAL, .label = "室温", .unit = "℃", .scale = 1, .min = -100, .max = 450, .list = true },
    { "hazards", F_CODES, .label = "发现的问题", .code = "room_hazard", .list = true, .hint = "没有问题的不选" },
    { "handling", F_TEXT, .label = "处理情况", .list = true },
    { "mended", F_BOOL, .label = "已消除", .list = true },
    { "checked_by", F_REF, .label = "检查人", .ref = &staff_form, .list = true },
    { "photo", F_FILE, .label = "照片" },
    { 0 },
};
static const struct cell room_check_cells[] = {
    { "checks", "房间检查", NULL, NULL },
    { "with_hazard", "发现问题", NULL, "r.hazards is not null" },
    { "open_hazard", "问题未消除", NULL, "r.hazards is not null and coalesce(r.mended, 0) = 0" },
    { 0 },
};

CHECK(hazard_is_handled)
{
    (void)reader;
    if (row_has(change->new, "hazards") && !row_has(change->new, "handling"))
        finding_add(call, rule, "发现问题的，请填写处理情况");
    return OK;
}

static const struct rule room_check_rules[] = {
    { "ROOM-HAZARD", BLOCK, .check = hazard_is_handled, .standard = "QA-EQUIP", .field = "handling", .clause = "C038" },
    { 0 },
};
static const struct duty room_check_duties[] = { HOUSE_KEEPS("C038"), { 0 } };
const struct form room_check_form = {
    .name = "room_check",
    .title = "房间和设施检查",
    .clause = "C038",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = room_check_fields,
    .rules = room_check_rules,
    .duties = room_check_duties,
    .cells = room_check_cells,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 10000000,
};

/* ---- 来访登记 ---- */
static const struct field visitor_fields[] = {
    { "name", F_TEXT, .label = "来访人", .need = true, .list = true, .basis = BASIS_DUTY, .group = G_CONTACT,
      .max = 40 },
    { "unit", F_TEXT, .label = "单位", .list = true, .max = 100 },
    { "purpose", F_CODE, .label = "事由", .code = "visit_purpose", .need = true, .list = true },
    { "meets", F_REF, .label = "接待人", .ref = &staff_form, .list = true },
    { "arrived_at", F_TIME, .label = "进入时间", .fill = FILL_NOW, .list = true },
    { "left_at", F_TIME, .label = "离开时间", .list = true },
    { "well", F_BOOL, .label = "无发热等症状" },
    { 0 },
};
static const struct cell visitor_cells[] = {
    { "visitors", "来访", NULL, NULL },
    { "inside", "未登记离开", NULL, "r.left_at is null" },
    { 0 },
};

CHECK(left_after_arrival)
{
    (void)reader;
    if (row_has(change->new, "left_at") && row_int(change->new, "left_at") < row_int(change->new, "arrived_at"))
        finding_add(call, rule, "离开时间早于进入时间");
    return OK;
}

static const struct rule visitor_rules[] = {
    { "VISIT-ORDER", BLOCK, .check = left_after_arrival, .standard = "MGT-30", .field = "left_at", .clause = "C039" },
    { 0 },
};
static const struct duty visitor_duties[] = {
    DUTY(THE_INSTITUTION, MAY_KEEP, &MY_INSTITUTION, G_WORK | G_CONTACT, "C039", "机构人员登记来访"),
    { 0 },
};
const struct form visitor_form = {
    .name = "visitor",
    .title = "来访登记",
    .clause = "C039",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = visitor_fields,
    .rules = visitor_rules,
    .duties = visitor_duties,
    .cells = visitor_cells,
    .title_field = "name",
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- 保健人员巡视 (工作规范 四: each class twice a day) ---- */
static const struct field round_fields[] = {
    { "class", F_REF, .label = "班级", .ref = &class_form, .need = true, .list = true, .filter = true },
    { "at", F_TIME, .label = "时间", .fill = FILL_NOW, .list = true },
    { "finding", F_TEXT, .label = "发现的情况", .list = true, .hint = "不写婴幼儿姓名，个人情况记入全日健康观察" },
    { "advice", F_TEXT, .label = "指导意见", .list = true },
    { "rounds_by", F_REF, .label = "保健人员", .ref = &staff_form, .list = true },
    { 0 },
};
static const struct cell round_cells[] = { { "rounds", "保健巡视", NULL, NULL }, { 0 } };
static const struct duty round_duties[] = {
    DUTY(INSTITUTION_KEEPERS, MAY_KEEP, &MY_INSTITUTION, G_WORK, "C043", "保健人员巡视"),
    DUTY(THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, G_WORK, "C043", "本机构人员查看"),
    DUTY(HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK, "C043", "卫生健康部门查看"),
    { 0 },
};
const struct form health_round_form = {
    .name = "health_round",
    .title = "保健巡视",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = round_fields,
    .duties = round_duties,
    .cells = round_cells,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 10000000,
};
