/* 备案检查 — clauses C023–C027, C035–C039, C080–C094 as far as a filing checks them. Formal faults stop a submission;
 * findings of substance travel with it to the officer. Numbers come from standards, each with its document and article.
 */
#include <string.h>

#include "base/check.h"
#include "domain/institution/filing_kinds.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

enum status
institution_ledger(struct call *call, struct reader *reader, const struct form *form, const struct change *change,
                   struct row_set *out)
{
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(change->new->institution) };
    return rows_by(call, reader, form, change->new->office, where, values, 1, out);
}

/* ---- registration ---- */

CHECK(prefix_fits_authority)
{
    static const struct {
        const char *authority, *prefix, *words;
    } prefixes[] = { { "staffing", "12", "12" }, { "civil", "5", "5" }, { "market", "9", "9" } };
    const char *uscc = row_text(change->new, "uscc"), *authority = row_text(change->new, "authority");
    (void)reader;
    for (size_t i = 0; uscc != NULL && authority != NULL && i < 3; i++)
        if (strcmp(prefixes[i].authority, authority) == 0 &&
            strncmp(uscc, prefixes[i].prefix, strlen(prefixes[i].prefix)) != 0)
            finding_add(call, rule,
                        arena_format(call->arena, "登记机关为%s时，信用代码应以%s开头",
                                     code_label(call->reference, "authority", authority), prefixes[i].words));
    return OK;
}

CHECK(nature_fits_prefix)
{
    const char *uscc = row_text(change->new, "uscc"), *nature = row_text(change->new, "nature");
    (void)reader;
    if (uscc != NULL && nature != NULL && (uscc[0] == '9') != (strcmp(nature, "profit") == 0))
        finding_add(call, rule,
                    arena_format(call->arena, "信用代码以%c开头，机构性质应为%s", uscc[0],
                                 uscc[0] == '9' ? "营利性" : "非营利性"));
    return OK;
}

enum status
register_of(struct call *call, struct reader *reader, int64_t institution, struct row **out)
{
    struct row_set pushes;
    const char *const where[] = { "made" };
    const struct value values[] = { value_int(institution) };
    enum status status = rows_by(call, reader, &registration_form, id_office(institution), where, values, 1, &pushes);
    *out = status == OK && pushes.n > 0 ? pushes.rows[0] : NULL;
    return status;
}

/* Is `above` this office or one above it? */
static bool
is_over(const struct reference *reference, int64_t above, int64_t office)
{
    const struct office *at = office_of(reference, office);
    for (int i = 0; i < 8 && at != NULL; i++) {
        if (at->id == above)
            return true;
        at = at->parent == at->id ? NULL : office_of(reference, at->parent);
    }
    return false;
}

/* Who registered the site is of its county, or above it. What the program itself brought in is nobody's. */
CHECK(authority_is_local)
{
    struct row *push;
    enum status status = register_of(call, reader, change->new->institution, &push);
    if (status != OK || push == NULL || push->created_by == 0)
        return status;
    const int64_t theirs = id_office(push->created_by);
    const struct office *there = office_of(call->reference, theirs),
                        *here = office_of(call->reference, change->new->office);
    if (!is_over(call->reference, theirs, change->new->office))
        finding_add(call, rule,
                    arena_format(call->arena, "登记机关在%s，机构在%s", there == NULL ? "外县" : there->name,
                                 here == NULL ? "本县" : here->name));
    return status;
}

/* The digits keep the division where the legal person was first registered: they say where to look, nothing more. */
CHECK(code_is_local)
{
    const char *uscc = row_text(change->new, "uscc"), *area = change->new->area;
    (void)reader;
    if (uscc == NULL || strlen(uscc) != 18 || area == NULL)
        return OK;
    char code[7];
    memcpy(code, uscc + 2, 6);
    code[6] = '\0';
    const bool county = strncmp(code, area, 6) == 0, city = strncmp(code, area, 4) == 0 && strcmp(code + 4, "00") == 0;
    const bool province = strncmp(code, area, 2) == 0 && strcmp(code + 2, "0000") == 0,
               nation = strcmp(code, "100000") == 0;
    const struct division *division = division_of(call->reference, code);
    const bool former = division != NULL && division->office == change->new->office;
    if (!county && !city && !province && !nation && !former)
        finding_add(call, rule,
                    arena_format(call->arena, "信用代码的区划为%s%s，与机构所在县区不一致", code,
                                 division == NULL ? "" : division->name));
    return OK;
}

CHECK(scope_names_care)
{
    struct row *site, *legal;
    if (institution_get(call, reader, change->new->institution, &site) != OK || row_int(site, "legal_person") == 0 ||
        row_get(call, reader, &legal_person_form, row_int(site, "legal_person"), &legal) != OK)
        return OK;
    if (!scope_accepts(call->reference, row_text(legal, "scope")))
        finding_add(call, rule, "登记范围未写明“托育服务”或“3岁以下婴幼儿照护服务”");
    return OK;
}

CHECK(head_is_adult)
{
    int index, sex;
    struct day born;
    form_field(change->form, "head_id", &index);
    const char *number = row_plain(call, reader, change->new, index);
    if (number != NULL && resident_id_check(number, &born, &sex) == CHECK_OK &&
        day_months_between(born, call->today) < 18 * 12)
        finding_add(call, rule, "负责人未满18周岁，不具有完全民事行为能力");
    return OK;
}

/* ---- documents ---- */

static void
need_evidence(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change,
              const char *kind)
{
    struct row *evidence;
    if (evidence_of(call, reader, change->new->institution, kind, &evidence) == OK && evidence == NULL)
        finding_add(call, rule,
                    arena_format(call->arena, "缺少材料：%s", code_label(call->reference, "evidence_kind", kind)));
}

/* 办法 第八条: the six documents; a 家庭托育点 has its own short list. */
CHECK(documents_are_there)
{
    static const char *const full[] = {
        "license", "premises", "staff_certificate", "health_certificate", "hygiene_report", "fire_proof", NULL
    };
    static const char *const small[] = { "license", "premises", "staff_certificate", "health_certificate", NULL };
    for (const char *const *kind = is_family_site(change->new) ? small : full; *kind != NULL; kind++)
        need_evidence(call, reader, rule, change, *kind);
    return OK;
}

/* The signed page, scanned; what came on paper to the counter has it already. */
CHECK(promise_is_signed)
{
    if (!is_family_site(change->new) && !row_has(change->new, "counter_scan"))
        need_evidence(call, reader, rule, change, "promise");
    return OK;
}

CHECK(food_licence_when_meals)
{
    if (row_int(change->new, "meals") != 0)
        need_evidence(call, reader, rule, change, "food_license");
    return OK;
}

static bool
expired(const struct call *call, const struct row *row)
{
    struct day until;
    return row_day(row, "expires_on", &until) && until.n < call->today.n;
}

CHECK(documents_are_valid)
{
    struct row_set set;
    struct day until;
    const int64_t warn = standard_int(call, "CFG-DOC-EXPIRY-WARN-DAYS", 30);
    enum status status = institution_ledger(call, reader, &evidence_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *label = code_label(call->reference, "evidence_kind", row_text(set.rows[i], "kind"));
        if (row_int(set.rows[i], "replaced") != 0 || !row_day(set.rows[i], "expires_on", &until))
            continue;
        if (expired(call, set.rows[i]))
            finding_add(call, rule,
                        arena_format(call->arena, "%s已于%s到期", label, row_text(set.rows[i], "expires_on")));
        else if (until.n - call->today.n <= warn)
            finding_add(call, rule,
                        arena_format(call->arena, "%s将于%s到期", label, row_text(set.rows[i], "expires_on")));
    }
    return status;
}

CHECK(building_is_proved)
{
    static const char *const kinds[] = { "building_safety", "air_test", "design_review", NULL };
    for (int i = 0; kinds[i] != NULL; i++)
        need_evidence(call, reader, rule, change, kinds[i]);
    return OK;
}

CHECK(credit_is_checked)
{
    need_evidence(call, reader, rule, change, "credit_query");
    return OK;
}

/* ---- premises ---- */

CHECK(floors_are_low)
{
    struct row_set set;
    const int64_t highest = standard_int(call, "BLD-5", 3);
    enum status status = institution_ledger(call, reader, &room_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const int64_t floor = row_int(set.rows[i], "floor");
        if (floor < 1)
            finding_add(call, rule, arena_format(call->arena, "“%s”在地下或半地下", row_text(set.rows[i], "name")));
        else if (floor > highest)
            finding_add(call, rule,
                        arena_format(call->arena, "“%s”在%lld层，应在%lld层及以下", row_text(set.rows[i], "name"),
                                     (long long)floor, (long long)highest));
    }
    return status;
}

static bool
has_zone(const struct row_set *rooms, const char *zone)
{
    for (size_t i = 0; i < rooms->n; i++)
        if (row_codes_have(rooms->rows[i], "zone", zone))
            return true;
    return false;
}

CHECK(zones_are_there)
{
    static const char *const zones[] = { "dining", "sleep", "play", "wash", "storage", NULL };
    struct row_set set;
    enum status status = institution_ledger(call, reader, &room_form, change, &set);
    for (int i = 0; status == OK && zones[i] != NULL; i++)
        if (!has_zone(&set, zones[i]))
            finding_add(
                call, rule,
                arena_format(call->arena, "生活用房缺少：%s", code_label(call->reference, "room_zone", zones[i])));
    return status;
}

static bool
takes_under_two(const struct change *change)
{
    return row_codes_have(change->new, "bands", "infant") || row_codes_have(change->new, "bands", "toddler_small");
}

/* seed 三(五)4: whoever takes children under two has a nursing room and a milk room. */
CHECK(nursing_and_milk_rooms)
{
    struct row_set set;
    if (!takes_under_two(change))
        return OK;
    enum status status = institution_ledger(call, reader, &room_form, change, &set);
    if (status == OK && !has_zone(&set, "nursing"))
        finding_add(call, rule, "收托2岁以下婴幼儿，应设置哺乳（喂奶）室");
    if (status == OK && !has_zone(&set, "milk"))
        finding_add(call, rule, "收托2岁以下婴幼儿，应设置配乳室");
    return status;
}

CHECK(site_is_fit)
{
    static const char *const items[] = { "site_nature", "site_traffic", "site_order", "site_clear", NULL };
    (void)reader;
    for (int i = 0; items[i] != NULL; i++)
        if (row_int(change->new, items[i]) == 0)
            finding_add(call, rule,
                        arena_format(call->arena, "选址未确认：%s", form_field(change->form, items[i], NULL)->label));
    return OK;
}

CHECK(site_has_photos)
{
    need_evidence(call, reader, rule, change, "site_photo");
    return OK;
}

/* ---- classes ---- */

static const struct {
    const char *band, *size, *ratio;
    int64_t default_size, default_ratio;
} bands[] = {
    { "infant", "SET-19a", "SET-20a", 10, 3 },
    { "toddler_small", "SET-19b", "SET-20b", 15, 5 },
    { "toddler_big", "SET-19c", "SET-20c", 20, 7 },
    { "mixed", "SET-19d", "SET-20d", 18, 5 },
};
enum { BANDS = sizeof bands / sizeof bands[0] };

static enum status
check_classes(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change,
              const char *band, bool size)
{
    struct row_set set;
    enum status status = institution_ledger(call, reader, &class_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const struct row *group = set.rows[i];
        const char *name = row_text(group, "name"), *mine = row_text(group, "band");
        if (class_ended(group, call_today(call)))
            continue;
        for (size_t b = 0; b < BANDS; b++) {
            if (mine == NULL || strcmp(bands[b].band, band) != 0 || strcmp(mine, band) != 0)
                continue;
            const int64_t most = standard_int(call, bands[b].size, bands[b].default_size);
            const int64_t ratio = standard_int(call, bands[b].ratio, bands[b].default_ratio);
            const int64_t places = row_int(group, "places"), carers = row_int(group, "carers");
            if (size && places > most)
                finding_add(call, rule,
                            arena_format(call->arena, "“%s”%lld个托位，%s不超过%lld人", name, (long long)places,
                                         code_label(call->reference, "class_band", mine), (long long)most));
            if (!size && ratio > 0 && carers * ratio < places)
                finding_add(call, rule,
                            arena_format(call->arena, "“%s”%lld个托位配%lld名保育人员，应不低于1:%lld", name,
                                         (long long)places, (long long)carers, (long long)ratio));
        }
    }
    return status;
}

#define CLASS_CHECK(name, band, size)                                                                                  \
    CHECK(name)                                                                                                        \
    {                                                                                                                  \
        return check_classes(call, reader, rule, change, band, size);                                                  \
    }
CLASS_CHECK(infant_size, "infant", true)
CLASS_CHECK(small_size, "toddler_small", true)
CLASS_CHECK(big_size, "toddler_big", true)
CLASS_CHECK(mixed_size, "mixed", true)
CLASS_CHECK(infant_ratio, "infant", false)
CLASS_CHECK(small_ratio, "toddler_small", false)
CLASS_CHECK(big_ratio, "toddler_big", false)
CLASS_CHECK(mixed_ratio, "mixed", false)

CHECK(capacity_is_the_classes)
{
    struct row_set set;
    int64_t places = 0;
    enum status status = institution_ledger(call, reader, &class_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        places += class_ended(set.rows[i], call_today(call)) ? 0 : row_int(set.rows[i], "places");
    if (status == OK && places != row_int(change->new, "capacity"))
        finding_add(call, rule,
                    arena_format(call->arena, "收托规模%lld人，各班托位合计%lld个",
                                 (long long)row_int(change->new, "capacity"), (long long)places));
    return status;
}

/* ---- staff ---- */

/* Who left, is suspended or may not work here fills no post. */
static bool
works(const struct row *person)
{
    return person->state == ACTIVE;
}

static int64_t
with_post(const struct row_set *staff, const char *post)
{
    int64_t n = 0;
    for (size_t i = 0; i < staff->n; i++)
        n += works(staff->rows[i]) && row_codes_have(staff->rows[i], "posts", post);
    return n;
}

CHECK(posts_are_filled)
{
    static const char *const posts[] = { "head", "carer", "health", NULL }; /* 保安: SET-22 */
    struct row_set set;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (int i = 0; status == OK && posts[i] != NULL; i++)
        if (with_post(&set, posts[i]) == 0)
            finding_add(call, rule,
                        arena_format(call->arena, "缺少岗位：%s", code_label(call->reference, "post", posts[i])));
    return status;
}

CHECK(fire_person_is_named)
{
    struct row_set set;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    if (status == OK && with_post(&set, "fire") == 0)
        finding_add(call, rule, "未确定专职或兼职消防人员");
    return status;
}

CHECK(health_carer_is_enough)
{
    struct row_set set;
    bool full = false;
    const int64_t children = standard_int(call, "HC-12", 150);
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        full = full || (works(set.rows[i]) && row_codes_have(set.rows[i], "posts", "health") &&
                        row_int(set.rows[i], "full_time") != 0);
    if (status == OK && row_int(change->new, "capacity") >= children && !full)
        finding_add(call, rule, arena_format(call->arena, "收托%lld人以上应配专职保健人员", (long long)children));
    return status;
}

CHECK(cooks_are_enough)
{
    struct row_set set;
    const int64_t per = standard_int(call, "HC-COOK", 50);
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    const int64_t capacity = row_int(change->new, "capacity");
    if (status == OK && row_int(change->new, "meals") != 0 && per > 0 && with_post(&set, "cook") * per < capacity)
        finding_add(call, rule, arena_format(call->arena, "炊事人员不足：每%lld名婴幼儿至少1名", (long long)per));
    return status;
}

/* 保安 and 保育 at least; which certificates serve is the city's list. */
CHECK(posts_are_qualified)
{
    static const char *const posts[] = { "security", "carer", NULL };
    struct row_set set;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *mine;
        status = works(set.rows[i]) ? staff_certificates(call, reader, set.rows[i], &mine) : OK;
        for (int p = 0; works(set.rows[i]) && status == OK && posts[p] != NULL; p++)
            if (row_codes_have(set.rows[i], "posts", posts[p]) && !post_allows_one(call, posts[p], mine))
                finding_add(call, rule,
                            arena_format(call->arena, "%s（%s）没有相应资格证书", row_text(set.rows[i], "name"),
                                         code_label(call->reference, "post", posts[p])));
    }
    return status;
}

CHECK(head_is_qualified)
{
    struct row_set set;
    const int64_t years = standard_int(call, "SET-18a", 3);
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *education = row_text(set.rows[i], "education");
        if (!row_codes_have(set.rows[i], "posts", "head") || !works(set.rows[i]))
            continue;
        if (education == NULL || strcmp(education, "secondary") == 0 || strcmp(education, "other") == 0 ||
            row_int(set.rows[i], "years") < years)
            finding_add(
                call, rule,
                arena_format(call->arena, "负责人应为大专以上学历并有%lld年以上相关工作经历", (long long)years));
        if (row_int(set.rows[i], "trained") == 0)
            finding_add(call, rule, "负责人未经托育机构负责人岗位培训合格");
    }
    return status;
}

CHECK(health_certificates_are_valid)
{
    struct row_set set;
    struct day until;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (works(set.rows[i]) && (!row_day(set.rows[i], "health_until", &until) || until.n < call->today.n))
            finding_add(call, rule, arena_format(call->arena, "%s没有有效的健康合格证", row_text(set.rows[i], "name")));
    return status;
}

CHECK(records_are_checked)
{
    struct row_set set;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (works(set.rows[i]) && staff_record_gap(set.rows[i], call->today) != NULL)
            finding_add(
                call, rule,
                arena_format(call->arena, "%s的违法犯罪记录查询已超过一年或未查询", row_text(set.rows[i], "name")));
    return status;
}

CHECK(guard_when_independent)
{
    struct row_set set;
    if (row_int(change->new, "independent") == 0)
        return OK;
    enum status status = institution_ledger(call, reader, &staff_form, change, &set);
    if (status == OK && with_post(&set, "security") == 0)
        finding_add(call, rule, "独立设置的托育机构至少有1名保安人员在岗");
    return status;
}

static const struct form *const on_rooms[] = { &room_form, NULL };
static const struct form *const on_classes[] = { &class_form, NULL };
/* The register of bans is asked by the number alone; the reason stays there. */
static enum status
is_banned(struct call *call, struct reader *reader, const struct row *row, const char *field, bool *holds)
{
    int index;
    form_field(row->form, field, &index);
    const char *number = row_plain(call, reader, row, index);
    *holds = false;
    return number == NULL ? OK : ban_holds(call, reader, number, holds);
}

CHECK(head_is_not_banned)
{
    bool holds;
    const enum status status = is_banned(call, reader, change->new, "head_id", &holds);
    if (holds)
        finding_add(call, rule, "负责人不得在本机构从业，请联系县级卫生健康部门");
    return status;
}

/* As the institution says it, or as the register does. */
CHECK(representative_is_not_banned)
{
    struct row *site, *legal;
    bool holds;
    enum status status = is_banned(call, reader, change->new, "representative_id", &holds);
    if (status == OK && !holds && institution_get(call, reader, change->new->institution, &site) == OK &&
        row_int(site, "legal_person") != 0 &&
        row_get(call, reader, &legal_person_form, row_int(site, "legal_person"), &legal) == OK)
        status = is_banned(call, reader, legal, "representative_id", &holds);
    if (holds)
        finding_add(call, rule, "法定代表人不得从业，请联系县级卫生健康部门");
    return status;
}

static const struct form *const on_staff[] = { &staff_form, &staff_certificate_form, NULL };
static const struct form *const on_evidence[] = { &evidence_form, NULL };
static const struct form *const on_ban_cases[] = { &ban_match_form, NULL };

const struct rule filing_rules[] = {
    { "FIL-PREFIX", WARN, .check = prefix_fits_authority, .standard = "REG-4c", .field = "uscc", .clause = "C023",
      .advice = "核对登记机关和信用代码" },
    { "FIL-NATURE", WARN, .check = nature_fits_prefix, .standard = "REG-4c", .field = "nature", .clause = "C024",
      .advice = "核对机构性质" },
    { "FIL-COUNTY", BLOCK, .check = authority_is_local, .standard = "REG-7", .field = "address", .clause = "C025",
      .advice = "应向机构所在地的县级卫生健康部门备案" },
    { "FIL-CODE-AREA", WARN, .check = code_is_local, .standard = "REG-7", .field = "uscc", .clause = "C025",
      .advice = "法人在外地登记、场所在本县的，代码不变；否则请核对信用代码" },
    { "FIL-HEAD-BAN", BLOCK, .check = head_is_not_banned, .standard = "LAW-3", .field = "head_id", .clause = "C056",
      .advice = "更换负责人，或联系县级卫生健康部门", .on = on_ban_cases },
    { "FIL-REP-BAN", BLOCK, .check = representative_is_not_banned, .standard = "LAW-3", .field = "representative_id",
      .clause = "C056", .advice = "变更法定代表人，或联系县级卫生健康部门", .on = on_ban_cases },
    { "FIL-SCOPE", WARN, .check = scope_names_care, .standard = "REG-5", .clause = "C026",
      .advice = "到登记机关变更业务范围" },
    { "FIL-FORMS", WARN, .check = forms_are_registered, .standard = "REG-5", .field = "service_forms", .clause = "C027",
      .advice = "到登记机关变更范围，或调整服务形式" },
    { "FIL-HEAD-AGE", BLOCK, .check = head_is_adult, .standard = "MGT-33", .field = "head_id", .clause = "C092",
      .advice = "核对负责人公民身份号码" },
    { "REG-8", BLOCK, .check = documents_are_there, .clause = "C032", .advice = "到“证照材料”上传", .on = on_evidence },
    { "REG-8-PROMISE", BLOCK, .check = promise_is_signed, .standard = "REG-8", .clause = "C032",
      .advice = "打印备案书和承诺书，签字盖章后扫描，上传到“证照材料”", .on = on_evidence },
    { "REG-8-FOOD", BLOCK, .check = food_licence_when_meals, .standard = "REG-8", .field = "meals", .clause = "C104",
      .advice = "上传食品经营许可证，或改为不提供餐饮", .on = on_evidence },
    { "FIL-EXPIRY", WARN, .check = documents_are_valid, .standard = "REG-8", .clause = "C031",
      .advice = "上传新的有效材料", .on = on_evidence },
    { "HC-8", WARN, .when = is_no_family_site, .check = hygiene_report_passes, .clause = "C035",
      .advice = "整改后重新评价", .on = on_evidence },
    { "FIL-RESULT", WARN, .check = reports_pass, .standard = "REG-8", .clause = "C035",
      .advice = "整改后重新检测、鉴定，上传新的材料", .on = on_evidence },
    { "FIL-BUILDING", WARN, .when = is_no_family_site, .check = building_is_proved, .standard = "BLD-6",
      .clause = "C084", .advice = "上传设计审查、房屋安全（抗震）鉴定、室内空气检测材料", .on = on_evidence },
    { "FIL-CREDIT", WARN, .check = credit_is_checked, .standard = "MGT-33", .clause = "C092",
      .advice = "上传法定代表人信用查询结果", .on = on_evidence },
    { "SET-11", WARN, .when = is_no_family_site, .check = lease_is_long_enough, .field = "lease_to", .clause = "C035",
      .advice = "续签租赁合同" },
    { "BLD-5", WARN, .when = is_no_family_site, .check = floors_are_low, .clause = "C084", .advice = "调整用房楼层",
      .on = on_rooms },
    { "BLD-RESIDENCE", WARN, .when = is_no_family_site, .check = residence_is_small, .field = "building_type",
      .clause = "C080", .advice = "另选场所，或说明独立出口和班级数", .on = on_classes },
    { "SET-13", WARN, .when = is_no_family_site, .check = zones_are_there, .clause = "C088", .advice = "在“房间”中补充",
      .on = on_rooms },
    { "SEED-C089", WARN, .when = is_no_family_site, .check = nursing_and_milk_rooms, .standard = "SEED-C089",
      .field = "bands", .clause = "C089", .advice = "设置哺乳室和配乳室，或不招收2岁以下婴幼儿", .on = on_rooms },
    { "FIRE-DOORS", WARN, .when = is_no_family_site, .check = large_rooms_have_two_doors, .standard = "FIRE-DOORS",
      .clause = "C086", .advice = "增设疏散门", .on = on_rooms },
    { "FIRE-EXITS", WARN, .when = is_no_family_site, .check = exits_and_extinguishers, .standard = "FIRE-EQUIPMENT",
      .field = "exits", .clause = "C086", .advice = "按消防要求补齐" },
    { "SET-12", WARN, .check = site_is_fit, .field = "site_nature", .clause = "C080", .advice = "逐项核对选址条件" },
    { "SET-12-PHOTO", INFO, .when = is_no_family_site, .check = site_has_photos, .standard = "SET-12", .clause = "C081",
      .advice = "上传选址照片", .on = on_evidence },
    { "SET-19a", WARN, .when = is_no_family_site, .check = infant_size, .clause = "C083", .advice = "减少托位或分班",
      .on = on_classes },
    { "SET-19b", WARN, .when = is_no_family_site, .check = small_size, .clause = "C083", .advice = "减少托位或分班",
      .on = on_classes },
    { "SET-19c", WARN, .when = is_no_family_site, .check = big_size, .clause = "C083", .advice = "减少托位或分班",
      .on = on_classes },
    { "SET-19d", WARN, .when = is_no_family_site, .check = mixed_size, .clause = "C083", .advice = "减少托位或分班",
      .on = on_classes },
    { "SET-20a", WARN, .when = is_no_family_site, .check = infant_ratio, .clause = "C090", .advice = "增配保育人员",
      .on = on_classes },
    { "SET-20b", WARN, .when = is_no_family_site, .check = small_ratio, .clause = "C090", .advice = "增配保育人员",
      .on = on_classes },
    { "SET-20c", WARN, .when = is_no_family_site, .check = big_ratio, .clause = "C090", .advice = "增配保育人员",
      .on = on_classes },
    { "SET-20d", WARN, .when = is_no_family_site, .check = mixed_ratio, .clause = "C090", .advice = "增配保育人员",
      .on = on_classes },
    { "FIL-CAPACITY", WARN, .when = is_no_family_site, .check = capacity_is_the_classes, .standard = "SET-19e",
      .field = "capacity", .clause = "C083", .advice = "使收托规模与各班托位一致", .on = on_classes },
    { "FAM-5", WARN, .when = is_family_site, .check = family_site_is_small, .standard = "FAM-5", .field = "capacity",
      .clause = "C083", .advice = "减少收托人数，或按托育机构备案" },
    { "FAM-3", WARN, .when = is_family_site, .check = family_carers_are_enough, .field = "capacity", .clause = "C090",
      .advice = "减少收托人数，或增加照护人员", .on = on_staff },
    { "FAM-LEASE", WARN, .when = is_family_site, .check = lease_is_long_enough, .field = "lease_to", .clause = "C083",
      .advice = "续签租赁合同" },
    { "FAM-NAME", WARN, .when = is_family_site, .check = family_name_and_scope, .field = "institution_name",
      .clause = "C026", .advice = "到登记机关变更名称或业务范围" },
    { "SEED-C063", WARN, .when = is_kindergarten_class, .check = kindergarten_is_two_to_three, .standard = "LAW-11",
      .field = "bands", .clause = "C063", .advice = "只开设托大班" },
    { "SEED-C064", WARN, .when = is_kindergarten_class, .check = kindergarten_names_its_supervisor,
      .field = "education_supervisor", .clause = "C064", .advice = "填写幼儿园主管教育行政部门" },
    { "SEED-C060", WARN, .when = is_employer_run, .check = employer_names_its_seats, .field = "own_places",
      .clause = "C060", .advice = "分别填写面向职工和向社会开放的托位" },
    { "SET-18-POSTS", WARN, .when = is_no_family_site, .check = posts_are_filled, .standard = "SET-18a",
      .clause = "C090", .advice = "在“工作人员”中补充", .on = on_staff },
    { "SET-18a", WARN, .when = is_no_family_site, .check = head_is_qualified, .clause = "C094",
      .advice = "补充负责人学历、经历和培训信息", .on = on_staff },
    { "SET-18-CERT", WARN, .when = is_no_family_site, .check = posts_are_qualified, .standard = "SET-18c",
      .clause = "C091", .advice = "补充资格证书", .on = on_staff },
    { "MGT-31-FIRE", WARN, .when = is_no_family_site, .check = fire_person_is_named, .standard = "MGT-31",
      .clause = "C087", .advice = "确定消防人员", .on = on_staff },
    { "HC-12", WARN, .when = is_no_family_site, .check = health_carer_is_enough, .clause = "C090",
      .advice = "配备专职保健人员", .on = on_staff },
    { "HC-COOK", WARN, .when = is_no_family_site, .check = cooks_are_enough, .clause = "C090", .advice = "增配炊事人员",
      .on = on_staff },
    { "SET-22", WARN, .when = is_no_family_site, .check = guard_when_independent, .clause = "C039",
      .advice = "配备保安人员", .on = on_staff },
    { "HC-14", WARN, .check = health_certificates_are_valid, .clause = "C090", .advice = "先体检后上岗，每年一次",
      .on = on_staff },
    { "LAW-4", WARN, .check = records_are_checked, .clause = "C093", .advice = "向公安机关、检察机关查询",
      .on = on_staff },
    { 0 },
};
