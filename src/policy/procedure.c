/* The vocabulary of states with its codes and ordinary Chinese labels. */
#include "policy/procedure.h"

#include <string.h>

static const struct {
    const char *code;
    struct state_label label;
} states[STATE_COUNT] = {
    [S_DRAFT] = { "draft", { DRAFT, "草稿", "plain" } },
    [S_SUBMITTED] = { "submitted", { SUBMITTED, "已提交", "warn" } },
    [S_RETURNED] = { "returned", { RETURNED, "已退回补正", "warn" } },
    [S_FILED] = { "filed", { FILED, "已备案", "good" } },
    [S_UNFIT] = { "unfit", { UNFIT, "备案内容不符合", "bad" } },
    [S_REGISTERED] = { "registered", { REGISTERED, "已登记", "plain" } },
    [S_RUNNING] = { "running", { RUNNING, "运营中", "good" } },
    [S_SUSPENDED] = { "suspended", { SUSPENDED, "暂停服务", "warn" } },
    [S_CLOSED] = { "closed", { CLOSED, "已终止", "plain" } },
    [S_CANCELLED] = { "cancelled", { CANCELLED, "已注销", "plain" } },
    [S_ASKED] = { "asked", { ASKED, "待办理", "warn" } },
    [S_ANSWERED] = { "answered", { ANSWERED, "已反馈", "good" } },
    [S_OVERDUE] = { "overdue", { STATE(S_OVERDUE), "已逾期", "bad" } },
    [S_PREPARED] = { "prepared", { PREPARED, "已拟稿", "plain" } },
    [S_REVIEWED] = { "reviewed", { REVIEWED, "已审核", "plain" } },
    [S_SIGNED] = { "signed", { SIGNED, "已签发", "warn" } },
    [S_SEALED] = { "sealed", { SEALED, "已用印", "good" } },
    [S_DELIVERED] = { "delivered", { DELIVERED, "已送达", "good" } },
    [S_VOID] = { "void", { VOIDED, "已作废", "plain" } },
    [S_ACTIVE] = { "active", { ACTIVE, "启用", "good" } },
    [S_DISABLED] = { "disabled", { DISABLED, "停用", "plain" } },
    [S_PLANNED] = { "planned", { PLANNED, "已安排", "plain" } },
    [S_DONE] = { "done", { DONE, "已完成", "good" } },
    [S_OPEN] = { "open", { OPEN, "进行中", "warn" } },
    [S_ENROLLED] = { "enrolled", { ENROLLED, "在托", "good" } },
    [S_LEFT] = { "left", { LEFT, "已离开", "plain" } },
    [S_PRESENT] = { "present", { PRESENT, "在园", "good" } },
    [S_ABSENT] = { "absent", { ABSENT, "缺勤", "warn" } },
    [S_WATCHED] = { "watched", { WATCHED, "观察中", "warn" } },
    [S_CONFIRMED] = { "confirmed", { CONFIRMED, "已确认", "good" } },
    [S_UNCONFIRMED] = { "unconfirmed", { UNCONFIRMED, "未确认", "bad" } },
    [S_GIVEN] = { "given", { GIVEN, "已办", "good" } },
    [S_REFUSED] = { "refused", { REFUSED, "未同意", "bad" } },
    [S_ENDED] = { "ended", { ENDED, "已结束", "plain" } },
    [S_WITHDRAWN] = { "withdrawn", { WITHDRAWN, "已撤回", "plain" } },
    [S_PAID] = { "paid", { PAID, "已收款", "good" } },
    [S_BARRED] = { "barred", { BARRED, "不得从业", "bad" } },
    [S_ERASED] = { "erased", { ERASED, "已到期删除", "plain" } },
    [S_MERGED] = { "merged", { MERGED, "已合并", "plain" } },
};

const char *
state_code(uint64_t state)
{
    for (int i = 0; i < STATE_COUNT; i++)
        if (state == STATE(i))
            return states[i].code;
    return NULL;
}

uint64_t
state_of(const char *code)
{
    for (int i = 0; code != NULL && i < STATE_COUNT; i++)
        if (strcmp(states[i].code, code) == 0)
            return STATE(i);
    return 0;
}

const struct step *
procedure_step(const struct procedure *procedure, const char *name)
{
    for (const struct step *step = procedure->steps; step != NULL && step->name != NULL; step++)
        if (strcmp(step->name, name) == 0)
            return step;
    return NULL;
}

const struct state_label *
procedure_label(const struct procedure *procedure, uint64_t state)
{
    for (const struct state_label *label = procedure->labels; label != NULL && label->label != NULL; label++)
        if (label->state == state)
            return label;
    for (int i = 0; i < STATE_COUNT; i++)
        if (state == STATE(i))
            return &states[i].label;
    return NULL;
}

const struct procedure *
procedure_on(const struct form *form, const char *day)
{
    const struct procedure *procedure = form->procedure;
    while (procedure != NULL && procedure->since != NULL && procedure->before != NULL &&
           strcmp(day, procedure->since) < 0)
        procedure = procedure->before;
    return procedure;
}

bool
procedure_any_step(const struct form *form, const char *name)
{
    for (const struct procedure *procedure = form->procedure; procedure != NULL; procedure = procedure->before)
        if (procedure_step(procedure, name) != NULL)
            return true;
    return false;
}

static bool
asks(const struct step *step, const char *field)
{
    if (step->need != NULL && strcmp(step->need, field) == 0)
        return true;
    for (const struct field *asked = step->input; asked != NULL && asked->name != NULL; asked++)
        if (strcmp(asked->name, field) == 0)
            return true;
    return false;
}

bool
procedure_asks_later(const struct procedure *procedure, const char *field)
{
    bool later = false;
    for (const struct step *step = procedure == NULL ? NULL : procedure->steps; step != NULL && step->name != NULL;
         step++) {
        if (!asks(step, field))
            continue;
        if (step->anew || step->to == procedure->first)
            return false;
        later = true;
    }
    return later;
}
