/* What was suspected, diagnosed or only entered and is taken back: by a doctor (排除传染病), by another diagnosis, or
 * because it was entered for the wrong child — clauses C045, C046. What rested on the case alone goes with it: its line
 * in the register, the report that waits, the observation of its class, its place in a cluster. */
#include "domain/care/health.h"
#include "policy/engine.h"

/* The line stays and says since when it counts no longer. */
static enum status
unregister(struct call *call, struct writer *writer, const struct row *isolation)
{
    const char *const where[] = { "isolation" };
    const struct value values[] = { value_int(isolation->id) };
    struct row_set set;
    enum status status =
        rows_by(call, writer_reader(writer), &disease_case_form, isolation->office, where, values, 1, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        row_set_text(set.rows[i], "withdrawn_on", call_today(call));
        status = row_change(call, writer, set.rows[i], set.rows[i]->version);
    }
    return status;
}

enum status
case_withdraw(struct call *call, struct writer *writer, const struct row *isolation)
{
    enum status status = unregister(call, writer, isolation);
    if (status == OK)
        status = report_withdraw(call, writer, isolation);
    if (status == OK)
        status = watch_recount(call, writer, isolation, row_text(isolation, "kind"));
    if (status == OK && row_int(isolation, "alert") != 0)
        status = cluster_recount(call, writer, row_int(isolation, "alert"));
    return status;
}
