/* 违法犯罪记录查询 — 未成年人保护法 第六十二条; clauses C093, C143. Asked by the institution for one person, or by the
 * county for all who are due: a second person approves the list, it leaves as a spreadsheet in an archive that a
 * password opens, and only "none" or "may not be employed" comes back, with number and date. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "desk/files.h"
#include "desk/sealed_zip.h"
#include "desk/sheet.h"
#include "domain/staff/staff.h"
#include "policy/attachment.h"
#include "policy/engine.h"
#include "policy/job.h"
#include "policy/notice.h"

enum { BATCH_MOST = 500, ARCHIVE_MOST = 8u << 20, PASSWORD_LEAST = 12 };

/* ---- one query of one person ---- */

static const struct field query_fields[] = {
    { "organ", F_CODE, .label = "查询机关", .code = "query_organ", .need = true, .list = true },
    { "asked_on", F_DATE, .label = "申请日期", .need = true, .list = true, .fill = FILL_TODAY },
    { "serial", F_TEXT, .label = "批次编号", .computed = true, .list = true, .index = true },
    { "batch", F_REF, .label = "批次", .ref = &record_batch_form, .computed = true, .group = G_INTERNAL },
    { "result", F_CODE, .label = "结果", .code = "record_result", .list = true, .basis = BASIS_DUTY },
    { "answered_on", F_DATE, .label = "结果日期", .past = true, .list = true, .basis = BASIS_DUTY },
    { "number", F_TEXT, .label = "结果文号", .basis = BASIS_DUTY, .max = 60 },
    { "proof", F_FILE, .label = "查询结果证明", .basis = BASIS_DUTY, .group = G_IDENTITY },
    { 0 },
};
static const struct unique_key query_uniques[] = { { { "serial" }, "该编号已存在" }, { 0 } };

/* What an institution writes is a result with its proof; lists are asked by the county, and it alone says what came
 * back. */
static enum status
query_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    (void)reader;
    if (call->me->department == D_INSTITUTION && change->old != NULL && row_has(change->old, "serial"))
        return call_fault(call, NULL, "not_ours", "这次查询由县级卫生健康部门办理，结果由其登记");
    if (row->institution == 0 || !row_has(row, "result"))
        return OK;
    /* deeper: the first line of somebody who was entered with the day */
    if (call->me->department == D_INSTITUTION && call->depth == 1 && !row_has(row, "proof"))
        return call_fault(call, form_field(&record_query_form, "proof", NULL), "need", "请上传查询结果证明");
    if (!row_has(row, "answered_on"))
        return call_fault(call, form_field(&record_query_form, "answered_on", NULL), "need", "请填写结果日期");
    row->state = ANSWERED;
    return OK;
}

static enum status
barred_answers(struct call *call, struct reader *reader, const struct row *staff, int64_t *all, int64_t *counties)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select count(*), count(serial) from record_query where office = ?1 and part = ?2 and result = 'barred'",
        ARGS(value_int(staff->office), value_int(staff->id)), &rows);
    *all = status == OK ? rows_int(&rows, 0, 0) : 0;
    *counties = status == OK ? rows_int(&rows, 0, 1) : 0;
    return status;
}

/* What an institution had reported gives way to what the county was answered. What the county confirmed stays, unless
 * the answer that it rested on was a mistake and no other one says so. */
static enum status
override(struct call *call, struct writer *writer, const struct row *query, const struct row *staff, bool mistaken)
{
    struct row_set set;
    int64_t all, counties;
    const char *const where[] = { "staff" };
    const struct value values[] = { value_int(staff->id) };
    if (!row_has(query, "serial"))
        return OK;
    enum status status = barred_answers(call, writer_reader(writer), staff, &all, &counties);
    if (status != OK || counties > 0)
        return status;
    const uint64_t gives_way = mistaken && all == 0 ? OPEN | CONFIRMED : OPEN;
    status = rows_by(call, writer_reader(writer), &ban_match_form, staff->office, where, values, 1, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        if ((set.rows[i]->state & gives_way) != 0 && row_int(set.rows[i], "ban") == 0)
            status = step_take(call, writer, &ban_match_form, set.rows[i]->id, 0, "overtake", NULL, NULL);
    return status == OK ? staff_settle_all(call, writer, staff) : status;
}

static enum status
carry_result(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *staff;
    const char *result = row_text(change->new, "result");
    const bool mistaken = change->old != NULL && change->old->state == ANSWERED;
    if (result == NULL)
        return OK;
    enum status status = row_get(call, writer_reader(writer), &staff_form, change->new->part, &staff);
    if (status == OK && strcmp(result, "none") == 0)
        status = override(call, writer, change->new, staff, mistaken);
    else if (status == OK) {
        status = ban_by_record(call, writer, staff);
        if (status == OK)
            status = staff_settle_person(call, writer, staff);
    }
    return status == OK ? staff_days(call, writer, staff->id) : status;
}

static const struct field answer_input[] = {
    { "result", F_CODE, .label = "结果", .need = true },
    { "answered_on", F_DATE, .label = "结果日期", .past = true, .need = true },
    { "number", F_TEXT, .label = "结果文号", .need = true },
    { 0 },
};
static const struct step query_steps[] = {
    { "answer", "登记结果", ASKED, ANSWERED, .inner = true, .input = answer_input, .effect = carry_result,
      .clause = "C093" },
    { "correct", "更正结果", ANSWERED, 0, .inner = true, .input = answer_input, .effect = carry_result,
      .clause = "C093" },
    { "lapse", "另行查询", ASKED, ENDED, .inner = true, .clause = "C093" },
    { 0 },
};
static const struct state_label query_labels[] = {
    { ASKED, "待反馈", "warn" },
    { ANSWERED, "已反馈", "good" },
    { ENDED, "未反馈，已另行查询", "plain" },
    { 0 },
};
static const struct procedure query_procedure = {
    .first = ASKED, .open = ASKED, .live = ASKED, .steps = query_steps, .labels = query_labels
};
static const struct duty query_duties[] = {
    { STAFF_KEEPERS, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK | G_IDENTITY, "C093", "机构登记查询",
      0, 0 },
    { COUNTY_HEALTH, MAY_SEE, &MY_AREA, 0, G_ALL, "C093", "县级卫生健康部门查看", 0, 0 },
    { 0 },
};
const struct form record_query_form = {
    .name = "record_query",
    .title = "违法犯罪记录查询",
    .clause = "C093",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = query_fields,
    .uniques = query_uniques,
    .procedure = &query_procedure,
    .duties = query_duties,
    .fill = query_fill,
    .effect = carry_result,
    .keep_years = 3,
    .expected_rows = 300000,
};

/* ---- all who are due, in one go ---- */

static const struct field batch_fields[] = {
    { "number", F_TEXT, .label = "批次号", .computed = true, .list = true },
    { "organ", F_CODE, .label = "查询机关", .code = "query_organ", .need = true, .list = true },
    { "password", F_TEXT, .label = "压缩包密码", .need = true, .secret = true, .basis = BASIS_DUTY, .group = G_IDENTITY,
      .max = 60, .hint = "至少12位；另行告知查询机关，不与名单同一途径发送" },
    { "people", F_INT, .label = "人数", .unit = "人", .computed = true, .list = true },
    { "approved_by", F_TEXT, .label = "审批人", .computed = true },
    { "approved_at", F_TIME, .label = "审批时间", .computed = true, .list = true },
    { "archive", F_FILE, .label = "加密名单", .computed = true, .basis = BASIS_DUTY, .group = G_IDENTITY },
    { 0 },
};
static const struct unique_key batch_uniques[] = { { { "number" }, "批次号重复，请重试" }, { 0 } };

static enum status
batch_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct rows rows;
    struct row *row = change->new;
    const struct value password = row_value(row, "password");
    if (password.type == VALUE_TEXT && password.n < PASSWORD_LEAST)
        return call_fault(call, form_field(&record_batch_form, "password", NULL), "too_short", "密码至少%d位",
                          PASSWORD_LEAST);
    if (change->old != NULL || row->office == 0)
        return OK;
    const enum status status = reader_rows(reader, call->arena, "select count(*) from record_batch where office = ?1",
                                           ARGS(value_int(row->office)), &rows);
    if (status == OK)
        row_set_text(
            row, "number",
            arena_format(call->arena, "%d-%03lld", day_year(call->today), (long long)rows_int(&rows, 0, 0) + 1));
    return status;
}

/* Personal data leave by two people's decision: who asked cannot approve. */
static enum status
by_a_second_person(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = change->old->created_by != call->me->account;
    if (!*may)
        call_fail(call, DENIED, "名单须由另一人审批");
    return OK;
}

/* Never asked (a day that was only entered is no answer), or within a month of a year ago; whose answer is out is asked
 * again after CFG-RECORD-ANSWER-DAYS. */
static enum status
due_people(struct call *call, struct reader *reader, int64_t office, struct rows *rows)
{
    char before[11], asked[11];
    const int64_t warn = standard_int(call, "CFG-DOC-EXPIRY-WARN-DAYS", 30),
                  wait = standard_int(call, "CFG-RECORD-ANSWER-DAYS", 30);
    day_iso((struct day){ day_add_months(call->today, -12).n + (int32_t)warn }, before);
    day_iso((struct day){ call->today.n - (int32_t)wait }, asked);
    return reader_rows(
        reader, call->arena,
        "select s.id from staff s where s.office = ?1 and s.state in " AT_WORK_SQL " and (s.record_checked is null or "
        "s.record_checked <= ?2 or s.record_until is not null) and not exists (select 1 from record_query q where "
        "q.office = s.office and q.part = s.id and q.state = 'asked' and q.serial is not null and q.asked_on > ?3) "
        "order by s.id limit 500",
        ARGS(value_int(office), value_text(before), value_text(asked)), rows);
}

/* Whoever is asked again is answered under the new number. */
static enum status
end_unanswered(struct call *call, struct writer *writer, const struct row *staff)
{
    struct row_set set;
    const char *const where[] = { "part", "state" };
    const struct value values[] = { value_int(staff->id), value_text("asked") };
    enum status status =
        rows_by(call, writer_reader(writer), &record_query_form, staff->office, where, values, 2, &set);
    for (size_t i = 0; i < set.n && status == OK; i++)
        if (row_has(set.rows[i], "serial"))
            status = step_take(call, writer, &record_query_form, set.rows[i]->id, 0, "lapse", NULL, NULL);
    return status;
}

static enum status
ask_for(struct call *call, struct writer *writer, const struct row *batch, int64_t id, size_t i)
{
    struct row *staff, *query = row_new(call, &record_query_form);
    if (query == NULL)
        return NO_MEMORY;
    enum status status = row_get(call, writer_reader(writer), &staff_form, id, &staff);
    if (status == OK)
        status = end_unanswered(call, writer, staff);
    if (status != OK)
        return status;
    query->institution = staff->institution;
    query->part = id;
    row_set(query, "organ", row_value(batch, "organ"));
    row_set_int(query, "batch", batch->id);
    row_set_text(query, "serial", arena_format(call->arena, "%s-%03zu", row_text(batch, "number"), i + 1));
    return row_create(call, writer, query);
}

static enum status
approved(struct call *call, struct writer *writer, const struct change *change)
{
    struct rows rows;
    struct row *batch = change->new;
    struct node *args = node_map(call->arena);
    enum status status = due_people(call, writer_reader(writer), batch->office, &rows);
    if (status == OK && rows.n == 0)
        return call_fail(call, CONFLICT, "本县没有到期应查询的人员");
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = ask_for(call, writer, batch, rows_int(&rows, i, 0), i);
    row_set_int(batch, "people", (int64_t)rows.n);
    row_set_text(batch, "approved_by", call->me->name);
    row_set_int(batch, "approved_at", call->now_ms);
    if (status == OK)
        status = row_update(call, writer, batch, batch->version);
    node_put_text(call->arena, args, "batch", arena_format(call->arena, "%lld", (long long)batch->id));
    if (status == OK)
        status = job_plan(call, writer, batch->office, "record_archive", call->now_ms, args);
    return status;
}

static const struct step batch_steps[] = {
    { "approve", "审批并生成名单", PREPARED, SIGNED, .by = COUNTY_HEALTH | POST(P_REVIEW) | POST(P_SIGN) | POST(P_HEAD),
      .guard = by_a_second_person, .effect = approved, .clause = "C093", .main = true,
      .consequence = "生成含姓名和公民身份号码的加密名单。审批人、时间和每次下载都会记录。" },
    { "discard", "作废", PREPARED, VOIDED, .by = COUNTY_HEALTH, .clause = "C093" },
    { 0 },
};
static const struct state_label batch_labels[] = {
    { PREPARED, "待审批", "warn" },
    { SIGNED, "已审批", "good" },
    { 0 },
};
static const struct procedure batch_procedure = {
    .first = PREPARED, .open = PREPARED, .live = PREPARED, .steps = batch_steps, .labels = batch_labels
};
static const struct duty batch_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_UNMASK, &MY_AREA, 0, G_ALL, "C093", "县级卫生健康部门组织查询", 0, 0 },
    { DEPT(D_POLICE), MAY_SEE, &MY_AREA, SIGNED, G_WORK, "C143", "公安机关查看批次", 0, 0 },
    { 0 },
};
const struct form record_batch_form = {
    .name = "record_batch",
    .title = "记录查询批次",
    .clause = "C093",
    .of = OF_OFFICE,
    .fields = batch_fields,
    .uniques = batch_uniques,
    .procedure = &batch_procedure,
    .duties = batch_duties,
    .intro = "把本县到期应查询的人员汇成一份加密名单，送公安机关或检察机关查询。",
    .title_field = "number",
    .fill = batch_fill,
    .expected_rows = 2000,
};

/* ---- the list as a file: made outside the transaction ---- */

static const struct node *
text_node(struct call *call, const char *text)
{
    struct node *map = node_map(call->arena);
    node_put_text(call->arena, map, "text", text);
    return map->first;
}

static enum status
list_sheet(struct call *call, struct reader *reader, const struct row *batch, struct buf *out)
{
    static const char *const columns[] = { "编号", "姓名", "公民身份号码", "所在机构" };
    struct rows rows;
    const char *note =
        arena_format(call->arena, "批次%s。反馈只需编号、结果（无/不得从业）、文号和日期。", row_text(batch, "number"));
    enum status status =
        reader_rows(reader, call->arena,
                    "select q.serial, q.part, i.name from record_query q join institution i on i.office = q.office and "
                    "i.id = q.institution where q.office = ?1 and q.batch = ?2 order by q.serial",
                    ARGS(value_int(batch->office), value_int(batch->id)), &rows);
    struct sheet *sheet = status == OK ? sheet_new("违法犯罪记录查询名单", note, columns, 4) : NULL;
    if (sheet == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < rows.n && status == OK; i++) {
        struct row *staff;
        status = row_get(call, reader, &staff_form, rows_int(&rows, i, 1), &staff);
        if (status != OK)
            break;
        const struct node *cells[] = { text_node(call, rows_text(&rows, i, 0)),
                                       text_node(call, row_text(staff, "name")),
                                       text_node(call, staff_id_number(call, reader, staff)),
                                       text_node(call, rows_text(&rows, i, 2)) };
        sheet_row(sheet, cells, 4);
    }
    const enum status ended = sheet_end(sheet, out);
    return status == OK ? ended : status;
}

static enum status
store_archive(struct call *call, const struct buf *archive, struct node *result)
{
    char hex[65];
    struct file_store *files = files_open(arena_format(call->arena, "%s/files", call->house->config.data));
    if (files == NULL)
        return BROKEN;
    const enum status status = files_put(files, archive->bytes, archive->n, hex);
    files_close(files);
    node_put_text(call->arena, result, "hex", arena_text(call->arena, hex));
    node_put_int(call->arena, result, "size", (int64_t)archive->n);
    return status;
}

static enum status
batch_of(struct call *call, struct reader *reader, const struct job *job, struct row **batch)
{
    int64_t id;
    const char *text = node_text_of(job->args, "batch");
    return text == NULL || !id_parse(text, &id) ? BROKEN : row_get(call, reader, &record_batch_form, id, batch);
}

enum status
record_archive_work(struct call *call, const struct job *job, struct node *result)
{
    struct row *batch;
    struct buf sheet, archive;
    int index;
    buf_init(&sheet, ARCHIVE_MOST);
    buf_init(&archive, ARCHIVE_MOST);
    form_field(&record_batch_form, "password", &index);
    struct reader *reader = store_reader(call->house->store);
    enum status status = batch_of(call, reader, job, &batch);
    const char *password = status == OK ? row_plain(call, reader, batch, index) : NULL;
    if (status == OK)
        status = password == NULL ? BROKEN : list_sheet(call, reader, batch, &sheet);
    store_reader_done(call->house->store, reader);
    if (status == OK)
        status = sealed_zip(arena_format(call->arena, "名单%s.xlsx", row_text(batch, "number")), sheet.bytes, sheet.n,
                            password, &archive);
    if (status == OK)
        status = store_archive(call, &archive, result);
    buf_free(&sheet);
    buf_free(&archive);
    return status;
}

enum status
record_archive_done(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    struct row *batch;
    int64_t file;
    const struct node *size = node_get(result, "size");
    struct attachment attachment = { .field = "archive", .type = "application/zip", .n = (size_t)size->i };
    enum status status = batch_of(call, writer_reader(writer), job, &batch);
    if (status != OK || row_has(batch, "archive"))
        return status;
    snprintf(attachment.hex, sizeof attachment.hex, "%s", node_text_of(result, "hex"));
    attachment.name = arena_format(call->arena, "名单%s.zip", row_text(batch, "number"));
    status = attachment_write(call, writer, batch->office, &attachment, &file);
    if (status != OK)
        return status;
    row_set_int(batch, "archive", file);
    status = row_change(call, writer, batch, batch->version);
    return status == OK ? notice_department(call, writer, batch->office, "health", "记录查询名单已生成，可以下载",
                                            arena_format(call->arena, "/record_batch/%lld", (long long)batch->id))
                        : status;
}

/* ---- what came back: a number, a result, a date; never a reason ---- */

static const struct field answer_fields[] = {
    { "serial", F_TEXT, .label = "编号", .need = true, .list = true, .max = 40 },
    { "result", F_CODE, .label = "结果", .code = "record_result", .need = true, .list = true, .filter = true },
    { "number", F_TEXT, .label = "文号", .need = true, .list = true, .max = 60 },
    { "answered_on", F_DATE, .label = "日期", .past = true, .need = true, .list = true },
    { "corrected_why", F_TEXT, .label = "更正原因", .computed = true, .max = 200 },
    { 0 },
};
static const struct unique_key answer_uniques[] = { { { "serial" }, "该编号已登记结果" }, { 0 } };

static enum status
query_of(struct call *call, struct reader *reader, const struct row *answer, struct row **query)
{
    struct row_set set;
    const char *const where[] = { "serial" };
    const struct value values[] = { row_value(answer, "serial") };
    const enum status status = rows_by(call, reader, &record_query_form, answer->office, where, values, 1, &set);
    *query = status == OK && set.n > 0 ? set.rows[0] : NULL;
    return status == OK && *query == NULL
               ? call_fault(call, form_field(&record_answer_form, "serial", NULL), "unknown", "本县没有这个编号")
               : status;
}

/* Which number takes the place of one that was asked again. */
static enum status
asked_again(struct call *call, struct reader *reader, const struct row *query)
{
    struct rows rows;
    const struct field *field = form_field(&record_answer_form, "serial", NULL);
    const enum status status =
        reader_rows(reader, call->arena,
                    "select serial from record_query where office = ?1 and part = ?2 and id > ?3 and serial is not "
                    "null order by id desc limit 1",
                    ARGS(value_int(query->office), value_int(query->part), value_int(query->id)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    return call_fault(call, field, "asked_again", "此人已用编号%s另行查询，请按该编号登记", rows_text(&rows, 0, 0));
}

static enum status
asked_query(struct call *call, struct reader *reader, const struct row *answer, struct row **query)
{
    const enum status status = query_of(call, reader, answer, query);
    if (status != OK || *query == NULL || (*query)->state == ASKED)
        return status;
    if ((*query)->state == ENDED)
        return asked_again(call, reader, *query);
    return call_fault(call, form_field(&record_answer_form, "serial", NULL), "taken",
                      "该编号已登记结果，有误的由另一人在该结果上“更正”");
}

static enum status
answer_fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *query;
    if (change->old != NULL || change->new->office == 0 || !row_has(change->new, "serial"))
        return OK;
    return asked_query(call, reader, change->new, &query);
}

/* What was answered goes to the line of the person by `step`. */
static enum status
pass_on(struct call *call, struct writer *writer, const struct row *answer, const struct row *query, const char *step)
{
    static const char *const same[] = { "result", "number", "answered_on", NULL };
    struct node *input = node_map(call->arena);
    for (int i = 0; same[i] != NULL; i++)
        node_put_text(call->arena, input, same[i], row_text(answer, same[i]));
    return step_take(call, writer, &record_query_form, query->id, 0, step, input, NULL);
}

static enum status
answer_written(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *query;
    if (change->old != NULL)
        return OK;
    const enum status status = asked_query(call, writer_reader(writer), change->new, &query);
    return status == OK && query != NULL ? pass_on(call, writer, change->new, query, "answer") : status;
}

/* A wrong line in the list is put right by somebody else than who wrote it; what it was stays in the history. */
static enum status
by_another(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    (void)reader;
    *may = change->old->changed_by != call->me->account;
    if (!*may)
        call_fail(call, DENIED, "结果须由登记人以外的人更正");
    return OK;
}

static enum status
corrected(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *query;
    const struct row *was = change->old, *is = change->new;
    if (!row_differs(is, was, "result") && !row_differs(is, was, "number") && !row_differs(is, was, "answered_on"))
        return call_fault(call, form_field(&record_answer_form, "result", NULL), "same", "结果、文号、日期都没有变化");
    const enum status status = query_of(call, writer_reader(writer), is, &query);
    return status == OK && query != NULL ? pass_on(call, writer, is, query, "correct") : status;
}

static const struct field correct_input[] = {
    { "result", F_CODE, .label = "结果", .need = true },
    { "number", F_TEXT, .label = "文号", .need = true },
    { "answered_on", F_DATE, .label = "日期", .need = true },
    { "corrected_why", F_TEXT, .label = "更正原因", .need = true },
    { 0 },
};
static const struct step answer_steps[] = {
    { "correct", "更正结果", ANSWERED, 0, .by = COUNTY_HEALTH | POST(P_REVIEW) | POST(P_SIGN) | POST(P_HEAD),
      .guard = by_another, .input = correct_input, .effect = corrected, .clause = "C093",
      .consequence =
          "按更正后的结果重新处理：改为“不得从业”的立即限制；改为“无”的，仅因此受限制的随之解除。原值保留在历史中。" },
    { 0 },
};
static const struct state_label answer_labels[] = { { ANSWERED, "已登记", "good" }, { 0 } };
static const struct procedure answer_procedure = {
    .first = ANSWERED, .open = 0, .live = 0, .steps = answer_steps, .labels = answer_labels
};

static const struct duty answer_duties[] = {
    { COUNTY_HEALTH, MAY_SEE | MAY_CREATE | MAY_IMPORT, &MY_AREA, 0, G_ALL, "C093", "县级卫生健康部门登记结果", 0, 0 },
    { 0 },
};
const struct form record_answer_form = {
    .name = "record_answer",
    .title = "记录查询结果",
    .clause = "C093",
    .of = OF_OFFICE,
    .fields = answer_fields,
    .uniques = answer_uniques,
    .procedure = &answer_procedure,
    .duties = answer_duties,
    .intro = "只登记编号、结果、文号和日期，不登记原因。",
    .fill = answer_fill,
    .effect = answer_written,
    .expected_rows = 300000,
};
