/* 照护统计 — 工作规范 附件 统计指标; clauses C040, C042–C044, C047, C050. Each figure is two sums over cells or rows of
 * a month or a year: numerator and denominator are shown, a rate over several institutions is Σ by Σ, never an average
 * of rates. Counts only: who sees them need not see a record. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { PLACES_MOST = 200, TEN = 10 };

/* "select institution, <sum> from <table> r where … <day> between …": constants of this file only. */
struct source {
    const char *sum, *table, *day;
    const char *standard; /* its value is ?1 of the sum; NULL: none */
    int64_t otherwise;
};
static const struct source present = { "sum(r.present)", "cells_attendance", "day" };
static const struct source expected = { "sum(r.expected)", "cells_care_day", "day" };
static const struct source sick = { "sum(r.absent_sick)", "cells_attendance", "day" };
static const struct source traced = { "sum(r.sick_traced)", "cells_attendance", "day" };
static const struct source morning = { "sum(r.morning)", "cells_morning_check", "day" };
static const struct source fever = { "sum(r.fever)", "cells_morning_check", "day" };
static const struct source abnormal = { "sum(r.abnormal)", "cells_morning_check", "day" };
static const struct source checks = { "sum(r.morning + r.noon)", "cells_morning_check", "day" };
static const struct source disinfected = { "sum(r.times)", "cells_disinfection", "day" };
static const struct source reached = { "sum(r.times - r.short)", "cells_disinfection", "day" };
static const struct source doses = { "sum(r.given)", "cells_medicine_given", "day" };
static const struct source signed_doses = { "sum(r.two_signed)", "cells_medicine_given", "day" };
static const struct source injuries = { "sum(r.injuries)", "cells_incident", "day" };
/* 平均在册: enrolled child-days over open days, in tenths */
static const struct source enrolled = { "(sum(r.enrolled) * 10 / nullif(sum(r.days), 0))", "cells_care_day", "day" };
static const struct source bled = { "count(distinct case when r.haemoglobin is not null then r.child end)",
                                    "periodic_exam", "examined_on" };
static const struct source pale = { "count(distinct case when r.haemoglobin < ?1 then r.child end)", "periodic_exam",
                                    "examined_on", "HB-LOW", 110 };
static const struct source measured = { "count(distinct r.child)", "measurement", "measured_on" };
static const struct source light = { "count(distinct case when r.signs like '%|underweight|%' then r.child end)",
                                     "measurement", "measured_on" };
static const struct source small = { "count(distinct case when r.signs like '%|stunted|%' then r.child end)",
                                     "measurement", "measured_on" };
static const struct source cases = { "sum(r.cases)", "cells_disease_case", "day" };
static const struct source toothed = { "count(distinct case when r.teeth is not null then r.child end)",
                                       "periodic_exam", "examined_on" };
static const struct source carious = { "count(distinct case when r.teeth > 0 then r.child end)", "periodic_exam",
                                       "examined_on" };
static const struct source looked = { "count(distinct case when r.vision in ('pass', 'refer') then r.child end)",
                                      "periodic_exam", "examined_on" };
static const struct source dim = { "count(distinct case when r.vision = 'refer' then r.child end)", "periodic_exam",
                                   "examined_on" };
static const struct source heard = { "count(distinct case when r.hearing in ('pass', 'refer') then r.child end)",
                                     "periodic_exam", "examined_on" };
static const struct source deaf = { "count(distinct case when r.hearing = 'refer' then r.child end)", "periodic_exam",
                                    "examined_on" };
static const struct source files = { "count(*)", "weak_child", "opened_on" };
static const struct source cured = { "count(case when r.outcome = 'cured' then 1 end)", "weak_child", "opened_on" };
static const struct source wasted = { "count(distinct case when r.reasons like '%|wasted|%' then r.child end)",
                                      "weak_child", "opened_on" };
static const struct source obese = { "count(distinct case when r.reasons like '%|obese|%' then r.child end)",
                                     "weak_child", "opened_on" };
static const struct source visits = { "count(*)", "health_guidance", "visited_on" };
static const struct source inspections = { "count(*)", "health_inspection", "visited_on" };
static const struct source talks = { "count(*)", "health_talk", "held_on" };

static const struct figure {
    const char *id, *label, *unit, *clause, *formula;
    const struct source *numerator, *denominator; /* NULL: a plain number */
    int64_t factor;
    bool tenths; /* the denominator is in tenths */
    bool main;   /* also a column of the table of institutions */
    /* where rows alone do not say it: numerator and denominator of one institution */
    enum status (*count)(struct call *call, struct reader *reader, int64_t institution, const char *from,
                         const char *to, int64_t *numerator, int64_t *denominator);
} figures[] = {
    { "STAT-ATTEND", "出勤率", "%", "C043", "到园人日 ÷ 应到人日", &present, &expected, 100, false, true },
    { "STAT-MORNING", "晨检完成率", "%", "C043", "晨检人次 ÷ 到园人日", &morning, &present, 100, false, true },
    { "STAT-SICK", "病缺率", "%", "C046", "病假人日 ÷ 应到人日", &sick, &expected, 100, false },
    { "STAT-TRACED", "缺勤追查率", "%", "C046", "已追查病假 ÷ 病假人日", &traced, &sick, 100, false },
    { "STAT-ABNORMAL", "晨午检异常率", "‰", "C050", "异常人次 ÷ 晨午检人次", &abnormal, &checks, 1000, false },
    { "STAT-FEVER", "发热检出率", "‰", "C050", "发热人次 ÷ 晨午检人次", &fever, &checks, 1000, false },
    { "STAT-DISINFECT", "消毒达标率", "%", "C044", "达到方法要求的次数 ÷ 消毒次数", &reached, &disinfected, 100, false,
      true },
    { "STAT-MEDICINE", "喂药双人签字率", "%", "C162", "双人签字 ÷ 喂药次数", &signed_doses, &doses, 100, false },
    { "STAT-INJURY", "伤害发生率", "‰", "C040", "伤害例数 ÷ 平均在册人数", &injuries, &enrolled, 1000, true, true },
    { "STAT-EXAM", "体检率", "%", "C042", "实检人数 ÷ 应检人数（期内到期的和已检的）", NULL, NULL, 100, false, true,
      exams_should },
    { "STAT-INFECT", "传染病发病率", "‰", "C050", "新发确诊例数 ÷ 平均在册人数", &cases, &enrolled, 1000, true, true },
    { "STAT-ANAEMIA", "贫血检出率", "%", "C050", "血红蛋白低于界值人数 ÷ 检测人数", &pale, &bled, 100, false },
    { "STAT-LOW", "低体重检出率", "%", "C050", "体重低于 −2 SD 人数 ÷ 测量人数", &light, &measured, 100, false },
    { "STAT-STUNT", "生长迟缓检出率", "%", "C050", "身长（身高）低于 −2 SD 人数 ÷ 测量人数", &small, &measured, 100,
      false },
    { "STAT-WASTED", "消瘦检出率", "%", "C050", "因消瘦建立专案人数 ÷ 测量人数", &wasted, &measured, 100, false },
    { "STAT-OBESE", "肥胖检出率", "%", "C050", "因肥胖建立专案人数 ÷ 测量人数", &obese, &measured, 100, false },
    { "STAT-CARIES", "龋齿患病率", "%", "C050", "有龋齿人数 ÷ 口腔检查人数", &carious, &toothed, 100, false },
    { "STAT-VISION", "视力、眼病筛查未通过率", "%", "C050", "未通过人数 ÷ 筛查人数", &dim, &looked, 100, false },
    { "STAT-HEARING", "听力筛查未通过率", "%", "C050", "未通过人数 ÷ 筛查人数", &deaf, &heard, 100, false },
    { "STAT-CURED", "矫治率", "%", "C050", "转归为痊愈的专案 ÷ 期内建立的体弱儿专案", &cured, &files, 100, false },
    { "STAT-GUIDE", "业务指导", "次", "C047", "妇幼、疾控业务指导次数", &visits, NULL, 1, false },
    { "STAT-INSPECT", "监督检查", "次", "C049", "卫生监督检查次数", &inspections, NULL, 1, false },
    { "STAT-TALK", "健康教育", "次", "C047", "健康教育记录次数", &talks, NULL, 1, false },
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

struct sums {
    int64_t ids[PLACES_MOST];
    const char *names[PLACES_MOST];
    size_t n;
    int64_t numerator[FIGURES][PLACES_MOST], denominator[FIGURES][PLACES_MOST];
};

/* ---- counting ---- */

static enum status
add_source(struct call *call, struct reader *reader, const struct source *source, const char *from, const char *to,
           const struct sums *sums, int64_t *out)
{
    struct query query;
    struct rows rows;
    query_init(&query, call->arena);
    query_text(&query, "select r.institution, cast(coalesce(");
    if (source->standard == NULL)
        query_text(&query, source->sum);
    else
        query_add(&query, source->sum, ARGS(value_int(standard_int(call, source->standard, source->otherwise))));
    query_text(&query, ", 0) as bigint) from ");
    query_name(&query, source->table);
    query_text(&query, " r where r.institution in (");
    for (size_t i = 0; i < sums->n; i++) {
        query_text(&query, i == 0 ? "" : ", ");
        query_value(&query, value_int(sums->ids[i]));
    }
    query_text(&query, ") and r.office in (");
    const char *seen = "|"; /* each office once */
    for (size_t i = 0, n = 0; i < sums->n; i++) {
        const char *mark = arena_format(call->arena, "|%d|", id_office(sums->ids[i]));
        if (strstr(seen, mark) != NULL)
            continue;
        seen = arena_format(call->arena, "%s%d|", seen, id_office(sums->ids[i]));
        query_text(&query, n++ == 0 ? "" : ", ");
        query_value(&query, value_int(id_office(sums->ids[i])));
    }
    query_text(&query, ") and r.");
    query_name(&query, source->day);
    query_add(&query, " >= ?1", ARGS(value_text(from)));
    query_text(&query, " and r.");
    query_name(&query, source->day);
    query_add(&query, " <= ?1 group by r.institution", ARGS(value_text(to)));
    enum status status = sums->n == 0 ? OK : query_rows(reader, call->arena, &query, &rows);
    for (size_t r = 0; status == OK && sums->n > 0 && r < rows.n; r++)
        for (size_t i = 0; i < sums->n; i++)
            if (sums->ids[i] == rows_int(&rows, r, 0))
                out[i] = rows_int(&rows, r, 1);
    return status;
}

static enum status
count_all(struct call *call, struct reader *reader, const char *from, const char *to, struct sums *sums)
{
    enum status status = OK;
    for (int f = 0; f < FIGURES && status == OK; f++) {
        for (size_t i = 0; figures[f].count != NULL && i < sums->n && status == OK; i++)
            status = figures[f].count(call, reader, sums->ids[i], from, to, &sums->numerator[f][i],
                                      &sums->denominator[f][i]);
        if (figures[f].count != NULL)
            continue;
        status = add_source(call, reader, figures[f].numerator, from, to, sums, sums->numerator[f]);
        if (status == OK && figures[f].denominator != NULL)
            status = add_source(call, reader, figures[f].denominator, from, to, sums, sums->denominator[f]);
    }
    return status;
}

/* Mine, or those of my area that are filed or running. */
static enum status
choose_places(struct call *call, struct reader *reader, const struct node *input, struct sums *sums, struct node *data)
{
    struct rows places;
    struct row *site;
    enum status status;
    if (call->me->institution != 0) {
        status = institution_get(call, reader, call->me->institution, &site);
        sums->ids[0] = call->me->institution;
        sums->names[0] = status == OK ? row_text(site, "name") : "";
        sums->n = 1;
        return status;
    }
    status = care_places(call, reader, node_text_of(input, "area"), 0, PLACES_MOST, &places);
    for (; status == OK && sums->n < places.n; sums->n++) {
        sums->ids[sums->n] = rows_int(&places, sums->n, 0);
        sums->names[sums->n] = rows_text(&places, sums->n, 1);
    }
    node_put_bool(call->arena, data, "cut", status == OK && places.n == PLACES_MOST);
    return status;
}

/* ---- showing ---- */

static bool
is_rate(const struct figure *figure)
{
    return figure->denominator != NULL || figure->count != NULL;
}

/* "96.7%", "—" when there is nothing to divide by. */
static const char *
figure_text(struct call *call, const struct figure *figure, int64_t numerator, int64_t denominator)
{
    if (!is_rate(figure))
        return arena_format(call->arena, "%lld%s", (long long)numerator, figure->unit);
    if (denominator == 0)
        return "—";
    const int64_t scale = figure->tenths ? TEN : 1;
    const int64_t tenths = (numerator * figure->factor * TEN * scale * 2 + denominator) / (2 * denominator);
    return arena_format(call->arena, "%lld.%lld%s", (long long)(tenths / TEN), (long long)(tenths % TEN), figure->unit);
}

static void
put_number(struct call *call, const struct figure *figure, int64_t denominator, struct node *map, const char *name)
{
    struct node *node;
    if (!is_rate(figure))
        return;
    node = node_put_int(call->arena, map, name, denominator);
    if (figure->tenths && node != NULL) {
        node->type = NODE_DECIMAL;
        node->scale = 1;
    }
}

static int64_t
total(const int64_t *values, size_t n)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++)
        all += values[i];
    return all;
}

static void
put_figures(struct call *call, const struct sums *sums, struct node *list)
{
    for (int f = 0; f < FIGURES; f++) {
        const int64_t n = total(sums->numerator[f], sums->n), d = total(sums->denominator[f], sums->n);
        struct node *row = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, row, "id", figures[f].id);
        node_put_text(call->arena, row, "label", figures[f].label);
        node_put_text(call->arena, row, "formula", figures[f].formula);
        node_put_text(call->arena, row, "clause", figures[f].clause);
        node_put_int(call->arena, row, "numerator", n);
        put_number(call, &figures[f], d, row, "denominator");
        node_put_text(call->arena, row, "text", figure_text(call, &figures[f], n, d));
    }
}

/* The main rates of each institution; all of them are in the sheet. */
static void
put_places(struct call *call, const struct sums *sums, struct node *data)
{
    node_put_bool(call->arena, data, "above", true);
    struct node *heads = node_put_list(call->arena, data, "rates"),
                *list = node_put_list(call->arena, data, "institutions");
    for (int f = 0; f < FIGURES; f++)
        if (figures[f].main)
            node_put_text(call->arena, node_put_map(call->arena, heads, NULL), "label", figures[f].label);
    for (size_t i = 0; i < sums->n; i++) {
        struct node *row = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, row, "name", sums->names[i]);
        node_put_url(call->arena, row, "url", arena_format(call->arena, "/institution/%lld", (long long)sums->ids[i]));
        struct node *cells = node_put_list(call->arena, row, "cells");
        for (int f = 0; f < FIGURES; f++) {
            if (!figures[f].main)
                continue;
            struct node *cell = node_put_map(call->arena, cells, NULL);
            node_put_text(call->arena, cell, "label", figures[f].label);
            node_put_text(call->arena, cell, "text",
                          figure_text(call, &figures[f], sums->numerator[f][i], sums->denominator[f][i]));
        }
    }
}

static void
put_cell(struct call *call, struct node *cells, const char *text)
{
    node_put_text(call->arena, node_put_map(call->arena, cells, NULL), "value", text);
}

/* For the sheet: one line for each institution and figure, numerator and denominator as numbers. */
static void
put_lines(struct call *call, const struct sums *sums, const char *period, struct node *data)
{
    static const char *const heads[] = { "指标", "分子", "分母", "结果", "算法" };
    node_put_text(call->arena, data, "head", "机构");
    node_put_text(call->arena, data, "note", period);
    struct node *columns = node_put_list(call->arena, data, "columns"),
                *rows = node_put_list(call->arena, data, "rows");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", heads[i]);
    for (size_t i = 0; i < sums->n; i++)
        for (int f = 0; f < FIGURES; f++) {
            const int64_t n = sums->numerator[f][i], d = sums->denominator[f][i];
            struct node *row = node_put_map(call->arena, rows, NULL);
            node_put_text(call->arena, row, "name", sums->names[i]);
            struct node *cells = node_put_list(call->arena, row, "cells");
            put_cell(call, cells, figures[f].label);
            node_put_int(call->arena, node_put_map(call->arena, cells, NULL), "value", n);
            put_number(call, &figures[f], d, node_put_map(call->arena, cells, NULL), "value");
            put_cell(call, cells, figure_text(call, &figures[f], n, d));
            put_cell(call, cells, figures[f].formula);
        }
}

/* ?month=2026-11 or ?year=2026; this month when neither is said. */
static bool
period_of(struct call *call, const struct node *input, char from[11], char to[11], const char **words,
          struct node *data)
{
    struct day first;
    const char *month = node_text_of(input, "month"), *year = node_text_of(input, "year");
    const bool yearly = (month == NULL || month[0] == '\0') && year != NULL && year[0] != '\0';
    if (!yearly && (month == NULL || month[0] == '\0'))
        month = arena_copy(call->arena, call_today(call), 7);
    const char *text = yearly ? arena_format(call->arena, "%s-01-01", year) : arena_format(call->arena, "%s-01", month);
    if (!day_parse(text, &first))
        return false;
    day_iso(first, from);
    day_iso((struct day){ day_add_months(first, yearly ? 12 : 1).n - 1 }, to);
    *words = yearly ? arena_format(call->arena, "%d年", day_year(first))
                    : arena_format(call->arena, "%d年%d月", day_year(first), day_month(first));
    node_put_text(call->arena, data, "period", *words);
    node_put_text(call->arena, data, "month", yearly ? "" : month);
    node_put_text(call->arena, data, "year", yearly ? year : "");
    node_put_url(call->arena, data, "sheet_url",
                 yearly ? arena_format(call->arena, "/care/statistics.xlsx?year=%d", day_year(first))
                        : arena_format(call->arena, "/care/statistics.xlsx?month=%.7s", from));
    return true;
}

enum status
look_statistics(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    char from[11], to[11];
    const char *period;
    struct node *data = node_put_map(call->arena, model, "data");
    struct sums *sums = arena_alloc(call->arena, sizeof *sums);
    if (call->me->department == D_INSTITUTION && !who_fits(INSTITUTION_KEEPERS, call->me))
        return DENIED;
    if (sums == NULL)
        return NO_MEMORY;
    if (!period_of(call, input, from, to, &period, data))
        return call_fail(call, INVALID, "请填写月份（如 2026-11）或年份（如 2026）");
    enum status status = choose_places(call, reader, input, sums, data);
    if (status == OK)
        status = count_all(call, reader, from, to, sums);
    if (status != OK)
        return status;
    const struct office *office = office_of(call->reference, call->me->office);
    node_put_text(call->arena, data, "title",
                  call->me->institution != 0 ? sums->names[0]
                  : office == NULL           ? call->house->config.name
                                             : office->name);
    put_figures(call, sums, node_put_list(call->arena, data, "figures"));
    if (call->me->institution == 0)
        put_places(call, sums, data);
    put_lines(call, sums, period, data);
    return OK;
}
