/* user add | password | list: accounts from the command line, for the first day and for emergencies. Passwords are made
 * by the program, printed once, and changed at the first sign-in. */
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "cli/command.h"
#include "domain/area/area.h"
#include "http/password.h"
#include "policy/engine.h"
#include "policy/write.h"

static enum status
new_password(struct call *call, int64_t account)
{
    char *stored;
    const char *password = arena_format(call->arena, "Tuoyu-%s", random_token(call->arena, 9));
    enum status status = password_hash(call->arena, password, &stored);
    if (status == OK)
        status = password_set(call, account, stored, true);
    if (status == OK)
        printf("首次口令：%s（登录后须更改）\n", password);
    return status;
}

/* add LOGIN NAME DEPARTMENT LEVEL OFFICE [POSTS] */
static enum status
add(struct call *call, const struct options *options)
{
    static const char *const fields[] = { "login", "name", "department", "rank", "home", "posts" };
    struct node *input = node_map(call->arena);
    for (int i = 1; i < options->words_n && i <= 6; i++)
        node_put_text(call->arena, input, fields[i - 1], options->words[i]);
    enum status status = call_create(call, &account_form, input, 0, 0);
    return status == OK ? new_password(call, call->answer_row) : status;
}

static enum status
reset(struct call *call, const struct options *options)
{
    struct rows rows;
    struct reader *reader = store_reader(call->house->store);
    enum status status = reader_rows(reader, call->arena, "select id from claim where kind = 'login' and key = ?1",
                                     ARGS(value_text(options->words[1])), &rows);
    store_reader_done(call->house->store, reader);
    if (status == OK && rows.n == 0)
        status = call_fail(call, NOT_FOUND, "没有这个账号：%s", options->words[1]);
    return status == OK ? new_password(call, rows_int(&rows, 0, 0)) : status;
}

static bool
print_account(void *state, const struct value *cells, size_t columns)
{
    (void)state;
    (void)columns;
    printf("%-20s %-12s %-14s %-8s %s\n", cells[0].text, cells[1].text,
           cells[2].type == VALUE_TEXT ? cells[2].text : "", cells[3].type == VALUE_TEXT ? cells[3].text : "",
           cells[4].type == VALUE_TEXT ? cells[4].text : "");
    return true;
}

static enum status
list(struct call *call)
{
    struct reader *reader = store_reader(call->house->store);
    enum status status =
        reader_each(reader, "select login, name, department, rank, state from account order by office, login", NO_ARGS,
                    print_account, NULL);
    store_reader_done(call->house->store, reader);
    return status;
}

static const struct help help = {
    .usage = "tuoyu user add 登录名 姓名 部门代码 层级代码 单位编号 [岗位|岗位] [选项]\n"
             "      tuoyu user password 登录名 [选项]\n"
             "      tuoyu user list [选项]",
    .about = "建立账号、重置口令、列出账号：用于启用的第一天和紧急情况，平时请由管理员在页面办理。\n"
             "口令由程序生成，只显示一次，首次登录须更改。使用本机数据库时须先停止服务。",
    .more = "部门代码如 health、market、civil；层级代码 city、county；岗位 handle、review、sign、head。\n"
            "例：tuoyu user add zhangsan 张三 health county 11 'handle|review'",
};

static bool
good_use(const struct options *options)
{
    const char *what = options->words_n == 0 ? "" : options->words[0];
    return (strcmp(what, "add") == 0 && (options->words_n == 6 || options->words_n == 7)) ||
           (strcmp(what, "password") == 0 && options->words_n == 2) ||
           (strcmp(what, "list") == 0 && options->words_n == 1);
}

int
command_user(int argc, char **argv)
{
    struct options options;
    struct call call;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || !good_use(&options))
        return help_show(&help, &options);
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    int result = 1;
    if (call_open(&call, house, 3)) {
        const char *what = options.words[0];
        const enum status status = strcmp(what, "add") == 0        ? add(&call, &options)
                                   : strcmp(what, "password") == 0 ? reset(&call, &options)
                                                                   : list(&call);
        result = status == OK ? 0 : call_complain(&call, status);
        call_close(&call);
    }
    house_close(house);
    return result;
}
