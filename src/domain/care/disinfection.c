/* 卫生消毒登记 — 工作规范附件 常用消毒方法; clause C044. One row: one object disinfected once. What an object needs
 * stands in standards/disinfection.csv, which names the rows of the standards that hold the numbers: they can be
 * changed there, and they only warn (the table is known from memory of the text, K+). */
#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/csv.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

enum { LINES_MOST = 200 };

static const struct field fields[] = {
    { "room", F_REF, .label = "房间", .ref = &room_form, .list = true },
    { "class", F_REF, .label = "班级", .ref = &class_form, .list = true, .filter = true },
    { "object", F_CODE, .label = "消毒对象", .code = "disinfect_object", .need = true, .list = true, .filter = true },
    { "method", F_CODE, .label = "方法", .code = "disinfect_method", .need = true, .list = true },
    { "mg_per_l", F_INT, .label = "有效氯浓度", .unit = "mg/L", .min = 10, .max = 5000, .list = true,
      .hint = "用含氯消毒液时填写" },
    { "minutes", F_INT, .label = "作用时间", .unit = "分钟", .need = true, .min = 1, .max = 1440, .list = true },
    { "at", F_TIME, .label = "开始时间", .fill = FILL_NOW, .list = true },
    { "rinsed", F_BOOL, .label = "已用清水去除残留" },
    { "done_by", F_REF, .label = "操作人", .ref = &staff_form, .list = true },
    { "meets", F_BOOL, .label = "达到方法要求", .computed = true, .list = true, .filter = true },
    { 0 },
};
static const struct cell cells[] = {
    { "times", "消毒", NULL, NULL },
    { "short", "未达方法要求", NULL, "r.meets = 0" },
    { "air", "空气消毒", NULL, "r.object = 'air'" },
    { "tableware", "餐具消毒", NULL, "r.object = 'tableware'" },
    { 0 },
};

/* ---- the table ---- */

static bool
table_read(struct call *call, struct csv *csv)
{
    const struct asset *asset = asset_find("standards/disinfection.csv");
    const char *text = asset == NULL ? NULL : arena_copy(call->arena, (const char *)asset->bytes, asset->n);
    return text != NULL && csv_read(call->arena, text, LINES_MOST, csv) == OK;
}

static bool
cell_is(const struct csv *csv, size_t line, const char *column, const char *text)
{
    return text != NULL && strcmp(csv_cell(csv, line, column), text) == 0;
}

/* The number that the line's column names; 0: none. */
static int64_t
limit(const struct call *call, const struct csv *csv, size_t line, const char *column)
{
    const char *id = csv_cell(csv, line, column);
    return id[0] == '\0' ? 0 : standard_minutes(call, id, 0);
}

static const char *
dose_fault(struct call *call, const struct csv *csv, size_t line, int64_t mg, int64_t minutes)
{
    const int64_t least = limit(call, csv, line, "mg_min"), most = limit(call, csv, line, "mg_max");
    const int64_t time = limit(call, csv, line, "minutes");
    if (least != 0 && mg == 0)
        return "没有填写有效氯浓度";
    if (least != 0 && mg < least)
        return arena_format(call->arena, "有效氯浓度%lld mg/L，不少于%lld mg/L", (long long)mg, (long long)least);
    if (most != 0 && mg > most)
        return arena_format(call->arena, "有效氯浓度%lld mg/L，不超过%lld mg/L", (long long)mg, (long long)most);
    if (time != 0 && minutes < time)
        return arena_format(call->arena, "作用%lld分钟，不少于%lld分钟", (long long)minutes, (long long)time);
    return NULL;
}

const char *
disinfection_fault(struct call *call, const char *object, const char *method, int64_t mg, int64_t minutes)
{
    struct csv csv;
    bool known = false;
    if (object == NULL || method == NULL || !table_read(call, &csv))
        return NULL;
    for (size_t i = 1; i < csv.rows; i++) {
        if (!cell_is(&csv, i, "object", object))
            continue;
        known = true;
        if (cell_is(&csv, i, "method", method))
            return dose_fault(call, &csv, i, mg, minutes);
    }
    return known ? arena_format(call->arena, "%s不用%s消毒", code_label(call->reference, "disinfect_object", object),
                                code_label(call->reference, "disinfect_method", method))
                 : NULL;
}

bool
disinfection_after_case(struct call *call, const char *object)
{
    struct csv csv;
    if (!table_read(call, &csv))
        return false;
    for (size_t i = 1; i < csv.rows; i++)
        if (cell_is(&csv, i, "object", object))
            return cell_is(&csv, i, "after_case", "yes");
    return false;
}

/* What reached the table only; where each class has its own, each class that was here needs its own record. */
static enum status
lacking(struct call *call, struct reader *reader, int64_t institution, const char *first, const char *day,
        const char *object, bool per_class, int64_t needed, int64_t *n)
{
    const struct value args[] = { value_int(id_office(institution)),
                                  value_int(institution),
                                  value_text(day),
                                  value_text(first),
                                  value_text(object),
                                  value_int(needed) };
    if (per_class)
        return care_number(call, reader,
                           "select count(*) from (select distinct a.class from attendance a where a.office = ?1 and "
                           "a.institution = ?2 and a.day = ?3 and a.state in ('present', 'left') and a.class is not "
                           "null) p where (select count(*) from disinfection d where d.office = ?1 and d.institution = "
                           "?2 and d.day >= ?4 and d.day <= ?3 and d.object = ?5 and d.meets = 1 and d.class = "
                           "p.class) < ?6",
                           args, 6, n);
    return care_number(call, reader,
                       "select case when count(*) < ?6 then 1 else 0 end from disinfection where office = ?1 and "
                       "institution = ?2 and day >= ?4 and day <= ?3 and object = ?5 and meets = 1",
                       args, 6, n);
}

enum status
disinfection_missing(struct call *call, struct reader *reader, int64_t institution, const char *day, const char **words,
                     int64_t *n)
{
    struct csv csv;
    struct day last;
    const char *seen = "|";
    enum status status = OK;
    *words = "";
    *n = 0;
    if (!table_read(call, &csv) || !day_parse(day, &last))
        return OK;
    for (size_t i = 1; i < csv.rows && status == OK; i++) {
        char first[11];
        int64_t lacks = 0;
        const char *object = csv_cell(&csv, i, "object");
        const char *mark = arena_format(call->arena, "|%s|", object);
        const bool per_class = cell_is(&csv, i, "per", "class");
        const int64_t days = limit(call, &csv, i, "every") / (24 * 60), needed = limit(call, &csv, i, "times");
        if (days == 0 || strstr(seen, mark) != NULL)
            continue;
        seen = arena_format(call->arena, "%s%s|", seen, object);
        day_iso((struct day){ last.n - (int)days + 1 }, first);
        status = lacking(call, reader, institution, first, day, object, per_class, needed == 0 ? 1 : needed, &lacks);
        if (status != OK || lacks == 0)
            continue;
        const char *label = code_label(call->reference, "disinfect_object", object);
        *words = arena_format(call->arena, "%s%s%s", *words, *n == 0 ? "" : "、", label);
        if (per_class)
            *words = arena_format(call->arena, "%s（%lld个班级）", *words, (long long)lacks);
        (*n)++;
    }
    return status;
}

/* ---- the ledger ---- */

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    row_set_int(row, "meets",
                disinfection_fault(call, row_text(row, "object"), row_text(row, "method"), row_int(row, "mg_per_l"),
                                   row_int(row, "minutes")) == NULL);
    return care_fill_ledger(call, reader, change);
}

static enum status
dose_reaches_table(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const struct row *row = change->new;
    const char *fault = disinfection_fault(call, row_text(row, "object"), row_text(row, "method"),
                                           row_int(row, "mg_per_l"), row_int(row, "minutes"));
    (void)reader;
    if (fault != NULL)
        finding_add(call, rule, fault);
    return OK;
}

/* What was asked for a class after a case is done by it, also when a record is corrected until it reaches the table. */
static enum status
close_tasks(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    if (row_int(row, "class") == 0 || row_int(row, "meets") == 0)
        return OK;
    return disinfection_done(call, writer, row->institution, row_int(row, "class"), row_text(row, "object"),
                             row_int(row, "at"),
                             arena_format(call->arena, "卫生消毒登记 %s %s", row->day,
                                          code_label(call->reference, "disinfect_object", row_text(row, "object"))));
}

static const struct rule rules[] = {
    { "HC-DIS", WARN, .check = dose_reaches_table, .field = "minutes", .clause = "C044",
      .advice = "按常用消毒方法的浓度和时间重新消毒" },
    { 0 },
};
static const struct duty duties[] = { HOUSE_KEEPS("C044"),
                                      DUTY(DEPT(D_CDC) | DEPT(D_INSPECTION), MAY_SEE | MAY_EXPORT, &MY_AREA, G_WORK,
                                           "C048", "疾控、卫生监督机构查看"),
                                      { 0 } };
const struct form disinfection_form = {
    .name = "disinfection",
    .title = "卫生消毒登记",
    .clause = "C044",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .rules = rules,
    .duties = duties,
    .cells = cells,
    .fill = fill,
    .effect = close_tasks,
    .keep_years = 3,
    .expected_rows = 20000000,
};
