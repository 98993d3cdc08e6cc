/* 照护计划、发展观察、家园联系、健康教育 — 保育指导大纲 (seven areas, three age bands), 管理规范 第十三、二十二条;
 * clauses C022, C047. What is written about one child stays with its carers. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

/* ---- 照护计划 ---- */
static const struct field plan_fields[] = {
    { "class", F_REF, .label = "班级", .ref = &class_form, .need = true, .list = true, .filter = true },
    { "band", F_CODE, .label = "月龄段", .code = "care_band", .need = true, .list = true, .filter = true },
    { "from_day", F_DATE, .label = "起始日", .need = true, .list = true },
    { "to_day", F_DATE, .label = "截止日", .need = true, .list = true },
    { "theme", F_TEXT, .label = "重点", .list = true, .max = 100 },
    { "reflection", F_LINES, .label = "执行小结", .max = 2000 },
    { "planned_by", F_REF, .label = "制定人", .ref = &staff_form, .list = true },
    { 0 },
};

static enum status
all_areas_are_planned(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const struct code_list *areas = code_list(call->reference, "care_area");
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(change->new->id) };
    const char *words = "";
    struct row_set set;
    enum status status = rows_by(call, reader, &care_plan_item_form, change->new->office, where, values, 1, &set);
    for (size_t a = 0; areas != NULL && a < areas->n && status == OK; a++) {
        bool there = false;
        for (size_t i = 0; i < set.n; i++)
            there = there || strcmp(row_text(set.rows[i], "field"), areas->codes[a].code) == 0;
        if (!there)
            words = arena_format(call->arena, "%s%s%s", words, words[0] == '\0' ? "" : "、", areas->codes[a].label);
    }
    if (status == OK && words[0] != '\0')
        finding_add(call, rule, arena_format(call->arena, "计划没有涉及：%s", words));
    return status;
}

static const struct form *const on_items[] = { &care_plan_item_form, NULL };
static const struct rule plan_rules[] = {
    { "CUR-AREAS", WARN, .check = all_areas_are_planned, .clause = "C022", .advice = "在计划中补充这些领域的目标和活动",
      .on = on_items },
    { 0 },
};
#define PLAN_DUTIES                                                                                                    \
    DUTY(INSTITUTION_CARERS, MAY_KEEP, &MY_INSTITUTION, G_WORK, "C022", "机构制定照护计划"),                           \
        DUTY(HEALTH | DEPT(D_MATERNAL), MAY_SEE, &MY_AREA, G_WORK, "C047", "卫生健康部门、妇幼保健机构查看")
static const struct duty plan_duties[] = { PLAN_DUTIES, { 0 } };
const struct form care_plan_form = {
    .name = "care_plan",
    .title = "照护计划",
    .clause = "C022",
    .of = OF_INSTITUTION,
    .fields = plan_fields,
    .rules = plan_rules,
    .duties = plan_duties,
    .title_field = "theme",
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 500000,
};

static const struct field item_fields[] = {
    { "field", F_CODE, .label = "领域", .code = "care_area", .need = true, .list = true },
    { "goal", F_LINES, .label = "目标", .need = true, .max = 500 },
    { "activity", F_LINES, .label = "照护活动和环境材料", .need = true, .max = 1000 },
    { "parents", F_LINES, .label = "家庭配合", .max = 500 },
    { 0 },
};
static const struct duty item_duties[] = { PLAN_DUTIES, { 0 } };
const struct form care_plan_item_form = {
    .name = "care_plan_item",
    .title = "领域计划",
    .clause = "C022",
    .of = OF_INSTITUTION,
    .part_of = &care_plan_form,
    .fields = item_fields,
    .duties = item_duties,
    .keep_years = 3,
    .expected_rows = 4000000,
};

/* ---- 发展观察 ---- */
static const struct field note_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_CONTRACT, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "seen_on", F_DATE, .label = "观察日期", .past = true, .need = true, .fill = FILL_TODAY, .list = true },
    { "band", F_CODE, .label = "月龄段", .code = "care_band", .computed = true, .list = true, .group = G_CHILD },
    { "field", F_CODE, .label = "领域", .code = "care_area", .need = true, .list = true, .filter = true },
    { "seen", F_LINES, .label = "观察到的表现", .need = true, .secret = true, .basis = BASIS_CONTRACT, .group = G_CHILD,
      .max = 2000 },
    { "support", F_LINES, .label = "回应和支持", .secret = true, .basis = BASIS_CONTRACT, .group = G_CHILD,
      .max = 1000 },
    { "seen_by", F_REF, .label = "观察人", .ref = &staff_form },
    { 0 },
};

static enum status
fill_note(struct call *call, struct reader *reader, struct change *change)
{
    struct row *child;
    int months;
    const enum status status = care_fill_months(call, reader, change, "seen_on", &child, &months);
    if (status != OK || child == NULL)
        return status;
    row_set_text(change->new, "band", months < 13 ? "7_12" : months < 25 ? "13_24" : "25_36");
    return OK;
}

static const struct duty note_duties[] = { CARERS_KEEP("C022"), { 0 } };
const struct form growth_note_form = {
    .name = "growth_note",
    .title = "发展观察",
    .clause = "C022",
    .of = OF_INSTITUTION,
    .fields = note_fields,
    .duties = note_duties,
    .fill = fill_note,
    .keep_years = 3,
    .expected_rows = 10000000,
};

/* ---- 家园联系册 ---- */
static const struct field contact_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_CONTRACT },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "content", F_LINES, .label = "今天在园", .need = true, .secret = true, .basis = BASIS_CONTRACT, .group = G_CHILD,
      .max = 1000 },
    { "home", F_LINES, .label = "家长反馈", .secret = true, .basis = BASIS_CONTRACT, .group = G_CHILD, .max = 1000 },
    { "written_by", F_REF, .label = "填写人", .ref = &staff_form, .list = true },
    { 0 },
};
static const struct unique_key contact_uniques[] = { { { "child", "day" }, "今天已填写，请修改原记录" }, { 0 } };
static const struct cell contact_cells[] = {
    { "notes", "家园联系", NULL, NULL },
    { "answered", "家长已反馈", NULL, "r.home is not null" },
    { 0 },
};
static const struct duty contact_duties[] = { CARERS_KEEP("C022"), { 0 } };
const struct form contact_note_form = {
    .name = "contact_note",
    .title = "家园联系册",
    .clause = "C022",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = contact_fields,
    .uniques = contact_uniques,
    .duties = contact_duties,
    .cells = contact_cells,
    .fill = care_fill_ledger,
    .keep_years = 3,
    .expected_rows = 50000000,
};

/* ---- 健康教育 ---- */
static const struct field talk_fields[] = {
    { "held_on", F_DATE, .label = "日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "audience", F_CODES, .label = "对象", .code = "talk_audience", .need = true, .list = true, .filter = true },
    { "topic", F_TEXT, .label = "主题", .need = true, .list = true, .find = true, .max = 100 },
    { "way", F_CODE, .label = "形式", .code = "talk_way", .need = true, .list = true },
    { "people", F_INT, .label = "人数", .unit = "人", .need = true, .min = 1, .max = 2000, .list = true },
    { "content", F_LINES, .label = "内容要点", .need = true, .max = 2000 },
    { "speaker", F_TEXT, .label = "主讲人", .list = true, .max = 40 },
    { "photo", F_FILE, .label = "资料或照片" },
    { 0 },
};
static const struct duty talk_duties[] = { HOUSE_KEEPS("C047"),
                                           DUTY(DEPT(D_MATERNAL) | DEPT(D_CDC), MAY_SEE, &MY_AREA, G_WORK, "C047",
                                                "妇幼、疾控查看"),
                                           { 0 } };
const struct form health_talk_form = {
    .name = "health_talk",
    .title = "健康教育",
    .clause = "C047",
    .of = OF_INSTITUTION,
    .paper_day = "held_on",
    .fields = talk_fields,
    .duties = talk_duties,
    .title_field = "topic",
    .keep_years = 3,
    .expected_rows = 500000,
};
