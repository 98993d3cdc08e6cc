/* 平板设备 — clauses C039, C043. The head makes a device and reads its pairing code to whoever holds the tablet; from
 * then on the tablet's own key signs what it sends. Its posts say what it may write, the PIN only whose hand it was. */
#include "domain/care/device.h"

#include <string.h>

#include "base/random.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/attachment.h"
#include "policy/engine.h"

enum { CODE_MS = 15 * 60000, UPLOAD_DAYS = 30 };

static const struct field fields[] = {
    { "name", F_TEXT, .label = "名称", .need = true, .list = true, .max = 40, .hint = "如：小一班平板、门口平板" },
    { "covers", F_CODE, .label = "使用范围", .code = "device_scope", .need = true, .list = true,
      .hint = "只用于部分班级的，保存后在下方添加班级" },
    { "posts", F_CODES, .label = "可登记的内容", .code = "device_post", .need = true, .list = true },
    { "paired_at", F_TIME, .label = "配对时间", .computed = true, .list = true, .section = "配对" },
    { "seen_at", F_TIME, .label = "最近连接", .computed = true, .list = true },
    { "clock_ms", F_INT, .label = "时钟偏差", .unit = "毫秒", .computed = true },
    { "agent", F_TEXT, .label = "浏览器", .computed = true, .max = 120 },
    { "unpaired_at", F_TIME, .label = "解除配对时间", .computed = true },
    { "public_key", F_TEXT, .label = "设备公钥", .computed = true, .group = G_INTERNAL, .max = 130 },
    { "code", F_TEXT, .label = "配对码", .secret = true, .find = true, .computed = true, .basis = BASIS_DUTY,
      .group = G_INTERNAL, .max = 8 },
    { "code_until", F_TIME, .label = "配对码有效期至", .computed = true, .group = G_INTERNAL },
    { 0 },
};

/* ---- the code ---- */

static enum status
give_code(struct call *call, struct row *row)
{
    uint32_t n;
    do { /* every code as likely as any other */
        if (!random_bytes(&n, sizeof n))
            return BROKEN;
    } while (n >= 4200000000u);
    row_set_text(row, "code", arena_format(call->arena, "%08u", (unsigned)(n % 100000000u)));
    row_set_int(row, "code_until", call->now_ms + CODE_MS);
    return OK;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    return change->old == NULL ? give_code(call, change->new) : OK;
}

static enum status
new_code(struct call *call, struct writer *writer, const struct change *change)
{
    const enum status status = give_code(call, change->new);
    return status == OK ? row_update(call, writer, change->new, change->new->version) : status;
}

static enum status
note_pairing(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "paired_at", call->now_ms);
    row_set(change->new, "code", value_null());
    row_set(change->new, "code_until", value_null());
    return row_update(call, writer, change->new, change->new->version);
}

static enum status
note_unpairing(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_int(change->new, "unpaired_at", call->now_ms);
    return row_update(call, writer, change->new, change->new->version);
}

/* The code is read from the record while it counts; it is not in the fields, which the journal and lists show. */
static enum status
show(struct call *call, struct reader *reader, const struct row *row, struct node *model)
{
    int index;
    struct node *data = (struct node *)(uintptr_t)node_get(model, "data");
    struct node *view = (struct node *)(uintptr_t)node_get(model, "view");
    if (row->state != PREPARED || row_int(row, "code_until") <= call->now_ms)
        return OK;
    form_field(row->form, "code", &index);
    const char *code = row_plain(call, reader, row, index);
    if (code == NULL)
        return OK;
    node_put_text(call->arena, data, "pair_code", code);
    node_put_time(call->arena, data, "pair_until", row_int(row, "code_until"));
    node_put_text(call->arena, view, "previous_note_title", "配对码");
    node_put_text(call->arena, view, "previous_note",
                  arena_format(call->arena,
                               "%.4s %s（15分钟内有效）\n在平板的浏览器中打开本系统地址后加 /tablet，输入配对码。",
                               code, code + 4));
    return OK;
}

static const struct field pair_input[] = {
    { "public_key", F_TEXT, .label = "设备公钥", .need = true },
    { "agent", F_TEXT, .label = "浏览器" },
    { 0 },
};
#define THE_HEAD (THE_INSTITUTION | POST(P_HEAD))
static const struct step steps[] = {
    { "code", "重新生成配对码", PREPARED, 0, .by = THE_HEAD, .effect = new_code, .clause = "C039", .main = true },
    { "pair", "配对", PREPARED, ACTIVE, .inner = true, .input = pair_input, .effect = note_pairing, .clause = "C039" },
    { "unpair", "解除配对", ACTIVE, ENDED, .by = THE_HEAD, .effect = note_unpairing, .clause = "C039",
      .consequence = "平板下次连接时清除本机数据；它还没有上传的记录会保留下来，由您核对。" },
    { "drop", "作废", PREPARED, VOIDED, .by = THE_HEAD, .clause = "C039" },
    { 0 },
};
static const struct state_label labels[] = {
    { PREPARED, "待配对", "warn" },
    { ACTIVE, "已配对", "good" },
    { ENDED, "已解除", "plain" },
    { VOIDED, "作废", "plain" },
    { 0 },
};
static const struct procedure procedure = {
    .first = PREPARED, .open = PREPARED | ACTIVE, .live = PREPARED | ACTIVE, .steps = steps, .labels = labels
};
static const struct duty duties[] = {
    { THE_HEAD, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK, "C039", "负责人管理平板", 0, 0 },
    { 0 },
};
const struct form device_form = {
    .name = "device",
    .title = "平板设备",
    .clause = "C039",
    .intro = "平板与机构配对后才能登记；遗失时请立即解除配对。",
    .of = OF_INSTITUTION,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .title_field = "name",
    .fill = fill,
    .show = show,
    .expected_rows = 50000,
};

/* ---- the classes of a device ---- */

static const struct field class_fields[] = {
    { "class", F_REF, .label = "班级", .ref = &class_form, .need = true, .list = true },
    { 0 },
};
static const struct duty class_duties[] = {
    { THE_HEAD, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK, "C039", "负责人管理平板", 0, 0 },
    { 0 },
};
static const struct unique_key class_uniques[] = { { { "part", "class" }, "这台设备已有这个班级" }, { 0 } };
static enum status
class_is_ours(struct call *call, struct reader *reader, struct change *change)
{
    struct row *group;
    const int64_t id = row_int(change->new, "class");
    if (id != 0 &&
        (row_get(call, reader, &class_form, id, &group) != OK || group->institution != change->new->institution))
        return call_fault(call, form_field(&device_class_form, "class", NULL), "other_institution", "不是本机构的班级");
    return OK;
}
const struct form device_class_form = {
    .name = "device_class",
    .title = "设备的班级",
    .clause = "C039",
    .of = OF_INSTITUTION,
    .part_of = &device_form,
    .fields = class_fields,
    .duties = class_duties,
    .uniques = class_uniques,
    .fill = class_is_ours,
    .expected_rows = 100000,
};

enum status
device_covers(struct call *call, struct reader *reader, int64_t class_group, bool *covers)
{
    struct rows rows;
    const enum status status = reader_rows(
        reader, call->arena,
        "select 1 from device d where d.office = ?1 and d.id = ?2 and (d.covers <> 'classes' or exists (select 1 from "
        "device_class k where k.office = d.office and k.part = d.id and k.class = ?3))",
        ARGS(value_int(id_office(call->me->account)), value_int(call->me->account), value_int(class_group)), &rows);
    *covers = status == OK && rows.n > 0;
    return status;
}

enum status
device_may_write(struct call *call, struct reader *reader, const struct row *row)
{
    bool covers = true;
    struct row *child = NULL;
    int64_t class_group = form_field(row->form, "class", NULL) == NULL ? 0 : row_int(row, "class");
    if (!call->me->is_device || form_field(row->form, "child", NULL) == NULL || row_int(row, "child") == 0)
        return OK;
    enum status status = child_of(call, reader, row, &child);
    if (status == OK && child != NULL && class_group == 0)
        status = class_on(call, reader, child, row->day == NULL ? call_today(call) : row->day, &class_group);
    if (status == OK && child != NULL)
        status = device_covers(call, reader, class_group, &covers);
    if (status != OK || covers)
        return status;
    return call_fault(call, form_field(row->form, "child", NULL), "other_class",
                      "不是这台设备所用班级的婴幼儿，请核对后处理");
}

/* ---- whose hand ---- */

enum status
tablet_hand(struct call *call, struct reader *reader, const struct form *form, int64_t staff, int64_t at_ms,
            const char **who)
{
    struct row *row;
    char day[11];
    if (!tablet_takes(form))
        return call_fault(call, NULL, "not_on_tablet", "“%s”不能在平板上登记", form->title);
    if (staff == 0)
        return OK;
    const enum status status = row_get(call, reader, &staff_form, staff, &row);
    if (status == NOT_FOUND || (status == OK && row->institution != call->me->institution))
        return call_fault(call, NULL, "unknown_staff", "登记人不是本机构人员");
    if (status != OK)
        return status;
    *who = row_text(row, "name");
    day_iso(day_from_ms(at_ms), day);
    const char *state = state_code(row->state), *left = row_text(row, "left_on");
    if (state != NULL && (strcmp(state, "barred") == 0 || strcmp(state, "suspended") == 0))
        return call_fault(call, NULL, "staff_barred", "登记人现不得在岗，请核对后处理");
    return left != NULL && strcmp(left, day) < 0 ? call_fault(call, NULL, "staff_left", "登记时此人已离职") : OK;
}

/* A photo that came whole and became nobody's is not kept either. */
enum status
tablet_daily(struct call *call, struct writer *writer, int64_t office)
{
    struct rows rows;
    const int64_t before = call->now_ms - INT64_C(86400000) * UPLOAD_DAYS;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select u.sm3 from upload u where u.office = ?1 and u.at < ?2 and u.sm3 is not "
                                     "null and not exists (select 1 from file f where f.office = u.office and f.sm3 = "
                                     "u.sm3)",
                                     ARGS(value_int(office), value_int(before)), &rows);
    for (size_t i = 0; i < rows.n && status == OK; i++)
        status = attachment_forget(call, writer, office, rows_text(&rows, i, 0), call->now_ms);
    if (status != OK)
        return status;
    return writer_run(writer, "delete from upload where office = ?1 and at < ?2",
                      ARGS(value_int(office), value_int(before)), NULL);
}
