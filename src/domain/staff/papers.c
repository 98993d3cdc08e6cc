/* 资格证书、健康合格证、培训 — clauses C054, C087, C090, C091, C115. Lines of staff: what is recorded here carries the
 * date that counts to the head row. Which certificates a post allows is the city's code list post_certificate. */
#include <string.h>

#include "domain/staff/staff.h"
#include "policy/engine.h"

#define LINE_DUTIES(clause_)                                                                                           \
    {                                                                                                                  \
        { STAFF_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, clause_, "机构登记", 0, 0 },    \
            { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, clause_, "县级卫生健康部门查看", 0, 0 },                     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

bool
post_allows_one(const struct call *call, const char *post, const char *certificates)
{
    const struct code_list *list = code_list(call->reference, "post_certificate");
    const size_t n = strlen(post);
    bool named = false;
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const char *code = list->codes[i].code;
        if (strncmp(code, post, n) != 0 || code[n] != '.')
            continue;
        named = true;
        if (strstr(certificates, arena_format(call->arena, "|%s|", code + n + 1)) != NULL)
            return true;
    }
    return !named;
}

enum status
staff_certificates(struct call *call, struct reader *reader, const struct row *staff, const char **codes)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select " MAIN_CERTIFICATE_SQL " from staff t where t.office = ?1 and t.id = ?2 union all "
        "select kind from staff_certificate where office = ?1 and part = ?2 and (until is null or until >= ?3)",
        ARGS(value_int(staff->office), value_int(staff->id), value_text(call_today(call))), &rows);
    *codes = "|";
    for (size_t i = 0; status == OK && i < rows.n; i++)
        if (rows_text(&rows, i, 0) != NULL)
            *codes = arena_format(call->arena, "%s%s|", *codes, rows_text(&rows, i, 0));
    return status;
}

enum status
staff_line_written(struct call *call, struct writer *writer, const struct change *change)
{
    return staff_recheck(call, writer, change->new->part);
}

/* ---- 资格证书 ---- */
static const struct field certificate_fields[] = {
    { "kind", F_CODE, .label = "证书类型", .code = "certificate_kind", .need = true, .list = true,
      .basis = BASIS_DUTY },
    { "level", F_CODE, .label = "等级", .code = "certificate_level", .list = true },
    { "number", F_TEXT, .label = "证书编号", .need = true, .basis = BASIS_DUTY, .group = G_IDENTITY, .max = 60 },
    { "issuer", F_TEXT, .label = "发证单位", .list = true, .max = 100 },
    { "issued_on", F_DATE, .label = "发证日期", .list = true },
    { "until", F_DATE, .label = "有效期至", .list = true, .hint = "长期有效的不填", .index = true },
    { "image", F_FILE, .label = "证书照片", .basis = BASIS_DUTY, .group = G_IDENTITY },
    { "warned_for", F_DATE, .label = "已提醒的到期日", .computed = true, .group = G_INTERNAL },
    { 0 },
};
static const struct duty certificate_duties[] = LINE_DUTIES("C054");
const struct form staff_certificate_form = {
    .name = "staff_certificate",
    .title = "资格证书",
    .clause = "C054",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = certificate_fields,
    .duties = certificate_duties,
    .effect = staff_line_written,
    .keep_years = 3,
    .expected_rows = 200000,
};

/* ---- 健康合格证 ---- */

enum status
staff_health_lasts(struct call *call, const struct field *field, struct day examined, struct day until)
{
    const int64_t months = standard_int(call, "CFG-HEALTH-MONTHS", 12);
    if (until.n <= day_add_months(examined, (int)months).n)
        return OK;
    return call_fault(call, field, "too_late", "健康合格证的有效期不超过体检后%lld个月", (long long)months);
}

/* What stood before lines were asked for is taken over by the program as it is. */
static enum status
health_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct day examined = call->today, until;
    const struct field *field = form_field(&staff_health_form, "until", NULL);
    const bool dated = row_day(change->new, "examined_on", &examined);
    (void)reader;
    if (call->me->department == D_ENGINE || !row_day(change->new, "until", &until))
        return OK;
    if (dated && until.n < examined.n)
        return call_fault(call, field, "order", "有效期早于体检日期");
    return staff_health_lasts(call, field, examined, until);
}

/* The head row keeps the latest day, so that one look says who may be on duty. */
static enum status
health_written(struct call *call, struct writer *writer, const struct change *change)
{
    return staff_days(call, writer, change->new->part);
}

static const struct field health_fields[] = {
    { "until", F_DATE, .label = "有效期至", .need = true, .list = true, .basis = BASIS_DUTY, .index = true },
    { "examined_on", F_DATE, .label = "体检日期", .past = true, .list = true, .basis = BASIS_DUTY },
    { "issuer", F_TEXT, .label = "体检机构", .list = true, .max = 100 },
    { "image", F_FILE, .label = "健康合格证照片", .basis = BASIS_DUTY, .group = G_HEALTH },
    { "warned_for", F_DATE, .label = "已提醒的到期日", .computed = true, .group = G_INTERNAL },
    { 0 },
};
static const struct duty health_duties[] = LINE_DUTIES("C090");
const struct form staff_health_form = {
    .name = "staff_health",
    .title = "健康合格证",
    .clause = "C090",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = health_fields,
    .duties = health_duties,
    .fill = health_fill,
    .effect = health_written,
    .keep_years = 3,
    .expected_rows = 300000,
};

/* ---- 培训 ---- */
static const struct field training_fields[] = {
    { "topic", F_CODE, .label = "培训内容", .code = "training_topic", .need = true, .list = true, .filter = true },
    { "held_on", F_DATE, .label = "培训日期", .past = true, .need = true, .list = true, .fill = FILL_TODAY },
    { "hours", F_DECIMAL, .label = "学时", .scale = 1, .need = true, .min = 5, .max = 5000, .list = true },
    { "organiser", F_TEXT, .label = "组织单位", .list = true, .max = 100 },
    { "before_post", F_BOOL, .label = "岗前培训" },
    { "passed", F_BOOL, .label = "考核合格" },
    { "proof", F_FILE, .label = "培训证明" },
    { 0 },
};

static const struct duty training_duties[] = LINE_DUTIES("C115");
const struct form staff_training_form = {
    .name = "staff_training",
    .title = "培训记录",
    .clause = "C115",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = training_fields,
    .duties = training_duties,
    .effect = staff_line_written,
    .keep_years = 3,
    .expected_rows = 1000000,
};
