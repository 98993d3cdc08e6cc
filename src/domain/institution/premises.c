/* 房间、班级、证照材料 — what a filing is checked against; clauses C036–C037, C080–C094. Each document is
 * uploaded once into the institution's evidence locker and serves every procedure that needs it. */
#include <string.h>

#include "domain/institution/institution.h"
#include "policy/engine.h"

#define OWN_LEDGER_LINES(clause_)                                                                                        \
    { THE_INSTITUTION,                                                                                                   \
      MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT | MAY_UNMASK,                                          \
      &MY_INSTITUTION,                                                                                                   \
      0,                                                                                                                 \
      G_ALL,                                                                                                             \
      clause_,                                                                                                           \
      "机构记录",                                                                                                        \
      0,                                                                                                                 \
      0 },                                                                                                               \
        { COUNTY_HEALTH, MAY_SEE | MAY_EXPORT | MAY_UNMASK, &MY_AREA, 0, G_ALL, clause_, "县级卫生健康部门查看", 0, 0 }, \
    {                                                                                                                    \
        CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, clause_, "市级卫生健康部门查看", 0, 0                        \
    }

/* ---- 房间 ---- */
static const struct field room_fields[] = {
    { "name", F_TEXT, .label = "名称", .need = true, .list = true, .max = 40 },
    { "zone", F_CODES, .label = "功能", .code = "room_zone", .need = true, .list = true },
    { "floor", F_INT, .label = "所在楼层", .need = true, .min = -3, .max = 40, .list = true, .hint = "地下层填负数" },
    { "area_m2", F_DECIMAL, .label = "使用面积", .unit = "㎡", .scale = 2, .need = true, .min = 1, .max = 1000000,
      .list = true },
    { "window_m2", F_DECIMAL, .label = "采光窗面积", .unit = "㎡", .scale = 2, .min = 0, .max = 1000000 },
    { "doors", F_INT, .label = "疏散门", .unit = "个", .min = 0, .max = 20 },
    { 0 },
};
/* A department sees them of the institutions it is being asked about, until it has answered. */
#define ASKED_NOW                                                                                                      \
    "exists (select 1 from opinion o where o.office = r.office and o.institution = r.institution and o.department = "  \
    "?1 and o.state = 'asked')"
static const struct relation BEING_ASKED = {
    .name = "being_asked",
    .sql = ASKED_NOW,
    .args = { ME_DEPARTMENT },
    .within = true,
};
static const struct duty room_duties[] = {
    OWN_LEDGER_LINES("C088"),
    { ASKED_DEPARTMENTS, MAY_SEE, &BEING_ASKED, 0, G_WORK | G_OPEN, "C156", "被征求意见的部门，反馈前", 0, 0 },
    { 0 },
};
const struct form room_form = {
    .name = "room",
    .title = "房间",
    .clause = "C088",
    .of = OF_INSTITUTION,
    .fields = room_fields,
    .duties = room_duties,
    .title_field = "name",
    .expected_rows = 50000,
};

/* ---- 班级 ---- */
static const struct field class_fields[] = {
    { "name", F_TEXT, .label = "班级名称", .need = true, .list = true, .max = 40 },
    { "band", F_CODE, .label = "班型", .code = "class_band", .need = true, .list = true, .filter = true },
    { "places", F_INT, .label = "托位", .unit = "个", .need = true, .min = 1, .max = 60, .list = true },
    { "carers", F_INT, .label = "保育人员", .unit = "人", .need = true, .min = 0, .max = 60, .list = true },
    { "room", F_REF, .label = "生活单元", .ref = &room_form, .list = true },
    { "youngest", F_INT, .label = "最小月龄", .unit = "月", .min = 0, .max = 36 },
    { "oldest", F_INT, .label = "最大月龄", .unit = "月", .min = 0, .max = 36 },
    { "ended_on", F_DATE, .label = "停办日期", .list = true, .hint = "最后一天；其后不计托位，不再编入" },
    { 0 },
};

bool
class_ended(const struct row *group, const char *day)
{
    const char *ended = row_text(group, "ended_on");
    return ended != NULL && strcmp(ended, day) < 0;
}

/* Children go to another class first. */
static enum status
class_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct rows rows;
    const struct row *group = change->new;
    if (change->old == NULL || !row_has(group, "ended_on"))
        return OK;
    enum status status = reader_rows(
        reader, call->arena,
        "select count(distinct p.part) from class_placement p join child c on c.office = p.office and c.id = p.part "
        "where p.office = ?1 and p.class = ?2 and p.until > ?3 and c.state in ('enrolled', 'planned')",
        ARGS(value_int(group->office), value_int(group->id), value_text(row_text(group, "ended_on"))), &rows);
    if (status == OK && rows_int(&rows, 0, 0) > 0)
        return call_fault(call, form_field(group->form, "ended_on", NULL), "in_use",
                          "这一天以后还有%lld名婴幼儿编在该班，请先调班或办理离托", (long long)rows_int(&rows, 0, 0));
    return status;
}

static const struct duty class_duties[] = { OWN_LEDGER_LINES("C083"), { 0 } };
const struct form class_form = {
    .name = "class_group",
    .title = "班级",
    .clause = "C083",
    .of = OF_INSTITUTION,
    .fields = class_fields,
    .duties = class_duties,
    .title_field = "name",
    .ends = "ended_on",
    .fill = class_fill,
    .expected_rows = 20000,
};

/* ---- 证照材料 ---- */
static const struct field evidence_fields[] = {
    { "kind", F_CODE, .label = "材料", .code = "evidence_kind", .need = true, .list = true, .filter = true },
    { "title", F_TEXT, .label = "名称或编号", .list = true, .find = true },
    { "issuer", F_TEXT, .label = "出具单位", .list = true },
    { "issued_on", F_DATE, .label = "出具日期", .list = true },
    { "expires_on", F_DATE, .label = "有效期至", .list = true, .hint = "长期有效的不填" },
    { "result", F_CODE, .label = "结论", .code = "evidence_result" },
    { "file", F_FILE, .label = "扫描件", .need = true, .hint = "PDF、JPG 或 PNG，单个不超过 20 MB" },
    { "replaced", F_BOOL, .label = "已由新材料替换" },
    { 0 },
};
/* Documents that came on paper with a filing brought to the counter, while it is under way. */
static const struct relation BROUGHT_ON_PAPER = {
    .name = "brought_on_paper",
    .sql = "exists (select 1 from filing f where f.office = r.office and f.institution = r.institution and f.counter = "
           "1 and f.state in ('draft', 'submitted', 'returned'))",
    .within = true,
};
/* Of the documents, each department the kinds that its own duty covers. */
#define ASKED_FOR(name_, kinds_)                                                                                       \
    {                                                                                                                  \
        .name = name_, .sql = ASKED_NOW " and r.kind in (" kinds_ ")", .args = { ME_DEPARTMENT }, .within = true       \
    }
static const struct relation FIRE_PAPERS =
    ASKED_FOR("fire_papers", "'fire_proof', 'design_review', 'building_safety', 'premises', 'site_photo'");
static const struct relation POLICE_PAPERS = ASKED_FOR("police_papers", "'record_query', 'site_photo'");
static const struct relation HOUSING_PAPERS =
    ASKED_FOR("housing_papers", "'design_review', 'building_safety', 'premises', 'lease', 'site_photo'");
static const struct relation MARKET_PAPERS = ASKED_FOR("market_papers", "'license', 'food_license'");
static const struct relation EDUCATION_PAPERS =
    ASKED_FOR("education_papers", "'license', 'premises', 'staff_certificate'");
static const struct duty evidence_duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, "C032",
      "机构上传，一次上传各处可用", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C033", "县级卫生健康部门查看", 0, 0 },
    { COUNTY_HEALTH, MAY_CREATE, &BROUGHT_ON_PAPER, 0, G_ALL, "C135", "窗口收到的纸质材料代为扫描上传", 0, 0 },
    { DEPT(D_FIRE), MAY_SEE, &FIRE_PAPERS, 0, G_WORK | G_OPEN, "C156", "消防：被征求意见时", 0, 0 },
    { DEPT(D_POLICE), MAY_SEE, &POLICE_PAPERS, 0, G_WORK | G_OPEN, "C156", "公安：被征求意见时", 0, 0 },
    { DEPT(D_HOUSING), MAY_SEE, &HOUSING_PAPERS, 0, G_WORK | G_OPEN, "C156", "住建：被征求意见时", 0, 0 },
    { DEPT(D_MARKET), MAY_SEE, &MARKET_PAPERS, 0, G_WORK | G_OPEN, "C156", "市场监管：被征求意见时", 0, 0 },
    { DEPT(D_EDUCATION), MAY_SEE, &EDUCATION_PAPERS, 0, G_WORK | G_OPEN, "C156", "教育：被征求意见时", 0, 0 },
    { 0 },
};
const struct form evidence_form = {
    .name = "evidence",
    .title = "证照材料",
    .clause = "C032",
    .of = OF_INSTITUTION,
    .fields = evidence_fields,
    .intro = "每份材料只上传一次，备案、年审和各部门检查都用这一份。",
    .duties = evidence_duties,
    .expected_rows = 500000,
};

enum status
evidence_of(struct call *call, struct reader *reader, int64_t institution, const char *kind, struct row **out)
{
    struct row_set set;
    const char *const where[] = { "institution", "kind" };
    const struct value values[] = { value_int(institution), value_text(kind) };
    enum status status = rows_by(call, reader, &evidence_form, id_office(institution), where, values, 2, &set);
    *out = NULL;
    for (size_t i = 0; status == OK && i < set.n && *out == NULL; i++)
        if (row_int(set.rows[i], "replaced") == 0)
            *out = set.rows[i];
    return status;
}
