/* 发送渠道: notices leave the house by SMS, WeChat service account or 企业微信 (webhook) and by mail. Texts carry no
 * child's name and nothing about health; whoever wants more signs in. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "desk/send.h"
#include "domain/area/area.h"
#include "policy/engine.h"
#include "policy/job.h"

static const struct field fields[] = {
    { "kind", F_CODE, .label = "方式", .code = "channel_kind", .need = true, .list = true },
    { "url", F_TEXT, .label = "接口地址", .need = true, .list = true, .max = 300,
      .hint = "短信、微信：http(s) 地址；邮件：smtp://主机:端口" },
    { "sender", F_TEXT, .label = "发件人", .max = 120, .hint = "邮件的发件地址" },
    { "user", F_TEXT, .label = "用户名", .max = 120 },
    { "secret", F_TEXT, .label = "密钥或口令", .secret = true, .basis = BASIS_DUTY, .group = G_IDENTITY, .max = 200 },
    { "home", F_CODE, .label = "管辖单位", .code = "office", .fixed = true, .list = true, .hint = "不填则为本单位" },
    { 0 },
};
static enum status
fill(struct call *call, struct reader *reader, struct change *change)
{
    (void)reader;
    struct row *row = change->new;
    if (change->old == NULL && row_has(row, "home"))
        row->office = strtoll(row_text(row, "home"), NULL, 10);
    const struct office *office = office_of(call->reference, row->office);
    row->area = office == NULL ? NULL : office->area;
    return OK;
}

static const struct step steps[] = {
    { "disable", "停用", ACTIVE, DISABLED, .by = DEPT(D_SYSTEM_ADMIN) },
    { "enable", "启用", DISABLED, ACTIVE, .by = DEPT(D_SYSTEM_ADMIN) },
    { 0 },
};
static const struct procedure procedure = {
    .first = ACTIVE, .open = ACTIVE | DISABLED, .live = ACTIVE, .steps = steps
};
static const struct duty duties[] = {
    { DEPT(D_SYSTEM_ADMIN), MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_AREA, 0, G_ALL, "C134", "系统管理员设置", 0, 0 },
    { 0 },
};
const struct form channel_form = {
    .name = "channel",
    .title = "发送渠道",
    .clause = "C134",
    .of = OF_OFFICE,
    .fields = fields,
    .procedure = &procedure,
    .duties = duties,
    .fill = fill,
    .intro = "消息除在系统内显示外，可同时发送到本级人员的手机或邮箱；不含婴幼儿姓名和健康信息。",
    .expected_rows = 50,
};

/* Who a notice is for: {phone, email}; at most fifty. */
static enum status
recipients(struct call *call, struct reader *reader, const struct node *args, struct row_set *out)
{
    int64_t account, institution;
    const char *one = node_text_of(args, "account"), *site = node_text_of(args, "institution");
    const char *department = node_text_of(args, "department");
    *out = (struct row_set){ 0 };
    if (one != NULL && id_parse(one, &account)) {
        out->rows = arena_array(call->arena, 1, sizeof *out->rows);
        if (out->rows == NULL)
            return NO_MEMORY;
        const enum status status = row_get(call, reader, &account_form, account, &out->rows[0]);
        out->n = status == OK;
        return status;
    }
    const bool by_site = site != NULL && id_parse(site, &institution);
    const char *const where[] = { by_site ? "works_at" : "department" };
    const struct value values[] = { by_site ? value_int(institution) : value_text(department) };
    return rows_by(call, reader, &account_form, call->me->office, where, values, 1, out);
}

static const char *
plain(struct call *call, struct reader *reader, const struct row *row, const char *name)
{
    int index;
    form_field(row->form, name, &index);
    return row_plain(call, reader, row, index);
}

static enum status
by_webhook(struct call *call, const struct row *channel, const char *secret, const struct node *phones,
           const char *text)
{
    struct buf json;
    struct node *message = node_map(call->arena);
    node_put_text(call->arena, message, "channel", row_text(channel, "kind"));
    node_put_text(call->arena, message, "text", text);
    node_put_node(message, "to", (struct node *)(uintptr_t)phones);
    buf_init(&json, 1u << 20);
    json_write(&json, message);
    const enum status status =
        json.failed ? NO_MEMORY : send_webhook(call->arena, row_text(channel, "url"), secret, json.bytes, json.n);
    buf_free(&json);
    return status;
}

static enum status
send_by(struct call *call, struct reader *reader, const struct row *channel, const struct row_set *people,
        const char *text)
{
    const char *secret = plain(call, reader, channel, "secret");
    const bool mail = strcmp(row_text(channel, "kind"), "email") == 0;
    struct node *phones = node_list(call->arena);
    enum status status = OK;
    for (size_t i = 0; i < people->n && i < 50 && status == OK; i++) {
        if (people->rows[i]->state != ACTIVE)
            continue;
        const char *to = mail ? row_text(people->rows[i], "email") : plain(call, reader, people->rows[i], "phone");
        if (to == NULL)
            continue;
        if (!mail) {
            node_put_text(call->arena, phones, NULL, to);
            continue;
        }
        const struct mail letter = {
            row_text(channel, "url"), row_text(channel, "user"), secret, row_text(channel, "sender"), to, text, text
        };
        status = send_mail(call->arena, &letter);
    }
    return mail || phones->first == NULL || status != OK ? status : by_webhook(call, channel, secret, phones, text);
}

/* Outside any transaction. BUSY is tried again; what a gateway refuses is not. */
enum status
send_notice(struct call *call, const struct job *job, struct node *result)
{
    struct row_set channels, people;
    const char *const where[] = { "state" };
    const struct value values[] = { value_text("active") };
    const char *text = node_text_of(job->args, "text");
    struct reader *reader = store_reader(call->house->store);
    enum status status = rows_by(call, reader, &channel_form, job->office, where, values, 1, &channels);
    if (status == OK)
        status = recipients(call, reader, job->args, &people);
    for (size_t i = 0; status == OK && text != NULL && i < channels.n; i++)
        status = send_by(call, reader, channels.rows[i], &people, text);
    store_reader_done(call->house->store, reader);
    node_put_text(call->arena, result, "outcome", status == OK ? "sent" : status_code(status));
    return status == INVALID || status == NOT_FOUND ? OK : status;
}
