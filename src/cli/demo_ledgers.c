/* Demo rows of the care ledgers: a kitchen with this week's menu, some measurements, part of a safety file, and
 * accounts of those who guide and inspect. */
#include <stdio.h>

#include "cli/demo.h"
#include "domain/care/care_ledgers.h"
#include "domain/child/child.h"
#include "policy/write.h"

enum { WEEK_AGO = 7, MEASURED = 6 };

static enum status
make_menu(struct loader *loader)
{
    static const char *const dishes[][5] = {
        { "lunch", "番茄牛肉面", "|grain|meat|orange_veg|", "面粉60g、牛肉30g、番茄50g", "1" },
        { "lunch", "清炒油菜", "|other_veg|", "油菜60g", "1" },
        { "afternoon_snack", "牛奶和苹果", "|dairy|other_veg|", "牛奶150g、苹果60g", "0" },
    };
    static const char *const days[] = { "1", "2", "3", "4", "5" };
    char today[11];
    int64_t menu = 0;
    day_iso(day_from_ms(clock_now()), today);
    enum status status = demo_make(loader, &menu_form, 0, PAIRS({ "week_of", today }), 1, &menu);
    for (size_t d = 0; d < 5; d++)
        for (size_t i = 0; i < sizeof dishes / sizeof dishes[0] && status == OK; i++)
            status =
                demo_make(loader, &menu_dish_form, menu,
                          PAIRS({ "weekday", days[d] }, { "meal", dishes[i][0] }, { "dish", dishes[i][1] },
                                { "groups", dishes[i][2] }, { "ingredients", dishes[i][3] }, { "salt", dishes[i][4] }),
                          1, NULL);
    return status == OK ? demo_take(loader, &menu_form, menu, "publish", NULL, 0, 1) : status;
}

static enum status
make_safety(struct loader *loader)
{
    static const char *const pieces[][2] = {
        { "extinguisher", "走廊" }, { "exit_sign", "安全出口" }, { "emergency_light", "走廊" }, { "alarm", "门卫室" }
    };
    char checked[11];
    day_iso((struct day){ day_from_ms(clock_now()).n - WEEK_AGO }, checked);
    enum status status = OK;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0] && status == OK; i++)
        status = demo_make(loader, &safety_equipment_form, 0,
                           PAIRS({ "kind", pieces[i][0] }, { "spot", pieces[i][1] }, { "pieces", "2" },
                                 { "condition", "normal" }, { "checked_on", checked }),
                           WEEK_AGO, NULL);
    if (status == OK)
        status = demo_make(loader, &exit_way_form, 0,
                           PAIRS({ "name", "南侧安全出口" }, { "width_cm", "140" }, { "clear", "1" }, { "sign", "1" },
                                 { "light", "1" }),
                           WEEK_AGO, NULL);
    if (status == OK)
        status = demo_make(loader, &emergency_drill_form, 0,
                           PAIRS({ "kind", "fire" }, { "held_on", checked }, { "people", "38" }, { "minutes", "6" },
                                 { "summary", "听到警报后分班疏散到户外场地（演示）" },
                                 { "problems", "一名幼儿鞋未穿好（演示）" }),
                           WEEK_AGO, NULL);
    return status;
}

static enum status
make_measurements(struct loader *loader)
{
    struct call call;
    struct row_set set;
    int64_t children[MEASURED] = { 0 };
    size_t n = 0;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(loader->institution) };
    if (!demo_act_as(loader, &call, 0, WEEK_AGO))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &child_form, loader->office, where, values, 1, &set);
    store_reader_done(loader->house->store, reader);
    for (size_t i = 0; i < set.n && n < MEASURED; i++)
        children[n++] = set.rows[i]->id;
    call_close(&call);
    for (size_t i = 0; i < n && status == OK; i++) {
        char child[24], weight[24], stature[24], on[11];
        snprintf(child, sizeof child, "%lld", (long long)children[i]);
        snprintf(weight, sizeof weight, "%d.%d", i == 0 ? 8 : 12, (int)i);
        snprintf(stature, sizeof stature, "%d.5", 88 + (int)i);
        day_iso((struct day){ day_from_ms(clock_now()).n - WEEK_AGO }, on);
        status =
            demo_make(loader, &measurement_form, 0,
                      PAIRS({ "child", child }, { "measured_on", on }, { "weight", weight }, { "stature", stature }),
                      WEEK_AGO, NULL);
    }
    return status;
}

enum status
demo_ledgers(struct loader *loader)
{
    enum status status = demo_make(
        loader, &kitchen_form, 0,
        PAIRS({ "mode", "own" }, { "meals", "|lunch|afternoon_snack|" }, { "license_scope", "热食类食品制售" }),
        WEEK_AGO, NULL);
    if (status == OK)
        status = make_menu(loader);
    if (status == OK)
        status = make_measurements(loader);
    return status == OK ? make_safety(loader) : status;
}
