/* Outcomes as HTTP codes, stable codes and Chinese titles: one table. */
#include "base/status.h"

static const struct {
    int http;
    const char *code;
    const char *title;
} outcomes[] = {
    [OK] = { 200, "ok", "成功" },
    [INVALID] = { 422, "invalid", "填写有误，请按提示修改" },
    [SIGNED_OUT] = { 401, "signed_out", "请先登录" },
    [DENIED] = { 403, "denied", "您没有办理此事项的权限" },
    [NOT_FOUND] = { 404, "not_found", "没有找到，或您无权查看" },
    [STALE] = { 409, "stale", "内容已被他人修改，请核对后重新提交" },
    [CONFLICT] = { 409, "conflict", "与已有记录冲突" },
    [TOO_LARGE] = { 413, "too_large", "提交的内容过大" },
    [BAD_TYPE] = { 415, "bad_type", "不支持的内容类型" },
    [TOO_MANY] = { 429, "too_many", "操作过于频繁，请稍后再试" },
    [OFF] = { 503, "switched_off", "该功能已停用" },
    [BUSY] = { 503, "busy", "系统繁忙，请稍后再试" },
    [FULL] = { 503, "full", "存储空间不足，暂停写入" },
    [NO_MEMORY] = { 503, "no_memory", "请求超出系统处理能力" },
    [BROKEN] = { 500, "broken", "系统内部错误，已记录" },
};

int
status_http(enum status status)
{
    return outcomes[status].http;
}

const char *
status_code(enum status status)
{
    return outcomes[status].code;
}

const char *
status_title(enum status status)
{
    return outcomes[status].title;
}
