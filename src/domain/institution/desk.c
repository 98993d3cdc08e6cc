/* The officer's desk: the work queue, who is registered but has not filed, what changed since the last submission —
 * clauses C034, C131; STYLE: the work queue is the home page. */
#include <string.h>

#include "base/random.h"
#include "domain/institution/desk.h"
#include "domain/institution/institution.h"
#include "domain/institution/looks.h"
#include "domain/staff/staff.h"
#include "policy/clock.h"
#include "policy/engine.h"
#include "policy/list.h"
#include "policy/show.h"

/* Whom I stand in for today. */
struct absent {
    int64_t accounts[50];
    size_t n;
};

static bool
is_absent(const struct absent *absent, int64_t account)
{
    for (size_t i = 0; account != 0 && i < absent->n; i++)
        if (absent->accounts[i] == account)
            return true;
    return false;
}

static void
put_press(struct call *call, struct node *line, long long row, const char *step)
{
    node_put_url(call->arena, line, arena_format(call->arena, "%s_url", step),
                 arena_format(call->arena, "/filing/%lld/%s", row, step));
    node_put_text(call->arena, line, "key", random_token(call->arena, 16));
}

void
put_due(struct call *call, struct node *line, const char *due, bool *late, bool *soon)
{
    const char *words = clock_words(call, due, late, soon);
    if (words == NULL)
        return;
    struct node *clock = node_put_map(call->arena, line, "clock");
    node_put_text(call->arena, clock, "text", words);
    node_put_date(call->arena, clock, "due", due);
    node_put_bool(call->arena, clock, "overdue", *late);
    node_put_bool(call->arena, clock, "urgent", *soon);
}

/* One line of a queue: a row with its clock, and what one press may do: take it, stand in, put it back. */
static void
queue_line(struct call *call, const struct rows *rows, size_t i, const struct absent *absent, struct node *list,
           size_t *overdue, size_t *urgent)
{
    bool late, soon;
    const struct step *claim = procedure_step(filing_form.procedure, "claim");
    const long long row = (long long)rows_int(rows, i, 1);
    struct node *line = node_put_map(call->arena, list, NULL);
    node_put_id(call->arena, line, "id", row);
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/%s/%lld", rows_text(rows, i, 0), row));
    node_put_text(call->arena, line, "task", clock_label(rows_text(rows, i, 2)));
    node_put_text(call->arena, line, "title", rows_text(rows, i, 4));
    put_due(call, line, rows_text(rows, i, 3), &late, &soon);
    *overdue += late;
    *urgent += soon;
    if (strcmp(rows_text(rows, i, 0), "filing") != 0)
        return;
    const int64_t handler = rows_int(rows, i, 6);
    node_put_text(call->arena, line, "claimed_by", rows_text(rows, i, 5));
    if (!who_fits(claim->by, call->me) || strcmp(rows_text(rows, i, 2), "supplement") == 0)
        return; /* returned: it waits for the institution */
    node_put_bool(call->arena, line, "pick", true);
    if (handler == 0)
        put_press(call, line, row, "claim");
    else if (handler == call->me->account)
        put_press(call, line, row, "release");
    else if (is_absent(absent, handler))
        put_press(call, line, row, "stand_in");
}

#define QUEUE_SELECT                                                                                                   \
    "select c.form, c.row, c.name, c.due, i.name, a.name, f.handler from clock c "                                     \
    "left join institution i on i.office = c.office and i.id = c.institution "                                         \
    "left join filing f on f.office = c.office and f.id = c.row "                                                      \
    "left join account a on a.office = c.office and a.id = f.handler "                                                 \
    "where c.office = ?1 and c.state = 'running' "

static enum status
queue(struct call *call, struct reader *reader, const char *title, const char *empty, const char *sql,
      const struct value *args, size_t n, struct node *queues, size_t *count, size_t *overdue, size_t *urgent)
{
    struct rows rows;
    struct absent absent = { .n = 0 };
    enum status status = reader_rows(reader, call->arena, sql, args, n, &rows);
    if (status == OK && rows.n > 0)
        status = deputy_of(call, reader, absent.accounts, 50, &absent.n);
    if (status != OK)
        return status;
    struct node *queue = node_put_map(call->arena, queues, NULL);
    node_put_text(call->arena, queue, "title", title);
    struct node *list = node_put_list(call->arena, queue, "rows");
    for (size_t i = 0; i < rows.n; i++)
        queue_line(call, &rows, i, &absent, list, overdue, urgent);
    if (rows.n == 0)
        node_put_text(call->arena, queue, "empty", empty);
    *count += rows.n;
    return OK;
}

static void
put_count(struct call *call, struct node *counts, const char *label, size_t n, const char *tone, const char *url)
{
    struct node *count = node_put_map(call->arena, counts, NULL);
    node_put_text(call->arena, count, "label", label);
    node_put_int(call->arena, count, "n", (int64_t)n);
    show_tone(call, count, tone);
    node_put_url(call->arena, count, "url", url);
}

static enum status
health_queues(struct call *call, struct reader *reader, struct node *queues, struct node *counts)
{
    size_t cases = 0, overdue = 0, urgent = 0, unfiled = 0, ignored = 0, papers = 0, returned = 0;
    const int64_t office = call->me->office;
    enum status status = paper_queues(call, reader, queues, &papers);
    if (status == OK)
        status = queue(call, reader, "待出具回执", "没有待出具的回执",
                       QUEUE_SELECT "and c.form = 'filing' and c.name = 'receipt' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &cases, &overdue, &urgent);
    if (status == OK)
        status = queue(call, reader, "待审查备案内容", "没有待审查的备案",
                       QUEUE_SELECT "and c.form = 'filing' and c.name = 'content' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &cases, &overdue, &urgent);
    if (status == OK)
        status = supplement_queues(call, reader, queues, &papers);
    if (status == OK)
        status = queue(call, reader, "待现场核查", "没有计划中的现场核查",
                       QUEUE_SELECT "and c.form = 'site_visit' and c.name = 'visit' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &cases, &overdue, &urgent);
    if (status == OK)
        status = queue(call, reader, "待核实的机构认领申请", "没有待核实的申请",
                       QUEUE_SELECT "and c.form = 'record_claim' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &cases, &overdue, &urgent);
    if (status == OK)
        status = queue(call, reader, "待机构补正", "没有退回补正的备案",
                       QUEUE_SELECT "and c.form = 'filing' and c.name = 'supplement' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &returned, &ignored, &ignored);
    if (status == OK)
        status = queue(call, reader, "已登记未提交备案", "没有尚未提交备案的登记机构",
                       QUEUE_SELECT "and c.form = 'institution' and c.name = 'file' order by c.due, c.id limit 200",
                       ARGS(value_int(office)), queues, &unfiled, &ignored, &ignored);
    put_count(call, counts, "待办公文", papers, papers > 0 ? "warn" : "plain", "/paper");
    put_count(call, counts, "在办事项", cases, "plain", "/filing?state=submitted");
    put_count(call, counts, "两日内到期", urgent, urgent > 0 ? "warn" : "plain", NULL);
    put_count(call, counts, "已逾期", overdue, overdue > 0 ? "bad" : "plain", NULL);
    put_count(call, counts, "已登记未提交备案", unfiled, unfiled > 0 ? "warn" : "plain", "/unfiled");
    return status;
}

/* They run for the institution: clock_waits_for_institution. */
#define OF_INSTITUTION "('supplement', 'file')"

/* Above the county: what is overdue, county by county. */
static enum status
overseen_queues(struct call *call, struct reader *reader, struct node *view, struct node *queues, struct node *counts)
{
    struct rows rows;
    size_t all = 0, overdue = 0, urgent = 0;
    int64_t running = 0;
    enum status status = OK;
    for (size_t i = 0; i < call->me->offices_n && status == OK; i++) {
        const struct office *office = office_of(call->reference, call->me->offices[i]);
        if (office == NULL || strcmp(office->level, "county") != 0)
            continue;
        status = reader_rows(
            reader, call->arena,
            "select (select count(*) from clock where office = ?1 and state = 'running' and form = 'filing' and "
            "name not in " OF_INSTITUTION
            "), (select count(*) from clock where office = ?1 and state = 'running' and due < ?2 "
            "and name not in " OF_INSTITUTION ")",
            ARGS(value_int(office->id), value_text(call_today(call))), &rows);
        running += status == OK ? rows_int(&rows, 0, 0) : 0;
        if (status == OK && rows_int(&rows, 0, 1) > 0)
            status =
                queue(call, reader, arena_format(call->arena, "%s：已逾期", office->name), "没有逾期事项",
                      QUEUE_SELECT "and c.due < ?2 and c.name not in " OF_INSTITUTION " order by c.due, c.id limit 50",
                      ARGS(value_int(office->id), value_text(call_today(call))), queues, &all, &overdue, &urgent);
    }
    if (all == 0)
        node_put_text(call->arena, view, "calm", "各县（市、区）没有逾期事项");
    put_count(call, counts, "在办备案时限", (size_t)running, "plain", "/filing?state=submitted");
    put_count(call, counts, "已逾期", all, all > 0 ? "bad" : "plain", NULL);
    return status;
}

static enum status
asked_queue(struct call *call, struct reader *reader, struct node *queues, struct node *counts)
{
    size_t cases = 0, overdue = 0, urgent = 0;
    enum status status =
        queue(call, reader, "待反馈意见", "没有待反馈的意见",
              QUEUE_SELECT "and c.form = 'opinion' and c.department = ?2 order by c.due, c.id limit 200",
              ARGS(value_int(call->me->office), value_text(department_code(call->me->department))), queues, &cases,
              &overdue, &urgent);
    put_count(call, counts, "待反馈意见", cases, "plain", "/opinion?state=asked");
    put_count(call, counts, "已逾期", overdue, overdue > 0 ? "bad" : "plain", NULL);
    return status;
}

static enum status
institution_home(struct call *call, struct reader *reader, struct node *view, struct node *counts)
{
    struct row_set filings;
    struct row *site;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(call->me->institution) };
    enum status status = institution_get(call, reader, call->me->institution, &site);
    if (status == OK)
        status = rows_by(call, reader, &filing_form, call->me->office, where, values, 1, &filings);
    if (status != OK)
        return status;
    struct node *mine = node_put_map(call->arena, view, "mine");
    node_put_text(call->arena, mine, "name", row_text(site, "name"));
    show_state(call, site, mine, "state");
    node_put_url(call->arena, mine, "url", arena_format(call->arena, "/institution/%lld", (long long)site->id));
    node_put_text(call->arena, mine, "receipt_number", row_text(site, "receipt_number"));
    node_put_date(call->arena, mine, "filed_on", row_text(site, "filed_on"));
    node_put_text(call->arena, mine, "register_change", row_text(site, "register_change"));
    node_put_date(call->arena, mine, "register_changed_on", row_text(site, "register_changed_on"));
    if (row_int(site, "register_cancelled") != 0)
        node_put_bool(call->arena, mine, "register_cancelled", true);
    const struct row *newest = filings.n == 0 ? NULL : filings.rows[0];
    if (newest != NULL) {
        struct node *filing = node_put_map(call->arena, mine, "filing");
        node_put_url(call->arena, filing, "url", arena_format(call->arena, "/filing/%lld", (long long)newest->id));
        show_state(call, newest, filing, "state");
        status = clocks_show(call, reader, newest, node_put_list(call->arena, filing, "clocks"));
    } else {
        node_put_url(call->arena, mine, "start_url", "/filing/new");
    }
    static const struct form *const ledgers[] = { &evidence_form, &room_form, &class_form, &staff_form,
                                                  &disclosure_form };
    for (size_t i = 0; status == OK && i < sizeof ledgers / sizeof ledgers[0]; i++) {
        struct row_set set;
        status = rows_by(call, reader, ledgers[i], call->me->office, where, values, 1, &set);
        put_count(call, counts, ledgers[i]->title, set.n, set.n == 0 ? "warn" : "plain",
                  arena_format(call->arena, "/%s", ledgers[i]->name));
    }
    return status;
}

/* Accounts, those that nobody ever used, and those that are locked now. */
static enum status
administrator_home(struct call *call, struct reader *reader, struct node *counts)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select (select count(*) from account where state = 'active'), (select count(*) from account where state = "
        "'active' "
        "and not exists (select 1 from credential c where c.office = account.office and c.id = account.id)), "
        "(select count(*) from credential where locked_until > ?1), (select count(*) from account where asked = 1)",
        ARGS(value_int(call->now_ms)), &rows);
    if (status != OK)
        return status;
    put_count(call, counts, "在用账号", (size_t)rows_int(&rows, 0, 0), "plain", "/account");
    put_count(call, counts, "待授权", (size_t)rows_int(&rows, 0, 3), rows_int(&rows, 0, 3) > 0 ? "warn" : "plain",
              "/account?asked=1");
    put_count(call, counts, "未设口令", (size_t)rows_int(&rows, 0, 1), rows_int(&rows, 0, 1) > 0 ? "warn" : "plain",
              NULL);
    put_count(call, counts, "锁定中", (size_t)rows_int(&rows, 0, 2), rows_int(&rows, 0, 2) > 0 ? "warn" : "plain",
              NULL);
    return OK;
}

/* "您正在代理：…": whose cases I may take now. */
static enum status
stand_ins(struct call *call, struct reader *reader, struct node *view)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select a.name, d.to_on from deputy d join account a on a.office = d.office and a.id = d.officer where "
        "d.office = ?1 and d.stand_in = ?2 and d.from_on <= ?3 and d.to_on >= ?3 order by d.to_on limit 50",
        ARGS(value_int(call->me->office), value_int(call->me->account), value_text(call_today(call))), &rows);
    struct node *list = node_put_list(call->arena, view, "stand_ins");
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *line = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, line, "name", rows_text(&rows, i, 0));
        node_put_date(call->arena, line, "until", rows_text(&rows, i, 1));
    }
    return status;
}

/* For the head: whose work can be handed over, to whom. */
static enum status
colleagues(struct call *call, struct reader *reader, struct node *view)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select a.id, a.name, a.state, (select count(*) from filing f where f.office = a.office and f.handler = a.id "
        "and " CASE_OPEN ") "
        "from account a where a.office = ?1 and a.department = 'health' order by a.name limit 200",
        ARGS(value_int(call->me->office)), &rows);
    struct node *handover = node_put_map(call->arena, view, "handover");
    struct node *from = node_put_list(call->arena, handover, "from"), *to = node_put_list(call->arena, handover, "to");
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        const char *code = arena_format(call->arena, "%lld", (long long)rows_int(&rows, i, 0));
        const bool active = rows_text(&rows, i, 2) != NULL && strcmp(rows_text(&rows, i, 2), "active") == 0;
        if (rows_int(&rows, i, 3) > 0) {
            struct node *option = node_put_map(call->arena, from, NULL);
            node_put_text(call->arena, option, "code", code);
            node_put_text(
                call->arena, option, "label",
                arena_format(call->arena, "%s（%lld件）", rows_text(&rows, i, 1), (long long)rows_int(&rows, i, 3)));
        }
        if (active) {
            struct node *option = node_put_map(call->arena, to, NULL);
            node_put_text(call->arena, option, "code", code);
            node_put_text(call->arena, option, "label", rows_text(&rows, i, 1));
        }
    }
    return status;
}

enum status
look_work(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    (void)input;
    struct node *view = node_put_map(call->arena, model, "data");
    struct node *counts = node_put_list(call->arena, view, "counts"),
                *queues = node_put_list(call->arena, view, "queues");
    node_put_text(call->arena, view, "greeting", arena_format(call->arena, "%s，您好", call->me->name));
    if (call->me->department == D_INSTITUTION)
        return institution_home(call, reader, view, counts);
    if (call->me->department == D_SYSTEM_ADMIN || call->me->department == D_SECURITY_ADMIN ||
        call->me->department == D_AUDIT_ADMIN)
        return administrator_home(call, reader, counts);
    if (call->me->department == D_HEALTH && call->me->level == L_COUNTY) {
        enum status status = health_queues(call, reader, queues, counts);
        if (status == OK)
            status = stand_ins(call, reader, view);
        node_put_bool(call->arena, view, "desk", true);
        return status == OK && (call->me->posts & (1u << P_HEAD)) != 0 ? colleagues(call, reader, view) : status;
    }
    if (call->me->department == D_HEALTH && call->me->level < L_COUNTY)
        return overseen_queues(call, reader, view, queues, counts);
    if ((DEPT(call->me->department) & REGISTRARS) != 0)
        node_put_bool(call->arena, view, "registrar", true);
    return asked_queue(call, reader, queues, counts);
}

/* 已登记未备案: who is registered but has not filed, and for how many working days. */
static enum status
in_state(struct call *call, struct reader *reader, const struct form *form, const char *state, struct row_set *set)
{
    struct node *query = node_map(call->arena);
    node_put_text(call->arena, query, "state", state);
    return list_rows(call, reader, form, query, MAY_SEE, 500, set);
}

static bool
names(const struct row_set *filings, int64_t institution)
{
    for (size_t i = 0; i < filings->n; i++)
        if (filings->rows[i]->institution == institution)
            return true;
    return false;
}

enum status
look_unfiled(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct row_set set, handed_in = { .n = 0 }, returned = { .n = 0 };
    (void)input;
    enum status status = in_state(call, reader, &institution_form, "registered", &set);
    /* not every registrar, and no health authority above the city, sees filings */
    const bool health = call->me->department == D_HEALTH && list_groups(&filing_form, call->me) != 0;
    if (status == OK && health)
        status = in_state(call, reader, &filing_form, "submitted", &handed_in);
    if (status == OK && health)
        status = in_state(call, reader, &filing_form, "returned", &returned);
    struct node *data = node_put_map(call->arena, model, "data"), *rows = node_put_list(call->arena, data, "rows");
    node_put_text(call->arena, data, "title", "已登记未备案");
    for (size_t i = 0; status == OK && i < set.n; i++) {
        struct day registered;
        struct node *line = node_put_map(call->arena, rows, NULL);
        node_put_id(call->arena, line, "id", set.rows[i]->id);
        node_put_url(call->arena, line, "url",
                     arena_format(call->arena, "/institution/%lld", (long long)set.rows[i]->id));
        node_put_text(call->arena, line, "name", row_text(set.rows[i], "name"));
        node_put_text(call->arena, line, "uscc", row_text(set.rows[i], "uscc"));
        node_put_text(call->arena, line, "place",
                      division_path(call->arena, call->reference, row_text(set.rows[i], "place")));
        node_put_date(call->arena, line, "registered_on", row_text(set.rows[i], "registered_on"));
        if (row_day(set.rows[i], "registered_on", &registered))
            node_put_int(call->arena, line, "working_days",
                         calendar_between(call->reference->calendar, registered, call->today));
        if (health)
            node_put_text(call->arena, line, "filing",
                          names(&handed_in, set.rows[i]->id)  ? "已提交，待出具回执"
                          : names(&returned, set.rows[i]->id) ? "待补正"
                                                              : "未提交");
    }
    node_put_bool(call->arena, data, "health", health);
    if (set.n == 0)
        node_put_text(call->arena, data, "empty", "辖区登记机构均已备案");
    return status;
}
