/* 婴幼儿 — clauses C022, C041, C063, C079; 管理规范 第九至十一条. A child is a row of its institution; its name is seen
 * there only. 户籍 and 随迁 are for counting: no rule reads them. */
#include "domain/child/child.h"

#include <string.h>

#include "domain/child/entry.h"
#include "domain/child/leaving.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "name", F_TEXT, .label = "姓名", .need = true, .list = true, .find = true, .basis = BASIS_CONTRACT,
      .group = G_CHILD, .max = 40 },
    { "sex", F_CODE, .label = "性别", .code = "sex", .need = true, .list = true, .basis = BASIS_CONTRACT,
      .group = G_CHILD },
    { "born", F_DATE, .label = "出生日期", .need = true, .list = true, .basis = BASIS_CONTRACT, .group = G_CHILD },
    { "id_kind", F_CODE, .label = "证件类型", .code = "child_id_kind", .need = true, .basis = BASIS_DUTY,
      .group = G_IDENTITY },
    { "id_number", F_TEXT, .label = "证件号码", .secret = true, .find = true, .basis = BASIS_DUTY, .group = G_IDENTITY,
      .max = 30, .hint = "暂无公民身份号码的，可填出生医学证明编号，取得后更新" },
    { "household", F_CODE, .label = "户籍", .code = "household", .group = G_CHILD, .basis = BASIS_DUTY,
      .hint = "仅用于统计，不作为收托条件" },
    { "migrant", F_BOOL, .label = "进城务工人员随迁", .group = G_CHILD, .basis = BASIS_DUTY,
      .hint = "仅用于统计，不作为收托条件" },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "class_from", F_DATE, .label = "编入日期", .computed = true },
    { "entered_on", F_DATE, .label = "入托日期", .list = true, .section = "入托" },
    { "entry_reason", F_TEXT, .label = "补录原因", .max = 200, .hint = "入托日期早于登记日较多时填写" },
    { "registered_on", F_DATE, .label = "入托登记日", .computed = true },
    { "leaves_on", F_DATE, .label = "预定离托日期", .computed = true, .index = true },
    { "left_on", F_DATE, .label = "离托日期", .computed = true },
    { "leave_reason", F_CODE, .label = "离托原因", .code = "leave_reason", .computed = true },
    { "allergies", F_LINES, .label = "过敏史", .secret = true, .basis = BASIS_CONTRACT, .group = G_HEALTH, .max = 500,
      .section = "健康" },
    { "diet", F_LINES, .label = "饮食禁忌", .secret = true, .basis = BASIS_CONTRACT, .group = G_HEALTH, .max = 500 },
    { "history", F_LINES, .label = "既往病史", .secret = true, .basis = BASIS_CONTRACT, .group = G_HEALTH,
      .max = 1000 },
    { "habits", F_LINES, .label = "生活习惯", .basis = BASIS_CONTRACT, .group = G_CHILD, .max = 1000 },
    { "was", F_REF, .label = "已合并到", .ref = &child_form, .computed = true, .index = true },
    { "discarded_on", F_DATE, .label = "作废日期", .computed = true, .index = true },
    { 0 },
};

int
child_months(const struct row *child, struct day on)
{
    struct day born;
    return row_day(child, "born", &born) ? day_months_between(born, on) : -1;
}

enum status
child_of(struct call *call, struct reader *reader, const struct row *record, struct row **out)
{
    const bool part = record->form->part_of == &child_form;
    const struct field *field = part ? NULL : form_field(record->form, "child", NULL);
    const int64_t id = part ? record->part : row_int(record, "child");
    *out = NULL;
    if (id == 0)
        return OK; /* the missing field is said by need_check */
    const enum status status = row_get(call, reader, &child_form, id, out);
    if (status == NOT_FOUND || (status == OK && (*out)->institution != record->institution)) {
        *out = NULL;
        return call_fault(call, field, "other_institution", "不是本机构的婴幼儿");
    }
    return status;
}

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

static struct day
entry_day(const struct call *call, const struct row *child)
{
    struct day day;
    return row_day(child, "entered_on", &day) ? day : call->today;
}

/* 3岁以下: nobody is admitted at or above 36 months; who turns 36 months inside leaves or goes over to kindergarten. */
CHECK(is_under_three)
{
    const struct row *child = change->new;
    const int64_t most = standard_int(call, "AGE-MAX", 36);
    const int months = child_months(child, child->state == ENROLLED ? call->today : entry_day(call, child));
    (void)reader;
    if (months >= most && child->state == ENROLLED && child_months(child, entry_day(call, child)) < most)
        finding_add(call, rule, "已满3岁，应离托或转入幼儿园");
    else if (months >= most)
        finding_add(call, rule, "入托时已满3岁，不属于托育服务范围");
    return OK;
}

CHECK(is_born)
{
    struct day born;
    (void)reader;
    if (row_day(change->new, "born", &born) && born.n > call->today.n)
        finding_add(call, rule, "出生日期晚于今天");
    return OK;
}

/* A child below the limit at entry that has since passed it is told, not stopped. */
CHECK(is_admissible)
{
    const int64_t most = standard_int(call, "AGE-MAX", 36);
    (void)reader;
    if (child_months(change->new, entry_day(call, change->new)) >= most)
        finding_add(call, rule, "入托日已满3岁，不能收托");
    return OK;
}

/* 幼儿园托班 2—3岁 (seed 三(三)4). */
CHECK(kindergarten_takes_from_two)
{
    struct row *site;
    enum status status = institution_get(call, reader, change->new->institution, &site);
    if (status != OK || row_text(site, "kind") == NULL || strcmp(row_text(site, "kind"), "kindergarten_class") != 0)
        return status;
    const int months = child_months(change->new, entry_day(call, change->new));
    if (months >= 0 && months < standard_int(call, "AGE-KG-MIN", 24))
        finding_add(call, rule, "幼儿园托班招收2至3岁幼儿，该幼儿入托日未满2岁");
    return OK;
}

/* ---- the papers of entry ---- */

struct papers {
    bool passed, fresh, vaccinated, since; /* since: an exam after the child was away */
};

/* The body was designated on that day, and for this work. */
static enum status
designated(struct call *call, struct reader *reader, const struct row *check, bool *is)
{
    struct row *body;
    *is = false;
    enum status status = row_get(call, reader, &medical_body_form, row_int(check, "body"), &body);
    if (status != OK)
        return status == NOT_FOUND ? OK : status;
    const char *on = row_text(check, "examined_on"), *from = row_text(body, "since_day"),
               *until = row_text(body, "until_day");
    *is = (from == NULL || strcmp(from, on) <= 0) && (until == NULL || strcmp(until, on) >= 0) &&
          (!row_has(body, "services") || row_codes_have(body, "services", "entry_exam"));
    return OK;
}

static enum status
read_papers(struct call *call, struct reader *reader, const struct row *child, struct day away, struct papers *papers)
{
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(child->id) };
    const int valid = (int)standard_int(call, "HC-EV", 3);
    const struct day entry = entry_day(call, child);
    struct row_set set;
    *papers = (struct papers){ 0 };
    enum status status = rows_by(call, reader, &entry_check_form, child->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const struct row *check = set.rows[i];
        const char *result = row_text(check, "result"), *vaccination = row_text(check, "vaccination");
        struct day examined;
        bool good;
        papers->vaccinated = papers->vaccinated || (vaccination != NULL && strcmp(vaccination, "missing") != 0);
        if (result == NULL || strcmp(result, "pass") != 0 || !row_has(check, "body") ||
            !row_day(check, "examined_on", &examined))
            continue;
        status = designated(call, reader, check, &good);
        papers->passed = papers->passed || good;
        papers->fresh = papers->fresh || (good && day_add_months(examined, valid).n >= entry.n);
        papers->since = papers->since || (good && examined.n > away.n);
    }
    return status;
}

/* The child has the papers of its entry: health exam by a designated body and checked vaccination. */
CHECK(entry_is_checked)
{
    struct papers papers;
    enum status status = read_papers(call, reader, change->new, (struct day){ INT32_MIN }, &papers);
    if (!papers.passed)
        finding_add(call, rule, "没有指定医疗卫生机构出具的合格入托体检");
    if (!papers.vaccinated)
        finding_add(call, rule, "未查验预防接种证");
    return status;
}

/* How long an exam holds is nowhere written: a local number, which only warns. */
CHECK(exam_is_fresh)
{
    struct papers papers;
    enum status status = read_papers(call, reader, change->new, (struct day){ INT32_MIN }, &papers);
    if (papers.passed && !papers.fresh)
        finding_add(
            call, rule,
            arena_format(call->arena, "入托体检距入托日已超过%lld个月", (long long)standard_int(call, "HC-EV", 3)));
    return status;
}

/* The last day the child was here: when it left, or as attendance says. */
static enum status
last_here(struct call *call, struct reader *reader, const struct row *child, struct day *day, bool *known)
{
    struct rows rows;
    *known = row_day(child, "left_on", day);
    if (child->state != ENROLLED)
        return OK;
    enum status status = reader_rows(reader, call->arena,
                                     "select max(day) from attendance where office = ?1 and child = ?2 and "
                                     "state in ('present', 'left')",
                                     ARGS(value_int(child->office), value_int(child->id)), &rows);
    const char *last = status == OK ? rows_text(&rows, 0, 0) : NULL;
    struct day attended;
    if (last != NULL && day_parse(last, &attended) && (!*known || attended.n > day->n)) {
        *day = attended;
        *known = true;
    }
    return status;
}

/* 离开机构3个月以上的，返回前重新健康检查: who left, and who is enrolled and did not come. */
CHECK(is_examined_after_months_away)
{
    struct papers papers;
    struct day away, back = change->new->state == ENROLLED ? call->today : entry_day(call, change->new);
    bool known;
    const int months = (int)standard_int(call, "MGT-11b", 3);
    enum status status = last_here(call, reader, change->new, &away, &known);
    if (status != OK || !known || day_add_months(away, months).n > back.n)
        return status;
    status = read_papers(call, reader, change->new, away, &papers);
    if (!papers.since)
        finding_add(call, rule, arena_format(call->arena, "离开机构%d个月以上，返回前应重新体检", months));
    return status;
}

/* Out of the band of its class for longer than the days of grace. */
CHECK(grows_out_of_its_band)
{
    struct row *group;
    const struct row *child = change->new;
    struct day born;
    if (child->state != ENROLLED || !row_has(child, "class") || !row_day(child, "born", &born))
        return OK;
    enum status status = row_get(call, reader, &class_form, row_int(child, "class"), &group);
    const struct band *band = status == OK ? band_named(row_text(group, "band")) : NULL;
    const int64_t grace = standard_int(call, "CFG-GRACE-DAYS", 60);
    if (band != NULL && day_add_months(born, band->below).n + grace < call->today.n)
        finding_add(call, rule,
                    arena_format(call->arena, "已超过%s月龄%lld天以上，应升班",
                                 code_label(call->reference, "class_band", band->code), (long long)grace));
    return status == NOT_FOUND ? OK : status;
}

/* An entry that is put down long after its day can make a child of three look admissible: the county sees that. */
CHECK(entry_is_in_time)
{
    const struct row *child = change->new;
    struct day entered, registered;
    (void)reader;
    if (entry_is_late(call, child) && row_day(child, "entered_on", &entered) &&
        row_day(child, "registered_on", &registered))
        finding_add(call, rule,
                    arena_format(call->arena, "入托日期%s，%d天后才登记", row_text(child, "entered_on"),
                                 registered.n - entered.n));
    return OK;
}

static const struct rule rules[] = {
    { "AGE-BORN", BLOCK, .check = is_born, .standard = "AGE-MAX", .field = "born", .clause = "C022" },
    { "AGE-MAX", BLOCK, .check = is_admissible, .field = "born", .clause = "C022",
      .advice = "满3岁的幼儿可申请入读幼儿园" },
    { "AGE-OUT", WARN, .check = is_under_three, .standard = "AGE-MAX", .field = "born", .clause = "C102",
      .advice = "办理离托，或转入幼儿园" },
    { "AGE-KG", BLOCK, .check = kindergarten_takes_from_two, .standard = "AGE-KG-MIN", .field = "born",
      .clause = "C063" },
    { "MGT-11a", BLOCK, .check = entry_is_checked, .clause = "C041",
      .advice = "补充入托体检和预防接种查验后再办理入托" },
    { "MGT-11b", BLOCK, .check = is_examined_after_months_away, .clause = "C041",
      .advice = "到指定机构重新体检并登记" },
    { "ENTRY-LATE", WARN, .check = entry_is_in_time, .standard = "CFG-ENTRY-DAYS", .field = "entered_on",
      .clause = "C022", .advice = "写明补录原因；县级卫生健康部门可见" },
    { "HC-EV", WARN, .check = exam_is_fresh, .clause = "C041", .advice = "建议重新体检" },
    { "BAND-OUT", WARN, .check = grows_out_of_its_band, .standard = "CFG-GRACE-DAYS", .field = "class",
      .clause = "C083", .advice = "在“升班名单”中办理" },
    { 0 },
};

/* ---- the life of a place ---- */

static const struct field leave_input[] = {
    { "left_on", F_DATE, .label = "离托日期", .need = true },
    { "leave_reason", F_CODE, .label = "离托原因", .need = true },
    { 0 },
};
static const struct field plan_leave_input[] = {
    { "leaves_on", F_DATE, .label = "预定离托日期", .need = true },
    { "leave_reason", F_CODE, .label = "离托原因", .need = true },
    { 0 },
};
static const struct field admit_input[] = {
    { "entered_on", F_DATE, .label = "入托日期", .need = true },
    { "entry_reason", F_TEXT, .label = "补录原因" },
    { 0 },
};
static const struct field plan_entry_input[] = {
    { "entered_on", F_DATE, .label = "预定入托日期", .need = true },
    { 0 },
};

static const struct field place_input[] = {
    { "class", F_REF, .label = "班级", .need = true },
    { "class_from", F_DATE, .label = "编入日期", .need = true },
    { 0 },
};

/* Who was here before goes back to where it was, who is new to where it began. */
static enum status
was_here(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_has(change->old, "left_on");
    return OK;
}

static enum status
is_new(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = !row_has(change->old, "left_on");
    return OK;
}

static enum status
is_going(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_has(change->old, "leaves_on");
    return OK;
}

static const struct step steps[] = {
    { "admit", "办理入托", DRAFT | PLANNED | LEFT, ENROLLED, .by = INSTITUTION_KEEPERS, .input = admit_input,
      .checks = true, .effect = carry_place, .clause = "C041", .main = true,
      .consequence = "入托后计入在托人数，可编入班级。" },
    { "plan_entry", "预定入托", DRAFT | LEFT, PLANNED, .by = INSTITUTION_KEEPERS, .input = plan_entry_input,
      .checks = true, .clause = "C041", .consequence = "到入托日期自动入托；此前不计入在托人数。" },
    { "enter", "按期入托", PLANNED, ENROLLED, .inner = true, .clause = "C041" },
    { "cancel_entry", "取消预定入托", PLANNED, DRAFT, .by = INSTITUTION_KEEPERS, .guard = is_new, .effect = drop_places,
      .clause = "C041" },
    { "cancel_return", "取消返托", PLANNED, LEFT, .by = INSTITUTION_KEEPERS, .guard = was_here, .effect = drop_places,
      .clause = "C041" },
    { "place", "编班", ENROLLED | PLANNED, 0, .by = INSTITUTION_KEEPERS, .input = place_input, .effect = place_child,
      .clause = "C083", .consequence = "原班级到编入日前一天为止。" },
    { "leave", "办理离托", ENROLLED, LEFT, .by = INSTITUTION_KEEPERS, .input = leave_input, .effect = leave_place,
      .clause = "C064",
      .consequence =
          "离托后退出班级；凭家长同意收集的信息和已撤回的接送人立即删除，法定台账按规定年限保存，其余个人信息到"
          "期删除。" },
    { "plan_leave", "预定离托", ENROLLED, 0, .by = INSTITUTION_KEEPERS, .input = plan_leave_input,
      .effect = plan_leaving, .clause = "C064", .consequence = "到该日为止照常在托，次日自动办理离托。" },
    { "keep_place", "取消预定离托", ENROLLED, 0, .by = INSTITUTION_KEEPERS, .guard = is_going, .effect = keep_place,
      .clause = "C064" },
    { "discard", "作废登记", DRAFT, ENDED, .by = INSTITUTION_KEEPERS, .guard = is_new, .effect = discard_place,
      .clause = "C041",
      .consequence =
          "已签订的协议同时终止；收到的钱退还后才能作废。没有入托的登记作废后，到期删除全部个人信息，不能恢复。" },
    { "restore", "恢复登记", ENDED, DRAFT, .by = INSTITUTION_KEEPERS, .clause = "C041" },
    { 0 },
};
static const struct state_label labels[] = {
    { DRAFT, "待入托", "warn" },           { PLANNED, "预定入托", "warn" },
    { ENROLLED, "在托", "good" },          { LEFT, "已离托", "plain" },
    { ERASED, "个人信息已删除", "plain" }, { MERGED, "已合并", "plain" },
    { ENDED, "登记已作废", "plain" },      { 0 },
};
static const struct procedure procedure = {
    .first = DRAFT,
    .open = DRAFT | PLANNED | ENROLLED,
    .live = DRAFT | PLANNED | ENROLLED,
    .steps = steps,
    .labels = labels,
};
static const struct duty duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_IMPORT | MAY_UNMASK, &MY_INSTITUTION, 0, G_ALL,
      "C041", "机构登记婴幼儿信息", 0, 0 },
    { THE_INSTITUTION | POST(P_CARE), MAY_SEE | MAY_UNMASK, &MY_INSTITUTION, 0, G_WORK | G_OPEN | G_CHILD | G_HEALTH,
      "C043", "保育人员查看本机构婴幼儿", 0, 0 },
    { THE_INSTITUTION | POST(P_LOGISTICS), MAY_SEE, &MY_INSTITUTION, ENROLLED, G_WORK | G_OPEN | G_CHILD, "C039",
      "后勤人员核对接送", 0, 0 },
    { 0 },
};
/* The way to what is kept about the child, in plain words. */
static enum status
show(struct call *call, struct reader *reader, const struct row *child, struct node *model)
{
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    (void)reader;
    if ((child->state & (ERASED | MERGED)) != 0 || !who_fits(INSTITUTION_CARERS, call->me))
        return OK;
    struct node *link = node_put_map(call->arena, node_put_list(call->arena, view, "links"), NULL);
    node_put_text(call->arena, link, "label", "个人信息清单");
    node_put_url(call->arena, link, "url", arena_format(call->arena, "/privacy/%lld", (long long)child->id));
    return OK;
}

const struct form child_form = {
    .name = "child",
    .title = "婴幼儿",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = child_fill,
    .show = show,
    .title_field = "name",
    .order = "name",
    .keep_years = 3,
    .expected_rows = 2000000,
};
