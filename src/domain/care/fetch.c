/* 离园接送 — 管理规范 第三十条; clause C039: a guardian, or an adult whom the guardian entrusted, known by code or by
 * name and photo; anybody else only after a recorded call. Each way names the person it let go with. */
#include <string.h>

#include "base/webcrypto.h"
#include "domain/care/care.h"
#include "domain/care/device.h"
#include "domain/child/child.h"
#include "policy/engine.h"

/* What the leaving says; taken off the row when the child comes back the same day. */
static const char *const parts[] = { "left_at",     "fetched_by",   "fetched_guardian", "fetched_name",
                                     "fetch_check", "code_checked", "handed_by",        NULL };

void
fetch_forget(struct row *attendance)
{
    for (int i = 0; parts[i] != NULL; i++)
        row_set(attendance, parts[i], value_null());
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

/* The digits themselves, or a tablet's proof that somebody typed them there: the slow hash over child, person and day,
 * so that neither its queue nor the line carries the code, and no other leaving can be proved with it. */
static bool
proves(struct call *call, const char *typed, const char *code, const struct row *row)
{
    uint8_t hash[SHA256_SIZE];
    char hex[2 * SHA256_SIZE + 1];
    const char *salt = arena_format(call->arena, "%lld.%lld.%s", (long long)row_int(row, "child"),
                                    (long long)row_int(row, "fetched_by"), row->day);
    if (strcmp(typed, code) == 0)
        return true;
    if (strlen(typed) != 2 * SHA256_SIZE || salt == NULL || !slow_hash(code, salt, CODE_ROUNDS, hash))
        return false;
    hex_text(hash, sizeof hash, hex);
    return strcmp(typed, hex) == 0;
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
judge_entrusted(struct call *call, struct reader *reader, const struct rule *rule, const struct row *row)
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
}

static void
judge_guardian(struct call *call, struct reader *reader, const struct rule *rule, const struct row *row)
{
    struct row *guardian;
    const int64_t id = row_int(row, "fetched_guardian");
    if (id == 0)
        finding_add(call, rule, "请选择是哪一位监护人");
    else if (row_get(call, reader, &guardian_form, id, &guardian) != OK || guardian->part != row_int(row, "child"))
        finding_add(call, rule, "此人不是该婴幼儿的监护人");
    else if (!guardian_fetches(guardian, row->day))
        finding_add(call, rule, "此人的监护已终止或不得接走婴幼儿，请勿交接并联系负责人");
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
    if (entrusted)
        judge_entrusted(call, reader, rule, row);
    if (entrusted && how != NULL && strcmp(how, "code") == 0 && row_int(row, "code_checked") == 0)
        finding_add(call, rule, "接送口令不对，或没有输入");
    return OK;
}
