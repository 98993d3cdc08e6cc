/* Options and help: one table of what may be said, the same words for every command. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

struct option_of {
    const char *name;
    const char **text;
    int *number;
    int min, max;
    bool *flag;
};

static bool
read_number(const struct option_of *option, const char *text)
{
    char *end;
    errno = 0;
    const long n = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < option->min || n > option->max) {
        fprintf(stderr, "选项 %s 应为 %d 到 %d 的整数，不是“%s”\n", option->name, option->min, option->max, text);
        return false;
    }
    *option->number = (int)n;
    return true;
}

static bool
read_word(struct options *out, const char *word)
{
    if (out->words_n == WORDS_MOST) {
        fputs("参数过多\n", stderr);
        return false;
    }
    out->words[out->words_n++] = word;
    return true;
}

/* Takes one argument, or two; false: wrong use. */
static bool
read_one(const struct option_of *known, int argc, char **argv, int *at, struct options *out)
{
    const char *name = argv[*at];
    const struct option_of *option = known;
    if (name[0] != '-')
        return read_word(out, name);
    while (option->name != NULL && strcmp(option->name, name) != 0)
        option++;
    if (option->name == NULL) {
        fprintf(stderr, "不认识的选项：%s\n", name);
        return false;
    }
    if (option->flag != NULL) {
        *option->flag = true;
        return true;
    }
    if (*at + 1 == argc) {
        fprintf(stderr, "选项 %s 后面缺少值\n", name);
        return false;
    }
    const char *value = argv[++*at];
    if (option->number != NULL)
        return read_number(option, value);
    *option->text = value;
    return true;
}

bool
options_read(int argc, char **argv, struct options *out)
{
    *out = (struct options){
        .data = "./data", .address = "127.0.0.1", .port = 8080, .threads = 2, .backup_every = 24, .backup_keep = 14
    };
    const struct option_of known[] = {
        { "--data", .text = &out->data },
        { "--keys", .text = &out->keys },
        { "--postgres", .text = &out->postgres },
        { "--schema", .text = &out->schema },
        { "--address", .text = &out->address },
        { "--port", .number = &out->port, .min = 0, .max = 65535 },
        { "--threads", .number = &out->threads, .min = 1, .max = 64 },
        { "--certificate", .text = &out->certificate },
        { "--key", .text = &out->private_key },
        { "--proxy", .text = &out->proxy },
        { "--clock", .text = &out->clock },
        { "--develop", .text = &out->develop },
        { "--after", .text = &out->after },
        { "--backup", .text = &out->backup },
        { "--backup-every", .number = &out->backup_every, .min = 1, .max = 24 * 31 },
        { "--backup-keep", .number = &out->backup_keep, .min = 1, .max = 10000 },
        { "--backup-after", .text = &out->backup_after },
        { "--drill", .flag = &out->drill },
        { "--demo", .flag = &out->demo },
        { "--help", .flag = &out->help },
        { "-h", .flag = &out->help },
        { 0 },
    };
    for (int i = 1; i < argc; i++)
        if (!read_one(known, argc, argv, &i, out))
            return false;
    if (out->clock != NULL)
        clock_set(out->clock);
    return true;
}

const char *
options_keys(struct arena *arena, const struct options *options)
{
    return options->keys != NULL ? options->keys : arena_format(arena, "%s.keys", options->data);
}

int
help_show(const struct help *help, const struct options *options)
{
    FILE *to = options->help ? stdout : stderr;
    fprintf(to, "用法：%s\n\n%s\n", help->usage, help->about);
    if (help->more != NULL)
        fprintf(to, "\n%s\n", help->more);
    if (!help->no_house)
        fputs("\n各命令通用的选项：\n"
              "  --data 目录        数据目录，默认 ./data\n"
              "  --keys 文件        密钥文件，默认为“数据目录.keys”\n"
              "  --postgres 连接串  使用 PostgreSQL，如 'host=127.0.0.1 dbname=tuoyu user=tuoyu'\n"
              "  --schema 名称      PostgreSQL 的模式，默认 public\n",
              to);
    fputs("\n退出码：0 完成；1 未完成，原因见标准错误；2 用法不对。\n", to);
    return options->help ? 0 : 2;
}
