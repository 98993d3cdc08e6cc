/* What is due and who grows up — 管理规范 第十一条, 预防接种证查验 (入托后30日、12月31日前), seed 三(二)1; clauses
 * C022, C041, C046, C102. Due dates are counted when they are asked; findings of time alone are made each day. */
#include <stdlib.h>
#include <string.h>

#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { AT_ONCE = 200, AHEAD_DAYS = 30, CHILDREN_MOST = 2000, PROMOTE_MOST = 200 };

const char *
weekday_like(struct call *call, struct day day)
{
    return arena_format(call->arena, "%%|%d|%%", day_weekday(day) + 1);
}

/* ---- findings of time ---- */

enum status
child_judge(struct call *call, struct writer *writer, int64_t id)
{
    struct row *child;
    const enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    return status == OK ? row_rejudge(call, writer, child) : status;
}

static enum status
judge_all(struct call *call, struct writer *writer, const char *sql, const struct value *args, size_t n)
{
    struct rows rows;
    enum status status = reader_rows(writer_reader(writer), call->arena, sql, args, n, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        status = child_judge(call, writer, rows_int(&rows, i, 0));
    return status;
}

/* Those born by that day whose finding is not there yet, in classes of that band. */
static enum status
judge_band(struct call *call, struct writer *writer, int64_t office, const char *code)
{
    char born[11];
    const struct band *band = band_named(code);
    const struct day limit = { call->today.n - (int32_t)standard_int(call, "CFG-GRACE-DAYS", 60) - 1 };
    day_iso(day_add_months(limit, -band->below), born);
    const struct value args[] = { value_int(office), value_text(born), value_text(code), value_int(AT_ONCE) };
    return judge_all(call, writer,
                     "select c.id from child c join class_group g on g.office = c.office and g.id = c.class where "
                     "c.office = ?1 and c.state = 'enrolled' and c.born <= ?2 and g.band = ?3 and not exists (select 1 "
                     "from finding f where f.office = c.office and f.row = c.id and f.rule = 'BAND-OUT' and f.until is "
                     "null) order by c.id limit ?4",
                     args, 4);
}

enum status
ages_daily(struct call *call, struct writer *writer, int64_t office)
{
    static const char *const codes[] = { "infant", "toddler_small", "toddler_big", "mixed" };
    char born[11], away[11];
    day_iso(day_add_months(call->today, -(int)standard_int(call, "AGE-MAX", 36)), born);
    day_iso(day_add_months(call->today, -(int)standard_int(call, "MGT-11b", 3)), away);
    const struct value old[] = { value_int(office), value_text(born), value_int(AT_ONCE) };
    enum status status = judge_all(
        call, writer,
        "select c.id from child c where c.office = ?1 and c.state = 'enrolled' and c.born <= ?2 and not exists "
        "(select 1 from finding f where f.office = c.office and f.row = c.id and f.rule = 'AGE-OUT' and "
        "f.until is null) order by c.id limit ?3",
        old, 3);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0] && status == OK; i++)
        status = judge_band(call, writer, office, codes[i]);
    const struct value gone[] = { value_int(office), value_text(away), value_int(AT_ONCE) };
    if (status == OK)
        status = judge_all(
            call, writer,
            "select c.id from child c where c.office = ?1 and c.state = 'enrolled' and c.entered_on <= ?2 and exists "
            "(select 1 from attendance a where a.office = c.office and a.child = c.id) and not exists (select 1 from "
            "attendance a where a.office = c.office and a.child = c.id and a.day > ?2 and a.state in ('present', "
            "'left')) and not exists (select 1 from finding f where f.office = c.office and f.row = c.id and "
            "f.rule = 'MGT-11b' and f.until is null) order by c.id limit ?3",
            gone, 3);
    return status;
}

/* ---- 待办：查验、复查、年龄 ---- */

struct due {
    int64_t child;
    const char *name, *what, *rule;
    struct day on;
};
struct dues {
    struct due *items;
    size_t n, room;
};

static void
add(struct call *call, struct dues *dues, const struct rows *rows, size_t i, const char *rule, const char *what,
    struct day on)
{
    (void)call;
    if (dues->n < dues->room)
        dues->items[dues->n++] = (struct due){ rows_int(rows, i, 0), rows_text(rows, i, 1), what, rule, on };
}

/* id, name, born, entered_on, band; then of the newest vaccination check: result, its day, whether looked at again;
 * the last day here and the last good exam. */
static const char enrolled[] =
    "select c.id, c.name, c.born, c.entered_on, g.band, "
    "(select e.vaccination from entry_check e where e.office = c.office and e.part = c.id and e.vaccination is not "
    "null "
    "order by e.id desc limit 1), "
    "(select coalesce(e.vaccination_on, c.entered_on) from entry_check e where e.office = c.office and e.part = c.id "
    "and e.vaccination is not null order by e.id desc limit 1), "
    "(select e.catch_up_on from entry_check e where e.office = c.office and e.part = c.id and e.vaccination is not "
    "null "
    "order by e.id desc limit 1), "
    "(select max(a.day) from attendance a where a.office = c.office and a.child = c.id and a.state in ('present', "
    "'left')), "
    "(select max(e.examined_on) from entry_check e where e.office = c.office and e.part = c.id and e.result = 'pass') "
    "from child c left join class_group g on g.office = c.office and g.id = c.class "
    "where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' order by c.sort, c.id limit ?3";

static void
due_papers(struct call *call, struct dues *dues, const struct rows *rows, size_t i)
{
    const char *vaccination = rows_text(rows, i, 5), *again = rows_text(rows, i, 7);
    struct day entered, checked, last, examined;
    const int days = (int)standard_int(call, "HC-VC", 30), months = (int)standard_int(call, "MGT-11b", 3);
    if ((vaccination == NULL || strcmp(vaccination, "missing") == 0) && rows_text(rows, i, 3) != NULL &&
        day_parse(rows_text(rows, i, 3), &entered))
        add(call, dues, rows, i, "HC-VC", "查验预防接种证", (struct day){ entered.n + days });
    if (vaccination != NULL && strcmp(vaccination, "catch_up") == 0 && again == NULL && rows_text(rows, i, 6) != NULL &&
        day_parse(rows_text(rows, i, 6), &checked)) {
        struct day end;
        if (day_parse(arena_format(call->arena, "%d-12-31", day_year(checked)), &end))
            add(call, dues, rows, i, "HC-VC-DEC", "复查补种情况", end);
    }
    if (rows_text(rows, i, 8) == NULL || !day_parse(rows_text(rows, i, 8), &last) ||
        day_add_months(last, months).n > call->today.n)
        return;
    const bool since =
        rows_text(rows, i, 9) != NULL && day_parse(rows_text(rows, i, 9), &examined) && examined.n > last.n;
    if (!since)
        add(call, dues, rows, i, "MGT-11b", "离开3个月以上，返回前重新体检", day_add_months(last, months));
}

static void
due_ages(struct call *call, struct dues *dues, const struct rows *rows, size_t i)
{
    struct day born;
    const struct band *band = band_named(rows_text(rows, i, 4));
    if (rows_text(rows, i, 2) == NULL || !day_parse(rows_text(rows, i, 2), &born))
        return;
    const struct day three = day_add_months(born, (int)standard_int(call, "AGE-MAX", 36));
    if (three.n <= call->today.n + AHEAD_DAYS) {
        add(call, dues, rows, i, "AGE-OUT", "满3岁，办理离托或转入幼儿园", three);
        return;
    }
    if (band == NULL || day_add_months(born, band->below).n > call->today.n)
        return;
    const struct day end = { day_add_months(born, band->below).n + (int32_t)standard_int(call, "CFG-GRACE-DAYS", 60) };
    add(call, dues, rows, i, "BAND-OUT", "超过班型月龄，升班", end);
}

static void
due_consent(struct call *call, struct dues *dues, const struct old_consent *old)
{
    struct day until;
    const char *kind = code_label(call->reference, "consent_kind", old->kind);
    if (dues->n < dues->room && day_parse(old->until, &until))
        dues->items[dues->n++] =
            (struct due){ old->child, old->name,
                          arena_format(call->arena, "“%s”的同意已失效（文本换版或监护终止），请家长重新同意",
                                       kind == NULL ? "" : kind),
                          "CONSENT", until };
}

static int
by_day(const void *left, const void *right)
{
    const struct due *a = left, *b = right;
    return a->on.n != b->on.n ? (a->on.n < b->on.n ? -1 : 1) : a->child < b->child ? -1 : a->child > b->child;
}

enum status
look_due(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    (void)input;
    if (call->me->institution == 0)
        return NOT_FOUND;
    enum status status = reader_rows(
        reader, call->arena, enrolled,
        ARGS(value_int(id_office(call->me->institution)), value_int(call->me->institution), value_int(CHILDREN_MOST)),
        &rows);
    if (status != OK)
        return status;
    struct old_consent *old;
    size_t old_n;
    status = consents_old(call, reader, call->me->institution, &old, &old_n);
    if (status != OK)
        return status;
    struct dues dues = { .room = rows.n * 4 + old_n + 1 };
    dues.items = arena_array(call->arena, dues.room, sizeof *dues.items);
    if (dues.items == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < rows.n; i++) {
        due_papers(call, &dues, &rows, i);
        due_ages(call, &dues, &rows, i);
    }
    for (size_t i = 0; i < old_n; i++)
        due_consent(call, &dues, &old[i]);
    qsort(dues.items, dues.n, sizeof *dues.items, by_day);
    struct node *data = node_put_map(call->arena, model, "data"), *list = node_put_list(call->arena, data, "dues");
    for (size_t i = 0; i < dues.n; i++) {
        char on[11];
        const struct due *due = &dues.items[i];
        struct node *item = node_put_map(call->arena, list, NULL);
        day_iso(due->on, on);
        node_put_text(call->arena, item, "name", due->name);
        node_put_text(call->arena, item, "what", due->what);
        node_put_text(call->arena, item, "rule", due->rule);
        node_put_date(call->arena, item, "due_on", arena_text(call->arena, on));
        node_put_bool(call->arena, item, "overdue", due->on.n < call->today.n);
        node_put_url(call->arena, item, "url", arena_format(call->arena, "/child/%lld", (long long)due->child));
    }
    return OK;
}

/* ---- 升班 ---- */

static enum status
put_classes(struct call *call, struct reader *reader, struct node *data)
{
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(call->me->institution) };
    struct node *list = node_put_list(call->arena, data, "classes");
    enum status status = rows_by(call, reader, &class_form, id_office(call->me->institution), where, values, 1, &set);
    for (size_t i = set.n; status == OK && i-- > 0;) {
        if (class_ended(set.rows[i], call_today(call)))
            continue;
        const char *band = code_label(call->reference, "class_band", row_text(set.rows[i], "band"));
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", set.rows[i]->id);
        node_put_text(call->arena, item, "label",
                      arena_format(call->arena, "%s　%s", row_text(set.rows[i], "name"), band == NULL ? "" : band));
    }
    return status;
}

/* Who is past the months of the class, with the band that fits the age. */
enum status
look_promote(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct rows rows;
    (void)input;
    if (call->me->institution == 0)
        return NOT_FOUND;
    enum status status = reader_rows(
        reader, call->arena,
        "select c.id, c.name, c.born, g.band, g.name from child c join class_group g on g.office = c.office "
        "and g.id = c.class where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' "
        "order by c.born, c.id limit ?3",
        ARGS(value_int(id_office(call->me->institution)), value_int(call->me->institution), value_int(CHILDREN_MOST)),
        &rows);
    struct node *data = node_put_map(call->arena, model, "data"), *list = node_put_list(call->arena, data, "children");
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct day born;
        const struct band *band = band_named(rows_text(&rows, i, 3));
        if (band == NULL || rows_text(&rows, i, 2) == NULL || !day_parse(rows_text(&rows, i, 2), &born))
            continue;
        const int months = day_months_between(born, call->today);
        const struct band *next = band_for(months);
        if (months < band->below)
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", rows_int(&rows, i, 0));
        node_put_text(call->arena, item, "name", rows_text(&rows, i, 1));
        node_put_int(call->arena, item, "months", months);
        node_put_text(call->arena, item, "from", rows_text(&rows, i, 4));
        node_put_text(call->arena, item, "band", next == NULL ? NULL : next->code);
        node_put_text(call->arena, item, "to",
                      next == NULL ? "已满3岁，办理离托" : code_label(call->reference, "class_band", next->code));
        node_put_bool(call->arena, item, "stays", next != NULL);
    }
    if (status != OK || list->first == NULL)
        return status;
    struct node *any = node_put_map(call->arena, data, "any");
    node_put_text(call->arena, any, "from_day", call_today(call));
    return put_classes(call, reader, any);
}

static enum status
promote_one(struct call *call, struct writer *writer, const struct node *input, int64_t id)
{
    struct node *step = node_map(call->arena);
    struct row *child;
    enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    if (status == OK && child->institution != call->me->institution)
        return NOT_FOUND;
    if (status != OK)
        return status;
    node_put_text(call->arena, step, "class", node_text_of(input, "class"));
    node_put_text(call->arena, step, "class_from", node_text_of(input, "from_day"));
    status = step_take(call, writer, &child_form, id, 0, "place", step, NULL);
    if (status != OK && call->message != NULL)
        call->message = arena_format(call->arena, "%s：%s", row_text(child, "name"), call->message);
    return status;
}

/* All or none: a list that is half moved is worse than one that says what is wrong. */
enum status
act_promote(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    const struct node *ids = node_get(input, "ids");
    int64_t moved = 0;
    enum status status = OK;
    for (const struct node *node = ids == NULL              ? NULL
                                   : ids->type == NODE_LIST ? ids->first
                                                            : ids;
         node != NULL && status == OK; node = ids->type == NODE_LIST ? node->next : NULL) {
        int64_t id;
        if (node->text == NULL || !id_parse(node->text, &id))
            continue;
        if (++moved > PROMOTE_MOST)
            return call_fail(call, INVALID, "一次最多%d名", PROMOTE_MOST);
        status = promote_one(call, writer, input, id);
    }
    if (status == OK && moved == 0)
        return call_fail(call, INVALID, "请先选择婴幼儿");
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_int(call->arena, data, "moved", moved);
    node_put_text(call->arena, data, "next", "/child/promote");
    node_put_text(call->arena, data, "told", arena_format(call->arena, "已为%lld名婴幼儿办理升班", (long long)moved));
    return status;
}
