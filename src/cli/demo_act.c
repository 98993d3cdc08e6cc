/* Acting as somebody at some time, by the same path as real people. */
#include <stdio.h>

#include "cli/demo.h"
#include "domain/area/area.h"
#include "http/app.h"
#include "http/password.h"
#include "policy/write.h"

void
demo_resident(unsigned serial, const char *born, char out[19])
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    if (born != NULL)
        snprintf(out, 19, "620800%.8s%03u", born, serial % 1000);
    else
        snprintf(out, 19, "6208001985%02u%02u%03u", serial % 12 + 1, serial % 28 + 1, serial % 1000);
    for (int i = 0; i < 17; i++)
        sum += weights[i] * (out[i] - '0');
    out[17] = "10X98765432"[sum % 11];
    out[18] = '\0';
}

bool
demo_act_as(struct loader *loader, struct call *call, int64_t account, int days_ago)
{
    if (!call_open(call, loader->house, loader->office))
        return false;
    call->now_ms -= (int64_t)days_ago * DAY_MS;
    call->today = day_from_ms(call->now_ms);
    if (account == 0)
        return true;
    struct me *me = arena_alloc(call->arena, sizeof *me);
    struct reader *reader = store_reader(loader->house->store);
    const enum status status = me == NULL ? NO_MEMORY : me_from_account(call, reader, account, me);
    store_reader_done(loader->house->store, reader);
    if (status == OK)
        call->me = me;
    return status == OK;
}

enum status
demo_ended(struct call *call, enum status status, const char *what)
{
    if (status != OK) {
        fprintf(stderr, "演示数据：%s\n", what);
        call_complain(call, status);
    }
    call_close(call);
    return status;
}

struct node *
demo_fields(struct call *call, const char *const (*pairs)[2])
{
    struct node *input = node_map(call->arena);
    for (; (*pairs)[0] != NULL; pairs++)
        node_put_text(call->arena, input, (*pairs)[0], (*pairs)[1]);
    return input;
}

enum status
demo_take(struct loader *loader, const struct form *form, int64_t id, const char *step, const char *const (*pairs)[2],
          int64_t account, int days_ago)
{
    struct call call;
    if (!demo_act_as(loader, &call, account, days_ago))
        return NO_MEMORY;
    return demo_ended(&call, call_step(&call, form, id, step, pairs == NULL ? NULL : demo_fields(&call, pairs)), step);
}

enum status
demo_make(struct loader *loader, const struct form *form, int64_t part, const char *const (*pairs)[2], int days_ago,
          int64_t *id)
{
    struct call call;
    if (!demo_act_as(loader, &call, 0, days_ago))
        return NO_MEMORY;
    const enum status status = call_create(&call, form, demo_fields(&call, pairs), loader->institution, part);
    if (id != NULL)
        *id = call.answer_row;
    return demo_ended(&call, status, form->title);
}
enum status
demo_account(struct loader *loader, const struct person *person, int64_t works_at, int64_t *account)
{
    struct call call;
    char office[12];
    if (!call_open(&call, loader->house, person->office))
        return NO_MEMORY;
    struct node *input = demo_fields(&call, PAIRS({ "login", person->login }, { "name", person->name },
                                                  { "department", person->department }, { "rank", person->rank }));
    snprintf(office, sizeof office, "%d", person->office);
    node_put_text(call.arena, input, "posts", person->posts);
    if (works_at != 0)
        node_put_text(call.arena, input, "works_at", arena_format(call.arena, "%lld", (long long)works_at));
    else
        node_put_text(call.arena, input, "home", office);
    enum status status = call_create(&call, &account_form, input, 0, 0);
    *account = call.answer_row;
    if (status == OK)
        status = password_set(&call, *account, loader->stored, false);
    return demo_ended(&call, status, person->login);
}
