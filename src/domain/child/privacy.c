/* 个人信息清单 — 个人信息保护法 第十七、二十九至三十一条; C041. What is kept about one child, on what ground and how
 * long, read from the forms themselves: a field that is added tomorrow stands on the page tomorrow. */
#include "domain/child/privacy.h"

#include <string.h>

#include "domain/child/forget.h"
#include "domain/institution/institution.h"
#include "policy/engine.h"

static const char *
basis_words(const struct field *field)
{
    switch (field->basis) {
    case BASIS_DUTY:
        return "法律规定必须登记";
    case BASIS_CONTRACT:
        return "照护孩子必需（托育服务协议）";
    case BASIS_CONSENT:
        return "家长自愿同意，可随时撤回";
    case BASIS_NONE:
        break;
    }
    return "照护孩子必需（托育服务协议）";
}

static const char *
basis_code(const struct field *field)
{
    return field->basis == BASIS_DUTY ? "duty" : field->basis == BASIS_CONSENT ? "consent" : "contract";
}

static const char *
kept_words(struct call *call, const struct form *form)
{
    return form->keep_years == 0 ? "长期保存" : arena_format(call->arena, "离托后保存%d年，到期删除", form->keep_years);
}

/* What rests on consent goes with it, and with the place; the rest has the term of its form. What is counted stays as
 * a number, of which nobody can tell whose it was. */
static const char *
field_kept_words(struct call *call, const struct form *form, const struct field *field)
{
    if (field->basis == BASIS_CONSENT)
        return "撤回同意时删除，最迟离托时删除";
    if (form == &pickup_person_form)
        return arena_format(call->arena, "委托已结束的，离托时删除；其余%s", kept_words(call, form));
    if (form->keep_years != 0 && is_number(form, field))
        return arena_format(call->arena, "离托后保存%d年，以后只留不含姓名的统计数", form->keep_years);
    return kept_words(call, form);
}

/* How many rows of this child the form holds. */
static enum status
count_rows(struct call *call, struct reader *reader, const struct form *form, const struct row *child, int64_t *n)
{
    struct query query;
    struct rows rows;
    const char *column = form == &child_form ? "id" : child_column(form);
    query_init(&query, call->arena);
    query_text(&query, "select count(*) from ");
    query_name(&query, form->name);
    query_add(&query, " where office = ?1 and ", ARGS(value_int(child->office)));
    query_name(&query, column);
    query_add(&query, " = ?1", ARGS(value_int(child->id)));
    enum status status = query_rows(reader, call->arena, &query, &rows);
    *n = status == OK ? rows_int(&rows, 0, 0) : 0;
    return status;
}

static enum status
put_form(struct call *call, struct reader *reader, const struct form *form, const struct row *child, struct node *list)
{
    struct node *section = NULL, *fields = NULL;
    int64_t n;
    enum status status = count_rows(call, reader, form, child, &n);
    for (const struct field *field = form->fields; status == OK && field->name != NULL; field++) {
        if ((!is_personal(field) && field->type != F_FILE) || field->retired)
            continue;
        if (section == NULL) {
            section = node_put_map(call->arena, list, NULL);
            node_put_text(call->arena, section, "form", form->name);
            node_put_text(call->arena, section, "title", form->title);
            node_put_text(call->arena, section, "kept", kept_words(call, form));
            node_put_int(call->arena, section, "n", n);
            fields = node_put_list(call->arena, section, "fields");
        }
        struct node *item = node_put_map(call->arena, fields, NULL);
        node_put_text(call->arena, item, "name", field->name);
        node_put_text(call->arena, item, "label", field->label);
        node_put_text(call->arena, item, "basis", basis_code(field));
        node_put_text(call->arena, item, "basis_words", basis_words(field));
        node_put_text(call->arena, item, "kept", field_kept_words(call, form, field));
        node_put_text(call->arena, item, "how", field->secret ? "加密保存" : NULL);
    }
    return status;
}

/* The consents that stand or were withdrawn, with the words of their version. */
static enum status
put_consents(struct call *call, struct reader *reader, const struct row *child, struct node *data)
{
    struct row_set set;
    const char *const where[] = { "part" };
    const struct value values[] = { value_int(child->id) };
    struct node *list = node_put_list(call->arena, data, "consents");
    enum status status = rows_by(call, reader, &consent_form, child->office, where, values, 1, &set);
    for (size_t i = 0; status == OK && i < set.n; i++) {
        struct row *text;
        struct node *item = node_put_map(call->arena, list, NULL);
        node_put_text(call->arena, item, "kind",
                      code_label(call->reference, "consent_kind", row_text(set.rows[i], "kind")));
        node_put_date(call->arena, item, "given_on", row_text(set.rows[i], "given_on"));
        node_put_date(call->arena, item, "withdrawn_on", row_text(set.rows[i], "withdrawn_on"));
        status = row_get(call, reader, &consent_text_form, row_int(set.rows[i], "text"), &text);
        if (status != OK)
            return status;
        node_put_text(call->arena, item, "edition", row_text(text, "edition"));
        node_put_text(call->arena, item, "stored", row_text(text, "stored"));
        node_put_text(call->arena, item, "purpose", row_text(text, "purpose"));
        node_put_text(call->arena, item, "how_long", row_text(text, "how_long"));
        node_put_text(call->arena, item, "contact", row_text(text, "contact"));
    }
    return status;
}

enum status
look_privacy(struct call *call, struct reader *reader, const struct node *input, struct node *model)
{
    int64_t id;
    struct row *child, *site;
    unsigned may, groups;
    const char *text = node_text_of(input, "id");
    if (text == NULL || !id_parse(text, &id))
        return NOT_FOUND;
    enum status status = row_seen(call, reader, &child_form, id, &child, &may, &groups);
    if (status == OK && (groups & G_CHILD) == 0)
        return NOT_FOUND;
    if (status == OK)
        status = institution_get(call, reader, child->institution, &site);
    if (status != OK)
        return status;
    struct node *data = node_put_map(call->arena, model, "data");
    node_put_text(call->arena, data, "child", row_text(child, "name"));
    node_put_text(call->arena, data, "institution", row_text(site, "name"));
    node_put_url(call->arena, data, "child_url", arena_format(call->arena, "/child/%lld", (long long)id));
    node_put_date(call->arena, data, "printed_on", call_today(call));
    struct node *forms = node_put_list(call->arena, data, "forms");
    status = put_form(call, reader, &child_form, child, forms);
    for (size_t i = 0; i < call->house->forms_n && status == OK; i++)
        if (child_column(call->house->forms[i]) != NULL &&
            call->house->forms[i] != &enrolment_form) /* keeps no person */
            status = put_form(call, reader, call->house->forms[i], child, forms);
    return status == OK ? put_consents(call, reader, child, data) : status;
}
