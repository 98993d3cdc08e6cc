/* How a site follows the authority's register — clauses C031, C034; 办法 第十条. A site that has not filed takes over
 * what the register says. Of a filed one, name, address and scope stand as filed until the change is filed: what
 * differs is told to the institution and the county. A site that moves into another county closes here and opens there.
 */
#include "domain/institution/register.h"

#include <string.h>

#include "base/text.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/notice.h"

static const char *
site_url(struct call *call, int64_t id)
{
    return arena_format(call->arena, "/institution/%lld", (long long)id);
}

static enum status
new_site(struct call *call, struct writer *writer, const struct row *from, int64_t legal, int64_t was, int64_t *made)
{
    static const char *const same[] = { "uscc",          "site",  "name",    "authority", "nature",
                                        "registered_on", "place", "address", NULL };
    struct row *site = row_new(call, &institution_form);
    if (site == NULL)
        return NO_MEMORY;
    for (int i = 0; same[i] != NULL; i++)
        row_set(site, same[i], row_value(from, same[i]));
    row_set_int(site, "legal_person", legal);
    row_set_text(site, "kind", "nursery");
    if (was != 0)
        row_set_int(site, "was", was);
    site->office = from->office;
    site->area = from->area;
    enum status status = row_create(call, writer, site);
    *made = site->id;
    if (status == OK)
        status = clock_start(call, writer, site, "file", "CFG-FILE-DAYS", "health");
    if (status == OK)
        status = notice_department(call, writer, site->office, "health",
                                   arena_format(call->arena,
                                                was == 0 ? "新登记机构：%s，尚未备案" : "迁入机构：%s，应重新备案",
                                                row_text(from, "name")),
                                   site_url(call, site->id));
    return status;
}

/* The old row stays where it is, without the claim on code and site: that one is for the site as it lives on. */
static enum status
move_away(struct call *call, struct writer *writer, const struct row *from, struct row *old, int64_t legal,
          int64_t *made)
{
    const int64_t was = old->id;
    const char *key = arena_format(call->arena, "%s|%s", row_text(from, "uscc"), row_text(from, "site"));
    const struct office *there = office_of(call->reference, from->office);
    enum status status = writer_run(writer, "delete from claim where kind = 'uscc_site' and key = ?1 and id = ?2",
                                    ARGS(value_text(key), value_int(was)), NULL);
    if (status == OK)
        status = new_site(call, writer, from, legal, was, made);
    if (status != OK)
        return status;
    row_set_int(old, "moved_to", *made);
    status = row_change(call, writer, old, old->version);
    if (status == OK && (old->state & (REGISTERED | FILED | SUSPENDED)) != 0)
        status = step_take(call, writer, &institution_form, was, 0, "moved", NULL, NULL);
    if (status == OK)
        status = notice_department(call, writer, old->office, "health",
                                   arena_format(call->arena, "机构迁往%s：%s，请注销本地备案",
                                                there == NULL ? "外县" : there->name, row_text(old, "name")),
                                   site_url(call, was));
    if (status == OK)
        status = notice_institution(call, writer, was, "登记住所已迁往其他县（市、区），应向迁入地重新备案",
                                    site_url(call, was));
    return status;
}

/* Whoever typed the brackets narrow or wide. */
static bool
same_words(struct call *call, const char *a, const char *b)
{
    const char *plain_a = a == NULL ? NULL : text_nfkc(call->arena, a);
    const char *plain_b = b == NULL ? NULL : text_nfkc(call->arena, b);
    return plain_a != NULL && plain_b != NULL && strcmp(plain_a, plain_b) == 0;
}

/* "名称：甲 → 乙" for each of the three that are filed; NULL when all is the same. */
static const char *
differences(struct call *call, const struct row *from, const struct row *site, const struct row *before)
{
    static const char *const compared[][2] = { { "name", "名称" },
                                               { "address", "地址" },
                                               { "place", "所在乡镇（街道）" } };
    const char *words = NULL;
    for (size_t i = 0; i < 3; i++) {
        const char *old = row_text(site, compared[i][0]), *new = row_text(from, compared[i][0]);
        if (new == NULL || same_words(call, old, new))
            continue;
        if (strcmp(compared[i][0], "place") == 0) {
            old = division_path(call->arena, call->reference, old);
            new = division_path(call->arena, call->reference, new);
        }
        words = arena_format(call->arena, "%s%s%s：%s → %s", words == NULL ? "" : words, words == NULL ? "" : "\n",
                             compared[i][1], old == NULL ? "" : old, new);
    }
    const char *scope = row_text(from, "scope"), *was = before == NULL ? NULL : row_text(before, "scope");
    if (scope != NULL && !scope_accepts(call->reference, scope))
        words = arena_format(call->arena, "%s%s业务（经营）范围不再含托育服务：%s", words == NULL ? "" : words,
                             words == NULL ? "" : "\n", scope);
    else if (scope != NULL && was != NULL && strcmp(scope, was) != 0)
        words = arena_format(call->arena, "%s%s业务（经营）范围：%s → %s", words == NULL ? "" : words,
                             words == NULL ? "" : "\n", was, scope);
    return words;
}

static enum status
tell(struct call *call, struct writer *writer, const struct row *site, const char *county, const char *institution)
{
    const char *name = row_text(site, "name"), *url = site_url(call, site->id);
    enum status status =
        notice_department(call, writer, site->office, "health", arena_format(call->arena, "%s：%s", county, name), url);
    return status == OK ? notice_institution(call, writer, site->id, institution, url) : status;
}

/* Of a filed site: noted, not taken over. */
static enum status
note_change(struct call *call, struct writer *writer, struct row *site, const char *words, const char **outcome)
{
    const char *known = row_text(site, "register_change");
    *outcome = "无变化";
    if (words == NULL || (known != NULL && strcmp(known, words) == 0))
        return OK;
    row_set_text(site, "register_change", words);
    row_set_text(site, "register_changed_on", call_today(call));
    *outcome = "登记信息有变，已告知机构和县级卫生健康部门";
    enum status status = row_change(call, writer, site, site->version);
    return status == OK ? tell(call, writer, site, "登记信息有变，请核对备案", "登记信息有变，请及时办理变更备案")
                        : status;
}

static enum status
take_over(struct call *call, struct writer *writer, const struct row *from, struct row *site, const char **outcome)
{
    static const char *const same[] = { "name", "authority", "nature", "registered_on", "place", "address", NULL };
    bool changed = false;
    for (int i = 0; same[i] != NULL; i++) {
        if (!row_has(from, same[i]) || value_equal(row_value(site, same[i]), row_value(from, same[i])))
            continue;
        row_set(site, same[i], row_value(from, same[i]));
        changed = true;
    }
    site->area = row_text(site, "place");
    *outcome = changed ? "已更新" : "无变化";
    return changed ? row_change(call, writer, site, site->version) : OK;
}

static enum status
note_cancelled(struct call *call, struct writer *writer, struct row *site, const char **outcome)
{
    *outcome = "无变化";
    if (row_int(site, "register_cancelled") != 0)
        return OK;
    row_set_int(site, "register_cancelled", 1);
    *outcome = "登记已注销，已告知机构和县级卫生健康部门";
    enum status status = row_change(call, writer, site, site->version);
    return status == OK
               ? tell(call, writer, site, "登记已注销，请核实并办理备案注销", "登记已注销，请办理终止服务和备案注销")
               : status;
}

enum status
site_follow(struct call *call, struct writer *writer, const struct row *from, int64_t legal, const struct row *before,
            int64_t *made, const char **outcome)
{
    struct row *site;
    *outcome = "已新建机构";
    if (*made == 0)
        return new_site(call, writer, from, legal, 0, made);
    enum status status = institution_get(call, writer_reader(writer), *made, &site);
    if (status != OK)
        return status;
    if (strcmp(row_text(from, "status"), "cancelled") == 0)
        return note_cancelled(call, writer, site, outcome);
    if (from->office != site->office) {
        *outcome = "已迁至其他县（市、区），应重新备案";
        return move_away(call, writer, from, site, legal, made);
    }
    if ((site->state & (FILED | SUSPENDED)) != 0)
        return note_change(call, writer, site, differences(call, from, site, before), outcome);
    return take_over(call, writer, from, site, outcome);
}
