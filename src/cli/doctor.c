/* doctor: looks the whole house over and says what an operator should know. 好 / 注意 / 坏; exit code 1 when something
 * is bad. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "desk/files.h"
#include "policy/cells.h"
#include "policy/journal.h"

enum tone { GOOD, CARE, BAD };

struct doctor {
    struct call *call;
    struct house *house;
    struct file_store *files;
    int bad, care, missing;
};

static void
say(struct doctor *doctor, enum tone tone, const char *what, const char *detail)
{
    static const char *const words[] = { "好  ", "注意", "坏  " };
    printf("%s  %s%s%s\n", words[tone], what, detail == NULL || detail[0] == '\0' ? "" : "：",
           detail == NULL ? "" : detail);
    doctor->bad += tone == BAD;
    doctor->care += tone == CARE;
}

static int64_t
count(struct doctor *doctor, const char *sql)
{
    struct rows rows = { 0 };
    struct reader *reader = store_reader(doctor->house->store);
    const enum status status = reader_rows(reader, doctor->call->arena, sql, NO_ARGS, &rows);
    store_reader_done(doctor->house->store, reader);
    return status == OK ? rows_int(&rows, 0, 0) : -1;
}

static void
check_database(struct doctor *doctor)
{
    struct buf why;
    buf_init(&why, 64 * 1024);
    const enum status status = store_check(doctor->house->store, &why);
    say(doctor, status == OK ? GOOD : BAD, "数据库", status == OK ? "" : why.n > 0 ? why.bytes : status_title(status));
    buf_free(&why);
}

static void
check_journal(struct doctor *doctor)
{
    struct verdict verdict = { 0 };
    struct reader *reader = store_reader(doctor->house->store);
    const enum status status = journal_verify(doctor->call, reader, &verdict);
    store_reader_done(doctor->house->store, reader);
    say(doctor, status == OK && verdict.good ? GOOD : BAD, "操作日志",
        arena_format(doctor->call->arena, "%lld 条%s%s", (long long)verdict.entries, verdict.good ? "" : "，",
                     verdict.good || verdict.text == NULL ? "" : verdict.text));
}

/* The key backup is proved by opening it: the fingerprints must be the same. */
static void
check_keys(struct doctor *doctor, const struct options *options)
{
    struct keys *copy;
    struct buf why;
    const char *live = keys_fingerprint(doctor->house->keys);
    if (options->words_n == 0) {
        say(doctor, CARE, "密钥备份", "未核对（用法：tuoyu doctor 密钥备份文件）；没有密钥备份，任何数据备份都不完整");
        return;
    }
    buf_init(&why, 4096);
    const enum status status = keys_load(options->words[0], doctor->call->arena, &copy, &why);
    if (status != OK)
        say(doctor, BAD, "密钥备份", why.n > 0 ? why.bytes : status_title(status));
    else
        say(doctor, strcmp(keys_fingerprint(copy), live) == 0 ? GOOD : BAD, "密钥备份",
            strcmp(keys_fingerprint(copy), live) == 0 ? "与在用密钥一致" : "与在用密钥不一致");
    buf_free(&why);
}

static void
check_calendar(struct doctor *doctor)
{
    const int year = day_year(doctor->call->today);
    char sql[100];
    for (int i = 0; i < 2; i++) {
        snprintf(sql, sizeof sql, "select count(*) from calendar_year where year = %d", year + i);
        if (count(doctor, sql) <= 0)
            say(doctor, CARE, "工作日历",
                arena_format(doctor->call->arena, "缺少%d年的放假安排，跨该年的期限只是估算", year + i));
        else
            say(doctor, GOOD, "工作日历", arena_format(doctor->call->arena, "%d年", year + i));
    }
}

static bool
look_at_file(void *state, const struct value *cells, size_t columns)
{
    struct doctor *doctor = state;
    char *bytes;
    size_t n;
    (void)columns;
    struct arena *arena = arena_new(64u << 20);
    if (files_get(doctor->files, cells[0].text, 32u << 20, arena, &bytes, &n) != OK)
        doctor->missing++;
    arena_free(arena);
    return true;
}

static void
check_files(struct doctor *doctor, const struct options *options)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/files", options->data);
    doctor->files = files_open(folder);
    if (doctor->files == NULL) {
        say(doctor, BAD, "上传的文件", "不能打开目录");
        return;
    }
    struct reader *reader = store_reader(doctor->house->store);
    const enum status status = reader_each(reader, "select distinct sm3 from file", NO_ARGS, look_at_file, doctor);
    store_reader_done(doctor->house->store, reader);
    files_close(doctor->files);
    say(doctor, status == OK && doctor->missing == 0 ? GOOD : BAD, "上传的文件",
        doctor->missing == 0 ? "" : arena_format(doctor->call->arena, "%d 个缺失或损坏", doctor->missing));
}

/* Every cell against a full count of its rows. */
static void
check_cells(struct doctor *doctor)
{
    int64_t wrong = 0;
    const char *first = NULL;
    struct reader *reader = store_reader(doctor->house->store);
    enum status status = OK;
    for (size_t i = 0; i < doctor->call->reference->offices_n && status == OK; i++) {
        int64_t here;
        const char *where;
        status = cells_check(doctor->call, reader, doctor->call->reference->offices[i].id, &here, &where);
        wrong += here;
        first = first == NULL ? where : first;
    }
    store_reader_done(doctor->house->store, reader);
    if (status != OK)
        say(doctor, BAD, "统计单元", status_title(status));
    else
        say(doctor, wrong == 0 ? GOOD : BAD, "统计单元",
            wrong == 0 ? "与记录一致"
                       : arena_format(doctor->call->arena, "%lld 个与记录不符，如 %s", (long long)wrong, first));
}

static void
check_rest(struct doctor *doctor)
{
    const int64_t stuck = count(doctor, "select count(*) from job where state = 'failed'");
    const int64_t unseen = count(doctor, "select count(*) from credential where must_change = 1");
    say(doctor, stuck == 0 ? GOOD : CARE, "后台任务",
        stuck == 0 ? "" : arena_format(doctor->call->arena, "%lld 个失败", (long long)stuck));
    if (unseen > 0)
        say(doctor, CARE, "账号", arena_format(doctor->call->arena, "%lld 个账号仍使用首次口令", (long long)unseen));
    if (doctor->house->config.demo)
        say(doctor, CARE, "演示数据", "已装入，只能在本机地址运行");
}

int
command_doctor(int argc, char **argv)
{
    struct options options;
    struct call call;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help) {
        puts("用法：tuoyu doctor [密钥备份文件] [--data 目录] [--keys 文件]\n"
             "检查数据库、操作日志、密钥备份、工作日历、上传的文件和后台任务。有“坏”时退出码为1。");
        return 0;
    }
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    if (!call_open(&call, house, 1)) {
        house_close(house);
        return 1;
    }
    struct doctor doctor = { .call = &call, .house = house };
    check_database(&doctor);
    check_journal(&doctor);
    check_keys(&doctor, &options);
    check_calendar(&doctor);
    check_files(&doctor, &options);
    check_cells(&doctor);
    check_rest(&doctor);
    printf("%d 项异常，%d 项需注意\n", doctor.bad, doctor.care);
    call_close(&call);
    house_close(house);
    return doctor.bad == 0 ? 0 : 1;
}
