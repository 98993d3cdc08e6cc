#include "policy/notice.h"

#include "policy/job.h"

/* Where the office has a channel, the notice also leaves the house, by a job of the same transaction. */
static enum status
send_out(struct call *call, struct writer *writer, int64_t office, int64_t account, int64_t institution,
         const char *department, const char *text)
{
    struct rows rows;
    if (house_job(call->house, "send_notice") == NULL)
        return OK;
    enum status status = reader_rows(writer_reader(writer), call->arena,
                                     "select 1 from channel where office = ?1 and state = 'active' limit 1",
                                     ARGS(value_int(office)), &rows);
    if (status != OK || rows.n == 0)
        return status;
    struct node *args = node_map(call->arena);
    node_put_text(call->arena, args, "text", text);
    if (account != 0)
        node_put_text(call->arena, args, "account", arena_format(call->arena, "%lld", (long long)account));
    else if (institution != 0)
        node_put_text(call->arena, args, "institution", arena_format(call->arena, "%lld", (long long)institution));
    else
        node_put_text(call->arena, args, "department", department);
    return job_plan(call, writer, office, "send_notice", call->now_ms, args);
}

static enum status
put(struct call *call, struct writer *writer, int64_t office, int64_t account, int64_t institution,
    const char *department, const char *text, const char *url)
{
    const enum status status = writer_run(
        writer,
        "insert into notice (office, id, account, institution, department, text, url, at) "
        "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        ARGS(value_int(office), value_int(id_next(&call->house->ids, call->now_ms, (int)office)),
             account == 0 ? value_null() : value_int(account), institution == 0 ? value_null() : value_int(institution),
             value_text(department), value_text(text), value_text(url), value_int(call->now_ms)),
        NULL);
    return status == OK ? send_out(call, writer, office, account, institution, department, text) : status;
}

enum status
notice_institution(struct call *call, struct writer *writer, int64_t institution, const char *text, const char *url)
{
    return put(call, writer, id_office(institution), 0, institution, NULL, text, url);
}

enum status
notice_department(struct call *call, struct writer *writer, int64_t office, const char *department, const char *text,
                  const char *url)
{
    return put(call, writer, office, 0, 0, department, text, url);
}

enum status
notice_account(struct call *call, struct writer *writer, int64_t account, const char *text, const char *url)
{
    return put(call, writer, id_office(account), account, 0, NULL, text, url);
}

/* Mine: to my account, to my institution, or to my department in my office. */
#define MINE_SQL                                                                                                       \
    " from notice n where n.office = ?1 and (n.account = ?2 or (n.institution = ?3 and ?3 <> 0) or (n.department = "   \
    "?4 and "                                                                                                          \
    "n.institution is null))"

/* Read is what each account has read; read_at stands in notices that one reader marked for all, before that. */
#define UNREAD_SQL                                                                                                     \
    "n.read_at is null and n.id > coalesce((select read_to from credential c where c.office = ?1 and c.id = ?2), 0)"

static const char *
my_department(const struct call *call)
{
    return call->me->department == D_INSTITUTION ? "-" : department_code(call->me->department);
}

enum status
notices_show(struct call *call, struct reader *reader, struct node *list)
{
    struct rows rows;
    enum status status = reader_rows(reader, call->arena,
                                     "select n.text, n.url, n.at, case when " UNREAD_SQL " then 1 else 0 end" MINE_SQL
                                     " order by n.id desc limit 50",
                                     ARGS(value_int(call->me->office), value_int(call->me->account),
                                          value_int(call->me->institution), value_text(my_department(call))),
                                     &rows);
    for (size_t i = 0; status == OK && i < rows.n; i++) {
        struct node *notice = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, notice, "text", rows_text(&rows, i, 0));
        node_put_url(call->arena, notice, "url", rows_text(&rows, i, 1));
        node_put_time(call->arena, notice, "at", rows_int(&rows, i, 2));
        node_put_bool(call->arena, notice, "unread", rows_int(&rows, i, 3) != 0);
    }
    return status;
}

enum status
notices_unread(struct call *call, struct reader *reader, int64_t *n)
{
    struct rows rows;
    *n = 0;
    enum status status = reader_rows(reader, call->arena, "select count(*)" MINE_SQL " and " UNREAD_SQL,
                                     ARGS(value_int(call->me->office), value_int(call->me->account),
                                          value_int(call->me->institution), value_text(my_department(call))),
                                     &rows);
    if (status == OK)
        *n = rows_int(&rows, 0, 0);
    return status;
}

enum status
notices_read(struct call *call, struct writer *writer, void *arg)
{
    (void)arg;
    return writer_run(writer,
                      "update credential set read_to = coalesce((select max(n.id)" MINE_SQL
                      "), read_to) where office = ?1 and id = ?2",
                      ARGS(value_int(call->me->office), value_int(call->me->account), value_int(call->me->institution),
                           value_text(my_department(call))),
                      NULL);
}
