/* doctor: looks the whole house over and says what an operator should know. 好 / 注意 / 坏; exit code 1 when something
 * is bad. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "desk/files.h"
#include "policy/cells.h"
#include "policy/journal.h"
#include "policy/write.h"

enum tone { GOOD, CARE, BAD };
enum { BACKUP_HOURS = 48, KEY_PROOF_DAYS = 92 };
#define KEY_PROOF "核对密钥备份"

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

/* ---- keys and backups: a backup is as good as the key that opens it ---- */

static enum status
write_proof(struct call *call, struct writer *writer, void *arg)
{
    (void)writer;
    return journal_act(call, 1, "backup", 0, KEY_PROOF, arg);
}

/* The key backup is proved by opening it: the fingerprints must be the same. That it was done is kept. */
static bool
prove_copy(struct doctor *doctor, const char *path)
{
    struct keys *copy;
    struct buf why;
    const char *live = keys_fingerprint(doctor->house->keys);
    buf_init(&why, 4096);
    enum status status = keys_load(path, doctor->call->arena, &copy, &why);
    const bool same = status == OK && strcmp(keys_fingerprint(copy), live) == 0;
    if (status != OK)
        say(doctor, BAD, "密钥备份", why.n > 0 ? why.bytes : status_title(status));
    else if (!same)
        say(doctor, BAD, "密钥备份", "与在用密钥不一致（轮换后须重新备份）");
    else {
        char *body = arena_format(doctor->call->arena, "{\"keys\":\"%s\"}", live);
        status = call_write(doctor->call, LANE_NORMAL, write_proof, body);
        say(doctor, status == OK ? GOOD : CARE, "密钥备份",
            status == OK ? "与在用密钥一致" : "与在用密钥一致，但不能记入操作日志");
    }
    buf_free(&why);
    return same;
}

/* The newest entry of that kind in the journal: its time, and whether it speaks of the keys in use. 0: none. */
static int64_t
last_entry(struct doctor *doctor, const char *action, bool *of_these_keys)
{
    struct rows rows;
    struct reader *reader = store_reader(doctor->house->store);
    const enum status status = reader_rows(reader, doctor->call->arena,
                                           "select at, body from journal where office = 1 and form = 'backup' and "
                                           "action = ?1 order by id desc limit 1",
                                           ARGS(value_text(action)), &rows);
    store_reader_done(doctor->house->store, reader);
    *of_these_keys = false;
    if (status != OK || rows.n == 0)
        return 0;
    const char *body = rows_text(&rows, 0, 1);
    *of_these_keys = body != NULL && strstr(body, keys_fingerprint(doctor->house->keys)) != NULL;
    return rows_int(&rows, 0, 0);
}

static const char *
ago(struct doctor *doctor, int64_t at)
{
    const int64_t hours = (doctor->call->now_ms - at) / 3600000;
    return hours < 1    ? "不到 1 小时前"
           : hours < 48 ? arena_format(doctor->call->arena, "%lld 小时前", (long long)hours)
                        : arena_format(doctor->call->arena, "%lld 天前", (long long)(hours / 24));
}

/* True: a copy of the keys in use was opened, now or within the last quarter. */
static bool
check_keys(struct doctor *doctor, const struct options *options)
{
    bool same;
    if (options->words_n > 0)
        return prove_copy(doctor, options->words[0]);
    const int64_t at = last_entry(doctor, KEY_PROOF, &same);
    const bool fresh = at != 0 && same && doctor->call->now_ms - at < KEY_PROOF_DAYS * INT64_C(86400000);
    if (fresh)
        say(doctor, GOOD, "密钥备份", arena_format(doctor->call->arena, "%s核对过", ago(doctor, at)));
    else
        say(doctor, CARE, "密钥备份",
            at != 0 && !same ? "密钥轮换后还没有核对过新的备份（用法：tuoyu doctor 密钥备份文件）"
            : at != 0        ? "已有三个月没有核对（用法：tuoyu doctor 密钥备份文件）"
                             : "没有核对过（用法：tuoyu doctor 密钥备份文件）");
    return fresh;
}

static void
check_backup(struct doctor *doctor, bool keys_proved)
{
    bool same, ignored;
    const int64_t at = last_entry(doctor, "备份", &same), failed = last_entry(doctor, "备份失败", &ignored);
    if (at == 0)
        say(doctor, CARE, "数据备份", "还没有备份过");
    else if (doctor->call->now_ms - at > BACKUP_HOURS * INT64_C(3600000))
        say(doctor, CARE, "数据备份", arena_format(doctor->call->arena, "最近一次在%s，已过久", ago(doctor, at)));
    else if (!keys_proved)
        say(doctor, CARE, "数据备份",
            arena_format(doctor->call->arena, "最近一次在%s；没有核对过的密钥备份，备份不完整", ago(doctor, at)));
    else
        say(doctor, GOOD, "数据备份", arena_format(doctor->call->arena, "最近一次在%s", ago(doctor, at)));
    if (failed > at)
        say(doctor, BAD, "数据备份",
            arena_format(doctor->call->arena, "%s的备份或其后续命令失败", ago(doctor, failed)));
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

static const struct help help = {
    .usage = "tuoyu doctor [密钥备份文件] [选项]",
    .about = "自检：数据库、操作日志、密钥备份、数据备份的新旧、工作日历、上传的文件、后台任务、账号。\n"
             "每项为 好、注意 或 坏；有“坏”时退出码为 1。使用本机数据库时须先停止服务。\n"
             "带密钥备份文件时打开它并与在用密钥比对，结果记入操作日志；没有核对过的密钥备份，任何备份都不算完整。",
    .more = "例：tuoyu doctor /mnt/u盘/tuoyu.keys --data /var/lib/tuoyu/data",
};

int
command_doctor(int argc, char **argv)
{
    struct options options;
    struct call call;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n > 1)
        return help_show(&help, &options);
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
    check_backup(&doctor, check_keys(&doctor, &options));
    check_calendar(&doctor);
    check_files(&doctor, &options);
    check_cells(&doctor);
    check_rest(&doctor);
    printf("%d 项异常，%d 项需注意\n", doctor.bad, doctor.care);
    call_close(&call);
    house_close(house);
    return doctor.bad == 0 ? 0 : 1;
}
