/* openapi: the description of the API on standard output. It needs the tables only, no data. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cli/command.h"
#include "http/openapi.h"

static const struct help help = {
    .usage = "tuoyu openapi > openapi.json",
    .about = "把接口说明（OpenAPI 3.1，由台账生成）写到标准输出，供其他部门的系统对接。不需要数据目录。",
    .no_house = true,
};

int
command_openapi(int argc, char **argv)
{
    struct options options;
    struct buf out;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 0)
        return help_show(&help, &options);
    struct house *house = house_tables_only();
    if (house == NULL)
        return 1;
    buf_init(&out, 32u << 20);
    const struct node *model = openapi_model(house->arena, house);
    if (model != NULL)
        json_write(&out, model);
    const bool good = model != NULL && !out.failed && fwrite(out.bytes, 1, out.n, stdout) == out.n;
    buf_free(&out);
    house_close(house);
    return good ? 0 : 1;
}
