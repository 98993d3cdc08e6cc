/* 登记机关工作页 — clauses C028, C034, C144, C160; LAW-13, LAW-14: its regime document, its register, pushes and how
 * long they took, what institutions disclose, yearly reports that are due. */
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/list.h"

static void
count(struct call *call, struct node *list, const char *label, int64_t n, const char *url)
{
    struct node *item = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, item, "label", label);
    node_put_int(call->arena, item, "n", n);
    node_put_url(call->arena, item, "url", url);
}

static enum status
figures(struct call *call, struct reader *reader, struct node *counts, struct node *late)
{
    struct rows rows;
    const char *department = department_code(call->me->department);
    const int64_t office = call->me->office, most = standard_int(call, "CFG-PUSH-DAYS", 5);
    enum status status = reader_rows(
        reader, call->arena,
        "select (select count(*) from legal_person where office = ?1 and authority = ?2), "
        "(select count(*) from registration where office = ?1 and authority = ?2), "
        "(select count(*) from registration where office = ?1 and authority = ?2 and delay > ?3), "
        "(select count(*) from institution where office = ?1 and authority = ?2 and state in ('filed', 'suspended'))",
        ARGS(value_int(office), value_text(department), value_int(most)), &rows);
    if (status != OK)
        return status;
    count(call, counts, "在册法人", rows_int(&rows, 0, 0), "/legal_person");
    count(call, counts, "已推送登记信息", rows_int(&rows, 0, 1), "/registration");
    count(call, counts, arena_format(call->arena, "推送超过%lld个工作日", (long long)most), rows_int(&rows, 0, 2),
          NULL);
    count(call, counts, "其中已备案机构", rows_int(&rows, 0, 3),
          arena_format(call->arena, "/institution?authority=%s&state=filed", department));
    status =
        reader_rows(reader, call->arena,
                    "select id, name, registered_on, delay from registration where office = ?1 and authority = ?2 and "
                    "delay > ?3 order by id desc limit 50",
                    ARGS(value_int(office), value_text(department), value_int(most)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *line = node_put_map(call->arena, late, NULL);
        node_put_url(call->arena, line, "url",
                     arena_format(call->arena, "/registration/%lld", (long long)rows_int(&rows, i, 0)));
        node_put_text(call->arena, line, "name", rows_text(&rows, i, 1));
        node_put_date(call->arena, line, "registered_on", rows_text(&rows, i, 2));
        node_put_int(call->arena, line, "delay", rows_int(&rows, i, 3));
    }
    return status;
}

/* Yearly reports: which, for whom, and the standard whose month ends with the due day. */
static const struct {
    enum department department;
    const char *kind, *standard;
} yearly[] = {
    { D_CIVIL, "civil_supervisor", "LAW-13" },
    { D_CIVIL, "civil_register", "LAW-13-R" },
    { D_MARKET, "enterprise", "LAW-14" },
};

/* The last day of the standard's month in this year; false: the standard says none. */
static bool
due_day(struct call *call, const char *standard, int year, struct day *due)
{
    const int64_t month = standard_int(call, standard, 0);
    if (month < 1 || month > 12 || !day_parse(arena_format(call->arena, "%04d-%02d-01", year, (int)month), due))
        return false;
    due->n = day_add_months(*due, 1).n - 1;
    return true;
}

/* Who was registered before the year of the due day, is still in the register, and has not handed it in. */
static enum status
missing_reports(struct call *call, struct reader *reader, const char *kind, int year, struct node *line)
{
    struct rows rows;
    struct node *list = node_put_list(call->arena, line, "missing");
    const char *department = department_code(call->me->department);
    const char *from = arena_format(call->arena, "%04d-01-01", year + 1);
    enum status status = reader_rows(
        reader, call->arena,
        "select (select count(*) from legal_person l where l.office = ?1 and l.authority = ?2 and l.registered_on < ?3 "
        "and coalesce(l.status, '') <> 'cancelled'), (select count(*) from annual_report a where a.office = ?1 and "
        "a.department = ?2 and a.kind = ?4 and a.year = ?5)",
        ARGS(value_int(call->me->office), value_text(department), value_text(from), value_text(kind), value_int(year)),
        &rows);
    if (status != OK)
        return status;
    node_put_int(call->arena, line, "owing", rows_int(&rows, 0, 0));
    node_put_int(call->arena, line, "received", rows_int(&rows, 0, 1));
    status = reader_rows(
        reader, call->arena,
        "select l.id, l.name from legal_person l where l.office = ?1 and l.authority = ?2 and l.registered_on < ?3 and "
        "coalesce(l.status, '') <> 'cancelled' and not exists (select 1 from annual_report a where a.office = l.office "
        "and a.legal_person = l.id and a.kind = ?4 and a.year = ?5) order by l.name, l.id limit 100",
        ARGS(value_int(call->me->office), value_text(department), value_text(from), value_text(kind), value_int(year)),
        &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *one = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, one, "id", rows_int(&rows, i, 0));
        node_put_text(call->arena, one, "name", rows_text(&rows, i, 1));
        node_put_text(call->arena, one, "kind", kind);
        node_put_int(call->arena, one, "year", year);
        node_put_text(call->arena, one, "key", random_token(call->arena, 16));
    }
    return status;
}

static enum status
put_report(struct call *call, struct reader *reader, size_t which, int due_year, struct node *list)
{
    struct day due;
    char iso[11];
    if (!due_day(call, yearly[which].standard, due_year, &due))
        return OK;
    const struct standard *standard = standard_on(call->reference, yearly[which].standard, call->today);
    struct node *line = node_put_map(call->arena, list, NULL);
    day_iso(due, iso);
    node_put_text(call->arena, line, "label", code_label(call->reference, "annual_report_kind", yearly[which].kind));
    node_put_int(call->arena, line, "year", due_year - 1);
    node_put_date(call->arena, line, "due", arena_text(call->arena, iso));
    node_put_bool(call->arena, line, "overdue", due.n < call->today.n);
    node_put_text(call->arena, line, "document", standard == NULL ? NULL : standard->document);
    return missing_reports(call, reader, yearly[which].kind, due_year - 1, line);
}

/* What falls due next, and below it what was due and may still be missing. */
static enum status
reports(struct call *call, struct reader *reader, struct node *next, struct node *past)
{
    enum status status = OK;
    for (size_t i = 0; i < sizeof yearly / sizeof yearly[0] && status == OK; i++) {
        struct day due;
        const int year = day_year(call->today);
        if (yearly[i].department != call->me->department || !due_day(call, yearly[i].standard, year, &due))
            continue;
        const bool over = due.n < call->today.n;
        status = put_report(call, reader, i, over ? year + 1 : year, next);
        if (status == OK)
            status = put_report(call, reader, i, over ? year : year - 1, past);
    }
    return status;
}

/* 信息公示 (C029): filed institutions of my register whose items are missing or stale, by the rule's own findings. */
static enum status
disclosures(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select i.id, i.name, count(*) from institution i join finding f on f.office = i.office and f.row = i.id and "
        "f.rule = 'MGT-15' and f.until is null where i.office = ?1 and i.authority = ?2 and i.state = 'filed' "
        "group by i.id, i.name order by count(*) desc, i.id limit 100",
        ARGS(value_int(call->me->office), value_text(department_code(call->me->department))), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *line = node_put_map(call->arena, list, NULL);
        node_put_url(call->arena, line, "url",
                     arena_format(call->arena, "/institution/%lld", (long long)rows_int(&rows, i, 0)));
        node_put_text(call->arena, line, "name", rows_text(&rows, i, 1));
        node_put_int(call->arena, line, "n", rows_int(&rows, i, 2));
    }
    return status;
}

enum status
look_authority(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct row_set set;
    (void)input;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", department_label(call->me->department));
    enum status status =
        figures(call, reader, node_put_list(call->arena, data, "counts"), node_put_list(call->arena, data, "late"));
    if (status == OK)
        status = reports(call, reader, node_put_list(call->arena, data, "reports"),
                         node_put_list(call->arena, data, "past"));
    if (status == OK)
        status = disclosures(call, reader, node_put_list(call->arena, data, "disclosures"));
    struct node *regimes = node_put_list(call->arena, data, "regimes");
    if (status == OK)
        status = list_rows(call, reader, &regime_form, node_map(call->arena), MAY_SEE, 50, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        struct node *line = node_put_map(call->arena, regimes, NULL);
        node_put_text(call->arena, line, "title", row_text(set.rows[i], "title"));
        node_put_url(call->arena, line, "url",
                     arena_format(call->arena, "/register_regime/%lld", (long long)set.rows[i]->id));
    }
    return status;
}
