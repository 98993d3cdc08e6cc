/* 账号 — clauses C001, C004, C131, C132. Who a person is: department, level, posts, area or institution. The three
 * administrator roles are apart: the system administrator makes accounts, the security administrator unlocks and sets
 * rights, the audit administrator reads the journal. Passwords and second factors are in `credential`, never here. */
#include "domain/area/area.h"

#include <stdlib.h>
#include <string.h>

#include "domain/institution/institution.h"
#include "policy/engine.h"

static enum status
account_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    if (row_has(row, "works_at")) {
        const int64_t site = row_int(row, "works_at");
        if (change->old == NULL)
            row->office = id_office(site);
        row->institution = site;
    } else if (change->old == NULL && row_has(row, "home")) {
        row->office = strtoll(row_text(row, "home"), NULL, 10);
    }
    const struct office *office = office_of(call->reference, row->office);
    row->area = row_text(row, "scope_area") != NULL ? row_text(row, "scope_area")
                : office == NULL                    ? NULL
                                                    : office->area;
    return OK;
}

static enum status
institution_is_named(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    const char *department = row_text(change->new, "department");
    if (department != NULL && strcmp(department, "institution") == 0 && !row_has(change->new, "works_at"))
        finding_add(call, rule, "机构账号必须选择所属机构");
    return OK;
}

static const struct field fields[] = {
    { "login", F_TEXT, .label = "登录名", .need = true, .fixed = true, .list = true, .find = true, .max = 40,
      .basis = BASIS_DUTY, .hint = "字母、数字或手机号" },
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .find = true, .basis = BASIS_DUTY, .max = 40,
      .group = G_OPEN },
    { "department", F_CODE, .label = "部门", .code = "department", .need = true, .list = true, .filter = true,
      .fixed = true },
    { "rank", F_CODE, .label = "层级", .code = "level", .list = true, .filter = true, .fixed = true },
    { "home", F_CODE, .label = "管辖单位", .code = "office", .fixed = true, .hint = "机构账号不填，随所属机构" },
    { "posts", F_CODES, .label = "岗位", .code = "desk_post", .list = true },
    { "works_at", F_REF, .label = "所属机构", .ref = &institution_form, .fixed = true, .index = true },
    { "scope_area", F_AREA, .label = "负责乡镇（街道）" },
    { "phone", F_TEXT, .label = "手机", .secret = true, .basis = BASIS_DUTY, .format = FORMAT_PHONE,
      .group = G_CONTACT },
    { "email", F_TEXT, .label = "电子邮箱", .basis = BASIS_DUTY, .group = G_CONTACT, .max = 120 },
    { "client", F_BOOL, .label = "系统接口账号", .fixed = true },
    { "scopes", F_TEXT, .label = "接口可用的台账", .max = 300,
      .hint = "台账名称，用 | 分隔，如 registration|institution" },
    { "ends", F_DATE, .label = "离岗日期", .hint = "当日起不能再登录" },
    { 0 },
};
static void
put_act(struct call *call, struct node *acts, const struct row *row, const char *name, const char *label,
        const char *consequence)
{
    struct node *act = node_put_map(call->arena, acts, NULL);
    node_put_text(call->arena, act, "name", name);
    node_put_text(call->arena, act, "label", label);
    node_put_url(call->arena, act, "url", arena_format(call->arena, "/account/%lld/%s", (long long)row->id, name));
    node_put_text(call->arena, act, "consequence", consequence);
}

/* After too many failures, for the security administrator. */
static enum status
put_unlock(struct call *call, struct reader *reader, struct node *acts, const struct row *row)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena, "select locked_until from credential where office = ?1 and id = ?2 and locked_until > ?3",
        ARGS(value_int(row->office), value_int(row->id), value_int(call->now_ms)), &rows);
    if (status == OK && rows.n == 1 && row->id != call->me->account)
        put_act(call, acts, row, "unlock", "解锁",
                arena_format(call->arena, "连续失败过多，还要锁定%lld分钟；先向本人核实。",
                             (long long)((rows_int(&rows, 0, 0) - call->now_ms + 59999) / 60000)));
    return status;
}

/* What the administrators do beside the fields; see http/accounts.c. */
static enum status
account_show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct node *acts = view == NULL ? NULL : node_put_list(call->arena, view, "acts");
    const bool security = call->me->department == D_SECURITY_ADMIN;
    if (acts != NULL && row_int(row, "client") != 0) {
        if (security || call->me->department == D_SYSTEM_ADMIN)
            put_act(call, acts, row, "api_key", "生成接口密钥", "密钥只显示一次；重新生成后旧密钥立即失效。");
        return OK;
    }
    if (acts != NULL && (security || call->me->department == D_SYSTEM_ADMIN))
        put_act(call, acts, row, "first_password", security ? "重置口令" : "生成首次口令",
                "口令只显示一次，本人登录后须立即更改。");
    if (acts != NULL && security)
        put_act(call, acts, row, "second_factor_off", "解除动态验证码", "本人更换手机后使用；解除后须重新绑定。");
    return acts != NULL && security ? put_unlock(call, reader, acts, row) : OK;
}

static const struct claim_key claims[] = { { "login", { "login" }, "该登录名已被使用" }, { 0 } };
static const struct rule rules[] = {
    { "ACC-1", BLOCK, .check = institution_is_named, .field = "works_at", .advice = "选择所属机构" },
    { 0 },
};
static const struct step steps[] = {
    { "disable", "停用", ACTIVE, DISABLED, .by = DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN),
      .consequence = "停用后该账号立即不能登录。" },
    { "enable", "启用", DISABLED, ACTIVE, .by = DEPT(D_SECURITY_ADMIN) },
    { 0 },
};
static const struct procedure procedure = { .first = ACTIVE, .open = ACTIVE, .live = ACTIVE, .steps = steps };
/* People of my department in my office: to name a deputy. Names only. */
static const struct relation COLLEAGUES = {
    .name = "colleagues",
    .sql = "r.department = ?1 and r.office = ?2",
    .args = { ME_DEPARTMENT, ME_OFFICE },
    .within = true,
};
static const struct duty duties[] = {
    { DEPT(D_SYSTEM_ADMIN), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C132", "系统管理员建账号", 0, 0 },
    { DEPT(D_SECURITY_ADMIN), MAY_SEE | MAY_CHANGE, &MY_AREA, 0, G_WORK | G_OPEN, "C132", "安全管理员授权、解锁", 0,
      0 },
    { DEPT(D_AUDIT_ADMIN), MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, "C132", "审计管理员查看", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &COLLEAGUES, ACTIVE, G_OPEN, "C131", "同一单位的姓名，用于安排代理", 0, 0 },
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_OPEN, "C132", "机构负责人查看本机构账号",
      0, 0 },
    { 0 },
};
const struct form account_form = {
    .name = "account",
    .title = "账号",
    .clause = "C132",
    .of = OF_OFFICE,
    .fields = fields,
    .claims = claims,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "name",
    .fill = account_fill,
    .show = account_show,
    .expected_rows = 5000,
};

enum status
accounts_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    const int64_t days = standard_int(call, "CFG-UNUSED-DAYS", 90);
    enum status status = reader_rows(
        writer_reader(writer), call->arena,
        "select a.id from account a join credential c on c.office = a.office and c.id = a.id where a.office = ?1 and "
        "a.state = 'active' and coalesce(a.client, 0) = 0 and a.department <> 'security_admin' and "
        "coalesce(c.seen_at, c.changed_at) < ?2 order by a.id limit 200",
        ARGS(value_int(office), value_int(call->now_ms - days * INT64_C(86400000))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = step_take(call, writer, &account_form, rows_int(&rows, i, 0), 0, "disable", NULL, NULL);
    return status;
}

enum status
account_sleep(struct call *call, struct writer *writer, int64_t account, int64_t institution, int64_t *version)
{
    struct row *row;
    enum status status = row_get(call, writer_reader(writer), &account_form, account, &row);
    *version = 0;
    if (status != OK || row_int(row, "works_at") != institution || row->state != ACTIVE)
        return status == NOT_FOUND ? OK : status;
    status = step_take(call, writer, &account_form, account, 0, "disable", NULL, &row);
    if (status == OK)
        status = writer_run(writer, "delete from session where account = ?1", ARGS(value_int(account)), NULL);
    *version = status == OK ? row->version : 0;
    return status;
}

enum status
account_wake(struct call *call, struct writer *writer, int64_t account, int64_t version)
{
    struct row *row;
    const enum status status = row_get(call, writer_reader(writer), &account_form, account, &row);
    if (status != OK || row->state != DISABLED || row->version != version)
        return status == NOT_FOUND ? OK : status;
    return step_take(call, writer, &account_form, account, 0, "enable", NULL, NULL);
}
