/* init: key file, database, reference data, first administrators or demo data. A second run changes nothing that is
 * there. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "domain/area/area.h"
#include "http/password.h"
#include "policy/engine.h"
#include "policy/write.h"

static const struct help help = {
    .usage = "tuoyu init [--demo] [选项]",
    .about = "建立密钥文件、数据库和参考数据（区划、单位、标准、代码、工作日历），并生成三名管理员的首次口令。\n"
             "已有的数据和密钥不作改动：再次运行只把数据库结构更新到本版程序。\n"
             "密钥文件丢失后，加密的个人信息无法恢复：请立即另行备份，不要与数据放在一起。",
    .more = "  --demo             另加演示机构、账号和备案；此后服务只能在本机地址运行\n"
            "例：tuoyu init --data /var/lib/tuoyu/data --keys /etc/tuoyu/tuoyu.keys",
};

static bool
is_empty(struct call *call)
{
    struct rows rows;
    struct reader *reader = store_reader(call->house->store);
    enum status status = reader_rows(reader, call->arena, "select count(*) from office", NO_ARGS, &rows);
    store_reader_done(call->house->store, reader);
    return status == OK && rows_int(&rows, 0, 0) == 0;
}

/* The three administrators, each with a random first password that is printed once and must be changed. */
static enum status
make_administrators(struct call *call)
{
    static const char *const who[][3] = {
        { "sysadmin", "系统管理员", "system_admin" },
        { "secadmin", "安全管理员", "security_admin" },
        { "auditor", "审计管理员", "audit_admin" },
    };
    enum status status = OK;
    for (size_t i = 0; i < 3 && status == OK; i++) {
        char *stored;
        struct node *input = node_map(call->arena);
        const char *password = arena_format(call->arena, "Tuoyu-%s", random_token(call->arena, 9));
        node_put_text(call->arena, input, "login", who[i][0]);
        node_put_text(call->arena, input, "name", who[i][1]);
        node_put_text(call->arena, input, "department", who[i][2]);
        node_put_text(call->arena, input, "rank", "city");
        node_put_int(call->arena, input, "home", 3);
        status = call_create(call, &account_form, input, 0, 0);
        const int64_t account = call->answer_row;
        if (status == OK)
            status = password_hash(call->arena, password, &stored);
        if (status == OK)
            status = password_set(call, account, stored, true);
        if (status == OK)
            printf("%s：登录名 %s，首次口令 %s（登录后须更改）\n", who[i][1], who[i][0], password);
    }
    return status;
}

static int
fill_house(struct house *house, const struct options *options)
{
    struct call call;
    if (!call_open(&call, house, 1))
        return 1;
    enum status status = OK;
    if (is_empty(&call)) {
        struct progress progress = progress_begin("装入参考数据");
        status = area_load(&call, progress_show, &progress);
        progress_end(&progress);
        if (status == OK)
            puts("已装入平凉市区划、单位、标准、代码表和工作日历");
        if (status == OK && options->demo) {
            status = demo_load(house);
        } else if (status == OK) {
            call_close(&call); /* the snapshot of before knows no office */
            if (!call_open(&call, house, 3))
                return 1;
            status = make_administrators(&call);
        }
    } else {
        status = area_top_up(&call);
        if (status == OK)
            puts(call.answer_row == 0 ? "数据目录已建立，未作改动" : "数据目录已建立；补充了本版程序新增的参考数据");
    }
    const int result = status == OK ? 0 : call_complain(&call, status);
    call_close(&call);
    return result;
}

static bool
put_marker(const char *data)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/demo", data);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return false;
    fputs("含演示数据\n", file);
    return fclose(file) == 0;
}

/* Database and folder on the disk. */
static bool
sync_database(const char *data)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/tuoyu.db", data);
    const int file = open(path, O_RDONLY | O_CLOEXEC), folder = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = file >= 0 && folder >= 0 && fsync(file) == 0 && fsync(folder) == 0;
    if (file >= 0)
        close(file);
    if (folder >= 0)
        close(folder);
    return good;
}

int
command_init(int argc, char **argv)
{
    struct options options;
    struct buf why;
    char keys[4096];
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 0)
        return help_show(&help, &options);
    if (options.keys != NULL)
        snprintf(keys, sizeof keys, "%s", options.keys);
    else
        snprintf(keys, sizeof keys, "%s.keys", options.data);
    buf_init(&why, 4096);
    if (access(keys, F_OK) != 0 && keys_create(keys, &why) != OK) {
        fprintf(stderr, "不能建立密钥文件：%s\n", why.bytes == NULL ? keys : why.bytes);
        buf_free(&why);
        return 1;
    }
    buf_free(&why);
    struct house *house = house_open(&options, true);
    if (house == NULL)
        return 1;
    int result = 0;
    if (options.demo && !put_marker(options.data)) {
        fprintf(stderr, "不能写入数据目录：%s\n", options.data);
        result = 1;
    }
    if (result == 0) {
        house->config.demo = house->config.demo || options.demo;
        result = fill_house(house, &options);
    }
    house_close(house);
    if (result == 0 && options.postgres == NULL && !sync_database(options.data)) {
        fprintf(stderr, "不能写入数据目录：%s\n", options.data);
        result = 1;
    }
    return result;
}
