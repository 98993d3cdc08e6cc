/* What a tablet needs today: the children of its classes with what must not be overlooked, who may fetch them, who
 * works here, what was recorded so far. No guardian's telephone, no number of any document. */
#include <stdlib.h>
#include <string.h>

#include "base/webcrypto.h"
#include "domain/care/care.h"
#include "domain/care/device.h"
#include "domain/care/health.h"
#include "domain/care/photos.h"
#include "domain/child/child.h"
#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/journal.h"
#include "policy/sync.h"

struct today {
    struct call *call;
    struct reader *reader;
    struct row *device;
    bool all;    /* every class */
    bool health; /* may see what a carer must know of health */
    int64_t classes[64];
    size_t classes_n;
    struct id_list children; /* of those classes, in ascending order: nothing is said of any other */
    const char *salt;        /* of this device, hex */
};

static bool
has_class(const struct today *today, int64_t id)
{
    for (size_t i = 0; i < today->classes_n; i++)
        if (today->classes[i] == id)
            return true;
    return today->all;
}

static int
by_id(const void *a, const void *b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return one < other ? -1 : one > other;
}

bool
id_list_has(const struct id_list *list, int64_t id)
{
    return list->n > 0 && bsearch(&id, list->ids, list->n, sizeof *list->ids, by_id) != NULL;
}

/* The sum of versions moves with every committed change of what is shown: a poll that nothing changed costs this. */
static enum status
stamp(const struct today *today, const char **out)
{
    struct rows rows;
    struct call *call = today->call;
    const char *day = call_today(call);
    enum status status = reader_rows(
        today->reader, call->arena,
        "select "
        "(select coalesce(sum(version), 0) + count(*) from child where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from pickup_person where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from staff where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from staff_pin where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from class_group where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from attendance where office = ?1 and institution = ?2 and "
        "day = ?3), "
        "(select coalesce(sum(version), 0) + count(*) from morning_check where office = ?1 and institution = ?2 and "
        "day = ?3), "
        "(select coalesce(sum(version), 0) + count(*) from staff_attendance where office = ?1 and institution = ?2 and "
        "day = ?3), "
        "(select coalesce(sum(version), 0) + count(*) from consent where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from guardian where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from medicine_order where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from isolation where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) + count(*) from contract where office = ?1 and institution = ?2), "
        "(select coalesce(sum(version), 0) from care_day where office = ?1 and institution = ?2 and day = ?3)",
        ARGS(value_int(call->me->office), value_int(call->me->institution), value_text(day)), &rows);
    const char *text = arena_format(call->arena, "%s.%lld", day, (long long)today->device->version);
    for (size_t i = 0; i < 14 && status == OK; i++)
        text = arena_format(call->arena, "%s.%lld", text, (long long)rows_int(&rows, 0, i));
    *out = arena_format(call->arena, "\"%s\"", text);
    return status;
}

static void
put_hex(struct call *call, struct node *map, const char *name, const uint8_t *bytes, size_t n)
{
    char *hex = arena_alloc(call->arena, 2 * n + 1);
    if (hex != NULL)
        hex_text(bytes, n, hex);
    node_put_text(call->arena, map, name, hex);
}

static const char *
plain_of(const struct today *today, const struct row *row, const char *name)
{
    int index;
    form_field(row->form, name, &index);
    return row_plain(today->call, today->reader, row, index);
}

static enum status
by_institution(const struct today *today, const struct form *form, struct row_set *set)
{
    const char *const where[] = { "institution" };
    const struct value values[] = { value_int(today->call->me->institution) };
    return rows_by(today->call, today->reader, form, today->call->me->office, where, values, 1, set);
}

static enum status
by_day(const struct today *today, const struct form *form, struct row_set *set)
{
    const char *const where[] = { "institution", "day" };
    const struct value values[] = { value_int(today->call->me->institution), value_text(call_today(today->call)) };
    return rows_by(today->call, today->reader, form, today->call->me->office, where, values, 2, set);
}

/* ---- parts of the answer ---- */

static enum status
find_classes(struct today *today)
{
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(today->device->id) };
    const char *covers = row_text(today->device, "covers");
    today->all = covers != NULL && strcmp(covers, "classes") != 0;
    today->health = (today->call->me->posts & (1u << P_CARE | 1u << P_HEALTH)) != 0;
    if (today->all)
        return OK;
    enum status status =
        rows_by(today->call, today->reader, &device_class_form, today->device->office, where, values, 1, &set);
    for (size_t i = 0; i < set.n && today->classes_n < 64; i++)
        today->classes[today->classes_n++] = row_int(set.rows[i], "class");
    return status;
}

static enum status
add_classes(struct today *today, struct node *data)
{
    struct row_set set;
    struct node *list = node_put_list(today->call->arena, data, "classes");
    enum status status = by_institution(today, &class_form, &set);
    for (size_t i = set.n; i-- > 0 && status == OK;) {
        if (!has_class(today, set.rows[i]->id) || class_ended(set.rows[i], call_today(today->call)))
            continue;
        struct node *item = node_put_map(today->call->arena, list, NULL);
        node_put_id(today->call->arena, item, "id", set.rows[i]->id);
        node_put_text(today->call->arena, item, "name", row_text(set.rows[i], "name"));
    }
    return status;
}

static enum status
ids_of(struct today *today, const char *sql, const struct value *values, size_t n, struct id_list *out)
{
    struct rows rows;
    struct call *call = today->call;
    enum status status = reader_rows(today->reader, call->arena, sql, values, n, &rows);
    out->ids = status == OK ? arena_array(call->arena, rows.n + 1, sizeof *out->ids) : NULL;
    if (out->ids == NULL)
        return status == OK ? NO_MEMORY : status;
    for (; out->n < rows.n; out->n++)
        out->ids[out->n] = rows_int(&rows, out->n, 0);
    return OK;
}

/* Who comes today by the contract, and who must not come in before its certificate; why is not said. */
static enum status
find_due(struct today *today, struct id_list *expected, struct id_list *barred)
{
    struct call *call = today->call;
    const struct value values[] = { value_int(call->me->office), value_int(call->me->institution),
                                    value_text(call_today(call)), value_text(weekday_like(call, call->today)) };
    enum status status = ids_of(today,
                                "select c.id from child c where c.office = ?1 and c.institution = ?2 and c.state = "
                                "'enrolled' and " CHILD_EXPECTED " order by c.id",
                                values, 4, expected);
    if (status == OK)
        status = ids_of(today,
                        "select distinct child from isolation where office = ?1 and institution = ?2 and " MUST_NOT_COME
                        " order by child",
                        values, 3, barred);
    return status;
}

static enum status
add_children(struct today *today, struct node *data)
{
    struct row_set set;
    struct id_list photos = { 0 }, expected = { 0 }, barred = { 0 };
    struct call *call = today->call;
    const char *const where[] = { "institution", "state" };
    const struct value values[] = { value_int(call->me->institution), value_text("enrolled") };
    struct node *list = node_put_list(call->arena, data, "children");
    enum status status = rows_by(call, today->reader, &child_form, call->me->office, where, values, 2, &set);
    if (status == OK)
        status = consent_children(call, today->reader, call->me->institution, "photo", call_today(call), &photos);
    if (status == OK)
        status = find_due(today, &expected, &barred);
    today->children.ids = status == OK ? arena_array(call->arena, set.n + 1, sizeof *today->children.ids) : NULL;
    if (today->children.ids == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = set.n; i-- > 0;) {
        const struct row *child = set.rows[i];
        if (row_int(child, "class") == 0 || !has_class(today, row_int(child, "class")))
            continue;
        today->children.ids[today->children.n++] = child->id;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", child->id);
        node_put_text(call->arena, item, "name", row_text(child, "name"));
        node_put_id(call->arena, item, "class", row_int(child, "class"));
        node_put_bool(call->arena, item, "expected", id_list_has(&expected, child->id));
        node_put_bool(call->arena, item, "barred", id_list_has(&barred, child->id));
        if (today->health) {
            node_put_text(call->arena, item, "allergies", plain_of(today, child, "allergies"));
            node_put_text(call->arena, item, "diet", plain_of(today, child, "diet"));
            node_put_bool(call->arena, item, "photos", id_list_has(&photos, child->id));
        }
    }
    qsort(today->children.ids, today->children.n, sizeof *today->children.ids, by_id);
    return OK;
}

/* Of the children of its classes: those of others, and of children who left, do not go to a tablet. */
static enum status
lines_of_children(const struct today *today, const struct form *form, const char *from, struct row_set *out)
{
    struct query query;
    struct rows rows;
    struct call *call = today->call;
    *out = (struct row_set){ 0 };
    query_init(&query, call->arena);
    row_select(&query, form);
    query_add(&query, from,
              ARGS(value_int(call->me->office), value_int(call->me->institution), value_text(call_today(call))));
    enum status status = query_rows(today->reader, call->arena, &query, &rows);
    out->rows = status == OK ? arena_array(call->arena, rows.n + 1, sizeof(struct row *)) : NULL;
    if (out->rows == NULL)
        return status == OK ? NO_MEMORY : status;
    for (size_t i = 0; i < rows.n; i++) {
        struct row *row = row_from(call, form, &rows, i);
        if (row == NULL)
            return NO_MEMORY;
        if (id_list_has(&today->children, row->part))
            out->rows[out->n++] = row;
    }
    return OK;
}

/* By name and relation only, those who may fetch: who takes the child home is chosen, nobody is called from here. */
static enum status
add_guardians(struct today *today, struct node *data)
{
    struct row_set set;
    struct call *call = today->call;
    struct node *list = node_put_list(call->arena, data, "guardians");
    enum status status = lines_of_children(
        today, &guardian_form,
        " from guardian r join child c on c.office = r.office and c.id = r.part where r.office = ?1 and "
        "r.institution = ?2 and c.state = 'enrolled' and (r.ended_on is null or r.ended_on > ?3) and "
        "coalesce(r.no_fetch, 0) = 0 order by r.id limit 3000",
        &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", set.rows[i]->id);
        node_put_id(call->arena, item, "child", set.rows[i]->part);
        node_put_text(call->arena, item, "name", row_text(set.rows[i], "name"));
        node_put_text(call->arena, item, "relation",
                      code_label(call->reference, "relation", row_text(set.rows[i], "relation")));
    }
    return status;
}

/* Whether somebody has a code, never the code: four digits are found from any hash in minutes by whoever holds the
 * tablet, so the server compares them (tablet_code.c), a few times a minute. Without a network a person is known by the
 * portrait, which the tablet keeps for the day, or by a call. */
static enum status
add_pickups(struct today *today, struct node *data)
{
    struct row_set set;
    struct call *call = today->call;
    struct node *list = node_put_list(call->arena, data, "pickups");
    enum status status = lines_of_children(
        today, &pickup_person_form,
        " from pickup_person r join child c on c.office = r.office and c.id = r.part where r.office = ?1 and "
        "r.institution = ?2 and c.state = 'enrolled' and " PICKUP_STANDS " order by r.id limit 3000",
        &set);
    for (size_t i = set.n; i-- > 0 && status == OK;) {
        const struct row *person = set.rows[i];
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", person->id);
        node_put_id(call->arena, item, "child", person->part);
        node_put_text(call->arena, item, "name", row_text(person, "name"));
        node_put_text(call->arena, item, "relation",
                      code_label(call->reference, "relation", row_text(person, "relation")));
        if (row_int(person, "photo") == 0)
            node_put_text(call->arena, item, "photo", NULL);
        else /* which one: it is kept for the day */
            node_put_id(call->arena, item, "photo", row_int(person, "photo"));
        node_put_bool(call->arena, item, "code", plain_of(today, person, "code") != NULL);
    }
    return status;
}

/* {staff row → check}: HMAC of the slow hash under the device's salt, so that no two tablets hold the same. */
static enum status
add_staff(struct today *today, struct node *data)
{
    struct row_set set, pins;
    struct call *call = today->call;
    const char *day = call_today(call);
    struct node *list = node_put_list(call->arena, data, "staff");
    enum status status = by_institution(today, &staff_form, &set);
    if (status == OK)
        status = by_institution(today, &staff_pin_form, &pins);
    for (size_t i = set.n; i-- > 0 && status == OK;) {
        const struct row *person = set.rows[i];
        const char *left = row_text(person, "left_on"), *state = state_code(person->state);
        if ((left != NULL && strcmp(left, day) < 0) || (state != NULL && strcmp(state, "active") != 0))
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", person->id);
        node_put_text(call->arena, item, "name", row_text(person, "name"));
        node_put_text(call->arena, item, "posts", row_text(person, "posts"));
        for (size_t k = 0; k < pins.n; k++) {
            uint8_t hash[SHA256_SIZE];
            const char *check = pins.rows[k]->part == person->id ? plain_of(today, pins.rows[k], "tablet_check") : NULL;
            if (check != NULL && sha256_hmac(today->salt, strlen(today->salt), check, strlen(check), hash))
                put_hex(call, item, "pin", hash, sizeof hash);
        }
    }
    return status;
}

/* Who is signed in now, for the way out. */
static enum status
add_stays(struct today *today, struct node *data)
{
    struct row_set set;
    struct call *call = today->call;
    struct node *list = node_put_list(call->arena, data, "stays");
    enum status status = by_day(today, &staff_attendance_form, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        if (set.rows[i]->state != PRESENT)
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", set.rows[i]->id);
        node_put_id(call->arena, item, "staff", row_int(set.rows[i], "staff"));
        node_put_text(call->arena, item, "post", row_text(set.rows[i], "post"));
        node_put_int(call->arena, item, "in", row_int(set.rows[i], "in_at"));
    }
    return status;
}

static enum status
add_records(struct today *today, struct node *data)
{
    struct row_set set;
    struct call *call = today->call;
    struct node *list = node_put_list(call->arena, data, "attendance");
    enum status status = by_day(today, &attendance_form, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        const struct row *row = set.rows[i];
        if (!id_list_has(&today->children, row_int(row, "child")))
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "id", row->id);
        node_put_id(call->arena, item, "child", row_int(row, "child"));
        node_put_text(call->arena, item, "state", state_code(row->state));
        node_put_int(call->arena, item, "version", row->version);
        node_put_int(call->arena, item, "arrived", row_int(row, "arrived_at"));
        node_put_int(call->arena, item, "left", row_int(row, "left_at"));
    }
    if (status != OK || !today->health)
        return status;
    list = node_put_list(call->arena, data, "checks");
    status = by_day(today, &morning_check_form, &set);
    for (size_t i = 0; i < set.n && status == OK; i++) {
        if (!id_list_has(&today->children, row_int(set.rows[i], "child")))
            continue;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_id(call->arena, item, "child", row_int(set.rows[i], "child"));
        node_put_text(call->arena, item, "round", row_text(set.rows[i], "round"));
        node_put_text(call->arena, item, "result", row_text(set.rows[i], "result"));
    }
    return status;
}

static enum status
add_day(struct today *today, struct node *data)
{
    struct row *day, *site;
    struct call *call = today->call;
    enum status status = care_day_of(call, today->reader, call->me->institution, call_today(call), &day);
    if (status == OK)
        status = institution_get(call, today->reader, call->me->institution, &site);
    if (status != OK)
        return status;
    node_put_text(call->arena, data, "state", day == NULL ? "none" : state_code(day->state));
    node_put_text(call->arena, data, "institution", row_text(site, "name"));
    node_put_int(call->arena, data, "fever", standard_int(call, "CFG-FEVER", 373));
    struct node *device = node_put_map(call->arena, data, "device");
    node_put_id(call->arena, device, "id", today->device->id);
    node_put_text(call->arena, device, "name", row_text(today->device, "name"));
    node_put_text(call->arena, device, "covers", row_text(today->device, "covers"));
    node_put_text(call->arena, device, "posts", row_text(today->device, "posts"));
    node_put_text(call->arena, device, "salt", today->salt);
    node_put_int(call->arena, device, "pin_rounds", PIN_ROUNDS);
    return OK;
}

/* Follows from the pairing: a tablet paired anew has another. */
static const char *
salt_of(struct call *call, const struct row *device)
{
    uint8_t hash[SHA256_SIZE];
    char *hex = arena_alloc(call->arena, 33);
    const char *text = arena_format(call->arena, "tablet salt %lld %lld", (long long)device->id,
                                    (long long)row_int(device, "paired_at"));
    if (hex == NULL || text == NULL || !sha256_hmac(keys_index(call->house->keys), 32, text, strlen(text), hash))
        return NULL;
    hex_text(hash, 16, hex);
    return hex;
}

static enum status
whole_answer(struct today *today, struct node *data)
{
    static enum status (*const parts[])(struct today *, struct node *) = { add_day,       add_classes, add_children,
                                                                           add_guardians, add_pickups, add_staff,
                                                                           add_stays,     add_records };
    enum status status = find_classes(today);
    node_put_text(today->call->arena, data, "day", call_today(today->call));
    node_put_int(today->call->arena, data, "now", today->call->now_ms);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == OK; i++)
        status = parts[i](today, data);
    return status == OK ? tablet_ledgers(today->call, today->reader, &today->children, data) : status;
}

enum status
look_tablet_day(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    struct today today = { .call = call, .reader = reader };
    const char *now, *known = node_text_of(input, "known");
    struct node *data = node_put_map(call->arena, model, "data");
    if (!call->me->is_device)
        return NOT_FOUND;
    enum status status = row_get(call, reader, &device_form, call->me->account, &today.device);
    if (status == OK)
        status = stamp(&today, &now);
    if (status != OK)
        return status;
    node_put_text(call->arena, data, "stamp", now);
    if (known != NULL && strcmp(known, now) == 0) {
        node_put_bool(call->arena, data, "same", true);
        return OK;
    }
    today.salt = salt_of(call, today.device);
    if (today.salt == NULL)
        return NO_MEMORY;
    status = whole_answer(&today, data);
    /* the first answer of a day is a look at personal data; later ones only bring it up to date */
    if (status == OK && (known == NULL || strncmp(known + 1, call_today(call), 10) != 0))
        status = journal_look(call, call->me->office, "device", today.device->id, "当日数据");
    return status;
}

enum status
look_inbox(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    (void)input;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "title", "平板记录待处理");
    return inbox_list(call, reader, node_put_list(call->arena, data, "items"));
}
