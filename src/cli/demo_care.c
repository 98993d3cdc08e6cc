/* Demo children in their classes, with a guardian, an entrusted grandmother and the papers of entry, and accounts of
 * the people who care for them. */
#include <stdio.h>
#include <string.h>

#include "cli/demo.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "policy/write.h"

enum { ENTERED_DAYS_AGO = 40, MOST_CLASSES = 3 };

static enum status
make_body(struct loader *loader, int64_t *body)
{
    struct call call;
    struct row_set set;
    const int64_t institution = loader->institution;
    if (!demo_act_as(loader, &call, 0, ENTERED_DAYS_AGO))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &medical_body_form, loader->office, NULL, NULL, 0, &set);
    store_reader_done(loader->house->store, reader);
    *body = status == OK && set.n > 0 ? set.rows[0]->id : 0;
    call_close(&call);
    if (status != OK || *body != 0)
        return status;
    loader->institution = 0;
    status = demo_make(loader, &medical_body_form, 0,
                       PAIRS({ "name", "演示县妇幼保健院" }, { "kind", "maternal" },
                             { "services", "|entry_exam|periodic_exam|staff_exam|vaccination|" }),
                       ENTERED_DAYS_AGO, body);
    loader->institution = institution;
    return status;
}

static enum status
make_family(struct loader *loader, int64_t child, unsigned serial, int64_t body)
{
    char phone[12], code[5], examined[11];
    int64_t guardian = 0;
    snprintf(phone, sizeof phone, "139%08u", serial);
    snprintf(code, sizeof code, "%04u", 1000 + serial % 9000);
    day_iso((struct day){ day_from_ms(clock_now()).n - ENTERED_DAYS_AGO - 7 }, examined);
    enum status status = demo_make(loader, &guardian_form, child,
                                   PAIRS({ "name", "演示家长" }, { "relation", serial % 2 == 0 ? "mother" : "father" },
                                         { "phone", phone }, { "first", "1" }),
                                   ENTERED_DAYS_AGO, &guardian);
    char by[24];
    snprintf(by, sizeof by, "%lld", (long long)guardian);
    if (status == OK)
        status = demo_make(
            loader, &pickup_person_form, child,
            PAIRS({ "name", "演示奶奶" }, { "relation", "grandmother" }, { "code", code }, { "entrusted_by", by }),
            ENTERED_DAYS_AGO, NULL);
    char at[24];
    snprintf(at, sizeof at, "%lld", (long long)body);
    if (status == OK)
        status = demo_make(loader, &entry_check_form, child,
                           PAIRS({ "examined_on", examined }, { "body", at }, { "result", "pass" },
                                 { "vaccination", "complete" }, { "vaccination_on", examined }),
                           ENTERED_DAYS_AGO, NULL);
    return status;
}

static enum status
make_child(struct loader *loader, unsigned serial, int64_t class_group, int64_t body)
{
    char name[40], born[11], entered[11], digits[9], number[19], class_id[24];
    int64_t child = 0;
    const struct day today = day_from_ms(clock_now());
    const struct day birth = { day_add_months(today, -(int)(25 + serial % 10)).n - (int)(serial % 20) };
    day_iso(birth, born);
    day_iso((struct day){ today.n - ENTERED_DAYS_AGO }, entered);
    snprintf(digits, sizeof digits, "%.4s%.2s%.2s", born, born + 5, born + 8);
    demo_resident(serial, digits, number);
    snprintf(name, sizeof name, "演示幼儿%02u", serial % 100);
    snprintf(class_id, sizeof class_id, "%lld", (long long)class_group);
    enum status status =
        demo_make(loader, &child_form, 0,
                  PAIRS({ "name", name }, { "sex", serial % 2 == 0 ? "female" : "male" }, { "born", born },
                        { "id_kind", "resident_id" }, { "id_number", number },
                        { "household", serial % 5 == 0 ? "city" : "local" }, { "migrant", serial % 5 == 0 ? "1" : "0" },
                        { "allergies", serial % 7 == 0 ? "鸡蛋过敏" : "" }),
                  ENTERED_DAYS_AGO, &child);
    if (status == OK)
        status = make_family(loader, child, serial, body);
    if (status == OK)
        status = demo_take(loader, &child_form, child, "admit", PAIRS({ "entered_on", entered }), 0, ENTERED_DAYS_AGO);
    if (status == OK)
        status = demo_take(loader, &child_form, child, "place", PAIRS({ "class", class_id }, { "class_from", entered }),
                           0, ENTERED_DAYS_AGO);
    return status == OK && loader->index == 0 ? demo_contract(loader, child, serial) : status;
}

static enum status
make_carers(struct loader *loader, const char *login)
{
    static const char *const carers[][3] = { { "care", "演示保育员", "care" },
                                             { "health", "演示保健员", "health" },
                                             { "gate", "演示门卫", "logistics" } };
    enum status status = OK;
    for (size_t i = 0; i < sizeof carers / sizeof carers[0] && status == OK; i++) {
        char name[40];
        int64_t account;
        snprintf(name, sizeof name, "%s-%s", login + strlen("inst-"), carers[i][0]);
        const struct person person = { name, carers[i][1], "institution", "county", (int)loader->office, carers[i][2] };
        status = demo_account(loader, &person, loader->institution, &account);
    }
    return status;
}

enum status
demo_care(struct loader *loader, const char *login)
{
    static const int children[MOST_CLASSES] = { 15, 12, 4 };
    struct call call;
    struct row_set set;
    int64_t classes[MOST_CLASSES] = { 0 }, body = 0;
    size_t n = 0;
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(loader->institution) };
    if (!demo_act_as(loader, &call, 0, ENTERED_DAYS_AGO))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &class_form, loader->office, where, values, 1, &set);
    store_reader_done(loader->house->store, reader);
    for (size_t i = set.n; i-- > 0 && n < MOST_CLASSES;)
        classes[n++] = set.rows[i]->id;
    call_close(&call);
    if (status == OK)
        status = make_body(loader, &body);
    if (status == OK)
        status = demo_consent_texts(loader);
    unsigned serial = (unsigned)loader->index * 100;
    for (size_t c = 0; c < n && status == OK; c++)
        for (int i = 0; i < children[c] && status == OK; i++)
            status = make_child(loader, ++serial, classes[c], body);
    if (status == OK)
        status = make_carers(loader, login);
    if (status == OK)
        status = demo_ledgers(loader);
    return status == OK ? demo_staff(loader) : status;
}
