/* 编班 — 设置标准 第十九条; clauses C063, C083. A child stands in one class at a time: the database refuses overlap.
 * Size and age band are told, not enforced: a child that outgrows its band has days of grace until it is moved up. */
#include <string.h>

#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

static const struct field fields[] = {
    { "class", F_REF, .label = "班级", .ref = &class_form, .need = true, .list = true },
    { "from_day", F_DATE, .label = "编入日期", .need = true, .list = true, .index = true },
    { "until", F_DATE, .label = "调出日期", .list = true, .hint = "不填为至今" },
    { "why", F_CODE, .label = "事由", .code = "placement_reason", .list = true },
    { 0 },
};
static const struct form_span spans[] = {
    { "one_class", "from_day", "until", "part", "同一时间只能编入一个班级" },
    { 0 },
};

/* Completed months for each band: regulations 设置标准 第十九条. The mixed one is nobody's own. */
static const struct band bands[] = {
    { "infant", 6, 12, "SET-19a", 10 },
    { "toddler_small", 12, 24, "SET-19b", 15 },
    { "toddler_big", 24, 36, "SET-19c", 20 },
    { "mixed", 18, 36, "SET-19d", 18 },
};
enum { BANDS = sizeof bands / sizeof bands[0], OWN_BANDS = BANDS - 1 };

const struct band *
band_named(const char *code)
{
    for (size_t i = 0; code != NULL && i < BANDS; i++)
        if (strcmp(bands[i].code, code) == 0)
            return &bands[i];
    return NULL;
}

const struct band *
band_for(int months)
{
    for (size_t i = 0; i < OWN_BANDS; i++)
        if (months >= bands[i].from && months < bands[i].below)
            return &bands[i];
    return NULL;
}

enum status
class_on(struct call *call, struct reader *reader, const struct row *child, const char *day, int64_t *class_group)
{
    struct rows rows;
    enum status status =
        reader_rows(reader, call->arena,
                    "select class from class_placement where office = ?1 and part = ?2 and from_day <= ?3 and "
                    "until >= ?3 order by id desc limit 1",
                    ARGS(value_int(child->office), value_int(child->id), value_text(day)), &rows);
    *class_group = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

const char *
place_until(const struct row *child)
{
    return row_has(child, "leaves_on") ? row_text(child, "leaves_on") : OPEN_END;
}

/* The placement that stands until further notice, or until the planned leave, ends the day before. One that begins
 * later stays: the database then says that both cannot be. */
static enum status
close_before(struct call *call, struct writer *writer, const struct row *child, struct day from)
{
    const char *const where[] = { "part", "until" };
    const struct value values[] = { value_int(child->id), value_text(place_until(child)) };
    struct row_set set;
    char before[11];
    enum status status =
        rows_by(call, writer_reader(writer), &class_placement_form, child->office, where, values, 2, &set);
    day_iso((struct day){ from.n - 1 }, before);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        if (strcmp(row_text(set.rows[i], "from_day"), before) > 0)
            continue;
        row_set_text(set.rows[i], "until", before);
        status = row_change(call, writer, set.rows[i], set.rows[i]->version);
    }
    return status;
}

enum status
carry_class(struct call *call, struct writer *writer, int64_t id)
{
    struct row *child;
    int64_t now = 0;
    enum status status = row_get(call, writer_reader(writer), &child_form, id, &child);
    if (status == OK)
        status = class_on(call, writer_reader(writer), child, call_today(call), &now);
    if (status != OK || row_int(child, "class") == now)
        return status;
    row_set(child, "class", now == 0 ? value_null() : value_int(now));
    return row_change(call, writer, child, child->version);
}

enum status
place_child(struct call *call, struct writer *writer, const struct change *change)
{
    const struct row *child = change->new;
    struct day from;
    struct row *placement = row_new(call, &class_placement_form);
    if (placement == NULL)
        return NO_MEMORY;
    if (!row_day(child, "class_from", &from))
        return call_fault(call, form_field(&child_form, "class_from", NULL), "need", "请填写编入日期");
    if (strcmp(row_text(child, "class_from"), place_until(child)) > 0)
        return call_fault(call, form_field(&child_form, "class_from", NULL), "order", "编入日期晚于预定的离托日期");
    placement->institution = child->institution;
    placement->part = child->id;
    row_set(placement, "class", row_value(child, "class"));
    row_set(placement, "from_day", row_value(child, "class_from"));
    row_set_text(placement, "until", place_until(child));
    row_set_text(placement, "why", row_int(change->old, "class") == 0 ? "entry" : "move");
    enum status status = close_before(call, writer, child, from);
    if (status == OK)
        status = row_create(call, writer, placement);
    return status == OK ? carry_class(call, writer, child->id) : status;
}

#define CHECK(name)                                                                                                    \
    static enum status name(struct call *call, struct reader *reader, const struct rule *rule,                         \
                            const struct change *change)

/* How many stand in the class when the placement begins, today if it has begun; 0: it is over, or has no class. */
static enum status
count_class(struct call *call, struct reader *reader, const struct row *placement, struct row **group, int64_t *n,
            int64_t *most)
{
    struct rows rows;
    const char *today = call_today(call), *from = row_text(placement, "from_day");
    const char *day = from != NULL && strcmp(from, today) > 0 ? from : today;
    *n = 0;
    enum status status = row_get(call, reader, &class_form, row_int(placement, "class"), group);
    if (status != OK || strcmp(row_text(placement, "until"), day) < 0)
        return status == NOT_FOUND ? OK : status;
    status = reader_rows(
        reader, call->arena,
        "select count(*) from class_placement where office = ?1 and class = ?2 and from_day <= ?3 and until >= ?3",
        ARGS(value_int(placement->office), value_int((*group)->id), value_text(day)), &rows);
    const struct band *band = band_named(row_text(*group, "band"));
    *most = band == NULL ? INT64_MAX : standard_int(call, band->size, band->most);
    *n = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

CHECK(class_has_room)
{
    struct row *group;
    int64_t n, most = 0;
    enum status status = count_class(call, reader, change->new, &group, &n, &most);
    if (n > 0 && n > most)
        finding_add(call, rule,
                    arena_format(call->arena, "“%s”已有%lld名婴幼儿，不超过%lld人", row_text(group, "name"),
                                 (long long)n, (long long)most));
    return status;
}

/* What the class itself offers may be less than the standard allows. */
CHECK(class_has_a_place)
{
    struct row *group;
    int64_t n, most = 0;
    enum status status = count_class(call, reader, change->new, &group, &n, &most);
    const int64_t places = n > 0 ? row_int(group, "places") : 0;
    if (n > 0 && n > places && places < most)
        finding_add(call, rule,
                    arena_format(call->arena, "“%s”托位%lld个，已编入%lld名婴幼儿", row_text(group, "name"),
                                 (long long)places, (long long)n));
    return status;
}

CHECK(child_fits_band)
{
    struct row *group, *child;
    struct day from;
    if (row_get(call, reader, &class_form, row_int(change->new, "class"), &group) != OK ||
        row_get(call, reader, &child_form, change->new->part, &child) != OK || !row_day(change->new, "from_day", &from))
        return OK;
    const int months = child_months(child, from);
    const struct band *band = band_named(row_text(group, "band"));
    if (band != NULL && (months < band->from || months >= band->below))
        finding_add(call, rule,
                    arena_format(call->arena, "编入日%d月龄，%s为%d至%d月龄", months,
                                 code_label(call->reference, "class_band", band->code), band->from, band->below));
    return OK;
}

CHECK(class_is_ours)
{
    struct row *group;
    if (row_get(call, reader, &class_form, row_int(change->new, "class"), &group) == OK &&
        group->institution != change->new->institution)
        finding_add(call, rule, "不是本机构的班级");
    return OK;
}

CHECK(class_goes_on)
{
    struct row *group;
    const enum status status = row_get(call, reader, &class_form, row_int(change->new, "class"), &group);
    const char *ended = status == OK ? row_text(group, "ended_on") : NULL, *until = row_text(change->new, "until");
    if (ended != NULL && strcmp(until == NULL ? OPEN_END : until, ended) > 0)
        finding_add(call, rule, arena_format(call->arena, "“%s”到%s停办", row_text(group, "name"), ended));
    return status == NOT_FOUND ? OK : status;
}

/* 观察期班级不收新、不转班: neither into a class under observation, nor from one into another. */
CHECK(class_is_not_watched)
{
    const struct row *row = change->new;
    struct day from;
    struct rows rows;
    char before[11];
    if (change->old != NULL || !row_day(row, "from_day", &from))
        return OK;
    day_iso((struct day){ from.n - 1 }, before);
    enum status status = reader_rows(
        reader, call->arena,
        "select count(*) filter (where w.class = ?2), count(*) filter (where w.class <> ?2) from class_watch w "
        "where w.office = ?1 and w.state = 'watched' and (w.class = ?2 or w.class in (select p.class from "
        "class_placement p where p.office = ?1 and p.part = ?3 and p.id <> ?4 and p.from_day <= ?5 and p.until >= ?5))",
        ARGS(value_int(row->office), value_int(row_int(row, "class")), value_int(row->part), value_int(row->id),
             value_text(arena_text(call->arena, before))),
        &rows);
    if (status == OK && rows_int(&rows, 0, 0) > 0)
        finding_add(call, rule, "该班正在医学观察期，不收新、不转入");
    else if (status == OK && rows_int(&rows, 0, 1) > 0)
        finding_add(call, rule, "原班级正在医学观察期，不转班");
    return status;
}

static const struct rule rules[] = {
    { "HC-ISO", BLOCK, .check = class_is_not_watched, .field = "class", .clause = "C045",
      .advice = "观察期结束后再编班" },
    { "PLACE-OURS", BLOCK, .check = class_is_ours, .standard = "SET-19e", .field = "class", .clause = "C083" },
    { "PLACE-ENDED", BLOCK, .check = class_goes_on, .standard = "SET-19e", .field = "class", .clause = "C083",
      .advice = "请选择其他班级" },
    { "PLACE-SIZE", WARN, .check = class_has_room, .standard = "SET-19c", .field = "class", .clause = "C083",
      .advice = "调整编班" },
    { "PLACE-FULL", WARN, .check = class_has_a_place, .standard = "SET-19c", .field = "class", .clause = "C083",
      .advice = "编入有空位的班级，或核对班级托位" },
    { "PLACE-BAND", WARN, .check = child_fits_band, .standard = "SET-19c", .field = "class", .clause = "C083",
      .advice = "按月龄编班；年龄超过班型的，在宽限期内升班" },
    { 0 },
};

static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C083", "本机构人员查看", 0, 0 },
    { 0 },
};
const struct form class_placement_form = {
    .name = "class_placement",
    .title = "编班",
    .clause = "C083",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = fields,
    .spans = spans,
    .rules = rules,
    .duties = duties,
    .keep_years = 3,
    .expected_rows = 5000000,
};
