/* 信息公示 — clause C029; 管理规范 第十五条. What an institution publishes about itself stays true for a time, and
 * names no person: telephones of people, their numbers and names are found before everybody reads them. */
#include <ctype.h>
#include <string.h>

#include "domain/institution/institution.h"
#include "domain/staff/staff.h"
#include "policy/engine.h"

/* Does a run of digits there look like 1[3-9] and nine more, or like 17 digits and a check digit? */
static const char *
number_in(const char *text)
{
    for (const char *at = text; *at != '\0';) {
        size_t n = strspn(at, "0123456789");
        if (n == 0) {
            at++;
            continue;
        }
        const bool open = isalnum((unsigned char)at[n]) != 0;
        if (n == 18 || (n == 17 && (at[n] == 'X' || at[n] == 'x')))
            return "身份证号码";
        if (n == 11 && at[0] == '1' && at[1] >= '3' && !open)
            return "手机号码";
        at += n;
    }
    return NULL;
}

enum status
personal_words(struct call *call, struct reader *reader, const struct row *site, const char *text, const char **what)
{
    enum { SHORTEST = 6 }; /* bytes of two characters */
    struct rows rows;
    *what = text == NULL ? NULL : number_in(text);
    if (text == NULL || *what != NULL)
        return OK;
    enum status status =
        reader_rows(reader, call->arena,
                    "select name from staff where office = ?1 and institution = ?2 and state in " AT_WORK_SQL
                    " order by id limit 500",
                    ARGS(value_int(site->office), value_int(site->id)), &rows);
    for (size_t i = 0; status == OK && i < rows.n && *what == NULL; i++) {
        const char *name = rows_text(&rows, i, 0);
        if (name != NULL && strlen(name) >= SHORTEST && strstr(text, name) != NULL)
            *what = "工作人员姓名";
    }
    return status;
}

static const struct field disclosure_fields[] = {
    { "item", F_CODE, .label = "公示内容", .code = "disclosure_item", .need = true, .list = true, .group = G_OPEN },
    { "content", F_LINES, .label = "内容", .need = true, .group = G_OPEN },
    { "published_on", F_DATE, .label = "公示日期", .need = true, .past = true, .fill = FILL_TODAY, .list = true,
      .group = G_OPEN },
    { "expires_on", F_DATE, .label = "有效期至", .list = true, .group = G_OPEN },
    { 0 },
};
static enum status
ends_after_it_begins(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct day published, until;
    (void)reader;
    if (row_day(change->new, "published_on", &published) && row_day(change->new, "expires_on", &until) &&
        until.n < published.n)
        finding_add(call, rule, "有效期早于公示日期");
    return OK;
}

static enum status
names_nobody(struct call *call, struct reader *reader, const struct rule *rule, const struct change *change)
{
    struct row *site;
    const char *what = NULL;
    enum status status = institution_get(call, reader, change->new->institution, &site);
    if (status == OK)
        status = personal_words(call, reader, site, row_text(change->new, "content"), &what);
    if (status == OK && what != NULL)
        finding_add(call, rule, arena_format(call->arena, "公示内容中有%s，会向社会公开", what));
    return status;
}

static const struct rule disclosure_rules[] = {
    { "DIS-DATES", BLOCK, .check = ends_after_it_begins, .field = "expires_on", .clause = "C029",
      .advice = "核对有效期" },
    { "DIS-PERSON", WARN, .check = names_nobody, .field = "content", .clause = "C029",
      .advice = "改用机构公开电话，不写个人姓名、手机号码和身份证号码" },
    { 0 },
};
static const struct duty disclosure_duties[] = {
    { THE_INSTITUTION, MAY_SEE | MAY_CREATE | MAY_CHANGE, &MY_INSTITUTION, 0, G_ALL, "C029", "机构公示", 0, 0 },
    { AUTHORITIES, MAY_SEE, &MY_AREA, 0, G_WORK | G_OPEN, "C029", "各部门查看", 0, 0 },
    { EVERYBODY, MAY_SEE, &ANYWHERE, 0, G_OPEN, "C029", "向社会公开", 0, 0 },
    { 0 },
};
const struct form disclosure_form = {
    .name = "disclosure",
    .title = "信息公示",
    .clause = "C029",
    .of = OF_INSTITUTION,
    .fields = disclosure_fields,
    .rules = disclosure_rules,
    .duties = disclosure_duties,
    .title_field = NULL,
    .expected_rows = 100000,
};
