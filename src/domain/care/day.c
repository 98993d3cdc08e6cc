/* 日结 — clauses C043, C044; 管理规范 第二十二、二十四条. The institution's day: opened by the program so that silence
 * counts (day_turn.c), closed by the head, or by the night as 未确认. A closed day changes by a correction only. */
#include <string.h>

#include "domain/care/care.h"
#include "domain/care/care_ledgers.h"
#include "domain/care/device.h"
#include "domain/care/ratio.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

enum { MINUTE_MS = 60000 };

/* ---- the day ---- */

static const struct field fields[] = {
    { "expected", F_INT, .label = "应到", .unit = "人", .computed = true, .list = true },
    { "enrolled", F_INT, .label = "在托", .unit = "人", .computed = true, .list = true },
    { "migrant", F_INT, .label = "随迁", .unit = "人", .computed = true },
    { "staff_expected", F_INT, .label = "应在岗", .unit = "人", .computed = true },
    { "classes", F_INT, .label = "开班", .unit = "个", .computed = true },
    { "short_classes", F_INT, .label = "照护人员不足的班级", .unit = "个", .computed = true },
    { "kept_classes", F_INT, .label = "配比达标的班级", .unit = "个", .computed = true },
    { "unknown_classes", F_INT, .label = "配比未记录的班级", .unit = "个", .computed = true },
    { "missing", F_INT, .label = "缺项", .unit = "项", .computed = true, .list = true },
    { "missing_note", F_LINES, .label = "缺项明细", .computed = true, .max = 4000 },
    { "note", F_LINES, .label = "负责人说明", .max = 1000 },
    { "confirmed_at", F_TIME, .label = "确认时间", .computed = true },
    { "late", F_BOOL, .label = "补确认", .computed = true, .list = true },
    { 0 },
};
static const struct unique_key uniques[] = { { { "institution", "day" }, "这一天已建立" }, { 0 } };
#define COUNTED "r.state <> 'void'"
static const struct cell cells[] = {
    { "days", "开放日", NULL, COUNTED },
    { "expected", "应到", "r.expected", COUNTED },
    { "staff_expected", "应在岗", "r.staff_expected", COUNTED },
    { "enrolled", "在托", "r.enrolled", COUNTED },
    { "migrant", "随迁", "r.migrant", COUNTED },
    { "confirmed", "已确认", NULL, "r.state = 'confirmed' and coalesce(r.late, 0) = 0" },
    { "late", "补确认", NULL, "r.state = 'confirmed' and r.late = 1" },
    { "unconfirmed", "未确认", NULL, "r.state = 'unconfirmed'" },
    { "missing", "缺项", "r.missing", "r.state in ('confirmed', 'unconfirmed')" },
    { "class_days", "班日", "r.classes", COUNTED },
    { "ratio_kept", "配比达标班日", "r.kept_classes", COUNTED },
    { "ratio_known", "配比有记录班日", "coalesce(r.kept_classes, 0) + coalesce(r.short_classes, 0)", COUNTED },
    { "ratio_unknown", "配比未记录班日", "r.unknown_classes", COUNTED },
    { 0 },
};

static enum status
keep_missing(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new;
    struct node *list = node_list(call->arena);
    const char *words = NULL;
    int64_t n = 0;
    int64_t expected;
    enum status status = care_missing(call, writer_reader(writer), row->institution, row->day, list);
    if (status == OK) /* who was taken off in the course of the day is not expected any more */
        status = roster_expected(call, writer_reader(writer), row->institution, row->day, &expected);
    if (status == OK && strcmp(row->day, call_today(call)) == 0)
        row_set_int(row, "staff_expected", expected);
    if (status == OK)
        status = ratio_classes(call, writer_reader(writer), row);
    for (const struct node *item = list->first; item != NULL; item = item->next, n++)
        words = words == NULL ? node_text_of(item, "what")
                              : arena_format(call->arena, "%s\n%s", words, node_text_of(item, "what"));
    row_set_int(row, "missing", n);
    row_set_text(row, "missing_note", words);
    row_set_int(row, "confirmed_at", call->now_ms);
    return status == OK ? row_update(call, writer, row, row->version) : status;
}

/* Before the institution closes, a closed day would stop the ratio and the registers of those who are still there. */
enum status
care_day_may_close(struct call *call, struct reader *reader, const struct row *day, bool *may, const char **why)
{
    struct rows rows;
    int64_t closes = 0;
    *why = NULL;
    *may = strcmp(day->day, call_today(call)) < 0;
    if (*may)
        return OK;
    enum status status = care_closes_at(call, reader, day->institution, day->day, &closes);
    *may = status == OK && call->now_ms - day_start_ms(call->today) >= closes;
    if (status != OK || *may)
        return status;
    status = reader_rows(reader, call->arena,
                         "select count(*) from attendance where office = ?1 and institution = ?2 and day = ?3 and "
                         "state = 'present'",
                         ARGS(value_int(day->office), value_int(day->institution), value_text(day->day)), &rows);
    const long long inside = status == OK ? (long long)rows_int(&rows, 0, 0) : 0, minutes = closes / MINUTE_MS;
    *may = status == OK && inside == 0;
    if (inside > 0)
        *why = arena_format(call->arena, "还有%lld名婴幼儿在园：全部离园后，或%02lld:%02lld关门后再确认日结", inside,
                            minutes / 60, minutes % 60);
    return status;
}

static enum status
nobody_inside(struct call *call, struct reader *reader, const struct change *change, bool *may)
{
    const char *why;
    enum status status = care_day_may_close(call, reader, change->old, may, &why);
    if (status == OK && why != NULL)
        call_fail(call, CONFLICT, "%s", why);
    return status;
}

/* Whoever came and was not checked stands in the way of the closing, until the check is entered or the head says why.
 */
static enum status
close_by_head(struct call *call, struct writer *writer, const struct change *change)
{
    struct rows rows;
    const struct row *row = change->new;
    enum status status =
        reader_rows(writer_reader(writer), call->arena,
                    "select count(*) from attendance a where a.office = ?1 and a.institution = ?2 and a.day = ?3 and "
                    "a.state in ('present', 'left') and not exists (select 1 from morning_check m where "
                    "m.office = a.office and m.child = a.child and m.day = a.day and m.round = 'morning')",
                    ARGS(value_int(row->office), value_int(row->institution), value_text(row->day)), &rows);
    if (status != OK)
        return status;
    if (rows_int(&rows, 0, 0) > 0 && !row_has(row, "note"))
        return call_fault(call, form_field(&care_day_form, "note", NULL), "unchecked",
                          "%lld名到园婴幼儿没有晨检：请补登，或写明原因后再确认", (long long)rows_int(&rows, 0, 0));
    return keep_missing(call, writer, change);
}

/* That nobody confirmed it in time stays written on it. */
static enum status
close_late(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "late", 1);
    return close_by_head(call, writer, change);
}

static const struct field close_input[] = { { "note", F_LINES, .label = "负责人说明" }, { 0 } };
static const struct step steps[] = {
    { "close", "确认日结", OPEN, CONFIRMED, .by = THE_INSTITUTION | POST(P_HEAD), .input = close_input,
      .guard = nobody_inside, .effect = close_by_head, .clause = "C043", .main = true,
      .consequence = "确认后当天记录只能更正，更正会保留原值。缺项会一并记录。" },
    { "expire", "夜间自动结束", OPEN, UNCONFIRMED, .inner = true, .effect = keep_missing, .clause = "C043" },
    { "suspend", "当天停托", OPEN, VOIDED, .inner = true, .clause = "C065" },
    { "resume", "恢复开放", VOIDED, OPEN, .inner = true, .clause = "C065" },
    { "late", "补确认", UNCONFIRMED, CONFIRMED, .by = THE_INSTITUTION | POST(P_HEAD), .input = close_input,
      .effect = close_late, .clause = "C043", .consequence = "这一天会一直标明是补确认的。" },
    { 0 },
};
static const struct state_label labels[] = {
    { OPEN, "进行中", "plain" },
    { CONFIRMED, "已确认", "good" },
    { UNCONFIRMED, "未确认", "bad" },
    { VOIDED, "停托", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = OPEN, .open = OPEN, .live = OPEN, .steps = steps, .labels = labels
};
/* While the day is open: what the closing would record as missing now. */
static enum status
show_missing(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    static const char *const heads[] = { "还缺", "依据" }, *const names[] = { "what", "basis" };
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view"), *list = node_list(call->arena);
    struct node *parts = (struct node *)(uintptr_t)node_get(view, "parts");
    if (row->state != OPEN)
        return OK;
    bool may;
    const char *why;
    enum status status = care_day_may_close(call, reader, row, &may, &why);
    care_missing_add(call, list, "CFG-CLOSE-HOUR", why, why != NULL, NULL);
    if (status == OK)
        status = care_missing(call, reader, row->institution, row->day, list);
    struct node *part =
        node_put_map(call->arena, parts == NULL ? node_put_list(call->arena, view, "parts") : parts, NULL);
    node_put_text(call->arena, part, "title", "现在还缺");
    node_put_text(call->arena, part, "empty", "没有缺项");
    struct node *columns = node_put_list(call->arena, part, "columns"),
                *rows = node_put_list(call->arena, part, "rows");
    for (int i = 0; i < 2; i++)
        node_put_text(call->arena, node_put_map(call->arena, columns, NULL), "label", heads[i]);
    for (const struct node *item = list->first; item != NULL; item = item->next) {
        struct node *line = node_put_map(call->arena, rows, NULL),
                    *line_cells = node_put_list(call->arena, line, "cells");
        for (int i = 0; i < 2; i++) {
            struct node *cell = node_put_map(call->arena, line_cells, NULL);
            node_put_text(call->arena, cell, "label", heads[i]);
            node_put_text(call->arena, cell, "value", node_text_of(item, names[i]));
        }
    }
    return status;
}

static const struct duty duties[] = {
    { THE_INSTITUTION, MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C043", "本机构人员查看", 0, 0 },
    { HEALTH, MAY_SEE | MAY_EXPORT, &MY_AREA, 0, G_WORK, "C043", "卫生健康部门查看日结", 0, 0 },
    { 0 },
};
const struct form care_day_form = {
    .name = "care_day",
    .title = "日结",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .day = true,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .uniques = uniques,
    .cells = cells,
    .show = show_missing,
    .expected_rows = 5000000,
};

enum status
care_day_of(struct call *call, struct reader *reader, int64_t institution, const char *day, struct row **out)
{
    const char *const where[] = { "institution", "day" };
    const struct value values[] = { value_int(institution), value_text(day) };
    struct row_set set;
    enum status status = rows_by(call, reader, &care_day_form, id_office(institution), where, values, 2, &set);
    *out = status == OK && set.n > 0 ? set.rows[0] : NULL;
    return status;
}

/* ---- 更正: what a closed day said before, what it says now, why ---- */

static const struct field correction_fields[] = {
    { "ledger", F_TEXT, .label = "台账", .list = true },
    { "record", F_TEXT, .label = "记录", .max = 24 },
    { "reason", F_TEXT, .label = "更正原因", .need = true, .list = true, .max = 300 },
    { "corrected_by", F_TEXT, .label = "更正人", .list = true, .max = 60 },
    { "before_text", F_LINES, .label = "原值", .secret = true, .basis = BASIS_DUTY, .group = G_HEALTH, .max = 4000 },
    { 0 },
};
static const struct duty correction_duties[] = {
    { THE_INSTITUTION | POST(P_HEAD) | POST(P_HEALTH), MAY_SEE | MAY_UNMASK, &MY_INSTITUTION, 0, G_WORK | G_HEALTH,
      "C043", "本机构更正记录", 0, 0 },
    { HEALTH, MAY_SEE, &MY_AREA, 0, G_WORK, "C043", "卫生健康部门查看更正", 0, 0 },
    { 0 },
};
const struct form correction_form = {
    .name = "correction",
    .title = "日结后更正",
    .clause = "C043",
    .of = OF_INSTITUTION,
    .fields = correction_fields,
    .duties = correction_duties,
    .keep_years = 3,
    .expected_rows = 1000000,
};

/* The fields that change, as they were: "体温: 365". */
static const char *
old_words(struct call *call, struct reader *reader, const struct change *change)
{
    const char *words = change->old == NULL ? "（日结后补录）" : "";
    for (int i = 0; change->old != NULL && change->form->fields[i].name != NULL; i++) {
        if (value_equal(change->old->cells[i], change->new->cells[i]))
            continue;
        const char *before = row_plain(call, reader, change->old, i);
        words = arena_format(call->arena, "%s%s：%s\n", words, change->form->fields[i].label,
                             before == NULL ? "（空）" : before);
    }
    return words;
}

/* Ledgers whose row says that a child was there, or was waited for. */
static bool
speaks_of_presence(const struct form *form)
{
    return form == &attendance_form || form == &morning_check_form || form == &observation_form ||
           form == &medicine_given_form;
}

enum status
care_day_guard(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *day;
    bool unplanned = false;
    const struct row *row = change->new;
    if (change->form == &care_day_form)
        return OK;
    enum status status = care_day_of(call, writer_reader(writer), row->institution, row->day, &day);
    if (status == OK && speaks_of_presence(change->form) && (day == NULL || day->state == VOIDED))
        status = care_day_was(call, writer, row->institution, row->day, &day, &unplanned);
    if (status != OK || day == NULL || (day->state == OPEN && !unplanned))
        return status;
    if (day->state == VOIDED)
        return call_fail(call, CONFLICT, "%s停托。要登记请先修改停托安排。", row->day);
    if (call->correction == NULL || call->correction[0] == '\0')
        return call_fail(call, CONFLICT, "%s已日结。要更正请写明原因，原值会保留。", row->day);
    struct row *kept = row_new(call, &correction_form);
    if (kept == NULL)
        return NO_MEMORY;
    kept->institution = row->institution;
    row_set_text(kept, "ledger", change->form->title);
    row_set_text(kept, "record", arena_format(call->arena, "%lld", (long long)row->id));
    row_set_text(kept, "reason", call->correction);
    row_set_text(kept, "corrected_by", call->me->name);
    row_set_text(kept, "before_text", old_words(call, writer_reader(writer), change));
    return row_create(call, writer, kept);
}
