/* 离园接送 — 管理规范 第三十条; clause C039: a guardian, or an adult whom the guardian entrusted, known by code or by
 * name and photo; anybody else only after a recorded call. Each way names the person it let go with. */
#include <string.h>

#include "base/webcrypto.h"
#include "domain/care/care.h"
#include "domain/care/device.h"
#include "domain/child/child.h"
#include "policy/engine.h"

/* What the leaving says; taken off the row when the child comes back the same day. */
static const char *const parts[] = {
    "left_at",      "fetched_by",      "fetched_guardian", "fetched_name", "fetch_check",
    "code_checked", "called_guardian", "called_at",        "handed_by",    NULL
};

void
fetch_forget(struct row *attendance)
{
    for (int i = 0; parts[i] != NULL; i++)
        row_set(attendance, parts[i], value_null());
}

/* What both records say of it, named alike. */
static const char *const said[] = { "fetch_check",  "fetched_guardian", "fetched_by",
                                    "fetched_name", "called_guardian",  NULL };

static struct node *
words_of(struct call *call, const struct row *row)
{
    struct node *words = node_map(call->arena);
    for (int i = 0; said[i] != NULL; i++) {
        const struct value value = row_value(row, said[i]);
        if (value.type == VALUE_INT)
            node_put_id(call->arena, words, said[i], value.i);
        else if (value.type == VALUE_TEXT)
            node_put_text(call->arena, words, said[i], value.text);
    }
    if (row_has(row, "called_at"))
        node_put_int(call->arena, words, "called_at", row_int(row, "called_at"));
    return words;
}

struct node *
fetch_words(struct call *call, const struct row *attendance)
{
    struct node *words = words_of(call, attendance);
    node_put_int(call->arena, words, "fetched_at", row_int(attendance, "left_at"));
    return words;
}

/* A day that is closed is changed by a correction also from here. */
static enum status
day_allows(struct call *call, struct writer *writer, const struct row *attendance, int64_t left_at)
{
    struct change change = { .form = &attendance_form, .old = attendance, .new = row_copy(call, attendance) };
    if (change.new == NULL)
        return NO_MEMORY;
    change.new->state = LEFT;
    row_set_int(change.new, "left_at", left_at);
    return care_day_guard(call, writer, &change);
}

enum status
fetch_leave(struct call *call, struct writer *writer, const struct row *isolation, const struct node *asked)
{
    char day[11];
    const int64_t left_at = row_int(isolation, "fetched_at");
    day_iso(day_from_ms(left_at), day);
    const char *const where[] = { "child", "day", "state" };
    const struct value values[] = { row_value(isolation, "child"), value_text(day), value_text(state_code(PRESENT)) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &attendance_form, isolation->office, where, values, 3, &set);
    if (status != OK || set.n == 0)
        return status;
    struct node *words = words_of(call, isolation);
    const char *code = asked == NULL ? NULL : node_text_of(asked, "fetch_code");
    node_put_int(call->arena, words, "left_at", left_at);
    if (code != NULL)
        node_put_text(call->arena, words, "fetch_code", code);
    status = day_allows(call, writer, set.rows[0], left_at);
    return status == OK ? step_take(call, writer, &attendance_form, set.rows[0]->id, 0, "leave", words, NULL) : status;
}

static bool
same_leaving(const struct change *change)
{
    const struct row *old = change->old;
    if (old == NULL || old == change->new || old->state != LEFT)
        return false;
    for (int i = 0; parts[i] != NULL; i++)
        if (row_differs(change->new, old, parts[i]))
            return false;
    return true;
}

const char *
fetch_proof(struct call *call, int64_t child, int64_t person, const char *day)
{
    uint8_t hash[SHA256_SIZE];
    char *hex = arena_alloc(call->arena, 2 * SHA256_SIZE + 1);
    const char *text = arena_format(call->arena, "pick-up code %lld %lld %s", (long long)child, (long long)person, day);
    if (hex == NULL || text == NULL || !sha256_hmac(keys_index(call->house->keys), 32, text, strlen(text), hash))
        return NULL;
    hex_text(hash, sizeof hash, hex);
    return hex;
}

/* The digits themselves, or the proof that a tablet was given when they were said there: for that child, person and
 * day, so that neither its queue nor the record carries the code, and no other leaving can be proved with it. */
static bool
proves(struct call *call, const char *typed, const char *code, const struct row *row)
{
    if (strcmp(typed, code) == 0)
        return true;
    const char *proof = fetch_proof(call, row_int(row, "child"), row_int(row, "fetched_by"), row->day);
    return proof != NULL && strcmp(typed, proof) == 0;
}

enum status
fetch_check_code(struct call *call, struct reader *reader, struct change *change)
{
    int index;
    struct row *person, *row = change->new;
    const struct row *old = change->old;
    const char *typed = row_has(row, "fetch_code") ? row_text(row, "fetch_code") : NULL;
    if (typed == NULL) {
        if (old != NULL && (row_differs(row, old, "fetched_by") || row_differs(row, old, "fetch_check")))
            row_set(row, "code_checked", value_null());
        return OK;
    }
    row_set(row, "fetch_code", value_null());
    row_set(row, "code_checked", value_int(0));
    if (row_int(row, "fetched_by") == 0)
        return OK;
    enum status status = row_get(call, reader, &pickup_person_form, row_int(row, "fetched_by"), &person);
    if (status != OK)
        return status == NOT_FOUND ? OK : status; /* the rule says that it is nobody */
    form_field(&pickup_person_form, "code", &index);
    const char *code = row_plain(call, reader, person, index);
    row_set_int(row, "code_checked", code != NULL && proves(call, typed, code, row));
    return OK;
}

static void
judge_entrusted(struct call *call, struct reader *reader, const struct rule *rule, const struct row *row,
                const char *how)
{
    struct row *person, *guardian;
    const char *day = row->day;
    if (row_get(call, reader, &pickup_person_form, row_int(row, "fetched_by"), &person) != OK ||
        person->part != row_int(row, "child"))
        finding_add(call, rule, "此人不是该婴幼儿的委托接送人");
    else if (row_int(person, "ended") != 0 ||
             (row_has(person, "to_day") && strcmp(row_text(person, "to_day"), day) < 0))
        finding_add(call, rule, "接送委托已到期或已撤回");
    else if (row_has(person, "from_day") && strcmp(row_text(person, "from_day"), day) > 0)
        finding_add(call, rule, "接送委托还没有开始");
    else if (row_get(call, reader, &guardian_form, row_int(person, "entrusted_by"), &guardian) == OK &&
             !guardian_fetches(guardian, day))
        finding_add(call, rule, "委托人的监护已终止或不得接走婴幼儿，委托不再有效");
    else if (strcmp(how, "photo") == 0 && row_int(person, "photo") == 0)
        finding_add(call, rule, "此人没有登记照片，不能以照片核对：请用接送口令，或电话核实监护人");
}

static bool
is_guardian(struct call *call, struct reader *reader, const struct row *row, int64_t id, struct row **guardian)
{
    return row_get(call, reader, &guardian_form, id, guardian) == OK && (*guardian)->part == row_int(row, "child");
}

static void
judge_guardian(struct call *call, struct reader *reader, const struct rule *rule, const struct row *row)
{
    struct row *guardian;
    const int64_t id = row_int(row, "fetched_guardian");
    if (id == 0)
        finding_add(call, rule, "请选择是哪一位监护人");
    else if (!is_guardian(call, reader, row, id, &guardian))
        finding_add(call, rule, "此人不是该婴幼儿的监护人");
    else if (!guardian_fetches(guardian, row->day))
        finding_add(call, rule, "此人的监护已终止或不得接走婴幼儿，请勿交接并联系负责人");
}

/* A call is a call to somebody, before the child goes. */
static void
judge_call(struct call *call, struct reader *reader, const struct rule *rule, const struct row *row)
{
    struct row *guardian;
    const int64_t id = row_int(row, "called_guardian");
    if (id == 0)
        finding_add(call, rule, "请选择电话核实的是哪一位监护人");
    else if (!is_guardian(call, reader, row, id, &guardian))
        finding_add(call, rule, "电话核实的人不是该婴幼儿的监护人");
    else if (!guardian_fetches(guardian, row->day))
        finding_add(call, rule, "电话核实的人监护已终止或不得接走婴幼儿，请联系负责人");
    else if (row_has(row, "called_at") && row_has(row, "left_at") &&
             row_int(row, "called_at") > row_int(row, "left_at"))
        finding_add(call, rule, "电话核实的时间晚于离园时间");
}

enum status
fetched_by_the_entrusted(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    const struct row *row = change->new;
    const char *how = row_text(row, "fetch_check");
    const bool entrusted = row_int(row, "fetched_by") != 0, named = row_has(row, "fetched_name");
    if (row->state != LEFT || same_leaving(change))
        return OK;
    if (how == NULL)
        finding_add(call, rule, "请选择核对方式");
    else if (strcmp(how, "guardian") == 0)
        judge_guardian(call, reader, rule, row);
    else if (!entrusted && named && strcmp(how, "call") != 0)
        finding_add(call, rule, "接走的人未登记，须先电话核实监护人，核对方式选“电话核实监护人”");
    else if (!entrusted && !named)
        finding_add(call, rule, strcmp(how, "call") == 0 ? "请填写接走的人姓名" : "请选择接走的委托接送人");
    if (how != NULL && strcmp(how, "call") == 0)
        judge_call(call, reader, rule, row);
    if (entrusted && how != NULL)
        judge_entrusted(call, reader, rule, row, how);
    if (entrusted && how != NULL && strcmp(how, "code") == 0 && row_int(row, "code_checked") == 0)
        finding_add(call, rule, "接送口令不对，或没有输入");
    return OK;
}
