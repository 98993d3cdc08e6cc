/* How a site follows the authority's register — clauses C031, C034; 办法 第十条. Only the authority that registered it
 * is followed. A site that has not filed takes over what the register says. Of a filed one, name, address and scope
 * stand as filed until the change is filed: what differs is told to the institution and the county. A push that places
 * it in another county takes nothing away: both counties are told, and the old one confirms the move — then the site
 * closes here and opens there. */
#include "domain/institution/register.h"

#include <string.h>

#include "base/text.h"
#include "domain/institution/institution.h"
#include "domain/institution/life.h"
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
    if (legal != 0)
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
open_there(struct call *call, struct writer *writer, const struct row *from, const struct row *old, int64_t *made)
{
    const char *key = arena_format(call->arena, "%s|%s", row_text(from, "uscc"), row_text(from, "site"));
    enum status status = writer_run(writer, "delete from claim where kind = 'uscc_site' and key = ?1 and id = ?2",
                                    ARGS(value_text(key), value_int(old->id)), NULL);
    return status == OK ? new_site(call, writer, from, row_int(old, "legal_person"), old->id, made) : status;
}

enum status
site_move_out(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *from;
    int64_t made = 0;
    enum status status =
        row_get(call, writer_reader(writer), &registration_form, row_int(change->old, "moving_by"), &from);
    if (status == OK)
        status = open_there(call, writer, from, change->old, &made);
    if (status != OK)
        return status;
    row_set_int(from, "made", made);
    status = row_change(call, writer, from, from->version);
    if (status != OK)
        return status;
    row_set_int(row, "moved_to", made);
    row_set_text(row, "closed_on", call_today(call));
    row_set(row, "moving_by", value_null());
    row_set(row, "register_change", value_null());
    row_set(row, "register_changed_on", value_null());
    status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = filings_lapse(call, writer, row);
    return status == OK
               ? notice_institution(call, writer, row->id, "登记住所已迁往其他县（市、区），应向迁入地重新备案",
                                    site_url(call, row->id))
               : status;
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

static enum status
keep_note(struct call *call, struct writer *writer, struct row *site, const char *words, int64_t moving_by)
{
    row_set(site, "moving_by", moving_by == 0 ? value_null() : value_int(moving_by));
    row_set(site, "register_change", words == NULL ? value_null() : value_text(words));
    row_set(site, "register_changed_on", words == NULL ? value_null() : value_text(call_today(call)));
    return row_change(call, writer, site, site->version);
}

/* Of a filed site: noted, not taken over. What another county's register said is over once the own one has spoken. */
static enum status
note_change(struct call *call, struct writer *writer, struct row *site, const char *words, const char **outcome)
{
    const char *known = row_text(site, "register_change");
    const bool moving = row_has(site, "moving_by");
    *outcome = "无变化";
    if (words == NULL && moving) {
        *outcome = "登记住所仍在本地，迁出提示已撤销";
        return keep_note(call, writer, site, NULL, 0);
    }
    if (words == NULL || (known != NULL && strcmp(known, words) == 0))
        return OK;
    *outcome = "登记信息有变，已告知机构和县级卫生健康部门";
    enum status status = keep_note(call, writer, site, words, 0);
    return status == OK ? tell(call, writer, site, "登记信息有变，请核对备案", "登记信息有变，请及时办理变更备案")
                        : status;
}

static enum status
take_over(struct call *call, struct writer *writer, const struct row *from, struct row *site, const char **outcome)
{
    static const char *const same[] = { "name", "authority", "nature", "registered_on", "place", "address", NULL };
    bool changed = row_has(site, "moving_by");
    for (int i = 0; same[i] != NULL; i++) {
        if (!row_has(from, same[i]) || value_equal(row_value(site, same[i]), row_value(from, same[i])))
            continue;
        row_set(site, same[i], row_value(from, same[i]));
        changed = true;
    }
    site->area = row_text(site, "place");
    *outcome = changed ? "已更新" : "无变化";
    return changed ? keep_note(call, writer, site, NULL, 0) : OK;
}

/* What has ended here and is registered there begins there. */
static enum status
begin_there(struct call *call, struct writer *writer, const struct row *from, struct row *site, int64_t *made,
            const char **outcome)
{
    enum status status = open_there(call, writer, from, site, made);
    *outcome = "已新建机构";
    if (status != OK)
        return status;
    row_set_int(site, "moved_to", *made);
    return row_change(call, writer, site, site->version);
}

/* Placed in another county by its register: nothing is taken from here before the county has looked. */
static enum status
note_move(struct call *call, struct writer *writer, const struct row *from, struct row *site, const char **outcome)
{
    const struct office *here = office_of(call->reference, site->office),
                        *there = office_of(call->reference, from->office);
    const char *words = differences(call, from, site, NULL), *known = row_text(site, "register_change");
    const bool said = row_has(site, "moving_by") && known != NULL && words != NULL && strcmp(known, words) == 0;
    *outcome = arena_format(call->arena, "该场所登记在%s，已告知两地卫生健康部门，待%s确认迁出",
                            here == NULL ? "外县" : here->name, here == NULL ? "迁出地" : here->name);
    enum status status = keep_note(call, writer, site, words, from->id);
    if (status != OK || said)
        return status;
    status = notice_department(call, writer, from->office, "health",
                               arena_format(call->arena, "登记显示迁入，待%s确认：%s",
                                            here == NULL ? "迁出地" : here->name, row_text(from, "name")),
                               arena_format(call->arena, "/registration/%lld", (long long)from->id));
    return status == OK ? tell(call, writer, site,
                               arena_format(call->arena, "登记显示迁往%s，请核实后确认迁出",
                                            there == NULL ? "外县" : there->name),
                               "登记显示住所迁往其他县（市、区），如有误请联系登记机关")
                        : status;
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

/* It stands in the register again; and a site that came in without its legal person has one now. */
static enum status
stand_again(struct call *call, struct writer *writer, struct row *site, int64_t legal)
{
    const bool cancelled = row_int(site, "register_cancelled") != 0,
               alone = legal != 0 && !row_has(site, "legal_person");
    if (!cancelled && !alone)
        return OK;
    row_set(site, "register_cancelled", value_null());
    if (alone)
        row_set_int(site, "legal_person", legal);
    enum status status = row_change(call, writer, site, site->version);
    return status == OK && cancelled ? tell(call, writer, site, "登记恢复在册", "登记机关已恢复登记") : status;
}

enum status
site_refuse(struct call *call, struct writer *writer, const struct row *from, const struct row *known,
            const char **outcome)
{
    const char *theirs = code_label(call->reference, "authority", row_text(known, "authority"));
    const struct office *there = office_of(call->reference, known->office);
    const bool own = strcmp(row_text(known, "authority"), row_text(from, "authority")) == 0;
    const char *whose = own ? arena_format(call->arena, "在%s登记", there == NULL ? "外县" : there->name)
                            : arena_format(call->arena, "由%s登记", theirs == NULL ? "其他机关" : theirs);
    *outcome = arena_format(call->arena, "未受理：该%s%s，请核对统一社会信用代码",
                            known->form == &institution_form ? "机构" : "法人", whose);
    return notice_department(call, writer, known->office, "health",
                             arena_format(call->arena, "其他登记机关的推送未受理：%s", row_text(known, "name")),
                             known->form == &institution_form ? site_url(call, known->id) : NULL);
}

enum status
site_follow(struct call *call, struct writer *writer, const struct row *from, int64_t legal, const struct row *before,
            struct row *site, int64_t *made, const char **outcome)
{
    *outcome = "已新建机构";
    if (site == NULL)
        return new_site(call, writer, from, legal, 0, made);
    if (strcmp(row_text(from, "status"), "cancelled") == 0) {
        *made = site->id;
        return note_cancelled(call, writer, site, outcome);
    }
    if (from->office != site->office)
        return (site->state & (CLOSED | CANCELLED)) != 0 ? begin_there(call, writer, from, site, made, outcome)
                                                         : note_move(call, writer, from, site, outcome);
    *made = site->id;
    enum status status = stand_again(call, writer, site, legal);
    if (status != OK)
        return status;
    if ((site->state & (FILED | SUSPENDED)) != 0)
        return note_change(call, writer, site, differences(call, from, site, before), outcome);
    return take_over(call, writer, from, site, outcome);
}
