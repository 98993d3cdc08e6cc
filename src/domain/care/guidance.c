/* 业务指导、咨询、监督检查 — 三(二)3; clauses C047, C049, C157. 妇幼保健 and 疾控 guide, 卫生监督 inspects; the
 * institution confirms that it has read, mends, and whoever came looks at it again. */
#include <string.h>

#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define GUIDES (DEPT(D_MATERNAL) | DEPT(D_CDC) | LEVEL(L_COUNTY))
#define INSPECTORS (DEPT(D_INSPECTION) | LEVEL(L_COUNTY))

/* ---- what both have: read, mended, looked at again ---- */

static enum status
came(struct call *call, struct writer *writer, const struct change *change, const char *text)
{
    if (change->old != NULL || change->step != NULL)
        return OK;
    return notice_institution(call, writer, change->new->institution, text,
                              arena_format(call->arena, "/%s/%lld", change->form->name, (long long)change->new->id));
}

static enum status
note_read(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "read_at", call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

#define ANSWER_FIELDS                                                                                                  \
    { "read_at", F_TIME, .label = "机构阅读时间", .computed = true, .section = "整改" },                               \
        { "mended", F_LINES, .label = "机构整改情况", .max = 2000 }, { "mended_on", F_DATE, .label = "整改完成日期" }, \
        { "checked_on", F_DATE, .label = "复查日期" },                                                                 \
    {                                                                                                                  \
        "checked_note", F_LINES, .label = "复查情况", .max = 2000                                                      \
    }

static const struct field mended_input[] = {
    { "mended", F_LINES, .label = "机构整改情况", .need = true },
    { "mended_on", F_DATE, .label = "整改完成日期", .need = true },
    { 0 },
};
static const struct field checked_input[] = {
    { "checked_on", F_DATE, .label = "复查日期", .need = true },
    { "checked_note", F_LINES, .label = "复查情况", .need = true },
    { 0 },
};
#define STEPS(who, clause_)                                                                                            \
    {                                                                                                                  \
        { "read", "已阅读", ASKED, ANSWERED, .by = INSTITUTION_KEEPERS, .effect = note_read, .clause = clause_ },      \
            { "mend",                                                                                                  \
              "提交整改情况",                                                                                          \
              ASKED | ANSWERED,                                                                                        \
              SUBMITTED,                                                                                               \
              .by = INSTITUTION_KEEPERS,                                                                               \
              .input = mended_input,                                                                                   \
              .clause = clause_,                                                                                       \
              .main = true },                                                                                          \
            { "check",   "复查通过，办结",       ANSWERED | SUBMITTED, DONE,                                           \
              .by = who, .input = checked_input, .clause = clause_,    .main = true },                                 \
            { "again", "仍须整改", SUBMITTED, ASKED, .by = who, .need = "checked_note", .clause = clause_ },           \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
static const struct state_label labels[] = {
    { ASKED, "机构未读", "warn" },
    { ANSWERED, "机构已读", "plain" },
    { SUBMITTED, "待复查", "warn" },
    { DONE, "已办结", "good" },
    { 0 },
};

/* ---- 业务指导 ---- */

static const struct field guidance_fields[] = {
    SITE_FIELD,
    { "kind", F_CODE, .label = "方式", .code = "guidance_kind", .need = true, .list = true, .filter = true },
    { "visited_on", F_DATE, .label = "日期", .need = true, .fill = FILL_TODAY, .list = true, .index = true },
    { "visitors", F_TEXT, .label = "指导人员", .need = true, .basis = BASIS_DUTY, .list = true, .max = 100 },
    { "topics", F_TEXT, .label = "内容", .need = true, .list = true },
    { "findings", F_LINES, .label = "发现的问题", .max = 4000 },
    { "advice", F_LINES, .label = "建议", .need = true, .max = 4000 },
    ANSWER_FIELDS,
    { 0 },
};
static enum status
guided(struct call *call, struct writer *writer, const struct change *change)
{
    return came(call, writer, change, "收到一份业务指导意见，请阅读");
}
static const struct step guidance_steps[] = STEPS(GUIDES, "C047");
static const struct procedure guidance_procedure = {
    .first = ASKED, .live = ASKED, .steps = guidance_steps, .labels = labels
};
static const struct duty guidance_duties[] = {
    { GUIDES, MAY_SEE | MAY_CREATE, &MY_AREA, 0, G_WORK | G_INTERNAL, "C047", "妇幼保健和疾控机构指导", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C157", "卫生健康部门查看", 0, 0 },
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C047", "机构阅读并改进", 0, 0 },
    { 0 },
};
const struct form health_guidance_form = {
    .name = "health_guidance",
    .title = "卫生保健业务指导",
    .clause = "C047",
    .of = OF_INSTITUTION,
    .fields = guidance_fields,
    .procedure = &guidance_procedure,
    .fill = fill_site,
    .duties = guidance_duties,
    .effect = guided,
    .expected_rows = 100000,
};

/* ---- 卫生监督检查 ---- */

static const struct field inspection_fields[] = {
    SITE_FIELD,
    { "visited_on", F_DATE, .label = "检查日期", .need = true, .fill = FILL_TODAY, .list = true, .index = true },
    { "visitors", F_TEXT, .label = "监督员", .need = true, .basis = BASIS_DUTY, .list = true, .max = 100,
      .hint = "不少于两人" },
    { "items", F_LINES, .label = "检查内容", .need = true, .max = 4000 },
    { "findings", F_LINES, .label = "发现的问题", .max = 4000 },
    { "result", F_CODE, .label = "结果", .code = "inspection_result", .need = true, .list = true, .filter = true },
    { "order_no", F_TEXT, .label = "监督意见书（责令改正通知书）编号", .list = true, .max = 60 },
    { "mend_by", F_DATE, .label = "改正期限" },
    { "penalty", F_LINES, .label = "行政处罚", .max = 1000, .hint = "处罚决定书编号、种类、日期" },
    ANSWER_FIELDS,
    { 0 },
};
static enum status
order_has_its_number(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const struct row *row = change->new;
    const char *result = row_text(row, "result");
    (void)reader;
    if (result == NULL)
        return OK;
    if (strcmp(result, "order") == 0 && (!row_has(row, "order_no") || !row_has(row, "mend_by")))
        finding_add(call, rule, "责令改正的，请填写文书编号和改正期限");
    if (strcmp(result, "penalty") == 0 && !row_has(row, "penalty"))
        finding_add(call, rule, "行政处罚的，请填写处罚决定");
    return OK;
}
static const struct rule inspection_rules[] = {
    { "HC-19-ORDER", BLOCK, .check = order_has_its_number, .standard = "HC-19", .field = "result", .clause = "C049" },
    { 0 },
};
static enum status
inspected(struct call *call, struct writer *writer, const struct change *change)
{
    return came(call, writer, change, "收到一份卫生监督检查记录，请阅读");
}
static const struct step inspection_steps[] = STEPS(INSPECTORS, "C049");
static const struct procedure inspection_procedure = {
    .first = ASKED, .live = ASKED, .steps = inspection_steps, .labels = labels
};
static const struct duty inspection_duties[] = {
    { INSPECTORS, MAY_SEE | MAY_CREATE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C049", "卫生监督机构检查", 0,
      0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C049", "卫生健康部门查看", 0, 0 },
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C049", "机构阅读并改正", 0, 0 },
    { 0 },
};
const struct form health_inspection_form = {
    .name = "health_inspection",
    .title = "卫生监督检查",
    .clause = "C049",
    .of = OF_INSTITUTION,
    .fields = inspection_fields,
    .rules = inspection_rules,
    .procedure = &inspection_procedure,
    .fill = fill_site,
    .duties = inspection_duties,
    .effect = inspected,
    .expected_rows = 100000,
};

/* ---- 工作人员因病离岗 (HC-SX) ---- */

static const struct field staff_fields[] = {
    { "staff", F_REF, .label = "工作人员", .ref = &staff_form, .need = true, .fixed = true, .list = true },
    { "off_on", F_DATE, .label = "离岗日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "symptoms", F_CODES, .label = "症状", .code = "symptom", .need = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "disease", F_CODE, .label = "病种", .code = "disease", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "certificate_by", F_TEXT, .label = "返岗证明出具单位", .basis = BASIS_DUTY, .group = G_HEALTH, .max = 80,
      .section = "返岗" },
    { "back_on", F_DATE, .label = "返岗日期", .past = true, .list = true },
    { "certificate", F_FILE, .label = "返岗证明", .basis = BASIS_DUTY, .group = G_HEALTH },
    { 0 },
};
static const struct field staff_back_input[] = {
    { "certificate_by", F_TEXT, .label = "返岗证明出具单位", .need = true },
    { "back_on", F_DATE, .label = "返岗日期", .need = true },
    { "certificate", F_FILE, .label = "返岗证明", .need = true },
    { 0 },
};

/* Off duty as long as one illness has no end. */
static enum status
staff_off(struct call *call, struct writer *writer, const struct change *change)
{
    struct rows rows;
    const struct row *row = change->new;
    const enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select min(off_on) from staff_illness where office = ?1 and staff = ?2 and state = 'open'",
                    ARGS(value_int(row->office), row_value(row, "staff")), &rows);
    return status == OK ? staff_ill(call, writer, row_int(row, "staff"), rows_text(&rows, 0, 0)) : status;
}

static enum status
staff_back(struct call *call, struct writer *writer, const struct change *change)
{
    const char *back = row_text(change->new, "back_on");
    if (strcmp(back, row_text(change->new, "off_on")) < 0)
        return call_fault(call, form_field(change->form, "back_on", NULL), "order", "返岗日期早于离岗日期");
    return staff_off(call, writer, change);
}

static const struct step staff_steps[] = {
    { "back", "凭证明返岗", OPEN, ENDED, .by = INSTITUTION_KEEPERS, .input = staff_back_input, .effect = staff_back,
      .clause = "C046", .main = true },
    { 0 },
};
static const struct state_label staff_labels[] = { { OPEN, "离岗中", "warn" }, { ENDED, "已返岗", "good" }, { 0 } };
static const struct procedure staff_procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = staff_steps, .labels = staff_labels
};
static enum status
fill_staff(struct call *call, struct reader *reader, struct change *change)
{
    struct row *staff;
    const int64_t id = row_int(change->new, "staff");
    if (change->old != NULL || id == 0)
        return OK;
    if (row_get(call, reader, &staff_form, id, &staff) != OK || staff->institution != change->new->institution)
        return call_fault(call, form_field(change->form, "staff", NULL), "other_institution", "不是本机构的工作人员");
    return OK;
}
static const struct duty staff_duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT, &MY_INSTITUTION, 0, G_WORK | G_HEALTH,
      "C046", "机构登记", 0, 0 },
    { 0 },
};
const struct form staff_illness_form = {
    .name = "staff_illness",
    .title = "工作人员因病离岗",
    .clause = "C046",
    .intro = "出现发热、腹泻等症状的，立即离岗，凭医疗机构证明返岗。",
    .of = OF_INSTITUTION,
    .paper_day = "off_on",
    .fields = staff_fields,
    .procedure = &staff_procedure,
    .duties = staff_duties,
    .fill = fill_staff,
    .effect = staff_off,
    .keep_years = 3,
    .expected_rows = 200000,
};
