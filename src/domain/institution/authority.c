/* 登记机关工作页 — clauses C028, C034, C144, C160; LAW-13, LAW-14: its regime document, its register, pushes and how
 * long they took, what institutions disclose, yearly reports that are due. */
#include <stdlib.h>
#include <string.h>

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
    count(call, counts, "其中已备案机构", rows_int(&rows, 0, 3), "/institution");
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

/* The day by which a yearly report is due: the last day of a month, this year or next. */
static const char *
due_day(struct call *call, const char *standard)
{
    const int64_t month = standard_int(call, standard, 0);
    if (month < 1 || month > 12)
        return NULL;
    struct day due;
    char iso[11];
    for (int year = day_year(call->today);; year++) {
        if (!day_parse(arena_format(call->arena, "%04d-%02d-01", year, (int)month), &due))
            return NULL;
        due = (struct day){ day_add_months(due, 1).n - 1 };
        if (due.n >= call->today.n)
            break;
    }
    day_iso(due, iso);
    return arena_text(call->arena, iso);
}

static void
reports(struct call *call, struct node *list)
{
    static const struct {
        enum department department;
        const char *label, *standard;
    } due[] = {
        { D_CIVIL, "民办非企业单位年度报告（业务主管单位）", "LAW-13" },
        { D_CIVIL, "民办非企业单位年度检查（登记机关）", "LAW-13-R" },
        { D_MARKET, "企业年度报告", "LAW-14" },
    };
    for (size_t i = 0; i < sizeof due / sizeof due[0]; i++) {
        if (due[i].department != call->me->department)
            continue;
        const struct standard *standard = standard_on(call->reference, due[i].standard, call->today);
        struct node *line = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, line, "label", due[i].label);
        node_put_date(call->arena, line, "due", due_day(call, due[i].standard));
        node_put_text(call->arena, line, "document", standard == NULL ? NULL : standard->document);
    }
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
    reports(call, node_put_list(call->arena, data, "reports"));
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
