/* 公文：备案回执（附基本条件告知书）、一次性补正告知书、备案内容不符合告知书 — 办法 第九条; clause C033. 承办 → 审核 →
 * 签发 in one to three configurable steps, number by the county's pattern, then the seal: only a sealed paper counts
 * and stops the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "domain/institution/filing_papers.h"
#include "domain/institution/institution.h"
#include "domain/institution/seal.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/notice.h"

static const struct field fields[] = {
    { "kind", F_CODE, .label = "公文", .code = "paper_kind", .need = true, .fixed = true, .list = true,
      .filter = true },
    { "round", F_INT, .label = "第几次", .computed = true },
    { "number", F_TEXT, .label = "编号", .computed = true, .list = true, .find = true },
    { "serial", F_INT, .label = "流水号", .computed = true },
    { "year", F_INT, .label = "年份", .computed = true },
    { "reason", F_LINES, .label = "理由", .max = 2000 },
    { "drafted_by", F_TEXT, .label = "承办", .computed = true },
    { "reviewed_by", F_TEXT, .label = "审核", .computed = true },
    { "signed_by", F_TEXT, .label = "签发", .computed = true },
    { "signed_on", F_DATE, .label = "签发日期", .computed = true, .list = true },
    { "sealed_on", F_DATE, .label = "用印日期", .computed = true, .list = true },
    { "scan", F_FILE, .label = "盖章扫描件" },
    { "seal_note", F_TEXT, .label = "电子印章", .computed = true, .group = G_INTERNAL, .max = 300 },
    { "code", F_TEXT, .label = "核验码", .computed = true, .group = G_INTERNAL },
    { "delivered_on", F_DATE, .label = "送达日期", .computed = true, .past = true, .hint = "不填为今天" },
    { "delivered_how", F_CODE, .label = "送达方式", .code = "delivery" },
    { "read_at", F_TIME, .label = "首次阅读", .computed = true },
    { "void_reason", F_LINES, .label = "作废理由", .computed = true, .max = 500 },
    { 0 },
};
static const struct claim_key claims[] = { { "paper_code", { "code" }, "核验码重复" }, { 0 } };
static const struct unique_key uniques[] = { { { "year", "serial" }, "编号重复，请重试" }, { 0 } };

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    if (change->old == NULL) {
        row_set_text(change->new, "drafted_by", call_hand(call));
        row_set_text(change->new, "code", random_token(call->arena, 16));
    }
    return OK;
}

/* How a county issues this paper. What is only sent back for documents may leave by the handler alone. */
struct way {
    int64_t steps;
    const char *pattern;
};

static enum status
way_of(struct call *call, struct reader *reader, int64_t office, const char *kind, struct way *way)
{
    struct rows rows;
    const bool supplement = kind != NULL && strcmp(kind, "supplement") == 0;
    enum status status = reader_rows(
        reader, call->arena,
        "select sign_steps, supplement_steps, number_pattern from desk_setting where office = ?1 order by id limit 1",
        ARGS(value_int(office)), &rows);
    *way = (struct way){ .steps = supplement ? 1 : 3, .pattern = "托备〔{年}〕{号}号" };
    if (status != OK || rows.n == 0)
        return status;
    if (!supplement || rows_int(&rows, 0, 1) != 0)
        way->steps = rows_int(&rows, 0, supplement ? 1 : 0);
    way->pattern = rows_text(&rows, 0, 2);
    return OK;
}

enum status
paper_steps(struct call *call, struct reader *reader, int64_t office, const char *kind, int64_t *steps)
{
    struct way way;
    enum status status = way_of(call, reader, office, kind, &way);
    *steps = way.steps;
    return status;
}

static enum status
review_is_asked(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct way way;
    enum status status = way_of(call, reader, change->old->office, row_text(change->old, "kind"), &way);
    *may = way.steps >= 3;
    return status;
}

/* Signing comes after review when three steps are set; with two or three it is the signer's own act. */
static enum status
may_sign(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    struct way way;
    enum status status = way_of(call, reader, change->old->office, row_text(change->old, "kind"), &way);
    const bool signer = (call->me->posts & (1u << P_SIGN)) != 0 || call->me->department == D_ENGINE;
    *may = way.steps >= 3 ? change->old->state == REVIEWED && signer : way.steps == 2 ? signer : true;
    return status;
}

/* "{年}" and "{号}" of the pattern. */
static const char *
number_text(struct call *call, const char *pattern, int year, int64_t serial)
{
    struct buf buf;
    buf_init(&buf, 400);
    for (const char *at = pattern; *at != '\0';) {
        if (strncmp(at, "{年}", strlen("{年}")) == 0) {
            buf_int(&buf, year);
            at += strlen("{年}");
        } else if (strncmp(at, "{号}", strlen("{号}")) == 0) {
            buf_int(&buf, serial);
            at += strlen("{号}");
        } else {
            buf_char(&buf, *at++);
        }
    }
    const char *text = buf.failed ? NULL : arena_copy(call->arena, buf.bytes, buf.n);
    buf_free(&buf);
    return text;
}

static enum status
note_review(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "reviewed_by", call_hand(call));
    enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? paper_tell(call, writer, change->new) : status;
}

static enum status
sign(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    struct rows rows;
    struct way way;
    const int year = day_year(call->today);
    enum status status = way_of(call, writer_reader(writer), row->office, row_text(row, "kind"), &way);
    if (status == OK)
        status = reader_rows(writer_reader(writer), call->arena,
                             "select coalesce(max(serial), 0) from paper where office = ?1 and year = ?2",
                             ARGS(value_int(row->office), value_int(year)), &rows);
    if (status != OK)
        return status;
    const int64_t serial = rows_int(&rows, 0, 0) + 1;
    row_set_int(row, "serial", serial);
    row_set_int(row, "year", year);
    row_set_text(row, "number", number_text(call, way.pattern, year, serial));
    row_set_text(row, "signed_by", call_hand(call));
    row_set_text(row, "signed_on", call_today(call));
    status = row_update(call, writer, row, row->version);
    if (status == OK)
        status = paper_tell(call, writer, row);
    return status == OK ? seal_ask(call, writer, row) : status;
}

static enum status
go_back(struct call *call, struct writer *writer, const struct change *change)
{
    return paper_tell(call, writer, change->new);
}

/* After a refusal, when the service is there again. */
static enum status
ask_again(struct call *call, struct writer *writer, const struct change *change)
{
    row_set(change->new, "seal_note", value_null());
    enum status status = row_update(call, writer, change->new, change->new->version);
    return status == OK ? seal_ask(call, writer, change->new) : status;
}

static enum status
was_refused(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    *may = row_has(change->old, "seal_note");
    return *may ? seal_is_electronic(call, reader, change->old->office, may) : OK;
}

/* What was reviewed and signed is what is sealed. */
static enum status
content_stands(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    enum status status = paper_stands(call, reader, change->old, may);
    if (status == OK && !*may)
        call_fail(call, DENIED, "公文拟制后备案内容已重新提交，请作废后重新拟制");
    return status;
}

/* The seal makes it a paper: the filing moves, the clock stops. */
static enum status
seal(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *paper = change->new, *filing;
    const char *kind = row_text(paper, "kind");
    row_set_text(paper, "sealed_on", call_today(call));
    row_set(paper, "seal_note", value_null());
    enum status status = row_update(call, writer, paper, paper->version);
    if (status == OK)
        status = row_get(call, writer_reader(writer), &filing_form, paper->part, &filing);
    if (status != OK)
        return status;
    if (strcmp(kind, "receipt") == 0) {
        row_set(filing, "receipt_number", row_value(paper, "number"));
        status = row_change(call, writer, filing, filing->version);
        if (status == OK)
            status = step_take(call, writer, &filing_form, filing->id, 0, "receipt", NULL, NULL);
    } else if (strcmp(kind, "unfit") == 0) {
        row_set(filing, "unfit_reason", row_value(paper, "reason"));
        status = row_change(call, writer, filing, filing->version);
        if (status == OK)
            status = step_take(call, writer, &filing_form, filing->id, 0, "unfit", NULL, NULL);
    } else {
        status = notice_institution(call, writer, paper->institution, "补齐材料告知书已用印，可查看和下载",
                                    arena_format(call->arena, "/paper/%lld", (long long)paper->id));
    }
    return status;
}

/* A paper in force that was wrong: what it did to its filing is undone, so that a right one takes its place. */
static enum status
revoke(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *paper = change->new, *filing, *site;
    const bool receipt = strcmp(row_text(paper, "kind"), "receipt") == 0,
               unfit = strcmp(row_text(paper, "kind"), "unfit") == 0;
    enum status status = row_get(call, writer_reader(writer), &filing_form, paper->part, &filing);
    if (status == OK)
        status = institution_get(call, writer_reader(writer), paper->institution, &site);
    if (status != OK)
        return status;
    const bool lives = (site->state & (REGISTERED | FILED | SUSPENDED)) != 0;
    const bool stands =
        receipt ? filing->state == FILED && value_equal(row_value(filing, "receipt_number"), row_value(paper, "number"))
                : unfit && row_has(filing, "content") && strcmp(row_text(filing, "content"), "unfit") == 0;
    if (lives && stands)
        status = step_take(call, writer, &filing_form, filing->id, 0, receipt ? "reopen" : "rejudge", NULL, NULL);
    if (status == OK)
        status = notice_institution(
            call, writer, paper->institution,
            arena_format(call->arena, "%s已作废：%s", row_text(paper, "number"), row_text(paper, "void_reason")),
            arena_format(call->arena, "/filing/%lld", (long long)filing->id));
    return status;
}

static enum status
deliver(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    const char *sealed = row_text(row, "sealed_on");
    if (!row_has(row, "delivered_on"))
        row_set_text(row, "delivered_on", call_today(call));
    if (sealed != NULL && strcmp(row_text(row, "delivered_on"), sealed) < 0)
        return call_fault(call, form_field(row->form, "delivered_on", NULL), "before_seal", "送达日期早于用印日期");
    return row_update(call, writer, row, row->version);
}

/* The institution's own first opening of the paper counts as read; who says to have it has got it. */
static enum status
note_read(struct call *call, struct writer *writer, const struct change *change)
{
    if (!row_has(change->new, "read_at"))
        row_set_int(change->new, "read_at", call->now_ms);
    if (!row_has(change->new, "delivered_on")) {
        row_set_text(change->new, "delivered_on", call_today(call));
        row_set_text(change->new, "delivered_how", "online");
    }
    return row_update(call, writer, change->new, change->new->version);
}

/* Opening it is reading it: noted by a small write of its own, which nobody waits for. */
struct reading {
    int64_t office, paper, at;
};

static enum status
write_reading(struct writer *writer, void *arg)
{
    const struct reading *reading = arg;
    return writer_run(writer, "update paper set read_at = ?3 where office = ?1 and id = ?2 and read_at is null",
                      ARGS(value_int(reading->office), value_int(reading->paper), value_int(reading->at)), NULL);
}

static void
reading_written(void *arg, enum status status)
{
    (void)status;
    free(arg);
}

static enum status
paper_opened(struct call *call, const struct row *paper)
{
    if (call->me->department != D_INSTITUTION || row_has(paper, "read_at"))
        return OK;
    struct reading *reading = malloc(sizeof *reading);
    if (reading == NULL)
        return NO_MEMORY;
    *reading = (struct reading){ paper->office, paper->id, call->now_ms };
    if (store_submit(call->house->store, LANE_NORMAL, write_reading, reading_written, reading) != OK)
        free(reading);
    return journal_look(call, paper->office, "paper", paper->id, "首次阅读");
}

static const struct field seal_input[] = { { "scan", F_FILE, .label = "盖章扫描件", .need = true }, { 0 } };
static const struct field deliver_input[] = { { "delivered_how", F_CODE, .label = "送达方式", .need = true },
                                              { "delivered_on", F_DATE, .label = "送达日期" },
                                              { 0 } };
static const struct step steps[] = {
    { "review", "审核通过", PREPARED, REVIEWED, .by = COUNTY_HEALTH | POST(P_REVIEW), .guard = review_is_asked,
      .effect = note_review, .clause = "C033", .main = true },
    { "back", "退回重拟", REVIEWED | PREPARED, VOIDED, .by = COUNTY_HEALTH | POST(P_REVIEW) | POST(P_SIGN),
      .effect = go_back, .clause = "C033" },
    { "sign", "签发", PREPARED | REVIEWED, SIGNED, .by = COUNTY_HEALTH | POST(P_SIGN) | POST(P_HANDLE),
      .guard = may_sign, .effect = sign, .clause = "C033", .main = true,
      .consequence = "签发后生成编号；加盖印章后公文生效。" },
    { "seal", "上传盖章件", SIGNED, SEALED, .by = COUNTY_HEALTH, .input = seal_input, .guard = content_stands,
      .effect = seal, .clause = "C033", .main = true,
      .consequence = "上传后公文生效，相应时限停止计算，机构即可查看。" },
    { "ask_seal", "重新申请电子印章", SIGNED, 0, .by = COUNTY_HEALTH, .guard = was_refused, .effect = ask_again,
      .clause = "C033" },
    { "deliver", "登记送达", SEALED, DELIVERED, .by = COUNTY_HEALTH, .input = deliver_input, .effect = deliver,
      .clause = "C033" },
    { "read", "确认收到", SEALED | DELIVERED, DELIVERED, .by = THE_INSTITUTION, .effect = note_read, .clause = "C033",
      .main = true },
    { "void", "作废", PREPARED | REVIEWED | SIGNED, VOIDED, .by = COUNTY_HEALTH, .clause = "C033" },
    { "revoke", "作废", SEALED | DELIVERED, VOIDED, .by = COUNTY_HEALTH, .need = "void_reason", .effect = revoke,
      .clause = "C033",
      .consequence = "公文不再有效，扫码可见，并通知机构。作废回执的，备案回到待出具回执，重新计时；机构仍在名录中，直"
                     "到新回执出具。" },
    { 0 },
};
static const struct procedure procedure = { .first = PREPARED, .open = PREPARED, .live = PREPARED, .steps = steps };
static const struct duty duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C033", "县级卫生健康部门制发", 0, 0 },
    { CITY_HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, "C131", "市级卫生健康部门", 0, 0 },
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, SEALED | DELIVERED, G_WORK | G_OPEN, "C033", "机构查看生效公文", 0,
      0 },
    { 0 },
};
const struct form paper_form = {
    .name = "paper",
    .title = "备案公文",
    .clause = "C033",
    .of = OF_INSTITUTION,
    .fields = fields,
    .claims = claims,
    .uniques = uniques,
    .procedure = &procedure,
    .duties = duties,
    .part_of = &filing_form,
    .title_field = "number",
    .opened = paper_opened,
    .print = paper_print,
    .fill = fill,
    .expected_rows = 200000,
};
