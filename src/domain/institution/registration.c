/* 登记信息与推送 — clauses C023–C028, C034, C144, C160; REG-4a…6. A registration authority enters or pushes what it has
 * registered; a push of a whole register is filtered by scope words, updates what is known and never doubles. Legal
 * person and site are two tables: one 统一社会信用代码 may run several sites, each filing in its own county. */
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/institution/register.h"
#include "policy/engine.h"

const struct relation MY_DEPARTMENT = {
    .name = "my_department",
    .sql = "r.department = ?1",
    .args = { ME_DEPARTMENT },
    .within = true,
};
static const struct relation MY_REGISTER = {
    .name = "my_register",
    .sql = "r.authority = ?1",
    .args = { ME_DEPARTMENT },
    .within = true,
};

/* ---- 法人 ---- */
static const struct field legal_fields[] = {
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .fixed = true, .list = true,
      .index = true, .group = G_OPEN, .max = 18 },
    { "name", F_TEXT, .label = "登记名称", .need = true, .list = true, .find = true, .group = G_OPEN },
    { "authority", F_CODE, .label = "登记机关", .code = "authority", .need = true, .list = true, .filter = true,
      .index = true, .group = G_OPEN },
    { "nature", F_CODE, .label = "机构性质", .code = "nature", .need = true, .list = true, .filter = true,
      .group = G_OPEN },
    { "representative", F_TEXT, .label = "法定代表人（负责人）", .basis = BASIS_DUTY, .max = 60 },
    { "representative_id", F_TEXT, .label = "法定代表人公民身份号码", .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18 },
    { "representative_born", F_DATE, .label = "法定代表人出生日期", .computed = true, .basis = BASIS_DUTY,
      .group = G_IDENTITY, .index = true },
    { "registered_on", F_DATE, .label = "成立登记日期", .list = true, .group = G_OPEN },
    { "scope", F_LINES, .label = "业务（经营）范围", .group = G_OPEN },
    { "address", F_TEXT, .label = "住所", .group = G_OPEN, .max = 300 },
    { "status", F_CODE, .label = "登记状态", .code = "register_status", .group = G_OPEN },
    { 0 },
};

static enum status
legal_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    row_set_born(call, change->new, "representative_id", "representative_born");
    return OK;
}

static const struct claim_key legal_claims[] = { { "uscc", { "uscc" }, "该统一社会信用代码已登记" }, { 0 } };
static const struct duty legal_duties[] = {
    { REGISTRARS, MAY_SEE | MAY_EXPORT, &MY_REGISTER, 0, G_ALL, "C028", "登记机关查看本机关登记的法人", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C033", "卫生健康部门查看辖区法人", 0, 0 },
    { 0 },
};
const struct form legal_person_form = {
    .name = "legal_person",
    .title = "法人登记信息",
    .clause = "C023",
    .of = OF_OFFICE,
    .fields = legal_fields,
    .claims = legal_claims,
    .duties = legal_duties,
    .fill = legal_fill,
    .title_field = "name",
    .expected_rows = 100000,
};

/* ---- 一次推送的一条登记信息 ---- */
static const struct field fields[] = {
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .list = true, .index = true,
      .max = 18 },
    { "site", F_TEXT, .label = "场所序号", .hint = "同一法人有多处场所时填 01、02……", .max = 2, .list = true },
    { "name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true },
    { "authority", F_CODE, .label = "登记机关", .code = "authority", .list = true, .filter = true, .index = true,
      .hint = "不填则为本机关" },
    { "nature", F_CODE, .label = "机构性质", .code = "nature", .hint = "不填则按信用代码首位判断" },
    { "representative", F_TEXT, .label = "法定代表人（负责人）", .basis = BASIS_DUTY, .max = 60 },
    { "representative_id", F_TEXT, .label = "法定代表人公民身份号码", .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18, .hint = "用于从业限制比对，没有可不填" },
    { "registered_on", F_DATE, .label = "登记日期", .need = true, .list = true },
    { "scope", F_LINES, .label = "业务（经营）范围", .need = true },
    { "place", F_AREA, .label = "所在乡镇（街道）", .need = true },
    { "address", F_TEXT, .label = "住所（详细地址）", .need = true, .max = 300 },
    { "status", F_CODE, .label = "登记状态", .code = "register_status", .list = true },
    { "outcome", F_TEXT, .label = "处理结果", .computed = true, .list = true },
    { "delay", F_INT, .label = "推送用时", .unit = "个工作日", .computed = true, .list = true },
    { "made", F_REF, .label = "机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "department", F_TEXT, .label = "推送部门", .computed = true },
    { 0 },
};

bool
scope_accepts(const struct reference *reference, const char *scope)
{
    const struct code_list *phrases = code_list(reference, "scope_phrase");
    for (size_t i = 0; scope != NULL && phrases != NULL && i < phrases->n; i++)
        if (strstr(scope, phrases->codes[i].label) != NULL)
            return true;
    return false;
}

static bool
starts(const char *text, const char *prefix)
{
    return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

/* 12 事业单位, 52 民办非企业 → non-profit; 91–93 → for profit (GB 32100). */
static const char *
nature_by_code(const char *uscc)
{
    return starts(uscc, "9") ? "profit" : "nonprofit";
}

static const char *
authority_by_code(const char *uscc)
{
    return starts(uscc, "9") ? "market" : starts(uscc, "5") ? "civil" : "staffing";
}

static enum status
registration_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    struct day registered;
    if (!row_has(row, "authority"))
        row_set_text(row, "authority",
                     (REGISTRARS & DEPT(call->me->department)) != 0 ? department_code(call->me->department)
                                                                    : authority_by_code(row_text(row, "uscc")));
    if (!row_has(row, "nature"))
        row_set_text(row, "nature", nature_by_code(row_text(row, "uscc")));
    if (!row_has(row, "site"))
        row_set_text(row, "site", "01");
    if (!row_has(row, "status"))
        row_set_text(row, "status", "registered");
    row_set_text(row, "department", row_text(row, "authority"));
    row->area = row_text(row, "place");
    row->office = office_for_area(call->reference, row->area);
    if (change->old == NULL && row_day(row, "registered_on", &registered))
        row_set_int(row, "delay", calendar_between(call->reference->calendar, registered, call->today));
    return OK;
}

/* The number belongs to the person: who follows without one is not known by number. */
static void
take_number(struct row *legal, const struct row *from)
{
    const char *before = row_text(legal, "representative"), *now = row_text(from, "representative");
    const bool same = before != NULL && now != NULL && strcmp(before, now) == 0;
    if (row_has(from, "representative_id") || !same) {
        row_set(legal, "representative_id", row_value(from, "representative_id"));
        row_set(legal, "representative_born", value_null());
    }
}

/* Writes what the register says of the legal person; *row NULL: it is not known yet. */
static enum status
set_legal_person(struct call *call, struct writer *writer, const struct row *from, struct row **row)
{
    static const char *const same[] = { "uscc",          "name",  "authority", "nature", "representative",
                                        "registered_on", "scope", "address",   "status", NULL };
    const bool known = *row != NULL;
    struct row *legal = known ? *row : row_new(call, &legal_person_form);
    if (legal == NULL)
        return NO_MEMORY;
    take_number(legal, from);
    for (int i = 0; same[i] != NULL; i++)
        row_set(legal, same[i], row_value(from, same[i]));
    if (!known) {
        legal->office = from->office;
        legal->area = from->area;
    }
    *row = legal;
    return known ? row_change(call, writer, legal, legal->version) : row_create(call, writer, legal);
}

/* The row that holds a claim; *row NULL: nobody does. */
static enum status
claimed(struct call *call, struct writer *writer, const struct form *form, const char *kind, const char *key,
        struct row **row)
{
    int64_t id;
    *row = NULL;
    const enum status status = claim_holder(call, writer_reader(writer), kind, key, &id);
    return status == OK && id != 0 ? row_get(call, writer_reader(writer), form, id, row) : status;
}

static bool
registered_by(const struct row *known, const struct row *from)
{
    const char *authority = known == NULL ? NULL : row_text(known, "authority");
    return authority == NULL || strcmp(authority, row_text(from, "authority")) == 0;
}

/* Legal person and site follow the push of the authority that registered them. The legal person belongs to its own
 * county; another one's push changes it only for a site that is there. */
static enum status
follow(struct call *call, struct writer *writer, const struct row *row, struct row *legal, struct row *site,
       int64_t *made, const char **outcome)
{
    const bool cancelled = strcmp(row_text(row, "status"), "cancelled") == 0;
    if (!registered_by(site, row))
        return site_refuse(call, writer, row, site, outcome);
    if (!registered_by(legal, row))
        return site_refuse(call, writer, row, legal, outcome);
    if (cancelled && site != NULL && site->office != row->office)
        return site_refuse(call, writer, row, site, outcome);
    struct row *before = legal == NULL ? NULL : row_copy(call, legal);
    enum status status = OK;
    if (legal == NULL || legal->office == row->office || (site != NULL && site->office == row->office))
        status = set_legal_person(call, writer, row, &legal);
    return status == OK ? site_follow(call, writer, row, legal->id, before, site, made, outcome) : status;
}

static const char *const personal[] = { "representative", "representative_id", "scope", NULL };

static bool
is_of_nobody(const char *outcome)
{
    return starts(outcome, "已忽略") || starts(outcome, "未受理");
}

static enum status
registration_effect(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *legal = NULL, *site = NULL;
    int64_t made = 0;
    const char *outcome = NULL, *uscc = row_text(row, "uscc");
    if (change->old != NULL)
        return OK;
    enum status status = claimed(call, writer, &institution_form, "uscc_site",
                                 arena_format(call->arena, "%s|%s", uscc, row_text(row, "site")), &site);
    if (status == OK)
        status = claimed(call, writer, &legal_person_form, "uscc", uscc, &legal);
    if (site == NULL && !scope_accepts(call->reference, row_text(row, "scope")))
        outcome = "已忽略：范围不含托育服务";
    else if (site == NULL && strcmp(row_text(row, "status"), "cancelled") == 0)
        outcome = "已忽略：登记已注销";
    if (status == OK && outcome == NULL)
        status = follow(call, writer, row, legal, site, &made, &outcome);
    if (status != OK)
        return status;
    row_set_text(row, "outcome", outcome);
    if (is_of_nobody(outcome)) /* not ours to keep: the code and what became of it are enough */
        for (int i = 0; personal[i] != NULL; i++)
            row_set(row, personal[i], value_null());
    if (made != 0)
        row_set_int(row, "made", made);
    return row_update(call, writer, row, row->version);
}

/* ---- rules ---- */
static enum status
prefix_fits(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    const char *uscc = row_text(change->new, "uscc"), *authority = row_text(change->new, "authority");
    if (uscc == NULL || authority == NULL)
        return OK;
    static const struct {
        const char *authority, *prefix[4];
    } prefixes[] = {
        { "staffing", { "12", NULL } },
        { "civil", { "52", "51", "53", NULL } },
        { "market", { "91", "92", "93", NULL } },
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strcmp(prefixes[i].authority, authority) != 0)
            continue;
        for (int p = 0; prefixes[i].prefix[p] != NULL; p++)
            if (starts(uscc, prefixes[i].prefix[p]))
                return OK;
        finding_add(call, rule,
                    arena_format(call->arena, "信用代码以%.2s开头，与登记机关“%s”不一致", uscc,
                                 code_label(call->reference, "authority", authority)));
    }
    return OK;
}

static enum status
nature_fits(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    const char *uscc = row_text(change->new, "uscc"), *nature = row_text(change->new, "nature");
    if (uscc != NULL && nature != NULL && strcmp(nature_by_code(uscc), nature) != 0)
        finding_add(call, rule,
                    arena_format(call->arena, "信用代码%.2s开头的机构应为%s", uscc,
                                 code_label(call->reference, "nature", nature_by_code(uscc))));
    return OK;
}

static enum status
scope_names_form(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    const char *scope = row_text(change->new, "scope");
    const struct code_list *words = code_list(call->reference, "scope_form_word");
    if (scope == NULL || !scope_accepts(call->reference, scope) || words == NULL)
        return OK;
    for (size_t i = 0; i < words->n; i++)
        if (strstr(scope, words->codes[i].label) != NULL)
            return OK;
    finding_add(call, rule, "登记范围未注明全日制、半日制或计时制等服务形式");
    return OK;
}

static enum status
not_in_the_future(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    (void)reader;
    struct day day;
    if (row_day(change->new, "registered_on", &day) && day.n > call->today.n)
        finding_add(call, rule, "登记日期晚于今天");
    return OK;
}

static const struct rule rules[] = {
    { "REG-4-PREFIX", WARN, .check = prefix_fits, .standard = "REG-4c", .field = "uscc", .clause = "C023",
      .advice = "核对登记机关和统一社会信用代码" },
    { "REG-4-NATURE", WARN, .check = nature_fits, .standard = "REG-4c", .field = "nature", .clause = "C024",
      .advice = "核对机构性质" },
    { "REG-5-FORM", INFO, .check = scope_names_form, .standard = "REG-5", .field = "scope", .clause = "C027",
      .advice = "提醒机构办理范围变更，注明服务形式" },
    { "REG-DATE", BLOCK, .check = not_in_the_future, .standard = "REG-6", .field = "registered_on", .clause = "C034",
      .advice = "填写证照上的登记日期" },
    { 0 },
};
static const struct duty duties[] = {
    { REGISTRARS, MAY_SEE | MAY_CREATE | MAY_EXPORT | MAY_IMPORT, &MY_DEPARTMENT, 0, G_ALL, "C034",
      "登记机关推送登记信息", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C034", "卫生健康部门接收推送", 0, 0 },
    { 0 },
};
const struct form registration_form = {
    .name = "registration",
    .title = "登记信息推送",
    .clause = "C034",
    .of = OF_OFFICE,
    .fields = fields,
    .rules = rules,
    .intro = "逐条录入，或用 Excel/CSV 整批推送；范围不含托育服务的自动略过，已有的只更新，不会重复。",
    .duties = duties,
    .title_field = "name",
    .fill = registration_fill,
    .effect = registration_effect,
    .expected_rows = 200000,
};

/* ---- 登记制度文件 (C028) ---- */
static const struct field regime_fields[] = {
    { "title", F_TEXT, .label = "制度名称", .need = true, .list = true, .find = true, .group = G_OPEN },
    { "number", F_TEXT, .label = "文号", .list = true, .group = G_OPEN },
    { "issued", F_DATE, .label = "印发日期", .need = true, .list = true, .group = G_OPEN },
    { "file", F_FILE, .label = "文件" },
    { "department", F_TEXT, .label = "部门", .computed = true },
    { 0 },
};
static enum status
regime_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    row_set_text(change->new, "department", department_code(call->me->department));
    return OK;
}
static const struct duty regime_duties[] = {
    { REGISTRARS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_DEPARTMENT, 0, G_ALL, "C028", "登记机关的注册登记制度", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C028", "卫生健康部门查阅", 0, 0 },
    { 0 },
};
const struct form regime_form = {
    .name = "register_regime",
    .title = "注册登记制度文件",
    .clause = "C028",
    .of = OF_OFFICE,
    .fields = regime_fields,
    .duties = regime_duties,
    .title_field = "title",
    .fill = regime_fill,
    .expected_rows = 100,
};

/* ---- 年度报告 (C144, C160) ---- */
static const struct field report_fields[] = {
    { "legal_person", F_REF, .label = "法人", .ref = &legal_person_form, .need = true, .fixed = true, .list = true,
      .index = true, .elsewhere = true },
    { "kind", F_CODE, .label = "报告种类", .code = "annual_report_kind", .need = true, .fixed = true, .list = true,
      .filter = true },
    { "year", F_INT, .label = "报告年度", .need = true, .fixed = true, .min = 2000, .max = 2100, .list = true },
    { "received_on", F_DATE, .label = "收到日期", .need = true, .fill = FILL_TODAY, .list = true },
    { "result", F_TEXT, .label = "检查结论", .max = 100, .list = true },
    { "file", F_FILE, .label = "报告" },
    { "department", F_TEXT, .label = "部门", .computed = true },
    { 0 },
};
static const struct unique_key report_uniques[] = {
    { { "legal_person", "kind", "year" }, "该法人这一年度的报告已登记收到" },
    { 0 },
};
static const struct duty report_duties[] = {
    { REGISTRARS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT, &MY_DEPARTMENT, 0, G_ALL, "C144",
      "登记机关登记年度报告", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C144", "卫生健康部门查阅", 0, 0 },
    { 0 },
};
const struct form annual_report_form = {
    .name = "annual_report",
    .title = "年度报告收悉登记",
    .clause = "C144",
    .of = OF_OFFICE,
    .fields = report_fields,
    .uniques = report_uniques,
    .duties = report_duties,
    .fill = regime_fill,
    .expected_rows = 5000,
};
