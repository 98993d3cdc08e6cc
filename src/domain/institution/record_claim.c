/* 机构认领 — clauses C031, C032. Whoever runs a registered site asks, without an account, for the one of its head: by
 * the code on the licence. The county looks at the papers, calls or goes there; then the account is made, and sleeps
 * until a security administrator grants it. Nothing of the register is told to whoever asks. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define LIVES (REGISTERED | FILED | SUSPENDED)
enum { OPEN_MOST = 20 };

static const struct field fields[] = {
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .fixed = true, .list = true,
      .index = true, .max = 18, .hint = "营业执照或登记证书上的18位代码" },
    { "site", F_TEXT, .label = "场所序号", .fixed = true, .max = 2,
      .hint = "同一法人有多处场所的填 01、02……，只有一处的不填" },
    { "representative", F_TEXT, .label = "法定代表人（负责人）姓名", .need = true, .fixed = true, .basis = BASIS_DUTY,
      .max = 60, .hint = "与营业执照或登记证书一致" },
    { "name", F_TEXT, .label = "申请人姓名", .need = true, .fixed = true, .list = true, .basis = BASIS_DUTY,
      .max = 40 },
    { "position", F_TEXT, .label = "申请人职务", .need = true, .fixed = true, .max = 40 },
    { "phone", F_TEXT, .label = "申请人手机", .need = true, .fixed = true, .secret = true, .basis = BASIS_DUTY,
      .format = FORMAT_PHONE, .group = G_CONTACT },
    { "institution_name", F_TEXT, .label = "登记的机构", .computed = true, .list = true, .section = "核实" },
    { "made", F_REF, .label = "机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "compared", F_LINES, .label = "与登记信息核对", .computed = true },
    { "how", F_CODE, .label = "核实方式", .code = "claim_check", .group = G_INTERNAL },
    { "login", F_TEXT, .label = "登录名", .max = 40, .hint = "字母、数字或手机号", .group = G_INTERNAL },
    { "account", F_REF, .label = "开通的账号", .ref = &account_form, .elsewhere = true, .computed = true },
    { "refused", F_LINES, .label = "不予认领的原因", .max = 300, .group = G_INTERNAL },
    { 0 },
};

/* For the officer: does the name fit the register, and is somebody of the site here already? */
static enum status
compare(struct call *call, struct reader *reader, struct row *row, const struct row *site)
{
    struct rows rows;
    struct row *legal = NULL;
    enum status status = OK;
    if (row_has(site, "legal_person"))
        status = row_get(call, reader, &legal_person_form, row_int(site, "legal_person"), &legal);
    if (status == OK)
        status = reader_rows(
            reader, call->arena,
            "select count(*) from account where office = ?1 and works_at = ?2 and state in ('submitted', 'active')",
            ARGS(value_int(site->office), value_int(site->id)), &rows);
    if (status != OK)
        return status;
    const char *known = legal == NULL ? NULL : row_text(legal, "representative");
    const int64_t accounts = rows_int(&rows, 0, 0);
    const char *same = known == NULL ? "登记信息中没有法定代表人（负责人）姓名"
                       : strcmp(known, row_text(row, "representative")) == 0
                           ? "法定代表人（负责人）姓名与登记信息一致"
                           : "法定代表人（负责人）姓名与登记信息不一致";
    row_set_text(row, "compared",
                 accounts == 0 ? arena_format(call->arena, "%s\n该机构尚无账号", same)
                               : arena_format(call->arena, "%s\n该机构已有%lld个账号，请先向其负责人核实", same,
                                              (long long)accounts));
    return OK;
}

/* What was true when it was handed in need not be true any more. */
static enum status
look_again(struct call *call, struct reader *reader, struct row *row)
{
    struct row *site;
    const enum status status = institution_get(call, reader, row_int(row, "made"), &site);
    if (status == OK && (site->state & LIVES) == 0)
        return call_fail(call, CONFLICT, "该机构已终止、迁出或注销，不能开通账号");
    return status == OK ? compare(call, reader, row, site) : status;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    int64_t id = 0;
    struct row *row = change->new, *site = NULL;
    if (change_takes(change, "verify"))
        return look_again(call, reader, row);
    if (change->old != NULL || row_text(row, "uscc") == NULL)
        return OK;
    enum status status = site_by_code(call, reader, row, &id);
    if (status == OK && id != 0)
        status = institution_get(call, reader, id, &site);
    if (status != OK)
        return status;
    if (site == NULL || (site->state & LIVES) == 0)
        return call_fault(call, form_field(row->form, "uscc", NULL), "unknown",
                          "没有这一代码的登记机构：请核对代码和场所序号，或向登记机关、县级卫生健康部门询问");
    row->office = site->office;
    row->area = site->area;
    row->institution = id;
    row_set_int(row, "made", id);
    row_set(row, "institution_name", row_value(site, "name"));
    return row_has(row, "representative") ? compare(call, reader, row, site) : OK;
}

/* Nobody's desk is filled by one who asks again and again. */
static enum status
not_too_many(struct call *call, struct reader *reader, const struct row *row)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(*) from record_claim where office = ?1 and institution = ?2 and state = 'submitted' and id <> ?3",
        ARGS(value_int(row->office), value_int(row->institution), value_int(row->id)), &rows);
    return status == OK && rows_int(&rows, 0, 0) >= OPEN_MOST
               ? call_fail(call, CONFLICT, "该机构的认领申请正在核实，请等候或直接联系县级卫生健康部门")
               : status;
}

static enum status
arrived(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    if (change->old != NULL)
        return OK;
    enum status status = not_too_many(call, writer_reader(writer), row);
    if (status == OK)
        status = clock_start(call, writer, row, "claim", "CFG-CLAIM-DAYS", "health");
    return status == OK ? notice_department(
                              call, writer, row->office, "health",
                              arena_format(call->arena, "机构认领申请待核实：%s", row_text(row, "institution_name")),
                              arena_format(call->arena, "/record_claim/%lld", (long long)row->id))
                        : status;
}

/* While it waits: what has changed since it was handed in. */
static enum status
show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    struct row *now = row_copy(call, row);
    if (row->state != SUBMITTED || view == NULL)
        return OK;
    enum status status = now == NULL ? NO_MEMORY : look_again(call, reader, now);
    const char *words = status == OK ? row_text(now, "compared") : status == CONFLICT ? call->message : NULL;
    if (words != NULL && strcmp(words, row_text(row, "compared")) != 0) {
        node_put_text(call->arena, view, "previous_note_title", "现在的情况");
        node_put_text(call->arena, view, "previous_note", words);
    }
    call->message = NULL;
    return status == CONFLICT ? OK : status;
}

static enum status
make_account(struct call *call, struct writer *writer, const struct change *change)
{
    int phone;
    struct row *row = change->new, *account = row_new(call, &account_form);
    if (account == NULL || form_field(row->form, "phone", &phone) == NULL)
        return NO_MEMORY;
    row_set(account, "login", row_value(row, "login"));
    row_set(account, "name", row_value(row, "name"));
    row_set_text(account, "phone", row_plain(call, writer_reader(writer), row, phone));
    row_set_text(account, "department", department_code(D_INSTITUTION));
    row_set_text(account, "posts", "|head|");
    row_set(account, "works_at", row_value(row, "made"));
    enum status status = row_create(call, writer, account);
    if (status != OK)
        return status;
    row_set_int(row, "account", account->id);
    return row_update(call, writer, row, row->version);
}

static const struct field verify_input[] = {
    { "how", F_CODE, .label = "核实方式", .code = "claim_check", .need = true },
    { "login", F_TEXT, .label = "登录名", .need = true },
    { 0 },
};
static const struct step steps[] = {
    { "verify", "核实无误，开通账号", SUBMITTED, DONE, .by = COUNTY_HEALTH, .input = verify_input,
      .stops = CLOCKS("claim"), .effect = make_account, .clause = "C031", .main = true,
      .consequence = "建立该机构负责人的账号，由安全管理员授权后生效，首次口令由安全管理员当面或电话告知本人。" },
    { "refuse", "不予认领", SUBMITTED, REFUSED, .by = COUNTY_HEALTH, .need = "refused", .stops = CLOCKS("claim"),
      .clause = "C031", .consequence = "不开通账号；请把原因电话告知申请人。" },
    { 0 },
};
static const struct state_label labels[] = {
    { SUBMITTED, "待核实", "warn" },
    { DONE, "已开通账号", "good" },
    { REFUSED, "未认领", "plain" },
    { 0 },
};
static const struct procedure procedure = { .first = SUBMITTED, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { EVERYBODY, MAY_CREATE, &ANYWHERE, 0, G_WORK | G_CONTACT, "C031", "机构申请认领", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_UNMASK, &MY_AREA, 0, G_ALL, "C031", "县级卫生健康部门核实", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK | G_INTERNAL, "C131", "市级卫生健康部门督办", 0, 0 },
    { 0 },
};
const struct form record_claim_form = {
    .name = "record_claim",
    .title = "机构认领申请",
    .clause = "C031",
    .of = OF_OFFICE,
    .fields = fields,
    .intro = "已登记的托育机构还没有系统账号的，由此申请；核实后开通负责人账号，用于办理备案和日常填报。",
    .received = "县级卫生健康部门核实后，会打您留的手机联系。请备好营业执照或登记证书、本人身份证件原件。",
    .procedure = &procedure,
    .duties = duties,
    .title_field = "institution_name",
    .fill = fill,
    .effect = arrived,
    .show = show,
    .keep_years = 3,
    .expected_rows = 5000,
};
