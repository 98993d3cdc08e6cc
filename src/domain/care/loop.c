/* What the health loop brings to the house, and what of it is missing on a day. */
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/care/ratio.h"
#include "domain/child/child.h"
#include "policy/engine.h"

enum status
fill_site(struct call *call, struct reader *reader, struct change *change)
{
    (void)call;
    (void)reader;
    if (change->new->institution != 0)
        row_set_int(change->new, "site", change->new->institution);
    return OK;
}

enum status
health_missing(struct call *call, struct reader *reader, int64_t institution, const char *day, struct node *list)
{
    static const struct {
        const char *rule, *format, *url;
    } lines[] = {
        { "MGT-24", "%lld名异常婴幼儿没有登记告知监护人", "/isolation" },
        { "HC-16", "%lld项消毒任务没有完成", "/disinfection_task?state=open" },
        { "INF-R2", "%lld件疫情告知没有登记", "/epidemic_report?state=open" },
    };
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        /* by what is open: few; an institution's own pile up over the years (+: not by that index) */
        "select (select count(*) from isolation i where i.office = ?1 and i.institution = ?2 and i.found_on = ?3 and "
        "i.source <> 'absence' and i.told_at is null and i.mistake_note is null), "
        "(select count(*) from disinfection_task t where t.office = ?1 and +t.institution = ?2 and t.state = 'open' "
        "and "
        "t.due_on <= ?3), "
        "(select count(*) from epidemic_report e where e.office = ?1 and +e.institution = ?2 and e.state = 'open')",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(day)), &rows);
    for (size_t i = 0; status == OK && i < sizeof lines / sizeof lines[0]; i++) {
        const long long n = (long long)rows_int(&rows, 0, i);
        care_missing_add(call, list, lines[i].rule, arena_format(call->arena, lines[i].format, n), n, lines[i].url);
    }
    return status;
}

static const struct form *const forms[] = {
    &outbreak_alert_form,
    &isolation_form,
    &disease_case_form,
    &class_watch_form,
    &exposure_form,
    &disinfection_task_form,
    &epidemic_report_form,
    &outbreak_investigation_form,
    &outbreak_guidance_form,
    &case_access_form,
    &report_access_form,
    &health_guidance_form,
    &health_inspection_form,
    &staff_illness_form,
    &ratio_event_form,
    &ratio_quiet_form,
    NULL,
};
static const struct look looks[] = {
    { "/today", "今天", "domain/care/today", INSTITUTION_CARERS, look_today, "C043", MENU_TOP, false, .home = true },
    { "/care", "照护总览", "domain/care/care", HEALTH | DEPT(D_CDC) | DEPT(D_MATERNAL) | DEPT(D_INSPECTION), look_care,
      "C043", MENU_TOP, false, .sheet = true },
    { 0 },
};
const struct module loop_module = {
    .name = "loop",
    .title = "传染病防控",
    .forms = forms,
    .looks = looks,
    .measures = loop_measures,
    .indicators = loop_indicators,
    .daily = loop_daily,
    .minutely = ratio_minutely,
};
