/* What stands against a person, wherever the person works, and what follows for each row — clauses C055, C056. A ban, a
 * confirmed match, an answer to a query of records and an order of the authorities belong to the person, known by the
 * hash of the ID number: they hold in every institution of the city, also after somebody left and came back. The row
 * keeps the causes, so that the end of one frees nobody whom another one holds. The institution learns the state, never
 * the cause. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/notice.h"

#define HELD_STATES (ACTIVE | SUSPENDED | BARRED)
/* An order of the authorities on a row: as it is kept, and as it was before causes were kept. */
#define ORDERED_SQL                                                                                                    \
    "(s.held_by like '%|office|%' or s.held_by like '%|abuse|%' or (s.held_by is null and s.ordered = 1 and "          \
    "s.suspended_on is not null))"

const char told_barred[] = "有人员不得在本机构从业，请联系县级卫生健康部门";
static const char told_suspended[] = "有人员暂停接触婴幼儿，请联系县级卫生健康部门";
static const char told_office[] = "受限制或暂停从业的人员在另一机构登记或在岗，请核实";

void
staff_everywhere(struct call *call, struct query *query)
{
    query_text(query, "s.office in (");
    for (size_t i = 0; i < call->reference->offices_n; i++) {
        query_text(query, i == 0 ? "" : ", ");
        query_value(query, value_int(call->reference->offices[i].id));
    }
    query_text(query, ")");
}

enum status
staff_hash(struct call *call, struct reader *reader, const struct row *staff, const char **hash)
{
    struct rows rows;
    const enum status status =
        reader_rows(reader, call->arena, "select id_number_find from staff where office = ?1 and id = ?2",
                    ARGS(value_int(staff->office), value_int(staff->id)), &rows);
    *hash = status == OK && rows.n > 0 ? rows_text(&rows, 0, 0) : NULL;
    return status;
}

/* ---- what stands against a person ---- */

static void
note_cause(struct against *against, const char *cause)
{
    against->banned |= strcmp(cause, "active") == 0;
    against->pending |= strcmp(cause, "suspended") == 0;
    against->recorded |= strcmp(cause, "record") == 0;
}

static enum status
bans_against(struct call *call, struct reader *reader, const char *hash, struct against *against)
{
    struct rows rows;
    const enum status status = reader_rows(reader, call->arena,
                                           "select distinct state from ban where office = 1 and id_number_find = ?1 "
                                           "and state in ('active', 'suspended')",
                                           ARGS(value_text(hash)), &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        note_cause(against, rows_text(&rows, i, 0));
    return status;
}

/* Cases at any county: confirmed ones, and answers "may not be employed" that nobody has judged yet. */
static enum status
cases_against(struct call *call, struct reader *reader, const char *hash, struct against *against)
{
    struct rows rows;
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "select distinct coalesce(b.state, 'record') from staff s join ban_match m on m.office = "
                       "s.office and m.staff = s.id left join ban b on b.office = 1 and b.id = m.ban where ");
    staff_everywhere(call, &query);
    query_add(&query,
              " and s.id_number_find = ?1 and (m.state = 'confirmed' or (m.state = 'open' and m.kind = 'exact' and "
              "m.ban is null))",
              ARGS(value_text(hash)));
    const enum status status = query_rows(reader, call->arena, &query, &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        note_cause(against, rows_text(&rows, i, 0));
    return status;
}

/* Suspended by order in another row of the same person, also in one that was left since. */
static enum status
orders_against(struct call *call, struct reader *reader, const struct row *staff, const char *hash,
               struct against *against)
{
    struct rows rows;
    struct query query;
    query_init(&query, call->arena);
    query_text(&query, "select s.id from staff s where ");
    staff_everywhere(call, &query);
    query_add(&query, " and s.id_number_find = ?1 and s.id <> ?2 and " ORDERED_SQL " limit 1",
              ARGS(value_text(hash), value_int(staff->id)));
    const enum status status = query_rows(reader, call->arena, &query, &rows);
    against->elsewhere = status == OK && rows.n > 0;
    return status;
}

enum status
staff_against(struct call *call, struct reader *reader, const struct row *staff, struct against *against)
{
    const char *hash;
    *against = (struct against){ 0 };
    enum status status = staff_hash(call, reader, staff, &hash);
    if (status != OK || hash == NULL)
        return status;
    status = bans_against(call, reader, hash, against);
    if (status == OK)
        status = cases_against(call, reader, hash, against);
    return status == OK ? orders_against(call, reader, staff, hash, against) : status;
}

bool
against_any(const struct against *against)
{
    return against->banned || against->pending || against->recorded || against->elsewhere;
}

/* ---- the causes of a row ---- */

/* Each measure has its own days; the row shows the first day and the first review of those that stand. */
static const struct measure_cells {
    const char *cause, *on, *review;
} measures[] = {
    { "head", "head_on", "head_review" },
    { "office", "office_on", "office_review" },
    { "abuse", "abuse_on", "abuse_review" },
};
enum { MEASURES = sizeof measures / sizeof measures[0] };

/* Before causes were kept: a measure has its first day, a ban had none. */
static bool
measure_before(const struct row *staff, const char *cause)
{
    if (row_has(staff, "held_by") || !row_has(staff, "suspended_on"))
        return false;
    return strcmp(cause, row_int(staff, "ordered") != 0 ? "office" : "head") == 0;
}

bool
staff_measure(const struct row *staff, const char *cause)
{
    return row_codes_have(staff, "held_by", cause) || measure_before(staff, cause);
}

bool
staff_ordered(const struct row *staff)
{
    return staff_measure(staff, "office") || staff_measure(staff, "abuse");
}

static const char *
with(struct call *call, const char *causes, const char *cause)
{
    return arena_format(call->arena, "%s%s|", causes == NULL ? "|" : causes, cause);
}

static const char *
own_causes(struct call *call, const struct row *staff)
{
    const char *causes = NULL;
    for (size_t i = 0; i < MEASURES; i++)
        if (staff_measure(staff, measures[i].cause))
            causes = with(call, causes, measures[i].cause);
    return causes;
}

static void
set_causes(struct row *staff, const char *causes)
{
    const bool by_head_alone = causes != NULL && strcmp(causes, "|head|") == 0;
    row_set_text(staff, "held_by", causes);
    row_set(staff, "ordered", causes == NULL ? value_null() : value_int(!by_head_alone));
}

/* Before each measure had its own days they were those of the row. */
static const char *
day_of(const struct row *staff, const char *own, const char *of_row)
{
    return row_text(staff, row_has(staff, own) ? own : of_row);
}

const char *
staff_measure_review(const struct row *staff, const char *cause)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (strcmp(measures[i].cause, cause) == 0 && staff_measure(staff, cause))
            return day_of(staff, measures[i].review, "review_on");
    return NULL;
}

static const char *
earlier(const char *a, const char *b)
{
    return a == NULL || (b != NULL && strcmp(b, a) < 0) ? b : a;
}

/* What stood before the step, and the one that it begins, prolongs or ends: a step has written its own days into the
 * row by then, so that only `old` says what stood. */
struct measure_change {
    const char *cause, *from, *review; /* review NULL: it ends */
};

static void
measures_set(struct call *call, const struct row *old, struct row *staff, const struct measure_change *what)
{
    static const char *const derived[] = { "ban", "record", "elsewhere" };
    const char *causes = NULL, *first = NULL, *review = NULL;
    for (size_t i = 0; i < MEASURES; i++) {
        const struct measure_cells *cells = &measures[i];
        const bool meant = strcmp(cells->cause, what->cause) == 0, stood = staff_measure(old, cells->cause);
        const bool stands = meant ? what->review != NULL : stood;
        const char *on = meant && what->from != NULL ? what->from
                         : stood                     ? day_of(old, cells->on, "suspended_on")
                                                     : NULL;
        const char *until = meant ? what->review : stood ? day_of(old, cells->review, "review_on") : NULL;
        row_set_text(staff, cells->on, stands ? on : NULL);
        row_set_text(staff, cells->review, until);
        if (!stands)
            continue;
        causes = with(call, causes, cells->cause);
        first = earlier(first, on);
        review = earlier(review, until);
    }
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++)
        if (row_codes_have(old, "held_by", derived[i]))
            causes = with(call, causes, derived[i]);
    set_causes(staff, causes);
    row_set_text(staff, "suspended_on", first);
    row_set_text(staff, "review_on", review);
}

void
staff_measure_begin(struct call *call, const struct row *old, struct row *staff, const char *cause, const char *from,
                    const char *review)
{
    const struct measure_change what = { cause, from, review };
    measures_set(call, old, staff, &what);
}

void
staff_measure_end(struct call *call, const struct row *old, struct row *staff, const char *cause)
{
    const struct measure_change what = { .cause = cause };
    measures_set(call, old, staff, &what);
}

bool
staff_held_besides(const struct row *staff, const char *cause)
{
    for (size_t i = 0; i < MEASURES; i++)
        if (strcmp(measures[i].cause, cause) != 0 && staff_measure(staff, measures[i].cause))
            return true;
    return false;
}

enum status
staff_review_fits(struct call *call, const struct field *field, const char *from, const char *review)
{
    struct day day;
    const int64_t most = standard_int(call, "CFG-REVIEW-DAYS", 180);
    if (strcmp(review, from) <= 0 || strcmp(review, call_today(call)) <= 0)
        return call_fault(call, field, "order", "复查日期应晚于今天和暂停起始日");
    if (day_parse(review, &day) && day.n > call->today.n + (int32_t)most)
        return call_fault(call, field, "too_late", "复查日期应在%lld天以内", (long long)most);
    return OK;
}

static const char *
causes_of(struct call *call, const struct row *staff, const struct against *against)
{
    const char *causes = own_causes(call, staff);
    if (against->banned || against->pending)
        causes = with(call, causes, "ban");
    if (against->recorded)
        causes = with(call, causes, "record");
    return against->elsewhere ? with(call, causes, "elsewhere") : causes;
}

/* ---- what follows ---- */

static const char *
step_between(uint64_t is, uint64_t wanted)
{
    if (is == wanted)
        return NULL;
    if (wanted == BARRED)
        return "bar";
    if (wanted == SUSPENDED)
        return is == BARRED ? "ease" : "hold";
    return is == BARRED ? "lift" : "release";
}

enum status
staff_tell_no_login(struct call *call, struct writer *writer, const struct row *staff)
{
    static const char text[] = "有人员被暂停或限制从业，但没有登记登录账号，请核实其账号并停用";
    if (row_int(staff, "account") != 0)
        return OK;
    enum status status = notice_department(call, writer, staff->office, "health", text,
                                           arena_format(call->arena, "/staff/%lld", (long long)staff->id));
    const char *url = arena_format(call->arena, "/account?works_at=%lld", (long long)staff->institution);
    for (const struct office *office = office_of(call->reference, staff->office); office != NULL && status == OK;
         office = office->parent == 0 ? NULL : office_of(call->reference, office->parent))
        status = notice_department(call, writer, office->id, "system_admin", text, url);
    return status;
}

/* The head learns that, never why; the county that did not decide it learns that somebody is to be looked at. */
static enum status
tell(struct call *call, struct writer *writer, const struct row *staff, const struct against *against)
{
    const char *url = arena_format(call->arena, "/staff/%lld", (long long)staff->id);
    const bool barred = against->banned || against->pending || against->recorded;
    enum status status = OK;
    if (against_any(against))
        status = notice_heads(call, writer, staff->institution, barred ? told_barred : told_suspended, url);
    if (status == OK && (against->recorded || against->elsewhere))
        status = notice_department(call, writer, staff->office, "health", told_office, url);
    return status == OK && against_any(against) ? staff_tell_no_login(call, writer, staff) : status;
}

static enum status
keep_causes(struct call *call, struct writer *writer, struct row *staff, const char *causes)
{
    const char *known = row_text(staff, "held_by");
    if ((causes == NULL && known == NULL) || (causes != NULL && known != NULL && strcmp(causes, known) == 0))
        return OK;
    set_causes(staff, causes);
    return row_change(call, writer, staff, staff->version);
}

enum status
staff_settle(struct call *call, struct writer *writer, int64_t id)
{
    struct row *staff;
    struct against against = { 0 };
    enum status status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status != OK || (staff->state & HELD_STATES) == 0)
        return status;
    status = staff_against(call, writer_reader(writer), staff, &against);
    const char *causes = causes_of(call, staff, &against);
    if (status == OK)
        status = keep_causes(call, writer, staff, causes);
    const uint64_t wanted = against.banned || against.recorded ? BARRED : causes != NULL ? SUSPENDED : ACTIVE;
    const char *step = step_between(staff->state, wanted);
    if (status != OK || step == NULL)
        return status;
    status = step_take(call, writer, &staff_form, id, 0, step, NULL, NULL);
    const bool worse = wanted == BARRED || (wanted == SUSPENDED && staff->state == ACTIVE);
    return status == OK && worse ? tell(call, writer, staff, &against) : status;
}

enum status
staff_settle_person(struct call *call, struct writer *writer, const struct row *staff)
{
    struct rows rows;
    struct query query;
    const char *hash;
    enum status status = staff_hash(call, writer_reader(writer), staff, &hash);
    if (status != OK || hash == NULL)
        return status;
    query_init(&query, call->arena);
    query_text(&query, "select s.id from staff s where ");
    staff_everywhere(call, &query);
    query_add(&query, " and s.id_number_find = ?1 and s.id <> ?2 and s.state <> 'left' order by s.id",
              ARGS(value_text(hash), value_int(staff->id)));
    status = query_rows(writer_reader(writer), call->arena, &query, &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = staff_settle(call, writer, rows_int(&rows, i, 0));
    return status;
}

enum status
staff_settle_all(struct call *call, struct writer *writer, const struct row *staff)
{
    const enum status status = staff_settle(call, writer, staff->id);
    return status == OK ? staff_settle_person(call, writer, staff) : status;
}

/* ---- the login ---- */

/* Who may not work has no login from that moment; it comes back only if it was this that took it. */
enum status
staff_login_follows(struct call *call, struct writer *writer, struct row *staff)
{
    int64_t version = row_int(staff, "login_off");
    const int64_t account = row_int(staff, "account");
    const bool works = staff->state == ACTIVE;
    if (account == 0 || works == (version == 0))
        return OK;
    const enum status status = works ? account_wake(call, writer, account, version)
                                     : account_sleep(call, writer, account, staff->institution, &version);
    row_set(staff, "login_off", works || version == 0 ? value_null() : value_int(version));
    return status;
}
