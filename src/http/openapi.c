#include "http/openapi.h"

#include <string.h>

struct writing {
    struct arena *arena;
    struct node *paths, *schemas;
};

static struct node *
map(const struct writing *to, struct node *parent, const char *name)
{
    return node_put_map(to->arena, parent, name);
}

static void
text(const struct writing *to, struct node *parent, const char *name, const char *value)
{
    if (value != NULL)
        node_put_text(to->arena, parent, name, value);
}

static void
reference(const struct writing *to, struct node *parent, const char *where)
{
    text(to, parent, "$ref", where);
}

/* ---- schemas ---- */

static void
field_schema(const struct writing *to, const struct house *house, const struct field *field, struct node *properties)
{
    struct node *schema = map(to, properties, field->name);
    (void)house;
    text(to, schema, "title", field->label);
    text(to, schema, "description", field->hint);
    switch (field->type) {
    case F_INT:
    case F_TIME:
        text(to, schema, "type", "integer");
        if (field->type == F_INT && field->max != 0) {
            node_put_int(to->arena, schema, "minimum", field->min);
            node_put_int(to->arena, schema, "maximum", field->max);
        }
        break;
    case F_BOOL:
        text(to, schema, "type", "boolean");
        break;
    case F_CODES:
        text(to, schema, "type", "array");
        text(to, map(to, schema, "items"), "type", "string");
        break;
    case F_DATE:
        text(to, schema, "type", "string");
        text(to, schema, "format", "date");
        break;
    default:
        text(to, schema, "type", "string");
        if (field->type == F_TEXT && !field->secret)
            node_put_int(to->arena, schema, "maxLength", field->max != 0 ? field->max : 200);
        break;
    }
    if (field->code != NULL)
        text(to, schema, "x-code-list", field->code);
    if (field->basis != BASIS_NONE)
        node_put_bool(to->arena, schema, "x-personal", true);
    if (field->unit != NULL)
        text(to, schema, "x-unit", field->unit);
}

static void
form_schema(const struct writing *to, const struct house *house, const struct form *form)
{
    struct node *schema = map(to, to->schemas, form->name);
    text(to, schema, "title", form->title);
    text(to, schema, "description", form->intro);
    text(to, schema, "type", "object");
    struct node *properties = map(to, schema, "properties");
    for (const struct field *field = form->fields; field->name != NULL; field++)
        if (!field->retired)
            field_schema(to, house, field, properties);
}

/* ---- operations ---- */

static void
answer(const struct writing *to, struct node *responses, const char *code, const char *description, const char *schema)
{
    struct node *response = map(to, responses, code);
    text(to, response, "description", description);
    if (schema != NULL)
        reference(
            to,
            map(to,
                map(to, map(to, response, "content"), code[1] == 'X' ? "application/problem+json" : "application/json"),
                "schema"),
            schema);
}

static struct node *
operation(const struct writing *to, struct node *path, const char *method, const char *id, const char *summary,
          const char *tag, const char *description)
{
    struct node *made = map(to, path, method);
    text(to, made, "operationId", id);
    text(to, made, "summary", summary);
    text(to, made, "description", description == NULL ? summary : description);
    node_put_text(to->arena, node_put_list(to->arena, made, "tags"), NULL, tag);
    return made;
}

static void
parameter(const struct writing *to, struct node *list, const char *name, const char *in, const char *description,
          bool required)
{
    struct node *made = node_put_map(to->arena, list, NULL);
    text(to, made, "name", name);
    text(to, made, "in", in);
    text(to, made, "description", description);
    if (required)
        node_put_bool(to->arena, made, "required", true);
    text(to, map(to, made, "schema"), "type", "string");
}

static void
body(const struct writing *to, struct node *made, const char *schema)
{
    struct node *request = map(to, made, "requestBody");
    reference(to, map(to, map(to, map(to, request, "content"), "application/json"), "schema"), schema);
}

static void
answers(const struct writing *to, struct node *made, const char *code, const char *description, const char *schema)
{
    struct node *responses = map(to, made, "responses");
    answer(to, responses, code, description, schema);
    answer(to, responses, "4XX", "请求有误或无权，见问题说明", "#/components/schemas/problem");
    answer(to, responses, "5XX", "服务端未能处理，见问题说明", "#/components/schemas/problem");
}

static void
key_header(const struct writing *to, struct node *made)
{
    parameter(to, node_put_list(to->arena, made, "parameters"), "Idempotency-Key", "header", "重复提交时不会写两次",
              false);
}

static void
form_paths(const struct writing *to, const struct form *form)
{
    struct arena *arena = to->arena;
    const char *schema = arena_format(arena, "#/components/schemas/%s", form->name);
    struct node *list = map(to, to->paths, arena_format(arena, "/%s.json", form->name));
    struct node *made = operation(to, list, "get", arena_format(arena, "list_%s", form->name),
                                  arena_format(arena, "%s：列表", form->title), form->name, form->intro);
    struct node *parameters = node_put_list(arena, made, "parameters");
    parameter(to, parameters, "q", "query", "查找", false);
    parameter(to, parameters, "after", "query", "下一页，取自上一页的 next", false);
    answers(to, made, "200", "一页记录", "#/components/schemas/list");

    struct node *root = map(to, to->paths, arena_format(arena, "/%s", form->name));
    made = operation(to, root, "post", arena_format(arena, "create_%s", form->name),
                     arena_format(arena, "%s：新建", form->title), form->name, NULL);
    key_header(to, made);
    body(to, made, schema);
    answers(to, made, "200", "已建立", "#/components/schemas/written");

    struct node *one = map(to, to->paths, arena_format(arena, "/%s/{id}.json", form->name));
    parameter(to, node_put_list(arena, one, "parameters"), "id", "path", "编号", true);
    made = operation(to, one, "get", arena_format(arena, "read_%s", form->name),
                     arena_format(arena, "%s：查看", form->title), form->name, NULL);
    answers(to, made, "200", "一条记录", "#/components/schemas/record");

    struct node *change = map(to, to->paths, arena_format(arena, "/%s/{id}", form->name));
    parameter(to, node_put_list(arena, change, "parameters"), "id", "path", "编号", true);
    made =
        operation(to, change, "post", arena_format(arena, "change_%s", form->name),
                  arena_format(arena, "%s：修改", form->title), form->name, "请求中的 version 与记录不符时返回 409。");
    key_header(to, made);
    body(to, made, schema);
    answers(to, made, "200", "已修改", "#/components/schemas/written");

    for (const struct step *step = form->procedure == NULL ? NULL : form->procedure->steps;
         step != NULL && step->name != NULL; step++) {
        if (step->inner)
            continue;
        struct node *take = map(to, to->paths, arena_format(arena, "/%s/{id}/%s", form->name, step->name));
        parameter(to, node_put_list(arena, take, "parameters"), "id", "path", "编号", true);
        made = operation(to, take, "post", arena_format(arena, "take_%s_%s", form->name, step->name),
                         arena_format(arena, "%s：%s", form->title, step->label), form->name, step->consequence);
        key_header(to, made);
        body(to, made, schema);
        answers(to, made, "200", "已办理", "#/components/schemas/written");
    }
}

static void
look_path(const struct writing *to, const struct look *look)
{
    const size_t n = strlen(look->path);
    const bool named = look->path[n - 1] == '*';
    const char *path =
        arena_format(to->arena, "%.*s%s.json", (int)(named ? n - 1 : n), look->path, named ? "{id}" : "");
    char *id = arena_format(to->arena, "look%.*s%s", (int)(named ? n - 2 : n), look->path, named ? "_one" : "");
    for (char *at = id; *at != '\0'; at++)
        if (*at == '/')
            *at = '_';
    struct node *at = map(to, to->paths, path);
    if (named)
        parameter(to, node_put_list(to->arena, at, "parameters"), "id", "path", "编号或核验码", true);
    struct node *made = operation(to, at, "get", id, look->title, "page", NULL);
    if (look->publish)
        node_put_list(to->arena, made, "security");
    answers(to, made, "200", look->title, "#/components/schemas/record");
}

/* ---- the whole ---- */

static struct node *
object(const struct writing *to, const char *name, const char *description)
{
    struct node *schema = map(to, to->schemas, name);
    text(to, schema, "description", description);
    text(to, schema, "type", "object");
    return map(to, schema, "properties");
}

static void
typed(const struct writing *to, struct node *properties, const char *name, const char *type, const char *title)
{
    struct node *schema = map(to, properties, name);
    text(to, schema, "type", type);
    text(to, schema, "title", title);
}

static void
shared_schemas(const struct writing *to)
{
    struct node *problem = object(to, "problem", "RFC 9457 问题说明；errors 逐字段列出");
    typed(to, problem, "type", "string", "种类");
    typed(to, problem, "title", "string", "标题");
    typed(to, problem, "status", "integer", "状态码");
    typed(to, problem, "detail", "string", "说明");
    typed(to, problem, "errors", "array", "逐字段的错误");
    struct node *errors = (struct node *)(uintptr_t)node_get(problem, "errors");
    struct node *item = map(to, errors, "items");
    text(to, item, "type", "object");
    struct node *properties = map(to, item, "properties");
    typed(to, properties, "field", "string", "字段");
    typed(to, properties, "code", "string", "稳定的错误代码");
    typed(to, properties, "message", "string", "中文说明");
    struct node *list = object(to, "list", "一页记录；next 为下一页的 after");
    typed(to, list, "data", "array", "记录");
    text(to, map(to, (struct node *)(uintptr_t)node_get(list, "data"), "items"), "type", "object");
    typed(to, list, "next", "string", "下一页");
    struct node *record = object(to, "record", "一条记录；can 为可以办理的步骤");
    typed(to, record, "data", "object", "内容");
    typed(to, record, "can", "array", "可以办理的步骤");
    text(to, map(to, (struct node *)(uintptr_t)node_get(record, "can"), "items"), "type", "string");
    struct node *written = object(to, "written", "写入的结果");
    typed(to, written, "data", "object", "编号、版本和地址");
}

struct node *
openapi_model(struct arena *arena, const struct house *house)
{
    struct node *model = node_map(arena);
    struct writing to = { .arena = arena };
    if (model == NULL)
        return NULL;
    text(&to, model, "openapi", "3.1.0");
    struct node *info = map(&to, model, "info");
    text(&to, info, "title", "托育：婴幼儿照护服务信息管理系统");
    text(&to, info, "version", "1.0.0");
    text(&to, info, "description",
         "由表单生成的接口说明。编号一律为字符串；日期为 YYYY-MM-DD；错误为 application/problem+json。");
    struct node *license = map(&to, info, "license");
    text(&to, license, "name", "Apache-2.0");
    text(&to, license, "identifier", "Apache-2.0");
    struct node *contact = map(&to, info, "contact");
    text(&to, contact, "name", house->config.name);
    struct node *server = node_put_map(arena, node_put_list(arena, model, "servers"), NULL);
    text(&to, server, "url", "/");
    struct node *either = node_put_list(arena, model, "security");
    node_put_list(arena, node_put_map(arena, either, NULL), "session");
    node_put_list(arena, node_put_map(arena, either, NULL), "key");
    struct node *tags = node_put_list(arena, model, "tags");
    to.paths = map(&to, model, "paths");
    struct node *components = map(&to, model, "components");
    to.schemas = map(&to, components, "schemas");
    shared_schemas(&to);
    struct node *schemes = map(&to, components, "securitySchemes"), *scheme = map(&to, schemes, "session");
    text(&to, scheme, "type", "apiKey");
    text(&to, scheme, "in", "cookie");
    text(&to, scheme, "name", "tuoyu");
    scheme = map(&to, schemes, "key");
    text(&to, scheme, "type", "http");
    text(&to, scheme, "scheme", "bearer");
    text(&to, scheme, "description", "部门系统的接口密钥，由系统管理员在账号页生成，只能使用账号列出的台账");
    for (size_t i = 0; i < house->forms_n; i++) {
        const struct form *form = house->forms[i];
        if (form->silent)
            continue;
        struct node *tag = node_put_map(arena, tags, NULL);
        text(&to, tag, "name", form->name);
        text(&to, tag, "description", form->title);
        form_schema(&to, house, form);
        form_paths(&to, form);
    }
    struct node *tag = node_put_map(arena, tags, NULL);
    text(&to, tag, "name", "page");
    text(&to, tag, "description", "页面与公开数据");
    for (size_t m = 0; m < house->modules_n; m++)
        for (const struct look *look = house->modules[m]->looks; look != NULL && look->path != NULL; look++)
            look_path(&to, look);
    return arena_failed(arena) ? NULL : model;
}
