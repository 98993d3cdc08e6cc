/* 机构类型各自的检查 — clauses C060–C064: 家庭托育点 by its own 办法, 幼儿园托班 under both supervisors, 用人单位 with
 * seats for the own staff and for the public. */
#include "domain/institution/filing_kinds.h"

#include <string.h>

#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

static bool
is_kind(const struct row *filing, const char *kind)
{
    const char *mine = row_text(filing, "kind");
    return mine != NULL && strcmp(mine, kind) == 0;
}

bool
is_family_site(const struct row *filing)
{
    return is_kind(filing, "family_site");
}

bool
is_no_family_site(const struct row *filing)
{
    return !is_family_site(filing);
}

bool
is_kindergarten_class(const struct row *filing)
{
    return is_kind(filing, "kindergarten_class");
}

bool
is_employer_run(const struct row *filing)
{
    return is_kind(filing, "employer");
}

#define CHECK(name)                                                                                                    \
    enum status name(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)

CHECK(family_site_is_small)
{
    const int64_t most = standard_int(call, "FAM-5", 5);
    (void)reader;
    if (row_int(change->new, "capacity") > most)
        finding_add(call, rule, arena_format(call->arena, "家庭托育点收托不超过%lld人", (long long)most));
    return OK;
}

CHECK(family_carers_are_enough)
{
    struct row_set staff;
    int64_t carers = 0;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(change->new->institution) };
    const int64_t each = standard_int(call, "FAM-3", 3), capacity = row_int(change->new, "capacity");
    enum status status = rows_by(call, reader, &staff_form, change->new->office, where, values, 1, &staff);
    for (size_t i = 0; status == OK && i < staff.n; i++)
        carers += !row_has(staff.rows[i], "left_on") &&
                  (row_codes_have(staff.rows[i], "posts", "carer") || row_codes_have(staff.rows[i], "posts", "head"));
    if (status == OK && carers * each < capacity)
        finding_add(call, rule,
                    arena_format(call->arena, "收托%lld人，照护人员%lld名，每名照护人员照护不超过%lld人",
                                 (long long)capacity, (long long)carers, (long long)each));
    return status;
}

CHECK(family_name_and_scope)
{
    struct row *site, *legal;
    const char *name = row_text(change->new, "institution_name");
    if (name != NULL && strstr(name, "托育") == NULL)
        finding_add(call, rule, "家庭托育点的名称中应当注明“托育”字样");
    enum status status = institution_get(call, reader, change->new->institution, &site);
    if (status != OK || row_int(site, "legal_person") == 0)
        return status;
    status = row_get(call, reader, &legal_person_form, row_int(site, "legal_person"), &legal);
    if (status == OK && row_has(legal, "scope") && strstr(row_text(legal, "scope"), "家庭托育服务") == NULL)
        finding_add(call, rule, "家庭托育点的登记范围应当注明“家庭托育服务”");
    return status;
}

/* 幼儿园托班 takes 24–36 months only. */
CHECK(kindergarten_is_two_to_three)
{
    (void)reader;
    if (row_codes_have(change->new, "bands", "infant") || row_codes_have(change->new, "bands", "toddler_small"))
        finding_add(call, rule, "幼儿园托班招收2至3岁幼儿");
    return OK;
}

CHECK(kindergarten_names_its_supervisor)
{
    (void)reader;
    if (!row_has(change->new, "education_supervisor"))
        finding_add(call, rule, "幼儿园托班由教育、卫生健康两个部门分别管理，应填写主管的教育行政部门");
    return OK;
}

CHECK(employer_names_its_seats)
{
    const int64_t own = row_int(change->new, "own_places"), open = row_int(change->new, "public_places"),
                  capacity = row_int(change->new, "capacity");
    (void)reader;
    if (!row_has(change->new, "own_places"))
        finding_add(call, rule, "用人单位举办的，应填写面向本单位职工的托位");
    else if (own + open != capacity)
        finding_add(call, rule,
                    arena_format(call->arena, "面向职工%lld个、向社会开放%lld个，合计与收托规模%lld人不一致",
                                 (long long)own, (long long)open, (long long)capacity));
    return OK;
}
