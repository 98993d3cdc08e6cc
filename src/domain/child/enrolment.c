/* 入托名册: one line for a child with its guardian, class, papers and contract, so that a sheet of sixty comes in
 * within an hour. What a line makes goes the ordinary way; the line itself keeps no person. */
#include <string.h>

#include "domain/child/child.h"
#include "domain/child/contract.h"
#include "domain/child/doubles.h"
#include "domain/child/entry.h"
#include "domain/child/forget.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .basis = BASIS_CONTRACT, .group = G_CHILD, .max = 40 },
    { "sex", F_CODE, .label = "性别", .code = "sex", .need = true, .basis = BASIS_CONTRACT, .group = G_CHILD },
    { "born", F_DATE, .label = "出生日期", .need = true, .basis = BASIS_CONTRACT, .group = G_CHILD },
    { "id_kind", F_CODE, .label = "证件类型", .code = "child_id_kind", .need = true, .basis = BASIS_DUTY,
      .group = G_IDENTITY },
    { "id_number", F_TEXT, .label = "证件号码", .secret = true, .basis = BASIS_DUTY, .group = G_IDENTITY, .max = 30 },
    { "household", F_CODE, .label = "户籍", .code = "household", .basis = BASIS_DUTY, .group = G_CHILD },
    { "migrant", F_BOOL, .label = "进城务工人员随迁", .basis = BASIS_DUTY, .group = G_CHILD },
    { "allergies", F_TEXT, .label = "过敏史", .secret = true, .basis = BASIS_CONTRACT, .group = G_HEALTH, .max = 200 },
    { "guardian", F_TEXT, .label = "监护人姓名", .need = true, .basis = BASIS_DUTY, .group = G_CHILD, .max = 40,
      .section = "监护人" },
    { "relation", F_CODE, .label = "与婴幼儿关系", .code = "relation", .need = true, .basis = BASIS_DUTY,
      .group = G_CHILD },
    { "phone", F_TEXT, .label = "监护人手机", .need = true, .secret = true, .basis = BASIS_DUTY, .format = FORMAT_PHONE,
      .group = G_CONTACT, .max = 20 },
    { "class_name", F_TEXT, .label = "班级名称", .need = true, .section = "入托", .max = 40 },
    { "entered_on", F_DATE, .label = "入托日期", .need = true, .list = true },
    { "entry_reason", F_TEXT, .label = "补录原因", .max = 200, .hint = "入托日期早于今天较多时填写" },
    { "examined_on", F_DATE, .label = "入托体检日期", .past = true, .need = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "body_name", F_TEXT, .label = "体检机构名称", .need = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 60,
      .hint = "从指定医疗卫生机构名单中填写" },
    { "vaccination", F_CODE, .label = "预防接种查验", .code = "vaccination_check", .need = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "service_form", F_CODE, .label = "服务形式", .code = "service_form", .need = true, .section = "协议" },
    { "weekdays", F_CODES, .label = "约定入托日", .code = "weekday", .need = true, .hint = "如 周一、周二、周三" },
    { "half", F_CODE, .label = "半日托时段", .code = "half_day" },
    { "from_day", F_DATE, .label = "协议起始日", .need = true },
    { "to_day", F_DATE, .label = "协议截止日", .need = true },
    { "care_fee", F_FEN, .label = "每月保育费", .need = true, .min = 0, .max = 10000000 },
    { "meal_fee", F_FEN, .label = "每月伙食费", .min = 0, .max = 10000000 },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true },
    { "body", F_REF, .label = "体检机构", .ref = &medical_body_form, .elsewhere = true, .computed = true },
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .computed = true, .list = true },
    { 0 },
};

/* ---- what can be said of a line before anything is made ---- */

static enum status
fault(struct call *call, const struct row *row, const char *name, const char *code, const char *message)
{
    return call_fault(call, form_field(row->form, name, NULL), code, "%s", message);
}

static enum status
find_by_name(struct call *call, struct reader *reader, const struct form *form, const struct row *row,
             const char *column, struct value value, const char *name, int64_t *id)
{
    struct row_set set;
    const char *const where[] = { column, "name" };
    const struct value values[] = { value, value_text(name) };
    enum status status = rows_by(call, reader, form, row->office, where, values, 2, &set);
    *id = 0;
    for (size_t i = 0; status == OK && i < set.n && *id == 0; i++)
        if (form != &class_form || !class_ended(set.rows[i], row_text(row, "entered_on")))
            *id = set.rows[i]->id;
    return status;
}

static enum status
find_named(struct call *call, struct reader *reader, struct row *row)
{
    int64_t id;
    enum status status = find_by_name(call, reader, &class_form, row, "institution", value_int(row->institution),
                                      row_text(row, "class_name"), &id);
    if (status == OK && id == 0)
        fault(call, row, "class_name", "no_such_class", "本机构没有这个班级，请先建班");
    else if (status == OK)
        row_set_int(row, "class", id);
    if (status == OK)
        status = find_by_name(call, reader, &medical_body_form, row, "office", value_int(row->office),
                              row_text(row, "body_name"), &id);
    if (status == OK && id == 0)
        fault(call, row, "body_name", "no_such_body", "不在指定医疗卫生机构名单中");
    else if (status == OK)
        row_set_int(row, "body", id);
    return status;
}

static void
check_dates(struct call *call, const struct row *row)
{
    struct day born, entered, from, to;
    if (!row_day(row, "born", &born) || !row_day(row, "entered_on", &entered) || !row_day(row, "from_day", &from) ||
        !row_day(row, "to_day", &to))
        return;
    if (born.n > entered.n)
        fault(call, row, "born", "order", "出生日期晚于入托日期");
    else if (day_months_between(born, entered) >= (int)standard_int(call, "AGE-MAX", 36))
        fault(call, row, "born", "AGE-MAX", "入托日已满3岁，不能收托");
    if (to.n < from.n)
        fault(call, row, "to_day", "order", "截止日早于起始日");
    if (strcmp(row_text(row, "vaccination"), "missing") == 0)
        fault(call, row, "vaccination", "MGT-11a", "未查验预防接种证，不能入托");
}

/* What the child's own row would refuse, said at the line. */
static void
check_identity(struct call *call, const struct row *row)
{
    const char *number = row_text(row, "id_number");
    if (number == NULL && strcmp(row_text(row, "id_kind"), "none") != 0)
        fault(call, row, "id_number", "need", "请填写证件号码；暂无证件的，证件类型选“暂无”");
    identity_check(call, row->form, row, number);
}

static enum status
no_double(struct call *call, struct reader *reader, const struct row *row)
{
    int64_t other;
    enum status status = double_of(call, reader, row->institution, row_text(row, "name"), row_text(row, "born"),
                                   row_text(row, "id_kind"), row_text(row, "id_number"), &other);
    if (status == OK && other != 0)
        fault(call, row, "name", "double", "与已登记（或表中前面）的一名婴幼儿重复");
    return status;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    if (change->old != NULL || (row->id == 0 && call->depth == 0))
        return OK; /* an empty entry page */
    enum status status = need_check(call, row->form, row);
    if (status == OK)
        status = find_named(call, reader, row);
    if (status == OK)
        check_dates(call, row);
    if (status == OK && call->faults == NULL)
        check_identity(call, row);
    if (status == OK)
        status = no_double(call, reader, row);
    return status == OK && call->faults != NULL ? INVALID : status;
}

/* ---- what it makes ---- */

static void
carry(struct row *to, const struct row *from, const char *const (*names)[2])
{
    for (; (*names)[0] != NULL; names++)
        row_set(to, (*names)[0], row_value(from, (*names)[1]));
}

#define NAMES(...) ((const char *const[][2]){ __VA_ARGS__, { NULL, NULL } })

static struct row *
line_of(struct call *call, const struct form *form, const struct row *row, int64_t part)
{
    struct row *made = row_new(call, form);
    if (made != NULL) {
        made->institution = row->institution;
        made->part = part;
    }
    return made;
}

static enum status
make_child(struct call *call, struct writer *writer, const struct row *row, int64_t *id)
{
    struct row *child = line_of(call, &child_form, row, 0);
    if (child == NULL)
        return NO_MEMORY;
    carry(child, row,
          NAMES({ "name", "name" }, { "sex", "sex" }, { "born", "born" }, { "id_kind", "id_kind" },
                { "id_number", "id_number" }, { "household", "household" }, { "migrant", "migrant" },
                { "allergies", "allergies" }));
    enum status status = row_create(call, writer, child);
    *id = child->id;
    return status;
}

static enum status
make_family(struct call *call, struct writer *writer, const struct row *row, int64_t child, int64_t *guardian)
{
    struct row *person = line_of(call, &guardian_form, row, child),
               *check = line_of(call, &entry_check_form, row, child);
    if (person == NULL || check == NULL)
        return NO_MEMORY;
    carry(person, row, NAMES({ "name", "guardian" }, { "relation", "relation" }, { "phone", "phone" }));
    row_set_int(person, "first", 1);
    carry(check, row,
          NAMES({ "examined_on", "examined_on" }, { "body", "body" }, { "vaccination", "vaccination" },
                { "vaccination_on", "entered_on" }));
    if (strcmp(row_text(row, "entered_on"), call_today(call)) > 0)
        row_set_text(check, "vaccination_on", call_today(call)); /* seen with the sheet, ahead of the entry */
    row_set_text(check, "result", "pass");
    enum status status = row_create(call, writer, person);
    *guardian = person->id;
    return status == OK ? row_create(call, writer, check) : status;
}

static enum status
take_place(struct call *call, struct writer *writer, const struct row *row, int64_t child)
{
    struct node *admit = node_map(call->arena), *place = node_map(call->arena);
    node_put_text(call->arena, admit, "entered_on", row_text(row, "entered_on"));
    node_put_text(call->arena, place, "class", arena_format(call->arena, "%lld", (long long)row_int(row, "class")));
    node_put_text(call->arena, place, "class_from", row_text(row, "entered_on"));
    node_put_text(call->arena, admit, "entry_reason", row_text(row, "entry_reason"));
    const bool ahead = strcmp(row_text(row, "entered_on"), call_today(call)) > 0;
    enum status status = step_take(call, writer, &child_form, child, 0, ahead ? "plan_entry" : "admit", admit, NULL);
    return status == OK ? step_take(call, writer, &child_form, child, 0, "place", place, NULL) : status;
}

static enum status
make_item(struct call *call, struct writer *writer, const struct row *row, int64_t contract, const char *item,
          const char *label, const char *amount)
{
    struct row *line = line_of(call, &contract_item_form, row, contract);
    if (line == NULL || row_int(row, amount) == 0)
        return line == NULL ? NO_MEMORY : OK;
    row_set_text(line, "item", item);
    row_set_text(line, "label", label);
    row_set_text(line, "per", "month");
    row_set_int(line, "amount", row_int(row, amount));
    return row_create(call, writer, line);
}

static enum status
make_contract(struct call *call, struct writer *writer, const struct row *row, int64_t child, int64_t guardian)
{
    struct node *sign = node_map(call->arena);
    struct row *contract = line_of(call, &contract_form, row, child);
    if (contract == NULL)
        return NO_MEMORY;
    carry(contract, row,
          NAMES({ "service_form", "service_form" }, { "weekdays", "weekdays" }, { "half", "half" },
                { "from_day", "from_day" }, { "to_day", "to_day" }));
    row_set_text(contract, "prepay", "none");
    row_set_text(contract, "absence_refund", "day");
    row_set_int(contract, "meal_by_attendance", 1);
    enum status status = row_create(call, writer, contract);
    if (status == OK)
        status = make_item(call, writer, row, contract->id, "care", "保育费", "care_fee");
    if (status == OK)
        status = make_item(call, writer, row, contract->id, "meal", "伙食费", "meal_fee");
    node_put_text(call->arena, sign, "signed_by", arena_format(call->arena, "%lld", (long long)guardian));
    node_put_text(call->arena, sign, "signed_on", row_text(row, "from_day"));
    return status == OK ? step_take(call, writer, &contract_form, contract->id, 0, "sign", sign, NULL) : status;
}

/* The line has done its work: the person stands in the child's own records only. */
static enum status
keep_no_person(struct call *call, struct writer *writer, struct row *row, int64_t child)
{
    for (int i = 0; row->form->fields[i].name != NULL; i++)
        if (is_personal(&row->form->fields[i]))
            row->cells[i] = value_null();
    row_set_int(row, "child", child);
    enum status status = row_update(call, writer, row, row->version);
    if (status != OK)
        return status;
    return writer_run(writer, "delete from subject_key where office = ?1 and id = ?2",
                      ARGS(value_int(row->office), value_int(row->id)), NULL);
}

static enum status
make_all(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    int64_t child = 0, guardian = 0;
    if (change->old != NULL)
        return OK;
    enum status status = make_child(call, writer, row, &child);
    if (status == OK)
        status = make_family(call, writer, row, child, &guardian);
    if (status == OK)
        status = take_place(call, writer, row, child);
    if (status == OK)
        status = make_contract(call, writer, row, child, guardian);
    return status == OK ? keep_no_person(call, writer, row, child) : status;
}

static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_IMPORT, &MY_INSTITUTION, 0, G_ALL, "C041",
      "负责人导入入托名册", 0, 0 },
    { 0 },
};
const struct form enrolment_form = {
    .name = "enrolment",
    .title = "入托名册",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .fields = fields,
    .duties = duties,
    .fill = fill,
    .effect = make_all,
    .intro = "一行一名婴幼儿：同时登记监护人、入托查验、班级和协议。先建好班级，再下载模板填写。",
    .keep_years = 3,
    .expected_rows = 2000000,
};
