/* 个人口令 — the tablet's short PIN. It says who did something on a paired device; the device itself is what signs in.
 * Only a keyed hash bound to the person is kept (sealed besides): a slow hash would not carry a whole shift's taps, and
 * the key is not in the database. Five wrong ones lock it for a quarter of an hour. */
#include <string.h>

#include "base/secret.h"
#include "base/webcrypto.h"
#include "domain/staff/looks.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"
#include "policy/job.h"

enum { PIN_LEAST = 4, PIN_MOST = 6 };

static const struct field fields[] = {
    { "pin", F_TEXT, .label = "口令", .need = true, .secret = true, .basis = BASIS_CONTRACT, .group = G_INTERNAL,
      .max = PIN_MOST, .hint = "4至6位数字，在平板上确认本人" },
    { "set_on", F_DATE, .label = "设置日期", .computed = true, .list = true },
    { "fails", F_INT, .label = "连续错误", .computed = true, .list = true },
    { "locked_until", F_TIME, .label = "锁定至", .computed = true, .list = true },
    /* what a tablet checks a typed PIN against without a network; the PIN itself is here only until that is made */
    { "fresh", F_TEXT, .label = "待生成校验值的口令", .secret = true, .computed = true, .basis = BASIS_CONTRACT,
      .group = G_INTERNAL, .max = PIN_MOST },
    { "tablet_check", F_TEXT, .label = "平板校验值", .secret = true, .computed = true, .basis = BASIS_CONTRACT,
      .group = G_INTERNAL, .max = 64 },
    { 0 },
};
static const struct unique_key uniques[] = { { { "part" }, "已设置口令，请直接修改" }, { 0 } };

static const char *
hash_of(struct call *call, int64_t staff, const char *pin)
{
    char hash[65];
    secret_index(call->house->keys, "staff_pin", arena_format(call->arena, "%lld:%s", (long long)staff, pin), hash);
    return arena_text(call->arena, hash);
}

static bool
is_weak(const char *pin)
{
    const size_t n = strlen(pin);
    bool same = true, up = true, down = true;
    for (size_t i = 1; i < n; i++) {
        same = same && pin[i] == pin[0];
        up = up && pin[i] == pin[i - 1] + 1;
        down = down && pin[i] == pin[i - 1] - 1;
    }
    return same || up || down;
}

static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    struct row *row = change->new;
    const struct value typed = row_value(row, "pin");
    const struct field *field = form_field(&staff_pin_form, "pin", NULL);
    (void)reader;
    if (typed.type != VALUE_TEXT || row->part == 0)
        return OK;
    const size_t n = strlen(typed.text);
    if (n < PIN_LEAST || n > PIN_MOST || strspn(typed.text, "0123456789") != n)
        return call_fault(call, field, "not_a_pin", "口令为%d至%d位数字", PIN_LEAST, PIN_MOST);
    if (is_weak(typed.text))
        return call_fault(call, field, "weak", "口令过于简单");
    row_set_text(row, "fresh", typed.text);
    row_set(row, "tablet_check", value_null()); /* the one before does not count any more */
    row_set_text(row, "pin", hash_of(call, row->part, typed.text));
    row_set_text(row, "set_on", call_today(call));
    row_set(row, "fails", value_null());
    row_set(row, "locked_until", value_null());
    return OK;
}

/* The slow hash is made by a job: nothing slow happens inside a write. Until then a tablet does not know the person. */
static enum status
plan_check(struct call *call, struct writer *writer, const struct change *change)
{
    struct node *args = node_map(call->arena);
    if (row_value(change->new, "fresh").type != VALUE_TEXT) /* stored ones are sealed: nothing was typed */
        return OK;
    node_put_text(call->arena, args, "pin", arena_format(call->arena, "%lld", (long long)change->new->id));
    return job_plan(call, writer, change->new->office, "tablet_pin", call->now_ms, args);
}

static enum status
pin_row(struct call *call, struct reader *reader, const struct job *job, struct row **out)
{
    int64_t id;
    const char *text = node_text_of(job->args, "pin");
    return text != NULL && id_parse(text, &id) ? row_get(call, reader, &staff_pin_form, id, out) : NOT_FOUND;
}

enum status
pin_hash_work(struct call *call, const struct job *job, struct node *result)
{
    int index;
    struct row *row;
    uint8_t hash[SHA256_SIZE];
    const char *pin = NULL;
    char *hex = arena_alloc(call->arena, 2 * SHA256_SIZE + 1);
    struct reader *reader = store_reader(call->house->store);
    enum status status = pin_row(call, reader, job, &row);
    form_field(&staff_pin_form, "fresh", &index);
    if (status == OK)
        pin = row_plain(call, reader, row, index);
    store_reader_done(call->house->store, reader);
    if (status == NOT_FOUND || (status == OK && pin == NULL))
        return OK;
    if (status != OK || hex == NULL)
        return status == OK ? NO_MEMORY : status;
    if (!slow_hash(pin, arena_format(call->arena, "%lld", (long long)row->part), PIN_ROUNDS, hash))
        return BROKEN;
    hex_text(hash, sizeof hash, hex);
    node_put_text(call->arena, result, "check", hex);
    node_put_int(call->arena, result, "version", row->version);
    return OK;
}

/* Only of the PIN that was hashed: a newer one has a job of its own. */
enum status
pin_hash_done(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    struct row *row;
    const char *check = node_text_of(result, "check");
    const struct node *version = node_get(result, "version");
    enum status status = check == NULL ? NOT_FOUND : pin_row(call, writer_reader(writer), job, &row);
    if (status != OK || version == NULL || version->i != row->version)
        return status == NOT_FOUND ? OK : status;
    row_set_text(row, "tablet_check", check);
    row_set(row, "fresh", value_null());
    return row_change(call, writer, row, row->version);
}

/* The head sets it at first, the person changes the own one: whose account the staff row names. */
static const struct relation OWN_LINE = {
    .name = "own_line",
    .sql = "r.office = ?1 and exists (select 1 from staff s where s.office = r.office and s.id = r.part and "
           "s.account = ?2)",
    .args = { ME_OFFICE, ME_ACCOUNT },
};
static const struct duty duties[] = {
    { THE_INSTITUTION | POST(P_HEAD), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_WORK, "C090",
      "负责人设置口令", 0, 0 },
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE, &OWN_LINE, 0, G_WORK, "C090", "本人修改口令", 0, 0 },
    { THE_INSTITUTION | POST(P_HEAD), MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_INTERNAL, "C090",
      "口令只填写，谁也看不到", 0, 0 },
    { THE_INSTITUTION, MAY_CREATE | MAY_CHANGE, &OWN_LINE, 0, G_INTERNAL, "C090", "口令只填写，谁也看不到", 0, 0 },
    { 0 },
};
const struct form staff_pin_form = {
    .name = "staff_pin",
    .title = "平板口令",
    .clause = "C090",
    .of = OF_INSTITUTION,
    .part_of = &staff_form,
    .fields = fields,
    .uniques = uniques,
    .duties = duties,
    .fill = fill,
    .effect = plan_check,
    .sealed = true,
    .expected_rows = 100000,
};

/* Wrong answers are counted outside the history: they are no change of the record. */
static enum status
count_fail(struct call *call, struct writer *writer, const struct row *row)
{
    const int64_t most = standard_int(call, "CFG-LOCK-FAILS", 5), minutes = standard_int(call, "CFG-LOCK-MINUTES", 15);
    const int64_t fails = row_int(row, "fails") + 1;
    return writer_run(writer, "update staff_pin set fails = ?3, locked_until = ?4 where office = ?1 and id = ?2",
                      ARGS(value_int(row->office), value_int(row->id), value_int(fails >= most ? 0 : fails),
                           fails >= most ? value_int(call->now_ms + minutes * 60000) : value_null()),
                      NULL);
}

enum status
pin_check(struct call *call, struct writer *writer, int64_t staff, const char *pin, enum pin_answer *answer)
{
    struct row *person;
    struct row_set set = { 0 };
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(staff) };
    struct reader *reader = writer_reader(writer);
    int index;
    form_field(&staff_pin_form, "pin", &index);
    *answer = PIN_NONE;
    enum status status = row_get(call, reader, &staff_form, staff, &person);
    if (status == OK && person->state == ACTIVE)
        status = rows_by(call, reader, &staff_pin_form, person->office, where, values, 1, &set);
    if (status != OK || person->state != ACTIVE || set.n == 0)
        return status;
    const char *kept = row_plain(call, reader, set.rows[0], index);
    if (row_int(set.rows[0], "locked_until") > call->now_ms) {
        *answer = PIN_LOCKED;
        return OK;
    }
    *answer = kept != NULL && strcmp(kept, hash_of(call, staff, pin)) == 0 ? PIN_RIGHT : PIN_WRONG;
    if (*answer == PIN_WRONG)
        return count_fail(call, writer, set.rows[0]);
    return row_int(set.rows[0], "fails") == 0
               ? OK
               : writer_run(writer, "update staff_pin set fails = 0, locked_until = null where office = ?1 and id = ?2",
                            ARGS(value_int(person->office), value_int(set.rows[0]->id)), NULL);
}

/* Who is at the tablet: a person of this institution says the PIN. A wrong one is an answer, so that it is counted. */
enum status
act_pin(struct call *call, struct writer *writer, const struct node *input, struct node *model)
{
    static const char *const words[] = { "right", "wrong", "locked", "none" };
    int64_t id;
    struct row *person;
    enum pin_answer answer;
    const char *staff = node_text_of(input, "staff"), *pin = node_text_of(input, "pin");
    if (staff == NULL || pin == NULL || !id_parse(staff, &id))
        return call_fail(call, INVALID, "请选择本人并输入口令");
    enum status status = row_get(call, writer_reader(writer), &staff_form, id, &person);
    if (status == OK && person->institution != call->me->institution)
        status = NOT_FOUND;
    if (status == OK)
        status = pin_check(call, writer, id, pin, &answer);
    struct node *data = node_put_map(call->arena, model, "data");
    if (status == OK)
        node_put_text(call->arena, data, "answer", words[answer]);
    return status;
}
