/* 今天 — the institution's own page for the head and the health carer: what is urgent first, then the classes, then
 * what the day lacks, each with the button for the next thing; clauses C043, C045, C046. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/engine.h"

static struct node *
add(struct call *call, struct node *list, const char *text, const char *url, const char *next, bool bad)
{
    struct node *item = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, item, "text", text);
    node_put_url(call->arena, item, "url", url);
    node_put_text(call->arena, item, "next", next);
    node_put_bool(call->arena, item, "bad", bad);
    return item;
}

/* Clocks that run in hours or minutes, the first to end first. */
static enum status
urgent_clocks(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    const int64_t institution = call->me->institution;
    enum status status =
        reader_rows(reader, call->arena,
                    "select k.form, k.row, k.name, k.due_at, c.name from clock k "
                    "left join isolation i on i.office = k.office and i.id = k.row and k.form = 'isolation' "
                    "left join child c on c.office = i.office and c.id = i.child "
                    "where k.office = ?1 and k.state = 'running' and k.due_at is not null and k.institution = ?2 "
                    "order by k.due_at limit 20",
                    ARGS(value_int(id_office(institution)), value_int(institution)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        bool overdue, soon;
        const char *words = clock_time_words(call, rows_int(&rows, i, 3), &overdue, &soon);
        const char *url =
            arena_format(call->arena, "/%s/%lld", rows_text(&rows, i, 0), (long long)rows_int(&rows, i, 1));
        const char *child = rows_text(&rows, i, 4), *label = clock_label(rows_text(&rows, i, 2));
        struct node *item = add(call, list, child == NULL ? label : arena_format(call->arena, "%s：%s", label, child),
                                url, "登记", overdue);
        node_put_text(call->arena, item, "when", words);
    }
    return status;
}

struct sort_of_row {
    const char *sql, *format, *url, *next;
    bool bad;
};

/* Rows that wait, each of them a line: id, a name where I may see it, and what. */
static enum status
waiting(struct call *call, struct reader *reader, const struct sort_of_row *sort, struct node *list)
{
    struct rows rows;
    const int64_t institution = call->me->institution;
    enum status status = reader_rows(
        reader, call->arena, sort->sql,
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(call_today(call))), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const char *who = rows_text(&rows, i, 1);
        add(call, list, arena_format(call->arena, sort->format, who == NULL ? "" : who),
            arena_format(call->arena, "%s%lld", sort->url, (long long)rows_int(&rows, i, 0)), sort->next, sort->bad);
    }
    return status;
}

/* Which illness and how many: that says how fast one has to go. */
static enum status
urgent_alerts(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    const int64_t institution = call->me->institution;
    enum status status =
        reader_rows(reader, call->arena,
                    "select id, kind, cases from outbreak_alert where office = ?1 and institution = ?2 and "
                    "state = 'open' order by id limit 10",
                    ARGS(value_int(id_office(institution)), value_int(institution)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        add(call, list,
            arena_format(call->arena, "聚集性预警进行中：%s，%lld例",
                         code_label(call->reference, "illness_kind", rows_text(&rows, i, 1)),
                         (long long)rows_int(&rows, i, 2)),
            arena_format(call->arena, "/outbreak_alert/%lld", (long long)rows_int(&rows, i, 0)), "查看", true);
    return status;
}

static enum status
urgent_rows(struct call *call, struct reader *reader, struct node *list)
{
    /* by what is open: few, while an institution's own pile up over the years (+: not by that index) */
    static const struct sort_of_row sorts[] = {
        { "select e.id, g.name from ratio_event e join class_group g on g.office = e.office and g.id = e.class where "
          "e.office = ?1 and e.institution = ?2 and e.state = 'open' and e.day = ?3 order by e.id limit 20",
          "%s照护人员不足，请立即调配", "/ratio_event/", "查看", true },
        { "select id, null from outbreak_guidance where office = ?1 and institution = ?2 and state = 'asked' and "
          "cast(?3 as text) is not null order by id limit 10",
          "疾控指导意见未读%.0s", "/outbreak_guidance/", "阅读", true },
        { "select i.id, c.name from isolation i join child c on c.office = i.office and c.id = i.child where "
          "i.office = ?1 and +i.institution = ?2 and i.state in ('open', 'watched') and i.found_on <= ?3 and "
          "i.told_at is not null order by +i.id limit 20",
          "%s在隔离（观察）", "/isolation/", "处理", true },
        { "select t.id, g.name from disinfection_task t join class_group g on g.office = t.office and g.id = t.class "
          "where t.office = ?1 and t.institution = ?2 and t.state = 'open' and t.due_on <= ?3 order by t.id limit 20",
          "%s待消毒", "/disinfection_task/", "登记完成", false },
        { "select i.id, c.name from isolation i join child c on c.office = i.office and c.id = i.child where "
          "i.office = ?1 and +i.institution = ?2 and i.state = 'left' and i.found_on <= ?3 order by i.id limit 20",
          "%s待返托证明", "/isolation/", "登记", false },
    };
    enum status status = OK;
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0] && status == OK; i++)
        status = waiting(call, reader, &sorts[i], list);
    return status;
}

/* Papers of the institution that end soon or have ended. */
static enum status
expiries(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    char soon[11];
    const int64_t institution = call->me->institution;
    day_iso((struct day){ call->today.n + (int)standard_int(call, "CFG-DOC-EXPIRY-WARN-DAYS", 30) }, soon);
    enum status status =
        reader_rows(reader, call->arena,
                    "select id, kind, expires_on from evidence where office = ?1 and institution = ?2 and "
                    "expires_on <= ?3 and coalesce(replaced, 0) = 0 order by expires_on limit 20",
                    ARGS(value_int(id_office(institution)), value_int(institution), value_text(soon)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const char *ends = rows_text(&rows, i, 2),
                   *kind = code_label(call->reference, "evidence_kind", rows_text(&rows, i, 1));
        const bool over = strcmp(ends, call_today(call)) < 0;
        add(call, list, arena_format(call->arena, "%s%s", kind == NULL ? "材料" : kind, over ? "已到期" : "即将到期"),
            arena_format(call->arena, "/evidence/%lld", (long long)rows_int(&rows, i, 0)), "更新", over);
    }
    return status;
}

static const struct ratio *
ratio_of(const struct ratio *ratios, size_t n, int64_t class_group)
{
    for (size_t i = 0; i < n; i++)
        if (ratios[i].class_group == class_group)
            return &ratios[i];
    return NULL;
}

/* Class by class: expected, present, checked, absent, observation, ratio. */
static enum status
put_classes(struct call *call, struct reader *reader, const char *day, struct node *list)
{
    struct rows rows;
    struct ratio *ratios;
    size_t n;
    const int64_t institution = call->me->institution;
    enum status status = ratio_now(call, reader, institution, &ratios, &n);
    if (status == OK)
        status = reader_rows(
            reader, call->arena,
            "select g.id, g.name, (select count(*) from class_placement o join child c on c.office = o.office and "
            "c.id = o.part where o.office = ?1 and o.class = g.id and o.from_day <= ?3 and o.until >= ?3 and "
            "c.state = 'enrolled' and " CHILD_EXPECTED "), "
            "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
            "a.class = g.id and a.state in ('present', 'left')), "
            "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
            "a.class = g.id and a.state = 'present'), "
            "(select count(*) from morning_check m where m.office = ?1 and m.institution = ?2 and m.day = ?3 and "
            "m.class = g.id and m.round = 'morning'), "
            "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
            "a.class = g.id and a.state = 'absent'), "
            "(select max(w.until_day) from class_watch w where w.office = ?1 and w.class = g.id and "
            "w.state = 'watched') "
            "from class_group g where g.office = ?1 and g.institution = ?2 and (g.ended_on is null or g.ended_on >= "
            "?3) "
            "order by g.name limit 60",
            ARGS(value_int(id_office(institution)), value_int(institution), value_text(day),
                 value_text(weekday_like(call, call->today))),
            &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        static const char *const names[] = { "expected", "came", "inside", "checked", "absent" };
        const struct ratio *ratio = ratio_of(ratios, n, rows_int(&rows, i, 0));
        struct node *line = node_put_map(call->arena, list, NULL);
        const long long id = (long long)rows_int(&rows, i, 0);
        node_put_text(call->arena, line, "name", rows_text(&rows, i, 1));
        node_put_url(call->arena, line, "url", arena_format(call->arena, "/attendance?class=%lld&day=%s", id, day));
        for (size_t f = 0; f < 5; f++)
            node_put_int(call->arena, line, names[f], rows_int(&rows, i, f + 2));
        node_put_bool(call->arena, line, "unchecked", rows_int(&rows, i, 3) > rows_int(&rows, i, 5));
        node_put_date(call->arena, line, "watched_until", rows_text(&rows, i, 7));
        if (ratio == NULL)
            continue;
        node_put_text(call->arena, line, "ratio",
                      arena_format(call->arena, "%lld / %lld", (long long)ratio->carers, (long long)ratio->needed));
        node_put_bool(call->arena, line, "short", ratio->carers < ratio->needed);
    }
    return status;
}

static enum status
put_day(struct call *call, struct reader *reader, const char *day, struct node *data)
{
    struct row *row;
    enum status status = care_day_of(call, reader, call->me->institution, day, &row);
    if (status != OK)
        return status;
    if (row == NULL || row->state == VOIDED) {
        struct rows rows;
        status =
            reader_rows(reader, call->arena,
                        "select 1 from child where office = ?1 and institution = ?2 and state = 'enrolled' limit 1",
                        ARGS(value_int(id_office(call->me->institution)), value_int(call->me->institution)), &rows);
        if (status == OK && rows.n > 0)
            node_put_text(call->arena, data, "closed", "今天不开放。");
        else
            node_put_bool(call->arena, data, "nobody", true);
        return status;
    }
    const struct state_label *label = procedure_label(care_day_form.procedure, row->state);
    node_put_text(call->arena, data, "state", label == NULL ? NULL : label->label);
    node_put_url(call->arena, data, "day_url", arena_format(call->arena, "/care_day/%lld", (long long)row->id));
    bool may = row->state == OPEN && (call->me->posts & (1u << P_HEAD)) != 0;
    const char *why;
    if (may)
        status = care_day_may_close(call, reader, row, &may, &why);
    node_put_bool(call->arena, data, "may_close", may);
    node_put_int(call->arena, data, "expected", row_int(row, "expected"));
    return status;
}

enum status
look_today(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    const char *today = call_today(call);
    (void)input;
    if (call->me->institution == 0)
        return NOT_FOUND;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_date(call->arena, data, "day", today);
    struct node *urgent = node_put_list(call->arena, data, "urgent");
    enum status status = urgent_clocks(call, reader, urgent);
    if (status == OK)
        status = urgent_alerts(call, reader, urgent);
    if (status == OK)
        status = urgent_rows(call, reader, urgent);
    if (status == OK)
        status = put_day(call, reader, today, data);
    if (status == OK)
        status = put_classes(call, reader, today, node_put_list(call->arena, data, "classes"));
    struct node *missing = node_put_list(call->arena, data, "missing");
    if (status == OK && node_get(data, "day_url") != NULL)
        status = care_missing(call, reader, call->me->institution, today, missing);
    return status == OK ? expiries(call, reader, node_put_list(call->arena, data, "expiries")) : status;
}
