/* 区划、管辖单位、代码表、标准、政策文件、工作日历、常住人口 — clauses C001, C002, C003, C078, C155. The law's numbers
 * and the calendar are rows that the city health commission edits; every change is in the journal. */
#include "domain/area/area.h"

#include <string.h>

#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/job.h"

#define REFERENCE_LINES(clause_)                                                                                       \
    { CITY_HEALTH,                                                                                                     \
      MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT,                                                     \
      &ANYWHERE,                                                                                                       \
      0,                                                                                                               \
      G_ALL,                                                                                                           \
      clause_,                                                                                                         \
      "市卫生健康部门维护",                                                                                            \
      0,                                                                                                               \
      0 },                                                                                                             \
        { DEPT(D_SYSTEM_ADMIN), MAY_SEE, &ANYWHERE, 0, G_ALL, clause_, "系统管理员查看", 0, 0 },                       \
        { AUTHORITIES, MAY_SEE | MAY_EXPORT, &ANYWHERE, 0, G_ALL, clause_, "各部门查阅", 0, 0 },                       \
    {                                                                                                                  \
        THE_INSTITUTION, MAY_SEE, &ANYWHERE, 0, G_ALL, clause_, "机构查阅", 0, 0                                       \
    }
#define REFERENCE_DUTIES(clause_)                                                                                      \
    {                                                                                                                  \
        REFERENCE_LINES(clause_),                                                                                      \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/* ---- 管辖单位 ---- */
static const struct field office_fields[] = {
    { "number", F_INT, .label = "单位编号", .need = true, .min = 1, .max = 4095, .fixed = true, .list = true },
    { "name", F_TEXT, .label = "名称", .need = true, .list = true, .find = true },
    { "rank", F_TEXT, .label = "层级", .list = true },
    { "parent", F_INT, .label = "上级编号", .list = true },
    { "code", F_TEXT, .label = "区划代码", .list = true },
    { 0 },
};
static const struct unique_key office_uniques[] = { { { "number" }, "该编号已有单位" }, { 0 } };
static const struct duty office_duties[] = REFERENCE_DUTIES("C001");
const struct form office_form = {
    .name = "office",
    .title = "管辖单位",
    .clause = "C001",
    .of = OF_REFERENCE,
    .fields = office_fields,
    .uniques = office_uniques,
    .title_field = "name",
    .duties = office_duties,
    .expected_rows = 16,
};

/* ---- 行政区划 ---- */
static const struct field division_fields[] = {
    { "code", F_TEXT, .label = "代码", .need = true, .fixed = true, .list = true, .index = true },
    { "name", F_TEXT, .label = "名称", .need = true, .list = true, .find = true },
    { "rank", F_TEXT, .label = "级别", .list = true },
    { "parent", F_TEXT, .label = "上级代码", .index = true },
    { "kind", F_TEXT, .label = "类别", .list = true },
    { "home", F_INT, .label = "管辖单位编号", .list = true },
    { "valid_from", F_DATE, .label = "启用日期" },
    { "valid_to", F_DATE, .label = "停用日期" },
    { "successor", F_TEXT, .label = "变更后代码" },
    { "longitude", F_DECIMAL, .label = "经度", .scale = 6 },
    { "latitude", F_DECIMAL, .label = "纬度", .scale = 6 },
    { 0 },
};
static const struct unique_key division_uniques[] = { { { "code" }, "该区划代码已存在" }, { 0 } };
static const struct duty division_duties[] = REFERENCE_DUTIES("C001");
const struct form division_form = {
    .name = "division",
    .title = "行政区划",
    .clause = "C001",
    .of = OF_REFERENCE,
    .fields = division_fields,
    .uniques = division_uniques,
    .title_field = "name",
    .duties = division_duties,
    .expected_rows = 1700,
};

/* ---- 功能区成员：平凉工业园区没有区划代码，统计归入所在县 ---- */
static const struct field functional_fields[] = {
    { "code", F_TEXT, .label = "功能区代码", .need = true, .list = true },
    { "member", F_AREA, .label = "所含区划", .need = true, .list = true },
    { "valid_from", F_DATE, .label = "开始日期", .list = true },
    { "valid_to", F_DATE, .label = "结束日期", .list = true },
    { "remark", F_TEXT, .label = "备注" },
    { 0 },
};
static const struct duty functional_duties[] = REFERENCE_DUTIES("C001");
const struct form functional_area_form = {
    .name = "functional_area",
    .title = "功能区范围",
    .clause = "C001",
    .of = OF_REFERENCE,
    .fields = functional_fields,
    .duties = functional_duties,
    .expected_rows = 16,
};

/* ---- 代码表 ---- */
static const struct field code_fields[] = {
    { "list", F_TEXT, .label = "代码表", .need = true, .list = true, .index = true },
    { "code", F_TEXT, .label = "代码", .need = true, .list = true, .fixed = true },
    { "label", F_TEXT, .label = "名称", .need = true, .list = true, .find = true },
    { "sequence", F_INT, .label = "顺序", .list = true },
    { "valid_from", F_DATE, .label = "启用日期" },
    { "valid_to", F_DATE, .label = "停用日期" },
    { "remark", F_TEXT, .label = "备注" },
    { 0 },
};
static const struct unique_key code_uniques[] = { { { "list", "code" }, "该代码已存在" }, { 0 } };
static const struct duty code_duties[] = REFERENCE_DUTIES("C155");
const struct form code_item_form = {
    .name = "code_item",
    .title = "代码表",
    .clause = "C155",
    .of = OF_REFERENCE,
    .fields = code_fields,
    .uniques = code_uniques,
    .title_field = "label",
    .duties = code_duties,
    .expected_rows = 600,
};

/* ---- 标准：法规中的数字 ---- */
static const struct field standard_fields[] = {
    { "standard", F_TEXT, .label = "编号", .need = true, .list = true, .index = true, .find = true, .fixed = true },
    { "layer", F_CODE, .label = "层级", .code = "standard_layer", .need = true, .list = true, .filter = true,
      .fixed = true },
    { "place", F_AREA, .label = "适用地区", .list = true, .filter = true, .fixed = true,
      .hint = "县级的必须填写；市级、省级的不填为全部" },
    { "subject", F_TEXT, .label = "对象", .find = true },
    { "label", F_TEXT, .label = "内容", .need = true, .list = true, .find = true, .max = 500 },
    { "op", F_CODE, .label = "比较", .code = "standard_op" },
    { "value", F_TEXT, .label = "数值", .list = true },
    { "unit", F_TEXT, .label = "单位", .list = true },
    { "severity", F_CODE, .label = "力度", .code = "standard_severity" },
    { "document", F_TEXT, .label = "文件", .list = true, .max = 300, .find = true },
    { "document_no", F_TEXT, .label = "文号" },
    { "article", F_TEXT, .label = "条款", .list = true },
    { "confidence", F_CODE, .label = "核实程度", .code = "standard_confidence", .list = true, .filter = true,
      .hint = "未经核实的数字只提示，不拦截" },
    { "effective_from", F_DATE, .label = "生效日期", .list = true },
    { "effective_to", F_DATE, .label = "失效日期" },
    { "note", F_LINES, .label = "说明", .max = 500 },
    { 0 },
};

static bool
is_layer(const struct row *row, const char *layer)
{
    const char *mine = row_text(row, "layer");
    return mine != NULL && strcmp(mine, layer) == 0;
}

static enum status
fault(struct call *call, const char *field, const char *code, const char *words)
{
    return call_fault(call, form_field(&standard_form, field, NULL), code, "%s", words);
}

/* The number of a law changes with the next law: a row of its own, with its document, from its day on. */
static enum status
next_of_nation(struct call *call, struct reader *reader, const struct row *row)
{
    struct rows rows;
    const char *from = row_text(row, "effective_from");
    enum status status =
        reader_rows(reader, call->arena,
                    "select coalesce(max(effective_from), '1900-01-01') from standard where office = 1 and "
                    "standard = ?1 and layer = '国家'",
                    ARGS(value_text(row_text(row, "standard"))), &rows);
    if (status != OK)
        return status;
    if (!row_has(row, "document"))
        fault(call, "document", "need", "国家的数字请写明文件");
    if (from == NULL || strcmp(from, rows_text(&rows, 0, 0)) <= 0)
        fault(call, "effective_from", "later", "请填写生效日期，晚于现有的国家规定");
    return call->faults == NULL ? OK : INVALID;
}

/* A county writes for itself; and whoever writes for a county says for which. */
static enum status
place_of_standard(struct call *call, struct row *row)
{
    const bool county = call->me->level == L_COUNTY;
    const struct office *mine = office_of(call->reference, call->me->office);
    if (county && !is_layer(row, "县"))
        return fault(call, "layer", "own_layer", "县级只能制定县级的要求");
    if (county && !row_has(row, "place") && mine != NULL)
        row_set_text(row, "place", mine->area);
    if (county && office_for_area(call->reference, row_text(row, "place")) != call->me->office)
        return fault(call, "place", "own_area", "只能为本县（市、区）制定");
    if (is_layer(row, "县") && !row_has(row, "place"))
        return fault(call, "place", "need", "县级的要求须填写适用地区");
    if (is_layer(row, "国家") && row_has(row, "place"))
        return fault(call, "place", "everywhere", "国家的数字适用于全部地区");
    return OK;
}

static enum status
standard_fill(struct call *call, struct reader *reader, struct change *change)
{
    static const char *const held[] = { "op", "value", "unit", "effective_from", "effective_to", NULL };
    struct row *row = change->new;
    if (call->me->department == D_ENGINE)
        return OK;
    if (change->old == NULL) {
        enum status status = place_of_standard(call, row);
        return status == OK && is_layer(row, "国家") ? next_of_nation(call, reader, row) : status;
    }
    for (int i = 0; held[i] != NULL && is_layer(change->old, "国家"); i++)
        if (row_differs(row, change->old, held[i]))
            fault(call, held[i], "held", "国家的数字不在原处改：新规定请新增一条，写明文件和生效日期");
    return call->faults == NULL ? OK : INVALID;
}

/* A national number goes when another one has taken its place. */
static enum status
may_retire(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct rows rows;
    *may = true;
    if (!is_layer(change->old, "国家"))
        return OK;
    enum status status =
        reader_rows(reader, call->arena,
                    "select id from standard where office = 1 and standard = ?1 and layer = '国家' "
                    "and state = 'active' and id <> ?2 limit 1",
                    ARGS(value_text(row_text(change->old, "standard")), value_int(change->old->id)), &rows);
    *may = status == OK && rows.n > 0;
    if (status == OK && !*may)
        call_fail(call, DENIED, "国家的数字由其后的国家文件替换：请先新增，再停用原来的");
    return status;
}

static const struct relation OF_MY_COUNTY = {
    .name = "of_my_county",
    .sql = "exists (select 1 from division d where d.office = r.office and d.code = r.place and d.home = ?1)",
    .args = { ME_OFFICE },
};
static const struct step standard_steps[] = {
    { "retire", "停用", ACTIVE, DISABLED, .by = CITY_HEALTH, .guard = may_retire, .clause = "C155",
      .consequence = "停用后，规则不再使用这一行；已有的检查结果保留。" },
    { "restore", "恢复", DISABLED, ACTIVE, .by = CITY_HEALTH, .clause = "C155" },
    { 0 },
};
static const struct procedure standard_procedure = {
    .first = ACTIVE,
    .open = ACTIVE,
    .live = ACTIVE,
    .steps = standard_steps,
};
static const struct duty standard_duties[] = {
    REFERENCE_LINES("C155"),
    { COUNTY_HEALTH | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &OF_MY_COUNTY, 0, G_ALL, "C155",
      "县级卫生健康部门负责人制定本县更严的要求", 0, 0 },
    { 0 },
};
const struct form standard_form = {
    .name = "standard",
    .title = "标准与参数",
    .clause = "C155",
    .of = OF_REFERENCE,
    .fields = standard_fields,
    .intro = "法规中的数字在这里维护：国家的数字只由其后的国家文件替换，地方的只能更严。",
    .procedure = &standard_procedure,
    .title_field = "label",
    .duties = standard_duties,
    .fill = standard_fill,
    .expected_rows = 400,
};

/* ---- 政策文件 ---- */
static const struct field document_fields[] = {
    { "title", F_TEXT, .label = "标题", .need = true, .list = true, .find = true, .max = 300 },
    { "alias", F_TEXT, .label = "别称", .find = true, .max = 300 },
    { "number", F_TEXT, .label = "文号", .list = true, .find = true },
    { "issuer", F_TEXT, .label = "发文机关", .list = true },
    { "layer", F_TEXT, .label = "层级", .list = true },
    { "issued", F_DATE, .label = "印发日期", .list = true },
    { "effective_from", F_DATE, .label = "施行日期" },
    { "effective_to", F_DATE, .label = "废止日期" },
    { "superseded_by", F_TEXT, .label = "被何文件替代", .max = 300 },
    { "confidence", F_TEXT, .label = "核实程度" },
    { "note", F_TEXT, .label = "说明", .max = 500 },
    { 0 },
};
static const struct duty document_duties[] = {
    { CITY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT, &ANYWHERE, 0, G_ALL, "C155",
      "市卫生健康部门维护", 0, 0 },
    { EVERYBODY, MAY_SEE, &ANYWHERE, 0, G_ALL, "C002", "公开查阅", 0, 0 },
    { 0 },
};
const struct form policy_document_form = {
    .name = "policy_document",
    .title = "政策文件",
    .clause = "C002",
    .of = OF_REFERENCE,
    .fields = document_fields,
    .title_field = "title",
    .duties = document_duties,
    .expected_rows = 100,
};

/* ---- 工作日历 ---- */
/* Open clocks are counted anew when the calendar changes. */
static enum status
calendar_changed(struct call *call, struct writer *writer, const struct change *change)
{
    (void)change;
    if (call->me->department == D_ENGINE)
        return OK;
    return job_plan(call, writer, 1, "recompute_clocks", call->now_ms, NULL);
}

static const struct field calendar_fields[] = {
    { "date", F_DATE, .label = "日期", .need = true, .list = true, .fixed = true },
    { "works", F_BOOL, .label = "是否上班", .list = true },
    { "name", F_TEXT, .label = "名称", .list = true },
    { 0 },
};
static const struct unique_key calendar_uniques[] = { { { "date" }, "该日期已设置" }, { 0 } };
static const struct duty calendar_duties[] = REFERENCE_DUTIES("C033");
const struct form calendar_day_form = {
    .name = "calendar_day",
    .title = "工作日历",
    .clause = "C033",
    .of = OF_REFERENCE,
    .fields = calendar_fields,
    .intro = "只列与“周一至周五上班”不同的日子：法定节假日与调休上班日。",
    .uniques = calendar_uniques,
    .title_field = "name",
    .duties = calendar_duties,
    .effect = calendar_changed,
    .expected_rows = 300,
};
static const struct field year_fields[] = {
    { "year", F_INT, .label = "年份", .need = true, .min = 2000, .max = 2100, .list = true, .fixed = true },
    { "remark", F_TEXT, .label = "依据", .list = true },
    { 0 },
};
static const struct unique_key year_uniques[] = { { { "year" }, "该年份已登记" }, { 0 } };
static const struct duty year_duties[] = REFERENCE_DUTIES("C033");
const struct form calendar_year_form = {
    .name = "calendar_year",
    .title = "已公布安排的年份",
    .clause = "C033",
    .of = OF_REFERENCE,
    .fields = year_fields,
    .uniques = year_uniques,
    .duties = year_duties,
    .effect = calendar_changed,
    .expected_rows = 20,
};

static enum status
recompute(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    (void)job;
    (void)result;
    struct calendar *calendar;
    enum status status = reference_calendar(writer_reader(writer), call->arena, &calendar);
    for (size_t i = 0; i < call->reference->offices_n && status == OK; i++)
        status = clocks_recompute(call, writer, calendar, call->reference->offices[i].id);
    return status;
}

/* ---- 常住人口：千人口托位数的分母，没有行则显示“待录入” ---- */
static enum status
population_home(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    const char *place = row_text(change->new, "place");
    const int64_t office = office_for_area(call->reference, place);
    if (change->old == NULL && office != 0) {
        change->new->office = office;
        change->new->area = place;
    }
    return OK;
}

static const struct field population_fields[] = {
    { "place", F_AREA, .label = "地区", .need = true, .list = true, .fixed = true, .index = true },
    { "year", F_INT, .label = "年份", .need = true, .min = 2000, .max = 2100, .list = true, .fixed = true },
    { "residents", F_INT, .label = "常住人口", .unit = "人", .need = true, .min = 1, .max = 2000000000, .list = true },
    { "under_three", F_INT, .label = "3岁以下常住人口", .unit = "人", .min = 0, .max = 100000000, .list = true },
    { "source", F_TEXT, .label = "数据来源", .need = true, .list = true },
    { 0 },
};
static const struct unique_key population_uniques[] = { { { "place", "year" }, "该地区该年份已录入" }, { 0 } };
static const struct duty population_duties[] = {
    { HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_EXPORT | MAY_IMPORT, &MY_AREA, 0, G_ALL, "C078",
      "卫生健康部门录入", 0, 0 },
    { AUTHORITIES, MAY_SEE, &MY_AREA, 0, G_ALL, "C078", "各部门查阅", 0, 0 },
    { 0 },
};
const struct form population_form = {
    .name = "population",
    .title = "常住人口",
    .clause = "C078",
    .of = OF_OFFICE,
    .fields = population_fields,
    .uniques = population_uniques,
    .duties = population_duties,
    .fill = population_home,
    .expected_rows = 5000,
};

static const struct form *const forms[] = {
    &office_form,   &division_form,        &functional_area_form, &code_item_form,
    &standard_form, &policy_document_form, &calendar_day_form,    &calendar_year_form,
    &account_form,  &channel_form,         &population_form,      &endpoint_off_form,
    NULL,
};
static const struct job_kind jobs[] = {
    { "recompute_clocks", NULL, recompute },
    { "send_notice", NULL, notice_spread },
    { "send_one", notice_send, NULL },
    { 0 },
};
static const struct look looks[] = {
    { "/journal", "操作日志", "domain/area/journal", DEPT(D_AUDIT_ADMIN), look_journal, "C131", MENU_PART, false },
    { "/looks", "查看记录", "domain/area/looks", DEPT(D_AUDIT_ADMIN), look_looks, "C131", MENU_PART, false },
    { 0 },
};
const struct module area_module = {
    .name = "area",
    .title = "账号与设置",
    .forms = forms,
    .jobs = jobs,
    .looks = looks,
    .daily = accounts_daily,
};
