/* export LEDGER [FILE] [FIELD=VALUE…]: the rows of a ledger as CSV or XLSX, as the page's export gives them: secret
 * fields masked, files left out, an entry in the journal. The operator of the machine sees every row. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/progress.h"
#include "desk/table_out.h"
#include "policy/export.h"

enum { EXPORT_BYTES = 512u << 20, KEPT = 1u << 20 };

static const struct help help = {
    .usage = "tuoyu export 台账 [文件.csv | 文件.xlsx] [字段=值 …] [选项]",
    .about = "导出一个台账的行。不写文件名时以 CSV 写到标准输出；已有的文件不覆盖，写完才出现。\n"
             "加密保存的字段（证件号、电话等）只导出掩码；上传的文件不导出；每次导出都记入操作日志。\n"
             "使用本机数据库时须先停止服务；服务运行时请在页面导出。",
    .more = "台账名称与网址相同，如 institution、filing、registration。\n"
            "例：tuoyu export filing 备案.xlsx state=filed area=620802",
};

struct out {
    struct table_out *table;
    struct buf bytes;
    FILE *file;
    bool stream; /* CSV leaves while rows still come */
    struct progress progress;
    size_t rows;
};

static bool
flush(struct out *out)
{
    const bool good = !out->bytes.failed && fwrite(out->bytes.bytes, 1, out->bytes.n, out->file) == out->bytes.n;
    buf_clear(&out->bytes);
    return good;
}

static enum status
put_row(void *state, struct arena *arena, const struct node *const *cells, size_t n)
{
    struct out *out = state;
    table_out_row(out->table, arena, cells, n);
    if (++out->rows % 1000 == 0)
        progress_count(&out->progress, out->rows, "行");
    return out->stream && out->bytes.n > KEPT && !flush(out) ? FULL : OK;
}

static enum status
write_rows(struct call *call, const struct form *form, const struct node *query, bool xlsx, struct out *out)
{
    int fields[FORM_FIELDS];
    const char *labels[FORM_FIELDS];
    char now[20];
    size_t rows = 0;
    const size_t n = export_columns(form, call->me, fields, labels);
    time_text(call->now_ms, now);
    out->stream = !xlsx;
    out->table = table_out_new(xlsx, form->title, arena_format(call->arena, "导出时间 %s，命令行导出", now), labels, n,
                               &out->bytes);
    if (out->table == NULL)
        return NO_MEMORY;
    const struct export_plan plan = { form, query, fields, n, xlsx ? TABLE_XLSX_ROWS : 0, put_row, out };
    enum status status = export_rows(call, &plan, &rows);
    const enum status ended = table_out_end(out->table);
    if (status == OK)
        status = ended;
    if (status == OK && !flush(out))
        status = FULL;
    progress_end(&out->progress);
    return status == OK ? export_note(call, form, rows, xlsx ? "xlsx" : "csv") : status;
}

/* Personal data: nobody else may read the file; a half-written one never has the name that was asked for. */
static enum status
write_file(struct call *call, const struct form *form, const struct node *query, const char *path, struct out *out)
{
    const size_t n = path == NULL ? 0 : strlen(path);
    const bool xlsx = n > 5 && strcmp(path + n - 5, ".xlsx") == 0;
    const char *part = path == NULL ? NULL : arena_format(call->arena, "%s.part", path);
    if (path != NULL && access(path, F_OK) == 0)
        return call_fail(call, CONFLICT, "文件已存在，不会覆盖：%s", path);
    const int fd = path == NULL ? -1 : open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    out->file = path == NULL ? stdout : fd < 0 ? NULL : fdopen(fd, "w");
    if (out->file == NULL)
        return call_fail(call, BROKEN, "不能写入文件：%s", path);
    enum status status = write_rows(call, form, query, xlsx, out);
    if (fflush(out->file) != 0 && status == OK)
        status = FULL;
    if (path == NULL)
        return status;
    if (fclose(out->file) != 0 && status == OK)
        status = FULL;
    if (status == OK && rename(part, path) != 0)
        status = BROKEN;
    if (status != OK)
        unlink(part);
    return status;
}

/* What a list page filters by; anything else would be passed over and give more rows than were asked for. */
static bool
is_filter(const struct form *form, const char *name)
{
    static const char *const own[] = { "area", "institution", "part", "q", NULL };
    const struct field *field = form_field(form, name, NULL);
    for (int i = 0; own[i] != NULL; i++)
        if (strcmp(own[i], name) == 0)
            return true;
    if (strcmp(name, "state") == 0)
        return form->procedure != NULL;
    return field != NULL && !field->secret && (field->filter || field->index || field->type == F_REF);
}

/* FIELD=VALUE words become the filters of a list page. */
static bool
read_filters(struct arena *arena, const struct options *options, int first, const struct form *form, struct node *query)
{
    for (int i = first; i < options->words_n; i++) {
        const char *word = options->words[i], *equals = strchr(word, '=');
        const char *name = equals == NULL ? NULL : arena_copy(arena, word, (size_t)(equals - word));
        if (name == NULL || !is_filter(form, name)) {
            fprintf(stderr, "不能按此筛选（应为 字段=值，字段须是列表页上的筛选条件）：%s\n", word);
            return false;
        }
        node_put_text(arena, query, name, equals + 1);
    }
    return true;
}

static int
run(struct house *house, const struct options *options)
{
    struct call call;
    const struct form *form = house_form(house, options->words[0]);
    if (form == NULL) {
        fprintf(stderr, "没有这个台账：%s\n", options->words[0]);
        return 2;
    }
    if (!call_open(&call, house, 3))
        return 1;
    struct node *query = node_map(call.arena);
    const bool named = options->words_n > 1 && strchr(options->words[1], '=') == NULL;
    struct out out = { .progress = progress_begin("导出") };
    int result = 2;
    if (read_filters(call.arena, options, named ? 2 : 1, form, query)) {
        buf_init(&out.bytes, EXPORT_BYTES);
        const enum status status = write_file(&call, form, query, named ? options->words[1] : NULL, &out);
        result = status == OK ? 0 : call_complain(&call, status);
        if (status == OK && named)
            printf("已导出 %zu 行到 %s\n", out.rows, options->words[1]);
        buf_free(&out.bytes);
    }
    call_close(&call);
    return result;
}

static bool
good_name(const char *path)
{
    const size_t n = strlen(path);
    return strchr(path, '=') != NULL || (n > 4 && strcmp(path + n - 4, ".csv") == 0) ||
           (n > 5 && strcmp(path + n - 5, ".xlsx") == 0);
}

int
command_export(int argc, char **argv)
{
    struct options options;
    if (!options_read(argc, argv, &options))
        return 2;
    if (options.help || options.words_n == 0)
        return help_show(&help, &options);
    if (options.words_n > 1 && !good_name(options.words[1])) {
        fprintf(stderr, "文件名应以 .csv 或 .xlsx 结尾：%s\n", options.words[1]);
        return 2;
    }
    struct house *house = house_open(&options, false);
    const int result = house == NULL ? 1 : run(house, &options);
    house_close(house);
    return result;
}
