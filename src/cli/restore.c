/* restore: a backup becomes a data folder again, and is proved as a server would open it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/backup_file.h"
#include "cli/command.h"
#include "policy/journal.h"
#include "store/schema.h"

/* Opens what was restored as a server would, and proves database and journal. */
static bool
prove(const struct options *options, const char *folder, bool embedded)
{
    struct options restored = *options;
    struct call call;
    struct buf why;
    struct verdict verdict = { 0 };
    restored.data = folder;
    if (embedded)
        restored.postgres = NULL;
    struct house *house = house_open(&restored, false);
    if (house == NULL)
        return false;
    buf_init(&why, 64 * 1024);
    bool good = store_check(house->store, &why) == OK;
    if (!good)
        fprintf(stderr, "%s\n", why.n > 0 ? why.bytes : "数据库检查未通过");
    if (good && call_open(&call, house, 1)) {
        struct reader *reader = store_reader(house->store);
        good = journal_verify(&call, reader, &verdict) == OK && verdict.good;
        store_reader_done(house->store, reader);
        printf("数据库完整；操作日志%s，%lld 条\n", good ? "完整" : "有断点", (long long)verdict.entries);
        call_close(&call);
    }
    buf_free(&why);
    house_close(house);
    return good;
}

/* The backup holds a SQLite file; its rows go to PostgreSQL, and the file goes. */
static bool
move_to_postgres(const struct options *options, const char *folder, struct progress *progress)
{
    static const char *const files[] = { "tuoyu.db", "tuoyu.db-wal", "tuoyu.db-shm", "tuoyu.lock" };
    const struct store_config here = { .folder = folder, .readers = 1, .durable = true },
                              there = { .postgres = options->postgres, .schema = options->schema, .durable = true };
    struct store *from = NULL, *to = NULL;
    struct buf why;
    size_t n;
    struct house *house = house_tables_only();
    const struct table *const *tables = house == NULL ? NULL : house_tables(house, &n);
    buf_init(&why, 64 * 1024);
    enum status status = tables == NULL ? NO_MEMORY : store_open(&here, &from, &why);
    if (status == OK)
        status = store_open(&there, &to, &why);
    if (status == OK)
        status = schema_copy(from, to, tables, n, progress_show, progress, &why);
    progress_end(progress);
    store_close(from);
    store_close(to);
    if (status != OK)
        fprintf(stderr, "不能恢复到 PostgreSQL：%s\n", why.n > 0 ? why.bytes : status_title(status));
    for (size_t i = 0; i < sizeof files / sizeof files[0] && status == OK; i++) {
        char path[4096 + 16];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    buf_free(&why);
    house_close(house);
    return status == OK;
}

static const struct help help = {
    .usage = "tuoyu restore 备份文件 --data 新目录 --keys 密钥文件 [--postgres 连接串 --schema 名称]\n"
             "      tuoyu restore 备份文件 --drill --keys 密钥文件",
    .about = "从备份恢复到一个还不存在的目录，并核验数据库和操作日志；已有的目录不覆盖。\n"
             "带 --postgres 时数据写入一个没有数据的模式，目录中只留上传的文件。哪种数据库上的备份都可以，"
             "本机数据库也由此迁入 PostgreSQL。\n"
             "密钥文件不在备份中，须是备份当时的密钥文件，或其后轮换所得的。",
    .more = "  --drill            演练：恢复到临时目录的本机数据库，核验后删除\n"
            "例：tuoyu restore tuoyu-20260301T000000Z.backup --drill --keys /mnt/u盘/tuoyu.keys",
};

int
command_restore(int argc, char **argv)
{
    struct options options;
    struct buf why;
    char keys_path[4096], folder[4096] = "/tmp/tuoyu-drill-XXXXXX";
    struct keys *keys;
    int entries = 0;
    struct progress progress = progress_begin("恢复");
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 1)
        return help_show(&help, &options);
    snprintf(keys_path, sizeof keys_path, "%s%s", options.keys != NULL ? options.keys : options.data,
             options.keys != NULL ? "" : ".keys");
    if (options.keys == NULL)
        options.keys = keys_path;
    if (!options.drill)
        snprintf(folder, sizeof folder, "%s", options.data);
    if (options.drill ? mkdtemp(folder) == NULL : mkdir(folder, 0700) != 0) {
        fprintf(stderr, "不能建立目录（已存在的目录不覆盖）：%s\n", folder);
        return 1;
    }
    struct arena *arena = arena_new(1u << 20);
    buf_init(&why, 4096);
    const char *fault = keys_load(options.keys, arena, &keys, &why) != OK
                            ? why.bytes
                            : backup_read(keys, options.words[0], folder, &progress, &entries);
    progress_end(&progress);
    if (fault != NULL)
        fprintf(stderr, "恢复失败：%s\n", fault);
    else
        printf("已恢复 %d 个文件到 %s\n", entries, folder);
    bool good = fault == NULL && prove(&options, folder, true);
    if (good && options.postgres != NULL && !options.drill) {
        progress = progress_begin("写入 PostgreSQL");
        good = move_to_postgres(&options, folder, &progress) && prove(&options, folder, false);
    }
    if (options.drill || fault != NULL || (!good && options.postgres != NULL))
        folder_remove(folder);
    buf_free(&why);
    arena_free(arena);
    return good ? 0 : 1;
}
