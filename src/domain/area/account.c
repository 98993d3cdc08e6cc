/* 账号 — clauses C001, C004, C131, C132. Who a person is: department, level, posts, area or institution. The three
 * administrator roles are apart: the system administrator makes accounts, the security administrator grants rights,
 * hands out passwords and unlocks, the audit administrator reads the journal. Nobody gives rights alone: a new account
 * sleeps, and a change of rights waits beside those in force, until a second person grants it, one of the two being a
 * security administrator. Passwords and second factors are in `credential`, never here. */
#include "domain/area/area.h"

#include <stdlib.h>
#include <string.h>

#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

/* What an account may do, and where a change of it waits. */
static const char *const rights[][2] = { { "posts", "asked_posts" },
                                         { "scope_area", "asked_area" },
                                         { "scopes", "asked_scopes" } };
enum { RIGHTS = sizeof rights / sizeof rights[0] };

static bool
rights_differ(const struct row *a, const struct row *b)
{
    for (size_t i = 0; i < RIGHTS; i++)
        if (!value_equal(row_value(a, rights[i][0]), row_value(b, rights[i][0])))
            return true;
    return false;
}

static void
ask(struct call *call, struct row *row)
{
    row_set_int(row, "asked", 1);
    row_set_int(row, "asked_by", call->me->account);
}

/* Nothing waits any more; `grant`: what waited beside the rights of an account in use is in force now. */
static void
settle(struct row *row, bool grant)
{
    for (size_t i = 0; i < RIGHTS; i++) {
        if (grant)
            row_set(row, rights[i][0], row_value(row, rights[i][1]));
        row_set(row, rights[i][1], value_null());
    }
    row_set(row, "asked", value_null());
    row_set(row, "asked_by", value_null());
}

/* The command line acts for the operator of the machine and needs nobody else. */
static void
rights_fill(struct call *call, const struct change *change)
{
    struct row *row = change->new;
    const struct row *old = change->old;
    const bool program = call->me->department == D_ENGINE;
    if (old == NULL && program) {
        row->state = ACTIVE;
    } else if (old == NULL) {
        ask(call, row);
    } else if (change->step != NULL) {
        if (change_takes(change, "grant"))
            settle(row, old->state == ACTIVE);
        else if (change_takes(change, "refuse"))
            settle(row, false);
    } else if (!program && rights_differ(old, row)) {
        for (size_t i = 0; i < RIGHTS && old->state == ACTIVE; i++) {
            row_set(row, rights[i][1], row_value(row, rights[i][0]));
            row_set(row, rights[i][0], row_value(old, rights[i][0]));
        }
        ask(call, row);
    }
}

/* Whoever hands out passwords calls the number, and does not write it: what is made anew is told there. */
static enum status
contact_stays(struct call *call, const struct change *change)
{
    static const char *const contact[] = { "phone", "email" };
    for (size_t i = 0; i < 2; i++)
        if (!value_equal(row_value(change->old, contact[i]), row_value(change->new, contact[i])))
            return call_fault(call, form_field(change->form, contact[i], NULL), "not_yours",
                              "联系方式由系统管理员修改");
    return OK;
}

static enum status
account_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    if (change->old != NULL && call->me->department == D_SECURITY_ADMIN && contact_stays(call, change) != OK)
        return INVALID;
    enum department department;
    if (department_of(row_text(row, "department"), &department) && !is_of_person(department))
        return call_fault(call, form_field(row->form, "department", NULL), "no_person", "账号不能属于“%s”",
                          department_label(department));
    rights_fill(call, change);
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
    { "asked", F_BOOL, .label = "等待授权", .computed = true, .filter = true, .section = "等待授权的内容" },
    { "asked_by", F_REF, .label = "申请人", .ref = &account_form, .elsewhere = true, .computed = true },
    { "asked_posts", F_CODES, .label = "岗位改为", .code = "desk_post", .computed = true },
    { "asked_area", F_AREA, .label = "负责乡镇（街道）改为", .computed = true },
    { "asked_scopes", F_TEXT, .label = "接口可用的台账改为", .computed = true, .max = 300 },
    { 0 },
};

/* Somebody else than who asked, and one of the two a security administrator. */
static enum status
second_person(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct rows rows;
    const int64_t asker = row_int(change->old, "asked_by");
    *may = row_int(change->old, "asked") != 0 && asker != call->me->account;
    if (!*may || call->me->department == D_SECURITY_ADMIN)
        return OK;
    const enum status status =
        reader_rows(reader, call->arena, "select department from account where office = ?1 and id = ?2",
                    ARGS(value_int(id_office(asker)), value_int(asker)), &rows);
    const char *department = status == OK && rows.n == 1 ? rows_text(&rows, 0, 0) : NULL;
    *may = department != NULL && strcmp(department, department_code(D_SECURITY_ADMIN)) == 0;
    return status;
}

static enum status
is_asked(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "asked") != 0;
    return OK;
}

/* Where the security administrators of an office sit: there or above. */
static enum status
granter_office(struct call *call, struct reader *reader, int64_t office, int64_t *out)
{
    *out = office;
    for (const struct office *at = office_of(call->reference, office); at != NULL;
         at = at->parent == 0 ? NULL : office_of(call->reference, at->parent)) {
        struct rows rows;
        const enum status status = reader_rows(
            reader, call->arena,
            "select 1 from account where office = ?1 and department = 'security_admin' and state = 'active' limit 1",
            ARGS(value_int(at->id)), &rows);
        if (status != OK || rows.n > 0) {
            *out = at->id;
            return status;
        }
    }
    return OK;
}

static enum status
tell_granter(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    /* one that was refused waits for nobody until it is put right */
    const bool waited = change->old != NULL && change->old->state != RETURNED && row_int(change->old, "asked") != 0;
    if (change->step != NULL || row_int(row, "asked") == 0 || waited)
        return OK;
    int64_t office;
    const enum status status = granter_office(call, writer_reader(writer), call->me->office, &office);
    if (status != OK)
        return status;
    return notice_department(call, writer, office, department_code(D_SECURITY_ADMIN), "有账号等待授权，请核对后办理",
                             arena_format(call->arena, "/account/%lld", (long long)row->id));
}

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
    if (status == OK && rows.n == 1)
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
    if (acts == NULL || row->state != ACTIVE || (!security && call->me->department != D_SYSTEM_ADMIN))
        return OK;
    if (row_int(row, "client") != 0) {
        put_act(call, acts, row, "api_key", "生成接口密钥", "密钥只显示一次；旧密钥立即失效，只能由安全管理员更换。");
        return OK;
    }
    if (!security || row->id == call->me->account) /* one's own is another's to do */
        return OK;
    put_act(call, acts, row, "first_password", "生成首次口令",
            "口令只显示一次，请当面或电话告知本人，登录后须立即更改；已有的口令随即失效。");
    put_act(call, acts, row, "second_factor_off", "解除动态验证码", "本人更换手机后使用；解除后须重新绑定。");
    return put_unlock(call, reader, acts, row);
}

static const struct claim_key claims[] = { { "login", { "login" }, "该登录名已被使用" }, { 0 } };
static const struct rule rules[] = {
    { "ACC-1", BLOCK, .check = institution_is_named, .field = "works_at", .advice = "选择所属机构" },
    { 0 },
};
static const struct step steps[] = {
    { "grant", "授权", SUBMITTED | RETURNED | ACTIVE, ACTIVE, .by = DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN),
      .guard = second_person, .checks = true, .main = true, .clause = "C132",
      .consequence = "请核对单位、岗位和负责范围，确有此人此岗再授权；授权后立即生效。" },
    { "return", "不同意", SUBMITTED, RETURNED, .by = DEPT(D_SECURITY_ADMIN), .clause = "C132",
      .consequence = "该账号不能使用；系统管理员改正后可再授权。" },
    { "refuse", "不同意变更", ACTIVE, ACTIVE, .by = DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN), .guard = is_asked,
      .clause = "C132", .consequence = "保留原来的岗位和范围。" },
    { "disable", "停用", ACTIVE, DISABLED, .by = DEPT(D_SYSTEM_ADMIN) | DEPT(D_SECURITY_ADMIN),
      .consequence = "停用后该账号立即不能登录。" },
    { "enable", "启用", DISABLED, ACTIVE, .by = DEPT(D_SECURITY_ADMIN) },
    { 0 },
};
static const struct state_label labels[] = {
    { SUBMITTED, "待授权", "warn" },
    { RETURNED, "未同意", "bad" },
    { 0 },
};
static const struct procedure procedure = { .first = SUBMITTED,
                                            .open = SUBMITTED | RETURNED | ACTIVE,
                                            .live = SUBMITTED | ACTIVE,
                                            .labels = labels,
                                            .steps = steps };
/* People of my department in my office: to name a deputy. Names only. */
static const struct relation COLLEAGUES = {
    .name = "colleagues",
    .sql = "r.department = ?1 and r.office = ?2",
    .args = { ME_DEPARTMENT, ME_OFFICE },
    .within = true,
};
static const struct duty duties[] = {
    { DEPT(D_SYSTEM_ADMIN), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C132", "系统管理员建账号", 0, 0 },
    { DEPT(D_SECURITY_ADMIN), MAY_SEE | MAY_CHANGE | MAY_UNMASK, &MY_AREA, 0, G_WORK | G_OPEN | G_CONTACT, "C132",
      "安全管理员授权，电话告知首次口令，解锁", 0, 0 },
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
    .intro = "新账号，以及岗位、负责乡镇、接口台账的变更，由另一人（安全管理员）授权后才生效。",
    .fill = account_fill,
    .effect = tell_granter,
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
