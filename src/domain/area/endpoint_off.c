/* 停用的功能 — clauses C131, C134: one endpoint is switched off while everything else runs, by a row with its reason;
 * the journal keeps who did it. Taking it back is a step of the same row. */
#include <string.h>

#include "domain/area/area.h"
#include "policy/engine.h"
#include "policy/switched_off.h"

static const struct field fields[] = {
    { "target", F_TEXT, .label = "功能", .need = true, .fixed = true, .list = true, .find = true, .max = 120,
      .hint = "台账名称或网址中的路径，如 evidence、filing/import、open/institutions" },
    { "method", F_CODE, .label = "停用范围", .code = "endpoint_method", .need = true, .list = true },
    { "reason", F_TEXT, .label = "原因", .need = true, .list = true, .max = 200, .hint = "使用者会看到这句话" },
    { "since", F_DATE, .label = "开始日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "until", F_DATE, .label = "结束日期", .list = true, .hint = "含当日；不填则到恢复使用为止" },
    { 0 },
};

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const char *text = row_text(row, "target");
    const char *since = row_text(row, "since"), *until = row_text(row, "until");
    (void)reader;
    const char *target = text == NULL ? NULL : switched_off_target(call, text);
    if (text != NULL && target == NULL)
        return call_fault(call, &fields[0], "unknown_target", "没有这个台账或页面，或不能停用");
    if (since != NULL && until != NULL && strcmp(until, since) < 0)
        return call_fault(call, &fields[4], "order", "结束日期早于开始日期");
    if (target != NULL)
        row_set_text(row, "target", target);
    return OK;
}

static const struct step steps[] = {
    { "restore", "恢复使用", ACTIVE, DISABLED, .by = DEPT(D_SYSTEM_ADMIN), .clause = "C134" },
    { "again", "再次停用", DISABLED, ACTIVE, .by = DEPT(D_SYSTEM_ADMIN), .clause = "C134",
      .consequence = "该功能立即对所有人停用。" },
    { 0 },
};
static const struct state_label labels[] = {
    { ACTIVE, "停用中", "warn" },
    { DISABLED, "已恢复", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = ACTIVE, .open = ACTIVE | DISABLED, .live = ACTIVE, .labels = labels, .steps = steps
};
static const struct duty duties[] = {
    { DEPT(D_SYSTEM_ADMIN), MAY_SEE | MAY_CREATE | MAY_CHANGE, &ANYWHERE, 0, G_ALL, "C134", "系统管理员停用和恢复", 0,
      0 },
    { DEPT(D_AUDIT_ADMIN), MAY_SEE, &ANYWHERE, 0, G_ALL, "C131", "审计管理员查看", 0, 0 },
    { 0 },
};
const struct form endpoint_off_form = {
    .name = "endpoint_off",
    .title = "停用的功能",
    .clause = "C134",
    .of = OF_REFERENCE,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .title_field = "target",
    .intro = "把一个台账或页面临时停用，其他功能不受影响；提交后立即生效，无需重启。",
    .expected_rows = 20,
};
