/* import FORM FILE: rows of a CSV or XLSX into a ledger, as the page does it, for large first loads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sm.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "desk/xlsx_in.h"
#include "policy/import.h"

enum { FILE_MOST = 512u << 20, ROWS_MOST = 1000000 };

static const struct help help = {
    .usage = "tuoyu import 台账 文件 [--drill] [选项]",
    .about = "把 CSV 或 XLSX 的行导入一个台账，用于首次装入大量数据。首行为列名，与导出和页面“导入”的模板相同。\n"
             "有误的行不写入，并逐行说明；同一文件重复导入不会重复写入。有行未能写入时退出码为 1。\n"
             "使用本机数据库时须先停止服务；服务运行时请在页面导入。",
    .more = "  --drill            只核对，不写入\n"
            "例：tuoyu import existing_filing 已备案机构.xlsx --drill",
};

static char *
read_whole(const char *path, size_t *n)
{
    FILE *file = fopen(path, "re");
    char *bytes = NULL;
    long size = -1;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && size <= (long)FILE_MOST && fseek(file, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size + 1);
    if (bytes != NULL && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    if (file != NULL)
        fclose(file);
    *n = bytes == NULL ? 0 : (size_t)size;
    return bytes;
}

static int
run(struct house *house, const struct options *options, const char *bytes, size_t n)
{
    struct call call;
    struct csv sheet;
    uint8_t hash[SM3_SIZE];
    char hex[65], *text;
    const char *why = NULL;
    struct progress progress = progress_begin(options->drill ? "核对" : "导入");
    const struct form *form = house_form(house, options->words[0]);
    if (form == NULL) {
        fprintf(stderr, "没有这个台账：%s\n", options->words[0]);
        return 2;
    }
    if (!call_open(&call, house, 3))
        return 1;
    struct import_report *report = arena_alloc(call.arena, sizeof *report);
    enum status status = report != NULL && sm3(bytes, n, hash) ? OK : NO_MEMORY;
    hex_text(hash, sizeof hash, hex);
    if (status == OK && xlsx_is(bytes, n))
        status = xlsx_read(call.arena, bytes, n, ROWS_MOST, &sheet, &why);
    else if (status == OK && (status = text_decode(call.arena, bytes, n, &text)) == OK)
        status = csv_read(call.arena, text, ROWS_MOST, &sheet);
    if (status == OK)
        status = import_rows(&call, form, &sheet, hex, !options->drill, progress_show, &progress, report);
    progress_end(&progress);
    if (status != OK && why != NULL)
        fprintf(stderr, "%s\n", why);
    else if (status != OK)
        call_complain(&call, status);
    else {
        for (size_t i = 0; i < report->faults_n; i++)
            fprintf(stderr, "第 %zu 行 %s：%s\n", report->faults[i].row, report->faults[i].label,
                    report->faults[i].message);
        printf("数据行 %zu，无误 %zu，写入 %zu，此前已写入 %zu\n", report->rows, report->good, report->written,
               report->known);
    }
    const bool good = status == OK && report->good == report->rows;
    call_close(&call);
    return good ? 0 : 1;
}

int
command_import(int argc, char **argv)
{
    struct options options;
    size_t n;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n != 2)
        return help_show(&help, &options);
    char *bytes = read_whole(options.words[1], &n);
    if (bytes == NULL) {
        fprintf(stderr, "不能读取文件：%s\n", options.words[1]);
        return 1;
    }
    struct house *house = house_open(&options, false);
    const int result = house == NULL ? 1 : run(house, &options, bytes, n);
    house_close(house);
    free(bytes);
    return result;
}
