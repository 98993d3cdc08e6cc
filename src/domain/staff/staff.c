/* 工作人员 — 设置标准 第十八条, 管理规范 第三十三至三十五条; clauses C054, C090–C094. One person is one identity over
 * the whole city, known by the keyed hash of the ID number: who works in two places at once is seen at both, by name at
 * neither. Suspension is a measure of protection; who is barred is told no reason; both follow the person (hold.c). */
#include "domain/staff/staff.h"

#include <string.h>

#include "base/check.h"
#include "base/secret.h"
#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"

static const struct field fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .find = true, .basis = BASIS_DUTY, .group = G_OPEN,
      .max = 40 },
    { "id_number", F_TEXT, .label = "公民身份号码", .need = true, .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18 },
    { "born", F_DATE, .label = "出生日期", .computed = true, .basis = BASIS_DUTY, .group = G_IDENTITY, .index = true },
    { "phone", F_TEXT, .label = "手机", .secret = true, .basis = BASIS_DUTY, .format = FORMAT_PHONE, .group = G_CONTACT,
      .max = 20 },
    { "account", F_REF, .label = "登录账号", .ref = &account_form, .elsewhere = true, .group = G_CONTACT,
      .index = true },
    { "posts", F_CODES, .label = "岗位", .code = "post", .need = true, .list = true, .filter = true, .group = G_OPEN },
    { "hired_on", F_DATE, .label = "入职日期", .basis = BASIS_CONTRACT },
    { "full_time", F_BOOL, .label = "专职" },
    { "education", F_CODE, .label = "学历", .code = "education", .basis = BASIS_DUTY },
    { "years", F_INT, .label = "相关从业年限", .unit = "年", .min = 0, .max = 60 },
    { "trained", F_BOOL, .label = "岗位培训合格" },
    { "certificate", F_CODE, .label = "资格证书", .code = "certificate_kind", .list = true, .section = "资格",
      .hint = "主要证书；其他证书在下方“资格证书”中逐个登记" },
    { "certificate_no", F_TEXT, .label = "证书编号", .basis = BASIS_DUTY, .max = 60 },
    { "health_until", F_DATE, .label = "健康合格证有效期至", .list = true, .basis = BASIS_DUTY, .fixed = true,
      .hint = "登记以后在下方“健康合格证”中逐张登记" },
    { "record_checked", F_DATE, .label = "违法犯罪记录查询日期", .past = true, .basis = BASIS_DUTY, .fixed = true,
      .hint =
          "无犯罪、无虐待儿童记录，每年查询一次；填报的日期只短期计入，登记以后在下方“违法犯罪记录查询”中登记结果" },
    { "record_until", F_DATE, .label = "查询日期仅为填报，计入至", .computed = true, .basis = BASIS_DUTY },
    { "credit_checked", F_DATE, .label = "信用查询日期", .past = true, .basis = BASIS_DUTY },
    { "declared_on", F_DATE, .label = "职业道德承诺日期", .past = true, .basis = BASIS_DUTY },
    { "suspended_on", F_DATE, .label = "暂停接触婴幼儿起始日", .past = true, .computed = true, .section = "在岗情况",
      .basis = BASIS_DUTY },
    { "review_on", F_DATE, .label = "复查日期", .computed = true, .basis = BASIS_DUTY, .index = true },
    { "ordered", F_BOOL, .label = "由主管部门决定", .computed = true },
    { "ill_on", F_DATE, .label = "因病离岗日期", .computed = true, .basis = BASIS_DUTY, .group = G_INTERNAL },
    { "held_by", F_CODES, .label = "暂停、限制的来由", .code = "hold_cause", .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL },
    { "head_on", F_DATE, .label = "机构决定的起始日", .computed = true, .basis = BASIS_DUTY, .group = G_INTERNAL },
    { "head_review", F_DATE, .label = "机构决定的复查日期", .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL },
    { "office_on", F_DATE, .label = "主管部门决定的起始日", .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL },
    { "office_review", F_DATE, .label = "主管部门决定的复查日期", .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL },
    { "abuse_on", F_DATE, .label = "保护措施的起始日", .computed = true, .basis = BASIS_DUTY, .group = G_INTERNAL },
    { "abuse_review", F_DATE, .label = "保护措施的复查日期", .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL },
    { "login_off", F_INT, .label = "随停用的账号版本", .computed = true, .group = G_INTERNAL },
    { "left_on", F_DATE, .label = "离职日期", .past = true, .computed = true, .basis = BASIS_CONTRACT },
    { 0 },
};

static const struct claim_key claims[] = {
    { "staff_login", { "account" }, "该账号已登记给另一名工作人员（含已离职的，请用“重新录用”）" },
    { 0 },
};

static const char *
plain(struct call *call, struct reader *reader, const struct row *row, const char *name)
{
    int index;
    form_field(row->form, name, &index);
    return row_plain(call, reader, row, index);
}

const char *
staff_id_number(struct call *call, struct reader *reader, const struct row *staff)
{
    return plain(call, reader, staff, "id_number");
}

const char *
id_hash(struct call *call, const char *field, const char *number)
{
    char hash[65];
    secret_index(call->house->keys, field, number, hash);
    return arena_text(call->arena, hash);
}

enum status
staff_of(struct call *call, struct reader *reader, const struct row *record, struct row **out)
{
    const bool part = record->form->part_of == &staff_form;
    const struct field *field = part ? NULL : form_field(record->form, "staff", NULL);
    const int64_t id = part ? record->part : row_int(record, "staff");
    *out = NULL;
    if (id == 0)
        return OK;
    const enum status status = row_get(call, reader, &staff_form, id, out);
    if (status == NOT_FOUND || (status == OK && (*out)->institution != record->institution)) {
        *out = NULL;
        return call_fault(call, field, "other_institution", "不是本机构的工作人员");
    }
    return status;
}

/* Also of somebody who left: the login comes back with the post. */
static enum status
login_is_free(struct call *call, struct reader *reader, const struct row *row, int64_t account)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena, "select 1 from staff where office = ?1 and account = ?2 and id <> ?3 limit 1",
                    ARGS(value_int(id_office(row->institution)), value_int(account), value_int(row->id)), &rows);
    return status == OK && rows.n > 0
               ? call_fault(call, form_field(&staff_form, "account", NULL), "taken", "%s", claims[0].label)
               : status;
}

/* The login is one of the institution's, of one person, and stays the same while it is taken away. */
static enum status
login_is_ours(struct call *call, struct reader *reader, const struct change *change)
{
    struct row *account;
    const struct row *row = change->new;
    const int64_t id = row_int(row, "account"), before = change->old == NULL ? 0 : row_int(change->old, "account");
    const struct field *field = form_field(&staff_form, "account", NULL);
    if (id == before || row->institution == 0)
        return OK;
    if (change->old != NULL && change->old->state != ACTIVE)
        return call_fault(call, field, "held", "暂停、限制从业期间不能更改登录账号");
    if (id == 0)
        return OK;
    const enum status status = row_get(call, reader, &account_form, id, &account);
    if (status == NOT_FOUND || (status == OK && row_int(account, "works_at") != row->institution))
        return call_fault(call, field, "other_institution", "不是本机构的账号");
    return status == OK ? login_is_free(call, reader, row, id) : status;
}

/* Nobody becomes another person to be free of an order. */
static enum status
stays_the_same(struct call *call, struct reader *reader, const struct change *change, const char *hash)
{
    struct rows rows;
    if (change->old == NULL || call->me->department != D_INSTITUTION || row_int(change->old, "ordered") == 0)
        return OK;
    const enum status status =
        reader_rows(reader, call->arena, "select 1 from staff where office = ?1 and id = ?2 and id_number_find = ?3",
                    ARGS(value_int(change->old->office), value_int(change->old->id), value_text(hash)), &rows);
    if (status == OK && rows.n == 0)
        return call_fault(call, form_field(&staff_form, "id_number", NULL), "held",
                          "暂停、限制从业期间不能更改身份号码，请联系县级卫生健康部门");
    return status;
}

/* Who is entered works or soon begins to; a certificate lasts no longer than the months of a check-up. */
static enum status
days_are_possible(struct call *call, const struct change *change)
{
    struct day day;
    const int64_t ahead = standard_int(call, "CFG-HIRE-AHEAD-DAYS", 60);
    if ((change->old == NULL || row_differs(change->new, change->old, "hired_on")) &&
        row_day(change->new, "hired_on", &day) && day.n > call->today.n + (int32_t)ahead)
        return call_fault(call, form_field(&staff_form, "hired_on", NULL), "too_late", "入职日期最多提前%lld天登记",
                          (long long)ahead);
    if (change->old != NULL || !row_day(change->new, "health_until", &day))
        return OK;
    return staff_health_lasts(call, form_field(&staff_form, "health_until", NULL), call->today, day);
}

/* The birth date stands in the ID number; one person is one row of an institution. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    struct rows rows;
    enum status status = login_is_ours(call, reader, change);
    if (status == OK && call->me->department != D_ENGINE && change->step == NULL)
        status = days_are_possible(call, change);
    if (status != OK || !row_set_born(call, row, "id_number", "born"))
        return status;
    const struct value typed = row_value(row, "id_number");
    status = stays_the_same(call, reader, change, id_hash(call, "id_number", typed.text));
    if (status != OK)
        return status;
    status = reader_rows(
        reader, call->arena,
        "select 1 from staff where office = ?1 and id_number_find = ?2 and institution = ?3 and id <> ?4 and "
        "state <> 'left' limit 1",
        ARGS(value_int(row->office), value_text(id_hash(call, "id_number", typed.text)), value_int(row->institution),
             value_int(row->id)),
        &rows);
    if (status == OK && rows.n > 0)
        return call_fault(call, form_field(&staff_form, "id_number", NULL), "taken", "此人已登记为本机构工作人员");
    return status;
}

/* ---- rules ---- */

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

CHECK(is_adult)
{
    struct day born;
    (void)reader;
    if (row_day(change->new, "born", &born) && day_months_between(born, call->today) < 18 * 12)
        finding_add(call, rule, "工作人员未满18周岁");
    return OK;
}

/* Rows of the same person elsewhere in the city, by hash: {id, at work}. */
static enum status
same_person(struct call *call, struct reader *reader, const struct row *staff, struct rows *rows)
{
    struct query query;
    const char *number = staff_id_number(call, reader, staff);
    *rows = (struct rows){ 0 };
    if (number == NULL)
        return OK;
    query_init(&query, call->arena);
    query_text(&query, "select s.id, case when s.state in " AT_WORK_SQL " then 1 else 0 end from staff s where ");
    staff_everywhere(call, &query);
    query_add(&query, " and s.id_number_find = ?1 and s.institution <> ?2",
              ARGS(value_text(id_hash(call, "id_number", number)), value_int(staff->institution)));
    return query_rows(reader, call->arena, &query, rows);
}

static size_t
at_work_among(const struct rows *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += rows_int(rows, i, 1) != 0;
    return n;
}

static bool
at_work(const struct row *staff)
{
    return (staff->state & (ACTIVE | SUSPENDED)) != 0;
}

CHECK(works_once)
{
    struct rows rows;
    const enum status status = same_person(call, reader, change->new, &rows);
    const size_t others = at_work_among(&rows);
    if (status == OK && others > 0 && at_work(change->new))
        finding_add(call, rule, arena_format(call->arena, "此人同时在另外%zu家托育机构登记为工作人员", others));
    return status;
}

CHECK(health_certificate_is_valid)
{
    struct day until;
    (void)reader;
    if (!row_day(change->new, "health_until", &until))
        finding_add(call, rule, "没有登记健康合格证");
    else if (until.n < call->today.n)
        finding_add(call, rule, "健康合格证已过期，不得上岗");
    return OK;
}

CHECK(record_is_fresh)
{
    struct day until;
    (void)reader;
    const char *gap = staff_record_gap(change->new, call->today);
    if (!row_has(change->new, "record_checked"))
        finding_add(call, rule, "没有查询违法犯罪记录");
    else if (gap != NULL)
        finding_add(call, rule, gap);
    else if (row_day(change->new, "record_until", &until))
        finding_add(call, rule,
                    arena_format(call->arena, "违法犯罪记录查询日期只是填报，%d月%d日前应取得查询结果",
                                 day_month(until), day_of_month(until)));
    return OK;
}

CHECK(posts_have_certificates)
{
    const char *mine;
    const struct code_list *posts = code_list(call->reference, "post");
    const enum status status = staff_certificates(call, reader, change->new, &mine);
    for (size_t i = 0; status == OK && posts != NULL && i < posts->n; i++)
        if (row_codes_have(change->new, "posts", posts->codes[i].code) &&
            !post_allows_one(call, posts->codes[i].code, mine))
            finding_add(call, rule, arena_format(call->arena, "没有%s岗位相应的有效资格证书", posts->codes[i].label));
    return status;
}

CHECK(contract_is_there)
{
    const char *what;
    const enum status status = contract_gap(call, reader, change->new, &what);
    if (status == OK && what != NULL)
        finding_add(call, rule, what);
    return status;
}

CHECK(insurance_is_paid)
{
    const char *what;
    const enum status status = insurance_gap(call, reader, change->new, &what);
    if (status == OK && what != NULL)
        finding_add(call, rule, what);
    return status;
}

/* 法治、职业道德、安全 for everybody, fire for the fire person: each at least once in the last months. */
CHECK(training_is_fresh)
{
    static const char *const topics[] = { "law", "ethics", "safety", "fire" };
    const char *missing = NULL;
    char since[11];
    struct rows rows;
    const int64_t months = standard_int(call, "CFG-TRAIN-MONTHS", 12);
    day_iso(day_add_months(call->today, -(int)months), since);
    const enum status status =
        reader_rows(reader, call->arena,
                    "select distinct topic from staff_training where office = ?1 and part = ?2 and held_on >= ?3",
                    ARGS(value_int(change->new->office), value_int(change->new->id), value_text(since)), &rows);
    for (size_t t = 0; status == OK && t < sizeof topics / sizeof topics[0]; t++) {
        bool done = strcmp(topics[t], "fire") == 0 && !row_codes_have(change->new, "posts", "fire");
        for (size_t i = 0; i < rows.n && !done; i++)
            done = strcmp(rows_text(&rows, i, 0), topics[t]) == 0;
        const char *label = code_label(call->reference, "training_topic", topics[t]);
        if (!done)
            missing = missing == NULL ? label : arena_format(call->arena, "%s、%s", missing, label);
    }
    if (missing != NULL)
        finding_add(call, rule, arena_format(call->arena, "近%lld个月没有培训：%s", (long long)months, missing));
    return status;
}

CHECK(credit_is_checked)
{
    (void)reader;
    if (!row_has(change->new, "credit_checked") || !row_has(change->new, "declared_on"))
        finding_add(call, rule, "没有登记信用查询结果或职业道德承诺");
    return OK;
}

static const struct rule rules[] = {
    { "MGT-33-AGE", BLOCK, .check = is_adult, .standard = "MGT-33", .field = "id_number", .clause = "C092",
      .advice = "从业人员应当具有完全民事行为能力" },
    { "CFG-STAFF-TWICE", WARN, .check = works_once, .clause = "C093", .advice = "核实劳动关系，只在一处在岗" },
    { "HC-14", WARN, .check = health_certificate_is_valid, .field = "health_until", .clause = "C090",
      .advice = "体检合格后上岗，每年一次" },
    { "LAW-4", WARN, .check = record_is_fresh, .field = "record_checked", .clause = "C093",
      .advice = "录用前和每年向公安机关、检察机关查询" },
    { "SET-18-POST", WARN, .check = posts_have_certificates, .standard = "SET-18c", .field = "certificate",
      .clause = "C091", .advice = "登记岗位相应的资格证书" },
    { "LAB-1", WARN, .check = contract_is_there, .clause = "C120", .advice = "登记书面劳动合同" },
    { "LAB-2", WARN, .check = insurance_is_paid, .clause = "C120", .advice = "补缴并登记缴费月份" },
    { "MGT-34", WARN, .check = training_is_fresh, .clause = "C115", .advice = "安排培训并登记" },
    { "MGT-33-CREDIT", INFO, .check = credit_is_checked, .standard = "MGT-33", .clause = "C092" },
    { 0 },
};

enum status
staff_recheck(struct call *call, struct writer *writer, int64_t id)
{
    struct row *staff;
    const enum status status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status != OK)
        return status;
    return at_work(staff) ? row_rejudge(call, writer, staff) : findings_end(call, writer, staff);
}

/* ---- what a write brings about ---- */

/* The other rows of this person get or lose their finding; a new double post is told to both counties, without a name.
 */
static enum status
tell_others(struct call *call, struct writer *writer, const struct row *staff, bool begins)
{
    struct rows rows;
    enum status status = same_person(call, writer_reader(writer), staff, &rows);
    const char *const text = "有工作人员同时在两家托育机构登记，请核实";
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        const int64_t other = rows_int(&rows, i, 0);
        if (rows_int(&rows, i, 1) == 0)
            continue;
        status = staff_recheck(call, writer, other);
        if (status == OK && begins)
            status = notice_department(call, writer, id_office(other), "health", text,
                                       arena_format(call->arena, "/staff/%lld", (long long)other));
    }
    if (status == OK && begins && at_work_among(&rows) > 0)
        status = notice_department(call, writer, staff->office, "health", text,
                                   arena_format(call->arena, "/staff/%lld", (long long)staff->id));
    return status;
}

static enum status
written(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = change->old == NULL ? staff_lines_begin(call, writer, change->new->id) : OK;
    /* only a typed number changes who it is */
    if (status != OK || row_value(change->new, "id_number").type != VALUE_TEXT)
        return status;
    status = tell_others(call, writer, change->new, true);
    if (status == OK)
        status = ban_seek(call, writer, change->new, "hire");
    return status == OK ? staff_settle(call, writer, change->new->id) : status;
}

/* Once more in the post: what the head had ordered is over, what others ordered refused the step. */
static enum status
returned(struct call *call, struct writer *writer, const struct change *change)
{
    const struct field *field = form_field(&staff_form, "hired_on", NULL);
    const char *hired = row_text(change->new, "hired_on"), *before = row_text(change->old, "left_on");
    if (strcmp(hired, call_today(call)) > 0)
        return call_fault(call, field, "future_day", "入职日期晚于今天，到日再办理");
    if (before != NULL && strcmp(hired, before) < 0)
        return call_fault(call, field, "order", "入职日期早于上次离职日期");
    row_set(change->new, "left_on", value_null());
    staff_measure_end(call, change->old, change->new, "head");
    enum status status = staff_login_follows(call, writer, change->new);
    if (status == OK)
        status = row_update(call, writer, change->new, change->new->version);
    if (status == OK)
        status = tell_others(call, writer, change->new, true);
    return status == OK ? ban_seek(call, writer, change->new, "hire") : status;
}

static enum status
off_work(struct call *call, struct writer *writer, struct row *staff)
{
    enum status status = staff_login_follows(call, writer, staff);
    if (status == OK)
        status = row_update(call, writer, staff, staff->version);
    return status == OK ? roster_strike(call, writer, staff) : status;
}

/* Whose measure it is that I may begin, prolong and end on the staff row itself. */
static const char *
own_measure(const struct call *call)
{
    return call->me->department == D_INSTITUTION ? "head" : "office";
}

static enum status
suspended(struct call *call, struct writer *writer, const struct change *change)
{
    const char *from = row_text(change->new, "suspended_on"), *review = row_text(change->new, "review_on");
    enum status status = staff_review_fits(call, form_field(&staff_form, "review_on", NULL), from, review);
    if (status != OK)
        return status;
    staff_measure_begin(call, change->old, change->new, own_measure(call), from, review);
    status = off_work(call, writer, change->new);
    if (status != OK || call->me->department == D_INSTITUTION)
        return status;
    status = staff_settle_person(call, writer, change->new);
    return status == OK ? staff_tell_no_login(call, writer, change->new) : status;
}

static enum status
held(struct call *call, struct writer *writer, const struct change *change)
{
    return off_work(call, writer, change->new);
}

static enum status
ordered(struct call *call, struct writer *writer, const struct change *change)
{
    staff_measure_begin(call, change->old, change->new, "abuse", row_text(change->new, "suspended_on"),
                        row_text(change->new, "review_on"));
    const enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK && !staff_measure(change->old, "abuse") ? staff_tell_no_login(call, writer, change->new)
                                                                : status;
}

static enum status
order_taken_back(struct call *call, struct writer *writer, const struct change *change)
{
    staff_measure_end(call, change->old, change->new, "abuse");
    return row_update(call, writer, change->new, change->new->version);
}

enum status
staff_order(struct call *call, struct writer *writer, const struct row *staff, const char *from, const char *review)
{
    struct node *input = node_map(call->arena);
    node_put_text(call->arena, input, "suspended_on", from);
    node_put_text(call->arena, input, "review_on", review);
    const enum status status = step_take(call, writer, &staff_form, staff->id, 0, "order", input, NULL);
    return status == OK ? staff_settle_all(call, writer, staff) : status;
}

enum status
staff_order_end(struct call *call, struct writer *writer, const struct row *staff)
{
    const enum status status = step_take(call, writer, &staff_form, staff->id, 0, "order_over", NULL, NULL);
    return status == OK ? staff_settle_all(call, writer, staff) : status;
}

static enum status
freed(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = staff_login_follows(call, writer, change->new);
    return status == OK ? row_update(call, writer, change->new, change->new->version) : status;
}

/* The other rows of the person were held by this order. */
static enum status
resumed(struct call *call, struct writer *writer, const struct change *change)
{
    staff_measure_end(call, change->old, change->new, own_measure(call));
    const enum status status = freed(call, writer, change);
    return status == OK ? staff_settle_person(call, writer, change->new) : status;
}

/* Nobody who left or may not work keeps a login, a place in a roster or a finding to mend. */
static enum status
gone(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = off_work(call, writer, change->new);
    if (status == OK)
        status = staff_recheck(call, writer, change->new->id);
    return status == OK ? tell_others(call, writer, change->new, false) : status;
}

static enum status
left(struct call *call, struct writer *writer, const struct change *change)
{
    struct day hired, day;
    if (row_day(change->new, "hired_on", &hired) && row_day(change->new, "left_on", &day) && day.n < hired.n)
        return call_fault(call, form_field(&staff_form, "left_on", NULL), "order", "离职日期早于入职日期");
    return gone(call, writer, change);
}

static bool
is_head(const struct call *call)
{
    return (call->me->posts & (1u << P_HEAD)) != 0;
}

static enum status
refuse(struct call *call, bool *may)
{
    *may = false;
    call_fail(call, DENIED, "请联系县级卫生健康部门");
    return OK;
}

/* The institution's head, or the county; the county also where the head has suspended, once. */
static enum status
may_suspend(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = call->me->department != D_INSTITUTION ? !staff_measure(change->old, "office")
                                                 : is_head(call) && change->old->state == ACTIVE;
    return OK;
}

/* Each ends what it ordered itself, and puts back only whom nothing else holds: no other measure, ban or record. */
static enum status
may_resume(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct against against;
    const bool institution = call->me->department == D_INSTITUTION;
    const char *own = own_measure(call);
    *may = !institution || is_head(call);
    if (!*may)
        return OK;
    const enum status status = staff_against(call, reader, change->old, &against);
    if (status != OK)
        return status;
    *may = staff_measure(change->old, own) && !staff_held_besides(change->old, own) && !against_any(&against);
    return *may || !institution ? OK : refuse(call, may);
}

/* The county's own order where something else holds as well, or where the post has ended. */
static enum status
order_stands(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct against against = { 0 };
    *may = staff_measure(change->old, "office");
    if (!*may || change->old->state != SUSPENDED || staff_held_besides(change->old, "office"))
        return OK;
    const enum status status = staff_against(call, reader, change->old, &against);
    *may = against_any(&against);
    return status;
}

static enum status
order_ended(struct call *call, struct writer *writer, const struct change *change)
{
    staff_measure_end(call, change->old, change->new, "office");
    const enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? staff_settle_all(call, writer, change->new) : status;
}

static enum status
reviewed(struct call *call, struct writer *writer, const struct change *change)
{
    const char *review = row_text(change->new, "review_on");
    const enum status status =
        staff_review_fits(call, form_field(&staff_form, "review_on", NULL), call_today(call), review);
    if (status != OK)
        return status;
    staff_measure_begin(call, change->old, change->new, own_measure(call), NULL, review);
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
is_own(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = staff_measure(change->old, own_measure(call)) &&
           (call->me->department != D_INSTITUTION || (is_head(call) && change->old->state == SUSPENDED));
    return OK;
}

static enum status
may_return(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct against against;
    *may = is_head(call);
    const enum status status = staff_against(call, reader, change->old, &against);
    if (status == OK && *may && (against_any(&against) || staff_ordered(change->old)))
        return refuse(call, may);
    return status;
}

static const struct field suspend_input[] = {
    { "suspended_on", F_DATE, .label = "暂停起始日", .need = true },
    { "review_on", F_DATE, .label = "复查日期", .need = true },
    { 0 },
};
static const struct field review_input[] = { { "review_on", F_DATE, .label = "下次复查日期", .need = true }, { 0 } };
static const struct field leave_input[] = { { "left_on", F_DATE, .label = "离职日期", .need = true }, { 0 } };
static const struct field return_input[] = { { "hired_on", F_DATE, .label = "入职日期", .need = true }, { 0 } };

#define HEAD_OR_COUNTY (THE_INSTITUTION | DEPT(D_HEALTH) | LEVEL(L_COUNTY))
static const struct step steps[] = {
    { "suspend", "暂停接触婴幼儿", ACTIVE | SUSPENDED, SUSPENDED, .by = HEAD_OR_COUNTY, .guard = may_suspend,
      .input = suspend_input, .effect = suspended, .clause = "C055",
      .consequence = "这是保护措施，不是对事实的认定。暂停期间不排班、不在岗，到复查日期复查。" },
    { "resume", "恢复在岗", SUSPENDED, ACTIVE, .by = HEAD_OR_COUNTY, .guard = may_resume, .effect = resumed,
      .clause = "C055" },
    { "prolong", "复查后继续暂停", SUSPENDED | BARRED | LEFT, 0, .by = HEAD_OR_COUNTY, .guard = is_own,
      .input = review_input, .effect = reviewed, .clause = "C055" },
    { "end_order", "结束本部门的暂停措施", SUSPENDED | BARRED | LEFT, 0, .by = COUNTY_HEALTH, .guard = order_stands,
      .effect = order_ended, .clause = "C055",
      .consequence = "此人在其他机构因此暂停的随之恢复；机构、公安作出的暂停和从业限制不受影响。" },
    { "order", "暂停接触婴幼儿", ACTIVE | SUSPENDED | BARRED | LEFT, 0, .inner = true, .input = suspend_input,
      .effect = ordered, .clause = "C055" },
    { "order_over", "保护措施结束", ACTIVE | SUSPENDED | BARRED | LEFT, 0, .inner = true, .effect = order_taken_back,
      .clause = "C055" },
    { "hold", "暂停从业", ACTIVE, SUSPENDED, .inner = true, .effect = held, .clause = "C056" },
    { "release", "解除暂停从业", SUSPENDED, ACTIVE, .inner = true, .effect = freed, .clause = "C056" },
    { "bar", "限制从业", ACTIVE | SUSPENDED, BARRED, .inner = true, .effect = gone, .clause = "C056" },
    { "lift", "解除限制", BARRED, ACTIVE, .inner = true, .effect = freed, .clause = "C056" },
    { "ease", "解除限制，仍暂停", BARRED, SUSPENDED, .inner = true, .clause = "C056" },
    { "leave", "办理离职", ACTIVE | SUSPENDED | BARRED, LEFT, .by = THE_INSTITUTION | POST(P_HEAD),
      .input = leave_input, .effect = left, .clause = "C090",
      .consequence = "离职后退出排班，登录账号停用；记录按规定年限保存。" },
    { "return", "重新录用", LEFT, ACTIVE, .by = THE_INSTITUTION | POST(P_HEAD), .guard = may_return,
      .input = return_input, .effect = returned, .checks = true, .clause = "C090" },
    { 0 },
};
static const struct state_label labels[] = {
    { ACTIVE, "在岗", "good" },
    { SUSPENDED, "暂停接触婴幼儿", "warn" },
    { BARRED, "不得在本机构从业", "bad" },
    { LEFT, "已离职", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = ACTIVE,
    .open = ACTIVE | SUSPENDED,
    .live = ACTIVE | SUSPENDED,
    .steps = steps,
    .labels = labels,
};
/* Where a report is open, the police choose whom they suspend: name and post, and each look is journalled. */
static const struct relation REPORTED = {
    .name = "reported",
    .sql = "exists (select 1 from abuse_report b where b.office = r.office and b.institution = r.institution and "
           "b.state = 'open')",
    .within = true,
    .journal = true,
};
static const struct duty duties[] = {
    { STAFF_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT | MAY_UNMASK, &MY_INSTITUTION, 0,
      G_ALL & ~G_INTERNAL, "C090", "机构登记工作人员", 0, 0 },
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, 0, G_WORK | G_OPEN, "C090", "本机构人员查看", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_EXPORT | MAY_UNMASK, &MY_AREA, 0, G_ALL, "C090", "县级卫生健康部门查看", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, "C090", "市级卫生健康部门查看", 0, 0 },
    { DEPT(D_POLICE) | LEVEL(L_COUNTY), MAY_SEE, &REPORTED, ACTIVE | SUSPENDED | BARRED, G_OPEN, "C055",
      "公安机关办理强制报告时查看该机构人员的姓名和岗位", 0, 0 },
    { 0 },
};
const struct form staff_form = {
    .name = "staff",
    .title = "工作人员",
    .clause = "C090",
    .of = OF_INSTITUTION,
    .fields = fields,
    .claims = claims,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "name",
    .fill = fill,
    .effect = written,
    .keep_years = 3,
    .expected_rows = 100000,
};

enum status
notice_heads(struct call *call, struct writer *writer, int64_t institution, const char *text, const char *url)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select id from account where office = ?1 and works_at = ?2 and posts like '%|head|%' and "
                    "state = 'active' order by id limit 20",
                    ARGS(value_int(id_office(institution)), value_int(institution)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = notice_account(call, writer, rows_int(&rows, i, 0), text, url);
    return status;
}
