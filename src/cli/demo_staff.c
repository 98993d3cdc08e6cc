/* Demo data of the staff: contracts, training, insurance, a roster; the county's telephone list. */
#include <stdio.h>

#include "cli/demo.h"
#include "domain/staff/staff.h"
#include "policy/write.h"

enum { ENTERED_DAYS_AGO = 30 };

static void
day_text(int days, char out[11])
{
    day_iso((struct day){ day_from_ms(clock_now()).n + days }, out);
}

static enum status
make_papers(struct loader *loader, int64_t staff)
{
    static const char *const topics[] = { "law", "ethics", "safety", "first_aid", "fire" };
    char from[11], until[11], held[11], month[11];
    const struct day today = day_from_ms(clock_now());
    day_text(-100, from);
    day_text(600, until);
    day_text(-60, held);
    day_iso((struct day){ today.n - day_of_month(today) }, month);
    enum status status =
        demo_make(loader, &staff_contract_form, staff,
                  PAIRS({ "kind", "fixed" }, { "from_day", from }, { "until", until }), ENTERED_DAYS_AGO, NULL);
    if (status == OK)
        status = demo_make(
            loader, &staff_insurance_form, staff,
            PAIRS({ "from_day", from }, { "until", month }, { "kinds", "|pension|medical|unemployment|injury|" }), 0,
            NULL);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0] && status == OK; i++)
        status = demo_make(loader, &staff_training_form, staff,
                           PAIRS({ "topic", topics[i] }, { "held_on", held }, { "hours", "4" },
                                 { "organiser", "演示妇幼保健院" }, { "passed", "1" }),
                           ENTERED_DAYS_AGO, NULL);
    return status;
}

static enum status
make_roster(struct loader *loader, const struct row *staff)
{
    char from[11], id[24], post[24];
    const char *posts = row_text(staff, "posts");
    day_text(-ENTERED_DAYS_AGO, from);
    snprintf(id, sizeof id, "%lld", (long long)staff->id);
    if (posts == NULL || sscanf(posts, "|%23[a-z_]", post) != 1)
        return OK;
    return demo_make(
        loader, &roster_form, 0,
        PAIRS({ "staff", id }, { "post", post }, { "from_day", from }, { "start_at", "07:30" }, { "end_at", "18:00" }),
        ENTERED_DAYS_AGO, NULL);
}

static enum status
make_contact(struct loader *loader)
{
    enum status status = OK;
    static const char *const people[][4] = { { "1", "演示公安值班", "police", "0933-8200110" },
                                             { "2", "演示卫健值班", "health", "0933-8200120" } };
    for (size_t i = 0; i < sizeof people / sizeof people[0] && status == OK; i++) {
        struct call call;
        if (!demo_act_as(loader, &call, 0, 0))
            return NO_MEMORY;
        struct row *row = row_new(&call, &abuse_contact_form);
        row->office = loader->office;
        row_set_int(row, "turn", (int64_t)i + 1);
        row_set_text(row, "name", people[i][1]);
        row_set_text(row, "duty_of", people[i][2]);
        row_set_text(row, "phone", people[i][3]);
        struct create_args args = { row };
        status = demo_ended(&call, call_write(&call, LANE_NORMAL, write_create, &args), "值班电话");
    }
    return status;
}

enum status
demo_staff(struct loader *loader)
{
    struct call call;
    struct row_set set;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(loader->institution) };
    if (!demo_act_as(loader, &call, 0, 0))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &staff_form, loader->office, where, values, 1, &set);
    store_reader_done(loader->house->store, reader);
    for (size_t i = set.n; status == OK && i-- > 0;) {
        status = make_papers(loader, set.rows[i]->id);
        if (status == OK)
            status = make_roster(loader, set.rows[i]);
    }
    call_close(&call);
    return status == OK && loader->index == 0 ? make_contact(loader) : status;
}
