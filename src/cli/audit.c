/* audit verify: proves that the journal of every office is whole. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "policy/journal.h"
#include "policy/watch.h"

int
command_audit(int argc, char **argv)
{
    struct options options;
    struct call call;
    struct verdict verdict = { 0 };
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n == 0 || strcmp(options.words[0], "verify") != 0) {
        puts("用法：tuoyu audit verify [--data 目录 | --postgres "
             "连接串]\n核验操作日志的哈希链和每日签名；发现断点时退出码为1。");
        return options.help ? 0 : 2;
    }
    struct house *house = house_open(&options, false);
    if (house == NULL)
        return 1;
    if (!call_open(&call, house, 1)) {
        house_close(house);
        return 1;
    }
    watch_seal(house, call.now_ms);
    struct reader *reader = store_reader(house->store);
    const enum status status = journal_verify(&call, reader, &verdict);
    store_reader_done(house->store, reader);
    if (status != OK)
        call_complain(&call, status);
    else
        printf("%s\n单位 %lld 个，日志 %lld 条，签名 %lld 个，未封存 %lld 条\n",
               verdict.good           ? "日志完整"
               : verdict.text == NULL ? "日志有断点"
                                      : verdict.text,
               (long long)verdict.offices, (long long)verdict.entries, (long long)verdict.heads,
               (long long)verdict.unsealed);
    call_close(&call);
    house_close(house);
    return status == OK && verdict.good ? 0 : 1;
}
