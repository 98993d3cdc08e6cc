#include "policy/call.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "policy/house.h"

void
call_init(struct call *call, struct house *house, struct arena *arena, const struct me *me, int64_t now_ms)
{
    *call = (struct call){ .arena = arena, .house = house, .me = me, .now_ms = now_ms };
    call->today = day_from_ms(now_ms);
    call_reset(call);
}

void
call_reset(struct call *call)
{
    call->faults = NULL;
    call->faults_end = &call->faults;
    call->found = NULL;
    call->found_end = &call->found;
    call->entries = NULL;
    call->entries_end = &call->entries;
    call->dirty = NULL;
    call->message = NULL;
    call->as = NULL;
    call->depth = 0;
    call->answer_form = NULL;
    call->answer_row = 0;
    call->replayed = false;
    call->references = false;
}

static const char *
format_text(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)n + 1, format, args);
    return text;
}

static bool
has_fault(const struct call *call, const struct field *field)
{
    for (const struct fault *fault = call->faults; fault != NULL; fault = fault->next)
        if (fault->field != NULL && strcmp(fault->field, field->name) == 0)
            return true;
    return false;
}

enum status
call_fault(struct call *call, const struct field *field, const char *code, const char *format, ...)
{
    if (field != NULL && strcmp(code, "need") == 0 && has_fault(call, field))
        return INVALID; /* what was written and refused is not missing as well */
    struct fault *fault = arena_alloc(call->arena, sizeof *fault);
    if (fault == NULL)
        return NO_MEMORY;
    va_list args;
    va_start(args, format);
    fault->message = format_text(call->arena, format, args);
    va_end(args);
    fault->code = code;
    fault->field = field == NULL ? NULL : field->name;
    fault->label = field == NULL ? NULL : field->label;
    *call->faults_end = fault;
    call->faults_end = &fault->next;
    return INVALID;
}

enum status
call_fail(struct call *call, enum status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    call->message = format_text(call->arena, format, args);
    va_end(args);
    return status;
}

const char *
call_today(const struct call *call)
{
    char iso[11];
    day_iso(call->today, iso);
    return arena_text(call->arena, iso);
}

void
call_stand_in(struct call *call, const char *whom)
{
    if (call->as == NULL && whom != NULL)
        call->as = arena_format(call->arena, "%s（代理%s）", call->me->name, whom);
}

const char *
call_hand(const struct call *call)
{
    return call->as != NULL ? call->as : call->me->name;
}
