/* simulate: lives days of care for every institution that has children — arrivals, checks, absences, departures, the
 * day's closing — by the same path as real ones. For training, demonstrations and measuring; the figures are invented,
 * so it refuses a data folder that is not marked as demo. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/progress.h"
#include "domain/care/care.h"
#include "domain/child/child.h"
#include "policy/engine.h"
#include "policy/write.h"

enum { MINUTE_MS = 60000, MOST_CHILDREN = 1000, ONE_WRITE = 150 };

/* The same seed gives the same days. */
struct dice {
    uint64_t state;
};

static unsigned
roll(struct dice *dice, unsigned below)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice->state >> 33) % below;
}

struct kid {
    int64_t id, class_group;
};
struct site {
    int64_t id;
    const struct kid *kids;
    size_t kids_n;
};
struct life {
    struct house *house;
    struct dice dice;
    const struct site *site;
    struct day day;
    size_t from, to; /* children of this write */
    int64_t rows;
};

static int64_t
at(const struct life *life, int minutes)
{
    return day_start_ms(life->day) + (int64_t)minutes * MINUTE_MS;
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

static enum status
check(struct call *call, struct writer *writer, struct life *life, const struct kid *kid, const char *round, int minute)
{
    struct row *row = record(call, life, &morning_check_form, kid);
    if (row == NULL)
        return NO_MEMORY;
    const bool ill = roll(&life->dice, 1000) < 6;
    row_set_text(row, "round", round);
    row_set_int(row, "at", at(life, minute));
    row_set_int(row, "temperature", ill ? 375 + (int)roll(&life->dice, 12) : 361 + (int)roll(&life->dice, 10));
    if (ill) {
        static const char *const symptoms[] = { "|fever|", "|fever|cough|", "|cough|runny_nose|", "|rash|" };
        row_set_text(row, "symptoms", symptoms[roll(&life->dice, 4)]);
        row_set_text(row, "handling", "watch");
    }
    life->rows++;
    return row_create(call, writer, row);
}

static enum status
attend(struct call *call, struct writer *writer, struct life *life, const struct kid *kid)
{
    struct row *row = record(call, life, &attendance_form, kid);
    if (row == NULL)
        return NO_MEMORY;
    life->rows++;
    if (roll(&life->dice, 100) < 6) {
        row_set_text(row, "reason", roll(&life->dice, 3) == 0 ? "sick" : "personal");
        row_set_int(row, "traced_at", at(life, 10 * 60));
        return row_create(call, writer, row);
    }
    row_set_int(row, "arrived_at", at(life, 7 * 60 + 40 + (int)roll(&life->dice, 40)));
    row_set_int(row, "left_at", at(life, 17 * 60 + (int)roll(&life->dice, 30)));
    row_set_text(row, "brought_by", "guardian");
    row_set_text(row, "fetch_check", "guardian");
    row->state = LEFT;
    enum status status = row_create(call, writer, row);
    if (status == OK && roll(&life->dice, 100) < 98)
        status = check(call, writer, life, kid, "morning", 8 * 60 + (int)roll(&life->dice, 30));
    if (status == OK && roll(&life->dice, 100) < 92)
        status = check(call, writer, life, kid, "noon", 14 * 60 + 30 + (int)roll(&life->dice, 20));
    return status;
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
    const struct life *life = arg;
    struct row *day;
    bool there = false;
    enum status status = care_day_of(call, writer_reader(writer), life->site->id, call_today(call), &day);
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

/* One institution, one day: in parts, each a transaction. A day that was lived before is left alone. */
static enum status
live_day(struct life *life)
{
    struct call call;
    struct rows rows;
    if (!call_open(&call, life->house, id_office(life->site->id)))
        return NO_MEMORY;
    call.now_ms = at(life, 18 * 60);
    call.today = life->day;
    bool open = false;
    struct reader *reader = store_reader(life->house->store);
    enum status status = care_is_open(&call, reader, life->site->id, life->day, &open);
    if (status == OK)
        status = reader_rows(
            reader, call.arena, "select 1 from attendance where office = ?1 and institution = ?2 and day = ?3 limit 1",
            ARGS(value_int(id_office(life->site->id)), value_int(life->site->id), value_text(call_today(&call))),
            &rows);
    store_reader_done(life->house->store, reader);
    open = open && status == OK && rows.n == 0;
    for (life->from = 0; open && life->from < life->site->kids_n && status == OK; life->from = life->to) {
        life->to = life->from + ONE_WRITE < life->site->kids_n ? life->from + ONE_WRITE : life->site->kids_n;
        status = call_write(&call, LANE_BULK, live_part, life);
    }
    if (open && status == OK)
        status = call_write(&call, LANE_BULK, close_day, life);
    if (status != OK)
        call_complain(&call, status);
    call_close(&call);
    return status;
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
        status =
            reader_rows(reader, call->arena,
                        "select id, class from child where office = ?1 and institution = ?2 and state = 'enrolled' "
                        "order by id limit 1000",
                        ARGS(value_int(id_office(id)), value_int(id)), &kids);
        struct kid *list = arena_array(call->arena, kids.n + 1, sizeof *list);
        if (list == NULL || *sites == NULL)
            return NO_MEMORY;
        for (size_t k = 0; k < kids.n; k++)
            list[k] = (struct kid){ rows_int(&kids, k, 0), rows_int(&kids, k, 1) };
        (*sites)[(*n)++] = (struct site){ id, list, kids.n };
    }
    return status;
}

static int
run(struct house *house, struct day from, struct day to)
{
    struct call call;
    struct site *sites;
    size_t n;
    struct life life = { .house = house, .dice = { 20200323 } };
    struct progress progress = progress_begin("模拟");
    if (!call_open(&call, house, 1))
        return 1;
    struct reader *reader = store_reader(house->store);
    enum status status = find_sites(&call, reader, &sites, &n);
    store_reader_done(house->store, reader);
    for (life.day = from; life.day.n <= to.n && status == OK; life.day.n++) {
        for (size_t i = 0; i < n && status == OK; i++) {
            life.site = &sites[i];
            status = live_day(&life);
        }
        progress_show(&progress, (life.day.n - from.n + 1) * 1000 / (to.n - from.n + 1));
    }
    progress_end(&progress);
    if (status == OK)
        printf("%zu家机构，%lld条记录\n", n, (long long)life.rows);
    call_close(&call);
    return status == OK ? 0 : 1;
}

static const struct help help = {
    .usage = "tuoyu simulate 起始日 截止日 [选项]",
    .about = "为演示数据中每家有在托婴幼儿的机构模拟日常照护（出勤、晨午检、离园、日结），用于培训、演示和测量。\n"
             "只用于含演示数据的目录；已有记录的日期不重复模拟。使用本机数据库时须先停止服务。",
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
