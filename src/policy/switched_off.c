#include "policy/switched_off.h"

#include <string.h>

/* What must not be taken from anybody: the row that opens again, the accounts, and what the audit administrator reads.
 */
static const char *const untouchable[] = { "endpoint_off", "account", "journal", "looks" };

/* Does `path` (with its slash) lie at or below `target` (without)? "filing" covers /filing, /filing.csv and
 * /filing/7/history, but not /filings. */
static bool
covers(const char *target, const char *path)
{
    const size_t n = strlen(target);
    return path[0] == '/' && strncmp(path + 1, target, n) == 0 &&
           (path[n + 1] == '\0' || path[n + 1] == '/' || path[n + 1] == '.');
}

static bool
stays_open(const char *path)
{
    for (size_t i = 0; i < sizeof untouchable / sizeof untouchable[0]; i++)
        if (covers(untouchable[i], path))
            return true;
    return false;
}

/* Whoever fills in a form needs its page, but a ledger may be closed for writing alone. */
static bool
method_fits(const struct off *off, const char *method)
{
    const bool write = strcmp(method, "POST") == 0;
    return off->method == NULL || strcmp(off->method, "any") == 0 || strcmp(off->method, write ? "post" : "get") == 0;
}

const struct off *
switched_off(const struct call *call, const char *method, const char *path)
{
    char today[11];
    if (call->reference == NULL || call->reference->off_n == 0 || stays_open(path))
        return NULL;
    day_iso(call->today, today);
    for (size_t i = 0; i < call->reference->off_n; i++) {
        const struct off *off = &call->reference->off[i];
        if ((off->since == NULL || strcmp(off->since, today) <= 0) &&
            (off->until == NULL || strcmp(today, off->until) <= 0) && method_fits(off, method) &&
            covers(off->target, path))
            return off;
    }
    return NULL;
}

const char *
switched_off_words(const struct call *call, const struct off *off)
{
    struct day day;
    const char *back = "";
    if (off->until != NULL && day_parse(off->until, &day)) {
        day.n++;
        back = arena_format(call->arena, "（预计%d年%d月%d日恢复）", day_year(day), day_month(day), day_of_month(day));
    }
    return arena_format(call->arena, "该功能已停用：%s%s", off->reason == NULL ? "" : off->reason, back);
}

const char *
switched_off_target(const struct call *call, const char *text)
{
    size_t n;
    while (*text == '/')
        text++;
    for (n = strlen(text); n > 0 && text[n - 1] == '/';)
        n--;
    const char *target = arena_copy(call->arena, text, n);
    if (target == NULL || n == 0 || stays_open(arena_format(call->arena, "/%s", target)))
        return NULL;
    const char *first = arena_copy(call->arena, target, strcspn(target, "/."));
    if (first != NULL && house_form(call->house, first) != NULL)
        return target;
    const char *path = arena_format(call->arena, "/%s", target);
    for (size_t m = 0; m < call->house->modules_n; m++) {
        const struct module *module = call->house->modules[m];
        for (const struct look *look = module->looks; look != NULL && look->path != NULL; look++)
            if (covers(target, look->path) || house_look(call->house, path, &first) == look)
                return target;
        for (const struct act *act = module->acts; act != NULL && act->path != NULL; act++)
            if (covers(target, act->path))
                return target;
    }
    return NULL;
}
