/* What is missing of a day: each line is a rule of the standards with the number that lacks. */
#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

/* For people, beside the id for programs. */
static void
name_basis(struct call *call, struct node *list)
{
    for (struct node *item = list->first; item != NULL; item = item->next) {
        const struct standard *standard = standard_here(call, node_text_of(item, "rule"));
        node_put_text(call->arena, item, "basis", standard_words(call, standard));
    }
}

enum status
care_missing(struct call *call, struct reader *reader, int64_t institution, const char *day, struct node *list)
{
    struct rows rows;
    struct day on;
    if (!day_parse(day, &on))
        return INVALID;
    enum status status = reader_rows(
        reader, call->arena,
        "select (select count(*) from child c where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' "
        "and " CHILD_EXPECTED
        " and not exists (select 1 from attendance a where a.office = c.office and a.child = c.id and "
        "a.day = ?3)), "
        "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and a.state in "
        "('present', 'left') and not exists (select 1 from morning_check m where m.office = a.office and "
        "m.child = a.child and m.day = a.day and m.round = 'morning')), "
        "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
        "a.state = 'present'), "
        "(select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
        "a.state = 'absent' and a.reason in ('sick', 'unknown') and a.traced_at is null)",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(day),
             value_text(weekday_like(call, on))),
        &rows);
    if (status != OK)
        return status;
    static const struct {
        const char *rule, *format, *url;
    } lines[] = {
        { "HC-ABS", "%lld名婴幼儿没有出勤登记", "/attendance?day=" },
        { "HC-MC", "%lld名到园婴幼儿没有晨检", "/morning_check?day=" },
        { "MGT-30", "%lld名婴幼儿没有离园登记", "/attendance?state=present&day=" },
        { "HC-ABS", "%lld名病缺或原因不明的婴幼儿没有追查", "/attendance?state=absent&day=" },
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const long long n = (long long)rows_int(&rows, 0, i);
        care_missing_add(call, list, lines[i].rule, arena_format(call->arena, lines[i].format, n), n,
                         arena_format(call->arena, "%s%s", lines[i].url, day));
    }
    int64_t absent, guards;
    status = roster_missing(call, reader, institution, day, &absent, &guards);
    if (status == OK) {
        care_missing_add(call, list, "SET-20a", arena_format(call->arena, "%lld名排班人员没有签到", (long long)absent),
                         absent, arena_format(call->arena, "/staff_attendance?day=%s", day));
        care_missing_add(call, list, "SET-22", "没有保安人员在岗（独立设置的机构至少1名）", guards,
                         arena_format(call->arena, "/staff_attendance?day=%s", day));
    }
    int64_t unfit;
    const char *why;
    if (status == OK)
        status = roster_unfit(call, reader, institution, day, &unfit, &why);
    if (status == OK)
        care_missing_add(call, list, "HC-14",
                         arena_format(call->arena, "%lld名签到人员不计入在岗：%s", (long long)unfit,
                                      why == NULL ? "见在岗记录" : why),
                         unfit, arena_format(call->arena, "/staff_attendance?day=%s", day));
    if (status == OK)
        status = health_missing(call, reader, institution, day, list);
    if (status == OK)
        status = care_ledgers_missing(call, reader, institution, day, list);
    name_basis(call, list);
    return status;
}
