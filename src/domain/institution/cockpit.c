/* 首页驾驶舱 — clauses C005, C011, C034, C057, C136; regulations §15. Measures and indicators are tables; each figure
 * opens to its formula and rows. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/measure.h"

#define OF_LIFE "r.state in ('registered', 'filed', 'suspended')"
#define IN_FILING "r.state in ('filed', 'suspended')"

/* Of a filing only its last round counts: what was withdrawn or returned is answered anew. */
#define LAST_RECEIPT                                                                                                   \
    "c.office = r.office and c.row = r.id and c.name = 'receipt' and c.id = (select max(k.id) from clock k where "     \
    "k.office = r.office and k.row = r.id and k.name = 'receipt' and k.state <> 'replaced')"
#define NEWEST_YEAR "r.year = (select max(p.year) from population p where p.office = r.office and p.place = r.place)"

const struct measure institution_measures[] = {
    { "registered", "登记机构", &institution_form, "count(*)", OF_LIFE, NULL },
    { "filed", "备案机构", &institution_form, "count(*)", IN_FILING, NULL },
    { "places", "托位", &institution_form, "coalesce(sum(r.places), 0)", "r.state = 'filed'", NULL },
    { "inclusive_places", "普惠托位", &institution_form, "coalesce(sum(r.places), 0)",
      "r.state = 'filed' and r.inclusive = 1", NULL },
    { "in_zone", "产业聚集区机构", &institution_form, "count(*)", IN_FILING " and r.industrial_zone = 1", NULL },
    { "by_kind", "机构类型", &institution_form, "count(*)", IN_FILING, "kind" },
    { "by_mode", "运营方式", &institution_form, "count(*)", IN_FILING, "operation_mode" },
    { "by_nature", "机构性质", &institution_form, "count(*)", IN_FILING, "nature" },
    { "receipts_due", "已出具或逾期未出具回执的备案", &filing_form, "(count(*))",
      "r.state in ('submitted', 'filed') and exists (select 1 from clock c where " LAST_RECEIPT
      " and (c.state = 'stopped' or (c.state = 'running' and c.due < ?1)))",
      NULL },
    { "receipts_in_time", "按期出具回执的备案", &filing_form, "(count(*))",
      "r.state in ('submitted', 'filed') and exists (select 1 from clock c where " LAST_RECEIPT
      " and c.state = 'stopped' and c.in_time = 1)",
      NULL },
    { "residents", "常住人口", &population_form, "coalesce(sum(r.residents), 0)",
      "length(r.place) = 6 and substr(r.place, 5, 2) <> '00' and " NEWEST_YEAR, NULL },
    { "residents_town", "常住人口", &population_form, "coalesce(sum(r.residents), 0)",
      "length(r.place) = 9 and " NEWEST_YEAR, NULL },
    { 0 },
};

const struct indicator institution_indicators[] = {
    { "IND-FILED", "备案机构数", "家", "filed", NULL, 1, NULL, "C005", "状态为已备案、暂停服务的机构数" },
    { "IND-ZONE", "产业聚集区备案机构", "家", "in_zone", NULL, 1, NULL, "C058", "位于产业聚集区的备案机构数" },
    { "IND-PLACES", "备案托位数", "个", "places", NULL, 1, NULL, "C011", "已备案机构的备案托位合计" },
    { "IND-PER-1000", "每千人口托位数", "个/千人", "places", "residents", 1000, "TGT-1", "C011",
      "备案托位数 ÷ 常住人口 × 1000，各县（市、区）都已录入才计算全市" },
    { "IND-FILED-RATE", "备案率", "%", "filed", "registered", 100, NULL, "C034", "备案机构数 ÷ 登记机构数" },
    { "IND-IN-TIME", "回执按期率", "%", "receipts_in_time", "receipts_due", 100, NULL, "C033",
      "各备案最近一次提交：按期出具回执的 ÷（已出具回执的 + 逾期未出具的）；撤回、退回补正的重新计" },
    { "IND-INCLUSIVE", "普惠托位占比", "%", "inclusive_places", "places", 100, NULL, "C010",
      "普惠机构托位 ÷ 备案托位" },
    { 0 },
};

enum { INDICATORS = sizeof institution_indicators / sizeof institution_indicators[0] - 1 }; /* without the end */

/* Where a figure opens to its formula and the rows behind it. */
static const char *
rows_url(struct call *call, const struct indicator *indicator, const char *area)
{
    return arena_format(call->arena, "/figure/%s%s%s", indicator->id,
                        area == NULL || area[0] == '\0' ? "" : "?area=", area == NULL ? "" : area);
}

const struct measure *
measure_of(const struct call *call, const char *id, bool town)
{
    return house_measure(call->house, town && strcmp(id, "residents") == 0 ? "residents_town" : id);
}

static bool
is_mine(const struct call *call, const struct division *division)
{
    bool mine = false;
    for (size_t o = 0; o < call->me->offices_n; o++)
        mine = mine || call->me->offices[o] == division->office;
    return mine;
}

/* One of my counties, under its present code: a former one has its successor's line. */
static bool
is_my_county(const struct call *call, const struct division *division)
{
    const struct office *office = office_of(call->reference, division->office);
    return is_mine(call, division) && strcmp(division->level, "county") == 0 &&
           (office == NULL || strcmp(office->area, division->code) == 0);
}

static enum status
without_residents(struct call *call, struct reader *reader, int *n)
{
    struct counts counts;
    enum status status = measure_count(call, reader, house_measure(call->house, "residents"), BY_COUNTY, NULL, &counts);
    *n = 0;
    for (size_t d = 0; status == OK && d < call->reference->divisions_n; d++)
        if (is_my_county(call, &call->reference->divisions[d]))
            *n += counts_of(&counts, call->reference->divisions[d].code) == 0;
    return status;
}

enum status
figure_put(struct call *call, struct reader *reader, const struct indicator *indicator, const char *area,
           int64_t numerator, int64_t denominator, struct node *map)
{
    int missing = 0;
    enum status status = OK;
    const bool people = indicator->denominator != NULL && strcmp(indicator->denominator, "residents") == 0;
    if (people && area == NULL)
        status = without_residents(call, reader, &missing);
    indicator_put(call, indicator, numerator, missing > 0 ? 0 : denominator, map);
    struct node *text = (struct node *)(uintptr_t)node_get(map, "text");
    if (missing > 0 && text != NULL)
        text->text = arena_format(call->arena, "待录入（%d县未录入）", missing);
    return status;
}

static enum status
totals(struct call *call, struct reader *reader, const char *area, struct node *list)
{
    enum status status = OK;
    for (const struct indicator *indicator = institution_indicators; indicator->id != NULL && status == OK;
         indicator++) {
        struct counts numerator = { 0 }, denominator = { 0 };
        status =
            measure_count(call, reader, house_measure(call->house, indicator->numerator), BY_NOTHING, area, &numerator);
        if (status == OK && indicator->denominator != NULL)
            status = measure_count(call, reader, house_measure(call->house, indicator->denominator), BY_NOTHING, area,
                                   &denominator);
        struct node *figure = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, figure, "id", indicator->id);
        node_put_text(call->arena, figure, "label", indicator->label);
        node_put_text(call->arena, figure, "unit", indicator->unit);
        node_put_text(call->arena, figure, "formula", indicator->formula);
        node_put_text(call->arena, figure, "clause", indicator->clause);
        node_put_url(call->arena, figure, "rows_url", rows_url(call, indicator, area));
        if (status == OK)
            status = figure_put(call, reader, indicator, area, counts_of(&numerator, ""), counts_of(&denominator, ""),
                                figure);
        const struct standard *target =
            indicator->target == NULL ? NULL : standard_on(call->reference, indicator->target, call->today);
        if (target != NULL && target->value != NULL)
            node_put_text(call->arena, figure, "target", arena_format(call->arena, "目标 %s", target->value));
    }
    return status;
}

/* The table: one line per county (or township of one county), one column per indicator. */
static enum status
by_area(struct call *call, struct reader *reader, const char *area, struct node *data)
{
    struct counts numerators[INDICATORS], denominators[INDICATORS];
    const enum grouping by = area == NULL ? BY_COUNTY : BY_TOWN;
    enum status status = OK;
    struct node *columns = node_put_list(call->arena, data, "columns"),
                *rows = node_put_list(call->arena, data, "rows");
    for (int i = 0; i < INDICATORS && status == OK; i++) {
        const struct indicator *indicator = &institution_indicators[i];
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", indicator->label);
        denominators[i] = (struct counts){ 0 };
        status =
            measure_count(call, reader, house_measure(call->house, indicator->numerator), by, area, &numerators[i]);
        if (status == OK && indicator->denominator != NULL)
            status = measure_count(call, reader, measure_of(call, indicator->denominator, by == BY_TOWN), by, area,
                                   &denominators[i]);
    }
    for (size_t d = 0; d < call->reference->divisions_n && status == OK; d++) {
        const struct division *division = &call->reference->divisions[d];
        const bool town = area != NULL && strcmp(division->level, "town") == 0 && is_mine(call, division) &&
                          strncmp(division->code, area, 6) == 0;
        if (!town && (area != NULL || !is_my_county(call, division)))
            continue;
        struct node *line = node_put_map(call->arena, rows, NULL);
        node_put_text(call->arena, line, "code", division->code);
        node_put_text(call->arena, line, "name", division->name);
        if (area == NULL)
            node_put_url(call->arena, line, "url", arena_format(call->arena, "/cockpit?area=%s", division->code));
        struct node *cells = node_put_list(call->arena, line, "cells");
        for (int i = 0; i < INDICATORS; i++) {
            struct node *cell = node_put_map(call->arena, cells, NULL);
            node_put_text(call->arena, cell, "label", institution_indicators[i].label);
            node_put_url(call->arena, cell, "rows_url", rows_url(call, &institution_indicators[i], division->code));
            indicator_put(call, &institution_indicators[i], counts_of(&numerators[i], division->code),
                          counts_of(&denominators[i], division->code), cell);
        }
    }
    return status;
}

static enum status
splits(struct call *call, struct reader *reader, const char *area, struct node *data)
{
    static const char *const names[][2] = { { "by_kind", "institution_kind" },
                                            { "by_mode", "operation_mode" },
                                            { "by_nature", "nature" } };
    enum status status = OK;
    struct node *list = node_put_list(call->arena, data, "splits");
    for (size_t i = 0; i < 3 && status == OK; i++) {
        const struct measure *measure = house_measure(call->house, names[i][0]);
        struct counts counts;
        status = measure_count(call, reader, measure, BY_SPLIT, area, &counts);
        struct node *split = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, split, "title", measure->label);
        struct node *rows = node_put_list(call->arena, split, "rows");
        for (size_t c = 0; status == OK && c < counts.n; c++) {
            struct node *row = node_put_map(call->arena, rows, NULL);
            const char *label = code_label(call->reference, names[i][1], counts.counts[c].key);
            node_put_text(call->arena, row, "label", label == NULL ? "未填" : label);
            node_put_int(call->arena, row, "n", counts.counts[c].n);
            node_put_url(call->arena, row, "rows_url",
                         arena_format(call->arena, "/figure/IND-FILED?by=%s&code=%s%s%s", names[i][0],
                                      counts.counts[c].key, area == NULL ? "" : "&area=", area == NULL ? "" : area));
        }
        if (counts.n == 0)
            node_put_text(call->arena, split, "empty", "暂无备案机构");
    }
    return status;
}

/* The map (of counties) or bars (of townships) of places, from the lines of the table above. */
static void
charts(struct call *call, struct node *data, bool counties)
{
    const struct node *rows = node_get(data, "rows");
    struct node *list = node_put_list(call->arena, data, "charts");
    struct node *drawing =
        chart_put(call, list, "chart-places", counties ? "各县（市、区）备案托位数" : "各乡镇（街道）备案托位数",
                  counties ? "map" : "bar", "个");
    for (const struct node *line = rows->first; line != NULL; line = line->next) {
        const struct node *cell = node_get(line, "cells")->first;
        for (int i = 0; cell != NULL && strcmp(institution_indicators[i].id, "IND-PLACES") != 0; i++)
            cell = cell->next;
        const struct node *value = cell == NULL ? NULL : node_get(cell, "value");
        chart_point(call, drawing, node_text_of(line, "name"), value == NULL ? 0 : value->i);
    }
}

enum status
look_cockpit(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    const char *area = node_text_of(input, "area");
    const struct division *division = division_of(call->reference, area);
    struct node *data = node_put_map(call->arena, model, "data");
    if (division == NULL && call->me->level == L_COUNTY) {
        const struct office *office = office_of(call->reference, call->me->office);
        division = office == NULL ? NULL : division_of(call->reference, office->area);
    }
    area = division == NULL || strcmp(division->level, "county") != 0 ? NULL : division->code;
    node_put_text(call->arena, data, "title", division == NULL ? call->house->config.name : division->name);
    if (area != NULL)
        node_put_url(call->arena, data, "up_url", "/cockpit");
    enum status status = totals(call, reader, area, node_put_list(call->arena, data, "figures"));
    if (status == OK)
        status = by_area(call, reader, area, data);
    if (status == OK)
        status = splits(call, reader, area, data);
    charts(call, data, area == NULL);
    return status;
}
