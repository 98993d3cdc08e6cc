/* 申报与实证对照 — C005, C011, C065: what an institution claims beside what its records prove. Counts only; no child is
 * named. */
#include <string.h>

#include "domain/child/child.h"
#include "domain/child/seats.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/list.h"

enum { OPEN_DAYS = 20, PERCENT_TENTHS = 1000, LATE_MOST = 50 };

static const char *const heads[] = { "机构",       "备案托位", "班级托位", "在托",   "已编班",
                                     "托位使用率", "应到人次", "实到人次", "出勤率", "未确认天数",
                                     "补录入托",   "提示",     NULL };
enum { LATE = 10, NOTE };

struct proof {
    int64_t days, expected, present, unconfirmed, late;
};

/* The last twenty days on which it was open, from cells. */
static enum status
read_proof(struct call *call, struct reader *reader, const struct row *site, struct proof *proof)
{
    struct rows rows;
    *proof = (struct proof){ 0 };
    enum status status = reader_rows(
        reader, call->arena,
        "select d.expected, coalesce(a.present, 0), d.unconfirmed from cells_care_day d left join cells_attendance a "
        "on "
        "a.office = d.office and a.institution = d.institution and a.day = d.day where d.office = ?1 and "
        "d.institution = ?2 and d.day < ?3 order by d.day desc limit ?4",
        ARGS(value_int(site->office), value_int(site->id), value_text(call_today(call)), value_int(OPEN_DAYS)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        proof->days++;
        proof->expected += rows_int(&rows, i, 0);
        proof->present += rows_int(&rows, i, 1);
        proof->unconfirmed += rows_int(&rows, i, 2);
    }
    return status;
}

/* Entries that were put down long after their day: what the rule found, without a name. */
static enum status
put_late(struct call *call, struct reader *reader, const struct row *site, struct node *list, int64_t *n)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select f.message, f.since from finding f join child c on c.office = f.office and c.id = f.row where "
        "f.office = ?1 and f.rule = 'ENTRY-LATE' and f.until is null and c.institution = ?2 order by f.row desc limit "
        "?3",
        ARGS(value_int(site->office), value_int(site->id), value_int(LATE_MOST)), &rows);
    *n = status == OK ? (int64_t)rows.n : 0;
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, item, "institution", row_text(site, "name"));
        node_put_text(call->arena, item, "rule", "ENTRY-LATE");
        node_put_text(call->arena, item, "message", rows_text(&rows, i, 0));
        node_put_time(call->arena, item, "since", rows_int(&rows, i, 1));
    }
    return status;
}

/* A rate in tenths of a percent; what has no denominator is a dash. */
static void
put_rate(struct call *call, struct node *cells, const char *label, int64_t part, int64_t whole)
{
    struct node *cell = node_put_map(call->arena, cells, NULL);
    const int64_t tenths = whole == 0 ? 0 : (part * PERCENT_TENTHS + whole / 2) / whole;
    node_put_text(call->arena, cell, "label", label);
    node_put_bool(call->arena, cell, "number", true);
    node_put_text(call->arena, cell, "value",
                  whole == 0
                      ? "—"
                      : arena_format(call->arena, "%lld.%lld%%", (long long)(tenths / 10), (long long)(tenths % 10)));
}

static void
put_count(struct call *call, struct node *cells, const char *label, int64_t n)
{
    struct node *cell = node_put_map(call->arena, cells, NULL);
    node_put_text(call->arena, cell, "label", label);
    node_put_bool(call->arena, cell, "number", true);
    node_put_int(call->arena, cell, "value", n);
}

static const char *
warning(struct call *call, const struct seats *seats, const struct proof *proof)
{
    if (seats->places > seats->filed)
        return arena_format(call->arena, "班级托位比备案多%lld个", (long long)(seats->places - seats->filed));
    if (seats->enrolled > seats->filed)
        return arena_format(call->arena, "在托比备案托位多%lld人", (long long)(seats->enrolled - seats->filed));
    if (seats->enrolled > 0 && proof->days == 0)
        return "没有日结记录";
    if (proof->expected > 0 && proof->present * 2 < proof->expected)
        return "实到不足应到的一半";
    return seats->enrolled == 0 ? "没有在托记录" : NULL;
}

static void
put_line(struct call *call, struct node *rows, const struct row *site, const struct seats *seats,
         const struct proof *proof)
{
    struct node *line = node_put_map(call->arena, rows, NULL);
    node_put_id(call->arena, line, "id", site->id);
    node_put_text(call->arena, line, "name", row_text(site, "name"));
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/institution/%lld", (long long)site->id));
    struct node *cells = node_put_list(call->arena, line, "cells");
    put_count(call, cells, heads[1], seats->filed);
    put_count(call, cells, heads[2], seats->places);
    put_count(call, cells, heads[3], seats->enrolled);
    put_count(call, cells, heads[4], seats->placed);
    put_rate(call, cells, heads[5], seats->enrolled, seats->filed);
    put_count(call, cells, heads[6], proof->expected);
    put_count(call, cells, heads[7], proof->present);
    put_rate(call, cells, heads[8], proof->present, proof->expected);
    put_count(call, cells, heads[9], proof->unconfirmed);
    put_count(call, cells, heads[LATE], proof->late);
    const char *words = warning(call, seats, proof);
    struct node *cell = node_put_map(call->arena, cells, NULL);
    node_put_text(call->arena, cell, "label", heads[NOTE]);
    node_put_text(call->arena, cell, "value", words);
    node_put_bool(call->arena, cell, "note", true); /* below the name on the page, a column of the sheet */
    node_put_text(call->arena, line, "warning", words);
}

/* The register is public everywhere, what records prove is for the own offices. */
static bool
is_mine(const struct call *call, const struct row *site)
{
    bool mine = false;
    for (size_t i = 0; i < call->me->offices_n; i++)
        mine = mine || call->me->offices[i] == site->office;
    return mine && (call->me->area == NULL || (site->area != NULL && strcmp(site->area, call->me->area) >= 0 &&
                                               strcmp(site->area, call->me->area_to) < 0));
}

enum status
look_claimed(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct row_set set;
    struct node *query = node_map(call->arena), *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, query, "state", "filed");
    const struct office *office = office_of(call->reference, call->me->office);
    node_put_text(call->arena, query, "area",
                  call->me->level == L_COUNTY && office != NULL ? office->area : node_text_of(input, "area"));
    node_put_text(call->arena, query, "after", node_text_of(input, "after"));
    enum status status = list_rows(call, reader, &institution_form, query, MAY_SEE, 201, &set);
    node_put_text(call->arena, data, "title", "申报与实证对照");
    node_put_int(call->arena, data, "open_days", OPEN_DAYS);
    struct node *columns = node_put_list(call->arena, data, "columns");
    for (int i = 0; heads[i] != NULL; i++) {
        struct node *column = node_put_map(call->arena, columns, NULL);
        node_put_text(call->arena, column, "label", heads[i]);
        node_put_bool(call->arena, column, "number", i > 0 && i < NOTE);
        node_put_bool(call->arena, column, "note", i == NOTE);
    }
    struct node *rows = node_put_list(call->arena, data, "rows"), *late = node_put_list(call->arena, data, "late");
    for (size_t i = 0; status == OK && i < set.n && i < 200; i++) {
        struct seats seats;
        struct proof proof;
        if (!is_mine(call, set.rows[i]))
            continue;
        status = seats_of(call, reader, set.rows[i], call_today(call), &seats);
        if (status == OK)
            status = read_proof(call, reader, set.rows[i], &proof);
        if (status == OK)
            status = put_late(call, reader, set.rows[i], late, &proof.late);
        if (status == OK)
            put_line(call, rows, set.rows[i], &seats, &proof);
    }
    if (status == OK && set.n > 200)
        node_put_url(call->arena, data, "next_url",
                     arena_format(call->arena, "/seats/check?after=%lld", (long long)set.rows[199]->id));
    return status;
}
