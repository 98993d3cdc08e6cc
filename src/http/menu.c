/* The menu: what one does all day on top, then each part of the policy as a fold with its pages and ledgers. Only what
 * the duties let one see is in it. */
#include <string.h>

#include "http/app.h"
#include "policy/engine.h"
#include "policy/list.h"
#include "policy/switched_off.h"

/* A ledger is where its records are too; a page only itself. */
static bool
is_here(const struct visit *visit, const char *url, bool ledger)
{
    const size_t n = strlen(url);
    return strncmp(visit->request->path, url, n) == 0 &&
           (visit->request->path[n] == '\0' || (ledger && visit->request->path[n] == '/'));
}

/* True when it is where one is. */
static bool
put_item(struct visit *visit, struct node *items, const char *label, const char *url, bool ledger)
{
    struct node *item = node_put_map(visit->call.arena, items, NULL);
    if (switched_off(&visit->call, "GET", url) != NULL)
        label = arena_format(visit->call.arena, "%s（已停用）", label);
    node_put_text(visit->call.arena, item, "label", label);
    node_put_url(visit->call.arena, item, "url", url);
    node_put_bool(visit->call.arena, item, "current", is_here(visit, url, ledger));
    return is_here(visit, url, ledger);
}

static bool
in_menu(const struct visit *visit, const struct form *form)
{
    const unsigned may = duty_may(form, &visit->me);
    if ((may & MAY_SEE) == 0 || form->part_of != NULL || form->silent)
        return false;
    if ((list_groups(form, &visit->me) & ~(unsigned)G_OPEN) == 0 && (may & MAY_CREATE) == 0)
        return false; /* there to be chosen from, not to work in */
    /* reference data are for those who keep them */
    return form->of != OF_REFERENCE || (may & MAY_CREATE) != 0;
}

struct fold {
    const char *title;
    struct node *map, *items;
    bool open;
};

/* A fold is put only with something in it. */
static void
fold_item(struct visit *visit, struct node *groups, struct fold *fold, const char *label, const char *url, bool ledger)
{
    if (fold->map == NULL) {
        fold->map = node_put_map(visit->call.arena, groups, NULL);
        node_put_text(visit->call.arena, fold->map, "title", fold->title);
        fold->items = node_put_list(visit->call.arena, fold->map, "items");
    }
    if (put_item(visit, fold->items, label, url, ledger))
        fold->open = true;
}

static void
fold_end(struct visit *visit, struct fold *fold)
{
    if (fold->map != NULL)
        node_put_bool(visit->call.arena, fold->map, "open", fold->open);
}

/* Its ledgers; or what it keeps for everybody. */
static void
put_forms(struct visit *visit, struct node *groups, const struct module *module, struct fold *fold, bool reference)
{
    for (size_t i = 0; module->forms != NULL && module->forms[i] != NULL; i++)
        if (in_menu(visit, module->forms[i]) && (module->forms[i]->of == OF_REFERENCE) == reference)
            fold_item(visit, groups, fold, module->forms[i]->title,
                      arena_format(visit->call.arena, "/%s", module->forms[i]->name), true);
}

/* A module without a title goes on with the fold of the one before. */
static void
put_part(struct visit *visit, struct node *groups, const struct module *module, struct fold *fold)
{
    if (module->title != NULL) {
        fold_end(visit, fold);
        *fold = (struct fold){ .title = module->title };
    }
    for (const struct look *look = module->looks; look != NULL && look->path != NULL; look++)
        if (look->menu == MENU_PART && who_fits(look->who, &visit->me))
            fold_item(visit, groups, fold, look->title, look->path, false);
    put_forms(visit, groups, module, fold, false);
    if (module != visit->app->house->modules[0])
        put_forms(visit, groups, module, fold, true);
}

/* What every part refers to and few keep, which belongs to the ground: last, in one fold. */
static void
put_reference(struct visit *visit, struct node *groups)
{
    struct fold fold = { .title = "参考数据" };
    put_forms(visit, groups, visit->app->house->modules[0], &fold, true);
    fold_end(visit, &fold);
}

void
menu_put(struct visit *visit, struct node *frame)
{
    const struct house *house = visit->app->house;
    struct node *menu = node_put_map(visit->call.arena, frame, "menu");
    struct node *first = node_put_list(visit->call.arena, menu, "first"),
                *groups = node_put_list(visit->call.arena, menu, "groups");
    for (size_t m = house->modules_n; m-- > 0;) /* the day's work before the file */
        for (const struct look *look = house->modules[m]->looks; look != NULL && look->path != NULL; look++)
            if (look->menu == MENU_TOP && who_fits(look->who, &visit->me))
                put_item(visit, first, look->title, look->path, false);
    put_item(visit, first, "备案机构名录", "/register", true);
    struct fold fold = { 0 };
    for (size_t m = 1; m <= house->modules_n; m++) /* the ground that it stands on comes after the rest */
        put_part(visit, groups, house->modules[m % house->modules_n], &fold);
    fold_end(visit, &fold);
    put_reference(visit, groups);
}

const char *
home_path(const struct visit *visit)
{
    const struct house *house = visit->app->house;
    for (size_t m = house->modules_n; m-- > 0;)
        for (const struct look *look = house->modules[m]->looks; look != NULL && look->path != NULL; look++)
            if (look->home && who_fits(look->who, &visit->me))
                return look->path;
    return "/register";
}
