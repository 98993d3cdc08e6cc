/* 出勤 — 管理规范 第三十条, 工作规范 六; clauses C039, C043, C065. One row for a child and a day: came and left, or why
 * not. Who is present is counted from here, never typed. */
#include "domain/care/care.h"

#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .need = true, .fixed = true, .list = true,
      .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "arrived_at", F_TIME, .label = "入园时间", .list = true },
    { "brought_by", F_CODE, .label = "送托人", .code = "bringer" },
    { "received_by", F_REF, .label = "接收人", .ref = &staff_form },
    { "left_at", F_TIME, .label = "离园时间", .list = true },
    { "fetched_by", F_REF, .label = "接走的人", .ref = &pickup_person_form, .group = G_CHILD },
    { "fetched_guardian", F_REF, .label = "接走的监护人", .ref = &guardian_form, .group = G_CHILD },
    { "fetched_name", F_TEXT, .label = "接走的人（未登记的）", .basis = BASIS_DUTY, .group = G_CHILD, .max = 40,
      .hint = "未登记的人须先电话核实监护人" },
    { "fetch_check", F_CODE, .label = "核对方式", .code = "fetch_check" },
    { "fetch_code", F_TEXT, .label = "接送口令", .secret = true, .basis = BASIS_CONTRACT, .group = G_CONTACT, .max = 64,
      .hint = "核对方式选“接送口令”时输入；核对后不保留" },
    { "code_checked", F_BOOL, .label = "口令已核对", .computed = true },
    { "called_guardian", F_REF, .label = "电话核实的监护人", .ref = &guardian_form, .group = G_CHILD },
    { "called_at", F_TIME, .label = "电话核实时间" },
    { "handed_by", F_REF, .label = "交接人", .ref = &staff_form },
    { "reason", F_CODE, .label = "缺勤原因", .code = "absence_reason", .list = true, .filter = true,
      .section = "缺勤" },
    { "symptoms", F_CODES, .label = "症状", .code = "symptom", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "traced_at", F_TIME, .label = "追查时间" },
    { "traced_note", F_TEXT, .label = "追查结果", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 200 },
    { 0 },
};
static const struct unique_key uniques[] = { { { "child", "day" }, "这一天已登记出勤" }, { 0 } };
static const struct cell cells[] = {
    { "present", "到园", NULL, "r.state in ('present', 'left')" },
    { "inside", "在园", NULL, "r.state = 'present'" },
    { "absent", "缺勤", NULL, "r.state = 'absent'" },
    { "absent_sick", "病缺", NULL, "r.state = 'absent' and r.reason = 'sick'" },
    { "sick_traced", "病缺已追查", NULL, "r.state = 'absent' and r.reason = 'sick' and r.traced_at is not null" },
    { 0 },
};

enum status
care_fill_class(struct call *call, struct reader *reader, struct change *change)
{
    struct row *child, *row = change->new;
    int64_t class_group = 0;
    if (change->old != NULL)
        return OK;
    enum status status = child_of(call, reader, row, &child);
    if (status != OK || child == NULL)
        return status;
    status = class_on(call, reader, child, row->day == NULL ? call_today(call) : row->day, &class_group);
    if (status == OK && class_group != 0)
        row_set_int(row, "class", class_group);
    return status;
}

/* A row that begins with a reason and no arrival is an absence. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    enum status status = care_fill_class(call, reader, change);
    if (status == OK)
        status = fetch_check_code(call, reader, change);
    if (status != OK || change->old != NULL)
        return status;
    if (row_has(row, "reason") && !row_has(row, "arrived_at"))
        row->state = ABSENT;
    else if (!row_has(row, "arrived_at"))
        row_set_int(row, "arrived_at", call->now_ms);
    return OK;
}

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

CHECK(child_is_enrolled)
{
    struct row *child;
    if (change->old != NULL || child_of(call, reader, change->new, &child) != OK || child == NULL)
        return OK;
    if (child->state != ENROLLED)
        finding_add(call, rule, "该婴幼儿不在托，不能登记出勤");
    return OK;
}

CHECK(left_after_arrival)
{
    (void)reader;
    (void)call;
    if (row_has(change->new, "left_at") && row_has(change->new, "arrived_at") &&
        row_int(change->new, "left_at") < row_int(change->new, "arrived_at"))
        finding_add(call, rule, "离园时间早于入园时间");
    return OK;
}

/* A row that begins, or is changed by hand; a step that brings the time writes it afterwards. */
CHECK(who_is_here_has_come)
{
    const uint64_t here = PRESENT | LEFT;
    (void)reader;
    if (change->step == NULL && (change->new->state &here) != 0 && !row_has(change->new, "arrived_at"))
        finding_add(call, rule, "在园的须有入园时间；登记有误、实际没有来的，请办理“未到园（登记有误）”");
    return OK;
}

static const struct rule rules[] = {
    { "ATT-ARRIVED", BLOCK, .check = who_is_here_has_come, .standard = "MGT-24", .field = "arrived_at",
      .clause = "C043" },
    { "ATT-ENROLLED", BLOCK, .check = child_is_enrolled, .standard = "MGT-24", .field = "child", .clause = "C043" },
    { "ATT-ORDER", BLOCK, .check = left_after_arrival, .standard = "MGT-24", .field = "left_at", .clause = "C043" },
    { "MGT-30", BLOCK, .check = fetched_by_the_entrusted, .field = "fetched_by", .clause = "C039",
      .advice = "核对接送口令、照片，或电话核实监护人" },
    { "HC-18-RET", BLOCK, .check = returned_with_certificate, .standard = "HC-18", .field = "child", .clause = "C045",
      .advice = "在病儿隔离记录中登记返托证明，或登记排除结果" },
    { 0 },
};

static enum status
now_if_empty(struct call *call, struct writer *writer, const struct change *change, const char *field)
{
    if (row_has(change->new, field))
        return OK;
    row_set_int(change->new, field, call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
note_leaving(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = now_if_empty(call, writer, change, "left_at");
    if (status == OK && row_has(change->new, "called_guardian") && !row_has(change->new, "called_at")) {
        row_set(change->new, "called_at", row_value(change->new, "left_at"));
        status = row_update(call, writer, change->new, change->new->version);
    }
    return status == OK ? illness_on_leaving(call, writer, change->new) : status;
}

static enum status
note_arrival(struct call *call, struct writer *writer, const struct change *change)
{
    return now_if_empty(call, writer, change, "arrived_at");
}

/* Back on the same day: the leaving is taken off the row, the journal keeps it. */
static enum status
note_return(struct call *call, struct writer *writer, const struct change *change)
{
    fetch_forget(change->new);
    return row_update(call, writer, change->new, change->new->version);
}

/* The arrival never was: it is taken off the row, the journal keeps it. */
static enum status
note_not_come(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const arrival[] = { "arrived_at", "brought_by", "received_by", NULL };
    for (int i = 0; arrival[i] != NULL; i++)
        row_set(change->new, arrival[i], value_null());
    return row_update(call, writer, change->new, change->new->version);
}

enum status
attendance_refused(struct call *call, struct writer *writer, const struct row *check)
{
    const char *const where[] = { "child", "day" };
    const struct value values[] = { row_value(check, "child"), value_text(check->day) };
    struct row_set set;
    struct row *row;
    enum status status = rows_by(call, writer_reader(writer), &attendance_form, check->office, where, values, 2, &set);
    if (status != OK || (set.n > 0 && set.rows[0]->state != PRESENT))
        return status;
    if (set.n > 0) {
        struct node *input = node_map(call->arena);
        node_put_text(call->arena, input, "reason", "sick");
        status = step_take(call, writer, &attendance_form, set.rows[0]->id, 0, "not_come", input, &row);
        if (status != OK || (row = row_copy(call, row)) == NULL)
            return status == OK ? NO_MEMORY : status;
        row_set_int(row, "traced_at", call->now_ms); /* whoever looked at it knows why */
        return row_change(call, writer, row, row->version);
    }
    if ((row = row_new(call, &attendance_form)) == NULL)
        return NO_MEMORY;
    row->institution = check->institution;
    row->day = check->day;
    row_set(row, "child", row_value(check, "child"));
    row_set_text(row, "reason", "sick");
    row_set_int(row, "traced_at", call->now_ms);
    return row_create(call, writer, row);
}

static enum status
note_tracing(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = now_if_empty(call, writer, change, "traced_at");
    return status == OK ? illness_on_absence(call, writer, change->new) : status;
}

static const struct field leave_input[] = {
    { "left_at", F_TIME, .label = "离园时间" },
    { "fetch_check", F_CODE, .label = "核对方式", .need = true },
    { "fetched_guardian", F_REF, .label = "接走的监护人" },
    { "fetched_by", F_REF, .label = "接走的人" },
    { "fetch_code", F_TEXT, .label = "接送口令" },
    { "fetched_name", F_TEXT, .label = "接走的人" },
    { "called_guardian", F_REF, .label = "电话核实的监护人" },
    { "called_at", F_TIME, .label = "电话核实时间" },
    { "handed_by", F_REF, .label = "交接人" },
    { 0 },
};
static const struct field arrive_input[] = {
    { "arrived_at", F_TIME, .label = "入园时间" },
    { "brought_by", F_CODE, .label = "送托人" },
    { "received_by", F_REF, .label = "接收人" },
    { 0 },
};
static const struct field not_come_input[] = {
    { "reason", F_CODE, .label = "缺勤原因", .need = true },
    { 0 },
};
static const struct field trace_input[] = {
    { "symptoms", F_CODES, .label = "症状" },
    { "traced_note", F_TEXT, .label = "追查结果", .need = true },
    { 0 },
};
static const struct step steps[] = {
    { "leave", "离园", PRESENT, LEFT, .by = THE_INSTITUTION, .input = leave_input, .effect = note_leaving,
      .checks = true, .clause = "C039", .main = true },
    { "back", "返园", LEFT, PRESENT, .by = THE_INSTITUTION, .effect = note_return, .checks = true, .clause = "C043" },
    { "arrive", "到园", ABSENT, PRESENT, .by = THE_INSTITUTION, .input = arrive_input, .effect = note_arrival,
      .checks = true, .clause = "C043", .main = true },
    { "not_come", "未到园（登记有误）", PRESENT, ABSENT, .by = THE_INSTITUTION, .input = not_come_input,
      .effect = note_not_come, .checks = true, .anew = true, .clause = "C043",
      .consequence = "实际没有来的，改为缺勤；原来的入园登记保留在办理经过中。" },
    { "trace", "缺勤追查", ABSENT, 0, .by = INSTITUTION_CARERS, .input = trace_input, .effect = note_tracing,
      .clause = "C046" },
    { 0 },
};
static const struct state_label labels[] = {
    { PRESENT, "在园", "good" },
    { LEFT, "已离园", "plain" },
    { ABSENT, "缺勤", "warn" },
    { 0 },
};
static const struct procedure procedure = {
    .first = PRESENT,
    .open = PRESENT | LEFT | ABSENT,
    .live = PRESENT | LEFT | ABSENT,
    .steps = steps,
    .labels = labels,
};
static const struct duty duties[] = {
    { INSTITUTION_CARERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_UNMASK, &MY_INSTITUTION, 0,
      G_WORK | G_OPEN | G_CHILD | G_HEALTH, "C043", "机构登记出勤", 0, 0 },
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE | MAY_CREATE, &MY_INSTITUTION, 0, G_WORK | G_OPEN | G_CHILD, "C039",
      "门卫登记接送", 0, 0 },
    { 0 },
};
const struct form attendance_form = {
    .name = "attendance",
    .title = "出勤登记",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .uniques = uniques,
    .cells = cells,
    .fill = fill,
    .month = attendance_month,
    .keep_years = 3,
    .expected_rows = 50000000,
};
