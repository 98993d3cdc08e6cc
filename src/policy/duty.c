/* Who may do what: from the duty rows of a form to SQL predicates and checks. The predicate of a relation is the only
 * place that knows how a person relates to a row. */
#include "policy/duty.h"

#include <string.h>

#include "base/day.h"

#include "policy/house.h"

const struct relation ANYWHERE = { .name = "anywhere" };
const struct relation MY_AREA = { .name = "my_area", .within = true };
const struct relation MY_INSTITUTION = {
    .name = "my_institution",
    .sql = "r.office = ?1 and r.institution = ?2",
    .args = { ME_OFFICE, ME_INSTITUTION },
};
const struct relation MINE = {
    .name = "mine",
    .sql = "r.office = ?1 and r.created_by = ?2",
    .args = { ME_OFFICE, ME_ACCOUNT },
    .own = true,
};

static const struct {
    const char *code, *label;
} departments[DEPARTMENT_COUNT] = {
    [D_HEALTH] = { "health", "卫生健康部门" },
    [D_REFORM] = { "reform", "发展改革部门" },
    [D_EDUCATION] = { "education", "教育部门" },
    [D_POLICE] = { "police", "公安机关" },
    [D_CIVIL] = { "civil", "民政部门" },
    [D_FINANCE] = { "finance", "财政部门" },
    [D_LABOUR] = { "labour", "人力资源和社会保障部门" },
    [D_LAND] = { "land", "自然资源部门" },
    [D_HOUSING] = { "housing", "住房和城乡建设部门" },
    [D_MARKET] = { "market", "市场监督管理部门" },
    [D_TAX] = { "tax", "税务部门" },
    [D_EMERGENCY] = { "emergency", "应急管理部门" },
    [D_UNION] = { "union", "工会" },
    [D_YOUTH] = { "youth", "共青团" },
    [D_WOMEN] = { "women", "妇联" },
    [D_FAMILY_PLANNING] = { "family_planning", "计划生育协会" },
    [D_STAFFING] = { "staffing", "机构编制部门" },
    [D_FIRE] = { "fire", "消防救援机构" },
    [D_MATERNAL] = { "maternal", "妇幼保健机构" },
    [D_CDC] = { "cdc", "疾病预防控制机构" },
    [D_INSPECTION] = { "inspection", "卫生监督机构" },
    [D_TOWN] = { "town", "乡镇政府（街道办）" },
    [D_INSTITUTION] = { "institution", "照护服务机构" },
    [D_FAMILY] = { "family", "家庭" },
    [D_PUBLIC] = { "public", "公众" },
    [D_SYSTEM_ADMIN] = { "system_admin", "系统管理员" },
    [D_SECURITY_ADMIN] = { "security_admin", "安全管理员" },
    [D_AUDIT_ADMIN] = { "audit_admin", "审计管理员" },
    [D_ENGINE] = { "engine", "系统" },
};

static const char *const levels[] = { "nation", "province", "city", "county", "town" };
static const struct {
    const char *code, *label;
} posts[] = {
    [P_HANDLE] = { "handle", "承办" }, [P_REVIEW] = { "review", "审核" },       [P_SIGN] = { "sign", "签发" },
    [P_HEAD] = { "head", "负责人" },   [P_PUSH] = { "push", "登记信息推送" },   [P_CARE] = { "care", "保育" },
    [P_HEALTH] = { "health", "保健" }, [P_LOGISTICS] = { "logistics", "后勤" },
};
enum { LEVEL_COUNT = sizeof levels / sizeof levels[0], POST_COUNT = sizeof posts / sizeof posts[0] };

const char *
department_code(enum department department)
{
    return departments[department].code;
}

bool
is_of_person(enum department department)
{
    return department != D_PUBLIC && department != D_ENGINE;
}

const char *
department_label(enum department department)
{
    return departments[department].label;
}

bool
department_of(const char *code, enum department *out)
{
    for (int i = 0; code != NULL && i < DEPARTMENT_COUNT; i++) {
        if (strcmp(departments[i].code, code) == 0) {
            *out = (enum department)i;
            return true;
        }
    }
    return false;
}

const char *
level_code(enum level level)
{
    return levels[level];
}

bool
level_of(const char *code, enum level *out)
{
    for (int i = 0; code != NULL && i < LEVEL_COUNT; i++) {
        if (strcmp(levels[i], code) == 0) {
            *out = (enum level)i;
            return true;
        }
    }
    return false;
}

const char *
post_code(enum post post)
{
    return posts[post].code;
}

const char *
post_label(enum post post)
{
    return posts[post].label;
}

unsigned
posts_of(const char *codes)
{
    unsigned bits = 0;
    for (const char *at = codes; at != NULL && *at != '\0';) {
        size_t n = strcspn(at, "|");
        for (int i = 0; i < POST_COUNT; i++)
            if (strlen(posts[i].code) == n && strncmp(posts[i].code, at, n) == 0)
                bits |= 1u << i;
        at += n + (at[n] == '|');
    }
    return bits;
}

bool
who_fits(uint64_t who, const struct me *me)
{
    uint64_t mine = DEPT(me->department);
    if ((who & DEPARTMENTS) == 0 || (who & mine) == 0)
        return (who & EVERYBODY) != 0;
    if ((who & LEVELS) != 0 && (who & LEVEL(me->level)) == 0)
        return false;
    return (who & POSTS) == 0 || (who & ((uint64_t)me->posts << 40)) != 0;
}

/* A duty holds on its days: a law moves work from one department to another, and the one of before sees no more. A `me`
 * without an hour (the program, the tables on paper) is not asked for one. */
static bool
duty_fits(const struct duty *duty, const struct me *me)
{
    char today[11];
    if (!who_fits(duty->who, me))
        return false;
    if ((duty->since == NULL && duty->until == NULL) || me->now_ms == 0)
        return true;
    day_iso(day_from_ms(me->now_ms), today);
    return (duty->since == NULL || strcmp(duty->since, today) <= 0) &&
           (duty->until == NULL || strcmp(today, duty->until) <= 0);
}

unsigned
duty_may(const struct form *form, const struct me *me)
{
    unsigned may = 0;
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++)
        if (duty_fits(duty, me))
            may |= duty->may;
    return may;
}

static unsigned
groups_of(const struct duty *duty)
{
    return duty->groups == 0 ? (unsigned)(G_WORK | G_OPEN) : duty->groups;
}

unsigned
duty_shows(const struct form *form, const struct me *me, unsigned action)
{
    unsigned groups = 0;
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++)
        if ((duty->may & action) != 0 && duty_fits(duty, me))
            groups |= groups_of(duty);
    return groups;
}

bool
duty_own_only(const struct form *form, const struct me *me)
{
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++)
        if (duty_fits(duty, me) && !duty->where->own)
            return false;
    return true;
}

const struct relation *
duty_journals(const struct house *house, const struct form *form, const struct me *me)
{
    for (size_t i = 0; i < house->forms_n; i++) {
        const struct form *one = house->forms[i];
        for (const struct duty *duty = one->duties; (one == form || one->part_of == form) && duty->who != 0; duty++)
            if (duty->where->journal && (duty->may & MAY_SEE) != 0 && duty_fits(duty, me))
                return duty->where;
    }
    return NULL;
}

static struct value
me_value(const struct me *me, enum me_arg arg)
{
    switch (arg) {
    case ME_ACCOUNT:
        return value_int(me->account);
    case ME_OFFICE:
        return value_int(me->office);
    case ME_INSTITUTION:
        return value_int(me->institution);
    case ME_DEPARTMENT:
        return value_text(departments[me->department].code);
    case ME_LEVEL:
        return value_text(levels[me->level]);
    case ME_AREA_FROM:
        return value_text(me->area == NULL ? "" : me->area);
    case ME_AREA_TO:
        return value_text(me->area == NULL ? "~" : me->area_to);
    case ME_NOW:
        return value_int(me->now_ms);
    case ME_NOTHING:
        break;
    }
    return value_null();
}

struct me
me_alone(const struct me *me)
{
    struct me alone = *me;
    alone.posts &= ~me->lent;
    alone.lent = 0;
    return alone;
}

/* The office condition is always there where it can be: every hot query names its shards. */
static void
add_within(struct query *query, const struct me *me)
{
    if (me->offices_n == 1) {
        query_add(query, "r.office = ?1", ARGS(value_int(me->offices[0])));
    } else {
        query_text(query, "r.office in (");
        for (size_t i = 0; i < me->offices_n; i++) {
            if (i > 0)
                query_text(query, ", ");
            query_value(query, value_int(me->offices[i]));
        }
        query_text(query, me->offices_n == 0 ? "0)" : ")");
    }
    if (me->area != NULL)
        query_add(query, " and r.area >= ?1 and r.area < ?2", ARGS(value_text(me->area), value_text(me->area_to)));
}

static void
add_states(struct query *query, uint64_t allowed)
{
    bool first = true;
    query_text(query, " and r.state in (");
    for (int i = 0; i < STATE_COUNT; i++) {
        if ((allowed & STATE(i)) == 0)
            continue;
        if (!first)
            query_text(query, ", ");
        query_value(query, value_text(state_code(STATE(i))));
        first = false;
    }
    query_text(query, ")");
}

/* One duty as a condition over r. */
static void
add_duty(struct query *query, const struct form *form, const struct duty *duty, const struct me *me)
{
    const struct relation *where = duty->where;
    query_text(query, "(");
    if (where->within)
        add_within(query, me);
    else
        query_text(query, "1 = 1");
    if (where->sql != NULL) {
        struct value args[4];
        size_t n = 0;
        while (n < 4 && where->args[n] != ME_NOTHING) {
            args[n] = me_value(me, where->args[n]);
            n++;
        }
        query_text(query, " and ");
        query_add(query, where->sql, args, n);
    }
    if (duty->states != 0 && form->procedure != NULL)
        add_states(query, duty->states);
    query_text(query, ")");
}

/* The program itself works for the operator who started it: on every row, in every field. */
static bool
is_program(const struct me *me)
{
    return me->department == D_ENGINE;
}

bool
duty_where(struct query *query, const struct form *form, const struct me *me, enum may action)
{
    bool any = false;
    if (is_program(me))
        return true;
    query_text(query, " and (");
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++) {
        if ((duty->may & action) == 0 || !duty_fits(duty, me))
            continue;
        if (any)
            query_text(query, " or ");
        add_duty(query, form, duty, me);
        any = true;
    }
    query_text(query, any ? ")" : "1 = 0)");
    return any;
}

void
duty_groups(struct query *query, const struct form *form, const struct me *me, enum may action)
{
    unsigned all = 0, common = G_ALL;
    if (is_program(me)) {
        query_add(query, ", cast(?1 as bigint)", ARGS(value_int(G_ALL)));
        return;
    }
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++)
        if ((duty->may & action) != 0 && duty_fits(duty, me)) {
            all |= groups_of(duty);
            common &= groups_of(duty);
        }
    query_add(query, ", cast(?1 as bigint)", ARGS(value_int(all & common)));
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0; duty++) {
        if ((duty->may & action) == 0 || !duty_fits(duty, me) || (groups_of(duty) & ~common) == 0)
            continue;
        query_text(query, " | case when ");
        add_duty(query, form, duty, me);
        query_add(query, " then cast(?1 as bigint) else 0 end", ARGS(value_int(groups_of(duty))));
    }
}

enum status
duty_on(struct call *call, struct reader *reader, const struct form *form, const struct row *row, unsigned *may,
        unsigned *groups)
{
    const struct duty *fitting[32];
    size_t n = 0;
    *may = *groups = 0;
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "select ");
    for (const struct duty *duty = form->duties; duty != NULL && duty->who != 0 && n < 32; duty++) {
        if (!duty_fits(duty, call->me))
            continue;
        query_text(&query, n > 0 ? ", case when " : "case when ");
        add_duty(&query, form, duty, call->me);
        query_text(&query, " then 1 else 0 end");
        fitting[n++] = duty;
    }
    if (n == 0)
        return OK;
    query_text(&query, " from ");
    query_name(&query, form->name);
    query_add(&query, " r where r.office = ?1 and r.id = ?2", ARGS(value_int(row->office), value_int(row->id)));
    struct rows rows;
    enum status status = query_rows(reader, call->arena, &query, &rows);
    for (size_t i = 0; status == OK && rows.n == 1 && i < n; i++) {
        if (rows_int(&rows, 0, i) == 0)
            continue;
        *may |= fitting[i]->may;
        if ((fitting[i]->may & MAY_SEE) != 0 && (fitting[i]->who & EVERYBODY) == 0)
            *may |= BY_DUTY;
        if ((fitting[i]->may & MAY_SEE) != 0)
            *groups |= groups_of(fitting[i]);
    }
    return status;
}
