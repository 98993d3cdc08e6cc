/* What must hold between a child's own cells, whoever writes them: the dates of its place, and what its number says of
 * it. A place begins and ends on its day: who is to come or to go stands planned until then, and the daily run does it.
 */
#include "domain/child/entry.h"

#include <string.h>

#include "base/check.h"
#include "domain/child/child.h"
#include "policy/engine.h"

enum { AT_ONCE = 200 };

static enum status
fault(struct call *call, const char *field, const char *code, const char *message)
{
    return call_fault(call, form_field(&child_form, field, NULL), code, "%s", message);
}

static bool
differs(const struct change *change, const char *field)
{
    return row_differs(change->new, change->old, field);
}

/* ---- the days of a place ---- */

/* A day so far ahead is a slip of the pen. */
static bool
too_far(const struct call *call, struct day day)
{
    return day.n > call->today.n + standard_int(call, "CFG-PLAN-DAYS", 365);
}

static bool
is_late(const struct call *call, struct day entered, struct day registered)
{
    return registered.n - entered.n > standard_int(call, "CFG-ENTRY-DAYS", 30);
}

bool
entry_is_late(const struct call *call, const struct row *child)
{
    struct day entered, registered;
    return row_day(child, "entered_on", &entered) && row_day(child, "registered_on", &registered) &&
           is_late(call, entered, registered);
}

/* Only what enters the child now, or moves the day of a child that is in, is asked: rows of former years stay as they
 * are. */
static void
check_entry(struct call *call, const struct change *change)
{
    struct day entered;
    struct row *row = change->new;
    const bool plans = change_takes(change, "plan_entry"), admits = change_takes(change, "admit");
    const bool moves = change->step == NULL && differs(change, "entered_on");
    if (!row_day(row, "entered_on", &entered) || (!plans && !admits && !moves))
        return;
    if (admits && entered.n > call->today.n)
        fault(call, "entered_on", "future_day", "入托日期还没有到，请用“预定入托”");
    else if (moves && row->state == ENROLLED && entered.n > call->today.n)
        fault(call, "entered_on", "future_day", "已入托，入托日期不能晚于今天");
    else if ((plans || (moves && row->state == PLANNED)) && entered.n <= call->today.n)
        fault(call, "entered_on", "past_day", "预定的入托日期应晚于今天；已到日期的请办理入托");
    else if (too_far(call, entered))
        fault(call, "entered_on", "far_day", "入托日期太远，请核对年份");
    if (!plans && !admits && row->state != ENROLLED)
        return;
    row_set_text(row, "registered_on", call_today(call));
    if (entry_is_late(call, row) && !row_has(row, "entry_reason"))
        call_fault(call, form_field(&child_form, "entry_reason", NULL), "need",
                   "入托日期早于今天%lld天以上，请写明补录原因", (long long)standard_int(call, "CFG-ENTRY-DAYS", 30));
}

static void
check_leave(struct call *call, const struct change *change)
{
    const bool plans = change_takes(change, "plan_leave"), leaves = change_takes(change, "leave");
    const char *field = plans ? "leaves_on" : "left_on";
    struct day day, entered;
    if ((!plans && !leaves) || !row_day(change->new, field, &day))
        return;
    if (leaves && day.n > call->today.n)
        fault(call, field, "future_day", "离托日期还没有到，请用“预定离托”");
    else if (plans && day.n < call->today.n)
        fault(call, field, "past_day", "预定的离托日期早于今天；已离托的请办理离托");
    else if (too_far(call, day))
        fault(call, field, "far_day", "离托日期太远，请核对年份");
    else if (row_day(change->new, "entered_on", &entered) && day.n < entered.n)
        fault(call, field, "order", "离托日期早于入托日期");
}

/* Of the days that are there, whichever of them is written. */
static void
check_order(struct call *call, const struct change *change)
{
    struct day born, entered, leaves;
    const struct row *row = change->new;
    const bool moves = differs(change, "entered_on") || differs(change, "born");
    if (!moves || !row_day(row, "entered_on", &entered))
        return;
    if (row_day(row, "born", &born) && born.n <= call->today.n && entered.n < born.n)
        fault(call, "entered_on", "order", "入托日期早于出生日期");
    if (row_day(row, "leaves_on", &leaves) && leaves.n < entered.n)
        fault(call, "entered_on", "order", "入托日期晚于预定的离托日期");
}

/* A class is taken from the day of entry on, not before. */
static void
check_place(struct call *call, const struct change *change)
{
    struct day from, entered;
    const struct row *row = change->new;
    if (!change_takes(change, "place") || !row_day(row, "class_from", &from))
        return;
    if (row_day(row, "entered_on", &entered) && from.n < entered.n)
        fault(call, "class_from", "order",
              row->state == PLANNED ? "编入日期早于预定的入托日期" : "编入日期早于入托日期");
    else if (too_far(call, from))
        fault(call, "class_from", "far_day", "编入日期太远，请核对年份");
}

/* ---- identity ---- */

static bool
typed(const struct row *row, const char *field)
{
    int index;
    form_field(&child_form, field, &index);
    return row->cells[index].type == VALUE_TEXT; /* what was read is sealed */
}

static enum status
plain_number(struct call *call, struct reader *reader, const struct row *row, const char **number)
{
    int index;
    form_field(&child_form, "id_number", &index);
    *number = row->cells[index].type == VALUE_NULL ? NULL : row_plain(call, reader, row, index);
    return row->cells[index].type != VALUE_NULL && *number == NULL ? call_fail(call, BROKEN, "证件号码无法解密") : OK;
}

void
identity_check(struct call *call, const struct form *form, const struct row *row, const char *number)
{
    struct day born, said;
    int sex;
    const char *kind = row_text(row, "id_kind"), *is = row_text(row, "sex");
    const bool resident = kind != NULL && (strcmp(kind, "resident_id") == 0 || strcmp(kind, "hmt") == 0);
    if (kind == NULL || number == NULL)
        return;
    if (strcmp(kind, "none") == 0)
        call_fault(call, form_field(form, "id_number", NULL), "no_kind", "证件类型为“暂无”，不填证件号码");
    if (!resident)
        return;
    if (resident_id_check(number, &born, &sex) != CHECK_OK) {
        call_fault(call, form_field(form, "id_number", NULL), "resident_id", "公民身份号码有误，请核对");
        return;
    }
    if (row_day(row, "born", &said) && said.n != born.n)
        call_fault(call, form_field(form, "born", NULL), "id_born", "出生日期与证件号码不一致，请核对");
    if (is != NULL && strcmp(is, sex == 1 ? "male" : "female") != 0)
        call_fault(call, form_field(form, "sex", NULL), "id_sex", "性别与证件号码不一致，请核对");
}

/* Asked when one of the cells is written; a number must be there when the child enters. */
static enum status
check_identity(struct call *call, struct reader *reader, const struct change *change)
{
    const struct row *row = change->new;
    const char *number, *kind = row_text(row, "id_kind");
    if (change->step != NULL && change->step->checks && kind != NULL && strcmp(kind, "none") != 0 &&
        !row_has(row, "id_number"))
        fault(call, "id_number", "need", "请填写证件号码；暂无证件的，证件类型选“暂无”");
    if (!typed(row, "id_number") && !differs(change, "id_kind") && !differs(change, "born") && !differs(change, "sex"))
        return OK;
    const enum status status = plain_number(call, reader, row, &number);
    if (status == OK)
        identity_check(call, &child_form, row, number);
    return status;
}

/* ---- the hook ---- */

/* What a step empties: a plan that was given up, or has come to pass. */
static void
clear_plans(const struct change *change)
{
    if (change_takes(change, "keep_place")) {
        row_set(change->new, "leaves_on", value_null());
        row_set(change->new, "leave_reason", value_null());
    }
    if (change_takes(change, "leave"))
        row_set(change->new, "leaves_on", value_null());
    if (change_takes(change, "discard") || change_takes(change, "restore"))
        row_set(change->new, "discarded_on", value_null());
}

enum status
child_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct fault **const before = call->faults_end;
    clear_plans(change);
    if (change_takes(change, "discard"))
        row_set_text(change->new, "discarded_on", call_today(call));
    check_entry(call, change);
    check_leave(call, change);
    check_order(call, change);
    check_place(call, change);
    const enum status status = check_identity(call, reader, change);
    return status == OK && call->faults_end != before ? INVALID : status;
}

/* ---- planned days that have come ---- */

static enum status
enter(struct call *call, struct writer *writer, int64_t id)
{
    const enum status status = step_take(call, writer, &child_form, id, 0, "enter", NULL, NULL);
    return status == OK ? carry_class(call, writer, id) : status;
}

/* The last day is a day in care: the place ends with the night after it. */
static enum status
leave(struct call *call, struct writer *writer, int64_t id)
{
    struct row *child;
    struct node *input = node_map(call->arena);
    enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    if (status != OK)
        return status;
    node_put_text(call->arena, input, "left_on", row_text(child, "leaves_on"));
    node_put_text(call->arena, input, "leave_reason", row_text(child, "leave_reason"));
    return step_take(call, writer, &child_form, id, 0, "leave", input, NULL);
}

static enum status
each(struct call *call, struct writer *writer, int64_t office, const char *sql,
     enum status (*act)(struct call *, struct writer *, int64_t))
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena, sql,
                                     ARGS(value_int(office), value_text(call_today(call)), value_int(AT_ONCE)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = act(call, writer, rows_int(&rows, i, 0));
    return status;
}

enum status
plans_daily(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = each(call, writer, office,
                              "select id from child where office = ?1 and state = 'planned' and entered_on <= ?2 "
                              "order by id limit ?3",
                              enter);
    return status == OK ? each(call, writer, office,
                               "select id from child where office = ?1 and leaves_on < ?2 and state = 'enrolled' "
                               "order by id limit ?3",
                               leave)
                        : status;
}
