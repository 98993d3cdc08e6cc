/* 备案 — 登记和备案办法 第七至十条; seed 三(二)2; clauses C032, C033. Filing is not a licence. Two clocks start on the
 * working day the documents arrive and run side by side: the receipt confirms complete documents and waits for nobody;
 * what the content does not meet is judged beside it, in `content`, also after the receipt. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/filing_kinds.h"
#include "domain/institution/filing_papers.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"
#include "policy/show.h"

static const struct field fields[] = {
    { "institution_name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true, .section = "机构" },
    { "uscc", F_TEXT, .label = "登记号（统一社会信用代码）", .need = true, .format = FORMAT_USCC, .max = 18,
      .list = true },
    { "authority", F_CODE, .label = "登记机关", .code = "authority", .need = true },
    { "registered_on", F_DATE, .label = "成立登记日期", .need = true },
    { "address", F_TEXT, .label = "机构住所", .need = true, .max = 300 },
    { "nature", F_CODE, .label = "机构性质", .code = "nature", .need = true },
    { "kind", F_CODE, .label = "机构类型", .code = "institution_kind", .need = true, .filter = true },
    { "education_supervisor", F_TEXT, .label = "幼儿园主管教育行政部门", .hint = "幼儿园托班填写", .max = 60 },
    { "head_name", F_TEXT, .label = "负责人", .need = true, .basis = BASIS_DUTY, .max = 40 },
    { "head_id", F_TEXT, .label = "负责人公民身份号码", .need = true, .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18 },
    { "head_born", F_DATE, .label = "负责人出生日期", .computed = true, .basis = BASIS_DUTY, .group = G_IDENTITY,
      .index = true },
    { "representative_id", F_TEXT, .label = "法定代表人公民身份号码", .secret = true, .find = true, .basis = BASIS_DUTY,
      .format = FORMAT_RESIDENT_ID, .group = G_IDENTITY, .max = 18, .hint = "与负责人是同一人的不填" },
    { "contact_name", F_TEXT, .label = "联系人", .need = true, .basis = BASIS_DUTY, .group = G_CONTACT, .max = 40 },
    { "contact_phone", F_TEXT, .label = "联系方式", .need = true, .secret = true, .basis = BASIS_DUTY,
      .format = FORMAT_PHONE, .group = G_CONTACT, .max = 20 },
    { "service_forms", F_CODES, .label = "服务范围", .code = "service_form", .need = true, .section = "服务" },
    { "capacity", F_INT, .label = "收托规模", .unit = "人", .need = true, .min = 1, .max = 1000, .list = true },
    { "own_places", F_INT, .label = "其中面向本单位职工", .unit = "人", .min = 0, .max = 1000,
      .hint = "用人单位举办的填写" },
    { "public_places", F_INT, .label = "其中向社会开放", .unit = "人", .min = 0, .max = 1000 },
    { "bands", F_CODES, .label = "编班类型", .code = "class_band", .need = true },
    { "meals", F_BOOL, .label = "提供餐饮服务" },
    { "premises_kind", F_CODE, .label = "场所性质", .code = "premises_kind", .need = true, .section = "场所" },
    { "lease_from", F_DATE, .label = "租赁起始日" },
    { "lease_to", F_DATE, .label = "租赁到期日" },
    { "building_type", F_CODE, .label = "建筑类型", .code = "building_type" },
    { "building_m2", F_DECIMAL, .label = "建筑面积", .unit = "㎡", .scale = 2, .need = true, .min = 1,
      .max = 10000000 },
    { "indoor_m2", F_DECIMAL, .label = "室内使用面积", .unit = "㎡", .scale = 2, .need = true, .min = 1,
      .max = 10000000 },
    { "outdoor_m2", F_DECIMAL, .label = "室外活动场地面积", .unit = "㎡", .scale = 2, .min = 0, .max = 10000000 },
    { "independent", F_BOOL, .label = "独立设置" },
    { "site_nature", F_BOOL, .label = "自然条件良好", .section = "选址核对" },
    { "site_traffic", F_BOOL, .label = "交通便利、居民相对集中" },
    { "site_order", F_BOOL, .label = "周边治安状况良好" },
    { "site_clear", F_BOOL, .label = "避开、远离有危害的场所" },
    { "exits", F_INT, .label = "安全出口", .unit = "个", .min = 0, .max = 50, .section = "安全" },
    { "extinguishers", F_INT, .label = "灭火器", .unit = "具", .min = 0, .max = 500 },
    { "explanation", F_LINES, .label = "对检查提示的说明", .section = "说明与承诺", .max = 2000,
      .hint = "内容方面的提示不影响提交，可在此说明情况" },
    { "promise", F_BOOL,
      .label = "承诺材料真实，遵守设置标准和管理规范，承担安全责任，接受监督，对不实内容承担法律责任", .need = true,
      .hint = "保存后打印备案书和承诺书，签字盖章，扫描上传到“证照材料”" },
    { "missing", F_CODES, .label = "需补正的材料", .code = "evidence_kind", .computed = true, .section = "办理情况" },
    { "missing_note", F_LINES, .label = "补正说明", .computed = true, .max = 2000 },
    { "new_fact", F_TEXT, .label = "再次补正的新情况", .computed = true, .max = 300 },
    { "arrived_on", F_DATE, .label = "材料收到日期", .computed = true, .past = true, .list = true },
    { "counter", F_BOOL, .label = "窗口代录", .computed = true, .filter = true },
    { "entered_by", F_TEXT, .label = "代录人", .computed = true, .max = 40 },
    { "counter_scan", F_FILE, .label = "纸质材料扫描件", .computed = true, .hint = "含备案书、承诺书的签章页" },
    { "returns", F_INT, .label = "退回补正次数", .computed = true },
    { "returned_at", F_TIME, .label = "最近一次退回", .computed = true },
    { "withdrawals", F_INT, .label = "撤回次数", .computed = true },
    { "content", F_CODE, .label = "内容审查", .code = "filing_content", .computed = true, .list = true,
      .filter = true },
    { "unfit_reason", F_LINES, .label = "内容不符合的理由", .computed = true, .max = 2000 },
    { "receipt_number", F_TEXT, .label = "回执编号", .computed = true },
    { "filed_on", F_DATE, .label = "备案日期", .computed = true, .list = true },
    { "reason", F_CODE, .label = "备案事由", .code = "filing_reason", .list = true, .filter = true, .fixed = true },
    { "in_hand", F_REF, .label = "在办场所", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "handler", F_REF, .label = "承办人", .ref = &account_form, .elsewhere = true, .computed = true, .index = true,
      .filter = true, .group = G_INTERNAL },
    { "internal_note", F_LINES, .label = "内部备注", .group = G_INTERNAL, .max = 2000 },
    { 0 },
};

static const struct claim_key claims[] = {
    { "filing_in_hand", { "in_hand" }, "该场所已有一件备案在办，办结或撤回后再提交" },
    { 0 },
};

/* 首次备案; of a filed site 变更备案, and 迁址重新备案 when the address is another (办法 第十条). */
static void
set_reason(struct row *row, const struct row *site)
{
    const char *here = row_text(site, "address"), *there = row_text(row, "address");
    const bool moved = here != NULL && there != NULL && strcmp(here, there) != 0;
    row_set_text(row, "reason", site->state == REGISTERED ? "first" : moved ? "relocate" : "change");
}

/* A name or address that the register changed is what is filed now. */
static enum status
take_register(struct call *call, struct reader *reader, struct row *row)
{
    static const char *const pairs[][2] = { { "institution_name", "name" }, { "address", "address" } };
    struct row *push;
    enum status status = register_of(call, reader, row->institution, &push);
    for (size_t i = 0; status == OK && push != NULL && i < sizeof pairs / sizeof pairs[0]; i++)
        if (!row_has(row, pairs[i][0]))
            row_set(row, pairs[i][0], row_value(push, pairs[i][1]));
    return status;
}

/* The place of a site that moved within the county follows with its filing. */
static enum status
take_place(struct call *call, struct reader *reader, struct row *site)
{
    struct row *push;
    enum status status = register_of(call, reader, site->id, &push);
    if (status == OK && push != NULL && push->office == site->office && row_has(push, "place")) {
        row_set(site, "place", row_value(push, "place"));
        site->area = row_text(site, "place");
    }
    return status;
}

/* A new filing takes over what the register already knows. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    static const char *const pairs[][2] = {
        { "institution_name", "name" },
        { "uscc", "uscc" },
        { "authority", "authority" },
        { "registered_on", "registered_on" },
        { "address", "address" },
        { "nature", "nature" },
        { "kind", "kind" },
        { "service_forms", "service_forms" },
        { "capacity", "places" },
    };
    struct row *site, *row = change->new;
    row_set_born(call, row, "head_id", "head_born");
    row_set(row, "in_hand", (row->state & (SUBMITTED | RETURNED)) != 0 ? value_int(row->institution) : value_null());
    if (row->institution == 0 || (change->old != NULL && (change->old->state & (DRAFT | RETURNED)) == 0))
        return OK;
    enum status status = institution_get(call, reader, row->institution, &site);
    if (status != OK)
        return status;
    if (change->old != NULL) {
        set_reason(row, site);
        return OK;
    }
    status = take_register(call, reader, row);
    if (status != OK)
        return status;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (!row_has(row, pairs[i][0]))
            row_set(row, pairs[i][0], row_value(site, pairs[i][1]));
    set_reason(row, site);
    row_set_text(row, "content", "pending");
    if (call->me->department == D_HEALTH && call->depth == 1) { /* brought on paper to the counter */
        row_set_int(row, "counter", 1);
        row_set_text(row, "entered_by", call_hand(call));
    }
    return OK;
}

static const char *
filing_url(struct call *call, const struct row *row)
{
    return arena_format(call->arena, "/filing/%lld", (long long)row->id);
}

/* What was judged before was other content. */
static void
judge_anew(struct row *row)
{
    row_set_text(row, "content", "pending");
    row_set(row, "unfit_reason", value_null());
    row_set(row, "new_fact", value_null());
}

/* Whoever has handed in has done its part: the county's days are not the institution's. Taken back, it runs on. */
static enum status
run_file_clock(struct call *call, struct writer *writer, const struct row *filing, bool handed_in)
{
    struct row *site;
    struct day came;
    enum status status = institution_get(call, writer_reader(writer), filing->institution, &site);
    if (status != OK || site->state != REGISTERED)
        return status;
    if (!handed_in)
        return clock_reopen(call, writer, site, "file");
    return row_day(filing, "arrived_on", &came) ? clock_stop(writer, site, "file", day_start_ms(came)) : BROKEN;
}

static enum status
arrive(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    row_set_text(row, "arrived_on", call_today(call));
    judge_anew(row);
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = run_file_clock(call, writer, row, true);
    if (status == OK)
        status = notice_department(call, writer, row->office, "health",
                                   arena_format(call->arena, "收到备案材料：%s", row_text(row, "institution_name")),
                                   filing_url(call, row));
    return status;
}

/* On paper: it arrived when it was brought, not when it was typed; both clocks run from that working day. */
static enum status
arrive_at_counter(struct call *call, struct writer *writer, const struct change *change)
{
    struct day came;
    struct row *row = change->new;
    const char *before = row_text(change->old, "arrived_on");
    if (!row_day(row, "arrived_on", &came))
        return BROKEN;
    if (before != NULL && strcmp(row_text(row, "arrived_on"), before) < 0)
        return call_fault(call, form_field(row->form, "arrived_on", NULL), "order", "补正材料的收到日期早于上一次");
    judge_anew(row);
    row_set_text(row, "entered_by", call_hand(call));
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = clock_start_at(call, writer, row, "receipt", "REG-9a", NULL, day_start_ms(came));
    if (status == OK)
        status = clock_start_at(call, writer, row, "content", "REG-9b", NULL, day_start_ms(came));
    if (status == OK)
        status = run_file_clock(call, writer, row, true);
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "窗口收到的纸质备案材料已录入，可在备案页面查看",
                                    filing_url(call, row));
    return status;
}

/* What the counter entered waits for the counter, until it has arrived once. */
static enum status
not_at_counter(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "counter") == 0 || row_has(change->old, "arrived_on");
    return OK;
}

static enum status
at_counter(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "counter") != 0;
    return OK;
}

/* In words for the paper: the documents, what is wrong with them, what is new. */
static const char *
missing_words(struct call *call, const struct row *row)
{
    const char *note = row_text(row, "missing_note"), *fact = row_text(row, "new_fact");
    const char *words =
        arena_format(call->arena, "需补正的材料：%s",
                     codes_words(call, form_field(row->form, "missing", NULL), row_text(row, "missing")));
    if (note != NULL)
        words = arena_format(call->arena, "%s\n%s", words, note);
    return fact == NULL ? words : arena_format(call->arena, "%s\n新情况：%s", words, fact);
}

static enum status
note_return(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    enum status status = named_once(call, writer_reader(writer), change);
    if (status != OK)
        return status;
    row_set_int(row, "returns", row_int(row, "returns") + 1);
    row_set_int(row, "returned_at", call->now_ms);
    status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = papers_void(call, writer, row);
    if (status == OK)
        status = draft_supplement(call, writer, change, missing_words(call, row));
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "备案材料需补正，请按清单一次补齐后重新提交",
                                    filing_url(call, row));
    return status;
}

/* The institution takes it back: what comes next is another content. */
static enum status
take_back(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    row_set_int(row, "withdrawals", row_int(row, "withdrawals") + 1);
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = papers_void(call, writer, row);
    if (status == OK)
        status = run_file_clock(call, writer, row, false);
    if (status == OK)
        status = notice_department(
            call, writer, row->office, "health",
            arena_format(call->arena, "机构撤回备案，尚未用印的公文作废：%s", row_text(row, "institution_name")),
            filing_url(call, row));
    return status;
}

/* The receipt is out: the site is filed, with what the filing says. */
static enum status
become_filed(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const pairs[][2] = {
        { "service_forms", "service_forms" },
        { "places", "capacity" },
        { "kind", "kind" },
        { "name", "institution_name" },
        { "address", "address" },
        { "own_places", "own_places" },
        { "public_places", "public_places" },
        { "education_supervisor", "education_supervisor" },
    };
    struct row *row = change->new, *site;
    if (!row_has(row, "filed_on"))
        row_set_text(row, "filed_on", call_today(call));
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = institution_get(call, writer_reader(writer), row->institution, &site);
    if (status != OK)
        return status;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        row_set(site, pairs[i][0], row_value(row, pairs[i][1]));
    row_set(site, "register_change", value_null());
    row_set(site, "register_changed_on", value_null());
    if (!row_has(site, "filed_on") || strcmp(row_text(row, "reason"), "first") == 0)
        row_set(site, "filed_on", row_value(row, "filed_on"));
    row_set(site, "receipt_number", row_value(row, "receipt_number"));
    status = take_place(call, writer_reader(writer), site);
    if (status == OK)
        status = row_change(call, writer, site, site->version);
    if (status == OK) /* a pause goes on: what ends it is its own step */
        status = step_take(call, writer, &institution_form, site->id, 0,
                           site->state == REGISTERED ? "filed" : "refiled", NULL, NULL);
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "备案回执已出具，可在备案页面查看和下载",
                                    filing_url(call, row));
    return status;
}

/* Published until it is mended, also while the content is handed in anew. */
static enum status
unfit_is_published(struct call *call, struct reader *reader, const struct row *filing, bool *yes)
{
    struct row *site;
    enum status status = institution_get(call, reader, filing->institution, &site);
    *yes = status == OK && row_has(site, "unfit_since");
    return status;
}

/* Writes what the content is, and at the site since when and why it does not fit; NULL: it does. */
static enum status
say_content(struct call *call, struct writer *writer, struct row *row, const char *content, const char *since)
{
    struct row *site;
    row_set_text(row, "content", content);
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = institution_get(call, writer_reader(writer), row->institution, &site);
    if (status != OK)
        return status;
    row_set(site, "unfit_since", since == NULL ? value_null() : value_text(since));
    row_set(site, "unfit_reason", since == NULL ? value_null() : row_value(row, "unfit_reason"));
    return row_change(call, writer, site, site->version);
}

static enum status
publish_unfit(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = say_content(call, writer, change->new, "unfit", call_today(call));
    return status == OK
               ? notice_institution(call, writer, change->new->institution,
                                    "备案内容不符合标准，理由见备案页面，请限期改正", filing_url(call, change->new))
               : status;
}

static enum status
end_unfit(struct call *call, struct writer *writer, const struct change *change)
{
    return say_content(call, writer, change->new, "mended", NULL);
}

/* Its receipt was void: it waits for a right one. The site stays filed, without a number of its own. */
static enum status
reopen(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *site;
    row_set(row, "receipt_number", value_null());
    enum status status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = institution_get(call, writer_reader(writer), row->institution, &site);
    if (status != OK || !value_equal(row_value(site, "receipt_number"), row_value(change->old, "receipt_number")))
        return status;
    row_set(site, "receipt_number", value_null());
    return row_change(call, writer, site, site->version);
}

/* The paper that said so was void: nothing is published, the content is judged again. */
static enum status
rejudge(struct call *call, struct writer *writer, const struct change *change)
{
    row_set(change->new, "unfit_reason", value_null());
    return say_content(call, writer, change->new, "pending", NULL);
}

static enum status
content_fits(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "content", "fits");
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
claim_case(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "handler", call->me->account);
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
release_case(struct call *call, struct writer *writer, const struct change *change)
{
    row_set(change->new, "handler", value_null());
    return row_update(call, writer, change->new, change->new->version);
}

static bool
content_is(const struct change *change, const char *state)
{
    const char *content = row_text(change->old, "content");
    return content != NULL && strcmp(content, state) == 0;
}

/* What is published ends by 已改正 only: nothing stands in the open that the county has no objection to. */
static enum status
while_pending(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    bool published = false;
    *may = content_is(change, "pending");
    enum status status = *may ? unfit_is_published(call, reader, change->old, &published) : OK;
    if (published)
        call_fail(call, DENIED, "仍在公布不符合情形：核实改正后请办理“已改正”");
    *may = *may && !published;
    return status;
}

static enum status
while_unfit(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    *may = content_is(change, "unfit");
    return *may || !content_is(change, "pending") ? OK : unfit_is_published(call, reader, change->old, may);
}

static enum status
nobodys(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = !row_has(change->old, "handler");
    return OK;
}

static enum status
mine(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = row_int(change->old, "handler") == call->me->account;
    return OK;
}

/* The handler is away and named me for these days. */
static enum status
stands_in(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const int64_t handler = row_int(change->old, "handler");
    *may = false;
    return handler == 0 ? OK : deputy_for(call, reader, handler, may);
}

static enum status
ask_opinions(struct call *call, struct writer *writer, const struct change *change)
{
    static const char *const departments[] = { "fire", "police", "housing", "market", "education", NULL };
    enum status status = OK;
    for (int i = 0; departments[i] != NULL && status == OK; i++) {
        if (strcmp(departments[i], "market") == 0 && row_int(change->new, "meals") == 0)
            continue;
        if (strcmp(departments[i], "education") == 0 && !is_kindergarten_class(change->new))
            continue;
        struct row *opinion = row_new(call, &opinion_form);
        if (opinion == NULL)
            return NO_MEMORY;
        opinion->institution = change->new->institution;
        opinion->part = change->new->id;
        row_set_text(opinion, "department", departments[i]);
        status = row_create(call, writer, opinion);
    }
    return status;
}

static enum status
opinions_not_asked(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena, "select 1 from opinion where office = ?1 and part = ?2 limit 1",
                    ARGS(value_int(change->old->office), value_int(change->old->id)), &rows);
    *may = status == OK && rows.n == 0;
    return status;
}

static const struct field counter_input[] = {
    { "arrived_on", F_DATE, .label = "材料收到日期", .need = true, .past = true },
    { "counter_scan", F_FILE, .label = "纸质材料扫描件", .need = true },
    { 0 },
};
static const struct field return_input[] = {
    { "missing_note", F_LINES, .label = "补正说明" },
    { "new_fact", F_TEXT, .label = "再次补正的新情况" },
    { 0 },
};
static const struct field unfit_input[] = { { "unfit_reason", F_LINES, .label = "内容不符合的理由", .need = true },
                                            { 0 } };

static const struct step steps[] = {
    { "submit", "提交备案", DRAFT | RETURNED, SUBMITTED, .by = THE_INSTITUTION, .checks = true, .effect = arrive,
      .guard = not_at_counter, .starts = CLOCKS("receipt", "REG-9a", "content", "REG-9b"),
      .stops = CLOCKS("supplement"), .clause = "C032", .main = true,
      .consequence = "提交后，县级卫生健康部门将在5个工作日内出具备案回执或一次性告知需补正的材料。" },
    { "submit_counter", "窗口收件", DRAFT | RETURNED, SUBMITTED, .by = COUNTY_HEALTH, .input = counter_input,
      .guard = at_counter, .stops = CLOCKS("supplement"), .effect = arrive_at_counter, .clause = "C135", .main = true,
      .consequence = "两个时限从材料收到的工作日起算；材料不齐的，收件后一次性告知补正。" },
    { "draft_receipt", "拟制备案回执", SUBMITTED, 0, .by = COUNTY_HEALTH, .guard = receipt_not_drafted,
      .effect = draft_receipt, .clause = "C033", .main = true,
      .consequence = "回执只确认材料齐全；内容审查、部门意见和现场核查另行进行。" },
    { "return", "退回补正", SUBMITTED, RETURNED, .by = COUNTY_HEALTH, .need = "missing", .input = return_input,
      .starts = CLOCKS("supplement", "CFG-SUPPLEMENT-DAYS"), .stops = CLOCKS("receipt", "content"),
      .guard = receipt_not_overdue, .effect = note_return, .clause = "C033",
      .consequence = "须一次性告知全部需补正的材料；补齐后重新计时。补齐材料告知书随即拟制，签发、用印后送达。" },
    { "receipt", "出具备案回执", SUBMITTED, FILED, .by = COUNTY_HEALTH, .inner = true, .stops = CLOCKS("receipt"),
      .effect = become_filed, .clause = "C033" },
    { "ask_opinions", "征求部门意见", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = opinions_not_asked,
      .effect = ask_opinions, .clause = "C156",
      .consequence = "消防、公安、住建（供餐的加市场监管，幼儿园托班加教育）分别计时反馈，不影响回执出具。" },
    { "content_fits", "内容审查无异议", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = while_pending,
      .effect = content_fits, .stops = CLOCKS("content"), .clause = "C033" },
    { "draft_unfit", "拟制内容不符合告知书", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = unfit_not_drafted,
      .input = unfit_input, .effect = draft_unfit, .clause = "C033",
      .consequence = "告知书用印后送达机构，并向社会公布。" },
    { "unfit", "备案内容不符合告知", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .inner = true,
      .stops = CLOCKS("content"), .effect = publish_unfit, .clause = "C033" },
    { "mended", "已改正", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = while_unfit, .effect = end_unfit,
      .stops = CLOCKS("content"), .clause = "C033", .consequence = "公布的不符合情形随即撤下，记录保留。" },
    { "claim", "由我承办", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = nobodys, .effect = claim_case,
      .clause = "C131" },
    { "stand_in", "代为承办", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = stands_in, .effect = claim_case,
      .clause = "C131", .consequence = "承办人休假期间由代理人接办，记入办理经过。" },
    { "release", "放回待办", SUBMITTED | FILED, 0, .by = COUNTY_HEALTH, .guard = mine, .effect = release_case,
      .clause = "C131" },
    { "withdraw", "撤回", SUBMITTED | RETURNED, DRAFT, .by = THE_INSTITUTION,
      .drops = CLOCKS("receipt", "content", "supplement"), .effect = take_back, .clause = "C032",
      .consequence = "撤回后重新提交，时限重新计算；尚未用印的公文随即作废。" },
    { "reopen", "回执作废，重新出具", FILED, SUBMITTED, .inner = true, .starts = CLOCKS("receipt", "REG-9a"),
      .effect = reopen, .clause = "C033" },
    { "rejudge", "告知书作废，重新审查", SUBMITTED | FILED, 0, .inner = true, .starts = CLOCKS("content", "REG-9b"),
      .effect = rejudge, .clause = "C033" },
    { "lapse", "随机构注销终止", SUBMITTED | RETURNED, ENDED, .inner = true,
      .drops = CLOCKS("receipt", "content", "supplement"), .clause = "C031" },
    { 0 },
};
static const struct state_label labels[] = {
    { SUBMITTED, "待出具回执", "warn" },
    { RETURNED, "待补正", "warn" },
    { FILED, "已备案", "good" },
    { ENDED, "已终止", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = DRAFT,
    .open = DRAFT | RETURNED,
    .live = DRAFT | SUBMITTED | RETURNED | FILED,
    .steps = steps,
    .labels = labels,
};
/* A department that was asked sees the filing it is asked about, without identity and contact. */
static const struct relation ASKED_ABOUT = {
    .name = "asked_about",
    .sql = "exists (select 1 from opinion o where o.office = r.office and o.part = r.id and o.department = ?1)",
    .args = { ME_DEPARTMENT },
    .within = true,
};
static const struct relation AT_COUNTER = {
    .name = "at_counter",
    .sql = "r.counter = 1",
    .within = true,
};
static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_UNMASK, &MY_INSTITUTION, 0,
      G_WORK | G_OPEN | G_CONTACT | G_IDENTITY, "C032", "机构办理备案", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_EXPORT | MAY_UNMASK, &MY_AREA, SUBMITTED | RETURNED | FILED | ENDED, G_ALL, "C033",
      "县级卫生健康部门办理", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_UNMASK, &AT_COUNTER, DRAFT | RETURNED, G_ALL, "C135",
      "窗口代录纸质备案", 0, 0 },
    { CITY_HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, SUBMITTED | RETURNED | FILED, G_WORK | G_OPEN, "C131",
      "市级卫生健康部门督办", 0, 0 },
    { ASKED_DEPARTMENTS, MAY_SEE, &ASKED_ABOUT, 0, G_WORK | G_OPEN, "C156", "被征求意见的部门", 0, 0 },
    { 0 },
};
const struct form filing_form = {
    .name = "filing",
    .title = "托育机构备案",
    .clause = "C032",
    .of = OF_INSTITUTION,
    .fields = fields,
    .claims = claims,
    .intro = "备案不是许可：回执确认材料齐全，内容是否符合标准另行审查。",
    .rules = filing_rules,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "institution_name",
    .fill = fill,
    .show = filing_show,
    .print = filing_print,
    .stages = true,
    .expected_rows = 100000,
};
