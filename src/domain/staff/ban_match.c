/* 禁入比对 — clause C056. The same ID number bars at once, opens a case at the county and tells the head, never the
 * reason; a like name with the same birth date waits for a person's judgment. Staff, heads of filings and legal
 * representatives are compared: at hiring, at each new ban, at each roster and each night. */
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define IN_FORCE "('active', 'suspended')"

static const struct field fields[] = {
    { "staff", F_REF, .label = "工作人员", .ref = &staff_form, .computed = true, .list = true },
    { "filing", F_REF, .label = "负责人所在备案", .ref = &filing_form, .computed = true },
    { "legal_name", F_TEXT, .label = "法定代表人", .computed = true, .basis = BASIS_DUTY, .index = true },
    { "ban", F_REF, .label = "禁入记录", .ref = &ban_form, .elsewhere = true, .computed = true, .index = true },
    { "kind", F_CODE, .label = "比对结果", .code = "ban_match_kind", .computed = true, .list = true, .filter = true },
    { "found_by", F_CODE, .label = "发现时机", .code = "ban_found_by", .computed = true, .list = true },
    { "replace_by", F_DATE, .label = "责令更换的期限", .computed = true, .list = true, .index = true },
    { "replaced_on", F_DATE, .label = "更换日期", .past = true, .computed = true },
    { "outcome", F_LINES, .label = "处理情况", .basis = BASIS_DUTY, .max = 1000 },
    { 0 },
};

enum status
ban_holds(struct call *call, struct reader *reader, const char *id_number, bool *holds)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena,
                    "select 1 from ban where office = 1 and id_number_find = ?1 and state in " IN_FORCE " limit 1",
                    ARGS(value_text(id_hash(call, "id_number", id_number))), &rows);
    *holds = status == OK && rows.n > 0;
    return status;
}

/* ---- acting on a match ---- */

/* Whom a ban was found to name. A ban that was judged once is judged; each answer about a record is a new fact. */
struct match {
    int64_t ban; /* 0: a query of records was answered so */
    const char *kind, *found_by;
    const struct row *staff; /* NULL: a head or representative */
    int64_t institution, filing;
    const char *legal_name;
};

static enum status
known(struct call *call, struct reader *reader, const struct match *match, bool *out)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select 1 from ban_match where office = ?1 and institution = ?2 and coalesce(ban, 0) = ?3 and "
        "coalesce(staff, 0) = ?4 and coalesce(filing, 0) = ?5 and coalesce(legal_name, '') = ?6 and kind = ?7 "
        "and (ban is not null or state <> 'ended') limit 1",
        ARGS(value_int(id_office(match->institution)), value_int(match->institution), value_int(match->ban),
             value_int(match->staff == NULL ? 0 : match->staff->id), value_int(match->filing),
             value_text(match->legal_name == NULL ? "" : match->legal_name), value_text(match->kind)),
        &rows);
    *out = status == OK && rows.n > 0;
    return status;
}

static enum status
open_case(struct call *call, struct writer *writer, const struct match *match)
{
    bool there;
    enum status status = known(call, writer_reader(writer), match, &there);
    if (status != OK || there)
        return status;
    struct row *row = row_new(call, &ban_match_form);
    if (row == NULL)
        return NO_MEMORY;
    row->institution = match->institution;
    row_set_text(row, "kind", match->kind);
    row_set_text(row, "found_by", match->found_by);
    row_set_text(row, "legal_name", match->legal_name);
    if (match->ban != 0)
        row_set_int(row, "ban", match->ban);
    if (match->staff != NULL)
        row_set_int(row, "staff", match->staff->id);
    if (match->filing != 0)
        row_set_int(row, "filing", match->filing);
    status = row_create(call, writer, row);
    if (status == OK)
        status = notice_department(call, writer, row->office, "health", "从业限制比对有新的待办，请办理",
                                   arena_format(call->arena, "/ban_match/%lld", (long long)row->id));
    return status == OK ? clock_start(call, writer, row, "ban_case", "CFG-BAN-CASE-DAYS", "health") : status;
}

static enum status
strike(struct call *call, struct writer *writer, const struct match *match)
{
    enum status status = open_case(call, writer, match);
    if (status != OK || strcmp(match->kind, "exact") != 0)
        return status;
    /* the assignment ends at once: off the roster, off duty, not to be put on again */
    return match->staff != NULL ? staff_settle(call, writer, match->staff->id) : OK;
}

enum status
ban_by_record(struct call *call, struct writer *writer, const struct row *staff)
{
    const struct match match = {
        .kind = "exact", .found_by = "record", .staff = staff, .institution = staff->institution
    };
    return strike(call, writer, &match);
}

/* ---- comparing ---- */

static size_t
character_bytes(const char *at)
{
    size_t n = 1;
    while (((unsigned char)at[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* The same sound, or as many characters with at most one that differs. */
static bool
names_are_alike(struct call *call, const char *a, const char *b)
{
    const char *x = text_sort_key(call->arena, a), *y = text_sort_key(call->arena, b);
    int differ = 0;
    if (x == NULL || y == NULL || strcmp(x, y) == 0)
        return true;
    if (text_length(a) != text_length(b))
        return false;
    while (*a != '\0' && *b != '\0') {
        const size_t n = character_bytes(a), m = character_bytes(b);
        differ += n != m || strncmp(a, b, n) != 0;
        a += n;
        b += m;
    }
    return differ <= 1;
}

/* Lines of {staff, name, ban, name of the ban}, for exact and for like ones. */
#define PAIR_COLUMNS "select s.id, s.name, b.id, b.name "
#define SAME_NUMBER "s.id_number_find = b.id_number_find"
#define SAME_BIRTH "s.born = b.born and s.id_number_find <> b.id_number_find"
#define BANS_IN_FORCE "b.office = 1 and b.state in " IN_FORCE " and s.state in ('active', 'suspended')"

static enum status
strike_pairs(struct call *call, struct writer *writer, const struct rows *rows, const char *kind, const char *found_by)
{
    enum status status = OK;
    for (size_t i = 0; i < rows->n && status == OK; i++) {
        struct row *staff;
        if (strcmp(kind, "similar") == 0 && !names_are_alike(call, rows_text(rows, i, 1), rows_text(rows, i, 3)))
            continue;
        status = row_get(call, writer_reader(writer), &staff_form, rows_int(rows, i, 0), &staff);
        const struct match match = { .ban = rows_int(rows, i, 2),
                                     .kind = kind,
                                     .found_by = found_by,
                                     .staff = staff,
                                     .institution = staff == NULL ? 0 : staff->institution };
        if (status == OK)
            status = strike(call, writer, &match);
    }
    return status;
}

enum status
ban_seek(struct call *call, struct writer *writer, const struct row *staff, const char *found_by)
{
    struct rows same = { 0 }, alike = { 0 };
    struct reader *reader = writer_reader(writer);
    enum status status =
        reader_rows(reader, call->arena,
                    PAIR_COLUMNS "from staff s join ban b on " SAME_NUMBER
                                 " where s.office = ?1 and s.id = ?2 and " BANS_IN_FORCE " order by b.state",
                    ARGS(value_int(staff->office), value_int(staff->id)), &same);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             PAIR_COLUMNS "from staff s join ban b on " SAME_BIRTH
                                          " where s.office = ?1 and s.id = ?2 and " BANS_IN_FORCE " order by b.id",
                             ARGS(value_int(staff->office), value_int(staff->id)), &alike);
    if (status == OK)
        status = strike_pairs(call, writer, &same, "exact", found_by);
    return status == OK ? strike_pairs(call, writer, &alike, "similar", found_by) : status;
}

/* Everybody of one office against the list (`ban` 0) or against one ban. */
static enum status
seek_staff(struct call *call, struct writer *writer, int64_t office, int64_t ban, const char *found_by)
{
    struct rows same = { 0 }, alike = { 0 };
    struct reader *reader = writer_reader(writer);
    enum status status = reader_rows(
        reader, call->arena,
        PAIR_COLUMNS "from ban b join staff s on s.office = ?1 and " SAME_NUMBER " where b.id >= ?2 and b.id <= ?3 "
                     "and " BANS_IN_FORCE " order by s.id",
        ARGS(value_int(office), value_int(ban), value_int(ban == 0 ? INT64_MAX : ban)), &same);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             PAIR_COLUMNS "from ban b join staff s on s.office = ?1 and " SAME_BIRTH
                                          " where b.id >= ?2 and b.id <= ?3 and " BANS_IN_FORCE " order by s.id",
                             ARGS(value_int(office), value_int(ban), value_int(ban == 0 ? INT64_MAX : ban)), &alike);
    if (status == OK)
        status = strike_pairs(call, writer, &same, "exact", found_by);
    return status == OK ? strike_pairs(call, writer, &alike, "similar", found_by) : status;
}

/* ---- heads of filings and legal representatives ---- */

/* Where a manager stands by number and birth date. Hashes stand under the name of their field, so each ban is asked in
 * its clear number. Each finds (filing, institution, name); a representative has no filing, or no name in it. */
static const struct place {
    const char *field, *exact, *like;
} places[] = {
    { "head_id",
      "select id, institution, head_name from filing where office = ?1 and head_id_find = ?2 order by id "
      "limit 100",
      "select id, institution, head_name from filing where office = ?1 and head_born = ?2 and head_id_find <> ?3 "
      "order by id limit 100" },
    { "representative_id",
      "select id, institution, null from filing where office = ?1 and representative_id_find = ?2 order by id "
      "limit 100",
      NULL },
    { "representative_id",
      "select 0, i.id, l.representative from legal_person l join institution i on i.office = l.office and "
      "i.uscc = l.uscc where l.office = ?1 and l.representative_id_find = ?2 and i.state <> 'cancelled' order by i.id "
      "limit 100",
      "select 0, i.id, l.representative from legal_person l join institution i on i.office = l.office and "
      "i.uscc = l.uscc where l.office = ?1 and l.representative_born = ?2 and l.representative_id_find <> ?3 and "
      "i.state <> 'cancelled' order by i.id limit 100" },
};

/* The standing filing is to be mended from now on; whom the ban names is not told through the own login. */
static enum status
strike_manager(struct call *call, struct writer *writer, const struct match *match, const struct row *ban)
{
    bool there;
    size_t told;
    enum status status = known(call, writer_reader(writer), match, &there);
    if (status != OK || there)
        return status;
    status = strike(call, writer, match);
    if (status != OK || strcmp(match->kind, "exact") != 0)
        return status;
    return manager_notice(call, writer, match->institution, ban, told_barred, &told);
}

static enum status
strike_managers(struct call *call, struct writer *writer, const struct row *ban, const struct rows *rows,
                const char *kind, const char *found_by)
{
    enum status status = OK;
    for (size_t i = 0; i < rows->n && status == OK; i++) {
        const int64_t filing = rows_int(rows, i, 0);
        const char *name = rows_text(rows, i, 2);
        if (strcmp(kind, "similar") == 0 && (name == NULL || !names_are_alike(call, name, row_text(ban, "name"))))
            continue;
        const struct match match = { .ban = ban->id,
                                     .kind = kind,
                                     .found_by = found_by,
                                     .institution = rows_int(rows, i, 1),
                                     .filing = filing,
                                     .legal_name = name == NULL  ? row_text(ban, "name")
                                                   : filing == 0 ? name
                                                                 : NULL };
        status = strike_manager(call, writer, &match, ban);
    }
    return status;
}

static enum status
seek_place(struct call *call, struct writer *writer, int64_t office, const struct row *ban, const char *number,
           const struct place *place, const char *found_by)
{
    struct rows rows;
    struct reader *reader = writer_reader(writer);
    const struct value hash = value_text(id_hash(call, place->field, number));
    enum status status = reader_rows(reader, call->arena, place->exact, ARGS(value_int(office), hash), &rows);
    if (status == OK)
        status = strike_managers(call, writer, ban, &rows, "exact", found_by);
    if (status != OK || place->like == NULL || !row_has(ban, "born"))
        return status;
    status = reader_rows(reader, call->arena, place->like,
                         ARGS(value_int(office), value_text(row_text(ban, "born")), hash), &rows);
    return status == OK ? strike_managers(call, writer, ban, &rows, "similar", found_by) : status;
}

/* A register that names its representative without a number: the same name asks a person to look. */
static enum status
seek_representatives(struct call *call, struct writer *writer, int64_t office, const struct row *ban,
                     const char *found_by)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select i.id from legal_person l join institution i on i.office = l.office and i.uscc = l.uscc "
                    "where l.office = ?1 and l.representative = ?2 and coalesce(l.representative_id_find, '') = '' and "
                    "i.state <> 'cancelled' order by i.id limit 100",
                    ARGS(value_int(office), value_text(row_text(ban, "name"))), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        const struct match match = { .ban = ban->id,
                                     .kind = "name",
                                     .found_by = found_by,
                                     .institution = rows_int(&rows, i, 0),
                                     .legal_name = row_text(ban, "name") };
        status = strike(call, writer, &match);
    }
    return status;
}

static enum status
seek_managers(struct call *call, struct writer *writer, int64_t office, const struct row *ban, const char *found_by)
{
    const char *number = staff_id_number(call, writer_reader(writer), ban);
    enum status status = OK;
    for (size_t i = 0; number != NULL && i < sizeof places / sizeof places[0] && status == OK; i++)
        status = seek_place(call, writer, office, ban, number, &places[i], found_by);
    return status == OK ? seek_representatives(call, writer, office, ban, found_by) : status;
}

enum status
ban_spread(struct call *call, struct writer *writer, const struct row *ban)
{
    enum status status = OK;
    for (size_t i = 0; i < call->reference->offices_n && status == OK; i++) {
        const int64_t office = call->reference->offices[i].id;
        status = seek_staff(call, writer, office, ban->id, "ban");
        if (status == OK)
            status = seek_managers(call, writer, office, ban, "ban");
    }
    return status;
}

enum status
ban_night(struct call *call, struct writer *writer, int64_t office)
{
    struct row_set bans[2];
    const char *const where[] = { "state" };
    const struct value active[] = { value_text("active") }, pending[] = { value_text("suspended") };
    enum status status = seek_staff(call, writer, office, 0, "night");
    if (status == OK)
        status = rows_by(call, writer_reader(writer), &ban_form, 1, where, active, 1, &bans[0]);
    if (status == OK)
        status = rows_by(call, writer_reader(writer), &ban_form, 1, where, pending, 1, &bans[1]);
    for (size_t s = 0; s < 2 && status == OK; s++)
        for (size_t i = 0; i < bans[s].n && status == OK; i++)
            status = seek_managers(call, writer, office, bans[s].rows[i], "night");
    return status;
}

/* ---- taking it back ---- */

static const char told_lifted[] = "从业限制的一项决定已撤销，请查看有关人员现在的状态";

/* Free again, unless something else holds. */
static enum status
lift_match(struct call *call, struct writer *writer, const struct row *match)
{
    const int64_t staff = row_int(match, "staff");
    const char *url = staff == 0 ? "/filing" : arena_format(call->arena, "/staff/%lld", (long long)staff);
    if ((match->state & (OPEN | CONFIRMED)) == 0)
        return OK;
    enum status status = step_take(call, writer, &ban_match_form, match->id, 0, "end", NULL, NULL);
    if (status == OK && staff != 0)
        status = staff_settle(call, writer, staff);
    /* whom a case named that nobody had confirmed was never told anything */
    if (status == OK && (match->state == CONFIRMED || strcmp(row_text(match, "kind"), "exact") == 0))
        status = notice_heads(call, writer, match->institution, told_lifted, url);
    return status == OK ? notice_department(call, writer, match->office, "health", told_lifted,
                                            arena_format(call->arena, "/ban_match/%lld", (long long)match->id))
                        : status;
}

enum status
ban_lift(struct call *call, struct writer *writer, const struct row *ban)
{
    enum status status = OK;
    for (size_t o = 0; o < call->reference->offices_n && status == OK; o++) {
        struct row_set set;
        const char *const where[] = { "ban" };
        const struct value values[] = { value_int(ban->id) };
        status = rows_by(call, writer_reader(writer), &ban_match_form, call->reference->offices[o].id, where, values, 1,
                         &set);
        for (size_t i = 0; i < set.n && status == OK; i++)
            status = lift_match(call, writer, set.rows[i]);
    }
    return status;
}

/* ---- the county's case ---- */

/* A case belongs to a person: every row of that person follows. */
static enum status
decided(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    const bool bars = change->new->state == CONFIRMED;
    if (row_int(change->new, "staff") == 0)
        return bars ? manager_confirmed(call, writer, change->new) : OK;
    enum status status = row_get(call, writer_reader(writer), &staff_form, row_int(change->new, "staff"), &staff);
    return status == OK ? staff_settle_all(call, writer, staff) : status;
}

/* The same number is the same person: there is nothing to judge, only to settle. */
static enum status
needs_judgment(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = strcmp(row_text(change->old, "kind"), "exact") != 0 || row_int(change->old, "ban") == 0;
    return OK;
}

/* Where the number is the same, another manager is ordered; there is nothing to confirm. */
static enum status
needs_confirming(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)call;
    (void)reader;
    *may = row_int(change->old, "staff") != 0 || strcmp(row_text(change->old, "kind"), "exact") != 0;
    return OK;
}

static const struct field replace_input[] = {
    { "replace_by", F_DATE, .label = "责令更换的期限", .need = true },
    { 0 },
};
static const struct field replaced_input[] = {
    { "replaced_on", F_DATE, .label = "更换日期", .need = true },
    { "outcome", F_LINES, .label = "处理情况", .need = true },
    { 0 },
};
static const struct field outcome_input[] = { { "outcome", F_LINES, .label = "处理情况", .need = true }, { 0 } };
#define DECIDERS (DEPT(D_HEALTH) | LEVEL(L_COUNTY) | LEVEL(L_CITY) | POST(P_SIGN) | POST(P_HEAD))
static const struct step steps[] = {
    { "confirm", "确认并办结", OPEN, CONFIRMED, .by = DECIDERS, .guard = needs_confirming, .input = outcome_input,
      .effect = decided, .stops = CLOCKS("ban_case"), .clause = "C056", .main = true,
      .consequence = "确认为同一人的，限制其从业并告知机构负责人，不告知事由。" },
    { "dismiss", "不是同一人", OPEN, ENDED, .by = DECIDERS, .guard = needs_judgment, .input = outcome_input,
      .effect = decided, .stops = CLOCKS("ban_case"), .clause = "C056" },
    { "order_replacement", "责令更换负责人（法定代表人）", OPEN | CONFIRMED, CONFIRMED, .by = DECIDERS,
      .guard = manager_may_be_ordered, .input = replace_input, .effect = manager_ordered, .stops = CLOCKS("ban_case"),
      .clause = "C056", .consequence = "告知机构其他负责人，不告知事由；到期未更换的，每日提醒。" },
    { "replaced", "已更换", CONFIRMED, 0, .by = DECIDERS, .guard = manager_is_ordered, .input = replaced_input,
      .clause = "C056" },
    { "overtake", "以县级查询结果为准", OPEN | CONFIRMED, ENDED, .inner = true, .drops = CLOCKS("ban_case"),
      .clause = "C093" },
    { "end", "随撤销结束", OPEN | CONFIRMED, ENDED, .inner = true, .drops = CLOCKS("ban_case"), .clause = "C056" },
    { 0 },
};
static const struct state_label labels[] = {
    { OPEN, "待办理", "bad" },
    { CONFIRMED, "已确认", "good" },
    { ENDED, "已结束", "plain" },
    { 0 },
};
static const struct procedure procedure = { .first = OPEN, .open = 0, .live = OPEN, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { DECIDERS, MAY_SEE, &MY_AREA, 0, G_ALL, "C056", "卫生健康部门负责人办理", 0, 0 },
    { 0 },
};
const struct form ban_match_form = {
    .name = "ban_match",
    .title = "禁入比对",
    .clause = "C056",
    .of = OF_INSTITUTION,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .sealed = true,
    .watched = true,
    .expected_rows = 2000,
};
