/* 饮食用药安全检查 — 食品安全法 第五十七条; clause C162. The market regulator writes what it saw of food, of medicine
 * taken in, stored and given, and what is to be mended; the institution reads and answers by a day, and it looks again.
 */
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define REGULATORS (DEPT(D_MARKET) | LEVEL(L_COUNTY))

static const struct field fields[] = {
    SITE_FIELD,
    { "visited_on", F_DATE, .label = "日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "topics", F_CODES, .label = "内容", .code = "market_check_topic", .need = true, .list = true },
    { "visitors", F_TEXT, .label = "人员", .need = true, .basis = BASIS_DUTY, .max = 100 },
    { "found", F_LINES, .label = "发现的情况", .need = true, .max = 4000, .hint = "不写婴幼儿姓名" },
    { "result", F_CODE, .label = "结论", .code = "market_check_result", .need = true, .list = true, .filter = true },
    { "advice", F_LINES, .label = "整改要求", .max = 4000 },
    { "due_on", F_DATE, .label = "答复期限", .list = true },
    { "order_number", F_TEXT, .label = "文书编号", .hint = "出具监督意见书、责令改正通知的填写", .max = 60 },
    { "penalty", F_TEXT, .label = "行政处罚", .max = 200 },
    { "paper", F_FILE, .label = "现场记录" },
    { "answer", F_LINES, .label = "机构答复和整改情况", .max = 4000, .section = "答复和复查" },
    { "answer_file", F_FILE, .label = "整改材料" },
    { "answered_at", F_TIME, .label = "答复时间", .computed = true },
    { "review", F_LINES, .label = "复查情况", .max = 2000 },
    { 0 },
};

static enum status
needs_advice(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const char *result = row_text(change->new, "result");
    (void)reader;
    if (result == NULL || strcmp(result, "fits") == 0)
        return OK;
    if (!row_has(change->new, "advice"))
        finding_add(call, rule, "发现问题的，请写明整改要求");
    if (!row_has(change->new, "due_on"))
        finding_add(call, rule, "发现问题的，请写明答复期限");
    return OK;
}

static enum status
is_answered(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const char *due = row_text(change->new, "due_on");
    (void)reader;
    if (change->new->state == ASKED && due != NULL &&strcmp(due, call_today(call)) < 0)
        finding_add(call, rule, arena_format(call->arena, "应在%s前答复，还没有答复", due));
    return OK;
}

static const struct rule rules[] = {
    { "MARKET-ADVICE", BLOCK, .check = needs_advice, .standard = "LAW-9", .field = "advice", .clause = "C162" },
    { "MARKET-DUE", WARN, .check = is_answered, .standard = "LAW-9", .field = "answer", .clause = "C162" },
    { 0 },
};

static enum status
tell_institution(struct call *call, struct writer *writer, const struct change *change)
{
    return notice_institution(call, writer, change->new->institution, "收到一份饮食用药安全检查记录，请阅读并答复",
                              arena_format(call->arena, "/market_check/%lld", (long long)change->new->id));
}

static enum status
tell_department(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "answered_at", call->now_ms);
    enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? notice_department(call, writer, change->new->office, "market", "机构已答复饮食用药安全检查",
                                            arena_format(call->arena, "/market_check/%lld", (long long)change->new->id))
                        : status;
}

static enum status
needs_no_answer(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const char *result = row_text(change->old, "result");
    (void)call;
    (void)reader;
    *may = change->old->state == ANSWERED || (result != NULL && strcmp(result, "fits") == 0);
    return OK;
}

static const struct field answer_input[] = {
    { "answer", F_LINES, .label = "机构答复和整改情况", .need = true },
    { "answer_file", F_FILE, .label = "整改材料" },
    { 0 },
};
static const struct field review_input[] = { { "review", F_LINES, .label = "复查情况", .need = true }, { 0 } };
static const struct step steps[] = {
    { "send", "送达机构", DRAFT, ASKED, .by = REGULATORS, .checks = true, .effect = tell_institution, .clause = "C162",
      .main = true },
    { "answer", "答复", ASKED, ANSWERED, .by = INSTITUTION_KEEPERS, .input = answer_input, .effect = tell_department,
      .clause = "C162", .main = true },
    { "again", "退回继续整改", ANSWERED, ASKED, .by = REGULATORS, .input = review_input, .effect = tell_institution,
      .clause = "C162" },
    { "close", "办结", ASKED | ANSWERED, CLOSED, .by = REGULATORS, .guard = needs_no_answer, .input = review_input,
      .clause = "C162", .main = true },
    { 0 },
};
static const struct state_label labels[] = {
    { DRAFT, "未送达", "plain" },
    { ASKED, "待机构答复", "warn" },
    { ANSWERED, "待复查", "warn" },
    { CLOSED, "已办结", "good" },
    { 0 },
};
static const struct procedure procedure = {
    .first = DRAFT, .open = DRAFT, .live = DRAFT | ASKED | ANSWERED, .steps = steps, .labels = labels
};
#define SENT (ASKED | ANSWERED | CLOSED)
static const struct duty duties[] = {
    DUTY(REGULATORS, MAY_KEEP, &MY_AREA, G_WORK | G_OPEN | G_INTERNAL, "C162", "市场监管部门检查"),
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, SENT, G_WORK, "C162", "机构阅读和答复", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, SENT, G_WORK | G_INTERNAL, "C162", "卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form market_check_form = {
    .name = "market_check",
    .title = "饮食用药安全检查",
    .clause = "C162",
    .of = OF_INSTITUTION,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill_site,
    .keep_years = 10,
    .expected_rows = 500000,
};
