/* 照护总览 — the county's and city's page of the day: expected, present, checked, closed, missing, alerts, by
 * institution or county; clauses C043, C046, C048, C050, C157. Counts only: no child has a name here. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/health.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/list.h"
#include "policy/measure.h"

enum { HOUR_MS = 3600000 };
enum { MOST_DAYS = 400, MOST_LINES = 2000 };

/* In the order of loop_measures. */
enum figure {
    N_DAYS,
    N_EXPECTED,
    N_ENROLLED,
    N_CONFIRMED_DAYS,
    N_UNCONFIRMED_DAYS,
    N_MISSING,
    N_CLASS_DAYS,
    N_RATIO_KEPT,
    N_RATIO_KNOWN,
    N_RATIO_UNKNOWN,
    N_HERE,
    N_SICK,
    N_TRACED,
    N_CHECKED,
    N_ABNORMAL,
    N_CASES,
    N_RATIO_EVENTS,
    N_ABSENT,
    N_REFUSED,
    N_LATE,
    FIGURES
};

/* One line: an institution or a county. `average` is the average on roll, by institutions (incidence). */
struct line {
    const char *key, *name, *url;
    int64_t n[FIGURES], average, alerts, visits, lack;
};
struct lines {
    struct line *lines;
    size_t n;
};

struct asked {
    const char *from, *to, *area;
    bool by_county, one_day;
    bool waiting; /* the morning of today, before the hour from which silence counts */
};

static bool
read_asked(struct call *call, const struct node *input, struct asked *asked)
{
    const char *day = node_text_of(input, "day"), *from = node_text_of(input, "from"), *to = node_text_of(input, "to");
    struct day first, last;
    const char *today = call_today(call);
    asked->from = from != NULL && day_parse(from, &first) ? from : day != NULL && day_parse(day, &first) ? day : today;
    asked->to = to != NULL && day_parse(to, &last) ? to : asked->from;
    day_parse(asked->from, &first);
    day_parse(asked->to, &last);
    asked->one_day = first.n == last.n;
    asked->waiting = strcmp(asked->from, today) >= 0 &&
                     call->now_ms - day_start_ms(call->today) < standard_int(call, "CFG-SILENT-HOUR", 10) * HOUR_MS;
    const struct division *division = division_of(call->reference, node_text_of(input, "area"));
    asked->area = division == NULL || strcmp(division->level, "county") != 0 ? NULL : division->code;
    asked->by_county = call->me->offices_n > 1 && asked->area == NULL;
    return first.n <= last.n && last.n - first.n < MOST_DAYS;
}

static int64_t
of_key(const struct counts *counts, const char *key)
{
    return counts_of(counts, key);
}

static enum status
count_all(struct call *call, struct reader *reader, const struct asked *asked, enum grouping by,
          struct counts counts[FIGURES])
{
    return measure_sums(call, reader, loop_measures, FIGURES, by, asked->area, asked->from, asked->to, counts);
}

static void
fill_line(struct line *line, const struct counts counts[FIGURES])
{
    for (int i = 0; i < FIGURES; i++)
        line->n[i] = of_key(&counts[i], line->key);
    line->average = line->n[N_DAYS] == 0 ? 0 : (line->n[N_ENROLLED] + line->n[N_DAYS] / 2) / line->n[N_DAYS];
}

/* The public sees every filed institution; here only those stand that are mine to look after. */
static bool
is_mine(const struct call *call, int64_t office)
{
    for (size_t i = 0; i < call->me->offices_n; i++)
        if (call->me->offices[i] == office)
            return true;
    return false;
}

/* ---- the lines ---- */

static enum status
institution_lines(struct call *call, struct reader *reader, const struct asked *asked, struct lines *out)
{
    struct row_set set;
    struct counts counts[FIGURES];
    struct node *query = node_map(call->arena);
    if (asked->area != NULL)
        node_put_text(call->arena, query, "area", asked->area);
    enum status status = list_rows(call, reader, &institution_form, query, MAY_SEE, MOST_LINES, &set);
    if (status == OK)
        status = count_all(call, reader, asked, BY_INSTITUTION, counts);
    out->lines = arena_array(call->arena, set.n + 1, sizeof *out->lines);
    if (status != OK || out->lines == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < set.n; i++) {
        struct line line = { .name = row_text(set.rows[i], "name") };
        const long long id = (long long)set.rows[i]->id;
        line.key = arena_format(call->arena, "%lld", id);
        fill_line(&line, counts);
        if (!is_mine(call, set.rows[i]->office) || (line.n[N_DAYS] == 0 && set.rows[i]->state != FILED))
            continue;
        line.url = arena_format(call->arena, "/care_day?institution=%lld&from=%s&to=%s", id, asked->from, asked->to);
        out->lines[out->n++] = line;
    }
    return OK;
}

/* A county's average on roll is the sum of its institutions'. */
static enum status
county_averages(struct call *call, struct reader *reader, const struct asked *asked, struct lines *out)
{
    struct counts counts[N_ENROLLED + 1];
    enum status status =
        measure_sums(call, reader, loop_measures, N_ENROLLED + 1, BY_INSTITUTION, NULL, asked->from, asked->to, counts);
    const struct counts *days = &counts[N_DAYS], *enrolled = &counts[N_ENROLLED];
    for (size_t i = 0; i < out->n; i++)
        out->lines[i].average = 0;
    for (size_t i = 0; status == OK && i < days->n; i++) {
        const struct office *office = office_of(call->reference, id_office(strtoll(days->counts[i].key, NULL, 10)));
        const int64_t n = days->counts[i].n;
        for (size_t l = 0; l < out->n && office != NULL; l++)
            if (strcmp(out->lines[l].key, office->area) == 0 && n > 0)
                out->lines[l].average += (of_key(enrolled, days->counts[i].key) + n / 2) / n;
    }
    return status;
}

static enum status
county_lines(struct call *call, struct reader *reader, const struct asked *asked, struct lines *out)
{
    struct counts counts[FIGURES];
    enum status status = count_all(call, reader, asked, BY_COUNTY, counts);
    out->lines = arena_array(call->arena, call->me->offices_n + 1, sizeof *out->lines);
    if (status != OK || out->lines == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < call->me->offices_n; i++) {
        const struct office *office = office_of(call->reference, call->me->offices[i]);
        if (office == NULL || strcmp(office->level, "county") != 0)
            continue;
        struct line line = { .key = office->area, .name = office->name };
        line.url = arena_format(call->arena, "/care?area=%s&from=%s&to=%s", office->area, asked->from, asked->to);
        fill_line(&line, counts);
        out->lines[out->n++] = line;
    }
    return county_averages(call, reader, asked, out);
}

/* Alerts that are open now, by line; and as a list. */
static enum status
add_alerts(struct call *call, struct reader *reader, const struct asked *asked, struct lines *lines, struct node *list)
{
    struct row_set set;
    struct node *query = node_map(call->arena);
    node_put_text(call->arena, query, "state", "open");
    if (asked->area != NULL)
        node_put_text(call->arena, query, "area", asked->area);
    enum status status = list_rows(call, reader, &outbreak_alert_form, query, MAY_SEE, 500, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const struct row *row = set.rows[i];
        const struct office *office = office_of(call->reference, row->office);
        const char *key = asked->by_county ? (office == NULL ? "" : office->area)
                                           : arena_format(call->arena, "%lld", (long long)row->institution);
        struct row *site;
        for (size_t l = 0; l < lines->n; l++)
            lines->lines[l].alerts += strcmp(lines->lines[l].key, key) == 0;
        if (institution_get(call, reader, row->institution, &site) != OK)
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_url(call->arena, item, "url", arena_format(call->arena, "/outbreak_alert/%lld", (long long)row->id));
        node_put_text(call->arena, item, "institution", row_text(site, "name"));
        node_put_text(call->arena, item, "kind", code_label(call->reference, "illness_kind", row_text(row, "kind")));
        node_put_text(call->arena, item, "level", code_label(call->reference, "alert_level", row_text(row, "level")));
        node_put_bool(call->arena, item, "urgent", strcmp(row_text(row, "level"), "A") == 0);
        node_put_int(call->arena, item, "cases", row_int(row, "cases"));
        node_put_date(call->arena, item, "last_day", row_text(row, "last_day"));
    }
    return status;
}

/* Visits of guidance and inspections of the period: how often somebody came. */
static enum status
add_visits(struct call *call, struct reader *reader, const struct asked *asked, struct lines *lines)
{
    enum status status = OK;
    for (size_t o = 0; o < call->me->offices_n && status == OK; o++) {
        struct rows rows;
        const struct office *office = office_of(call->reference, call->me->offices[o]);
        status =
            reader_rows(reader, call->arena,
                        "select v.institution, count(*) from (select office, institution, visited_on from "
                        "health_guidance union all "
                        "select office, institution, visited_on from health_inspection) v where v.office = ?1 and "
                        "v.visited_on >= ?2 and v.visited_on <= ?3 group by v.institution",
                        ARGS(value_int(call->me->offices[o]), value_text(asked->from), value_text(asked->to)), &rows);
        for (size_t i = 0; i < rows.n && status == OK; i++) {
            const char *key = asked->by_county ? (office == NULL ? "" : office->area)
                                               : arena_format(call->arena, "%lld", (long long)rows_int(&rows, i, 0));
            for (size_t l = 0; l < lines->n; l++)
                lines->lines[l].visits += strcmp(lines->lines[l].key, key) == 0 ? rows_int(&rows, i, 1) : 0;
        }
    }
    return status;
}

/* ---- the model ---- */

static struct node *
cell(struct call *call, struct node *cells, const char *label)
{
    struct node *node = node_put_map(call->arena, cells, NULL);
    node_put_text(call->arena, node, "label", label);
    return node;
}

/* `words` NULL: the number itself. */
static void
said_cell(struct call *call, struct node *cells, const char *label, int64_t n, const char *words, bool bad)
{
    struct node *node = cell(call, cells, label);
    node_put_int(call->arena, node, "value", n);
    node_put_text(call->arena, node, "text", words != NULL ? words : arena_format(call->arena, "%lld", (long long)n));
    node_put_bool(call->arena, node, "bad", bad);
}

static void
number_cell(struct call *call, struct node *cells, const char *label, int64_t n, bool bad)
{
    said_cell(call, cells, label, n, NULL, bad && n > 0);
}

/* Who should have been checked and was not: whoever is expected and not absent, so that an institution that recorded
 * nothing lacks all of them; early in the morning only those who came. A child refused at the door counts as absent. */
static int64_t
lack_of(const struct line *line, bool waiting)
{
    const int64_t due = line->n[N_EXPECTED] - line->n[N_ABSENT], here = line->n[N_HERE];
    const int64_t lack = (waiting || due < here ? here : due) - (line->n[N_CHECKED] - line->n[N_REFUSED]);
    return lack < 0 ? 0 : lack;
}

/* An open day on which nobody came and nobody is said to be absent. */
static bool
is_silent(const struct line *line, bool waiting)
{
    const int64_t closed = line->n[N_CONFIRMED_DAYS] + line->n[N_LATE] + line->n[N_UNCONFIRMED_DAYS];
    return !waiting && line->n[N_DAYS] > closed && line->n[N_HERE] == 0 && line->n[N_ABSENT] < line->n[N_EXPECTED];
}

static const struct indicator *
indicator_of(const char *id)
{
    const struct indicator *indicator = loop_indicators;
    while (indicator->id != NULL && strcmp(indicator->id, id) != 0)
        indicator++;
    return indicator;
}

/* "已确认" for one day; "12 / 15" for many. */
static const char *
closing_words(struct call *call, const struct line *line, bool one)
{
    if (line->n[N_DAYS] == 0)
        return "未开放";
    const long long confirmed = (long long)line->n[N_CONFIRMED_DAYS], late = (long long)line->n[N_LATE],
                    days = (long long)line->n[N_DAYS];
    if (!one && late > 0)
        return arena_format(call->arena, "%lld（另补%lld） / %lld", confirmed, late, days);
    if (!one)
        return arena_format(call->arena, "%lld / %lld", confirmed, days);
    return confirmed > 0 ? "已确认" : late > 0 ? "补确认" : line->n[N_UNCONFIRMED_DAYS] > 0 ? "未确认" : "进行中";
}

static void
put_lines(struct call *call, const struct asked *asked, const struct lines *lines, struct node *data)
{
    static const char *const heads[] = { "应到", "到园",     "晨检",       "晨检完成率", "病缺未追查", "日结",
                                         "缺项", "配比不足", "配比未记录", "新发病例",   "预警",       "指导检查" };
    struct node *columns = node_put_list(call->arena, data, "columns"),
                *rows = node_put_list(call->arena, data, "rows");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", heads[i]);
    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->lines[i];
        struct node *row = node_put_map(call->arena, rows, NULL);
        node_put_text(call->arena, row, "name", line->name);
        node_put_text(call->arena, row, "key", line->key);
        node_put_url(call->arena, row, "url", line->url);
        struct node *cells = node_put_list(call->arena, row, "cells");
        number_cell(call, cells, heads[0], line->n[N_EXPECTED], false);
        const bool silent = is_silent(line, asked->waiting);
        said_cell(call, cells, heads[1], line->n[N_HERE], NULL, silent);
        number_cell(call, cells, heads[2], line->n[N_CHECKED], false);
        indicator_put(call, indicator_of("IND-CHECKED"), line->n[N_CHECKED], line->n[N_HERE],
                      cell(call, cells, heads[3]));
        number_cell(call, cells, heads[4], line->n[N_SICK] - line->n[N_TRACED], true);
        const char *closing = closing_words(call, line, asked->one_day && !asked->by_county);
        node_put_text(call->arena, cell(call, cells, heads[5]), "text", closing);
        said_cell(call, cells, heads[6], line->n[N_MISSING], silent ? "没有登记" : NULL,
                  silent || line->n[N_MISSING] > 0);
        number_cell(call, cells, heads[7], line->n[N_RATIO_EVENTS], true);
        number_cell(call, cells, heads[8], line->n[N_RATIO_UNKNOWN], true);
        number_cell(call, cells, heads[9], line->n[N_CASES], true);
        number_cell(call, cells, heads[10], line->alerts, true);
        number_cell(call, cells, heads[11], line->visits, false);
    }
    if (lines->n == 0)
        node_put_text(call->arena, data, "empty", "辖区还没有备案机构");
}

static int
by_lack(const void *left, const void *right)
{
    const struct line *a = left, *b = right;
    const int64_t x = a->lack, y = b->lack;
    return x == y ? strcmp(a->key, b->key) : x < y ? 1 : -1;
}

/* Children who were to be checked and were not: the most first. */
static void
put_missing(struct call *call, const struct asked *asked, const struct lines *lines, struct node *list)
{
    struct line *sorted = arena_array(call->arena, lines->n + 1, sizeof *sorted);
    if (sorted == NULL)
        return;
    memcpy(sorted, lines->lines, lines->n * sizeof *sorted);
    for (size_t i = 0; i < lines->n; i++)
        sorted[i].lack = lack_of(&sorted[i], asked->waiting);
    qsort(sorted, lines->n, sizeof *sorted, by_lack);
    for (size_t i = 0; i < lines->n && sorted[i].lack > 0; i++) {
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, item, "name", sorted[i].name);
        node_put_url(call->arena, item, "url", sorted[i].url);
        node_put_int(call->arena, item, "n", sorted[i].lack);
    }
}

static void
put_figures(struct call *call, const struct lines *lines, struct node *data)
{
    struct line total = { 0 };
    for (size_t i = 0; i < lines->n; i++) {
        total.average += lines->lines[i].average;
        total.alerts += lines->lines[i].alerts;
        for (int f = 0; f < FIGURES; f++)
            total.n[f] += lines->lines[i].n[f];
    }
    struct node *figures = node_put_list(call->arena, data, "figures");
    for (const struct indicator *indicator = loop_indicators; indicator->id != NULL; indicator++) {
        int numerator = 0, denominator = 0;
        for (int f = 0; f < FIGURES; f++) {
            numerator = strcmp(loop_measures[f].id, indicator->numerator) == 0 ? f : numerator;
            denominator = strcmp(loop_measures[f].id, indicator->denominator) == 0 ? f : denominator;
        }
        const bool incidence = strcmp(indicator->id, "IND-INCIDENCE") == 0;
        struct node *figure = node_put_map(call->arena, figures, NULL);
        node_put_text(call->arena, figure, "id", indicator->id);
        node_put_text(call->arena, figure, "label", indicator->label);
        node_put_text(call->arena, figure, "unit", strcmp(indicator->unit, "%") == 0 ? NULL : indicator->unit);
        node_put_text(call->arena, figure, "formula", indicator->formula);
        node_put_text(call->arena, figure, "clause", indicator->clause);
        indicator_put(call, indicator, total.n[numerator], incidence ? total.average : total.n[denominator], figure);
    }
    node_put_int(call->arena, data, "expected", total.n[N_EXPECTED]);
    node_put_int(call->arena, data, "present", total.n[N_HERE]);
    const int64_t not_closed = total.n[N_DAYS] - total.n[N_CONFIRMED_DAYS] - total.n[N_LATE];
    node_put_int(call->arena, data, "open_days", not_closed);
    node_put_bool(call->arena, data, "some_open", not_closed > 0);
    node_put_int(call->arena, data, "alert_count", total.alerts);
    node_put_bool(call->arena, data, "some_alerts", total.alerts > 0);
}

static void
put_head(struct call *call, const struct asked *asked, struct node *data)
{
    const struct division *division = division_of(call->reference, asked->area);
    const char *span = asked->one_day ? asked->from : arena_format(call->arena, "%s至%s", asked->from, asked->to);
    node_put_text(call->arena, data, "title", arena_format(call->arena, "照护总览 %s", span));
    node_put_text(call->arena, data, "place", division == NULL ? NULL : division->name);
    node_put_text(call->arena, data, "head", asked->by_county ? "县（市、区）" : "机构");
    node_put_text(call->arena, data, "note", "由机构当天的记录计算得出");
    node_put_text(call->arena, data, "from", asked->from);
    node_put_text(call->arena, data, "to", asked->to);
    node_put_text(call->arena, data, "area", asked->area);
    node_put_url(call->arena, data, "sheet_url",
                 arena_format(call->arena, "/care.xlsx?from=%s&to=%s%s%s", asked->from, asked->to,
                              asked->area == NULL ? "" : "&area=", asked->area == NULL ? "" : asked->area));
    if (asked->area != NULL && call->me->offices_n > 1)
        node_put_url(call->arena, data, "up_url",
                     arena_format(call->arena, "/care?from=%s&to=%s", asked->from, asked->to));
}

enum status
look_care(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct asked asked = { 0 };
    struct lines lines = { 0 };
    if (!read_asked(call, input, &asked))
        return call_fail(call, INVALID, "起止日期不对，或相隔超过400天");
    struct node *data = node_put_map(call->arena, model, "data");
    put_head(call, &asked, data);
    enum status status =
        asked.by_county ? county_lines(call, reader, &asked, &lines) : institution_lines(call, reader, &asked, &lines);
    if (status == OK)
        status = add_alerts(call, reader, &asked, &lines, node_put_list(call->arena, data, "alerts"));
    if (status == OK)
        status = add_visits(call, reader, &asked, &lines);
    if (status != OK)
        return status;
    put_figures(call, &lines, data);
    put_lines(call, &asked, &lines, data);
    put_missing(call, &asked, &lines, node_put_list(call->arena, data, "unchecked"));
    return OK;
}
