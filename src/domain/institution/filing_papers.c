/* 备案的公文 — 办法 第九条; clause C033. A paper is about the content as it was handed in when the paper was drafted.
 * After 撤回 or 退回补正 other content may come: what was not sealed by then is void, and nothing older is sealed. */
#include "domain/institution/filing_papers.h"

#include <string.h>

#include "domain/area/area.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"
#include "policy/show.h"

#define UNSEALED (PREPARED | REVIEWED | SIGNED)

int64_t
filing_round(const struct row *filing)
{
    return row_int(filing, "returns") + row_int(filing, "withdrawals");
}

enum status
paper_stands(struct call *call, struct reader *reader, const struct row *paper, bool *yes)
{
    struct row *filing;
    enum status status = row_get(call, reader, &filing_form, paper->part, &filing);
    *yes = status == OK && row_int(paper, "round") == filing_round(filing);
    return status;
}

enum status
papers_void(struct call *call, struct writer *writer, const struct row *filing)
{
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(filing->id) };
    enum status status = rows_by(call, writer_reader(writer), &paper_form, filing->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++)
        if ((set.rows[i]->state & UNSEALED) != 0)
            status = step_take(call, writer, &paper_form, set.rows[i]->id, 0, "void", NULL, NULL);
    return status;
}

/* Named before, and not there yet or as it was. */
static enum status
still_open(struct call *call, struct reader *reader, const struct row *before, const char *code, bool *open)
{
    struct row *evidence = NULL;
    *open = row_codes_have(before, "missing", code);
    enum status status =
        *open && row_has(before, "returned_at") ? evidence_of(call, reader, before->institution, code, &evidence) : OK;
    if (evidence != NULL)
        *open = evidence->changed_at <= row_int(before, "returned_at");
    return status;
}

enum status
named_once(struct call *call, struct reader *reader, const struct change *change)
{
    const char *now = row_text(change->new, "missing");
    enum status status = OK;
    if (row_int(change->old, "returns") == 0 || row_has(change->new, "new_fact"))
        return OK;
    for (const char *at = now; at != NULL && *at != '\0' && status == OK;) {
        const size_t n = strcspn(at, "|");
        const char *code = arena_copy(call->arena, at, n);
        bool open = n == 0;
        if (n > 0)
            status = still_open(call, reader, change->old, code, &open);
        if (status == OK && !open)
            return call_fault(call, form_field(change->form, "missing", NULL), "named_once",
                              "补正应一次性告知：“%s”上次未列明或已重新提交，再次退回需写明新情况",
                              code_label(call->reference, "evidence_kind", code));
        at += n + (at[n] == '|');
    }
    return status;
}

enum status
receipt_not_overdue(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select due from clock where office = ?1 and row = ?2 and name = 'receipt' and state = 'running' and due < ?3",
        ARGS(value_int(change->old->office), value_int(change->old->id), value_text(call_today(call))), &rows);
    *may = status == OK && rows.n == 0;
    if (status == OK && !*may)
        call_fail(call, DENIED,
                  "出具备案回执的时限已于%s到期，不能再退回补正：请出具备案回执，内容不符合的拟制内容不符合告知书",
                  rows_text(&rows, 0, 0));
    return status;
}

/* Is a paper of this kind about this content on its way to the seal? */
static enum status
none_under_way(struct call *call, struct reader *reader, const struct row *filing, const char *kind, bool *none)
{
    struct rows rows;
    enum status status = reader_rows(
        reader, call->arena,
        "select 1 from paper where office = ?1 and part = ?2 and kind = ?3 and round = ?4 "
        "and state in ('prepared', 'reviewed', 'signed')",
        ARGS(value_int(filing->office), value_int(filing->id), value_text(kind), value_int(filing_round(filing))),
        &rows);
    *none = status == OK && rows.n == 0;
    return status;
}

/* Whose case it is: nobody's yet, mine, or that of somebody I stand in for. */
static enum status
at_hand(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const int64_t handler = row_int(change->old, "handler");
    *may = handler == 0 || handler == call->me->account;
    return *may ? OK : deputy_for(call, reader, handler, may);
}

enum status
receipt_not_drafted(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    enum status status = at_hand(call, reader, change, may);
    return status != OK || !*may ? status : none_under_way(call, reader, change->old, "receipt", may);
}

/* What is found later counts, whatever was said of the content before. */
enum status
unfit_not_drafted(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const char *content = row_text(change->old, "content");
    enum status status = at_hand(call, reader, change, may);
    *may = *may && (content == NULL || strcmp(content, "unfit") != 0);
    return status != OK || !*may ? status : none_under_way(call, reader, change->old, "unfit", may);
}

static enum status
draft(struct call *call, struct writer *writer, const struct change *change, const char *kind, const char *reason)
{
    struct row *filing = change->new, *paper = row_new(call, &paper_form);
    const int64_t handler = row_int(filing, "handler");
    if (paper == NULL)
        return NO_MEMORY;
    bool deputy = false;
    enum status status =
        handler == 0 || handler == call->me->account ? OK : deputy_for(call, writer_reader(writer), handler, &deputy);
    if (status != OK)
        return status;
    if (deputy)
        call_stand_in(call, title_by_id(call, writer_reader(writer), &account_form, handler));
    paper->institution = filing->institution;
    paper->part = filing->id;
    row_set_text(paper, "kind", kind);
    row_set_int(paper, "round", filing_round(filing));
    if (reason != NULL)
        row_set_text(paper, "reason", reason);
    status = row_create(call, writer, paper);
    if (status == OK && handler == 0) {
        row_set_int(filing, "handler", call->me->account);
        status = row_update(call, writer, filing, filing->version);
    }
    return status == OK ? paper_tell(call, writer, paper) : status;
}

/* Arrival at the counter is noted whatever is missing; the receipt confirms that nothing is. */
static enum status
is_complete(struct call *call, struct reader *reader, const struct row *filing)
{
    struct rows rows;
    enum status status = need_check(call, &filing_form, filing);
    if (status == OK)
        status = reader_rows(reader, call->arena,
                             "select message from finding where office = ?1 and row = ?2 and until is null and "
                             "severity = 'block' order by id limit 1",
                             ARGS(value_int(filing->office), value_int(filing->id)), &rows);
    return status != OK || rows.n == 0
               ? status
               : call_fail(call, INVALID, "材料还不齐，请补录或退回补正：%s", rows_text(&rows, 0, 0));
}

enum status
draft_receipt(struct call *call, struct writer *writer, const struct change *change)
{
    enum status status = OK;
    if (row_int(change->new, "counter") != 0)
        status = is_complete(call, writer_reader(writer), change->new);
    return status == OK ? draft(call, writer, change, "receipt", NULL) : status;
}

enum status
draft_unfit(struct call *call, struct writer *writer, const struct change *change)
{
    return draft(call, writer, change, "unfit", row_text(change->new, "unfit_reason"));
}

enum status
draft_supplement(struct call *call, struct writer *writer, const struct change *change, const char *words)
{
    return draft(call, writer, change, "supplement", words);
}
