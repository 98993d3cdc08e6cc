/* 安全档案 as one page — clauses C036–C038, C086–C087, C115: what is there, until when, what is missing; for the
 * institution, and for those who answer for its safety. Counted when asked for: time alone makes it wrong. */
#include <stdlib.h>
#include <string.h>

#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/show.h"

enum { PLACES = 50 };

/* What the newest date of a kind of record means. */
enum meaning {
    HAS,   /* it is enough that there is one */
    UNTIL, /* holds to this day */
    SINCE  /* was done that day, and is due again after the standard's time */
};
struct line_kind {
    const char *section, *rule, *clause, *list; /* list NULL: one line with `label` */
    const char *label, *form;
    enum meaning meaning;
    const char *sql;     /* newest date of ?1 office, ?2 institution, ?3 code */
    const char *only;    /* codes of the list that are asked for; NULL: all */
    const char *again;   /* SINCE: standard whose value is days or months (its unit says) */
    int64_t again_value; /* when the standard has no value */
};

static const struct line_kind kinds[] = {
    { "安全责任人", "SAFE-PERSON", "C036", "safety_role", NULL, "safety_person", UNTIL,
      "select max(coalesce(p.until_day, '9999-12-31')) from safety_person p join staff s on s.office = p.office and "
      "s.id = p.staff where p.office = ?1 and p.institution = ?2 and p.role = ?3 and s.state = 'active' and "
      "(p.role <> 'fire' or p.trained_on is not null)",
      NULL, NULL, 0 },
    { "安全管理制度", "SAFE-REGIME", "C037", "safety_regime_kind", NULL, "safety_regime", UNTIL,
      "select max(p.review_on) from safety_regime p where p.office = ?1 and p.institution = ?2 and p.kind = ?3 and "
      "coalesce(p.ended, 0) = 0",
      NULL, NULL, 0 },
    { "安全设施器材", "SAFE-EQUIP", "C038", "safety_equipment_kind", NULL, "safety_equipment", UNTIL,
      "select max(coalesce(p.expires_on, '9999-12-31')) from safety_equipment p where p.office = ?1 and p.institution "
      "= "
      "?2 and p.kind = ?3 and p.condition <> 'scrapped'",
      "|extinguisher|exit_sign|emergency_light|smoke|alarm|camera|first_aid|", NULL, 0 },
    { "疏散通道", "SAFE-EXIT", "C086", NULL, "安全出口和疏散通道", "exit_way", HAS,
      "select case when min(coalesce(p.clear, 0)) = 1 then '9999-12-31' when count(*) > 0 then '有出口或通道不畅通' "
      "end "
      "from exit_way p where p.office = ?1 and p.institution = ?2 and ?3 = ''",
      NULL, NULL, 0 },
    { "消防检查", "FIRE-CHECK", "C086", NULL, "防火检查（每月，负责人签字）", "fire_check", SINCE,
      "select max(p.checked_on) from fire_check p where p.office = ?1 and p.institution = ?2 and ?3 = '' and p.state = "
      "'signed'",
      NULL, "CFG-FIRE-DAYS", 31 },
    { "应急预案", "MGT-31", "C086", "emergency_kind", NULL, "emergency_plan", HAS,
      "select max(p.reviewed_on) from emergency_plan p where p.office = ?1 and p.institution = ?2 and p.kind = ?3 and "
      "coalesce(p.ended, 0) = 0",
      NULL, NULL, 0 },
    { "应急演练", "FIRE-DRILL", "C086", "emergency_kind", NULL, "emergency_drill", SINCE,
      "select max(p.held_on) from emergency_drill p where p.office = ?1 and p.institution = ?2 and p.kind = ?3",
      "|fire|", "FIRE-DRILL", 6 },
    { "责任保险", "QA-INSURE", "C036", NULL, "责任保险", "liability_insurance", UNTIL,
      "select max(p.to_day) from liability_insurance p where p.office = ?1 and p.institution = ?2 and ?3 = ''", NULL,
      NULL, 0 },
    { "安全和法治培训", "CFG-TRAIN-DAYS", "C115", "safety_topic", NULL, "safety_training", SINCE,
      "select max(p.held_on) from safety_training p where p.office = ?1 and p.institution = ?2 and p.topic = ?3", NULL,
      "CFG-TRAIN-DAYS", 365 },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The last day on which what was done on `since` is still fresh. */
static struct day
fresh_until(const struct call *call, const struct line_kind *kind, struct day since)
{
    const struct standard *standard = standard_here(call, kind->again);
    const int64_t n = standard_int(call, kind->again, kind->again_value);
    if (standard != NULL && standard->unit != NULL && strcmp(standard->unit, "个月") == 0)
        return day_add_months(since, (int)n);
    return (struct day){ since.n + (int)n };
}

static bool
line_is_good(const struct call *call, const struct line_kind *kind, const char *newest, struct day *until)
{
    struct day day;
    if (newest == NULL || !day_parse(newest, &day))
        return false;
    *until = kind->meaning == SINCE ? fresh_until(call, kind, day) : day;
    return kind->meaning == HAS || until->n >= call->today.n;
}

static const char *
line_words(struct call *call, const struct line_kind *kind, const char *newest, bool good, struct day until)
{
    char iso[11];
    if (newest == NULL)
        return "没有记录";
    day_iso(until, iso);
    if (kind->meaning == SINCE)
        return arena_format(call->arena, good ? "最近%s，%s前再做" : "最近%s，应在%s前再做", newest, iso);
    if (strcmp(newest, OPEN_END) == 0)
        return "有";
    return kind->meaning == HAS ? arena_format(call->arena, "%s", newest)
                                : arena_format(call->arena, good ? "有效至%s" : "已于%s到期", newest);
}

/* One line: 0 good, 1 missing or past. */
static enum status
put_line(struct call *call, struct reader *reader, const struct line_kind *kind, int64_t institution, const char *code,
         const char *label, struct node *list, int64_t *missing)
{
    struct rows rows;
    struct day until = { 0 };
    enum status status =
        reader_rows(reader, call->arena, kind->sql,
                    ARGS(value_int(id_office(institution)), value_int(institution), value_text(code)), &rows);
    if (status != OK)
        return status;
    const char *newest = rows_text(&rows, 0, 0);
    const bool good = line_is_good(call, kind, newest, &until);
    *missing += !good;
    if (list == NULL)
        return OK;
    struct node *line = node_put_map(call->arena, list, NULL);
    node_put_text(call->arena, line, "rule", kind->rule);
    node_put_text(call->arena, line, "code", code);
    node_put_text(call->arena, line, "label", label);
    node_put_bool(call->arena, line, "good", good);
    node_put_text(call->arena, line, "text", line_words(call, kind, newest, good, until));
    struct node *badge = node_put_map(call->arena, line, "state");
    node_put_text(call->arena, badge, "label",
                  good                   ? "已具备"
                  : newest == NULL       ? "缺"
                  : kind->meaning == HAS ? "不符合"
                                         : "已过期");
    show_tone(call, badge, good ? "good" : newest == NULL ? "bad" : "warn");
    return OK;
}

static enum status
put_kind(struct call *call, struct reader *reader, const struct line_kind *kind, int64_t institution, struct node *list,
         int64_t *missing)
{
    if (kind->list == NULL)
        return put_line(call, reader, kind, institution, "", kind->label, list, missing);
    const struct code_list *codes = code_list(call->reference, kind->list);
    enum status status = OK;
    for (size_t i = 0; codes != NULL && i < codes->n && status == OK; i++)
        if (kind->only == NULL || strstr(kind->only, arena_format(call->arena, "|%s|", codes->codes[i].code)) != NULL)
            status =
                put_line(call, reader, kind, institution, codes->codes[i].code, codes->codes[i].label, list, missing);
    return status;
}

static enum status
file_of(struct call *call, struct reader *reader, int64_t institution, struct node *sections, int64_t *missing)
{
    enum status status = OK;
    *missing = 0;
    for (size_t i = 0; i < KINDS && status == OK; i++) {
        struct node *list = NULL;
        if (sections != NULL) {
            struct node *section = node_put_map(call->arena, sections, NULL);
            node_put_text(call->arena, section, "title", kinds[i].section);
            node_put_text(call->arena, section, "clause", kinds[i].clause);
            node_put_url(call->arena, section, "url",
                         arena_format(call->arena, "/%s?institution=%lld", kinds[i].form, (long long)institution));
            if (call->me->institution == institution)
                node_put_url(call->arena, section, "new_url", arena_format(call->arena, "/%s/new", kinds[i].form));
            list = node_put_list(call->arena, section, "lines");
        }
        status = put_kind(call, reader, &kinds[i], institution, list, missing);
    }
    return status;
}

/* Faulty and expired pieces are counted apart: one good extinguisher does not hide a bad one. */
static enum status
put_faults(struct call *call, struct reader *reader, int64_t institution, struct node *data)
{
    int64_t n;
    enum status status =
        care_number(call, reader,
                    "select count(*) from safety_equipment where office = ?1 and institution = ?2 and condition <> "
                    "'scrapped' and (condition = 'fault' or expires_on < ?3)",
                    ARGS(value_int(id_office(institution)), value_int(institution), value_text(call_today(call))), &n);
    node_put_int(call->arena, data, "faults", n);
    node_put_bool(call->arena, data, "has_faults", n > 0);
    node_put_url(call->arena, data, "faults_url",
                 arena_format(call->arena, "/safety_equipment?institution=%lld", (long long)institution));
    return status;
}

static enum status
one_file(struct call *call, struct reader *reader, int64_t id, struct node *data)
{
    struct row *site;
    unsigned may, groups;
    int64_t missing;
    enum status status = row_seen(call, reader, &institution_form, id, &site, &may, &groups);
    if (status == OK && (groups & G_WORK) == 0) /* what everybody sees of an institution is not enough */
        status = NOT_FOUND;
    if (status == OK)
        status = file_of(call, reader, id, node_put_list(call->arena, data, "sections"), &missing);
    if (status != OK)
        return status;
    node_put_bool(call->arena, data, "one", true);
    node_put_text(call->arena, data, "title", row_text(site, "name"));
    node_put_int(call->arena, data, "missing", missing);
    node_put_bool(call->arena, data, "lacks", missing > 0);
    return put_faults(call, reader, id, data);
}

static enum status
all_files(struct call *call, struct reader *reader, const struct node *input, struct node *data)
{
    struct rows places;
    int64_t after = 0;
    const char *text = node_text_of(input, "after");
    struct node *list = node_put_list(call->arena, data, "institutions");
    if (text != NULL && !id_parse(text, &after))
        return NOT_FOUND;
    enum status status = care_places(call, reader, NULL, after, PLACES, &places);
    for (size_t i = 0; status == OK && i < places.n; i++) {
        int64_t missing;
        const int64_t id = rows_int(&places, i, 0);
        status = file_of(call, reader, id, NULL, &missing);
        struct node *row = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, row, "id", id);
        node_put_text(call->arena, row, "name", rows_text(&places, i, 1));
        node_put_url(call->arena, row, "url", arena_format(call->arena, "/safety?institution=%lld", (long long)id));
        node_put_int(call->arena, row, "missing", missing);
        node_put_bool(call->arena, row, "lacks", missing > 0);
    }
    if (status == OK && places.n == PLACES)
        node_put_url(call->arena, data, "next_url",
                     arena_format(call->arena, "/safety?after=%lld", (long long)rows_int(&places, places.n - 1, 0)));
    return status;
}

enum status
look_safety(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id = call->me->institution;
    struct node *data = node_put_map(call->arena, model, "data");
    const char *asked = node_text_of(input, "institution");
    if (id == 0 && asked == NULL)
        return all_files(call, reader, input, data);
    if (id == 0 && !id_parse(asked, &id))
        return NOT_FOUND;
    return one_file(call, reader, id, data);
}

enum status
care_safety_daily(struct call *call, struct writer *writer, int64_t office)
{
    enum status status = care_recheck(call, writer, &safety_regime_form, office,
                                      "select id from safety_regime where office = ?1 and review_on >= ?2 and "
                                      "review_on < ?3 and coalesce(ended, 0) = 0 order by id limit 500");
    if (status == OK)
        status = care_recheck(call, writer, &safety_equipment_form, office,
                              "select id from safety_equipment where office = ?1 and expires_on >= ?2 and expires_on < "
                              "?3 and condition <> 'scrapped' order by id limit 500");
    if (status == OK) /* not looked at for a month */
        status = care_recheck(call, writer, &safety_equipment_form, office,
                              "select id from safety_equipment e where e.office = ?1 and e.checked_on < ?2 and ?3 > ?2 "
                              "and e.condition <> 'scrapped' and not exists (select 1 from finding f where f.office = "
                              "e.office and f.row = e.id and f.rule = 'QA-EQUIP' and f.until is null) order by e.id "
                              "limit 500");
    return status;
}
