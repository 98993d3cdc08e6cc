/* 生长监测 — WS/T 423-2022, 工作规范 一; clause C042. A measured value is placed between the SD lines for sex and
 * month: a hint for the health carer, never a diagnosis. Only the tables that were published with a source are shipped:
 * weight and stature by age; head, weight for length and BMI are recorded and not judged. */
#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/csv.h"
#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/show.h"

enum { LINES_MOST = 400, OLDEST = 42, SHOWN_MOST = 200 };

/* ---- the tables ---- */

static const char *const sd_columns[] = { "sd_minus3", "sd_minus2", "sd_minus1", "median", "sd1", "sd2", "sd3" };

static bool
table_read(struct call *call, struct csv *csv)
{
    const struct asset *asset = asset_find("standards/growth_wst423.csv");
    const char *text = asset == NULL ? NULL : arena_copy(call->arena, (const char *)asset->bytes, asset->n);
    return text != NULL && csv_read(call->arena, text, LINES_MOST, csv) == OK;
}

/* "12.3" in hundredths. */
static int64_t
hundredths_of(const char *text)
{
    char *end;
    const int64_t whole = strtoll(text, &end, 10);
    int64_t rest = 0;
    if (end[0] == '.' && end[1] != '\0')
        rest = (end[1] - '0') * 10 + (end[2] != '\0' ? end[2] - '0' : 0);
    return whole * 100 + rest;
}

/* Rows stand for each month to 24, then every third: between two rows the line is straight. */
static bool
line_in(const struct csv *csv, const char *table, int months, const char *column, int64_t *out)
{
    int before = -1;
    int64_t low = 0;
    for (size_t i = 1; i < csv->rows; i++) {
        if (strcmp(csv_cell(csv, i, "table"), table) != 0)
            continue;
        const long month = strtol(csv_cell(csv, i, "month"), NULL, 10);
        const int64_t value = hundredths_of(csv_cell(csv, i, column));
        if (month == months || (month > months && before >= 0)) {
            *out = month == months ? value : low + (value - low) * (months - before) / (month - before);
            return true;
        }
        before = month;
        low = value;
    }
    return false;
}

static bool
line_of(struct call *call, const struct csv *csv, const char *measure, const char *sex, int months, int sd,
        int64_t *out)
{
    if (sex == NULL || months < 0 || months > OLDEST || (strcmp(sex, "male") != 0 && strcmp(sex, "female") != 0))
        return false;
    const char *table = arena_format(call->arena, "%s_%s", measure, strcmp(sex, "male") == 0 ? "boy" : "girl");
    return line_in(csv, table, months, sd_columns[sd + 3], out);
}

bool
growth_line(struct call *call, const char *measure, const char *sex, int months, int sd, int64_t *hundredths)
{
    struct csv csv;
    return table_read(call, &csv) && line_of(call, &csv, measure, sex, months, sd, hundredths);
}

bool
growth_place(struct call *call, const char *measure, const char *sex, int months, int64_t hundredths,
             struct growth_place *out)
{
    struct csv csv;
    out->sd = 0;
    if (!table_read(call, &csv))
        return false;
    for (int sd = -3; sd <= 3; sd++) {
        int64_t line;
        if (sd == 0)
            continue;
        if (!line_of(call, &csv, measure, sex, months, sd, &line))
            return false;
        if (sd < 0 && hundredths < line) {
            out->sd = sd;
            return true;
        }
        if (sd > 0 && hundredths >= line)
            out->sd = sd;
    }
    return true;
}

/* ---- 体格测量 ---- */

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_CHILD },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "measured_on", F_DATE, .label = "测量日期", .past = true, .need = true, .fill = FILL_TODAY, .fixed = true,
      .list = true },
    { "months", F_INT, .label = "月龄", .unit = "月", .computed = true, .list = true, .group = G_HEALTH },
    { "weight", F_DECIMAL, .label = "体重", .unit = "千克", .scale = 2, .need = true, .min = 100, .max = 4000,
      .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "stature", F_DECIMAL, .label = "身长（身高）", .unit = "厘米", .scale = 1, .need = true, .min = 300, .max = 1300,
      .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "lying", F_BOOL, .label = "卧位测量", .group = G_HEALTH, .hint = "2岁以下测身长，2岁起测身高" },
    { "head", F_DECIMAL, .label = "头围", .unit = "厘米", .scale = 1, .min = 250, .max = 650, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "measured_by", F_REF, .label = "测量人", .ref = &staff_form },
    { "weight_level", F_CODE, .label = "体重水平", .code = "growth_level", .computed = true, .list = true,
      .filter = true, .basis = BASIS_DUTY, .group = G_HEALTH, .section = "按 WS/T 423-2022 提示，不是诊断" },
    { "stature_level", F_CODE, .label = "身长（身高）水平", .code = "growth_level", .computed = true, .list = true,
      .filter = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "signs", F_CODES, .label = "提示", .code = "growth_sign", .computed = true, .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { 0 },
};
static const struct unique_key uniques[] = { { { "child", "measured_on" }, "这一天已测量" }, { 0 } };

static const char *
level_words(int sd)
{
    return sd <= -2 ? "low" : sd == -1 ? "lower" : sd == 0 ? "middle" : sd == 1 ? "higher" : "high";
}

static void
judge(struct call *call, struct row *row, const char *sex, int months)
{
    struct growth_place weight, stature;
    const int64_t change = standard_int(call, "GRO-LYING", 7); /* tenths of a centimetre */
    const bool lies = months < standard_int(call, "GRO-SWITCH", 24);
    int64_t tall = row_int(row, "stature");
    if (row_has(row, "lying") && (row_int(row, "lying") != 0) != lies)
        tall += lies ? change : -change;
    const bool weighed = growth_place(call, "weight", sex, months, row_int(row, "weight"), &weight);
    const bool stood = growth_place(call, "stature", sex, months, tall * 10, &stature);
    const bool light = weighed && weight.sd <= -2, small = stood && stature.sd <= -2;
    row_set_text(row, "weight_level", weighed ? level_words(weight.sd) : NULL);
    row_set_text(row, "stature_level", stood ? level_words(stature.sd) : NULL);
    row_set_text(row, "signs",
                 light && small ? "|underweight|stunted|"
                 : light        ? "|underweight|"
                 : small        ? "|stunted|"
                                : NULL);
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *child;
    int months;
    const enum status status = care_fill_months(call, reader, change, "measured_on", &child, &months);
    if (status != OK || child == NULL)
        return status;
    row_set_int(change->new, "months", months);
    judge(call, change->new, row_text(child, "sex"), months);
    return OK;
}

static enum status
signs_are_followed(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    int64_t files;
    const struct row *row = change->new;
    if (!row_has(row, "signs"))
        return OK;
    enum status status = care_number(call, reader,
                                     "select count(*) from weak_child where office = ?1 and child = ?2 and "
                                     "state = 'open'",
                                     ARGS(value_int(row->office), value_int(row_int(row, "child"))), &files);
    if (status == OK && files == 0)
        finding_add(call, rule,
                    arena_format(call->arena, "低于同性别同月龄 −2 SD：%s。请告知监护人到医疗机构评估，必要时建立专案",
                                 codes_words(call, form_field(row->form, "signs", NULL), row_text(row, "signs"))));
    return status;
}

static const struct form *const on_files[] = { &weak_child_form, NULL };
static const struct rule rules[] = {
    { "GRO-LOW", INFO, .check = signs_are_followed, .field = "signs", .clause = "C042", .advice = "提示，不是诊断",
      .on = on_files },
    { 0 },
};
static const struct duty duties[] = { CARERS_KEEP("C042"), { 0 } };
const struct form measurement_form = {
    .name = "measurement",
    .title = "体格测量",
    .clause = "C042",
    .of = OF_INSTITUTION,
    .paper_day = "measured_on",
    .fields = fields,
    .rules = rules,
    .duties = duties,
    .uniques = uniques,
    .fill = fill,
    .keep_years = 3,
    .expected_rows = 5000000,
};

/* ---- the curve of one child ---- */

static struct node *
curve(struct call *call, struct node *list, const char *id, const char *label, const char *unit)
{
    struct node *chart = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, chart, "id", id);
    node_put_text(call->arena, chart, "label", label);
    struct node *drawing = node_put_map(call->arena, chart, "drawing");
    node_put_text(call->arena, drawing, "kind", "line");
    node_put_text(call->arena, drawing, "unit", unit);
    return drawing;
}

static struct node *
series(struct call *call, struct node *list, const char *name)
{
    struct node *one = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, one, "name", name);
    return node_put_list(call->arena, one, "values");
}

/* Months 0 … 42 with the lines −2 SD, median, +2 SD and the child's own values; in whole grams (hundredths of a
 * kilogram times ten) or millimetres (hundredths of a centimetre by ten), since a drawing takes whole numbers. */
static void
draw(struct call *call, const struct csv *csv, const struct row *child, const struct row_set *set, const char *measure,
     const char *field, int64_t own, struct node *drawing)
{
    static const int sds[] = { -2, 0, 2 };
    static const char *const names[] = { "−2 SD", "中位数", "+2 SD" };
    struct node *months = node_put_list(call->arena, drawing, "names"),
                *lines = node_put_list(call->arena, drawing, "series");
    for (int m = 0; m <= OLDEST; m++)
        node_put_text(call->arena, months, NULL, arena_format(call->arena, "%d", m));
    for (int s = 0; s < 3; s++) {
        struct node *values = series(call, lines, names[s]);
        for (int m = 0; m <= OLDEST; m++) {
            int64_t line;
            if (line_of(call, csv, measure, row_text(child, "sex"), m, sds[s], &line))
                node_put_int(call->arena, values, NULL, own > 1 ? line * own : (line + 5) / 10);
            else
                node_put(call->arena, values, NULL, NODE_NULL);
        }
    }
    struct node *values = series(call, lines, "本人");
    for (int m = 0; m <= OLDEST; m++) {
        int64_t value = 0;
        for (size_t i = 0; i < set->n && value == 0; i++)
            value = row_int(set->rows[i], "months") == m ? row_int(set->rows[i], field) * own : 0;
        if (value != 0)
            node_put_int(call->arena, values, NULL, value);
        else
            node_put(call->arena, values, NULL, NODE_NULL);
    }
}

enum status
look_growth(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id;
    struct row *child;
    struct row_set set;
    struct csv csv;
    unsigned may, groups;
    struct node *data = node_put_map(call->arena, model, "data");
    const char *text = node_text_of(input, "id");
    enum status status = text == NULL || !id_parse(text, &id) || !table_read(call, &csv)
                             ? NOT_FOUND
                             : row_seen(call, reader, &child_form, id, &child, &may, &groups);
    if (status == OK && (groups & G_HEALTH) == 0)
        status = NOT_FOUND;
    const char *const where[] = { "child" };
    const struct value values[] = { value_int(status == OK ? id : 0) };
    if (status == OK)
        status = rows_by(call, reader, &measurement_form, child->office, where, values, 1, &set);
    if (status != OK)
        return status;
    node_put_text(call->arena, data, "title", row_text(child, "name"));
    node_put_url(call->arena, data, "child_url", arena_format(call->arena, "/child/%lld", (long long)id));
    node_put_url(call->arena, data, "new_url", arena_format(call->arena, "/measurement/new?child=%lld", (long long)id));
    struct node *rows = node_put_list(call->arena, data, "rows");
    for (size_t i = 0; i < set.n && i < SHOWN_MOST; i++) {
        struct node *row = node_put_map(call->arena, rows, NULL);
        for (int f = 0; measurement_form.fields[f].name != NULL; f++)
            show_cell(call, reader, set.rows[i], f, groups, row);
        node_put_url(call->arena, row, "url",
                     arena_format(call->arena, "/measurement/%lld", (long long)set.rows[i]->id));
        node_put_text(call->arena, row, "signs_words",
                      codes_words(call, form_field(&measurement_form, "signs", NULL), row_text(set.rows[i], "signs")));
    }
    struct node *charts = node_put_list(call->arena, data, "charts");
    draw(call, &csv, child, &set, "weight", "weight", 10, curve(call, charts, "chart-weight", "体重（克）", "克"));
    draw(call, &csv, child, &set, "stature", "stature", 1,
         curve(call, charts, "chart-stature", "身长、身高（毫米）", "毫米"));
    return OK;
}
