/* simulate: lives days of care for every institution that has children — arrivals, checks, absences, departures, the
 * day's closing — by the same path as real ones. For training, demonstrations and measuring; the figures are invented,
 * so it refuses a data folder that is not marked as demo. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/simulate.h"
#include "domain/care/care.h"
#include "domain/care/health.h"
#include "domain/child/child.h"
#include "policy/engine.h"
#include "policy/write.h"

enum { MOST_CHILDREN = 1000, ONE_WRITE = 150, ROUNDS = 2 };

unsigned
dice_roll(struct dice *dice, unsigned below)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice->state >> 33) % below;
}

int64_t
life_at(const struct life *life, int minutes)
{
    return day_start_ms(life->day) + (int64_t)minutes * 60000;
}

static struct row *
record(struct call *call, const struct life *life, const struct form *form, const struct kid *kid)
{
    struct row *row = row_new(call, form);
    if (row == NULL)
        return NULL;
    row->institution = life->site->id;
    row->day = call_today(call);
    row_set_int(row, "child", kid->id);
    if (kid->class_group != 0)
        row_set_int(row, "class", kid->class_group);
    return row;
}

/* One check of the day; `symptoms` NULL: nothing was seen. */
struct round {
    const char *name, *symptoms;
    int minute;
    bool held;
};

static enum status
check(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, const struct round *round)
{
    struct row *row = record(call, life, &morning_check_form, kid);
    if (row == NULL)
        return NO_MEMORY;
    const bool hot = round->symptoms != NULL && strstr(round->symptoms, "|fever|") != NULL;
    const int64_t now = call->now_ms;
    row_set_text(row, "round", round->name);
    row_set_int(row, "at", life_at(life, round->minute));
    row_set_int(row, "temperature",
                hot ? 375 + (int)dice_roll(&life->dice, 12) : 361 + (int)dice_roll(&life->dice, 10));
    if (round->symptoms != NULL) {
        row_set_text(row, "symptoms", round->symptoms);
        row_set_text(row, "handling", illness_suspected(illness_of_symptoms(round->symptoms)) ? "isolate" : "watch");
        call->now_ms = life_at(life, round->minute); /* clocks of the case run from here */
    }
    life->rows++;
    const enum status status = row_create(call, writer, row);
    call->now_ms = now;
    return status;
}

static enum status
stay_away(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, const char *reason)
{
    struct row *row = record(call, life, &attendance_form, kid);
    if (row == NULL)
        return NO_MEMORY;
    row_set_text(row, "reason", reason);
    row_set_int(row, "traced_at", life_at(life, 10 * 60));
    life->rows++;
    return row_create(call, writer, row);
}

static enum status
come_and_go(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, int left)
{
    struct row *row = record(call, life, &attendance_form, kid);
    if (row == NULL)
        return NO_MEMORY;
    row_set_int(row, "arrived_at", life_at(life, 7 * 60 + 20 + (int)dice_roll(&life->dice, 40)));
    row_set_int(row, "left_at", life_at(life, left));
    row_set_text(row, "brought_by", "guardian");
    row_set_text(row, "fetch_check", kid->guardian != 0 ? "guardian" : "call");
    if (kid->guardian != 0)
        row_set_int(row, "fetched_guardian", kid->guardian);
    else
        row_set_text(row, "fetched_name", "演示家属");
    row->state = LEFT;
    life->rows++;
    return row_create(call, writer, row);
}

/* Which checks are held, and what the one that finds something sees. */
static const struct round *
roll_rounds(struct dice *dice, struct round rounds[ROUNDS])
{
    static const char *const symptoms[] = { "|fever|", "|fever|cough|", "|cough|runny_nose|", "|rash|" };
    const struct round *ill = NULL;
    rounds[0] = (struct round){ .name = "morning", .minute = 8 * 60 + (int)dice_roll(dice, 30) };
    rounds[1] = (struct round){ .name = "noon", .minute = 14 * 60 + 30 + (int)dice_roll(dice, 20) };
    for (int i = 0; i < ROUNDS; i++) {
        rounds[i].held = dice_roll(dice, 100) < (i == 0 ? 98 : 92);
        if (!rounds[i].held || ill != NULL || dice_roll(dice, 1000) >= 6)
            continue;
        rounds[i].symptoms = symptoms[dice_roll(dice, 4)];
        ill = &rounds[i];
    }
    return ill;
}

static enum status
attend(struct call *call, struct writer *writer, struct life *life, const struct kid *kid)
{
    struct round rounds[ROUNDS];
    bool away = false;
    enum status status = ill_before(call, writer, life, kid, &away);
    if (status != OK || away)
        return status == OK ? stay_away(call, writer, life, kid, "sick") : status;
    if (dice_roll(&life->dice, 100) < 6)
        return stay_away(call, writer, life, kid, dice_roll(&life->dice, 3) == 0 ? "sick" : "personal");
    const struct round *ill = roll_rounds(&life->dice, rounds);
    const bool fetched = ill != NULL && illness_suspected(illness_of_symptoms(ill->symptoms));
    const int evening = 17 * 60 + (int)dice_roll(&life->dice, 30), left = fetched ? ill->minute + 70 : evening;
    status = come_and_go(call, writer, life, kid, left);
    for (int i = 0; i < ROUNDS && status == OK; i++)
        if (rounds[i].held && rounds[i].minute < left)
            status = check(call, writer, life, kid, &rounds[i]);
    return status == OK && ill != NULL ? ill_today(call, writer, life, kid, ill->minute, left) : status;
}

static enum status
live_part(struct call *call, struct writer *writer, void *arg)
{
    struct life *life = arg;
    const struct life before = *life; /* a write may run again */
    struct life now = before;
    enum status status = OK;
    for (size_t i = life->from; i < life->to && status == OK; i++)
        status = attend(call, writer, &now, &life->site->kids[i]);
    life->dice = status == OK ? now.dice : before.dice;
    life->rows = status == OK ? now.rows : before.rows;
    return status;
}

static enum status
close_day(struct call *call, struct writer *writer, void *arg)
{
    struct life *life = arg;
    struct row *day;
    bool there = false;
    enum status status = ill_evening(call, writer, life);
    if (status == OK)
        status = care_day_of(call, writer_reader(writer), life->site->id, call_today(call), &day);
    if (status != OK)
        return status;
    there = day != NULL;
    if (status == OK && !there) {
        day = row_new(call, &care_day_form);
        if (day == NULL)
            return NO_MEMORY;
        day->institution = life->site->id;
        day->day = call_today(call);
        row_set_int(day, "expected", (int64_t)life->site->kids_n);
        row_set_int(day, "enrolled", (int64_t)life->site->kids_n);
        status = row_create(call, writer, day);
    }
    if (status != OK || day->state != OPEN)
        return status;
    struct node *input = node_map(call->arena);
    node_put_text(call->arena, input, "note", "模拟：缺项未补登");
    status = step_take(call, writer, &care_day_form, day->id, 0, "close", input, NULL);
    return status;
}

static enum status
settle(struct call *call, struct writer *writer, void *arg)
{
    struct life *life = arg;
    enum status status = OK;
    for (size_t i = life->from; i < life->to && status == OK; i++)
        status = ill_settle(call, writer, life, &life->site->kids[i]);
    return status == OK ? ill_evening(call, writer, life) : status;
}

/* Is there something to live on that day: the institution is open and nothing was recorded yet? */
static enum status
is_free(struct call *call, struct reader *reader, int64_t institution, struct day day, bool *out)
{
    struct rows rows;
    char iso[11];
    day_iso(day, iso);
    enum status status = care_is_open(call, reader, institution, day, out);
    if (status != OK || !*out)
        return status;
    status = reader_rows(reader, call->arena,
                         "select 1 from attendance where office = ?1 and institution = ?2 and day = ?3 limit 1",
                         ARGS(value_int(id_office(institution)), value_int(institution), value_text(iso)), &rows);
    *out = status == OK && rows.n == 0;
    return status;
}

static enum status
in_parts(struct call *call, struct life *life, call_fn *fn)
{
    enum status status = OK;
    for (life->from = 0; life->from < life->site->kids_n && status == OK; life->from = life->to) {
        life->to = life->from + ONE_WRITE < life->site->kids_n ? life->from + ONE_WRITE : life->site->kids_n;
        status = call_write(call, LANE_BULK, fn, life);
    }
    return status;
}

/* One institution, one day: in parts, each a transaction. A day that was lived before is left alone. */
static enum status
live_day(struct life *life)
{
    struct call call;
    if (!call_open(&call, life->house, id_office(life->site->id)))
        return NO_MEMORY;
    call.now_ms = life_at(life, 18 * 60);
    call.today = life->day;
    bool free = false;
    struct reader *reader = store_reader(life->house->store);
    enum status status = is_free(&call, reader, life->site->id, life->day, &free);
    store_reader_done(life->house->store, reader);
    if (status == OK && free)
        status = in_parts(&call, life, live_part);
    if (status == OK && free)
        status = call_write(&call, LANE_BULK, close_day, life);
    if (status == OK && life->day.n == life->last.n)
        status = in_parts(&call, life, settle);
    if (status != OK)
        call_complain(&call, status);
    call_close(&call);
    return status;
}

/* Life goes forward only: what was recorded on a later day (a child at home ill, an alert) was decided without the
 * earlier one. Refused before anything is written. */
static enum status
goes_forward(struct call *call, struct reader *reader, const struct site *site, struct day from, struct day to)
{
    struct rows rows;
    char iso[11];
    struct day last;
    bool free = false;
    day_iso(from, iso);
    enum status status = reader_rows(
        reader, call->arena,
        "select day from attendance where office = ?1 and institution = ?2 and day >= ?3 order by day desc limit 1",
        ARGS(value_int(id_office(site->id)), value_int(site->id), value_text(iso)), &rows);
    if (status != OK || rows.n == 0 || !day_parse(rows_text(&rows, 0, 0), &last))
        return status;
    for (; from.n < last.n && from.n <= to.n && status == OK && !free; from.n++)
        status = is_free(call, reader, site->id, from, &free);
    if (status != OK || !free)
        return status;
    const char *recorded = rows_text(&rows, 0, 0);
    day_iso((struct day){ from.n - 1 }, iso);
    status = reader_rows(reader, call->arena, "select name from institution where office = ?1 and id = ?2",
                         ARGS(value_int(id_office(site->id)), value_int(site->id)), &rows);
    return status == OK ? call_fail(call, CONFLICT,
                                    "%s在%s已有出勤记录，不能再模拟此前的%s。请从%s之后的日期起模拟，或新建演示目录后"
                                    "按时间顺序模拟",
                                    rows_text(&rows, 0, 0), recorded, iso, recorded)
                        : status;
}

static enum status
find_sites(struct call *call, struct reader *reader, struct site **sites, size_t *n)
{
    struct rows rows, kids;
    *n = 0;
    enum status status = reader_rows(reader, call->arena,
                                     "select institution, count(*) from child where state = 'enrolled' "
                                     "group by institution order by institution",
                                     NO_ARGS, &rows);
    *sites = arena_array(call->arena, rows.n + 1, sizeof **sites);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const int64_t id = rows_int(&rows, i, 0);
        status = reader_rows(
            reader, call->arena,
            "select c.id, c.class, (select min(g.id) from guardian g where g.office = c.office and g.part = "
            "c.id) from child c where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' "
            "order by c.id limit 1000",
            ARGS(value_int(id_office(id)), value_int(id)), &kids);
        struct kid *list = arena_array(call->arena, kids.n + 1, sizeof *list);
        if (list == NULL || *sites == NULL)
            return NO_MEMORY;
        for (size_t k = 0; k < kids.n; k++)
            list[k] = (struct kid){ rows_int(&kids, k, 0), rows_int(&kids, k, 1), rows_int(&kids, k, 2) };
        (*sites)[(*n)++] = (struct site){ id, list, kids.n };
    }
    return status;
}

static enum status
live(struct life *life, const struct site *sites, size_t n, struct day from)
{
    struct progress progress = progress_begin("模拟");
    enum status status = OK;
    for (life->day = from; life->day.n <= life->last.n && status == OK; life->day.n++) {
        for (size_t i = 0; i < n && status == OK; i++) {
            life->site = &sites[i];
            status = live_day(life);
        }
        progress_show(&progress, (life->day.n - from.n + 1) * 1000 / (life->last.n - from.n + 1));
    }
    progress_end(&progress);
    return status;
}

static int
run(struct house *house, struct day from, struct day to)
{
    struct call call;
    struct site *sites;
    size_t n;
    struct life life = { .house = house, .dice = { 20200323 }, .last = to };
    if (!call_open(&call, house, 1))
        return 1;
    struct reader *reader = store_reader(house->store);
    enum status status = find_sites(&call, reader, &sites, &n);
    for (size_t i = 0; status == OK && i < n; i++)
        status = goes_forward(&call, reader, &sites[i], from, to);
    store_reader_done(house->store, reader);
    if (status != OK)
        call_complain(&call, status);
    else
        status = live(&life, sites, n, from);
    if (status == OK)
        printf("%zu家机构，%lld条记录\n", n, (long long)life.rows);
    call_close(&call);
    return status == OK ? 0 : 1;
}

static const struct help help = {
    .usage = "tuoyu simulate 起始日 截止日 [选项]",
    .about = "为演示数据中每家有在托婴幼儿的机构模拟日常照护（出勤、晨午检、病儿告知隔离就医返托、离园、日结），\n"
             "用于培训、演示和测量。只用于含演示数据的目录；已有记录的日期不重复模拟，只能按时间顺序向后模拟：\n"
             "之后的日期已有出勤记录的，不补模拟此前的日期。使用本机数据库时须先停止服务。",
    .more = "例：tuoyu simulate 2026-09-01 2026-11-24",
};

int
command_simulate(int argc, char **argv)
{
    struct options options;
    struct day from, to;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 2 || !day_parse(options.words[0], &from) ||
        !day_parse(options.words[1], &to) || to.n < from.n)
        return help_show(&help, &options);
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    int result = 1;
    if (!house->config.demo)
        fprintf(stderr, "此目录不含演示数据，不能写入模拟记录\n");
    else
        result = run(house, from, to);
    house_close(house);
    return result;
}
