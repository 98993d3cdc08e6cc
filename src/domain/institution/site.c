/* 托育机构（场所）— clauses C001, C003, C005, C022–C027, C031, C057–C062, C064. One row is one site: what families find
 * and authorities answer for. 机构 and 婴幼儿照护服务机构 are the same word. Its states are the life of the
 * institution. */
#include <string.h>

#include "domain/institution/filing_kinds.h"
#include "domain/institution/institution.h"
#include "domain/institution/life.h"
#include "domain/institution/register.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

static const struct field fields[] = {
    { "name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true, .group = G_OPEN },
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .fixed = true, .list = true,
      .find = true, .index = true, .group = G_OPEN, .max = 18 },
    { "site", F_TEXT, .label = "场所序号", .need = true, .fixed = true, .group = G_OPEN, .max = 2 },
    { "legal_person", F_REF, .label = "法人", .ref = &legal_person_form, .elsewhere = true, .computed = true },
    { "kind", F_CODE, .label = "机构类型", .code = "institution_kind", .need = true, .list = true, .filter = true,
      .find = true, .group = G_OPEN },
    { "authority", F_CODE, .label = "登记机关", .code = "authority", .group = G_OPEN, .filter = true, .fixed = true },
    { "nature", F_CODE, .label = "机构性质", .code = "nature", .group = G_OPEN, .filter = true, .fixed = true },
    { "registered_on", F_DATE, .label = "登记日期", .group = G_OPEN, .fixed = true },
    { "place", F_AREA, .label = "所在乡镇（街道）", .need = true, .find = true, .group = G_OPEN, .fixed = true },
    { "address", F_TEXT, .label = "地址", .need = true, .list = true, .find = true, .group = G_OPEN, .max = 300 },
    { "longitude", F_DECIMAL, .label = "经度", .scale = 6, .min = 100000000, .max = 110000000, .group = G_OPEN },
    { "latitude", F_DECIMAL, .label = "纬度", .scale = 6, .min = 30000000, .max = 40000000, .group = G_OPEN },
    { "service_forms", F_CODES, .label = "服务形式", .code = "service_form", .list = true, .filter = true,
      .group = G_OPEN, .section = "服务" },
    { "places", F_INT, .label = "备案托位", .unit = "个", .min = 1, .max = 1000, .list = true, .group = G_OPEN },
    { "own_places", F_INT, .label = "其中面向本单位职工", .unit = "个", .min = 0, .max = 1000, .group = G_OPEN },
    { "public_places", F_INT, .label = "其中向社会开放", .unit = "个", .min = 0, .max = 1000, .group = G_OPEN },
    { "inclusive", F_BOOL, .label = "普惠", .filter = true, .group = G_OPEN, .computed = true },
    { "public_phone", F_TEXT, .label = "公开电话", .format = FORMAT_PHONE, .group = G_OPEN, .max = 20 },
    { "introduction", F_LINES, .label = "机构简介", .group = G_OPEN, .max = 1000 },
    { "operation_mode", F_CODE, .label = "运营方式", .code = "operation_mode", .filter = true, .group = G_OPEN,
      .section = "举办方式" },
    { "operator_type", F_CODE, .label = "运营主体", .code = "operator_type", .filter = true, .group = G_OPEN },
    { "welfare", F_BOOL, .label = "公益性、福利性", .group = G_OPEN },
    { "partner_units", F_LINES, .label = "联合举办单位", .max = 500, .group = G_OPEN },
    { "industrial_zone", F_BOOL, .label = "位于产业聚集区", .group = G_OPEN },
    { "pilot", F_BOOL, .label = "试点机构", .computed = true, .group = G_OPEN },
    { "education_supervisor", F_TEXT, .label = "幼儿园主管教育行政部门", .computed = true, .group = G_OPEN },
    { "with_kindergarten", F_BOOL, .label = "托幼一体化", .group = G_OPEN },
    { "filed_on", F_DATE, .label = "备案日期", .computed = true, .group = G_OPEN, .section = "备案" },
    { "receipt_number", F_TEXT, .label = "备案回执编号", .computed = true, .group = G_OPEN },
    { "unfit_since", F_DATE, .label = "备案内容不符合标准（公布日期）", .computed = true, .group = G_OPEN,
      .index = true },
    { "unfit_reason", F_LINES, .label = "不符合情形", .computed = true, .group = G_OPEN },
    { "national_number", F_TEXT, .label = "国家系统备案编号", .group = G_WORK },
    { "national_on", F_DATE, .label = "国家系统备案日期", .group = G_WORK },
    { "register_change", F_LINES, .label = "登记机关的变更，尚未办理变更备案", .computed = true },
    { "register_changed_on", F_DATE, .label = "登记变更得知日期", .computed = true },
    { "register_cancelled", F_BOOL, .label = "登记已注销", .computed = true },
    { "moving_by", F_REF, .label = "登记显示迁往其他县（市、区）的推送", .ref = &registration_form, .elsewhere = true,
      .computed = true },
    { "was", F_REF, .label = "迁来前的机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "moved_to", F_REF, .label = "迁往后的机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "pause_reason", F_TEXT, .label = "暂停原因", .hint = "向社会公开，不写个人信息", .group = G_OPEN, .max = 300 },
    { "resume_on", F_DATE, .label = "预计恢复日期", .group = G_OPEN },
    { "pause_ordered", F_BOOL, .label = "由卫生健康部门责令暂停", .computed = true, .group = G_OPEN },
    { "settled", F_BOOL, .label = "在托婴幼儿和从业人员已妥善安置" },
    { "closed_on", F_DATE, .label = "终止日期", .computed = true, .group = G_OPEN },
    { "cancel_reason", F_LINES, .label = "依职权注销的理由", .computed = true, .max = 500 },
    { "cancelled_on", F_DATE, .label = "注销日期", .computed = true, .group = G_OPEN },
    { 0 },
};
static const struct claim_key claims[] = {
    { "uscc_site", { "uscc", "site" }, "该统一社会信用代码的这处场所已存在" },
    { 0 },
};

enum status
site_by_code(struct call *call, struct reader *reader, const struct row *row, int64_t *id)
{
    const char *number = row_text(row, "site");
    return claim_holder(call, reader, "uscc_site",
                        arena_format(call->arena, "%s|%s", row_text(row, "uscc"), number == NULL ? "01" : number), id);
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    if (change->old == NULL && row_text(row, "place") != NULL) {
        row->area = row_text(row, "place");
        row->office = office_for_area(call->reference, row->area);
    }
    return filed_stands(call, change);
}

/* Another county's register has it now. */
static enum status
is_moving(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_has(change->old, "moving_by");
    return OK;
}

static const struct field pause_input[] = {
    { "pause_reason", F_TEXT, .label = "暂停原因", .need = true },
    { "resume_on", F_DATE, .label = "预计恢复日期", .need = true },
    { 0 },
};
static const struct field order_input[] = {
    { "pause_reason", F_TEXT, .label = "责令暂停的原因", .need = true },
    { "resume_on", F_DATE, .label = "责令改正期限" },
    { 0 },
};
static const struct field close_input[] = {
    { "settled", F_BOOL, .label = "在托婴幼儿和从业人员已妥善安置", .need = true },
    { 0 },
};

/* A site of several counties files in each county; life goes registered → filed → suspended → closed. */
static const struct step steps[] = {
    { "filed", "备案", REGISTERED, FILED, .inner = true, .stops = CLOCKS("file"), .clause = "C031" },
    { "refiled", "变更备案", FILED | SUSPENDED, 0, .inner = true, .clause = "C031" },
    { "suspend", "暂停服务", FILED, SUSPENDED, .by = THE_INSTITUTION, .input = pause_input, .effect = site_paused,
      .clause = "C031", .consequence = "暂停期间在公开名录中显示“暂停服务”、原因和预计恢复日期。" },
    { "resume", "恢复服务", SUSPENDED, FILED, .by = THE_INSTITUTION, .guard = pause_is_own, .effect = site_resumed,
      .drops = CLOCKS("resume"), .clause = "C031" },
    { "close", "终止服务", FILED | SUSPENDED | REGISTERED, CLOSED, .by = THE_INSTITUTION | POST(P_HEAD),
      .input = close_input, .effect = site_closed, .drops = CLOCKS("file", "resume"), .clause = "C031",
      .consequence = "终止前须妥善安置在托婴幼儿和从业人员；终止后由县级卫生健康部门办理备案注销。" },
    { "order_pause", "责令暂停", FILED | SUSPENDED, SUSPENDED, .by = COUNTY_HEALTH, .input = order_input,
      .effect = site_ordered, .drops = CLOCKS("resume"), .clause = "C031",
      .consequence = "通知机构，公开名录显示“暂停服务”和原因；由本部门解除后才能恢复服务。" },
    { "lift_pause", "解除暂停", SUSPENDED, FILED, .by = COUNTY_HEALTH, .guard = pause_is_ordered,
      .effect = site_resumed, .drops = CLOCKS("resume"), .clause = "C031" },
    { "moved", "确认迁出", FILED | SUSPENDED | REGISTERED, CLOSED, .by = COUNTY_HEALTH, .guard = is_moving,
      .drops = CLOCKS("file", "resume"), .effect = site_move_out, .clause = "C031",
      .consequence =
          "登记机关已将该场所登记在其他县（市、区）。确认后本地终止，由迁入地重新备案；推送有误的不要确认。" },
    { "cancel", "注销备案", CLOSED | REGISTERED, CANCELLED, .by = COUNTY_HEALTH, .effect = site_cancelled,
      .drops = CLOCKS("file"), .clause = "C031", .consequence = "注销后机构不再出现在公开名录中，记录保留。" },
    { "strike", "依职权注销", FILED | SUSPENDED, CANCELLED, .by = COUNTY_HEALTH, .need = "cancel_reason",
      .effect = site_struck, .drops = CLOCKS("file", "resume"), .clause = "C031",
      .consequence =
          "用于已停业、失联或登记已注销而未办理终止的机构。通知机构，退出公开名录，在办备案一并终止，记录保留。" },
    { 0 },
};
static const struct state_label labels[] = {
    { REGISTERED, "已登记未备案", "warn" }, { FILED, "已备案", "good" },      { SUSPENDED, "暂停服务", "warn" },
    { CLOSED, "已终止", "plain" },          { CANCELLED, "已注销", "plain" }, { 0 },
};
static const struct procedure procedure = {
    .first = REGISTERED,
    .open = REGISTERED | FILED | SUSPENDED,
    .live = REGISTERED | FILED | SUSPENDED,
    .steps = steps,
    .labels = labels,
};

/* The public sees what is filed; everybody else what the duty covers. */
static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK | G_OPEN | G_CONTACT, "C031", "本机构", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_CHANGE | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C033", "县级卫生健康部门", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C131", "上级卫生健康部门", 0, 0 },
    { AUTHORITIES, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_OPEN, "C132", "各部门查看辖区机构", 0, 0 },
    { DEPT(D_SYSTEM_ADMIN), MAY_SEE, &MY_AREA, 0, G_OPEN, "C132", "系统管理员为机构建账号", 0, 0 },
    { EVERYBODY, MAY_SEE, &ANYWHERE, FILED | SUSPENDED, G_OPEN, "C029", "公众查看已备案机构", 0, 0 },
    { 0 },
};

static enum status
served_forms_are_registered(struct call *call, struct reader *reader, const struct rule *rule,
                            const struct change *change)
{
    return scope_names_forms(call, reader, rule, row_int(change->new, "legal_person"), change->new);
}

/* 信息公示制度: five items are published and fresh (管理规范 第十五条; seed 三(二)2). */
static enum status
disclosures_are_fresh(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    static const char *const items[] = { "fees", "care", "diet", "health", "security", NULL };
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(change->new->id) };
    const int64_t days = standard_int(call, "CFG-DISCLOSURE-DAYS", 365);
    struct row_set set;
    if (change->new->state != FILED)
        return OK;
    enum status status = rows_by(call, reader, &disclosure_form, change->new->office, where, values, 1, &set);
    for (int i = 0; items[i] != NULL && status == OK; i++) {
        bool there = false, fresh = false;
        for (size_t r = 0; r < set.n; r++) {
            struct day published, until;
            const char *item = row_text(set.rows[r], "item");
            if (item == NULL || strcmp(item, items[i]) != 0)
                continue;
            there = true;
            fresh = fresh || (row_day(set.rows[r], "published_on", &published) && call->today.n - published.n <= days &&
                              (!row_day(set.rows[r], "expires_on", &until) || until.n >= call->today.n));
        }
        if (!fresh)
            finding_add(call, rule,
                        arena_format(call->arena, there ? "公示内容已过期：%s" : "未公示：%s",
                                     code_label(call->reference, "disclosure_item", items[i])));
    }
    return status;
}

static enum status
introduction_names_nobody(struct call *call, struct reader *reader, const struct rule *rule,
                          const struct change *change)
{
    const char *what;
    enum status status = personal_words(call, reader, change->new, row_text(change->new, "introduction"), &what);
    if (status == OK && what != NULL)
        finding_add(call, rule, arena_format(call->arena, "机构简介中有%s，会向社会公开", what));
    return status;
}

static const struct form *const on_disclosures[] = { &disclosure_form, NULL };
static const struct rule rules[] = {
    { "MGT-15", WARN, .check = disclosures_are_fresh, .clause = "C029", .advice = "在“信息公示”中补充或更新",
      .on = on_disclosures },
    { "SEED-C027", WARN, .check = served_forms_are_registered, .standard = "REG-5", .field = "service_forms",
      .clause = "C027", .advice = "到登记机关变更范围，或调整服务形式" },
    { "DIS-INTRO", WARN, .check = introduction_names_nobody, .field = "introduction", .clause = "C029",
      .advice = "改用机构公开电话，不写个人姓名、手机号码和身份证号码" },
    { 0 },
};
const struct form institution_form = {
    .name = "institution",
    .title = "托育机构",
    .clause = "C022",
    .of = OF_ITSELF,
    .fields = fields,
    .claims = claims,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "name",
    .fill = fill,
    .expected_rows = 100000,
};

enum status
institution_get(struct call *call, struct reader *reader, int64_t id, struct row **out)
{
    return row_get(call, reader, &institution_form, id, out);
}
