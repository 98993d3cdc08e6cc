/* Papers on the desk — clauses C033, C131: who has the next step of a paper finds it in the work queue and is told. */
#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/desk.h"
#include "domain/institution/institution.h"
#include "policy/clock.h"
#include "policy/notice.h"

/* The post that takes the next step; false: the officer who has the case. */
static bool
next_post(uint64_t state, int64_t steps, enum post *post)
{
    *post = state == PREPARED && steps >= 3 ? P_REVIEW : P_SIGN;
    return state == REVIEWED || (state == PREPARED && steps >= 2);
}

static const char *
told(struct call *call, const struct row *paper, const char *name)
{
    const char *kind = code_label(call->reference, "paper_kind", row_text(paper, "kind"));
    const char *what = paper->state == PREPARED   ? "待审核签发"
                       : paper->state == REVIEWED ? "已审核，待签发"
                       : paper->state == SIGNED   ? "已签发，待用印"
                                                  : "退回重拟";
    return arena_format(call->arena, "%s：%s%s", kind, name, what);
}

/* Everybody of the post, and whoever stands in for one of them today. */
static enum status
tell_post(struct call *call, struct writer *writer, const struct row *paper, enum post post, const char *text,
          const char *url)
{
    struct rows rows;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select a.id from account a where a.office = ?1 and a.department = 'health' and a.state = 'active' "
                    "and (a.posts like ?2 or exists (select 1 from deputy d join account b on b.office = d.office and "
                    "b.id = d.officer where d.office = a.office and d.stand_in = a.id and d.from_on <= ?3 and "
                    "d.to_on >= ?3 and b.posts like ?2)) order by a.id limit 50",
                    ARGS(value_int(paper->office), value_text(arena_format(call->arena, "%%|%s|%%", post_code(post))),
                         value_text(call_today(call))),
                    &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++)
        if (rows_int(&rows, i, 0) != call->me->account)
            status = notice_account(call, writer, rows_int(&rows, i, 0), text, url);
    return status;
}

enum status
paper_tell(struct call *call, struct writer *writer, const struct row *paper)
{
    int64_t steps;
    enum post post;
    struct row *filing;
    struct reader *reader = writer_reader(writer);
    enum status status = row_get(call, reader, &filing_form, paper->part, &filing);
    if (status == OK)
        status = paper_steps(call, reader, paper->office, row_text(paper, "kind"), &steps);
    if (status != OK)
        return status;
    const char *name = row_text(filing, "institution_name");
    const char *text = told(call, paper, name == NULL ? "" : name);
    const char *url = arena_format(call->arena, "/paper/%lld", (long long)paper->id);
    if (next_post(paper->state, steps, &post))
        return tell_post(call, writer, paper, post, text, url);
    const int64_t handler = row_int(filing, "handler");
    return handler == 0 || handler == call->me->account ? OK : notice_account(call, writer, handler, text, url);
}

/* ---- the queue ---- */

static void
paper_line(struct call *call, const struct rows *rows, size_t i, struct node *list)
{
    bool late, soon;
    struct node *line = node_put_map(call->arena, list, NULL);
    node_put_id(call->arena, line, "id", rows_int(rows, i, 0));
    node_put_url(call->arena, line, "url", arena_format(call->arena, "/paper/%lld", (long long)rows_int(rows, i, 0)));
    node_put_text(call->arena, line, "task", code_label(call->reference, "paper_kind", rows_text(rows, i, 1)));
    node_put_text(call->arena, line, "title", rows_text(rows, i, 3));
    node_put_text(call->arena, line, "claimed_by", rows_text(rows, i, 4));
    put_due(call, line, rows_text(rows, i, 2), &late, &soon);
}

/* Which papers: those of the supplement may go another way than the rest. */
enum { ANY, ANSWERS, SUPPLEMENTS };

/* One queue of papers in this state, the one due first on top; none: no queue. */
static enum status
paper_queue(struct call *call, struct reader *reader, const char *title, uint64_t state, int which, struct node *queues,
            size_t *count)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select p.id, p.kind, c.due, i.name, a.name from paper p join filing f on f.office = p.office and f.id = "
        "p.part left join institution i on i.office = p.office and i.id = p.institution "
        "left join account a on a.office = p.office and a.id = f.handler "
        "left join clock c on c.office = p.office and c.row = p.part and c.state = 'running' and c.name = case when "
        "p.kind = 'unfit' then 'content' else 'receipt' end "
        "where p.office = ?1 and p.state = ?2 and (?3 = 0 or ?3 = case when p.kind = 'supplement' then 2 else 1 end) "
        "order by case when c.due is null then 1 else 0 end, c.due, p.id limit "
        "200",
        ARGS(value_int(call->me->office), value_text(state_code(state)), value_int(which)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    struct node *queue = node_put_map(call->arena, queues, NULL);
    node_put_text(call->arena, queue, "title", title);
    struct node *list = node_put_list(call->arena, queue, "rows");
    for (size_t i = 0; i < rows.n; i++)
        paper_line(call, &rows, i, list);
    *count += rows.n;
    return OK;
}

/* What waits for my review or signature, of the papers that go this way. */
static enum status
papers_of_way(struct call *call, struct reader *reader, const char *kind, int which, const char *review,
              const char *sign, struct node *queues, size_t *waiting)
{
    int64_t steps;
    const unsigned posts = call->me->posts;
    enum status status = paper_steps(call, reader, call->me->office, kind, &steps);
    if (status == OK && steps >= 3 && (posts & (1u << P_REVIEW)) != 0)
        status = paper_queue(call, reader, review, PREPARED, which, queues, waiting);
    if (status == OK && steps >= 3 && (posts & (1u << P_SIGN)) != 0)
        status = paper_queue(call, reader, sign, REVIEWED, which, queues, waiting);
    if (status == OK && steps < 3 && (posts & (1u << P_SIGN | (steps == 1 ? 1u << P_HANDLE : 0))) != 0)
        status = paper_queue(call, reader, sign, PREPARED, which, queues, waiting);
    return status;
}

enum status
paper_queues(struct call *call, struct reader *reader, struct node *queues, size_t *waiting)
{
    enum status status =
        papers_of_way(call, reader, "receipt", ANSWERS, "待我审核的公文", "待我签发的公文", queues, waiting);
    return status == OK ? paper_queue(call, reader, "待用印的公文", SIGNED, ANY, queues, waiting) : status;
}

enum status
supplement_queues(struct call *call, struct reader *reader, struct node *queues, size_t *waiting)
{
    return papers_of_way(call, reader, "supplement", SUPPLEMENTS, "待审核的补正告知书", "待签发的补正告知书", queues,
                         waiting);
}
