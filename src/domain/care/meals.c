/* 食谱 — 管理规范 第十七条, 喂养与营养指南, WS/T 821 7.3.1; clauses C104, C029. A week of dishes; what they hold of the
 * seven food groups, salt and sugar, and what children are allergic to is told while it is planned. Energy shares are
 * counted only when the city has loaded a food table. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/printed.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* ---- 食物成分表: kept by the city, empty until it is loaded ---- */
static const struct field food_fields[] = {
    { "name", F_TEXT, .label = "食物名称", .need = true, .list = true, .find = true, .max = 60 },
    { "groups", F_CODE, .label = "食物种类", .code = "food_group", .list = true, .filter = true },
    { "kcal", F_INT, .label = "每100克能量", .unit = "千卡", .need = true, .min = 0, .max = 950, .list = true },
    { "protein", F_DECIMAL, .label = "每100克蛋白质", .unit = "克", .scale = 1, .min = 0, .max = 1000 },
    { "fat", F_DECIMAL, .label = "每100克脂肪", .unit = "克", .scale = 1, .min = 0, .max = 1000 },
    { "source", F_TEXT, .label = "来源", .list = true },
    { 0 },
};
static const struct unique_key food_uniques[] = { { { "name" }, "该食物已录入" }, { 0 } };
static const struct duty food_duties[] = {
    DUTY(CITY_HEALTH, MAY_KEEP | MAY_IMPORT, &ANYWHERE, G_ALL, "C104", "市级卫生健康部门导入食物成分表"),
    DUTY(THE_INSTITUTION | AUTHORITIES, MAY_SEE, &ANYWHERE, G_WORK, "C104", "查看"),
    { 0 },
};
const struct form food_form = {
    .name = "food",
    .title = "食物成分表",
    .clause = "C104",
    .of = OF_REFERENCE,
    .fields = food_fields,
    .uniques = food_uniques,
    .duties = food_duties,
    .title_field = "name",
    .expected_rows = 2000,
};

/* ---- 每周食谱 ---- */
static const struct field menu_fields[] = {
    { "week_of", F_DATE, .label = "周一日期", .need = true, .list = true, .group = G_OPEN, .hint = "填本周任意一天" },
    { "note", F_LINES, .label = "说明", .group = G_OPEN, .max = 500 },
    { "planned_by", F_REF, .label = "制定人", .ref = &staff_form, .list = true },
    { 0 },
};
static const struct unique_key menu_uniques[] = { { { "institution", "week_of" }, "这一周的食谱已建立" }, { 0 } };

static enum status
fill_menu(struct call *call, struct reader *reader, struct change *change)
{
    struct day day;
    char monday[11];
    if (row_day(change->new, "week_of", &day)) {
        day_iso((struct day){ day.n - day_weekday(day) }, monday);
        row_set_text(change->new, "week_of", arena_text(call->arena, monday));
    }
    return care_fill_ledger(call, reader, change);
}

static enum status
dishes_of(struct call *call, struct reader *reader, const struct row *menu, struct row_set *set)
{
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(menu->id) };
    return rows_by(call, reader, &menu_dish_form, menu->office, where, values, 1, set);
}

static const char *const weekdays[] = { "1", "2", "3", "4", "5", "6", "7", NULL };

/* 喂养指南: every day at least four of the seven groups, over all meals of that day. */
CHECK(day_has_groups)
{
    struct row_set set;
    const int64_t least = standard_int(call, "FEED-GROUPS", 4);
    const struct code_list *groups = code_list(call->reference, "food_group");
    enum status status = dishes_of(call, reader, change->new, &set);
    for (int d = 0; weekdays[d] != NULL && status == OK; d++) {
        int64_t n = 0;
        bool any = false;
        for (size_t g = 0; groups != NULL && g < groups->n; g++) {
            bool has = false;
            for (size_t i = 0; i < set.n; i++) {
                const bool today = strcmp(row_text(set.rows[i], "weekday"), weekdays[d]) == 0;
                any = any || today;
                has = has || (today && row_codes_have(set.rows[i], "groups", groups->codes[g].code));
            }
            n += has;
        }
        if (any && n < least)
            finding_add(call, rule,
                        arena_format(call->arena, "%s食物种类%lld类，不少于%lld类",
                                     code_label(call->reference, "weekday", weekdays[d]), (long long)n,
                                     (long long)least));
    }
    return status;
}

CHECK(infants_get_no_salt)
{
    struct row_set set;
    enum status status = dishes_of(call, reader, change->new, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const struct row *dish = set.rows[i];
        if (row_int(dish, "for_infants") != 0 && (row_int(dish, "salt") != 0 || row_int(dish, "sugar") != 0))
            finding_add(call, rule,
                        arena_format(call->arena, "%s“%s”供%lld月龄以下婴幼儿，不添加盐和糖",
                                     code_label(call->reference, "weekday", row_text(dish, "weekday")),
                                     row_text(dish, "dish"), (long long)standard_int(call, "FEED-SALT", 12)));
    }
    return status;
}

/* The next ingredient of "大米30g、鸡蛋25克": its name and grams (0: not said). NULL: no more. */
static const char *
next_ingredient(struct call *call, const char **at, int64_t *grams)
{
    static const char *const ends[] = { "、", "，", ",", "；", ";", " ", NULL };
    const char *from = *at + strspn(*at, " ,;"), *to = NULL;
    if (from[0] == '\0')
        return NULL;
    size_t skip = 0;
    for (int i = 0; ends[i] != NULL; i++) {
        const char *found = strstr(from, ends[i]);
        if (found != NULL && (to == NULL || found < to)) {
            to = found;
            skip = strlen(ends[i]);
        }
    }
    const size_t n = to == NULL ? strlen(from) : (size_t)(to - from), digits = strcspn(from, "0123456789");
    *at = from + n + skip;
    *grams = digits < n ? strtoll(from + digits, NULL, 10) : 0;
    return arena_copy(call->arena, from, digits < n ? digits : n);
}

/* How many children of a class are allergic to what the text names. */
static int64_t
allergic_to(struct call *call, struct reader *reader, const struct row_set *children, int64_t class_group,
            const char *food)
{
    int index;
    int64_t n = 0;
    form_field(&child_form, "allergies", &index);
    for (size_t i = 0; i < children->n; i++) {
        const char *told =
            row_int(children->rows[i], "class") != class_group || !row_has(children->rows[i], "allergies")
                ? NULL
                : row_plain(call, reader, children->rows[i], index);
        n += told != NULL && strstr(told, food) != NULL;
    }
    return n;
}

static void
tell_allergy(struct call *call, struct reader *reader, const struct rule *rule, const struct row_set *children,
             const struct row_set *classes, const struct row *dish, const char *food)
{
    for (size_t c = 0; c < classes->n; c++) {
        const int64_t n = allergic_to(call, reader, children, classes->rows[c]->id, food);
        if (n > 0) /* the class and the number: a finding never names a child */
            finding_add(call, rule,
                        arena_format(call->arena, "%s“%s”含%s：%s有%lld名婴幼儿登记过敏，请备替代食物",
                                     code_label(call->reference, "weekday", row_text(dish, "weekday")),
                                     row_text(dish, "dish"), food, row_text(classes->rows[c], "name"), (long long)n));
    }
}

CHECK(menu_knows_allergies)
{
    struct row_set set, children, classes;
    const char *const where[] = { "institution", "state" }, *const ours[] = { "institution" };
    const struct value values[] = { value_int(change->new->institution), value_text("enrolled") };
    enum status status = dishes_of(call, reader, change->new, &set);
    if (status == OK && set.n > 0)
        status = rows_by(call, reader, &child_form, change->new->office, where, values, 2, &children);
    if (status == OK && set.n > 0)
        status = rows_by(call, reader, &class_form, change->new->office, ours, values, 1, &classes);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const char *at = row_text(set.rows[i], "ingredients"), *food;
        int64_t grams;
        while (at != NULL && (food = next_ingredient(call, &at, &grams)) != NULL)
            if (food[0] != '\0')
                tell_allergy(call, reader, rule, &children, &classes, set.rows[i], food);
    }
    return status;
}

static const struct form *const on_dishes[] = { &menu_dish_form, NULL };
static const struct rule menu_rules[] = {
    { "FEED-GROUPS", WARN, .check = day_has_groups, .clause = "C104", .advice = "增加缺少的食物种类", .on = on_dishes },
    { "FEED-SALT", WARN, .check = infants_get_no_salt, .clause = "C104", .advice = "为小月龄婴儿单独制作",
      .on = on_dishes },
    { "MENU-ALLERGY", WARN, .check = menu_knows_allergies, .standard = "MGT-17", .clause = "C104",
      .advice = "按监护人书面提出的特殊需要备餐", .on = on_dishes },
    { 0 },
};

/* ---- energy: only with a food table ---- */

struct shares {
    int64_t kcal[8]; /* by the place of the meal in its code list */
    int64_t unknown;
};

static enum status
add_energy(struct call *call, struct reader *reader, const struct row *dish, const struct code_list *meals,
           struct shares *shares)
{
    const char *at = row_text(dish, "ingredients"), *food;
    int64_t grams;
    enum status status = OK;
    while (at != NULL && status == OK && (food = next_ingredient(call, &at, &grams)) != NULL) {
        struct rows rows;
        status = reader_rows(reader, call->arena, "select kcal from food where office = 1 and name = ?1",
                             ARGS(value_text(food)), &rows);
        if (status == OK && (rows.n == 0 || grams == 0))
            shares->unknown++;
        for (size_t m = 0; status == OK && rows.n > 0 && m < meals->n && m < 8; m++)
            if (strcmp(meals->codes[m].code, row_text(dish, "meal")) == 0)
                shares->kcal[m] += rows_int(&rows, 0, 0) * grams / 100;
    }
    return status;
}

static enum status
show_energy(struct call *call, struct reader *reader, const struct row *menu, struct node *model)
{
    struct row_set set;
    struct shares shares = { 0 };
    int64_t foods, all = 0;
    const struct code_list *meals = code_list(call->reference, "meal");
    enum status status = care_number(call, reader, "select count(*) from food where office = 1", NO_ARGS, &foods);
    if (status != OK || foods == 0 || meals == NULL)
        return status;
    status = dishes_of(call, reader, menu, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        status = add_energy(call, reader, set.rows[i], meals, &shares);
    for (size_t m = 0; m < 8; m++)
        all += shares.kcal[m];
    if (status != OK || all == 0)
        return status;
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data"),
                *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *energy = node_put_list(call->arena, data, "energy");
    struct node *section = node_put_map(call->arena, (struct node *)(uintptr_t)node_get(view, "sections"), NULL);
    node_put_text(call->arena, section, "title", "各餐能量占比（按食物成分表估算，仅供参考）");
    struct node *facts = node_put_list(call->arena, section, "fields");
    for (size_t m = 0; m < meals->n && m < 8; m++) {
        if (shares.kcal[m] == 0)
            continue;
        struct node *item = node_put_map(call->arena, energy, NULL), *fact = node_put_map(call->arena, facts, NULL);
        node_put_text(call->arena, item, "meal", meals->codes[m].code);
        node_put_int(call->arena, item, "kcal", shares.kcal[m]);
        node_put_int(call->arena, item, "percent", (shares.kcal[m] * 100 + all / 2) / all);
        node_put_text(call->arena, fact, "label", meals->codes[m].label);
        node_put_text(call->arena, fact, "value",
                      arena_format(call->arena, "%lld%%（%lld千卡）",
                                   (long long)((shares.kcal[m] * 100 + all / 2) / all), (long long)shares.kcal[m]));
    }
    node_put_int(call->arena, data, "energy_unknown", shares.unknown);
    return OK;
}

/* What a meal of a weekday holds, one dish a line; "" for none. */
static const char *
dishes_at(struct call *call, const struct row_set *set, const char *meal, const char *weekday, const char *between)
{
    const char *words = "";
    for (size_t i = set->n; i-- > 0;)
        if (strcmp(row_text(set->rows[i], "meal"), meal) == 0 &&
            strcmp(row_text(set->rows[i], "weekday"), weekday) == 0)
            words = arena_format(call->arena, "%s%s%s", words, words[0] == '\0' ? "" : between,
                                 row_text(set->rows[i], "dish"));
    return words;
}

static void
grid_cell(struct call *call, struct node *cells, const char *label, const char *value)
{
    struct node *cell = node_put_map(call->arena, cells, NULL);
    node_put_text(call->arena, cell, "label", label);
    node_put_text(call->arena, cell, "value", value);
}

/* The week at a glance: days down, meals across, only those that have dishes. */
static enum status
show_menu(struct call *call, struct reader *reader, const struct row *menu, struct node *model)
{
    struct row_set set;
    const struct code_list *meals = code_list(call->reference, "meal");
    enum status status = dishes_of(call, reader, menu, &set);
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *parts = (struct node *)(uintptr_t)node_get(view, "parts");
    if (status != OK || meals == NULL || parts == NULL || set.n == 0)
        return status == OK ? show_energy(call, reader, menu, model) : status;
    struct node *part = node_put_map(call->arena, parts, NULL);
    node_put_text(call->arena, part, "title", "一周一览");
    struct node *columns = node_put_list(call->arena, part, "columns"),
                *rows = node_put_list(call->arena, part, "rows");
    node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", "星期");
    for (size_t m = 0; m < meals->n; m++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", meals->codes[m].label);
    for (int d = 0; weekdays[d] != NULL; d++) {
        bool any = false;
        for (size_t i = 0; i < set.n; i++)
            any = any || strcmp(row_text(set.rows[i], "weekday"), weekdays[d]) == 0;
        if (!any)
            continue;
        struct node *cells = node_put_list(call->arena, node_put_map(call->arena, rows, NULL), "cells");
        grid_cell(call, cells, "星期", code_label(call->reference, "weekday", weekdays[d]));
        for (size_t m = 0; m < meals->n; m++)
            grid_cell(call, cells, meals->codes[m].label,
                      dishes_at(call, &set, meals->codes[m].code, weekdays[d], "、"));
    }
    return show_energy(call, reader, menu, model);
}

/* The week as the sheet on the wall: meals down, days across. */
static enum status
print_menu(struct call *call, struct reader *reader, const struct row *menu, struct node *sheet)
{
    struct row_set set;
    const struct code_list *meals = code_list(call->reference, "meal");
    const char *heads[9] = { "餐次" };
    struct row *site;
    enum status status = dishes_of(call, reader, menu, &set);
    if (status == OK)
        status = institution_get(call, reader, menu->institution, &site);
    if (status != OK || meals == NULL)
        return status;
    for (int d = 0; d < 7; d++)
        heads[d + 1] = code_label(call->reference, "weekday", weekdays[d]);
    printed_landscape(call, sheet);
    printed_head(
        call, sheet, "每周食谱",
        arena_format(call->arena, "%s　%s起一周", row_text(site, "name"), date_words(call, row_text(menu, "week_of"))),
        NULL);
    struct node *table = printed_table(call, sheet, heads);
    for (size_t m = 0; m < meals->n; m++) {
        const char *cells[9] = { meals->codes[m].label };
        for (int d = 0; d < 7; d++)
            cells[d + 1] = dishes_at(call, &set, meals->codes[m].code, weekdays[d], "\n");
        printed_line(call, table, cells);
    }
    if (row_has(menu, "note"))
        printed_paragraph(call, sheet, row_text(menu, "note"));
    return OK;
}

static const struct step menu_steps[] = {
    { "publish", "公布食谱", DRAFT, ACTIVE, .by = INSTITUTION_KEEPERS | POST(P_LOGISTICS), .checks = true,
      .clause = "C104", .main = true },
    { "revise", "调整", ACTIVE, DRAFT, .by = INSTITUTION_KEEPERS | POST(P_LOGISTICS), .clause = "C104" },
    { "over", "一周结束", DRAFT | ACTIVE, ENDED, .inner = true, .clause = "C104" },
    { 0 },
};
static const struct state_label menu_labels[] = {
    { DRAFT, "未公布", "warn" },
    { ACTIVE, "已公布", "good" },
    { ENDED, "已结束", "plain" },
    { 0 },
};
static const struct procedure menu_procedure = {
    .first = DRAFT, .open = DRAFT, .live = DRAFT | ACTIVE, .steps = menu_steps, .labels = menu_labels
};
#define MENU_DUTIES                                                                                                    \
    DUTY(INSTITUTION_KEEPERS | POST(P_LOGISTICS), MAY_KEEP, &MY_INSTITUTION, G_WORK | G_OPEN, "C104", "机构制定食谱"), \
        DUTY(THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, G_WORK | G_OPEN, "C104", "本机构人员查看"),                    \
        DUTY(HEALTH | DEPT(D_MARKET) | DEPT(D_MATERNAL), MAY_SEE, &MY_AREA, G_WORK | G_OPEN, "C104", "主管部门查看")
static const struct duty menu_duties[] = { MENU_DUTIES, { 0 } };
const struct form menu_form = {
    .name = "menu",
    .title = "每周食谱",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .fields = menu_fields,
    .rules = menu_rules,
    .procedure = &menu_procedure,
    .uniques = menu_uniques,
    .duties = menu_duties,
    .fill = fill_menu,
    .show = show_menu,
    .print = print_menu,
    .keep_years = 3,
    .expected_rows = 500000,
};

static const struct field dish_fields[] = {
    { "weekday", F_CODE, .label = "星期", .code = "weekday", .need = true, .list = true, .group = G_OPEN },
    { "meal", F_CODE, .label = "餐次", .code = "meal", .need = true, .list = true, .group = G_OPEN },
    { "dish", F_TEXT, .label = "菜品", .need = true, .list = true, .group = G_OPEN, .max = 60 },
    { "groups", F_CODES, .label = "食物种类", .code = "food_group", .need = true, .list = true, .group = G_OPEN },
    { "ingredients", F_TEXT, .label = "原料和用量", .list = true, .group = G_OPEN, .max = 300,
      .hint = "每人用量，如 大米30g、鸡蛋25g" },
    { "for_infants", F_BOOL, .label = "供12月龄以下", .list = true, .group = G_OPEN },
    { "salt", F_BOOL, .label = "加盐", .group = G_OPEN },
    { "sugar", F_BOOL, .label = "加糖", .group = G_OPEN },
    { 0 },
};
static const struct duty dish_duties[] = { MENU_DUTIES, { 0 } };
const struct form menu_dish_form = {
    .name = "menu_dish",
    .title = "菜品",
    .clause = "C104",
    .of = OF_INSTITUTION,
    .part_of = &menu_form,
    .fields = dish_fields,
    .duties = dish_duties,
    .title_field = "dish",
    .keep_years = 3,
    .expected_rows = 20000000,
};
