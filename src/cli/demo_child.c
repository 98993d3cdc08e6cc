/* Demo contracts: most children come all day, some half a day; a text of consent that a city offers. */
#include <stdio.h>

#include "cli/demo.h"
#include "domain/child/child.h"
#include "domain/child/contract.h"

enum { SIGNED_DAYS_AGO = 40, TERM_DAYS = 400 };

static enum status
guardian_of(struct loader *loader, int64_t child, int64_t *guardian)
{
    struct call call;
    struct row_set set = { 0 };
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(child) };
    if (!demo_act_as(loader, &call, 0, SIGNED_DAYS_AGO))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &guardian_form, loader->office, where, values, 1, &set);
    store_reader_done(loader->house->store, reader);
    *guardian = status == OK && set.n > 0 ? set.rows[0]->id : 0;
    call_close(&call);
    return status;
}

enum status
demo_contract(struct loader *loader, int64_t child, unsigned serial)
{
    char from[11], to[11], by[24];
    int64_t contract = 0, guardian = 0;
    const bool half = serial % 8 == 0;
    const struct day today = day_from_ms(clock_now());
    day_iso((struct day){ today.n - SIGNED_DAYS_AGO }, from);
    day_iso((struct day){ today.n - SIGNED_DAYS_AGO + TERM_DAYS }, to);
    enum status status = guardian_of(loader, child, &guardian);
    snprintf(by, sizeof by, "%lld", (long long)guardian);
    if (status == OK)
        status = demo_make(loader, &contract_form, child,
                           PAIRS({ "service_form", half ? "half_day" : "full_day" }, { "half", half ? "morning" : "" },
                                 { "weekdays", "|1|2|3|4|5|" }, { "from_day", from }, { "to_day", to },
                                 { "prepay", "none" }, { "absence_refund", "day" }, { "meal_by_attendance", "1" },
                                 { "refund_rule", "演示：中途离托的，按实际入托天数结算。" },
                                 { "dispute", "演示：协商解决，协商不成的依法处理。" }),
                           SIGNED_DAYS_AGO, &contract);
    if (status == OK)
        status = demo_make(
            loader, &contract_item_form, contract,
            PAIRS({ "item", "care" }, { "label", "保育费" }, { "per", "month" }, { "amount", half ? "600" : "1200" }),
            SIGNED_DAYS_AGO, NULL);
    if (status == OK)
        status = demo_make(
            loader, &contract_item_form, contract,
            PAIRS({ "item", "meal" }, { "label", "伙食费" }, { "per", "month" }, { "amount", half ? "150" : "330" }),
            SIGNED_DAYS_AGO, NULL);
    if (status != OK)
        return status;
    return demo_take(loader, &contract_form, contract, "sign", PAIRS({ "signed_by", by }, { "signed_on", from }), 0,
                     SIGNED_DAYS_AGO);
}

/* Of the city, for all its institutions. */
enum status
demo_consent_texts(struct loader *loader)
{
    struct call call;
    struct row_set set = { 0 };
    const int64_t institution = loader->institution;
    if (!demo_act_as(loader, &call, 0, SIGNED_DAYS_AGO))
        return NO_MEMORY;
    struct reader *reader = store_reader(loader->house->store);
    enum status status = rows_by(&call, reader, &consent_text_form, loader->office, NULL, NULL, 0, &set);
    store_reader_done(loader->house->store, reader);
    call_close(&call);
    if (status != OK || set.n > 0)
        return status;
    loader->institution = 0;
    status = demo_make(
        loader, &consent_text_form, 0,
        PAIRS({ "kind", "photo" }, { "edition", "演示-1" }, { "stored", "孩子在园的照片、接送人的照片。" },
              { "purpose", "接送时核对人；给家长看孩子一天的情况。" }, { "how_long", "离托后删除；撤回同意立即删除。" },
              { "refusal", "不同意也照常入托，接送改用口令或电话核对。" }, { "contact", "演示：园长办公室" }),
        SIGNED_DAYS_AGO, NULL);
    if (status == OK)
        status =
            demo_make(loader, &consent_text_form, 0,
                      PAIRS({ "kind", "data" }, { "edition", "演示-1" }, { "stored", "监护人的工作单位。" },
                            { "purpose", "紧急时多一个联系办法。" }, { "how_long", "离托后删除；撤回同意立即删除。" },
                            { "refusal", "不同意也照常入托。" }, { "contact", "演示：园长办公室" }),
                      SIGNED_DAYS_AGO, NULL);
    loader->institution = institution;
    return status;
}
