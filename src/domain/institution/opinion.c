/* 部门意见、现场核查 — clauses C033, C132, C156; C143, C152–C154, C158, C162 as far as a filing asks. They run beside
 * or after the receipt, each with its own clock; a department sees only what it was asked. */
#include <string.h>

#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

static const struct field opinion_fields[] = {
    { "department", F_CODE, .label = "部门", .code = "department", .need = true, .list = true, .filter = true,
      .fixed = true },
    { "result", F_CODE, .label = "意见", .code = "opinion_result", .list = true, .computed = true },
    { "opinion", F_LINES, .label = "说明", .computed = true, .max = 2000 },
    { "answered_on", F_DATE, .label = "反馈日期", .computed = true, .list = true },
    { "again_reason", F_LINES, .label = "重新征求的事由", .computed = true, .max = 1000 },
    { 0 },
};

static enum status
ask(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status =
        clock_start(call, writer, change->new, "opinion", "CFG-OPINION-DAYS", row_text(change->new, "department"));
    if (status == OK)
        status = notice_department(call, writer, change->new->office, row_text(change->new, "department"),
                                   "有一件托育机构备案征求意见",
                                   arena_format(call->arena, "/opinion/%lld", (long long)change->new->id));
    return status;
}

static enum status
asked(struct call *call, struct writer *writer, const struct change *change)
{
    return change->old == NULL ? ask(call, writer, change) : OK;
}

/* What was answered before stays in the history; the department is asked anew, with a clock of its own. */
static enum status
asked_again(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const former[] = { "result", "opinion", "answered_on" };
    for (size_t i = 0; i < sizeof former / sizeof former[0]; i++)
        row_set(change->new, former[i], value_null());
    enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? ask(call, writer, change) : status;
}

static enum status
answered(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "answered_on", call_today(call));
    enum status status = row_update(call, writer, change->new, change->new->version);
    if (status == OK)
        status = notice_department(
            call, writer, change->new->office, "health",
            arena_format(call->arena, "%s已%s意见",
                         code_label(call->reference, "department", row_text(change->new, "department")),
                         change->old->state == ASKED ? "反馈" : "更正"),
            arena_format(call->arena, "/filing/%lld", (long long)change->new->part));
    return status;
}

/* Only the department that was asked answers. */
static enum status
is_my_department(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    enum department department;
    (void)reader;
    *may = department_of(row_text(change->old, "department"), &department) && department == call->me->department;
    return OK;
}

static const struct field answer_input[] = {
    { "result", F_CODE, .label = "意见", .need = true },
    { "opinion", F_LINES, .label = "说明" },
    { 0 },
};
static const struct step opinion_steps[] = {
    { "answer", "反馈意见", ASKED, ANSWERED, .by = AUTHORITIES, .input = answer_input, .stops = CLOCKS("opinion"),
      .guard = is_my_department, .effect = answered, .clause = "C156", .main = true },
    { "correct", "更正意见", ANSWERED, 0, .by = AUTHORITIES, .input = answer_input, .guard = is_my_department,
      .effect = answered, .clause = "C156", .consequence = "原来的意见留在办理经过中，承办人会收到消息。" },
    { "again", "重新征求", ANSWERED, ASKED, .by = COUNTY_HEALTH, .need = "again_reason", .effect = asked_again,
      .clause = "C156", .consequence = "重新计时；原来的意见留在办理经过中。" },
    { 0 },
};
static const struct procedure opinion_procedure = { .first = ASKED, .live = ASKED, .steps = opinion_steps };
static const struct duty opinion_duties[] = {
    { AUTHORITIES & ~HEALTH, MAY_SEE, &MY_DEPARTMENT, 0, G_ALL, "C156", "被征求意见的部门", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE, &MY_AREA, 0, G_ALL, "C156", "县级卫生健康部门征求意见", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C156", "市级卫生健康部门", 0, 0 },
    { 0 },
};
const struct form opinion_form = {
    .name = "opinion",
    .title = "部门意见",
    .clause = "C156",
    .of = OF_INSTITUTION,
    .fields = opinion_fields,
    .procedure = &opinion_procedure,
    .duties = opinion_duties,
    .part_of = &filing_form,
    .effect = asked,
    .expected_rows = 300000,
};

/* ---- 现场核查 ---- */
static const struct field visit_fields[] = {
    { "planned_on", F_DATE, .label = "计划核查日期", .list = true },
    { "visited_on", F_DATE, .label = "核查日期", .past = true, .list = true, .hint = "核查以后填写，连同结论" },
    { "visitors", F_TEXT, .label = "核查人员", .need = true, .list = true, .basis = BASIS_DUTY },
    { "accompanied", F_TEXT, .label = "机构陪同人员", .basis = BASIS_DUTY },
    { "rooms_ok", F_BOOL, .label = "生活用房与备案一致" },
    { "fire_ok", F_BOOL, .label = "疏散通道畅通、消防器材有效" },
    { "hygiene_ok", F_BOOL, .label = "卫生保健设施到位" },
    { "staff_ok", F_BOOL, .label = "人员与备案一致" },
    { "result", F_CODE, .label = "核查结论", .code = "opinion_result", .list = true },
    { "note", F_LINES, .label = "情况记录", .max = 2000 },
    { "photo", F_FILE, .label = "现场照片" },
    { 0 },
};
/* Planned, then done: a visit that took place says when and with what result; one that did not says for when it is
 * planned. What is done does not become planned again. */
static enum status
visit_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    const bool done = row_has(change->new, "visited_on"),
               was = change->old != NULL && row_has(change->old, "visited_on");
    if (!done && (was || !row_has(change->new, "planned_on")))
        return call_fault(call, form_field(&visit_form, was ? "visited_on" : "planned_on", NULL), "need",
                          was ? "核查日期不能删去" : "请填写计划核查日期，或者已经核查的日期");
    if (done != row_has(change->new, "result"))
        return call_fault(call, form_field(&visit_form, done ? "result" : "visited_on", NULL), "need",
                          done ? "请填写核查结论" : "填写结论的，请填写核查日期");
    return OK;
}

/* The clock runs from the plan to the visit. */
static enum status
visit_clock(struct call *call, struct writer *writer, const struct change *change)
{
    struct day visited;
    if (row_day(change->new, "visited_on", &visited))
        return clock_stop(writer, change->new, "visit", day_start_ms(visited));
    return change->old == NULL ? clock_start(call, writer, change->new, "visit", "CFG-VISIT-DAYS", "health") : OK;
}

static enum status
visit_show(struct call *call, struct reader *reader, const struct row *visit, struct node *model)
{
    return clocks_show(call, reader, visit, node_put_list(call->arena, model, "clocks"));
}

static const struct duty visit_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C033", "县级卫生健康部门核查", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C131", "市级卫生健康部门", 0, 0 },
    { 0 },
};
const struct form visit_form = {
    .name = "site_visit",
    .title = "现场核查",
    .clause = "C033",
    .of = OF_INSTITUTION,
    .fields = visit_fields,
    .duties = visit_duties,
    .part_of = &filing_form,
    .show = visit_show,
    .fill = visit_fill,
    .effect = visit_clock,
    .expected_rows = 100000,
};

/* ---- 常用语 ---- */
static const struct field phrase_fields[] = {
    { "title", F_TEXT, .label = "名称", .need = true, .list = true, .max = 40 },
    { "text", F_LINES, .label = "内容", .need = true, .list = true, .max = 1000 },
    { 0 },
};
static const struct duty phrase_duties[] = {
    { AUTHORITIES, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MINE, 0, G_ALL, "C131", "本人的常用语", 0, 0 },
    { 0 },
};
const struct form phrase_form = {
    .name = "phrase",
    .title = "常用语",
    .clause = "C131",
    .of = OF_OFFICE,
    .fields = phrase_fields,
    .duties = phrase_duties,
    .title_field = "title",
    .expected_rows = 10000,
};

/* ---- 办理设置 ---- */
static const struct field setting_fields[] = {
    { "number_pattern", F_TEXT, .label = "公文编号格式", .need = true, .list = true,
      .hint = "{年} 和 {号} 会替换为年份和流水号，如“崆卫托备〔{年}〕{号}号”", .max = 60 },
    { "sign_steps", F_INT, .label = "公文环节", .unit = "步", .min = 1, .max = 3, .need = true, .list = true,
      .hint = "1：承办人签发；2：承办、签发；3：承办、审核、签发" },
    { "supplement_steps", F_INT, .label = "补齐材料告知书环节", .unit = "步", .min = 1, .max = 3,
      .hint = "不填为1：承办人签发" },
    { "seal_url", F_TEXT, .label = "电子印章接口地址", .max = 300, .hint = "不填则打印、盖章、扫描上传" },
    { "seal_secret", F_TEXT, .label = "电子印章接口密钥", .secret = true, .basis = BASIS_DUTY, .group = G_IDENTITY,
      .max = 200 },
    { "issuer", F_TEXT, .label = "落款单位", .need = true, .list = true, .max = 60 },
    { "disclaimer", F_TEXT, .label = "公开页面说明", .max = 300, .hint = "说明备案不是许可" },
    { "of_office", F_INT, .label = "所属单位", .computed = true },
    { 0 },
};
static const struct unique_key setting_uniques[] = {
    { { "issuer" }, "该单位已有办理设置" },
    { { "of_office" }, "该单位已有办理设置，请在原来的上面修改" },
    { 0 },
};

/* One for an office: of several that an older release let in, the first is the one that counts. */
static enum status
setting_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena, "select id from desk_setting where office = ?1 order by id limit 1",
                    ARGS(value_int(change->new->office)), &rows);
    if (status != OK)
        return status;
    if (change->old == NULL && rows.n > 0) {
        call_fault(call, form_field(&desk_setting_form, "issuer", NULL), "taken",
                   "该单位已有办理设置，请在原来的上面修改");
        return call_fail(call, CONFLICT, "该单位已有办理设置，请在原来的上面修改");
    }
    if (change->old == NULL || rows_int(&rows, 0, 0) == change->new->id)
        row_set_int(change->new, "of_office", change->new->office);
    return OK;
}

static enum status
pattern_has_number(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const char *pattern = row_text(change->new, "number_pattern");
    (void)reader;
    if (pattern != NULL && strstr(pattern, "{号}") == NULL)
        finding_add(call, rule, "公文编号格式中没有“{号}”：每份公文的编号会相同");
    return OK;
}

static const struct rule setting_rules[] = {
    { "DESK-NUMBER", BLOCK, .check = pattern_has_number, .field = "number_pattern", .clause = "C033",
      .advice = "写上“{号}”" },
    { 0 },
};
static const struct duty setting_duties[] = {
    { COUNTY_HEALTH | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C033",
      "县级卫生健康部门负责人", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C033", "查看", 0, 0 },
    { 0 },
};
const struct form desk_setting_form = {
    .name = "desk_setting",
    .title = "办理设置",
    .clause = "C033",
    .of = OF_OFFICE,
    .fields = setting_fields,
    .uniques = setting_uniques,
    .rules = setting_rules,
    .fill = setting_fill,
    .duties = setting_duties,
    .title_field = "issuer",
    .expected_rows = 200,
};
