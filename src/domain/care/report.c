/* 传染病登记、疫情告知 — 传染病防治法 (2013) 第三十一条, 突发公共卫生事件应急条例 第二十条; clauses C046, C050. The
 * institution tells 疾控 or a medical body at once; the network report within 2 or 24 hours is the diagnosing body's,
 * it is only recorded here. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

/* ---- 儿童传染病登记 (工作规范 附件4) ---- */

static const struct field disease_fields[] = {
    { "child", F_REF, .label = "婴幼儿", .ref = &child_form, .computed = true, .list = true, .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true, .filter = true },
    { "months", F_INT, .label = "月龄", .unit = "月", .computed = true },
    { "disease", F_CODE, .label = "病种", .code = "disease", .computed = true, .list = true, .filter = true,
      .basis = BASIS_DUTY, .group = G_HEALTH },
    { "outcome", F_CODE, .label = "诊断", .code = "illness_outcome", .computed = true, .list = true,
      .basis = BASIS_DUTY, .group = G_HEALTH },
    { "onset_on", F_DATE, .label = "发病日期", .computed = true, .list = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "result_on", F_DATE, .label = "诊断日期", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH },
    { "body_name", F_TEXT, .label = "诊断机构", .computed = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 80 },
    { "isolation", F_REF, .label = "病例", .ref = &isolation_form, .computed = true },
    { "withdrawn_on", F_DATE, .label = "排除日期", .computed = true, .list = true },
    { 0 },
};
static const struct unique_key disease_uniques[] = { { { "isolation" }, "该病例已登记" }, { 0 } };
#define IS_CASE "r.outcome = 'confirmed' and r.withdrawn_on is null"
static const struct cell disease_cells[] = {
    { "cases", "传染病新发病例", NULL, IS_CASE },
    { "suspected", "疑似病例", NULL, "r.outcome = 'suspected' and r.withdrawn_on is null" },
    { "hfmd", "手足口病", NULL, IS_CASE " and r.disease in ('NID-C-010', 'LOC-HERP')" },
    { "flu", "流感", NULL, IS_CASE " and r.disease = 'NID-C-001'" },
    { "diarrhoea", "感染性腹泻", NULL, IS_CASE " and r.disease in ('NID-C-011', 'LOC-NORO')" },
    { "varicella", "水痘", NULL, IS_CASE " and r.disease = 'LOC-VARI'" },
    { 0 },
};
static const struct duty disease_duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE | MAY_EXPORT, &MY_INSTITUTION, 0, G_WORK | G_CHILD | G_HEALTH, "C046",
      "机构传染病登记", 0, 0 },
    { 0 },
};
const struct form disease_case_form = {
    .name = "disease_case",
    .title = "儿童传染病登记",
    .clause = "C046",
    .intro = "由病儿隔离记录的就医结果产生。",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = disease_fields,
    .uniques = disease_uniques,
    .cells = disease_cells,
    .duties = disease_duties,
    .keep_years = 3,
    .expected_rows = 500000,
};

/* ---- 疫情告知 ---- */

static const struct field fields[] = {
    SITE_FIELD,
    { "kind", F_CODE, .label = "事项", .code = "epidemic_report_kind", .computed = true, .list = true, .filter = true },
    { "since_at", F_TIME, .label = "发现时间", .computed = true, .list = true },
    { "illness", F_CODE, .label = "疑似类别", .code = "illness_kind", .computed = true, .list = true,
      .basis = BASIS_DUTY },
    { "disease", F_CODE, .label = "病种", .code = "disease", .computed = true, .list = true, .basis = BASIS_DUTY },
    { "class", F_REF, .label = "班级", .ref = &class_form, .computed = true, .list = true },
    { "band", F_CODE, .label = "月龄段", .code = "age_band", .computed = true },
    { "isolation", F_REF, .label = "病例", .ref = &isolation_form, .computed = true },
    { "alert", F_REF, .label = "聚集性预警", .ref = &outbreak_alert_form, .computed = true },
    { "told_at", F_TIME, .label = "告知时间", .list = true },
    { "told_body", F_CODE, .label = "告知单位类别", .code = "told_body", .list = true },
    { "told_name", F_TEXT, .label = "告知的单位和接收人", .basis = BASIS_DUTY, .max = 100 },
    { "told_how", F_CODE, .label = "告知方式", .code = "told_how" },
    { "told_by", F_TEXT, .label = "告知人", .computed = true, .max = 40 },
    { "network_body", F_TEXT, .label = "网络直报单位", .max = 80, .section = "网络直报（由诊断单位负责，机构只登记）" },
    { "network_at", F_TIME, .label = "网络直报时间" },
    { "withdrawn_on", F_DATE, .label = "病例排除日期", .computed = true },
    { 0 },
};

/* What is told of the one case, or of the cluster: the illness, the class, the age — whose it is stays in the house. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new, *about;
    const int64_t isolation = row_int(row, "isolation");
    const struct form *form = isolation != 0 ? &isolation_form : &outbreak_alert_form;
    enum status status = fill_site(call, reader, change);
    if (status != OK || (isolation == 0 && row_int(row, "alert") == 0))
        return status;
    status = row_get(call, reader, form, isolation != 0 ? isolation : row_int(row, "alert"), &about);
    if (status != OK)
        return status;
    row_set(row, "illness", row_value(about, "kind"));
    row_set(row, "disease", row_value(about, "disease"));
    row_set(row, "class", row_value(about, "class"));
    if (isolation != 0 && row_has(about, "months")) {
        const int64_t years = row_int(about, "months") / 12;
        row_set_text(row, "band", arena_format(call->arena, "%lld", (long long)(years < 3 ? years : 3)));
    }
    return status;
}

/* When the first of what it is about was found: the house may have told before the doctor knew, or the cluster grew. */
static enum status
first_found(struct call *call, struct reader *reader, const struct row *row, int64_t *at)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        row_int(row, "isolation") != 0 ? "select found_at from isolation where office = ?1 and id = ?2"
                                       : "select min(found_at) from isolation where office = ?1 and alert = ?2",
        ARGS(value_int(row->office),
             value_int(row_int(row, "isolation") != 0 ? row_int(row, "isolation") : row_int(row, "alert"))),
        &rows);
    *at = row_int(row, "since_at");
    if (status == OK && rows.n > 0 && rows_value(&rows, 0, 0).type == VALUE_INT && rows_int(&rows, 0, 0) < *at)
        *at = rows_int(&rows, 0, 0);
    return status;
}

static enum status
told(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    int64_t found;
    enum status status = first_found(call, writer_reader(writer), row, &found);
    if (status != OK)
        return status;
    if (!row_has(row, "told_at"))
        row_set_int(row, "told_at", call->now_ms);
    row_set_text(row, "told_by", call->me->name);
    if (row_int(row, "told_at") > call->now_ms + 120000 || row_int(row, "told_at") / 60000 < found / 60000)
        return call_fault(call, form_field(row->form, "told_at", NULL), "bad_time", "告知时间早于发现时间或晚于现在");
    return row_update(call, writer, row, row->version);
}

/* An event that meets the emergency standard goes to the health department; a suspicion to 疾控 or a medical body. */
static enum status
told_the_right_body(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const struct row *row = change->new;
    const char *body = row_text(row, "told_body"), *kind = row_text(row, "kind");
    (void)reader;
    if (body == NULL || row->state != DONE)
        return OK;
    const bool health = strcmp(body, "health") == 0, event = strcmp(kind, "event") == 0;
    if (health != event)
        finding_add(call, rule, event ? "达到突发事件标准的，向县级卫生健康部门报告" : "请告知疾控机构或医疗机构");
    return OK;
}

static const struct rule rules[] = {
    { "INF-TOLD", BLOCK, .check = told_the_right_body, .standard = "INF-R3", .field = "told_body", .clause = "C046" },
    { 0 },
};
static const struct field told_input[] = {
    { "told_body", F_CODE, .label = "告知单位类别", .need = true },
    { "told_name", F_TEXT, .label = "告知的单位和接收人", .need = true },
    { "told_how", F_CODE, .label = "告知方式", .need = true },
    { "told_at", F_TIME, .label = "告知时间" },
    { 0 },
};
static const struct field network_input[] = {
    { "network_body", F_TEXT, .label = "网络直报单位", .need = true },
    { "network_at", F_TIME, .label = "网络直报时间", .need = true },
    { 0 },
};
static enum status
note_withdrawn(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "withdrawn_on", call_today(call));
    return row_update(call, writer, change->new, change->new->version);
}

enum status
tell_health_and_cdc(struct call *call, struct writer *writer, const struct row *row, const char *text)
{
    const char *url = arena_format(call->arena, "/%s/%lld", row->form->name, (long long)row->id);
    const enum status status = notice_department(call, writer, row->office, "health", text, url);
    return status == OK ? notice_department(call, writer, row->office, "cdc", text, url) : status;
}

static enum status
note_corrected(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = note_withdrawn(call, writer, change);
    return status == OK ? tell_health_and_cdc(call, writer, change->new, "一件已告知的病例已排除，请查看") : status;
}

static const struct step steps[] = {
    { "tell", "登记告知", OPEN, DONE, .by = INSTITUTION_KEEPERS, .input = told_input, .effect = told, .checks = true,
      .stops = CLOCKS("epidemic_tell", "event_report"), .done_at = "told_at", .clause = "C046", .main = true },
    { "network", "登记网络直报", DONE, 0, .by = INSTITUTION_KEEPERS, .input = network_input, .clause = "C046" },
    { "withdraw", "病例已排除，无须告知", OPEN, WITHDRAWN, .inner = true, .effect = note_withdrawn,
      .drops = CLOCKS("epidemic_tell"), .clause = "C046" },
    { "correct", "告知后病例已排除", DONE, 0, .inner = true, .effect = note_corrected, .clause = "C046" },
    { 0 },
};
static const struct state_label labels[] = {
    { OPEN, "待告知", "bad" },
    { DONE, "已告知", "good" },
    { WITHDRAWN, "病例已排除，无须告知", "plain" },
    { 0 },
};
static const struct procedure procedure = { .first = OPEN, .live = OPEN | DONE, .steps = steps, .labels = labels };

static enum status
asked(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *row = change->new;
    if (change->old != NULL)
        return OK;
    const bool event = strcmp(row_text(row, "kind"), "event") == 0;
    enum status status = clock_start_at(call, writer, row, event ? "event_report" : "epidemic_tell",
                                        event ? "INF-R3" : "INF-R2", "health", row_int(row, "since_at"));
    if (status == OK)
        status = notice_institution(call, writer, row->institution, "有一件事项须立即告知有关单位并登记",
                                    arena_format(call->arena, "/epidemic_report/%lld", (long long)row->id));
    return status;
}

static const struct duty duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C046", "机构告知并登记", 0, 0 },
    { DEPT(D_HEALTH) | DEPT(D_CDC), MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK | G_INTERNAL, "C046",
      "卫生健康部门和疾控机构查看告知情况", 0, 0 },
    { 0 },
};
const struct form epidemic_report_form = {
    .name = "epidemic_report",
    .title = "疫情告知",
    .clause = "C046",
    .of = OF_INSTITUTION,
    .fields = fields,
    .rules = rules,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .effect = asked,
    .keep_years = 3,
    .expected_rows = 500000,
};

enum status
report_withdraw(struct call *call, struct writer *writer, const struct row *isolation)
{
    const char *const where[] = { "isolation" };
    const struct value values[] = { value_int(isolation->id) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &epidemic_report_form, isolation->office, where, values, 1, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        if ((set.rows[i]->state & (OPEN | DONE)) != 0)
            status = step_take(call, writer, &epidemic_report_form, set.rows[i]->id, 0,
                               set.rows[i]->state == OPEN ? "withdraw" : "correct", NULL, NULL);
    return status;
}

/* Who was told of another disease hears that there is another diagnosis. */
static enum status
ask_again(struct call *call, struct writer *writer, struct row *row)
{
    const struct row *before = row_copy(call, row);
    if (before == NULL)
        return NO_MEMORY;
    const enum status status = row_change(call, writer, row, row->version);
    return status == OK && row->state == DONE && row_has(before, "disease") && row_differs(row, before, "disease")
               ? tell_health_and_cdc(call, writer, row, "一件已告知的病例诊断有更正，请查看")
               : status;
}

enum status
report_ask(struct call *call, struct writer *writer, int64_t institution, const char *kind, int64_t isolation,
           int64_t alert, int64_t since)
{
    const char *const where[] = { alert != 0 ? "alert" : "isolation", "kind" };
    const struct value values[] = { value_int(alert != 0 ? alert : isolation), value_text(kind) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &epidemic_report_form, id_office(institution), where, values, 2, &set);
    if (status != OK || set.n > 0)
        return status != OK ? status : ask_again(call, writer, set.rows[0]);
    struct row *row = row_new(call, &epidemic_report_form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = institution;
    row_set_text(row, "kind", kind);
    row_set_int(row, "since_at", since);
    if (isolation != 0)
        row_set_int(row, "isolation", isolation);
    if (alert != 0)
        row_set_int(row, "alert", alert);
    return row_create(call, writer, row);
}
