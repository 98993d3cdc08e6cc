/* 场所、检测结论和服务形式的检查 — clauses C027, C035, C080, C086. Numbers come from standards. */
#include <string.h>

#include "domain/institution/filing_kinds.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

#define CHECK(name)                                                                                                    \
    enum status name(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)

CHECK(hygiene_report_passes)
{
    struct row *evidence;
    enum status status = evidence_of(call, reader, change->new->institution, "hygiene_report", &evidence);
    if (status == OK && evidence != NULL && row_text(evidence, "result") != NULL &&
        strcmp(row_text(evidence, "result"), "pass") != 0)
        finding_add(call, rule, "《托幼机构卫生评价报告》结论不是“合格”");
    return status;
}

/* A report that is there and says no is worse than none. That of hygiene has a rule of its own. */
CHECK(reports_pass)
{
    struct row_set set;
    enum status status = institution_ledger(call, reader, &evidence_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        const char *result = row_text(set.rows[i], "result"), *kind = row_text(set.rows[i], "kind");
        if (row_int(set.rows[i], "replaced") == 0 && result != NULL && strcmp(result, "fail") == 0 &&
            strcmp(kind, "hygiene_report") != 0)
            finding_add(
                call, rule,
                arena_format(call->arena, "%s的结论为“不合格”", code_label(call->reference, "evidence_kind", kind)));
    }
    return status;
}

CHECK(lease_is_long_enough)
{
    struct day from, to;
    const char *kind = row_text(change->new, "premises_kind");
    const int64_t years = standard_int(call, rule->id, 3); /* SET-11, or FAM-LEASE for a family site */
    (void)reader;
    if (kind == NULL || strcmp(kind, "leased") != 0)
        return OK;
    if (!row_day(change->new, "lease_from", &from) || !row_day(change->new, "lease_to", &to))
        finding_add(call, rule, "租赁场所应填写租期");
    else if (to.n < call->today.n)
        finding_add(call, rule, arena_format(call->arena, "租期已于%s到期", row_text(change->new, "lease_to")));
    else if (day_months_between(from, (struct day){ to.n + 1 }) < years * 12)
        finding_add(call, rule, arena_format(call->arena, "租期不足%lld年", (long long)years));
    return OK;
}

CHECK(large_rooms_have_two_doors)
{
    struct row_set set;
    const int64_t most = standard_int(call, "FIRE-DOORS", 50);
    enum status status = institution_ledger(call, reader, &room_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if (row_int(set.rows[i], "area_m2") > most * 100 && !row_codes_have(set.rows[i], "zone", "outdoor") &&
            row_has(set.rows[i], "doors") && row_int(set.rows[i], "doors") < 2)
            finding_add(call, rule,
                        arena_format(call->arena, "“%s”超过%lld㎡，应有2个疏散门", row_text(set.rows[i], "name"),
                                     (long long)most));
    return status;
}

/* One for each started part of the area. */
CHECK(exits_and_extinguishers)
{
    (void)reader;
    const int64_t exits = standard_int(call, "FIRE-EXITS", 2), least = standard_int(call, "FIRE-EQUIPMENT", 2);
    const int64_t part = standard_int(call, "FIRE-EQUIPMENT-M2", 50) * 100, m2 = row_int(change->new, "indoor_m2");
    if (row_int(change->new, "exits") < exits)
        finding_add(call, rule, arena_format(call->arena, "安全出口少于%lld个", (long long)exits));
    const int64_t parts = part <= 0 ? 0 : (m2 + part - 1) / part, needed = parts < least ? least : parts;
    if (row_int(change->new, "extinguishers") < needed)
        finding_add(call, rule, arena_format(call->arena, "灭火器少于%lld具", (long long)needed));
    return OK;
}

/* Together with dwellings few classes only, and with a way out of their own. */
CHECK(residence_is_small)
{
    struct row_set set;
    long long classes = 0;
    const char *type = row_text(change->new, "building_type");
    const int64_t most = standard_int(call, "BLD-RESIDENCE", 3);
    if (type == NULL || strcmp(type, "residence") != 0)
        return OK;
    enum status status = institution_ledger(call, reader, &class_form, change, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        classes += !class_ended(set.rows[i], call_today(call));
    if (status == OK)
        finding_add(call, rule,
                    arena_format(call->arena,
                                 "场所在住宅内：应有独立的疏散楼梯和安全出口，不超过%lld个班（现有%lld个）",
                                 (long long)most, classes));
    return status;
}

enum status
scope_names_forms(struct call *call, struct reader *reader, const struct rule *rule, int64_t legal_person,
                  const struct row *row)
{
    static const char *const words[][2] = { { "full_day", "全日" }, { "half_day", "半日" }, { "hourly", "计时" } };
    struct row *legal;
    if (legal_person == 0 || row_text(row, "service_forms") == NULL ||
        row_get(call, reader, &legal_person_form, legal_person, &legal) != OK)
        return OK;
    const char *scope = row_text(legal, "scope");
    bool names_any = false;
    for (size_t i = 0; i < 3; i++)
        names_any = names_any || (scope != NULL && strstr(scope, words[i][1]) != NULL);
    for (size_t i = 0; names_any && i < 3; i++)
        if (row_codes_have(row, "service_forms", words[i][0]) && strstr(scope, words[i][1]) == NULL)
            finding_add(call, rule, arena_format(call->arena, "提供%s制服务，但登记范围未注明", words[i][1]));
    return OK;
}

CHECK(forms_are_registered)
{
    struct row *site;
    enum status status = institution_get(call, reader, change->new->institution, &site);
    return status == OK ? scope_names_forms(call, reader, rule, row_int(site, "legal_person"), change->new) : status;
}
