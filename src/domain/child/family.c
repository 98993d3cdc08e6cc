/* 监护人、接送人、入托查验 — 管理规范 第九、十一、三十条; clauses C041, C046. Lines of a child. */
#include "domain/child/child.h"

#include <string.h>

#include "policy/engine.h"

#define LINE_DUTIES(clause_, groups_)                                                                                  \
    { INSTITUTION_KEEPERS,                                                                                             \
      MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_UNMASK,                                                                  \
      &MY_INSTITUTION,                                                                                                 \
      0,                                                                                                               \
      G_ALL,                                                                                                           \
      clause_,                                                                                                         \
      "机构记录",                                                                                                      \
      0,                                                                                                               \
      0 },                                                                                                             \
    {                                                                                                                  \
        THE_INSTITUTION | POST(P_CARE), MAY_SEE | MAY_UNMASK, &MY_INSTITUTION, 0, groups_, clause_, "保育人员查看", 0, \
            0                                                                                                          \
    }

/* ---- 监护人 ---- */
static const struct field guardian_fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .basis = BASIS_DUTY, .group = G_CHILD, .max = 40 },
    { "relation", F_CODE, .label = "与婴幼儿关系", .code = "relation", .need = true, .list = true, .group = G_CHILD },
    { "phone", F_TEXT, .label = "手机", .need = true, .secret = true, .find = true, .list = true, .basis = BASIS_DUTY,
      .format = FORMAT_PHONE, .group = G_CONTACT, .max = 20 },
    { "id_number", F_TEXT, .label = "公民身份号码", .secret = true, .basis = BASIS_DUTY, .format = FORMAT_RESIDENT_ID,
      .group = G_IDENTITY, .max = 18 },
    { "first", F_BOOL, .label = "首选联系人", .list = true, .group = G_CHILD },
    { "work_unit", F_TEXT, .label = "工作单位", .basis = BASIS_CONSENT, .group = G_CONTACT, .max = 100,
      .hint = "选填；须先登记监护人对信息收集的同意" },
    { "ended_on", F_DATE, .label = "监护终止日期", .past = true, .group = G_CHILD, .section = "监护和接送的变化",
      .hint = "自该日起不再是监护人，不能接走婴幼儿" },
    { "no_fetch", F_BOOL, .label = "不得接走婴幼儿", .group = G_CHILD, .list = true },
    { "end_reason", F_TEXT, .label = "终止、不得接走的依据", .basis = BASIS_DUTY, .group = G_IDENTITY, .max = 200,
      .hint = "如 法院判决、撤销监护人资格" },
    { 0 },
};

bool
guardian_stands(const struct row *guardian, const char *day)
{
    const char *ended = row_text(guardian, "ended_on");
    return ended == NULL || strcmp(ended, day) > 0;
}

bool
guardian_fetches(const struct row *guardian, const char *day)
{
    return guardian_stands(guardian, day) && row_int(guardian, "no_fetch") == 0;
}

enum status
guardian_signs(struct call *call, struct reader *reader, const struct row *line, const char *field)
{
    struct row *guardian;
    const struct field *at = form_field(line->form, field, NULL);
    const enum status status = row_get(call, reader, &guardian_form, row_int(line, field), &guardian);
    if (status == NOT_FOUND || (status == OK && guardian->part != line->part))
        return call_fault(call, at, "not_a_guardian", "不是该婴幼儿的监护人");
    if (status == OK && !guardian_stands(guardian, call_today(call)))
        return call_fault(call, at, "guardian_ended", "该监护人的监护已终止");
    return status;
}

/* What the family gives of its own will is kept under its consent only. */
static enum status
guardian_fill(struct call *call, struct reader *reader, struct change *change)
{
    const struct row *row = change->new;
    if ((row_has(row, "ended_on") || row_int(row, "no_fetch") != 0) && !row_has(row, "end_reason"))
        return call_fault(call, form_field(row->form, "end_reason", NULL), "need", "请写明监护终止或不得接走的依据");
    return consent_check(call, reader, change, "data");
}

static const struct duty guardian_duties[] = {
    LINE_DUTIES("C041", G_WORK | G_CHILD | G_CONTACT),
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_CHILD, "C039",
      "后勤人员核对接送：姓名和关系", 0, 0 },
    { 0 },
};
const struct form guardian_form = {
    .name = "guardian",
    .title = "监护人",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = guardian_fields,
    .duties = guardian_duties,
    .fill = guardian_fill,
    .title_field = "name",
    .ends = "ended_on",
    .keep_years = 3,
    .expected_rows = 4000000,
};

/* ---- 接送人 (第三十条): an adult entrusted by the guardian, known by code, or by name and photo ---- */
static const struct field pickup_fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .basis = BASIS_CONTRACT, .group = G_CHILD,
      .max = 40 },
    { "relation", F_CODE, .label = "与婴幼儿关系", .code = "relation", .need = true, .list = true, .group = G_CHILD },
    { "phone", F_TEXT, .label = "手机", .secret = true, .basis = BASIS_CONTRACT, .format = FORMAT_PHONE,
      .group = G_CONTACT, .max = 20 },
    { "code", F_TEXT, .label = "接送口令", .secret = true, .basis = BASIS_CONTRACT, .group = G_CONTACT, .max = 8,
      .hint = "4至8位数字；没有手机的老人可不用，凭照片核对" },
    { "photo", F_FILE, .label = "照片", .basis = BASIS_CONSENT, .group = G_CHILD },
    { "from_day", F_DATE, .label = "委托起始日", .need = true, .fill = FILL_TODAY, .list = true, .group = G_CHILD },
    { "to_day", F_DATE, .label = "委托到期日", .list = true, .group = G_CHILD },
    { "entrusted_by", F_REF, .label = "委托的监护人", .ref = &guardian_form, .need = true, .group = G_CHILD },
    { "ended", F_BOOL, .label = "委托已撤回", .group = G_CHILD },
    { 0 },
};

/* Who may not fetch cannot have the child fetched: the gate would refuse whom he sends (PICKUP_STANDS). */
static enum status
guardian_entrusts(struct call *call, struct reader *reader, const struct row *line)
{
    struct row *guardian;
    enum status status = guardian_signs(call, reader, line, "entrusted_by");
    if (status == OK)
        status = row_get(call, reader, &guardian_form, row_int(line, "entrusted_by"), &guardian);
    if (status == OK && !guardian_fetches(guardian, call_today(call)))
        return call_fault(call, form_field(line->form, "entrusted_by", NULL), "no_fetch",
                          "该监护人不得接走婴幼儿，不能委托他人接送");
    return status;
}

/* Pictures of people rest on the consent to pictures, here as in the records of the day. */
static enum status
pickup_fill(struct call *call, struct reader *reader, struct change *change)
{
    const struct row *row = change->new;
    enum status status = OK;
    if (row->part == 0)
        return OK;
    if (row_has(row, "entrusted_by") && row_differs(row, change->old, "entrusted_by"))
        status = guardian_entrusts(call, reader, row);
    return status == OK ? consent_check(call, reader, change, "photo") : status;
}

static const struct duty pickup_duties[] = {
    LINE_DUTIES("C039", G_WORK | G_CHILD | G_CONTACT),
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_CHILD, "C039", "后勤人员核对接送", 0,
      0 },
    { 0 },
};
const struct form pickup_person_form = {
    .name = "pickup_person",
    .title = "委托接送人",
    .clause = "C039",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = pickup_fields,
    .duties = pickup_duties,
    .fill = pickup_fill,
    .title_field = "name",
    .keep_years = 3,
    .expected_rows = 4000000,
};

/* ---- 入托查验: the exam by a designated body, and the vaccination check (疫苗管理法 第四十八条) ---- */
static const struct field check_fields[] = {
    { "examined_on", F_DATE, .label = "体检日期", .past = true, .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "body", F_REF, .label = "体检机构（指定）", .ref = &medical_body_form, .list = true, .elsewhere = true,
      .group = G_HEALTH },
    { "result", F_CODE, .label = "体检结论", .code = "evidence_result", .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH },
    { "paper", F_FILE, .label = "体检表", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "vaccination", F_CODE, .label = "预防接种查验", .code = "vaccination_check", .list = true, .basis = BASIS_DUTY,
      .group = G_HEALTH, .hint = "以接种单位出具的评估结果为准" },
    { "vaccination_on", F_DATE, .label = "查验日期", .past = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "catch_up", F_LINES, .label = "需补种的疫苗", .basis = BASIS_DUTY, .group = G_HEALTH, .max = 500 },
    { "catch_up_on", F_DATE, .label = "补种复查日期", .basis = BASIS_DUTY, .group = G_HEALTH },
    { 0 },
};
/* The child's own findings follow from its papers. */
static enum status
judge_child(struct call *call, struct writer *writer, const struct change *change)
{
    return child_judge(call, writer, change->new->part);
}

static const struct duty check_duties[] = { LINE_DUTIES("C041", G_WORK | G_CHILD | G_HEALTH), { 0 } };
const struct form entry_check_form = {
    .name = "entry_check",
    .title = "入托查验",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = check_fields,
    .duties = check_duties,
    .effect = judge_child,
    .keep_years = 3,
    .expected_rows = 3000000,
};

/* ---- 指定医疗卫生机构 (seed 三(二)3): kept by the health authority, chosen at entry exams ---- */
static const struct field body_fields[] = {
    { "name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true, .group = G_OPEN },
    { "kind", F_CODE, .label = "机构类别", .code = "medical_body_kind", .need = true, .list = true, .filter = true,
      .group = G_OPEN },
    { "address", F_TEXT, .label = "地址", .list = true, .group = G_OPEN, .max = 300 },
    { "phone", F_TEXT, .label = "电话", .list = true, .format = FORMAT_PHONE, .group = G_OPEN, .max = 20 },
    { "services", F_CODES, .label = "承担工作", .code = "medical_service", .list = true, .group = G_OPEN },
    { "since_day", F_DATE, .label = "指定日期", .group = G_OPEN },
    { "until_day", F_DATE, .label = "终止日期", .group = G_OPEN },
    { 0 },
};
static const struct duty body_duties[] = {
    { COUNTY_HEALTH | LEVEL(L_CITY), MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT, &MY_AREA, 0, G_ALL,
      "C041", "卫生健康部门指定", 0, 0 },
    { THE_INSTITUTION | AUTHORITIES | EVERYBODY, MAY_SEE, &ANYWHERE, 0, G_OPEN, "C041", "公开名单", 0, 0 },
    { 0 },
};
const struct form medical_body_form = {
    .name = "medical_body",
    .title = "指定医疗卫生机构",
    .clause = "C041",
    .of = OF_OFFICE,
    .fields = body_fields,
    .duties = body_duties,
    .title_field = "name",
    .expected_rows = 2000,
};
