/* What a new day ends or makes wrong among the health ledgers: entrustments run out, weeks are over, papers expire. */
#include "domain/care/care_ledgers.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

static enum status
take_all(struct call *call, struct writer *writer, const struct form *form, const char *sql, const struct value *args,
         size_t n, const char *step)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena, sql, args, n, &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = step_take(call, writer, form, rows_int(&rows, i, 0), 0, step, NULL, NULL);
    return status;
}

/* Whose licence, cook's certificate or supplier ran out of its day, or whose last meeting is a quarter ago. */
static enum status
recheck_kitchens(struct call *call, struct writer *writer, int64_t office)
{
    static const char *const reasons[] = {
        "select k.id from kitchen k where k.office = ?1 and k.supplier_until >= ?2 and k.supplier_until < ?3 limit 500",
        "select k.id from kitchen k join evidence e on e.office = k.office and e.institution = k.institution where "
        "k.office = ?1 and e.kind = 'food_license' and e.expires_on >= ?2 and e.expires_on < ?3 limit 500",
        "select k.id from kitchen k join staff s on s.office = k.office and s.institution = k.institution where "
        "k.office = ?1 and s.posts like '%|cook|%' and s.health_until >= ?2 and s.health_until < ?3 limit 500",
    };
    enum status status = OK;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0] && status == OK; i++)
        status = care_recheck(call, writer, &kitchen_form, office, reasons[i]);
    if (status == OK &&
        day_of_month(call->today) == 1) /* a quarter without a meeting is said on the first of a month */
        status = care_recheck(call, writer, &kitchen_form, office,
                              "select id from kitchen where office = ?1 and ?2 < ?3 order by id limit 2000");
    return status;
}

/* Illnesses that were open before they took somebody off duty. */
static enum status
off_duty_by_illness(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select i.staff, i.off_on from staff_illness i join staff s on s.office = i.office and s.id = i.staff "
        "where i.office = ?1 and i.state = 'open' and s.ill_on is null and not exists (select 1 from staff_illness e "
        "where e.office = i.office and e.staff = i.staff and e.state = 'open' and e.id < i.id) order by i.id limit 200",
        ARGS(value_int(office)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = staff_ill(call, writer, rows_int(&rows, i, 0), rows_text(&rows, i, 1));
    return status;
}

enum status
care_health_daily(struct call *call, struct writer *writer, int64_t office)
{
    char week[11];
    day_iso((struct day){ call->today.n - 7 }, week);
    enum status status = take_all(call, writer, &medicine_order_form,
                                  "select id from medicine_order where office = ?1 and state in ('asked', 'open') and "
                                  "to_day < ?2 order by id limit 500",
                                  ARGS(value_int(office), value_text(call_today(call))), "expire");
    if (status == OK)
        status = take_all(call, writer, &menu_form,
                          "select id from menu where office = ?1 and state in ('draft', 'active') and week_of <= ?2 "
                          "order by id limit 500",
                          ARGS(value_int(office), value_text(week)), "over");
    if (status == OK)
        status = off_duty_by_illness(call, writer, office);
    if (status == OK)
        status = recheck_kitchens(call, writer, office);
    if (status == OK)
        status = care_recheck(call, writer, &weak_child_form, office,
                              "select id from weak_child where office = ?1 and state = 'open' and next_on >= ?2 and "
                              "next_on < ?3 order by id limit 500");
    if (status == OK)
        status = care_recheck(call, writer, &catch_up_form, office,
                              "select id from catch_up where office = ?1 and state = 'open' and due_on >= ?2 and "
                              "due_on < ?3 order by id limit 500");
    if (status == OK)
        status = care_recheck(call, writer, &market_check_form, office,
                              "select id from market_check where office = ?1 and state = 'asked' and due_on >= ?2 and "
                              "due_on < ?3 order by id limit 500");
    return status;
}
