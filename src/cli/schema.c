/* schema: the tables that the forms make, as the text of schema.lock or as create statements. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static const struct help help = {
    .usage = "tuoyu schema [sqlite | postgres]",
    .about = "输出由台账生成的数据库结构：不带参数时为 schema.lock 的文本，带参数时为该数据库的建表语句。\n"
             "不需要数据目录。发布时写入 schema.lock；tools/schema.mjs 比较两者。",
    .no_house = true,
};

int
command_schema(int argc, char **argv)
{
    struct options options;
    struct buf out;
    size_t n;
    if (!options_read(argc, argv, &options))
        return 2;
    const char *engine = options.words_n == 0 ? "" : options.words[0];
    const bool lite = strcmp(engine, "sqlite") == 0, postgres = strcmp(engine, "postgres") == 0;
    if (options.help || options.words_n > 1 || (options.words_n == 1 && !lite && !postgres))
        return help_show(&help, &options);
    struct house *house = house_tables_only();
    if (house == NULL)
        return 1;
    buf_init(&out, 16u << 20);
    const struct table *const *tables = house_tables(house, &n);
    if (tables != NULL && options.words_n == 0)
        schema_text(tables, n, &out);
    else if (tables != NULL)
        schema_sql(lite ? ENGINE_SQLITE : ENGINE_POSTGRES, tables, n, &out);
    const bool good = tables != NULL && !out.failed && fwrite(out.bytes, 1, out.n, stdout) == out.n;
    buf_free(&out);
    house_close(house);
    return good ? 0 : 1;
}
