/* The command line: tuoyu COMMAND [options]. Each command is a short function; exit codes: 0 done, 1 failed, 2 wrong
 * use. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "init", command_init, "建立数据目录、密钥和参考数据，或更新到本版程序（--demo 加演示数据）" },
    { "serve", command_serve, "启动服务；--backup 定时备份" },
    { "user", command_user, "建立账号、重置口令" },
    { "import", command_import, "把 CSV 或 XLSX 的行导入一个台账" },
    { "export", command_export, "把一个台账导出为 CSV 或 XLSX" },
    { "backup", command_backup, "写出加密的备份文件" },
    { "restore", command_restore, "从备份恢复；--drill 只演练" },
    { "keys", command_keys, "列出、轮换密钥" },
    { "audit", command_audit, "核验操作日志：audit verify" },
    { "doctor", command_doctor, "自检：数据库、日志、密钥、备份、参考数据" },
    { "schema", command_schema, "输出数据库结构" },
    { "simulate", command_simulate, "为演示数据模拟日常照护" },
    { "openapi", command_openapi, "输出接口说明（OpenAPI 3.1）" },
};

static int
usage(FILE *to)
{
    fprintf(to, "tuoyu — 婴幼儿照护服务信息管理系统\n\n用法：tuoyu 命令 [选项]\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\n各命令的说明：tuoyu 命令 --help\n"
                "第一次使用：tuoyu init --demo，然后 tuoyu serve，用浏览器打开 http://127.0.0.1:8080\n");
    return to == stdout ? 0 : 2;
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return usage(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return usage(stdout);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "没有这个命令：%s\n\n", argv[1]);
    return usage(stderr);
}
