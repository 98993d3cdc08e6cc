/* 聚集性预警、流行病学调查、消毒隔离指导 — clauses C046, C048. The county sees kind, place, time, class and age; never
 * a name. The 疾控 investigates, guides and closes; closing ends the observation of the classes. */
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define COUNTY_CDC (DEPT(D_CDC) | LEVEL(L_COUNTY))
#define COUNTY_EPIDEMIC (DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_COUNTY))

static const struct field fields[] = {
    SITE_FIELD,
    { "kind", F_CODE, .label = "疑似类别", .code = "illness_kind", .computed = true, .list = true, .filter = true },
    { "disease", F_CODE, .label = "病种", .code = "disease", .computed = true }, /* of "listed" only */
    { "level", F_CODE, .label = "级别", .code = "alert_level", .computed = true, .list = true, .filter = true },
    { "cases", F_INT, .label = "病例", .unit = "例", .computed = true, .list = true },
    { "classes", F_INT, .label = "涉及班级", .unit = "个", .computed = true },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true },
    { "first_day", F_DATE, .label = "首例日期", .computed = true, .list = true },
    { "last_day", F_DATE, .label = "末例日期", .computed = true, .list = true },
    { "rule", F_TEXT, .label = "达到的标准编号", .computed = true, .max = 40 },
    { "rule_words", F_TEXT, .label = "达到的标准", .computed = true },
    { "received_at", F_TIME, .label = "疾控接收时间", .computed = true, .section = "处置" },
    { "received_by", F_TEXT, .label = "接收人", .computed = true, .max = 40 },
    { "result", F_CODE, .label = "结论", .code = "alert_result" },
    { "result_note", F_LINES, .label = "结论说明", .max = 2000 },
    { "closed_on", F_DATE, .label = "结束日期", .computed = true },
    { "open_key", F_TEXT, .label = "进行中的标记", .computed = true, .group = G_IDENTITY, .max = 60 },
    { 0 },
};
static const struct claim_key claims[] = { { "outbreak", { "open_key" }, "该机构已有同类进行中的预警" }, { 0 } };

static enum status
note_received(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "received_at", call->now_ms);
    row_set_text(change->new, "received_by", call->me->name);
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
not_received(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = !row_has(change->old, "received_at");
    return OK;
}

/* The key is free again: a later cluster of that kind is a new alert. */
static enum status
close_alert(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    row_set_text(row, "closed_on", call_today(call));
    row_set(row, "open_key", value_null());
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = writer_run(writer, "delete from claim where kind = 'outbreak' and key = ?1 and id = ?2",
                            ARGS(value_text(row_text(change->old, "open_key")), value_int(row->id)), NULL);
    if (status == OK)
        status = watch_end(call, writer, row->institution, row->id);
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "一条聚集性预警已由疾控机构结束",
                                    arena_format(call->arena, "/outbreak_alert/%lld", (long long)row->id));
    return status;
}

static const struct field close_input[] = {
    { "result", F_CODE, .label = "结论", .need = true },
    { "result_note", F_LINES, .label = "结论说明", .need = true },
    { 0 },
};
static const struct step steps[] = {
    { "receive", "接收", OPEN, 0, .by = COUNTY_CDC, .guard = not_received, .effect = note_received, .clause = "C048",
      .main = true },
    { "close", "结束预警", OPEN, CLOSED, .by = COUNTY_CDC, .input = close_input, .effect = close_alert,
      .clause = "C048", .consequence = "结束后有关班级的医学观察随之结束，经同意的病例查看权限失效。" },
    { 0 },
};
static const struct state_label labels[] = { { OPEN, "进行中", "bad" }, { CLOSED, "已结束", "plain" }, { 0 } };
static const struct procedure procedure = { .first = OPEN, .live = OPEN, .steps = steps, .labels = labels };

/* Counts by class and age, as the first table of the record page: it is what one comes for. */
static enum status
show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    static const char *const heads[] = { "班级", "月龄", "病例" };
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data");
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *parts = (struct node *)(uintptr_t)node_get(view, "parts");
    struct node *counts = node_put_list(call->arena, data, "counts");
    enum status status = alert_counts(call, reader, row, counts);
    if (parts == NULL)
        parts = node_put_list(call->arena, view, "parts");
    struct node *part = node_put_map(call->arena, parts, NULL);
    node_put_text(call->arena, part, "title", "按班级和月龄");
    node_put_text(call->arena, part, "empty", counts->first == NULL ? "暂无" : NULL);
    struct node *columns = node_put_list(call->arena, part, "columns"),
                *rows = node_put_list(call->arena, part, "rows");
    for (int i = 0; i < 3; i++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", heads[i]);
    for (const struct node *count = counts->first; count != NULL && status == OK; count = count->next) {
        const char *values[] = { node_text_of(count, "class"), node_get(count, "band")->label,
                                 arena_format(call->arena, "%lld", (long long)node_get(count, "n")->i) };
        struct node *cells = node_put_list(call->arena, node_put_map(call->arena, rows, NULL), "cells");
        for (int i = 0; i < 3; i++) {
            struct node *cell = node_put_map(call->arena, cells, NULL);
            node_put_text(call->arena, cell, "label", heads[i]);
            node_put_text(call->arena, cell, "value", values[i]);
        }
    }
    node_last_first(parts);
    return status;
}

static const struct duty duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C046", "机构查看预警", 0, 0 },
    { COUNTY_EPIDEMIC, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C048",
      "县级卫生健康部门和疾控机构接收预警", 0, 0 },
    { DEPT(D_HEALTH) | DEPT(D_CDC) | LEVEL(L_CITY), MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C048",
      "市级查看预警", 0, 0 },
    { 0 },
};
const struct form outbreak_alert_form = {
    .name = "outbreak_alert",
    .title = "聚集性预警",
    .clause = "C048",
    .intro = "由病例计数自动产生，是关注和处置的提示，不是诊断。",
    .of = OF_INSTITUTION,
    .fields = fields,
    .claims = claims,
    .fill = fill_site,
    .procedure = &procedure,
    .duties = duties,
    .show = show,
    .expected_rows = 6000,
};

/* ---- 流行病学调查 ---- */

static const struct field investigation_fields[] = {
    { "visited_on", F_DATE, .label = "调查日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "investigators", F_TEXT, .label = "调查人员", .need = true, .list = true, .basis = BASIS_DUTY, .max = 100 },
    { "findings", F_LINES, .label = "调查情况", .need = true, .max = 4000 },
    { "samples", F_INT, .label = "采样", .unit = "份", .min = 0, .max = 10000, .list = true },
    { "laboratory", F_LINES, .label = "检测结果", .max = 2000 },
    { "source", F_LINES, .label = "可能的来源和传播途径", .max = 2000 },
    { "measures", F_LINES, .label = "采取的措施", .max = 2000 },
    { 0 },
};
static const struct duty investigation_duties[] = {
    { COUNTY_CDC, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C048", "疾控机构调查", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C048", "卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form outbreak_investigation_form = {
    .name = "outbreak_investigation",
    .title = "流行病学调查",
    .clause = "C048",
    .intro = "不写婴幼儿和家长的姓名。",
    .of = OF_INSTITUTION,
    .part_of = &outbreak_alert_form,
    .fields = investigation_fields,
    .duties = investigation_duties,
    .expected_rows = 50000,
};

/* ---- 消毒隔离指导, with the institution's 已读 ---- */

static const struct field guidance_fields[] = {
    { "guidance", F_LINES, .label = "指导意见", .need = true, .list = true, .max = 4000 },
    { "given_by", F_TEXT, .label = "指导人", .fill = FILL_ME, .list = true, .max = 40 },
    { "read_at", F_TIME, .label = "机构阅读时间", .computed = true, .list = true },
    { "read_by", F_TEXT, .label = "阅读人", .computed = true, .max = 40 },
    { 0 },
};

static enum status
guidance_given(struct call *call, struct writer *writer, const struct change *change)
{
    if (change->old != NULL)
        return OK;
    return notice_institution(call, writer, change->new->institution, "疾控机构发来指导意见，请阅读",
                              arena_format(call->arena, "/outbreak_guidance/%lld", (long long)change->new->id));
}

static enum status
guidance_read(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "read_at", call->now_ms);
    row_set_text(change->new, "read_by", call->me->name);
    return row_update(call, writer, change->new, change->new->version);
}

static const struct step guidance_steps[] = {
    { "read", "已阅读，照办", ASKED, ANSWERED, .by = INSTITUTION_KEEPERS, .effect = guidance_read, .clause = "C048",
      .main = true },
    { 0 },
};
static const struct state_label guidance_labels[] = {
    { ASKED, "机构未读", "warn" },
    { ANSWERED, "机构已读", "good" },
    { 0 },
};
static const struct procedure guidance_procedure = {
    .first = ASKED, .live = ASKED, .steps = guidance_steps, .labels = guidance_labels
};
static const struct duty guidance_duties[] = {
    { COUNTY_CDC, MAY_SEE | MAY_CREATE, &MY_AREA, 0, G_WORK, "C048", "疾控机构指导消毒隔离", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C048", "卫生健康部门查看", 0, 0 },
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C048", "机构阅读并照办", 0, 0 },
    { 0 },
};
const struct form outbreak_guidance_form = {
    .name = "outbreak_guidance",
    .title = "消毒隔离指导",
    .clause = "C048",
    .of = OF_INSTITUTION,
    .part_of = &outbreak_alert_form,
    .fields = guidance_fields,
    .procedure = &guidance_procedure,
    .duties = guidance_duties,
    .effect = guidance_given,
    .expected_rows = 50000,
};
