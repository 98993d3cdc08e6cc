/* 代理安排 — clause C131: an officer on leave names who stands in, from–to. On those days the deputy holds the posts of
 * whoever is away, sees the cases on the own desk and may take them; what was done so stands in the history with both
 * names. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/notice.h"
#include "policy/show.h"

static const struct relation FOR_ME = {
    .name = "my_leave",
    .sql = "r.officer = ?1",
    .args = { ME_ACCOUNT },
    .within = true,
};

static const struct field fields[] = {
    { "officer", F_REF, .label = "休假（外出）人员", .ref = &account_form, .fixed = true, .list = true, .index = true,
      .hint = "负责人可以为他人安排；不选为本人" },
    { "stand_in", F_REF, .label = "代理人", .ref = &account_form, .need = true, .list = true, .index = true },
    { "from_on", F_DATE, .label = "开始日期", .need = true, .list = true, .fill = FILL_TODAY },
    { "to_on", F_DATE, .label = "结束日期", .need = true, .list = true, .hint = "提前回来的，改为当天" },
    { "reason", F_TEXT, .label = "事由", .max = 100 },
    { 0 },
};
static const struct form_span spans[] = {
    { "deputy_days", "from_on", "to_on", "officer", "这段时间已经安排了代理人" },
    { 0 },
};

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    /* the deputy of a head lends nothing on, and does not lengthen the own time */
    const bool head = (me_alone(call->me).posts & (1u << P_HEAD)) != 0 || call->me->department == D_ENGINE;
    if (change->old == NULL && (!head || !row_has(change->new, "officer")))
        row_set_int(change->new, "officer", call->me->account);
    if (change->old != NULL && !head && row_int(change->old, "officer") != call->me->account)
        return call_fail(call, DENIED, "代理期间不能调整代理安排");
    const char *from = row_text(change->new, "from_on"), *to = row_text(change->new, "to_on");
    return from == NULL || to == NULL || strcmp(from, to) <= 0
               ? OK
               : call_fault(call, form_field(&deputy_form, "to_on", NULL), "days", "结束日期早于开始日期");
}

/* Both serve in this department of this office. */
static enum status
are_colleagues(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    static const char *const names[] = { "officer", "stand_in" };
    for (int i = 0; i < 2; i++) {
        struct row *account;
        const int64_t id = row_int(change->new, names[i]);
        if (id == 0)
            continue;
        enum status status = row_get(call, reader, &account_form, id, &account);
        if (status != OK && status != NOT_FOUND)
            return status;
        if (status == NOT_FOUND || strcmp(row_text(account, "department"), "health") != 0 || account->state != ACTIVE)
            finding_add(call, rule, "请选择本单位在岗的工作人员");
    }
    if (row_int(change->new, "officer") == row_int(change->new, "stand_in"))
        finding_add(call, rule, "代理人不能是本人");
    return OK;
}

static enum status
tell_deputy(struct call *call, struct writer *writer, const struct change *change)
{
    const char *who = title_by_id(call, writer_reader(writer), &account_form, row_int(change->new, "officer"));
    return notice_account(call, writer, row_int(change->new, "stand_in"),
                          arena_format(call->arena, "%s至%s由您代理%s的工作", row_text(change->new, "from_on"),
                                       row_text(change->new, "to_on"), who == NULL ? "" : who),
                          "/work");
}

static const struct rule rules[] = {
    { "DEP-WHO", BLOCK, .check = are_colleagues, .field = "stand_in", .clause = "C131", .advice = "另选代理人" },
    { 0 },
};
static const struct duty duties[] = {
    { COUNTY_HEALTH | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C131", "负责人安排", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE, &FOR_ME, 0, G_ALL, "C131", "本人安排", 0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C131", "同事查看", 0, 0 },
    { 0 },
};
const struct form deputy_form = {
    .name = "deputy",
    .title = "代理安排",
    .clause = "C131",
    .of = OF_OFFICE,
    .fields = fields,
    .rules = rules,
    .intro = "休假、外出期间由同事代理：代理人在工作台看到您的在办件，可以接办，并按您的岗位审核、签发，记入办理经过。",
    .spans = spans,
    .duties = duties,
    .fill = fill,
    .effect = tell_deputy,
    .expected_rows = 2000,
};

#define TODAYS "select officer from deputy where office = ?1 and stand_in = ?2 and from_on <= ?3 and to_on >= ?3 "

enum status
deputy_for(struct call *call, struct reader *reader, int64_t account, bool *yes)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena, TODAYS "and officer = ?4 limit 1",
                                     ARGS(value_int(call->me->office), value_int(call->me->account),
                                          value_text(call_today(call)), value_int(account)),
                                     &rows);
    *yes = status == OK && rows.n > 0;
    return status;
}

enum status
deputy_of(struct call *call, struct reader *reader, int64_t *accounts, size_t most, size_t *n)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena, TODAYS "order by officer limit 50",
        ARGS(value_int(call->me->office), value_int(call->me->account), value_text(call_today(call))), &rows);
    *n = 0;
    for (size_t i = 0; status == OK && i < rows.n && *n < most; i++)
        accounts[(*n)++] = rows_int(&rows, i, 0);
    return status;
}

/* Posts that were lent to the one away are not lent on: only what stands in the account. */
enum status
deputy_posts(struct call *call, struct reader *reader, struct me *me)
{
    struct rows rows;
    const unsigned own = me->posts;
    if (me->department != D_HEALTH || me->level != L_COUNTY || me->is_client)
        return OK;
    enum status status = reader_rows(
        reader, call->arena,
        "select a.name, a.posts from deputy d join account a on a.office = d.office and a.id = d.officer where "
        "d.office = ?1 and d.stand_in = ?2 and d.from_on <= ?3 and d.to_on >= ?3 and a.state = 'active' and "
        "(a.ends is null or a.ends > ?3) order by a.id limit 50",
        ARGS(value_int(me->office), value_int(me->account), value_text(call_today(call))), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const unsigned more = posts_of(rows_text(&rows, i, 1)) & ~own;
        if (more == 0)
            continue;
        me->posts |= more;
        me->lent |= more;
        me->lent_by = me->lent_by == NULL ? rows_text(&rows, i, 0)
                                          : arena_format(call->arena, "%s、%s", me->lent_by, rows_text(&rows, i, 0));
    }
    return status;
}
