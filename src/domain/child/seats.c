/* 可托余量 — clauses C003, C065; regulations §15. A place is taken by a child of the class in the half-days of its
 * contract; a child without a contract takes it all week, one without a class takes a place of the whole. Numbers of
 * places are no persons: nothing is hidden. */
#include "domain/child/seats.h"

#include <string.h>

#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

enum { WORKING_DAYS = 5, CHILDREN_MOST = 5000 };

static const char *const bands[SEAT_BANDS] = { "infant", "toddler_small", "toddler_big", "mixed" };

const char *
seats_band(int band)
{
    return bands[band];
}

static int
band_of(const char *code)
{
    for (int i = 0; code != NULL && i < SEAT_BANDS; i++)
        if (strcmp(bands[i], code) == 0)
            return i;
    return -1;
}

/* Which half-days a contract takes on its days: by its half, or by its hours around noon. */
static void
halves_of(const char *form, const char *half, const char *from, const char *to, bool taken[SEAT_HALVES])
{
    taken[0] = taken[1] = true;
    if (form == NULL || strcmp(form, "full_day") == 0)
        return;
    if (half != NULL) {
        taken[0] = strcmp(half, "morning") == 0;
        taken[1] = !taken[0];
    } else if (from != NULL && to != NULL) {
        taken[0] = strcmp(from, "12:00") < 0;
        taken[1] = strcmp(to, "12:00") > 0;
    }
}

static void
take(struct seats *seats, const struct rows *rows, size_t i)
{
    const int band = band_of(rows_text(rows, i, 0));
    const char *form = rows_text(rows, i, 1), *weekdays = rows_text(rows, i, 2);
    bool halves[SEAT_HALVES];
    int64_t(*taken)[SEAT_HALVES] = band < 0 ? seats->loose_taken : seats->band_taken[band];
    seats->enrolled++;
    seats->placed += band >= 0;
    halves_of(form, rows_text(rows, i, 3), rows_text(rows, i, 4), rows_text(rows, i, 5), halves);
    for (int day = 0; day < SEAT_DAYS; day++) {
        const char weekday[] = { '|', (char)('1' + day), '|', '\0' };
        const bool comes = form == NULL || (weekdays != NULL && strstr(weekdays, weekday) != NULL);
        for (int half = 0; half < SEAT_HALVES; half++)
            taken[day][half] += comes && halves[half];
    }
}

static enum status
read_classes(struct call *call, struct reader *reader, const struct row *site, const char *day, struct seats *seats)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena,
                                     "select band, count(*), sum(places) from class_group where office = ?1 and "
                                     "institution = ?2 and (ended_on is null or ended_on >= ?3) group by band",
                                     ARGS(value_int(site->office), value_int(site->id), value_text(day)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const int band = band_of(rows_text(&rows, i, 0));
        seats->classes += rows_int(&rows, i, 1);
        seats->places += rows_int(&rows, i, 2);
        if (band >= 0)
            seats->band_places[band] += rows_int(&rows, i, 2);
    }
    return status;
}

enum status
seats_of(struct call *call, struct reader *reader, const struct row *site, const char *day, struct seats *out)
{
    struct rows rows;
    *out = (struct seats){ .filed = row_int(site, "places") };
    enum status status = read_classes(call, reader, site, day, out);
    if (status == OK)
        status = reader_rows(
            reader, call->arena,
            "select g.band, k.service_form, k.weekdays, k.half, k.hour_from, k.hour_to from child c "
            "left join class_placement p on p.office = c.office and p.part = c.id and p.from_day <= ?3 and p.until >= "
            "?3 "
            "left join class_group g on g.office = p.office and g.id = p.class "
            "left join contract k on k.office = c.office and k.part = c.id and k.state = 'active' and "
            "k.from_day <= ?3 and k.to_day >= ?3 "
            "where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' limit ?4",
            ARGS(value_int(site->office), value_int(site->id), value_text(day), value_int(CHILDREN_MOST)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        take(out, &rows, i);
    return status;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
taken_at(const struct seats *seats, int weekday, int half)
{
    int64_t all = seats->loose_taken[weekday][half];
    for (int band = 0; band < SEAT_BANDS; band++)
        all += seats->band_taken[band][weekday][half];
    return all;
}

/* What filed and class places leave of the whole institution on every working half-day. */
static int64_t
whole_left(const struct seats *seats)
{
    int64_t left = least(seats->filed, seats->places);
    for (int day = 0; day < WORKING_DAYS; day++)
        for (int half = 0; half < SEAT_HALVES; half++)
            left = least(left, least(seats->filed, seats->places) - taken_at(seats, day, half));
    return left < 0 ? 0 : left;
}

int64_t
seats_free(const struct seats *seats, int band, int weekday, int half)
{
    const int64_t here = seats->band_places[band] - seats->band_taken[band][weekday][half];
    const int64_t whole = least(seats->filed, seats->places) - taken_at(seats, weekday, half);
    const int64_t left = least(here, whole);
    return left < 0 ? 0 : left;
}

int64_t
seats_free_whole(const struct seats *seats, int band)
{
    int64_t left = seats->band_places[band];
    for (int day = 0; day < WORKING_DAYS; day++)
        for (int half = 0; half < SEAT_HALVES; half++)
            left = least(left, seats_free(seats, band, day, half));
    return left;
}

void
seats_show(struct call *call, const struct seats *seats, struct node *map)
{
    static const char *const days[SEAT_DAYS] = { "周一", "周二", "周三", "周四", "周五", "周六", "周日" };
    node_put_int(call->arena, map, "filed", seats->filed);
    node_put_int(call->arena, map, "class_places", seats->places);
    node_put_int(call->arena, map, "enrolled", seats->enrolled);
    node_put_int(call->arena, map, "unplaced", seats->enrolled - seats->placed);
    struct node *list = node_put_list(call->arena, map, "bands");
    int64_t all = 0;
    for (int band = 0; band < SEAT_BANDS; band++) {
        if (seats->band_places[band] == 0)
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        const char *label = code_label(call->reference, "class_band", bands[band]);
        node_put_code(call->arena, item, "band", bands[band], label == NULL ? bands[band] : label);
        node_put_int(call->arena, item, "places", seats->band_places[band]);
        node_put_int(call->arena, item, "free", seats_free_whole(seats, band));
        all += seats_free_whole(seats, band);
        struct node *week = node_put_list(call->arena, item, "days");
        for (int day = 0; day < WORKING_DAYS; day++) {
            struct node *one = node_put_map(call->arena, week, NULL);
            node_put_text(call->arena, one, "day", days[day]);
            node_put_int(call->arena, one, "morning", seats_free(seats, band, day, 0));
            node_put_int(call->arena, one, "afternoon", seats_free(seats, band, day, 1));
        }
    }
    node_put_int(call->arena, map, "free", least(all, whole_left(seats)));
}

/* ---- 本机构托位 ---- */

enum status
look_seats(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct row *site;
    struct seats seats;
    (void)input;
    if (call->me->institution == 0)
        return NOT_FOUND;
    enum status status = institution_get(call, reader, call->me->institution, &site);
    if (status == OK)
        status = seats_of(call, reader, site, call_today(call), &seats);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "name", row_text(site, "name"));
    seats_show(call, &seats, data);
    return OK;
}
