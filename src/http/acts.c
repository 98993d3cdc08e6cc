/* Acts of the modules: a POST of their own, run inside one write, then back to where the person was. */
#include <string.h>

#include "http/app.h"

struct act_work {
    struct visit *visit;
    const struct act *act;
    const struct node *posted;
    struct node *model;
};

static enum status
run(struct call *call, struct writer *writer, void *arg)
{
    struct act_work *work = arg;
    const struct me alone = me_alone(call->me);
    if (!who_fits(work->act->who, &alone))
        call_stand_in(call, call->me->lent_by);
    work->model = node_map(call->arena);
    return work->model == NULL ? NO_MEMORY : work->act->act(call, writer, work->posted, work->model);
}

static void
do_act(void *arg)
{
    struct act_work *work = arg;
    struct visit *visit = work->visit;
    const enum status status = call_write(&visit->call, LANE_NORMAL, run, work);
    const struct node *data = status == OK ? node_get(work->model, "data") : NULL;
    const char *next = data == NULL ? NULL : node_text_of(data, "next"); /* else back to one's work */
    if (status != OK)
        answer_problem(visit, status);
    else if (visit->json)
        answer_model(visit, OK, NULL, NULL, work->model);
    else
        answer_redirect(visit, next == NULL ? home_path(visit) : next, node_text_of(data, "told"));
}

bool
act_post(struct visit *visit, const struct node *posted)
{
    const char *rest;
    const struct act *act = house_act(visit->app->house, visit->request->path, &rest);
    if (act == NULL)
        return false;
    struct act_work *work = arena_alloc(visit->call.arena, sizeof *work);
    if (work == NULL || !who_fits(act->who, &visit->me) || visit->by_key) {
        answer_problem(visit, work == NULL ? NO_MEMORY : NOT_FOUND);
        return true;
    }
    *work = (struct act_work){ visit, act, posted, NULL };
    http_later(visit->request);
    if (!workers_do(visit->app->workers, do_act, work))
        answer_problem(visit, BUSY);
    return true;
}
