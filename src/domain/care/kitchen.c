/* 供餐、采购、留样、膳食委员会 — 食品安全法 第五十七条, 学校食品安全与营养健康管理规定, 工作规范; clauses C104, C162.
 */
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)
/* The market regulator and the health inspection look at food (C162). */
#define FOOD_INSPECTORS(clause_)                                                                                       \
    DUTY(DEPT(D_MARKET) | DEPT(D_INSPECTION), MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK | G_OPEN, clause_,                \
         "市场监管、卫生监督查看")

/* ---- 供餐情况: how the institution feeds its children; what the licence and the cooks lack is told here ---- */
static const struct field kitchen_fields[] = {
    { "mode", F_CODE, .label = "供餐方式", .code = "meal_mode", .need = true, .list = true, .filter = true },
    { "meals", F_CODES, .label = "提供餐次", .code = "meal", .list = true },
    { "license_scope", F_TEXT, .label = "食品经营许可证经营项目", .hint = "照食品经营许可证填写，如 热食类食品制售" },
    { "food_manager", F_REF, .label = "食品安全管理员", .ref = &staff_form, .list = true },
    { "supplier", F_TEXT, .label = "送餐单位", .section = "外送" },
    { "supplier_license", F_TEXT, .label = "送餐单位食品经营许可证编号", .max = 40 },
    { "supplier_until", F_DATE, .label = "送餐单位食品经营许可证有效期至" },
    { 0 },
};
static const struct unique_key kitchen_uniques[] = { { { "institution" }, "供餐情况已登记，请修改原记录" }, { 0 } };

static bool
mode_is(const struct row *kitchen, const char *mode)
{
    return row_text(kitchen, "mode") != NULL && strcmp(row_text(kitchen, "mode"), mode) == 0;
}

CHECK(license_covers)
{
    struct row *license;
    const struct row *kitchen = change->new;
    const char *scope = row_text(kitchen, "license_scope");
    if (!mode_is(kitchen, "own"))
        return OK;
    enum status status = evidence_of(call, reader, kitchen->institution, "food_license", &license);
    if (status != OK)
        return status;
    if (license == NULL)
        finding_add(call, rule, "自办食堂供餐，没有食品经营许可证");
    else if (row_has(license, "expires_on") && strcmp(row_text(license, "expires_on"), call_today(call)) < 0)
        finding_add(call, rule, arena_format(call->arena, "食品经营许可证已于%s到期", row_text(license, "expires_on")));
    if (license != NULL && (scope == NULL || strstr(scope, "热食") == NULL))
        finding_add(call, rule, "食品经营许可证经营项目没有写明热食类食品制售");
    return OK;
}

CHECK(supplier_is_licensed)
{
    const struct row *kitchen = change->new;
    (void)reader;
    if (!mode_is(kitchen, "delivered"))
        return OK;
    if (!row_has(kitchen, "supplier") || !row_has(kitchen, "supplier_license"))
        finding_add(call, rule, "外送供餐，没有登记送餐单位及其食品经营许可证");
    else if (row_has(kitchen, "supplier_until") && strcmp(row_text(kitchen, "supplier_until"), call_today(call)) < 0)
        finding_add(call, rule, "送餐单位的食品经营许可证已过期");
    return OK;
}

/* 健康合格证 of those who cook, and how many children each cooks for (工作规范 第三部分). */
CHECK(cooks_are_healthy)
{
    struct rows rows;
    if (!mode_is(change->new, "own"))
        return OK;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(*), count(*) filter (where s.health_until is null or s.health_until < ?3) from staff s where "
        "s.office = ?1 and s.institution = ?2 and s.posts like '%|cook|%' and (s.left_on is null or s.left_on > ?3)",
        ARGS(value_int(change->new->office), value_int(change->new->institution), value_text(call_today(call))), &rows);
    if (status != OK)
        return status;
    if (rows_int(&rows, 0, 0) == 0)
        finding_add(call, rule, "自办食堂供餐，没有登记炊事人员");
    if (rows_int(&rows, 0, 1) > 0)
        finding_add(
            call, rule,
            arena_format(call->arena, "%lld名炊事人员的健康合格证未登记或已过期", (long long)rows_int(&rows, 0, 1)));
    return OK;
}

CHECK(cooks_are_enough)
{
    int64_t cooks, children;
    const struct row *kitchen = change->new;
    const char *rest = row_text(kitchen, "meals");
    const bool whole = rest != NULL && row_codes_have(kitchen, "meals", "breakfast") &&
                       row_codes_have(kitchen, "meals", "lunch") && row_codes_have(kitchen, "meals", "dinner");
    const int64_t most = whole ? standard_int(call, "HC-COOK", 50) : standard_int(call, "HC-COOK-80", 80);
    if (!mode_is(kitchen, "own"))
        return OK;
    enum status status = care_number(
        call, reader,
        "select count(*) from staff s where s.office = ?1 and s.institution = ?2 and "
        "s.posts like '%|cook|%' and (s.left_on is null or s.left_on > ?3)",
        ARGS(value_int(kitchen->office), value_int(kitchen->institution), value_text(call_today(call))), &cooks);
    if (status == OK)
        status = care_number(call, reader,
                             "select count(*) from child where office = ?1 and institution = ?2 and state = 'enrolled'",
                             ARGS(value_int(kitchen->office), value_int(kitchen->institution)), &children);
    if (status == OK && cooks > 0 && children > cooks * most)
        finding_add(call, rule,
                    arena_format(call->arena, "%lld名炊事人员为%lld名婴幼儿供餐，每人不超过%lld名", (long long)cooks,
                                 (long long)children, (long long)most));
    return status;
}

/* 膳食委员会 meets and the diet is surveyed each quarter. */
CHECK(diet_is_reviewed)
{
    struct rows rows;
    struct day last;
    const int64_t days = standard_int(call, "HC-DIET-DAYS", 92);
    if (mode_is(change->new, "none"))
        return OK;
    enum status status =
        reader_rows(reader, call->arena, "select max(held_on) from diet_meeting where office = ?1 and institution = ?2",
                    ARGS(value_int(change->new->office), value_int(change->new->institution)), &rows);
    const char *held = status == OK ? rows_text(&rows, 0, 0) : NULL;
    if (status == OK && (held == NULL || (day_parse(held, &last) && call->today.n - last.n > days)))
        finding_add(call, rule,
                    held == NULL ? "没有膳食委员会会议记录"
                                 : arena_format(call->arena, "最近一次膳食委员会会议在%s，已超过一个季度", held));
    return status;
}

static const struct form *const on_evidence[] = { &evidence_form, NULL };
static const struct form *const on_staff[] = { &staff_form, NULL };
static const struct form *const on_meetings[] = { &diet_meeting_form, NULL };
static const struct rule kitchen_rules[] = {
    { "FOOD-LICENSE", WARN, .check = license_covers, .standard = "LAW-9", .clause = "C104",
      .advice = "办理或延续食品经营许可证，并在证照材料中上传", .on = on_evidence },
    { "FOOD-SUPPLIER", WARN, .check = supplier_is_licensed, .standard = "LAW-9", .field = "supplier",
      .clause = "C104" },
    { "FOOD-COOK-HEALTH", WARN, .check = cooks_are_healthy, .standard = "HC-14", .clause = "C104",
      .advice = "健康检查合格前不得上岗", .on = on_staff },
    { "HC-COOK", WARN, .check = cooks_are_enough, .clause = "C104", .on = on_staff },
    { "HC-DIET-DAYS", WARN, .check = diet_is_reviewed, .clause = "C104", .on = on_meetings },
    { 0 },
};
static const struct duty kitchen_duties[] = { HOUSE_KEEPS("C104"), FOOD_INSPECTORS("C162"), { 0 } };
const struct form kitchen_form = {
    .name = "kitchen",
    .title = "供餐情况",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .fields = kitchen_fields,
    .rules = kitchen_rules,
    .uniques = kitchen_uniques,
    .duties = kitchen_duties,
    .fill = care_fill_ledger,
    .expected_rows = 20000,
};

/* ---- 食品采购验收 ---- */
static const struct field purchase_fields[] = {
    { "product", F_TEXT, .label = "食品名称", .need = true, .list = true, .find = true, .max = 60 },
    { "quantity", F_TEXT, .label = "数量", .need = true, .list = true, .max = 40 },
    { "supplier", F_TEXT, .label = "供货商", .need = true, .list = true, .find = true, .max = 100 },
    { "supplier_license", F_TEXT, .label = "供货商食品经营许可证或执照编号", .max = 40 },
    { "batch", F_TEXT, .label = "生产批号", .list = true, .max = 40 },
    { "produced_on", F_DATE, .label = "生产日期" },
    { "expires_on", F_DATE, .label = "保质期至", .list = true },
    { "certificate", F_FILE, .label = "合格证明或检验报告" },
    { "accepted", F_BOOL, .label = "感官检查合格", .list = true },
    { "received_by", F_REF, .label = "验收人", .ref = &staff_form, .list = true },
    { 0 },
};
static const struct cell purchase_cells[] = {
    { "purchases", "采购", NULL, NULL },
    { "without_certificate", "无合格证明", NULL, "r.certificate is null" },
    { 0 },
};

CHECK(food_is_not_expired)
{
    const char *until = row_text(change->new, "expires_on");
    (void)reader;
    if (until != NULL && change->new->day != NULL &&strcmp(until, change->new->day) < 0)
        finding_add(call, rule, arena_format(call->arena, "%s已过保质期，不得使用", row_text(change->new, "product")));
    return OK;
}

CHECK(food_has_papers)
{
    (void)reader;
    if (!row_has(change->new, "certificate") && !row_has(change->new, "supplier_license"))
        finding_add(call, rule, "没有查验供货商食品经营许可证和食品合格证明");
    return OK;
}

static const struct rule purchase_rules[] = {
    { "FOOD-EXPIRED", BLOCK, .check = food_is_not_expired, .standard = "LAW-9", .field = "expires_on", .clause = "C104",
      .advice = "退货或销毁" },
    { "FOOD-PAPERS", WARN, .check = food_has_papers, .standard = "LAW-9", .field = "supplier_license",
      .clause = "C104" },
    { 0 },
};
static const struct duty purchase_duties[] = { HOUSE_KEEPS("C104"), FOOD_INSPECTORS("C162"), { 0 } };
const struct form purchase_form = {
    .name = "food_purchase",
    .title = "食品采购验收",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = purchase_fields,
    .rules = purchase_rules,
    .duties = purchase_duties,
    .cells = purchase_cells,
    .title_field = "product",
    .fill = care_fill_ledger,
    .keep_years = 2,
    .expected_rows = 10000000,
};

/* ---- 食品留样: kept cold for 48 hours, then destroyed on a later day: no ledger of one day ---- */
static const struct field sample_fields[] = {
    { "sampled_on", F_DATE, .label = "留样日期", .need = true, .fill = FILL_TODAY, .fixed = true, .list = true },
    { "meal", F_CODE, .label = "餐次", .code = "meal", .need = true, .list = true },
    { "dish", F_TEXT, .label = "菜品", .need = true, .list = true, .max = 60 },
    { "grams", F_INT, .label = "留样量", .unit = "克", .need = true, .min = 1, .max = 5000, .list = true },
    { "sampled_at", F_TIME, .label = "留样时间", .need = true, .fill = FILL_NOW, .fixed = true },
    { "fridge", F_DECIMAL, .label = "冷藏温度", .unit = "℃", .scale = 1, .min = -50, .max = 150 },
    { "kept_by", F_REF, .label = "留样人", .ref = &staff_form, .list = true },
    { "keep_until", F_TIME, .label = "至少保存到", .computed = true, .list = true },
    { "destroyed_at", F_TIME, .label = "销毁时间", .computed = true },
    { "destroyed_by", F_TEXT, .label = "销毁人", .computed = true },
    { 0 },
};

static enum status
fill_sample(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const int64_t from = row_has(row, "sampled_at") ? row_int(row, "sampled_at") : call->now_ms;
    row_set_int(row, "keep_until", from + standard_minutes(call, "HC-SAMP-H", 48 * 60) * 60000);
    return care_fill_ledger(call, reader, change);
}

CHECK(sample_is_enough)
{
    const int64_t least = standard_int(call, "HC-SAMP-G", 125);
    (void)reader;
    if (row_int(change->new, "grams") < least)
        finding_add(call, rule,
                    arena_format(call->arena, "留样%lld克，每个品种不少于%lld克",
                                 (long long)row_int(change->new, "grams"), (long long)least));
    return OK;
}

static enum status
is_kept_long_enough(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = call->now_ms >= row_int(change->old, "keep_until");
    if (!*may)
        call->message = "留样未满保存时间，不能销毁";
    return OK;
}

static enum status
note_destroyed(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "destroyed_at", call->now_ms);
    row_set_text(change->new, "destroyed_by", call->me->name);
    return row_update(call, writer, change->new, change->new->version);
}

static const struct rule sample_rules[] = {
    { "HC-SAMP-G", WARN, .check = sample_is_enough, .field = "grams", .clause = "C104" },
    { 0 },
};
static const struct step sample_steps[] = {
    { "destroy", "销毁留样", OPEN, ENDED, .by = THE_INSTITUTION, .guard = is_kept_long_enough, .effect = note_destroyed,
      .clause = "C104", .main = true },
    { 0 },
};
static const struct state_label sample_labels[] = { { OPEN, "留存中", "good" }, { ENDED, "已销毁", "plain" }, { 0 } };
static const struct procedure sample_procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = sample_steps, .labels = sample_labels
};
static const struct duty sample_duties[] = { HOUSE_KEEPS("C104"), FOOD_INSPECTORS("C162"), { 0 } };
const struct form food_sample_form = {
    .name = "food_sample",
    .title = "食品留样",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .paper_day = "sampled_on",
    .fields = sample_fields,
    .rules = sample_rules,
    .procedure = &sample_procedure,
    .duties = sample_duties,
    .title_field = "dish",
    .fill = fill_sample,
    .keep_years = 2,
    .expected_rows = 20000000,
};

/* ---- 膳食委员会会议 ---- */
static const struct field meeting_fields[] = {
    { "held_on", F_DATE, .label = "会议日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "people", F_INT, .label = "参会人数", .unit = "人", .need = true, .min = 2, .max = 200, .list = true },
    { "parents", F_INT, .label = "其中家长代表", .unit = "人", .need = true, .min = 0, .max = 200, .list = true },
    { "survey", F_BOOL, .label = "已作膳食调查", .list = true },
    { "content", F_LINES, .label = "议题和意见", .need = true, .max = 2000 },
    { "decision", F_LINES, .label = "改进措施", .need = true, .max = 2000 },
    { 0 },
};
static const struct duty meeting_duties[] = { HOUSE_KEEPS("C104"), FOOD_INSPECTORS("C162"), { 0 } };
const struct form diet_meeting_form = {
    .name = "diet_meeting",
    .title = "膳食委员会会议",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .paper_day = "held_on",
    .fields = meeting_fields,
    .duties = meeting_duties,
    .keep_years = 3,
    .expected_rows = 200000,
};
