/* restore: a backup becomes a data folder again, and is proved as a server would open it. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/backup_file.h"
#include "cli/command.h"
#include "policy/journal.h"

static void
remove_all(const char *folder, int depth)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && depth < 8 && (entry = readdir(dir)) != NULL) {
        char path[4096];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0)
            remove_all(path, depth + 1);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(folder);
}

/* Opens what was restored as a server would, and proves database and journal. */
static bool
prove(const struct options *options, const char *folder)
{
    struct options restored = *options;
    struct call call;
    struct buf why;
    struct verdict verdict = { 0 };
    restored.data = folder;
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

static const struct help help = {
    .usage = "tuoyu restore 备份文件 --data 新目录 --keys 密钥文件\n"
             "      tuoyu restore 备份文件 --drill --keys 密钥文件",
    .about = "从备份恢复到一个还不存在的目录，并核验数据库和操作日志；已有的目录不覆盖。\n"
             "密钥文件不在备份中，须是备份当时的密钥文件，或其后轮换所得的。",
    .more = "  --drill            演练：恢复到临时目录，核验后删除\n"
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
    const bool good = fault == NULL && prove(&options, folder);
    if (options.drill || fault != NULL)
        remove_all(folder, 0);
    buf_free(&why);
    arena_free(arena);
    return good ? 0 : 1;
}
