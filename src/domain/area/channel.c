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
      .hint = "短信、微信：http(s) 地址；邮件：smtp://主机:端口 或 smtps://…；有口令的，邮件服务器须支持加密" },
    { "sender", F_TEXT, .label = "发件人", .max = 120, .hint = "邮件的发件地址" },
    { "user", F_TEXT, .label = "用户名", .max = 120 },
    { "secret", F_TEXT, .label = "密钥或口令", .secret = true, .basis = BASIS_DUTY, .group = G_IDENTITY, .max = 200 },
    { "home", F_CODE, .label = "管辖单位", .code = "office", .fixed = true, .list = true, .hint = "不填则为本单位" },
    { "rests_until", F_TIME, .label = "没有应答，暂停到", .computed = true },
    { 0 },
};
enum { REST_MS = 60000 };

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

/* Who a notice is for. */
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
        return status == NOT_FOUND ? OK : status;
    }
    const bool by_site = site != NULL && id_parse(site, &institution);
    const char *const where[] = { by_site ? "works_at" : "department", "state" };
    const struct value values[] = { by_site ? value_int(institution) : value_text(department), value_text("active") };
    return rows_by(call, reader, &account_form, call->me->office, where, values, 2, out);
}

static bool
is_mail(const struct row *channel)
{
    const char *kind = row_text(channel, "kind");
    return kind != NULL && strcmp(kind, "email") == 0;
}

/* One job for each recipient and channel: what fails for one is tried again for that one alone. At most fifty people.
 */
enum status
notice_spread(struct call *call, struct writer *writer, const struct job *job, const struct node *result)
{
    struct row_set channels, people;
    const char *const where[] = { "state" };
    const struct value values[] = { value_text("active") };
    struct reader *reader = writer_reader(writer);
    (void)result;
    enum status status = rows_by(call, reader, &channel_form, job->office, where, values, 1, &channels);
    if (status == OK)
        status = recipients(call, reader, job->args, &people);
    for (size_t i = 0; status == OK && i < people.n && i < 50; i++) {
        const struct row *person = people.rows[i];
        for (size_t c = 0; status == OK && person->state == ACTIVE && c < channels.n; c++) {
            if (!row_has(person, is_mail(channels.rows[c]) ? "email" : "phone"))
                continue;
            struct node *args = node_map(call->arena);
            node_put_text(call->arena, args, "text", node_text_of(job->args, "text"));
            node_put_id(call->arena, args, "account", person->id);
            node_put_id(call->arena, args, "channel", channels.rows[c]->id);
            status = job_plan(call, writer, job->office, "send_one", call->now_ms, args);
        }
    }
    return status;
}

static const char *
plain(struct call *call, struct reader *reader, const struct row *row, const char *name)
{
    int index;
    form_field(row->form, name, &index);
    return row_plain(call, reader, row, index);
}

static enum status
by_webhook(struct call *call, const struct row *channel, const char *secret, const char *phone, const char *text,
           int *reply)
{
    struct buf json;
    struct node *message = node_map(call->arena);
    node_put_text(call->arena, message, "channel", row_text(channel, "kind"));
    node_put_text(call->arena, message, "text", text);
    node_put_text(call->arena, node_put_list(call->arena, message, "to"), NULL, phone);
    buf_init(&json, 1u << 20);
    json_write(&json, message);
    const enum status status =
        json.failed ? NO_MEMORY
                    : send_webhook(call->arena, row_text(channel, "url"), secret, json.bytes, json.n, reply);
    buf_free(&json);
    return status;
}

static enum status
by_mail(struct call *call, const struct row *channel, const char *secret, const char *to, const char *text, int *reply)
{
    const struct mail letter = {
        row_text(channel, "url"), row_text(channel, "user"), secret, row_text(channel, "sender"), to, text, text
    };
    return send_mail(call->arena, &letter, reply);
}

/* For a minute nobody else waits for a server that nobody reaches: its other letters would each wait their time out and
 * hold up every other job. One that answers, be it "later", goes on with the others. */
static enum status
rest(struct call *call, struct writer *writer, void *arg)
{
    const int64_t channel = *(const int64_t *)arg;
    return writer_run(writer, "update channel set rests_until = ?3 where office = ?1 and id = ?2",
                      ARGS(value_int(id_office(channel)), value_int(channel), value_int(call->now_ms + REST_MS)), NULL);
}

/* Outside any transaction. BUSY is tried again; what is refused for good is given up, with a note. */
enum status
notice_send(struct call *call, const struct job *job, struct node *result)
{
    struct row *channel = NULL, *person = NULL;
    int64_t account = 0, by = 0;
    int reply = 0;
    const char *text = node_text_of(job->args, "text"), *to = NULL, *secret = NULL;
    const char *one = node_text_of(job->args, "account"), *way = node_text_of(job->args, "channel");
    if (text == NULL || one == NULL || way == NULL || !id_parse(one, &account) || !id_parse(way, &by))
        return BROKEN;
    struct reader *reader = store_reader(call->house->store);
    enum status status = row_get(call, reader, &channel_form, by, &channel);
    if (status == OK)
        status = row_get(call, reader, &account_form, account, &person);
    if (status == OK && channel->state == ACTIVE && person->state == ACTIVE) {
        to = is_mail(channel) ? row_text(person, "email") : plain(call, reader, person, "phone");
        secret = plain(call, reader, channel, "secret");
    }
    store_reader_done(call->house->store, reader);
    if (status != OK || to == NULL) /* gone, switched off or without an address meanwhile */
        return status == NOT_FOUND ? OK : status;
    if (row_int(channel, "rests_until") > call->now_ms)
        return call_fail(call, BUSY, "发送渠道暂时没有应答");
    status = is_mail(channel) ? by_mail(call, channel, secret, to, text, &reply)
                              : by_webhook(call, channel, secret, to, text, &reply);
    if (status == INVALID) {
        node_put_text(call->arena, result, "given_up",
                      arena_format(call->arena, "%s不接受（%d）", is_mail(channel) ? "邮件服务器" : "发送接口", reply));
        return OK;
    }
    if (status == BUSY && reply == 0)
        call_write(call, LANE_BULK, rest, &by);
    return status == BUSY ? call_fail(call, BUSY, "未能送出（%d）", reply) : status;
}
