/* 聚集性预警 — regulations §5; clauses C046, C048. Each case is counted against the thresholds of its kind, in its
 * class and institution, over their days; the strongest that is met makes or carries the institution's one open alert
 * of that kind. Numbers come from the standards; every alert is a warning, level A also starts the clock of the law. */
#include <string.h>

#include "domain/care/health.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

struct threshold {
    const char *standard, *kind; /* kind NULL: the same signs, whatever they are */
    char level;
    int days;
    bool in_class;
};
/* Strongest first: of those that are met the first one names the alert. */
static const struct threshold thresholds[] = {
    { "INF-NORO-A", "diarrhoea", 'A', 7, false },
    { "INF-FLU-A", "flu", 'A', 7, false },
    { "INF-VARI-A", "varicella", 'A', 7, false },
    { "INF-MUMPS-A", "mumps", 'A', 7, false },
    { "INF-SCARLET-A", "scarlet", 'A', 7, false },
    { "INF-MEASLES-A", "measles", 'A', 7, false },
    { "INF-RUBELLA-A", "rubella", 'A', 7, false },
    { "INF-DYS-A", "dysentery", 'A', 3, false },
    { "INF-HEPA-A", "hepatitis", 'A', 7, false },
    { "INF-TYPH-A", "typhoid", 'A', 7, false },
    { "INF-MENI-A", "meningitis", 'A', 3, false },
    { "INF-FOOD", "food", 'A', 1, false },
    { "INF-UNKNOWN", "unknown", 'A', 14, false },
    { "INF-HFMD-OUT", "hfmd", 'B', 7, false },
    { "INF-HFMD-B", "hfmd", 'B', 7, false },
    { "INF-HFMD-CLASS", "hfmd", 'B', 7, true },
    { "INF-NORO-B", "diarrhoea", 'B', 7, false },
    /* many at once over the classes have eaten the same; that it was the food a doctor says (kind food) */
    { "INF-FOOD", "diarrhoea", 'B', 1, false },
    { "INF-SC-3D", "diarrhoea", 'B', 3, false },
    { "INF-FLU-B", "flu", 'B', 7, false },
    { "INF-VARI-B", "varicella", 'B', 7, false },
    { "INF-MUMPS-B", "mumps", 'B', 7, false },
    { "INF-MEASLES-B", "measles", 'B', 10, false },
    { "INF-RUBELLA-B", "rubella", 'B', 7, false },
    { "INF-AHC-B", "ahc", 'B', 7, false },
    { "INF-SC-3D", NULL, 'B', 3, true },
    { "INF-SC-1D", NULL, 'B', 1, true },
};
enum { THRESHOLDS = sizeof thresholds / sizeof thresholds[0] };

/* Of a diagnosed disease without numbers of its own the disease makes the kind; else nothing more than the kind. */
static struct value
only_disease(const struct row *row)
{
    return strcmp(row_text(row, "kind"), "listed") == 0 ? row_value(row, "disease") : value_text("");
}

/* `days` after the day the case was found, as a date. */
static const char *
day_after(struct call *call, const struct row *row, int days)
{
    struct day found;
    char iso[11];
    if (!row_day(row, "found_on", &found))
        return "9999-12-31";
    day_iso((struct day){ found.n + days }, iso);
    return arena_text(call->arena, iso);
}

/* How many children fell ill in the `days` days that end on the day of rows[last]; one child is one case. The rows are
 * (day, child) by day. */
static int64_t
ill_in_window(const struct rows *rows, size_t last, int days)
{
    struct day end, on;
    int64_t n = 0;
    if (!day_parse(rows_text(rows, last, 0), &end))
        return 0;
    for (size_t i = 0; i <= last; i++) {
        bool again = !day_parse(rows_text(rows, i, 0), &on) || on.n <= end.n - days;
        for (size_t j = i + 1; j <= last && !again; j++)
            again = rows_int(rows, j, 1) == rows_int(rows, i, 1);
        n += !again;
    }
    return n;
}

/* A case may be entered late, or before an earlier one: each window of `days` days that holds its day counts, not only
 * the one that ends with it. */
static enum status
met(struct call *call, struct reader *reader, const struct row *row, const struct threshold *threshold, bool *out)
{
    struct rows rows;
    const int64_t limit = standard_int(call, threshold->standard, 0), class_group = row_int(row, "class");
    *out = false;
    if (limit <= 0 || (threshold->in_class && class_group == 0))
        return OK;
    const char *found = row_text(row, "found_on");
    const struct value args[] = { value_int(row->office),
                                  value_text(day_after(call, row, 1 - threshold->days)),
                                  value_text(day_after(call, row, threshold->days - 1)),
                                  value_int(row->institution),
                                  value_text(row_text(row, "kind")),
                                  value_int(threshold->in_class ? class_group : 0),
                                  only_disease(row) };
    enum status status = reader_rows(
        reader, call->arena,
        "select distinct found_on, child from isolation where office = ?1 and found_on >= ?2 and found_on <= ?3 and "
        "institution = ?4 and kind = ?5 and coalesce(excluded, 0) = 0 and (class = ?6 or ?6 = 0) and "
        "(disease = ?7 or ?7 = '') order by found_on, child limit 1000",
        args, sizeof args / sizeof args[0], &rows);
    for (size_t i = 0; i < rows.n && status == OK && !*out; i++) {
        const bool ends_a_day = i + 1 == rows.n || strcmp(rows_text(&rows, i, 0), rows_text(&rows, i + 1, 0)) != 0;
        if (ends_a_day && strcmp(rows_text(&rows, i, 0), found) >= 0)
            *out = ill_in_window(&rows, i, threshold->days) >= limit;
    }
    return status;
}

static enum status
strongest(struct call *call, struct reader *reader, const struct row *row, const struct threshold **out)
{
    enum status status = OK;
    *out = NULL;
    for (int i = 0; i < THRESHOLDS && status == OK && *out == NULL; i++) {
        bool is_met = false;
        if (thresholds[i].kind != NULL && strcmp(thresholds[i].kind, row_text(row, "kind")) != 0)
            continue;
        status = met(call, reader, row, &thresholds[i], &is_met);
        if (is_met)
            *out = &thresholds[i];
    }
    return status;
}

static const char *
key_of(struct call *call, const struct row *row)
{
    const char *kind = row_text(row, "kind");
    return strcmp(kind, "listed") == 0
               ? arena_format(call->arena, "%lld|%s|%s", (long long)row->institution, kind, row_text(row, "disease"))
               : arena_format(call->arena, "%lld|%s", (long long)row->institution, kind);
}

static enum status
open_alert(struct call *call, struct reader *reader, const struct row *row, struct row **out)
{
    int64_t id;
    *out = NULL;
    const enum status status = claim_holder(call, reader, "outbreak", key_of(call, row), &id);
    return status == OK && id != 0 ? row_get(call, reader, &outbreak_alert_form, id, out) : status;
}

/* Cases, days and classes as they stand now. */
static enum status
count_cases(struct call *call, struct reader *reader, struct row *alert)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(distinct child), min(found_on), max(found_on), count(distinct class), min(class) from isolation "
        "where office = ?1 and alert = ?2 and coalesce(excluded, 0) = 0",
        ARGS(value_int(alert->office), value_int(alert->id)), &rows);
    if (status != OK)
        return status;
    row_set_int(alert, "cases", rows_int(&rows, 0, 0));
    if (rows_int(&rows, 0, 0) > 0) {
        row_set_text(alert, "first_day", rows_text(&rows, 0, 1));
        row_set_text(alert, "last_day", rows_text(&rows, 0, 2));
    }
    row_set_int(alert, "classes", rows_int(&rows, 0, 3));
    row_set(alert, "class", rows_int(&rows, 0, 3) == 1 ? rows_value(&rows, 0, 4) : value_null());
    return OK;
}

enum status
cluster_recount(struct call *call, struct writer *writer, int64_t alert)
{
    struct row *row;
    enum status status = row_get(call, writer_reader(writer), &outbreak_alert_form, alert, &row);
    if (status != OK || row->state != OPEN)
        return status;
    status = count_cases(call, writer_reader(writer), row);
    return status == OK ? row_change(call, writer, row, row->version) : status;
}

static const char *
rule_words(struct call *call, const struct threshold *threshold)
{
    const struct standard *standard = standard_here(call, threshold->standard);
    return standard == NULL ? threshold->standard
                            : arena_format(call->arena, "%s：%s%s%s", standard->subject, standard->label,
                                           standard->value, standard->unit == NULL ? "" : standard->unit);
}

static void
set_rule(struct call *call, struct row *alert, const struct threshold *threshold)
{
    row_set_text(alert, "level", threshold->level == 'A' ? "A" : "B");
    row_set_text(alert, "rule", threshold->standard);
    row_set_text(alert, "rule_words", rule_words(call, threshold));
}

/* A case that an ended alert had is counted in this one: the former keeps it too. It brings no new observation: the
 * end of that alert ended it. */
static enum status
carry_over(struct call *call, struct writer *writer, struct row *other, const struct row *alert)
{
    const bool again = row_int(other, "alert") != 0;
    if (again)
        row_set(other, "former_alert", row_value(other, "alert"));
    row_set_int(other, "alert", alert->id);
    const enum status status = row_change(call, writer, other, other->version);
    return status == OK && !again ? watch_class(call, writer, other) : status;
}

/* The same for the case that raised it, where it was counted by an alert that has ended. */
static enum status
keep_former(struct call *call, struct writer *writer, struct row *row, const struct row *alert)
{
    struct row *before;
    const int64_t was = row_int(row, "alert");
    if (was == 0 || was == alert->id)
        return OK;
    const enum status status = row_get(call, writer_reader(writer), &outbreak_alert_form, was, &before);
    if (status == OK && before->state != OPEN)
        row_set_int(row, "former_alert", was);
    return status;
}

/* The other cases of the window that no open alert has: all that met() counts. */
static enum status
link_cases(struct call *call, struct writer *writer, struct row *row, const struct row *alert, int days)
{
    struct rows rows;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select id from isolation where office = ?1 and found_on >= ?2 and institution = ?3 and kind = ?4 and "
        "(alert is null or alert in (select o.id from outbreak_alert o where o.office = ?1 and o.institution = ?3 and "
        "o.state = 'closed')) and id <> ?5 and coalesce(excluded, 0) = 0 and (disease = ?6 or ?6 = '') "
        "order by id limit 500",
        ARGS(value_int(row->office), value_text(day_after(call, row, 1 - days)), value_int(row->institution),
             value_text(row_text(row, "kind")), value_int(row->id), only_disease(row)),
        &rows);
    if (status == OK)
        status = keep_former(call, writer, row, alert);
    row_set_int(row, "alert", alert->id);
    if (status == OK) /* the case itself is written by its own effect; counts need it now */
        status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = watch_class(call, writer, row);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *other;
        status = row_get(call, writer_reader(writer), &isolation_form, rows_int(&rows, i, 0), &other);
        if (status != OK)
            break;
        status = carry_over(call, writer, other, alert);
    }
    return status;
}

/* Neither health nor names: what it is about stands on its page. */
static enum status
tell(struct call *call, struct writer *writer, const struct row *alert, const char *text)
{
    const char *url = arena_format(call->arena, "/outbreak_alert/%lld", (long long)alert->id);
    const enum status status = notice_institution(call, writer, alert->institution, text, url);
    return status == OK ? tell_health_and_cdc(call, writer, alert, text) : status;
}

static enum status
raise_alert(struct call *call, struct writer *writer, const struct row *row, const struct threshold *threshold,
            int64_t since, struct row **out)
{
    struct row *alert = row_new(call, &outbreak_alert_form);
    if (alert == NULL)
        return NO_MEMORY;
    alert->institution = row->institution;
    row_set_text(alert, "kind", row_text(row, "kind"));
    if (strcmp(row_text(row, "kind"), "listed") == 0)
        row_set(alert, "disease", row_value(row, "disease"));
    row_set_text(alert, "first_day", row_text(row, "found_on"));
    row_set_text(alert, "last_day", row_text(row, "found_on"));
    row_set_text(alert, "open_key", key_of(call, row));
    set_rule(call, alert, threshold);
    enum status status = row_create(call, writer, alert);
    if (status == OK)
        status = report_ask(call, writer, row->institution, "suspicion", 0, alert->id, since);
    if (status == OK)
        status = tell(call, writer, alert, "有一条聚集性预警，请查看");
    *out = alert;
    return status;
}

/* Only a verified number starts the clock of the law. */
static enum status
reach_level_a(struct call *call, struct writer *writer, const struct row *alert, const struct threshold *threshold,
              int64_t since)
{
    if (!standard_may_block(standard_here(call, threshold->standard)))
        return OK;
    enum status status = report_ask(call, writer, alert->institution, "event", 0, alert->id, since);
    return status == OK ? tell(call, writer, alert, "一条聚集性预警达到突发事件标准，请按规定时限报告") : status;
}

/* An alert does not become weaker by itself: it says the strongest threshold that was met. */
static int
rank(const struct row *alert)
{
    const char *standard = row_text(alert, "rule"), *kind = row_text(alert, "kind");
    for (int i = 0; standard != NULL && i < THRESHOLDS; i++)
        if (strcmp(thresholds[i].standard, standard) == 0 &&
            (thresholds[i].kind == NULL || strcmp(thresholds[i].kind, kind) == 0))
            return i;
    return THRESHOLDS;
}

/* The doctor named another illness than was suspected: the case leaves the alert it was counted in. More signs alone do
 * not take it out, only into another alert. */
static enum status
leave_other_alert(struct call *call, struct writer *writer, struct row *row)
{
    struct row *alert;
    if (row_int(row, "alert") == 0 || !row_has(row, "outcome"))
        return OK;
    enum status status = row_get(call, writer_reader(writer), &outbreak_alert_form, row_int(row, "alert"), &alert);
    if (status != OK || illness_same(alert, row))
        return status;
    row_set(row, "alert", value_null());
    status = row_update(call, writer, row, row->version);
    return status == OK ? cluster_recount(call, writer, alert->id) : status;
}

enum status
cluster_count(struct call *call, struct writer *writer, struct row *row, int64_t since)
{
    const struct threshold *threshold = NULL;
    struct row *alert = NULL;
    enum status status = leave_other_alert(call, writer, row);
    if (status != OK || !illness_suspected(row_text(row, "kind")))
        return status;
    /* the row is in already, with the kind it has now */
    status = strongest(call, writer_reader(writer), row, &threshold);
    if (status == OK)
        status = open_alert(call, writer_reader(writer), row, &alert);
    if (status != OK || (threshold == NULL && alert == NULL))
        return status;
    const int64_t before = row_int(row, "alert");
    const bool was_a = alert != NULL && strcmp(row_text(alert, "level"), "A") == 0;
    if (alert == NULL)
        status = raise_alert(call, writer, row, threshold, since, &alert);
    if (status == OK)
        status = link_cases(call, writer, row, alert, threshold == NULL ? 1 : threshold->days);
    if (status == OK)
        status = count_cases(call, writer_reader(writer), alert);
    if (status == OK && threshold != NULL && threshold - thresholds < rank(alert))
        set_rule(call, alert, threshold);
    if (status == OK)
        status = row_change(call, writer, alert, alert->version);
    if (status == OK && before != 0 && before != alert->id)
        status = cluster_recount(call, writer, before);
    if (status == OK && !was_a && strcmp(row_text(alert, "level"), "A") == 0 && threshold != NULL)
        status = reach_level_a(call, writer, alert, threshold, since);
    return status;
}

enum status
alert_counts(struct call *call, struct reader *reader, const struct row *alert, struct node *list)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select g.name, case when k.months < 12 then '0' when k.months < 24 then '1' when k.months < 36 then '2' "
        "else '3' end, count(distinct k.child) from isolation k left join class_group g on g.office = k.office and "
        "g.id = k.class "
        "where k.office = ?1 and (k.alert = ?2 or k.former_alert = ?2) and coalesce(k.excluded, 0) = 0 group by 1, 2 "
        "order by 1, 2",
        ARGS(value_int(alert->office), value_int(alert->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *line = node_put_map(call->arena, list, NULL);
        const char *band = rows_text(&rows, i, 1);
        node_put_text(call->arena, line, "class", rows_text(&rows, i, 0) == NULL ? "未编班" : rows_text(&rows, i, 0));
        node_put_code(call->arena, line, "band", band, code_label(call->reference, "age_band", band));
        node_put_int(call->arena, line, "n", rows_int(&rows, i, 2));
    }
    return status;
}
