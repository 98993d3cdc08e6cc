/* What the ledgers of this part miss of a day: the lines that the head sees before closing it. Only what the rules ask
 * for on such a day, and only where children were present. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "policy/engine.h"

#define PRESENT_CLASSES                                                                                                \
    "(select distinct a.class from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "        \
    "a.state "                                                                                                         \
    "in ('present', 'left') and a.class is not null)"

enum { HOUR_MS = 3600000 };

struct asked {
    int64_t office, institution;
    const char *day;
};

static const char *
url_of(struct call *call, const char *form, const char *day)
{
    return arena_format(call->arena, "/%s?day=%s", form, day);
}

/* 管理规范 第十八条: classes whose minutes do not reach two hours, and that give no reason. */
static enum status
outdoor(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    int64_t n;
    enum status status = care_number(
        call, reader,
        "select count(*) from " PRESENT_CLASSES " p where not exists (select 1 from outdoor o where o.office = ?1 and "
        "o.institution = ?2 and o.day = ?3 and o.class = p.class and o.less_reason is not null) and (select "
        "coalesce(sum(o.minutes), 0) from outdoor o where o.office = ?1 and o.institution = ?2 and o.day = ?3 and "
        "o.class = p.class) < ?4",
        ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day),
             value_int(standard_minutes(call, "MGT-18", 120))),
        &n);
    care_missing_add(call, list, "MGT-18",
                     arena_format(call->arena, "%lld个班级户外活动不足2小时，也没有写明原因", (long long)n), n,
                     url_of(call, "outdoor", asked->day));
    return status;
}

static enum status
rounds(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    int64_t n;
    const int64_t least = standard_int(call, "HC-PT", 2);
    enum status status = care_number(
        call, reader,
        "select count(*) from " PRESENT_CLASSES
        " p where (select count(*) from health_round h where h.office = ?1 and h.institution = ?2 and "
        "h.day = ?3 and h.class = p.class) < ?4",
        ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day), value_int(least)), &n);
    care_missing_add(call, list, "HC-PT",
                     arena_format(call->arena, "%lld个班级保健巡视不足%lld次", (long long)n, (long long)least), n,
                     url_of(call, "health_round", asked->day));
    return status;
}

/* 管理规范 第二十四条: who was here at noon is checked again (a first check after it is that one), and everybody who
 * came is observed. Of today's noon nothing is said before it. */
static enum status
observed(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    struct day day;
    int64_t unchecked = 0, unseen;
    if (!day_parse(asked->day, &day))
        return INVALID;
    const int64_t noon = day_start_ms(day) + standard_int(call, "CFG-NOON-HOUR", 12) * HOUR_MS;
    enum status status = care_number(
        call, reader,
        "select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
        "a.state in ('present', 'left') and (a.left_at is null or a.left_at >= ?4) and not exists (select 1 "
        "from morning_check m where m.office = a.office and m.child = a.child and m.day = a.day and "
        "(m.round = 'noon' or a.arrived_at >= ?4))",
        ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day), value_int(noon)),
        &unchecked);
    if (status == OK)
        status = care_number(
            call, reader,
            "select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
            "a.state in ('present', 'left') and not exists (select 1 from observation o where o.office = a.office and "
            "o.child = a.child and o.day = a.day)",
            ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day)), &unseen);
    if (status != OK)
        return status;
    if (call->now_ms >= noon)
        care_missing_add(call, list, "MGT-24", arena_format(call->arena, "%lld名婴幼儿没有午检", (long long)unchecked),
                         unchecked, arena_format(call->arena, "/morning_check?round=noon&day=%s", asked->day));
    care_missing_add(call, list, "HC-WD", arena_format(call->arena, "%lld名婴幼儿没有全日健康观察", (long long)unseen),
                     unseen, url_of(call, "observation", asked->day));
    return OK;
}

static enum status
disinfections(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    int64_t n;
    const char *words;
    enum status status = disinfection_missing(call, reader, asked->institution, asked->day, &words, &n);
    care_missing_add(call, list, "HC-DIS", arena_format(call->arena, "没有达到要求的消毒记录或次数不够：%s", words), n,
                     url_of(call, "disinfection", asked->day));
    return status;
}

/* Doses entrusted for children who were there, and doses with one signature only. */
static enum status
medicine(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    int64_t n, unsigned_n;
    enum status status = care_number(
        call, reader,
        "select coalesce(sum(o.times_a_day - (select count(*) from medicine_given g where g.office = o.office and "
        "g.part = o.id and g.day = ?3)), 0) from medicine_order o where o.office = ?1 and o.institution = ?2 and "
        "o.state in ('open', 'ended') and o.received_at is not null and o.from_day <= ?3 and o.to_day >= ?3 and exists "
        "(select 1 from attendance a where a.office = o.office and a.child = o.child and a.day = ?3 and a.state in "
        "('present', 'left')) and (select count(*) from medicine_given g where g.office = o.office and g.part = o.id "
        "and g.day = ?3) < o.times_a_day",
        ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day)), &n);
    if (status == OK)
        status = care_number(call, reader,
                             "select count(*) from medicine_given where office = ?1 and institution = ?2 and day = ?3 "
                             "and state = 'prepared'",
                             ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day)),
                             &unsigned_n);
    if (status != OK)
        return status;
    care_missing_add(call, list, "HC-MED", arena_format(call->arena, "%lld次委托的喂药没有记录", (long long)n), n,
                     "/medicine_order?state=open");
    care_missing_add(call, list, "HC-MED", arena_format(call->arena, "%lld次喂药没有第二人签字", (long long)unsigned_n),
                     unsigned_n, url_of(call, "medicine_given", asked->day));
    return OK;
}

/* Where the institution feeds its children: the week's menu is published, each dish of the day has its sample. */
static enum status
meals(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    struct rows rows;
    struct day day;
    char monday[11];
    int64_t feeds, n;
    enum status status = care_number(call, reader,
                                     "select count(*) from kitchen where office = ?1 and institution = ?2 and mode <> "
                                     "'none'",
                                     ARGS(value_int(asked->office), value_int(asked->institution)), &feeds);
    if (status != OK || feeds == 0 || !day_parse(asked->day, &day))
        return status;
    day_iso((struct day){ day.n - day_weekday(day) }, monday);
    status = reader_rows(reader, call->arena,
                         "select id from menu where office = ?1 and institution = ?2 and week_of = ?3 and state in "
                         "('active', 'ended')",
                         ARGS(value_int(asked->office), value_int(asked->institution), value_text(monday)), &rows);
    if (status != OK)
        return status;
    care_missing_add(call, list, "HC-MENU", "本周食谱没有公布", rows.n == 0, "/menu");
    if (rows.n == 0)
        return OK;
    status = care_number(call, reader,
                         "select count(*) from menu_dish d where d.office = ?1 and d.part = ?4 and d.weekday = ?5 and "
                         "not exists (select 1 from food_sample s where s.office = ?1 and s.institution = ?2 and "
                         "s.sampled_on = ?3 and s.meal = d.meal and s.dish = d.dish)",
                         ARGS(value_int(asked->office), value_int(asked->institution), value_text(asked->day),
                              value_int(rows_int(&rows, 0, 0)),
                              value_text(arena_format(call->arena, "%d", day_weekday(day) + 1))),
                         &n);
    care_missing_add(call, list, "HC-SAMP-G", arena_format(call->arena, "%lld个菜品没有留样", (long long)n), n,
                     "/food_sample");
    return status;
}

static enum status
rooms(struct call *call, struct reader *reader, const struct asked *asked, struct node *list)
{
    int64_t checks, patrols;
    const int64_t least = standard_int(call, "FIRE-PATROL", 2);
    const struct value args[] = { value_int(asked->office), value_int(asked->institution), value_text(asked->day) };
    enum status status =
        care_number(call, reader, "select count(*) from room_check where office = ?1 and institution = ?2 and day = ?3",
                    args, 3, &checks);
    if (status == OK)
        status = care_number(call, reader,
                             "select count(*) from fire_patrol where office = ?1 and institution = ?2 and day = ?3",
                             args, 3, &patrols);
    if (status != OK)
        return status;
    care_missing_add(call, list, "QA-EQUIP", "没有房间和设施检查记录", checks == 0,
                     url_of(call, "room_check", asked->day));
    care_missing_add(call, list, "FIRE-PATROL",
                     arena_format(call->arena, "防火巡查%lld次，不少于%lld次", (long long)patrols, (long long)least),
                     least - patrols, url_of(call, "fire_patrol", asked->day));
    return OK;
}

enum status
care_ledgers_missing(struct call *call, struct reader *reader, int64_t institution, const char *day, struct node *list)
{
    static enum status (*const parts[])(struct call *, struct reader *, const struct asked *,
                                        struct node *) = { observed, outdoor, rounds, disinfections,
                                                           medicine, meals,   rooms };
    const struct asked asked = { id_office(institution), institution, day };
    int64_t present;
    enum status status =
        care_number(call, reader,
                    "select count(*) from attendance where office = ?1 and institution = ?2 and day = ?3 and state in "
                    "('present', 'left')",
                    ARGS(value_int(asked.office), value_int(institution), value_text(day)), &present);
    for (size_t i = 0; present > 0 && i < sizeof parts / sizeof parts[0] && status == OK; i++)
        status = parts[i](call, reader, &asked, list);
    return status;
}
