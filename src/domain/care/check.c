/* 晨午检 — 管理规范 第二十四条, 工作规范 四 (一问二看三摸四查); clauses C043, C045. One row for a child, a day and a
 * round. What is abnormal follows from what was seen; it is never typed. */
#include "domain/care/care.h"

#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/care/photos.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "round", F_CODE, .label = "场次", .code = "check_round", .need = true, .fixed = true, .list = true,
      .filter = true },
    { "at", F_TIME, .label = "时间", .fill = FILL_NOW, .list = true },
    { "home", F_CODES, .label = "一问：在家情况", .code = "home_state", .basis = BASIS_DUTY, .group = G_HEALTH,
      .section = "一问二看三摸四查" },
    { "symptoms", F_CODES, .label = "二看三摸：异常表现", .register_paper = true, .code = "symptom",
      .basis = BASIS_DUTY, .group = G_HEALTH, .hint = "没有异常的不选" },
    { "parts", F_CODES, .label = "异常部位", .code = "body_part", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "temperature", F_DECIMAL, .label = "体温", .register_paper = true, .unit = "℃", .scale = 1, .min = 340,
      .max = 430, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "dangerous", F_CODES, .label = "四查：危险物品", .code = "dangerous_thing" },
    { "result", F_CODE, .label = "结果", .code = "check_result", .computed = true, .list = true, .filter = true },
    { "handling", F_CODE, .label = "处理", .code = "check_handling", .list = true },
    { "note", F_TEXT, .label = "说明", .register_paper = true, .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH,
      .max = 200 },
    { "photo", F_FILE, .label = "照片", .basis = BASIS_CONSENT, .group = G_HEALTH, .index = true,
      .hint = "须监护人同意，不拍摄隐私部位" },
    { "photo_gone_on", F_DATE, .label = "照片已按期删除", .computed = true },
    { "checked_by", F_REF, .label = "检查人", .register_paper = true, .ref = &staff_form },
    { 0 },
};
static const struct unique_key uniques[] = { { { "child", "day", "round" }, "这一场已登记" }, { 0 } };
static const struct cell cells[] = {
    { "morning", "晨检", NULL, "r.round = 'morning'" },
    { "refused", "晨检暂不入园", NULL, "r.round = 'morning' and r.handling = 'refuse'" },
    { "noon", "午检", NULL, "r.round = 'noon'" },
    { "abnormal", "晨午检异常", NULL, "r.result = 'abnormal'" },
    { "fever", "发热", NULL, "r.symptoms like '%|fever|%'" },
    { 0 },
};

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const bool hot = row_has(row, "temperature") && row_int(row, "temperature") >= standard_int(call, "CFG-FEVER", 373);
    enum status status = care_fill_class(call, reader, change);
    if (hot && !row_codes_have(row, "symptoms", "fever")) {
        const char *others = row_text(row, "symptoms");
        row_set_text(row, "symptoms", arena_format(call->arena, "|fever%s", others == NULL ? "|" : others));
    }
    row_set_text(row, "result", row_has(row, "symptoms") ? "abnormal" : "normal");
    return status == OK ? photo_consented(call, reader, change) : status;
}

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

CHECK(abnormal_is_handled)
{
    const char *result = row_text(change->new, "result");
    (void)reader;
    if (result != NULL && strcmp(result, "abnormal") == 0 && !row_has(change->new, "handling"))
        finding_add(call, rule, "有异常，请选择处理方式");
    return OK;
}

/* At the door; what is found at noon is found of a child that is here. */
static enum status
pass_on(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    const char *handling = row_text(row, "handling");
    enum status status = illness_on_check(call, writer, change);
    if (status != OK || handling == NULL || strcmp(handling, "refuse") != 0 ||
        strcmp(row_text(row, "round"), "morning") != 0)
        return status;
    return attendance_refused(call, writer, row);
}

static const struct rule rules[] = {
    { "CHK-HERE", BLOCK, .check = care_child_is_here, .standard = "MGT-24", .field = "child", .clause = "C043" },
    { "CHK-HANDLED", BLOCK, .check = abnormal_is_handled, .standard = "MGT-24", .field = "handling", .clause = "C045",
      .advice = "告知监护人，隔离观察或由监护人接回就医" },
    { 0 },
};
static const struct duty duties[] = {
    { INSTITUTION_CARERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_UNMASK, &MY_INSTITUTION, 0,
      G_WORK | G_OPEN | G_CHILD | G_HEALTH, "C043", "机构晨午检", 0, 0 },
    { 0 },
};
const struct form morning_check_form = {
    .name = "morning_check",
    .title = "晨午检",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .rules = rules,
    .duties = duties,
    .uniques = uniques,
    .cells = cells,
    .fill = fill,
    .effect = pass_on,
    .keep_years = 3,
    .expected_rows = 80000000,
};
