/* 启用前已备案机构 and the national system — clauses C033, C134, C135. Institutions filed before start-up come in with
 * their original dates and numbers and start no clock. The legal filing also runs in the national system, for which no
 * interface is known: its export is matched by code and site, and what differs is shown to a person. */
#include <string.h>

#include "base/text.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "policy/engine.h"
#include "policy/list.h"

static enum status
place_fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    if (!row_has(row, "site"))
        row_set_text(row, "site", "01");
    if (!row_has(row, "place"))
        return OK;
    const int64_t office = office_for_area(call->reference, row_text(row, "place"));
    if (change->old != NULL && office != row->office)
        return call_fault(call, form_field(row->form, "place", NULL), "elsewhere",
                          "所在乡镇（街道）不在本县（市、区）");
    row->area = row_text(row, "place");
    row->office = office;
    return OK;
}

/* ---- 启用前已备案机构 ---- */
static const struct field existing_fields[] = {
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .fixed = true, .list = true,
      .max = 18 },
    { "site", F_TEXT, .label = "场所序号", .fixed = true, .max = 2 },
    { "name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true },
    { "kind", F_CODE, .label = "机构类型", .code = "institution_kind", .need = true, .list = true },
    { "place", F_AREA, .label = "所在乡镇（街道）", .need = true },
    { "address", F_TEXT, .label = "地址", .need = true, .max = 300 },
    { "service_forms", F_CODES, .label = "服务形式", .code = "service_form" },
    { "places", F_INT, .label = "备案托位", .unit = "个", .min = 1, .max = 1000, .list = true },
    { "registered_on", F_DATE, .label = "登记日期" },
    { "filed_on", F_DATE, .label = "备案日期", .need = true, .list = true },
    { "receipt_number", F_TEXT, .label = "备案回执编号", .need = true, .list = true },
    { "made", F_REF, .label = "机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "receipt_of", F_TEXT, .label = "县级部门和编号", .computed = true, .group = G_INTERNAL },
    { 0 },
};

/* A number stands for one receipt of one county. */
static enum status
existing_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const enum status status = place_fill(call, reader, change);
    if (status == OK && row_has(row, "receipt_number"))
        row_set_text(row, "receipt_of",
                     arena_format(call->arena, "%lld %s", (long long)row->office, row_text(row, "receipt_number")));
    return status;
}

static enum status
filed_before_today(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct day filed;
    (void)reader;
    if (row_day(change->new, "filed_on", &filed) && filed.n > call->today.n)
        finding_add(call, rule, "备案日期晚于今天");
    return OK;
}

/* The day from which filings run in the program: set by the city, else the day on which it was set up. */
static enum status
start_day(struct call *call, struct reader *reader, struct day *day)
{
    const struct standard *standard = standard_on(call->reference, "CFG-START-DAY", call->today);
    struct rows rows;
    if (standard != NULL && standard->value != NULL && day_parse(standard->value, day))
        return OK;
    enum status status = reader_rows(reader, call->arena, "select min(created_at) from office", NO_ARGS, &rows);
    *day = status == OK ? day_from_ms(rows_int(&rows, 0, 0)) : call->today;
    return status;
}

static enum status
filed_before_start(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct day filed, start;
    enum status status = start_day(call, reader, &start);
    if (status == OK && row_day(change->new, "filed_on", &filed) && filed.n >= start.n)
        finding_add(call, rule,
                    arena_format(call->arena, "系统已于%d年%d月%d日启用，这一天起的备案由机构在系统中提交",
                                 day_year(start), day_month(start), day_of_month(start)));
    return status;
}

static const char *const carried[] = { "name",   "kind",          "place",    "address",        "service_forms",
                                       "places", "registered_on", "filed_on", "receipt_number", NULL };

static enum status
make_site(struct call *call, struct writer *writer, const struct row *row, struct row *site)
{
    const char *uscc = row_text(row, "uscc");
    row_set_text(site, "uscc", uscc);
    row_set(site, "site", row_value(row, "site"));
    row_set_text(site, "authority", uscc[0] == '9' ? "market" : uscc[0] == '5' ? "civil" : "staffing");
    row_set_text(site, "nature", uscc[0] == '9' ? "profit" : "nonprofit");
    site->office = row->office;
    site->area = row->area;
    return row_create(call, writer, site);
}

/* What was mistyped is mended on the site too, as long as no filing has followed. */
static enum status
mend_site(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *site;
    bool changed = false;
    enum status status = institution_get(call, writer_reader(writer), row_int(change->old, "made"), &site);
    if (status != OK)
        return status == NOT_FOUND ? OK : status;
    for (int i = 0; carried[i] != NULL; i++)
        changed = changed || row_differs(change->new, change->old, carried[i]);
    if (!changed)
        return OK;
    if (!value_equal(row_value(site, "receipt_number"), row_value(change->old, "receipt_number")))
        return call_fail(call, CONFLICT, "该机构此后已在系统中备案，请通过变更备案更正");
    for (int i = 0; carried[i] != NULL; i++)
        if (row_differs(change->new, change->old, carried[i]))
            row_set(site, carried[i], row_value(change->new, carried[i]));
    site->area = row_text(site, "place");
    return row_change(call, writer, site, site->version);
}

static enum status
existing_effect(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *site = NULL;
    int64_t known = 0;
    if (change->old != NULL)
        return mend_site(call, writer, change);
    enum status status = site_by_code(call, writer_reader(writer), row, &known);
    if (status == OK && known != 0 && id_office(known) != row->office)
        return call_fail(call, CONFLICT, "该机构在其他县（市、区）登记，不能在本地补录");
    if (status == OK && known != 0)
        status = institution_get(call, writer_reader(writer), known, &site);
    else if (status == OK)
        site = row_new(call, &institution_form);
    if (status != OK || site == NULL)
        return status == OK ? NO_MEMORY : status;
    if (known != 0 && site->state != REGISTERED)
        return call_fail(call, CONFLICT, "该机构在本系统中已备案");
    for (int i = 0; carried[i] != NULL; i++)
        if (known == 0 || row_has(row, carried[i]))
            row_set(site, carried[i], row_value(row, carried[i]));
    status = known == 0 ? make_site(call, writer, row, site) : row_change(call, writer, site, site->version);
    if (status == OK)
        status = step_take(call, writer, &institution_form, site->id, 0, "filed", NULL, NULL);
    if (status != OK)
        return status;
    row_set_int(row, "made", site->id);
    return row_update(call, writer, row, row->version);
}

static const struct rule existing_rules[] = {
    { "EXI-DATE", BLOCK, .check = filed_before_today, .field = "filed_on", .clause = "C033", .advice = "核对备案日期" },
    { "EXI-START", BLOCK, .check = filed_before_start, .field = "filed_on", .clause = "C033",
      .advice = "启用日期由市级在标准 CFG-START-DAY 中设定" },
    { 0 },
};
static const struct claim_key existing_claims[] = {
    { "existing_receipt", { "receipt_of" }, "该备案回执编号已补录" },
    { 0 },
};
static const struct duty existing_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_IMPORT | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C033",
      "县级卫生健康部门录入", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C131", "市级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form existing_filing_form = {
    .name = "existing_filing",
    .title = "启用前已备案机构",
    .clause = "C033",
    .of = OF_OFFICE,
    .fields = existing_fields,
    .intro = "按原备案日期和编号录入或导入，不启动任何时限；填错了可以更正，机构信息随之更正。",
    .rules = existing_rules,
    .claims = existing_claims,
    .duties = existing_duties,
    .title_field = "name",
    .fill = existing_fill,
    .effect = existing_effect,
    .expected_rows = 2000,
};

/* ---- 国家系统导出的备案记录 ---- */
static const struct field national_fields[] = {
    { "uscc", F_TEXT, .label = "统一社会信用代码", .need = true, .format = FORMAT_USCC, .list = true, .index = true,
      .max = 18 },
    { "site", F_TEXT, .label = "场所序号", .max = 2 },
    { "name", F_TEXT, .label = "机构名称", .need = true, .list = true, .find = true },
    { "place", F_AREA, .label = "所在乡镇（街道）" },
    { "address", F_TEXT, .label = "地址", .max = 300 },
    { "places", F_INT, .label = "托位", .unit = "个", .min = 0, .max = 1000 },
    { "national_number", F_TEXT, .label = "国家系统备案编号", .need = true, .list = true },
    { "national_on", F_DATE, .label = "国家系统备案日期", .list = true },
    { "ended", F_BOOL, .label = "国家系统已注销，不再核对", .list = true },
    { "replaced", F_BOOL, .label = "已有更新的导入", .computed = true, .list = true },
    { "match", F_REF, .label = "本系统机构", .ref = &institution_form, .elsewhere = true, .computed = true },
    { "difference", F_TEXT, .label = "与本系统不一致", .computed = true, .list = true, .max = 900 },
    { 0 },
};

static const char elsewhere[] = "该机构在其他县（市、区）备案";

/* One value as a person compares it. */
static const char *
words_of(struct call *call, struct value value)
{
    return value.type == VALUE_INT    ? arena_format(call->arena, "%lld", (long long)value.i)
           : value.type == VALUE_TEXT ? value.text
                                      : "未填";
}

/* "地址：本系统“甲”，国家系统“乙”" for each that differs; NULL: none. */
static const char *
differences(struct call *call, const struct row *national, const struct row *site)
{
    static const char *const compared[] = { "name", "address", "places" };
    const char *words = NULL;
    for (size_t i = 0; i < sizeof compared / sizeof compared[0]; i++) {
        const struct value theirs = row_value(national, compared[i]), ours = row_value(site, compared[i]);
        if (theirs.type == VALUE_NULL || value_equal(theirs, ours))
            continue;
        if (theirs.type == VALUE_TEXT && ours.type == VALUE_TEXT &&
            strcmp(text_nfkc(call->arena, theirs.text), text_nfkc(call->arena, ours.text)) == 0)
            continue; /* brackets typed narrow or wide */
        words = arena_format(call->arena, "%s%s%s：本系统“%s”，国家系统“%s”", words == NULL ? "" : words,
                             words == NULL ? "" : "；", form_field(&institution_form, compared[i], NULL)->label,
                             words_of(call, ours), words_of(call, theirs));
    }
    return words;
}

static const char *
national_preview(struct call *call, struct reader *reader, const struct row *row)
{
    struct row *site;
    int64_t known;
    if (site_by_code(call, reader, row, &known) != OK)
        return NULL;
    if (known != 0 && id_office(known) != call->me->office)
        return elsewhere;
    if (known == 0 || institution_get(call, reader, known, &site) != OK)
        return "本系统没有这家机构";
    const char *words = differences(call, row, site);
    return words == NULL ? "与本系统一致，编号和日期写入机构信息" : words;
}

/* The site as it is here today and what differs; *site 0: not here, or another county's, which is not ours to match. */
static enum status
match_now(struct call *call, struct reader *reader, const struct row *row, struct row **site, const char **words)
{
    int64_t known;
    *site = NULL;
    *words = NULL;
    enum status status = site_by_code(call, reader, row, &known);
    if (status != OK || known == 0)
        return status;
    if (id_office(known) != row->office) {
        *words = elsewhere;
        return OK;
    }
    status = institution_get(call, reader, known, site);
    if (status == OK)
        *words = differences(call, row, *site);
    return status;
}

/* An earlier line of the same site counts no more. */
static enum status
replace_older(struct call *call, struct writer *writer, const struct row *row)
{
    struct row_set set;
    const char *const where[] = { "uscc", "site" };
    const struct value values[] = { row_value(row, "uscc"), row_value(row, "site") };
    enum status status =
        rows_by(call, writer_reader(writer), &national_record_form, row->office, where, values, 2, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        if (set.rows[i]->id == row->id || row_int(set.rows[i], "replaced") != 0)
            continue;
        row_set_int(set.rows[i], "replaced", 1);
        status = row_change(call, writer, set.rows[i], set.rows[i]->version);
    }
    return status;
}

static enum status
national_effect(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *site;
    const char *words;
    if (row_int(row, "replaced") != 0)
        return OK;
    enum status status = change->old == NULL ? replace_older(call, writer, row) : OK;
    if (status == OK)
        status = match_now(call, writer_reader(writer), row, &site, &words);
    if (status != OK)
        return status;
    row_set(row, "match", site == NULL ? value_null() : value_int(site->id));
    row_set_text(row, "difference", words);
    if (site != NULL) {
        const bool ended = row_int(row, "ended") != 0;
        row_set(site, "national_number", ended ? value_null() : row_value(row, "national_number"));
        row_set(site, "national_on", ended ? value_null() : row_value(row, "national_on"));
        status = row_change(call, writer, site, site->version);
    }
    return status == OK ? row_update(call, writer, row, row->version) : status;
}

static const struct duty national_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE | MAY_IMPORT | MAY_EXPORT, &MY_AREA, 0, G_ALL, "C134",
      "县级卫生健康部门核对", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C131", "市级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form national_record_form = {
    .name = "national_record",
    .title = "国家系统备案记录",
    .clause = "C134",
    .of = OF_OFFICE,
    .fields = national_fields,
    .intro = "导入国家托育机构备案信息系统导出的表格，按信用代码和场所核对；再次导入的以新的为准。",
    .duties = national_duties,
    .title_field = "name",
    .fill = place_fill,
    .effect = national_effect,
    .preview = national_preview,
    .expected_rows = 5000,
};

/* ---- here / not there, there / not here ---- */

static void
put_line(struct call *call, struct node *list, const struct row *row, const char *note)
{
    struct node *line = node_put_map(call->arena, list, NULL);
    node_put_id(call->arena, line, "id", row->id);
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/%s/%lld", row->form->name, (long long)row->id));
    node_put_text(call->arena, line, "name", row_text(row, "name"));
    node_put_text(call->arena, line, "uscc", row_text(row, "uscc"));
    node_put_text(call->arena, line, "note", note);
}

static bool
among(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Matched and compared as both are today, whatever was written when the list came in. */
enum status
look_national(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    enum { MOST = 500 };
    struct row_set here, there;
    struct node *filed = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    int64_t *matched = arena_array(call->arena, MOST, sizeof *matched);
    size_t n = 0;
    (void)input;
    if (matched == NULL)
        return NO_MEMORY;
    node_put_text(call->arena, filed, "state", "filed");
    enum status status = list_rows(call, reader, &institution_form, filed, MAY_SEE, MOST, &here);
    if (status == OK)
        status = list_rows(call, reader, &national_record_form, node_map(call->arena), MAY_SEE, MOST, &there);
    struct node *missing = node_put_list(call->arena, data, "here"),
                *unknown = node_put_list(call->arena, data, "there");
    struct node *differs = node_put_list(call->arena, data, "differs");
    for (size_t i = 0; status == OK && i < there.n; i++) {
        struct row *site;
        const char *words;
        if (row_int(there.rows[i], "replaced") != 0 || row_int(there.rows[i], "ended") != 0)
            continue;
        status = match_now(call, reader, there.rows[i], &site, &words);
        if (status == OK && site == NULL)
            put_line(call, unknown, there.rows[i], words == NULL ? row_text(there.rows[i], "national_number") : words);
        else if (status == OK && words != NULL)
            put_line(call, differs, there.rows[i], words);
        if (status == OK && site != NULL && n < MOST)
            matched[n++] = site->id;
    }
    for (size_t i = 0; status == OK && i < here.n; i++)
        if (!row_has(here.rows[i], "national_number") && !among(matched, n, here.rows[i]->id) &&
            (here.rows[i]->groups & G_WORK) != 0)
            put_line(call, missing, here.rows[i], row_text(here.rows[i], "receipt_number"));
    return status;
}
