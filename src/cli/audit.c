/* audit verify: proves that the journal of every office is whole. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "policy/journal.h"
#include "policy/watch.h"

static const struct help help = {
    .usage = "tuoyu audit verify [选项]",
    .about = "核验操作日志：逐条重算每个单位的哈希链，并核对每日签名。完整时退出码为 0；\n"
             "有断点时指出第一处，退出码为 1。使用本机数据库时须先停止服务。",
};

int
command_audit(int argc, char **argv)
{
    struct options options;
    struct call call;
    struct verdict verdict = { 0 };
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 1 || strcmp(options.words[0], "verify") != 0)
        return help_show(&help, &options);
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
