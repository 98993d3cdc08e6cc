/* 监护人同意 — 个人信息保护法 第十五、二十九、三十一条; clauses C041, C046. A consent is to one version of a text that
 * says what is kept, why and how long; another version asks anew. Withdrawing it ends what rests on it and nothing
 * else: ledgers that a law orders stay. */
#include <string.h>

#include "domain/child/forget.h"
#include "policy/engine.h"

/* ---- 告知同意文本: of an authority for all its institutions, or of an institution for itself ---- */

static const struct field text_fields[] = {
    { "kind", F_CODE, .label = "同意事项", .code = "consent_kind", .need = true, .fixed = true, .list = true,
      .filter = true },
    { "edition", F_TEXT, .label = "版本", .need = true, .fixed = true, .list = true, .max = 20, .hint = "如 2026-1" },
    { "stored", F_LINES, .label = "收集哪些信息", .need = true, .fixed = true, .max = 2000,
      .hint = "用家长看得懂的话写" },
    { "purpose", F_LINES, .label = "用来做什么", .need = true, .fixed = true, .max = 2000 },
    { "how_long", F_LINES, .label = "保存多久", .need = true, .fixed = true, .max = 1000 },
    { "refusal", F_LINES, .label = "不同意会怎样", .fixed = true, .max = 1000,
      .hint = "不得因不同意非必需的处理而拒绝收托" },
    { "contact", F_TEXT, .label = "个人信息保护负责人及电话", .fixed = true, .max = 100 },
    { "from_day", F_DATE, .label = "启用日期", .need = true, .fill = FILL_TODAY, .fixed = true, .list = true },
    { "until_day", F_DATE, .label = "停用日期", .list = true },
    { "name", F_TEXT, .label = "名称", .computed = true, .max = 80 },
    { 0 },
};

static enum status
fill_text(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const char *kind = code_label(call->reference, "consent_kind", row_text(row, "kind"));
    (void)reader;
    if (change->old == NULL && call->me->institution != 0)
        row->institution = call->me->institution;
    if (kind != NULL && row_has(row, "edition"))
        row_set_text(row, "name", arena_format(call->arena, "%s（%s版）", kind, row_text(row, "edition")));
    return OK;
}

/* A new edition takes the place of the one its author had for the matter: families are asked anew. */
static enum status
end_former(struct call *call, struct writer *writer, const struct change *change)
{
    char before[11];
    struct day from;
    struct row_set set;
    const struct row *text = change->new;
    const char *const where[] = { "kind" };
    const struct value values[] = { row_value(text, "kind") };
    if (change->old != NULL || !row_day(text, "from_day", &from))
        return OK;
    day_iso((struct day){ from.n - 1 }, before);
    enum status status = rows_by(call, writer_reader(writer), text->form, text->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        struct row *former = set.rows[i];
        if (former->id == text->id || former->institution != text->institution || row_has(former, "until_day") ||
            strcmp(row_text(former, "from_day"), row_text(text, "from_day")) >= 0)
            continue;
        row_set_text(former, "until_day", arena_text(call->arena, before));
        status = row_change(call, writer, former, former->version);
    }
    return status;
}

/* Those of the authorities above, and the own ones. */
static const struct relation TEXTS_FOR_ME = {
    .name = "texts for me",
    .sql = "(r.institution is null or r.institution = ?1)",
    .args = { ME_INSTITUTION },
};
static const struct duty text_duties[] = {
    { HEALTH, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_WORK, "C041", "卫生健康部门提供示范文本", 0, 0 },
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK, "C041",
      "机构制定本机构文本", 0, 0 },
    { THE_INSTITUTION, MAY_SEE, &TEXTS_FOR_ME, 0, G_WORK, "C041", "机构使用", 0, 0 },
    { 0 },
};
const struct form consent_text_form = {
    .name = "consent_text",
    .title = "告知同意文本",
    .clause = "C041",
    .of = OF_OFFICE,
    .fields = text_fields,
    .duties = text_duties,
    .title_field = "name",
    .fill = fill_text,
    .effect = end_former,
    .intro = "每个版本保存后不再更改；内容有变化时新建一个版本，原版本到新版本启用前一天为止，并重新征得同意。",
    .expected_rows = 5000,
};

/* ---- 监护人同意 ---- */

static const struct field fields[] = {
    { "text", F_REF, .label = "告知同意文本", .ref = &consent_text_form, .need = true, .fixed = true, .elsewhere = true,
      .list = true },
    { "kind", F_CODE, .label = "同意事项", .code = "consent_kind", .computed = true },
    { "given_by", F_REF, .label = "同意的监护人", .ref = &guardian_form, .need = true, .fixed = true, .list = true,
      .group = G_CHILD },
    { "given_on", F_DATE, .label = "同意日期", .past = true, .need = true, .fill = FILL_TODAY, .fixed = true,
      .list = true },
    { "how", F_CODE, .label = "方式", .code = "consent_how", .need = true, .fixed = true },
    { "scan", F_FILE, .label = "签字扫描件", .basis = BASIS_DUTY, .group = G_CHILD },
    { "withdrawn_on", F_DATE, .label = "撤回日期", .computed = true, .list = true, .section = "撤回" },
    { "forgotten", F_INT, .label = "已删除内容的记录", .unit = "条", .computed = true },
    { "kept_why", F_TEXT, .label = "没有删除的原因", .computed = true, .group = G_CHILD, .max = 100 },
    { 0 },
};

static enum status
need(struct call *call, const struct row *row, const char *name)
{
    const struct field *field = form_field(row->form, name, NULL);
    return row_has(row, name) ? OK : call_fault(call, field, "need", "请填写%s", field->label);
}

static enum status
text_in_use(struct call *call, struct reader *reader, struct row *row)
{
    struct row *text;
    const struct field *field = form_field(row->form, "text", NULL);
    const char *day = call_today(call);
    enum status status = row_get(call, reader, &consent_text_form, row_int(row, "text"), &text);
    if (status == NOT_FOUND || (status == OK && text->institution != 0 && text->institution != row->institution))
        return call_fault(call, field, "no_such_row", "没有这个文本");
    if (status != OK)
        return status;
    if (!in_effect(row_text(text, "from_day"), row_text(text, "until_day"), day))
        return call_fault(call, field, "not_in_use", "这个版本的文本未启用或已停用");
    if (row_has(row, "given_on") && strcmp(row_text(row, "given_on"), row_text(text, "from_day")) < 0)
        return call_fault(call, form_field(row->form, "given_on", NULL), "before_text",
                          "同意日期早于这个版本的启用日期%s", row_text(text, "from_day"));
    row_set_text(row, "kind", row_text(text, "kind"));
    return OK;
}

/* Who consents is a guardian of this child; on paper means that the paper is kept. */
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    if (change->old != NULL || row->part == 0)
        return OK;
    enum status status = need(call, row, "text");
    if (status == OK)
        status = need(call, row, "given_by");
    if (status == OK)
        status = need(call, row, "how");
    if (status == OK && strcmp(row_text(row, "how"), "paper") == 0)
        status = need(call, row, "scan");
    if (status == OK)
        status = text_in_use(call, reader, row);
    return status == OK ? guardian_signs(call, reader, row, "given_by") : status;
}

/* ---- what stands ---- */

/* Every consent of that kind that was not withdrawn. */
static enum status
standing(struct call *call, struct reader *reader, const struct row *child, const char *kind, struct row_set *set)
{
    const char *const where[] = { "part", "kind", "state" };
    const struct value values[] = { value_int(child->id), value_text(kind), value_text("given") };
    return rows_by(call, reader, &consent_form, child->office, where, values, 3, set);
}

/* Was it given by that day, to a text that was in use then, by one who was still a guardian? */
static enum status
counts_on(struct call *call, struct reader *reader, const struct row *consent, const char *day, bool *counts)
{
    struct row *text, *guardian;
    enum status status = row_get(call, reader, &consent_text_form, row_int(consent, "text"), &text);
    if (status == OK)
        status = row_get(call, reader, &guardian_form, row_int(consent, "given_by"), &guardian);
    *counts = status == OK && guardian_stands(guardian, day) && strcmp(row_text(consent, "given_on"), day) <= 0 &&
              in_effect(row_text(text, "from_day"), row_text(text, "until_day"), day);
    return status == NOT_FOUND ? OK : status;
}

enum status
consent_given(struct call *call, struct reader *reader, const struct row *child, const char *kind, const char *day,
              bool *given)
{
    struct row_set set;
    enum status status = standing(call, reader, child, kind, &set);
    *given = false;
    for (size_t i = 0; status == OK && i < set.n && !*given; i++)
        status = counts_on(call, reader, set.rows[i], day, given);
    return status;
}

static bool
is_written(const struct change *change, int field)
{
    return change->new->cells[field].type != VALUE_NULL &&
           (change->old == NULL || !value_equal(change->old->cells[field], change->new->cells[field]));
}

static const char *
missing_words(struct call *call, const struct form *form, const struct field *field, const char *kind)
{
    const char *label = code_label(call->reference, "consent_kind", kind);
    if (strcmp(kind, "photo") != 0)
        return arena_format(call->arena, "%s凭监护人同意登记：请先登记对“%s”现行文本的同意", field->label,
                            label == NULL ? "" : label);
    return form == &pickup_person_form ? "监护人没有同意拍摄、保存照片，不能附照片；可凭接送口令核对"
                                       : "监护人没有同意拍摄、保存照片，不能附照片";
}

enum status
consent_check(struct call *call, struct reader *reader, const struct change *change, const char *kind)
{
    struct row *child;
    bool given, bad = false;
    const char *day = change->new->day == NULL ? call_today(call) : change->new->day;
    enum status status = OK;
    for (int i = 0; change->form->fields[i].name != NULL && status == OK; i++) {
        const struct field *field = &change->form->fields[i];
        if (!consent_covers(kind, change->form, field) || !is_written(change, i))
            continue;
        status = child_of(call, reader, change->new, &child);
        if (status != OK || child == NULL)
            return status;
        status = consent_given(call, reader, child, kind, day, &given);
        if (status == OK && !given)
            call_fault(call, field, "no_consent", "%s", missing_words(call, change->form, field, kind));
        bad = bad || !given;
    }
    return status == OK && bad ? INVALID : status;
}

/* ---- editions ---- */

enum { OLD_MOST = 2000, TEXTS_MOST = 200 };

/* The last day of a text that is out of use, NULL while it is in use; texts are few and asked once. */
struct texts {
    struct row *rows[TEXTS_MOST];
    size_t n;
};

static enum status
text_row(struct call *call, struct reader *reader, struct texts *texts, int64_t id, struct row **out)
{
    for (size_t i = 0; i < texts->n; i++)
        if (texts->rows[i]->id == id) {
            *out = texts->rows[i];
            return OK;
        }
    enum status status = row_get(call, reader, &consent_text_form, id, out);
    if (status == OK && texts->n < TEXTS_MOST)
        texts->rows[texts->n++] = *out;
    return status;
}

/* By child: a child with several consents stands there once. */
enum status
consent_children(struct call *call, struct reader *reader, int64_t institution, const char *kind, const char *day,
                 struct id_list *out)
{
    struct rows rows;
    struct texts texts = { 0 };
    *out = (struct id_list){ 0 };
    enum status status = reader_rows(
        reader, call->arena,
        "select k.part, k.text from consent k join guardian g on g.office = k.office and g.id = k.given_by "
        "where k.office = ?1 and k.institution = ?2 and k.kind = ?3 and k.state = 'given' and k.given_on <= ?4 and "
        "(g.ended_on is null or g.ended_on > ?4) order by k.part",
        ARGS(value_int(id_office(institution)), value_int(institution), value_text(kind), value_text(day)), &rows);
    out->ids = status == OK ? arena_array(call->arena, rows.n + 1, sizeof *out->ids) : NULL;
    if (out->ids == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct row *text;
        const int64_t child = rows_int(&rows, i, 0);
        if (out->n > 0 && out->ids[out->n - 1] == child)
            continue;
        status = text_row(call, reader, &texts, rows_int(&rows, i, 1), &text);
        if (status == OK && in_effect(row_text(text, "from_day"), row_text(text, "until_day"), day))
            out->ids[out->n++] = child;
    }
    return status;
}

/* The rows of one child and kind stand together: the last says whether any is to a text in use. */
enum status
consents_old(struct call *call, struct reader *reader, int64_t institution, struct old_consent **out, size_t *n)
{
    struct rows rows;
    struct texts texts = { 0 };
    enum status status = reader_rows(
        reader, call->arena,
        "select c.id, c.name, k.kind, k.text, (select g.ended_on from guardian g where g.office = k.office and "
        "g.id = k.given_by and g.ended_on <= ?4) from child c join consent k on k.office = c.office and k.part = "
        "c.id and k.state = 'given' where c.office = ?1 and c.institution = ?2 and c.state = 'enrolled' "
        "order by c.id, k.kind limit ?3",
        ARGS(value_int(id_office(institution)), value_int(institution), value_int(OLD_MOST),
             value_text(call_today(call))),
        &rows);
    *n = 0;
    *out = status == OK ? arena_array(call->arena, rows.n + 1, sizeof **out) : NULL;
    if (status == OK && *out == NULL)
        return NO_MEMORY;
    const char *until = NULL;
    bool in_use = false;
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct row *text;
        status = text_row(call, reader, &texts, rows_int(&rows, i, 3), &text);
        if (status != OK)
            break;
        const char *parted = rows_text(&rows, i, 4), *end = row_text(text, "until_day");
        in_use = in_use || (parted == NULL && (end == NULL || strcmp(end, call_today(call)) >= 0));
        end = parted == NULL || (end != NULL && strcmp(end, parted) < 0) ? end : parted;
        until = end != NULL && (until == NULL || strcmp(end, until) > 0) ? end : until;
        if (i + 1 < rows.n && rows_int(&rows, i + 1, 0) == rows_int(&rows, i, 0) &&
            strcmp(rows_text(&rows, i + 1, 2), rows_text(&rows, i, 2)) == 0)
            continue;
        if (!in_use)
            (*out)[(*n)++] =
                (struct old_consent){ rows_int(&rows, i, 0), rows_text(&rows, i, 1), rows_text(&rows, i, 2), until };
        until = NULL;
        in_use = false;
    }
    return status;
}

/* ---- withdrawing ---- */

/* Who withdraws means the matter, not an edition: what the same guardian said to other editions ends as well. */
static enum status
end_the_same(struct call *call, struct writer *writer, const struct row *row, const struct row_set *set)
{
    enum status status = OK;
    for (size_t i = 0; status == OK && i < set->n; i++)
        if (row_int(set->rows[i], "given_by") == row_int(row, "given_by"))
            status = step_take(call, writer, &consent_form, set->rows[i]->id, 0, "end_too", NULL, NULL);
    return status;
}

/* The consent of another guardian that counts today; NULL: none. */
static enum status
other_consent(struct call *call, struct reader *reader, const struct row *row, const struct row_set *set,
              struct row **out)
{
    enum status status = OK;
    *out = NULL;
    for (size_t i = 0; status == OK && i < set->n && *out == NULL; i++) {
        bool counts;
        if (row_int(set->rows[i], "given_by") == row_int(row, "given_by"))
            continue;
        status = counts_on(call, reader, set->rows[i], call_today(call), &counts);
        *out = counts ? set->rows[i] : NULL;
    }
    return status;
}

static enum status
say_why_kept(struct call *call, struct reader *reader, struct row *row, const struct row *other)
{
    struct row *guardian;
    const enum status status = row_get(call, reader, &guardian_form, row_int(other, "given_by"), &guardian);
    const char *relation =
        status == OK ? code_label(call->reference, "relation", row_text(guardian, "relation")) : NULL;
    row_set_text(row, "kept_why",
                 arena_format(call->arena, "另一名监护人（%s）的同意仍然有效；该监护人也撤回后删除",
                              relation == NULL ? "未写明关系" : relation));
    return status == NOT_FOUND ? OK : status;
}

/* While another guardian's consent of the same kind stands, nothing is taken away, and the record says so. */
static enum status
end_what_rested_on_it(struct call *call, struct writer *writer, const struct change *change)
{
    struct row *row = change->new, *child, *other = NULL;
    struct row_set set = { 0 };
    int64_t n = 0;
    row_set_text(row, "withdrawn_on", call_today(call));
    enum status status = row_get(call, writer_reader(writer), &child_form, row->part, &child);
    if (status == OK)
        status = standing(call, writer_reader(writer), child, row_text(row, "kind"), &set);
    if (status == OK)
        status = end_the_same(call, writer, row, &set);
    if (status == OK)
        status = other_consent(call, writer_reader(writer), row, &set, &other);
    if (status == OK && other != NULL)
        status = say_why_kept(call, writer_reader(writer), row, other);
    else if (status == OK)
        status = forget_consented(call, writer, child, row_text(row, "kind"), &n);
    row_set_int(row, "forgotten", n);
    return status == OK ? row_update(call, writer, row, row->version) : status;
}

static enum status
mark_withdrawn(struct call *call, struct writer *writer, const struct change *change)
{
    row_set_text(change->new, "withdrawn_on", call_today(call));
    return row_update(call, writer, change->new, change->new->version);
}

static const struct step steps[] = {
    { "withdraw", "撤回同意", GIVEN, WITHDRAWN, .by = INSTITUTION_KEEPERS, .effect = end_what_rested_on_it,
      .clause = "C041",
      .consequence = "该监护人对同一事项各版本的同意一并撤回。凭此同意收集的信息立即删除，照片不能恢复；另一名监护人的"
                     "同意仍有效的不删除。法定台账和协议所需的信息不受影响，婴幼儿继续收托。" },
    { "end_too", "随同撤回", GIVEN, WITHDRAWN, .inner = true, .effect = mark_withdrawn, .clause = "C041" },
    { 0 },
};
static const struct state_label labels[] = {
    { GIVEN, "已同意", "good" },
    { WITHDRAWN, "已撤回", "plain" },
    { 0 },
};
static const struct procedure procedure = { .first = GIVEN, .open = 0, .live = 0, .steps = steps, .labels = labels };
static const struct duty duties[] = {
    { INSTITUTION_KEEPERS, MAY_SEE | MAY_CREATE, &MY_INSTITUTION, 0, G_ALL, "C041", "机构记录监护人的同意", 0, 0 },
    { THE_INSTITUTION | POST(P_CARE), MAY_SEE, &MY_INSTITUTION, 0, G_WORK, "C041", "保育人员查看是否同意", 0, 0 },
    { 0 },
};
const struct form consent_form = {
    .name = "consent",
    .title = "监护人同意",
    .clause = "C041",
    .of = OF_INSTITUTION,
    .part_of = &child_form,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .keep_years = 3,
    .expected_rows = 6000000,
};
